/** The names of the settings that a configuration was refused for, by its `ConfigError`; none when it was taken. */
export function wrongSettings(parse: () => unknown): string[] {
  try {
    parse();
    return [];
  } catch (error) {
    if (!isConfigError(error)) throw error;
    return error.settings.map(({ name }) => name);
  }
}

/** By what it is: the launcher, which this is a part of, knows no package of the apps. */
function isConfigError(error: unknown): error is Error & { readonly settings: readonly { readonly name: string }[] } {
  return error instanceof Error && error.name === 'ConfigError' && 'settings' in error && Array.isArray(error.settings);
}
