/* Origins: which addresses outside belong to which place on earth. */
#include "model/origin.h"

#include "base/degrees.h"
#include "model/load.h"

enum { EARTH_KM = 6371, Q = 30 };

static const int64_t one = (int64_t)1 << Q, half_turn = 180000000;

static void position(struct ward_load *l, const struct ward_conf *c, struct ward_origin *o)
{
	struct ward_str lat = {"", 0}, lon = {"", 0};
	bool has_lat = ward_conf_str(c, "latitude", false, l->diag, &lat);
	bool has_lon = ward_conf_str(c, "longitude", false, l->diag, &lon);

	if (!has_lat && !has_lon)
		return;
	o->placed = ward_degrees_parse(lat, half_turn / 2, &o->lat_micro) &&
		    ward_degrees_parse(lon, half_turn, &o->lon_micro);
	if (!o->placed)
		ward_load_error(l, c,
			WARD_TEXT("latitude '%.*s' and longitude '%.*s' are no place\n"
				  "write both in degrees with at most six decimals, as 45.0703 and "
				  "7.6869"),
			WARD_STR_ARG(lat), WARD_STR_ARG(lon));
}

void ward_read_origin(struct ward_load *l, const struct ward_row *r, const struct ward_conf *c)
{
	struct ward_model *m = l->m;
	struct ward_origin o = {.placed = false};
	struct ward_words w = ward_load_words(l, c, "cidr");
	struct ward_str id;
	uint32_t i;

	(void)r;
	if (!ward_word_id(c, "id", l->diag, &id) || !ward_load_take_id(l, c, id))
		return;
	if (!ward_load_ok(l,
		    ward_mem_more(l->mem, &m->origin, m->origin_ids.n, &m->cap_origin,
			    sizeof(*m->origin), m->origin_ids.max),
		    "model.nodes") ||
		!ward_load_ok(l, ward_intern_put(&m->origin_ids, id, &i), "model.nodes"))
		return;
	o.id = ward_intern_at(&m->origin_ids, i);
	o.name = ward_load_name(l, c, true);
	o.country = ward_load_line(l, c, "country", false);
	position(l, c, &o);
	m->origin[i] = o;
	if (!w.n)
		ward_load_error(l, c,
			WARD_TEXT("origin '%.*s' has no networks\nadd `cidr: [198.51.100.0/24]`"),
			WARD_STR_ARG(id));
	for (size_t k = 0; k < w.n && !l->err; k++) {
		uint32_t other = ward_load_prefix(l, c, w.at[k], &m->places, i);

		if (other != WARD_NONE)
			ward_load_prefix_twice(l, c, w.at[k], m->origin[other].id);
	}
}

/* Sine of an angle of at most a quarter turn, both in units of 2^-30, by its Taylor series: with
 * six terms the error is below 2^-24. */
static int64_t sine_of(int64_t x)
{
	int64_t square = x * x / one, term = x, sum = x;

	for (int64_t k = 2; k <= 12; k += 2) {
		term = -(term * square / one) / (k * (k + 1));
		sum += term;
	}
	return sum;
}

/* Of millionths of a degree within a turn either way. */
static int64_t sine(int64_t micro)
{
	static const int64_t pi = 3373259426; /* in units of 2^-30 */

	if (micro > half_turn)
		micro -= 2 * half_turn;
	else if (micro < -half_turn)
		micro += 2 * half_turn;
	if (micro > half_turn / 2)
		micro = half_turn - micro;
	else if (micro < -half_turn / 2)
		micro = -half_turn - micro;
	return sine_of(micro * pi / half_turn);
}

static uint64_t root(uint64_t v)
{
	uint64_t r = 0;

	for (uint64_t bit = (uint64_t)1 << 31; bit; bit >>= 1)
		if ((r | bit) * (r | bit) <= v)
			r |= bit;
	return r;
}

int64_t ward_origin_km(const struct ward_origin *a, const struct ward_origin *b)
{
	const struct ward_origin *at[] = {a, b};
	int64_t v[2][3];
	uint64_t sum = 0;

	for (size_t i = 0; i < 2; i++) {
		int64_t lat = at[i]->lat_micro, lon = at[i]->lon_micro;
		int64_t flat = sine(half_turn / 2 - lat);

		v[i][0] = flat * sine(half_turn / 2 - lon) / one;
		v[i][1] = flat * sine(lon) / one;
		v[i][2] = sine(lat);
	}
	for (size_t k = 0; k < 3; k++) {
		int64_t d = (v[0][k] - v[1][k]) / (1 << 10); /* at most 2^21: squares fit */

		sum += (uint64_t)(d * d);
	}
	return (int64_t)(root(sum) * EARTH_KM >> (Q - 10));
}
