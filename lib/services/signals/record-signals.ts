import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import type { Contract } from '@/lib/contract/schema';
import { notify } from '@/lib/db/notify';
import { sha256Hex } from '@/lib/evidence/digest';
import { formatList, formatNumber } from '@/lib/format';
import {
  type Criterion,
  criterionClause,
  criterionKeys,
  onScale,
  readsSignal,
  SHARE,
  type SignalFamily,
  scaleTop,
  unitFactor,
  unitInWords,
} from '@/lib/scoring/criteria';
import { appendAudit } from '@/lib/services/audit/append';
import { findSubjects, type Subjects } from './find-subjects';
import { qualityContract } from './quality-contract';
import { refusedRatings } from './refused-ratings';
import { lockRuns, rescoreRuns } from './rescore-runs';
import { type SignalInput, type SoundSignal, soundSignal } from './signal-input';
import { type PlacedSignal, storeSignals } from './store-signals';

/** What became of one signal of a batch. */
export interface SignalAnswer {
  /** Its place in the batch. */
  index: number;
  /** The row that holds it; null when it was refused. */
  id: string | null;
  /** corrected: another value under an id that was there. duplicate: the same under an id that was there. */
  result: 'recorded' | 'corrected' | 'duplicate' | 'refused';
  /** Why it was refused, or what is to be known about it; null when there is nothing to say. */
  reason: string | null;
  /** What it is kept for until that is first heard of. */
  waitsFor: 'run' | 'agent' | null;
  /** The clause of the criterion that reads it; null: none does, and it counts for nothing yet. */
  clause: string | null;
}

/** As many as one batch may hold. */
export const MOST_SIGNALS = 2000;

/**
 * The one door for measurements of quality. Each is answered: recorded, a correction, a duplicate, or refused with the reason;
 * those of unknown runs and agents are kept until they are heard of, those no criterion reads are kept and shown as such.
 * Scores of the runs they name follow, in this transaction.
 *
 * @param options.source where they come from, e.g. `api`, `otel`, `servicenow`; ids of senders are told apart by it
 * @param options.keepsMisfits takes values that do not fit scale or unit of the criterion in force: they were sound by an earlier
 *   version
 */
export async function recordSignals(
  client: PoolClient,
  actor: Actor,
  signals: readonly SignalInput[],
  options: { source: string; now: Date; keepsMisfits?: boolean },
): Promise<SignalAnswer[]> {
  const { workspaceId } = actor;
  authorize(actor, 'signal.record', { workspaceId });
  const answers: SignalAnswer[] = [];
  const refuse = (index: number, reason: string) =>
    answers.push({ index, id: null, result: 'refused', reason, waitsFor: null, clause: null });

  const sound: { index: number; signal: SoundSignal }[] = [];
  signals.forEach((input, index) => {
    const signal = soundSignal(input, options.now);
    if ('reason' in signal) refuse(index, signal.reason);
    else sound.push({ index, signal });
  });
  const subjects = await lockSubjects(client, workspaceId, {
    runKeys: unique(sound.map(({ signal }) => signal.run)),
    runIds: unique(sound.map(({ signal }) => signal.runId)),
    agents: unique(sound.map(({ signal }) => signal.agent)),
    agentIds: unique([...sound.map(({ signal }) => signal.agentId), ownAgent(actor) ?? undefined]),
  });
  const own = ownAgent(actor);
  const contracts = new Map<string, Contract | null>();
  const ratingRefused = refusedRatings(client, actor);
  const placed: { signal: PlacedSignal; bound: Bound }[] = [];
  for (const { index, signal } of sound) {
    const place = placeOf(actor, signal, subjects);
    if ('reason' in place) {
      refuse(index, place.reason);
      continue;
    }
    const { agentId, runId } = place;
    if (agentId !== null && !contracts.has(agentId))
      contracts.set(agentId, (await qualityContract(client, workspaceId, agentId))?.contract ?? null);
    const contract = agentId === null ? null : (contracts.get(agentId) ?? null);
    const bound = bind(contract, signal, options.keepsMisfits === true);
    if ('refused' in bound) {
      refuse(index, bound.refused);
      continue;
    }
    const unrated = bound.family === 'sme' ? await ratingRefused(agentId) : null;
    if (unrated !== null) {
      refuse(index, unrated);
      continue;
    }
    placed.push({
      bound,
      signal: {
        ...signal,
        index,
        family: bound.family,
        placedAgentId: agentId,
        placedRunId: runId,
        ...withId(signal, bound.family, own),
      },
    });
  }

  const bounds = new Map(placed.map(({ signal, bound }) => [signal.index, bound]));
  const { stored, others, touched } = await storeSignals(
    client,
    workspaceId,
    options.source,
    placed.map(({ signal }) => signal),
    own,
  );
  for (const index of others)
    refuse(index, 'Another agent has a signal under this id, and this key speaks for one.');
  for (const { signal, id, result } of stored) {
    const bound = bounds.get(signal.index);
    const waitsFor = waitOf(signal);
    answers.push({
      index: signal.index,
      id,
      result,
      reason: waitsFor === null ? (bound?.unbound ?? null) : WAITS[waitsFor],
      waitsFor,
      clause: bound?.clause ?? null,
    });
  }
  await rescoreRuns(client, touched);
  await tell(client, actor, options.source, answers);
  return answers.sort((a, b) => a.index - b.index);
}

const WAITS = {
  run: 'No such run has been heard of yet. It is kept and joins it when it comes.',
  agent: 'No such agent has been heard of yet. It is kept and joins it when it comes.',
} as const;

function waitOf({ run, placedRunId, placedAgentId }: PlacedSignal): SignalAnswer['waitsFor'] {
  if (run !== undefined && placedRunId === null) return 'run';
  return placedAgentId === null ? 'agent' : null;
}

const MAX_LOOKS = 5;

/**
 * Whom signals are of, with the runs locked: one that became part of another, or another agent's, between the look and the
 * lock is looked up anew. A signal of what is gone would be of nothing for good.
 */
async function lockSubjects(
  client: PoolClient,
  workspaceId: string,
  wanted: Parameters<typeof findSubjects>[2],
): Promise<Subjects> {
  for (let look = 1; ; look += 1) {
    const subjects = await findSubjects(client, workspaceId, wanted);
    const found = [...subjects.runs.values()];
    const locked = await lockRuns(client, unique(found.map(({ id }) => id)));
    if (found.every(({ id, agentId }) => locked.get(id) === agentId)) return subjects;
    if (look === MAX_LOOKS) throw new Error('Runs of these signals keep becoming part of others.');
  }
}

/** The agent that a key speaks for alone; null for whoever speaks for all. */
function ownAgent(actor: Actor): string | null {
  return actor.kind === 'key' ? actor.agentId : null;
}

/** Which agent and run a signal is of, as far as they are known; or why it can be neither. */
function placeOf(
  actor: Actor,
  signal: SoundSignal,
  { runs, agents, agentIds }: Subjects,
): { agentId: string | null; runId: string | null } | { reason: string } {
  const own = ownAgent(actor);
  if (signal.runId !== undefined && !runs.has(signal.runId))
    return { reason: `There is no run ${signal.runId} in this workspace.` };
  if (signal.agentId !== undefined && !agentIds.has(signal.agentId))
    return { reason: `There is no agent ${signal.agentId} in this workspace.` };
  const run = runs.get(signal.runId ?? signal.run ?? '');
  const named = signal.agentId ?? (signal.agent === undefined ? undefined : agents.get(signal.agent));
  const agentId = run?.agentId ?? named ?? (signal.agent === undefined ? own : null);
  if (own !== null && (agentId !== own || (named !== undefined && named !== own)))
    return { reason: 'This key speaks for one agent, and this is of another.' };
  if (run !== undefined && named !== undefined && named !== run.agentId)
    return { reason: `That run is ${run.agentName}'s, not ${signal.agent ?? 'that agent'}'s.` };
  if (agentId === null && signal.agent === undefined && signal.run === undefined)
    return { reason: 'Say which agent or which run it is of.' };
  return { agentId, runId: run?.id ?? null };
}

interface Bound {
  family: SignalFamily;
  clause: string | null;
  /** Why no criterion reads it; null when one does, or that cannot be told yet. */
  unbound: string | null;
}

/** The criterion that reads a signal, or why none does; refused when its family is unclear, or it fits no criterion that would. */
function bind(
  contract: Contract | null,
  signal: SoundSignal,
  keepsMisfits: boolean,
): Bound | { refused: string } {
  const { metric, metricKey, unit } = signal;
  const called = (contract?.quality.criteria ?? []).filter((each) => criterionKeys(each).includes(metricKey));
  const families = [...new Set(called.flatMap((each) => (each.signal === undefined ? [] : [each.signal])))];
  const family = signal.family ?? (families.length === 1 ? families[0] : undefined);
  if (family === undefined)
    return {
      refused: `family: say whether "${metric}" is technical, eval, feedback, outcome or sme; ${
        families.length > 1
          ? 'criteria of several families go by that name.'
          : 'no criterion goes by that name.'
      }`,
    };
  const readers = called.filter((each) => readsSignal(each, { family, metric }));
  const [reader] = readers.filter((each) => unitFactor(each, unit) !== null);
  if (!keepsMisfits) {
    const misfit = misfitOf(readers, signal);
    if (misfit !== null) return { refused: misfit };
  }
  if (reader !== undefined) return { family, clause: criterionClause(reader.id), unbound: null };
  if (contract === null) return { family, clause: null, unbound: null };
  if (readers.length > 0)
    return {
      family,
      clause: null,
      unbound: `It is in another unit than the criterion "${metric}". It is kept, and counts for nothing yet.`,
    };
  return {
    family,
    clause: null,
    unbound:
      families.length === 0
        ? `No criterion reads ${family} signals named "${metric}". It is kept, and counts for nothing yet.`
        : `The criterion "${metric}" reads ${formatList(families)} signals, not ${family}. It is kept, and counts for nothing yet.`,
  };
}

/** Why a value is in a unit that none of the criteria that would read it is in, or off the scale of one; null when it is neither. */
function misfitOf(readers: readonly Criterion[], { value, unit }: SoundSignal): string | null {
  const fitting = readers.filter((each) => unitFactor(each, unit) !== null);
  const [other] = readers;
  if (fitting.length === 0 && other !== undefined) {
    const said = unit === SHARE ? 'true or false' : `"${unit ?? ''}"`;
    const clause = criterionClause(other.id);
    return other.unit === undefined && scaleTop(other) === null
      ? `unit: ${said} does not fit ${clause}, which has no unit. Leave it out, or give the criterion one.`
      : `unit: ${said} does not fit ${clause}, which is in ${unitInWords(other)}. Nothing is converted: send it in that.`;
  }
  for (const criterion of fitting)
    if (onScale(criterion, value, unit) === null) {
      const top = scaleTop(criterion) ?? 1;
      const hint =
        top === 1 && value > 1 && value <= 100
          ? ` Send ${formatNumber(value / 100, 4)}, or the unit "%".`
          : '';
      return `value: ${formatNumber(value, 4)} is off the scale of ${criterionClause(criterion.id)}, which goes from 0 to ${top}.${hint}`;
    }
  return null;
}

/**
 * A signal that says when but has no id goes by all it says: sent again it is a duplicate, also when its run or agent has
 * become known meanwhile.
 */
function withId(signal: SoundSignal, family: SignalFamily, own: string | null): { externalId?: string } {
  if (signal.externalId !== undefined || !signal.dated) return {};
  const { agent, agentId, run, runId, metricKey, value, unit, samples, at } = signal;
  const said = [
    agentId ?? agent ?? own,
    runId ?? run ?? null,
    family,
    metricKey,
    value,
    unit,
    samples,
    at.toISOString(),
  ];
  return { externalId: `said:${sha256Hex(JSON.stringify(said)).slice(0, 40)}` };
}

async function tell(
  client: PoolClient,
  actor: Actor,
  source: string,
  answers: readonly SignalAnswer[],
): Promise<void> {
  const { workspaceId } = actor;
  const corrected = answers.filter(({ result }) => result === 'corrected');
  if (corrected.length > 0)
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'signal.corrected',
        subject: `signal:${corrected[0]?.id ?? ''}`,
        detail: { source, count: corrected.length },
      },
    ]);
  if (answers.some(({ result }) => result === 'recorded' || result === 'corrected'))
    await notify(client, { workspaceId, topic: 'signal', id: '' });
}

function unique(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}
