/* Clips and photos of an incident, and suspicious files: which there are, and which of them
 * somebody may ask `clips` for. What is in them is not here: they are sealed, and only the
 * hospital's evidence key opens them. What was found in a file, `recall` reads of its event. */
#include "api/priv.h"
#include "api/watched.h"

#include "comply/evidence.h"
#include "comply/retained.h"
#include "recall/ask.h"
#include "sense/file/reason.h"

enum { ITEMS_MAX = 512, FILES_MAX = 2048, EVENTS_MAX = 1 << 14, FILES_SHOWN = 50 };

struct item {
	struct ward_id id;
	const struct ward_conf *row; /* the last that says how it is */
	uint64_t at;                 /* which of the store's rows that is */
	ward_ns made, erased;        /* NEVER */
};

/* Of one incident, in the order in which they came. */
struct found {
	struct ward_api *a;
	struct item *item;
	struct ward_id *event; /* of its detections: what people reported is among them */
	size_t n, most, n_event;
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
	if (f->n == f->most)
		return NULL;
	f->item[f->n] = (struct item){.id = id, .made = WARD_NS_NEVER, .erased = WARD_NS_NEVER};
	return &f->item[f->n++];
}

/* of: the member that names its event, which the incident has to have; NULL: of an incident, or
 * whatever it is of. */
static void add(struct found *f, const struct api_kept *k, const char *of)
{
	const struct ward_conf *c = k->kind == WARD_ROW_CLIP ? read_row(f, k->json) : NULL;
	struct ward_str act = c ? api_word(c, "act") : WARD_STR("");
	bool written = ward_str_eqz(act, "written"), erased = ward_str_eqz(act, "erased");
	struct ward_id id, event;
	struct item *x;

	if (!(written || erased || ward_str_eqz(act, "none")) ||
		!ward_id_parse(api_word(c, "id"), &id) ||
		(of && !(ward_id_parse(api_word(c, of), &event) && has_event(f, event))) ||
		!(x = item_of(f, id)))
		return;
	if (erased) {
		x->erased = k->time;
		x->row = x->row ? x->row : c;
		return;
	}
	x->row = c;
	x->at = k->row;
	x->made = written ? k->time : WARD_NS_NEVER;
	x->erased = WARD_NS_NEVER;
}

/* False: there is no memory for it. */
static bool find(struct ward_api *a, const struct api_incident *in, struct found *f)
{
	*f = (struct found){.a = a,
		.most = ITEMS_MAX,
		.item = ward_arena_array(&a->scratch, ITEMS_MAX, sizeof(*f->item)),
		.event = ward_arena_array(&a->scratch, EVENTS_MAX, sizeof(*f->event))};
	if (!f->item || !f->event)
		return false;
	for (size_t i = 0; i < in->part.n; i++) {
		add(f, in->part.at[i], NULL);
		if ((a->photo.n || a->file.n) && in->part.at[i]->kind == WARD_ROW_DETECTION)
			add_events(f, in->part.at[i]);
	}
	for (size_t i = 0; i < a->photo.n; i++)
		add(f, a->photo.at[i], "report");
	for (size_t i = 0; i < a->file.n; i++)
		add(f, a->file.at[i], "event");
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

/* Members of an open object. */
static void put_members(struct api_request *r, const struct item *x)
{
	struct ward_str camera = api_word(x->row, "camera");
	uint64_t bytes;

	ward_json_put_id(&r->j, "id", x->id);
	ward_json_put_str(&r->j, "kind", api_word(x->row, "kind"));
	put_text(&r->j, "camera", camera);
	put_text(&r->j, "camera_name", camera_name(r->a, camera));
	put_text(&r->j, "report", api_word(x->row, "report"));
	put_text(&r->j, "event", api_word(x->row, "event"));
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
}

static void put_item(struct api_request *r, const struct item *x)
{
	ward_json_obj(&r->j);
	put_members(r, x);
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

/* ---- of a report ---- */

static bool find_of_report(struct ward_api *a, struct ward_id report, struct found *f)
{
	char id[WARD_ID_TEXT];

	ward_id_text(report, id);
	*f = (struct found){.a = a,
		.most = ITEMS_MAX,
		.item = ward_arena_array(&a->scratch, ITEMS_MAX, sizeof(*f->item)),
		.event = &report,
		.n_event = 1};
	if (!f->item)
		return false;
	for (size_t i = 0; i < a->photo.n; i++)
		if (ward_str_find(a->photo.at[i]->json, ward_str_z(id)) != SIZE_MAX)
			add(f, a->photo.at[i], "report");
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

/* ---- suspicious files ---- */

/* All of them, in the order in which they came. */
static bool find_files(struct ward_api *a, struct found *f)
{
	*f = (struct found){.a = a,
		.most = FILES_MAX,
		.item = ward_arena_array(&a->scratch, FILES_MAX, sizeof(*f->item))};
	for (size_t i = 0; i < a->file.n && f->item; i++)
		add(f, a->file.at[i], NULL);
	return f->item && !f->no_memory;
}

/* Until when it is held beyond its time; 0: it is not. As whoever erases asks it. */
static ward_ns held_until(struct api_request *r, const struct item *x)
{
	const struct ward_retained *is = r->a->retained;
	struct ward_holds *one = is ? ward_arena_array(&r->a->scratch, 1, sizeof(*one)) : NULL;
	struct ward_id event = {{0}};
	ward_ns until = 0, from = time_in(x, "from"), to = time_in(x, "to");

	(void)ward_id_parse(api_word(x->row, "event"), &event);
	for (size_t i = 0; one && i < is->n_hold; i++) {
		const struct ward_retained_hold *h = &is->hold[i];

		if (ward_retained_state(h, r->ask->now) >= WARD_HOLD_ENDED || h->h.until <= until)
			continue;
		*one = (struct ward_holds){.h = {h->h}, .n = 1};
		if (ward_holds_clip(one, event, WARD_STR(WARD_EVIDENCE_FILE), from, to))
			until = h->h.until;
	}
	return until;
}

/* What the field of an event says, as `recall` tells it; NULL: it has none. */
static const struct ward_conf *field_of(const struct ward_conf *event, const char *name)
{
	const struct ward_conf *f = ward_conf_get(event, "fields");

	for (f = f ? f->child : NULL; f && !ward_str_eqz(api_word(f, "name"), name); f = f->next)
		;
	return f;
}

static void put_field(struct api_request *r, const char *key, const struct ward_conf *event,
	const char *name, const char *member)
{
	const struct ward_conf *f = field_of(event, name);

	put_text(&r->j, key, f ? api_word(f, member) : WARD_STR(""));
}

/* The reasons in words; what is special to this file stays in the event. */
static void put_reasons(struct api_request *r, const struct ward_conf *event)
{
	const struct ward_word_slot slot[] = {
		{"a", WARD_STR("\xe2\x80\xa6")}, {"b", WARD_STR("\xe2\x80\xa6")}};
	const struct ward_conf *f = field_of(event, "file.reasons"),
			       *list = f ? ward_conf_get(f, "value") : NULL;

	ward_json_key(&r->j, "reasons");
	ward_json_arr(&r->j);
	for (const struct ward_conf *x = list ? list->child : NULL; x; x = x->next) {
		enum ward_suspect is = ward_suspect_by_name(x->text);
		char text[1024];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		if (is == WARD_SUSPECT_N)
			continue;
		ward_say_text(&w, ward_lang_text(r->lang, ward_str_z(ward_suspect_text(is))), slot,
			WARD_ARRAY_LEN(slot));
		ward_json_str(&r->j, ward_wr_text(&w));
	}
	ward_json_arr_end(&r->j);
}

/* "found": what its event says; null: the journal has it no more, or can't be read. */
static void put_found(struct api_request *r, const struct ward_conf *event)
{
	static const char *const member[][2] = {{"name", "file.name"}, {"path", "file.path"},
		{"sha256", "file.hash.sha256"}, {"size", "file.bytes"}, {"kind", "file.kind"},
		{"score", "file.score"}, {"antivirus", "file.antivirus"}, {"service", "service"},
		{"from", "src_ip"}, {"to", "dst_ip"}};

	ward_json_key(&r->j, "found");
	if (!event) {
		ward_json_null(&r->j);
		return;
	}
	bool bad = ward_str_eqz(api_word(event, "class"), "file.malicious");

	ward_json_obj(&r->j);
	ward_json_put_z(&r->j, "verdict", bad ? "malicious" : "suspicious");
	ward_json_put_str(&r->j, "says",
		ward_lang_text(r->lang,
			ward_str_z(bad ? WARD_TEXT("malicious") : WARD_TEXT("suspicious"))));
	put_text(&r->j, "source", api_word(event, "source"));
	for (size_t i = 0; i < WARD_ARRAY_LEN(member); i++)
		put_field(r, member[i][0], event, member[i][1], "value");
	put_field(r, "by", event, "user", "token");
	put_reasons(r, event);
	ward_json_obj_end(&r->j);
}

static const struct ward_conf *event_of(const struct ward_conf *said, struct ward_str id)
{
	const struct ward_conf *x = ward_conf_get(said, "events");

	for (x = x ? x->child : NULL; x && !ward_str_eq(api_word(x, "id"), id); x = x->next)
		;
	return x;
}

static void put_file(struct api_request *r, const struct item *x, const struct ward_conf *said)
{
	struct ward_str event = api_word(x->row, "event");
	const struct api_incident *in = NULL;
	struct ward_id id;
	bool is_sign;
	ward_ns until = is_kept(x) ? held_until(r, x) : 0;

	if (ward_id_parse(event, &id))
		in = api_sign_incident(r, id, x->at, &is_sign);
	ward_json_obj(&r->j);
	put_members(r, x);
	ward_json_put_time_or_null(&r->j, "held", until ? until : WARD_NS_NEVER);
	if (in)
		ward_json_put_id(&r->j, "incident", in->id);
	else
		ward_json_put_null(&r->j, "incident");
	put_found(r, said ? event_of(said, event) : NULL);
	ward_json_obj_end(&r->j);
}

/* The journal was told of each before it was kept; hours before, where `clips` stood still. */
static const ward_ns before_it = 26 * 3600 * WARD_NS_PER_S, after_it = 600 * WARD_NS_PER_S;

/* The events of the last n items, of `recall`; NULL: it can't say. False: it is asked, and the
 * request is answered. */
static bool recalled(
	struct api_request *r, const struct found *f, size_t n, const struct ward_conf **ret)
{
	struct ward_wr w = ward_wr_fixed(r->a->question, sizeof(r->a->question));
	struct ward_id *id = ward_arena_array(&r->a->scratch, n + 1, sizeof(*id));
	struct ward_recall_ask ask = {.what = WARD_RECALL_FILES,
		.minute = api_minute(r),
		.from = INT64_MAX,
		.who = WARD_STR(""),
		.source = WARD_STR("")};
	struct ward_str said;
	size_t k = 0;

	for (size_t i = f->n - n; id && i < f->n; i++) {
		ward_ns at = time_in(&f->item[i], "from");

		if (at == WARD_NS_NEVER ||
			!ward_id_parse(api_word(f->item[i].row, "event"), &id[k]))
			continue;
		k++;
		ask.from = at - before_it < ask.from ? at - before_it : ask.from;
		ask.to = at + after_it > ask.to ? at + after_it : ask.to;
	}
	*ret = NULL;
	if (!id)
		r->w->bad = true;
	if (!k)
		return true;
	ask.ids = ward_slice_of(id->b, k * sizeof(*id));
	ward_recall_put(&w, &ask);
	WARD_ASSERT(!ward_wr_bad(&w)); /* FILES_SHOWN is below WARD_RECALL_IDS */
	enum ward_err err = api_reckon_bytes(r, ward_wr_text(&w), &said);

	if (!err && api_row_read(r->a, &r->a->scratch, said, ret) == WARD_ERR_NOMEM)
		r->w->bad = true;
	return err != WARD_ERR_AGAIN;
}

/* The last ones, with what their events say. */
void api_kept_files(struct api_request *r)
{
	const struct ward_conf *said;
	uint64_t skip = 0;
	struct found f;

	if (!api_everywhere(r))
		return;
	if (r->param[API_SKIP].p && !ward_str_u64(r->param[API_SKIP], &skip)) {
		api_refuse(r, 400, WARD_TEXT("'skip' is a number of files"));
		return;
	}
	if (!find_files(r->a, &f)) {
		r->w->bad = true;
		return;
	}
	size_t all = f.n;

	f.n -= skip < f.n ? (size_t)skip : f.n;
	size_t n = f.n < FILES_SHOWN ? f.n : FILES_SHOWN;

	if (!recalled(r, &f, n, &said))
		return;
	ward_json_obj(&r->j);
	ward_json_put_u64(&r->j, "total", all);
	if (f.n > n)
		ward_json_put_u64(&r->j, "next", all - f.n + n);
	else
		ward_json_put_null(&r->j, "next");
	ward_json_put_bool(&r->j, "older", r->a->files_cut);
	ward_json_key(&r->j, "items");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < n; i++)
		put_file(r, &f.item[f.n - 1 - i], said);
	ward_json_arr_end(&r->j);
	ward_json_obj_end(&r->j);
}

/* ---- one of them ---- */

/* Is it kept, of these? NOT_FOUND: it is none of them. */
static enum ward_err in_these(const struct found *f, struct ward_id what)
{
	for (size_t i = 0; i < f->n; i++)
		if (ward_id_eq(f->item[i].id, what))
			return is_kept(&f->item[i]) ? WARD_OK : WARD_ERR_STATE;
	return WARD_ERR_NOT_FOUND;
}

/* A suspicious file, for who sees the whole hospital. */
static enum ward_err of_any_event(
	struct ward_api *a, const struct api_scope *scope, struct ward_id what)
{
	struct found f;

	if (!scope->everywhere)
		return WARD_ERR_NOT_FOUND;
	return find_files(a, &f) ? in_these(&f, what) : WARD_ERR_NOMEM;
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
		enum ward_err err = in_these(&f, what);

		if (err != WARD_ERR_NOT_FOUND)
			return err;
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
	if (!incident.len && ward_id_parse(id, &what)) {
		enum ward_err err = of_any_report(a, who, what);

		return err == WARD_ERR_NOT_FOUND ? of_any_event(a, &scope, what) : err;
	}
	if (!ward_id_parse(incident, &of) || !ward_id_parse(id, &what) ||
		!(in = api_incident(a, of)) || !api_scope_sees(&scope, in))
		return WARD_ERR_NOT_FOUND;
	return find(a, in, &f) ? in_these(&f, what) : WARD_ERR_NOMEM;
}
