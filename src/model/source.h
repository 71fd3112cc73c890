/* What the hospital lets Ward read: a row of sources.yml (docs/hospital-directory.md). Texts live
 * as long as the model. */
#ifndef WARD_MODEL_SOURCE_H
#define WARD_MODEL_SOURCE_H

#include "base/clock.h"
#include "base/slice.h"

enum { WARD_SOURCE_WORKERS = 8, WARD_SOURCE_PLACES = 4096 };

/* Where somebody is whose call names this: a telephone's number, a beacon, a base station, a room
 * in the caller's words, or "geo:LATITUDE,LONGITUDE;u=METRES" (RFC 5870), a circle. */
struct ward_source_place {
	struct ward_str key;
	uint32_t node; /* a room, or a thing that stands in one */
};

/* A source of events, and why Ward may read it. */
struct ward_source {
	struct ward_str id, name;
	/* "net", "flow", "syslog", "json", "mqtt", "video", "espa", "osdp", "onvif", "bacnet",
	 * "modbus", "snmp", "cap", "sip", "sensor" (of Ward, elsewhere), "file" */
	struct ward_str kind;
	/* "iface:NAME", "udp:ADDR:PORT", "tcp:…", "tls:…", "mqtt:HOST:PORT", "mqtt-listen:…",
	 * "flow-listen:…", "file:PATH", "rtsp://HOST[:PORT]/PATH", "rtsps://…", "serial:DEVICE",
	 * "serial-server:HOST:PORT", "onvif://HOST[:PORT][/PATH]", "onvifs://…" (kind
	 * onvif: of "rtsp…" its metadata; kind video: the stream that suffices),
	 * "bacnet:ADDR:PORT", "modbus:HOST:PORT", "snmp:HOST:PORT", "snmp-trap:ADDR:PORT",
	 * "http:ADDR:PORT", "https:ADDR:PORT", "sip-listen:ADDR:PORT"; kind cap:
	 * "https://HOST[:PORT]/PATH" */
	struct ward_str where;
	struct ward_str multiline, charset; /* logs: how lines join, their set; or empty */
	/* tls: PEM files, relative to the hospital directory; clients may be empty. */
	struct ward_str certificate, key, clients;
	struct ward_str topic; /* mqtt: subscription filter */
	/* video: files of zones and of the password, relative to the hospital directory; who asks;
	 * may be empty */
	struct ward_str zones, user, password_file;
	/* cap: where the hospital is, "LATITUDE,LONGITUDE", and the codes of its areas,
	 * "NAME:VALUE" parted by blanks; may be empty */
	struct ward_str at, geocodes;
	/* of cameras that it watches: where people see them, with the slots {camera} and {time}, or
	 * empty; how long who records them keeps it, 0 not stated */
	struct ward_str camera_url;
	ward_ns recorded_for;
	unsigned fps;    /* video: pictures a second */
	bool keyframes;  /* video: only those that stand for themselves, as the camera sends them */
	unsigned budget; /* video: percent of a processor; 0 none */
	unsigned priority; /* video: 1 to 3; the lower is the first to be analysed less */
	unsigned baud;     /* serial: characters' rate, and their form, "8n1" */
	struct ward_str frame;
	/* Controllers that are asked: how often each point is. bacnet: whom Ward asks and believes;
	 * what it may do besides: subscribe to changes, acknowledge that it heard an alarm. */
	ward_ns every;
	const struct ward_str *controllers;
	size_t n_controllers;
	bool cov, acknowledge;
	struct ward_str security; /* snmp: a word of docs/building.md */
	/* sip: addresses and networks that are heard, and numbers that must be heard again and
	 * again, parted by blanks; after how long without a word they are silent, 0 never */
	struct ward_str peers, supervised;
	ward_ns silence;
	bool declines, registers;  /* calls are answered 603; REGISTER is taken */
	bool login_md5, login_sha; /* the sums that logins are asked for */
	struct ward_source_place *place;
	size_t n_place;
	uint32_t *watches; /* nodes */
	size_t n_watches;
	struct ward_str purpose, legal_basis;
	bool personal_data;
	bool inspect; /* net: files that pass by are looked at */
	bool fresh;   /* file: what is there at the start is not looked at */
	bool stopped; /* it does not run (processing): nobody reads it */
	ward_ns retention;
	ward_ns expect_every; /* so long without a word, and it is silent; 0: as it is used to */
	ward_ns skew;         /* default 60 s */
	struct ward_str plan; /* of a sensor elsewhere: "PREFIX/96" (event/plan.h); or empty */
	unsigned workers;     /* processes that share an interface: 1 to WARD_SOURCE_WORKERS */
	struct ward_str file;
	uint32_t line;
};
/* Is it one of the words for `kind`? */
bool ward_source_is_kind(struct ward_str s);

#endif
