/**
 * Shared memory through which the file service hands a 9P reply to a machine's worker that blocks for it. A reply by message finds the guest asleep
 * and costs two turns of an event loop; through the mailbox the guest has it when its request to the device returns.
 *
 *   0 state u32 (ticket * 4 + phase) | 4 length u32 | 8 reply
 *
 * INV-1: only the machine opens a ticket and only one is open at a time; a late reply for an older one does not match the state word.
 * INV-2: from CLOSED to WAITING and from READY to CLOSED is the machine's step; from WAITING whoever is first decides: the service writes, or the
 * machine gives up and the reply goes by message.
 */
const PHASE_CLOSED = 0;
const PHASE_WAITING = 1;
const PHASE_WRITING = 2;
const PHASE_READY = 3;
const HEADER_BYTES = 8;

/** Larger replies go by message: copying them costs as much as a turn of the event loop. */
export const MAILBOX_REPLY_MAX = 128 * 1024;
/** How long a service that has begun to write may take; it was killed meanwhile if it takes longer. */
const WRITING_MS = 100;
const TICKET_LIMIT = 2 ** 28;

export class NinePMailbox {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  #ticket = 0;

  constructor(buffer = new SharedArrayBuffer(HEADER_BYTES + MAILBOX_REPLY_MAX)) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer, 0, 2);
    this.#bytes = new Uint8Array(buffer, HEADER_BYTES);
  }

  /** The machine: a ticket for the request it is about to send. */
  open(): number {
    this.#ticket = (this.#ticket + 1) % TICKET_LIMIT;
    Atomics.store(this.#words, 0, this.#ticket * 4 + PHASE_WAITING);
    return this.#ticket;
  }

  /** The machine: blocks for the reply; undefined when it will come by message. */
  wait(timeoutMs: number): Uint8Array<ArrayBuffer> | undefined {
    const at = this.#ticket * 4;
    Atomics.wait(this.#words, 0, at + PHASE_WAITING, timeoutMs);
    const state = Atomics.compareExchange(this.#words, 0, at + PHASE_WAITING, at + PHASE_CLOSED);
    // Given up just now, or refused by the service.
    if (state === at + PHASE_WAITING || state === at + PHASE_CLOSED) return undefined;
    if (state === at + PHASE_WRITING) Atomics.wait(this.#words, 0, at + PHASE_WRITING, WRITING_MS);
    const isReady = Atomics.load(this.#words, 0) === at + PHASE_READY;
    const reply = isReady ? Uint8Array.from(this.#bytes.subarray(0, this.#words[1])) : undefined;
    Atomics.store(this.#words, 0, at + PHASE_CLOSED);
    return reply;
  }

  /** The service: false when nobody waits for this ticket any more, or the reply is too large. */
  put(ticket: number, reply: Uint8Array): boolean {
    if (reply.length > MAILBOX_REPLY_MAX) return false;
    const waiting = ticket * 4 + PHASE_WAITING;
    const writing = ticket * 4 + PHASE_WRITING;
    if (Atomics.compareExchange(this.#words, 0, waiting, writing) !== waiting) return false;
    this.#bytes.set(reply);
    this.#words[1] = reply.length;
    // ORDER: the reply is in place before the state says so.
    Atomics.store(this.#words, 0, ticket * 4 + PHASE_READY);
    Atomics.notify(this.#words, 0);
    return true;
  }

  /** The service: the reply goes by message for certain; the machine need not block for it any longer. */
  refuse(ticket: number): void {
    const waiting = ticket * 4 + PHASE_WAITING;
    if (Atomics.compareExchange(this.#words, 0, waiting, ticket * 4 + PHASE_CLOSED) === waiting) {
      Atomics.notify(this.#words, 0);
    }
  }
}
