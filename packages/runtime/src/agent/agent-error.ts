/** A request the guest's agent refused (`errno`, Linux's number), or one whose answer cannot come any more (`errno` 0). */
export class AgentError extends Error {
  readonly errno: number;
  constructor(errno: number, message: string) {
    super(message);
    this.name = "AgentError";
    this.errno = errno;
  }
}

/** The numbers the agent answers most; Linux's, for i386. */
const TEXTS: Readonly<Record<number, string>> = {
  1: "operation not permitted",
  2: "no such file or directory",
  5: "input/output error",
  11: "too many requests at a time",
  12: "the machine is out of memory",
  13: "permission denied",
  17: "it exists",
  20: "a part of its path is not a directory",
  21: "it is a directory",
  28: "no space left in the machine",
  30: "the machine's file system is read-only",
  71: "the agent did not understand the request",
};

export function refused(action: string, errno: number): AgentError {
  return new AgentError(errno, `Cannot ${action}: ${TEXTS[errno] ?? `error ${errno}`}`);
}
