#include "desk/rights.h"

static const char *const right[WARD_RIGHT_N] = {
#define X(NAME, name, what) [WARD_RIGHT_##NAME] = name,
	WARD_RIGHT_LIST(X)
#undef X
};

static const char *const profile[WARD_PROFILE_N] = {
#define X(NAME, name) [WARD_PROFILE_##NAME] = name,
	WARD_PROFILE_LIST(X)
#undef X
};

const char *ward_right_name(enum ward_right r)
{
	return (unsigned)r < WARD_RIGHT_N ? right[r] : "none";
}

enum ward_right ward_right_parse(struct ward_str s)
{
	unsigned r = 0;

	while (r < WARD_RIGHT_N && !ward_str_eqz(s, right[r]))
		r++;
	return (enum ward_right)r;
}

bool ward_rights_only_give(uint64_t rights)
{
	const uint64_t give = WARD_RIGHT_BIT(WARD_RIGHT_GIVE_AVAILABILITY) |
			      WARD_RIGHT_BIT(WARD_RIGHT_GIVE_INCIDENTS) |
			      WARD_RIGHT_BIT(WARD_RIGHT_GIVE_IMPACTS) |
			      WARD_RIGHT_BIT(WARD_RIGHT_GIVE_NAMES);

	return rights && !(rights & ~give);
}

const char *ward_profile_name(enum ward_profile p)
{
	return (unsigned)p < WARD_PROFILE_N ? profile[p] : "none";
}

enum ward_profile ward_profile_parse(struct ward_str s)
{
	unsigned p = 0;

	while (p < WARD_PROFILE_N && !ward_str_eqz(s, profile[p]))
		p++;
	return (enum ward_profile)p;
}

enum ward_right ward_decision_right(enum ward_decision_kind k)
{
	/* done, failed, no-patient answer what a role was asked: who asked checks that role */
	static const uint8_t of[WARD_DECISION_N] = {
#define X(NAME, name, to, right, asks, what) [WARD_DECISION_##NAME] = WARD_RIGHT_##right,
		WARD_DECISION_LIST(X)
#undef X
	};

	WARD_ASSERT((unsigned)k < WARD_DECISION_N);
	return (enum ward_right)of[k];
}

bool ward_decision_let(enum ward_decision_kind k, uint64_t rights)
{
	enum ward_right r = ward_decision_right(k);

	return r == WARD_RIGHT_N || rights & WARD_RIGHT_BIT(r);
}
