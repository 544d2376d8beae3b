-- AlterTable
ALTER TABLE "amendment" ADD COLUMN     "replaced_version_ids" UUID[] DEFAULT ARRAY[]::UUID[];
