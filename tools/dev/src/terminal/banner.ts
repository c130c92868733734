import picocolors from 'picocolors';
import { ada, admin } from '../demo/demo-data.ts';
import { type AppName, type DatabaseName, databaseNames, serviceNames, services } from '../stack/services.ts';
import { bannerCommands } from './banner-commands.ts';

/** The content of the banner. */
export interface BannerFacts {
  urls: Record<AppName, string>;
  databaseUrls: Record<DatabaseName, string>;
  /** The services with an embedded database. The passwords of other databases are not shown. */
  embedded: readonly DatabaseName[];
  /** The services that did not start. */
  down: readonly AppName[];
  /** The services that run but are not ready. */
  notReady: readonly AppName[];
  /** Whether the demo users and products exist, which the commands need. */
  hasDemoData: boolean;
  /** The duration of the start, such as `3.1 s`. */
  took: string;
}

/** Renders the first page for a newcomer: URLs, accounts, and commands to try. Ends without a newline. */
export function renderBanner(facts: BannerFacts, { colour }: { colour: boolean }): string {
  const colours = picocolors.createColors(colour);
  const { bold, dim, red } = colours;
  const label = (name: AppName): string => colours[services[name].colour](name.padEnd(8));
  const heading = (title: string, note: string): string => `  ${bold(title)}  ${dim(note)}`;
  const row = (first: string, text: string): string => `    ${first}  ${text}`;
  const state = (name: AppName): string => {
    if (facts.down.includes(name)) return red('down, see its output above');
    if (facts.notReady.includes(name)) return red(`not ready: ${facts.urls[name]}/readyz says why`);
    return dim(`${facts.urls[name]}/docs`);
  };
  const service = (name: AppName): string => {
    return row(label(name), `${facts.urls[name]}   ${state(name)}`);
  };
  const demo = [
    heading('log in as', 'demo accounts, on this machine only'),
    ...[ada, admin].map(({ email, password, roles }) =>
      row(roles.join(', ').padEnd(8), `${email.padEnd(18)} ${password}`),
    ),
    '',
    heading('try it', 'in another terminal, one after the other'),
    ...bannerCommands(facts.urls).flatMap(({ title, command }) => ['', `    ${dim(`# ${title}`)}`, `    ${command}`]),
  ];
  const lines = [
    headline(facts, colours),
    '',
    heading('services', 'each restarts when its files change; /docs is a page to try it'),
    ...serviceNames.map(service),
    row('jwks    ', `${facts.urls.user}/.well-known/jwks.json`),
    row('metrics ', serviceNames.map((name) => metricsUrl(facts.urls[name])).join('  ')),
    '',
    heading('databases', databaseNote(facts.embedded)),
    ...databaseNames.map((name) =>
      row(
        label(name),
        facts.embedded.includes(name) ? facts.databaseUrls[name] : hidePassword(facts.databaseUrls[name]),
      ),
    ),
    '',
    ...(facts.hasDemoData ? demo : [heading('demo data', 'none: your own databases are on another machine')]),
    '',
    `  ${dim('ctrl-c stops everything')}`,
  ];
  return ['', ...lines, ''].join('\n');
}

type Colours = ReturnType<typeof picocolors.createColors>;

function headline({ down, notReady, took }: BannerFacts, { bold, green, red }: Colours): string {
  if (down.length + notReady.length === 0) return `  ${bold(green('ready'))} in ${took}`;
  const problems = [
    ...(down.length === 0 ? [] : [`${listed(down)} down`]),
    ...(notReady.length === 0 ? [] : [`${listed(notReady)} not ready`]),
  ].join(', ');
  const isAll = down.length + notReady.length === serviceNames.length;
  return `  ${bold(red(problems))}${isAll ? '' : `, the rest ready in ${took}`}`;
}

/** `user, product and order` */
function listed(names: readonly string[]): string {
  return new Intl.ListFormat('en-GB').format(names);
}

function metricsUrl(serviceUrl: string): string {
  const url = new URL('/metrics', serviceUrl);
  url.port = String(Number(url.port) + 100);
  return url.href;
}

function databaseNote(embedded: readonly DatabaseName[]): string {
  if (embedded.length === databaseNames.length) return 'embedded Postgres, for local development only';
  if (embedded.length === 0) return 'your own';
  return `your own; embedded Postgres for ${listed(embedded)}, for local development only`;
}

/** Hides the password, which the developer knows and a bystander should not. */
function hidePassword(text: string): string {
  const url = new URL(text);
  if (url.password) url.password = '***';
  if (url.searchParams.has('password')) url.searchParams.set('password', '***');
  return url.href;
}
