/** Returns the names of the wrong settings in a `ConfigError`; none for a valid configuration. */
export function wrongSettings(parse: () => unknown): string[] {
  try {
    parse();
    return [];
  } catch (error) {
    if (!isConfigError(error)) throw error;
    return error.settings.map(({ name }) => name);
  }
}

/** Recognises a ConfigError by its members: the launcher imports no package of the apps. */
function isConfigError(error: unknown): error is Error & { readonly settings: readonly { readonly name: string }[] } {
  return error instanceof Error && error.name === 'ConfigError' && 'settings' in error && Array.isArray(error.settings);
}
