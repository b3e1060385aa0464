/** Hands bytes to the browser's download machinery under the file's own name. */
export function saveToComputer(path: string, data: Uint8Array | Blob): void {
  const blob = data instanceof Blob ? data : new Blob([new Uint8Array(data)], { type: "application/octet-stream" });
  const url = URL.createObjectURL(blob);
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = path.slice(path.lastIndexOf("/") + 1) || "download";
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  // The download has its own reference once the click is handled; a minute is ample for slow save dialogs to start reading.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
