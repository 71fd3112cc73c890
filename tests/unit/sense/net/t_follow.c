/* From packets to the dissectors of streams, with dissectors of this test's own in place of the
 * product's list. */
#include "sense/net/emit.h"
#include "sense/net/net.h"

#include "base/wr.h"
#include "sense/net/proto/dissectors.h"

#include "follow_lab.h"

/* A message is 'M', a length in two bytes and as many bytes, printable; "M\0\0" is malformed, and
 * bytes above 127 are so from a place on that is known. After "may I?" nothing more of its side is
 * read before the other has said "no", or "agreed", which hands the connection over. */
enum { PORT_A = 4000, HEAD = 3 };

struct memory {
	uint64_t n_message;
	bool asked[2];
};

static const char *const reasons[] = {"net.reject.a.empty", "net.reject.a.text"};
static bool can_find_again;
static unsigned n_end_alone;

static enum ward_probe probe_a(struct ward_slice p)
{
	return ward_probe_of(p.p[0] == 'M');
}

static bool name_a(size_t i, struct ward_wr *w)
{
	static const char *const name[] = {"net.a", "a.text", "a.n", "a.client", "a.lost"};

	if (i < WARD_ARRAY_LEN(name))
		ward_wr_z(w, name[i]);
	return i < WARD_ARRAY_LEN(name);
}

static void emit_a(struct ward_dissect *d, struct ward_str text, uint64_t lost)
{
	struct memory *m = d->flow;

	m->n_message += !lost;
	if (!ward_emit_begin(d->net, d->name[0]))
		return;
	ward_emit_packet(d->net, d->packet);
	ward_emit_str(d->net, d->name[1], text);
	ward_emit_int(d->net, d->name[2], (int64_t)m->n_message);
	ward_emit_bool(d->net, d->name[3], d->from_client);
	if (lost)
		ward_emit_int(d->net, d->name[4], (int64_t)lost);
	ward_emit_end(d->net);
}

static enum ward_verdict parse_a(struct ward_dissect *d, struct ward_slice p)
{
	struct memory *m = d->flow;
	struct ward_rd r = ward_rd_slice(p);
	uint8_t first = ward_rd_u8(&r);
	uint16_t len = ward_rd_be16(&r);

	n_end_alone += d->end && !p.len;
	if (m->asked[d->from_client] || !p.len)
		return WARD_VERDICT_MORE;
	if (first != 'M')
		return WARD_VERDICT_FOREIGN;
	d->need = HEAD;
	if (ward_rd_bad(&r))
		return WARD_VERDICT_MORE;
	d->reason = 0;
	d->off = 1;
	if (len == 0)
		return WARD_VERDICT_MALFORMED;
	/* long ones are passed over unseen */
	if (len >= 60000) {
		d->used = (size_t)HEAD + len;
		return WARD_VERDICT_OK;
	}
	struct ward_str text = ward_slice_text(ward_rd_bytes(&r, len));

	d->need = (size_t)HEAD + len;
	if (ward_rd_bad(&r))
		return WARD_VERDICT_MORE;
	d->used = d->need;
	if ((uint8_t)text.p[0] > 127) {
		d->reason = 1;
		d->off = HEAD;
		return WARD_VERDICT_MALFORMED;
	}
	emit_a(d, text, 0);
	m->asked[d->from_client] = ward_str_eqz(text, "may I?");
	if (ward_str_eqz(text, "no"))
		m->asked[!d->from_client] = false;
	d->handover = ward_str_eqz(text, "agreed");
	return WARD_VERDICT_OK;
}

static bool gap_a(struct ward_dissect *d, uint64_t lost)
{
	emit_a(d, WARD_STR("gap"), lost);
	return can_find_again;
}

static const struct ward_dissector dissect_a = {.name = "a",
	.proto = WARD_PROTO_TCP,
	.port = {PORT_A},
	.probe_stream = probe_a,
	.parse = parse_a,
	.gap = gap_a,
	.flow_bytes = sizeof(struct memory),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_a};

/* A line that begins with '+' or 'M' and ends with a newline: no length is known before. */
static enum ward_probe probe_b(struct ward_slice p)
{
	return ward_probe_of(p.p[0] == '+' || p.p[0] == 'M');
}

static enum ward_verdict parse_b(struct ward_dissect *d, struct ward_slice p)
{
	const uint8_t *newline = p.len ? memchr(p.p, '\n', p.len) : NULL;

	WARD_ASSERT(!d->flow);
	if (p.len && p.p[0] != '+')
		return WARD_VERDICT_FOREIGN;
	if (!newline)
		return WARD_VERDICT_MORE;
	d->used = (size_t)(newline - p.p) + 1;
	return WARD_VERDICT_OK;
}

static const struct ward_dissector dissect_b = {
	.name = "b", .proto = WARD_PROTO_TCP, .probe_stream = probe_b, .parse = parse_b};

static const struct ward_dissector *const all[] = {&dissect_b, &ward_dissect_bacnet, &dissect_a};

size_t ward_dissector_count(void)
{
	return WARD_ARRAY_LEN(all);
}

const struct ward_dissector *ward_dissector_at(size_t i)
{
	WARD_ASSERT(i < WARD_ARRAY_LEN(all));
	return all[i];
}

static int setup(void **state)
{
	can_find_again = true;
	n_end_alone = 0;
	return setup_net(state);
}

static void test_messages(void **state)
{
	struct end c, s;

	(void)state;
	shake_hands(&c, &s, 9999);
	forget();
	/* several in one payload, one over several payloads */
	SAY(&c, "M\0\3one"
		"M\0\3two"
		"M");
	assert_int_equal(seen("\"class\":\"net.a\""), 2);
	SAY(&c, "\0");
	SAY(&c, "\5th");
	SAY(&c, "reeM\0\4fo");
	assert_int_equal(seen("three"), 1);
	SAY(&s, "M\0\3yes");
	assert_int_equal(seen("\"src_ip\":\"10.0.0.2\""), 1);
	assert_int_equal(seen("\"a.client\":false"), 1);
	SAY(&c, "ur");
	/* both sides share the flow's memory */
	assert_int_equal(seen("\"a.text\":\"four\",\"a.n\":5"), 1);
	assert_int_equal(counted(WARD_NET_PDU), 5);
	assert_int_equal(counted(WARD_NET_DISSECT_FOREIGN), 0);
	assert_int_equal(counted(WARD_NET_DISSECT_MORE), 0);
	forget();
	assert_int_equal(ward_net_flush(net, &sink), WARD_OK);
	assert_int_equal(seen("\"service\":\"a\""), 1);
}

/* The other side's acknowledgement closes a hole: what follows it is still this side's. */
static void test_gap(void **state)
{
	struct end c, s;

	(void)state;
	shake_hands(&c, &s, PORT_A);
	SAY(&c, "M\0\3one");
	c.seq += 7;
	SAY(&c, "M\0\3two");
	forget();
	s.ack = c.seq;
	send(&s, ACK, (struct ward_slice){NULL, 0});
	assert_int_equal(seen("\"a.lost\":7"), 1);
	assert_int_equal(seen("two"), 1);
	assert_int_equal(seen("\"src_ip\":\"10.0.0.1\""), 2);
	assert_int_equal(seen("\"a.client\":true"), 2);
	/* one that can't find its place again is left alone */
	can_find_again = false;
	c.seq += 7;
	s.ack = c.seq + 4;
	send(&s, ACK, (struct ward_slice){NULL, 0});
	SAY(&c, "M\0\1x");
	SAY(&c, "M\0\1x");
	assert_int_equal(seen("\"a.text\":\"x\""), 0);
	assert_int_equal(counted(WARD_NET_DISSECT_GIVEN_UP), 1);
}

static void test_malformed(void **state)
{
	struct end c, s;

	(void)state;
	shake_hands(&c, &s, PORT_A);
	/* the next message's place is known */
	SAY(&c, "M\0\3oneM\0\3\xff..M\0\3two");
	assert_int_equal(seen("net.reject.a.text"), 1);
	assert_int_equal(seen("\"a.text\":\"two\""), 1);
	/* it is not: the rest of the payload is lost */
	SAY(&c, "M\0\0..");
	assert_int_equal(seen("net.reject.a.empty"), 1);
	assert_int_equal(seen("\"a.lost\":5"), 1);
	SAY(&c, "M\0\5three");
	assert_int_equal(seen("\"a.text\":\"three\""), 1);
	/* something else on a confirmed flow */
	SAY(&c, "hello");
	assert_int_equal(counted(WARD_NET_DISSECT_FOREIGN), 1);
	can_find_again = false;
	SAY(&c, "hello");
	SAY(&c, "M\0\4four");
	assert_int_equal(seen("\"a.text\":\"four\""), 0);
}

/* Not on its port, and never a whole message: nothing is said of it. */
static void test_never_confirmed(void **state)
{
	struct end c, s;

	(void)state;
	shake_hands(&c, &s, 9999);
	for (int i = 0; i < 20; i++) {
		SAY(&c, "M\0\0..");
		SAY(&s, "?");
	}
	assert_int_equal(seen("net.reject"), 0);
	assert_int_equal(counted(WARD_NET_DISSECT_GIVEN_UP), 1);
	SAY(&c, "M\0\3one");
	assert_int_equal(seen("net.a"), 0);
}

/* Little bytes of an unknown beginning are waited for; the one that knows them is found in either
 * direction, and after a wrong guess. */
static void test_probe(void **state)
{
	struct end c, s;

	(void)state;
	shake_hands(&c, &s, 9999);
	SAY(&c, "x");
	SAY(&c, "x");
	assert_int_equal(counted(WARD_NET_DISSECT_FOREIGN), 0);
	SAY(&s, "+ok");
	SAY(&s, "\n+");
	assert_int_equal(counted(WARD_NET_PDU), 1);
	SAY(&s, "\n");
	assert_int_equal(counted(WARD_NET_PDU), 2);
	assert_int_equal(ward_net_flush(net, &sink), WARD_OK);
	assert_int_equal(seen("\"service\":\"b\""), 1);
}

static void test_midstream(void **state)
{
	struct end c = {1, 40000, 9999, 5000, 1}, s = {2, 9999, 40000, 1, 1};

	(void)state;
	SAY(&c, "rest of something");
	SAY(&c, "M\0\3one");
	SAY(&s, "...");
	SAY(&s, "M\0\3two");
	assert_int_equal(seen("\"a.text\":\"one\""), 1);
	/* confirmed, so what does not fit is foreign, and a place to find again */
	assert_int_equal(seen("\"a.text\":\"two\""), 1);
}

static void test_skips_unseen(void **state)
{
	struct end c, s;
	static char zero[60000];

	(void)state;
	shake_hands(&c, &s, PORT_A);
	SAY(&c, "M\xea\x60");
	say(&c, zero, 30000);
	c.seq += 10000; /* not captured, and not missed */
	say(&c, zero, 20000);
	SAY(&c, "M\0\3one");
	assert_int_equal(seen("\"a.text\":\"one\""), 1);
	assert_int_equal(seen("a.lost"), 0);
	/* longer than can be held: passed over too */
	SAY(&c, "M\x40\0");
	say(&c, zero, 0x4000);
	SAY(&c, "M\0\3two");
	assert_int_equal(seen("\"a.text\":\"two\""), 1);
	assert_int_equal(counted(WARD_NET_DISSECT_TOO_LONG), 1);
	assert_int_equal(counted(WARD_NET_STREAM_FULL), 0);
}

/* The end of a flow is told under the flow's own number, and only then the flow. */
static void test_ends(void **state)
{
	struct end c, s;

	(void)state;
	shake_hands(&c, &s, PORT_A);
	SAY(&c, "M\0\3one");
	c.seq += 4;
	SAY(&c, "M\0\3two");
	SAY(&c, "M\0\11cut");
	forget();
	now = 2 * 3600 * WARD_NS_PER_S;
	assert_int_equal(ward_net_tick(net, now, &sink), WARD_OK);
	assert_int_equal(seen("\"a.text\":\"two\""), 1);
	struct ward_str all_out = ward_wr_text(&out);

	assert_true(ward_str_find(all_out, WARD_STR("net.a")) <
		    ward_str_find(all_out, WARD_STR("net.flow")));
	assert_int_equal(counted(WARD_NET_DISSECT_MORE), 1);
	/* FIN and RST end it at once */
	shake_hands(&c, &s, PORT_A);
	SAY(&c, "M\0\11cut");
	send(&c, FIN | ACK, (struct ward_slice){NULL, 0});
	assert_int_equal(counted(WARD_NET_DISSECT_MORE), 2);
	SAY(&s, "M\0\11cut");
	send(&s, RST, (struct ward_slice){NULL, 0});
	assert_int_equal(counted(WARD_NET_DISSECT_MORE), 3);
	/* and so it is told, also alone, once per side of what was recognised */
	n_end_alone = 0;
	shake_hands(&c, &s, PORT_A);
	send(&c, FIN | ACK, (struct ward_slice){NULL, 0});
	assert_int_equal(n_end_alone, 0);
	shake_hands(&c, &s, PORT_A);
	SAY(&c, "M\0\3one");
	send(&c, FIN | ACK, (struct ward_slice){NULL, 0});
	assert_int_equal(n_end_alone, 1);
	send(&s, FIN | ACK, (struct ward_slice){NULL, 0});
	send(&s, FIN | ACK, (struct ward_slice){NULL, 0});
	assert_int_equal(n_end_alone, 2);
}

/* The same ports once more, without an end that we saw. */
static void test_again(void **state)
{
	struct end c, s;

	(void)state;
	shake_hands(&c, &s, PORT_A);
	SAY(&c, "M\0\3one");
	struct end forged = {1, 40000, PORT_A, 7777777, 0};

	send(&forged, SYN, (struct ward_slice){NULL, 0});
	SAY(&c, "M\0\3two");
	assert_int_equal(seen("\"a.text\":\"two\",\"a.n\":2"), 1);
	SAY(&c, "M\0\7cut");
	struct end c2 = {1, 40000, PORT_A, 500000000, 0},
		   s2 = {2, PORT_A, 40000, 600000000, 500000001};

	send(&c2, SYN, (struct ward_slice){NULL, 0});
	send(&s2, SYN | ACK, (struct ward_slice){NULL, 0});
	c2.seq++;
	SAY(&c2, "M\0\5again");
	assert_int_equal(seen("\"a.text\":\"again\",\"a.n\":1"), 1);
}

static void test_overlap(void **state)
{
	struct end c, s, early;

	(void)state;
	shake_hands(&c, &s, PORT_A);
	early = c;
	early.seq += 3;
	SAY(&early, "good");
	SAY(&c, "M\0\4evil");
	assert_int_equal(seen("\"a.text\":\"good\""), 1);
	assert_int_equal(seen("\"reason\":\"net.odd.tcp.overlap\""), 1);
	assert_int_equal(counted(WARD_NET_STREAM_OVERLAP), 1);
}

static void expect_service(const char *service)
{
	char text[64];

	forget();
	assert_int_equal(ward_net_flush(net, &sink), WARD_OK);
	(void)snprintf(text, sizeof(text), "\"service\":\"%s\"", service);
	assert_int_equal(seen(text), 1);
}

static void test_handover(void **state)
{
	struct end c, s;

	(void)state;
	shake_hands(&c, &s, 9999);
	SAY(&c, "M\0\6may I?");
	/* what follows in the same payload is the other protocol's already */
	SAY(&s, "M\0\6agreed+first\n");
	SAY(&c, "+second\n");
	assert_int_equal(counted(WARD_NET_PDU), 4);
	assert_int_equal(counted(WARD_NET_DISSECT_FOREIGN), 0);
	expect_service("a,b");
}

/* The one who asked did not wait for the answer. */
static void test_handover_hasty(void **state)
{
	struct end c, s;

	(void)state;
	shake_hands(&c, &s, PORT_A);
	SAY(&c, "M\0\6may I?M\0\3one");
	assert_int_equal(seen("one"), 0);
	SAY(&s, "M\0\2no");
	SAY(&c, "M\0\6may I?+early\n+");
	assert_int_equal(seen("\"a.text\":\"one\",\"a.n\":3"), 1);
	uint64_t before = counted(WARD_NET_PDU);

	SAY(&s, "M\0\6agreed");
	assert_int_equal(counted(WARD_NET_PDU), before + 2);
	SAY(&c, "late\n");
	assert_int_equal(counted(WARD_NET_PDU), before + 3);
	expect_service("a,b");
}

/* The same one again has forgotten all; of many handovers some are told. */
static void test_handover_again(void **state)
{
	struct end c, s;

	(void)state;
	shake_hands(&c, &s, PORT_A);
	SAY(&c, "M\0\3one");
	for (int i = 0; i < 6; i++) {
		SAY(&c, "M\0\3two");
		SAY(&s, "M\0\6agreed");
	}
	assert_int_equal(seen("\"a.text\":\"two\",\"a.n\":1,"), 5);
	SAY(&s, "unknown to all, and long enough so that it is not waited for");
	expect_service("a,a,a");
}

/* A new connection on the same ports begins with the first protocol. */
static void test_handover_reconnect(void **state)
{
	struct end c, s;

	(void)state;
	shake_hands(&c, &s, PORT_A);
	SAY(&s, "M\0\6agreed");
	SAY(&c, "+b\n");
	struct end c2 = {1, 40000, PORT_A, 500000000, 0},
		   s2 = {2, PORT_A, 40000, 600000000, 500000001};

	send(&c2, SYN, (struct ward_slice){NULL, 0});
	send(&s2, SYN | ACK, (struct ward_slice){NULL, 0});
	c2.seq++;
	SAY(&c2, "M\0\5again");
	assert_int_equal(seen("\"a.text\":\"again\",\"a.n\":1"), 1);
	expect_service("a,b,a");
}

/* More connections than can be followed: those that were never confirmed go first. */
static void test_too_many(void **state)
{
	struct end good[2], c, s;

	(void)state;
	shake_hands(&good[0], &good[1], PORT_A);
	SAY(&good[0], "M\0\3one");
	for (uint16_t i = 0; i < 40; i++) {
		c = (struct end){1, (uint16_t)(50000 + i), PORT_A, 0, 0};
		SAY(&c, "M\0\7cut");
	}
	assert_int_equal(counted(WARD_NET_STREAM_EVICTED), 25);
	SAY(&good[0], "M\0\3two");
	assert_int_equal(seen("\"a.text\":\"two\",\"a.n\":2"), 1);
	(void)s;
}

static void test_states_run_out(void **state)
{
	struct end c;

	(void)state;
	teardown(NULL);
	setup(NULL);
	ward_net_free(net);
	lim.v[WARD_LIMIT_NET_STREAMS] = 64;
	struct ward_net_opts opts = {.source = WARD_STR("t")};

	assert_int_equal(ward_net_new(ward_mem_heap(), &lim, &names, &opts, &net), WARD_OK);
	for (uint16_t i = 0; i < 20; i++) {
		c = (struct end){1, (uint16_t)(50000 + i), PORT_A, 0, 0};
		SAY(&c, "M\0\3one");
	}
	assert_int_equal(counted(WARD_NET_STATE_EVICTED), 4);
	c = (struct end){1, 50000, PORT_A, 6, 0};
	SAY(&c, "M\0\3two");
	assert_int_equal(seen("\"a.text\":\"two\""), 0);
}

/* Memory for early segments runs out: the one that was never confirmed loses them, and its place.
 */
static void test_memory_runs_out(void **state)
{
	struct end c;

	(void)state;
	for (uint16_t i = 0; i < 12; i++) {
		c = (struct end){1, (uint16_t)(50000 + i), PORT_A, 0, 0};
		SAY(&c, "M\0\3one");
		for (uint32_t k = 0; k < 5 && i != 11; k++) {
			c.seq += 10;
			SAY(&c, "M\0\3two");
		}
	}
	assert_true(counted(WARD_NET_STREAM_SHED) > 0);
	assert_int_equal(counted(WARD_NET_STREAM_FULL), 0);
	assert_int_equal(ward_net_flush(net, &sink), WARD_OK);
	assert_int_equal(seen("\"a.text\":\"one\""), 12);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_messages),
		TEST(test_gap),
		TEST(test_malformed),
		TEST(test_never_confirmed),
		TEST(test_probe),
		TEST(test_midstream),
		TEST(test_skips_unseen),
		TEST(test_ends),
		TEST(test_again),
		TEST(test_overlap),
		TEST(test_handover),
		TEST(test_handover_hasty),
		TEST(test_handover_again),
		TEST(test_handover_reconnect),
		TEST(test_too_many),
		TEST(test_states_run_out),
		TEST(test_memory_runs_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
