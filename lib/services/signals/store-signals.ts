import type { PoolClient } from 'pg';
import { z } from 'zod';
import { newId } from '@/lib/db/id';
import { SIGNAL_FAMILIES, type SignalFamily } from '@/lib/scoring/criteria';
import { addToDays, type DaySignal, recountDays } from './signal-days';
import type { SoundSignal } from './signal-input';

type Client = Pick<PoolClient, 'query'>;

/** A sound signal with whom it is about, as far as that is known. */
export interface PlacedSignal extends SoundSignal {
  index: number;
  family: SignalFamily;
  placedAgentId: string | null;
  placedRunId: string | null;
}

export interface StoredSignal {
  signal: PlacedSignal;
  /** Of the row that counts now. */
  id: string;
  result: 'recorded' | 'corrected' | 'duplicate';
}

interface Current {
  id: string;
  same: string;
  agentId: string | null;
  day: DaySignal | null;
  runId: string | null;
}

const storedRows = z.array(
  z.object({
    id: z.string(),
    external_id: z.string(),
    agent_id: z.string().nullable(),
    agent_name: z.string().nullable(),
    family: z.enum(SIGNAL_FAMILIES),
    metric_key: z.string(),
    unit: z.string().nullable(),
    value: z.number(),
    samples: z.number(),
    is_suite: z.boolean(),
    at: z.date(),
    run_id: z.string().nullable(),
    run_key: z.string().nullable(),
    label: z.string().nullable(),
    note: z.string().nullable(),
  }),
);

const MAX_ROUNDS = 5;

/**
 * Writes signals: what is new, and what corrects another under the sender's own id; the same again is a duplicate. Sums of days
 * follow. `touched` are the runs whose signals changed, the caller's locked ones and those that a correction left.
 *
 * @param own the only agent whose signals may be corrected; null: any. `others` are the places of those that would have
 *   touched another's, which are not written
 */
export async function storeSignals(
  client: Client,
  workspaceId: string,
  source: string,
  signals: readonly PlacedSignal[],
  own: string | null,
): Promise<{ stored: StoredSignal[]; others: number[]; touched: string[] }> {
  const stored: StoredSignal[] = [];
  const others: number[] = [];
  const touched = new Set<string>();
  let left = [...signals];
  for (let round = 0; left.length > 0; round += 1) {
    if (round === MAX_ROUNDS) throw new Error('Signals under the same ids keep coming from elsewhere.');
    const result = await storeRound(client, workspaceId, source, left, own, touched);
    stored.push(...result.stored);
    others.push(...result.others);
    // Somebody else has just written these ids: now they can be seen.
    left = result.again;
  }
  return { stored, others, touched: [...touched] };
}

async function storeRound(
  client: Client,
  workspaceId: string,
  source: string,
  signals: readonly PlacedSignal[],
  own: string | null,
  touched: Set<string>,
): Promise<{ stored: StoredSignal[]; others: number[]; again: PlacedSignal[] }> {
  const current = await loadCurrent(client, workspaceId, source, signals);
  const stored: StoredSignal[] = [];
  const others: number[] = [];
  const inserts: { id: string; signal: PlacedSignal; supersededBy: string | null }[] = [];
  const superseded: { id: string; by: string }[] = [];
  const recount: DaySignal[] = [];
  for (const signal of signals) {
    const { externalId } = signal;
    const before = externalId === undefined ? undefined : current.get(externalId);
    const same = sameness(signal);
    if (own !== null && before !== undefined && before.agentId !== own) {
      others.push(signal.index);
      continue;
    }
    if (before?.same === same) {
      stored.push({ signal, id: before.id, result: 'duplicate' });
      continue;
    }
    const id = newId();
    inserts.push({ id, signal, supersededBy: null });
    stored.push({ signal, id, result: before === undefined ? 'recorded' : 'corrected' });
    if (before !== undefined) {
      const earlier = inserts.find((insert) => insert.id === before.id);
      // One of this batch: it is written superseded.
      if (earlier !== undefined) earlier.supersededBy = id;
      else superseded.push({ id: before.id, by: id });
      if (before.day !== null) recount.push(before.day);
      if (before.runId !== null) touched.add(before.runId);
    }
    if (externalId !== undefined)
      current.set(externalId, {
        ...{ id, same, day: dayOf(signal) },
        ...{ agentId: signal.placedAgentId, runId: signal.placedRunId },
      });
  }
  if (superseded.length > 0)
    await client.query(
      `UPDATE signal s SET superseded_by = n.by FROM unnest($1::uuid[], $2::uuid[]) AS n(id, by) WHERE s.id = n.id`,
      [superseded.map(({ id }) => id), superseded.map(({ by }) => by)],
    );
  const written = await insert(client, workspaceId, source, inserts);
  const lost = new Set(inserts.filter(({ id }) => !written.has(id)).map(({ id }) => id));
  const added: DaySignal[] = [];
  for (const { id, signal, supersededBy } of inserts) {
    if (lost.has(id)) continue;
    if (signal.placedRunId !== null) touched.add(signal.placedRunId);
    const day = dayOf(signal);
    if (day !== null && supersededBy === null) added.push(day);
  }
  // Days that are counted anew hold what was just added.
  const again = new Set(recount.map(dayKey));
  await addToDays(
    client,
    workspaceId,
    added.filter((day) => !again.has(dayKey(day))),
  );
  await recountDays(client, workspaceId, recount);
  return {
    stored: stored.filter(({ id }) => !lost.has(id)),
    others,
    again: stored.filter(({ id }) => lost.has(id)).map(({ signal }) => signal),
  };
}

function dayOf(signal: PlacedSignal): DaySignal | null {
  const { placedAgentId, family, metricKey, unit, value, samples, at, isSuite } = signal;
  if (placedAgentId === null || isSuite) return null;
  return { agentId: placedAgentId, family, metricKey, unit, value, samples, at };
}

function dayKey({ agentId, family, metricKey, unit, at }: DaySignal): string {
  return JSON.stringify([agentId, family, metricKey, unit ?? '', at.toISOString().slice(0, 10)]);
}

/** What makes a signal under the same id the same one: all that it says, except when. */
function sameness(signal: Omit<PlacedSignal, 'index' | 'at' | 'dated' | 'metric'>): string {
  const { family, metricKey, value, unit, samples, isSuite, run, label, note, placedAgentId } = signal;
  return JSON.stringify([
    ...[family, metricKey, value, unit, samples, isSuite, placedAgentId],
    ...[run ?? null, label ?? null, note ?? null],
  ]);
}

async function loadCurrent(
  client: Client,
  workspaceId: string,
  source: string,
  signals: readonly PlacedSignal[],
): Promise<Map<string, Current>> {
  const ids = [
    ...new Set(signals.flatMap(({ externalId }) => (externalId === undefined ? [] : [externalId]))),
  ];
  if (ids.length === 0) return new Map();
  const { rows } = await client.query(
    `SELECT id, external_id, agent_id, agent_name, family, metric_key, unit, value, samples, is_suite, at, run_id, run_key,
            label, note
       FROM signal WHERE workspace_id = $1 AND source = $2 AND external_id = ANY($3::text[]) AND superseded_by IS NULL
      ORDER BY external_id FOR NO KEY UPDATE`,
    [workspaceId, source, ids],
  );
  const current = new Map<string, Current>();
  for (const row of storedRows.parse(rows)) {
    const { family, unit, value, samples, at } = row;
    const metricKey = row.metric_key;
    current.set(row.external_id, {
      id: row.id,
      same: JSON.stringify([
        ...[family, metricKey, value, unit, samples, row.is_suite, row.agent_id],
        ...[row.run_key, row.label, row.note],
      ]),
      day:
        row.agent_id === null || row.is_suite
          ? null
          : { agentId: row.agent_id, family, metricKey, unit, value, samples, at },
      agentId: row.agent_id,
      runId: row.run_id,
    });
  }
  return current;
}

async function insert(
  client: Client,
  workspaceId: string,
  source: string,
  inserts: readonly { id: string; signal: PlacedSignal; supersededBy: string | null }[],
): Promise<Set<string>> {
  if (inserts.length === 0) return new Set();
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO signal (id, workspace_id, agent_id, agent_name, family, metric, metric_key, value, unit, samples, is_suite,
       at, run_id, run_key, source, external_id, label, note, person_id, superseded_by)
     SELECT n.id, $1, n.agent_id, n.agent_name, n.family, n.metric, n.metric_key, n.value, n.unit, n.samples, n.is_suite,
       n.at, n.run_id, n.run_key, $2, n.external_id, n.label, n.note, n.person_id, n.superseded_by
     FROM json_to_recordset($3::json) AS n(id uuid, agent_id uuid, agent_name text, family text, metric text,
       metric_key text, value float8, unit text, samples int, is_suite boolean, at timestamptz, run_id uuid, run_key text,
       external_id text, label text, note text, person_id uuid, superseded_by uuid)
     ON CONFLICT (workspace_id, source, external_id) WHERE external_id IS NOT NULL AND superseded_by IS NULL DO NOTHING
     RETURNING id`,
    [
      workspaceId,
      source,
      JSON.stringify(
        inserts.map(({ id, signal, supersededBy }) => ({
          id,
          agent_id: signal.placedAgentId,
          agent_name: signal.agent ?? null,
          family: signal.family,
          metric: signal.metric,
          metric_key: signal.metricKey,
          value: signal.value,
          unit: signal.unit,
          samples: signal.samples,
          is_suite: signal.isSuite,
          at: signal.at.toISOString(),
          run_id: signal.placedRunId,
          run_key: signal.run ?? null,
          external_id: signal.externalId ?? null,
          label: signal.label ?? null,
          note: signal.note ?? null,
          person_id: signal.personId ?? null,
          superseded_by: supersededBy,
        })),
      ),
    ],
  );
  return new Set(rows.map(({ id }) => id));
}
