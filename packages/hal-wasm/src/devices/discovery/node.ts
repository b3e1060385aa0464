import type { DeviceNode } from "@cloudos/abi";
import { type MachineFacts, machineNodes } from "./machine-nodes.ts";
import { absent } from "./node-of.ts";

const NO_PAGE = "This machine runs in Node, without a page.";

/** The hardware of a machine in a Node process. */
export function discoverInNode(facts: MachineFacts): DeviceNode[] {
  return [
    ...machineNodes(facts),
    absent("/display", "cloudos,framebuffer", NO_PAGE),
    absent("/input/keyboard", "w3c,uievents-keyboard", NO_PAGE),
    absent("/input/pointer", "w3c,pointer-events", NO_PAGE),
    absent("/input/touch", "w3c,pointer-events-touch", NO_PAGE),
    absent("/input/gamepad", "w3c,gamepad", NO_PAGE),
    absent("/audio", "w3c,webaudio", NO_PAGE),
    absent("/gpu", "w3c,webgpu", NO_PAGE),
    absent("/usb", "wicg,webusb", NO_PAGE),
    absent("/net", "cloudos,nic", "The network service is not part of this machine yet."),
  ];
}
