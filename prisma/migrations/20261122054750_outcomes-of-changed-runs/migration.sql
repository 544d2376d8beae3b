-- A run is there before a signal is of it, so a statement that adds runs has nothing to look for. One that changes runs looks once,
-- and most find nothing.
DROP TRIGGER rollup_outcome_insert ON run;
DROP FUNCTION rollup_outcome_run_insert();

DO $do$
DECLARE
  event text;
BEGIN
  FOREACH event IN ARRAY ARRAY['update', 'delete'] LOOP
    EXECUTE format($f$
      CREATE OR REPLACE FUNCTION rollup_outcome_run_%1$s() RETURNS trigger LANGUAGE plpgsql AS $body$
      DECLARE
        ids uuid[];
        nested text;
      BEGIN
        SELECT array_agg(s.run_id) INTO ids FROM signal s
         WHERE s.run_id = ANY(ARRAY(SELECT r.id FROM old_rows r)) AND s.family = 'outcome' AND s.superseded_by IS NULL;
        IF ids IS NULL THEN RETURN NULL; END IF;
        -- Not as a setting of the function, which those who find nothing would pay for too.
        nested := current_setting('enable_nestloop');
        PERFORM set_config('enable_nestloop', 'off', true);
        INSERT INTO rollup_outcome_change (workspace_id, agent_id, version_id, day, metric_key, metrics, said, runs, cost_usd,
          worked_ms, unpriced_runs)
        WITH said AS MATERIALIZED (
          SELECT u.run_id, u.agent_id, u.metric_key, (count(*) OVER (PARTITION BY u.run_id, u.agent_id))::int AS metrics,
                 jsonb_agg(jsonb_build_array(u.unit, u.sum, u.samples) ORDER BY u.unit COLLATE "C") AS said
            FROM (SELECT s.run_id, s.agent_id, s.metric_key, s.unit,
                         trim_scale(sum(s.value::text::numeric * s.samples)) AS sum, sum(s.samples) AS samples
                    FROM signal s
                   WHERE s.run_id = ANY(ids) AND s.family = 'outcome' AND s.superseded_by IS NULL AND s.agent_id IS NOT NULL
                   GROUP BY s.run_id, s.agent_id, s.metric_key, s.unit) u
           GROUP BY u.run_id, u.agent_id, u.metric_key),
        changed AS MATERIALIZED (
          SELECT r.sign, r.id, r.workspace_id, r.agent_id,
                 coalesce(r.contract_version_id, '00000000-0000-0000-0000-000000000000') AS version_id,
                 (r.started_at AT TIME ZONE w.time_zone)::date AS day, rollup_amount(r.cost_usd) AS cost_usd,
                 rollup_duration_ms(r.started_at, r.ended_at, r.paused_ms) AS worked_ms, (r.unpriced_calls > 0)::int AS unpriced_runs
            FROM (%2$s) r JOIN workspace w ON w.id = r.workspace_id WHERE r.id = ANY(ids))
        SELECT r.workspace_id, r.agent_id, r.version_id, r.day, o.metric_key, o.metrics, o.said, sum(r.sign),
               sum(r.sign * r.cost_usd), sum(r.sign * r.worked_ms), sum(r.sign * r.unpriced_runs)
          FROM changed r JOIN said o ON o.run_id = r.id AND o.agent_id = r.agent_id
         GROUP BY r.workspace_id, r.agent_id, r.version_id, r.day, o.metric_key, o.metrics, o.said
        HAVING sum(r.sign) <> 0 OR sum(r.sign * r.cost_usd) <> 0 OR sum(r.sign * r.worked_ms) <> 0
            OR sum(r.sign * r.unpriced_runs) <> 0;
        PERFORM set_config('enable_nestloop', nested, true);
        RETURN NULL;
      END $body$ $f$, event, (
      SELECT string_agg(format('SELECT %s AS sign, r.id, r.workspace_id, r.agent_id, r.contract_version_id, r.started_at, '
               'r.ended_at, r.paused_ms, r.cost_usd, r.unpriced_calls FROM %s r', side.sign, side.rows), ' UNION ALL ')
        FROM (VALUES (-1, 'old_rows'), (1, 'new_rows')) AS side(sign, rows)
       WHERE event = 'update' OR side.rows = 'old_rows'));
  END LOOP;
END $do$;
