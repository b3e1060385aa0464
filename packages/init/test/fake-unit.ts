import {
  DEFAULT_BACKOFF,
  type LaunchContext,
  type ServiceEnd,
  type ServiceInstance,
  type ServiceSpec,
  type ServiceUnit,
} from "@cloudos/abi/service";

export const spec = (name: string, change: Partial<ServiceSpec> = {}): ServiceSpec => ({
  name,
  description: `The ${name} service`,
  needs: [],
  kind: "daemon",
  restart: "on-failure",
  backoff: DEFAULT_BACKOFF,
  stopTimeoutMs: 1000,
  essential: false,
  enabled: true,
  ...change,
});

/** A service whose lives the test ends. */
export class FakeUnit implements ServiceUnit {
  readonly spec: ServiceSpec;
  readonly events: string[];
  lives: { readonly end: (end: ServiceEnd) => void; readonly context: LaunchContext }[] = [];
  /** What the next launches do; default: succeed. */
  onLaunch: ((context: LaunchContext) => Promise<void>) | undefined;
  /** Whether `stop` is heeded. */
  obedient = true;
  check: (() => Promise<void>) | undefined;

  constructor(name: string, change: Partial<ServiceSpec> = {}, events: string[] = []) {
    this.spec = spec(name, change);
    this.events = events;
  }

  async launch(context: LaunchContext): Promise<ServiceInstance> {
    this.events.push(`launch ${this.spec.name}`);
    await this.onLaunch?.(context);
    const { promise: ended, resolve: end } = Promise.withResolvers<ServiceEnd>();
    this.lives.push({ end, context });
    return {
      identity: `life ${this.lives.length}`,
      ended,
      stop: () => {
        this.events.push(`stop ${this.spec.name}`);
        if (this.obedient) end({ ok: true, text: "exited with status 0" });
      },
      kill: () => {
        this.events.push(`kill ${this.spec.name}`);
        end({ ok: false, text: "killed by signal 9" });
      },
      ...(this.check && { check: this.check }),
    };
  }

  crash(text = "exited with status 1"): void {
    this.lives.at(-1)!.end({ ok: false, text });
  }

  finish(): void {
    this.lives.at(-1)!.end({ ok: true, text: "exited with status 0" });
  }
}
