import type { Machine } from "@cloudos/abi";
import { framebufferDriver } from "@cloudos/hal-wasm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LOOPBACK_NODE, LoopbackDriver } from "../../packages/hal-wasm/test/loopback-driver.ts";
import { bootForTest, CONFIGURATIONS, exited, launch, run } from "./harness.ts";

const encoder = new TextEncoder();

describe.each(CONFIGURATIONS)("devices: $name", ({ options }) => {
  let machine: Machine;
  let driver: LoopbackDriver;

  beforeAll(async () => {
    machine = await bootForTest(options);
    driver = new LoopbackDriver();
    machine.hardware.addDriver(driver);
    machine.hardware.plug(LOOPBACK_NODE);
    await machine.hardware.settled();
  });
  afterAll(() => machine.shutdown());

  const sh = (script: string, stdin = "") => run(machine, ["sh", "-c", script], { stdin });
  /** Resolves once `count` programs have the source open. */
  const opened = async (count: number) => {
    while (driver.readers.size !== count) await new Promise((resolve) => setImmediate(resolve));
  };
  const writing = async () => {
    while (driver.writers === 0) await new Promise((resolve) => setImmediate(resolve));
  };
  const replugged = async () => {
    machine.hardware.unplug(LOOPBACK_NODE.path);
    machine.hardware.plug(LOOPBACK_NODE);
    await machine.hardware.settled();
  };

  it("lists its files as character devices with fit permissions", async () => {
    const listed = await sh("ls -l /dev/loop0-in /dev/loop0-out | cut -c1-10");
    expect(listed.stdout).toBe("c-w--w--w-\ncr--r--r--\n");
  });

  it("a program reads what another writes, in order and whole", async () => {
    const reader = await launch(machine, ["sh", "-c", "head -c 1048576 /dev/loop0-out | cksum"]);
    await opened(1);
    const writer = await sh("seq 1 200000 | head -c 1048576 > /dev/loop0-in");
    expect(writer.status).toEqual(exited(0));
    await reader.process.exited;
    expect(reader.stdout()).toBe((await sh("seq 1 200000 | head -c 1048576 | cksum")).stdout);
    await opened(0);
  });

  it("everyone who has it open gets a copy", async () => {
    const readers = await Promise.all([1, 2, 3].map(() => launch(machine, ["head", "-n", "1", "/dev/loop0-out"])));
    await opened(3);
    driver.send(encoder.encode("to all\n"));
    for (const { process } of readers) expect(await process.exited).toEqual(exited(0));
    expect(readers.map(({ stdout }) => stdout())).toEqual(["to all\n", "to all\n", "to all\n"]);
  });

  it("removed while a program waits in read: it gets ENODEV and ends", async () => {
    const reader = await launch(machine, ["cat", "/dev/loop0-out"]);
    await opened(1);
    await replugged();
    expect(await reader.process.exited).toEqual(exited(1));
    expect(reader.stderr()).toContain("No such device");
  });

  it("removed while a program waits in write: it gets ENODEV and ends", async () => {
    // A reader that does not read fills everything between the two.
    const holder = await launch(machine, ["sh", "-c", "exec 3< /dev/loop0-out; echo open; sleep 1000"]);
    await holder.printed("open\n");
    await opened(1);
    const writer = await launch(machine, ["sh", "-c", "yes > /dev/loop0-in"]);
    await writing();
    const before = driver.removals;
    await replugged();
    expect(driver.removals).toBe(before + 1);
    expect((await writer.process.exited).kind).toBe("exited");
    expect(writer.stderr()).toMatch(/No such device/);
    await holder.process.kill(9);
    await holder.process.exited;
  });

  it("a program that is killed closes its device", async () => {
    const reader = await launch(machine, ["cat", "/dev/loop0-out"]);
    await opened(1);
    await reader.process.kill(9);
    await opened(0);
  });

  it("a name without hardware behind it is not there", async () => {
    machine.hardware.unplug(LOOPBACK_NODE.path);
    await machine.hardware.settled();
    const missing = await sh("cat /dev/loop0-out");
    expect(missing.stderr).toContain("No such file or directory");
    machine.hardware.plug(LOOPBACK_NODE);
    await machine.hardware.settled();
  });

  it("opening for the wrong direction is refused", async () => {
    expect((await sh("echo x > /dev/loop0-out")).stderr).toMatch(/Permission denied/);
    expect((await sh("cat /dev/loop0-in")).stderr).toMatch(/Permission denied/);
  });

  it("more opens than there are rings for devices end in an error and leave terminals their own", async () => {
    const script =
      'i=10; while [ $i -lt 400 ]; do eval "exec $i< /dev/loop0-out" || exit 9; i=$((i+1)); done 2>/dev/null; echo never';
    const greedy = await run(machine, ["sh", "-c", script]);
    expect(greedy.stdout).toBe("");
    const terminal = await machine.openTerminal(80, 24, { argv: ["/bin/true"] });
    expect(await terminal.exited).toEqual(exited(0));
    await opened(0);
  });

  it("devices outlive a file service that is killed", async () => {
    const reader = await launch(machine, [
      "sh",
      "-c",
      "cat /dev/loop0-out & read x < /dev/loop0-out; echo got $x; kill $!",
    ]);
    await opened(2);
    await machine.killService("vfs");
    driver.send(encoder.encode("over\n"));
    await reader.process.exited;
    expect(reader.stdout()).toContain("got over");
    const again = await launch(machine, ["head", "-n", "1", "/dev/loop0-out"]);
    await opened(1);
    driver.send(encoder.encode("new service\n"));
    await again.process.exited;
    expect(again.stdout()).toBe("new service\n");
  });

  it("hw shows the tree, one node in full, and JSON", async () => {
    const tree = (await sh("hw")).stdout;
    expect(tree).toMatch(/^cpus +okay +\d+ of \d+ cores/m);
    expect(tree).toMatch(/^ {2}cpu0 +okay/m);
    expect(tree).toMatch(/^gpu +absent +This machine runs in Node/m);
    expect(tree).toMatch(/^loopback +okay +\/dev\/loop0-out,\/dev\/loop0-in$/m);
    expect((await sh("hw loopback")).stdout).toBe(
      [
        "/loopback",
        "  compatible         test,loopback",
        "  status             okay",
        "  permission         none",
        "  driver             loopback",
        "  files              /dev/loop0-out,/dev/loop0-in",
        "  lines              1",
        "  probed             true",
        "",
      ].join("\n"),
    );
    const nodes = JSON.parse((await sh("hw -j")).stdout) as { path: string; status: string }[];
    expect(nodes.find(({ path }) => path === "/memory")?.status).toBe("okay");
    expect((await sh("hw /nothing/here")).status).toEqual(exited(1));
  });

  it("/sys has a directory for each node", async () => {
    const read = await sh("cat /sys/devices/loopback/status /sys/devices/usb/reason; ls /sys/devices/cpus/cpu0");
    expect(read.stdout).toBe(
      "okay\nThis machine runs in Node, without a page.\ncompatible\nenable-method\npermission\nreg\nstatus\n",
    );
    machine.hardware.unplug(LOOPBACK_NODE.path);
    await machine.hardware.settled();
    expect((await sh("ls -d /sys/devices/loopback")).status.kind).toBe("exited");
    expect((await sh("test -e /sys/devices/loopback")).status).toEqual(exited(1));
    machine.hardware.plug(LOOPBACK_NODE);
    await machine.hardware.settled();
  });

  it("a region is memory of its own size, and outlives the file service", async () => {
    machine.hardware.addDriver(framebufferDriver);
    machine.hardware.plug({ ...LOOPBACK_NODE, path: "/display", compatible: ["cloudos,framebuffer"] });
    await machine.hardware.settled();
    expect((await sh("wc -c < /dev/fb0")).stdout).toBe("3145728\n");
    expect((await sh("head -c 3000000 /dev/fb0 | cksum; head -c 3000000 /dev/zero | cksum")).stdout).toMatch(
      /^(\S+) (\S+)\n\1 \2\n$/,
    );
    expect((await sh("printf there | dd of=/dev/fb0 bs=1 seek=5000 conv=notrunc 2>/dev/null")).status).toEqual(
      exited(0),
    );
    const read = "dd if=/dev/fb0 bs=1 skip=5000 count=5 2>/dev/null";
    expect((await sh(read)).stdout).toBe("there");
    await machine.killService("vfs");
    expect((await sh(read)).stdout).toBe("there");
    expect((await sh("wc -c < /dev/fb0")).stdout).toBe("3145728\n");
  });

  it("a region that is removed is gone, its memory with it, whoever had it open", async () => {
    const holder = await launch(machine, [
      "sh",
      "-c",
      "exec 3<> /dev/fb0; echo open; read x; echo late >&3; cat <&3 | wc -c",
    ]);
    await holder.printed("open\n");
    machine.hardware.unplug("/display");
    await machine.hardware.settled();
    expect((await sh("test -e /dev/fb0")).status).toEqual(exited(1));
    await holder.process.writeStdin(encoder.encode("go\n"));
    // What it had open is a file without a name now: reads and writes end, however they end.
    expect((await holder.process.exited).kind).toBe("exited");
    machine.hardware.plug({ ...LOOPBACK_NODE, path: "/display", compatible: ["cloudos,framebuffer"] });
    await machine.hardware.settled();
    expect((await sh("head -c 6000 /dev/fb0 | tr -d '\\0' | wc -c")).stdout).toBe("0\n");
  });

  it("/dev/kmsg has the log from the start of the boot", async () => {
    const log = await sh("grep -m 1 'kernel booted' /dev/kmsg");
    expect(log.stdout).toMatch(/^6,\d+,\d+,-;kernel booted/);
  });
});
