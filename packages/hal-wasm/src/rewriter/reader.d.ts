/**
 * A bounds-checked cursor over untrusted bytes. LEB128 values are read up to the length the core specification allows
 * (5 bytes for 32 bits, 10 for 64); whether the last byte's spare bits are right is left to the engine, which
 * validates what the rewriter produces.
 */
export declare class Reader {
    readonly bytes: Uint8Array;
    readonly end: number;
    pos: number;
    constructor(bytes: Uint8Array, pos?: number, end?: number);
    get done(): boolean;
    byte(): number;
    peek(): number;
    skip(count: number): void;
    u32(): number;
    /** A signed 33-bit number: a type index when not negative, else a type code. */
    s33(): number;
    /** Passes over a LEB128 number of any width. */
    skipLeb(): void;
    /** The count of a vector whose elements take at least one byte each. */
    count(): number;
    /** A name's bytes; the caller decodes what it needs. */
    name(): Uint8Array;
    index(bound: number, what: string): number;
}
export declare function text(name: Uint8Array): string;
