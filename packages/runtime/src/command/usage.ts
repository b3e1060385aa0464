export const USAGE = `Usage: vm COMMAND [ARGUMENT]...
Virtual x86 machines: Linux in the page, with its files on this disk.

  vm run IMAGE            make a machine, start it and attach this terminal to its console
  vm boot FILE            boot an ISO or disk image from these files, with a BIOS and a screen
  vm exec NAME COMMAND    run a program in a machine, with its streams and exit status
  vm console NAME         attach this terminal to a machine that runs
  vm ls [--images]        machines, or images that can be run
  vm start NAME           start a machine that is stopped, without attaching
  vm stop NAME            shut it down
  vm suspend NAME         save its state and free its memory
  vm resume NAME          go on where it was suspended
  vm snapshot NAME        save its state; it goes on
  vm clone NAME NEW       another machine in the same state, with a name and files of its own
  vm export NAME FILE     write its saved state to a file
  vm import FILE NEW      a machine from such a file
  vm rm NAME...           delete machines and their files
  vm stats [NAME]         memory, processor and devices
  vm log NAME             what its kernel said

Ctrl-] leaves a console; the machine goes on. "vm COMMAND --help" tells more.
`;

export const USAGES: Readonly<Record<string, string>> = {
  run: `Usage: vm run [OPTION]... IMAGE [COMMAND [ARGUMENT]...]
Make a machine from an image, start it and attach this terminal to its console; with COMMAND run that instead and delete the machine
when it ends. When this process is killed the machine ends with it; when its terminal is closed the machine is suspended.

  -n, --name NAME       its name (default: the image's, with a number when that is taken)
  -d, --detach          start it and leave it alone
  -m, --memory MIB      memory of the machine (then it boots from its kernel)
  -p, --package NAME    add a package layer (repeatable)
      --cpu SHARE       part of a processor core, 0.05 to 1
      --rm              delete the machine when it ends
      --cold            boot the kernel even where a booted state could be restored
`,
  boot: `Usage: vm boot [OPTION]... FILE
Make a machine with a BIOS, a screen and FILE in its CD drive or as its disk (32-bit PC). What it writes to a disk stays in the machine.

  -n, --name NAME       its name (default: the file's)
  -m, --memory MIB      memory of the machine (default 256)
      --cpu SHARE       part of a processor core, 0.05 to 1
`,
  exec: `Usage: vm exec [OPTION]... NAME COMMAND [ARGUMENT]...
Run a program in a machine. Standard streams are connected; the exit status is the program's, 128+n after signal n.

  -t, --tty             give it a terminal (default when this is one and it is a shell)
  -e, --env NAME=VALUE  set an environment variable (repeatable)
  -w, --workdir DIR     start in this directory
  -u, --user UID        run as this user number
`,
  console: `Usage: vm console NAME
Attach this terminal to a machine's console. Ctrl-] leaves it.
`,
  ls: `Usage: vm ls [--images]
List machines; with --images the images of this site and whether they are built.
`,
  stop: `Usage: vm stop [-f] NAME
Shut a machine down. -f, --force pulls the plug.
`,
  rm: `Usage: vm rm [-f] NAME...
Delete machines, their files and saved states. -f, --force also deletes machines that run.
`,
};
