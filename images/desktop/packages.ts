/** Small programs: each must start within a second or two in an emulator. */
export const DESKTOP_PACKAGES = [
  ...["xserver-xorg-core", "xserver-xorg-video-fbdev", "xserver-xorg-input-evdev", "x11-xserver-utils", "x11-utils"],
  ...["icewm", "xterm", "xfe", "l3afpad", "galculator", "gpicview", "dillo"],
  ...["fonts-dejavu-core", "shared-mime-info", "hicolor-icon-theme", "dbus-x11"],
];

/** There is no graphics processor, and software OpenGL in an emulator is no use: a quarter of the bytes. */
export const LEFT_OUT = [/^usr\/lib\/i386-linux-gnu\/(libLLVM|libz3|dri\/|libgallium|libclang)/];
