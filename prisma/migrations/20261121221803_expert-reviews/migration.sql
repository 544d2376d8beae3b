-- CreateTable
CREATE TABLE "run_review" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "run_id" UUID,
    "contract_version_id" UUID NOT NULL,
    "because" TEXT NOT NULL,
    "share" DOUBLE PRECISION NOT NULL,
    "draw" DOUBLE PRECISION NOT NULL,
    "reviewers" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "drawn_at" TIMESTAMPTZ(6) NOT NULL,
    "due_at" TIMESTAMPTZ(6) NOT NULL,
    "done_at" TIMESTAMPTZ(6),
    "correct" BOOLEAN,

    CONSTRAINT "run_review_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "run_rating" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "review_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "criterion" TEXT NOT NULL DEFAULT '',
    "value" DOUBLE PRECISION,
    "correct" BOOLEAN,
    "note" TEXT,
    "seconds" INTEGER,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "run_rating_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "run_review_skip" (
    "review_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "run_review_skip_pkey" PRIMARY KEY ("review_id","person_id")
);

-- CreateTable
CREATE TABLE "draw_cursor" (
    "id" INTEGER NOT NULL,
    "run_id" UUID NOT NULL,

    CONSTRAINT "draw_cursor_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "unsettled_run" (
    "run_id" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "quiet_since" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "unsettled_run_pkey" PRIMARY KEY ("run_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "run_review_run_id_key" ON "run_review"("run_id");

-- CreateIndex
CREATE INDEX "run_review_workspace_id_state_drawn_at_idx" ON "run_review"("workspace_id", "state", "drawn_at");

-- CreateIndex
CREATE INDEX "run_review_agent_id_drawn_at_idx" ON "run_review"("agent_id", "drawn_at");

-- CreateIndex
CREATE UNIQUE INDEX "run_rating_review_id_person_id_criterion_key" ON "run_rating"("review_id", "person_id", "criterion");

-- CreateIndex
CREATE INDEX "unsettled_run_quiet_since_idx" ON "unsettled_run"("quiet_since");

-- AddForeignKey
ALTER TABLE "run_review" ADD CONSTRAINT "run_review_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_review" ADD CONSTRAINT "run_review_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_review" ADD CONSTRAINT "run_review_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_review" ADD CONSTRAINT "run_review_contract_version_id_fkey" FOREIGN KEY ("contract_version_id") REFERENCES "contract_version"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_rating" ADD CONSTRAINT "run_rating_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_rating" ADD CONSTRAINT "run_rating_review_id_fkey" FOREIGN KEY ("review_id") REFERENCES "run_review"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_rating" ADD CONSTRAINT "run_rating_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_review_skip" ADD CONSTRAINT "run_review_skip_review_id_fkey" FOREIGN KEY ("review_id") REFERENCES "run_review"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_review_skip" ADD CONSTRAINT "run_review_skip_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "unsettled_run" ADD CONSTRAINT "unsettled_run_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What a reviewer said stays as it was said.
CREATE TRIGGER "run_rating_immutable" BEFORE UPDATE OR DELETE ON "run_rating"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "run_rating_no_truncate" BEFORE TRUNCATE ON "run_rating"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "run_review_skip_immutable" BEFORE UPDATE OR DELETE ON "run_review_skip"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "run_review_skip_no_truncate" BEFORE TRUNCATE ON "run_review_skip"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
REVOKE UPDATE, DELETE, TRUNCATE ON "run_rating", "run_review_skip" FROM CURRENT_USER, PUBLIC;

ALTER TABLE "run_review" ADD CONSTRAINT "run_review_draw_below_share" CHECK ("draw" >= 0 AND "draw" < "share" AND "share" <= 1);
ALTER TABLE "run_rating" ADD CONSTRAINT "run_rating_says_something"
  CHECK (("criterion" = '') = ("correct" IS NOT NULL) AND ("criterion" = '') = ("value" IS NULL));

-- Runs that are there already ran before anybody agreed on a share of them: drawing begins behind them.
INSERT INTO "draw_cursor" ("id", "run_id")
  SELECT 1, COALESCE((SELECT "id" FROM "run" ORDER BY "id" DESC LIMIT 1), '00000000-0000-0000-0000-000000000000');
