/** The interactive shell on a terminal: editing, history, completion, job control. */
import type { Machine, MachineOptions } from "@cloudos/abi";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Session } from "./terminal/session.ts";

interface MachineModule {
  bootNodeMachine(options: Omit<MachineOptions, "mode" | "disk" | "osUrl"> & { mode: "smp" | "up" }): Promise<Machine>;
}
/** The machine is composed outside this package; tests may reach for it, its types stay out of this project. */
const machineModule = new URL("../../../e2e/machine/node.ts", import.meta.url).href;

const LEFT = "\x1b[D";
const UP = "\x1b[A";
const DOWN = "\x1b[B";
const CTRL = (letter: string) => String.fromCharCode(letter.charCodeAt(0) & 0x1f);

let machine: Machine;
let sh: Session;
let homes = 0;

beforeAll(async () => {
  const { bootNodeMachine } = (await import(machineModule)) as MachineModule;
  machine = await bootNodeMachine({ mode: "smp", cores: 2 });
});
afterAll(async () => {
  await machine?.shutdown();
});
beforeEach(async () => {
  sh = await Session.start(machine, `/tmp/home-${homes++}`);
});
afterEach(async () => {
  await sh.close();
});

describe("editing", () => {
  it("inserts and deletes in the middle", async () => {
    await sh.type(`echo ac${LEFT}b`);
    await sh.line("$ echo abc", 9);
    await sh.type("\x7f");
    await sh.line("$ echo ac", 8);
    await sh.type("\x1b[3~\r");
    await sh.shows("$ echo a", "a", "$");
  });

  it("moves by words and to both ends", async () => {
    await sh.type("echo one two");
    await sh.type("\x1bb");
    await sh.line("$ echo one two", 11);
    await sh.type("\x1b[1;5D");
    await sh.line("$ echo one two", 7);
    await sh.type(CTRL("A"));
    await sh.line("$ echo one two", 2);
    await sh.type("\x1bf");
    await sh.line("$ echo one two", 6);
    await sh.type("\x1b[F");
    await sh.line("$ echo one two", 14);
    await sh.type("\x1b[H");
    await sh.line("$ echo one two", 2);
  });

  it("kills and yanks", async () => {
    await sh.type(`echo one two${CTRL("W")}${CTRL("W")}`);
    await sh.line("$ echo", 7);
    await sh.type(CTRL("Y"));
    await sh.line("$ echo one two", 14);
    await sh.type(CTRL("U"));
    await sh.line("$", 2);
    await sh.type(`${CTRL("Y")}${CTRL("A")}${CTRL("K")}x`);
    await sh.line("$ x", 3);
  });

  it("edits characters, not bytes, and knows wide ones", async () => {
    await sh.type(`é漢x${LEFT}${LEFT}`);
    await sh.line("$ é漢x", 3);
    await sh.type("\x7f");
    await sh.line("$ 漢x", 2);
    await sh.type(`${CTRL("T")}${CTRL("A")}echo \r`);
    await sh.shows("$ echo 漢x", "漢x", "$");
  });

  it("takes a bracketed paste as text", async () => {
    await sh.type("\x1b[200~echo a\necho b\x1b[201~");
    await sh.shows("$ echo a", "echo b");
    await sh.type("\r");
    await sh.shows("$ echo a", "echo b", "a", "b", "$");
  });

  it("asks for the rest of a command", async () => {
    await sh.type("if true\r");
    await sh.line(">", 2);
    await sh.type("then echo yes; fi\r");
    await sh.shows("> then echo yes; fi", "yes", "$");
  });

  it("keeps output that ends without a newline", async () => {
    await sh.run("printf abc", "abc%");
  });

  it("drops the line on ^C and ends on ^D", async () => {
    await sh.type(`echo no${CTRL("C")}`);
    await sh.shows("$ echo no^C", "$");
    await sh.run("echo $?", "130");
    await sh.type(CTRL("D"));
    expect(await sh.exited).toEqual({ kind: "exited", code: 0 });
  });
});

describe("a line longer than the terminal", () => {
  beforeEach(async () => {
    await sh.close();
    sh = await Session.start(machine, `/tmp/home-${homes++}`, 20);
  });

  it("wraps, and is edited across rows", async () => {
    await sh.type("echo 0123456789abcdefghij");
    await sh.shows("$ echo 0123456789abc", "defghij");
    await sh.type(CTRL("A"));
    await sh.line("$ echo 0123456789abc", 2);
    await sh.type("X");
    await sh.shows("$ Xecho 0123456789ab", "cdefghij");
    await sh.type(`\x7f${CTRL("E")}`);
    await sh.line("defghij", 7);
    await sh.type(CTRL("U"));
    await sh.shows("$");
  });

  it("wraps wide characters whole", async () => {
    await sh.type("echo abcdefghijkl漢字");
    await sh.shows("$ echo abcdefghijkl", "漢字");
    await sh.line("漢字", 4);
  });

  it("puts the cursor on the next row when the last column is full", async () => {
    await sh.type("echo 0123456789abc");
    await sh.until(
      (screen) => screen.cursor.column === 0 && screen.lines()[screen.cursor.row - 1] === "$ echo 0123456789abc",
    );
    await sh.type("d");
    await sh.shows("$ echo 0123456789abc", "d");
  });

  it("is drawn anew when the window changes", async () => {
    await sh.type("echo 0123456789abcdef");
    await sh.shows("$ echo 0123456789abc", "def");
    sh.resize(40);
    await sh.shows("$ echo 0123456789abcdef");
  });
});

describe("history", () => {
  it("goes up and down, and keeps what was being typed", async () => {
    await sh.run("echo one", "one");
    await sh.run("echo two", "two");
    await sh.type("dra");
    await sh.type(UP);
    await sh.line("$ echo two");
    await sh.type(UP);
    await sh.line("$ echo one");
    await sh.type(DOWN + DOWN);
    await sh.line("$ dra", 5);
  });

  it("searches backwards", async () => {
    await sh.run("echo apple", "apple");
    await sh.run("echo banana", "banana");
    await sh.type(`${CTRL("R")}app`);
    await sh.line("(reverse-i-search)`app': echo apple");
    await sh.type("\r");
    await sh.shows("$ echo apple", "apple", "$");
    await sh.type(`${CTRL("R")}zzz`);
    await sh.line("(failed reverse-i-search)`zzz':");
    await sh.type(CTRL("G"));
    await sh.line("$", 2);
  });

  it("survives the shell", async () => {
    const home = `/tmp/home-${homes - 1}`;
    await sh.run("echo remembered", "remembered");
    await sh.close();
    sh = await Session.start(machine, home);
    await sh.type(UP);
    await sh.line("$ echo remembered");
  });
});

describe("completion", () => {
  it("completes commands, files with quoting, and variables", async () => {
    await sh.type("unal\t");
    await sh.line("$ unalias", 10);
    await sh.type(CTRL("U"));
    await sh.run("touch 'two words' && mkdir folder");
    await sh.type("ls tw\t");
    await sh.line("$ ls two\\ words", 16);
    await sh.type(`${CTRL("U")}ls fo\t`);
    await sh.line("$ ls folder/", 12);
    await sh.type(`${CTRL("U")}ls "tw\t`);
    await sh.line('$ ls "two words"', 17);
    await sh.type(`${CTRL("U")}LONGNAME=x; echo $LONG\t`);
    await sh.type(`${CTRL("U")}LONGNAME=x\r`);
    await sh.type("echo $LONG\t\r");
    await sh.shows("$ echo $LONGNAME", "x", "$");
  });

  it("lists the candidates on the second Tab", async () => {
    await sh.run("touch alpha alphabet");
    await sh.type("echo al\t");
    await sh.line("$ echo alpha", 12);
    await sh.type("\t\t");
    await sh.shows("$ echo alpha", "alpha     alphabet", "$ echo alpha");
  });
});

describe("job control", () => {
  /** A program that says when it runs, in the foreground, and then does nothing for long. */
  const NAP = "echo 'echo up; sleep 1000' > nap";

  beforeEach(async () => {
    await sh.run(NAP);
  });

  async function start(command: string): Promise<void> {
    await sh.type(`${command}\r`);
    await sh.shows(`$ ${command}`, "up");
  }

  it("ends the foreground command on ^C", async () => {
    await start("sh nap");
    await sh.type(CTRL("C"));
    await sh.shows("up", "^C", "$");
    await sh.run("echo $?", "130");
  });

  it("ends a loop of builtins and of programs on ^C", async () => {
    await start("echo up; while :; do :; done");
    await sh.type(CTRL("C"));
    await sh.line("$", 2);
    await start("while :; do sh nap; done");
    await sh.type(CTRL("C"));
    await sh.line("$", 2);
  });

  it("stops, lists, continues and kills jobs", async () => {
    await start("sh nap");
    await sh.type(CTRL("Z"));
    await sh.shows("[1] + Stopped                    sh nap", "$");
    await sh.run("bg", "[1] sh nap");
    await sh.run("jobs", "[1] + Running                    sh nap");
    await sh.type("fg\r");
    await sh.shows("$ fg", "sh nap");
    await sh.type(CTRL("Z"));
    await sh.shows("[1] + Stopped                    sh nap", "$");
    await sh.run("kill %1; wait %1", "Terminated");
  });

  it("stops a whole pipeline and a subshell", async () => {
    await start("sh nap | cat");
    await sh.type(CTRL("Z"));
    await sh.shows("[1] + Stopped                    sh nap | cat", "$");
    await start("(sh nap; echo never)");
    await sh.type(CTRL("Z"));
    await sh.shows("[2] + Stopped                    (sh nap; echo never)", "$");
    await sh.run("exit", "You have stopped jobs.");
    await sh.type("exit\r");
    expect((await sh.exited).kind).toBe("exited");
  });
});
