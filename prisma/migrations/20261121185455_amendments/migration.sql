-- AlterTable
ALTER TABLE "workspace" ADD COLUMN     "next_amendment" INTEGER NOT NULL DEFAULT 1;

-- CreateTable
CREATE TABLE "incident_verdict" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "incident_id" UUID NOT NULL,
    "role" TEXT NOT NULL,
    "person_id" UUID NOT NULL,
    "cause" TEXT NOT NULL,
    "clause" TEXT,
    "note" TEXT,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "incident_verdict_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "amendment" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "agent_id" UUID NOT NULL,
    "incident_id" UUID,
    "clause" TEXT,
    "reason" TEXT,
    "draft_id" UUID,
    "base_version_id" UUID NOT NULL,
    "submitted_version_id" UUID,
    "state" TEXT NOT NULL DEFAULT 'drafting',
    "proposal" TEXT,
    "emergency" BOOLEAN NOT NULL DEFAULT false,
    "emergency_reason" TEXT,
    "emergency_by_id" UUID,
    "in_force_at" TIMESTAMPTZ(6),
    "sign_due_at" TIMESTAMPTZ(6),
    "signed_at" TIMESTAMPTZ(6),
    "fell_back_at" TIMESTAMPTZ(6),
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "submitted_at" TIMESTAMPTZ(6),
    "ended_at" TIMESTAMPTZ(6),
    "ended_by_id" UUID,
    "end_reason" TEXT,

    CONSTRAINT "amendment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "amendment_route" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "amendment_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "route" TEXT NOT NULL,
    "reason" TEXT,
    "covered" JSONB NOT NULL DEFAULT '[]',
    "by_id" UUID,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "amendment_route_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "incident_verdict_incident_id_at_idx" ON "incident_verdict"("incident_id", "at");

-- CreateIndex
CREATE UNIQUE INDEX "amendment_draft_id_key" ON "amendment"("draft_id");

-- CreateIndex
CREATE UNIQUE INDEX "amendment_submitted_version_id_key" ON "amendment"("submitted_version_id");

-- CreateIndex
CREATE INDEX "amendment_agent_id_state_idx" ON "amendment"("agent_id", "state");

-- CreateIndex
CREATE INDEX "amendment_incident_id_idx" ON "amendment"("incident_id");

-- CreateIndex
CREATE INDEX "amendment_sign_due_at_idx" ON "amendment"("sign_due_at");

-- CreateIndex
CREATE UNIQUE INDEX "amendment_workspace_id_number_key" ON "amendment"("workspace_id", "number");

-- CreateIndex
CREATE INDEX "amendment_route_amendment_id_at_idx" ON "amendment_route"("amendment_id", "at");

-- AddForeignKey
ALTER TABLE "incident_verdict" ADD CONSTRAINT "incident_verdict_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "incident_verdict" ADD CONSTRAINT "incident_verdict_incident_id_fkey" FOREIGN KEY ("incident_id") REFERENCES "incident"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "incident_verdict" ADD CONSTRAINT "incident_verdict_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "amendment" ADD CONSTRAINT "amendment_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "amendment" ADD CONSTRAINT "amendment_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "amendment" ADD CONSTRAINT "amendment_incident_id_fkey" FOREIGN KEY ("incident_id") REFERENCES "incident"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "amendment" ADD CONSTRAINT "amendment_draft_id_fkey" FOREIGN KEY ("draft_id") REFERENCES "contract_draft"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "amendment" ADD CONSTRAINT "amendment_base_version_id_fkey" FOREIGN KEY ("base_version_id") REFERENCES "contract_version"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "amendment" ADD CONSTRAINT "amendment_submitted_version_id_fkey" FOREIGN KEY ("submitted_version_id") REFERENCES "contract_version"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "amendment_route" ADD CONSTRAINT "amendment_route_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "amendment_route" ADD CONSTRAINT "amendment_route_amendment_id_fkey" FOREIGN KEY ("amendment_id") REFERENCES "amendment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What was found and decided stays as it was said.
CREATE TRIGGER "incident_verdict_append_only" BEFORE UPDATE OR DELETE ON "incident_verdict"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "incident_verdict_no_truncate" BEFORE TRUNCATE ON "incident_verdict"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "amendment_route_append_only" BEFORE UPDATE OR DELETE ON "amendment_route"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "amendment_route_no_truncate" BEFORE TRUNCATE ON "amendment_route"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
REVOKE UPDATE, DELETE, TRUNCATE ON "incident_verdict", "amendment_route" FROM CURRENT_USER, PUBLIC;
