#include "fuzz.h"

#include "../unit/model/lab.h"

/* One file on top of a small hospital. The first byte says which list's table it is, or YAML. What
 * was built, errors or not, answers every question within its bounds. */
static void ask(const struct ward_model *m)
{
	for (uint32_t i = 0; i < ward_model_n(m); i++) {
		const struct ward_node *node = ward_model_node(m, i);
		size_t n;

		WARD_ASSERT(ward_model_find(m, node->id) == i);
		(void)ward_model_up(m, i, WARD_NODE_SITE);
		const struct ward_rel *r = ward_model_out(m, i, &n);

		for (size_t k = 0; k < n; k++)
			WARD_ASSERT(r[k].node < ward_model_n(m) &&
				    (k == 0 || r[k - 1].type <= r[k].type));
		const struct ward_group *g = ward_model_groups(m, i, &n);

		for (size_t k = 0; k < n; k++)
			WARD_ASSERT(
				g[k].owner == i && g[k].need >= 1 && g[k].need <= g[k].n_member);
		const struct ward_protection *p = ward_model_protections(m, i, &n);

		for (size_t k = 0; k < n; k++)
			WARD_ASSERT(p[k].node == i && p[k].degree_micro >= 0 &&
				    p[k].degree_micro <= 1000000);
		const struct ward_buffer *b = ward_model_buffers(m, i, &n);

		for (size_t k = 0; k < n; k++)
			WARD_ASSERT(b[k].node == i);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const name[] = {"x.yml", "rooms.csv", "doors.csv", "assets.csv",
		"networks.csv", "relations.csv", "protections.csv", "buffers.csv", "sources.csv",
		"services.csv"};
	struct lab l;

	if (!len)
		return 0;
	uint8_t *copy = fuzz_copy(data + 1, len - 1);
	enum ward_err err = lab_load_bytes(
		&l, name[data[0] % WARD_ARRAY_LEN(name)], ward_slice_of(copy, len - 1));

	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_CONFIG);
	WARD_ASSERT((err == WARD_OK) == (l.d.n_error == 0));
	if (l.m)
		ask(l.m);
	lab_free(&l);
	free(copy);
	return 0;
}
