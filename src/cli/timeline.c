#include "cli/change.h"

#include "words/words.h"
#include "impact/write.h"

enum { CELLS = 48, NAME_CELLS = 28 };

enum fare { FARE_OK, FARE_DEGRADED, FARE_DOWN, FARE_N };
static const char *const fare_names[FARE_N] = {"ok", "degraded", "down"};
static const char fare_marks[FARE_N] = {'.', '-', '#'};

/* What is known of one service in one part of a course. */
struct line {
	const struct ward_impact *item;
	size_t n;
};

static struct line line_of(const struct ward_forecast *f, uint32_t service)
{
	size_t lo = 0, hi = f->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (f->item[mid].asset < service)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (hi = lo; hi < f->n && f->item[hi].asset == service;)
		hi++;
	return (struct line){f->item + lo, hi - lo};
}

/* One service over a course. */
struct fares {
	struct line line[WARD_COURSE_PARTS];
	const struct ward_course *c;
	bool any;
};

static struct fares fares_of(const struct ward_course *c, uint32_t service)
{
	struct fares f = {.c = c};

	for (size_t k = 0; k < c->n; k++) {
		f.line[k] = line_of(&c->part[k], service);
		f.any = f.any || f.line[k].n;
	}
	return f;
}

/* From that time on a service fares so, by that (NULL: it is ok). */
struct step {
	ward_ns from;
	enum fare is;
	const struct ward_impact *by;
};

static bool likely(const struct ward_impact *it)
{
	return it->lo_micro + it->hi_micro > 1000000;
}

static enum fare fare_of(const struct ward_impact *it, ward_ns t)
{
	bool down = it->need == WARD_NEED_AVAILABILITY;

	if (down && it->expected <= t && likely(it))
		return FARE_DOWN;
	return (down ? it->earliest : it->expected) <= t ? FARE_DEGRADED : FARE_OK;
}

/* By the worst of what is there, and of these the likeliest. */
static struct step step_at(const struct fares *f, ward_ns t)
{
	const struct line *l = &f->line[ward_course_at(f->c, t)];
	struct step s = {t, FARE_OK, NULL};

	for (size_t i = 0; i < l->n; i++) {
		const struct ward_impact *it = &l->item[i];
		enum fare is = fare_of(it, t);

		if (is == FARE_OK || is < s.is)
			continue;
		if (is > s.is || it->lo_micro + it->hi_micro > s.by->lo_micro + s.by->hi_micro)
			s = (struct step){t, is, it};
	}
	return s;
}

/* When something may change after t, no later than `end`. */
static ward_ns next_moment(const struct fares *f, ward_ns t, ward_ns end)
{
	size_t k = ward_course_at(f->c, t);
	const struct line *l = &f->line[k];
	ward_ns next = k + 1 < f->c->n && f->c->from[k + 1] < end ? f->c->from[k + 1] : end;

	for (size_t i = 0; i < l->n; i++) {
		if (l->item[i].earliest > t && l->item[i].earliest < next)
			next = l->item[i].earliest;
		if (l->item[i].expected > t && l->item[i].expected < next)
			next = l->item[i].expected;
	}
	return next;
}

static bool equal(const struct step *a, const struct step *b)
{
	if (!a->by || !b->by)
		return a->by == b->by;
	return a->is == b->is && a->by->threat == b->by->threat &&
	       a->by->lo_micro == b->by->lo_micro && a->by->hi_micro == b->by->hi_micro &&
	       a->by->by == b->by->by;
}

/* To the step after s, if there is one before `end`. */
static bool step_next(const struct fares *f, ward_ns end, struct step *s)
{
	for (ward_ns t = next_moment(f, s->from, end); t < end; t = next_moment(f, t, end)) {
		struct step next = step_at(f, t);

		if (!equal(&next, s))
			return *s = next, true;
	}
	return false;
}

/* When it is down at first before an end, is back after that, and is down once more; each
 * WARD_NS_NEVER: not. */
struct falls {
	const struct ward_impact *down;
	ward_ns from, back, again;
};

static struct falls falls_of(const struct fares *f, ward_ns at, ward_ns end)
{
	struct falls x = {NULL, WARD_NS_NEVER, WARD_NS_NEVER, WARD_NS_NEVER};
	struct step s = step_at(f, at);

	do {
		if (!x.down && s.is == FARE_DOWN) {
			x.down = s.by;
			x.from = s.from;
		} else if (x.down && s.is != FARE_DOWN && x.back == WARD_NS_NEVER) {
			x.back = s.from;
		} else if (x.back != WARD_NS_NEVER && s.is == FARE_DOWN) {
			x.again = s.from;
			break;
		}
	} while (step_next(f, end, &s));
	return x;
}

/* "down in 33 min, 54–100 %" */
static void down_text(const struct falls *x, ward_ns at, const struct ward_cli_tell *t)
{
	char text[2][64];
	struct ward_wr when = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr likelihood = ward_wr_fixed(text[1], sizeof(text[1]));

	ward_impact_write_span(&when, x->from - at, t->lang);
	ward_impact_write_likelihood(&likelihood, x->down, t->lang);
	WARD_SAY(t->w, t->lang,
		x->from - at < WARD_NS_PER_S ? WARD_TEXT("down now, {likelihood}")
					     : WARD_TEXT("down in {span}, {likelihood}"),
		{"span", ward_wr_text(&when)}, {"likelihood", ward_wr_text(&likelihood)});
}

/* "back in 2 h 5 min, down again 5 min later" */
static void back_text(const struct falls *x, ward_ns at, const struct ward_cli_tell *t)
{
	char text[2][64];
	struct ward_wr back = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr again = ward_wr_fixed(text[1], sizeof(text[1]));

	ward_impact_write_span(&back, x->back - at, t->lang);
	ward_impact_write_span(&again, x->again - x->back, t->lang);
	WARD_SAY(t->w, t->lang,
		x->again == WARD_NS_NEVER ? WARD_TEXT("back in {span}")
					  : WARD_TEXT("back in {span}, down again {again} later"),
		{"span", ward_wr_text(&back)}, {"again", ward_wr_text(&again)});
}

/* Each mark is the worst within its part of the span. */
static void put_bar(const struct fares *f, ward_ns at, ward_ns span, struct ward_wr *w)
{
	for (int i = 0; i < CELLS; i++) {
		ward_ns to = at + span / CELLS * (i + 1);
		struct step s = step_at(f, at + span / CELLS * i);
		enum fare worst = s.is;

		while (step_next(f, to, &s))
			worst = s.is > worst ? s.is : worst;
		ward_wr_ch(w, fare_marks[worst]);
	}
}

static void row_text(const struct fares *f, struct ward_str name, ward_ns at, ward_ns span,
	const struct ward_cli_tell *t)
{
	struct falls x = falls_of(f, at, at + span);

	ward_impact_write_name(t->w, name, NAME_CELLS);
	put_bar(f, at, span, t->w);
	if (x.down) {
		ward_wr_z(t->w, "  ");
		down_text(&x, at, t);
	}
	if (x.back != WARD_NS_NEVER) {
		ward_wr_z(t->w, "; ");
		back_text(&x, at, t);
	}
	ward_wr_ch(t->w, '\n');
}

/* n: which change, from 1; 0: all. */
static void change_text(
	const struct fares *f, size_t n, ward_ns at, ward_ns span, const struct ward_cli_tell *t)
{
	char text[128], number[24];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_wr i = ward_wr_fixed(number, sizeof(number));

	ward_wr_u64(&i, n);
	ward_wr_z(&w, "  ");
	if (n)
		WARD_SAY(&w, t->lang, WARD_TEXT("with {n}"), {"n", ward_wr_text(&i)});
	else
		ward_say(&w, t->lang, WARD_TEXT("with all changes"));
	row_text(f, ward_wr_text(&w), at, span, t);
}

static void step_json(
	struct ward_json *j, const struct step *s, ward_ns at, const struct ward_model *m)
{
	ward_json_obj(j);
	ward_json_key(j, "from");
	ward_json_time(j, s->from);
	ward_json_key(j, "in_s");
	ward_json_i64(j, (s->from - at) / WARD_NS_PER_S);
	ward_json_key(j, "state");
	ward_json_z(j, fare_names[s->is]);
	if (s->by) {
		ward_json_key(j, "likelihood");
		ward_json_arr(j);
		ward_json_micro(j, s->by->lo_micro);
		ward_json_micro(j, s->by->hi_micro);
		ward_json_arr_end(j);
		ward_json_key(j, "likelihood_by");
		ward_json_z(j, ward_likelihood_by_name(s->by->by));
		ward_json_key(j, "threat");
		ward_json_str(j, ward_threats_at(ward_model_threats(m), s->by->threat)->code);
	}
	ward_json_obj_end(j);
}

static void steps_json(struct ward_json *j, const char *key, const struct fares *f, ward_ns at,
	ward_ns span, const struct ward_model *m)
{
	struct step s = step_at(f, at);

	ward_json_key(j, key);
	ward_json_arr(j);
	do
		step_json(j, &s, at, m);
	while (step_next(f, at + span, &s));
	ward_json_arr_end(j);
}

static void service_json(const struct ward_timeline *l, uint32_t service, ward_ns span,
	const struct ward_cli_tell *t)
{
	const struct ward_node *n = ward_model_node(t->m, service);
	struct fares before = fares_of(l->before, service);
	struct ward_json j = ward_json_on(t->w);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "timeline");
	ward_json_key(&j, "asset");
	ward_json_str(&j, n->id);
	ward_json_key(&j, "asset_name");
	ward_json_str(&j, n->name);
	if (l->with) {
		struct fares with = fares_of(l->with, service);

		steps_json(&j, "steps", &with, l->at, span, t->m);
		steps_json(&j, "without", &before, l->at, span, t->m);
	} else {
		steps_json(&j, "steps", &before, l->at, span, t->m);
	}
	if (l->single) {
		ward_json_key(&j, "with_each");
		ward_json_arr(&j);
		for (size_t i = 0; i < l->n_change; i++) {
			struct fares one = fares_of(&l->single[i], service);

			ward_json_obj(&j);
			ward_json_key(&j, "change");
			ward_json_z(&j, l->change[i]);
			steps_json(&j, "steps", &one, l->at, span, t->m);
			ward_json_obj_end(&j);
		}
		ward_json_arr_end(&j);
	}
	ward_json_obj_end(&j);
	ward_wr_ch(t->w, '\n');
}

static void service_text(const struct ward_timeline *l, uint32_t service, ward_ns span,
	const struct ward_cli_tell *t)
{
	struct fares f = fares_of(l->before, service);

	row_text(&f, ward_model_node(t->m, service)->name, l->at, span, t);
	for (size_t i = 0; l->single && i < l->n_change; i++) {
		f = fares_of(&l->single[i], service);
		change_text(&f, i + 1, l->at, span, t);
	}
	if (!l->with)
		return;
	f = fares_of(l->with, service);
	change_text(&f, l->n_change == 1, l->at, span, t);
}

static void put_legend(int64_t hours, const struct ward_cli_tell *t)
{
	char text[2][24];
	struct ward_wr n = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr mark = ward_wr_fixed(text[1], sizeof(text[1]));

	ward_wr_i64(&n, hours);
	ward_impact_write_mark(&mark, hours * 3600 * WARD_NS_PER_S / CELLS, t->lang);
	const struct ward_word_slot slot[] = {
		{"n", ward_wr_text(&n)}, {"span", ward_wr_text(&mark)}};

	ward_wr_ch(t->w, '\n');
	ward_say_text(t->w,
		ward_lang_text_n(t->lang, (uint64_t)hours,
			WARD_TEXT_ONE("The next {n} hour, a mark for the worst of {span} (. ok, - "
				      "degraded, # likelier down than not):"),
			WARD_TEXT("The next {n} hours, a mark for the worst of {span} (. ok, - "
				  "degraded, # likelier down than not):")),
		slot, WARD_ARRAY_LEN(slot));
	ward_wr_ch(t->w, '\n');
}

void ward_cli_timeline(const struct ward_timeline *l, const struct ward_cli_tell *t)
{
	ward_ns span = l->hours * 3600 * WARD_NS_PER_S;

	if (!t->json)
		put_legend(l->hours, t);
	if (!t->json && l->with) {
		ward_say(t->w, t->lang,
			WARD_TEXT("Of each service first without the changes, then with them."));
		ward_wr_ch(t->w, '\n');
		for (size_t i = 0; i < l->n_change; i++)
			ward_wr_printf(t->w, "  %zu: %s\n", i + 1, l->change[i]);
	}
	for (uint32_t i = 0; i < ward_model_n(t->m); i++) {
		if (ward_model_node(t->m, i)->kind != WARD_NODE_SERVICE)
			continue;
		bool any = fares_of(l->before, i).any || (l->with && fares_of(l->with, i).any);

		for (size_t k = 0; l->single && k < l->n_change; k++)
			any = any || fares_of(&l->single[k], i).any;
		if (any)
			(t->json ? service_json : service_text)(l, i, span, t);
	}
}
