/* The sources of a hospital's directory: opened here, with the rights of the supervisor, and handed
 * to the processes that read them. */
#include "run/live_priv.h"

#include "processing/duty.h"
#include "run/follow.h"
#include "run/listen.h"
#include "sense/net/ring.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool live_starts(const struct ward_source *s, const char *way, struct ward_str *ret_rest)
{
	struct ward_str w = ward_str_z(way);

	if (!ward_str_starts(s->where, w))
		return false;
	*ret_rest = ward_str_sub(s->where, w.len, s->where.len);
	return true;
}

enum live_process live_reader_of(const struct ward_source *s)
{
	struct ward_str rest;
	bool text = ward_str_eqz(s->kind, "syslog") || ward_str_eqz(s->kind, "json");

	if (s->stopped)
		return P_N;
	if (live_starts(s, "iface:", &rest))
		return P_NET;
	if (text && (live_starts(s, "udp:", &rest) || live_starts(s, "tcp:", &rest) ||
			    live_starts(s, "tls:", &rest) || live_starts(s, "file:", &rest)))
		return P_LOG;
	if (live_starts(s, "mqtt-listen:", &rest))
		return P_FIELD;
	if (live_starts(s, "flow-listen:", &rest))
		return P_FLOW;
	if (live_starts(s, "serial:", &rest) || live_starts(s, "serial-server:", &rest))
		return P_LINE;
	if (live_starts(s, "api:", &rest))
		return P_INGEST;
	if (ward_str_eqz(s->kind, "file"))
		return P_FILE;
	if (ward_str_eqz(s->kind, "onvif"))
		return P_ONVIF;
	if (ward_str_eqz(s->kind, "cap"))
		return P_FEED;
	if (live_starts(s, "sip-listen:", &rest))
		return P_CALLS;
	if (live_starts(s, "diode:", &rest))
		return P_DIODE;
	if (live_starts(s, "http:", &rest) || live_starts(s, "https:", &rest))
		return P_HOOK;
	if (live_starts(s, "rtsp:", &rest) || live_starts(s, "rtsps:", &rest) ||
		live_starts(s, "onvif:", &rest) || live_starts(s, "onvifs:", &rest))
		return P_VIDEO;
	if (live_starts(s, "bacnet:", &rest) || live_starts(s, "modbus:", &rest) ||
		live_starts(s, "snmp:", &rest) || live_starts(s, "snmp-trap:", &rest))
		return P_POLL;
	return live_starts(s, "mqtt:", &rest) ? P_MQTT : P_N;
}

/* A descriptor under "KIND.ID", and "KIND=ID" so that the process knows that it has it. */
static enum ward_err hand(
	struct live *l, size_t number, const char *kind, struct ward_str id, int fd)
{
	char name[128], text[128];
	int n = snprintf(name, sizeof(name), "%s.%.*s", kind, WARD_STR_ARG(id));
	int k = snprintf(text, sizeof(text), "%.*s", WARD_STR_ARG(id));
	bool fits = n > 0 && (size_t)n < sizeof(name) && k > 0 && (size_t)k < sizeof(text);
	enum ward_err err = fits ? ward_supervisor_hand(l->s, number, name, fd) : WARD_ERR_LIMIT;

	if (err) {
		(void)close(fd);
		return live_because(l, err, "too many sources, or too long an id");
	}
	return ward_supervisor_set(l->s, number, kind, text);
}

/* A ring for one worker; the rings of one group share the interface. 0: it has it alone. */
static enum ward_err open_ring(
	struct live *l, const struct ward_source *s, size_t number, uint16_t group)
{
	struct ward_str iface;
	char name[64], epoch[24];
	int fd;
	enum ward_err err;

	(void)live_starts(s, "iface:", &iface);
	(void)snprintf(name, sizeof(name), "%.*s", WARD_STR_ARG(iface));
	err = ward_ring_socket(name, l->why, &fd);
	if (!err && group) {
		err = ward_ring_share(fd, group, l->why);
		if (err)
			(void)close(fd);
	}
	if (!err)
		err = hand(l, number, "ring", s->id, fd);
	if (!err)
		err = ward_supervisor_set(l->s, number, "iface", name);
	(void)snprintf(epoch, sizeof(epoch), "%lld", (long long)l->epoch);
	return err ? err : ward_supervisor_set(l->s, number, "epoch", epoch);
}

static enum ward_err open_rings(struct live *l, const struct ward_source *s)
{
	/* numbers of this network namespace, of this run: 1, 2 … from the process's on */
	uint16_t group = (uint16_t)(((unsigned)getpid() + s->line) % UINT16_MAX + 1);
	enum ward_err err = WARD_OK;

	for (unsigned i = 0; !err && i < s->workers; i++)
		err = open_ring(l, s, l->net[i], s->workers > 1 ? group : 0);
	return err;
}

/* "ID.KEY=value" of a source of the log process; nothing when there is no value. */
static enum ward_err set_key(
	struct live *l, const struct ward_source *s, const char *key, struct ward_str value)
{
	char name[160];
	int n = snprintf(name, sizeof(name), "%.*s.%s", WARD_STR_ARG(s->id), key);

	if (!value.len)
		return WARD_OK;
	return n < (int)sizeof(name) ? live_set_text(l, P_LOG, name, value) : WARD_ERR_LIMIT;
}

/* A file of the hospital directory. */
static enum ward_err set_file(
	struct live *l, const struct ward_source *s, const char *key, struct ward_str file)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/%.*s", l->o->dir, WARD_STR_ARG(file));

	if (!file.len || file.p[0] == '/')
		return set_key(l, s, key, file);
	return n < (int)sizeof(path) ? set_key(l, s, key, ward_str_z(path)) : WARD_ERR_LIMIT;
}

/* What the log process has to know of a source besides where it is. */
static enum ward_err set_log(struct live *l, const struct ward_source *s)
{
	char skew[24];
	enum ward_err err = WARD_OK;

	(void)snprintf(skew, sizeof(skew), "%lld", (long long)s->skew);
	if (ward_str_eqz(s->kind, "json"))
		err = live_set_text(l, P_LOG, "json", s->id);
	if (!err)
		err = set_key(l, s, "multiline", s->multiline);
	if (!err)
		err = set_key(l, s, "charset", s->charset);
	if (!err)
		err = set_key(l, s, "skew", ward_str_z(skew));
	if (!err)
		err = set_file(l, s, "certificate", s->certificate);
	if (!err)
		err = set_file(l, s, "key", s->key);
	return err ? err : set_file(l, s, "clients", s->clients);
}

/* "file:PATH": the process opens it by itself, and may then read its folder and no other. */
static enum ward_err set_followed(struct live *l, const struct ward_source *s)
{
	struct ward_str path;
	char folder[4096];
	enum ward_err err;

	(void)live_starts(s, "file:", &path);
	err = ward_follow_folder(path, folder, sizeof(folder));
	if (err)
		return live_because(
			l, err, "a pattern is only possible in the last part of the path");
	if (access(folder, R_OK | X_OK) != 0)
		return live_because(l, WARD_ERR_IO, folder);
	err = live_set_text(l, P_LOG, "file", s->id);
	if (!err)
		err = set_key(l, s, "path", path);
	return err ? err : set_log(l, s);
}

static enum ward_err open_listener(struct live *l, const struct ward_source *s)
{
	static const struct {
		const char *way, *kind;
		enum live_process p;
		bool stream;
	} ways[] = {{"udp:", "udp", P_LOG, false}, {"tcp:", "tcp", P_LOG, true},
		{"tls:", "tls", P_LOG, true}, {"mqtt-listen:", "mqtt", P_FIELD, true},
		{"flow-listen:", "flow", P_FLOW, false}};
	struct ward_str at;
	int fd;

	for (size_t i = 0; i < WARD_ARRAY_LEN(ways); i++) {
		enum ward_err err;

		if (!live_starts(s, ways[i].way, &at))
			continue;
		err = ward_listen(at, ways[i].stream, l->why, &fd);
		if (!err)
			err = hand(l, l->number[ways[i].p], ways[i].kind, s->id, fd);
		if (!err && ways[i].p == P_LOG)
			err = set_log(l, s);
		if (!err && ways[i].p == P_FIELD)
			err = live_set_text(l, P_FIELD, "topic", s->topic);
		return err;
	}
	return WARD_ERR_UNSUPPORTED;
}

/* "mqtt:HOST:PORT": the process connects by itself, before it enters its cage. */
static enum ward_err set_broker(struct live *l, const struct ward_source *s)
{
	struct ward_str at;
	size_t colon;
	enum ward_err err;

	(void)live_starts(s, "mqtt:", &at);
	for (colon = at.len; colon && at.p[colon - 1] != ':'; colon--)
		;
	err = live_set_text(l, P_MQTT, "source", s->id);
	if (!err)
		err = live_set_text(l, P_MQTT, "host", ward_str_sub(at, 0, colon ? colon - 1 : 0));
	if (!err)
		err = live_set_text(l, P_MQTT, "port", ward_str_sub(at, colon, at.len));
	return err ? err : live_set_text(l, P_MQTT, "topic", s->topic);
}

/* "api:": posted to the console's address, with the source's token. */
static enum ward_err set_ingest(struct live *l, const struct ward_source *s)
{
	size_t number = l->number[P_INGEST];
	char key[160];
	int n = snprintf(key, sizeof(key), "%.*s.password_file", WARD_STR_ARG(s->id));

	if (n < 0 || n >= (int)sizeof(key) || l->n_ingest == WARD_INGEST_MAX)
		return live_because(l, WARD_ERR_LIMIT,
			"more than 16 sources that post to the API: give some `where: https:…`");
	if (!l->n_ingest++) { /* what their members mean */
		enum ward_err err = live_tell(l, number, "content", ward_str_z(l->o->content));

		if (!err)
			err = live_tell(l, number, "hospital", ward_str_z(l->o->dir));
		if (err)
			return err;
	}
	enum ward_err err = live_tell(l, number, "source", s->id);

	if (!err && s->password_file.len)
		err = live_tell_file(l, number, key, s->password_file);
	if (err || !ward_str_eqz(s->kind, "sensor"))
		return err;
	(void)snprintf(key, sizeof(key), "%.*s.sensor", WARD_STR_ARG(s->id));
	err = live_tell(l, number, key, WARD_STR("yes"));
	(void)snprintf(key, sizeof(key), "%.*s.plan", WARD_STR_ARG(s->id));
	return err ? err : live_tell(l, number, key, s->plan);
}

static enum ward_err open_source(struct live *l, const struct ward_source *s)
{
	switch (live_reader_of(s)) {
	case P_NET:
		return open_rings(l, s);
	case P_LOG:
		return ward_str_starts(s->where, WARD_STR("file:")) ? set_followed(l, s)
								    : open_listener(l, s);
	case P_INGEST:
		return set_ingest(l, s);
	case P_FIELD:
	case P_FLOW:
		return open_listener(l, s);
	case P_MQTT:
		return set_broker(l, s);
	case P_FILE: /* live_files.c */
	case P_JOURNAL:
	case P_PSEUDONYM:
	case P_STORE:
	case P_BRAIN:
	case P_TELL:
	case P_CLIPS:
	case P_PHOTO:
	case P_VIDEO: /* nothing is opened for these */
	case P_LINE:
	case P_ONVIF:
	case P_POLL:
	case P_HOOK:
	case P_FEED:
	case P_CALLS:
	case P_DIODE:
	case P_STAGE:
	case P_PLAY:
	case P_RESPOND:
	case P_DESK:
	case P_ACT:
	case P_PLAYBOOK:
	case P_OFFER:
	case P_LOGIN:
	case P_CONFIG:
	case P_DIRECTORY:
	case P_QUORUM:
	case P_API:
	case P_RECKON:
	case P_RECALL:
	case P_NOTARY:
	case P_N:
		break;
	}
	return WARD_OK; /* a blind spot: said at the start */
}

/* Puts before the reason which source it is about, and a way out behind it. */
static void name_source(struct live *l, const struct ward_source *s)
{
	char why[WARD_LIVE_WHY];
	bool lone = live_reader_of(s) == P_NET && !l->o->scenario;

	(void)snprintf(why, sizeof(why), "%s", l->why[0] ? l->why : "cannot be opened");
	(void)snprintf(l->why, WARD_LIVE_WHY, "%.*s:%u: source '%.*s': %.*s%s",
		WARD_STR_ARG(s->file), s->line, WARD_STR_ARG(s->id), WARD_LIVE_WHY / 2, why,
		lone ? "; `ip link` lists this machine's interfaces, --play needs none" : "");
}

/* What it watches, and what that is in: ids, a blank before each. */
static void put_places(const struct ward_model *m, const struct ward_source *s, struct ward_wr *w)
{
	for (size_t i = 0; i < s->n_watches; i++)
		for (uint32_t at = s->watches[i]; at != WARD_NONE;
			at = ward_model_node(m, at)->parent) {
			ward_wr_ch(w, ' ');
			ward_wr_str(w, ward_model_node(m, at)->id);
		}
}

/* How long the journal keeps what a source gives; 0: as long as there is room. Longer than the
 * hospital says where a law wants it, which `ward check` tells. */
static ward_ns kept_of(const struct live *l, const struct ward_source *s)
{
	const struct ward_processing *p = l->o->processing;
	const struct ward_proc_entry *e = p ? ward_processing_entry(p, s->id) : NULL;
	const struct ward_proc_demand *d =
		e ? ward_processing_least(p, e->like, WARD_STR(""), ward_clock_now(l->o->clock))
		  : NULL;

	return d && s->retention && s->retention < d->least ? d->least : s->retention;
}

static enum ward_err tell_retention(struct live *l, const struct ward_source *s)
{
	char said[4096];
	struct ward_wr w = ward_wr_fixed(said, sizeof(said) - 1);

	ward_wr_printf(&w, "%lld %.*s",
		(long long)((kept_of(l, s) + WARD_NS_PER_S - 1) / WARD_NS_PER_S),
		WARD_STR_ARG(s->id));
	if (ward_wr_bad(&w))
		return live_because(l, WARD_ERR_LIMIT, "its id is too long");
	put_places(l->m, s, &w);
	if (ward_wr_bad(&w))
		return live_because(l, WARD_ERR_LIMIT,
			"it watches too many things: write the room that they are in");
	return live_tell(l, l->number[P_JOURNAL], "retain", ward_wr_text(&w));
}

enum ward_err live_open_sources(struct live *l)
{
	size_t n, n_broker = 0, n_heard = 0;
	const struct ward_source *s = ward_model_sources(l->m, &n);
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < n; i++) {
		n_broker += live_reader_of(&s[i]) == P_MQTT;
		if (n_broker > 1) {
			(void)snprintf(l->why, WARD_LIVE_WHY,
				"%.*s:%u: more than one source by a broker; let the sensors of one "
				"speak to Ward itself (where: mqtt-listen:ADDR:PORT)",
				WARD_STR_ARG(s[i].file), s[i].line);
			return WARD_ERR_CONFIG;
		}
		n_heard += live_reader_of(&s[i]) != P_N;
		err = tell_retention(l, &s[i]);
		if (!err)
			err = open_source(l, &s[i]);
		if (err)
			name_source(l, &s[i]);
	}
	if (err || n_heard ||
		l->used[P_API]) /* what there is to watch can be said in the console */
		return err;
	(void)snprintf(l->why, WARD_LIVE_WHY,
		"there is nothing to watch: no source of %s/sources.yml is live (where: iface:, "
		"udp:, tcp:, tls:, file:, flow-listen:, mqtt-listen:, mqtt:, rtsp:, rtsps:, "
		"serial:, serial-server:, onvif:, onvifs:, http:, https:, api:, bacnet:, modbus:, "
		"snmp:, snmp-trap: or sip-listen:), and no console is served to add one",
		l->o->dir);
	return WARD_ERR_CONFIG;
}
