/** Signal numbers (Linux numbering, so `kill -l` and exit statuses match what people know). */
export const SIGHUP = 1;
export const SIGINT = 2;
export const SIGQUIT = 3;
export const SIGILL = 4;
export const SIGTRAP = 5;
export const SIGABRT = 6;
export const SIGBUS = 7;
export const SIGFPE = 8;
export const SIGKILL = 9;
export const SIGUSR1 = 10;
export const SIGSEGV = 11;
export const SIGUSR2 = 12;
export const SIGPIPE = 13;
export const SIGALRM = 14;
export const SIGTERM = 15;
export const SIGCHLD = 17;
export const SIGCONT = 18;
export const SIGSTOP = 19;
export const SIGTSTP = 20;
export const SIGTTIN = 21;
export const SIGTTOU = 22;
export const SIGWINCH = 28;
export const SIGSYS = 31;
export const NSIG = 32;

/** Dispositions for `sig_action`. A Wasm program cannot be interrupted at an arbitrary point, so there is
 *  no handler: QUEUE keeps the signal pending, blocking calls return EINTR, and `sig_take` fetches it. */
export const SIG_DFL = 0;
export const SIG_IGN = 1;
export const SIG_QUEUE = 2;
