// Hashes passwords without end, so many at a time as the first argument says: a process that has nothing to do with the user app.
import bcrypt from 'bcrypt';

const [, , atOnce = '1', cost = '12'] = process.argv;
const salt = await bcrypt.genSalt(Number(cost));
for (let count = 0; count < Number(atOnce); count += 1) void burn();
process.on('disconnect', () => process.exit());
process.send?.('ready');

async function burn(): Promise<never> {
  for (;;) await bcrypt.hash('nanosecond-wire-30cm', salt);
}
