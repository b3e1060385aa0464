import { lookup } from "../vars";

/** LC_ALL, LC_CTYPE or LANG ask for UTF-8: characters are code points. Otherwise, as in the C locale, they are bytes. */
export function isUtf8(): bool {
  let locale = lookup("LC_ALL");
  if (locale === null || locale.length == 0) locale = lookup("LC_CTYPE");
  if (locale === null || locale.length == 0) locale = lookup("LANG");
  if (locale === null) return false;
  const lower = locale.toLowerCase();
  return lower.indexOf("utf-8") >= 0 || lower.indexOf("utf8") >= 0;
}

let multibyte: bool = false;

/** To be called when one of the locale variables changes. */
export function localeChanged(): void {
  multibyte = isUtf8();
}

/** Bytes of the character at `at`: a well-formed UTF-8 sequence counts as one where the locale says so. */
export function charBytes(text: string, at: i32): i32 {
  const lead = text.charCodeAt(at);
  if (!multibyte || lead < 0xc2 || lead > 0xf4) return 1;
  const size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (at + size > text.length) return 1;
  for (let i = 1; i < size; i++) if ((text.charCodeAt(at + i) & 0xc0) != 0x80) return 1;
  return size;
}

/** Characters in `text`. */
export function charCount(text: string): i32 {
  let count = 0;
  for (let i = 0; i < text.length; i += charBytes(text, i)) count++;
  return count;
}
