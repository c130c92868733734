/** All services: the names in `iss` and `aud`. */
export const services = ['user', 'product', 'order'] as const;
export type ServiceName = (typeof services)[number];

/** The service that signs access tokens. */
export const issuerService = 'user' satisfies ServiceName;

/** The gateway for browsers. It has sessions, calls no operation, and is the audience of no token. */
export const gateway = 'gateway';

/** All processes: the services and the gateway, each with its own key document. */
export const apps = [...services, gateway] as const;
export type AppName = (typeof apps)[number];
