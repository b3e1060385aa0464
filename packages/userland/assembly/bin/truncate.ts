/** truncate: sets the size of files. */
import { die, dieErrno, dieUsage, finish, warnErrno } from "../lib/exit";
import * as fs from "../lib/fs";
import { Options } from "../lib/options";
import { quoteProse, quoteShell } from "../lib/quote";
import { parseSize, sizeFailed } from "../lib/sizes";

const USAGE = `Usage: truncate OPTION... FILE...
Make files longer (with zeros) or shorter.

  -c, --no-create       leave files alone that do not exist
  -r, --reference=FILE  as large as FILE
  -s, --size=SIZE       this size; with + more, - less, < at most, > at least,
                        / rounded down, % rounded up to a multiple`;

const options = new Options("cor:s:", "no-create=c io-blocks=o reference:=r size:=s", USAGE);
let create = true;
let reference = "";
let sizeText = "";
while (options.next()) {
  switch (options.name) {
    case "c":
      create = false;
      break;
    case "r":
      reference = options.value;
      break;
    case "s":
      sizeText = options.value;
      break;
  }
}
if (sizeText.length == 0 && reference.length == 0) dieUsage("you must specify either " + quoteProse("--size") + " or " + quoteProse("--reference"));
if (options.operands.length == 0) dieUsage("missing file operand");
let operator = "";
let size: u64 = 0;
if (sizeText.length > 0) {
  if ("+-<>/%".includes(sizeText.charAt(0))) operator = sizeText.charAt(0);
  size = parseSize(sizeText.substring(operator.length));
  if (sizeFailed) die("Invalid number: " + quoteProse(sizeText.substring(operator.length)));
  if ((operator == "/" || operator == "%") && size == 0) die("division by zero");
}
let base: u64 = 0;
if (reference.length > 0) {
  const st = new fs.Stat();
  const error = fs.stat(reference, st);
  if (error != 0) dieErrno("cannot stat " + quoteShell(reference), error);
  base = st.size;
  if (sizeText.length > 0 && operator.length == 0) dieUsage("you must specify a relative " + quoteProse("--size") + " with " + quoteProse("--reference"));
}

function newSize(current: u64): u64 {
  if (sizeText.length == 0) return current;
  switch (operator) {
    case "+":
      return current + size;
    case "-":
      return current > size ? current - size : 0;
    case "<":
      return min(current, size);
    case ">":
      return max(current, size);
    case "/":
      return current - (current % size);
    case "%":
      return ((current + size - 1) / size) * size;
    default:
      return size;
  }
}

let status = 0;
for (let i = 0; i < options.operands.length; i++) {
  const path = options.operands[i];
  if (!create && !fs.exists(path)) continue;
  const fd = fs.open(path, fs.WRITE | fs.CREATE);
  if (fd < 0) {
    warnErrno("cannot open " + quoteShell(path) + " for writing", -fd);
    status = 1;
    continue;
  }
  const st = new fs.Stat();
  fs.fstat(fd, st);
  const error = fs.setSize(fd, newSize(reference.length > 0 ? base : st.size));
  if (error != 0) {
    warnErrno("failed to truncate " + quoteShell(path), error);
    status = 1;
  }
  fs.close(fd);
}
finish(status);
