import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import sirv from "sirv";

export interface SiteOptions {
  readonly directory: string;
  /** 0 picks a free port. */
  readonly port: number;
  readonly host?: string;
  /** Sent with every file. */
  readonly headers: Readonly<Record<string, string>>;
  /** Machine images (`os/images/`), looked at when they are asked for: they may be built while the site is up. */
  readonly images?: string;
  /** Sees each request first; true when it answered. */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export interface Site {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const IMAGES_PATH = "/os/images/";
/** Files whose names carry a hash of their content never change. */
const IMMUTABLE = /\/(assets|blobs)\//;

/** Serves a built site: precompressed variants, ranges, revalidation. Rejects when the port is taken. */
export async function serveSite(options: SiteOptions): Promise<Site> {
  const settings = {
    etag: true,
    dotfiles: false,
    setHeaders: (response: ServerResponse, pathname: string) => {
      for (const [name, value] of Object.entries(options.headers)) response.setHeader(name, value);
      response.setHeader(
        "Cache-Control",
        IMMUTABLE.test(pathname) ? "public, max-age=31536000, immutable" : "no-cache",
      );
    },
  };
  const files = sirv(options.directory, { ...settings, gzip: true, brotli: true });
  const images = options.images === undefined ? null : sirv(options.images, { ...settings, dev: true });
  const server = createServer((request, response) => {
    if (options.intercept?.(request, response)) return;
    const missing = () => {
      response.statusCode = 404;
      for (const [name, value] of Object.entries(options.headers)) response.setHeader(name, value);
      response.end("Not found\n");
    };
    const url = request.url ?? "/";
    if (images === null || !url.startsWith(IMAGES_PATH)) {
      files(request, response, missing);
      return;
    }
    request.url = url.slice(IMAGES_PATH.length - 1);
    images(request, response, missing);
  });
  await listen(server, options.port, options.host ?? "127.0.0.1");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}/`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
