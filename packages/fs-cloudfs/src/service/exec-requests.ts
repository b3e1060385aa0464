import { ENAMETOOLONG } from "@cloudos/abi/errno";
import {
  REPLY_SCRIPT,
  SLOT_BUF_SIZE,
  SLOT_O_BUF1,
  SLOT_O_BUF2,
  SLOT_O_FLAGS,
  SLOT_O_LEN1,
  SLOT_O_LEN2,
  SLOT_O_MODULE,
  SLOT_O_NODE,
  WALK_SEARCH,
} from "@cloudos/abi/vfs-protocol";
import { classify, DEFAULT_PATH, findExecutable, HEAD_BYTES } from "../modules/exec.ts";
import { fail } from "../vfs/errors.ts";
import type { Mount } from "../vfs/mounts.ts";
import { encodeName } from "../vfs/names.ts";
import { fileNode, first, type Handler, resolveFrom } from "./requests.ts";
import type { Slot } from "./slot.ts";

export const exec: Handler = (context, slot) => {
  const path = slot.text(SLOT_O_LEN1, SLOT_O_BUF1);
  const given = slot.u32(SLOT_O_LEN2) > 0 ? slot.text(SLOT_O_LEN2, SLOT_O_BUF2) : DEFAULT_PATH;
  const search = (slot.flags & WALK_SEARCH) !== 0 ? given : undefined;
  const found = findExecutable((candidate) => resolveFrom(context, slot, candidate, first), first, path, search);

  const { mount, ino } = first;
  const node = fileNode(mount, ino);
  const program = context.modules.idOfProgram(mount.fs, ino, path);
  if (program !== 0) {
    reply(slot, mount, ino, program);
    return;
  }
  return context.content.head(mount.fs, ino, node, HEAD_BYTES).then((head) => {
    const kind = classify(head);
    if (kind === "module") {
      reply(slot, mount, ino, context.modules.idOfFile(mount.fs, ino, node, path));
      return;
    }
    const interpreter = encodeName(kind.interpreter);
    // The kernel does not know where a search ended, and the interpreter must be told where the script is.
    const argument = encodeName(found === path ? kind.argument : `${kind.argument}\0${found}`);
    if (interpreter.length >= SLOT_BUF_SIZE || argument.length >= SLOT_BUF_SIZE) fail(ENAMETOOLONG);
    reply(slot, mount, ino, 0);
    slot.setU32(SLOT_O_FLAGS, REPLY_SCRIPT);
    slot.putBytes(SLOT_O_LEN1, SLOT_O_BUF1, interpreter);
    slot.putBytes(SLOT_O_LEN2, SLOT_O_BUF2, argument);
  });
};

function reply(slot: Slot, mount: Mount, ino: number, module: number): void {
  slot.setNode(SLOT_O_NODE, mount.fsId, ino);
  slot.setU32(SLOT_O_MODULE, module);
  slot.setU32(SLOT_O_FLAGS, 0);
  slot.setU32(SLOT_O_LEN1, 0);
  slot.setU32(SLOT_O_LEN2, 0);
}
