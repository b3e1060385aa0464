import { EXTENT_MAX, KIND_EXTENT, kindOf, offsetOf } from "./format.ts";
import { decodeExtent } from "./items.ts";
import type { Child } from "./tree-node.ts";
import type { Volume } from "./volume.ts";

/** Works out anew which blocks are in use, from the tree. */
export async function reclaimSpace(volume: Volume): Promise<void> {
  volume.space.clear();
  await visitTree(volume, {
    node: (child) => volume.space.markTaken(child.block),
    item: (_high, low, value) => {
      const extent = kindOf(low) === KIND_EXTENT ? decodeExtent(offsetOf(low), value) : undefined;
      extent?.hashes.slice(0, EXTENT_MAX).forEach((_hash, index) => void volume.space.markTaken(extent.block + index));
    },
  });
}

export interface TreeVisitor {
  node(child: Child, level: number): void;
  item(high: number, low: number, value: Uint8Array): void;
}

/** Visits all nodes and items of a tree that nobody changes meanwhile; keeps only one path of it in memory. */
export async function visitTree(volume: Volume, visitor: TreeVisitor): Promise<void> {
  const visit = async (child: Child, level: number): Promise<void> => {
    visitor.node(child, level);
    const wasLoaded = child.node !== undefined;
    if (!wasLoaded) await volume.load(child, level);
    const node = child.node!;
    if (node.isLeaf)
      node.highs.forEach((high, index) => void visitor.item(high, node.lows[index]!, node.values[index]!));
    else for (const below of node.children) await visit(below, level - 1);
    if (!wasLoaded && !node.dirty) child.node = undefined;
  };
  await visit(volume.tree.root, volume.tree.level);
}
