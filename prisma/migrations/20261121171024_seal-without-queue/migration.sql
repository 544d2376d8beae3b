-- Nothing is written between the last look at the queue and its end.
LOCK TABLE "audit_entry" IN SHARE ROW EXCLUSIVE MODE;
DROP TRIGGER "audit_entry_await_link" ON "audit_entry";
DROP FUNCTION "await_link";

-- CreateTable
CREATE TABLE "audit_mark" (
    "single" BOOLEAN NOT NULL DEFAULT true,
    "settled" BIGINT NOT NULL,

    CONSTRAINT "audit_mark_pkey" PRIMARY KEY ("single"),
    CONSTRAINT "audit_mark_single" CHECK ("single")
);
-- What did not wait had its link.
INSERT INTO "audit_mark" ("settled")
  SELECT COALESCE((SELECT min("entry_id") - 1 FROM "audit_pending"), (SELECT max("id") FROM "audit_entry"), 0);

-- DropTable
DROP TABLE "audit_pending";

-- Each link costs a look at the workspace's row, which its entry has had already.
-- DropForeignKey
ALTER TABLE "audit_link" DROP CONSTRAINT "audit_link_workspace_id_fkey";
