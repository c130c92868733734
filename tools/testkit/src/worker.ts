import process from 'node:process';

/** Whether this process is a worker of one run of Jest. A watching Jest, `-i` and mutation tests run test files in their own process. */
export const isWorker = process.argv[1]?.includes('/jest-worker/') ?? false;
