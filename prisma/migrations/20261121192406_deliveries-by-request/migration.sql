-- What was asked for finds its deliveries.
CREATE INDEX "outbox_message_request_idx" ON "outbox_message" ("request_id") WHERE "request_id" IS NOT NULL;
