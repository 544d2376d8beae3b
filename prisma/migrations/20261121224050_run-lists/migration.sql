-- CreateTable
CREATE TABLE "run_words" (
    "run_id" UUID NOT NULL,
    "words" tsvector NOT NULL,

    CONSTRAINT "run_words_pkey" PRIMARY KEY ("run_id")
);

-- CreateTable
CREATE TABLE "run_words_change" (
    "id" BIGSERIAL NOT NULL,
    "run_id" UUID NOT NULL,

    CONSTRAINT "run_words_change_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "rollup_day_workspace_id_version_id_day_idx" ON "rollup_day"("workspace_id", "version_id", "day");

-- CreateIndex
CREATE INDEX "run_workspace_id_contract_version_id_started_at_id_idx" ON "run"("workspace_id", "contract_version_id", "started_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "run_workspace_id_risk_id_idx" ON "run"("workspace_id", "risk" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "run_workspace_id_cost_usd_id_idx" ON "run"("workspace_id", "cost_usd" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "run_workspace_id_received_at_idx" ON "run"("workspace_id", "received_at");

-- AddForeignKey
ALTER TABLE "run_words" ADD CONSTRAINT "run_words_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What few runs are: each in the order of the list, and no work for the others.
CREATE INDEX run_band ON run (workspace_id, band, started_at DESC, id DESC) WHERE span_count > 0 AND band <> 'low';
CREATE INDEX run_lane ON run (workspace_id, lane, started_at DESC, id DESC) WHERE lane <> 'allow';
CREATE INDEX run_status ON run (workspace_id, status, started_at DESC, id DESC) WHERE status <> 'finished';
CREATE INDEX run_breached ON run (workspace_id, started_at DESC, id DESC) WHERE breach_count > 0;
CREATE INDEX run_incident ON run (workspace_id, started_at DESC, id DESC) WHERE in_incident;
CREATE INDEX run_asked_only ON run (workspace_id, started_at DESC, id DESC) WHERE span_count = 0;
CREATE INDEX run_unpriced ON run (workspace_id, started_at DESC, id DESC) WHERE unpriced_calls > 0;
CREATE INDEX run_unknown_tools ON run (workspace_id, started_at DESC, id DESC) WHERE unknown_tools <> '{}';
-- The sorts of the list that no column alone tells (lib/services/runs/list-runs.ts).
CREATE INDEX run_score ON run (workspace_id, (coalesce(score, -1)) DESC, id DESC);
CREATE INDEX run_duration ON run
  (workspace_id, (extract(epoch FROM ended_at - started_at) - paused_ms / 1000.0) DESC, id DESC);

-- The words of a text, each once: what stands between other than letters and digits, in lower case.
CREATE FUNCTION words_in(told text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT left(word, 100)), '{}')
    FROM regexp_split_to_table(lower(left(told, 20000)), '[^[:alnum:]]+') AS word WHERE word <> '' $$;

-- Every word as the beginning of one; null when there is none.
CREATE FUNCTION words_query(told text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT string_agg('''' || word || ''':*', ' & ')::tsquery FROM unnest(words_in(told)) AS word $$;

-- A tool as a word of its own, which no text makes.
CREATE FUNCTION tool_word(tool text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT '=' || left(tool, 200) $$;

CREATE FUNCTION run_words_of(id uuid, key text, conversation text, facts jsonb) RETURNS tsvector LANGUAGE sql STABLE AS $$
  WITH tools AS (
    SELECT tool FROM jsonb_object_keys(CASE jsonb_typeof(facts -> 'callsByTool') WHEN 'object' THEN facts -> 'callsByTool'
      ELSE '{}' END) AS tool)
  SELECT array_to_tsvector(
    words_in(concat_ws(' ', key, conversation, (SELECT string_agg(tool, ' ') FROM tools),
      (SELECT string_agg(b.clause || ' ' || b.code, ' ') FROM breach b WHERE b.run_id = id)))
    || coalesce((SELECT array_agg(tool_word(tool)) FROM tools), '{}')) $$;

CREATE INDEX run_words_words ON run_words USING gin (words) WHERE words IS NOT NULL;

-- Writes the words of runs that changed, at most `most` changes, unless another plane is at it. Answers how many.
CREATE FUNCTION run_words_fold(most int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  ids bigint[];
BEGIN
  IF NOT pg_try_advisory_xact_lock(7305842191) THEN RETURN 0; END IF;
  SELECT array_agg(id) INTO ids FROM (SELECT id FROM run_words_change ORDER BY id LIMIT most) AS next;
  IF ids IS NULL THEN RETURN 0; END IF;
  INSERT INTO run_words AS w (run_id, words)
  SELECT r.id, run_words_of(r.id, r.key, r.conversation_id, r.facts)
    FROM (SELECT DISTINCT run_id FROM run_words_change WHERE id = ANY(ids)) c JOIN run r ON r.id = c.run_id
  ON CONFLICT (run_id) DO UPDATE SET words = excluded.words WHERE w.words <> excluded.words;
  DELETE FROM run_words_change WHERE id = ANY(ids);
  RETURN cardinality(ids);
END $$;

CREATE FUNCTION run_words_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO run_words_change (run_id) SELECT id FROM new_rows;
  RETURN NULL;
END $$;
CREATE FUNCTION run_words_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO run_words_change (run_id) VALUES (NEW.id);
  RETURN NULL;
END $$;

INSERT INTO run_words (run_id, words) SELECT id, run_words_of(id, key, conversation_id, facts) FROM run;

CREATE TRIGGER run_words_insert AFTER INSERT ON run REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION run_words_insert();
CREATE TRIGGER run_words_update AFTER UPDATE ON run FOR EACH ROW
  WHEN (OLD.tool_calls <> NEW.tool_calls OR OLD.breach_count <> NEW.breach_count
    OR OLD.conversation_id IS DISTINCT FROM NEW.conversation_id OR OLD.key <> NEW.key)
  EXECUTE FUNCTION run_words_update();

ALTER TABLE run_words_change SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
