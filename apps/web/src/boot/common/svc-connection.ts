import type { HostConnection } from "@cloudos/abi";
import { type Init, runSvc } from "@cloudos/init";

/** The arguments of a `svc` command that asks for init, or undefined when the connection is for someone else. */
export function svcArguments(text: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || (value as { type?: unknown }).type !== "svc") return undefined;
    const { argv } = value as { argv?: unknown };
    return Array.isArray(argv) && argv.every((each) => typeof each === "string") ? argv : [];
  } catch {
    return undefined;
  }
}

/**
 * Answers a `svc` command: lines that begin with "o" (output) or "e" (errors), and at the end "x" and the exit status. The
 * command hangs up when it is killed.
 */
export async function answerSvc(
  connection: HostConnection,
  argv: readonly string[],
  init: Init,
  reload: () => Promise<readonly string[]>,
): Promise<void> {
  const encoder = new TextEncoder();
  const gone = new AbortController();
  connection.onData(() => undefined);
  void connection.ended.then(() => gone.abort());
  const say = (kind: string, text: string) =>
    void connection.write(encoder.encode(`${kind}${text.replaceAll("\n", " ")}\n`));
  const status = await runSvc(argv, init, reload, {
    out: (line) => say("o", line),
    error: (line) => say("e", line),
    signal: gone.signal,
  });
  say("x", String(status));
  await connection.end();
}
