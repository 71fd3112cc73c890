/* What the database has more than a backup: of a Ward that runs by the store's door, else by its
 * file, while nobody else may start it. */
#include "cli/copied.h"

#include "backup/more.h"
#include "run/door.h"
#include "store/take.h"

#include <stdio.h>
#include <unistd.h>

struct adding {
	struct ward_cli_copied *m;
	struct ward_cli_added *to;
	struct ward_more_gone gone;
	enum ward_err err;
	bool gone_full; /* it is erased rows that are too many */
};

static bool on_leaf(void *ctx, const struct ward_store_leaf *l)
{
	struct adding *a = ctx;

	ward_more_row_write(l, &a->to->rows);
	if (ward_wr_bad(&a->to->rows))
		a->err = WARD_ERR_LIMIT;
	return !a->err;
}

static bool on_gone(void *ctx, uint64_t number)
{
	struct adding *a = ctx;

	a->err = ward_more_gone_add(&a->gone, number);
	a->gone_full = a->err == WARD_ERR_LIMIT;
	return !a->err;
}

static void note(struct adding *a, const struct ward_backed_up *b)
{
	a->m->head.rows = b->rows;
	a->m->head.root = b->root;
	a->m->head.position = b->position;
}

static enum ward_err ask(struct adding *a, uint64_t after)
{
	struct ward_backed_up b = {.rows = 0};
	int fd;
	enum ward_err err = ward_door_connect(a->m->state, &fd);

	if (err)
		return err;
	err = ward_door_leaves(fd, after, on_leaf, a, &b);
	note(a, &b);
	if (!err)
		err = ward_door_gone(fd, b.rows, on_gone, a);
	(void)close(fd);
	return a->err ? a->err : err;
}

static enum ward_err read_gone(struct adding *a, struct ward_store *s)
{
	struct ward_store_span of = {0, a->m->head.rows};
	uint64_t number[1024];
	size_t n = WARD_ARRAY_LEN(number);
	enum ward_err err = WARD_OK;

	while (!err && n == WARD_ARRAY_LEN(number)) {
		err = ward_store_gone(s, of, number, WARD_ARRAY_LEN(number), &n);
		for (size_t i = 0; !err && i < n; i++) {
			of.after = number[i];
			err = on_gone(a, number[i]) ? WARD_OK : a->err;
		}
	}
	return err;
}

static enum ward_err read_file(struct adding *a, uint64_t after)
{
	char path[PATH_MAX + 32];
	const struct ward_store_options o = {.path = path,
		.clock = ward_clock_system(),
		.mem = ward_mem_heap(),
		.reading = true};
	struct ward_store *s = NULL;
	struct ward_tree_head head;

	(void)snprintf(path, sizeof(path), "%s/store/ward.db", a->m->state);
	enum ward_err err = ward_store_open(&o, &s);

	if (!err) {
		ward_store_head(s, &head);
		note(a, &(struct ward_backed_up){
				WARD_OK, ward_store_position(s), head.n, head.root});
		err = head.n < after ? WARD_ERR_STATE
				     : ward_store_leaves(s, after, SIZE_MAX, on_leaf, a);
	}
	if (!err)
		err = a->err ? a->err : read_gone(a, s);
	ward_store_close(s);
	return err;
}

static int failed(const struct ward_cli_copied *m, enum ward_err err, bool gone_full)
{
	const char *mend = "be root, or the user of 'ward run'";

	if (err == WARD_ERR_NOT_FOUND)
		mend = "Ward begins or ends just then: try again";
	else if (err == WARD_ERR_AGAIN)
		mend = "it has much to do: try again";
	else if (err == WARD_ERR_LIMIT && gone_full)
		mend = "rows were erased at more places than an increment can name (1048576), and "
		       "after a new backup, too: make backups alone, without --after";
	else if (err == WARD_ERR_LIMIT)
		mend = "it has more than 256 MiB that this backup lacks: make a new backup, and go "
		       "on from that";
	else if (err == WARD_ERR_STATE)
		mend = "it has fewer rows than that backup: it is another's, or was brought back "
		       "since. Make a new backup, and go on from that";
	else if (err == WARD_ERR_VERSION)
		mend = "it is of another version of Ward: back it up with that one";
	return ward_cli_fail(
		m->cmd, "the database of '%s': %s: %s", m->state, ward_err_text(err), mend);
}

int ward_cli_added_open(struct ward_cli_copied *m, uint64_t after, struct ward_cli_added *ret)
{
	struct adding a = {.m = m, .to = ret, .gone = {.mem = ward_mem_heap()}};
	bool stopped = false;
	int rc = ward_cli_copied_lock(m, &stopped);

	ret->rows = ward_wr_grow(ward_mem_heap(), WARD_MORE_BYTES);
	ret->gone = ward_wr_grow(ward_mem_heap(), WARD_MORE_BYTES);
	if (rc)
		return rc;
	enum ward_err err = stopped ? read_file(&a, after) : ask(&a, after);

	ward_cli_copied_unlock(m);
	if (!err) {
		ward_more_gone_write(&a.gone, &ret->gone);
		err = ward_wr_bad(&ret->gone) ? WARD_ERR_NOMEM : WARD_OK;
	}
	ward_more_gone_fini(&a.gone);
	return err ? failed(m, err, a.gone_full) : WARD_EXIT_DONE;
}

void ward_cli_added_close(struct ward_cli_added *a)
{
	ward_wr_fini(&a->rows);
	ward_wr_fini(&a->gone);
}
