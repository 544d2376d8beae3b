-- AlterTable
ALTER TABLE "run" ADD COLUMN     "breaches_critical" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "breaches_high" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "breaches_low" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "breaches_medium" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "in_incident" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "rollup_day" (
    "workspace_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "runs" BIGINT NOT NULL,
    "asked_only" BIGINT NOT NULL,
    "clean" BIGINT NOT NULL,
    "paged" BIGINT NOT NULL,
    "low" BIGINT NOT NULL,
    "medium" BIGINT NOT NULL,
    "high" BIGINT NOT NULL,
    "critical" BIGINT NOT NULL,
    "degraded" BIGINT NOT NULL,
    "escalated" BIGINT NOT NULL,
    "blocked" BIGINT NOT NULL,
    "breached" BIGINT NOT NULL,
    "breaches_low" BIGINT NOT NULL,
    "breaches_medium" BIGINT NOT NULL,
    "breaches_high" BIGINT NOT NULL,
    "breaches_critical" BIGINT NOT NULL,
    "calling" BIGINT NOT NULL,
    "held" BIGINT NOT NULL,
    "spans" BIGINT NOT NULL,
    "errors" BIGINT NOT NULL,
    "tool_calls" BIGINT NOT NULL,
    "model_calls" BIGINT NOT NULL,
    "unpriced_calls" BIGINT NOT NULL,
    "unpriced_runs" BIGINT NOT NULL,
    "input_tokens" DECIMAL(38,0) NOT NULL,
    "output_tokens" DECIMAL(38,0) NOT NULL,
    "cost_usd" DECIMAL(38,9) NOT NULL,
    "priced_runs" BIGINT NOT NULL,
    "priced_cost_usd" DECIMAL(38,9) NOT NULL,
    "priced_cost_squares" DECIMAL(60,18) NOT NULL,
    "scored" BIGINT NOT NULL,
    "score_sum" BIGINT NOT NULL,
    "score_squares" BIGINT NOT NULL,
    "risk_scored" BIGINT NOT NULL,
    "risk_score_sum" BIGINT NOT NULL,
    "risk_score_squares" BIGINT NOT NULL,
    "quality_scored" BIGINT NOT NULL,
    "quality_score_sum" BIGINT NOT NULL,
    "quality_score_squares" BIGINT NOT NULL,
    "cost_scored" BIGINT NOT NULL,
    "cost_score_sum" BIGINT NOT NULL,
    "cost_score_squares" BIGINT NOT NULL,
    "coverage_sum" BIGINT NOT NULL,
    "risk_sum" DECIMAL(38,9) NOT NULL,
    "duration_ms" BIGINT NOT NULL,
    "duration_squares" DECIMAL(60,0) NOT NULL,
    "waited_ms" BIGINT NOT NULL,

    CONSTRAINT "rollup_day_pkey" PRIMARY KEY ("workspace_id","agent_id","day","version_id")
);

-- CreateTable
CREATE TABLE "rollup_hour" (
    "workspace_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "hour" TIMESTAMPTZ(0) NOT NULL,
    "runs" BIGINT NOT NULL,
    "asked_only" BIGINT NOT NULL,
    "clean" BIGINT NOT NULL,
    "paged" BIGINT NOT NULL,
    "low" BIGINT NOT NULL,
    "medium" BIGINT NOT NULL,
    "high" BIGINT NOT NULL,
    "critical" BIGINT NOT NULL,
    "degraded" BIGINT NOT NULL,
    "escalated" BIGINT NOT NULL,
    "blocked" BIGINT NOT NULL,
    "breached" BIGINT NOT NULL,
    "breaches_low" BIGINT NOT NULL,
    "breaches_medium" BIGINT NOT NULL,
    "breaches_high" BIGINT NOT NULL,
    "breaches_critical" BIGINT NOT NULL,
    "calling" BIGINT NOT NULL,
    "held" BIGINT NOT NULL,
    "spans" BIGINT NOT NULL,
    "errors" BIGINT NOT NULL,
    "tool_calls" BIGINT NOT NULL,
    "model_calls" BIGINT NOT NULL,
    "unpriced_calls" BIGINT NOT NULL,
    "unpriced_runs" BIGINT NOT NULL,
    "input_tokens" DECIMAL(38,0) NOT NULL,
    "output_tokens" DECIMAL(38,0) NOT NULL,
    "cost_usd" DECIMAL(38,9) NOT NULL,
    "priced_runs" BIGINT NOT NULL,
    "priced_cost_usd" DECIMAL(38,9) NOT NULL,
    "priced_cost_squares" DECIMAL(60,18) NOT NULL,
    "scored" BIGINT NOT NULL,
    "score_sum" BIGINT NOT NULL,
    "score_squares" BIGINT NOT NULL,
    "risk_scored" BIGINT NOT NULL,
    "risk_score_sum" BIGINT NOT NULL,
    "risk_score_squares" BIGINT NOT NULL,
    "quality_scored" BIGINT NOT NULL,
    "quality_score_sum" BIGINT NOT NULL,
    "quality_score_squares" BIGINT NOT NULL,
    "cost_scored" BIGINT NOT NULL,
    "cost_score_sum" BIGINT NOT NULL,
    "cost_score_squares" BIGINT NOT NULL,
    "coverage_sum" BIGINT NOT NULL,
    "risk_sum" DECIMAL(38,9) NOT NULL,
    "duration_ms" BIGINT NOT NULL,
    "duration_squares" DECIMAL(60,0) NOT NULL,
    "waited_ms" BIGINT NOT NULL,

    CONSTRAINT "rollup_hour_pkey" PRIMARY KEY ("workspace_id","agent_id","hour","version_id")
);

-- CreateTable
CREATE TABLE "rollup_change" (
    "id" BIGSERIAL NOT NULL,
    "workspace_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "hour" TIMESTAMPTZ(0) NOT NULL,
    "runs" BIGINT NOT NULL,
    "asked_only" BIGINT NOT NULL,
    "clean" BIGINT NOT NULL,
    "paged" BIGINT NOT NULL,
    "low" BIGINT NOT NULL,
    "medium" BIGINT NOT NULL,
    "high" BIGINT NOT NULL,
    "critical" BIGINT NOT NULL,
    "degraded" BIGINT NOT NULL,
    "escalated" BIGINT NOT NULL,
    "blocked" BIGINT NOT NULL,
    "breached" BIGINT NOT NULL,
    "breaches_low" BIGINT NOT NULL,
    "breaches_medium" BIGINT NOT NULL,
    "breaches_high" BIGINT NOT NULL,
    "breaches_critical" BIGINT NOT NULL,
    "calling" BIGINT NOT NULL,
    "held" BIGINT NOT NULL,
    "spans" BIGINT NOT NULL,
    "errors" BIGINT NOT NULL,
    "tool_calls" BIGINT NOT NULL,
    "model_calls" BIGINT NOT NULL,
    "unpriced_calls" BIGINT NOT NULL,
    "unpriced_runs" BIGINT NOT NULL,
    "input_tokens" DECIMAL(38,0) NOT NULL,
    "output_tokens" DECIMAL(38,0) NOT NULL,
    "cost_usd" DECIMAL(38,9) NOT NULL,
    "priced_runs" BIGINT NOT NULL,
    "priced_cost_usd" DECIMAL(38,9) NOT NULL,
    "priced_cost_squares" DECIMAL(60,18) NOT NULL,
    "scored" BIGINT NOT NULL,
    "score_sum" BIGINT NOT NULL,
    "score_squares" BIGINT NOT NULL,
    "risk_scored" BIGINT NOT NULL,
    "risk_score_sum" BIGINT NOT NULL,
    "risk_score_squares" BIGINT NOT NULL,
    "quality_scored" BIGINT NOT NULL,
    "quality_score_sum" BIGINT NOT NULL,
    "quality_score_squares" BIGINT NOT NULL,
    "cost_scored" BIGINT NOT NULL,
    "cost_score_sum" BIGINT NOT NULL,
    "cost_score_squares" BIGINT NOT NULL,
    "coverage_sum" BIGINT NOT NULL,
    "risk_sum" DECIMAL(38,9) NOT NULL,
    "duration_ms" BIGINT NOT NULL,
    "duration_squares" DECIMAL(60,0) NOT NULL,
    "waited_ms" BIGINT NOT NULL,

    CONSTRAINT "rollup_change_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rollup_duration" (
    "workspace_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "bin" SMALLINT NOT NULL,
    "runs" BIGINT NOT NULL,

    CONSTRAINT "rollup_duration_pkey" PRIMARY KEY ("workspace_id","agent_id","day","version_id","bin")
);

-- CreateTable
CREATE TABLE "rollup_duration_change" (
    "id" BIGSERIAL NOT NULL,
    "workspace_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "bin" SMALLINT NOT NULL,
    "runs" BIGINT NOT NULL,

    CONSTRAINT "rollup_duration_change_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "rollup_day_workspace_id_day_idx" ON "rollup_day"("workspace_id", "day");

-- AddForeignKey
ALTER TABLE "rollup_day" ADD CONSTRAINT "rollup_day_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rollup_hour" ADD CONSTRAINT "rollup_hour_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rollup_duration" ADD CONSTRAINT "rollup_duration_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What a run counts as, in one place: the triggers, the view that a recount reads and the first filling are made from it.

-- Dollars and points as exact decimals; what no run can cost (or no number) is nothing, so that no sum is ever poisoned.
CREATE FUNCTION rollup_amount(amount float8) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN amount BETWEEN -1e12 AND 1e12 THEN round(amount::numeric, 9) ELSE 0 END $$;

-- How long a run worked, in whole milliseconds.
CREATE FUNCTION rollup_duration_ms(started timestamptz, ended timestamptz, waited bigint) RETURNS bigint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT greatest(0, round(extract(epoch FROM ended - started) * 1000)::bigint - waited) $$;

-- 0 to 63 ms have a bin each; from there on 32 bins to each doubling, all in integers.
CREATE FUNCTION rollup_duration_bin(ms bigint) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN ms < 64 THEN ms
     ELSE (length(ltrim(ms::bit(64)::text, '0')) - 6) * 32 + (ms >> (length(ltrim(ms::bit(64)::text, '0')) - 6)) END::smallint $$;

DO $do$
DECLARE
  -- Name, type and what a run adds to it.
  measures text[] := ARRAY[
    ['clean', 'bigint', $m$(r.breach_count = 0 AND r.lane IN ('allow', 'degrade'))::int$m$],
    ['paged', 'bigint', $m$r.in_incident::int$m$],
    ['low', 'bigint', $m$(r.band = 'low')::int$m$],
    ['medium', 'bigint', $m$(r.band = 'medium')::int$m$],
    ['high', 'bigint', $m$(r.band = 'high')::int$m$],
    ['critical', 'bigint', $m$(r.band = 'critical')::int$m$],
    ['degraded', 'bigint', $m$(r.lane = 'degrade')::int$m$],
    ['escalated', 'bigint', $m$(r.lane = 'escalate')::int$m$],
    ['blocked', 'bigint', $m$(r.lane = 'block')::int$m$],
    ['breached', 'bigint', $m$(r.breach_count > 0)::int$m$],
    ['breaches_low', 'bigint', $m$r.breaches_low$m$],
    ['breaches_medium', 'bigint', $m$r.breaches_medium$m$],
    ['breaches_high', 'bigint', $m$r.breaches_high$m$],
    ['breaches_critical', 'bigint', $m$r.breaches_critical$m$],
    ['calling', 'bigint', $m$(r.tool_calls > 0)::int$m$],
    ['held', 'bigint', $m$(r.paused_at IS NOT NULL OR r.pauses <> '[]')::int$m$],
    ['spans', 'bigint', $m$r.span_count$m$],
    ['errors', 'bigint', $m$r.error_count$m$],
    ['tool_calls', 'bigint', $m$r.tool_calls$m$],
    ['model_calls', 'bigint', $m$r.model_calls$m$],
    ['unpriced_calls', 'bigint', $m$r.unpriced_calls$m$],
    ['unpriced_runs', 'bigint', $m$(r.unpriced_calls > 0)::int$m$],
    ['input_tokens', 'numeric', $m$r.input_tokens$m$],
    ['output_tokens', 'numeric', $m$r.output_tokens$m$],
    ['cost_usd', 'numeric', $m$rollup_amount(r.cost_usd)$m$],
    ['priced_runs', 'bigint', $m$(r.unpriced_calls = 0)::int$m$],
    ['priced_cost_usd', 'numeric', $m$CASE WHEN r.unpriced_calls = 0 THEN rollup_amount(r.cost_usd) ELSE 0 END$m$],
    ['priced_cost_squares', 'numeric', $m$CASE WHEN r.unpriced_calls = 0 THEN rollup_amount(r.cost_usd) * rollup_amount(r.cost_usd) ELSE 0 END$m$],
    ['scored', 'bigint', $m$(r.score IS NOT NULL)::int$m$],
    ['score_sum', 'bigint', $m$coalesce(round(r.score * 1000), 0)$m$],
    ['score_squares', 'bigint', $m$coalesce(round(r.score * 1000) * round(r.score * 1000), 0)$m$],
    ['risk_scored', 'bigint', $m$(r.risk_score IS NOT NULL)::int$m$],
    ['risk_score_sum', 'bigint', $m$coalesce(round(r.risk_score * 1000), 0)$m$],
    ['risk_score_squares', 'bigint', $m$coalesce(round(r.risk_score * 1000) * round(r.risk_score * 1000), 0)$m$],
    ['quality_scored', 'bigint', $m$(r.quality_score IS NOT NULL)::int$m$],
    ['quality_score_sum', 'bigint', $m$coalesce(round(r.quality_score * 1000), 0)$m$],
    ['quality_score_squares', 'bigint', $m$coalesce(round(r.quality_score * 1000) * round(r.quality_score * 1000), 0)$m$],
    ['cost_scored', 'bigint', $m$(r.cost_score IS NOT NULL)::int$m$],
    ['cost_score_sum', 'bigint', $m$coalesce(round(r.cost_score * 1000), 0)$m$],
    ['cost_score_squares', 'bigint', $m$coalesce(round(r.cost_score * 1000) * round(r.cost_score * 1000), 0)$m$],
    ['coverage_sum', 'bigint', $m$CASE WHEN r.score IS NULL THEN 0 ELSE round(r.score_coverage * 1000000) END$m$],
    ['risk_sum', 'numeric', $m$rollup_amount(r.risk)$m$],
    ['duration_ms', 'bigint', $m$rollup_duration_ms(r.started_at, r.ended_at, r.paused_ms)$m$],
    ['duration_squares', 'numeric', $m$rollup_duration_ms(r.started_at, r.ended_at, r.paused_ms)::numeric * rollup_duration_ms(r.started_at, r.ended_at, r.paused_ms)$m$],
    ['waited_ms', 'bigint', $m$r.paused_ms$m$]
  ];
  keys text := $k$r.workspace_id, r.agent_id,
    coalesce(r.contract_version_id, '00000000-0000-0000-0000-000000000000') AS version_id,
    (r.started_at AT TIME ZONE w.time_zone)::date AS day,
    date_trunc('hour', r.started_at, 'UTC') AS hour$k$;
  names text;      -- runs, asked_only, …
  counted text;    -- what one run adds, each AS its name
  added text;      -- signed sums
  zeros text;      -- true where nothing is added
  changed text;
  statement text;
  event text;
BEGIN
  SELECT string_agg(m[1], ', ' ORDER BY n),
         string_agg(format('(CASE WHEN r.span_count > 0 THEN %s ELSE 0 END)::%s AS %s', m[3], m[2], m[1]), ', ' ORDER BY n),
         string_agg(format('sum(m.sign * m.%s)', m[1]), ', ' ORDER BY n),
         string_agg(format('sum(m.sign * m.%s) = 0', m[1]), ' AND ' ORDER BY n)
    INTO names, counted, added, zeros
    FROM (SELECT n, ARRAY[measures[n][1], measures[n][2], measures[n][3]] AS m FROM generate_subscripts(measures, 1) AS n) AS listed;
  names := 'runs, asked_only, ' || names;
  counted := '(r.span_count > 0)::int::bigint AS runs, (r.span_count = 0)::int::bigint AS asked_only, ' || counted;
  added := 'sum(m.sign * m.runs), sum(m.sign * m.asked_only), ' || added;
  zeros := 'sum(m.sign * m.runs) = 0 AND sum(m.sign * m.asked_only) = 0 AND ' || zeros;

  EXECUTE format('CREATE VIEW run_measure AS SELECT r.id AS run_id, %s, %s,
    rollup_duration_bin(rollup_duration_ms(r.started_at, r.ended_at, r.paused_ms)) AS bin
    FROM run r JOIN workspace w ON w.id = r.workspace_id', keys, counted);

  -- One function for each event: a statement on runs adds what its rows come to now and takes back what they came to before.
  FOREACH event IN ARRAY ARRAY['insert', 'update', 'delete'] LOOP
    changed := CASE event
      WHEN 'insert' THEN 'SELECT 1 AS sign, n.* FROM new_rows n'
      WHEN 'delete' THEN 'SELECT -1 AS sign, o.* FROM old_rows o'
      ELSE 'SELECT 1 AS sign, n.* FROM new_rows n UNION ALL SELECT -1, o.* FROM old_rows o' END;
    EXECUTE format($f$
      CREATE FUNCTION rollup_run_%1$s() RETURNS trigger LANGUAGE plpgsql AS $body$
      BEGIN
        INSERT INTO rollup_change (workspace_id, agent_id, version_id, day, hour, %2$s)
        SELECT m.workspace_id, m.agent_id, m.version_id, m.day, m.hour, %3$s
          FROM (SELECT r.sign, %4$s, %5$s FROM (%6$s) r JOIN workspace w ON w.id = r.workspace_id) m
         GROUP BY m.workspace_id, m.agent_id, m.version_id, m.day, m.hour HAVING NOT (%7$s);
        INSERT INTO rollup_duration_change (workspace_id, agent_id, version_id, day, bin, runs)
        SELECT m.workspace_id, m.agent_id, m.version_id, m.day, rollup_duration_bin(m.ms), sum(m.sign)
          FROM (SELECT r.sign, %4$s, rollup_duration_ms(r.started_at, r.ended_at, r.paused_ms) AS ms
                  FROM (%6$s) r JOIN workspace w ON w.id = r.workspace_id WHERE r.span_count > 0) m
         GROUP BY 1, 2, 3, 4, 5 HAVING sum(m.sign) <> 0;
        RETURN NULL;
      END $body$ $f$, event, names, added, keys, counted, changed, zeros);
  END LOOP;

  EXECUTE format($f$
    CREATE VIEW rollup_days AS SELECT workspace_id, agent_id, version_id, day, %1$s FROM rollup_day
      UNION ALL SELECT workspace_id, agent_id, version_id, day, %1$s FROM rollup_change $f$, names);
  EXECUTE format($f$
    CREATE VIEW rollup_hours AS SELECT workspace_id, agent_id, version_id, hour, %1$s FROM rollup_hour
      UNION ALL SELECT workspace_id, agent_id, version_id, hour, %1$s FROM rollup_change $f$, names);

  -- Folds the given changes into both tables; the rows it empties go.
  FOREACH event IN ARRAY ARRAY['day', 'hour'] LOOP
    SELECT string_agg(format('sum(m.%1$s)', name), ', '), string_agg(format('%1$s = t.%1$s + excluded.%1$s', name), ', ')
      INTO added, statement FROM unnest(string_to_array(names, ', ')) AS name;
    EXECUTE format($f$
      CREATE FUNCTION rollup_fold_%1$s(ids bigint[]) RETURNS void LANGUAGE sql AS $body$
        INSERT INTO rollup_%1$s AS t (workspace_id, agent_id, version_id, %1$s, %2$s)
        SELECT m.workspace_id, m.agent_id, m.version_id, m.%1$s, %3$s
          FROM rollup_change m JOIN workspace w ON w.id = m.workspace_id WHERE m.id = ANY(ids)
         GROUP BY m.workspace_id, m.agent_id, m.version_id, m.%1$s
        ON CONFLICT (workspace_id, agent_id, %1$s, version_id) DO UPDATE SET %4$s;
        DELETE FROM rollup_%1$s t USING (SELECT DISTINCT workspace_id, agent_id, version_id, %1$s FROM rollup_change
            WHERE id = ANY(ids)) m
         WHERE t.workspace_id = m.workspace_id AND t.agent_id = m.agent_id AND t.version_id = m.version_id
           AND t.%1$s = m.%1$s AND t.runs = 0 AND t.asked_only = 0;
      $body$ $f$, event, names, added, statement);
    EXECUTE format($f$
      CREATE FUNCTION rollup_fill_%1$s(workspace uuid) RETURNS void LANGUAGE sql AS $body$
        INSERT INTO rollup_%1$s (workspace_id, agent_id, version_id, %1$s, %2$s)
        SELECT m.workspace_id, m.agent_id, m.version_id, m.%1$s, %3$s FROM run_measure m
         WHERE workspace IS NULL OR m.workspace_id = workspace
         GROUP BY m.workspace_id, m.agent_id, m.version_id, m.%1$s;
      $body$ $f$, event, names, added);
  END LOOP;
END $do$;

CREATE VIEW rollup_durations AS SELECT workspace_id, agent_id, version_id, day, bin, runs FROM rollup_duration
  UNION ALL SELECT workspace_id, agent_id, version_id, day, bin, runs FROM rollup_duration_change;

-- Folds what has been committed, at most `most` changes, unless another plane is at it. Answers how many were folded.
CREATE FUNCTION rollup_fold(most int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  ids bigint[];
  duration_ids bigint[];
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
  RETURN coalesce(cardinality(ids), 0) + coalesce(cardinality(duration_ids), 0);
END $$;

-- Makes all rollups of a workspace (null: of all) anew from its runs. Nobody may write runs meanwhile.
CREATE FUNCTION rollup_rebuild(workspace uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  LOCK TABLE run IN SHARE ROW EXCLUSIVE MODE;
  PERFORM pg_advisory_xact_lock(7305842190);
  DELETE FROM rollup_change WHERE workspace IS NULL OR workspace_id = workspace;
  DELETE FROM rollup_duration_change WHERE workspace IS NULL OR workspace_id = workspace;
  DELETE FROM rollup_day WHERE workspace IS NULL OR workspace_id = workspace;
  DELETE FROM rollup_hour WHERE workspace IS NULL OR workspace_id = workspace;
  DELETE FROM rollup_duration WHERE workspace IS NULL OR workspace_id = workspace;
  PERFORM rollup_fill_day(workspace);
  PERFORM rollup_fill_hour(workspace);
  INSERT INTO rollup_duration (workspace_id, agent_id, version_id, day, bin, runs)
  SELECT workspace_id, agent_id, version_id, day, bin, count(*) FROM run_measure
   WHERE runs = 1 AND (workspace IS NULL OR workspace_id = workspace) GROUP BY 1, 2, 3, 4, 5;
END $$;

-- Whether a run has taken part in an incident follows incident_run.
CREATE FUNCTION run_in_incident() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE run SET in_incident = true WHERE id = NEW.run_id AND NOT in_incident;
    RETURN NULL;
  END IF;
  UPDATE run r SET in_incident = NOT r.in_incident
   WHERE (r.id = OLD.run_id OR (TG_OP = 'UPDATE' AND r.id = NEW.run_id))
     AND r.in_incident <> EXISTS (SELECT FROM incident_run t WHERE t.run_id = r.id);
  RETURN NULL;
END $$;
CREATE TRIGGER run_in_incident AFTER INSERT OR DELETE OR UPDATE OF run_id ON incident_run
  FOR EACH ROW EXECUTE FUNCTION run_in_incident();

-- What there is already.
UPDATE run r SET in_incident = true WHERE EXISTS (SELECT FROM incident_run t WHERE t.run_id = r.id);
UPDATE run r SET breaches_low = b.low, breaches_medium = b.medium, breaches_high = b.high, breaches_critical = b.critical
  FROM (SELECT run_id, count(*) FILTER (WHERE severity = 'low') AS low, count(*) FILTER (WHERE severity = 'medium') AS medium,
               count(*) FILTER (WHERE severity = 'high') AS high, count(*) FILTER (WHERE severity = 'critical') AS critical
          FROM breach GROUP BY run_id) b
 WHERE b.run_id = r.id;
SELECT rollup_rebuild(NULL);

-- From here on every statement on runs counts.
CREATE TRIGGER rollup_insert AFTER INSERT ON run REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION rollup_run_insert();
CREATE TRIGGER rollup_update AFTER UPDATE ON run REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION rollup_run_update();
CREATE TRIGGER rollup_delete AFTER DELETE ON run REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION rollup_run_delete();

-- Both are emptied all day long.
ALTER TABLE rollup_change SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
ALTER TABLE rollup_duration_change SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
-- Sums change where they stand, as no index holds them.
ALTER TABLE rollup_day SET (fillfactor = 70);
ALTER TABLE rollup_hour SET (fillfactor = 70);
