/* What people decide of an incident: from which state to which, and its part of a checkpoint. */
#include "fuse/priv.h"

#include <stdlib.h>

#define FROM(name) (1u << WARD_INCIDENT_##name)
#define OPEN (FROM(SUSPECTED) | FROM(CONFIRMED) | FROM(CONTAINED))

/* From which states a decision leads to which; NOTE, those behind it, and REOPEN lead elsewhere:
 * see next_state. */
static const struct {
	unsigned from;
	enum ward_incident_state to;
} step[WARD_VERDICT_N] = {
	[WARD_VERDICT_CONFIRM] = {FROM(SUSPECTED), WARD_INCIDENT_CONFIRMED},
	[WARD_VERDICT_CONTAIN] = {FROM(SUSPECTED) | FROM(CONFIRMED), WARD_INCIDENT_CONTAINED},
	[WARD_VERDICT_RECOVER] = {OPEN, WARD_INCIDENT_RECOVERED},
	[WARD_VERDICT_CLOSE] = {OPEN | FROM(RECOVERED), WARD_INCIDENT_CLOSED},
	[WARD_VERDICT_DISMISS] = {OPEN, WARD_INCIDENT_DISMISSED},
	[WARD_VERDICT_REOPEN] = {FROM(RECOVERED) | FROM(CLOSED) | FROM(DISMISSED),
		WARD_INCIDENT_CONFIRMED},
	[WARD_VERDICT_NOTE] = {~0u, WARD_INCIDENT_SUSPECTED},
	[WARD_VERDICT_ASSIGN] = {OPEN, WARD_INCIDENT_SUSPECTED},
	[WARD_VERDICT_MERGE] = {0, WARD_INCIDENT_SUSPECTED},
	[WARD_VERDICT_SPLIT] = {0, WARD_INCIDENT_SUSPECTED},
};

static enum ward_incident_state state_of(const struct decided *d)
{
	return d->any ? d->state : WARD_INCIDENT_SUSPECTED;
}

/* What was dismissed was never confirmed. */
static enum ward_incident_state next_state(
	enum ward_incident_state now, enum ward_verdict_kind kind)
{
	if (kind >= WARD_VERDICT_NOTE)
		return now;
	return kind == WARD_VERDICT_REOPEN && now == WARD_INCIDENT_DISMISSED
		       ? WARD_INCIDENT_SUSPECTED
		       : step[kind].to;
}

bool ward_fuse_sealed(const struct group *g)
{
	return g->decided.any && ward_incident_is_over(g->decided.state);
}

static bool later(const struct decided *a, const struct decided *b)
{
	if (a->any != b->any)
		return a->any;
	return a->at != b->at ? a->at > b->at : ward_id_cmp(a->id, b->id) > 0;
}

void ward_fuse_decided_join(struct decided *to, const struct decided *from)
{
	enum ward_incident_state a = state_of(to), b = state_of(from), most = a > b ? a : b;

	if (later(from, to))
		*to = *from;
	/* what is contained in part is not contained */
	if (to->any)
		to->state =
			a != b && most == WARD_INCIDENT_CONTAINED ? WARD_INCIDENT_CONFIRMED : most;
}

void ward_fuse_follow(struct group *g, struct ward_id id, ward_ns last)
{
	static const struct ward_id none;
	bool any = !ward_id_eq(g->follows, none);

	if (ward_id_eq(id, none) || ward_id_eq(id, g->id) ||
		(any && (g->follows_last > last ||
				(g->follows_last == last && ward_id_cmp(g->follows, id) >= 0))))
		return;
	g->follows = id;
	g->follows_last = last;
}

/* At most max bytes, cut between characters. */
static uint16_t copy(char *to, size_t max, struct ward_str s)
{
	size_t n = s.len < max ? s.len : max;

	while (n < s.len && n && ((unsigned char)s.p[n] & 0xC0) == 0x80)
		n--;
	if (n)
		memcpy(to, s.p, n);
	return (uint16_t)n;
}

void ward_fuse_decided_set(struct decided *d, const struct ward_verdict *v)
{
	d->state = next_state(state_of(d), v->kind);
	d->any = true;
	d->kind = v->kind;
	d->id = v->id;
	d->at = v->at;
	d->n_role = copy(d->role, sizeof(d->role), v->role);
	d->n_text = copy(d->text, sizeof(d->text), v->text);
}

struct group *ward_fuse_find(struct ward_fuser *f, struct ward_id id)
{
	for (size_t i = 0; i < f->n_group; i++) {
		struct group *g = f->group[i];

		if (!g->revision)
			continue;
		if (ward_id_eq(g->id, id))
			return g;
		for (size_t k = 0; k < g->n_superseded; k++)
			if (ward_id_eq(g->superseded[k], id))
				return g;
	}
	return NULL;
}

static enum ward_err wake(struct ward_fuser *f, struct ward_id id, const struct ward_verdict *v)
{
	struct asleep *a = ward_tab_find(&f->asleep, &id);

	if (!a)
		return WARD_ERR_NOT_FOUND;
	if (a->decided.any && ward_id_eq(a->decided.id, v->id))
		return WARD_OK;
	if (!(step[v->kind].from & 1u << state_of(&a->decided)))
		return WARD_ERR_STATE;
	enum ward_err err = ward_mem_more(
		f->mem, &f->gone, f->n_gone, &f->cap_gone, sizeof(*f->gone), f->max_groups);

	if (err)
		return err;
	ward_fuse_decided_set(&a->decided, v);
	a->revision++;
	f->gone[f->n_gone++] = (struct gone){.id = id,
		.revision = a->revision,
		.gist = a->gist,
		.decided = a->decided,
		.woken = true};
	return WARD_OK;
}

bool ward_fuser_is_at(struct ward_fuser *f, struct ward_id incident,
	bool (*at)(void *ctx, uint32_t node), void *ctx)
{
	const struct group *g = ward_fuse_find(f, incident);
	bool known = false;

	for (size_t i = 0; g && i < g->n; i++) {
		const struct ward_detection *d = &g->member[i]->d;

		if ((d->asset != WARD_NONE && at(ctx, d->asset)) ||
			(d->place != WARD_NONE && at(ctx, d->place)))
			return true;
		known = known || d->asset != WARD_NONE || d->place != WARD_NONE;
	}
	return !known;
}

enum ward_err ward_fuser_decide(
	struct ward_fuser *f, struct ward_id incident, const struct ward_verdict *v)
{
	struct group *g = ward_fuse_find(f, incident);

	WARD_ASSERT((unsigned)v->kind < WARD_VERDICT_N);
	if (!g)
		return wake(f, incident, v);
	if (g->decided.any && ward_id_eq(g->decided.id, v->id))
		return WARD_OK;
	if (!(step[v->kind].from & 1u << state_of(&g->decided)))
		return WARD_ERR_STATE;
	ward_fuse_decided_set(&g->decided, v);
	g->changed = true;
	return WARD_OK;
}

static bool all_are(
	const struct group *g, bool (*is)(void *ctx, const struct ward_detection *d), void *ctx)
{
	for (size_t i = 0; i < g->n; i++)
		if (!is(ctx, &g->member[i]->d))
			return false;
	return g->n > 0;
}

size_t ward_fuser_recover(struct ward_fuser *f,
	bool (*is)(void *ctx, const struct ward_detection *d), void *ctx,
	const struct ward_verdict *v)
{
	size_t n = 0;

	WARD_ASSERT(v->kind == WARD_VERDICT_RECOVER);
	for (size_t i = 0; i < f->n_group; i++) {
		struct group *g = f->group[i];

		if (!g->revision || !(step[v->kind].from & 1u << state_of(&g->decided)) ||
			!all_are(g, is, ctx))
			continue;
		ward_fuse_decided_set(&g->decided, v);
		g->changed = true;
		n++;
	}
	return n;
}

void ward_fuse_decided_tell(struct ward_fuser *f, const struct decided *d)
{
	if (!d->any)
		return;
	/* what has no cause any more stays dismissed, unless people ended it otherwise */
	if (f->incident.state != WARD_INCIDENT_DISMISSED || ward_incident_is_over(d->state))
		f->incident.state = d->state;
	f->verdict = (struct ward_verdict){
		d->kind, d->id, d->at, {d->role, d->n_role}, {d->text, d->n_text}};
	f->incident.verdict = &f->verdict;
}

/* The one that ended first, then the least by id. */
static void make_room(struct ward_fuser *f)
{
	struct ward_id id = {{0}};
	const struct asleep *first = NULL;
	const void *key;
	size_t at = 0;
	void *val;

	while (ward_tab_next(&f->asleep, &at, &key, &val)) {
		const struct asleep *a = val;

		if (first && (a->gist.last > first->gist.last ||
				     (a->gist.last == first->gist.last &&
					     memcmp(key, id.b, sizeof(id.b)) > 0)))
			continue;
		first = a;
		memcpy(id.b, key, sizeof(id.b));
	}
	(void)ward_tab_del(&f->asleep, &id);
	ward_fuse_count(f, "fuse.asleep_given_up");
}

void ward_fuse_sleep(struct ward_fuser *f, const struct group *g)
{
	void *val;

	if (!g->revision || g->level < f->o.opens)
		return;
	enum ward_err err = ward_tab_put(&f->asleep, &g->id, &val, NULL);

	if (err == WARD_ERR_LIMIT) {
		make_room(f);
		err = ward_tab_put(&f->asleep, &g->id, &val, NULL);
	}
	if (err)
		ward_fuse_count(f, "fuse.asleep_given_up");
	else
		*(struct asleep *)val = (struct asleep){g->revision, g->gist, g->decided};
}

/* u8 0; or u8 1, u8 state, kind, 16 bytes id, be64 time, lv role, text. */
void ward_fuse_decided_save(struct ward_wr *w, const struct decided *d)
{
	ward_wr_u8(w, d->any);
	if (!d->any)
		return;
	ward_wr_u8(w, (uint8_t)d->state);
	ward_wr_u8(w, (uint8_t)d->kind);
	ward_wr_bytes(w, d->id.b, sizeof(d->id.b));
	ward_wr_be64(w, (uint64_t)d->at);
	ward_wr_lv(w, (struct ward_slice){(const uint8_t *)d->role, d->n_role});
	ward_wr_lv(w, (struct ward_slice){(const uint8_t *)d->text, d->n_text});
}

static struct ward_id get_id(struct ward_rd *r)
{
	struct ward_slice s = ward_rd_bytes(r, sizeof(struct ward_id));
	struct ward_id id = {{0}};

	if (s.p)
		memcpy(id.b, s.p, sizeof(id.b));
	return id;
}

static uint16_t get_text(struct ward_rd *r, char *to, size_t max)
{
	struct ward_slice s = ward_rd_lv(r, max);

	if (ward_rd_bad(r) || !ward_utf8_valid(s, NULL)) {
		r->bad = true;
		return 0;
	}
	return copy(to, max, ward_slice_text(s));
}

void ward_fuse_decided_load(struct ward_rd *r, struct decided *d)
{
	uint8_t any = ward_rd_u8(r), state, kind;

	*d = (struct decided){.any = any == 1};
	if (any > 1)
		r->bad = true;
	if (any != 1 || ward_rd_bad(r))
		return;
	state = ward_rd_u8(r);
	kind = ward_rd_u8(r);
	d->id = get_id(r);
	d->at = (ward_ns)ward_rd_be64(r);
	d->n_role = get_text(r, d->role, sizeof(d->role));
	d->n_text = get_text(r, d->text, sizeof(d->text));
	if (state >= WARD_INCIDENT_STATE_N || kind >= WARD_VERDICT_N) {
		r->bad = true;
		return;
	}
	d->state = (enum ward_incident_state)state;
	d->kind = (enum ward_verdict_kind)kind;
}

static int id_cmp(const void *a, const void *b)
{
	return ward_id_cmp(*(const struct ward_id *)a, *(const struct ward_id *)b);
}

/* varint incidents, by id: 16 bytes id, varint revision, u8 kind, level, be64 first, last, decided.
 */
void ward_fuse_asleep_save(struct ward_fuser *f, struct ward_wr *w)
{
	struct ward_id *id;
	size_t n = 0, at = 0;
	const void *key;
	void *val;

	ward_arena_reset(&f->out);
	id = ward_arena_array(&f->out, f->asleep.n, sizeof(*id));
	if (!id) {
		w->bad = true;
		return;
	}
	while (ward_tab_next(&f->asleep, &at, &key, &val))
		memcpy(&id[n++], key, sizeof(*id));
	if (n)
		qsort(id, n, sizeof(*id), id_cmp);
	ward_wr_varint(w, n);
	for (size_t i = 0; i < n; i++) {
		const struct asleep *a = ward_tab_find(&f->asleep, &id[i]);

		ward_wr_bytes(w, id[i].b, sizeof(id[i].b));
		ward_wr_varint(w, a->revision);
		ward_wr_u8(w, (uint8_t)a->gist.kind);
		ward_wr_u8(w, (uint8_t)a->gist.level);
		ward_wr_be64(w, (uint64_t)a->gist.first);
		ward_wr_be64(w, (uint64_t)a->gist.last);
		ward_fuse_decided_save(w, &a->decided);
	}
}

enum ward_err ward_fuse_asleep_load(struct ward_fuser *f, struct ward_rd *r)
{
	uint64_t n = ward_rd_varint(r);
	enum ward_err err = WARD_OK;

	for (uint64_t i = 0; !err && i < n && !ward_rd_bad(r); i++) {
		struct ward_id id = get_id(r);
		uint64_t revision = ward_rd_varint(r);
		uint8_t kind = ward_rd_u8(r), level = ward_rd_u8(r);
		struct asleep a = {.revision = (uint32_t)revision};
		void *val;

		a.gist.first = (ward_ns)ward_rd_be64(r);
		a.gist.last = (ward_ns)ward_rd_be64(r);
		ward_fuse_decided_load(r, &a.decided);
		if (ward_rd_bad(r) || revision >= 1u << 30 || kind > WARD_INCIDENT_HYBRID ||
			level >= WARD_LEVEL_N)
			return WARD_ERR_MALFORMED;
		a.gist.kind = (enum ward_incident_kind)kind;
		a.gist.level = (enum ward_level)level;
		err = ward_tab_put(&f->asleep, &id, &val, NULL);
		if (!err)
			*(struct asleep *)val = a;
	}
	return err ? err : ward_rd_bad(r) ? WARD_ERR_MALFORMED : WARD_OK;
}
