/**
 * The read-only system image: a manifest and content-addressed blobs, made by `npm run build`, served as static files.
 * `/bin`, `/usr`, `/etc` skeleton and the third-party programs are in it. Blobs are fetched on first use and
 * cached by name, so a blob's name is the hex SHA-256 of its (decoded) bytes.
 */
export const IMAGE_VERSION = 1;

export interface ImageManifest {
  readonly version: typeof IMAGE_VERSION;
  /** Parents before children; absolute paths without a trailing slash. */
  readonly entries: readonly ImageEntry[];
  readonly blobs: Readonly<Record<string, ImageBlob>>;
}

export interface ImageBlob {
  /** Decoded size. */
  readonly sizeBytes: number;
  /** Size of the file that is fetched. */
  readonly transferBytes: number;
  /** The stored file is gzip (decoded with DecompressionStream) or the bytes themselves. Path: `blobs/<name>`. */
  readonly encoding: "identity" | "gzip";
  /** What the progress line calls it; absent for small ones that need none. */
  readonly title?: string;
}

export type ImageEntry =
  | { readonly type: "dir"; readonly path: string; readonly mode: number }
  | { readonly type: "symlink"; readonly path: string; readonly target: string }
  | {
      readonly type: "file";
      readonly path: string;
      readonly mode: number;
      readonly sizeBytes: number;
      /** Content is bytes [offset, offset + sizeBytes) of the blob; several small files share one. */
      readonly blob: string;
      readonly offset: number;
      /** A program already rewritten at build time: the whole blob is the module. */
      readonly program?: ProgramInfo;
    };

export interface ProgramInfo {
  /** Initial linear memory in 64 KiB pages, as the original module declared. */
  readonly memoryMinPages: number;
}
