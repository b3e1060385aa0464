import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { guest, guestNames } from "../machine/guests.ts";

const cli = join(import.meta.dirname, "../../packages/cli/src/main.ts");

interface Result {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npx cloudos ARGUMENTS`, in a Chromium of its own. */
function cloudos(args: readonly string[], stdin = ""): Promise<Result> {
  const child = spawn(process.execPath, [cli, ...args], { stdio: "pipe" });
  const text = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (chunk: string) => {
      text[name] += chunk;
    });
  }
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ exitCode: code ?? -1, ...text }));
  });
}

interface Job {
  readonly argv: readonly string[];
  readonly cwd?: string;
  readonly stdin?: string;
  readonly timeout?: number;
  readonly preopens?: readonly string[];
}

let scratch: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "cloudos-exec-"));
  mkdirSync(join(scratch, "guests"));
  for (const name of guestNames) writeFileSync(join(scratch, "guests", `${name}.wasm`), guest(name), { mode: 0o755 });
  writeFileSync(join(scratch, "guests/text.wasm"), "this is prose\n", { mode: 0o755 });
  writeFileSync(join(scratch, "guests/empty.wasm"), "", { mode: 0o755 });
  writeFileSync(join(scratch, "guests/half.wasm"), guest("hello").subarray(0, 40), { mode: 0o755 });
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs jobs in one boot, with the guests at /t. */
async function batch(jobs: Readonly<Record<string, Job>>, ...options: string[]): Promise<Record<string, Result>> {
  const file = join(scratch, "jobs.jsonl");
  const lines = Object.entries(jobs).map(([id, job]) => JSON.stringify({ id, ...job }));
  writeFileSync(file, `${lines.join("\n")}\n`);
  const run = await cloudos(["exec", ...options, "--mount", `${join(scratch, "guests")}:/t`, "--batch", file]);
  expect(run.exitCode, run.stderr).toBe(0);
  const results: Record<string, Result> = {};
  for (const line of run.stdout.trim().split("\n")) {
    const { id, exitCode, stdout, stderr } = JSON.parse(line) as Result & { id: string };
    results[id] = { exitCode, stdout, stderr };
  }
  return results;
}

const sh = (script: string): Job => ({ argv: ["sh", "-c", script] });

const BOMB: Job = { ...sh("bomb() { bomb | bomb & }; bomb; sleep 1; echo out"), timeout: 20 };

describe("cloudos exec: what cannot be run or found", () => {
  let results: Record<string, Result>;

  beforeAll(async () => {
    results = await batch({
      text: { argv: ["/t/text.wasm"] },
      empty: { argv: ["/t/empty.wasm"] },
      half: { argv: ["/t/half.wasm"] },
      plain: sh("cp /t/hello.wasm /tmp/plain; chmod 644 /tmp/plain; /tmp/plain"),
      unknown: { argv: ["/t/unknown-import.wasm"] },
      shared: { argv: ["/t/own-shared-memory.wasm"] },
      large: { argv: ["/t/too-large.wasm"] },
      missing: { argv: ["/t/no-such-program"] },
      directory: { argv: ["/t"] },
      pointers: { argv: ["/t/bad-pointers.wasm"] },
      trap: { argv: ["/t/unreachable.wasm"] },
      recursion: { argv: ["/t/recursion.wasm"] },
      status: { argv: ["/t/exit-42.wasm"] },
      enoent: sh("cat /tmp/nothing"),
      eacces: sh("echo x > /tmp/f; chmod 000 /tmp/f; cat /bin/nothing/x; echo x > /bin/new"),
      eisdir: sh("cat < /tmp || cat /tmp"),
      enotdir: sh("echo x > /tmp/file; cat /tmp/file/x"),
      eloop: sh("ln -s /tmp/a /tmp/b; ln -s /tmp/b /tmp/a; cat /tmp/a"),
      enametoolong: sh(`cat /tmp/${"n".repeat(300)}`),
      eilseq: sh("echo x > /tmp/$(printf '\\377\\376')"),
      closed: sh("yes | head -n 1"),
      argument: { argv: ["sh", "-c", 'printf %s "$1" | wc -c', "sh", "a".repeat(1 << 20)] },
      confined: { argv: ["cat", "/in/../../etc/passwd"], preopens: ["/t::/in"] },
      last: { argv: ["/t/hello.wasm"] },
    });
  });

  it.each([
    ["text", 126, /not.*(WebAssembly|program)|Exec format/i],
    ["empty", 126, /not.*(WebAssembly|program)|Exec format/i],
    ["half", 126, /./],
    ["plain", 126, /permission/i],
    ["unknown", 126, /env\.emscripten_sleep/],
    ["shared", 126, /shared/i],
    ["large", 126, /memory/i],
    ["missing", 127, /no such file|not found/i],
    ["directory", 126, /directory|permission/i],
  ])("%s: status %i, and says why", (id, status, why) => {
    expect(results[id]?.stderr).toMatch(why);
    expect(results[id]?.exitCode).toBe(status);
  });

  it.each([
    ["pointers", 0],
    ["status", 42],
    ["trap", 128 + 6],
    ["recursion", 128 + 11],
  ])("%s: the exit status is the program's, or its signal's", (id, status) => {
    expect(results[id]?.exitCode).toBe(status);
  });

  it.each([
    ["enoent", /No such file/i],
    ["eacces", /(Read-only|permission)/i],
    ["eisdir", /is a directory/i],
    ["enotdir", /not a directory/i],
    ["eloop", /symbolic links/i],
    ["enametoolong", /name too long/i],
    // Names are UTF-8 here.
    ["eilseq", /multibyte/i],
  ])("%s in words", (id, words) => {
    expect(results[id]?.stderr).toMatch(words);
    expect(results[id]?.exitCode).not.toBe(0);
  });

  it("ends a writer whose reader has gone", () => {
    expect(results.closed).toMatchObject({ exitCode: 0, stdout: "y\n", stderr: "" });
  });
  it("passes an argument of 1 MiB", () => {
    expect(results.argument).toMatchObject({ exitCode: 0, stdout: `${1 << 20}\n` });
  });
  it("lets no path out of a preopen", () => {
    expect(results.confined?.exitCode).not.toBe(0);
    expect(results.confined?.stdout).toBe("");
  });
  it("runs the next program all the same", () => {
    expect(results.last).toEqual({ exitCode: 0, stdout: "hello\n", stderr: "" });
  });
});

describe.each([
  ["--cores", "1"],
  ["--cores", "2"],
  ["--mode", "up"],
])("cloudos exec %s %s: programs that do not end", (...options) => {
  let results: Record<string, Result>;

  beforeAll(async () => {
    results = await batch(
      {
        spin: { argv: ["/t/spin.wasm"], timeout: 2 },
        stubborn: { argv: ["/t/stubborn.wasm"], timeout: 2 },
        killed: sh("while true; do :; done & sleep 0.3; kill %1; wait; echo alive"),
        // In UP mode the tab's memory ends first, and comes back only when its collector gets round to it.
        ...(options.includes("up") ? {} : { bomb: BOMB }),
        after: sh("sleep 0.1; echo fine"),
      },
      ...options,
    );
  });

  it.each(["spin", "stubborn"])("%s is ended at its time-out", (id) => {
    expect(results[id]).toMatchObject({ exitCode: 124, stdout: "spin\n" });
  });
  it("a loop is killed by its shell", () => {
    expect(results.killed).toMatchObject({ exitCode: 0, stdout: "alive\n" });
  });
  it("a fork bomb meets its limit and takes nobody with it", () => {
    expect(results.after).toEqual({ exitCode: 0, stdout: "fine\n", stderr: "" });
  });
});

describe("cloudos exec: the command itself", () => {
  it("passes streams and the status through", async () => {
    const run = await cloudos(["exec", "--", "sh", "-c", "cat; echo problem >&2; exit 7"], "input\n");
    expect(run).toEqual({ exitCode: 7, stdout: "input\n", stderr: "problem\n" });
  });

  it("copies changes back, and only those", async () => {
    const folder = join(scratch, "work");
    mkdirSync(folder);
    writeFileSync(join(folder, "kept"), "old");
    writeFileSync(join(folder, "gone"), "old");
    const script = "echo new > made; rm gone";
    const run = await cloudos([
      "exec",
      "--mount",
      `${folder}:/w`,
      "--sync-back",
      "--cwd",
      "/w",
      "--",
      "sh",
      "-c",
      script,
    ]);
    expect(run).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect(readFileSync(join(folder, "made"), "utf8")).toBe("new\n");
    expect(readFileSync(join(folder, "kept"), "utf8")).toBe("old");
    expect(() => readFileSync(join(folder, "gone"))).toThrow();
  });

  it("gives a program no more memory than it may have", async () => {
    const run = await cloudos(["exec", "--memory", "1", "--", "python3", "-c", "print('a' * 10)"]);
    expect(run.exitCode).not.toBe(0);
    expect(run.stderr).toMatch(/memory/i);
  });

  it("names an option it does not know", async () => {
    const run = await cloudos(["exec", "--no-such-option", "--", "true"]);
    expect(run.exitCode).not.toBe(0);
    expect(run.stderr).toMatch(/--no-such-option/);
  });
});
