-- CreateTable
CREATE TABLE "receipt" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "run_revision" INTEGER NOT NULL,
    "digest" TEXT NOT NULL,
    "content_digest" TEXT NOT NULL,
    "envelope" JSONB NOT NULL,
    "made_at" TIMESTAMPTZ(6) NOT NULL,
    "made_by_id" UUID,

    CONSTRAINT "receipt_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "receipt_run_id_made_at_idx" ON "receipt"("run_id", "made_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "receipt_run_id_content_digest_key" ON "receipt"("run_id", "content_digest");

-- AddForeignKey
ALTER TABLE "receipt" ADD CONSTRAINT "receipt_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "receipt" ADD CONSTRAINT "receipt_made_by_id_fkey" FOREIGN KEY ("made_by_id") REFERENCES "person"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- A receipt is never changed.
CREATE TRIGGER "receipt_immutable" BEFORE UPDATE OR DELETE ON "receipt"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "receipt_no_truncate" BEFORE TRUNCATE ON "receipt"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
REVOKE UPDATE, DELETE, TRUNCATE ON "receipt" FROM CURRENT_USER, PUBLIC;
