import type { ModuleResult, ModuleService } from "@cloudos/abi";
import { EIO } from "@cloudos/abi";

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
  readonly onProgress: (text: string) => void;
  readonly resolve: (result: ModuleResult) => void;
}

/** The module service at the other end of a port. After `abandon` every question is answered with EIO. */
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
      this.#pending.set(request, { onProgress, resolve });
      this.#port.postMessage({ request, moduleId } satisfies Question);
    });
  }

  abandon(): void {
    this.#port.close();
    for (const { resolve } of this.#pending.values()) {
      resolve({ ok: false, errno: EIO, message: "Cannot load the program: the file service was restarted meanwhile" });
    }
    this.#pending.clear();
  }
}
