/* What may follow if whoever did it goes on: of a service that is unlikely to fall as things stand
 * that is told, and not that it is unlikely. */
#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* Who is in a room interrupts what is in it rarely; who then steals there, surely. */
static const char rules[] =
	"rules:\n"
	"  - {id: in, when: {threat: access.forced-door, class: room}, relation: self, gives: "
	"access.intrusion, act: false, likelihood: 1, why: w}\n"
	"  - {id: rarely, when: {threat: access.intrusion, class: room}, relation: hosts, to: "
	"{class: service}, gives: outage, act: false, likelihood: %s, why: w}\n"
	"  - {id: steals, when: {threat: access.intrusion, class: room}, relation: self, gives: "
	"theft.medication, act: true, likelihood: [0.9, 1], why: w}\n"
	"  - {id: stolen, when: {threat: theft.medication, class: room}, relation: hosts, to: "
	"{class: service}, gives: outage, act: false, likelihood: 1, why: w}\n";

static const char forced[] =
	"{\"kind\":\"event\",\"id\":\"00000000-0000-8000-8000-000000000001\",\"time\":\"2026-03-"
	"12T02:00:00Z\",\"source\":\"s\",\"class\":\"door.forced\",\"fields\":{\"door\":\"C0-"
	"D11\"}}";

/* The last word on the pharmacy. */
static struct ward_str said(struct lab *l, const char *rarely, struct rows *out)
{
	char folder[] = "/tmp/ward-further-XXXXXX", path[64];
	struct ward_rules *own;
	struct record r = lab_line(l, forced);
	struct ward_str last = WARD_STR("");

	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/own.yml", folder);
	FILE *f = fopen(path, "w");

	assert_true(f && fprintf(f, rules, rarely) > 0 && fclose(f) == 0);
	assert_int_equal(
		ward_rules_load(folder, l->model, &l->lim, ward_mem_heap(), &l->diag, &own),
		WARD_OK);
	assert_true(unlink(path) == 0 && rmdir(folder) == 0);
	l->config.propagation = own;
	rows_init(out);
	struct ward_brain *b = lab_brain(l, out);

	lab_feed(l, b, &r);
	assert_int_equal(ward_brain_tick(b, WARD_NS_NEVER), WARD_OK);
	for (size_t i = 0; i < out->n; i++)
		if (out->row[i].kind == WARD_OUTPUT_IMPACT &&
			ward_str_find(out->row[i].json, WARD_STR("\"asset\":\"pharmacy\"")) !=
				SIZE_MAX)
			last = out->row[i].json;
	ward_brain_free(b);
	ward_rules_free(own);
	return last;
}

static bool has(struct ward_str json, const char *what)
{
	return ward_str_find(json, ward_str_z(what)) != SIZE_MAX;
}

static void test_unlikely_until_they_go_on(void **state)
{
	struct lab *l = lab_new();
	struct rows out;
	struct ward_str json = said(l, "[0.01, 0.05]", &out);

	(void)state;
	assert_true(has(json, "\"further\":true"));
	assert_true(has(json, "\"likelihood\":[0.006,0.3"));
	rows_fini(&out);
	/* what is possible as it stands is told as that */
	json = said(l, "[0.2, 0.3]", &out);
	assert_false(has(json, "\"further\""));
	assert_true(has(json, "\"likelihood\":[0.12,"));
	rows_fini(&out);
	lab_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_unlikely_until_they_go_on)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
