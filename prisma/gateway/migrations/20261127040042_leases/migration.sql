-- CreateTable
CREATE TABLE "leases" (
    "duty" TEXT NOT NULL,
    "term" BIGINT NOT NULL,
    "holder" UUID NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "leases_pkey" PRIMARY KEY ("duty")
);
