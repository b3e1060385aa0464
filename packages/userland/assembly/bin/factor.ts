/** factor: prime factors. */
import { finish, warn } from "../lib/exit";
import { stdin, stdout } from "../lib/io";
import { formatUnsigned, parseFailed, parseOverflowed, parseUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { primeFactors } from "../lib/factor";
import { quoteProse } from "../lib/quote";

const USAGE = `Usage: factor [NUMBER]...
Print the prime factors of each NUMBER (below 2^64); without any, of those on standard input.`;

let status = 0;

function show(text: string): void {
  const value = parseUnsigned(text.startsWith("+") ? text.substring(1) : text);
  if (parseFailed || parseOverflowed) {
    stdout.flush();
    warn(parseFailed ? quoteProse(text) + " is not a valid positive integer" : quoteProse(text) + " is too large");
    status = 1;
    return;
  }
  let line = formatUnsigned(value) + ":";
  const factors = primeFactors(value);
  for (let i = 0; i < factors.length; i++) line += " " + formatUnsigned(factors[i]);
  stdout.writeLine(line);
}

const options = new Options("", "", USAGE);
while (options.next()) continue;
for (let i = 0; i < options.operands.length; i++) show(options.operands[i]);
if (options.operands.length == 0) {
  for (let line = stdin.readLine(); line !== null; line = stdin.readLine()) {
    const words = line.replaceAll("\t", " ").split(" ");
    for (let i = 0; i < words.length; i++) if (words[i].length > 0) show(words[i]);
  }
}
finish(status);
