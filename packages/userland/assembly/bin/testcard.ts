/** testcard: a test picture on the display. */
import { dieErrno, finish } from "../lib/exit";
import * as fs from "../lib/fs";
import { writeAll } from "../lib/io";
import { Options } from "../lib/options";
import { parseUnsigned } from "../lib/numbers";
import { slurp } from "../lib/proc/process";

const USAGE = `Usage: testcard [OPTION]
Draw a test picture on /dev/fb0: colour bars, a grey ramp and a grid. The panel "Hardware" of the page shows it.

  -c, --clear   black instead`;

function property(name: string): i32 {
  return <i32>parseUnsigned(slurp("/sys/devices/display/" + name).trimEnd());
}

/** White, yellow, cyan, green, magenta, red, blue, black: the bars of television, brightest first. As 0x00BBGGRR. */
const BARS: StaticArray<u32> = [0xffffff, 0x00ffff, 0xffff00, 0x00ff00, 0xff00ff, 0x0000ff, 0xff0000, 0x000000];

const options = new Options("c", "clear=c", USAGE);
let clear = false;
while (options.next()) if (options.name == "c") clear = true;

const fb = fs.open("/dev/fb0", fs.WRITE);
if (fb < 0) dieErrno("cannot open /dev/fb0", -fb);
const width = property("width");
const height = property("height");
const picture = heap.alloc(width * height * 4);
memory.fill(picture, 0, width * height * 4);
for (let y = 0; !clear && y < height; y++) {
  for (let x = 0; x < width; x++) {
    let pixel: u32 = BARS[(x * 8) / width];
    if (y >= (height * 3) / 4) pixel = <u32>((x * 256) / width) * 0x010101;
    if (x % 64 == 0 || y % 64 == 0) pixel = 0x808080;
    store<u32>(picture + (y * width + x) * 4, pixel);
  }
}
const error = writeAll(fb, picture, width * height * 4);
if (error != 0) dieErrno("cannot write /dev/fb0", error);
finish(0);
