import { openGatewayDb } from '@auth/db/gateway';

/** Closes one database of a running server: new connections are refused, and open ones are ended. */
export interface DatabaseGate {
  shut(): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the gate of a database through another database of the same server. */
export function openDatabaseGate(url: string): DatabaseGate {
  const elsewhere = new URL(url);
  const name = elsewhere.pathname.slice(1);
  elsewhere.pathname = '/postgres';
  const { client, close } = openGatewayDb({ url: elsewhere.href, poolMax: 1 });
  return {
    async shut() {
      await client.$executeRawUnsafe(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
      await client.$executeRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${name}`;
    },
    async open() {
      await client.$executeRawUnsafe(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
    },
    close,
  };
}
