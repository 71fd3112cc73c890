#include "run/door.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 8 };

/* Both sides go by the folder's descriptor, since a socket's address holds 107 bytes only. */
static enum ward_err address(const char *state, struct sockaddr_un *ret, int *ret_folder)
{
	int folder = open(state, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (folder < 0)
		return errno == ENOENT   ? WARD_ERR_NOT_FOUND
		       : errno == EACCES ? WARD_ERR_DENIED
					 : WARD_ERR_IO;
	*ret = (struct sockaddr_un){.sun_family = AF_UNIX};
	(void)snprintf(ret->sun_path, sizeof(ret->sun_path), "/proc/self/fd/%d/door", folder);
	*ret_folder = folder;
	return WARD_OK;
}

enum ward_err ward_door_listen(const char *state, int *ret_fd)
{
	struct sockaddr_un at;
	int folder, fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	enum ward_err err = fd < 0 ? WARD_ERR_IO : address(state, &at, &folder);

	if (!err) {
		mode_t before = umask(077);

		if ((unlinkat(folder, "door", 0) != 0 && errno != ENOENT) ||
			bind(fd, (const struct sockaddr *)&at, sizeof(at)) != 0 ||
			listen(fd, BACKLOG) != 0)
			err = WARD_ERR_IO;
		(void)umask(before);
		(void)close(folder);
	}
	if (err && fd >= 0)
		(void)close(fd);
	if (!err)
		*ret_fd = fd;
	return err;
}

enum ward_err ward_door_accept(int fd, uid_t owner, int *ret_fd)
{
	int guest = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct ucred who;
	socklen_t len = sizeof(who);

	if (guest < 0)
		return errno == EAGAIN || errno == EINTR || errno == ECONNABORTED ? WARD_ERR_AGAIN
										  : WARD_ERR_IO;
	if (getsockopt(guest, SOL_SOCKET, SO_PEERCRED, &who, &len) != 0 || len != sizeof(who) ||
		(who.uid != 0 && who.uid != owner)) {
		(void)close(guest);
		return WARD_ERR_DENIED;
	}
	*ret_fd = guest;
	return WARD_OK;
}

enum ward_err ward_door_connect(const char *state, int *ret_fd)
{
	struct sockaddr_un at;
	int folder, fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	enum ward_err err = fd < 0 ? WARD_ERR_IO : address(state, &at, &folder);

	if (!err) {
		if (connect(fd, (const struct sockaddr *)&at, sizeof(at)) != 0)
			err = errno == ENOENT || errno == ECONNREFUSED ? WARD_ERR_NOT_FOUND
			      : errno == EACCES || errno == EPERM      ? WARD_ERR_DENIED
								       : WARD_ERR_IO;
		(void)close(folder);
	}
	if (err && fd >= 0)
		(void)close(fd);
	if (!err)
		*ret_fd = fd;
	return err;
}

static enum ward_err fetch(struct ward_ask *a, ward_row_fn fn, void *ctx)
{
	struct ward_rows_query q = {.n = WARD_ROWS_MAX};
	uint64_t until = UINT64_MAX;

	while (q.after < until) {
		uint8_t body[16];
		struct ward_wr w = ward_wr_fixed(body, sizeof(body));
		struct ward_msg m;
		uint64_t last = 0;
		size_t n = 0;

		ward_rows_query_put(&w, &q);
		enum ward_err err =
			ward_ask(a, WARD_MSG_ROWS, ward_wr_slice(&w), WARD_MSG_ROW_LIST, &m);

		if (!err)
			err = ward_row_list_get(&m.body, &q, &last, &n);
		if (err)
			return err;
		if (until == UINT64_MAX)
			until = last; /* what comes meanwhile is for the next who asks */
		if (!n)
			return WARD_OK;
		for (size_t i = 0; i < n; i++) {
			struct ward_store_row row;

			err = ward_row_list_next(&m.body, &row);
			if (err)
				return err;
			q.after = row.row;
			if (row.row <= until)
				fn(ctx, &row);
		}
	}
	return WARD_OK;
}

enum ward_err ward_door_rows(int fd, ward_row_fn fn, void *ctx)
{
	struct ward_ask *a = calloc(1, sizeof(*a));

	if (!a)
		return WARD_ERR_NOMEM;
	a->fd = fd;
	a->again = 2 * WARD_NS_PER_S;
	a->give_up = 30 * WARD_NS_PER_S;
	a->clock = ward_clock_system();
	enum ward_err err = fetch(a, fn, ctx);

	free(a);
	return err;
}
