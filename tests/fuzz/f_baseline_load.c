/* What was learned, as text from a checkpoint or a file that a person edited. What is taken in is
 * saved as text that loads again to the same text, and judging and showing go on. */
#include "fuzz.h"

#include "detect/baseline/baseline.h"
#include "event/json.h"

#include "../unit/model/walk_lab.h"

static const char profiles[] =
	"baselines:\n"
	"  - id: w\n"
	"    title: Writes\n"
	"    class: t.*\n"
	"    key: [src, dst]\n"
	"    min_events: 1\n"
	"    new: true\n"
	"    learn:\n"
	"      - {id: object, kind: set, of: [kind, no], says: writes}\n"
	"      - {id: value, kind: range, of: value, by: [kind, no+], says: writes a value to}\n"
	"      - {id: size, kind: range, of: size, factor: 4, floor: 100, says: sends}\n"
	"      - {id: rate, kind: rate, says: writes}\n"
	"      - {id: hours, kind: hours, says: writes at}\n"
	"  - id: b\n"
	"    title: Badges\n"
	"    class: t.*\n"
	"    key: who\n"
	"    persons: true\n"
	"    home: zone\n"
	"    min_events: 1\n"
	"    new: true\n"
	"    learn:\n"
	"      - {id: zone, kind: set, of: zone, says: is used in}\n"
	"      - {id: week, kind: week, says: is used at}\n"
	"      - {id: walk, kind: walk, of: door, says: is read at}\n"
	"      - {id: travel, kind: travel, of: origin, says: logs in from}\n"
	"  - id: d\n"
	"    title: Doors\n"
	"    class: t.*\n"
	"    key: door\n"
	"    peers: zone\n"
	"    min_events: 1\n"
	"    learn:\n"
	"      - {id: who, kind: set, of: who, says: opens for}\n"
	"      - {id: rate, kind: rate, floor: 0, says: opens}\n";

static const char *const events[] = {
	"{\"src\":\"a\",\"dst\":\"b\",\"kind\":\"ao\",\"no\":1,\"value\":[1,-5000000000]}",
	"{\"src\":\"a\",\"dst\":\"b\",\"kind\":\"ao\",\"no\":7,\"value\":99.5,\"size\":1000000}",
	"{\"src\":\"c\",\"dst\":\"b\",\"kind\":\"bo\",\"no\":1,\"value\":1}",
	"{\"who\":\"p-1\",\"door\":\"d-store\",\"zone\":\"z\",\"origin\":\"turin\"}",
	"{\"who\":\"p-1\",\"door\":\"d-far\",\"zone\":\"y\",\"origin\":\"sydney\"}",
};

struct all {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_diag diag;
	struct ward_bl_profiles *ps;
	struct ward_json_reader reader;
	struct ward_arena arena;
	struct ward_model *model;
};

static void sink(void *ctx, const struct ward_detection *d)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)ctx;
	ward_detection_write_json(d, NULL, &w);
	WARD_ASSERT(!ward_wr_bad(&w) && ward_utf8_valid(ward_wr_slice(&w), NULL));
	ward_wr_fini(&w);
}

static struct ward_baseline *make(const struct all *a, enum ward_bl_mode mode)
{
	struct ward_bl_config c = {.mode = mode, .model = a->model, .persons = true};
	struct ward_baseline *b = NULL;

	WARD_ASSERT(ward_baseline_new(a->ps, &c, ward_mem_heap(), &b) == WARD_OK);
	return b;
}

static void again(const struct all *a, struct ward_baseline *b, enum ward_bl_mode mode)
{
	struct ward_wr one = ward_wr_grow(ward_mem_heap(), 1 << 26),
		       two = ward_wr_grow(ward_mem_heap(), 1 << 26);
	struct ward_baseline *other = make(a, mode);

	ward_baseline_save(b, &one);
	WARD_ASSERT(!ward_wr_bad(&one));
	WARD_ASSERT(ward_baseline_load(other, ward_wr_slice(&one), NULL) == WARD_OK);
	ward_baseline_save(other, &two);
	WARD_ASSERT(ward_str_eq(ward_wr_text(&one), ward_wr_text(&two)));
	ward_wr_reset(&two);
	ward_baseline_show(other, (struct ward_str){"", 0}, 4, &two);
	WARD_ASSERT(!ward_wr_bad(&two) && ward_utf8_valid(ward_wr_slice(&two), NULL));
	ward_baseline_free(other);
	ward_wr_fini(&one);
	ward_wr_fini(&two);
}

static void feed(struct all *a, struct ward_baseline *b)
{
	static const ward_ns time[] = {
		1767571200 * WARD_NS_PER_S, 1767571200 * WARD_NS_PER_S * 2, INT64_MIN, INT64_MAX};

	for (size_t i = 0; i < WARD_ARRAY_LEN(events) * WARD_ARRAY_LEN(time); i++) {
		struct ward_event e;

		ward_arena_reset(&a->arena);
		WARD_ASSERT(ward_json_read_event(&a->reader,
				    ward_str_z(events[i % WARD_ARRAY_LEN(events)]), &a->arena,
				    &e) == WARD_OK);
		e.class = ward_name(&a->names, WARD_STR("t.x"));
		e.id = ward_event_id(WARD_STR("f"), 1, i, 0);
		WARD_ASSERT(ward_baseline_event(b, &e, time[i / WARD_ARRAY_LEN(events)], sink,
				    NULL) == WARD_OK);
	}
}

static void open_all(struct all *a)
{
	ward_limits_default(&a->lim);
	ward_diag_init(&a->diag, ward_mem_heap());
	WARD_ASSERT(ward_names_init(&a->names, ward_mem_heap(), &a->lim) == WARD_OK);
	WARD_ASSERT(
		ward_json_reader_init(&a->reader, &a->names, ward_mem_heap(), &a->lim) == WARD_OK);
	a->reader.foreign = true;
	ward_arena_init(&a->arena, ward_mem_heap(), 1 << 20);
	WARD_ASSERT(walk_lab_with("none.txt", "", ward_mem_heap(), &a->diag, &a->model) == WARD_OK);
	WARD_ASSERT(ward_bl_profiles_parse(WARD_STR("f"), ward_str_bytes(ward_str_z(profiles)),
			    NULL, &a->names, &a->lim, &a->diag, &a->ps) == WARD_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct all a; /* the profiles are not what is looked at: made once */
	enum ward_bl_mode mode = (enum ward_bl_mode)(len % 3);

	if (!a.ps)
		open_all(&a);
	struct ward_baseline *b = make(&a, mode);
	uint8_t *copy = fuzz_copy(data, len);
	enum ward_err err = ward_baseline_load(b, ward_slice_of(copy, len), NULL);

	free(copy);
	WARD_ASSERT(err == WARD_OK || ward_err_class(err) == WARD_ERR_CLASS_INPUT);
	if (!err) {
		again(&a, b, mode);
	} else { /* it may only be freed */
		ward_baseline_free(b);
		b = make(&a, mode);
	}
	feed(&a, b);
	again(&a, b, mode);
	ward_baseline_free(b);
	return 0;
}
