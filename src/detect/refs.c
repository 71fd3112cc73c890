#include "detect/refs.h"

#include "detect/rule.h"

enum { PART = 120 };

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Part by part, each with the hash of what was before it. */
static uint64_t hash_of(const struct ward_refs *t, struct ward_str s, bool is_id)
{
	char buf[sizeof(uint64_t) + PART];
	uint64_t h = is_id;

	do {
		size_t n = s.len < PART ? s.len : PART;

		memcpy(buf, &h, sizeof(h));
		for (size_t i = 0; i < n; i++)
			buf[sizeof(h) + i] = is_id ? fold(s.p[i]) : s.p[i];
		h = ward_siphash(t->seed, buf, sizeof(h) + n);
		s = ward_str_sub(s, n, s.len);
	} while (s.len);
	return h;
}

/* The slot with it, or the empty one where it would stand. */
static size_t slot_of(const struct ward_refs *t, struct ward_str s, bool is_id, uint64_t hash)
{
	size_t i = hash & (t->n_slot - 1);

	for (; t->slot[i]; i = (i + 1) & (t->n_slot - 1)) {
		const struct ward_ref *r = &t->ref[t->slot[i] - 1];

		if (r->hash == hash && r->is_id == is_id &&
			(is_id ? ward_str_ieq(r->text, s) : ward_str_eq(r->text, s)))
			break;
	}
	return i;
}

/* Room for one more, at most half full. */
static enum ward_err grow(struct ward_ruleset *rs)
{
	struct ward_refs *t = &rs->refs;
	size_t n_slot = t->n_slot ? 2 * t->n_slot : 64;

	if (2 * (t->n + 1) <= t->n_slot)
		return WARD_OK;
	uint32_t *slot = ward_mem_alloc(rs->mem, n_slot * sizeof(*slot));

	if (!slot)
		return WARD_ERR_NOMEM;
	if (!t->n_slot)
		t->seed = ward_seed_random();
	ward_mem_free(rs->mem, t->slot, t->n_slot * sizeof(*slot));
	t->slot = slot;
	t->n_slot = n_slot;
	for (size_t i = 0; i < n_slot; i++)
		slot[i] = 0;
	for (size_t i = 0; i < t->n; i++) {
		size_t at = t->ref[i].hash & (n_slot - 1);

		while (slot[at])
			at = (at + 1) & (n_slot - 1);
		slot[at] = (uint32_t)i + 1;
	}
	return WARD_OK;
}

static enum ward_err put(
	struct ward_ruleset *rs, struct ward_str text, bool is_id, bool filter, uint32_t at)
{
	struct ward_refs *t = &rs->refs;
	enum ward_err err = text.len ? grow(rs) : WARD_OK;

	if (err || !text.len)
		return err;
	uint64_t hash = hash_of(t, text, is_id);
	size_t i = slot_of(t, text, is_id, hash);

	if (t->slot[i]) {
		struct ward_ref *r = &t->ref[t->slot[i] - 1];

		if (r->rule == WARD_NONE && !filter)
			r->rule = at;
		return WARD_OK;
	}
	err = ward_mem_more(rs->mem, &t->ref, t->n, &t->cap, sizeof(*t->ref), UINT32_MAX);
	if (err)
		return err;
	t->ref[t->n++] = (struct ward_ref){text, is_id, hash, at, filter ? WARD_NONE : at};
	t->slot[i] = (uint32_t)t->n;
	return WARD_OK;
}

enum ward_err ward_refs_add(struct ward_ruleset *rs, const struct ward_rule *r, uint32_t at)
{
	bool filter = r->filter != NULL;
	enum ward_err err = put(rs, r->id, true, filter, at);

	return err ? err : put(rs, r->name, false, filter, at);
}

const struct ward_ref *ward_refs_find(
	const struct ward_ruleset *rs, struct ward_str text, bool is_id)
{
	const struct ward_refs *t = &rs->refs;

	if (!t->n || !text.len)
		return NULL;
	size_t i = slot_of(t, text, is_id, hash_of(t, text, is_id));

	return t->slot[i] ? &t->ref[t->slot[i] - 1] : NULL;
}

void ward_refs_fini(struct ward_ruleset *rs)
{
	ward_mem_free(rs->mem, rs->refs.ref, rs->refs.cap * sizeof(*rs->refs.ref));
	ward_mem_free(rs->mem, rs->refs.slot, rs->refs.n_slot * sizeof(*rs->refs.slot));
}
