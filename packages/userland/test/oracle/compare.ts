/** Whether CloudOS did what the host did. */
import type { OracleCase, RunResult } from "./cases.ts";

/**
 * The only thing in messages that may differ is how a shell introduces itself: `dash: 3: `, `sh: 3: `, `sh: line 3: `
 * and busybox's `sh: ` all become `sh: `.
 */
export function normalizeStderr(text: string): string {
  return text.replaceAll(/^(?:\S*\/)?(?:sh|dash|busybox): (?:(?:line )?\d+: )?/gm, "sh: ");
}

/** Null when they agree, else a description of the first difference. */
export function difference(test: OracleCase, host: RunResult, guest: RunResult): string | null {
  if (!host.stdout.equals(guest.stdout)) return describe("stdout", show(host.stdout), show(guest.stdout));
  const hostError = normalizeStderr(show(host.stderr));
  const guestError = normalizeStderr(show(guest.stderr));
  if (test.stderr === "compare" && hostError !== guestError) return describe("stderr", hostError, guestError);
  if (test.stderr === "ignore" && (hostError === "") !== (guestError === ""))
    return describe("stderr", hostError, guestError);
  const same = test.status === "nonzero" ? (host.status === 0) === (guest.status === 0) : host.status === guest.status;
  return same ? null : describe("exit status", `${host.status}`, `${guest.status}\nstderr: ${guestError}`);
}

/** UTF-8 where the bytes are, else Latin-1: either way one text per byte string. */
function show(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  return Buffer.from(text, "utf8").equals(bytes) ? text : bytes.toString("latin1");
}

function describe(what: string, host: string, guest: string): string {
  return `${what} differs\n--- host\n${host}\n--- CloudOS\n${guest}`;
}
