/** The open resources, in the order in which they were opened. */
export interface Closers {
  add(close: () => void | Promise<void>): void;
  /** Closes everything, the last opened first. After a failure the others are closed as well, and the first failure is thrown. */
  closeAll(): Promise<void>;
}

/** Creates an empty list. */
export function createClosers(): Closers {
  const open: (() => void | Promise<void>)[] = [];
  return {
    add: (close) => open.push(close),
    closeAll: async () => {
      const failures: unknown[] = [];
      for (let close = open.pop(); close; close = open.pop()) {
        try {
          await close();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
