#include "respond/playbook/drive_priv.h"

#include <stdio.h>

/* Runs that are over stay, for people who ask. */
enum { SCRATCH_BYTES = 4 << 20, ON_RECORD_MAX = 1 << 20 };

enum ward_err ward_drive_new(const struct ward_drive_opts *o, struct ward_drive **ret)
{
	const struct ward_mem *mem = o->mem;
	struct ward_drive *d = ward_mem_alloc(mem, sizeof(*d));

	if (!d)
		return WARD_ERR_NOMEM;
	d->o = *o;
	ward_tab_init(&d->by_id, mem, sizeof(struct ward_id), sizeof(uint32_t), ON_RECORD_MAX);
	ward_arena_init(&d->texts, mem, 64 << 20);
	ward_arena_init(&d->scratch, mem, SCRATCH_BYTES);
	ward_arena_init(&d->about, mem, SCRATCH_BYTES);
	ward_tab_init(
		&d->incident_by_id, mem, sizeof(struct ward_id), sizeof(uint32_t), ON_RECORD_MAX);
	d->json = ward_wr_grow(mem, DRIVE_JSON_BYTES);
	d->state = ward_wr_grow(mem, DRIVE_STATE_BYTES);
	*ret = d;
	return WARD_OK;
}

void ward_drive_free(struct ward_drive *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n; i++)
		ward_run_free(d->entry[i].run);
	ward_mem_free(d->o.mem, d->entry, d->cap * sizeof(*d->entry));
	ward_tab_fini(&d->by_id);
	ward_arena_fini(&d->texts);
	ward_arena_fini(&d->scratch);
	ward_arena_fini(&d->about);
	drive_forget_incidents(d);
	ward_mem_free(d->o.mem, d->action, d->cap_action * sizeof(*d->action));
	ward_wr_fini(&d->json);
	ward_wr_fini(&d->state);
	ward_mem_free(d->o.mem, d, sizeof(*d));
}

static void count(struct ward_drive *d, const char *name)
{
	if (d->o.counters)
		ward_count_name(d->o.counters, name, 1);
}

static struct drive_entry *find(const struct ward_drive *d, struct ward_id id)
{
	const uint32_t *i = ward_tab_find(&d->by_id, &id);

	return i ? &d->entry[*i] : NULL;
}

static void lose(struct ward_drive *d, struct drive_entry *e)
{
	ward_run_free(e->run);
	e->run = NULL;
	e->is.lost = true;
	count(d, "playbook.lost");
}

/* ---- a step is made ---- */

static const struct ward_playbook *of_hash(const struct ward_drive *d, const uint8_t hash[32])
{
	for (size_t i = 0; i < d->o.all->n; i++)
		if (memcmp(d->o.all->item[i]->hash, hash, 32) == 0)
			return d->o.all->item[i];
	return NULL;
}

static enum ward_err add(struct ward_drive *d, struct ward_id id, const struct drive_step *s,
	struct ward_run *run, struct drive_entry **ret)
{
	struct drive_entry e = {.is = {.id = id,
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
	enum ward_err err =
		ward_mem_more(d->o.mem, &d->entry, d->n, &d->cap, sizeof(*d->entry), ON_RECORD_MAX);

	if (!err)
		err = ward_tab_put(&d->by_id, &id, &val, NULL);
	if (err)
		return err;
	memcpy(val, &at, sizeof(at));
	d->entry[d->n++] = e;
	*ret = &d->entry[at];
	return WARD_OK;
}

static void take_back(struct ward_drive *d, struct drive_entry *e)
{
	ward_run_free(e->run);
	(void)ward_tab_del(&d->by_id, &e->is.id);
	d->n--;
}

/* One transition but the beginning. AGAIN: there is none. */
static enum ward_err make(
	struct drive_entry *e, const struct drive_step *s, struct ward_run_out *out)
{
	const struct ward_run_answer answer = {.request = s->request,
		.well = s->well,
		.why = s->well  ? NULL
		       : s->why ? s->why
				: "it was said that it can't be done",
		.value = s->value,
		.n_value = s->n_value};

	*out = (struct ward_run_out){.asks = false};
	if (s->by_hand)
		return ward_run_by_hand(e->run, s->request, s->why, s->at, out);
	return s->cause == DRIVE_NEXT     ? ward_run_next(e->run, s->at, out)
	       : s->cause == DRIVE_ANSWER ? ward_run_answer(e->run, &answer, s->at, out)
					  : ward_run_cancel(e->run, s->at, out);
}

static void settle(struct drive_entry *e, ward_ns at)
{
	e->is.last = at;
	e->is.outcome = ward_run_is(e->run);
	if (e->is.outcome == WARD_RUN_OPEN)
		return;
	ward_run_free(e->run);
	e->run = NULL;
}

/* ---- rows ---- */

enum ward_err ward_drive_take(struct ward_drive *d, const struct ward_drive_row *row)
{
	struct drive_entry *e = find(d, row->id);
	enum ward_run_outcome outcome;
	struct ward_run *run = NULL;
	struct drive_step s = {.n_value = 0};
	enum ward_err err = WARD_OK;

	if (e && row->revision <= e->revision) /* what was made here came back */
		return WARD_OK;
	const struct ward_conf *c = drive_parse(d, row->json);

	if (!c || !drive_read_row(c, &s, &outcome)) {
		count(d, "playbook.unreadable");
		return WARD_OK;
	}
	if (!e)
		err = add(d, row->id, &s, NULL, &e);
	if (!err && outcome == WARD_RUN_OPEN)
		err = drive_read_state(d, c, row->id, &run);
	if (err == WARD_ERR_LIMIT) {
		count(d, "playbook.forgotten");
		return WARD_OK;
	}
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

bool ward_drive_next(struct ward_drive *d, ward_ns now, struct ward_drive_row *ret)
{
	for (size_t i = 0; i < d->n; i++) {
		struct drive_entry *e = &d->entry[(d->turn + i) % d->n];
		struct drive_step s = {.cause = DRIVE_NEXT, .at = now};
		struct ward_run_out out;

		if (!e->run)
			continue;
		if (!drive_acted(d, e, now, &s) && ward_run_due(e->run) > now)
			continue;
		enum ward_err err = make(e, &s, &out);

		if (err == WARD_ERR_AGAIN)
			continue;
		if (err || !drive_write_row(d, e, &s, &out, ret)) {
			lose(d, e);
			continue;
		}
		settle(e, now);
		d->turn = (size_t)(e - d->entry) + 1; /* then the next one's turn comes */
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

static size_t n_open(const struct ward_drive *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += d->entry[i].run != NULL;
	return n;
}

static bool elsewhere(struct ward_drive *d, struct ward_decided *said)
{
	return refuse(d, said, WARD_ERR_DENIED,
		WARD_TEXT("the incident is at no place of yours: somebody who answers there, or "
			  "everywhere, decides"));
}

static bool start(struct ward_drive *d, const struct ward_decision *of, struct drive_step *s,
	struct ward_drive_row *ret, struct ward_decided *said)
{
	const struct ward_playbooks here = {.item = d->o.all->item, .n = d->o.n_now};
	const struct ward_playbook *p = ward_playbooks_find(&here, of->subject, WARD_STR(""));
	struct drive_entry *e = NULL;

	if (!p)
		return refuse(d, said, WARD_ERR_NOT_FOUND,
			WARD_TEXT("there is no such playbook; 'ward playbook list' shows them"));
	if (find(d, of->id)) { /* said again: the answer was lost, not the decision */
		answer_with(d, said, of->id);
		return false;
	}
	if (!drive_is_at(d, s->incident, of->places))
		return elsewhere(d, said);
	if (n_open(d) >= WARD_DRIVE_RUNS_MAX)
		return refuse(d, said, WARD_ERR_LIMIT, WARD_TEXT("too many runs are open"));
	memcpy(s->hash, p->hash, sizeof(s->hash));
	struct ward_run *run = NULL;
	enum ward_err err = drive_about(d, p, s);

	if (err == WARD_ERR_NOT_FOUND)
		return refuse(d, said, err,
			WARD_TEXT("there is no such incident; 'ward incident list' shows them"));
	if (!err)
		err = ward_run_begin(
			p, d->o.all, of->id, s->at, s->value, s->n_value, d->o.mem, &run);

	if (!err) {
		err = add(d, of->id, s, run, &e);
		if (err)
			ward_run_free(run);
	}
	if (err)
		return refuse(d, said, err,
			err == WARD_ERR_STATE ? WARD_TEXT("the playbook has errors; 'ward playbook "
							  "check' names them")
			: err == WARD_ERR_DENIED
				? WARD_TEXT("the playbook is revoked, or not valid now")
			: err == WARD_ERR_CONFIG
				? WARD_TEXT("a value does not fit its variable; 'ward "
					    "playbook show' names them")
				: ward_err_text(err));
	answer_with(d, said, of->id);
	if (drive_write_row(d, e, s, NULL, ret))
		return true;
	take_back(d, e);
	return refuse(d, said, WARD_ERR_LIMIT, WARD_TEXT("what was given is too long"));
}

/* The run that waits for this request, and who is asked. */
static struct drive_entry *asked(
	const struct ward_drive *d, struct ward_id id, struct ward_run_request *ret)
{
	for (size_t i = 0; i < d->n; i++)
		for (size_t k = 0; d->entry[i].run && ward_run_open(d->entry[i].run, k, ret); k++)
			if (ward_id_eq(ret->id, id))
				return &d->entry[i];
	return NULL;
}

static bool go_on(struct ward_drive *d, struct drive_entry *e, struct drive_step *s,
	struct ward_drive_row *ret, struct ward_decided *said)
{
	struct ward_run_out out;
	enum ward_err err = make(e, s, &out);

	if (err)
		return refuse(d, said, err,
			err == WARD_ERR_CONFIG ? WARD_TEXT("a value that the step asks for is "
							   "missing or does not fit; "
							   "'ward playbook runs' says which")
					       : WARD_TEXT("the run does not go on so"));
	answer_with(d, said, e->is.id);
	if (!drive_write_row(d, e, s, &out, ret)) {
		lose(d, e); /* it went on, and nobody will know */
		return refuse(d, said, WARD_ERR_LIMIT, WARD_TEXT("what was given is too long"));
	}
	settle(e, s->at);
	return true;
}

static bool take_answer(struct ward_drive *d, const struct ward_decision *of, struct drive_step *s,
	struct ward_drive_row *ret, struct ward_decided *said)
{
	struct ward_run_request q;
	struct drive_entry *e =
		ward_id_parse(of->subject, &s->request) ? asked(d, s->request, &q) : NULL;

	s->cause = DRIVE_ANSWER;
	s->well = of->kind == WARD_DECISION_DONE;
	if (!e)
		return refuse(d, said, WARD_ERR_NOT_FOUND,
			WARD_TEXT("nothing such is asked any more; 'ward playbook runs' shows what "
				  "is"));
	if (!drive_is_at(d, e->is.incident, of->places))
		return elsewhere(d, said);
	if (q.ask != WARD_RUN_ASK_ROLE && q.ask != WARD_RUN_ASK_CONFIRM)
		return refuse(d, said, WARD_ERR_DENIED, WARD_TEXT("no person is asked for that"));
	if (q.role.len && !ward_str_eq(q.role, of->role))
		return refuse(d, said, WARD_ERR_DENIED,
			WARD_TEXT("another role is asked; let somebody who has it answer, or "
				  "answer in that role if it is yours"));
	return go_on(d, e, s, ret, said);
}

/* Who began it, and whom it asks just then. */
static bool may_cancel(const struct drive_entry *e, struct ward_str role)
{
	struct ward_run_request q;
	bool may = ward_str_eq(role, e->is.role);

	for (size_t i = 0; !may && ward_run_open(e->run, i, &q); i++)
		may = ward_str_eq(role, q.role);
	return may;
}

bool ward_drive_decide(struct ward_drive *d, const struct ward_decision *of, ward_ns now,
	struct ward_drive_row *ret, struct ward_decided *said)
{
	const struct ward_conf *args = of->args.len ? drive_parse(d, of->args) : NULL;
	struct drive_step s = {.cause = DRIVE_BEGIN,
		.at = now,
		.role = of->role,
		.person = of->person,
		.text = of->text,
		.incident = ward_conf_word(args, "incident")};
	struct ward_id id;

	if (of->args.len && !args)
		return refuse(
			d, said, WARD_ERR_CONFIG, WARD_TEXT("what was given is no JSON object"));
	if (!drive_read_values(&s, args))
		return refuse(d, said, WARD_ERR_LIMIT, WARD_TEXT("too many values"));
	switch ((int)of->kind) {
	case WARD_DECISION_START:
		return start(d, of, &s, ret, said);
	case WARD_DECISION_DONE:
	case WARD_DECISION_FAILED:
		return take_answer(d, of, &s, ret, said);
	case WARD_DECISION_CANCEL: {
		struct drive_entry *e = ward_id_parse(of->subject, &id) ? find(d, id) : NULL;

		s.cause = DRIVE_CANCEL;
		if (!e || !e->run)
			return refuse(d, said, e ? WARD_ERR_STATE : WARD_ERR_NOT_FOUND,
				e ? WARD_TEXT("it is over already")
				  : WARD_TEXT("there is no such run"));
		if (!drive_is_at(d, e->is.incident, of->places))
			return elsewhere(d, said);
		if (!may_cancel(e, of->role))
			return refuse(d, said, WARD_ERR_DENIED,
				WARD_TEXT("this role has no part in the run; the role that began "
					  "it, or one "
					  "that it asks, can end it"));
		return go_on(d, e, &s, ret, said);
	}
	default:
		return refuse(d, said, WARD_ERR_UNSUPPORTED,
			WARD_TEXT("playbooks know no such decision"));
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
