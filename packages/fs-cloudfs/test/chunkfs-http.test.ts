import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EIO } from "@cloudos/abi/errno";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildChunkTree, TreeImage } from "../src/chunkfs/node/index.ts";
import { openChunkTree } from "../src/chunkfs/open-chunk-tree.ts";
import { httpBlobs } from "../src/imagefs/http-blobs.ts";
import { retryingBlobs } from "../src/imagefs/retrying-blobs.ts";
import { readAll } from "./files.ts";

const content = Uint8Array.from({ length: 400_000 }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 24);
let scratch = "";
let server: Server;
let url = "";
/** How the next requests are treated; "cut" ends the connection half way, "refuse" before anything was sent. */
let script: ("cut" | "refuse")[] = [];
let requests: { path: string; range: string | undefined }[] = [];

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "chunk-http-"));
  const tree = new TreeImage();
  tree.file("big", content);
  await buildChunkTree(tree, { treeFile: join(scratch, "base.tree"), blobs: join(scratch, "blobs") });
  server = createServer((request, response) => {
    requests.push({ path: request.url ?? "", range: request.headers.range });
    const treatment = request.url?.startsWith("/blobs/") === true ? script.shift() : undefined;
    if (treatment === "refuse") {
      response.destroy();
      return;
    }
    let file: Buffer;
    try {
      file = readFileSync(join(scratch, request.url ?? ""));
    } catch {
      response.writeHead(404).end();
      return;
    }
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    response.writeHead(from > 0 ? 206 : 200, { "content-length": file.length - from });
    if (treatment === "cut") response.write(file.subarray(from, from + 1000), () => response.destroy());
    else response.end(file.subarray(from));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => {
  server.close();
  rmSync(scratch, { recursive: true });
});

describe("a chunk tree over HTTP", () => {
  test("goes on where a transfer was cut, and waits for a network that is down", async () => {
    const fs = await openChunkTree({ treeUrl: `${url}base.tree`, blobsUrl: url });
    script = ["cut", "cut"];
    requests = [];
    expect(await readAll(fs, fs.lookup(fs.rootIno, "big"))).toEqual(content);
    expect(requests.filter(({ range }) => range !== undefined).length).toBe(2);

    script = ["refuse", "refuse", "refuse"];
    const told: (string | undefined)[] = [];
    const waits: number[] = [];
    const blobs = retryingBlobs(httpBlobs(url), {
      delaysMs: [1, 2, 3],
      wait: async (ms) => void waits.push(ms),
      onTrouble: (text) => told.push(text),
    });
    const name = requests[0]!.path.slice("/blobs/".length);
    const transfer = await blobs.fetch(name, 0);
    let bytes = 0;
    for await (const chunk of transfer.chunks) bytes += chunk.length;
    expect(bytes).toBe(readFileSync(join(scratch, "blobs", name)).length);
    expect(waits).toEqual([1, 2, 3]);
    expect(told.length).toBe(2);
    expect(told[1]).toBeUndefined();

    script = ["refuse", "refuse", "refuse", "refuse"];
    await expect(blobs.fetch(name, 0)).rejects.toThrow();
    script = [];
    await expect(blobs.fetch("none", 0)).rejects.toThrow("answered 404");
    expect(waits).toEqual([1, 2, 3, 1, 2, 3]);
  });

  test("is refused by name when it is not there or another", async () => {
    await expect(openChunkTree({ treeUrl: `${url}none`, blobsUrl: url })).rejects.toMatchObject({ errno: EIO });
    await expect(openChunkTree({ treeUrl: `${url}base.tree`, blobsUrl: url, id: "00" })).rejects.toThrow("expected 00");
    await expect(openChunkTree({ treeUrl: "http://127.0.0.1:1/x", blobsUrl: url })).rejects.toThrow(
      'Cannot mount "http',
    );
  });
});
