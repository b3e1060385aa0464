import type { Board } from "./board.ts";

/** What the supervisor tells a core worker, first of all "start". */
export type ToCore =
  | { readonly type: "start"; readonly board: Board; readonly core: number }
  /** A (new) module service answers on this port. */
  | { readonly type: "modules"; readonly port: MessagePort }
  /** Whether somebody looks at the machine. */
  | { readonly type: "saving"; readonly saving: boolean };

export type FromCore =
  | { readonly type: "running" }
  /** The kernel panicked or the core failed; the worker does nothing more. */
  | { readonly type: "crashed"; readonly text: string };
