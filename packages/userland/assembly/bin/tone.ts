/** tone: a sound on the speaker. */
import { dieErrno, dieUsage, finish } from "../lib/exit";
import * as fs from "../lib/fs";
import { writeAll } from "../lib/io";
import { Options } from "../lib/options";
import { parseEnd, parseUnsigned } from "../lib/numbers";

const USAGE = `Usage: tone [HERTZ [MILLISECONDS]]
Play a sine wave (440 Hz for 500 ms) on /dev/dsp. Sound files: cat FILE.wav > /dev/dsp`;

const RATE = 48000;
/** Rising and falling edges without a click: 10 ms. */
const EDGE = 480;

function number(operands: string[], index: i32, otherwise: u64, most: u64): u64 {
  if (operands.length <= index) return otherwise;
  const value = parseUnsigned(operands[index]);
  if (parseEnd != operands[index].length || value == 0 || value > most) dieUsage("invalid number");
  return value;
}

const options = new Options("", "", USAGE);
while (options.next()) continue;
const hertz = number(options.operands, 0, 440, 20000);
const frames = <i32>((number(options.operands, 1, 500, 3600000) * RATE) / 1000);
const dsp = fs.open("/dev/dsp", fs.WRITE);
if (dsp < 0) dieErrno("cannot open /dev/dsp", -dsp);
const BLOCK = 4096;
const block = heap.alloc(BLOCK * 4);
const step = (2.0 * Math.PI * <f64>hertz) / RATE;
for (let at = 0; at < frames; at += BLOCK) {
  const count = min(BLOCK, frames - at);
  for (let i = 0; i < count; i++) {
    const frame = at + i;
    const edge = min(1.0, <f64>min(frame, frames - frame) / EDGE);
    const sample = <i16>(Math.sin(<f64>frame * step) * edge * 12000.0);
    store<i16>(block + i * 4, sample);
    store<i16>(block + i * 4, sample, 2);
  }
  const error = writeAll(dsp, block, count * 4);
  if (error != 0) dieErrno("cannot write /dev/dsp", error);
}
finish(0);
