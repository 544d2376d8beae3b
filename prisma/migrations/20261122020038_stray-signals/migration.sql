-- AlterTable
ALTER TABLE "signal" ADD COLUMN     "stray" BOOLEAN NOT NULL DEFAULT false;

GRANT UPDATE ("stray") ON "signal" TO CURRENT_USER;

-- What waits is found however much of it there is: for the list, for its agent's page, by when it came, and by the agent's name.
CREATE INDEX "signal_waiting_at_idx" ON "signal" ("workspace_id", "at" DESC, "id" DESC)
  WHERE "agent_id" IS NULL OR ("run_id" IS NULL AND "run_key" IS NOT NULL);
CREATE INDEX "signal_waiting_of_agent_idx" ON "signal" ("agent_id", "stray") WHERE "run_id" IS NULL AND "run_key" IS NOT NULL;
CREATE INDEX "signal_waiting_since_idx" ON "signal" ("received_at", "id") WHERE "run_id" IS NULL AND "run_key" IS NOT NULL;
DROP INDEX "signal_waiting_agent_idx";
CREATE INDEX "signal_waiting_agent_idx" ON "signal" ("workspace_id", "agent_name") WHERE "agent_id" IS NULL AND "run_key" IS NULL;
