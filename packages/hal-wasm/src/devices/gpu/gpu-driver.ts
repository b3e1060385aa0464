import { type Device, DeviceError, type DeviceSession, type Driver } from "@cloudos/abi";
import { GpuBuffers, type GpuDevice } from "./buffers.ts";

/** Sent through the graphics memory by a look at /dev/gpu0. */
const TEST_BYTES = 1 << 20;

/**
 * /dev/gpu0: reading it sends a megabyte to the graphics processor, copies it there, reads it back and says how that went. The
 * device is opened for that and let go after: a machine that does not use it holds none of it.
 */
export function gpuDriver(requestDevice: () => Promise<GpuDevice | null>, nowMs = () => performance.now()): Driver {
  return {
    name: "gpu",
    compatible: ["w3c,webgpu"],
    async probe(): Promise<Device> {
      const open = new Set<GpuDevice>();
      const report = async (session: DeviceSession) => {
        const device = await requestDevice();
        if (!device) throw new DeviceError("absent", "The browser offers no graphics device any more.");
        open.add(device);
        const buffers = new GpuBuffers(device);
        try {
          await session.write(new TextEncoder().encode(await roundTrip(buffers, nowMs)));
        } finally {
          buffers.freeAll();
          open.delete(device);
          device.destroy();
        }
      };
      return {
        files: [
          {
            name: "gpu0",
            kind: "source",
            open: (session) => {
              report(session)
                .catch((error: unknown) => {
                  const text = error instanceof Error ? error.message : String(error);
                  return session.write(new TextEncoder().encode(`failed: ${text}\n`));
                })
                .finally(() => session.end());
              return {};
            },
          },
        ],
        remove: () => {
          for (const device of open) device.destroy();
        },
      };
    },
  };
}

async function roundTrip(buffers: GpuBuffers, nowMs: () => number): Promise<string> {
  const data = new Uint8Array(TEST_BYTES);
  for (let at = 0; at < data.length; at++) data[at] = (at * 31 + (at >>> 8)) & 0xff;
  const begin = nowMs();
  const first = buffers.create(TEST_BYTES);
  const second = buffers.create(TEST_BYTES);
  buffers.write(first, data);
  buffers.copy(first, second);
  const back = await buffers.read(second);
  const ms = nowMs() - begin;
  const wrong = back.findIndex((byte, at) => byte !== data[at]);
  if (wrong >= 0) return `failed: byte ${wrong} came back as ${back[wrong]}, expected ${data[wrong]}\n`;
  return `ok: ${TEST_BYTES} bytes there, copied and back in ${ms.toFixed(1)} ms\n`;
}
