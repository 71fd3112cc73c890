/* Whence a call for help comes, by the texts of RFC 5491 and 6442, and by which telephone. */
#include "uas_lab.h"

#include "sense/sip/position.h"
#include "sip/body.h"

#define PRESENCE(inner)                                                                            \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"                                           \
	"<presence xmlns=\"urn:ietf:params:xml:ns:pidf\""                                          \
	" xmlns:gp=\"urn:ietf:params:xml:ns:pidf:geopriv10\""                                      \
	" xmlns:cl=\"urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr\""                            \
	" xmlns:gml=\"http://www.opengis.net/gml\" xmlns:gs=\"http://www.opengis.net/pidflo/1.0\"" \
	" entity=\"pres:point2d@example.com\"><tuple id=\"abcd123456\"><status><gp:geopriv>"       \
	"<gp:location-info>" inner "</gp:location-info><gp:usage-rules/></gp:geopriv></status>"    \
	"<timestamp>2007-06-22T20:57:29Z</timestamp></tuple></presence>\r\n"
/* RFC 5491 5.2.1, 5.2.3; RFC 5139 5. */
#define POINT                                                \
	"<gml:Point srsName=\"urn:ogc:def:crs:EPSG::4326\">" \
	"<gml:pos>-34.407 150.88001</gml:pos></gml:Point>"
#define CIRCLE                                                                        \
	"<gs:Circle srsName=\"urn:ogc:def:crs:EPSG::4326\"><gml:pos>42.5463 -73.2512" \
	"</gml:pos><gs:radius uom=\"urn:ogc:def:uom:EPSG::9001\">850.24</gs:radius></gs:Circle>"
#define CIVIC                                                                               \
	"<cl:civicAddress><cl:country>AU</cl:country><cl:BLD>2</cl:BLD><cl:FLR>EG</cl:FLR>" \
	"<cl:ROOM>0.14</cl:ROOM><cl:LOC>by the door</cl:LOC></cl:civicAddress>"

static void t_position(void **state)
{
	static const struct {
		const char *text;
		enum ward_err err;
		bool geo;
		int64_t lat, lon;
		uint32_t metres;
		const char *room;
	} rows[] = {{PRESENCE(POINT), WARD_OK, true, -34407000, 150880010, 0, ""},
		{PRESENCE(CIRCLE), WARD_OK, true, 42546300, -73251200, 851, ""},
		{PRESENCE(CIVIC CIRCLE), WARD_OK, true, 42546300, -73251200, 851, "0.14"},
		{PRESENCE(
			 "<gml:Point srsName=\"urn:ogc:def:crs:EPSG::31467\"><gml:pos>1 2</gml:pos>"
			 "</gml:Point>"),
			WARD_OK, false, 0, 0, 0, ""},
		{PRESENCE("<gml:Point><gml:pos>91 2</gml:pos></gml:Point>"), WARD_OK, false, 0, 0,
			0, ""},
		{PRESENCE("<gml:Point><gml:pos>45.12345678 7.5 230</gml:pos></gml:Point>"), WARD_OK,
			true, 45123456, 7500000, 0, ""},
		{PRESENCE(""), WARD_OK, false, 0, 0, 0, ""},
		{"<presence", WARD_ERR_MALFORMED, false, 0, 0, 0, ""},
		{"<a/>", WARD_ERR_MALFORMED, false, 0, 0, 0, ""}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		struct ward_sip_position p = {.geo = false};
		struct ward_arena a;
		const char *why = NULL;

		ward_arena_init(&a, ward_mem_heap(), 1 << 20);
		assert_int_equal(ward_sip_position_read(ward_str_bytes(ward_str_z(rows[i].text)),
					 ward_mem_heap(), &a, &p, &why),
			rows[i].err);
		assert_int_equal(p.geo, rows[i].geo);
		assert_int_equal(p.lat, rows[i].lat);
		assert_int_equal(p.lon, rows[i].lon);
		assert_int_equal(p.metres, rows[i].metres);
		assert_true(ward_str_eqz(p.room, rows[i].room));
		assert_int_equal(rows[i].err != WARD_OK, why != NULL);
		ward_arena_fini(&a);
	}
}

/* RFC 6442 5.1: a position in a part of the body, which Geolocation names. */
static void located(struct fix *x, const char *pidf, const char *geolocation, unsigned cseq)
{
	static char body[TEXT / 2];
	char fields[512];

	(void)snprintf(body, sizeof(body),
		"--boundary1\r\nContent-Type: text/plain\r\n\r\nman down\r\n"
		"--boundary1\r\nContent-Type: application/pidf+xml\r\n"
		"Content-ID: <target123@atlanta.example.com>\r\n\r\n%s\r\n--boundary1--\r\n",
		pidf);
	(void)snprintf(fields, sizeof(fields),
		"Geolocation: <%s>\r\nGeolocation-Routing: no\r\nSupported: geolocation\r\n"
		"Content-Type: multipart/mixed; boundary=boundary1\r\n",
		geolocation);
	ask(x, (struct ask){.method = "MESSAGE", .cseq = cseq, .fields = fields, .body = body});
	has(x->said, "SIP/2.0 200 ");
}

static void t_places(void **state)
{
	struct fix *x = *state;

	located(x, PRESENCE(POINT), "cid:target123@atlanta.example.com", 1);
	has(x->event, "\"message\":\"man down\"");
	has(x->event, "\"call.place\":\"garden\""); /* nearer than the gate */
	lacks(x->event, "call.position");
	located(x, PRESENCE(CIRCLE), "cid:target123@atlanta.example.com", 2);
	has(x->event, "\"call.position\":\"42.546300,-73.251200\""); /* nowhere that is known */
	lacks(x->event, "call.place");
	located(x, PRESENCE(CIVIC), "cid:target123@atlanta.example.com", 3);
	has(x->event, "\"call.place\":\"lab\"");
	has(x->event, "\"call.room\":\"0.14\"");
	/* by reference, or another part than there is: Ward asks nobody */
	located(x, PRESENCE(POINT), "cid:other@atlanta.example.com", 4);
	has(x->event, "\"call.place\":\"icu-1\""); /* where the telephone usually is */
	assert_int_equal(count(x, "sip.position.elsewhere"), 1);
	/* what can't be read is still a call */
	located(x, "<presence", "cid:target123@atlanta.example.com", 5);
	assert_int_equal(count(x, "sip.reject.position"), 1);
	ask(x, (struct ask){.method = "MESSAGE",
		       .cseq = 6,
		       .fields = "Content-Type: multipart/mixed; boundary=x\r\n",
		       .body = "--x\r\n"});
	has(x->said, "SIP/2.0 200 ");
	assert_int_equal(count(x, "sip.reject.body"), 1);
	assert_int_equal(x->n_event, 6);
}

/* What a hospital's pattern would make of it. */
static enum ward_err understand(void *ctx, struct ward_event *e)
{
	struct fix *x = ctx;

	return ward_event_set(e, ward_name(&x->names, WARD_STR("call.beacon")),
		ward_value_str(WARD_STR("beacon-7")));
}

static void t_understood(void **state)
{
	struct fix *x = *state;

	x->o.understand = understand;
	again(x);
	ask(x, (struct ask){.method = "MESSAGE",
		       .cseq = 1,
		       .body = "ALARM B7",
		       .fields = "User-Agent: Safe\x01 7\r\n"});
	has(x->event, "\"call.place\":\"pharmacy\"");
	has(x->event, "\"call.device\":\"Safe  7\"");
	ask(x, (struct ask){.method = "MESSAGE", .cseq = 2, .body = "a\xffz\r\nb"});
	has(x->event, "\"message\":\"a?z  b\"");
}

static void t_watched(void **state)
{
	struct fix *x = *state;

	x->o.registers = true;
	again(x);
	ask(x, (struct ask){.method = "REGISTER", .cseq = 1, .fields = CONTACT "Expires: 60\r\n"});
	has(x->said, "SIP/2.0 200 ");
	has(x->said, "Contact: <sip:4711@192.0.2.50:5062>;expires=60\r\n");
	x->mono += 91 * S;
	assert_int_equal(ward_uas_tick(x->u, x->mono, x->mono), WARD_OK);
	assert_int_equal(x->n_event, 0);
	x->mono += 2 * S;
	assert_int_equal(ward_uas_tick(x->u, x->mono, x->mono), WARD_OK);
	assert_int_equal(ward_uas_tick(x->u, x->mono, x->mono), WARD_OK);
	assert_int_equal(x->n_event, 1);
	has(x->event, "\"class\":\"field.silent\"");
	has(x->event, "\"point\":\"sip\"");
	has(x->event, "\"user\":\"4711\"");
	has(x->event, "\"call.place\":\"icu-1\"");
	ask(x, (struct ask){.method = "OPTIONS", .cseq = 2});
	has(x->event, "\"class\":\"field.online\"");
	/* one that signs off is not missed */
	ask(x, (struct ask){.method = "REGISTER", .cseq = 3, .fields = CONTACT "Expires: 60\r\n"});
	ask(x, (struct ask){
		       .method = "REGISTER", .cseq = 4, .fields = "Contact: *\r\nExpires: 0\r\n"});
	lacks(x->said, "Contact");
	x->mono += 9999 * S;
	assert_int_equal(ward_uas_tick(x->u, x->mono, x->mono), WARD_OK);
	assert_int_equal(x->n_event, 2);
	/* numbers that must be heard are missed from the beginning on; the table is bounded */
	x->o.registers = false;
	x->o.supervised = WARD_STR("4711 4712");
	x->o.silence = 60 * S;
	again(x);
	x->mono += 59 * S;
	ask(x, (struct ask){.method = "OPTIONS", .cseq = 5});
	x->mono += 2 * S;
	assert_int_equal(ward_uas_tick(x->u, x->mono, x->mono), WARD_OK);
	assert_int_equal(x->n_event, 1);
	has(x->event, "\"user\":\"4712\"");
	for (unsigned i = 0; i < 20; i++) {
		char from[64];

		(void)snprintf(from, sizeof(from), "sip:%u@h", i);
		ask(x, (struct ask){.method = "OPTIONS", .from = from, .cseq = 10 + i});
	}
	assert_int_equal(count(x, "sip.devices.unwatched"), 14);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_position),
		cmocka_unit_test_setup_teardown(t_places, setup, teardown),
		cmocka_unit_test_setup_teardown(t_understood, setup, teardown),
		cmocka_unit_test_setup_teardown(t_watched, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
