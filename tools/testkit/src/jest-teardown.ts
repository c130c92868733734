import type {} from './jest-setup.ts';

/** Jest's `globalTeardown`: runs once, after the last test. */
// biome-ignore lint/style/noDefaultExport: Jest calls the default export.
export default async function teardown(): Promise<void> {
  await globalThis.testRedis?.stop();
  await globalThis.testRun?.close();
}
