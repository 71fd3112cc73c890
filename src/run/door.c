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

static struct ward_ask *asking(int fd)
{
	struct ward_ask *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->fd = fd;
	a->again = 2 * WARD_NS_PER_S;
	a->give_up = 30 * WARD_NS_PER_S;
	a->clock = ward_clock_system();
	return a;
}

enum ward_err ward_door_rows(int fd, ward_row_fn fn, void *ctx)
{
	struct ward_ask *a = asking(fd);

	if (!a)
		return WARD_ERR_NOMEM;
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

/* ---- rows with what the ledger has of them ---- */

enum { TRIES = 200 };

struct leaves {
	struct ward_ask *a;
	struct ward_backed_up is;
	struct ward_rows_query q;
	struct ward_whole got;
	struct ward_store_leaf leaf[WARD_ROWS_MAX];
};

static enum ward_err ask_head(struct leaves *l)
{
	const struct ward_rows_query none = {.after = INT64_MAX, .n = 1};
	struct ward_leaf_list head;
	struct ward_msg m;
	uint8_t body[16];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	ward_rows_query_put(&w, &none);
	enum ward_err err =
		ward_ask(l->a, WARD_MSG_LEAVES, ward_wr_slice(&w), WARD_MSG_LEAF_LIST, &m);

	if (!err)
		err = ward_leaf_list_get(&m.body, &none, &head);
	if (err)
		return err;
	l->is.rows = head.n_ledger;
	l->is.root = head.root;
	return WARD_OK;
}

static enum ward_err ask_leaves(struct leaves *l)
{
	struct ward_msg m;
	uint8_t body[16];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	ward_rows_query_put(&w, &l->q);
	enum ward_err err =
		ward_ask(l->a, WARD_MSG_WHOLE, ward_wr_slice(&w), WARD_MSG_WHOLE_LIST, &m);

	return err ? err : ward_whole_get(&m.body, &l->q, l->leaf, &l->got);
}

/* Root and position are of one moment when no row came between the two. */
static enum ward_err settle(struct leaves *l)
{
	for (unsigned i = 0; i < TRIES; i++) {
		enum ward_err err = ask_head(l);

		if (!err)
			err = ask_leaves(l);
		if (err)
			return err;
		l->is.position = l->got.position;
		if (l->got.last == l->is.rows)
			return WARD_OK;
	}
	return WARD_ERR_AGAIN;
}

static enum ward_err leaves(struct leaves *l, ward_store_leaf_fn fn, void *ctx)
{
	enum ward_err err = settle(l);

	if (!err && l->q.after > l->is.rows)
		return WARD_ERR_STATE;
	while (!err && l->q.after < l->is.rows) {
		if (!l->got.n)
			return WARD_ERR_MALFORMED;
		for (size_t i = 0; i < l->got.n && l->q.after < l->is.rows; i++) {
			l->q.after++;
			if (!fn(ctx, &l->leaf[i]))
				return WARD_ERR_LIMIT;
		}
		if (l->q.after < l->is.rows)
			err = ask_leaves(l);
	}
	return err;
}

enum ward_err ward_door_leaves(
	int fd, uint64_t after, ward_store_leaf_fn fn, void *ctx, struct ward_backed_up *ret)
{
	struct leaves *l = calloc(1, sizeof(*l));
	enum ward_err err = WARD_ERR_NOMEM;

	if (l)
		l->a = asking(fd);
	if (l && l->a) {
		l->q = (struct ward_rows_query){.after = after, .n = WARD_ROWS_MAX};
		err = leaves(l, fn, ctx);
		*ret = l->is;
	}
	if (l)
		free(l->a);
	free(l);
	return err;
}

static enum ward_err gone(
	struct ward_ask *a, uint64_t last, bool (*fn)(void *ctx, uint64_t number), void *ctx)
{
	struct ward_gone g = {.after = 0, .last = last};
	uint64_t number[WARD_GONE_MAX];
	size_t n = WARD_GONE_MAX;
	enum ward_err err = WARD_OK;

	while (!err && n == WARD_GONE_MAX) {
		uint8_t body[16];
		struct ward_wr w = ward_wr_fixed(body, sizeof(body));
		struct ward_msg m;

		ward_gone_put(&w, &g);
		err = ward_ask(a, WARD_MSG_GONE, ward_wr_slice(&w), WARD_MSG_GONE_LIST, &m);
		if (!err)
			err = ward_gone_list_get(&m.body, &g, number, &n);
		for (size_t i = 0; !err && i < n; i++) {
			g.after = number[i];
			err = fn(ctx, number[i]) ? WARD_OK : WARD_ERR_LIMIT;
		}
	}
	return err;
}

enum ward_err ward_door_gone(
	int fd, uint64_t last, bool (*fn)(void *ctx, uint64_t number), void *ctx)
{
	struct ward_ask *a = asking(fd);

	if (!a)
		return WARD_ERR_NOMEM;
	enum ward_err err = gone(a, last, fn, ctx);

	free(a);
	return err;
}
