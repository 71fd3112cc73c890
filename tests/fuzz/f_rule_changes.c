/* Any YAML, taken as the document of a rule: written again it is the same, and every change of it
 * is a document, too, unless a key then stands twice. */
#include "fuzz.h"

#include "craft/craft.h"

enum { DEPTH = 64, CHANGES = 256 };

struct fuzz_changes {
	const struct ward_conf *doc;
	struct ward_limits lim;
	size_t n;
};

static bool same_node(const struct ward_conf *a, const struct ward_conf *b)
{
	return a->kind == b->kind && a->n_child == b->n_child && ward_str_eq(a->key, b->key) &&
	       (a->kind != WARD_CONF_SCALAR || ward_str_eq(a->text, b->text));
}

/* Both trees in step; the limit of nesting bounds the stack. */
static bool same(const struct ward_conf *a, const struct ward_conf *b)
{
	const struct ward_conf *left[DEPTH], *right[DEPTH];
	size_t depth = 0;

	if (!same_node(a, b))
		return false;
	left[0] = a->child;
	right[0] = b->child;
	while (true) {
		const struct ward_conf *x = left[depth], *y = right[depth];

		if (!x || !y) {
			if (x || y)
				return false;
			if (!depth--)
				return true;
			continue;
		}
		if (!same_node(x, y))
			return false;
		left[depth] = x->next;
		right[depth] = y->next;
		WARD_ASSERT(++depth < DEPTH);
		left[depth] = x->child;
		right[depth] = y->child;
	}
}

/* Writes the document and reads it again; NULL when it was refused. */
static const struct ward_conf *again(
	struct fuzz_changes *f, struct ward_arena *a, const struct ward_craft_change *change)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);
	struct ward_diag d;
	const struct ward_conf *docs = NULL;

	ward_diag_init(&d, ward_mem_heap());
	ward_craft_write(&w, f->doc, change);
	WARD_ASSERT(!ward_wr_bad(&w));
	enum ward_err err =
		ward_conf_yaml(a, &f->lim, WARD_STR("again"), ward_wr_slice(&w), &d, &docs);

	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_CONFIG);
	ward_diag_fini(&d);
	ward_wr_fini(&w);
	return err ? NULL : docs->child;
}

static enum ward_err changed(
	void *ctx, const struct ward_craft_change *change, struct ward_str what)
{
	struct fuzz_changes *f = ctx;
	struct ward_arena a;

	if (f->n++ == CHANGES)
		return WARD_ERR_LIMIT;
	WARD_ASSERT(what.len > 0 && change->how != WARD_CRAFT_SAME);
	ward_arena_init(&a, ward_mem_heap(), 64 << 20);
	const struct ward_conf *doc = again(f, &a, change);

	/* A key that is written otherwise may be there already, or be too long. */
	WARD_ASSERT(doc || change->how == WARD_CRAFT_KEY);
	ward_arena_fini(&a);
	return WARD_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct fuzz_changes f = {.n = 0};
	const struct ward_conf *docs = NULL;
	struct ward_arena a, b;
	struct ward_diag d;

	ward_limits_default(&f.lim);
	ward_arena_init(&a, ward_mem_heap(), 16 << 20);
	ward_arena_init(&b, ward_mem_heap(), 64 << 20);
	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err = ward_conf_yaml(
		&a, &f.lim, WARD_STR("fuzz"), (struct ward_slice){copy, len}, &d, &docs);

	for (const struct ward_conf *doc = err ? NULL : docs->child; doc; doc = doc->next) {
		f.doc = doc;
		const struct ward_conf *read = again(&f, &b, NULL);

		WARD_ASSERT(read && same(doc, read));
		err = ward_craft_changes(doc, changed, &f);
		WARD_ASSERT(err == WARD_OK || err == WARD_ERR_LIMIT || err == WARD_ERR_NOMEM);
	}
	ward_diag_fini(&d);
	ward_arena_fini(&b);
	ward_arena_fini(&a);
	free(copy);
	return 0;
}
