/*
 * The agent: runs programs, moves files and renews the guest's identity for the host. As "agent --init ROOT SHELL [ARG...]" it is
 * process 1 as well: it moves into ROOT ("/" to stay), keeps SHELL running on the console and buries orphans.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "frame.h"
#include "stream.h"
#include "system.h"

static int wake[2];
static pid_t shell;
static char **shell_argv;

static void child_ended(int signal) {
  (void)signal;
  int saved = errno;
  (void)!write(wake[1], "", 1);
  errno = saved;
}

static void hello(uint32_t id, struct reader r) {
  read_u32(&r);
  uint32_t session = read_u32(&r);
  if (r.bad) return send_result(id, EPROTO);
  stream_end_all();
  struct utsname name;
  uname(&name);
  uint8_t payload[8 + sizeof name.release + sizeof name.nodename] = {AGENT_VERSION};
  for (int i = 0; i < 4; i++) payload[4 + i] = session >> (8 * i);
  size_t size = 8;
  size += stpcpy((char *)payload + size, name.release) - ((char *)payload + size) + 1;
  size += stpcpy((char *)payload + size, name.nodename) - ((char *)payload + size) + 1;
  frame_send(HOST_HELLO, id, payload, size);
}

static void handle(uint8_t type, uint32_t id, struct reader r) {
  switch (type) {
  case HELLO: return hello(id, r);
  case EXEC: return stream_exec(id, r);
  case STDIN: return stream_input(id, r.at, r.left);
  case SIGNAL: return stream_signal(id, (int)read_u32(&r));
  case RESIZE: {
    int rows = read_u16(&r);
    return stream_resize(id, rows, read_u16(&r));
  }
  case WINDOW: return stream_window(id, read_u32(&r));
  case READ_FILE: return stream_read_file(id, r);
  case WRITE_FILE: return stream_write_file(id, r);
  case SET_CLOCK: return send_result(id, set_clock(r));
  case ENTROPY: return send_result(id, add_entropy(r));
  case HOSTNAME: return send_result(id, set_hostname(r));
  case MACHINE_ID: return send_result(id, set_machine_id(r));
  case NETWORK: return send_result(id, set_network(r));
  case SETTLE: return send_result(id, settle(r));
  case SHUTDOWN:
    send_result(id, 0);
    return shut_down(read_u8(&r) == 1);
  default: return send_result(id, EPROTO);
  }
}

/* A shell on the console, in a session of its own. */
static void start_shell(void) {
  shell = fork();
  if (shell != 0) return;
  signal(SIGPIPE, SIG_DFL);
  signal(SIGCHLD, SIG_DFL);
  setsid();
  int console = open("/dev/hvc0", O_RDWR);
  if (console < 0) console = open("/dev/console", O_RDWR);
  ioctl(console, TIOCSCTTY, 1);
  dup2(console, 0);
  dup2(console, 1);
  dup2(console, 2);
  if (console > 2) close(console);
  const char *home = getenv("HOME");
  if (home == NULL || chdir(home) < 0) (void)!chdir("/");
  execvp(shell_argv[0], shell_argv);
  dprintf(2, "agent: cannot start %s: %s\n", shell_argv[0], strerror(errno));
  sleep(5);
  _exit(127);
}

static void bury(void) {
  uint8_t bytes[64];
  while (read(wake[0], bytes, sizeof bytes) > 0) {}
  int status;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    if (pid == shell) start_shell();
    else stream_reaped(pid, status);
  }
}

/* Into the new root; the old one, the initial RAM disk, stays below it out of sight. */
static void move_to(const char *root) {
  if (strcmp(root, "/") == 0) return;
  if (chdir(root) < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0 || chdir("/") < 0) {
    dprintf(2, "agent: cannot move to %s: %s\n", root, strerror(errno));
    _exit(1);
  }
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  if (pipe2(wake, O_CLOEXEC | O_NONBLOCK) < 0) return 1;
  struct sigaction action = {.sa_handler = child_ended, .sa_flags = SA_RESTART};
  sigaction(SIGCHLD, &action, NULL);
  /* Before the root changes: the modules' devices are on the devtmpfs of both. */
  int is_init = argc >= 4 && strcmp(argv[1], "--init") == 0;
  if (is_init) move_to(argv[2]);
  if (frame_open() < 0) dprintf(2, "agent: no console port: %s\n", strerror(errno));
  if (is_init) {
    shell_argv = argv + 3;
    start_shell();
  }
  for (;;) {
    struct pollfd fds[2 + 3 * AGENT_STREAMS_MAX] = {{.fd = frame_fd(), .events = POLLIN}, {.fd = wake[0], .events = POLLIN}};
    int count = 2 + stream_poll(fds + 2);
    if (poll(fds, count, -1) < 0 && errno != EINTR) return 1;
    if (fds[1].revents & POLLIN) bury();
    if (fds[0].revents & POLLIN) frame_receive(handle);
    stream_turn();
  }
}
