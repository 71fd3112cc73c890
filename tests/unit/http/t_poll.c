/* What every client that polls has of http/poll, on a clock of its own. */
#include "http/poll.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define S WARD_NS_PER_S
#define OK "HTTP/1.1 200 OK\r\nETag: \"7\"\r\nLast-Modified: then\r\nContent-Length: 2\r\n\r\n{}"

struct talk {
	struct ward_httppoll *p;
	struct ward_counters c;
	unsigned parts, left; /* what lies beneath the address; of it not asked for yet */
	unsigned n_answer, n_same, n_lost;
};

static bool target(void *ctx, struct ward_wr *w)
{
	const struct talk *t = ctx;

	ward_wr_printf(w, t->left ? "/%u" : "/", t->left);
	return !t->left;
}

static enum ward_err go_on(struct talk *t, ward_ns mono)
{
	if (!t->left)
		ward_httppoll_good(t->p, mono);
	return WARD_OK;
}

static enum ward_err answer(void *ctx, const struct ward_httppoll_answer *a, ward_ns mono)
{
	struct talk *t = ctx;

	t->n_answer++;
	t->n_same += a->same;
	assert_true(a->same ? a->body.len == 0 : a->body.len == 2);
	if (t->left)
		t->left--;
	else if (!a->same)
		t->left = t->parts;
	return go_on(t, mono);
}

static enum ward_err lost(void *ctx, const char *why, bool sent, ward_ns mono)
{
	struct talk *t = ctx;

	t->n_lost++;
	if (!t->left || !sent) {
		t->left = 0;
		return ward_httppoll_failed(t->p, mono, why);
	}
	ward_httppoll_say(t->p, why);
	t->left--;
	return go_on(t, mono);
}

static const char *refused(unsigned status)
{
	return status == 418 ? "it is a teapot" : NULL;
}

static void begin(struct talk *t, unsigned parts, bool strict)
{
	*t = (struct talk){.parts = parts};
	ward_counters_init(&t->c);
	const struct ward_httppoll_opts o = {.mem = ward_mem_heap(),
		.counters = &t->c,
		.requests = "t.requests",
		.failures = "t.failures",
		.host = WARD_STR("h"),
		.port = 443,
		.accept = "text/plain",
		.authorization = "Bearer secret",
		.body_max = 64,
		.every = 1000 * S,
		.answer_max = 30 * S,
		.strict = strict,
		.ask = {target, answer, lost, refused, t}};

	assert_int_equal(ward_httppoll_new(&o, &t->p), WARD_OK);
}

static struct ward_str request(struct talk *t, ward_ns mono)
{
	struct ward_slice s;

	assert_int_equal(ward_httppoll_due(t->p, mono, &s), WARD_OK);
	if (s.len)
		ward_httppoll_sent(t->p, s.len);
	return ward_slice_text(s);
}

static enum ward_err hear(struct talk *t, const char *text, ward_ns mono)
{
	return ward_httppoll_bytes(t->p, ward_str_bytes(ward_str_z(text)), mono);
}

static bool has(struct ward_str s, const char *what)
{
	return ward_str_find(s, ward_str_z(what)) != SIZE_MAX;
}

/* The version is of the address alone, and goes with a failure. */
static void versions(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, 1, false);
	assert_true(ward_str_eqz(request(&t, 0),
		"GET / HTTP/1.1\r\nHost: h:443\r\nUser-Agent: ward\r\nAccept: text/plain\r\n"
		"Authorization: Bearer secret\r\n\r\n"));
	assert_int_equal(hear(&t, OK, 1), WARD_OK); /* what lies beneath is asked for at once */
	assert_true(ward_httppoll_next(t.p) == 1 && ward_httppoll_good_count(t.p) == 0);
	struct ward_str part = request(&t, 1);

	assert_true(ward_str_starts(part, WARD_STR("GET /1 ")) && !has(part, "If-"));
	assert_int_equal(hear(&t, "HTTP/1.1 304 Not Modified\r\n\r\n", 2), WARD_ERR_CLOSED);
	assert_true(t.n_lost == 1 && ward_httppoll_good_count(t.p) == 1);
	assert_true(ward_httppoll_next(t.p) >= 900 * S && ward_httppoll_next(t.p) <= 1101 * S);
	ward_ns at = ward_httppoll_next(t.p);
	struct ward_str again = request(&t, at);

	assert_true(has(again, "If-None-Match: \"7\"\r\nIf-Modified-Since: then\r\n"));
	assert_int_equal(hear(&t, "HTTP/1.1 304 Not Modified\r\n\r\n", at), WARD_ERR_CLOSED);
	assert_true(t.n_same == 1 && ward_httppoll_good_count(t.p) == 2);
	at = ward_httppoll_next(t.p);
	assert_true(has(request(&t, at), "If-None-Match"));
	assert_int_equal(ward_httppoll_ended(t.p, at, NULL), WARD_ERR_FOREIGN);
	assert_string_equal(ward_httppoll_why(t.p), "it ended the connection");
	assert_false(has(request(&t, ward_httppoll_next(t.p)), "If-"));
	ward_httppoll_free(t.p);
}

static void losses(void **state)
{
	static const struct {
		const char *says, *why;
	} row[] = {{"HTTP/1.1 418 No\r\nContent-Length: 0\r\n\r\n", "it is a teapot (418)"},
		{"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "it refuses (500)"},
		{"HTTP/1.1 301 No\r\nLocation: x\ty\r\nContent-Length: 0\r\n\r\n",
			"it sends to another address, x?y (301): write that one, if it is right"},
		{"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\n{}",
			"its answer is compressed, which nobody asked for"},
		{OK "{}", "it says more than was asked"},
		{"HTTP/1.1 200 OK\r\nContent-Length: 65\r\n\r\n", NULL}};
	struct talk t;
	ward_ns at = 0, last = 0;

	(void)state;
	begin(&t, 0, true);
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		assert_true(request(&t, at).len > 0);
		assert_int_equal(hear(&t, row[i].says, at), WARD_ERR_FOREIGN);
		if (row[i].why)
			assert_string_equal(ward_httppoll_why(t.p), row[i].why);
		assert_false(ward_httppoll_busy(t.p));
		ward_ns wait = ward_httppoll_next(t.p) - at;

		assert_true(wait > last && wait >= 27 * S && wait <= 3961 * S);
		last = wait;
		at = ward_httppoll_next(t.p);
	}
	assert_true(t.n_answer == 0 && t.n_lost == WARD_ARRAY_LEN(row));
	assert_int_equal(hear(&t, "x", at), WARD_ERR_CLOSED); /* nobody asked */
	assert_int_equal(ward_counter_get(&t.c, "http.unasked"), 1);
	assert_int_equal(ward_counter_get(&t.c, "t.failures"), WARD_ARRAY_LEN(row));
	assert_true(request(&t, at).len > 0);
	assert_false(ward_httppoll_overdue(t.p, at + 30 * S));
	assert_true(ward_httppoll_overdue(t.p, at + 31 * S));
	assert_int_equal(ward_httppoll_ended(t.p, at + 31 * S, NULL), WARD_ERR_FOREIGN);
	assert_string_equal(ward_httppoll_why(t.p), "it does not answer in time");
	/* nor is what came by then of an answer without a length, which could end anywhere */
	at = ward_httppoll_next(t.p);
	assert_true(request(&t, at).len > 0);
	assert_int_equal(hear(&t, "HTTP/1.1 200 OK\r\n\r\n{", at), WARD_OK);
	assert_int_equal(ward_httppoll_ended(t.p, at + 31 * S, NULL), WARD_ERR_FOREIGN);
	assert_string_equal(ward_httppoll_why(t.p), "it does not answer in time");
	assert_int_equal(t.n_answer, 0);
	ward_httppoll_free(t.p);
}

/* Something behind an answer ends the connection, and the answer counts; where nothing of a
 * request was sent, it is the address that fails. */
static void not_strict(void **state)
{
	struct talk t;
	struct ward_slice due;

	(void)state;
	begin(&t, 2, false);
	assert_true(request(&t, 0).len > 0);
	assert_int_equal(hear(&t, OK "{}", 1), WARD_ERR_CLOSED);
	assert_true(t.n_answer == 1 && t.left == 2);
	assert_int_equal(ward_httppoll_due(t.p, 1, &due), WARD_OK);
	assert_true(due.len > 0);
	assert_int_equal(ward_httppoll_ended(t.p, 1, "it can't be reached"), WARD_ERR_FOREIGN);
	assert_true(t.left == 0);
	ward_httppoll_free(t.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions), cmocka_unit_test(losses), cmocka_unit_test(not_strict)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
