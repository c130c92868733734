import vm from 'node:vm';

/** V8's code cache by file name, and the code that it belongs to. */
const cached = new Map<string, { readonly code: string; readonly data: Buffer }>();

/** The key for the global object of the worker, which has no context for Node. */
export const workerContext = vm.createContext();

/**
 * Makes `vm.compileFunction` use V8's code cache within this process, and compile for the worker's own global object. Jest
 * compiles test files and their modules for a separate context, where each look-up of a global costs many times as much.
 * Must be called once.
 */
export function cacheCompiledModules(): void {
  const compile = vm.compileFunction;
  vm.compileFunction = (code, params, { parsingContext, ...rest } = {}) => {
    const options = parsingContext === workerContext ? rest : { ...rest, parsingContext };
    const { filename = '' } = options;
    const known = cached.get(filename);
    if (known?.code === code) return compile(code, params, { ...options, cachedData: known.data });
    const compiled = compile(code, params, { ...options, produceCachedData: true });
    if (compiled.cachedData !== undefined) cached.set(filename, { code, data: compiled.cachedData });
    return compiled;
  };
}
