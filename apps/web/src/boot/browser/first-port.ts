/** The port a worker of ours is handed in its first message. */
export function onFirstPort(run: (port: MessagePort) => void): void {
  addEventListener("message", ({ data }: MessageEvent<MessagePort>) => run(data), { once: true });
}
