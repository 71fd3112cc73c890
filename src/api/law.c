/* Privacy and law: what is read, why and for how long; who looked at what and decided what; and
 * which clocks of the law run. Here persons are named, for those who answer for that: the right
 * see.audit. */
#include "api/priv.h"

enum { HIGH = 3 }; /* of api_level_name */

static const ward_ns hour = 3600 * WARD_NS_PER_S;

/* From when the hospital knows of it on: Directive (EU) 2022/2555 article 23(4), Regulation (EU)
 * 2016/679 article 33(1). A month is counted as 30 days, so that nobody is late. */
static const struct clock {
	const char *name;
	int64_t hours;
	bool cyber; /* of incidents that touch networks and systems, high at least */
} clocks[] = {{"nis2.warning", 24, true}, {"nis2.notification", 72, true},
	{"gdpr.notification", 72, false}, {"nis2.report", 24 * 30, true}};

static void put_sources(struct api_request *r)
{
	size_t n;
	const struct ward_source *s = ward_model_sources(r->a->o.model, &n);

	ward_json_key(&r->j, "sources");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < n; i++) {
		if (!api_sees_source(r, &s[i]))
			continue;
		ward_json_obj(&r->j);
		api_str(&r->j, "id", s[i].id);
		api_str(&r->j, "name", s[i].name);
		api_str(&r->j, "kind", s[i].kind);
		api_str(&r->j, "purpose", s[i].purpose);
		api_str(&r->j, "legal_basis", s[i].legal_basis);
		api_bool(&r->j, "personal_data", s[i].personal_data);
		if (s[i].retention)
			api_u64(&r->j, "retention_s", (uint64_t)(s[i].retention / WARD_NS_PER_S));
		else
			api_null(&r->j, "retention_s");
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

/* ---- who looked, who decided ---- */

enum ward_err api_look_take(
	struct ward_api *a, const struct ward_store_row *row, const struct ward_conf *c)
{
	bool clip = row->kind == WARD_ROW_CLIP && ward_str_eqz(api_word(c, "act"), "read");
	bool read = clip || ward_str_eqz(api_word(c, "what"), "still");
	bool decided = api_word(c, "person").len != 0;
	struct api_look x = {.row = row->row, .time = row->time, .read = read};
	const struct ward_str of[] = {api_word(c, clip ? "who" : "person"), api_word(c, "role"),
		clip ? api_word(c, "kind") : api_word(c, "what"),
		api_word(c, clip ? "camera" : "subject"), api_word(c, clip ? "why" : "text")};
	struct ward_str *to[] = {&x.who, &x.role, &x.what, &x.on, &x.why};
	size_t at = 0;

	if (!read && !decided)
		return WARD_OK;
	x.len = 1;
	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++)
		x.len += ward_str_sub(of[i], 0, API_LOOK_TEXT).len;
	x.text = ward_mem_alloc(a->o.mem, x.len);
	if (!x.text)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++) {
		struct ward_str s = ward_str_sub(of[i], 0, API_LOOK_TEXT);

		if (s.len)
			memcpy(x.text + at, s.p, s.len);
		*to[i] = (struct ward_str){x.text + at, s.len};
		at += s.len;
	}
	(void)ward_id_parse(api_word(c, "incident"), &x.incident);
	struct api_look *slot = &a->look[a->n_look++ % API_LOOKS];

	ward_mem_free(a->o.mem, slot->text, slot->len);
	*slot = x;
	return WARD_OK;
}

void api_looks_free(struct ward_api *a)
{
	for (size_t i = 0; i < API_LOOKS; i++)
		ward_mem_free(a->o.mem, a->look[i].text, a->look[i].len);
}

/* Of who is in people.yml, the name; else the id. */
static struct ward_str name_of(const struct ward_api *a, struct ward_str id)
{
	for (size_t i = 0; i < a->o.cell.n_person; i++)
		if (ward_str_eq(a->o.cell.person[i].id, id))
			return a->o.cell.person[i].name;
	return id;
}

static void put_look(const struct ward_api *a, struct ward_json *j, const struct api_look *x)
{
	ward_json_obj(j);
	api_time(j, "at", x->time);
	api_u64(j, "row", x->row);
	api_str(j, "person", x->who);
	api_str(j, "name", name_of(a, x->who));
	api_str(j, "role", x->role);
	api_str(j, "what", x->what);
	api_str(j, "on", x->on);
	api_str(j, "why", x->why);
	if (api_is_zero(x->incident))
		api_null(j, "incident");
	else
		api_id(j, "incident", x->incident);
	ward_json_obj_end(j);
}

/* The latest first. */
static void put_looks(struct api_request *r, const char *key, bool read)
{
	const struct ward_api *a = r->a;

	ward_json_key(&r->j, key);
	ward_json_arr(&r->j);
	for (uint64_t i = a->n_look; i && a->n_look - i < API_LOOKS && r->scope.everywhere; i--) {
		const struct api_look *x = &a->look[(i - 1) % API_LOOKS];

		if (x->read == read)
			put_look(a, &r->j, x);
	}
	ward_json_arr_end(&r->j);
}

/* ---- clocks ---- */

/* Since when the hospital knows: since somebody said that it is no mere suspicion. */
static ward_ns known(const struct api_incident *in)
{
	for (size_t i = 0; i < in->n_turn; i++)
		if (strcmp(in->turn[i].state, "suspected") != 0)
			return in->turn[i].time;
	return WARD_NS_NEVER;
}

static void put_due(struct api_request *r, const struct api_incident *in)
{
	bool cyber = strcmp(in->domain, "physical") != 0 && in->level >= HIGH;
	ward_ns from = known(in), due;

	ward_json_key(&r->j, "clocks");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < WARD_ARRAY_LEN(clocks); i++) {
		if (clocks[i].cyber && !cyber)
			continue;
		if (from == WARD_NS_NEVER || !ward_add(from, clocks[i].hours * hour, &due))
			due = WARD_NS_NEVER;
		ward_json_obj(&r->j);
		api_str(&r->j, "name", ward_str_z(clocks[i].name));
		api_u64(&r->j, "hours", (uint64_t)clocks[i].hours);
		api_time(&r->j, "due", due);
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

static void put_open(struct api_request *r)
{
	ward_json_key(&r->j, "incidents");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < r->a->n_incident; i++) {
		struct api_incident *in = r->a->incident[i];

		if (in->phase == WARD_PHASE_OVER || !api_scope_sees(&r->scope, in))
			continue;
		ward_json_obj(&r->j);
		api_id(&r->j, "id", in->id);
		api_line_name(r->a, in, r->at, &r->j);
		api_str(&r->j, "level", ward_str_z(api_level_name[in->level]));
		api_str(&r->j, "state", ward_str_z(in->state));
		api_time(&r->j, "first", in->first);
		api_time(&r->j, "known", known(in));
		put_due(r, in);
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

void api_privacy(struct api_request *r)
{
	ward_json_obj(&r->j);
	put_sources(r);
	put_looks(r, "looks", true);
	put_looks(r, "decisions", false);
	api_u64(&r->j, "forgotten", r->a->n_look > API_LOOKS ? r->a->n_look - API_LOOKS : 0);
	put_open(r);
	api_time(&r->j, "oldest", r->a->oldest);
	ward_json_obj_end(&r->j);
}
