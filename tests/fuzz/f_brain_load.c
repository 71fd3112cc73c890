/* A whole checkpoint, the bytes of another process. What is taken in is saved to bytes that load
 * again to the same bytes, and the brain goes on thinking. */
#include "../unit/model/lab.h"
#include "brain/brain.h"
#include "fuzz_detect.h"

static const char propagation[] =
	"rules:\n"
	"  - {id: r-1, when: {threat: bms.command, class: device}, relation: cools, to: {class: "
	"room},\n"
	"     gives: outage, likelihood: [0.8, 0.9], delay: {earliest: 1min, expected: 10min},\n"
	"     why: too warm}\n";

static void out(void *ctx, const struct ward_output *o)
{
	(void)ctx;
	WARD_ASSERT(o->kind < WARD_OUTPUT_N && ward_utf8_valid(ward_str_bytes(o->json), NULL));
}

static struct ward_brain *brain(const struct ward_brain_config *c)
{
	struct ward_brain *b = NULL;

	WARD_ASSERT(ward_brain_new(c, &b) == WARD_OK);
	return b;
}

static void again(struct ward_brain *b, const struct ward_brain_config *c)
{
	struct ward_wr first = ward_wr_grow(ward_mem_heap(), 1 << 26);
	struct ward_wr second = ward_wr_grow(ward_mem_heap(), 1 << 26);
	struct ward_brain *other = brain(c);

	ward_brain_save(b, &first);
	WARD_ASSERT(!ward_wr_bad(&first));
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&first));

	WARD_ASSERT(ward_brain_load(other, &r) == WARD_OK);
	ward_brain_save(other, &second);
	WARD_ASSERT(first.len == second.len && memcmp(first.p, second.p, first.len) == 0);
	ward_brain_free(other);
	ward_wr_fini(&first);
	ward_wr_fini(&second);
}

static void think(struct ward_brain *b, struct fuzz_detect *f)
{
	struct ward_str lines = ward_str_z(fuzz_events);

	while (lines.len) {
		struct ward_str line = ward_str_cut(&lines, '\n');
		struct ward_event e;

		ward_arena_reset(&f->arena);
		WARD_ASSERT(ward_json_read_event(&f->reader, line, &f->arena, &e) == WARD_OK);
		e.id = ward_event_id(WARD_STR("fuzz"), 1, f->n_event, 0);
		e.class = ward_name(&f->names, WARD_STR("host.process"));
		e.source = ward_name(&f->names, WARD_STR("fuzz"));
		e.time = e.seen = (ward_ns)f->n_event++ * WARD_NS_PER_S;
		WARD_ASSERT(ward_brain_event(b, &e) == WARD_OK);
	}
	WARD_ASSERT(ward_brain_tick(b, WARD_NS_NEVER) == WARD_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct lab l;
	static struct ward_rules *rules;
	struct fuzz_detect f;
	struct ward_counters counters;

	if (!l.m) {
		struct ward_propagation_text text = {WARD_STR("p.yml"), fuzz_text(propagation)};

		WARD_ASSERT(lab_load(&l, ward_mem_heap(), NULL, "more.yml", "") == WARD_OK);
		WARD_ASSERT(ward_rules_parse(&text, l.m, &l.lim, ward_mem_heap(), &l.d, &rules) ==
			    WARD_OK);
	}
	fuzz_detect_open(&f);
	f.model = l.m;
	f.lim.v[WARD_LIMIT_BRAIN_RECENT] = 32;
	f.lim.v[WARD_LIMIT_FUSE_DETECTIONS] = 256;
	WARD_ASSERT(
		fuzz_detect_load(&f, fuzz_text(fuzz_rules), fuzz_text(fuzz_pipeline)) == WARD_OK);
	ward_counters_init(&counters);
	struct ward_brain_config c = {.model = l.m,
		.ruleset = f.rs,
		.propagation = rules,
		.lim = &f.lim,
		.mem = ward_mem_heap(),
		.names = &f.names,
		.counters = &counters,
		.actor = ward_enrich_actor_as_is,
		.detect = ward_detect_config_default(),
		.out = out};

	ward_fuse_options_default(&c.fuse);
	struct ward_brain *b = brain(&c);
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_rd r = ward_rd_from(copy, len);
	enum ward_err err = ward_brain_load(b, &r);

	free(copy);
	WARD_ASSERT(err == WARD_OK || ward_err_class(err) == WARD_ERR_CLASS_INPUT);
	if (!err) {
		again(b, &c);
		think(b, &f);
	}
	ward_brain_free(b);
	fuzz_detect_close(&f);
	return 0;
}
