-- The newest set of an agent's metric stands for those before it.
CREATE INDEX "signal_suite_idx" ON "signal" ("agent_id", "family", "metric_key", "at" DESC) WHERE "is_suite" AND "superseded_by" IS NULL;
