// For `node --import`: the service loads ./pass-through.mjs in place of @auth/service.
import { register } from 'node:module';

const hooks = `
const own = ${JSON.stringify(new URL('./pass-through.mjs', import.meta.url).href)};
const app = ${JSON.stringify(new URL('../../../apps/order/src/main.ts', import.meta.url).href)};
export function resolve(specifier, context, next) {
  if (specifier !== '@auth/service') return next(specifier, context);
  // The real package resolves from an app.
  if (context.parentURL?.startsWith(own)) return next(specifier, { ...context, parentURL: app });
  return { url: own, format: 'module', shortCircuit: true };
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
