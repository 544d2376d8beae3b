-- From here on: what the schema language cannot say. Kept in prisma/init-tail.sql until the first release.

-- One numbering for the workspace defaults too: NULLs are distinct in the unique index above.
CREATE UNIQUE INDEX "contract_version_defaults_number_key" ON "contract_version" ("workspace_id", "number")
  WHERE "agent_id" IS NULL;

-- The outbox reads only what is still to be delivered, in the order it falls due.
CREATE INDEX "outbox_message_due_idx" ON "outbox_message" ("due_at")
  WHERE "delivered_at" IS NULL AND "dead_at" IS NULL;

-- Runs that wait for somebody, or for an agent to confirm that it stopped.
CREATE INDEX "run_waiting_idx" ON "run" ("workspace_id", "started_at" DESC)
  WHERE "status" IN ('paused', 'stopping');

-- Enumerated texts. The table span has none of these: its one writer (lib/services/runs) is typed, and at tens of
-- thousands of rows a second every check is felt.
ALTER TABLE "agent"
  ADD CONSTRAINT "agent_stage_check"
    CHECK ("stage" IN ('discovery', 'scoping', 'build', 'review', 'rollout', 'production')),
  ADD CONSTRAINT "agent_authority_level_check"
    CHECK ("authority_level" IN ('suggest-only', 'read-only', 'human-in-the-loop', 'bounded', 'continuous'));
ALTER TABLE "contract_version"
  ADD CONSTRAINT "contract_version_number_check" CHECK ("number" >= 1),
  ADD CONSTRAINT "contract_version_digest_check" CHECK ("digest" ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT "contract_version_source_format_check" CHECK ("source_format" IN ('yaml', 'json'));
ALTER TABLE "run"
  ADD CONSTRAINT "run_status_check" CHECK ("status" IN ('running', 'paused', 'stopping', 'stopped', 'finished')),
  ADD CONSTRAINT "run_band_check" CHECK ("band" IN ('low', 'medium', 'high', 'critical')),
  ADD CONSTRAINT "run_lane_check" CHECK ("lane" IN ('allow', 'degrade', 'escalate', 'block'));
ALTER TABLE "decision"
  ADD CONSTRAINT "decision_seq_check" CHECK ("seq" >= 1),
  ADD CONSTRAINT "decision_lane_check" CHECK ("lane" IN ('allow', 'degrade', 'escalate', 'block'));
ALTER TABLE "breach"
  ADD CONSTRAINT "breach_severity_check" CHECK ("severity" IN ('low', 'medium', 'high', 'critical'));
ALTER TABLE "incident"
  ADD CONSTRAINT "incident_severity_check" CHECK ("severity" IN ('low', 'medium', 'high', 'critical')),
  ADD CONSTRAINT "incident_state_check" CHECK ("state" IN ('open', 'acknowledged', 'resolved')),
  ADD CONSTRAINT "incident_resolution_check" CHECK ("resolution" IN ('resumed', 'stopped')),
  -- A resolved incident says how, and only a resolved one does.
  ADD CONSTRAINT "incident_resolved_check" CHECK (("state" = 'resolved') = ("resolution" IS NOT NULL));
ALTER TABLE "person"
  ADD CONSTRAINT "person_email_check" CHECK ("email" = lower("email"));
ALTER TABLE "outbox_message"
  ADD CONSTRAINT "outbox_message_end_check" CHECK ("delivered_at" IS NULL OR "dead_at" IS NULL);

-- What was agreed and what was done stay as they were written, whoever asks.
CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused: its rows are kept as they were written', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER "audit_entry_append_only" BEFORE UPDATE OR DELETE ON "audit_entry"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "audit_entry_no_truncate" BEFORE TRUNCATE ON "audit_entry"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "contract_version_immutable" BEFORE UPDATE OR DELETE ON "contract_version"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "contract_version_no_truncate" BEFORE TRUNCATE ON "contract_version"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();

-- A run is updated with every batch of its spans: room on the page keeps those updates out of the indexes.
ALTER TABLE "run" SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
-- Spans only ever arrive: freeze and analyse as they do, rather than all at once much later.
ALTER TABLE "span" SET (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE "outbox_message" SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

-- Faster than the default where the server was built with it.
DO $$
BEGIN
  ALTER TABLE "span" ALTER COLUMN "body" SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
  NULL;
END
$$;
