#include "respond/playbook/drive.h"

#include "conf/conf.h"

#include <stdio.h>

enum { VALUES_MAX = 64, JSON_BYTES = 160000, STATE_BYTES = 60000, SCRATCH_BYTES = 4 << 20 };

enum cause { CAUSE_BEGIN, CAUSE_NEXT, CAUSE_ANSWER, CAUSE_CANCEL, CAUSE_N };
static const char *const cause_name[CAUSE_N] = {"begin", "next", "answer", "cancel"};

struct entry {
	struct ward_drive_run is;
	struct ward_run *run;
	uint32_t revision; /* of the last row that is known */
};

struct ward_drive {
	const struct ward_playbooks *all;
	size_t n_now;
	const struct ward_limits *lim;
	struct ward_counters *counters;
	const struct ward_mem *mem;
	struct entry *entry;
	size_t n, cap;
	struct ward_tab by_id; /* run → index */
	struct ward_arena texts, scratch;
	struct ward_wr json, state;
	char why[256];
};

/* What makes a run go on. */
struct step {
	enum cause cause;
	ward_ns at;
	struct ward_str role, person, text;
	struct ward_str incident; /* BEGIN */
	uint8_t hash[32];
	struct ward_id request; /* ANSWER */
	bool well;
	struct ward_run_value value[VALUES_MAX];
	size_t n_value;
};

enum ward_err ward_drive_new(const struct ward_playbooks *all, size_t n_now,
	const struct ward_limits *lim, struct ward_counters *counters, const struct ward_mem *mem,
	struct ward_drive **ret)
{
	struct ward_drive *d = ward_mem_alloc(mem, sizeof(*d));

	if (!d)
		return WARD_ERR_NOMEM;
	d->all = all;
	d->n_now = n_now;
	d->lim = lim;
	d->counters = counters;
	d->mem = mem;
	ward_tab_init(
		&d->by_id, mem, sizeof(struct ward_id), sizeof(uint32_t), WARD_DRIVE_RUNS_MAX);
	ward_arena_init(&d->texts, mem, 64 << 20);
	ward_arena_init(&d->scratch, mem, SCRATCH_BYTES);
	d->json = ward_wr_grow(mem, JSON_BYTES);
	d->state = ward_wr_grow(mem, STATE_BYTES);
	*ret = d;
	return WARD_OK;
}

void ward_drive_free(struct ward_drive *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n; i++)
		ward_run_free(d->entry[i].run);
	ward_mem_free(d->mem, d->entry, d->cap * sizeof(*d->entry));
	ward_tab_fini(&d->by_id);
	ward_arena_fini(&d->texts);
	ward_arena_fini(&d->scratch);
	ward_wr_fini(&d->json);
	ward_wr_fini(&d->state);
	ward_mem_free(d->mem, d, sizeof(*d));
}

static void count(struct ward_drive *d, const char *name)
{
	if (d->counters)
		ward_count_name(d->counters, name, 1);
}

static struct entry *find(const struct ward_drive *d, struct ward_id id)
{
	const uint32_t *i = ward_tab_find(&d->by_id, &id);

	return i ? &d->entry[*i] : NULL;
}

static void lose(struct ward_drive *d, struct entry *e)
{
	ward_run_free(e->run);
	e->run = NULL;
	e->is.lost = true;
	count(d, "playbook.lost");
}

/* ---- a step is made ---- */

static const struct ward_playbook *of_hash(const struct ward_drive *d, const uint8_t hash[32])
{
	for (size_t i = 0; i < d->all->n; i++)
		if (memcmp(d->all->item[i]->hash, hash, 32) == 0)
			return d->all->item[i];
	return NULL;
}

static enum ward_err add(struct ward_drive *d, struct ward_id id, const struct step *s,
	struct ward_run *run, struct entry **ret)
{
	struct entry e = {.is = {.id = id,
				  .playbook = of_hash(d, s->hash),
				  .incident = ward_arena_str(&d->texts, s->incident),
				  .role = ward_arena_str(&d->texts, s->role),
				  .begun = s->at,
				  .last = s->at},
		.run = run};
	uint32_t at = (uint32_t)d->n;
	void *val;

	if (!e.is.incident.p || !e.is.role.p)
		return WARD_ERR_NOMEM;
	enum ward_err err = ward_mem_more(
		d->mem, &d->entry, d->n, &d->cap, sizeof(*d->entry), WARD_DRIVE_RUNS_MAX);

	if (!err)
		err = ward_tab_put(&d->by_id, &id, &val, NULL);
	if (err)
		return err;
	memcpy(val, &at, sizeof(at));
	d->entry[d->n++] = e;
	*ret = &d->entry[at];
	return WARD_OK;
}

static void take_back(struct ward_drive *d, struct entry *e)
{
	ward_run_free(e->run);
	(void)ward_tab_del(&d->by_id, &e->is.id);
	d->n--;
}

/* One transition but the beginning. AGAIN: there is none. */
static enum ward_err make(struct entry *e, const struct step *s, struct ward_run_out *out)
{
	const struct ward_run_answer answer = {.request = s->request,
		.well = s->well,
		.why = s->well ? NULL : "it was said that it can't be done",
		.value = s->value,
		.n_value = s->n_value};

	*out = (struct ward_run_out){.asks = false};
	return s->cause == CAUSE_NEXT     ? ward_run_next(e->run, s->at, out)
	       : s->cause == CAUSE_ANSWER ? ward_run_answer(e->run, &answer, s->at, out)
					  : ward_run_cancel(e->run, s->at, out);
}

static void settle(struct entry *e, ward_ns at)
{
	e->is.last = at;
	e->is.outcome = ward_run_is(e->run);
	if (e->is.outcome == WARD_RUN_OPEN)
		return;
	ward_run_free(e->run);
	e->run = NULL;
}

/* ---- rows ---- */

static void key_str(struct ward_json *j, const char *key, struct ward_str s)
{
	if (!s.len)
		return;
	ward_json_key(j, key);
	ward_json_str(j, s);
}

static void key_id(struct ward_json *j, const char *key, struct ward_id id)
{
	char text[WARD_ID_TEXT];

	ward_id_text(id, text);
	ward_json_key(j, key);
	ward_json_z(j, text);
}

static void put_hash(struct ward_json *j, const uint8_t hash[32])
{
	char text[65];

	for (size_t i = 0; i < 32; i++)
		(void)snprintf(&text[2 * i], 3, "%02x", hash[i]);
	ward_json_z(j, text);
}

/* The whole run: whoever reads the last row of it needs no other. */
static void put_state(struct ward_drive *d, struct ward_json *j, const struct ward_run *r)
{
	static const char digit[] = "0123456789abcdef";

	ward_wr_reset(&d->state);
	ward_run_save(r, &d->state);
	ward_json_key(j, "state");
	ward_wr_ch(&d->json, '"');
	for (size_t i = 0; i < d->state.len; i++) {
		ward_wr_ch(&d->json, digit[d->state.p[i] >> 4]);
		ward_wr_ch(&d->json, digit[d->state.p[i] & 15]);
	}
	ward_wr_ch(&d->json, '"');
}

static void put_step(struct ward_json *j, const struct step *s)
{
	key_str(j, "cause", ward_str_z(cause_name[s->cause]));
	key_str(j, "role", s->role);
	key_str(j, "person", s->person);
	key_str(j, "text", s->text);
	if (s->cause == CAUSE_ANSWER) {
		key_id(j, "request", s->request);
		ward_json_key(j, "well");
		ward_json_bool(j, s->well);
	}
	if (!s->n_value)
		return;
	ward_json_key(j, "values");
	ward_json_obj(j);
	for (size_t i = 0; i < s->n_value; i++) {
		ward_json_key_str(j, s->value[i].name);
		ward_json_str(j, s->value[i].value);
	}
	ward_json_obj_end(j);
}

static void put_record(struct ward_json *j, const struct entry *e, const struct ward_run_record *r)
{
	uint32_t at = e->is.playbook ? ward_playbook_find_step(e->is.playbook, r->step) : WARD_NONE;

	key_str(j, "what", ward_str_z(ward_run_what_name(r->what)));
	key_str(j, "step", r->step);
	if (at != WARD_NONE)
		key_str(j, "step_name", e->is.playbook->step[at].name);
	if (r->why)
		key_str(j, "why", ward_str_z(r->why));
	key_str(j, "outcome", ward_str_z(ward_run_outcome_name(r->outcome)));
}

/* The next row of the run. False: it is too long. */
static bool write_row(struct ward_drive *d, struct entry *e, const struct step *s,
	const struct ward_run_out *out, struct ward_drive_row *ret)
{
	struct ward_json j = ward_json_on(&d->json);

	ward_wr_reset(&d->json);
	ward_json_obj(&j);
	key_str(&j, "kind", WARD_STR("run"));
	key_id(&j, "id", e->is.id);
	ward_json_key(&j, "revision");
	ward_json_u64(&j, e->revision + 1);
	ward_json_key(&j, "time");
	ward_json_time(&j, s->at);
	put_step(&j, s);
	ward_json_key(&j, "begun");
	ward_json_time(&j, e->is.begun);
	key_str(&j, "begun_by", e->is.role);
	ward_json_key(&j, "hash");
	put_hash(&j, e->is.playbook->hash);
	key_str(&j, "incident", e->is.incident);
	if (e->is.playbook) {
		key_str(&j, "playbook", e->is.playbook->id);
		key_str(&j, "playbook_name", e->is.playbook->name);
	}
	if (out) {
		put_record(&j, e, &out->record);
		if (out->asks) {
			key_id(&j, "asks", out->request.id);
			key_str(&j, "asks_role", out->request.role);
			key_str(&j, "asks_name", out->request.name);
			ward_json_key(&j, "asks_due");
			ward_json_time(&j, out->request.due);
		}
		if (out->withdraws)
			key_id(&j, "withdraws", out->withdrawn);
	}
	if (ward_run_is(e->run) == WARD_RUN_OPEN)
		put_state(d, &j, e->run);
	ward_json_obj_end(&j);
	if (ward_wr_bad(&d->json) || ward_wr_bad(&d->state))
		return false;
	e->revision++;
	*ret = (struct ward_drive_row){e->is.id, e->revision, s->at, ward_wr_text(&d->json)};
	return true;
}

static struct ward_str word(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	return v && v->kind == WARD_CONF_SCALAR ? v->text : WARD_STR("");
}

/* {"__name__": "value"}; what is no such name is passed over. False: there are too many. */
static bool read_values(struct step *s, const struct ward_conf *map)
{
	for (const struct ward_conf *v = map ? map->child : NULL; v; v = v->next) {
		if (v->kind != WARD_CONF_SCALAR || !ward_str_starts(v->key, WARD_STR("__")))
			continue;
		if (s->n_value == VALUES_MAX)
			return false;
		s->value[s->n_value++] = (struct ward_run_value){v->key, v->text};
	}
	return true;
}

static const struct ward_conf *parse(struct ward_drive *d, struct ward_str json)
{
	const struct ward_conf *c = NULL;
	struct ward_diag diag;

	ward_arena_reset(&d->scratch);
	ward_diag_init(&diag, d->mem);
	enum ward_err err = ward_conf_json(
		&d->scratch, d->lim, WARD_STR("row"), 1, ward_str_bytes(json), &diag, &c);

	ward_diag_fini(&diag);
	return err || c->kind != WARD_CONF_MAP ? NULL : c;
}

/* Of every row: how the run is after it. False: it is none. */
static bool read_row(const struct ward_conf *c, struct step *s, enum ward_run_outcome *outcome)
{
	struct ward_str is = word(c, "outcome");
	unsigned o = 0;

	while (o <= WARD_RUN_STOPPED &&
		!ward_str_eqz(is, ward_run_outcome_name((enum ward_run_outcome)o)))
		o++;
	if (is.len && o > WARD_RUN_STOPPED)
		return false;
	*outcome = is.len ? (enum ward_run_outcome)o : WARD_RUN_OPEN;
	s->role = word(c, "begun_by");
	s->incident = word(c, "incident");
	return ward_time_parse(word(c, "begun"), &s->at) == WARD_OK &&
	       ward_str_unhex(word(c, "hash"), s->hash, sizeof(s->hash));
}

/* NULL with OK: no such run can go on with these playbooks. */
static enum ward_err read_state(
	struct ward_drive *d, const struct ward_conf *c, struct ward_id id, struct ward_run **ret)
{
	struct ward_str hex = word(c, "state");
	uint8_t *bytes = ward_arena_alloc(&d->scratch, hex.len / 2 + 1);

	*ret = NULL;
	if (!bytes)
		return WARD_ERR_NOMEM;
	if (!ward_str_unhex(hex, bytes, hex.len / 2))
		return WARD_OK;
	enum ward_err err = ward_run_load(ward_slice_of(bytes, hex.len / 2), d->all, d->mem, ret);

	if (!err && !ward_id_eq(ward_run_id(*ret), id)) {
		ward_run_free(*ret);
		*ret = NULL;
	}
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}

enum ward_err ward_drive_take(struct ward_drive *d, const struct ward_drive_row *row)
{
	struct entry *e = find(d, row->id);
	enum ward_run_outcome outcome;
	struct ward_run *run = NULL;
	struct step s = {.n_value = 0};
	enum ward_err err = WARD_OK;

	if (e && row->revision <= e->revision) /* what was made here came back */
		return WARD_OK;
	const struct ward_conf *c = parse(d, row->json);

	if (!c || !read_row(c, &s, &outcome)) {
		count(d, "playbook.unreadable");
		return WARD_OK;
	}
	if (!e)
		err = add(d, row->id, &s, NULL, &e);
	if (!err && outcome == WARD_RUN_OPEN)
		err = read_state(d, c, row->id, &run);
	if (err)
		return err;
	ward_run_free(e->run);
	e->run = run;
	e->revision = row->revision;
	e->is.last = row->time;
	e->is.outcome = outcome;
	e->is.lost = outcome == WARD_RUN_OPEN && !run;
	return WARD_OK;
}

/* ---- what is next ---- */

/* A request that only Ward itself could do. */
static bool acts(const struct entry *e, struct ward_id *ret)
{
	struct ward_run_request q;

	for (size_t i = 0; ward_run_open(e->run, i, &q); i++)
		if (q.ask != WARD_RUN_ASK_ROLE && q.ask != WARD_RUN_ASK_CONFIRM) {
			*ret = q.id;
			return true;
		}
	return false;
}

bool ward_drive_next(struct ward_drive *d, ward_ns now, struct ward_drive_row *ret)
{
	for (size_t i = 0; i < d->n; i++) {
		struct entry *e = &d->entry[i];
		struct step s = {.cause = CAUSE_NEXT, .at = now};
		struct ward_run_out out;

		if (!e->run)
			continue;
		if (acts(e, &s.request)) {
			s.cause = CAUSE_ANSWER;
			s.text = WARD_STR(
				"nothing acts by playbooks here: somebody does it by hand");
		} else if (ward_run_due(e->run) > now) {
			continue;
		}
		enum ward_err err = make(e, &s, &out);

		if (err == WARD_ERR_AGAIN)
			continue;
		if (err || !write_row(d, e, &s, &out, ret)) {
			lose(d, e);
			continue;
		}
		settle(e, now);
		return true;
	}
	return false;
}

ward_ns ward_drive_due(const struct ward_drive *d)
{
	ward_ns due = WARD_NS_NEVER;

	for (size_t i = 0; i < d->n; i++) {
		ward_ns at = d->entry[i].run ? ward_run_due(d->entry[i].run) : WARD_NS_NEVER;

		due = at < due ? at : due;
	}
	return due;
}

/* ---- what people decide ---- */

static bool refuse(
	struct ward_drive *d, struct ward_decided *said, enum ward_err err, const char *what)
{
	(void)snprintf(d->why, sizeof(d->why), "%s", what);
	*said = (struct ward_decided){.err = err, .why = ward_str_z(d->why)};
	return false;
}

static void answer_with(struct ward_drive *d, struct ward_decided *said, struct ward_id run)
{
	char text[WARD_ID_TEXT];

	ward_id_text(run, text);
	(void)snprintf(d->why, sizeof(d->why), "{\"run\":\"%s\"}", text);
	*said = (struct ward_decided){.err = WARD_OK, .json = ward_str_z(d->why)};
}

static bool start(struct ward_drive *d, const struct ward_decision *of, struct step *s,
	struct ward_drive_row *ret, struct ward_decided *said)
{
	const struct ward_playbooks here = {.item = d->all->item, .n = d->n_now};
	const struct ward_playbook *p = ward_playbooks_find(&here, of->subject, WARD_STR(""));
	struct entry *e = NULL;

	if (!p)
		return refuse(d, said, WARD_ERR_NOT_FOUND,
			"there is no such playbook\n'ward playbook list' shows them");
	if (find(d, of->id)) { /* said again: the answer was lost, not the decision */
		answer_with(d, said, of->id);
		return false;
	}
	if (d->n == WARD_DRIVE_RUNS_MAX)
		return refuse(d, said, WARD_ERR_LIMIT, "too many runs are on record");
	memcpy(s->hash, p->hash, sizeof(s->hash));
	struct ward_run *run = NULL;
	enum ward_err err =
		ward_run_begin(p, d->all, of->id, s->at, s->value, s->n_value, d->mem, &run);

	if (!err) {
		err = add(d, of->id, s, run, &e);
		if (err)
			ward_run_free(run);
	}
	if (err)
		return refuse(d, said, err,
			err == WARD_ERR_STATE
				? "the playbook has errors\n'ward playbook check' names them"
			: err == WARD_ERR_DENIED ? "the playbook is revoked, or not valid now"
			: err == WARD_ERR_CONFIG ? "a value does not fit its variable\n'ward "
						   "playbook show' names them"
						 : ward_err_text(err));
	answer_with(d, said, of->id);
	if (write_row(d, e, s, NULL, ret))
		return true;
	take_back(d, e);
	return refuse(d, said, WARD_ERR_LIMIT, "what was given is too long");
}

/* The run that waits for this request, and who is asked. */
static struct entry *asked(
	const struct ward_drive *d, struct ward_id id, struct ward_run_request *ret)
{
	for (size_t i = 0; i < d->n; i++)
		for (size_t k = 0; d->entry[i].run && ward_run_open(d->entry[i].run, k, ret); k++)
			if (ward_id_eq(ret->id, id))
				return &d->entry[i];
	return NULL;
}

static bool go_on(struct ward_drive *d, struct entry *e, struct step *s, struct ward_drive_row *ret,
	struct ward_decided *said)
{
	struct ward_run_out out;
	enum ward_err err = make(e, s, &out);

	if (err)
		return refuse(d, said, err,
			err == WARD_ERR_CONFIG
				? "a value that the step asks for is missing or does not fit\n"
				  "'ward playbook open' says which"
				: "the run does not go on so");
	answer_with(d, said, e->is.id);
	if (!write_row(d, e, s, &out, ret)) {
		lose(d, e); /* it went on, and nobody will know */
		return refuse(d, said, WARD_ERR_LIMIT, "what was given is too long");
	}
	settle(e, s->at);
	return true;
}

static bool take_answer(struct ward_drive *d, const struct ward_decision *of, struct step *s,
	struct ward_drive_row *ret, struct ward_decided *said)
{
	struct ward_run_request q;
	struct entry *e = ward_id_parse(of->subject, &s->request) ? asked(d, s->request, &q) : NULL;

	s->cause = CAUSE_ANSWER;
	s->well = of->kind == WARD_DECISION_DONE;
	if (!e)
		return refuse(d, said, WARD_ERR_NOT_FOUND,
			"nothing such is asked any more\n'ward playbook open' shows what is");
	if (q.ask != WARD_RUN_ASK_ROLE && q.ask != WARD_RUN_ASK_CONFIRM)
		return refuse(d, said, WARD_ERR_DENIED, "no person is asked for that");
	if (q.role.len && !ward_str_eq(q.role, of->role)) {
		(void)snprintf(d->why, sizeof(d->why),
			"another role is asked: %.*s\nlet somebody who has it answer, or name it "
			"with --as",
			WARD_STR_ARG(ward_str_sub(q.role, 0, 100)));
		*said = (struct ward_decided){WARD_ERR_DENIED, ward_str_z(d->why), WARD_STR("")};
		return false;
	}
	return go_on(d, e, s, ret, said);
}

bool ward_drive_decide(struct ward_drive *d, const struct ward_decision *of, ward_ns now,
	struct ward_drive_row *ret, struct ward_decided *said)
{
	const struct ward_conf *args = of->args.len ? parse(d, of->args) : NULL;
	struct step s = {.cause = CAUSE_BEGIN,
		.at = now,
		.role = of->role,
		.person = of->person,
		.text = of->text,
		.incident = word(args, "incident")};
	struct ward_id id;

	if (of->args.len && !args)
		return refuse(d, said, WARD_ERR_CONFIG, "what was given is no JSON object");
	if (!read_values(&s, args))
		return refuse(d, said, WARD_ERR_LIMIT, "too many values");
	switch ((int)of->kind) {
	case WARD_DECISION_START:
		return start(d, of, &s, ret, said);
	case WARD_DECISION_DONE:
	case WARD_DECISION_FAILED:
		return take_answer(d, of, &s, ret, said);
	case WARD_DECISION_CANCEL: {
		struct entry *e = ward_id_parse(of->subject, &id) ? find(d, id) : NULL;

		s.cause = CAUSE_CANCEL;
		if (!e || !e->run)
			return refuse(d, said, e ? WARD_ERR_STATE : WARD_ERR_NOT_FOUND,
				e ? "it is over already" : "there is no such run");
		return go_on(d, e, &s, ret, said);
	}
	default:
		return refuse(d, said, WARD_ERR_UNSUPPORTED, "playbooks know no such decision");
	}
}

/* ---- for people ---- */

size_t ward_drive_n(const struct ward_drive *d)
{
	return d->n;
}

void ward_drive_at(const struct ward_drive *d, size_t i, struct ward_drive_run *ret)
{
	*ret = d->entry[i].is;
	ret->run = d->entry[i].run;
}
