#include "run/passed.h"

#include "base/diag.h"
#include "base/id.h"

enum { ARENA_MAX = 16 << 20 };

void ward_passed_init(struct ward_passed *p, const struct ward_passed_opts *o)
{
	*p = (struct ward_passed){0};
	ward_gather_init(&p->gather, o->cell->lim);
	ward_looker_init(&p->looker, o->cell, o->names);
	ward_arena_init(&p->arena, ward_mem_heap(), ARENA_MAX);
	p->looker.gather = &p->gather;
	p->looker.put = o->put;
	p->looker.ctx = o->ctx;
}

void ward_passed_fini(struct ward_passed *p)
{
	ward_looker_fini(&p->looker);
	ward_gather_fini(&p->gather);
	ward_arena_fini(&p->arena);
}

void ward_passed_begin(struct ward_passed *p, uint64_t number)
{
	ward_gather_begin(&p->gather, number);
}

void ward_passed_bytes(
	struct ward_passed *p, uint64_t number, uint64_t off, struct ward_slice bytes)
{
	ward_gather_bytes(&p->gather, number, off, bytes);
}

void ward_passed_shed(struct ward_passed *p, uint64_t number)
{
	ward_gather_give_up(
		&p->gather, number, WARD_TEXT("it passed by faster than files are taken"));
}

static struct ward_id id_of(struct ward_id told)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward.file.verdict");
	ward_idgen_id(&g, told);
	return ward_idgen_final(&g);
}

enum ward_err ward_passed_told(
	struct ward_passed *p, uint64_t number, const struct ward_event *told)
{
	struct ward_gather_whole file = ward_gather_end(&p->gather, number);
	struct ward_event e;

	if (!told || (file.fd < 0 && !file.why)) { /* none of its content was seen */
		ward_gather_give_back(&p->gather, &file);
		return WARD_OK;
	}
	if (file.fd >= 0 && ward_looker_full(&p->looker)) {
		ward_gather_give_back(&p->gather, &file);
		file.why = WARD_TEXT("more files wait than file.queue has room for");
	}
	ward_arena_reset(&p->arena);
	enum ward_err err = ward_event_copy(told, &p->arena, &e);

	if (err) {
		ward_gather_give_back(&p->gather, &file);
		return err;
	}
	e.id = id_of(told->id);
	return ward_looker_add(&p->looker, &e, &file);
}
