/** The tests' file service: absolute paths of programs and directories, found in a map. */
import {
  E2BIG,
  ENOENT,
  ENOSYS,
  REPLY_SCRIPT,
  SLOT_O_BUF1,
  SLOT_O_BUF2,
  SLOT_O_ERRNO,
  SLOT_O_FLAGS,
  SLOT_O_LEN1,
  SLOT_O_LEN2,
  SLOT_O_MODULE,
  SLOT_O_NODE,
  SLOT_O_OP,
  VFS_CHDIR,
  VFS_EXEC,
  VFS_RELEASE,
  vfsSlot,
} from "@cloudos/abi";
import type { Host } from "./host.ts";

export type Program =
  | { readonly kind: "module"; readonly module: WebAssembly.Module; readonly id: number }
  | { readonly kind: "script"; readonly interpreter: string; readonly argument: string };

/** Fills in the reply of a request. */
export function answer(host: Host, slot: number): boolean {
  fill(host, slot);
  return true;
}

function fill(host: Host, slot: number): void {
  const { view, bytes } = host;
  const at = vfsSlot(slot);
  const text = (buffer: number, length: number) =>
    new TextDecoder().decode(bytes.slice(at + buffer, at + buffer + view.getUint32(at + length, true)));
  const put = (buffer: number, length: number, value: string) => {
    const data = new TextEncoder().encode(value);
    bytes.set(data, at + buffer);
    view.setUint32(at + length, data.length, true);
  };
  const errno = (value: number) => view.setUint32(at + SLOT_O_ERRNO, value, true);
  errno(0);
  const path = text(SLOT_O_BUF1, SLOT_O_LEN1);
  switch (view.getUint32(at + SLOT_O_OP, true)) {
    case VFS_CHDIR:
      view.setBigUint64(at + SLOT_O_NODE, path === "/" ? 1n : 2n, true);
      return;
    case VFS_EXEC: {
      const search = text(SLOT_O_BUF2, SLOT_O_LEN2) || "/bin";
      const found = path.includes("/") ? path : `${search.split(":")[0]}/${path}`;
      const program = host.programs.get(found);
      view.setUint32(at + SLOT_O_FLAGS, 0, true);
      if (!program) {
        errno(found.length > 4000 ? E2BIG : ENOENT);
        return;
      }
      if (program.kind === "script") {
        view.setUint32(at + SLOT_O_FLAGS, REPLY_SCRIPT, true);
        put(SLOT_O_BUF1, SLOT_O_LEN1, program.interpreter);
        put(SLOT_O_BUF2, SLOT_O_LEN2, found === path ? program.argument : `${program.argument}\0${found}`);
        return;
      }
      view.setUint32(at + SLOT_O_MODULE, program.id, true);
      return;
    }
    case VFS_RELEASE:
      return;
    default:
      errno(ENOSYS);
  }
}
