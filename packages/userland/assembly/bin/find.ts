import { FindParser } from "../lib/find/parse";
import { Run } from "../lib/find/expression";
import { VERSION } from "../lib/options";
import { Walk } from "../lib/find/walk";
import { args } from "../lib/args";
import { finish } from "../lib/exit";
import { now } from "../lib/clock";
import { stdout } from "../lib/io";

const USAGE = `Usage: find [-H] [-L] [-P] [path...] [expression]

Tests: -name -iname -path -ipath -lname -regex -iregex -type -xtype -size -empty -perm -user -group -uid -gid
  -nouser -nogroup -links -inum -samefile -readable -writable -executable -newer -anewer -cnewer -newerXY
  -amin -atime -cmin -ctime -mmin -mtime -true -false
Operators: ( EXPR )  ! EXPR  -not EXPR  EXPR -a EXPR  EXPR -o EXPR  EXPR , EXPR
Actions: -print -print0 -printf -fprint -fprint0 -fprintf -ls -delete -prune -quit
  -exec COMMAND ; -exec COMMAND {} + -execdir -ok -okdir
Options: -maxdepth -mindepth -depth -xdev -follow -daystart -regextype
`;

function startsExpression(word: string): bool {
  return (word.startsWith("-") && word.length > 1) || word == "(" || word == "!" || word == ")" || word == ",";
}

const run = new Run();
run.now = now();
let at = 0;
for (; at < args.length; at++) {
  if (args[at] == "-L") run.follow = 2;
  else if (args[at] == "-H") run.follow = 1;
  else if (args[at] == "-P") run.follow = 0;
  else break;
}
if (at < args.length && (args[at] == "--help" || args[at] == "-help")) {
  stdout.write(USAGE);
  finish(0);
}
if (at < args.length && (args[at] == "--version" || args[at] == "-version")) {
  stdout.write("find (CloudOS) " + VERSION + "\n");
  finish(0);
}
const operands: Array<string> = [];
while (at < args.length && !startsExpression(args[at])) operands.push(args[at++]);
if (operands.length == 0) operands.push(".");
const walk = new Walk(new FindParser(args.slice(at), run).parse(), run);
for (let i = 0; i < operands.length && !run.quit; i++) walk.operand(operands[i]);
for (let i = 0; i < run.finishers.length; i++) run.finishers[i].finish(run);
finish(run.status);
