/* Files of signs and notes from outside: read, checked, and written as documents. */
#include "fuzz.h"

#include "notice/notice.h"

enum { ARENA = 1 << 24, OUT = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ward_notice_content c;
	static struct ward_processing p;
	struct ward_limits lim;
	struct ward_arena a;
	struct ward_diag d;
	struct ward_notice x;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT);

	ward_limits_default(&lim);
	ward_arena_init(&a, ward_mem_heap(), ARENA);
	ward_diag_init(&d, ward_mem_heap());
	c.n_note = c.n_sign = 0;
	if (ward_notice_read(WARD_STR("notes"), (struct ward_slice){data, size}, &lim, &a, &d,
		    &c) == WARD_OK) {
		const struct ward_notice_ask ask = {.c = &c, .p = &p, .lim = &lim};

		ward_notice_check(&c, &d);
		if (ward_notice_make(WARD_NOTICE_ETHICS, &ask, &x) == WARD_OK) {
			ward_doc_markdown(&x.doc, &w);
			WARD_ASSERT(c.n_note > 0 && w.len > 0);
		}
		ward_notice_fini(&x);
	}
	WARD_ASSERT(c.n_note <= WARD_NOTICE_NOTES && c.n_sign <= WARD_NOTICE_SIGNS);
	ward_wr_fini(&w);
	ward_diag_fini(&d);
	ward_arena_fini(&a);
	return 0;
}
