import type { Machine, Terminal } from "@cloudos/abi";
import { BootError, bootMachine } from "../boot/index.ts";
import { saveToComputer } from "../files/download.ts";
import { MachineCenter } from "../machines/machine-center.ts";
import { describeExit, messageOf } from "../state/describe.ts";
import type { LaunchOptions } from "../state/launch-options.ts";
import { type Action, initialSession, reduce, type Session } from "../state/session.ts";

/**
 * The machine and the session around it, outside React: components subscribe and send actions.
 * Lives as long as the page.
 */
export class Workstation {
  readonly options: LaunchOptions;
  #session: Session = initialSession;
  #listeners = new Set<() => void>();
  #machine: Machine | null = null;
  #machines: MachineCenter | null = null;
  #terminals = new Map<number, Promise<Terminal>>();
  /** Command lines of tabs that are not login shells. */
  readonly #commands = new Map<number, string>();
  #nextTab = 1;
  #started = false;

  constructor(options: LaunchOptions) {
    this.options = options;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly snapshot = (): Session => this.#session;

  dispatch(action: Action): void {
    this.#session = reduce(this.#session, action);
    for (const listener of this.#listeners) listener();
  }

  get machine(): Machine {
    if (this.#machine === null) throw new Error("The machine has not booted yet");
    return this.#machine;
  }

  async start(): Promise<void> {
    if (this.#started) return;
    this.#started = true;
    const { mode, cores, memoryMiB, disk } = this.options;
    const osUrl = new URL("./os/", document.baseURI).href;
    const begin = performance.now();
    try {
      this.#machine = await bootMachine({
        mode,
        ...(cores === null ? {} : { cores }),
        ...(memoryMiB === null ? {} : { memoryMiB }),
        disk,
        services: true,
        osUrl,
        onLog: (line) => this.dispatch({ type: "log", line }),
        onCrash: (crash) => this.dispatch({ type: "crashed", crash }),
        onNotice: (notice) => {
          this.dispatch({ type: "notice", notice });
          void this.#machines?.noticed(notice);
        },
        onConnect: (connection) => {
          if (this.#machines === null) connection.close();
          else this.#machines.connect(connection);
        },
        onPost: (_pid, text) => void this.#post(text),
      });
    } catch (error) {
      const code = error instanceof BootError ? error.code : "unknown";
      this.dispatch({ type: "boot-failed", code, message: messageOf(error) });
      return;
    }
    this.#machines = new MachineCenter({
      machine: this.#machine,
      osUrl,
      onChange: (machines) => this.dispatch({ type: "machines", machines }),
      onNotice: (text) => this.toast("error", text),
      onScreen: (name) => this.openScreen(name),
    });
    const bootMs = performance.now() - begin;
    // For page authors and testers: the machine, under one name, as documented in the README.
    Object.assign(globalThis, { cloudos: this.#machine, machines: this.#machines });
    this.dispatch({ type: "booted", mode: this.#machine.mode, cores: this.#machine.cores, bootMs });
    this.openTab();
    this.#machines.keepStates();
    for (const name of await this.#machines.resumeInterrupted()) this.openTab(`vm console ${name}`);
  }

  /** `run`: a command line in place of the login shell. */
  openTab(run: string | null = this.#nextTab === 1 ? this.options.run : null): void {
    const id = this.#nextTab++;
    if (run !== null) this.#commands.set(id, run);
    this.dispatch({ type: "tab-opened", id, ...(run !== null && { title: run }) });
  }

  /** The tab with a machine's screen; opened if there is none. */
  openScreen(machine: string): void {
    const open = this.#session.tabs.find((tab) => tab.screen === machine);
    if (open !== undefined) this.dispatch({ type: "tab-selected", id: open.id });
    else this.dispatch({ type: "tab-opened", id: this.#nextTab++, screen: machine });
  }

  /** null until the OS has booted. */
  get machines(): MachineCenter | null {
    return this.#machines;
  }

  /** The terminal behind a tab, made on the first call: only the view knows its size. */
  terminal(tab: number, columns: number, rows: number): Promise<Terminal> {
    const known = this.#terminals.get(tab);
    if (known !== undefined) return known;
    const run = this.#commands.get(tab);
    const opened = this.machine.openTerminal(
      columns,
      rows,
      run === undefined ? {} : { argv: ["/bin/sh", "-l", "-c", run] },
    );
    this.#terminals.set(tab, opened);
    opened.then(
      (terminal) => {
        this.dispatch({ type: "tab-live", id: tab });
        void terminal.exited.then((status) =>
          this.dispatch({ type: "tab-ended", id: tab, ending: describeExit(status) }),
        );
      },
      (error) => this.dispatch({ type: "tab-ended", id: tab, ending: messageOf(error) }),
    );
    return opened;
  }

  closeTab(tab: number): void {
    const terminal = this.#terminals.get(tab);
    this.#terminals.delete(tab);
    this.dispatch({ type: "tab-closed", id: tab });
    terminal?.then((t) => t.close()).catch(() => undefined); // It never opened: nothing to close.
  }

  toast(kind: "info" | "error", text: string): void {
    this.dispatch({ type: "toast", kind, text });
  }

  /** A program asked the page for something (`host_post`). Texts come from programs: anything may be in them. */
  async #post(text: string): Promise<void> {
    const request = parsePost(text);
    if (request === null) return;
    try {
      const data = await this.machine.files.readFile(request.path);
      saveToComputer(request.path, data);
      this.toast("info", `Downloaded ${request.path}`);
    } catch (error) {
      this.toast("error", messageOf(error));
    }
  }
}

function parsePost(text: string): { path: string } | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return null;
    const { type, path } = value as { type?: unknown; path?: unknown };
    return type === "download" && typeof path === "string" && path.startsWith("/") ? { path } : null;
  } catch {
    return null;
  }
}
