import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { isolationHeaders } from "./packages/abi/src/isolation.ts";
import { osFiles } from "./scripts/lib/os-files.ts";

const root = resolve(import.meta.dirname, "apps/web");

export default defineConfig({
  root,
  // Relative, so that the built site works under any sub-path.
  base: "./",
  plugins: [react(), osFiles(resolve(import.meta.dirname, "build"))],
  worker: { format: "es" },
  server: { headers: isolationHeaders },
  build: {
    outDir: resolve(import.meta.dirname, "dist"),
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      input: {
        main: resolve(root, "index.html"),
        exec: resolve(root, "exec.html"),
        "isolation-worker": resolve(root, "src/isolation/isolation-worker.ts"),
      },
      output: {
        // A service worker's scope is its folder: it must sit at the site's root under a name that never changes.
        entryFileNames: (chunk) =>
          chunk.name === "isolation-worker" ? "isolation-worker.js" : "assets/[name]-[hash].js",
      },
    },
  },
});
