// The process of load-generator.ts.
import { type Load, openLoad } from '../measure/load.ts';

const load = openLoad();
process.on('message', (message) => {
  void load
    .run(message as Load)
    .catch((error: unknown) => ({ error: `${(message as Load).ask.origin}: ${String(error)}` }))
    .then((answer) => process.send?.(answer));
});
process.on('disconnect', () => process.exit());
