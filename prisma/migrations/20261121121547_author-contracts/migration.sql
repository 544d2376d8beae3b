-- AlterTable
ALTER TABLE "contract_version" ADD COLUMN     "defaults_version_id" UUID,
ADD COLUMN     "inherited" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "notification" ADD COLUMN     "path" TEXT;

-- AlterTable
ALTER TABLE "run" ADD COLUMN     "paused_ms" BIGINT NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "contract_draft" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "subject" TEXT NOT NULL DEFAULT 'agent',
    "agent_id" UUID,
    "source" TEXT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "base_version_id" UUID,
    "origin" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "submitted_version_id" UUID,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_by_id" UUID,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(6),

    CONSTRAINT "contract_draft_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "draft_revision" (
    "draft_id" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "source" TEXT NOT NULL,
    "clauses" TEXT[],
    "author_id" UUID,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "draft_revision_pkey" PRIMARY KEY ("draft_id","revision")
);

-- CreateTable
CREATE TABLE "draft_presence" (
    "draft_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "clause" TEXT,
    "seen_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "draft_presence_pkey" PRIMARY KEY ("draft_id","person_id")
);

-- CreateTable
CREATE TABLE "comment_thread" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "agent_id" UUID,
    "draft_id" UUID,
    "version_id" UUID,
    "clause" TEXT NOT NULL,
    "kind" TEXT NOT NULL DEFAULT 'comment',
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resolved_by_id" UUID,
    "resolved_at" TIMESTAMPTZ(6),

    CONSTRAINT "comment_thread_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "comment" (
    "id" UUID NOT NULL,
    "thread_id" UUID NOT NULL,
    "author_id" UUID,
    "body" TEXT NOT NULL,
    "mentions" UUID[],
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "edited_at" TIMESTAMPTZ(6),

    CONSTRAINT "comment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "contract_reading" (
    "workspace_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "subject_id" UUID NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 0,
    "first_at" TIMESTAMPTZ(6) NOT NULL,
    "last_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "contract_reading_pkey" PRIMARY KEY ("subject_id","person_id")
);

-- CreateTable
CREATE TABLE "catalogue_tool" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "server" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "arguments" JSONB,
    "origin" TEXT NOT NULL,
    "hints" JSONB NOT NULL DEFAULT '{}',
    "suggestion" JSONB NOT NULL,
    "decision" JSONB,
    "decided_by_id" UUID,
    "decided_at" TIMESTAMPTZ(6),
    "imported_at" TIMESTAMPTZ(6) NOT NULL,
    "missing_since" TIMESTAMPTZ(6),

    CONSTRAINT "catalogue_tool_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "contract_draft_submitted_version_id_key" ON "contract_draft"("submitted_version_id");

-- CreateIndex
CREATE INDEX "contract_draft_workspace_id_state_updated_at_idx" ON "contract_draft"("workspace_id", "state", "updated_at" DESC);

-- CreateIndex
CREATE INDEX "contract_draft_agent_id_idx" ON "contract_draft"("agent_id");

-- CreateIndex
CREATE INDEX "comment_thread_draft_id_idx" ON "comment_thread"("draft_id");

-- CreateIndex
CREATE INDEX "comment_thread_version_id_idx" ON "comment_thread"("version_id");

-- CreateIndex
CREATE INDEX "comment_thread_agent_id_resolved_at_idx" ON "comment_thread"("agent_id", "resolved_at");

-- CreateIndex
CREATE INDEX "comment_thread_id_created_at_idx" ON "comment"("thread_id", "created_at");

-- CreateIndex
CREATE INDEX "contract_reading_workspace_id_last_at_idx" ON "contract_reading"("workspace_id", "last_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "catalogue_tool_workspace_id_server_name_key" ON "catalogue_tool"("workspace_id", "server", "name");

-- AddForeignKey
ALTER TABLE "contract_version" ADD CONSTRAINT "contract_version_defaults_version_id_fkey" FOREIGN KEY ("defaults_version_id") REFERENCES "contract_version"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contract_draft" ADD CONSTRAINT "contract_draft_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contract_draft" ADD CONSTRAINT "contract_draft_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contract_draft" ADD CONSTRAINT "contract_draft_base_version_id_fkey" FOREIGN KEY ("base_version_id") REFERENCES "contract_version"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contract_draft" ADD CONSTRAINT "contract_draft_submitted_version_id_fkey" FOREIGN KEY ("submitted_version_id") REFERENCES "contract_version"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "draft_revision" ADD CONSTRAINT "draft_revision_draft_id_fkey" FOREIGN KEY ("draft_id") REFERENCES "contract_draft"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "draft_presence" ADD CONSTRAINT "draft_presence_draft_id_fkey" FOREIGN KEY ("draft_id") REFERENCES "contract_draft"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "draft_presence" ADD CONSTRAINT "draft_presence_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "comment_thread" ADD CONSTRAINT "comment_thread_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "comment_thread" ADD CONSTRAINT "comment_thread_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "comment_thread" ADD CONSTRAINT "comment_thread_draft_id_fkey" FOREIGN KEY ("draft_id") REFERENCES "contract_draft"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "comment_thread" ADD CONSTRAINT "comment_thread_version_id_fkey" FOREIGN KEY ("version_id") REFERENCES "contract_version"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "comment" ADD CONSTRAINT "comment_thread_id_fkey" FOREIGN KEY ("thread_id") REFERENCES "comment_thread"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contract_reading" ADD CONSTRAINT "contract_reading_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contract_reading" ADD CONSTRAINT "contract_reading_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "catalogue_tool" ADD CONSTRAINT "catalogue_tool_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What the schema language cannot say.
ALTER TABLE "contract_draft"
  ADD CONSTRAINT "contract_draft_subject_check" CHECK ("subject" IN ('agent', 'defaults')),
  ADD CONSTRAINT "contract_draft_state_check" CHECK ("state" IN ('open', 'submitted', 'discarded')),
  ADD CONSTRAINT "contract_draft_end_check" CHECK (("state" = 'open') = ("ended_at" IS NULL)),
  ADD CONSTRAINT "contract_draft_revision_check" CHECK ("revision" >= 1);
ALTER TABLE "comment_thread"
  ADD CONSTRAINT "comment_thread_kind_check" CHECK ("kind" IN ('comment', 'change-request')),
  -- It is about a draft or about a version.
  ADD CONSTRAINT "comment_thread_about_check" CHECK (num_nonnulls("draft_id", "version_id") >= 1);
ALTER TABLE "catalogue_tool"
  ADD CONSTRAINT "catalogue_tool_origin_check" CHECK ("origin" IN ('mcp', 'openapi')),
  ADD CONSTRAINT "catalogue_tool_decision_check" CHECK (("decision" IS NULL) = ("decided_at" IS NULL));
ALTER TABLE "run" ADD CONSTRAINT "run_paused_ms_check" CHECK ("paused_ms" >= 0);
