import { Cloudfs } from "../src/cloudfs/cloudfs.ts";
import { describeNineP } from "./describe-ninep.ts";
import { TestDevice } from "./memory-device.ts";
import { newTmpfs, nowNs } from "./ninep-machine.ts";

describeNineP("tmpfs", async () => newTmpfs());
describeNineP("CloudFS", () => Cloudfs.mount(new TestDevice(8192), { format: true, nowNs }));
