import { ConsoleStdout, File, OpenFile, PreopenDirectory, WASI } from "@bjorn3/browser_wasi_shim";

declare global {
  var runInShim: (wasmBase64: string, args: readonly string[]) => Promise<number[]>;
}

globalThis.runInShim = async (wasmBase64, args) => {
  const bytes = Uint8Array.from(atob(wasmBase64), (c) => c.charCodeAt(0));
  const lines: number[] = [];
  const wasi = new WASI(
    ["io", ...args],
    [],
    [
      new OpenFile(new File([])),
      ConsoleStdout.lineBuffered((line) => lines.push(Number(line))),
      ConsoleStdout.lineBuffered((line) => console.error(line)),
      new PreopenDirectory(".", new Map()),
    ],
  );
  const { instance } = await WebAssembly.instantiate(bytes, { wasi_snapshot_preview1: wasi.wasiImport });
  wasi.start(instance as { exports: { memory: WebAssembly.Memory; _start: () => unknown } });
  return lines;
};
