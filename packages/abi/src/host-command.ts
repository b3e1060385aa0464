/**
 * Commands that are carried out by the page, such as `vm`: a program opens a stream to it (`host_connect`) with a text
 * {"type": "vm", "argv": [...], "cwd": "/...", "terminal": {"columns": n, "rows": n} or null, "stdin": "terminal" or "other"} and lends it its
 * terminal. Frames, both ways:
 *
 *     0  u32 length of the payload | 4  u8 type | 5  payload
 *
 * Compiled by `asc` and `tsc`: plain integer constants only.
 */
export const COMMAND_HEADER = 5;
export const COMMAND_PAYLOAD_MAX = 16384;

// --- to the page
/** Bytes of standard input, within the credit given. */
export const COMMAND_STDIN = 1;
/** Standard input has ended. */
export const COMMAND_STDIN_END = 2;
/** u8: a signal the program was sent (SIGHUP, SIGINT, SIGTERM). */
export const COMMAND_SIGNAL = 3;
/** u16 columns, u16 rows. */
export const COMMAND_SIZE = 4;

// --- to the program
export const COMMAND_STDOUT = 1;
export const COMMAND_STDERR = 2;
/** u8: exit status. The last frame. */
export const COMMAND_EXIT = 3;
/** u8: 1 the terminal goes raw (keys go to the page as they come), 0 it goes back to what it was. */
export const COMMAND_RAW = 4;
/** u32: so many more bytes of standard input are wanted. Before the first, none is read. */
export const COMMAND_CREDIT = 5;
