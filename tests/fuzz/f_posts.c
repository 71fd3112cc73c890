/* Posts as a hospital writes them: each has an id of its own, roles that there are, and no more
 * places than it may. */
#include "fuzz.h"

#include "../unit/model/lab.h"
#include "watch/posts.h"

static struct lab l; /* loaded once: it only answers */

static void check(const struct ward_watchposts *all, size_t k)
{
	const struct ward_watchpost *p = &all->at[k];

	WARD_ASSERT(p->id.len && p->id.len <= WARD_WATCHPOST_ID && p->line);
	WARD_ASSERT(p->name.len && p->name.len <= WARD_WATCHPOST_TEXT);
	WARD_ASSERT(p->n_role && p->n_role <= WARD_WATCHPOST_ROLES &&
		    p->n_place <= WARD_WATCHPOST_PLACES);
	for (size_t i = 0; i < p->n_role; i++)
		WARD_ASSERT(ward_model_node(l.m, p->role[i])->kind == WARD_NODE_ROLE &&
			    ward_watchpost_has_role(p, l.m, ward_model_node(l.m, p->role[i])->id));
	for (size_t i = 0; i < p->n_place; i++)
		WARD_ASSERT(ward_model_node(l.m, p->place[i])->id.len);
	WARD_ASSERT(ward_watchpost_find(all, p->id) == p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_watchposts p = {.n = 0};
	struct ward_diag d;

	WARD_ASSERT(l.m || lab_load(&l, ward_mem_heap(), NULL, "more.yml",
				   "roles:\n  - {id: guard, name: Guard}\n") == WARD_OK);
	ward_diag_init(&d, ward_mem_heap());
	const struct ward_watchpost_in in = {l.m, &l.lim, ward_mem_heap(), &d};
	enum ward_err err =
		ward_watchpost_read(&in, WARD_STR("posts.yml"), ward_slice_of(copy, len), &p);

	WARD_ASSERT((err == WARD_OK) == !d.n_error);
	WARD_ASSERT(p.n <= WARD_WATCHPOST_MAX);
	for (size_t i = 0; i < p.n; i++)
		check(&p, i);
	ward_watchpost_free(&p);
	ward_diag_fini(&d);
	free(copy);
	return 0;
}
