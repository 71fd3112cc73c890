/* Privacy and law: what is read, why and for how long; who looked at what and decided what; and
 * which clocks of the law run. Here persons are named, for those who answer for that: the right
 * see.audit. */
#include "api/priv.h"

#include <limits.h>

enum { NAME_BYTES = 1024 };

/* A name of the record, for people. */
struct api_named {
	const char *name, *text;
};

static void put_purpose(struct api_request *r, const struct ward_source *s)
{
	ward_json_put_str(&r->j, "purpose", s->purpose);
	ward_json_put_str(&r->j, "legal_basis", s->legal_basis);
	ward_json_put_bool(&r->j, "personal_data", s->personal_data);
	if (s->retention)
		ward_json_put_u64(&r->j, "retention_s", (uint64_t)(s->retention / WARD_NS_PER_S));
	else
		ward_json_put_null(&r->j, "retention_s");
}

/* ---- who looked, who decided ---- */

/* What is done to the hospital, and a playbook: their rows say by an event who decided what. */
static void look_of_act(
	struct ward_api *a, enum ward_row_kind kind, const struct ward_conf *c, struct api_look *x)
{
	struct ward_id id;

	x->what = api_word(c, kind == WARD_ROW_ACTION ? "event" : "cause");
	x->on = api_word(c, kind == WARD_ROW_ACTION ? "thing" : "playbook_name");
	x->why = api_word(c, kind == WARD_ROW_ACTION ? "reason" : "text");
	if (kind == WARD_ROW_RUN && ward_str_eqz(x->what, "answer"))
		x->what = ward_str_eqz(api_word(c, "well"), "true") ? WARD_STR("step-done")
								    : WARD_STR("step-failed");
	if (kind != WARD_ROW_ACTION || x->on.len || !ward_id_parse(api_word(c, "id"), &id))
		return;
	for (size_t i = 0; i < a->n_action; i++) /* only its first row names the thing */
		if (ward_id_eq(a->action[i]->id, id) && a->action[i]->thing != WARD_NONE)
			x->on = ward_model_node(a->o.model, a->action[i]->thing)->id;
}

/* What the row tells of; false: of nobody. */
static bool look_of(struct ward_api *a, const struct ward_store_row *row, const struct ward_conf *c,
	struct api_look *x)
{
	static const struct keys {
		const char *who, *role, *what, *on, *why;
	} key[] = {[API_LOOK_READ] = {"who", "role", "kind", "camera", "why"},
		[API_LOOK_SEARCH] = {"person", "role", "what", "on", "why"},
		[API_LOOK_DECISION] = {"person", "role", "what", "subject", "text"},
		[API_LOOK_ACCOUNT] = {"person", "by", "what", "from", "why"}};

	if (row->kind == WARD_ROW_ACCOUNT)
		x->kind = ward_str_eqz(api_word(c, "what"), "searched") ? API_LOOK_SEARCH
									: API_LOOK_ACCOUNT;
	else if (row->kind == WARD_ROW_CLIP && ward_str_eqz(api_word(c, "act"), "read"))
		x->kind = API_LOOK_READ;
	else
		x->kind = API_LOOK_DECISION;
	const struct keys *k = &key[x->kind];

	x->who = api_word(c, k->who);
	x->role = api_word(c, k->role);
	x->what = api_word(c, k->what);
	x->on = api_word(c, k->on);
	x->why = api_word(c, k->why);
	if (row->kind == WARD_ROW_ACTION || row->kind == WARD_ROW_RUN)
		look_of_act(a, row->kind, c, x);
	/* decided and taken, and a look at people, or at what is recorded of them */
	if (x->kind == API_LOOK_DECISION && !ward_str_eqz(api_word(c, "taken"), "false") &&
		(ward_str_eqz(x->what, ward_decision_name(WARD_DECISION_STILL)) ||
			ward_str_eqz(x->what, ward_decision_name(WARD_DECISION_REVEAL)) ||
			ward_str_eqz(x->what, ward_decision_name(WARD_DECISION_ASK_BADGE)) ||
			ward_str_eqz(x->what, ward_decision_name(WARD_DECISION_EXPORT)) ||
			ward_str_eqz(x->what, ward_decision_name(WARD_DECISION_LOOK))))
		x->kind = API_LOOK_READ;
	if (x->kind == API_LOOK_DECISION &&
		ward_str_eqz(x->what, ward_decision_name(WARD_DECISION_CONFIGURE))) {
		x->on = api_word(ward_conf_get(c, "args"), "version");
		if (ward_str_eqz(x->role, "unknown")) /* changed on the machine */
			x->role = WARD_STR("");
	}
	return x->who.len || x->kind == API_LOOK_READ;
}

enum ward_err api_look_take(
	struct ward_api *a, const struct ward_store_row *row, const struct ward_conf *c)
{
	struct api_look x = {.row = row->row, .time = row->time};
	struct ward_str *const of[] = {&x.who, &x.role, &x.what, &x.on, &x.why};
	size_t at = 0;

	if (!look_of(a, row, c, &x))
		return WARD_OK;
	x.len = 1;
	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++)
		x.len += ward_str_sub(*of[i], 0, API_LOOK_TEXT).len;
	x.text = ward_mem_alloc(a->o.mem, x.len);
	if (!x.text)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++) {
		struct ward_str s = ward_str_sub(*of[i], 0, API_LOOK_TEXT);

		if (s.len)
			memcpy(x.text + at, s.p, s.len);
		*of[i] = (struct ward_str){x.text + at, s.len};
		at += s.len;
	}
	(void)ward_id_parse(api_word(c, "incident"), &x.incident);
	struct api_looks *r =
		&a->looks[x.kind == API_LOOK_ACCOUNT ? API_RING_ACCOUNTS : API_RING_ACTS];
	struct api_look *slot = &r->at[r->n++ % API_LOOKS];

	ward_mem_free(a->o.mem, slot->text, slot->len);
	*slot = x;
	return WARD_OK;
}

void api_looks_free(struct ward_api *a)
{
	for (size_t k = 0; k < API_RINGS; k++)
		for (size_t i = 0; i < API_LOOKS && i < a->looks[k].n; i++)
			ward_mem_free(a->o.mem, a->looks[k].at[i].text, a->looks[k].at[i].len);
}

/* Of who is in people.yml, the name; else the id. */
struct ward_str api_person_name(const struct ward_api *a, struct ward_str id)
{
	for (size_t i = 0; i < a->o.cell.n_person; i++)
		if (ward_str_eq(a->o.cell.person[i].id, id))
			return a->o.cell.person[i].name;
	return id;
}

static const char *named(const struct api_named *of, size_t n, struct ward_str s)
{
	for (size_t i = 0; i < n; i++)
		if (ward_str_eqz(s, of[i].name))
			return of[i].text;
	return NULL;
}

/* "detections: q, since" (query.c) as "words, a beginning, in the signs". */
static void say_search(struct api_request *r, struct ward_str on, struct ward_wr *w)
{
	static const struct api_named by[] = {{"q", WARD_TEXT("words")},
		{"rule", WARD_TEXT("a rule")}, {"asset", WARD_TEXT("a thing")},
		{"room", WARD_TEXT("a room")}, {"floor", WARD_TEXT("a floor")},
		{"person", WARD_TEXT("a person")}, {"kind", WARD_TEXT("a kind")},
		{"since", WARD_TEXT("a beginning")}, {"until", WARD_TEXT("an end")}};
	static const struct api_named in[] = {{"search", WARD_TEXT("in all that is found here")},
		{"detections", WARD_TEXT("in the signs")},
		{"incidents", WARD_TEXT("in the incidents")},
		{"privacy", WARD_TEXT("in who looked and decided")}};
	struct ward_str rest = on, path = ward_str_cut(&rest, ':');
	const char *where = named(in, WARD_ARRAY_LEN(in), path);

	while (rest.len) {
		struct ward_str param = ward_str_trim(ward_str_cut(&rest, ','));
		const char *what = named(by, WARD_ARRAY_LEN(by), param);

		ward_wr_str(w, what ? ward_lang_text(r->lang, ward_str_z(what)) : param);
		ward_wr_z(w, ", ");
	}
	ward_wr_str(w, where ? ward_lang_text(r->lang, ward_str_z(where)) : path);
}

/* What it was on, for people: an incident or a thing by its name, a sign-in by where it was, a
 * search by what was given. */
static void put_on_name(struct api_request *r, struct ward_json *j, const struct api_look *x)
{
	static const struct api_named from[] = {{"machine", WARD_TEXT("at the machine itself")},
		{"loopback", WARD_TEXT("from the machine itself")},
		{"private", WARD_TEXT("from the hospital's network")},
		{"public", WARD_TEXT("from the internet")}};
	uint32_t node = ward_model_find(r->a->o.model, x->on);
	struct ward_str name = node == WARD_NONE ? api_person_name(r->a, x->on)
						 : ward_model_node(r->a->o.model, node)->name;
	struct ward_id id;
	struct api_incident *in = ward_id_parse(x->on, &id) ? api_incident(r->a, id) : NULL;

	const char *where = named(from, WARD_ARRAY_LEN(from), x->on);

	if (x->kind == API_LOOK_ACCOUNT && where)
		name = ward_lang_text(r->lang, ward_str_z(where));
	struct ward_wr w = ward_wr_grow(r->a->o.mem, NAME_BYTES);

	if (x->kind == API_LOOK_SEARCH)
		say_search(r, x->on, &w);
	else if (in)
		ward_headline_say(&in->name, r->lang, &w);
	else
		ward_wr_str(&w, name);
	ward_json_put_str(j, "on_name", ward_wr_text(&w));
	ward_wr_fini(&w);
}

void api_incident_name(struct api_request *r, struct ward_id id, const char *key)
{
	const struct api_incident *in = api_incident(r->a, id);
	struct ward_wr w = ward_wr_grow(r->a->o.mem, NAME_BYTES);

	if (in)
		ward_headline_say(&in->name, r->lang, &w);
	ward_json_put_str(&r->j, key, ward_wr_text(&w));
	ward_wr_fini(&w);
}

/* Of a role its name; of who acted on an account, theirs. */
static struct ward_str role_name(const struct ward_api *a, const struct api_look *x)
{
	uint32_t node = ward_model_find(a->o.model, x->role);

	return node != WARD_NONE ? ward_model_node(a->o.model, node)->name
				 : api_person_name(a, x->role);
}

static void put_look(struct api_request *r, struct ward_json *j, const struct api_look *x)
{
	const struct ward_api *a = r->a;

	ward_json_obj(j);
	ward_json_put_time_or_null(j, "at", x->time);
	ward_json_put_u64(j, "row", x->row);
	ward_json_put_str(j, "person", x->who);
	ward_json_put_str(j, "name", api_person_name(a, x->who));
	ward_json_put_str(j, "role", x->role);
	ward_json_put_str(j, "role_name", role_name(a, x));
	ward_json_put_str(j, "what", x->what);
	ward_json_put_str(j, "on", x->on);
	put_on_name(r, j, x);
	ward_json_put_str(j, "why", x->why);
	if (api_is_zero(x->incident))
		ward_json_put_null(j, "incident");
	else
		ward_json_put_id(j, "incident", x->incident);
	ward_json_obj_end(j);
}

/* Which of them are asked for. */
struct filter {
	struct ward_str person; /* empty: all */
	unsigned kinds;         /* 1 << api_look_kind */
	ward_ns since, until;
};

static bool filter_of(struct api_request *r, struct filter *ret)
{
	static const char *const kind[] = {[API_LOOK_READ] = "read",
		[API_LOOK_SEARCH] = "search",
		[API_LOOK_DECISION] = "decision",
		[API_LOOK_ACCOUNT] = "account"};

	*ret = (struct filter){.person = r->param[API_PERSON],
		.kinds = r->param[API_KIND].len ? 0 : UINT_MAX,
		.since = INT64_MIN,
		.until = INT64_MAX};
	for (size_t i = 0; i < WARD_ARRAY_LEN(kind); i++)
		if (ward_str_eqz(r->param[API_KIND], kind[i]))
			ret->kinds = 1u << i;
	if (!ret->kinds) {
		API_REFUSE(r, 400, WARD_TEXT("'{name}' is one of: {list}"),
			{"name", WARD_STR("kind")},
			{"list", WARD_STR("read, search, decision, account")});
		return false;
	}
	return api_time_of(r, API_SINCE, &ret->since) && api_time_of(r, API_UNTIL, &ret->until);
}

static bool fits(const struct ward_api *a, const struct filter *f, const struct api_look *x)
{
	return f->kinds & 1u << x->kind && x->time >= f->since && x->time < f->until &&
	       (!f->person.len || ward_str_eq(f->person, x->who) ||
		       api_has(api_person_name(a, x->who), f->person));
}

/* The latest first. kinds: which of the ring. */
static void put_looks(
	struct api_request *r, const char *key, const struct filter *f, unsigned kinds)
{
	const struct ward_api *a = r->a;
	const struct api_looks *of =
		&a->looks[kinds & 1u << API_LOOK_ACCOUNT ? API_RING_ACCOUNTS : API_RING_ACTS];

	ward_json_key(&r->j, key);
	ward_json_arr(&r->j);
	for (uint64_t i = of->n; i && of->n - i < API_LOOKS && r->scope.everywhere; i--) {
		const struct api_look *x = &of->at[(i - 1) % API_LOOKS];

		if (kinds & 1u << x->kind && fits(a, f, x))
			put_look(r, &r->j, x);
	}
	ward_json_arr_end(&r->j);
}

static uint64_t forgotten(const struct ward_api *a)
{
	uint64_t n = 0;

	for (size_t k = 0; k < API_RINGS; k++)
		n += a->looks[k].n > API_LOOKS ? a->looks[k].n - API_LOOKS : 0;
	return n;
}

/* ---- clocks of the law ---- */

static void put_open(struct api_request *r)
{
	ward_json_key(&r->j, "incidents");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < r->a->n_incident; i++) {
		struct api_incident *in = r->a->incident[i];

		if (in->phase == WARD_PHASE_OVER || !api_scope_sees(&r->scope, in))
			continue;
		ward_json_obj(&r->j);
		ward_json_put_id(&r->j, "id", in->id);
		api_line_name(r->a, in, r->at, &r->j);
		ward_json_put_str(&r->j, "level", ward_str_z(api_level_name[in->level]));
		ward_json_put_str(&r->j, "state", ward_str_z(in->state));
		ward_json_put_time_or_null(&r->j, "first", in->first);
		api_duties_put(r, in);
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

void api_privacy(struct api_request *r)
{
	struct filter f;

	if (!filter_of(r, &f))
		return;
	ward_json_obj(&r->j);
	api_put_sources(r, put_purpose);
	api_reviews_put(r);
	put_looks(r, "looks", &f, 1u << API_LOOK_READ | 1u << API_LOOK_SEARCH);
	put_looks(r, "decisions", &f, 1u << API_LOOK_DECISION);
	put_looks(r, "accounts", &f, 1u << API_LOOK_ACCOUNT);
	ward_json_put_u64(&r->j, "forgotten", forgotten(r->a));
	put_open(r);
	api_ledger_put(r);
	ward_json_put_time_or_null(&r->j, "oldest", r->a->oldest);
	ward_json_obj_end(&r->j);
}
