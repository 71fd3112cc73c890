/* The client of TAXII servers: against the one of this room, and against one that is written here
 * from the standard. */
#include "indicator/indicator.h"
#include "exchange/taxii.h"
#include "exchange/taxii_client.h"
#include "told.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define C1 "11111111-2222-4333-8444-555555555555"
#define C2 "99999999-2222-4333-8444-555555555555"
#define IND(n, more)                                                             \
	"{\"type\": \"indicator\", \"spec_version\": \"2.1\", \"id\": "          \
	"\"indicator--00000000-0000-4000-8000-00000000000" n "\", \"pattern\": " \
	"\"[ipv4-addr:value = '192.0.2." n "']\", \"pattern_type\": \"stix\"" more "}"

struct desk {
	struct ward_limits lim;
	struct ward_counters counters;
	struct ward_taxii_client *c;
	ward_ns now;
	char target[2048], head[2048]; /* of the last request */
	char got[8192];                /* "ID BUNDLE", of the last */
	unsigned n_got;
};

static enum ward_err got(void *ctx, struct ward_str id, struct ward_str bundle)
{
	struct desk *l = ctx;

	l->n_got++;
	(void)snprintf(l->got, sizeof(l->got), "%.*s %.*s", WARD_STR_ARG(id), WARD_STR_ARG(bundle));
	return WARD_OK;
}

static void begin(struct desk *l, const char *path, const char *user, const char *secret)
{
	*l = (struct desk){.now = WARD_NS_PER_S};
	ward_limits_default(&l->lim);
	ward_counters_init(&l->counters);
	const struct ward_taxii_client_opts o = {.mem = ward_mem_heap(),
		.lim = &l->lim,
		.counters = &l->counters,
		.host = WARD_STR("taxii.example"),
		.port = 443,
		.path = ward_str_z(path),
		.user = ward_str_z(user),
		.secret = ward_str_z(secret),
		.every = 3600 * WARD_NS_PER_S,
		.got = got,
		.ctx = l};

	assert_int_equal(ward_taxii_client_new(&o, &l->c), WARD_OK);
}

static void end(struct desk *l)
{
	ward_taxii_client_free(l->c);
}

/* Takes the request that is due; false: none is. */
static bool asked(struct desk *l)
{
	struct ward_slice due;

	assert_int_equal(ward_httppoll_due(ward_taxii_client_poll(l->c), l->now, &due), WARD_OK);
	if (!due.len)
		return false;
	assert_true(due.len < sizeof(l->head));
	memcpy(l->head, due.p, due.len);
	l->head[due.len] = 0;
	ward_httppoll_sent(ward_taxii_client_poll(l->c), due.len);
	assert_int_equal(sscanf(l->head, "GET %2047s HTTP/1.1", l->target), 1);
	return true;
}

static enum ward_err answer(struct desk *l, const char *head, const char *body)
{
	char text[16384];
	int n = snprintf(text, sizeof(text), "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", head,
		strlen(body), body);

	assert_true(n > 0 && (size_t)n < sizeof(text));
	return ward_httppoll_bytes(
		ward_taxii_client_poll(l->c), ward_slice_of(text, (size_t)n), l->now);
}

#define OK_HEAD "200 OK\r\nContent-Type: application/taxii+json;version=2.1"
#define LAST "\r\nX-TAXII-Date-Added-Last: 2026-03-01T00:00:00.000002Z"

static void has(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("no %s in %s", what, text);
}

/* From the root to pages of two collections; then only what was added since. */
static void t_pages(void **state)
{
	struct desk l;

	(void)state;
	begin(&l, "/root", "ward", "a-secret-of-ours");
	assert_true(asked(&l));
	assert_string_equal(l.target, "/root/collections/");
	has(l.head, "\r\nAuthorization: Basic d2FyZDphLXNlY3JldC1vZi1vdXJz\r\n");
	has(l.head, "\r\nAccept: application/taxii+json;version=2.1\r\n");
	assert_int_equal(
		answer(&l, OK_HEAD,
			"{\"collections\": [{\"id\": \"" C1 "\", \"can_read\": true, "
			"\"note\": \"]}{\\\"\"}, {\"id\": \"" C2
			"\", \"can_read\": true}, {\"id\": \"" C1 "\", \"can_read\": false}]}"),
		WARD_OK);
	assert_true(asked(&l));
	assert_string_equal(
		l.target, "/root/collections/" C1 "/objects/?limit=1000&match%5Btype%5D=indicator");
	assert_int_equal(answer(&l, OK_HEAD,
				 "{\"more\": true, \"next\": \"a/b\", \"objects\": [" IND(
					 "1", "") ", {\"type\":\"identity\"}]}"),
		WARD_OK);
	assert_true(asked(&l));
	has(l.target, "&next=a%2Fb");
	assert_int_equal(l.n_got, 0);
	assert_int_equal(answer(&l, OK_HEAD LAST, "{\"objects\": [" IND("2", "") "]}"), WARD_OK);
	assert_int_equal(l.n_got, 1);
	has(l.got, C1 " {\"type\":\"bundle\"");
	has(l.got, IND("1", ""));
	has(l.got, IND("2", ""));
	assert_null(strstr(l.got, "identity"));
	assert_true(asked(&l));
	has(l.target, C2);
	/* 3.7: an envelope without objects */
	assert_int_equal(answer(&l, OK_HEAD, "{}"), WARD_ERR_CLOSED);
	assert_int_equal(ward_httppoll_good_count(ward_taxii_client_poll(l.c)), 1);
	assert_int_equal(l.n_got, 2);
	assert_false(asked(&l));
	l.now = ward_httppoll_next(ward_taxii_client_poll(l.c));
	assert_true(l.now > 3000 * WARD_NS_PER_S);
	assert_true(asked(&l));
	assert_int_equal(answer(&l, OK_HEAD,
				 "{\"collections\": [{\"id\": \"" C1 "\", \"can_read\": true}]}"),
		WARD_OK);
	assert_true(asked(&l));
	has(l.target, "&added_after=2026-03-01T00%3A00%3A00.000002Z");
	assert_int_equal(
		answer(&l, OK_HEAD LAST, "{\"objects\": [" IND("2", ", \"revoked\": true") "]}"),
		WARD_ERR_CLOSED);
	assert_int_equal(l.n_got, 3);
	has(l.got, IND("1", ""));
	has(l.got, "\"revoked\": true");
	/* what is handed on is what indicators are read from */
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(ward_indicator_lines(WARD_STR("f"),
				 ward_str_bytes(ward_str_z(l.got + strlen(C1) + 1)), &l.lim,
				 ward_mem_heap(), &d, &w),
		WARD_OK);
	assert_true(ward_str_starts(ward_wr_text(&w), WARD_STR("192.0.2.1\t")));
	assert_int_equal(ward_str_find(ward_wr_text(&w), WARD_STR("192.0.2.2")), SIZE_MAX);
	ward_diag_fini(&d);
	ward_wr_fini(&w);
	end(&l);
}

/* 3.5: without a name of the next page, on by time. */
static void t_by_time(void **state)
{
	struct desk l;

	(void)state;
	begin(&l, "/r/collections/" C1 "/objects/?x", "", "a-token-of-ours");
	assert_true(asked(&l));
	has(l.head, "\r\nAuthorization: Bearer a-token-of-ours\r\n");
	assert_string_equal(
		l.target, "/r/collections/" C1 "/objects/?limit=1000&match%5Btype%5D=indicator");
	assert_int_equal(
		answer(&l, OK_HEAD LAST, "{\"more\": true, \"objects\": [" IND("1", "") "]}"),
		WARD_OK);
	assert_true(asked(&l));
	has(l.target, "&added_after=2026-03-01T00%3A00%3A00.000002Z");
	assert_int_equal(answer(&l, OK_HEAD, "{\"objects\": [" IND("2", "") "]}"), WARD_ERR_CLOSED);
	assert_int_equal(l.n_got, 1);
	has(l.got, IND("1", ""));
	end(&l);
}

static void t_refused(void **state)
{
	static const struct {
		const char *head, *body, *why;
	} row[] = {
		{"401 Unauthorized", "", "it does not take the user or the secret (401)"},
		{"302 Found\r\nLocation: https://other/", "",
			"it sends to another address, https://other/ (302): write that one, if it "
			"is right"},
		{"404 Not Found", "",
			"nothing is at this address: write its API root, or a collection (404)"},
		{"503 Busy", "", "it refuses (503)"},
		{"200 OK\r\nContent-Type: text/html", "<html>",
			"it does not speak TAXII 2.1: see its media type"},
		{OK_HEAD, "{\"objects\": [", "its answer is no JSON object, or too deep"},
		{OK_HEAD, "[]", "its answer is no JSON object, or too deep"},
		{OK_HEAD "\r\nContent-Encoding: gzip", "{}",
			"its answer is compressed, which nobody asked for"},
		{OK_HEAD, "{\"more\": true}", "it has more, and does not say how to get it"},
		{OK_HEAD, "{\"more\": true, \"next\": \"a b\"}",
			"the name of its next page is of no use"},
		{OK_HEAD "\r\nX-TAXII-Date-Added-Last: a b", "{}",
			"it says no time for what was added last"},
	};
	struct desk l;

	(void)state;
	begin(&l, "/r/collections/" C1 "/", "", "");
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		ward_ns before = l.now = ward_httppoll_next(ward_taxii_client_poll(l.c));

		assert_true(asked(&l));
		assert_null(strstr(l.head, "Authorization"));
		if (answer(&l, row[i].head, row[i].body) != WARD_ERR_FOREIGN ||
			strcmp(ward_httppoll_why(ward_taxii_client_poll(l.c)), row[i].why) != 0)
			fail_msg("row %zu: %s", i, ward_httppoll_why(ward_taxii_client_poll(l.c)));
		/* later and later, an hour at most */
		ward_ns wait = ward_httppoll_next(ward_taxii_client_poll(l.c)) - before;

		assert_true(wait >= 27 * WARD_NS_PER_S && wait <= 3961 * WARD_NS_PER_S);
	}
	assert_int_equal(l.n_got, 0);
	/* the same page again and again */
	l.now = ward_httppoll_next(ward_taxii_client_poll(l.c));
	assert_true(asked(&l));
	assert_int_equal(answer(&l, OK_HEAD, "{\"more\": true, \"next\": \"1\"}"), WARD_OK);
	assert_true(asked(&l));
	assert_int_equal(
		answer(&l, OK_HEAD, "{\"more\": true, \"next\": \"1\"}"), WARD_ERR_FOREIGN);
	assert_string_equal(
		ward_httppoll_why(ward_taxii_client_poll(l.c)), "it gives the same page again");
	l.now = ward_httppoll_next(ward_taxii_client_poll(l.c));
	assert_true(asked(&l));
	assert_int_equal(
		ward_httppoll_ended(ward_taxii_client_poll(l.c), l.now, NULL), WARD_ERR_FOREIGN);
	assert_string_equal(
		ward_httppoll_why(ward_taxii_client_poll(l.c)), "it ended the connection");
	l.now = ward_httppoll_next(ward_taxii_client_poll(l.c));
	assert_true(asked(&l));
	assert_int_equal(answer(&l, OK_HEAD, "{}"), WARD_ERR_CLOSED);
	assert_int_equal(l.n_got, 1);
	end(&l);
}

/* Ward's own server says how to get all that it has, which are no indicators. */
static void t_own(void **state)
{
	struct told t;
	struct desk l;
	struct ward_offer *offer;
	struct ward_offer_past *past;
	struct ward_wr body = ward_wr_grow(ward_mem_heap(), 1 << 20);
	unsigned n = 0;

	(void)state;
	told_begin(&t);
	told_table(&t);
	const struct ward_offer_opts o = {.mem = ward_mem_heap(),
		.model = t.lab.m,
		.sharing = &t.sharing,
		.how = {.sender = WARD_STR("w@x"), .n_lang = 1}};

	assert_int_equal(ward_offer_new(&o, &offer), WARD_OK);
	assert_int_equal(ward_offer_past_new(ward_mem_heap(), &t.lab.lim, &past), WARD_OK);
	assert_int_equal(ward_offer_refresh(offer, past, 1), WARD_OK);
	const struct ward_taxii_reader r = {.hospital = WARD_STR("H"),
		.title = WARD_STR("R"),
		.base = WARD_STR("https://h"),
		.collection = ward_taxii_collection(t.lab.m, WARD_STR("r")),
		.offer = offer};

	begin(&l, "/taxii2/ward/", "", "a-token-of-ours");
	for (; asked(&l); n++) {
		struct ward_taxii_answer a;
		const struct ward_taxii_ask q = {WARD_STR("GET"), ward_str_z(l.target),
			WARD_STR("application/taxii+json;version=2.1")};

		ward_wr_reset(&body);
		assert_int_equal(ward_taxii_answer(&r, &q, &a, &body), WARD_OK);
		assert_int_equal(a.status, 200);
		ward_wr_ch(&body, 0);
		enum ward_err err = answer(&l, OK_HEAD, (const char *)body.p);

		assert_true(err == WARD_OK || err == WARD_ERR_CLOSED);
	}
	assert_int_equal(n, 2);
	assert_int_equal(ward_httppoll_good_count(ward_taxii_client_poll(l.c)), 1);
	end(&l);
	ward_offer_free(offer);
	ward_offer_past_free(past);
	ward_wr_fini(&body);
	told_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_pages), cmocka_unit_test(t_by_time),
		cmocka_unit_test(t_refused), cmocka_unit_test(t_own)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
