/* What the journal remembers of what it erases, read back: whatever stands in the file, what was
 * taken of it is written so that it is read back as it is. */
#include "fuzz.h"

#include "run/retention.h"

#include "../unit/journal/simdisk.h"

#define NAME "retention"

static void recall(struct sim_disk *sim, const struct ward_clock *clock)
{
	struct ward_retention r;

	ward_retention_init(&r, ward_mem_heap(), clock);
	r.io = &sim->io;
	WARD_ASSERT(ward_retention_add(&r, WARD_STR("86400 camera")) == WARD_OK);
	WARD_ASSERT(ward_retention_add(&r, WARD_STR("0 plant a-1 a")) == WARD_OK);
	WARD_ASSERT(ward_retention_recall(&r) == WARD_OK);
	WARD_ASSERT(r.holds.n <= WARD_HOLDS_MAX + 1);
	ward_retention_fini(&r);
}

/* What is remembered: without the first line, which counts how often it was written, and the last,
 * the sum of all. */
static struct ward_str remembered(const struct sim_file *f)
{
	struct ward_str all = {(const char *)f->cache, f->len};

	WARD_ASSERT(ward_str_starts(all, WARD_STR("version ")) && all.p[all.len - 1] == '\n');
	(void)ward_str_cut(&all, '\n');
	for (all.len--; all.len && all.p[all.len - 1] != '\n';)
		all.len--;
	return all;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct sim_disk sim;
	struct ward_clock_fake clock;

	if (len > 1 << 16)
		return 0;
	sim_init(&sim, 3);
	ward_clock_fake_init(&clock, 1000 * WARD_NS_PER_S);
	sim_put(&sim, NAME, data, len);
	recall(&sim, &clock.clock);
	const struct sim_file *f = sim_find(&sim, NAME);

	WARD_ASSERT(f);
	size_t n = remembered(f).len;
	char *was = malloc(n + 1);

	WARD_ASSERT(was);
	memcpy(was, remembered(f).p, n);
	recall(&sim, &clock.clock);
	f = sim_find(&sim, NAME);
	WARD_ASSERT(f && ward_str_eq(remembered(f), (struct ward_str){was, n}));
	free(was);
	sim_fini(&sim);
	return 0;
}
