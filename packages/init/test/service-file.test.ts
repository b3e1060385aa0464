import { describe, expect, it } from "vitest";
import { parseServiceFile } from "../src/service-file.ts";

const parsed = (text: string) => {
  const result = parseServiceFile("logd", text);
  if (!result.ok) throw new Error(`${result.line}: ${result.message}`);
  return result.file;
};

describe("service files", () => {
  it("need no more than exec", () => {
    const { spec, argv } = parsed("exec = /bin/logd\n");
    expect(argv).toEqual(["/bin/logd"]);
    expect(spec).toMatchObject({ name: "logd", needs: ["vfs"], kind: "daemon", restart: "on-failure", enabled: true });
  });

  it("say everything", () => {
    const file = parsed(`# the log
description = Writes the log
exec = /bin/logd -s "256 K" 'a b' plain
env = A=1
env = B=x=y
directory = /var
needs = vfs net
type = oneshot
restart = always
backoff = 250ms
backoff-max = 1min
attempts = 9
check = /bin/test -f /tmp/ok
check-every = 5
check-timeout = 2s
stop-timeout = 3s
enabled = no`);
    expect(file.argv).toEqual(["/bin/logd", "-s", "256 K", "a b", "plain"]);
    expect(file.env).toEqual({ A: "1", B: "x=y" });
    expect(file.check).toEqual(["/bin/test", "-f", "/tmp/ok"]);
    expect(file.spec).toEqual({
      name: "logd",
      description: "Writes the log",
      needs: ["vfs", "net"],
      kind: "oneshot",
      restart: "always",
      backoff: { firstMs: 250, maxMs: 60_000, attempts: 9, healthyMs: 10_000 },
      health: { intervalMs: 5000, timeoutMs: 2000 },
      stopTimeoutMs: 3000,
      essential: false,
      enabled: false,
    });
  });

  it.each([
    ["exec /bin/x", 1, "Expected KEY = VALUE"],
    ["exec = /bin/x\ncolour = red", 2, "Expected KEY = VALUE"],
    ["exec = a\n\nexec = b", 3, "given twice"],
    ["description = no program", 0, '"exec" is missing'],
    ['exec = "open', 1, "quote is not closed"],
    ["exec = a\nrestart = perhaps", 2, '"perhaps" is none of always, on-failure, never'],
    ["exec = a\nbackoff = soon", 2, '"soon" is no time'],
    ["exec = a\nbackoff = 99999999min", 2, "at most a day"],
    ["exec = a\nneeds = ../etc", 2, "no name of a service"],
    ["exec = a\nattempts = -1", 2, "no number"],
    ["exec = a\nenv = nothing", 2, "no NAME=VALUE"],
    ["exec = a\ndirectory = tmp", 2, "no absolute path"],
  ])("refuse %j in line %i", (text, line, message) => {
    expect(parseServiceFile("logd", text)).toMatchObject({
      ok: false,
      line,
      message: expect.stringContaining(message),
    });
  });

  it.each(["", "Upper", "../x", "a b", "x".repeat(40)])("refuse the name %j", (name) => {
    expect(parseServiceFile(name, "exec = a").ok).toBe(false);
  });
});
