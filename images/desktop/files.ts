/** Configuration of the desktop: display server, window manager, menu, and the script that starts them. */
/** Without udev the display server is told which event device is what. */
const START = `#!/bin/sh
# Starts the desktop on display :0 and stays until it ends.
export HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DISPLAY=:0 XDG_RUNTIME_DIR=/run/user/0
export NO_AT_BRIDGE=1 GTK_MODULES= GDK_CORE_DEVICE_EVENTS=0
mkdir -p -m 700 /run/user/0
mkdir -p -m 1777 /tmp/.X11-unix /tmp/.ICE-unix
device() { # NAME: the event device whose name matches
	for name in /sys/class/input/event*/device/name; do
		case $(cat $name) in $1) n=\${name%/device/name}; echo /dev/input/\${n##*/}; return ;; esac
	done
}
cat > /run/xorg.conf <<END
Section "ServerFlags"
	Option "AutoAddDevices" "false"
	Option "AutoAddGPU" "false"
	Option "BlankTime" "0"
	Option "StandbyTime" "0"
	Option "SuspendTime" "0"
	Option "OffTime" "0"
	Option "DontVTSwitch" "true"
EndSection
Section "Module"
	Disable "glx"
	Disable "dri"
	Disable "dri2"
EndSection
Section "Extensions"
	Option "GLX" "Disable"
EndSection
Section "InputDevice"
	Identifier "keyboard"
	Driver "evdev"
	Option "Device" "$(device '*eyboard*')"
	Option "XkbLayout" "us"
EndSection
Section "InputDevice"
	Identifier "pointer"
	Driver "evdev"
	Option "Device" "$(device '*VMMouse*')"
EndSection
Section "Device"
	Identifier "screen"
	Driver "fbdev"
	Option "ShadowFB" "true"
EndSection
Section "ServerLayout"
	Identifier "machine"
	InputDevice "keyboard" "CoreKeyboard"
	InputDevice "pointer" "CorePointer"
EndSection
END
Xorg :0 -config /run/xorg.conf -nolisten tcp -novtswitch -noreset -logfile /run/Xorg.log vt1 > /run/Xorg.out 2>&1 &
server=$!
while ! xset q > /dev/null 2>&1; do
	kill -0 $server || exit 1
	sleep 0.2
done
xsetroot -solid '#23395d'
xrdb -merge /root/.Xresources 2> /dev/null
cd /root
icewm > /run/icewm.log 2>&1 &
xterm -geometry 80x24+60+60 &
wait $server
`;

/** Layout of the keyboard, for the host: "de", "fr" ... */
const KEYBOARD = `#!/bin/sh
DISPLAY=:0 exec setxkbmap "$1"
`;

/** Icons are icewm's own. */
const MENU = `prog "Terminal" xterm xterm
prog "Files" folder xfe
prog "Text editor" file l3afpad
prog "Calculator" app galculator
prog "Image viewer" app gpicview
prog "Web browser" netscape dillo
separator
prog "Task monitor" xterm xterm -e top
`;

const TOOLBAR = `prog "Terminal" xterm xterm
prog "Files" folder xfe
prog "Text editor" file l3afpad
prog "Web browser" netscape dillo
`;

const PREFERENCES = `ShowTaskBar=1
TaskBarShowClock=1
TaskBarShowMEMStatus=0
TaskBarShowCPUStatus=0
TaskBarShowNetStatus=0
TaskBarShowMailboxStatus=0
TaskBarShowAPMStatus=0
TaskBarShowWorkspaces=1
WorkspaceNames=" 1 "," 2 "
DesktopBackgroundCenter=0
DesktopBackgroundColor="rgb:23/39/5d"
EdgeSwitch=0
ClickToFocus=1
FocusOnAppRaise=1
ShowLogoutMenu=0
ShowSettingsMenu=0
TimeFormat="%H:%M"
`;

const XRESOURCES = `XTerm*faceName: DejaVu Sans Mono
XTerm*faceSize: 10
XTerm*background: #10151f
XTerm*foreground: #d6deeb
XTerm*scrollBar: false
XTerm*saveLines: 2000
`;

const WELCOME = `Welcome to CloudOS.

This is Debian 12 on an emulated PC inside your browser tab. The menu at the lower left has programs;
files you write are kept with this machine.
`;

/** Content and mode by path. */
export const DESKTOP_FILES: Readonly<Record<string, readonly [content: string, mode: number]>> = {
  "usr/lib/cloudos/start-desktop": [START, 0o755],
  "usr/lib/cloudos/keyboard": [KEYBOARD, 0o755],
  "etc/X11/icewm/menu": [MENU, 0o644],
  "etc/X11/icewm/toolbar": [TOOLBAR, 0o644],
  "etc/X11/icewm/preferences": [PREFERENCES, 0o644],
  "root/.Xresources": [XRESOURCES, 0o644],
  "root/Desktop/Welcome.txt": [WELCOME, 0o644],
};
