-- AlterTable
ALTER TABLE "agent" ADD COLUMN     "proposed_sponsor_id" UUID;

-- AddForeignKey
ALTER TABLE "agent" ADD CONSTRAINT "agent_proposed_sponsor_id_fkey" FOREIGN KEY ("proposed_sponsor_id") REFERENCES "person"("id") ON DELETE SET NULL ON UPDATE CASCADE;
