import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { offScaleReason, ratingScale } from '@/lib/scoring/rating-scale';
import { appendAudit } from '@/lib/services/audit/append';
import { addNotifications } from '@/lib/services/notifications/add';
import { recordSignals } from '@/lib/services/signals/record-signals';
import { type OpenReview, openReviewFor } from './review-row';

/** The longest note, and the longest that one run is said to have taken: whoever left it open went for a walk. */
const MOST_NOTE = 2000;
const MOST_SECONDS = 4 * 3600;

const ratingSchema = z.object({
  reviewId: z.uuid(),
  /** Of every criterion that subject experts rate. */
  ratings: z.array(z.object({ criterion: z.string(), value: z.number() })).max(200),
  /** Whether the outcome of the run was right. */
  correct: z.boolean(),
  note: z.string().max(MOST_NOTE).default(''),
  /** How long the reviewer had it before them. */
  seconds: z.number().nonnegative().default(0),
});
type RateRun = z.input<typeof ratingSchema>;

/**
 * Takes one person's ratings of one run: once, of every criterion, and of whether the outcome was right (a wrong one says why). They
 * count as signals of the family `sme` at once; the review is done when as many have rated as the contract asks for. Whoever
 * answers for the agent is told of a silent run that was wrong.
 *
 * @throws AppError `forbidden`; `not_found`; `invalid`; `conflict` when the reader has rated it or passed it on, or enough
 *   others have rated it meanwhile
 */
export async function rateRun(actor: Actor, input: RateRun, now = new Date()): Promise<{ done: boolean }> {
  const parsed = ratingSchema.safeParse(input);
  if (!parsed.success) throw new AppError('invalid', parsed.error.issues[0]?.message ?? 'It cannot be read.');
  const { reviewId, correct } = parsed.data;
  const note = parsed.data.note.trim();
  return transact(async (client) => {
    const { review, person } = await openReviewFor(client, actor, reviewId, 'lock');
    if (review.rated) throw new AppError('conflict', 'You have rated this run already.');
    if (review.skipped) throw new AppError('conflict', 'You have passed this run on.');
    if (review.state === 'done')
      throw new AppError(
        'conflict',
        'Enough others have rated this run meanwhile. Yours is not needed any more.',
      );
    if (!correct && note === '')
      throw new AppError('invalid', 'Say what was wrong, so that somebody can mend it.');
    const values = valuesOf(review, parsed.data.ratings);
    const { workspaceId } = actor;
    const ratings = [...values].map(([criterion, value]) => ({ id: newId(), criterion, value }));
    const seconds = Math.min(MOST_SECONDS, Math.round(parsed.data.seconds));
    await client.query(
      `INSERT INTO run_rating (id, workspace_id, review_id, person_id, criterion, value, correct, note, seconds, at)
       SELECT n.id, $1, $2, $3, n.criterion, n.value, CASE n.criterion WHEN '' THEN $4::boolean END,
              CASE n.criterion WHEN '' THEN nullif($5::text, '') END, CASE n.criterion WHEN '' THEN $6::int END, $7
         FROM unnest($8::uuid[], $9::text[], $10::float8[]) AS n(id, criterion, value)`,
      [
        workspaceId,
        review.id,
        person.personId,
        correct,
        note,
        seconds,
        now,
        [newId(), ...ratings.map(({ id }) => id)],
        ['', ...ratings.map(({ criterion }) => criterion)],
        [null, ...ratings.map(({ value }) => value)],
      ],
    );
    await countAsSignals(client, actor, review, ratings, { note, now, personId: person.personId });
    const { rows } = await client.query<{ rated: number; wrong: number }>(
      `SELECT count(*) AS rated, count(*) FILTER (WHERE NOT correct) AS wrong
         FROM run_rating WHERE review_id = $1 AND criterion = ''`,
      [review.id],
    );
    const done = (rows[0]?.rated ?? 0) >= review.reviewers;
    const wrong = rows[0]?.wrong ?? 0;
    await client.query(
      `UPDATE run_review SET correct = CASE WHEN $2 THEN false WHEN $3 THEN true END,
         state = CASE WHEN $3 THEN 'done' ELSE state END, done_at = CASE WHEN $3 THEN $4::timestamptz END WHERE id = $1`,
      [review.id, wrong > 0, done, now],
    );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'expert-review.rated',
        subject: `run:${review.runId}`,
        detail: {
          correct,
          ratings: Object.fromEntries(ratings.map(({ criterion, value }) => [criterion, value])),
          seconds,
          ...(note === '' ? {} : { note }),
        },
      },
    ]);
    if (!correct && wrong === 1 && review.because === 'silent') await tellOwners(client, actor, review);
    await notify(client, { workspaceId, topic: 'expert-review', id: review.id });
    return { done };
  });
}

/** One value for each criterion that subject experts rate; none missing, none beside them, all on their scales. */
function valuesOf(
  review: OpenReview,
  ratings: readonly { criterion: string; value: number }[],
): Map<string, number> {
  const values = new Map(ratings.map(({ criterion, value }) => [criterion, value]));
  for (const criterion of review.criteria) {
    const value = values.get(criterion.id);
    const fault =
      value === undefined ? 'It is not rated yet.' : offScaleReason(ratingScale(criterion), value);
    if (fault !== null) throw new AppError('invalid', `${criterion.statement} ${fault}`);
  }
  const known = new Set(review.criteria.map(({ id }) => id));
  const strange = [...values.keys()].find((id) => !known.has(id));
  if (strange !== undefined)
    throw new AppError('invalid', `Subject experts rate no criterion "${strange}" of this run.`);
  return values;
}

async function countAsSignals(
  client: PoolClient,
  actor: Actor,
  review: OpenReview,
  ratings: readonly { id: string; criterion: string; value: number }[],
  said: { note: string; now: Date; personId: string },
): Promise<void> {
  if (ratings.length === 0) return;
  const { rows } = await client.query<{ ended_at: Date }>('SELECT ended_at FROM run WHERE id = $1', [
    review.runId,
  ]);
  // The work is as old as the run, not as its review. Clocks of agents may be ahead.
  const at = new Date(Math.min(said.now.getTime(), rows[0]?.ended_at.getTime() ?? said.now.getTime()));
  const units = new Map(review.criteria.map(({ id, unit }) => [id, unit]));
  const answers = await recordSignals(
    client,
    actor,
    ratings.map(({ id, criterion, value }) => ({
      family: 'sme' as const,
      metric: criterion,
      value,
      unit: units.get(criterion) ?? null,
      at,
      runId: review.runId,
      externalId: id,
      personId: said.personId,
      ...(said.note === '' ? {} : { note: said.note }),
    })),
    // Rated by the scale of the version the run ran under; the one in force may have another.
    { source: 'review', now: said.now, keepsMisfits: true },
  );
  const refused = answers.find(({ result }) => result === 'refused');
  if (refused !== undefined) throw new AppError('invalid', refused.reason ?? 'It was not taken.');
}

/** Sponsor, engineering lead and operator of the version in force: nothing else tells them of it. */
async function tellOwners(client: PoolClient, actor: Actor, review: OpenReview): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT DISTINCT p.id FROM agent a JOIN contract_version v ON v.id = a.contract_version_id
       CROSS JOIN LATERAL unnest(ARRAY[v.document #>> '{ownership,sponsor}', v.document #>> '{ownership,engineeringLead}',
         v.document #>> '{ownership,operator}']) AS named(email)
       JOIN person p ON p.email = lower(named.email)
      WHERE a.id = $1`,
    [review.agentId],
  );
  await addNotifications(
    client,
    actor,
    rows.map(({ id }) => ({
      personId: id,
      kind: 'expert-review.wrong',
      title: `A silent run of ${review.agent.displayName} was wrong, an expert review found`,
      path: `/runs/${review.runId}`,
    })),
  );
}
