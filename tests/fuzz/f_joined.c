/* Pieces of resources in any order, with any gaps and overlaps: what was put together is what a
 * plain array says, and all memory is given back. */
#include "fuzz.h"

#include "run/joined.h"

#include <unistd.h>

enum { RESOURCES = 3, SIZE = 600 };

static struct model {
	uint8_t byte[SIZE];
	bool there[SIZE], differ;
	size_t n;
	uint64_t total;
} model[RESOURCES + 1], before[RESOURCES + 1]; /* before: a piece that differs began another */

static void check(struct ward_joins *j, struct ward_gather *g, ward_ns time, bool all)
{
	struct ward_gather_whole w;
	struct ward_arena arena;
	struct ward_event e;

	ward_arena_init(&arena, ward_mem_heap(), 1 << 20);
	while (ward_joins_ended(j, time, all, &arena, &w, &e)) {
		uint64_t which = e.seen > 0 && e.seen <= RESOURCES ? (uint64_t)e.seen : 0;
		struct model *m = &model[which];
		uint8_t got[SIZE];
		size_t n = 0;
		const struct ward_value *pieces = ward_event_get(&e, j->field[WARD_JOIN_PIECES]);

		if (m->n != before[which].n && pieces && (uint64_t)pieces->i == before[which].n)
			m = &before[which];
		WARD_ASSERT(which && !w.why && w.fd >= 0);
		for (size_t i = 0; i < SIZE; i++)
			if (m->there[i])
				m->byte[n++] = m->byte[i];
		WARD_ASSERT(w.size == n && pread(w.fd, got, SIZE, 0) == (ssize_t)n);
		WARD_ASSERT(memcmp(got, m->byte, n) == 0);
		WARD_ASSERT(pieces && (uint64_t)pieces->i == m->n);
		WARD_ASSERT(!m->differ || ward_event_get(&e, j->field[WARD_JOIN_DIFFER]) != NULL);
		ward_gather_give_back(g, &w);
		*m = (struct model){.n = 0};
		ward_arena_reset(&arena);
	}
	ward_arena_fini(&arena);
}

/* As the network sensor hands one over. */
static struct ward_gather_whole piece(struct ward_gather *g, uint8_t *bytes, size_t n)
{
	static uint64_t number;

	ward_gather_begin(g, ++number, false);
	ward_gather_bytes(g, number, 0, ward_slice_of(bytes, n));
	return ward_gather_end(g, number);
}

static void add(struct ward_joins *j, struct ward_gather *g, const uint8_t *p, ward_ns time)
{
	struct ward_file_range r = {.resource = p[0] % RESOURCES + 1u,
		.piece = true,
		.from = (p[1] | (uint64_t)p[2] << 8) % (SIZE - 64),
		.total = p[3] & 1 ? SIZE - 64 : 0};
	struct model *m = &model[r.resource];
	struct ward_arena arena;
	struct ward_event e;
	uint8_t bytes[64];
	size_t n = p[4] % 63 + 1u;

	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)((r.from + i) * 7 + (p[3] & 2 ? p[5] : 0));
	ward_arena_init(&arena, ward_mem_heap(), 1 << 16);
	ward_event_init(&e, &arena);
	e.time = time;
	e.seen = (ward_ns)r.resource;
	struct ward_gather_whole w = piece(g, bytes, n);

	if (w.fd >= 0 && ward_joins_add(j, &r, &e, &w)) {
		const struct model was = *m;
		bool differ = false;

		for (size_t i = 0; i < n; i++) {
			size_t at = (size_t)r.from + i;

			differ |= m->there[at] && m->byte[at] != bytes[i];
			m->byte[at] = bytes[i];
			m->there[at] = true;
		}
		m->differ |= differ;
		if (differ) {
			before[r.resource] = was;
			before[r.resource].differ = true;
		}
		m->n++;
		WARD_ASSERT(w.fd < 0);
	} else {
		WARD_ASSERT(w.fd >= 0 && w.size == n);
		ward_gather_give_back(g, &w);
	}
	ward_arena_fini(&arena);
}

/* data: pieces of six bytes each: resource, place, flags, length, another content. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct ward_gather g;
	static struct ward_joins j;
	struct ward_limits lim;
	struct ward_names names;
	ward_ns time = 0;

	ward_limits_default(&lim);
	memset(model, 0, sizeof(model));
	memset(before, 0, sizeof(before));
	WARD_ASSERT(ward_names_init(&names, ward_mem_heap(), &lim) == WARD_OK);
	ward_gather_init(&g, &lim);
	ward_joins_init(&j, &g, &names);
	for (size_t i = 0; i + 6 <= len; i += 6) {
		time += data[i + 3] & 4 ? 200 * WARD_NS_PER_S : 1;
		check(&j, &g, time, false);
		add(&j, &g, data + i, time);
		check(&j, &g, time, false);
	}
	check(&j, &g, time, true);
	ward_joins_fini(&j);
	WARD_ASSERT(g.all == 0);
	ward_gather_fini(&g);
	ward_names_fini(&names);
	return 0;
}
