/** One turn of the event loop, so that messages, timers and `Atomics.waitAsync` results arrive. */
export interface EventLoopTurn {
  take(): Promise<void>;
  close(): void;
}

export function createEventLoopTurn(): EventLoopTurn {
  const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => void };
  return setImmediate === undefined ? messageTurn() : immediateTurn(setImmediate);
}

/** Browsers: a message to oneself comes round in microseconds; nested `setTimeout(0)` is held back to 4 ms (HTML, timers). */
function messageTurn(): EventLoopTurn {
  const { port1, port2 } = new MessageChannel();
  let done: (() => void) | undefined;
  port1.onmessage = () => done?.();
  return {
    take: () =>
      new Promise((resolve) => {
        done = resolve;
        port2.postMessage(0);
      }),
    close: () => {
      port1.close();
      port2.close();
    },
  };
}

/** Node: a port takes up to 1,000 messages before it lets another have its turn, those it posts to itself among them. */
function immediateTurn(setImmediate: (callback: () => void) => void): EventLoopTurn {
  return { take: () => new Promise((resolve) => setImmediate(resolve)), close: () => undefined };
}
