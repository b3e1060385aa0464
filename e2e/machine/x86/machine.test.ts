import { MACHINE_PORT_WINDOW, type MachineConfig, type MachineEvent, type MachineRequest } from "@cloudos/abi";
import { afterEach, describe, expect, it } from "vitest";
import { compileEmulator } from "../../../images/lib/builder.ts";
import { Guest } from "../../../images/lib/guest.ts";
import {
  EthernetSwitch,
  type MachineWorkerHandle,
  SupervisedMachine,
  serveMachine,
} from "../../../packages/hal-wasm/src/machine/index.ts";
import { busybox, busyboxKernel, busyboxState, hasBusybox, whyNot } from "./busybox.ts";

const emulator = compileEmulator();
const running: { stop(): void }[] = [];
afterEach(() => {
  for (const machine of running.splice(0)) machine.stop();
});

async function restored(state = busyboxState()): Promise<Guest> {
  const guest = await Guest.start({ emulator, hardware: busybox().hardware, boot: { kind: "state", state } });
  running.push(guest.machine);
  return guest;
}

/** A worker without a thread: its end of a channel is served here. */
function localWorker(): MachineWorkerHandle {
  const { port1, port2 } = new MessageChannel();
  serveMachine({
    set onmessage(handler: ((event: MessageEvent<MachineRequest>) => void) | null) {
      port2.onmessage = handler;
    },
    get onmessage() {
      return null;
    },
    postMessage: (event: MachineEvent, transfer) => port2.postMessage(event, transfer),
  });
  const handle: MachineWorkerHandle = {
    onmessage: null,
    onerror: null,
    postMessage: (message, transfer) => port1.postMessage(message, transfer),
    terminate: () => port1.close(),
  };
  port1.onmessage = (event) => handle.onmessage?.(event);
  return handle;
}

function config(changes: Partial<MachineConfig> = {}): MachineConfig {
  return {
    name: "test",
    emulator,
    hardware: busybox().hardware,
    boot: { kind: "state", state: busyboxState() },
    disk: null,
    cdrom: null,
    mac: Uint8Array.of(2, 0, 0, 0, 0, 1),
    canvas: null,
    ports: { console: null, agent: null, serial: null, nineP: null, network: null, audio: null },
    cpuShare: 1,
    ...changes,
  };
}

describe.skipIf(!hasBusybox)(`a machine (${whyNot})`, () => {
  it("restores a shell that goes on", async () => {
    const guest = await restored();
    guest.type("echo $((6 * 7))-ok\n");
    await guest.until("the shell's answer", 30, () => guest.console.includes("42-ok"));
  });

  it("boots a kernel without a BIOS, with no error of our devices in its log", async () => {
    const guest = await Guest.start({ emulator, hardware: busybox().hardware, boot: busyboxKernel() });
    running.push(guest.machine);
    await guest.until("a prompt", 400, () => guest.console.includes("# "));
    await guest.hello(30);
    const { stdout } = await guest.exec(["dmesg"]);
    expect(stdout).toContain("Linux version 6.1");
    const ours = stdout.split("\n").filter((line) => /virtio|9p|hvc|IRQ|PCI.*(fail|error)/i.test(line));
    expect(ours.filter((line) => /error|fail|timeout|nobody cared/i.test(line))).toEqual([]);
  }, 500_000);

  it("saves and goes on from what it saved", async () => {
    const first = await restored();
    first.type("marker=kept; echo set-$marker\n");
    await first.until("the echo", 30, () => first.console.includes("set-kept"));
    await first.hello(30);
    await first.exec(["sh", "-c", "echo file > /tmp/f"]);
    const second = await restored(await first.machine.save());
    second.type("echo $marker-$(cat /tmp/f)\n");
    await second.until("the variable", 30, () => second.console.includes("kept-file"));
  });

  it("loses no input however fast it comes", async () => {
    const guest = await restored();
    await guest.hello(30);
    const text = "0123456789abcdef".repeat(4096);
    const written = await guest.exec(["sh", "-c", "cat | md5sum"], 30, Buffer.from(text));
    const { createHash } = await import("node:crypto");
    expect(written.stdout).toBe(`${createHash("md5").update(text).digest("hex")}  -\n`);
  });

  it("says when the guest powers off", async () => {
    const guest = await restored();
    await guest.hello(30);
    guest.type("poweroff -f\n");
    await expect(guest.until("the end", 60, () => false)).rejects.toThrow("halted");
    expect(guest.machine.state).toBe("ended");
  });

  it("tells a kernel panic from a reset", async () => {
    const panic = await restored();
    panic.type("echo c > /proc/sysrq-trigger\n");
    await expect(panic.until("the end", 60, () => false)).rejects.toThrow("panicked: Kernel panic");
    const reset = await restored();
    reset.type("reboot -f\n");
    await expect(reset.until("the end", 60, () => false)).rejects.toThrow("rebooted");
  });

  it("keeps to its share of a core", async () => {
    const guest = await restored();
    guest.machine.cpuShare = 0.25;
    guest.type("while :; do :; done\n");
    await guest.until("two seconds of running", 60, () => {
      guest.tick();
      return guest.machine.stats().runningMs > 2000;
    });
    const { busyMs, runningMs } = guest.machine.stats();
    expect(busyMs / runningMs).toBeLessThan(0.4);
  });

  it("refuses states of other machines and damaged ones", async () => {
    const create = (state: ArrayBuffer, memoryMiB = 64) =>
      Guest.start({ emulator, hardware: { ...busybox().hardware, memoryMiB }, boot: { kind: "state", state } });
    await expect(create(busyboxState(), 128)).rejects.toMatchObject({ code: "state-mismatch" });
    await expect(create(busyboxState().slice(0, 1_000_000))).rejects.toMatchObject({ code: "state-corrupt" });
    await expect(create(new ArrayBuffer(8))).rejects.toMatchObject({ code: "state-corrupt" });
  });
});

describe.skipIf(!hasBusybox)(`two machines on one switch (${whyNot})`, () => {
  it("ping each other", async () => {
    const ethernet = new EthernetSwitch();
    const plugged = async () => {
      let guest: Guest | undefined;
      const port = ethernet.attach((frame) => guest?.machine.receiveFrame(frame.slice()));
      guest = await Guest.start({
        emulator,
        hardware: busybox().hardware,
        boot: { kind: "state", state: busyboxState() },
        onFrame: (frame) => port.send(frame),
      });
      running.push(guest.machine);
      await guest.hello(30);
      return guest;
    };
    const [one, two] = [await plugged(), await plugged()];
    for (const [index, guest] of [one, two].entries())
      await guest.exec([
        "sh",
        "-c",
        `ip link set eth0 address 02:00:00:00:00:0${index}; ip addr add 10.1.0.${index + 1}/24 dev eth0; ip link set eth0 up`,
      ]);
    const ping = await one.exec(["ping", "-c", "3", "-s", "1400", "10.1.0.2"]);
    expect(ping.stdout).toContain("3 packets transmitted, 3 packets received");
    expect(one.machine.stats().network[4]).toBe(0);
  });
});

describe.skipIf(!hasBusybox)(`a supervised machine (${whyNot})`, () => {
  it("runs over the worker's protocol", async () => {
    const console = new MessageChannel();
    const machine = await SupervisedMachine.create(
      localWorker(),
      config({ ports: { ...config().ports, console: console.port2 } }),
    );
    running.push(machine);
    let text = "";
    let room = MACHINE_PORT_WINDOW;
    const seen = new Promise<void>((resolve) => {
      console.port1.onmessage = ({ data }) => {
        if (data instanceof ArrayBuffer) text += new TextDecoder().decode(data);
        else room += data.room;
        if (text.includes("42-ok")) resolve();
      };
    });
    await machine.start();
    const input = new TextEncoder().encode("echo $((6 * 7))-ok\n");
    room -= input.length;
    console.port1.postMessage(input.buffer, [input.buffer]);
    await seen;
    expect(room).toBe(MACHINE_PORT_WINDOW);
    const stats = await machine.stats();
    expect(stats).toMatchObject({ state: "running", guestBytes: 64 * 2 ** 20 });
    const state = await machine.save();
    expect(state.byteLength).toBeGreaterThan(2 ** 20);
    machine.stop();
    await expect(machine.ended).resolves.toEqual({ reason: "stopped", message: "Stopped" });
    await expect(machine.stats()).rejects.toMatchObject({ code: "ended" });
    console.port1.close();
  });

  it("ends alone when its emulator fails", async () => {
    const machine = SupervisedMachine.create(
      localWorker(),
      config({ hardware: { ...busybox().hardware, memoryMiB: 4096 } }),
    );
    await expect(machine).rejects.toMatchObject({ code: "invalid" });
  });
});
