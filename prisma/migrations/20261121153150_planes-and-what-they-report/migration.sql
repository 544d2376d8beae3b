-- AlterTable
ALTER TABLE "kill_switch" ADD COLUMN     "off_reason" TEXT;

-- CreateTable
CREATE TABLE "runtime_plane" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "seen_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "runtime_plane_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "plane_report" (
    "subject_id" UUID NOT NULL,
    "plane_id" UUID NOT NULL,
    "step" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "plane_report_pkey" PRIMARY KEY ("subject_id","plane_id","step")
);

-- CreateIndex
CREATE INDEX "kill_switch_off_at_idx" ON "kill_switch"("off_at");
