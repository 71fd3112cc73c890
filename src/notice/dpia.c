/* The draft of the impact assessment (GDPR 35(7)): what is done, why, what it risks, what stands
 * against it, and what nobody has said yet. Its digest is over what it rests on. */
#include "notice/priv.h"

#include "base/id.h"

enum { CELL = 2048, FACTS = 64 << 10, SHORT = 16 };

/* ---- what it rests on, in no language ---- */

static void fact_list(struct ward_wr *w, const char *key, const struct ward_proc_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		ward_wr_printf(w, "%s=%.*s\n", key, WARD_STR_ARG(l->at[i]));
}

static void facts_of(
	struct ward_wr *w, const struct ward_model *m, const struct ward_proc_verdict *v)
{
	const struct ward_proc_entry *e = v->entry;

	ward_wr_printf(w, "%.*s\nkept=%lld\npurpose=%.*s\n", WARD_STR_ARG(v->id),
		(long long)v->kept, WARD_STR_ARG(ward_proc_purpose(v)));
	fact_list(w, "basis", ward_proc_basis(v));
	fact_list(w, "data", ward_proc_data(v));
	fact_list(w, "people", ward_proc_people(v));
	fact_list(w, "measure", ward_proc_measures(v));
	ward_wr_printf(w, "agreement=%.*s\n", WARD_STR_ARG(notice_agreement(v)));
	for (size_t i = 0; v->source && i < v->source->n_watches; i++)
		ward_wr_printf(w, "watches=%.*s\n",
			WARD_STR_ARG(ward_model_node(m, v->source->watches[i])->id));
	if (!e)
		return;
	fact_list(w, "to", &e->recipients);
	fact_list(w, "transfer", &e->transfers);
	fact_list(w, "role", &e->roles);
	fact_list(w, "processor", &e->processors);
}

static void hex(struct ward_slice s, char *ret, size_t digits)
{
	uint8_t sum[32];
	struct ward_wr w = ward_wr_fixed(ret, digits);

	ward_sha256(s, sum);
	ward_wr_hex(&w, (struct ward_slice){sum, digits / 2});
	ret[digits] = '\0';
}

/* The digest of each thing, and of all with what holds for the whole house. */
static enum ward_err digests(struct notice_job *j)
{
	const struct ward_hospital *h = ward_model_hospital(j->q->m);
	struct ward_wr all = ward_wr_grow(ward_mem_heap(), WARD_NOTICE_THINGS * 256),
		       one = ward_wr_grow(ward_mem_heap(), FACTS);
	struct ward_notice *x = j->x;

	ward_wr_printf(&all, "clips=%d %lld\nstaff=%.*s\ncontroller=%.*s\n", h->clips_key.len > 0,
		(long long)h->clips_keep, WARD_STR_ARG(h->staff_agreement),
		WARD_STR_ARG(j->q->p->controller));
	for (size_t i = 0; i < j->q->n; i++) {
		char digest[SHORT + 1], line[WARD_PROC_ID + SHORT + 64];
		struct ward_wr w = ward_wr_fixed(line, sizeof(line));

		ward_wr_reset(&one);
		facts_of(&one, j->q->m, &j->q->v[i]);
		hex(ward_wr_slice(&one), digest, SHORT);
		ward_wr_printf(&w, "%.*s %s", WARD_STR_ARG(j->q->v[i].id), digest);
		ward_wr_str(&all, ward_wr_text(&w));
		ward_wr_ch(&all, '\n');
		if (x->n_kept < WARD_NOTICE_KEPT && !ward_wr_bad(&w))
			x->kept[x->n_kept++] = ward_arena_str(&x->arena, ward_wr_text(&w));
	}
	enum ward_err err = ward_wr_bad(&all) || ward_wr_bad(&one) ? WARD_ERR_NOMEM : WARD_OK;

	hex(ward_wr_slice(&all), x->digest, WARD_NOTICE_DIGEST);
	ward_wr_fini(&one);
	ward_wr_fini(&all);
	return err;
}

/* ---- what is other than when it was assessed ---- */

static bool has_line(const struct ward_str *s, size_t n, struct ward_str line, bool whole)
{
	for (size_t i = 0; i < n; i++) {
		struct ward_str is = s[i], of = line;

		if (whole ? ward_str_eq(is, of)
			  : ward_str_eq(ward_str_cut(&is, ' '), ward_str_cut(&of, ' ')))
			return true;
	}
	return false;
}

static void put_moved(struct notice_job *j, struct ward_str line, const char *what)
{
	struct ward_notice *x = j->x;
	struct ward_str id = ward_str_cut(&line, ' ');

	WARD_SAY(&j->w, j->q->lang, what, {"id", id});
	struct ward_str own = ward_arena_str(&x->arena, ward_wr_text(&j->w));

	if (x->n_moved < WARD_NOTICE_KEPT && own.p)
		x->moved[x->n_moved++] = own;
	notice_put_written(j, WARD_DOC_ITEM);
}

static void compare(struct notice_job *j)
{
	const struct ward_notice_assessed *was = j->q->was;
	const struct ward_notice *x = j->x;

	for (size_t i = 0; i < x->n_kept; i++) {
		if (has_line(was->kept, was->n_kept, x->kept[i], true))
			continue;
		put_moved(j, x->kept[i],
			has_line(was->kept, was->n_kept, x->kept[i], false)
				? WARD_TEXT("other than it was: {id}")
				: WARD_TEXT("new: {id}"));
	}
	for (size_t i = 0; i < was->n_kept; i++)
		if (!has_line(x->kept, x->n_kept, was->kept[i], false))
			put_moved(j, was->kept[i], WARD_TEXT("gone: {id}"));
}

static void put_said(struct notice_job *j)
{
	const struct ward_notice_assessed *was = j->q->was;
	char day[48];
	struct ward_wr w = ward_wr_fixed(day, sizeof(day));

	if (!was) /* read from files alone: nobody knows */
		return;
	j->x->open =
		was->at == WARD_NS_NEVER || !ward_str_eqz(ward_str_z(was->digest), j->x->digest);
	if (was->at == WARD_NS_NEVER) {
		notice_put(j, WARD_DOC_STRONG, WARD_TEXT("Nobody has assessed this yet."));
		notice_gap(
			j, notice_say(j, WARD_TEXT("what risk is left, said by a named person")));
		return;
	}
	notice_day(&w, j->q->lang, was->at);
	WARD_SAY(&j->w, j->q->lang, WARD_TEXT("Assessed on {day} by {role}: {text}"),
		{"day", ward_wr_text(&w)}, {"role", was->role}, {"text", was->text});
	notice_put_written(j, WARD_DOC_TEXT);
	if (!j->x->open)
		return;
	notice_put(j, WARD_DOC_STRONG,
		WARD_TEXT("It is open again: what it rests on is other by now."));
	notice_gap(j, notice_say(j, WARD_TEXT("a new assessment of what is other by now")));
	compare(j);
}

/* ---- what is missing ---- */

static void find_gaps(struct notice_job *j)
{
	const struct ward_processing *p = j->q->p;
	char text[512];

	for (size_t i = 0; i < j->q->n; i++) {
		const struct ward_proc_verdict *v = &j->q->v[i];

		for (size_t k = 0; k < v->n_gap; k++) {
			struct ward_wr w = ward_wr_fixed(text, sizeof(text));

			ward_wr_str(&w, v->id);
			ward_say_colon(&w, j->q->lang);
			ward_processing_say_gap(&w, j->q->lang, &v->gap[k]);
			notice_gap(j, ward_wr_text(&w));
		}
		if (v->kept)
			continue;
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		ward_wr_str(&w, v->id);
		ward_say_colon(&w, j->q->lang);
		ward_say(&w, j->q->lang, ward_proc_need_says(WARD_PROC_NEED_RETENTION));
		notice_gap(j, ward_wr_text(&w));
	}
	if (!p->controller.len)
		notice_gap(j, notice_say(j, WARD_TEXT("Controller")));
	if (!p->officer.len)
		notice_gap(j, notice_say(j, WARD_TEXT("Data protection officer")));
}

static void put_gaps(struct notice_job *j)
{
	if (!j->x->n_gap)
		return;
	notice_put(j, WARD_DOC_STRONG, WARD_TEXT("Still missing:"));
	for (size_t i = 0; i < j->x->n_gap; i++)
		ward_doc_put(&j->x->doc, WARD_DOC_ITEM, j->x->gap[i]);
}

/* ---- 1, 2: what is done, and why ---- */

static struct ward_str name_of(const struct notice_job *j, const struct ward_proc_verdict *v)
{
	return v->source ? v->name : ward_lang_text(j->q->lang, v->name);
}

static void put_done(struct notice_job *j)
{
	const struct ward_str head[5] = {notice_say(j, WARD_TEXT("What")),
		notice_say(j, WARD_TEXT("Purpose")), notice_say(j, WARD_TEXT("Categories of data")),
		notice_say(j, WARD_TEXT("Whom it concerns")), notice_say(j, WARD_TEXT("Kept for"))};

	notice_put(j, WARD_DOC_HEADING, WARD_TEXT("1. What is done"));
	ward_doc_row(&j->x->doc, WARD_DOC_HEAD, head, 5);
	for (size_t i = 0; i < j->q->n; i++) {
		const struct ward_proc_verdict *v = &j->q->v[i];
		char data[CELL], people[CELL], kept[64];
		struct ward_wr d = ward_wr_fixed(data, sizeof(data)),
			       p = ward_wr_fixed(people, sizeof(people)),
			       k = ward_wr_fixed(kept, sizeof(kept));

		ward_proc_say_terms(&d, j->q->lang, ward_proc_data(v));
		ward_proc_say_terms(&p, j->q->lang, ward_proc_people(v));
		if (v->kept)
			ward_proc_say_span(&k, j->q->lang, v->kept);
		else
			ward_say(&k, j->q->lang, WARD_TEXT("[missing]"));
		const struct ward_str cell[5] = {name_of(j, v),
			ward_lang_text(j->q->lang, ward_proc_purpose(v)), ward_wr_text(&d),
			ward_wr_text(&p), ward_wr_text(&k)};

		ward_doc_row(&j->x->doc, WARD_DOC_ROW, cell, 5);
	}
}

static void put_why(struct notice_job *j)
{
	const struct ward_str head[4] = {notice_say(j, WARD_TEXT("What")),
		notice_say(j, WARD_TEXT("Legal basis")), notice_say(j, WARD_TEXT("Agreement")),
		notice_say(j, WARD_TEXT("Impact assessment"))};
	const char *never;

	notice_put(j, WARD_DOC_HEADING, WARD_TEXT("2. Why it is needed, and no more than that"));
	ward_doc_row(&j->x->doc, WARD_DOC_HEAD, head, 4);
	for (size_t i = 0; i < j->q->n; i++) {
		const struct ward_proc_verdict *v = &j->q->v[i];
		char basis[CELL];
		struct ward_wr b = ward_wr_fixed(basis, sizeof(basis));

		ward_proc_say_basis(&b, j->q->lang, ward_proc_basis(v));
		const struct ward_str cell[4] = {name_of(j, v), ward_wr_text(&b),
			notice_agreement(v).len ? notice_agreement(v) : WARD_STR("–"),
			v->entry && v->entry->assessment.len ? v->entry->assessment
							     : WARD_STR("–")};

		ward_doc_row(&j->x->doc, WARD_DOC_ROW, cell, 4);
	}
	notice_put(j, WARD_DOC_STRONG, WARD_TEXT("What is never done"));
	for (size_t i = 0; (never = ward_processing_never(i)) != NULL; i++)
		ward_doc_put(&j->x->doc, WARD_DOC_ITEM, notice_say(j, never));
}

/* ---- 3: risks ---- */

enum { OF_ALL = 1, OF_CAMERAS = 2, OF_DOORS = 4, OF_CLIPS = 8, OF_PERSONS = 16 };

static unsigned what_there_is(const struct notice_job *j)
{
	unsigned is = 0;

	for (size_t i = 0; i < j->q->n; i++) {
		const struct ward_proc_verdict *v = &j->q->v[i];
		const struct ward_proc_entry *e = v->like ? v->like : v->ready;

		is |= OF_ALL;
		is |= ward_notice_films(v) ? OF_CAMERAS : 0u;
		is |= e && ward_str_eqz(e->id, "access") ? OF_DOORS : 0u;
		if (!v->source)
			is |= v->analytic == WARD_ANALYTIC_CLIPS ? OF_CLIPS : OF_PERSONS;
	}
	return is;
}

static void put_risks(struct notice_job *j)
{
	static const struct {
		unsigned of;
		const char *risk, *against;
	} risk[] = {
		{OF_CAMERAS, WARD_TEXT("Somebody is filmed where they need not expect it."),
			WARD_TEXT("Signs; masks that nothing sees behind; no fall or agitation in "
				  "rooms of patients.")},
		{OF_CAMERAS, WARD_TEXT("Somebody is taken for a danger by mistake."),
			WARD_TEXT("A person looks before anybody acts; the note of each analytic "
				  "says how often it was wrong.")},
		{OF_DOORS, WARD_TEXT("Ways of staff are put together to a profile."),
			WARD_TEXT("Pseudonyms before anything is kept; a name only for two "
				  "persons, with a reason, on the ledger.")},
		{OF_PERSONS, WARD_TEXT("Whoever works otherwise than most has to explain it."),
			WARD_TEXT("Off without an agreement; told as a deviation, to people; no "
				  "figure of fewer than five.")},
		{OF_CLIPS, WARD_TEXT("Pictures of persons get into wrong hands."),
			WARD_TEXT("Everybody is blurred; sealed under a key that the machine does "
				  "not have; erased by forgetting the key.")},
		{OF_ALL, WARD_TEXT("What is kept for security is used for something else."),
			WARD_TEXT("Purposes in the register; each look needs a reason and is a row "
				  "of the ledger.")},
		{OF_ALL, WARD_TEXT("Something is kept for longer than needed."),
			WARD_TEXT("Each source has its time, which the machine keeps by erasing.")},
		{OF_ALL, WARD_TEXT("A name stands in a text that many may read."),
			WARD_TEXT("Texts are searched for names and numbers before they are kept; "
				  "free text may still hold some.")},
	};
	const struct ward_str head[3] = {notice_say(j, WARD_TEXT("Risk")),
		notice_say(j, WARD_TEXT("What stands against it")),
		notice_say(j, WARD_TEXT("Left over"))};
	bool said = j->q->was && j->q->was->at != WARD_NS_NEVER && !j->x->open;
	unsigned is = what_there_is(j);

	notice_put(j, WARD_DOC_HEADING, WARD_TEXT("3. Risks to persons"));
	ward_doc_row(&j->x->doc, WARD_DOC_HEAD, head, 3);
	for (size_t i = 0; i < WARD_ARRAY_LEN(risk); i++) {
		const struct ward_str cell[3] = {notice_say(j, risk[i].risk),
			notice_say(j, risk[i].against),
			notice_say(j, said ? WARD_TEXT("as assessed above")
					   : WARD_TEXT("[to be judged]"))};

		if (risk[i].of & is)
			ward_doc_row(&j->x->doc, WARD_DOC_ROW, cell, 3);
	}
}

/* ---- 4: measures, as they are here ---- */

static void measure(struct notice_job *j, const char *what, struct ward_str is)
{
	const struct ward_str cell[2] = {notice_say(j, what), is};

	ward_doc_row(&j->x->doc, WARD_DOC_ROW, cell, 2);
}

static void put_retention(struct notice_job *j)
{
	ward_ns least = WARD_NS_NEVER, most = 0;
	char a[64], b[64];
	struct ward_wr wa = ward_wr_fixed(a, sizeof(a)), wb = ward_wr_fixed(b, sizeof(b));

	for (size_t i = 0; i < j->q->n; i++) {
		ward_ns t = j->q->v[i].kept;

		least = t && t < least ? t : least;
		most = t > most ? t : most;
	}
	if (!most)
		return;
	ward_proc_say_span(&wa, j->q->lang, least);
	ward_proc_say_span(&wb, j->q->lang, most);
	WARD_SAY(&j->w, j->q->lang, WARD_TEXT("erased after {least} to {most}, by source"),
		{"least", ward_wr_text(&wa)}, {"most", ward_wr_text(&wb)});
	measure(j, WARD_TEXT("Retention"), ward_wr_text(&j->w));
	ward_wr_reset(&j->w);
}

static void put_measures(struct notice_job *j)
{
	const struct ward_hospital *h = ward_model_hospital(j->q->m);
	const struct ward_str head[2] = {
		notice_say(j, WARD_TEXT("Measure")), notice_say(j, WARD_TEXT("Here"))};
	size_t n_not = 0;

	for (size_t i = 0; i < j->q->n; i++)
		n_not += !ward_proc_runs(j->q->v[i].state);
	notice_put(j, WARD_DOC_HEADING, WARD_TEXT("4. What stands against them"));
	ward_doc_row(&j->x->doc, WARD_DOC_HEAD, head, 2);
	ward_say_n(&j->w, j->q->lang, ward_limit(j->q->lim, WARD_LIMIT_PSEUDONYM_ROTATE_DAYS),
		"a new key each {n} day", WARD_TEXT("a new key each {n} days"));
	measure(j, WARD_TEXT("Pseudonyms"), ward_wr_text(&j->w));
	ward_wr_reset(&j->w);
	put_retention(j);
	measure(j, WARD_TEXT("Clips"),
		notice_say(j, h->clips_key.len
				      ? WARD_TEXT("blurred, and sealed for a key elsewhere")
				      : WARD_TEXT("none are made")));
	measure(j, WARD_TEXT("Profiles of staff"),
		h->staff_agreement.len ? h->staff_agreement
				       : notice_say(j, WARD_TEXT("off: nobody agreed to any")));
	measure(j, WARD_TEXT("Looks, decisions, erasings"),
		notice_say(j, WARD_TEXT("each a row of the signed ledger, with role and reason")));
	measure(j, WARD_TEXT("Names behind pseudonyms"),
		notice_say(
			j, WARD_TEXT("two persons, each with a reason; the officer reviews it")));
	if (!n_not)
		ward_say(&j->w, j->q->lang, WARD_TEXT("Nothing is missing."));
	else
		ward_say_n(&j->w, j->q->lang, n_not, "{n} thing does not run for lack of it",
			WARD_TEXT("{n} things do not run for lack of it"));
	measure(j, WARD_TEXT("What the register demands"), ward_wr_text(&j->w));
	ward_wr_reset(&j->w);
}

static void put_opinions(struct notice_job *j)
{
	notice_put(j, WARD_DOC_HEADING, WARD_TEXT("5. What people said of it"));
	notice_fact(j, WARD_TEXT("Advice of the data protection officer (GDPR 35(2))"),
		j->q->was && j->q->was->at != WARD_NS_NEVER ? j->q->was->text : WARD_STR(""));
	notice_put(j, WARD_DOC_TEXT,
		WARD_TEXT(
			"Where a high risk is left, the authority is asked before (GDPR 36); it "
			"has "
			"eight weeks, and six more where it says so: verify with counsel. "
			"Views of those concerned, or of who stands for them, are put beside (GDPR "
			"35(9))."));
}

enum ward_err notice_dpia(struct notice_job *j)
{
	enum ward_err err = digests(j);
	char day[48];
	struct ward_wr w = ward_wr_fixed(day, sizeof(day));

	if (err)
		return err;
	notice_put(j, WARD_DOC_TITLE, WARD_TEXT("Data protection impact assessment, a draft"));
	notice_day(&w, j->q->lang, j->q->now);
	WARD_SAY(&j->w, j->q->lang, WARD_TEXT("{hospital}, {day}; state {digits}"),
		{"hospital", ward_model_hospital(j->q->m)->name}, {"day", ward_wr_text(&w)},
		{"digits", ward_str_sub(ward_str_z(j->x->digest), 0, SHORT)});
	notice_put_written(j, WARD_DOC_TEXT);
	notice_put(j, WARD_DOC_TEXT,
		WARD_TEXT("An aid for those who answer for it, and no legal advice: what is marked "
			  "so is to be verified with counsel."));
	put_said(j);
	find_gaps(j);
	put_gaps(j);
	put_done(j);
	put_why(j);
	put_risks(j);
	put_measures(j);
	put_opinions(j);
	return WARD_OK;
}
