import * as z from 'zod';
import { fieldErrors } from '../problem/field-errors.ts';
import { plainWords } from '../problem/plain-words.ts';

/** One wrong setting: its name, the problem, and how to fix it. Never its value. */
interface WrongSetting {
  name: string;
  problem: string;
  help: string | undefined;
}

/** The error for wrong environment variables. The message has one line per wrong setting. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** EX_CONFIG of sysexits.h. */
  readonly exitCode = 78;
  readonly settings: readonly WrongSetting[];

  constructor(settings: readonly WrongSetting[]) {
    const lines = settings.map(
      ({ name, problem, help }) => `  ${name} ${problem}.${help === undefined ? '' : ` ${help}`}`,
    );
    super([`${settings.length} ${settings.length === 1 ? 'setting is' : 'settings are'} wrong:`, ...lines].join('\n'));
    this.settings = settings;
  }
}

/**
 * Reads settings from environment variables. An empty variable counts as missing; variables outside the schema are
 * ignored. The descriptions in the schema say how to fix a wrong setting. They are Markdown: docs/configuration.md shows them too.
 * @throws ConfigError naming every wrong setting.
 */
export function readConfig<S extends z.ZodType>(schema: S, env: NodeJS.ProcessEnv): z.output<S> {
  const shape = shapeOf(schema);
  const given = Object.entries(env).filter(
    ([name, value]) => value !== '' && (shape === undefined || Object.hasOwn(shape, name)),
  );
  const result = schema.safeParse(Object.fromEntries(given), { error: plainWords });
  if (result.success) return result.data;
  throw new ConfigError(
    fieldErrors(result.error.issues).map(({ pointer, detail }) => {
      const name = pointer.slice(1).split('/', 1).join('');
      return { name, problem: detail, help: descriptionOf(shape?.[name]) };
    }),
  );
}

function shapeOf(schema: unknown): Readonly<Record<string, unknown>> | undefined {
  if (schema instanceof z.ZodObject) return schema.shape;
  return schema instanceof z.ZodPipe ? shapeOf(schema.in) : undefined;
}

/** Finds the description, before or after `.default()` and similar calls, as plain text. */
function descriptionOf(schema: unknown): string | undefined {
  if (!(schema instanceof z.ZodType)) return undefined;
  if (schema.description !== undefined) return schema.description.replaceAll('`', '');
  if (schema instanceof z.ZodPipe) return descriptionOf(schema.in) ?? descriptionOf(schema.out);
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) return descriptionOf(schema.unwrap());
  return undefined;
}
