/** What was said of the runs of a filled history: outcomes, evals, feedback, and reviews of a share of them drawn at random. */

const CRITERIA = [
  { id: 'accepted', signal: 'outcome', target: 0.8, heardOf: 0.33 },
  { id: 'right', signal: 'eval', target: 0.9, heardOf: 0.2 },
  { id: 'liked', signal: 'feedback', target: 0.7, heardOf: 0.05 },
] as const;
const REVIEW = { share: 0.01, silentShare: 0.005 };

/** What every agent of the history is held to: a criterion of each of three families, and shares that experts review. */
export const SAID_OF = {
  criteria: CRITERIA.map(({ id, signal, target }) => ({
    ...{ id, signal, target, statement: `Its work is ${id}.`, comparison: '>=' as const },
    ...{ windowDays: 30, leastSamples: 20, freshnessDays: 7 },
  })),
  review: REVIEW,
};

type Say = (what: string, sql: string, values?: unknown[]) => Promise<void>;

/** Adds it all, with the sums of days that the product keeps. `personId` rated what was drawn, but for that of the last three days. */
export async function fillSaid(say: Say, workspaceId: string, personId: string): Promise<void> {
  for (const { id, signal, heardOf } of CRITERIA)
    await say(
      `signals: ${id}`,
      `INSERT INTO signal (id, workspace_id, agent_id, agent_name, family, metric, metric_key, value, at, received_at, run_id,
         run_key, source, external_id)
       SELECT m.x::uuid, $1, r.agent_id, a.name, $3, $2, $2, (h.of_100 < 85)::int, r.ended_at, r.ended_at, r.id, r.key, 'api', m.x
         FROM run r JOIN agent a ON a.id = r.agent_id CROSS JOIN LATERAL (SELECT md5($2 || r.key) AS x OFFSET 0) AS m
         CROSS JOIN LATERAL (SELECT ('x' || substr(m.x, 1, 4))::bit(16)::int AS place,
           ('x' || substr(m.x, 5, 4))::bit(16)::int % 100 AS of_100) AS h
        WHERE r.workspace_id = $1 AND r.span_count > 0 AND h.place < 65536 * $4::float8`,
      [workspaceId, id, signal, heardOf],
    );
  await say(
    'days of signals',
    `INSERT INTO signal_day (workspace_id, agent_id, family, metric_key, unit, day, sum, samples, rows, lowest, highest, last_at)
     SELECT workspace_id, agent_id, family, metric_key, '', (at AT TIME ZONE 'UTC')::date, sum(value), count(*), count(*),
       min(value), max(value), max(at) FROM signal WHERE workspace_id = $1 GROUP BY 1, 2, 3, 4, 6`,
    [workspaceId],
  );
  await say(
    'reviews',
    `INSERT INTO run_review (id, workspace_id, agent_id, run_id, contract_version_id, because, share, draw, reviewers, state,
       drawn_at, due_at, done_at, correct)
     SELECT m.x::uuid, $1, r.agent_id, r.id, r.contract_version_id, s.because, s.share, h.draw, 1,
       CASE WHEN d.done THEN 'done' ELSE 'waiting' END, d.at, d.at + interval '7 days',
       CASE WHEN d.done THEN d.at + interval '1 day' END, CASE WHEN d.done THEN h.of_100 < 97 END
       FROM run r CROSS JOIN LATERAL (SELECT md5('drawn' || r.key) AS x OFFSET 0) AS m
       CROSS JOIN LATERAL (SELECT ('x' || substr(m.x, 1, 6))::bit(24)::int / 16777216.0::float8 AS draw,
         ('x' || substr(m.x, 7, 4))::bit(16)::int % 100 AS of_100) AS h
       CROSS JOIN LATERAL (SELECT CASE WHEN r.breach_count = 0 AND r.lane IN ('allow', 'degrade') THEN 'silent' ELSE 'noticed' END
         AS because, CASE WHEN r.breach_count = 0 AND r.lane IN ('allow', 'degrade') THEN ${REVIEW.silentShare}::float8
         ELSE ${REVIEW.share} END AS share) AS s
       CROSS JOIN LATERAL (SELECT r.ended_at + interval '10 minutes' AS at, r.ended_at < now() - interval '3 days' AS done) AS d
      WHERE r.workspace_id = $1 AND r.span_count > 0 AND h.draw < s.share`,
    [workspaceId],
  );
  await say(
    'ratings',
    `INSERT INTO run_rating (id, workspace_id, review_id, person_id, criterion, correct, seconds, at)
     SELECT gen_random_uuid(), $1, id, $2, '', correct, 90, done_at FROM run_review WHERE workspace_id = $1 AND state = 'done'`,
    [workspaceId, personId],
  );
  await say(
    'spending',
    `INSERT INTO agent_spend (workspace_id, agent_id, day, cost_usd)
     SELECT workspace_id, agent_id, (started_at AT TIME ZONE 'UTC')::date, sum(cost_usd) FROM run WHERE workspace_id = $1
      GROUP BY 1, 2, 3 ON CONFLICT (agent_id, day) DO UPDATE SET cost_usd = excluded.cost_usd`,
    [workspaceId],
  );
}
