/* What is laid out for readers, and how it is asked for: as rows come, and again in another life.
 */
#include "exchange/atom.h"
#include "exchange/taxii.h"
#include "sense/cap/cap.h"
#include "sense/cap/feed.h"
#include "told.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct shop {
	struct told t;
	struct ward_offer_past *past;
	struct ward_offer *offer;
	struct ward_taxii_reader reader;
	struct ward_wr body;
	struct ward_taxii_answer a;
	ward_ns time;
};

static void open_shop(struct shop *s, const char *to, const char *tlp)
{
	*s = (struct shop){
		.time = 1000 * WARD_NS_PER_S, .body = ward_wr_grow(ward_mem_heap(), 1 << 24)};
	told_begin(&s->t);
	told_table(&s->t);
	assert_int_equal(ward_offer_past_new(ward_mem_heap(), &s->t.lab.lim, &s->past), WARD_OK);
	const struct ward_offer_opts o = {.mem = ward_mem_heap(),
		.model = s->t.lab.m,
		.sharing = &s->t.sharing,
		.to = {ward_str_z(to), ward_str_z(tlp), WARD_STR("")},
		.how = {.sender = WARD_STR("ward@small.example"), .n_lang = 1}};

	assert_int_equal(ward_offer_new(&o, &s->offer), WARD_OK);
	s->reader = (struct ward_taxii_reader){.hospital = WARD_STR("Small"),
		.title = WARD_STR("Reader"),
		.base = WARD_STR("https://small.example:8444"),
		.collection = ward_taxii_collection(s->t.lab.m, WARD_STR("r")),
		.offer = s->offer};
}

static void close_shop(struct shop *s)
{
	ward_offer_free(s->offer);
	ward_offer_past_free(s->past);
	ward_wr_fini(&s->body);
	told_end(&s->t);
}

static void row(struct shop *s, const char *json)
{
	s->time += WARD_NS_PER_S;
	assert_int_equal(ward_offer_past_take(s->past, ward_str_z(json), s->time), WARD_OK);
}

static void rows(struct shop *s)
{
	for (size_t i = 0; told_lines[i]; i++)
		row(s, told_lines[i]);
	assert_int_equal(ward_offer_refresh(s->offer, s->past, s->time), WARD_OK);
}

/* The body of a GET, as text. */
static const char *ask(struct shop *s, const char *method, const char *target, const char *accept)
{
	const struct ward_taxii_ask q = {
		ward_str_z(method), ward_str_z(target), ward_str_z(accept)};

	ward_wr_reset(&s->body);
	assert_int_equal(ward_taxii_answer(&s->reader, &q, &s->a, &s->body), WARD_OK);
	ward_wr_ch(&s->body, 0);
	return (const char *)s->body.p;
}

static const char *get(struct shop *s, const char *rest)
{
	char target[2048], id[WARD_ID_TEXT];

	ward_id_text(s->reader.collection, id);
	(void)snprintf(target, sizeof(target), "/taxii2/ward/collections/%s/%s", id, rest);
	return ask(s, "GET", target, "");
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *p = text; (p = strstr(p, what)) != NULL; p++)
		n++;
	return n;
}

static void has(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("no %s in %s", what, text);
}

static void t_paths(void **state)
{
	static const struct {
		const char *method, *target, *accept;
		unsigned status;
		const char *says;
	} q[] = {
		{"GET", "/taxii2/", "", 200,
			"\"default\":\"https://small.example:8444/taxii2/ward/\""},
		{"GET", "/taxii2/ward/", "*/*", 200,
			"\"versions\":[\"application/taxii+json;version=2.1\"]"},
		{"GET", "/taxii2/ward/collections/", "application/taxii+json;version=2.1", 200,
			"\"can_read\":true,\"can_write\":false"},
		{"GET", "/taxii2/ward/collections", "text/html, application/taxii+json", 200,
			"\"collections\":[{\"id\":"},
		{"GET", "/taxii2/", "application/taxii+json; version=2.0", 406,
			"\"http_status\":\"406\""},
		{"GET", "/taxii2/", "text/html", 406, "\"title\""},
		{"POST", "/taxii2/ward/collections/", "", 403, "nothing is taken"},
		{"PUT", "/taxii2/ward/", "", 405, "read only"},
		{"GET", "/taxii2/other/", "", 404, "begin at /taxii2/"},
		{"GET", "/taxii2/ward/status/1/", "", 404, "404"},
		{"GET", "/taxii2/ward/collections/11111111-1111-8111-8111-111111111111/", "", 404,
			"404"},
	};
	struct shop s;

	(void)state;
	open_shop(&s, "csirt", "amber");
	for (size_t i = 0; i < WARD_ARRAY_LEN(q); i++) {
		const char *text = ask(&s, q[i].method, q[i].target, q[i].accept);

		if (s.a.status != q[i].status)
			fail_msg("row %zu: %u %s", i, s.a.status, text);
		has(text, q[i].says);
	}
	/* nothing happened: an envelope without objects (3.7) */
	assert_int_equal(ward_offer_refresh(s.offer, s.past, s.time), WARD_OK);
	assert_string_equal(get(&s, "objects/"), "{}");
	assert_false(s.a.has);
	close_shop(&s);
}

/* All pages together are what one page would be, in its order. */
static void t_pages(void **state)
{
	struct shop s;
	char target[512] = "manifest/?limit=1", next[256];
	size_t n = 0, all;

	(void)state;
	open_shop(&s, "csirt", "amber");
	rows(&s);
	all = count(get(&s, "manifest/"), "\"date_added\"");
	assert_true(all > 10);
	assert_true(s.a.has && s.a.first <= s.a.last);
	for (;;) {
		const char *text = get(&s, target), *p = strstr(text, "\"next\":\"");

		assert_int_equal(count(text, "\"date_added\""), 1);
		n++;
		if (!p)
			break;
		has(text, "\"more\":true");
		assert_int_equal(sscanf(p, "\"next\":\"%255[^\"]", next), 1);
		(void)snprintf(target, sizeof(target), "manifest/?limit=1&next=%s", next);
	}
	assert_int_equal(n, all);
	assert_int_equal(count(get(&s, "objects/?limit=1000"), "\"spec_version\""), all);
	/* the two addresses that are named are observables, without a version of their own */
	assert_int_equal(
		count(get(&s, "objects/?match%5Btype%5D=ipv4-addr,mac-addr"), "{\"type\""), 2);
	has(get(&s, "objects/?match[type]=incident"), "\"type\":\"incident\"");
	assert_int_equal(count((const char *)s.body.p, "\"type\":"), 1);
	assert_string_equal(get(&s, "objects/?match[spec_version]=2.0"), "{}");
	assert_int_equal(count(get(&s, "manifest/?match[version]=all"), "date_added"), all);
	assert_int_equal(
		count(get(&s, "manifest/?match[version]=2026-01-01T00:00:00Z&match[type]=identity"),
			"date_added"),
		1);
	static const char *const bad[] = {"objects/?limit=0", "objects/?limit=x",
		"objects/?added_after=today", "objects/?next=1", "objects/?match[id]=%2"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		(void)get(&s, bad[i]);
		assert_int_equal(s.a.status, 400);
	}
	(void)get(&s, "objects/incident--00000000-0000-4000-8000-000000000000/");
	assert_int_equal(s.a.status, 404);
	close_shop(&s);
}

/* The id of the only object of that type. */
static void id_of(struct shop *s, const char *type, char id[128])
{
	char target[256];
	const char *p;

	(void)snprintf(target, sizeof(target), "manifest/?match[type]=%s", type);
	p = strstr(get(s, target), "\"id\":\"");
	assert_non_null(p);
	assert_int_equal(sscanf(p, "\"id\":\"%127[^\"]", id), 1);
}

static const char over[] =
	"{\"kind\":\"incident\",\"id\":\"11111111-1111-8111-8111-111111111111\",\"revision\":3,"
	"\"state\":\"dismissed\",\"domain\":\"hybrid\",\"level\":\"high\",\"first\":"
	"\"2026-03-12T02:10:00Z\",\"last\":\"2026-03-12T02:20:00Z\",\"headline\":{\"threat\":"
	"\"Command\",\"on\":\"AHU 1\"},\"members\":[]}";

/* Who asks for what was added since gets what is new, and nothing twice; in another life the same
 * rows give the same times. */
static void t_news(void **state)
{
	struct shop s, again;
	char id[128], target[512], since[64];
	struct ward_wr w = ward_wr_fixed(since, sizeof(since) - 1);

	(void)state;
	open_shop(&s, "csirt", "amber");
	rows(&s);
	(void)get(&s, "manifest/");
	ward_taxii_time(s.a.last, &w);
	since[w.len] = 0;
	(void)snprintf(target, sizeof(target), "manifest/?added_after=%s", since);
	assert_string_equal(get(&s, target), "{}");
	row(&s, told_lines[2]); /* it comes again: nothing new */
	assert_int_equal(ward_offer_refresh(s.offer, s.past, s.time), WARD_OK);
	assert_string_equal(get(&s, target), "{}");
	id_of(&s, "incident", id);
	row(&s, over);
	assert_int_equal(ward_offer_refresh(s.offer, s.past, s.time), WARD_OK);
	has(get(&s, target), id);
	/* what did not change is not new: who it is, and where */
	assert_null(strstr((const char *)s.body.p, "identity--"));
	(void)snprintf(target, sizeof(target), "objects/%s/", id);
	has(get(&s, target), "\"revoked\":true");
	assert_true(s.a.has);
	int64_t added = s.a.last;

	(void)snprintf(target, sizeof(target), "objects/%s/versions/", id);
	has(get(&s, target), "{\"versions\":[\"2026-03-12T02:2");
	open_shop(&again, "csirt", "amber");
	rows(&again);
	row(&again, told_lines[2]);
	row(&again, over);
	assert_int_equal(ward_offer_refresh(again.offer, again.past, again.time), WARD_OK);
	(void)snprintf(target, sizeof(target), "objects/%s/", id);
	(void)get(&again, target);
	assert_true(again.a.last == added);
	close_shop(&again);
	close_shop(&s);
}

/* Each reader gets what may leave to him, in each form. */
static void t_shared(void **state)
{
	static const struct {
		const char *to, *tlp;
		bool address;
	} row[] = {{"csirt", "amber", true}, {"csirt", "green", false}, {"public", "clear", false}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct shop s;
		size_t n;

		open_shop(&s, row[i].to, row[i].tlp);
		rows(&s);
		const char *text = get(&s, "objects/?limit=1000");

		assert_int_equal(strstr(text, "10.1.0.99") != NULL, row[i].address);
		assert_null(strstr(text, "p-bbbbbbbbbbbbbbbb"));
		const struct ward_offer_alert *a = ward_offer_alerts(s.offer, &n);

		assert_int_equal(n, 1);
		assert_int_equal(
			ward_str_find(a->xml, WARD_STR("10.1.0.99")) != SIZE_MAX, row[i].address);
		close_shop(&s);
	}
}

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	(void)e;
	++*(unsigned *)ctx;
	return WARD_OK;
}

static void read_alert(struct shop *s, struct ward_str xml, struct ward_xmldoc *x)
{
	struct ward_names names;
	struct ward_counters counters;
	const char *why = "";
	uint32_t line = 0;
	unsigned n = 0;

	ward_counters_init(&counters);
	assert_int_equal(ward_names_init(&names, ward_mem_heap(), &s->t.lab.lim), WARD_OK);
	const struct ward_cap_opts o = {.names = &names,
		.counters = &counters,
		.source = WARD_STR("s"),
		.put = put,
		.ctx = &n};

	assert_int_equal(ward_xmldoc_read(x, ward_str_bytes(xml)), WARD_OK);
	if (ward_cap_read(&o, x, 1, x->arena, &why, &line) != WARD_OK)
		fail_msg("%s", why);
	assert_int_equal(n, 1);
	ward_names_fini(&names);
}

/* The list is one that Ward reads itself; an update names all that came before it. */
static void t_feed(void **state)
{
	struct shop s;
	struct ward_arena arena;
	struct ward_xmldoc x = {.mem = ward_mem_heap(), .arena = &arena};
	static struct ward_feed feed;
	struct ward_atom_reader r;
	const char *type;
	size_t n;

	(void)state;
	ward_arena_init(&arena, ward_mem_heap(), 1 << 24);
	open_shop(&s, "public", "clear");
	r = (struct ward_atom_reader){.hospital = WARD_STR("Small & <fine>"),
		.title = WARD_STR("Alerts"),
		.base = WARD_STR("https://small.example:8444"),
		.feed = s.reader.collection,
		.offer = s.offer,
		.since = s.time};
	assert_int_equal(ward_offer_refresh(s.offer, s.past, s.time), WARD_OK);
	assert_int_equal(ward_atom_answer(&r, WARD_STR("/cap"), &type, &s.body), WARD_OK);
	assert_int_equal(ward_xmldoc_read(&x, ward_wr_slice(&s.body)), WARD_OK);
	assert_int_equal(ward_feed_read(&x, WARD_STR("small.example"), 8444, &feed), WARD_OK);
	assert_int_equal(feed.n, 0);
	rows(&s);
	ward_wr_reset(&s.body);
	assert_int_equal(ward_atom_answer(&r, WARD_STR("/cap/?x"), &type, &s.body), WARD_OK);
	assert_string_equal(type, "application/atom+xml");
	assert_int_equal(ward_xmldoc_read(&x, ward_wr_slice(&s.body)), WARD_OK);
	assert_int_equal(ward_feed_read(&x, WARD_STR("small.example"), 8444, &feed), WARD_OK);
	assert_int_equal(feed.n, 1);
	ward_wr_reset(&s.body);
	assert_int_equal(
		ward_atom_answer(&r, ward_str_z(feed.at[0].path), &type, &s.body), WARD_OK);
	assert_string_equal(type, "application/cap+xml");
	read_alert(&s, ward_wr_text(&s.body), &x);
	/* of revision 2: the first one came before */
	struct ward_str refs = ward_xmldoc_text(&x, 0, "references");

	assert_int_equal(ward_str_find(refs, WARD_STR(" ")), SIZE_MAX);
	assert_true(ward_str_eqz(ward_xmldoc_text(&x, 0, "msgType"), "Update"));
	row(&s, over);
	assert_int_equal(ward_offer_refresh(s.offer, s.past, s.time), WARD_OK);
	const struct ward_offer_alert *a = ward_offer_alerts(s.offer, &n);

	assert_int_equal(n, 1);
	read_alert(&s, a->xml, &x);
	assert_true(ward_str_eqz(ward_xmldoc_text(&x, 0, "msgType"), "Cancel"));
	refs = ward_xmldoc_text(&x, 0, "references");
	struct ward_str first = ward_str_cut(&refs, ' ');

	assert_true(first.len && refs.len && !ward_str_eq(first, refs));
	ward_wr_reset(&s.body);
	assert_int_equal(ward_atom_answer(&r, ward_str_z(feed.at[0].path), &type, &s.body),
		WARD_ERR_NOT_FOUND);
	ward_xmldoc_fini(&x);
	close_shop(&s);
	ward_arena_fini(&arena);
}

/* With more than there is room for, the oldest is forgotten, and the rest stands. */
static void t_bounds(void **state)
{
	struct shop s;
	char json[1024];
	size_t n;

	(void)state;
	open_shop(&s, "own", "");
	for (unsigned i = 0; i < WARD_OFFER_PAST_ITEMS + 10; i++) {
		(void)snprintf(json, sizeof(json),
			"{\"kind\":\"detection\",\"id\":\"22222222-2222-8222-8222-%012x\","
			"\"revision\":1,\"rule\":{\"id\":\"r\",\"title\":\"T\",\"level\":\"low\","
			"\"tags\":[]},\"threat\":\"\",\"asset\":\"\",\"asset_name\":\"\","
			"\"subject\":\"\",\"actor\":\"\",\"first\":\"2026-03-12T02:10:00Z\","
			"\"last\":\"2026-03-12T02:11:00Z\"}",
			i);
		row(&s, json);
	}
	rows(&s);
	assert_true(ward_offer_past_forgotten(s.past) >= WARD_OFFER_PAST_ITEMS / 2);
	(void)ward_offer_alerts(s.offer, &n);
	assert_int_equal(n, 1);
	assert_int_equal(
		ward_offer_past_take(s.past, WARD_STR("{\"kind\":"), s.time), WARD_ERR_MALFORMED);
	close_shop(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_paths), cmocka_unit_test(t_pages),
		cmocka_unit_test(t_news), cmocka_unit_test(t_shared), cmocka_unit_test(t_feed),
		cmocka_unit_test(t_bounds)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
