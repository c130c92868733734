/** The names of all services, in `iss` and `aud` as well. */
export const services = ['user', 'product', 'order'] as const;
export type ServiceName = (typeof services)[number];

/** The service that signs access tokens. */
export const issuerService = 'user' satisfies ServiceName;

/** The app that browsers talk to: keeps sessions, calls no operation, and is the audience of no token. */
export const gateway = 'gateway';

/** All apps: each runs as its own process, with its own key document. */
export const apps = [...services, gateway] as const;
export type AppName = (typeof apps)[number];
