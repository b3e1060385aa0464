import type { DeviceNode, DevicePermission } from "@cloudos/abi";
import type { GpuDevice } from "../gpu/buffers.ts";
import { type MachineFacts, machineNodes } from "./machine-nodes.ts";
import { absent, blocked, present } from "./node-of.ts";

/** What the standard library's types leave out. */
interface WideNavigator {
  readonly deviceMemory?: number;
  readonly gpu?: { requestAdapter(): Promise<GpuAdapter | null> };
  readonly usb?: { getDevices(): Promise<readonly UsbDevice[]> };
  readonly connection?: { readonly effectiveType?: string; readonly downlink?: number; readonly rtt?: number };
  readonly userActivation?: { readonly hasBeenActive: boolean };
}
export interface GpuAdapter {
  requestDevice(): Promise<GpuDevice>;
  readonly info?: { readonly vendor?: string; readonly architecture?: string; readonly description?: string };
  readonly limits?: { readonly maxBufferSize?: number; readonly maxTextureDimension2D?: number };
  readonly features?: Iterable<string>;
}
export interface UsbDevice {
  readonly vendorId: number;
  readonly productId: number;
  readonly productName?: string;
  readonly manufacturerName?: string;
  readonly serialNumber?: string;
}

/**
 * The hardware of a machine in a page, as far as the browser lets pages see it. Nothing is asked of the person here: what needs a
 * permission or a gesture is listed as blocked.
 */
export async function discoverInBrowser(facts: MachineFacts): Promise<DeviceNode[]> {
  const parts = await Promise.all([machine(facts), display(), input(), audio(), gpu(), usb(), net()]);
  return parts.flat();
}

function wide(): WideNavigator {
  return navigator as unknown as WideNavigator;
}

async function machine(facts: MachineFacts): Promise<DeviceNode[]> {
  const estimate = await navigator.storage?.estimate?.().catch(() => undefined);
  const mib = (bytes: number | undefined) => (bytes === undefined ? undefined : Math.floor(bytes / 2 ** 20));
  return machineNodes(facts).map((node) => {
    if (node.path === "/memory") return withProperties(node, { "computer-gib": wide().deviceMemory });
    if (node.path !== `/block/${facts.disk.kind}` || facts.disk.kind === "memory") return node;
    return withProperties(node, { "quota-mib": mib(estimate?.quota), "used-mib": mib(estimate?.usage) });
  });
}

function withProperties(node: DeviceNode, more: Readonly<Record<string, number | undefined>>): DeviceNode {
  return { ...node, properties: { ...node.properties, ...present("", "", more).properties } };
}

function display(): DeviceNode[] {
  if (typeof OffscreenCanvas === "undefined") {
    return [absent("/display", "cloudos,framebuffer", "This browser has no OffscreenCanvas.")];
  }
  return [
    present("/display", "cloudos,framebuffer", {
      "screen-width": screen.width,
      "screen-height": screen.height,
      "pixel-ratio": devicePixelRatio,
      "color-depth": screen.colorDepth,
    }),
  ];
}

function input(): DeviceNode[] {
  const fine = matchMedia("(any-pointer: fine)").matches;
  const touchPoints = navigator.maxTouchPoints;
  const gamepads = typeof navigator.getGamepads === "function";
  return [
    present("/input/keyboard", "w3c,uievents-keyboard", { summary: "while the display has the focus" }),
    fine
      ? present("/input/pointer", "w3c,pointer-events", { summary: "while it is over the display" })
      : absent("/input/pointer", "w3c,pointer-events", "No mouse, pen or touch pad is connected."),
    touchPoints > 0
      ? present("/input/touch", "w3c,pointer-events-touch", {
          summary: `${touchPoints} fingers, on the display`,
          "touch-points": touchPoints,
        })
      : absent("/input/touch", "w3c,pointer-events-touch", "This computer has no touch screen."),
    gamepads
      ? absent(
          "/input/gamepad",
          "w3c,gamepad",
          "None is connected, or none has had a button pressed while the display was shown.",
        )
      : absent("/input/gamepad", "w3c,gamepad", "This browser does not let this page see gamepads."),
  ];
}

function audio(): DeviceNode[] {
  if (typeof AudioContext === "undefined" || typeof AudioWorkletNode === "undefined") {
    return [absent("/audio", "w3c,webaudio", "This browser has no Web Audio with worklets.")];
  }
  if (wide().userActivation?.hasBeenActive === false) {
    return [blocked("/audio", "w3c,webaudio", "Sound starts with the first click or key in this page.", "prompt")];
  }
  return [present("/audio", "w3c,webaudio")];
}

/** A device of the browser's first choice; null where there is none any more. */
export async function requestGpuDevice(): Promise<GpuDevice | null> {
  const adapter = await wide().gpu?.requestAdapter();
  return adapter ? adapter.requestDevice() : null;
}

async function gpu(): Promise<DeviceNode[]> {
  const { gpu: webgpu } = wide();
  const compatible = "w3c,webgpu";
  if (!webgpu) return [absent("/gpu", compatible, "This browser has no WebGPU, or not for this page.")];
  const adapter = await webgpu.requestAdapter().catch(() => null);
  if (!adapter) return [absent("/gpu", compatible, "The browser has WebGPU but offers no adapter on this computer.")];
  const { info, limits, features } = adapter;
  return [
    present("/gpu", compatible, {
      summary:
        [info?.vendor, info?.architecture, info?.description].filter(Boolean).join(" ") || "an adapter without a name",
      vendor: info?.vendor,
      architecture: info?.architecture,
      "max-buffer-bytes": limits?.maxBufferSize,
      "max-texture": limits?.maxTextureDimension2D,
      features: features === undefined ? undefined : [...features],
    }),
  ];
}

/** The bus, and the devices this page has been allowed to use. */
async function usb(): Promise<DeviceNode[]> {
  const { usb: webusb } = wide();
  if (!webusb) return [absent("/usb", "wicg,webusb", "This browser has no WebUSB, or not for this page.")];
  const devices = await webusb.getDevices().catch(() => undefined);
  if (devices === undefined) return [blocked("/usb", "wicg,webusb", "The site's policy forbids WebUSB.", "denied")];
  const bus = present("/usb", "wicg,webusb", { summary: "add a device in the hardware panel" }, usbPermission(devices));
  return [bus, ...devices.map(usbNode)];
}

function usbPermission(devices: readonly UsbDevice[]): DevicePermission {
  return devices.length > 0 ? "granted" : "prompt";
}

/** A USB device a person has let this page use. */
export function usbNode(device: UsbDevice): DeviceNode {
  const id = `${hex4(device.vendorId)}:${hex4(device.productId)}`;
  const serial = device.serialNumber ? `:${device.serialNumber}` : "";
  return present(
    `/usb/${id}${serial}`,
    `usb${hex4(device.vendorId)},${hex4(device.productId)}`,
    {
      summary: [device.manufacturerName, device.productName].filter(Boolean).join(" ") || id,
      "vendor-id": hex4(device.vendorId),
      "product-id": hex4(device.productId),
    },
    "granted",
  );
}

function hex4(number: number): string {
  return number.toString(16).padStart(4, "0");
}

function net(): DeviceNode[] {
  const { connection } = wide();
  const line = connection?.effectiveType ? ` (the browser's own line: ${connection.effectiveType})` : "";
  return [absent("/net", "cloudos,nic", `The network service is not part of this machine yet${line}.`)];
}
