import { ARG_MAX, E2BIG, HOST_STAGE_BASE, HOST_STAGE_SIZE } from "@cloudos/abi";
import type { KernelMemory } from "../kernel/kernel-memory.ts";

export interface SpawnRequest {
  readonly path: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** HOST_SPAWN_* */
  readonly flags: number;
  readonly stdio:
    | { readonly tty: number }
    | { readonly stdin: number; readonly stdout: number; readonly stderr: number };
  /** Guest path and the name the program sees; empty: "/" as "/" and the cwd as ".". */
  readonly preopens: readonly { readonly guest: string; readonly name: string }[];
  /** Largest linear memory in 64 KiB pages; 0: the default. */
  readonly memoryPages: number;
  /** Live processes it and what it starts may be; absent: the machine's default. */
  readonly processLimit?: number;
}

const HEADER_SIZE = 48;
const NONE = -1;

/** Writes a request for `host_spawn` into the staging area (layout: kernel-interface.ts). Returns 0 or E2BIG. */
export function stageSpawn(memory: KernelMemory, request: SpawnRequest): number {
  const encoder = new TextEncoder();
  const block = (texts: readonly string[]) => encoder.encode(texts.map((text) => `${text}\0`).join(""));
  const parts = [
    encoder.encode(request.path),
    block(request.argv),
    block(Object.entries(request.env).map(([name, value]) => `${name}=${value}`)),
    encoder.encode(request.cwd),
    block(request.preopens.flatMap(({ guest, name }) => [guest, name])),
  ] as const;
  const [path, argv, env, cwd, preopens] = parts;
  const total = parts.reduce((sum, part) => sum + part.length, HEADER_SIZE);
  if (argv.length + env.length > ARG_MAX || total > HOST_STAGE_SIZE) return E2BIG;

  const tty = "tty" in request.stdio ? request.stdio.tty : NONE;
  const { stdin, stdout, stderr } =
    "tty" in request.stdio ? { stdin: NONE, stdout: NONE, stderr: NONE } : request.stdio;
  const header = [
    ...[path.length, argv.length, env.length, cwd.length, request.flags],
    ...[tty, stdin, stdout, stderr, request.memoryPages, preopens.length, request.processLimit ?? 0],
  ];
  header.forEach((word, index) => {
    memory.setU32(HOST_STAGE_BASE + index * 4, word >>> 0);
  });
  let at = HOST_STAGE_BASE + HEADER_SIZE;
  for (const part of parts) {
    memory.bytes.set(part, at);
    at += part.length;
  }
  return 0;
}
