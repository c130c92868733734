export { DatabaseUrlError, parseDatabaseUrl } from './database-url.ts';
export { type ConnectionOptions, createConnection } from './session-client.ts';
