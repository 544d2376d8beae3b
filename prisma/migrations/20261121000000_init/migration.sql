-- CreateTable
CREATE TABLE "workspace" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL DEFAULT 'UTC',
    "is_demo" BOOLEAN NOT NULL DEFAULT false,
    "next_incident" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "workspace_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "person" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "disabled_at" TIMESTAMPTZ(6),

    CONSTRAINT "person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "membership" (
    "workspace_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "roles" TEXT[],
    "job_title" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "membership_pkey" PRIMARY KEY ("workspace_id","person_id")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "scopes" TEXT[],
    "agent_id" UUID,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(6),
    "revoked_at" TIMESTAMPTZ(6),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agent" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "business_unit" TEXT,
    "aliases" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "stage" TEXT NOT NULL DEFAULT 'discovery',
    "authority_level" TEXT NOT NULL DEFAULT 'bounded',
    "discovered" BOOLEAN NOT NULL DEFAULT false,
    "contract_version_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_run_at" TIMESTAMPTZ(6),

    CONSTRAINT "agent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agent_spend" (
    "workspace_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "cost_usd" DOUBLE PRECISION NOT NULL,

    CONSTRAINT "agent_spend_pkey" PRIMARY KEY ("agent_id","day")
);

-- CreateTable
CREATE TABLE "contract_version" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "agent_id" UUID,
    "number" INTEGER NOT NULL,
    "digest" TEXT NOT NULL,
    "document" JSONB NOT NULL,
    "source" TEXT NOT NULL,
    "source_format" TEXT NOT NULL,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "contract_version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "run" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "conversation_id" TEXT,
    "status" TEXT NOT NULL DEFAULT 'running',
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "ended_at" TIMESTAMPTZ(6) NOT NULL,
    "received_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "contract_version_id" UUID,
    "contract_digest" TEXT,
    "span_count" INTEGER NOT NULL DEFAULT 0,
    "tool_calls" INTEGER NOT NULL DEFAULT 0,
    "model_calls" INTEGER NOT NULL DEFAULT 0,
    "error_count" INTEGER NOT NULL DEFAULT 0,
    "input_tokens" BIGINT NOT NULL DEFAULT 0,
    "output_tokens" BIGINT NOT NULL DEFAULT 0,
    "cost_usd" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "reported_cost_usd" DOUBLE PRECISION,
    "unpriced_calls" INTEGER NOT NULL DEFAULT 0,
    "risk" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "band" TEXT NOT NULL DEFAULT 'low',
    "score" DOUBLE PRECISION,
    "risk_score" DOUBLE PRECISION,
    "quality_score" DOUBLE PRECISION,
    "cost_score" DOUBLE PRECISION,
    "score_coverage" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "breach_count" INTEGER NOT NULL DEFAULT 0,
    "lane" TEXT NOT NULL DEFAULT 'allow',
    "unknown_tools" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "faults" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "arguments_missing" BOOLEAN NOT NULL DEFAULT false,
    "facts" JSONB NOT NULL DEFAULT '{}',
    "fold" JSON NOT NULL DEFAULT '{}',
    "root_ended" BOOLEAN NOT NULL DEFAULT false,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "stop_requested_at" TIMESTAMPTZ(6),
    "stop_acked_at" TIMESTAMPTZ(6),
    "stopped_at" TIMESTAMPTZ(6),
    "paused_at" TIMESTAMPTZ(6),
    "pause_acked_at" TIMESTAMPTZ(6),

    CONSTRAINT "run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "run_trace" (
    "workspace_id" UUID NOT NULL,
    "trace_id" BYTEA NOT NULL,
    "run_id" UUID NOT NULL,

    CONSTRAINT "run_trace_pkey" PRIMARY KEY ("workspace_id","trace_id")
);

-- CreateTable
CREATE TABLE "span" (
    "workspace_id" UUID NOT NULL,
    "trace_id" BYTEA NOT NULL,
    "span_id" BYTEA NOT NULL,
    "parent_span_id" BYTEA,
    "name" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "duration_us" BIGINT NOT NULL,
    "status" TEXT NOT NULL,
    "status_message" TEXT,
    "dialect" TEXT NOT NULL,
    "tool" TEXT,
    "model" TEXT,
    "input_tokens" INTEGER,
    "output_tokens" INTEGER,
    "cost_usd" DOUBLE PRECISION,
    "reported_cost_usd" DOUBLE PRECISION,
    "risk" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "categories" TEXT[],
    "lane" TEXT,
    "clauses" TEXT[],
    "body" JSONB NOT NULL,
    "received_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "span_pkey" PRIMARY KEY ("workspace_id","trace_id","span_id")
);

-- CreateTable
CREATE TABLE "decision" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "idempotency_key" TEXT,
    "tool" TEXT NOT NULL,
    "arguments_digest" TEXT,
    "categories" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "lane" TEXT NOT NULL,
    "clauses" JSONB NOT NULL,
    "obligations" JSONB NOT NULL,
    "contract_version_id" UUID,
    "contract_digest" TEXT,
    "decided_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "decision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "breach" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "clause" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "trace_id" BYTEA,
    "span_id" BYTEA,
    "contract_version_id" UUID,
    "contract_digest" TEXT,
    "happened_at" TIMESTAMPTZ(6) NOT NULL,
    "recorded_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "breach_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "incident" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "run_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "clause" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "operator_id" UUID,
    "breached_at" TIMESTAMPTZ(6) NOT NULL,
    "opened_at" TIMESTAMPTZ(6) NOT NULL,
    "paused_at" TIMESTAMPTZ(6),
    "paged_at" TIMESTAMPTZ(6),
    "acknowledged_at" TIMESTAMPTZ(6),
    "acknowledged_by_id" UUID,
    "resolved_at" TIMESTAMPTZ(6),
    "resolved_by_id" UUID,
    "resolution" TEXT,
    "reason" TEXT,

    CONSTRAINT "incident_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "incident_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "read_at" TIMESTAMPTZ(6),

    CONSTRAINT "notification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_endpoint" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "sealed_secret" TEXT NOT NULL,
    "events" TEXT[],
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "disabled_at" TIMESTAMPTZ(6),
    "disabled_reason" TEXT,

    CONSTRAINT "webhook_endpoint_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox_message" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "body" TEXT NOT NULL,
    "incident_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "due_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "leased_until" TIMESTAMPTZ(6),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_status" INTEGER,
    "last_error" TEXT,
    "delivered_at" TIMESTAMPTZ(6),
    "dead_at" TIMESTAMPTZ(6),

    CONSTRAINT "outbox_message_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_entry" (
    "id" BIGSERIAL NOT NULL,
    "workspace_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "model_price" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "model" TEXT NOT NULL,
    "input_usd" DOUBLE PRECISION NOT NULL,
    "output_usd" DOUBLE PRECISION NOT NULL,
    "cached_input_usd" DOUBLE PRECISION,
    "effective_from" TIMESTAMPTZ(6) NOT NULL,
    "source" TEXT NOT NULL,
    "entered_by_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "model_price_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "workspace_slug_key" ON "workspace"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "person_email_key" ON "person"("email");

-- CreateIndex
CREATE INDEX "membership_person_id_idx" ON "membership"("person_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_hash_key" ON "api_key"("hash");

-- CreateIndex
CREATE INDEX "api_key_workspace_id_idx" ON "api_key"("workspace_id");

-- CreateIndex
CREATE UNIQUE INDEX "agent_workspace_id_name_key" ON "agent"("workspace_id", "name");

-- CreateIndex
CREATE INDEX "contract_version_workspace_id_digest_idx" ON "contract_version"("workspace_id", "digest");

-- CreateIndex
CREATE UNIQUE INDEX "contract_version_number_key" ON "contract_version"("workspace_id", "agent_id", "number");

-- CreateIndex
CREATE INDEX "run_workspace_id_started_at_id_idx" ON "run"("workspace_id", "started_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "run_workspace_id_agent_id_started_at_id_idx" ON "run"("workspace_id", "agent_id", "started_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "run_workspace_id_key_key" ON "run"("workspace_id", "key");

-- CreateIndex
CREATE INDEX "run_trace_run_id_idx" ON "run_trace"("run_id");

-- CreateIndex
CREATE UNIQUE INDEX "decision_run_id_seq_key" ON "decision"("run_id", "seq");

-- CreateIndex
CREATE INDEX "breach_workspace_id_recorded_at_idx" ON "breach"("workspace_id", "recorded_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "breach_run_id_clause_code_key" ON "breach"("run_id", "clause", "code");

-- CreateIndex
CREATE UNIQUE INDEX "incident_run_id_key" ON "incident"("run_id");

-- CreateIndex
CREATE INDEX "incident_workspace_id_state_opened_at_idx" ON "incident"("workspace_id", "state", "opened_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "incident_workspace_id_number_key" ON "incident"("workspace_id", "number");

-- CreateIndex
CREATE INDEX "notification_person_id_read_at_created_at_idx" ON "notification"("person_id", "read_at", "created_at" DESC);

-- CreateIndex
CREATE INDEX "webhook_endpoint_workspace_id_idx" ON "webhook_endpoint"("workspace_id");

-- CreateIndex
CREATE INDEX "outbox_message_workspace_id_created_at_idx" ON "outbox_message"("workspace_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "audit_entry_workspace_id_id_idx" ON "audit_entry"("workspace_id", "id" DESC);

-- CreateIndex
CREATE INDEX "audit_entry_workspace_id_subject_id_idx" ON "audit_entry"("workspace_id", "subject", "id");

-- CreateIndex
CREATE INDEX "model_price_workspace_id_model_effective_from_idx" ON "model_price"("workspace_id", "model", "effective_from" DESC);

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent" ADD CONSTRAINT "agent_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent" ADD CONSTRAINT "agent_contract_version_id_fkey" FOREIGN KEY ("contract_version_id") REFERENCES "contract_version"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_spend" ADD CONSTRAINT "agent_spend_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contract_version" ADD CONSTRAINT "contract_version_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contract_version" ADD CONSTRAINT "contract_version_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run" ADD CONSTRAINT "run_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run" ADD CONSTRAINT "run_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run" ADD CONSTRAINT "run_contract_version_id_fkey" FOREIGN KEY ("contract_version_id") REFERENCES "contract_version"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_trace" ADD CONSTRAINT "run_trace_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "breach" ADD CONSTRAINT "breach_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "breach" ADD CONSTRAINT "breach_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "breach" ADD CONSTRAINT "breach_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "breach" ADD CONSTRAINT "breach_contract_version_id_fkey" FOREIGN KEY ("contract_version_id") REFERENCES "contract_version"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "incident" ADD CONSTRAINT "incident_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "incident" ADD CONSTRAINT "incident_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "incident" ADD CONSTRAINT "incident_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notification" ADD CONSTRAINT "notification_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notification" ADD CONSTRAINT "notification_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notification" ADD CONSTRAINT "notification_incident_id_fkey" FOREIGN KEY ("incident_id") REFERENCES "incident"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_endpoint" ADD CONSTRAINT "webhook_endpoint_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "outbox_message" ADD CONSTRAINT "outbox_message_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "outbox_message" ADD CONSTRAINT "outbox_message_endpoint_id_fkey" FOREIGN KEY ("endpoint_id") REFERENCES "webhook_endpoint"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_entry" ADD CONSTRAINT "audit_entry_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_price" ADD CONSTRAINT "model_price_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

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
