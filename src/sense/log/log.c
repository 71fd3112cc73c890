#include "sense/log/log.h"

#include "event/classes.h"
#include "event/json.h"
#include "sense/log/audit.h"
#include "sense/log/field.h"
#include "sense/log/journald.h"
#include "sense/log/pattern.h"
#include "sense/log/posted.h"
#include "sense/log/shape.h"
#include "sense/log/syslog_part.h"
#include "sense/log/winxml.h"
#include "sense/log/zeek.h"

struct ward_log_sensor {
	const struct ward_input_opts *opts;
	enum ward_log_format format;
	struct ward_json_reader reader;
	struct ward_shape *shape;
	struct ward_event_origin origin;
	uint64_t epoch; /* that origin was made of */
	struct ward_zeek zeek;
	uint32_t source, class_syslog, class_plain, class_journal, class_audit, class_windows;
	unsigned odd_said; /* WARD_JSON_ODD_* that were told: each once, then counted */
	ward_ns last;      /* time of the last record that had one */
	bool has_last;
	uint32_t class_json, class_ecs, class_ocsf, class_eve_alert, class_alert;
	uint32_t name_relay;
	size_t n_events, n_no_time, n_pattern, n_form[WARD_SYSLOG_PLAIN + 1]; /* counters */
};

static void free_parts(struct ward_log_sensor *log)
{
	const struct ward_mem *mem = log->opts->mem;

	ward_shape_free(log->shape);
	if (log->reader.mem)
		ward_json_reader_fini(&log->reader);
	ward_mem_free(mem, log, sizeof(*log));
}

enum ward_err ward_log_sensor_new(const struct ward_input_opts *opts, enum ward_log_format format,
	struct ward_log_sensor **ret)
{
	struct ward_log_sensor *log = ward_mem_alloc(opts->mem, sizeof(*log));
	enum ward_err err;

	WARD_ASSERT(opts->source.len > 0);
	if (!log)
		return WARD_ERR_NOMEM;
	log->opts = opts;
	log->format = format;
	err = ward_json_reader_init(&log->reader, opts->names, opts->mem, opts->lim);
	if (err == WARD_OK)
		err = ward_shape_new(opts->names, opts->mem, &log->shape);
	if (err != WARD_OK) {
		free_parts(log);
		return err;
	}
	ward_zeek_init(&log->zeek, opts->names, log->shape);
	log->reader.foreign =
		format != WARD_LOG_EVENTS && format != WARD_LOG_POSTED && format != WARD_LOG_SENSED;
	log->reader.lazy = log->reader.borrow = opts->lazy;
	log->reader.lenient = true;
	log->source = ward_name(opts->names, opts->source);
	log->epoch = opts->epoch;
	log->origin = ward_event_origin(opts->source, opts->epoch);
	log->class_syslog = ward_name(opts->names, WARD_STR("log.syslog"));
	log->n_events = ward_counter(opts->counters, "log.events");
	log->class_json = ward_name(opts->names, WARD_STR("log.json"));
	log->class_ecs = ward_name(opts->names, WARD_STR("log.ecs"));
	log->class_ocsf = ward_name(opts->names, WARD_STR("log.ocsf"));
	log->class_windows = ward_name(opts->names, WARD_STR("host.windows"));
	log->class_alert = ward_name(opts->names, WARD_STR("log.alert"));
	log->name_relay = ward_name(opts->names, WARD_STR("relay"));
	log->class_eve_alert = ward_name(opts->names, WARD_STR("net.suricata.alert"));
	log->n_pattern = ward_counter(opts->counters, "log.patterns");
	log->n_no_time = ward_counter(opts->counters, "log.no_time");
	log->n_form[WARD_SYSLOG_5424] = ward_counter(opts->counters, "syslog.rfc5424");
	log->n_form[WARD_SYSLOG_3164] = ward_counter(opts->counters, "syslog.rfc3164");
	log->n_form[WARD_SYSLOG_PLAIN] = ward_counter(opts->counters, "syslog.plain");
	log->class_plain = ward_name(opts->names, WARD_STR("log.plain"));
	log->class_journal = ward_name(opts->names, WARD_STR("log.journal"));
	log->class_audit = ward_name(opts->names, WARD_STR("host.auditd"));
	*ret = log;
	return WARD_OK;
}

void ward_log_sensor_free(struct ward_log_sensor *log)
{
	if (log)
		free_parts(log);
}

/* Of the record at off, of the epoch that opts has now: each file and each life has its own. */
static struct ward_id id_of(struct ward_log_sensor *log, uint64_t off)
{
	const struct ward_input_opts *o = log->opts;

	if (o->epoch != log->epoch) {
		log->epoch = o->epoch;
		log->origin = ward_event_origin(o->source, o->epoch);
	}
	return ward_event_id_at(&log->origin, off, 0);
}

/* Identity and times of an event that an outsider's record became. */
static void stamp(struct ward_log_sensor *log, struct ward_event *e, bool has_time, uint64_t off)
{
	const struct ward_input_opts *o = log->opts;

	if (has_time) {
		log->last = e->time;
		log->has_last = true;
	} else {
		/* The nearest that is known: of arrival, else of the record before. */
		e->time = o->seen ? o->seen : log->has_last ? log->last : o->reference;
		ward_count(o->counters, log->n_no_time, 1);
	}
	e->seen = o->seen ? o->seen : e->time;
	e->source = log->source;
	e->id = id_of(log, off);
	ward_count(o->counters, log->n_events, 1);
}

/* Records whose members a pattern may know: those of no sensor's own shape. Windows' too, as they
 * stand within alerts. */
static bool open_shape(const struct ward_log_sensor *log, uint32_t class)
{
	return class == log->class_json || class == log->class_windows || class == log->class_ecs ||
	       class == log->class_ocsf || class == log->class_eve_alert;
}

static enum ward_err read_members(struct ward_log_sensor *log, struct ward_event *e, bool *has_time)
{
	const struct ward_log_patterns *p = log->opts->patterns;
	bool fits = false;
	ward_ns time = 0;
	enum ward_err err = WARD_OK;

	if (p && open_shape(log, e->class))
		err = ward_log_patterns_json(p, e, &time, &fits);
	ward_count(log->opts->counters, log->n_pattern, fits);
	if (time) {
		e->time = time;
		*has_time = true;
	}
	return err;
}

/* As ward_log_sensor_fields; order is that of the names, if log->reader made the event. */
static enum ward_err fields(struct ward_log_sensor *log, uint64_t off, bool has_time,
	uint64_t order, struct ward_event *e)
{
	enum ward_err err = ward_shape_lift(log->shape, order, e);

	if (err != WARD_OK)
		return err;
	if (!e->class)
		e->class = ward_shape_class(log->shape, e, log->opts->source);
	/* What follows reads values of all others. Only log->reader leaves RAW ones. */
	if (log->reader.raw && e->class != log->class_windows)
		err = ward_event_settle(e);
	if (!err && e->class == log->class_journal)
		err = ward_journald_fields(log->opts->names, e);
	if (err != WARD_OK)
		return err;
	has_time |= ward_shape_time(log->shape, e, &e->time);
	err = read_members(log, e, &has_time);
	if (err != WARD_OK)
		return err;
	stamp(log, e, has_time, off);
	return ward_zeek_flow(&log->zeek, e);
}

enum ward_err ward_log_sensor_fields(
	struct ward_log_sensor *log, uint64_t off, bool has_time, struct ward_event *e)
{
	return fields(log, off, has_time, 0, e);
}

/* What is no JSON after all is kept as the text that it is, unless no text holds it. */
static enum ward_err keep_text(struct ward_log_sensor *log, struct ward_str text, uint64_t off,
	struct ward_arena *arena, struct ward_event *ret)
{
	enum ward_err err = WARD_OK;

	if (ward_utf8_valid(ward_str_bytes(text), NULL))
		text = ward_arena_str(arena, text);
	else
		err = ward_syslog_repair(text, arena, &text);
	if (err || !text.p)
		return WARD_ERR_NOMEM;
	ward_event_init(ret, arena);
	ret->class = log->class_plain;
	err = ward_event_set(ret, WARD_FIELD_MESSAGE, ward_value_str(text));
	if (!err)
		stamp(log, ret, false, off);
	return err;
}

enum ward_err ward_log_sensor_text(struct ward_log_sensor *log, struct ward_str text, uint64_t off,
	struct ward_arena *arena, struct ward_event *ret)
{
	if (log->format != WARD_LOG_JSON || log->reader.reject == WARD_JSON_SIZE || !text.len ||
		memchr(text.p, 0, text.len))
		return WARD_ERR_FOREIGN;
	return keep_text(log, text, off, arena, ret);
}

/* What attackers write, and exporters, so that others stumble over it: the record stays a record.
 */
static void count_odd(struct ward_log_sensor *log, uint64_t off, struct ward_input_problem *problem)
{
	static const struct {
		unsigned bit;
		const char *counter, *what;
	} odd[] = {{WARD_JSON_ODD_SURROGATE, "json.odd.surrogate",
			   "half of a surrogate pair: U+FFFD stands in its place (more of these "
			   "are only counted)"},
		{WARD_JSON_ODD_DUPLICATE, "json.odd.duplicate",
			"a name came twice: its last value counts (more of these are only "
			"counted)"},
		{WARD_JSON_ODD_CUT, "json.odd.fields",
			"more than event.fields or event.items: the first are kept, ward.overflow "
			"says how many were not (more of these are only counted)"}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(odd); i++) {
		if (!(log->reader.odd & odd[i].bit))
			continue;
		if (problem->counter || log->odd_said & odd[i].bit) {
			ward_count_name(log->opts->counters, odd[i].counter, 1);
			continue;
		}
		log->odd_said |= odd[i].bit;
		*problem = (struct ward_input_problem){
			.counter = odd[i].counter, .what = odd[i].what, .off = off};
	}
}

/* Whoever posts says what happened when; not who said it, nor what only Ward may say. */
static enum ward_err posted(struct ward_log_sensor *log, uint64_t off, struct ward_event *e,
	struct ward_input_problem *problem)
{
	bool sensor = log->format == WARD_LOG_SENSED;
	struct ward_id theirs = e->id;

	if (!log_posted_may(ward_name_text(log->opts->names, e->class), sensor)) {
		*problem = (struct ward_input_problem){.counter = "json.reject.class",
			.what = sensor ? "class is none that a sensor gives (docs/events.md)"
				       : "class is none that a device may give (docs/events.md)",
			.off = off,
			.dropped = true};
		return WARD_ERR_FOREIGN;
	}
	ward_count_name(log->opts->counters, "json.odd.ours", log_posted_own(log->opts->names, e));
	stamp(log, e, true, off);
	if (sensor)
		log_posted_id(ward_name_text(log->opts->names, log->source), theirs, &e->id);
	return WARD_OK;
}

static enum ward_err json_record(struct ward_log_sensor *log, struct ward_str text, uint64_t off,
	struct ward_arena *arena, struct ward_event *ret, struct ward_input_problem *problem)
{
	struct ward_json_reader *r = &log->reader;
	enum ward_err err = ward_json_read_event(r, text, arena, ret);

	if (err != WARD_OK) {
		*problem =
			(struct ward_input_problem){.counter = ward_json_reject_counter(r->reject),
				.what = ward_json_reject_text(r->reject),
				.off = off + r->reject_off,
				.dropped = true};
		return err;
	}
	if (r->own && (log->format == WARD_LOG_POSTED || log->format == WARD_LOG_SENSED))
		return posted(log, off, ret, problem);
	if (log->format == WARD_LOG_SENSED) {
		*problem = (struct ward_input_problem){.counter = "json.reject.envelope",
			.what = "no event of Ward's: a sensor sends nothing else",
			.off = off,
			.dropped = true};
		return WARD_ERR_FOREIGN;
	}
	if (r->own) {
		static const struct ward_id none;

		if (ward_id_eq(ret->id, none))
			ret->id = id_of(log, off);
		ward_count(log->opts->counters, log->n_events, 1);
		return WARD_OK;
	}
	count_odd(log, off, problem);
	return fields(log, off, false, r->order, ret);
}

static enum ward_err zeek_record(struct ward_log_sensor *log, struct ward_str text, uint64_t off,
	struct ward_arena *arena, struct ward_event *ret, struct ward_input_problem *problem)
{
	enum ward_err err = ward_zeek_line(&log->zeek, text, arena, ret, problem);

	problem->off = off;
	if (err == WARD_ERR_AGAIN)
		ward_count_name(log->opts->counters, "log.header", 1);
	return err ? err : ward_log_sensor_fields(log, off, false, ret);
}

/* The structured data element with which a device or script gives an event of its own: an IANA
 * private enterprise number is part of every such SD-ID (RFC 5424 7.2.2); 32473 is the one for
 * documentation and local use (RFC 5612). */
static bool is_ward(const struct ward_syslog_param *p)
{
	return ward_str_eqz(p->id, "ward@32473");
}

static uint32_t syslog_class(struct ward_log_sensor *log, const struct ward_syslog *m,
	struct ward_input_problem *problem)
{
	for (size_t i = 0; i < m->n_param; i++) {
		if (!is_ward(&m->param[i]) || !ward_str_eqz(m->param[i].name, "class"))
			continue;
		enum ward_class c = ward_class_find(m->param[i].value);

		if (c != WARD_CLASS_N && ward_class_info(c)->device)
			return ward_name(log->opts->names, m->param[i].value);
		problem->counter = "syslog.odd.class";
		problem->what = "class is none that a device may give (docs/events.md)";
	}
	return m->form == WARD_SYSLOG_PLAIN ? log->class_plain : log->class_syslog;
}

/* The field's name, or WARD_NONE: the class itself, and what only Ward may say. */
static uint32_t param_name(struct ward_log_sensor *log, const struct ward_syslog_param *p)
{
	uint8_t buf[80]; /* SD-NAMEs have 32 characters at most */
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	if (is_ward(p)) {
		bool ours = ward_str_eqz(p->name, "class") ||
			    ward_str_starts(p->name, WARD_STR("ward."));

		return ours ? WARD_NONE : ward_name(log->opts->names, p->name);
	}
	ward_wr_z(&w, "sd.");
	ward_wr_str(&w, p->id);
	ward_wr_ch(&w, '.');
	ward_wr_str(&w, p->name);
	return ward_name(log->opts->names, ward_wr_text(&w));
}

/* Structured data knows text only; what Ward's catalogue has as a number becomes one. */
static struct ward_value param_value(uint32_t name, struct ward_str s)
{
	struct ward_value v = ward_value_str(s);
	int64_t i;

	if (name != WARD_FIELD_VALUE && name != WARD_FIELD_PERSONS && name != WARD_FIELD_SEQ &&
		name != WARD_FIELD_LOST)
		return v;
	v.kind = ward_number_kind(s, &i);
	if (v.kind == WARD_VALUE_INT)
		return ward_value_int(i);
	if (v.kind != WARD_VALUE_NUM)
		v.kind = WARD_VALUE_STR;
	return v;
}

static enum ward_err set_text(struct ward_event *e, enum ward_field_id name, struct ward_str s)
{
	return s.len ? ward_event_set(e, name, ward_value_str(s)) : WARD_OK;
}

static enum ward_err header_fields(const struct ward_syslog *m, struct ward_event *e)
{
	struct ward_str facility = {NULL, 0}, severity = {NULL, 0};
	enum ward_err err;

	if (m->pri >= 0) {
		facility = ward_str_z(ward_syslog_facility(m->pri));
		severity = ward_str_z(ward_syslog_severity(m->pri));
	}
	if ((err = set_text(e, WARD_FIELD_HOST, m->host)) ||
		(err = set_text(e, WARD_FIELD_APP, m->app)) ||
		(err = set_text(e, WARD_FIELD_PROCID, m->procid)) ||
		(err = set_text(e, WARD_FIELD_MSGID, m->msgid)) ||
		(err = set_text(e, WARD_FIELD_FACILITY, facility)) ||
		(err = set_text(e, WARD_FIELD_SEVERITY, severity)))
		return err;
	return set_text(e, WARD_FIELD_MESSAGE, m->message);
}

/* What the text says, where the record has no class of its own and a pattern knows it. */
static enum ward_err read_text(
	struct ward_log_sensor *log, struct ward_syslog *m, struct ward_event *e)
{
	const struct ward_log_patterns *p = log->opts->patterns;
	ward_ns time = 0;
	bool fits = false;
	enum ward_err err;

	if (!p || (e->class != log->class_syslog && e->class != log->class_plain))
		return WARD_OK;
	err = ward_log_patterns_line(p, m->app, m->message, e, &time, &fits);
	if (err != WARD_OK || !fits)
		return err;
	ward_count(log->opts->counters, log->n_pattern, 1);
	/* The header's host is who passed an alert on, and not what the alert is about. */
	for (size_t i = 0; e->class == log->class_alert && i < e->n_field; i++)
		if (e->field[i].name == WARD_FIELD_HOST && e->field[i].v.s.p == m->host.p)
			e->field[i].name = log->name_relay;
	if (!m->has_time && time) {
		m->time = time;
		m->has_time = true;
	}
	return WARD_OK;
}

/* The object that a message is, behind "@cee:" or not; empty when it is none. */
static struct ward_str object_of(struct ward_str message)
{
	struct ward_str cee = WARD_STR("@cee:");

	message = ward_str_trim(message);
	if (ward_str_starts(message, cee))
		message = ward_str_trim(ward_str_sub(message, cee.len, message.len));
	bool object = message.len > 2 && message.p[0] == '{' && message.p[message.len - 1] == '}';

	return object ? message : (struct ward_str){"", 0};
}

/* What the header says and the object does not. */
static enum ward_err add_header(
	struct ward_log_sensor *log, const struct ward_event *header, struct ward_event *e)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < header->n_field && !err; i++) {
		uint32_t name = header->field[i].name;

		if (name == WARD_FIELD_MESSAGE)
			continue;
		if (name == WARD_FIELD_HOST && e->class == log->class_alert)
			name = log->name_relay;
		if (!ward_event_get(e, name))
			err = ward_event_set(e, name, header->field[i].v);
	}
	return err;
}

/* The values of an object or of a Windows event as XML. FOREIGN: *problem says why not; its off is
 * within the text. */
static enum ward_err read_structure(struct ward_log_sensor *log, struct ward_str text,
	struct ward_event *e, struct ward_input_problem *problem)
{
	bool xml = text.p[0] == '<';
	struct ward_json_reader *r = &log->reader;
	size_t off = 0;
	const char *what = "an empty object";
	enum ward_err err = xml ? ward_winxml_read(text, log->opts->names, e, &off, &what)
				: ward_json_read_event(r, text, e->arena, e);

	if (err && !xml) {
		off = r->reject_off;
		what = ward_json_reject_text(r->reject);
	}
	if (!err && e->n_field)
		return WARD_OK;
	*problem = (struct ward_input_problem){
		.counter = xml ? "syslog.odd.xml" : "syslog.odd.json", .what = what, .off = off};
	return WARD_ERR_FOREIGN;
}

/* A message that is a JSON object or a Windows event as XML: its members are the event's. Nobody
 * who can send a line makes an observation of Ward's own sensors, so a shape of theirs is any
 * object's. len is the record's, which ends with the message. FOREIGN: it is none, *ret is as it
 * was, and *problem says why where it looks like one. */
static enum ward_err syslog_object(struct ward_log_sensor *log, const struct ward_syslog *m,
	size_t len, uint64_t off, struct ward_event *ret, struct ward_input_problem *problem)
{
	struct ward_str text = object_of(m->message);
	struct ward_event e;

	if (!text.len && ward_winxml_is(m->message))
		text = ward_str_trim(m->message);
	if (!text.len || (ret->class != log->class_syslog && ret->class != log->class_plain))
		return WARD_ERR_FOREIGN;
	ward_event_init(&e, ret->arena);
	enum ward_err err = read_structure(log, text, &e, problem);

	if (err) {
		size_t behind = m->message.len - (size_t)(text.p - m->message.p);

		problem->off += off + (len > behind ? len - behind : 0);
		return err;
	}
	if (text.p[0] == '{')
		count_odd(log, off, problem);
	err = ward_shape_lift(log->shape, 0, &e);
	if (err)
		return err;
	e.class = ward_shape_class(log->shape, &e, log->opts->source);
	if (ward_str_starts(ward_name_text(log->opts->names, e.class), WARD_STR("net.")))
		e.class = log->class_json;
	e.time = m->time;
	err = ward_log_sensor_fields(log, off, m->has_time, &e);
	if (!err)
		err = add_header(log, ret, &e);
	if (!err)
		*ret = e;
	return err;
}

/* What an event may not hold is left out of it, and said. */
static enum ward_err audit_limit(
	enum ward_err err, uint64_t off, struct ward_input_problem *problem)
{
	if (err != WARD_ERR_LIMIT)
		return err;
	*problem = (struct ward_input_problem){.counter = "audit.odd.fields",
		.what = "more fields or values than an event may have",
		.off = off};
	return WARD_OK;
}

static enum ward_err syslog_record(struct ward_log_sensor *log, struct ward_str text, uint64_t off,
	struct ward_arena *arena, struct ward_event *ret, struct ward_input_problem *problem)
{
	const struct ward_input_opts *o = log->opts;
	struct ward_audit_head head;
	struct ward_syslog m;
	struct ward_str copy = ward_arena_str(arena, text);
	enum ward_err err;

	if (!copy.p)
		return WARD_ERR_NOMEM;
	err = ward_syslog_parse(
		copy, o->reference ? o->reference : o->seen, o->utc_offset_s, arena, &m);
	if (m.odd != WARD_SYSLOG_ODD_NONE)
		*problem = (struct ward_input_problem){.counter = ward_syslog_odd_counter(m.odd),
			.what = ward_syslog_odd_text(m.odd),
			.off = off,
			.dropped = err != WARD_OK};
	if (err != WARD_OK)
		return err;
	ward_event_init(ret, arena);
	ret->class = syslog_class(log, &m, problem);
	problem->off = off;
	err = header_fields(&m, ret);
	for (size_t i = 0; err == WARD_OK && i < m.n_param; i++) {
		uint32_t name = param_name(log, &m.param[i]);

		if (name != WARD_NONE)
			/* it may come twice (RFC 5424 6.3.3): then the field is a list */
			err = ward_log_add(ret, name, param_value(name, m.param[i].value));
	}
	if (err != WARD_OK)
		return err;
	err = syslog_object(log, &m, copy.len, off, ret, problem);
	if (err != WARD_ERR_FOREIGN) {
		ward_count(o->counters, log->n_form[m.form], err == WARD_OK);
		return err;
	}
	err = read_text(log, &m, ret);
	if (err != WARD_OK)
		return err;
	/* a plug-in of auditd forwards its records as messages */
	if (ward_audit_line(m.message, &head))
		err = audit_limit(ward_audit_fields(m.message, o->names, ret), off, problem);
	if (err != WARD_OK)
		return err;
	ret->time = m.time;
	stamp(log, ret, m.has_time, off);
	ward_count(o->counters, log->n_form[m.form], 1);
	return WARD_OK;
}

/* The records of one event of Linux's audit system. */
static enum ward_err audit_record(struct ward_log_sensor *log, struct ward_str text, uint64_t off,
	struct ward_arena *arena, struct ward_event *ret, struct ward_input_problem *problem)
{
	bool good = ward_utf8_valid(ward_str_bytes(text), NULL);
	enum ward_err err = WARD_OK;

	if (good)
		text = ward_arena_str(arena, text);
	else
		err = ward_syslog_repair(text, arena, &text);
	if (err || !text.p)
		return WARD_ERR_NOMEM;
	if (!good)
		*problem = (struct ward_input_problem){
			.counter = ward_syslog_odd_counter(WARD_SYSLOG_ODD_UTF8),
			.what = ward_syslog_odd_text(WARD_SYSLOG_ODD_UTF8),
			.off = off};
	ward_event_init(ret, arena);
	ret->class = log->class_audit;
	err = ward_audit_fields(text, log->opts->names, ret);
	err = audit_limit(err, off, problem);
	return err ? err : ward_log_sensor_fields(log, off, true, ret);
}

enum ward_err ward_log_sensor_record(struct ward_log_sensor *log, struct ward_str text,
	uint64_t off, struct ward_arena *arena, struct ward_event *ret,
	struct ward_input_problem *ret_problem)
{
	struct ward_audit_head head;

	*ret_problem = (struct ward_input_problem){0};
	if (log->format == WARD_LOG_SYSLOG && !memchr(text.p, 0, text.len) &&
		ward_audit_line(text, &head))
		return audit_record(log, text, off, arena, ret, ret_problem);
	if (log->format == WARD_LOG_SYSLOG)
		return syslog_record(log, text, off, arena, ret, ret_problem);
	if (log->format == WARD_LOG_ZEEK)
		return zeek_record(log, text, off, arena, ret, ret_problem);
	return json_record(log, text, off, arena, ret, ret_problem);
}
