/* What a decision of the cell says, checked before it is on record. */
#include "crisis/priv.h"

unsigned crisis_level(struct ward_str s)
{
	uint64_t v;

	return ward_str_u64(s, &v) && v >= 1 && v <= WARD_CRISIS_LEVELS ? (unsigned)v : 0;
}

enum ward_crisis_state crisis_outcome(struct ward_str s)
{
	unsigned k = WARD_CRISIS_DONE;

	if (!s.len)
		return WARD_CRISIS_DONE;
	while (k < WARD_CRISIS_STATE_N &&
		!ward_str_eqz(s, ward_crisis_state_name((enum ward_crisis_state)k)))
		k++;
	return (enum ward_crisis_state)k;
}

bool crisis_minutes(struct ward_str s, uint32_t *ret)
{
	uint64_t v = 0;

	if ((s.len && !ward_str_u64(s, &v)) || v > WARD_CRISIS_MINUTES)
		return false;
	*ret = (uint32_t)v;
	return true;
}

struct check {
	const struct ward_conf *args; /* NULL: it has none */
	const struct ward_crisis_ids *ids;
};

static bool known(const struct check *k, struct ward_str id)
{
	return k->ids->has(k->ids->ctx, id);
}

static const char *wrong_owner(const struct check *k, bool needed)
{
	struct ward_str owner = ward_conf_word(k->args, "owner");
	ward_ns due;

	if (needed && !owner.len)
		return WARD_TEXT("say who is to do it: a role, or a person");
	if (owner.len && !known(k, owner))
		return WARD_TEXT("the hospital has no role or person of that id; write an id of "
				 "roles: or of "
				 "people.yml");
	if (ward_conf_get(k->args, "due") &&
		ward_time_parse(ward_conf_word(k->args, "due"), &due) != WARD_OK)
		return WARD_TEXT("until when: write a time as 2026-03-12T03:41:00Z");
	return NULL;
}

static const char *wrong_roles(const struct check *k)
{
	const struct ward_conf *list = ward_conf_get(k->args, "roles");

	if (!list)
		return WARD_TEXT("say which roles are called");
	for (const struct ward_conf *x = list->child; x; x = x->next)
		if (!known(k, x->text))
			return WARD_TEXT("the hospital has no role of one of those ids");
	return NULL;
}

static const char *wrong_answer(const struct check *k)
{
	struct ward_str comes = ward_conf_word(k->args, "comes"),
			person = ward_conf_word(k->args, "person");
	uint32_t minutes;

	if (!ward_str_eqz(comes, "yes") && !ward_str_eqz(comes, "no"))
		return WARD_TEXT("whether they come: write yes or no");
	if (!crisis_minutes(ward_conf_word(k->args, "minutes"), &minutes))
		return WARD_TEXT(
			"in how many minutes they are there: write a number from 0 to 1440");
	if (person.len && !known(k, person))
		return WARD_TEXT("nobody of that id is in people.yml");
	return NULL;
}

static const char *wrong_review(const struct check *k)
{
	struct ward_str finding = ward_conf_word(k->args, "finding");

	if (!ward_str_eqz(finding, "keep") && !ward_str_eqz(finding, "change"))
		return WARD_TEXT(
			"what of it: write keep (it went well) or change (it is to be done "
			"otherwise)");
	return wrong_owner(k, false);
}

static const char *wrong_level(const struct check *k)
{
	return crisis_level(ward_conf_word(k->args, "level")) ? NULL : "the level is 1, 2 or 3";
}

static const char *wrong_reason(const struct check *k)
{
	return ward_conf_word(k->args, "why").len ? NULL : "say why it is decided so";
}

static const char *wrong_task(const struct check *k)
{
	return wrong_owner(k, true);
}

static const char *wrong_outcome(const struct check *k)
{
	return crisis_outcome(ward_conf_word(k->args, "outcome")) == WARD_CRISIS_STATE_N
		       ? "what became of it: write done, cannot or dropped"
		       : NULL;
}

/* What a kind says; text: what is missing where it has none. */
static const struct {
	enum ward_decision_kind kind;
	const char *text;
	const char *(*wrong)(const struct check *k);
} kinds[] = {
	{WARD_DECISION_ACTIVATE, "say why, in a text", wrong_level},
	{WARD_DECISION_STAND_DOWN, "say why it is over, in a text", NULL},
	{WARD_DECISION_RESOLVE, "say what is decided, in a text", wrong_reason},
	{WARD_DECISION_TASK, "say what is to be done, in a text", wrong_task},
	{WARD_DECISION_TASK_DONE, NULL, wrong_outcome},
	{WARD_DECISION_RECALL, "say what for, in a text", wrong_roles},
	{WARD_DECISION_RECALL_ANSWER, NULL, wrong_answer},
	{WARD_DECISION_REVIEW, "say what was learnt, in a text", wrong_review},
};

const char *ward_crisis_wrong(const struct ward_decision *d, const struct ward_crisis_ids *ids,
	const struct ward_limits *lim, struct ward_arena *a)
{
	struct check k = {NULL, ids};
	struct ward_diag diag;
	size_t i = 0;

	while (i < WARD_ARRAY_LEN(kinds) && kinds[i].kind != d->kind)
		i++;
	if (i == WARD_ARRAY_LEN(kinds))
		return NULL;
	if (kinds[i].text && !ward_str_trim(d->text).len)
		return kinds[i].text;
	if (d->args.len) {
		ward_diag_init(&diag, ward_mem_heap());
		enum ward_err err = ward_conf_json(
			a, lim, WARD_STR("args"), 1, ward_str_bytes(d->args), &diag, &k.args);
		ward_diag_fini(&diag);
		if (err)
			return WARD_TEXT("its args can't be read");
	}
	return kinds[i].wrong ? kinds[i].wrong(&k) : NULL;
}
