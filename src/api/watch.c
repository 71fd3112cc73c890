/* The watch of each post: its log, the sheet of a hand-over, and how many alarms there are. */
#include "api/priv.h"
#include "api/take.h"

enum { ENTRIES_SHOWN = 100, ARGS_BYTES = 32 << 10 };

/* ---- rows ---- */

/* Its rule says that the thing is not heard or seen any more (docs/content.md). */
static bool is_broken(const struct ward_record *r)
{
	for (size_t i = 0; i < r->n_tag; i++)
		if (ward_str_eqz(r->tag[i], "ward.broken"))
			return true;
	return false;
}

static void take_broken(struct ward_api *a, const struct ward_record *r)
{
	uint32_t node = ward_model_find(a->o.model, r->asset);
	size_t n = a->n_broken < API_BROKEN ? (size_t)a->n_broken : API_BROKEN, i = 0;

	if (node == WARD_NONE || !is_broken(r))
		return;
	while (i < n && a->broken[i].node != node)
		i++;
	if (i == n)
		i = (size_t)(a->n_broken++ % API_BROKEN);
	a->broken[i] = (struct api_broken){.id = r->id, .node = node, .since = r->last};
	take_name(a->broken[i].what, sizeof(a->broken[i].what), r->title);
}

enum ward_err take_watch_sign(struct ward_api *a, const struct ward_record *r)
{
	take_broken(a, r);
	return ward_alarms_sign(a->load, r->id, r->rule, r->title, r->first);
}

enum ward_err take_watch_incident(struct ward_api *a, const struct ward_record *r)
{
	enum ward_err err = ward_alarms_incident(a->load, r->id, r->first, r->step_role, r->state);

	for (size_t i = 0; i < r->n_member && !err; i++)
		ward_alarms_member(a->load, r->id, r->member[i].detection);
	return err;
}

enum ward_err take_watch_decision(struct ward_api *a, const struct ward_conf *row)
{
	bool moved = false;
	enum ward_err err = ward_shift_take(a->watch, row, &moved);

	for (size_t i = 0; moved && i < a->n_incident; i++)
		if (a->incident[i]->taken != WARD_NS_NEVER) /* its owner may be gone, or back */
			api_touch(a, a->incident[i], 0);
	return err;
}

void ward_api_expire(struct ward_api *a, ward_ns now)
{
	const ward_ns day = 86400 * WARD_NS_PER_S;
	ward_ns before;

	if (!ward_sub(now, (ward_ns)ward_limit(a->o.lim, WARD_LIMIT_STORE_LOG_DAYS) * day, &before))
		return;
	bool gone = ward_shift_expire(a->watch, before);

	gone = ward_crisis_expire(&a->crisis, before) || gone;
	a->version += gone; /* what was answered before is not any more */
}

/* ---- which posts ---- */

/* Who has places sees posts that watch nothing else. */
static bool sees(const struct api_scope *s, const struct ward_watchpost *p)
{
	for (size_t i = 0; i < p->n_place; i++)
		if (!api_scope_has(s, p->place[i]))
			return false;
	return p->n_place || s->everywhere;
}

static const struct ward_shift_post *asked(struct api_request *r)
{
	const struct ward_shift_post *p = ward_shift_post(r->a->watch, r->arg);

	if (p && sees(&r->scope, p->is))
		return p;
	api_refuse(r, 404,
		WARD_TEXT("there is no such post here; posts.yml of the hospital lists them"));
	return NULL;
}

/* {"id","at","person","name"} of who did it; null for none. */
static void put_who(struct api_request *r, const char *key, const struct ward_shift_entry *e)
{
	ward_json_key(&r->j, key);
	if (!e) {
		ward_json_null(&r->j);
		return;
	}
	ward_json_obj(&r->j);
	ward_json_put_id(&r->j, "id", e->id);
	ward_json_put_time_or_null(&r->j, "at", e->at);
	ward_json_put_str(&r->j, "person", e->person);
	ward_json_put_str(&r->j, "name", e->name.len ? e->name : e->person);
	ward_json_obj_end(&r->j);
}

static void put_post(struct api_request *r, const struct ward_shift_post *p)
{
	size_t open = 0;

	for (size_t i = 0; i < p->n; i++)
		open += p->entry[i]->open && p->entry[i]->what < WARD_SHIFT_HAND_OVER;
	ward_json_put_str(&r->j, "id", p->is->id);
	ward_json_put_str(&r->j, "name", p->is->name);
	ward_json_key(&r->j, "roles");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < p->is->n_role; i++)
		api_node(&r->j, r->a->o.model, p->is->role[i]);
	ward_json_arr_end(&r->j);
	put_who(r, "manned", p->began);
	put_who(r, "waiting", p->waiting);
	ward_json_put_u64(&r->j, "open", open);
}

void api_watch(struct api_request *r)
{
	ward_json_obj(&r->j);
	ward_json_key(&r->j, "items");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < ward_shift_n(r->a->watch); i++) {
		const struct ward_shift_post *p = ward_shift_at(r->a->watch, i);

		if (!sees(&r->scope, p->is))
			continue;
		ward_json_obj(&r->j);
		put_post(r, p);
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
	ward_json_obj_end(&r->j);
}

void api_watch_sheet(struct api_request *r)
{
	const struct ward_shift_post *p = asked(r);
	char hash[WARD_SHEET_HASH];
	struct ward_sheet s;

	if (!p)
		return;
	struct ward_str text = api_make_sheet(r->a, p, r->ask->now, &s);

	ward_sheet_hash(text, hash);
	ward_json_obj(&r->j);
	ward_json_put_str(&r->j, "post", p->is->id);
	ward_json_put_time_or_null(&r->j, "at", r->ask->now);
	api_put_sheet(r, text, hash, true);
	ward_json_obj_end(&r->j);
	r->w->bad |= ward_wr_bad(&s.text);
	ward_sheet_fini(&s);
}

/* ---- the log ---- */

static void put_entry(struct api_request *r, const struct ward_shift_entry *e)
{
	ward_json_obj(&r->j);
	ward_json_put_id(&r->j, "id", e->id);
	ward_json_put_str(&r->j, "what", ward_str_z(ward_shift_name(e->what)));
	ward_json_put_time_or_null(&r->j, "at", e->at);
	ward_json_put_str(&r->j, "person", e->person);
	ward_json_put_str(&r->j, "name", e->name.len ? e->name : e->person);
	api_put_role(r, "role", "role_name", e->role);
	ward_json_put_str(&r->j, "text", e->text);
	ward_json_put_bool(&r->j, "open", e->open);
	ward_json_put_time_or_null(&r->j, "due", e->due);
	ward_json_put_time_or_null(&r->j, "done", e->done);
	ward_json_put_str(&r->j, "done_by", e->done_name.len ? e->done_name : e->done_by);
	if (e->what == WARD_SHIFT_HAND_OVER)
		api_put_sheet(r, e->sheet, e->hash, e->intact);
	else
		ward_json_put_null(&r->j, "sheet");
	ward_json_obj_end(&r->j);
}

void api_watch_post(struct api_request *r)
{
	const struct ward_shift_post *p = asked(r);
	size_t given = 0;

	if (!p)
		return;
	ward_json_obj(&r->j);
	put_post(r, p);
	ward_json_key(&r->j, "entries");
	ward_json_arr(&r->j);
	for (size_t i = p->n; i-- > 0;)
		if (given < ENTRIES_SHOWN || p->entry[i]->open) {
			put_entry(r, p->entry[i]);
			given++;
		}
	ward_json_arr_end(&r->j);
	ward_json_put_u64(&r->j, "more", p->n - given);
	ward_json_put_u64(&r->j, "forgotten", p->forgotten);
	ward_json_put_time_or_null(&r->j, "known_since", r->a->oldest);
	ward_json_obj_end(&r->j);
}

/* ---- how many alarms ---- */

static void put_load(struct api_request *r, const char *key, const struct ward_alarms_row *row,
	size_t n, bool rules)
{
	ward_json_key(&r->j, key);
	ward_json_arr(&r->j);
	for (size_t i = 0; i < n; i++) {
		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "id", row[i].name);
		ward_json_put_str(
			&r->j, "name", rules ? ward_lang_text(r->lang, row[i].title) : row[i].name);
		ward_json_put_u64(&r->j, "incidents", row[i].incidents);
		ward_json_put_u64(&r->j, "decided", row[i].decided);
		ward_json_put_u64(&r->j, "dismissed", row[i].dismissed);
		ward_json_put_u64(&r->j, "signs", row[i].signs);
		if (!rules) {
			ward_json_put_str(&r->j, "rule", row[i].rule);
			ward_json_put_str(
				&r->j, "rule_name", ward_lang_text(r->lang, row[i].rule_title));
		}
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

void api_watch_load(struct api_request *r)
{
	struct ward_alarms_all all;

	if (!r->scope.everywhere) {
		api_refuse(r, 403,
			WARD_TEXT("this counts the whole hospital, and you have places of it"));
		return;
	}
	if (ward_alarms_ask(r->a->load, r->ask->now, &r->a->scratch, &all) != WARD_OK) {
		r->w->bad = true;
		return;
	}
	ward_json_obj(&r->j);
	ward_json_put_time_or_null(&r->j, "at", r->ask->now);
	ward_json_key(&r->j, "days");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < WARD_ALARMS_DAYS; i++)
		ward_json_u64(&r->j, all.day[i]);
	ward_json_arr_end(&r->j);
	ward_json_put_u64(&r->j, "incidents", all.incidents);
	ward_json_put_u64(&r->j, "decided", all.decided);
	ward_json_put_u64(&r->j, "dismissed", all.dismissed);
	ward_json_put_u64(&r->j, "standing", all.standing);
	ward_json_put_u64(&r->j, "most_in_ten_minutes", all.ten_min);
	ward_json_put_u64(&r->j, "forgotten", all.forgotten);
	put_load(r, "rules", all.rule, all.n_rule, true);
	put_load(r, "roles", all.role, all.n_role, false);
	ward_json_obj_end(&r->j);
}

/* ---- what somebody decides ---- */

/* Of the roles that the person has: the one that was chosen, else the first that mans the post. */
static void choose_role(
	const struct ward_api *a, const struct ward_api_who *who, struct ward_decision *d)
{
	const struct ward_shift_post *p = ward_shift_post(a->watch, d->subject);
	struct ward_id id;

	if (!p && ward_id_parse(d->subject, &id))
		(void)ward_shift_find(a->watch, id, &p);
	for (size_t i = 0; p && !d->role.len && i < who->n_role; i++)
		if (ward_watchpost_has_role(p->is, a->o.model, who->role[i]))
			d->role = who->role[i];
}

/* The args anew: what of them the person may say, and what is known here. */
static enum ward_err put_args(struct ward_api *a, const struct ward_api_who *who,
	const struct ward_conf *args, struct ward_str sheet, struct ward_decision *d)
{
	static const char *const own[] = {"kind", "due", "sheet"};
	struct ward_wr w = ward_wr_grow(a->o.mem, ARGS_BYTES);
	struct ward_json j = ward_json_on(&w);

	ward_json_obj(&j);
	for (size_t i = 0; i < WARD_ARRAY_LEN(own); i++)
		if (ward_conf_word(args, own[i]).len)
			ward_json_put_str(&j, own[i], ward_conf_word(args, own[i]));
	if (who->name.len)
		ward_json_put_str(&j, "name", who->name);
	ward_sheet_put_args(sheet, &j);
	ward_json_obj_end(&j);
	d->args = ward_arena_str(&a->scratch, ward_wr_text(&w));
	bool bad = ward_wr_bad(&w) || !d->args.p;

	ward_wr_fini(&w);
	return bad ? WARD_ERR_NOMEM : WARD_OK;
}

static enum ward_err hand_over(struct ward_api *a, const struct ward_api_who *who,
	const struct ward_conf *args, struct ward_decision *d, const char **ret_why)
{
	const struct ward_shift_post *p = ward_shift_post(a->watch, d->subject);
	char hash[WARD_SHEET_HASH];
	struct ward_sheet s;
	struct ward_str text = api_make_sheet(a, p, d->at, &s);
	enum ward_err err = ward_wr_bad(&s.text) ? WARD_ERR_NOMEM : WARD_OK;

	ward_sheet_hash(text, hash);
	if (!err && !ward_str_eqz(ward_conf_word(args, "sheet"), hash)) {
		*ret_why =
			WARD_TEXT("the sheet is another one since it was shown: look at it again");
		err = WARD_ERR_STATE;
	}
	if (!err)
		err = put_args(a, who, args, text, d);
	ward_sheet_fini(&s);
	return err;
}

/* Is it at a post that they see? What is none is refused elsewhere. */
static bool is_theirs(
	const struct ward_api *a, const struct ward_api_who *who, const struct ward_decision *d)
{
	const struct ward_shift_post *p = ward_shift_post(a->watch, d->subject);
	struct api_scope scope;
	struct ward_id id;

	if (!p && ward_id_parse(d->subject, &id))
		(void)ward_shift_find(a->watch, id, &p);
	api_scope_of(a->o.model, who, &scope);
	return !p || sees(&scope, p->is);
}

enum ward_err ward_api_watch_complete(struct ward_api *a, const struct ward_api_who *who,
	struct ward_decision *d, const char **ret_why)
{
	const struct ward_conf *args = NULL;
	struct ward_decision of;
	struct ward_diag diag;
	enum ward_err err = WARD_OK;

	ward_arena_reset(&a->scratch);
	ward_diag_init(&diag, a->o.mem);
	if (d->args.len)
		err = ward_conf_json(&a->scratch, a->o.lim, WARD_STR("args"), 1,
			ward_str_bytes(d->args), &diag, &args);
	ward_diag_fini(&diag);
	*ret_why = "args is to be an object of texts";
	if (err || (args && args->kind != WARD_CONF_MAP))
		return err == WARD_ERR_NOMEM ? err : WARD_ERR_CONFIG;
	*ret_why = WARD_TEXT("there is no such post at your places");
	if (!is_theirs(a, who, d))
		return WARD_ERR_STATE;
	choose_role(a, who, d);
	of = *d;
	of.person = who->person;
	*ret_why = ward_shift_refuses(a->watch, &of, ward_conf_word(args, "kind"));
	if (*ret_why)
		return WARD_ERR_STATE;
	return d->kind == WARD_DECISION_HAND_OVER ? hand_over(a, who, args, d, ret_why)
						  : put_args(a, who, args, WARD_STR(""), d);
}
