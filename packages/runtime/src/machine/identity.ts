import type { AgentClient, GuestNetwork } from "../agent/agent-client.ts";

/** What must differ between machines that were one machine when they were saved. */
export interface MachineIdentity {
  /** Six bytes, locally administered. */
  readonly mac: readonly number[];
  /** 32 hexadecimal digits, systemd's machine-id(5). */
  readonly machineId: string;
  readonly hostname: string;
  /** Last byte of its IPv4 address on the segment of the page's machines, SEGMENT.x/24. */
  readonly host: number;
}

/** The network of the machines of one page (RFC 1918). */
export const SEGMENT = [10, 77, 0] as const;
const PREFIX_LENGTH = 24;
const FIRST_HOST = 2;
const LAST_HOST = 254;
const NONE = [0, 0, 0, 0] as const;

export function addressText(host: number): string {
  return [...SEGMENT, host].join(".");
}

/** The lowest address nobody has; 0 when all are taken. */
export function freeHost(taken: ReadonlySet<number>): number {
  for (let host = FIRST_HOST; host <= LAST_HOST; host++) if (!taken.has(host)) return host;
  return 0;
}

/** Fills an array with random bytes. */
export type Entropy = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array;

const ENTROPY_BYTES = 256;

export function newIdentity(hostname: string, host: number, entropy: Entropy): MachineIdentity {
  const mac = [...entropy(new Uint8Array(6))];
  // Locally administered, not a group (IEEE 802, bits 1 and 0 of the first byte).
  mac[0] = (mac[0]! & 0xfc) | 2;
  const machineId = Array.from(entropy(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { mac, machineId, hostname, host };
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
    ...(options.network ? [agent.configureNetwork({ interface: "eth0", mac, ...address(identity.host) })] : []),
  ];
  const results = await Promise.allSettled(steps);
  return results.flatMap((result) => (result.status === "rejected" ? [messageOf(result.reason)] : []));
}

/** No address when the segment is full: the card then has its MAC and nothing more. */
function address(host: number): Pick<GuestNetwork, "address"> {
  if (host === 0) return {};
  return { address: { address: [...SEGMENT, host], prefixLength: PREFIX_LENGTH, gateway: NONE, nameServer: NONE } };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
