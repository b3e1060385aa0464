export { backoffMs } from "./backoff.ts";
export { Init } from "./init.ts";
export { dependents, startOrder } from "./order.ts";
export { parseServiceFile, type ServiceFile } from "./service-file.ts";
export { LineCutter } from "./service-log.ts";
export { runSvc, type SvcOutput } from "./svc.ts";
export { systemTimers, type Timers } from "./timers.ts";
