import type { BlockDevice } from "@cloudos/abi/ports";
import { FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE } from "@cloudos/abi/wasi";
import type { Inode } from "../tree/inode.ts";
import {
  KIND_ENTRY,
  KIND_EXTENT,
  KIND_INODE,
  KIND_LINK,
  KIND_ORPHAN,
  KIND_XATTR,
  kindOf,
  offsetOf,
  ROOT_INO,
} from "./format.ts";
import { decodeEntry, decodeExtent, decodeInode, type Extent, saysXattrs, takeXattrs } from "./items.ts";
import { openVolume } from "./open-volume.ts";
import { visitTree } from "./reclaim-space.ts";
import type { Volume } from "./volume.ts";

interface Findings {
  readonly inodes: Map<number, Inode>;
  readonly links: Map<number, number>;
  readonly subdirectories: Map<number, number>;
  readonly entries: { readonly dir: number; readonly ino: number; readonly type: number; readonly name: string }[];
  readonly orphans: Set<number>;
  /** Pieces of extended attributes, and the inodes that say they have some. */
  readonly xattrs: Map<number, Uint8Array[]>;
  readonly withXattrs: Set<number>;
  readonly extents: { readonly ino: number; readonly extent: Extent }[];
  readonly used: Set<number>;
  readonly problems: string[];
}

/**
 * Checks a file system that is not mounted, reading every block in use. Returns what is wrong, one sentence each; an
 * empty list means it is sound. Changes nothing.
 */
export async function fsck(device: BlockDevice): Promise<string[]> {
  const findings: Findings = {
    inodes: new Map(),
    links: new Map(),
    subdirectories: new Map(),
    entries: [],
    orphans: new Set(),
    xattrs: new Map(),
    withXattrs: new Set(),
    extents: [],
    used: new Set(),
    problems: [],
  };
  let volume: Volume;
  try {
    ({ volume } = await openVolume(device, false));
    await visitTree(volume, {
      node: (child) => use(findings, child.block, 1, "a tree node"),
      item: (high, low, value) => sort(findings, high, low, value),
    });
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
  checkNames(findings);
  checkInodes(findings, volume.superblock.inodes, volume.superblock.nextIno);
  await checkData(findings, volume);
  checkSpace(findings, volume);
  return findings.problems;
}

function use(findings: Findings, block: number, count: number, what: string): void {
  for (let at = block; at < block + count; at++) {
    if (findings.used.has(at)) findings.problems.push(`Block ${at} is used twice, the second time by ${what}`);
    findings.used.add(at);
  }
}

function sort(findings: Findings, high: number, low: number, value: Uint8Array): void {
  const { problems } = findings;
  const offset = offsetOf(low);
  switch (kindOf(low)) {
    case KIND_INODE: {
      const inode = decodeInode(high, value);
      if (inode === undefined) problems.push(`Inode ${high} is malformed`);
      else if (saysXattrs(value)) findings.withXattrs.add(high);
      if (inode === undefined) return;
      findings.inodes.set(high, inode);
      return;
    }
    case KIND_ENTRY: {
      const entry = decodeEntry(value);
      if (entry === undefined) problems.push(`Entry ${offset} of directory ${high} is malformed`);
      else findings.entries.push({ dir: high, ...entry });
      return;
    }
    case KIND_EXTENT: {
      const extent = decodeExtent(offset, value);
      if (extent === undefined) problems.push(`Extent ${offset} of inode ${high} is malformed`);
      else {
        use(findings, extent.block, extent.hashes.length, `extent ${offset} of inode ${high}`);
        findings.extents.push({ ino: high, extent });
      }
      return;
    }
    case KIND_ORPHAN:
      findings.orphans.add(offset);
      return;
    case KIND_LINK:
      return;
    case KIND_XATTR:
      findings.xattrs.set(high, [...(findings.xattrs.get(high) ?? []), value]);
      return;
    default:
      problems.push(`Item (${high}, ${low}) is of an unknown kind`);
  }
}

function checkNames(findings: Findings): void {
  const { inodes, problems, links, subdirectories } = findings;
  const names = new Set<string>();
  for (const { dir, ino, type, name } of findings.entries) {
    const key = `${dir}/${name}`;
    if (names.has(key)) problems.push(`Directory ${dir} has "${name}" twice`);
    names.add(key);
    if (inodes.get(dir)?.type !== FILETYPE_DIRECTORY) problems.push(`"${name}" lies in ${dir}, which is no directory`);
    const inode = inodes.get(ino);
    if (inode === undefined) problems.push(`"${name}" in directory ${dir} names inode ${ino}, which does not exist`);
    else if (inode.type !== type) problems.push(`"${name}" says inode ${ino} is of type ${type}, it is ${inode.type}`);
    links.set(ino, (links.get(ino) ?? 0) + 1);
    if (type === FILETYPE_DIRECTORY) {
      subdirectories.set(dir, (subdirectories.get(dir) ?? 0) + 1);
      if (inode?.directory !== undefined && inode.directory.parent !== dir) {
        problems.push(`Directory ${ino} lies in ${dir} but says ${inode.directory.parent}`);
      }
    }
  }
}

function checkInodes(findings: Findings, count: number, nextIno: number): void {
  const { inodes, problems, links, subdirectories, orphans } = findings;
  if (inodes.get(ROOT_INO)?.type !== FILETYPE_DIRECTORY) problems.push("There is no root directory");
  if (inodes.size !== count) problems.push(`There are ${inodes.size} inodes, the superblock says ${count}`);
  for (const [ino, inode] of inodes) {
    if (ino >= nextIno) problems.push(`Inode ${ino} was never handed out`);
    const found = links.get(ino) ?? 0;
    const expected = inode.isDirectory ? 2 + (subdirectories.get(ino) ?? 0) : found;
    if (inode.nlink !== expected) problems.push(`Inode ${ino} has ${inode.nlink} links, expected ${expected}`);
    if (ino !== ROOT_INO && found === 0 && !orphans.has(ino)) problems.push(`Inode ${ino} has no name`);
    if (inode.isDirectory && ino !== ROOT_INO && found > 1) problems.push(`Directory ${ino} has ${found} names`);
  }
  for (const [ino, pieces] of findings.xattrs) {
    const inode = inodes.get(ino);
    if (inode === undefined || !findings.withXattrs.has(ino))
      problems.push(`Inode ${ino} has attributes it does not know of`);
    else if (!takeXattrs(inode, pieces)) problems.push(`The extended attributes of inode ${ino} are malformed`);
  }
  for (const ino of findings.withXattrs) {
    if (!findings.xattrs.has(ino)) problems.push(`The extended attributes of inode ${ino} are missing`);
  }
  for (const ino of orphans) if (!inodes.has(ino)) problems.push(`Orphan ${ino} does not exist`);
}

async function checkData(findings: Findings, volume: Volume): Promise<void> {
  const { inodes, problems } = findings;
  const blocks = new Map<number, number>();
  for (const { ino, extent } of findings.extents) {
    if (inodes.get(ino)?.type !== FILETYPE_REGULAR_FILE) problems.push(`Inode ${ino} has data but is no file`);
    blocks.set(ino, (blocks.get(ino) ?? 0) + extent.hashes.length);
    for (const [index, hash] of extent.hashes.entries()) {
      const what = `page ${extent.fileBlock + index} of inode ${ino}`;
      await volume.readVerified(extent.block + index, hash, what).catch((error: Error) => problems.push(error.message));
    }
  }
  for (const [ino, inode] of inodes) {
    const found = (blocks.get(ino) ?? 0) * 8;
    if (inode.blocks !== found) problems.push(`Inode ${ino} has ${found} sectors, it says ${inode.blocks}`);
  }
}

function checkSpace(findings: Findings, volume: Volume): void {
  const { used, problems } = findings;
  let taken = 0;
  for (const block of used) {
    if (!volume.space.isTaken(block)) problems.push(`Block ${block} is in use but marked free`);
    else taken++;
  }
  const marked = volume.space.taken;
  if (marked !== taken) problems.push(`${marked} blocks are marked as in use, ${taken} are`);
}
