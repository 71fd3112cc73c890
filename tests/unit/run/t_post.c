#include "run/post.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void a_post_comes_as_it_went(void **state)
{
	static uint8_t buf[WARD_POST_BATCH + 2048], batch[WARD_POST_BATCH + 1];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_post p = {.token = WARD_STR("token"),
				 .key = WARD_STR(""),
				 .sensor = WARD_STR("annex"),
				 .batch = ward_slice_of("[{}]", 4)},
			 q;

	(void)state;
	ward_post_put(&w, &p);
	for (size_t n = 0; n < w.len; n++) { /* a part has less, or is none */
		struct ward_rd r = ward_rd_from(buf, n);

		if (ward_post_get(&r, &q) == WARD_OK)
			assert_true(q.batch.len < 4);
	}
	struct ward_rd r = ward_rd_from(buf, w.len);

	assert_int_equal(ward_post_get(&r, &q), WARD_OK);
	assert_true(ward_str_eqz(q.token, "token") && !q.key.len && q.batch.len == 4);
	assert_true(ward_str_eqz(q.sensor, "annex"));
	assert_memory_equal(q.batch.p, "[{}]", 4);
	ward_wr_reset(&w);
	p.batch = ward_slice_of(batch, sizeof(batch)); /* one byte too many */
	ward_post_put(&w, &p);
	r = ward_rd_from(buf, w.len);
	assert_int_equal(ward_post_get(&r, &q), WARD_ERR_MALFORMED);
}

static void an_answer_has_a_known_status(void **state)
{
	uint8_t buf[64];
	struct ward_posted p = {202, WARD_STR("{}")}, q;

	(void)state;
	for (unsigned status = 0; status < 600; status++) {
		struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

		p.status = status;
		ward_posted_put(&w, &p);
		struct ward_rd r = ward_rd_from(buf, w.len);
		bool ok = ward_posted_get(&r, &q) == WARD_OK;

		assert_int_equal(
			ok, status == 202 || status == 400 || status == 401 || status == 503);
		if (ok)
			assert_true(q.status == status && ward_str_eqz(q.text, "{}"));
	}
	struct ward_rd bad = ward_rd_from("\x00\xca\xff", 3), cut = ward_rd_from("\x00", 1);

	assert_int_equal(ward_posted_get(&bad, &q), WARD_ERR_MALFORMED);
	assert_int_equal(ward_posted_get(&cut, &q), WARD_ERR_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_post_comes_as_it_went),
		cmocka_unit_test(an_answer_has_a_known_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
