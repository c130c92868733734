-- DropIndex
DROP INDEX "revocation_events_keep_until_idx";

-- AlterTable
ALTER TABLE "revocation_events" ADD COLUMN     "term" BIGINT,
ADD COLUMN     "token" TEXT;

-- AlterTable
ALTER TABLE "revocation_feed" ADD COLUMN     "term" BIGINT NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "leases" (
    "duty" TEXT NOT NULL,
    "term" BIGINT NOT NULL,
    "holder" UUID NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "leases_pkey" PRIMARY KEY ("duty")
);

-- CreateIndex
CREATE INDEX "revocation_events_keep_until_seq_idx" ON "revocation_events"("keep_until", "seq");

-- CreateIndex
CREATE INDEX "revocation_events_published_at_idx" ON "revocation_events"("published_at");
