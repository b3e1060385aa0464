import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { fsck } from "../../../packages/fs-cloudfs/src/cloudfs/fsck.ts";
import { type DebianMachine, hasDebian, startDebian, whyNotDebian } from "./debian.ts";

const exerciser = readFileSync(join(import.meta.dirname, "exercise-files.py"));
let machine: DebianMachine | undefined;
afterEach(() => machine?.guest.machine.stop());

describe.skipIf(!hasDebian)(`Linux's 9P client on our server${hasDebian ? "" : ` (skipped: ${whyNotDebian})`}`, () => {
  it("finds no difference between an overlay over 9P and a tmpfs", async () => {
    machine = await startDebian();
    const { guest, upper, device } = machine;
    await guest.exec(["sh", "-c", "cat > /root/exercise.py"], 60, exerciser);
    for (const seed of ["1", "2"]) {
      const argv = ["python3", "/root/exercise.py", `/root/t${seed}`, `/dev/shm/t${seed}`, seed, "300"];
      const { stdout, status } = await guest.exec(argv, 300);
      expect(stdout).toBe("300 steps, 0 mismatches\n");
      expect(status).toBe(0);
    }
    const { stdout } = await guest.exec(["sh", "-c", "sync; ls /root; dmesg | grep -i 9p"], 60);
    expect(stdout).toContain("t2");
    expect(stdout).not.toMatch(/error|fail/i);
    await upper.sync();
    expect(await fsck(device)).toEqual([]);
  });
});
