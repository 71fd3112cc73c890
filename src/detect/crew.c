#include "detect/crew.h"

#include "base/rd.h"

#include <pthread.h>

enum { RING = 2 * WARD_CREW_MAX, OUT_MAX = 1 << 30, ARENA_MAX = 1 << 30 };

/* Whose a block is: nobody's, a worker's to take, one's, the joiner's. */
enum place_state { PLACE_FREE, PLACE_GIVEN, PLACE_TAKEN, PLACE_FOUND };

struct place {
	enum place_state state; /* guarded by crew->mu; the rest is whose it is */
	struct ward_crew_block block;
	/* Of each event: where it stands in the block, seen, how many, and if any which, and the
	 * event. */
	struct ward_wr found;
	enum ward_err err;
};

struct worker {
	struct ward_crew *crew;
	struct ward_crew_worker own;
	struct ward_detector *det;
	struct ward_arena arena;
	struct ward_wr record; /* one event */
	pthread_t thread;
};

struct ward_crew {
	struct ward_crew_args args;
	pthread_mutex_t mu;
	pthread_cond_t given, found;
	struct place place[RING];
	size_t n_place;
	uint64_t n_given, n_taken, n_joined; /* n_taken: guarded by mu; the others the joiner's */
	bool end;                            /* guarded by mu */
	struct worker worker[WARD_CREW_MAX];
	size_t n_worker, n_thread;
	struct ward_arena arena; /* of joining */
	enum ward_err err;
};

static enum ward_err put_event(struct worker *w, size_t off, struct ward_event *e,
	const uint32_t *found, size_t n, struct ward_wr *out)
{
	enum ward_err err = n ? ward_event_settle(e) : WARD_OK;

	ward_wr_be64(out, off);
	ward_wr_be64(out, (uint64_t)e->seen);
	ward_wr_be32(out, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		ward_wr_be32(out, found[i]);
	if (n && !err) {
		ward_wr_reset(&w->record);
		ward_event_encode(e, w->own.names, &w->record);
		ward_wr_lv(out, ward_wr_slice(&w->record));
	}
	return err ? err : ward_wr_bad(out) || ward_wr_bad(&w->record) ? WARD_ERR_NOMEM : WARD_OK;
}

static enum ward_err find_block(struct worker *w, struct place *p)
{
	struct ward_str rest = p->block.text;
	enum ward_err err = WARD_OK;

	ward_wr_reset(&p->found);
	while (rest.len && !err) {
		struct ward_event e;
		const uint32_t *found;
		size_t n = 0, off = (size_t)(rest.p - p->block.text.p);

		ward_arena_reset(&w->arena);
		err = w->own.read(w->own.ctx, &p->block, &rest, &w->arena, &e);
		if (err == WARD_ERR_MORE) {
			err = WARD_OK;
			continue;
		}
		if (!err)
			err = ward_detector_find(w->det, &e, &found, &n);
		if (!err)
			err = put_event(w, off, &e, found, n, &p->found);
	}
	return err;
}

static void *work(void *ctx)
{
	struct worker *w = ctx;
	struct ward_crew *c = w->crew;

	WARD_ASSERT(pthread_mutex_lock(&c->mu) == 0);
	for (;;) {
		struct place *p = &c->place[c->n_taken % c->n_place];

		if (c->end)
			break;
		if (p->state != PLACE_GIVEN) {
			WARD_ASSERT(pthread_cond_wait(&c->given, &c->mu) == 0);
			continue;
		}
		p->state = PLACE_TAKEN;
		c->n_taken++;
		WARD_ASSERT(pthread_mutex_unlock(&c->mu) == 0);
		p->err = find_block(w, p);
		WARD_ASSERT(pthread_mutex_lock(&c->mu) == 0);
		p->state = PLACE_FOUND;
		WARD_ASSERT(pthread_cond_signal(&c->found) == 0);
	}
	WARD_ASSERT(pthread_mutex_unlock(&c->mu) == 0);
	return NULL;
}

/* One event of a block, as put_event wrote it. */
static enum ward_err join_event(
	struct ward_crew *c, const struct ward_crew_block *block, struct ward_rd *r)
{
	const struct ward_crew_args *a = &c->args;
	size_t off = (size_t)ward_rd_be64(r);
	struct ward_event e;

	if (a->at)
		*a->at = (struct ward_crew_at){block, off};

	ward_arena_reset(&c->arena);
	ward_event_init(&e, &c->arena);
	e.seen = (ward_ns)ward_rd_be64(r);
	uint32_t n = ward_rd_be32(r);
	uint32_t *found = ward_arena_array(&c->arena, n, sizeof(*found));

	if (!found)
		return WARD_ERR_NOMEM;
	for (uint32_t i = 0; i < n; i++)
		found[i] = ward_rd_be32(r);
	if (n) {
		enum ward_err err =
			ward_event_decode(ward_rd_lv(r, OUT_MAX), a->names, &c->arena, a->lim, &e);

		if (err)
			return err;
	}
	WARD_ASSERT(!ward_rd_bad(r)); /* it is our own */
	return ward_detector_found(a->det, &e, found, n, a->sink, a->ctx);
}

/* The oldest block, when its worker has done it. */
static void join_block(struct ward_crew *c)
{
	struct place *p = &c->place[c->n_joined % c->n_place];

	WARD_ASSERT(pthread_mutex_lock(&c->mu) == 0);
	while (p->state != PLACE_FOUND)
		WARD_ASSERT(pthread_cond_wait(&c->found, &c->mu) == 0);
	WARD_ASSERT(pthread_mutex_unlock(&c->mu) == 0);

	struct ward_rd r = ward_rd_slice(ward_wr_slice(&p->found));

	while (!c->err && ward_rd_left(&r))
		c->err = join_event(c, &p->block, &r);
	if (c->args.at)
		c->args.at->block = NULL;
	if (!c->err)
		c->err = p->err;
	c->n_joined++;
	WARD_ASSERT(pthread_mutex_lock(&c->mu) == 0);
	p->state = PLACE_FREE;
	WARD_ASSERT(pthread_mutex_unlock(&c->mu) == 0);
}

enum ward_err ward_crew_give(struct ward_crew *c, struct ward_crew_block block)
{
	struct place *p = &c->place[c->n_given % c->n_place];

	while (c->n_given - c->n_joined == c->n_place)
		join_block(c);
	if (c->err)
		return c->err;
	p->block = block;
	WARD_ASSERT(pthread_mutex_lock(&c->mu) == 0);
	p->state = PLACE_GIVEN;
	c->n_given++;
	WARD_ASSERT(pthread_cond_signal(&c->given) == 0);
	WARD_ASSERT(pthread_mutex_unlock(&c->mu) == 0);
	return WARD_OK;
}

enum ward_err ward_crew_finish(struct ward_crew *c)
{
	while (c->n_joined < c->n_given)
		join_block(c);
	for (size_t i = 0; i < c->n_worker; i++)
		ward_detector_count(c->args.det, c->worker[i].det);
	return c->err;
}

static enum ward_err start(struct ward_crew *c, struct worker *w)
{
	const struct ward_crew_args *a = &c->args;

	w->crew = c;
	w->own = a->worker[c->n_worker];
	ward_arena_init(&w->arena, a->mem, ARENA_MAX);
	w->record = ward_wr_grow(a->mem, OUT_MAX);
	c->n_worker++;
	enum ward_err err =
		ward_detector_new(a->rs, w->own.names, NULL, a->lim, NULL, a->mem, &w->det);

	if (!err && pthread_create(&w->thread, NULL, work, w) != 0)
		err = WARD_ERR_IO;
	c->n_thread += !err;
	return err;
}

enum ward_err ward_crew_new(const struct ward_crew_args *args, struct ward_crew **ret)
{
	struct ward_crew *c = ward_mem_alloc(args->mem, sizeof(*c));
	enum ward_err err = WARD_OK;

	WARD_ASSERT(args->n_worker > 0 && args->n_worker <= WARD_CREW_MAX);
	if (!c)
		return WARD_ERR_NOMEM;
	c->args = *args;
	c->n_place = 2 * args->n_worker;
	ward_arena_init(&c->arena, args->mem, ARENA_MAX);
	for (size_t i = 0; i < c->n_place; i++)
		c->place[i].found = ward_wr_grow(args->mem, OUT_MAX);
	WARD_ASSERT(pthread_mutex_init(&c->mu, NULL) == 0);
	WARD_ASSERT(pthread_cond_init(&c->given, NULL) == 0);
	WARD_ASSERT(pthread_cond_init(&c->found, NULL) == 0);
	while (c->n_worker < args->n_worker && !err)
		err = start(c, &c->worker[c->n_worker]);
	if (err)
		ward_crew_free(c);
	else
		*ret = c;
	return err;
}

void ward_crew_free(struct ward_crew *c)
{
	if (!c)
		return;
	WARD_ASSERT(pthread_mutex_lock(&c->mu) == 0);
	c->end = true;
	WARD_ASSERT(pthread_cond_broadcast(&c->given) == 0);
	WARD_ASSERT(pthread_mutex_unlock(&c->mu) == 0);
	for (size_t i = 0; i < c->n_thread; i++)
		WARD_ASSERT(pthread_join(c->worker[i].thread, NULL) == 0);
	for (size_t i = 0; i < c->n_worker; i++) {
		ward_detector_free(c->worker[i].det);
		ward_arena_fini(&c->worker[i].arena);
		ward_wr_fini(&c->worker[i].record);
	}
	for (size_t i = 0; i < c->n_place; i++)
		ward_wr_fini(&c->place[i].found);
	ward_arena_fini(&c->arena);
	WARD_ASSERT(pthread_cond_destroy(&c->given) == 0);
	WARD_ASSERT(pthread_cond_destroy(&c->found) == 0);
	WARD_ASSERT(pthread_mutex_destroy(&c->mu) == 0);
	ward_mem_free(c->args.mem, c, sizeof(*c));
}
