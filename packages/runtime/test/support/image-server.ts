import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const IMAGES = fileURLToPath(new URL("../../../../build/images/", import.meta.url));

/** Why tests with an image cannot run here; null when they can. */
export function missingImage(name: string): string | null {
  return existsSync(join(IMAGES, name, "manifest.json")) ? null : `image ${name} is not built: npm run images ${name}`;
}

/** Serves a directory of images as a site does. `url` ends in a slash. */
export async function serveImages(): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    const path = join(IMAGES, new URL(request.url ?? "/", "http://host").pathname);
    if (!existsSync(path)) {
      response.statusCode = 404;
      response.end();
    } else response.end(readFileSync(path));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
