import { errnoName, errnoText } from "./errno-text.ts";

/** A failed file operation. `errno` is the WASI number. */
export class FsError extends Error {
  readonly errno: number;
  constructor(errno: number, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "FsError";
    this.errno = errno;
  }
}

/**
 * One error object per number: an ENOENT is an everyday answer (a PATH search, a module search path), and
 * capturing a stack for each costs more than the whole look-up.
 */
const everyday = new Map<number, FsError>();

export function fail(errno: number): never {
  let error = everyday.get(errno);
  if (error === undefined) {
    error = new FsError(errno, `${errnoText(errno)} (${errnoName(errno)})`);
    everyday.set(errno, error);
  }
  throw error;
}

/**
 * Thrown by a synchronous operation that needs something not yet in memory. File system operations look first and
 * change afterwards, so nothing has happened: wait for `ready`, then run the operation again from the start. This keeps every
 * operation atomic without locks, and costs no promise when everything is in memory.
 */
export class Miss {
  readonly ready: Promise<unknown>;
  constructor(ready: Promise<unknown>) {
    this.ready = ready;
  }
}

/** Runs a restartable operation to its end. */
export async function settle<T>(operation: () => T): Promise<Awaited<T>> {
  for (;;) {
    try {
      return operation() as Awaited<T>;
    } catch (thrown) {
      if (!(thrown instanceof Miss)) throw thrown;
      await thrown.ready;
    }
  }
}
