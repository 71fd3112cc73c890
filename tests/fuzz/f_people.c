/* People as a hospital writes them: each is somebody of their own, in roles that there are. */
#include "fuzz.h"

#include "../unit/model/lab.h"
#include "desk/people.h"

static struct lab l; /* loaded once: it only answers */

static void check(const struct ward_people *all, size_t k)
{
	const struct ward_person *p = &all->p[k];

	WARD_ASSERT(p->id.len && p->id.len <= WARD_PERSON_ID && p->name.len && p->line);
	WARD_ASSERT(
		p->n_role && p->n_role <= WARD_PERSON_ROLES && p->n_place <= WARD_PERSON_PLACES);
	for (size_t i = 0; i < p->n_role; i++)
		WARD_ASSERT(ward_model_node(l.m, p->role[i])->kind == WARD_NODE_ROLE);
	for (size_t i = 0; i < p->n_place; i++)
		WARD_ASSERT(ward_model_node(l.m, p->place[i])->id.len);
	for (size_t i = 0; i < k; i++)
		WARD_ASSERT(!ward_str_eq(all->p[i].id, p->id) &&
			    (!p->user.len || !ward_str_eq(all->p[i].user, p->user)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_people p;
	struct ward_diag d;

	WARD_ASSERT(l.m || lab_load(&l, ward_mem_heap(), NULL, "more.yml",
				   "roles: [{id: guard, name: Guard}]\n") == WARD_OK);
	ward_diag_init(&d, ward_mem_heap());
	const struct ward_people_in in = {l.m, &l.lim, ward_mem_heap(), &d};
	enum ward_err err =
		ward_people_read(&in, WARD_STR("people.yml"), ward_slice_of(copy, len), &p);

	WARD_ASSERT(err == WARD_OK || ward_err_class(err) == WARD_ERR_CLASS_INPUT);
	WARD_ASSERT((err == WARD_OK) == !d.n_error);
	for (size_t k = 0; !err && k < p.n; k++)
		check(&p, k);
	ward_people_free(&p);
	ward_diag_fini(&d);
	free(copy);
	return 0;
}
