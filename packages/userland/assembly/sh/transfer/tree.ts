// Syntax trees as records.
import {
  BinaryNode,
  CaseItem,
  CaseNode,
  ForNode,
  FunctionNode,
  IfNode,
  Node,
  NodeKind,
  ParamOp,
  Part,
  PartKind,
  Redirect,
  RedirectKind,
  SequenceNode,
  SimpleNode,
  UnaryNode,
  Word,
} from "../parse/ast";
import { RecordReader, RecordWriter } from "./record";

/** In place of a kind: no node. */
const ABSENT: i32 = -1;

function writeWord(out: RecordWriter, word: Word): void {
  out.number(word.parts.length);
  for (let i = 0; i < word.parts.length; i++) {
    const part = word.parts[i];
    out.number(part.kind | (part.quoted ? 0x100 : 0) | (part.colon ? 0x200 : 0) | (part.op << 16));
    out.number(part.line);
    out.text(part.text);
    const operand = part.word;
    out.number(operand === null ? 0 : 1);
    if (operand !== null) writeWord(out, operand);
    if (part.kind == PartKind.Command) writeNode(out, part.body);
  }
}

function readWord(from: RecordReader): Word {
  const word = new Word();
  for (let count = from.number(); count > 0; count--) {
    const bits = from.number();
    const part = new Part(<PartKind>(bits & 0xff), (bits & 0x100) != 0);
    part.colon = (bits & 0x200) != 0;
    part.op = <ParamOp>(bits >> 16);
    part.line = from.number();
    part.text = from.text();
    if (from.number() == 1) part.word = readWord(from);
    if (part.kind == PartKind.Command) part.body = readNode(from);
    word.parts.push(part);
  }
  return word;
}

function writeWords(out: RecordWriter, words: Word[]): void {
  out.number(words.length);
  for (let i = 0; i < words.length; i++) writeWord(out, words[i]);
}

function readWords(from: RecordReader): Word[] {
  const words: Word[] = [];
  for (let count = from.number(); count > 0; count--) words.push(readWord(from));
  return words;
}

function writeRedirects(out: RecordWriter, list: Redirect[]): void {
  out.number(list.length);
  for (let i = 0; i < list.length; i++) {
    out.number(list[i].kind | (list[i].fd << 8));
    writeWord(out, list[i].word);
  }
}

function readRedirects(from: RecordReader): Redirect[] {
  const list: Redirect[] = [];
  for (let count = from.number(); count > 0; count--) {
    const bits = from.number();
    const redirect = new Redirect(<RedirectKind>(bits & 0xff), bits >> 8);
    redirect.word = readWord(from);
    list.push(redirect);
  }
  return list;
}

export function writeNode(out: RecordWriter, node: Node | null): void {
  if (node === null) {
    out.number(ABSENT);
    return;
  }
  out.number(node.kind);
  out.number(node.line);
  switch (node.kind) {
    case NodeKind.Simple: {
      const simple = node as SimpleNode;
      writeWords(out, simple.assignments);
      writeWords(out, simple.words);
      writeRedirects(out, simple.redirects);
      break;
    }
    case NodeKind.Pipeline:
    case NodeKind.List: {
      const items = (node as SequenceNode).items;
      out.number(items.length);
      for (let i = 0; i < items.length; i++) writeNode(out, items[i]);
      break;
    }
    case NodeKind.And:
    case NodeKind.Or:
    case NodeKind.While:
    case NodeKind.Until:
      writeNode(out, (node as BinaryNode).left);
      writeNode(out, (node as BinaryNode).right);
      break;
    case NodeKind.If:
      writeNode(out, (node as IfNode).condition);
      writeNode(out, (node as IfNode).then);
      writeNode(out, (node as IfNode).otherwise);
      break;
    case NodeKind.For: {
      const loop = node as ForNode;
      out.text(loop.name);
      const words = loop.words;
      out.number(words === null ? 0 : 1);
      if (words !== null) writeWords(out, words);
      writeNode(out, loop.body);
      break;
    }
    case NodeKind.Case: {
      const choice = node as CaseNode;
      writeWord(out, choice.subject);
      out.number(choice.items.length);
      for (let i = 0; i < choice.items.length; i++) {
        writeWords(out, choice.items[i].patterns);
        writeNode(out, choice.items[i].body);
      }
      break;
    }
    case NodeKind.Function:
      out.text((node as FunctionNode).name);
      writeNode(out, (node as FunctionNode).body);
      break;
    default:
      writeNode(out, (node as UnaryNode).body);
      writeRedirects(out, (node as UnaryNode).redirects);
  }
}

/** Where the writer cannot have left the node out. */
function readChild(from: RecordReader): Node {
  const node = readNode(from);
  return node === null ? new SimpleNode() : node;
}

export function readNode(from: RecordReader): Node | null {
  const kind = from.number();
  if (kind == ABSENT) return null;
  const line = from.number();
  const node = readKind(from, <NodeKind>kind);
  node.line = line;
  return node;
}

function readKind(from: RecordReader, kind: NodeKind): Node {
  switch (kind) {
    case NodeKind.Simple: {
      const node = new SimpleNode();
      node.assignments = readWords(from);
      node.words = readWords(from);
      node.redirects = readRedirects(from);
      return node;
    }
    case NodeKind.Pipeline:
    case NodeKind.List: {
      const items: Node[] = [];
      for (let count = from.number(); count > 0; count--) items.push(readChild(from));
      return new SequenceNode(kind, items);
    }
    case NodeKind.And:
    case NodeKind.Or:
    case NodeKind.While:
    case NodeKind.Until: {
      const left = readChild(from);
      return new BinaryNode(kind, left, readChild(from));
    }
    case NodeKind.If: {
      const condition = readChild(from);
      const node = new IfNode(condition, readChild(from));
      node.otherwise = readNode(from);
      return node;
    }
    case NodeKind.For: {
      const name = from.text();
      const words: Word[] | null = from.number() == 1 ? readWords(from) : null;
      const node = new ForNode(name, readChild(from));
      node.words = words;
      return node;
    }
    case NodeKind.Case: {
      const node = new CaseNode(readWord(from));
      for (let count = from.number(); count > 0; count--) {
        const patterns = readWords(from);
        node.items.push(new CaseItem(patterns, readNode(from)));
      }
      return node;
    }
    case NodeKind.Function: {
      const name = from.text();
      return new FunctionNode(name, readChild(from));
    }
    default: {
      const node = new UnaryNode(kind, readChild(from));
      node.redirects = readRedirects(from);
      return node;
    }
  }
}
