import { isClean, type LintFinding, lint } from '@/lib/contract/lint';
import { parseContract } from '@/lib/contract/parse';
import { plural } from '@/lib/format';
import { EXIT, type Outcome } from '../outcome';
import { issueLines, parsedFile, readContractFile } from '../read';

/** Reads and lints files, with nothing but the files: people and tools of a workspace are the server's to know. */
export async function lintFiles(
  paths: readonly string[],
  options: { defaults?: string | undefined; strict: boolean; today: string },
): Promise<Outcome> {
  const defaults = options.defaults === undefined ? undefined : await parsedFile(options.defaults);
  const files = [];
  const lines: string[] = [];
  let clean = true;
  for (const path of paths) {
    const file = await readContractFile(path);
    const parsed = parseContract(file.source, file.format, defaults);
    if (!parsed.ok) {
      clean = false;
      lines.push(...issueLines(path, parsed.issues));
      files.push({ file: path, ok: false, issues: parsed.issues, findings: [] });
      continue;
    }
    const findings = lint(parsed.contract, { today: options.today });
    const passes = options.strict ? isClean(findings) : findings.every((each) => each.level !== 'error');
    if (!passes) clean = false;
    lines.push(...findings.map((finding) => findingLine(path, finding)));
    lines.push(`${path}: ${summary(findings)}`);
    files.push({ file: path, ok: passes, issues: [], findings });
  }
  return { exit: clean ? EXIT.ok : EXIT.found, lines, json: { clean, files } };
}

function findingLine(path: string, { level, clause, message, rule }: LintFinding): string {
  return `${path}  ${level}  ${clause}  ${message} [${rule}]`;
}

function summary(findings: readonly LintFinding[]): string {
  const count = (level: LintFinding['level']) => findings.filter((each) => each.level === level).length;
  const told = (['error', 'warning', 'note'] as const).flatMap((level) =>
    count(level) === 0 ? [] : [plural(count(level), level)],
  );
  return told.length === 0 ? 'clean' : told.join(', ');
}
