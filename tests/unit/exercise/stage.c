#include "stage.h"

#include "model/point/point.h"

#define HEAD                                                                              \
	"id: s\n"                                                                         \
	"title: A test\n"                                                                 \
	"hospital: h\n"                                                                   \
	"synthetic: true\n"                                                               \
	"start: 2026-03-12T03:10:00+01:00\n"                                              \
	"actors:\n"                                                                       \
	"  - {id: intruder, network: n-bms, ip: 10.1.0.99, mac: \"02:00:00:00:00:99\"}\n" \
	"expect:\n"                                                                       \
	"  incidents: 1\n"                                                                \
	"  kind: hybrid\n"                                                                \
	"  rules: [fd949a25-1aad-48bc-b4bf-539360d5562a]\n"                               \
	"  threats: [{threat: bms.command, on: ahu-1}]\n"                                 \
	"  impacts: [{threat: outage, on: surgery, within: 60min}]\n"                     \
	"  untouched: [surgery]\n"                                                        \
	"steps:\n"

const char stage_scenario[] = HEAD
	"  - at: 1s\n"
	"    real: 2s\n"
	"    note: A badge\n"
	"    syslog: {source: doors, host: dc-1, class: door.granted, fields: {reader: R9}}\n"
	"  - at: 2s\n"
	"    real: 20s\n"
	"    mqtt: {source: sensors, kind: temperature, sensor: t-1, payload: {state: normal}}\n"
	"  - at: 2s\n"
	"    real: 20s\n"
	"    arp: {from: intruder, target: 10.1.0.5}\n"
	"  - at: 3s\n"
	"    real: 30s\n"
	"    bacnet: {from: intruder, to: ahu-1, service: write-property, object: "
	"\"binary-value:1\",\n"
	"      property: present-value, value: {enumerated: 0}, priority: 8, reply: ack}\n";

static const char more[] =
	"roles:\n  - {id: guard, name: Guard}\n"
	"networks:\n  - {id: n-six, name: Six, class: network.bms, cidr: 'fd01::/64'}\n"
	"assets:\n"
	"  - {id: sup, name: S, class: device.ahu, room: hall, network: n-bms, ip: 10.1.0.10,\n"
	"     mac: \"02:00:00:00:00:10\"}\n"
	"  - {id: deep, name: D, class: device.ahu, room: hall, network: n-deep, ip: 10.1.2.9,\n"
	"     mac: \"02:00:00:00:02:09\"}\n"
	"  - {id: six, name: D, class: device.ahu, room: hall, network: n-six, ip: 'fd01::5',\n"
	"     mac: \"02:00:00:00:06:05\"}\n"
	"sources:\n"
	"  - {id: doors, name: Doors, kind: syslog, where: udp:127.0.0.1:5514, watches: [d-1],\n"
	"     purpose: security}\n"
	"  - {id: book, name: Log, kind: syslog, where: file:/x, watches: [d-1], purpose: "
	"security}\n"
	"  - {id: sensors, name: Sensors, kind: mqtt, where: mqtt:127.0.0.1:1883, topic: ward/#,\n"
	"     watches: [hall], purpose: security}\n"
	"  - {id: cam, name: Camera, kind: video, where: \"rtsp://127.0.0.1:8554/a\", watches: "
	"[hall],\n"
	"     purpose: security}\n"
	"  - {id: air, name: Air, kind: bacnet, where: \"bacnet:0.0.0.0:47808\",\n"
	"     controllers: [\"127.0.0.1:47809\", \"127.0.0.1:47810\"], watches: [hall], purpose: "
	"security}\n"
	"  - {id: cold, name: Cold, kind: bacnet, where: \"bacnet:0.0.0.0:47808\",\n"
	"     controllers: [\"127.0.0.1:47811\"], watches: [hall], purpose: security}\n"
	"  - {id: line, name: Line, kind: espa, where: \"serial-server:127.0.0.1:4001\", watches: "
	"[hall],\n"
	"     purpose: security}\n"
	"  - {id: wire, name: Wire, kind: espa, where: \"serial:/dev/ttyS0\", watches: [hall],\n"
	"     purpose: security}\n"
	"  - {id: ups, name: UPS, kind: snmp, where: \"snmp:127.0.0.1:1161\", user: u,\n"
	"     password_file: /x, watches: [hall], purpose: security}\n"
	"  - {id: traps, name: Traps, kind: snmp, where: \"snmp-trap:127.0.0.1:1162\", user: u,\n"
	"     password_file: /x, watches: [hall], purpose: security}\n"
	"  - {id: meters, name: Meters, kind: modbus, where: \"modbus:127.0.0.1:1502\", watches: "
	"[hall],\n"
	"     purpose: security}\n";

static const char points[] = "id,asset,unit,source,address\n"
			     "supply,ahu-1,Cel,air,4001/analog-input:1\n"
			     "fan,ahu-1,,air,4001/binary-value:1\n"
			     "other,ahu-1,,air,4002/analog-input:1\n"
			     "state,ahu-1,,air,4001/device:4001/system-status\n"
			     "run,ahu-1,,cold,4003/binary-value:1\n"
			     "knob,ahu-1,,cold,4003/analog-value:1\n"
			     "water,ahu-1,Cel,cold,4003/analog-input:1\n"
			     "volts,hall,V,meters,1/holding:40101/f32\n"
			     "lamp,hall,,meters,1/coil:1\n"
			     "watts,hall,W,meters,1/input:30001/u16\n"
			     "charge,hall,%,ups,1.3.6.1.2.1.33.1.2.4.0\n";

void stage_open(struct stage *st)
{
	enum ward_err err = lab_load(&st->lab, ward_mem_heap(), NULL, "more.yml", more);

	WARD_ASSERT(!err);
	ward_diag_init(&st->d, ward_mem_heap());
	const struct ward_point_in in = {st->lab.m, &st->lab.lim, ward_mem_heap(), &st->d};

	err = ward_points_parse(
		&in, ward_str_bytes(ward_str_z(points)), ward_slice_of("", 0), &st->points);
	WARD_ASSERT(!err && !st->d.n);
}

void stage_close(struct stage *st)
{
	ward_points_free(st->points);
	ward_diag_fini(&st->d);
	lab_free(&st->lab);
}

enum ward_err stage_load(struct stage *st, const struct ward_mem *mem, struct ward_slice text,
	struct ward_scenario **ret)
{
	const struct ward_scenario_in in = {.m = st->lab.m,
		.lim = &st->lab.lim,
		.mem = mem,
		.diag = &st->d,
		.points = st->points};

	*ret = NULL;
	return ward_scenario_parse(WARD_STR("scenario.yml"), WARD_STR("s"), text, &in, ret);
}

struct ward_scenario *stage_steps(struct stage *st, const char *steps)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_scenario *s;

	ward_wr_z(&w, HEAD);
	ward_wr_z(&w, steps);
	enum ward_err err = stage_load(st, ward_mem_heap(), ward_wr_slice(&w), &s);

	WARD_ASSERT(!err);
	ward_wr_fini(&w);
	return s;
}
