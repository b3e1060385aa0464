/** paste: lines of files side by side. */
import { readEscape } from "../lib/escapes";
import { die, finish } from "../lib/exit";
import { checkInput, inputFailed, inputs, openInput } from "../lib/input";
import { Reader, stdin, stdout } from "../lib/io";
import { Options } from "../lib/options";

const USAGE = `Usage: paste [OPTION]... [FILE]...
Print lines made of one line of each FILE, with tabs between.

  -d, --delimiters=LIST  these in turn instead of tabs
  -s, --serial           one file after the other, each on one line
  -z, --zero-terminated  lines end in NUL`;

let delimiters: string[] = ["\t"];
let end: u8 = 10;

function parseDelimiters(list: string): void {
  delimiters = [];
  for (let at = 0; at < list.length; ) {
    if (list.charAt(at) != "\\") {
      delimiters.push(list.charAt(at++));
      continue;
    }
    if (at + 1 == list.length) die("delimiter list ends with an unescaped backslash: " + list);
    const next = list.charAt(at + 1);
    if (next == "0") delimiters.push("");
    else if ("bfnrtv\\".includes(next)) delimiters.push(readEscape(list, at, false, false));
    else delimiters.push(next);
    at += 2;
  }
  if (delimiters.length == 0) delimiters.push("");
}

const options = new Options("d:sz", "delimiters:=d serial=s zero-terminated=z", USAGE);
let serial = false;
while (options.next()) {
  switch (options.name) {
    case "d":
      parseDelimiters(options.value);
      break;
    case "s":
      serial = true;
      break;
    case "z":
      end = 0;
      break;
  }
}

function pasteSerial(reader: Reader): void {
  let count = 0;
  for (let line = reader.readLine(end); line !== null; line = reader.readLine(end)) {
    if (count > 0) stdout.write(delimiters[(count - 1) % delimiters.length]);
    stdout.write(line);
    count++;
  }
  stdout.writeByte(end);
}

function pasteParallel(readers: Reader[]): void {
  const ended = new Array<bool>(readers.length).fill(false);
  while (true) {
    let line = "";
    let any = false;
    for (let i = 0; i < readers.length; i++) {
      let next: string | null = null;
      if (!ended[i]) next = readers[i].readLine(end);
      if (next === null) ended[i] = true;
      else {
        any = true;
        line += next;
      }
      if (i + 1 < readers.length) line += delimiters[i % delimiters.length];
    }
    if (!any) return;
    stdout.write(line);
    stdout.writeByte(end);
  }
}

const files = inputs(options.operands);
const readers: Reader[] = [];
for (let i = 0; i < files.length; i++) {
  const fd = openInput(files[i]);
  if (fd < 0) {
    // Every column counts: without one of the files there is nothing to line up.
    if (!serial) finish(1);
    continue;
  }
  // "-" several times takes turns with the lines of standard input.
  readers.push(fd == 0 ? stdin : new Reader(fd));
  if (serial) {
    pasteSerial(readers[readers.length - 1]);
    checkInput(files[i], readers[readers.length - 1].error);
  }
}
if (!serial) pasteParallel(readers);
finish(inputFailed ? 1 : 0);
