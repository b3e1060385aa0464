import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PackageLayer, VmImage } from "@cloudos/abi";
import { afterEach, describe, expect, it } from "vitest";
import { compileEmulator, readBlob } from "../../../images/lib/builder.ts";
import { Guest } from "../../../images/lib/guest.ts";
import { serveRoot } from "../../../images/lib/root.ts";
import { ImageStore } from "../../../images/lib/store.ts";

const root = join(import.meta.dirname, "../../../build/images");
const read = <T>(path: string): T | undefined =>
  existsSync(join(root, path)) ? (JSON.parse(readFileSync(join(root, path), "utf8")) as T) : undefined;
const debian = read<VmImage>("debian/manifest.json");
const nodejs = read<PackageLayer>("packages/nodejs.json");

const running: Guest[] = [];
afterEach(() => {
  for (const guest of running.splice(0)) guest.machine.stop();
});

/** The image's booted machine, with package layers over its root. */
async function restored(...packages: readonly PackageLayer[]): Promise<Guest> {
  const image = debian as VmImage;
  const store = new ImageStore(root);
  const snapshot = image.snapshot as NonNullable<VmImage["snapshot"]>;
  const { server } = await serveRoot(store, [...image.layers, ...packages.map(({ layer }) => layer)]);
  if (snapshot.fids !== null) await server.import(readBlob(store, snapshot.fids));
  const guest = await Guest.start({
    emulator: compileEmulator(),
    hardware: image.hardware,
    boot: { kind: "state", state: readBlob(store, snapshot.state).buffer },
    nineP: (request) => server.handle(request),
  });
  running.push(guest);
  await guest.hello(60);
  return guest;
}

describe.skipIf(debian === undefined)("the debian image (needs npm run images debian)", () => {
  it("runs its programs", async () => {
    const guest = await restored();
    const run = (...argv: string[]) => guest.exec(argv, 240);
    expect(await run("python3", "-c", "print(2**100)")).toMatchObject({ status: 0, stdout: `${2n ** 100n}\n` });
    expect(await run("perl", "-e", "print 42")).toMatchObject({ status: 0, stdout: "42" });
    expect((await run("git", "--version")).stdout).toMatch(/^git version 2\./);
    expect(await run("sh", "-c", "exit 7")).toMatchObject({ status: 7 });
    expect(await run("sh", "-c", "kill -9 $$")).toMatchObject({ status: 137 });
    expect((await run("dpkg", "-s", "bash")).stdout).toContain("Status: install ok installed");
  }, 600_000);

  it("keeps what it writes on its root, over 9P", async () => {
    const guest = await restored();
    const script =
      "cd /root && mkdir -p a/b && echo text > a/b/c && mv a d && ln -s d/b/c link && cat link && rm -r d && ls";
    const { status, stdout } = await guest.exec(["sh", "-c", script], 120);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "text\nlink\n" });
  }, 300_000);

  it("forks, pipes, signals and talks on its loopback interface", async () => {
    const guest = await restored();
    const script = `
import os, signal, socket, threading
r, w = os.pipe()
if os.fork() == 0:
    os.write(w, b'pipe'); os._exit(3)
print(os.read(r, 10).decode(), os.waitstatus_to_exitcode(os.wait()[1]))
signal.signal(signal.SIGUSR1, lambda *a: print('signal'))
os.kill(os.getpid(), signal.SIGUSR1)
server = socket.create_server(('127.0.0.1', 0))
threading.Thread(target=lambda: server.accept()[0].sendall(b'socket')).start()
print(socket.create_connection(server.getsockname()).recv(10).decode())
`;
    const { stdout, stderr } = await guest.exec(["python3", "-c", script], 240);
    expect({ stdout, stderr }).toEqual({ stdout: "pipe 3\nsignal\nsocket\n", stderr: "" });
  }, 400_000);

  it.skipIf(nodejs === undefined)(
    "takes a package as a layer (needs npm run images -- --package nodejs)",
    async () => {
      const guest = await restored(nodejs as PackageLayer);
      expect(await guest.exec(["node", "-e", "console.log(1)"], 400)).toMatchObject({ status: 0, stdout: "1\n" });
    },
    500_000,
  );
});
