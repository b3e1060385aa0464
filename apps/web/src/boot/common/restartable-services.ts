import { EIO, FileError, type HostFiles, type ModuleService, type Notice } from "@cloudos/abi";
import type { Services } from "./services.ts";

/** UP mode's services: an object on this thread that can be dropped and made anew, as a worker can be killed. */
export class RestartableServices {
  readonly #make: (generation: number) => Promise<Services>;
  readonly #onNotice: (notice: Notice) => void;
  #current: Services | undefined;
  #generation = 0;
  readonly files: HostFiles;
  onRestart: () => void = () => undefined;

  constructor(make: (generation: number) => Promise<Services>, onNotice: (notice: Notice) => void) {
    this.#make = make;
    this.#onNotice = onNotice;
    this.files = new Proxy({} as HostFiles, {
      get: (_target, method) => (method === "then" ? undefined : this.#call(method as keyof HostFiles)),
    });
  }

  get modules(): ModuleService {
    return this.#running().modules;
  }

  async start(): Promise<void> {
    this.#current = await this.#make(this.#generation++);
  }

  async restart(reason: string): Promise<void> {
    await this.#current?.abandon();
    this.#current = undefined;
    await this.start();
    this.onRestart();
    this.#onNotice({ code: "service-restarted", text: `The file service was restarted because ${reason}.` });
  }

  async stop(): Promise<void> {
    await this.#current?.stop();
  }

  #call(method: keyof HostFiles) {
    return async (...args: unknown[]) => {
      const { files } = this.#running();
      const call = files[method] as (...args: unknown[]) => Promise<unknown>;
      return call.apply(files, args);
    };
  }

  #running(): Services {
    if (this.#current) return this.#current;
    throw new FileError(EIO, "Cannot reach the file service: it is being restarted");
  }
}
