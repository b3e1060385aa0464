import { AGENT_HOST, JOB_SELF, JOB_SHARES, SPAWN_JOB, SPAWN_NONE, scratchOf } from "@cloudos/abi";
import { expect, test } from "vitest";
import { freshSeed, Random } from "../fuzz/random.ts";
import { program } from "../programs.ts";
import { type Actor, AT, Troupe } from "../troupe.ts";

const long = process.env.CLOUDOS_TEST_LONG === "1";
const TREES = long ? 200 : 10;
const RUN_US = 4_000_000;
const SCRATCH = scratchOf(AGENT_HOST);

/** A job as the model sees it: who is inside, and what it weighs among its siblings. */
interface JobModel {
  readonly shares: number;
  readonly inside: readonly JobModel[];
  /** Processes that always want the core; only jobs with none inside have some. */
  readonly hogs: number;
  handle: number;
  id: number;
  usedUs: number;
}

function tree(random: Random, depth: number): JobModel {
  const leaf = depth === 0 || random.oneIn(3);
  const shares = 100 * (1 + random.below(20));
  const inside = leaf ? [] : Array.from({ length: 1 + random.below(3) }, () => tree(random, depth - 1));
  return { shares, inside, hogs: leaf ? 1 + random.below(3) : 0, handle: 0, id: 0, usedUs: 0 };
}

const all = (job: JobModel): JobModel[] => [job, ...job.inside.flatMap(all)];

/** What is right: at every job its time is divided among those inside by their shares, whatever is in them. */
function* divided(job: JobModel, part: number): Iterable<[JobModel, number]> {
  yield [job, part];
  const whole = job.inside.reduce((sum, { shares }) => sum + shares, 0);
  for (const each of job.inside) yield* divided(each, (part * each.shares) / whole);
}

const GO = 700;

/** Makes the jobs and what runs in them; the processes wait in a read of descriptor 0. */
async function build(actor: Actor, job: JobModel, parent: number): Promise<void> {
  job.handle = await actor.value("job_create", parent, AT.out);
  expect(await actor.errno("job_set", job.handle, JOB_SHARES, job.shares)).toBe(0);
  expect(await actor.errno("job_info", job.handle, AT.info)).toBe(0);
  job.id = actor.u32(AT.info);
  for (const each of job.inside) await build(actor, each, job.handle);
  const path = actor.write(AT.bytes, "/hog");
  actor.put(AT.struct, SPAWN_JOB, 0, GO + 16, 1, SPAWN_NONE, 0, 0, 0, 0, 0, SPAWN_NONE, job.handle);
  actor.put(GO + 16, 0, actor.u32(GO));
  for (let i = 0; i < job.hogs; i++) {
    expect(await actor.errno("proc_spawn", AT.bytes, path, AT.bytes, 0, 0, 0, AT.struct, AT.out)).toBe(0);
  }
}

async function compare(seed: number): Promise<void> {
  const root = tree(new Random(seed), 3);
  const troupe = new Troupe({ processLimit: 128 });
  const { host } = troupe;
  host.program(
    "/hog",
    program("(drop (call $get (i32.const 0) (i32.const 100) (i32.const 1))) (loop $a (call $preempt) (br $a))"),
  );
  const actor = await troupe.start();
  // The write end must not be inherited, or the readers would hold it open for each other.
  expect(await actor.errno("fd_pipe", GO, 1)).toBe(0);
  await build(actor, root, JOB_SELF);
  const look = () => {
    for (const job of all(root)) {
      expect(host.agent.job_read(job.id, SCRATCH)).toBe(0);
      job.usedUs = host.view.getFloat64(SCRATCH + 48, true) + host.view.getFloat64(SCRATCH + 56, true) - job.usedUs;
    }
  };
  actor.begin("fd_close", actor.u32(GO + 4));
  host.tickUs = 20;
  await host.spend(100_000);
  look();
  await host.spend(RUN_US);
  look();
  for (const [job, part] of divided(root, 1)) {
    const got = job.usedUs / root.usedUs;
    // A slice is 32 ms at most, and a share is behind by no more than two of them.
    expect(Math.abs(got - part), `seed ${seed}: shares ${job.shares}, right ${part}, got ${got}`).toBeLessThan(
      0.005 + 64_000 / RUN_US,
    );
  }
  expect(root.usedUs).toBeGreaterThan(0.95 * RUN_US);
}

test(`${TREES} random trees of jobs get their shares, at every level`, async () => {
  const first = freshSeed();
  console.log(`shares: seeds ${first} to ${first + TREES - 1} (CLOUDOS_SEED=${first} repeats them)`);
  for (let seed = first; seed < first + TREES; seed++) await compare(seed);
});
