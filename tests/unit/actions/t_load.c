/* Actions as people write them: what each mistake is told as, and that no failing allocation leaks
 * or is swallowed. */
#include "../recover/house.h"
#include "actions/actions.h"

static const char good[] =
	"actions:\n"
	"  - {id: off, text: 'Take {name} off', threats: [bms.*], class: device, except:\n"
	"     [device.reader], isolates: true, side: outage, takes: 5min, cost: 2, team: it,\n"
	"     people: 2, role: engineer}\n"
	"  - {id: bar, text: Bar, threats: [bms.command], class: device, protects: [bms.command],\n"
	"     degree: 0.5, takes: 0s, team: plant, role: engineer, locks: true}\n"
	"  - {id: battery, text: Battery, threats: [outage], class: device, buffer: ups, lasts: "
	"1h,\n"
	"     takes: 1min, team: plant, role: nobody}\n";

static struct house h;

static int open_house(void **state)
{
	(void)state;
	house_open(&h, "");
	return 0;
}

static int close_house(void **state)
{
	(void)state;
	house_close(&h);
	return 0;
}

static enum ward_err parse(const char *text, const struct ward_mem *mem, struct ward_diag *d,
	struct ward_action_set **ret)
{
	struct ward_content_text t = {WARD_STR("a.yml"), ward_str_bytes(ward_str_z(text))};

	return ward_actions_parse(&t, h.lab.m, h.works, &h.lab.lim, mem, d, ret);
}

static void well_written(void **state)
{
	struct ward_action_set *a = NULL;
	struct ward_diag d;

	(void)state;
	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(parse(good, ward_mem_heap(), &d, &a), WARD_OK);
	assert_int_equal(d.n, 0);
	assert_int_equal(a->n, 3);
	assert_true(ward_str_eqz(a->action[0].id, "bar"));
	assert_int_equal(a->action[0].degree_micro, 500000);
	assert_true(a->action[0].locks);
	assert_int_equal(a->action[1].lasts, 60 * MIN);
	assert_int_equal(a->action[2].n_threat, 2);
	assert_int_equal(a->action[2].people, 2);
	ward_actions_free(a);
	ward_diag_fini(&d);
}

static void mistakes(void **state)
{
	static const struct {
		const char *old, *new, *what;
	} row[] = {
		{"class: device, except", "class: devise, except", "no class 'devise'"},
		{"isolates: true", "isolates: true, relies_on: divice", "no class 'divice'"},
		{"isolates: true", "isolates: true, on_top: perhaps", "on_top"},
		{"[device.reader]", "[device.rider]", "no class 'device.rider'"},
		{"threats: [bms.*]", "threats: [bsm.*]", "no threat 'bsm.*'"},
		{"threats: [bms.*], ", "", "no threats in the action"},
		{"isolates: true, ", "", "it changes nothing"},
		{"isolates: true", "isolates: perhaps", "isolates"},
		{"side: outage", "side: outrage", "no threat 'outrage'"},
		{"takes: 5min, ", "", "takes"},
		{"takes: 5min", "takes: 2500000h", "longer than a year: 'takes'"},
		{"lasts: 1h", "lasts: 367d", "longer than a year: 'lasts'"},
		{"cost: 2", "cost: -2", "cost"},
		{"team: it", "team: itt", "no team 'itt'"},
		{"team: it,\n", "\n", "no team in"},
		{"people: 2, role: engineer", "people: 2", "role"},
		{"degree: 0.5", "degree: 5", "degree"},
		{"buffer: ups, lasts: 1h", "buffer: ups", "lasts"},
		{"buffer: ups", "buffer: upps", "no buffer 'upps'"},
		{"id: bar", "id: off", "is there twice"},
		{"locks: true", "lock: true", "lock"},
		{"actions:", "acts:", "acts"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct ward_str text = ward_str_z(good);
		size_t at = ward_str_find(text, ward_str_z(row[i].old));
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
		struct ward_action_set *a = NULL;
		struct ward_diag d;
		bool told = false;

		assert_true(at != SIZE_MAX);
		ward_wr_str(&w, ward_str_sub(text, 0, at));
		ward_wr_z(&w, row[i].new);
		ward_wr_str(&w, ward_str_sub(text, at + strlen(row[i].old), text.len));
		ward_wr_u8(&w, 0);
		ward_diag_init(&d, ward_mem_heap());
		assert_int_equal(
			parse((const char *)w.p, ward_mem_heap(), &d, &a), WARD_ERR_CONFIG);
		assert_null(a);
		for (size_t k = 0; k < d.n; k++)
			told = told || (d.item[k].line > 0 && d.item[k].mend.len > 0 &&
					       ward_str_find(d.item[k].what,
						       ward_str_z(row[i].what)) != SIZE_MAX);
		if (!told)
			fail_msg("not told: %s", row[i].what);
		ward_diag_fini(&d);
		ward_wr_fini(&w);
	}
}

static void no_memory(void **state)
{
	(void)state;
	for (uint64_t n = 1;; n++) {
		struct ward_mem_failing f;
		struct ward_action_set *a = NULL;
		struct ward_diag d;

		ward_mem_failing_init(&f, n);
		ward_diag_init(&d, ward_mem_heap());
		enum ward_err err = parse(good, &f.mem, &d, &a);

		ward_actions_free(a);
		ward_diag_fini(&d);
		if (!err)
			break;
		assert_int_equal(err, WARD_ERR_NOMEM);
		assert_true(n < 10000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(well_written),
		cmocka_unit_test(mistakes), cmocka_unit_test(no_memory)};

	return cmocka_run_group_tests(tests, open_house, close_house);
}
