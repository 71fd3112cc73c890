/* Clocks of the law out of the content's rules, what is on record, and what people said. */
#include "law/law.h"

#include "story/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ARENA = 64 << 20, H = 3600 };

struct fix {
	struct ward_law law;
	struct ward_law_case c;
	struct ward_law_record r;
	struct ward_law_clock clock[WARD_LAW_RULES];
	struct ward_arena a;
	struct ward_limits lim;
	ward_ns now;
};

static ward_ns at(const char *text)
{
	ward_ns t;

	assert_int_equal(ward_time_parse(ward_str_z(text), &t), WARD_OK);
	return t;
}

static const char *first(const struct ward_diag *d)
{
	static char text[300];

	(void)snprintf(text, sizeof(text), "%.*s", d->n ? (int)d->item[0].what.len : 0,
		d->n ? d->item[0].what.p : "");
	return text;
}

static void load(struct fix *x, const char *country)
{
	char dir[4096];
	struct ward_diag d;

	(void)snprintf(dir, sizeof(dir), "%s/content/law", getenv("WARD_SOURCE_ROOT"));
	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err = ward_law_load(
		dir, "/nonexistent", ward_str_z(country), &x->a, &x->lim, &d, &x->law);

	if (err)
		fail_msg("%s: %d: %s", country, (int)err, first(&d));
	ward_diag_fini(&d);
}

static int begin(void **state)
{
	static struct fix x;

	x = (struct fix){.now = at("2026-05-04T08:00:00Z")};
	ward_limits_default(&x.lim);
	ward_arena_init(&x.a, ward_mem_heap(), ARENA);
	ward_law_case_init(&x.c, ward_mem_heap());
	x.r = (struct ward_law_record){
		.event = at("2026-05-04T03:00:00Z"), .detected = at("2026-05-04T03:10:00Z")};
	if (ward_zone_use(WARD_STR("Europe/Rome")) != WARD_OK)
		return 1;
	*state = &x;
	return 0;
}

static int end(void **state)
{
	struct fix *x = *state;

	ward_law_case_fini(&x->c);
	ward_arena_fini(&x->a);
	return 0;
}

static enum ward_err say(struct fix *x, const char *time, const char *args)
{
	char json[1024];
	const struct ward_conf *row;
	struct ward_diag d;

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"decision\",\"what\":\"law\",\"time\":\"%s\",\"person\":\"marco\","
		"\"role\":"
		"\"dpo\",\"text\":\"because\",\"args\":%s,\"taken\":true}",
		time, args);
	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(ward_conf_json(&x->a, &x->lim, WARD_STR("row"), 1,
				 ward_str_bytes(ward_str_z(json)), &d, &row),
		WARD_OK);
	ward_diag_fini(&d);
	return ward_law_take(&x->c, &x->law, row);
}

/* The same with a text of its own. */
static void writes(struct fix *x, const char *time, const char *args, const char *text)
{
	char json[1024];
	const struct ward_conf *row;
	struct ward_diag d;

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"decision\",\"what\":\"law\",\"time\":\"%s\",\"person\":\"marco\","
		"\"role\":"
		"\"dpo\",\"text\":\"%s\",\"args\":%s,\"taken\":true}",
		time, text, args);
	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(ward_conf_json(&x->a, &x->lim, WARD_STR("row"), 1,
				 ward_str_bytes(ward_str_z(json)), &d, &row),
		WARD_OK);
	ward_diag_fini(&d);
	assert_int_equal(ward_law_take(&x->c, &x->law, row), WARD_OK);
}

static void said(struct fix *x, const char *time, const char *args)
{
	assert_int_equal(say(x, time, args), WARD_OK);
}

static const struct ward_law_clock *clock_of(struct fix *x, const char *id)
{
	size_t n = ward_law_clocks(&x->law, &x->c, &x->r, x->now, x->clock);

	for (size_t i = 0; i < n; i++)
		if (ward_str_eqz(x->clock[i].rule->id, id))
			return &x->clock[i];
	return NULL;
}

static void is(struct fix *x, const char *id, const char *state, const char *due)
{
	const struct ward_law_clock *k = clock_of(x, id);

	assert_non_null(k);
	if (strcmp(ward_law_state_name(k->state), state) != 0)
		fail_msg("%s: %s, not %s", id, ward_law_state_name(k->state), state);
	if ((due ? at(due) : WARD_NS_NEVER) != k->due)
		fail_msg("%s is due at %lld", id, (long long)k->due);
}

static void t_story(void **state)
{
	struct fix *x = *state;

	load(x, "");
	/* nothing is known: it hangs on answers */
	is(x, "N24", "asks", NULL);
	is(x, "G33", "asks", NULL);
	/* care is hit, says the record: likely, and when it would end at worst */
	x->r.seen[WARD_LAW_SEEN_CARE] = true;
	is(x, "N24", "waits", NULL);
	assert_int_equal(clock_of(x, "N24")->is, WARD_LAW_LIKELY);
	assert_true(clock_of(x, "N24")->worst == at("2026-05-05T03:10:00Z"));
	is(x, "G33", "asks", NULL);
	/* somebody is certain, since an hour before */
	said(x, "2026-05-04T05:00:00Z", "{\"say\":\"aware\",\"time\":\"2026-05-04T04:00:00Z\"}");
	is(x, "N24", "runs", "2026-05-05T04:00:00Z");
	is(x, "N72", "runs", "2026-05-07T04:00:00Z");
	assert_int_equal(clock_of(x, "N24")->used, 166);
	is(x, "N1m", "waits", NULL);
	said(x, "2026-05-04T06:00:00Z",
		"{\"say\":\"fact\",\"of\":\"personal-data\",\"is\":\"yes\"}");
	is(x, "G33", "runs", "2026-05-07T04:00:00Z");
	is(x, "G33reg", "runs", NULL);
	/* not a risk to anybody: no notification, and yet an entry in the register */
	said(x, "2026-05-04T06:30:00Z", "{\"say\":\"fact\",\"of\":\"no-risk\",\"is\":\"yes\"}");
	is(x, "G33", "off", "2026-05-07T04:00:00Z");
	is(x, "G33reg", "runs", NULL);
	said(x, "2026-05-04T06:40:00Z", "{\"say\":\"fact\",\"of\":\"no-risk\",\"is\":\"unknown\"}");
	is(x, "G33", "runs", "2026-05-07T04:00:00Z");
	/* known earlier than was said: ends move, and what is over is late */
	said(x, "2026-05-04T07:00:00Z", "{\"say\":\"aware\",\"time\":\"2026-05-03T06:00:00Z\"}");
	is(x, "N24", "late", "2026-05-04T06:00:00Z");
	assert_int_equal(clock_of(x, "N24")->used, 1000);
	/* a month from when the notification was sent, not from when it was known */
	said(x, "2026-05-04T07:10:00Z",
		"{\"say\":\"sent\",\"of\":\"N72\",\"time\":\"2026-05-04T07:05:00Z\",\"number\":\"C-"
		"77\"}");
	is(x, "N72", "sent", "2026-05-06T06:00:00Z");
	assert_string_equal(clock_of(x, "N72")->said->number, "C-77");
	is(x, "N1m", "runs", "2026-06-04T07:05:00Z");
	/* sent by mistake: taken back, and again */
	said(x, "2026-05-04T07:11:00Z", "{\"say\":\"sent\",\"of\":\"N72\",\"is\":\"no\"}");
	is(x, "N72", "runs", "2026-05-06T06:00:00Z");
	is(x, "N1m", "waits", NULL);
	said(x, "2026-05-04T07:12:00Z", "{\"say\":\"sent\",\"of\":\"N72\"}");
	/* and something was said since */
	said(x, "2026-05-04T07:20:00Z", "{\"say\":\"fact\",\"of\":\"harmed\",\"is\":\"yes\"}");
	is(x, "N72", "changed", "2026-05-06T06:00:00Z");
	said(x, "2026-05-04T07:30:00Z", "{\"say\":\"waived\",\"of\":\"Nrec\"}");
	is(x, "Nrec", "waived", NULL);
	said(x, "2026-05-04T07:40:00Z", "{\"say\":\"waived\",\"of\":\"Nrec\",\"is\":\"no\"}");
	is(x, "Nrec", "asks", NULL);
	/* whoever answers the whole question overrules its parts */
	said(x, "2026-05-04T07:50:00Z", "{\"say\":\"fact\",\"of\":\"significant\",\"is\":\"no\"}");
	is(x, "N24", "off", "2026-05-04T06:00:00Z");
}

static void t_countries(void **state)
{
	struct fix *x = *state;

	load(x, "IT");
	x->r.seen[WARD_LAW_SEEN_CARE] = true;
	assert_null(clock_of(x, "N24"));
	is(x, "IT-N24", "waits", NULL);
	assert_true(ward_str_eqz(clock_of(x, "IT-N24")->rule->to, "CSIRT Italia (ACN)"));
	assert_true(ward_str_eqz(
		clock_of(x, "G33")->rule->to, "Garante per la protezione dei dati personali"));
	/* before the decree's time the directive's */
	x->r.event = at("2025-06-01T00:00:00Z");
	assert_null(clock_of(x, "IT-N24"));
	assert_non_null(clock_of(x, "N24"));
	/* before either */
	x->r.event = at("2017-06-01T00:00:00Z");
	assert_null(clock_of(x, "N24"));
	assert_null(clock_of(x, "G33"));
	x->r.event = at("2026-12-24T09:00:00Z");
	load(x, "NL");
	said(x, "2026-12-24T09:30:00Z",
		"{\"say\":\"fact\",\"of\":\"calamity\",\"is\":\"yes\",\"time\":\"2026-12-24T09:00:"
		"00Z\"}");
	x->now = at("2026-12-24T10:00:00Z");
	is(x, "NL-cal", "runs", "2026-12-30T09:00:00Z"); /* Christmas and a weekend between */
	load(x, "FR");
	assert_non_null(clock_of(x, "FR-SI"));
	load(x, "XX"); /* no file: the Union's alone */
	assert_non_null(clock_of(x, "N24"));
}

static void t_join(void **state)
{
	struct fix *x = *state;
	struct ward_law_case whole;

	load(x, "");
	said(x, "2026-05-04T06:00:00Z", "{\"say\":\"aware\",\"time\":\"2026-05-04T04:00:00Z\"}");
	said(x, "2026-05-04T06:00:00Z", "{\"say\":\"fact\",\"of\":\"harmed\",\"is\":\"yes\"}");
	struct ward_law_case part = x->c;

	ward_law_case_init(&x->c, ward_mem_heap());
	said(x, "2026-05-04T07:00:00Z", "{\"say\":\"aware\"}");
	said(x, "2026-05-04T07:00:00Z", "{\"say\":\"fact\",\"of\":\"harmed\",\"is\":\"no\"}");
	ward_law_case_init(&whole, ward_mem_heap());
	assert_int_equal(ward_law_join(&whole, &x->c), WARD_OK);
	assert_int_equal(ward_law_join(&whole, &part), WARD_OK);
	assert_true(
		ward_law_said(&whole, WARD_LAW_SAY_AWARE, 0)->time == at("2026-05-04T04:00:00Z"));
	size_t harmed = ward_law_fact_of(&x->law, WARD_STR("harmed"));

	assert_int_equal(ward_law_said(&whole, WARD_LAW_SAY_FACT, harmed)->is, WARD_LAW_NO);
	ward_law_case_fini(&whole);
	ward_law_case_fini(&part);
}

static void t_void(void **state)
{
	struct fix *x = *state;
	static const char *const bad[] = {"{}", "{\"say\":\"x\"}",
		"{\"say\":\"fact\",\"of\":\"nothing\",\"is\":\"yes\"}",
		"{\"say\":\"fact\",\"of\":\"harmed\",\"is\":\"likely\"}",
		"{\"say\":\"fact\",\"of\":\"harmed\"}", "{\"say\":\"sent\",\"of\":\"harmed\"}",
		"{\"say\":\"aware\",\"time\":\"yesterday\"}"};
	struct ward_decision d = {.kind = WARD_DECISION_LAW, .text = WARD_STR("why")};

	load(x, "");
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		assert_int_equal(say(x, "2026-05-04T07:00:00Z", bad[i]), WARD_ERR_STATE);
		d.args = ward_str_z(bad[i]);
		assert_non_null(ward_law_wrong(&d, &x->law, x->now, &x->lim, &x->a));
	}
	assert_int_equal(x->c.n, 0);
	d.args = WARD_STR("{\"say\":\"sent\",\"of\":\"G33\",\"time\":\"2026-05-04T07:59:00Z\"}");
	assert_null(ward_law_wrong(&d, &x->law, x->now, &x->lim, &x->a));
	d.text = WARD_STR(" ");
	assert_non_null(ward_law_wrong(&d, &x->law, x->now, &x->lim, &x->a));
	d.text = WARD_STR("why");
	d.args = WARD_STR("{\"say\":\"aware\",\"time\":\"2026-05-04T08:00:01Z\"}");
	assert_non_null(ward_law_wrong(&d, &x->law, x->now, &x->lim, &x->a));
	d.kind = WARD_DECISION_NOTE;
	assert_null(ward_law_wrong(&d, &x->law, x->now, &x->lim, &x->a));
}

static void finds(struct fix *x, const char *text, const char *what)
{
	const struct ward_law_file f = {WARD_STR("law.yml"), ward_str_bytes(ward_str_z(text))};
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err = ward_law_read(&f, 1, &x->a, &x->lim, &d, &x->law);

	if (what && (err != WARD_ERR_CONFIG || !d.n ||
			    ward_str_find(d.item[0].what, ward_str_z(what)) == SIZE_MAX))
		fail_msg("%s: %d: %s", text, (int)err, first(&d));
	if (!what && err)
		fail_msg("%s: %d: %s", text, (int)err, first(&d));
	ward_diag_fini(&d);
}

#define FACT                                                                                   \
	"facts: [{id: f, ask: F?}]\nrules: [{id: a, law: L, name: N, to: T, mark: confirmed, " \
	"when: f, clock: aware"

static void t_read(void **state)
{
	struct fix *x = *state;

	finds(x, FACT ", due: PT1H}]\n", NULL);
	finds(x, "", NULL);
	finds(x, FACT ", due: P1H}]\n", "no length of time");
	finds(x, FACT ", working: true, due: PT1H}]\n", "no length of time");
	finds(x, FACT ", from: soon}]\n", "no day");
	finds(x, FACT ", colour: red}]\n", "colour");
	finds(x, FACT ", unless: g}]\n", "no fact");
	finds(x, FACT ", replaces: b}]\n", "no rule");
	finds(x,
		FACT
		"}, {id: a, law: L, name: N, to: T, mark: confirmed, when: f, clock: aware}]\n",
		"a second rule");
	finds(x, "facts: [{id: f, ask: F?}, {id: f, ask: G?}]\n", "a second fact");
	finds(x, "facts: [{id: f, ask: F?, record: rumours}]\n", "the record does not tell");
	finds(x, "facts: [{id: 'f f', ask: F?}]\n", "not usable as an id");
	finds(x, "facts: [{id: f, ask: F?, any: f}]\n", "no fact");
	finds(x, "facts: {id: f}\n", "no list");
	finds(x, "facts: [f]\n", "no map in");
	finds(x, "holidays: [christmas]\n", "no holiday");
	finds(x, "rules: [{id: a, law: L, name: N, to: T, mark: confirmed, clock: aware}]\n",
		"nothing that brings about");
	finds(x,
		"facts: [{id: f, ask: F?}]\nrules: [{id: a, law: L, name: N, to: T, mark: sure, "
		"when: f, "
		"clock: aware}]\n",
		"how well the text is known");
	finds(x,
		"facts: [{id: f, ask: F?}]\nrules: [{id: a, law: L, name: N, to: T, mark: "
		"confirmed, "
		"when: f, clock: sent b}]\n",
		"no begin of a clock");
	/* rules for what this hospital is not */
	finds(x, "roles: critical\n" FACT ", role: essential}]\n", NULL);
	assert_int_equal(x->law.n_rule, 0);
	finds(x, "roles: critical\n" FACT ", role: [essential, critical]}]\n", NULL);
	assert_int_equal(x->law.n_rule, 1);
}

/* ---- forms ---- */

#define DRAFT "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* Each form's rules are those of its country, and each rule that asks for a paper has one. */
static void forms_of_each_country(void **state)
{
	static const char *const country[] = {"IT", "FR", "NL", "DE", "ES", "PL", "BE"};
	static const char *const own[] = {
		"it-pre", "fr-si", "nl-calamity", "de-early", "es-device", NULL};
	struct fix *x = *state;

	for (size_t i = 0; i < WARD_ARRAY_LEN(country); i++) {
		load(x, country[i]);
		for (size_t k = 0; k < x->law.n_rule; k++) {
			size_t n = 0;

			for (size_t f = 0; f < x->law.n_form; f++)
				n += ward_law_form_is_for(&x->law.form[f], k);
			if (!n && !ward_str_eqz(x->law.rule[k].id, "NL-find") &&
				x->law.rule[k].about == WARD_LAW_OF_INCIDENT)
				fail_msg("%s: no form for %.*s", country[i],
					WARD_STR_ARG(x->law.rule[k].id));
		}
		for (size_t k = 0; own[k]; k++)
			assert_int_equal(
				ward_law_form_of(&x->law, ward_str_z(own[k])) != SIZE_MAX, k == i);
		for (size_t f = 0; f < x->law.n_form; f++)
			assert_true(x->law.form[f].n_must && x->law.form[f].n_rule);
	}
}

/* What somebody wrote stands until it is taken back; said again, the last word counts. */
static void fields_are_written(void **state)
{
	struct fix *x = *state;
	const struct ward_law_said *s;

	load(x, "IT");
	size_t of = ward_law_field_of(&x->law, WARD_STR("beyond"));

	writes(x, "2026-05-04T08:00:00Z", "{\"say\":\"field\",\"of\":\"beyond\"}", " no ");
	writes(x, "2026-05-04T08:10:00Z", "{\"say\":\"field\",\"of\":\"beyond\"}", "to France");
	s = ward_law_said(&x->c, WARD_LAW_SAY_FIELD, of);
	assert_non_null(s);
	assert_int_equal(s->value_len, strlen("to France"));
	assert_memory_equal(s->value, "to France", s->value_len);
	assert_int_equal(s->times, 2);
	said(x, "2026-05-04T08:20:00Z", "{\"say\":\"field\",\"of\":\"beyond\",\"is\":\"no\"}");
	assert_int_equal(ward_law_said(&x->c, WARD_LAW_SAY_FIELD, of)->is, WARD_LAW_NO);
	assert_int_equal(say(x, "2026-05-04T08:20:00Z", "{\"say\":\"field\",\"of\":\"rumour\"}"),
		WARD_ERR_STATE);
}

/* A field of the form that was sent changes the duty; one of another form does not. */
static void a_field_after_sending_changes_the_duty(void **state)
{
	struct fix *x = *state;

	load(x, "IT");
	said(x, "2026-05-04T04:00:00Z", "{\"say\":\"aware\"}");
	said(x, "2026-05-04T04:00:00Z", "{\"say\":\"fact\",\"of\":\"significant\",\"is\":\"yes\"}");
	said(x, "2026-05-04T05:00:00Z",
		"{\"say\":\"sent\",\"of\":\"IT-N24\",\"form\":\"it-pre\",\"draft\":\"" DRAFT
		"\",\"lang\":\"it\",\"kept\":[\"beyond 0011223344556677 no\",\"title 1 x\"]}");
	assert_int_equal(clock_of(x, "IT-N24")->state, WARD_LAW_SENT);
	assert_string_equal(clock_of(x, "IT-N24")->said->draft, DRAFT);
	assert_true(ward_str_starts((struct ward_str){clock_of(x, "IT-N24")->said->value,
					    clock_of(x, "IT-N24")->said->value_len},
		WARD_STR("beyond 0011223344556677 no\n")));
	writes(x, "2026-05-04T06:00:00Z", "{\"say\":\"field\",\"of\":\"cause\"}", "a worm");
	assert_int_equal(clock_of(x, "IT-N24")->state, WARD_LAW_SENT);
	writes(x, "2026-05-04T06:10:00Z", "{\"say\":\"field\",\"of\":\"beyond\"}", "yes");
	assert_int_equal(clock_of(x, "IT-N24")->state, WARD_LAW_CHANGED);
	assert_int_equal(say(x, "2026-05-04T07:00:00Z",
				 "{\"say\":\"sent\",\"of\":\"IT-N72\",\"form\":\"it-pre\"}"),
		WARD_ERR_STATE); /* of which draft? */
	assert_int_equal(say(x, "2026-05-04T07:00:00Z",
				 "{\"say\":\"sent\",\"of\":\"IT-N72\",\"form\":\"none\"}"),
		WARD_ERR_STATE);
}

/* A monthly report begins anew when it was sent, until the incident is handled; then the final one
 * is due. Asked again how things stand, that is due again. */
static void reports_that_come_again(void **state)
{
	struct fix *x = *state;

	load(x, "IT");
	said(x, "2026-05-04T04:00:00Z", "{\"say\":\"aware\"}");
	said(x, "2026-05-04T04:00:00Z", "{\"say\":\"fact\",\"of\":\"significant\",\"is\":\"yes\"}");
	said(x, "2026-05-04T06:00:00Z", "{\"say\":\"sent\",\"of\":\"IT-N72\"}");
	is(x, "IT-N1m", "runs", "2026-06-04T06:00:00Z");
	said(x, "2026-06-03T06:00:00Z", "{\"say\":\"fact\",\"of\":\"still-on\",\"is\":\"yes\"}");
	is(x, "IT-N1m", "off", "2026-06-04T06:00:00Z");
	is(x, "IT-Nprog", "runs", "2026-06-04T06:00:00Z");
	said(x, "2026-06-04T05:00:00Z", "{\"say\":\"sent\",\"of\":\"IT-Nprog\"}");
	is(x, "IT-Nprog", "runs", "2026-07-04T05:00:00Z");
	said(x, "2026-06-20T05:00:00Z", "{\"say\":\"fact\",\"of\":\"handled\",\"is\":\"yes\"}");
	is(x, "IT-Nprog", "off", "2026-07-04T05:00:00Z");
	is(x, "IT-Nfin", "runs", "2026-07-20T05:00:00Z");
	said(x, "2026-06-21T05:00:00Z",
		"{\"say\":\"fact\",\"of\":\"status-asked\",\"is\":\"yes\"}");
	is(x, "Nint", "runs", NULL);
	said(x, "2026-06-21T06:00:00Z", "{\"say\":\"sent\",\"of\":\"Nint\"}");
	is(x, "Nint", "sent", NULL);
	said(x, "2026-06-23T05:00:00Z",
		"{\"say\":\"fact\",\"of\":\"status-asked\",\"is\":\"yes\"}");
	is(x, "Nint", "runs", NULL);
}

/* Each thing that a file of forms may say wrongly is named. */
static void forms_that_cannot_be_read(void **state)
{
	static const char *const wrong[] = {"fields:\n  - {id: a, ask: b, from: dream}\n",
		"fields:\n  - {id: a, ask: b, from: fact none}\n",
		"fields:\n  - {id: a, ask: b, from: record none}\n",
		"fields:\n  - {id: a, ask: b, from: person me}\n", "fields:\n  - {id: a}\n",
		"fields:\n  - {id: a, ask: b}\n  - {id: a, ask: c}\n",
		"forms:\n  - {id: a, name: b}\n",
		"forms:\n  - {id: a, name: b, rules: [x], must: [none]}\n", "hospital: [a]\n",
		"hospital: {a: [b]}\n"};
	struct fix *x = *state;
	struct ward_diag d;

	for (size_t i = 0; i < WARD_ARRAY_LEN(wrong); i++) {
		const struct ward_law_file f = {
			WARD_STR("law.yml"), ward_str_bytes(ward_str_z(wrong[i]))};

		ward_diag_init(&d, ward_mem_heap());
		assert_int_equal(
			ward_law_read(&f, 1, &x->a, &x->lim, &d, &x->law), WARD_ERR_CONFIG);
		ward_diag_fini(&d);
	}
}

/* What a hospital promised others, as the pilot has it: its own clocks, from when Ward saw it too.
 */
static void own_clocks(void **state)
{
	struct fix *x = *state;
	char dir[4096], own[4096];
	struct ward_diag d;

	x->now = at("2026-05-04T03:30:00Z");
	ward_diag_init(&d, ward_mem_heap());
	(void)snprintf(dir, sizeof(dir), "%s/content/law", getenv("WARD_SOURCE_ROOT"));
	(void)snprintf(own, sizeof(own), "%s/pilots/marseille", getenv("WARD_SOURCE_ROOT"));
	assert_int_equal(
		ward_law_load(dir, own, WARD_STR("FR"), &x->a, &x->lim, &d, &x->law), WARD_OK);
	ward_diag_fini(&d);
	said(x, "2026-05-04T03:20:00Z", "{\"say\":\"fact\",\"of\":\"in-group\",\"is\":\"yes\"}");
	said(x, "2026-05-04T03:20:00Z", "{\"say\":\"fact\",\"of\":\"by-supplier\",\"is\":\"yes\"}");
	said(x, "2026-05-04T03:20:00Z", "{\"say\":\"fact\",\"of\":\"others-data\",\"is\":\"yes\"}");
	said(x, "2026-05-04T03:20:00Z", "{\"say\":\"fact\",\"of\":\"great-loss\",\"is\":\"yes\"}");
	said(x, "2026-05-04T03:25:00Z", "{\"say\":\"aware\",\"time\":\"2026-05-04T03:15:00Z\"}");
	is(x, "group", "runs", "2026-05-04T04:10:00Z");
	is(x, "supplier", "runs", "2026-05-04T07:10:00Z");
	is(x, "processor", "runs", "2026-05-05T03:15:00Z");
	is(x, "insurer", "runs", "2026-05-06T03:15:00Z");
}

/* Whom the record of processing names stands in forms where law.yml names nobody. */
static void the_officer_of_the_record(void **state)
{
	static const struct {
		const char *pilot, *country, *officer;
	} row[] = {{"marseille", "FR",
			   "Déléguée à la protection des données, poste 2190, "
			   "dpo@hopital.example"},
		{"turin", "IT", "Data protection officer, extension 2190"}};
	struct fix *x = *state;
	char dir[4096], own[4096];
	struct ward_diag d;

	(void)snprintf(dir, sizeof(dir), "%s/content/law", getenv("WARD_SOURCE_ROOT"));
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		ward_diag_init(&d, ward_mem_heap());
		(void)snprintf(
			own, sizeof(own), "%s/pilots/%s", getenv("WARD_SOURCE_ROOT"), row[i].pilot);
		assert_int_equal(ward_law_load(dir, own, ward_str_z(row[i].country), &x->a, &x->lim,
					 &d, &x->law),
			WARD_OK);
		ward_diag_fini(&d);
		assert_true(
			ward_str_eqz(ward_law_own(&x->law, WARD_STR("officer")), row[i].officer));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(t_story, begin, end),
		cmocka_unit_test_setup_teardown(t_countries, begin, end),
		cmocka_unit_test_setup_teardown(t_join, begin, end),
		cmocka_unit_test_setup_teardown(t_void, begin, end),
		cmocka_unit_test_setup_teardown(t_read, begin, end),
		cmocka_unit_test_setup_teardown(forms_of_each_country, begin, end),
		cmocka_unit_test_setup_teardown(fields_are_written, begin, end),
		cmocka_unit_test_setup_teardown(a_field_after_sending_changes_the_duty, begin, end),
		cmocka_unit_test_setup_teardown(reports_that_come_again, begin, end),
		cmocka_unit_test_setup_teardown(own_clocks, begin, end),
		cmocka_unit_test_setup_teardown(the_officer_of_the_record, begin, end),
		cmocka_unit_test_setup_teardown(forms_that_cannot_be_read, begin, end)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
