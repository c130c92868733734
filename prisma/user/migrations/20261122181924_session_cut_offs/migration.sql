-- AlterTable
ALTER TABLE "refresh_tokens" ADD COLUMN     "salt" BYTEA,
ADD COLUMN     "salt_until" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "end_reason" TEXT,
ADD COLUMN     "last_exp" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "last_iat" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "not_before" BIGINT;

-- CreateTable
CREATE TABLE "revocation_events" (
    "id" BIGSERIAL NOT NULL,
    "seq" BIGINT,
    "session_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "not_before" BIGINT,
    "reason" TEXT NOT NULL,
    "keep_until" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "published_at" TIMESTAMPTZ(3),

    CONSTRAINT "revocation_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "revocation_feed" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "last" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "revocation_feed_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "revocation_events_seq_key" ON "revocation_events"("seq");

-- CreateIndex
CREATE INDEX "revocation_events_keep_until_idx" ON "revocation_events"("keep_until");

-- CreateIndex
CREATE INDEX "refresh_tokens_salt_until_idx" ON "refresh_tokens"("salt_until");

-- CreateIndex
CREATE INDEX "sessions_expires_at_idx" ON "sessions"("expires_at");

-- CreateIndex
CREATE INDEX "sessions_last_used_at_idx" ON "sessions"("last_used_at");

-- Tokens of sessions from before are good for an hour at most.
UPDATE "sessions" SET "last_iat" = extract(epoch FROM now())::bigint, "last_exp" = extract(epoch FROM now())::bigint + 3600;

INSERT INTO "revocation_feed" ("id", "last") VALUES (1, 0);
