/** rm: removes files and trees. */
import { choose } from "../lib/choice";
import { dieUsage, finish } from "../lib/exit";
import { formatUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { confirm } from "../lib/prompt";
import { Remover } from "../lib/remove";

const USAGE = `Usage: rm [OPTION]... [FILE]...
Remove files (not directories, unless told).

  -f, --force            no questions, no error for files that do not exist
  -i                     ask before every removal
  -I                     ask once before more than three files or a tree
      --interactive[=WHEN]  never, once (-I) or always (-i)
  -r, -R, --recursive    remove directories and what is in them
  -d, --dir              remove empty directories
  -v, --verbose          name what is removed
      --preserve-root    do not remove / (the default)
      --no-preserve-root treat / like any directory`;

const options = new Options(
  "dfiIrRv",
  "dir=d force=f interactive? recursive=r verbose=v preserve-root? no-preserve-root one-file-system",
  USAGE,
);
const remover = new Remover();
let once = false;
while (options.next()) {
  let name = options.name;
  if (name == "interactive") {
    const choice = options.hasValue ? choose("interactive", options.value, "never|no|none once always|yes") : 2;
    name = choice == 0 ? "never" : choice == 1 ? "I" : "i";
  }
  switch (name) {
    case "d":
      remover.emptyDirectories = true;
      break;
    case "f":
      remover.force = true;
      remover.interactive = once = false;
      break;
    case "i":
      remover.interactive = true;
      remover.force = once = false;
      break;
    case "I":
      once = true;
      remover.force = remover.interactive = false;
      break;
    case "never":
      once = remover.interactive = false;
      break;
    case "r":
    case "R":
      remover.recursive = true;
      break;
    case "v":
      remover.verbose = true;
      break;
    case "no-preserve-root":
      remover.preserveRoot = false;
      break;
  }
}
const files = options.operands;
if (files.length == 0 && !remover.force) dieUsage("missing operand");
if (once && (remover.recursive || files.length > 3)) {
  const count = files.length == 1 ? "1 argument" : formatUnsigned(files.length) + " arguments";
  if (!confirm("remove " + count + (remover.recursive ? " recursively? " : "? "))) finish(0);
}
for (let i = 0; i < files.length; i++) remover.removeNamed(files[i]);
finish(remover.failed ? 1 : 0);
