export const USAGE = `Usage:
  cloudos exec [OPTION]... -- PROGRAM [ARG...]   Boot CloudOS headless, run one program
  cloudos exec [OPTION]... --batch FILE.jsonl    Run many in one boot, one JSON result a line

Options:
  --mount HOST:GUEST     Copy a host folder or file to GUEST (in memory) before the program starts
  --sync-back            After it ended, copy what changed under the mounts back to the host
  --preopen GUEST::NAME  Let the program see only GUEST, under NAME (repeatable); default: "/" and "."
  --env IMAGE            Run the program in an x86 machine of this image (debian, busybox ...)
  --package NAME         Add a package layer to that machine (repeatable)
  --env NAME=VALUE       Set an environment variable (repeatable)
  --cwd DIR              Working directory in the guest (default /home/user)
  --cores N              Cores of the machine (default: all)
  --mode smp|up          Cores over shared memory, or one core in a page that is not isolated
  --memory MIB           Limit of the program's memory; with --env IMAGE memory of the machine
  --timeout S            End the program after S seconds (status 124)
  --profile DIR          Keep the machine's disk in this folder (default: a throwaway disk)
  --help                 Print this

Exit status: the program's; 128+n when signal n ended it; 124 time-out; 125 the OS did not boot or the
command line is wrong; 126 the program cannot be run; 127 no such program.
`;
