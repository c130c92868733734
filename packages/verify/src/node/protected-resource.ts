import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  protectedResource as createProtectedResource,
  isForMetadata,
  type ProtectedResource,
  type ProtectedResourceOptions,
} from '../http/protected-resource.ts';
import { send } from './send.ts';

/** A handler that answers the requests that are for it, and returns whether it did. */
export type MetadataHandler = (req: IncomingMessage, res: ServerResponse) => boolean;

/** An API with its metadata: a handler that serves it. */
export type ServedResource = MetadataHandler & ProtectedResource;

/**
 * Creates a handler that serves the metadata of an API (RFC 9728). Call it first in each request, and pass it to the guard
 * as `protectedResource`: every challenge then has the URL of the metadata.
 *
 * @throws TypeError naming the option that is wrong
 */
export function protectedResource(options: ProtectedResourceOptions): ServedResource {
  const resource = createProtectedResource(options);
  return Object.assign(createMetadataHandler(resource), resource);
}

/** Creates the handler of the metadata. A cache may keep the document for an hour (RFC 9728 §7.10). */
export function createMetadataHandler(resource: ProtectedResource): MetadataHandler {
  const { document } = resource;
  const headers = {
    'Cache-Control': 'max-age=3600',
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(document)),
  };
  return (req, res) => {
    if (!isForMetadata(resource, { method: req.method, target: targetOf(req) })) return false;
    send(res, { status: 200, headers, body: document });
    return true;
  };
}

/** Returns the target as received: Express cuts the path of a mounted app off `url`. */
function targetOf(req: IncomingMessage & { readonly originalUrl?: string }): string | undefined {
  return req.originalUrl ?? req.url;
}
