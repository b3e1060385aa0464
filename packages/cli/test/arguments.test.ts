import { describe, expect, test } from "vitest";
import { parseBatch, parseExec, UsageError } from "../src/arguments.ts";

const defaults = { environment: null, env: {}, cwd: null, mounts: [], preopens: null, timeoutS: null };

describe("exec's command line", () => {
  test("options end at -- and everything after belongs to the program", () => {
    const command = parseExec(["--cores", "2", "--mode=up", "--", "ls", "--mode", "x"]);
    expect(command).toMatchObject({ cores: 2, mode: "up", batch: false });
    expect(command.jobs[0]?.argv).toEqual(["ls", "--mode", "x"]);
  });

  test("repeatable options add up", () => {
    const { jobs } = parseExec([
      "--mount",
      "/a:b:/c",
      "--preopen",
      "/c::data",
      "--preopen",
      "/tmp::tmp",
      "--env",
      "A=1",
      "--env",
      "B=x=y",
      "p",
    ]);
    expect(jobs[0]).toMatchObject({
      mounts: [{ host: "/a:b", guest: "/c" }],
      preopens: [
        { guest: "/c", name: "data" },
        { guest: "/tmp", name: "tmp" },
      ],
      env: { A: "1", B: "x=y" },
    });
  });

  test.each([
    [[], "No program given"],
    [["--cores", "0", "--", "x"], "--cores"],
    [["--mode", "fast", "--", "x"], "--mode"],
    [["--timeout", "soon", "--", "x"], "--timeout"],
    [["--mount", "here", "--", "x"], "HOST:GUEST"],
    [["--preopen", "here", "--", "x"], "GUEST::NAME"],
    [["--env", "NAME", "--", "x"], "NAME=VALUE"],
    [["--frobnicate", "--", "x"], "--frobnicate"],
    [["--cwd"], "--cwd needs a value"],
    [["--batch", "/nowhere/jobs.jsonl"], "/nowhere/jobs.jsonl"],
  ] as const)("%j is refused and names the fault", (args, named) => {
    expect(() => parseExec(args)).toThrow(UsageError);
    expect(() => parseExec(args)).toThrow(named);
  });
});

describe("batch lines", () => {
  test("take what they leave out from the command line", () => {
    const [job] = parseBatch('{"id":7,"argv":["true"],"env":{"B":"2"}}\n\n', {
      ...defaults,
      env: { A: "1" },
      cwd: "/tmp",
      timeoutS: 5,
    });
    expect(job).toEqual({
      id: "7",
      environment: null,
      argv: ["true"],
      env: { A: "1", B: "2" },
      cwd: "/tmp",
      stdin: "",
      mounts: [],
      preopens: null,
      timeoutS: 5,
    });
  });

  test("--env with a name alone, and packages, choose a machine to run in", () => {
    const { jobs } = parseExec([
      "--env",
      "debian",
      "--package=nodejs",
      "--env",
      "A=1",
      "--memory",
      "512",
      "--",
      "node",
    ]);
    expect(jobs[0]).toMatchObject({
      environment: { image: "debian", packages: ["nodejs"], memoryMiB: 512 },
      env: { A: "1" },
      argv: ["node"],
    });
    expect(() => parseExec(["--env", "debian", "--mount", "x:/y", "--", "z"])).toThrow(
      /--mount does not go with --env/,
    );
    expect(() => parseExec(["--package", "nodejs", "--", "node"])).toThrow(/--package needs --env/);
  });

  test("mounts and preopens are strings or objects", () => {
    const [job] = parseBatch(
      '{"id":"a","argv":["x"],"mounts":["h:/g",{"host":"i","guest":"/j"}],"preopens":[{"guest":"/g","name":"n"}]}',
      defaults,
    );
    expect(job?.mounts).toEqual([
      { host: "h", guest: "/g" },
      { host: "i", guest: "/j" },
    ]);
    expect(job?.preopens).toEqual([{ guest: "/g", name: "n" }]);
  });

  test.each([
    "nonsense",
    "[]",
    '{"argv":["x"]}',
    '{"id":"a","argv":[]}',
    '{"id":"a","argv":["x"],"timeout":-1}',
    '{"id":"a","argv":["x"],"mounts":[1]}',
  ])("%s names its line", (line) => {
    expect(() => parseBatch(`{"id":"ok","argv":["true"]}\n${line}`, defaults)).toThrow(/line 2/);
  });
});
