#include "run/listen.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ADDRESS_MAX = 256, BACKLOG = 64, UDP_QUEUE_BYTES = 4 << 20 };

/* "[::1]:514" and "127.0.0.1:514" into two texts. */
static bool split(struct ward_str at, char host[ADDRESS_MAX], char port[8])
{
	size_t colon = at.len;

	while (colon && at.p[colon - 1] != ':')
		colon--;
	if (colon < 2)
		return false;
	struct ward_str h = ward_str_sub(at, 0, colon - 1), p = ward_str_sub(at, colon, at.len);

	if (h.len > 2 && h.p[0] == '[' && h.p[h.len - 1] == ']')
		h = ward_str_sub(h, 1, h.len - 1);
	uint64_t number;

	/* getaddrinfo takes any number, and leaves its upper bits out */
	if (!h.len || h.len >= ADDRESS_MAX || p.len >= 8 || !ward_str_u64(p, &number) ||
		number > UINT16_MAX)
		return false;
	memcpy(host, h.p, h.len);
	host[h.len] = 0;
	memcpy(port, p.p, p.len);
	port[p.len] = 0;
	return true;
}

static bool open_on(const struct addrinfo *a, bool stream, int *ret_fd)
{
	int fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
	int yes = 1, bytes = UDP_QUEUE_BYTES;

	if (fd < 0)
		return false;
	if (stream) {
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
		/* connections inherit it: a peer that vanished is noticed */
		(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof(yes));
	} else /* beyond net.core.rmem_max with the right to; less only means an earlier loss */
		if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) != 0)
			(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	if (bind(fd, a->ai_addr, a->ai_addrlen) != 0 || (stream && listen(fd, BACKLOG) != 0)) {
		int e = errno;

		(void)close(fd);
		errno = e;
		return false;
	}
	*ret_fd = fd;
	return true;
}

enum ward_err ward_listen(struct ward_str at, bool stream, char *ret_why, int *ret_fd)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = stream ? SOCK_STREAM : SOCK_DGRAM};
	struct addrinfo *a;
	char host[ADDRESS_MAX], port[8];

	if (!split(at, host, port) || getaddrinfo(host, port, &hints, &a) != 0) {
		(void)snprintf(ret_why, WARD_LISTEN_WHY,
			"'%.*s' is not ADDRESS:PORT with a numeric address",
			(int)(at.len < ADDRESS_MAX ? at.len : ADDRESS_MAX), at.p);
		return WARD_ERR_CONFIG;
	}
	bool ok = open_on(a, stream, ret_fd);
	int e = errno;

	freeaddrinfo(a);
	if (ok)
		return WARD_OK;
	(void)snprintf(ret_why, WARD_LISTEN_WHY, "cannot listen on %s port %s (%s): %s", host, port,
		stream ? "TCP" : "UDP", strerror(e));
	return e == EACCES ? WARD_ERR_DENIED : WARD_ERR_IO;
}
