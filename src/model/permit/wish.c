/* A permit that a person makes at the desk: one row, held to what a line of the file is held to. */
#include "model/permit/file.h"

enum { ROW_BYTES = 16 << 10, WHY_BYTES = 1024, TIME_BYTES = 48 };

static struct ward_str time_text(ward_ns t, char to[TIME_BYTES])
{
	struct ward_wr w = ward_wr_fixed(to, TIME_BYTES);

	ward_time_write(&w, t);
	return ward_wr_text(&w);
}

/* Its effects with blanks between; empty: there are none, or one is no word. */
static struct ward_str effects(const struct ward_conf *args, struct ward_wr *w)
{
	const struct ward_conf *list = ward_conf_get(args, "effects");

	if (!list || list->kind != WARD_CONF_SEQ)
		return WARD_STR("");
	for (const struct ward_conf *x = list->child; x; x = x->next) {
		if (x != list->child)
			ward_wr_ch(w, ' ');
		ward_wr_str(w, x->kind == WARD_CONF_SCALAR ? x->text : WARD_STR("?"));
	}
	return ward_wr_text(w);
}

/* The first error as a line: what is wrong, and the mend. */
static const char *first(const struct ward_diag *d, struct ward_arena *a)
{
	char text[WHY_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	for (size_t i = 0; i < d->n; i++) {
		const struct ward_diag_item *x = &d->item[i];

		if (x->level != WARD_DIAG_ERROR)
			continue;
		ward_wr_str(&w, ward_str_sub(x->what, 0, WHY_BYTES / 2));
		if (x->mend.len)
			ward_wr_z(&w, ": ");
		ward_wr_str(&w, ward_str_sub(x->mend, 0, WHY_BYTES / 3));
		break;
	}
	struct ward_str s = ward_arena_str(a, ward_wr_text(&w));

	return s.p && s.len ? s.p : "the permit can't be read";
}

static enum ward_err take(const struct ward_permit_in *in, const struct ward_permit_row *row,
	struct ward_permits *own)
{
	struct ward_wr text = ward_wr_grow(in->mem, ROW_BYTES);
	enum ward_err err = ward_permit_row_set(
		in, WARD_STR("permit"), (struct ward_slice){NULL, 0}, row, &text);

	if (!err)
		err = ward_permits_parse(in, WARD_STR("permit"), ward_wr_slice(&text), own);
	ward_wr_fini(&text);
	return err;
}

/* What the file may have and a decision not. */
static const char *beyond(const struct ward_permit *p, ward_ns at)
{
	return p->until <= at ? "the permit is over before it is made: correct 'until'" : NULL;
}

static struct ward_permit_row row_of(const struct ward_permit_in *in,
	const struct ward_permit_wish *wish, const struct ward_conf *args)
{
	uint32_t node = ward_model_find(in->m, wish->thing);
	bool asset = node != WARD_NONE && ward_model_node(in->m, node)->kind == WARD_NODE_ASSET;
	struct ward_permit_row row = {
		.cell = {[WARD_PERMIT_COL_ID] = wish->id,
			[WARD_PERMIT_COL_WHO] = ward_conf_word(args, "who"),
			[WARD_PERMIT_COL_FROM] = ward_conf_word(args, "from"),
			[WARD_PERMIT_COL_UNTIL] = ward_conf_word(args, "until"),
			[WARD_PERMIT_COL_WHY] = wish->why,
			[WARD_PERMIT_COL_BY] = wish->by}};

	row.cell[asset ? WARD_PERMIT_COL_ASSET : WARD_PERMIT_COL_PLACE] = wish->thing;
	return row;
}

enum ward_err ward_permit_wish_take(const struct ward_permit_in *in,
	const struct ward_permit_wish *wish, struct ward_arena *a, struct ward_permits *into,
	const char **ret_why)
{
	WARD_AUTO(ward_permits_freep) struct ward_permits *own = NULL;
	struct ward_wr words = ward_wr_grow(in->mem, ROW_BYTES);
	const struct ward_conf *args = NULL;
	struct ward_diag diag;
	char at[TIME_BYTES];

	ward_diag_init(&diag, in->mem);
	const struct ward_permit_in one = {in->m, in->lim, in->mem, &diag};
	enum ward_err err = ward_permits_new(in->m, in->lim, in->mem, &own);

	if (!err && wish->args.len)
		err = ward_conf_json(a, in->lim, WARD_STR("permit"), 1, ward_str_bytes(wish->args),
			&diag, &args);
	struct ward_permit_row row = row_of(in, wish, args);

	row.cell[WARD_PERMIT_COL_MADE] = time_text(wish->at, at);
	row.cell[WARD_PERMIT_COL_EFFECTS] = effects(args, &words);
	if (!row.cell[WARD_PERMIT_COL_FROM].len)
		row.cell[WARD_PERMIT_COL_FROM] = row.cell[WARD_PERMIT_COL_MADE];
	if (!err)
		err = take(&one, &row, own);
	if (err == WARD_ERR_CONFIG)
		*ret_why = first(&diag, a);
	if (!err && ward_permits_n(own)) {
		struct ward_permit p = *ward_permits_at(own, 0);

		p.decided = true;
		*ret_why = beyond(&p, wish->at);
		err = *ret_why ? WARD_ERR_CONFIG : ward_permits_put(into, &p, NULL);
	}
	ward_diag_fini(&diag);
	ward_wr_fini(&words);
	return err;
}
