#include "processing/processing.h"

#define NAMED(fn, type, list, n)                          \
	const char *fn(type v)                            \
	{                                                 \
		WARD_ASSERT((unsigned)v < (unsigned)(n)); \
		return list[v];                           \
	}

static const char *const analytic_name[] = {
#define X(NAME, name) name,
	WARD_ANALYTIC_LIST(X)
#undef X
};
static const char *const analytic_says[] = {
	[WARD_ANALYTIC_PERSONS] = WARD_TEXT("what is usual of a badge or account"),
	[WARD_ANALYTIC_CLIPS] = WARD_TEXT("blurred clips of incidents, photos of reports"),
};
static const char *const need_name[] = {
#define X(NAME, name) name,
	WARD_PROC_NEED_LIST(X)
#undef X
};
static const char *const need_says[] = {
	[WARD_PROC_NEED_ENTRY] = WARD_TEXT("an entry in the register"),
	[WARD_PROC_NEED_PURPOSE] = WARD_TEXT("a purpose"),
	[WARD_PROC_NEED_BASIS] = WARD_TEXT("a legal basis"),
	[WARD_PROC_NEED_DATA] = WARD_TEXT("the categories of data"),
	[WARD_PROC_NEED_PEOPLE] = WARD_TEXT("whom it concerns"),
	[WARD_PROC_NEED_RETENTION] = WARD_TEXT("how long it is kept"),
	[WARD_PROC_NEED_AGREEMENT] = WARD_TEXT("an agreement with the staff's representatives"),
	[WARD_PROC_NEED_ASSESSMENT] = WARD_TEXT("an impact assessment"),
	[WARD_PROC_NEED_REASON] = WARD_TEXT("the reason for so long a time"),
	[WARD_PROC_NEED_PERMIT] = WARD_TEXT("an authority's permit"),
	[WARD_PROC_NEED_GROUND] = WARD_TEXT("a ground of GDPR 9(2) for special categories of data"),
	[WARD_PROC_NEED_CONTRACT] = WARD_TEXT("a contract in force with the processor"),
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
