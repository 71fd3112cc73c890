/* A hospital of some country, its register and what is judged of it: for tests of the room. */
#ifndef WARD_TEST_PROCESSING_FIX_H
#define WARD_TEST_PROCESSING_FIX_H

#include "../model/lab.h"
#include "processing/duty.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ARENA = 64 << 20, THINGS = 64, TEXT = 64 << 10 };

struct fix {
	struct lab l;
	struct ward_arena a;
	struct ward_processing p;
	struct ward_diag d;
	struct ward_proc_verdict v[THINGS];
	size_t n;
	ward_ns now;
	char content[4096], base[16 << 10];
};
static struct fix x;

static inline ward_ns at(const char *text)
{
	ward_ns t;

	assert_int_equal(ward_time_parse(ward_str_z(text), &t), WARD_OK);
	return t;
}

/* A hospital of that country with these sources. */
static inline void hospital(const char *country, const char *more, const char *sources)
{
	const char *is = strstr(lab_base, "country: IT");

	(void)snprintf(x.base, sizeof(x.base), "%.*scountry: %s%s%s", (int)(is - lab_base),
		lab_base, country, more, is + strlen("country: IT"));
	enum ward_err err = lab_load(&x.l, ward_mem_heap(), x.base, "sources.yml", sources);

	if (err)
		fail_msg("%d: %.*s", (int)err, x.l.d.n ? (int)x.l.d.item[0].what.len : 0,
			x.l.d.n ? x.l.d.item[0].what.p : "");
}

static inline struct ward_processing_file content_file(const char *name)
{
	char path[4096];
	struct ward_processing_file f = {.name = WARD_STR("content")};

	(void)snprintf(path, sizeof(path), "%.3000s/%s", x.content, name);
	assert_int_equal(ward_conf_read(&x.a, &x.l.lim, path, &x.d, &f.bytes), WARD_OK);
	return f;
}

/* With this register and these decisions. NULL: there is none. */
static inline enum ward_err reads(const char *own, const char *said)
{
	char country[16];
	struct ward_str c = ward_model_hospital(x.l.m)->country;

	(void)snprintf(country, sizeof(country), "%c%c.yml", c.p[0] | 0x20, c.p[1] | 0x20);
	const struct ward_processing_file content[] = {content_file("entries.yml"),
		content_file("eu.yml"), content_file(c.p[0] == 'B' ? "eu.yml" : country)};
	const struct ward_processing_file of = {own ? WARD_STR("processing.yml") : WARD_STR(""),
		ward_str_bytes(ward_str_z(own ? own : ""))};
	const struct ward_processing_file list = {
		said ? WARD_STR("processing-decisions.csv") : WARD_STR(""),
		ward_str_bytes(ward_str_z(said ? said : ""))};
	const struct ward_processing_in in = {"", "", x.l.m, &x.l.lim, &x.a, &x.d, x.now};
	enum ward_err err =
		ward_processing_read(&in, content, c.p[0] == 'B' ? 2 : 3, &of, &list, &x.p);

	x.n = ward_processing_judge(&x.p, x.l.m, x.now, x.v, THINGS);
	assert_true(x.n <= THINGS);
	return err;
}

static inline void judge_at(const char *time)
{
	x.now = at(time);
	x.n = ward_processing_judge(&x.p, x.l.m, x.now, x.v, THINGS);
}

/* Of what there is none, one that says nothing. */
static inline const struct ward_proc_verdict *of(const char *id)
{
	static const struct ward_proc_verdict none;

	for (size_t i = 0; i < x.n; i++)
		if (ward_str_eqz(x.v[i].id, id))
			return &x.v[i];
	return &none;
}

static inline const char *state(const char *id)
{
	const struct ward_proc_verdict *v = of(id);

	return v->id.len ? ward_proc_state_name(v->state) : "none";
}

static inline const char *says(const char *id)
{
	static char text[2000];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text) - 1);

	ward_processing_say(&w, NULL, of(id));
	text[w.len] = 0;
	return text;
}

static inline int begin(void **s)
{
	(void)s;
	ward_arena_init(&x.a, ward_mem_heap(), ARENA);
	ward_diag_init(&x.d, ward_mem_heap());
	x.now = at("2026-06-01T00:00:00Z");
	(void)snprintf(
		x.content, sizeof(x.content), "%s/content/processing", getenv("WARD_SOURCE_ROOT"));
	return 0;
}

static inline int end(void **s)
{
	(void)s;
	lab_free(&x.l);
	ward_diag_fini(&x.d);
	ward_arena_fini(&x.a);
	return 0;
}

static const char camera[] =
	"sources:\n"
	"  - {id: cam, name: Camera, kind: video, where: 'rtsp://h/1', watches: [d-1], purpose: "
	"p,\n"
	"     personal_data: true, legal_basis: b, retention: %s}\n"
	"  - {id: fire, name: Fire, kind: mqtt, where: 'mqtt:h:1883', topic: f, watches: [hall],\n"
	"     purpose: p, retention: 90d}\n"
	"  - {id: logs, name: Logs, kind: syslog, where: 'udp:h:514', watches: [hall],\n"
	"     purpose: p, personal_data: true, legal_basis: b, retention: 90d}\n";

static inline const char *with(const char *retention)
{
	static char text[2000];

	(void)snprintf(text, sizeof(text), camera, retention);
	return text;
}

#endif
