import { ParamOp } from "../parse/ast";
import { charBytes } from "./locale";
import { matches } from "./pattern";

/** ${x#pattern} and its relatives. */
export function trim(value: string, pattern: string, op: ParamOp): string {
  const size = value.length;
  switch (op) {
    case ParamOp.TrimSmallPrefix:
      for (let end = 0; end <= size; end += end < size ? charBytes(value, end) : 1) {
        if (matches(pattern, value.substring(0, end))) return value.substring(end);
      }
      return value;
    case ParamOp.TrimLargePrefix:
      for (let end = size; end >= 0; end--) {
        if (matches(pattern, value.substring(0, end))) return value.substring(end);
      }
      return value;
    case ParamOp.TrimSmallSuffix:
      for (let start = size; start >= 0; start--) {
        if (matches(pattern, value.substring(start))) return value.substring(0, start);
      }
      return value;
    default:
      for (let start = 0; start <= size; start += start < size ? charBytes(value, start) : 1) {
        if (matches(pattern, value.substring(start))) return value.substring(0, start);
      }
      return value;
  }
}
