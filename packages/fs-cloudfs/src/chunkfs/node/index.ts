export { type BuildOptions, type BuiltTree, buildChunkTree } from "./build-chunk-tree.ts";
export { addDirectory, addTar, type SourceOptions } from "./sources.ts";
export { type FileContent, type NodeMetadata, TreeImage, type TreeNode } from "./tree-image.ts";
