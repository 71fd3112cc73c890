#include "sense/sip/places.h"

#include "base/degrees.h"

#include <math.h>

enum { PLACES_MAX = 4096, TEXT_MAX = 1 << 21, KEY_MAX = 256 };

struct circle {
	struct ward_geo at;
	struct ward_str id;
};

struct ward_sip_places {
	const struct ward_mem *mem;
	struct ward_intern keys; /* in lower case */
	struct ward_arena arena; /* of the ids */
	struct ward_str *id;     /* by key */
	size_t cap_id;
	struct circle *circle;
	size_t n_circle, cap_circle;
};

/* Empty: it is longer than any key. */
static struct ward_str lower(struct ward_str s, char ret[KEY_MAX])
{
	if (s.len > KEY_MAX)
		return WARD_STR("");
	for (size_t i = 0; i < s.len; i++)
		ret[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] | 0x20 : s.p[i]);
	return (struct ward_str){ret, s.len};
}

static enum ward_err take_line(struct ward_sip_places *p, struct ward_str line)
{
	struct ward_str id = line, key = ward_str_cut(&id, '\t');
	struct ward_geo g;
	char buf[KEY_MAX];
	uint32_t i;
	enum ward_err err;

	if (!key.len || key.len > KEY_MAX || !id.p || !id.len)
		return WARD_ERR_MALFORMED;
	id = ward_arena_str(&p->arena, id);
	if (!id.p)
		return WARD_ERR_NOMEM;
	if (ward_geo_parse(key, &g)) {
		err = ward_mem_more(p->mem, &p->circle, p->n_circle, &p->cap_circle,
			sizeof(*p->circle), PLACES_MAX);
		if (!err)
			p->circle[p->n_circle++] = (struct circle){g, id};
		return err;
	}
	err = ward_mem_more(p->mem, &p->id, p->keys.n, &p->cap_id, sizeof(*p->id), PLACES_MAX);
	if (!err)
		err = ward_intern_put(&p->keys, lower(key, buf), &i);
	if (!err)
		p->id[i] = id;
	return err;
}

enum ward_err ward_sip_places_new(
	const struct ward_mem *mem, struct ward_slice text, struct ward_sip_places **ret)
{
	struct ward_sip_places *p = ward_mem_alloc(mem, sizeof(*p));
	struct ward_str rest = ward_slice_text(text);
	enum ward_err err = WARD_OK;

	if (!p)
		return WARD_ERR_NOMEM;
	p->mem = mem;
	ward_intern_init(&p->keys, mem, PLACES_MAX, TEXT_MAX);
	ward_arena_init(&p->arena, mem, TEXT_MAX);
	while (!err && rest.p && rest.len)
		err = take_line(p, ward_str_cut(&rest, '\n'));
	if (err)
		ward_sip_places_free(p);
	else
		*ret = p;
	return err;
}

void ward_sip_places_free(struct ward_sip_places *p)
{
	if (!p)
		return;
	ward_mem_free(p->mem, p->id, p->cap_id * sizeof(*p->id));
	ward_mem_free(p->mem, p->circle, p->cap_circle * sizeof(*p->circle));
	ward_intern_fini(&p->keys);
	ward_arena_fini(&p->arena);
	ward_mem_free(p->mem, p, sizeof(*p));
}

struct ward_str ward_sip_places_named(const struct ward_sip_places *p, struct ward_str key)
{
	char buf[KEY_MAX];
	struct ward_str k = lower(key, buf);
	uint32_t i = k.len ? ward_intern_find(&p->keys, k) : WARD_NONE;

	return i == WARD_NONE ? WARD_STR("") : p->id[i];
}

/* Squared metres on a plane that touches the earth there: within a hospital's ground it is off by
 * less than a millimetre. A degree of latitude is 111,195 m on a sphere of 6,371 km. */
static double away(const struct ward_geo *a, int64_t lat, int64_t lon)
{
	static const double per_micro = 0.111195, radians = 3.14159265358979323846 / 180e6;
	double y = (double)(lat - a->lat) * per_micro;
	double x = (double)(lon - a->lon) * per_micro * cos((double)a->lat * radians);

	return x * x + y * y;
}

struct ward_str ward_sip_places_at(const struct ward_sip_places *p, int64_t lat, int64_t lon)
{
	struct ward_str id = WARD_STR("");
	double best = -1;

	for (size_t i = 0; i < p->n_circle; i++) {
		const struct circle *c = &p->circle[i];
		double d = away(&c->at, lat, lon), r = (double)c->at.metres;

		if (d <= r * r && (best < 0 || d < best)) {
			best = d;
			id = c->id;
		}
	}
	return id;
}

void ward_sip_places_write(struct ward_wr *w, struct ward_str key, struct ward_str id)
{
	ward_wr_str(w, key);
	ward_wr_ch(w, '\t');
	ward_wr_str(w, id);
	ward_wr_ch(w, '\n');
}
