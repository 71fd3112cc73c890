/* What the configuration asks of the network, read from the files that ask for it. */
#include "cli/flows.h"

#include "directory/directory.h"
#include "evacuate/facts.h"
#include "exchange/sources.h"
#include "respond/act/actuators.h"
#include "respond/recipients.h"
#include "respond/weburl.h"
#include "run/console.h"

#include <arpa/inet.h>
#include <stdio.h>

#define USUAL_CONSOLE "127.0.0.1:8443"

static void copy(char *to, size_t cap, struct ward_str s)
{
	(void)snprintf(to, cap, "%.*s", WARD_STR_ARG(s));
}

/* "HOST:PORT", "[HOST]:PORT"; without a port *ret_port stays. */
static struct ward_str split(struct ward_str at, unsigned *ret_port)
{
	size_t colon = at.len;
	uint64_t port;

	while (colon && at.p[colon - 1] != ':' && at.p[colon - 1] != ']')
		colon--;
	bool has = colon && at.p[colon - 1] == ':' &&
		   ward_str_u64(ward_str_sub(at, colon, SIZE_MAX), &port) && port <= UINT16_MAX &&
		   !memchr(at.p, ':', colon - 1) == !(at.p[0] == '[');

	if (has) {
		*ret_port = (unsigned)port;
		at = ward_str_sub(at, 0, colon - 1);
	}
	if (at.len > 2 && at.p[0] == '[' && at.p[at.len - 1] == ']')
		at = ward_str_sub(at, 1, at.len - 2);
	return at;
}

static bool is_here(struct ward_str host)
{
	return ward_str_starts(host, WARD_STR("127.")) || ward_str_eqz(host, "::1") ||
	       ward_str_eqz(host, "localhost");
}

static void add(struct ward_flows *t, const struct ward_flow *f)
{
	struct ward_str host = ward_str_z(f->in ? f->at : f->other);

	if (t->n == WARD_FLOWS_MAX) {
		t->too_many = true;
		return;
	}
	t->f[t->n] = *f;
	t->f[t->n++].here = is_here(host);
}

static bool is_name(const char *host)
{
	unsigned char address[sizeof(struct in6_addr)];

	return host[0] && inet_pton(AF_INET, host, address) != 1 &&
	       inet_pton(AF_INET6, host, address) != 1;
}

/* Whoever is named has to be looked up, each time that Ward connects. */
static void add_lookups(struct ward_flows *t)
{
	struct ward_flow f = {.port = 53,
		.protocol = "DNS",
		.other = "/etc/resolv.conf",
		.what = WARD_TEXT("names in this table are looked up")};
	bool any = false;

	for (size_t i = 0; i < t->n; i++)
		any = any || (!t->f[i].in && !t->f[i].here && is_name(t->f[i].other));
	for (int udp = 1; any && udp >= 0; udp--) {
		f.udp = udp;
		add(t, &f);
	}
}

/* ---- sources ---- */

/* What `where` begins with, and what that asks for. */
struct way {
	const char *begins, *protocol;
	bool in, udp;
	unsigned port; /* usual */
	enum ward_flow_seal seal;
};
static const struct way ways[] = {
	{"udp:", "syslog", true, true, 0, WARD_FLOW_PLAIN},
	{"tcp:", "syslog", true, false, 0, WARD_FLOW_PLAIN},
	{"tls:", "syslog", true, false, 0, WARD_FLOW_TLS},
	{"mqtt-listen:", "MQTT", true, false, 0, WARD_FLOW_PLAIN},
	{"flow-listen:", "NetFlow, IPFIX, sFlow", true, true, 0, WARD_FLOW_PLAIN},
	{"snmp-trap:", "SNMP trap", true, true, 0, WARD_FLOW_PLAIN},
	{"sip-listen:", "SIP", true, true, 0, WARD_FLOW_PLAIN},
	{"diode:", "Ward, one way", true, true, 0, WARD_FLOW_SEALED},
	{"mqtt:", "MQTT", false, false, 1883, WARD_FLOW_PLAIN},
	{"serial-server:", "serial server", false, false, 0, WARD_FLOW_PLAIN},
	{"onvif://", "ONVIF (HTTP)", false, false, 80, WARD_FLOW_PLAIN},
	{"onvifs://", "ONVIF (HTTPS)", false, false, 443, WARD_FLOW_TLS},
	{"rtsp://", "RTSP", false, false, 554, WARD_FLOW_PLAIN},
	{"rtsps://", "RTSP", false, false, 322, WARD_FLOW_TLS},
	{"modbus:", "Modbus/TCP", false, false, 502, WARD_FLOW_PLAIN},
	{"snmp:", "SNMP", false, true, 161, WARD_FLOW_PLAIN},
	{"https://", "HTTPS", false, false, 443, WARD_FLOW_TLS}, /* fetched */
	{"http://", "HTTP", false, false, 80, WARD_FLOW_PLAIN},
	{"https:", "HTTPS", true, false, 0, WARD_FLOW_TLS},
	{"http:", "HTTP", true, false, 0, WARD_FLOW_PLAIN},
};

/* Controllers answer to the port that Ward asks from: one row for each that is named. */
static void add_bacnet(struct ward_flows *t, const struct ward_source *s, struct ward_flow f)
{
	f.udp = true;
	f.port = 47808;
	(void)snprintf(f.protocol, sizeof(f.protocol), "BACnet/IP");
	for (size_t i = 0; i < s->n_controllers; i++) {
		copy(f.other, sizeof(f.other), split(s->controllers[i], &f.port));
		add(t, &f);
	}
}

/* Of a camera that is known by its ONVIF address alone: where its pictures are, it says when asked.
 */
static void add_pictures(struct ward_flows *t, struct ward_flow f)
{
	f.port = 0;
	f.seal = WARD_FLOW_PLAIN;
	f.what = WARD_TEXT(
		"source {name}: pictures, at the port that the device names (mostly 554)");
	(void)snprintf(f.protocol, sizeof(f.protocol), "RTSP");
	add(t, &f);
}

static void add_source(struct ward_flows *t, const struct ward_source *s, struct ward_str console)
{
	struct ward_flow f = {.what = WARD_TEXT("source {name}")};

	copy(f.name, sizeof(f.name), s->name.len ? s->name : s->id);
	if (s->stopped)
		return;
	if (ward_str_starts(s->where, WARD_STR("bacnet:"))) {
		add_bacnet(t, s, f);
		return;
	}
	if (ward_str_starts(s->where, WARD_STR("api:")) && console.len) {
		f.in = true;
		f.seal = WARD_FLOW_MUTUAL;
		(void)snprintf(f.protocol, sizeof(f.protocol), "HTTPS");
		copy(f.at, sizeof(f.at), split(console, &f.port));
		add(t, &f);
		return;
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(ways); i++) {
		const struct way *x = &ways[i];

		if (!ward_str_starts(s->where, ward_str_z(x->begins)))
			continue;
		struct ward_str rest = ward_str_sub(s->where, strlen(x->begins), SIZE_MAX);
		struct ward_str at = ward_str_cut(&rest, '/');

		f.in = x->in;
		f.udp = x->udp;
		f.port = x->port;
		f.seal = x->seal == WARD_FLOW_TLS && s->clients.len ? WARD_FLOW_MUTUAL : x->seal;
		(void)snprintf(f.protocol, sizeof(f.protocol), "%s", x->protocol);
		copy(x->in ? f.at : f.other, WARD_FLOW_TEXT, split(at, &f.port));
		add(t, &f);
		if (ward_str_eqz(s->kind, "video") && ward_str_starts(s->where, WARD_STR("onvif")))
			add_pictures(t, f);
		return;
	}
}

/* ---- whom Ward tells, asks, and who looks at it ---- */

static bool read_url(struct ward_str where, struct ward_weburl *ret)
{
	static const enum ward_weburl_scheme all[] = {
#define X(NAME, ...) WARD_WEBURL_##NAME,
		WARD_WEBURL_LIST(X)
#undef X
	};
	const char *why;

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		if (ward_weburl_read_as(all[i], where, ret, &why) == WARD_OK)
			return true;
	return false;
}

/* "SCHEME://HOST[:PORT]/…" or "HOST:PORT" */
static void add_out(
	struct ward_flows *t, struct ward_str where, const char *protocol, struct ward_flow f)
{
	struct ward_weburl url;

	if (read_url(where, &url)) {
		struct ward_str rest = where, scheme = ward_str_cut(&rest, ':');

		copy(f.other, sizeof(f.other), ward_str_z(url.host));
		f.port = url.port;
		f.seal = url.tls ? WARD_FLOW_TLS : f.seal;
		f.udp = f.udp || ward_str_eqz(scheme, "udp");
		if (!url.tls && (ward_str_eqz(scheme, "smtp") || ward_str_eqz(scheme, "xmpp")))
			f.seal = WARD_FLOW_STARTS;
		copy(f.protocol, sizeof(f.protocol), protocol ? ward_str_z(protocol) : scheme);
	} else {
		struct ward_str rest = where;
		size_t at = ward_str_find(where, WARD_STR("://"));

		if (at != SIZE_MAX)
			rest = ward_str_sub(where, at + 3, SIZE_MAX);
		copy(f.other, sizeof(f.other), split(ward_str_cut(&rest, '/'), &f.port));
		copy(f.protocol, sizeof(f.protocol), ward_str_z(protocol ? protocol : "TCP"));
	}
	add(t, &f);
}

static void add_recipients(struct ward_flows *t, const struct ward_recipients *r)
{
	for (size_t i = 0; i < r->n; i++) {
		struct ward_flow f = {.what = WARD_TEXT("recipient {name} is told")};

		copy(f.name, sizeof(f.name), r->r[i].name);
		if (r->r[i].channel == WARD_CHANNEL_SIP) {
			f.udp = true;
			f.port = 5060;
			add_out(t, r->r[i].url, "SIP", f);
		} else if (r->r[i].channel == WARD_CHANNEL_ESPA) {
			if (!ward_str_starts(r->r[i].url, WARD_STR("serial:")))
				add_out(t, r->r[i].url, "ESPA 4.4.4", f);
		} else if (r->r[i].channel != WARD_CHANNEL_PLAYED) {
			add_out(t, r->r[i].url, NULL, f);
		}
	}
}

static void add_actuators(struct ward_flows *t, const struct ward_actuators *a)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct ward_actuator *x = &a->a[i];
		struct ward_flow f = {.what = WARD_TEXT("system {name} acts, when people approve")};

		copy(f.name, sizeof(f.name), x->name);
		if (x->way == WARD_ACT_WAY_SSH) {
			f.port = 22;
			f.seal = WARD_FLOW_SEALED;
			add_out(t, x->where, "SSH", f);
		} else if (x->way == WARD_ACT_WAY_RADIUS) {
			f.udp = true;
			f.port = 3799; /* RFC 5176 3 */
			add_out(t, x->where, "RADIUS CoA", f);
		} else if (x->way == WARD_ACT_WAY_SNMP) {
			f.udp = true;
			f.port = 161;
			add_out(t, x->where, "SNMP", f);
		} else if (x->way != WARD_ACT_WAY_PLAYED) {
			add_out(t, x->where, NULL, f);
		}
	}
}

static void add_directory(struct ward_flows *t, const struct ward_directory *d)
{
	struct ward_flow f = {.what = WARD_TEXT("people sign in by {name}"),
		.seal = WARD_FLOW_TLS,
		.port = d->at.port};

	if (d->kind == WARD_DIRECTORY_NONE)
		return;
	copy(f.name, sizeof(f.name), d->name);
	copy(f.other, sizeof(f.other), d->at.host);
	(void)snprintf(f.protocol, sizeof(f.protocol), "%s",
		d->kind == WARD_DIRECTORY_LDAPS ? "LDAPS" : "HTTPS");
	add(t, &f);
}

static void add_indicators(struct ward_flows *t, const struct ward_indicator_sources *s)
{
	for (size_t i = 0; i < s->n; i++) {
		struct ward_flow f = {.what = WARD_TEXT("indicators of {name}")};

		copy(f.name, sizeof(f.name), s->s[i].id);
		add_out(t, s->s[i].where, "TAXII (HTTPS)", f);
	}
}

static void add_console(struct ward_flows *t, struct ward_str console)
{
	struct ward_flow f = {.in = true,
		.seal = WARD_FLOW_TLS,
		.what = WARD_TEXT("console and interface of programs")};

	(void)snprintf(f.protocol, sizeof(f.protocol), "HTTPS");
	copy(f.at, sizeof(f.at), split(console, &f.port));
	add(t, &f);
}

/* ---- all of it ---- */

/* What is wrong was said; what is right of it counts. */
static enum ward_err not_bad(enum ward_err err)
{
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}

/* Who may lock doors is judged by the plan of evacuation; what is wrong with that one `ward check`
 * tells. */
static enum ward_err load_actuators(const struct ward_actuators_in *like, const char *dir,
	const char *content, struct ward_actuators *ret)
{
	struct ward_escape escape = {.known = false};
	struct ward_actuators_in in = *like;
	struct ward_evac *e = NULL;
	struct ward_diag told;

	ward_diag_init(&told, ward_mem_heap());
	enum ward_err err = ward_evac_load(content, dir, in.m, in.lim, ward_mem_heap(), &told, &e);

	if (!err && ward_evac_escape(e, &escape) == WARD_OK)
		in.escape = &escape;
	err = err == WARD_ERR_NOMEM ? err : ward_actuators_load(&in, dir, ret);
	ward_evac_free(e);
	ward_diag_fini(&told);
	return err;
}

static enum ward_err outward(const struct ward_model *m, const char *dir, const char *content,
	const struct ward_limits *lim, struct ward_diag *diag, struct ward_flows *ret)
{
	static struct ward_recipients recipients;
	static struct ward_actuators actuators;
	static struct ward_indicator_sources indicators;
	static struct ward_directory directory;
	const struct ward_mem *mem = ward_mem_heap();
	const struct ward_recipients_in r = {m, lim, mem, diag, content};
	const struct ward_actuators_in a = {m, NULL, lim, mem, diag};
	const struct ward_directory_in d = {NULL, NULL, lim, mem, diag};
	enum ward_err err = not_bad(ward_recipients_load(&r, dir, &recipients));

	if (!err)
		add_recipients(ret, &recipients);
	ward_recipients_free(&recipients);
	if (!err)
		err = not_bad(load_actuators(&a, dir, content, &actuators));
	if (!err)
		add_actuators(ret, &actuators);
	ward_actuators_free(&actuators);
	if (!err)
		err = not_bad(ward_directory_load(&d, dir, &directory));
	if (!err)
		add_directory(ret, &directory);
	ward_directory_free(&directory);
	if (!err)
		err = not_bad(ward_indicator_sources_load(dir, lim, mem, diag, &indicators));
	if (!err)
		add_indicators(ret, &indicators);
	ward_indicator_sources_free(&indicators);
	return err;
}

enum ward_err ward_flows_of(const struct ward_model *m, const char *dir, const char *content,
	const struct ward_limits *lim, struct ward_diag *diag, struct ward_flows *ret)
{
	const struct ward_console_in in = {dir, lim, ward_mem_heap(), diag};
	struct ward_console console;
	size_t n;
	const struct ward_source *s = ward_model_sources(m, &n);
	enum ward_err err = not_bad(ward_console_load(&in, &console));
	struct ward_str at = !err && console.where.len ? console.where : WARD_STR(USUAL_CONSOLE);

	*ret = (struct ward_flows){.n = 0};
	if (!err)
		add_console(ret, at);
	for (size_t i = 0; !err && i < n; i++)
		add_source(ret, &s[i], at);
	ward_console_free(&console);
	if (!err)
		err = outward(m, dir, content, lim, diag, ret);
	add_lookups(ret);
	return err;
}

bool ward_flows_of_sensor(struct ward_str to, struct ward_flows *ret)
{
	bool one_way = ward_str_starts(to, WARD_STR("diode://"));
	struct ward_flow f = {.udp = one_way,
		.port = one_way ? 0 : 443,
		.seal = one_way ? WARD_FLOW_SEALED : WARD_FLOW_MUTUAL,
		.what = WARD_TEXT("events of this sensor")};
	struct ward_str rest = to;

	if (!one_way && !ward_str_starts(to, WARD_STR("https://")))
		return false;
	rest = ward_str_sub(to, strlen(one_way ? "diode://" : "https://"), SIZE_MAX);
	copy(f.other, sizeof(f.other), split(ward_str_cut(&rest, '/'), &f.port));
	(void)snprintf(f.protocol, sizeof(f.protocol), one_way ? "Ward, one way" : "HTTPS");
	*ret = (struct ward_flows){.ours = WARD_TEXT("this sensor")};
	if (!f.other[0] || !f.port)
		return false;
	add(ret, &f);
	add_lookups(ret);
	return true;
}
