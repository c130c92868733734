import type * as z from 'zod';
import type { LogOptions } from './log.ts';
import type { ServerSettings } from './server-settings.ts';

type Settings = z.output<z.ZodObject<typeof ServerSettings>>;

/** What every service makes of its settings, ready for the parts that need it. */
export interface ServerConfig {
  /** Refuse what was made for development. */
  readonly production: boolean;
  readonly port: number;
  readonly host: string;
  readonly admin: { readonly port: number; readonly host: string };
  readonly drainDelayMs: number;
  readonly log: Pick<LogOptions, 'level' | 'format'>;
  readonly database: { readonly url: string; readonly poolMax: number };
  readonly keys: ({ readonly text: string } | { readonly file: string }) & { readonly production: boolean };
}

/** Turns the settings of `ServerSettings` into configuration. */
export function serverConfig(settings: Settings): ServerConfig {
  const { AUTH_KEYS: text, AUTH_KEYS_FILE: file = '' } = settings;
  const production = settings.NODE_ENV === 'production';
  return {
    production,
    port: settings.PORT,
    host: settings.HOST,
    // A free port next to a free port: 0 stays 0.
    admin: { port: settings.ADMIN_PORT ?? (settings.PORT && settings.PORT + 100), host: settings.ADMIN_HOST },
    drainDelayMs: settings.DRAIN_DELAY_MS,
    log: { level: settings.LOG_LEVEL, format: settings.LOG_FORMAT },
    database: { url: settings.DATABASE_URL, poolMax: settings.DATABASE_POOL_MAX },
    keys: { production, ...(text === undefined ? { file } : { text }) },
  };
}
