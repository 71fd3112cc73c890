/* Calls for help, by the texts of RFC 3261, 3428, 7616 and 8760. */
#include "uas_lab.h"

#include "sip/message.h"

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
	assert_int_equal(x->n_event, 3); /* two calls, one field.refused for a minute */
	/* a flood is answered, and does not fill the journal */
	for (unsigned i = 0; i < 1000; i++)
		ask(x, (struct ask){.method = "MESSAGE", .cseq = 100 + i});
	has(x->said, "SIP/2.0 503 ");
	assert_true(x->n_event <= 202);
	assert_int_equal(count(x, "sip.reject.flood"), 1000 - (x->n_event - 3));
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
