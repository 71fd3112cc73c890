#include "respond/plan.h"
#include "respond/also.h"

#include "respond/request.h"
#include "respond/playbook/about.h"

struct answer *respond_answer(const struct incident *in, size_t playbook)
{
	for (size_t i = 0; i < in->n_answer; i++)
		if (in->answer[i].playbook == playbook)
			return &in->answer[i];
	return NULL;
}

enum ward_err respond_answer_add(
	struct ward_respond *r, struct incident *in, const struct answer *a)
{
	enum ward_err err = ward_mem_more(r->o.mem, &in->answer, in->n_answer, &in->cap_answer,
		sizeof(*in->answer), WARD_RECIPIENT_PLAYBOOKS);

	if (!err)
		in->answer[in->n_answer++] = *a;
	return err;
}

static bool is_before(const struct answer *a, const struct answer *b)
{
	return a->weight != b->weight ? a->weight > b->weight : a->playbook < b->playbook;
}

/* There are a few: of equals those that stand before in the list, as `ward incident show` names
 * them. */
static void order(struct incident *in)
{
	for (size_t i = 1; i < in->n_answer; i++) {
		struct answer a = in->answer[i];
		size_t at = i;

		for (; at > 0 && is_before(&a, &in->answer[at - 1]); at--)
			in->answer[at] = in->answer[at - 1];
		in->answer[at] = a;
	}
}

static enum ward_err rank(
	struct ward_respond *r, struct incident *in, const struct ward_about *about)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < r->o.n_playbook && !err; i++) {
		const struct ward_respond_playbook *p = &r->o.playbook[i];
		int64_t weight = ward_about_answered(about, p->threat, p->n_threat);
		struct answer *known = respond_answer(in, i);

		if (known)
			known->weight = weight;
		else if (weight)
			err = respond_answer_add(
				r, in, &(struct answer){.playbook = (uint16_t)i, .weight = weight});
	}
	order(in);
	return err;
}

enum ward_err respond_plan(struct ward_respond *r, struct incident *in, struct ward_str json)
{
	struct ward_about a;
	struct ward_arena arena;

	if (!r->o.n_playbook)
		return WARD_OK;
	ward_arena_init(&arena, r->o.mem, ward_limit(r->o.lim, WARD_LIMIT_CONF_BYTES) * 8);
	enum ward_err err = ward_about_read(&arena, r->o.lim, r->o.mem, json, &a);

	if (!err && a.n_threat) /* what people decided of it says no threats */
		err = rank(r, in, &a);
	ward_arena_fini(&arena);
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}

/* Is it for that incident, or for one that became a part of it? */
static bool is_of(const struct ward_respond *r, struct ward_str incident, struct ward_id id)
{
	struct ward_id of;

	if (!ward_id_parse(incident, &of))
		return false;
	for (size_t i = 0; i <= r->n_incident && !ward_id_eq(of, id); i++) {
		const struct incident *part = respond_find(r, of);

		if (!part || part->phase != PHASE_MERGED)
			return false;
		of = part->into;
	}
	return ward_id_eq(of, id);
}

/* Somebody began it for the incident, and it asks for something. */
static bool is_done(const struct ward_respond *r, const struct incident *in,
	const struct ward_respond_playbook *p)
{
	for (size_t i = 0; i < r->n_request; i++)
		if (ward_str_eq(r->request[i].playbook, p->name) &&
			is_of(r, r->request[i].incident, in->id))
			return true;
	return false;
}

/* Are playbooks said to who is told thus? */
static bool has_room(const struct ward_listener *l)
{
	return !l->bookmarks && l->topics != WARD_TOPICS_DATA && l->topics != WARD_TOPICS_SIREN;
}

static bool says(const struct writer *w)
{
	return w->shown.roles && has_room(&w->r->o.listener[w->listener]);
}

static bool is_about(const struct ward_respond_playbook *p, struct ward_str threat)
{
	for (size_t i = 0; i < p->n_threat; i++)
		for (struct ward_str codes = p->threat[i]; codes.len;)
			if (ward_str_eq(ward_str_cut(&codes, WARD_PLAYBOOK_BOTH), threat))
				return true;
	return false;
}

/* Of two files of one name people get the first, so that one alone is named. */
static bool is_named(const struct ward_respond *r, const struct item *it, struct ward_str id)
{
	for (size_t i = 0; i < it->n_plan; i++)
		if (ward_str_eq(r->o.playbook[it->plan[i]].id, id))
			return true;
	return false;
}

/* Those about this threat; of no threat: all. */
static void name(const struct writer *w, struct item *it, struct ward_str threat)
{
	const struct incident *in = it->in;

	for (size_t i = 0; i < in->n_answer && it->n_plan < PLANS_MAX; i++) {
		const struct answer *a = &in->answer[i];
		const struct ward_respond_playbook *p = &w->r->o.playbook[a->playbook];

		if (a->weight && !(a->told >> w->listener & 1) && !is_done(w->r, in, p) &&
			!is_named(w->r, it, p->id) && (!threat.len || is_about(p, threat)))
			it->plan[it->n_plan++] = a->playbook;
	}
}

static void name_all(const struct writer *w, struct item *it)
{
	if (it->also)
		name(w, it, it->also->threat);
	name(w, it, WARD_STR(""));
}

/* What several of them are answered by says of none that it is news. */
static bool is_about_it_alone(
	const struct ward_respond_playbook *p, const struct incident *in, size_t also)
{
	bool alone = is_about(p, in->also[also].threat);

	for (size_t i = 0; i < in->n_also && alone; i++)
		alone = i == also || !is_about(p, in->also[i].threat);
	return alone;
}

bool respond_plans_news(
	const struct ward_respond *r, size_t k, const struct incident *in, size_t also)
{
	bool news = false, known = !has_room(&r->o.listener[k]);

	for (size_t i = 0; i < in->n_answer && !known; i++) {
		const struct answer *a = &in->answer[i];
		const struct ward_respond_playbook *p = &r->o.playbook[a->playbook];

		if (!a->weight || !is_about_it_alone(p, in, also))
			continue;
		known = a->told >> k & 1 || is_done(r, in, p);
		news = true;
	}
	return news && !known;
}

void respond_name_plans(struct writer *w, size_t n, size_t n_all)
{
	for (size_t i = 0; i < n_all; i++) {
		struct item *it = &w->r->item[i];

		it->n_plan = 0;
		if (i >= n)
			continue;
		if (it->in->phase == PHASE_OPEN && says(w))
			name_all(w, it);
		memcpy(w->shown.item[i].plan, it->plan, sizeof(it->plan));
		w->shown.item[i].n_plan = it->n_plan;
	}
}

void respond_put_plans(struct writer *w, const struct item *it, struct ward_wr *to)
{
	for (size_t i = 0; i < it->n_plan; i++) {
		const struct ward_respond_playbook *p = &w->r->o.playbook[it->plan[i]];

		WARD_SAY(to, w->lang, WARD_TEXT("Playbook that answers it: {name}; ask for {id}"),
			{"name", ward_lang_text(w->lang, p->name)}, {"id", p->id});
		ward_wr_ch(to, '\n');
	}
}

void respond_json_plans(struct ward_json *j, const struct writer *w, const struct item *it)
{
	if (!it->n_plan)
		return;
	ward_json_key(j, "playbooks");
	ward_json_arr(j);
	for (size_t i = 0; i < it->n_plan; i++) {
		const struct ward_respond_playbook *p = &w->r->o.playbook[it->plan[i]];

		ward_json_obj(j);
		respond_json_str(j, "id", p->id);
		respond_json_str(j, "name", p->name);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

void respond_row_plans(const struct ward_respond *r, const struct item *it, struct ward_json *j)
{
	if (!it->n_plan)
		return;
	ward_json_key(j, "playbooks");
	ward_json_arr(j);
	for (size_t i = 0; i < it->n_plan; i++)
		ward_json_str(j, r->o.playbook[it->plan[i]].id);
	ward_json_arr_end(j);
}

/* ---- who was told of which ---- */

void respond_plans_keep(struct incident *in, size_t k)
{
	for (size_t i = 0; i < in->n_answer; i++)
		in->answer[i].was =
			(in->answer[i].was & ~(1u << k)) | (in->answer[i].told & 1u << k);
}

void respond_plans_lost(struct incident *in, size_t k)
{
	for (size_t i = 0; i < in->n_answer; i++)
		in->answer[i].told =
			(in->answer[i].told & ~(1u << k)) | (in->answer[i].was & 1u << k);
}

/* Also of one that did not answer it any more when the row came back. */
static enum ward_err told_one(
	struct ward_respond *r, struct incident *in, size_t k, struct ward_str id)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < r->o.n_playbook && !err; i++) {
		struct answer *a = respond_answer(in, i);

		if (!ward_str_eq(r->o.playbook[i].id, id))
			continue;
		if (a)
			a->told |= 1u << k;
		else
			err = respond_answer_add(
				r, in, &(struct answer){.playbook = (uint16_t)i, .told = 1u << k});
	}
	return err;
}

enum ward_err respond_plans_told(
	struct ward_respond *r, struct incident *in, size_t k, const struct ward_conf *ids)
{
	enum ward_err err = WARD_OK;

	if (ids && ward_str_eqz(ids->text, "true"))
		for (size_t i = 0; i < in->n_answer && i < PLANS_MAX && in->answer[i].weight; i++)
			in->answer[i].told |= 1u << k;
	if (!ids || ids->kind != WARD_CONF_SEQ)
		return WARD_OK;
	for (const struct ward_conf *c = ids->child; c && !err; c = c->next)
		err = told_one(r, in, k, c->text);
	return err;
}
