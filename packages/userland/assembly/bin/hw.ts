/** hw: the hardware of this machine, as the board found it. */
import { byteAt, padEnd } from "../lib/bytes";
import { die, finish } from "../lib/exit";
import { stdout } from "../lib/io";
import { quoteJson } from "../lib/json";
import { Options } from "../lib/options";
import { slurp } from "../lib/proc/process";
import { quoteIfNeeded } from "../lib/quote";

const USAGE = `Usage: hw [OPTION] [PATH]
Show the hardware of this machine as a tree: what there is, what is missing and why, and what may be used.
With PATH, all that is known of it and what is below it.

  -j, --json   as a list of JSON objects`;

class Node {
  /** Names and values in turn. */
  fields: string[] = [];
  constructor(public path: string) {}

  value(name: string): string {
    for (let i = 0; i < this.fields.length; i += 2) if (this.fields[i] == name) return this.fields[i + 1];
    return "";
  }
}

/** /proc/hardware: a line with a path, then a tab, a name, a tab and a value for each field. */
function readNodes(): Node[] {
  const nodes: Node[] = [];
  const lines = slurp("/proc/hardware").split("\n");
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    if (line.length == 0) continue;
    if (byteAt(line, 0) != 9) {
      nodes.push(new Node(line));
      continue;
    }
    const tab = line.indexOf("\t", 1);
    if (tab < 0 || nodes.length == 0) continue;
    const node = nodes[nodes.length - 1];
    node.fields.push(line.substring(1, tab));
    node.fields.push(line.substring(tab + 1));
  }
  return nodes;
}

function isBelow(path: string, top: string): bool {
  return top == "/" || path == top || path.startsWith(top + "/");
}

function printJson(nodes: Node[]): void {
  stdout.writeLine("[");
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i];
    let text = '  {"path":' + quoteJson(node.path);
    for (let field = 0; field < node.fields.length; field += 2) {
      text += "," + quoteJson(node.fields[field]) + ":" + quoteJson(node.fields[field + 1]);
    }
    stdout.writeLine(text + (i + 1 < nodes.length ? "}," : "}"));
  }
  stdout.writeLine("]");
}

function printFull(nodes: Node[]): void {
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i];
    if (i > 0) stdout.writeLine("");
    stdout.writeLine(node.path);
    for (let field = 0; field < node.fields.length; field += 2) {
      stdout.writeLine("  " + padEnd(node.fields[field], 18) + " " + node.fields[field + 1]);
    }
  }
}

/** What is worth a place in the tree's last column. */
function remark(node: Node): string {
  const reason = node.value("reason");
  if (reason.length > 0) return reason;
  const files = node.value("files");
  const summary = node.value("summary");
  if (files.length == 0) return summary;
  return summary.length == 0 ? files : files + "  " + summary;
}

function printTree(nodes: Node[]): void {
  let width = 4;
  const names: string[] = [];
  for (let i = 0; i < nodes.length; i++) {
    const parts = nodes[i].path.split("/");
    const name = "  ".repeat(max(parts.length - 2, 0)) + parts[parts.length - 1];
    names.push(name);
    width = max(width, name.length);
  }
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i];
    const permission = node.value("permission");
    const state = node.value("status") + (permission == "none" || permission.length == 0 ? "" : " (" + permission + ")");
    stdout.writeLine((padEnd(names[i], width) + "  " + padEnd(state, 18) + "  " + remark(node)).trimEnd());
  }
}

const options = new Options("j", "json=j", USAGE);
let json = false;
while (options.next()) if (options.name == "j") json = true;
let top = options.operands.length > 0 ? options.operands[0] : "/";
if (!top.startsWith("/")) top = "/" + top;
if (top.length > 1 && top.endsWith("/")) top = top.substring(0, top.length - 1);
const nodes: Node[] = [];
const all = readNodes();
for (let i = 0; i < all.length; i++) if (isBelow(all[i].path, top)) nodes.push(all[i]);
if (nodes.length == 0 && top != "/") die("no hardware at " + quoteIfNeeded(top));
if (json) printJson(nodes);
else if (options.operands.length > 0) printFull(nodes);
else printTree(nodes);
finish(0);
