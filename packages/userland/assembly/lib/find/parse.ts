/** The command line of find(1): operators, and which word makes which test or action. */
import { And, Constant, Expression, Not, Or, Run, Sequence } from "./expression";
import { Delete, List, Print, PrintFormat, Prune, Quit } from "./actions";
import { ExecuteEach, ExecuteMany } from "./execute";
import { FNM_CASEFOLD } from "../fnmatch";
import { RE_BYTES, RE_EMACS, RE_EXTENDED, RE_ICASE } from "../regex/syntax";
import { SUBJECT_LINK, SUBJECT_NAME, SUBJECT_PATH, NUMBER_GROUP, NUMBER_INODE, NUMBER_LINKS, NUMBER_USER } from "./tests";
import * as tests from "./tests";
import { Stat, openWrite, stat } from "../fs";
import { WHOLE_LINE, compileRegexes, regexError } from "../regex/regex";
import { Writer, stdout } from "../io";
import { applyMode } from "../mode";
import { byteAt, isAllDigits } from "../bytes";
import { dateNanoseconds, dateSeconds, parseDate } from "../parse-date";
import { die, dieErrno } from "../exit";
import { groupId, userId } from "../accounts";
import { localeIsUtf8 } from "../args";
import { localCalendar, localZone } from "../timezone";
import { quoteProse } from "../quote";

const DAY: i64 = 86400000000000;
const MINUTE: i64 = 60000000000;

export class FindParser {
  private at: i32 = 0;
  private hasAction: bool = false;
  private regexSyntax: i32 = RE_EMACS;
  /** The primary read last, for messages. */
  private word: string = "";

  constructor(
    private words: Array<string>,
    private run: Run,
  ) {}

  parse(): Expression {
    let expression: Expression = new Constant(true);
    if (this.words.length > 0) {
      expression = this.list();
      if (this.at < this.words.length) die("you have too many ')'");
    }
    return this.hasAction ? expression : new And(expression, new Print(stdout, 10));
  }

  private peek(): string {
    return this.at < this.words.length ? this.words[this.at] : "";
  }

  private list(): Expression {
    let left = this.alternation();
    while (this.peek() == ",") {
      this.at++;
      left = new Sequence(left, this.alternation());
    }
    return left;
  }

  private alternation(): Expression {
    let left = this.conjunction();
    while (this.peek() == "-o" || this.peek() == "-or") {
      const operator = this.words[this.at++];
      if (this.at >= this.words.length) die("expected an expression after '" + operator + "'");
      left = new Or(left, this.conjunction());
    }
    return left;
  }

  private conjunction(): Expression {
    let left = this.negation();
    while (this.at < this.words.length) {
      const word = this.peek();
      if (word == "-o" || word == "-or" || word == "," || word == ")") break;
      if (word == "-a" || word == "-and") {
        this.at++;
        if (this.at >= this.words.length) die("expected an expression after '" + word + "'");
      }
      left = new And(left, this.negation());
    }
    return left;
  }

  private negation(): Expression {
    const word = this.peek();
    if (word == "!" || word == "-not") {
      this.at++;
      if (this.at >= this.words.length) die("expected an expression after '" + word + "'");
      return new Not(this.negation());
    }
    if (word == "-o" || word == "-or" || word == "-a" || word == "-and" || word == ",") {
      die("invalid expression; you have used a binary operator '" + word + "' with nothing before it.");
    }
    if (word == "(") {
      this.at++;
      if (this.peek() == ")") die("invalid expression; empty parentheses are not allowed.");
      const inner = this.list();
      if (this.peek() != ")") die("invalid expression; I was expecting to find a ')' somewhere but did not see one.");
      this.at++;
      return inner;
    }
    if (word == ")") die("you have too many ')'");
    this.word = word;
    this.at++;
    return this.primary(word);
  }

  private argument(): string {
    if (this.at >= this.words.length) die("missing argument to `" + this.word + "'");
    return this.words[this.at++];
  }

  private action(expression: Expression): Expression {
    this.hasAction = true;
    this.run.finishers.push(expression);
    return expression;
  }

  private primary(word: string): Expression {
    const name = word.startsWith("-") ? word.substring(1) : word;
    const option = this.option(name);
    if (option !== null) return option;
    const test = this.nameTest(name);
    if (test !== null) return test;
    const status = this.statusTest(name);
    if (status !== null) return status;
    const time = this.timeTest(name);
    if (time !== null) return time;
    const action = this.actionOf(name);
    if (action !== null) return action;
    if (word.startsWith("-")) die("unknown predicate `" + word + "'");
    die("paths must precede expression: `" + word + "'");
    return new Constant(false);
  }

  private option(name: string): Expression | null {
    const run = this.run;
    if (name == "maxdepth") run.maxDepth = this.depth();
    else if (name == "mindepth") run.minDepth = this.depth();
    else if (name == "depth" || name == "d") run.depthFirst = true;
    else if (name == "xdev" || name == "mount") run.oneFileSystem = true;
    else if (name == "follow") run.follow = 2;
    else if (name == "daystart") run.now = (run.now / <u64>DAY + 1) * <u64>DAY;
    else if (name == "regextype") this.regexSyntax = this.dialect(this.argument());
    else if (name != "noleaf" && name != "warn" && name != "nowarn" && name != "ignore_readdir_race") return null;
    return new Constant(true);
  }

  private depth(): i32 {
    const text = this.argument();
    if (!isAllDigits(text)) die("Expected a positive decimal integer argument to " + this.word + ", but got " + quoteProse(text));
    return <i32>min(parseInt(text), 1e9);
  }

  private dialect(name: string): i32 {
    if (name == "emacs" || name == "findutils-default") return RE_EMACS;
    if (name == "posix-basic" || name == "grep" || name == "ed" || name == "sed") return 0;
    if (name == "posix-extended" || name == "egrep" || name == "posix-egrep" || name == "awk" || name == "gnu-awk") return RE_EXTENDED;
    die("Unknown regular expression type " + quoteProse(name));
    return 0;
  }

  private nameTest(name: string): Expression | null {
    if (name == "name") return new tests.Glob(SUBJECT_NAME, this.argument(), 0);
    if (name == "iname") return new tests.Glob(SUBJECT_NAME, this.argument(), FNM_CASEFOLD);
    if (name == "path" || name == "wholename") return new tests.Glob(SUBJECT_PATH, this.argument(), 0);
    if (name == "ipath" || name == "iwholename") return new tests.Glob(SUBJECT_PATH, this.argument(), FNM_CASEFOLD);
    if (name == "lname") return new tests.Glob(SUBJECT_LINK, this.argument(), 0);
    if (name == "ilname") return new tests.Glob(SUBJECT_LINK, this.argument(), FNM_CASEFOLD);
    if (name != "regex" && name != "iregex") return null;
    let syntax = this.regexSyntax;
    if (name == "iregex") syntax |= RE_ICASE;
    if (!localeIsUtf8()) syntax |= RE_BYTES;
    const pattern = this.argument();
    const regex = compileRegexes([pattern], syntax, WHOLE_LINE, 10);
    if (regex === null) die("failed to compile regular expression '" + pattern + "': " + regexError);
    return new tests.PathRegex(regex!);
  }

  private comparison(text: string): tests.Comparison {
    const sign = text.startsWith("+") ? 1 : text.startsWith("-") ? -1 : 0;
    const digits = sign == 0 ? text : text.substring(1);
    if (!isAllDigits(digits)) die("invalid argument `" + text + "' to `" + this.word + "'");
    return new tests.Comparison(sign, i64.parse(digits));
  }

  private statusTest(name: string): Expression | null {
    if (name == "true") return new Constant(true);
    if (name == "false") return new Constant(false);
    if (name == "type" || name == "xtype") return this.type(name == "xtype");
    if (name == "size") return this.size();
    if (name == "empty") return new tests.Empty();
    if (name == "perm") return this.permission();
    if (name == "links") return new tests.NumberTest(NUMBER_LINKS, this.comparison(this.argument()));
    if (name == "inum") return new tests.NumberTest(NUMBER_INODE, this.comparison(this.argument()));
    if (name == "uid") return new tests.NumberTest(NUMBER_USER, this.comparison(this.argument()));
    if (name == "gid") return new tests.NumberTest(NUMBER_GROUP, this.comparison(this.argument()));
    if (name == "user") return new tests.NumberTest(NUMBER_USER, this.account(false));
    if (name == "group") return new tests.NumberTest(NUMBER_GROUP, this.account(true));
    if (name == "nouser" || name == "nogroup") return new tests.Unknown(name == "nogroup");
    if (name == "readable") return new tests.Access(4);
    if (name == "writable") return new tests.Access(2);
    if (name == "executable") return new tests.Access(1);
    if (name == "samefile") return new tests.SameFile(this.reference(this.argument()));
    return null;
  }

  private type(other: bool): Expression {
    const letters = this.argument();
    for (let i = 0; i < letters.length; i++) {
      if (!"bcdpflsD,".includes(letters.charAt(i))) die("Unknown argument to " + this.word + ": " + letters.charAt(i));
    }
    if (letters.length == 0) die("Arguments to " + this.word + " should contain at least one letter");
    return new tests.Type(letters, other);
  }

  private size(): Expression {
    const text = this.argument();
    const letter = text.length > 0 ? byteAt(text, text.length - 1) : 0;
    let unit: u64 = 512;
    let number = text;
    if (letter < 48 || letter > 57) {
      unit = letter == 99 ? 1 : letter == 119 ? 2 : letter == 98 ? 512 : letter == 107 ? 1024 : letter == 77 ? 1048576 : letter == 71 ? 1073741824 : 0;
      if (unit == 0) die("invalid -size type `" + text.substring(text.length - 1) + "'");
      number = text.substring(0, text.length - 1);
    }
    return new tests.Size(this.comparison(number), unit);
  }

  private permission(): Expression {
    const text = this.argument();
    const kind = text.startsWith("-") ? "-" : text.startsWith("/") ? "/" : "";
    const mode = applyMode(text.substring(kind.length), 0, false, 0);
    if (mode < 0) die("invalid mode " + quoteProse(text));
    return new tests.Permission(kind, mode);
  }

  private account(group: bool): tests.Comparison {
    const name = this.argument();
    let id = group ? groupId(name) : userId(name);
    if (id < 0 && isAllDigits(name)) id = i64.parse(name);
    if (id < 0) die(quoteProse(name) + " is not the name of " + (group ? "an existing group" : "a known user"));
    return new tests.Comparison(0, id);
  }

  private reference(name: string): Stat {
    const st = new Stat();
    const error = stat(name, st);
    if (error != 0) dieErrno(quoteProse(name), error);
    return st;
  }

  private timeTest(name: string): Expression | null {
    const which = name.charAt(0);
    const rest = name.substring(1);
    if ("acm".includes(which) && (rest == "time" || rest == "min")) {
      return new tests.Age(which, this.comparison(this.argument()), rest == "time" ? DAY : MINUTE);
    }
    if (name == "newer") return new tests.Newer("m", this.reference(this.argument()).mtim);
    if (name == "anewer") return new tests.Newer("a", this.reference(this.argument()).mtim);
    if (name == "cnewer") return new tests.Newer("c", this.reference(this.argument()).mtim);
    if (name.length != 7 || !name.startsWith("newer")) return null;
    const subject = name.charAt(5);
    const than = name.charAt(6);
    if (!"acm".includes(subject) || !"acmt".includes(than)) return null;
    const text = this.argument();
    if (than != "t") return new tests.Newer(subject, tests.timeOf(this.reference(text), than));
    const zone = localZone();
    if (!parseDate(text, localCalendar(zone, this.run.now), zone)) {
      die("I cannot figure out how to interpret " + quoteProse(text) + " as a date or time");
    }
    return new tests.Newer(subject, <u64>dateSeconds * 1000000000 + dateNanoseconds);
  }

  private actionOf(name: string): Expression | null {
    if (name == "print") return this.action(new Print(stdout, 10));
    if (name == "print0") return this.action(new Print(stdout, 0));
    if (name == "printf") return this.action(new PrintFormat(stdout, this.argument()));
    if (name == "fprint") return this.action(new Print(this.output(), 10));
    if (name == "fprint0") return this.action(new Print(this.output(), 0));
    if (name == "fprintf") {
      const out = this.output();
      return this.action(new PrintFormat(out, this.argument()));
    }
    if (name == "ls") return this.action(new List());
    if (name == "delete") {
      this.run.depthFirst = true;
      return this.action(new Delete());
    }
    if (name == "prune") return new Prune();
    if (name == "quit") return this.action(new Quit());
    if (name == "exec" || name == "execdir" || name == "ok" || name == "okdir") return this.execution(name);
    return null;
  }

  private output(): Writer {
    const name = this.argument();
    if (name == "/dev/stdout") return stdout;
    const fd = name == "/dev/stderr" ? 2 : openWrite(name);
    if (fd < 0) dieErrno(quoteProse(name), -fd);
    return new Writer(fd);
  }

  private execution(name: string): Expression {
    const argv: Array<string> = [];
    const inDirectory = name.endsWith("dir");
    const ask = name.startsWith("ok");
    while (true) {
      const word = this.argument();
      if (word == ";") break;
      if (word == "+" && !ask && argv.length > 0 && argv[argv.length - 1] == "{}") {
        argv.pop();
        if (argv.length == 0) die("missing argument to `" + this.word + "'");
        return this.action(new ExecuteMany(argv, inDirectory));
      }
      argv.push(word);
    }
    if (argv.length == 0) die("missing argument to `" + this.word + "'");
    return this.action(new ExecuteEach(argv, inDirectory, ask));
  }
}
