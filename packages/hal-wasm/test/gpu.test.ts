import { describe, expect, it } from "vitest";
import { type GpuBuffer, GpuBuffers, type GpuDevice } from "../src/devices/gpu/buffers.ts";
import { gpuDriver } from "../src/devices/gpu/gpu-driver.ts";
import { MemoryDevicePort } from "../src/devices/memory-port.ts";
import { DeviceRegistry } from "../src/devices/registry.ts";
import { describeDriver } from "./describe-driver.ts";

class FakeBuffer implements GpuBuffer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  destroyed = false;
  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }
  get size() {
    return this.bytes.length;
  }
  async mapAsync() {}
  getMappedRange() {
    return this.bytes.buffer;
  }
  unmap() {}
  destroy() {
    this.destroyed = true;
  }
}

/** A device that keeps its memory here; `corrupt` turns a byte. */
class FakeDevice implements GpuDevice {
  readonly buffers: FakeBuffer[] = [];
  destroyed = false;
  readonly lost = new Promise<never>(() => undefined);
  readonly queue: GpuDevice["queue"];
  constructor(corrupt = false) {
    this.queue = {
      writeBuffer: (buffer, offset, data) => {
        (buffer as FakeBuffer).bytes.set(data, offset);
        if (corrupt) (buffer as FakeBuffer).bytes[77]! ^= 1;
      },
      submit: (commands) => {
        for (const command of commands) (command as () => void)();
      },
    };
  }
  createBuffer({ size }: { size: number }) {
    const buffer = new FakeBuffer(size);
    this.buffers.push(buffer);
    return buffer;
  }
  createCommandEncoder() {
    let copy: () => void = () => undefined;
    return {
      copyBufferToBuffer: (from: GpuBuffer, at: number, to: GpuBuffer, toAt: number, size: number) => {
        copy = () => (to as FakeBuffer).bytes.set((from as FakeBuffer).bytes.subarray(at, at + size), toAt);
      },
      finish: () => copy,
    };
  }
  destroy() {
    this.destroyed = true;
  }
}

const NODE = {
  path: "/gpu",
  compatible: ["w3c,webgpu"],
  status: "okay" as const,
  permission: "none" as const,
  properties: {},
};

describeDriver("gpu", () => ({ driver: gpuDriver(async () => new FakeDevice()), node: NODE }));

async function readGpu(device: FakeDevice | null): Promise<string> {
  const port = new MemoryDevicePort();
  const registry = new DeviceRegistry(port);
  registry.addDriver(
    gpuDriver(
      async () => device,
      () => 0,
    ),
  );
  registry.plug(NODE);
  await registry.settled();
  return new TextDecoder().decode(await port.open("gpu0").read());
}

describe("/dev/gpu0", () => {
  it("sends bytes through the graphics memory and lets go of everything", async () => {
    const device = new FakeDevice();
    expect(await readGpu(device)).toBe("ok: 1048576 bytes there, copied and back in 0.0 ms\n");
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(device.destroyed).toBe(true);
    expect(device.buffers.every(({ destroyed }) => destroyed)).toBe(true);
  });

  it("tells of bytes that came back wrong, and of a device that is gone", async () => {
    expect(await readGpu(new FakeDevice(true))).toMatch(/^failed: byte 77 came back/);
    expect(await readGpu(null)).toBe("failed: The browser offers no graphics device any more.\n");
  });

  it("sizes that are no whole words are refused", () => {
    const buffers = new GpuBuffers(new FakeDevice());
    expect(() => buffers.create(6)).toThrow(RangeError);
    expect(() => buffers.create(0)).toThrow(RangeError);
    expect(buffers.count).toBe(0);
  });
});
