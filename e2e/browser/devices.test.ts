import type { DeviceNode } from "@cloudos/abi";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Screen, Stage } from "./stage.ts";

/** What these tests use of the page's machine. */
interface PageMachine {
  readonly hardware: { readonly nodes: readonly DeviceNode[]; settled(): Promise<void> };
  spawn(options: object): Promise<{ readonly exited: Promise<unknown>; closeStdin(): Promise<void> }>;
  killService(name: string): Promise<void>;
  services(): Promise<
    readonly { readonly spec: { readonly name: string }; readonly state: string; readonly restarts: number }[]
  >;
}

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage?.close());

/** The node at a path, once discovery has listed it. */
async function node(page: Page, path: string, status?: string): Promise<DeviceNode> {
  const handle = await page.waitForFunction(
    ([wanted, state]) => {
      const { cloudos } = globalThis as unknown as { cloudos: PageMachine };
      const found = cloudos.hardware.nodes.find((each) => each.path === wanted);
      return found && (state === undefined || found.status === state) ? found : null;
    },
    [path, status] as const,
  );
  return (await handle.jsonValue()) as DeviceNode;
}

/** Starts `argv` and keeps its output under `name` in the page. */
async function start(page: Page, name: string, argv: readonly string[]): Promise<void> {
  await page.evaluate(
    async ([key, args]) => {
      const { cloudos } = globalThis as unknown as { cloudos: PageMachine };
      const bytes: number[] = [];
      const keep = (chunk: Uint8Array) => void bytes.push(...chunk);
      const process = await cloudos.spawn({ argv: args, onStdout: keep, onStderr: keep });
      const ended = process.exited.then((status) => ({ status, bytes }));
      Object.assign(globalThis, { [`job-${key}`]: { bytes, ended } });
    },
    [name, argv] as const,
  );
}

async function finished(page: Page, name: string): Promise<Buffer> {
  const bytes = await page.evaluate(async (key) => {
    const { ended } = (globalThis as unknown as Record<string, { ended: Promise<{ bytes: number[] }> }>)[`job-${key}`]!;
    return (await ended).bytes;
  }, name);
  return Buffer.from(bytes);
}

/** Type, code and value of each record. */
function events(data: Buffer): (readonly [number, number, number])[] {
  return Array.from(
    { length: data.length / 24 },
    (_, n) => [data.readUInt16LE(n * 24 + 16), data.readUInt16LE(n * 24 + 18), data.readInt32LE(n * 24 + 20)] as const,
  );
}

/** Waits until a program has the device open: the page's keys are kept from the page only then. */
async function opened(page: Page, canvas: string, key: string): Promise<void> {
  await page.waitForFunction(
    ([selector, code]) => {
      const event = new KeyboardEvent("keydown", { code, cancelable: true });
      document.querySelector(selector!)!.dispatchEvent(event);
      return event.defaultPrevented;
    },
    [canvas, key] as const,
  );
}

describe.each([
  { name: "SMP", query: "" },
  { name: "UP", query: "?mode=up&disk=memory" },
])("devices of the page, $name", ({ query }) => {
  let page: Page;
  let screen: Screen;
  beforeAll(async () => {
    page = await stage.page(query);
    screen = await Screen.ready(page);
    await page.getByRole("button", { name: "Hardware" }).click();
  });
  afterAll(() => page.close());

  test("hw lists what the browser offers, and why something is missing", async () => {
    await node(page, "/gpu");
    await screen.run("clear; hw | cut -c1-60; echo done", /^done$/m);
    const shown = await screen.text();
    expect(shown).toMatch(/^cpus +okay +\d+ of \d+ cores/m);
    expect(shown).toMatch(/^ {2}keyboard +okay +\/dev\/input\/event\d/m);
    expect(shown).toMatch(/^ {2}gamepad +absent +None is connected/m);
    expect(shown).toMatch(/^display +okay +\/dev\/fb0 +1024x768$/m);
  });

  test("keys typed on the display reach a program that reads /dev/input", async () => {
    const keyboard = await node(page, "/input/keyboard", "okay");
    // Two records each: a key and its report. The first comes from `opened`.
    await start(page, "keys", ["head", "-c", String(24 * 6), keyboard.files![0]!]);
    const canvas = page.locator(".display-canvas");
    await canvas.click();
    await opened(page, ".display-canvas", "F9");
    await page.keyboard.press("KeyA");
    const got = events(await finished(page, "keys"));
    expect(got.slice(-4)).toEqual([
      [1, 30, 1],
      [0, 0, 0],
      [1, 30, 0],
      [0, 0, 0],
    ]);
  });

  test("keys typed in a terminal do not", async () => {
    const keyboard = await node(page, "/input/keyboard", "okay");
    await start(page, "quiet", ["head", "-c", "48", keyboard.files![0]!]);
    await page.locator(".display-canvas").focus();
    await opened(page, ".display-canvas", "F9");
    await screen.run("echo secret=$((6*7))", /^secret=42$/m);
    await page.locator(".display-canvas").focus();
    await page.keyboard.press("KeyZ");
    const codes = events(await finished(page, "quiet")).map(([, code]) => code);
    expect(codes.every((code) => code === 67 || code === 44 || code === 0)).toBe(true);
  });

  test("the pointer's place and buttons arrive in pixels of the display", async (context) => {
    const pointer = await node(page, "/input/pointer");
    context.skip(pointer.status === "absent", "this browser says that there is no mouse or pen");
    await start(page, "pointer", ["head", "-c", String(24 * 7), pointer.files![0]!]);
    const canvas = page.locator(".display-canvas");
    const box = (await canvas.boundingBox())!;
    const shown = page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    await shown;
    // Moves go on until the program has what it asked for.
    const done = finished(page, "pointer");
    let over = false;
    void done.then(() => {
      over = true;
    });
    while (!over) {
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await page.mouse.down();
      await page.mouse.up();
      await page.mouse.move(box.x + box.width / 4, box.y + box.height / 4);
    }
    const got = events(await done);
    const xs = got.filter(([type, code]) => type === 3 && code === 0).map(([, , value]) => value);
    expect(xs.length).toBeGreaterThan(0);
    for (const x of xs) expect([256, 512].some((expected) => Math.abs(x - expected) <= 4)).toBe(true);
  });

  test("what a program draws is on the canvas, and gone when cleared", async () => {
    const colours = () =>
      page.evaluate(() => {
        const display = document.querySelector(".display-canvas") as HTMLCanvasElement;
        const copy = document.createElement("canvas");
        copy.width = display.width;
        copy.height = display.height;
        const context = copy.getContext("2d")!;
        context.drawImage(display, 0, 0);
        const at = (x: number, y: number) => [...context.getImageData(x, y, 1, 1).data].join();
        return [at(32, 32), at(32 + 128, 32), at(32 + 5 * 128 + 1, 32), at(32 + 7 * 128, 32)];
      });
    const becomes = async (expected: readonly string[]) => {
      for (let seen = await colours(); seen.join(";") !== expected.join(";"); seen = await colours()) {
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
      }
    };
    await start(page, "draw", ["testcard"]);
    expect((await finished(page, "draw")).toString()).toBe("");
    await becomes(["255,255,255,255", "255,255,0,255", "255,0,0,255", "0,0,0,255"]);
    await start(page, "clear", ["testcard", "--clear"]);
    await finished(page, "clear");
    await becomes(Array.from({ length: 4 }, () => "0,0,0,255"));
  });

  test("a tone is played to its end", async () => {
    const audio = await node(page, "/audio", "okay");
    expect(audio.files).toEqual(["/dev/dsp"]);
    await start(page, "tone", ["tone", "440", "300"]);
    expect((await finished(page, "tone")).toString()).toBe("");
    const handle = await page.waitForFunction(() => {
      const { cloudos } = globalThis as unknown as { cloudos: PageMachine };
      const found = cloudos.hardware.nodes.find(({ path }) => path === "/audio");
      return found?.properties["frames-played"] === undefined ? null : found.properties;
    });
    const properties = (await handle.jsonValue()) as DeviceNode["properties"];
    // 300 ms at whatever rate the output has; linear resampling may make one frame more or less.
    expect(Math.abs(Number(properties["frames-played"]) - 0.3 * Number(properties["sample-rate"]))).toBeLessThan(3);
    expect(Number(properties.peak)).toBeGreaterThan(0.3);
  });

  test("suspend stops programs until the person goes on", async () => {
    await screen.run("clear; echo before; suspend; echo after", /^before$/m);
    const overlay = page.getByRole("button", { name: /Suspended/ });
    await overlay.waitFor();
    expect(await screen.text()).not.toMatch(/^after$/m);
    await overlay.click();
    await screen.shows(/^after$/m);
    await overlay.waitFor({ state: "detached" });
    await screen.run("echo again=$((40+2))", /^again=42$/m);
  });

  test("services ended in the page come back; programs and terminals go on", async () => {
    const before = await page.evaluate(() => (globalThis as unknown as { cloudos: PageMachine }).cloudos.services());
    await start(page, "busy", [
      "sh",
      "-c",
      "i=0; while [ $i -lt 40 ]; do cat /bin/sh > /tmp/c; i=$((i+1)); done; echo end",
    ]);
    for (const name of ["vfs", "logd", "vfs"]) {
      await page.evaluate(
        (each) => (globalThis as unknown as { cloudos: PageMachine }).cloudos.killService(each),
        name,
      );
    }
    await finished(page, "busy");
    const after = await page.evaluate(() => (globalThis as unknown as { cloudos: PageMachine }).cloudos.services());
    const restarts = (list: typeof before, name: string) => list.find(({ spec }) => spec.name === name)!.restarts;
    expect(restarts(after, "vfs") - restarts(before, "vfs")).toBe(2);
    // logd may have died with the file service it writes to, and waits its back-off.
    await expect
      .poll(
        async () => {
          const list = await page.evaluate(() =>
            (globalThis as unknown as { cloudos: PageMachine }).cloudos.services(),
          );
          return list.map(({ spec, state }) => `${spec.name} ${state}`).sort();
        },
        { timeout: 30_000 },
      )
      .toEqual(["logd running", "vfs running"]);
    await screen.run("clear; svc | cut -c1-40; echo alive=$((1+1))", /^alive=2$/m);
    expect(await screen.text()).toMatch(/^vfs +running/m);
  });
});
