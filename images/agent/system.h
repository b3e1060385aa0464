/* What the host may change of the whole guest. Each returns 0 or an errno. */
#ifndef SYSTEM_H
#define SYSTEM_H

#include "frame.h"

int set_clock(struct reader r);
int add_entropy(struct reader r);
int set_hostname(struct reader r);
int set_machine_id(struct reader r);
int set_network(struct reader r);
int settle(struct reader r);
/* Does not return when the guest goes down. */
void shut_down(int reboot);

#endif
