/* One pass over the journal for each question, and what is common to the answers. */
#include "recall/priv.h"

struct ward_recall {
	struct recall_pass p;
	struct ward_wr out;
};

enum ward_err ward_recall_new(const struct ward_recall_opts *o, struct ward_recall **ret)
{
	struct ward_recall *r = ward_mem_alloc(o->mem, sizeof(*r));

	if (!r)
		return WARD_ERR_NOMEM;
	*r = (struct ward_recall){.p = {.o = *o}};
	r->out = ward_wr_grow(o->mem, WARD_RECKON_ANSWER);
	r->p.one = ward_wr_grow(o->mem, WARD_RECKON_ANSWER);
	ward_arena_init(&r->p.arena, o->mem, RECALL_BYTES);
	r->p.enrich = (struct ward_enrich){.model = o->model, .names = &r->p.names};
	*ret = r;
	return WARD_OK;
}

void ward_recall_free(struct ward_recall *r)
{
	if (!r)
		return;
	ward_arena_fini(&r->p.arena);
	ward_wr_fini(&r->p.one);
	ward_wr_fini(&r->out);
	ward_mem_free(r->p.o.mem, r, sizeof(*r));
}

/* ---- texts ---- */

void recall_text(struct ward_json *j, const char *key, struct ward_str s)
{
	ward_json_key(j, key);
	if (s.len)
		ward_json_str_cut(j, s, RECALL_TEXT);
	else
		ward_json_null(j);
}

void recall_time(struct ward_json *j, const char *key, ward_ns t)
{
	ward_json_key(j, key);
	ward_json_time(j, t);
}

void recall_u64(struct ward_json *j, const char *key, uint64_t v)
{
	ward_json_key(j, key);
	ward_json_u64(j, v);
}

void recall_node(struct recall_pass *p, struct ward_json *j, const char *key, struct ward_str id)
{
	uint32_t i = id.len ? ward_model_find(p->o.model, id) : WARD_NONE;

	ward_json_key(j, key);
	if (i == WARD_NONE) {
		ward_json_null(j);
		return;
	}
	uint32_t room = ward_model_up(p->o.model, i, WARD_NODE_ROOM);

	ward_json_obj(j);
	recall_text(j, "id", id);
	recall_text(j, "name", ward_model_node(p->o.model, i)->name);
	recall_text(j, "where",
		room == WARD_NONE || room == i ? WARD_STR("")
					       : ward_model_node(p->o.model, room)->name);
	ward_json_obj_end(j);
}

/* ---- the pass ---- */

static const struct recall_kind *const kind[WARD_RECALL_N] = {
	[WARD_RECALL_EVENTS] = &recall_events,
	[WARD_RECALL_FLOWS] = &recall_flows,
	[WARD_RECALL_BOXES] = &recall_boxes,
	[WARD_RECALL_FILES] = &recall_files,
};

static bool may(void *ctx, const struct ward_index *ix)
{
	struct recall_pass *p = ctx;

	for (size_t i = 0; i < p->n_term; i++)
		if (ward_index_may_hold(ix, p->term[i]))
			return true;
	return !p->n_term;
}

static enum ward_err on_event(void *ctx, struct ward_event *e, bool *ret_enough)
{
	struct recall_pass *p = ctx;

	return kind[p->ask->what]->event(p, e, ret_enough);
}

static struct ward_reckoned refuse(enum ward_err err)
{
	const char *why = err == WARD_ERR_NOMEM ? "there is not enough memory to look for it: try "
						  "again later"
			  : err == WARD_ERR_NOT_FOUND
				  ? "nothing is recorded yet"
				  : "what is recorded can't be read: `ward search` on the server "
				    "says why";

	return (struct ward_reckoned){err, ward_str_z(why), 0};
}

static struct ward_reckoned answer(struct ward_recall *r, const struct ward_recall_ask *ask)
{
	struct recall_pass *p = &r->p;
	const struct recall_kind *k = kind[ask->what];
	struct ward_search_stats stats = {.n_record = 0};

	ward_arena_reset(&p->arena);
	ward_wr_reset(&r->out);
	p->ask = ask;
	p->j = ward_json_on(&r->out);
	p->n = p->cut = 0;
	p->n_term = 0;
	p->nothing = false;
	ward_json_obj(&p->j);
	enum ward_err err = k->begin(p);
	const struct ward_search_opts search = {.journal = p->o.journal,
		.index = p->o.index,
		.who = p->o.who,
		.mem = p->o.mem,
		.lim = p->o.lim,
		.names = &p->names,
		.newest_first = k->newest_first,
		.from = ask->from,
		.to = ask->to,
		.may = may,
		.event = on_event,
		.ctx = p};

	if (!err && !p->nothing)
		err = ward_search_run(&search, &stats);
	if (!err)
		err = k->end(p);
	if (err)
		return refuse(err);
	recall_u64(&p->j, "cut", p->cut);
	recall_u64(&p->j, "unread", stats.n_undecodable + stats.look.n_damaged);
	ward_json_obj_end(&p->j);
	if (ward_wr_bad(&r->out))
		return refuse(WARD_ERR_NOMEM);
	return (struct ward_reckoned){WARD_OK, ward_wr_text(&r->out), 0};
}

/* Names are of one question: outsiders write them, and the table has an end. */
struct ward_reckoned ward_recall_answer(struct ward_recall *r, const struct ward_recall_ask *ask)
{
	if (ward_names_init(&r->p.names, r->p.o.mem, r->p.o.lim) != WARD_OK)
		return refuse(WARD_ERR_NOMEM);
	struct ward_reckoned said = answer(r, ask);

	ward_names_fini(&r->p.names);
	return said;
}

/* What was made in `one` becomes the next of the list, if there is room for it. */
void recall_add(struct recall_pass *p)
{
	if (ward_wr_bad(&p->one) || p->j.w->len + p->one.len > RECALL_FULL) {
		p->cut++;
		return;
	}
	ward_json_raw(&p->j, ward_wr_text(&p->one));
	p->n++;
}
