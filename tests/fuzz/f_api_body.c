#include "fuzz.h"

#include "run/proc/api_body.h"

/* What is taken of an object lies within it or its unescaped texts, and names come once. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len), *room = malloc(len + 1);
	struct ward_wr scratch = ward_wr_fixed(room, len);
	struct serve_body b;

	WARD_ASSERT(room);
	const char *why = serve_body_read(ward_slice_of(copy, len), &scratch, &b);

	WARD_ASSERT(b.n <= SERVE_MEMBERS);
	for (size_t i = 0; !why && i < b.n; i++) {
		const struct serve_member *m = &b.member[i];

		WARD_ASSERT(ward_utf8_valid(ward_str_bytes(m->value), NULL));
		WARD_ASSERT(ward_utf8_valid(ward_str_bytes(m->name), NULL));
		WARD_ASSERT(m->kind == '"' || m->kind == '0' ||
			    (m->value.len >= 2 && m->value.p[0] == m->kind));
		for (size_t k = 0; k < i; k++)
			WARD_ASSERT(!ward_str_eq(b.member[k].name, m->name));
	}
	(void)serve_body_text(&b, "id");
	(void)serve_body_object(&b, "args");
	free(room);
	free(copy);
	return 0;
}
