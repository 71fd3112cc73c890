/* Points that follow others, and what is written to those. */
#include "exercise/device_priv.h"
#include "model/point/point.h"

#include <math.h>

enum { STEP_MS = 100, STEPS_MAX = 100000 };

double ward_device_worth(const struct ward_device_value *v, ward_ns time)
{
	return v->written || v->law.n_of ? v->is : ward_moves_at(&v->moves, time);
}

/* Same address, of whatever protocol: both were read in the same way. */
static bool is_at(const struct ward_device *d, const struct ward_device_value *v, struct ward_str s)
{
	struct ward_bacnet_ref object;
	struct ward_modbus_ref reg;
	struct ward_snmp_oid oid;
	const char *why;

	if (d->speech == WARD_DEVICE_BACNET)
		return ward_bacnet_ref_parse(s, &object, &why) == WARD_OK &&
		       object.device == v->at.object.device && object.type == v->at.object.type &&
		       object.instance == v->at.object.instance;
	if (d->speech == WARD_DEVICE_MODBUS)
		return ward_modbus_ref_parse(s, &reg, &why) == WARD_OK &&
		       reg.unit == v->at.registers.unit && reg.table == v->at.registers.table &&
		       reg.start == v->at.registers.start;
	return ward_snmp_oid_parse(s, &oid, &why) == WARD_OK && oid.n == v->at.oid.n &&
	       memcmp(oid.id, v->at.oid.id, oid.n * sizeof(oid.id[0])) == 0;
}

/* Whom it follows is there, and is not itself. */
static bool bind(struct ward_device *d, struct ward_device_value *v)
{
	for (size_t k = 0; k < v->law.n_of; k++) {
		size_t *of = &v->of[k];

		while (*of < d->n && !is_at(d, &d->value[*of], v->law.of[k]))
			++*of;
		if (*of == d->n || &d->value[*of] == v)
			return false;
		d->value[*of].leads = true;
	}
	return true;
}

enum ward_err ward_device_bind(struct ward_device *d)
{
	for (size_t i = 0; i < d->n; i++) {
		struct ward_device_value *v = &d->value[i];

		if (v->law.n_of)
			v->is = v->moves.move[0].to;
		if (!bind(d, v))
			return WARD_ERR_MALFORMED;
	}
	return WARD_OK;
}

static double leader(const struct ward_device *d, const struct ward_device_value *v)
{
	double sum = 0;

	for (size_t k = 0; k < v->law.n_of; k++)
		sum += ward_device_worth(&d->value[v->of[k]], d->lived);
	return sum;
}

static void follow(struct ward_device_value *v, double leads, double by_s)
{
	const struct ward_follow *l = &v->law;
	double slope = (l->is[1] - l->is[0]) / (l->when[1] - l->when[0]);
	double goal = l->is[0] + slope * (leads - l->when[0]);

	if (l->within) /* exact for a leader that stands still during the step */
		v->is += (goal - v->is) *
			 (1 - exp(-by_s * (double)WARD_NS_PER_S / (double)l->within));
	else
		v->is += goal * by_s;
	v->is = fmin(fmax(v->is, l->low), l->high);
}

void ward_device_live(struct ward_device *d, ward_ns time)
{
	ward_ns step = STEP_MS * WARD_NS_PER_MS, least = (time - d->lived) / STEPS_MAX;

	step = least > step ? least : step;
	while (d->lived < time) {
		ward_ns by = time - d->lived < step ? time - d->lived : step;

		for (size_t i = 0; i < d->n; i++) {
			struct ward_device_value *v = &d->value[i];

			if (v->law.n_of && !v->written)
				follow(v, leader(d, v), (double)by / (double)WARD_NS_PER_S);
		}
		d->lived += by;
	}
}

bool ward_device_set(struct ward_device *d, struct ward_device_value *v, double gives)
{
	double is = gives * v->scale + v->offset;

	if (!v->leads || !(fabs(gives) <= WARD_POINT_VALUE_MAX && fabs(is) <= WARD_POINT_VALUE_MAX))
		return false;
	v->written = true;
	v->is = is;
	d->written++;
	return true;
}

bool ward_device_put(struct ward_device *d, ward_ns time, size_t value, double is)
{
	if (value >= d->n || !(fabs(is) <= WARD_POINT_VALUE_MAX))
		return false;
	ward_device_live(d, time);
	d->value[value].written = true;
	d->value[value].is = is;
	return true;
}

bool ward_device_release(struct ward_device *d, struct ward_device_value *v)
{
	if (!v->leads) /* nobody may write it: it stays as it was put */
		return false;
	v->written = false;
	d->written++;
	return true;
}

void ward_device_write_all(
	const struct ward_controller *k, const struct ward_points *points, struct ward_wr *w)
{
	for (size_t i = 0; i < k->n_value; i++) {
		uint32_t at = ward_points_find(points, k->value[i].point);

		if (at == WARD_NONE)
			continue; /* the scenario was checked against the same points */
		const struct ward_bms_point *p = ward_points_at(points, at);
		const struct ward_device_point point = {p->address, p->scale, p->offset};
		struct ward_follow law = k->value[i].law;

		for (size_t n = 0; n < law.n_of; n++) {
			uint32_t of = ward_points_find(points, law.of[n]);

			if (of != WARD_NONE)
				law.of[n] = ward_points_at(points, of)->address;
		}
		ward_device_write(&point, &k->value[i].moves,
			law.n_of || k->value[i].setting ? &law : NULL, w);
	}
}
