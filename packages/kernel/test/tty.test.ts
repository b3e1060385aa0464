import { SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGWINCH } from "@cloudos/abi";
import { describe, expect, test } from "vitest";
import { Host } from "./host.ts";
import { at, n, program, set, spawn } from "./programs.ts";

/** Prints each read as `[bytes]` until end of file. */
const READER = program(`(loop $more
  (local.set $i (call $get (i32.const 0) (i32.const 1024) (i32.const 200)))
  (if (i32.gt_s (local.get $i) (i32.const 0)) (then
    (i32.store8 (i32.const 1023) (i32.const 91)) (i32.store8 (i32.add (i32.const 1024) (local.get $i)) (i32.const 93))
    (drop (call $put (i32.const 1) (i32.const 1023) (i32.add (local.get $i) (i32.const 2))))
    (br $more))))
  (call $num (local.get $i))`);

interface Terminal {
  readonly host: Host;
  readonly input: number;
  readonly output: number;
  readonly tty: number;
  readonly pid: number;
}

async function terminal(path: string, wat: string, more: Record<string, string> = {}): Promise<Terminal> {
  const host = new Host();
  host.program(path, wat);
  for (const [name, text] of Object.entries(more)) host.program(name, text);
  const input = host.ring(4096, false);
  const output = host.ring(4096, true);
  const tty = host.agent.tty_create(input, output, 80, 24);
  const token = host.spawn({ path, tty });
  await host.settle();
  return { host, input, output, tty, pid: host.spawned.get(token)! };
}

describe("the line discipline", () => {
  const cases: readonly (readonly [name: string, typed: string, screen: string])[] = [
    ["a line is read when it is complete", "ab\r", "ab\r\n[ab\r\n]"],
    ["half a line is not", "ab", "ab"],
    ["two lines are two reads", "a\rb\r", "a\r\nb\r\n[a\r\n][b\r\n]"],
    ["DEL takes a character back", "ax\x7fb\r", "ax\b \bb\r\n[ab\r\n]"],
    ["DEL takes a whole UTF-8 character back", "é\x7fb\r", "é\b \bb\r\n[b\r\n]"],
    ["DEL at the start of a line does nothing", "\x7fa\r", "a\r\n[a\r\n]"],
    ["^U takes the line back", "abc\x15d\r", "abc\b \b\b \b\b \bd\r\n[d\r\n]"],
    ["^W takes a word back", "ab cd\x17e\r", "ab cd\b \b\b \be\r\n[ab e\r\n]"],
    ["^V makes the next character ordinary", "\x16\x03\r", "^C\r\n[\x03\r\n]"],
    ["control characters are shown with a caret", "\x01\r", "^A\r\n[\x01\r\n]"],
    ["erasing such takes both columns back", "\x01\x7f\r", "^A\b \b\b \b\r\n[\r\n]"],
    ["^D ends a line that has begun without a newline", "ab\x04", "ab[ab]"],
    ["^D on an empty line is end of file", "\x04", "0 "],
    ["^D after a line is end of file", "a\r\x04", "a\r\n[a\r\n]0 "],
  ];
  test.each(cases)("%s", async (_name, typed, screen) => {
    const { host, input, output } = await terminal("/bin/reader", READER);
    host.type(input, typed);
    await host.settle();
    expect(host.text(output)).toBe(screen);
  });

  test("a line longer than the queue is cut with a bell, and Enter still works", async () => {
    const { host, input, output } = await terminal("/bin/reader", READER);
    for (let i = 0; i < 5; i++) {
      host.type(input, "x".repeat(1000));
      await host.settle();
      host.taken(output);
    }
    host.type(input, "\r");
    await host.settle();
    let read = "";
    for (let piece = host.text(output); piece !== ""; piece = host.text(output)) {
      read += piece;
      await host.settle();
    }
    const length = read.replace(/[^x]/g, "").length;
    expect(length).toBeGreaterThan(4000);
    expect(length).toBeLessThan(4096);
    expect(read).toContain("\r\n]");
  });

  test("^S holds output back and ^Q lets it go", async () => {
    const { host, input, output } = await terminal("/bin/reader", READER);
    host.type(input, "\x13a\r");
    await host.settle();
    const before = host.text(output);
    host.type(input, "\x11");
    await host.settle();
    expect(before).not.toContain("[a");
    expect(host.text(output)).toContain("[a\r\n]");
  });
});

describe("raw mode", () => {
  /** Clears ICANON, ECHO and ISIG with VMIN and VTIME given, then reads. */
  const raw = (min: number, time: number) =>
    program(`(drop (call $tty_get (i32.const 0) (i32.const 600)))
      (i32.store (i32.const 608) (i32.const 0)) (i32.store (i32.const 600) (i32.const 0))
      (i32.store8 (i32.const 628) (i32.const ${min})) (i32.store8 (i32.const 629) (i32.const ${time}))
      (drop (call $tty_set (i32.const 0) (i32.const 0) (i32.const 600)))
      (call $num (call $get (i32.const 0) (i32.const 1024) (i32.const 10)))
      (drop (call $put (i32.const 1) (i32.const 1024) (i32.const 4)))`);

  test("VMIN 1 returns with the first byte, untranslated and without echo", async () => {
    const { host, input, output } = await terminal("/bin/raw", raw(1, 0));
    host.type(input, "\x03");
    await host.settle();
    expect(host.text(output)).toMatch(/^1 \x03/);
  });
  test("VMIN 3 waits for three", async () => {
    const { host, input, output } = await terminal("/bin/raw", raw(3, 0));
    host.type(input, "ab");
    await host.settle();
    expect(host.text(output)).toBe("");
    host.type(input, "c");
    await host.settle();
    expect(host.text(output)).toMatch(/^3 abc/);
  });
  test("VMIN 0 VTIME 0 polls", async () => {
    const { host, output } = await terminal("/bin/raw", raw(0, 0));
    expect(host.text(output)).toMatch(/^0 /);
  });
  test("VMIN 0 VTIME 5 gives up after half a second", async () => {
    const { host, output } = await terminal("/bin/raw", raw(0, 5));
    await host.sleep(490_000);
    expect(host.text(output)).toBe("");
    await host.sleep(20_000);
    expect(host.text(output)).toMatch(/^0 /);
  });
  test("VMIN 2 VTIME 5 gives up between bytes only", async () => {
    const { host, input, output } = await terminal("/bin/raw", raw(2, 5));
    await host.sleep(2_000_000);
    expect(host.text(output)).toBe("");
    host.type(input, "a");
    await host.settle();
    await host.sleep(600_000);
    expect(host.text(output)).toMatch(/^1 a/);
  });
});

describe("job control", () => {
  const FOREVER = program("(loop $again (call $preempt) (br $again))");
  test.each([
    ["^C", "\x03", SIGINT],
    ["^\\", "\x1c", SIGQUIT],
  ])("%s kills the foreground group, even in a loop without system calls", async (_name, key, signal) => {
    const host = new Host();
    host.program("/bin/forever", FOREVER);
    const input = host.ring(4096, false);
    const tty = host.agent.tty_create(input, host.ring(4096, true), 80, 24);
    host.tickUs = 50;
    const token = host.spawn({ path: "/bin/forever", tty });
    await host.settle(0, 10).catch(() => {});
    host.type(input, key);
    await host.settle();
    expect(host.exits.get(host.spawned.get(token)!)).toEqual({ kind: "signaled", code: signal });
  });

  /** A shell's ways: the child in a group of its own in the foreground; prints what becomes of it. */
  const shell = (after: string) =>
    program(
      `(drop (call $sig_action (i32.const 22) (i32.const 1) (i32.const 0)))
       ${set(512, n(1 | 2))} ${set(528, n(-1))} ${set(552, n(-1))} (drop ${spawn(11, 512)})
       (drop (call $proc_wait (i32.const -1) (i32.const 2) (i32.const 320)))
       (drop (call $proc_getpgid (i32.const 0) (i32.const 64))) (drop (call $tty_setpgrp (i32.const 0) ${at(64)}))
       (call $num ${at(324)}) (call $num ${at(328)}) ${after}`,
      "/bin/reader",
    );

  test("^Z stops the foreground job and the shell gets the terminal back", async () => {
    const { host, input, output } = await terminal("/bin/shell", shell(""), { "/bin/reader": READER });
    host.type(input, "\x1a");
    await host.settle();
    expect(host.text(output)).toContain(`2 ${SIGTSTP} `);
  });

  test("a background job that reads the terminal is stopped, and reads on when it is brought back", async () => {
    const back = `(drop (call $proc_kill ${at(256)} ${n(SIGCONT)}))
      (drop (call $proc_wait (i32.const -1) (i32.const 2) (i32.const 320))) (call $num ${at(328)})
      (drop (call $tty_setpgrp (i32.const 0) ${at(256)})) (drop (call $proc_kill ${at(256)} ${n(SIGCONT)}))
      (drop (call $proc_wait (i32.const -1) (i32.const 2) (i32.const 320)))`;
    const { host, input, output } = await terminal("/bin/shell", shell(back), { "/bin/reader": READER });
    host.type(input, "\x1a");
    await host.settle();
    expect(host.text(output)).toContain(`${SIGTTIN} `);
    host.type(input, "hi\r");
    await host.settle();
    expect(host.text(output)).toContain("[hi\r\n]");
  });

  test("a resized window sends SIGWINCH and shows its size", async () => {
    const { host, input, output } = await terminal(
      "/bin/size",
      program(`(drop (call $sig_action ${n(SIGWINCH)} ${n(2)} (i32.const 0)))
        (call $num (call $get (i32.const 0) (i32.const 100) (i32.const 1))) (call $num (call $sig_take))
        (drop (call $tty_winsize (i32.const 0) (i32.const 100))) (call $num ${at(100)}) (call $num ${at(104)})`),
    );
    host.resize(input, 132, 50);
    await host.settle();
    expect(host.text(output)).toBe(`-27 ${SIGWINCH} 132 50 `);
  });

  test("hanging up ends the session", async () => {
    const { host, tty, pid } = await terminal("/bin/reader", READER);
    host.agent.tty_hangup(tty);
    await host.settle();
    expect(host.exits.get(pid)).toEqual({ kind: "signaled", code: SIGHUP });
  });
});
