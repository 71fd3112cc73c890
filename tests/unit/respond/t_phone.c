/* A call against an exchange that this test plays, by the text of RFC 3261 alone. */
#include "respond/phone.h"
#include "respond/sip_address.h"
#include "respond/spoken.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define S WARD_NS_PER_S
#define SDP                                                                         \
	"v=0\r\no=x 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n" \
	"m=audio 4000 RTP/AVP 8 96\r\na=rtpmap:96 telephone-event/8000\r\na=ptime:20\r\n"

enum { SAID = WARD_VOICE_RATE * 3, THANKS = WARD_VOICE_RATE, TEXT = 4096 };

static int16_t said[SAID], thanks[THANKS];

struct fix {
	struct ward_phone c;
	char last[TEXT], before[TEXT]; /* what it said last, and before that */
	size_t n, n_voice;
	uint8_t voice[WARD_VOICE_PACKET];
	ward_ns now;
};

static void sent(void *ctx, struct ward_slice d)
{
	struct fix *x = ctx;

	assert_true(d.len < TEXT);
	memcpy(x->before, x->last, TEXT);
	memcpy(x->last, d.p, d.len);
	x->last[d.len] = '\0';
	x->n++;
}

static void spoken(void *ctx, const struct ward_sip_media *to, struct ward_slice d)
{
	struct fix *x = ctx;

	assert_int_equal(to->port, 4000);
	assert_memory_equal(to->address, "\xc0\x00\x02\x09", 4);
	assert_int_equal(d.len, WARD_VOICE_PACKET);
	memcpy(x->voice, d.p, d.len);
	x->n_voice++;
}

static void begin(struct fix *x, const char *user)
{
	struct ward_sip_opts o = {.to = WARD_STR("4711"),
		.host = WARD_STR("pbx.example"),
		.from = WARD_STR("ward"),
		.user = ward_str_z(user),
		.password = WARD_STR("secret"),
		.local = WARD_STR("192.0.2.1:5070"),
		.address = WARD_STR("192.0.2.1"),
		.media_port = 5072,
		.send = sent,
		.ctx = x};
	const struct ward_phone_voice v = {said, thanks, SAID, THANKS};

	for (size_t i = 0; i < sizeof(o.random); i++)
		o.random[i] = (uint8_t)(i * 37 + 1);
	for (size_t i = 0; i < SAID; i++)
		said[i] = (int16_t)(i % 40 < 20 ? 8000 : -8000);
	memset(x, 0, sizeof(*x));
	x->now = 100 * S;
	ward_phone_begin(&x->c, &o, spoken, &v, x->now);
}

static void starts(const struct fix *x, const char *with)
{
	if (strncmp(x->last, with, strlen(with)) != 0)
		fail_msg("said '%.200s' instead of '%s'", x->last, with);
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no '%s' in: %s", part, text);
}

/* The line of a field of what it said last, in ret. */
static const char *line(const struct fix *x, const char *field, char *ret)
{
	const char *at = strstr(x->last, field), *end = at ? strstr(at, "\r\n") : NULL;

	assert_non_null(end);
	(void)snprintf(ret, 512, "%.*s", (int)(end - at), at);
	return ret;
}

/* The exchange answers what was said last. */
static void answers(struct fix *x, const char *status, const char *more, const char *body)
{
	char text[TEXT], via[512], from[512], to[512], id[512], cseq[512];

	(void)snprintf(text, sizeof(text),
		"SIP/2.0 %s\r\n%s\r\n%s\r\n%s;tag=them\r\n%s\r\n%s\r\n%sContent-Length: "
		"%zu\r\n\r\n%s",
		status, line(x, "Via: ", via), line(x, "From: ", from), line(x, "To: ", to),
		line(x, "Call-ID: ", id), line(x, "CSeq: ", cseq), more, strlen(body), body);
	ward_phone_hear(&x->c, ward_str_bytes(ward_str_z(text)), x->now);
}

/* A request of the other side within the call. */
static void asks(struct fix *x, const char *method, const char *tag, const char *more)
{
	char text[TEXT];

	(void)snprintf(text, sizeof(text),
		"%s sip:ward@192.0.2.1:5070 SIP/2.0\r\nVia: SIP/2.0/UDP "
		"192.0.2.9;branch=z9hG4bKx\r\nFrom: <sip:4711@pbx.example>;tag=%s\r\nTo: "
		"<sip:ward@pbx.example>;tag=%s\r\nCall-ID: %s\r\nCSeq: 7 %s\r\n%s",
		method, tag, x->c.sip.tag, x->c.sip.call_id, method, more);
	ward_phone_hear(&x->c, ward_str_bytes(ward_str_z(text)), x->now);
}

static void pass(struct fix *x, ward_ns time)
{
	for (ward_ns end = x->now + time; x->now < end; x->now += 20 * WARD_NS_PER_MS)
		ward_phone_tick(&x->c, x->now);
}

static void is_over(struct fix *x, enum ward_sent what, const char *why)
{
	struct ward_outcome o;

	assert_true(ward_phone_over(&x->c, &o));
	assert_int_equal(o.what, what);
	assert_string_equal(o.why, why);
}

static void answered(struct fix *x)
{
	begin(x, "");
	answers(x, "100 Trying", "", "");
	answers(x, "180 Ringing", "", "");
	answers(x, "200 OK",
		"Record-Route: <sip:a;lr>, <sip:b;lr>\r\nContact: <sip:4711@192.0.2.9:5062>\r\n",
		SDP);
	starts(x, "ACK sip:4711@192.0.2.9:5062 SIP/2.0\r\n");
	has(x->last, "Route: <sip:b;lr>\r\nRoute: <sip:a;lr>\r\n");
	has(x->last, "To: <sip:4711@pbx.example>;tag=them\r\n");
	has(x->last, "CSeq: 1 ACK\r\n");
}

/* Three packets of one key, as RFC 4733 has it. */
static void presses(struct fix *x, uint8_t key, uint32_t time)
{
	const uint8_t payload[] = {key, 0x80 | 10, 0, 160};
	uint8_t bytes[64];

	for (uint16_t i = 0; i < 3; i++) {
		struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
		const struct ward_voice_packet p = {
			i == 0, 96, i, time, 99, {payload, sizeof(payload)}};

		ward_voice_write(&w, &p);
		ward_phone_listen(&x->c, ward_wr_slice(&w), x->now);
	}
}

static void t_key(void **state)
{
	static const struct {
		uint8_t key;
		enum ward_sent what;
		const char *why;
	} all[] = {{1, WARD_SENT_ACKNOWLEDGED, "acknowledged by key 1"},
		{2, WARD_SENT_ON_MY_WAY, "on the way, by key 2"},
		{9, WARD_SENT_REFUSED, "answered with key 9: cannot"}};
	static struct fix x;
	struct ward_outcome o;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		answered(&x);
		pass(&x, 2 * S);
		assert_in_range(x.n_voice, 98, 102);
		assert_int_equal(x.voice[1], 8);
		assert_int_equal(x.voice[12], ward_voice_alaw(8000));
		presses(&x, 5, 1000); /* it begins anew */
		assert_int_equal(x.c.at, WARD_VOICE_RATE);
		pass(&x, S);
		presses(&x, 5, 1000); /* the same key's packets once more */
		assert_int_not_equal(x.c.at, WARD_VOICE_RATE);
		presses(&x, all[i].key, 2000);
		presses(&x, 3, 3000); /* the first one counts */
		assert_false(ward_phone_over(&x.c, &o));
		pass(&x, S + S / 10);
		starts(&x, "BYE sip:4711@192.0.2.9:5062 SIP/2.0\r\n");
		answers(&x, "200 OK", "", "");
		is_over(&x, all[i].what, all[i].why);
	}
}

static void t_nobody_presses(void **state)
{
	static struct fix x;

	(void)state;
	answered(&x);
	pass(&x, 9 * S); /* 2 * (1 + 3) */
	starts(&x, "BYE ");
	assert_in_range(x.n_voice, 398, 402);
	size_t n = x.n;

	pass(&x, 2 * S); /* the BYE is lost, and comes again */
	assert_in_range(x.n, n + 1, n + 3);
	pass(&x, 4 * S);
	is_over(&x, WARD_SENT_DELIVERED, "answered, and no key pressed");

	answered(&x);
	pass(&x, S / 2);
	asks(&x, "BYE", "other", "\r\n");
	starts(&x, "SIP/2.0 481 ");
	asks(&x, "BYE", "them", "\r\n");
	starts(&x, "SIP/2.0 200 OK\r\n");
	is_over(&x, WARD_SENT_FAILED, "hung up before it was said");

	answered(&x);
	pass(&x, 3 * S);
	asks(&x, "BYE", "them", "\r\n");
	is_over(&x, WARD_SENT_DELIVERED, "answered, and no key pressed");
}

static void t_info(void **state)
{
	static const char body[] = "Content-Type: application/dtmf-relay\r\n\r\nSignal= 2\r\n"
				   "Duration= 160\r\n";
	static struct fix x;
	struct ward_outcome o;

	(void)state;
	answered(&x);
	pass(&x, S);
	asks(&x, "INFO", "other", body);
	starts(&x, "SIP/2.0 481 ");
	asks(&x, "OPTIONS", "them", "\r\n");
	starts(&x, "SIP/2.0 200 OK\r\n");
	asks(&x, "REFER", "them", "\r\n");
	starts(&x, "SIP/2.0 405 ");
	asks(&x, "INVITE", "them", "\r\n");
	starts(&x, "SIP/2.0 488 ");
	assert_int_equal(x.c.key, 0);
	asks(&x, "INFO", "them", body);
	starts(&x, "SIP/2.0 200 OK\r\n");
	pass(&x, 2 * S);
	starts(&x, "BYE ");
	answers(&x, "200 OK", "", "");
	assert_true(ward_phone_over(&x.c, &o));
	assert_int_equal(o.what, WARD_SENT_ON_MY_WAY);
}

static void t_refused(void **state)
{
	static const struct {
		const char *status;
		enum ward_sent what;
		const char *why;
	} all[] = {{"486 Busy Here", WARD_SENT_FAILED, "busy"},
		{"603 Decline", WARD_SENT_FAILED, "the call was declined"},
		{"404 Not Found", WARD_SENT_REFUSED, "the exchange does not know the number"},
		{"401 Unauthorized", WARD_SENT_REFUSED, "the exchange refuses the login"},
		{"302 Moved Temporarily", WARD_SENT_REFUSED, "the exchange answers 302"},
		{"503 Service Unavailable", WARD_SENT_FAILED, "the exchange answers 503"}};
	static struct fix x;
	struct ward_outcome o;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		begin(&x, "");
		answers(&x, all[i].status, "Retry-After: 30 (busy)\r\n", "");
		starts(&x, "ACK sip:4711@pbx.example SIP/2.0\r\n");
		is_over(&x, all[i].what, all[i].why);
		assert_true(ward_phone_over(&x.c, &o));
		assert_int_equal(o.retry_after, o.what == WARD_SENT_FAILED ? 30 * S : 0);
		assert_int_equal(o.status, strtoul(all[i].status, NULL, 10));
	}
	begin(&x, "");
	answers(&x, "200 OK", "Contact: <sip:a@b>\r\n",
		"v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 4000 RTP/AVP 18\r\n");
	starts(&x, "BYE ");
	has(x.before, "ACK sip:a@b SIP/2.0\r\n");
	answers(&x, "200 OK", "", "");
	is_over(&x, WARD_SENT_REFUSED, "it speaks neither G.711 A-law nor u-law");
}

static void t_silence(void **state)
{
	static struct fix x;

	(void)state;
	begin(&x, "");
	pass(&x, 21 * S);
	assert_int_equal(x.n, 6); /* after 0, 0.5, 1.5, 3.5, 7.5, 15.5 s */
	is_over(&x, WARD_SENT_FAILED, "the exchange gives no answer");

	begin(&x, "");
	answers(&x, "180 Ringing", "", "");
	pass(&x, 41 * S);
	starts(&x, "CANCEL sip:4711@pbx.example SIP/2.0\r\n");
	has(x.last, "CSeq: 1 CANCEL\r\n");
	answers(&x, "200 OK", "", "");
	pass(&x, 7 * S);
	is_over(&x, WARD_SENT_FAILED, "nobody answered");

	/* somebody takes it just then */
	begin(&x, "");
	char invite[TEXT];

	memcpy(invite, x.last, TEXT);
	answers(&x, "180 Ringing", "", "");
	pass(&x, 41 * S);
	memcpy(x.last, invite, TEXT);
	answers(&x, "200 OK", "Contact: <sip:a@b>\r\n", SDP);
	starts(&x, "BYE sip:a@b ");
	answers(&x, "200 OK", "", "");
	is_over(&x, WARD_SENT_FAILED, "nobody answered");
}

static void t_login(void **state)
{
	static const char both[] =
		"Proxy-Authenticate: Digest realm=\"pbx\", nonce=\"n1\", algorithm=MD5\r\n"
		"Proxy-Authenticate: Digest realm=\"pbx\",\r\n nonce=\"n2\", opaque=\"o,\\\"p\", "
		"algorithm=SHA-256, qop=\"auth-int, auth\"\r\n";
	static struct fix x;

	(void)state;
	begin(&x, "anna");
	answers(&x, "407 Proxy Authentication Required", both, "");
	starts(&x, "INVITE ");
	has(x.before, "ACK ");
	has(x.last, "CSeq: 2 INVITE\r\n");
	has(x.last, "Proxy-Authorization: Digest username=\"anna\", realm=\"pbx\", nonce=\"n2\", "
		    "uri=\"sip:4711@pbx.example\", response=\"");
	has(x.last, ", algorithm=SHA-256, opaque=\"o,\\\"p\", qop=auth, nc=00000001, cnonce=\"");
	answers(&x, "407 Proxy Authentication Required", both, "");
	is_over(&x, WARD_SENT_REFUSED, "the exchange refuses the login");

	/* a nonce that is too old is no wrong password */
	begin(&x, "anna");
	answers(&x, "401 Unauthorized", "WWW-Authenticate: Digest realm=\"r\", nonce=\"1\"\r\n",
		"");
	has(x.last, "\r\nAuthorization: Digest ");
	answers(&x, "401 Unauthorized",
		"WWW-Authenticate: Digest realm=\"r\", nonce=\"2\", stale=TRUE\r\n", "");
	has(x.last, "nonce=\"2\"");
	answers(&x, "486 Busy Here", "", "");
	is_over(&x, WARD_SENT_FAILED, "busy");
}

/* RFC 7616 3.9.1 */
static void t_sum(void **state)
{
	const struct ward_sip_login l = {WARD_STR("Mufasa"), WARD_STR("Circle of Life"),
		WARD_STR("GET"), WARD_STR("/dir/index.html"),
		WARD_STR("f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")};
	struct ward_sip_challenge c = {.qop = true,
		.realm = WARD_STR("http-auth@example.org"),
		.nonce = WARD_STR("7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v")};
	char text[1024] = "";
	struct ward_wr w = ward_wr_fixed(text, sizeof(text) - 1);

	(void)state;
	assert_int_equal(ward_sip_authorize(&w, &c, &l), WARD_OK);
	has(text, "response=\"8ca523f5e9506fed4657c9700eebdbec\"");
	ward_wr_reset(&w);
	c.sha = true;
	assert_int_equal(ward_sip_authorize(&w, &c, &l), WARD_OK);
	has(text, "response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\"");
}

/* Nothing that is not of this call does anything; no part of what is does harm. */
static void t_foreign(void **state)
{
	static struct fix x;
	char text[TEXT];

	(void)state;
	begin(&x, "");
	(void)snprintf(text, sizeof(text),
		"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKother-1\r\nFrom: "
		"<sip:a@b>;tag=%s"
		"\r\nTo: <sip:c@d>;tag=e\r\nCall-ID: %s\r\nCSeq: 1 INVITE\r\nContact: <sip:c@d>\r\n"
		"\r\n" SDP,
		x.c.sip.tag, x.c.sip.call_id);
	ward_phone_hear(&x.c, ward_str_bytes(ward_str_z(text)), x.now);
	assert_int_equal(x.c.sip.state, WARD_SIP_CALLING);
	assert_int_equal(x.n, 1);
	for (size_t n = 0; n < strlen(text); n++)
		ward_phone_hear(&x.c, ward_slice_of(text, n), x.now);
	assert_int_equal(x.c.sip.state, WARD_SIP_CALLING);
}

/* Table 1 and 2 of G.711, by what a decoder makes of each. */
static void t_law(void **state)
{
	(void)state;
	assert_int_equal(ward_voice_alaw(0), 0xd5);
	assert_int_equal(ward_voice_alaw(INT16_MAX), 0xaa);
	assert_int_equal(ward_voice_alaw(INT16_MIN), 0x2a);
	assert_int_equal(ward_voice_ulaw(0), 0xff);
	assert_int_equal(ward_voice_ulaw(INT16_MAX), 0x80);
	assert_int_equal(ward_voice_ulaw(INT16_MIN), 0x00);
	for (int v = INT16_MIN; v <= INT16_MAX; v++) {
		uint8_t a = ward_voice_alaw((int16_t)v) ^ 0x55,
			u = (uint8_t)~ward_voice_ulaw((int16_t)v);
		int as = a >> 4 & 7, us = u >> 4 & 7;
		int al = as ? ((a & 15) * 2 + 33) << (as - 1) : (a & 15) * 2 + 1;
		int ul = (((u & 15) * 2 + 33) << us) - 33;

		al = (a & 0x80 ? al : -al) * 8;
		ul = (u & 0x80 ? -ul : ul) * 4;
		assert_in_range(abs(v - al), 0, abs(v) / 16 + 16);
		assert_in_range(abs(v - ul), 0, abs(v) / 16 + 160);
	}
}

/* A tone that a telephone can carry stays as loud; one that would fold into it is gone. */
static void t_wav(void **state)
{
	enum { RATE = 22050, N = RATE };
	static uint8_t wav[44 + 2 * N];
	static int16_t pcm[WARD_VOICE_RATE];
	static const uint8_t head[44] = "RIFF\xff\xff\xff\x7fWAVEfmt \x10\0\0\0\1\0\1\0\x22\x56\0\0"
					"\x44\xac\0\0\2\0\x10\0data\xff\xff\xff\x7f";
	static const struct {
		int period; /* samples of a square wave, for 630 Hz and 5512 Hz */
		double least, most;
	} tone[] = {{35, 5000, 12000}, {4, 0, 1200}};
	size_t n;

	(void)state;
	memcpy(wav, head, sizeof(head));
	for (size_t t = 0; t < WARD_ARRAY_LEN(tone); t++) {
		double sum = 0;

		for (int i = 0; i < N; i++) {
			int v = i % tone[t].period < tone[t].period / 2 ? 8000 : -8000;

			wav[44 + 2 * i] = (uint8_t)v;
			wav[45 + 2 * i] = (uint8_t)((unsigned)v >> 8);
		}
		assert_int_equal(ward_voice_wav(ward_slice_of(wav, sizeof(wav)), pcm,
					 WARD_ARRAY_LEN(pcm), &n),
			WARD_OK);
		assert_int_equal(n, WARD_VOICE_RATE);
		for (size_t i = 100; i < n - 100; i++)
			sum += abs(pcm[i]);
		sum /= (double)(n - 200);
		if (sum < tone[t].least || sum > tone[t].most)
			fail_msg("tone %zu is as loud as %.0f", t, sum);
	}
	for (size_t i = 0; i < 44; i++)
		assert_int_not_equal(ward_voice_wav(ward_slice_of(wav, i), pcm, 10, &n), WARD_OK);
	wav[22] = 2;
	assert_int_equal(
		ward_voice_wav(ward_slice_of(wav, sizeof(wav)), pcm, 10, &n), WARD_ERR_UNSUPPORTED);
}

static void t_address(void **state)
{
	static const char *const wrong[] = {"4711", "@pbx", "47 11@pbx", "4711@", "4711@pbx:0",
		"4711@pbx:70000", "sips:4711@pbx", "4711@[::1", "4711@pbx;transport=tcp",
		"4711@pbx:5060:1", "4711@a@b"};
	struct ward_sip_address a;
	const char *why = NULL;

	(void)state;
	assert_true(ward_sip_address_read(WARD_STR("sip:+39123@[2001:db8::1]:5070"), &a, &why));
	assert_true(ward_str_eqz(a.user, "+39123") && ward_str_eqz(a.host, "2001:db8::1"));
	assert_true(a.port == 5070 && ward_str_eqz(a.authority, "[2001:db8::1]:5070"));
	assert_true(ward_sip_address_read(WARD_STR("4711@pbx.example"), &a, &why));
	assert_true(a.port == 5060 && ward_str_eqz(a.authority, "pbx.example"));
	for (size_t i = 0; i < WARD_ARRAY_LEN(wrong); i++) {
		why = NULL;
		if (ward_sip_address_read(ward_str_z(wrong[i]), &a, &why))
			fail_msg("'%s' is taken", wrong[i]);
		assert_non_null(why);
	}
}

static void t_spoken(void **state)
{
	static const struct {
		const char *more;
		enum ward_spoken_is is;
	} all[] = {
		{"\"incidents\":[{\"change\":\"over\"},{\"change\":\"opened\"}]", WARD_SPOKEN_ASKS},
		{"\"incidents\":[{\"change\":\"over\"},{\"change\":\"taken\"}],\"more\":0",
			WARD_SPOKEN_ENDS},
		{"\"incidents\":[{\"change\":\"dismissed\"}]", WARD_SPOKEN_ENDS},
		{"\"incidents\":[{\"change\":\"lowered\"}]", WARD_SPOKEN_ENDS},
		{"\"incidents\":[{\"change\":\"withdrawn\"}]", WARD_SPOKEN_ENDS},
		{"\"incidents\":[{\"change\":\"taken\"}]", WARD_SPOKEN_NOTHING},
		{"\"requests\":[{\"state\":\"withdrawn\"}]", WARD_SPOKEN_ENDS},
		{"\"incidents\":[{\"change\":\"over\"}],\"more\":3", WARD_SPOKEN_ASKS},
		{"\"incidents\":[{\"change\":\"left\"}],\"more\":0", WARD_SPOKEN_ASKS},
		{"\"requests\":[{\"state\":\"asked\"}]", WARD_SPOKEN_ASKS},
		{"\"requests\":[{\"state\":\"done\"}]", WARD_SPOKEN_NOTHING},
		{"\"recipients\":[{\"recipient\":\"a\",\"reached\":false}]", WARD_SPOKEN_ASKS},
		{"\"recipients\":[{\"recipient\":\"a\",\"reached\":true}]", WARD_SPOKEN_NOTHING},
		{"\"schema\":\"ward.test/1\"", WARD_SPOKEN_ASKS}};
	struct ward_limits lim;
	struct ward_spoken s;
	struct ward_arena a;
	char body[1024];

	(void)state;
	ward_limits_default(&lim);
	ward_arena_init(&a, ward_mem_heap(), 8 << 20);
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		(void)snprintf(body, sizeof(body),
			"{\"subject\":\"s\",\"text\":\"t\",\"short\":\"Door "
			"[[forced]]\",\"hospital\":{"
			"\"id\":\"h\",\"name\":\"Turin\"},%s}",
			all[i].more);
		assert_int_equal(ward_spoken_read(&a, &lim, NULL, ward_str_z(body), &s), WARD_OK);
		assert_int_equal(s.is, all[i].is);
		assert_true(ward_str_eqz(s.text,
			s.is == WARD_SPOKEN_ENDS /* nothing is to be answered */
				? "This is Ward, at Turin. Door   forced  "
				: "This is Ward, at Turin. Door   forced   . Press 1 to "
				  "acknowledge, 2 if you are on your way, 9 if you cannot."));
	}
	assert_int_equal(ward_spoken_read(&a, &lim, NULL, WARD_STR("{}"), &s), WARD_ERR_MALFORMED);
	ward_arena_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_key),
		cmocka_unit_test(t_nobody_presses), cmocka_unit_test(t_info),
		cmocka_unit_test(t_refused), cmocka_unit_test(t_silence), cmocka_unit_test(t_login),
		cmocka_unit_test(t_sum), cmocka_unit_test(t_foreign), cmocka_unit_test(t_law),
		cmocka_unit_test(t_wav), cmocka_unit_test(t_address), cmocka_unit_test(t_spoken)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
