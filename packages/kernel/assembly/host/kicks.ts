/** Interrupt IRQ_HOST on core 0: a host ring moved, or a terminal's window changed size. */
import { RING_O_FLAGS, RING_O_TTY, RING_RESIZED, ringHeader } from "../../../abi/src/layout";
import { globals } from "../globals";
import { ringAt, ringQueue, ringTakeKick } from "../obj/ring";
import { wakeAll } from "../sched/wait";
import { ttyAt, ttyHostMoved, ttyHostResized } from "../tty/tty";

export function hostKicked(): void {
  const rings = globals().ringsHigh;
  for (let number: u32 = 0; number < rings; number++) {
    const header = <usize>ringHeader(number);
    const flags = atomic.load<u32>(header + RING_O_FLAGS);
    if (flags == 0) continue;
    const tty = load<u32>(header, RING_O_TTY);
    if ((flags & RING_RESIZED) != 0) {
      atomic.and<u32>(header + RING_O_FLAGS, ~RING_RESIZED);
      if (tty != 0) ttyHostResized(ttyAt(tty - 1), header);
    }
    if (!ringTakeKick(number)) continue;
    if (tty != 0) ttyHostMoved(ttyAt(tty - 1));
    else wakeAll(ringQueue(ringAt(number)));
  }
}
