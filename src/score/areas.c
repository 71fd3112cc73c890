#include "score/areas.h"

#include "model/basis.h"
#include "model/hours.h"

enum { CRITICAL = 4 };

const char *ward_score_area_name(enum ward_score_area a)
{
	static const char *const name[] = {
#define X(NAME, name) name,
		WARD_SCORE_AREAS(X)
#undef X
	};

	WARD_ASSERT((unsigned)a < WARD_SCORE_AREA_N);
	return name[a];
}

static bool is(const struct ward_model *m, uint32_t i, const char *class)
{
	uint32_t c = ward_ontology_find(ward_model_ontology(m), ward_str_z(class));

	return c != WARD_NONE && ward_model_is(m, i, c);
}

static bool one_of(const struct ward_model *m, uint32_t i, const char *const *class)
{
	for (; *class; class ++)
		if (is(m, i, *class))
			return true;
	return false;
}

static bool has_in(const struct ward_model *m, uint32_t i, enum ward_rel_type type)
{
	size_t n;
	const struct ward_rel *r = ward_model_in(m, i, &n);

	for (size_t k = 0; k < n; k++)
		if (r[k].type == type)
			return true;
	return false;
}

static bool is_kind(const struct ward_model *m, uint32_t i, enum ward_node_kind kind)
{
	return ward_model_node(m, i)->kind == kind;
}

static bool needed_room(const struct ward_model *m, uint32_t i)
{
	return is_kind(m, i, WARD_NODE_ROOM) && has_in(m, i, WARD_REL_REQUIRES);
}

static bool care(const struct ward_model *m, uint32_t i)
{
	return is_kind(m, i, WARD_NODE_SERVICE) && is(m, i, "service.care");
}

static bool critical(const struct ward_model *m, uint32_t i)
{
	return ward_model_node(m, i)->criticality >= CRITICAL;
}

static bool old(const struct ward_basis *b, ward_ns as_of)
{
	return b->half_life && as_of > b->as_of && as_of - b->as_of > b->half_life;
}

bool score_doubtful(const struct ward_model *m, ward_ns as_of, uint32_t i, const char *key)
{
	size_t n;
	const struct ward_basis *b = ward_model_basis(m, i, &n);
	bool doubtful = false;

	for (size_t k = 0; k < n; k++) {
		bool is_so = b[k].assumed || old(&b[k], as_of);

		if (ward_str_eqz(b[k].key, key))
			return is_so;
		doubtful = doubtful || (!b[k].key.len && is_so);
	}
	return doubtful;
}

static bool any_old(const struct ward_model *m, ward_ns as_of, uint32_t i)
{
	size_t n;
	const struct ward_basis *b = ward_model_basis(m, i, &n);

	for (size_t k = 0; k < n; k++)
		if (old(&b[k], as_of))
			return true;
	return false;
}

/* The newest day that anything is known from. */
static ward_ns newest(const struct ward_model *m)
{
	ward_ns t = 0;

	for (uint32_t i = 0; i < ward_model_n(m); i++) {
		size_t n;
		const struct ward_basis *b = ward_model_basis(m, i, &n);

		for (size_t k = 0; k < n; k++)
			t = b[k].as_of > t ? b[k].as_of : t;
	}
	return t;
}

/* Ought it to say something, and does it? */
static bool asks(const struct ward_model *m, enum ward_score_area a, uint32_t i)
{
	static const char *const warm[] = {"room.theatre", "room.icu", "room.imaging", "room.lab",
		"room.pharmacy", "room.technical.server", "room.technical.network", NULL};
	static const char *const wired[] = {"device.computer", "device.medical.monitor",
		"device.medical.ct", "device.medical.mri", "device.medical.analyser",
		"device.medical.dialysis", "device.medical.anaesthesia", "device.medical.central",
		NULL};
	static const char *const lasting[] = {"device.building.ups", "device.building.generator",
		"supply.gas", "supply.cooling", NULL};
	static const char *const guarded[] = {
		"network", "device.computer.server", "room.technical", NULL};

	static const char *const long_ways[] = {
		"room.corridor", "room.stairs", "room.outside", NULL};
	size_t n;

	switch (a) {
	case WARD_SCORE_REQUIREMENTS:
		return is_kind(m, i, WARD_NODE_SERVICE);
	case WARD_SCORE_POWER:
		return needed_room(m, i);
	case WARD_SCORE_COOLING:
		return one_of(m, i, warm);
	case WARD_SCORE_NETWORK:
		return one_of(m, i, wired);
	case WARD_SCORE_BUFFERS:
		return one_of(m, i, lasting);
	case WARD_SCORE_RECOVERY:
		return critical(m, i) &&
		       (is_kind(m, i, WARD_NODE_SERVICE) || is_kind(m, i, WARD_NODE_ASSET));
	case WARD_SCORE_PROTECTIONS:
		return one_of(m, i, guarded);
	case WARD_SCORE_PEOPLE:
	case WARD_SCORE_TOLERANCE:
	case WARD_SCORE_EVACUATION:
	case WARD_SCORE_HOURS:
	case WARD_SCORE_WEIGHT:
		return care(m, i);
	case WARD_SCORE_DISTANCES:
		return one_of(m, i, long_ways);
	case WARD_SCORE_AGE:
		(void)ward_model_basis(m, i, &n);
		return n > 0;
	case WARD_SCORE_AREA_N:
		break;
	}
	return false;
}

static bool says(const struct ward_model *m, ward_ns as_of, enum ward_score_area a, uint32_t i)
{
	const struct ward_node *n = ward_model_node(m, i);
	size_t count = 0;

	switch (a) {
	case WARD_SCORE_REQUIREMENTS:
		(void)ward_model_groups(m, i, &count);
		return count > 1;
	case WARD_SCORE_POWER:
		return has_in(m, i, WARD_REL_POWERS);
	case WARD_SCORE_COOLING:
		return has_in(m, i, WARD_REL_COOLS);
	case WARD_SCORE_NETWORK:
		return has_in(m, i, WARD_REL_CONNECTS);
	case WARD_SCORE_PEOPLE:
		return n->staff && n->role != WARD_NONE;
	case WARD_SCORE_BUFFERS:
		(void)ward_model_buffers(m, i, &count);
		return count > 0;
	case WARD_SCORE_RECOVERY:
		return n->recovery > 0;
	case WARD_SCORE_TOLERANCE:
		return n->mtpd > 0;
	case WARD_SCORE_PROTECTIONS:
		(void)ward_model_protections(m, i, &count);
		return count > 0;
	case WARD_SCORE_EVACUATION:
		return n->patients && has_in(m, i, WARD_REL_HOSTS);
	case WARD_SCORE_HOURS:
		return ward_model_has_hours(m, i);
	case WARD_SCORE_WEIGHT:
		return n->weight_micro > 0;
	case WARD_SCORE_DISTANCES:
		return n->metres > 0;
	case WARD_SCORE_AGE:
		return !any_old(m, as_of, i);
	case WARD_SCORE_AREA_N:
		break;
	}
	return false;
}

void score_areas(const struct ward_model *m, ward_ns now, struct ward_score *s)
{
	static const char *const key[WARD_SCORE_AREA_N] = {"requires", "powers", "cools", "network",
		"staff", "buffers", "recovery", "mtpd", "protections", "patients", "hours",
		"weight", "metres", ""};
	uint64_t sum = 0, n_area = 0;

	s->as_of = newest(m);
	s->as_of = now > s->as_of ? now : s->as_of;
	for (unsigned a = 0; a < WARD_SCORE_AREA_N; a++) {
		struct ward_score_row *r = &s->row[a];
		enum ward_score_area area = (enum ward_score_area)a;

		for (uint32_t i = 0; i < ward_model_n(m); i++) {
			if (!asks(m, area, i))
				continue;
			if (says(m, s->as_of, area, i)) {
				r->stated++;
				r->assumed += a != WARD_SCORE_AGE &&
					      score_doubtful(m, s->as_of, i, key[a]);
			} else if (r->n - r->stated < WARD_SCORE_MISSING) {
				r->missing[r->n - r->stated] = i;
			}
			r->n++;
		}
		n_area += r->n > 0;
		sum += r->n ? ward_score_percent(r) : 0;
	}
	s->percent = n_area ? (uint32_t)(sum / n_area) : 0;
}

uint32_t ward_score_percent(const struct ward_score_row *r)
{
	uint64_t halves = 2 * (uint64_t)r->stated - r->assumed;

	return r->n ? (uint32_t)(halves * 50 / r->n) : 100;
}
