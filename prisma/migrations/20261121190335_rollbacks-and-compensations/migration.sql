-- AlterTable
ALTER TABLE "outbox_message" ADD COLUMN     "request_id" UUID;

-- CreateTable
CREATE TABLE "rollback" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "incident_id" UUID NOT NULL,
    "from_version_id" UUID NOT NULL,
    "to_version_id" UUID NOT NULL,
    "how" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "by_id" UUID,
    "reason" TEXT,
    "settled_at" TIMESTAMPTZ(6),
    "settled_by_id" UUID,
    "settle_reason" TEXT,
    "running_runs" TEXT NOT NULL,
    "runs_under_way" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "rollback_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rollback_run" (
    "rollback_id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "held" TEXT NOT NULL,
    "released_at" TIMESTAMPTZ(6),
    "release" TEXT,

    CONSTRAINT "rollback_run_pkey" PRIMARY KEY ("rollback_id","run_id")
);

-- CreateTable
CREATE TABLE "compensation" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "incident_id" UUID NOT NULL,
    "clause" TEXT NOT NULL,
    "trace_id" BYTEA NOT NULL,
    "span_id" BYTEA NOT NULL,
    "tool" TEXT NOT NULL,
    "called_at" TIMESTAMPTZ(6) NOT NULL,
    "by" TEXT NOT NULL,
    "arguments" JSONB,
    "arguments_digest" TEXT,
    "key_argument" TEXT,
    "key_value" TEXT,
    "approval" TEXT NOT NULL,
    "within_minutes" DOUBLE PRECISION,
    "state" TEXT NOT NULL,
    "proposed_at" TIMESTAMPTZ(6) NOT NULL,
    "decided_at" TIMESTAMPTZ(6),
    "decided_by_id" UUID,
    "reason" TEXT,
    "sent_at" TIMESTAMPTZ(6),
    "due_at" TIMESTAMPTZ(6),
    "ended_at" TIMESTAMPTZ(6),
    "ended_by" TEXT,
    "detail" TEXT,
    "by_trace_id" BYTEA,
    "by_span_id" BYTEA,

    CONSTRAINT "compensation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "code_rollback" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "incident_id" UUID NOT NULL,
    "hook" TEXT NOT NULL,
    "from_code" TEXT NOT NULL,
    "to_code" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(6) NOT NULL,
    "by_id" UUID,
    "sent_at" TIMESTAMPTZ(6),
    "ended_at" TIMESTAMPTZ(6),
    "ended_by" TEXT,
    "detail" TEXT,

    CONSTRAINT "code_rollback_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "rollback_incident_id_idx" ON "rollback"("incident_id");

-- CreateIndex
CREATE INDEX "rollback_agent_id_at_idx" ON "rollback"("agent_id", "at" DESC);

-- CreateIndex
CREATE INDEX "rollback_run_run_id_idx" ON "rollback_run"("run_id");

-- CreateIndex
CREATE INDEX "compensation_incident_id_idx" ON "compensation"("incident_id");

-- CreateIndex
CREATE INDEX "compensation_run_id_idx" ON "compensation"("run_id");

-- CreateIndex
CREATE INDEX "compensation_workspace_id_state_by_idx" ON "compensation"("workspace_id", "state", "by");

-- CreateIndex
CREATE UNIQUE INDEX "compensation_workspace_id_trace_id_span_id_key" ON "compensation"("workspace_id", "trace_id", "span_id");

-- CreateIndex
CREATE INDEX "code_rollback_incident_id_idx" ON "code_rollback"("incident_id");

-- AddForeignKey
ALTER TABLE "rollback" ADD CONSTRAINT "rollback_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rollback" ADD CONSTRAINT "rollback_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rollback" ADD CONSTRAINT "rollback_incident_id_fkey" FOREIGN KEY ("incident_id") REFERENCES "incident"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rollback" ADD CONSTRAINT "rollback_from_version_id_fkey" FOREIGN KEY ("from_version_id") REFERENCES "contract_version"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rollback" ADD CONSTRAINT "rollback_to_version_id_fkey" FOREIGN KEY ("to_version_id") REFERENCES "contract_version"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rollback_run" ADD CONSTRAINT "rollback_run_rollback_id_fkey" FOREIGN KEY ("rollback_id") REFERENCES "rollback"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rollback_run" ADD CONSTRAINT "rollback_run_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "compensation" ADD CONSTRAINT "compensation_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "compensation" ADD CONSTRAINT "compensation_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "compensation" ADD CONSTRAINT "compensation_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "compensation" ADD CONSTRAINT "compensation_incident_id_fkey" FOREIGN KEY ("incident_id") REFERENCES "incident"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "code_rollback" ADD CONSTRAINT "code_rollback_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "code_rollback" ADD CONSTRAINT "code_rollback_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "code_rollback" ADD CONSTRAINT "code_rollback_incident_id_fkey" FOREIGN KEY ("incident_id") REFERENCES "incident"("id") ON DELETE CASCADE ON UPDATE CASCADE;
