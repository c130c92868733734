import { openFileFeedWriter } from '../src/file-feed-writer.ts';

/** Publishes `<name>-<number>` without end, one after another, until it is killed: `dying-writer.ts <path> <name>`. */
const [path = '', name = ''] = process.argv.slice(2);
const writer = await openFileFeedWriter(path);
for (let number = 1; ; number += 1) {
  await writer.publish(Array.from({ length: 200 }, (_, index) => `${name}-${number}-${index}-${'x'.repeat(500)}`));
  if (number % 20 === 0) await writer.compact([`${name}-kept-${number}`]);
  process.stdout.write(`${number}\n`);
}
