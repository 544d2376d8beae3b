-- AlterTable
ALTER TABLE "run" ADD COLUMN     "pauses" JSONB NOT NULL DEFAULT '[]';
