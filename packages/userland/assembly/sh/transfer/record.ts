// The byte format in which one shell hands its state to another: little-endian numbers, counted strings.
import { TextBuilder } from "../text";

export class RecordWriter {
  private bytes: TextBuilder = new TextBuilder();

  number(value: i32): void {
    for (let shift = 0; shift < 32; shift += 8) this.bytes.push((value >>> shift) & 0xff);
  }

  text(value: string): void {
    this.number(value.length);
    this.bytes.append(value);
  }

  /** A string that may be absent. */
  optional(value: string | null): void {
    this.number(value === null ? 0 : 1);
    if (value !== null) this.text(value);
  }

  list(values: string[]): void {
    this.number(values.length);
    for (let i = 0; i < values.length; i++) this.text(values[i]);
  }

  toString(): string {
    return this.bytes.toString();
  }
}

export class RecordReader {
  private at: i32 = 0;
  constructor(private bytes: string) {}

  number(): i32 {
    let value = 0;
    for (let shift = 0; shift < 32; shift += 8) value |= this.bytes.charCodeAt(this.at++) << shift;
    return value;
  }

  text(): string {
    const length = this.number();
    this.at += length;
    return this.bytes.substring(this.at - length, this.at);
  }

  optional(): string | null {
    return this.number() == 1 ? this.text() : null;
  }

  list(): string[] {
    const values: string[] = [];
    for (let count = this.number(); count > 0; count--) values.push(this.text());
    return values;
  }
}
