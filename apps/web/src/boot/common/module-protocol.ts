import type { ModuleResult, ModuleService } from "@cloudos/abi";

/** A core asks the module service, over a port of their own. */
type Question = { readonly request: number; readonly moduleId: number };
type Answer =
  | { readonly type: "progress"; readonly request: number; readonly text: string }
  | { readonly type: "result"; readonly request: number; readonly result: ModuleResult };

/** Answers the questions that arrive on `port`. */
export function serveModules(service: ModuleService, port: MessagePort): void {
  const answer = (message: Answer) => port.postMessage(message);
  port.onmessage = async ({ data }: MessageEvent<Question>) => {
    const { request, moduleId } = data;
    const result = await service.get(moduleId, (text) => answer({ type: "progress", request, text }));
    answer({ type: "result", request, result });
  };
}

interface Pending {
  readonly moduleId: number;
  readonly onProgress: (text: string) => void;
  readonly resolve: (result: ModuleResult) => void;
}

/** The module service at the other end of a port. */
export class RemoteModuleService implements ModuleService {
  readonly #port: MessagePort;
  readonly #pending = new Map<number, Pending>();
  #lastRequest = 0;

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<Answer>) => {
      const pending = this.#pending.get(data.request);
      if (data.type === "progress") {
        pending?.onProgress(data.text);
        return;
      }
      this.#pending.delete(data.request);
      pending?.resolve(data.result);
    };
  }

  get(moduleId: number, onProgress: (text: string) => void): Promise<ModuleResult> {
    return new Promise((resolve) => {
      const request = ++this.#lastRequest;
      this.#pending.set(request, { moduleId, onProgress, resolve });
      this.#port.postMessage({ request, moduleId } satisfies Question);
    });
  }

  /**
   * The service is dead: what it did not answer, `successor` is asked. It may know: its answers to EXEC can be here before
   * its port is. Of modules that only the dead one knew it says EIO.
   */
  abandon(successor: ModuleService): void {
    this.#port.close();
    for (const { moduleId, onProgress, resolve } of this.#pending.values()) {
      void successor.get(moduleId, onProgress).then(resolve);
    }
    this.#pending.clear();
  }
}
