#include "run/proc/play_link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { SEND_TIMEOUT_S = 10 };

bool ward_link_split(struct ward_str where, char host[WARD_LINK_HOST_MAX], int *ret_port)
{
	size_t colon = where.len;
	uint64_t port;

	while (colon && where.p[colon - 1] != ':')
		colon--;
	if (colon < 2 || !ward_str_u64(ward_str_sub(where, colon, where.len), &port) || !port ||
		port > 65535)
		return false;
	struct ward_str name = ward_str_sub(where, 0, colon - 1);

	if (name.len > 2 && name.p[0] == '[' && name.p[name.len - 1] == ']')
		name = ward_str_sub(name, 1, name.len - 2);
	if (name.len >= WARD_LINK_HOST_MAX)
		return false;
	memcpy(host, name.p, name.len);
	host[name.len] = 0;
	*ret_port = (int)port;
	return true;
}

static enum ward_err from_errno(void)
{
	return errno == ECONNREFUSED || errno == EINTR ? WARD_ERR_AGAIN : WARD_ERR_IO;
}

enum ward_err ward_link_connect(struct ward_str where, int type, int *ret_fd)
{
	char host[WARD_LINK_HOST_MAX], service[16];
	struct addrinfo hints = {.ai_socktype = type}, *found;
	struct timeval patience = {.tv_sec = SEND_TIMEOUT_S};
	enum ward_err err = WARD_OK;
	int port, fd;

	if (!ward_link_split(where, host, &port))
		return WARD_ERR_CONFIG;
	(void)snprintf(service, sizeof(service), "%d", port);
	if (getaddrinfo(host, service, &hints, &found) != 0)
		return WARD_ERR_CONFIG;
	fd = socket(found->ai_family, type | SOCK_CLOEXEC, 0);
	/* a stream whose reader is held up must not hold us for ever */
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) != 0)
		err = WARD_ERR_IO;
	else if (connect(fd, found->ai_addr, found->ai_addrlen) != 0)
		err = from_errno();
	freeaddrinfo(found);
	if (err && fd >= 0) {
		int why = errno;

		close(fd);
		errno = why;
	}
	if (!err)
		*ret_fd = fd;
	return err;
}

enum ward_err ward_link_from(struct ward_str where, const uint8_t ip[4], int *ret_fd)
{
	char host[WARD_LINK_HOST_MAX];
	struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
	int port, yes = 1, fd;

	if (!ward_link_split(where, host, &port) || inet_pton(AF_INET, host, &to.sin_addr) != 1)
		return WARD_ERR_CONFIG;
	to.sin_port = htons((uint16_t)port);
	memcpy(&from.sin_addr, ip, sizeof(from.sin_addr));
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && setsockopt(fd, IPPROTO_IP, IP_TRANSPARENT, &yes, sizeof(yes)) == 0 &&
		bind(fd, (struct sockaddr *)(void *)&from, sizeof(from)) == 0 &&
		connect(fd, (struct sockaddr *)(void *)&to, sizeof(to)) == 0) {
		*ret_fd = fd;
		return WARD_OK;
	}
	if (fd >= 0)
		(void)close(fd);
	return WARD_ERR_IO;
}

/* On the loopback the refusal (ICMP port unreachable) is there as soon as the send returns. */
enum ward_err ward_link_datagram(int fd, struct ward_slice s)
{
	int refused = 0;
	socklen_t len = sizeof(refused);

	if (send(fd, s.p, s.len, MSG_NOSIGNAL) != (ssize_t)s.len)
		return from_errno();
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &refused, &len) == 0 && refused) {
		errno = refused;
		return from_errno();
	}
	return WARD_OK;
}

static enum ward_err send_all(int fd, const void *p, size_t len, int flags)
{
	const uint8_t *at = p;

	while (len) {
		ssize_t n = send(fd, at, len, MSG_NOSIGNAL | flags);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 && (errno == EPIPE || errno == ECONNRESET) ? WARD_ERR_CLOSED
										: WARD_ERR_IO;
		at += n;
		len -= (size_t)n;
	}
	return WARD_OK;
}

enum ward_err ward_link_counted(int fd, struct ward_slice s)
{
	char count[32];
	int n = snprintf(count, sizeof(count), "%zu ", s.len);
	enum ward_err err = send_all(fd, count, (size_t)n, MSG_MORE);

	return err ? err : send_all(fd, s.p, s.len, 0);
}

enum ward_err ward_link_finish(int fd, int timeout_ms)
{
	uint8_t buf[512];
	struct pollfd p = {.fd = fd, .events = POLLIN};
	ssize_t n = 1;

	if (shutdown(fd, SHUT_WR) != 0)
		return errno == ENOTCONN ? WARD_OK : WARD_ERR_IO;
	do {
		int ready = poll(&p, 1, timeout_ms);

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			return ready == 0 ? WARD_ERR_AGAIN : WARD_ERR_IO;
		n = read(fd, buf, sizeof(buf));
	} while (n > 0);
	return n == 0 ? WARD_OK : WARD_ERR_IO;
}

enum ward_err ward_link_wire(const char *iface, int *ret_fd)
{
	struct sockaddr_ll at = {.sll_family = AF_PACKET};
	unsigned index = if_nametoindex(iface);
	int fd;

	if (!index)
		return WARD_ERR_NOT_FOUND;
	at.sll_ifindex = (int)index;
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0); /* protocol 0: nothing is received */
	if (fd < 0)
		return errno == EPERM ? WARD_ERR_DENIED : WARD_ERR_IO;
	if (bind(fd, (const struct sockaddr *)&at, sizeof(at)) == 0) {
		*ret_fd = fd;
		return WARD_OK;
	}
	int why = errno;

	close(fd);
	errno = why;
	return WARD_ERR_IO;
}

enum ward_err ward_link_frame(int fd, struct ward_slice frame)
{
	ssize_t n;

	do
		n = send(fd, frame.p, frame.len, 0);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)frame.len ? WARD_OK : WARD_ERR_IO;
}
