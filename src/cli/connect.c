#include "cli/connect.h"

#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HOST_LEN = 256 };

static bool split(struct ward_str at, char host[HOST_LEN], char port[8])
{
	size_t colon = at.len;

	while (colon > 0 && at.p[colon - 1] != ':')
		colon--;
	if (colon < 2 || colon > HOST_LEN || at.len - colon >= 8 || at.len == colon)
		return false;
	bool brackets = at.p[0] == '[' && at.p[colon - 2] == ']';
	size_t n = colon - 1 - (brackets ? 2 : 0);

	memcpy(host, at.p + (brackets ? 1 : 0), n);
	host[n] = 0;
	memcpy(port, at.p + colon, at.len - colon);
	port[at.len - colon] = 0;
	return true;
}

static enum ward_err connect_by(struct ward_str at, int type, int *ret_fd)
{
	char host[HOST_LEN], port[8];
	struct addrinfo hint = {.ai_socktype = type}, *found = NULL;
	int fd = -1;

	if (!split(at, host, port))
		return WARD_ERR_MALFORMED;
	if (getaddrinfo(host, port, &hint, &found) != 0) {
		errno = EHOSTUNREACH;
		return WARD_ERR_IO;
	}
	for (const struct addrinfo *a = found; a && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
		if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
			int why = errno;

			close(fd);
			errno = why;
			fd = -1;
		}
	}
	int why = errno;

	freeaddrinfo(found);
	errno = why;
	if (fd < 0)
		return WARD_ERR_IO;
	*ret_fd = fd;
	return WARD_OK;
}

enum ward_err ward_cli_connect(struct ward_str at, int *ret_fd)
{
	return connect_by(at, SOCK_STREAM, ret_fd);
}

enum ward_err ward_cli_connect_udp(struct ward_str at, int *ret_fd)
{
	return connect_by(at, SOCK_DGRAM, ret_fd);
}
