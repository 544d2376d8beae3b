-- CreateTable
CREATE TABLE "rollup_outcome" (
    "workspace_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "metric_key" TEXT NOT NULL,
    "kind" UUID NOT NULL,
    "metrics" INTEGER NOT NULL,
    "said" JSONB NOT NULL,
    "runs" BIGINT NOT NULL,
    "cost_usd" DECIMAL(38,9) NOT NULL,
    "worked_ms" BIGINT NOT NULL,
    "unpriced_runs" BIGINT NOT NULL,

    CONSTRAINT "rollup_outcome_pkey" PRIMARY KEY ("workspace_id","agent_id","metric_key","day","version_id","kind")
);

-- CreateTable
CREATE TABLE "rollup_outcome_change" (
    "id" BIGSERIAL NOT NULL,
    "workspace_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "metric_key" TEXT NOT NULL,
    "metrics" INTEGER NOT NULL,
    "said" JSONB NOT NULL,
    "runs" BIGINT NOT NULL,
    "cost_usd" DECIMAL(38,9) NOT NULL,
    "worked_ms" BIGINT NOT NULL,
    "unpriced_runs" BIGINT NOT NULL,

    CONSTRAINT "rollup_outcome_change_pkey" PRIMARY KEY ("id")
);

-- AddForeignKey
ALTER TABLE "rollup_outcome" ADD CONSTRAINT "rollup_outcome_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What was said of a run by outcome signals, apart by what they measured: a run joins the sums of its day with it. The same text
-- makes the view that a recount reads and the triggers, so they cannot differ. Runs change seldom after their outcome came, and few
-- statements that write runs find one that has any.
DO $do$
DECLARE
  -- From signals with a sign: what of each run was said, by metric. Decimals, so that sums do not depend on the order.
  outcomes text := $o$
    SELECT u.sign, u.workspace_id, u.run_id, u.agent_id, u.metric_key,
           (count(*) OVER (PARTITION BY u.sign, u.workspace_id, u.run_id, u.agent_id))::int AS metrics,
           jsonb_agg(jsonb_build_array(u.unit, u.sum, u.samples) ORDER BY u.unit COLLATE "C") AS said
      FROM (SELECT s.sign, s.workspace_id, s.run_id, s.agent_id, s.metric_key, s.unit,
                   trim_scale(sum(s.value::text::numeric * s.samples)) AS sum, sum(s.samples) AS samples
              FROM (%s) s
             WHERE s.family = 'outcome' AND s.superseded_by IS NULL AND s.run_id IS NOT NULL AND s.agent_id IS NOT NULL
             GROUP BY s.sign, s.workspace_id, s.run_id, s.agent_id, s.metric_key, s.unit) u
     GROUP BY u.sign, u.workspace_id, u.run_id, u.agent_id, u.metric_key$o$;
  -- What a run adds to the sums, of `r` and its workspace `w`.
  measured text := $m$r.id, r.workspace_id, r.agent_id,
    coalesce(r.contract_version_id, '00000000-0000-0000-0000-000000000000') AS version_id,
    (r.started_at AT TIME ZONE w.time_zone)::date AS day, rollup_amount(r.cost_usd) AS cost_usd,
    rollup_duration_ms(r.started_at, r.ended_at, r.paused_ms) AS worked_ms, (r.unpriced_calls > 0)::int AS unpriced_runs$m$;
  of_run text := 'r.id, r.workspace_id, r.agent_id, r.contract_version_id, r.started_at, r.ended_at, r.paused_ms, r.cost_usd, '
    'r.unpriced_calls';
  added text := $a$
    INSERT INTO rollup_outcome_change (workspace_id, agent_id, version_id, day, metric_key, metrics, said, runs, cost_usd,
      worked_ms, unpriced_runs)
    SELECT r.workspace_id, r.agent_id, r.version_id, r.day, o.metric_key, o.metrics, o.said, sum(o.sign * r.sign),
           sum(o.sign * r.sign * r.cost_usd), sum(o.sign * r.sign * r.worked_ms), sum(o.sign * r.sign * r.unpriced_runs)
      FROM (%s) r JOIN (%s) o ON o.run_id = r.id AND o.agent_id = r.agent_id
     GROUP BY r.workspace_id, r.agent_id, r.version_id, r.day, o.metric_key, o.metrics, o.said
    HAVING sum(o.sign * r.sign) <> 0 OR sum(o.sign * r.sign * r.cost_usd) <> 0
        OR sum(o.sign * r.sign * r.worked_ms) <> 0 OR sum(o.sign * r.sign * r.unpriced_runs) <> 0;$a$;
  of_signal text := 's.workspace_id, s.run_id, s.agent_id, s.family, s.metric_key, s.unit, s.value, s.samples, s.superseded_by';
  of_ids text := format('SELECT 1 AS sign, %s FROM signal s WHERE s.run_id = ANY(ids)', of_signal);
  event text;
  changed text;
  named text;
  before text;
BEGIN
  EXECUTE format($v$CREATE VIEW run_outcome AS
    SELECT o.workspace_id, o.run_id, r.agent_id, r.version_id, r.day, o.metric_key, o.metrics, o.said, 1::bigint AS runs, r.cost_usd,
           r.worked_ms, r.unpriced_runs::bigint AS unpriced_runs
      FROM (%s) o JOIN (SELECT %s FROM run r JOIN workspace w ON w.id = r.workspace_id) r
        ON r.id = o.run_id AND r.workspace_id = o.workspace_id AND r.agent_id = o.agent_id$v$,
    format(outcomes, format('SELECT 1 AS sign, %s FROM signal s', of_signal)), measured);

  -- A statement on runs: what its rows come to now, less what they came to before, of those that have outcomes.
  FOREACH event IN ARRAY ARRAY['insert', 'update', 'delete'] LOOP
    changed := CASE event
      WHEN 'insert' THEN format('SELECT 1 AS sign, %s FROM new_rows r', of_run)
      WHEN 'delete' THEN format('SELECT -1 AS sign, %s FROM old_rows r', of_run)
      ELSE format('SELECT 1 AS sign, %1$s FROM new_rows r UNION ALL SELECT -1, %1$s FROM old_rows r', of_run) END;
    EXECUTE format($f$
      CREATE FUNCTION rollup_outcome_run_%1$s() RETURNS trigger LANGUAGE plpgsql AS $body$
      DECLARE
        ids uuid[] := ARRAY(SELECT n.id FROM %2$s n);
      BEGIN
        SELECT array_agg(DISTINCT s.run_id) INTO ids FROM signal s
         WHERE s.run_id = ANY(ids) AND s.family = 'outcome' AND s.superseded_by IS NULL;
        IF ids IS NULL THEN RETURN NULL; END IF;
        %3$s
        RETURN NULL;
      END $body$ $f$, event, CASE event WHEN 'delete' THEN 'old_rows' ELSE 'new_rows' END,
      format(added, format('SELECT r.sign, %s FROM (%s) r JOIN workspace w ON w.id = r.workspace_id WHERE r.id = ANY(ids)',
        measured, changed), format(outcomes, of_ids)));
  END LOOP;

  -- A statement on signals: what was said of their runs now, less what was said before. Runs are locked, as everybody who writes
  -- their signals has them already: two who add to one run must not both find it alone.
  FOREACH event IN ARRAY ARRAY['insert', 'update'] LOOP
    named := 'SELECT n.run_id, n.family FROM new_rows n';
    before := format('SELECT -1, %s FROM signal s WHERE s.run_id = ANY(ids) AND s.id <> ALL(written)', of_signal);
    IF event = 'update' THEN
      named := named || ' UNION ALL SELECT o.run_id, o.family FROM old_rows o';
      before := before || format(' UNION ALL SELECT -1, %s FROM old_rows s WHERE s.run_id = ANY(ids)', of_signal);
    END IF;
    EXECUTE format($f$
      CREATE FUNCTION rollup_outcome_signal_%1$s() RETURNS trigger LANGUAGE plpgsql AS $body$
      DECLARE
        ids uuid[];
        written uuid[];
      BEGIN
        SELECT array_agg(DISTINCT c.run_id) INTO ids FROM (%2$s) c WHERE c.family = 'outcome' AND c.run_id IS NOT NULL;
        IF ids IS NULL THEN RETURN NULL; END IF;
        written := ARRAY(SELECT n.id FROM new_rows n);
        -- Not while all runs are counted anew, which sees nothing of this.
        LOCK TABLE run IN ROW EXCLUSIVE MODE;
        PERFORM FROM run r WHERE r.id = ANY(ids) ORDER BY r.id FOR NO KEY UPDATE;
        %3$s
        RETURN NULL;
      END $body$ $f$, event, named,
      format(added, format('SELECT 1 AS sign, %s FROM run r JOIN workspace w ON w.id = r.workspace_id WHERE r.id = ANY(ids)', measured),
        format(outcomes, of_ids || ' UNION ALL ' || before)));
  END LOOP;
END $do$;

CREATE VIEW rollup_outcomes AS
  SELECT workspace_id, agent_id, version_id, day, metric_key, metrics, said, runs, cost_usd, worked_ms, unpriced_runs
    FROM rollup_outcome
  UNION ALL
  SELECT workspace_id, agent_id, version_id, day, metric_key, metrics, said, runs, cost_usd, worked_ms, unpriced_runs
    FROM rollup_outcome_change;

CREATE FUNCTION rollup_outcome_kind(metrics int, said jsonb) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT md5(metrics || ' ' || said::text)::uuid $$;

CREATE FUNCTION rollup_fold_outcome(ids bigint[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO rollup_outcome AS t (workspace_id, agent_id, version_id, day, metric_key, kind, metrics, said, runs, cost_usd,
    worked_ms, unpriced_runs)
  SELECT m.workspace_id, m.agent_id, m.version_id, m.day, m.metric_key, rollup_outcome_kind(m.metrics, m.said), m.metrics, m.said,
         sum(m.runs), sum(m.cost_usd), sum(m.worked_ms), sum(m.unpriced_runs)
    FROM rollup_outcome_change m JOIN workspace w ON w.id = m.workspace_id WHERE m.id = ANY(ids)
   GROUP BY m.workspace_id, m.agent_id, m.version_id, m.day, m.metric_key, m.metrics, m.said
  ON CONFLICT (workspace_id, agent_id, metric_key, day, version_id, kind) DO UPDATE SET runs = t.runs + excluded.runs,
    cost_usd = t.cost_usd + excluded.cost_usd, worked_ms = t.worked_ms + excluded.worked_ms,
    unpriced_runs = t.unpriced_runs + excluded.unpriced_runs;
  DELETE FROM rollup_outcome t USING (SELECT DISTINCT workspace_id, agent_id, version_id, day, metric_key,
      rollup_outcome_kind(metrics, said) AS kind FROM rollup_outcome_change WHERE id = ANY(ids)) m
   WHERE t.workspace_id = m.workspace_id AND t.agent_id = m.agent_id AND t.metric_key = m.metric_key AND t.day = m.day
     AND t.version_id = m.version_id AND t.kind = m.kind AND t.runs = 0;
$$;

CREATE FUNCTION rollup_fill_outcome(workspace uuid) RETURNS void LANGUAGE sql AS $$
  INSERT INTO rollup_outcome (workspace_id, agent_id, version_id, day, metric_key, kind, metrics, said, runs, cost_usd, worked_ms,
    unpriced_runs)
  SELECT m.workspace_id, m.agent_id, m.version_id, m.day, m.metric_key, rollup_outcome_kind(m.metrics, m.said), m.metrics, m.said,
         sum(m.runs), sum(m.cost_usd), sum(m.worked_ms), sum(m.unpriced_runs)
    FROM run_outcome m WHERE workspace IS NULL OR m.workspace_id = workspace
   GROUP BY m.workspace_id, m.agent_id, m.version_id, m.day, m.metric_key, m.metrics, m.said;
$$;

-- As before, and outcomes with it.
CREATE OR REPLACE FUNCTION rollup_fold(most int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  ids bigint[];
  duration_ids bigint[];
  outcome_ids bigint[];
BEGIN
  IF NOT pg_try_advisory_xact_lock(7305842190) THEN RETURN 0; END IF;
  SELECT array_agg(id) INTO ids FROM (SELECT id FROM rollup_change ORDER BY id LIMIT most) AS next;
  IF ids IS NOT NULL THEN
    PERFORM rollup_fold_day(ids);
    PERFORM rollup_fold_hour(ids);
    DELETE FROM rollup_change WHERE id = ANY(ids);
  END IF;
  SELECT array_agg(id) INTO duration_ids FROM (SELECT id FROM rollup_duration_change ORDER BY id LIMIT most) AS next;
  IF duration_ids IS NOT NULL THEN
    INSERT INTO rollup_duration AS t (workspace_id, agent_id, version_id, day, bin, runs)
    SELECT m.workspace_id, m.agent_id, m.version_id, m.day, m.bin, sum(m.runs)
      FROM rollup_duration_change m JOIN workspace w ON w.id = m.workspace_id WHERE m.id = ANY(duration_ids)
     GROUP BY 1, 2, 3, 4, 5
    ON CONFLICT (workspace_id, agent_id, day, version_id, bin) DO UPDATE SET runs = t.runs + excluded.runs;
    DELETE FROM rollup_duration t USING (SELECT DISTINCT workspace_id, agent_id, version_id, day, bin
        FROM rollup_duration_change WHERE id = ANY(duration_ids)) m
     WHERE t.workspace_id = m.workspace_id AND t.agent_id = m.agent_id AND t.version_id = m.version_id AND t.day = m.day
       AND t.bin = m.bin AND t.runs = 0;
    DELETE FROM rollup_duration_change WHERE id = ANY(duration_ids);
  END IF;
  SELECT array_agg(id) INTO outcome_ids FROM (SELECT id FROM rollup_outcome_change ORDER BY id LIMIT most) AS next;
  IF outcome_ids IS NOT NULL THEN
    PERFORM rollup_fold_outcome(outcome_ids);
    DELETE FROM rollup_outcome_change WHERE id = ANY(outcome_ids);
  END IF;
  RETURN coalesce(cardinality(ids), 0) + coalesce(cardinality(duration_ids), 0) + coalesce(cardinality(outcome_ids), 0);
END $$;

CREATE OR REPLACE FUNCTION rollup_rebuild(workspace uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  LOCK TABLE run IN SHARE ROW EXCLUSIVE MODE;
  PERFORM pg_advisory_xact_lock(7305842190);
  DELETE FROM rollup_change WHERE workspace IS NULL OR workspace_id = workspace;
  DELETE FROM rollup_duration_change WHERE workspace IS NULL OR workspace_id = workspace;
  DELETE FROM rollup_outcome_change WHERE workspace IS NULL OR workspace_id = workspace;
  DELETE FROM rollup_day WHERE workspace IS NULL OR workspace_id = workspace;
  DELETE FROM rollup_hour WHERE workspace IS NULL OR workspace_id = workspace;
  DELETE FROM rollup_duration WHERE workspace IS NULL OR workspace_id = workspace;
  DELETE FROM rollup_outcome WHERE workspace IS NULL OR workspace_id = workspace;
  PERFORM rollup_fill_day(workspace);
  PERFORM rollup_fill_hour(workspace);
  INSERT INTO rollup_duration (workspace_id, agent_id, version_id, day, bin, runs)
  SELECT workspace_id, agent_id, version_id, day, bin, count(*) FROM run_measure
   WHERE runs = 1 AND (workspace IS NULL OR workspace_id = workspace) GROUP BY 1, 2, 3, 4, 5;
  PERFORM rollup_fill_outcome(workspace);
END $$;

CREATE OR REPLACE FUNCTION rollup_move_days(workspace uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  LOCK TABLE run IN SHARE ROW EXCLUSIVE MODE;
  PERFORM pg_advisory_xact_lock(7305842190);
  PERFORM rollup_fold_hour(array_agg(id)) FROM rollup_change WHERE workspace_id = workspace;
  DELETE FROM rollup_change WHERE workspace_id = workspace;
  DELETE FROM rollup_duration_change WHERE workspace_id = workspace;
  DELETE FROM rollup_outcome_change WHERE workspace_id = workspace;
  DELETE FROM rollup_day WHERE workspace_id = workspace;
  DELETE FROM rollup_duration WHERE workspace_id = workspace;
  DELETE FROM rollup_outcome WHERE workspace_id = workspace;
  PERFORM rollup_fill_day(workspace);
  INSERT INTO rollup_duration (workspace_id, agent_id, version_id, day, bin, runs)
  SELECT workspace_id, agent_id, version_id, day, bin, count(*) FROM run_measure
   WHERE runs = 1 AND workspace_id = workspace GROUP BY 1, 2, 3, 4, 5;
  PERFORM rollup_fill_outcome(workspace);
END $$;

-- What there is already. Nobody writes runs or signals meanwhile.
LOCK TABLE run IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE signal IN SHARE ROW EXCLUSIVE MODE;
SELECT rollup_fill_outcome(NULL);

CREATE TRIGGER rollup_outcome_insert AFTER INSERT ON run REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION rollup_outcome_run_insert();
CREATE TRIGGER rollup_outcome_update AFTER UPDATE ON run REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION rollup_outcome_run_update();
CREATE TRIGGER rollup_outcome_delete AFTER DELETE ON run REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION rollup_outcome_run_delete();
CREATE TRIGGER rollup_outcome_insert AFTER INSERT ON signal REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION rollup_outcome_signal_insert();
CREATE TRIGGER rollup_outcome_update AFTER UPDATE ON signal REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION rollup_outcome_signal_update();

-- Emptied all day long.
ALTER TABLE rollup_outcome_change SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
-- Sums change where they stand, as no index holds them.
ALTER TABLE rollup_outcome SET (fillfactor = 70);
