#include "model/inventory/place_priv.h"

#include <stdlib.h>

enum {
	SEEN_MAX = 1 << 20,
	SPOTS_MAX = 1 << 18,
	BYTES_MAX = 256 << 20,
	LOOKED_AT = 64,  /* newest sightings of one thing */
	UPLINK_MACS = 4, /* more at one port: a switch or an access point is behind it */
	LEAST = 5,       /* % */
	MOBILE_PART = 3, /* the directory's word about a thing on wheels counts a third */
};

static const char *const kind_name[WARD_SIGHT_N] = {
	[WARD_SIGHT_SWITCH] = "switch",
	[WARD_SIGHT_LOGIN] = "login",
	[WARD_SIGHT_WIFI] = "wifi",
	[WARD_SIGHT_ANNOUNCED] = "announced",
};

enum ward_err ward_places_new(const struct ward_model *model, const struct ward_inv_rules *rules,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_places **ret)
{
	struct ward_places *p = ward_mem_alloc(mem, sizeof(*p));

	if (!p)
		return WARD_ERR_NOMEM;
	*p = (struct ward_places){.model = model, .rules = rules, .lim = lim, .mem = mem};
	ward_arena_init(&p->arena, mem, BYTES_MAX);
	ward_intern_init(&p->names, mem, SPOTS_MAX, BYTES_MAX);
	enum ward_err err = ward_places_heard_new(p);

	if (err) {
		ward_places_free(p);
		return err;
	}
	*ret = p;
	return WARD_OK;
}

void ward_places_free(struct ward_places *p)
{
	if (!p)
		return;
	ward_places_heard_free(p);
	ward_mem_free(p->mem, p->spot, p->cap_spot * sizeof(*p->spot));
	ward_mem_free(p->mem, p->seen, p->cap_seen * sizeof(*p->seen));
	ward_intern_fini(&p->names);
	ward_arena_fini(&p->arena);
	ward_mem_free(p->mem, p, sizeof(*p));
}

enum ward_err ward_places_spot(
	struct ward_places *p, struct ward_str device, struct ward_str port, uint32_t *ret)
{
	struct ward_wr name = ward_wr_grow(p->mem, 4096);
	enum ward_err err = WARD_ERR_LIMIT;

	ward_wr_str(&name, device);
	if (port.len) {
		ward_wr_ch(&name, ' ');
		ward_wr_str(&name, port);
	}
	if (!ward_wr_bad(&name))
		err = ward_intern_put(&p->names, ward_wr_text(&name), ret);
	ward_wr_fini(&name);
	if (err || *ret < p->n_spot)
		return err;
	err = ward_mem_more(p->mem, &p->spot, p->n_spot, &p->cap_spot, sizeof(*p->spot), SPOTS_MAX);
	if (!err)
		p->spot[p->n_spot++] = (struct ward_spot){.at = ward_intern_at(&p->names, *ret)};
	return err;
}

enum ward_err ward_places_saw(struct ward_places *p, const struct ward_sighting *s)
{
	enum ward_err err =
		ward_mem_more(p->mem, &p->seen, p->n_seen, &p->cap_seen, sizeof(*s), SEEN_MAX);

	if (!err)
		p->seen[p->n_seen++] = *s;
	return err;
}

static int newest_first(const void *a, const void *b)
{
	const struct ward_sighting *x = a, *y = b;
	int c = memcmp(x->mac, y->mac, sizeof(x->mac));

	if (c)
		return c;
	if (x->time != y->time)
		return x->time > y->time ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->spot == y->spot ? 0 : x->spot < y->spot ? -1 : 1;
}

static int by_spot(const void *a, const void *b)
{
	const struct ward_sighting *x = a, *y = b;

	if (x->spot != y->spot)
		return x->spot < y->spot ? -1 : 1;
	return memcmp(x->mac, y->mac, sizeof(x->mac));
}

void ward_places_sort(struct ward_places *p)
{
	if (!p->n_seen)
		return;
	qsort(p->seen, p->n_seen, sizeof(*p->seen), by_spot);
	for (size_t i = 0; i < p->n_spot; i++)
		p->spot[i].n_mac = 0;
	for (size_t i = 0; i < p->n_seen; i++)
		p->spot[p->seen[i].spot].n_mac +=
			i == 0 || by_spot(&p->seen[i], &p->seen[i - 1]) != 0;
	qsort(p->seen, p->n_seen, sizeof(*p->seen), newest_first);
}

enum ward_err ward_places_read(struct ward_places *p, struct ward_str file, struct ward_slice text,
	ward_ns as_of, struct ward_diag *diag)
{
	struct ward_str s = ward_slice_text(text);
	enum ward_err err = ward_places_is_walk(s) ? ward_places_walk(p, file, s, as_of)
						   : ward_places_csv(p, file, text, as_of, diag);

	ward_places_sort(p);
	return err;
}

/* Whole halvings by shifting; in between a straight line, off by less than 0.09 of a halving. */
uint8_t ward_place_fade(uint8_t c, ward_ns age, ward_ns half_life)
{
	if (age <= 0)
		return c;
	ward_ns whole = age / half_life, rest = age % half_life;

	if (whole >= 8)
		return 0;
	/* 1 - rest / (2 half_life), in 1024ths; half_life >= 1 s, so >> 10 loses little. */
	int64_t part = 1024 - 512 * (rest >> 10) / (half_life >> 10);

	return (uint8_t)(((int64_t)c * part >> 10) >> whole);
}

struct answer {
	struct ward_placement *p;
	size_t n;
	unsigned doubt; /* of older sightings, % */
};

/* Two words for one room are surer than each; where one stays silent nothing changes. */
static void add(struct answer *a, const struct ward_placement *what)
{
	for (size_t i = 0; i < a->n; i++) {
		unsigned both =
			100U - (100U - a->p[i].confidence) * (100U - what->confidence) / 100;

		if (!ward_str_eq(a->p[i].room, what->room))
			continue;
		a->p[i].confidence = (uint8_t)(both > 99 ? 99 : both);
		return;
	}
	a->p[a->n++] = *what;
}

static bool is_port(enum ward_sight kind)
{
	return kind == WARD_SIGHT_SWITCH || kind == WARD_SIGHT_LOGIN;
}

static bool is_uplink(const struct ward_spot *s, enum ward_sight kind)
{
	return is_port(kind) && (s->uplink || s->n_mac > UPLINK_MACS);
}

/* Is there a newer one of the same kind? It says more of now than this one. */
static bool outdated(const struct ward_sighting *from, const struct ward_sighting *s)
{
	for (; from < s; from++)
		if (from->kind == s->kind && from->spot == s->spot)
			return true;
	return false;
}

static void add_seen(
	const struct ward_places *p, const uint8_t mac[6], ward_ns now, struct answer *a)
{
	size_t lo = 0, hi = p->n_seen;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (memcmp(p->seen[mid].mac, mac, 6) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (size_t i = lo; i < p->n_seen && i < lo + LOOKED_AT; i++) {
		const struct ward_sighting *s = &p->seen[i];
		const struct ward_spot *spot = &p->spot[s->spot];
		const struct ward_inv_kind *k = ward_inv_kind(p->rules, kind_name[s->kind]);

		if (memcmp(s->mac, mac, 6) != 0)
			break;
		if (!k || is_uplink(spot, s->kind) || outdated(&p->seen[lo], s))
			continue;
		/* Several at one port: one of them may be a telephone that passes the other on. */
		unsigned base = is_port(s->kind) && spot->n_mac > 2 ? k->confidence * 2U / 3
								    : k->confidence;
		unsigned c = ward_place_fade((uint8_t)base, now - s->time, k->half_life) *
			     a->doubt / 100;
		struct ward_placement what = {.room = spot->room,
			.confidence = (uint8_t)c,
			.as_of = s->time,
			.kind = kind_name[s->kind],
			.at = spot->at};

		if (c && spot->room.len)
			add(a, &what);
		/* Seen there, it is not where it was seen before. */
		a->doubt = a->doubt * (100 - c) / 100;
	}
}

static void add_directory(const struct ward_places *p, uint32_t node, struct answer *a)
{
	const struct ward_inv_kind *k = ward_inv_kind(p->rules, "directory");
	uint32_t room = p->model && node != WARD_NONE
				? ward_model_up(p->model, node, WARD_NODE_ROOM)
				: WARD_NONE;

	if (!k || room == WARD_NONE)
		return;
	bool mobile = ward_inv_mobile(p->rules, ward_model_node(p->model, node)->class);
	unsigned c = k->confidence / (mobile ? MOBILE_PART : 1U) * a->doubt / 100;
	struct ward_placement what = {.room = ward_model_node(p->model, room)->id,
		.confidence = (uint8_t)c,
		.as_of = INT64_MIN,
		.kind = "directory",
		.at = {"", 0}};

	if (c)
		add(a, &what);
}

static int surest_first(const void *a, const void *b)
{
	const struct ward_placement *x = a, *y = b;

	if (x->confidence != y->confidence)
		return x->confidence > y->confidence ? -1 : 1;
	return ward_str_cmp(x->room, y->room);
}

size_t ward_places_of(const struct ward_places *p, const uint8_t (*mac)[6], size_t n_mac,
	uint32_t node, ward_ns now, struct ward_placement ret[WARD_PLACEMENTS])
{
	enum { MACS = 4 };
	struct ward_placement all[MACS * LOOKED_AT + 1];
	struct answer a = {all, 0, 100};
	unsigned doubt = 100;
	size_t n = 0;

	for (size_t i = 0; i < n_mac && i < MACS; i++) {
		a.doubt = 100;
		add_seen(p, mac[i], now, &a);
		doubt = a.doubt < doubt ? a.doubt : doubt;
	}
	a.doubt = doubt;
	add_directory(p, node, &a);
	qsort(all, a.n, sizeof(*all), surest_first);
	while (n < a.n && n < WARD_PLACEMENTS && all[n].confidence >= LEAST) {
		ret[n] = all[n];
		n++;
	}
	return n;
}
