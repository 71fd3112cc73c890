/* Whose a payload is: probes of this test's own, in place of the product's. */
#include "sense/net/emit.h"

#include "base/wr.h"
#include "sense/net/proto/dissectors.h"

#include "follow_lab.h"

/* "word" and a newline, of which one line is too little to be sure elsewhere than on its port: the
 * other side must say "yes" first. In the middle of something else it is not looked for. */
enum { PORT_C = 4001 };

struct sure {
	bool asked, sure;
};

static enum ward_probe probe_c(struct ward_slice p)
{
	static const char *const begin[] = {"word", "yes"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(begin); i++) {
		size_t n = strlen(begin[i]);

		if (memcmp(p.p, begin[i], p.len < n ? p.len : n) == 0)
			return p.len < n ? WARD_PROBE_MORE : WARD_PROBE_YES;
	}
	return p.p[0] == '?' ? WARD_PROBE_ON_PORT : WARD_PROBE_NO;
}

static enum ward_verdict parse_c(struct ward_dissect *d, struct ward_slice p)
{
	const uint8_t *newline = p.len ? memchr(p.p, '\n', p.len) : NULL;
	struct sure *f = d->flow;

	if (!newline)
		return WARD_VERDICT_MORE;
	f->asked |= p.p[0] == 'w';
	f->sure |= d->trusted;
	if (!f->sure) {
		f->sure = p.p[0] == 'y' && f->asked;
		d->other_first = f->sure;
		return WARD_VERDICT_MORE;
	}
	d->used = (size_t)(newline - p.p) + 1;
	if (!ward_emit_begin(d->net, d->name[0]))
		return WARD_VERDICT_OK;
	ward_emit_packet(d->net, d->packet);
	ward_emit_str(d->net, d->name[1], ward_slice_text(ward_slice_of(p.p, d->used - 1)));
	ward_emit_bool(d->net, d->name[2], ward_dissect_hears(d, !d->from_client));
	ward_emit_end(d->net);
	return WARD_VERDICT_OK;
}

static bool name_c(size_t i, struct ward_wr *w)
{
	static const char *const name[] = {"net.c", "c.text", "c.hears"};

	if (i < WARD_ARRAY_LEN(name))
		ward_wr_z(w, name[i]);
	return i < WARD_ARRAY_LEN(name);
}

static const struct ward_dissector dissect_c = {.name = "c",
	.proto = WARD_PROTO_TCP,
	.port = {PORT_C},
	.probe_stream = probe_c,
	.weak = true,
	.parse = parse_c,
	.flow_bytes = sizeof(struct sure),
	.name_at = name_c};

size_t ward_dissector_count(void)
{
	return 1;
}

const struct ward_dissector *ward_dissector_at(size_t i)
{
	WARD_ASSERT(i == 0);
	return &dissect_c;
}

static void say_each(struct end *e, const char *text)
{
	for (; *text; text++)
		say(e, text, 1);
}

/* What there is fits: more is waited for, until the other side answers it. */
static void test_waits(void **state)
{
	struct end c, s;

	(void)state;
	shake_hands(&c, &s, PORT_C);
	say_each(&c, "word one\n");
	assert_int_equal(seen("\"c.text\":\"word one\""), 1);
	assert_int_equal(counted(WARD_NET_DISSECT_FOREIGN), 0);
	c.port = 40001;
	s.peer = 40001;
	s.port = c.peer = PORT_C;
	send(&c, SYN, (struct ward_slice){NULL, 0});
	c.seq++;
	SAY(&c, "wo");
	s.ack = c.seq;
	SAY(&s, "yes\n"); /* so that was all of it */
	SAY(&c, "rd two\n");
	assert_int_equal(seen("word two"), 0);
	assert_int_equal(seen("\"c.text\":\"yes\""), 1);
}

/* Too little to be sure: not on another port; there both sides make it sure, in their order. */
static void test_sure(void **state)
{
	struct end c, s;

	(void)state;
	shake_hands(&c, &s, PORT_C);
	SAY(&c, "?\n");
	assert_int_equal(seen("\"c.text\":\"?\""), 1);
	shake_hands(&c, &s, 9999);
	SAY(&c, "?\n");
	assert_int_equal(seen("\"c.text\":\"?\""), 1);
	c = (struct end){1, 40002, 9999, 1000, 0};
	s = (struct end){2, 9999, 40002, 90000, 1001};
	send(&c, SYN, (struct ward_slice){NULL, 0});
	send(&s, SYN | ACK, (struct ward_slice){NULL, 0});
	c.seq++;
	s.seq++;
	forget();
	say_each(&c, "word one\n");
	assert_int_equal(seen("net.c"), 0);
	s.ack = c.seq;
	say_each(&s, "yes\n");
	struct ward_str told = ward_wr_text(&out);

	assert_int_equal(seen("\"class\":\"net.c\""), 2);
	assert_true(ward_str_find(told, WARD_STR("word one")) <
		    ward_str_find(told, WARD_STR("\"yes\"")));
}

/* A weak probe is not asked in the middle of what nobody knew, on its port it is. */
static void test_weak(void **state)
{
	struct end c, s;

	(void)state;
	shake_hands(&c, &s, 9999);
	SAY(&c, "something unknown");
	s.ack = c.seq;
	SAY(&s, "else");
	c.ack = s.seq;
	SAY(&c, "word one\nword two\n");
	assert_int_equal(ward_net_flush(net, &sink), WARD_OK);
	assert_int_equal(seen("\"service\":\"c\""), 0);
	shake_hands(&c, &s, PORT_C);
	SAY(&c, "something unknown");
	s.ack = c.seq;
	SAY(&s, "else");
	c.ack = s.seq;
	SAY(&c, "word one\n");
	assert_int_equal(seen("\"c.text\":\"word one\""), 1);
}

/* Nobody knows what a side has not said of which bytes are missing, or all. */
static void test_deaf(void **state)
{
	struct end c, s;

	(void)state;
	shake_hands(&c, &s, PORT_C);
	SAY(&c, "word one\n");
	assert_int_equal(seen("\"c.hears\":true"), 1);
	c.ack += 5; /* the answer was not captured */
	SAY(&c, "word two\n");
	assert_int_equal(seen("\"c.hears\":false"), 1);
	c = (struct end){1, 40003, PORT_C, 1000, 0};
	send(&c, SYN, (struct ward_slice){NULL, 0});
	c.seq++;
	c.ack = 70001;
	SAY(&c, "word three\n");
	assert_int_equal(seen("\"c.hears\":false"), 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_net, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_waits),
		TEST(test_sure),
		TEST(test_weak),
		TEST(test_deaf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
