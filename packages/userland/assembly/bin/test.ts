/** test and [: evaluates a condition; status 0 true, 1 false, 2 not a condition. */
import { args, programName } from "../lib/args";
import { die } from "../lib/exit";
import { Options } from "../lib/options";
import { quoteProse } from "../lib/quote";
import { TestExpression } from "../lib/test-expression";
import { proc_exit } from "../lib/wasi";

const USAGE = `Usage: test EXPRESSION
  or:  [ EXPRESSION ]
End with status 0 when EXPRESSION is true.

  STRING, -n STRING, -z STRING       not empty, empty
  S1 = S2, S1 != S2                  the same, not the same
  N1 -eq N2, -ne -lt -le -gt -ge     integers
  F1 -nt F2, -ot, -ef                newer, older, the same file
  -b -c -d -e -f -g -h -k -L -N -O -G -p -r -s -S -t -u -w -x FILE
  ! E, ( E ), E1 -a E2, E1 -o E2`;

let words = args;
if (programName.endsWith("[")) {
  if (words.length == 1 && words[0].startsWith("--")) new Options("", "", USAGE, 2).next();
  if (words.length == 0 || words[words.length - 1] != "]") die("missing " + quoteProse("]"), 2);
  words = words.slice(0, words.length - 1);
}
const expression = new TestExpression(words);
const value = expression.evaluate();
if (expression.error.length > 0) die(expression.error, 2);
proc_exit(value ? 0 : 1);
