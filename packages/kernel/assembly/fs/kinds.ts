/** What objects behind descriptors look like to WASI. */
import { OBJECT_DEVICE, OBJECT_DIR, OBJECT_FILE, OBJECT_TTY } from "../../../abi/src/kernel-interface";
import { FILETYPE_CHARACTER_DEVICE, FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE, FILETYPE_UNKNOWN } from "../../../abi/src/wasi";

/** WASI has no type for pipes. */
export function filetypeOf(object: u32): u32 {
  switch (object) {
    case OBJECT_FILE:
      return FILETYPE_REGULAR_FILE;
    case OBJECT_DIR:
      return FILETYPE_DIRECTORY;
    case OBJECT_TTY:
    case OBJECT_DEVICE:
      return FILETYPE_CHARACTER_DEVICE;
  }
  return FILETYPE_UNKNOWN;
}
