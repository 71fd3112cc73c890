/* Args of a hand-over as somebody sends them: the sheet that is read of them, written as args
 * again, is the same sheet with the same hash; and a sheet made of any cells is read as it was
 * made. */
#include "fuzz.h"

#include "base/id.h"
#include "base/limit.h"
#include "watch/sheet.h"

enum { BYTES = 1 << 20 };

static const struct ward_conf *read(
	struct ward_arena *a, const struct ward_limits *lim, struct ward_slice json)
{
	const struct ward_conf *c = NULL;
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err = ward_conf_json(a, lim, WARD_STR("args"), 1, json, &d, &c);

	ward_diag_fini(&d);
	return err || c->kind != WARD_CONF_MAP ? NULL : c;
}

/* Its lines are lines. What they say goes through args unchanged. */
static void again(struct ward_arena *a, const struct ward_limits *lim, struct ward_str text)
{
	struct ward_wr json = ward_wr_grow(ward_mem_heap(), 4 * BYTES),
		       back = ward_wr_grow(ward_mem_heap(), 4 * BYTES);
	struct ward_json j = ward_json_on(&json);
	char one[WARD_SHEET_HASH], two[WARD_SHEET_HASH];

	ward_json_obj(&j);
	ward_sheet_put_args(text, &j);
	ward_json_obj_end(&j);
	ward_sheet_of_args(read(a, lim, ward_wr_slice(&json)), &back);
	ward_sheet_hash(text, one);
	ward_sheet_hash(ward_wr_text(&back), two);
	WARD_ASSERT(ward_wr_bad(&json) || ward_wr_bad(&back) || strcmp(one, two) == 0);
	ward_wr_fini(&json);
	ward_wr_fini(&back);
}

/* Cells with anything in them: as many lines of each part as it has room for. */
static void made(struct ward_arena *a, const struct ward_limits *lim, struct ward_str s)
{
	struct ward_sheet sheet;
	enum ward_sheet_part p;
	struct ward_str cell[WARD_SHEET_CELLS];
	size_t n, lines = 0, kept = 0;

	ward_sheet_begin(&sheet, ward_mem_heap());
	for (unsigned k = 0; k < WARD_SHEET_MORE; k++)
		for (size_t i = 0; i < 20; i++)
			ward_sheet_line(&sheet, (enum ward_sheet_part)k,
				&(const struct ward_str){s.p, s.len / (i + 1)}, 1);
	struct ward_str text = ward_sheet_end(&sheet);

	WARD_ASSERT(!ward_wr_bad(&sheet.text) && text.len <= WARD_SHEET_BYTES);
	for (unsigned k = 0; k < WARD_SHEET_N; k++)
		kept += sheet.kept[k];
	for (struct ward_str rest = text; ward_sheet_next(&rest, &p, cell, &n);)
		lines += p != WARD_SHEET_MORE;
	WARD_ASSERT(lines == kept);
	/* cut within a character it is no text */
	if (ward_utf8_valid(ward_str_bytes(text), NULL))
		again(a, lim, text);
	ward_sheet_fini(&sheet);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_wr text = ward_wr_grow(ward_mem_heap(), 4 * BYTES);
	struct ward_arena a;
	struct ward_limits lim;

	ward_limits_default(&lim);
	ward_arena_init(&a, ward_mem_heap(), (size_t)64 << 20);
	ward_sheet_of_args(read(&a, &lim, ward_slice_of(copy, len)), &text);
	if (!ward_wr_bad(&text))
		again(&a, &lim, ward_wr_text(&text));
	made(&a, &lim, (struct ward_str){(const char *)copy, len});
	ward_wr_fini(&text);
	ward_arena_fini(&a);
	free(copy);
	return 0;
}
