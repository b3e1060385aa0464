/** help: what there is to run. */
import { compareBytes, padEnd } from "../lib/bytes";
import { readNames } from "../lib/directory";
import { finish } from "../lib/exit";
import { stdout } from "../lib/io";
import { Options } from "../lib/options";
import { outputColumns } from "../lib/terminal";

const USAGE = `Usage: help
List the programs that can be run.`;

/** Names in columns, read downwards. */
function showColumns(names: string[], columns: i32): void {
  let widest = 0;
  for (let i = 0; i < names.length; i++) widest = max(widest, names[i].length);
  const across = max(1, columns / (widest + 2));
  const rows = (names.length + across - 1) / across;
  for (let row = 0; row < rows; row++) {
    let line = "";
    for (let i = row; i < names.length; i += rows) line = i + rows < names.length ? line + padEnd(names[i], widest + 2) : line + names[i];
    stdout.writeLine("  " + line);
  }
}

function show(title: string, directory: string): void {
  const names: string[] = [];
  if (readNames(directory, names) != 0 || names.length == 0) return;
  names.sort(compareBytes);
  stdout.writeLine(title);
  showColumns(names, outputColumns(1) - 2);
  stdout.writeByte(10);
}

const options = new Options("", "", USAGE);
while (options.next()) continue;
show("Commands:", "/bin");
show("Programs fetched on first use:", "/usr/bin");
stdout.writeLine("NAME --help tells how a command is used; licenses shows whose work is on board.");
stdout.writeLine("download FILE saves a file on your computer; files dropped on the window arrive here.");
finish(0);
