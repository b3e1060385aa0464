/** Where blobs come from and where they are kept between visits. Implementations: http-blobs.ts, node/directory-blobs.ts. */
export interface BlobSource {
  /** The decoded bytes, if they were stored earlier. */
  load(name: string): Promise<Uint8Array | undefined>;
  /** Keeps decoded bytes. Never rejects: a full cache is no reason to fail a read. */
  store(name: string, bytes: Uint8Array): Promise<void>;
  /** The transferred file from byte `from` on; the source may start earlier and says so. Rejects when it cannot be had. */
  fetch(name: string, from: number): Promise<BlobTransfer>;
}

export interface BlobTransfer {
  readonly from: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}
