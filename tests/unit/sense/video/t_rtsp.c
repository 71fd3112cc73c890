/* An RTSP client without a network: what it asks, what it takes, what it refuses. */
#include "sense/video/rtsp.h"
#include "sense/video/rtsp_auth.h"
#include "sense/video/sdp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define DESCRIPTION                                                      \
	"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=x\r\na=control:*\r\n"        \
	"m=audio 0 RTP/AVP 0\r\na=control:audio\r\n"                     \
	"m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"             \
	"a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z0,aO8\r\n" \
	"a=control:track2\r\n"

struct lab {
	struct ward_counters counters;
	struct ward_rtsp_url url;
	struct ward_rtsp *rtsp;
	char sdp[WARD_SDP_MAX];
	unsigned n_stream, n_packet, refuse; /* refuse: so many packets are not taken yet */
	size_t packet_len;
	ward_ns clock;
};

static enum ward_err on_stream(void *ctx, struct ward_slice sdp)
{
	struct lab *l = ctx;

	l->n_stream++;
	memcpy(l->sdp, sdp.p, sdp.len);
	l->sdp[sdp.len] = 0;
	return WARD_OK;
}

static enum ward_err on_packet(void *ctx, struct ward_slice rtp)
{
	struct lab *l = ctx;

	if (l->refuse) {
		l->refuse--;
		return WARD_ERR_AGAIN;
	}
	l->n_packet++;
	l->packet_len = rtp.len;
	return WARD_OK;
}

static enum ward_err on_clock(void *ctx, ward_ns says)
{
	((struct lab *)ctx)->clock = says;
	return WARD_OK;
}

static void begin(struct lab *l, const char *url)
{
	const char *why;
	struct ward_rtsp_opts o = {.mem = ward_mem_heap(),
		.counters = &l->counters,
		.url = &l->url,
		.sink = {on_stream, on_packet, on_clock, l},
		.random = 7};

	*l = (struct lab){.clock = 0};
	ward_counters_init(&l->counters);
	assert_int_equal(ward_rtsp_url_read(ward_str_z(url), &l->url, &why), WARD_OK);
	assert_int_equal(ward_rtsp_new(&o, &l->rtsp), WARD_OK);
}

/* What it sent; the texts live until the next. */
static const char *sent(struct lab *l)
{
	static char text[8192];
	struct ward_slice due = ward_rtsp_due(l->rtsp);

	memcpy(text, due.p, due.len);
	text[due.len] = 0;
	ward_rtsp_sent(l->rtsp, due.len);
	return text;
}

static void assert_sent(struct lab *l, const char *first, const char *has)
{
	const char *text = sent(l);

	assert_memory_equal(text, first, strlen(first));
	if (!strstr(text, has))
		fail_msg("'%s' has no '%s'", text, has);
}

static enum ward_err hear(struct lab *l, const void *p, size_t len)
{
	size_t cap;
	uint8_t *to = ward_rtsp_room(l->rtsp, &cap);

	assert_true(len <= cap);
	memcpy(to, p, len);
	return ward_rtsp_go(l->rtsp, len);
}

static enum ward_err answer(struct lab *l, unsigned cseq, const char *head, const char *body)
{
	char text[4096];
	int n = snprintf(text, sizeof(text),
		"RTSP/1.0 %s\r\nCSeq: %u\r\nContent-Length: %zu\r\n\r\n%s", head, cseq,
		strlen(body), body);

	assert_in_range(n, 1, sizeof(text) - 1);
	return hear(l, text, (size_t)n);
}

static void play(struct lab *l)
{
	assert_sent(l, "DESCRIBE rtsp://10.0.0.5/live RTSP/1.0\r\n", "Accept: application/sdp");
	assert_int_equal(answer(l, 1, "200 OK", DESCRIPTION), WARD_OK);
	assert_sent(l, "SETUP rtsp://10.0.0.5/live/track2 RTSP/1.0\r\n", "interleaved=0-1");
	assert_int_equal(
		answer(l, 2, "200 OK\r\nSession: 12;timeout=30\r\nTransport: x", ""), WARD_OK);
	assert_sent(l, "PLAY rtsp://10.0.0.5/live RTSP/1.0\r\n", "Session: 12\r\n");
	assert_int_equal(ward_rtsp_alive_every(l->rtsp), 0);
	assert_int_equal(answer(l, 3, "200 OK", ""), WARD_OK);
	assert_int_equal(ward_rtsp_alive_every(l->rtsp), 15 * WARD_NS_PER_S);
}

static const uint8_t frame[] = {'$', 0, 0, 13, 0x80, 96, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4, 9};

static void t_plays(void **state)
{
	struct lab l;

	(void)state;
	begin(&l, "rtsp://10.0.0.5/live");
	play(&l);
	assert_int_equal(l.n_stream, 1);
	assert_string_equal(l.sdp,
		"s=camera\r\nv=0\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\n"
		"a=rtpmap:96 H264/90000\r\n"
		"a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z0,aO8\r\n");
	/* byte by byte, as any network may give it */
	for (size_t i = 0; i < sizeof(frame); i++)
		assert_int_equal(hear(&l, &frame[i], 1), WARD_OK);
	assert_int_equal(l.n_packet, 1);
	assert_int_equal(l.packet_len, 13);
	ward_rtsp_alive(l.rtsp);
	assert_sent(&l, "OPTIONS ", "Session: 12");
	ward_rtsp_bye(l.rtsp);
	assert_sent(&l, "TEARDOWN ", "Session: 12");
	ward_rtsp_free(l.rtsp);
}

/* Whoever can't take a packet gets the same one again, and nothing is lost. */
static void t_again(void **state)
{
	uint8_t two[2 * sizeof(frame)];
	struct lab l;

	(void)state;
	begin(&l, "rtsp://10.0.0.5/live");
	play(&l);
	memcpy(two, frame, sizeof(frame));
	memcpy(two + sizeof(frame), frame, sizeof(frame));
	l.refuse = 2;
	assert_int_equal(hear(&l, two, sizeof(two)), WARD_ERR_AGAIN);
	assert_int_equal(ward_rtsp_go(l.rtsp, 0), WARD_ERR_AGAIN);
	assert_int_equal(l.n_packet, 0);
	assert_int_equal(ward_rtsp_go(l.rtsp, 0), WARD_OK);
	assert_int_equal(l.n_packet, 2);
	ward_rtsp_free(l.rtsp);
}

static void t_clock(void **state)
{
	/* 2208988800 s before 1970; half a second */
	static const uint8_t report[] = {'$', 1, 0, 28, 0x80, 200, 0, 6, 0, 0, 0, 1, 0x83, 0xaa,
		0x7e, 0x80 + 10, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
	struct lab l;

	(void)state;
	begin(&l, "rtsp://10.0.0.5/live");
	play(&l);
	assert_int_equal(hear(&l, report, sizeof(report)), WARD_OK);
	assert_int_equal(l.clock, 10 * WARD_NS_PER_S + WARD_NS_PER_S / 2);
	ward_rtsp_free(l.rtsp);
}

/* RFC 7616 has no example with RTSP; this one was computed with md5sum. */
static void t_digest(void **state)
{
	struct lab l;

	(void)state;
	begin(&l, "rtsp://ward:pw@10.0.0.5/live");
	assert_sent(&l, "DESCRIBE ", "CSeq: 1\r\n");
	assert_int_equal(answer(&l, 1,
				 "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"b\"\r\n"
				 "WWW-Authenticate: Digest realm=\"cam\", nonce=\"abc\"",
				 ""),
		WARD_OK);
	assert_sent(&l, "DESCRIBE rtsp://10.0.0.5/live RTSP/1.0\r\n",
		"Authorization: Digest username=\"ward\", realm=\"cam\", nonce=\"abc\", "
		"uri=\"rtsp://10.0.0.5/live\", response=\"d609372fc13e23580cf7bf99368f86ff\"");
	assert_int_equal(
		answer(&l, 2, "401 No\r\nWWW-Authenticate: Digest realm=\"cam\", nonce=\"abd\"",
			""),
		WARD_ERR_DENIED);
	assert_string_equal(ward_rtsp_why(l.rtsp), "user or password are wrong");
	ward_rtsp_free(l.rtsp);
}

/* A nonce that ages while it plays: the sign of life is given again by the new one, once each time;
 * the password never in clear, however the challenge changed. */
static void t_nonce_ages(void **state)
{
	static const char again[] = "401 U\r\nWWW-Authenticate: Digest realm=\"cam\", "
				    "nonce=\"n-2\", stale=true";
	struct lab l;

	(void)state;
	begin(&l, "rtsp://ward:pw@10.0.0.5/live");
	play(&l);
	/* an answer that nobody waits for */
	assert_int_equal(answer(&l, 3, again, ""), WARD_OK);
	assert_string_equal(sent(&l), "");
	ward_rtsp_alive(l.rtsp);
	assert_sent(&l, "OPTIONS ", "CSeq: 4\r\n");
	assert_int_equal(answer(&l, 4, again, ""), WARD_OK);
	assert_sent(&l, "OPTIONS rtsp://10.0.0.5/live RTSP/1.0\r\nCSeq: 5\r\n",
		"nonce=\"n-2\", uri=\"rtsp://10.0.0.5/live\"");
	assert_int_equal(answer(&l, 5, again, ""), WARD_OK);
	assert_string_equal(sent(&l), "");
	ward_rtsp_alive(l.rtsp);
	assert_sent(&l, "OPTIONS ", "nonce=\"n-2\"");
	assert_int_equal(
		answer(&l, 6, "401 U\r\nWWW-Authenticate: Basic realm=\"cam\"", ""), WARD_OK);
	assert_string_equal(sent(&l), "");
	ward_rtsp_bye(l.rtsp);
	assert_sent(&l, "TEARDOWN ", "nonce=\"n-2\"");
	assert_int_equal(answer(&l, 7, again, ""), WARD_OK);
	assert_sent(&l, "TEARDOWN ", "CSeq: 8\r\n");
	ward_rtsp_free(l.rtsp);
}

static void t_challenges(void **state)
{
	struct ward_rtsp_challenge c = {.scheme = WARD_RTSP_OPEN};
	char text[1024];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text) - 1);

	(void)state;
	ward_rtsp_challenged(&c, WARD_STR("Digest realm=\"testrealm@host.com\", "
					  "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\""));
	struct ward_rtsp_request q = {"GET", "/dir/index.html", "Mufasa", "CircleOfLife", 1, 0};

	assert_int_equal(ward_rtsp_authorize(&c, &q, &w), WARD_OK);
	text[w.len] = 0;
	/* as RFC 2069 had it; computed with md5sum */
	assert_non_null(strstr(text, "response=\"1949323746fe6a43ef61f9606e7febea\""));
	assert_int_equal(c.scheme, WARD_RTSP_DIGEST_MD5);
	ward_rtsp_challenged(&c, WARD_STR("Digest realm=\"r\", algorithm=SHA-256, qop=\"auth, "
					  "auth-int\", nonce=\"n\", opaque=\"o\""));
	assert_int_equal(c.scheme, WARD_RTSP_DIGEST_SHA256);
	assert_true(c.qop);
	ward_rtsp_challenged(&c, WARD_STR("Basic realm=\"r\""));
	assert_int_equal(c.scheme, WARD_RTSP_DIGEST_SHA256);
}

static void t_refused(void **state)
{
	static const struct {
		const char *url, *head;
		enum ward_err err;
	} cases[] = {
		{"rtsp://10.0.0.5/live", "401 U\r\nWWW-Authenticate: Basic realm=\"x\"",
			WARD_ERR_DENIED},
		{"rtsp://a:b@10.0.0.5/live", "401 U\r\nWWW-Authenticate: Basic realm=\"x\"",
			WARD_ERR_DENIED},
		{"rtsp://a:b@10.0.0.5/live", "401 U\r\nWWW-Authenticate: Negotiate",
			WARD_ERR_UNSUPPORTED},
		{"rtsp://10.0.0.5/live", "404 Not Found", WARD_ERR_NOT_FOUND},
		{"rtsp://10.0.0.5/live", "302 Moved\r\nLocation: rtsp://10.0.0.6/",
			WARD_ERR_UNSUPPORTED},
		{"rtsp://10.0.0.5/live", "500 Internal", WARD_ERR_FOREIGN},
		{"rtsp://10.0.0.5/live", "200 OK", WARD_ERR_FOREIGN}, /* describes nothing */
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(cases); i++) {
		struct lab l;

		begin(&l, cases[i].url);
		assert_int_equal(answer(&l, 1, cases[i].head, ""), cases[i].err);
		assert_true(ward_rtsp_why(l.rtsp)[0]);
		ward_rtsp_free(l.rtsp);
	}
}

/* Who is no RTSP server. */
static void t_foreign(void **state)
{
	static char endless[20000];
	struct lab l;

	(void)state;
	memset(endless, 'x', sizeof(endless));
	begin(&l, "rtsp://10.0.0.5/live");
	assert_int_equal(hear(&l, endless, sizeof(endless)), WARD_ERR_LIMIT);
	ward_rtsp_free(l.rtsp);
	begin(&l, "rtsp://10.0.0.5/live");
	assert_int_equal(hear(&l, "HTTP/1.1 400 Bad\r\n\r\n", 20), WARD_ERR_FOREIGN);
	ward_rtsp_free(l.rtsp);
	begin(&l, "rtsp://10.0.0.5/live");
	assert_int_equal(
		hear(&l, "RTSP/1.0 200 OK\r\nContent-Length: 70000\r\n\r\n", 42), WARD_ERR_LIMIT);
	ward_rtsp_free(l.rtsp);
}

static void t_description(void **state)
{
	static const struct {
		const char *text;
		enum ward_err err;
	} cases[] = {
		{"", WARD_ERR_FOREIGN},
		{"m=audio 0 RTP/AVP 0\r\n", WARD_ERR_FOREIGN},
		{"m=video 0 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n", WARD_ERR_UNSUPPORTED},
		{"m=video 0 RTP/AVP 300\r\na=rtpmap:300 H264/90000\r\n", WARD_ERR_UNSUPPORTED},
		{"m=video 0 UDP 96\r\na=rtpmap:96 H264/90000\r\n", WARD_ERR_FOREIGN},
		{"m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 \x01\r\n",
			WARD_ERR_UNSUPPORTED},
		{"m=video 0 RTP/AVP 26\n", WARD_OK},
		{"m=video 0 RTP/AVP 96\na=rtpmap:97 VP8/90000\na=rtpmap:96 h265/90000\n", WARD_OK},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(cases); i++) {
		char text[WARD_SDP_MAX];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));
		struct ward_sdp sdp;

		assert_int_equal(
			ward_sdp_pick(ward_str_z(cases[i].text), WARD_SDP_PICTURES, &w, &sdp),
			cases[i].err);
	}
}

static void t_address(void **state)
{
	static const char *const wrong[] = {"", "http://a/", "rtsp://", "rtsp:///x", "rtsp://a:0/x",
		"rtsp://a:70000/", "rtsp://a b/", "rtsp://a/x y", "rtsp://a/\"", "rtsp://:pw@a/",
		"rtsp://u%2:p@a/", "rtsp://u\"x:p@a/", "rtsp://[::1/x"};
	struct ward_rtsp_url u;
	const char *why = NULL;
	char text[300];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text) - 1);

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(wrong); i++)
		assert_int_equal(
			ward_rtsp_url_read(ward_str_z(wrong[i]), &u, &why), WARD_ERR_MALFORMED);
	assert_int_equal(
		ward_rtsp_url_read(WARD_STR("rtsp://ad%40min:p@ss:w@cam-1:8554/a?b=c"), &u, &why),
		WARD_OK);
	assert_string_equal(u.user, "ad@min");
	assert_string_equal(u.password, "p@ss:w");
	assert_string_equal(u.host, "cam-1");
	assert_int_equal(u.port, 8554);
	assert_string_equal(u.request, "rtsp://cam-1:8554/a?b=c");
	ward_rtsp_url_show(&u, &w);
	text[w.len] = 0;
	assert_string_equal(text, "rtsp://cam-1:8554");
	assert_int_equal(ward_rtsp_url_read(WARD_STR("rtsps://[::1]/x"), &u, &why), WARD_OK);
	assert_string_equal(u.host, "::1");
	assert_int_equal(u.port, 322);
	assert_true(u.tls);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_plays),
		cmocka_unit_test(t_again),
		cmocka_unit_test(t_clock),
		cmocka_unit_test(t_digest),
		cmocka_unit_test(t_nonce_ages),
		cmocka_unit_test(t_challenges),
		cmocka_unit_test(t_refused),
		cmocka_unit_test(t_foreign),
		cmocka_unit_test(t_description),
		cmocka_unit_test(t_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
