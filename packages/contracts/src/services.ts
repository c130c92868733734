/** The services there are: the names in `iss` and `aud`. */
export const services = ['user', 'product', 'order'] as const;
export type ServiceName = (typeof services)[number];

/** The one service that signs access tokens. */
export const issuerService = 'user' satisfies ServiceName;

/** The browser's door to them: it keeps sessions, calls no operation, and no token is meant for it. */
export const gateway = 'gateway';

/** All that runs as a process of its own, each with a key document of its own. */
export const apps = [...services, gateway] as const;
export type AppName = (typeof apps)[number];
