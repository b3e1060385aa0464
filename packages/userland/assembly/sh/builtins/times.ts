import { CLOCK_PROCESS_CPUTIME } from "../../../../abi/src/wasi";
import { clock_time_get } from "../../lib/wasi";
import { emit } from "../output";
import { childTimeMs } from "../run/jobs";

const NOW = memory.data(8, 8);

/** 1m2.345600s */
function format(milliseconds: f64): string {
  const micros = <i64>(milliseconds * 1000);
  const minutes = micros / 60000000;
  const rest = micros % 60000000;
  const fraction = (rest % 1000000).toString();
  return (
    minutes.toString() + "m" + (rest / 1000000).toString() + "." + "0".repeat(6 - fraction.length) + fraction + "s"
  );
}

/** The kernel counts processor time as a whole: it is shown as user time. */
export function timesCommand(): i32 {
  const own = clock_time_get(CLOCK_PROCESS_CPUTIME, 1000, NOW) == 0 ? <f64>load<u64>(NOW) / 1e6 : 0;
  emit(format(own) + " " + format(0) + "\n" + format(<f64>childTimeMs) + " " + format(0) + "\n");
  return 0;
}
