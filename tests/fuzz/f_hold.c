/* A legal hold as somebody decides it, and holds as a board shows them: what is taken is within its
 * bounds, and comes back from a board as it was. */
#include "fuzz.h"

#include "comply/hold.h"
#include "comply/purposes_kept.h"

static void board(const struct ward_holds *all, const struct ward_limits *lim, struct ward_arena *a)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_json j = ward_json_on(&w);
	const struct ward_conf *c;
	struct ward_diag d;
	struct ward_hold h;

	ward_json_arr(&j);
	ward_holds_write(all, &j);
	ward_json_arr_end(&j);
	ward_diag_init(&d, ward_mem_heap());
	WARD_ASSERT(ward_conf_json(a, lim, WARD_STR("f"), 1, ward_wr_slice(&w), &d, &c) == WARD_OK);
	for (const struct ward_conf *x = c->child; x; x = x->next)
		WARD_ASSERT(ward_hold_of_board(x, &h));
	ward_diag_fini(&d);
	ward_wr_fini(&w);
}

/* The file of purposes that there were: what is taken is written and read as it is. */
static void purposes(struct ward_str text)
{
	char buf[WARD_PURPOSES_FILE_BYTES];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_purposes_kept k, again;

	(void)ward_purposes_kept_read(text, &k);
	ward_purposes_kept_write(&k, &w);
	WARD_ASSERT(!ward_wr_bad(&w));
	WARD_ASSERT(ward_purposes_kept_read(ward_wr_text(&w), &again) == 0 && again.n == k.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct ward_holds all;
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_slice text = ward_slice_of(copy, len);
	const struct ward_conf *c = NULL;
	struct ward_limits lim;
	struct ward_arena a;
	struct ward_diag d;
	struct ward_hold h = {.from = 0};

	ward_limits_default(&lim);
	ward_arena_init(&a, ward_mem_heap(), 8 << 20);
	ward_diag_init(&d, ward_mem_heap());
	all = (struct ward_holds){.n = 0};
	if (ward_conf_json(&a, &lim, WARD_STR("f"), 1, text, &d, &c) == WARD_OK) {
		if (!ward_hold_read(c, ward_conf_word(c, "subject"), 1000 * WARD_NS_PER_S, &h)) {
			WARD_ASSERT(h.from <= h.to && h.until > 1000 * WARD_NS_PER_S);
			ward_holds_add(&all, &h);
		}
		if (ward_hold_of_board(c, &h))
			ward_holds_add(&all, &h);
		(void)ward_holds_row(&all, ward_slice_text(text), 0);
		board(&all, &lim, &a);
	}
	purposes(ward_slice_text(text));
	ward_diag_fini(&d);
	ward_arena_fini(&a);
	free(copy);
	return 0;
}
