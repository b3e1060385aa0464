import { AGENT_VFS, CORE_O_DOORBELL, coreBlock, type ImageManifest, type Notice } from "@cloudos/abi";
import {
  BlobCache,
  type BlobSource,
  FileService,
  type FileSystem,
  Imagefs,
  type Journal,
  mountSystem,
} from "@cloudos/fs-cloudfs";
import { createClock, doorbellWait, instantiateAgent, KernelMemory } from "@cloudos/hal-wasm";
import { rewrite } from "@cloudos/hal-wasm/rewriter/index";
import type { Board } from "./board.ts";
import { compilingModuleService } from "./module-compiler.ts";
import type { Services } from "./services.ts";

/** What the file service of one machine stands on. */
export interface ServiceParts {
  /** The file system at `/`. */
  readonly root: FileSystem;
  readonly image: { readonly manifest: ImageManifest; readonly blobs: BlobSource };
  /** Services of this machine before this one. */
  readonly generation: number;
  /** The tree of /tmp, for a successor. */
  readonly tmpJournal: Journal;
  readonly onNotice: (notice: Notice) => void;
  /** Closes the disk under `root`. */
  readonly closeDisk: () => Promise<void>;
}

/** Any bit wakes the service; this one is no interrupt of the kernel's. */
const WAKE = 1 << 30;

/** Mounts the system and answers the kernel's file requests from this thread. */
export async function makeServices(board: Board, parts: ServiceParts): Promise<Services> {
  const memory = new KernelMemory(board.memory);
  const clock = createClock(board.originMs);
  const kernel = instantiateAgent({ agent: AGENT_VFS, modules: board.modules.kernel, memory, clock });
  const { manifest, blobs } = parts.image;
  const image = new Imagefs(manifest, new BlobCache(blobs, manifest.blobs));
  const service = new FileService({
    kernel,
    memory: board.memory,
    clock,
    root: parts.root,
    image,
    rewrite,
    generation: parts.generation,
    tmpJournal: parts.tmpJournal,
    onNotice: parts.onNotice,
    onLog: (level, text) => console[level](text),
  });
  await mountSystem(service, image);
  service.attach();
  const served = service.run(doorbellWait(memory, AGENT_VFS, board.mode === "smp"));
  const end = async () => {
    service.stop();
    memory.ring(coreBlock(AGENT_VFS) + CORE_O_DOORBELL, WAKE);
    await served;
    await parts.closeDisk();
  };
  return {
    files: service.files,
    served,
    setDevices: (table) => service.hardware.set(table),
    modules: compilingModuleService((id, onProgress) => service.resolveModule(id, onProgress)),
    stop: async () => {
      await service.files.sync();
      await end();
    },
    abandon: end,
  };
}
