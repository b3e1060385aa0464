import { describe, test } from "vitest";
import { BLOCK_DEVICE_CASES, type BlockDeviceMaker } from "../src/block/conformance.ts";

let made = 0;

/** The conformance suite of block devices, run on one backend. */
export function describeBlockDevice(title: string, maker: BlockDeviceMaker): void {
  describe(`block device: ${title}`, () => {
    for (const { name, skip, run } of BLOCK_DEVICE_CASES) {
      const reason = skip?.(maker);
      if (reason === undefined) test(name, () => run(maker, `disk-${made++}`));
      else test.skip(`${name} (${reason})`);
    }
  });
}
