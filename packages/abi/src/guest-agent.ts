/**
 * What the host and the agent inside an x86 guest say to each other over the second port of the virtio console
 * (/dev/virtio-ports/cloudos.agent; images/agent/agent.c is the other side of this file).
 *
 * A *frame*, both ways, all numbers little-endian:
 *
 *       0        4      5        9
 *       | length | type |   id   | payload ...
 *
 * `length` counts what follows it: 5 + payload, at most AGENT_FRAME_MAX. `id` is chosen by the host, not 0, unused at that time; 0 in
 * frames that belong to no request. The agent writes a frame with one write, so that a snapshot never cuts one; the
 * machine device holds a save back until everything the host sent has reached the guest. A frame the
 * agent cannot parse is answered by RESULT with EPROTO and otherwise ignored.
 *
 * Every request ends with exactly one RESULT or EXITED of its id. `errno` is Linux's.
 *
 * Flow control. Each side may have AGENT_WINDOW bytes of STDIN, STDOUT + STDERR, or DATA of one id under way; whoever
 * takes bytes over gives the room back with WINDOW (u32 bytes).
 *
 * A session starts with HELLO from the host (u32 version, u32 session: a random number). The agent ends what an earlier session
 * started (SIGHUP to each process group), answers HELLO and is ready. After a restore the host says HELLO anew, with a new session.
 */

export const AGENT_VERSION = 1;
/** Console port of the agent; port 0 is the terminal (/dev/hvc0). */
export const AGENT_PORT = 1;
/** Most bytes in a frame after its length. A frame leaves the guest in one buffer, whose limit this is. */
export const AGENT_FRAME_MAX = 16 * 1024;
/** Bytes a stream may be ahead of its reader. */
export const AGENT_WINDOW = 128 * 1024;
/** Exec requests and file transfers at one time; further ones get EAGAIN. */
export const AGENT_STREAMS_MAX = 64;

/** Frames to the guest. Strings are UTF-8; `z` marks one that ends with a zero byte. */
export const AGENT_TO_GUEST = {
  /** u32 version, u32 session. Answer: HELLO. */
  hello: 1,
  /**
   * u32 flags (AGENT_EXEC_*), u16 rows, u16 columns, u32 uid, u32 gid, u16 argc, u16 envc, z cwd, argc * z, envc * z ("NAME=value";
   * with envc 0 the agent's own). argv[0] is looked up along PATH. Answers: STDOUT, STDERR, WINDOW, then EXITED.
   */
  exec: 2,
  /** Bytes for an exec's standard input or for writeFile; empty is the end of the stream. */
  stdin: 3,
  /** i32 signal for the process group. Answer: none. */
  signal: 4,
  /** u16 rows, u16 columns of an exec with a terminal, or (id 0) of /dev/hvc0. Answer: none. */
  resize: 5,
  /** u32 bytes of STDOUT, STDERR or DATA of this id that were taken over. Answer: none. */
  window: 6,
  /** z path. Answers: DATA ..., RESULT. */
  readFile: 10,
  /** u32 mode, z path; then STDIN frames. The file appears under its name when all of it is there. Answers: WINDOW, RESULT. */
  writeFile: 11,
  /** u64 microseconds since the Unix epoch. Answer: RESULT. */
  setClock: 12,
  /** 1 to 512 random bytes, credited as entropy. Answer: RESULT. */
  entropy: 13,
  /** z name. Answer: RESULT. */
  hostname: 14,
  /** 32 hexadecimal digits and a zero: /etc/machine-id. Answer: RESULT. */
  machineId: 15,
  /**
   * z interface ("eth0"), 6 bytes MAC, u8 flags (AGENT_NET_*), u8 prefix length, 4 bytes address, 4 bytes gateway, 4 bytes name server
   * (0.0.0.0 is none). Brings the interface up. Answer: RESULT.
   */
  network: 16,
  /** u8 mode: 0 power off, 1 reboot. SIGTERM to all, two seconds, SIGKILL, sync. Answer: RESULT (at once). */
  shutdown: 17,
  /** u8 flags: bit 0 sync, bit 1 drop clean caches (before a snapshot). Answer: RESULT. */
  settle: 18,
} as const;

/** Frames from the guest. */
export const AGENT_TO_HOST = {
  /** u32 version, u32 session, z kernel release, z host name. */
  hello: 1,
  stdout: 32,
  stderr: 33,
  /** u8 kind (AGENT_EXIT_*), u32 value. The last frame of an exec. */
  exited: 34,
  /** i32 errno, 0 for success. The last frame of any other request. */
  result: 35,
  /** Bytes of readFile. */
  data: 36,
  /** u32 bytes of STDIN of this id that were taken over. */
  window: 37,
} as const;

/** exec: the process gets a pseudo-terminal as its three streams (all output is STDOUT) and as controlling terminal. */
export const AGENT_EXEC_TTY = 1;

/** network: set the MAC; set address, prefix, gateway and name server. Without ADDRESS the interface keeps what it has. */
export const AGENT_NET_MAC = 1;
export const AGENT_NET_ADDRESS = 2;

/** exited: value is the exit status. */
export const AGENT_EXIT_STATUS = 0;
/** exited: value is the signal that ended the process. */
export const AGENT_EXIT_SIGNAL = 1;
/** exited: the program could not be started; value is the errno (ENOENT: no such command). */
export const AGENT_EXIT_NOT_STARTED = 2;
