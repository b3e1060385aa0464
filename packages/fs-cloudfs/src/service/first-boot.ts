/** What a new disk holds. The image may add more under /etc; what is there already stays as it is. */
export const FIRST_BOOT_DIRECTORIES: readonly (readonly [path: string, mode: number])[] = [
  ["/etc", 0o755],
  ["/etc/services.d", 0o755],
  ["/home", 0o755],
  ["/home/user", 0o755],
  ["/mnt", 0o755],
  ["/root", 0o700],
  ["/var", 0o755],
  ["/var/log", 0o755],
  ["/var/tmp", 0o1777],
];

export const FIRST_BOOT_FILES: readonly (readonly [path: string, text: string])[] = [
  ["/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\n"],
  ["/etc/group", "root:x:0:\nuser:x:1000:\n"],
  ["/etc/hostname", "cloudos\n"],
  ["/etc/hosts", "127.0.0.1\tlocalhost cloudos\n"],
  ["/etc/shells", "/bin/sh\n"],
  ["/etc/os-release", 'NAME="CloudOS"\nID=cloudos\nVERSION="0.1.0"\nVERSION_ID=0.1.0\nPRETTY_NAME="CloudOS 0.1.0"\n'],
  [
    "/etc/profile",
    [
      "# Read by login shells.",
      "export PATH=/bin:/usr/bin",
      "export HOME=/home/user USER=user LOGNAME=user SHELL=/bin/sh",
      "export LANG=C.UTF-8",
      'PS1="\\u@\\h:\\w\\$ "',
      "",
    ].join("\n"),
  ],
  [
    "/etc/services.d/logd.conf",
    [
      "# The log of the machine and its services, kept in /var/log/messages. Format: docs/services.md.",
      "description = Keeps the log in /var/log/messages",
      "exec = /bin/logd",
      "restart = always",
      "",
    ].join("\n"),
  ],
  ["/etc/motd", "Welcome to CloudOS. Files under /home survive a reload; `licenses` lists what is on board.\n"],
];
