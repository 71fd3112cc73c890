#include "lab.h"

#include <stdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define E WARD_DIAG_ERROR
#define W WARD_DIAG_WARNING
#define N WARD_DIAG_NOTE
#define ROOM(id) "{id: " id ", name: R, floor: f, class: room}"
#define SERVICE(id, requires) \
	"{id: " id ", name: S, class: service.care, rooms: [or-1], requires: [" requires "]}"
#define HOURS "{id: t, name: T, class: service, rooms: [or-1], requires: [{of: [ahu-1]}], "
#define IN(x) "{of: [ahu-2, " x "]}"
#define IN4(x) IN(IN(IN(IN(x))))
#define SOURCE(rest) "sources: [{id: q, name: Q, watches: [d-1], " rest "}]\n"

/* One file on top of the base hospital, and the one finding that it must give. */
struct row {
	const char *name, *text;
	enum ward_diag_level level;
	uint32_t line;
	const char *what, *mend; /* parts */
};

static const struct row rows[] = {
	/* lists and keys */
	{"x.yml", "romms: []\n", E, 1, "no list 'romms'", "rooms"},
	{"x.yml", "qqqqqqqq: []\n", E, 1, "no list", "docs/"},
	{"x.yml", "rooms: {a: b}\n", E, 1, "must be a list", "rooms:"},
	{"x.yml", "- a\n", E, 1, "lists by name", "rooms:"},
	{"x.yml", "sites: [abc]\n", E, 1, "a map", "{id"},
	{"x.yml", "sites:\n  - {id: t, name: T, nmae: U}\n", E, 2, "'nmae'", "'name'"},
	{"x.yml", "sites: [{id: t, name: T, qqqqqqqqqq: U}]\n", E, 1, "means nothing", "remove"},
	{"things.csv", "id\na\n", E, 0, "no list 'things'", ""},
	{"hospital.csv", "id\na\n", E, 0, "no list 'hospital'", ""},
	{"sites-two.csv", "id,name,colour\nt,T,red\n", E, 0, "'colour'", ""},
	{"sites.csv", "id,name\nt,\n", E, 2, "'name' is missing", "add"},
	{"x.yml", "sites: [{id: t}]\n", E, 1, "'name' is missing", "add"},
	{"x.yml", "sites: [{id: t, name: \"\"}]\n", E, 1, "'name' is empty", "write"},
	{"x.yml", "roles:\n  - {id: t, name: \"on\\nduty\"}\n", E, 2, "'name' holds ends of lines",
		"in one line"},
	{"x.yml",
		"assets: [{id: t, name: T, class: device.reader, room: hall,\n  keys: "
		"[\"camera:C\\n1\"]}]\n",
		E, 1, "'keys' holds ends of lines", "in one line"},
	{"x.yml", "sites: [{name: T}]\n", E, 1, "'id' is missing", "add"},
	{"x.yml", "sites: [{id: Big, name: T}]\n", E, 1, "no id", "small letters"},
	{"x.yml", "sites: [{id: or-1, name: T}]\n", E, 1, "taken: base.yml:12", "another id"},
	/* the hospital */
	{"x.yml", "hospital: {id: g, name: G, city: C, country: IT, timezone: UTC}\n", E, 1,
		"described twice", "keep one"},
	/* classes */
	{"x.yml", "zones: [{id: t, name: T, kind: secret}]\n", E, 1, "'secret'", "restricted"},
	{"x.yml",
		"sources:\n  - {id: q, name: Q, kind: video, where: 'rtsp://h/x', purpose: p, "
		"zones: ../keys/x.yml}\n",
		E, 2, "no file of the hospital's directory", "cameras/door.yml"},
	{"x.yml",
		"sources:\n  - {id: q, name: Q, kind: video, where: 'rtsp://h/x', purpose: p, "
		"zones: /etc/x.yml}\n",
		E, 2, "no file of the hospital's directory", "cameras/door.yml"},
	{"x.yml",
		"sources:\n  - {id: q, name: Q, kind: video, where: 'rtsp://h/x', purpose: p, "
		"zones: keys/x.pem}\n",
		E, 2, "no file of the hospital's directory", "cameras/door.yml"},
	{"x.yml",
		"sources:\n  - {id: q, name: Q, kind: video, where: 'rtsp://h/x', purpose: p, "
		"keyframes: true, fps: 5}\n",
		E, 2, "the camera says how many pictures", "remove 'fps'"},
	{"assets.csv", "id,name,class\nt,T,device.ahv\n", E, 2, "not in the ontology",
		"'device.ahu'"},
	{"assets.csv", "id,name,class\nt,T,qqqqqqqqqqqq\n", E, 2, "not in the ontology", "one of"},
	{"assets.csv", "id,name,class\nt,T,room\n", E, 2, "does not belong", "device"},
	{"assets.csv", "id,name,class\nt,T,\n", E, 2, "'class' is missing", "add"},
	/* references */
	{"assets.csv", "id,name,class,room\nt,T,device,or-2\n", E, 2, "'or-2', which is not there",
		"'or-1'"},
	{"assets.csv", "id,name,class,room\nt,T,device,qqqqqqqqq\n", E, 2, "is not there",
		"a room"},
	{"assets.csv", "id,name,class,room\nt,T,device,d-1\n", E, 2, "which is a door", "room"},
	{"x.yml", "floors: [{id: t, name: T, building: b, level: high}]\n", E, 1, "'level'",
		"whole number"},
	/* rooms and doors */
	{"x.yml", "rooms:\n  - " ROOM("t") "\n", W, 2, "'t' has no door", "doors"},
	{"x.yml", "rooms: [" ROOM("t") "," ROOM("u") "]\ndoors: [{id: e, from: t, to: u}]\n", N, 1,
		"reached from outside", "door"},
	{"x.yml", "doors: [{id: e, from: or-1, to: or-1}]\n", E, 1, "the same room", "two rooms"},
	{"x.yml", "doors: [{id: e, from: or-1}]\n", E, 1, "'to' is missing", "add"},
	{"x.yml", "doors: [{id: e, from: or-1, to: hal}]\n", E, 1, "not there", "'hall'"},
	{"x.yml", "doors: [{id: e, from: or-1, to: hall, one_way: maybe}]\n", E, 1, "'one_way'",
		"true or false"},
	/* keys and addresses */
	{"assets.csv", "id,name,class,keys\nt,T,device,badge:7\n", E, 2, "no key", "kinds are"},
	{"assets.csv", "id,name,class,keys\nt,T,device,host:\n", E, 2, "no key", "kinds are"},
	{"assets.csv", "id,name,class,keys\nt,T,device,bacnet:4194303\n", E, 2, "instance",
		"4194302"},
	{"assets.csv", "id,name,class,keys\nt,T,device,bacnet:07\n", E, 2, "instance", "4194302"},
	{"assets.csv", "id,name,class,keys\nt,T,device,host:ahu-ONE\n", E, 2, "'ahu-1' (base.yml",
		"correct"},
	{"assets.csv", "id,name,class,network,ip\nt,T,device,n-bms,10.1.0.5\n", E, 2,
		"the ip '10.1.0.5' is there twice", "correct"},
	{"assets.csv", "id,name,class,mac\nt,T,device,00-1b-63-84-45-e6\n", E, 2,
		"the mac '00-1b-63-84-45-e6' is there twice", "correct"},
	{"assets.csv", "id,name,class,ip\nt,T,device,10.1.0.256\n", E, 2, "no ip key", "IPv4"},
	{"assets.csv", "id,name,class,mac\nt,T,device,00:11\n", E, 2, "no mac key", "00:1b"},
	{"assets.csv", "id,name,class,network,ip\nt,T,device,n-deep,10.1.0.9\n", E, 2,
		"in no network that it is on", "cidr"},
	{"assets.csv", "id,name,class,ip\nt,T,device,10.1.0.9\n", N, 2, "no network", "network"},
	{"assets.csv", "id,name,class,network\nt,T,device,n-bms\n", N, 2, "neither ip nor mac",
		"add one"},
	{"assets.csv", "id,name,class,criticality\nt,T,device,6\n", E, 2, "'criticality'",
		"from 1 to 5"},
	/* networks */
	{"networks.csv", "id,name,class,cidr\nt,T,network,10.300.0.0/16\n", E, 2, "no network",
		"write it as"},
	{"networks.csv", "id,name,class,cidr\nt,T,network,10.3.0.1/16\n", E, 2, "bits set",
		"10.3.0.0/16"},
	{"networks.csv", "id,name,class,cidr\nt,T,network,fd01::1/64\n", E, 2, "bits set",
		"fd01::/64"},
	{"networks.csv", "id,name,class,cidr\nt,T,network,10.1.0.0/16\n", E, 2, "'n-bms' has it",
		"correct"},
	{"networks.csv", "id,name,class,cidr\nt,T,network,\n", E, 2, "'cidr' is missing", "cidr"},
	{"networks.csv", "id,name,class,cidr,vlan\nt,T,network,10.3.0.0/16,4095\n", E, 2, "'vlan'",
		"4094"},
	{"networks.csv", "id,name,class,cidr,iface\nt,T,network,10.3.0.0/16,bms0\n", E, 2,
		"the iface 'bms0' is there twice", "correct"},
	/* services and groups */
	{"x.yml", "services: [" SERVICE("t", "") "]\n", E, 1, "requires nothing", "requires:"},
	{"x.yml", "services: [{id: t, name: T, class: service, requires: [{of: [ahu-1]}]}]\n", N, 1,
		"in no room", "rooms"},
	{"x.yml", "services: [" SERVICE("t", "{of: [ahu-1, ahu-2], need: 3}") "]\n", E, 1,
		"needs 3 of 2", "lower"},
	{"x.yml", "services: [" SERVICE("t", "{of: [ahu-1]}, {of: []}") "]\n", E, 1,
		"a group requires nothing", "of:"},
	{"x.yml", "services: [" SERVICE("t", "{of: [ahu-1, ahu-1]}") "]\n", E, 1, "twice", "spare"},
	{"x.yml", "services: [" SERVICE("t", "{of: [ahu-1, t]}") "]\n", E, 1, "requires itself",
		"remove"},
	{"x.yml", "services: [" SERVICE("t", "{of: [ahu-1, ahu-9]}") "]\n", E, 1, "'ahu-9'",
		"'ahu-1'"},
	{"x.yml", "services: [" SERVICE("t", "{of: [ahu-1], needs: 1}") "]\n", E, 1, "'needs'",
		"'need'"},
	{"x.yml", "services: [" SERVICE("t", "{of: [ahu-1], buffer: long}") "]\n", E, 1, "'buffer'",
		"15min"},
	{"x.yml", "services: [" SERVICE("t", "{of: {a: b}}, {of: [ahu-1]}") "]\n", E, 1,
		"list of words", "parted by blanks"},
	/* hours */
	{"x.yml", "services: [" HOURS "hours: mon-fri}]\n", E, 1, "must be a list",
		"days: mon-fri"},
	{"x.yml", "services: [" HOURS "otherwise: 0.3}]\n", E, 1, "without 'hours'", "hours:"},
	{"x.yml",
		"services: [" HOURS
		"hours: [{days: moon, from: \"08:00\", to: \"09:00\", weight: 1}]}]\n",
		E, 1, "'moon'", "mon-fri"},
	{"x.yml", "services: [" HOURS "hours: [{from: \"8:00\", to: \"09:00\", weight: 1}]}]\n", E,
		1, "'8:00'", "08:00"},
	{"x.yml", "services: [" HOURS "hours: [{from: \"08:00\", to: \"24:01\", weight: 1}]}]\n", E,
		1, "'24:01'", "08:00"},
	{"x.yml", "services: [" HOURS "hours: [{from: \"08:00\", to: \"09:00\", weight: 10.1}]}]\n",
		E, 1, "'10.1'", "0 to 10"},
	{"x.yml", "services: [" HOURS "hours: [{from: \"08:00\", to: \"09:00\"}]}]\n", E, 1,
		"'weight' is missing", "add"},
	{"x.yml",
		"services: [" HOURS
		"hours: [{from: \"08:00\", to: \"09:00\", weigth: 1, weight: 1}]}]\n",
		E, 1, "'weigth'", "'weight'"},
	/* groups in groups */
	{"x.yml", "services: [" SERVICE("t", "{any: [ahu-1, {all: [ahu-2, ahu-9]}]}") "]\n", E, 1,
		"'ahu-9'", "'ahu-1'"},
	{"x.yml", "services: [" SERVICE("t", "{any: [ahu-1, {all: [ahu-2, t]}]}") "]\n", E, 1,
		"requires itself", "remove"},
	{"x.yml", "services: [" SERVICE("t", "{of: [ahu-1]}, {any: [ahu-1], of: [ahu-2]}") "]\n", E,
		1, "both `of` and `any`", "keep one"},
	{"x.yml", "services: [" SERVICE("t", "{any: [ahu-1, ahu-2], need: 1}") "]\n", E, 1,
		"does not go with 'any'", "need: N"},
	{"x.yml", "services: [" SERVICE("t", "{of: [ahu-1, {need: 2, of: [ahu-2]}]}") "]\n", E, 1,
		"needs 2 of 1", "lower"},
	{"x.yml", "services: [" SERVICE("t", IN4(IN4(IN("ahu-1")))) "]\n", E, 1, "more than 8 deep",
		"make a service"},
	{"x.yml", "services: [" SERVICE("t", "{of: [ahu-1, {}]}") "]\n", E, 1,
		"a group requires nothing", "of:"},
	{"x.yml", "services: [" SERVICE("t", "{of: [ahu-1, {nmae: x, of: [ahu-2]}]}") "]\n", E, 1,
		"'nmae'", "'name'"},
	{"x.yml", "services: [" SERVICE("t", "{of: [ahu-1, [ahu-2]]}") "]\n", E, 1,
		"neither an id nor a group", "any:"},
	{"x.yml",
		"services: [" SERVICE("t", "{all: [{all: [u]}]}") ", " SERVICE(
			"u", "{of: [t]}") "]\n",
		E, 1, "in a circle: 't', 'u'", "both need"},
	{"x.yml",
		"services: [" SERVICE("t", "{all: [{any: [u, ahu-1]}]}") ", " SERVICE(
			"u", "{of: [t]}") "]\n",
		N, 1, "stand in for each other: 't', 'u'", "meant"},
	{"x.yml", "services: [" SERVICE("t", "{of: [u]}") ", " SERVICE("u", "{of: [t]}") "]\n", E,
		1, "in a circle: 't', 'u'", "both need"},
	{"x.yml",
		"services: [" SERVICE("t", "{of: [u, ahu-1], need: 1}") ", " SERVICE(
			"u", "{of: [t]}") "]\n",
		N, 1, "stand in for each other: 't', 'u'", "meant"},
	{"x.yml",
		"services: [{id: t, name: T, class: service, rooms: [or-1], weight: 1.1234567, "
		"requires: [{of: [ahu-1]}]}]\n",
		E, 1, "'weight'", "six places"},
	{"x.yml",
		"services: [{id: t, name: T, class: service, rooms: [or-1], beds: -1, "
		"requires: [{of: [ahu-1]}]}]\n",
		E, 1, "'beds'", "whole number"},
	/* relations */
	{"relations.csv", "from,relation,to\nahu-1,cool,hall\n", E, 2, "'cool'", "cools"},
	{"relations.csv", "from,relation,to\nahu-1,cools,ahu-1\n", E, 2, "to itself", "two things"},
	{"relations.csv", "from,relation,to\nhall,cools,ahu-1\n", E, 2, "no 'cools' from 'hall'",
		"swap"},
	{"relations.csv", "from,relation,to\nengineer,powers,ahu-1\n", E, 2, "no 'powers'",
		"table of relations"},
	{"relations.csv", "from,relation,to\nahu-1,cools,or-1\n", W, 2, "said twice", "remove"},
	{"relations.csv", "from,relation,to\nhall,contains,ahu-1\n", W, 2, "said twice", "remove"},
	{"relations.csv", "from,relation,to\nor-1,contains,ahu-1\n", E, 2, "is in 'hall' already",
		"one place"},
	{"relations.csv", "from,relation,to\nahu-1,powers,ahu-2\nahu-2,cools,ahu-1\n", N, 22,
		"supplies in a circle: 'ahu-1', 'ahu-2'", "source"},
	/* protections and buffers */
	{"x.yml", "protections: [{id: p, on: ahu-9, against: outage, degree: 1}]\n", E, 1,
		"'ahu-9'", "'ahu-"},
	{"x.yml", "protections: [{id: p, on: ahu-1, against: bms.comand, degree: 1}]\n", E, 1,
		"not in the dictionary", "'bms.command'"},
	{"x.yml", "protections: [{id: p, on: ahu-1, against: qqqqq.*, degree: 1}]\n", E, 1,
		"not in the dictionary", "family"},
	{"x.yml", "protections: [{id: p, on: ahu-1, against: outage, degree: 1.1}]\n", E, 1,
		"'degree'", "from 0 to 1"},
	{"x.yml", "protections: [{id: ahu-1, on: ahu-1, against: outage, degree: 1}]\n", E, 1,
		"taken", "another id"},
	{"buffers.csv", "on,kind,lasts\nhall,hope,1h\n", E, 2, "'hope'", "thermal"},
	{"buffers.csv", "on,kind,lasts\nhall,ups,soon\n", E, 2, "'lasts'", "15min"},
	{"buffers.csv", "on,kind,lasts\nor-1,thermal,1h\n", E, 2, "already", "remove"},
	{"buffers.csv", "on,kind,lasts\nnowhere-at-all,ups,1h\n", E, 2, "not there", "add it"},
	/* sources */
	{"x.yml", SOURCE("kind: syslog, where: 'udp:127.0.0.1:514'"), E, 1, "no purpose",
		"purpose:"},
	{"x.yml",
		SOURCE("kind: syslog, where: 'udp:127.0.0.1:514', purpose: p, personal_data: true, "
		       "retention: 1d"),
		E, 1, "no legal basis", "legal_basis"},
	{"x.yml",
		SOURCE("kind: syslog, where: 'udp:127.0.0.1:514', purpose: p, personal_data: true, "
		       "legal_basis: b"),
		E, 1, "no retention", "30d"},
	{"x.yml", SOURCE("kind: radio, where: 'udp:127.0.0.1:514', purpose: p"), E, 1, "'radio'",
		"syslog"},
	{"x.yml", SOURCE("kind: syslog, where: 'udp:127.0.0.1', purpose: p"), E, 1, "'where'",
		"udp:ADDR:PORT"},
	{"x.yml", SOURCE("kind: syslog, where: 'udp:127.0.0.1:70000', purpose: p"), E, 1, "'where'",
		"udp:ADDR:PORT"},
	{"x.yml", SOURCE("kind: net, where: 'udp:127.0.0.1:514', purpose: p"), E, 1,
		"can't be read", "syslog"},
	{"x.yml",
		"sources: [{id: points, name: Q, watches: [d-1], kind: net, where: 'iface:bms0', "
		"purpose: p}]\n",
		E, 1, "is the source of what Ward itself infers", "another id"},
	{"x.yml", SOURCE("kind: mqtt, where: 'mqtt:127.0.0.1:1883', purpose: p"), E, 1, "no topic",
		"topic:"},
	{"x.yml", SOURCE("kind: mqtt, where: 'mqtt-listen:1883', topic: a, purpose: p"), E, 1,
		"'where'", "mqtt-listen:ADDR:PORT"},
	{"x.yml", SOURCE("kind: syslog, where: 'mqtt-listen:[::1]:1883', purpose: p"), E, 1,
		"can't be read from 'mqtt-listen:'", "such sources: mqtt"},
	{"x.yml", SOURCE("kind: flow, where: 'flow-listen:2055', purpose: p"), E, 1, "'where'",
		"flow-listen:ADDR:PORT"},
	{"x.yml", SOURCE("kind: net, where: 'flow-listen:127.0.0.1:2055', purpose: p"), E, 1,
		"can't be read from 'flow-listen:'", "such sources: flow"},
	{"x.yml", SOURCE("kind: net, where: 'iface:eth9', purpose: p"), W, 1, "interface 'eth9'",
		"iface: eth9"},
	{"x.yml", SOURCE("kind: net, where: 'iface:bms0', purpose: p, skew: x"), E, 1, "'skew'",
		"15min"},
	{"x.yml", SOURCE("kind: net, where: 'iface:bms0', purpose: p, workers: 9"), E, 1,
		"'workers'", "1"},
	{"x.yml", SOURCE("kind: syslog, where: 'udp:127.0.0.1:514', purpose: p, workers: 2"), E, 1,
		"'workers' is for interfaces", "iface:NAME"},
	{"x.yml",
		"sources:\n- {id: q, name: Q, kind: modbus, where: 'modbus:10.0.0.1:502', watches: "
		"[d-1], purpose: p}\n- {id: r, name: R, kind: modbus, where: "
		"'modbus:10.0.0.1:502', "
		"watches: [d-1], purpose: p}\n",
		W, 3, "has the address of source 'q' (line 2)", "make one source of the two"},
	/* files that are looked at */
	{"x.yml", SOURCE("kind: syslog, where: 'udp:127.0.0.1:514', purpose: p, inspect: true"), E,
		1, "'inspect' is for files", "iface:NAME"},
	{"x.yml", SOURCE("kind: file, where: 'file:import', purpose: p"), E, 1, "whole path",
		"file:/FOLDER"},
	{"x.yml", SOURCE("kind: net, where: 'iface:eth0', purpose: p, only_new: true"), E, 1,
		"'only_new' is for folders", "kind: file"},
	{"x.yml", SOURCE("kind: file, where: 'udp:127.0.0.1:514', purpose: p"), E, 1,
		"can't be read", "syslog"},
	/* calls for help */
	{"x.yml", SOURCE("kind: sip, where: 'sip-listen:10.0.0.5:5060', purpose: p"), E, 1,
		"hears nobody", "peers"},
	{"x.yml",
		SOURCE("kind: sip, where: 'sip-listen:10.0.0.5:5060', purpose: p, peers: "
		       "[10.0.0.300]"),
		E, 1, "no network", "10.20.30.0/24"},
	{"x.yml",
		SOURCE("kind: sip, where: 'sip-listen:10.0.0.5:5060', purpose: p, peers: "
		       "[10.0.0.1/24]"),
		E, 1, "no network", "10.20.30.0/24"},
	{"x.yml",
		SOURCE("kind: sip, where: 'sip-listen:0.0.0.0:5060', purpose: p, peers: "
		       "[10.0.0.1]"),
		E, 1, "every address", "10.20.0.5"},
	{"x.yml", SOURCE("kind: sip, where: 'udp:10.0.0.5:5060', purpose: p, peers: [10.0.0.1]"), E,
		1, "can't be read", "syslog"},
	{"x.yml",
		SOURCE("kind: sip, where: 'sip-listen:10.0.0.5:5060', purpose: p, peers: "
		       "[10.0.0.1], supervised: ['1']"),
		E, 1, "when they are silent", "silence: 10min"},
	{"x.yml",
		SOURCE("kind: sip, where: 'sip-listen:10.0.0.5:5060', purpose: p, peers: "
		       "[10.0.0.1], silence: 1s"),
		E, 1, "10s to 7d", "after how long"},
	{"x.yml",
		SOURCE("kind: sip, where: 'sip-listen:10.0.0.5:5060', purpose: p, peers: "
		       "[10.0.0.1], user: u"),
		E, 1, "no password", "password_file"},
	{"x.yml",
		SOURCE("kind: sip, where: 'sip-listen:10.0.0.5:5060', purpose: p, peers: "
		       "[10.0.0.1], answer: maybe"),
		E, 1, "'maybe'", "accept"},
	{"x.yml",
		SOURCE("kind: sip, where: 'sip-listen:10.0.0.5:5060', purpose: p, peers: "
		       "[10.0.0.1], map: {a: nowhere-1}"),
		E, 1, "is not there", ""},
	{"x.yml",
		SOURCE("kind: sip, where: 'sip-listen:10.0.0.5:5060', purpose: p, peers: "
		       "[10.0.0.1], map: {a: [or-1]}"),
		E, 1, "more than one place", "ROOM"},
	{"x.yml",
		SOURCE("kind: sip, where: 'sip-listen:10.0.0.5:5060', purpose: p, peers: "
		       "[10.0.0.1], map: {'geo:91,2': or-1}"),
		E, 1, "no circle", "u=15"},
	{"x.yml", SOURCE("kind: net, where: 'iface:bms0', purpose: p, peers: [10.0.0.1]"), E, 1,
		"of calls", "kind: sip"},
	{"x.yml",
		SOURCE("kind: sip, where: 'sip-listen:10.0.0.5:5060', purpose: p, peers: "
		       "[10.0.0.1], register: true"),
		W, 1, "register as any device", "password_file"},
	/* sensors elsewhere */
	{"x.yml", SOURCE("kind: sensor, where: 'diode:10.0.0.5:7777', purpose: p"), E, 1,
		"could forge", "password_file"},
	{"x.yml", SOURCE("kind: sensor, where: 'api:', purpose: p, plan: 'fd12:3456:789a:2::/64'"),
		E, 1, "'plan' has the bad value", "fc00::/7"},
	{"x.yml", SOURCE("kind: sensor, where: 'api:', purpose: p, plan: '2001:db8::/96'"), E, 1,
		"'plan' has the bad value", "fc00::/7"},
	{"x.yml", SOURCE("kind: net, where: 'iface:bms0', purpose: p, plan: 'fd00::/96'"), E, 1,
		"'plan' is of sensors", "kind: sensor"},
	{"x.yml", SOURCE("kind: sensor, where: 'udp:10.0.0.5:7777', purpose: p"), E, 1,
		"can't be read", "syslog"},
	{"x.yml", "sources: [{id: q, name: Q, kind: net, where: 'iface:bms0', purpose: p}]\n", W, 1,
		"watches nothing", "watches:"},
};

static bool has(struct ward_str s, const char *part)
{
	return ward_str_find(s, ward_str_z(part)) != SIZE_MAX;
}

static void show(const struct lab *l)
{
	for (size_t i = 0; i < l->d.n; i++)
		print_error("  %d %.*s:%u %.*s\n", (int)l->d.item[i].level,
			WARD_STR_ARG(l->d.item[i].file), l->d.item[i].line,
			WARD_STR_ARG(l->d.item[i].what));
}

/* Exactly one finding of that level or worse than a note, at its place, with its mend. */
static void each_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		const struct row *r = &rows[i];
		struct lab l;
		size_t n = 0, n_same = 0;
		enum ward_err err = lab_load(&l, ward_mem_heap(), NULL, r->name, r->text);

		for (size_t k = 0; k < l.d.n; k++) {
			const struct ward_diag_item *it = &l.d.item[k];

			n_same += it->level == r->level;
			n += it->level == r->level && it->line == r->line &&
			     has(it->what, r->what) && has(it->mend, r->mend);
		}
		if (!n || (n_same != 1 && r->level != N)) {
			show(&l);
			fail_msg("row %zu (%s): %zu of %zu findings fit", i, r->what, n, n_same);
		}
		assert_int_equal(err, r->level == E ? WARD_ERR_CONFIG : WARD_OK);
		assert_non_null(l.m); /* the check goes on */
		lab_free(&l);
	}
}

/* Containment in a circle takes devices: places have their own lists. The model stays usable. */
static void contains_circle(void **state)
{
	struct lab l;

	(void)state;
	assert_int_equal(lab_load(&l, ward_mem_heap(), NULL, "x.yml",
				 "assets:\n  - {id: u, name: U, class: device}\n"
				 "  - {id: v, name: V, class: device}\n"
				 "  - {id: w, name: W, class: device}\n"
				 "relations:\n  - {from: u, relation: contains, to: v}\n"
				 "  - {from: v, relation: contains, to: w}\n"
				 "  - {from: w, relation: contains, to: u}\n"),
		WARD_ERR_CONFIG);
	assert_int_equal(l.d.n_error, 1);
	assert_true(has(l.d.item[0].what, "in itself"));
	for (uint32_t i = 0; i < ward_model_n(l.m); i++)
		(void)ward_model_up(l.m, i, WARD_NODE_SITE);
	lab_free(&l);
}

/* A syntax error gives no model: all else would be about what could not be read. */
static void syntax(void **state)
{
	static const char *const text[] = {"rooms: [\n", "a: b: c\n", "\xff\xfe\n"};
	struct lab l;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(text); i++) {
		assert_int_equal(
			lab_load(&l, ward_mem_heap(), NULL, "x.yml", text[i]), WARD_ERR_CONFIG);
		assert_null(l.m);
		assert_int_equal(l.d.n_error, 1);
		lab_free(&l);
	}
	assert_int_equal(
		lab_load(&l, ward_mem_heap(), NULL, "rooms.csv", "id,name\na\n"), WARD_ERR_CONFIG);
	assert_null(l.m);
	lab_free(&l);
}

static void empty(void **state)
{
	struct lab l;
	bool none = false, role = false;

	(void)state;
	assert_int_equal(lab_load(&l, ward_mem_heap(), "", "x.yml", ""), WARD_ERR_CONFIG);
	assert_int_equal(ward_model_n(l.m), 0);
	for (size_t i = 0; i < l.d.n; i++) {
		none |= has(l.d.item[i].what, "no file describes the hospital");
		role |= has(l.d.item[i].what, "no role 'engineer', whose first step it is for 6");
	}
	assert_true(none && role);
	lab_free(&l);
	assert_int_equal(lab_load(&l, ward_mem_heap(), "", "x.yml",
				 "hospital: {id: h, name: H, city: C, country: Italy, timezone: "
				 "CET}\n"),
		WARD_ERR_CONFIG);
	assert_int_equal(l.d.n_error, 2);
	lab_free(&l);
}

/* How long clips of incidents are, and stay. */
static void clips(void **state)
{
	static const struct {
		const char *yaml, *says;
	} bad[] = {{"yes", "'clips' is no map"}, {"{before: 5s}", "'key' is missing"},
		{"{key: k, after: 3min}", "'before' and 'after' are too short"},
		{"{key: k, keep: 5s}", "'keep' is too short"}, {"{key: k, until: 5s}", "'until'"}};
	char yaml[256];
	struct lab l;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		bool said = false;

		(void)snprintf(yaml, sizeof(yaml),
			"hospital: {id: h, name: H, city: C, country: IT, timezone: UTC,\n"
			" clips: %s}\n",
			bad[i].yaml);
		assert_int_equal(lab_load(&l, ward_mem_heap(), "", "x.yml", yaml), WARD_ERR_CONFIG);
		for (size_t k = 0; k < l.d.n; k++)
			said |= l.d.item[k].line == 2 && has(l.d.item[k].what, bad[i].says);
		if (!said)
			fail_msg("%s", bad[i].yaml);
		lab_free(&l);
	}
}

/* All at once: the findings of one file don't hide those of another list. */
static void all_at_once(void **state)
{
	struct lab l;

	(void)state;
	assert_int_equal(lab_load(&l, ward_mem_heap(), NULL, "x.yml",
				 "rooms: [{id: t, name: T, floor: x9, class: room}]\n"
				 "doors: [{id: e, from: hall, to: hall}]\n"
				 "services: [{id: v, name: V, class: service, rooms: [or-1]}]\n"
				 "sources: [{id: q, name: Q, kind: net, where: 'iface:bms0',\n"
				 "  watches: [d-1]}]\n"),
		WARD_ERR_CONFIG);
	assert_int_equal(l.d.n_error, 4);
	assert_int_equal(l.d.n_warning, 1); /* the room has no door */
	lab_free(&l);
}

struct content_row {
	const char *ontology, *threats, *what;
};

#define THREAT(rest) "threats: [{code: outage, name: O, idmef: A.B, " rest "}]\n"
#define STEP "first_step: {role: r, text: t}"

static const struct content_row content_rows[] = {
	{"a: b\n", NULL, "no list of classes"},
	{"classes: [{id: a.b, name: B}]\n", NULL, "no parent 'a'"},
	{"classes: [{id: a, name: A}, {id: a, name: B}]\n", NULL, "there twice"},
	{"classes: [{id: a}]\n", NULL, "'name' is missing"},
	{"classes: [{id: A, name: A}]\n", NULL, "no id"},
	{"classes: [{id: a, name: A}]\n", NULL, "no class 'site'"},
	{NULL, "a: b\n", "no list of threats"},
	{NULL, "threats: []\n", "no threat 'outage'"},
	{NULL, THREAT("domain: both, need: luck, " STEP), "'luck'"},
	{NULL, THREAT("domain: sea, need: safety, " STEP), "'sea'"},
	{NULL, THREAT("domain: both, need: safety"), "'first_step' is missing"},
	{NULL, THREAT("domain: both, need: safety, first_step: {role: r}"), "'text' is missing"},
	{NULL, THREAT("domain: both, need: safety, first_step: now"), "a map"},
	{NULL, THREAT("domain: both, need: safety, attack: [T1], " STEP), "no ATT&CK technique"},
	{NULL, THREAT("domain: both, need: safety, beside: [no.such], " STEP),
		"which is no threat"},
	{NULL, THREAT("domain: both, need: safety, attack: {a: b}, " STEP), "list of words"},
	{NULL, THREAT("domain: both, need: safety, on: {a: b}, " STEP), "list of words"},
	{NULL, THREAT("domain: both, need: safety, on: [device, devise], " STEP), "class 'devise'"},
	{NULL, THREAT("domain: both, need: safety, colour: red, " STEP), "'colour'"},
};

static void content(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(content_rows); i++) {
		const struct content_row *r = &content_rows[i];
		struct lab l = {.m = NULL};
		bool found = false;

		ward_limits_default(&l.lim);
		ward_diag_init(&l.d, ward_mem_heap());
		assert_int_equal(lab_load_content(&l, r->ontology, r->threats), WARD_ERR_CONFIG);
		for (size_t k = 0; k < l.d.n; k++)
			found |= has(l.d.item[k].what, r->what);
		if (!found) {
			show(&l);
			fail_msg("row %zu: '%s' not found", i, r->what);
		}
		lab_free(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_alone),
		cmocka_unit_test(contains_circle),
		cmocka_unit_test(syntax),
		cmocka_unit_test(empty),
		cmocka_unit_test(clips),
		cmocka_unit_test(clips),
		cmocka_unit_test(all_at_once),
		cmocka_unit_test(content),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
