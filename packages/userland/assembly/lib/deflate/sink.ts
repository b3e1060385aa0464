/** Takes bytes as they are produced. */
export abstract class Sink {
  abstract write(from: usize, length: i32): void;
}

/** Gives bytes as they are needed. */
export abstract class Source {
  /** At most `length` bytes to `to`: how many, 0 at the end. */
  abstract read(to: usize, length: i32): i32;
}
