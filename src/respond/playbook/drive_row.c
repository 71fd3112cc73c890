/* Rows of runs: what made a run go on, what that was, and the run as it is then. */
#include "respond/playbook/drive_priv.h"
#include "respond/playbook/folder.h"

#include <stdio.h>

static const char *const cause_name[DRIVE_N] = {"begin", "next", "answer", "cancel"};

static void key_str(struct ward_json *j, const char *key, struct ward_str s)
{
	if (!s.len)
		return;
	ward_json_key(j, key);
	ward_json_str(j, s);
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

static void put_step(struct ward_json *j, const struct drive_step *s)
{
	key_str(j, "cause", ward_str_z(cause_name[s->cause]));
	key_str(j, "role", s->role);
	key_str(j, "person", s->person);
	key_str(j, "text", s->text);
	if (s->cause == DRIVE_ANSWER) {
		ward_json_put_id(j, "request", s->request);
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

/* Values of the variables in the text, each once. */
static void put_values(struct ward_json *j, const struct ward_run *r,
	const struct ward_run_request *q, struct ward_str text, struct ward_str *seen, size_t *n)
{
	struct ward_str before, name, value;

	while (ward_playbook_next(&text, &before, &name)) {
		bool known = !name.len || *n == DRIVE_VALUES_MAX;

		for (size_t i = 0; i < *n && !known; i++)
			known = ward_str_eq(seen[i], name);
		if (known || !ward_run_value(r, q, name, &value))
			continue;
		seen[(*n)++] = name;
		ward_json_key_str(j, name);
		ward_json_str(j, value);
	}
}

/* {"text":…,"late":[…],"questions":[…],"values":{…}}: so that anybody can say it in any language.
 */
static void put_phrase(
	struct ward_json *j, const struct ward_run *r, const struct ward_run_request *q)
{
	struct ward_str seen[DRIVE_VALUES_MAX];
	struct ward_run_phrase p;
	size_t n = 0;

	ward_run_phrase(q, &p);
	ward_json_key(j, "asks_says");
	ward_json_obj(j);
	key_str(j, "text", p.text);
	key_str(j, "type", p.type);
	key_str(j, "by_hand", p.by_hand);
	key_str(j, "content", p.content);
	key_str(j, "late_name", p.late_name);
	ward_json_key(j, "late");
	ward_json_arr(j);
	for (size_t i = 0; i < p.n_late; i++)
		ward_json_str(j, p.late[i]);
	ward_json_arr_end(j);
	ward_json_key(j, "questions");
	ward_json_arr(j);
	for (size_t i = 0; i < p.n_question; i++) {
		ward_json_obj(j);
		key_str(j, "name", p.question[i].name);
		key_str(j, "text", p.question[i].text);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
	ward_json_key(j, "values");
	ward_json_obj(j);
	put_values(j, r, q, p.text, seen, &n);
	put_values(j, r, q, p.content, seen, &n);
	for (size_t i = 0; i < p.n_late; i++)
		put_values(j, r, q, p.late[i], seen, &n);
	ward_json_obj_end(j);
	ward_json_obj_end(j);
}

static void put_record(
	struct ward_json *j, const struct drive_entry *e, const struct ward_run_record *r)
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
bool drive_write_row(struct ward_drive *d, struct drive_entry *e, const struct drive_step *s,
	const struct ward_run_out *out, struct ward_drive_row *ret)
{
	struct ward_json j = ward_json_on(&d->json);

	ward_wr_reset(&d->json);
	ward_json_obj(&j);
	key_str(&j, "kind", WARD_STR("run"));
	ward_json_put_id(&j, "id", e->is.id);
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
		if (s->cause == DRIVE_BEGIN) /* later it may be a copy, which is called otherwise */
			key_str(&j, "playbook_word", ward_playbook_word(e->is.playbook));
	}
	if (out) {
		put_record(&j, e, &out->record);
		if (out->asks) {
			ward_json_put_id(&j, "asks", out->request.id);
			key_str(&j, "asks_role", out->request.role);
			key_str(&j, "asks_name", out->request.name);
			ward_json_key(&j, "asks_due");
			ward_json_time(&j, out->request.due);
			if (out->request.ask == WARD_RUN_ASK_ROLE ||
				out->request.ask == WARD_RUN_ASK_CONFIRM)
				put_phrase(&j, e->run, &out->request);
		}
		if (out->withdraws)
			ward_json_put_id(&j, "withdraws", out->withdrawn);
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

/* {"__name__": "value"}; what is no such name is passed over. False: there are too many. */
bool drive_read_values(struct drive_step *s, const struct ward_conf *map)
{
	for (const struct ward_conf *v = map ? map->child : NULL; v; v = v->next) {
		if (v->kind != WARD_CONF_SCALAR || !ward_str_starts(v->key, WARD_STR("__")))
			continue;
		if (s->n_value == DRIVE_VALUES_MAX)
			return false;
		s->value[s->n_value++] = (struct ward_run_value){v->key, v->text};
	}
	return true;
}

const struct ward_conf *drive_parse(struct ward_drive *d, struct ward_str json)
{
	const struct ward_conf *c = NULL;
	struct ward_diag diag;

	ward_arena_reset(&d->scratch);
	ward_diag_init(&diag, d->o.mem);
	enum ward_err err = ward_conf_json(
		&d->scratch, d->o.lim, WARD_STR("row"), 1, ward_str_bytes(json), &diag, &c);

	ward_diag_fini(&diag);
	return err || c->kind != WARD_CONF_MAP ? NULL : c;
}

/* Of every row: how the run is after it. False: it is none. */
bool drive_read_row(const struct ward_conf *c, struct drive_step *s, enum ward_run_outcome *outcome)
{
	struct ward_str is = ward_conf_word(c, "outcome");
	unsigned o = 0;

	while (o <= WARD_RUN_STOPPED &&
		!ward_str_eqz(is, ward_run_outcome_name((enum ward_run_outcome)o)))
		o++;
	if (is.len && o > WARD_RUN_STOPPED)
		return false;
	*outcome = is.len ? (enum ward_run_outcome)o : WARD_RUN_OPEN;
	s->role = ward_conf_word(c, "begun_by");
	s->incident = ward_conf_word(c, "incident");
	return ward_time_parse(ward_conf_word(c, "begun"), &s->at) == WARD_OK &&
	       ward_str_unhex(ward_conf_word(c, "hash"), s->hash, sizeof(s->hash));
}

/* NULL with OK: no such run can go on with these playbooks. */
enum ward_err drive_read_state(
	struct ward_drive *d, const struct ward_conf *c, struct ward_id id, struct ward_run **ret)
{
	struct ward_str hex = ward_conf_word(c, "state");
	uint8_t *bytes = ward_arena_alloc(&d->scratch, hex.len / 2 + 1);

	*ret = NULL;
	if (!bytes)
		return WARD_ERR_NOMEM;
	if (!ward_str_unhex(hex, bytes, hex.len / 2))
		return WARD_OK;
	enum ward_err err =
		ward_run_load(ward_slice_of(bytes, hex.len / 2), d->o.all, d->o.mem, ret);

	if (!err && !ward_id_eq(ward_run_id(*ret), id)) {
		ward_run_free(*ret);
		*ret = NULL;
	}
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}
