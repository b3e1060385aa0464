import { SIGABRT, SIGFPE, SIGILL, SIGSEGV } from "@cloudos/abi";

export interface Trap {
  readonly signal: number;
  /** What happened, in a few words, the same in every browser. */
  readonly text: string;
}

/** Patterns over the messages of V8 and SpiderMonkey; the first that fits decides. */
const KINDS: readonly { readonly pattern: RegExp; readonly trap: Trap }[] = [
  { pattern: /unreachable/i, trap: { signal: SIGABRT, text: "unreachable code reached" } },
  { pattern: /divide by zero|remainder by zero|integer divide/i, trap: { signal: SIGFPE, text: "division by zero" } },
  {
    pattern: /divide result unrepresentable|integer overflow/i,
    trap: { signal: SIGFPE, text: "integer overflow in a division" },
  },
  {
    pattern: /float unrepresentable|invalid conversion to integer/i,
    trap: { signal: SIGFPE, text: "float outside the integer range" },
  },
  {
    pattern: /signature mismatch|null function|indirect call to null/i,
    trap: { signal: SIGILL, text: "call through a wrong function pointer" },
  },
  { pattern: /table/i, trap: { signal: SIGSEGV, text: "function table index out of bounds" } },
  { pattern: /out of bounds/i, trap: { signal: SIGSEGV, text: "memory access out of bounds" } },
  { pattern: /unaligned/i, trap: { signal: SIGSEGV, text: "unaligned atomic access" } },
  { pattern: /null pointer|null reference/i, trap: { signal: SIGSEGV, text: "null reference" } },
  { pattern: /cast/i, trap: { signal: SIGILL, text: "failed cast" } },
];

/** The signal a program that ended with `error` died of. */
export function trapOf(error: unknown): Trap {
  // V8 throws a RangeError, SpiderMonkey an InternalError: neither is a WebAssembly.RuntimeError.
  if (error instanceof Error && /call stack|recursion/i.test(error.message)) {
    return { signal: SIGSEGV, text: "stack overflow" };
  }
  if (error instanceof WebAssembly.Exception) return { signal: SIGABRT, text: "uncaught exception" };
  const message = error instanceof Error ? error.message : String(error);
  const kind = KINDS.find(({ pattern }) => pattern.test(message));
  return kind?.trap ?? { signal: SIGILL, text: message };
}
