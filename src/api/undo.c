/* What people decided of an incident and can still take back, long after: a merge by a split of
 * what was of one of them, a split by a merge, a dismissal of several at once by reopening each.
 * Only while nothing was built on it; else why not. */
#include "api/priv.h"

enum { SIGNS_MAX = 64 /* of one split */, SEVERAL_MAX = 64 };

struct taken_back {
	struct api_request *r;
	struct api_incident *in;
	const struct api_kept *k;     /* the decision's row */
	const struct ward_conf *args; /* of it */
};

static bool is(const struct ward_conf *c, enum ward_decision_kind k)
{
	return ward_str_eqz(api_word(c, "what"), ward_decision_name(k));
}

/* What came later than that and rests on the incident as it is since; NULL: nothing. */
static const char *built_on(const struct taken_back *t)
{
	static const enum ward_decision_kind kind[] = {WARD_DECISION_MERGE, WARD_DECISION_SPLIT,
		WARD_DECISION_RECOVER, WARD_DECISION_CLOSE, WARD_DECISION_DISMISS};

	if (t->in->phase != WARD_PHASE_OPEN)
		return WARD_TEXT("the incident is not open any more");
	for (size_t i = 0; i < t->in->part.n; i++) {
		const struct api_kept *k = t->in->part.at[i];

		if (k->row <= t->k->row)
			continue;
		if (k->kind == WARD_ROW_RUN)
			return WARD_TEXT("a playbook went on with it since");
		if (k->kind == WARD_ROW_ACTION)
			return WARD_TEXT("an action was proposed or done since");
		const struct ward_conf *c =
			k->kind == WARD_ROW_DECISION ? api_row_of(t->r, k->json) : NULL;

		for (size_t d = 0; c && d < WARD_ARRAY_LEN(kind); d++)
			if (is(c, kind[d]) && ward_str_eqz(api_word(c, "taken"), "true"))
				return WARD_TEXT("it was merged, split or ended again since");
	}
	return NULL;
}

/* ---- JSON ---- */

/* {"row","what","with","why_not","decisions":[ … which the caller fills in. */
static void begin(const struct taken_back *t, const char *what, struct api_incident *with,
	const char *why_not)
{
	struct ward_json *j = &t->r->j;

	ward_json_obj(j);
	ward_json_put_u64(j, "row", t->k->row);
	ward_json_put_str(j, "what", ward_str_z(what));
	ward_json_key(j, "with");
	if (with) {
		ward_json_obj(j);
		ward_json_put_id(j, "id", with->id);
		api_line_name(t->r->a, with, t->r->at, j);
		ward_json_obj_end(j);
	} else {
		ward_json_null(j);
	}
	if (why_not)
		ward_json_put_str(j, "why_not", ward_lang_text(t->r->lang, ward_str_z(why_not)));
	else
		ward_json_put_null(j, "why_not");
	ward_json_key(j, "decisions");
	ward_json_arr(j);
}

static void end(const struct taken_back *t)
{
	ward_json_arr_end(&t->r->j);
	ward_json_obj_end(&t->r->j);
}

static void begin_decision(
	const struct taken_back *t, enum ward_decision_kind kind, struct ward_id subject)
{
	ward_json_obj(&t->r->j);
	ward_json_put_str(&t->r->j, "kind", ward_str_z(ward_decision_name(kind)));
	ward_json_put_id(&t->r->j, "subject", subject);
}

/* ---- a merge ---- */

/* Of the two that were merged, the one that the other took up. */
static struct api_incident *joined(const struct taken_back *t, const struct ward_conf *row)
{
	struct ward_str name[] = {api_word(row, "subject"), api_word(t->args, "into")};

	for (size_t i = 0; i < WARD_ARRAY_LEN(name); i++) {
		struct ward_id id;
		struct api_incident *x =
			ward_id_parse(name[i], &id) ? api_incident(t->r->a, id) : NULL;

		if (x && ward_id_eq(x->into, t->in->id) && api_scope_sees(&t->r->scope, x))
			return x;
	}
	return NULL;
}

static bool is_sign(const struct taken_back *t, const struct api_kept *k)
{
	return k->kind == WARD_ROW_DETECTION && ward_id_eq(k->of, t->in->id);
}

static void merged(const struct taken_back *t, const struct ward_conf *row)
{
	struct api_incident *x = joined(t, row);
	struct ward_json *j = &t->r->j;
	size_t n = 0;

	if (!x)
		return;
	for (size_t i = 0; i < x->part.n; i++)
		n += is_sign(t, x->part.at[i]);
	const char *why = n ? built_on(t) : WARD_TEXT("its signs went elsewhere since");

	if (!why && n > SIGNS_MAX)
		why = WARD_TEXT("it has more than 64 signs by now");
	begin(t, "merge", x, why);
	if (!why) {
		begin_decision(t, WARD_DECISION_SPLIT, t->in->id);
		ward_json_key(j, "args");
		ward_json_obj(j);
		ward_json_key(j, "signs");
		ward_json_arr(j);
		for (size_t i = 0; i < x->part.n; i++) {
			char id[WARD_ID_TEXT];

			if (!is_sign(t, x->part.at[i]))
				continue;
			ward_id_text(x->part.at[i]->id, id);
			ward_json_z(j, id);
		}
		ward_json_arr_end(j);
		ward_json_obj_end(j);
		ward_json_obj_end(j);
	}
	end(t);
}

/* ---- a split ---- */

/* Where the signs that were put apart are. */
static struct api_incident *put_apart(const struct taken_back *t)
{
	const struct ward_conf *list = ward_conf_get(t->args, "signs");

	for (const struct ward_conf *x = list ? list->child : NULL; x; x = x->next) {
		struct ward_id id;
		const void *at =
			ward_id_parse(x->text, &id) ? ward_tab_find(&t->r->a->signs, &id) : NULL;
		const struct api_kept *k = NULL;

		if (at)
			memcpy(&k, at, sizeof(k));
		struct api_incident *in = k ? api_incident(t->r->a, k->of) : NULL;

		if (in && in != t->in && api_is_zero(in->into) && api_scope_sees(&t->r->scope, in))
			return in;
	}
	return NULL;
}

static void split(const struct taken_back *t)
{
	struct api_incident *x = put_apart(t);
	struct ward_json *j = &t->r->j;

	if (!x)
		return;
	const char *why = x->phase != WARD_PHASE_OPEN
				  ? WARD_TEXT("the other part is not open any more")
				  : built_on(t);

	begin(t, "split", x, why);
	if (!why) {
		begin_decision(t, WARD_DECISION_MERGE, t->in->id);
		ward_json_key(j, "args");
		ward_json_obj(j);
		ward_json_put_id(j, "into", x->id);
		ward_json_obj_end(j);
		ward_json_obj_end(j);
	}
	end(t);
}

/* ---- several dismissed at once ---- */

/* Was it dismissed with that batch, by its last word on it? */
static bool dismissed_with(
	const struct taken_back *t, const struct api_incident *in, struct ward_str batch)
{
	for (size_t i = in->part.n; i-- > 0 && in->phase == WARD_PHASE_DISMISSED;) {
		const struct api_kept *k = in->part.at[i];

		if (k->kind != WARD_ROW_DECISION)
			continue;
		const struct ward_conf *c = api_row_of(t->r, k->json);

		if (c && is(c, WARD_DECISION_DISMISS) && ward_str_eqz(api_word(c, "taken"), "true"))
			return ward_str_eq(api_word(ward_conf_get(c, "args"), "batch"), batch);
	}
	return false;
}

static void dismissed(const struct taken_back *t)
{
	struct ward_str batch = api_word(t->args, "batch");
	const struct ward_api *a = t->r->a;
	size_t n = 0;

	if (!batch.len || !dismissed_with(t, t->in, batch))
		return;
	begin(t, "dismiss", NULL, NULL);
	for (size_t i = 0; i < a->n_incident && n < SEVERAL_MAX; i++) {
		struct api_incident *in = a->incident[i];

		if (in->phase != WARD_PHASE_DISMISSED || !api_is_zero(in->into) ||
			!api_scope_sees(&t->r->scope, in) || !dismissed_with(t, in, batch))
			continue;
		begin_decision(t, WARD_DECISION_REOPEN, in->id);
		ward_json_obj_end(&t->r->j);
		n++;
	}
	end(t);
}

void api_put_undo(struct api_request *r, struct api_incident *in)
{
	bool may = api_may(r, ward_decision_right(WARD_DECISION_SPLIT)) && api_is_zero(in->into);

	ward_json_key(&r->j, "undo");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < in->part.n && may; i++) {
		const struct api_kept *k = in->part.at[i];
		const struct ward_conf *c =
			k->kind == WARD_ROW_DECISION ? api_row_of(r, k->json) : NULL;
		const struct taken_back t = {r, in, k, ward_conf_get(c, "args")};

		if (!c || !ward_str_eqz(api_word(c, "taken"), "true"))
			continue;
		if (is(c, WARD_DECISION_MERGE))
			merged(&t, c);
		else if (is(c, WARD_DECISION_SPLIT))
			split(&t);
		else if (is(c, WARD_DECISION_DISMISS))
			dismissed(&t);
	}
	ward_json_arr_end(&r->j);
}
