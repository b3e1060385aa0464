import { ESTALE } from "@cloudos/abi/errno";
import { FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE } from "@cloudos/abi/wasi";
import { FsError, fail, settle } from "../vfs/errors.ts";
import { Fid, type FidPlace } from "./fid.ts";
import { type ContentRecord, decodeSession, encodeSession, type FidRecord } from "./fid-record.ts";
import { isSame, step } from "./nodes.ts";
import { locksThrough, setLock } from "./record-locks.ts";
import { MSIZE_MIN, type NinePServer } from "./server.ts";
import { Malformed } from "./wire.ts";

/** Content of open files without a name that goes with a snapshot, in bytes; past it they answer ESTALE afterwards. */
const CONTENT_MAX = 16 * 1024 * 1024;

/** The session for a snapshot: files by path, those that have none with their content. */
export async function exportFids(server: NinePServer): Promise<Uint8Array<ArrayBuffer>> {
  const fids: FidRecord[] = [];
  const told = new Set<number>();
  let room = CONTENT_MAX;
  for (const fid of [...server.fids]) {
    const record = await settle(() => recordOf(server, fid));
    let content: ContentRecord | undefined;
    if (record.path === undefined && record.type === FILETYPE_REGULAR_FILE && !told.has(fid.ino)) {
      content = await contentOf(server, fid, room);
      room -= content?.bytes.length ?? 0;
      told.add(fid.ino);
    }
    fids.push({ ...record, content });
  }
  return encodeSession({ msize: server.msize, sameInodes: false, fids });
}

/** Some fids for a successor of this server on the same files. Fids that are gone have no record. Throws Miss. */
export function exportForSuccessor(
  server: NinePServer,
  numbers: Iterable<number>,
): Map<number, Uint8Array | undefined> {
  const table = new Map<number, Uint8Array | undefined>();
  for (const number of numbers) {
    const fid = server.fids.find(number);
    const record = fid && { msize: server.msize, sameInodes: true, fids: [recordOf(server, fid)] };
    table.set(number, record && encodeSession(record));
  }
  return table;
}

function recordOf(server: NinePServer, fid: Fid): FidRecord {
  const { number, uid, ino, access } = fid;
  const lost = {
    fid: number,
    uid,
    type: 0,
    access,
    ino,
    path: undefined,
    xattr: undefined,
    content: undefined,
    locks: [],
  };
  if (fid.stale) return lost;
  let type: number;
  let path: string | undefined;
  try {
    type = fid.mount.fs.attributes(ino).type;
    path = pathOf(server, fid, type);
  } catch (error) {
    if (error instanceof FsError) return lost;
    throw error;
  }
  const locks = fid.hasLocks ? locksThrough(fid.mount.fs, ino, server, number) : [];
  return {
    ...lost,
    type,
    path,
    xattr: fid.xattr && { ...fid.xattr },
    locks: locks.map(({ owner, ...range }) => ({ ...range, processId: owner.processId, clientId: owner.clientId })),
  };
}

/** Names from the guest's root; undefined when there is no way down to it any more. */
function pathOf(server: NinePServer, fid: FidPlace, type: number): string | undefined {
  const { root } = server;
  if (isSame(fid, root)) return "";
  let mount = fid.mount;
  let ino = fid.ino;
  let path = "";
  if (type !== FILETYPE_DIRECTORY) {
    if (fid.name === "" || fid.parentMount.fs.lookup(fid.parentIno, fid.name) !== ino) return undefined;
    path = fid.name;
    mount = fid.parentMount;
    ino = fid.parentIno;
  }
  while (mount !== root.mount || ino !== root.ino) {
    while (ino === mount.rootIno) {
      if (mount.parent === undefined) return undefined;
      ino = mount.pointIno;
      mount = mount.parent;
      if (mount === root.mount && ino === root.ino) return path;
    }
    const name = mount.fs.nameOf(ino);
    path = path === "" ? name : `${name}/${path}`;
    ino = mount.fs.parent(ino);
  }
  return path;
}

async function contentOf(server: NinePServer, fid: Fid, room: number): Promise<ContentRecord | undefined> {
  const { mount, ino } = fid;
  const size = await settle(() => server.bytes.size(mount, ino));
  if (size > room) return undefined;
  const bytes = new Uint8Array(size);
  await settle(() => server.bytes.read(mount, ino, 0, bytes));
  return await settle(() => {
    const { mode, uid, gid } = mount.fs.attributes(ino);
    return { mode, uid, gid, bytes };
  });
}

/** Puts an exported session in place of the server's own. */
export async function importFids(server: NinePServer, bytes: Uint8Array): Promise<void> {
  const session = decodeSession(bytes);
  if (session.msize !== 0 && (session.msize < MSIZE_MIN || session.msize > server.msizeMax)) {
    const range = `between ${MSIZE_MIN} and ${server.msizeMax}`;
    throw new Malformed(8, `Cannot restore fids: messages have up to ${session.msize} bytes, expected ${range}`);
  }
  server.reset();
  server.msize = session.msize;
  const remade = new Map<number, FidPlace>();
  for (const record of session.fids) await importFid(server, record, session.sameInodes, remade);
}

/** Takes over one fid of `exportForSuccessor`. */
export async function adoptFid(server: NinePServer, bytes: Uint8Array): Promise<void> {
  const { msize, sameInodes, fids } = decodeSession(bytes);
  server.msize = Math.min(msize, server.msizeMax);
  for (const record of fids) await importFid(server, record, sameInodes, new Map());
}

async function importFid(
  server: NinePServer,
  record: FidRecord,
  sameInodes: boolean,
  remade: Map<number, FidPlace>,
): Promise<void> {
  server.fids.requireFree(record.fid);
  let place = await find(server, record, sameInodes).catch(stale);
  if (place === undefined && record.type === FILETYPE_REGULAR_FILE) {
    place = remade.get(record.ino) ?? (record.content && (await remake(server, record.content).catch(stale)));
    if (place !== undefined) remade.set(record.ino, place);
  }
  const fid = new Fid(record.fid, record.uid, place ?? server.root);
  if (place === undefined) {
    fid.stale = true;
    server.putFid(fid, FILETYPE_DIRECTORY);
    return;
  }
  fid.xattr = record.xattr && { ...record.xattr };
  server.putFid(fid, record.type);
  if (record.access >= 0) {
    fid.openIno = await settle(() => place.mount.fs.open(place.ino));
    fid.access = record.access;
  }
  for (const { type, start, end, clientId, processId } of record.locks) {
    setLock(place.mount.fs, place.ino, { type, start, end, owner: { server, clientId, processId, fid: fid.number } });
    fid.hasLocks = true;
  }
}

/** By number where numbers hold, else by path. */
async function find(server: NinePServer, record: FidRecord, sameInodes: boolean): Promise<FidPlace | undefined> {
  const byPath = record.path === undefined ? undefined : await walkTo(server, record.path).catch(stale);
  const isIt = (place: FidPlace | undefined) =>
    place !== undefined && place.mount.fs.attributes(place.ino).type === record.type ? place : undefined;
  const found = await settle(() => isIt(byPath));
  if (!sameInodes || found?.ino === record.ino) return found;
  const { root } = server;
  const byNumber = { mount: root.mount, ino: record.ino, parentMount: root.mount, parentIno: root.ino, name: "" };
  return await settle(() => isIt(byNumber));
}

async function walkTo(server: NinePServer, path: string): Promise<FidPlace> {
  let place: FidPlace = server.root;
  if (path === "") return place;
  for (const name of path.split("/")) {
    if (name === "" || name === "." || name === "..") fail(ESTALE);
    const from = place;
    place = await settle(() => step(server, from, name));
  }
  return place;
}

/** A file without a name, with the content one had. */
async function remake(server: NinePServer, content: ContentRecord): Promise<FidPlace> {
  const { mount, ino: rootIno } = server.root;
  server.requireWritable(mount);
  const name = `.9p-${crypto.randomUUID()}`;
  const { mode, uid, gid } = content;
  const ino = await settle(() => mount.fs.create(rootIno, name, { type: FILETYPE_REGULAR_FILE, mode, uid, gid }));
  try {
    if (content.bytes.length > 0) await settle(() => server.bytes.write(mount, ino, 0, content.bytes));
  } finally {
    await settle(() => mount.fs.unlink(rootIno, name));
  }
  return { mount, ino, parentMount: mount, parentIno: rootIno, name: "" };
}

function stale(error: unknown): undefined {
  if (!(error instanceof FsError)) throw error;
  return undefined;
}
