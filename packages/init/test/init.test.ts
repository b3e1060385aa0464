import { describe, expect, it } from "vitest";
import { Init } from "../src/init.ts";
import { FakeUnit } from "./fake-unit.ts";
import { ManualTimers, settle } from "./manual-timers.ts";

function machine(...units: FakeUnit[]) {
  const timers = new ManualTimers();
  const init = new Init({ timers });
  for (const unit of units) init.add(unit);
  return { timers, init };
}

describe("starting", () => {
  it("starts what is needed first, everything once", async () => {
    const events: string[] = [];
    const a = new FakeUnit("a", { needs: ["b", "c"] }, events);
    const b = new FakeUnit("b", { needs: ["c"] }, events);
    const c = new FakeUnit("c", {}, events);
    const { init } = machine(a, b, c);
    await init.startAll();
    expect(events).toEqual(["launch c", "launch b", "launch a"]);
    expect(init.list().map(({ state }) => state)).toEqual(["running", "running", "running"]);
  });

  it("rejects a cycle, with its names, and starts nothing", () => {
    const events: string[] = [];
    const { init } = machine(
      new FakeUnit("a", { needs: ["b"] }, events),
      new FakeUnit("b", { needs: ["c"] }, events),
      new FakeUnit("c", { needs: ["a"] }, events),
      new FakeUnit("d", {}, events),
    );
    expect(() => init.startAll()).toThrow("a -> b -> c -> a");
    expect(events).toEqual([]);
  });

  it("refuses a service added later that closes a cycle, and keeps what there is", async () => {
    const { init } = machine(new FakeUnit("a", { enabled: false, needs: [] }));
    await init.startAll();
    expect(() => init.add(new FakeUnit("b", { needs: ["b"] }))).toThrow("b -> b");
    expect(init.list().map(({ spec: { name } }) => name)).toEqual(["a"]);
  });

  it("names a need that nobody declares", async () => {
    const { init } = machine(new FakeUnit("a", { needs: ["ghost"] }));
    expect(() => init.startAll()).toThrow('"a": it needs "ghost"');
  });

  it("leaves out what is not enabled, until someone needs or starts it", async () => {
    const off = new FakeUnit("off", { enabled: false });
    const user = new FakeUnit("user", { enabled: false, needs: ["off"] });
    const { init } = machine(off, user);
    await init.startAll();
    expect(off.lives).toHaveLength(0);
    await init.start("user");
    expect(off.lives).toHaveLength(1);
    expect(init.status("user").state).toBe("running");
  });

  it("does not start what needs a service that is given up, and says so", async () => {
    const base = new FakeUnit("base");
    base.onLaunch = () => Promise.reject(new Error("no such file"));
    const top = new FakeUnit("top", { needs: ["base"] });
    const { init, timers } = machine(base, top);
    const all = init.startAll();
    await timers.advance(60_000);
    await all;
    expect(init.status("base")).toMatchObject({ state: "failed", reason: expect.stringContaining("no such file") });
    expect(init.status("top").state).toBe("failed");
    expect(top.lives).toHaveLength(0);
  });

  it("brings up the first service or tells why not, without a second try", async () => {
    const disk = new FakeUnit("disk", { essential: true });
    const failure = new Error("the disk is busy");
    disk.onLaunch = () => Promise.reject(failure);
    const { init, timers } = machine(disk);
    await expect(init.bring("disk")).rejects.toBe(failure);
    await timers.advance(60_000);
    expect(disk.events).toEqual(["launch disk"]);
  });
});

describe("dying", () => {
  it("restarts with doubled waits and gives up with the reason", async () => {
    const unit = new FakeUnit("a", { backoff: { firstMs: 100, maxMs: 300, attempts: 4, healthyMs: 10_000 } });
    const { init, timers } = machine(unit);
    await init.startAll();
    const waits: number[] = [];
    for (let life = 0; life < 5; life++) {
      unit.crash(`exited with status ${life}`);
      await settle();
      waits.push(...timers.waiting);
      await timers.advance(300);
    }
    expect(waits).toEqual([100, 200, 300, 300]);
    expect(init.status("a")).toMatchObject({ state: "failed", restarts: 4 });
    expect(init.status("a").reason).toBe("given up after 5 failures: exited with status 4");
    expect(init.log("a").at(-1)?.text).toContain("given up");
  });

  it("counts anew after a life that was long enough", async () => {
    const unit = new FakeUnit("a", { backoff: { firstMs: 100, maxMs: 1000, attempts: 2, healthyMs: 10_000 } });
    const { init, timers } = machine(unit);
    await init.startAll();
    for (let life = 0; life < 10; life++) {
      await timers.advance(10_000);
      unit.crash();
      await timers.advance(100);
      expect(init.status("a").state).toBe("running");
    }
  });

  it("leaves those that need it alone", async () => {
    const base = new FakeUnit("base");
    const top = new FakeUnit("top", { needs: ["base"] });
    const { init, timers } = machine(base, top);
    await init.startAll();
    base.crash();
    await timers.advance(1000);
    expect(base.lives).toHaveLength(2);
    expect(top.lives).toHaveLength(1);
    expect(init.status("top").state).toBe("running");
  });

  it("a kill is answered when the service runs again", async () => {
    const unit = new FakeUnit("a");
    const { init, timers } = machine(unit);
    await init.startAll();
    const killed = init.kill("a");
    await timers.advance(100);
    await killed;
    expect(init.status("a")).toMatchObject({ state: "running", identity: "life 2", restarts: 1 });
  });

  it("kills on request never add up to giving up", async () => {
    const unit = new FakeUnit("a", { backoff: { firstMs: 1, maxMs: 100, attempts: 2, healthyMs: 10_000 } });
    const { init, timers } = machine(unit);
    await init.startAll();
    for (let kill = 0; kill < 20; kill++) {
      const killed = init.kill("a");
      await timers.advance(1);
      await killed;
    }
    expect(init.status("a")).toMatchObject({ state: "running", restarts: 20 });
  });

  it("one that was given up can be started again, also when the machine stands on it", async () => {
    const unit = new FakeUnit("vfs", {
      essential: true,
      backoff: { firstMs: 1, maxMs: 1, attempts: 1, healthyMs: 1000 },
    });
    const { init, timers } = machine(unit);
    await init.bring("vfs");
    for (let life = 0; life < 2; life++) {
      unit.crash();
      await timers.advance(1);
    }
    expect(init.status("vfs").state).toBe("failed");
    await init.restart("vfs");
    expect(init.status("vfs").state).toBe("running");
  });

  it("a kill while it starts aborts the launch and starts another", async () => {
    const unit = new FakeUnit("a");
    unit.onLaunch = ({ signal }) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => reject(new Error("ended while it started"))),
      );
    const { init, timers } = machine(unit);
    const started = init.start("a");
    await settle();
    unit.onLaunch = undefined;
    const killed = init.kill("a");
    await timers.advance(100);
    await Promise.all([killed, started]);
    expect(unit.events).toEqual(["launch a", "launch a"]);
    expect(init.status("a").state).toBe("running");
  });

  it.each([
    { restart: "never", end: "crash", state: "failed", lives: 1 },
    { restart: "never", end: "finish", state: "done", lives: 1 },
    { restart: "on-failure", end: "finish", state: "done", lives: 1 },
    { restart: "on-failure", end: "crash", state: "running", lives: 2 },
    { restart: "always", end: "finish", state: "running", lives: 2 },
  ] as const)("restart = $restart after $end: $state", async ({ restart, end, state, lives }) => {
    const unit = new FakeUnit("a", { restart });
    const { init, timers } = machine(unit);
    await init.startAll();
    unit[end]();
    await timers.advance(1000);
    expect(init.status("a").state).toBe(state);
    expect(unit.lives).toHaveLength(lives);
  });

  it("a oneshot has started when it is done", async () => {
    const once = new FakeUnit("once", { kind: "oneshot" });
    const after = new FakeUnit("after", { needs: ["once"] });
    const { init, timers } = machine(once, after);
    const all = init.startAll();
    await timers.advance(0);
    expect(after.lives).toHaveLength(0);
    once.finish();
    await all;
    expect(init.status("once").state).toBe("done");
    expect(after.lives).toHaveLength(1);
  });
});

describe("stopping", () => {
  it("stops what needs it first", async () => {
    const events: string[] = [];
    const { init } = machine(
      new FakeUnit("base", {}, events),
      new FakeUnit("mid", { needs: ["base"] }, events),
      new FakeUnit("top", { needs: ["mid"] }, events),
      new FakeUnit("other", {}, events),
    );
    await init.startAll();
    events.length = 0;
    await init.stop("base");
    expect(events).toEqual(["stop top", "stop mid", "stop base"]);
    expect(init.status("other").state).toBe("running");
  });

  it("kills what does not heed", async () => {
    const unit = new FakeUnit("deaf");
    unit.obedient = false;
    const { init, timers } = machine(unit);
    await init.startAll();
    const stopped = init.stop("deaf");
    await timers.advance(999);
    expect(init.status("deaf").state).toBe("stopping");
    await timers.advance(1);
    await stopped;
    expect(unit.events).toEqual(["launch deaf", "stop deaf", "kill deaf"]);
    expect(init.status("deaf").state).toBe("stopped");
  });

  it("a stop while it waits to be restarted stays stopped", async () => {
    const unit = new FakeUnit("a");
    const { init, timers } = machine(unit);
    await init.startAll();
    unit.crash();
    await settle();
    expect(init.status("a").state).toBe("backoff");
    await init.stop("a");
    await timers.advance(60_000);
    expect(unit.lives).toHaveLength(1);
    expect(init.status("a").state).toBe("stopped");
  });

  it("a stop while it starts leaves no instance behind", async () => {
    const unit = new FakeUnit("a");
    const gate = Promise.withResolvers<void>();
    unit.onLaunch = () => gate.promise;
    const { init } = machine(unit);
    const started = init.start("a").catch((error: Error) => error.message);
    await settle();
    await init.stop("a");
    gate.resolve();
    await settle();
    expect(unit.events).toEqual(["launch a", "kill a"]);
    expect(await started).toContain("does not run");
  });

  it("what the machine cannot run without is restarted, not stopped", async () => {
    const unit = new FakeUnit("vfs", { essential: true });
    const { init, timers } = machine(unit);
    await init.bring("vfs");
    await expect(init.stop("vfs")).rejects.toThrow("does not run without it");
    const restarted = init.restart("vfs");
    await timers.advance(1000);
    await restarted;
    expect(unit.lives).toHaveLength(2);
  });
});

describe("health", () => {
  const health = { intervalMs: 1000, timeoutMs: 200 };

  it("a service that does not answer is killed and restarted", async () => {
    const unit = new FakeUnit("a", { health });
    unit.check = () => new Promise(() => undefined);
    const { init, timers } = machine(unit);
    await init.startAll();
    await timers.advance(1200);
    expect(init.log("a").map(({ text }) => text)).toContain("health check failed: no answer within 200 ms");
    await timers.advance(100);
    expect(unit.lives).toHaveLength(2);
  });

  it("one that is well is asked again and again", async () => {
    let asked = 0;
    const unit = new FakeUnit("a", { health });
    unit.check = async () => {
      asked++;
    };
    const { init, timers } = machine(unit);
    await init.startAll();
    await timers.advance(5000);
    expect(asked).toBe(5);
    expect(unit.lives).toHaveLength(1);
  });

  it("an hour in which no timer ran is not held against it", async () => {
    const answers: (() => void)[] = [];
    const unit = new FakeUnit("a", { health });
    unit.check = () => new Promise((resolve) => answers.push(resolve));
    const { init, timers } = machine(unit);
    await init.startAll();
    await timers.advance(1000);
    timers.jump(3_600_000);
    await timers.advance(0);
    expect(init.status("a").state).toBe("running");
    answers[0]!();
    await timers.advance(500);
    expect(unit.lives).toHaveLength(1);
  });
});
