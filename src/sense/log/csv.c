#include "sense/log/csv.h"

#include "sense/log/syslog_part.h"

char ward_csv_separator(struct ward_str header)
{
	static const char choice[] = {',', ';', '\t'};
	size_t n[WARD_ARRAY_LEN(choice)] = {0}, best = 0;
	bool quoted = false;

	for (size_t i = 0; i < header.len; i++) {
		if (header.p[i] == '"')
			quoted = !quoted;
		for (size_t k = 0; !quoted && k < WARD_ARRAY_LEN(choice); k++)
			n[k] += header.p[i] == choice[k];
	}
	for (size_t k = 1; k < WARD_ARRAY_LEN(choice); k++)
		if (n[k] > n[best])
			best = k;
	return choice[best];
}

/* Where the row ends: its LF, or the end. False: further on. */
static bool row_end(struct ward_str s, bool end, size_t *ret, bool *ret_open)
{
	bool quoted = false;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"')
			quoted = !quoted; /* "" twice: as before */
		if (s.p[i] == '\n' && !quoted) {
			*ret = i;
			return true;
		}
	}
	*ret = s.len;
	*ret_open = quoted;
	return end;
}

/* Without its quotes, and "" as ". */
static enum ward_err unquote(struct ward_str *s, struct ward_arena *arena)
{
	size_t n = 0;
	char *p;

	if (s->len < 2 || s->p[0] != '"')
		return WARD_OK;
	*s = ward_str_sub(*s, 1, s->len);
	if (s->p[s->len - 1] == '"')
		s->len--;
	if (!memchr(s->p, '"', s->len))
		return WARD_OK;
	p = ward_arena_alloc(arena, s->len);
	if (!p)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < s->len; i++) {
		p[n++] = s->p[i];
		if (s->p[i] == '"' && i + 1 < s->len && s->p[i + 1] == '"')
			i++;
	}
	*s = (struct ward_str){p, n};
	return WARD_OK;
}

/* The cell before the next separator outside of quotes; *rest goes on behind it, p NULL at the end.
 */
static struct ward_str take_cell(struct ward_str *rest, char separator)
{
	struct ward_str s = *rest;
	bool quoted = false;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"')
			quoted = !quoted;
		if (s.p[i] == separator && !quoted) {
			*rest = ward_str_sub(s, i + 1, s.len);
			if (!rest->p)
				rest->p = "";
			return ward_str_sub(s, 0, i);
		}
	}
	*rest = (struct ward_str){NULL, 0};
	return s;
}

enum ward_err ward_csv_next(struct ward_slice bytes, bool end, char separator,
	struct ward_arena *arena, struct ward_csv_row *ret, size_t *ret_used)
{
	struct ward_str s = ward_slice_text(bytes);
	size_t stop;
	enum ward_err err = WARD_OK;

	ret->n = 0;
	ret->open = ret->repaired = false;
	if (!row_end(s, end, &stop, &ret->open))
		return WARD_ERR_MORE;
	*ret_used = stop + (stop < s.len);
	s.len = stop;
	if (s.len && s.p[s.len - 1] == '\r')
		s.len--;
	if (!s.len)
		return WARD_OK;
	while (!err && s.p) { /* each turn takes a separator, or is the last */
		struct ward_str cell = take_cell(&s, separator);

		if (ret->n == WARD_CSV_CELLS)
			return WARD_ERR_LIMIT;
		err = unquote(&cell, arena);
		if (!err && !ward_utf8_valid(ward_str_bytes(cell), NULL)) {
			ret->repaired = true;
			err = ward_syslog_repair(cell, arena, &cell);
		}
		ret->cell[ret->n++] = cell;
	}
	return err;
}
