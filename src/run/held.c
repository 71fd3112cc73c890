#include "run/held.h"

enum { ARENA = 4 << 20 };

static void take(const struct ward_conf *list, struct ward_holds *ret, size_t *ret_bad)
{
	ret->n = 0;
	for (const struct ward_conf *x = list->child; x; x = x->next) {
		struct ward_hold h;

		if (ward_hold_of_board(x, &h))
			ward_holds_add(ret, &h);
		else
			(*ret_bad)++;
	}
}

enum ward_err ward_held_read(int board, const struct ward_limits *lim, struct ward_id *last,
	struct ward_holds *ret, size_t *ret_bad)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_BOARD_BYTES);
	const struct ward_conf *c = NULL;
	struct ward_arena a;
	struct ward_diag diag;
	enum ward_err err = ward_board_read(board, last, &w);

	*ret_bad = 0;
	ward_arena_init(&a, ward_mem_heap(), ARENA);
	ward_diag_init(&diag, ward_mem_heap());
	if (!err)
		err = ward_conf_json(&a, lim, WARD_STR("holds"), 1, ward_wr_slice(&w), &diag, &c);
	const struct ward_conf *list = err ? NULL : ward_conf_get(c, "holds");

	if (list)
		take(list, ret, ret_bad);
	else if (!err)
		err = WARD_ERR_MALFORMED;
	ward_diag_fini(&diag);
	ward_arena_fini(&a);
	ward_wr_fini(&w);
	return err;
}
