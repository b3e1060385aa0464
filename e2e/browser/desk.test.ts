import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Screen, Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage?.close());

test("boots on several cores to a prompt, with the kernel's log on the way", async () => {
  const page = await stage.page();
  const screen = await Screen.ready(page);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await screen.run("uname", /^CloudOS$/m);
  await screen.run("cat /proc/cpuinfo | grep -c ^processor", /^[1-9]\d*$/m);
  await page.close();
});

test("a pipeline of two real processes leaves a file that a reload still finds", async () => {
  const page = await stage.page();
  let screen = await Screen.ready(page);
  await screen.run("cd; python3 -c 'print(6*7)' | cat > answer; sync; echo kept=$?", /^kept=0$/m);
  await page.reload();
  screen = await Screen.ready(page);
  await screen.run("cat answer", /^42$/m);
  await page.close();
});

test("^C ends an endless loop and the shell goes on; other terminals never stall", async () => {
  const page = await stage.page();
  const screen = await Screen.ready(page);
  // ^C typed before the loop runs would be a key of the line editor.
  await screen.run("echo looping; while :; do :; done", /^looping$/m);
  await page.getByRole("button", { name: "New terminal" }).click();
  const other = await Screen.ready(page);
  await other.run("echo still $((40+2))", /^still 42$/m);
  await page.getByRole("tab").first().click();
  await screen.press("Control+c");
  await screen.run("echo alive=$((1+1))", /^alive=2$/m);
  await page.close();
});

test("files come in by drop and by the picker, and go out by `download`", async () => {
  const page = await stage.page();
  const screen = await Screen.ready(page);
  await page
    .getByTestId("file-picker")
    .setInputFiles({ name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("picked\n") });
  await page.getByText("note.txt copied to /home/user").waitFor();
  const transfer = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(["dropped\n"], "dropped.txt", { type: "text/plain" }));
    return data;
  });
  await page.dispatchEvent(".desk", "drop", { dataTransfer: transfer });
  await page.getByText("dropped.txt copied to /home/user").waitFor();
  await screen.run("cat ~/note.txt ~/dropped.txt", /^picked\ndropped$/m);

  const download = page.waitForEvent("download");
  await screen.run("cat ~/note.txt ~/dropped.txt > ~/both.txt; download ~/both.txt", /\$ ?$/);
  const file = await download;
  expect(file.suggestedFilename()).toBe("both.txt");
  expect(readFileSync(await file.path(), "utf8")).toBe("picked\ndropped\n");
  await page.close();
});

test("a second tab on the same disk is told in words and harms nothing", async () => {
  const page = await stage.page();
  const screen = await Screen.ready(page);
  await screen.run("echo first > ~/owner; sync; echo ok", /^ok$/m);
  const second = await stage.page();
  await second
    .getByText(/another tab/i)
    .first()
    .waitFor();
  await second.close();
  await screen.run("cat ~/owner", /^first$/m);
  await page.close();
});

test("the file service is ended while the machine runs: it comes back, files too", async () => {
  const page = await stage.page();
  const screen = await Screen.ready(page);
  await screen.run("echo before > ~/kept; sync; echo ok", /^ok$/m);
  await page.evaluate(() =>
    (globalThis as unknown as { cloudos: { killService(name: string): Promise<void> } }).cloudos.killService("vfs"),
  );
  await screen.run("cat ~/kept; ls /bin | grep -c .", /^before\n\d+$/m);
  await page.close();
});
