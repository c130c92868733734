import { posix } from 'node:path';
import { fillBlock } from '@auth/ops/written-block';
import type { Release } from './release-options.ts';
import { directory, type SourceManifest } from './released-manifest.ts';
import type { Weight } from './weight.ts';

/** Replaces the name that the package has in this repository, in code, types and texts. */
export function renamed(text: string, { name }: Pick<Release, 'name'>): string {
  return text.replaceAll(/@auth\/verify(?![\w-])/g, name);
}

/**
 * Makes the README of a release: the new name, how to install it and what it weighs. A link into the repository becomes
 * absolute; without a repository its text is left.
 */
export function releasedReadme(readme: string, release: Release, manifest: SourceManifest, weight: Weight): string {
  const installed = fillBlock(readme, installation(manifest, weight), { command: 'pnpm release:verify' });
  // Code may hold `](` as well.
  const parts = installed.split(/(^```.*?^```$)/ms);
  return renamed(
    parts.map((part, at) => (at % 2 === 1 ? part : withoutRelativeLinks(part, release))).join(''),
    release,
  );
}

/** Makes the changelog of a release: what is unreleased becomes this version, unless the text has it already. */
export function releasedChangelog(changelog: string, release: Release): string {
  const hasVersion = changelog.includes(`\n## [${release.version}]`);
  const titled = hasVersion ? changelog : changelog.replace('\n## [Unreleased]\n', `\n## [${release.version}]\n`);
  return renamed(withoutRelativeLinks(titled, release), release);
}

function installation({ dependencies, engines }: SourceManifest, { ownBytes, packages, bytes }: Weight): string {
  const names = Object.keys(dependencies);
  return [
    '```sh',
    'npm install @auth/verify express',
    '```',
    '',
    `It runs on Node ${linesOf(engines['node'] ?? '')}, as ES modules and as CommonJS, each with types.`,
    'Only the guards need Express, version 5; with TypeScript, install `@types/express` too.',
    '',
    `Unpacked it is ${Math.round(ownBytes / 1000)} kB. It has ${names.length} dependencies (${names.join(', ')});`,
    `with theirs, these are ${packages} packages and ${(bytes / 1e6).toFixed(1)} MB.`,
  ].join('\n');
}

/** Says in words which releases a range such as `>=20.1.2 <21 || >=22.3.4` allows. */
function linesOf(range: string): string {
  const words = range.split(' || ').map((part) => {
    const [, from = part, below] = /^>=(\S+)(?: <(\d+))?$/.exec(part) ?? [];
    return below === undefined ? `${from} or newer` : `${from} to ${Number(below) - 1}.x`;
  });
  return words.join(', ');
}

function withoutRelativeLinks(text: string, { repository }: Release): string {
  return text.replaceAll(/\[([^\]]+)\]\((?!https?:|mailto:|#)([^)\s]+)\)/g, (_link, label: string, path: string) =>
    repository === undefined ? label : `[${label}](${repository}/blob/HEAD/${posix.join(directory, path)})`,
  );
}
