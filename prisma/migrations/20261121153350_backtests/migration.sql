-- CreateTable
CREATE TABLE "backtest" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "contract_version_id" UUID,
    "draft_id" UUID,
    "draft_revision" INTEGER,
    "contract_digest" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'running',
    "since" TIMESTAMPTZ(6) NOT NULL,
    "days" INTEGER NOT NULL,
    "runs_total" INTEGER NOT NULL,
    "runs_done" INTEGER NOT NULL DEFAULT 0,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "started_by_id" UUID,
    "beat_at" TIMESTAMPTZ(6) NOT NULL,
    "cancelled_at" TIMESTAMPTZ(6),
    "ended_at" TIMESTAMPTZ(6),
    "problem" TEXT,
    "report" JSONB,
    "report_digest" TEXT,
    "evidence_id" UUID,

    CONSTRAINT "backtest_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "backtest_agent_id_started_at_idx" ON "backtest"("agent_id", "started_at" DESC);

-- AddForeignKey
ALTER TABLE "backtest" ADD CONSTRAINT "backtest_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backtest" ADD CONSTRAINT "backtest_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backtest" ADD CONSTRAINT "backtest_contract_version_id_fkey" FOREIGN KEY ("contract_version_id") REFERENCES "contract_version"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backtest" ADD CONSTRAINT "backtest_draft_id_fkey" FOREIGN KEY ("draft_id") REFERENCES "contract_draft"("id") ON DELETE CASCADE ON UPDATE CASCADE;
