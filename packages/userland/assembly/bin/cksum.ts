/** cksum: POSIX checksums and sizes. */
import { finish } from "../lib/exit";
import { checkInput, closeInput, inputFailed, inputs, openInput } from "../lib/input";
import { Reader, stdout } from "../lib/io";
import { formatUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";

const USAGE = `Usage: cksum [FILE]...
Print the checksum (CRC of POSIX) and the number of bytes of each FILE.`;

/** Generator polynomial (XCU cksum), highest power first. */
const POLYNOMIAL: u32 = 0x04c11db7;
const table = new StaticArray<u32>(256);
for (let i = 0; i < 256; i++) {
  let crc = <u32>i << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ POLYNOMIAL : crc << 1;
  table[i] = crc;
}

const options = new Options("", "", USAGE);
while (options.next()) continue;
const files = inputs(options.operands);
for (let i = 0; i < files.length; i++) {
  const fd = openInput(files[i]);
  if (fd < 0) continue;
  const reader = new Reader(fd);
  let crc: u32 = 0;
  let size: u64 = 0;
  while (reader.fill()) {
    const end = reader.data + reader.available;
    for (let at = reader.data; at < end; at++) crc = (crc << 8) ^ unchecked(table[(crc >> 24) ^ load<u8>(at)]);
    size += reader.available;
    reader.skip(reader.available);
  }
  for (let rest = size; rest != 0; rest >>= 8) crc = (crc << 8) ^ table[(crc >> 24) ^ <u32>(rest & 255)];
  checkInput(files[i], reader.error);
  const failed = reader.error != 0;
  reader.free();
  closeInput(fd);
  if (failed) continue;
  stdout.writeLine(formatUnsigned(~crc) + " " + formatUnsigned(size) + (options.operands.length > 0 ? " " + files[i] : ""));
}
finish(inputFailed ? 1 : 0);
