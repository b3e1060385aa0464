import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join, normalize } from "node:path";
import type { Plugin } from "vite";

/** Where each part of `os/` comes from, relative to `build/`. */
const sources: Readonly<Record<string, string>> = {
  "kernel.wasm": "kernel/kernel.wasm",
  "posix.wasm": "kernel/posix.wasm",
  "gate.wasm": "gate/gate.wasm",
  "host-gate.wasm": "gate/host-gate.wasm",
  "fiber.wasm": "gate/fiber.wasm",
  "x86.wasm": "../node_modules/v86/build/v86.wasm",
};

export function osFileSource(buildDir: string, name: string): string {
  return join(buildDir, sources[name] ?? name);
}

/** Serves `os/*` (kernel, gate, image) from `build/` while developing. `npm run build` copies them instead. */
export function osFiles(buildDir: string): Plugin {
  return {
    name: "cloudos-os-files",
    apply: "serve",
    configureServer(server) {
      server.middlewares.use("/os/", (request, response, next) => {
        const name = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://host").pathname)).slice(1);
        if (name.startsWith("..")) return next();
        const path = osFileSource(buildDir, name);
        stat(path).then(
          (info) => {
            response.setHeader("Content-Length", info.size);
            response.setHeader(
              "Content-Type",
              name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream",
            );
            createReadStream(path).pipe(response);
          },
          () => {
            response.statusCode = 404;
            response.end(`${name} is not built`);
          },
        );
      });
    },
  };
}
