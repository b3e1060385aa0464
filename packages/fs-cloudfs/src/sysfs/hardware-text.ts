import type { DeviceNode, DeviceProperty } from "@cloudos/abi/device";

/** Every value of a node as lines of text, in the order they are shown. Lists are parted by commas (addresses and names have none). */
export function nodeFields(node: DeviceNode): readonly (readonly [name: string, value: string])[] {
  const fields: [string, string][] = [
    ["compatible", node.compatible.join(",")],
    ["status", node.status],
  ];
  if (node.reason !== undefined) fields.push(["reason", oneLine(node.reason)]);
  fields.push(["permission", node.permission]);
  if (node.driver !== undefined) fields.push(["driver", node.driver]);
  if (node.files !== undefined && node.files.length > 0) fields.push(["files", node.files.join(",")]);
  for (const [name, value] of Object.entries(node.properties)) fields.push([name, valueText(value)]);
  return fields;
}

/** /proc/hardware: for each node a line with its path, then a tab, a name, a tab and a value for each field. */
export function hardwareText(nodes: readonly DeviceNode[]): string {
  return nodes
    .map(
      (node) =>
        `${node.path}\n${nodeFields(node)
          .map(([name, value]) => `\t${name}\t${value}\n`)
          .join("")}`,
    )
    .join("");
}

function valueText(value: DeviceProperty): string {
  if (Array.isArray(value)) return value.map((each) => oneLine(String(each))).join(",");
  return oneLine(String(value));
}

/** Names of hardware come from outside: anything may be in them. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through
  return text.replace(/[\x00-\x1f\x7f]+/g, " ").trim();
}
