import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Frame, type Page } from "playwright-core";
import { isolationHeaders } from "../../packages/abi/src/isolation.ts";
import { CHROMIUM_FLAGS, findOrInstallChromium } from "../../packages/cli/src/chromium.ts";
import { type Site, serveSite } from "../../packages/cli/src/site-server.ts";

const dist = join(import.meta.dirname, "../../dist");

/** A browser with a disk of its own and the built site served to it. Disposed of by `close`. */
export class Stage {
  readonly context: BrowserContext;
  readonly site: Site;
  readonly #profile: string;
  readonly #closers: (() => Promise<void>)[] = [];

  private constructor(context: BrowserContext, site: Site, profile: string) {
    this.context = context;
    this.site = site;
    this.#profile = profile;
  }

  /** `isolated` false serves the site as a host without header control would. */
  static async open(
    options: { isolated?: boolean; viewport?: { width: number; height: number }; touch?: boolean } = {},
  ): Promise<Stage> {
    const site = await serveSite({
      directory: dist,
      port: 0,
      headers: options.isolated === false ? {} : isolationHeaders,
      images: join(dist, "../build/images"),
    });
    const profile = mkdtempSync(join(tmpdir(), "cloudos-e2e-"));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: findOrInstallChromium(),
      headless: true,
      args: [...CHROMIUM_FLAGS],
      viewport: options.viewport ?? { width: 1000, height: 640 },
      hasTouch: options.touch === true,
      acceptDownloads: true,
    });
    return new Stage(context, site, profile);
  }

  async page(query = ""): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(this.site.url + query);
    return page;
  }

  /** A plain page of another site, without any headers, that embeds `url`. */
  async embed(url: string): Promise<Page> {
    const server = createServer((_request, response) => {
      response.setHeader("Content-Type", "text/html");
      response.end(
        `<!doctype html><title>A blog</title><p>Try it:</p><iframe src="${url}" width="900" height="500"></iframe>`,
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    this.#closers.push(
      () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    );
    const page = await this.context.newPage();
    // 127.0.0.1 and localhost are different sites.
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return page;
  }

  async close(): Promise<void> {
    await this.context.close();
    await this.site.close();
    for (const close of this.#closers) await close();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Between two looks at a screen. */
const POLL_MS = 20;

/** The terminal in view of a page or frame, as a person uses it. */
export class Screen {
  readonly frame: Page | Frame;

  constructor(frame: Page | Frame) {
    this.frame = frame;
  }

  /** Resolves once the shell's prompt is there. */
  static async ready(frame: Page | Frame): Promise<Screen> {
    const screen = new Screen(frame);
    await screen.shows(/\$ ?$/);
    return screen;
  }

  /** What is on the screen; "" while the document is being replaced (the reload for isolation). */
  async text(): Promise<string> {
    return this.frame.evaluate(read).catch((error: Error) => {
      if (/context was destroyed|navigation/i.test(error.message)) return "";
      throw error;
    });
    function read(): string {
      const place = document.querySelector(".pane:not(.pane-hidden) .terminal-place") as
        | (Element & { readScreen?(): string })
        | null;
      return place?.readScreen?.() ?? document.body.textContent ?? "";
    }
  }

  /** Waits until the screen matches; fails with what it showed. */
  async shows(pattern: RegExp, timeoutMs = 30_000): Promise<string> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const text = await this.text();
      if (pattern.test(text)) return text;
      if (Date.now() > deadline) throw new Error(`The screen never showed ${pattern}. It shows:\n${text}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async type(text: string): Promise<void> {
    const textarea = this.frame.locator(".pane:not(.pane-hidden) .xterm-helper-textarea");
    await textarea.focus();
    await this.#keyboard().type(text);
  }

  async press(key: string): Promise<void> {
    await this.frame.locator(".pane:not(.pane-hidden) .xterm-helper-textarea").focus();
    await this.#keyboard().press(key);
  }

  /** Types a command and waits for `pattern` in what it printed. */
  async run(command: string, pattern: RegExp): Promise<string> {
    await this.type(command);
    await this.press("Enter");
    return this.shows(pattern);
  }

  #keyboard() {
    return ("keyboard" in this.frame ? this.frame : this.frame.page()).keyboard;
  }
}
