/* The sign at a camera, and the text behind it. */
#include "notice/priv.h"

#include "model/within.h"

enum { PLACES = 12 };

/* What a sign says of all cameras that it stands for. */
struct sign {
	const struct ward_proc_verdict *v[PLACES]; /* each purpose once */
	uint32_t place[PLACES];
	size_t n, n_place, n_more; /* more: places that there is no room for */
	ward_ns kept;
};

bool ward_notice_films(const struct ward_proc_verdict *v)
{
	return v->source && (ward_str_eqz(v->source->kind, "video") || v->source->recorded_for ||
				    (v->ready && ward_str_eqz(v->ready->id, "camera")) ||
				    (v->like && ward_str_eqz(v->like->id, "camera")));
}

static void add_place(struct sign *s, uint32_t node)
{
	for (size_t i = 0; i < s->n_place; i++)
		if (s->place[i] == node)
			return;
	if (s->n_place < PLACES)
		s->place[s->n_place++] = node;
	else
		s->n_more++;
}

/* Does it watch what is asked for? Then its places are the sign's. */
static bool add_watched(
	const struct ward_notice_ask *q, struct sign *s, const struct ward_proc_verdict *v)
{
	uint32_t of = ward_model_find(q->m, q->of);
	bool all = !q->of.len || ward_str_eq(v->id, q->of), any = all;

	for (size_t i = 0; i < v->source->n_watches; i++) {
		uint32_t node = v->source->watches[i];
		uint32_t room = ward_model_up(q->m, node, WARD_NODE_ROOM);

		if (!all && (of == WARD_NONE || !ward_model_within(q->m, &of, 1, node)))
			continue;
		any = true;
		add_place(s, room == WARD_NONE ? node : room);
	}
	return any;
}

static bool gather(const struct ward_notice_ask *q, struct sign *s)
{
	*s = (struct sign){.n = 0};
	for (size_t i = 0; i < q->n; i++) {
		const struct ward_proc_verdict *v = &q->v[i];
		size_t k = 0;

		if (!ward_notice_films(v) || !add_watched(q, s, v))
			continue;
		s->kept = v->kept > s->kept ? v->kept : s->kept;
		while (k < s->n && !ward_str_eq(ward_proc_purpose(s->v[k]), ward_proc_purpose(v)))
			k++;
		if (k == s->n && s->n < PLACES)
			s->v[s->n++] = v;
	}
	return s->n > 0;
}

static void put_places(struct notice_job *j, const struct sign *s)
{
	for (size_t i = 0; i < s->n_place; i++) {
		if (i)
			ward_say_semicolon(&j->w, j->q->lang);
		ward_wr_str(&j->w, ward_model_node(j->q->m, s->place[i])->name);
	}
	if (s->n_more) {
		ward_say_semicolon(&j->w, j->q->lang);
		ward_wr_z(&j->w, "…");
	}
	notice_put_written(j, WARD_DOC_TEXT);
}

static void put_purposes(struct notice_job *j, const struct sign *s)
{
	struct ward_str own = ward_model_hospital(j->q->m)->language;

	for (size_t i = 0; i < s->n; i++) {
		struct ward_str is = ward_proc_purpose(s->v[i]),
				text = ward_lang_text(j->q->lang, is);

		notice_fact(j, WARD_TEXT("What for"), text);
		/* the hospital's own words, in its first language alone */
		if (j->q->lang && text.p == is.p && !ward_str_eq(ward_lang_code(j->q->lang), own))
			notice_gap(j,
				notice_say(j,
					WARD_TEXT(
						"What for, in this language: the hospital wrote it "
						"in another")));
	}
}

static void put_kept(struct notice_job *j, const struct sign *s)
{
	char text[128];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (s->kept)
		ward_proc_say_span(&w, j->q->lang, s->kept);
	notice_fact(j, WARD_TEXT("Kept for at most"), ward_wr_text(&w));
}

static void put_basis(struct notice_job *j, const struct sign *s)
{
	char text[512];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_proc_say_basis(&w, j->q->lang, ward_proc_basis(s->v[0]));
	notice_fact(j, WARD_TEXT("Legal basis"), ward_wr_bad(&w) ? WARD_STR("") : ward_wr_text(&w));
}

/* What the hospital's country wants beside. */
static void put_country(struct notice_job *j, const struct sign *s)
{
	char code[8];
	struct ward_wr w = ward_wr_fixed(code, sizeof(code) - 1);

	ward_wr_str(&w, ward_model_hospital(j->q->m)->country);
	code[ward_wr_bad(&w) ? 0 : w.len] = '\0';
	const struct ward_notice_sign *c = notice_sign_of(j, code);

	if (!c || !c->from.len)
		return;
	const struct ward_proc_verdict *v = s->v[0];
	struct ward_str is = ward_str_eqz(c->from, "agreement") ? notice_agreement(v)
			     : v->entry                         ? v->entry->permit
								: WARD_STR("");
	struct ward_str missing = notice_say(j, WARD_TEXT("[missing]"));
	const struct ward_word_slot slot = {"what", is.len ? is : missing};

	ward_say_text(&j->w, ward_lang_text(j->q->lang, c->line), &slot, 1);
	if (!is.len) {
		ward_wr_printf(&j->w, " (%.*s)", WARD_STR_ARG(c->law));
		notice_gap(j, ward_wr_text(&j->w));
	}
	notice_put_written(j, is.len ? WARD_DOC_TEXT : WARD_DOC_STRONG);
}

static struct ward_str authority(struct notice_job *j)
{
	struct ward_str country = ward_model_hospital(j->q->m)->country;
	const struct ward_notice_sign *eu = notice_sign_of(j, "EU");

	for (size_t i = 0; i < j->q->c->n_sign; i++)
		if (ward_str_eq(j->q->c->sign[i].country, country))
			return j->q->c->sign[i].authority;
	return eu ? ward_lang_text(j->q->lang, eu->authority) : WARD_STR("");
}

static void put_who(struct notice_job *j)
{
	const struct ward_processing *p = j->q->p;

	notice_fact(j, WARD_TEXT("Controller"), p->controller);
	notice_fact(j, WARD_TEXT("Contact"), p->contact);
	notice_fact(j, WARD_TEXT("Data protection officer"), p->officer);
}

enum ward_err notice_sign(struct notice_job *j)
{
	struct sign s;

	if (!gather(j->q, &s))
		return WARD_ERR_NOT_FOUND;
	j->x->doc.camera = true;
	notice_put(j, WARD_DOC_TITLE, WARD_TEXT("Video surveillance"));
	put_places(j, &s);
	put_purposes(j, &s);
	put_who(j);
	put_basis(j, &s);
	put_kept(j, &s);
	put_country(j, &s);
	notice_put(j, WARD_DOC_TEXT,
		WARD_TEXT(
			"You may ask what there is of you, have it erased, object, and complain."));
	notice_put(j, WARD_DOC_TEXT,
		WARD_TEXT("Nobody's face is recognised. The whole text is at the contact above."));
	return WARD_OK;
}

/* ---- the text behind it ---- */

static void put_rights(struct notice_job *j)
{
	static const char *const right[] = {
		WARD_TEXT(
			"to know whether there is something of you, and to have a copy (GDPR 15)"),
		WARD_TEXT("to have it put right, or erased where nothing demands that it is kept "
			  "(GDPR 16, 17)"),
		WARD_TEXT("to have it blocked while that is looked into (GDPR 18)"),
		WARD_TEXT("to object, for reasons of your own (GDPR 21)"),
	};

	notice_put(j, WARD_DOC_HEADING, WARD_TEXT("Your rights"));
	for (size_t i = 0; i < WARD_ARRAY_LEN(right); i++)
		notice_put(j, WARD_DOC_ITEM, right[i]);
	WARD_SAY(&j->w, j->q->lang, WARD_TEXT("to complain, at any time, to: {who} (GDPR 77)"),
		{"who", authority(j)});
	notice_put_written(j, WARD_DOC_ITEM);
	notice_put(j, WARD_DOC_TEXT,
		WARD_TEXT(
			"Ask the contact above; say where and when it was. You are answered within "
			"one month."));
}

static void put_list(struct notice_job *j, const char *what, const struct ward_proc_list *l)
{
	char text[1024];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_proc_say_terms(&w, j->q->lang, l);
	notice_fact(j, what, ward_wr_bad(&w) ? WARD_STR("") : ward_wr_text(&w));
}

/* One entry for all that it stands for is the rule; another's receivers are said as well. */
static void put_receivers(struct notice_job *j, const struct sign *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct ward_proc_entry *e = s->v[i]->entry;

		if (!e || (i && e == s->v[i - 1]->entry))
			continue;
		n += e->recipients.n + e->transfers.n + e->processors.n;
		if (e->recipients.n)
			put_list(j, WARD_TEXT("Given to"), &e->recipients);
		if (e->processors.n) {
			ward_proc_say_processors(&j->w, j->q->p, &e->processors);
			struct ward_str names = ward_arena_str(&j->x->arena, ward_wr_text(&j->w));

			ward_wr_reset(&j->w);
			notice_line(j, WARD_TEXT("Processed for us by"), names);
		}
		if (e->transfers.n)
			put_list(j, WARD_TEXT("To other countries"), &e->transfers);
	}
	if (!n)
		notice_put(j, WARD_DOC_TEXT,
			WARD_TEXT("Given to nobody outside, but to police and courts where the law "
				  "demands it; to no other country."));
}

enum ward_err notice_text(struct notice_job *j)
{
	const char *never;
	struct sign s;

	if (!gather(j->q, &s))
		return WARD_ERR_NOT_FOUND;
	notice_put(j, WARD_DOC_TITLE, WARD_TEXT("Video surveillance: what is done with it"));
	put_places(j, &s);
	put_who(j);
	put_purposes(j, &s);
	put_basis(j, &s);
	put_list(j, WARD_TEXT("Categories of data"), ward_proc_data(s.v[0]));
	put_list(j, WARD_TEXT("Whom it concerns"), ward_proc_people(s.v[0]));
	put_kept(j, &s);
	put_receivers(j, &s);
	put_country(j, &s);
	put_rights(j);
	notice_put(j, WARD_DOC_HEADING, WARD_TEXT("What is never done"));
	for (size_t i = 0; (never = ward_processing_never(i)) != NULL; i++)
		ward_doc_put(&j->x->doc, WARD_DOC_ITEM, notice_say(j, never));
	notice_put(j, WARD_DOC_TEXT,
		WARD_TEXT("Nothing is decided of anybody by a computer alone (GDPR 22): it tells "
			  "people, who look."));
	return WARD_OK;
}
