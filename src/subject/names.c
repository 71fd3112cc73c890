#include "subject/subject.h"

#define NAMED(fn, type, list, n)                          \
	const char *fn(type v)                            \
	{                                                 \
		WARD_ASSERT((unsigned)v < (unsigned)(n)); \
		return list[v];                           \
	}

static const char *const right_name[] = {
#define X(NAME, name) name,
	WARD_SUBJECT_RIGHT_LIST(X)
#undef X
};
static const char *const right_says[] = {WARD_TEXT("to know what there is of them (GDPR 15)"),
	WARD_TEXT("to have it erased (GDPR 17)"),
	WARD_TEXT("that it stops, for their reasons (GDPR 21)")};
static const char *const say_name[] = {
#define X(NAME, name) name,
	WARD_SUBJECT_SAY_LIST(X)
#undef X
};
static const char *const state_name[] = {
	"new", "decides", "agreed", "ready", "answered", "refused"};

NAMED(ward_subject_right_name, enum ward_subject_right, right_name, WARD_SUBJECT_RIGHT_N)
NAMED(ward_subject_right_says, enum ward_subject_right, right_says, WARD_SUBJECT_RIGHT_N)
NAMED(ward_subject_say_name, enum ward_subject_say, say_name, WARD_SUBJECT_SAY_N)
NAMED(ward_subject_state_name, enum ward_subject_state, state_name, WARD_SUBJECT_STATE_N)

bool ward_subject_open(enum ward_subject_state s)
{
	return s < WARD_SUBJECT_ANSWERED;
}
