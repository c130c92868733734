import type { VariableSpec } from '@auth/command';

/** The environment variables with which `pnpm dev` and the commands for its services find each other. */
export const developmentVariables = {
  PORT_BASE: { help: 'the port of the gateway of pnpm dev; the other services follow', default: '4000' },
  DATA_DIR: { help: 'the folder where pnpm dev keeps its keys, its feed and its databases', default: '.data' },
} as const satisfies Readonly<Record<string, VariableSpec>>;
