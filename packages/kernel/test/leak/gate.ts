/** A gate for suites: whatever a test did, once its processes have ended the machine holds what it held when it had booted. */
import { SIGKILL } from "@cloudos/abi";
import { afterEach, expect } from "vitest";
import type { Host } from "../host.ts";
import { baseline, type Footprint } from "./footprint.ts";

/** Call it at the top of a suite, and the result with every machine right after it was made. */
export function leakGate(): (host: Host) => Host {
  const watched: { readonly host: Host; readonly before: Footprint }[] = [];
  afterEach(async () => {
    for (const { host, before } of watched.splice(0)) {
      await endAll(host);
      expect(baseline(host), "left over when all processes have ended").toEqual(before);
    }
  });
  return (host) => {
    watched.push({ host, before: baseline(host) });
    return host;
  };
}

/** Kills every process and gives back the rings that tests made. */
export async function endAll(host: Host): Promise<void> {
  const { agent } = host;
  for (let pid = agent.proc_next(0); pid !== 0; pid = agent.proc_next(pid)) agent.host_kill(pid, SIGKILL);
  await host.settle(1);
  for (const ring of host.rings.splice(0)) agent.ring_free(ring);
}
