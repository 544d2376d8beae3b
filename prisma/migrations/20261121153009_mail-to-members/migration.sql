-- AlterTable
ALTER TABLE "membership" ADD COLUMN     "mail" BOOLEAN NOT NULL DEFAULT true;
