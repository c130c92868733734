/** The public routes of the gateway's own. The routes of the services behind it are in their definitions. */
export { sessionRoutes as routes } from './sessions/session-routes.ts';
