/** gzip, gunzip and zcat: the command line and the handling of files. */
import * as format from "./format";
import { CREATE, EXCLUSIVE, READ, Stat, TRUNCATE, WRITE, chmod, close, exists, fstat, lstat, open, openRead, setTimes, stat, unlink } from "../fs";
import { EEXIST } from "../../../../abi/src/errno";
import { FSTFLAGS_ATIM, FSTFLAGS_MTIM } from "../../../../abi/src/wasi";
import { Options } from "../options";
import { Reader, Writer, isTerminal, stdin, stdout, writeText } from "../io";
import { baseName, joinPath } from "../path";
import { errorText } from "../errno-text";
import { finish } from "../exit";
import { padStart } from "../bytes";
import { readNames } from "../directory";

const USAGE = `Usage: gzip [OPTION]... [FILE]...
Compress or uncompress FILEs (by default, compress FILES in-place).

  -c                         write to standard output, keep files
  -d                         decompress
  -f                         overwrite files, follow links, write to terminals
  -k                         keep input files
  -l                         list compressed files
  -n, -N                     do not, do save or restore the name and time
  -q, -v                     suppress warnings; verbose
  -r                         go into directories
  -S SUF                     use suffix SUF on compressed files
  -t                         test compressed files
  -1 ... -9                  compress faster ... better
`;

export const MODE_COMPRESS: i32 = 0;
export const MODE_DECOMPRESS: i32 = 1;
const MODE_TEST: i32 = 2;
const MODE_LIST: i32 = 3;

export class Gzip {
  toStdout: bool = false;
  force: bool = false;
  keep: bool = false;
  quiet: bool = false;
  verbose: bool = false;
  recurse: bool = false;
  restoreName: bool = false;
  saveName: bool = true;
  suffix: string = ".gz";
  level: i32 = 6;
  private status: i32 = 0;
  private listed: i32 = 0;
  private totalPacked: u64 = 0;
  private totalPlain: u64 = 0;

  constructor(public mode: i32) {}

  private complain(message: string): void {
    stdout.flush();
    writeText(2, "gzip: " + message + "\n");
    this.status = 1;
  }

  /** A remark; the exit status becomes 2 unless there was an error. */
  private warn(message: string): void {
    if (!this.quiet) {
      stdout.flush();
      writeText(2, "gzip: " + message + "\n");
    }
    if (this.status == 0) this.status = 2;
  }

  run(operands: Array<string>): void {
    if (operands.length == 0) operands.push("-");
    for (let i = 0; i < operands.length; i++) {
      if (operands[i] == "-") this.standardInput();
      else this.operand(operands[i]);
    }
    if (this.mode == MODE_LIST && this.listed > 1) this.listLine(this.totalPacked, this.totalPlain, "(totals)", "");
    finish(this.status);
  }

  private standardInput(): void {
    if (this.mode == MODE_COMPRESS) {
      if (isTerminal(1) && !this.force) {
        writeText(2, "gzip: compressed data not written to a terminal. Use -f to force compression.\nFor help, type: gzip -h\n");
        finish(1);
      }
      format.compress(stdin, stdout, this.level, "", 0);
    } else if (this.mode == MODE_LIST) this.list(stdin, "stdout", 0);
    else this.unpack(stdin, this.mode == MODE_TEST ? null : stdout, "stdin");
  }

  private operand(name: string): void {
    const st = new Stat();
    let path = name;
    let error = lstat(path, st);
    if (error != 0 && this.mode != MODE_COMPRESS && !name.endsWith(this.suffix)) {
      path = name + this.suffix;
      if (lstat(path, st) == 0) error = 0;
    }
    if (error != 0) {
      this.complain(name + (this.mode == MODE_COMPRESS || name.endsWith(this.suffix) ? "" : this.suffix) + ": " + errorText(error));
      return;
    }
    if (st.isSymlink && (this.toStdout || this.force || this.mode > MODE_DECOMPRESS)) stat(path, st);
    if (st.isDirectory) {
      if (this.recurse) this.directory(path);
      else this.warn(path + " is a directory -- ignored");
    } else if (!st.isRegular && !this.toStdout) this.warn(path + " is not a directory or a regular file - ignored");
    else this.file(path, st);
  }

  private directory(path: string): void {
    const names: Array<string> = [];
    const error = readNames(path, names);
    if (error != 0) this.complain(path + ": " + errorText(error));
    names.sort();
    for (let i = 0; i < names.length; i++) this.operand(joinPath(path, names[i]));
  }

  /** Name of the plain file for a compressed one, or "" when the ending is unknown. */
  private plainName(path: string): string {
    const base = baseName(path);
    if (base.endsWith(this.suffix) && base.length > this.suffix.length) return path.substring(0, path.length - this.suffix.length);
    if (base.endsWith(".tgz") || base.endsWith(".taz")) return path.substring(0, path.length - 3) + "tar";
    const endings = [".gz", "-gz", ".z", "-z", "_z", ".Z"];
    for (let i = 0; i < endings.length; i++) {
      if (base.endsWith(endings[i]) && base.length > endings[i].length) return path.substring(0, path.length - endings[i].length);
    }
    return "";
  }

  private file(path: string, st: Stat): void {
    let target = "";
    if (this.mode == MODE_COMPRESS) {
      if (this.plainName(path).length > 0 && !this.force && !this.toStdout) {
        // A remark only: the exit status stays.
        if (!this.quiet) writeText(2, "gzip: " + path + " already has " + this.suffix + " suffix -- unchanged\n");
        return;
      }
      target = path + this.suffix;
    } else {
      target = this.plainName(path);
      if (target.length == 0 && !this.toStdout && this.mode == MODE_DECOMPRESS) {
        this.warn(path + ": unknown suffix -- ignored");
        return;
      }
    }
    if (st.nlink > 1 && !this.toStdout && !this.force && !this.keep && this.mode <= MODE_DECOMPRESS) {
      this.warn(path + " has " + (st.nlink - 1).toString() + " other link" + (st.nlink > 2 ? "s" : "") + " -- file ignored");
      return;
    }
    const fd = openRead(path);
    if (fd < 0) {
      this.complain(path + ": " + errorText(-fd));
      return;
    }
    const reader = new Reader(fd);
    if (this.mode == MODE_LIST) this.list(reader, target.length > 0 ? target : path, st.size);
    else if (this.mode == MODE_TEST) {
      if (this.unpack(reader, null, path) && this.verbose) writeText(2, path + ":\t OK\n");
    } else if (this.toStdout) this.throughStdout(reader, path, st);
    else this.replace(reader, path, target, st);
    reader.free();
    close(fd);
  }

  private throughStdout(reader: Reader, path: string, st: Stat): void {
    if (this.mode == MODE_COMPRESS) {
      format.compress(reader, stdout, this.level, this.saveName ? baseName(path) : "", this.saveName ? <u32>(st.mtim / 1000000000) : 0);
      if (this.verbose) writeText(2, path + ":\t" + this.ratio() + "\n");
    } else if (this.unpack(reader, stdout, path) && this.verbose) writeText(2, path + ":\t" + this.ratio() + "\n");
  }

  private replace(reader: Reader, path: string, target: string, st: Stat): void {
    if (this.force && exists(target)) unlink(target);
    let out = open(target, READ | WRITE | CREATE | EXCLUSIVE);
    if (-out == EEXIST) {
      if (!isTerminal(0) || !this.overwriteWanted(target)) {
        this.warn(target + " already exists;\tnot overwritten");
        return;
      }
      out = open(target, READ | WRITE | CREATE | TRUNCATE);
    }
    if (out < 0) {
      this.complain(target + ": " + errorText(-out));
      return;
    }
    const writer = new Writer(out);
    let good = true;
    if (this.mode == MODE_COMPRESS) {
      format.compress(reader, writer, this.level, this.saveName ? baseName(path) : "", this.saveName ? <u32>(st.mtim / 1000000000) : 0);
      if (reader.error != 0) {
        this.complain(path + ": " + errorText(reader.error));
        good = false;
      }
    } else good = this.unpack(reader, writer, path);
    const error = writer.flush();
    if (error != 0) {
      this.complain(target + ": " + errorText(error));
      good = false;
    }
    close(out);
    if (!good) {
      unlink(target);
      return;
    }
    chmod(target, st.mode);
    const modified = this.mode == MODE_DECOMPRESS && this.restoreName && format.storedSeconds > 0 ? <u64>format.storedSeconds * 1000000000 : st.mtim;
    setTimes(target, true, st.atim, modified, FSTFLAGS_ATIM | FSTFLAGS_MTIM);
    if (this.verbose) writeText(2, path + ":\t" + this.ratio() + " -- " + (this.keep ? "created " : "replaced with ") + target + "\n");
    if (!this.keep) unlink(path);
  }

  private overwriteWanted(target: string): bool {
    writeText(2, "gzip: " + target + " already exists; do you wish to overwrite (y or n)? ");
    const answer = stdin.readLine();
    return answer !== null && (answer.startsWith("y") || answer.startsWith("Y"));
  }

  /** Decompresses and reports what is wrong; with -cdf a file that is not compressed passes through. */
  private unpack(reader: Reader, writer: Writer | null, name: string): bool {
    if (this.force && this.toStdout && writer !== null && !looksCompressed(reader)) {
      while (reader.available > 0 || reader.fill()) {
        writer.writeMemory(reader.data, reader.available);
        reader.skip(reader.available);
      }
      return true;
    }
    const result = format.decompress(reader, writer);
    format.setPacked(name == "stdin" ? 0 : sizeOf(reader.fd));
    switch (result) {
      case format.GZIP_OK:
        return true;
      case format.GZIP_TRAILING:
        if (!this.quiet) writeText(2, "\n");
        this.warn(name + ": decompression OK, trailing garbage ignored");
        return true;
      default:
        this.failure(name, result);
        return false;
    }
  }

  /** Reports what is wrong with compressed data, below an empty line as gzip does. */
  private failure(name: string, result: i32): void {
    stdout.flush();
    writeText(2, "\n");
    if (result == format.GZIP_FOREIGN) this.complain(name + ": not in gzip format");
    else if (result == format.GZIP_TRUNCATED) this.complain(name + ": unexpected end of file");
    else if (result == format.GZIP_BAD_METHOD) this.complain(name + ": unknown method -- not supported");
    else if (result == format.GZIP_BAD_LENGTH) this.complain(name + ": invalid compressed data--length error");
    else if (result == format.GZIP_BAD_DATA) this.complain(name + ": invalid compressed data--format violated");
    else {
      this.complain(name + ": invalid compressed data--crc error");
      if (format.lengthDiffers) this.failure(name, format.GZIP_BAD_LENGTH);
    }
  }

  private ratio(): string {
    return percent(format.plainBytes, format.packedBytes);
  }

  private list(reader: Reader, name: string, size: u64): void {
    if (!this.unpack(reader, null, name)) return;
    if (this.listed == 0 && !this.quiet) {
      stdout.write((this.verbose ? "method  crc     date  time  " : "") + "         compressed        uncompressed  ratio uncompressed_name\n");
    }
    this.listed++;
    this.totalPacked += size;
    this.totalPlain += format.plainBytes;
    const details = this.verbose ? "defla " + format.storedCrc.toString(16).padStart(8, "0") + " " : "";
    this.listLine(size, format.plainBytes, name, details);
  }

  private listLine(packed: u64, plain: u64, name: string, details: string): void {
    stdout.write(details + padStart(packed.toString(), 19) + " " + padStart(plain.toString(), 19) + " " + percent(plain, packed) + " " + name + "\n");
  }
}

function sizeOf(fd: i32): u64 {
  const st = new Stat();
  return fstat(fd, st) == 0 ? st.size : 0;
}

function looksCompressed(reader: Reader): bool {
  if (reader.available < 2 && !reader.fill()) return false;
  return reader.available >= 2 && load<u16>(reader.data) == 0x8b1f;
}

/** Share of the plain size that was saved, the container's 18 bytes not counted: " 50.0%". */
function percent(plain: u64, packed: u64): string {
  const body = <i64>packed - 18;
  const saved = plain == 0 ? 0 : <i64>Math.round((<f64>(<i64>plain - body) * 1000) / <f64>plain);
  const sign = saved < 0 ? "-" : "";
  const digits = abs(saved);
  return padStart(sign + (digits / 10).toString() + "." + (digits % 10).toString() + "%", 6);
}

export function gzip(mode: i32, toStdout: bool): void {
  const program = new Gzip(mode);
  program.toStdout = toStdout;
  const options = new Options(
    "acdfhklLnNqrS:tvV123456789",
    "stdout=c to-stdout=c decompress=d uncompress=d force=f keep=k list=l no-name=n name=N quiet=q recursive=r suffix:=S test=t verbose=v fast=1 best=9 synchronous rsyncable",
    USAGE,
  );
  while (options.next()) {
    const name = options.name;
    if (name == "c") program.toStdout = true;
    else if (name == "d") program.mode = MODE_DECOMPRESS;
    else if (name == "f") program.force = true;
    else if (name == "k") program.keep = true;
    else if (name == "l") program.mode = MODE_LIST;
    else if (name == "t") program.mode = MODE_TEST;
    else if (name == "n") program.saveName = program.restoreName = false;
    else if (name == "N") program.saveName = program.restoreName = true;
    else if (name == "q") program.quiet = true;
    else if (name == "r") program.recurse = true;
    else if (name == "v") program.verbose = true;
    else if (name == "S") program.suffix = options.value;
    else if (name.length == 1 && name >= "1" && name <= "9") program.level = name.charCodeAt(0) - 48;
    else if (name == "h") {
      stdout.write(USAGE);
      finish(0);
    }
  }
  program.run(options.operands);
}
