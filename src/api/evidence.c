/* Clips and photos of an incident: which there are, and which of them somebody may ask `clips` for.
 * What is in them is not here: they are sealed, and only the hospital's evidence key opens them. */
#include "api/priv.h"

enum { ITEMS_MAX = 512, EVENTS_MAX = 1 << 14 };

struct item {
	struct ward_id id;
	const struct ward_conf *row; /* the last that says how it is */
	ward_ns made, erased;        /* NEVER */
};

/* Of one incident, in the order in which they came. */
struct found {
	struct ward_api *a;
	struct item *item;
	struct ward_id *event; /* of its detections: what people reported is among them */
	size_t n, n_event;
	bool no_memory;
};

static const struct ward_conf *read_row(struct found *f, struct ward_str json)
{
	const struct ward_conf *c;

	f->no_memory |= api_row_read(f->a, &f->a->scratch, json, &c) == WARD_ERR_NOMEM;
	return c;
}

static void add_events(struct found *f, const struct api_kept *k)
{
	const struct ward_conf *c = read_row(f, k->json), *list = ward_conf_get(c, "evidence");

	for (const struct ward_conf *x = list ? list->child : NULL; x; x = x->next)
		if (f->n_event < EVENTS_MAX && x->kind == WARD_CONF_SCALAR &&
			ward_id_parse(x->text, &f->event[f->n_event]))
			f->n_event++;
}

static bool has_event(const struct found *f, struct ward_id id)
{
	for (size_t i = 0; i < f->n_event; i++)
		if (ward_id_eq(f->event[i], id))
			return true;
	return false;
}

/* NULL: there are too many. */
static struct item *item_of(struct found *f, struct ward_id id)
{
	for (size_t i = 0; i < f->n; i++)
		if (ward_id_eq(f->item[i].id, id))
			return &f->item[i];
	if (f->n == ITEMS_MAX)
		return NULL;
	f->item[f->n] = (struct item){.id = id, .made = WARD_NS_NEVER, .erased = WARD_NS_NEVER};
	return &f->item[f->n++];
}

/* of_report: it counts only where the incident has that report. */
static void add(struct found *f, const struct api_kept *k, bool of_report)
{
	const struct ward_conf *c = k->kind == WARD_ROW_CLIP ? read_row(f, k->json) : NULL;
	struct ward_str act = c ? api_word(c, "act") : WARD_STR("");
	bool written = ward_str_eqz(act, "written"), erased = ward_str_eqz(act, "erased");
	struct ward_id id, report;
	struct item *x;

	if (!(written || erased || ward_str_eqz(act, "none")) ||
		!ward_id_parse(api_word(c, "id"), &id) ||
		(of_report &&
			!(ward_id_parse(api_word(c, "report"), &report) && has_event(f, report))) ||
		!(x = item_of(f, id)))
		return;
	if (erased) {
		x->erased = k->time;
		x->row = x->row ? x->row : c;
		return;
	}
	x->row = c;
	x->made = written ? k->time : WARD_NS_NEVER;
	x->erased = WARD_NS_NEVER;
}

/* False: there is no memory for it. */
static bool find(struct ward_api *a, const struct api_incident *in, struct found *f)
{
	*f = (struct found){.a = a,
		.item = ward_arena_array(&a->scratch, ITEMS_MAX, sizeof(*f->item)),
		.event = ward_arena_array(&a->scratch, EVENTS_MAX, sizeof(*f->event))};
	if (!f->item || !f->event)
		return false;
	for (size_t i = 0; i < in->part.n; i++) {
		add(f, in->part.at[i], false);
		if (a->photo.n && in->part.at[i]->kind == WARD_ROW_DETECTION)
			add_events(f, in->part.at[i]);
	}
	for (size_t i = 0; i < a->photo.n; i++)
		add(f, a->photo.at[i], true);
	return !f->no_memory;
}

static bool is_kept(const struct item *x)
{
	return x->made != WARD_NS_NEVER && x->erased == WARD_NS_NEVER;
}

/* ---- the list ---- */

static struct ward_str camera_name(const struct ward_api *a, struct ward_str id)
{
	size_t n;
	const struct ward_source *s = ward_model_sources(a->o.model, &n);

	for (size_t i = 0; i < n; i++)
		if (ward_str_eq(s[i].id, id))
			return s[i].name.len ? s[i].name : id;
	return id;
}

static void put_text(struct ward_json *j, const char *key, struct ward_str s)
{
	if (s.len)
		ward_json_put_str(j, key, s);
	else
		ward_json_put_null(j, key);
}

static ward_ns time_in(const struct item *x, const char *key)
{
	ward_ns t;

	return ward_time_parse(api_word(x->row, key), &t) == WARD_OK ? t : WARD_NS_NEVER;
}

static void put_item(struct api_request *r, const struct item *x)
{
	struct ward_str camera = api_word(x->row, "camera");
	uint64_t bytes;

	ward_json_obj(&r->j);
	ward_json_put_id(&r->j, "id", x->id);
	ward_json_put_str(&r->j, "kind", api_word(x->row, "kind"));
	put_text(&r->j, "camera", camera);
	put_text(&r->j, "camera_name", camera_name(r->a, camera));
	put_text(&r->j, "report", api_word(x->row, "report"));
	ward_json_put_time_or_null(&r->j, "from", time_in(x, "from"));
	ward_json_put_time_or_null(&r->j, "to", time_in(x, "to"));
	ward_json_put_time_or_null(&r->j, "made", x->made);
	ward_json_put_time_or_null(
		&r->j, "expires", is_kept(x) ? time_in(x, "expires") : WARD_NS_NEVER);
	ward_json_put_time_or_null(&r->j, "erased", x->erased);
	if (ward_str_u64(api_word(x->row, "bytes"), &bytes))
		ward_json_put_u64(&r->j, "bytes", bytes);
	else
		ward_json_put_null(&r->j, "bytes");
	ward_json_put_str(&r->j, "state",
		ward_str_z(is_kept(x)                   ? "kept"
			   : x->erased != WARD_NS_NEVER ? "erased"
							: "none"));
	put_text(&r->j, "why", ward_lang_text(r->lang, api_word(x->row, "why")));
	ward_json_obj_end(&r->j);
}

void api_evidence(struct api_request *r)
{
	const struct api_incident *in = api_asked(r);
	struct found f;

	if (!in)
		return;
	if (!find(r->a, in, &f)) {
		r->w->bad = true;
		return;
	}
	ward_json_obj(&r->j);
	ward_json_key(&r->j, "items");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < f.n; i++)
		put_item(r, &f.item[i]);
	ward_json_arr_end(&r->j);
	ward_json_obj_end(&r->j);
}

/* ---- one of them ---- */

/* ---- of a report ---- */

static bool find_of_report(struct ward_api *a, struct ward_id report, struct found *f)
{
	char id[WARD_ID_TEXT];

	ward_id_text(report, id);
	*f = (struct found){.a = a,
		.item = ward_arena_array(&a->scratch, ITEMS_MAX, sizeof(*f->item)),
		.event = &report,
		.n_event = 1};
	if (!f->item)
		return false;
	for (size_t i = 0; i < a->photo.n; i++)
		if (ward_str_find(a->photo.at[i]->json, ward_str_z(id)) != SIZE_MAX)
			add(f, a->photo.at[i], true);
	f->event = NULL;
	return !f->no_memory;
}

void api_put_photos(struct api_request *r, struct ward_id report)
{
	struct found f;

	ward_json_key(&r->j, "photos");
	ward_json_arr(&r->j);
	if (!find_of_report(r->a, report, &f))
		r->w->bad = true;
	for (size_t i = 0; i < f.n && f.item; i++)
		put_item(r, &f.item[i]);
	ward_json_arr_end(&r->j);
}

/* A photo of a report that who asks may see. */
static enum ward_err of_any_report(
	struct ward_api *a, const struct ward_api_who *who, struct ward_id what)
{
	for (size_t k = a->report.n; k-- > 0;) {
		struct found f;

		if (!api_sees_report(a, who, a->report.at[k]))
			continue;
		if (!find_of_report(a, a->report.at[k]->id, &f))
			return WARD_ERR_NOMEM;
		for (size_t i = 0; i < f.n; i++)
			if (ward_id_eq(f.item[i].id, what))
				return is_kept(&f.item[i]) ? WARD_OK : WARD_ERR_STATE;
	}
	return WARD_ERR_NOT_FOUND;
}

enum ward_err ward_api_evidence(struct ward_api *a, const struct ward_api_who *who,
	struct ward_str incident, struct ward_str id)
{
	struct api_scope scope;
	struct api_incident *in;
	struct ward_id of, what;
	struct found f;

	if (!(who->rights & WARD_RIGHT_BIT(WARD_RIGHT_SEE_EVIDENCE)))
		return WARD_ERR_DENIED;
	api_scope_of(a->o.model, who, &scope);
	ward_arena_reset(&a->scratch);
	if (!incident.len && ward_id_parse(id, &what))
		return of_any_report(a, who, what);
	if (!ward_id_parse(incident, &of) || !ward_id_parse(id, &what) ||
		!(in = api_incident(a, of)) || !api_scope_sees(&scope, in))
		return WARD_ERR_NOT_FOUND;
	if (!find(a, in, &f))
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < f.n; i++)
		if (ward_id_eq(f.item[i].id, what))
			return is_kept(&f.item[i]) ? WARD_OK : WARD_ERR_STATE;
	return WARD_ERR_NOT_FOUND;
}
