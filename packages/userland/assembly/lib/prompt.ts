/** Questions before something is lost (-i). */
import { programName } from "./args";
import { stdin, writeText } from "./io";

/** Asks on standard error; an answer that starts with y or Y is a yes. */
export function confirm(question: string): bool {
  writeText(2, programName + ": " + question);
  const answer = stdin.readLine();
  return answer !== null && (answer.startsWith("y") || answer.startsWith("Y"));
}
