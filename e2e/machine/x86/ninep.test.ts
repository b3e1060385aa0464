import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { fsck } from "../../../packages/fs-cloudfs/src/cloudfs/fsck.ts";
import { type DebianMachine, type DebianSnapshot, hasDebian, startDebian, whyNotDebian } from "./debian.ts";

/** A guest on a busy machine takes its time; this bounds a hang. */
const TIMEOUT_MS = 400_000;
const exerciser = readFileSync(join(import.meta.dirname, "exercise-files.py"));
const running: DebianMachine[] = [];
afterEach(() => {
  for (const { guest } of running.splice(0)) guest.machine.stop();
});

async function start(from?: DebianSnapshot): Promise<DebianMachine> {
  const machine = await startDebian(from);
  running.push(machine);
  return machine;
}

/** Standard output of a command in the shell. */
async function sh({ guest }: DebianMachine, command: string): Promise<string> {
  const { stdout, stderr, status } = await guest.exec(["bash", "-c", command], 60);
  expect({ command, stderr, status }).toEqual({ command, stderr: "", status: 0 });
  return stdout;
}

describe.skipIf(!hasDebian)(`Linux's 9P client on our server${hasDebian ? "" : ` (skipped: ${whyNotDebian})`}`, () => {
  it(
    "finds no difference between an overlay over 9P and a tmpfs",
    async () => {
      const machine = await start();
      const { guest, upper, device } = machine;
      await guest.exec(["sh", "-c", "cat > /root/exercise.py"], 60, exerciser);
      for (const seed of ["1", "2"]) {
        const argv = ["python3", "/root/exercise.py", `/root/t${seed}`, `/dev/shm/t${seed}`, seed, "200"];
        const { stdout, status } = await guest.exec(argv, 300);
        expect(stdout).toBe("200 steps, 0 mismatches\n");
        expect(status).toBe(0);
      }
      const { stdout } = await guest.exec(["sh", "-c", "sync; ls /root; dmesg | grep -i 9p"], 60);
      expect(stdout).toContain("t2");
      expect(stdout).not.toMatch(/error|fail/i);
      await upper.sync();
      expect(await fsck(device)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    "keeps devices, pipes, attributes, owners and locks as the guest makes them",
    async () => {
      const machine = await start();
      await sh(
        machine,
        "cd /root && mknod null c 1 3 && echo x > null && mkfifo pipe && (echo through > pipe & read a < pipe && echo $a > got)",
      );
      expect(await sh(machine, "cat /root/got; stat -c '%F %t:%T' /root/null /root/pipe")).toBe(
        "through\ncharacter special file 1:3\nfifo 0:0\n",
      );
      await sh(machine, "touch /etc/hostname && chown 33:44 /etc/hostname && chmod 4711 /etc/hostname");
      expect(await sh(machine, "echo 3 > /proc/sys/vm/drop_caches; stat -c '%u:%g %a' /etc/hostname")).toBe(
        "33:44 4711\n",
      );
      const python = `
import fcntl, os
os.setxattr("/root/got", "user.a", b"1"); os.setxattr("/root/got", "trusted.b", b"2" * 3000)
os.removexattr("/root/got", "user.a")
print(os.listxattr("/root/got"), len(os.getxattr("/root/got", "trusted.b")), flush=True)
f = open("/root/got", "r+")
fcntl.lockf(f, fcntl.LOCK_EX)
if os.fork() == 0:
    try: fcntl.lockf(open("/root/got", "r+"), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as e: print(e.errno, flush=True)
    os._exit(0)
os.wait()
`;
      expect(await sh(machine, `python3 -c '${python}'`)).toBe("['trusted.b'] 3000\n11\n");
    },
    TIMEOUT_MS,
  );

  it(
    "goes on after a restore elsewhere: cwd, open files, files without a name",
    async () => {
      const machine = await start();
      const { guest, server, upper } = machine;
      await sh(machine, "mkdir -p /srv/work");
      const script = `cd /srv/work; exec 3<>open 4<>gone; rm gone; echo before >&3; echo nameless >&4
until [ -e /run/go ]; do sleep 0.1; done
echo after >&3; cat /proc/self/fd/4 > saved; pwd > cwd; cat open >> cwd; touch done`;
      await guest.exec(["sh", "-c", "cat > /srv/run.sh"], 60, Buffer.from(script));
      await sh(
        machine,
        "setsid bash /srv/run.sh > /srv/log 2>&1 < /dev/null & until [ -s /srv/work/open ]; do sleep 0.1; done; sleep 0.3",
      );
      guest.machine.pause();
      const state = await guest.machine.save();
      const fids = await server.export();
      const next = await start({ state, fids, written: upper });
      await sh(next, "touch /run/go; until [ -e /srv/work/done ]; do sleep 0.1; done");
      expect(await sh(next, "cat /srv/work/cwd /srv/work/saved; ls /srv/work; cat /srv/log")).toBe(
        "/srv/work\nbefore\nafter\nnameless\ncwd\ndone\nopen\nsaved\n",
      );
    },
    TIMEOUT_MS,
  );
});
