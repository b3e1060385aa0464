import { EIO } from "@cloudos/abi/errno";
import type { ImageBlob } from "@cloudos/abi/image";
import { FsError } from "../vfs/errors.ts";
import type { ProgressSink } from "../vfs/file-system.ts";
import type { BlobSource } from "./blob-source.ts";
import { sha256Hex } from "./sha256.ts";

/** Attempts in a row that bring no new byte before the download is given up. */
const FRUITLESS_ATTEMPTS = 3;
/** Text every so many bytes, so that a slow line moves and a fast one does not scroll. */
const PROGRESS_STEP = 512 * 1024;
/** Smaller blobs arrive before a person could read about them. */
const PROGRESS_FROM = 1024 * 1024;

/**
 * Fetches a blob whole and verified, or not at all. A transfer cut short is resumed where it stopped; bytes that do not match the
 * hash are thrown away and fetched once more.
 */
export async function downloadBlob(
  source: BlobSource,
  name: string,
  blob: ImageBlob,
  progress: ProgressSink | undefined,
): Promise<Uint8Array> {
  const title = blob.title ?? `blob ${name.slice(0, 12)}`;
  for (let round = 1; ; round++) {
    const file = await transfer(source, name, blob, title, progress);
    const bytes = await decode(file, blob, title).catch((cause: unknown) => cause as Error);
    if (bytes instanceof Uint8Array && (await sha256Hex(bytes)) === name) return bytes;
    if (round === 2) {
      const why = bytes instanceof Uint8Array ? "its SHA-256 is not the one the image names" : bytes.message;
      throw new FsError(EIO, `Cannot download ${title}: ${why}`);
    }
  }
}

async function transfer(
  source: BlobSource,
  name: string,
  blob: ImageBlob,
  title: string,
  progress: ProgressSink | undefined,
): Promise<Uint8Array> {
  const file = new Uint8Array(blob.transferBytes);
  let have = 0;
  let told = 0;
  let reason: unknown = "the server sent nothing";
  for (let fruitless = 0; fruitless < FRUITLESS_ATTEMPTS; fruitless++) {
    const before = have;
    try {
      const body = await source.fetch(name, have);
      let at = body.from;
      for await (const chunk of body.chunks) {
        if (at + chunk.length > file.length) throw new Error("the file is longer than the image says");
        file.set(chunk, at);
        at += chunk.length;
        have = Math.max(have, at);
        if (progress !== undefined && file.length >= PROGRESS_FROM && have - told >= PROGRESS_STEP) {
          told = have;
          progress(`\r\x1b[KDownloading ${title}: ${megabytes(have)} of ${megabytes(file.length)} MB`);
        }
      }
      if (have === file.length) {
        if (told > 0) progress?.("\r\x1b[K");
        return file;
      }
      reason = "the connection ended early";
    } catch (error) {
      reason = error;
    }
    if (have > before) fruitless = -1;
  }
  if (told > 0) progress?.("\r\x1b[K");
  const why = reason instanceof Error ? reason.message : String(reason);
  const where = `stopped at ${megabytes(have)} of ${megabytes(file.length)} MB`;
  throw new FsError(EIO, `Cannot download ${title}: ${where}: ${why}. Try again when the network is back`, {
    cause: reason,
  });
}

async function decode(file: Uint8Array, blob: ImageBlob, title: string): Promise<Uint8Array> {
  if (blob.encoding === "identity") return file;
  const stream = new Blob([file as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("gzip"));
  const out = new Uint8Array(blob.sizeBytes);
  let at = 0;
  for (const reader = stream.getReader(); ; ) {
    const step = await reader.read();
    if (step.done) break;
    if (at + step.value.length > out.length) throw new Error(`${title} unpacks to more than ${blob.sizeBytes} bytes`);
    out.set(step.value, at);
    at += step.value.length;
  }
  if (at !== out.length) throw new Error(`${title} unpacks to ${at} bytes, expected ${blob.sizeBytes}`);
  return out;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
