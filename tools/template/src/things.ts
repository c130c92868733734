/** A thing of this service. */
export interface Thing {
  readonly id: string;
  readonly name: string;
}

export interface ThingStore {
  find(id: string): Promise<Thing | undefined>;
}

export interface Things {
  /** @throws ThingError `thing_not_found` */
  get(id: string): Promise<Thing>;
}

export type ThingErrorCode = 'thing_not_found';

/** The only error class that the rules of this service throw. */
export class ThingError extends Error {
  override readonly name = 'ThingError';
  readonly code: ThingErrorCode;

  constructor(code: ThingErrorCode) {
    super(code);
    this.code = code;
  }
}

/** Creates the rules of things. */
export function createThings({ store }: { store: ThingStore }): Things {
  return {
    async get(id) {
      const thing = await store.find(id);
      if (thing === undefined) throw new ThingError('thing_not_found');
      return thing;
    },
  };
}
