import { PartKind, SimpleNode, Word } from "../parse/ast";

function substitutes(word: Word): bool {
  for (let i = 0; i < word.parts.length; i++) {
    const part = word.parts[i];
    if (part.kind == PartKind.Command) return true;
    const operand = part.word;
    if (operand !== null && substitutes(operand)) return true;
  }
  return false;
}

/** Expanding the command runs other commands, which may take their time. */
export function hasSubstitution(node: SimpleNode): bool {
  for (let i = 0; i < node.words.length; i++) if (substitutes(node.words[i])) return true;
  for (let i = 0; i < node.assignments.length; i++) if (substitutes(node.assignments[i])) return true;
  for (let i = 0; i < node.redirects.length; i++) if (substitutes(node.redirects[i].word)) return true;
  return false;
}
