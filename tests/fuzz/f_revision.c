/* A list of versions and a manifest, read as bytes that somebody changed, are written as what is
 * read again; and how two texts differ has each line of both, in order. */
#include "fuzz.h"

#include "revision/diff.h"
#include "revision/revision.h"

enum { BYTES = 4 << 20 };

static void manifest(struct ward_arena *a, struct ward_slice s)
{
	struct ward_rd r = ward_rd_slice(s);
	struct ward_wr one = ward_wr_grow(ward_mem_heap(), BYTES),
		       two = ward_wr_grow(ward_mem_heap(), BYTES);
	struct ward_revision_tree t;

	if (ward_revision_get_tree(&r, a, &t) == WARD_OK) {
		ward_revision_put_tree(&one, &t);
		for (size_t i = 0; i < t.n; i++)
			WARD_ASSERT(ward_revision_find(&t, t.file[i].path) == &t.file[i]);
		r = ward_rd_slice(ward_wr_slice(&one));
		WARD_ASSERT(ward_revision_get_tree(&r, a, &t) == WARD_OK);
		ward_revision_put_tree(&two, &t);
		WARD_ASSERT(one.len == two.len && (!one.len || memcmp(one.p, two.p, one.len) == 0));
	}
	ward_wr_fini(&one);
	ward_wr_fini(&two);
}

static void list(struct ward_arena *a, struct ward_str s)
{
	struct ward_revision_version *v, again;
	size_t n = 0, line = 0;
	enum ward_err err = ward_revision_get_list(s, a, &v, &n, &line);

	for (size_t i = 0; !err && i < n; i++) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), BYTES);

		ward_revision_put_version(&w, &v[i]);
		struct ward_str text = ward_wr_text(&w);

		WARD_ASSERT(v[i].number == i + 1);
		WARD_ASSERT(
			ward_revision_get_version(ward_str_cut(&text, '\n'), &again) == WARD_OK);
		WARD_ASSERT(again.taken == v[i].taken && again.number == v[i].number);
		ward_wr_fini(&w);
	}
}

/* Lines with a sign of one text, in order, are lines of it. */
static void is_in(const struct ward_diff *d, char sign, struct ward_str text)
{
	size_t at = 1;
	struct ward_str line = {NULL, 0};

	for (size_t h = 0; h < d->n; h++) {
		const struct ward_diff_hunk *k = &d->hunk[h];
		size_t from = sign == '-' ? k->from : k->to;

		for (; at < from; at++)
			line = ward_str_cut(&text, '\n');
		for (size_t i = 0; i < k->n; i++) {
			if (k->line[i].sign != ' ' && k->line[i].sign != sign)
				continue;
			line = ward_str_cut(&text, '\n');
			at++;
			WARD_ASSERT(ward_str_eq(line, k->line[i].text));
		}
	}
}

static void differ(struct ward_arena *a, struct ward_str s)
{
	struct ward_str to = s, from = ward_str_cut(&to, '\0');
	struct ward_diff d;

	if (!to.p || ward_diff_lines(from, to, WARD_DIFF_AROUND, a, &d) != WARD_OK)
		return;
	is_in(&d, '-', from);
	is_in(&d, '+', to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_str s = {(const char *)copy, len};
	struct ward_arena a;

	ward_arena_init(&a, ward_mem_heap(), (size_t)64 << 20);
	manifest(&a, ward_str_bytes(s));
	list(&a, s);
	differ(&a, s);
	ward_arena_fini(&a);
	free(copy);
	return 0;
}
