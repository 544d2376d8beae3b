-- AlterTable
ALTER TABLE "run" ADD COLUMN     "fingerprint" JSON NOT NULL DEFAULT '{}';

-- CreateTable
CREATE TABLE "incident_note" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "incident_id" UUID NOT NULL,
    "section" TEXT,
    "author_id" UUID,
    "body" TEXT NOT NULL,
    "mentions" UUID[],
    "created_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "incident_note_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "incident_note_incident_id_created_at_idx" ON "incident_note"("incident_id", "created_at");

-- AddForeignKey
ALTER TABLE "incident_note" ADD CONSTRAINT "incident_note_incident_id_fkey" FOREIGN KEY ("incident_id") REFERENCES "incident"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What was written about an incident stays as it was written.
CREATE TRIGGER "incident_note_append_only" BEFORE UPDATE OR DELETE ON "incident_note"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "incident_note_no_truncate" BEFORE TRUNCATE ON "incident_note"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
REVOKE UPDATE, DELETE, TRUNCATE ON "incident_note" FROM CURRENT_USER, PUBLIC;
