#define _GNU_SOURCE
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct stream {
  uint32_t id; /* 0: free */
  enum { PROGRAM, READING, WRITING } kind;
  pid_t pid;
  int ended, status;
  int in, out, err; /* -1: closed or none. A terminal has in == out. */
  int tty;
  uint32_t credit; /* bytes the host has room for */
  uint8_t *pending; /* input not yet written: AGENT_WINDOW bytes */
  size_t pending_from, pending_size;
  int input_closed;
  char *path, *temporary;
};

static struct stream streams[AGENT_STREAMS_MAX];

static struct stream *find(uint32_t id) {
  for (int i = 0; i < AGENT_STREAMS_MAX; i++)
    if (id != 0 && streams[i].id == id) return &streams[i];
  return NULL;
}

static struct stream *claim(uint32_t id, int kind) {
  if (id == 0 || find(id) != NULL) return NULL;
  for (int i = 0; i < AGENT_STREAMS_MAX; i++) {
    struct stream *s = &streams[i];
    if (s->id != 0) continue;
    *s = (struct stream){.id = id, .kind = kind, .in = -1, .out = -1, .err = -1, .credit = AGENT_WINDOW};
    return s;
  }
  return NULL;
}

static void close_fd(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

static void release(struct stream *s) {
  if (s->tty) s->in = -1;
  close_fd(&s->in);
  close_fd(&s->out);
  close_fd(&s->err);
  if (s->temporary != NULL) unlink(s->temporary);
  free(s->pending);
  free(s->path);
  free(s->temporary);
  s->id = 0;
}

/* ---- programs ---- */

struct program {
  char **argv, **envp;
  const char *cwd;
  uint32_t uid, gid;
  int tty, rows, columns;
};

static char **strings(struct reader *r, int count) {
  char **list = calloc(count + 1, sizeof *list);
  for (int i = 0; list != NULL && i < count; i++) list[i] = (char *)read_string(r);
  return list;
}

/* In the child: `in`, `out`, `err` become its streams. Returns only on failure, with errno set. */
static void become(const struct program *p, int in, int out, int err) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGPIPE, SIG_DFL);
  signal(SIGCHLD, SIG_DFL);
  setsid();
  if (p->tty && ioctl(in, TIOCSCTTY, 0) < 0) return;
  if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0) return;
  if (p->gid != 0 || p->uid != 0) {
    if (setgroups(0, NULL) < 0 || setgid(p->gid) < 0 || setuid(p->uid) < 0) return;
  }
  if (chdir(*p->cwd ? p->cwd : "/") < 0) return;
  if (p->envp[0] != NULL) environ = p->envp;
  execvp(p->argv[0], p->argv);
}

/* Starts it with pipes or a terminal; returns 0 or an errno. */
static int start(struct stream *s, const struct program *p) {
  int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1}, report[2] = {-1, -1};
  int terminal = -1, failed = 0;
  if (p->tty) {
    s->out = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    char name[32];
    if (s->out < 0 || grantpt(s->out) < 0 || unlockpt(s->out) < 0 || ptsname_r(s->out, name, sizeof name) != 0) return errno;
    ioctl(s->out, TIOCSWINSZ, &(struct winsize){.ws_row = p->rows, .ws_col = p->columns});
    terminal = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0) return errno;
    s->in = s->out;
    s->tty = 1;
  } else if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0) failed = errno;
  if (failed == 0 && pipe2(report, O_CLOEXEC) < 0) failed = errno;
  if (failed == 0) {
    s->pid = fork();
    if (s->pid == 0) {
      if (p->tty) become(p, terminal, terminal, terminal);
      else become(p, in[0], out[1], err[1]);
      int error = errno;
      while (write(report[1], &error, sizeof error) < 0 && errno == EINTR) {}
      _exit(127);
    }
    if (s->pid < 0) failed = errno;
  }
  close_fd(&report[1]);
  int error;
  if (failed == 0) {
    ssize_t n;
    while ((n = read(report[0], &error, sizeof error)) < 0 && errno == EINTR) {}
    if (n == sizeof error) failed = error;
  }
  close_fd(&report[0]);
  close_fd(&terminal);
  close_fd(&in[0]);
  close_fd(&out[1]);
  close_fd(&err[1]);
  if (!s->tty) {
    s->in = in[1];
    s->out = out[0];
    s->err = err[0];
  }
  int fds[] = {s->in, s->out, s->err};
  for (int i = 0; i < 3; i++)
    if (fds[i] >= 0) fcntl(fds[i], F_SETFL, fcntl(fds[i], F_GETFL) | O_NONBLOCK);
  return failed;
}

void stream_exec(uint32_t id, struct reader r) {
  uint32_t flags = read_u32(&r);
  struct program p = {.tty = flags & EXEC_TTY, .rows = read_u16(&r), .columns = read_u16(&r)};
  p.uid = read_u32(&r);
  p.gid = read_u32(&r);
  int argc = read_u16(&r), envc = read_u16(&r);
  p.cwd = read_string(&r);
  p.argv = strings(&r, argc);
  p.envp = strings(&r, envc);
  struct stream *s = claim(id, PROGRAM);
  int failed = r.bad || argc == 0 ? EPROTO : s == NULL ? EAGAIN : p.argv == NULL || p.envp == NULL ? ENOMEM : 0;
  if (failed == 0) {
    s->pending = malloc(AGENT_WINDOW);
    failed = s->pending == NULL ? ENOMEM : start(s, &p);
  }
  free(p.argv);
  free(p.envp);
  if (failed == 0) return;
  if (s != NULL) release(s);
  send_exited(id, EXIT_NOT_STARTED, failed);
}

void stream_signal(uint32_t id, int signal) {
  struct stream *s = find(id);
  if (s != NULL && s->kind == PROGRAM && !s->ended && signal > 0 && signal < 65) kill(-s->pid, signal);
}

void stream_resize(uint32_t id, int rows, int columns) {
  struct winsize size = {.ws_row = rows, .ws_col = columns};
  if (id == 0) {
    int console = open("/dev/hvc0", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (console < 0) return;
    ioctl(console, TIOCSWINSZ, &size);
    close(console);
    return;
  }
  struct stream *s = find(id);
  if (s != NULL && s->tty) ioctl(s->out, TIOCSWINSZ, &size);
}

void stream_reaped(pid_t pid, int status) {
  for (int i = 0; i < AGENT_STREAMS_MAX; i++) {
    struct stream *s = &streams[i];
    if (s->id == 0 || s->kind != PROGRAM || s->pid != pid) continue;
    s->ended = 1;
    s->status = status;
  }
}

/* ---- files ---- */

void stream_read_file(uint32_t id, struct reader r) {
  const char *path = read_string(&r);
  struct stream *s = r.bad ? NULL : claim(id, READING);
  if (s == NULL) return send_result(id, r.bad ? EPROTO : EAGAIN);
  s->out = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat info;
  int failed = s->out < 0 || fstat(s->out, &info) < 0 ? errno : S_ISDIR(info.st_mode) ? EISDIR : 0;
  if (failed == 0) return;
  release(s);
  send_result(id, failed);
}

void stream_write_file(uint32_t id, struct reader r) {
  uint32_t mode = read_u32(&r);
  const char *path = read_string(&r);
  struct stream *s = r.bad ? NULL : claim(id, WRITING);
  if (s == NULL) return send_result(id, r.bad ? EPROTO : EAGAIN);
  s->path = strdup(path);
  s->pending = malloc(AGENT_WINDOW);
  if (s->path == NULL || s->pending == NULL || asprintf(&s->temporary, "%s.%u.partial", path, id) < 0) {
    s->temporary = NULL;
    release(s);
    return send_result(id, ENOMEM);
  }
  s->in = open(s->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (s->in >= 0 && fchmod(s->in, mode & 07777) == 0) return;
  int failed = errno;
  release(s);
  send_result(id, failed);
}

/* ---- bytes ---- */

void stream_input(uint32_t id, const uint8_t *bytes, size_t size) {
  struct stream *s = find(id);
  if (s == NULL || s->pending == NULL || s->input_closed) return;
  if (size == 0) s->input_closed = 1;
  /* More than the window is the host's fault; it loses the excess. */
  if (size > AGENT_WINDOW - s->pending_size) size = AGENT_WINDOW - s->pending_size;
  memmove(s->pending, s->pending + s->pending_from, s->pending_size);
  s->pending_from = 0;
  memcpy(s->pending + s->pending_size, bytes, size);
  s->pending_size += size;
}

void stream_window(uint32_t id, uint32_t bytes) {
  struct stream *s = find(id);
  if (s != NULL) s->credit = bytes > AGENT_WINDOW - s->credit ? AGENT_WINDOW : s->credit + bytes;
}

/* Returns 0, or the errno that ended it. */
static int push_input(struct stream *s) {
  uint32_t moved = 0;
  int failed = 0;
  while (s->pending_size > 0 && s->in >= 0) {
    ssize_t n = write(s->in, s->pending + s->pending_from, s->pending_size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) break;
    if (n < 0) {
      failed = errno;
      if (s->tty) s->in = -1;
      else close_fd(&s->in);
      break;
    }
    moved += n;
    s->pending_from += n;
    s->pending_size -= n;
  }
  if (s->in < 0) {
    /* Nobody reads any more: input goes nowhere, so that the host does not wait. */
    moved += s->pending_size;
    s->pending_size = 0;
  }
  if (moved > 0) send_window(s->id, moved);
  return failed;
}

/* Sends what `fd` has, as far as the host has room. Returns 1 when something may be left, 0 at its end or when it is empty. */
static int pull_output(struct stream *s, int *fd, uint8_t type) {
  uint8_t buffer[PAYLOAD_MAX];
  while (*fd >= 0) {
    if (s->credit == 0) return 1;
    size_t room = s->credit < sizeof buffer ? s->credit : sizeof buffer;
    ssize_t n = read(*fd, buffer, room);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return 0;
    if (n <= 0) {
      /* A terminal without a process says EIO. */
      if (s->tty) s->in = -1;
      close_fd(fd);
      return 0;
    }
    s->credit -= n;
    frame_send(type, s->id, buffer, n);
  }
  return 0;
}

static void turn_program(struct stream *s) {
  int ended = s->ended;
  push_input(s);
  if (s->input_closed && s->pending_size == 0 && s->in >= 0) {
    if (!s->tty) close_fd(&s->in);
    else {
      /* End of input on a terminal is its VEOF character. */
      while (write(s->in, "\4", 1) < 0 && errno == EINTR) {}
      s->in = -1;
    }
  }
  int left = pull_output(s, &s->out, STDOUT);
  left |= pull_output(s, &s->err, STDERR);
  /* What the program wrote before it ended has been sent; what its children may write later is theirs. */
  if (!ended || left) return;
  if (WIFSIGNALED(s->status)) send_exited(s->id, EXIT_SIGNAL, WTERMSIG(s->status));
  else send_exited(s->id, EXIT_STATUS, WEXITSTATUS(s->status));
  release(s);
}

static void turn_reading(struct stream *s) {
  uint8_t buffer[PAYLOAD_MAX];
  while (s->credit > 0) {
    size_t room = s->credit < sizeof buffer ? s->credit : sizeof buffer;
    ssize_t n = read(s->out, buffer, room);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
      send_result(s->id, n < 0 ? errno : 0);
      release(s);
      return;
    }
    s->credit -= n;
    frame_send(DATA, s->id, buffer, n);
  }
}

static void turn_writing(struct stream *s) {
  int failed = push_input(s);
  if (failed == 0 && !(s->input_closed && s->pending_size == 0)) return;
  if (failed == 0 && (fsync(s->in) < 0 || rename(s->temporary, s->path) < 0)) failed = errno;
  if (failed == 0) {
    free(s->temporary);
    s->temporary = NULL;
  }
  send_result(s->id, failed);
  release(s);
}

void stream_turn(void) {
  for (int i = 0; i < AGENT_STREAMS_MAX; i++) {
    struct stream *s = &streams[i];
    if (s->id == 0) continue;
    if (s->kind == PROGRAM) turn_program(s);
    else if (s->kind == READING) turn_reading(s);
    else turn_writing(s);
  }
}

int stream_poll(struct pollfd *fds) {
  int count = 0;
  for (int i = 0; i < AGENT_STREAMS_MAX; i++) {
    struct stream *s = &streams[i];
    if (s->id == 0 || s->kind != PROGRAM) continue;
    if (s->in >= 0 && s->pending_size > 0) fds[count++] = (struct pollfd){.fd = s->in, .events = POLLOUT};
    if (s->credit == 0) continue;
    if (s->out >= 0) fds[count++] = (struct pollfd){.fd = s->out, .events = POLLIN};
    if (s->err >= 0) fds[count++] = (struct pollfd){.fd = s->err, .events = POLLIN};
  }
  return count;
}

void stream_end_all(void) {
  for (int i = 0; i < AGENT_STREAMS_MAX; i++) {
    struct stream *s = &streams[i];
    if (s->id == 0) continue;
    if (s->kind == PROGRAM && !s->ended) kill(-s->pid, SIGHUP);
    release(s);
  }
}
