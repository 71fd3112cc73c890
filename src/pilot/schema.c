/* The tables of a pilot: what `ward pilot new` writes, the reader asks for, and the page has. */
#include "pilot/pilot.h"

#define MOST 1000000

static const char *const with_word[] = {"ward", "today", NULL};
static const char *const told_word[] = {"ward", "today", "both", "nobody", NULL};
static const char *const grade_word[] = {"real", "worth", "nothing", NULL};
static const char *const yes_word[] = {"yes", "no", NULL};
static const char *const on_word[] = {"directory", "rules", "sources", "other", NULL};
static const char *const decided_word[] = {"stop", "go-on", NULL};
static const char *const outcome_word[] = {"upheld", "in-part", "rejected", "withdrawn", NULL};

#define DAY(name)                                        \
	{                                                \
		name, WARD_PILOT_DATE, false, 0, 0, NULL \
	}
#define NAME(name)                                       \
	{                                                \
		name, WARD_PILOT_NAME, false, 0, 0, NULL \
	}
#define WORD(name, list)                                 \
	{                                                \
		name, WARD_PILOT_WORD, false, 0, 0, list \
	}
#define COUNT(name, min, max)                                 \
	{                                                     \
		name, WARD_PILOT_COUNT, false, min, max, NULL \
	}
#define SPAN(name)                                       \
	{                                                \
		name, WARD_PILOT_SPAN, false, 0, 0, NULL \
	}
#define HOURS(name, min, max)                                        \
	{                                                            \
		name, WARD_PILOT_HOURS, false, min, (max)*1000, NULL \
	}
#define MAYBE(name, kind, list)              \
	{                                    \
		name, kind, true, 0, 0, list \
	}
#define WEIGHT(name)                                     \
	{                                                \
		name, WARD_PILOT_COUNT, true, 0, 5, NULL \
	}
#define FORM NAME("person"), DAY("day"), WORD("with", with_word)

static const struct ward_pilot_schema schema[WARD_PILOT_TABLES] = {
	[WARD_PILOT_GRADED] = {"graded.csv", 6,
		{DAY("day"), NAME("case"), WORD("told_by", told_word), WORD("grade_a", grade_word),
			WORD("grade_b", grade_word),
			MAYBE("grade_c", WARD_PILOT_WORD, grade_word)}},
	[WARD_PILOT_PAIRS] = {"pairs.csv", 6,
		{NAME("pair"), WORD("with", with_word), DAY("day"), NAME("watch"),
			SPAN("understood"), SPAN("acted")}},
	[WARD_PILOT_CARE] = {"care.csv", 5,
		{NAME("pair"), WORD("with", with_word), NAME("service"), WORD("said", yes_word),
			WORD("hit", yes_word)}},
	[WARD_PILOT_INTERRUPTIONS] = {"interruptions.csv", 5,
		{DAY("day"), NAME("role"), WORD("with", with_word), HOURS("hours", 1, 24),
			COUNT("messages", 0, MOST)}},
	[WARD_PILOT_UPKEEP] = {"upkeep.csv", 3,
		{DAY("week"), WORD("on", on_word), HOURS("hours", 0, 1000)}},
	[WARD_PILOT_COMPLAINTS] = {"complaints.csv", 3,
		{DAY("received"), MAYBE("answered", WARD_PILOT_DATE, NULL),
			MAYBE("outcome", WARD_PILOT_WORD, outcome_word)}},
	[WARD_PILOT_STOPS] = {"stops.csv", 4,
		{DAY("day"), NAME("criterion"), WORD("decided", decided_word),
			{"why", WARD_PILOT_TEXT, false, 0, 0, NULL}}},
	[WARD_PILOT_SUS] = {"sus.csv", 14,
		{FORM, COUNT("s1", 1, 5), COUNT("s2", 1, 5), COUNT("s3", 1, 5), COUNT("s4", 1, 5),
			COUNT("s5", 1, 5), COUNT("s6", 1, 5), COUNT("s7", 1, 5), COUNT("s8", 1, 5),
			COUNT("s9", 1, 5), COUNT("s10", 1, 5),
			MAYBE("occasion", WARD_PILOT_TEXT, NULL)}},
	[WARD_PILOT_TLX] = {"tlx.csv", 16,
		{FORM, COUNT("mental", 0, 100), COUNT("physical", 0, 100),
			COUNT("temporal", 0, 100), COUNT("performance", 0, 100),
			COUNT("effort", 0, 100), COUNT("frustration", 0, 100), WEIGHT("w_mental"),
			WEIGHT("w_physical"), WEIGHT("w_temporal"), WEIGHT("w_performance"),
			WEIGHT("w_effort"), WEIGHT("w_frustration"),
			MAYBE("occasion", WARD_PILOT_TEXT, NULL)}},
};

const struct ward_pilot_schema *ward_pilot_schema(enum ward_pilot_table_id id)
{
	WARD_ASSERT((unsigned)id < WARD_PILOT_TABLES);
	return &schema[id];
}
