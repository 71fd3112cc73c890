#include "lab.h"

#define POINT                                                                           \
	"<d:CreatePullPointSubscriptionResponse><d:SubscriptionReference><d:Address>"   \
	"http://10.9.9.9/sub?x=1&amp;y=2</d:Address><d:ReferenceParameters>"            \
	"<acme:SubscriptionId>7&lt;8</acme:SubscriptionId></d:ReferenceParameters>"     \
	"</d:SubscriptionReference><d:CurrentTime>2026-03-01T01:00:00Z</d:CurrentTime>" \
	"<d:TerminationTime>2026-03-01T01:01:00Z</d:TerminationTime>"                   \
	"</d:CreatePullPointSubscriptionResponse>"
#define MESSAGE(topic, time, items)                                                         \
	"<d:NotificationMessage><d:Topic>" topic "</d:Topic><d:Message><d:Message UtcTime=" \
	"\"" time "\" PropertyOperation=\"Changed\">" items "</d:Message></d:Message>"      \
	"</d:NotificationMessage>"
#define PULLED(messages)                                                    \
	"<d:PullMessagesResponse><d:CurrentTime>x</d:CurrentTime>" messages \
	"</d:PullMessagesResponse>"
#define FORCED                                                                         \
	MESSAGE("x:Door/State/DoorAlarm", "2026-03-01T01:00:05Z",                      \
		"<d:Source><d:SimpleItem Name=\"DoorToken\" Value=\"D1\"/></d:Source>" \
		"<d:Data><d:SimpleItem Name=\"State\" Value=\"DoorForcedOpen\"/></d:Data>")
#define FORCED_EVENT                                                                       \
	"log.onvif|onvif.topic=Door/State/DoorAlarm|onvif.operation=Changed|door=dc-1/D1|" \
	"onvif.State=DoorForcedOpen|camera=cam-1|sensor=dc-1;"

static void subscribe(struct lab *l, ward_ns at)
{
	asks(l, at, "GetSystemDateAndTime", "/onvif/device_service");
	assert_null(strstr(l->asked, "UsernameToken"));
	answer(l, at, CLOCK);
	asks(l, at, "GetServices", "/onvif/device_service");
	answer(l, at, SERVICES);
	asks(l, at, "CreatePullPointSubscription", "/onvif/events");
	answer(l, at, POINT);
	asks(l, at, "PullMessages", "/sub?x=1&y=2");
}

/* From nothing to a forced door, at our own time; the lease is renewed at its half. */
static void t_door(void **state)
{
	struct lab *l = lab_new("ward", WARD_ONVIF_EVENTS);
	ward_ns ahead;

	(void)state;
	subscribe(l, 0);
	assert_true(ward_onvif_serves(l->o));
	assert_true(ward_onvif_clock(l->o, &ahead));
	assert_int_equal(ahead, 3600 * S);
	/* who asks, by the device's clock; what the subscription wants to be called by */
	assert_non_null(strstr(l->asked, "<wsse:Username>ward</wsse:Username>"));
	assert_non_null(strstr(l->asked, "<wsu:Created>2026-03-01T01:00:00Z</wsu:Created>"));
	assert_null(strstr(l->asked, "s3cret"));
	assert_non_null(strstr(l->asked, "<wsa:To>http://10.9.9.9/sub?x=1&amp;y=2</wsa:To>"));
	assert_non_null(strstr(l->asked, "<r:SubscriptionId wsa:IsReferenceParameter=\"true\" "
					 "xmlns:r=\"urn:acme\">7&lt;8<"));
	answer(l, 5 * S, PULLED(FORCED));
	assert_string_equal(l->heard, FORCED_EVENT);
	assert_int_equal(l->time, wall + 5 * S);
	struct ward_id id = l->id;

	asks(l, 5 * S, "PullMessages", "/sub?x=1&y=2");
	answer(l, 31 * S, PULLED(FORCED)); /* delivered twice, it is one */
	assert_true(ward_id_eq(id, l->id));
	asks(l, 31 * S, "wsnt:Renew", "/sub?x=1&y=2");
	answer(l, 31 * S,
		"<d:RenewResponse><d:TerminationTime>2026-03-01T01:02:31Z</d:TerminationTime>"
		"<d:CurrentTime>2026-03-01T01:00:31Z</d:CurrentTime></d:RenewResponse>");
	asks(l, 31 * S, "PullMessages", "/sub?x=1&y=2");
	answer(l, 31 * S, PULLED(""));
	assert_true(ward_onvif_leave(l->o));
	asks(l, 32 * S, "wsnt:Unsubscribe", "/sub?x=1&y=2");
	answer(l, 32 * S, "<d:UnsubscribeResponse/>");
	assert_true(ward_onvif_done(l->o));
	idle(l, 33 * S);
	lab_free(l);
}

/* Persons are hidden or left out; a maker's own topics keep its name. */
static void t_items(void **state)
{
	struct lab *l = lab_new(NULL, WARD_ONVIF_EVENTS);

	(void)state;
	subscribe(l, 0);
	assert_null(strstr(l->asked, "UsernameToken"));
	answer(l, 1,
		PULLED(MESSAGE("tns1:AccessControl/AccessGranted/Credential",
			"2026-03-01T01:00:05Z",
			"<d:Source><d:SimpleItem Name=\"AccessPointToken\" "
			"Value=\"A\"/></d:Source><d:Data>"
			"<d:SimpleItem Name=\"CredentialToken\" Value=\"4711\"/>"
			"<d:SimpleItem Name=\"CredentialHolderName\" Value=\"Rossi\"/>"
			"<d:SimpleItem Name=\"CredentialHolderPhoto\" Value=\"x\"/>"
			"<d:SimpleItem Name=\"bad name\" Value=\"x\"/>"
			"<d:ElementItem Name=\"Face\"><d:Box/></d:ElementItem></d:Data>")
				MESSAGE("acme:Door/State/DoorAlarm", "2026-03-01T01:00:05.5Z", "")
					MESSAGE("", "2026-03-01T01:00:05Z", "")
						MESSAGE("tns1:A/B", "yesterday", "")));
	assert_string_equal(l->heard,
		"log.onvif|onvif.topic=AccessControl/AccessGranted/"
		"Credential|onvif.operation=Changed|"
		"reader=dc-1/A|badge=4711|user=Rossi|camera=cam-1|sensor=dc-1;"
		"log.onvif|onvif.topic=acme:Door/State/DoorAlarm|onvif.operation=Changed|"
		"camera=cam-1|sensor=dc-1;");
	assert_int_equal(ward_counter_get(&l->counters, "onvif.left_out"), 1);
	assert_int_equal(ward_counter_get(&l->counters, "onvif.odd.item"), 1);
	assert_int_equal(ward_counter_get(&l->counters, "onvif.element_items"), 1);
	assert_int_equal(ward_counter_get(&l->counters, "onvif.reject.topic"), 1);
	assert_int_equal(ward_counter_get(&l->counters, "onvif.reject.time"), 1);
	lab_free(l);
}

/* Which camera of a recorder; of a camera it is that one. */
static void t_cameras(void **state)
{
	for (unsigned i = 0; i < 2; i++) {
		struct lab *l =
			lab_of(NULL, WARD_ONVIF_EVENTS, i ? WARD_STR("cam-1") : WARD_STR(""));

		(void)state;
		subscribe(l, 0);
		answer(l, 1,
			PULLED(MESSAGE("tns1:VideoSource/SignalLoss", "2026-03-01T01:00:05Z",
				"<d:Source><d:SimpleItem Name=\"Source\" "
				"Value=\"VS_3\"/></d:Source>")));
		assert_string_equal(l->heard,
			i ? "log.onvif|onvif.topic=VideoSource/SignalLoss|onvif.operation=Changed|"
			    "onvif.Source=VS_3|camera=cam-1|sensor=dc-1;"
			  : "log.onvif|onvif.topic=VideoSource/SignalLoss|onvif.operation=Changed|"
			    "camera=dc-1/VS_3|sensor=dc-1;");
		lab_free(l);
	}
}

/* The pull point is gone: all anew, after a while. Failures: later and later, then anew. */
static void t_rebuilt(void **state)
{
	struct lab *l = lab_new("ward", WARD_ONVIF_EVENTS);
	ward_ns at = 2 * S;

	(void)state;
	subscribe(l, 0);
	assert_int_equal(
		answer_with(l, S, "400 Bad Request", FAULT("ResourceUnknown")), WARD_ERR_FOREIGN);
	assert_non_null(strstr(ward_onvif_why(l->o), "ResourceUnknown"));
	idle(l, S);
	subscribe(l, at);
	assert_int_equal(ward_counter_get(&l->counters, "onvif.rebuilt"), 1);
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(ward_onvif_ended(l->o, at, wall), WARD_ERR_FOREIGN);
		assert_false(ward_onvif_serves(l->o));
		idle(l, at + (1 << i) * S - 1);
		at += (1 << i) * S;
		if (i < 4)
			asks(l, at, "PullMessages", "/sub?x=1&y=2");
	}
	asks(l, at, "GetSystemDateAndTime", "/onvif/device_service");
	assert_int_equal(ward_counter_get(&l->counters, "onvif.rebuilt"), 2);
	lab_free(l);
}

/* A device that can't hold an answer back is asked for short ones, less often while nothing comes;
 * one that does not renew renews by pulling. */
static void t_polling(void **state)
{
	struct lab *l = lab_new("ward", WARD_ONVIF_EVENTS);

	(void)state;
	subscribe(l, 0);
	assert_non_null(strstr(l->asked, "<tev:Timeout>PT10S</tev:Timeout>"));
	assert_false(ward_onvif_overdue(l->o, 20 * S));
	assert_true(ward_onvif_overdue(l->o, 21 * S));
	assert_int_equal(ward_onvif_ended(l->o, 21 * S, wall), WARD_ERR_FOREIGN);
	asks(l, 22 * S, "PullMessages", "/sub?x=1&y=2");
	assert_int_equal(ward_onvif_ended(l->o, 23 * S, wall), WARD_ERR_FOREIGN);
	asks(l, 25 * S, "PT1S", "/sub?x=1&y=2");
	answer(l, 25 * S, PULLED(""));
	idle(l, 26 * S);
	asks(l, 27 * S, "PT1S", "/sub?x=1&y=2");
	answer(l, 27 * S, PULLED(""));
	idle(l, 30 * S);
	asks(l, 31 * S, "wsnt:Renew", "/sub?x=1&y=2");
	assert_int_equal(answer_with(l, 31 * S, "500 No", FAULT("ActionNotSupported")), WARD_OK);
	asks(l, 31 * S, "PT1S", "/sub?x=1&y=2");
	answer(l, 31 * S,
		"<d:PullMessagesResponse><d:CurrentTime>2026-03-01T01:00:00Z</d:CurrentTime>"
		"<d:TerminationTime>2026-03-01T01:00:30Z</d:TerminationTime>" FORCED
		"</d:PullMessagesResponse>");
	asks(l, 50 * S, "PT1S", "/sub?x=1&y=2"); /* past half of it, and not renewed */
	answer(l, 50 * S, PULLED(""));
	asks(l, 200 * S, "GetSystemDateAndTime", "/onvif/device_service"); /* and its end */
	lab_free(l);
}

static void t_denied(void **state)
{
	struct lab *l = lab_new("ward", WARD_ONVIF_EVENTS);

	(void)state;
	asks(l, 0, "GetSystemDateAndTime", "/onvif/device_service");
	/* HTTP's own way of asking */
	assert_int_equal(answer_with(l, 0,
				 "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\n"
				 "WWW-Authenticate: Digest realm=\"x\", nonce=\"n\", qop=\"auth\"",
				 NULL),
		WARD_OK);
	asks(l, 0, "GetSystemDateAndTime", "/onvif/device_service");
	assert_non_null(strstr(l->asked, "Authorization: Digest username=\"ward\", realm=\"x\""));
	answer(l, 0, CLOCK);
	asks(l, 0, "GetServices", "/onvif/device_service");
	assert_null(strstr(l->asked, "UsernameToken"));
	assert_non_null(strstr(l->asked, "nc=00000002"));
	assert_int_equal(answer_with(l, 0, "200 OK", FAULT("NotAuthorized")), WARD_ERR_DENIED);
	lab_free(l);
	/* no password in the clear */
	l = lab_new("ward", WARD_ONVIF_EVENTS);
	asks(l, 0, "GetSystemDateAndTime", "/onvif/device_service");
	assert_int_equal(
		answer_with(l, 0, "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"", NULL),
		WARD_ERR_DENIED);
	lab_free(l);
}

#define NO_SERVICES "<d:GetServicesResponse></d:GetServicesResponse>"

/* What a device answers to its nth request, the ones before well answered; and what is said of it.
 */
static void t_refused(void **state)
{
	static const struct {
		const char *user, *head, *body;
		unsigned after;
		bool streams;
		enum ward_err err;
		const char *why;
	} cases[] = {
		{"ward", "200 OK", "<x/>", 0, false, WARD_ERR_FOREIGN,
			"it answers something else than it was asked"},
		{"ward", "200 OK", NO_SERVICES, 1, false, WARD_ERR_FOREIGN,
			"it has no event service"},
		{"ward", "200 OK", NO_SERVICES, 1, true, WARD_ERR_FOREIGN,
			"it has no media service"},
		{"ward", "200 OK", "<d:GetProfilesResponse/>", 2, true, WARD_ERR_FOREIGN,
			"it has no profile with pictures"},
		{"ward", "200 OK", "<d:CreatePullPointSubscriptionResponse/>", 2, false,
			WARD_ERR_FOREIGN, "its pull point has no address"},
		{"ward", "400 Bad Request", FAULT("InvalidArgVal"), 2, false, WARD_ERR_FOREIGN,
			"it refuses: InvalidArgVal"},
		{"ward", "404 Not Found", NULL, 0, false, WARD_ERR_FOREIGN,
			"it answers without SOAP (status 404)"},
		{"ward", "403 Forbidden", NULL, 0, false, WARD_ERR_DENIED,
			"it answers without SOAP (status 403)"},
		{NULL, "401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\"",
			NULL, 0, false, WARD_ERR_DENIED, "it asks for a user"},
		{"ward", "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"r\"", NULL, 0, false,
			WARD_ERR_DENIED,
			"it asks for a password in the clear, or in an unknown way"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(cases); i++) {
		struct lab *l = lab_new(
			cases[i].user, cases[i].streams ? WARD_ONVIF_STREAMS : WARD_ONVIF_EVENTS);

		asks(l, 0, "GetSystemDateAndTime", "/onvif/device_service");
		if (cases[i].after) {
			answer(l, 0, CLOCK);
			asks(l, 0, "GetServices", "/onvif/device_service");
		}
		if (cases[i].after > 1) {
			answer(l, 0, SERVICES);
			asks(l, 0, "", cases[i].streams ? "/onvif/media" : "/onvif/events");
		}
		assert_int_equal(answer_with(l, 0, cases[i].head, cases[i].body), cases[i].err);
		assert_string_equal(ward_onvif_why(l->o), cases[i].why);
		lab_free(l);
	}
}

/* A password that stays wrong; silence; an end; what nobody asked for; a clock that is none. */
static void t_failures(void **state)
{
	static const char digest[] =
		"401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\"";
	struct lab *l = lab_new("ward", WARD_ONVIF_EVENTS);
	ward_ns ahead;

	(void)state;
	assert_int_equal(ward_onvif_bytes(l->o, ward_slice_of("x", 1), 0, wall), WARD_ERR_CLOSED);
	assert_int_equal(ward_counter_get(&l->counters, "onvif.unasked"), 1);
	asks(l, 0, "GetSystemDateAndTime", "/onvif/device_service");
	assert_int_equal(answer_with(l, 0, digest, NULL), WARD_OK);
	asks(l, 0, "GetSystemDateAndTime", "/onvif/device_service");
	assert_int_equal(answer_with(l, 0, digest, NULL), WARD_ERR_DENIED);
	assert_string_equal(ward_onvif_why(l->o), "it does not take user and password");
	asks(l, 9 * S, "GetSystemDateAndTime", "/onvif/device_service");
	assert_int_equal(ward_onvif_ended(l->o, 9 * S, wall), WARD_ERR_FOREIGN);
	assert_string_equal(ward_onvif_why(l->o), "it ended the connection");
	asks(l, 19 * S, "GetSystemDateAndTime", "/onvif/device_service");
	assert_true(ward_onvif_overdue(l->o, 30 * S));
	assert_int_equal(ward_onvif_ended(l->o, 30 * S, wall), WARD_ERR_FOREIGN);
	assert_string_equal(ward_onvif_why(l->o), "it does not answer in time");
	asks(l, 60 * S, "GetSystemDateAndTime", "/onvif/device_service");
	answer(l, 60 * S, "<d:GetSystemDateAndTimeResponse/>");
	assert_false(ward_onvif_clock(l->o, &ahead));
	assert_int_equal(ward_counter_get(&l->counters, "onvif.odd.clock"), 1);
	lab_free(l);
}

/* The digest of an example that others compute the same. */
static void t_digest(void **state)
{
	static char text[8192];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text) - 1);
	struct ward_soap s = {.ask = WARD_SOAP_CLOCK,
		.user = "user",
		.password = "userpassword",
		.created = 1284633264 * S};

	(void)state;
	/* ONVIF Application Programmer's Guide 6.1.1.3: nonce LKqI6G/AikKCQrN0zqZFlg== */
	static const uint8_t nonce[16] = {0x2c, 0xaa, 0x88, 0xe8, 0x6f, 0xc0, 0x8a, 0x42, 0x82,
		0x42, 0xb3, 0x74, 0xce, 0xa6, 0x45, 0x96};

	memcpy(s.nonce, nonce, sizeof(nonce));
	s.created = 0;
	assert_int_equal(ward_time_parse(WARD_STR("2010-09-16T07:50:45Z"), &s.created), WARD_OK);
	assert_int_equal(ward_soap_write(&s, &w), WARD_OK);
	text[w.len] = 0;
	assert_non_null(strstr(text, ">LKqI6G/AikKCQrN0zqZFlg==</wsse:Nonce>"));
	assert_non_null(strstr(text, ">tuOSpGlFlIXsozq4HFNeeGeFLEI=</wsse:Password>"));
}

static void t_url(void **state)
{
	static const char begin[] = "it begins with neither onvif:// nor onvifs://",
			  host[] = "it has no usable host and port (a user stands elsewhere)",
			  path[] = "its path is too long, or has blanks or quotes in it";
	static const struct {
		const char *text, *why;
	} bad[] = {{"http://h", begin}, {"onvif://", host}, {"onvif://h:0", host},
		{"onvif://u@h", host}, {"onvif://h/a b", path}, {"onvif://h:99999", host},
		{"onvif://[::1", host}, {"onvif://h/\"", path}, {"onvif://[::1]x", host}};
	struct ward_onvif_url u;
	const char *why;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		assert_int_equal(
			ward_onvif_url_read(ward_str_z(bad[i].text), &u, &why), WARD_ERR_MALFORMED);
		assert_string_equal(why, bad[i].why);
	}
	assert_int_equal(
		ward_onvif_url_read(WARD_STR("onvifs://[2001:db8::1]:444/x"), &u, &why), WARD_OK);
	assert_true(u.tls);
	assert_string_equal(u.host, "2001:db8::1");
	assert_string_equal(u.path, "/x");
	assert_int_equal(u.port, 444);
	assert_int_equal(ward_onvif_url_read(WARD_STR("onvif://h/"), &u, &why), WARD_OK);
	assert_string_equal(u.path, "/onvif/device_service");
	assert_int_equal(u.port, 80);
}

static enum ward_err read_http(bool request, const char *text, size_t piece, char *ret, size_t cap)
{
	struct ward_httpmsg_opts o = {.mem = ward_mem_heap(), .request = request, .body_max = 32};
	struct ward_httpmsg_whole m;
	struct ward_httpmsg *h;
	size_t used = 0, len = strlen(text);
	enum ward_err err = WARD_ERR_MORE;

	assert_int_equal(ward_httpmsg_new(&o, &h), WARD_OK);
	for (size_t at = 0; at < len && err == WARD_ERR_MORE; at += used)
		err = ward_httpmsg_take(h,
			ward_slice_of(text + at, len - at < piece ? len - at : piece), &used, &m);
	if (err == WARD_ERR_MORE)
		err = ward_httpmsg_end(h, &m);
	if (!err)
		(void)snprintf(ret, cap, "%.*s %.*s %u %.*s %d", WARD_STR_ARG(m.method),
			WARD_STR_ARG(m.target), m.status, (int)m.body.len, (const char *)m.body.p,
			m.keep);
	else
		(void)snprintf(ret, cap, "%s", ward_httpmsg_why(h));
	ward_httpmsg_free(h);
	return err;
}

static void t_http(void **state)
{
#define RE "HTTP/1.1 200 OK\r\n"
	static const struct {
		bool request;
		const char *text;
		enum ward_err err;
		const char *says;
	} row[] = {
		{true, "\r\nPOST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", WARD_OK,
			"POST /a 0 abc 1"},
		{true, "GET / HTTP/1.0\n\n", WARD_OK, "GET / 0  0"},
		{true, "GET / HTTP/1.1\r\nConnection: x, Close\r\n\r\n", WARD_OK, "GET / 0  0"},
		{false,
			RE "Transfer-Encoding: chunked\r\n\r\n3;x=1\r\nabc\r\n2\r\nde\r\n0\r\nX: "
			   "y\r\n\r\n",
			WARD_OK, "  200 abcde 1"},
		{false, RE "\r\nto the end", WARD_OK, "  200 to the end 0"},
		{false, "HTTP/1.1 100 Continue\r\n\r\n" RE "Content-Length: 0\r\n\r\n", WARD_OK,
			"  200  1"},
		{false, "HTTP/1.1 204 No\r\nContent-Length: 7\r\n\r\n", WARD_OK, "  204  1"},
		{false, RE "Content-Length: 3\r\n\r\nab", WARD_ERR_MALFORMED, "it is cut"},
		{false, RE "Content-Length: 33\r\n\r\n", WARD_ERR_LIMIT, "its body is too long"},
		{false, RE "Content-Length: -1\r\n\r\n", WARD_ERR_MALFORMED,
			"its length is no number"},
		{false, RE "Content-Length: 3\r\nContent-Length: 3\r\n\r\n", WARD_ERR_MALFORMED,
			"its body has two lengths"},
		{false, RE "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
			WARD_ERR_MALFORMED, "its body has a length and another coding"},
		{false, RE "Transfer-Encoding: gzip\r\n\r\n", WARD_ERR_MALFORMED,
			"its body comes in a coding that is not known"},
		{false, RE "Transfer-Encoding: chunked\r\n\r\nx", WARD_ERR_MALFORMED, "it is cut"},
		{false, RE "Transfer-Encoding: chunked\r\n\r\nx\r\n", WARD_ERR_MALFORMED,
			"a chunk has no size"},
		{false, RE "Transfer-Encoding: chunked\r\n\r\n1\r\nabc", WARD_ERR_MALFORMED,
			"a chunk is longer than it says"},
		{false, RE "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", WARD_ERR_LIMIT,
			"its body is too long"},
		{false, RE "bad field\r\n\r\n", WARD_ERR_MALFORMED,
			"a field of its head is broken"},
		{false, RE " folded: x\r\n\r\n", WARD_ERR_MALFORMED,
			"a field of its head is broken"},
		{false, "HTTP/2 200 OK\r\n\r\n", WARD_ERR_MALFORMED,
			"its first line is not that of HTTP/1"},
		{false, "HTTP/1.1 101 Up\r\n\r\n", WARD_ERR_MALFORMED,
			"it speaks another protocol"},
		{true, "POST  HTTP/1.1\r\n\r\n", WARD_ERR_MALFORMED,
			"its first line is not that of HTTP/1"},
	};
	char says[256];

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++)
		for (size_t piece = 1; piece < 100; piece += 98) {
			enum ward_err err =
				read_http(row[i].request, row[i].text, piece, says, sizeof(says));

			if (err != row[i].err || strcmp(says, row[i].says) != 0)
				fail_msg("row %zu: %d %s", i, (int)err, says);
		}
}

static void t_xml(void **state)
{
	static const struct {
		const char *text, *why;
	} bad[] = {{"", "it is empty"}, {"<a>", "it is not well-formed XML"},
		{"<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "it has a document type"},
		{"<a>\xff</a>", "it is not UTF-8"}, {"<a></b>", "it is not well-formed XML"}};
	struct ward_arena arena;
	struct ward_xmldoc x = {.mem = ward_mem_heap(), .arena = &arena};
	char deep[1024] = "";

	(void)state;
	ward_arena_init(&arena, ward_mem_heap(), 1 << 20);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		assert_int_equal(ward_xmldoc_read(&x, ward_str_bytes(ward_str_z(bad[i].text))),
			WARD_ERR_MALFORMED);
		assert_string_equal(x.why, bad[i].why);
	}
	for (size_t i = 0; i < 33; i++)
		memcpy(deep + 3 * i, "<a>", 4);
	assert_int_equal(ward_xmldoc_read(&x, ward_str_bytes(ward_str_z(deep))), WARD_ERR_LIMIT);
	assert_int_equal(ward_xmldoc_read(&x,
				 ward_str_bytes(WARD_STR("<r xmlns:p='u'> one <p:b q='1'> t<!-- x "
							 "-->w </p:b><![CDATA[<2>]]><b/></r>"))),
		WARD_OK);
	uint32_t b = ward_xmldoc_child(&x, 0, "b");

	assert_true(ward_str_eqz(ward_xmldoc_text(&x, 0, NULL), "one <2>"));
	assert_true(ward_str_eqz(ward_xmldoc_text(&x, 0, "b"), "tw"));
	assert_true(ward_str_eqz(ward_xmldoc_attr(&x, b, "q"), "1"));
	assert_true(ward_str_eqz(x.elem[b].ns, "u"));
	assert_true(ward_str_eqz(ward_xmldoc_ns(&x, b, WARD_STR("p")), "u"));
	assert_int_equal(
		ward_xmldoc_next(&x, b, "b"), ward_xmldoc_find(&x, b, "b") == WARD_NONE ? 2 : 0);
	assert_int_equal(ward_xmldoc_find(&x, 0, "zzz"), WARD_NONE);
	ward_xmldoc_fini(&x);
	ward_arena_fini(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_door), cmocka_unit_test(t_items),
		cmocka_unit_test(t_cameras), cmocka_unit_test(t_rebuilt),
		cmocka_unit_test(t_polling), cmocka_unit_test(t_denied),
		cmocka_unit_test(t_refused), cmocka_unit_test(t_failures),

		cmocka_unit_test(t_digest), cmocka_unit_test(t_url), cmocka_unit_test(t_http),
		cmocka_unit_test(t_xml)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
