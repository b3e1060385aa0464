/**
 * Headers that make a document cross-origin isolated: at the top level through COOP + COEP, inside an iframe of a plain page
 * through Document-Isolation-Policy (Chromium). Worker scripts need them too, so every file gets them.
 */
export const isolationHeaders: Readonly<Record<string, string>> = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "cross-origin",
  "Document-Isolation-Policy": "isolate-and-credentialless",
};
