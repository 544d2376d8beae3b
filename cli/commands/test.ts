import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BEHAVIOUR_WORDS } from '@/lib/contract/scenario-behaviours';
import { missingBehaviours, type ScenarioCoverage, scenarioCoverage } from '@/lib/contract/scenario-coverage';
import { readSuite, runSuite } from '@/lib/contract/scenarios';
import type { Contract } from '@/lib/contract/schema';
import { plural } from '@/lib/format';
import { EXIT, Failure, type Outcome } from '../outcome';
import { issueLines, parsedFile, readText } from '../read';
import { junitOf, type RunSuite } from './junit';

interface CoveredContract extends ScenarioCoverage {
  contract: string;
}

/**
 * Runs scenario files: each call through the functions that decide at run time, against the answer it should get.
 *
 * @param options.coverage tells besides which clauses of each contract no scenario exercises, and which behaviours none shows
 * @param options.junit a file to write the results into, as JUnit XML
 */
export async function testFiles(
  paths: readonly string[],
  options: {
    contract?: string | undefined;
    defaults?: string | undefined;
    coverage?: boolean | undefined;
    junit?: string | undefined;
    now: number;
  },
): Promise<Outcome> {
  const defaults = options.defaults === undefined ? undefined : await parsedFile(options.defaults);
  const contracts = new Map<string, Contract>();
  const suites: RunSuite[] = [];
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
    const contract = contracts.get(file) ?? (await parsedFile(file, defaults));
    contracts.set(file, contract);
    suites.push({ file: path, contract: file, results: runSuite(contract, scenarios, options.now) });
  }
  const results = suites.flatMap((suite) => suite.results);
  const passed = results.filter((result) => result.passed).length;
  const failed = results.length - passed;
  const coverage = options.coverage === true ? coverageOf(contracts, suites) : undefined;
  if (options.junit !== undefined) await writeFile(options.junit, junitOf(suites));
  return {
    exit: failed === 0 ? EXIT.ok : EXIT.found,
    lines: [
      ...suites.flatMap(suiteLines),
      `${plural(passed, 'scenario')} passed, ${failed} failed.`,
      ...(coverage ?? []).flatMap(coverageLines),
    ],
    json: { passed, failed, suites, ...(coverage === undefined ? {} : { coverage }) },
  };
}

function coverageOf(
  contracts: ReadonlyMap<string, Contract>,
  suites: readonly RunSuite[],
): CoveredContract[] {
  return [...contracts].map(([file, contract]) => ({
    contract: file,
    ...scenarioCoverage(
      contract,
      suites.filter((suite) => suite.contract === file).flatMap((suite) => suite.results),
    ),
  }));
}

function suiteLines({ file, contract, results }: RunSuite): string[] {
  return [
    `${file} against ${contract}`,
    ...results.flatMap(({ name, passed, differences, answer }) => [
      `  ${passed ? '✓' : '✗'} ${name}`,
      ...(passed
        ? []
        : [
            ...differences.map((difference) => `      ${difference}`),
            ...answer.why.map((why) => `      It said: ${why}`),
          ]),
    ]),
  ];
}

function coverageLines(coverage: CoveredContract): string[] {
  const { contract, clauses, idle } = coverage;
  const missing = missingBehaviours(coverage);
  return [
    `${contract}: ${clauses.length - idle.length} of ${clauses.length} clauses exercised.`,
    ...idle.map((clause) => `  No scenario exercises ${clause}`),
    ...missing.map((behaviour) => `  No scenario shows: ${BEHAVIOUR_WORDS[behaviour].title.toLowerCase()}`),
  ];
}
