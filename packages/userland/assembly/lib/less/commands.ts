/** The keys of less and what they do. */
import { KEY_DOWN, KEY_END, KEY_HOME, KEY_LEFT, KEY_PAGE_DOWN, KEY_PAGE_UP, KEY_RIGHT, KEY_UP } from "./terminal";
import { Pager } from "./pager";
import { RE_BYTES, RE_EXTENDED, RE_ICASE } from "../regex/syntax";
import { Regex, compileRegex, regexError } from "../regex/regex";
import { fromByte } from "../bytes";
import { writeText } from "../io";

/** How a key left the file. */
export const STAY: i32 = 0;
export const QUIT: i32 = 1;
export const NEXT_FILE: i32 = 2;
export const PREVIOUS_FILE: i32 = 3;

const HELP: string =
  "SPACE f PgDn  a page on      b PgUp  a page back     d u  half a page\n" +
  "j ENTER Down  a line on      k y Up  a line back     Left Right  sideways\n" +
  "g Home [N]    first, Nth line        G End  last line        N%  into the text\n" +
  "/PATTERN      search on      ?PATTERN  search back    n N  again, the other way\n" +
  "mX 'X         set a mark, go to it   = ^G  where am I   F  follow   r ^L  redraw\n" +
  ":n :p         next, previous file    -N -S -i  line numbers, long lines, case\n" +
  "q             quit\n\nPress a key to go on.";

export class Commands {
  /** 0 case counts, 1 it does not unless the pattern has capitals (-i), 2 never (-I). */
  ignoreCase: i32 = 0;
  private pattern: Regex | null = null;
  private forward: bool = true;
  private markNames: Array<i32> = [];
  private markLines: Array<i32> = [];
  private count: i32 = -1;

  constructor(private pager: Pager) {}

  usePager(pager: Pager): void {
    this.pager = pager;
    this.markNames.length = 0;
    this.markLines.length = 0;
  }

  /** Performs the key; one of STAY, QUIT, NEXT_FILE, PREVIOUS_FILE. */
  perform(key: i32): i32 {
    const pager = this.pager;
    if (key >= 48 && key <= 57) {
      this.number(key);
      key = this.pendingKey;
    }
    const count = this.count;
    this.count = -1;
    const times = max(count, 1);
    switch (key) {
      case 113: case 81: case 3: case -2: // q Q ^C, terminal gone
        return key == 3 ? STAY : QUIT;
      case 32: case 102: case 6: case 22: case KEY_PAGE_DOWN: // SPACE f ^F ^V
        pager.down(count > 0 ? count : pager.page);
        break;
      case 98: case 2: case KEY_PAGE_UP: // b ^B
        pager.up(count > 0 ? count : pager.page);
        break;
      case 100: case 4: // d ^D
        pager.down(count > 0 ? count : pager.page / 2);
        break;
      case 117: case 21: // u ^U
        pager.up(count > 0 ? count : pager.page / 2);
        break;
      case 106: case 101: case 13: case 10: case 14: case 5: case KEY_DOWN: // j e ENTER ^N ^E
        pager.down(times);
        break;
      case 107: case 121: case 16: case 25: case 11: case KEY_UP: // k y ^P ^Y ^K
        pager.up(times);
        break;
      case 103: case 60: case KEY_HOME: // g <
        pager.goTo(times - 1);
        break;
      case 71: case 62: case KEY_END: // G >
        if (count > 0) pager.goTo(count - 1);
        else pager.end();
        break;
      case 112: case 37: // p %
        pager.need(i32.MAX_VALUE);
        pager.goTo(<i32>((<i64>pager.document.lines * max(min(count, 100), 0)) / 100));
        break;
      case KEY_RIGHT:
        this.sideways(count > 0 ? count : pager.terminal.columns / 2);
        break;
      case KEY_LEFT:
        this.sideways(-(count > 0 ? count : pager.terminal.columns / 2));
        break;
      case 47: case 63: // / ?
        this.readSearch(key == 47, times);
        break;
      case 110: // n
        this.again(this.forward, times);
        break;
      case 78: // N
        this.again(!this.forward, times);
        break;
      case 61: case 7: // = ^G
        pager.message = pager.position();
        break;
      case 70: // F
        pager.follow();
        break;
      case 109: // m
        this.setMark(pager.terminal.key());
        break;
      case 39: // '
        this.goToMark(pager.terminal.key());
        break;
      case 45: // -
        this.toggle(pager.terminal.key());
        break;
      case 58: // :
        return this.colon();
      case 90: // ZZ
        return pager.terminal.key() == 90 ? QUIT : STAY;
      case 104: case 72: // h H
        writeText(1, "\x1b[H\x1b[J" + HELP);
        pager.terminal.key();
        break;
      case 26: // ^Z
        pager.terminal.suspend();
        break;
    }
    return STAY;
  }

  private pendingKey: i32 = 0;

  /** Digits before a command. */
  private number(key: i32): void {
    let n = 0;
    while (key >= 48 && key <= 57) {
      n = min(n * 10 + key - 48, 100000000);
      writeText(1, "\r\x1b[K:" + n.toString());
      key = this.pager.terminal.key();
    }
    this.count = n;
    this.pendingKey = key;
  }

  private sideways(columns: i32): void {
    const layout = this.pager.layout;
    layout.chop = true;
    layout.shift = max(layout.shift + columns, 0);
    this.pager.topRow = 0;
  }

  /** A line typed at the bottom; null when it was given up. */
  private prompt(start: string): string | null {
    let text = "";
    while (true) {
      writeText(1, "\r\x1b[K" + start + text);
      const key = this.pager.terminal.key();
      if (key == 13 || key == 10) return text;
      if (key == 3 || key == 27 || key == 7 || key == -2) return null;
      if (key == 21) text = "";
      else if (key == 127 || key == 8) {
        if (text.length == 0) return null;
        let end = text.length - 1;
        while (end > 0 && (text.charCodeAt(end) & 0xc0) == 0x80) end--;
        text = text.substring(0, end);
      } else if (key >= 32 && key < 256) text += fromByte(key);
    }
  }

  private readSearch(forward: bool, times: i32): void {
    const text = this.prompt(forward ? "/" : "?");
    if (text === null) return;
    this.forward = forward;
    if (text.length > 0 && !this.setPattern(text)) return;
    this.again(forward, times);
  }

  /** Compiles what to search for; false, with a message, when it is no pattern. */
  setPattern(text: string): bool {
    let syntax = RE_EXTENDED;
    if (this.ignoreCase == 2 || (this.ignoreCase == 1 && text.toLowerCase() == text)) syntax |= RE_ICASE;
    if (!this.pager.layout.utf8) syntax |= RE_BYTES;
    const regex = compileRegex(text, syntax);
    if (regex === null) {
      this.pager.message = regexError;
      return false;
    }
    this.pattern = regex;
    this.pager.layout.highlight = regex;
    return true;
  }

  again(forward: bool, times: i32, includeTop: bool = false): void {
    const regex = this.pattern;
    if (regex === null) this.pager.message = "No previous regular expression";
    else if (!this.pager.search(regex, forward, times, includeTop)) this.pager.message = "Pattern not found";
  }

  private setMark(name: i32): void {
    if (name < 32) return;
    this.markNames.push(name);
    this.markLines.push(this.pager.top);
  }

  private goToMark(name: i32): void {
    if (name == 94) this.pager.goTo(0);
    else if (name == 36) this.pager.end();
    else {
      const at = this.markNames.lastIndexOf(name);
      if (at < 0) this.pager.message = "Mark not set";
      else this.pager.goTo(this.markLines[at]);
    }
  }

  private toggle(option: i32): void {
    const layout = this.pager.layout;
    if (option == 78) layout.numbers = !layout.numbers;
    else if (option == 83) {
      layout.chop = !layout.chop;
      layout.shift = 0;
    } else if (option == 82) layout.colors = !layout.colors;
    else if (option == 105) this.ignoreCase = this.ignoreCase == 1 ? 0 : 1;
    else if (option == 73) this.ignoreCase = this.ignoreCase == 2 ? 0 : 2;
    else this.pager.message = "There is no " + (option >= 32 ? "-" + fromByte(option) : "such") + " option";
    this.pager.topRow = 0;
  }

  private colon(): i32 {
    writeText(1, "\r\x1b[K :");
    const key = this.pager.terminal.key();
    if (key == 110) return NEXT_FILE;
    if (key == 112) return PREVIOUS_FILE;
    if (key == 113 || key == 81) return QUIT;
    if (key == 102) this.pager.message = this.pager.position();
    return STAY;
  }
}
