#include "sense/field/field.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct house {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_field_sensor *f;
	char got[2048]; /* "class(lost=…,state=…) …" of the last message */
	ward_ns now;
	struct ward_id id; /* of the last event */
};

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	struct house *h = ctx;
	size_t n = strlen(h->got);
	struct ward_str class = ward_name_text(&h->names, e->class);
	struct ward_str state = ward_event_str(e, WARD_FIELD_STATE);
	struct ward_str reason = ward_event_str(e, WARD_FIELD_REASON);
	const struct ward_value *lost = ward_event_get(e, WARD_FIELD_LOST);

	snprintf(h->got + n, sizeof(h->got) - n, "%s%.*s", n ? " " : "", WARD_STR_ARG(class));
	n = strlen(h->got);
	if (state.len)
		snprintf(h->got + n, sizeof(h->got) - n, "(%.*s)", WARD_STR_ARG(state));
	else if (lost)
		snprintf(h->got + n, sizeof(h->got) - n, "(%lld)", (long long)lost->i);
	else if (reason.len)
		snprintf(h->got + n, sizeof(h->got) - n, "(%.*s)", WARD_STR_ARG(reason));
	h->id = e->id;
	return WARD_OK;
}

static void init(struct house *h)
{
	*h = (struct house){.now = 1000 * WARD_NS_PER_S};
	ward_limits_default(&h->lim);
	h->lim.v[WARD_LIMIT_FIELD_SENSORS] = 16;
	ward_counters_init(&h->counters);
	assert_int_equal(ward_names_init(&h->names, ward_mem_heap(), &h->lim), WARD_OK);
	struct ward_field_opts o = {.mem = ward_mem_heap(),
		.lim = &h->lim,
		.names = &h->names,
		.counters = &h->counters,
		.sink = {put, h}};

	assert_int_equal(ward_field_new(&o, &h->f), WARD_OK);
}

static void fini(struct house *h)
{
	ward_field_free(h->f);
	ward_names_fini(&h->names);
}

typedef enum ward_err (*hear_fn)(
	struct ward_field_sensor *f, struct ward_str topic, struct ward_slice payload, ward_ns now);

static void send_by(
	struct house *h, hear_fn hear, const char *topic, const char *payload, const char *want)
{
	size_t len = strlen(payload);
	uint8_t *p = malloc(len ? len : 1);

	memcpy(p, payload, len);
	h->got[0] = 0;
	assert_int_equal(hear(h->f, ward_str_z(topic), ward_slice_of(p, len), h->now), WARD_OK);
	free(p);
	if (strcmp(h->got, want) != 0)
		fail_msg("%s %s gave '%s', not '%s'", topic, payload, h->got, want);
}

static void send_to(struct house *h, const char *topic, const char *payload, const char *want)
{
	send_by(h, ward_field_message, topic, payload, want);
}

static void send_again(struct house *h, const char *topic, const char *payload, const char *want)
{
	send_by(h, ward_field_message_again, topic, payload, want);
}

#define DOOR "ward/v1/turin/door/d-1"
#define TEMP "ward/v1/turin/temperature/t-1"

static void test_door(void **state)
{
	struct house h;

	(void)state;
	init(&h);
	send_to(&h, DOOR, "{\"boot\":\"a\",\"seq\":7,\"state\":\"closed\"}",
		"field.online door.closed(closed)");
	send_to(&h, DOOR, "{\"boot\":\"a\",\"seq\":8,\"state\":\"closed\"}", "field.point(closed)");
	send_to(&h, DOOR, "{\"boot\":\"a\",\"seq\":8,\"state\":\"closed\"}", "");
	/* Each badge is news. */
	send_to(&h, DOOR, "{\"boot\":\"a\",\"seq\":9,\"state\":\"granted\",\"badge\":\"1\"}",
		"door.granted(granted)");
	send_to(&h, DOOR, "{\"boot\":\"a\",\"seq\":10,\"state\":\"granted\",\"badge\":\"1\"}",
		"door.granted(granted)");
	struct ward_id id = h.id;

	send_to(&h, DOOR, "{\"boot\":\"a\",\"seq\":14,\"state\":\"forced\"}",
		"source.gap(3) door.forced(forced)");
	/* One that comes late is news when it is a moment, and no gap. */
	send_to(&h, DOOR, "{\"boot\":\"a\",\"seq\":12,\"state\":\"denied\"}",
		"door.denied(denied)");
	send_to(&h, DOOR, "{\"boot\":\"a\",\"seq\":12,\"state\":\"denied\"}", "");
	/* A boot counts from 0. */
	send_to(&h, DOOR, "{\"boot\":\"b\",\"seq\":2,\"state\":\"closed\"}",
		"source.restart source.gap(2) door.closed(closed)");
	send_to(&h, DOOR, "{\"boot\":\"b\",\"state\":\"offline\"}", "field.offline(offline)");
	send_to(&h, DOOR, "{\"boot\":\"b\",\"state\":\"offline\"}", "");
	send_to(&h, DOOR, "{\"boot\":\"b\",\"seq\":3,\"state\":\"closed\"}",
		"field.online field.point(closed)");
	assert_int_equal(ward_counter_get(&h.counters, "field.lost"), 5);
	fini(&h);
	/* Another process gives the same message the same identity. */
	init(&h);
	h.now *= 2;
	send_to(&h, DOOR, "{\"boot\":\"a\",\"seq\":10,\"state\":\"granted\",\"badge\":\"1\"}",
		"field.online door.granted(granted)");
	assert_true(ward_id_eq(id, h.id));
	fini(&h);
}

static void test_silence(void **state)
{
	struct house h;

	(void)state;
	init(&h);
	send_to(&h, TEMP, "{\"boot\":\"a\",\"seq\":0,\"value\":21.5,\"heartbeat_s\":10}",
		"field.online field.point");
	h.got[0] = 0;
	h.now += 15 * WARD_NS_PER_S;
	assert_int_equal(ward_field_tick(h.f, h.now), WARD_OK);
	assert_string_equal(h.got, "");
	h.now += 1;
	assert_int_equal(ward_field_tick(h.f, h.now), WARD_OK);
	assert_int_equal(ward_field_tick(h.f, h.now), WARD_OK);
	assert_string_equal(h.got, "field.silent");
	send_to(&h, TEMP,
		"{\"boot\":\"a\",\"seq\":1,\"value\":30,\"unit\":\"Cel\",\"state\":\"high\"}",
		"field.online env.temperature(high)");
	fini(&h);
}

static const struct {
	const char *topic, *payload;
	enum ward_field_reject why;
} bad[] = {
	{"ward/v1/turin/door", "{}", WARD_FIELD_REJECT_TOPIC},
	{"ward/v2/turin/door/d", "{}", WARD_FIELD_REJECT_TOPIC},
	{"ward/v1/turin/door/d/e", "{}", WARD_FIELD_REJECT_TOPIC},
	{"ward/v1//door/d", "{}", WARD_FIELD_REJECT_TOPIC},
	{"ward/v1/turin/oven/d", "{}", WARD_FIELD_REJECT_KIND},
	{DOOR, "", WARD_FIELD_REJECT_JSON},
	{DOOR, "[1]", WARD_FIELD_REJECT_JSON},
	{DOOR, "{\"seq\":1,\"state\":\"closed\"}", WARD_FIELD_REJECT_BOOT},
	{DOOR, "{\"boot\":1,\"seq\":1,\"state\":\"closed\"}", WARD_FIELD_REJECT_BOOT},
	{DOOR, "{\"boot\":\"a\",\"state\":\"closed\"}", WARD_FIELD_REJECT_SEQ},
	{DOOR, "{\"boot\":\"a\",\"seq\":-1,\"state\":\"closed\"}", WARD_FIELD_REJECT_SEQ},
	{DOOR, "{\"boot\":\"a\",\"seq\":1.0,\"state\":\"closed\"}", WARD_FIELD_REJECT_SEQ},
	{DOOR, "{\"boot\":\"a\",\"seq\":1,\"state\":\"closed\",\"time\":1}",
		WARD_FIELD_REJECT_TIME},
	{DOOR, "{\"boot\":\"a\",\"seq\":1}", WARD_FIELD_REJECT_STATE},
	{DOOR, "{\"boot\":\"a\",\"seq\":1,\"state\":\"ajar\"}", WARD_FIELD_REJECT_STATE},
	{DOOR, "{\"boot\":\"a\",\"seq\":1,\"state\":1}", WARD_FIELD_REJECT_STATE},
	{DOOR, "{\"boot\":\"a\",\"seq\":1,\"state\":\"closed\",\"value\":1}",
		WARD_FIELD_REJECT_VALUE},
	{TEMP, "{\"boot\":\"a\",\"seq\":1}", WARD_FIELD_REJECT_VALUE},
	{TEMP, "{\"boot\":\"a\",\"seq\":1,\"value\":\"21\"}", WARD_FIELD_REJECT_VALUE},
	{TEMP, "{\"boot\":\"a\",\"seq\":1,\"value\":21,\"unit\":\"F\"}", WARD_FIELD_REJECT_UNIT},
	{TEMP, "{\"boot\":\"a\",\"seq\":1,\"value\":21,\"heartbeat_s\":0}",
		WARD_FIELD_REJECT_HEARTBEAT},
	{DOOR, "{\"boot\":\"a\",\"seq\":1,\"state\":\"closed\",\"badge\":7}",
		WARD_FIELD_REJECT_TEXT},
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		struct house h;
		const char *counter = ward_field_reject_counter(bad[i].why);
		char want[128];

		init(&h);
		send_to(&h, bad[i].topic, bad[i].payload, "field.refused(1)");
		assert_int_equal(ward_counter_get(&h.counters, counter), 1);
		/* Told once a minute, with how many it were. */
		send_to(&h, bad[i].topic, bad[i].payload, "");
		h.now += 60 * WARD_NS_PER_S;
		snprintf(want, sizeof(want), "field.refused(2)");
		send_to(&h, bad[i].topic, bad[i].payload, want);
		assert_int_equal(ward_counter_get(&h.counters, counter), 3);
		fini(&h);
	}
}

static void test_limits(void **state)
{
	struct house h;
	char topic[64], big[8192];

	(void)state;
	init(&h);
	for (int i = 0; i < 16; i++) {
		snprintf(topic, sizeof(topic), "ward/v1/s/door/d%d", i);
		send_to(&h, topic, "{\"boot\":\"a\",\"seq\":0,\"state\":\"closed\"}",
			"field.online door.closed(closed)");
	}
	send_to(&h, DOOR, "{}", "field.refused(1)");
	assert_int_equal(ward_counter_get(&h.counters, "field.reject.sensors"), 1);
	memset(big, ' ', sizeof(big));
	big[sizeof(big) - 1] = 0;
	send_to(&h, topic, big, "field.refused(1)");
	assert_int_equal(ward_counter_get(&h.counters, "field.reject.size"), 1);
	send_to(&h, topic, "{\"boot\":\"a\",\"seq\":1,\"state\":\"closed\",\"x\":{\"y\":1}}",
		"field.point(closed)");
	assert_int_equal(ward_counter_get(&h.counters, "field.odd.member"), 1);
	fini(&h);
}

/* What a second life of the process says about messages of the first. */
static void test_restart(void **state)
{
	static const char first[] = "{\"boot\":\"a\",\"seq\":4,\"state\":\"closed\"}";
	static const char later[] = "{\"boot\":\"a\",\"seq\":7,\"state\":\"closed\"}";
	struct house h;

	(void)state;
	init(&h);
	/* 5 and 6 may have come to the former life; from the first new one on, gaps are gaps */
	send_again(&h, DOOR, first, "field.online door.closed(closed)");
	send_to(&h, DOOR, later, "field.point(closed)");
	assert_int_equal(ward_counter_get(&h.counters, "field.unsure"), 2);
	assert_int_equal(ward_counter_get(&h.counters, "field.lost"), 0);
	send_to(&h, DOOR, "{\"boot\":\"a\",\"seq\":9,\"state\":\"closed\"}",
		"source.gap(1) field.point(closed)");
	fini(&h);
	/* one that is new: the next gap is one */
	init(&h);
	send_to(&h, DOOR, first, "field.online door.closed(closed)");
	send_again(&h, DOOR, later, "source.gap(2) field.point(closed)");
	fini(&h);
}

static void test_offline(void **state)
{
	static const char with[] = "{\"boot\":\"a\",\"seq\":5,\"state\":\"offline\"}";
	static const char without[] = "{\"boot\":\"a\",\"state\":\"offline\"}";
	struct house h;
	struct ward_id id;

	(void)state;
	init(&h);
	/* of one that was never heard: a former life may not have told */
	send_to(&h, DOOR, with, "field.offline(offline)");
	id = h.id;
	send_to(&h, DOOR, with, "");
	send_to(&h, TEMP, "{\"boot\":\"a\",\"seq\":-1,\"state\":\"offline\"}", "field.refused(1)");
	fini(&h);
	/* in another life, later: the same event, but without a number another one */
	init(&h);
	h.now *= 2;
	send_to(&h, DOOR, with, "field.offline(offline)");
	assert_true(ward_id_eq(id, h.id));
	send_to(&h, TEMP, without, "field.offline(offline)");
	id = h.id;
	fini(&h);
	init(&h);
	send_to(&h, TEMP, without, "field.offline(offline)");
	assert_false(ward_id_eq(id, h.id));
	fini(&h);
}

/* docs/mqtt.md has a row for each kind, and no other. */
static void test_documented(void **state)
{
	static char doc[65536];
	const char *root = getenv("WARD_SOURCE_ROOT"), *kind, *unit;
	char path[4096], states[512], row[1024];
	bool value;
	size_t n = 0, rows = 0;

	(void)state;
	assert_non_null(root);
	snprintf(path, sizeof(path), "%s/docs/mqtt.md", root);
	FILE *f = fopen(path, "re");

	assert_non_null(f);
	doc[fread(doc, 1, sizeof(doc) - 1, f)] = 0;
	fclose(f);
	for (;; n++) {
		struct ward_wr w = ward_wr_fixed(states, sizeof(states));

		if (!ward_field_kind_at(n, &kind, &unit, &value, &w))
			break;
		snprintf(row, sizeof(row), "| %s | %s | %s | %.*s |\n", kind, unit ? unit : "–",
			value ? "yes" : "no", WARD_STR_ARG(ward_wr_text(&w)));
		if (!strstr(doc, row))
			fail_msg("docs/mqtt.md has no %s", row);
	}
	for (const char *p = doc; (p = strstr(p, "| yes |")) != NULL; p++)
		rows++;
	for (const char *p = doc; (p = strstr(p, "| no |")) != NULL; p++)
		rows++;
	assert_int_equal(rows, n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_door),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_offline),
		cmocka_unit_test(test_documented),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
