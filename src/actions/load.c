#include "actions/actions.h"

#include <stdlib.h>

enum { ARENA_MAX = 64 << 20, COST_MAX = 10000000 };

struct load {
	struct ward_action_set *set;
	const struct ward_works *works;
};

static uint32_t team_of(
	struct ward_reader *l, const struct ward_conf *c, const struct ward_works *w)
{
	const char *word[WARD_TEAMS_MAX];

	if (!ward_conf_get(c, "team")) {
		ward_reader_bad(l, c, WARD_TEXT("no team in '{name}'"), ward_conf_word(c, "id"),
			WARD_TEXT("add team: TEAM, who does it"));
		return 0;
	}
	for (size_t i = 0; i < w->n_team; i++)
		word[i] = w->team[i].id.p; /* the arena ends texts by a NUL */
	unsigned i = ward_reader_word(l, c, "team", word, (unsigned)w->n_team);

	return i < w->n_team ? i : 0;
}

static void read_effect(struct ward_reader *l, const struct ward_conf *c, struct ward_action *x)
{
	static const char *const kinds[] = {"ups", "fuel", "tank", "thermal", "paper"};
	unsigned kind = ward_reader_word(l, c, "buffer", kinds, WARD_ARRAY_LEN(kinds));
	struct ward_str buffer =
		kind < WARD_ARRAY_LEN(kinds) ? ward_str_z(kinds[kind]) : WARD_STR("");

	(void)ward_conf_bool(c, "isolates", false, l->diag, &x->isolates);
	(void)ward_conf_bool(c, "repairs", false, l->diag, &x->repairs);
	(void)ward_conf_bool(c, "fails_over", false, l->diag, &x->fails_over);
	x->protects = ward_reader_threats(l, c, "protects", &x->n_protects);
	x->degree_micro = 1000000;
	(void)ward_conf_degree(c, "degree", false, l->diag, &x->degree_micro);
	x->buffer = buffer;
	ward_reader_span(l, c, "lasts", buffer.len > 0, &x->lasts);
	(void)ward_conf_bool(c, "on_top", false, l->diag, &x->on_top);
	(void)ward_conf_degree(c, "relieves", false, l->diag, &x->relieves_micro);
	if (!x->isolates && !x->repairs && !x->fails_over && !x->n_protects && !buffer.len &&
		!x->relieves_micro)
		ward_reader_bad(l, c, WARD_TEXT("it changes nothing: the action '{name}'"), x->id,
			WARD_TEXT(
				"add isolates, repairs, fails_over, protects, buffer or relieves"));
	if (x->n_protects + x->isolates + x->repairs + x->fails_over + (buffer.len > 0) + 1 >
		WARD_ACTIONS_CHANGES)
		ward_reader_bad(l, c, WARD_TEXT("too many changes by the action '{name}'"), x->id,
			WARD_TEXT("protect against fewer threats"));
	x->side = ward_reader_threat(l, c, "side", false);
}

static void read_action(struct ward_reader *l, const struct ward_conf *c, void *ctx)
{
	static const char *const known[] = {"id", "text", "threats", "class", "except", "isolates",
		"repairs", "fails_over", "protects", "degree", "buffer", "lasts", "on_top",
		"relieves", "relies_on", "side", "takes", "cost", "team", "people", "role", "locks",
		NULL};
	struct load *load = ctx;
	struct ward_action_set *a = load->set;
	const struct ward_conf *w[WARD_READER_LIST];
	struct ward_action x = {.line = c->line};
	int64_t cost = 0, people = 1;
	enum ward_err err =
		ward_mem_more(a->mem, &a->action, a->n, &a->cap, sizeof(x), WARD_ACTIONS_MAX);

	ward_conf_only(c, known, l->diag);
	x.id = ward_reader_str(l, c, "id");
	x.text = ward_reader_str(l, c, "text");
	x.file = ward_reader_keep(l, c->file);
	x.threat = ward_reader_threats(l, c, "threats", &x.n_threat);
	if (!x.n_threat)
		ward_reader_bad(l, c, WARD_TEXT("no threats in the action '{name}'"), x.id,
			WARD_TEXT("add threats: [CODE], what it is against"));
	x.class = ward_reader_class(l, c, "class", true);
	x.relies_on = ward_reader_class(l, c, "relies_on", false);
	x.n_except = ward_reader_words(l, c, "except", w);
	for (size_t i = 0; i < x.n_except; i++)
		x.except[i] = ward_reader_class_id(l, w[i], w[i]->text);
	read_effect(l, c, &x);
	ward_reader_span(l, c, "takes", true, &x.takes);
	(void)ward_conf_i64(c, "cost", false, l->diag, 0, COST_MAX, &cost);
	x.cost = (uint64_t)cost;
	x.team = team_of(l, c, load->works);
	(void)ward_conf_i64(c, "people", false, l->diag, 0, WARD_TEAM_NUMBER_MAX, &people);
	x.people = (uint32_t)people;
	x.role = ward_reader_str(l, c, "role");
	(void)ward_conf_bool(c, "locks", false, l->diag, &x.locks);
	if (err == WARD_ERR_LIMIT)
		ward_reader_bad(l, c, WARD_TEXT("too many at '{name}'"), x.id,
			WARD_TEXT("keep to the most that there may be"));
	l->nomem = l->nomem || err == WARD_ERR_NOMEM;
	if (!err)
		a->action[a->n++] = x;
}

static int by_id(const void *a, const void *b)
{
	return ward_str_cmp(
		((const struct ward_action *)a)->id, ((const struct ward_action *)b)->id);
}

static const char *const keys[] = {"actions", NULL};

static enum ward_err begin(const struct ward_model *m, const struct ward_mem *mem,
	const struct ward_limits *lim, struct ward_diag *diag, struct ward_reader *l,
	struct ward_action_set **ret)
{
	struct ward_action_set *a = ward_mem_alloc(mem, sizeof(*a));

	if (!a)
		return WARD_ERR_NOMEM;
	a->mem = mem;
	ward_arena_init(&a->arena, mem, ARENA_MAX);
	ward_reader_begin(l, m, lim, mem, diag, &a->arena);
	*ret = a;
	return WARD_OK;
}

static enum ward_err finish(struct ward_reader *l, struct ward_action_set *a,
	const struct ward_works *works, struct ward_action_set **ret)
{
	struct load load = {a, works};

	ward_reader_each(l, "actions", read_action, &load);
	if (a->n)
		qsort(a->action, a->n, sizeof(*a->action), by_id);
	for (size_t i = 1; i < a->n; i++)
		if (ward_str_eq(a->action[i - 1].id, a->action[i].id))
			ward_diag_addf(l->diag, WARD_DIAG_ERROR, a->action[i].file,
				a->action[i].line,
				WARD_TEXT("'%.*s' is there twice\nuse another id"),
				WARD_STR_ARG(a->action[i].id));
	enum ward_err err = ward_reader_end(l);

	if (err)
		ward_actions_free(a);
	else
		*ret = a;
	return err;
}

enum ward_err ward_actions_load(const char *content, const char *hospital,
	const struct ward_model *m, const struct ward_works *works, const struct ward_limits *lim,
	struct ward_diag *diag, struct ward_action_set **ret)
{
	struct ward_action_set *a;
	struct ward_reader l;
	enum ward_err err = begin(m, works->mem, lim, diag, &l, &a);

	if (err)
		return err;
	ward_reader_dir(&l, content, true, keys);
	l.n_shared = l.n_file;
	if (hospital)
		ward_reader_dir(&l, hospital, false, keys);
	return finish(&l, a, works, ret);
}

enum ward_err ward_actions_parse(const struct ward_content_text *text, const struct ward_model *m,
	const struct ward_works *works, const struct ward_limits *lim, const struct ward_mem *mem,
	struct ward_diag *diag, struct ward_action_set **ret)
{
	struct ward_action_set *a;
	struct ward_reader l;
	enum ward_err err = begin(m, mem, lim, diag, &l, &a);

	if (err)
		return err;
	ward_reader_text(&l, text, keys);
	return finish(&l, a, works, ret);
}

void ward_actions_free(struct ward_action_set *a)
{
	if (!a)
		return;
	const struct ward_mem *mem = a->mem;

	ward_mem_free(mem, a->action, a->cap * sizeof(*a->action));
	ward_arena_fini(&a->arena);
	ward_mem_free(mem, a, sizeof(*a));
}
