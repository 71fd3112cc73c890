#include "../lab.h"
#include "model/point/point.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#define HEAD                                                                                     \
	"id,asset,name,kind,unit,source,address,low,high,margin,confirm,rate,stuck,noise,drift," \
	"mean,peer,tolerance,actor,relation\n"
#define KINDS                                                                                     \
	"points:\n"                                                                               \
	"  - {kind: theatre-temperature, class: env.temperature, unit: Cel, low: 18, high: 26,\n" \
	"     margin: 0.5, confirm: 5min, rate: 4/10min, stuck: 1d, noise: 0.05}\n"               \
	"  - {kind: flow, unit: m3/h, low: 0}\n"

struct fix {
	struct lab lab;
	struct ward_point_in in;
	struct ward_points *p;
};

static int setup(void **state)
{
	struct fix *x = calloc(1, sizeof(*x));

	assert_int_equal(lab_load(&x->lab, ward_mem_heap(), NULL, "more.yml", ""), WARD_OK);
	x->in = (struct ward_point_in){x->lab.m, &x->lab.lim, ward_mem_heap(), &x->lab.d};
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct fix *x = *state;

	ward_points_free(x->p);
	lab_free(&x->lab);
	free(x);
	return 0;
}

static enum ward_err parse(struct fix *x, const char *text, const char *kinds)
{
	ward_points_free(x->p);
	x->p = NULL;
	return ward_points_parse(
		&x->in, ward_str_bytes(ward_str_z(text)), ward_str_bytes(ward_str_z(kinds)), &x->p);
}

static bool says(const struct fix *x, const char *what)
{
	for (size_t i = 0; i < x->lab.d.n; i++)
		if (ward_str_find(x->lab.d.item[i].what, ward_str_z(what)) != SIZE_MAX)
			return x->lab.d.item[i].mend.len > 0;
	return false;
}

static void good(void **state)
{
	struct fix *x = *state;

	assert_int_equal(
		parse(x,
			HEAD
			"t-1,or-1,,theatre-temperature,,src-door,temperature/t-1,,,,,-,,,1/24h,21,"
			"t-2,2,,\n"
			"t-2,or-1,Wall,theatre-temperature,,src-door,temperature/"
			"t-2,17,,,,,,,,,,,,\n"
			"flow-1,ahu-1,,flow,,,,-,9,,,,,,,,,,10min,if t-1 > 20 then >= 2.5 within "
			"5min; if t-2 = 0 then < 1 within 1h\n",
			KINDS),
		WARD_OK);
	assert_int_equal(x->lab.d.n, 0);
	assert_int_equal(ward_points_n(x->p), 3);
	const struct ward_bms_point *p = ward_points_at(x->p, 0);

	assert_true(ward_str_eqz(p->name, "t-1"));
	assert_true(ward_str_eqz(p->unit, "Cel"));
	assert_true(ward_str_eqz(p->high_class, "env.temperature"));
	assert_int_equal(p->node, lab_node(&x->lab, "or-1"));
	assert_true(p->low >= 18 && p->low <= 18 && p->high >= 26 && p->high <= 26);
	assert_true(p->rate.by <= 0); /* switched off */
	assert_true(p->drift.by > 0 && p->drift.per == 24 * 3600 * WARD_NS_PER_S);
	assert_int_equal(p->peer, 1);
	assert_int_equal(p->confirm, 300 * WARD_NS_PER_S);
	p = ward_points_at(x->p, 1);
	assert_true(p->low <= 17 && p->rate.by > 0 && p->peer == WARD_NONE);
	p = ward_points_at(x->p, 2);
	assert_true(isnan(p->low) && p->high > 8.9 && isnan(p->mean));
	assert_true(ward_str_eqz(p->high_class, "point.range"));
	assert_int_equal(p->n_relation, 2);
	assert_int_equal(p->relation[0].when, 0);
	assert_int_equal(p->relation[0].op, WARD_POINT_GE);
	assert_int_equal(p->relation[1].when, 1);
	assert_int_equal(p->relation[1].within, 3600 * WARD_NS_PER_S);
	assert_int_equal(p->actor, 600 * WARD_NS_PER_S);
	assert_int_equal(ward_points_find(x->p, WARD_STR("t-2")), 1);
	assert_int_equal(ward_points_find(x->p, WARD_STR("t-3")), WARD_NONE);
	assert_int_not_equal(ward_point_print(x->p, 0), ward_point_print(x->p, 1));
	assert_int_equal(parse(x, " \n", ""), WARD_OK);
	assert_int_equal(ward_points_n(x->p), 0);
}

/* Each with the words that its finding must have; it has a mend, and the row is no point. */
static void mistakes(void **state)
{
	static const struct {
		const char *row, *what;
	} bad[] = {
		{",or-1,,,,,,,,,,,,,,,,,,", "'id' is missing"},
		{"P 1,or-1,,,,,,,,,,,,,,,,,,", "'id' has the bad value 'P 1'"},
		{"p-1,,,,,,,,,,,,,,,,,,,", "'asset' is missing"},
		{"p-1,or-2,,,,,,,,,,,,,,,,,,", "names 'or-2', which the hospital does not have"},
		{"p-1,surgery,,,,,,,,,,,,,,,,,,", "'surgery' is a service"},
		{"p-1,or-1,,theatre-temperatur,,,,,,,,,,,,,,,,", "there is no kind"},
		{"p-1,or-1,,,,src-door,,,,,,,,,,,,,,", "'address' is missing"},
		{"p-1,or-1,,,,,x,,,,,,,,,,,,,", "an address and no source"},
		{"p-1,or-1,,,,src-door,a,,,,,,,,,,,,,", "the address is that of line 2"},
		{"ok,or-1,,,,,,,,,,,,,,,,,,", "the id is that of line 2"},
		{"p-1,or-1,,,,,,1x,,,,,,,,,,,,", "'low' has the bad value '1x'"},
		{"p-1,or-1,,,,,,1e999,,,,,,,,,,,,", "'low' has the bad value"},
		{"p-1,or-1,,,,,,5,5,,,,,,,,,,,", "'low' is not below 'high'"},
		{"p-1,or-1,,,,,,5,6,0.5,,,,,,,,,,", "'margin' leaves nothing"},
		{"p-1,or-1,,,,,,5,6,-1,,,,,,,,,,", "is negative"},
		{"p-1,or-1,,,,,,,,,soon,,,,,,,,,", "'confirm' has the bad value"},
		{"p-1,or-1,,,,,,,,,,4,,,,,,,,", "'rate' has the bad value"},
		{"p-1,or-1,,,,,,,,,,0/5min,,,,,,,,", "'rate' has the bad value"},
		{"p-1,or-1,,,,,,,,,,,,1,,,,,,", "'noise' says nothing without"},
		{"p-1,or-1,,,,,,,,,,,,,,1,,,,", "'mean' says nothing without"},
		{"p-1,or-1,,,,,,,,,,,,,,,ok,,,", "'peer' and 'tolerance' belong together"},
		{"p-1,or-1,,,,,,,,,,,,,,,okay,1,,", "names 'okay', which is no point"},
		{"p-1,or-1,,,,,,,,,,,,,,,p-1,1,,", "names the point itself"},
		{"p-1,or-1,,,Cel,,,,,,,,,,,,ok,1,,", "have other units"},
		{"p-1,or-1,,,,,,,,,,,,,,,,,,if ok > 1 than < 2 within 1h", "is not understood"},
		{"p-1,or-1,,,,,,,,,,,,,,,,,,if ok > 1 then < 2", "is not understood"},
		{"p-1,or-1,,,,,,,,,,,,,,,,,,if no > 1 then < 2 within 1h", "which is no point"},
	};
	struct fix *x = *state;

	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		char text[1024];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		ward_wr_printf(
			&w, "%sok,or-1,,,,src-door,a,,,,,,,,,,,,,\n%s\n%c", HEAD, bad[i].row, 0);
		assert_false(ward_wr_bad(&w));
		assert_int_equal(parse(x, text, KINDS), WARD_ERR_CONFIG);
		if (!says(x, bad[i].what))
			fail_msg("no finding: %s", bad[i].what);
		assert_int_equal(x->lab.d.item[0].line, 3);
		assert_int_equal(ward_points_n(x->p), 1);
		ward_diag_fini(&x->lab.d);
		ward_diag_init(&x->lab.d, ward_mem_heap());
	}
	assert_int_equal(parse(x, "id,asset,lo\nok,or-1,1\n", ""), WARD_ERR_CONFIG);
	assert_true(says(x, "no column 'lo'"));
	/* Of what nobody polls nothing is converted. */
	assert_int_equal(parse(x, "id,asset,source,address,scale\nok,or-1,src-door,a,0.1\n", ""),
		WARD_ERR_CONFIG);
	assert_true(says(x, "'scale' and 'offset' say nothing of a source of kind mqtt"));
}

/* Of a source that is not there nothing is read; that is said once. */
static void no_source(void **state)
{
	struct fix *x = *state;

	assert_int_equal(parse(x,
				 "id,asset,source,address\na,or-1,src-dor,a\nb,or-1,src-dor,b\n"
				 "c,or-1,src-door,c\n",
				 ""),
		WARD_OK);
	assert_int_equal(ward_points_n(x->p), 3);
	assert_int_equal(x->lab.d.n, 1);
	assert_int_equal(x->lab.d.n_warning, 1);
	assert_true(says(x, "'src-dor', which is no source"));
	assert_true(ward_str_eqz(x->lab.d.item[0].mend, "write 'src-door' if that was meant"));
}

static uint32_t by_id(const struct fix *x, const char *source, const char *id)
{
	return ward_points_by_id(x->p, ward_str_z(source), ward_str_z(id));
}

static uint32_t by_address(const struct fix *x, const char *source, const char *address)
{
	return ward_points_by_address(x->p, ward_str_z(source), ward_str_z(address));
}

/* A source speaks of its own points only; a recording, which is no source, of all that it can tell
 * apart. */
static void sources_bind(void **state)
{
	struct fix *x = *state;

	assert_int_equal(
		parse(x,
			"id,asset,source,address\na,or-1,src-door,flow/a\nb,or-1,src-net,flow/b\n"
			"c,or-1,,\nd,or-1,src-door,flow/same\ne,or-1,src-net,flow/same\n",
			""),
		WARD_OK);
	assert_int_equal(by_id(x, "src-door", "a"), 0);
	assert_int_equal(by_id(x, "src-net", "a"), WARD_NONE);
	assert_int_equal(by_id(x, "src-net", "c"), 2);
	assert_int_equal(by_id(x, "recording", "a"), 0);
	assert_int_equal(by_id(x, "src-door", "x"), WARD_NONE);
	assert_int_equal(by_address(x, "src-door", "flow/a"), 0);
	assert_int_equal(by_address(x, "src-door", "flow/b"), WARD_NONE);
	assert_int_equal(by_address(x, "recording", "flow/b"), 1);
	assert_int_equal(by_address(x, "src-net", "flow/same"), 4);
	assert_int_equal(by_address(x, "src-door", "flow/same"), 3);
	assert_int_equal(by_address(x, "recording", "flow/same"), WARD_NONE);
	assert_int_equal(x->lab.d.n, 1);
	assert_true(says(x, "the address 'flow/same' is that of 'd' in line 5 too"));
}

/* What can't be judged since its partner is read too seldom is said before anybody relies on it. */
static void reads_too_seldom(void **state)
{
	static const char sources[] =
		"sources:\n"
		"  - {id: slow, name: S, kind: modbus, where: 'modbus:10.0.0.1:502', every: 6h,\n"
		"     watches: [or-1], purpose: p}\n"
		"  - {id: quick, name: Q, kind: modbus, where: 'modbus:10.0.0.2:502', every: 30s,\n"
		"     watches: [or-1], purpose: p}\n";
	static const char head[] = "id,asset,source,address,peer,tolerance,confirm,relation\n"
				   "s,or-1,slow,1/holding:1,,,,\nq,or-1,quick,1/holding:1,,,,\n";
	static const struct {
		const char *row, *what;
	} row[] = {
		{"p,or-1,quick,1/holding:2,,,,if s > 0 then >= 1 within 5min\n",
			"'relation' needs values of 's' that are no older than 300 s, and source "
			"'slow' "
			"is read every 21600 s"},
		{"p,or-1,slow,1/holding:2,,,,if q > 0 then >= 1 within 5min\n",
			"'relation' needs values of 'p'"},
		{"p,or-1,quick,1/holding:2,s,1,,\n", "'peer' needs values of 's'"},
		{"p,or-1,quick,1/holding:2,s,1,3h,\n", NULL},
		{"p,or-1,quick,1/holding:2,q,1,,if q > 0 then >= 1 within 30s\n", NULL},
		{"p,or-1,quick,1/holding:2,,,,if s > 0 then >= 1 within 6h\n", NULL},
	};
	struct fix *x = *state;

	lab_free(&x->lab);
	assert_int_equal(lab_load(&x->lab, ward_mem_heap(), NULL, "more.yml", sources), WARD_OK);
	x->in = (struct ward_point_in){x->lab.m, &x->lab.lim, ward_mem_heap(), &x->lab.d};
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		char text[512];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));
		size_t before = x->lab.d.n;

		ward_wr_printf(&w, "%s%s%c", head, row[i].row, 0);
		assert_int_equal(parse(x, text, ""), WARD_OK);
		assert_int_equal(ward_points_n(x->p), 3);
		assert_int_equal(x->lab.d.n - before, row[i].what != NULL);
		if (row[i].what)
			assert_true(says(x, row[i].what));
	}
}

/* Who rests on a row that is no point is none either. */
static void chain(void **state)
{
	struct fix *x = *state;

	assert_int_equal(parse(x,
				 "id,asset,peer,tolerance\na,or-1,b,1\nb,or-1,c,1\nc,nowhere,,\n"
				 "d,or-1,,\n",
				 ""),
		WARD_ERR_CONFIG);
	assert_int_equal(ward_points_n(x->p), 1);
	assert_int_equal(ward_points_find(x->p, WARD_STR("d")), 0);
	/* by a relation too, in a ring, and however long: each row is looked at once */
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	ward_wr_z(&w, "id,asset,relation\nlast,nowhere,\nring-1,or-1,if ring-2 > 0 then > 0 within "
		      "1h\nring-2,or-1,if ring-1 > 0 then > 0 within 1h\n");
	for (int i = 0; i < 5000; i++)
		ward_wr_printf(&w, "p-%d,or-1,if %s%d > 0 then > 0 within 1h\n", i,
			i < 4999 ? "p-" : "q-", i < 4999 ? i + 1 : 0);
	ward_wr_z(&w, "q-0,or-1,if last > 0 then > 0 within 1h\n");
	ward_wr_u8(&w, 0);
	assert_int_equal(parse(x, ward_wr_text(&w).p, ""), WARD_ERR_CONFIG);
	ward_wr_fini(&w);
	assert_int_equal(ward_points_n(x->p), 2);
	assert_int_not_equal(ward_points_find(x->p, WARD_STR("ring-2")), WARD_NONE);
}

static void kinds(void **state)
{
	static const struct {
		const char *kind, *what;
	} bad[] = {
		{"{low: 1}", "kind"},
		{"{kind: a, class: door.forced}", "can't give events of class"},
		{"{kind: a, lo: 1}", "lo"},
		{"{kind: a, low: warm}", "'low' has the bad value"},
		{"{kind: a, low: 2, high: 1}", "'low' is not below 'high'"},
		{"{kind: b}", "twice"},
	};
	struct fix *x = *state;

	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		char text[256];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		ward_wr_printf(&w, "points:\n  - {kind: b}\n  - %s\n%c", bad[i].kind, 0);
		assert_int_equal(parse(x, "id,asset\nok,or-1\n", text), WARD_ERR_CONFIG);
		if (!says(x, bad[i].what))
			fail_msg("no finding: %s", bad[i].what);
		ward_diag_fini(&x->lab.d);
		ward_diag_init(&x->lab.d, ward_mem_heap());
	}
	assert_int_equal(
		parse(x, "id,asset\nok,or-1\n",
			"commands: [net.a.write_*, net.b.set]\nsessions: [ssh]\npoints: []\n"),
		WARD_OK);
	assert_true(ward_points_is_command(x->p, WARD_STR("net.a.write_coil")) &&
		    ward_points_is_command(x->p, WARD_STR("net.b.set")) &&
		    !ward_points_is_command(x->p, WARD_STR("net.b.set_more")) &&
		    ward_points_is_session(x->p, WARD_STR("ssh")) &&
		    !ward_points_is_session(x->p, WARD_STR("smb")));
	assert_int_equal(parse(x, "id,asset\nok,or-1\n", "commands: ['*.x']\npoints: []\n"),
		WARD_ERR_CONFIG);
	/* No row is of a kind that is wrong itself. */
	assert_int_equal(parse(x, "id,asset,kind,unit\nok,or-1,,-\nno,or-1,a,\n",
				 "points:\n  - {kind: a, class: door.forced, unit: Cel}\n"),
		WARD_ERR_CONFIG);
	assert_true(says(x, "the kind 'a' is wrong itself"));
	assert_int_equal(ward_points_n(x->p), 1);
	assert_int_equal(ward_points_at(x->p, 0)->unit.len, 0);
}

static void without_model(void **state)
{
	struct fix *x = *state;

	x->in.m = NULL;
	assert_int_equal(
		parse(x, "id,asset,source,address,scale,offset\na,b,c,d,0.1,-40\n", ""), WARD_OK);
	const struct ward_bms_point *p = ward_points_at(x->p, 0);

	assert_true(p->node == WARD_NONE && p->scale < 0.11 && p->offset < -39);
	assert_true(ward_str_eqz(p->asset, "b"));
}

static void memory(void **state)
{
	struct fix *x = *state;
	enum ward_err err = WARD_ERR_NOMEM;

	for (uint64_t n = 1; err == WARD_ERR_NOMEM; n++) {
		struct ward_mem_failing f;

		ward_mem_failing_init(&f, n);
		x->in.mem = &f.mem;
		err = parse(x, HEAD "t-1,or-1,,flow,,src-door,t,,,,,,,,,,,,,\n", KINDS);
		assert_true(err == WARD_OK || err == WARD_ERR_NOMEM);
		ward_points_free(x->p);
		x->p = NULL;
	}
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {T(good), T(mistakes), T(no_source), T(sources_bind),
		T(reads_too_seldom), T(chain), T(kinds), T(without_model), T(memory)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
