import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { BANDS, type Band, type Contract } from '@/lib/contract/schema';
import { newId } from '@/lib/db/id';
import { db, transact } from '@/lib/db/pool';
import type { Lane } from '@/lib/decision/types';
import { AppError } from '@/lib/errors';
import { formatList, plural } from '@/lib/format';
import { responseTo } from '@/lib/scoring/severity';
import { type ContractInForce, contractVersion } from '@/lib/services/contracts/contract-in-force';
import { INCIDENT_OF_RUN } from '@/lib/services/incidents/incident-of-run';
import { openIncident } from '@/lib/services/incidents/open-incident';
import { describeBreach } from '@/lib/services/runs/describe-breach';
import { type DrillEnd, type DrilledAgent, drilledAgent, endDrill, noteStep, startDrill } from './drill-row';
import { answerOf, type Trigger, triggersOf } from './failure-triggers';

const DUE_S = 60;

/** How one severity was answered. */
interface SeverityAnswer {
  severity: Band;
  /** The clause that was broken; null when no call that was tried leads to this severity. */
  brokenBy: string | null;
  asked: string[];
  done: string[];
  /** Empty when it was answered as the contract says. */
  faults: string[];
}

type Kind = keyof Contract['failure']['kinds'];
interface KindAnswer {
  kind: Kind;
  declared: string;
  /** Null: not exercised, because it is the agent's own to answer or no ceiling would tell. */
  lanes: { clause: string; lane: Lane }[] | null;
  faults: string[];
}

/**
 * Breaks the contract once at every severity and lets the incident response answer: the very code that answers real
 * breaches, on the real database, in a transaction that is taken back, so that nobody is paged and nothing stays. Speaks of
 * one version (the one in force when `number` is left out), as if it were in force.
 *
 * Throws `forbidden`, `not_found` or `conflict`.
 */
export async function drillFailurePaths(
  actor: Actor,
  input: { agent: string; number?: number | undefined },
): Promise<{ drillId: string; end: DrillEnd }> {
  const { workspaceId } = actor;
  authorize(actor, 'drill.run', { workspaceId });
  const agent = await drilledAgent(workspaceId, input.agent);
  const version = await chosenVersion(agent, input.number);
  const { id: drillId } = await transact((client) =>
    startDrill(client, actor, {
      kind: 'failure-paths',
      agent,
      dueInS: DUE_S,
      detail: { steps: [`Breaks v${version.contract.versioning.contract} once at every severity`] },
    }),
  );
  const drill = { id: drillId, kind: 'failure-paths', agentId: agent.id } as const;
  try {
    const triggers = triggersOf(version.contract, version.compiled);
    const severities = await takenBack((client) => rehearse(client, workspaceId, agent, version, triggers));
    await noteStep(db(), workspaceId, drillId, { step: 'Took everything back; looked at kinds of failure' });
    const end = judge(version, severities, kindsOf(version));
    await transact((client) =>
      endDrill(client, actor, drill, {
        ...end,
        // Evidence speaks of a version of the agent's own; the defaults belong to everybody.
        contractVersionId: agent.ownVersionId === null ? null : version.versionId,
      }),
    );
    return { drillId, end };
  } catch (error) {
    await transact((client) =>
      endDrill(client, actor, drill, {
        state: 'failed',
        summary: 'The drill broke off before it was done.',
        figures: {},
        contractVersionId: agent.ownVersionId === null ? null : version.versionId,
      }),
    ).catch(() => {});
    throw error;
  }
}

async function chosenVersion(agent: DrilledAgent, number: number | undefined): Promise<ContractInForce> {
  if (number === undefined || number === agent.version.number) return contractVersion(agent.version.id);
  const { rows } = await db().query<{ id: string }>(
    'SELECT id FROM contract_version WHERE agent_id = $1 AND number = $2',
    [agent.id, number],
  );
  const found = rows[0];
  if (found === undefined)
    throw new AppError('not_found', `${agent.displayName} has no contract version ${number}.`);
  return contractVersion(found.id);
}

/** Carries what was found out of a transaction that is to be rolled back. */
class TakenBack<T> extends Error {
  constructor(readonly result: T) {
    super('taken back');
  }
}

/** What `work` finds out; whatever it does is rolled back, and whatever it would tell is never told. */
async function takenBack<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
  try {
    return await transact(async (client) => {
      throw new TakenBack(await work(client));
    });
  } catch (error) {
    if (error instanceof TakenBack) return error.result;
    throw error;
  }
}

async function rehearse(
  client: PoolClient,
  workspaceId: string,
  agent: DrilledAgent,
  version: ContractInForce,
  triggers: Record<Band, Trigger | null>,
): Promise<SeverityAnswer[]> {
  const answers: SeverityAnswer[] = [];
  for (const severity of BANDS) {
    const trigger = triggers[severity];
    await client.query('SAVEPOINT rehearsal');
    const answer: SeverityAnswer = {
      severity,
      brokenBy: trigger?.finding.clause ?? null,
      asked: [...responseTo(severity, version.contract)],
      done: [],
      faults: [],
    };
    try {
      answer.done = await respond(client, workspaceId, agent, version, severity, trigger);
      answer.faults = faultsOf(answer, version.contract);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      answer.faults = [error.message];
    }
    await client.query('ROLLBACK TO SAVEPOINT rehearsal');
    answers.push(answer);
  }
  return answers;
}

/** Lets one breach be answered and says what was done. */
async function respond(
  client: PoolClient,
  workspaceId: string,
  agent: DrilledAgent,
  version: ContractInForce,
  severity: Band,
  trigger: Trigger | null,
): Promise<string[]> {
  const run = { id: newId(), key: `drill-${newId()}` };
  await client.query(
    'UPDATE agent SET contract_version_id = $2 WHERE id = $1 AND contract_version_id IS NOT NULL',
    [agent.id, version.versionId],
  );
  // As if nobody waited for anything: the breach is to open an incident of its own.
  await client.query(
    `UPDATE incident SET state = 'resolved', resolution = 'resumed' WHERE agent_id = $1 AND state <> 'resolved'`,
    [agent.id],
  );
  await client.query(
    `INSERT INTO run (id, workspace_id, agent_id, key, started_at, ended_at, contract_version_id, contract_digest)
     VALUES ($1, $2, $3, $4, now(), now(), $5, $6)`,
    [run.id, workspaceId, agent.id, run.key, version.versionId, version.digest],
  );
  await openIncident(client, {
    workspaceId,
    run,
    agent,
    contract: version.contract,
    versionId: version.versionId,
    breaches: [
      {
        clause: trigger?.finding.clause ?? `failure/${severity}`,
        code: trigger?.finding.code ?? 'drill',
        severity,
        message: trigger === null ? `A ${severity} breach` : describeBreach(trigger.finding, trigger.tool),
        happenedAt: new Date(),
      },
    ],
    now: new Date(),
  });
  const { rows } = await client.query<{
    paused: boolean;
    paged: boolean;
    warned: boolean;
    rolled: boolean;
    nothing: boolean;
  }>(
    `SELECT r.status = 'paused' AS paused, EXISTS (SELECT FROM page p WHERE p.incident_id = i.id AND p.state = 'sent' AND p.kind <> 'last-resort') AS paged,
            EXISTS (SELECT FROM audit_entry e WHERE e.subject = 'run:' || r.id AND e.action = 'run.warned') AS warned,
            EXISTS (SELECT FROM audit_entry e WHERE e.subject = 'incident:' || i.id
              AND e.action = 'incident.rolled-back') AS rolled,
            EXISTS (SELECT FROM audit_entry e WHERE e.subject = 'incident:' || i.id
              AND e.action = 'incident.nothing-to-roll-back-to') AS nothing
       FROM run r LEFT JOIN ${INCIDENT_OF_RUN} WHERE r.id = $1`,
    [run.id],
  );
  const row = rows[0];
  if (row === undefined) throw new Error('The run of the drill is not there.');
  return [
    ...(row.paged ? ['page'] : []),
    ...(row.paused ? ['pause'] : []),
    ...(row.warned ? ['warn'] : []),
    ...(row.rolled ? ['roll-back'] : []),
    ...(row.nothing ? ['nothing to roll back to'] : []),
  ];
}

function faultsOf({ asked, done }: SeverityAnswer, { failure }: Contract): string[] {
  const opens = asked.includes('page') || asked.includes('pause');
  const faults: string[] = [];
  if (asked.includes('page') && !done.includes('page')) faults.push('nobody but the last resort was paged');
  if (asked.includes('pause') !== done.includes('pause'))
    faults.push(asked.includes('pause') ? 'the run was not paused' : 'the run was paused, unasked');
  if (asked.includes('warn') && !opens && !done.includes('warn')) faults.push('nobody was warned');
  if (asked.includes('roll-back') && !opens) faults.push('a roll-back needs a page or a pause beside it');
  if (
    asked.includes('roll-back') &&
    opens &&
    failure.rollback === 'at-once' &&
    !done.includes('roll-back') &&
    !done.includes('nothing to roll back to')
  )
    faults.push('it was not rolled back');
  return faults;
}

const LANES_OF: Readonly<Record<string, readonly Lane[]>> = {
  refuse: ['block'],
  pause: ['block'],
  escalate: ['escalate', 'block'],
  defer: ['escalate', 'block'],
};

function kindsOf({ contract, compiled }: ContractInForce): KindAnswer[] {
  const kinds: Kind[] = [
    'missingEvidence',
    'policyMismatch',
    'toolFailure',
    'ambiguousInput',
    'costOverrun',
    'loop',
  ];
  return kinds.flatMap((kind): KindAnswer[] => {
    const declared = contract.failure.kinds[kind];
    if (declared === undefined) return [];
    const lanes = kind === 'costOverrun' || kind === 'loop' ? answerOf(kind, contract, compiled) : [];
    const fitting = LANES_OF[declared];
    if (lanes.length === 0 || fitting === undefined) return [{ kind, declared, lanes: null, faults: [] }];
    const wide = lanes.filter((each) => !fitting.includes(each.lane));
    return [
      {
        kind,
        declared,
        lanes,
        faults: wide.map(({ clause, lane }) => `${clause} says ${lane}, not ${declared}`),
      },
    ];
  });
}

const KIND_WORDS: Readonly<Record<Kind, string>> = {
  missingEvidence: 'missing evidence',
  policyMismatch: 'policy mismatch',
  toolFailure: 'tool failure',
  ambiguousInput: 'ambiguous input',
  costOverrun: 'cost overrun',
  loop: 'loops',
};

function judge(
  version: ContractInForce,
  severities: readonly SeverityAnswer[],
  kinds: readonly KindAnswer[],
): DrillEnd {
  const faults = [
    ...severities.flatMap((each) => each.faults.map((fault) => `${each.severity}: ${fault}`)),
    ...kinds.flatMap((each) => each.faults.map((fault) => `${KIND_WORDS[each.kind]}: ${fault}`)),
  ];
  const good = severities.filter((each) => each.faults.length === 0).length;
  const exercised = kinds.filter((each) => each.lanes !== null).map((each) => KIND_WORDS[each.kind]);
  const left = kinds.filter((each) => each.lanes === null).map((each) => KIND_WORDS[each.kind]);
  const madeUp = severities.filter((each) => each.brokenBy === null).map((each) => each.severity);
  const summary = [
    `${good} of ${plural(severities.length, 'severity', 'severities')} of v${version.contract.versioning.contract} answered as the contract says, in a transaction that was taken back.`,
    ...(madeUp.length === 0
      ? []
      : [`No call breaks the contract at ${formatList(madeUp)}: there the breach was made up.`]),
    ...(exercised.length === 0 ? [] : [`Also decided: ${formatList(exercised)}.`]),
    ...(faults.length === 0 ? [] : [`But ${faults.join('; ')}.`]),
    ...(left.length === 0 ? [] : [`Not exercised, being the agent’s own to answer: ${formatList(left)}.`]),
  ].join(' ');
  return {
    state: faults.length === 0 ? 'passed' : 'failed',
    summary,
    figures: {
      version: version.number,
      severities,
      kinds,
      exercised:
        'The incident response itself, on the real database, rolled back: incident, pause, page, warning, roll-back and webhooks were written and taken back. Nobody was notified and no delivery left.',
    },
    contractVersionId: version.versionId,
    clause: 'failure',
  };
}
