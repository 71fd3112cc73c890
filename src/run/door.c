#include "run/door.h"

#include "run/local.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum ward_err ward_door_listen(const char *state, int *ret_fd)
{
	return ward_local_listen(state, "door", WARD_LOCAL_OWNER, ret_fd);
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
	return ward_local_connect(state, "door", ret_fd);
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

enum ward_err ward_door_backup(int fd, struct ward_backed_up *ret)
{
	struct ward_ask *a = calloc(1, sizeof(*a));
	struct ward_msg m;
	enum ward_err err;

	if (!a)
		return WARD_ERR_NOMEM;
	a->fd = fd;
	a->again = 60 * WARD_NS_PER_S;
	a->clock = ward_clock_system();
	err = ward_ask(a, WARD_MSG_BACKUP, ward_slice_of(NULL, 0), WARD_MSG_BACKED_UP, &m);
	if (!err)
		err = ward_backed_up_get(&m.body, ret);
	free(a);
	return err;
}
