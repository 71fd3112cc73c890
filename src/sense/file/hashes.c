#include "sense/file/hashes.h"

#include <stdlib.h>

static const size_t lengths[WARD_HASH_N] = {16, 20, 32};

size_t ward_hash_length(enum ward_hash_of of)
{
	return lengths[of];
}

void ward_hashes_init(struct ward_hashes *h, const struct ward_mem *mem, struct ward_arena *arena)
{
	*h = (struct ward_hashes){.mem = mem, .arena = arena};
}

void ward_hashes_fini(struct ward_hashes *h)
{
	ward_mem_free(h->mem, h->row, h->cap * sizeof(*h->row));
	ward_hashes_init(h, h->mem, h->arena);
}

static enum ward_err add(struct ward_hashes *h, const struct ward_limits *lim, struct ward_str hex,
	struct ward_str what, bool *ret_is)
{
	struct ward_hash_row row = {.of = 0};
	size_t of = 0;

	while (of < WARD_HASH_N && hex.len != 2 * lengths[of])
		of++;
	*ret_is = of < WARD_HASH_N && ward_str_unhex(hex, row.hash, lengths[of]);
	if (!*ret_is)
		return WARD_OK;
	row.of = (uint8_t)of;
	row.what = ward_arena_str(h->arena, what);
	enum ward_err err = row.what.p ? ward_mem_more(h->mem, &h->row, h->n, &h->cap, sizeof(row),
						 ward_limit(lim, WARD_LIMIT_FILE_HASHES))
				       : WARD_ERR_NOMEM;

	if (err)
		return err;
	h->row[h->n++] = row;
	h->of[of] = true;
	return WARD_OK;
}

static struct ward_str word(struct ward_str *line)
{
	size_t n = 0;

	while (n < line->len && line->p[n] != ' ' && line->p[n] != '\t')
		n++;
	struct ward_str w = ward_str_sub(*line, 0, n);

	*line = ward_str_trim(ward_str_sub(*line, n, SIZE_MAX));
	return w;
}

static void say_full(struct ward_diag *diag, struct ward_str file, uint32_t line)
{
	ward_diag_addf(diag, WARD_DIAG_ERROR, file, line, "%s\n%s",
		WARD_TEXT("there are more hashes than file.hashes allows"),
		WARD_TEXT("raise file.hashes in limits.yml, or leave old ones out"));
}

enum ward_err ward_hashes_pick(struct ward_hashes *h, const struct ward_limits *lim,
	struct ward_str file, struct ward_slice lines, struct ward_diag *diag)
{
	struct ward_str rest = ward_slice_text(lines);
	enum ward_err err = WARD_OK;

	while (rest.len && !err) {
		struct ward_str line = ward_str_cut(&rest, '\n'), hex = ward_str_cut(&line, '\t');
		bool is;

		err = add(h, lim, hex, line.len ? line : hex, &is);
	}
	if (err == WARD_ERR_LIMIT)
		say_full(diag, file, 1);
	return err;
}

enum ward_err ward_hashes_read(struct ward_hashes *h, const struct ward_limits *lim,
	struct ward_str file, struct ward_slice text, struct ward_diag *diag)
{
	struct ward_str rest = ward_slice_text(text);
	enum ward_err err = WARD_OK;

	for (uint32_t n = 1; rest.len && !err; n++) {
		struct ward_str line = ward_str_trim(ward_str_cut(&rest, '\n')), hex;
		bool is = true;

		if (!line.len || line.p[0] == '#')
			continue;
		hex = word(&line);
		if (ward_utf8_valid(ward_str_bytes(line), NULL))
			err = add(h, lim, hex, line.len ? line : hex, &is);
		else
			is = false;
		if (!is)
			ward_diag_addf(diag, WARD_DIAG_ERROR, file, n, "%s\n%s",
				WARD_TEXT("this line holds no hash of a file"),
				WARD_TEXT("write SHA-256, SHA-1 or MD5 in hex, a blank, and what "
					  "it is"));
		if (err == WARD_ERR_LIMIT)
			say_full(diag, file, n);
	}
	return err;
}

static int by_hash(const void *a, const void *b)
{
	const struct ward_hash_row *x = a, *y = b;

	return x->of != y->of ? (x->of < y->of ? -1 : 1)
			      : memcmp(x->hash, y->hash, sizeof(x->hash));
}

void ward_hashes_ready(struct ward_hashes *h)
{
	if (h->n)
		qsort(h->row, h->n, sizeof(*h->row), by_hash);
}

const struct ward_hash_row *ward_hashes_find(
	const struct ward_hashes *h, enum ward_hash_of of, const uint8_t *hash)
{
	struct ward_hash_row key = {.of = (uint8_t)of};

	if (!h->of[of])
		return NULL;
	memcpy(key.hash, hash, lengths[of]);
	return bsearch(&key, h->row, h->n, sizeof(*h->row), by_hash);
}
