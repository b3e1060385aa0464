import { expect, test } from "vitest";
import { DISK_NAME, parseLaunchOptions } from "../src/state/launch-options.ts";

test("nothing asked for: the persistent disk, the best mode, a login shell", () => {
  expect(parseLaunchOptions("")).toEqual({
    mode: "auto",
    cores: null,
    memoryMiB: null,
    disk: { kind: "indexeddb", name: DISK_NAME },
    run: null,
  });
});

test("what the URL asks for is taken", () => {
  const options = parseLaunchOptions("?mode=up&cores=2&memory=512&disk=memory&run=python3%20-V");
  expect(options).toMatchObject({ mode: "up", cores: 2, memoryMiB: 512, disk: { kind: "memory" }, run: "python3 -V" });
});

test.each(["?mode=fast", "?cores=0", "?cores=-1", "?cores=1e3", "?memory=99999", "?disk=floppy"])(
  "%s is ignored",
  (query) => {
    expect(parseLaunchOptions(query)).toEqual(parseLaunchOptions(""));
  },
);
