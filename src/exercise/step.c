/* The timeline: when, and what is said by syslog and MQTT. */
#include "exercise/load.h"
#include "exercise/names.h"

static const char *const act_names[WARD_ACT_N + 1] = {"syslog", "mqtt", "arp", "bacnet", "espa",
	"trap", "log", "tcp", "udp", "smb", "sip", "tool", "set", "none"};

const char *ward_act_name(enum ward_act a)
{
	WARD_ASSERT((unsigned)a <= WARD_ACT_N);
	return act_names[a];
}

void ward_scenario_source(struct ward_scenario_load *l, const struct ward_conf *c, const char *kind,
	struct ward_step *step)
{
	struct ward_str id;

	if (!ward_conf_str(c, "source", true, l->in->diag, &id))
		return;
	step->source = ward_model_source(l->s->model, id);
	if (!step->source)
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "source"),
			WARD_TEXT("the hospital has no source '%.*s'\nname one of its sources.yml"),
			WARD_STR_ARG(id));
	else if (step->source->kind.len && !ward_str_eqz(step->source->kind, kind))
		/* an empty kind was no kind: told once, where the source stands */
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "source"),
			WARD_TEXT("the source '%.*s' is of kind %.*s\nname one of kind %s"),
			WARD_STR_ARG(id), WARD_STR_ARG(step->source->kind), kind);
	else if (ward_str_starts(step->source->where, WARD_STR("file:")))
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "source"),
			WARD_TEXT("the source '%.*s' reads a file and has no address\nname a "
				  "source that listens"),
			WARD_STR_ARG(id));
}

/* JSON's grammar of numbers (RFC 8259 section 6), and its three words. */
static bool is_raw(struct ward_str s)
{
	size_t i = s.len && s.p[0] == '-', from = i;

	if (ward_str_eqz(s, "true") || ward_str_eqz(s, "false"))
		return true;
	while (i < s.len && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	if (i == from || (s.p[from] == '0' && i - from > 1))
		return false;
	if (i < s.len && s.p[i] == '.') {
		from = ++i;
		while (i < s.len && s.p[i] >= '0' && s.p[i] <= '9')
			i++;
		if (i == from)
			return false;
	}
	if (i < s.len && (s.p[i] == 'e' || s.p[i] == 'E')) {
		i++;
		i += i < s.len && (s.p[i] == '+' || s.p[i] == '-');
		from = i;
		while (i < s.len && s.p[i] >= '0' && s.p[i] <= '9')
			i++;
		if (i == from)
			return false;
	}
	return i == s.len;
}

static bool reserved(struct ward_str key, const char *const *taken)
{
	for (; *taken; taken++)
		if (ward_str_eqz(key, *taken))
			return true;
	return false;
}

/* A name that RFC 5424 6.3.3 lets stand for a parameter; the same will do for a JSON member. */
static bool pair_name(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f || strchr("=]\"", s.p[i]))
			return false;
	return s.len >= 1 && s.len <= 32;
}

void ward_scenario_pairs(struct ward_scenario_load *l, const struct ward_conf *c, const char *key,
	const char *const *taken, struct ward_step *step)
{
	const struct ward_conf *map = ward_conf_get(c, key);

	if (!map)
		return;
	if (map->kind != WARD_CONF_MAP || map->n_child > WARD_SCENARIO_PAIRS_MAX) {
		WARD_SCENARIO_BAD(l, map,
			WARD_TEXT("'%s' is no map of at most %d members\nwrite `%s: {…}`"), key,
			WARD_SCENARIO_PAIRS_MAX, key);
		return;
	}
	step->pair = ward_scenario_array(l, map->n_child, sizeof(*step->pair));
	for (const struct ward_conf *v = map->child; v && step->pair; v = v->next) {
		bool null = v->kind == WARD_CONF_NULL;

		if (reserved(v->key, taken))
			WARD_SCENARIO_BAD(l, v,
				WARD_TEXT("'%.*s' is added by the player\nleave it out"),
				WARD_STR_ARG(v->key));
		else if (!pair_name(v->key))
			WARD_SCENARIO_BAD(l, v,
				WARD_TEXT("'%.*s' is no name of a field\nwrite 1 to 32 printable "
					  "ASCII characters without blanks, =, ] and \""),
				WARD_STR_ARG(v->key));
		else if ((!null && v->kind != WARD_CONF_SCALAR) ||
			 v->text.len > WARD_SCENARIO_TEXT_MAX)
			WARD_SCENARIO_BAD(l, v,
				WARD_TEXT("'%.*s' is no single value of at most %d bytes\nwrite a "
					  "text or number"),
				WARD_STR_ARG(v->key), WARD_SCENARIO_TEXT_MAX);
		else
			step->pair[step->n_pair++] = (struct ward_pair){.key = v->key,
				.value = null ? WARD_STR("null") : v->text,
				.raw = null || (!v->quoted && is_raw(v->text))};
	}
}

static void read_syslog(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	static const char *const known[] = {"source", "host", "class", "fields", NULL};
	static const char *const taken[] = {"class", NULL};
	/* RFC 5424 section 6: HOSTNAME and MSGID */
	enum { HOST_MAX = 255, MSGID_MAX = 32 };

	ward_conf_only(c, known, l->in->diag);
	ward_scenario_source(l, c, "syslog", step);
	(void)ward_scenario_word(l, c, "host", HOST_MAX, "", &step->syslog.host);
	if (ward_scenario_word(l, c, "class", MSGID_MAX, "", &step->syslog.class) &&
		!ward_exercise_device_class(step->syslog.class))
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "class"),
			WARD_TEXT("no device gives the class '%.*s'\nname one that docs/events.md "
				  "lists for devices"),
			WARD_STR_ARG(step->syslog.class));
	ward_scenario_pairs(l, c, "fields", taken, step);
}

/* Which of its sensor's messages it is: the sensor's own count. */
static uint64_t sequence(const struct ward_scenario *s, const struct ward_step *step)
{
	for (const struct ward_step *p = step; p-- > s->step;)
		if (p->act == WARD_ACT_MQTT && p->source == step->source &&
			ward_str_eq(p->mqtt.kind, step->mqtt.kind) &&
			ward_str_eq(p->mqtt.sensor, step->mqtt.sensor))
			return p->mqtt.seq + 1;
	return 0;
}

static void read_mqtt(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	static const char *const known[] = {"source", "kind", "sensor", "payload", NULL};
	static const char *const taken[] = {"boot", "seq", "time", NULL};
	enum { PART_MAX = 64 };

	ward_conf_only(c, known, l->in->diag);
	ward_scenario_source(l, c, "mqtt", step);
	(void)ward_scenario_word(l, c, "kind", PART_MAX, "/+#", &step->mqtt.kind);
	(void)ward_scenario_word(l, c, "sensor", PART_MAX, "/+#", &step->mqtt.sensor);
	ward_scenario_pairs(l, c, "payload", taken, step);
	step->mqtt.seq = sequence(l->s, step);
}

static void read_act(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	static void (*const read[WARD_ACT_N])(struct ward_scenario_load *, const struct ward_conf *,
		struct ward_step *) = {read_syslog, read_mqtt, ward_scenario_arp,
		ward_scenario_bacnet, ward_scenario_espa, ward_scenario_trap, ward_scenario_log,
		ward_scenario_tcp, ward_scenario_udp, ward_scenario_smb, ward_scenario_sip,
		ward_scenario_tool, ward_scenario_set};
	const struct ward_conf *act = NULL;
	size_t n = 0;

	for (unsigned a = 0; a < WARD_ACT_N; a++) {
		const struct ward_conf *v = ward_conf_get(c, act_names[a]);

		if (!v)
			continue;
		act = v;
		step->act = (enum ward_act)a;
		n++;
	}
	if (!n && step->truth) {
		step->act = WARD_ACT_NONE;
		return;
	}
	if (n != 1)
		WARD_SCENARIO_BAD(l, c,
			WARD_TEXT("a step has exactly one act, or none and a `truth`\nwrite one of "
				  "syslog, mqtt, arp, bacnet, espa, trap, log, tcp, udp, smb, sip, "
				  "tool, set"));
	else if (act->kind != WARD_CONF_MAP)
		WARD_SCENARIO_BAD(l, act, WARD_TEXT("'%s' is no map\nwrite `%s: {…}`"),
			act_names[step->act], act_names[step->act]);
	else
		read[step->act](l, act, step);
}

/* One of the two offsets; it never goes back behind the step before. */
static void read_offset(struct ward_scenario_load *l, const struct ward_conf *c, const char *key,
	ward_ns before, ward_ns *ret)
{
	if (!ward_conf_duration(c, key, false, l->in->diag, ret))
		return;
	if (*ret > WARD_SCENARIO_LAST) {
		WARD_SCENARIO_BAD(l, ward_conf_get(c, key),
			WARD_TEXT("'%s' is above 30d\nwrite how long after the beginning it is"),
			key);
		*ret = before;
	} else if (*ret < before) {
		WARD_SCENARIO_BAD(l, ward_conf_get(c, key),
			WARD_TEXT("'%s' goes back behind the step before\nput the steps in their "
				  "order"),
			key);
	}
}

/* What a step is, whenever. */
static void read_body(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	(void)ward_conf_str(c, "note", false, l->in->diag, &step->note);
	ward_scenario_truth(l, c, step);
	read_act(l, c, step);
}

static void read_step(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	enum { ID_MAX = 64 };
	static const char *const known[] = {"at", "real", "id", "note", "truth", "syslog", "mqtt",
		"arp", "bacnet", "espa", "trap", "log", "tcp", "udp", "smb", "sip", "tool", "set",
		NULL};
	struct ward_scenario *s = l->s;
	const struct ward_step *before = s->n_step ? step - 1 : NULL;

	*step = (struct ward_step){.line = c->line, .from = WARD_NONE};
	if (c->kind != WARD_CONF_MAP) {
		WARD_SCENARIO_BAD(l, c, WARD_TEXT("a step is a map\nwrite `at: 5s` and its act"));
		return;
	}
	ward_conf_only(c, known, l->in->diag);
	if (ward_conf_get(c, "id"))
		(void)ward_scenario_word(l, c, "id", ID_MAX, "", &step->id);
	if (!ward_conf_get(c, "at"))
		WARD_SCENARIO_BAD(l, c, WARD_TEXT("'at' is missing\nadd `at: 5s`"));
	read_offset(l, c, "at", before ? before->at : 0, &step->at);
	if (ward_conf_get(c, "real"))
		read_offset(l, c, "real", before ? before->real : 0, &step->real);
	else if (step->at < (before ? before->real : 0))
		WARD_SCENARIO_BAD(l, c,
			WARD_TEXT("in the recording the step goes back behind the step before\nadd "
				  "`real: …`"));
	else
		step->real = step->at;
	read_body(l, c, step);
}

void ward_scenario_brought(struct ward_scenario_load *l, const struct ward_conf *c,
	const struct ward_step *before, struct ward_step *step)
{
	static const char *const known[] = {"after", "note", "truth", "syslog", "mqtt", "arp",
		"bacnet", "espa", "trap", "log", "tcp", "udp", "smb", "sip", "tool", "set", NULL};

	*step = (struct ward_step){.line = c->line, .from = WARD_NONE};
	if (c->kind != WARD_CONF_MAP) {
		WARD_SCENARIO_BAD(
			l, c, WARD_TEXT("a step is a map\nwrite `after: 5s` and its act"));
		return;
	}
	ward_conf_only(c, known, l->in->diag);
	step->at = before ? before->at : 0;
	read_offset(l, c, "after", step->at, &step->at);
	step->real = step->at;
	read_body(l, c, step);
}

void ward_scenario_steps(struct ward_scenario_load *l, const struct ward_conf *doc)
{
	const struct ward_conf *list = ward_scenario_list(l, doc, "steps");
	size_t max = ward_limit(l->in->lim, WARD_LIMIT_EXERCISE_STEPS);

	if (!list || !list->n_child) {
		WARD_SCENARIO_BAD(
			l, doc, WARD_TEXT("there are no steps\nadd `steps:` and what happens"));
		return;
	}
	size_t n = list->n_child + ward_scenario_lead_steps(doc);

	if (n > max) {
		WARD_SCENARIO_BAD(l, list,
			WARD_TEXT("there are %zu steps; exercise.steps allows %zu\nraise it in "
				  "limits.yml, or tell a shorter story"),
			n, max);
		return;
	}
	l->s->step = ward_scenario_array(l, n, sizeof(*l->s->step));
	for (const struct ward_conf *c = list->child; c && !l->err; c = c->next) {
		read_step(l, c, &l->s->step[l->s->n_step]);
		l->s->n_step++;
	}
}
