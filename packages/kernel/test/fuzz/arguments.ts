/** Arguments for random system calls: mostly plausible, now and then wild, and structures in memory to point at. */
import { AT_CWD } from "@cloudos/abi";
import { meanings } from "./hints.ts";
import { ARENA, ARGUMENTS, PUPPET_BYTES } from "./puppet.ts";
import type { Random } from "./random.ts";
import type { Call } from "./signatures.ts";

/** The arena: strings, then words that are structures to whoever reads them, then buffers. */
const STRINGS = ARENA;
const NAMES = 3072;
const WORDS = 4096;
const BUFFERS = 32768;
const PATHS = ["/bin/puppet", "a", "b", "a/b", "/a", ".", "..", "/", "", "a/../b", "x".repeat(255), "/bin/nil"];
/** Handles that calls have returned and are tried again. */
const REMEMBERED = 24;
const ENDS = [0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 65535, 65536, 4096, 4095, 8, -4096];
const WIDE = [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 4096n, 65536n, 2n ** 32n, 2n ** 31n];

export interface Surroundings {
  /** Pids of processes that may be addressed. */
  pids(): readonly number[];
  nowUs(): number;
}

/** `port` of `port_bind`; calls on any object share one. */
function kindOf(name: string): string {
  const word = /^(channel|vmo|event|port|timer|pager|job|trace)_/.exec(name)?.[1];
  if (word !== undefined) return word;
  return name === "fd_vmo" ? "vmo" : name === "object_signal" ? "event" : "";
}

export class Arguments {
  readonly #random: Random;
  readonly #memory: WebAssembly.Memory;
  readonly #around: Surroundings;
  readonly #strings: { readonly at: number; readonly length: number }[] = [];
  readonly #handles: number[] = [0, 1, 2, 3, 4];
  /** The same by the kind of object, as the names of calls tell it. */
  readonly #kinds = new Map<string, number[]>();
  #outputs: number[] = [];

  constructor(random: Random, memory: WebAssembly.Memory, around: Surroundings) {
    this.#random = random;
    this.#memory = memory;
    this.#around = around;
    let at = STRINGS;
    for (const path of PATHS) {
      const bytes = new TextEncoder().encode(`${path}\0`);
      new Uint8Array(memory.buffer).set(bytes, at);
      this.#strings.push({ at, length: bytes.length - 1 });
      at += bytes.length;
    }
    for (let i = 0; i < 4; i++) new Uint8Array(memory.buffer).set(new TextEncoder().encode(`name${i}`), NAMES + 16 * i);
    for (let address = WORDS; address < BUFFERS; address += 4) this.#word(address);
  }

  get #view(): DataView {
    return new DataView(this.#memory.buffer);
  }

  /** Puts the arguments of a call in place and returns them, for the record. */
  prepare(call: Call): bigint[] {
    // Structures age: a few words change with every call.
    for (let i = 0; i < 4; i++) this.#word(WORDS + 4 * this.#random.below((BUFFERS - WORDS) / 4));
    this.#outputs = [];
    let last = { at: 0, length: 0 };
    const view = this.#view;
    const kind = this.#kinds.get(kindOf(call.name)) ?? [];
    return [...meanings(call.name, call.parameters)].map((letter, i) => {
      if (letter === "a" || letter === "A" || letter === "g") last = this.#random.pick(this.#strings);
      // Blocks of strings count the last NUL; programs there are few of.
      if (letter === "g") last = { ...last, length: last.length + 1 };
      if (letter === "A" && !this.#random.oneIn(4)) last = this.#strings[0]!;
      const fits = letter === "h" && kind.length > 0 && (i === 0 || this.#random.oneIn(2)) && !this.#random.oneIn(6);
      const value = this.#random.oneIn(24)
        ? this.#wild(call.parameters[i]!)
        : fits
          ? this.#random.pick(kind)
          : this.#value(letter, last);
      const bits = BigInt.asIntN(call.parameters[i] === "l" ? 64 : 32, BigInt(value));
      view.setBigInt64(ARGUMENTS + 8 * i, bits, true);
      return bits;
    });
  }

  /** After the call: what it wrote may be handles. */
  learn(call: Call, errno: bigint): void {
    if (errno !== 0n) return;
    const kind = kindOf(call.name);
    const same = this.#kinds.get(kind) ?? [];
    this.#kinds.set(kind, same);
    for (const at of this.#outputs) {
      if (at + 8 > PUPPET_BYTES) continue;
      for (const value of [this.#view.getUint32(at, true), this.#view.getUint32(at + 4, true)]) {
        if ((value & 4095) > 200 || value >>> 12 > 512 || value === 0) continue;
        for (const known of [this.#handles, same]) {
          if (known.length < REMEMBERED) known.push(value);
          else known[this.#random.below(REMEMBERED)] = value;
        }
      }
    }
  }

  #word(address: number): void {
    const r = this.#random;
    const kinds = [
      () => r.pick(this.#handles),
      () => this.#buffer(),
      () => this.#length(),
      () => r.below(16),
      () => 0,
      () => 0,
      () => r.pick(this.#around.pids()),
      () => 1 << r.below(32),
      () => (r.oneIn(8) ? r.bits() : 0xffffffff),
    ];
    this.#view.setUint32(address, r.pick(kinds)() >>> 0, true);
  }

  #value(letter: string, last: { at: number; length: number }): number | bigint {
    const r = this.#random;
    switch (letter) {
      case "h":
        return r.oneIn(6) ? r.pick([-1, r.below(12)]) : r.pick(this.#handles);
      case "i":
        return r.pick([-1, 0, 0, 1, -r.pick(this.#around.pids()), ...this.#around.pids()]);
      case "s":
        return r.below(33);
      case "D":
        return r.oneIn(8) ? r.pick(this.#handles) : r.pick([3, 3, 4, AT_CWD]);
      case "c":
        return r.pick([0, 1, 1, 1, 2, 5, 8, 9]);
      case "f":
        return !r.oneIn(3) ? 0 : r.pick([1, 2, 3, 4, 1 << r.below(16)]);
      case "n":
        return this.#length();
      case "v":
        return r.below(64);
      case "o": {
        const at = this.#buffer();
        this.#outputs.push(at);
        return at;
      }
      case "p":
        return r.oneIn(2) ? this.#structure() : this.#buffer();
      case "t":
        return r.oneIn(2) ? 0 : this.#structure();
      case "a":
      case "A":
      case "g":
        return last.at;
      case "m":
        return last.length;
      case "C":
        return this.#channelCall();
      case "N":
        return NAMES + 16 * r.below(4);
      case "R":
        return r.pick([-1, -1, 0x40003e42, r.bits()]);
      case "P":
        return 4096 * r.below(PUPPET_BYTES / 4096);
      case "S":
        return r.pick([0, 1, 2, 4, 8, 12, 16, 63, 0x01000000, 0xff000008]);
      case "L":
        return 4096 * r.below(4);
      case "z":
        return r.oneIn(3) ? r.below(4) : 0;
      case "j":
        return r.below(7);
      case "Q":
        return BigInt(4096 * r.pick([0, 0, 1, 1, 2, 3, r.below(40)]));
      case "k":
        return BigInt(r.below(4));
      case "q":
        return BigInt(r.pick([0, 1, r.below(10_000), r.below(300_000), 4096 * r.below(64)]));
      case "d":
        if (r.oneIn(2)) return r.oneIn(3) ? 2n ** 64n - 1n : 0n;
        return BigInt(Math.floor(this.#around.nowUs())) * 1000n + BigInt(r.below(50_000_000));
      case "r":
        return BigInt(r.pick([0x7bffe19, 0x8e001ff, r.bits() & 0x3fffffff]));
      case "y":
        return this.#value(r.pick(["q", "q", "d", "e"]), last);
      case "e":
        return r.pick(WIDE);
      default:
        return this.#value(r.pick(["h", "h", "h", "f", "f", "n", "v", "o", "o", "p", "p", "i"]), last);
    }
  }

  #wild(type: string): number | bigint {
    if (type === "l") return this.#random.pick(WIDE);
    return this.#random.oneIn(3) ? this.#random.bits() : this.#random.pick(ENDS);
  }

  #length(): number {
    const r = this.#random;
    return r.pick([0, 1, 2, 4, 8, 16, r.below(64), r.below(256), r.below(4096), 4096, r.below(65537), 65536]);
  }

  /** CHANNEL_CALL (cloudos-v1.ts): what is sent, where the answer goes, until when. */
  #channelCall(): number {
    const r = this.#random;
    const at = this.#structure();
    const words = [
      this.#buffer(),
      this.#length(),
      this.#structure(),
      r.below(3),
      this.#buffer(),
      this.#length(),
      this.#buffer(),
      r.below(20),
    ];
    for (const [i, word] of words.entries()) this.#view.setUint32(at + 4 * i, word, true);
    const deadline = this.#value("d", { at: 0, length: 0 }) as bigint;
    this.#view.setBigUint64(at + 32, r.oneIn(8) ? 2n ** 64n - 1n : deadline, true);
    this.#view.setUint32(at + 56, r.below(8), true);
    this.#outputs.push(words[6]!);
    return at;
  }

  #structure(): number {
    return WORDS + 8 * this.#random.below((BUFFERS - WORDS - 512) / 8);
  }

  #buffer(): number {
    const r = this.#random;
    if (r.oneIn(24)) return PUPPET_BYTES - r.below(16);
    const at = BUFFERS + r.below(PUPPET_BYTES - BUFFERS - 1);
    return r.oneIn(4) ? at : at & ~7;
  }
}
