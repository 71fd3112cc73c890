/* Calls for help, by the texts of RFC 3261, 3428, 5491, 6442, 7616 and 8760. */
#include "sense/sip/position.h"
#include "sense/sip/uas.h"
#include "sip/body.h"
#include "sip/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define S WARD_NS_PER_S

enum { TEXT = 8192, EVENTS = 512 };

struct fix {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_sip_places *places;
	struct ward_uas_opts o;
	struct ward_uas *u;
	struct ward_uas_peer from;
	enum ward_uas_taken taken;
	ward_ns mono;
	char said[TEXT], event[TEXT]; /* the last of each */
	uint16_t port;                /* where the last answer went */
	size_t n_said, n_event;
	struct ward_id id;
};

static const char places[] =
	"4711\ticu-1\nBEACON-7\tpharmacy\n2/EG/0.14\tlab\n"
	"geo:-34.407000,150.880010;u=20\tgarden\ngeo:-34.407000,150.880300;u=40\tgate\n";

static void sent(void *ctx, const struct ward_uas_peer *to, struct ward_slice d)
{
	struct fix *x = ctx;

	assert_true(d.len < TEXT);
	memcpy(x->said, d.p, d.len);
	x->said[d.len] = '\0';
	x->port = to->port;
	x->n_said++;
}

static enum ward_uas_taken record(void *ctx, struct ward_event *e)
{
	struct fix *x = ctx;
	struct ward_wr w = ward_wr_fixed(x->event, TEXT - 1);

	if (x->taken != WARD_UAS_DURABLE)
		return x->taken;
	ward_event_write_json(e, &x->names, &w);
	assert_false(ward_wr_bad(&w));
	x->event[w.len] = '\0';
	x->id = e->id;
	x->n_event++;
	return WARD_UAS_DURABLE;
}

static void begin(struct fix *x)
{
	assert_int_equal(ward_uas_new(&x->o, x->mono, 1000 * S, &x->u), WARD_OK);
}

static void again(struct fix *x)
{
	ward_uas_free(x->u);
	begin(x);
	x->n_said = x->n_event = 0;
}

static int setup(void **state)
{
	struct fix *x = calloc(1, sizeof(*x));

	assert_non_null(x);
	ward_limits_default(&x->lim);
	assert_int_equal(ward_names_init(&x->names, ward_mem_heap(), &x->lim), WARD_OK);
	ward_counters_init(&x->counters);
	assert_int_equal(ward_sip_places_new(ward_mem_heap(),
				 ward_slice_of(places, sizeof(places) - 1), &x->places),
		WARD_OK);
	x->o = (struct ward_uas_opts){.mem = ward_mem_heap(),
		.names = &x->names,
		.counters = &x->counters,
		.source = WARD_STR("helpers"),
		.local = WARD_STR("192.0.2.1:5060"),
		.address = WARD_STR("192.0.2.1"),
		.peers = WARD_STR("192.0.2.0/25 2001:db8::7"),
		.md5 = true,
		.sha = true,
		.places = x->places,
		.devices_max = 8,
		.seed = {1, 2},
		.record = record,
		.send = sent,
		.ctx = x};
	x->from = (struct ward_uas_peer){
		.address = {[10] = 0xff, [11] = 0xff, 192, 0, 2, 50}, .port = 40000};
	x->mono = 1000 * S;
	begin(x);
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct fix *x = *state;

	ward_uas_free(x->u);
	ward_sip_places_free(x->places);
	ward_names_fini(&x->names);
	free(x);
	return 0;
}

static void hear_bytes(struct fix *x, const char *p, size_t n)
{
	uint8_t *copy =
		malloc(n ? n : 1); /* of exactly that size, so that nothing behind is read */

	assert_non_null(copy);
	memcpy(copy, p, n);
	assert_int_equal(
		ward_uas_hear(x->u, &x->from, ward_slice_of(copy, n), x->mono, x->mono), WARD_OK);
	free(copy);
}

/* A request with the fields that each has; fields with their line ends, body as it is. */
struct ask {
	const char *method, *number, *from, *call, *fields, *body;
	unsigned cseq;
};

static void ask(struct fix *x, struct ask a)
{
	static char text[TEXT];
	const char *body = a.body ? a.body : "", *from = a.from ? a.from : "sip:4711@pbx.example";
	int n = snprintf(text, sizeof(text),
		"%s sip:%s@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP "
		"192.0.2.50:5062;branch=z9hG4bK%u;rport\r\n"
		"Max-Forwards: 70\r\nFrom: \"Mario Rossi\" <%s>;tag=a1\r\nTo: "
		"<sip:%s@192.0.2.1>\r\n"
		"Call-ID: %s\r\nCSeq: %u %s\r\n%sContent-Length: %zu\r\n\r\n%s",
		a.method, a.number ? a.number : "9001", a.cseq, from, a.number ? a.number : "9001",
		a.call ? a.call : "c1", a.cseq, a.method, a.fields ? a.fields : "", strlen(body),
		body);

	assert_true(n > 0 && n < TEXT);
	hear_bytes(x, text, (size_t)n);
}

#define CONTACT "Contact: <sip:4711@192.0.2.50:5062>\r\n"

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no '%s' in:\n%s", part, text);
}

static void lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("'%s' in:\n%s", part, text);
}

static uint64_t count(const struct fix *x, const char *name)
{
	return ward_counter_get(&x->counters, name);
}

/* RFC 3428 10, F1 and F2. */
static void t_message(void **state)
{
	static const char f1[] =
		"MESSAGE sip:user2@domain.com SIP/2.0\r\n"
		"Via: SIP/2.0/TCP user1pc.domain.com;branch=z9hG4bK776sgdkse\r\n"
		"Max-Forwards: 70\r\nFrom: sip:user1@domain.com;tag=49583\r\n"
		"To: sip:user2@domain.com\r\nCall-ID: asd88asd77a@1.2.3.4\r\n"
		"CSeq: 1 MESSAGE\r\nContent-Type: text/plain\r\nContent-Length: 18\r\n\r\n"
		"Watson, come here.";
	struct fix *x = *state;

	hear_bytes(x, f1, sizeof(f1) - 1);
	has(x->said, "SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP "
		     "user1pc.domain.com;branch=z9hG4bK776sgdkse;received=192.0.2.50\r\n"
		     "From: sip:user1@domain.com;tag=49583\r\nTo: sip:user2@domain.com;tag=");
	has(x->said, "Call-ID: asd88asd77a@1.2.3.4\r\nCSeq: 1 MESSAGE\r\n");
	assert_int_equal(x->port, 5060); /* 18.2.2 of RFC 3261: without rport that of its Via */
	has(x->event, "\"class\":\"call.duress\"");
	has(x->event, "\"message\":\"Watson, come here.\"");
	has(x->event, "\"state\":\"alarm\"");
	has(x->event, "\"user\":\"user1\"");
	assert_int_equal(x->n_event, 1);

	/* sent again, it is the same; by the same numbers a minute later it is another */
	hear_bytes(x, f1, sizeof(f1) - 1);
	assert_int_equal(x->n_event, 1);
	assert_int_equal(x->n_said, 2);
	has(x->said, "200 OK");
	assert_int_equal(count(x, "sip.again"), 1);
	struct ward_id first = x->id;

	again(x); /* also for another life of Ward's process */
	hear_bytes(x, f1, sizeof(f1) - 1);
	assert_true(ward_id_eq(first, x->id));
	x->mono += 61 * S;
	hear_bytes(x, f1, sizeof(f1) - 1);
	assert_int_equal(x->n_event, 2);
	assert_false(ward_id_eq(first, x->id));
	/* every message that is cut off is none, and told so */
	for (size_t n = 0; n + 1 < sizeof(f1) - 1; n++)
		hear_bytes(x, f1, n);
	assert_int_equal(count(x, "sip.reject.message") > 200, 1);
	lacks(x->event, "call.duress"); /* but field.refused, once */
	assert_int_equal(x->n_event, 3);
}

static void t_durable(void **state)
{
	struct fix *x = *state;
	const struct ask m = {.method = "MESSAGE", .cseq = 1, .body = "help"};

	x->taken = WARD_UAS_NO_ROOM;
	ask(x, m);
	has(x->said, "SIP/2.0 503 ");
	has(x->said, "Retry-After: 5");
	x->taken = WARD_UAS_ENDING;
	ask(x, m);
	assert_int_equal(x->n_said, 1);
	x->taken = WARD_UAS_TOO_LARGE;
	ask(x, m);
	has(x->said, "SIP/2.0 513 ");
	x->taken = WARD_UAS_DURABLE;
	ask(x, m);
	has(x->said, "SIP/2.0 200 ");
	assert_int_equal(x->n_event, 1);
	assert_int_equal(x->port, 40000); /* rport */
	has(x->said, ";received=192.0.2.50;rport=40000\r\n");
}

/* RFC 3261 13, 14, 15; the session by RFC 3264 6. */
static void t_call(void **state)
{
	struct fix *x = *state;
	static const char sdp[] =
		"v=0\r\no=alice 1 1 IN IP4 192.0.2.50\r\ns=-\r\nc=IN IP4 192.0.2.50\r\nt=0 "
		"0\r\nm=video 5002 RTP/AVP 96\r\nm=audio 5004 RTP/AVP 0 8\r\n";
	char tag[64], text[1024], *at;

	ask(x, (struct ask){.method = "INVITE",
		       .cseq = 1,
		       .fields = CONTACT
		       "Record-Route: <sip:192.0.2.40;lr>\r\nContent-Type: application/sdp\r\n",
		       .body = sdp});
	has(x->said, "SIP/2.0 200 OK");
	has(x->said, "Record-Route: <sip:192.0.2.40;lr>");
	has(x->said, "Contact: <sip:ward@192.0.2.1:5060>");
	has(x->said,
		"m=video 0 RTP/AVP 96\r\na=inactive\r\nm=audio 9 RTP/AVP 0 8\r\na=inactive\r\n");
	has(x->event, "\"call.number\":\"9001\"");
	has(x->event, "\"message\":\"call to 9001\"");
	lacks(x->event, "Mario");
	at = strstr(x->said, "To: <sip:9001@192.0.2.1>;tag=");
	assert_non_null(at);
	(void)snprintf(tag, sizeof(tag), "%.16s", at + strlen("To: <sip:9001@192.0.2.1>;tag="));
	/* until it is acknowledged it is said again */
	x->mono += S;
	assert_int_equal(ward_uas_tick(x->u, x->mono, x->mono), WARD_OK);
	assert_int_equal(x->n_said, 2);
	(void)snprintf(text, sizeof(text),
		"ACK sip:ward@192.0.2.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP "
		"192.0.2.50;branch=z9hG4bKa\r\n"
		"From: <sip:4711@pbx.example>;tag=a1\r\nTo: <sip:9001@192.0.2.1>;tag=%s\r\n"
		"Call-ID: c1\r\nCSeq: 1 ACK\r\n\r\n",
		tag);
	hear_bytes(x, text, strlen(text));
	x->mono += S;
	assert_int_equal(ward_uas_tick(x->u, x->mono, x->mono), WARD_OK);
	assert_int_equal(x->n_said, 2);
	x->mono += 2 * S; /* then it is ended */
	assert_int_equal(ward_uas_tick(x->u, x->mono, x->mono), WARD_OK);
	has(x->said, "BYE sip:4711@192.0.2.50:5062 SIP/2.0\r\n");
	has(x->said, "Route: <sip:192.0.2.40;lr>\r\n");
	has(x->said, "To: \"Mario Rossi\" <sip:4711@pbx.example>;tag=a1\r\n");
	assert_int_equal(x->port, 40000);
	(void)snprintf(text, sizeof(text),
		"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=x\r\n"
		"From: <sip:9001@192.0.2.1>;tag=%s\r\nTo: <sip:4711@pbx.example>;tag=a1\r\n"
		"Call-ID: c1\r\nCSeq: 1 BYE\r\n\r\n",
		tag);
	hear_bytes(x, text, strlen(text));
	size_t n = x->n_said;

	for (int i = 0; i < 60; i++) {
		x->mono += S;
		assert_int_equal(ward_uas_tick(x->u, x->mono, x->mono), WARD_OK);
	}
	assert_int_equal(x->n_said, n);
	assert_int_equal(x->n_event, 1);
}

static void t_call_ways(void **state)
{
	struct fix *x = *state;
	const struct ask call = {.method = "INVITE", .cseq = 1, .fields = CONTACT};

	ask(x, call); /* nobody acknowledges: said 11 times in 32 s, then ended */
	has(x->said, "m=audio 9 RTP/AVP 8 0\r\na=inactive"); /* nothing was offered */
	for (int i = 0; i < 200; i++) {
		x->mono += S / 4;
		assert_int_equal(ward_uas_tick(x->u, x->mono, x->mono), WARD_OK);
	}
	has(x->said, "BYE ");
	/* the caller hangs up: RFC 3261 15.1.2 */
	ask(x, (struct ask){.method = "BYE", .call = "c9", .cseq = 2});
	has(x->said, "SIP/2.0 481 ");
	ask(x, (struct ask){.method = "CANCEL", .call = "c9", .cseq = 2});
	has(x->said, "SIP/2.0 481 ");
	/* without a contact there is nothing to end it by */
	ask(x, (struct ask){.method = "INVITE", .call = "c3", .cseq = 1});
	has(x->said, "SIP/2.0 400 ");
	assert_int_equal(count(x, "sip.reject.contact"), 1);
	x->o.declines = true;
	again(x);
	ask(x, call);
	has(x->said, "SIP/2.0 603 ");
	ask(x, call);
	assert_int_equal(x->n_event, 1);
	assert_int_equal(x->n_said, 2);
	ask(x, (struct ask){.method = "CANCEL", .cseq = 1}); /* too late: 9.2 */
	has(x->said, "SIP/2.0 200 ");
	/* more calls than are talked with are all recorded */
	x->o.declines = false;
	again(x);
	for (unsigned i = 0; i < 80; i++) {
		char id[16];

		(void)snprintf(id, sizeof(id), "m%u", i);
		ask(x, (struct ask){.method = "INVITE", .call = id, .cseq = 1, .fields = CONTACT});
	}
	assert_int_equal(x->n_event, 80);
	assert_int_equal(count(x, "sip.calls.untalked"), 16);
}

static void t_refused(void **state)
{
	struct fix *x = *state;

	ask(x, (struct ask){.method = "SUBSCRIBE", .cseq = 1});
	has(x->said, "SIP/2.0 405 ");
	has(x->said, "Allow: INVITE, ACK, CANCEL, BYE, MESSAGE, OPTIONS\r\n");
	ask(x, (struct ask){.method = "REGISTER", .cseq = 1, .fields = CONTACT});
	has(x->said, "SIP/2.0 405 ");
	ask(x, (struct ask){.method = "MESSAGE", .cseq = 2, .fields = "Require: 100rel\r\n"});
	has(x->said, "SIP/2.0 420 ");
	has(x->said, "Unsupported: 100rel\r\n");
	ask(x, (struct ask){.method = "MESSAGE", .cseq = 3, .fields = "Content-Length: 99\r\n"});
	has(x->said, "SIP/2.0 200 "); /* the last of two counts */
	ask(x, (struct ask){.method = "MESSAGE", .cseq = 4, .fields = "nonsense\r\n"});
	has(x->said, "SIP/2.0 400 ");
	size_t n = x->n_said;

	/* what an answer would have to repeat is nothing */
	ask(x, (struct ask){.method = "MESSAGE", .cseq = 4, .call = "\x01"});
	assert_int_equal(x->n_said, n);
	ask(x, (struct ask){.method = "MESSAGE", .cseq = 4, .call = "\x01 c7\x7f"});
	has(x->said, "\r\nCall-ID: c7\r\n");
	n = x->n_said;

	x->from.address[15] = 200; /* 192.0.2.200 is outside of 192.0.2.0/25 */
	ask(x, (struct ask){.method = "MESSAGE", .cseq = 5});
	assert_int_equal(x->n_said, n);
	assert_int_equal(count(x, "sip.reject.stranger"), 1);
	x->from = (struct ward_uas_peer){
		.address = {0x20, 0x01, 0x0d, 0xb8, [15] = 7}, .port = 40000};
	ask(x, (struct ask){.method = "OPTIONS", .cseq = 6});
	has(x->said, "SIP/2.0 200 ");
	has(x->said, ";received=2001:db8::7;rport=40000\r\n");
	assert_int_equal(x->n_event, 2); /* one call, one field.refused for a minute */
	/* a flood is answered, and does not fill the journal */
	for (unsigned i = 0; i < 1000; i++)
		ask(x, (struct ask){.method = "MESSAGE", .cseq = 100 + i});
	has(x->said, "SIP/2.0 503 ");
	assert_true(x->n_event <= 202);
	assert_int_equal(count(x, "sip.reject.flood"), 1000 - (x->n_event - 2));
}

/* What stands between the quotes behind name. */
static void quoted(const char *text, const char *name, char ret[128])
{
	const char *at = strstr(text, name), *end;

	assert_non_null(at);
	at += strlen(name);
	end = strchr(at, '"');
	assert_true(end && end - at < 128);
	memcpy(ret, at, (size_t)(end - at));
	ret[end - at] = '\0';
}

static void log_in(struct fix *x, const char *user, const char *password, unsigned nc,
	const char *nonce, bool sha, char ret[1024])
{
	uint8_t field[1000];
	struct ward_wr w = ward_wr_fixed(field, sizeof(field));
	const struct ward_sip_challenge c = {.sha = sha,
		.qop = nc > 0,
		.realm = WARD_STR("ward"),
		.nonce = ward_str_z(nonce),
		.algorithm = sha ? WARD_STR("SHA-256") : WARD_STR("MD5"),
		.opaque = WARD_STR("")};
	const struct ward_sip_login l = {ward_str_z(user), ward_str_z(password),
		WARD_STR("MESSAGE"), WARD_STR("sip:9001@192.0.2.1"), WARD_STR("0a4f113b")};

	(void)x;
	assert_int_equal(ward_sip_authorize(&w, &c, &l), WARD_OK);
	(void)snprintf(ret, 1024, "Authorization: %.*s\r\n", (int)w.len, (const char *)field);
}

static void t_login(void **state)
{
	struct fix *x = *state;
	char nonce[128], field[1024];
	const struct ask bare = {.method = "MESSAGE", .cseq = 1};

	x->o.secret = WARD_STR("correct horse");
	again(x);
	ask(x, bare);
	has(x->said, "SIP/2.0 401 ");
	has(x->said, "WWW-Authenticate: Digest realm=\"ward\", nonce=\"");
	has(x->said, "algorithm=SHA-256\r\n");
	has(x->said, "algorithm=MD5\r\n");
	lacks(x->said, "stale");
	quoted(x->said, "nonce=\"", nonce);
	log_in(x, "4711", "wrong horse", 1, nonce, true, field);
	ask(x, (struct ask){.method = "MESSAGE", .cseq = 2, .fields = field});
	has(x->said, "SIP/2.0 401 ");
	assert_int_equal(count(x, "sip.reject.login"), 1);
	log_in(x, "4712", "correct horse", 1, nonce, true, field); /* another's number */
	ask(x, (struct ask){.method = "MESSAGE", .cseq = 3, .fields = field});
	has(x->said, "SIP/2.0 401 ");
	log_in(x, "4711", "correct horse", 1, nonce, true, field);
	ask(x, (struct ask){.method = "MESSAGE", .cseq = 4, .fields = field});
	has(x->said, "SIP/2.0 200 ");
	/* who heard it can't say it again in a message of his own */
	ask(x, (struct ask){.method = "MESSAGE", .call = "c2", .cseq = 4, .fields = field});
	has(x->said, "SIP/2.0 401 ");
	has(x->said, "stale=true");
	x->mono += S; /* another nonce */
	ask(x, bare);
	/* nor from another address */
	quoted(x->said, "nonce=\"", nonce);
	log_in(x, "4711", "correct horse", 1, nonce, false, field);
	x->from.address[15]++;
	ask(x, (struct ask){.method = "MESSAGE", .call = "c3", .cseq = 4, .fields = field});
	has(x->said, "stale=true");
	x->from.address[15]--;
	ask(x, (struct ask){.method = "MESSAGE", .call = "c3", .cseq = 4, .fields = field});
	has(x->said, "SIP/2.0 200 ");
	/* without qop once; and no longer than five minutes */
	ask(x, bare);
	quoted(x->said, "nonce=\"", nonce);
	x->mono += S;
	ask(x, bare);
	quoted(x->said, "nonce=\"", nonce);
	log_in(x, "4711", "correct horse", 0, nonce, false, field);
	x->mono += 301 * S;
	ask(x, (struct ask){.method = "MESSAGE", .call = "c4", .cseq = 4, .fields = field});
	has(x->said, "stale=true");
	/* only what was asked for is taken */
	x->o.sha = false;
	again(x);
	ask(x, bare);
	lacks(x->said, "SHA-256");
	quoted(x->said, "nonce=\"", nonce);
	log_in(x, "4711", "correct horse", 1, nonce, true, field);
	ask(x, (struct ask){.method = "MESSAGE", .call = "c5", .cseq = 4, .fields = field});
	has(x->said, "SIP/2.0 401 ");
	log_in(x, "4711", "correct horse", 1, nonce, false, field);
	ask(x, (struct ask){.method = "MESSAGE", .call = "c6", .cseq = 4, .fields = field});
	has(x->said, "SIP/2.0 200 ");
	x->o.sha = true;
	/* one name for all devices */
	x->o.user = WARD_STR("alarms");
	again(x);
	ask(x, bare);
	quoted(x->said, "nonce=\"", nonce);
	log_in(x, "alarms", "correct horse", 1, nonce, true, field);
	ask(x, (struct ask){.method = "MESSAGE", .cseq = 5, .fields = field});
	has(x->said, "SIP/2.0 200 ");
}

/* RFC 7616 3.9.1. */
static void t_digest(void **state)
{
	static const char *const text[] = {
		"username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", "
		"algorithm=MD5, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
		"nc=00000001, cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, "
		"response=\"8ca523f5e9506fed4657c9700eebdbec\"",
		"username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", "
		"algorithm=SHA-256, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
		"nc=00000001, cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, "
		"response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\""};
	struct ward_sip_credentials c;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(text); i++) {
		assert_int_equal(ward_sip_credentials_read(ward_str_z(text[i]), &c), WARD_OK);
		assert_true(ward_sip_credentials_prove(
			&c, WARD_STR("GET"), WARD_STR("Circle of Life")));
		assert_false(ward_sip_credentials_prove(
			&c, WARD_STR("PUT"), WARD_STR("Circle of Life")));
		assert_false(ward_sip_credentials_prove(
			&c, WARD_STR("GET"), WARD_STR("Circle of life")));
	}
	assert_int_equal(
		ward_sip_credentials_read(WARD_STR("username=\"a\", nonce=\"b\", uri=\"c\""), &c),
		WARD_ERR_MALFORMED);
	assert_int_equal(
		ward_sip_credentials_read(WARD_STR("username=\"a\", nonce=\"b\", uri=\"c\", "
						   "response=\"d\", qop=auth-int"),
			&c),
		WARD_ERR_UNSUPPORTED);
}

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
		cmocka_unit_test_setup_teardown(t_message, setup, teardown),
		cmocka_unit_test_setup_teardown(t_durable, setup, teardown),
		cmocka_unit_test_setup_teardown(t_call, setup, teardown),
		cmocka_unit_test_setup_teardown(t_call_ways, setup, teardown),
		cmocka_unit_test_setup_teardown(t_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(t_login, setup, teardown),
		cmocka_unit_test(t_digest),
		cmocka_unit_test(t_position),
		cmocka_unit_test_setup_teardown(t_places, setup, teardown),
		cmocka_unit_test_setup_teardown(t_understood, setup, teardown),
		cmocka_unit_test_setup_teardown(t_watched, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
