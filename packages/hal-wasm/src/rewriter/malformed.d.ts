/** A module that cannot be run, and the byte where that shows. */
export declare class Malformed extends Error {
    readonly offset: number;
    constructor(offset: number, reason: string);
}
