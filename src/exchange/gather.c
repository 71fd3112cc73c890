/* Records to facts: the last revision of each, signs with what their detections add. */
#include "exchange/exchange.h"

#include "base/hash.h"
#include "story/address.h"

#include <stdlib.h>

enum { POSSIBLE_MICRO = 100000, CHANGED_MAX = 24 * 3600 /* s */ };

struct at {
	const struct ward_record *r;
	size_t place;
};

struct gather {
	const struct ward_exchange_ask *ask;
	struct ward_arena *arena;
	struct at *all; /* by (kind, id), then revision and place */
	size_t n_all;
	const struct ward_record **last; /* by (kind, id), the last revision of each */
	size_t *begin;                   /* of each of them, where its revisions begin in all */
	size_t n_last;
	const struct ward_record **service; /* impacts on services or withdrawn, by incident */
	size_t n_service;
	struct ward_id *gone; /* incidents that others took up, sorted */
	size_t n_gone;
};

static int same(const struct ward_record *a, const struct ward_record *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return ward_id_cmp(a->id, b->id);
}

static int by_identity(const void *a, const void *b)
{
	const struct at *l = a, *r = b;
	int c = same(l->r, r->r);

	if (c)
		return c;
	if (l->r->revision != r->r->revision)
		return l->r->revision < r->r->revision ? -1 : 1;
	return l->place < r->place ? -1 : 1;
}

/* When a revision of an incident was known: not before the one that came before it. */
static enum ward_err known_at(struct ward_tab *known, const struct ward_record *r, ward_ns *ret)
{
	bool incident = r->kind == WARD_RECORD_INCIDENT, fresh = false;
	const struct ward_id *of = incident ? &r->id : &r->incident;
	void *val = ward_tab_find(known, of);

	*ret = INT64_MIN;
	if (val)
		memcpy(ret, val, sizeof(*ret));
	if (!incident)
		return WARD_OK; /* a forecast: with its incident's revision before it */
	*ret = r->last > *ret ? r->last : *ret;
	if (val)
		memcpy(val, ret, sizeof(*ret));
	enum ward_err err = val ? WARD_OK : ward_tab_put(known, of, &val, &fresh);

	if (!err && fresh)
		memcpy(val, ret, sizeof(*ret));
	return err;
}

/* Of the records those that count: all, or what was known at that time. */
static enum ward_err choose(struct gather *g)
{
	struct ward_tab known;
	enum ward_err err = WARD_OK;

	g->all = ward_arena_array(g->arena, g->ask->n_record, sizeof(*g->all));
	if (!g->all)
		return WARD_ERR_NOMEM;
	ward_tab_init(&known, ward_mem_heap(), sizeof(struct ward_id), sizeof(ward_ns),
		g->ask->n_record + 1);
	for (size_t i = 0; !err && i < g->ask->n_record; i++) {
		const struct ward_record *r = g->ask->record[i];
		ward_ns at = r->last;

		if (g->ask->as_then &&
			(r->kind == WARD_RECORD_INCIDENT || r->kind == WARD_RECORD_IMPACT))
			err = known_at(&known, r, &at);
		if (!g->ask->as_then || at <= g->ask->at)
			g->all[g->n_all++] = (struct at){r, i};
	}
	ward_tab_fini(&known);
	return err;
}

/* Of several records of one thing the highest revision, and of these the last. */
static enum ward_err last_of_each(struct gather *g)
{
	enum ward_err err = choose(g);
	size_t begin = 0;

	g->last = ward_arena_array(g->arena, g->n_all, sizeof(const struct ward_record *));
	g->begin = ward_arena_array(g->arena, g->n_all, sizeof(*g->begin));
	if (err || !g->last || !g->begin)
		return err ? err : WARD_ERR_NOMEM;
	if (g->n_all)
		qsort(g->all, g->n_all, sizeof(*g->all), by_identity);
	for (size_t i = 0; i < g->n_all; i++) {
		if (i + 1 < g->n_all && same(g->all[i].r, g->all[i + 1].r) == 0)
			continue;
		g->begin[g->n_last] = begin;
		g->last[g->n_last++] = g->all[i].r;
		begin = i + 1;
	}
	return WARD_OK;
}

static const struct ward_record *find(
	const struct gather *g, enum ward_record_kind kind, struct ward_id id)
{
	size_t from = 0, to = g->n_last;
	struct ward_record want = {.kind = kind, .id = id};

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int c = same(g->last[mid], &want);

		if (!c)
			return g->last[mid];
		if (c < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return NULL;
}

static const struct ward_threat *threat(const struct gather *g, struct ward_str code)
{
	const struct ward_threats *t = ward_model_threats(g->ask->model);
	uint32_t i = code.len ? ward_threats_find(t, code) : WARD_NONE;

	return i == WARD_NONE ? NULL : ward_threats_at(t, i);
}

/* "attack.t1200" and "attack.t1059.001" are techniques; "attack.discovery" is a tactic. */
static bool is_technique(struct ward_str tag)
{
	struct ward_str head = WARD_STR("attack.t");

	if (!ward_str_starts(tag, head) || tag.len < head.len + 4)
		return false;
	for (size_t i = head.len; i < tag.len; i++)
		if ((tag.p[i] < '0' || tag.p[i] > '9') && (tag.p[i] != '.' || i != head.len + 4))
			return false;
	return tag.len == head.len + 4 || tag.len == head.len + 8;
}

static enum ward_err techniques(
	struct gather *g, const struct ward_record *d, struct ward_exchange_sign *s)
{
	size_t n = (d ? d->n_tag : 0) + (s->threat ? s->threat->n_attack : 0);

	s->technique = ward_arena_array(g->arena, n, sizeof(*s->technique));
	if (!s->technique)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; d && i < d->n_tag; i++) {
		struct ward_str t = ward_str_sub(d->tag[i], strlen("attack."), SIZE_MAX);

		if (!is_technique(d->tag[i]))
			continue;
		char *up = ward_arena_alloc(g->arena, t.len);

		if (!up)
			return WARD_ERR_NOMEM;
		memcpy(up, t.p, t.len);
		up[0] = 'T';
		s->technique[s->n_technique++] = (struct ward_str){up, t.len};
	}
	for (size_t i = 0; !s->n_technique && s->threat && i < s->threat->n_attack; i++)
		s->technique[s->n_technique++] = s->threat->attack[i];
	return WARD_OK;
}

static enum ward_err sign(
	struct gather *g, const struct ward_record_member *m, struct ward_exchange_sign *s)
{
	const struct ward_record *d = find(g, WARD_RECORD_DETECTION, m->detection);

	*s = (struct ward_exchange_sign){.id = m->detection,
		.level = m->level,
		.first = m->time,
		.last = m->last,
		.count = m->count,
		.title = m->title,
		.on_kind = m->on_kind,
		.where = m->where,
		.actor = m->actor,
		.works = m->permit.expected ? m->permit.who : WARD_STR(""),
		.works_until = m->permit.until};
	/* What has no name in the directory is called by its address alone. */
	if (ward_address_kind(m->thing) != WARD_ADDRESS_NONE)
		s->address = m->thing;
	else
		s->on = m->thing;
	if (ward_address_kind(m->subject) != WARD_ADDRESS_NONE)
		s->address = m->subject;
	else if (m->subject.len && ward_model_find(g->ask->model, m->subject) != WARD_NONE)
		s->asset = m->subject;
	if (d) {
		s->rule = d->rule;
		s->threat = threat(g, d->threat);
		if (d->asset.len)
			s->asset = d->asset;
		if (!s->actor.len)
			s->actor = d->actor;
	}
	return techniques(g, d, s);
}

static int soonest(const void *a, const void *b)
{
	const struct ward_exchange_impact *l = a, *r = b;

	if (l->expected != r->expected)
		return l->expected < r->expected ? -1 : 1;
	return ward_id_cmp(l->id, r->id);
}

static int by_incident(const void *a, const void *b)
{
	const struct ward_record *const *l = a, *const *r = b;
	int c = ward_id_cmp((*l)->incident, (*r)->incident);

	return c ? c : ward_id_cmp((*l)->id, (*r)->id);
}

static enum ward_err services(struct gather *g)
{
	g->service = ward_arena_array(g->arena, g->n_last, sizeof(const struct ward_record *));
	if (!g->service)
		return WARD_ERR_NOMEM;
	for (size_t k = 0; k < g->n_last; k++) {
		const struct ward_record *r = g->last[k];

		if (r->kind == WARD_RECORD_IMPACT && (r->withdrawn || r->service))
			g->service[g->n_service++] = r;
	}
	if (g->n_service)
		qsort(g->service, g->n_service, sizeof(const struct ward_record *), by_incident);
	return WARD_OK;
}

static enum ward_err impacts(struct gather *g, struct ward_exchange_incident *i)
{
	size_t from = 0, to = g->n_service, end;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (ward_id_cmp(g->service[mid]->incident, i->id) < 0)
			from = mid + 1;
		else
			to = mid;
	}
	end = from;
	while (end < g->n_service && ward_id_eq(g->service[end]->incident, i->id))
		end++;
	i->impact = ward_arena_array(g->arena, end - from, sizeof(*i->impact));
	if (!i->impact)
		return WARD_ERR_NOMEM;
	int64_t further = 0; /* revisions of forecasts */

	for (size_t k = from; k < end; k++) {
		const struct ward_record *r = g->service[k];

		further += r->revision > 1 ? r->revision - 1 : 0;
		if (r->withdrawn)
			continue;
		struct ward_exchange_impact f = {r->id, r->asset, r->asset_name, r->threat_name,
			threat(g, r->threat), r->lo_micro, r->hi_micro, r->earliest, r->expected,
			r->link, r->n_link};

		/* as the story does (story/README.md) */
		if (f.lo_micro >= POSSIBLE_MICRO)
			i->impact[i->n_impact++] = f;
		else
			i->n_further += f.hi_micro >= POSSIBLE_MICRO;
	}
	further = further < CHANGED_MAX ? further : CHANGED_MAX;
	if (!ward_add(i->sent, further * WARD_NS_PER_S, &i->changed))
		i->changed = i->sent;
	if (i->n_impact)
		qsort(i->impact, i->n_impact, sizeof(*i->impact), soonest);
	return WARD_OK;
}

static int by_id(const void *a, const void *b)
{
	const struct ward_id *l = a, *r = b;

	return ward_id_cmp(*l, *r);
}

static enum ward_err taken_up(struct gather *g)
{
	size_t n = 0;

	for (size_t k = 0; k < g->n_last; k++)
		n += g->last[k]->n_superseded;
	g->gone = ward_arena_array(g->arena, n, sizeof(*g->gone));
	if (!g->gone)
		return WARD_ERR_NOMEM;
	for (size_t k = 0; k < g->n_last; k++)
		for (size_t i = 0; i < g->last[k]->n_superseded; i++)
			g->gone[g->n_gone++] = g->last[k]->superseded[i];
	if (g->n_gone)
		qsort(g->gone, g->n_gone, sizeof(*g->gone), by_id);
	return WARD_OK;
}

/* Has another incident taken it up? */
static bool superseded(const struct gather *g, struct ward_id id)
{
	return g->n_gone && bsearch(&id, g->gone, g->n_gone, sizeof(id), by_id);
}

/* When the revision was told: with its last sign, and at least a second after the one before it,
 * so that of two the later one has the later time. NEVER: there is none. */
static ward_ns sent(const struct gather *g, size_t k, uint32_t revision)
{
	ward_ns t = WARD_NS_NEVER;
	uint32_t before = 0;

	for (size_t a = g->begin[k]; a < g->n_all && !same(g->all[a].r, g->last[k]); a++) {
		const struct ward_record *r = g->all[a].r;
		ward_ns next;

		if (r->revision > revision)
			break;
		if (t == WARD_NS_NEVER || !ward_add(t, WARD_NS_PER_S, &next))
			t = r->last;
		else if (r->revision != before)
			t = r->last > next ? r->last : next;
		before = r->revision;
	}
	return before == revision ? t : WARD_NS_NEVER;
}

/* Of a series, what came before: the first one, by which others know the line, and the latest. */
static enum ward_err series(struct gather *g, size_t k, struct ward_exchange_incident *i)
{
	struct ward_exchange_before *b =
		ward_arena_array(g->arena, WARD_EXCHANGE_BEFORE, sizeof(*b));
	size_t n = 0;

	if (!b)
		return WARD_ERR_NOMEM;
	for (size_t a = g->begin[k]; a < g->n_all && !same(g->all[a].r, g->last[k]); a++) {
		uint32_t revision = g->all[a].r->revision;

		if (revision == i->revision || (n && b[n - 1].revision == revision))
			continue;
		if (n == WARD_EXCHANGE_BEFORE) {
			memmove(&b[1], &b[2], (n - 2) * sizeof(*b));
			n--;
		}
		b[n++].revision = revision;
	}
	for (size_t a = 0; a < n; a++)
		b[a].sent = sent(g, k, b[a].revision);
	i->before = b;
	i->n_before = n;
	i->told_revision = n ? b[n - 1].revision : 0;
	i->told = n ? b[n - 1].sent : WARD_NS_NEVER;
	return WARD_OK;
}

static enum ward_err told(struct gather *g, size_t k, struct ward_exchange_incident *i)
{
	struct ward_exchange_before *b;

	if (g->ask->series)
		return series(g, k, i);
	i->told_revision = g->ask->told;
	i->told = i->told_revision ? sent(g, k, i->told_revision) : WARD_NS_NEVER;
	if (!i->told_revision)
		return WARD_OK;
	b = ward_arena_array(g->arena, 1, sizeof(*b));
	if (!b)
		return WARD_ERR_NOMEM;
	*b = (struct ward_exchange_before){i->told_revision, i->told};
	i->before = b;
	i->n_before = 1;
	return i->told == WARD_NS_NEVER ? WARD_ERR_NOT_FOUND : WARD_OK;
}

/* The last revision that has signs; NULL: none does. */
static const struct ward_record *with_signs(const struct gather *g, size_t k)
{
	const struct ward_record *r = NULL;

	for (size_t a = g->begin[k]; a < g->n_all && !same(g->all[a].r, g->last[k]); a++)
		if (g->all[a].r->n_member)
			r = g->all[a].r;
	return r;
}

/* What has lost all its signs is called what it was called before. */
static void as_before(const struct ward_record *was, struct ward_exchange_incident *i)
{
	i->name = was->name;
	if (!i->name.what.len)
		i->name.what = was->member[0].title;
	if (i->last >= was->last)
		return;
	i->level = was->level;
	i->domain = was->domain;
	i->first = was->first;
	i->last = was->last;
}

static enum ward_err threats(struct gather *g, struct ward_exchange_incident *i)
{
	i->threat = ward_arena_array(g->arena, i->n_sign, sizeof(const struct ward_threat *));
	if (!i->threat)
		return WARD_ERR_NOMEM;
	for (size_t k = 0; k < i->n_sign; k++) {
		size_t n = 0;

		while (n < i->n_threat && i->threat[n] != i->sign[k].threat)
			n++;
		if (n == i->n_threat && i->sign[k].threat)
			i->threat[i->n_threat++] = i->sign[k].threat;
	}
	return WARD_OK;
}

static enum ward_err incident(struct gather *g, size_t k, struct ward_exchange_incident *i)
{
	const struct ward_record *r = g->last[k], *was = with_signs(g, k);

	*i = (struct ward_exchange_incident){.id = r->id,
		.revision = r->revision,
		.level = r->level,
		.first = r->first,
		.last = r->last,
		.sent = sent(g, k, r->revision),
		.phase = ward_record_phase(r->state),
		.state = r->state,
		.domain = r->domain,
		.name = r->name,
		.step_role = r->step_role,
		.step_reach = r->step_reach,
		.step_text = r->step_text,
		.only_some = r->only_some};
	if (i->phase == WARD_PHASE_OPEN && superseded(g, r->id))
		i->phase = WARD_PHASE_OVER;
	i->sign = ward_arena_array(g->arena, r->n_member, sizeof(*i->sign));
	if (!i->sign)
		return WARD_ERR_NOMEM;
	enum ward_err err = WARD_OK;

	for (; !err && i->n_sign < r->n_member; i->n_sign++)
		err = sign(g, &r->member[i->n_sign], &i->sign[i->n_sign]);
	if (!i->n_sign && was)
		as_before(was, i);
	if (!i->name.what.len && i->n_sign) {
		i->name.what = i->sign[0].title;
		i->name.on = i->sign[0].on;
	}
	if (!i->name.what.len)
		i->name.what = ward_str_z(WARD_TEXT("Security incident"));
	if (!err)
		err = threats(g, i);
	if (!err)
		err = impacts(g, i);
	return err ? err : told(g, k, i);
}

static int by_begin(const void *a, const void *b)
{
	const struct ward_exchange_incident *l = a, *r = b;

	if (l->first != r->first)
		return l->first < r->first ? -1 : 1;
	return ward_id_cmp(l->id, r->id);
}

static bool wanted(const struct gather *g, const struct ward_record *r)
{
	return r->kind == WARD_RECORD_INCIDENT &&
	       (!g->ask->only || ward_id_eq(r->id, *g->ask->only));
}

enum ward_err ward_exchange_gather(
	const struct ward_exchange_ask *ask, struct ward_arena *arena, struct ward_exchange *ret)
{
	struct gather g = {.ask = ask, .arena = arena};
	struct ward_exchange x = {.model = ask->model,
		.arena = arena,
		.at = ask->at,
		.exercise = ward_model_exercise(ask->model, ask->exercise),
		.tlp = WARD_TLP_AMBER_STRICT};
	enum ward_err err = last_of_each(&g);
	size_t n = 0;

	for (size_t k = 0; k < g.n_last; k++)
		n += wanted(&g, g.last[k]);
	if (!err && ask->only && !n)
		err = WARD_ERR_NOT_FOUND;
	if (!err)
		err = services(&g);
	if (!err)
		err = taken_up(&g);
	x.incident = err ? NULL : ward_arena_array(arena, n, sizeof(*x.incident));
	if (!err && !x.incident)
		err = WARD_ERR_NOMEM;
	for (size_t k = 0; !err && k < g.n_last; k++)
		if (wanted(&g, g.last[k]))
			err = incident(&g, k, &x.incident[x.n_incident++]);
	if (err)
		return err;
	if (x.n_incident)
		qsort(x.incident, x.n_incident, sizeof(*x.incident), by_begin);
	*ret = x;
	return WARD_OK;
}
