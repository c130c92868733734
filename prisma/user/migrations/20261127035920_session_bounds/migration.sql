-- DropIndex
DROP INDEX "sessions_user_id_idx";

-- AlterTable
ALTER TABLE "refresh_tokens" ADD COLUMN     "in_family" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "family_hash" BYTEA,
ADD COLUMN     "refresh_count" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "refresh_since" TIMESTAMPTZ(3);

-- CreateIndex
CREATE UNIQUE INDEX "sessions_family_hash_key" ON "sessions"("family_hash");

-- CreateIndex
CREATE INDEX "sessions_user_id_end_reason_idx" ON "sessions"("user_id", "end_reason");

-- CreateIndex
CREATE INDEX "sessions_ended_at_idx" ON "sessions"("ended_at");
