-- A decision is a small row under one index. The digest of its contract is that of the version it names.
ALTER TABLE "decision"
  DROP CONSTRAINT "decision_pkey",
  DROP COLUMN "contract_digest",
  ALTER COLUMN "arguments_digest" TYPE BYTEA USING decode("arguments_digest", 'hex'),
  ALTER COLUMN "categories" DROP DEFAULT,
  ALTER COLUMN "categories" TYPE TEXT[] USING NULLIF("categories", '{}'),
  ALTER COLUMN "clauses" DROP NOT NULL,
  ALTER COLUMN "clauses" TYPE JSONB USING NULLIF("clauses", '[]'),
  ALTER COLUMN "obligations" DROP NOT NULL,
  ALTER COLUMN "obligations" TYPE JSONB USING NULLIF("obligations", '[]');
ALTER TABLE "decision" ADD CONSTRAINT "decision_pkey" PRIMARY KEY USING INDEX "decision_run_id_seq_key";

-- CreateTable
CREATE TABLE "merge_gate" (
    "id" INTEGER NOT NULL,

    CONSTRAINT "merge_gate_pkey" PRIMARY KEY ("id")
);
