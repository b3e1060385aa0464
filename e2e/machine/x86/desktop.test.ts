import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { VmImage } from "@cloudos/abi";
import { describe, expect, it } from "vitest";
import { compileEmulator, readBlob } from "../../../images/lib/builder.ts";
import { Guest } from "../../../images/lib/guest.ts";
import { serveRoot } from "../../../images/lib/root.ts";
import { ImageStore } from "../../../images/lib/store.ts";
import type { Picture } from "../../../packages/hal-wasm/src/machine/display.ts";
import { typeText } from "../../../packages/hal-wasm/src/machine/keyboard-layouts.ts";

const root = join(import.meta.dirname, "../../../build/images");
const path = join(root, "desktop/manifest.json");
const image = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as VmImage) : undefined;

/** Of the part of the screen where the panel's menu opens: above its button, left of the terminal. */
function menuPixels({ width, data }: Picture): string {
  const hash = createHash("sha256");
  for (let y = 540; y < 730; y++) hash.update(data.subarray((y * width + 4) * 4, (y * width + 54) * 4));
  return hash.digest("hex");
}

describe.skipIf(image?.snapshot == null)("the desktop image (needs npm run images desktop)", () => {
  it("is restored with its picture, which a click and typed text change", async () => {
    const { hardware, layers, snapshot } = image as VmImage;
    const { state, fids } = snapshot as NonNullable<VmImage["snapshot"]>;
    const store = new ImageStore(root);
    const { server } = await serveRoot(store, layers);
    if (fids !== null) await server.import(readBlob(store, fids));
    const guest = await Guest.start({
      emulator: compileEmulator(),
      hardware,
      boot: { kind: "state", state: readBlob(store, state).buffer },
      nineP: (request) => server.handle(request),
    });
    try {
      expect(guest.machine.display.size).toEqual({ mode: "graphics", width: 1024, height: 768, absolutePointer: true });
      const { data } = guest.machine.display.picture();
      const colours = new Set(new Uint32Array(data.buffer));
      expect(colours.size).toBeGreaterThan(20); // windows and text, not a blank screen

      // The terminal has the keyboard.
      await guest.hello(120);
      guest.machine.input([{ kind: "scancodes", codes: typeText("echo $((6*7)) > /tmp/typed\n", "us").codes }]);
      const wait = "while ! [ -s /tmp/typed ]; do sleep 0.2; done; cat /tmp/typed";
      expect((await guest.exec(["sh", "-c", wait], 240)).stdout).toBe("42\n");

      guest.machine.input([{ kind: "pointer", x: 20, y: 757, buttons: 0 }]);
      const corner = () => menuPixels(guest.machine.display.picture());
      const before = corner();
      guest.machine.input([{ kind: "pointer", x: 20, y: 757, buttons: 1 }]);
      guest.machine.input([{ kind: "pointer", x: 20, y: 757, buttons: 0 }]);
      await guest.until("the menu", 240, () => {
        guest.tick();
        return corner() !== before;
      });
    } finally {
      guest.machine.stop();
    }
  }, 600_000);
});
