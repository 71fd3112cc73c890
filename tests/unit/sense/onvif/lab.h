/* An ONVIF client as tests talk with it: what it asks, answers byte by byte, and what it hears. */
#ifndef WARD_TESTS_ONVIF_LAB_H
#define WARD_TESTS_ONVIF_LAB_H

#include "http/message.h"
#include "sense/onvif/onvif.h"
#include "sense/onvif/soap.h"
#include "xml/doc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define S WARD_NS_PER_S

enum { TEXT = 32768 };

static const ward_ns wall = 1772323200 * S; /* 2026-03-01T00:00:00Z */

struct lab {
	struct ward_names names;
	struct ward_counters counters;
	struct ward_limits lim;
	struct ward_onvif_url url;
	struct ward_onvif *o;
	char asked[TEXT]; /* the last request */
	char heard[TEXT]; /* "class|field=value…;" */
	size_t n_heard;
	ward_ns time;
	struct ward_id id;
};

static inline enum ward_err hear(void *ctx, const struct ward_event *e)
{
	struct lab *l = ctx;
	struct ward_wr w = ward_wr_fixed(l->heard + l->n_heard, TEXT - l->n_heard - 1);

	ward_wr_str(&w, ward_name_text(&l->names, e->class));
	for (size_t i = 0; i < e->n_field; i++)
		ward_wr_printf(&w, "|%.*s=%.*s",
			WARD_STR_ARG(ward_name_text(&l->names, e->field[i].name)),
			WARD_STR_ARG(e->field[i].v.s));
	ward_wr_ch(&w, ';');
	assert_false(ward_wr_bad(&w));
	l->n_heard += w.len;
	l->heard[l->n_heard] = 0;
	l->time = e->time;
	l->id = e->id;
	return WARD_OK;
}

static inline void stream(void *ctx, const struct ward_onvif_stream *s)
{
	struct lab *l = ctx;

	l->n_heard += (size_t)snprintf(l->heard + l->n_heard, TEXT - l->n_heard,
		"%.*s %.*s %ux%u %u/1000 %u %.*s%s%s;", WARD_STR_ARG(s->profile),
		WARD_STR_ARG(s->encoding), s->width, s->height, s->millifps, s->kbps,
		WARD_STR_ARG(s->uri), s->suffices ? " suffices" : "", s->take ? " take" : "");
}

static inline void recording(void *ctx, const struct ward_onvif_recording *r)
{
	struct lab *l = ctx;

	l->n_heard += (size_t)snprintf(l->heard + l->n_heard, TEXT - l->n_heard,
		"%.*s|%.*s|%.*s|%.*s %lld-%lld%s %.*s;", WARD_STR_ARG(r->token),
		WARD_STR_ARG(r->source), WARD_STR_ARG(r->name), WARD_STR_ARG(r->location),
		(long long)((r->from - wall) / S), (long long)((r->to - wall) / S),
		r->lasts ? "+" : "", WARD_STR_ARG(r->uri));
}

static inline void door(void *ctx, const struct ward_onvif_door *d)
{
	struct lab *l = ctx;
	struct ward_wr w = ward_wr_fixed(l->heard + l->n_heard, TEXT - l->n_heard - 1);

	ward_onvif_door_json(d, WARD_STR("dc-1"), &w);
	ward_wr_ch(&w, '\n');
	assert_false(ward_wr_bad(&w));
	l->n_heard += w.len;
	l->heard[l->n_heard] = 0;
}

static inline struct lab *lab_of(
	const char *user, enum ward_onvif_what what, struct ward_str camera)
{
	struct lab *l = calloc(1, sizeof(*l));
	const char *why;

	assert_non_null(l);
	ward_limits_default(&l->lim);
	ward_counters_init(&l->counters);
	assert_int_equal(ward_names_init(&l->names, ward_mem_heap(), &l->lim), WARD_OK);
	assert_int_equal(
		ward_onvif_url_read(WARD_STR("onvif://192.0.2.7:8080"), &l->url, &why), WARD_OK);
	struct ward_onvif_opts o = {.mem = ward_mem_heap(),
		.names = &l->names,
		.counters = &l->counters,
		.url = &l->url,
		.user = user,
		.password = "s3cret",
		.source = WARD_STR("dc-1"),
		.camera = camera,
		.sink = {hear, stream, recording, door, l},
		.random = {1, 2},
		.what = what,
		.need = {640, 5}};

	assert_int_equal(ward_onvif_new(&o, &l->o), WARD_OK);
	return l;
}

static inline struct lab *lab_new(const char *user, enum ward_onvif_what what)
{
	return lab_of(user, what, WARD_STR("cam-1"));
}

static inline void lab_free(struct lab *l)
{
	ward_onvif_free(l->o);
	ward_names_fini(&l->names);
	free(l);
}

/* Takes the next request; it is one of that name, to that path. */
static inline void asks(struct lab *l, ward_ns at, const char *what, const char *path)
{
	struct ward_slice due;
	char line[600];

	assert_int_equal(ward_onvif_due(l->o, at, wall + at, &due), WARD_OK);
	assert_true(due.len > 0 && due.len < TEXT);
	memcpy(l->asked, due.p, due.len);
	l->asked[due.len] = 0;
	ward_onvif_sent(l->o, due.len);
	assert_true(ward_onvif_busy(l->o));
	(void)snprintf(line, sizeof(line), "POST %s HTTP/1.1\r\nHost: 192.0.2.7:8080\r\n", path);
	if (strncmp(l->asked, line, strlen(line)) != 0 || !strstr(l->asked, what))
		fail_msg("not %s of %s: %s", what, path, l->asked);
}

static inline void idle(struct lab *l, ward_ns at)
{
	struct ward_slice due;

	assert_int_equal(ward_onvif_due(l->o, at, wall + at, &due), WARD_OK);
	assert_int_equal(due.len, 0);
}

static inline enum ward_err answer_with(
	struct lab *l, ward_ns at, const char *head, const char *body)
{
	static char text[TEXT];
	static const char begin[] =
		"<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://www.w3.org/2003/05/soap-envelope\" "
		"xmlns:d=\"urn:d\" xmlns:tns1=\"http://www.onvif.org/ver10/topics\" "
		"xmlns:x=\"http://www.onvif.org/ver10/topics\" xmlns:acme=\"urn:acme\">"
		"<SOAP-ENV:Body>";
	static const char end[] = "</SOAP-ENV:Body></SOAP-ENV:Envelope>";
	size_t len = body ? strlen(begin) + strlen(body) + strlen(end) : 0;
	int n = snprintf(text, sizeof(text), "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s%s%s",
		head, len, body ? begin : "", body ? body : "", body ? end : "");
	enum ward_err err = WARD_OK;

	assert_true(n > 0 && n < TEXT);
	/* byte by byte, as slow devices do */
	for (int i = 0; i < n && !err; i++)
		err = ward_onvif_bytes(l->o, ward_slice_of(text + i, 1), at, wall + at);
	return err;
}

static inline void answer(struct lab *l, ward_ns at, const char *body)
{
	assert_int_equal(answer_with(l, at, "200 OK", body), WARD_OK);
}

#define CLOCK                                                                                \
	"<d:GetSystemDateAndTimeResponse><d:SystemDateAndTime><d:UTCDateTime><d:Time>"       \
	"<d:Hour>1</d:Hour><d:Minute>0</d:Minute><d:Second>0</d:Second></d:Time><d:Date>"    \
	"<d:Year>2026</d:Year><d:Month>3</d:Month><d:Day>1</d:Day></d:Date></d:UTCDateTime>" \
	"</d:SystemDateAndTime></d:GetSystemDateAndTimeResponse>"
#define SERVICE(ns, at) \
	"<d:Service><d:Namespace>" ns "</d:Namespace><d:XAddr>" at "</d:XAddr></d:Service>"
#define SERVICES                                                                                 \
	"<d:GetServicesResponse>" SERVICE("http://www.onvif.org/ver10/events/wsdl",              \
		"http://10.9.9.9/onvif/events") SERVICE("http://www.onvif.org/ver10/media/wsdl", \
		"http://10.9.9.9/onvif/media") "</d:GetServicesResponse>"
#define FAULT(code)                                                                          \
	"<SOAP-ENV:Fault><SOAP-ENV:Code><SOAP-ENV:Value>SOAP-ENV:Sender</SOAP-ENV:Value>"    \
	"<SOAP-ENV:Subcode><SOAP-ENV:Value>ter:" code "</SOAP-ENV:Value></SOAP-ENV:Subcode>" \
	"</SOAP-ENV:Code></SOAP-ENV:Fault>"

#endif
