import { describe, it } from "vitest";
import { type DriverSubject, driverCases } from "../src/devices/conformance.ts";

/** Runs the cases every driver must pass; each on a subject of its own. */
export function describeDriver(name: string, make: () => DriverSubject | Promise<DriverSubject>): void {
  describe(`driver: ${name}`, () => {
    for (const driverCase of driverCases) {
      it(driverCase.name, async () => {
        const subject = await make();
        try {
          await driverCase.run(subject);
        } finally {
          subject.close?.();
        }
      });
    }
  });
}
