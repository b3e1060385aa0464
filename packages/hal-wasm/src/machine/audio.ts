import type { MachineAudio } from "@cloudos/abi";
import type { V86Bus } from "./v86-internals.ts";

/** The programmable interval timer's input clock. */
const PIT_HZ = 1_193_182;
const SQUARE_WAVE = 3;
/** The sound card makes samples when asked; asking a little early keeps the player from running dry. */
const LEAD = 0.9;

/** Turns the emulated sound card's and speaker's bus events into messages, the samples in real time. */
export function audioBridge(bus: V86Bus, onSound: (sound: MachineAudio) => void): void {
  let rateHz = 44_100;
  let enabled = false;
  let speaker = false;
  let frequencyHz = 0;
  let playing = false;
  const request = () => {
    if (enabled) bus.send("dac-request-data");
  };
  bus.register(
    "dac-tell-sampling-rate",
    (rate: number) => {
      rateHz = rate;
    },
    bus,
  );
  const enable = (on: boolean) => {
    enabled = on;
    if (on) queueMicrotask(request);
  };
  bus.register("dac-enable", () => enable(true), bus);
  bus.register("dac-disable", () => enable(false), bus);
  bus.register(
    "dac-send-data",
    ([left, right]: [Float32Array, Float32Array]) => {
      setTimeout(request, (left.length / rateHz) * 1000 * LEAD);
      onSound({ type: "samples", left, right, rateHz });
    },
    bus,
  );
  const update = () => {
    const on = speaker && frequencyHz > 20 && frequencyHz < 20_000;
    if (on || playing) onSound({ type: "beep", frequencyHz, on });
    playing = on;
  };
  const speak = (on: boolean) => {
    speaker = on;
    update();
  };
  bus.register("pcspeaker-enable", () => speak(true), bus);
  bus.register("pcspeaker-disable", () => speak(false), bus);
  bus.register(
    "pcspeaker-update",
    ([mode, reload]: [number, number]) => {
      frequencyHz = mode === SQUARE_WAVE && reload > 0 ? PIT_HZ / reload : 0;
      update();
    },
    bus,
  );
}
