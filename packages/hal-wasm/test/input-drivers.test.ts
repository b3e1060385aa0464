import { EV_ABS, EV_KEY, type HardwareEvent } from "@cloudos/abi";
import { describe, expect, it } from "vitest";
import { absent } from "../src/devices/discovery/node-of.ts";
import { KEY_CODES } from "../src/devices/input/codes.ts";
import { keyboardDriver, pointerDriver, touchDriver } from "../src/devices/input/drivers.ts";
import { followGamepads, gamepadDriver, type Pad, padNode } from "../src/devices/input/gamepad.ts";
import { Seat } from "../src/devices/input/seat.ts";
import { MemoryDevicePort, type MemoryStream } from "../src/devices/memory-port.ts";
import { DeviceRegistry } from "../src/devices/registry.ts";
import { describeDriver } from "./describe-driver.ts";

/** A surface 512 by 384 on the page, at (100, 50). */
class Surface extends EventTarget {
  getBoundingClientRect() {
    return { left: 100, top: 50, width: 512, height: 384 };
  }
  send(type: string, fields: object = {}): Event {
    const event = Object.assign(new Event(type, { cancelable: true }), fields);
    this.dispatchEvent(event);
    return event;
  }
}

const node = (path: string, compatible: string) => ({
  path,
  compatible: [compatible],
  status: "okay" as const,
  permission: "none" as const,
  properties: {},
});

const KINDS = {
  keyboard: { make: keyboardDriver, node: node("/input/keyboard", "w3c,uievents-keyboard") },
  pointer: { make: pointerDriver, node: node("/input/pointer", "w3c,pointer-events") },
  touch: { make: touchDriver, node: node("/input/touch", "w3c,pointer-events-touch") },
};

describeDriver("keyboard", () => {
  const seat = new Seat(1024, 768);
  const surface = new Surface();
  seat.attach(surface);
  return {
    driver: keyboardDriver(seat),
    node: KINDS.keyboard.node,
    stimulate: () => {
      surface.send("keydown", { code: "KeyA" });
      surface.send("keyup", { code: "KeyA" });
    },
    recordBytes: 48,
    held: () => seat.listenerCount,
  };
});

describeDriver("pointer", () => {
  const seat = new Seat(1024, 768);
  const surface = new Surface();
  seat.attach(surface);
  return {
    driver: pointerDriver(seat),
    node: KINDS.pointer.node,
    stimulate: () => surface.send("pointermove", { clientX: 200, clientY: 100, pointerType: "mouse" }),
    recordBytes: 72,
    held: () => seat.listenerCount,
  };
});

const pad = (pressed: boolean, axis = 0): Pad => ({
  index: 2,
  id: "Test pad",
  connected: true,
  buttons: Array.from({ length: 17 }, (_, n) => ({ pressed: n === 0 && pressed })),
  axes: [axis, 0, 0, 0],
});

describeDriver("gamepad", () => {
  let state = pad(false);
  let frame: (() => void) | undefined;
  return {
    driver: gamepadDriver({
      pads: () => [null, state],
      nextFrame: (action) => {
        frame = action;
        return () => {
          frame = undefined;
        };
      },
    }),
    node: padNode(state),
    stimulate: () => {
      state = pad(!state.buttons[0]!.pressed);
      frame?.();
    },
    recordBytes: 48,
    held: () => (frame ? 1 : 0),
  };
});

async function open(kind: keyof typeof KINDS) {
  const seat = new Seat(1024, 768);
  const surface = new Surface();
  const detach = seat.attach(surface);
  const port = new MemoryDevicePort();
  const registry = new DeviceRegistry(port);
  registry.addDriver(KINDS[kind].make(seat));
  registry.plug(KINDS[kind].node);
  await registry.settled();
  return { surface, seat, detach, port, stream: port.open("input/event0") };
}

/** Events without their reports. */
async function events(stream: MemoryStream): Promise<(readonly [number, number, number])[]> {
  const data = await stream.read();
  const view = new DataView(data.buffer);
  const all = Array.from(
    { length: data.length / 24 },
    (_, n) =>
      [view.getUint16(n * 24 + 16, true), view.getUint16(n * 24 + 18, true), view.getInt32(n * 24 + 20, true)] as const,
  );
  return all.filter(([type]) => type !== 0);
}

describe("the keyboard", () => {
  it("tells presses, repeats and releases by the place of the key", async () => {
    const { surface, stream } = await open("keyboard");
    surface.send("keydown", { code: "KeyQ", repeat: false });
    surface.send("keydown", { code: "KeyQ", repeat: true });
    surface.send("keyup", { code: "KeyQ" });
    surface.send("keydown", { code: "Unheard" });
    expect(await events(stream)).toEqual([
      [EV_KEY, 16, 1],
      [EV_KEY, 16, 2],
      [EV_KEY, 16, 0],
    ]);
  });

  it("releases what is held when the focus or the display goes", async () => {
    const { surface, stream, detach } = await open("keyboard");
    surface.send("keydown", { code: "ShiftLeft" });
    surface.send("blur");
    surface.send("keydown", { code: "AltLeft" });
    detach();
    surface.send("keydown", { code: "KeyB" });
    expect(await events(stream)).toEqual([
      [EV_KEY, 42, 1],
      [EV_KEY, 42, 0],
      [EV_KEY, 56, 1],
      [EV_KEY, 56, 0],
    ]);
  });

  it("leaves the page its shortcuts while no program reads", async () => {
    const { surface, stream } = await open("keyboard");
    expect(surface.send("keydown", { code: "KeyR" }).defaultPrevented).toBe(true);
    stream.close();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(surface.send("keydown", { code: "KeyR" }).defaultPrevented).toBe(false);
  });

  it("a program that missed events is told before the next", async () => {
    const { surface, port } = await open("keyboard");
    const slow = port.open("input/event0", 100);
    for (const code of ["KeyA", "KeyB", "KeyC", "KeyD"]) surface.send("keydown", { code });
    expect((await slow.read()).length).toBe(96);
    surface.send("keydown", { code: "KeyE" });
    const data = await slow.read();
    const view = new DataView(data.buffer);
    expect([view.getUint16(16, true), view.getUint16(18, true)]).toEqual([0, 3]);
    expect(view.getUint16(24 + 18, true)).toBe(KEY_CODES.KeyE);
  });

  it("knows Linux's numbers", () => {
    // From input-event-codes.h.
    expect(KEY_CODES).toMatchObject({
      Escape: 1,
      Digit1: 2,
      Backspace: 14,
      KeyQ: 16,
      Enter: 28,
      KeyA: 30,
      Backquote: 41,
      KeyZ: 44,
      Space: 57,
      F1: 59,
      F10: 68,
      Numpad7: 71,
      NumpadDecimal: 83,
      F11: 87,
      F12: 88,
      NumpadEnter: 96,
      ControlRight: 97,
      AltRight: 100,
      Home: 102,
      ArrowUp: 103,
      ArrowLeft: 105,
      ArrowRight: 106,
      ArrowDown: 108,
      Delete: 111,
      Pause: 119,
      IntlYen: 124,
      MetaLeft: 125,
      ContextMenu: 127,
    });
  });
});

describe("the pointer", () => {
  it("maps places on the page to pixels of the display, never outside", async () => {
    const { surface, stream } = await open("pointer");
    for (const [clientX, clientY] of [
      [100, 50],
      [356, 242],
      [612, 434],
      [-5000, 9000],
    ]) {
      surface.send("pointermove", { clientX, clientY, pointerType: "mouse" });
    }
    expect((await events(stream)).map(([, , value]) => value)).toEqual([0, 0, 512, 384, 1023, 767, 0, 767]);
  });

  it("tells buttons and wheel, and leaves fingers to the touch screen", async () => {
    const { surface, stream } = await open("pointer");
    const at = { clientX: 100, clientY: 50, pointerType: "mouse" };
    surface.send("pointerdown", { ...at, button: 2 });
    surface.send("pointerup", { ...at, button: 2 });
    surface.send("pointerdown", { ...at, button: 0, pointerType: "touch" });
    surface.send("wheel", { deltaX: 0, deltaY: 120 });
    const place = [
      [EV_ABS, 0, 0],
      [EV_ABS, 1, 0],
    ];
    expect(await events(stream)).toEqual([...place, [EV_KEY, 0x111, 1], ...place, [EV_KEY, 0x111, 0], [2, 8, -1]]);
  });
});

describe("the touch screen", () => {
  it("gives each finger a slot, and frees it", async () => {
    const { surface, stream } = await open("touch");
    const finger = (pointerId: number) => ({ clientX: 100, clientY: 50, pointerType: "touch", pointerId });
    surface.send("pointerdown", finger(7));
    surface.send("pointerdown", finger(9));
    surface.send("pointerup", finger(7));
    surface.send("pointerdown", finger(11));
    surface.send("pointercancel", finger(9));
    surface.send("pointerup", finger(11));
    const got = await events(stream);
    const slots = got.filter(([, code]) => code === 0x2f).map(([, , value]) => value);
    const tracking = got.filter(([, code]) => code === 0x39).map(([, , value]) => value);
    const touch = got.filter(([, code]) => code === 0x14a).map(([, , value]) => value);
    expect(slots).toEqual([0, 1, 0, 0, 1, 0]);
    expect(tracking).toEqual([0, 1, -1, 2, -1, -1]);
    expect(touch).toEqual([1, 0]);
  });
});

describe("gamepads", () => {
  it("come and go in the tree", async () => {
    const registry = new DeviceRegistry(new MemoryDevicePort());
    const happened: [HardwareEvent["type"], string][] = [];
    registry.plug(absent("/input/gamepad", "w3c,gamepad", "None."));
    registry.onChange(({ type, node: { path } }) => happened.push([type, path]));
    const browser = new EventTarget();
    followGamepads(registry, browser);
    browser.dispatchEvent(Object.assign(new Event("gamepadconnected"), { gamepad: pad(false) }));
    expect(registry.nodes.map(({ path, status }) => [path, status])).toEqual([["/input/gamepad/2", "okay"]]);
    browser.dispatchEvent(Object.assign(new Event("gamepaddisconnected"), { gamepad: pad(false) }));
    expect(registry.nodes.map(({ path, status }) => [path, status])).toEqual([["/input/gamepad", "absent"]]);
    expect(happened.map(([type]) => type)).toEqual(["removed", "added", "removed", "added"]);
  });
});
