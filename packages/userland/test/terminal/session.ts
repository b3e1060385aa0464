/** A shell on a terminal, as a person uses it. */
import type { Machine, Terminal } from "@cloudos/abi";
import { Screen } from "./screen.ts";

export class Session {
  screen: Screen;
  private readonly terminal: Terminal;
  private readonly decoder = new TextDecoder();
  private watchers: (() => void)[] = [];

  private constructor(terminal: Terminal, columns: number) {
    this.terminal = terminal;
    this.screen = new Screen(columns);
    terminal.onData((chunk) => {
      this.screen.write(this.decoder.decode(chunk, { stream: true }));
      for (const watcher of [...this.watchers]) watcher();
    });
  }

  /** Starts a shell with the prompt "$ " in an empty home. */
  static async start(machine: Machine, home: string, columns = 80): Promise<Session> {
    await machine.files.mkdir(home, { recursive: true });
    const terminal = await machine.openTerminal(columns, 24, {
      argv: ["sh"],
      cwd: home,
      env: { PATH: "/bin:/usr/bin", HOME: home, PS1: "$ ", LC_ALL: "C.UTF-8", TERM: "xterm" },
    });
    const session = new Session(terminal, columns);
    await session.shows("$");
    return session;
  }

  async type(text: string): Promise<void> {
    await this.terminal.write(new TextEncoder().encode(text));
  }

  resize(columns: number): void {
    this.screen = new Screen(columns);
    this.terminal.resize(columns, 24);
  }

  /** Resolves once the screen is as `holds` wants it; what it waits for in vain, the test's time limit reports. */
  until(holds: (screen: Screen) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const watcher = (): void => {
        if (!holds(this.screen)) return;
        this.watchers = this.watchers.filter((other) => other !== watcher);
        resolve();
      };
      this.watchers.push(watcher);
      watcher();
    });
  }

  /** Waits until the last rows of the screen are these. */
  shows(...rows: string[]): Promise<void> {
    return this.until((screen) => {
      const lines = screen.lines();
      while (lines.length > 0 && lines.at(-1) === "") lines.pop();
      return JSON.stringify(lines.slice(-rows.length)) === JSON.stringify(rows);
    });
  }

  /** Waits until the cursor's row reads `text`, with the cursor in `column` when given. */
  line(text: string, column?: number): Promise<void> {
    return this.until(
      (screen) =>
        (screen.lines()[screen.cursor.row] ?? "") === text && (column === undefined || screen.cursor.column === column),
    );
  }

  /** Runs a command and waits for its output and the next prompt. */
  async run(command: string, ...output: string[]): Promise<void> {
    await this.type(`${command}\r`);
    await this.shows(`$ ${command}`, ...output, "$");
  }

  get exited() {
    return this.terminal.exited;
  }

  close(): Promise<void> {
    return this.terminal.close();
  }
}
