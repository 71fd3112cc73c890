#include "processing/processing.h"

#define NAMED(fn, type, list, n)                          \
	const char *fn(type v)                            \
	{                                                 \
		WARD_ASSERT((unsigned)v < (unsigned)(n)); \
		return list[v];                           \
	}

static const char *const analytic_name[] = {
#define X(NAME, name, what) name,
	WARD_ANALYTIC_LIST(X)
#undef X
};
static const char *const analytic_says[] = {
#define X(NAME, name, what) what,
	WARD_ANALYTIC_LIST(X)
#undef X
};
static const char *const need_name[] = {
#define X(NAME, name, what) name,
	WARD_PROC_NEED_LIST(X)
#undef X
};
static const char *const need_says[] = {
#define X(NAME, name, what) what,
	WARD_PROC_NEED_LIST(X)
#undef X
};
static const char *const mark_name[] = {"confirmed", "secondary", "unconfirmed"};
static const char *const say_name[] = {"stop", "resume", "renew"};
static const char *const state_name[] = {
	"runs", "ending", "ended", "lacks", "too-long", "expired", "stopped"};

NAMED(ward_analytic_name, enum ward_analytic, analytic_name, WARD_ANALYTIC_N)
NAMED(ward_analytic_says, enum ward_analytic, analytic_says, WARD_ANALYTIC_N)
NAMED(ward_proc_need_name, enum ward_proc_need, need_name, WARD_PROC_NEED_N)
NAMED(ward_proc_need_says, enum ward_proc_need, need_says, WARD_PROC_NEED_N)
NAMED(ward_proc_mark_name, enum ward_proc_mark, mark_name, WARD_PROC_UNCONFIRMED + 1)
NAMED(ward_proc_say_name, enum ward_proc_say, say_name, WARD_PROC_SAY_N)
NAMED(ward_proc_state_name, enum ward_proc_state, state_name, WARD_PROC_STATE_N)

enum ward_proc_say ward_proc_say_parse(struct ward_str s)
{
	unsigned k = 0;

	while (k < WARD_PROC_SAY_N && !ward_str_eqz(s, say_name[k]))
		k++;
	return (enum ward_proc_say)k;
}

bool ward_proc_runs(enum ward_proc_state s)
{
	return s <= WARD_PROC_ENDED;
}
