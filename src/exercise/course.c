#include "exercise/course.h"

#include "conf/conf.h"

/* A step that an inject or a branch brought in, and when it is due. */
struct due {
	uint32_t step;
	ward_ns at;
};

struct ward_course {
	const struct ward_mem *mem;
	const struct ward_scenario *s;
	struct ward_arena arena; /* texts of entries */
	uint8_t *fate;           /* of each step, also of those that are brought in */
	uint8_t *way;            /* of each branch */
	uint32_t *injected;
	struct due *due; /* those that wait */
	size_t n_due, cap_due;
	struct ward_course_entry *entry;
	size_t n, cap;
	size_t next;    /* the first step of the story that may wait */
	ward_ns latest; /* time of the play */
	bool paused, ended;
};

enum { TEXTS = 32 << 20, DUE_MAX = 1 << 16 };

static const struct {
	const char *name;
	bool asked;
} names[WARD_COURSE_N] = {
#define X(NAME, name, asked) {name, asked},
	WARD_COURSE_LIST(X)
#undef X
};

const char *ward_course_name(enum ward_course_what w)
{
	return (unsigned)w < WARD_COURSE_N ? names[w].name : "none";
}

enum ward_course_what ward_course_parse(struct ward_str s, bool asked)
{
	unsigned w = 0;

	while (w < WARD_COURSE_N && !(ward_str_eqz(s, names[w].name) && (!asked || names[w].asked)))
		w++;
	return (enum ward_course_what)w;
}

enum ward_err ward_course_new(
	const struct ward_mem *mem, const struct ward_scenario *s, struct ward_course **ret)
{
	struct ward_course *c = ward_mem_alloc(mem, sizeof(*c));

	if (!c)
		return WARD_ERR_NOMEM;
	*c = (struct ward_course){.mem = mem, .s = s, .latest = INT64_MIN};
	ward_arena_init(&c->arena, mem, TEXTS);
	c->fate = ward_arena_array(&c->arena, s->lead.n_step, sizeof(*c->fate));
	c->way = ward_arena_array(&c->arena, s->lead.n_branch, sizeof(*c->way));
	c->injected = ward_arena_array(&c->arena, s->lead.n_inject, sizeof(*c->injected));
	if (!c->fate || !c->way || !c->injected) {
		ward_course_free(c);
		return WARD_ERR_NOMEM;
	}
	*ret = c;
	return WARD_OK;
}

void ward_course_free(struct ward_course *c)
{
	if (!c)
		return;
	ward_mem_free(c->mem, c->due, c->cap_due * sizeof(*c->due));
	ward_mem_free(c->mem, c->entry, c->cap * sizeof(*c->entry));
	ward_arena_fini(&c->arena);
	ward_mem_free(c->mem, c, sizeof(*c));
}

/* ---- what comes next ---- */

static size_t next_step(const struct ward_course *c)
{
	size_t i = c->next;

	while (i < c->s->n_step && c->fate[i] != WARD_COURSE_WAITS)
		i++;
	return i;
}

/* The branch that has to be decided before the story goes on to its next step. */
static size_t next_branch(const struct ward_course *c, size_t step)
{
	const struct ward_lead *l = &c->s->lead;
	size_t best = l->n_branch;

	for (size_t i = 0; i < l->n_branch; i++)
		if (c->way[i] == WARD_COURSE_OPEN && l->branch[i].before <= step &&
			(best == l->n_branch || l->branch[i].before < l->branch[best].before))
			best = i;
	return best;
}

static const struct due *next_due(const struct ward_course *c)
{
	const struct due *best = NULL;

	for (size_t i = 0; i < c->n_due; i++)
		if (!best || c->due[i].at < best->at)
			best = &c->due[i];
	return best;
}

bool ward_course_next(const struct ward_course *c, struct ward_course_entry *ret)
{
	size_t step = next_step(c), branch = next_branch(c, step);
	const struct due *due = next_due(c);
	bool story = step < c->s->n_step || branch < c->s->lead.n_branch;

	if (c->ended)
		return false;
	*ret = (struct ward_course_entry){.what = WARD_COURSE_END, .played = c->latest};
	if (branch < c->s->lead.n_branch) {
		const struct ward_branch *b = &c->s->lead.branch[branch];

		*ret = (struct ward_course_entry){.what = WARD_COURSE_BRANCH,
			.index = (uint32_t)branch,
			.played = c->s->step[b->before].at};
		/* what another branch left out does not come: there is nothing left to prevent */
		ret->taken = c->fate[b->before] != WARD_COURSE_LEFT &&
			     ward_course_decided(c, b->decided, b->of) != WARD_NS_NEVER;
	} else if (story) {
		*ret = (struct ward_course_entry){.what = WARD_COURSE_STEP,
			.index = (uint32_t)step,
			.played = c->s->step[step].at};
	}
	if (due && (!story || due->at < ret->played))
		*ret = (struct ward_course_entry){
			.what = WARD_COURSE_BROUGHT, .index = due->step, .played = due->at};
	if (ret->played < c->latest) /* time went on meanwhile: at once */
		ret->played = c->latest;
	return true;
}

/* ---- what happens ---- */

/* The steps of an inject or a branch are due from then on. */
static enum ward_err bring(struct ward_course *c, struct ward_lead_steps is, ward_ns now)
{
	for (size_t i = 0; i < is.n; i++) {
		enum ward_err err = ward_mem_more(
			c->mem, &c->due, c->n_due + i, &c->cap_due, sizeof(*c->due), DUE_MAX);

		if (err)
			return err;
		if (!ward_add(now, c->s->step[is.first + i].at, &c->due[c->n_due + i].at))
			return WARD_ERR_LIMIT;
		c->due[c->n_due + i].step = (uint32_t)(is.first + i);
	}
	for (size_t i = 0; i < is.n; i++)
		c->fate[is.first + i] = WARD_COURSE_WAITS;
	c->n_due += is.n;
	return WARD_OK;
}

static enum ward_err not_now(const char *why, const char **ret)
{
	*ret = why;
	return WARD_ERR_STATE;
}

static enum ward_err none(const char *why, const char **ret)
{
	*ret = why;
	return WARD_ERR_NOT_FOUND;
}

static enum ward_err on_step(struct ward_course *c, struct ward_course_entry *e, const char **why)
{
	if (e->index >= c->s->n_step)
		return none(WARD_TEXT("the story has no such step"), why);
	if (c->fate[e->index] != WARD_COURSE_WAITS)
		return not_now(WARD_TEXT("that step is over already"), why);
	c->fate[e->index] = e->what == WARD_COURSE_STEP ? WARD_COURSE_PLAYED : WARD_COURSE_SKIPPED;
	c->next = next_step(c);
	return WARD_OK;
}

static enum ward_err on_skip(struct ward_course *c, struct ward_course_entry *e, const char **why)
{
	if (e->index == WARD_COURSE_ANY)
		e->index = (uint32_t)next_step(c);
	return on_step(c, e, why);
}

static enum ward_err on_brought(
	struct ward_course *c, struct ward_course_entry *e, const char **why)
{
	for (size_t i = 0; i < c->n_due; i++)
		if (c->due[i].step == e->index) {
			memmove(&c->due[i], &c->due[i + 1], (c->n_due - i - 1) * sizeof(*c->due));
			c->n_due--;
			c->fate[e->index] = WARD_COURSE_PLAYED;
			return WARD_OK;
		}
	return none(WARD_TEXT("nothing was brought in that waits"), why);
}

static enum ward_err on_branch(struct ward_course *c, struct ward_course_entry *e, const char **why)
{
	if (e->index >= c->s->lead.n_branch || c->way[e->index] != WARD_COURSE_OPEN)
		return none(WARD_TEXT("the story has no such branch that is open"), why);
	const struct ward_branch *b = &c->s->lead.branch[e->index];
	enum ward_err err = e->taken ? bring(c, b->steps, e->played) : WARD_OK;

	if (err)
		return err;
	c->way[e->index] = e->taken ? WARD_COURSE_TAKEN : WARD_COURSE_NOT_TAKEN;
	for (size_t i = 0; e->taken && i < b->n_without; i++)
		if (c->fate[b->without[i]] == WARD_COURSE_WAITS)
			c->fate[b->without[i]] = WARD_COURSE_LEFT;
	return WARD_OK;
}

static enum ward_err on_end(struct ward_course *c, struct ward_course_entry *e, const char **why)
{
	(void)e;
	(void)why;
	c->ended = true;
	return WARD_OK;
}

static enum ward_err on_pause(struct ward_course *c, struct ward_course_entry *e, const char **why)
{
	bool pause = e->what == WARD_COURSE_PAUSE;

	if (c->paused == pause)
		return not_now(
			pause ? WARD_TEXT("it is paused already") : WARD_TEXT("it is not paused"),
			why);
	/* before the beginning, which a log of whole milliseconds has as 0, cameras show what they
	 * show before the film: there it can wait */
	if (pause && c->s->n_footage && e->played >= WARD_NS_PER_MS)
		return not_now(WARD_TEXT("its cameras show films, and their time can't be held: "
					 "skip steps, bring injects in, or let it go on"),
			why);
	c->paused = pause;
	return WARD_OK;
}

static enum ward_err on_next(struct ward_course *c, struct ward_course_entry *e, const char **why)
{
	struct ward_course_entry next;

	if (!ward_course_next(c, &next) || next.what == WARD_COURSE_END)
		return not_now(WARD_TEXT("nothing comes any more"), why);
	if (c->s->n_footage)
		return not_now(WARD_TEXT("its cameras show films, and their time can't be left "
					 "out: wait for what comes next"),
			why);
	e->played = next.played > e->played ? next.played : e->played;
	return WARD_OK;
}

static enum ward_err on_repeat(struct ward_course *c, struct ward_course_entry *e, const char **why)
{
	for (size_t i = c->n; e->index == WARD_COURSE_ANY && i-- > 0;)
		if (c->entry[i].what == WARD_COURSE_STEP || c->entry[i].what == WARD_COURSE_BROUGHT)
			e->index = c->entry[i].index;
	if (e->index >= c->s->lead.n_step)
		return none(WARD_TEXT("the story has no such step"), why);
	if (c->fate[e->index] != WARD_COURSE_PLAYED)
		return not_now(WARD_TEXT("that step was not played yet"), why);
	if (c->s->step[e->index].act == WARD_ACT_ESPA || c->s->step[e->index].act == WARD_ACT_NONE)
		return not_now(WARD_TEXT("nothing of that step can be sent again"), why);
	return WARD_OK;
}

static enum ward_err on_inject(struct ward_course *c, struct ward_course_entry *e, const char **why)
{
	if (e->index >= c->s->lead.n_inject)
		return none(WARD_TEXT("the scenario has no such inject"), why);
	const struct ward_lead_steps is = c->s->lead.inject[e->index].steps;

	for (size_t i = 0; i < c->n_due; i++)
		if (c->due[i].step >= is.first && c->due[i].step < is.first + is.n)
			return not_now(WARD_TEXT("it was just brought in, and is not over"), why);
	enum ward_err err = bring(c, is, e->played);

	c->injected[e->index] += !err;
	return err;
}

static enum ward_err on_say(struct ward_course *c, struct ward_course_entry *e, const char **why)
{
	uint32_t node = e->of.len ? ward_model_find(c->s->model, e->of) : WARD_NONE;

	if (e->of.len &&
		(node == WARD_NONE || ward_model_node(c->s->model, node)->kind != WARD_NODE_ROLE))
		return none(WARD_TEXT("the hospital has no such role"), why);
	return e->text.len ? WARD_OK : not_now(WARD_TEXT("say what is told, in a text"), why);
}

static enum ward_err on_note(struct ward_course *c, struct ward_course_entry *e, const char **why)
{
	(void)c;
	return e->text.len ? WARD_OK : not_now(WARD_TEXT("say what is noted, in a text"), why);
}

static enum ward_err on_gone(struct ward_course *c, struct ward_course_entry *e, const char **why)
{
	for (size_t i = 0; e->text.len && i < c->s->n_stand; i++)
		if (ward_str_eq(c->s->host[c->s->stand[i].host].id, e->of))
			return WARD_OK;
	return none(WARD_TEXT("nothing stands there"), why);
}

/* Once by a person for each text: who has two roles may have been told two. */
static enum ward_err on_seen(struct ward_course *c, struct ward_course_entry *e, const char **why)
{
	const struct ward_course_entry *told = ward_course_asked(c, e->message);
	struct ward_str text, had;

	if (!told || !e->of.len || !ward_course_tells(c, told, e->of, &text))
		return none(WARD_TEXT("nothing of this id was told to that role"), why);
	for (const struct ward_course_entry *x = told + 1; x < c->entry + c->n; x++)
		if (x->what == WARD_COURSE_SEEN && ward_id_eq(x->message, e->message) &&
			ward_str_eq(x->by, e->by) && ward_course_tells(c, told, x->of, &had) &&
			had.p == text.p)
			return not_now(WARD_TEXT("you said before that you have seen it"), why);
	return WARD_OK;
}

/* Of what the record shows and what an order of the policy was, `of` may be empty: of all. */
static enum ward_err on_decide(struct ward_course *c, struct ward_course_entry *e, const char **why)
{
	if (ward_course_decided(c, e->decided, e->of) != WARD_NS_NEVER)
		return not_now(WARD_TEXT("that was decided before"), why);
	for (size_t i = 0; i < c->s->lead.n_branch; i++)
		if (c->s->lead.branch[i].decided == e->decided &&
			(!e->of.len || ward_str_eq(c->s->lead.branch[i].of, e->of)))
			return WARD_OK;
	/* what no branch asks for is kept all the same, if it is of something */
	return e->of.len && ward_conf_is_line(e->of)
		       ? WARD_OK
		       : none(WARD_TEXT("say what was decided of what: an id, or a word of the "
					"scenario"),
				 why);
}

/* Of these the entry is all that is new. */
static bool changes_nothing(enum ward_course_what what)
{
	return what == WARD_COURSE_SEEN || what == WARD_COURSE_SAY || what == WARD_COURSE_NOTE ||
	       what == WARD_COURSE_DECIDE || what == WARD_COURSE_GONE;
}

enum ward_err ward_course_take(
	struct ward_course *c, struct ward_course_entry *e, const char **ret_why)
{
	static enum ward_err (*const on[WARD_COURSE_N])(struct ward_course *,
		struct ward_course_entry *, const char **) = {[WARD_COURSE_STEP] = on_step,
		[WARD_COURSE_BROUGHT] = on_brought,
		[WARD_COURSE_BRANCH] = on_branch,
		[WARD_COURSE_END] = on_end,
		[WARD_COURSE_PAUSE] = on_pause,
		[WARD_COURSE_RESUME] = on_pause,
		[WARD_COURSE_NEXT] = on_next,
		[WARD_COURSE_SKIP] = on_skip,
		[WARD_COURSE_REPEAT] = on_repeat,
		[WARD_COURSE_INJECT] = on_inject,
		[WARD_COURSE_SAY] = on_say,
		[WARD_COURSE_DECIDE] = on_decide,
		[WARD_COURSE_NOTE] = on_note,
		[WARD_COURSE_SEEN] = on_seen,
		[WARD_COURSE_GONE] = on_gone};
	struct ward_course_entry own = *e;

	*ret_why = WARD_TEXT("there is no room for more");
	WARD_ASSERT((unsigned)e->what < WARD_COURSE_N);
	if (c->ended && e->what != WARD_COURSE_NOTE)
		return not_now(WARD_TEXT("the play has ended"), ret_why);
	if (e->of.len > WARD_SCENARIO_TEXT_MAX || e->text.len > WARD_COURSE_TEXT)
		return WARD_ERR_LIMIT;
	enum ward_err err = ward_mem_more(
		c->mem, &c->entry, c->n, &c->cap, sizeof(*c->entry), WARD_COURSE_ENTRIES);

	if (own.played < c->latest)
		own.played = c->latest; /* who asks may be a moment behind */
	/* what is refused keeps no text, however often it comes */
	if (!err && changes_nothing(own.what))
		err = on[own.what](c, &own, ret_why);
	if (err)
		return err;
	own.of = ward_arena_str(&c->arena, e->of);
	own.text = ward_arena_str(&c->arena, e->text);
	own.by = ward_arena_str(&c->arena, e->by);
	if (!own.of.p || !own.text.p || !own.by.p)
		return WARD_ERR_NOMEM;
	if (!changes_nothing(own.what))
		err = on[own.what](c, &own, ret_why);
	if (err)
		return err;
	c->latest = own.played;
	c->entry[c->n++] = own;
	e->index = own.index;
	e->played = own.played;
	return WARD_OK;
}

/* ---- what is ---- */

const struct ward_scenario *ward_course_scenario(const struct ward_course *c)
{
	return c->s;
}

bool ward_course_paused(const struct ward_course *c)
{
	return c->paused;
}

bool ward_course_ended(const struct ward_course *c)
{
	return c->ended;
}

enum ward_course_fate ward_course_fate(const struct ward_course *c, size_t step)
{
	WARD_ASSERT(step < c->s->lead.n_step);
	return (enum ward_course_fate)c->fate[step];
}

enum ward_course_way ward_course_way(const struct ward_course *c, size_t branch)
{
	WARD_ASSERT(branch < c->s->lead.n_branch);
	return (enum ward_course_way)c->way[branch];
}

uint32_t ward_course_injected(const struct ward_course *c, size_t inject)
{
	WARD_ASSERT(inject < c->s->lead.n_inject);
	return c->injected[inject];
}

ward_ns ward_course_decided(
	const struct ward_course *c, enum ward_lead_decided d, struct ward_str of)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct ward_course_entry *e = &c->entry[i];

		if (e->what == WARD_COURSE_DECIDE && e->decided == d &&
			(!e->of.len || ward_str_eq(e->of, of)))
			return e->played;
	}
	return WARD_NS_NEVER;
}

bool ward_course_tells(const struct ward_course *c, const struct ward_course_entry *e,
	struct ward_str role, struct ward_str *ret)
{
	bool said = e->what == WARD_COURSE_SAY;

	if (said && (!role.len || !e->of.len || ward_str_eq(e->of, role))) {
		*ret = e->text;
		return true;
	}
	if (e->what != WARD_COURSE_INJECT)
		return false;
	const struct ward_inject *x = &c->s->lead.inject[e->index];

	for (size_t i = 0; i < x->n_text; i++) {
		const struct ward_node *node = ward_model_node(c->s->model, x->text[i].role);

		if (role.len && !ward_str_eq(node->id, role))
			continue;
		*ret = x->text[i].text;
		return true;
	}
	return false;
}

const struct ward_course_entry *ward_course_asked(const struct ward_course *c, struct ward_id id)
{
	static const struct ward_id none;

	for (size_t i = 0; i < c->n && !ward_id_eq(id, none); i++)
		if (ward_id_eq(c->entry[i].id, id))
			return &c->entry[i];
	return NULL;
}

const struct ward_course_entry *ward_course_entries(const struct ward_course *c, size_t *ret_n)
{
	*ret_n = c->n;
	return c->entry;
}

ward_ns ward_course_unpaused(const struct ward_course *c, ward_ns t)
{
	size_t n;
	const struct ward_course_entry *e = ward_course_entries(c, &n);
	ward_ns since = WARD_NS_NEVER, gone = 0;

	for (size_t i = 0; i < n && e[i].at < t; i++) {
		if (e[i].what == WARD_COURSE_PAUSE)
			since = e[i].at;
		if (e[i].what != WARD_COURSE_RESUME || since == WARD_NS_NEVER)
			continue;
		gone += e[i].at - since;
		since = WARD_NS_NEVER;
	}
	return since == WARD_NS_NEVER ? t - gone : since - gone;
}
