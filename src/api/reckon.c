/* What the process `reckon` computes: its answers, as they were handed in, and questions that are
 * to be put to it. The hospital stands still while Ward runs, so that an answer is good until it
 * goes. */
#include "api/priv.h"

static void forget(struct ward_api *a, struct api_reckoned *k)
{
	a->reckoned_bytes -= k->question.len + k->text.len;
	ward_mem_free(a->o.mem, (char *)(uintptr_t)k->question.p, k->question.len);
	ward_mem_free(a->o.mem, (char *)(uintptr_t)k->text.p, k->text.len);
	*k = (struct api_reckoned){.used = 0};
}

void api_reckoned_free(struct ward_api *a)
{
	for (size_t i = 0; i < WARD_API_RECKONED; i++)
		forget(a, &a->reckoned[i]);
}

static struct api_reckoned *find(struct ward_api *a, struct ward_str question)
{
	for (size_t i = 0; i < WARD_API_RECKONED; i++)
		if (a->reckoned[i].used && ward_str_eq(a->reckoned[i].question, question))
			return &a->reckoned[i];
	return NULL;
}

/* A free place; else that of the answer that nobody asked for for longest, which goes. */
static struct api_reckoned *place(struct ward_api *a, size_t need)
{
	struct api_reckoned *oldest;

	do {
		oldest = NULL;
		for (size_t i = 0; i < WARD_API_RECKONED; i++) {
			struct api_reckoned *k = &a->reckoned[i];

			if (!k->used && a->reckoned_bytes + need <= WARD_API_RECKONED_BYTES)
				return k;
			if (k->used && (!oldest || k->used < oldest->used))
				oldest = k;
		}
		if (oldest)
			forget(a, oldest);
	} while (oldest);
	return NULL;
}

static bool copy(const struct ward_api *a, struct ward_str s, struct ward_str *ret)
{
	char *p = ward_mem_alloc(a->o.mem, s.len);

	if (p)
		memcpy(p, s.p, s.len);
	*ret = (struct ward_str){p, p ? s.len : 0};
	return p;
}

static bool is_back(struct ward_str question, struct ward_reckon_ask *ret)
{
	struct ward_rd rd = ward_rd_slice(ward_str_bytes(question));

	return ward_reckon_get(&rd, ret) == WARD_OK && ret->what == WARD_RECKON_BACK;
}

void ward_api_unreckoned(struct ward_api *a, struct ward_str question)
{
	struct ward_reckon_ask ask;

	if (is_back(question, &ask))
		a->back.waits = false;
}

enum ward_err ward_api_reckoned(
	struct ward_api *a, struct ward_str question, const struct ward_reckoned *d)
{
	struct api_reckoned is = {.err = d->err}, *k = find(a, question);
	struct ward_reckon_ask ask;

	if (is_back(question, &ask))
		return api_back_take(a, &ask, d);
	if (k)
		forget(a, k);
	k = place(a, question.len + d->text.len);
	if (!k || !copy(a, question, &is.question) || !copy(a, d->text, &is.text)) {
		ward_mem_free(a->o.mem, (char *)(uintptr_t)is.question.p, is.question.len);
		return WARD_ERR_NOMEM;
	}
	is.used = ++a->turn;
	a->reckoned_bytes += is.question.len + is.text.len;
	*k = is;
	return WARD_OK;
}

enum ward_err api_reckon_bytes(
	struct api_request *r, struct ward_str question, struct ward_str *ret)
{
	struct api_reckoned *k = find(r->a, question);

	if (!k) {
		api_refuse(r, 503, WARD_TEXT("it is not computed yet: ask again"));
		r->ret->question = question;
		return WARD_ERR_AGAIN;
	}
	k->used = ++r->a->turn;
	*ret = k->text;
	return k->err == WARD_ERR_AGAIN ? WARD_ERR_STATE : k->err;
}

enum ward_err api_reckon_ask(
	struct api_request *r, struct ward_reckon_ask *ask, struct ward_str *ret)
{
	struct ward_wr w = ward_wr_fixed(r->a->question, sizeof(r->a->question));

	ask->lang = r->lang ? ward_lang_code(r->lang) : WARD_STR("");
	ward_reckon_put(&w, ask);
	WARD_ASSERT(!ward_wr_bad(&w)); /* a query has WARD_API_QUERY bytes */
	return api_reckon_bytes(r, ward_wr_text(&w), ret);
}

void api_reckon_refuse(struct api_request *r, enum ward_err err, struct ward_str why)
{
	/* said by `reckon` in this language */
	API_REFUSE(r, err == WARD_ERR_NOT_FOUND || err == WARD_ERR_LIMIT ? 400 : 503, "{why}",
		{"why", why});
}

void api_reckon(struct api_request *r, struct ward_reckon_ask *ask)
{
	struct ward_str text;
	enum ward_err err = api_reckon_ask(r, ask, &text);

	if (err == WARD_ERR_AGAIN)
		return;
	if (err)
		api_reckon_refuse(r, err, text);
	else
		ward_json_raw(&r->j, text);
}

/* ---- what goes through the whole hospital ---- */

bool api_everywhere(struct api_request *r)
{
	if (r->scope.everywhere)
		return true;
	api_refuse(r, 403,
		WARD_TEXT("this goes through the whole hospital, and your account sees some places "
			  "of it"));
	return false;
}

static struct ward_str given(const struct api_request *r, enum api_param p)
{
	return r->param[p].p ? r->param[p] : WARD_STR("");
}

void api_paths(struct api_request *r)
{
	struct ward_reckon_ask ask = {.what = WARD_RECKON_PATHS,
		.subject = given(r, API_SERVICE),
		.budget = WARD_RECKON_WHATEVER};

	if (!api_everywhere(r))
		return;
	if (r->param[API_BUDGET].p &&
		(!ward_str_u64(r->param[API_BUDGET], &ask.budget) || ask.budget > UINT32_MAX))
		api_refuse(r, 400, WARD_TEXT("'budget' is a number of euros"));
	else
		api_reckon(r, &ask);
}

void api_what_if(struct api_request *r)
{
	struct ward_reckon_ask ask = {.what = WARD_RECKON_WHAT_IF,
		.subject = given(r, API_SERVICE),
		.measures = given(r, API_MEASURES),
		.fails = given(r, API_FAILS)};

	if (api_everywhere(r))
		api_reckon(r, &ask);
}

void api_score(struct api_request *r)
{
	const ward_ns day = 24 * 3600 * WARD_NS_PER_S;

	/* Facts age by the day: asked again on the same one, it is the same question. */
	if (api_everywhere(r))
		api_reckon(r, &(struct ward_reckon_ask){.what = WARD_RECKON_SCORE,
				      .now = r->ask->now - r->ask->now % day});
}

/* What was seen stands where nobody knows. */
void api_candidates(struct api_request *r)
{
	if (api_everywhere(r))
		api_reckon(r, &(struct ward_reckon_ask){
				      .what = WARD_RECKON_HOSTS, .minute = api_minute(r)});
}
