/* How scores moved, for programs and for people. */
#include "debrief/past.h"
#include "debrief/priv.h"
#include "debrief/tell.h"

enum { LINE_BYTES = 16 << 10 };

static void put_stamp(struct ward_json *j, const struct ward_debrief_stamp *t)
{
	ward_json_put_time(j, "time", t->time);
	ward_json_put_str(j, "of", t->of);
	ward_json_put_str(j, "ward", t->ward);
	ward_json_put_str(j, "model", t->model);
	ward_json_put_str(j, "without", t->without);
}

void ward_debrief_keep(const struct ward_debrief_score *s, const struct ward_debrief_stamp *stamp,
	struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_put_z(&j, "kind", "score");
	ward_json_put_z(&j, "schema", "ward.score/1");
	put_stamp(&j, stamp);
	ward_json_put_str(&j, "hospital", ward_model_hospital(s->scenario->model)->id);
	ward_json_put_str(&j, "scenario", s->scenario->id);
	ward_json_put_str(&j, "variant", s->scenario->variant);
	ward_json_put_bool(&j, "held", s->held);
	debrief_json_marks(&j, s->mark, false);
	ward_json_obj_end(&j);
}

static void put_moved(struct ward_json *j, const struct ward_debrief_track *t, bool worse)
{
	ward_json_key(j, worse ? "worse" : "better");
	ward_json_arr(j);
	for (unsigned m = 0; m < WARD_DEBRIEF_MARK_N; m++) {
		int64_t by = ward_debrief_moved(t, (enum ward_debrief_mark_id)m);

		if (worse ? by < 0 : by > 0)
			ward_json_z(j, ward_debrief_mark_name((enum ward_debrief_mark_id)m));
	}
	ward_json_arr_end(j);
}

void ward_debrief_past_json(const struct ward_debrief_track *t, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_put_z(&j, "kind", "score_history");
	ward_json_put_str(&j, "hospital", t->hospital);
	ward_json_put_str(&j, "scenario", t->scenario);
	ward_json_put_str(&j, "variant", t->variant);
	put_moved(&j, t, true);
	put_moved(&j, t, false);
	ward_json_key(&j, "runs");
	ward_json_arr(&j);
	for (size_t i = 0; i < t->n_run; i++) {
		ward_json_obj(&j);
		put_stamp(&j, &t->run[i].stamp);
		ward_json_put_bool(&j, "held", t->run[i].held);
		debrief_json_marks(&j, t->run[i].mark, false);
		ward_json_obj_end(&j);
	}
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
}

/* "turin/cooling, without cyber". */
static struct ward_str name_of(
	struct debrief_tell *x, const struct ward_debrief_track *t, struct debrief_text *to)
{
	struct ward_wr w = ward_wr_fixed(to->p, sizeof(to->p));
	struct ward_str without = t->run[0].stamp.without;

	ward_wr_printf(&w, "%.*s/%.*s", WARD_STR_ARG(t->hospital), WARD_STR_ARG(t->scenario));
	if (t->variant.len)
		ward_wr_printf(&w, " (%.*s)", WARD_STR_ARG(t->variant));
	if (without.len && !ward_str_eqz(without, "nothing")) {
		ward_wr_z(&w, ", ");
		WARD_SAY(&w, x->lang, WARD_TEXT("without {part}"), {"part", without});
	}
	return ward_wr_bad(&w) ? t->scenario : ward_wr_text(&w);
}

/* What it was of, and when: "af4e7085, 2026-11-29 10:48Z". */
static struct ward_str run_of(const struct ward_debrief_run *r, struct debrief_text *to)
{
	enum { MINUTES = 16 /* of "2026-11-29T10:48:00Z" */, T = 10 };
	struct ward_wr w = ward_wr_fixed(to->p, sizeof(to->p));
	char when[64];
	struct ward_wr t = ward_wr_fixed(when, sizeof(when));

	ward_time_write(&t, r->stamp.time);
	when[T] = ' ';
	if (r->stamp.of.len)
		ward_wr_printf(&w, "%.*s, ", WARD_STR_ARG(r->stamp.of));
	ward_wr_printf(&w, "%.*sZ", MINUTES, when);
	return ward_wr_bad(&w) ? r->stamp.of : ward_wr_text(&w);
}

/* "Roles that were told in time: 66 %, then 100 %" for each mark that moved this way. */
static void put_marks(struct debrief_tell *x, const struct ward_debrief_track *t, bool worse)
{
	for (unsigned m = 0; m < WARD_DEBRIEF_MARK_N; m++) {
		enum ward_debrief_mark_id id = (enum ward_debrief_mark_id)m;
		int64_t by = ward_debrief_moved(t, id);
		struct debrief_text was, is;

		if (worse ? by >= 0 : by <= 0)
			continue;
		if (x->line.len)
			ward_say_semicolon(&x->line, x->lang);
		WARD_SAY(&x->line, x->lang, WARD_TEXT("{what}: {before}, then {now}"),
			{"what", debrief_say(x, debrief_mark_text(id))},
			{"before", debrief_amount(
					   &was, x->lang, id, t->run[t->n_run - 2].mark[m].value)},
			{"now", debrief_amount(
					&is, x->lang, id, t->run[t->n_run - 1].mark[m].value)});
	}
}

static void put_track(struct debrief_tell *x, const struct ward_debrief_track *t)
{
	const struct ward_debrief_run *last = &t->run[t->n_run - 1];
	struct debrief_text name, now, before;

	put_marks(x, t, true);
	put_marks(x, t, false);
	if (!x->line.len)
		ward_wr_str(&x->line, debrief_say(x, t->n_run < 2 ? WARD_TEXT("first run")
								  : WARD_TEXT("as before")));
	ward_doc_row(x->d, WARD_DOC_ROW,
		(struct ward_str[]){name_of(x, t, &name),
			debrief_say(x, last->held ? WARD_TEXT("yes") : WARD_TEXT("no")),
			t->n_run < 2 ? WARD_STR("–") : run_of(last - 1, &before),
			run_of(last, &now), ward_wr_text(&x->line)},
		5);
	ward_wr_reset(&x->line);
}

static void put_worse(struct debrief_tell *x, const struct ward_debrief_past *p)
{
	const struct ward_debrief_track *t;
	size_t n = ward_debrief_past_tracks(p, &t), before;
	struct debrief_text name;

	ward_doc_put(x->d, WARD_DOC_HEADING, debrief_say(x, WARD_TEXT("Worse than before")));
	before = x->d->n;
	for (size_t i = 0; i < n; i++) {
		if (!ward_debrief_is_worse(&t[i]))
			continue;
		put_marks(x, &t[i], true);
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), LINE_BYTES);

		ward_wr_str(&w, name_of(x, &t[i], &name));
		ward_say_colon(&w, x->lang);
		ward_wr_str(&w, ward_wr_text(&x->line));
		ward_doc_put(x->d, WARD_DOC_ITEM, ward_wr_text(&w));
		ward_wr_fini(&w);
		ward_wr_reset(&x->line);
	}
	if (x->d->n == before)
		ward_doc_put(x->d, WARD_DOC_TEXT, debrief_say(x, WARD_TEXT("Nothing.")));
}

static void put_all(struct debrief_tell *x, const struct ward_debrief_past *p)
{
	const struct ward_debrief_track *t;
	size_t n = ward_debrief_past_tracks(p, &t);

	ward_doc_row(x->d, WARD_DOC_HEAD,
		(struct ward_str[]){debrief_say(x, WARD_TEXT("Scenario")),
			debrief_say(x, WARD_TEXT("Held to")), debrief_say(x, WARD_TEXT("Before")),
			debrief_say(x, WARD_TEXT("Now")), debrief_say(x, WARD_TEXT("Moved"))},
		5);
	for (size_t i = 0; i < n; i++)
		put_track(x, &t[i]);
	put_worse(x, p);
}

static struct ward_str value_of(const struct debrief_tell *x, const struct ward_debrief_run *r,
	enum ward_debrief_mark_id m, struct debrief_text *t)
{
	return r->mark[m].known ? debrief_amount(t, x->lang, m, r->mark[m].value) : WARD_STR("–");
}

/* What fell short in one run. */
static void put_run(struct debrief_tell *x, const struct ward_debrief_run *r)
{
	struct debrief_text of, signs, care;

	for (unsigned m = 0; m < WARD_DEBRIEF_MARK_N; m++) {
		if (!r->mark[m].known || r->mark[m].held)
			continue;
		if (x->line.len)
			ward_say_semicolon(&x->line, x->lang);
		ward_wr_str(
			&x->line, debrief_say(x, debrief_mark_text((enum ward_debrief_mark_id)m)));
	}
	if (!x->line.len)
		ward_wr_str(&x->line, debrief_say(x, WARD_TEXT("nothing")));
	ward_doc_row(x->d, WARD_DOC_ROW,
		(struct ward_str[]){run_of(r, &of), value_of(x, r, WARD_DEBRIEF_SIGNS, &signs),
			value_of(x, r, WARD_DEBRIEF_CARE, &care), ward_wr_text(&x->line)},
		4);
	ward_wr_reset(&x->line);
}

static void put_one(struct debrief_tell *x, const struct ward_debrief_past *p, const char *scenario)
{
	const struct ward_debrief_track *t;
	size_t n = ward_debrief_past_tracks(p, &t);
	struct debrief_text name;

	for (size_t i = 0; i < n; i++) {
		if (!ward_str_eqz(t[i].scenario, scenario))
			continue;
		ward_doc_put(x->d, WARD_DOC_HEADING, name_of(x, &t[i], &name));
		ward_doc_row(x->d, WARD_DOC_HEAD,
			(struct ward_str[]){debrief_say(x, WARD_TEXT("Run")),
				debrief_say(x, WARD_TEXT("Signs in time")),
				debrief_say(x, WARD_TEXT("Care, F-score")),
				debrief_say(x, WARD_TEXT("Falls short"))},
			4);
		for (size_t k = 0; k < t[i].n_run; k++)
			put_run(x, &t[i].run[k]);
	}
}

void ward_debrief_past_tell(const struct ward_debrief_past *p, const char *scenario,
	struct ward_lang *lang, struct ward_doc *d)
{
	struct debrief_tell x = {NULL, lang, d, ward_wr_grow(ward_mem_heap(), LINE_BYTES)};

	ward_doc_put(d, WARD_DOC_TITLE, debrief_say(&x, WARD_TEXT("How scores moved")));
	if (scenario)
		put_one(&x, p, scenario);
	else
		put_all(&x, p);
	ward_doc_end(d, debrief_say(&x, WARD_TEXT("There was no room for more.")));
	ward_wr_fini(&x.line);
}
