import type { ChildProcess } from 'node:child_process';

/** Waits until `pnpm dev` prints that everything is ready. Returns `false` when it ends before. */
export function untilDevReady(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (/^ +(?!.*down).*ready in/m.test(output)) resolve(true);
    });
    child.once('exit', () => resolve(false));
  });
}
