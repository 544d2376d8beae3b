-- Whose each run is and when it began stand beside its words, so that of thousands that have a word the latest are found without
-- reading them.
-- Microseconds since 1970: a figure is read, sorted and handed on quicker than a time.
CREATE FUNCTION epoch_us(at timestamptz) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT (1000000 * extract(epoch FROM at))::bigint $$;

ALTER TABLE "run_words" ADD COLUMN "workspace_id" UUID, ADD COLUMN "started_us" BIGINT;
UPDATE "run_words" w SET "workspace_id" = r."workspace_id", "started_us" = epoch_us(r."started_at")
  FROM "run" r WHERE r."id" = w."run_id";
ALTER TABLE "run_words" ALTER COLUMN "workspace_id" SET NOT NULL, ALTER COLUMN "started_us" SET NOT NULL;

CREATE OR REPLACE FUNCTION run_words_fold(most int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  ids bigint[];
BEGIN
  IF NOT pg_try_advisory_xact_lock(7305842191) THEN RETURN 0; END IF;
  SELECT array_agg(id) INTO ids FROM (SELECT id FROM run_words_change ORDER BY id LIMIT most) AS next;
  IF ids IS NULL THEN RETURN 0; END IF;
  INSERT INTO run_words AS w (run_id, words, workspace_id, started_us)
  SELECT r.id, run_words_of(r.id, r.key, r.conversation_id, r.facts), r.workspace_id, epoch_us(r.started_at)
    FROM (SELECT DISTINCT run_id FROM run_words_change WHERE id = ANY(ids)) c JOIN run r ON r.id = c.run_id
  ON CONFLICT (run_id) DO UPDATE SET words = excluded.words, started_us = excluded.started_us
    WHERE w.words <> excluded.words OR w.started_us <> excluded.started_us;
  DELETE FROM run_words_change WHERE id = ANY(ids);
  RETURN cardinality(ids);
END $$;

DROP TRIGGER run_words_update ON run;
CREATE TRIGGER run_words_update AFTER UPDATE ON run FOR EACH ROW
  WHEN (OLD.tool_calls <> NEW.tool_calls OR OLD.breach_count <> NEW.breach_count OR OLD.started_at <> NEW.started_at
    OR OLD.conversation_id IS DISTINCT FROM NEW.conversation_id OR OLD.key <> NEW.key)
  EXECUTE FUNCTION run_words_update();
