/** Grows a byte string without the quadratic cost of `+=`. */
export class TextBuilder {
  private units: StaticArray<u16> = new StaticArray<u16>(32);
  length: i32 = 0;

  private reserve(more: i32): void {
    const need = this.length + more;
    if (need <= this.units.length) return;
    const grown = new StaticArray<u16>(max(need, this.units.length * 2));
    memory.copy(changetype<usize>(grown), changetype<usize>(this.units), (<usize>this.length) << 1);
    this.units = grown;
  }

  push(unit: i32): void {
    this.reserve(1);
    unchecked((this.units[this.length++] = <u16>unit));
  }

  append(text: string): void {
    const count = text.length;
    this.reserve(count);
    memory.copy(
      changetype<usize>(this.units) + ((<usize>this.length) << 1),
      changetype<usize>(text),
      (<usize>count) << 1,
    );
    this.length += count;
  }

  at(index: i32): i32 {
    return this.units[index];
  }

  /** Drops everything past `length`. */
  truncate(length: i32): void {
    this.length = length;
  }

  toString(): string {
    const size = (<usize>this.length) << 1;
    // SAFETY: a fresh string object of exactly `size` bytes, not yet seen by anyone else.
    const text = changetype<string>(__new(size, idof<string>()));
    memory.copy(changetype<usize>(text), changetype<usize>(this.units), size);
    return text;
  }
}
