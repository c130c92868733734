// Grants and revokes roles: node dist/accounts-command.js grant <e-mail> <role>, with DATABASE_URL.
import { argv, env, exit, stderr, stdout } from 'node:process';
import { UsageError } from '@auth/command';
import { databaseTrouble } from '@auth/db/errors';
import { openUserDb } from '@auth/db/user';
import {
  auditEvents,
  ConfigError,
  createLog,
  createMetrics,
  DatabaseSettings,
  databaseConfig,
  readConfig,
} from '@auth/http';
import * as z from 'zod';
import { UserError } from '../user-error.ts';
import type { AccountEvent } from './account-event.ts';
import type { AccountsCommand } from './accounts-arguments.ts';
import { parseArguments } from './accounts-arguments.ts';
import { normalizeEmail } from './email.ts';
import { createRoleChanges } from './role-change.ts';
import { createRoleStore } from './role-store.ts';

exit(await main(argv.slice(2)));

async function main(typed: readonly string[]): Promise<number> {
  try {
    const parsed = parseArguments(typed);
    if (parsed.help !== undefined) say(parsed.help);
    else say(await run(parsed, databaseConfig(readConfig(z.object(DatabaseSettings), env))));
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      stderr.write(`${error.message}\n`);
      return error.exitCode;
    }
    stderr.write(`accounts: ${explain(error)}\n`);
    return error instanceof ConfigError ? error.exitCode : 1;
  }
}

type Change = Exclude<AccountsCommand, { readonly help: string }>;

/** Makes the change and prints the result. The audit event goes to standard error, as a line of the service's log. */
async function run({ command, email, role }: Change, config: Parameters<typeof openUserDb>[0]): Promise<string> {
  const db = openUserDb(config);
  try {
    const log = createLog({ service: 'user', level: 'info', format: 'json', destination: stderr });
    const audit = auditEvents<AccountEvent>({
      ...{ log, metrics: createMetrics({ service: 'user' }), metric: 'auth_account_events_total' },
      help: 'What happened to accounts and sessions, by outcome.',
    });
    const changes = createRoleChanges({ store: createRoleStore(db), audit, now: () => Date.now() / 1000 });
    const holder = await changes[command]({ email: normalizeEmail(email), role });
    if (holder === 'last_role') throw new Error(`${role} is the only role of ${email}: an account has at least one`);
    const { roles, isChanged, disabled } = holder;
    const state = `${email} ${isChanged ? 'now has' : 'has, as before,'} the roles: ${roles.join(', ')}`;
    return disabled ? `${state}. The account is disabled, so logins to it are refused` : state;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (error.code === 'user_not_found')
      throw new Error(`there is no account with the e-mail address ${email}: register it first`);
    if (error.code === 'last_admin')
      throw new Error(`${email} is the last admin: grant the role to another account first`);
    throw error;
  } finally {
    await db.close();
  }
}

/** The reason in one line: the database's own message where there is one, otherwise the last line of the client's. */
function explain(error: unknown): string {
  const trouble = databaseTrouble(error);
  if (trouble !== undefined) return trouble.reason;
  if (!(error instanceof Error)) return String(error);
  const isOfDatabase = error.name.startsWith('Prisma') || error.name === 'DriverAdapterError';
  if (!isOfDatabase) return error.message;
  const cause = read(read(read(error, 'meta'), 'driverAdapterError'), 'cause');
  const reason = read(cause, 'originalMessage') ?? error.message.trim().split('\n').at(-1);
  return `the database of DATABASE_URL refuses: ${String(reason)}`;
}

function read(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function say(line: string): void {
  stdout.write(`${line}\n`);
}
