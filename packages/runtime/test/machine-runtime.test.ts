import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HttpBlobs } from "../src/images/blobs.ts";
import { ImageCatalogue } from "../src/images/image-catalogue.ts";
import { MachineRuntime } from "../src/machine/machine-runtime.ts";
import type { EnvironmentSpec } from "../src/runtime.ts";
import { subtleDigest } from "../src/snapshot/digest.ts";
import { missingImage, serveImages } from "./support/image-server.ts";
import { MemoryFiles } from "./support/memory-files.ts";
import { nodeBoard } from "./support/node-board.ts";

const missing = missingImage("busybox");
const decoder = new TextDecoder();

// Skips where Debian's packages cannot be had: the images are made from them.
describe.skipIf(missing !== null)(
  `machines from the busybox image${missing === null ? "" : ` (skipped: ${missing})`}`,
  () => {
    let server: Awaited<ReturnType<typeof serveImages>>;
    const files = new MemoryFiles();
    let runtime: MachineRuntime;
    let board: Awaited<ReturnType<typeof nodeBoard>>;

    /** What was unpacked, and where. */
    const unpacked: string[] = [];

    const make = () =>
      new MachineRuntime({
        kind: "microvm",
        board,
        images: new ImageCatalogue(server.url),
        blobs: new HttpBlobs(server.url),
        files: files.asHostFiles(),
        machineFiles: {
          exportRoot: async () => {
            const { port1, port2 } = new MessageChannel();
            return { port: port2, exportFids: async () => new Uint8Array(), close: () => port1.close() };
          },
          copyWritable: async () => undefined,
          packWritable: async (path) => new TextEncoder().encode(`files of ${path}`),
          unpackWritable: async (path, bytes) => void unpacked.push(path, decoder.decode(bytes)),
        },
        network: null,
        entropy: (bytes) => crypto.getRandomValues(bytes),
        wallMs: Date.now,
        digest: subtleDigest,
      });
    const run = async (name: string, command: string, stdin = "") => {
      const output = { stdout: "", stderr: "" };
      const execution = await runtime.exec(name, {
        argv: ["/bin/sh", "-c", command],
        onStdout: (bytes) => {
          output.stdout += decoder.decode(bytes);
        },
        onStderr: (bytes) => {
          output.stderr += decoder.decode(bytes);
        },
      });
      await execution.writeStdin(new TextEncoder().encode(stdin));
      await execution.closeStdin();
      return { status: await execution.exited, ...output };
    };
    const started = async (spec: EnvironmentSpec) => {
      await runtime.create(spec);
      await runtime.start(spec.name);
    };

    beforeAll(async () => {
      server = await serveImages();
      board = await nodeBoard();
      runtime = make();
      await started({ name: "one", image: "busybox" });
    });
    afterAll(async () => {
      for (const { name } of await runtime.list()) await runtime.remove(name);
      server.close();
    });

    it("run programs: output, errors, exit status, signals, standard input", async () => {
      expect(await run("one", "echo out; echo err >&2; exit 7")).toEqual({
        status: { kind: "exited", code: 7 },
        stdout: "out\n",
        stderr: "err\n",
      });
      expect((await run("one", "wc -c", "x".repeat(300_000))).stdout.trim()).toBe("300000");
      expect((await run("one", "kill -9 $$")).status).toEqual({ kind: "signaled", signal: 9 });
    });

    it("have the time and a name of their own", async () => {
      const { stdout } = await run("one", "date +%s; hostname");
      const [time, name] = stdout.split("\n");
      expect(Math.abs(Number(time) - Date.now() / 1000)).toBeLessThan(30);
      expect(name).toBe("one");
    });

    it("go on where they were suspended, in another runtime, as after a reload", async () => {
      const { console } = await runtime.live("one");
      const echo = Promise.withResolvers<void>();
      let text = "";
      console.attach((bytes) => {
        text += decoder.decode(bytes);
        if (text.includes("21!")) echo.resolve();
      }, false);
      await console.write(new TextEncoder().encode("kept=$((3*7))\necho $kept!\n"));
      await echo.promise;
      await run("one", "echo in memory > /tmp/file");
      const saved = await runtime.suspend("one");
      expect(saved.sizeBytes).toBeLessThan(4 << 20);
      expect(await runtime.list()).toMatchObject([{ name: "one", state: { name: "suspended" } }]);

      runtime = make();
      await runtime.resume("one");
      expect((await run("one", "cat /tmp/file")).stdout).toBe("in memory\n");
      const again = (await runtime.live("one")).console;
      expect(decoder.decode(again.scrollback())).toContain("21!");
      const answered = Promise.withResolvers<void>();
      let reply = "";
      again.attach((bytes) => {
        reply += decoder.decode(bytes);
        if (reply.includes("still 21")) answered.resolve();
      }, false);
      await again.write(new TextEncoder().encode("echo still $kept\n"));
      await answered.promise;
    });

    it("are cloned: the same memory, another identity, dirty pages only", async () => {
      const clone = await runtime.clone("one", "two");
      expect(clone.sizeBytes).toBeLessThan(4 << 20);
      await runtime.resume("two");
      expect((await run("two", "cat /tmp/file; hostname")).stdout).toBe("in memory\ntwo\n");
      await run("two", "echo changed > /tmp/file");
      expect((await run("one", "cat /tmp/file; hostname")).stdout).toBe("in memory\none\n");
      const mac = async (name: string) => (await run(name, "cat /sys/class/net/eth0/address")).stdout;
      expect(await mac("one")).not.toBe(await mac("two"));
      const random = async (name: string) => (await run(name, "head -c 16 /dev/urandom | md5sum")).stdout;
      expect(await random("one")).not.toBe(await random("two"));
    });

    it("are exported and imported", async () => {
      const spec = { name: "three", image: "busybox" };
      const bytes = await runtime.export("one");
      await runtime.adopt("three", spec, bytes);
      expect(unpacked).toEqual(["/var/vm/three/root", "files of /var/vm/one/root"]);
      await runtime.resume("three");
      expect((await run("three", "cat /tmp/file; hostname")).stdout).toBe("in memory\nthree\n");
      const damaged = bytes.slice();
      damaged[damaged.length >> 1]! ^= 1;
      await expect(runtime.adopt("four", spec, damaged)).rejects.toMatchObject({ code: "snapshot" });
      expect((await runtime.list()).map(({ name }) => name)).not.toContain("four");
    });

    it("end alone", async () => {
      (await runtime.live("three")).device.stop();
      await runtime.stop("three");
      expect((await run("one", "echo alive")).stdout).toBe("alive\n");
      await expect(run("three", "true")).rejects.toMatchObject({ code: "state" });
    });

    it("refuse what cannot be, and say why", async () => {
      await expect(runtime.create({ name: "one", image: "busybox" })).rejects.toMatchObject({ code: "exists" });
      await expect(runtime.create({ name: "Big Box", image: "busybox" })).rejects.toMatchObject({ code: "invalid" });
      await expect(runtime.create({ name: "big", image: "busybox", memoryMiB: 4096 })).rejects.toThrow(
        "4096 MiB of memory; a 32-bit machine here has 16 to 2047 MiB",
      );
      await expect(runtime.create({ name: "x", image: "nowhere" })).rejects.toMatchObject({ code: "unknown-image" });
      const iso = new Uint8Array(40_000);
      iso.set(new TextEncoder().encode("CD001"), 16 * 2048 + 1);
      iso.set(new TextEncoder().encode("Debian 12 amd64 n"), 16 * 2048 + 40);
      await files.writeFile("/home/user/debian.iso", iso);
      await files.writeFile("/home/user/notes.txt", new Uint8Array(600));
      for (const [disk, reason] of [
        ["/home/user/debian.iso", /it is for 64-bit x86, this machine is 32-bit x86.*vm run debian/],
        ["/home/user/notes.txt", /neither an ISO 9660 image nor a disk with a boot sector/],
      ] as const) {
        await runtime.create({ name: "pc", disk });
        await expect(runtime.start("pc")).rejects.toThrow(reason);
        await runtime.remove("pc");
      }
      await expect(runtime.resume("nobody")).rejects.toMatchObject({ code: "not-found" });
      await expect(runtime.resume("one")).rejects.toMatchObject({ code: "state" });
    });
  },
);
