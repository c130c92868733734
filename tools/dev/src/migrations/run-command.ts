import { readExitCode } from '../stack/exit-code.ts';

/** Runs a command of the repository. An expected failure prints its message alone, any other its stack. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    const exitCode = readExitCode(error);
    if (exitCode === undefined || !(error instanceof Error)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = exitCode;
  }
}
