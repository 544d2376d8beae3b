import { dirname, join } from 'node:path';
import { readSuite, runSuite } from '@/lib/contract/scenarios';
import { plural } from '@/lib/format';
import { EXIT, Failure, type Outcome } from '../outcome';
import { issueLines, parsedFile, readText } from '../read';

/** Runs scenario files: each call through the functions that decide at run time, against the answer it should get. */
export async function testFiles(
  paths: readonly string[],
  options: { contract?: string | undefined; defaults?: string | undefined; now: number },
): Promise<Outcome> {
  const defaults = options.defaults === undefined ? undefined : await parsedFile(options.defaults);
  const lines: string[] = [];
  const suites = [];
  let passed = 0;
  let failed = 0;
  for (const path of paths) {
    const read = readSuite(await readText(path));
    if (!read.ok)
      throw new Failure(EXIT.usage, `${path} is no scenario file.`, issueLines(path, read.issues), {
        file: path,
        issues: read.issues,
      });
    const { contract: named, scenarios } = read.suite;
    const file = options.contract ?? (named === undefined ? undefined : join(dirname(path), named));
    if (file === undefined)
      throw new Failure(EXIT.usage, `${path} names no contract: add "contract:" to it, or pass --contract.`);
    const results = runSuite(await parsedFile(file, defaults), scenarios, options.now);
    lines.push(`${path} against ${file}`);
    for (const { name, passed: good, differences, answer } of results) {
      lines.push(`  ${good ? '✓' : '✗'} ${name}`);
      if (good) continue;
      lines.push(...differences.map((difference) => `      ${difference}`));
      lines.push(...answer.why.map((why) => `      It said: ${why}`));
    }
    passed += results.filter((result) => result.passed).length;
    failed += results.filter((result) => !result.passed).length;
    suites.push({ file: path, contract: file, results });
  }
  lines.push(`${plural(passed, 'scenario')} passed, ${failed} failed.`);
  return { exit: failed === 0 ? EXIT.ok : EXIT.found, lines, json: { passed, failed, suites } };
}
