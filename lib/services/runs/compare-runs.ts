import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { type Fingerprint, parseFingerprint } from '@/lib/response/fingerprint';
import { getRun, type RunDetail } from './get-run';
import { listRunSpans, type SpanList } from './list-run-spans';

export interface ComparedRun {
  run: RunDetail;
  spans: SpanList;
  fingerprint: Fingerprint;
}

/** Runs up to so many spans are compared whole; of larger ones the telling spans are. */
const WHOLE_UP_TO = 2000;

/** Two runs, of one agent or of two, with all that they are compared by. Throws `not_found` for one that is not there. */
export async function compareRuns(
  actor: Actor,
  a: string,
  b: string,
): Promise<{ a: ComparedRun; b: ComparedRun }> {
  authorize(actor, 'run.read', { workspaceId: actor.workspaceId });
  const [left, right] = await Promise.all([getRun(actor, a), getRun(actor, b)]);
  // Both in the same way: a whole run beside the telling part of another would differ in what was left out.
  const part = Math.max(left.spanCount, right.spanCount) <= WHOLE_UP_TO ? 'all' : 'telling';
  const [spansA, spansB, prints] = await Promise.all([
    listRunSpans(actor, left.id, part),
    listRunSpans(actor, right.id, part),
    db().query<{ id: string; fingerprint: unknown }>(
      'SELECT id, fingerprint FROM run WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
      [actor.workspaceId, [left.id, right.id]],
    ),
  ]);
  const printOf = (id: string) =>
    parseFingerprint(prints.rows.find((row) => row.id === id)?.fingerprint ?? {});
  return {
    a: { run: left, spans: spansA, fingerprint: printOf(left.id) },
    b: { run: right, spans: spansB, fingerprint: printOf(right.id) },
  };
}
