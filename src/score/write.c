#include "base/json.h"
#include "score/trial.h"
#include "words/words.h"
#include "impact/write.h"

enum { SHOWN = 5, NAMES = 3 };

static const char *what_of(enum ward_score_area a)
{
	static const char *const what[WARD_SCORE_AREA_N] = {
		[WARD_SCORE_REQUIREMENTS] = WARD_TEXT("services that say more than one need"),
		[WARD_SCORE_POWER] = WARD_TEXT("rooms that services need: what feeds them"),
		[WARD_SCORE_COOLING] = WARD_TEXT("rooms that must stay cool: what cools them"),
		[WARD_SCORE_NETWORK] = WARD_TEXT("computers, medical devices: their network"),
		[WARD_SCORE_PEOPLE] = WARD_TEXT("care services: staff, and who answers for them"),
		[WARD_SCORE_BUFFERS] =
			WARD_TEXT("batteries, generators, gas, cold: how long they last"),
		[WARD_SCORE_RECOVERY] =
			WARD_TEXT("critical services and assets: how long until they are back"),
		[WARD_SCORE_TOLERANCE] =
			WARD_TEXT("care services: how long their outage can be borne (mtpd)"),
		[WARD_SCORE_PROTECTIONS] =
			WARD_TEXT("networks, servers, technical rooms: what protects them"),
		[WARD_SCORE_EVACUATION] =
			WARD_TEXT("care services: how many patients, in which rooms"),
		[WARD_SCORE_HOURS] = WARD_TEXT("care services: how much they matter by the hour"),
		[WARD_SCORE_WEIGHT] =
			WARD_TEXT("care services: what a minute without them costs (weight)"),
		[WARD_SCORE_DISTANCES] =
			WARD_TEXT("corridors, stairs, outside: how long they are (metres)"),
		[WARD_SCORE_AGE] =
			WARD_TEXT("what facts are kept of: none older than its half-life"),
	};

	return what[a];
}

static struct ward_str name(const struct ward_model *m, uint32_t node)
{
	return ward_model_node(m, node)->name;
}

static struct ward_str decimal(struct ward_wr *w, uint64_t n)
{
	ward_wr_u64(w, n);
	return ward_wr_text(w);
}

static uint32_t n_missing(const struct ward_score_row *r)
{
	uint32_t n = r->n - r->stated;

	return n < WARD_SCORE_MISSING ? n : WARD_SCORE_MISSING;
}

static void area_text(const struct ward_score *s, unsigned a, const struct ward_model *m,
	struct ward_lang *lang, struct ward_wr *w)
{
	const struct ward_score_row *r = &s->row[a];
	uint32_t n = n_missing(r) < NAMES ? n_missing(r) : NAMES;
	char text[3][24];
	struct ward_wr of[3] = {ward_wr_fixed(text[0], sizeof(text[0])),
		ward_wr_fixed(text[1], sizeof(text[1])), ward_wr_fixed(text[2], sizeof(text[2]))};
	const struct ward_word_slot slot[] = {
		{"what", ward_lang_text(lang, ward_str_z(what_of((enum ward_score_area)a)))},
		{"stated", decimal(&of[0], r->stated)}, {"n", decimal(&of[1], r->n)},
		{"assumed", decimal(&of[2], r->assumed)}};

	if (!r->n)
		return;
	ward_wr_printf(w, "  %3u %%  ", ward_score_percent(r));
	ward_say_text(w,
		ward_lang_text(lang,
			ward_str_z(r->assumed ? WARD_TEXT("{what}: {stated} of {n}, {assumed} of "
							  "these assumed")
					      : WARD_TEXT("{what}: {stated} of {n}"))),
		slot, WARD_ARRAY_LEN(slot));
	for (uint32_t i = 0; i < n; i++) {
		ward_wr_z(w, i ? ", " : "\n         ");
		if (!i) {
			ward_say(w, lang, WARD_TEXT("missing:"));
			ward_wr_ch(w, ' ');
		}
		ward_wr_str(w, ward_model_node(m, r->missing[i])->id);
	}
	ward_wr_z(w, r->n - r->stated > n ? " …\n" : "\n");
}

static const char *question_of(const struct ward_score_answer *a)
{
	static const char *const text[WARD_SCORE_ASK_N] = {
		[WARD_SCORE_ASK_TAKEOVER] =
			WARD_TEXT("Can something take over from \"{name}\" when it fails?"),
		[WARD_SCORE_ASK_LASTS] = WARD_TEXT("How long does \"{name}\" last ({kind})?"),
		[WARD_SCORE_ASK_RECOVERY] =
			WARD_TEXT("How long until \"{name}\" is back after it failed?"),
		[WARD_SCORE_ASK_TOLERANCE] =
			WARD_TEXT("How long can an outage of \"{name}\" be borne?"),
		[WARD_SCORE_ASK_HOURS] =
			WARD_TEXT("Does \"{name}\" matter as much by night and at weekends?"),
		[WARD_SCORE_ASK_WEIGHT] =
			WARD_TEXT("How many care units does a minute without \"{name}\" cost?"),
		[WARD_SCORE_ASK_PROTECTED] =
			WARD_TEXT("What protects \"{name}\" against: {threat}?"),
	};

	if (a->ask != WARD_SCORE_ASK_RELATION)
		return text[a->ask];
	return a->rel == WARD_REL_CONNECTS
		       ? WARD_TEXT("Is \"{name}\" on \"{other}\", as others of its kind?")
	       : a->rel == WARD_REL_POWERS
		       ? WARD_TEXT("Is \"{name}\" fed by \"{other}\", as others of its kind?")
		       : WARD_TEXT("Is \"{name}\" cooled by \"{other}\", as others of its kind?");
}

static void question(const struct ward_score_answer *a, const struct ward_model *m,
	struct ward_lang *lang, struct ward_wr *w)
{
	WARD_SAY(w, lang, question_of(a), {"name", name(m, a->node)}, {"kind", a->buffer},
		{"other", a->ask == WARD_SCORE_ASK_RELATION ? name(m, a->other) : WARD_STR("")},
		{"threat", ward_lang_text(
				   lang, ward_threats_at(ward_model_threats(m), a->threat)->name)});
}

/* Where the answer is written: a key of the thing's own row, or rows of a list. */
struct place {
	const char *list, *keys; /* list NULL: its own row */
};

static struct place place_of(const struct ward_score_answer *a)
{
	static const struct place place[WARD_SCORE_ASK_N] = {
		[WARD_SCORE_ASK_TAKEOVER] = {"relations", "from, relation, to"},
		[WARD_SCORE_ASK_LASTS] = {"buffers", "on, kind, lasts"},
		[WARD_SCORE_ASK_RECOVERY] = {NULL, "recovery"},
		[WARD_SCORE_ASK_TOLERANCE] = {NULL, "mtpd"},
		[WARD_SCORE_ASK_HOURS] = {NULL, "hours, otherwise"},
		[WARD_SCORE_ASK_WEIGHT] = {NULL, "weight"},
		[WARD_SCORE_ASK_PROTECTED] = {"protections", "id, on, against, degree"},
		[WARD_SCORE_ASK_RELATION] = {"relations", "from, relation, to"},
	};

	if (a->ask == WARD_SCORE_ASK_RELATION && a->rel == WARD_REL_CONNECTS)
		return (struct place){NULL, "network"};
	return place[a->ask];
}

/* A path's last part. */
static struct ward_str base_name(struct ward_str path)
{
	size_t at = path.len;

	while (at && path.p[at - 1] != '/')
		at--;
	return ward_str_sub(path, at, path.len);
}

static void where(const struct ward_score_answer *a, const struct ward_model *m,
	struct ward_lang *lang, struct ward_wr *w)
{
	const struct ward_node *n = ward_model_node(m, a->node);
	struct place place = place_of(a);
	char text[256];
	struct ward_wr at = ward_wr_fixed(text, sizeof(text));

	if (place.list)
		ward_wr_printf(&at, "%s.csv", place.list);
	else
		ward_wr_printf(&at, "%.*s:%u", WARD_STR_ARG(base_name(n->file)), n->line);
	ward_wr_z(w, "    ");
	WARD_SAY(w, lang, WARD_TEXT("Write it into {file}, row {id}: {keys}"),
		{"file", ward_wr_text(&at)}, {"id", n->id}, {"keys", ward_str_z(place.keys)});
	ward_wr_ch(w, '\n');
}

static int64_t apart(const struct ward_score_answer *a)
{
	int64_t d = a->lost_micro[0] - a->lost_micro[1];

	return d < 0 ? -d : d;
}

static void put_end(
	const struct ward_score_answer *a, int64_t v, struct ward_lang *lang, struct ward_wr *w)
{
	char text[32];
	struct ward_wr n = ward_wr_fixed(text, sizeof(text));

	if (a->ask != WARD_SCORE_ASK_WEIGHT) {
		ward_impact_write_span(w, v, lang);
		return;
	}
	ward_wr_printf(&n, "%.6g", (double)v / 1000000);
	ward_say_decimal(w, lang, ward_wr_text(&n));
}

static const char *between(const struct ward_score_answer *a)
{
	switch (a->ask) {
	case WARD_SCORE_ASK_LASTS:
	case WARD_SCORE_ASK_RECOVERY:
	case WARD_SCORE_ASK_WEIGHT:
		return WARD_TEXT("Between {low} and {high} lie {units} care units, most of them "
				 "when \"{name}\" fails.");
	case WARD_SCORE_ASK_TOLERANCE:
		return WARD_TEXT(
			"Between {low} and {high} it is open of {units} care units whether "
			"they are beyond what can be borne, most of them when \"{name}\" "
			"fails.");
	case WARD_SCORE_ASK_HOURS:
		return WARD_TEXT("Between office hours and always lie {units} care units, most of "
				 "them when \"{name}\" fails.");
	case WARD_SCORE_ASK_TAKEOVER:
	case WARD_SCORE_ASK_PROTECTED:
	case WARD_SCORE_ASK_RELATION:
	case WARD_SCORE_ASK_N:
		break;
	}
	return WARD_TEXT("Between no and yes lie {units} care units, most of them when "
			 "\"{name}\" fails.");
}

static void answer_text(const struct ward_score_answer *a, const struct ward_model *m,
	struct ward_lang *lang, struct ward_wr *w)
{
	char text[3][32];
	struct ward_wr low = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr high = ward_wr_fixed(text[1], sizeof(text[1]));
	struct ward_wr units = ward_wr_fixed(text[2], sizeof(text[2]));

	ward_wr_z(w, "  - ");
	question(a, m, lang, w);
	ward_wr_z(w, "\n    ");
	put_end(a, a->low, lang, &low);
	put_end(a, a->high, lang, &high);
	ward_wr_i64(&units, apart(a) / 1000000);
	WARD_SAY(w, lang, between(a), {"low", ward_wr_text(&low)}, {"high", ward_wr_text(&high)},
		{"units", ward_wr_text(&units)}, {"name", name(m, a->incident.node)});
	if (a->changed) {
		ward_wr_ch(w, ' ');
		ward_say_n(w, lang, a->changed,
			WARD_TEXT_ONE("{n} conclusion about a service changes."),
			WARD_TEXT("{n} conclusions about services change."));
	}
	ward_wr_ch(w, '\n');
	where(a, m, lang, w);
}

void ward_score_write_text(const struct ward_score *s, const struct ward_model *m,
	struct ward_lang *lang, struct ward_wr *w)
{
	char text[5][24];
	struct ward_wr of[5];

	for (int i = 0; i < 5; i++)
		of[i] = ward_wr_fixed(text[i], sizeof(text[i]));
	WARD_SAY(w, lang, WARD_TEXT("The directory says {n} % of what is asked here."),
		{"n", decimal(&of[0], s->percent)});
	ward_wr_ch(w, '\n');
	for (unsigned a = 0; a < WARD_SCORE_AREA_N; a++)
		area_text(s, a, m, lang, w);
	ward_wr_ch(w, '\n');
	ward_say(w, lang,
		s->n_answer ? WARD_TEXT("Which answer would improve the forecasts most:")
			    : WARD_TEXT("No answer would change a forecast that was tried."));
	ward_wr_ch(w, '\n');
	for (size_t i = 0; i < s->n_answer && i < SHOWN; i++)
		answer_text(&s->answer[i], m, lang, w);
	score_people_text(s, m, lang, w);
	WARD_SAY(w, lang,
		WARD_TEXT("Measured: {n} of {all} questions, on {incidents} incidents of one "
			  "thing (outage, ransomware, commands to plant, fire), over a day; {runs} "
			  "runs."),
		{"n", decimal(&of[1], s->n_asked)}, {"all", decimal(&of[2], s->n_could)},
		{"incidents", decimal(&of[3], s->n_incident)}, {"runs", decimal(&of[4], s->n_run)});
	ward_wr_ch(w, '\n');
}

static void key_id(struct ward_json *j, uint32_t node, const struct ward_model *m, const char *key)
{
	ward_json_key(j, key);
	ward_json_str(j, ward_model_node(m, node)->id);
}

/* The members of one area; the object is the caller's. */
static void put_area(
	const struct ward_score *s, unsigned a, const struct ward_model *m, struct ward_json *j)
{
	const struct ward_score_row *r = &s->row[a];

	ward_json_put_z(j, "area", ward_score_area_name((enum ward_score_area)a));
	ward_json_put_u64(j, "percent", ward_score_percent(r));
	ward_json_put_u64(j, "asked", r->n);
	ward_json_put_u64(j, "stated", r->stated);
	ward_json_put_u64(j, "assumed", r->assumed);
	ward_json_key(j, "missing");
	ward_json_arr(j);
	for (uint32_t i = 0; i < n_missing(r); i++)
		ward_json_str(j, ward_model_node(m, r->missing[i])->id);
	ward_json_arr_end(j);
}

static void key_threat(
	struct ward_json *j, uint32_t threat, const struct ward_model *m, const char *key)
{
	ward_json_key(j, key);
	ward_json_str(j, ward_threats_at(ward_model_threats(m), threat)->code);
}

/* What the question is about beside its thing, and what was tried of it. */
static void tried_json(
	const struct ward_score_answer *a, const struct ward_model *m, struct ward_json *j)
{
	if (a->ask == WARD_SCORE_ASK_LASTS) {
		ward_json_key(j, "buffer");
		ward_json_str(j, a->buffer);
	}
	if (a->ask == WARD_SCORE_ASK_PROTECTED)
		key_threat(j, a->threat, m, "threat");
	if (a->ask == WARD_SCORE_ASK_RELATION) {
		ward_json_put_z(j, "relation", ward_rel_name(a->rel));
		key_id(j, a->other, m, "other");
	}
	if (a->high) {
		bool weight = a->ask == WARD_SCORE_ASK_WEIGHT;

		ward_json_key(j, weight ? "tried" : "tried_s");
		ward_json_arr(j);
		for (int side = 0; side < 2; side++)
			if (weight)
				ward_json_micro(j, side ? a->high : a->low);
			else
				ward_json_i64(j, (side ? a->high : a->low) / WARD_NS_PER_S);
		ward_json_arr_end(j);
	}
}

/* The file of the thing that it is about, with a folder only where people gave one. */
static struct ward_str file_of(const struct ward_score_answer *a, const struct ward_model *m)
{
	return place_of(a).list ? WARD_STR("") : ward_model_node(m, a->node)->file;
}

/* A page does not tell where on the machine the directory lies. */
static struct ward_str last_part(struct ward_str path)
{
	struct ward_str rest = path, part = path;

	while (rest.p)
		part = ward_str_cut(&rest, '/');
	return part;
}

/* The members of one answer. */
static void put_answer(const struct ward_score_answer *a, const struct ward_model *m,
	struct ward_lang *lang, struct ward_str file, struct ward_json *j)
{
	struct ward_wr text = ward_wr_grow(j->w->mem, 1 << 16);
	struct place place = place_of(a);

	question(a, m, lang, &text);
	ward_json_put_z(j, "ask", ward_score_ask_name(a->ask));
	key_id(j, a->node, m, "asset");
	ward_json_key(j, "question");
	ward_json_str(j, ward_wr_text(&text));
	tried_json(a, m, j);
	ward_json_key(j, "assumed");
	ward_json_bool(j, a->known);
	ward_json_key(j, "care_lost");
	ward_json_arr(j);
	ward_json_micro(j, a->lost_micro[0]);
	ward_json_micro(j, a->lost_micro[1]);
	ward_json_arr_end(j);
	ward_json_put_u64(j, "changed", a->changed);
	key_id(j, a->incident.node, m, "incident");
	key_threat(j, a->incident.threat, m, "incident_threat");
	ward_json_put_z(j, "list", place.list ? place.list : "");
	ward_json_key(j, "file");
	ward_json_str(j, file);
	ward_json_put_u64(j, "line", place.list ? 0 : ward_model_node(m, a->node)->line);
	ward_json_put_z(j, "keys", place.keys);
	ward_wr_fini(&text);
}

static void put_page_areas(const struct ward_score *s, const struct ward_model *m,
	struct ward_lang *lang, struct ward_json *j)
{
	ward_json_key(j, "areas");
	ward_json_arr(j);
	for (unsigned a = 0; a < WARD_SCORE_AREA_N; a++) {
		const char *what = what_of((enum ward_score_area)a);

		ward_json_obj(j);
		put_area(s, a, m, j);
		ward_json_key(j, "what");
		ward_json_str(j, ward_lang_text(lang, ward_str_z(what)));
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

void ward_score_write_page(const struct ward_score *s, const struct ward_model *m, size_t most,
	struct ward_lang *lang, struct ward_json *j)
{
	ward_json_obj(j);
	ward_json_put_u64(j, "percent", s->percent);
	put_page_areas(s, m, lang, j);
	ward_json_key(j, "answers");
	ward_json_arr(j);
	for (size_t i = 0; i < s->n_answer && i < most; i++) {
		ward_json_obj(j);
		put_answer(&s->answer[i], m, lang, last_part(file_of(&s->answer[i], m)), j);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
	ward_json_key(j, "people");
	ward_json_arr(j);
	for (size_t i = 0; i < s->n_person && i < most; i++) {
		ward_json_obj(j);
		score_person_json(&s->person[i], m, lang, j);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
	ward_json_put_u64(j, "questions", s->n_could);
	ward_json_put_u64(j, "measured", s->n_asked);
	ward_json_obj_end(j);
}

static void begin_line(struct ward_json *j, struct ward_wr *w, const char *kind)
{
	*j = ward_json_on(w);
	ward_json_obj(j);
	ward_json_put_z(j, "kind", kind);
}

static void end_line(struct ward_json *j)
{
	ward_json_obj_end(j);
	ward_wr_ch(j->w, '\n');
}

void ward_score_write_json(const struct ward_score *s, const struct ward_model *m,
	struct ward_lang *lang, struct ward_wr *w)
{
	struct ward_json j;

	for (unsigned a = 0; a < WARD_SCORE_AREA_N; a++) {
		begin_line(&j, w, "area");
		put_area(s, a, m, &j);
		end_line(&j);
	}
	for (size_t i = 0; i < s->n_answer; i++) {
		begin_line(&j, w, "answer");
		put_answer(&s->answer[i], m, lang, file_of(&s->answer[i], m), &j);
		end_line(&j);
	}
	for (size_t i = 0; i < s->n_person; i++) {
		begin_line(&j, w, "people");
		score_person_json(&s->person[i], m, lang, &j);
		end_line(&j);
	}
	j = ward_json_on(w);
	ward_json_obj(&j);
	ward_json_put_z(&j, "kind", "summary");
	ward_json_put_u64(&j, "percent", s->percent);
	ward_json_put_u64(&j, "questions", s->n_could);
	ward_json_put_u64(&j, "measured", s->n_asked);
	ward_json_put_u64(&j, "runs", s->n_run);
	ward_json_key(&j, "incidents");
	ward_json_arr(&j);
	for (size_t i = 0; i < s->n_incident; i++) {
		ward_json_obj(&j);
		key_id(&j, s->incident[i].node, m, "asset");
		key_threat(&j, s->incident[i].threat, m, "threat");
		ward_json_obj_end(&j);
	}
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}
