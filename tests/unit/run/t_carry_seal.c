/* What goes over between two machines, as who stands between them can see, lose, repeat, or make
 * it. */
#include "run/carry_seal.h"

#include <sodium.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static const uint8_t ours[WARD_CARRY_KEY] = {1, 2, 3}, other[WARD_CARRY_KEY] = {1, 2, 4};

struct way {
	uint8_t bytes[WARD_CARRY_SEALED_MAX];
	size_t n;
};

static uint8_t room[WARD_CARRY_MAX];

static struct ward_slice on(const struct way *w)
{
	return ward_slice_of(w->bytes, w->n);
}

static enum ward_err get(
	struct ward_carry_seal *s, const struct way *came, struct way *answer, struct ward_slice *t)
{
	struct ward_wr w = ward_wr_fixed(answer->bytes, sizeof(answer->bytes));
	enum ward_err err = ward_carry_seal_get(s, on(came), room, &w, t);

	assert_false(ward_wr_bad(&w));
	answer->n = w.len;
	return err;
}

static void begin(struct ward_carry_seal *taker, struct way *hello)
{
	struct ward_wr w = ward_wr_fixed(hello->bytes, sizeof(hello->bytes));

	ward_carry_seal_begin(taker, &w);
	hello->n = w.len;
}

static void put(struct ward_carry_seal *s, const char *text, struct way *to)
{
	struct ward_wr w = ward_wr_fixed(to->bytes, sizeof(to->bytes));

	assert_int_equal(ward_carry_seal_put(s, ward_str_bytes(ward_str_z(text)), &w), WARD_OK);
	assert_false(ward_wr_bad(&w));
	to->n = w.len;
}

static void heard(struct ward_carry_seal *s, const struct way *came, const char *due)
{
	struct way answer;
	struct ward_slice t;

	assert_int_equal(get(s, came, &answer, &t), WARD_OK);
	assert_int_equal(answer.n, 0);
	assert_int_equal(t.len, strlen(due));
	assert_memory_equal(t.p, due, t.len);
}

static void both(struct ward_carry_seal *taker, struct ward_carry_seal *giver)
{
	struct way hello, answer, none;
	struct ward_slice t;

	ward_carry_seal_init(taker, ours, false);
	ward_carry_seal_init(giver, ours, true);
	begin(taker, &hello);
	assert_int_equal(get(giver, &hello, &answer, &t), WARD_ERR_AGAIN);
	assert_true(giver->ready && !taker->ready && answer.n);
	assert_int_equal(get(taker, &answer, &none, &t), WARD_ERR_AGAIN);
	assert_true(taker->ready && !none.n);
}

static void both_read_each_other_and_nobody_else_does(void **state)
{
	struct ward_carry_seal taker, giver;
	struct way w;

	(void)state;
	both(&taker, &giver);
	for (int i = 0; i < 3; i++) {
		put(&taker, "the notary's key", &w);
		assert_null(memmem(w.bytes, w.n, "notary", 6));
		heard(&giver, &w, "the notary's key");
		put(&giver, "", &w);
		heard(&taker, &w, "");
	}
	/* one direction is not the other */
	put(&taker, "ask", &w);
	struct way answer;
	struct ward_slice t;

	assert_int_equal(get(&taker, &w, &answer, &t), WARD_ERR_DENIED);
}

static void what_is_changed_comes_twice_or_late_is_not_taken(void **state)
{
	struct ward_carry_seal taker, giver;
	struct way w, first, second, answer;
	struct ward_slice t;

	(void)state;
	both(&taker, &giver);
	put(&giver, "some bytes", &w);
	for (size_t i = 0; i < w.n; i++)
		for (int bit = 0; bit < 8; bit++) {
			struct way changed = w;

			changed.bytes[i] ^= (uint8_t)(1 << bit);
			assert_int_not_equal(get(&taker, &changed, &answer, &t), WARD_OK);
		}
	for (size_t n = 0; n < w.n; n++) {
		struct way cut = w;

		cut.n = n;
		assert_int_not_equal(get(&taker, &cut, &answer, &t), WARD_OK);
	}
	heard(&taker, &w, "some bytes"); /* nothing of that did harm */
	assert_int_equal(get(&taker, &w, &answer, &t), WARD_ERR_DENIED);
	put(&giver, "first", &first);
	put(&giver, "second", &second);
	heard(&taker, &second, "second"); /* one may be lost … */
	assert_int_equal(get(&taker, &first, &answer, &t), WARD_ERR_DENIED); /* … none comes late */
}

static void who_has_another_secret_is_neither_answered_nor_heard(void **state)
{
	struct ward_carry_seal taker, giver;
	struct way hello, answer;
	struct ward_slice t;

	(void)state;
	ward_carry_seal_init(&taker, other, false);
	ward_carry_seal_init(&giver, ours, true);
	begin(&taker, &hello);
	assert_int_equal(get(&giver, &hello, &answer, &t), WARD_ERR_DENIED);
	assert_int_equal(answer.n, 0);
	assert_false(giver.ready);
	/* who answers with another one */
	ward_carry_seal_init(&giver, other, true);
	assert_int_equal(get(&giver, &hello, &answer, &t), WARD_ERR_AGAIN);
	ward_carry_seal_init(&taker, ours, false);
	begin(&taker, &hello);
	assert_int_equal(get(&taker, &answer, &hello, &t), WARD_ERR_AGAIN);
	assert_false(taker.ready);
}

/* What was said in one session is none of another, also where somebody repeats its beginning. */
static void what_is_of_another_session_is_not_taken(void **state)
{
	struct ward_carry_seal taker, giver;
	struct way hello, answer, w, again;
	struct ward_slice t;

	(void)state;
	ward_carry_seal_init(&taker, ours, false);
	ward_carry_seal_init(&giver, ours, true);
	begin(&taker, &hello);
	assert_int_equal(get(&giver, &hello, &answer, &t), WARD_ERR_AGAIN);
	assert_int_equal(get(&taker, &answer, &again, &t), WARD_ERR_AGAIN);
	put(&giver, "old", &w);
	/* repeated to who gives: it begins a session that nobody has the key of, and says so */
	assert_int_equal(get(&giver, &hello, &again, &t), WARD_ERR_AGAIN);
	put(&taker, "ask", &again);
	assert_int_equal(get(&giver, &again, &answer, &t), WARD_ERR_STATE);
	assert_int_equal(answer.n, 1);
	assert_int_equal(get(&taker, &answer, &again, &t), WARD_ERR_STATE);
	/* who takes begins anew, and what it is given of before is not taken */
	begin(&taker, &hello);
	assert_int_equal(get(&taker, &w, &again, &t), WARD_ERR_AGAIN);
	assert_int_equal(get(&giver, &hello, &answer, &t), WARD_ERR_AGAIN);
	assert_int_equal(get(&taker, &answer, &again, &t), WARD_ERR_AGAIN);
	assert_int_equal(get(&taker, &w, &again, &t), WARD_ERR_DENIED);
	put(&giver, "new", &w);
	heard(&taker, &w, "new");
}

static void nothing_is_sealed_without_a_session(void **state)
{
	struct ward_carry_seal s;
	uint8_t bytes[64];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));

	(void)state;
	ward_carry_seal_init(&s, ours, true);
	assert_int_equal(ward_carry_seal_put(&s, ward_slice_of("x", 1), &w), WARD_ERR_STATE);
	assert_int_equal(w.len, 0);
}

/* The process between them hands on what is sealed, in its direction; its own words it is not
 * told by the other machine. */
static void only_what_is_sealed_passes(void **state)
{
	(void)state;
	for (unsigned what = 0; what < 256; what++) {
		uint8_t byte = (uint8_t)what;
		struct ward_slice s = ward_slice_of(&byte, 1);

		assert_int_equal(ward_carry_passes(s, true), what == '1' || what == '3');
		assert_int_equal(
			ward_carry_passes(s, false), what == '0' || what == '2' || what == '3');
	}
	assert_false(ward_carry_passes((struct ward_slice){NULL, 0}, true));
	assert_false(ward_carry_passes(ward_carry_word(WARD_CARRY_STOPPED), true));
	assert_false(ward_carry_passes(ward_carry_word(WARD_CARRY_AGAIN), false));
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {T(both_read_each_other_and_nobody_else_does),
		T(what_is_changed_comes_twice_or_late_is_not_taken),
		T(who_has_another_secret_is_neither_answered_nor_heard),
		T(what_is_of_another_session_is_not_taken), T(nothing_is_sealed_without_a_session),
		T(only_what_is_sealed_passes)};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
