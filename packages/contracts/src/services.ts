/** The services there are: the names in `iss` and `aud`. */
export const services = ['user', 'product', 'order'] as const;
export type ServiceName = (typeof services)[number];

/** The one service that signs access tokens. */
export const issuerService = 'user' satisfies ServiceName;
