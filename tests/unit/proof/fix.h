/* What tests of the room share: Turin's model and law, and rows as text. */
#ifndef WARD_TESTS_PROOF_FIX_H
#define WARD_TESTS_PROOF_FIX_H

#include "proof/norm.h"
#include "story/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fix {
	struct ward_model *m;
	struct ward_law law;
	struct ward_norms norms;
	struct ward_arena a;
	struct ward_limits lim;
	struct ward_record_reader *reader;
	struct ward_proof *p;
	struct ward_proof_facts f;
};
static struct fix fix;

static inline ward_ns at(const char *text)
{
	ward_ns t;

	assert_int_equal(ward_time_parse(ward_str_z(text), &t), WARD_OK);
	return t;
}

static inline const char *root(char path[4096], const char *of)
{
	(void)snprintf(path, 4096, "%s/%s", getenv("WARD_SOURCE_ROOT"), of);
	return path;
}

static int begin(void **state)
{
	char dir[4096], content[4096];
	struct ward_diag d;

	(void)state;
	assert_int_equal(ward_zone_use(WARD_STR("Europe/Rome")), WARD_OK);
	ward_limits_default(&fix.lim);
	ward_arena_init(&fix.a, ward_mem_heap(), 64 << 20);
	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(ward_model_load(root(dir, "pilots/turin"), root(content, "content"),
				 &fix.lim, ward_mem_heap(), &d, &fix.m),
		WARD_OK);
	assert_int_equal(ward_law_load(root(content, "content/law"), "/nonexistent", WARD_STR("IT"),
				 &fix.a, &fix.lim, &d, &fix.law),
		WARD_OK);
	assert_int_equal(
		ward_norms_load(root(content, "content"), &fix.a, &fix.lim, &d, &fix.norms),
		WARD_OK);
	assert_int_equal(ward_record_reader_new(ward_mem_heap(), &fix.lim, &fix.reader), WARD_OK);
	ward_diag_fini(&d);
	return 0;
}

static int end(void **state)
{
	(void)state;
	ward_record_reader_free(fix.reader);
	ward_arena_fini(&fix.a);
	ward_model_free(fix.m);
	return 0;
}

static int fresh(void **state)
{
	(void)state;
	return ward_proof_new(ward_mem_heap(), fix.m, &fix.law, &fix.p) != WARD_OK;
}

static int done(void **state)
{
	(void)state;
	ward_proof_free(fix.p);
	fix.p = NULL;
	return 0;
}

/* One row, as the store has it. */
static inline void row(const char *time, const char *json)
{
	const struct ward_conf *c = NULL;
	struct ward_record r;
	struct ward_diag d;

	if (strncmp(json, "{\"kind\":\"i", 10) == 0) { /* incident, impact */
		assert_int_equal(
			ward_record_read(fix.reader, ward_str_z(json), &fix.a, &r), WARD_OK);
		assert_int_equal(ward_proof_record(fix.p, &r, at(time)), WARD_OK);
		return;
	}
	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(ward_conf_json(&fix.a, &fix.lim, WARD_STR("row"), 1,
				 ward_str_bytes(ward_str_z(json)), &d, &c),
		WARD_OK);
	ward_diag_fini(&d);
	assert_int_equal(ward_proof_row(fix.p, c, at(time)), WARD_OK);
}

static inline void gather(const char *now)
{
	const struct ward_proof_ask ask = {
		.proof = fix.p, .now = at(now), .month = ward_month_of(at(now))};

	assert_int_equal(ward_proof_gather(&ask, &fix.f), WARD_OK);
}

#define ONE "0190a1b2-0000-7000-8000-000000000001"
#define TWO "0190a1b2-0000-7000-8000-000000000002"

static inline void incident(const char *id, unsigned revision, const char *time, const char *first,
	const char *level, const char *state)
{
	char json[1024];

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"incident\",\"id\":\"%s\",\"revision\":%u,\"state\":\"%s\",\"domain\":"
		"\"cyber\",\"level\":\"%s\",\"first\":\"%s\",\"last\":\"%s\",\"threats\":[],"
		"\"members\":[]}",
		id, revision, state, level, first, first);
	row(time, json);
}

#endif
