import type { AgentClient } from "../agent/agent-client.ts";

/** What must differ between machines that were one machine when they were saved. */
export interface MachineIdentity {
  /** Six bytes, locally administered. */
  readonly mac: readonly number[];
  /** 32 hexadecimal digits, systemd's machine-id(5). */
  readonly machineId: string;
  readonly hostname: string;
}

/** Fills an array with random bytes. */
export type Entropy = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array;

const ENTROPY_BYTES = 256;

export function newIdentity(hostname: string, entropy: Entropy): MachineIdentity {
  const mac = [...entropy(new Uint8Array(6))];
  // Locally administered, not a group (IEEE 802, bits 1 and 0 of the first byte).
  mac[0] = (mac[0]! & 0xfc) | 2;
  const machineId = Array.from(entropy(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { mac, machineId, hostname };
}

/**
 * Gives a guest that was just restored the time, fresh entropy and its own identity. Resolves with what it could not do: an image may
 * lack a network card or a writable /etc.
 */
export async function renewIdentity(
  agent: AgentClient,
  identity: MachineIdentity,
  options: { readonly entropy: Entropy; readonly wallMs: number; readonly network: boolean },
): Promise<readonly string[]> {
  const mac = Uint8Array.from(identity.mac);
  const steps = [
    // First: whatever the guest does next should not see the old time or reuse random numbers.
    agent.addEntropy(options.entropy(new Uint8Array(ENTROPY_BYTES))),
    agent.setClock(BigInt(Math.round(options.wallMs * 1000))),
    agent.setHostname(identity.hostname),
    agent.setMachineId(identity.machineId),
    ...(options.network ? [agent.configureNetwork({ interface: "eth0", mac })] : []),
  ];
  const results = await Promise.allSettled(steps);
  return results.flatMap((result) => (result.status === "rejected" ? [messageOf(result.reason)] : []));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
