/* Warnings fetched from an address: what is asked when, what is told, and what is refused. */
#include "sense/cap/fetch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define S WARD_NS_PER_S

enum { TEXT = 32768 };

struct lab {
	struct ward_counters counters;
	struct ward_cap_url url;
	struct ward_fetch *f;
	char asked[TEXT]; /* the last request */
	char heard[TEXT]; /* "path=identifier;", "path: why;" */
	size_t n_heard;
};

static void hear(struct lab *l, struct ward_str path, const char *sep, struct ward_str what)
{
	int n = snprintf(l->heard + l->n_heard, TEXT - l->n_heard, "%.*s%s%.*s;",
		WARD_STR_ARG(path), sep, WARD_STR_ARG(what));

	assert_in_range(n, 1, TEXT - l->n_heard - 1);
	l->n_heard += (size_t)n;
}

static enum ward_err on_alert(void *ctx, struct ward_str path, const struct ward_xmldoc *x)
{
	hear(ctx, path, "=", ward_xmldoc_text(x, 0, "identifier"));
	return WARD_OK;
}

static void on_refuse(void *ctx, struct ward_str path, uint32_t line, const char *why)
{
	(void)line;
	hear(ctx, path, ": ", ward_str_z(why));
}

static void heard(struct lab *l, const char *text)
{
	assert_string_equal(l->heard, text);
	l->n_heard = 0;
	l->heard[0] = 0;
}

static void begin(struct lab *l)
{
	const char *why;
	struct ward_fetch_opts o = {.mem = ward_mem_heap(),
		.counters = &l->counters,
		.url = &l->url,
		.every = 100 * S,
		.random = {1, 2},
		.sink = {on_alert, on_refuse, l}};

	memset(l, 0, sizeof(*l));
	ward_counters_init(&l->counters);
	assert_int_equal(
		ward_cap_url_read(WARD_STR("https://Met.example/feed?r=it"), &l->url, &why),
		WARD_OK);
	assert_int_equal(ward_fetch_new(&o, &l->f), WARD_OK);
}

static void asks(struct lab *l, ward_ns at, const char *path)
{
	struct ward_slice due;
	char line[600];

	assert_int_equal(ward_httppoll_due(ward_fetch_poll(l->f), at, &due), WARD_OK);
	assert_in_range(due.len, 1, TEXT - 1);
	memcpy(l->asked, due.p, due.len);
	l->asked[due.len] = 0;
	ward_httppoll_sent(ward_fetch_poll(l->f), due.len);
	assert_true(ward_httppoll_busy(ward_fetch_poll(l->f)));
	(void)snprintf(line, sizeof(line), "GET %s HTTP/1.1\r\nHost: met.example:443\r\n", path);
	if (strncmp(l->asked, line, strlen(line)) != 0)
		fail_msg("not of %s: %s", path, l->asked);
}

static void idle(struct lab *l, ward_ns at)
{
	struct ward_slice due;

	assert_int_equal(ward_httppoll_due(ward_fetch_poll(l->f), at, &due), WARD_OK);
	assert_int_equal(due.len, 0);
}

/* Byte by byte. */
static enum ward_err answer(struct lab *l, ward_ns at, const char *head, const char *body)
{
	static char text[TEXT];
	int n = snprintf(text, sizeof(text), "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", head,
		strlen(body), body);
	enum ward_err err = WARD_OK;

	assert_in_range(n, 1, TEXT - 1);
	for (int i = 0; i < n && !err; i++)
		err = ward_httppoll_bytes(ward_fetch_poll(l->f), ward_slice_of(text + i, 1), at);
	return err;
}

#define ALERT(id)                                                               \
	"<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\"><identifier>" id \
	"</identifier></alert>"
#define ATOM(entries)                                        \
	"<feed xmlns=\"http://www.w3.org/2005/Atom\"><link " \
	"href=\"https://met.example/feed\"/>" entries "</feed>"
#define ENTRY(href, updated) \
	"<entry><id>" href "</id><updated>" updated "</updated><link href=\"" href "\"/></entry>"

/* One alert; nothing new costs no body; an update is told; without a version it is what it says. */
static void t_alert(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	asks(&l, 0, "/feed?r=it");
	assert_null(strstr(l.asked, "If-"));
	assert_int_equal(
		answer(&l, 0,
			"200 OK\r\nETag: \"v1\"\r\nLast-Modified: Sun, 01 Mar 2026 00:00:00 GMT",
			ALERT("w-1")),
		WARD_ERR_CLOSED);
	heard(&l, "/feed?r=it=w-1;");
	assert_int_equal(ward_httppoll_good_count(ward_fetch_poll(l.f)), 1);
	assert_in_range(ward_httppoll_next(ward_fetch_poll(l.f)), 90 * S, 110 * S);
	idle(&l, 90 * S - 1);
	asks(&l, 110 * S, "/feed?r=it");
	assert_non_null(strstr(l.asked, "\r\nIf-None-Match: \"v1\"\r\n"));
	assert_non_null(strstr(l.asked, "If-Modified-Since: Sun, 01 Mar 2026 00:00:00 GMT\r\n"));
	assert_int_equal(answer(&l, 110 * S, "304 Not Modified", ""), WARD_ERR_CLOSED);
	heard(&l, "");
	asks(&l, 220 * S, "/feed?r=it");
	assert_int_equal(answer(&l, 220 * S, "200 OK", ALERT("w-2")), WARD_ERR_CLOSED);
	heard(&l, "/feed?r=it=w-2;");
	asks(&l, 330 * S, "/feed?r=it");
	assert_null(strstr(l.asked, "If-"));
	assert_int_equal(answer(&l, 330 * S, "200 OK", ALERT("w-2")), WARD_ERR_CLOSED);
	heard(&l, "");
	assert_int_equal(ward_counter_get(&l.counters, "feed.unchanged"), 2);
	ward_fetch_free(l.f);
}

/* The last of a list first, each once until it changes; one that is no XML is told and left. */
static void t_list(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	asks(&l, 0, "/feed?r=it");
	assert_int_equal(answer(&l, 0, "200 OK",
				 ATOM(ENTRY("https://met.example/b", "2") ENTRY(
					 "https://MET.example:443/a#x", "1") ENTRY("/bad", "1"))),
		WARD_OK);
	asks(&l, 0, "/bad");
	assert_int_equal(answer(&l, 0, "200 OK", "<alert>"), WARD_OK);
	asks(&l, 0, "/a");
	assert_int_equal(answer(&l, 0, "200 OK", ALERT("w-a")), WARD_OK);
	asks(&l, 0, "/b");
	assert_int_equal(answer(&l, 0, "404 Not Found", ""), WARD_ERR_CLOSED);
	heard(&l, "/bad: it is not well-formed XML;/a=w-a;/b: it refuses (404);");
	asks(&l, 120 * S, "/feed?r=it");
	assert_int_equal(answer(&l, 120 * S, "200 OK",
				 ATOM(ENTRY("https://met.example/b", "2")
						 ENTRY("https://met.example/a", "3"))),
		WARD_OK);
	asks(&l, 120 * S, "/a");
	assert_int_equal(answer(&l, 120 * S, "200 OK", ALERT("w-a2")), WARD_OK);
	asks(&l, 120 * S, "/b");
	assert_int_equal(answer(&l, 120 * S, "200 OK", ALERT("w-b")), WARD_ERR_CLOSED);
	heard(&l, "/a=w-a2;/b=w-b;");
	ward_fetch_free(l.f);
}

/* What can't be got of a list, in each way, doesn't hold up what is newer; the list comes again
 * whole, whatever was said of its version, and with it what was put off, until that is got. */
static void t_put_off(void **state)
{
	static const char list[] = ATOM(ENTRY("/7", "1") ENTRY("/6", "1") ENTRY("/5", "1")
			ENTRY("/4", "1") ENTRY("/3", "1") ENTRY("/2", "1") ENTRY("/1", "1"));
	struct lab l;

	(void)state;
	begin(&l);
	asks(&l, 0, "/feed?r=it");
	assert_int_equal(answer(&l, 0, "200 OK\r\nETag: \"v1\"", list), WARD_OK);
	asks(&l, 0, "/1");
	assert_int_equal(answer(&l, 0, "503 Busy", ""), WARD_OK);
	asks(&l, 0, "/2");
	assert_int_equal(answer(&l, 0, "200 OK\r\nContent-Encoding: gzip", "x"), WARD_OK);
	asks(&l, 0, "/3");
	assert_int_equal(answer(&l, 0, "200 OK\r\nContent-Length: 99999999", ""), WARD_ERR_CLOSED);
	asks(&l, 0, "/4");
	assert_true(ward_httppoll_overdue(ward_fetch_poll(l.f), 31 * S));
	assert_int_equal(ward_httppoll_ended(ward_fetch_poll(l.f), 31 * S, NULL), WARD_OK);
	asks(&l, 31 * S, "/5");
	assert_int_equal(ward_httppoll_ended(ward_fetch_poll(l.f), 31 * S, NULL), WARD_OK);
	asks(&l, 31 * S, "/6");
	assert_int_equal(ward_httppoll_ended(ward_fetch_poll(l.f), 31 * S, "reset"), WARD_OK);
	assert_int_equal(
		ward_httppoll_good_count(ward_fetch_poll(l.f)), 0); /* the newest is not got yet */
	asks(&l, 31 * S, "/7");
	assert_int_equal(answer(&l, 31 * S, "200 OK", ALERT("w-7")), WARD_ERR_CLOSED);
	assert_int_equal(ward_httppoll_good_count(ward_fetch_poll(l.f)), 1);
	heard(&l, "/1: it refuses (503);/2: its answer is compressed, which nobody asked for;"
		  "/3: its body has two lengths;/4: it does not answer in time;"
		  "/5: it ended the connection;/6: reset;/7=w-7;");
	assert_int_equal(ward_counter_get(&l.counters, "feed.put_off"), 6);
	/* the same list */
	asks(&l, 150 * S, "/feed?r=it");
	assert_null(strstr(l.asked, "If-"));
	assert_int_equal(answer(&l, 150 * S, "200 OK\r\nETag: \"v1\"", list), WARD_OK);
	for (char path[] = "/1"; path[1] < '7'; path[1]++) {
		asks(&l, 150 * S, path);
		assert_int_equal(answer(&l, 150 * S, "200 OK", ALERT("w")),
			path[1] < '6' ? WARD_OK : WARD_ERR_CLOSED);
	}
	assert_int_equal(ward_httppoll_good_count(ward_fetch_poll(l.f)), 2);
	asks(&l, 300 * S, "/feed?r=it");
	assert_non_null(strstr(l.asked, "If-None-Match: \"v1\"\r\n"));
	ward_fetch_free(l.f);
}

/* Nothing of a list can be got, or its host is gone on the way: that is no good answer. */
static void t_list_lost(void **state)
{
	static const char list[] = ATOM(ENTRY("/2", "1") ENTRY("/1", "1"));
	struct ward_slice due;
	struct lab l;

	(void)state;
	begin(&l);
	asks(&l, 0, "/feed?r=it");
	assert_int_equal(answer(&l, 0, "200 OK\r\nETag: \"v1\"", list), WARD_OK);
	asks(&l, 0, "/1");
	assert_int_equal(answer(&l, 0, "404 Not Found", ""), WARD_OK);
	asks(&l, 0, "/2");
	assert_int_equal(answer(&l, 0, "503 Busy", ""), WARD_ERR_FOREIGN);
	assert_string_equal(ward_httppoll_why(ward_fetch_poll(l.f)),
		"nothing of its list can be got: it refuses (503)");
	heard(&l, "/1: it refuses (404);/2: it refuses (503);");
	assert_in_range(ward_httppoll_next(ward_fetch_poll(l.f)), 27 * S, 33 * S);
	asks(&l, 40 * S, "/feed?r=it");
	assert_null(strstr(l.asked, "If-"));
	assert_int_equal(answer(&l, 40 * S, "200 OK", list), WARD_OK);
	asks(&l, 40 * S, "/1");
	assert_int_equal(
		answer(&l, 40 * S, "200 OK\r\nConnection: close", ALERT("w-1")), WARD_ERR_CLOSED);
	assert_int_equal(ward_httppoll_due(ward_fetch_poll(l.f), 40 * S, &due), WARD_OK);
	assert_int_equal(
		ward_httppoll_ended(ward_fetch_poll(l.f), 40 * S, "it refuses connections"),
		WARD_ERR_FOREIGN);
	assert_int_equal(ward_httppoll_good_count(ward_fetch_poll(l.f)), 0);
	heard(&l, "/1=w-1;");
	asks(&l, ward_httppoll_next(ward_fetch_poll(l.f)), "/feed?r=it");
	ward_fetch_free(l.f);
}

/* RSS; what is said to be a warning goes before other links; entries elsewhere, and too many. */
static void t_entries(void **state)
{
	static char many[TEXT];
	size_t n = 0;
	struct lab l;

	(void)state;
	begin(&l);
	asks(&l, 0, "/feed?r=it");
	assert_int_equal(answer(&l, 0, "200 OK",
				 "<rss><channel><item><link>https://met.example/page</link>"
				 "<enclosure type=\"application/cap+xml\" "
				 "url=\"https://met.example/1.cap\"/></item>"
				 "<item><link>https://other.example/2</link></item>"
				 "<item><link>http://met.example/3</link></item>"
				 "<item><link>4.cap</link></item><item/></channel></rss>"),
		WARD_OK);
	asks(&l, 0, "/1.cap");
	heard(&l, "/feed?r=it: entries that lie at another host are not read: give it a source of "
		  "its own;/feed?r=it: entries without a whole address are not read;");
	assert_int_equal(ward_counter_get(&l.counters, "feed.entries_left"), 4);
	assert_int_equal(answer(&l, 0, "200 OK", ALERT("w-1")), WARD_ERR_CLOSED);
	heard(&l, "/1.cap=w-1;");
	n = (size_t)snprintf(many, sizeof(many), "<rss><channel>");
	for (unsigned i = 0; i < 300; i++)
		n += (size_t)snprintf(
			many + n, sizeof(many) - n, "<item><link>/%u</link></item>", i);
	(void)snprintf(many + n, sizeof(many) - n, "</channel></rss>");
	asks(&l, 120 * S, "/feed?r=it");
	assert_int_equal(answer(&l, 120 * S, "200 OK", many), WARD_OK);
	heard(&l, "/feed?r=it: entries beyond the first 256 are not read;");
	asks(&l, 120 * S, "/255");
	ward_fetch_free(l.f);
}

/* Each failure is said; the next attempt comes later and later, up to an hour. */
static void t_refused(void **state)
{
	static const struct {
		const char *head, *body, *why;
	} cases[] = {
		{"301 Moved\r\nLocation: http://evil.example/", "",
			"it sends to another address, http://evil.example/ (301): write that one, "
			"if "
			"it is right"},
		{"302 Found", "",
			"it sends to another address,  (302): write that one, if it is right"},
		{"401 Unauthorized", "", "it lets nobody in without a password (401)"},
		{"500 No", "", "it refuses (500)"},
		{"304 Not Modified", "", "it refuses (304)"},
		{"200 OK\r\nContent-Encoding: gzip", "x",
			"its answer is compressed, which nobody asked for"},
		{"200 OK", "<html/>", "what it sends is neither an alert nor a list of alerts"},
		{"200 OK", "<!DOCTYPE x><alert/>", "it has a document type"},
		{"200 OK", "", "it is empty"},
		{"200 OK\r\nContent-Length: 3", "x", "two lengths"},
	};
	ward_ns at = 0;
	struct lab l;

	(void)state;
	begin(&l);
	for (size_t i = 0; i < WARD_ARRAY_LEN(cases); i++) {
		ward_ns wait = (30LL << i) * S < 3600 * S ? (30LL << i) * S : 3600 * S;

		asks(&l, at, "/feed?r=it");
		assert_int_equal(answer(&l, at, cases[i].head, cases[i].body), WARD_ERR_FOREIGN);
		if (i != 9) /* http says that one */
			assert_string_equal(ward_httppoll_why(ward_fetch_poll(l.f)), cases[i].why);
		assert_in_range(ward_httppoll_next(ward_fetch_poll(l.f)), at + wait / 10 * 9,
			at + wait / 10 * 11);
		at = ward_httppoll_next(ward_fetch_poll(l.f));
	}
	asks(&l, at, "/feed?r=it");
	assert_int_equal(ward_httppoll_ended(ward_fetch_poll(l.f), at, NULL), WARD_ERR_FOREIGN);
	assert_string_equal(ward_httppoll_why(ward_fetch_poll(l.f)), "it ended the connection");
	at = ward_httppoll_next(ward_fetch_poll(l.f));
	asks(&l, at, "/feed?r=it");
	assert_true(ward_httppoll_overdue(ward_fetch_poll(l.f), at + 31 * S));
	assert_int_equal(
		ward_httppoll_ended(ward_fetch_poll(l.f), at + 31 * S, NULL), WARD_ERR_FOREIGN);
	assert_string_equal(ward_httppoll_why(ward_fetch_poll(l.f)), "it does not answer in time");
	at = ward_httppoll_next(ward_fetch_poll(l.f));
	asks(&l, at, "/feed?r=it");
	assert_int_equal(ward_httppoll_ended(ward_fetch_poll(l.f), at, "it can't be reached"),
		WARD_ERR_FOREIGN);
	assert_int_equal(ward_httppoll_bytes(ward_fetch_poll(l.f), ward_slice_of("x", 1), at),
		WARD_ERR_CLOSED);
	assert_int_equal(ward_httppoll_good_count(ward_fetch_poll(l.f)), 0);
	heard(&l, "");
	/* a good answer ends that */
	at = ward_httppoll_next(ward_fetch_poll(l.f));
	asks(&l, at, "/feed?r=it");
	assert_int_equal(answer(&l, at, "200 OK", ALERT("w-1")), WARD_ERR_CLOSED);
	assert_in_range(ward_httppoll_next(ward_fetch_poll(l.f)), at + 90 * S, at + 110 * S);
	ward_fetch_free(l.f);
}

static void t_url(void **state)
{
	static const char host[] = "it has no usable host and port (a user can't stand there)",
			  path[] = "its path is too long, or has blanks or quotes in it";
	static const struct {
		const char *text, *why;
	} bad[] = {
		{"http://h/",
			"it does not begin with https://, so that anybody on the way could forge "
			"warnings"},
		{"https://", host}, {"https:///x", host}, {"https://u:p@h/", host},
		{"https://h:0/", host}, {"https://h:70000/", host}, {"https://[::1/", host},
		{"https://[::1]x/", host}, {"https://h/a b", path}, {"https://h/\"", path}};
	struct ward_cap_url u;
	const char *why;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		assert_int_equal(
			ward_cap_url_read(ward_str_z(bad[i].text), &u, &why), WARD_ERR_MALFORMED);
		assert_string_equal(why, bad[i].why);
	}
	assert_int_equal(
		ward_cap_url_read(WARD_STR("https://[2001:DB8::1]:444"), &u, &why), WARD_OK);
	assert_string_equal(u.host, "2001:db8::1");
	assert_string_equal(u.path, "/");
	assert_int_equal(u.port, 444);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_alert),
		cmocka_unit_test(t_list),
		cmocka_unit_test(t_put_off),
		cmocka_unit_test(t_list_lost),
		cmocka_unit_test(t_entries),
		cmocka_unit_test(t_refused),
		cmocka_unit_test(t_url),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
