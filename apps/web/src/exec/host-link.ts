import type { ExecBooted, ExecBootFailed, ExecConfig, ExecExit, ExecJob } from "@cloudos/abi";

/** The page's end of exec-protocol.ts. Every method rejects when the command is gone. */
export class HostLink {
  readonly #base: string;

  constructor(token: string) {
    this.#base = new URL(`/__host/${token}/`, location.href).href;
  }

  config(): Promise<ExecConfig> {
    return this.#json("config");
  }
  next(): Promise<ExecJob | null> {
    return this.#json("next");
  }
  booted(result: ExecBooted | ExecBootFailed): Promise<void> {
    return this.#send("POST", "booted", JSON.stringify(result));
  }
  async mount(job: string, index: number): Promise<Uint8Array> {
    const response = await this.#get(`mount/${encodeURIComponent(job)}/${index}`);
    return new Uint8Array(await response.arrayBuffer());
  }
  putMount(job: string, index: number, pack: Uint8Array<ArrayBuffer>): Promise<void> {
    return this.#send("PUT", `mount/${encodeURIComponent(job)}/${index}`, pack);
  }
  async stdin(job: string): Promise<ReadableStream<Uint8Array>> {
    const response = await this.#get(`stdin/${encodeURIComponent(job)}`);
    return response.body ?? new Blob().stream();
  }
  output(job: string, descriptor: 1 | 2, chunk: Uint8Array): Promise<void> {
    return this.#send("POST", `out/${encodeURIComponent(job)}/${descriptor}`, new Uint8Array(chunk));
  }
  exit(job: string, exit: ExecExit): Promise<void> {
    return this.#send("POST", `exit/${encodeURIComponent(job)}`, JSON.stringify(exit));
  }
  log(text: string): Promise<void> {
    return this.#send("POST", "log", text);
  }
  done(): Promise<void> {
    return this.#send("POST", "done", "");
  }

  async #json<T>(path: string): Promise<T> {
    return (await this.#get(path)).json() as Promise<T>;
  }
  async #get(path: string): Promise<Response> {
    const response = await fetch(this.#base + path);
    if (!response.ok) throw new Error(`The command answered ${response.status} to ${path}`);
    return response;
  }
  async #send(method: "POST" | "PUT", path: string, body: BodyInit): Promise<void> {
    const response = await fetch(this.#base + path, { method, body });
    if (!response.ok) throw new Error(`The command answered ${response.status} to ${path}`);
    await response.arrayBuffer(); // Frees the connection for the next request.
  }
}
