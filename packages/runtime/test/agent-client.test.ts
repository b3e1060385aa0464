import { AGENT_TO_GUEST, AGENT_TO_HOST, AGENT_VERSION, AGENT_WINDOW } from "@cloudos/abi/guest-agent";
import { describe, expect, it } from "vitest";
import { AgentClient } from "../src/agent/agent-client.ts";
import { AgentError } from "../src/agent/agent-error.ts";
import type { ByteChannel } from "../src/agent/byte-channel.ts";
import { encodeFrame, type Frame, FrameReader, PAYLOAD_MAX, Payload } from "../src/agent/frames.ts";

const ENOENT = 2;
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (value: string) => new TextEncoder().encode(value);
const word = (value: number) => new Payload().u32(value).finish();

/** An agent that keeps to the protocol: files in a map, and the programs "cat", "exit N" and "flood N". */
class ModelAgent {
  readonly files = new Map<string, Uint8Array>();
  readonly seen: Frame[] = [];
  readonly #reader = new FrameReader();
  readonly #programs = new Map<number, (frame: Frame) => void>();
  /** Bytes of output the host has not taken over, at most. */
  mostUnderWay = 0;
  deliver: (bytes: Uint8Array) => void = () => undefined;

  readonly channel: ByteChannel = {
    send: async (data) => {
      for (const frame of this.#reader.push(data)) this.#handle(frame);
    },
    onData: (listener) => {
      this.deliver = listener;
    },
    close: () => undefined,
  };

  reply(type: number, id: number, payload: Uint8Array): void {
    const frame = encodeFrame(type, id, payload);
    // Cut anywhere: the port promises bytes, not frames.
    queueMicrotask(() => {
      this.deliver(frame.subarray(0, 3));
      this.deliver(frame.subarray(3));
    });
  }

  #handle(frame: Frame): void {
    this.seen.push(frame);
    const { type, id, payload } = frame;
    const view = new DataView(payload.buffer, payload.byteOffset);
    const done = (errno = 0) => this.reply(AGENT_TO_HOST.result, id, word(errno));
    switch (type) {
      case AGENT_TO_GUEST.hello:
        this.reply(
          AGENT_TO_HOST.hello,
          0,
          new Payload().u32(AGENT_VERSION).u32(view.getUint32(4, true)).text("6.1").text("box").finish(),
        );
        break;
      case AGENT_TO_GUEST.exec:
        this.#exec(id, payload);
        break;
      case AGENT_TO_GUEST.stdin:
      case AGENT_TO_GUEST.window:
      case AGENT_TO_GUEST.signal:
        this.#programs.get(id)?.(frame);
        break;
      case AGENT_TO_GUEST.readFile: {
        const file = this.files.get(text(payload.subarray(0, -1)));
        if (file === undefined) {
          done(ENOENT);
          break;
        }
        for (let at = 0; at < file.length; at += PAYLOAD_MAX) {
          this.reply(AGENT_TO_HOST.data, id, file.subarray(at, at + PAYLOAD_MAX));
        }
        done();
        break;
      }
      case AGENT_TO_GUEST.writeFile: {
        const path = text(payload.subarray(4, -1));
        if (path.startsWith("/missing/")) {
          done(ENOENT);
          break;
        }
        const parts: number[] = [];
        this.#programs.set(id, ({ payload: data }) => {
          parts.push(...data);
          if (data.length > 0) return this.reply(AGENT_TO_HOST.window, id, word(data.length));
          this.files.set(path, Uint8Array.from(parts));
          done();
        });
        break;
      }
      default:
        done();
    }
  }

  #exec(id: number, payload: Uint8Array): void {
    const view = new DataView(payload.buffer, payload.byteOffset);
    const argc = view.getUint16(16, true);
    const [program, argument = ""] = text(payload.subarray(20))
      .split("\0")
      .slice(1, 1 + argc);
    const exit = (kind: number, value: number) =>
      this.reply(AGENT_TO_HOST.exited, id, new Payload().u8(kind).u32(value).finish());
    if (program === "exit") exit(0, Number(argument));
    else if (program === "cat") {
      this.#programs.set(id, ({ type, payload: data }) => {
        if (type === AGENT_TO_GUEST.signal) return exit(1, data[0]!);
        if (type !== AGENT_TO_GUEST.stdin) return;
        if (data.length === 0) return exit(0, 0);
        this.reply(AGENT_TO_HOST.stdout, id, data);
        this.reply(AGENT_TO_HOST.window, id, word(data.length));
      });
    } else if (program === "flood") {
      let left = Number(argument);
      let underWay = 0;
      const go = () => {
        while (left > 0 && underWay < AGENT_WINDOW) {
          const length = Math.min(left, PAYLOAD_MAX, AGENT_WINDOW - underWay);
          left -= length;
          underWay += length;
          this.mostUnderWay = Math.max(this.mostUnderWay, underWay);
          this.reply(AGENT_TO_HOST.stdout, id, new Uint8Array(length));
        }
        if (left === 0 && underWay === 0) exit(0, 0);
      };
      this.#programs.set(id, ({ type, payload: data }) => {
        if (type !== AGENT_TO_GUEST.window) return;
        underWay -= new DataView(data.buffer).getUint32(0, true);
        go();
      });
      go();
    } else exit(2, ENOENT);
  }
}

async function connected() {
  const agent = new ModelAgent();
  return { agent, client: await AgentClient.connect(agent.channel, 0xdeadbeef) };
}

function run(client: AgentClient, argv: readonly string[]) {
  let stdout = "";
  const process = client.exec({
    argv,
    onStdout: (chunk) => {
      stdout += text(chunk);
    },
    onStderr: () => undefined,
  });
  return { process, stdout: () => stdout };
}

describe("the agent's client", () => {
  it("says hello and learns what it talks to", async () => {
    const { client } = await connected();
    expect([client.kernelRelease, client.guestHostname]).toEqual(["6.1", "box"]);
  });

  it("runs programs: streams, exit status, signals, and one that is not there", async () => {
    const { client } = await connected();
    expect(await run(client, ["exit", "7"]).process.exited).toEqual({ kind: "exited", code: 7 });
    const cat = run(client, ["cat"]);
    const long = "0123456789".repeat(50_000);
    await cat.process.writeStdin(bytes(long));
    await cat.process.closeStdin();
    expect(await cat.process.exited).toEqual({ kind: "exited", code: 0 });
    expect(cat.stdout() === long).toBe(true);
    const killed = run(client, ["cat"]);
    killed.process.signal(15);
    expect(await killed.process.exited).toEqual({ kind: "signaled", signal: 15 });
    expect(await run(client, ["nothing"]).process.exited).toEqual({ kind: "not-started", errno: ENOENT });
  });

  it("holds back a program whose output nobody takes", async () => {
    const { agent, client } = await connected();
    let taken = 0;
    const gate = Promise.withResolvers<void>();
    const process = client.exec({
      argv: ["flood", String(4 * AGENT_WINDOW)],
      onStdout: async (chunk) => {
        await gate.promise;
        taken += chunk.length;
      },
      onStderr: () => undefined,
    });
    // One full turn through the agent: had it gone on, it would have by now.
    await client.setHostname("x");
    expect(agent.mostUnderWay).toBe(AGENT_WINDOW);
    gate.resolve();
    expect(await process.exited).toEqual({ kind: "exited", code: 0 });
    expect(taken).toBe(4 * AGENT_WINDOW);
    expect(agent.mostUnderWay).toBe(AGENT_WINDOW);
  });

  it("moves files, and names what is wrong", async () => {
    const { agent, client } = await connected();
    const data = Uint8Array.from({ length: 300_000 }, (_, i) => i * 7);
    await client.writeFile("/tmp/a", data, 0o600);
    expect(agent.files.get("/tmp/a")).toEqual(data);
    expect(await client.readFile("/tmp/a")).toEqual(data);
    await expect(client.readFile("/nowhere")).rejects.toMatchObject({
      errno: ENOENT,
      message: 'Cannot read "/nowhere" in the machine: no such file or directory',
    });
    await expect(client.writeFile("/missing/a", data)).rejects.toMatchObject({ errno: ENOENT });
  });

  it("fails what is under way when the machine goes away, or the agent sends nonsense", async () => {
    const { client } = await connected();
    const { process } = run(client, ["cat"]);
    client.close();
    await expect(process.exited).rejects.toBeInstanceOf(AgentError);
    await expect(client.setHostname("y")).rejects.toThrow(/the machine is gone/);
    const other = await connected();
    const waiting = run(other.client, ["cat"]);
    other.agent.deliver(Uint8Array.of(255, 255, 255, 255, 1, 0, 0, 0, 0));
    await expect(waiting.process.exited).rejects.toThrow(/frame of 4294967295 bytes/);
  });

  it("ignores frames of sessions and requests before", async () => {
    const { agent, client } = await connected();
    agent.reply(AGENT_TO_HOST.hello, 0, new Payload().u32(99).u32(1).finish());
    agent.reply(AGENT_TO_HOST.exited, 4711, new Payload().u8(0).u32(0).finish());
    await client.setClock(1n);
    expect(agent.seen.at(-1)?.type).toBe(AGENT_TO_GUEST.setClock);
  });
});
