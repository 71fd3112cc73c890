#include "audit/found.h"

static const struct ward_str begins = {"{\"kind\":\"head\",\"what\":\"", 23};

/* A JSON string in which a head stands has a backslash before each of its quotes; a head has none
 * of its own. */
static void plain(struct ward_slice bytes, struct ward_wr *w)
{
	for (size_t i = 0; i < bytes.len; i++) {
		size_t n = i;

		while (n < bytes.len && bytes.p[n] == '\\')
			n++;
		if (n > i && n < bytes.len && bytes.p[n] == '"')
			i = n;
		while (i + 1 < n) /* as they stand; each once */
			ward_wr_ch(w, (char)bytes.p[i++]);
		ward_wr_ch(w, (char)bytes.p[i]);
	}
}

static bool is_of_code(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '-';
}

/* 32 characters in groups of four, as they are written (never as people type them). */
static bool looks_like_code(struct ward_str s)
{
	bool ok = s.len == WARD_CODE_TEXT - 1;

	for (size_t i = 0; ok && i < s.len; i++)
		ok = (i % 5 == 4) == (s.p[i] == '-');
	return ok;
}

static enum ward_err take_head(struct ward_found *f, struct ward_str text, size_t *ret_len)
{
	size_t end = ward_str_find(ward_str_sub(text, 0, WARD_HEAD_JSON_MAX), WARD_STR("}"));
	struct ward_head h;

	*ret_len = begins.len;
	if (end == SIZE_MAX || ward_head_read(ward_str_sub(text, 0, end + 1), &h) != WARD_OK) {
		f->n_bad++;
		return WARD_OK;
	}
	*ret_len = end + 1;
	if (h.what != WARD_HEAD_TREE)
		return WARD_OK;
	f->n_head++;
	return f->head(f->ctx, &h);
}

static enum ward_err take_code(struct ward_found *f, struct ward_str word)
{
	struct ward_code c;

	if (!looks_like_code(word))
		return WARD_OK;
	if (ward_code_read(word, &c) != WARD_OK) {
		f->n_bad++;
		return WARD_OK;
	}
	f->n_code++;
	return f->code(f->ctx, &c);
}

enum ward_err ward_found_in(
	struct ward_found *f, const struct ward_mem *mem, struct ward_slice bytes)
{
	struct ward_wr w = ward_wr_grow(mem, bytes.len + 1);
	enum ward_err err = WARD_OK;

	plain(bytes, &w);
	if (ward_wr_bad(&w)) {
		ward_wr_fini(&w);
		return WARD_ERR_NOMEM;
	}
	struct ward_str rest = ward_wr_text(&w);

	while (!err && rest.len) {
		size_t n = 0;

		if (ward_str_starts(rest, begins)) {
			err = take_head(f, rest, &n);
		} else {
			while (n < rest.len && is_of_code(rest.p[n]))
				n++;
			err = n ? take_code(f, ward_str_sub(rest, 0, n)) : WARD_OK;
			n = n ? n : 1;
		}
		rest = ward_str_sub(rest, n, rest.len);
	}
	ward_wr_fini(&w);
	return err;
}
