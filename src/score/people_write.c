/* What is asked about people and their ways, in words and as JSON. */
#include "base/json.h"
#include "evacuate/facts.h"
#include "score/trial.h"
#include "words/words.h"
#include "impact/write.h"

enum { SHOWN = 5 };

static const char *question_of(enum ward_score_people ask)
{
	static const char *const text[WARD_SCORE_PEOPLE_N] = {
		[WARD_SCORE_PEOPLE_STAFF] = WARD_TEXT(
			"How many staff are with \"{name}\" ({place}) in the shift {shift}?"),
		[WARD_SCORE_PEOPLE_WAY] = WARD_TEXT("How many metres is it to \"{name}\"?"),
		[WARD_SCORE_PEOPLE_WARD] =
			WARD_TEXT("Who is with the patients of \"{name}\" in each shift, and "
				  "where are they led?"),
		[WARD_SCORE_PEOPLE_WALK] = WARD_TEXT("How many metres long is \"{name}\"?"),
	};

	return text[ask];
}

static void question(const struct ward_score_person *p, struct ward_lang *lang, struct ward_wr *w)
{
	WARD_SAY(w, lang, question_of(p->ask), {"name", p->name}, {"place", p->place},
		{"shift", p->shift});
}

static const char *keys_of(enum ward_score_people ask)
{
	static const char *const keys[WARD_SCORE_PEOPLE_N] = {
		[WARD_SCORE_PEOPLE_STAFF] = "staff, spare",
		[WARD_SCORE_PEOPLE_WAY] = "metres",
		[WARD_SCORE_PEOPLE_WARD] = "wards, staff",
		[WARD_SCORE_PEOPLE_WALK] = "metres",
	};

	return keys[ask];
}

static const char *between(enum ward_score_people ask)
{
	if (ask == WARD_SCORE_PEOPLE_WARD)
		return WARD_TEXT("Until it is known, nothing can be said of whether its patients "
				 "get out in time (patients: {late}).");
	if (ask == WARD_SCORE_PEOPLE_WALK)
		return WARD_TEXT(
			"Between {low} m and {high} m the shortest walks between doors "
			"with readers change: {walks}. What is faster was not one person.");
	if (ask == WARD_SCORE_PEOPLE_WAY)
		return WARD_TEXT("When it burns in \"{place}\": patients too late with {low} m: "
				 "{late}, the last out after {span}; with {high} m: {then}, "
				 "after {after}.");
	return WARD_TEXT("When it burns there: patients too late with {low} staff: {late}, the "
			 "last out after {span}; with {high} staff: {then}, after {after}.");
}

static struct ward_str decimal(struct ward_wr *w, int64_t n)
{
	ward_wr_i64(w, n);
	return ward_wr_text(w);
}

/* Nobody gets out: there is no last. */
static struct ward_str span(struct ward_wr *w, int64_t ms, struct ward_lang *lang)
{
	if (!ms)
		return WARD_STR("–");
	ward_impact_write_span(w, ms * (WARD_NS_PER_S / 1000), lang);
	return ward_wr_text(w);
}

static struct ward_str last_part(struct ward_str path)
{
	struct ward_str rest = path, part = path;

	while (rest.p)
		part = ward_str_cut(&rest, '/');
	return part;
}

/* The file that it goes into; *ret_line: 0 when its row is not there yet. */
static struct ward_str file_of(
	const struct ward_score_person *p, const struct ward_model *m, uint32_t *ret_line)
{
	*ret_line = p->ask == WARD_SCORE_PEOPLE_WARD ? 0 : p->line;
	return p->ask == WARD_SCORE_PEOPLE_WALK ? last_part(ward_model_node(m, p->node)->file)
						: WARD_STR(WARD_EVAC_FILE);
}

static void person_text(const struct ward_score_person *p, const struct ward_model *m,
	struct ward_lang *lang, struct ward_wr *w)
{
	char text[8][64];
	struct ward_wr of[8];
	uint32_t line;

	for (int i = 0; i < 8; i++)
		of[i] = ward_wr_fixed(text[i], sizeof(text[i]));
	ward_wr_z(w, "  - ");
	question(p, lang, w);
	ward_wr_z(w, "\n    ");
	WARD_SAY(w, lang, between(p->ask), {"low", decimal(&of[0], p->low)},
		{"high", decimal(&of[1], p->high)}, {"late", decimal(&of[2], p->late[0])},
		{"then", decimal(&of[3], p->late[1])}, {"span", span(&of[4], p->ms[0], lang)},
		{"after", span(&of[5], p->ms[1], lang)}, {"place", p->place},
		{"walks", decimal(&of[6], p->n_walk)});
	ward_wr_z(w, "\n    ");
	const struct ward_str file = file_of(p, m, &line);

	ward_wr_str(&of[7], file);
	if (line)
		ward_wr_printf(&of[7], ":%u", line);
	WARD_SAY(w, lang, WARD_TEXT("Write it into {file}, row {id}: {keys}"),
		{"file", ward_wr_text(&of[7])},
		{"id", p->node == WARD_NONE ? p->name : ward_model_node(m, p->node)->id},
		{"keys", ward_str_z(keys_of(p->ask))});
	ward_wr_ch(w, '\n');
}

void score_people_text(const struct ward_score *s, const struct ward_model *m,
	struct ward_lang *lang, struct ward_wr *w)
{
	if (!s->n_person)
		return;
	ward_wr_ch(w, '\n');
	ward_say(w, lang, WARD_TEXT("What to find out about people and ways:"));
	ward_wr_ch(w, '\n');
	for (size_t i = 0; i < s->n_person && i < SHOWN; i++)
		person_text(&s->person[i], m, lang, w);
	ward_wr_ch(w, '\n');
}

static void both(struct ward_json *j, const char *key, int64_t a, int64_t b)
{
	ward_json_key(j, key);
	ward_json_arr(j);
	ward_json_i64(j, a);
	ward_json_i64(j, b);
	ward_json_arr_end(j);
}

void score_person_json(const struct ward_score_person *p, const struct ward_model *m,
	struct ward_lang *lang, struct ward_json *j)
{
	struct ward_wr text = ward_wr_grow(j->w->mem, 1 << 16);
	uint32_t line;

	question(p, lang, &text);
	ward_json_put_z(j, "ask", ward_score_people_name(p->ask));
	ward_json_key(j, "asset");
	ward_json_str(j, p->node == WARD_NONE ? p->name : ward_model_node(m, p->node)->id);
	ward_json_key(j, "question");
	ward_json_str(j, ward_wr_text(&text));
	both(j, "tried", p->low, p->high);
	ward_json_key(j, "assumed");
	ward_json_bool(j, p->known);
	both(j, "too_late", p->late[0], p->late[1]);
	both(j, "ms", p->ms[0], p->ms[1]);
	ward_json_put_u64(j, "walks", p->n_walk);
	ward_json_key(j, "file");
	ward_json_str(j, file_of(p, m, &line));
	ward_json_put_u64(j, "line", line);
	ward_json_put_z(j, "keys", keys_of(p->ask));
	ward_wr_fini(&text);
}
