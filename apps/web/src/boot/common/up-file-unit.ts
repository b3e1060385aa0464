import {
  type DeviceTable,
  EIO,
  FileError,
  type HostFiles,
  type LaunchContext,
  type ModuleService,
  type Notice,
  type ServiceEnd,
  type ServiceInstance,
  type ServiceUnit,
} from "@cloudos/abi";
import type { RegionNodes } from "@cloudos/fs-cloudfs";
import { FILE_SERVICE } from "./file-unit.ts";
import type { Services } from "./services.ts";

/** UP mode's file service: each life is an object on this thread, dropped and made anew as a worker is ended and started. */
export class UpFileUnit implements ServiceUnit {
  // On this thread a service that does not answer would not let its keeper ask either.
  readonly spec = (({ health: _, ...spec }) => spec)(FILE_SERVICE);
  readonly #make: (generation: number) => Promise<Services>;
  readonly #onNotice: (notice: Notice) => void;
  readonly #refuse: () => () => void;
  /** Ends what answers in place of a service that was given up. */
  #standIn: () => void = () => undefined;
  #current: Services | undefined;
  #devices: DeviceTable = { entries: [], nodes: [] };
  #lastEnd = "";
  #failure = "it is being restarted";
  readonly files: HostFiles;
  /** Cores get their modules from the new life. */
  onModules: (modules: ModuleService) => void = () => undefined;

  /** `refuse` answers requests with EIO until what it returns is called (refuse-files.ts). */
  constructor(
    make: (generation: number) => Promise<Services>,
    onNotice: (notice: Notice) => void,
    refuse: () => () => void,
  ) {
    this.#make = make;
    this.#refuse = refuse;
    this.#onNotice = onNotice;
    this.files = new Proxy({} as HostFiles, {
      get: (_target, method) => (method === "then" ? undefined : this.#call(method as keyof HostFiles)),
    });
  }

  async launch({ generation, signal }: LaunchContext): Promise<ServiceInstance> {
    this.#standIn();
    const services = await this.#make(generation);
    if (signal.aborted) {
      await services.abandon();
      throw new Error("It was ended while it started");
    }
    this.#current = services;
    this.#failure = "it is being restarted";
    services.setDevices(this.#devices);
    this.onModules(services.modules);
    if (generation > 0) {
      const text = `The file service was restarted because ${this.#lastEnd || "it did not start"}.`;
      this.#onNotice({ code: "service-restarted", text });
    }
    const { promise: ended, resolve } = Promise.withResolvers<ServiceEnd>();
    const end = (why: string) => {
      if (this.#current !== services) return;
      this.#current = undefined;
      this.#lastEnd = why;
      const text = () => resolve({ ok: false, text: why });
      services.abandon().then(text, text);
    };
    services.served.catch((error: unknown) => {
      end(`it failed: ${error instanceof Error ? error.message : String(error)}`);
    });
    return { identity: "this thread", ended, stop: () => end("it was stopped"), kill: () => end("it was killed") };
  }

  async setDevices(table: DeviceTable): Promise<RegionNodes> {
    this.#devices = table;
    return this.#current?.setDevices(table) ?? {};
  }

  givenUp(reason: string): void {
    this.#failure = reason;
    this.#standIn = this.#refuse();
    this.#onNotice({ code: "disk-lost", text: `The file service does not start any more. ${reason}` });
  }

  async shutdown(): Promise<void> {
    const last = this.#current;
    this.#current = undefined;
    await last?.stop();
  }

  #call(method: keyof HostFiles) {
    return async (...args: unknown[]) => {
      if (!this.#current) throw new FileError(EIO, `Cannot reach the file service: ${this.#failure}`);
      const { files } = this.#current;
      const call = files[method] as (...args: unknown[]) => Promise<unknown>;
      return call.apply(files, args);
    };
  }
}
