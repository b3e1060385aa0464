/** A module that cannot be run, and the byte where that shows. */
export class Malformed extends Error {
  readonly offset: number;
  constructor(offset: number, reason: string) {
    super(`${reason} (at byte ${offset})`);
    this.name = "Malformed";
    this.offset = offset;
  }
}
