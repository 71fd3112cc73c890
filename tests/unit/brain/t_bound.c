/* No record gets longer than it may, whatever rules, model and sources say. */
#include "lab.h"

#include "model/hours.h"
#include "impact/write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

enum { TEXT = 4000, EVIDENCE = 5000, MATCHES = 300, TAGS = 64, PARTS = 64, CHAIN = 200 };

static char text[3][TEXT]; /* plain, six bytes each as JSON, and no UTF-8 */

static int setup(void **state)
{
	memset(text[0], 'a', TEXT);
	memset(text[1], 1, TEXT);
	memset(text[2], 0xc3, TEXT);
	*state = lab_new();
	return 0;
}

static int teardown(void **state)
{
	lab_free(*state);
	return 0;
}

static struct ward_str long_text(size_t k)
{
	return (struct ward_str){text[k], TEXT};
}

static bool says(const struct ward_wr *w, const char *what)
{
	return ward_str_find(ward_wr_text(w), ward_str_z(what)) != SIZE_MAX;
}

static void a_detection(void **state)
{
	struct lab *l = *state;
	struct ward_id *id = calloc(EVIDENCE, sizeof(*id));
	struct ward_match *match = calloc(MATCHES, sizeof(*match));
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	for (size_t k = 0; k < 3; k++) {
		struct ward_detection d = {.rule = long_text(k),
			.title = long_text(k),
			.author = long_text(k),
			.threat_code = long_text(k),
			.subject = long_text(k),
			.actor = long_text(k),
			.asset = WARD_NONE,
			.place = WARD_NONE,
			.evidence = id,
			.n_evidence = EVIDENCE,
			.match = match,
			.n_match = MATCHES};

		for (size_t i = 0; i < MATCHES; i++)
			match[i] = (struct ward_match){.field = {text[k], 200},
				.value = long_text(k),
				.selection = long_text(k),
				.asked = long_text(k)};
		struct ward_str tag[TAGS];
		struct ward_part part[PARTS];

		for (size_t i = 0; i < TAGS; i++)
			tag[i] = long_text(k);
		for (size_t i = 0; i < PARTS; i++)
			part[i] = (struct ward_part){.rule = long_text(k),
				.title = long_text(k),
				.author = long_text(k),
				.license = long_text(k),
				.because = long_text(k),
				.n = UINT64_MAX,
				.event = id,
				.n_event = 8};
		d.license = long_text(k);
		d.tag = tag;
		d.n_tag = TAGS;
		d.part = part;
		d.n_part = PARTS;
		d.measure = (struct ward_measure){long_text(k), long_text(k), long_text(k),
			long_text(k), 86400 * WARD_NS_PER_S};
		d.permit = (struct ward_permitted){.id = long_text(k),
			.who = long_text(k),
			.why = long_text(k),
			.because = long_text(k)};
		ward_wr_reset(&w);
		ward_detection_write_json(&d, l->model, &w);
		assert_false(ward_wr_bad(&w));
		assert_in_range(w.len, 1, WARD_DETECTION_BYTES_MAX);
		assert_true(says(&w, "\"evidence_total\":5000"));
		assert_true(says(&w, "\"match_total\":300"));
		assert_true(says(&w, "\"tags_total\":64"));
		assert_true(says(&w, "\"rules_total\":64"));
		assert_true(says(&w, "\"value_bytes\":"));
		d.n_evidence = WARD_DETECTION_EVIDENCE_MAX;
		d.n_match = d.n_tag = d.n_part = 1;
		ward_wr_reset(&w);
		ward_detection_write_json(&d, l->model, &w);
		assert_false(says(&w, "_total"));
	}
	ward_wr_fini(&w);
	free(id);
	free(match);
}

/* A chain of 200 links between the first nodes of the pilot. */
static struct ward_impact *chain(const struct lab *l)
{
	struct ward_impact *item = calloc(CHAIN, sizeof(*item));

	for (uint32_t i = 0; i < CHAIN; i++)
		item[i] = (struct ward_impact){.asset = i % ward_model_n(l->model),
			.rule = i ? 0 : WARD_IMPACT_SEED,
			.parent = i ? i - 1 : 0,
			.group = WARD_NONE,
			.hops = i};
	return item;
}

static void an_impact(void **state)
{
	struct lab *l = *state;
	struct ward_impact *item = chain(l);
	struct ward_impacts all = {.item = item, .n = CHAIN};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	for (size_t i = 0; i < CHAIN; i++) {
		ward_wr_reset(&w);
		ward_impact_write_json(&all, i, l->propagation, l->model, NULL, &w);
		assert_false(ward_wr_bad(&w));
		assert_in_range(w.len, 1, WARD_IMPACT_BYTES_MAX);
	}
	ward_wr_fini(&w);
	free(item);
}

/* A service that is worth the same at all hours, or anything else. */
static uint32_t service_of(const struct lab *l, bool want)
{
	for (uint32_t i = 0; i < ward_model_n(l->model); i++) {
		bool is = ward_model_node(l->model, i)->kind == WARD_NODE_SERVICE, even = true;

		for (ward_ns h = 0; want && is && h < 6; h++)
			even = even &&
			       ward_model_factor(l->model, i, h * 3600 * WARD_NS_PER_S) == 1000000;
		if (is == want && even)
			return i;
	}
	fail_msg("the pilot has none");
	return WARD_NONE;
}

/* Services by the care lost in the first 4 hours, then the rest by score. */
static void the_order(void **state)
{
	const ward_ns minute = 60 * WARD_NS_PER_S;
	struct lab *l = *state;
	uint32_t service = service_of(l, true), other = service_of(l, false);
	struct ward_impact item[] = {
		{.asset = other,
			.parent = 0,
			.lo_micro = 1000000,
			.hi_micro = 1000000,
			.score_micro = 1000000},
		{.asset = service,
			.parent = 0,
			.lo_micro = 200000,
			.hi_micro = 600000,
			.loss_micro = 2500000},
		{.asset = service,
			.parent = 0,
			.lo_micro = 200000,
			.hi_micro = 600000,
			.loss_micro = 2500000,
			.expected = 180 * minute},
		{.asset = service,
			.parent = 0,
			.lo_micro = 1000000,
			.hi_micro = 1000000,
			.loss_micro = 2500000,
			.expected = 241 * minute},
		{.asset = service,
			.parent = 0,
			.lo_micro = 1000000,
			.hi_micro = 1000000,
			.loss_micro = INT64_MAX},
		{.asset = other, .parent = 0, .score_micro = 300000},
	};
	struct ward_impacts all = {.item = item, .n = WARD_ARRAY_LEN(item)};
	static const int64_t want[] = {999999, 1000000 + 240 * 1000000, 1000000 + 60 * 1000000,
		1000000, 1000000 + ((int64_t)1 << 52), 300000};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);

	for (size_t i = 0; i < all.n; i++)
		assert_int_equal(ward_impact_priority(&all, i, l->model), want[i]);
	ward_impact_write_json(&all, 2, l->propagation, l->model, NULL, &w);
	assert_true(says(&w, "\"priority\":61,"));
	ward_wr_fini(&w);
}

/* All that the pilot's attack and day give. */
static void the_pilot(void **state)
{
	static const char *const scenario[] = {"cooling", "ordinary-day"};
	struct lab *l = *state;

	for (size_t k = 0; k < 2; k++) {
		size_t n;
		struct record *r = lab_records(l, scenario[k], &n);
		struct rows out;
		struct ward_brain *b;

		rows_init(&out);
		b = lab_brain(l, &out);
		for (size_t i = 0; i < n; i++)
			lab_feed(l, b, &r[i]);
		assert_int_equal(ward_brain_tick(b, WARD_NS_NEVER), WARD_OK);
		assert_in_range(out.longest, 1, 100000);
		ward_brain_free(b);
		rows_fini(&out);
		free(r);
	}
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_detection), T(an_impact), T(the_order), T(the_pilot)};

	return cmocka_run_group_tests(tests, setup, teardown);
}
