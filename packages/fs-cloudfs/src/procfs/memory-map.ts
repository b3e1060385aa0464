import { REGION_DATA, REGION_HEAP, REGION_MEMORY, REGION_STACK, REGION_WINDOW } from "@cloudos/abi/kernel-interface";
import type { RegionInfo } from "./process-table.ts";

/** A line of /proc/<pid>/maps. Addresses are of the linear memory. */
export interface Mapping {
  readonly start: number;
  readonly end: number;
  readonly permissions: string;
  readonly offset: number;
  readonly node: bigint;
  readonly name: string;
}

/** All 32-bit addresses. */
const ADDRESSES = 2 ** 32;
const NAMES: Readonly<Record<number, string>> = {
  [REGION_MEMORY]: "",
  [REGION_DATA]: "[data]",
  [REGION_HEAP]: "[heap]",
  [REGION_STACK]: "[stack]",
};
/** Which region an address belongs to that several contain. */
const RANK: Readonly<Record<number, number>> = {
  [REGION_MEMORY]: 0,
  [REGION_HEAP]: 1,
  [REGION_DATA]: 2,
  [REGION_STACK]: 3,
  [REGION_WINDOW]: 4,
};

/**
 * The memory cut into what it consists of, in the order of addresses, with the guard behind it: what lies past the end traps.
 * Everything else can be read and written, whatever it is for, and nothing executed: code is not in a linear memory.
 */
export function mappings(regions: readonly RegionInfo[], pathOfNode: (node: bigint) => string): Mapping[] {
  const size = regions.find(({ kind }) => kind === REGION_MEMORY)?.end ?? 0;
  const inside = regions.filter(({ start }) => start < size);
  const edges = [...new Set(inside.flatMap(({ start, end }) => [start, Math.min(end, size)]))].sort((a, b) => a - b);
  const result: Mapping[] = [];
  for (const [i, start] of edges.entries()) {
    const end = edges[i + 1];
    if (end === undefined) break;
    const candidates = inside.filter((region) => region.start <= start && end <= region.end);
    const region = candidates.reduce((best, next) => (RANK[next.kind]! > RANK[best.kind]! ? next : best));
    const isWindow = region.kind === REGION_WINDOW;
    result.push({
      start,
      end,
      permissions: `r${region.writable ? "w" : "-"}-${isWindow ? "s" : "p"}`,
      offset: isWindow ? region.offset + start - region.start : 0,
      node: region.node,
      name: isWindow ? (region.node === 0n ? "[vmo]" : pathOfNode(region.node)) : NAMES[region.kind]!,
    });
  }
  if (size > 0 && size < ADDRESSES) {
    result.push({ start: size, end: ADDRESSES, permissions: "---p", offset: 0, node: 0n, name: "[guard]" });
  }
  return result;
}

/** In proc(5)'s format. */
function line({ start, end, permissions, offset, node, name }: Mapping): string {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");
  const device = hex(Number(node >> 48n), 2);
  const head = `${hex(start, 8)}-${hex(end, 8)} ${permissions} ${hex(offset, 8)} ${device}:00 ${node & 0xffffffffffffn}`;
  return name === "" ? head : `${head.padEnd(73)}${name}`;
}

export function mapsText(list: readonly Mapping[]): string {
  return list.map((mapping) => `${line(mapping)}\n`).join("");
}

/** With sizes. All of a linear memory counts as resident: the engine does not tell. */
export function smapsText(list: readonly Mapping[]): string {
  return list
    .map((mapping) => {
      const kib = (bytes: number) => `${String(Math.ceil(bytes / 1024)).padStart(8)} kB`;
      const size = mapping.end - mapping.start;
      const resident = mapping.permissions.startsWith("r") ? size : 0;
      return `${line(mapping)}\nSize:           ${kib(size)}\nKernelPageSize: ${kib(4096)}\nRss:            ${kib(resident)}\n`;
    })
    .join("");
}
