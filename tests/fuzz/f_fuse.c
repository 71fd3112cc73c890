#include "fuzz.h"

#include "../unit/model/lab.h"
#include "fuse/fuse.h"

/* A fuser's checkpoint over a small hospital. What loads is lived on with: it is told and written
 * within its bound, taken further, given up, and its own checkpoint loads again. */
static struct ward_fuser *fuser(const struct lab *l)
{
	struct ward_fuse_options o;
	struct ward_fuser *f = NULL;

	ward_fuse_options_default(&o);
	WARD_ASSERT(ward_fuser_new(l->m, &o, NULL, NULL, &l->lim, ward_mem_heap(), NULL, &f) ==
		    WARD_OK);
	return f;
}

static void tell_all(struct ward_fuser *f, const struct ward_model *m, struct ward_wr *w)
{
	const struct ward_incident *in;

	ward_fuser_due(f, WARD_NS_NEVER);
	while (ward_fuser_told(f, WARD_NS_NEVER, &in) == WARD_OK && in) {
		ward_wr_reset(w);
		ward_incident_write_json(in, m, w); /* asserts its bound */
	}
}

static void live_on(const struct lab *l, struct ward_fuser *f)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 16 << 20);
	struct ward_detection d = {.revision = 1,
		.rule = WARD_STR("r"),
		.level = WARD_LEVEL_HIGH,
		.threat = WARD_NONE,
		.asset = lab_node(l, "ahu-1"),
		.place = WARD_NONE,
		.first = 0,
		.last = 1};
	struct ward_fuser *again = fuser(l);
	struct ward_rd r;

	tell_all(f, l->m, &w);
	WARD_ASSERT(ward_fuser_detection(f, &d) == WARD_OK);
	tell_all(f, l->m, &w);
	ward_wr_reset(&w);
	ward_fuser_save(f, &w);
	WARD_ASSERT(!ward_wr_bad(&w));
	r = ward_rd_slice(ward_wr_slice(&w));
	WARD_ASSERT(ward_fuser_load(again, &r) == WARD_OK);
	ward_fuser_expire(again, WARD_NS_NEVER, NULL, NULL);
	ward_fuser_free(again);
	ward_wr_fini(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct lab l; /* loaded once: no input changes it */
	uint8_t *bytes = fuzz_copy(data, len);
	struct ward_rd r = ward_rd_from(bytes, len);
	struct ward_fuser *f;

	if (!l.m)
		WARD_ASSERT(lab_load(&l, ward_mem_heap(), NULL, "more.yml", "") == WARD_OK);
	f = fuser(&l);
	if (ward_fuser_load(f, &r) == WARD_OK)
		live_on(&l, f);
	ward_fuser_free(f);
	free(bytes);
	return 0;
}
