import vm from 'node:vm';

/** V8's code cache by file name, and the code that it belongs to. */
const cached = new Map<string, { readonly code: string; readonly data: Buffer }>();

/**
 * Makes `vm.compileFunction` use V8's code cache within this process. Jest compiles every module again for every test file;
 * with the cache a module is parsed once in a worker. To be called once.
 */
export function cacheCompiledModules(): void {
  const compile = vm.compileFunction;
  vm.compileFunction = (code, params, options = {}) => {
    const { filename = '' } = options;
    const known = cached.get(filename);
    if (known?.code === code) return compile(code, params, { ...options, cachedData: known.data });
    const compiled = compile(code, params, { ...options, produceCachedData: true });
    if (compiled.cachedData !== undefined) cached.set(filename, { code, data: compiled.cachedData });
    return compiled;
  };
}
