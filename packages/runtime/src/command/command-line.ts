/** Options of subcommands: long ones with `=value` or a value after, short ones alone; the first operand ends them where said. */

export class UsageError extends Error {}

export interface OptionSpec {
  /** Long name to whether it takes a value. */
  readonly long: Readonly<Record<string, boolean>>;
  /** Letter to long name. */
  readonly short?: Readonly<Record<string, string>>;
  /** What follows the first operand belongs to somebody else. */
  readonly stopsAtOperand?: boolean;
}

export interface Parsed {
  readonly operands: readonly string[];
  has(name: string): boolean;
  /** The last value given. */
  value(name: string): string | undefined;
  values(name: string): readonly string[];
  /** Throws UsageError unless it is a number from `least` to `most`. */
  number(name: string, least: number, most: number): number | undefined;
}

export function parseOptions(args: readonly string[], spec: OptionSpec): Parsed {
  const found = new Map<string, string[]>();
  const operands: string[] = [];
  const put = (name: string, value: string) => found.set(name, [...(found.get(name) ?? []), value]);
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === "--") {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (!arg.startsWith("-") || arg === "-") {
      if (spec.stopsAtOperand === true) {
        operands.push(...args.slice(i));
        break;
      }
      operands.push(arg);
      continue;
    }
    const equals = arg.indexOf("=");
    const given = equals < 0 ? arg : arg.slice(0, equals);
    const name = given.startsWith("--") ? given.slice(2) : spec.short?.[given.slice(1)];
    const takesValue = name === undefined ? undefined : spec.long[name];
    if (name === undefined || takesValue === undefined) throw new UsageError(`unrecognized option '${given}'`);
    if (!takesValue) {
      if (equals >= 0) throw new UsageError(`option '${given}' doesn't allow an argument`);
      put(name, "");
    } else if (equals >= 0) put(name, arg.slice(equals + 1));
    else if (i + 1 < args.length) put(name, args[++i]!);
    else throw new UsageError(`option '${given}' requires an argument`);
  }
  return {
    operands,
    has: (name) => found.has(name),
    value: (name) => found.get(name)?.at(-1),
    values: (name) => found.get(name) ?? [],
    number: (name, least, most) => {
      const text = found.get(name)?.at(-1);
      if (text === undefined) return undefined;
      const value = Number(text);
      if (text.trim() === "" || !(value >= least && value <= most)) {
        throw new UsageError(`option '--${name}': '${text}' is not a number from ${least} to ${most}`);
      }
      return value;
    },
  };
}

/** Columns of text, each as wide as its widest cell; numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const isNumber = rows[0]!.map((_, column) =>
    rows.slice(1).every((row) => /^[\d.]*( ?[KMG]iB| %| s)?$|^-$/.test(row[column]!)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => (isNumber[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export function bytesText(bytes: number): string {
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(bytes < 10240 ? 1 : 0)} KiB`;
  return `${(bytes / 1024 / 1024).toFixed(bytes < 10 * 1024 * 1024 ? 1 : 0)} MiB`;
}
