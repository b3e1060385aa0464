import type { Frame, Page } from "playwright-core";
import { afterEach, expect, test } from "vitest";
import { Screen, Stage } from "./stage.ts";

let stage: Stage | null = null;
afterEach(async () => {
  await stage?.close();
  stage = null;
});

/** The embedded machine's frame, once its document is there. */
async function guest(page: Page): Promise<Frame> {
  await page.locator("iframe").waitFor();
  const handle = await page.locator("iframe").elementHandle();
  const frame = await handle?.contentFrame();
  if (frame === null || frame === undefined) throw new Error("The page has no frame");
  return frame;
}

test("inside a plain cross-origin page, without isolation: one core, said quietly, everything works", async () => {
  stage = await Stage.open({ isolated: false });
  const page = await stage.embed(`${stage.site.url}?mode=up`);
  const frame = await guest(page);
  const screen = await Screen.ready(frame);
  expect(await frame.evaluate(() => crossOriginIsolated)).toBe(false);
  await screen.run("seq 3 | while read n; do echo got $n; done", /got 1\ngot 2\ngot 3/);
  // ^C typed before the loop runs would be a key of the line editor.
  await screen.run("echo looping; while :; do :; done", /^looping$/m);
  await screen.press("Control+c");
  await screen.run("echo alive=$((1+1))", /^alive=2$/m);
  await frame.getByText("one core (not isolated)").waitFor();
});

test("inside the same page with the isolation policy: several cores over shared memory", async () => {
  stage = await Stage.open();
  const page = await stage.embed(stage.site.url);
  const frame = await guest(page);
  const screen = await Screen.ready(frame);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
  expect(await frame.evaluate(() => crossOriginIsolated)).toBe(true);
  await screen.run("seq 3 | sort -r | head -n 1", /^3$/m);
});

test("a host that cannot send headers: the service worker isolates the page after one reload", async () => {
  stage = await Stage.open({ isolated: false });
  const page = await stage.page();
  await Screen.ready(page);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
});
