import type { Machine, Notice, ServiceStatus } from "@cloudos/abi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planBoot } from "../../apps/web/src/boot/common/plan.ts";
import type { Platform, StartServices } from "../../apps/web/src/boot/common/platform.ts";
import { bootSmp } from "../../apps/web/src/boot/common/smp-machine.ts";
import { bootUp } from "../../apps/web/src/boot/common/up-machine.ts";
import { bootForTest, CONFIGURATIONS, exited, type Finished, launch, run } from "./harness.ts";
import { nodePlatform } from "./node-platform.ts";
import { startNodeServices } from "./node-services.ts";

const encoder = new TextEncoder();

/** A service of the machine's own directory: waits until it is told to end. */
const SLEEPER = "description = Sleeps\nexec = sleep 100000\nrestart = always\nbackoff = 10ms\nattempts = 50\n";

/**
 * Every service is ended at each of these moments, several times in a row. A script runs meanwhile; whatever it was doing must end
 * in success or an error, and nothing else may notice.
 */
const MOMENTS: readonly { readonly name: string; readonly script: string }[] = [
  { name: "idle", script: "echo go; sleep 0.2" },
  { name: "reading", script: "echo go; i=0; while [ $i -lt 60 ]; do cat /bin/sh > /dev/null; i=$((i+1)); done" },
  {
    name: "writing",
    script: "echo go; i=0; while [ $i -lt 60 ]; do seq 1 2000 > /home/user/w$((i % 5)); i=$((i+1)); done; sync",
  },
  { name: "spawning", script: "echo go; i=0; while [ $i -lt 60 ]; do /bin/true; i=$((i+1)); done" },
  {
    name: "renaming",
    script:
      "echo go; i=0; while [ $i -lt 60 ]; do echo $i > /tmp/a; mv /tmp/a /tmp/b; mkdir /tmp/d; rmdir /tmp/d; i=$((i+1)); done",
  },
  {
    name: "reading devices",
    script: "echo go; i=0; while [ $i -lt 60 ]; do head -c 10 /dev/kmsg; i=$((i+1)); done >/dev/null",
  },
];

describe.each(CONFIGURATIONS)("services ended at any moment: $name", ({ options }) => {
  let machine: Machine;
  const notices: Notice[] = [];

  beforeAll(async () => {
    machine = await bootForTest({ ...options, onNotice: (notice) => notices.push(notice) });
    await machine.files.mkdir("/etc/services.d", { recursive: true });
    await machine.files.writeFile("/etc/services.d/sleeper.conf", encoder.encode(SLEEPER));
    expect((await svc("reload")).status).toEqual(exited(0));
    await started("sleeper");
  });
  afterAll(() => machine.shutdown());

  const svc = (...argv: string[]): Promise<Finished> => run(machine, ["svc", ...argv]);
  const service = async (name: string): Promise<ServiceStatus> => {
    const found = (await machine.services()).find(({ spec }) => spec.name === name);
    if (!found) throw new Error(`There is no service "${name}"`);
    return found;
  };
  const started = async (name: string) => {
    while ((await service(name)).state !== "running") await new Promise((resolve) => setImmediate(resolve));
  };

  for (const target of ["vfs", "sleeper"]) {
    it.each(MOMENTS)(`${target}, while a program is $name`, async ({ script }) => {
      const bystander = await launch(machine, ["cat"]);
      const before = await service(target);
      const busy = await launch(machine, ["sh", "-c", script]);
      await busy.printed("go");
      for (let kill = 0; kill < 3; kill++) await machine.killService(target);
      const status = await busy.process.exited;
      expect(status.kind).toBe("exited");
      const after = await service(target);
      expect(after.state).toBe("running");
      expect(after.restarts).toBe(before.restarts + 3);
      // Nothing else died.
      for (const { spec, state } of await machine.services()) {
        if (spec.enabled) expect(`${spec.name} ${state}`).toBe(`${spec.name} running`);
      }
      await bystander.process.writeStdin(encoder.encode("untouched"));
      await bystander.process.closeStdin();
      expect(await bystander.process.exited).toEqual(exited(0));
      expect(bystander.stdout()).toBe("untouched");
      expect((await run(machine, ["sh", "-c", "echo alive > /tmp/x && cat /tmp/x"])).stdout).toBe("alive\n");
    });
  }

  it("vfs, while it is being restarted", async () => {
    await Promise.all([machine.killService("vfs"), machine.killService("vfs"), machine.killService("vfs")]);
    expect((await service("vfs")).state).toBe("running");
    expect((await run(machine, ["echo", "alive"])).stdout).toBe("alive\n");
  });

  it("host calls under way end or fail with EIO, those made meanwhile wait or fail with EIO", async () => {
    const calls: Promise<unknown>[] = [];
    for (let call = 0; call < 20; call++) calls.push(machine.files.writeFile(`/tmp/h${call}`, encoder.encode("x")));
    const killed = machine.killService("vfs");
    for (let call = 20; call < 40; call++) calls.push(machine.files.stat("/etc/passwd"));
    for (const result of await Promise.allSettled(calls)) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ name: "FileError", errno: 29 });
    }
    await killed;
    expect((await machine.files.stat("/etc/passwd")).type).toBe("file");
  });
});

describe.each(["UP", "SMP"] as const)("a file service that does not come back, %s", (mode) => {
  let diskIsGone = false;
  const options = {
    mode: mode === "UP" ? "up" : "smp",
    disk: { kind: "memory", name: "node" },
    osUrl: new URL("../../build/", import.meta.url).href,
  } as const;
  /** Workers that do not load while the disk is gone. */
  const platform: Platform = {
    ...nodePlatform,
    spawnWorker: (kind, name) =>
      kind === "services" && diskIsGone
        ? {
            port: new MessageChannel().port1,
            failed: Promise.resolve("the disk is gone"),
            terminate: () => undefined,
          }
        : nodePlatform.spawnWorker(kind, name),
  };
  const start: StartServices = (...parts) =>
    diskIsGone ? Promise.reject(new Error("the disk is gone")) : startNodeServices(...parts);

  it("leaves errors behind, not waits, and may come back after all", async () => {
    const machine =
      mode === "UP"
        ? await bootUp(await planBoot(options, nodePlatform, "up", 1), start, options)
        : await bootSmp(platform, 2, options);
    const shell = await launch(machine, ["sh"]);
    const say = (text: string) => shell.process.writeStdin(encoder.encode(`${text}\n`));
    await say("echo ready");
    await shell.printed("ready");
    await machine.files.sync();
    diskIsGone = true;
    const killed = machine.killService("vfs");
    await say("cat /etc/passwd; echo status $?");
    await shell.printed("status");
    await killed;
    expect((await machine.services())[0]).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("the disk is gone"),
    });
    expect(shell.stdout()).not.toContain("status 0");
    await expect(machine.files.readFile("/etc/passwd")).rejects.toMatchObject({ name: "FileError", errno: 29 });
    diskIsGone = false;
    await machine.startService("vfs");
    await say("cat /etc/hostname; echo again $?");
    await shell.printed("again");
    expect(shell.stdout()).toContain("cloudos\nagain 0");
    await shell.process.kill(9);
    await machine.shutdown();
  });
});

describe("svc", () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await bootForTest({ mode: "smp", cores: 2, services: true });
  });
  afterAll(() => machine.shutdown());
  const svc = (...argv: string[]): Promise<Finished> => run(machine, ["svc", ...argv]);
  const declare = async (name: string, text: string) => {
    await machine.files.writeFile(`/etc/services.d/${name}.conf`, encoder.encode(text));
    return svc("reload");
  };
  const state = async (name: string) => (await machine.services()).find(({ spec }) => spec.name === name)?.state;
  const reaches = async (name: string, wanted: string) => {
    while ((await state(name)) !== wanted) await new Promise((resolve) => setImmediate(resolve));
  };

  it("lists what runs, with pid or worker, uptime and restarts", async () => {
    await reaches("logd", "running");
    const { stdout } = await svc();
    expect(stdout).toMatch(/^NAME +STATE +RUNS AS +UP +RESTARTS +WHAT IT DOES$/m);
    expect(stdout).toMatch(/^vfs +running +worker +\S.* 0 +Files, program modules and mounts$/m);
    expect(stdout).toMatch(/^logd +running +pid \d+ +\S.* 0 +Keeps the log in \/var\/log\/messages$/m);
  });

  it("stops, starts and restarts; a pid is the process's", async () => {
    expect((await svc("stop", "logd")).status).toEqual(exited(0));
    expect(await state("logd")).toBe("stopped");
    expect((await svc("status", "logd")).status).toEqual(exited(3));
    expect((await svc("start", "logd")).status).toEqual(exited(0));
    const pid = /pid (\d+)/.exec((await svc("status", "logd")).stdout)?.[1];
    expect((await run(machine, ["cat", `/proc/${pid}/comm`])).stdout).toBe("logd\n");
    expect((await svc("restart", "logd")).status).toEqual(exited(0));
    expect((await svc("status", "logd")).stdout).not.toContain(`pid ${pid}\n`);
  });

  it("a service killed by anyone comes back; its log says how it ended", async () => {
    await reaches("logd", "running");
    const pid = /pid (\d+)/.exec((await svc("status", "logd")).stdout)?.[1];
    await run(machine, ["kill", "-9", pid!]);
    while (!(await svc("log", "logd")).stdout.includes("killed by signal 9\n"));
    await reaches("logd", "running");
    expect((await svc("status", "logd")).stdout).toMatch(/^Last end: +killed by signal 9$/m);
  });

  it("gives up after failures in a row, with the reason, and can be started again", async () => {
    const text = "exec = sh -c 'echo cannot work; exit 7'\nbackoff = 1ms\nattempts = 3\n";
    expect((await declare("broken", text)).status).toEqual(exited(0));
    await reaches("broken", "failed");
    const { stdout } = await svc("status", "broken");
    expect(stdout).toMatch(/^Last end: +given up after 4 failures: exited with status 7$/m);
    expect(stdout).toContain("cannot work");
    const again = await svc("start", "broken");
    // A daemon runs as soon as its process does.
    expect(again.status.kind).toBe("exited");
    await reaches("broken", "failed");
    expect(await state("vfs")).toBe("running");
  });

  it("a service whose check fails is restarted", async () => {
    await run(machine, ["touch", "/tmp/well"]);
    await declare(
      "checked",
      "exec = sleep 100000\ncheck = test -e /tmp/well\ncheck-every = 20ms\nbackoff = 1ms\nattempts = 100000\n",
    );
    await reaches("checked", "running");
    await run(machine, ["rm", "/tmp/well"]);
    while (!(await svc("log", "checked")).stdout.includes("health check failed"));
    expect((await svc("stop", "checked")).status).toEqual(exited(0));
  });

  it("a check that hangs ends its service and does not stay behind", async () => {
    const text =
      "exec = sleep 100000\ncheck = sleep 77777\ncheck-every = 10ms\ncheck-timeout = 30ms\nbackoff = 1ms\nattempts = 100000\n";
    await declare("hung", text);
    while (!(await svc("log", "hung")).stdout.includes("no answer within 30 ms"));
    expect((await svc("stop", "hung")).status).toEqual(exited(0));
    const left = () => run(machine, ["sh", "-c", "cat /proc/*/cmdline | tr '\\0' '\\n' | grep -c 7777[7]"]);
    while ((await left()).stdout !== "0\n");
    await machine.files.remove("/etc/services.d/hung.conf");
  });

  it("starts what is needed first and stops it last", async () => {
    await declare("base", "exec = sleep 100000\nenabled = no\n");
    await declare("top", "exec = sleep 100000\nneeds = vfs base\nenabled = no\n");
    expect((await svc("start", "top")).status).toEqual(exited(0));
    expect(await state("base")).toBe("running");
    expect((await svc("stop", "base")).status).toEqual(exited(0));
    expect(await state("top")).toBe("stopped");
  });

  it("names a cycle and a line that is wrong, and goes on with the others", async () => {
    const cycle = await declare("loop", "exec = true\nneeds = loop\n");
    expect(cycle.status).toEqual(exited(1));
    expect(cycle.stderr).toContain("loop -> loop");
    await machine.files.remove("/etc/services.d/loop.conf");
    const wrong = await declare("wrong", "exec = true\nrestart = perhaps\n");
    expect(wrong.stderr).toContain('/etc/services.d/wrong.conf:2: "perhaps" is none of always, on-failure, never');
    await machine.files.remove("/etc/services.d/wrong.conf");
    expect(await state("vfs")).toBe("running");
  });

  it("refuses to stop what the machine stands on, and unknown names", async () => {
    const stop = await svc("stop", "vfs");
    expect(stop.status).toEqual(exited(1));
    expect(stop.stderr).toContain("It can be restarted");
    expect((await svc("restart", "vfs")).status).toEqual(exited(0));
    expect((await svc("start", "ghost")).stderr).toBe('svc: There is no service "ghost"\n');
    expect((await svc("dance")).status).toEqual(exited(2));
  });

  it("log -f follows until it is ended", async () => {
    await declare("ticker", "exec = sh -c 'while read x < /dev/null; :; do echo tick; sleep 0.05; done'\n");
    const follower = await launch(machine, ["svc", "log", "ticker", "-f"]);
    while (follower.stdout().split("tick\n").length < 4) await new Promise((resolve) => setImmediate(resolve));
    await follower.process.kill(2);
    expect((await follower.process.exited).kind).toBe("signaled");
    await svc("stop", "ticker");
  });

  it("logd keeps the log, once each line, across its own death and the file service's", async () => {
    await reaches("logd", "running");
    await machine.killService("logd");
    await machine.killService("vfs");
    await reaches("logd", "running");
    const count = () => run(machine, ["sh", "-c", "cat /var/log/messages | grep -c 'kernel booted'"]);
    let counted = await count();
    while (counted.stdout === "0\n") counted = await count();
    expect(counted.stdout).toBe("1\n");
    expect((await run(machine, ["head", "-n", "1", "/var/log/messages"])).stdout).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d info /,
    );
  });

  it("logd starts a new file when one is full, and keeps as many as told", async () => {
    await svc("stop", "logd");
    const script = "rm -f /tmp/.logd-mark; timeout 1 logd -o /tmp/log -s 1 -k 2; ls /tmp/log*; wc -c < /tmp/log";
    const rotated = await run(machine, ["sh", "-c", script]);
    expect(rotated.stdout).toMatch(/^\/tmp\/log\n\/tmp\/log\.1\n/);
    await svc("start", "logd");
  });
});
