/** Returns the names of the settings in the `ConfigError` of a configuration; none when it was accepted. */
export function wrongSettings(parse: () => unknown): string[] {
  try {
    parse();
    return [];
  } catch (error) {
    if (!isConfigError(error)) throw error;
    return error.settings.map(({ name }) => name);
  }
}

/** Checks by structure, since the testkit does not import the package of the error's class. */
function isConfigError(error: unknown): error is Error & { readonly settings: readonly { readonly name: string }[] } {
  return error instanceof Error && error.name === 'ConfigError' && 'settings' in error && Array.isArray(error.settings);
}
