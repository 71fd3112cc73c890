#include "quorum/fetch.h"

#include "quorum/priv.h"
#include "store/take.h"

#include <stdio.h>
#include <unistd.h>

enum { BATCH = 4096, PATH_BYTES = 4096 };

struct taking {
	struct ward_store *s;
	struct ward_hash last;
	uint64_t n; /* taken */
	enum ward_err err;
};

static bool take(void *ctx, const struct ward_store_leaf *l)
{
	struct taking *t = ctx;

	t->err = ward_store_take(t->s, l);
	if (t->err)
		return false;
	t->n = l->row.row;
	t->last = l->commitment;
	return true;
}

/* The rows behind those that were taken, and the position with the last of them. */
static enum ward_err batch(
	struct ward_quorum *q, const struct ward_quorum_rows *head, struct taking *t)
{
	uint64_t before = t->n;
	enum ward_err err = ward_store_begin(t->s);

	if (!err)
		err = ward_quorum_rows_read(q, t->n, BATCH, take, t);
	if (!err)
		err = t->err;
	if (!err && (t->n == before || t->n > head->n))
		err = WARD_ERR_MALFORMED;
	return err ? err : ward_store_commit(t->s, t->n == head->n ? head->position : 0);
}

static enum ward_err take_all(struct ward_quorum *q, const struct ward_quorum_rows *head,
	struct ward_store *s, struct ward_quorum_fetched *ret)
{
	struct taking t = {.s = s};
	enum ward_err err = WARD_OK;

	while (!err && t.n < head->n)
		err = batch(q, head, &t);
	if (!err && !ward_hash_eq(&t.last, &head->last))
		err = WARD_ERR_MALFORMED;
	ret->rows = t.n;
	if (err)
		return err;
	struct ward_tree_head h;

	ward_store_head(s, &h);
	ret->root = h.root;
	ret->position = ward_store_position(s);
	return WARD_OK;
}

static bool take_piece(void *ctx, struct ward_slice bytes)
{
	struct taking *t = ctx;

	t->err = ward_store_checkpoint_put(t->s, bytes);
	return !t->err;
}

/* The brain goes on from there; without one it reads the journal from its beginning. */
static enum ward_err take_memory(struct ward_quorum *q, struct ward_store *s)
{
	struct taking t = {.s = s};
	struct ward_store_checkpoint c;
	enum ward_err err = ward_quorum_memory(q, &c);

	if (err)
		return err == WARD_ERR_NOT_FOUND ? WARD_OK : err;
	if (c.seq > ward_store_position(s))
		return WARD_ERR_MALFORMED;
	err = ward_store_begin(s);
	if (!err)
		err = ward_store_checkpoint_begin(s, &c);
	if (!err)
		err = ward_quorum_memory_read(q, take_piece, &t);
	if (!err)
		err = t.err;
	return err ? err : ward_store_commit(s, 0); /* MALFORMED: it is not whole */
}

/* What is read then is of one moment, at which the log was ours: whoever claims it meanwhile adds
 * nothing to that. */
static enum ward_err begin_reading(struct ward_quorum *q, struct ward_quorum_rows *ret)
{
	enum ward_err err = ward_quorum_rows_head(q, ret); /* makes tables where none are */

	if (!err)
		err = quorum_do(q, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", NULL);
	return err ? err : ward_quorum_rows_head(q, ret);
}

static void remove_files(const char *path)
{
	static const char *const end[] = {"", "-wal", "-journal"};
	char name[PATH_BYTES];

	for (size_t i = 0; i < WARD_ARRAY_LEN(end); i++)
		if ((size_t)snprintf(name, sizeof(name), "%s%s", path, end[i]) < sizeof(name))
			(void)unlink(name);
}

enum ward_err ward_quorum_fetch_store(struct ward_quorum *q, const struct ward_store_options *o,
	struct ward_quorum_fetched *ret, uint64_t *ret_row)
{
	struct ward_quorum_fetched f = {.rows = 0};
	struct ward_quorum_rows head;
	struct ward_store *s = NULL;

	*ret_row = 0;
	if (access(o->path, F_OK) == 0)
		return WARD_ERR_DUPLICATE;
	enum ward_err err = begin_reading(q, &head);

	if (err || !head.n)
		return err ? err : WARD_ERR_NOT_FOUND;
	err = ward_store_open(o, &s);
	if (!err)
		err = take_all(q, &head, s, &f);
	if (!err)
		err = take_memory(q, s);
	if (!err)
		err = quorum_do(q, "COMMIT", NULL);
	if (!err)
		err = ward_store_verify(s);
	ward_store_close(s);
	if (!err) {
		*ret = f;
		return WARD_OK;
	}
	if (err == WARD_ERR_MALFORMED || err == WARD_ERR_CORRUPT)
		*ret_row = f.rows + 1;
	remove_files(o->path);
	return err;
}
