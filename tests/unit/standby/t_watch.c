/* What a machine says of the pair, and what people are told of it. */
#include "standby/watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

static const ward_ns s = WARD_NS_PER_S;
/* The clock that each test begins with. */
static const ward_ns zero = 1000 * WARD_NS_PER_S;

static struct ward_standby_state pair(void)
{
	return (struct ward_standby_state){.node = "a",
		.peer = "b",
		.role = WARD_STANDBY_LEADS,
		.mode = WARD_STANDBY_PAIR,
		.how = WARD_TOOK_FIRST,
		.led = zero,
		.epoch = 1,
		.next = 10,
		.confirmed = 9,
		.lag = 1,
		.connected = true,
		.witness = true,
		.carried = true,
		.carried_lag_s = 12,
		.since = zero,
		.told = zero,
		.formats = 1,
		.formats_most = 3,
		.peer_formats = 2,
		.tell_after_s = 180};
}

static size_t say(const struct ward_standby_state *x, char *to, size_t len)
{
	struct ward_wr w = ward_wr_fixed(to, len);
	struct ward_json j = ward_json_on(&w);

	ward_standby_state_write(x, &j);
	assert_false(ward_wr_bad(&w));
	return w.len;
}

static enum ward_err hear(const char *text, size_t len, struct ward_standby_state *ret)
{
	return ward_standby_state_read((struct ward_str){text, len}, ward_mem_heap(), ret);
}

static void what_is_said_is_heard(void **state)
{
	struct ward_standby_state x = pair(), got;
	char a[WARD_STANDBY_STATE_MAX], b[WARD_STANDBY_STATE_MAX];
	size_t n;

	(void)state;
	x.alone_since = zero + 1;
	x.witness_since = zero + 2;
	x.diverged = 3;
	x.diverged_at = zero + 4;
	x.aside = UINT64_MAX;
	x.ends = 5;
	for (unsigned role = 0; role < WARD_STANDBY_ROLES; role++)
		for (unsigned mode = 0; mode < WARD_STANDBY_MODES; mode++)
			for (unsigned how = 0; how < WARD_TOOK_HOWS; how++) {
				x.role = (enum ward_standby_role)role;
				x.mode = (enum ward_standby_mode)mode;
				x.how = (enum ward_took_how)how;
				n = say(&x, a, sizeof(a));
				assert_int_equal(hear(a, n, &got), WARD_OK);
				assert_int_equal(got.role, x.role);
				assert_int_equal(say(&got, b, sizeof(b)), n);
				assert_memory_equal(a, b, n);
			}
	for (size_t i = 0; i < n; i++) /* no beginning of it */
		assert_int_not_equal(hear(a, i, &got), WARD_OK);
}

/* The words that stand there now, by these. */
static void changed(const char *is, const char *to, enum ward_err due)
{
	struct ward_standby_state x = pair(), got;
	char text[WARD_STANDBY_STATE_MAX + 1], other[WARD_STANDBY_STATE_MAX + 64];
	size_t n = say(&x, text, WARD_STANDBY_STATE_MAX);
	char *at;

	text[n] = 0;
	at = strstr(text, is);
	assert_non_null(at);
	n = (size_t)snprintf(
		other, sizeof(other), "%.*s%s%s", (int)(at - text), text, to, at + strlen(is));
	assert_int_equal(hear(other, n, &got), due);
}

static void what_is_none_of_ours_is_not_heard(void **state)
{
	char much[WARD_STANDBY_STATE_MAX + 1];
	struct ward_standby_state got;

	(void)state;
	changed("\"epoch\":1", "\"epoch\":1,\"new\":[]", WARD_OK);
	changed("\"epoch\":1", "\"epoch\":-1", WARD_ERR_MALFORMED);
	changed("\"epoch\":1", "\"epoch\":[1]", WARD_ERR_MALFORMED);
	changed("\"epoch\":1", "\"epoc\":1", WARD_ERR_MALFORMED);
	changed("\"mode\":\"pair\"", "\"mode\":\"pairs\"", WARD_ERR_MALFORMED);
	changed("\"mode\":\"pair\"", "\"mode\":{\"a\":1}", WARD_ERR_MALFORMED);
	changed("\"role\":\"leads\"", "\"role\":\"\"", WARD_ERR_MALFORMED);
	changed("\"how\":\"first\"", "\"how\":7", WARD_ERR_MALFORMED);
	changed("\"witness\":1", "\"witness\":2", WARD_ERR_MALFORMED);
	changed("\"node\":\"a\"", "\"node\":\"a/b\"", WARD_ERR_MALFORMED);
	changed("\"node\":\"a\"", "\"node\":\"a\\u0007\"", WARD_ERR_MALFORMED);
	changed("\"peer\":\"b\"", "\"peer\":\"\"", WARD_OK);
	changed("\"peer\":\"b\"", "\"peer\":\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"",
		WARD_ERR_MALFORMED);
	changed("\"told\":1000000000000", "\"told\":18446744073709551615", WARD_ERR_MALFORMED);
	memset(much, ' ', sizeof(much));
	assert_int_equal(hear(much, sizeof(much), &got), WARD_ERR_LIMIT);
	assert_int_equal(hear("[]", 2, &got), WARD_ERR_MALFORMED);
}

/* ---- what people are told ---- */

struct people {
	struct ward_standby_watch w;
	struct ward_standby_said said[WARD_NEWS_N];
};

static void told(struct people *p, const struct ward_standby_state *x, ward_ns at, const char *due)
{
	char all[128] = "";
	size_t n = ward_standby_look(&p->w, x, at, p->said), len = 0;

	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%s", i ? " " : "",
			ward_standby_news_name(p->said[i].what));
	assert_string_equal(all, due);
}

static void one_that_is_alone_is_told_of_once_and_when_it_is_well_again(void **state)
{
	struct people p = {.w = {.epoch = 0}};
	struct ward_standby_state x = pair();

	(void)state;
	x.mode = WARD_STANDBY_ALONE;
	x.alone_since = zero;
	told(&p, &x, zero + 179 * s, "");
	told(&p, &x, zero + 180 * s, "alone");
	assert_int_equal(p.said[0].since, zero);
	told(&p, &x, zero + 999 * s, "");
	x.mode = WARD_STANDBY_PAIRING; /* not yet */
	told(&p, &x, zero + 1000 * s, "");
	x.mode = WARD_STANDBY_PAIR;
	x.alone_since = 0;
	told(&p, &x, zero + 1001 * s, "whole");
	told(&p, &x, zero + 1002 * s, "");
	/* a moment alone, as each follower that is begun anew makes, is no news */
	x.mode = WARD_STANDBY_ALONE;
	x.alone_since = zero + 2000 * s;
	told(&p, &x, zero + 2100 * s, "");
	x.mode = WARD_STANDBY_PAIR;
	x.alone_since = 0;
	told(&p, &x, zero + 2101 * s, "");
	/* again, and again told */
	x.mode = WARD_STANDBY_ALONE;
	x.alone_since = zero + 3000 * s;
	told(&p, &x, zero + 3180 * s, "alone");
}

static void witness_and_copy_are_told_of_and_all_must_be_well(void **state)
{
	struct people p = {.w = {.epoch = 0}};
	struct ward_standby_state x = pair();

	(void)state;
	told(&p, &x, zero, "whole");
	x.witness = false;
	x.witness_since = zero;
	told(&p, &x, zero + 60 * s, "");
	told(&p, &x, zero + 200 * s, "witness");
	x.carried_lag_s = 20 * 180 - 1;
	told(&p, &x, zero + 4000 * s, "");
	x.carried_lag_s = 20 * 180;
	told(&p, &x, zero + 4001 * s, "lags");
	assert_int_equal(p.said[0].n, 3600);
	x.witness = true;
	x.witness_since = 0;
	told(&p, &x, zero + 4002 * s, "");
	x.carried_lag_s = 5;
	told(&p, &x, zero + 4003 * s, "whole");
}

static void how_it_came_to_lead_is_told_of_once_and_not_long_after(void **state)
{
	static const char *const due[WARD_TOOK_HOWS] = {"", "", "over", "switched", "forced"};
	struct ward_standby_state x = pair();

	(void)state;
	for (unsigned how = 0; how < WARD_TOOK_HOWS; how++) {
		struct people p = {.w = {.epoch = 1}}, late = {.w = {.epoch = 0}};

		x.epoch = 2 + how;
		x.how = (enum ward_took_how)how;
		x.mode = WARD_STANDBY_ALONE;
		x.alone_since = zero;
		told(&p, &x, zero + s, due[how]);
		told(&p, &x, zero + 2 * s, "");
		told(&late, &x, zero + 90000 * s, "alone");
	}
}

static void what_was_set_aside_is_told_of_each_time(void **state)
{
	struct people p = {.w = {.epoch = 0}};
	struct ward_standby_state x = pair();

	(void)state;
	told(&p, &x, zero, "whole");
	x.diverged = 7;
	x.diverged_at = zero + s;
	told(&p, &x, zero + 2 * s, "aside");
	assert_int_equal(p.said[0].n, 7);
	told(&p, &x, zero + 3 * s, "");
	x.diverged = 9;
	told(&p, &x, zero + 4 * s, "aside");
	assert_int_equal(p.said[0].n, 2);
}

static void who_does_not_lead_tells_nothing(void **state)
{
	struct people p = {.w = {.epoch = 0}};
	struct ward_standby_state x = pair();

	(void)state;
	x.witness_since = zero;
	x.role = WARD_STANDBY_FOLLOWS;
	told(&p, &x, zero + 999 * s, "");
	x.role = WARD_STANDBY_ENDS;
	told(&p, &x, zero + 999 * s, "");
}

/* ---- how it came to lead, kept ---- */

static void remove_it(void *dir, const char *name)
{
	const struct ward_io *io = dir;

	assert_int_equal(io->unlink(io->ctx, name), WARD_OK);
}

static void how_is_kept(void **state)
{
	char path[] = "/tmp/t_watch.XXXXXX";
	struct ward_took t = {7, WARD_TOOK_OVER, zero}, got;
	struct ward_io_dir dir;

	(void)state;
	assert_non_null(mkdtemp(path));
	assert_int_equal(ward_io_dir_open(&dir, path, true, false), WARD_OK);
	assert_int_equal(ward_took_read(&dir.io, &got), WARD_ERR_NOT_FOUND);
	assert_int_equal(ward_took_write(&dir.io, &t), WARD_OK);
	assert_int_equal(ward_took_read(&dir.io, &got), WARD_OK);
	assert_int_equal(got.epoch, 7);
	assert_int_equal(got.how, WARD_TOOK_OVER);
	assert_int_equal(got.at, zero);
	assert_int_equal(dir.io.list(dir.io.ctx, remove_it, &dir.io), WARD_OK);
	ward_io_dir_close(&dir);
	assert_int_equal(rmdir(path), 0);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {T(what_is_said_is_heard),
		T(what_is_none_of_ours_is_not_heard),
		T(one_that_is_alone_is_told_of_once_and_when_it_is_well_again),
		T(witness_and_copy_are_told_of_and_all_must_be_well),
		T(how_it_came_to_lead_is_told_of_once_and_not_long_after),
		T(what_was_set_aside_is_told_of_each_time), T(who_does_not_lead_tells_nothing),
		T(how_is_kept)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
