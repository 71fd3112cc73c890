/* A ticket system as data, and a letter as its requests. */
#include "respond/ticket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define I1 "00000001-0000-8000-8000-000000000000"
#define I2 "00000002-0000-8000-8000-000000000000"

#define I3 "00000003-0000-8000-8000-000000000000"

/* One that has all that there may be. */
static const char whole[] =
	"name: Desk\n"
	"title: 20\n"
	"priority: {critical: '1', high: '2', medium: '3', low: '4', informational: '5'}\n"
	"headers: ['Authorization: Basic {login}', 'X-Session: {session}']\n"
	"login: {method: POST, path: /login, body: '{\"as\": \"{user}\"}', session: /a~1b/0/~0k, "
	"headers: ['X-Key: {secret}']}\n"
	"find: {method: GET, path: '/t?q={incident}', id: /r/0/id, state: /r/0/s, number: /r/0/n}\n"
	"create: {method: POST, path: /t, body: '{\"t\": \"{title}\", \"m\": \"{message}\", \"p\": "
	"\"{priority}\", \"l\": \"{level}\", \"w\": \"{where}\", \"x\": \"{incident}\"}', answer: "
	"/r/id}\n"
	"update: {method: PATCH, path: '/t/{ticket}', body: '\"{message}\"'}\n"
	"reopen: {method: PUT, path: '/t/{ticket}/open', body: '\"{message}\"'}\n"
	"close: {method: POST, path: '/t/{ticket}/close', body: '\"{reason}\"'}\n"
	"logout: {method: GET, path: /logout}\n"
	"closed: [done, '7']\n";

struct fix {
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_ticket_system s;
	struct ward_weburl url;
	struct ward_ticket *t;
	struct ward_wr out;
	char closed[256];  /* "ID NUMBER;" of each that was said to be closed there */
	char refused[512]; /* "ID why;" of each that was refused */
	bool deaf;         /* nobody hears it */
};

static enum ward_err read(struct fix *x, const char *text)
{
	const struct ward_ticket_in in = {&x->lim, ward_mem_heap(), &x->diag};

	ward_limits_default(&x->lim);
	ward_diag_init(&x->diag, ward_mem_heap());
	return ward_ticket_system_read(
		&in, WARD_STR("desk.yml"), ward_str_bytes(ward_str_z(text)), &x->s);
}

static bool says(void *ctx, struct ward_id incident, const struct ward_outcome *o)
{
	struct fix *x = ctx;
	bool closed = o->what != WARD_SENT_REFUSED;
	char id[WARD_ID_TEXT], *to = closed ? x->closed : x->refused;
	size_t at = strlen(to), cap = closed ? sizeof(x->closed) : sizeof(x->refused);

	ward_id_text(incident, id);
	(void)snprintf(to + at, cap - at, "%s%s %s;", o->what == WARD_SENT_DELIVERED ? "open " : "",
		id, o->why);
	return !x->deaf;
}

static void open_desk(struct fix *x, const char *text)
{
	const char *why;

	memset(x, 0, sizeof(*x));
	assert_int_equal(read(x, text), WARD_OK);
	assert_int_equal(ward_weburl_read(WARD_STR("https://desk/base/"), &x->url, &why), WARD_OK);
	const struct ward_ticket_opts o = {.mem = ward_mem_heap(),
		.lim = &x->lim,
		.system = &x->s,
		.url = &x->url,
		.user = WARD_STR("ward"),
		.secret = WARD_STR("se:cret"),
		.says = says,
		.ctx = x};

	assert_int_equal(ward_ticket_new(&o, &x->t), WARD_OK);
	x->out = ward_wr_grow(ward_mem_heap(), 1 << 20);
}

static void done(struct fix *x)
{
	ward_ticket_free(x->t);
	ward_wr_fini(&x->out);
	ward_ticket_system_free(&x->s);
	ward_diag_fini(&x->diag);
}

static void begin(struct fix *x, uint8_t id, const char *body)
{
	assert_int_equal(
		ward_ticket_begin(x->t, (struct ward_id){{id}}, ward_str_z(body)), WARD_OK);
}

/* What it asks next begins so, and its body is this. */
static void asks(struct fix *x, const char *begins, const char *body)
{
	struct ward_str all = ward_wr_text(&x->out);
	size_t end = ward_str_find(all, WARD_STR("\r\n\r\n"));

	assert_false(ward_wr_bad(&x->out));
	if (!ward_str_starts(all, ward_str_z(begins)) || end == SIZE_MAX ||
		!ward_str_eqz(ward_str_sub(all, end + 4, all.len), body))
		fail_msg("it asks\n%.*s\ninstead of %s\n%s", WARD_STR_ARG(all), begins, body);
	ward_wr_reset(&x->out);
}

static enum ward_ticket_next hears(struct fix *x, const char *status, const char *body)
{
	enum ward_ticket_next next;
	char all[4096];
	int n = snprintf(all, sizeof(all), "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", status,
		strlen(body), body);

	assert_true(n > 0 && (size_t)n < sizeof(all));
	/* in two pieces */
	assert_int_equal(
		ward_ticket_take(x->t, ward_slice_of(all, (size_t)n - 1), 0, &x->out, &next),
		WARD_OK);
	if (next == WARD_TICKET_ON && !x->out.len)
		assert_int_equal(
			ward_ticket_take(x->t, ward_slice_of(all + n - 1, 1), 0, &x->out, &next),
			WARD_OK);
	return next;
}

#define FIND1 "GET /base/t?q=" I1 " HTTP/1.1\r\nHost: desk\r\n"

static void test_requests(void **state)
{
	struct fix x;

	(void)state;
	open_desk(&x, whole);
	begin(&x, 1,
		"{\"schema\": \"ward.tickets/1\", \"tickets\": [{\"incident\": \"" I1
		"\", \"do\": \"open\", \"level\": \"high\", \"title\": \"caf\xc3\xa9 \\\"a\\\" "
		"012345678901234\", \"where\": \"w\", \"message\": \"one\\ntwo\"}, {\"incident\": "
		"\"" I2 "\", \"do\": \"close\", \"reason\": \"Over\"}]}");
	assert_int_equal(ward_ticket_connected(x.t, &x.out), WARD_TICKET_ON);
	asks(&x,
		"POST /base/login HTTP/1.1\r\nHost: desk\r\nUser-Agent: Ward\r\nConnection: "
		"keep-alive\r\nX-Key: se:cret\r\nContent-Type: application/json\r\n",
		"{\"as\": \"ward\"}");
	assert_int_equal(hears(&x, "200 OK", "{\"a/b\": [{\"~k\": \"tok\"}]}"), WARD_TICKET_ON);
	asks(&x,
		FIND1 "User-Agent: Ward\r\nConnection: keep-alive\r\nAuthorization: Basic "
		      "d2FyZDpzZTpjcmV0\r\nX-Session: tok\r\n\r\n",
		"");
	assert_int_equal(hears(&x, "200 OK", "{\"r\": []}"), WARD_TICKET_ON);
	asks(&x, "POST /base/t HTTP/1.1\r\n",
		"{\"t\": \"caf\xc3\xa9 \\\"a\\\" 01234567890\", \"m\": \"one\\ntwo\", \"p\": "
		"\"2\", \"l\": \"high\", \"w\": \"w\", \"x\": \"" I1 "\"}");
	assert_int_equal(hears(&x, "201 Created", "{\"r\": {\"id\": 5}}"), WARD_TICKET_ON);
	asks(&x, FIND1, ""); /* it is there */
	assert_int_equal(hears(&x, "200 OK", "{\"r\": [{\"id\": 5, \"s\": 1}]}"), WARD_TICKET_ON);
	asks(&x, "GET /base/t?q=" I2 " HTTP/1.1\r\n", "");
	assert_int_equal(
		hears(&x, "200 OK", "{\"r\": [{\"id\": \"a/b?\", \"s\": 1}]}"), WARD_TICKET_ON);
	asks(&x, "POST /base/t/a%2Fb%3F/close HTTP/1.1\r\n", "\"Over\"");
	assert_int_equal(hears(&x, "204 No Content", ""), WARD_TICKET_OVER);
	asks(&x, "GET /base/logout HTTP/1.1\r\n", "");
	assert_int_equal(ward_ticket_outcome(x.t)->what, WARD_SENT_DELIVERED);
	assert_string_equal(x.closed, "");
	done(&x);
}

#define LETTER(what)                                                          \
	"{\"schema\": \"ward.tickets/1\", \"tickets\": [{\"incident\": \"" I1 \
	"\", \"do\": \"" what "\", \"message\": \"m\", \"reason\": \"r\"}]}"

static void logs_in(struct fix *x)
{
	assert_int_equal(ward_ticket_connected(x->t, &x->out), WARD_TICKET_ON);
	asks(x, "POST /base/login HTTP/1.1\r\n", "{\"as\": \"ward\"}");
	assert_int_equal(hears(x, "200 OK", "{\"a/b\": [{\"~k\": \"tok\"}]}"), WARD_TICKET_ON);
	asks(x, FIND1, "");
}

#define AGAIN "{\"schema\": \"ward.tickets/1\", \"look\": [], \"closed\": [\"" I1 "\"]}"

/* What is wanted, how it is there, and what follows of it. */
static void test_table(void **state)
{
	static const struct {
		const char *letter, *there, *asks, *body;
		bool closed; /* or open again */
	} all[] = {{LETTER("open"), "{\"r\": [{\"id\": 5, \"s\": 1}]}", "PATCH /base/t/5 ", "\"m\"",
			   false},
		{LETTER("open"), "", "POST /base/t ", NULL, false},
		{LETTER("update"), "{\"r\": [{\"id\": 5, \"s\": 1}]}", "PATCH /base/t/5 ", "\"m\"",
			false},
		{LETTER("update"), "{\"r\": [{\"id\": 5, \"s\": 7, \"n\": \"N-5\"}]}", NULL, NULL,
			true},
		{LETTER("open"), "{\"r\": [{\"id\": 5, \"s\": 7, \"n\": \"N-5\"}]}", NULL, NULL,
			true},
		{LETTER("reopen"), "{\"r\": [{\"id\": 5, \"s\": \"done\"}]}", "PUT /base/t/5/open ",
			"\"m\"", false},
		{LETTER("reopen"), "{\"r\": [{\"id\": 5, \"s\": \"new\"}]}", "PATCH /base/t/5 ",
			"\"m\"", false},
		{LETTER("reopen"), "{\"r\": []}", "POST /base/t ", NULL, false},
		{LETTER("close"), "{\"r\": [{\"id\": 5, \"s\": 1}]}", "POST /base/t/5/close ",
			"\"r\"", false},
		{LETTER("close"), "{\"r\": [{\"id\": 5, \"s\": 7}]}", NULL, NULL, false},
		{LETTER("close"), "{}", NULL, NULL, false},
		{"{\"schema\": \"ward.tickets/1\", \"look\": [\"" I1 "\"]}",
			"{\"r\": [{\"id\": 5, \"s\": 7, \"n\": \"N-5\"}]}", NULL, NULL, true},
		{"{\"schema\": \"ward.tickets/1\", \"look\": [\"" I1 "\"]}",
			"{\"r\": [{\"id\": 5, \"s\": 2}]}", NULL, NULL, false},
		{AGAIN, "{\"r\": [{\"id\": 5, \"s\": 7, \"n\": \"N-5\"}]}", NULL, NULL, false},
		{AGAIN, "{}", NULL, NULL, false},
		{AGAIN, "{\"r\": [{\"id\": 5, \"s\": 1, \"n\": \"N-5\"}]}", NULL, NULL, true}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		struct fix x;

		open_desk(&x, whole);
		begin(&x, 1, all[i].letter);
		logs_in(&x);
		enum ward_ticket_next next = hears(&x, "200 OK", all[i].there);

		assert_int_equal(next, all[i].asks ? WARD_TICKET_ON : WARD_TICKET_OVER);
		if (all[i].body)
			asks(&x, all[i].asks, all[i].body);
		else if (all[i].asks)
			assert_true(ward_str_starts(ward_wr_text(&x.out), ward_str_z(all[i].asks)));
		else
			assert_int_equal(ward_ticket_outcome(x.t)->what, WARD_SENT_DELIVERED);
		bool open = all[i].closed && strcmp(all[i].letter, AGAIN) == 0;

		assert_string_equal(x.closed, open            ? "open " I1 " N-5;"
					      : all[i].closed ? I1 " N-5;"
							      : "");
		done(&x);
	}
}

/* Answers that are none, or hold what goes nowhere. */
static void test_answers(void **state)
{
	static const struct {
		const char *status, *body;
		enum ward_sent what;
		const char *why;
	} all[] = {{"401 No", "", WARD_SENT_REFUSED, "find: it answered 401"},
		{"503 No", "", WARD_SENT_FAILED, "find: it answered 503"},
		{"302 Found", "", WARD_SENT_REFUSED, "sends elsewhere"},
		{"200 OK", "<html>", WARD_SENT_FAILED, "find: its answer is no JSON"},
		{"200 OK", "{\"r\": [{\"id\": \"a b\", \"s\": 1}]}", WARD_SENT_DELIVERED,
			"find: its answer holds nothing of use at /r/0/id"},
		{"200 OK", "{\"r\": [{\"id\": \"a\\r\\nb\", \"s\": 1}]}", WARD_SENT_DELIVERED,
			"of use at /r/0/id"},
		{"200 OK", "{\"r\": [{\"id\": {}, \"s\": 1}]}", WARD_SENT_DELIVERED, "/r/0/id"},
		{"200 OK", "{\"r\": [{\"id\": 5}]}", WARD_SENT_DELIVERED, "of use at /r/0/s"},
		{"200 OK", "{\"r\": [{\"id\": 5, \"s\": []}]}", WARD_SENT_DELIVERED, "/r/0/s"}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		struct fix x;

		open_desk(&x, whole);
		begin(&x, 1, LETTER("open"));
		logs_in(&x);
		assert_int_equal(hears(&x, all[i].status, all[i].body), WARD_TICKET_OVER);
		assert_int_equal(ward_ticket_outcome(x.t)->what, all[i].what);
		assert_non_null(strstr(all[i].what == WARD_SENT_DELIVERED
					       ? x.refused /* of that ticket alone */
					       : ward_ticket_outcome(x.t)->why,
			all[i].why));
		asks(&x, "GET /base/logout ", "");
		done(&x);
	}
	/* a session that would end the header */
	struct fix x;

	open_desk(&x, whole);
	begin(&x, 1, LETTER("open"));
	assert_int_equal(ward_ticket_connected(x.t, &x.out), WARD_TICKET_ON);
	ward_wr_reset(&x.out);
	assert_int_equal(
		hears(&x, "200 OK", "{\"a/b\": [{\"~k\": \"a\\r\\nHost: b\"}]}"), WARD_TICKET_OVER);
	assert_non_null(strstr(ward_ticket_outcome(x.t)->why, "login: its answer holds nothing"));
	assert_int_equal(x.out.len, 0);
	/* letters that are none */
	static const char *const none[] = {"", "{}", "{\"schema\": \"ward.message/1\"}",
		"{\"schema\": \"ward.tickets/1\"}",
		"{\"schema\": \"ward.tickets/1\", \"look\": [\"x\"]}",
		"{\"schema\": \"ward.tickets/1\", \"tickets\": [{\"incident\": \"" I1
		"\", \"do\": \"look\"}]}"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(none); i++) {
		assert_int_equal(ward_ticket_begin(x.t, (struct ward_id){{1}}, ward_str_z(none[i])),
			WARD_ERR_MALFORMED);
		assert_int_equal(ward_ticket_outcome(x.t)->what, WARD_SENT_REFUSED);
	}
	done(&x);
}

/* Of two the first is refused: the second is kept all the same. Then one is lost on its way: the
 * letter goes on with it, and the first is not said again. */
static void test_goes_on(void **state)
{
	static const char two[] =
		"{\"schema\": \"ward.tickets/1\", \"tickets\": [{\"incident\": \"" I1
		"\", \"do\": \"open\", \"message\": \"m\"}, {\"incident\": \"" I2
		"\", \"do\": \"open\", \"message\": \"n\"}]}";
	static const char there[] = "{\"r\": [{\"id\": 5, \"s\": 1}]}";
	const struct ward_slice gone = {NULL, 0};
	enum ward_ticket_next next;
	struct fix x;

	(void)state;
	open_desk(&x, whole);
	begin(&x, 1, two);
	logs_in(&x);
	assert_int_equal(hears(&x, "200 OK", there), WARD_TICKET_ON);
	asks(&x, "PATCH /base/t/5 ", "\"m\"");
	assert_int_equal(hears(&x, "403 No", ""), WARD_TICKET_ON);
	asks(&x, "GET /base/t?q=" I2 " ", "");
	assert_int_equal(ward_ticket_take(x.t, gone, 0, &x.out, &next), WARD_OK);
	assert_int_equal(next, WARD_TICKET_OVER);
	assert_int_equal(ward_ticket_outcome(x.t)->what, WARD_SENT_FAILED);
	assert_int_equal(x.out.len, 0);
	/* again, with a server that ends each connection */
	begin(&x, 1, two);
	assert_int_equal(ward_ticket_connected(x.t, &x.out), WARD_TICKET_ON);
	ward_wr_reset(&x.out);
	assert_int_equal(hears(&x, "200 OK\r\nConnection: close", "{\"a/b\": [{\"~k\": \"tok\"}]}"),
		WARD_TICKET_AGAIN);
	assert_int_equal(x.out.len, 0);
	assert_int_equal(ward_ticket_connected(x.t, &x.out), WARD_TICKET_ON);
	asks(&x, "GET /base/t?q=" I2 " ", "");
	assert_int_equal(hears(&x, "200 OK\r\nConnection: close", there), WARD_TICKET_AGAIN);
	assert_int_equal(ward_ticket_connected(x.t, &x.out), WARD_TICKET_ON);
	asks(&x, "PATCH /base/t/5 ", "\"n\"");
	assert_int_equal(hears(&x, "200 OK", ""), WARD_TICKET_OVER);
	assert_int_equal(ward_ticket_outcome(x.t)->what, WARD_SENT_DELIVERED);
	assert_string_equal(x.refused, I1 " update: it answered 403;");
	/* another letter begins with its first */
	ward_wr_reset(&x.out);
	begin(&x, 2, two);
	logs_in(&x);
	done(&x);
}

#define FIVE "{\"r\": [{\"id\": 5, \"s\": 1}]}"

/* What is refused of one ticket is said of that one; the others are kept, and the letter is. */
static void test_refused(void **state)
{
	static const char two[] =
		"{\"schema\": \"ward.tickets/1\", \"tickets\": [{\"incident\": \"" I1
		"\", \"do\": \"open\", \"message\": \"m\"}, {\"incident\": \"" I2
		"\", \"do\": \"open\", \"message\": \"n\"}]}";
	static const struct {
		const char *find, *status, *why; /* of the first; status: of its update, or NULL */
	} all[] = {{FIVE, "400 No", "update: it answered 400"},
		{FIVE, "500 No", "update: it answered 500"},
		{"{\"r\": [{\"id\": \"a b\", \"s\": 1}]}", NULL,
			"find: its answer holds nothing of use at /r/0/id"}};

	(void)state;
	for (size_t i = 0; i < 2 * WARD_ARRAY_LEN(all); i++) {
		bool deaf = i % 2;
		char says[256];
		struct fix x;

		open_desk(&x, whole);
		x.deaf = deaf;
		begin(&x, 1, two);
		logs_in(&x);
		assert_int_equal(hears(&x, "200 OK", all[i / 2].find), WARD_TICKET_ON);
		if (all[i / 2].status) {
			asks(&x, "PATCH /base/t/5 ", "\"m\"");
			assert_int_equal(hears(&x, all[i / 2].status, ""), WARD_TICKET_ON);
		}
		asks(&x, "GET /base/t?q=" I2 " ", "");
		assert_int_equal(hears(&x, "200 OK", FIVE), WARD_TICKET_ON);
		asks(&x, "PATCH /base/t/5 ", "\"n\"");
		assert_int_equal(hears(&x, "200 OK", ""), WARD_TICKET_OVER);
		(void)snprintf(says, sizeof(says), I1 " %s;", all[i / 2].why);
		assert_string_equal(x.refused, says);
		/* unheard, all of it comes again */
		assert_int_equal(ward_ticket_outcome(x.t)->what,
			deaf ? WARD_SENT_FAILED : WARD_SENT_DELIVERED);
		ward_wr_reset(&x.out);
		begin(&x, 1, two);
		logs_in(&x);
		done(&x);
	}
	/* one is kept, then nobody is let in any more: the rest is refused, one by one */
	struct fix x;

	open_desk(&x, whole);
	begin(&x, 1, two);
	logs_in(&x);
	assert_int_equal(hears(&x, "200 OK", FIVE), WARD_TICKET_ON);
	ward_wr_reset(&x.out);
	assert_int_equal(hears(&x, "200 OK", ""), WARD_TICKET_ON);
	ward_wr_reset(&x.out);
	assert_int_equal(hears(&x, "503 No", ""), WARD_TICKET_OVER);
	ward_wr_reset(&x.out);
	begin(&x, 1, two);
	assert_int_equal(ward_ticket_connected(x.t, &x.out), WARD_TICKET_ON);
	ward_wr_reset(&x.out);
	assert_int_equal(hears(&x, "401 No", ""), WARD_TICKET_OVER);
	assert_string_equal(x.refused, I2 " login: it answered 401;");
	assert_int_equal(ward_ticket_outcome(x.t)->what, WARD_SENT_DELIVERED);
	done(&x);
}

/* What was made has to be found: else no second one is made, of no incident. And one that was there
 * is not made anew. */
static void test_blind(void **state)
{
	static const char blind[] = "find: it does not find what `create` made: mend both in the "
				    "ticket system's file, then begin Ward anew;";
	struct fix x;

	(void)state;
	open_desk(&x, whole);
	begin(&x, 1, LETTER("open"));
	logs_in(&x);
	assert_int_equal(hears(&x, "200 OK", "{\"r\": []}"), WARD_TICKET_ON);
	assert_true(ward_str_starts(ward_wr_text(&x.out), WARD_STR("POST /base/t ")));
	ward_wr_reset(&x.out);
	assert_int_equal(hears(&x, "201 Created", "{\"r\": {\"id\": 5}}"), WARD_TICKET_ON);
	asks(&x, FIND1, "");
	assert_int_equal(hears(&x, "503 No", ""), WARD_TICKET_OVER); /* not now: again, later */
	ward_wr_reset(&x.out);
	for (uint8_t i = 0; i < 3; i++) {
		char says[256];

		x.refused[0] = 0;
		begin(&x, i < 2 ? 1 : 2, i < 2 ? LETTER("open") : LETTER("reopen"));
		logs_in(&x);
		assert_int_equal(hears(&x, "200 OK", "{\"r\": []}"), WARD_TICKET_OVER);
		asks(&x, "GET /base/logout ", "");
		(void)snprintf(says, sizeof(says), "%s %s", I1, blind);
		assert_string_equal(x.refused, says);
		assert_int_equal(ward_ticket_outcome(x.t)->what, WARD_SENT_DELIVERED);
	}
	done(&x);
	open_desk(&x, whole);
	begin(&x, 1, LETTER("update"));
	logs_in(&x);
	assert_int_equal(hears(&x, "200 OK", "{\"r\": []}"), WARD_TICKET_OVER);
	assert_non_null(strstr(x.refused, I1 " find: its ticket is not there any more"));
	done(&x);
}

#define LOOK(list) "{\"schema\": \"ward.tickets/1\", \"look\": [" list "]}"

/* A look that fails goes on where it stopped; what stops it first of all stands last. A letter that
 * waits meanwhile goes on where it was, too. */
static void test_look_on(void **state)
{
	static const char two[] =
		"{\"schema\": \"ward.tickets/1\", \"tickets\": [{\"incident\": \"" I1
		"\", \"do\": \"open\", \"message\": \"m\"}, {\"incident\": \"" I2
		"\", \"do\": \"open\", \"message\": \"n\"}]}";
	static const char *const asked[] = {I1, I2, I3, I1, I2};
	struct fix x;

	(void)state;
	open_desk(&x, whole);
	begin(&x, 1, two);
	logs_in(&x);
	assert_int_equal(hears(&x, "200 OK", FIVE), WARD_TICKET_ON);
	ward_wr_reset(&x.out);
	assert_int_equal(hears(&x, "200 OK", ""), WARD_TICKET_ON);
	ward_wr_reset(&x.out);
	assert_int_equal(hears(&x, "503 No", ""), WARD_TICKET_OVER);
	ward_wr_reset(&x.out);
	/* each look gets one answer, the third none */
	for (uint8_t i = 0; i < WARD_ARRAY_LEN(asked); i++) {
		char path[80];

		begin(&x, (uint8_t)(10 + i), LOOK("\"" I1 "\", \"" I2 "\", \"" I3 "\""));
		assert_int_equal(ward_ticket_connected(x.t, &x.out), WARD_TICKET_ON);
		ward_wr_reset(&x.out);
		assert_int_equal(
			hears(&x, "200 OK", "{\"a/b\": [{\"~k\": \"tok\"}]}"), WARD_TICKET_ON);
		(void)snprintf(path, sizeof(path), "GET /base/t?q=%s ", asked[i]);
		asks(&x, path, "");
		if (i != 2) {
			assert_int_equal(hears(&x, "200 OK", FIVE), WARD_TICKET_ON);
			ward_wr_reset(&x.out);
		}
		assert_int_equal(hears(&x, "503 No", ""), WARD_TICKET_OVER);
		ward_wr_reset(&x.out);
	}
	begin(&x, 1, two);
	assert_int_equal(ward_ticket_connected(x.t, &x.out), WARD_TICKET_ON);
	ward_wr_reset(&x.out);
	assert_int_equal(hears(&x, "200 OK", "{\"a/b\": [{\"~k\": \"tok\"}]}"), WARD_TICKET_ON);
	asks(&x, "GET /base/t?q=" I2 " ", "");
	done(&x);
}

/* Where texts are HTML nothing of them is a tag. */
static void test_html(void **state)
{
	char text[sizeof(whole) + 16];
	struct fix x;

	(void)state;
	(void)snprintf(text, sizeof(text), "html: true\n%s", whole);
	open_desk(&x, text);
	begin(&x, 1,
		"{\"schema\": \"ward.tickets/1\", \"tickets\": [{\"incident\": \"" I1
		"\", \"do\": \"open\", \"message\": \"a <b>\\\"\\n\\nc\\n\"}]}");
	logs_in(&x);
	assert_int_equal(hears(&x, "200 OK", "{\"r\": [{\"id\": 5, \"s\": 1}]}"), WARD_TICKET_ON);
	asks(&x, "PATCH /base/t/5 ", "\"a &lt;b&gt;&quot;<br><br>c\"");
	done(&x);
}

/* A file with `from` in it replaced: what is said of it. */
static void test_mistakes(void **state)
{
	static const struct {
		const char *from, *to, *what;
		unsigned line;
	} all[] = {{"find:", "fnd:", "there is no request 'find'", 1},
		{"?q={incident}", "", "'find' does not hold {incident}", 6},
		{"/t/{ticket}/close", "/t/close", "'close' does not say which ticket", 10},
		{"{reason}", "{reasn}", "'close': {reasn} is no slot", 10},
		{"\"{message}\"'}\nreopen", "\"{reason}\"'}\nreopen",
			"'update': {reason} has no meaning here", 8},
		{"'\"{reason}\"'", "'{reason}'", "'close': 'body' is no JSON", 10},
		{"method: PATCH", "method: MERGE", "'update': 'method' is none", 8},
		{"path: /logout", "path: logout", "'path' is none", 11},
		{"path: /logout", "path: '/log out'", "'path' is none", 11},
		{"path: /logout", "path: '/l?{secret}'", "stands in the address", 11},
		{"session: /a~1b/0/~0k", "session: /a~2", "'session' is no JSON pointer", 5},
		{"id: /r/0/id", "id: r", "'id' is no JSON pointer", 6},
		{"state: /r/0/s, ", "", "'state' is missing", 6},
		{"closed: [done, '7']", "closed: []", "which states mean closed", 12},
		{"priority: {critical: '1', ", "priority: {", "'critical' is missing", 3},
		{"'X-Session: {session}'", "'X-Session {session}'", "a header is no field", 6},
		{"headers: ['X-Key: {secret}']", "hdrs: []", "hdrs", 5},
		{"title: 20", "title: 5", "title", 2}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		const char *at = strstr(whole, all[i].from);
		char text[sizeof(whole) + 64];
		struct fix x = {.closed = ""};
		bool found = false;

		assert_non_null(at);
		(void)snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - whole), whole, all[i].to,
			at + strlen(all[i].from));
		assert_int_equal(read(&x, text), WARD_ERR_CONFIG);
		for (size_t k = 0; k < x.diag.n; k++) {
			const struct ward_diag_item *d = &x.diag.item[k];

			assert_true(d->mend.len > 0);
			found = found ||
				(ward_str_find(d->what, ward_str_z(all[i].what)) != SIZE_MAX &&
					d->line == all[i].line);
		}
		if (!found)
			fail_msg("%s, line %u: not found; the first is line %u: %.*s", all[i].what,
				all[i].line, x.diag.n ? x.diag.item[0].line : 0,
				WARD_STR_ARG(x.diag.item[0].what));
		ward_ticket_system_free(&x.s);
		ward_diag_fini(&x.diag);
	}
}

/* What people read of another system is a number, or nothing. */
static void test_numbers(void **state)
{
	static const struct {
		const char *there, *says;
	} all[] = {{"INC0010001", "INC0010001"}, {"#12_a-B", "#12_a-B"},
		{"12345678901234567890123456789012", "12345678901234567890123456789012"},
		{"123456789012345678901234567890123", ""}, {"http://evil", ""}, {"CALL:1", ""},
		{"a b", ""}, {"<b>", ""}, {"{x}", ""}, {"", ""}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		char there[256], says[128];
		struct fix x;

		open_desk(&x, whole);
		begin(&x, 1, LOOK("\"" I1 "\""));
		logs_in(&x);
		(void)snprintf(there, sizeof(there),
			"{\"r\": [{\"id\": 5, \"s\": 7, \"n\": \"%s\"}]}", all[i].there);
		assert_int_equal(hears(&x, "200 OK", there), WARD_TICKET_OVER);
		(void)snprintf(says, sizeof(says), I1 " %s;", all[i].says);
		assert_string_equal(x.closed, says);
		done(&x);
	}
}

/* Those that come with Ward, and the hospital's own before them. */
static void test_content(void **state)
{
	static const char *const name[] = {"servicenow", "glpi", "topdesk"};
	const char *root = getenv("WARD_SOURCE_ROOT");
	char content[512];
	struct fix x;

	(void)state;
	assert_non_null(root);
	(void)snprintf(content, sizeof(content), "%s/content", root);
	ward_limits_default(&x.lim);
	ward_diag_init(&x.diag, ward_mem_heap());
	const struct ward_ticket_in in = {&x.lim, ward_mem_heap(), &x.diag};

	for (size_t i = 0; i < WARD_ARRAY_LEN(name); i++) {
		assert_int_equal(ward_ticket_system_load(
					 &in, "/nowhere", content, ward_str_z(name[i]), &x.s),
			WARD_OK);
		assert_true(ward_ticket_system_asks(&x.s, WARD_SLOT_LOGIN));
		ward_ticket_system_free(&x.s);
	}
	assert_int_equal(ward_ticket_system_load(&in, "/nowhere", content, WARD_STR("other"), &x.s),
		WARD_ERR_NOT_FOUND);
	assert_int_equal(
		ward_ticket_system_load(&in, "/nowhere", content, WARD_STR("../sharing"), &x.s),
		WARD_ERR_NOT_FOUND);
	assert_int_equal(x.diag.n, 0);
	ward_diag_fini(&x.diag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_requests),
		cmocka_unit_test(test_table), cmocka_unit_test(test_answers),
		cmocka_unit_test(test_goes_on), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_numbers), cmocka_unit_test(test_look_on),
		cmocka_unit_test(test_blind), cmocka_unit_test(test_html),
		cmocka_unit_test(test_mistakes), cmocka_unit_test(test_content)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
