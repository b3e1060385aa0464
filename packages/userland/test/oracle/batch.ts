/**
 * The same cases through `cloudos exec --batch`:
 *
 *   node packages/userland/test/oracle/batch.ts emit > cases.jsonl
 *   npx cloudos exec --batch cases.jsonl > results.jsonl
 *   node packages/userland/test/oracle/batch.ts check results.jsonl
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { environmentOf, loadCases, type OracleCase } from "./cases.ts";
import { difference } from "./compare.ts";
import { runOnHost } from "./host.ts";

const DIRECTORY = "/tmp/cloudos-oracle/case";
const ENTER = `mkdir -p ${DIRECTORY} && cd ${DIRECTORY} && exec sh -c "$1"`;

interface BatchResult {
  readonly id: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Lines for `--batch`; the case's directory is made by the command itself. */
export function batchLines(cases: readonly OracleCase[]): string {
  return cases
    .filter((test) => test.skip === undefined)
    .map((test) =>
      JSON.stringify({
        id: test.name,
        argv: ["sh", "-c", ENTER, "sh", test.script],
        env: environmentOf(DIRECTORY),
        stdin: test.stdin,
        mounts: [],
      }),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** Compares the results of a batch with the host: the differences found, by case. */
export async function checkBatch(cases: readonly OracleCase[], results: string): Promise<ReadonlyMap<string, string>> {
  const byName = new Map(cases.map((test) => [test.name, test]));
  const differences = new Map<string, string>();
  for (const line of results.split("\n").filter((text) => text !== "")) {
    const result = JSON.parse(line) as BatchResult;
    const test = byName.get(result.id);
    if (test === undefined) throw new Error(`Cannot compare "${result.id}": there is no such case`);
    const host = await runOnHost(test, DIRECTORY);
    // A batch carries texts: compare as texts, so that bytes which are no UTF-8 are lost on both sides.
    const asText = (bytes: Buffer) => Buffer.from(bytes.toString("utf8"));
    const found = difference(
      test,
      { stdout: asText(host.stdout), stderr: asText(host.stderr), status: host.status },
      { stdout: Buffer.from(result.stdout), stderr: Buffer.from(result.stderr), status: result.exitCode },
    );
    if (found !== null) differences.set(test.name, found);
  }
  return differences;
}

if (import.meta.main) {
  const cases = loadCases(join(import.meta.dirname, "../cases"));
  const [command, file] = process.argv.slice(2);
  if (command === "emit") process.stdout.write(batchLines(cases));
  else if (command === "check" && file !== undefined) {
    const differences = await checkBatch(cases, readFileSync(file, "utf8"));
    for (const [name, text] of differences) console.error(`${name}: ${text}\n`);
    console.log(`${differences.size} cases differ`);
    process.exitCode = differences.size === 0 ? 0 : 1;
  } else {
    console.error("Usage: batch.ts emit | batch.ts check RESULTS.jsonl");
    process.exitCode = 2;
  }
}
