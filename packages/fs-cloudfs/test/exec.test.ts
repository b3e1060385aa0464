import { EACCES, EISDIR, ENOENT, ENOEXEC } from "@cloudos/abi/errno";
import { OFLAGS_CREAT } from "@cloudos/abi/wasi";
import { describe, expect, test } from "vitest";
import { classify, findExecutable, HEAD_BYTES } from "../src/modules/exec.ts";
import { Tmpfs } from "../src/tmpfs/tmpfs.ts";
import * as operations from "../src/vfs/operations.ts";
import { Vfs } from "../src/vfs/vfs.ts";
import { Place } from "../src/vfs/walk.ts";

const text = (string: string) => new TextEncoder().encode(string);

describe("what a file is", () => {
  test("modules and scripts by their first bytes", () => {
    expect(classify(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))).toBe("module");
    expect(classify(text("#!/bin/sh\necho"))).toEqual({ interpreter: "/bin/sh", argument: "" });
    expect(classify(text("#! /bin/sh -e -x \t\r\n"))).toEqual({ interpreter: "/bin/sh", argument: "-e -x" });
    expect(classify(text("#!/usr/bin/env python3"))).toEqual({ interpreter: "/usr/bin/env", argument: "python3" });
  });

  test.each([
    ["", ""],
    ["a text", "echo hello\n"],
    ["an empty interpreter", "#!  \n"],
    ["ELF", "\x7fELF"],
    ["half a magic", "\0as"],
    ["an interpreter that was cut", `#!/${"x".repeat(HEAD_BYTES)}`.slice(0, HEAD_BYTES)],
  ])("%s is ENOEXEC", (_what, content) => {
    expect(() => classify(text(content))).toThrow(expect.objectContaining({ errno: ENOEXEC }));
  });
});

describe("the search for a command", () => {
  const fs = new Tmpfs({ nowNs: () => 1n, rootMode: 0o755, memory: () => ({ totalBytes: 1, freeBytes: 1 }) });
  const vfs = new Vfs(fs);
  const place = new Place();
  const at = (path: string) => {
    vfs.walkFromRoot(path.startsWith("./") ? path.slice(1) : path, true, place);
    return place;
  };
  for (const dir of ["/bin", "/usr", "/bin/folder"]) operations.makeDirectory(at(dir), 0o755);
  operations.open(at("/bin/tool"), OFLAGS_CREAT, 0, 0o755);
  operations.open(at("/bin/data"), OFLAGS_CREAT, 0, 0o644);
  operations.open(at("/usr/data"), OFLAGS_CREAT, 0, 0o755);
  operations.open(at("/here"), OFLAGS_CREAT, 0, 0o755);
  const find = (command: string, path?: string) => findExecutable(at, place, command, path);
  const fails = (errno: number, command: string, path?: string) =>
    expect(() => find(command, path)).toThrow(expect.objectContaining({ errno }));

  test("goes through PATH as execvp does", () => {
    find("tool", "/none:/bin");
    expect(place.name).toBe("tool");
    // What may not be executed is passed over for something later that may.
    find("data", "/bin:/usr");
    expect(place.parentIno).toBe(at("/usr").ino);
    fails(EACCES, "data", "/bin");
    fails(ENOENT, "none", "/bin:/usr");
    fails(ENOENT, "folder", "/bin");
    find("here", "/bin::/usr");
    expect(place.name).toBe("here");
  });

  test("a path with a slash is taken as it is", () => {
    find("/bin/tool", "/none");
    fails(EACCES, "/bin/data", "/usr");
    fails(EISDIR, "/bin/folder");
    fails(ENOENT, "/bin/none");
  });
});
