export { BlobCache } from "./imagefs/blob-cache.ts";
export type { BlobSource, BlobTransfer } from "./imagefs/blob-source.ts";
export { httpBlobs } from "./imagefs/http-blobs.ts";
export { Imagefs } from "./imagefs/imagefs.ts";
export type { ResolvedModule, Rewrite, RewriteResult } from "./modules/module-store.ts";
export { FileService, type FileServiceOptions } from "./service/file-service.ts";
export { mountSystem } from "./service/mount-system.ts";
export { Tmpfs } from "./tmpfs/tmpfs.ts";
export type { FileSystem } from "./vfs/file-system.ts";
