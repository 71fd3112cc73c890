/* A metadata stream as a device sends it: RTSP, RTP in the connection, documents over packets. */
#include "base/rd.h"
#include "sense/onvif/onvif.h"

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
	struct ward_rtsp_url url;
	struct ward_onvif *o;
	uint16_t seq;
	char heard[TEXT]; /* "class|field=value…;" */
	size_t n_heard;
	ward_ns time;
};

static enum ward_err hear(void *ctx, const struct ward_event *e)
{
	struct lab *l = ctx;
	struct ward_wr w = ward_wr_fixed(l->heard + l->n_heard, TEXT - l->n_heard - 1);

	ward_wr_str(&w, ward_name_text(&l->names, e->class));
	for (size_t i = 0; i < e->n_field; i++) {
		const struct ward_value *v = &e->field[i].v;

		ward_wr_printf(
			&w, "|%.*s=", WARD_STR_ARG(ward_name_text(&l->names, e->field[i].name)));
		if (v->kind == WARD_VALUE_INT)
			ward_wr_i64(&w, v->i);
		else
			ward_wr_str(&w, v->s);
	}
	ward_wr_ch(&w, ';');
	assert_false(ward_wr_bad(&w));
	l->n_heard += w.len;
	l->heard[l->n_heard] = 0;
	l->time = e->time;
	return WARD_OK;
}

static void heard(struct lab *l, const char *text)
{
	assert_string_equal(l->heard, text);
	l->n_heard = 0;
	l->heard[0] = 0;
}

static struct lab *lab_new(void)
{
	struct lab *l = calloc(1, sizeof(*l));
	const char *why;

	assert_non_null(l);
	ward_limits_default(&l->lim);
	ward_counters_init(&l->counters);
	assert_int_equal(ward_names_init(&l->names, ward_mem_heap(), &l->lim), WARD_OK);
	assert_int_equal(
		ward_rtsp_url_read(WARD_STR("rtsp://ward:pw@192.0.2.7/meta"), &l->url, &why),
		WARD_OK);
	struct ward_onvif_opts o = {.mem = ward_mem_heap(),
		.names = &l->names,
		.counters = &l->counters,
		.source = WARD_STR("cam"),
		.camera = WARD_STR("C-1"),
		.sink = {.event = hear, .ctx = l},
		.random = {1, 2},
		.metadata = &l->url};

	assert_int_equal(ward_onvif_new(&o, &l->o), WARD_OK);
	return l;
}

static void lab_free(struct lab *l)
{
	ward_onvif_free(l->o);
	ward_names_fini(&l->names);
	free(l);
}

/* What it asks next, by its first word. */
static void asks(struct lab *l, ward_ns at, const char *verb, const char *has)
{
	static char text[8192];
	struct ward_slice due;

	assert_int_equal(ward_onvif_due(l->o, at, wall + at, &due), WARD_OK);
	assert_in_range(due.len, 1, sizeof(text) - 1);
	memcpy(text, due.p, due.len);
	text[due.len] = 0;
	ward_onvif_sent(l->o, due.len);
	if (strncmp(text, verb, strlen(verb)) != 0 || !strstr(text, has))
		fail_msg("no %s with %s: %s", verb, has, text);
}

static enum ward_err says(struct lab *l, ward_ns at, const void *p, size_t len)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < len && !err; i += 7)
		err = ward_onvif_bytes(l->o,
			ward_slice_of((const uint8_t *)p + i, len - i < 7 ? len - i : 7), at,
			wall + at);
	return err;
}

static enum ward_err answer(struct lab *l, unsigned cseq, const char *head, const char *body)
{
	char text[2048];
	int n = snprintf(text, sizeof(text),
		"RTSP/1.0 %s\r\nCSeq: %u\r\nContent-Length: %zu\r\n\r\n%s", head, cseq,
		strlen(body), body);

	assert_in_range(n, 1, sizeof(text) - 1);
	return says(l, 0, text, (size_t)n);
}

#define DESCRIPTION(coding)                                                            \
	"v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:video\r\n" \
	"m=application 0 RTP/AVP 98\r\na=rtpmap:98 " coding "\r\na=control:meta\r\n"

/* From nothing to the first packet, with a digest of the password. */
static void play(struct lab *l)
{
	asks(l, 0, "DESCRIBE rtsp://192.0.2.7/meta ", "CSeq: 1");
	assert_int_equal(answer(l, 1,
				 "401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"r\", "
				 "nonce=\"n\", algorithm=MD5",
				 ""),
		WARD_OK);
	asks(l, 0, "DESCRIBE", "Authorization: Digest username=\"ward\"");
	assert_int_equal(answer(l, 2, "200 OK", DESCRIPTION("vnd.onvif.metadata/90000")), WARD_OK);
	asks(l, 0, "SETUP rtsp://192.0.2.7/meta/meta ", "interleaved=0-1");
	assert_int_equal(answer(l, 3, "200 OK\r\nSession: 7;timeout=20", ""), WARD_OK);
	asks(l, 0, "PLAY", "Session: 7");
	assert_int_equal(answer(l, 4, "200 OK\r\nSession: 7", ""), WARD_OK);
	struct ward_slice due;

	assert_int_equal(ward_onvif_due(l->o, 0, wall, &due), WARD_OK);
	assert_int_equal(due.len, 0);
	assert_true(ward_onvif_serves(l->o));
}

/* One packet of a document. */
static enum ward_err packet(struct lab *l, ward_ns at, const char *text, bool marker)
{
	uint8_t bytes[8192];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
	size_t len = strlen(text);

	ward_wr_u8(&w, '$');
	ward_wr_u8(&w, 0);
	ward_wr_be16(&w, (uint16_t)(12 + 4 + 4 + len + 3));
	ward_wr_u8(&w, 0x80 | 0x20 | 0x10); /* padded, with an extension */
	ward_wr_u8(&w, (uint8_t)((marker ? 0x80 : 0) | 98));
	ward_wr_be16(&w, l->seq++);
	ward_wr_be32(&w, (uint32_t)(at / WARD_NS_PER_MS * 90));
	ward_wr_be32(&w, 1);
	ward_wr_be32(&w, 0xabac0001);
	ward_wr_be32(&w, 0);
	ward_wr_bytes(&w, text, len);
	ward_wr_bytes(&w, "\0\0\3", 3);
	assert_false(ward_wr_bad(&w));
	return says(l, at, bytes, w.len);
}

static void doc(struct lab *l, ward_ns at, const char *text)
{
	assert_int_equal(packet(l, at, text, true), WARD_OK);
}

#define STREAM(inside)                                       \
	"<?xml version=\"1.0\"?><tt:MetadataStream "         \
	"xmlns:tt=\"http://www.onvif.org/ver10/schema\" "    \
	"xmlns:wsnt=\"http://docs.oasis-open.org/wsn/b-2\" " \
	"xmlns:tns1=\"http://www.onvif.org/ver10/topics\">" inside "</tt:MetadataStream>"
#define EVENT                                                                               \
	"<tt:Event><wsnt:NotificationMessage><wsnt:Topic>tns1:VideoSource/SignalLoss"       \
	"</wsnt:Topic><wsnt:Message><tt:Message UtcTime=\"2026-03-01T00:00:05Z\" "          \
	"PropertyOperation=\"Changed\"><tt:Data><tt:SimpleItem Name=\"State\" "             \
	"Value=\"true\"/></tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>" \
	"</tt:Event>"
#define EVENT_HEARD                                                             \
	"log.onvif|onvif.topic=VideoSource/SignalLoss|onvif.operation=Changed|" \
	"onvif.State=true|camera=C-1|sensor=cam;"
#define FRAME(second, inside)                                                                  \
	STREAM("<tt:VideoAnalytics><tt:Frame UtcTime=\"2026-03-01T00:00:" second "Z\">" inside \
	       "</tt:Frame></tt:VideoAnalytics>")
#define OBJECT(id, appearance) \
	"<tt:Object ObjectId=\"" id "\"><tt:Appearance>" appearance "</tt:Appearance></tt:Object>"
#define CLASS(type) "<tt:Class><tt:Type Likelihood=\"0.9\">" type "</tt:Type></tt:Class>"

/* A message over three packets; the time of a device that is an hour ahead; signs of life. */
static void t_events(void **state)
{
	static const char text[] = STREAM(EVENT);
	uint8_t report[32] = {'$', 1, 0, 28, 0x80, 200, 0, 6};
	struct ward_wr w = ward_wr_fixed(report + 12, 8);
	struct lab *l = lab_new();
	char part[3][sizeof(text)];

	(void)state;
	play(l);
	for (size_t i = 0; i < 3; i++)
		(void)snprintf(part[i], sizeof(part[i]), "%.*s", i < 2 ? 100 : (int)sizeof(text),
			text + 100 * i);
	assert_int_equal(packet(l, S, part[0], false), WARD_OK);
	assert_int_equal(packet(l, S, part[1], false), WARD_OK);
	heard(l, "");
	assert_int_equal(packet(l, S, part[2], true), WARD_OK);
	heard(l, EVENT_HEARD);
	assert_int_equal(l->time, wall + 5 * S);
	ward_wr_be32(&w, (uint32_t)(wall / S + 2 + 3600 + 2208988800));
	assert_int_equal(says(l, 2 * S, report, sizeof(report)), WARD_OK);
	ward_ns ahead;

	assert_true(ward_onvif_clock(l->o, &ahead));
	assert_int_equal(ahead, 3600 * S);
	doc(l, 3 * S, text);
	heard(l, EVENT_HEARD);
	assert_int_equal(l->time, wall + 5 * S - 3600 * S);
	asks(l, 10 * S, "OPTIONS", "Session: 7"); /* at the half of 20 s */
	assert_true(ward_onvif_busy(l->o));
	assert_true(ward_onvif_leave(l->o));
	asks(l, 11 * S, "TEARDOWN", "Session: 7");
	struct ward_slice due;

	assert_int_equal(ward_onvif_due(l->o, 11 * S, wall, &due), WARD_OK);
	assert_true(ward_onvif_done(l->o));
	lab_free(l);
}

/* Parts that are lost take their document with them, and no other. */
static void t_lost(void **state)
{
	struct lab *l = lab_new();

	(void)state;
	play(l);
	assert_int_equal(packet(l, S, "<tt:Meta", false), WARD_OK);
	l->seq += 3;
	assert_int_equal(packet(l, S, "of the middle", false), WARD_OK);
	assert_int_equal(packet(l, S, "and the end>", true), WARD_OK);
	doc(l, 2 * S, STREAM(EVENT));
	heard(l, EVENT_HEARD);
	assert_int_equal(ward_counter_get(&l->counters, "onvif.packets_lost"), 3);
	assert_int_equal(ward_counter_get(&l->counters, "onvif.metadata_cut"), 1);
	/* one without its end, before another */
	assert_int_equal(packet(l, 3 * S, "<tt:Meta", false), WARD_OK);
	doc(l, 4 * S, STREAM(EVENT));
	heard(l, EVENT_HEARD);
	assert_int_equal(ward_counter_get(&l->counters, "onvif.metadata_cut"), 2);
	/* one without an end at all */
	char filler[4097];

	memset(filler, ' ', sizeof(filler) - 1);
	filler[sizeof(filler) - 1] = 0;
	for (unsigned i = 0; i < 300; i++)
		assert_int_equal(packet(l, 5 * S, filler, false), WARD_OK);
	assert_int_equal(packet(l, 5 * S, filler, true), WARD_OK);
	assert_int_equal(ward_counter_get(&l->counters, "onvif.metadata_long"), 1);
	doc(l, 6 * S, STREAM(EVENT));
	heard(l, EVENT_HEARD);
	/* a packet that is none */
	assert_int_equal(says(l, 7 * S, "$\0\0\x0c\xb0\x62\0\1\0\0\0\0\0\0\0\0", 16), WARD_OK);
	assert_int_equal(ward_counter_get(&l->counters, "onvif.packets_odd"), 1);
	lab_free(l);
}

/* What nobody can read ends the stream, said why; a first one does not. */
static void t_malformed(void **state)
{
	struct lab *l = lab_new();
	unsigned i = 0;
	enum ward_err err = WARD_OK;

	(void)state;
	play(l);
	doc(l, S, "\x1f\x8b");
	doc(l, S, STREAM(EVENT));
	heard(l, EVENT_HEARD);
	while (i < 20 && !err)
		err = packet(l, 2 * S, i++ % 2 ? "<html/>" : "<tt:MetadataStream", true);
	assert_int_equal(i, 10);
	assert_int_equal(err, WARD_ERR_FOREIGN);
	assert_non_null(strstr(ward_onvif_why(l->o), "its metadata can't be read"));
	assert_int_equal(ward_counter_get(&l->counters, "onvif.metadata_malformed"), 11);
	/* it knows that the stream is over, and begins anew */
	assert_int_equal(ward_onvif_ended(l->o, 3 * S, wall), WARD_OK);
	asks(l, 4 * S, "DESCRIBE", "CSeq: 1");
	lab_free(l);
}

/* Seen for a second it is told, once, as what it most likely is; and when it left. */
static void t_objects(void **state)
{
	struct lab *l = lab_new();

	(void)state;
	play(l);
	doc(l, S, FRAME("01.000", OBJECT("12", "<tt:Shape/>") OBJECT("13", "")));
	doc(l, S + S / 2,
		FRAME("01.500",
			OBJECT("12", "<tt:Class><tt:ClassCandidate><tt:Type>Vehicle</tt:Type>"
				     "<tt:Likelihood>0.2</tt:Likelihood></tt:ClassCandidate>"
				     "<tt:ClassCandidate><tt:Type>Human</tt:Type>"
				     "<tt:Likelihood>0.8</tt:Likelihood></tt:ClassCandidate>"
				     "</tt:Class>")));
	heard(l, "");
	doc(l, 2 * S, FRAME("02", OBJECT("12", "")));
	heard(l, "log.onvif|onvif.topic=VideoAnalytics/Object|onvif.operation=Appeared|"
		 "onvif.ObjectId=12|onvif.Class=human|camera=C-1|sensor="
		 "cam;");
	assert_int_equal(l->time, wall + S);
	doc(l, 3 * S, FRAME("03", OBJECT("12", CLASS("Spaceship"))));
	heard(l, "");
	doc(l, 4 * S,
		FRAME("04", "<tt:ObjectTree><tt:Delete ObjectId=\"12\"/><tt:Delete "
			    "ObjectId=\"13\"/><tt:Delete ObjectId=\"99\"/></tt:ObjectTree>"));
	heard(l, "log.onvif|onvif.topic=VideoAnalytics/Object|onvif.operation=Left|"
		 "onvif.ObjectId=12|onvif.Class=other|duration_ns=2000000000|camera=C-1|sensor="
		 "cam;");
	assert_int_equal(l->time, wall + 3 * S);
	assert_int_equal(ward_counter_get(&l->counters, "onvif.objects_brief"), 1);
	lab_free(l);
}

/* Dates that no camera was made at, one after the other: objects are told by when they came. */
static void t_dates(void **state)
{
	struct lab *l = lab_new();

	(void)state;
	play(l);
#define AT(date)                                              \
	STREAM("<tt:VideoAnalytics><tt:Frame UtcTime=\"" date \
	       "\">" OBJECT("1", "") "</tt:Frame></tt:VideoAnalytics>")
	doc(l, S, AT("1678-01-01T00:00:00Z"));
	doc(l, 3 * S, AT("2261-12-31T00:00:00Z"));
	heard(l, "log.onvif|onvif.topic=VideoAnalytics/Object|onvif.operation=Appeared|"
		 "onvif.ObjectId=1|onvif.Class=other|camera=C-1|sensor=cam;");
	assert_int_equal(l->time, wall + S);
	doc(l, 4 * S, AT("1678-01-01T00:00:00Z"));
#undef AT
	doc(l, 5 * S, FRAME("04", "<tt:ObjectTree><tt:Delete ObjectId=\"1\"/></tt:ObjectTree>"));
	heard(l,
		"log.onvif|onvif.topic=VideoAnalytics/Object|onvif.operation=Left|"
		"onvif.ObjectId=1|onvif.Class=other|duration_ns=3000000000|camera=C-1|sensor=cam;");
	assert_int_equal(ward_counter_get(&l->counters, "onvif.odd.time"), 3);
	lab_free(l);
}

/* One that is not spoken of any more left; so did all whose stream ended. */
static void t_gone(void **state)
{
	struct lab *l = lab_new();
	struct ward_slice due;

	(void)state;
	play(l);
	doc(l, S, FRAME("01", OBJECT("1", CLASS("Car")) OBJECT("2", CLASS("Human"))));
	doc(l, 2 * S, FRAME("02", OBJECT("1", "") OBJECT("2", "")));
	l->n_heard = 0;
	doc(l, 13 * S, FRAME("13", OBJECT("2", "")));
	assert_int_equal(ward_onvif_due(l->o, 13 * S, wall + 13 * S, &due), WARD_OK);
	heard(l,
		"log.onvif|onvif.topic=VideoAnalytics/Object|onvif.operation=Left|onvif.ObjectId=1|"
		"onvif.Class=car|duration_ns=1000000000|camera=C-1|sensor=cam;");
	assert_false(ward_onvif_overdue(l->o, 33 * S));
	assert_true(ward_onvif_overdue(l->o, 33 * S + 1));
	assert_int_equal(ward_onvif_ended(l->o, 34 * S, wall + 34 * S), WARD_ERR_FOREIGN);
	assert_string_equal(ward_onvif_why(l->o), "nothing comes of it");
	heard(l,
		"log.onvif|onvif.topic=VideoAnalytics/Object|onvif.operation=Left|onvif.ObjectId=2|"
		"onvif.Class=human|duration_ns=12000000000|camera=C-1|sensor=cam;");
	assert_false(ward_onvif_serves(l->o));
	lab_free(l);
}

/* Faces and number plates are no objects; what else shows who somebody is goes no further. */
static void t_persons(void **state)
{
	struct lab *l = lab_new();

	(void)state;
	play(l);
	for (unsigned i = 0; i < 2; i++)
		doc(l, (ward_ns)(i + 1) * S,
			FRAME("01", OBJECT("1", CLASS("Face")) OBJECT(
					    "2", CLASS("LicensePlate")) OBJECT("3",
					    CLASS("Human") "<tt:HumanFace><tt:Gender>Male</"
							   "tt:Gender></tt:HumanFace>") OBJECT("4",
					    CLASS("Vehicle") "<tt:LicensePlateInfo>"
							     "<tt:PlateNumber>AB123CD"
							     "</tt:PlateNumber>"
							     "</tt:LicensePlateInfo>")));
	heard(l, "log.onvif|onvif.topic=VideoAnalytics/Object|onvif.operation=Appeared|"
		 "onvif.ObjectId=3|onvif.Class=human|camera=C-1|sensor=cam;"
		 "log.onvif|onvif.topic=VideoAnalytics/Object|onvif.operation=Appeared|"
		 "onvif.ObjectId=4|onvif.Class=vehicle|camera=C-1|sensor=cam;");
	assert_int_equal(ward_counter_get(&l->counters, "onvif.left_out"), 4 + 2);
	lab_free(l);
}

/* However many objects a device claims, so many are followed. */
static void t_many(void **state)
{
	struct lab *l = lab_new();

	(void)state;
	play(l);
	for (unsigned i = 0; i < 300; i++) {
		char text[512];

		(void)snprintf(text, sizeof(text), FRAME("01", OBJECT("%u", "")), i);
		doc(l, S, text);
	}
	doc(l, S, FRAME("01", OBJECT("x", "")));
	doc(l, S, STREAM("<tt:VideoAnalytics><tt:Frame/></tt:VideoAnalytics>"));
	assert_int_equal(ward_counter_get(&l->counters, "onvif.objects_full"), 300 - 256);
	assert_int_equal(ward_counter_get(&l->counters, "onvif.odd.object"), 1);
	assert_int_equal(ward_counter_get(&l->counters, "onvif.reject.time"), 1);
	heard(l, "");
	lab_free(l);
}

/* What a device says instead, and what becomes of it. */
static void t_refused(void **state)
{
	static const struct {
		const char *status, *sdp;
		enum ward_err err;
		const char *why;
	} cases[] = {
		{"200 OK", DESCRIPTION("vnd.onvif.metadata.gzip/90000"), WARD_ERR_FOREIGN,
			"its metadata are compressed (gzip or EXI)"},
		{"200 OK", DESCRIPTION("vnd.onvif.metadata.exi.onvif/90000"), WARD_ERR_FOREIGN,
			"its metadata are compressed (gzip or EXI)"},
		{"200 OK", DESCRIPTION("other/90000"), WARD_ERR_FOREIGN,
			"it describes no stream of metadata"},
		{"200 OK", "m=video 0 RTP/AVP 26\r\n", WARD_ERR_FOREIGN,
			"it describes no stream of metadata"},
		{"404 Not Found", "", WARD_ERR_FOREIGN, "it has no such stream (404)"},
		{"401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"r\"", "", WARD_ERR_DENIED,
			"it wants the password in clear (Basic)"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(cases); i++) {
		struct lab *l = lab_new();

		asks(l, 0, "DESCRIBE", "CSeq: 1");
		assert_int_equal(answer(l, 1, cases[i].status, cases[i].sdp), cases[i].err);
		if (!strstr(ward_onvif_why(l->o), cases[i].why))
			fail_msg("'%s' is not '%s'", ward_onvif_why(l->o), cases[i].why);
		lab_free(l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_events),
		cmocka_unit_test(t_lost),
		cmocka_unit_test(t_malformed),
		cmocka_unit_test(t_objects),
		cmocka_unit_test(t_dates),
		cmocka_unit_test(t_gone),
		cmocka_unit_test(t_persons),
		cmocka_unit_test(t_many),
		cmocka_unit_test(t_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
