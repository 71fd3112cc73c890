#include "watch/sheet.h"

#include <sodium.h>

static const struct {
	const char *name;
	size_t most;
} parts[WARD_SHEET_N] = {
#define X(NAME, name, most) [WARD_SHEET_##NAME] = {name, most},
	WARD_SHEET_LIST(X)
#undef X
};

const char *ward_sheet_part_name(enum ward_sheet_part p)
{
	WARD_ASSERT((unsigned)p < WARD_SHEET_N);
	return parts[p].name;
}

void ward_sheet_begin(struct ward_sheet *s, const struct ward_mem *mem)
{
	*s = (struct ward_sheet){.text = ward_wr_grow(mem, WARD_SHEET_BYTES)};
}

/* So much room is left for what ward_sheet_end says. */
enum { MORE_BYTES = WARD_SHEET_MORE * 40 };

/* Cut between characters. */
static void put_cell(struct ward_wr *w, struct ward_str s)
{
	size_t n = s.len;

	if (n > WARD_SHEET_CELL) {
		n = WARD_SHEET_CELL;
		while (n && ((uint8_t)s.p[n] & 0xc0) == 0x80)
			n--;
	}
	for (size_t i = 0; i < n; i++) {
		uint8_t c = (uint8_t)s.p[i];

		ward_wr_u8(w, c == '|' || c == '\\' ? '/' : c == '"' ? '\'' : c < ' ' ? ' ' : c);
	}
}

void ward_sheet_line(
	struct ward_sheet *s, enum ward_sheet_part p, const struct ward_str *cell, size_t n)
{
	WARD_ASSERT((unsigned)p < WARD_SHEET_N && n && n <= WARD_SHEET_CELLS);
	char line[WARD_SHEET_CELLS * (WARD_SHEET_CELL + 1) + 16];
	struct ward_wr w = ward_wr_fixed(line, sizeof(line));

	s->n[p]++;
	if (s->kept[p] == parts[p].most)
		return;
	ward_wr_z(&w, parts[p].name);
	for (size_t i = 0; i < n; i++) {
		ward_wr_ch(&w, '|');
		put_cell(&w, cell[i]);
	}
	ward_wr_ch(&w, '\n');
	WARD_ASSERT(!ward_wr_bad(&w));
	if (s->text.len + w.len + MORE_BYTES > WARD_SHEET_BYTES)
		return;
	ward_wr_str(&s->text, ward_wr_text(&w));
	s->kept[p]++;
}

struct ward_str ward_sheet_end(struct ward_sheet *s)
{
	for (unsigned p = 0; p < WARD_SHEET_MORE; p++)
		if (s->n[p] > s->kept[p])
			ward_wr_printf(
				&s->text, "more|%s|%zu\n", parts[p].name, s->n[p] - s->kept[p]);
	return ward_wr_text(&s->text);
}

void ward_sheet_fini(struct ward_sheet *s)
{
	ward_wr_fini(&s->text);
}

static bool counts_on(struct ward_str line)
{
	return ward_str_starts(line, WARD_STR("held|")) ||
	       ward_str_starts(line, WARD_STR("more|held|"));
}

void ward_sheet_hash(struct ward_str text, char ret[WARD_SHEET_HASH])
{
	uint8_t hash[32];
	crypto_hash_sha256_state sha;
	struct ward_wr w = ward_wr_fixed(ret, WARD_SHEET_HASH - 1);

	(void)crypto_hash_sha256_init(&sha);
	while (text.len) {
		struct ward_str rest = text;
		struct ward_str line = ward_str_cut(&rest, '\n');

		if (!counts_on(line)) /* with its end, where it has one */
			(void)crypto_hash_sha256_update(
				&sha, (const uint8_t *)text.p, text.len - rest.len);
		text = rest;
	}
	(void)crypto_hash_sha256_final(&sha, hash);
	ward_wr_hex(&w, ward_slice_of(hash, sizeof(hash)));
	ret[WARD_SHEET_HASH - 1] = 0;
}

bool ward_sheet_next(struct ward_str *rest, enum ward_sheet_part *ret_part,
	struct ward_str cell[WARD_SHEET_CELLS], size_t *ret_n)
{
	if (!rest->len)
		return false;
	struct ward_str line = ward_str_cut(rest, '\n'), name = ward_str_cut(&line, '|');
	unsigned p = 0;
	size_t n = 0;

	while (p < WARD_SHEET_N && !ward_str_eqz(name, parts[p].name))
		p++;
	if (p == WARD_SHEET_N || !line.p)
		return false;
	while (line.p && n < WARD_SHEET_CELLS)
		cell[n++] = ward_str_cut(&line, '|');
	for (size_t i = n; i < WARD_SHEET_CELLS; i++)
		cell[i] = WARD_STR("");
	*ret_part = (enum ward_sheet_part)p;
	*ret_n = n;
	return true;
}

void ward_sheet_put_args(struct ward_str text, struct ward_json *j)
{
	struct ward_str rest = text;
	enum ward_sheet_part open = WARD_SHEET_N;

	while (rest.len) {
		struct ward_str line = ward_str_cut(&rest, '\n'), name = ward_str_cut(&line, '|');
		unsigned p = 0;

		while (p < WARD_SHEET_N && !ward_str_eqz(name, parts[p].name))
			p++;
		if (p == WARD_SHEET_N || !line.p)
			continue;
		if (p != open) {
			if (open != WARD_SHEET_N)
				ward_json_arr_end(j);
			ward_json_key(j, parts[p].name);
			ward_json_arr(j);
			open = (enum ward_sheet_part)p;
		}
		ward_json_str(j, line);
	}
	if (open != WARD_SHEET_N)
		ward_json_arr_end(j);
}

void ward_sheet_of_args(const struct ward_conf *args, struct ward_wr *ret)
{
	for (unsigned p = 0; p < WARD_SHEET_N; p++) {
		const struct ward_conf *list = ward_conf_get(args, parts[p].name);

		for (const struct ward_conf *x = list ? list->child : NULL; x; x = x->next) {
			if (x->kind != WARD_CONF_SCALAR ||
				ward_str_find(x->text, WARD_STR("\n")) != SIZE_MAX)
				continue;
			ward_wr_z(ret, parts[p].name);
			ward_wr_ch(ret, '|');
			ward_wr_str(ret, x->text);
			ward_wr_ch(ret, '\n');
		}
	}
}
