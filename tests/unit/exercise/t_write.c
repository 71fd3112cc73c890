/* What steps write reaches the controller that stands for the host, and what it measures follows;
 * what it would refuse is said beforehand. */
#include "exercise/write.h"
#include "exercise/act.h"
#include "exercise/device_priv.h"
#include "model/point/point.h"
#include "stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <math.h>

static struct stage st;
static const ward_ns s = WARD_NS_PER_S;

static int setup(void **state)
{
	(void)state;
	stage_open(&st);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stage_close(&st);
	return 0;
}

#define COLD(run)                                               \
	"controllers:\n"                                        \
	"  - source: cold\n"                                    \
	"    at: \"127.0.0.1:47811\"\n"                         \
	"    for: [ahu-1]\n"                                    \
	"    values:\n"                                         \
	"      run: " run "\n"                                  \
	"      knob: [{at: 0s, to: 18}]\n"                      \
	"      water: {begins: 6, follows: run, when: [0, 1], " \
	"is: [14, 6], within: 2s}\n"

#define METERS                         \
	"controllers:\n"               \
	"  - source: meters\n"         \
	"    for: [sup]\n"             \
	"    values:\n"                \
	"      volts: {begins: 230}\n" \
	"      lamp: {begins: 1}\n"    \
	"      watts: {begins: 60, follows: lamp, when: [0, 1], is: [0, 60], within: 1s}\n"

#define WRITE(object, value)                                                                \
	"- {at: 10s, bacnet: {from: intruder, to: ahu-1, service: write-property, object: " \
	"'" object "', property: present-value, value: " value "}}\n"

static struct ward_device *device_of(const struct ward_controller *k)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct ward_device *d = NULL;

	ward_device_write_all(k, st.points, &w);
	assert_int_equal(ward_device_new(ward_mem_heap(), ward_device_speaks(k->source->kind),
				 ward_wr_text(&w), &d),
		WARD_OK);
	ward_wr_fini(&w);
	return d;
}

static void near(struct ward_device *d, ward_ns time, size_t value, double want)
{
	ward_device_live(d, time);
	assert_true(fabs(ward_device_worth(&d->value[value], time) - want) < 0.2);
}

static void apply(const struct ward_scenario *c, size_t step, struct ward_device *d)
{
	ward_write_apply(c, &c->step[step], c->step[step].at, &c->controller[0], d);
}

/* Left out, the water stays cold; sent, it warms up; sent again, as by a player that was started
 * anew, it is the same; NULL gives the pump back. */
static void bacnet(void **state)
{
	struct ward_scenario *c = stage_steps(&st,
		WRITE("binary-value:1", "{enumerated: 0}") WRITE("binary-value:1",
			"{enumerated: 0}") WRITE("binary-value:1", "{null: }") COLD("{begins: 1}"));
	struct ward_device *d = device_of(&c->controller[0]);

	(void)state;
	assert_int_equal(st.d.n, 0);
	assert_ptr_equal(ward_write_to(c, &c->step[0]), &c->controller[0]);
	near(d, 10 * s, 2, 6);
	apply(c, 0, d);
	near(d, 12 * s, 2, 14 - 8 * exp(-1));
	apply(c, 1, d);
	near(d, 30 * s, 2, 14);
	near(d, 30 * s, 0, 0);
	c->step[2].at = 30 * s;
	apply(c, 2, d);
	near(d, 50 * s, 2, 6);
	ward_device_free(d);
	ward_scenario_free(c);
}

/* A request to another host, a reading, and what another controller hears, is none. */
static void others(void **state)
{
	struct ward_scenario *c = stage_steps(&st,
		"- {at: 0s, bacnet: {from: intruder, to: sup, service: write-property,\n"
		"    object: 'binary-value:1', property: present-value, value: {enumerated: 0}}}\n"
		"- {at: 0s, bacnet: {from: intruder, to: ahu-1, service: read-property,\n"
		"    object: 'binary-value:1', property: present-value}}\n"
		"- {at: 0s, tcp: {from: intruder, to: ahu-1, port: 502,\n"
		"    say: [{client_hex: '000100000006 01 06 0001 0000'}]}}\n"
		"- {at: 1s, syslog: {source: doors, host: dc, class: door.opened}}\n" COLD(
			"{begins: 1}"));
	struct ward_device *d = device_of(&c->controller[0]);
	uint8_t buf[WARD_WRITE_MAX];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	size_t at = 0;

	(void)state;
	for (size_t i = 0; i < c->n_step; i++) {
		assert_null(ward_write_to(c, &c->step[i]));
		assert_null(ward_write_next(c, &c->step[i], &at, &w));
		apply(c, i, d);
	}
	assert_int_equal(ward_device_written(d), 0);
	ward_device_free(d);
	ward_scenario_free(c);
}

/* Functions 5, 6 and 16 among readings, cut as TCP likes; behind what is no Modbus comes nothing.
 */
static void modbus(void **state)
{
	struct ward_scenario *c = stage_steps(&st,
		"- at: 5s\n"
		"  tcp: {from: intruder, to: sup, port: 502, say: [\n"
		"    {client_hex: '0001 0000 0006 01 01 0000'}, {server: x}, {client_hex: "
		"'0001'},\n"
		"    {client_hex: '0002 0000 0006 01 05 0000 0000  0003 0000 000b 01 10 0064 "
		"0002'},\n"
		"    {client_hex: '04 42c8 0000'}]}\n"
		"- at: 6s\n"
		"  tcp: {from: intruder, to: sup, port: 502, say: [\n"
		"    {client: 'GET / HTTP/1.1'}]}\n"
		"- {at: 7s, tcp: {from: intruder, to: sup, port: 502, reply: refused}}\n"
		"- {at: 7s, tcp: {from: intruder, to: sup, port: 503, say: [\n"
		"    {client_hex: '0002 0000 0006 01 05 0000 ff00'}]}}\n" METERS);
	struct ward_device *d = device_of(&c->controller[0]);
	uint8_t buf[WARD_WRITE_MAX];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	size_t at = 0;

	(void)state;
	assert_int_equal(st.d.n, 0);
	near(d, 5 * s, 2, 60);
	for (size_t i = 0; i < c->n_step; i++)
		apply(c, i, d);
	assert_int_equal(ward_device_written(d), 2);
	near(d, 10 * s, 0, 100);
	near(d, 10 * s, 1, 0);
	near(d, 20 * s, 2, 0);
	assert_non_null(ward_write_next(c, &c->step[0], &at, &w));
	assert_int_equal(w.len, 12);
	/* what is not whole is no request, wherever it ends */
	c->step[0].talk.n_say = 5;
	for (size_t cut = 0; cut < 5; cut++) {
		c->step[0].talk.say[4].bytes.len = cut;
		ward_wr_reset(&w);
		at = 24;
		assert_null(ward_write_next(c, &c->step[0], &at, &w));
	}
	ward_device_free(d);
	ward_scenario_free(c);
}

/* What was heard of a tool of others: its WriteProperty is written as well; cut anywhere, to
 * another host or of another kind it is none. */
static void tool(void **state)
{
	struct ward_scenario *c = stage_steps(&st,
		WRITE("binary-value:1", "{enumerated: 0}") "- {at: 11s, arp: {from: intruder, "
							   "target: 10.1.0.5}}\n" COLD(
								   "{begins: 1}"));
	struct ward_device *d = device_of(&c->controller[0]);
	uint8_t frame[2][WARD_ACT_FRAME_MAX], buf[WARD_WRITE_MAX];
	struct ward_heard heard[2] = {{.after = 0}};
	struct ward_step *t = &c->step[1];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	size_t at = 0;

	(void)state;
	for (size_t i = 0; i < 2; i++) { /* the first is the ARP request */
		struct ward_wr f = ward_wr_fixed(frame[i], sizeof(frame[i]));

		ward_act_frame(c, 1 - i, 0, &f);
		heard[i].frame = (struct ward_str){(const char *)frame[i], f.len};
	}
	*t = (struct ward_step){.act = WARD_ACT_TOOL, .at = 11 * s};
	t->tool.heard = heard;
	t->tool.n_heard = 2;
	assert_ptr_equal(ward_write_to(c, t), &c->controller[0]);
	assert_ptr_equal(ward_write_next(c, t, &at, &w), &c->controller[0]);
	assert_int_equal(w.p[0], 0x81);
	assert_null(ward_write_next(c, t, &at, &w));
	apply(c, 1, d);
	near(d, 30 * s, 0, 0);
	near(d, 30 * s, 2, 14);
	size_t len = heard[1].frame.len, end = 14 + 20 + 8 + w.len;

	for (heard[1].frame.len = 0; heard[1].frame.len < end; heard[1].frame.len++)
		assert_null(ward_write_to(c, t));
	heard[1].frame.len = len;
	static const size_t bytes[] = {12, 14, 20, 23, 33, 36, 47, 48, 51};

	for (size_t i = 0; i < WARD_ARRAY_LEN(bytes); i++) {
		frame[1][bytes[i]] ^= 0x28;
		assert_null(ward_write_to(c, t));
		frame[1][bytes[i]] ^= 0x28;
	}
	assert_non_null(ward_write_to(c, t));
	ward_device_free(d);
	ward_scenario_free(c);
}

/* What happens at the plant happens to inputs too, and to no other controller. */
static void set(void **state)
{
	struct ward_scenario *c =
		stage_steps(&st, "- {at: 10s, set: {point: water, to: 3.5}}\n" COLD("{begins: 1}"));
	struct ward_device *d = device_of(&c->controller[0]);
	struct ward_controller other = c->controller[0];

	(void)state;
	assert_int_equal(st.d.n, 0);
	assert_null(ward_write_to(c, &c->step[0]));
	ward_write_apply(c, &c->step[0], 10 * s, &other, d);
	near(d, 10 * s, 2, 6);
	apply(c, 0, d);
	near(d, 20 * s, 2, 3.5);
	/* who may not write it can't give it back either */
	assert_true(ward_device_put(d, 21 * s, 1, 20));
	assert_false(ward_device_release(d, &d->value[1]));
	near(d, 22 * s, 1, 20);
	ward_device_free(d);
	ward_scenario_free(c);
}

static void says(const char *steps, unsigned level, unsigned line, const char *what)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct ward_scenario *c;
	bool found = false;
	size_t from = ward_str_find(ward_str_z(stage_scenario), WARD_STR("steps:\n"));

	ward_wr_str(&w, ward_str_sub(ward_str_z(stage_scenario), 0, from));
	ward_wr_z(&w, "steps:\n");
	ward_wr_z(&w, steps);
	assert_int_equal(stage_load(&st, ward_mem_heap(), ward_wr_slice(&w), &c),
		level == WARD_DIAG_ERROR ? WARD_ERR_CONFIG : WARD_OK);
	for (size_t i = 0; i < st.d.n; i++) {
		const struct ward_diag_item *it = &st.d.item[i];

		assert_true(it->mend.len > 0);
		found |= it->level == level && it->line == line &&
			 ward_str_eqz(it->file, "scenario.yml") &&
			 (ward_str_find(it->what, ward_str_z(what)) != SIZE_MAX ||
				 ward_str_find(it->mend, ward_str_z(what)) != SIZE_MAX);
	}
	if (!found) {
		struct ward_wr all = ward_wr_grow(ward_mem_heap(), 1 << 20);

		ward_diag_write_text(&st.d, &all);
		fail_msg("wants %s, has: %.*s", what, WARD_STR_ARG(ward_wr_text(&all)));
	}
	ward_scenario_free(c);
	ward_wr_fini(&w);
	ward_diag_fini(&st.d);
	ward_diag_init(&st.d, ward_mem_heap());
}

/* Each refusal, at the step's line and with its mend. */
static void refused(void **state)
{
	enum { FIRST = 16 };

	(void)state;
	says(WRITE("analog-value:1", "{real: 26}") COLD("{begins: 1}"), WARD_DIAG_ERROR, FIRST,
		"the controller of line 18 refuses what is written to it");
	says(WRITE("analog-value:1", "{real: 26}") COLD("{begins: 1}"), WARD_DIAG_ERROR, FIRST,
		"only a setting, or what another value follows");
	says(WRITE("binary-value:1", "{text: off}") COLD("{begins: 1}"), WARD_DIAG_ERROR, FIRST,
		"only a setting");
	says(WRITE("analog-input:1", "{real: 6}") COLD("{begins: 1}"), WARD_DIAG_ERROR, FIRST,
		"never an input");
	says(WRITE("binary-value:7", "{enumerated: 0}") COLD("{begins: 1}"), WARD_DIAG_ERROR, FIRST,
		"it has no such point");
	says("- {at: 5s, tcp: {from: intruder, to: sup, port: 502, say: [{client_hex: '0002 0000 "
	     "0006 01 05 0007 ff00'}]}}\n" METERS,
		WARD_DIAG_ERROR, FIRST, "it has no such point");
	says("- {at: 5s, tcp: {from: intruder, to: sup, port: 502, say: [{client_hex: '0002 0000 "
	     "0006 01 05 0000 0001'}]}}\n" METERS,
		WARD_DIAG_ERROR, FIRST, "only a setting");
	/* of injects and branches too */
	says("- {at: 5s, arp: {from: intruder, target: 10.1.0.5}}\n"
	     "injects:\n- id: more\n  title: More\n  steps:\n  - {after: 1s, bacnet: {from: "
	     "intruder, to: ahu-1, service: write-property, object: 'binary-value:7', property: "
	     "present-value, value: {enumerated: 0}}}\n" COLD("{begins: 1}"),
		WARD_DIAG_ERROR, FIRST + 5, "it has no such point");
}

/* A write to what a controller measures, which stands for nobody. */
static void astray(void **state)
{
	(void)state;
	says(WRITE("binary-value:1",
		     "{enumerated: 0}") "controllers:\n"
					"  - source: cold\n"
					"    at: \"127.0.0.1:47811\"\n"
					"    values: {run: {begins: 1}, knob: {begins: 18}, water: "
					"[{at: 0s, to: 6}]}\n",
		WARD_DIAG_WARNING, 16,
		"what is written to 'ahu-1' changes nothing that the controller of line 18");
}

/* Of answers: another's, a part of one, one that says no. */
static void ended(void **state)
{
	static const uint8_t ask[] = {0, 2, 0, 0, 0, 6, 1, 5, 0, 0, 0xff, 0},
			     no[] = {0, 2, 0, 0, 0, 3, 1, 0x85, 2};
	struct ward_scenario *c =
		stage_steps(&st, "- {at: 0s, arp: {from: intruder, target: 10.1.0.5}}\n" METERS);
	struct ward_controller bacnet_one = c->controller[0];
	struct ward_slice q = ward_slice_of(ask, sizeof(ask));
	struct ward_source source = *c->controller[0].source;
	const char *why = NULL;
	uint8_t other[sizeof(ask)];

	(void)state;
	assert_int_equal(ward_write_ended(&c->controller[0], q, q, &why), WARD_WRITE_DONE);
	for (size_t n = 0; n < sizeof(ask); n++)
		assert_int_equal(
			ward_write_ended(&c->controller[0], q, ward_slice_of(ask, n), &why),
			WARD_WRITE_MORE);
	memcpy(other, ask, sizeof(ask));
	other[1]++;
	assert_int_equal(
		ward_write_ended(&c->controller[0], q, ward_slice_of(other, sizeof(other)), &why),
		WARD_WRITE_FOREIGN);
	assert_int_equal(
		ward_write_ended(&c->controller[0], q, ward_slice_of(no, sizeof(no)), &why),
		WARD_WRITE_REFUSED);
	assert_non_null(strstr(why, "no such point"));
	source.kind = WARD_STR("bacnet");
	bacnet_one.source = &source;
	assert_int_equal(ward_write_ended(&bacnet_one, q, q, &why), WARD_WRITE_FOREIGN);
	ward_scenario_free(c);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(bacnet), T(others), T(modbus), T(tool), T(set), T(refused), T(astray), T(ended)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
