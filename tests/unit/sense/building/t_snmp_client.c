/* The SNMP client against an agent that is no more than a table, for hours of a clock that stands
 * where it is set; addresses; and the wrapped library's first words. */
#include "sense/building/snmp.h"

#include "lab/heard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { POINTS = 40 };

struct lab {
	struct lab_heard heard;
	struct ward_snmp_client_opts o;
	struct ward_snmp_client *c;
	size_t n_asked, room; /* room: objects that an answer has room for */
	size_t n_bulk;
	enum ward_snmp_end end, bulk_end;
	uint32_t odd; /* an answer about this one is wrong; 0: none */
};

/* The last number of an identifier is its value; 13 is no object. */
static enum ward_snmp_end answer(void *ctx, const struct ward_snmp_oid *const *oid, size_t n,
	bool bulk, struct ward_snmp_value *ret, const char **ret_why)
{
	struct lab *h = ctx;

	/* instances of one column, in the order of the table */
	for (size_t i = 1; bulk && i < n; i++)
		assert_true(
			oid[i]->n == oid[0]->n &&
			memcmp(oid[i]->id, oid[0]->id, (oid[0]->n - 1) * sizeof(uint32_t)) == 0 &&
			oid[i]->id[oid[i]->n - 1] > oid[i - 1]->id[oid[i]->n - 1]);
	h->n_bulk += bulk;

	assert_true(n >= 1 && n <= WARD_SNMP_GROUP);
	h->n_asked++;
	*ret_why = "general-error";
	if (n > h->room)
		return WARD_SNMP_TOO_BIG;
	for (size_t i = 0; i < n; i++) {
		uint32_t last = oid[i]->id[oid[i]->n - 1];

		if (last == h->odd)
			return WARD_SNMP_WRONG;
		ret[i].value = ward_value_int(last);
		ret[i].reason = last == 13 ? "no-such-object" : NULL;
	}
	return bulk && h->bulk_end ? h->bulk_end : h->end;
}

static struct ward_poll_now now_of(void *ctx)
{
	const struct lab *h = ctx;

	return h->heard.now;
}

static struct lab *lab_new(size_t room)
{
	struct lab *h = calloc(1, sizeof(*h));
	const char *why = NULL;
	size_t at = 0;

	assert_non_null(h);
	h->room = room;
	lab_heard_init(&h->heard);
	for (unsigned i = 1; i <= POINTS; i++) {
		char oid[32];
		struct ward_poll_point p = {.scale = 1};

		(void)snprintf(oid, sizeof(oid), "1.3.6.1.4.1.9.%u", i);
		p.id = p.address = ward_str_z(oid);
		assert_int_equal(ward_poll_plan_add(&h->heard.plan, &p), WARD_OK);
	}
	h->o = (struct ward_snmp_client_opts){.mem = ward_mem_heap(),
		.lim = &h->heard.lim,
		.names = &h->heard.names,
		.counters = &h->heard.counters,
		.sink = {lab_heard_put, &h->heard},
		.source = WARD_STR("ups"),
		.ip = WARD_STR("10.0.0.9"),
		.plan = &h->heard.plan,
		.every = 60 * WARD_NS_PER_S,
		.epoch = 1,
		.read = answer,
		.now = now_of,
		.ctx = h};
	assert_int_equal(ward_snmp_client_new(&h->o, &h->c, &at, &why), WARD_OK);
	return h;
}

static void lab_free(struct lab *h)
{
	ward_snmp_client_free(h->c);
	lab_heard_fini(&h->heard);
	free(h);
}

static void run(struct lab *h, int64_t seconds)
{
	ward_ns until = h->heard.now.mono + seconds * WARD_NS_PER_S;

	for (;;) {
		ward_ns due = ward_snmp_client_due(h->c);

		if (due > until)
			break;
		lab_heard_wait(&h->heard, due);
		assert_int_equal(ward_snmp_client_tick(h->c), WARD_OK);
	}
	h->heard.now.wall += until - h->heard.now.mono;
	h->heard.now.mono = until;
}

static size_t count(const struct lab *h, const char *what)
{
	return lab_heard_count(&h->heard, what);
}

static void reads_in_groups(void **state)
{
	(void)state;
	for (size_t room = 1; room <= WARD_SNMP_GROUP; room *= 4) {
		struct lab *h = lab_new(room);

		run(h, 59);
		assert_int_equal(count(h, "quality=good"), POINTS - 1);
		assert_non_null(
			strstr(h->heard.text, "point=1.3.6.1.4.1.9.40 value=40 quality=good;"));
		assert_non_null(strstr(h->heard.text, "point=1.3.6.1.4.1.9.13 quality=bad "
						      "reason=no-such-object;"));
		size_t first = h->n_asked;

		run(h, 60);
		assert_int_equal(h->n_asked - first, (POINTS + room - 1) / room);
		assert_int_equal(count(h, "9.13 "), 1);
		lab_free(h);
	}
}

/* An agent that had no room for many objects once is asked for many again. */
static void grows_again(void **state)
{
	struct lab *h = lab_new(1);

	(void)state;
	run(h, 59);
	h->room = WARD_SNMP_GROUP;
	run(h, 3600);
	size_t first = h->n_asked;

	run(h, 60);
	assert_int_equal(h->n_asked - first, (POINTS + WARD_SNMP_GROUP - 1) / WARD_SNMP_GROUP);
	/* … and one that still has none is not asked in vain each time */
	h->room = 1;
	run(h, 60);
	first = h->n_asked;
	run(h, 3600);
	assert_true(h->n_asked - first <= 60 * POINTS + 6);
	assert_int_equal(count(h, "quality=bad"), 1);
	lab_free(h);
}

/* Of a table that has others between, or an agent that knows no GetBulk, each is asked for by name.
 */
static void reads_columns(void **state)
{
	static const enum ward_snmp_end end[] = {WARD_SNMP_DONE, WARD_SNMP_SPARSE,
		WARD_SNMP_REFUSED, WARD_SNMP_TOO_BIG, WARD_SNMP_WRONG, WARD_SNMP_MISSED};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(end); i++) {
		struct lab *h = lab_new(WARD_SNMP_GROUP);

		h->bulk_end = end[i];
		run(h, 50);
		assert_int_equal(lab_heard_count(&h->heard, "quality=good"), POINTS - 1);
		assert_int_equal(lab_heard_count(&h->heard, "field.point"), POINTS);
		size_t n = h->n_bulk;

		assert_true(n >= 3);
		run(h, 120);
		assert_int_equal(h->n_bulk - n, end[i] == WARD_SNMP_DONE ? 2 * n : 0);
		assert_int_equal(lab_heard_count(&h->heard, "quality=good"), 3 * (POINTS - 1));
		assert_int_equal(count(h, "field.offline"), 0);
		lab_free(h);
	}
}

/* An object that no right answer comes about hides none behind it, and is told once; those around
 * it are read together again in time. */
static void hides_nothing_behind_an_object(void **state)
{
	static const uint32_t odd[] = {1, 20, POINTS};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(odd); i++) {
		struct lab *h = lab_new(WARD_SNMP_GROUP);
		char text[64];

		h->odd = odd[i];
		run(h, 59);
		assert_int_equal(count(h, "quality=good"), POINTS - 2);
		(void)snprintf(text, sizeof(text), "9.%u quality=bad reason=wrong-answer;",
			(unsigned)odd[i]);
		assert_int_equal(count(h, text), 1);
		run(h, 7200);
		size_t first = h->n_asked;

		run(h, 60);
		assert_true(h->n_asked - first <= 5);
		assert_int_equal(count(h, text), 1);
		assert_int_equal(count(h, "field.offline"), 0);
		h->odd = 0;
		run(h, 120);
		(void)snprintf(text, sizeof(text), "9.%u value=", (unsigned)odd[i]);
		assert_int_equal(count(h, text), 2);
		lab_free(h);
	}
}

static void tells_who_went_and_came(void **state)
{
	static const enum ward_snmp_end gone[] = {WARD_SNMP_MISSED, WARD_SNMP_WRONG};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(gone); i++) {
		struct lab *h = lab_new(WARD_SNMP_GROUP);

		run(h, 120);
		h->end = gone[i];
		run(h, 3600);
		assert_int_equal(count(h, "field.offline src_ip=10.0.0.9 reason=unanswered"), 1);
		assert_true((count(h, "snmp.reject.answer") > 0) == (gone[i] == WARD_SNMP_WRONG));
		h->end = WARD_SNMP_DONE;
		run(h, 600);
		assert_int_equal(count(h, "field.online"), 2);
		lab_free(h);
	}
}

static void tells_a_refusal_once(void **state)
{
	struct lab *h = lab_new(WARD_SNMP_GROUP);

	(void)state;
	h->end = WARD_SNMP_REFUSED;
	run(h, 600);
	assert_int_equal(count(h, "reason=general-error"), POINTS);
	assert_int_equal(count(h, "field.offline"), 0);
	lab_free(h);
}

static void parses_identifiers(void **state)
{
	static const char *const bad[] = {"", ".", "1", "1.", "1.3.x", "3.1", "1.40", "1..3",
		"1.3.6.1.4294967296", "sysUpTime.0", "1.3 "};
	struct ward_snmp_oid oid;
	const char *why = NULL;
	char longest[256] = "1.3";

	(void)state;
	assert_int_equal(ward_snmp_oid_parse(WARD_STR(".1.3.6.1.4294967295"), &oid, &why), WARD_OK);
	assert_true(oid.n == 5 && oid.id[4] == 4294967295u);
	for (size_t i = 2; i < WARD_SNMP_IDS; i++)
		(void)snprintf(longest + strlen(longest), 4, ".1");
	assert_int_equal(ward_snmp_oid_parse(ward_str_z(longest), &oid, &why), WARD_OK);
	(void)snprintf(longest + strlen(longest), 4, ".1");
	assert_int_equal(ward_snmp_oid_parse(ward_str_z(longest), &oid, &why), WARD_ERR_MALFORMED);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		if (ward_snmp_oid_parse(ward_str_z(bad[i]), &oid, &why) != WARD_ERR_MALFORMED)
			fail_msg("'%s' is taken", bad[i]);
}

/* What goes out is a GetRequest (RFC 3416 4.2.1: [0]); of version 3 first a question for the
 * engine, which names no object. Answers that are none end as missed, and are no more than that. */
static void sends_get_requests(void **state)
{
	static const uint8_t noise[] = {0x30, 0x82, 0xff, 0xff, 0x02, 0x01, 0x01, 0x04, 0x06, 'p'};
	struct ward_snmp_oid oid;
	const struct ward_snmp_oid *const one = &oid;
	static struct ward_snmp_value value[WARD_SNMP_GROUP];
	const char *why = NULL;
	uint8_t buf[1500];
	int pair[2];

	(void)state;
	assert_int_equal(ward_snmp_oid_parse(WARD_STR("1.3.6.1.2.1.1.3.0"), &oid, &why), WARD_OK);
	for (int v = 0; v < WARD_SNMP_SECURITY_N; v++) {
		struct ward_snmp *s;

		assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
		struct ward_snmp_opts o = {.fd = pair[0],
			.security = (enum ward_snmp_security)v,
			.user = "ward",
			.secret = "phrase-one",
			.privacy = "phrase-two",
			.timeout_ms = 20};

		assert_int_equal(ward_snmp_new(&o, &s), WARD_OK);
		for (size_t n = 0; n <= sizeof(noise); n++)
			assert_true(write(pair[1], noise, n) == (ssize_t)n);
		assert_int_equal(ward_snmp_read(s, &one, 1, false, value, &why), WARD_SNMP_MISSED);
		ssize_t n = recv(pair[1], buf, sizeof(buf), MSG_DONTWAIT);

		assert_true(n > 20);
		/* SEQUENCE { version, community, GetRequest … } */
		assert_int_equal(buf[0], 0x30);
		if (v == WARD_SNMP_V2C)
			assert_int_equal(buf[2 + 3 + 2 + strlen("phrase-one")], 0xa0);
		else
			assert_null(memmem(buf, (size_t)n, "phrase", 6));
		while (v == WARD_SNMP_V2C && recv(pair[1], buf, sizeof(buf), MSG_DONTWAIT) > 0)
			;
		/* … or GetBulkRequest, from before the first one; nothing else is ever sent */
		assert_int_equal(ward_snmp_read(s, &one, 1, true, value, &why), WARD_SNMP_MISSED);
		n = recv(pair[1], buf, sizeof(buf), MSG_DONTWAIT);
		if (v == WARD_SNMP_V2C)
			assert_int_equal(buf[2 + 3 + 2 + strlen("phrase-one")], 0xa5);
		ward_snmp_free(s);
		(void)close(pair[0]);
		(void)close(pair[1]);
	}
	struct ward_snmp_opts weak = {
		.security = WARD_SNMP_SHA_AES, .user = "u", .secret = "short", .privacy = "short"};
	struct ward_snmp *none;

	assert_int_equal(ward_snmp_new(&weak, &none), WARD_ERR_CONFIG);
	assert_int_equal(ward_snmp_security_find(WARD_STR("md5-des")), WARD_SNMP_SECURITY_N);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(reads_in_groups),
		cmocka_unit_test(grows_again), cmocka_unit_test(reads_columns),
		cmocka_unit_test(hides_nothing_behind_an_object),
		cmocka_unit_test(tells_who_went_and_came), cmocka_unit_test(tells_a_refusal_once),
		cmocka_unit_test(parses_identifiers), cmocka_unit_test(sends_get_requests)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
