// Commands as text, for job listings. Short, like dash's: bodies of functions and here-documents are left out.
import {
  BinaryNode,
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
} from "./ast";

/** Longer texts are cut. */
const MAX_LENGTH: i32 = 1000;

const REDIRECTS: StaticArray<string> = ["<", ">", ">|", ">>", "<>", "<&", ">&", "<<..."];
const OPERATORS: StaticArray<string> = ["", "#", "-", "=", "?", "+", "#", "##", "%", "%%", ""];

export function commandText(node: Node): string {
  const text = nodeText(node);
  return text.length > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "..." : text;
}

function nodeText(node: Node | null): string {
  if (node === null) return "";
  switch (node.kind) {
    case NodeKind.Simple: {
      const simple = node as SimpleNode;
      return (wordsText(simple.assignments.concat(simple.words)) + redirectsText(simple.redirects)).trimStart();
    }
    case NodeKind.Pipeline:
      return joinItems((node as SequenceNode).items, " | ");
    case NodeKind.List:
      return joinItems((node as SequenceNode).items, "; ");
    case NodeKind.Not:
      return "! " + nodeText((node as UnaryNode).body);
    case NodeKind.And:
      return nodeText((node as BinaryNode).left) + " && " + nodeText((node as BinaryNode).right);
    case NodeKind.Or:
      return nodeText((node as BinaryNode).left) + " || " + nodeText((node as BinaryNode).right);
    case NodeKind.Async:
      return nodeText((node as UnaryNode).body) + " &";
    case NodeKind.Subshell:
      return "(" + nodeText((node as UnaryNode).body) + ")";
    case NodeKind.Group:
      return "{ " + nodeText((node as UnaryNode).body) + "; }";
    case NodeKind.Redirected:
      return nodeText((node as UnaryNode).body) + redirectsText((node as UnaryNode).redirects);
    case NodeKind.If: {
      const branch = node as IfNode;
      const text = "if " + nodeText(branch.condition) + "; then " + nodeText(branch.then);
      return text + (branch.otherwise === null ? "; fi" : "; else " + nodeText(branch.otherwise) + "; fi");
    }
    case NodeKind.While:
    case NodeKind.Until: {
      const loop = node as BinaryNode;
      const keyword = node.kind == NodeKind.While ? "while " : "until ";
      return keyword + nodeText(loop.left) + "; do " + nodeText(loop.right) + "; done";
    }
    case NodeKind.For: {
      const loop = node as ForNode;
      const words = loop.words;
      return (
        "for " +
        loop.name +
        (words === null ? "" : " in " + wordsText(words)) +
        "; do " +
        nodeText(loop.body) +
        "; done"
      );
    }
    case NodeKind.Case:
      return "case " + wordText((node as CaseNode).subject) + " in ... esac";
    default:
      return (node as FunctionNode).name + "() { ... }";
  }
}

function joinItems(items: Node[], separator: string): string {
  let text = "";
  for (let i = 0; i < items.length; i++) {
    if (i > 0) text += items[i - 1].kind == NodeKind.Async ? " " : separator;
    text += nodeText(items[i]);
  }
  return text;
}

function wordsText(words: Word[]): string {
  let text = "";
  for (let i = 0; i < words.length; i++) text += (i > 0 ? " " : "") + wordText(words[i]);
  return text;
}

function redirectsText(list: Redirect[]): string {
  let text = "";
  for (let i = 0; i < list.length; i++) {
    const redirect = list[i];
    const output =
      redirect.kind == RedirectKind.Output ||
      redirect.kind == RedirectKind.Clobber ||
      redirect.kind == RedirectKind.Append ||
      redirect.kind == RedirectKind.DupOutput;
    text += " ";
    if (redirect.fd != (output ? 1 : 0)) text += redirect.fd.toString();
    text += REDIRECTS[redirect.kind];
    if (redirect.kind != RedirectKind.Here) text += wordText(redirect.word);
  }
  return text;
}

function wordText(word: Word): string {
  let text = "";
  let quoted = false;
  for (let i = 0; i < word.parts.length; i++) {
    const part = word.parts[i];
    if (part.quoted != quoted) text += '"';
    quoted = part.quoted;
    text += partText(part);
  }
  return quoted ? text + '"' : text;
}

function partText(part: Part): string {
  if (part.kind == PartKind.Literal) return part.text;
  if (part.kind == PartKind.Command) return "$(" + nodeText(part.body) + ")";
  if (part.kind == PartKind.Arithmetic) return "$((" + wordText(part.word!) + "))";
  if (part.op == ParamOp.Length) return "${#" + part.text + "}";
  return (
    "${" +
    part.text +
    (part.colon ? ":" : "") +
    OPERATORS[part.op] +
    (part.word === null ? "" : wordText(part.word!)) +
    "}"
  );
}
