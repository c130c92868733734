import { Router } from 'express';

/** Creates a router that matches paths literally, as the app does: `/Orders` and `/orders/` are not `/orders`. */
export function createRouter(): Router {
  return Router({ caseSensitive: true, strict: true });
}
