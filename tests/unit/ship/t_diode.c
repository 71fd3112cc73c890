/* A line that goes one way, with a relay of the test's own between its ends that loses, turns
 * round, doubles and changes datagrams: what arrives and what is told as lost are together what was
 * sent; nothing arrives twice, and nothing that the key has not sealed. */
#include "ship/diode.h"

#include "base/wr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define S WARD_NS_PER_S

enum { GROUPS = 64, DATAGRAMS = WARD_FEC_SHARDS, LINES_MAX = GROUPS * 400 };

static const ward_ns noon = 1800000000 * S;

struct line {
	struct ward_clock_fake clock;
	struct ward_diode_out *out;
	struct ward_diode_in *in;
	uint8_t key[WARD_DIODE_KEY];
	unsigned n_sent;
	bool came[LINES_MAX];
	uint64_t n_came, n_lost, n_gap, n_anew;
	ward_ns since, until;
	struct ward_diode_last last; /* as on a disk */
};

static uint64_t seed = 88172645463325252;

static unsigned draw(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed % n);
}

static void take_lines(void *ctx, struct ward_str lines)
{
	struct line *t = ctx;

	assert_true(lines.len && lines.p[lines.len - 1] == '\n');
	while (lines.len) {
		struct ward_str one = ward_str_cut(&lines, '\n'), rest = one;
		struct ward_str number = ward_str_cut(&rest, ' ');
		uint64_t n;

		assert_true(ward_str_u64(number, &n) && n < t->n_sent);
		assert_false(t->came[n]);
		t->came[n] = true;
		t->n_came++;
	}
}

static void take_gap(void *ctx, const struct ward_diode_gap *g)
{
	struct line *t = ctx;

	t->n_gap++;
	t->n_lost += g->lines;
	t->n_anew += g->began_anew;
	t->since = g->since;
	t->until = g->until;
}

static void keep(void *ctx, const struct ward_diode_last *last)
{
	struct line *t = ctx;

	t->last = *last;
}

static void open_in(struct line *t)
{
	struct ward_diode_in_opts o = {.clock = &t->clock.clock,
		.lines = take_lines,
		.gap = take_gap,
		.keep = keep,
		.ctx = t,
		.last = t->last};

	memcpy(o.key, t->key, sizeof(o.key));
	ward_diode_in_free(t->in);
	assert_int_equal(ward_diode_in_new(&o, &t->in), WARD_OK);
}

static void open_out(struct line *t)
{
	ward_diode_out_free(t->out);
	assert_int_equal(ward_diode_out_new(t->key, &t->clock.clock, &t->out), WARD_OK);
}

static struct line *begin(void)
{
	struct line *t = test_calloc(1, sizeof(*t));

	ward_clock_fake_init(&t->clock, noon);
	ward_diode_key(WARD_STR("a secret of both sides"), t->key);
	open_out(t);
	open_in(t);
	return t;
}

static void end(struct line *t)
{
	ward_diode_out_free(t->out);
	ward_diode_in_free(t->in);
	test_free(t);
}

static struct ward_diode_counts counts(const struct line *t)
{
	struct ward_diode_counts n;

	ward_diode_counted(t->in, &n);
	return n;
}

/* n numbered lines of some length as the next group. */
static void put_lines(struct line *t, unsigned n, unsigned len)
{
	static char text[WARD_DIODE_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	for (unsigned i = 0; i < n; i++) {
		ward_wr_printf(&w, "%u ", t->n_sent++);
		for (unsigned k = 0; k < len; k++)
			ward_wr_ch(&w, 'x');
		ward_wr_ch(&w, '\n');
	}
	assert_false(ward_wr_bad(&w));
	ward_diode_put(t->out, ward_wr_text(&w));
	t->clock.at += S;
}

static void send_from(struct line *t, size_t first, size_t n_lost)
{
	uint8_t bytes[WARD_DIODE_DATAGRAM];
	size_t len, i = 0;

	while ((len = ward_diode_next(t->out, bytes))) {
		if (i < first || i >= first + n_lost)
			ward_diode_take(t->in, ward_slice_of(bytes, len));
		i++;
	}
}

/* As a sensor does that is asked to end. */
static void end_session(struct line *t)
{
	for (int i = 0; i < WARD_DIODE_WINDOW + 1; i++) {
		ward_diode_finish(t->out);
		send_from(t, 0, 0);
	}
}

/* As long as nothing waits, the line says that it is there: then all that was lost is told. */
static void say_nothing(struct line *t)
{
	for (int i = 0; i < WARD_DIODE_WINDOW + 1; i++) {
		put_lines(t, 0, 0);
		send_from(t, 0, 0);
	}
}

static void loses_nothing_up_to_its_parity(void **state)
{
	struct line *t = begin();

	(void)state;
	for (unsigned n = 0; n < GROUPS; n++) {
		unsigned lines = 1 + draw(300), len = draw(200);
		size_t count;

		put_lines(t, lines, len);
		count = ward_diode_count((size_t)lines * (len + 2)); /* at least */
		send_from(t, draw((unsigned)count), 4);
	}
	say_nothing(t);
	assert_int_equal(t->n_came, t->n_sent);
	assert_int_equal(t->n_lost + t->n_gap, 0);
	assert_true(counts(t).made_up_for > GROUPS / 2);
	assert_int_equal(counts(t).lost_groups, 0);
	end(t);
}

static void tells_what_is_lost(void **state)
{
	struct line *t = begin();

	(void)state;
	put_lines(t, 10, 50);
	send_from(t, 0, 0);
	put_lines(t, 7, 50);
	send_from(t, 0, DATAGRAMS); /* never seen */
	put_lines(t, 300, 200);
	send_from(t, 3, 30); /* seen, and not whole */
	put_lines(t, 5, 50);
	send_from(t, 0, 0);
	assert_int_equal(t->n_came, 15);
	assert_int_equal(t->n_lost, 0); /* it may be on its way yet */
	say_nothing(t);
	assert_int_equal(t->n_lost, 307);
	assert_int_equal(counts(t).lost_groups, 2);
	assert_int_equal(counts(t).lost_lines, 307);
	assert_int_equal(t->since, noon);
	assert_int_equal(t->until, noon + 2 * S);
	end(t);
}

/* Everything at once, each time another way; the sum is always right. */
static void adds_up(void **state)
{
	static uint8_t kept[DATAGRAMS * 4][WARD_DIODE_DATAGRAM];
	static size_t len[DATAGRAMS * 4];

	(void)state;
	for (unsigned turn = 0; turn < 40; turn++) {
		struct line *t = begin();
		unsigned loss = draw(60); /* in a hundred */

		for (unsigned g = 0; g < GROUPS; g += 4) {
			size_t n = 0;

			for (int i = 0; i < 4; i++) {
				put_lines(t, draw(60), draw(300));
				while ((len[n] = ward_diode_next(t->out, kept[n])))
					n++;
			}
			for (size_t i = 0; i < n; i++) { /* out of order, some twice */
				size_t k = i + draw((unsigned)(n - i)), was = len[i];
				uint8_t other[WARD_DIODE_DATAGRAM];

				memcpy(other, kept[i], sizeof(other));
				memcpy(kept[i], kept[k], sizeof(other));
				memcpy(kept[k], other, sizeof(other));
				len[i] = len[k];
				len[k] = was;
				if (draw(100) < loss)
					continue;
				ward_diode_take(t->in, ward_slice_of(kept[i], len[i]));
				if (!draw(10))
					ward_diode_take(t->in, ward_slice_of(kept[i], len[i]));
			}
		}
		say_nothing(t);
		assert_int_equal(t->n_came + t->n_lost, t->n_sent);
		assert_int_equal(counts(t).malformed + counts(t).sealed_otherwise, 0);
		end(t);
	}
}

static void takes_nothing_else(void **state)
{
	struct line *t = begin();
	uint8_t bytes[WARD_DIODE_DATAGRAM], first[WARD_DIODE_DATAGRAM];
	size_t len, n_first = 0;

	(void)state;
	put_lines(t, 3, 30);
	while ((len = ward_diode_next(t->out, bytes))) {
		if (!n_first) {
			memcpy(first, bytes, len);
			n_first = len;
		}
		for (size_t i = 0; i < len; i++) { /* one bit of any byte */
			bytes[i] ^= 1;
			ward_diode_take(t->in, ward_slice_of(bytes, len));
			bytes[i] ^= 1;
		}
		for (size_t i = 0; i < len; i++)
			ward_diode_take(t->in, ward_slice_of(bytes, i));
	}
	ward_diode_take(t->in, (struct ward_slice){NULL, 0});
	assert_int_equal(t->n_came, 0);
	assert_true(counts(t).sealed_otherwise && counts(t).malformed);
	ward_diode_take(t->in, ward_slice_of(first, n_first));
	assert_int_equal(t->n_came, 3);
	ward_diode_take(t->in, ward_slice_of(first, n_first)); /* again */
	assert_int_equal(counts(t).twice, 1);
	/* another key */
	struct ward_diode_out *other;
	uint8_t key[WARD_DIODE_KEY];

	ward_diode_key(WARD_STR("another secret"), key);
	assert_int_equal(ward_diode_out_new(key, &t->clock.clock, &other), WARD_OK);
	ward_diode_put(other, WARD_STR("0 x\n"));
	len = ward_diode_next(other, bytes);
	ward_diode_take(t->in, ward_slice_of(bytes, len));
	assert_int_equal(t->n_came, 3);
	ward_diode_out_free(other);
	end(t);
}

static void goes_on_with_a_new_session_alone(void **state)
{
	struct line *t = begin();
	uint8_t first[WARD_DIODE_DATAGRAM];
	size_t len;

	(void)state;
	put_lines(t, 3, 30);
	len = ward_diode_next(t->out, first);
	ward_diode_take(t->in, ward_slice_of(first, len));
	put_lines(t, 4, 30); /* lost with the machine */
	open_out(t);
	put_lines(t, 5, 30);
	send_from(t, 0, 0);
	assert_int_equal(t->n_came, 8);
	ward_diode_take(t->in, ward_slice_of(first, len)); /* the one before, played back */
	assert_int_equal(t->n_came, 8);
	assert_int_equal(counts(t).old, 1);
	/* who hears starts anew in the midst of it: says so, and goes on */
	for (int i = 0; i < WARD_DIODE_WINDOW; i++) {
		put_lines(t, 1, 30);
		send_from(t, 0, 0);
	}
	open_in(t);
	put_lines(t, 1, 30);
	send_from(t, 0, 0);
	assert_int_equal(t->n_came, 8 + WARD_DIODE_WINDOW + 1);
	assert_int_equal(t->n_anew, 2); /* the machine that was lost is one */
	/* a day and more between the clocks: refused, and counted */
	t->clock.at += 25 * 3600 * S;
	ward_diode_take(t->in, ward_slice_of(first, len));
	put_lines(t, 1, 30);
	t->clock.at -= 50 * 3600 * S;
	send_from(t, 0, 0);
	assert_int_equal(t->n_came, 8 + WARD_DIODE_WINDOW + 1);
	assert_true(counts(t).wrong_time > 0);
	end(t);
}

/* The line is cut, the sensor sends into it, and begins anew; or it ends, and begins anew. */
static void tells_that_a_session_was_not_heard_to_its_end(void **state)
{
	struct line *t = begin();

	(void)state;
	put_lines(t, 20, 30);
	send_from(t, 0, 0);
	for (int i = 0; i < 40; i++) {
		put_lines(t, 100, 30);
		send_from(t, 0, DATAGRAMS);
	}
	open_out(t);
	put_lines(t, 5, 30);
	send_from(t, 0, 0);
	assert_int_equal(t->n_came, 25);
	assert_int_equal(t->n_anew, 1);
	assert_int_equal(t->since, noon);
	assert_int_equal(t->until, noon + 41 * S);
	end_session(t);
	open_out(t);
	put_lines(t, 5, 30);
	send_from(t, 0, 0);
	assert_int_equal(t->n_came, 30);
	assert_int_equal(t->n_gap, 1);
	/* what is lost before an end that was heard is known to the line */
	put_lines(t, 7, 30);
	send_from(t, 0, DATAGRAMS);
	ward_diode_finish(t->out);
	send_from(t, 0, 0);
	open_out(t);
	put_lines(t, 1, 30);
	send_from(t, 0, 0);
	assert_int_equal(t->n_anew, 1);
	assert_int_equal(t->n_lost, 7);
	end(t);
}

/* Who hears is another life, and somebody plays back what he has recorded. */
static void takes_nothing_older_in_another_life(void **state)
{
	static uint8_t kept[3][WARD_DIODE_DATAGRAM];
	size_t len[3];
	struct line *t = begin();

	(void)state;
	for (size_t i = 0; i < 3; i++) { /* of an older session, and two groups of the next */
		if (i < 2)
			open_out(t);
		put_lines(t, 2, 30);
		len[i] = ward_diode_next(t->out, kept[i]);
		ward_diode_take(t->in, ward_slice_of(kept[i], len[i]));
	}
	assert_int_equal(t->n_came, 6);
	assert_int_equal(t->n_anew, 1);
	open_in(t);
	for (size_t i = 0; i < 3; i++)
		ward_diode_take(t->in, ward_slice_of(kept[i], len[i]));
	assert_int_equal(counts(t).old, 3);
	assert_int_equal(t->n_came, 6);
	/* the session goes on: what was missed meanwhile is not known */
	put_lines(t, 2, 30);
	send_from(t, 0, DATAGRAMS);
	put_lines(t, 2, 30);
	send_from(t, 0, 0);
	assert_int_equal(t->n_came, 8);
	assert_int_equal(t->n_anew, 2);
	end_session(t);
	/* another one follows; there may have been one between */
	open_in(t);
	open_out(t);
	put_lines(t, 2, 30);
	send_from(t, 0, 0);
	assert_int_equal(t->n_came, 10);
	assert_int_equal(t->n_anew, 3);
	end(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loses_nothing_up_to_its_parity),
		cmocka_unit_test(tells_what_is_lost),
		cmocka_unit_test(adds_up),
		cmocka_unit_test(takes_nothing_else),
		cmocka_unit_test(goes_on_with_a_new_session_alone),
		cmocka_unit_test(tells_that_a_session_was_not_heard_to_its_end),
		cmocka_unit_test(takes_nothing_older_in_another_life),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
