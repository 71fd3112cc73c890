/* What the tests of this room share: a story at hand, and records of few words. */
#ifndef WARD_TESTS_STORY_LAB_H
#define WARD_TESTS_STORY_LAB_H

#include "story/priv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test(name)

struct lab {
	struct ward_limits lim;
	struct ward_counters counters;
	struct ward_story *s;
	struct ward_wr out;
};

static inline void lab_init_opts(struct lab *l, size_t width, bool colour)
{
	struct ward_story_opts o = {.mem = ward_mem_heap(),
		.lim = &l->lim,
		.counters = &l->counters,
		.hospital = WARD_STR("Santa Giulia"),
		.zone = WARD_STR("Europe/Rome"),
		.all = WARD_STR("ward replay --json"),
		.width = width,
		.colour = colour};

	ward_limits_default(&l->lim);
	ward_counters_init(&l->counters);
	l->out = ward_wr_grow(ward_mem_heap(), 1 << 24);
	assert_int_equal(ward_zone_use(WARD_STR("Europe/Rome")), WARD_OK);
	assert_int_equal(ward_story_new(&o, &l->s), WARD_OK);
}

static inline void lab_init(struct lab *l)
{
	lab_init_opts(l, 80, false);
}

static inline void lab_fini(struct lab *l)
{
	ward_story_free(l->s);
	ward_wr_fini(&l->out);
}

/* From a heap block of exactly its size, so that a read past the end is seen. */
static inline enum ward_err lab_read(struct lab *l, const char *json, size_t len)
{
	char *p = malloc(len ? len : 1);
	enum ward_err err;

	assert_non_null(p);
	memcpy(p, json, len);
	err = ward_story_record(l->s, (struct ward_str){p, len}, &l->out);
	free(p);
	assert_false(ward_wr_bad(&l->out));
	return err;
}

static inline void lab_give(struct lab *l, const char *json)
{
	assert_int_equal(lab_read(l, json, strlen(json)), WARD_OK);
}

static inline void lab_flush(struct lab *l)
{
	assert_int_equal(ward_story_flush(l->s, &l->out), WARD_OK);
}

static inline bool lab_says(const struct lab *l, const char *what)
{
	return ward_str_find(ward_wr_text(&l->out), ward_str_z(what)) != SIZE_MAX;
}

#define assert_says(l, what)                                                            \
	do {                                                                            \
		if (!lab_says((l), (what)))                                             \
			fail_msg("not said: %s\nbut:\n%.*s", (what), (int)(l)->out.len, \
				(const char *)(l)->out.p);                              \
	} while (0)
#define assert_silent(l, what)                                                     \
	do {                                                                       \
		if (lab_says((l), (what)))                                         \
			fail_msg("said: %s\nin:\n%.*s", (what), (int)(l)->out.len, \
				(const char *)(l)->out.p);                         \
	} while (0)

/* Ids by number. */
static inline const char *lab_id(unsigned n)
{
	static char text[8][WARD_ID_TEXT];
	static unsigned at;
	char *p = text[at++ % 8];

	(void)snprintf(p, WARD_ID_TEXT, "%08x-0000-8000-8000-000000000000", n);
	return p;
}

/* A detection of level medium or as stated, at minute `min` after 02:00Z. */
static inline void lab_detection(
	struct lab *l, unsigned id, unsigned min, const char *level, const char *title)
{
	char json[1024];

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"detection\",\"id\":\"%s\",\"revision\":1,\"rule\":{\"id\":\"r\","
		"\"title\":\"%s\",\"level\":\"%s\"},\"asset\":\"a\",\"asset_name\":\"Room %u\","
		"\"first\":\"2026-03-12T02:%02u:00Z\",\"last\":\"2026-03-12T02:%02u:00Z\","
		"\"evidence\":[],\"match\":{}}",
		lab_id(id), title, level, id, min, min);
	lab_give(l, json);
}

/* A member, to be joined by commas. */
static inline int lab_member_in(
	char *p, size_t cap, unsigned id, unsigned room, unsigned min, const char *title)
{
	return snprintf(p, cap,
		"{\"detection\":\"%s\",\"title\":\"%s\",\"level\":\"medium\","
		"\"time\":\"2026-03-12T02:%02u:00Z\",\"on\":\"Room %u\",\"on_kind\":\"room\","
		"\"subject\":\"\",\"where\":\"House\",\"actor\":\"\",\"joined_by\":\"%s\","
		"\"with\":\"%s\",\"with_time\":\"\",\"hops\":%u}",
		lab_id(id), title, min, room, id > 1 ? "place" : "first", id > 1 ? "First" : "",
		id > 1 ? 1 : 0);
}

static inline int lab_member(char *p, size_t cap, unsigned id, unsigned min, const char *title)
{
	return lab_member_in(p, cap, id, id, min, title);
}

/* A member of Room 1 that came `count` times, from minute `min` to `last`. */
static inline int lab_member_again(
	char *p, size_t cap, unsigned id, unsigned min, unsigned last, unsigned long long count)
{
	return snprintf(p, cap,
		"{\"detection\":\"%s\",\"title\":\"Too warm\",\"level\":\"medium\","
		"\"time\":\"2026-03-12T02:%02u:00Z\",\"last\":\"2026-03-12T02:%02u:00Z\","
		"\"count\":%llu,\"on\":\"Room 1\",\"on_kind\":\"room\",\"subject\":\"\","
		"\"where\":\"House\",\"actor\":\"\",\"joined_by\":\"first\",\"with\":\"\","
		"\"with_time\":\"\",\"hops\":0}",
		lab_id(id), min, last, count);
}

/* A detection that says the same of it. */
static inline void lab_again(struct lab *l, unsigned id, const char *time)
{
	char json[1024];

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"detection\",\"id\":\"%s\",\"revision\":1,\"rule\":{"
		"\"title\":\"Too warm\",\"level\":\"medium\"},\"asset_name\":\"Room 1\","
		"\"first\":\"2026-03-%sZ\",\"last\":\"2026-03-%sZ\"}",
		lab_id(id), time, time);
	lab_give(l, json);
}

struct lab_incident {
	unsigned id, revision, min;
	const char *state, *members, *more; /* more: further members of the object, with a comma */
};

static inline void lab_incident(struct lab *l, struct lab_incident i)
{
	char *json;
	int n = asprintf(&json,
		"{\"kind\":\"incident\",\"id\":\"%s\",\"revision\":%u,\"state\":\"%s\","
		"\"domain\":\"physical\",\"level\":\"medium\",\"first\":\"2026-03-12T02:00:00Z\","
		"\"last\":\"2026-03-12T02:%02u:00Z\",\"first_step\":{\"role\":\"g\","
		"\"role_name\":\"Guard\",\"reach\":\"extension 1\",\"text\":\"Go there.\"},"
		"\"members\":[%s],\"threats\":[]%s}",
		lab_id(i.id), i.revision, i.state ? i.state : "suspected", i.min,
		i.members ? i.members : "", i.more ? i.more : "");

	assert_true(n > 0);
	lab_give(l, json);
	free(json);
}

struct lab_impact {
	unsigned id, revision, incident, min; /* min: expected so many minutes after 02:00Z */
	const char *name, *lo, *hi;           /* decimal fractions */
	bool device;
};

static inline void lab_impact(struct lab *l, struct lab_impact i)
{
	char json[2048];

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"impact\",\"id\":\"%s\",\"revision\":%u,\"incident\":\"%s\","
		"\"asset\":\"%s\",\"asset_name\":\"%s\",\"threat\":\"outage\","
		"\"threat_name\":\"Does not work\",\"service\":%s,\"need\":\"availability\","
		"\"likelihood\":[%s,%s],\"earliest\":\"2026-03-12T02:%02u:00Z\","
		"\"expected\":\"2026-03-12T02:%02u:00Z\",\"priority\":2,\"chain\":["
		"{\"asset_name\":\"Fan\",\"threat_name\":\"Does not work\",\"group\":\"\"},"
		"{\"asset_name\":\"%s\",\"threat_name\":\"Does not work\",\"group\":\"Air\"}]}",
		lab_id(i.id), i.revision, lab_id(i.incident), i.name, i.name,
		i.device ? "false" : "true", i.lo ? i.lo : "0.2", i.hi ? i.hi : "0.8", i.min, i.min,
		i.name);
	lab_give(l, json);
}

static inline void lab_withdraw(struct lab *l, unsigned id, unsigned revision, unsigned incident)
{
	char json[512];

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"impact\",\"id\":\"%s\",\"revision\":%u,\"incident\":\"%s\","
		"\"withdrawn\":true}",
		lab_id(id), revision, lab_id(incident));
	lab_give(l, json);
}

#endif
