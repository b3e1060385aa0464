import type { DeviceNode, DevicePermission, DeviceProperty } from "@cloudos/abi";

type Properties = Readonly<Record<string, DeviceProperty | undefined>>;

/** A node that is there. Properties that are undefined are left out: the platform does not say. */
export function present(
  path: string,
  compatible: string | readonly string[],
  properties: Properties = {},
  permission: DevicePermission = "none",
): DeviceNode {
  return { path, compatible: listOf(compatible), status: "okay", permission, properties: known(properties) };
}

/** A node that is not, with a sentence why. */
export function absent(path: string, compatible: string | readonly string[], reason: string): DeviceNode {
  return { path, compatible: listOf(compatible), status: "absent", reason, permission: "none", properties: {} };
}

/** A node that a person must allow first. */
export function blocked(
  path: string,
  compatible: string | readonly string[],
  reason: string,
  permission: "prompt" | "denied",
  properties: Properties = {},
): DeviceNode {
  return {
    path,
    compatible: listOf(compatible),
    status: "blocked",
    reason,
    permission,
    properties: known(properties),
  };
}

function listOf(compatible: string | readonly string[]): readonly string[] {
  return typeof compatible === "string" ? [compatible] : compatible;
}

function known(properties: Properties): Record<string, DeviceProperty> {
  return Object.fromEntries(
    Object.entries(properties).filter((entry): entry is [string, DeviceProperty] => entry[1] !== undefined),
  );
}
