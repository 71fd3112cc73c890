#include "fuzz.h"

#include "sense/log/winxml.h"

static void valid(struct ward_str s)
{
	WARD_ASSERT(ward_utf8_valid(ward_str_bytes(s), NULL));
}

/* Text in, text out: whatever it is, what comes of it is valid and within the event. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_str s = {(const char *)copy, len};
	struct ward_limits lim;
	struct ward_names names;
	struct ward_arena arena;
	struct ward_event e;
	const char *what = NULL;
	size_t off = 0;

	ward_limits_default(&lim);
	ward_arena_init(&arena, ward_mem_heap(), 1 << 22);
	if (ward_utf8_valid(ward_str_bytes(s), NULL) &&
		ward_names_init(&names, ward_mem_heap(), &lim) == WARD_OK) {
		ward_event_init(&e, &arena);
		enum ward_err err = ward_winxml_read(s, &names, &e, &off, &what);

		WARD_ASSERT(off <= len && (err == WARD_OK || what));
		(void)ward_winxml_is(s);
		for (size_t i = 0; !err && i < e.n_field; i++) {
			const struct ward_value *v = &e.field[i].v;

			valid(ward_name_text(&names, e.field[i].name));
			if (v->kind == WARD_VALUE_STR)
				valid(v->s);
			for (size_t k = 0; v->kind == WARD_VALUE_LIST && k < v->n; k++)
				if (v->item[k].kind == WARD_VALUE_STR)
					valid(v->item[k].s);
		}
		ward_names_fini(&names);
	}
	ward_arena_fini(&arena);
	free(copy);
	return 0;
}
