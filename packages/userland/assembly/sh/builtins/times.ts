import { SCHED_SIZE } from "../../../../abi/src/cloudos-v1";
import { sched_info } from "../../lib/cloudos";
import { emit } from "../output";

// The SCHED struct of the shell itself.
const record = memory.data(104, 8);
if (SCHED_SIZE != 104) ERROR("record does not fit the SCHED struct");
const USER_US: usize = 24;
const SYSTEM_US: usize = 32;
const CHILDREN_USER_MS: usize = 60;
const CHILDREN_SYSTEM_MS: usize = 96;

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

/** Of the shell, then of the children it has waited for. */
export function timesCommand(): i32 {
  sched_info(0, record);
  emit(format(load<f64>(record, USER_US) / 1000) + " " + format(load<f64>(record, SYSTEM_US) / 1000) + "\n");
  emit(format(load<u32>(record, CHILDREN_USER_MS)) + " " + format(load<u32>(record, CHILDREN_SYSTEM_MS)) + "\n");
  return 0;
}
