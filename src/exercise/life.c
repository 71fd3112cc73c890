#include "exercise/life_priv.h"

#include "base/id.h"

#include <stdlib.h>

enum { TEXT_MAX = 64 << 20, MINUTE_S = 60, OVER_S = 12 /* within which anything is over */ };

/* How much of a day's comings and goings is in each hour, in percent: the early, late and night
 * shift change at 7, 14 and 22, visits are in the afternoon. */
static const uint8_t by_hour[24] = {
	1, 1, 1, 1, 1, 2, 6, 9, 7, 6, 5, 5, 6, 7, 8, 7, 6, 5, 4, 3, 3, 3, 2, 1};

/* SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014. */
static uint64_t draw(struct ward_life *l)
{
	uint64_t z = l->dice += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

double ward_life_dice(struct ward_life *l)
{
	return (double)(draw(l) >> 11) * 0x1p-53;
}

size_t ward_life_one_of(struct ward_life *l, size_t n)
{
	return (size_t)(draw(l) % n);
}

unsigned ward_life_hour(const struct ward_life *l, ward_ns at)
{
	const struct ward_scenario *s = l->in->story;

	return (unsigned)((s->start + s->utc_offset + at) / (3600 * WARD_NS_PER_S) % 24);
}

void ward_life_pace(struct ward_life *l, struct ward_life_pace p,
	void (*one)(struct ward_life *l, ward_ns at, void *ctx), void *ctx)
{
	static const ward_ns minute = MINUTE_S * WARD_NS_PER_S;
	ward_ns until = l->in->lasts - OVER_S * WARD_NS_PER_S;
	ward_ns over = l->in->soon - OVER_S * WARD_NS_PER_S;
	ward_ns soon = over > 0 && over < until ? over : until;
	bool any = false;

	if (until <= 0)
		return;
	l->people = p.by_hour;
	for (ward_ns from = 0; from < until && !l->err; from += minute) {
		ward_ns len = until - from < minute ? until - from : minute;
		double share = p.by_hour ? by_hour[ward_life_hour(l, from)] / 100.0 : 1 / 24.0;
		double mean =
			p.a_day * l->share[p.by_hour] * share / 60 * ((double)len / (double)minute);
		size_t n = (size_t)(mean + ward_life_dice(l));

		any |= n > 0 && from + len <= soon;
		while (n-- > 0)
			one(l, from + (ward_ns)(ward_life_dice(l) * (double)len), ctx);
	}
	if (!any)
		one(l, (ward_ns)(ward_life_dice(l) * (double)soon), ctx);
}

bool ward_life_room(struct ward_life *l, size_t n)
{
	l->wanted[l->people] += n;
	return !l->err && l->n + n <= l->max;
}

struct ward_wr *ward_life_begin(struct ward_life *l, ward_ns at)
{
	if (!l->err && l->n == l->max)
		l->err = WARD_ERR_LIMIT;
	if (!l->err)
		l->err = ward_mem_more(
			l->in->mem, (void *)&l->step, l->n, &l->cap, sizeof(*l->step), l->max);
	if (!l->err)
		l->step[l->n] = (struct ward_life_step){at, l->text.len, 0, l->n};
	return &l->text;
}

void ward_life_end(struct ward_life *l)
{
	if (l->err)
		return;
	l->step[l->n].len = l->text.len - l->step[l->n].off;
	l->n++;
	if (ward_wr_bad(&l->text))
		l->err = WARD_ERR_NOMEM;
}

bool ward_life_plain(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
			return false;
	return s.len > 0;
}

void ward_life_quote(struct ward_wr *w, struct ward_str s)
{
	ward_wr_ch(w, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			ward_wr_ch(w, '\\');
		ward_wr_ch(w, s.p[i]);
	}
	ward_wr_ch(w, '"');
}

uint32_t *ward_life_nodes(struct ward_life *l, size_t n)
{
	uint32_t *p = l->err ? NULL : ward_arena_array(&l->arena, n, sizeof(*p));

	if (!p && !l->err)
		l->err = WARD_ERR_NOMEM;
	return p;
}

uint32_t ward_life_class(const struct ward_life *l, const char *id)
{
	return ward_ontology_find(ward_model_ontology(l->m), ward_str_z(id));
}

bool ward_life_is(const struct ward_life *l, uint32_t node, uint32_t class)
{
	return class != WARD_NONE && ward_model_is(l->m, node, class);
}

const uint8_t *ward_life_ip(const struct ward_model *m, uint32_t node)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff}; /* RFC 4291 2.5.5.2 */
	struct ward_str ip = ward_model_key(m, node, WARD_KEY_IP);

	return ip.len == 16 && memcmp(ip.p, mapped, sizeof(mapped)) == 0
		       ? (const uint8_t *)ip.p + sizeof(mapped)
		       : NULL;
}

/* What happens is drawn anew from here. */
static void begin(struct ward_life *l)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "exercise.life");
	ward_idgen_str(&g, l->in->seed);
	ward_idgen_str(&g, ward_model_hospital(l->m)->id);
	ward_idgen_str(&g, l->in->story->id);
	struct ward_id id = ward_idgen_final(&g);

	l->dice = 0;
	for (size_t i = 0; i < 8; i++)
		l->dice = l->dice << 8 | id.b[i];
	l->n = l->wanted[0] = l->wanted[1] = 0;
	ward_wr_reset(&l->text);
	ward_arena_reset(&l->arena);
	l->apart = ward_arena_array(&l->arena, ward_model_n(l->m), sizeof(*l->apart));
	if (!l->apart)
		l->err = WARD_ERR_NOMEM;
}

static void live(struct ward_life *l)
{
	begin(l);
	if (!l->err)
		ward_life_part(l);
	if (!l->err)
		ward_life_doors(l);
	if (!l->err)
		ward_life_sensors(l);
	if (!l->err)
		ward_life_logins(l);
	if (!l->err)
		ward_life_wires(l);
}

/* All of it, less often: machines have half of the room, if they need it, and people the rest; a
 * part is left to chance. */
static void thin(struct ward_life *l)
{
	double room = 0.9 * (double)l->max, machines = (double)l->wanted[0];
	double people = (double)l->wanted[1];
	double most = people < room / 2 ? room - people : room / 2;

	l->share[0] = machines > most ? most / machines : 1;
	room -= machines * l->share[0];
	l->share[1] = people > room ? room / people : 1;
}

static int in_time(const void *a, const void *b)
{
	const struct ward_life_step *x = a, *y = b;

	return x->at != y->at ? (x->at > y->at) - (x->at < y->at)
			      : (x->order > y->order) - (x->order < y->order);
}

/* All of it as scenario.yml. */
static void write_all(struct ward_life *l, struct ward_wr *w)
{
	const struct ward_hospital *h = ward_model_hospital(l->m);

	ward_wr_z(w, "id: life\ntitle: Ordinary life\nsynthetic: true\nhospital: ");
	ward_life_quote(w, h->id);
	ward_wr_z(w, "\nstart: 1970-01-01T00:00:00Z\nexpect:\n  incidents: 0\nsteps:\n");
	for (size_t i = 0; i < l->n; i++) {
		const struct ward_life_step *s = &l->step[i];

		ward_wr_printf(w, "- at: %lldms\n  ", (long long)(s->at / WARD_NS_PER_MS));
		ward_wr_bytes(w, l->text.p + s->off, s->len);
		ward_wr_ch(w, '\n');
	}
}

/* A life without a step, which no file can say. */
static enum ward_err nothing(const struct ward_life_in *in, struct ward_scenario **ret)
{
	struct ward_scenario *s = ward_mem_alloc(in->mem, sizeof(*s));

	if (!s)
		return WARD_ERR_NOMEM;
	s->mem = in->mem;
	s->model = in->story->model;
	ward_arena_init(&s->arena, in->mem, ward_limit(in->lim, WARD_LIMIT_MODEL_BYTES));
	s->file = s->title = s->id = WARD_STR("life");
	s->synthetic = true;
	*ret = s;
	return WARD_OK;
}

static enum ward_err load(struct ward_life *l, struct ward_scenario **ret)
{
	const struct ward_life_in *in = l->in;
	const struct ward_scenario_in of = {in->story->model, in->lim, in->mem, in->diag, NULL};
	struct ward_wr w = ward_wr_grow(in->mem, TEXT_MAX);
	enum ward_err err;

	if (!l->n)
		return nothing(in, ret);
	qsort(l->step, l->n, sizeof(*l->step), in_time);
	write_all(l, &w);
	err = ward_wr_bad(&w) ? WARD_ERR_NOMEM
			      : ward_scenario_parse(WARD_STR("life"), WARD_STR("life"),
					ward_wr_slice(&w), &of, ret);
	ward_wr_fini(&w);
	return err;
}

enum ward_err ward_life_new(const struct ward_life_in *in, struct ward_scenario **ret)
{
	struct ward_life l = {.in = in,
		.m = in->story->model,
		.share = {1, 1},
		.max = ward_limit(in->lim, WARD_LIMIT_EXERCISE_STEPS)};
	struct ward_scenario *s = NULL;

	ward_arena_init(&l.arena, in->mem, ward_limit(in->lim, WARD_LIMIT_MODEL_BYTES));
	l.text = ward_wr_grow(in->mem, TEXT_MAX);
	live(&l);
	if (!l.err && l.wanted[0] + l.wanted[1] > l.max) {
		thin(&l);
		live(&l);
	}
	if (!l.err)
		l.err = load(&l, &s);
	ward_mem_free(in->mem, l.step, l.cap * sizeof(*l.step));
	ward_wr_fini(&l.text);
	ward_arena_fini(&l.arena);
	if (l.err)
		return l.err;
	s->start = in->story->start;
	s->utc_offset = in->story->utc_offset;
	*ret = s;
	return WARD_OK;
}

ward_ns ward_life_recorded(const struct ward_scenario *story)
{
	return story->n_step ? story->step[story->n_step - 1].real : 0;
}

bool ward_life_rests(const struct ward_scenario *life, size_t n)
{
	size_t in = 0;

	for (size_t i = 0; i < n && i < life->n_step; i++) {
		const struct ward_step *s = &life->step[i];

		if (s->act == WARD_ACT_SYSLOG && ward_str_eqz(s->syslog.class, "door.granted"))
			in++;
		if (s->act == WARD_ACT_SYSLOG && ward_str_eqz(s->syslog.class, "door.closed"))
			in--;
	}
	return in == 0;
}
