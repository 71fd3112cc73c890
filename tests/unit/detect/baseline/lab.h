/* Profiles made of text, a baseline on them, and what it said. */
#ifndef WARD_TESTS_BASELINE_LAB_H
#define WARD_TESTS_BASELINE_LAB_H

#include "../unit.h"

#include "detect/baseline/baseline.h"
#include "event/json.h"

#include <stdio.h>
#include <stdlib.h>

enum { BL_SAID_MAX = 512 };

struct bl_said {
	struct ward_id id;
	char rule[64], title[300];
	enum ward_level level;
	ward_ns time;
};

struct bl_lab {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_diag diag;
	struct ward_json_reader reader;
	struct ward_bl_profiles *ps;
	struct ward_baseline *b;
	struct ward_arena arena;
	struct ward_bl_config cfg; /* but for its mode */
	struct bl_said said[BL_SAID_MAX];
	size_t n_said;
	uint64_t seq;
};

/* 2026-01-05, a Monday, 00:00 UTC. */
static const ward_ns bl_monday = 1767571200 * WARD_NS_PER_S;

static const char bl_profiles[] =
	"baselines:\n"
	"  - id: w\n"
	"    title: Writes\n"
	"    class: [t.write, t.*.also]\n"
	"    when: {ok: ['true', 'y*']}\n"
	"    unless: {bad: '*'}\n"
	"    key: ['ward.asset|src', dst]\n"
	"    min_events: 20\n"
	"    new: true\n"
	"    learn:\n"
	"      - {id: object, kind: set, of: [kind, no], level: medium, says: writes}\n"
	"      - {id: value, kind: range, of: value, by: [kind, no+], says: writes a value to}\n"
	"      - {id: size, kind: range, of: size, factor: 4, floor: 100, says: sends}\n"
	"      - {id: rate, kind: rate, says: writes}\n"
	"      - {id: hours, kind: hours, says: writes at}\n";

static inline void bl_sink(void *ctx, const struct ward_detection *d)
{
	struct bl_lab *l = ctx;

	assert_true(l->n_said < BL_SAID_MAX);
	struct bl_said *s = &l->said[l->n_said++];

	*s = (struct bl_said){.id = d->id, .level = d->level, .time = d->first};
	assert_int_equal(d->n_evidence, 1);
	(void)snprintf(s->rule, sizeof(s->rule), "%.*s", WARD_STR_ARG(d->rule));
	(void)snprintf(s->title, sizeof(s->title), "%.*s", WARD_STR_ARG(d->title));
}

static inline void bl_mode(struct bl_lab *l, enum ward_bl_mode mode)
{
	struct ward_bl_config c = l->cfg;

	c.mode = mode;
	ward_baseline_free(l->b);
	l->b = NULL;
	assert_int_equal(ward_baseline_new(l->ps, &c, ward_mem_heap(), &l->b), WARD_OK);
	l->n_said = 0;
}

/* With other profiles, and what else than the mode is set. */
static inline void bl_open_with(struct bl_lab *l, enum ward_bl_mode mode, const char *profiles,
	const struct ward_bl_config *cfg)
{
	memset(l, 0, sizeof(*l));
	l->cfg = *cfg;
	ward_limits_default(&l->lim);
	ward_diag_init(&l->diag, ward_mem_heap());
	assert_int_equal(ward_names_init(&l->names, ward_mem_heap(), &l->lim), WARD_OK);
	assert_int_equal(
		ward_json_reader_init(&l->reader, &l->names, ward_mem_heap(), &l->lim), WARD_OK);
	l->reader.foreign = true;
	ward_arena_init(&l->arena, ward_mem_heap(), 1u << 20);
	assert_int_equal(ward_bl_profiles_parse(S("t.yml"), ward_str_bytes(ward_str_z(profiles)),
				 NULL, &l->names, &l->lim, &l->diag, &l->ps),
		WARD_OK);
	bl_mode(l, mode);
}

static inline void bl_open(struct bl_lab *l, enum ward_bl_mode mode)
{
	bl_open_with(l, mode, bl_profiles, &(struct ward_bl_config){.mode = mode});
}

static inline void bl_close(struct bl_lab *l)
{
	ward_baseline_free(l->b);
	ward_bl_profiles_free(l->ps);
	ward_json_reader_fini(&l->reader);
	ward_arena_fini(&l->arena);
	ward_names_fini(&l->names);
	ward_diag_fini(&l->diag);
}

static inline void bl_read(struct bl_lab *l, const char *json, struct ward_event *ret)
{
	ward_arena_reset(&l->arena);
	assert_int_equal(
		ward_json_read_event(&l->reader, ward_str_z(json), &l->arena, ret), WARD_OK);
}

static inline void bl_class(struct bl_lab *l, const char *class, double hour, const char *json)
{
	struct ward_event e;

	bl_read(l, json, &e);
	e.class = ward_name(&l->names, ward_str_z(class));
	e.time = e.seen = bl_monday + (ward_ns)(hour * 3600e9);
	e.id = ward_event_id(S("test"), 1, ++l->seq, 0);
	assert_int_equal(ward_baseline_event(l->b, &e, e.time, bl_sink, l), WARD_OK);
}

/* A write of `a` to `b`. */
static inline void bl_write(struct bl_lab *l, double hour, const char *rest)
{
	char json[512];

	(void)snprintf(json, sizeof(json), "{\"src\":\"a\",\"dst\":\"b\",\"ok\":true%s}", rest);
	bl_class(l, "t.write", hour, json);
}

static inline struct ward_str bl_saved(struct bl_lab *l, struct ward_wr *w)
{
	ward_wr_reset(w);
	ward_baseline_save(l->b, w);
	assert_false(ward_wr_bad(w));
	return ward_wr_text(w);
}

/* Those that wait are judged. */
static inline void bl_flush(struct bl_lab *l)
{
	assert_int_equal(ward_baseline_tick(l->b, WARD_NS_NEVER, bl_sink, l), WARD_OK);
}

/* The title of a detection of that rule that says `part`, once; "" when there is none. */
static inline const char *bl_told(const struct bl_lab *l, const char *rule, const char *part)
{
	const char *found = "";

	for (size_t i = 0; i < l->n_said; i++)
		if (strcmp(l->said[i].rule, rule) == 0 && strstr(l->said[i].title, part)) {
			if (*found)
				fail_msg("told twice: %s", l->said[i].title);
			found = l->said[i].title;
		}
	return found;
}

/* From judging by what was learned up to now. */
static inline void bl_judge(struct bl_lab *l)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);

	(void)bl_saved(l, &w);
	bl_mode(l, WARD_BL_JUDGE);
	assert_int_equal(ward_baseline_load(l->b, ward_wr_slice(&w), NULL), WARD_OK);
	ward_wr_fini(&w);
}

#endif
