/**
 * Services: what keeps running behind the programs a person starts. Declared as data, started in the order of what they need,
 * started again when they die. A service is a worker of the machine (the file service) or a program (declared in
 * /etc/services.d). packages/init keeps them; `svc` shows them.
 */

export type RestartPolicy = "always" | "on-failure" | "never";

export interface ServiceSpec {
  /** Lower-case letters, digits, "-" and "_"; starts with a letter. */
  readonly name: string;
  readonly description: string;
  /** Services that must run before this one is started. They may die and come back later without this one being touched. */
  readonly needs: readonly string[];
  /** "oneshot": its end with status 0 means it has done its work. */
  readonly kind: "daemon" | "oneshot";
  readonly restart: RestartPolicy;
  readonly backoff: ServiceBackoff;
  /** A running instance is asked whether it is well; one that does not answer in time is killed. */
  readonly health?: { readonly intervalMs: number; readonly timeoutMs: number };
  /** From the request to stop to the end by force. */
  readonly stopTimeoutMs: number;
  /** The machine cannot run without it: it can be restarted, not stopped. */
  readonly essential: boolean;
  /** Started with the machine. */
  readonly enabled: boolean;
}

/** Waits before the n-th restart in a row: `firstMs`, doubled each time, at most `maxMs`. */
export interface ServiceBackoff {
  readonly firstMs: number;
  readonly maxMs: number;
  /** Failures in a row after which it is given up. */
  readonly attempts: number;
  /** An instance that ran this long starts the count anew. */
  readonly healthyMs: number;
}

export const DEFAULT_BACKOFF: ServiceBackoff = { firstMs: 100, maxMs: 10_000, attempts: 5, healthyMs: 10_000 };
export const DEFAULT_STOP_TIMEOUT_MS = 5000;

/** How an instance ended. `ok`: as it should, by its own account. */
export interface ServiceEnd {
  readonly ok: boolean;
  /** "exited with status 1", "killed by signal 9", "its worker failed: ..." */
  readonly text: string;
}

/** One life of a service. */
export interface ServiceInstance {
  /** What to show: "pid 12", "worker". */
  readonly identity: string;
  /** Resolves when it ended, however it did. Never rejects. */
  readonly ended: Promise<ServiceEnd>;
  /** Asks it to end; `ended` resolves some time after, or never: then `kill` follows. */
  stop(): void;
  /** Ends it at once, whatever it is doing; `ended` resolves. */
  kill(): void;
  /** Resolves when it is well; rejects with what is wrong. */
  check?(): Promise<void>;
}

export interface LaunchContext {
  /** Lives before this one. */
  readonly generation: number;
  /** A line for the service's log. */
  readonly log: (text: string) => void;
  /** Aborted when nobody wants the instance any more: the launch gives up, rejecting. */
  readonly signal: AbortSignal;
}

/** Starts lives of one service. */
export interface ServiceUnit {
  readonly spec: ServiceSpec;
  /** Rejects when it cannot be started; then nothing of it is left. */
  launch(context: LaunchContext): Promise<ServiceInstance>;
}

/**
 * stopped   not asked to run                     waiting   for a service it needs
 * starting  launch under way                     running
 * backoff   died; will be started again          stopping
 * done      ended well and is not to run again   failed    given up: `reason` says why
 */
export type ServiceState = "stopped" | "waiting" | "starting" | "running" | "backoff" | "stopping" | "done" | "failed";

export interface ServiceStatus {
  readonly spec: ServiceSpec;
  readonly state: ServiceState;
  /** Of the running instance. */
  readonly identity?: string;
  /** Milliseconds since the instance was started. */
  readonly uptimeMs?: number;
  /** Lives after the first. */
  readonly restarts: number;
  /** How the last life ended, or why there is none. */
  readonly reason?: string;
}

export interface ServiceLogLine {
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
  readonly text: string;
}

/** What the page, `svc` and tests may ask of init. Unknown names and refusals reject with ServiceError. */
export interface Services {
  list(): readonly ServiceStatus[];
  status(name: string): ServiceStatus;
  /** Adds a unit; it is started if it is enabled and the machine is up. Replaces a stopped unit of the same name. */
  add(unit: ServiceUnit): void;
  /** Resolves when it runs (a oneshot: has run). */
  start(name: string): Promise<void>;
  /** Stops it and what needs it. */
  stop(name: string): Promise<void>;
  restart(name: string): Promise<void>;
  /** Ends the instance at once, as a crash would; its policy decides what follows. Resolves when it runs again or will not. */
  kill(name: string): Promise<void>;
  log(name: string): readonly ServiceLogLine[];
  /** Lines from now on, of one service or (undefined) all. Returns how to stop. */
  follow(name: string | undefined, listener: (name: string, line: ServiceLogLine) => void): () => void;
}

export class ServiceError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ServiceError";
  }
}
