#define _GNU_SOURCE
#include "system.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <net/route.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int write_text(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return errno;
  ssize_t size = strlen(text);
  int failed = write(fd, text, size) == size ? 0 : errno;
  close(fd);
  return failed;
}

int set_clock(struct reader r) {
  uint64_t low = read_u32(&r);
  uint64_t microseconds = low | (uint64_t)read_u32(&r) << 32;
  if (r.bad) return EPROTO;
  struct timespec now = {.tv_sec = microseconds / 1000000, .tv_nsec = microseconds % 1000000 * 1000};
  return clock_settime(CLOCK_REALTIME, &now) < 0 ? errno : 0;
}

int add_entropy(struct reader r) {
  struct {
    struct rand_pool_info info;
    uint8_t bytes[512];
  } pool;
  if (r.left == 0 || r.left > sizeof pool.bytes) return EPROTO;
  pool.info.entropy_count = r.left * 8;
  pool.info.buf_size = r.left;
  memcpy(pool.info.buf, r.at, r.left);
  int fd = open("/dev/urandom", O_RDWR | O_CLOEXEC);
  if (fd < 0) return errno;
  int failed = ioctl(fd, RNDADDENTROPY, &pool) < 0 ? errno : 0;
  /* The pool is mixed into the generator now and not at its next turn: two clones must differ at once. */
  if (failed == 0) failed = ioctl(fd, RNDRESEEDCRNG) < 0 ? errno : 0;
  close(fd);
  return failed;
}

int set_hostname(struct reader r) {
  const char *name = read_string(&r);
  if (r.bad || *name == 0) return EPROTO;
  if (sethostname(name, strlen(name)) < 0) return errno;
  char text[300];
  snprintf(text, sizeof text, "%.255s\n", name);
  int failed = write_text("/etc/hostname", text);
  snprintf(text, sizeof text, "127.0.0.1\tlocalhost\n127.0.1.1\t%.255s\n", name);
  return failed != 0 ? failed : write_text("/etc/hosts", text);
}

int set_machine_id(struct reader r) {
  const char *id = read_string(&r);
  if (r.bad || strlen(id) != 32 || strspn(id, "0123456789abcdef") != 32) return EPROTO;
  char text[40];
  snprintf(text, sizeof text, "%s\n", id);
  return write_text("/etc/machine-id", text);
}

static void address(struct sockaddr *out, uint32_t network_order) {
  struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = network_order};
  memcpy(out, &in, sizeof in);
}

static int set_flags(int fd, struct ifreq *request, int up) {
  if (ioctl(fd, SIOCGIFFLAGS, request) < 0) return errno;
  request->ifr_flags = up ? request->ifr_flags | IFF_UP : request->ifr_flags & ~IFF_UP;
  return ioctl(fd, SIOCSIFFLAGS, request) < 0 ? errno : 0;
}

static int configure(int fd, const char *name, int flags, const uint8_t *mac, int prefix, const uint32_t ip[3]) {
  struct ifreq request = {0};
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  int failed;
  if (flags & NET_MAC) {
    if ((failed = set_flags(fd, &request, 0)) != 0) return failed;
    request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
    memcpy(request.ifr_hwaddr.sa_data, mac, 6);
    if (ioctl(fd, SIOCSIFHWADDR, &request) < 0) return errno;
  }
  if (flags & NET_ADDRESS) {
    address(&request.ifr_addr, ip[0]);
    if (ioctl(fd, SIOCSIFADDR, &request) < 0) return errno;
    address(&request.ifr_netmask, htonl(prefix == 0 ? 0 : 0xffffffffu << (32 - prefix)));
    if (ioctl(fd, SIOCSIFNETMASK, &request) < 0) return errno;
  }
  if ((failed = set_flags(fd, &request, 1)) != 0) return failed;
  if ((flags & NET_ADDRESS) && ip[1] != 0) {
    struct rtentry route = {.rt_flags = RTF_UP | RTF_GATEWAY};
    address(&route.rt_dst, 0);
    address(&route.rt_genmask, 0);
    address(&route.rt_gateway, ip[1]);
    while (ioctl(fd, SIOCDELRT, &route) == 0) {}
    if (ioctl(fd, SIOCADDRT, &route) < 0) return errno;
  }
  return 0;
}

int set_network(struct reader r) {
  const char *name = read_string(&r);
  const uint8_t *mac = read_bytes(&r, 6);
  int flags = read_u8(&r), prefix = read_u8(&r);
  uint32_t ip[3];
  for (int i = 0; i < 3; i++) memcpy(&ip[i], read_bytes(&r, 4), 4);
  if (r.bad || prefix > 32) return EPROTO;
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  int failed = configure(fd, name, flags, mac, prefix, ip);
  close(fd);
  if (failed != 0 || !(flags & NET_ADDRESS) || ip[2] == 0) return failed;
  char text[64];
  snprintf(text, sizeof text, "nameserver %s\n", inet_ntoa((struct in_addr){ip[2]}));
  return write_text("/etc/resolv.conf", text);
}

int settle(struct reader r) {
  int flags = read_u8(&r);
  if (r.bad) return EPROTO;
  if (flags & 1) sync();
  return flags & 2 ? write_text("/proc/sys/vm/drop_caches", "3\n") : 0;
}

void shut_down(int again) {
  kill(-1, SIGTERM);
  for (int tenths = 0; tenths < 20; tenths++) {
    while (waitpid(-1, NULL, WNOHANG) > 0) {}
    if (waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD) break;
    nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
  }
  kill(-1, SIGKILL);
  sync();
  reboot(again ? RB_AUTOBOOT : RB_POWER_OFF);
}
