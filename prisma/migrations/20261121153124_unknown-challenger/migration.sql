-- AlterTable
ALTER TABLE "auth_challenge" ALTER COLUMN "person_id" DROP NOT NULL;
