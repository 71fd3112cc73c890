#include "respond/duty.h"

static bool has(const struct ward_recipient *p, uint32_t role)
{
	for (size_t i = 0; i < p->n_role; i++)
		if (p->role[i] == role)
			return true;
	return false;
}

struct shift {
	struct ward_str person[WARD_ONCALL_AT_ONCE];
	size_t n;
	bool known;
};

static void look_up(const struct ward_oncall *o, const struct ward_model *m, uint32_t role,
	ward_ns t, struct shift *ret)
{
	ret->n = ward_oncall_at(o, m, ward_model_node(m, role)->id, t, ret->person,
		WARD_ONCALL_AT_ONCE, &ret->known);
	if (ret->n > WARD_ONCALL_AT_ONCE)
		ret->n = WARD_ONCALL_AT_ONCE;
}

static bool is_on_call(const struct shift *s, struct ward_str person)
{
	for (size_t i = 0; i < s->n; i++)
		if (ward_str_eq(s->person[i], person))
			return true;
	return false;
}

/* Who is on duty by that role; all who have it when nobody is. */
static uint32_t by_role(
	const struct ward_recipients *r, uint32_t role, const struct shift *s, bool *ret_alone)
{
	uint32_t on = 0, all = 0;

	for (size_t i = 0; i < r->n; i++) {
		const struct ward_recipient *p = &r->r[i];

		if (!has(p, role))
			continue;
		all |= 1u << i;
		if (!p->person.len || is_on_call(s, p->person))
			on |= 1u << i;
	}
	*ret_alone = !on && !(s->known && !s->n);
	return *ret_alone ? all : on;
}

uint32_t ward_duty(const struct ward_recipients *r, const struct ward_oncall *o,
	const struct ward_model *m, ward_ns t, uint32_t *ret_alone)
{
	uint32_t mask = 0;

	_Static_assert(WARD_RECIPIENTS_MAX <= 32, "a mask has a bit for each");
	*ret_alone = WARD_NONE;
	for (size_t i = 0; i < r->n; i++) {
		const struct ward_recipient *p = &r->r[i];

		mask |= p->person.len ? 0 : 1u << i;
		for (size_t k = 0; p->person.len && k < p->n_role; k++) {
			struct shift s;
			bool alone;

			look_up(o, m, p->role[k], t, &s);
			mask |= by_role(r, p->role[k], &s, &alone);
			if (alone)
				*ret_alone = p->role[k];
		}
	}
	return mask;
}

static bool is_ever(const struct ward_recipient *p, const struct ward_oncall *o,
	const struct ward_model *m, ward_ns now)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct ward_oncall_line *l = &o->line[i];

		if (ward_str_eq(l->person, p->person) && has(p, ward_model_find(m, l->role)) &&
			(l->hours.days || l->until > now))
			return true;
	}
	return false;
}

void ward_duty_never(const struct ward_recipients *r, const struct ward_oncall *o,
	const struct ward_model *m, ward_ns now, struct ward_str file, struct ward_diag *diag)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct ward_recipient *p = &r->r[i];
		struct ward_str role;

		if (!p->person.len || !p->n_role || is_ever(p, o, m, now))
			continue;
		role = ward_model_node(m, p->role[0])->id;
		ward_diag_addf(diag, WARD_DIAG_WARNING, file, p->line,
			WARD_TEXT(
				"recipient '%.*s' is told while '%.*s' is on call, which "
				"oncall.csv never says\nadd a line `%.*s,%.*s,mon-fri,08:00,20:00` "
				"there, or take `person` away: then it is told always"),
			WARD_STR_ARG(p->id), WARD_STR_ARG(p->person), WARD_STR_ARG(role),
			WARD_STR_ARG(p->person));
	}
}
