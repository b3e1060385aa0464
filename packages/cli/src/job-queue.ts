import type { IncomingMessage, ServerResponse } from "node:http";
import type { ExecBooted, ExecBootFailed, ExecConfig, ExecExit, ExecJob } from "@cloudos/abi/exec-protocol";
import type { Job } from "./arguments.ts";
import { applyPack, packHostPath } from "./host-tree.ts";

/** What becomes of a job's bytes and end. */
export interface JobSink {
  /** The bytes to type; called when the page asks. */
  stdin(job: Job, to: ServerResponse): void;
  /** Resolves when more may come. */
  output(job: Job, descriptor: 1 | 2, chunk: Buffer): Promise<void>;
  exit(job: Job, exit: ExecExit): void;
}

export interface JobQueueOptions {
  readonly token: string;
  readonly config: ExecConfig;
  readonly jobs: readonly Job[];
  readonly syncBack: boolean;
  readonly memoryMiB: number | null;
  readonly sink: JobSink;
  readonly onBooted: (result: ExecBooted | ExecBootFailed) => void;
  readonly onDone: () => void;
}

/** The command's end of exec-protocol.ts: answers the page's requests. */
export class JobQueue {
  readonly #options: JobQueueOptions;
  #next = 0;

  constructor(options: JobQueueOptions) {
    this.#options = options;
  }

  /** For `SiteOptions.intercept`. */
  readonly intercept = (request: IncomingMessage, response: ServerResponse): boolean => {
    const prefix = `/__host/${this.#options.token}/`;
    if (request.url === undefined || !request.url.startsWith(prefix)) return false;
    const [verb = "", id = "", which = ""] = request.url.slice(prefix.length).split("/").map(decodeURIComponent);
    this.#answer(`${request.method} ${verb}`, id, which, request, response).catch((error: unknown) => {
      process.stderr.write(`cloudos: ${error instanceof Error ? error.message : String(error)}\n`);
      response.statusCode = 500;
      response.end();
    });
    return true;
  };

  async #answer(
    what: string,
    id: string,
    which: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { config, sink, syncBack } = this.#options;
    response.setHeader("Cache-Control", "no-store");
    switch (what) {
      case "GET config":
        return void response.end(JSON.stringify(config));
      case "POST booted":
        this.#options.onBooted(JSON.parse((await body(request)).toString()) as ExecBooted | ExecBootFailed);
        break;
      case "GET next":
        return void response.end(JSON.stringify(this.#take()));
      case "GET mount":
        return void response.end(packHostPath(this.#mount(id, which)));
      case "PUT mount": {
        const pack = await body(request);
        if (syncBack) applyPack(this.#mount(id, which), pack);
        break;
      }
      case "GET stdin":
        return sink.stdin(this.#job(id), response);
      case "POST out":
        await sink.output(this.#job(id), which === "2" ? 2 : 1, await body(request));
        break;
      case "POST exit":
        sink.exit(this.#job(id), JSON.parse((await body(request)).toString()) as ExecExit);
        break;
      case "POST log":
        process.stderr.write(`${(await body(request)).toString()}\n`);
        break;
      case "POST done":
        this.#options.onDone();
        break;
      default:
        response.statusCode = 404;
    }
    response.end();
  }

  #take(): ExecJob | null {
    const job = this.#options.jobs[this.#next];
    if (job === undefined) return null;
    this.#next++;
    return {
      id: String(this.#next - 1), // Ids in a batch may repeat; positions do not.
      argv: job.argv,
      environment: job.environment,
      env: job.env,
      cwd: job.cwd,
      mounts: job.mounts.map(({ guest }) => ({ guest })),
      syncBack: this.#options.syncBack,
      preopens: job.preopens,
      memoryMiB: this.#options.memoryMiB,
      timeoutMs: job.timeoutS === null ? null : job.timeoutS * 1000,
      stdin: job.stdin !== "",
    };
  }

  #job(position: string): Job {
    const job = this.#options.jobs[Number(position)];
    if (job === undefined) throw new RangeError(`The page named job ${position}, which does not exist`);
    return job;
  }

  #mount(position: string, which: string): string {
    const mount = this.#job(position).mounts[Number(which)];
    if (mount === undefined) throw new RangeError(`The page named mount ${which}, which does not exist`);
    return mount.host;
  }
}

async function body(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
