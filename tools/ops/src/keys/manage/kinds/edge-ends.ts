import type { KeyDocument } from '@auth/keys/key-document';
import { type EdgeKey, keyStates } from '@auth/verify';
import { documentOf, type Folder } from '../folder.ts';
import { KeyCommandError } from '../key-command-error.ts';

/** An edge from a caller to a callee, by name: documents may know services that the contracts do not know yet. */
export interface EdgeName {
  readonly caller: string;
  readonly callee: string;
}

/** Makes the id of the next key of an edge; no id is used twice. */
export type NextKid = (edge: EdgeName) => string;

/** A key of an edge, merged from its two ends. */
export interface SharedKey extends EdgeKey {
  /** The state at each end, absent where the key is not. `state` is the later one of the two. */
  readonly atCaller: EdgeKey['state'] | undefined;
  readonly atCallee: EdgeKey['state'] | undefined;
  /** The two ends hold different secrets under this id; `secret` is the callee's. */
  readonly differs: boolean;
}

/** Both ends of an edge. */
export interface EdgeEnds {
  readonly caller: KeyDocument;
  readonly callee: KeyDocument;
  /** Every key that either end holds. */
  readonly keys: readonly SharedKey[];
}

/** Lists the edges that the documents of a folder name, at either end. */
export function edgesOf(folder: Folder): readonly EdgeName[] {
  const names = new Map<string, EdgeName>();
  for (const { service, calls, accepts } of folder.values()) {
    for (const callee of Object.keys(calls)) names.set(`${service} ${callee}`, { caller: service, callee });
    for (const caller of Object.keys(accepts)) names.set(`${caller} ${service}`, { caller, callee: service });
  }
  return [...names.values()];
}

/** Reads both ends of an edge. @throws KeyCommandError when there is no such edge */
export function readEnds(folder: Folder, edge: EdgeName): EdgeEnds {
  const caller = documentOf(folder, edge.caller);
  const callee = documentOf(folder, edge.callee);
  const calls = caller.calls[edge.callee] ?? [];
  const accepts = callee.accepts[edge.caller] ?? [];
  if (calls.length + accepts.length === 0) {
    throw new KeyCommandError(
      `${edge.caller} holds no key to call ${edge.callee}: pnpm keys status shows what there is`,
    );
  }
  const kids = new Set([...accepts, ...calls].map(({ kid }) => kid));
  const keys = [...kids].map((kid): SharedKey => {
    const here = calls.find((key) => key.kid === kid);
    const there = accepts.find((key) => key.kid === kid);
    const secret = there?.secret ?? here?.secret ?? '';
    const differs = here !== undefined && here.secret !== secret;
    const rank = Math.max(...[here, there].map((key) => (key === undefined ? 0 : keyStates.indexOf(key.state))));
    return { kid, secret, state: keyStates[rank] ?? 'pending', atCaller: here?.state, atCallee: there?.state, differs };
  });
  return { caller, callee, keys };
}

/** Returns the caller's document with other keys for an edge; with none, without the edge. */
export function withCalls(document: KeyDocument, callee: string, keys: readonly EdgeKey[]): KeyDocument {
  return { ...document, calls: withEdge(document.calls, callee, keys) };
}

/** Returns the callee's document with other keys for an edge; with none, without the edge. */
export function withAccepts(document: KeyDocument, caller: string, keys: readonly EdgeKey[]): KeyDocument {
  return { ...document, accepts: withEdge(document.accepts, caller, keys) };
}

function withEdge(edges: KeyDocument['calls'], other: string, keys: readonly EdgeKey[]): KeyDocument['calls'] {
  const { [other]: _, ...rest } = edges;
  return keys.length === 0
    ? rest
    : { ...edges, [other]: keys.map(({ kid, secret, state }) => ({ kid, secret, state })) };
}
