-- Runs that there are were scored by the first formula, and stay so.
ALTER TABLE "run" ADD COLUMN "score_formula" INTEGER NOT NULL DEFAULT 1;
ALTER TABLE "run" ALTER COLUMN "score_formula" SET DEFAULT 2;
