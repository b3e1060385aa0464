import { describe, expect, it } from "vitest";
import { readWavHeader } from "../src/devices/audio/pcm-format.ts";
import { PcmStream } from "../src/devices/audio/pcm-stream.ts";
import { type Mixer, type MixerReport, needsGesture, speakerDriver } from "../src/devices/audio/speaker.ts";
import { MemoryDevicePort } from "../src/devices/memory-port.ts";
import { DeviceRegistry } from "../src/devices/registry.ts";
import { describeDriver } from "./describe-driver.ts";
import { makeRandom } from "./support/random.ts";

const NODE = {
  path: "/audio",
  compatible: ["w3c,webaudio"],
  status: "okay" as const,
  permission: "none" as const,
  properties: {},
};

/** A WAV file with a chunk nobody knows before the samples. */
function wav(samples: Uint8Array, { rate = 48_000, channels = 2, bits = 16, tag = 1 } = {}): Uint8Array {
  const header = new DataView(new ArrayBuffer(54));
  const text = (at: number, value: string) => {
    for (let n = 0; n < value.length; n++) header.setUint8(at + n, value.charCodeAt(n));
  };
  text(0, "RIFF");
  header.setUint32(4, 46 + samples.length, true);
  text(8, "WAVEfmt ");
  header.setUint32(16, 16, true);
  header.setUint16(20, tag, true);
  header.setUint16(22, channels, true);
  header.setUint32(24, rate, true);
  header.setUint16(34, bits, true);
  text(36, "LIST");
  // An odd length: padded.
  header.setUint32(40, 1, true);
  text(46, "data");
  header.setUint32(50, samples.length, true);
  return new Uint8Array([...new Uint8Array(header.buffer), ...samples]);
}

const pcm16 = (...values: number[]) => new Uint8Array(new Int16Array(values).buffer);

describe("WAV headers", () => {
  it("give the format and where samples begin, at every length a stream may be cut", () => {
    const file = wav(pcm16(1, 2), { rate: 8000, channels: 1, bits: 16 });
    for (let length = 0; length < 54; length++) {
      expect(readWavHeader(file.subarray(0, length)).kind, `${length} bytes`).toBe("partial");
    }
    expect(readWavHeader(file)).toEqual({ kind: "wav", format: { rate: 8000, channels: 1, bits: 16 }, dataOffset: 54 });
  });

  it("anything else is samples", () => {
    expect(readWavHeader(pcm16(1, 2, 3, 4)).kind).toBe("raw");
    expect(readWavHeader(new TextEncoder().encode("RIFFxxxxAVI ")).kind).toBe("raw");
  });

  it.each([
    [{ bits: 24 }, "24 bits"],
    [{ tag: 85 }, "format 85"],
    [{ channels: 0 }, "0 channels"],
    [{ rate: 1 }, "at 1 Hz"],
  ])("refuse %j by name", (what, reason) => {
    expect(readWavHeader(wav(pcm16(0), what))).toMatchObject({
      kind: "unsupported",
      reason: expect.stringContaining(reason),
    });
  });

  it("bytes at random never throw", () => {
    const next = makeRandom(7);
    for (let round = 0; round < 2000; round++) {
      const bytes = wav(pcm16(1, 2, 3));
      for (let flips = 0; flips < 4; flips++) bytes[next(54)] = next(256);
      readWavHeader(bytes.subarray(0, next(bytes.length + 1)));
    }
  });
});

describe("sample streams", () => {
  it("go through unchanged at the output's own rate, however they are cut", () => {
    const samples = pcm16(0, 16_384, -16_384, 32_767, -32_768, 1, 2, 3, 4, 5, 6, 7);
    const whole = [...new PcmStream(48_000).push(samples)];
    expect(whole.slice(0, 4)).toEqual([0, 0.5, -0.5, 32_767 / 32_768]);
    const next = makeRandom(3);
    for (let round = 0; round < 200; round++) {
      const stream = new PcmStream(48_000);
      const got: number[] = [];
      for (let at = 0; at < samples.length; ) {
        const length = 1 + next(7);
        got.push(...stream.push(samples.subarray(at, at + length)));
        at += length;
      }
      expect(got).toEqual(whole);
    }
  });

  it.each([8000, 11_025, 22_050, 44_100, 96_000])("%i Hz keeps its length and its pitch", (rate) => {
    const frames = rate;
    const samples = new Int16Array(frames * 2);
    for (let frame = 0; frame < frames; frame++) {
      samples.fill(Math.round(Math.sin((2 * Math.PI * 440 * frame) / rate) * 20_000), frame * 2, frame * 2 + 2);
    }
    const stream = new PcmStream(48_000);
    const file = wav(new Uint8Array(samples.buffer), { rate });
    const out: number[] = [];
    for (let at = 0; at < file.length; at += 4099) out.push(...stream.push(file.subarray(at, at + 4099)));
    const left = out.filter((_, index) => index % 2 === 0);
    expect(Math.abs(left.length - 48_000)).toBeLessThanOrEqual(Math.ceil(48_000 / rate) + 1);
    let crossings = 0;
    for (let n = 1; n < left.length; n++) if (left[n - 1]! < 0 && left[n]! >= 0) crossings++;
    expect(Math.abs(crossings - 440)).toBeLessThanOrEqual(1);
  });

  it("one channel sounds on both sides; 8 bits are unsigned", () => {
    const out = new PcmStream(8000).push(wav(new Uint8Array([0, 128, 192]), { rate: 8000, channels: 1, bits: 8 }));
    expect([...out]).toEqual([-1, -1, 0, 0, 0.5, 0.5]);
  });
});

class FakeMixer implements Mixer {
  readonly sampleRate = 48_000;
  readonly queued = new Map<number, number>();
  report: (report: MixerReport) => void = () => undefined;
  played = 0;
  closed = false;

  play(session: number, samples: Float32Array): void {
    this.queued.set(session, (this.queued.get(session) ?? 0) + samples.length / 2);
  }
  finish(session: number): void {
    this.queued.delete(session);
  }
  onReport(listener: (report: MixerReport) => void): void {
    this.report = listener;
  }
  close(): void {
    this.closed = true;
  }
  /** So many frames are played of everything. */
  advance(frames: number): void {
    for (const [session, waiting] of this.queued) this.queued.set(session, Math.max(0, waiting - frames));
    this.played += frames;
    this.report({ queued: Object.fromEntries(this.queued), underruns: 0, framesPlayed: this.played, peak: 0.5 });
  }
}

describeDriver("speaker", () => {
  const mixers: FakeMixer[] = [];
  return {
    driver: speakerDriver(async () => {
      const mixer = new FakeMixer();
      mixers.push(mixer);
      return mixer;
    }),
    node: NODE,
    sample: pcm16(...Array.from({ length: 2000 }, (_, n) => n)),
    held: () => mixers.filter(({ closed }) => !closed).length,
  };
});

describe("the speaker", () => {
  async function setUp(mixer = new FakeMixer()) {
    const port = new MemoryDevicePort();
    const registry = new DeviceRegistry(port);
    registry.addDriver(speakerDriver(async () => mixer));
    registry.plug(NODE);
    await registry.settled();
    return { port, registry, mixer };
  }

  it("holds a program back to the speed of sound", async () => {
    const { port, mixer } = await setUp();
    const stream = port.open("dsp");
    let sent = false;
    const second = stream.send(new Uint8Array(48_000 * 4)).then(() => {
      sent = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(sent).toBe(false);
    mixer.advance(40_000);
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(sent).toBe(false);
    mixer.advance(4000);
    await second;
  });

  it("a file it cannot play ends that stream and no other", async () => {
    const { port, registry } = await setUp();
    const bad = port.open("dsp");
    const good = port.open("dsp");
    await bad.send(wav(pcm16(0), { bits: 24 }));
    expect(bad.state).toBe("ended");
    await good.send(pcm16(1, 2));
    expect(good.state).toBe("open");
    expect(registry.nodes[0]?.status).toBe("okay");
  });

  it("is blocked until there was a gesture", async () => {
    let allowed = false;
    const registry = new DeviceRegistry(new MemoryDevicePort());
    registry.addDriver(
      speakerDriver(() => (allowed ? Promise.resolve(new FakeMixer()) : Promise.reject(needsGesture()))),
    );
    registry.plug(NODE);
    await registry.settled();
    expect(registry.nodes[0]).toMatchObject({ status: "blocked", reason: expect.stringContaining("click") });
    allowed = true;
    registry.retry("/audio");
    await registry.settled();
    expect(registry.nodes[0]).toMatchObject({ status: "okay", permission: "granted", files: ["/dev/dsp"] });
  });
});
