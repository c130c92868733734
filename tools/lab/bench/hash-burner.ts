// Hashes passwords until it is ended: a process that competes with the user app for the processors.
import bcrypt from 'bcrypt';

process.on('message', (message) => {
  const { hashesAtOnce } = message as { hashesAtOnce: number };
  for (let count = 0; count < hashesAtOnce; count += 1) void burn();
  process.send?.({});
});
process.on('disconnect', () => process.exit());

async function burn(): Promise<never> {
  for (;;) await bcrypt.hash('nanosecond-wire-30cm', 12);
}
