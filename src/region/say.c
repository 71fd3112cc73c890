#include "region/say.h"

#include "story/likely.h"
#include "story/record.h"
#include "story/text.h"
#include "story/zone.h"

#include <stdio.h>

enum {
	COL_NAME = 28,
	COL_AGE = 12,
	COL_STATE = 13,
	COL_AMBULANCES = 14,
	COL_BEDS = 14,
	COLS_LINE = 100,
	CELL = 512,
	LEVEL_HIGH = 3
};

/* ---- words ---- */

static struct ward_str number(char text[24], uint64_t n)
{
	(void)snprintf(text, 24, "%llu", (unsigned long long)n);
	return ward_str_z(text);
}

static void put_span(struct ward_wr *w, struct ward_lang *l, ward_ns t)
{
	uint64_t s = t < 0 ? 0 : (uint64_t)(t / WARD_NS_PER_S), min = s / 60;
	char a[24], b[24];

	if (s < 120)
		WARD_SAY(w, l, WARD_TEXT("{n} s"), {"n", number(a, s)});
	else if (min < 60)
		WARD_SAY(w, l, WARD_TEXT("{n} min"), {"n", number(a, min)});
	else if (min < 48 * 60)
		WARD_SAY(w, l, WARD_TEXT("{h} h {min} min"), {"h", number(a, min / 60)},
			{"min", number(b, min % 60)});
	else
		ward_say_n(w, l, min / 1440, WARD_TEXT_ONE("{n} day"), WARD_TEXT("{n} days"));
}

static void put_time(struct ward_wr *w, ward_ns t)
{
	struct ward_local l;

	ward_zone_local(t, &l);
	ward_wr_printf(w, "%04d-%02d-%02d %02d:%02d", l.year, l.month, l.day, l.hour, l.minute);
}

/* HAVE's words (OASIS EDXL-HAVE 1.0, 3.2.3, 3.2.6), as people say them. */
static const char *state_text(struct ward_str s)
{
	static const struct {
		const char *have, *text;
	} all[] = {{"Normal", WARD_TEXT("as usual")}, {"Compromised", WARD_TEXT("limited")},
		{"Evacuating", WARD_TEXT("evacuating")}, {"Closed", WARD_TEXT("closed")}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		if (ward_str_eqz(s, all[i].have))
			return all[i].text;
	return WARD_TEXT("not said");
}

static const char *traffic_text(struct ward_str s)
{
	static const struct {
		const char *have, *text;
	} all[] = {{"Normal", WARD_TEXT("taken in")}, {"Advisory", WARD_TEXT("some taken in")},
		{"Closed", WARD_TEXT("not taken in")},
		{"NotApplicable", WARD_TEXT("no emergency")}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		if (ward_str_eqz(s, all[i].have))
			return all[i].text;
	return WARD_TEXT("not said");
}

static struct ward_str class_name(
	const struct ward_region_names *n, struct ward_str id, struct ward_lang *l)
{
	uint32_t c = n->ontology ? ward_ontology_find(n->ontology, id) : WARD_NONE;

	return c == WARD_NONE ? id : ward_lang_text(l, ward_ontology_class(n->ontology, c)->name);
}

/* What an attack is called: its threat's name, else its rule or address. */
static struct ward_str attack_name(
	const struct ward_region_names *n, const struct ward_region_same *s, struct ward_lang *l)
{
	uint32_t t = n->threats ? ward_threats_find(n->threats, s->threat) : WARD_NONE;

	return t == WARD_NONE ? s->key : ward_lang_text(l, ward_threats_at(n->threats, t)->name);
}

/* ---- the table ---- */

struct table {
	struct ward_wr *w;
	struct ward_lang *l;
	const struct ward_region_names *n;
	bool colour;
};

static void cell(struct table *t, struct ward_str s, size_t cols)
{
	for (size_t n = ward_text_line(t->w, s, cols - 1); n < cols; n++)
		ward_wr_ch(t->w, ' ');
}

static void cell_z(struct table *t, const char *english, size_t cols)
{
	cell(t, ward_lang_text(t->l, ward_str_z(english)), cols);
}

static void alarm_on(struct table *t, bool on)
{
	if (t->colour && on)
		ward_wr_z(t->w, "\033[1;31m");
}

static void alarm_off(struct table *t, bool on)
{
	if (t->colour && on)
		ward_wr_z(t->w, "\033[0m");
}

static bool is_inpatient(unsigned bed)
{
	return bed != WARD_BED_THEATRE && bed != WARD_BED_EMERGENCY && bed != WARD_BED_ADULT_ICU &&
	       bed != WARD_BED_PEDIATRIC_ICU && bed != WARD_BED_NEONATAL_ICU;
}

static void cell_beds(struct table *t, bool said, int64_t free, int64_t of)
{
	char text[64] = "-";

	if (said && free != WARD_CARE_NONE && of != WARD_CARE_NONE)
		(void)snprintf(text, sizeof(text), "%lld / %lld", (long long)free, (long long)of);
	else if (said && free != WARD_CARE_NONE)
		(void)snprintf(text, sizeof(text), "%lld", (long long)free);
	cell(t, ward_str_z(text), COL_BEDS);
}

/* Free and all; a count that somebody lacks makes the sum unknown. */
static void cells_beds(struct table *t, const struct ward_have_hospital *h)
{
	int64_t free = 0, of = 0;
	bool said = false;

	cell_beds(t, h->bed[WARD_BED_ADULT_ICU].said, h->bed[WARD_BED_ADULT_ICU].available,
		h->bed[WARD_BED_ADULT_ICU].baseline);
	for (unsigned i = 0; i < WARD_BED_N; i++) {
		if (!h->bed[i].said || !is_inpatient(i))
			continue;
		said = true;
		if (h->bed[i].available == WARD_CARE_NONE || free == WARD_CARE_NONE ||
			!ward_add(free, h->bed[i].available, &free))
			free = WARD_CARE_NONE;
		if (h->bed[i].baseline == WARD_CARE_NONE || of == WARD_CARE_NONE ||
			!ward_add(of, h->bed[i].baseline, &of))
			of = WARD_CARE_NONE;
	}
	cell_beds(t, said, free, of);
}

static void put_incidents(struct table *t, const struct ward_site *s)
{
	uint64_t critical = 0, high = 0, other;
	const char *between = "";

	if (!(s->gives & WARD_SITE_GIVES_INCIDENTS)) {
		ward_say(t->w, t->l, WARD_TEXT("not given"));
		return;
	}
	for (size_t i = 0; i < s->n_incident; i++) {
		critical += s->incident[i].level > LEVEL_HIGH;
		high += s->incident[i].level == LEVEL_HIGH;
	}
	other = s->n_open > critical + high ? s->n_open - critical - high : 0;
	const struct {
		uint64_t n;
		const char *one, *many;
	} all[] = {{critical, WARD_TEXT_ONE("{n} critical"), WARD_TEXT("{n} critical")},
		{high, WARD_TEXT_ONE("{n} high"), WARD_TEXT("{n} high")},
		{other, WARD_TEXT_ONE("{n} other"), WARD_TEXT("{n} others")}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		if (!all[i].n)
			continue;
		ward_wr_z(t->w, between);
		ward_say_n(t->w, t->l, all[i].n, all[i].one, all[i].many);
		between = ", ";
	}
	if (!*between)
		ward_say(t->w, t->l, WARD_TEXT("none open"));
}

static void put_row(struct table *t, const struct ward_region_word *x, size_t site)
{
	const struct ward_have_hospital *h = &x->site->have.hospital[site];
	char text[CELL];
	struct ward_wr age = ward_wr_fixed(text, sizeof(text));

	cell(t, site || x->site->have.n > 1 ? h->name : x->site->name, COL_NAME);
	put_span(&age, t->l, x->age);
	alarm_on(t, x->stale);
	cell(t, ward_wr_text(&age), COL_AGE);
	alarm_off(t, x->stale);
	alarm_on(t, !ward_str_eqz(h->facility, "Normal"));
	cell_z(t, state_text(h->facility), COL_STATE);
	alarm_off(t, !ward_str_eqz(h->facility, "Normal"));
	cell_z(t, traffic_text(h->traffic), COL_AMBULANCES);
	cells_beds(t, h);
	if (!site)
		put_incidents(t, x->site);
	if (x->site->exercise) {
		ward_wr_z(t->w, "  ");
		ward_say(t->w, t->l, WARD_TEXT("EXERCISE"));
	}
	ward_wr_ch(t->w, '\n');
}

static void put_head(struct table *t, const struct ward_region_view *v)
{
	char text[64];
	struct ward_wr time = ward_wr_fixed(text, sizeof(text));

	put_time(&time, v->now);
	WARD_SAY(t->w, t->l, WARD_TEXT("Region {name}, as of {time}"), {"name", v->region->name},
		{"time", ward_wr_text(&time)});
	ward_wr_z(t->w, "\n\n");
	cell_z(t, WARD_TEXT("hospital"), COL_NAME);
	cell_z(t, WARD_TEXT("its word is"), COL_AGE);
	cell_z(t, WARD_TEXT("state"), COL_STATE);
	cell_z(t, WARD_TEXT("ambulances"), COL_AMBULANCES);
	cell_z(t, WARD_TEXT("ICU free"), COL_BEDS);
	cell_z(t, WARD_TEXT("beds free"), COL_BEDS);
	ward_say(t->w, t->l, WARD_TEXT("open incidents"));
	ward_wr_ch(t->w, '\n');
}

static void put_care(struct table *t, const struct ward_region_view *v)
{
	bool begun = false;

	for (size_t i = 0; i < v->region->n_site; i++) {
		const struct ward_site *s = v->word[i].site;

		for (size_t k = 0; s && k < s->n_impact; k++) {
			const struct ward_site_impact *m = &s->impact[k];
			struct ward_str what =
				m->name.len ? m->name : class_name(t->n, m->service, t->l);

			if (!begun) {
				ward_wr_ch(t->w, '\n');
				ward_say(
					t->w, t->l, WARD_TEXT("Care that open incidents can take"));
				ward_wr_ch(t->w, '\n');
			}
			begun = true;
			ward_wr_z(t->w, "  ");
			cell(t, s->name, COL_NAME);
			cell(t, what, COL_NAME + COL_AGE);
			if (m->expected != WARD_NS_NEVER)
				put_time(t->w, m->expected);
			ward_wr_z(t->w, "  ");
			for (unsigned l = 0; l < WARD_LIKELY_N; l++) {
				static const char *const word[WARD_LIKELY_N] = {
					"unlikely", "open", "possible", "likely", "certain"};

				if (ward_str_eqz(m->likely, word[l]))
					ward_say(t->w, t->l, ward_likely_word((enum ward_likely)l));
			}
			ward_wr_ch(t->w, '\n');
		}
	}
}

static void put_same(struct table *t, const struct ward_region_view *v)
{
	if (!v->n_same)
		return;
	ward_wr_ch(t->w, '\n');
	ward_say(t->w, t->l, WARD_TEXT("The same at several hospitals within an hour"));
	ward_wr_ch(t->w, '\n');
	for (size_t i = 0; i < v->n_same; i++) {
		const struct ward_region_same *s = &v->same[i];
		struct ward_str name = attack_name(t->n, s, t->l);

		ward_wr_z(t->w, "  ");
		alarm_on(t, s->level >= LEVEL_HIGH);
		(void)ward_text_line(t->w, name, COLS_LINE);
		alarm_off(t, s->level >= LEVEL_HIGH);
		if (!ward_str_eq(name, s->key)) {
			ward_wr_z(t->w, "  (");
			(void)ward_text_line(t->w, s->key, COLS_LINE);
			ward_wr_ch(t->w, ')');
		}
		if (s->exercise) {
			ward_wr_z(t->w, "  ");
			ward_say(t->w, t->l, WARD_TEXT("EXERCISE"));
		}
		ward_wr_ch(t->w, '\n');
		for (size_t k = 0; k < s->n; k++) {
			ward_wr_z(t->w, "    ");
			cell(t, v->region->site[s->at[k].site].name, COL_NAME);
			put_time(t->w, s->at[k].last);
			ward_wr_ch(t->w, '\n');
		}
	}
}

static void put_silent(struct table *t, const struct ward_region_word *x)
{
	cell(t, x->of->name, COL_NAME);
	alarm_on(t, true);
	ward_say(t->w, t->l, WARD_TEXT("has said nothing so far"));
	alarm_off(t, true);
	ward_wr_ch(t->w, '\n');
}

void ward_region_write_text(const struct ward_region_view *v, const struct ward_region_names *n,
	struct ward_lang *lang, bool colour, struct ward_wr *w)
{
	struct table t = {w, lang, n, colour};
	char text[CELL];
	struct ward_wr span = ward_wr_fixed(text, sizeof(text));
	uint64_t old = 0;

	put_head(&t, v);
	for (size_t i = 0; i < v->region->n_site; i++) {
		const struct ward_region_word *x = &v->word[i];

		old += x->stale;
		for (size_t k = 0; x->site && k < x->site->have.n; k++)
			put_row(&t, x, k);
		if (!x->site)
			put_silent(&t, x);
	}
	put_care(&t, v);
	put_same(&t, v);
	if (!old)
		return;
	put_span(&span, lang, v->region->stale);
	ward_wr_ch(w, '\n');
	WARD_SAY(w, lang,
		WARD_TEXT("What is older than {time} may be otherwise by now: ask there."),
		{"time", ward_wr_text(&span)});
	ward_wr_ch(w, '\n');
}
