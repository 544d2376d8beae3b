-- DropIndex
DROP INDEX "incident_run_id_key";

-- AlterTable
ALTER TABLE "incident" ADD COLUMN     "breach_count" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "last_breached_at" TIMESTAMPTZ(6),
ADD COLUMN     "run_count" INTEGER NOT NULL DEFAULT 1;

-- CreateTable
CREATE TABLE "incident_run" (
    "workspace_id" UUID NOT NULL,
    "incident_id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "clause" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "breached_at" TIMESTAMPTZ(6) NOT NULL,
    "last_breached_at" TIMESTAMPTZ(6) NOT NULL,
    "breaches" INTEGER NOT NULL DEFAULT 1,
    "joined_at" TIMESTAMPTZ(6) NOT NULL,
    "paused_at" TIMESTAMPTZ(6),
    "closed_at" TIMESTAMPTZ(6),
    "resolution" TEXT,

    CONSTRAINT "incident_run_pkey" PRIMARY KEY ("incident_id","run_id")
);

-- CreateTable
CREATE TABLE "intervention" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "incident_id" UUID,
    "kind" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "clause" TEXT,
    "reason" TEXT NOT NULL,
    "from_level" TEXT NOT NULL,
    "to_level" TEXT NOT NULL,
    "recover" BOOLEAN NOT NULL DEFAULT false,
    "requirements" JSONB NOT NULL DEFAULT '[]',
    "gate" TEXT,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "by_id" UUID,
    "passed_at" TIMESTAMPTZ(6),
    "passed_review_id" UUID,
    "ended_at" TIMESTAMPTZ(6),
    "ending" TEXT,
    "ended_by_id" UUID,
    "end_reason" TEXT,

    CONSTRAINT "intervention_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "recovery_mark" (
    "intervention_id" UUID NOT NULL,
    "requirement" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "by_id" UUID,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "recovery_mark_pkey" PRIMARY KEY ("intervention_id","requirement")
);

-- CreateIndex
CREATE INDEX "incident_run_run_id_idx" ON "incident_run"("run_id");

-- CreateIndex
CREATE INDEX "incident_run_incident_id_clause_idx" ON "incident_run"("incident_id", "clause");

-- CreateIndex
CREATE INDEX "intervention_agent_id_at_idx" ON "intervention"("agent_id", "at");

-- CreateIndex
CREATE INDEX "intervention_workspace_id_ended_at_idx" ON "intervention"("workspace_id", "ended_at");

-- CreateIndex
CREATE INDEX "intervention_ended_at_idx" ON "intervention"("ended_at");

-- CreateIndex
CREATE INDEX "breach_agent_id_happened_at_idx" ON "breach"("agent_id", "happened_at");

-- CreateIndex
CREATE INDEX "incident_agent_id_state_idx" ON "incident"("agent_id", "state");

-- CreateIndex
CREATE INDEX "incident_run_id_idx" ON "incident"("run_id");

-- AddForeignKey
ALTER TABLE "incident_run" ADD CONSTRAINT "incident_run_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "incident_run" ADD CONSTRAINT "incident_run_incident_id_fkey" FOREIGN KEY ("incident_id") REFERENCES "incident"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "incident_run" ADD CONSTRAINT "incident_run_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "intervention" ADD CONSTRAINT "intervention_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "intervention" ADD CONSTRAINT "intervention_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "intervention" ADD CONSTRAINT "intervention_incident_id_fkey" FOREIGN KEY ("incident_id") REFERENCES "incident"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recovery_mark" ADD CONSTRAINT "recovery_mark_intervention_id_fkey" FOREIGN KEY ("intervention_id") REFERENCES "intervention"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "incident_run"
  ADD CONSTRAINT "incident_run_severity_check" CHECK ("severity" IN ('low', 'medium', 'high', 'critical')),
  ADD CONSTRAINT "incident_run_resolution_check" CHECK ("resolution" IN ('resumed', 'stopped')),
  ADD CONSTRAINT "incident_run_closed_check" CHECK (("closed_at" IS NOT NULL) = ("resolution" IS NOT NULL));
ALTER TABLE "intervention"
  ADD CONSTRAINT "intervention_kind_check" CHECK ("kind" IN ('warn', 'narrow', 'review', 'pause', 'recertify')),
  ADD CONSTRAINT "intervention_origin_check" CHECK ("origin" IN ('rule', 'person')),
  ADD CONSTRAINT "intervention_gate_check" CHECK ("gate" IN ('G1', 'G2', 'G3', 'G4', 'G5', 'G6')),
  ADD CONSTRAINT "intervention_ending_check" CHECK ("ending" IN ('gate', 'person')),
  ADD CONSTRAINT "intervention_ended_check" CHECK (("ended_at" IS NOT NULL) = ("ending" IS NOT NULL));

-- A run waits for a person in one incident at most.
CREATE UNIQUE INDEX "incident_run_waiting_key" ON "incident_run"("run_id") WHERE "closed_at" IS NULL;

-- Until now an incident was about one run.
INSERT INTO "incident_run" ("workspace_id", "incident_id", "run_id", "clause", "severity", "breached_at", "last_breached_at",
  "joined_at", "paused_at", "closed_at", "resolution")
SELECT "workspace_id", "id", "run_id", "clause", "severity", "breached_at", "breached_at", "opened_at", "paused_at",
  CASE WHEN "resolution" IS NOT NULL THEN COALESCE("resolved_at", "opened_at") END, "resolution"
FROM "incident";
UPDATE "incident" SET "last_breached_at" = "breached_at";

CREATE TRIGGER "recovery_mark_immutable" BEFORE UPDATE OR DELETE ON "recovery_mark"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "recovery_mark_no_truncate" BEFORE TRUNCATE ON "recovery_mark"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
REVOKE UPDATE, DELETE, TRUNCATE ON "recovery_mark" FROM CURRENT_USER, PUBLIC;
