/** Arguments and environment of this process. */
import { fromCString } from "./bytes";
import { args_get, args_sizes_get, environ_get, environ_sizes_get } from "./wasi";

const SIZES = memory.data(8);

function strings(count: u32, table: usize): string[] {
  const list: string[] = [];
  for (let i: u32 = 0; i < count; i++) list.push(fromCString(load<u32>(table + (i << 2))));
  return list;
}

function readArguments(): string[] {
  if (args_sizes_get(SIZES, SIZES + 4) != 0) return [];
  const count = load<u32>(SIZES);
  const table = heap.alloc((count << 2) + load<u32>(SIZES, 4));
  args_get(table, table + (count << 2));
  const list = strings(count, table);
  heap.free(table);
  return list;
}

function readEnvironment(): string[] {
  if (environ_sizes_get(SIZES, SIZES + 4) != 0) return [];
  const count = load<u32>(SIZES);
  const table = heap.alloc((count << 2) + load<u32>(SIZES, 4));
  environ_get(table, table + (count << 2));
  const list = strings(count, table);
  heap.free(table);
  return list;
}

/** argv, the program's name first. */
export const argv: string[] = readArguments();

/** argv[0] as the caller gave it: what messages start with. */
export const programName: string = argv.length > 0 ? argv[0] : "";

/** argv without the program's name. */
export const args: string[] = argv.length > 0 ? argv.slice(1) : [];

let environmentCache: string[] | null = null;

/** The environment as NAME=VALUE strings. */
export function environment(): string[] {
  let list = environmentCache;
  if (list === null) {
    list = readEnvironment();
    environmentCache = list;
  }
  return list;
}

/** Value of an environment variable, or null. */
export function getenv(name: string): string | null {
  const list = environment();
  const prefix = name + "=";
  for (let i = 0; i < list.length; i++) if (list[i].startsWith(prefix)) return list[i].substring(prefix.length);
  return null;
}

function nonEmpty(name: string): string | null {
  const value = getenv(name);
  return value !== null && value.length > 0 ? value : null;
}

/** The locale's character set is UTF-8 (POSIX order of precedence: LC_ALL, LC_CTYPE, LANG). */
export function localeIsUtf8(): bool {
  let locale = nonEmpty("LC_ALL");
  if (locale === null) locale = nonEmpty("LC_CTYPE");
  if (locale === null) locale = nonEmpty("LANG");
  return locale !== null && (locale.includes("UTF-8") || locale.includes("utf8"));
}
