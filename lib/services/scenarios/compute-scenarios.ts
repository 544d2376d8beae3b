import { setImmediate as breathe } from 'node:timers/promises';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { readStored } from '@/lib/contract/parse';
import { BEHAVIOUR_WORDS, BEHAVIOURS } from '@/lib/contract/scenario-behaviours';
import { missingBehaviours, type ScenarioCoverage, scenarioCoverage } from '@/lib/contract/scenario-coverage';
import { readSuite, type ScenarioResult, scenarioRunner } from '@/lib/contract/scenarios';
import type { Contract } from '@/lib/contract/schema';
import { db, transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { sha256Hex } from '@/lib/evidence/digest';
import { formatList, plural } from '@/lib/format';
import { findAgent } from '@/lib/services/agents/find-agent';
import { recordEvidence } from '@/lib/services/evidence/record-evidence';
import { listSuites } from './list-suites';
import type { SuiteRow } from './suite-row';

/** So many scenarios run before others of this process have a turn. */
const AT_A_STRETCH = 50;

interface RanSuite {
  suite: SuiteRow;
  results: ScenarioResult[];
}

/**
 * Runs all suites of an agent against a version, as they are stored, and keeps the outcome as evidence for G3: failed when a
 * scenario does, when there is none, or when one of the six behaviours is shown by none. Throws `not_found`, `forbidden`.
 */
export async function computeScenarios(
  actor: Actor,
  input: { agent: string; version: number },
): Promise<{ evidenceId: string; digest: string; outcome: 'passed' | 'failed'; summary: string }> {
  const { workspaceId } = actor;
  authorize(actor, 'evidence.add', { workspaceId });
  const agent = await findAgent(actor, input.agent);
  const { rows } = await db().query<{ id: string; document: unknown }>(
    'SELECT id, document FROM contract_version WHERE workspace_id = $1 AND agent_id = $2 AND number = $3',
    [workspaceId, agent.id, input.version],
  );
  const version = rows[0];
  if (version === undefined)
    throw new AppError('not_found', `"${agent.name}" has no contract version ${input.version}.`);
  const contract = readStored(version.document);
  const producedAt = new Date();
  const ran = await runAll(contract, await listSuites(actor, agent.name), producedAt.getTime());
  const results = ran.flatMap((each) => each.results);
  const coverage = scenarioCoverage(contract, results);
  const passed = results.filter((result) => result.passed).length;
  const good = results.length > 0 && passed === results.length && missingBehaviours(coverage).length === 0;
  const outcome = good ? 'passed' : 'failed';
  const summary = summaryOf(results, coverage);
  const { id, digest } = await transact((client) =>
    recordEvidence(client, actor, {
      agentId: agent.id,
      contractVersionId: version.id,
      kind: 'scenarios',
      title: 'Scenario suites',
      outcome,
      summary,
      detail: detailOf(ran, coverage),
      producedAt,
      origin: 'computed',
    }),
  );
  return { evidenceId: id, digest, outcome, summary };
}

async function runAll(contract: Contract, suites: readonly SuiteRow[], now: number): Promise<RanSuite[]> {
  const run = scenarioRunner(contract, now);
  const ran: RanSuite[] = [];
  let since = 0;
  for (const suite of suites) {
    const read = readSuite(suite.source);
    // Only suites that read are kept, so this is one that a later format no longer takes.
    if (!read.ok)
      throw new AppError('invalid', `The suite "${suite.name}" does not read any more. Mend it first.`, {
        issues: read.issues,
      });
    const results: ScenarioResult[] = [];
    for (const scenario of read.suite.scenarios) {
      results.push(run(scenario));
      since += 1 + scenario.given.calls.length;
      if (since < AT_A_STRETCH) continue;
      since = 0;
      await breathe();
    }
    ran.push({ suite, results });
  }
  return ran;
}

const MOST_NAMED = 3;

/**
 * "18 of 18 scenarios pass, 6 of 6 behaviours shown, 41 of 47 clauses exercised." Where that is not enough, also which
 * scenarios fail and which behaviours are shown by none.
 */
function summaryOf(results: readonly ScenarioResult[], coverage: ScenarioCoverage): string {
  const all = results.length;
  const failing = results.filter((result) => !result.passed).map(({ name }) => `“${name}”`);
  const missing = missingBehaviours(coverage);
  if (all === 0) return 'There are no scenarios to run.';
  const shown = BEHAVIOURS.length - missing.length;
  const exercised = coverage.clauses.length - coverage.idle.length;
  const more = failing.length - MOST_NAMED;
  return [
    `${all - failing.length} of ${plural(all, 'scenario')} ${all === 1 ? 'passes' : 'pass'}, ${shown} of ${BEHAVIOURS.length} behaviours shown, ${exercised} of ${plural(coverage.clauses.length, 'clause')} exercised.`,
    ...(failing.length === 0
      ? []
      : [
          `Failing: ${formatList([...failing.slice(0, MOST_NAMED), ...(more > 0 ? [`${more} more`] : [])])}.`,
        ]),
    ...(missing.length === 0
      ? []
      : [
          `No scenario shows: ${formatList(missing.map((each) => BEHAVIOUR_WORDS[each].title.toLowerCase()))}.`,
        ]),
  ].join(' ');
}

function detailOf(ran: readonly RanSuite[], coverage: ScenarioCoverage): Record<string, unknown> {
  return {
    suites: ran.map(({ suite, results }) => ({
      name: suite.name,
      revision: suite.revision,
      sha256: sha256Hex(suite.source),
      scenarios: results.map(({ name, behaviour, passed, answer, differences }) => ({
        name,
        behaviour,
        passed,
        lane: answer.lane,
        clauses: answer.clauses,
        ...(passed ? {} : { differences }),
      })),
    })),
    behaviours: coverage.behaviours,
    clauses: coverage.clauses.length,
    idle: coverage.idle,
  };
}
