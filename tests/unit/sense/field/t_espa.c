#include "sense/field/tap.h"

#include "base/rd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TEXT = 8192 };

struct heard {
	struct ward_names names;
	struct ward_counters counters;
	struct ward_limits lim;
	struct ward_espa *e;
	char text[TEXT]; /* "class field=value|…;" of each event */
	size_t len;
	struct ward_id id; /* of the last */
};

static enum ward_err hear(void *ctx, const struct ward_event *e)
{
	struct heard *h = ctx;
	struct ward_wr w = ward_wr_fixed(h->text + h->len, TEXT - h->len - 1);

	ward_wr_str(&w, ward_name_text(&h->names, e->class));
	for (size_t i = 0; i < e->n_field; i++) {
		const struct ward_value *v = &e->field[i].v;

		ward_wr_printf(
			&w, "|%.*s=", WARD_STR_ARG(ward_name_text(&h->names, e->field[i].name)));
		if (v->kind == WARD_VALUE_INT)
			ward_wr_i64(&w, v->i);
		else
			ward_wr_str(&w, v->s);
	}
	ward_wr_ch(&w, ';');
	assert_false(ward_wr_bad(&w));
	h->len += w.len;
	h->text[h->len] = 0;
	h->id = e->id;
	return WARD_OK;
}

static struct heard *heard_new(enum ward_espa_charset charset)
{
	struct heard *h = calloc(1, sizeof(*h));

	assert_non_null(h);
	ward_limits_default(&h->lim);
	ward_counters_init(&h->counters);
	assert_int_equal(ward_names_init(&h->names, ward_mem_heap(), &h->lim), WARD_OK);
	struct ward_espa_opts o = {.mem = ward_mem_heap(),
		.names = &h->names,
		.counters = &h->counters,
		.sink = {hear, h},
		.line = WARD_STR("bmz"),
		.charset = charset};

	assert_int_equal(ward_espa_new(&o, &h->e), WARD_OK);
	return h;
}

static void heard_free(struct heard *h)
{
	ward_espa_free(h->e);
	ward_names_fini(&h->names);
	free(h);
}

static void is(struct heard *h, const char *text)
{
	assert_string_equal(h->text, text);
	h->text[h->len = 0] = 0;
}

static void at(struct heard *h, const char *bytes, ward_ns now)
{
	assert_int_equal(ward_espa_bytes(h->e, ward_str_bytes(ward_str_z(bytes)), now), WARD_OK);
}

static void feed(struct heard *h, const char *bytes)
{
	at(h, bytes, WARD_NS_PER_S);
}

static uint64_t n(const struct heard *h, const char *counter)
{
	return ward_counter_get(&h->counters, counter);
}

/* SOH header STX records ETX check; lives until the next one. */
static struct ward_slice block(const char *header, const char *records)
{
	static char text[2048];
	int len = snprintf(text, sizeof(text) - 1, "\x01%s\x02%s\x03", header, records);

	text[len] = (char)ward_espa_check(ward_slice_of(text + 1, (size_t)len - 1));
	return ward_slice_of(text, (size_t)len + 1);
}

static void call(struct heard *h, const char *header, const char *records)
{
	assert_int_equal(ward_espa_bytes(h->e, block(header, records), WARD_NS_PER_S), WARD_OK);
}

#define FIRE                               \
	"1\x1f"                            \
	"4711\x1e"                         \
	"2\x1f"                            \
	"FEUER Melder 12/3 Station 4B\x1e" \
	"3\x1f"                            \
	"5\x1e"                            \
	"4\x1f"                            \
	"3\x1e"                            \
	"5\x1f"                            \
	"2\x1e"                            \
	"6\x1f"                            \
	"1"
#define FIRE_EVENT                                                                           \
	"call.page|sensor=bmz/4711|app=espa|espa.function=call|espa.address=4711|"           \
	"message=FEUER Melder 12/3 Station 4B|espa.beeps=5|espa.type=standard|espa.times=2|" \
	"espa.priority=alarm;"

/* Both directions: polls, selecting, the call, its answer. */
static void t_call(void **state)
{
	struct heard *h = heard_new(WARD_ESPA_LATIN_1);

	(void)state;
	feed(h, "1\x05\x04"
		"1\x05"
		"2\x05\x06");
	is(h, "");
	call(h, "1", FIRE);
	is(h, FIRE_EVENT);
	struct ward_id first = h->id;

	feed(h, "\x06\x04"
		"1\x05\x04");
	call(h, "1", FIRE);
	is(h, FIRE_EVENT); /* a new one */
	assert_false(ward_id_eq(first, h->id));
	assert_int_equal(n(h, "espa.polls"), 4);
	assert_int_equal(n(h, "espa.again"), 0);
	call(h, "4",
		"1\x1f"
		"22");
	is(h, "call.page|sensor=bmz/22|app=espa|espa.function=subscriber|espa.address=22;");
	heard_free(h);
}

/* Refused blocks are sent again, as are those that nobody answered: one call. */
static void t_again(void **state)
{
	struct heard *h = heard_new(WARD_ESPA_LATIN_1);

	(void)state;
	call(h, "1", FIRE);
	feed(h, "\x15");
	call(h, "1", FIRE);
	call(h, "1", FIRE);
	feed(h, "\x06");
	is(h, FIRE_EVENT);
	assert_int_equal(n(h, "espa.again"), 2);
	assert_int_equal(n(h, "espa.naks"), 1);
	heard_free(h);
}

/* Of a line where nothing but blocks is heard: the same alarm of another day is another alarm, and
 * so is one after the line was gone. */
static void t_same_later(void **state)
{
	struct heard *h = heard_new(WARD_ESPA_LATIN_1);
	struct ward_slice fire = block("1", FIRE);
	static const ward_ns at_s[] = {100, 104, 130, 86400};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(at_s); i++)
		assert_int_equal(ward_espa_bytes(h->e, fire, at_s[i] * WARD_NS_PER_S), WARD_OK);
	assert_int_equal(n(h, "espa.again"), 2);
	assert_int_equal(n(h, "espa.events"), 2);
	h->text[h->len = 0] = 0;
	assert_int_equal(ward_espa_end(h->e, 100 * WARD_NS_PER_S), WARD_OK);
	assert_int_equal(ward_espa_bytes(h->e, fire, 86401 * WARD_NS_PER_S), WARD_OK);
	is(h, FIRE_EVENT);
	heard_free(h);
}

static void t_status(void **state)
{
	struct heard *h = heard_new(WARD_ESPA_LATIN_1);

	(void)state;
	call(h, "2",
		"1\x1f"
		"4711\x1e"
		"7\x1f"
		"3");
	call(h, "3",
		"1\x1f"
		"4711");
	is(h, "");
	assert_int_equal(n(h, "espa.status"), 2);
	heard_free(h);
}

static void t_charsets(void **state)
{
	struct heard *h = heard_new(WARD_ESPA_LATIN_1);

	(void)state;
	call(h, "1",
		"1\x1f"
		"1\x1e"
		"2\x1f"
		" St\xf6rung\x80T\xfcr\n");
	is(h, "call.page|sensor=bmz/1|app=espa|espa.function=call|espa.address=1|"
	      "message=St\xc3\xb6rung T\xc3\xbcr;");
	feed(h, "\x06");
	call(h, "1",
		"1\x1f"
		"1\x1e"
		"2\x1f"
		"B\xc3\xa9"
		"b\xc3\xa9 {a}"); /* it is UTF-8 */
	is(h, "call.page|sensor=bmz/1|app=espa|espa.function=call|espa.address=1|"
	      "message=B\xc3\xa9"
	      "b\xc3\xa9 {a};");
	heard_free(h);
	h = heard_new(WARD_ESPA_DIN_66003);
	call(h, "1",
		"1\x1f"
		"1\x1e"
		"2\x1f"
		"St|rung T}r [\\]{~");
	is(h, "call.page|sensor=bmz/1|app=espa|espa.function=call|espa.address=1|"
	      "message=St\xc3\xb6rung T\xc3\xbcr \xc3\x84\xc3\x96\xc3\x9c\xc3\xa4\xc3\x9f;");
	heard_free(h);
	assert_int_equal(ward_espa_charset_find(WARD_STR("din-66003")), WARD_ESPA_DIN_66003);
	assert_int_equal(ward_espa_charset_find(WARD_STR("koi8")), WARD_ESPA_CHARSETS);
}

/* What is out of the ordinary stays as it is. */
static void t_odd(void **state)
{
	struct heard *h = heard_new(WARD_ESPA_LATIN_1);

	(void)state;
	call(h, "1",
		"1\x1f"
		"1\x1e"
		"3\x1f"
		"x\x1e"
		"4\x1f"
		"9\x1e"
		"5\x1f"
		"12345678901\x1e"
		"6\x1f"
		"0\x1e"
		"17\x1f"
		"own");
	is(h, "call.page|sensor=bmz/1|app=espa|espa.function=call|espa.address=1|espa.beeps=x|"
	      "espa.type=9|espa.times=12345678901|espa.priority=0;");
	assert_int_equal(n(h, "espa.odd.record"), 1);
	heard_free(h);
}

/* Each reason, each told apart. */
static void t_rejects(void **state)
{
	static const struct {
		enum ward_espa_reject why;
		const char *header, *records;
	} bad[] = {{WARD_ESPA_REJECT_HEADER, "7",
			   "1\x1f"
			   "1"},
		{WARD_ESPA_REJECT_HEADER, "",
			"1\x1f"
			"1"},
		{WARD_ESPA_REJECT_RECORD, "1", ""}, {WARD_ESPA_REJECT_RECORD, "1", "4711"},
		{WARD_ESPA_REJECT_RECORD, "1",
			"x\x1f"
			"1"},
		{WARD_ESPA_REJECT_RECORD, "1",
			"1\x1f"
			"1\x1e"},
		{WARD_ESPA_REJECT_TWICE, "1",
			"1\x1f"
			"1\x1e"
			"1\x1f"
			"2"},
		{WARD_ESPA_REJECT_ADDRESS, "1",
			"2\x1f"
			"text"},
		{WARD_ESPA_REJECT_ADDRESS, "1", "1\x1f  "},
		{WARD_ESPA_REJECT_LONG, "123456789",
			"1\x1f"
			"1"}};
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		struct heard *h = heard_new(WARD_ESPA_LATIN_1);
		const char *counter = ward_espa_reject_counter(bad[i].why);
		char text[128];

		call(h, bad[i].header, bad[i].records);
		(void)snprintf(text, sizeof(text),
			"field.refused|sensor=bmz|point=espa|reason=%s|lost=1;", counter);
		is(h, text);
		if (n(h, counter) != 1)
			fail_msg("case %zu: %s", i, counter);
		/* once a minute, with how many it were */
		call(h, bad[i].header, bad[i].records);
		is(h, "");
		struct ward_slice b = block(bad[i].header, bad[i].records);

		assert_int_equal(ward_espa_bytes(h->e, b, 61 * WARD_NS_PER_S), WARD_OK);
		(void)snprintf(text, sizeof(text),
			"field.refused|sensor=bmz|point=espa|reason=%s|lost=%d;", counter,
			(int)n(h, counter) - 1);
		is(h, text);
		heard_free(h);
	}
}

/* What is no block at all; the next call is read. */
static void t_broken(void **state)
{
	char longest[WARD_ESPA_BLOCK_MAX + 2];
	struct heard *h = heard_new(WARD_ESPA_LATIN_1);

	(void)state;
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = 0;
	feed(h, "\x01"
		"1\x02");
	feed(h, longest);
	assert_int_equal(n(h, "espa.reject.long"), 1);
	feed(h, "\x01"
		"1\x02"
		"1\x1f"
		"1\x03!"); /* the check */
	assert_int_equal(n(h, "espa.reject.check"), 1);
	feed(h, "\x01"
		"1\x05"
		"\x01"
		"1\x02"
		"1\x04"
		"\x01"
		"\x01"
		"1\x02\x02");
	assert_int_equal(n(h, "espa.reject.cut"), 4);
	uint64_t noise = n(h, "espa.noise");

	feed(h, "\x02\x03\x1e");
	assert_int_equal(n(h, "espa.noise"), noise + 3);
	is(h, "field.refused|sensor=bmz|point=espa|reason=espa.reject.long|lost=1;");
	call(h, "1",
		"1\x1f"
		"1");
	is(h, "call.page|sensor=bmz/1|app=espa|espa.function=call|espa.address=1;");
	feed(h, "\x01"
		"1");
	assert_int_equal(ward_espa_end(h->e, 100 * WARD_NS_PER_S), WARD_OK);
	assert_int_equal(n(h, "espa.reject.cut"), 5);
	is(h, "field.refused|sensor=bmz|point=espa|reason=espa.reject.cut|lost=6;");
	heard_free(h);
}

/* However the bytes come: every beginning says nothing, all of it one call. */
static void t_prefixes(void **state)
{
	struct ward_slice s = block("1", FIRE);

	(void)state;
	for (size_t cut = 0; cut <= s.len; cut++) {
		struct heard *h = heard_new(WARD_ESPA_LATIN_1);

		assert_int_equal(ward_espa_bytes(h->e, (struct ward_slice){s.p, cut}, 1), WARD_OK);
		is(h, cut == s.len ? FIRE_EVENT : "");
		assert_int_equal(
			ward_espa_bytes(h->e, (struct ward_slice){s.p + cut, s.len - cut}, 1),
			WARD_OK);
		is(h, cut == s.len ? "" : FIRE_EVENT);
		heard_free(h);
	}
}

static void tap_at(struct ward_tap *t, ward_ns seconds, const char *bytes)
{
	assert_int_equal(ward_tap_tick(t, seconds * WARD_NS_PER_S), WARD_OK);
	assert_int_equal(
		ward_tap_bytes(t, ward_str_bytes(ward_str_z(bytes)), seconds * WARD_NS_PER_S),
		WARD_OK);
}

/* On every line somebody polls: one that gives nothing is told, also one that never gave anything.
 */
static void t_silent(void **state)
{
	(void)state;
	for (int p = 0; p < WARD_TAP_N; p++) {
		struct heard *h = heard_new(WARD_ESPA_LATIN_1);
		const char *name = p == WARD_TAP_ESPA ? "espa" : "osdp";
		struct ward_tap_opts o = {.protocol = (enum ward_tap_protocol)p,
			.mem = ward_mem_heap(),
			.names = &h->names,
			.counters = &h->counters,
			.sink = {hear, h},
			.line = WARD_STR("bmz"),
			.silent = 60 * WARD_NS_PER_S};
		struct ward_tap *t;
		char text[200];

		assert_int_equal(ward_tap_find(ward_str_z(name)), p);
		assert_int_equal(ward_tap_new(&o, &t), WARD_OK);
		tap_at(t, 500, "");
		tap_at(t, 560, "");
		is(h, "");
		tap_at(t, 561, "");
		tap_at(t, 562, "");
		(void)snprintf(text, sizeof(text),
			"field.silent|sensor=bmz|point=%s|duration_ns=61000000000;", name);
		is(h, text);
		tap_at(t, 600, "1\x05");
		(void)snprintf(text, sizeof(text),
			"field.online|sensor=bmz|point=%s|duration_ns=100000000000;", name);
		is(h, text);
		/* a connection that ended is no silence; a new one has its own time */
		assert_int_equal(ward_tap_end(t, 620 * WARD_NS_PER_S), WARD_OK);
		tap_at(t, 900, "");
		tap_at(t, 960, "");
		is(h, "");
		tap_at(t, 961, "");
		assert_non_null(strstr(h->text, "field.silent"));
		ward_tap_free(t);
		heard_free(h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_call),
		cmocka_unit_test(t_again),
		cmocka_unit_test(t_same_later),
		cmocka_unit_test(t_status),
		cmocka_unit_test(t_charsets),
		cmocka_unit_test(t_odd),
		cmocka_unit_test(t_rejects),
		cmocka_unit_test(t_broken),
		cmocka_unit_test(t_prefixes),
		cmocka_unit_test(t_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
