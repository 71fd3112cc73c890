/* The fold: one decision after the other. */
#include "crisis/priv.h"

static const char *const state_name[WARD_CRISIS_STATE_N] = {
#define X(NAME, name) name,
	WARD_CRISIS_STATE_LIST(X)
#undef X
};

const char *ward_crisis_state_name(enum ward_crisis_state s)
{
	return (unsigned)s < WARD_CRISIS_STATE_N ? state_name[s] : "?";
}

void ward_crisis_init(
	struct ward_crisis *c, const struct ward_mem *mem, struct ward_counters *counters)
{
	*c = (struct ward_crisis){.mem = mem,
		.counters = counters,
		.from = WARD_NS_NEVER,
		.since = WARD_NS_NEVER,
		.to = WARD_NS_NEVER};
}

void ward_crisis_fini(struct ward_crisis *c)
{
	for (size_t i = 0; i < c->n_item; i++)
		crisis_item_free(c->mem, c->item[i]);
	for (size_t i = 0; i < c->n_review; i++)
		crisis_item_free(c->mem, c->review[i]);
	ward_mem_free(c->mem, c->item, c->cap_item * sizeof(struct ward_crisis_item *));
	ward_mem_free(c->mem, c->review, c->cap_review * sizeof(struct ward_crisis_item *));
	*c = (struct ward_crisis){.mem = c->mem};
}

static void count(struct ward_crisis *c, const char *name)
{
	if (c->counters)
		ward_count_name(c->counters, name, 1);
}

/* ---- what is kept ---- */

/* Takes item i out of the list. */
static void forget(struct ward_crisis *c, struct ward_crisis_item **list, size_t *n, size_t i)
{
	crisis_item_free(c->mem, list[i]);
	memmove(&list[i], &list[i + 1], (--*n - i) * sizeof(struct ward_crisis_item *));
	c->forgotten++;
	count(c, "crisis.forgotten");
}

/* The oldest that is no task to be done, else the oldest. */
static void make_room(struct ward_crisis *c)
{
	size_t i = 0;

	if (c->n_item < WARD_CRISIS_ITEMS)
		return;
	while (i < c->n_item && c->item[i]->kind == WARD_DECISION_TASK &&
		c->item[i]->state == WARD_CRISIS_OPEN)
		i++;
	i = i == c->n_item ? 0 : i;
	c->n_before -= i < c->n_before;
	forget(c, c->item, &c->n_item, i);
}

static enum ward_err keep(struct ward_crisis *c, const struct crisis_row *row)
{
	bool review = row->kind == WARD_DECISION_REVIEW;

	if (!review)
		make_room(c);
	else if (c->n_review == WARD_CRISIS_ITEMS)
		forget(c, c->review, &c->n_review, 0);
	enum ward_err err = review ? ward_mem_more(c->mem, &c->review, c->n_review, &c->cap_review,
					     sizeof(struct ward_crisis_item *), WARD_CRISIS_ITEMS)
				   : ward_mem_more(c->mem, &c->item, c->n_item, &c->cap_item,
					     sizeof(struct ward_crisis_item *), WARD_CRISIS_ITEMS);
	struct ward_crisis_item *i = err ? NULL : crisis_item_new(c->mem, row);

	if (!i)
		return WARD_ERR_NOMEM;
	if (review)
		c->review[c->n_review++] = i;
	else
		c->item[c->n_item++] = i;
	return WARD_OK;
}

bool ward_crisis_expire(struct ward_crisis *c, ward_ns before)
{
	size_t n = c->n_review;

	for (size_t i = n; i-- > 0;)
		if (c->review[i]->at < before)
			forget(c, c->review, &c->n_review, i);
	return c->n_review < n;
}

/* ---- a crisis begins and ends ---- */

/* The one that is over goes to the past, and what was decided in it. */
static void put_away(struct ward_crisis *c)
{
	struct ward_crisis_past p = {
		.id = c->id, .from = c->from, .to = c->to, .highest = c->highest};

	for (size_t i = 0; i < c->n_before; i++) {
		p.n_task += c->item[i]->kind == WARD_DECISION_TASK;
		p.n_decision += c->item[i]->kind == WARD_DECISION_RESOLVE;
		crisis_item_free(c->mem, c->item[i]);
	}
	c->n_item -= c->n_before;
	if (c->n_before)
		memmove(c->item, c->item + c->n_before,
			c->n_item * sizeof(struct ward_crisis_item *));
	c->n_before = 0;
	if (c->n_past == WARD_CRISIS_PAST)
		memmove(c->past, c->past + 1, --c->n_past * sizeof(c->past[0]));
	c->past[c->n_past++] = p;
}

static void lead(struct ward_crisis *c, struct ward_str role)
{
	size_t n = role.len < WARD_DECISION_SUBJECT ? role.len : WARD_DECISION_SUBJECT;

	if (n)
		memcpy(c->lead, role.p, n);
	c->lead[n] = 0;
}

static enum ward_err activate(struct ward_crisis *c, const struct crisis_row *row)
{
	unsigned level = crisis_level(ward_conf_word(row->args, "level"));

	if (!level || level == c->level)
		return WARD_ERR_STATE;
	enum ward_err err = keep(c, row);

	if (err)
		return err;
	if (!c->level) {
		if (c->to != WARD_NS_NEVER)
			put_away(c);
		c->id = row->id;
		c->from = row->at;
		c->to = WARD_NS_NEVER;
		c->highest = 0;
	}
	c->level = level;
	c->highest = level > c->highest ? level : c->highest;
	c->since = row->at;
	lead(c, row->role);
	return WARD_OK;
}

static enum ward_err stand_down(struct ward_crisis *c, const struct crisis_row *row)
{
	if (!c->level)
		return WARD_ERR_STATE;
	enum ward_err err = keep(c, row);

	if (err)
		return err;
	c->level = 0;
	c->since = c->to = row->at;
	c->n_before = c->n_item;
	return WARD_OK;
}

/* ---- what becomes of items ---- */

static struct ward_crisis_item *find(
	const struct ward_crisis *c, struct ward_id id, enum ward_decision_kind kind)
{
	for (size_t i = c->n_item; i-- > 0;)
		if (c->item[i]->kind == kind && ward_id_eq(c->item[i]->id, id))
			return c->item[i];
	return NULL;
}

/* Who has the task says what became of it, or who gave it, or who leads. What could not be done
 * may be done after all. */
static enum ward_err end_task(struct ward_crisis *c, const struct crisis_row *row)
{
	struct ward_crisis_item *i = find(c, row->about, WARD_DECISION_TASK);
	enum ward_crisis_state s = crisis_outcome(ward_conf_word(row->args, "outcome"));

	if (!i || s == WARD_CRISIS_STATE_N || i->state == WARD_CRISIS_DONE ||
		i->state == WARD_CRISIS_DROPPED)
		return WARD_ERR_STATE;
	if (!ward_str_eq(row->role, i->owner) && !ward_str_eq(row->person, i->owner) &&
		!ward_str_eq(row->role, i->role) && !ward_str_eqz(row->role, c->lead))
		return WARD_ERR_DENIED;
	return crisis_item_end(c->mem, i, row, s);
}

static enum ward_err answer(struct ward_crisis *c, const struct crisis_row *row)
{
	struct ward_crisis_item *i = find(c, row->about, WARD_DECISION_RECALL);
	uint32_t minutes;

	if (!i || !crisis_minutes(ward_conf_word(row->args, "minutes"), &minutes))
		return WARD_ERR_STATE;
	return crisis_item_answer(c->mem, i, row, minutes);
}

/* ---- a row ---- */

static const struct {
	enum ward_decision_kind kind;
	enum ward_err (*take)(struct ward_crisis *c, const struct crisis_row *row);
} kinds[] = {{WARD_DECISION_ACTIVATE, activate}, {WARD_DECISION_STAND_DOWN, stand_down},
	{WARD_DECISION_RESOLVE, keep}, {WARD_DECISION_TASK, keep},
	{WARD_DECISION_TASK_DONE, end_task}, {WARD_DECISION_RECALL, keep},
	{WARD_DECISION_RECALL_ANSWER, answer}, {WARD_DECISION_REVIEW, keep}};

static enum ward_err take(struct ward_crisis *c, const struct crisis_row *row)
{
	size_t i = 0;

	while (kinds[i].kind != row->kind)
		i++;
	return kinds[i].take(c, row);
}

bool ward_crisis_kind(enum ward_decision_kind k)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(kinds); i++)
		if (kinds[i].kind == k)
			return true;
	return false;
}

enum ward_err ward_crisis_take(struct ward_crisis *c, const struct ward_conf *row)
{
	struct crisis_row r = {.kind = ward_decision_parse(ward_conf_word(row, "what")),
		.person = ward_conf_word(row, "person"),
		.role = ward_conf_word(row, "role"),
		.text = ward_conf_word(row, "text"),
		.args = ward_conf_get(row, "args")};

	if (!ward_crisis_kind(r.kind))
		return WARD_OK;
	(void)ward_id_parse(ward_conf_word(row, "subject"), &r.about); /* or of the crisis */
	enum ward_err err =
		ward_id_parse(ward_conf_word(row, "id"), &r.id) &&
				ward_time_parse(ward_conf_word(row, "time"), &r.at) == WARD_OK
			? take(c, &r)
			: WARD_ERR_MALFORMED;

	if (err && err != WARD_ERR_NOMEM) {
		count(c, "crisis.void");
		err = WARD_OK;
	}
	return err;
}

const struct ward_crisis_item *ward_crisis_find(const struct ward_crisis *c, struct ward_id id)
{
	const struct ward_crisis_item *i = find(c, id, WARD_DECISION_TASK);

	return i ? i : find(c, id, WARD_DECISION_RECALL);
}

bool ward_crisis_is_late(const struct ward_crisis_item *i, ward_ns now)
{
	return i->kind == WARD_DECISION_TASK && i->state == WARD_CRISIS_OPEN && i->due < now;
}
