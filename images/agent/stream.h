/* Programs and file transfers under way. */
#ifndef STREAM_H
#define STREAM_H

#include <poll.h>
#include <sys/types.h>

#include "frame.h"

void stream_exec(uint32_t id, struct reader r);
void stream_read_file(uint32_t id, struct reader r);
void stream_write_file(uint32_t id, struct reader r);
void stream_input(uint32_t id, const uint8_t *bytes, size_t size);
void stream_signal(uint32_t id, int signal);
void stream_resize(uint32_t id, int rows, int columns);
void stream_window(uint32_t id, uint32_t bytes);
/* A child has ended; ignored unless it is one of ours. */
void stream_reaped(pid_t pid, int status);
/* Ends all of them without an answer: their session is over. */
void stream_end_all(void);
/* Descriptors to poll; returns how many were added. `fds` has room for three per stream. */
int stream_poll(struct pollfd *fds);
/* Moves what can be moved. */
void stream_turn(void);

#endif
