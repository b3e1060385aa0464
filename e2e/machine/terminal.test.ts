import type { Machine, Terminal } from "@cloudos/abi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootForTest, CONFIGURATIONS, exited } from "./harness.ts";

/** A terminal and everything that was ever shown on it. */
class Screen {
  readonly terminal: Terminal;
  #text = "";
  #waiting: { readonly pattern: RegExp; readonly resolve: () => void }[] = [];

  constructor(terminal: Terminal) {
    this.terminal = terminal;
    const decoder = new TextDecoder();
    terminal.onData((chunk) => {
      this.#text += decoder.decode(chunk, { stream: true });
      this.#waiting = this.#waiting.filter(({ pattern, resolve }) => {
        if (!pattern.test(this.#text)) return true;
        resolve();
        return false;
      });
    });
  }

  type(text: string): Promise<void> {
    return this.terminal.write(new TextEncoder().encode(text));
  }

  /** Resolves once what was shown so far matches. */
  shows(pattern: RegExp): Promise<void> {
    if (pattern.test(this.#text)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ pattern, resolve });
    });
  }
}

describe.each(CONFIGURATIONS)("terminals: $name", ({ options }) => {
  let machine: Machine;

  beforeAll(async () => {
    machine = await bootForTest(options);
  });
  afterAll(() => machine.shutdown());

  async function open(): Promise<Screen> {
    const screen = new Screen(await machine.openTerminal(80, 24));
    await screen.shows(/\$ /);
    return screen;
  }

  it("runs what is typed and ends with the shell", async () => {
    const screen = await open();
    await screen.type("echo answer=$((6*7))\r");
    await screen.shows(/answer=42/);
    await screen.type("exit 3\r");
    expect(await screen.terminal.exited).toEqual(exited(3));
  });

  it("^C ends a loop, and the shell goes on", async () => {
    const screen = await open();
    await screen.type("echo st''arted; while true; do :; done\r");
    await screen.shows(/started/);
    await screen.type("\x03");
    await screen.type("echo al''ive\r");
    await screen.shows(/alive/);
    await screen.terminal.close();
  });

  it("^C ends a program in the foreground", async () => {
    const screen = await open();
    await screen.type("sh -c 'echo run''ning; cat'\r");
    await screen.shows(/running/);
    await screen.type("\x03");
    await screen.type("echo al''ive\r");
    await screen.shows(/alive/);
    await screen.terminal.close();
  });

  it("tells programs its size, also a new one", async () => {
    const screen = await open();
    screen.terminal.resize(132, 43);
    await screen.type("stty size\r");
    await screen.shows(/43 132/);
    await screen.terminal.close();
  });

  it("closing hangs up on the shell", async () => {
    const screen = await open();
    await screen.terminal.close();
    expect(["exited", "signaled"]).toContain((await screen.terminal.exited).kind);
  });

  it("many can be opened and closed: none is lost", async () => {
    for (let round = 0; round < 80; round++) {
      const screen = await open();
      await screen.type("exit\r");
      await screen.terminal.exited;
      await screen.terminal.close();
    }
  });
});
