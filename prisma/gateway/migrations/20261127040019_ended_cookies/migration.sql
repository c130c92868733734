-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "refresh_sent_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "ended_cookies" (
    "hash" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "replaced" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "ended_cookies_pkey" PRIMARY KEY ("hash")
);

-- CreateIndex
CREATE INDEX "ended_cookies_at_idx" ON "ended_cookies"("at");
