/** Path texts from programs. What they mean is the service's business; here only that they are texts. */
import { EILSEQ, EINVAL, ENAMETOOLONG } from "../../../abi/src/errno";
import { NAME_MAX, PATH_MAX } from "../../../abi/src/params";
import { copyIn } from "../user";

const SLASH: u32 = 0x2f;

/** Copies a path of the current process to `to` (PATH_MAX bytes). 0, -ENAMETOOLONG, -EFAULT, -EILSEQ or -EINVAL. */
export function pathIn(to: usize, from: u32, length: u32): i32 {
  // PATH_MAX counts the terminating NUL that WASI paths do not have.
  if (length >= <u32>PATH_MAX) return -ENAMETOOLONG;
  const rc = copyIn(to, from, length);
  return rc < 0 ? rc : pathCheck(to, length);
}

/** Well-formed UTF-8 (Unicode 15, table 3-7) without NUL, components of at most NAME_MAX bytes. */
function pathCheck(at: usize, length: u32): i32 {
  const end = at + length;
  let name: u32 = 0;
  while (at < end) {
    const lead = <u32>load<u8>(at++);
    if (lead == 0) return -EINVAL;
    name = lead == SLASH ? 0 : name + 1;
    if (lead >= 0x80) {
      const more: u32 = lead < 0xc2 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : 0;
      if (more == 0 || end - at < more) return -EILSEQ;
      // The second byte's range excludes overlong forms, surrogates and what is past U+10FFFF.
      const low: u32 = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
      const high: u32 = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
      const second = <u32>load<u8>(at);
      if (second < low || second > high) return -EILSEQ;
      for (let i: u32 = 1; i < more; i++) if ((load<u8>(at + i) & 0xc0) != 0x80) return -EILSEQ;
      at += more;
      name += more;
    }
    if (name > <u32>NAME_MAX) return -ENAMETOOLONG;
  }
  return 0;
}
