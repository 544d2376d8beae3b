-- There are few of them among all that wait.
CREATE INDEX "signal_stray_idx" ON "signal" ("workspace_id", "at" DESC, "id" DESC) WHERE "stray";
-- Of the list alone: before statistics are gathered, a look for one run's signals must not be taken for a look through all.
DROP INDEX "signal_waiting_at_idx";
CREATE INDEX "signal_waiting_at_idx" ON "signal" ("workspace_id", "at" DESC, "id" DESC)
  WHERE ("agent_id" IS NULL OR ("run_id" IS NULL AND "run_key" IS NOT NULL)) AND NOT "stray";
