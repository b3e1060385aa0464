/** Durations of sleep and timeout: "1.5", "2m", "1h", "infinity". */
import { Float, floatEnd, INFINITE, NOT_A_NUMBER, scanFloat } from "./float";

export let durationFailed: bool = false;

/** Nanoseconds; u64.MAX_VALUE for ever. */
export function parseDuration(text: string): u64 {
  const value: Float = scanFloat(text);
  const suffix = text.substring(floatEnd);
  let unit = 1.0;
  durationFailed = floatEnd == 0 || value.kind == NOT_A_NUMBER || (value.negative && !value.isZero);
  if (suffix == "m") unit = 60.0;
  else if (suffix == "h") unit = 3600.0;
  else if (suffix == "d") unit = 86400.0;
  else if (suffix != "" && suffix != "s") durationFailed = true;
  if (durationFailed) return 0;
  const nanoseconds = value.toF64() * unit * 1e9;
  return value.kind == INFINITE || nanoseconds >= 1.8e19 ? u64.MAX_VALUE : <u64>Math.ceil(nanoseconds);
}
