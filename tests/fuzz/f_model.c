#include "fuzz.h"

#include "../unit/model/lab.h"

#include "model/origin.h"
#include "model/walk.h"

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

/* A part is of one group, which names it, and stands behind it. */
static void ask_parts(const struct ward_model *m)
{
	uint32_t n_all = ward_model_n(m) + ward_model_n_part(m);

	for (uint32_t i = 0; i < ward_model_n_group(m); i++) {
		const struct ward_group *g = ward_model_group(m, i);

		for (uint32_t k = 0; k < g->n_member; k++) {
			uint32_t x = g->member[k];

			WARD_ASSERT(x < n_all);
			WARD_ASSERT(x < ward_model_n(m) ||
				    (x > g->owner && ward_model_node(m, x)->parent == g->owner));
		}
	}
	for (uint32_t i = ward_model_n(m); i < n_all; i++) {
		size_t n;

		(void)ward_model_groups(m, i, &n);
		WARD_ASSERT(n <= 1 && ward_model_whole(m, i) < ward_model_n(m));
		(void)ward_model_in(m, i, &n);
		WARD_ASSERT(n == 0);
	}
}

/* Ways are as long as their steps, and places on earth never farther than through it. */
static void go(const struct ward_model *m)
{
	struct ward_walk *w = NULL;

	WARD_ASSERT(ward_walk_new(m, ward_mem_heap(), &w) == WARD_OK);
	for (uint32_t i = 0; i < ward_model_n(m) && i < 64; i++) {
		int64_t ms;

		if (ward_walk_ms(w, i, ward_model_n(m) - 1, &ms, NULL))
			WARD_ASSERT(ms >= 0);
		const struct ward_origin *o = ward_model_origin(m, ward_model_node(m, i)->id);

		WARD_ASSERT(!o); /* ids are unique together */
	}
	const struct ward_origin *a = ward_model_origin(m, WARD_STR("o")),
				 *b = ward_model_origin_of(m, WARD_STR("192.0.2.1"));

	if (a && b && a->placed && b->placed) {
		int64_t km = ward_origin_km(a, b);

		WARD_ASSERT(km >= 0 && km <= 12742 && km == ward_origin_km(b, a));
	}
	ward_walk_free(w);
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
	enum ward_err err = lab_load_bytes(&l,
		data[0] == 'o' ? "origins.csv" : name[data[0] % WARD_ARRAY_LEN(name)],
		ward_slice_of(copy, len - 1));

	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_CONFIG);
	WARD_ASSERT((err == WARD_OK) == (l.d.n_error == 0));
	if (l.m) {
		ask_parts(l.m);
		ask(l.m);
		go(l.m);
	}
	lab_free(&l);
	free(copy);
	return 0;
}
