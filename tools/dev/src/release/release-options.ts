import { problemOfName } from './package-name.ts';

/** A release of @auth/verify: what its manifest and its README say about it. */
export interface Release {
  readonly name: string;
  readonly version: string;
  /** The address of the repository in a browser, without a slash at the end. */
  readonly repository: string | undefined;
  readonly homepage: string | undefined;
  readonly bugs: string | undefined;
}

/** The options of `pnpm release:verify`, as they were typed. */
export type ReleaseOptions = Readonly<Record<keyof Release, string | undefined>>;

/** The form of a version by Semantic Versioning 2.0.0. */
const semver =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-z-][0-9a-z-]*)(\.(0|[1-9]\d*|\d*[a-z-][0-9a-z-]*))*)?$/i;

/** Parses the options of a release. @returns the release, or all problems of the options */
export function parseRelease(options: ReleaseOptions, usualVersion: string): Release | readonly string[] {
  const { name = '', version = usualVersion, homepage, bugs } = options;
  const repository = options.repository?.replace(/(\.git)?\/*$/, '');
  const problems = [
    options.name === undefined ? 'the name is missing: --name @acme/verify' : problemOfName(name),
    semver.test(version) ? undefined : `${JSON.stringify(version)} is no version: it has the form 1.2.3 or 1.2.3-rc.1`,
    ...Object.entries({ repository, homepage, bugs }).map(([option, url]) => problemOfUrl(option, url)),
  ].filter((problem) => problem !== undefined);
  return problems.length > 0 ? problems : { name, version, repository, homepage, bugs };
}

/** Whether npm must not install this version unless it is asked for. */
export function isPrerelease({ version }: Release): boolean {
  return version.includes('-');
}

function problemOfUrl(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url?.protocol === 'https:' && url.username === '' && url.password === '';
  const hasMore = option === 'repository' && url !== undefined && url.search + url.hash !== '';
  return isPlain && !hasMore
    ? undefined
    : `--${option} must be an address that begins with https://, without a password`;
}
