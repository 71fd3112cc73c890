#include "proof/facts.h"

static const struct {
	const char *name;
	enum ward_fact_from from;
	enum ward_fact_kind kind;
} fact[WARD_FACT_N] = {
#define X(NAME, n, f, k) [WARD_FACT_##NAME] = {n, WARD_FROM_##f, WARD_FACT_##k},
	WARD_FACT_LIST(X)
#undef X
};

static const char *const text[WARD_FACT_N] = {
	[WARD_FACT_INCIDENTS] = WARD_TEXT("incidents that began"),
	[WARD_FACT_GRAVE] = WARD_TEXT("of these high or critical"),
	[WARD_FACT_OVER] = WARD_TEXT("incidents brought to an end"),
	[WARD_FACT_DISMISSED] = WARD_TEXT("incidents dismissed as no attack"),
	[WARD_FACT_DETECT] = WARD_TEXT("time from the first sign until Ward told it"),
	[WARD_FACT_DECIDE] = WARD_TEXT("time until a person decided or took it"),
	[WARD_FACT_END] = WARD_TEXT("time from begin to end of an incident"),
	[WARD_FACT_HARM] = WARD_TEXT("minutes in which a care service was possibly below its need"),
	[WARD_FACT_HARM_LIKELY] =
		WARD_TEXT("minutes in which a care service was likely below its need"),
	[WARD_FACT_MESSAGES] = WARD_TEXT("messages that arrived"),
	[WARD_FACT_LOST] = WARD_TEXT("messages that did not arrive"),
	[WARD_FACT_TAKEN] = WARD_TEXT("messages that somebody answered"),
	[WARD_FACT_TESTS] = WARD_TEXT("tests of ways to recipients"),
	[WARD_FACT_RUNS] = WARD_TEXT("playbooks begun"),
	[WARD_FACT_STEPS] = WARD_TEXT("steps of playbooks that people did"),
	[WARD_FACT_ACTIONS] = WARD_TEXT("actions on the hospital proposed"),
	[WARD_FACT_CRISIS] = WARD_TEXT("times that the crisis cell worked"),
	[WARD_FACT_REVIEWS] = WARD_TEXT("lessons written down after incidents"),
	[WARD_FACT_REPORTS] = WARD_TEXT("things that staff reported"),
	[WARD_FACT_HANDOVERS] = WARD_TEXT("watches handed over"),
	[WARD_FACT_WORKS] = WARD_TEXT("works permits made, with who works where"),
	[WARD_FACT_NOTICES] = WARD_TEXT("notices that the law asks for, sent"),
	[WARD_FACT_LOOKS] = WARD_TEXT("looks at recordings, each with its reason"),
	[WARD_FACT_REVEALS] = WARD_TEXT("names asked for behind pseudonyms"),
	[WARD_FACT_REVIEWED] = WARD_TEXT("of these reviewed afterwards"),
	[WARD_FACT_ERASED] = WARD_TEXT("recordings erased when their time was over"),
	[WARD_FACT_SIGNINS] = WARD_TEXT("sign-ins"),
	[WARD_FACT_FAILED] = WARD_TEXT("sign-ins that failed"),
	[WARD_FACT_SECOND] = WARD_TEXT("second factors and security keys set"),
	[WARD_FACT_CHANGES] = WARD_TEXT("changes of the configuration, each with its version"),
	[WARD_FACT_TUNED] = WARD_TEXT("kinds of signs that people hold back"),
	[WARD_FACT_HEADS] = WARD_TEXT("signed heads of the ledger"),
	[WARD_FACT_BREAKS] = WARD_TEXT("times that the ledger was not as signed"),
	[WARD_FACT_SIGNS] = WARD_TEXT("signs found by rules"),
	[WARD_FACT_REQUESTS] = WARD_TEXT("requests of persons about their data"),
	[WARD_FACT_ANSWERS] = WARD_TEXT("requests of persons that were answered"),
	[WARD_FACT_BACKUPS] = WARD_TEXT("backups made"),
	[WARD_FACT_RESTORES] = WARD_TEXT("backups restored as a trial"),
	[WARD_FACT_TRAININGS] = WARD_TEXT("trainings of staff"),
	[WARD_FACT_EXERCISES] = WARD_TEXT("exercises held"),
	[WARD_FACT_WEAKNESSES] = WARD_TEXT("known weaknesses mended or accepted"),
	[WARD_FACT_VERIFIES] = WARD_TEXT("times that the whole ledger was computed anew"),
	[WARD_FACT_AUDITS] = WARD_TEXT("tests and audits by others"),
	[WARD_FACT_ASSETS] = WARD_TEXT("things in the inventory"),
	[WARD_FACT_PLACED] = WARD_TEXT("things whose place is known"),
	[WARD_FACT_MEDICAL] = WARD_TEXT("medical devices in the inventory"),
	[WARD_FACT_NETWORKS] = WARD_TEXT("networks that are described"),
	[WARD_FACT_SOURCES] = WARD_TEXT("sources that Ward reads"),
	[WARD_FACT_SEALED] = WARD_TEXT("sources that come encrypted"),
	[WARD_FACT_GUARDS] = WARD_TEXT("protections that are in place"),
	[WARD_FACT_SPARES] = WARD_TEXT("buffers that bridge an outage"),
	[WARD_FACT_LIMITS] = WARD_TEXT("services with a longest bearable outage"),
	[WARD_FACT_PEOPLE] = WARD_TEXT("people with roles"),
	[WARD_FACT_FACTORS] = WARD_TEXT("people who approve with a one-time code"),
	[WARD_FACT_KEY] = WARD_TEXT("recordings are encrypted as they are written"),
	[WARD_FACT_PURPOSES] = WARD_TEXT("what has data of persons and all that the law wants"),
	[WARD_FACT_AGREEMENTS] = WARD_TEXT("agreements with the staff"),
};

const char *ward_fact_name(enum ward_fact f)
{
	return fact[f].name;
}

enum ward_fact ward_fact_parse(struct ward_str s)
{
	unsigned i = 0;

	while (i < WARD_FACT_N && !ward_str_eqz(s, fact[i].name))
		i++;
	return (enum ward_fact)i;
}

const char *ward_fact_text(enum ward_fact f)
{
	return text[f];
}

enum ward_fact_from ward_fact_from(enum ward_fact f)
{
	return fact[f].from;
}

enum ward_fact_kind ward_fact_kind(enum ward_fact f)
{
	return fact[f].kind;
}

bool ward_fact_of_people(enum ward_fact f)
{
	return f == WARD_FACT_PEOPLE || f == WARD_FACT_FACTORS || f == WARD_FACT_SIGNINS ||
	       f == WARD_FACT_FAILED || f == WARD_FACT_SECOND;
}

const char *ward_from_name(enum ward_fact_from f)
{
	static const char *const name[WARD_FROM_N] = {"record", "directory", "register"};

	return name[f];
}

const char *ward_from_text(enum ward_fact_from f)
{
	static const char *const of[WARD_FROM_N] = {WARD_TEXT("Ward's ledger"),
		WARD_TEXT("the hospital's directory"), WARD_TEXT("the record of processing")};

	return of[f];
}
