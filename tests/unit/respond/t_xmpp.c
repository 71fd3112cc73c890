#include "respond/xmpp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test(name)
#define HEADER                                                                       \
	"<?xml version='1.0'?><stream:stream from='a.example' id='1' version='1.0' " \
	"xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' xml:lang=\"en\">"
#define FEATURES(x) "<stream:features>" x "</stream:features>"
#define STARTTLS "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>"
#define PROCEED "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
#define SASL(x)                                                                       \
	"<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-SHA-1" \
	"</mechanism><mechanism>" x "</mechanism></mechanisms>"
#define SUCCESS "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
#define BIND "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
#define BOUND "<iq type='result' id='ward-bind'><bind><jid>ward@a.example/x</jid></bind></iq>"
#define OURS                                                                \
	"<?xml version='1.0'?><stream:stream to='a.example' version='1.0' " \
	"xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
/* printf '\0ward\0secret' | base64 */
#define AUTH                                                                \
	"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>" \
	"AHdhcmQAc2VjcmV0</auth>"
#define ASK_BIND "<iq type='set' id='ward-bind'>" BIND "</iq>"
#define ID "01000000-0000-0000-0000-000000000000"
#define MESSAGE                                                                              \
	"<message to='soc@b.example' type='chat' id='" ID "'><body>a &lt;&amp;&gt;\n</body>" \
	"</message><iq type='get' id='ward-ping'><ping xmlns='urn:xmpp:ping'/></iq>"
#define CLOSE "</stream:stream>"

struct talk {
	struct ward_xmpp x;
	char buf[4096];
	struct ward_wr w;
};

static void begin(struct talk *t, bool tls, bool plain)
{
	/* that of RFC 7677, 3: rOprNGfwEbeRWgbNEkqO */
	static const uint8_t nonce[] = {0xac, 0xea, 0x6b, 0x34, 0x67, 0xf0, 0x11, 0xb7, 0x91, 0x5a,
		0x06, 0xcd, 0x12, 0x4a, 0x8e};
	const struct ward_xmpp_opts o = {.user = WARD_STR("ward@a.example"),
		.password = WARD_STR("secret"),
		.to = WARD_STR("soc@b.example"),
		.text = WARD_STR("a <&>\n"),
		.message = {{1}},
		.nonce = nonce,
		.tls = tls,
		.plain = plain};

	t->w = ward_wr_fixed(t->buf, sizeof(t->buf) - 1);
	ward_xmpp_begin(&t->x, &o, &t->w);
	t->buf[t->w.len] = 0;
	assert_string_equal(t->buf, OURS);
}

static void start(struct talk *t, bool tls, bool plain)
{
	ward_xmpp_init(&t->x, ward_mem_heap());
	begin(t, tls, plain);
}

/* The server says `said`, a byte at a time; the client answers with `wanted`, and nothing else. */
static void turn(struct talk *t, const char *said, const char *wanted)
{
	ward_wr_reset(&t->w);
	for (size_t i = 0; said[i]; i++)
		ward_xmpp_take(&t->x, ward_slice_of(said + i, 1), &t->w);
	t->buf[t->w.len] = 0;
	assert_string_equal(t->buf, wanted);
}

static void secure(struct talk *t)
{
	assert_int_equal(t->x.state, WARD_XMPP_HANDSHAKE);
	ward_wr_reset(&t->w);
	ward_xmpp_secured(&t->x, &t->w);
	t->buf[t->w.len] = 0;
	assert_string_equal(t->buf, OURS);
}

static void ended(struct talk *t, enum ward_sent what, const char *why)
{
	assert_int_equal(t->x.state, WARD_XMPP_OVER);
	assert_string_equal(t->x.outcome.why, why);
	assert_int_equal(t->x.outcome.what, what);
	ward_xmpp_fini(&t->x);
}

static void test_whole(void **state)
{
	struct talk t;

	(void)state;
	start(&t, false, false);
	for (int i = 0; i < 2; i++) { /* one session after the other */
		turn(&t, HEADER "\n" FEATURES(STARTTLS SASL("PLAIN")),
			"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
		turn(&t, PROCEED, "");
		secure(&t);
		turn(&t, HEADER FEATURES(SASL("PLAIN")), AUTH);
		turn(&t, SUCCESS, OURS);
		turn(&t, HEADER FEATURES(BIND "<sm xmlns='urn:xmpp:sm:3'/>"), ASK_BIND);
		turn(&t, "<presence/> " BOUND, MESSAGE);
		turn(&t, "<message type='chat' from='x@b.example'><body>hello</body></message>",
			"");
		turn(&t, "<iq type='result' id='ward-ping'/>", CLOSE);
		assert_int_equal(t.x.outcome.what, WARD_SENT_DELIVERED);
		if (!i)
			begin(&t, false, false);
	}
	ended(&t, WARD_SENT_DELIVERED, "");
}

/* In clear nothing is said but to this machine, whoever took STARTTLS away or added to it. */
static void test_clear(void **state)
{
	struct talk t;

	(void)state;
	start(&t, false, false);
	turn(&t, HEADER FEATURES(SASL("PLAIN")), CLOSE);
	ended(&t, WARD_SENT_FAILED, "it offers no STARTTLS");
	start(&t, false, false);
	turn(&t, HEADER FEATURES(STARTTLS), "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
	turn(&t, PROCEED HEADER, "");
	ended(&t, WARD_SENT_FAILED, "it sent in clear after STARTTLS");
	start(&t, false, false);
	turn(&t, HEADER FEATURES(STARTTLS), "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
	turn(&t, "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", CLOSE);
	ended(&t, WARD_SENT_FAILED, "it refuses STARTTLS");
	/* a name of another space is not that of STARTTLS */
	start(&t, false, false);
	turn(&t, HEADER FEATURES("<starttls xmlns='urn:x'/>"), CLOSE);
	ended(&t, WARD_SENT_FAILED, "it offers no STARTTLS");
	start(&t, false, true);
	turn(&t, HEADER FEATURES(STARTTLS SASL("PLAIN")), AUTH);
	ward_xmpp_fini(&t.x);
}

static void log_in(struct talk *t)
{
	start(t, true, false);
	turn(t, HEADER FEATURES(SASL("PLAIN")), AUTH);
}

static void bind(struct talk *t)
{
	log_in(t);
	turn(t, SUCCESS, OURS);
	turn(t, HEADER FEATURES(BIND), ASK_BIND);
}

#define FAILURE(x) "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>" x "</failure>"
#define ERROR(type, x) \
	"<error type='" type "'><" x " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"

/* printf 'n,,n=ward,r=rOprNGfwEbeRWgbNEkqO' | base64 */
#define AUTH_SCRAM                                                                  \
	"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'>" \
	"biwsbj13YXJkLHI9ck9wck5HZndFYmVSV2diTkVrcU8=</auth>"
#define SAYS(what, text) "<" what " xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>" text "</" what ">"

/* A server that does not know the password gets nothing, whatever it says. */
static void test_scram(void **state)
{
	static const char *const bad[] = {
		SAYS("challenge", ""), SAYS("challenge", "!"), SAYS("challenge", "cj1hLHM9YQ==")};
	struct talk t;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		start(&t, true, false);
		turn(&t, HEADER FEATURES(SASL("SCRAM-SHA-256")), AUTH_SCRAM);
		turn(&t, bad[i], CLOSE);
		ended(&t, WARD_SENT_FAILED, "what it says to the login is no SCRAM-SHA-256");
	}
	start(&t, true, false);
	turn(&t, HEADER FEATURES(SASL("SCRAM-SHA-256")), AUTH_SCRAM);
	turn(&t, SUCCESS, CLOSE);
	ended(&t, WARD_SENT_FAILED, "it does not prove that it knows the password");
}

static void test_refusals(void **state)
{
	struct talk t;

	(void)state;
	start(&t, true, false);
	turn(&t, HEADER FEATURES(SASL("EXTERNAL")), CLOSE);
	ended(&t, WARD_SENT_FAILED, "it offers neither SCRAM-SHA-256 nor PLAIN");
	log_in(&t);
	turn(&t, FAILURE("<not-authorized/><text>Bad password</text>"), CLOSE);
	ended(&t, WARD_SENT_REFUSED, "it refuses the login: not-authorized");
	log_in(&t);
	turn(&t, FAILURE("<temporary-auth-failure/>"), CLOSE);
	ended(&t, WARD_SENT_FAILED, "it refuses the login: temporary-auth-failure");
	log_in(&t);
	turn(&t, "<success xmlns='urn:x'/>", CLOSE);
	ended(&t, WARD_SENT_FAILED, "it answers what it was not asked");
	bind(&t);
	turn(&t, "<iq type='error' id='ward-bind'>" ERROR("wait", "resource-constraint") "</iq>",
		CLOSE);
	ended(&t, WARD_SENT_FAILED, "it refuses to bind: resource-constraint");
	bind(&t);
	turn(&t, BOUND, MESSAGE);
	turn(&t, "<message type='error' id='other'>" ERROR("cancel", "gone") "</message>", "");
	turn(&t,
		"<message type='error' id='" ID "'>" ERROR("cancel", "item-not-found") "</message>",
		CLOSE);
	ended(&t, WARD_SENT_REFUSED, "it refuses the message: item-not-found");
	bind(&t);
	turn(&t,
		"<stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
		"</stream:error>",
		CLOSE);
	ended(&t, WARD_SENT_FAILED, "it ends the stream: system-shutdown");
	bind(&t);
	turn(&t, CLOSE, "");
	ended(&t, WARD_SENT_FAILED, "it ended the stream without an answer");
	bind(&t);
	ward_xmpp_take(&t.x, ward_slice_of(NULL, 0), &t.w);
	ended(&t, WARD_SENT_FAILED, "it ended the connection without an answer");
	/* an answer to what was not asked yet says nothing */
	bind(&t);
	turn(&t, "<iq type='result' id='ward-ping'/>", "");
	assert_int_equal(t.x.state, WARD_XMPP_BIND);
	ward_xmpp_fini(&t.x);
}

static void test_nonsense(void **state)
{
	static const char *const bad[] = {"HTTP/1.1 400", "</a>", "<>", "<!DOCTYPE a>",
		HEADER "<?xml version='1.0'?>", HEADER "<!-- -->", HEADER "<a><![CDATA[x]]></a>",
		HEADER "text", HEADER "<a b='<'/>", HEADER "<a/b>", HEADER "<a><<",
		HEADER "<a>&x;</a>", HEADER "<a></b>", HEADER "<x:a/>", HEADER "<a b='1' b='2'/>",
		HEADER "<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>"};
	struct talk t;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		start(&t, true, false);
		for (size_t k = 0; bad[i][k]; k++)
			ward_xmpp_take(&t.x, ward_slice_of(bad[i] + k, 1), &t.w);
		ended(&t, WARD_SENT_FAILED, "what it answers is no XMPP");
	}
	/* a stanza without an end */
	start(&t, true, false);
	turn(&t, HEADER "<a>", "");
	for (size_t i = 0; i <= WARD_XMPP_STANZA && t.x.state != WARD_XMPP_OVER; i++)
		ward_xmpp_take(&t.x, ward_slice_of("x", 1), &t.w);
	ended(&t, WARD_SENT_FAILED, "what it answers is no XMPP");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_whole), T(test_clear), T(test_scram), T(test_refusals), T(test_nonsense)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
