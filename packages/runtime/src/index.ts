export {
  AgentClient,
  type ExecOptions,
  type ExecStatus,
  type GuestNetwork,
  type GuestProcess,
} from "./agent/agent-client.ts";
export { AgentError } from "./agent/agent-error.ts";
export { type ByteChannel, PortChannel } from "./agent/byte-channel.ts";
export { type CommandRequest, CommandSession, parseRequest } from "./command/command-session.ts";
export { runVm, type VmContext } from "./command/vm-command.ts";
export { type BlobStore, HttpBlobs, type Progress } from "./images/blobs.ts";
export { ImageCatalogue } from "./images/image-catalogue.ts";
export { GuestConsole } from "./machine/guest-console.ts";
export type { LiveMachine } from "./machine/live-machine.ts";
export type {
  MachineBoard,
  MachineDevice,
  MachineEnd,
  MachineFiles,
  MachineNetwork,
  RootExport,
  RootSpec,
} from "./machine/machine-board.ts";
export { MachineRuntime, type MachineRuntimeOptions } from "./machine/machine-runtime.ts";
export type {
  EnvironmentInfo,
  EnvironmentSpec,
  EnvironmentStats,
  ExecRequest,
  Execution,
  Runtime,
  RuntimeKind,
  SavedState,
} from "./runtime.ts";
export { RuntimeError, type RuntimeErrorCode } from "./runtime-error.ts";
export { checkSnapshot, type ResumeTarget } from "./snapshot/check-snapshot.ts";
export { type Digest, subtleDigest } from "./snapshot/digest.ts";
export { SNAPSHOT_VERSION, type SnapshotHeader } from "./snapshot/format.ts";
export { SnapshotError, type SnapshotErrorCode } from "./snapshot/malformed.ts";
export { type ReadSnapshot, readSnapshot, readSnapshotHeader, type SnapshotBytes } from "./snapshot/read-snapshot.ts";
export { type SnapshotContent, type WrittenSnapshot, writeSnapshot } from "./snapshot/write-snapshot.ts";
export { type EnvironmentState, isLive } from "./states.ts";
export { MACHINES_DIRECTORY } from "./store/machine-store.ts";
export { WasmRuntime, type WasmRuntimeOptions } from "./wasm/wasm-runtime.ts";
