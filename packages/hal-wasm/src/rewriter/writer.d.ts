/** A growing byte buffer. */
export declare class Writer {
    #private;
    constructor(capacity?: number);
    get length(): number;
    clear(): void;
    byte(value: number): void;
    code(...values: number[]): void;
    u32(value: number): void;
    s32(value: number): void;
    bytes(source: Uint8Array): void;
    /** Copies `source[from, to)`. Short runs are cheaper by hand than by making a view. */
    range(source: Uint8Array, from: number, to: number): void;
    name(value: string): void;
    /** What was written so far; valid until the next write. */
    view(): Uint8Array;
}
