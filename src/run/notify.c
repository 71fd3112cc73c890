#include "run/notify.h"

#include "base/slice.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* "/path", or "@name" of the abstract kind, whose first byte is 0. */
static int connect_to(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	size_t len = strlen(path);
	int fd;

	if ((path[0] != '/' && path[0] != '@') || len < 2 || len >= sizeof(a.sun_path))
		return -1;
	memcpy(a.sun_path, path, len);
	if (path[0] == '@')
		a.sun_path[0] = 0;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&a,
			       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) != 0) {
		(void)close(fd);
		fd = -1;
	}
	return fd;
}

/* Three signs of life in the time after which the manager thinks that we are dead. */
static ward_ns sign_every(const char *usec, const char *pid)
{
	uint64_t us = 0, of = (uint64_t)getpid();

	if (!usec || !ward_str_u64(ward_str_z(usec), &us) || us > INT64_MAX / 1000)
		return 0;
	if (pid && (!ward_str_u64(ward_str_z(pid), &of) || of != (uint64_t)getpid()))
		return 0;
	return (ward_ns)us * 1000 / 3;
}

void ward_notify_open(struct ward_notify *n)
{
	const char *path = getenv("NOTIFY_SOCKET");

	*n = (struct ward_notify){.fd = path ? connect_to(path) : -1};
	if (n->fd >= 0)
		n->every = sign_every(getenv("WATCHDOG_USEC"), getenv("WATCHDOG_PID"));
	(void)unsetenv("NOTIFY_SOCKET");
	(void)unsetenv("WATCHDOG_USEC");
	(void)unsetenv("WATCHDOG_PID");
}

void ward_notify_close(struct ward_notify *n)
{
	if (n->fd >= 0)
		(void)close(n->fd);
	n->fd = -1;
}

void ward_notify_say(const struct ward_notify *n, const char *state)
{
	if (n->fd >= 0)
		(void)send(n->fd, state, strlen(state), MSG_NOSIGNAL);
}

void ward_notify_alive(struct ward_notify *n, ward_ns now)
{
	if (!n->every || now < n->next)
		return;
	n->next = now + n->every;
	ward_notify_say(n, "WATCHDOG=1");
}

int ward_notify_sleep_ms(const struct ward_notify *n, ward_ns now, int most)
{
	ward_ns ms;

	if (!n->every)
		return most;
	ms = now < n->next ? (n->next - now) / WARD_NS_PER_MS + 1 : 0;
	return most < 0 || ms < most ? (int)ms : most;
}
