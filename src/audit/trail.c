#include "audit/trail.h"

#include <stdlib.h>

enum kind { SIGNED, FOUND, CODE, WITNESS };

struct ward_trail_expect {
	uint64_t n, row;
	struct ward_hash root;
	struct ward_code code;
	enum kind kind;
};

void ward_trail_init(
	struct ward_trail *c, const struct ward_mem *mem, ward_trail_fault_fn fault, void *ctx)
{
	*c = (struct ward_trail){.mem = mem, .fault = fault, .ctx = ctx};
	ward_ledger_init(&c->tree);
}

void ward_trail_fini(struct ward_trail *c)
{
	ward_mem_free(c->mem, c->expect, c->cap * sizeof(*c->expect));
	c->expect = NULL;
	c->n = c->cap = 0;
}

static void fault(struct ward_trail *c, const char *what, uint64_t row)
{
	c->n_fault++;
	c->fault(c->ctx, what, row);
}

static enum ward_err expect(struct ward_trail *c, const struct ward_trail_expect *e)
{
	enum ward_err err = ward_mem_more(
		c->mem, &c->expect, c->n, &c->cap, sizeof(*c->expect), WARD_TRAIL_HEADS);

	if (!err)
		c->expect[c->n++] = *e;
	return err;
}

/* Whether whoever signed it was the one to do so. */
static void check_signer(struct ward_trail *c, const struct ward_head *h, uint64_t row)
{
	struct ward_hash own;

	if (!ward_head_verify(h)) {
		fault(c, "a head whose signature is not its key's", row);
		return;
	}
	ward_head_log(h->key, 0, &own);
	if (!c->has_log) {
		if (!ward_hash_eq(&own, &h->tree.log))
			fault(c, "the first head is not of the log that its key began", row);
		memcpy(c->key, h->key, sizeof(c->key));
		c->log = h->tree.log;
		c->has_log = true;
	} else if (memcmp(h->key, c->key, sizeof(c->key)) != 0) {
		fault(c, "another key signs here, which the one before did not sign", row);
	} else if (!ward_hash_eq(&h->tree.log, &c->log)) {
		fault(c, "a head of another log", row);
	}
}

static void check_order(struct ward_trail *c, const struct ward_head *h, uint64_t row)
{
	if (h->what != WARD_HEAD_BREAK && h->tree.n >= row)
		fault(c, "a head of a tree with rows that came after it", row);
	if (c->n_head && !c->broken && h->tree.n < c->last.tree.n)
		fault(c, "a head of a smaller tree than the one before", row);
	if (c->n_head && h->tree.time < c->last.tree.time)
		fault(c, "a head that is older than the one before: the clock was put back", row);
}

enum ward_err ward_trail_head(struct ward_trail *c, struct ward_str json, uint64_t row)
{
	struct ward_trail_expect e = {.row = row, .kind = SIGNED};
	struct ward_head h;

	if (ward_head_read(json, &h)) {
		fault(c, "a row of the notary that it does not write", row);
		return WARD_OK;
	}
	check_signer(c, &h, row);
	check_order(c, &h, row);
	e.n = h.tree.n;
	e.root = h.tree.root;
	if (h.what == WARD_HEAD_TREE) {
		c->last = h;
		c->n_head++;
		c->broken = false;
	} else if (h.what == WARD_HEAD_KEY) {
		memcpy(c->key, h.next, sizeof(c->key));
		c->n_key++;
	} else {
		fault(c, "the notary says that the ledger did not go on here from what was signed",
			row);
		c->log = h.next_log;
		c->n_break++;
		c->broken = true;
		e.n = h.found;
		e.root = h.found_root;
		e.kind = FOUND;
	}
	return expect(c, &e);
}

enum ward_err ward_trail_code(struct ward_trail *c, const struct ward_code *code)
{
	return expect(c, &(struct ward_trail_expect){.n = code->n, .code = *code, .kind = CODE});
}

enum ward_err ward_trail_witness(struct ward_trail *c, const struct ward_head *head)
{
	if (!ward_head_verify(head))
		fault(c, "the witness's head has no valid signature: it was changed there", 0);
	return expect(c, &(struct ward_trail_expect){
				 .n = head->tree.n, .root = head->tree.root, .kind = WITNESS});
}

static int by_size(const void *a, const void *b)
{
	const struct ward_trail_expect *x = a, *y = b;

	return x->n < y->n ? -1 : x->n > y->n;
}

static void meet(struct ward_trail *c, const struct ward_trail_expect *e)
{
	struct ward_hash root;

	ward_ledger_root(&c->tree, &root);
	if (e->kind == CODE ? ward_code_fits(&e->code, c->tree.n, &root)
			    : ward_hash_eq(&e->root, &root))
		return;
	if (e->kind == CODE || e->kind == WITNESS)
		fault(c,
			"the ledger is not the one that the witness has: rows up to here were "
			"changed",
			e->n);
	else
		fault(c, "the rows before are not those that this head signs", e->row);
}

static void meet_all(struct ward_trail *c)
{
	for (; c->next < c->n && c->expect[c->next].n == c->tree.n; c->next++)
		meet(c, &c->expect[c->next]);
}

void ward_trail_leaf(struct ward_trail *c, const struct ward_hash *commitment)
{
	struct ward_hash leaf;

	if (c->tree.n == 0 && c->n) {
		qsort(c->expect, c->n, sizeof(*c->expect), by_size);
		meet_all(c);
	}
	ward_ledger_leaf(ward_slice_of(commitment->b, sizeof(commitment->b)), &leaf);
	ward_ledger_add(&c->tree, &leaf);
	meet_all(c);
}

void ward_trail_end(struct ward_trail *c)
{
	if (c->tree.n == 0)
		meet_all(c);
	for (; c->next < c->n; c->next++) {
		const struct ward_trail_expect *e = &c->expect[c->next];

		if (e->kind == CODE || e->kind == WITNESS)
			fault(c,
				"the ledger ends before what the witness has: rows are missing at "
				"its end, or it is an older copy",
				e->n);
		else
			fault(c, "a head of more rows than there are", e->row);
	}
}
