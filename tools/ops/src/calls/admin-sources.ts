import { type ServiceName, services } from '@auth/contracts';
import { developmentVariables } from '../development-variables.ts';

/** A wrong admin port. The message alone is printed; the exit code is one of sysexits.h. */
class CallsError extends Error {
  override readonly name = 'CallsError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Where the metrics of a service are: the base URL of its admin port. */
export interface Source {
  readonly service: ServiceName;
  readonly url: string;
}

/**
 * The admin ports to ask: those given as `<service>=<url>`, several for a service that runs several times, or those of
 * `pnpm dev`, which are `PORT_BASE` + 101 and so on.
 *
 * @throws CallsError saying what is wrong with one
 */
export function adminSources(
  given: readonly string[],
  variables: { readonly PORT_BASE?: string | undefined },
): Source[] {
  if (given.length > 0) return given.map(parseSource);
  const base = portBase(variables.PORT_BASE || developmentVariables.PORT_BASE.default);
  return services.map((service, index) => ({ service, url: `http://127.0.0.1:${base + 101 + index}` }));
}

function parseSource(text: string): Source {
  const [name = ''] = text.split('=', 1);
  const url = text.slice(name.length + 1).replace(/\/$/, '');
  const service = services.find((known) => known === name);
  if (service === undefined) refuse(text, `there is no service "${name}": it is one of ${services.join(', ')}`);
  if (!URL.canParse(url) || !/^https?:\/\/[^/@]+(?:\/|$)/.test(url)) {
    refuse(text, `write --admin ${name}=http://127.0.0.1:4101`);
  }
  return { service, url };
}

function portBase(text: string): number {
  const base = Number(text);
  if (/^\d{4,5}$/.test(text) && base <= 65_400) return base;
  throw new CallsError(`PORT_BASE is ${JSON.stringify(text)}: set it to what pnpm dev has, such as PORT_BASE=5000`, 78);
}

function refuse(text: string, problem: string): never {
  throw new CallsError(`--admin ${text}: ${problem}`, 64);
}
