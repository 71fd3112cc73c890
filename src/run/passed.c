#include "run/passed.h"

#include "base/diag.h"
#include "base/id.h"

enum { ARENA_MAX = 16 << 20 };

void ward_passed_init(struct ward_passed *p, const struct ward_passed_opts *o)
{
	*p = (struct ward_passed){0};
	ward_gather_init(&p->gather, o->cell->lim);
	ward_joins_init(&p->joins, &p->gather, o->names);
	ward_looker_init(&p->looker, o->cell, o->names);
	p->queue_max = ward_limit(o->cell->lim, WARD_LIMIT_FILE_QUEUE);
	p->missing_at = ward_name(o->names, WARD_STR("file.missing_at"));
	p->encoded = ward_name(o->names, WARD_STR("file.encoded_bytes"));
	ward_arena_init(&p->arena, ward_mem_heap(), ARENA_MAX);
	p->looker.gather = &p->gather;
	p->looker.put = o->put;
	p->looker.ctx = o->ctx;
}

void ward_passed_fini(struct ward_passed *p)
{
	ward_looker_fini(&p->looker);
	ward_joins_fini(&p->joins);
	ward_gather_fini(&p->gather);
	ward_arena_fini(&p->arena);
}

void ward_passed_begin(struct ward_passed *p, uint64_t number)
{
	ward_gather_begin(&p->gather, number, false);
}

void ward_passed_bytes(
	struct ward_passed *p, uint64_t number, uint64_t off, struct ward_slice bytes)
{
	ward_gather_bytes(&p->gather, number, off, bytes);
}

/* So much of it was sent without a hole, as far as the event says. */
static uint64_t front_of(const struct ward_passed *p, const struct ward_event *told)
{
	const struct ward_value *v = ward_event_get(told, p->missing_at);

	if (!v)
		v = ward_event_get(told, p->encoded);
	if (!v)
		v = ward_event_get(told, WARD_FIELD_FILE_BYTES);
	return v && v->kind == WARD_VALUE_INT && v->i > 0 ? (uint64_t)v->i : 0;
}

/* Why it is not looked at; NULL: it is. told: the event that says how much of it there was; NULL:
 * it is all there. */
static const char *why_not(const struct ward_passed *p, const struct ward_gather_whole *file,
	const struct ward_event *told)
{
	if (file->why)
		return file->why;
	if (told && file->size < front_of(p, told))
		return WARD_TEXT("it passed by faster than files are taken");
	return file->fd >= 0 && p->n >= p->queue_max
		       ? WARD_TEXT("more files wait than file.queue has room for")
		       : NULL;
}

static struct ward_id id_of(struct ward_id told)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward.file.verdict");
	ward_idgen_id(&g, told);
	return ward_idgen_final(&g);
}

/* told bears what is said of it, and lives until the call ends. */
static enum ward_err give(struct ward_passed *p, struct ward_gather_whole *file, const char *why,
	struct ward_event *told)
{
	if (why)
		ward_gather_give_back(&p->gather, file);
	told->id = id_of(told->id);
	return why ? ward_looker_unlooked(&p->looker, told, why)
		   : ward_looker_add(&p->looker, told, file, &p->n);
}

static enum ward_err give_joined(struct ward_passed *p, ward_ns time, bool all)
{
	enum ward_err err = WARD_OK;
	struct ward_gather_whole file;
	struct ward_event e;

	ward_arena_reset(&p->arena);
	while (!err && ward_joins_ended(&p->joins, time, all, &p->arena, &file, &e)) {
		err = give(p, &file, why_not(p, &file, NULL), &e);
		ward_arena_reset(&p->arena);
	}
	return err;
}

enum ward_err ward_passed_told(struct ward_passed *p, uint64_t number,
	const struct ward_file_range *range, const struct ward_event *told)
{
	struct ward_gather_whole file = ward_gather_end(&p->gather, number);
	const char *why = told ? why_not(p, &file, told) : NULL;
	struct ward_event e;

	if (told && !why && range && ward_joins_add(&p->joins, range, told, &file))
		return give_joined(p, told->time, false);
	if (!told || (file.fd < 0 && !why)) { /* none of its content was seen */
		ward_gather_give_back(&p->gather, &file);
		return WARD_OK;
	}
	ward_arena_reset(&p->arena);
	enum ward_err err = ward_event_copy(told, &p->arena, &e);

	if (err) {
		ward_gather_give_back(&p->gather, &file);
		return err;
	}
	err = give(p, &file, why, &e);
	return err ? err : give_joined(p, told->time, false);
}

enum ward_err ward_passed_tick(struct ward_passed *p, ward_ns now)
{
	p->joins.now = now;
	return give_joined(p, INT64_MIN, false);
}

enum ward_err ward_passed_end(struct ward_passed *p)
{
	return give_joined(p, INT64_MIN, true);
}
