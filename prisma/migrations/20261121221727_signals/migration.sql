-- AlterTable
ALTER TABLE "run" ADD COLUMN     "signal_points" DOUBLE PRECISION NOT NULL DEFAULT 0,
ADD COLUMN     "signal_weight" DOUBLE PRECISION NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "signal" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "agent_id" UUID,
    "agent_name" TEXT,
    "family" TEXT NOT NULL,
    "metric" TEXT NOT NULL,
    "metric_key" TEXT NOT NULL,
    "value" DOUBLE PRECISION NOT NULL,
    "unit" TEXT,
    "samples" INTEGER NOT NULL DEFAULT 1,
    "is_suite" BOOLEAN NOT NULL DEFAULT false,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "received_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "run_id" UUID,
    "run_key" TEXT,
    "source" TEXT NOT NULL,
    "external_id" TEXT,
    "label" TEXT,
    "note" TEXT,
    "person_id" UUID,
    "superseded_by" UUID,

    CONSTRAINT "signal_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "signal_day" (
    "workspace_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "family" TEXT NOT NULL,
    "metric_key" TEXT NOT NULL,
    "unit" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "sum" DOUBLE PRECISION NOT NULL,
    "samples" BIGINT NOT NULL,
    "rows" INTEGER NOT NULL,
    "lowest" DOUBLE PRECISION NOT NULL,
    "highest" DOUBLE PRECISION NOT NULL,
    "last_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "signal_day_pkey" PRIMARY KEY ("agent_id","family","metric_key","unit","day")
);

-- CreateTable
CREATE TABLE "signal_source" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "sealed_secret" TEXT NOT NULL,
    "mapping" JSONB NOT NULL,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_at" TIMESTAMPTZ(6),
    "last_refusal" TEXT,
    "last_refusal_at" TIMESTAMPTZ(6),
    "revoked_at" TIMESTAMPTZ(6),

    CONSTRAINT "signal_source_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "signal_workspace_id_at_id_idx" ON "signal"("workspace_id", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "signal_agent_id_at_id_idx" ON "signal"("agent_id", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "signal_agent_id_family_metric_key_at_idx" ON "signal"("agent_id", "family", "metric_key", "at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "signal_source_key_key" ON "signal_source"("key");

-- CreateIndex
CREATE INDEX "signal_source_workspace_id_idx" ON "signal_source"("workspace_id");

-- AddForeignKey
ALTER TABLE "signal" ADD CONSTRAINT "signal_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "signal" ADD CONSTRAINT "signal_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "signal_day" ADD CONSTRAINT "signal_day_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "signal_source" ADD CONSTRAINT "signal_source_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The sender's id of a signal is unique among those that were not corrected.
CREATE UNIQUE INDEX "signal_external_key" ON "signal" ("workspace_id", "source", "external_id")
  WHERE "external_id" IS NOT NULL AND "superseded_by" IS NULL;
-- Those of a run, and those that wait for theirs or for their agent.
CREATE INDEX "signal_run_id_idx" ON "signal" ("run_id") WHERE "run_id" IS NOT NULL;
CREATE INDEX "signal_waiting_run_idx" ON "signal" ("workspace_id", "run_key") WHERE "run_id" IS NULL AND "run_key" IS NOT NULL;
CREATE INDEX "signal_waiting_agent_idx" ON "signal" ("workspace_id", "agent_name") WHERE "agent_id" IS NULL;

-- A signal stays as it was written. Which agent and run it is of may become known; a correction may supersede it once.
CREATE FUNCTION "signal_keeps"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.workspace_id, NEW.agent_name, NEW.family, NEW.metric, NEW.metric_key, NEW.value, NEW.unit, NEW.samples,
      NEW.is_suite, NEW.at, NEW.received_at, NEW.run_key, NEW.source, NEW.external_id, NEW.label, NEW.note, NEW.person_id)
    IS DISTINCT FROM
     (OLD.id, OLD.workspace_id, OLD.agent_name, OLD.family, OLD.metric, OLD.metric_key, OLD.value, OLD.unit, OLD.samples,
      OLD.is_suite, OLD.at, OLD.received_at, OLD.run_key, OLD.source, OLD.external_id, OLD.label, OLD.note, OLD.person_id)
    OR (OLD.superseded_by IS NOT NULL AND NEW.superseded_by IS DISTINCT FROM OLD.superseded_by) THEN
    RAISE EXCEPTION 'UPDATE of signal is refused: its rows are kept as they were written'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER "signal_keeps" BEFORE UPDATE ON "signal" FOR EACH ROW EXECUTE FUNCTION "signal_keeps"();
CREATE TRIGGER "signal_append_only" BEFORE DELETE ON "signal" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "signal_no_truncate" BEFORE TRUNCATE ON "signal" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
REVOKE UPDATE, DELETE, TRUNCATE ON "signal" FROM CURRENT_USER, PUBLIC;
GRANT UPDATE ("agent_id", "run_id", "superseded_by") ON "signal" TO CURRENT_USER;
