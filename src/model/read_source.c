#include "model/load.h"

#include "base/degrees.h"

enum {
	SKEW_DEFAULT_S = 60,
	MASK_MAX = 64,
	BAUD_DEFAULT = 9600,
	EVERY_DEFAULT_S = 60,
	FETCH_DEFAULT_S = 300,
	EVERY_MAX_S = 86400
};
static const uint32_t all_kinds = (1u << WARD_NODE_N) - 1;

/* ":PORT" at the end, and something before it. */
static bool has_port(struct ward_str s)
{
	size_t colon = s.len;
	uint64_t port;

	while (colon && s.p[colon - 1] != ':')
		colon--;
	return colon > 1 && ward_str_u64(ward_str_sub(s, colon, s.len), &port) && port > 0 &&
	       port <= 65535;
}

struct way {
	const char *name;
	bool port;
	const char *kinds; /* sources that may use it, parted by blanks */
};

static const struct way ways[] = {
	{"iface", false, "net"},
	{"flow-listen", true, "flow"},
	{"udp", true, "syslog json"},
	{"tcp", true, "syslog json video"},
	{"tls", true, "syslog json"},
	{"mqtt", true, "mqtt"},
	{"mqtt-listen", true, "mqtt"},
	{"file", false, "net syslog json mqtt video espa osdp cap file"},
	{"rtsp", false, "video onvif"},
	{"rtsps", false, "video onvif"},
	{"serial", false, "espa osdp"},
	{"serial-server", true, "espa osdp"},
	{"onvif", false, "onvif video"},
	{"onvifs", false, "onvif video"},
	{"bacnet", true, "bacnet"},
	{"modbus", true, "modbus"},
	{"snmp", true, "snmp"},
	{"http", true, "json"},
	{"https", true, "json"},
	{"api", false, "json sensor"},
	{"snmp-trap", true, "snmp"},
	{"sip-listen", true, "sip"},
	{"diode", true, "sensor"},
};

bool ward_load_one_of(struct ward_str s, const char *words)
{
	for (struct ward_str rest = ward_str_z(words); rest.p;)
		if (ward_str_eq(ward_str_cut(&rest, ' '), s))
			return true;
	return false;
}

bool ward_load_is_fetched(const struct ward_source *s)
{
	return ward_str_eqz(s->kind, "cap") &&
	       (ward_str_starts(s->where, WARD_STR("https:")) ||
		       ward_str_starts(s->where, WARD_STR("http:")));
}

static void cap_url(struct ward_load *l, const struct ward_conf *c, const struct ward_source *s)
{
	struct ward_str rest = ward_str_sub(s->where, strlen("https://"), s->where.len);

	if (ward_str_starts(s->where, WARD_STR("http:")))
		ward_load_error(l, c,
			WARD_TEXT("warnings are fetched in clear: anybody on the way could forge "
				  "them\nwrite `where: https://HOST/PATH`"));
	else if (!ward_str_starts(s->where, WARD_STR("https://")) || !rest.len ||
		 rest.p[0] == '/' || ward_str_find(rest, WARD_STR("@")) != SIZE_MAX)
		ward_load_error(l, c,
			WARD_TEXT("'where' has no host, or a user in it\nwrite https://HOST/PATH, "
				  "where the service's list of warnings is"));
	for (size_t i = 0; i < rest.len; i++)
		if (rest.p[i] <= ' ' || rest.p[i] > '~' || rest.p[i] == '"' || rest.p[i] == '\\') {
			ward_load_error(l, c,
				WARD_TEXT("'where' has blanks, quotes or letters that no address "
					  "has\nwrite them as %%xx"));
			return;
		}
}

static void where(struct ward_load *l, const struct ward_conf *c, const struct ward_source *s)
{
	struct ward_str rest = s->where, way = ward_str_cut(&rest, ':');

	if (ward_load_is_fetched(s)) {
		cap_url(l, c, s);
		return;
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(ways); i++) {
		if (!ward_str_eqz(way, ways[i].name))
			continue;
		if ((!rest.len && strcmp(ways[i].name, "api") != 0) ||
			(ways[i].port && !has_port(rest)))
			break;
		if (!ward_load_one_of(s->kind, ways[i].kinds))
			ward_load_error(l, c,
				WARD_TEXT("a source of kind %.*s can't be read from '%s:'\nsuch "
					  "sources: %s"),
				WARD_STR_ARG(s->kind), ways[i].name, ways[i].kinds);
		return;
	}
	ward_load_error(l, c,
		WARD_TEXT(
			"'where' has the bad value '%.*s'\nwrite iface:NAME, "
			"flow-listen:ADDR:PORT, udp:ADDR:PORT, tcp:ADDR:PORT, tls:ADDR:PORT, "
			"mqtt:HOST:PORT, mqtt-listen:ADDR:PORT, rtsp://HOST/PATH, "
			"rtsps://HOST/PATH, serial:DEVICE, serial-server:HOST:PORT, "
			"onvif://HOST, onvifs://HOST, http:ADDR:PORT, https:ADDR:PORT, api:, "
			"bacnet:ADDR:PORT, modbus:HOST:PORT, snmp:HOST:PORT, "
			"snmp-trap:ADDR:PORT, sip-listen:ADDR:PORT, diode:ADDR:PORT or file:PATH"),
		WARD_STR_ARG(s->where));
}

/* What tells a log's bytes apart, and whom it comes from. */
static void log_keys(struct ward_load *l, const struct ward_conf *c, struct ward_source *s)
{
	struct ward_str rest = s->where, way = ward_str_cut(&rest, ':');
	bool tls = ward_load_one_of(way, "tls https") && !ward_load_is_fetched(s);
	bool text = ward_load_one_of(s->kind, "syslog json");
	bool camera = ward_load_one_of(way, "rtsps onvifs") || ward_load_is_fetched(s);

	s->multiline = ward_load_text(l, c, "multiline", false);
	s->charset = ward_load_line(l, c, "charset", false);
	s->certificate = ward_load_line(l, c, "certificate", false);
	s->key = ward_load_line(l, c, "key", false);
	s->clients = ward_load_line(l, c, "clients", false);
	if ((s->multiline.len && !text) ||
		(s->charset.len && !text && !ward_str_eqz(s->kind, "espa")))
		ward_load_error(l, c,
			WARD_TEXT("'multiline' and 'charset' are of logs\nremove them, or give the "
				  "source the kind syslog or json"));
	if (s->multiline.len > MASK_MAX)
		ward_load_error(l, c,
			WARD_TEXT("'multiline' is too long\nwrite indent, or how a record begins, "
				  "with 9 for a digit, as in \"9999-99-99\""));
	if (s->charset.len && text && !ward_load_one_of(s->charset, "utf-8 latin-1 windows-1252"))
		ward_load_error(l, c,
			WARD_TEXT("'charset' has the bad value '%.*s'\nwrite utf-8, latin-1 or "
				  "windows-1252"),
			WARD_STR_ARG(s->charset));
	if (tls && (!s->certificate.len || !s->key.len))
		ward_load_error(l, c,
			WARD_TEXT("a tls source has no certificate or no key\nadd `certificate: "
				  "tls/log.pem` and `key: tls/log.key`, files of this directory"));
	if (camera ? s->key.len || s->clients.len
		   : !tls && (s->certificate.len || s->key.len || s->clients.len))
		ward_load_error(l, c,
			WARD_TEXT("'certificate', 'key' and 'clients' are of tls sources\nremove "
				  "them, or write `where: tls:ADDR:6514`"));
	if (text && ward_str_eqz(way, "file") && rest.len && rest.p[0] != '/')
		ward_load_error(l, c,
			WARD_TEXT("a log file is followed by its whole path\nwrite "
				  "file:/FOLDER/NAME; in NAME * and ? may stand"));
}

/* A line that is listened to: how its characters come. */
static void line_keys(struct ward_load *l, const struct ward_conf *c, struct ward_source *s)
{
	struct ward_str device = s->where, way = ward_str_cut(&device, ':');
	bool serial = ward_str_eqz(way, "serial");
	int64_t baud = BAUD_DEFAULT;

	(void)ward_conf_i64(c, "baud", false, l->diag, 1200, 230400, &baud);
	s->baud = (unsigned)baud;
	s->frame = ward_load_line(l, c, "frame", false);
	if (!serial && (s->frame.len || ward_conf_get(c, "baud")))
		ward_load_error(l, c,
			WARD_TEXT("'baud' and 'frame' are of serial devices\nremove them, or write "
				  "`where: serial:/dev/ttyS0`; a serial server has its own"));
	if (!s->frame.len)
		s->frame = WARD_STR("8n1");
	if (!ward_load_one_of(s->frame, "8n1 7e1 7o1 8e1 8n2 7e2"))
		ward_load_error(l, c,
			WARD_TEXT("'frame' has the bad value '%.*s'\nwrite 8n1, 7e1, 7o1, 8e1, 8n2 "
				  "or 7e2"),
			WARD_STR_ARG(s->frame));
	char text[24];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_u64(&w, s->baud);
	if (!ward_load_one_of(
		    ward_wr_text(&w), "1200 2400 4800 9600 19200 38400 57600 115200 230400"))
		ward_load_error(l, c,
			WARD_TEXT("'baud' is no usual rate\nwrite 1200, 2400, 4800, 9600, 19200, "
				  "38400, 57600, 115200 or 230400"));
	if (serial && device.len && device.p[0] != '/')
		ward_load_error(l, c,
			WARD_TEXT("a serial device is named by its whole path\nwrite "
				  "serial:/dev/ttyS0"));
	if (ward_str_eqz(s->kind, "espa") && s->charset.len &&
		!ward_load_one_of(s->charset, "latin-1 din-66003"))
		ward_load_error(l, c,
			WARD_TEXT("'charset' has the bad value '%.*s'\nwrite latin-1 or din-66003"),
			WARD_STR_ARG(s->charset));
}

/* Which warnings are about the hospital. */
static void cap_keys(struct ward_load *l, const struct ward_conf *c, struct ward_source *s)
{
	bool cap = ward_str_eqz(s->kind, "cap");
	struct ward_str path = s->where, way = ward_str_cut(&path, ':'), longitude, latitude;
	int64_t lat, lon;

	s->at = ward_load_line(l, c, "at", false);
	s->geocodes = ward_load_line(l, c, "geocodes", false);
	if (!cap) {
		if (s->at.len || s->geocodes.len)
			ward_load_error(l, c,
				WARD_TEXT("'at' and 'geocodes' are of warnings\nremove them, or "
					  "write `kind: cap`"));
		return;
	}
	if (ward_str_eqz(way, "file") && path.len && path.p[0] != '/')
		ward_load_error(l, c,
			WARD_TEXT("a file of warnings is named by its whole path\nwrite "
				  "file:/FOLDER/NAME; in NAME * and ? may stand"));
	longitude = s->at;
	latitude = ward_str_cut(&longitude, ',');
	if (s->at.len && (!longitude.p || !ward_degrees_parse(latitude, 90000000, &lat) ||
				 !ward_degrees_parse(longitude, 180000000, &lon)))
		ward_load_error(l, c,
			WARD_TEXT("'at' has the bad value '%.*s'\nwrite latitude and longitude in "
				  "degrees, as \"45.0703,7.6869\""),
			WARD_STR_ARG(s->at));
	if (!s->at.len && !s->geocodes.len)
		ward_load_say(l, WARD_DIAG_WARNING, c,
			WARD_TEXT("source '{id}' takes every warning for one about the hospital"),
			WARD_TEXT("add `at: LATITUDE,LONGITUDE`, or `geocodes: NAME:VALUE`"),
			{"id", s->id});
}

/* Files that are looked at: of a folder, or that pass by. */
static void file_keys(struct ward_load *l, const struct ward_conf *c, struct ward_source *s)
{
	bool folder = ward_str_eqz(s->kind, "file");
	struct ward_str path = s->where, way = ward_str_cut(&path, ':');

	(void)ward_conf_bool(c, "inspect", false, l->diag, &s->inspect);
	(void)ward_conf_bool(c, "only_new", false, l->diag, &s->fresh);
	if (s->inspect && !ward_str_eqz(way, "iface"))
		ward_load_error(l, c,
			WARD_TEXT("'inspect' is for files that pass by on an interface\nleave it "
				  "out, or write where: iface:NAME"));
	if (s->fresh && !folder)
		ward_load_error(l, c,
			WARD_TEXT(
				"'only_new' is for folders\nleave it out, or write `kind: file`"));
	if (folder && ward_str_eqz(way, "file") && path.len && path.p[0] != '/')
		ward_load_error(
			l, c, WARD_TEXT("a folder is named by its whole path\nwrite file:/FOLDER"));
}

/* Whom a network's controllers are, and what may be done besides reading them. */
static void controller_keys(struct ward_load *l, const struct ward_conf *c, struct ward_source *s)
{
	bool bacnet = ward_str_eqz(s->kind, "bacnet");
	struct ward_words w = ward_load_words(l, c, "controllers");
	struct ward_str *at = ward_arena_array(&l->m->arena, w.n, sizeof(*at));

	s->every = (ward_load_is_fetched(s) ? FETCH_DEFAULT_S : EVERY_DEFAULT_S) * WARD_NS_PER_S;
	if (!at) {
		(void)ward_load_ok(l, WARD_ERR_NOMEM, NULL);
		return;
	}
	for (size_t i = 0; i < w.n; i++)
		at[i] = ward_load_keep(l, w.at[i].s);
	s->controllers = at;
	s->n_controllers = w.n;
	(void)ward_conf_duration(c, "every", false, l->diag, &s->every);
	(void)ward_conf_bool(c, "cov", false, l->diag, &s->cov);
	(void)ward_conf_bool(c, "acknowledge", false, l->diag, &s->acknowledge);
	if (!bacnet && (w.n || s->cov || s->acknowledge))
		ward_load_error(l, c,
			WARD_TEXT("'controllers', 'cov' and 'acknowledge' are of BACnet\nremove "
				  "them, or write `kind: bacnet`"));
	if (!ward_load_one_of(s->kind, "bacnet modbus snmp") && !ward_load_is_fetched(s) &&
		ward_conf_get(c, "every"))
		ward_load_error(l, c,
			WARD_TEXT("'every' is of controllers that are asked, and of warnings that "
				  "are fetched\nremove it, or give the source the kind bacnet, "
				  "modbus or snmp"));
	if (bacnet && !w.n)
		ward_load_error(l, c,
			WARD_TEXT("a bacnet source has no controllers\nadd `controllers: "
				  "[10.20.0.21]`, their addresses, or their network, as in "
				  "[10.20.0.0/24]"));
	if (s->every < WARD_NS_PER_S || s->every > EVERY_MAX_S * WARD_NS_PER_S)
		ward_load_error(l, c,
			WARD_TEXT("'every' is not 1s to 1d\nwrite how often a point is read"));
}

/* Who asks an SNMP agent, and how that is protected. */
static void snmp_keys(struct ward_load *l, const struct ward_conf *c, struct ward_source *s)
{
	bool snmp = ward_str_eqz(s->kind, "snmp");

	s->security = ward_load_line(l, c, "security", false);
	if (!snmp && s->security.len)
		ward_load_error(
			l, c, WARD_TEXT("'security' is of SNMP\nremove it, or write `kind: snmp`"));
	if (!snmp)
		return;
	if (!s->security.len)
		s->security = ward_str_z(s->user.len ? "sha256-aes" : "v2c");
	if (!ward_load_one_of(s->security, "v2c sha-aes sha256-aes"))
		ward_load_error(l, c,
			WARD_TEXT("'security' has the bad value '%.*s'\nwrite v2c, sha-aes or "
				  "sha256-aes"),
			WARD_STR_ARG(s->security));
	if (!s->password_file.len)
		ward_load_error(l, c,
			WARD_TEXT("an snmp source has no password_file\nadd `password_file: FILE`, "
				  "whose first line is the community, or the pass phrases of "
				  "`user`"));
	if (ward_str_eqz(s->security, "v2c") != !s->user.len)
		ward_load_error(l, c,
			WARD_TEXT("version 2c has no users, version 3 needs one\nwrite `user: "
				  "NAME` with `security: sha256-aes`, or neither"));
}

static void watches(struct ward_load *l, const struct ward_conf *c, struct ward_source *s)
{
	struct ward_words w = ward_load_words(l, c, "watches");

	s->watches = ward_arena_array(&l->m->arena, w.n, sizeof(*s->watches));
	if (!s->watches) {
		(void)ward_load_ok(l, WARD_ERR_NOMEM, NULL);
		return;
	}
	for (size_t i = 0; i < w.n; i++) {
		uint32_t node = ward_load_node_of(l, c, "watches", w.at[i], all_kinds);

		if (node != WARD_NONE)
			s->watches[s->n_watches++] = node;
	}
	if (!w.n)
		ward_load_say(l, WARD_DIAG_WARNING, c, WARD_TEXT("source '{id}' watches nothing"),
			WARD_TEXT("add `watches: [ids]`, so that its silence can be told as a "
				  "blind spot"),
			{"id", s->id});
}

/* GDPR Art. 5(1)(b), 5(1)(e), 6: purpose, storage limitation, lawfulness. */
static void privacy(struct ward_load *l, const struct ward_conf *c, struct ward_source *s)
{
	const struct ward_str id = s->id;

	s->purpose = ward_load_text(l, c, "purpose", false);
	s->legal_basis = ward_load_text(l, c, "legal_basis", false);
	(void)ward_conf_bool(c, "personal_data", false, l->diag, &s->personal_data);
	if (!s->purpose.len)
		ward_load_error(l, c,
			WARD_TEXT("source '%.*s' has no purpose\nadd `purpose: …`; what no purpose "
				  "needs is not read"),
			WARD_STR_ARG(id));
	bool kept = ward_conf_duration(c, "retention", false, l->diag, &s->retention);

	if (s->personal_data && !s->legal_basis.len)
		ward_load_error(l, c,
			WARD_TEXT("source '%.*s' has personal data and no legal basis\nadd "
				  "`legal_basis: …`"),
			WARD_STR_ARG(id));
	if (s->personal_data && !kept && !ward_conf_get(c, "retention"))
		ward_load_error(l, c,
			WARD_TEXT("source '%.*s' has personal data and no retention\nadd "
				  "`retention: 30d`"),
			WARD_STR_ARG(id));
	if (s->retention < 0)
		ward_load_error(l, c, WARD_TEXT("'retention' is negative\nwrite a length of time"));
}

/* Processes that share the packets of an interface. */
static void workers(struct ward_load *l, const struct ward_conf *c, struct ward_source *s)
{
	int64_t n = 1;

	if (ward_conf_i64(c, "workers", false, l->diag, 1, WARD_SOURCE_WORKERS, &n) &&
		!ward_str_starts(s->where, WARD_STR("iface:")))
		ward_load_error(l, c,
			WARD_TEXT("'workers' is for interfaces\nleave it out, or write where: "
				  "iface:NAME"));
	s->workers = (unsigned)n;
}

/* Each source keeps its own rate: a controller of two would be asked twice as often. */
static void asked_once(struct ward_load *l, const struct ward_conf *c, const struct ward_source *s)
{
	size_t n = l->m->source_ids.n - 1;

	if (!ward_load_one_of(s->kind, "bacnet modbus snmp") || !s->where.len)
		return;
	for (size_t i = 0; i < n; i++) {
		const struct ward_source *x = &l->m->source[i];

		if (!ward_str_eq(x->where, s->where))
			continue;
		ward_load_warn(l, c,
			WARD_TEXT("source '%.*s' has the address of source '%.*s' (line %u): what "
				  "is there is asked twice as often as it should be, or not "
				  "heard\nmake one source of the two"),
			WARD_STR_ARG(s->id), WARD_STR_ARG(x->id), x->line);
		return;
	}
}

static const char *const kind[] = {"net", "flow", "syslog", "json", "mqtt", "video", "espa", "osdp",
	"onvif", "bacnet", "modbus", "snmp", "cap", "sip", "sensor", "file"};

bool ward_source_is_kind(struct ward_str s)
{
	bool is = false;

	for (size_t i = 0; i < WARD_ARRAY_LEN(kind); i++)
		is |= ward_str_eqz(s, kind[i]);
	return is;
}

void ward_read_source(struct ward_load *l, const struct ward_row *r, const struct ward_conf *c)
{
	struct ward_model *m = l->m;
	struct ward_source s = {.skew = SKEW_DEFAULT_S * WARD_NS_PER_S, .line = c->line};
	struct ward_str id;
	uint32_t i;

	(void)r;
	if (!ward_word_id(c, "id", l->diag, &id) || !ward_load_take_id(l, c, id))
		return;
	if (ward_str_eqz(id, "points"))
		ward_load_error(l, c,
			WARD_TEXT("'points' is the source of what Ward itself infers\ngive it "
				  "another id"));
	if (!ward_load_ok(l,
		    ward_mem_more(l->mem, &m->source, m->source_ids.n, &m->cap_source,
			    sizeof(*m->source), m->source_ids.max),
		    "model.nodes") ||
		!ward_load_ok(l, ward_intern_put(&m->source_ids, id, &i), "model.nodes"))
		return;
	s.id = ward_intern_at(&m->source_ids, i);
	s.file = ward_load_keep(l, c->file);
	s.name = ward_load_name(l, c, true);
	size_t k = ward_load_word_of(l, c, "kind", kind, WARD_ARRAY_LEN(kind));

	s.kind = ward_str_z(k < WARD_ARRAY_LEN(kind) ? kind[k] : "");
	s.where = ward_load_line(l, c, "where", true);
	s.topic = ward_load_line(l, c, "topic", false);
	if (s.where.len && s.kind.len)
		where(l, c, &s);
	if (ward_str_eqz(s.kind, "mqtt") && !s.topic.len)
		ward_load_error(
			l, c, WARD_TEXT("an mqtt source has no topic\nadd `topic: hospital/#`"));
	workers(l, c, &s);
	log_keys(l, c, &s);
	ward_read_camera(l, c, &s);
	line_keys(l, c, &s);
	controller_keys(l, c, &s);
	snmp_keys(l, c, &s);
	asked_once(l, c, &s);
	cap_keys(l, c, &s);
	file_keys(l, c, &s);
	ward_read_calls(l, c, &s);
	ward_read_plan(l, c, &s);
	watches(l, c, &s);
	ward_read_recorder(l, c, &s);
	privacy(l, c, &s);
	(void)ward_conf_duration(c, "expect_every", false, l->diag, &s.expect_every);
	if (ward_conf_get(c, "expect_every") &&
		(s.expect_every < WARD_NS_PER_S ||
			s.expect_every > 7 * EVERY_MAX_S * WARD_NS_PER_S))
		ward_load_error(l, c,
			WARD_TEXT("'expect_every' is not 1s to 7d\nwrite after how long without a "
				  "word the source is broken"));
	(void)ward_conf_duration(c, "skew", false, l->diag, &s.skew);
	m->source[i] = s;
}
