import { describe, expect, it } from "vitest";
import { EthernetSwitch } from "../src/machine/ethernet-switch.ts";

const mac = (last: number) => [2, 0, 0, 0, 0, last];
const BROADCAST = [255, 255, 255, 255, 255, 255];
const frame = (to: number[], from: number[]) => Uint8Array.from([...to, ...from, 8, 0, 1, 2, 3]);

function lan(stations: number, now = { ms: 0 }) {
  const ethernet = new EthernetSwitch(() => now.ms);
  const received: number[] = new Array(stations).fill(0);
  const ports = received.map((_, i) => ethernet.attach(() => void received[i]!++));
  return { ports, received, now };
}

describe("an Ethernet switch", () => {
  it("floods what it does not know and groups, never back to the sender", () => {
    const { ports, received } = lan(3);
    ports[0]!.send(frame(BROADCAST, mac(1)));
    ports[0]!.send(frame(mac(9), mac(1)));
    expect(received).toEqual([0, 2, 2]);
  });

  it("sends to the one port an address was seen on", () => {
    const { ports, received } = lan(3);
    ports[1]!.send(frame(BROADCAST, mac(2)));
    ports[0]!.send(frame(mac(2), mac(1)));
    expect(received).toEqual([1, 1, 1]);
  });

  it("follows a machine that moves, and forgets one that is silent for five minutes or unplugged", () => {
    const { ports, received, now } = lan(3);
    ports[1]!.send(frame(BROADCAST, mac(2)));
    ports[2]!.send(frame(BROADCAST, mac(2)));
    received.fill(0);
    ports[0]!.send(frame(mac(2), mac(1)));
    expect(received).toEqual([0, 0, 1]);
    now.ms = 300_001;
    ports[0]!.send(frame(mac(2), mac(1)));
    expect(received).toEqual([0, 1, 2]);
    ports[2]!.send(frame(BROADCAST, mac(2)));
    ports[2]!.close();
    received.fill(0);
    ports[0]!.send(frame(mac(2), mac(1)));
    expect(received).toEqual([0, 1, 0]);
  });

  it("learns no group addresses and no more than its table holds", () => {
    const { ports, received } = lan(2);
    ports[0]!.send(frame(mac(1), BROADCAST));
    for (let i = 0; i < 5000; i++) ports[0]!.send(frame(BROADCAST, [4, 0, 0, 0, i >> 8, i & 255]));
    received.fill(0);
    ports[1]!.send(frame([4, 0, 0, 0, 0, 0], mac(7)));
    expect(received).toEqual([1, 0]); // forgotten, so flooded
    ports[1]!.send(frame(BROADCAST, mac(7)));
    expect(received).toEqual([2, 0]);
  });

  it("drops what is no frame", () => {
    const { ports, received } = lan(2);
    ports[0]!.send(new Uint8Array(5));
    expect(received).toEqual([0, 0]);
  });
});
