// The syntax tree. A tree is immutable once parsed: functions, traps and subshells in other processes share or copy it.

export enum NodeKind {
  Simple,
  Pipeline,
  Not,
  And,
  Or,
  List,
  Async,
  Subshell,
  Group,
  If,
  While,
  Until,
  For,
  Case,
  Function,
  Redirected,
}

export enum PartKind {
  Literal,
  Parameter,
  Command,
  Arithmetic,
}

/** What `${name...}` does beyond giving the value. */
export enum ParamOp {
  None,
  Length,
  Default,
  Assign,
  Error,
  Alternative,
  TrimSmallPrefix,
  TrimLargePrefix,
  TrimSmallSuffix,
  TrimLargeSuffix,
  Bad,
}

export enum RedirectKind {
  Input,
  Output,
  Clobber,
  Append,
  ReadWrite,
  DupInput,
  DupOutput,
  Here,
}

export class Part {
  /** Literal text, parameter name. */
  text: string = "";
  op: ParamOp = ParamOp.None;
  /** `:-` rather than `-`: null counts as unset. */
  colon: bool = false;
  /** Operand of a parameter operator; the expression of `$(( ))`. */
  word: Word | null = null;
  /** Body of a command substitution; null when it is empty. */
  body: Node | null = null;
  line: i32 = 0;
  constructor(
    public kind: PartKind,
    /** Inside quotes: not split, not a pattern. */
    public quoted: bool,
  ) {}
}

export class Word {
  parts: Part[] = [];

  static literal(text: string): Word {
    const word = new Word();
    const part = new Part(PartKind.Literal, false);
    part.text = text;
    word.parts.push(part);
    return word;
  }

  /** The text when the word is one unquoted literal, else null. */
  plain(): string | null {
    if (this.parts.length != 1) return null;
    const part = this.parts[0];
    return part.kind == PartKind.Literal && !part.quoted ? part.text : null;
  }

  /** The text when the word needs no expansion but quote removal, else null. */
  constant(): string | null {
    let text = "";
    for (let i = 0; i < this.parts.length; i++) {
      const part = this.parts[i];
      if (part.kind != PartKind.Literal) return null;
      text += part.text;
    }
    return text;
  }
}

export class Redirect {
  /** Target of a here-document: its body, expanded unless the delimiter was quoted (then one quoted literal). */
  word: Word = new Word();
  constructor(
    public kind: RedirectKind,
    public fd: i32,
  ) {}
}

export class CaseItem {
  constructor(
    public patterns: Word[],
    public body: Node | null,
  ) {}
}

export class Node {
  line: i32 = 0;
  constructor(public kind: NodeKind) {}
}

export class SimpleNode extends Node {
  assignments: Word[] = [];
  words: Word[] = [];
  redirects: Redirect[] = [];
  constructor() {
    super(NodeKind.Simple);
  }
}

/** Not, Async, Subshell, Group, Redirected: one command inside. */
export class UnaryNode extends Node {
  redirects: Redirect[] = [];
  constructor(
    kind: NodeKind,
    public body: Node,
  ) {
    super(kind);
  }
}

/** And, Or; While and Until (condition, body). */
export class BinaryNode extends Node {
  constructor(
    kind: NodeKind,
    public left: Node,
    public right: Node,
  ) {
    super(kind);
  }
}

/** Pipeline, List. */
export class SequenceNode extends Node {
  constructor(
    kind: NodeKind,
    public items: Node[],
  ) {
    super(kind);
  }
}

export class IfNode extends Node {
  otherwise: Node | null = null;
  constructor(
    public condition: Node,
    public then: Node,
  ) {
    super(NodeKind.If);
  }
}

export class ForNode extends Node {
  /** Null: `in` is absent, the positional parameters are meant. */
  words: Word[] | null = null;
  constructor(
    public name: string,
    public body: Node,
  ) {
    super(NodeKind.For);
  }
}

export class CaseNode extends Node {
  items: CaseItem[] = [];
  constructor(public subject: Word) {
    super(NodeKind.Case);
  }
}

export class FunctionNode extends Node {
  constructor(
    public name: string,
    public body: Node,
  ) {
    super(NodeKind.Function);
  }
}
