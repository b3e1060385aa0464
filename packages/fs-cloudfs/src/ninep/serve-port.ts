import { NinePMailbox } from "@cloudos/abi/ninep-mailbox";
import type { FidRecordEntry, FromNineP, ToNineP } from "@cloudos/abi/ninep-port";
import { Miss, settle } from "../vfs/errors.ts";
import { adoptFid, exportForSuccessor } from "./fid-table.ts";
import type { Reply } from "./request.ts";
import type { NinePServer } from "./server.ts";

/** Fids that changed this shortly before a service dies are unknown to its successor and answer EBADF. */
const FLUSH_MS = 5;

export interface ServeOptions {
  /** Called for every request, before it is carried out. */
  readonly onRequest?: () => void;
}

/** Answers a machine's 9P messages on a port until `close`. The machine's end is `NinePPort` of the abi. */
export function serveNineP(port: MessagePort, server: NinePServer, options: ServeOptions = {}): { close(): void } {
  const tell = (message: FromNineP, ...transfer: Transferable[]) => port.postMessage(message, transfer);
  // Requests after "adopt" or "import" see what these restored.
  let restoring: Promise<void> = Promise.resolve();
  let isRestoring = 0;
  server.trackFids();

  let mailbox: NinePMailbox | undefined;

  /** Calls `send` with the records of changed fids: at once, so that they leave in order, unless a name is not in memory. */
  const withChangedFids = (send: (fids: readonly FidRecordEntry[]) => void) => {
    const changed = server.takeChangedFids();
    const records = () => [...exportForSuccessor(server, changed)];
    try {
      send(changed.length === 0 ? [] : records());
    } catch (thrown) {
      if (!(thrown instanceof Miss)) throw thrown;
      void settle(records).then(send);
    }
  };
  /** They must not hold up a guest that blocks for its reply. */
  let flushing: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    flushing = undefined;
    withChangedFids((fids) => {
      if (fids.length > 0) tell({ type: "fids", fids });
    });
  };
  const answer = (message: Reply, ticket: number | undefined) => {
    if (ticket !== undefined && mailbox !== undefined) {
      if (mailbox.put(ticket, message)) {
        if (server.hasChangedFids) flushing ??= setTimeout(flush, FLUSH_MS);
        return;
      }
      mailbox.refuse(ticket);
    }
    withChangedFids((fids) => tell({ type: "reply", message, fids }, message.buffer));
  };
  const request = (message: Uint8Array, ticket: number | undefined) => {
    options.onRequest?.();
    let isAnswered = false;
    server.receive(
      message,
      (reply) => {
        isAnswered = true;
        answer(reply, ticket);
      },
      () => isAnswered || tell({ type: "dropped", tag: message[5]! | (message[6]! << 8) }),
    );
  };
  const restore = (work: () => Promise<void>) => {
    isRestoring++;
    restoring = restoring.then(work).finally(() => isRestoring--);
    return restoring;
  };
  const settled = (id: number, work: Promise<FromNineP>) =>
    work.then(tell, (error: unknown) => tell({ type: "failed", id, message: describe(error) }));

  port.onmessage = ({ data }: MessageEvent<ToNineP>) => {
    switch (data.type) {
      case "request":
        if (isRestoring === 0) request(data.message, data.ticket);
        else void restoring.then(() => request(data.message, undefined));
        return;
      case "mailbox":
        mailbox = new NinePMailbox(data.buffer);
        return;
      case "adopt":
        void restore(async () => {
          for (const record of data.fids) await adoptFid(server, record).catch(() => undefined);
        });
        return;
      case "export":
        void settled(
          data.id,
          server.export().then((table) => ({ type: "exported", id: data.id, table })),
        );
        return;
      case "import": {
        let failure: unknown;
        void settled(
          data.id,
          restore(() =>
            server.import(data.table).catch((error: unknown) => {
              failure = error;
            }),
          ).then(() => {
            if (failure !== undefined) throw failure;
            return { type: "imported", id: data.id };
          }),
        );
        return;
      }
    }
  };
  return {
    close() {
      clearTimeout(flushing);
      port.onmessage = null;
      port.close();
      server.reset();
    },
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
