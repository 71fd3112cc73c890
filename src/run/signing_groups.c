/* Of what somebody may, what their groups in the hospital's directory leave. */
#include "run/signing_priv.h"

static bool has_group(const struct ward_account *a, struct ward_str name)
{
	struct ward_str rest = ward_str_z(a->groups);

	while (rest.len)
		if (ward_str_eq(ward_str_cut(&rest, '\n'), name))
			return true;
	return false;
}

static bool same_places(const struct ward_session *a, const struct ward_session *b)
{
	bool same = a->n_place == b->n_place;

	for (size_t i = 0; same && i < a->n_place; i++)
		same = ward_str_eq(a->place[i], b->place[i]);
	return same;
}

static bool is_role_of(const struct ward_session *s, struct ward_str role)
{
	for (size_t i = 0; i < s->n_role; i++)
		if (ward_str_eq(s->role[i], role))
			return true;
	return false;
}

static bool gives_any(const struct ward_session *group, const struct ward_session *who)
{
	for (size_t i = 0; i < group->n_role; i++)
		if (is_role_of(who, group->role[i]))
			return true;
	return false;
}

/* What the groups give together, of those that give a role which the person has: the first one, and
 * others with the same places. A right of one group at the places of another would be nobody's
 * intent. */
static struct ward_session given(
	const struct ward_signing *g, const struct ward_account *a, const struct ward_session *who)
{
	const struct ward_session *first = NULL;
	struct ward_session all = {.n_role = 0};

	for (size_t i = 0; i < g->o.who->n_group; i++) {
		const struct ward_session *x = &g->o.who->group[i];

		if (!has_group(a, x->person) || !gives_any(x, who) ||
			(first && !same_places(first, x)))
			continue;
		first = first ? first : x;
		all.rights |= x->rights;
		for (size_t k = 0; k < x->n_role && all.n_role < WARD_PERSON_ROLES; k++)
			if (!is_role_of(&all, x->role[k]))
				all.role[all.n_role++] = x->role[k];
	}
	all.n_place = first ? first->n_place : 0;
	for (size_t i = 0; i < all.n_place; i++)
		all.place[i] = first->place[i];
	return all;
}

/* Places of one that lie in the other's, both ways. False: none do. */
static bool narrow_places(
	const struct ward_signing *g, const struct ward_session *by, struct ward_session *s)
{
	struct ward_session was = *s;
	size_t n = 0;

	if (!by->n_place)
		return true;
	if (!was.n_place) {
		s->n_place = by->n_place;
		memcpy(s->place, by->place, sizeof(s->place));
		return true;
	}
	for (size_t i = 0; i < was.n_place; i++)
		if (ward_signers_within(g->o.who, by, was.place[i]))
			s->place[n++] = was.place[i];
	s->n_place = n;
	for (size_t i = 0; i < by->n_place && s->n_place < WARD_PERSON_PLACES; i++)
		if (ward_signers_within(g->o.who, &was, by->place[i]) &&
			(!n || !ward_signers_within(g->o.who, s, by->place[i])))
			s->place[s->n_place++] = by->place[i];
	return s->n_place > 0;
}

void signing_narrow(
	const struct ward_signing *g, const struct ward_account *a, struct ward_session *s)
{
	size_t n = 0;

	if (!g->o.who->n_group)
		return;
	struct ward_session by = given(g, a, s);

	for (size_t i = 0; i < s->n_role; i++)
		if (is_role_of(&by, s->role[i]))
			s->role[n++] = s->role[i];
	s->n_role = n;
	s->rights &= by.rights;
	if (!s->n_role || !narrow_places(g, &by, s))
		s->rights = 0;
}
