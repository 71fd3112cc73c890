#include "comply/notary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static const ward_ns now = 1773910800 * WARD_NS_PER_S;

static struct ward_hash leaf(uint8_t i)
{
	return (struct ward_hash){{i, 7}};
}

static struct ward_notary some(void)
{
	const uint8_t seed[WARD_NOTARY_SEED] = {1, 2, 3};
	struct ward_notary n;

	ward_notary_new(seed, &n);
	for (uint8_t i = 0; i < 11; i++) {
		struct ward_hash h = leaf(i);

		ward_notary_tell(&n, WARD_NOTARY_ANY, &h);
	}
	return n;
}

static struct ward_str text_of(const struct ward_head *h, char buf[WARD_HEAD_JSON_MAX])
{
	struct ward_wr w = ward_wr_fixed(buf, WARD_HEAD_JSON_MAX);

	ward_head_write(&w, h);
	assert_false(ward_wr_bad(&w));
	return ward_wr_text(&w);
}

/* What is changed in one byte is no head any more, or one that nobody signed. */
static void each_byte_counts(const struct ward_head *h)
{
	char buf[WARD_HEAD_JSON_MAX];
	struct ward_str text = text_of(h, buf);
	struct ward_head back;

	assert_int_equal(ward_head_read(text, &back), WARD_OK);
	assert_true(ward_head_verify(&back));
	assert_true(ward_id_eq(ward_head_id(h), ward_head_id(&back)));
	for (size_t i = 0; i < text.len; i++) {
		buf[i] ^= 1;
		assert_true(ward_head_read(text, &back) != WARD_OK || !ward_head_verify(&back));
		buf[i] ^= 1;
		assert_int_not_equal(ward_head_read((struct ward_str){text.p, i}, &back), WARD_OK);
	}
}

static void test_heads(void **state)
{
	const uint8_t seed[WARD_NOTARY_SEED] = {9};
	struct ward_notary n = some();
	struct ward_hash log, root;

	(void)state;
	ward_notary_sign(&n, now + 5);
	ward_head_log(n.first_key, 0, &log);
	ward_ledger_root(&n.ledger, &root);
	assert_int_equal(n.last.what, WARD_HEAD_TREE);
	assert_int_equal(n.last.tree.n, 11);
	assert_true(n.last.tree.time == now); /* in milliseconds */
	assert_true(ward_hash_eq(&n.last.tree.log, &log) && ward_hash_eq(&n.last.tree.root, &root));
	each_byte_counts(&n.last);

	struct ward_head first = n.last;

	ward_notary_rotate(&n, seed, now);
	assert_int_equal(n.last.what, WARD_HEAD_KEY);
	assert_memory_equal(n.last.key, first.key, sizeof(first.key));
	assert_memory_equal(n.last.next, n.key, sizeof(n.key));
	each_byte_counts(&n.last);
	ward_notary_sign(&n, now);
	assert_memory_equal(n.last.key, n.key, sizeof(n.key));
	assert_memory_not_equal(n.last.key, first.key, sizeof(first.key));
	assert_true(ward_hash_eq(&n.last.tree.log, &log));
	assert_true(ward_head_verify(&n.last));
}

static void test_when_to_sign(void **state)
{
	const ward_ns every = 300 * WARD_NS_PER_S;
	struct ward_notary n = some();
	struct ward_hash h = leaf(99);

	(void)state;
	assert_true(ward_notary_due(&n, WARD_NS_NEVER, every));
	assert_false(ward_notary_due(&n, every - 1, every));
	assert_true(ward_notary_due(&n, every, every));
	ward_notary_sign(&n, now);
	assert_false(ward_notary_due(&n, WARD_NS_NEVER, every));
	/* what it said itself is no reason to say more */
	ward_notary_tell(&n, WARD_NOTARY_OWN, &h);
	assert_false(ward_notary_due(&n, WARD_NS_NEVER, every));
	ward_notary_tell(&n, WARD_NOTARY_SENT, &h);
	assert_false(ward_notary_due(&n, 12 * every - 1, every));
	assert_true(ward_notary_due(&n, 12 * every, every));
	ward_notary_tell(&n, WARD_NOTARY_DECISION, &h);
	assert_false(ward_notary_due(&n, every / 30 - 1, every));
	assert_true(ward_notary_due(&n, every / 30, every));
}

static void test_a_ledger_that_was_put_back(void **state)
{
	struct ward_notary n = some(), older = some();
	struct ward_hash root, other = leaf(50), log;

	(void)state;
	ward_ledger_root(&n.ledger, &root);
	assert_true(ward_notary_agrees(&n, 11, &root));
	assert_true(ward_notary_agrees(&n, 12, &other)); /* more leaves are to be told first */
	assert_false(ward_notary_agrees(&n, 11, &other));
	assert_false(ward_notary_agrees(&n, 10, &root));
	ward_notary_sign(&n, now);
	ward_ledger_root(&older.ledger, &root);
	ward_notary_break(&n, 4, &root, now + WARD_NS_PER_S);
	assert_int_equal(n.last.what, WARD_HEAD_BREAK);
	assert_int_equal(n.last.tree.n, 11);
	assert_int_equal(n.last.found, 4);
	ward_head_log(n.first_key, 1, &log);
	assert_true(ward_hash_eq(&n.last.next_log, &log));
	each_byte_counts(&n.last);
	assert_int_equal(n.ledger.n, 0);
	other = leaf(0);
	ward_notary_tell(&n, WARD_NOTARY_ANY, &other);
	ward_notary_sign(&n, now);
	assert_true(ward_hash_eq(&n.last.tree.log, &log));
}

static void test_saved(void **state)
{
	uint8_t buf[WARD_NOTARY_SAVED_MAX], again[WARD_NOTARY_SAVED_MAX];
	struct ward_notary n = some(), back;
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_wr w2 = ward_wr_fixed(again, sizeof(again));

	(void)state;
	ward_notary_save(&n, 1, &w);
	assert_int_equal(ward_notary_load(ward_wr_slice(&w), &back), WARD_OK);
	assert_false(back.has_last);
	ward_notary_sign(&n, now);
	ward_wr_reset(&w);
	ward_notary_save(&n, 1, &w);
	assert_false(ward_wr_bad(&w));
	assert_int_equal(ward_notary_load(ward_wr_slice(&w), &back), WARD_OK);
	ward_notary_save(&back, 1, &w2);
	assert_int_equal(w.len, w2.len);
	assert_memory_equal(buf, again, w.len);
	ward_notary_sign(&n, now);
	ward_notary_sign(&back, now);
	assert_memory_equal(n.last.tree.signature, back.last.tree.signature, WARD_LEDGER_SIGNATURE);
	for (size_t i = 0; i < w.len; i++) {
		buf[i] ^= 4;
		assert_int_equal(ward_notary_load(ward_wr_slice(&w), &back), WARD_ERR_CORRUPT);
		buf[i] ^= 4;
		assert_int_equal(ward_notary_load(ward_slice_of(buf, i), &back), WARD_ERR_CORRUPT);
	}
	/* a newer Ward's */
	ward_wr_reset(&w);
	ward_notary_save(&n, 2, &w);
	assert_int_equal(ward_notary_load(ward_wr_slice(&w), &back), WARD_ERR_VERSION);
	/* the greatest that there is fits */
	n.ledger.n = UINT64_MAX;
	ward_wr_reset(&w);
	ward_notary_save(&n, 1, &w);
	assert_false(ward_wr_bad(&w));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_when_to_sign),
		cmocka_unit_test(test_a_ledger_that_was_put_back),
		cmocka_unit_test(test_saved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
