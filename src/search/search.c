#include "search/search.h"

enum { EVENT_BYTES_MAX = 64 << 20, FILE_MAX = WARD_INDEX_FILTER_MAX + 4096, PROGRESS_EACH = 1024 };

struct pass {
	const struct ward_search_opts *o;
	struct ward_search_stats *s;
	struct ward_wr file; /* an index, read or to be written */
	struct ward_index_maker maker[WARD_LANE_N];
	bool spoilt[WARD_LANE_N]; /* an event of the segment is not in the maker */
};

/* False by its times or by what is looked for. */
static bool may(const struct pass *p, const struct ward_index *ix)
{
	const struct ward_search_opts *o = p->o;

	if (!ix->n_event || ix->last < o->from || ix->first > o->to)
		return false;
	return !o->may || o->may(o->ctx, ix);
}

static bool want(void *ctx, const struct ward_look_seg *s)
{
	struct pass *p = ctx;
	struct ward_index ix;

	ward_index_maker_fini(&p->maker[s->lane]);
	p->spoilt[s->lane] = false;
	if (!p->o->index || !s->sealed)
		return true;
	enum ward_err err = ward_index_load(p->o->index, s, &p->file, &ix);

	if (!err)
		return may(p, &ix);
	p->s->n_index_bad += err != WARD_ERR_NOT_FOUND;
	ward_index_maker_init(&p->maker[s->lane], p->o->mem);
	return true;
}

static void done(void *ctx, const struct ward_look_seg *s, bool whole)
{
	struct pass *p = ctx;
	struct ward_index_maker *m = &p->maker[s->lane];

	if (m->begun && whole && !p->spoilt[s->lane]) {
		ward_wr_reset(&p->file);
		ward_index_write(m, s, &p->file);
		bool saved = !ward_wr_bad(&p->file) &&
			     ward_index_save(p->o->index, s, ward_wr_slice(&p->file), p->o->who) ==
				     WARD_OK;

		p->s->n_indexed += saved;
		p->s->n_index_bad += !saved;
	}
	ward_index_maker_fini(m);
}

static enum ward_err on_record(
	struct pass *p, const struct ward_record *rec, struct ward_arena *arena, bool *ret_enough)
{
	const struct ward_search_opts *o = p->o;
	struct ward_event e;

	if (rec->type != WARD_RECORD_EVENT)
		return WARD_OK;
	if (o->stands && !p->maker[rec->lane].begun && !o->stands(o->ctx, rec->data))
		return WARD_OK;
	ward_arena_reset(arena);
	enum ward_err err = ward_event_decode(rec->data, o->names, arena, o->lim, &e);

	if (err == WARD_ERR_NOMEM)
		return err;
	if (err) {
		p->s->n_undecodable++;
		p->spoilt[rec->lane] = true;
		return WARD_OK;
	}
	if (p->maker[rec->lane].begun)
		ward_index_maker_add(&p->maker[rec->lane], &e, o->names);
	if (e.time < o->from || e.time > o->to)
		return WARD_OK;
	p->s->n_event++;
	return o->event(o->ctx, &e, ret_enough);
}

static enum ward_err read_all(struct pass *p, struct ward_look *l)
{
	struct ward_arena arena;
	struct ward_record rec;
	bool enough = false;
	enum ward_err err;

	ward_arena_init(&arena, p->o->mem, EVENT_BYTES_MAX);
	while (!enough && (err = ward_look_next(l, &rec)) == WARD_OK) {
		err = on_record(p, &rec, &arena, &enough);
		if (err)
			break;
		if (++p->s->n_record % PROGRESS_EACH == 0 && p->o->progress) {
			p->s->look = ward_look_stats(l);
			p->o->progress(p->o->ctx, p->s);
		}
	}
	ward_arena_fini(&arena);
	return err == WARD_ERR_CLOSED ? WARD_OK : err;
}

enum ward_err ward_search_run(const struct ward_search_opts *o, struct ward_search_stats *ret)
{
	struct pass p = {.o = o, .s = ret};
	struct ward_look *l = NULL;

	*ret = (struct ward_search_stats){.n_record = 0};
	enum ward_err err = ward_look_open(o->journal, o->mem, &l);

	if (err)
		return err;
	p.file = ward_wr_grow(o->mem, FILE_MAX);
	if (o->index)
		ward_index_prune(o->index, l);
	ward_look_start(l, o->newest_first, (struct ward_look_watch){want, done, &p});
	err = read_all(&p, l);
	ret->look = ward_look_stats(l);
	for (size_t i = 0; i < WARD_LANE_N; i++)
		ward_index_maker_fini(&p.maker[i]);
	ward_wr_fini(&p.file);
	ward_look_close(l);
	return err;
}
