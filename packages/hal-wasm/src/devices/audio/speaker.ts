import { type Device, DeviceError, type DeviceSession, type Driver } from "@cloudos/abi";
import { PcmStream } from "./pcm-stream.ts";

/** What a mixer reports from time to time. */
export interface MixerReport {
  /** Frames waiting, by session. */
  readonly queued: Readonly<Record<number, number>>;
  /** Times a session that had begun and not ended had nothing to play. */
  readonly underruns: number;
  readonly framesPlayed: number;
  /** Loudest sample since the last report, 0 to 1. */
  readonly peak: number;
}

/** The browser's side: sound that runs on a thread of its own (an AudioWorklet). */
export interface Mixer {
  readonly sampleRate: number;
  /** Interleaved stereo, -1 to 1; the buffer goes with it. */
  play(session: number, samples: Float32Array): void;
  /** What is queued is played; then the session is forgotten. */
  finish(session: number): void;
  onReport(listener: (report: MixerReport) => void): void;
  close(): void;
}

/** Sound queued ahead: the page may be late by this much without a gap. */
const AHEAD_SECONDS = 0.15;

/**
 * /dev/dsp: what programs write is played; several at once are mixed. A stream is a WAV file or signed 16-bit stereo at 48 kHz. A
 * program is held back to the speed of sound. `open` rejects with DeviceError("blocked") until the person has clicked.
 */
export function speakerDriver(open: () => Promise<Mixer>): Driver {
  return {
    name: "speaker",
    compatible: ["w3c,webaudio"],
    async probe(_node, bus): Promise<Device> {
      const mixer = await open();
      let last = 0;
      let framesPlayed = 0;
      let peak = 0;
      const queued = new Map<number, number>();
      let waiting: (() => void)[] = [];
      const wake = () => {
        for (const each of waiting.splice(0)) each();
      };
      mixer.onReport((report) => {
        for (const id of queued.keys()) queued.set(id, report.queued[id] ?? 0);
        peak = Math.max(peak, report.peak);
        // Told when a sound is over, not fifty times a second.
        const playing = Object.keys(report.queued).length > 0;
        if (!playing && report.framesPlayed !== framesPlayed) {
          framesPlayed = report.framesPlayed;
          bus.update({ properties: { underruns: report.underruns, "frames-played": framesPlayed, peak } });
        }
        wake();
      });
      bus.update({ permission: "granted" });
      return {
        files: [
          {
            name: "dsp",
            kind: "sink",
            open: (session: DeviceSession) => {
              const id = ++last;
              const stream = new PcmStream(mixer.sampleRate);
              queued.set(id, 0);
              return {
                doorbell: async (data) => {
                  let samples: Float32Array;
                  try {
                    samples = stream.push(data);
                  } catch (error) {
                    // That program's file is at fault, not the device.
                    session.end();
                    if (error instanceof RangeError) return;
                    throw error;
                  }
                  const frames = samples.length / 2;
                  if (frames > 0) {
                    queued.set(id, (queued.get(id) ?? 0) + frames);
                    mixer.play(id, samples.slice());
                  }
                  while ((queued.get(id) ?? 0) > AHEAD_SECONDS * mixer.sampleRate) {
                    await new Promise<void>((resolve) => waiting.push(resolve));
                  }
                },
                closed: () => {
                  queued.delete(id);
                  mixer.finish(id);
                  wake();
                },
              };
            },
          },
        ],
        properties: { summary: `${mixer.sampleRate} Hz stereo`, "sample-rate": mixer.sampleRate, underruns: 0 },
        remove: () => {
          waiting = [];
          mixer.close();
        },
      };
    },
  };
}

/** Sound needs a gesture first: the browser keeps it quiet until then. */
export function needsGesture(): DeviceError {
  return new DeviceError("blocked", "Sound starts with the first click or key in this page.");
}
