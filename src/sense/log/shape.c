#include "sense/log/shape.h"

/* In order: the first that is there and holds a time is the record's. What the source says of the
 * thing itself comes before what a collector wrote down later. */
#define TIME_LIST(X)                                            \
	X("UtcTime")                    /* Sysmon */            \
	X("_SOURCE_REALTIME_TIMESTAMP") /* systemd's journal */ \
	X("__REALTIME_TIMESTAMP")                               \
	X("TimeCreated_SystemTime")                             \
	X("TimeCreated")                                        \
	X("SystemTime")                                         \
	X("ts")        /* Zeek */                               \
	X("timestamp") /* Suricata */                           \
	X("eventTime") /* CloudTrail */                         \
	X("@timestamp")                                         \
	X("time") /* OCSF: milliseconds */                      \
	X("time_dt")                                            \
	X("TimeGenerated") /* Azure */                          \
	X("EventTime")                                          \
	X("event_time")                                         \
	X("_time")                                              \
	X("datetime")                                           \
	X("date")

/* Names that tell the shapes apart: X(IDENT, "name") */
#define KEY_LIST(X)                      \
	X(EVENT_ID, "EventID")           \
	X(CHANNEL, "Channel")            \
	X(EVENT_TYPE, "event_type")      \
	X(FLOW_ID, "flow_id")            \
	X(TIMESTAMP, "timestamp")        \
	X(PATH, "_path")                 \
	X(STREAM, "@stream")             \
	X(TS, "ts")                      \
	X(UID, "uid")                    \
	X(ORIG_H, "id.orig_h")           \
	X(ORIG_H_FLAT, "id_orig_h")      \
	X(EVENT_VERSION, "eventVersion") \
	X(EVENT_SOURCE, "eventSource")   \
	X(EVENT_NAME, "eventName")       \
	X(CLASS_UID, "class_uid")        \
	X(CATEGORY_UID, "category_uid")  \
	X(ECS_VERSION, "ecs.version")    \
	X(REALTIME, "__REALTIME_TIMESTAMP")

enum key {
#define X(IDENT, name) KEY_##IDENT,
	KEY_LIST(X)
#undef X
		KEY_N,
};

static const char *const key_name[KEY_N] = {
#define X(IDENT, name) name,
	KEY_LIST(X)
#undef X
};

static const char *const time_name[] = {
#define X(name) name,
	TIME_LIST(X)
#undef X
};

enum {
	TIME_N = WARD_ARRAY_LEN(time_name),
	OWN_N = KEY_N + TIME_N,
	ROLE_N = OWN_N + WARD_SHAPE_WATCHED,
	LISTS = 512, /* lists of names whose lifting is remembered */
	LIST_NAMES = 128,
	CLASSES = 16,
	WORD = 32,
};

/* No room for the name that would make the field harmless. */
#define DROP UINT32_MAX

/* What becomes of a name. */
struct lifted {
	uint32_t to;   /* the new id + 1; 0 not asked yet; DROP */
	uint32_t role; /* of the new name */
};

/* What becomes of the names of a record. */
struct list {
	uint64_t order;         /* the reader's; 0: of no other record */
	bool same;              /* each name stays */
	uint8_t n_own, n_time;  /* of the roles that are there, those that are read here */
	uint16_t own[OWN_N];    /* their fields */
	uint8_t time[TIME_N];   /* roles, in the order of time_name */
	uint16_t found[ROLE_N]; /* by role: index of its field + 1 */
	uint32_t to[LIST_NAMES];
};

/* The class that a word of a record made. */
struct word_class {
	const char *stem;
	uint32_t class;
	uint8_t len;
	char word[WORD];
};

struct ward_shape {
	struct ward_names *names;
	const struct ward_mem *mem;
	uint32_t role[ROLE_N]; /* the names that are read: ids, each once; keys first */
	size_t n_role, n_own;
	uint32_t time[TIME_N];     /* roles */
	struct list *known[LISTS]; /* by order */
	struct list scratch;       /* of what has no order */
	const struct list *last;   /* of the record that was lifted last */
	struct word_class word[CLASSES];
	uint32_t windows, cloudtrail, ocsf, ecs, json; /* classes */
	struct lifted *lifted;                         /* n_lifted, by name id */
	size_t n_lifted;
};

static uint32_t role_of(const struct ward_shape *s, uint32_t name)
{
	uint32_t i = 0;

	while (i < s->n_role && s->role[i] != name)
		i++;
	return i < s->n_role ? i : WARD_NONE;
}

uint32_t ward_shape_watch(struct ward_shape *s, const char *name)
{
	WARD_ASSERT(s->n_role < ROLE_N);
	uint32_t id = ward_name(s->names, ward_str_z(name)), role = role_of(s, id);

	if (role == WARD_NONE) {
		role = (uint32_t)s->n_role++;
		s->role[role] = id;
	}
	return role;
}

enum ward_err ward_shape_new(
	struct ward_names *names, const struct ward_mem *mem, struct ward_shape **ret)
{
	struct ward_shape *s = ward_mem_alloc(mem, sizeof(*s));

	if (!s)
		return WARD_ERR_NOMEM;
	s->names = names;
	s->mem = mem;
	for (size_t i = 0; i < KEY_N; i++)
		WARD_ASSERT(ward_shape_watch(s, key_name[i]) == i);
	for (size_t i = 0; i < TIME_N; i++)
		s->time[i] = ward_shape_watch(s, time_name[i]);
	s->n_own = s->n_role;
	s->last = &s->scratch;
	s->windows = ward_name(names, WARD_STR("host.windows"));
	s->cloudtrail = ward_name(names, WARD_STR("cloud.aws.cloudtrail"));
	s->ocsf = ward_name(names, WARD_STR("log.ocsf"));
	s->ecs = ward_name(names, WARD_STR("log.ecs"));
	s->json = ward_name(names, WARD_STR("log.json"));
	*ret = s;
	return WARD_OK;
}

void ward_shape_free(struct ward_shape *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < LISTS; i++)
		ward_mem_free(s->mem, s->known[i], sizeof(*s->known[i]));
	ward_mem_free(s->mem, s->lifted, s->n_lifted * sizeof(*s->lifted));
	ward_mem_free(s->mem, s, sizeof(*s));
}

/* What forwarders of Windows events call its system part: Winlogbeat, Wazuh's agent. */
static const char *const forwarded[][2] = {
	{"winlog.event_id", "EventID"},
	{"winlog.channel", "Channel"},
	{"winlog.provider_name", "Provider_Name"},
	{"winlog.provider_guid", "Provider_Guid"},
	{"winlog.computer_name", "Computer"},
	{"winlog.record_id", "EventRecordID"},
	{"winlog.version", "Version"},
	{"winlog.activity_id", "Correlation_ActivityID"},
	{"winlog.process.pid", "Execution_ProcessID"},
	{"winlog.process.thread.id", "Execution_ThreadID"},
	{"winlog.user.identifier", "Security_UserID"},
	{"data.win.system.eventID", "EventID"},
	{"data.win.system.channel", "Channel"},
	{"data.win.system.providerName", "Provider_Name"},
	{"data.win.system.providerGuid", "Provider_Guid"},
	{"data.win.system.computer", "Computer"},
	{"data.win.system.eventRecordID", "EventRecordID"},
	{"data.win.system.version", "Version"},
	{"data.win.system.level", "Level"},
	{"data.win.system.task", "Task"},
	{"data.win.system.opcode", "Opcode"},
	{"data.win.system.keywords", "Keywords"},
	{"data.win.system.message", "message"},
	{"data.win.system.systemTime", "TimeCreated_SystemTime"},
	{"data.win.system.processID", "Execution_ProcessID"},
	{"data.win.system.threadID", "Execution_ThreadID"},
};

/* A name of the event's data behind "data.win.eventdata.": the agent made its first letter small;
 * only "param1" and so on are small in Windows, too. In out, or as it is. */
static struct ward_str capital(struct ward_str s, uint8_t *out, size_t cap)
{
	if (!s.len || s.len > cap || s.p[0] < 'a' || s.p[0] > 'z' ||
		ward_str_starts(s, WARD_STR("param")))
		return s;
	memcpy(out, s.p, s.len);
	out[0] = (uint8_t)(out[0] - 'a' + 'A');
	return (struct ward_str){(char *)out, s.len};
}

/* The name that Windows has for a member of a forwarder's record; else the name itself. */
static struct ward_str native(struct ward_str name, uint8_t *out, size_t cap)
{
	static const char *const data[] = {"winlog.event_data.", "winlog.user_data."};
	struct ward_str wazuh = WARD_STR("data.win.eventdata.");

	if (!ward_str_starts(name, WARD_STR("winlog.")) &&
		!ward_str_starts(name, WARD_STR("data.win.")))
		return name;
	for (size_t i = 0; i < WARD_ARRAY_LEN(forwarded); i++)
		if (ward_str_eqz(name, forwarded[i][0]))
			return ward_str_z(forwarded[i][1]);
	for (size_t i = 0; i < WARD_ARRAY_LEN(data); i++)
		if (ward_str_starts(name, ward_str_z(data[i])))
			return ward_str_sub(name, strlen(data[i]), name.len);
	if (ward_str_starts(name, wazuh))
		return capital(ward_str_sub(name, wazuh.len, name.len), out, cap);
	return name;
}

/* The name without its wrapping; *under becomes true when a '.' before an attribute is to be '_'.
 * "Event.System.Provider.#attributes.Name" is Provider_Name, as Sigma's rules know it. */
static struct ward_str unwrap(struct ward_str name)
{
	static const char *const prefix[] = {
		"Event.System.", "Event.EventData.", "Event.UserData."};
	static const char *const suffix[] = {".#text", ".Value"};
	struct ward_str s = name;

	for (size_t i = 0; i < WARD_ARRAY_LEN(prefix); i++) {
		struct ward_str p = ward_str_z(prefix[i]);

		if (!ward_str_starts(name, p))
			continue;
		s = ward_str_sub(name, p.len, name.len);
		/* UserData holds one element of any name around its data. */
		if (i == 2) {
			struct ward_str rest = s;

			(void)ward_str_cut(&rest, '.');
			s = rest.p ? rest : s;
		}
		break;
	}
	if (s.len != name.len)
		for (size_t i = 0; i < WARD_ARRAY_LEN(suffix); i++)
			if (ward_str_ends(s, ward_str_z(suffix[i])))
				s.len -= strlen(suffix[i]);
	return s.len ? s : name;
}

/* What stands in `lifted` for a name. */
static uint32_t lifted_name(struct ward_shape *s, uint32_t id)
{
	static const char attr[] = ".#attributes.";
	uint8_t buf[4200], large[256];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_str old = ward_name_text(s->names, id),
			name = native(unwrap(old), large, sizeof(large));
	size_t at = name.len != old.len ? ward_str_find(name, ward_str_z(attr)) : SIZE_MAX;

	if (at != SIZE_MAX) {
		ward_wr_str(&w, ward_str_sub(name, 0, at));
		ward_wr_ch(&w, '_');
		ward_wr_str(&w, ward_str_sub(name, at + strlen(attr), name.len));
		name = ward_wr_text(&w);
	}
	if (ward_str_starts(name, WARD_STR("ward."))) {
		uint8_t out[4300];
		struct ward_wr o = ward_wr_fixed(out, sizeof(out));

		ward_wr_z(&o, "foreign.");
		ward_wr_str(&o, name);
		uint32_t to = ward_name(s->names, ward_wr_text(&o));

		return to == WARD_FIELD_WARD_OVERFLOW ? DROP : to + 1;
	}
	if (ward_str_eq(name, old))
		return id + 1;
	uint32_t to = ward_name(s->names, name);

	return (to == WARD_FIELD_WARD_OVERFLOW ? id : to) + 1;
}

static enum ward_err grow(struct ward_shape *s, uint32_t id)
{
	size_t n = s->n_lifted ? s->n_lifted : 256;

	while (n <= id)
		n *= 2; /* id < names->t.n */
	struct lifted *lifted = ward_mem_resize(
		s->mem, s->lifted, s->n_lifted * sizeof(*lifted), n * sizeof(*lifted));

	if (!lifted)
		return WARD_ERR_NOMEM;
	memset(lifted + s->n_lifted, 0, (n - s->n_lifted) * sizeof(*lifted));
	s->lifted = lifted;
	s->n_lifted = n;
	return WARD_OK;
}

/* What becomes of a field's name; to is the new id, or DROP. */
static enum ward_err rename_field(struct ward_shape *s, uint32_t id, struct lifted *ret)
{
	enum ward_err err;

	if (id >= s->n_lifted && (err = grow(s, id)) != WARD_OK)
		return err;
	struct lifted *l = &s->lifted[id];

	if (!l->to) {
		l->to = lifted_name(s, id);
		l->role = l->to == DROP ? WARD_NONE : role_of(s, l->to - 1);
	}
	*ret = (struct lifted){DROP, WARD_NONE};
	if (l->to == DROP)
		return WARD_OK;
	err = ward_names_once(s->names, l->to - 1);
	if (err == WARD_OK)
		*ret = (struct lifted){l->to - 1, l->role};
	else if (err == WARD_ERR_DUPLICATE &&
		 !ward_str_starts(ward_name_text(s->names, id), WARD_STR("ward.")))
		ret->to = id;
	return err == WARD_ERR_DUPLICATE ? WARD_OK : err;
}

/* Lifts e name by name, and says in l what became of them. */
static enum ward_err learn(struct ward_shape *s, struct ward_event *e, struct list *l)
{
	size_t n = 0;

	*l = (struct list){.same = true};
	ward_names_round(s->names);
	for (size_t i = 0; i < e->n_field; i++) {
		struct lifted to = {e->field[i].name, WARD_NONE};
		enum ward_err err = WARD_OK;

		/* The reader's own count of names that it left out comes last. */
		if (to.to != WARD_FIELD_WARD_OVERFLOW || i + 1 < e->n_field)
			err = rename_field(s, to.to, &to);
		if (err != WARD_OK)
			return err;
		l->same &= to.to == e->field[i].name;
		if (i < LIST_NAMES)
			l->to[i] = to.to;
		if (to.to == DROP)
			continue;
		if (to.role != WARD_NONE)
			l->found[to.role] = (uint16_t)(n + 1);
		if (to.role < s->n_own)
			l->own[l->n_own++] = (uint16_t)n;
		if (n != i)
			e->field[n] = e->field[i];
		e->field[n++].name = to.to;
	}
	for (size_t i = 0; i < TIME_N; i++)
		if (l->found[s->time[i]])
			l->time[l->n_time++] = (uint8_t)s->time[i];
	e->n_field = n;
	return WARD_OK;
}

/* The same with what is known. */
static void apply(const struct list *l, struct ward_event *e)
{
	size_t n = 0;

	for (size_t i = 0; i < e->n_field && !l->same; i++) {
		if (l->to[i] == DROP)
			continue;
		if (n != i)
			e->field[n] = e->field[i];
		e->field[n++].name = l->to[i];
	}
	if (!l->same)
		e->n_field = n;
}

/* Where what becomes of an order is kept; another one may have it. Without memory, nothing is. */
static struct list *list_of(struct ward_shape *s, uint64_t order, size_t n)
{
	struct list **at = &s->known[order % LISTS];

	if (!order || n > LIST_NAMES)
		return &s->scratch;
	if (!*at)
		*at = ward_mem_alloc(s->mem, sizeof(**at));
	return *at ? *at : &s->scratch;
}

enum ward_err ward_shape_lift(struct ward_shape *s, uint64_t order, struct ward_event *e)
{
	struct list *l = list_of(s, order, e->n_field);
	enum ward_err err = WARD_OK;

	if (l != &s->scratch && l->order == order) {
		apply(l, e);
	} else {
		err = learn(s, e, l);
		l->order = err || l == &s->scratch ? 0 : order;
	}
	s->last = l;
	for (size_t i = 0; i < l->n_own && !err; i++)
		err = ward_value_settle(e->arena, &e->field[l->own[i]].v);
	return err;
}

void ward_shape_where(const struct ward_shape *s, const uint32_t *role, size_t n, uint16_t *ret)
{
	for (size_t i = 0; i < n; i++)
		ret[i] = s->last->found[role[i]];
}

/* The field in one of our roles; what came after ward_shape_lift may have moved it. */
static const struct ward_value *get(
	const struct ward_shape *s, const struct ward_event *e, uint32_t role)
{
	size_t at = s->last->found[role];

	if (!at)
		return NULL;
	if (at <= e->n_field && e->field[at - 1].name == s->role[role])
		return &e->field[at - 1].v;
	return ward_event_get(e, s->role[role]);
}

/* "net.zeek." and a word of the record as the end of a class: letters, digits, '_' and '-' only,
 * since it comes from outside. */
static uint32_t new_class(struct ward_shape *s, const char *stem, struct ward_str word)
{
	uint8_t buf[64];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_z(&w, stem);
	for (size_t i = 0; i < word.len && i < WORD; i++) {
		char c = word.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_' && c != '-')
			break;
		ward_wr_ch(&w, c);
	}
	if (w.len == strlen(stem))
		ward_wr_z(&w, "other");
	return ward_name(s->names, ward_wr_text(&w));
}

/* The same by way of what the word made before. */
static uint32_t class_of(struct ward_shape *s, const char *stem, struct ward_str word)
{
	word = ward_str_sub(word, 0, WORD); /* no more is looked at */
	size_t first = word.len ? (uint8_t)word.p[0] : 0;
	struct word_class *m = &s->word[(first + word.len) % CLASSES];

	if (m->stem == stem && ward_str_eq((struct ward_str){m->word, m->len}, word))
		return m->class;
	uint32_t class = new_class(s, stem, word);

	if (class == WARD_FIELD_WARD_OVERFLOW) /* it may have room later, and is counted */
		return class;
	*m = (struct word_class){.stem = stem, .class = class, .len = (uint8_t)word.len};
	if (word.len)
		memcpy(m->word, word.p, word.len);
	return class;
}

static struct ward_str text(const struct ward_value *v)
{
	return v && v->kind == WARD_VALUE_STR ? v->s : (struct ward_str){"", 0};
}

uint32_t ward_shape_class(struct ward_shape *s, const struct ward_event *e, struct ward_str source)
{
	static const char zeek[] = "net.zeek.";
	const struct ward_value *path;

	if (get(s, e, KEY_EVENT_ID) && get(s, e, KEY_CHANNEL))
		return s->windows;
	if (get(s, e, KEY_EVENT_TYPE) && get(s, e, KEY_TIMESTAMP))
		return class_of(s, "net.suricata.", text(get(s, e, KEY_EVENT_TYPE)));
	path = get(s, e, KEY_PATH) ? get(s, e, KEY_PATH) : get(s, e, KEY_STREAM);
	if (path && get(s, e, KEY_TS))
		return class_of(s, zeek, text(path));
	/* Zeek's own JSON logs do not say which they are, but their file does: conn.log. */
	if (get(s, e, KEY_TS) && get(s, e, KEY_UID) &&
		(get(s, e, KEY_ORIG_H) || get(s, e, KEY_ORIG_H_FLAT)))
		return class_of(s, zeek, source);
	if (get(s, e, KEY_EVENT_VERSION) && get(s, e, KEY_EVENT_SOURCE) &&
		get(s, e, KEY_EVENT_NAME))
		return s->cloudtrail;
	if (get(s, e, KEY_REALTIME))
		return ward_name(s->names, WARD_STR("log.journal"));
	if (get(s, e, KEY_CLASS_UID) && get(s, e, KEY_CATEGORY_UID))
		return s->ocsf;
	if (get(s, e, KEY_ECS_VERSION))
		return s->ecs;
	return s->json;
}

bool ward_shape_time(struct ward_shape *s, const struct ward_event *e, ward_ns *ret)
{
	const struct list *l = s->last;

	for (size_t i = 0; i < l->n_time; i++) {
		const struct ward_value *v = get(s, e, l->time[i]);

		if (v && ward_shape_time_value(v, ret))
			return true;
	}
	return false;
}
