-- CreateTable
CREATE TABLE "audit_pending" (
    "workspace_id" UUID NOT NULL,
    "entry_id" BIGINT NOT NULL,

    CONSTRAINT "audit_pending_pkey" PRIMARY KEY ("workspace_id","entry_id")
);

-- Each entry waits for its link from the transaction that writes it on, whoever writes it.
CREATE FUNCTION "await_link"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "audit_pending" ("workspace_id", "entry_id") SELECT "workspace_id", "id" FROM "written";
  RETURN NULL;
END
$$;
CREATE TRIGGER "audit_entry_await_link" AFTER INSERT ON "audit_entry"
  REFERENCING NEW TABLE AS "written" FOR EACH STATEMENT EXECUTE FUNCTION "await_link"();
INSERT INTO "audit_pending" ("workspace_id", "entry_id")
  SELECT e."workspace_id", e."id" FROM "audit_entry" e
  WHERE NOT EXISTS (SELECT 1 FROM "audit_link" l WHERE l."entry_id" = e."id");
-- It fills and empties all the time: its dead rows are swept by their number, not by their share.
ALTER TABLE "audit_pending" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- The index after the fact of what the lock already keeps: one key is in use.
CREATE UNIQUE INDEX "instance_key_in_use" ON "instance_key" ((true)) WHERE "retired_at" IS NULL;

CREATE TRIGGER "stage_change_no_truncate" BEFORE TRUNCATE ON "stage_change"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
