/** kill: sends signals. */
import { args } from "../lib/args";
import { byteAt, isDigit } from "../lib/bytes";
import { proc_kill } from "../lib/cloudos";
import { dieUsage, finish, warn, warnErrno } from "../lib/exit";
import { stdout } from "../lib/io";
import { formatUnsigned, parseFailed, parseSigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { quoteProse } from "../lib/quote";
import { SIGNAL_COUNT, signalName, signalNumber } from "../lib/signal-names";

const USAGE = `Usage: kill [-s SIGNAL | -SIGNAL] PID...
  or:  kill -l [SIGNAL]...
  or:  kill -L
Send a signal (TERM) to processes; a negative PID is a process group.

  -s, --signal=SIGNAL  name (with or without SIG) or number
  -l, --list           names of signals; for a number its name, for a name its number
  -L, --table          numbers and names`;

function list(operands: string[]): void {
  let status = 0;
  for (let i = 0; i < operands.length; i++) {
    const word = operands[i];
    let signal = signalNumber(word);
    const numeric = word.length > 0 && isDigit(byteAt(word, 0));
    // An exit status of a shell: 128 + n.
    if (numeric && signal < 0) {
      const value = parseSigned(word);
      if (!parseFailed && value > 128 && value <= 128 + SIGNAL_COUNT) signal = <i32>value - 128;
    }
    if (signal < 0 || (numeric && signal > 0 && signalName(signal) == "")) {
      warn(quoteProse(word) + ": invalid signal");
      status = 1;
    } else stdout.writeLine(numeric ? (signal == 0 ? "EXIT" : signalName(signal)) : formatUnsigned(signal));
  }
  for (let signal = 1; operands.length == 0 && signal <= SIGNAL_COUNT; signal++) stdout.writeLine(signalName(signal));
  finish(status);
}

function table(): void {
  for (let signal = 1; signal <= SIGNAL_COUNT; signal++) {
    stdout.writeLine((signal < 10 ? " " : "") + formatUnsigned(signal) + " " + signalName(signal));
  }
  finish(0);
}

function signalOrDie(text: string): i32 {
  const signal = signalNumber(text);
  if (signal < 0) dieUsage(quoteProse(text) + ": invalid signal");
  return signal;
}

let signal = 15;
let operands = args;
const first = args.length > 0 ? args[0] : "";
const second = first.length > 1 ? byteAt(first, 1) : 0;
const isLetter = second >= 65 && second <= 90 && first != "-L";
if (first.startsWith("-") && (isDigit(second) || isLetter)) {
  // -9, -TERM
  signal = signalOrDie(first.substring(1));
  operands = args.slice(1);
  if (operands.length > 0 && operands[0] == "--") operands = operands.slice(1);
} else {
  const options = new Options("+s:n:lLt", "signal:=s list=l table=L", USAGE);
  let listing = false;
  while (options.next()) {
    switch (options.name) {
      case "l":
        listing = true;
        break;
      case "L":
      case "t":
        table();
        break;
      default:
        signal = signalOrDie(options.value);
    }
  }
  operands = options.operands;
  if (listing) list(operands);
}
if (operands.length == 0) dieUsage("no process ID specified");
let status = 0;
for (let i = 0; i < operands.length; i++) {
  const pid = parseSigned(operands[i]);
  if (parseFailed || pid != <i64>(<i32>pid)) {
    warn(quoteProse(operands[i]) + ": invalid process id");
    status = 1;
    continue;
  }
  const error = proc_kill(<i32>pid, signal);
  if (error != 0) {
    warnErrno("sending signal to " + operands[i] + " failed", error);
    status = 1;
  }
}
finish(status);
