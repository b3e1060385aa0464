/** What a machine holds, for leak gates: the same before and after whatever a suite did. */
import { AGENT_HOST, scratchOf } from "@cloudos/abi";
import type { Host } from "../host.ts";

export interface Footprint {
  /** Bytes of frames in use that are not page cache. */
  readonly used: number;
  readonly processes: number;
  readonly vnodes: number;
  /** Open handles of all processes. */
  readonly handles: number;
}

export function baseline(host: Host): Footprint {
  const at = scratchOf(AGENT_HOST);
  host.agent.mem_info(at);
  const [total, free, cache, , , processes, vnodes, handles] = Array.from({ length: 9 }, (_, i) =>
    host.view.getFloat64(at + 8 * i, true),
  ) as [number, number, number, number, number, number, number, number];
  return { used: total - free - cache, processes, vnodes, handles };
}
