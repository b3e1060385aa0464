/**
 * (module (func (export "probe") (param i32))): a function whose frame is RESERVE_BYTES large, so its own stack check is the
 * test. The frame holds the results of a call that is never made (the parameter is 0). It is a module of its own so that
 * no engine inlines it into a stub, whose frame would then stay in place beneath the kernel's.
 */
export declare function stackProbe(): Uint8Array<ArrayBuffer>;
/**
 * A module that imports "stack"."probe" and what programs may call from "kernel", and exports a stub for each under the
 * same name. `binaries` are kernel.wasm and posix.wasm.
 */
export declare function guardedCalls(binaries: readonly Uint8Array[]): Uint8Array<ArrayBuffer>;
/**
 * The same for processes with a call mask: each stub also asks "mask"."allowed" (its number in SYSTEM_CALLS) and answers EPERM where
 * that is 0. A process without a mask never runs these, so masks cost the others nothing.
 */
export declare function maskedCalls(binaries: readonly Uint8Array[]): Uint8Array<ArrayBuffer>;
