import { EIO, FileError, type HostFiles } from "@cloudos/abi";
import * as Comlink from "comlink";

/**
 * `HostFiles` over whichever services worker is alive. A call under way when the worker dies rejects with EIO; one made
 * while it restarts waits for the next.
 */
export class RelayedFiles {
  #remote = Promise.withResolvers<Comlink.Remote<HostFiles>>();
  #lost = Promise.withResolvers<never>();
  #attached = false;
  #failed = false;
  readonly files: HostFiles;

  constructor() {
    this.#lost.promise.catch(() => undefined);
    this.files = new Proxy({} as HostFiles, {
      get: (_target, method) => (method === "then" ? undefined : this.#call(method as keyof HostFiles)),
    });
  }

  attach(port: MessagePort): void {
    this.#attached = true;
    this.#remote.resolve(Comlink.wrap<HostFiles>(port));
  }

  /** The worker behind the port is gone. Calls that wait for one go on waiting. */
  detach(): void {
    if (!this.#attached) return;
    this.#attached = false;
    this.#lost.reject(new FileError(EIO, "Cannot finish the file operation: the file service was restarted meanwhile"));
    this.#remote = Promise.withResolvers();
    this.#lost = Promise.withResolvers();
    this.#lost.promise.catch(() => undefined);
  }

  /** No worker will come any more. */
  fail(reason: string): void {
    this.#remote.reject(new FileError(EIO, `Cannot reach the file service: ${reason}`));
    this.#remote.promise.catch(() => undefined);
    this.#failed = true;
  }

  /** One may come after all. */
  renew(): void {
    if (!this.#failed) return;
    this.#failed = false;
    this.#remote = Promise.withResolvers();
  }

  #call(method: keyof HostFiles) {
    return async (...args: unknown[]) => {
      const lost = this.#lost.promise;
      const remote = await this.#remote.promise;
      const call = remote[method] as unknown as (...args: unknown[]) => Promise<unknown>;
      return Promise.race([call(...args), lost]);
    };
  }
}
