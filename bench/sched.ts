import { availableParallelism } from "node:os";
import { BOOST_PERIOD_US } from "../packages/abi/src/params.ts";
import { idleCpu } from "./idle.ts";
import { buildGuests } from "./lib/guests.ts";
import { measureInMachine } from "./lib/machine.ts";
import { measureInNodeMachine } from "./lib/node-machine.ts";
import { against, type Emit, quantileOf, summarise } from "./lib/result.ts";

const guest = "/bench/sched.wasm";
const SHARES = [1, 2, 4] as const;
const MANY = 10_000;

/**
 * What the scheduler promises: wake-ups beside computing processes, shares of jobs, no starvation, the cost of a switch with
 * many processes, how a parallel job gains from cores, and that an idle machine uses no processor time.
 */
export async function sched(emit: Emit): Promise<void> {
  await buildGuests(["sched"]);
  const one = measureInMachine(["--cores", "1"], {
    latency: [guest, "latency", "8", "1000"],
    quiet: [guest, "latency", "0", "200"],
    shares: [guest, "shares", "3000", "3"],
    starve: [guest, "starve", "3000", "3"],
    switch: [guest, "switch", "100", "100000", "9"],
  });
  const sample = (from: Readonly<Record<string, number[]>>, id: string): number[] => from[id] ?? [];
  const inMs = (microseconds: readonly number[]) => microseconds.map((value) => value / 1000);

  const late = inMs(sample(one, "latency"));
  emit(summarise("sched", "wake_latency_ms", "ms", late));
  emit(
    against(
      summarise("sched", "wake_latency_p99_ms", "ms", hundreds(late, 0.99)),
      "without hogs",
      hundreds(inMs(sample(one, "quiet")), 0.99),
    ),
  );
  emit(summarise("sched", "share_error_percent", "%", shareErrors(sample(one, "shares"))));
  emit(
    against(summarise("sched", "starved_run_within_ms", "ms", inMs(sample(one, "starve"))), "boost period", [
      BOOST_PERIOD_US / 1000,
    ]),
  );
  emit(summarise("sched", "processes_100_switch_ns", "ns", sample(one, "switch")));

  for (let cores = 1; cores <= Math.min(availableParallelism(), 4); cores *= 2) {
    const runs = measureInMachine(["--cores", String(cores)], {
      single: [guest, "parallel", "1", "5"],
      all: [guest, "parallel", String(2 * cores), "5"],
    });
    const single = Math.min(...sample(runs, "single"));
    const gains = sample(runs, "all").map((microseconds) => (2 * cores * single) / microseconds);
    emit(summarise("sched", `parallel_scaling_${cores}_cores`, "x", gains));
  }
  // In Node, whose engine is the same: Chromium gives a tab ten thousand address spaces only now and then.
  const many = await measureInNodeMachine({ cores: 1, processes: MANY + 16 }, [
    guest,
    "switch",
    String(MANY),
    "200000",
    "5",
  ]);
  emit(summarise("sched", "processes_10000_switch_ns", "ns", many));
  await idleCpu(emit);
}

/** A quantile of each hundred samples in turn, so that there is a spread. */
function hundreds(samples: readonly number[], q: number): number[] {
  const found: number[] = [];
  for (let at = 0; at < samples.length; at += 100) found.push(quantileOf(samples.slice(at, at + 100), q));
  return found;
}

/** For each round the largest relative error of a job's part of the processor time. */
function shareErrors(microseconds: readonly number[]): number[] {
  const whole = SHARES.reduce((sum, share) => sum + share, 0);
  const errors: number[] = [];
  for (let at = 0; at < microseconds.length; at += SHARES.length) {
    const used = microseconds.slice(at, at + SHARES.length);
    const total = used.reduce((sum, value) => sum + value, 0);
    errors.push(Math.max(...used.map((value, i) => 100 * Math.abs(value / total / ((SHARES[i] ?? 1) / whole) - 1))));
  }
  return errors;
}
