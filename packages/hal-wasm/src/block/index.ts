export { IdbBlockDevice, type IdbBlockDeviceOptions } from "./idb-block-device.ts";
export { MemoryBlockDevice, type MemoryContents, memoryContents } from "./memory-block-device.ts";
export { OpfsBlockDevice, type OpfsBlockDeviceOptions } from "./opfs-block-device.ts";
