/** The mixer: runs on the browser's audio thread, 128 frames at a time. */
interface Voice {
  /** Interleaved stereo, in order. */
  readonly chunks: Float32Array[];
  /** Samples of the first chunk already played. */
  at: number;
  /** Samples waiting. */
  length: number;
  begun: boolean;
  finishing: boolean;
}

type ToMixer =
  | { readonly type: "play"; readonly session: number; readonly samples: Float32Array }
  | { readonly type: "finish"; readonly session: number };

/** What the audio thread's global scope has; no library of types does. */
declare const registerProcessor: (name: string, processor: new () => AudioWorkletProcessor) => void;
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
}

/** Reports after so many calls of `process`: about every 20 ms at 48 kHz. */
const REPORT_EVERY = 8;

class MixerProcessor extends AudioWorkletProcessor {
  readonly #voices = new Map<number, Voice>();
  #underruns = 0;
  #framesPlayed = 0;
  #peak = 0;
  #calls = 0;
  #wasBusy = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<ToMixer>) => {
      const voice = this.#voices.get(data.session);
      if (data.type === "finish") {
        if (voice) voice.finishing = true;
        return;
      }
      const queue = voice ?? { chunks: [], at: 0, length: 0, begun: false, finishing: false };
      queue.chunks.push(data.samples);
      queue.length += data.samples.length;
      this.#voices.set(data.session, queue);
    };
  }

  process(_inputs: unknown, outputs: readonly (readonly Float32Array[])[]): boolean {
    const [left, right] = outputs[0] ?? [];
    if (!left) return true;
    for (const [session, voice] of this.#voices) {
      for (let frame = 0; frame < left.length; frame++) {
        if (voice.length < 2) {
          if (voice.begun && !voice.finishing) this.#underruns++;
          voice.begun = false;
          break;
        }
        voice.begun = true;
        left[frame]! += this.#next(voice);
        const sample = this.#next(voice);
        if (right) right[frame]! += sample;
        this.#framesPlayed++;
      }
      if (voice.length < 2 && voice.finishing) this.#voices.delete(session);
    }
    for (const sample of left) this.#peak = Math.max(this.#peak, Math.abs(sample));
    // And once more when the last sound is over.
    const busy = this.#voices.size > 0;
    if (++this.#calls % REPORT_EVERY === 0 && (busy || this.#wasBusy)) {
      this.#report();
      this.#wasBusy = busy;
    }
    return true;
  }

  #next(voice: Voice): number {
    const chunk = voice.chunks[0]!;
    const sample = chunk[voice.at++]!;
    voice.length--;
    if (voice.at === chunk.length) {
      voice.chunks.shift();
      voice.at = 0;
    }
    return sample;
  }

  #report(): void {
    const queued: Record<number, number> = {};
    for (const [session, voice] of this.#voices) queued[session] = voice.length / 2;
    this.port.postMessage({
      queued,
      underruns: this.#underruns,
      framesPlayed: this.#framesPlayed,
      peak: this.#peak,
    });
    this.#peak = 0;
  }
}

registerProcessor("cloudos-mixer", MixerProcessor as unknown as new () => AudioWorkletProcessor);
