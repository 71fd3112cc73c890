/* The fuser's part of a checkpoint: what is taken in is told, saved and loaded again to the same
 * bytes, and joined by new detections. */
#include "fuzz.h"

#include "../unit/model/lab.h"
#include "fuse/fuse.h"

static uint32_t cause(void *ctx, uint32_t a, uint32_t ta, uint32_t b, uint32_t tb)
{
	(void)ctx;
	return a < b && ta != tb ? 1 + (b - a) % 3 : 0;
}

static struct ward_fuser *fuser(const struct lab *l)
{
	struct ward_fuse_options o;
	struct ward_fuser *f = NULL;

	ward_fuse_options_default(&o);
	WARD_ASSERT(ward_fuser_new(l->m, &o, cause, NULL, &l->lim, ward_mem_heap(), NULL, &f) ==
		    WARD_OK);
	return f;
}

static void check(const struct ward_incident *in, const struct ward_model *m)
{
	WARD_ASSERT(in->level < WARD_LEVEL_N && in->first <= in->last);
	for (size_t i = 0; i < in->n_member; i++)
		WARD_ASSERT(i == 0 || in->member[i].with < in->n_member);
	for (size_t i = 0; i < in->n_threat; i++)
		WARD_ASSERT(in->threat[i].asset < ward_model_n(m) &&
			    in->threat[i].member < in->n_member &&
			    in->threat[i].lo_micro <= in->threat[i].hi_micro);
}

static void drain(struct ward_fuser *f, const struct ward_model *m)
{
	const struct ward_incident *in = NULL;

	do {
		WARD_ASSERT(ward_fuser_told(f, WARD_NS_NEVER, &in) == WARD_OK);
		if (in && in->n_member)
			check(in, m);
	} while (in);
	for (size_t i = 0; i < ward_fuser_n(f); i++) {
		WARD_ASSERT(ward_fuser_at(f, i, &in) == WARD_OK);
		check(in, m);
	}
}

static void again(struct ward_fuser *f, const struct lab *l)
{
	struct ward_wr first = ward_wr_grow(ward_mem_heap(), 1 << 26);
	struct ward_wr second = ward_wr_grow(ward_mem_heap(), 1 << 26);
	struct ward_fuser *g = fuser(l);

	ward_fuser_save(f, &first);
	WARD_ASSERT(!ward_wr_bad(&first));
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&first));

	WARD_ASSERT(ward_fuser_load(g, &r) == WARD_OK);
	ward_fuser_save(g, &second);
	WARD_ASSERT(first.len == second.len && memcmp(first.p, second.p, first.len) == 0);
	ward_fuser_free(g);
	ward_wr_fini(&first);
	ward_wr_fini(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct lab l;

	if (!l.m)
		WARD_ASSERT(lab_load(&l, ward_mem_heap(), NULL, "more.yml", "") == WARD_OK);
	l.lim.v[WARD_LIMIT_FUSE_DETECTIONS] = 256;
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_rd r = ward_rd_from(copy, len);
	struct ward_fuser *f = fuser(&l);
	enum ward_err err = ward_fuser_load(f, &r);

	free(copy);
	WARD_ASSERT(err == WARD_OK || ward_err_class(err) == WARD_ERR_CLASS_INPUT);
	WARD_ASSERT(!err || ward_fuser_n(f) == 0);
	drain(f, l.m);
	again(f, &l);
	for (unsigned i = 0; i < 3; i++) {
		struct ward_detection d = {.id = {{(uint8_t)i}},
			.revision = 1,
			.rule = WARD_STR("r"),
			.title = WARD_STR("t"),
			.level = WARD_LEVEL_HIGH,
			.threat = i,
			.asset = lab_node(&l, "ahu-1") + i,
			.place = WARD_NONE,
			.first = (ward_ns)i * WARD_NS_PER_S,
			.last = (ward_ns)i * WARD_NS_PER_S};

		err = ward_fuser_detection(f, &d);
		WARD_ASSERT(err == WARD_OK || err == WARD_ERR_LIMIT);
		drain(f, l.m);
	}
	ward_fuser_expire(f, (ward_ns)1 << 60, NULL, NULL);
	ward_fuser_free(f);
	return 0;
}
