import { type Mixer, type MixerReport, needsGesture } from "@cloudos/hal-wasm";
import mixerUrl from "./mixer-worklet.ts?worker&url";

/** The browser's sound output. Rejects with DeviceError("blocked") until the person has clicked or typed. */
export async function openMixer(): Promise<Mixer> {
  const context = new AudioContext({ latencyHint: "interactive" });
  try {
    // `resume` waits for a gesture for ever; without one the context starts suspended.
    if (context.state === "suspended" && !navigator.userActivation.hasBeenActive) throw needsGesture();
    await context.resume();
    await context.audioWorklet.addModule(mixerUrl);
    const node = new AudioWorkletNode(context, "cloudos-mixer", { numberOfInputs: 0, outputChannelCount: [2] });
    node.connect(context.destination);
    // A context that runs keeps several threads of the browser busy, sound or not.
    await context.suspend();
    let framesPosted = 0;
    return {
      sampleRate: context.sampleRate,
      play: (session, samples) => {
        framesPosted += samples.length / 2;
        node.port.postMessage({ type: "play", session, samples }, [samples.buffer]);
        void context.resume();
      },
      finish: (session) => node.port.postMessage({ type: "finish", session }),
      onReport: (listener) => {
        node.port.onmessage = ({ data }: MessageEvent<MixerReport>) => {
          listener(data);
          // Counted in frames: a report may be older than what was posted since.
          if (data.framesPlayed === framesPosted) void context.suspend();
        };
      },
      close: () => {
        node.disconnect();
        void context.close();
      },
    };
  } catch (error) {
    void context.close();
    throw error;
  }
}
