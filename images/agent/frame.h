/* Frames to and from the host: packages/abi/src/guest-agent.ts says what they mean. */
#ifndef FRAME_H
#define FRAME_H

#include <stddef.h>
#include <stdint.h>

#define AGENT_VERSION 1
#define AGENT_FRAME_MAX (16 * 1024)
#define AGENT_WINDOW (128 * 1024)
#define AGENT_STREAMS_MAX 64
#define FRAME_HEADER 9
#define PAYLOAD_MAX (AGENT_FRAME_MAX - 5)

enum to_guest {
  HELLO = 1, EXEC, STDIN, SIGNAL, RESIZE, WINDOW,
  READ_FILE = 10, WRITE_FILE, SET_CLOCK, ENTROPY, HOSTNAME, MACHINE_ID, NETWORK, SHUTDOWN, SETTLE,
};
enum to_host { HOST_HELLO = 1, STDOUT = 32, STDERR, EXITED, RESULT, DATA, HOST_WINDOW };
enum { EXEC_TTY = 1 };
enum { NET_MAC = 1, NET_ADDRESS = 2 };
enum { EXIT_STATUS, EXIT_SIGNAL, EXIT_NOT_STARTED };

/* What is left of a payload. A read beyond its end sets `bad` and gives zeros, so callers check once. */
struct reader {
  const uint8_t *at;
  size_t left;
  int bad;
};

uint8_t read_u8(struct reader *r);
uint16_t read_u16(struct reader *r);
uint32_t read_u32(struct reader *r);
/* A string that ends with a zero byte, in place. */
const char *read_string(struct reader *r);
const uint8_t *read_bytes(struct reader *r, size_t size);

/* Opens the console port. Returns 0, or -1 when there is none. */
int frame_open(void);
int frame_fd(void);
/* Sends one frame; `size` is at most PAYLOAD_MAX. */
void frame_send(uint8_t type, uint32_t id, const void *payload, size_t size);
void send_result(uint32_t id, int error);
void send_exited(uint32_t id, uint8_t kind, uint32_t value);
void send_window(uint32_t id, uint32_t bytes);
/* Reads what has come and calls `handle` for each whole frame. */
void frame_receive(void (*handle)(uint8_t type, uint32_t id, struct reader payload));

#endif
