/** Columns ps can show. */
import { die } from "../exit";
import { formatFixed } from "../float";
import { formatPadded, formatSigned, formatUnsigned } from "../numbers";
import { toUpper } from "../bytes";
import { format } from "../strftime";
import { localCalendar, localZone } from "../timezone";
import { userName } from "../users";
import { Process, TICKS } from "./process";
import { bootTime, memoryRow, memoryTable, uptimeSeconds } from "./system";

export class Column {
  width: i32;
  constructor(
    public key: string,
    public title: string,
  ) {
    this.width = title.length;
  }
}

const zone = localZone();
const uptime = uptimeSeconds();
const boot = bootTime();
const memoryTotal = memoryRow(memoryTable(), "MemTotal");

export function isLeft(key: string): bool {
  return "user tty stat comm args start lstart wchan".includes(key);
}

/** The column a name stands for, "" when there is none. */
export function canonical(key: string): string {
  switch (key) {
    case "pid": case "ppid": case "pgid": case "tty": case "stat": case "s": case "user": case "uid": case "ni": case "pri":
    case "vsz": case "rss": case "pcpu": case "pmem": case "etime": case "etimes": case "time": case "start": case "lstart":
    case "comm": case "args": case "psr": case "nlwp": case "tpgid": case "c": case "addr": case "wchan": case "cls": case "rtprio": case "job": case "f": case "sz": case "stime":
      return key;
    case "sid": case "sess": case "session": return "sid";
    case "pgrp": return "pgid";
    case "tt": case "tname": return "tty";
    case "state": return "s";
    case "euser": case "ruser": case "uname": return "user";
    case "euid": case "ruid": return "uid";
    case "nice": return "ni";
    case "vsize": return "vsz";
    case "rssize": case "rsz": return "rss";
    case "class": case "policy": case "pol": return "cls";
    case "size": return "sz";
    case "%cpu": return "pcpu";
    case "%mem": return "pmem";
    case "cputime": return "time";
    case "ucmd": case "ucomm": return "comm";
    case "cmd": case "command": return "args";
    case "thcount": return "nlwp";
    default: return "";
  }
}

function titleOf(key: string, asked: string): string {
  switch (key) {
    case "tty": return asked == "tty" ? "TT" : "TTY";
    case "s": return "S";
    case "pcpu": return "%CPU";
    case "pmem": return "%MEM";
    case "etime": return "ELAPSED";
    case "etimes": return "ELAPSED";
    case "start": return "STARTED";
    case "lstart": return "STARTED";
    case "stime": return "STIME";
    case "cls": return asked == "policy" || asked == "pol" ? "POL" : "CLS";
    case "comm": return "COMMAND";
    case "args": return asked == "cmd" ? "CMD" : "COMMAND";
    default: return toUpper(key);
  }
}

function elapsedSeconds(p: Process): u64 {
  const start = <f64>p.startTicks / <f64>TICKS;
  return uptime > start ? <u64>(uptime - start) : 0;
}

/** [dd-]hh:mm:ss; elapsed time leaves leading zeros out. */
function clockText(seconds: u64, elapsed: bool): string {
  const days = seconds / 86400;
  const hours = (seconds / 3600) % 24;
  const rest = formatPadded((seconds / 60) % 60, 2) + ":" + formatPadded(seconds % 60, 2);
  if (days > 0) return (elapsed ? formatUnsigned(days) : formatPadded(days, 2)) + "-" + formatPadded(hours, 2) + ":" + rest;
  return elapsed && hours == 0 ? rest : formatPadded(hours, 2) + ":" + rest;
}

export function cpuPercent(p: Process): f64 {
  const alive = uptime - <f64>p.startTicks / <f64>TICKS;
  return alive <= 0 ? 0 : min(((<f64>p.ticks / <f64>TICKS) * 100) / alive, 999);
}

function statText(p: Process): string {
  let text = p.state;
  if (p.nice < 0) text += "<";
  if (p.nice > 0) text += "N";
  if (p.sid == p.pid) text += "s";
  if (p.threads > 1) text += "l";
  if (p.tty != 0 && p.foreground == p.pgid) text += "+";
  return text;
}

function startTime(p: Process, pattern: string): string {
  const seconds = <u64>boot + p.startTicks / TICKS;
  return format(pattern, localCalendar(zone, seconds * 1000000000));
}

/** Time of day within the last day, else the date. */
function startText(p: Process, today: string): string {
  return elapsedSeconds(p) < 86400 ? startTime(p, today) : startTime(p, "%b%d");
}

export function field(p: Process, key: string): string {
  switch (key) {
    case "pid": return formatSigned(p.pid);
    case "ppid": return formatSigned(p.ppid);
    case "pgid": return formatSigned(p.pgid);
    case "sid": return formatSigned(p.sid);
    case "tpgid": return formatSigned(p.foreground);
    case "tty": return p.ttyName;
    case "stat": return statText(p);
    case "s": return p.state;
    case "user": return userName(p.uid);
    case "uid": return formatUnsigned(p.uid);
    case "ni": return formatSigned(p.nice);
    case "pri": return formatSigned(39 - p.priority);
    case "vsz":
    case "rss": return formatUnsigned(p.memoryBytes / 1024);
    case "sz": return formatUnsigned(p.memoryBytes / 4096);
    case "pcpu": return formatFixed(cpuPercent(p), 1);
    case "c": return formatUnsigned(<u64>cpuPercent(p));
    case "pmem": return formatFixed(memoryTotal == 0 ? 0 : (<f64>p.memoryBytes * 100) / <f64>memoryTotal, 1);
    case "etime": return clockText(elapsedSeconds(p), true);
    case "etimes": return formatUnsigned(elapsedSeconds(p));
    case "time": return clockText(p.ticks / TICKS, false);
    case "start": return startText(p, "%H:%M:%S");
    case "stime": return startText(p, "%H:%M");
    case "lstart": return startTime(p, "%a %b %e %H:%M:%S %Y");
    case "comm": return p.state == "Z" ? p.name + " <defunct>" : p.name;
    case "args": return p.state == "Z" ? "[" + p.name + "] <defunct>" : p.commandLine();
    case "psr": return formatUnsigned(p.core);
    case "nlwp": return formatUnsigned(p.threads);
    case "cls": return p.policy == 0 ? "TS" : "RR";
    case "rtprio": return p.realtime == 0 ? "-" : formatUnsigned(p.realtime);
    case "wchan": return p.waitChannel();
    case "job": return p.job();
    case "f": return "0";
    default: return "-";
  }
}

export function addColumns(columns: Column[], list: string): void {
  const words = list.replaceAll(" ", ",").split(",");
  for (let i = 0; i < words.length; i++) {
    if (words[i].length == 0) continue;
    const equals = words[i].indexOf("=");
    const asked = equals < 0 ? words[i] : words[i].substring(0, equals);
    const key = canonical(asked);
    if (key.length == 0) die("error: unknown user-defined format specifier \"" + asked + "\"");
    columns.push(new Column(key, equals < 0 ? titleOf(key, asked) : words[i].substring(equals + 1)));
  }
}

