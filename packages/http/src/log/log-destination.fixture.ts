// Logs to standard output as a service does, and ends in the way that the first argument names.
import { createLog } from './log.ts';

const log = createLog({ service: 'test', level: 'info', format: 'json' });
for (let count = 0; count < 5; count += 1) log.info({ count }, 'request');
switch (process.argv[2]) {
  case 'exit':
    process.exit(3);
    break;
  case 'throw':
    throw new Error('at the end');
  case 'warn':
    log.warn('last words');
    process.kill(process.pid, 'SIGKILL');
    break;
  case 'audit':
    log.info({ audit: { event: 'login' } }, 'login ok');
    process.kill(process.pid, 'SIGKILL');
    break;
  case 'reader gone':
    // Long enough for the reader to have left.
    setTimeout(() => {
      log.info('nobody reads this');
      setTimeout(() => process.exit(4), 100);
    }, 300);
    break;
}
