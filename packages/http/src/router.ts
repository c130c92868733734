import { Router } from 'express';

/** A router that takes paths literally, as the app does: `/Orders` and `/orders/` are not `/orders`. */
export function createRouter(): Router {
  return Router({ caseSensitive: true, strict: true });
}
