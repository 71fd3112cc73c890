/* The rules that watch, as the brain's board has them, with what they found; and of one what it
 * says, whether its examples hold, and what of it is held back. */
#include "api/priv.h"

static const ward_ns day = 86400 * WARD_NS_PER_S;

struct ward_id api_rule_key(struct ward_str rule)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward api rule");
	ward_idgen_bytes(&g, rule.p, rule.len);
	return ward_idgen_final(&g);
}

/* A detection of it is new. */
enum ward_err api_hit(struct ward_api *a, struct ward_id rule, ward_ns time)
{
	int64_t today = time / day;
	void *at;
	enum ward_err err = ward_tab_put(&a->hits, &rule, &at, NULL);

	if (err == WARD_ERR_LIMIT) {
		if (a->o.counters)
			ward_count_name(a->o.counters, "api.rules_forgotten", 1);
		return WARD_OK;
	}
	if (err)
		return err;
	struct api_hits *h = at;

	if (today - h->day >= API_DAYS)
		memset(h->per_day, 0, sizeof(h->per_day));
	for (int64_t d = h->day + 1; d <= today && today - h->day < API_DAYS; d++)
		h->per_day[(uint64_t)d % API_DAYS] = 0;
	h->day = today > h->day ? today : h->day;
	if (h->day - today < API_DAYS)
		h->per_day[(uint64_t)today % API_DAYS]++;
	h->last = time > h->last ? time : h->last;
	return WARD_OK;
}

/* By rule, how many of its detections are of incidents that people dismissed, and of such as they
 * confirmed. */
static void count_judged(struct ward_api *a)
{
	size_t at = 0;
	const void *key;
	void *val;

	while (ward_tab_next(&a->hits, &at, &key, &val))
		((struct api_hits *)val)->dismissed = ((struct api_hits *)val)->confirmed = 0;
	for (size_t i = 0; i < a->n_incident; i++) {
		const struct api_incident *in = a->incident[i];
		bool dismissed = in->phase == WARD_PHASE_DISMISSED;
		bool judged = dismissed || strcmp(in->state, "suspected") != 0;

		for (size_t k = 0; judged && k < in->part.n; k++) {
			struct api_hits *h =
				in->part.at[k]->kind == WARD_ROW_DETECTION
					? ward_tab_find(&a->hits, &in->part.at[k]->rule)
					: NULL;

			if (h && dismissed)
				h->dismissed++;
			else if (h)
				h->confirmed++;
		}
	}
}

static void put_hits(struct api_request *r, struct ward_str id)
{
	struct ward_id key = api_rule_key(id);
	const struct api_hits *h = ward_tab_find(&r->a->hits, &key);
	int64_t today = r->ask->now / day;
	uint64_t sum = 0;

	ward_json_key(&r->j, "days"); /* the oldest first */
	ward_json_arr(&r->j);
	for (int64_t d = today - API_DAYS + 1; h && d <= today; d++) {
		uint64_t v = d <= h->day && h->day - d < API_DAYS
				     ? h->per_day[(uint64_t)d % API_DAYS]
				     : 0;

		sum += v;
		ward_json_u64(&r->j, v);
	}
	ward_json_arr_end(&r->j);
	ward_json_put_u64(&r->j, "hits", sum);
	ward_json_put_u64(&r->j, "dismissed", h ? h->dismissed : 0);
	ward_json_put_u64(&r->j, "confirmed", h ? h->confirmed : 0);
	ward_json_put_time_or_null(&r->j, "last", h ? h->last : WARD_NS_NEVER);
}

/* What is said of all rules is of the whole hospital. */
static bool everywhere(struct api_request *r)
{
	if (r->scope.everywhere)
		return true;
	api_refuse(
		r, 403, WARD_TEXT("this tells of the whole hospital, and you have places of it"));
	return false;
}

static void put_rule(struct api_request *r, const struct ward_conf *c)
{
	static const char *const same[] = {
		"id", "level", "stage", "file", "source", "state", "reason", "waits"};

	ward_json_obj(&r->j);
	for (size_t i = 0; i < WARD_ARRAY_LEN(same); i++)
		ward_json_put_str(&r->j, same[i], api_word(c, same[i]));
	ward_json_put_str(&r->j, "title", ward_lang_text(r->lang, api_word(c, "title")));
	put_hits(r, api_word(c, "id"));
	ward_json_obj_end(&r->j);
}

static const struct ward_conf *rules_of(const struct ward_api *a)
{
	return api_board_list(a->board[WARD_API_BOARD_RULES].is, "rules");
}

bool api_is_rule(const struct ward_api *a, struct ward_str id)
{
	const struct ward_conf *c = rules_of(a);

	while (c && !ward_str_eq(api_word(c, "id"), id))
		c = c->next;
	return c != NULL;
}

void api_rules(struct api_request *r)
{
	if (!everywhere(r))
		return;
	count_judged(r->a);
	ward_json_obj(&r->j);
	ward_json_put_time_or_null(
		&r->j, "at", api_board_time(r->a->board[WARD_API_BOARD_RULES].is, "at"));
	ward_json_key(&r->j, "items");
	ward_json_arr(&r->j);
	for (const struct ward_conf *c = rules_of(r->a); c; c = c->next)
		put_rule(r, c);
	ward_json_arr_end(&r->j);
	ward_json_obj_end(&r->j);
}

/* ---- one rule ---- */

void api_rule(struct api_request *r)
{
	struct ward_reckon_ask ask = {
		.what = WARD_RECKON_RULE, .subject = r->arg, .minute = api_minute(r)};
	const struct ward_conf *c = rules_of(r->a);
	struct ward_str about;

	if (!everywhere(r))
		return;
	while (c && !ward_str_eq(api_word(c, "id"), r->arg))
		c = c->next;
	if (!c) {
		api_refuse(r, 404, WARD_TEXT("no rule that watches here has this id"));
		return;
	}
	enum ward_err err = api_reckon_ask(r, &ask, &about);

	if (err == WARD_ERR_AGAIN)
		return;
	count_judged(r->a);
	ward_json_obj(&r->j);
	ward_json_key(&r->j, "rule");
	put_rule(r, c);
	api_held_back(r, r->arg);
	ward_json_put_str(
		&r->j, "trouble", err ? about : WARD_STR("")); /* why nothing is known about it */
	ward_json_key(&r->j, "about");
	if (err)
		ward_json_null(&r->j);
	else
		ward_json_raw(&r->j, about);
	ward_json_obj_end(&r->j);
}

void api_rules_tests(struct api_request *r)
{
	if (everywhere(r))
		api_reckon(r, &(struct ward_reckon_ask){
				      .what = WARD_RECKON_RULES, .minute = api_minute(r)});
}
