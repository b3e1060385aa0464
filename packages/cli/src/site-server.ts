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
  /** Sees each request first; true when it answered. */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export interface Site {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Files whose names carry a hash of their content never change. */
const IMMUTABLE = /\/(assets|blobs)\//;

/** Serves a built site: precompressed variants, ranges, revalidation. Rejects when the port is taken. */
export async function serveSite(options: SiteOptions): Promise<Site> {
  const files = sirv(options.directory, {
    gzip: true,
    brotli: true,
    etag: true,
    dotfiles: false,
    setHeaders: (response, pathname) => {
      for (const [name, value] of Object.entries(options.headers)) response.setHeader(name, value);
      response.setHeader(
        "Cache-Control",
        IMMUTABLE.test(pathname) ? "public, max-age=31536000, immutable" : "no-cache",
      );
    },
  });
  const server = createServer((request, response) => {
    if (options.intercept?.(request, response)) return;
    files(request, response, () => {
      response.statusCode = 404;
      for (const [name, value] of Object.entries(options.headers)) response.setHeader(name, value);
      response.end("Not found\n");
    });
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
