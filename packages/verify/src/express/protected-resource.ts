import type { RequestHandler } from 'express';
import {
  protectedResource as createProtectedResource,
  type ProtectedResource,
  type ProtectedResourceOptions,
} from '../http/protected-resource.ts';
import { createMetadataHandler } from '../node/protected-resource.ts';

/** An API with its metadata: middleware that serves it. */
export type ServedResource = RequestHandler & ProtectedResource;

/**
 * Creates middleware that serves the metadata of an API (RFC 9728). Mount it at the root, before any guard, and pass it to
 * `refusals` as `protectedResource`: every challenge then has the URL of the metadata.
 *
 * @throws TypeError naming the option that is wrong
 */
export function protectedResource(options: ProtectedResourceOptions): ServedResource {
  const resource = createProtectedResource(options);
  const serve = createMetadataHandler(resource);
  const handler: RequestHandler = (req, res, next) => {
    if (!serve(req, res)) next();
  };
  return Object.assign(handler, resource);
}
