export { REWRITER_VERSION, REWRITTEN_SECTION } from "./emit-module.ts";
export { Malformed } from "./malformed.ts";
export { MEMORY_MODULE, MEMORY_NAME, PREEMPT_EXPORT } from "./module.ts";
export { type RewriteOptions, type RewriteResult, rewrite } from "./rewrite.ts";
