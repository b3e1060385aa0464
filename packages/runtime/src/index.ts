export {
  AgentClient,
  type ExecOptions,
  type ExecStatus,
  type GuestNetwork,
  type GuestProcess,
} from "./agent/agent-client.ts";
export { AgentError } from "./agent/agent-error.ts";
export { type ByteChannel, PortChannel } from "./agent/byte-channel.ts";
export { checkSnapshot, type ResumeTarget } from "./snapshot/check-snapshot.ts";
export { type Digest, subtleDigest } from "./snapshot/digest.ts";
export { SNAPSHOT_VERSION, type SnapshotHeader } from "./snapshot/format.ts";
export { SnapshotError, type SnapshotErrorCode } from "./snapshot/malformed.ts";
export { type ReadSnapshot, readSnapshot, readSnapshotHeader, type SnapshotBytes } from "./snapshot/read-snapshot.ts";
export { type SnapshotContent, type WrittenSnapshot, writeSnapshot } from "./snapshot/write-snapshot.ts";
