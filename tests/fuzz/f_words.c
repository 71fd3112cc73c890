#include "fuzz.h"

#include "words/words.h"

/* A language's file is read or refused with a finding; each text that it gives is whole UTF-8 in
 * one line, and fills its slots within bounds. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_lang *l = NULL;
	struct ward_limits lim;
	struct ward_diag d;
	struct ward_str english;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);
	enum ward_err err;

	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	err = ward_lang_read(
		(struct ward_slice){copy, len}, WARD_STR("fuzz"), &lim, ward_mem_heap(), &d, &l);
	WARD_ASSERT((err == WARD_ERR_CONFIG) == (d.n_error > 0));
	WARD_ASSERT((l != NULL) == (err == WARD_OK));
	free(copy); /* the language owns its texts */
	for (size_t i = 0; ward_lang_at(l, i, &english); i++) {
		struct ward_str text = ward_lang_text(l, english), rest = text, literal, slot;
		const struct ward_word_slot one = {"n", WARD_STR("{n}")};
		size_t n_slot = 0, before = w.len;

		WARD_ASSERT(ward_utf8_valid(ward_str_bytes(text), NULL));
		WARD_ASSERT(text.len > 0 && text.len <= WARD_WORDS_BYTES_MAX);
		while (ward_words_next(&rest, &literal, &slot))
			n_slot += slot.len > 0;
		WARD_ASSERT(n_slot <= WARD_WORDS_SLOTS_MAX);
		ward_say_text(&w, text, &one, 1); /* in braces again: as long as it was */
		WARD_ASSERT(w.len - before == text.len);
		ward_say_inner(&w, text);
	}
	WARD_ASSERT(ward_lang_missing(l) == 0);
	WARD_ASSERT(!ward_wr_bad(&w));
	ward_wr_fini(&w);
	ward_lang_free(l);
	ward_diag_fini(&d);
	return 0;
}
