import type { Device, Driver } from "@cloudos/abi";

export const DISPLAY_WIDTH = 1024;
export const DISPLAY_HEIGHT = 768;
/** Bytes red, green, blue, unused. */
export const DISPLAY_FORMAT = "rgbx8888";
export const DISPLAY_BYTES = DISPLAY_WIDTH * DISPLAY_HEIGHT * 4;
export const DISPLAY_FILE = "fb0";

/** /dev/fb0: the display's memory as a file, row by row from the top. `Scanout` shows it. */
export const framebufferDriver: Driver = {
  name: "framebuffer",
  compatible: ["cloudos,framebuffer"],
  async probe(): Promise<Device> {
    return {
      files: [{ name: DISPLAY_FILE, kind: "region", sizeBytes: DISPLAY_BYTES }],
      properties: {
        summary: `${DISPLAY_WIDTH}x${DISPLAY_HEIGHT}`,
        width: DISPLAY_WIDTH,
        height: DISPLAY_HEIGHT,
        "stride-bytes": DISPLAY_WIDTH * 4,
        format: DISPLAY_FORMAT,
      },
      remove: () => undefined,
    };
  },
};
