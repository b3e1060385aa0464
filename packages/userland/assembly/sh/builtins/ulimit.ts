import { LIMIT_MEMORY, LIMIT_PROCESSES } from "../../../../abi/src/cloudos-v1";
import { ENOTSUP } from "../../../../abi/src/errno";
import { MAX_HANDLES } from "../../../../abi/src/params";
import { proc_limit } from "../../lib/cloudos";
import { errorText } from "../../lib/errno-text";
import { parseCount } from "../number";
import { emit } from "../output";
import { builtinError } from "../report";
import { OptionScanner } from "./options";

const OUT = memory.data(8, 8);
/** ulimit -v counts KiB; the kernel counts 64 KiB pages of Wasm memory. */
const KIB_PER_PAGE: i32 = 64;

function current(letter: string): string {
  if (letter == "n") return MAX_HANDLES.toString();
  if (letter == "u" || letter == "p")
    return proc_limit(LIMIT_PROCESSES, -1, OUT) == 0 ? load<u32>(OUT).toString() : "unlimited";
  if (letter == "v" || letter == "m") {
    return proc_limit(LIMIT_MEMORY, -1, OUT) == 0 ? (load<u32>(OUT) * KIB_PER_PAGE).toString() : "unlimited";
  }
  return "unlimited";
}

function change(letter: string, text: string): i32 {
  if (text == "unlimited") return 0;
  const value = parseCount(text);
  if (value < 0) return builtinError("bad number");
  let error: u32 = 0;
  if (letter == "p" || letter == "u") error = proc_limit(LIMIT_PROCESSES, value, OUT);
  else if (letter == "v" || letter == "m") error = proc_limit(LIMIT_MEMORY, value / KIB_PER_PAGE, OUT);
  else return builtinError("error setting limit: " + errorText(ENOTSUP));
  return error == 0 ? 0 : builtinError("error setting limit: " + errorText(<i32>error));
}

export function ulimitCommand(argv: string[]): i32 {
  const scanner = new OptionScanner(argv, "HSatfdscmlpnuvwr");
  let which = "f";
  for (let letter = scanner.next(); letter.length > 0; letter = scanner.next()) {
    if (letter != "H" && letter != "S") which = letter;
  }
  if (scanner.failed) return 2;
  if (which == "a") {
    emit("time(seconds)        unlimited\nfile(blocks)         unlimited\ndata(kbytes)         unlimited\n");
    emit(
      "process              " +
        current("p") +
        "\nnofiles              " +
        current("n") +
        "\nvmemory(kbytes)      " +
        current("v") +
        "\n",
    );
    return 0;
  }
  if (scanner.index < argv.length) return change(which, argv[scanner.index]);
  emit(current(which) + "\n");
  return 0;
}
