#include "frame.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int port = -1;
static uint8_t input[2 * (4 + AGENT_FRAME_MAX)];
static size_t have;

static uint32_t le32(const uint8_t *p) {
  return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}
static void put32(uint8_t *p, uint32_t value) {
  for (int i = 0; i < 4; i++) p[i] = value >> (8 * i);
}

const uint8_t *read_bytes(struct reader *r, size_t size) {
  static const uint8_t zeros[64];
  if (r->bad || size > r->left) {
    r->bad = 1;
    return zeros;
  }
  const uint8_t *at = r->at;
  r->at += size;
  r->left -= size;
  return at;
}
uint8_t read_u8(struct reader *r) { return *read_bytes(r, 1); }
uint16_t read_u16(struct reader *r) {
  const uint8_t *p = read_bytes(r, 2);
  return p[0] | p[1] << 8;
}
uint32_t read_u32(struct reader *r) { return le32(read_bytes(r, 4)); }
const char *read_string(struct reader *r) {
  const uint8_t *end = r->bad ? NULL : memchr(r->at, 0, r->left);
  if (end == NULL) {
    r->bad = 1;
    return "";
  }
  return (const char *)read_bytes(r, end - r->at + 1);
}

int frame_open(void) {
  /* The number of the device depends on the order of the PCI slots; the port's number does not. */
  for (int device = 0; device < 10 && port < 0; device++) {
    char path[32];
    snprintf(path, sizeof path, "/dev/vport%dp1", device);
    port = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
  }
  return port < 0 ? -1 : 0;
}

int frame_fd(void) { return port; }

void frame_send(uint8_t type, uint32_t id, const void *payload, size_t size) {
  static uint8_t frame[4 + AGENT_FRAME_MAX];
  put32(frame, size + 5);
  frame[4] = type;
  put32(frame + 5, id);
  if (size > 0) memcpy(frame + FRAME_HEADER, payload, size);
  for (size_t sent = 0; sent < FRAME_HEADER + size;) {
    ssize_t n = write(port, frame + sent, FRAME_HEADER + size - sent);
    if (n > 0) sent += n;
    else if (n < 0 && errno == EAGAIN) poll(&(struct pollfd){.fd = port, .events = POLLOUT}, 1, 1000);
    else if (n < 0 && errno != EINTR) return;
  }
}

void send_result(uint32_t id, int error) {
  uint8_t payload[4];
  put32(payload, error);
  frame_send(RESULT, id, payload, sizeof payload);
}
void send_exited(uint32_t id, uint8_t kind, uint32_t value) {
  uint8_t payload[5] = {kind};
  put32(payload + 1, value);
  frame_send(EXITED, id, payload, sizeof payload);
}
void send_window(uint32_t id, uint32_t bytes) {
  uint8_t payload[4];
  put32(payload, bytes);
  frame_send(HOST_WINDOW, id, payload, sizeof payload);
}

void frame_receive(void (*handle)(uint8_t type, uint32_t id, struct reader payload)) {
  ssize_t n = read(port, input + have, sizeof input - have);
  if (n <= 0) return;
  have += n;
  size_t at = 0;
  while (have - at >= FRAME_HEADER) {
    uint32_t length = le32(input + at);
    if (length < 5 || length > AGENT_FRAME_MAX) {
      /* Not a frame: nothing after it can be trusted either. */
      send_result(0, EPROTO);
      at = have;
      break;
    }
    if (have - at < 4 + length) break;
    handle(input[at + 4], le32(input + at + 5), (struct reader){input + at + FRAME_HEADER, length - 5, 0});
    at += 4 + length;
  }
  memmove(input, input + at, have - at);
  have -= at;
}
