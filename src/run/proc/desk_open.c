#include "run/proc/desk_open.h"

#include "comply/reveal.h"
#include "story/record.h"

enum { HIGH = 3, TEXT_BYTES = 8 << 20 };

enum ward_err desk_open_init(struct desk_open *o, const struct ward_limits *lim)
{
	*o = (struct desk_open){.n = 0};
	o->at = ward_mem_alloc(ward_mem_heap(), DESK_OPEN * sizeof(*o->at));
	if (!o->at)
		return WARD_ERR_NOMEM;
	ward_arena_init(&o->arena, ward_mem_heap(), TEXT_BYTES);
	return ward_record_reader_new(ward_mem_heap(), lim, &o->reader);
}

void desk_open_fini(struct desk_open *o)
{
	ward_record_reader_free(o->reader);
	ward_arena_fini(&o->arena);
	ward_mem_free(ward_mem_heap(), o->at, DESK_OPEN * sizeof(*o->at));
}

static struct desk_open_incident *find(const struct desk_open *o, struct ward_id id)
{
	for (size_t i = 0; i < o->n; i++)
		if (ward_id_eq(o->at[i].id, id))
			return &o->at[i];
	return NULL;
}

static void drop(struct desk_open *o, struct ward_id id)
{
	struct desk_open_incident *x = find(o, id);

	if (x)
		memmove(x, x + 1, (size_t)(o->at + --o->n - x) * sizeof(*x));
}

static bool names(const struct desk_open_incident *x, struct ward_str token)
{
	for (size_t i = 0; i < x->n_token; i++)
		if (token.len == DESK_TOKEN && memcmp(x->token[i], token.p, DESK_TOKEN) == 0)
			return true;
	return false;
}

static void add_token(struct desk_open *o, struct desk_open_incident *x, struct ward_str of)
{
	struct ward_str token = ward_reveal_token(of);

	if (token.len != DESK_TOKEN || names(x, token))
		return;
	if (x->n_token == DESK_OPEN_TOKENS)
		o->tokens_forgotten++;
	else
		memcpy(x->token[x->n_token++], token.p, DESK_TOKEN);
}

void desk_open_take(struct desk_open *o, struct ward_id id, struct ward_str json)
{
	struct desk_open_incident *x;
	struct ward_record r;

	ward_arena_reset(&o->arena);
	drop(o, id);
	if (ward_record_read(o->reader, json, &o->arena, &r) != WARD_OK ||
		(r.kind == WARD_RECORD_INCIDENT && !ward_id_eq(r.id, id))) {
		o->unread++;
		return;
	}
	if (r.kind != WARD_RECORD_INCIDENT)
		return;
	for (size_t i = 0; i < r.n_superseded; i++)
		drop(o, r.superseded[i]);
	if (ward_record_phase(r.state) != WARD_PHASE_OPEN || r.level < HIGH)
		return;
	if (o->n == DESK_OPEN) {
		drop(o, o->at[0].id);
		o->forgotten++;
	}
	x = &o->at[o->n++];
	x->id = id;
	x->n_token = 0;
	for (size_t i = 0; i < r.n_member; i++) {
		add_token(o, x, r.member[i].actor);
		add_token(o, x, r.member[i].subject);
	}
}

bool desk_open_has(const struct desk_open *o, struct ward_id id)
{
	return find(o, id) != NULL;
}

bool desk_open_names(const struct desk_open *o, struct ward_id id, struct ward_str token)
{
	const struct desk_open_incident *x = find(o, id);

	return x && names(x, token);
}
