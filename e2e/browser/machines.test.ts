/** x86 machines in a real browser: a shell in a tab, files, suspension and reload, clones, files of states, a worker that dies. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Screen, Stage } from "./stage.ts";

const built = (image: string) => existsSync(join(import.meta.dirname, "../../build/images", image, "manifest.json"));
/** The prompt of a root shell in machine `name` at the end of the screen. */
const prompt = (name: string) => new RegExp(`root@${name}:[^\\n]*# ?$`);
const LEAVE = "Control+]";

// Skips where the images cannot be built: they are made from Debian's packages.
describe.skipIf(!built("busybox"))("machines in the browser (images: npm run images)", () => {
  let stage: Stage;
  let page: Page;
  let screen: Screen;

  beforeAll(async () => {
    stage = await Stage.open();
    page = await stage.page();
    screen = await Screen.ready(page);
  });
  afterAll(() => stage.close());

  it("run: a Linux shell in the terminal, with files on the OS's disk", async () => {
    await screen.type("vm run busybox\n");
    await screen.shows(prompt("busybox"));
    await screen.type("uname -sm; echo $((6*7)) > /mnt/host/answer; cat /mnt/host/answer\n");
    await screen.shows(/Linux i[56]86\n42\n/);
  });

  it("console: left with Ctrl-], and come back to with what was on it", async () => {
    await screen.type("kept=before\n");
    await screen.shows(prompt("busybox"));
    await screen.press(LEAVE);
    await screen.shows(/\[busybox goes on[^\n]*\]\n+user@cloudos:~\$ ?$/);
    await screen.run("cat /var/vm/busybox/root/answer", /42/);
    await screen.run("clear; vm ls", /busybox +running +busybox/);
    await screen.type("vm console busybox\n");
    await screen.shows(/kept=before\n.*# ?$/s);
    await screen.press(LEAVE);
    await screen.shows(/goes on/);
  });

  it("exec: streams and exit status, as of any program", async () => {
    await screen.run("clear; echo in | vm exec busybox tr a-z A-Z; echo status $?", /IN\nstatus 0/);
    await screen.run("vm exec busybox sh -c 'exit 7'; echo status $?", /status 7/);
    await screen.run("vm exec busybox nothing; echo status $?", /no such program\nstatus 127/);
    await screen.run("seq 20000 | vm exec busybox cat | tail -n 1", /20000/);
  });

  it("reload: the machine goes on, shell and files included", async () => {
    await screen.type("clear; vm snapshot busybox\n");
    await screen.shows(/pages of its own/);
    await page.reload();
    // Its console opens in a tab of its own.
    const again = new Screen(page);
    await again.shows(/kept=before/);
    await again.type("echo still $kept; cat /mnt/host/answer\n");
    await again.shows(/still before\n42\n/);
    await again.press(LEAVE);
    await page.locator("#tab-1").click();
    screen = await Screen.ready(page);
  });

  it("suspend frees the machine, console wakes it", async () => {
    await screen.run("clear; vm suspend busybox; vm ls", /busybox +suspended/);
    await screen.run("clear; vm exec busybox sh -c 'cat /mnt/host/answer; hostname'", /42\nbusybox/);
  });

  it("clone: another machine in the same state", async () => {
    await screen.run(
      "clear; vm clone busybox twin; vm exec twin sh -c 'hostname; cat /mnt/host/answer'",
      /twin\n42\n.*\$ ?$/,
    );
    const command = "vm exec twin sh -c 'echo 43 > /mnt/host/answer'; vm exec busybox cat /mnt/host/answer";
    await screen.run(`clear; ${command}; echo both`, /^42\nboth/m);
    await screen.run("cat /var/vm/twin/root/answer", /\n43\n/);
  });

  it("machines of a page reach each other over their network", async () => {
    await screen.run("clear; vm ls", /busybox +running.* 10\.77\.0\.2 .*\ntwin +running.* 10\.77\.0\.3 /);
    await screen.run(
      "clear; vm exec busybox ping -c 3 10.77.0.3; echo pinged",
      /3 packets received, 0% packet loss[^$]*pinged/,
    );
    await screen.run("clear; vm exec twin ping -c 1 10.77.0.2; echo pinged", /1 packets received[^$]*pinged/);
  });

  it("export and import: a state in a file", async () => {
    await screen.run("clear; vm export busybox state.snap; vm import state.snap third; vm ls", /third +suspended/);
    await screen.run("clear; vm exec third hostname; echo named", /^third\nnamed/m);
    await screen.run(
      "dd if=/dev/zero of=state.snap bs=1 seek=50000 count=9 conv=notrunc 2> /dev/null; echo cut",
      /\ncut\n/,
    );
    await screen.run("vm import state.snap fourth", /Cannot read the snapshot/);
    await screen.run("clear; vm ls -q", /busybox\nthird\ntwin|busybox\ntwin\nthird/);
  });

  it("a machine whose worker dies takes nothing with it", async () => {
    await page.evaluate(async () => {
      const { machines } = globalThis as unknown as {
        machines: { runtime: { live(name: string): Promise<{ device: { stop(): void } }> } };
      };
      (await machines.runtime.live("third")).device.stop();
    });
    await screen.run("clear; vm ls", /third +failed/);
    await screen.run("vm exec twin echo alive; echo and well", /alive\nand well/);
    await screen.run("vm exec third true; echo status $?", /it is failed\nstatus 1/);
  });

  it("killing the process that asked for a machine ends the machine", async () => {
    await screen.run("clear; vm run --name mortal busybox < /dev/zero > /dev/null &", /\$ ?$/);
    await screen.run("until vm ls | grep 'mortal *running'; do :; done", /\nmortal +running/);
    await screen.run("kill -9 $!; until vm ls | grep 'mortal *stopped'; do :; done", /\nmortal +stopped/);
  });

  it("says what is wrong", async () => {
    await screen.run("clear; vm run nothing; echo status $?", /there is no such image[^$]*status 1/);
    await screen.run("clear; vm run -m 5000 busybox", /5000 MiB of memory; a 32-bit machine here has 16 to 2047 MiB/);
    await screen.run("clear; vm frobnicate; echo status $?", /there is no command "frobnicate"[^$]*status 2/);
    await screen.run("clear; vm rm -f busybox twin third mortal; vm ls -q; echo none", /none/);
  });
});

describe.skipIf(!built("debian"))("the debian machine in the browser (images: npm run images debian)", () => {
  let stage: Stage;
  let page: Page;
  let screen: Screen;

  beforeAll(async () => {
    stage = await Stage.open();
    page = await stage.page();
    screen = await Screen.ready(page);
  });
  afterAll(() => stage.close());

  it("run: a restored Debian whose root is on the OS's disk", async () => {
    await screen.type("vm run debian\n");
    await screen.shows(prompt("debian"));
    await screen.type("python3 -c 'print(2**100)' | tee /root/power\n");
    await screen.shows(/\n1267650600228229401496703205376\n/, 60_000);
    await screen.type("dpkg -s bash | grep ^Status; git init -q /root/work && cd /root/work && echo in $PWD\n");
    await screen.shows(/install ok installed\n.*in \/root\/work\n/, 60_000);
  });

  it("reload: the same shell in the same directory, its files and its open file", async () => {
    await screen.type("clear; exec 5> open; echo before >&5; kept=yes; echo set\n");
    await screen.shows(/set\n/);
    await screen.press(LEAVE);
    await screen.run("clear; vm snapshot debian", /pages of its own/);
    await page.reload();
    const again = new Screen(page);
    await again.shows(prompt("debian"));
    await again.type("clear; echo after >&5; cat open /root/power; echo $kept $PWD\n");
    await again.shows(/before\nafter\n1267650600228229401496703205376\nyes \/root\/work\n/);
    await again.press(LEAVE);
    await page.locator("#tab-1").click();
    screen = await Screen.ready(page);
  });

  it("goes on, open files included, when the file service is restarted", async () => {
    await screen.run("clear; vm console debian", /yes/);
    await page.evaluate(async () => {
      const { cloudos } = globalThis as unknown as { cloudos: { killService(name: "vfs"): Promise<void> } };
      await cloudos.killService("vfs");
    });
    await screen.type("clear; echo third >&5; cat open; ls / | wc -l; echo $((40 + 2))\n");
    await screen.shows(/after\nthird\n\d+\n42\n/);
    await screen.press(LEAVE);
    await screen.shows(/goes on/);
  });

  it("clone: its own files from then on", async () => {
    await screen.run(
      "clear; vm clone debian copy; vm exec copy sh -c 'rm /root/power; ls /root; hostname'",
      /copy\n.*\$ ?$/,
    );
    await screen.run(
      "clear; vm exec debian cat /root/power; vm exec copy cat /root/power; echo both",
      /205376\ncat: .*No such file.*\nboth/,
    );
  });

  it("export: its files go along", async () => {
    await screen.run("clear; vm export debian d.vm; vm import d.vm moved; vm rm -f debian; echo moved", /^moved$/m);
    await screen.run("clear; vm exec moved sh -c 'cat /root/power; hostname'; echo there", /205376\nmoved\nthere/);
  });

  it("rm: nothing is left, whoever owned it in the machine", async () => {
    await screen.run("clear; vm rm -f moved copy; vm ls -q; ls /var/vm; echo nothing", /^nothing/m);
  });
});

/** The colour in the middle of the machine's screen in view: [red, green, blue]. */
function middleOfScreen(page: Page): Promise<number[]> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>(".pane:not(.pane-hidden) .screen canvas");
    const probe = new OffscreenCanvas(1, 1).getContext("2d");
    if (canvas === null || probe === null || canvas.width === 0) return [-1, -1, -1];
    probe.drawImage(canvas, canvas.width / 2, canvas.height / 2, 1, 1, 0, 0, 1, 1);
    return [...probe.getImageData(0, 0, 1, 1).data.subarray(0, 3)];
  });
}

/** Waits until `look` gives a value that `fits`. */
async function eventually<T>(look: () => Promise<T>, fits: (value: T) => boolean, timeoutMs = 60_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await look();
    if (fits(value)) return value;
    if (Date.now() > deadline) throw new Error(`Never came: the last was ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.skipIf(!built("firmware"))("a disk of one's own (images: npm run images)", () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterAll(() => stage.close());

  it("boots with a BIOS, and draws on a screen", async () => {
    const page = await stage.page();
    const screen = await Screen.ready(page);
    // mode 13h (320x200, 256 colours), then all of its memory at A000:0 set to colour 4, dark red; hlt for ever.
    const program = "b81300cd10b800a08ec031ffb004b900faf3aaf4ebfd";
    await page.evaluate(async (hex) => {
      const disk = new Uint8Array(512);
      disk.set(hex.match(/../g)?.map((byte) => Number.parseInt(byte, 16)) ?? []);
      disk.set([0x55, 0xaa], 510);
      const { cloudos } = globalThis as unknown as {
        cloudos: { files: { writeFile(path: string, data: Uint8Array): Promise<void> } };
      };
      await cloudos.files.writeFile("/home/user/red.img", disk);
    }, program);
    await screen.type("vm boot red.img\n");
    await eventually(
      () => middleOfScreen(page),
      // Two thirds of 255 in the card's six bits.
      ([red, green, blue]) => red === 168 && green === 0 && blue === 0,
    );
    await page.locator("#tab-1").click();
    await screen.run("clear; vm exec red true; echo status $?", /has no agent of ours\nstatus 1/);
    await screen.run("vm rm -f red; vm ls -q; echo gone", /\ngone/);
  });
});

describe.skipIf(!built("desktop"))("the desktop (images: npm run images desktop)", () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.open({ viewport: { width: 1100, height: 900 } });
  });
  afterAll(() => stage.close());

  it("restores; clicks and keys change the picture and reach programs", async () => {
    const page = await stage.page();
    const screen = await Screen.ready(page);
    await screen.type("vm run desktop\n");
    const picture = page.locator(".screen canvas");
    await picture.waitFor({ timeout: 120_000 });
    const wallpaper = await eventually(
      () => middleOfScreen(page),
      ([red = 0, green = 0, blue = 0]) => red + green + blue > 0,
    );
    expect(wallpaper).not.toEqual([0, 0, 0]);
    const shot = async () => (await picture.screenshot()).toString("base64");

    // A terminal has the focus once it was clicked.
    const box = (await picture.boundingBox())!;
    const scale = Math.min(box.width / 1024, box.height / 768);
    const at = (x: number, y: number) =>
      [box.x + (box.width - 1024 * scale) / 2 + x * scale, box.y + (box.height - 768 * scale) / 2 + y * scale] as const;
    await page.mouse.move(...at(300, 300));
    await page.mouse.click(...at(300, 300));
    const before = await shot();
    // No capitals: the driver of this test presses no Shift for them.
    await page.keyboard.type("touch /root/typed-here\n");
    await eventually(shot, (now) => now !== before);
    await page.locator("#tab-1").click();
    await screen.press(LEAVE);
    await screen.shows(/goes on/);
    await screen.run(
      "clear; until vm exec desktop ls /root/typed-here; do :; done 2> /dev/null",
      /^\/root\/typed-here$/m,
    );

    // The menu opens at the button in the panel's corner.
    await page
      .getByRole("tab", { name: /desktop/ })
      .last()
      .click();
    const closed = await shot();
    await page.mouse.click(...at(20, 755));
    await eventually(shot, (now) => now !== closed);
  });
});

describe.skipIf(!built("busybox"))("cloudos exec --env (images: npm run images)", () => {
  const cloudos = (...args: string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, "../../packages/cli/bin/cloudos.js"), "exec", ...args], {
      input: "from outside\n",
      encoding: "utf8",
    });

  it("runs a program in a machine: streams and exit status", () => {
    const script = "cat; echo error >&2; uname -s; exit 7";
    const { status, stdout, stderr } = cloudos("--env", "busybox", "--", "sh", "-c", script);
    expect({ status, stdout, stderr }).toEqual({ status: 7, stdout: "from outside\nLinux\n", stderr: "error\n" });
  });

  it.skipIf(!built("debian"))("with what Debian has", () => {
    expect(cloudos("--env", "debian", "--", "python3", "-c", "print(2**100)").stdout).toBe(`${2n ** 100n}\n`);
    expect(cloudos("--env", "debian", "--", "perl", "-e", "print 42").stdout).toBe("42");
  });

  it("says what is not there", () => {
    const { status, stderr } = cloudos("--env", "nothing", "--", "true");
    expect(stderr).toMatch(/there is no such image/);
    expect(status).not.toBe(0);
  });
});
