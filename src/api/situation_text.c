/* The situation report as lines: to be read out over the radio, or on paper. */
#include "api/situation.h"

#include "recover/recover.h"
#include "story/likely.h"
#include "story/zone.h"

enum { INCIDENTS_MAX = 8, CARE_MAX = 12, WORKS_MAX = 8, ITEMS_MAX = 12, TIME_BYTES = 64 };

struct tell {
	const struct situation *s;
	struct ward_lang *lang;
	struct ward_wr *w;
	struct ward_wr part; /* of a line */
};

struct brief {
	char p[TIME_BYTES];
};

/* "03:41", local; of another day than now with its date. */
static struct ward_str clock_text(const struct tell *t, struct brief *b, ward_ns at)
{
	struct ward_wr w = ward_wr_fixed(b->p, sizeof(b->p));

	ward_recover_write_clock(&w, at, t->s->r->ask->now);
	return ward_wr_text(&w);
}

static struct ward_str number(struct brief *b, size_t n)
{
	struct ward_wr w = ward_wr_fixed(b->p, sizeof(b->p));

	ward_wr_u64(&w, n);
	return ward_wr_text(&w);
}

static void end(struct tell *t)
{
	ward_wr_ch(t->w, '\n');
}

static void item(struct tell *t)
{
	ward_wr_z(t->w, "- ");
}

static void heading(struct tell *t, const char *english)
{
	end(t);
	ward_say(t->w, t->lang, english);
	end(t);
}

static void nothing(struct tell *t)
{
	item(t);
	ward_say(t->w, t->lang, WARD_TEXT("nothing"));
	end(t);
}

/* Of more than are told, how many. */
static void more(struct tell *t, size_t n, size_t told)
{
	struct brief b;

	if (n <= told)
		return;
	item(t);
	WARD_SAY(t->w, t->lang, WARD_TEXT("and {n} more"), {"n", number(&b, n - told)});
	end(t);
}

/* "2026-03-12 03:41": on paper the day must stand, too. */
static struct ward_str day_text(struct brief *b, ward_ns at)
{
	struct ward_wr w = ward_wr_fixed(b->p, sizeof(b->p));
	struct ward_local l;

	ward_zone_local(at, &l);
	ward_wr_printf(&w, "%04d-%02d-%02d %02d:%02d", l.year, l.month, l.day, l.hour, l.minute);
	return ward_wr_text(&w);
}

static void put_head(struct tell *t)
{
	struct api_request *r = t->s->r;
	const struct ward_crisis *c = &r->a->crisis;
	struct brief at, since;

	WARD_SAY(t->w, t->lang, WARD_TEXT("Situation report, {hospital}, {time}"),
		{"hospital", ward_model_hospital(r->a->o.model)->name},
		{"time", day_text(&at, r->ask->now)});
	end(t);
	if (ward_model_exercise(r->a->o.model, r->a->o.exercise)) {
		ward_say(t->w, t->lang, WARD_TEXT("EXERCISE: none of this is real"));
		end(t);
	}
	if (c->level)
		WARD_SAY(t->w, t->lang,
			WARD_TEXT("Crisis cell: {level}, since {time}, led by {role}"),
			{"level", api_crisis_level(r, c->level)},
			{"time", clock_text(t, &since, c->since)},
			{"role", api_role_name(r->a, ward_str_z(c->lead))});
	else if (c->to != WARD_NS_NEVER)
		WARD_SAY(t->w, t->lang, WARD_TEXT("The crisis cell stood down at {time}"),
			{"time", clock_text(t, &since, c->to)});
	else
		ward_say(t->w, t->lang, WARD_TEXT("The crisis cell is not active"));
	end(t);
}

static void put_facts(struct tell *t)
{
	const struct situation *s = t->s;
	struct brief at;

	heading(t, WARD_TEXT("What has happened"));
	for (size_t i = 0; i < s->n_in && i < INCIDENTS_MAX; i++) {
		const struct api_incident *in = s->in[i];

		item(t);
		ward_wr_reset(&t->part);
		ward_headline_say(&in->name, t->lang, &t->part);
		if (in->where.len) {
			ward_wr_z(&t->part, ", ");
			ward_wr_str(&t->part, in->where);
		}
		WARD_SAY(t->w, t->lang, WARD_TEXT("since {time}, {state}: {what}"),
			{"time", clock_text(t, &at, in->first)},
			{"state", ward_lang_text(t->lang, ward_str_z(in->state))},
			{"what", ward_wr_text(&t->part)});
		end(t);
	}
	if (!s->n_in)
		nothing(t);
	more(t, s->n_in, INCIDENTS_MAX);
}

static void put_care(struct tell *t)
{
	const struct situation *s = t->s;
	struct brief at;

	heading(t, WARD_TEXT("What care may be lost"));
	for (size_t i = 0; i < s->n_care && i < CARE_MAX; i++) {
		const struct api_forecast *f = s->care[i].f;

		item(t);
		WARD_SAY(t->w, t->lang, WARD_TEXT("{service}: about\u00a0{time}, {word}"),
			{"service", ward_model_node(s->r->a->o.model, f->node)->name},
			{"time", clock_text(t, &at, f->expected)},
			{"word", ward_lang_text(t->lang,
					 ward_str_z(ward_likely_word(ward_likely(f->lo, f->hi))))});
		end(t);
	}
	if (!s->n_care)
		nothing(t);
	more(t, s->n_care, CARE_MAX);
}

/* The last ones of a kind that who asks may see, and how many there are. */
static size_t last_of(const struct tell *t, enum ward_decision_kind kind, bool open_only,
	const struct ward_crisis_item *ret[ITEMS_MAX], size_t *ret_all)
{
	const struct ward_crisis *c = &t->s->r->a->crisis;
	size_t n = 0, all = 0;

	for (size_t i = c->n_item; i-- > 0;) {
		const struct ward_crisis_item *x = c->item[i];

		if (x->kind != kind || !api_crisis_sees(t->s->r, x) ||
			(open_only &&
				(x->state == WARD_CRISIS_DONE || x->state == WARD_CRISIS_DROPPED)))
			continue;
		all++;
		if (n < ITEMS_MAX)
			ret[n++] = x;
	}
	*ret_all = all;
	return n;
}

static void put_decided(struct tell *t)
{
	const struct ward_crisis_item *x[ITEMS_MAX];
	size_t all, n = last_of(t, WARD_DECISION_RESOLVE, false, x, &all);
	struct brief at;

	heading(t, WARD_TEXT("What is decided"));
	for (size_t i = n; i-- > 0;) {
		item(t);
		WARD_SAY(t->w, t->lang, WARD_TEXT("{time}, {role}: {text}; why: {why}"),
			{"time", clock_text(t, &at, x[i]->at)},
			{"role", api_role_name(t->s->r->a, x[i]->role)}, {"text", x[i]->text},
			{"why", x[i]->why});
		end(t);
	}
	if (!n)
		nothing(t);
	more(t, all, n);
}

static void put_open(struct tell *t)
{
	static const char *const text[SITUATION_OPEN_N] = {
		[SITUATION_TAKE] = WARD_TEXT("incidents that nobody has taken: {n}"),
		[SITUATION_CONFIRM] = WARD_TEXT("incidents to confirm or dismiss: {n}"),
		[SITUATION_APPROVE] = WARD_TEXT("actions that wait for an approval: {n}"),
		[SITUATION_ANSWER] =
			WARD_TEXT("requests of playbooks that wait for an answer: {n}"),
		[SITUATION_LATE] = WARD_TEXT("tasks that are late: {n}"),
		[SITUATION_CANNOT] = WARD_TEXT("tasks that could not be done: {n}"),
	};
	bool any = false;
	struct brief b;

	heading(t, WARD_TEXT("What is to be decided"));
	for (unsigned k = 0; k < SITUATION_OPEN_N; k++) {
		size_t n = situation_open(t->s, (enum situation_open)k);

		if (!n)
			continue;
		any = true;
		item(t);
		WARD_SAY(t->w, t->lang, text[k], {"n", number(&b, n)});
		end(t);
	}
	if (!any)
		nothing(t);
}

static void put_task(struct tell *t, const struct ward_crisis_item *x)
{
	struct ward_str owner = api_crisis_owner(t->s->r, x->owner);
	struct brief at;

	item(t);
	if (x->state == WARD_CRISIS_CANNOT)
		WARD_SAY(t->w, t->lang, WARD_TEXT("{role}: {text} (could not be done)"),
			{"role", owner}, {"text", x->text});
	else if (x->due == WARD_NS_NEVER)
		WARD_SAY(t->w, t->lang, WARD_TEXT("{role}: {text}"), {"role", owner},
			{"text", x->text});
	else
		WARD_SAY(t->w, t->lang,
			ward_crisis_is_late(x, t->s->r->ask->now)
				? WARD_TEXT("{role}, until {time}, LATE: {text}")
				: WARD_TEXT("{role}, until {time}: {text}"),
			{"role", owner}, {"time", clock_text(t, &at, x->due)}, {"text", x->text});
	end(t);
}

static void put_tasks(struct tell *t)
{
	const struct ward_crisis_item *x[ITEMS_MAX];
	size_t all, n = last_of(t, WARD_DECISION_TASK, true, x, &all);

	heading(t, WARD_TEXT("Who does what"));
	for (size_t i = n; i-- > 0;)
		put_task(t, x[i]);
	if (!n)
		nothing(t);
	more(t, all, n);
}

static void put_staff(struct tell *t)
{
	const struct ward_crisis_item *x[ITEMS_MAX];
	size_t all, n = last_of(t, WARD_DECISION_RECALL, false, x, &all);
	struct brief at, come, first;

	if (!n)
		return;
	heading(t, WARD_TEXT("Who was called in"));
	for (size_t i = n; i-- > 0;) {
		ward_ns there = WARD_NS_NEVER;
		size_t comes = 0;

		ward_wr_reset(&t->part);
		for (size_t k = 0; k < x[i]->n_list; k++) {
			ward_wr_z(&t->part, k ? ", " : "");
			ward_wr_str(&t->part, api_role_name(t->s->r->a, x[i]->list[k]));
		}
		for (size_t k = 0; k < x[i]->n_answer; k++) {
			const struct ward_crisis_answer *a = &x[i]->answer[k];
			ward_ns is = a->at + (ward_ns)a->minutes * 60 * WARD_NS_PER_S;

			comes += a->comes;
			there = a->comes && is < there ? is : there;
		}
		item(t);
		WARD_SAY(t->w, t->lang,
			comes ? WARD_TEXT("{time}, {role}: {n} come, the first at {first}")
			      : WARD_TEXT("{time}, {role}: nobody has said so far that they come"),
			{"time", clock_text(t, &at, x[i]->at)}, {"role", ward_wr_text(&t->part)},
			{"n", number(&come, comes)},
			{"first", comes ? clock_text(t, &first, there) : WARD_STR("")});
		end(t);
	}
}

static void put_work(struct tell *t, const struct api_back_work *x)
{
	struct brief from, to, n;

	item(t);
	WARD_SAY(t->w, t->lang, WARD_TEXT("{from} to {to}, {team} {n}: {on}: {text}"),
		{"from", clock_text(t, &from, x->begin)}, {"to", clock_text(t, &to, x->end)},
		{"team", ward_lang_text(t->lang, x->team)}, {"n", number(&n, x->number)},
		{"on", ward_model_node(t->s->r->a->o.model, x->node)->name},
		{"text", ward_lang_text(t->lang, x->text)});
	end(t);
}

static void put_back(struct tell *t, const struct api_back_service *v)
{
	struct brief from, to;
	bool over = v->bears && v->back - v->down > v->bears;

	item(t);
	WARD_SAY(t->w, t->lang,
		over ? WARD_TEXT("{service}: away {from} to {to}, LONGER than it can be")
		     : WARD_TEXT("{service}: away {from} to {to}"),
		{"service", ward_model_node(t->s->r->a->o.model, v->node)->name},
		{"from", clock_text(t, &from, v->down)}, {"to", clock_text(t, &to, v->back)});
	end(t);
}

/* Of when the plan is, and whether it is of what is open now. */
static void put_age(struct tell *t)
{
	const struct api_back *b = &t->s->r->a->back;
	struct brief at, ago;

	item(t);
	if (t->s->back_is == API_BACK_FAILED)
		WARD_SAY(t->w, t->lang, WARD_TEXT("it could not be planned: {why}"),
			{"why", ward_lang_text(t->lang, b->why)});
	else if (t->s->back_is == API_BACK_COMPUTING)
		ward_say(t->w, t->lang, WARD_TEXT("it is being planned: look again in a moment"));
	else
		WARD_SAY(t->w, t->lang,
			t->s->back_is == API_BACK_CURRENT
				? WARD_TEXT("as planned at {time}, {n} min ago")
				: WARD_TEXT("as planned at {time}, {n} min ago; what happened "
					    "since is not in it"),
			{"time", clock_text(t, &at, b->at)},
			{"n", number(&ago, (size_t)((t->s->r->ask->now - b->at) /
						    (60 * WARD_NS_PER_S)))});
	end(t);
}

static void put_plan(struct tell *t)
{
	const struct api_back *b = t->s->back;

	if (t->s->back_is == API_BACK_NONE)
		return;
	heading(t, WARD_TEXT("In which order to bring things back"));
	put_age(t);
	for (size_t i = 0; b && i < b->n_work && i < WORKS_MAX; i++)
		put_work(t, &b->work[i]);
	more(t, b ? b->works_total : 0, WORKS_MAX);
	for (size_t i = 0; b && i < b->n_service && i < CARE_MAX; i++)
		put_back(t, &b->service[i]);
}

void situation_text(const struct situation *s, struct ward_wr *w)
{
	struct tell t = {s, s->r->lang, w, ward_wr_grow(s->r->a->o.mem, WARD_API_ANSWER)};

	put_head(&t);
	put_facts(&t);
	put_care(&t);
	put_decided(&t);
	put_open(&t);
	put_tasks(&t);
	put_staff(&t);
	put_plan(&t);
	if (ward_wr_bad(&t.part))
		w->bad = true;
	ward_wr_fini(&t.part);
}
