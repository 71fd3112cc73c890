/* What others than the brain keep: messages, clips, runs, actions, decisions. */
#include "api/take.h"
#include "subject/subject.h"

#include "proof/proof.h"

enum {
	PHOTOS_MAX = 512,
	FILES_MAX = 2048,
	REPORTS_MAX = 512,
	ACTIONS_MAX = 8192,
	FILTERS_MAX = 512,
	ASIDE_MAX = 1024
};

/* Members of rows by which they name what they are of; and those that name themselves. */
static const char *const of_key[] = {"incident", "subject", "report", "run", "action_id",
	"proposal", "message", "request", "id"};
static const char *const own_key[] = {"id", "run", "action_id", "asks"};

static void group_of(struct ward_api *a, const struct ward_conf *c, struct take_group *g)
{
	const struct ward_conf *list = ward_conf_get(c, "covers");

	for (size_t i = 0; i < WARD_ARRAY_LEN(of_key); i++)
		take_about(a, g, api_word(c, of_key[i]));
	for (const struct ward_conf *x = list ? list->child : NULL; x; x = x->next)
		take_about(a, g, api_word(x, "incident"));
	list = ward_conf_get(c, "requests"); /* of a message: what it asks of whom it went to */
	for (const struct ward_conf *x = list ? list->child : NULL; x; x = x->next)
		take_about(a, g, api_word(x, "request"));
	list = ward_conf_get(c, "incidents");
	for (const struct ward_conf *x = list ? list->child : NULL; x; x = x->next)
		if (x->kind == WARD_CONF_SCALAR)
			take_about(a, g, x->text);
	if (g->cut)
		take_count(a, "api.group_cut");
}

static enum ward_err give(struct ward_api *a, struct take_group *g, struct api_kept *k,
	const struct ward_store_row *row)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < g->n && !err; i++) {
		struct api_incident *in = api_incident(a, g->id[i]);

		if (!in)
			continue;
		err = api_hold(a, &in->part, k);
		api_touch(a, in, row->row);
	}
	return err;
}

static unsigned level_of(struct ward_str s)
{
	unsigned i = 0;

	while (i < WARD_RECORD_LEVELS && !ward_str_eqz(s, api_level_name[i]))
		i++;
	return i;
}

/* Somebody takes them (docs/telling.md); of those that got worse since, nobody does. */
static void take_acknowledged(
	struct ward_api *a, const struct ward_store_row *row, const struct ward_conf *c)
{
	const struct ward_conf *covers = ward_conf_get(c, "covers");
	struct ward_str by = api_word(c, "role");

	for (const struct ward_conf *x = covers ? covers->child : NULL; x; x = x->next) {
		unsigned level = level_of(api_word(x, "level"));
		struct api_incident *in;
		struct ward_id id;

		if (level == WARD_RECORD_LEVELS || !ward_id_parse(api_word(x, "incident"), &id))
			continue;
		in = api_incident(a, id);
		if (in)
			in->asked = WARD_NS_NEVER; /* whoever was asked, somebody has it */
		if (!in || (in->taken != WARD_NS_NEVER && level < in->taken_level))
			continue;
		in->taken = row->time;
		in->left = false;
		in->taken_level = level;
		take_name(
			in->taken_by, sizeof(in->taken_by), by.len ? by : api_word(c, "recipient"));
	}
}

/* Whoever took it is gone for longer than a hand-over lasts (docs/telling.md). */
static void take_left(struct ward_api *a, const struct ward_conf *c)
{
	struct ward_id id;
	struct api_incident *in =
		ward_id_parse(api_word(c, "incident"), &id) ? api_incident(a, id) : NULL;

	if (in && ward_str_eqz(api_word(c, "by"), in->taken_by))
		in->left = true;
}

static bool is_over(const struct api_action *x)
{
	static const char *const over[] = {
		"undone", "finished", "failed", "refused", "suspended", "expired"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(over); i++)
		if (strcmp(x->state, over[i]) == 0)
			return true;
	return false;
}

/* The oldest that is over, else the oldest, goes. */
static void forget_action(struct ward_api *a)
{
	size_t i = 0;

	while (i < a->n_action && !is_over(a->action[i]))
		i++;
	i = i == a->n_action ? 0 : i;
	struct api_action *x = a->action[i];

	(void)ward_tab_del(&a->by_action, &x->id);
	api_drop_all(a, &x->row);
	ward_mem_free(a->o.mem, x, sizeof(*x));
	memmove(&a->action[i], &a->action[i + 1],
		(--a->n_action - i) * sizeof(struct api_action *));
	take_count(a, "api.actions_forgotten");
}

/* One whose first row this is. */
static enum ward_err new_action(
	struct ward_api *a, struct ward_id id, const struct ward_conf *c, struct api_kept *k)
{
	struct api_action *x;

	if (a->n_action == ACTIONS_MAX)
		forget_action(a);
	enum ward_err err = ward_mem_more(a->o.mem, &a->action, a->n_action, &a->cap_action,
		sizeof(struct api_action *), ACTIONS_MAX);

	x = err ? NULL : ward_mem_alloc(a->o.mem, sizeof(*x));
	if (!x)
		return WARD_ERR_NOMEM;
	*x = (struct api_action){
		.id = id, .thing = ward_model_find(a->o.model, api_word(c, "thing"))};
	(void)ward_id_parse(api_word(c, "incident"), &x->incident);
	take_name(x->state, sizeof(x->state), api_word(c, "state"));
	err = api_hold(a, &x->row, k);
	if (!err)
		err = take_point(&a->by_action, id, x);
	if (err) {
		api_drop_all(a, &x->row);
		ward_mem_free(a->o.mem, x, sizeof(*x));
		return WARD_ERR_NOMEM;
	}
	a->action[a->n_action++] = x;
	return WARD_OK;
}

static enum ward_err take_action(
	struct ward_api *a, struct ward_id id, const struct ward_conf *c, struct api_kept *k)
{
	struct api_action *x = take_find(&a->by_action, id);

	if (!x)
		return new_action(a, id, c, k);
	take_name(x->state, sizeof(x->state), api_word(c, "state"));
	return api_hold(a, &x->row, k);
}

static enum ward_err take_run(
	struct ward_api *a, const struct ward_store_row *row, const struct ward_conf *c)
{
	const struct ward_drive_row of = {row->id, row->revision, row->time, row->json};
	enum ward_err err = a->drive ? ward_drive_take(a->drive, &of) : WARD_OK;
	struct ward_id id;
	void *at;

	if (err || !ward_id_parse(api_word(c, "asks"), &id))
		return err;
	err = ward_tab_put(&a->asked, &id, &at, NULL);
	if (!err)
		memcpy(at, &row->time, sizeof(row->time));
	return err == WARD_ERR_LIMIT ? WARD_OK : err;
}

static void drop_at(struct ward_api *a, struct api_kept_list *l, size_t i)
{
	api_drop(a, l->at[i]);
	memmove(&l->at[i], &l->at[i + 1], (--l->n - i) * sizeof(struct api_kept *));
}

/* The rows of the file that is gone for longest; where all are kept, the oldest row. */
static void forget_file(struct ward_api *a)
{
	struct api_kept_list *l = &a->file;
	size_t last = 0;

	while (last < l->n && !l->at[last]->gone)
		last++;
	take_count(a, "api.files_forgotten");
	if (last == l->n) {
		a->files_cut = true;
		drop_at(a, l, 0);
		return;
	}
	struct ward_id of = l->at[last]->of;

	for (size_t i = last + 1; i-- > 0;)
		if (ward_id_eq(l->at[i]->of, of))
			drop_at(a, l, i);
}

/* Photos of reports, which an incident names later, and suspicious files: those of no incident are
 * found by these lists. */
static enum ward_err keep_given(struct ward_api *a, struct api_kept *k, const struct ward_conf *c)
{
	bool file = ward_str_eqz(api_word(c, "kind"), "file");
	struct api_kept_list *l = file ? &a->file : &a->photo;

	/* of a file that was looked at the list says nothing */
	if (file ? ward_str_eqz(api_word(c, "act"), "read") : !api_word(c, "report").len)
		return WARD_OK;
	if (file) {
		(void)ward_id_parse(api_word(c, "id"), &k->of);
		k->gone = !ward_str_eqz(api_word(c, "act"), "written");
	}
	if (file && l->n == FILES_MAX)
		forget_file(a);
	if (!file && l->n == PHOTOS_MAX) {
		drop_at(a, l, 0);
		take_count(a, "api.photos_forgotten");
	}
	return api_hold(a, l, k);
}

/* Of a host that is in no list the last word counts. */
static enum ward_err take_candidate(
	struct ward_api *a, struct api_kept *k, const struct ward_conf *c)
{
	struct ward_id host = api_rule_key(api_word(c, "subject"));
	size_t i = 0;

	while (i < a->aside.n && !ward_id_eq(a->aside.at[i]->of, host))
		i++;
	if (i < a->aside.n)
		drop_at(a, &a->aside, i);
	if (!ward_str_eqz(api_word(ward_conf_get(c, "args"), "is"), "aside"))
		return WARD_OK;
	if (a->aside.n == ASIDE_MAX) {
		drop_at(a, &a->aside, 0);
		take_count(a, "api.asides_forgotten");
	}
	k->of = host;
	return api_hold(a, &a->aside, k);
}

/* What people saw and called for. */
static enum ward_err take_report(struct ward_api *a, struct api_kept *k)
{
	if (a->report.n == REPORTS_MAX) {
		drop_at(a, &a->report, 0);
		take_count(a, "api.reports_forgotten");
	}
	return api_hold(a, &a->report, k);
}

/* Who is asked to see to an incident; and filters, which are lifted by their ids. */
static enum ward_err take_decision(
	struct ward_api *a, struct api_kept *k, const struct ward_conf *c)
{
	const struct ward_conf *args = ward_conf_get(c, "args");
	struct ward_str what = api_word(c, "what");
	struct api_incident *in;
	struct ward_id id;

	if (ward_str_eqz(api_word(c, "taken"), "true") && ward_str_eqz(what, "candidate"))
		return take_candidate(a, k, c);
	if (ward_decision_parse(what) == WARD_DECISION_REPORT ||
		ward_decision_parse(what) == WARD_DECISION_PANIC)
		return take_report(a, k);
	if (!ward_str_eqz(api_word(c, "taken"), "true") ||
		!ward_id_parse(api_word(c, "subject"), &id))
		return WARD_OK;
	if (ward_str_eqz(what, "assign") && (in = api_incident(a, id)) != NULL) {
		in->asked = k->time;
		take_name(in->asked_for, sizeof(in->asked_for), api_word(args, "to"));
	}
	if (ward_str_eqz(what, "law") && (in = api_incident(a, id)) != NULL)
		return api_duties_take(a, in, c);
	for (size_t i = 0; ward_str_eqz(what, "lift") && i < a->filter.n; i++)
		if (ward_id_eq(a->filter.at[i]->id, id)) {
			drop_at(a, &a->filter, i);
			break;
		}
	if (!ward_str_eqz(what, "tune"))
		return WARD_OK;
	if (a->filter.n == FILTERS_MAX) {
		drop_at(a, &a->filter, 0);
		take_count(a, "api.filters_forgotten");
	}
	return api_hold(a, &a->filter, k);
}

enum ward_err take_other(struct ward_api *a, const struct ward_store_row *row)
{
	const struct ward_conf *c;
	struct take_group g = {.n = 0};

	if (row->kind == WARD_ROW_HEAD)
		api_ledger_take(a, row);
	if (row->kind == WARD_ROW_CENSUS) { /* the same for all that ask for availability */
		take_tell(a, row, NULL, 0);
		return WARD_OK;
	}
	enum ward_err err = api_row_read(a, &a->scratch, row->json, &c);

	if (err == WARD_ERR_NOMEM)
		return err;
	if (err || c->kind != WARD_CONF_MAP) {
		take_count(a, "api.unreadable");
		return WARD_OK;
	}
	err = ward_proof_row(a->proof, c, row->time);
	if (err || row->kind == WARD_ROW_HEAD) /* of no incident, and no news to anybody */
		return err;
	/* of no incident, and told to no stream: who answers for privacy asks */
	if (row->kind == WARD_ROW_ACCOUNT)
		return api_look_take(a, row, c);
	err = api_retained_take(a, row, c);
	if (err || row->kind == WARD_ROW_DELETION)
		return err;
	struct api_kept *k = api_keep(a, row);

	if (!k)
		return WARD_ERR_NOMEM;
	k->held = 1; /* until it is clear who has it */
	group_of(a, c, &g);
	err = give(a, &g, k, row);
	if (!err)
		err = api_look_take(a, row, c);
	api_review_take(a, row, c);
	for (size_t i = 0; i < WARD_ARRAY_LEN(own_key) && !err; i++)
		err = take_lead(a, api_word(c, own_key[i]), &g);
	if (!err && row->kind == WARD_ROW_RUN)
		err = take_run(a, row, c);
	if (!err && row->kind == WARD_ROW_ACTION)
		err = take_action(a, row->id, c, k);
	if (!err && row->kind == WARD_ROW_CLIP)
		err = keep_given(a, k, c);
	if (!err && row->kind == WARD_ROW_DECISION)
		err = take_decision(a, k, c);
	if (!err && row->kind == WARD_ROW_PERMIT)
		err = take_permit(a, c);
	if (!err && row->kind == WARD_ROW_DECISION)
		err = take_watch_decision(a, c);
	if (row->kind == WARD_ROW_DELIVERY && ward_str_eqz(api_word(c, "kind"), "acknowledgement"))
		take_acknowledged(a, row, c);
	if (row->kind == WARD_ROW_DELIVERY && ward_str_eqz(api_word(c, "kind"), "left"))
		take_left(a, c);
	if (!err && row->kind == WARD_ROW_DECISION)
		err = ward_crisis_take(&a->crisis, c);
	if (!err && row->kind == WARD_ROW_DECISION)
		err = ward_subject_take(a->subject, c);
	take_tell(a, row, g.id, g.n);
	if (a->n_feed && row->kind == WARD_ROW_DECISION)
		a->feed[(a->n_feed - 1) % WARD_API_FEED].common =
			ward_crisis_kind(ward_decision_parse(api_word(c, "what")));
	api_drop(a, k);
	return err;
}
