import { EISDIR, ENOENT, ENOTEMPTY, EROFS, FileError, type Machine } from "@cloudos/abi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootForTest, exited, launch, run } from "./harness.ts";

const text = (string: string) => new TextEncoder().encode(string);
const string = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe.each([
  { name: "UP", options: { mode: "up" } as const },
  { name: "SMP", options: { mode: "smp", cores: 2 } as const },
])("files, $name", ({ options }) => {
  let machine: Machine;

  beforeAll(async () => {
    machine = await bootForTest(options);
  });
  afterAll(() => machine.shutdown());

  const sh = async (script: string) => {
    const { status, stdout, stderr } = await run(machine, ["sh", "-c", script]);
    return { status, out: stdout, err: stderr };
  };

  it("shows the host what programs write, at once", async () => {
    for (const dir of ["/home/user", "/tmp"]) {
      expect((await sh(`echo one > ${dir}/seen; echo two >> ${dir}/seen`)).status).toEqual(exited(0));
      expect(string(await machine.files.readFile(`${dir}/seen`))).toBe("one\ntwo\n");
      expect(await machine.files.stat(`${dir}/seen`)).toMatchObject({ type: "file", sizeBytes: 8, mode: 0o644 });
    }
  });

  it("shows programs what the host writes, over what they have cached", async () => {
    for (const dir of ["/home/user", "/tmp"]) {
      const path = `${dir}/given`;
      await machine.files.writeFile(path, text("first\n"));
      expect((await sh(`cat ${path}`)).out).toBe("first\n");
      await machine.files.writeFile(path, text("second, longer\n"));
      expect((await sh(`cat ${path}`)).out).toBe("second, longer\n");
      expect((await sh(`echo more >> ${path}; cat ${path}`)).out).toBe("second, longer\nmore\n");
      await machine.files.writeFile(path, text("3"));
      expect((await sh(`cat ${path}; wc -c < ${path}`)).out.replace(/ /g, "")).toBe("31\n");
      expect(string(await machine.files.readFile(path))).toBe("3");
    }
  });

  it("carries large files both ways", async () => {
    const data = Uint8Array.from({ length: 9_000_001 }, (_, i) => (i * 31) >> 3);
    for (const dir of ["/home/user", "/tmp"]) {
      await machine.files.writeFile(`${dir}/large`, data);
      expect((await sh(`cat ${dir}/large > ${dir}/copy; rm ${dir}/large`)).status).toEqual(exited(0));
      expect(Buffer.compare(await machine.files.readFile(`${dir}/copy`), data)).toBe(0);
      await machine.files.remove(`${dir}/copy`);
    }
  });

  it("refuses with the number and a sentence", async () => {
    const { files } = machine;
    const error = (await files.readFile("/none").catch((reason: unknown) => reason)) as FileError;
    expect(error).toBeInstanceOf(FileError);
    expect(error.message).toBe('Cannot read "/none": no such file or directory (ENOENT)');
    await expect(files.readFile("/none")).rejects.toMatchObject({ errno: ENOENT });
    await expect(files.readFile("/home")).rejects.toMatchObject({ errno: EISDIR });
    await expect(files.writeFile("/bin/x", text(""))).rejects.toMatchObject({ errno: EROFS });
    await expect(files.remove("/home")).rejects.toMatchObject({ errno: ENOTEMPTY });
    await expect(files.readFile("relative")).rejects.toMatchObject({ errno: ENOENT });
  });

  it("makes, lists and removes trees", async () => {
    const { files } = machine;
    await files.mkdir("/home/user/a/b/c", { recursive: true });
    await files.symlink("b/c", "/home/user/a/link");
    await files.writeFile("/home/user/a/link/file", text("x"));
    expect((await sh("cat /home/user/a/b/c/file")).out).toBe("x");
    const names = (await files.readdir("/home/user/a")).map(({ name, type }) => `${name}:${type}`);
    expect(names.sort()).toEqual(["b:dir", "link:symlink"]);
    expect(await files.readlink("/home/user/a/link")).toBe("b/c");
    await files.remove("/home/user/a", { recursive: true });
    expect((await sh("ls /home/user/a")).status).not.toEqual(exited(0));
  });

  it("mounts memory and takes it away again", async () => {
    const { files } = machine;
    await files.mountMemory("/mnt/host/deep");
    await files.writeFile("/mnt/host/deep/in", text("from the host\n"));
    expect((await sh("cd /mnt/host/deep && cat in && cp in out && mkdir d && mv out d/out")).out).toBe(
      "from the host\n",
    );
    expect(string(await files.readFile("/mnt/host/deep/d/out"))).toBe("from the host\n");
    await files.unmount("/mnt/host/deep");
    expect(await files.readdir("/mnt/host/deep")).toEqual([]);
    await files.mountMemory("/mnt/host/deep");
    expect(await files.readdir("/mnt/host/deep")).toEqual([]);
    await files.unmount("/mnt/host/deep");
  });

  it("keeps a deleted file for whoever has it open", async () => {
    for (const dir of ["/home/user", "/tmp"]) {
      const { out } = await sh(`cd ${dir}; echo kept > f; exec 3< f; rm f; ls f 2>/dev/null; sync; cat <&3`);
      expect(out).toBe("kept\n");
    }
  });

  it("reads zeros where a file was cut and grew again", async () => {
    const path = "/home/user/cut";
    await machine.files.writeFile(path, new Uint8Array(20_000).fill(65));
    await sh(`cat ${path} > /dev/null; : > ${path}; sync; echo end >> ${path}`);
    expect(string(await machine.files.readFile(path))).toBe("end\n");
  });

  it("runs programs from the disk, and scripts through their interpreter", async () => {
    const { out, err, status } = await sh(`cd /home/user
      cp /bin/echo mine && ./mine copied
      printf '#!/bin/sh\\necho "$0 got $1"\\n' > script && chmod 755 script && ./script it
      printf 'plain text' > text && chmod 755 text; ./text; echo $?`);
    expect(status).toEqual(exited(0));
    expect(out).toContain("copied\n./script got it\n");
    expect(out + err).toMatch(/12[67]\n|text/);
  });

  it("has a /proc that Linux scripts can read", async () => {
    const { out } = await sh("cat /proc/self/stat; cat /proc/meminfo /proc/uptime /proc/loadavg /proc/mounts");
    expect(out).toMatch(/^\d+ \(cat\) R \d+ \d+ \d+ /);
    expect(out).toMatch(/^MemTotal: +\d+ kB$/m);
    expect(out).toMatch(/^\d+\.\d\d \d+\.\d\d$/m);
    expect(out).toMatch(/^\d+\.\d\d \d+\.\d\d \d+\.\d\d \d+\/\d+ \d+$/m);
    expect(out).toMatch(/^tmpfs \/tmp tmpfs rw,relatime 0 0$/m);
    expect((await sh("ls /proc/self/fd")).out).toMatch(/^0\n1\n2\n/);
    expect((await sh("cat /proc/self/status")).out).toMatch(/^Name:\tcat$/m);
    expect((await sh("cat /proc/self/maps")).out).toMatch(
      / \[data\]\n(.*\n)*.* \[stack\]\n(.*\n)*.* \[heap\]\n.* ---p .* \[guard\]\n$/,
    );
    expect((await sh("tr '\\0' ' ' < /proc/self/cmdline")).out).toContain("tr ");
  });

  it("goes on after its file service was killed, with the files there were", async () => {
    await sh("cd /home/user; mkdir -p kept; echo before > kept/file; sync");
    await machine.killService("vfs");
    const { out, err, status } = await sh(
      "cat /home/user/kept/file; echo after > /home/user/kept/new; cat /home/user/kept/*",
    );
    expect({ out, err, status }).toMatchObject({ status: exited(0), out: "before\nbefore\nafter\n" });
  });

  it("loses nothing that was not yet on the disk when its file service is killed", async () => {
    for (const dir of ["/home/user", "/tmp"]) {
      const steps = [
        "mkdir -p k/d",
        "echo one > k/a",
        "mv k/a k/d/b",
        "ln -s d k/l",
        "echo two >> k/d/b",
        "echo > k/x",
        "rm k/x",
      ];
      expect((await sh(`cd ${dir} && ${steps.join(" && ")}`)).status).toEqual(exited(0));
      await machine.killService("vfs");
      expect((await sh(`cd ${dir}/k && ls && cat l/b && echo three >> d/b && cat d/b`)).out).toBe(
        "d\nl\none\ntwo\none\ntwo\nthree\n",
      );
      await machine.files.sync();
    }
  });

  it("keeps what was answered with success while it is killed again and again", async () => {
    const script = "mkdir many; i=0; while [ $i -lt 200 ]; do echo $i > many/n$i && echo $i; i=$((i+1)); done";
    const looping = await launch(machine, ["sh", "-c", `cd /home/user; ${script}`], { stdin: "" });
    await looping.printed("0\n");
    for (let round = 0; round < 3; round++) await machine.killService("vfs");
    await looping.process.exited;
    const out = looping.stdout();
    const answered = out.split("\n").filter((line) => line !== "");
    expect(answered.length).toBeGreaterThan(150);
    const names = (await machine.files.readdir("/home/user/many")).map(({ name }) => name);
    for (const number of answered) {
      expect(names).toContain(`n${number}`);
      expect(string(await machine.files.readFile(`/home/user/many/n${number}`))).toBe(`${number}\n`);
    }
  });
});
