#include "run/rows_link.h"

static const ward_ns ask_again = 300 * WARD_NS_PER_MS;

void ward_rows_link_begin(
	struct ward_rows_link *f, struct ward_process *p, ward_row_fn row, void *ctx)
{
	f->store = (struct ward_ask){.fd = ward_process_need_fd(p, "store"),
		.next_id = ward_process_ids(),
		.again = ask_again,
		.give_up = ask_again,
		.clock = p->clock};
	f->p = p;
	f->row = row;
	f->ctx = ctx;
}

static void on_row(void *ctx, const struct ward_store_row *r)
{
	struct ward_rows_link *f = ctx;

	f->after = r->row;
	f->row(f->ctx, r);
}

bool ward_rows_link_fetch(struct ward_rows_link *f)
{
	struct ward_rows_query q = {f->after, WARD_ROWS_MAX};

	do {
		enum ward_err err = ward_rows_fetch(&f->store, &q, on_row, f, &f->last);

		if (err == WARD_ERR_AGAIN) /* a store that is just being restarted */
			return false;
		if (err)
			ward_process_die(f->p, "no answer from store", err);
		if (q.after == f->after) /* none is left that was not erased */
			f->after = f->last > f->after ? f->last : f->after;
		q.after = f->after;
	} while (f->after < f->last && !ward_process_stopping());
	return ward_rows_link_is_whole(f);
}

bool ward_rows_link_keep(struct ward_rows_link *f, const struct ward_store_row *row)
{
	struct ward_wr b = ward_wr_fixed(f->out, sizeof(f->out));
	enum ward_err err = WARD_ERR_AGAIN, verdict = WARD_OK;

	ward_commit_put(
		&b, &(struct ward_commit){.flags = WARD_COMMIT_FIRST | WARD_COMMIT_LAST, .n = 1});
	ward_commit_put_row(&b, row);
	WARD_ASSERT(!ward_wr_bad(&b));
	while (err == WARD_ERR_AGAIN && !ward_process_stopping()) {
		struct ward_msg m;

		err = ward_ask(
			&f->store, WARD_MSG_COMMIT, ward_wr_slice(&b), WARD_MSG_COMMITTED, &m);
		if (!err)
			err = ward_committed_get(&m.body, &verdict);
	}
	if (err == WARD_ERR_AGAIN)
		return false;
	if (err || verdict)
		ward_process_die(f->p, "the store refuses a row", err ? err : verdict);
	return true;
}

bool ward_rows_link_add(struct ward_rows_link *f, const struct ward_store_row *row)
{
	if (!ward_rows_link_keep(f, row))
		return false;
	while (!ward_rows_link_fetch(f))
		if (ward_process_stopping())
			return false;
	return true;
}
