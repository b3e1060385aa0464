import type { ModuleResult, ModuleService } from "@cloudos/abi";

/** Compiled modules this core has seen. Module objects are shared between workers; the cache only saves the question. */
const CAPACITY = 512;

/** The core's cache in front of the module service. Failures are not kept: a download may succeed the next time. */
export class ModuleCache {
  readonly #modules = new Map<number, ModuleResult>();
  #service: ModuleService | undefined;
  /** Asked while no service was attached. */
  #waiting: ((service: ModuleService) => void)[] = [];

  /** A (new) module service: its ids are its own, so what an earlier one answered is void. */
  attach(service: ModuleService): void {
    this.#modules.clear();
    this.#service = service;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume(service);
  }

  peek(moduleId: number): ModuleResult | undefined {
    return this.#modules.get(moduleId);
  }

  async get(moduleId: number, onProgress: (text: string) => void): Promise<ModuleResult> {
    const service =
      this.#service ??
      (await new Promise<ModuleService>((resolve) => {
        this.#waiting.push(resolve);
      }));
    const result = await service.get(moduleId, onProgress);
    if (result.ok && service === this.#service) {
      if (this.#modules.size >= CAPACITY) this.#modules.delete(this.#modules.keys().next().value!);
      this.#modules.set(moduleId, result);
    }
    return result;
  }
}
