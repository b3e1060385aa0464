/** Gathering what is to be listed, and listing it. */
import { ENOENT } from "../../../../abi/src/errno";
import { warnErrno } from "../exit";
import { DirectoryEntry, readDirectory } from "../directory";
import { fnmatch } from "../fnmatch";
import * as fs from "../fs";
import { stdout } from "../io";
import { joinPath } from "../path";
import { quoteShell } from "../quote";
import { Entry, sortEntries } from "./entry";
import { sizeText, writeShort } from "./layout";
import { writeLong } from "./long";
import { prepareNames, quoteName } from "./name";
import {
  FOLLOW_ALWAYS,
  FOLLOW_OPERAND_DIRECTORIES,
  FOLLOW_OPERANDS,
  FORMAT_LONG,
  FORMAT_ONE,
  settings,
} from "./settings";

/** 1: trouble below an operand, 2: trouble with an operand. */
export let listStatus: i32 = 0;

function trouble(message: string, error: i32, serious: bool): void {
  stdout.flush();
  warnErrno(message, error);
  listStatus = max(listStatus, serious ? 2 : 1);
}

/** Fills the stat fields of an entry: false when it is to be left out. */
function lookAt(entry: Entry, operand: bool): bool {
  const followThis =
    settings.follow == FOLLOW_ALWAYS || (operand && settings.follow == FOLLOW_OPERANDS);
  let error: i32 = followThis ? fs.stat(entry.path, entry.st) : fs.lstat(entry.path, entry.st);
  if (error == 0 && operand && settings.follow == FOLLOW_OPERAND_DIRECTORIES && entry.st.isSymlink) {
    const target = new fs.Stat();
    const targetError = fs.stat(entry.path, target);
    if (targetError == 0 && target.isDirectory) entry.st = target;
    // A dangling link is listed as the link it is; other trouble is reported.
    if (targetError != 0 && targetError != ENOENT) error = targetError;
  }
  if (error != 0) {
    trouble("cannot access " + quoteShell(entry.path), error, operand);
    if (operand) return false;
    entry.broken = true;
    return true;
  }
  entry.known = true;
  if (!entry.st.isSymlink) return true;
  if (settings.format == FORMAT_LONG && fs.readlink(entry.path) == 0) entry.target = fs.text;
  if (settings.format == FORMAT_LONG || settings.color || settings.directoriesFirst) {
    const target = new fs.Stat();
    if (fs.stat(entry.path, target) == 0) entry.targetStat = target;
  }
  return true;
}

function hidden(name: string): bool {
  if (name.startsWith(".")) {
    if (!settings.all && (!settings.almostAll || name == "." || name == "..")) return true;
  }
  if (settings.ignoreBackups && name.endsWith("~")) return true;
  for (let i = 0; i < settings.ignorePatterns.length; i++) {
    if (fnmatch(settings.ignorePatterns[i], name, 0)) return true;
  }
  return false;
}

function writeEntries(entries: Entry[]): void {
  const align = settings.format != FORMAT_ONE && settings.width > 0;
  prepareNames(entries, align);
  if (settings.format == FORMAT_LONG) writeLong(entries);
  else writeShort(entries);
}

/** Directories on the way down, so that a loop of links is noticed (-RL). */
const active: u64[] = [];

function listDirectory(path: string, operand: bool, header: bool): void {
  const found: DirectoryEntry[] = [];
  const error = readDirectory(path, found);
  if (error != 0) {
    trouble("cannot open directory " + quoteShell(path), error, operand);
    return;
  }
  const st = new fs.Stat();
  if (settings.recursive && settings.follow == FOLLOW_ALWAYS && fs.stat(path, st) == 0) {
    if (active.includes(st.ino)) {
      warnErrno(path + ": not listing already-listed directory", 0);
      listStatus = 2;
      return;
    }
    active.push(st.ino);
  }
  if (header) {
    if (written) stdout.writeByte(10);
    stdout.writeLine(quoteName(path) + ":");
  }
  written = true;
  const entries: Entry[] = [];
  let blocks: u64 = 0;
  const look = settings.needsStat || settings.recursive || settings.directoriesFirst;
  for (let i = 0; i < found.length; i++) {
    if (hidden(found[i].name)) continue;
    const entry = new Entry(found[i].name, joinPath(path, found[i].name));
    entry.st.type = found[i].type;
    entry.st.ino = found[i].ino;
    if (look) lookAt(entry, false);
    blocks += entry.st.blocks;
    entries.push(entry);
  }
  sortEntries(entries);
  if (settings.format == FORMAT_LONG || settings.blocks) {
    stdout.write("total " + sizeText(blocks * 512, settings.blockUnit));
    stdout.writeByte(settings.delimiter);
  }
  writeEntries(entries);
  if (settings.recursive) {
    for (let i = 0; i < entries.length; i++) {
      const name = entries[i].name;
      if (entries[i].st.isDirectory && name != "." && name != "..") listDirectory(entries[i].path, false, true);
    }
    if (settings.follow == FOLLOW_ALWAYS) active.pop();
  }
}

let written = false;

export function listOperands(operands: string[]): void {
  const files: Entry[] = [];
  const directories: Entry[] = [];
  for (let i = 0; i < operands.length; i++) {
    const entry = new Entry(operands[i], operands[i]);
    if (!lookAt(entry, true)) continue;
    if (entry.st.isDirectory && !settings.directories) directories.push(entry);
    else files.push(entry);
  }
  sortEntries(files);
  sortEntries(directories);
  if (files.length > 0) {
    writeEntries(files);
    written = true;
  }
  const header = settings.recursive || operands.length > 1;
  for (let i = 0; i < directories.length; i++) listDirectory(directories[i].path, true, header);
}
