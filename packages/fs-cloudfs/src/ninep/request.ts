import type { NinePServer } from "./server.ts";
import type { MessageReader } from "./wire.ts";

export type Reply = Uint8Array<ArrayBuffer>;

/** A request while it is carried out. */
export interface Request {
  readonly type: number;
  readonly tag: number;
  /** Its fields after the tag. */
  readonly fields: MessageReader;
}

/**
 * Carries out a request and builds its reply. Throws FsError or LinuxError; throws Malformed or Miss before anything changed, and in
 * the latter case is called again with fresh fields. What is at hand is answered without a promise.
 */
export type Handler = (server: NinePServer, request: Request) => Reply | Promise<Reply>;

/** An error that WASI has no number for. */
export class LinuxError extends Error {
  readonly errno: number;
  constructor(errno: number, message: string) {
    super(message);
    this.name = "LinuxError";
    this.errno = errno;
  }
}
