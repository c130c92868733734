/**
 * The value of NODE_OPTIONS for a service in production. What the environment says comes last, and wins. New objects get 4 MB
 * of memory where Node would take 16: under load a service takes less memory; requests a second stay within the noise.
 */
export const nodeOptions = (env) => `--max-semi-space-size=4 ${env.NODE_OPTIONS ?? ''}`.trim();
