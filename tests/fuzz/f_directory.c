/* Where a hospital's own directory is, as it writes it: what loads can be asked, and gives what
 * there is. */
#include "fuzz.h"

#include "../unit/model/lab.h"
#include "directory/directory.h"

static struct lab l; /* loaded once: it only answers */

static void check(const struct ward_directory *d)
{
	WARD_ASSERT(d->kind && d->name.len && d->at.host.len && d->at.port);
	WARD_ASSERT(d->at.host.len <= WARD_DIRECTORY_HOST && d->person.len && d->groups_from.len);
	WARD_ASSERT(d->unconfirmed >= 60 * WARD_NS_PER_S);
	if (d->kind == WARD_DIRECTORY_OIDC)
		WARD_ASSERT(d->client.len && d->issuer.len && d->address.len && d->n_scope);
	else
		WARD_ASSERT(d->bind.len && d->base.len && d->secret_file.len);
	for (size_t i = 0; i < d->n_group; i++) {
		const struct ward_directory_group *g = &d->group[i];

		WARD_ASSERT(
			g->name.len && g->gives.n_role && g->gives.n_place <= WARD_PERSON_PLACES);
		for (size_t k = 0; k < g->gives.n_role; k++)
			WARD_ASSERT(ward_model_node(l.m, g->gives.role[k])->kind == WARD_NODE_ROLE);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_directory x;
	struct ward_diag d;

	WARD_ASSERT(l.m || lab_load(&l, ward_mem_heap(), NULL, "more.yml",
				   "roles: [{id: guard, name: Guard}]\n") == WARD_OK);
	ward_diag_init(&d, ward_mem_heap());
	const struct ward_directory_in in = {l.m, NULL, &l.lim, ward_mem_heap(), &d};
	enum ward_err err =
		ward_directory_read(&in, WARD_STR("directory.yml"), ward_slice_of(copy, len), &x);

	WARD_ASSERT(err == WARD_OK || ward_err_class(err) == WARD_ERR_CLASS_INPUT);
	WARD_ASSERT((err == WARD_OK) == !d.n_error);
	if (!err)
		check(&x);
	ward_directory_free(&x);
	ward_diag_fini(&d);
	free(copy);
	return 0;
}
