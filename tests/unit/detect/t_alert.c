#include "detect/alert.h"

#include "../model/lab.h"
#include "event/json.h"
#include "model/threat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

enum { SAID_MAX = 32 };

struct fix {
	struct lab lab;
	struct ward_names names;
	struct ward_json_reader reader;
	struct ward_arena arena;
	struct ward_alerts alerts;
	struct {
		struct ward_id id;
		uint32_t revision, asset, place, threat;
		bool withdrawn;
		enum ward_level level;
		ward_ns first, last;
		char rule[64], title[64], author[32], subject[32], match[256];
	} said[SAID_MAX];
	size_t n;
};

/* 2026-01-15T10:00:00Z */
#define NOW (1768471200 * WARD_NS_PER_S)

static const char more[] =
	"assets:\n"
	"  - {id: ehr, name: Server, class: device, room: or-1, keys: host:ehr,\n"
	"     mac: '02:00:00:00:00:09'}\n";

static int setup(void **state)
{
	struct fix *f = calloc(1, sizeof(*f));

	if (!f || lab_load(&f->lab, ward_mem_heap(), NULL, "x.yml", more) ||
		ward_names_init(&f->names, ward_mem_heap(), &f->lab.lim) ||
		ward_json_reader_init(&f->reader, &f->names, ward_mem_heap(), &f->lab.lim))
		return 1;
	ward_arena_init(&f->arena, ward_mem_heap(), 1 << 20);
	ward_alerts_init(&f->alerts, &f->names, f->lab.m, ward_model_threats(f->lab.m));
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fix *f = *state;

	ward_json_reader_fini(&f->reader);
	ward_names_fini(&f->names);
	ward_arena_fini(&f->arena);
	lab_free(&f->lab);
	free(f);
	return 0;
}

static void copy(char *to, size_t cap, struct ward_str s)
{
	struct ward_wr w = ward_wr_fixed(to, cap - 1);

	ward_wr_str(&w, s);
	assert_false(ward_wr_bad(&w));
	to[w.len] = 0;
}

static void sink(void *ctx, const struct ward_detection *d)
{
	struct fix *f = ctx;

	assert_in_range(f->n, 0, SAID_MAX - 1);
	f->said[f->n].id = d->id;
	f->said[f->n].revision = d->revision;
	f->said[f->n].withdrawn = d->withdrawn;
	f->said[f->n].level = d->level;
	f->said[f->n].asset = d->asset;
	f->said[f->n].place = d->place;
	f->said[f->n].threat = d->threat;
	f->said[f->n].first = d->first;
	f->said[f->n].last = d->last;
	copy(f->said[f->n].rule, sizeof(f->said[0].rule), d->rule);
	copy(f->said[f->n].title, sizeof(f->said[0].title), d->title);
	copy(f->said[f->n].author, sizeof(f->said[0].author), d->author);
	copy(f->said[f->n].subject, sizeof(f->said[0].subject), d->subject);
	struct ward_wr w = ward_wr_fixed(f->said[f->n].match, sizeof(f->said[0].match) - 1);

	for (size_t i = 0; i < d->n_match; i++)
		ward_wr_printf(&w, "%.*s=%.*s;", WARD_STR_ARG(d->match[i].field),
			WARD_STR_ARG(d->match[i].value));
	f->said[f->n].match[w.len] = 0;
	assert_int_equal(d->n_evidence, 1);
	f->n++;
}

/* One alert with these fields at NOW; how many detections it gives. */
static size_t feed(struct fix *f, const char *class, const char *fields)
{
	struct ward_event e;

	f->n = 0;
	ward_arena_reset(&f->arena);
	assert_int_equal(
		ward_json_read_event(&f->reader, ward_str_z(fields), &f->arena, &e), WARD_OK);
	e.class = ward_name(&f->names, ward_str_z(class));
	e.time = e.seen = NOW;
	e.id.b[0] = (uint8_t)fields[2];
	assert_int_equal(ward_alerts_event(&f->alerts, &e, NOW, sink, f), WARD_OK);
	return f->n;
}

static size_t alert(struct fix *f, const char *fields)
{
	return feed(f, "log.alert", fields);
}

static void names(void **state)
{
	struct fix *f = *state;

	assert_int_equal(
		alert(f, "{\"alert.level\":\"High\",\"alert.id\":77,\"alert.rule\":4711,"
			 "\"alert.name\":\"It burns\",\"alert.product\":\"Acme EDR\","
			 "\"alert.url\":\"https://acme.example/77\","
			 "\"log.pattern\":\"acme.alert\",\"host\":\"EHR.hospital.example\","
			 "\"ward.asset\":\"ehr\",\"alert.attack\":[\"x\",\"T0855\"]}"),
		1);
	assert_int_equal(f->said[0].level, WARD_LEVEL_HIGH);
	assert_string_equal(f->said[0].rule, "acme:4711");
	assert_string_equal(f->said[0].title, "Acme EDR: It burns");
	assert_string_equal(f->said[0].author, "Acme EDR");
	assert_string_equal(f->said[0].subject, "");
	assert_string_equal(f->said[0].match, "alert.id=77;alert.url=https://acme.example/77;");
	assert_int_equal(f->said[0].asset, lab_node(&f->lab, "ehr"));
	assert_int_equal(f->said[0].place, lab_node(&f->lab, "or-1"));
	assert_int_equal(f->said[0].threat,
		ward_threats_find(ward_model_threats(f->lab.m), WARD_STR("bms.command")));
	assert_int_equal(f->said[0].revision, 1);
	assert_int_equal(f->said[0].first, NOW);
	/* without a name the rule is the title; without a product the pattern's source */
	assert_int_equal(alert(f, "{\"alert.level\":\"low\",\"alert.rule\":\"r\","
				  "\"log.pattern\":\"acme.alert\",\"host\":\"x\"}"),
		1);
	assert_string_equal(f->said[0].title, "acme: r");
	assert_string_equal(f->said[0].subject, "x");
	assert_int_equal(f->said[0].asset, WARD_NONE);
	assert_int_equal(f->said[0].threat, WARD_NONE);
}

static void no_detection(void **state)
{
	struct fix *f = *state;

	assert_int_equal(feed(f, "log.json", "{\"alert.level\":\"high\"}"), 0);
	assert_int_equal(f->alerts.count.n_unread, 0);
	assert_int_equal(alert(f, "{\"alert.level\":\"informational\",\"host\":\"ehr\"}"), 0);
	assert_int_equal(alert(f, "{\"alert.level\":\"grave\"}"), 0);
	assert_int_equal(alert(f, "{\"alert.name\":\"x\"}"), 0);
	assert_int_equal(alert(f, "{\"alert.level\":\"high\",\"alert.id\":[1,2]}"), 0);
	assert_int_equal(f->alerts.count.n_unread, 3);
	assert_int_equal(alert(f, "{\"alert.level\":\"high\","
				  "\"alert.created\":\"2026-01-14T09:59:59Z\"}"),
		0);
	assert_int_equal(f->alerts.count.n_old, 1);
	assert_int_equal(alert(f, "{\"alert.level\":\"high\","
				  "\"alert.created\":\"2026-01-14T10:00:00Z\"}"),
		1);
	assert_int_equal(f->alerts.count.n_taken, 1);
	assert_int_equal(f->alerts.count.n_unplaced, 1);
}

#define ONE "{\"alert.level\":\"high\",\"alert.product\":\"A\",\"alert.id\":\"7\",\"host\":\"x\","
#define BORN "\"alert.created\":\"2026-01-15T09:00:00Z\","

/* The same alert again is the same detection; a later word has a higher number, whatever came
 * first. */
static void updates(void **state)
{
	struct fix *f = *state;
	static const struct {
		const char *fields;
		uint32_t revision;
		bool withdrawn;
	} told[] = {
		{ONE BORN "\"alert.updated\":\"2026-01-15T09:00:00Z\"}", 1, false},
		{ONE BORN "\"alert.updated\":\"2026-01-15T09:00:01Z\",\"alert.status\":\"new\"}",
			41, false},
		{ONE BORN "\"alert.updated\":\"2026-01-15T09:00:01Z\",\"alert.status\":\"active\"}",
			42, false},
		{ONE BORN "\"alert.updated\":\"2026-01-15T09:10:00Z\",\"alert.status\":\"closed\","
			  "\"alert.verdict\":\"true\"}",
			24003, false},
		{ONE BORN "\"alert.updated\":\"2026-01-15T09:10:00Z\",\"alert.status\":\"closed\","
			  "\"alert.verdict\":\"false\"}",
			24003, true},
		{ONE BORN
			"\"alert.updated\":\"2026-01-15T08:00:00Z\",\"alert.verdict\":\"benign\"}",
			1, true},
		{ONE "\"alert.status\":\"closed\"}", 3, false},
		/* no centuries of revisions */
		{ONE BORN "\"alert.updated\":\"2126-01-15T09:00:00Z\"}", UINT32_MAX, false},
	};
	struct ward_id id = {0};

	for (size_t i = 0; i < WARD_ARRAY_LEN(told); i++) {
		assert_int_equal(alert(f, told[i].fields), 1);
		if (i == 0)
			id = f->said[0].id;
		assert_true(ward_id_eq(id, f->said[0].id));
		assert_int_equal(f->said[0].revision, told[i].revision);
		assert_int_equal(f->said[0].withdrawn, told[i].withdrawn);
	}
	assert_int_equal(alert(f, "{\"alert.level\":\"high\",\"alert.product\":\"B\","
				  "\"alert.id\":\"7\",\"host\":\"x\"}"),
		1);
	assert_false(ward_id_eq(id, f->said[0].id));
	/* what was more than a note before is taken back */
	assert_int_equal(alert(f, "{\"alert.level\":\"informational\",\"alert.product\":\"A\","
				  "\"alert.id\":\"7\",\"host\":\"x\",\"alert.status\":\"active\"}"),
		1);
	assert_true(f->said[0].withdrawn);
	assert_true(ward_id_eq(id, f->said[0].id));
}

static void without_id(void **state)
{
	struct fix *f = *state;

	assert_int_equal(alert(f, "{\"alert.level\":\"high\"}"), 1);
	struct ward_id id = f->said[0].id;

	assert_int_equal(alert(f, "{ \"alert.level\":\"high\"}"), 1);
	assert_false(ward_id_eq(id, f->said[0].id)); /* another record, another alert */
}

static void times(void **state)
{
	struct fix *f = *state;

	assert_int_equal(alert(f, "{\"alert.level\":\"high\","
				  "\"alert.first\":\"2026-01-15T09:00:00Z\","
				  "\"alert.last\":\"2026-01-15T09:30:00Z\"}"),
		1);
	assert_int_equal(f->said[0].first, NOW - 3600 * WARD_NS_PER_S);
	assert_int_equal(f->said[0].last, NOW - 1800 * WARD_NS_PER_S);
	/* neither in the future nor longer ago than a day, and in order */
	assert_int_equal(alert(f, "{\"alert.level\":\"high\","
				  "\"alert.first\":\"2026-01-16T09:00:00Z\","
				  "\"alert.last\":\"2026-01-17T09:30:00Z\"}"),
		1);
	assert_int_equal(f->said[0].first, NOW);
	assert_int_equal(f->said[0].last, NOW);
	assert_int_equal(alert(f, "{\"alert.level\":\"high\","
				  "\"alert.first\":\"2020-01-01T00:00:00Z\","
				  "\"alert.last\":\"2019-01-01T00:00:00Z\"}"),
		1);
	assert_int_equal(f->said[0].first, NOW - WARD_ALERT_BACK);
	assert_int_equal(f->said[0].last, NOW - WARD_ALERT_BACK);
	assert_int_equal(alert(f, "{\"alert.level\":\"high\",\"alert.first\":\"yesterday\"}"), 1);
	assert_int_equal(f->said[0].first, NOW);
}

static void assets(void **state)
{
	struct fix *f = *state;

	/* by name, address and hardware address, each once; who is not ours is no asset */
	assert_int_equal(alert(f, "{\"alert.level\":\"high\",\"alert.hosts\":[\"ehr.a.example\","
				  "\"10.1.0.5\",\"AHU-ONE\",\"198.51.100.1\","
				  "\"02:00:00:00:00:09\"],\"ward.asset\":\"ahu-2\"}"),
		2);
	assert_int_equal(f->said[0].asset, lab_node(&f->lab, "ehr"));
	assert_int_equal(f->said[1].asset, lab_node(&f->lab, "ahu-1"));
	assert_false(ward_id_eq(f->said[0].id, f->said[1].id));
	assert_int_equal(alert(f, "{\"alert.level\":\"high\",\"alert.hosts\":\"nobody\","
				  "\"ward.asset\":\"ahu-2\",\"ward.peer_asset\":\"ahu-1\"}"),
		1);
	assert_int_equal(f->said[0].asset, lab_node(&f->lab, "ahu-2"));
	/* the side that is ours; who it was is the subject */
	assert_int_equal(alert(f, "{\"alert.level\":\"high\",\"src_ip\":\"198.51.100.1\","
				  "\"ward.peer_asset\":\"ahu-1\"}"),
		1);
	assert_int_equal(f->said[0].asset, lab_node(&f->lab, "ahu-1"));
	assert_string_equal(f->said[0].subject, "198.51.100.1");
	assert_int_equal(alert(f, "{\"alert.level\":\"high\",\"alert.hosts\":[\"nobody\",\"b\"],"
				  "\"ward.network\":\"n-bms\"}"),
		1);
	assert_int_equal(f->said[0].asset, WARD_NONE);
	assert_int_equal(f->said[0].place, lab_node(&f->lab, "n-bms"));
	assert_string_equal(f->said[0].subject, "nobody");
	/* what is no host is named as the directory does */
	assert_int_equal(alert(f, "{\"alert.level\":\"high\",\"alert.place\":\"b\"}"), 1);
	assert_int_equal(f->said[0].asset, lab_node(&f->lab, "b"));
}

static void threats(void **state)
{
	struct fix *f = *state;
	const struct ward_threats *t = ward_model_threats(f->lab.m);
	static const struct {
		const char *fields, *code;
	} cases[] = {
		{"{\"alert.level\":\"low\",\"alert.attack\":\"[\\\"T9999\\\", "
		 "\\\"T0855.001\\\"]\"}",
			"bms.command"},
		{"{\"alert.level\":\"low\",\"alert.attack\":\"T1059 - Command\"}", "bms.discovery"},
		{"{\"alert.level\":\"low\",\"alert.attack\":\"t1059.001\"}", "bms.command"},
		{"{\"alert.level\":\"low\",\"alert.threat\":\"outage\",\"alert.attack\":\"T1059\"}",
			"outage"},
		{"{\"alert.level\":\"low\",\"alert.threat\":\"no.such\",\"alert.attack\":"
		 "\"T1059\"}",
			"bms.discovery"},
		{"{\"alert.level\":\"low\",\"alert.attack\":\"T105\"}", NULL},
		{"{\"alert.level\":\"low\",\"alert.attack\":[null,7,[]]}", NULL},
	};

	for (size_t i = 0; i < WARD_ARRAY_LEN(cases); i++) {
		assert_int_equal(alert(f, cases[i].fields), 1);
		assert_int_equal(f->said[0].threat,
			cases[i].code ? ward_threats_find(t, ward_str_z(cases[i].code))
				      : WARD_NONE);
	}
}

/* Without a hospital there is a detection nevertheless. */
static void no_model(void **state)
{
	struct fix *f = *state;

	ward_alerts_init(&f->alerts, &f->names, NULL, NULL);
	assert_int_equal(alert(f, "{\"alert.level\":\"high\",\"alert.hosts\":[\"ehr\"],"
				  "\"ward.asset\":\"ehr\",\"alert.attack\":\"T1059\"}"),
		1);
	assert_int_equal(f->said[0].asset, WARD_NONE);
	assert_string_equal(f->said[0].subject, "ehr");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names, setup, teardown),
		cmocka_unit_test_setup_teardown(no_detection, setup, teardown),
		cmocka_unit_test_setup_teardown(updates, setup, teardown),
		cmocka_unit_test_setup_teardown(without_id, setup, teardown),
		cmocka_unit_test_setup_teardown(times, setup, teardown),
		cmocka_unit_test_setup_teardown(assets, setup, teardown),
		cmocka_unit_test_setup_teardown(threats, setup, teardown),
		cmocka_unit_test_setup_teardown(no_model, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
