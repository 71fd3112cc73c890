#include "enrich/enrich.h"

#include "../model/lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

struct fix {
	struct lab lab;
	struct ward_names names;
	struct ward_arena arena;
	struct ward_enrich en;
	struct ward_event e;
};

static const char more[] =
	"assets:\n"
	"  - {id: cam, name: Camera, class: device, room: yard, keys: camera:C1}\n"
	"  - {id: probe, name: Probe, class: device, keys: sensor:T1}\n"
	"  - {id: router, name: Router, class: device, network: n-bms,\n"
	"     mac: '02:00:00:00:00:01', ip: 10.1.0.1}\n"
	"  - {id: ehr, name: Server, class: device, keys: host:ehr}\n"
	"relations:\n"
	"  - {from: cam, relation: monitors, to: d-1}\n"
	"  - {from: probe, relation: monitors, to: or-1}\n"
	"sources:\n"
	"  - {id: src-log, name: Log, kind: syslog, where: 'udp:127.0.0.1:5514', watches: [d-1],\n"
	"     purpose: security, skew: 5s}\n"
	"services:\n"
	"  - {id: air, name: Air, class: service.care, requires: [{of: [ahu-1]}]}\n";

static int setup(void **state)
{
	struct fix *f = calloc(1, sizeof(*f));
	enum ward_err err = lab_load(&f->lab, ward_mem_heap(), NULL, "x.yml", more);

	if (err || ward_names_init(&f->names, ward_mem_heap(), &f->lab.lim))
		return 1;
	ward_arena_init(&f->arena, ward_mem_heap(), 1 << 20);
	f->en = (struct ward_enrich){
		.model = f->lab.m, .names = &f->names, .actor = ward_enrich_actor_as_is};
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fix *f = *state;

	ward_arena_fini(&f->arena);
	ward_names_fini(&f->names);
	lab_free(&f->lab);
	free(f);
	return 0;
}

static void begin(struct fix *f, const char *class)
{
	ward_event_init(&f->e, &f->arena);
	f->e.class = ward_name(&f->names, ward_str_z(class));
	f->e.source = ward_name(&f->names, WARD_STR("src-net"));
}

static void put(struct fix *f, uint32_t field, const char *text)
{
	assert_int_equal(ward_event_set(&f->e, field, ward_value_str(ward_str_z(text))), WARD_OK);
}

static void run(struct fix *f)
{
	assert_int_equal(ward_enrich_event(&f->en, &f->e), WARD_OK);
}

static void is(const struct fix *f, uint32_t field, const char *want)
{
	struct ward_str got = ward_event_str(&f->e, field);

	if (!want)
		assert_null(ward_event_get(&f->e, field));
	else if (!ward_str_eqz(got, want))
		fail_msg("%s: '%.*s', not '%s'", ward_field_info((enum ward_field_id)field)->name,
			WARD_STR_ARG(got), want);
}

/* want: 1 true, 0 false, -1 absent */
static void is_bool(const struct fix *f, uint32_t field, int want)
{
	const struct ward_value *v = ward_event_get(&f->e, field);

	assert_int_equal(v ? v->b : -1, want);
}

static void packet(void **state)
{
	struct fix *f = *state;

	begin(f, "net.bacnet.write_property");
	put(f, WARD_FIELD_IFACE, "bms0");
	put(f, WARD_FIELD_SRC_IP, "10.1.0.5");
	put(f, WARD_FIELD_DST_IP, "10.1.2.7");
	run(f);
	is(f, WARD_FIELD_WARD_ASSET, "ahu-1");
	is(f, WARD_FIELD_WARD_CLASS, "device.ahu");
	is(f, WARD_FIELD_WARD_PEER_ASSET, "ahu-2");
	is_bool(f, WARD_FIELD_WARD_KNOWN, 1);
	is_bool(f, WARD_FIELD_WARD_PEER_KNOWN, 1);
	is(f, WARD_FIELD_WARD_NETWORK, "n-bms");
	is(f, WARD_FIELD_WARD_ROOM, "hall");
	is(f, WARD_FIELD_WARD_ZONE, "z-out");
	is(f, WARD_FIELD_WARD_FLOOR, "f");
	is(f, WARD_FIELD_WARD_BUILDING, "b");
	is(f, WARD_FIELD_WARD_DOOR, NULL);
	const struct ward_value *v = ward_event_get(&f->e, WARD_FIELD_WARD_SERVICE);

	assert_int_equal(v->n, 2);
	assert_true(ward_str_eqz(v->item[0].s, "air"));
	assert_true(ward_str_eqz(v->item[1].s, "surgery"));
}

/* A host is known by its name with and without a domain, and by an address in its place. */
static void host_names(void **state)
{
	struct fix *f = *state;
	static const char *const name[][2] = {{"EHR", "ehr"}, {"ehr.hospital.example", "ehr"},
		{"10.1.0.5", "ahu-1"}, {"ehr-2.hospital.example", NULL}, {"hospital.ehr", NULL},
		{"10.1.0.99", NULL}, {".", NULL}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(name); i++) {
		begin(f, "log.syslog");
		put(f, WARD_FIELD_HOST, name[i][0]);
		run(f);
		is(f, WARD_FIELD_WARD_ASSET, name[i][1]);
	}
}

static void known(struct fix *f, const char *ip, const char *mac, int want, const char *asset)
{
	begin(f, "net.host");
	put(f, WARD_FIELD_IFACE, "bms0");
	if (ip)
		put(f, WARD_FIELD_SRC_IP, ip);
	if (mac)
		put(f, WARD_FIELD_SRC_MAC, mac);
	run(f);
	is_bool(f, WARD_FIELD_WARD_KNOWN, want);
	is(f, WARD_FIELD_WARD_ASSET, asset);
	is(f, WARD_FIELD_WARD_NETWORK, "n-bms");
}

static void unknown_devices(void **state)
{
	struct fix *f = *state;

	known(f, "10.1.0.77", NULL, 0, NULL);
	known(f, "10.1.0.77", "02:00:00:00:00:99", 0, NULL);
	known(f, NULL, "02:00:00:00:00:99", 0, NULL);
	known(f, NULL, "02:00:00:00:00:01", 1, "router");
	known(f, "0.0.0.0", "02:00:00:00:00:99", 0, NULL);
	known(f, "10.1.0.78", "02:00:00:00:00:01", 1, "router"); /* its network: a new address */
	known(f, "10.1.2.99", "02:00:00:00:00:01", 0, NULL);     /* behind the router */
	known(f, "192.168.7.7", "02:00:00:00:00:99", 0, NULL);   /* a foreign private address */
	known(f, "172.20.0.7", "02:00:00:00:00:99", 0, NULL);
	known(f, "192.168.7.7", "02:00:00:00:00:01", -1, NULL); /* routed to us */
	known(f, "fe80::1", "02:00:00:00:00:99", 0, NULL);
	known(f, "169.254.1.1", "02:00:00:00:00:01", 1, "router");
	known(f, "8.8.8.8", "02:00:00:00:00:99", -1, NULL);
	known(f, NULL, NULL, -1, NULL);
	assert_int_equal(f->en.count.n_unknown, 8);
}

static void peer(struct fix *f, const char *ip, const char *mac, int want)
{
	begin(f, "net.flow");
	put(f, WARD_FIELD_SRC_IP, "10.1.0.5");
	put(f, WARD_FIELD_DST_IP, ip);
	put(f, WARD_FIELD_DST_MAC, mac);
	run(f);
	is_bool(f, WARD_FIELD_WARD_PEER_KNOWN, want);
}

static void groups_are_nobody(void **state)
{
	struct fix *f = *state;

	peer(f, "10.1.255.255", "ff:ff:ff:ff:ff:ff", -1);
	peer(f, "10.1.2.255", "ff:ff:ff:ff:ff:ff", -1);
	peer(f, "255.255.255.255", "ff:ff:ff:ff:ff:ff", -1);
	peer(f, "224.0.0.251", "01:00:5e:00:00:fb", -1);
	peer(f, "ff02::fb", "33:33:00:00:00:fb", -1);
	peer(f, "10.1.3.255", "02:00:00:00:00:99", 0);
	peer(f, "10.1.0.1", "02:00:00:00:00:01", 1);
}

static void doors(void **state)
{
	struct fix *f = *state;

	begin(f, "door.forced");
	put(f, WARD_FIELD_DOOR, "D1");
	run(f);
	is(f, WARD_FIELD_WARD_ASSET, "d-1");
	is(f, WARD_FIELD_WARD_DOOR, "d-1");
	is(f, WARD_FIELD_WARD_ROOM, "hall"); /* it leads from the yard to the hall */
	begin(f, "door.granted");
	put(f, WARD_FIELD_READER, "R-1");
	put(f, WARD_FIELD_BADGE, "p-abc");
	run(f);
	is(f, WARD_FIELD_WARD_ASSET, "reader-1");
	is(f, WARD_FIELD_WARD_DOOR, "d-2");
	is(f, WARD_FIELD_WARD_ROOM, "hall");
	is(f, WARD_FIELD_WARD_ACTOR, "p-abc");
	begin(f, "video.count");
	put(f, WARD_FIELD_CAMERA, "C1");
	run(f);
	is(f, WARD_FIELD_WARD_ASSET, "cam");
	is(f, WARD_FIELD_WARD_DOOR, "d-1");
	is(f, WARD_FIELD_WARD_ROOM, "yard");
	begin(f, "env.temperature");
	put(f, WARD_FIELD_SENSOR, "T1");
	run(f);
	is(f, WARD_FIELD_WARD_ASSET, "probe");
	is(f, WARD_FIELD_WARD_ROOM, "or-1"); /* it has no place: what it monitors */
	is_bool(f, WARD_FIELD_WARD_KNOWN, -1);
}

static void call(struct fix *f, const char *class, const char *place, const char *room)
{
	begin(f, class);
	put(f, WARD_FIELD_SENSOR, "T1"); /* which looks at or-1 */
	if (place)
		put(f, ward_name(&f->names, WARD_STR("call.place")), place);
	if (room)
		put(f, ward_name(&f->names, WARD_STR("call.room")), room);
	run(f);
}

/* Who calls for help is where the call says, not where what heard it is. */
static void calls(void **state)
{
	struct fix *f = *state;

	call(f, "call.duress", "yard", "hall");
	is(f, WARD_FIELD_WARD_ROOM, "yard");
	call(f, "call.duress", NULL, "hall");
	is(f, WARD_FIELD_WARD_ROOM, "hall");
	call(f, "call.duress", "ahu-1", NULL); /* a button on a wall */
	is(f, WARD_FIELD_WARD_ASSET, "ahu-1");
	is(f, WARD_FIELD_WARD_ROOM, "hall");
	call(f, "field.silent", "yard", NULL);
	is(f, WARD_FIELD_WARD_ROOM, "yard");
	/* a name that is no room's, and classes that are no calls */
	call(f, "call.duress", "no-such", "neither");
	is(f, WARD_FIELD_WARD_ROOM, "or-1");
	call(f, "fire.alarm", "yard", "hall");
	is(f, WARD_FIELD_WARD_ROOM, "or-1");
}

static void hosts(void **state)
{
	struct fix *f = *state;

	begin(f, "log.syslog");
	put(f, WARD_FIELD_HOST, "EHR");
	put(f, WARD_FIELD_SRC_IP, "10.1.0.5");
	assert_int_equal(ward_event_set(&f->e, WARD_FIELD_USER, ward_value_int(42)), WARD_OK);
	run(f);
	is(f, WARD_FIELD_WARD_ASSET, "ehr");
	is(f, WARD_FIELD_WARD_PEER_ASSET, "ahu-1");
	is(f, WARD_FIELD_WARD_ACTOR, "42");
}

static void nobody_places_himself(void **state)
{
	struct fix *f = *state;
	uint32_t own = ward_name(&f->names, WARD_STR("ward.anything"));

	begin(f, "log.json");
	put(f, WARD_FIELD_WARD_ASSET, "ahu-1");
	put(f, own, "x");
	put(f, WARD_FIELD_MESSAGE, "hello");
	put(f, WARD_FIELD_WARD_ACTOR, "the director");
	run(f);
	is(f, WARD_FIELD_WARD_ASSET, NULL);
	is(f, WARD_FIELD_WARD_ACTOR, NULL);
	assert_null(ward_event_get(&f->e, own));
	is(f, WARD_FIELD_MESSAGE, "hello");
	assert_int_equal(f->en.count.n_removed, 3);
	f->en.ours = true;
	begin(f, "log.json");
	put(f, WARD_FIELD_WARD_ASSET, "ahu-1");
	run(f);
	is(f, WARD_FIELD_WARD_ASSET, "ahu-1");
}

static void judge(struct fix *f, const char *class, const char *source, ward_ns time, ward_ns seen)
{
	begin(f, class);
	f->e.source = ward_name(&f->names, ward_str_z(source));
	f->e.time = time;
	f->e.seen = seen;
	run(f);
}

static void time_judged(void **state)
{
	static const struct {
		const char *source;
		ward_ns time, seen;
		int want;
	} row[] = {
		{"src-log", 5 * WARD_NS_PER_S, 0, 0},
		{"src-log", 5 * WARD_NS_PER_S + 1, 0, 1},
		{"src-log", 0, WARD_LATENESS, 0},
		{"src-log", 0, WARD_LATENESS + 1, 1},
		{"src-log", INT64_MAX, INT64_MIN, 1},
		{"other", 60 * WARD_NS_PER_S, 0, -1},
		{"other", 61 * WARD_NS_PER_S, 0, 1},
		{"other", 0, WARD_LATENESS, -1},
		{"other", 0, WARD_LATENESS + 1, 1},
	};
	struct fix *f = *state;

	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		judge(f, "host.login", row[i].source, row[i].time, row[i].seen);
		is_bool(f, WARD_FIELD_WARD_TIME_UNTRUSTED, row[i].want);
		is(f, WARD_FIELD_WARD_TIME, NULL);
		assert_true(
			ward_enrich_time(&f->e) == (row[i].want == 1 ? row[i].seen : row[i].time));
	}
}

/* A flow that timed out ended when it says; it is only told late, and placed as near to its end as
 * the skew lets it. The network sensor's clock is Ward's own. */
static void told_late(void **state)
{
	static const struct {
		const char *class, *source;
		ward_ns time, seen;
		const char *placed;
		int untrusted;
	} row[] = {
		{"net.flow", "src-net", 0, 5 * WARD_NS_PER_S, NULL, 0},
		{"net.flow", "src-net", 0, 3600 * WARD_NS_PER_S, "1970-01-01T00:59:55Z", 0},
		{"net.dicom.release", "src-net", 0, 121 * WARD_NS_PER_S, "1970-01-01T00:01:56Z", 0},
		{"net.flow", "other", 0, 121 * WARD_NS_PER_S, "1970-01-01T00:01:01Z", 0},
		{"net.flow", "src-net", 0, 3661 * WARD_NS_PER_S, NULL, 1},
		{"net.flow", "src-net", 6 * WARD_NS_PER_S, 0, NULL, 1},
		{"net.dicom.release", "other", 0, 121 * WARD_NS_PER_S, NULL, 1},
		{"net.flow", "src-net", INT64_MIN, INT64_MAX, NULL, 1},
	};
	struct fix *f = *state;

	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		judge(f, row[i].class, row[i].source, row[i].time, row[i].seen);
		is_bool(f, WARD_FIELD_WARD_TIME_UNTRUSTED, row[i].untrusted);
		is(f, WARD_FIELD_WARD_TIME, row[i].placed);
	}
	assert_int_equal(f->en.count.n_told_late, 3);
}

/* One sender of a source is an hour behind, another right: each is placed where it belongs, and its
 * own time stays. */
static void corrected(void **state)
{
	struct fix *f = *state;
	struct ward_offsets t;
	size_t n_turned = 0;

	ward_offsets_init(&t, ward_mem_heap(), &f->lab.lim);
	f->en.offsets = &t;
	for (ward_ns i = 0; i < 10; i++) {
		ward_ns now = (1000000 + 20 * i) * WARD_NS_PER_S;

		begin(f, "door.opened");
		f->e.source = ward_name(&f->names, WARD_STR("src-log"));
		put(f, WARD_FIELD_HOST, i % 2 ? "right" : "wrong");
		f->e.seen = now;
		f->e.time = now - (i % 2 ? 1 : 3601) * WARD_NS_PER_S;
		run(f);
		is_bool(f, WARD_FIELD_WARD_TIME_UNTRUSTED, 0 == i % 2 && i < 8);
		n_turned += f->en.turned != NULL;
	}
	assert_int_equal(n_turned, 1);
	begin(f, "door.opened");
	f->e.source = ward_name(&f->names, WARD_STR("src-log"));
	put(f, WARD_FIELD_HOST, "wrong");
	f->e.seen = 2000002 * WARD_NS_PER_S;
	f->e.time = (2000000 - 3600) * WARD_NS_PER_S;
	run(f);
	is_bool(f, WARD_FIELD_WARD_TIME_UNTRUSTED, 0);
	is(f, WARD_FIELD_WARD_TIME, "1970-01-24T03:33:20Z");
	assert_true(ward_enrich_time(&f->e) == 2000000 * WARD_NS_PER_S);
	assert_true(f->e.time == (2000000 - 3600) * WARD_NS_PER_S);
	/* what our own records say stays, and is judged no more */
	f->en.offsets = NULL;
	f->en.ours = true;
	run(f);
	is(f, WARD_FIELD_WARD_TIME, "1970-01-24T03:33:20Z");
	is_bool(f, WARD_FIELD_WARD_TIME_UNTRUSTED, 0);
	ward_offsets_fini(&t);
}

static void no_memory(void **state)
{
	struct fix *f = *state;
	struct ward_mem_failing mem;
	enum ward_err err = WARD_ERR_NOMEM;

	for (uint64_t n = 1; err; n++) {
		ward_mem_failing_init(&mem, 0);
		ward_arena_fini(&f->arena);
		ward_arena_init(&f->arena, &mem.mem, 1 << 20);
		begin(f, "net.flow");
		err = ward_event_set(
			&f->e, WARD_FIELD_SRC_IP, ward_value_str(WARD_STR("10.1.0.5")));
		assert_int_equal(err, WARD_OK);
		f->arena.max_bytes = f->arena.used_bytes + 64 * (n - 1);
		err = ward_enrich_event(&f->en, &f->e);
		assert_true(err == WARD_OK || err == WARD_ERR_NOMEM);
		ward_arena_fini(&f->arena);
	}
	ward_arena_init(&f->arena, ward_mem_heap(), 1 << 20);
}

/* A point of points.csv is of a thing or of a room; what a sensor's key says goes before. */
static void points(void **state)
{
	static const char rows[] = "id,asset\nflow,ahu-1\np-room,or-1\n";
	struct fix *f = *state;
	const struct ward_point_in in = {f->lab.m, &f->lab.lim, ward_mem_heap(), &f->lab.d};
	struct ward_points *p = NULL;

	assert_int_equal(ward_points_parse(&in, ward_str_bytes(ward_str_z(rows)),
				 ward_str_bytes(WARD_STR("")), &p),
		WARD_OK);
	begin(f, "field.point");
	put(f, WARD_FIELD_POINT, "flow");
	run(f);
	is(f, WARD_FIELD_WARD_ASSET, NULL);
	f->en.points = p;
	run(f);
	is(f, WARD_FIELD_WARD_ASSET, "ahu-1");
	is(f, WARD_FIELD_WARD_ROOM, "hall");
	begin(f, "point.range");
	put(f, WARD_FIELD_POINT, "p-room");
	run(f);
	is(f, WARD_FIELD_WARD_ASSET, NULL);
	is(f, WARD_FIELD_WARD_ROOM, "or-1");
	begin(f, "field.point"); /* the controller that gives it stands in the hall */
	put(f, WARD_FIELD_POINT, "p-room");
	put(f, WARD_FIELD_SRC_IP, "10.1.0.5");
	run(f);
	is(f, WARD_FIELD_WARD_ASSET, "ahu-1");
	is(f, WARD_FIELD_WARD_ROOM, "or-1");
	begin(f, "field.point");
	put(f, WARD_FIELD_POINT, "flow");
	put(f, WARD_FIELD_SENSOR, "T1");
	run(f);
	is(f, WARD_FIELD_WARD_ASSET, "probe");
	is(f, WARD_FIELD_WARD_ROOM, "or-1");
	ward_points_free(p);
}

/* All that an event gets here is known beforehand: no text of another kind can come of it. */
static void may_say(void **state)
{
	struct fix *f = *state;

	begin(f, "net.flow");
	put(f, WARD_FIELD_HOST, "ehr");
	run(f);
	for (size_t i = 0; i < f->e.n_field; i++) {
		const struct ward_value *v = &f->e.field[i].v;

		if (v->kind == WARD_VALUE_STR && f->e.field[i].name != WARD_FIELD_HOST)
			assert_true(ward_enrich_may_say(f->lab.m, v->s));
	}
	assert_true(ward_enrich_may_say(f->lab.m, WARD_STR("d-1")));
	assert_true(ward_enrich_may_say(f->lab.m, WARD_STR("ahu")));
	assert_true(ward_enrich_may_say(f->lab.m, WARD_STR("alse")));
	assert_true(ward_enrich_may_say(f->lab.m, WARD_STR("12t02:1")));
	assert_true(ward_enrich_may_say(f->lab.m, WARD_STR("evice")));
	assert_false(ward_enrich_may_say(f->lab.m, WARD_STR("failed password")));
	assert_false(ward_enrich_may_say(f->lab.m, WARD_STR("ahu-77")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(packet, setup, teardown),
		cmocka_unit_test_setup_teardown(host_names, setup, teardown),
		cmocka_unit_test_setup_teardown(unknown_devices, setup, teardown),
		cmocka_unit_test_setup_teardown(groups_are_nobody, setup, teardown),
		cmocka_unit_test_setup_teardown(doors, setup, teardown),
		cmocka_unit_test_setup_teardown(points, setup, teardown),
		cmocka_unit_test_setup_teardown(hosts, setup, teardown),
		cmocka_unit_test_setup_teardown(calls, setup, teardown),
		cmocka_unit_test_setup_teardown(nobody_places_himself, setup, teardown),
		cmocka_unit_test_setup_teardown(time_judged, setup, teardown),
		cmocka_unit_test_setup_teardown(told_late, setup, teardown),
		cmocka_unit_test_setup_teardown(corrected, setup, teardown),
		cmocka_unit_test_setup_teardown(no_memory, setup, teardown),
		cmocka_unit_test_setup_teardown(may_say, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
