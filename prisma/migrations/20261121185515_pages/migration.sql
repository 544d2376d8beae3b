-- AlterTable
ALTER TABLE "outbox_message" ADD COLUMN     "digest_id" UUID,
ADD COLUMN     "discarded_at" TIMESTAMPTZ(6),
ADD COLUMN     "page_id" UUID;

-- AlterTable
ALTER TABLE "webhook_endpoint" ADD COLUMN     "kind" TEXT NOT NULL DEFAULT 'webhook',
ADD COLUMN     "name" TEXT NOT NULL DEFAULT '';

-- CreateTable
CREATE TABLE "page" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "incident_id" UUID NOT NULL,
    "round" INTEGER NOT NULL,
    "step" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "address" TEXT,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "due_at" TIMESTAMPTZ(6) NOT NULL,
    "leased_until" TIMESTAMPTZ(6),
    "ended_at" TIMESTAMPTZ(6),
    "via" TEXT,
    "reason" TEXT,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "page_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "page_recipient" (
    "id" UUID NOT NULL,
    "page_id" UUID NOT NULL,
    "incident_id" UUID NOT NULL,
    "person_id" UUID,
    "endpoint_id" UUID,
    "digest_id" UUID,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "page_recipient_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "page_digest" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "person_id" UUID,
    "endpoint_id" UUID,
    "opened_at" TIMESTAMPTZ(6) NOT NULL,
    "due_at" TIMESTAMPTZ(6) NOT NULL,
    "leased_until" TIMESTAMPTZ(6),
    "sent_at" TIMESTAMPTZ(6),

    CONSTRAINT "page_digest_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "delivery_attempt" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "message_id" UUID,
    "page_id" UUID,
    "digest_id" UUID,
    "incident_id" UUID,
    "channel" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "ms" INTEGER NOT NULL,
    "status" INTEGER,
    "error" TEXT,

    CONSTRAINT "delivery_attempt_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "page_workspace_id_created_at_idx" ON "page"("workspace_id", "created_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "page_incident_id_round_step_key" ON "page"("incident_id", "round", "step");

-- CreateIndex
CREATE INDEX "page_recipient_page_id_idx" ON "page_recipient"("page_id");

-- CreateIndex
CREATE INDEX "page_recipient_digest_id_idx" ON "page_recipient"("digest_id");

-- CreateIndex
CREATE INDEX "page_recipient_person_id_at_idx" ON "page_recipient"("person_id", "at" DESC);

-- CreateIndex
CREATE INDEX "page_recipient_endpoint_id_at_idx" ON "page_recipient"("endpoint_id", "at" DESC);

-- CreateIndex
CREATE INDEX "page_digest_person_id_opened_at_idx" ON "page_digest"("person_id", "opened_at" DESC);

-- CreateIndex
CREATE INDEX "page_digest_endpoint_id_opened_at_idx" ON "page_digest"("endpoint_id", "opened_at" DESC);

-- CreateIndex
CREATE INDEX "delivery_attempt_page_id_idx" ON "delivery_attempt"("page_id");

-- CreateIndex
CREATE INDEX "delivery_attempt_digest_id_idx" ON "delivery_attempt"("digest_id");

-- CreateIndex
CREATE INDEX "delivery_attempt_message_id_idx" ON "delivery_attempt"("message_id");

-- CreateIndex
CREATE INDEX "delivery_attempt_workspace_id_at_idx" ON "delivery_attempt"("workspace_id", "at" DESC);

-- AddForeignKey
ALTER TABLE "page" ADD CONSTRAINT "page_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "page" ADD CONSTRAINT "page_incident_id_fkey" FOREIGN KEY ("incident_id") REFERENCES "incident"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "page_recipient" ADD CONSTRAINT "page_recipient_page_id_fkey" FOREIGN KEY ("page_id") REFERENCES "page"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "page_recipient" ADD CONSTRAINT "page_recipient_digest_id_fkey" FOREIGN KEY ("digest_id") REFERENCES "page_digest"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "page_digest" ADD CONSTRAINT "page_digest_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Timers read only what still waits, in the order it falls due.
CREATE INDEX "page_waiting_idx" ON "page" ("due_at") WHERE "state" = 'waiting';
CREATE INDEX "page_digest_waiting_idx" ON "page_digest" ("due_at") WHERE "sent_at" IS NULL;
ALTER TABLE "page"
  ADD CONSTRAINT "page_end_check" CHECK (("state" = 'waiting') = ("ended_at" IS NULL));
ALTER TABLE "page_recipient"
  ADD CONSTRAINT "page_recipient_one_check" CHECK (num_nonnulls("person_id", "endpoint_id") = 1);

-- What was there before endpoints had names goes by its host.
UPDATE "webhook_endpoint" SET "name" = split_part(split_part("url", '://', 2), '/', 1) WHERE "name" = '';
