#include "recover/works.h"

#include <stdlib.h>

enum { ARENA_MAX = 64 << 20 };

static void read_team(struct ward_reader *l, const struct ward_conf *c, void *ctx)
{
	static const char *const known[] = {"id", "name", "number", NULL};
	struct ward_works *w = ctx;
	struct ward_team t = {0};
	int64_t n = 1;
	enum ward_err err =
		ward_mem_more(w->mem, &w->team, w->n_team, &w->cap_team, sizeof(t), WARD_TEAMS_MAX);

	ward_conf_only(c, known, l->diag);
	t.id = ward_reader_str(l, c, "id");
	t.name = ward_reader_str(l, c, "name");
	(void)ward_conf_i64(c, "number", true, l->diag, 1, WARD_TEAM_NUMBER_MAX, &n);
	t.number = (uint32_t)n;
	if (err == WARD_ERR_LIMIT)
		ward_reader_bad(l, c, WARD_TEXT("too many kinds of team at '{name}'"), t.id,
			WARD_TEXT("join some of them"));
	l->nomem = l->nomem || err == WARD_ERR_NOMEM;
	for (size_t i = 0; i < w->n_team; i++) {
		if (!ward_str_eq(w->team[i].id, t.id))
			continue;
		if (ward_reader_own(l, c) && i < w->n_shared) {
			w->team[i] = t;
			return;
		}
		ward_reader_bad(l, c, WARD_TEXT("there twice: the team '{name}'"), t.id,
			WARD_TEXT("use another id"));
	}
	if (err)
		return;
	w->team[w->n_team++] = t;
	w->n_shared += !ward_reader_own(l, c);
}

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

static void put_work(
	struct ward_reader *l, const struct ward_conf *c, struct ward_works *w, struct ward_work *x)
{
	enum ward_err err = ward_mem_more(
		w->mem, &w->work, w->n_work, &w->cap_work, sizeof(*x), WARD_WORKS_MAX);

	x->id = ward_reader_str(l, c, "id");
	if (!x->heals)
		x->text = ward_reader_str(l, c, "text");
	x->file = ward_reader_keep(l, c->file);
	x->line = c->line;
	x->own = ward_reader_own(l, c);
	x->class = ward_reader_class(l, c, "class", false);
	x->threat = ward_reader_threats(l, c, "threats", &x->n_threat);
	ward_reader_span(l, c, "lasts", true, &x->lasts);
	if (err == WARD_ERR_LIMIT)
		ward_reader_bad(l, c, WARD_TEXT("too many at '{name}'"), x->id,
			WARD_TEXT("keep to the most that there may be"));
	l->nomem = l->nomem || err == WARD_ERR_NOMEM;
	if (!err)
		w->work[w->n_work++] = *x;
}

static void read_work(struct ward_reader *l, const struct ward_conf *c, void *ctx)
{
	static const char *const known[] = {"id", "text", "threats", "class", "lasts", "verify",
		"team", "start", "cause", NULL};
	struct ward_work x = {.class = WARD_NONE, .lacks = WARD_REL_N};

	ward_conf_only(c, known, l->diag);
	x.team = team_of(l, c, ctx);
	ward_reader_span(l, c, "verify", false, &x.verify);
	(void)ward_conf_bool(c, "start", false, l->diag, &x.start);
	(void)ward_conf_bool(c, "cause", false, l->diag, &x.cause);
	put_work(l, c, ctx, &x);
}

static void read_return(struct ward_reader *l, const struct ward_conf *c, void *ctx)
{
	static const char *const known[] = {"id", "threats", "class", "lasts", "lacks", NULL};
	struct ward_work x = {.class = WARD_NONE, .heals = true};
	const char *rel[WARD_REL_N];

	for (unsigned i = 0; i < WARD_REL_N; i++)
		rel[i] = ward_rel_name((enum ward_rel_type)i);
	ward_conf_only(c, known, l->diag);
	x.lacks = (enum ward_rel_type)ward_reader_word(l, c, "lacks", rel, WARD_REL_N);
	put_work(l, c, ctx, &x);
}

static void read_tolerable(struct ward_reader *l, const struct ward_conf *c, void *ctx)
{
	static const char *const known[] = {"id", "class", "mtpd", NULL};
	struct ward_works *w = ctx;
	struct ward_tolerable x = {.line = c->line, .own = ward_reader_own(l, c)};
	enum ward_err err = ward_mem_more(w->mem, &w->tolerable, w->n_tolerable, &w->cap_tolerable,
		sizeof(x), WARD_WORKS_MAX);

	ward_conf_only(c, known, l->diag);
	x.id = ward_reader_str(l, c, "id");
	x.file = ward_reader_keep(l, c->file);
	x.class = ward_reader_class(l, c, "class", true);
	ward_reader_span(l, c, "mtpd", true, &x.mtpd);
	if (err == WARD_ERR_LIMIT)
		ward_reader_bad(l, c, WARD_TEXT("too many at '{name}'"), x.id,
			WARD_TEXT("keep to the most that there may be"));
	l->nomem = l->nomem || err == WARD_ERR_NOMEM;
	if (!err)
		w->tolerable[w->n_tolerable++] = x;
}

/* clinical: [ROLE, …] of any file. */
static void read_clinical(struct ward_reader *l, struct ward_works *w)
{
	for (size_t f = 0; f < l->n_file; f++)
		for (const struct ward_conf *doc = l->file[f]->child; doc; doc = doc->next) {
			const struct ward_conf *word[WARD_READER_LIST];
			size_t n = ward_reader_words(l, doc, "clinical", word);

			for (size_t i = 0; i < n && w->n_clinical < WARD_READER_LIST; i++)
				w->clinical[w->n_clinical++] = ward_reader_keep(l, word[i]->text);
		}
}

static int work_cmp(const void *a, const void *b)
{
	return ward_str_cmp(((const struct ward_work *)a)->id, ((const struct ward_work *)b)->id);
}
static int tolerable_cmp(const void *a, const void *b)
{
	return ward_str_cmp(
		((const struct ward_tolerable *)a)->id, ((const struct ward_tolerable *)b)->id);
}

static void twice(struct ward_reader *l, struct ward_str a, struct ward_str b, struct ward_str file,
	uint32_t line)
{
	if (ward_str_eq(a, b))
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, file, line,
			WARD_TEXT("'%.*s' is there twice\nuse another id"), WARD_STR_ARG(b));
}

/* Something must fit every thing, so that no plan stops for want of a rule. */
static void complete(struct ward_reader *l, const struct ward_works *w)
{
	bool work = false, start = false;

	for (size_t i = 0; i < w->n_work; i++) {
		const struct ward_work *x = &w->work[i];
		bool all = x->class == WARD_NONE && !x->n_threat && !x->heals && !x->cause;

		start = start || (all && x->start);
		work = work || (all && !x->start);
	}
	struct ward_str file = l->n_file ? l->file[0]->file : WARD_STR("recovery");

	if (!work)
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, file, 0,
			WARD_TEXT("no work fits every thing\nadd one under works: without class: "
				  "and threats:"));
	else if (!start)
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, file, 0,
			WARD_TEXT("no start fits every thing\nadd one under works: without class: "
				  "and threats:, with start: true"));
}

/* Sorted by id, so that no order of files changes anything. */
static void gather(struct ward_reader *l, struct ward_works *w)
{
	ward_reader_each(l, "teams", read_team, w);
	ward_reader_each(l, "works", read_work, w);
	ward_reader_each(l, "returns", read_return, w);
	ward_reader_each(l, "tolerable", read_tolerable, w);
	read_clinical(l, w);
	if (w->n_work)
		qsort(w->work, w->n_work, sizeof(*w->work), work_cmp);
	for (size_t i = 1; i < w->n_work; i++)
		twice(l, w->work[i - 1].id, w->work[i].id, w->work[i].file, w->work[i].line);
	if (w->n_tolerable)
		qsort(w->tolerable, w->n_tolerable, sizeof(*w->tolerable), tolerable_cmp);
	for (size_t i = 1; i < w->n_tolerable; i++)
		twice(l, w->tolerable[i - 1].id, w->tolerable[i].id, w->tolerable[i].file,
			w->tolerable[i].line);
	complete(l, w);
}

static const char *const keys[] = {"teams", "works", "returns", "tolerable", "clinical", NULL};

static enum ward_err begin(const struct ward_model *m, const struct ward_mem *mem,
	const struct ward_limits *lim, struct ward_diag *diag, struct ward_reader *l,
	struct ward_works **ret)
{
	struct ward_works *w = ward_mem_alloc(mem, sizeof(*w));

	if (!w)
		return WARD_ERR_NOMEM;
	w->m = m;
	w->mem = mem;
	ward_arena_init(&w->arena, mem, ARENA_MAX);
	ward_reader_begin(l, m, lim, mem, diag, &w->arena);
	*ret = w;
	return WARD_OK;
}

static enum ward_err finish(struct ward_reader *l, struct ward_works *w, struct ward_works **ret)
{
	gather(l, w);
	enum ward_err err = ward_reader_end(l);

	if (err)
		ward_works_free(w);
	else
		*ret = w;
	return err;
}

enum ward_err ward_works_load(const char *content, const char *hospital, const struct ward_model *m,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_works **ret)
{
	struct ward_reader l;
	struct ward_works *w;
	enum ward_err err = begin(m, mem, lim, diag, &l, &w);

	if (err)
		return err;
	ward_reader_dir(&l, content, true, keys);
	l.n_shared = l.n_file;
	if (hospital)
		ward_reader_dir(&l, hospital, false, keys);
	return finish(&l, w, ret);
}

enum ward_err ward_works_parse(const struct ward_content_text *text, size_t n,
	const struct ward_model *m, const struct ward_limits *lim, const struct ward_mem *mem,
	struct ward_diag *diag, struct ward_works **ret)
{
	struct ward_reader l;
	struct ward_works *w;
	enum ward_err err = begin(m, mem, lim, diag, &l, &w);

	if (err)
		return err;
	for (size_t i = 0; i < n; i++) {
		ward_reader_text(&l, &text[i], keys);
		l.n_shared = i ? l.n_shared : l.n_file;
	}
	return finish(&l, w, ret);
}

void ward_works_free(struct ward_works *w)
{
	if (!w)
		return;
	const struct ward_mem *mem = w->mem;

	ward_mem_free(mem, w->team, w->cap_team * sizeof(*w->team));
	ward_mem_free(mem, w->work, w->cap_work * sizeof(*w->work));
	ward_mem_free(mem, w->tolerable, w->cap_tolerable * sizeof(*w->tolerable));
	ward_arena_fini(&w->arena);
	ward_mem_free(mem, w, sizeof(*w));
}

/* How near a class is: 0 for any, else one more than its dots. */
static unsigned depth(const struct ward_model *m, uint32_t class)
{
	unsigned n = 1;

	if (class == WARD_NONE)
		return 0;
	struct ward_str id = ward_ontology_class(ward_model_ontology(m), class)->id;

	for (size_t i = 0; i < id.len; i++)
		n += id.p[i] == '.';
	return n;
}

static bool names(const struct ward_work *x, uint32_t threat)
{
	for (size_t i = 0; i < x->n_threat; i++)
		if (x->threat[i] == threat)
			return true;
	return false;
}

static bool fits(const struct ward_works *w, const struct ward_work *x, uint32_t node,
	uint32_t threat, bool cause)
{
	if (x->start || (cause ? x->heals : x->cause) || (x->n_threat && !names(x, threat)))
		return false;
	return x->class == WARD_NONE || ward_model_is(w->m, node, x->class);
}

/* Is a nearer than b, of two that fit? */
static bool nearer(const struct ward_works *w, const struct ward_work *a, const struct ward_work *b)
{
	unsigned da = depth(w->m, a->class), db = depth(w->m, b->class);

	if (!a->n_threat != !b->n_threat)
		return a->n_threat > 0;
	if (da != db)
		return da > db;
	if (a->own != b->own)
		return a->own;
	return a->heals != b->heals ? b->heals : a->n_threat < b->n_threat;
}

const struct ward_work *ward_works_find(
	const struct ward_works *w, uint32_t node, uint32_t threat, bool cause)
{
	const struct ward_work *best = NULL;

	for (size_t i = 0; i < w->n_work; i++)
		if (fits(w, &w->work[i], node, threat, cause) &&
			(!best || nearer(w, &w->work[i], best)))
			best = &w->work[i];
	return best;
}

const struct ward_work *ward_works_start(const struct ward_works *w, uint32_t node)
{
	const struct ward_work *best = NULL;
	unsigned most = 0;

	for (size_t i = 0; i < w->n_work; i++) {
		const struct ward_work *x = &w->work[i];
		unsigned f = 1 + 2 * depth(w->m, x->class) + (x->own ? 1 : 0);

		if (x->start && f > most &&
			(x->class == WARD_NONE || ward_model_is(w->m, node, x->class))) {
			most = f;
			best = x;
		}
	}
	return best;
}

ward_ns ward_works_mtpd(const struct ward_works *w, uint32_t node, bool *ret_assumed)
{
	ward_ns said = ward_model_node(w->m, node)->mtpd, best = 0;
	unsigned most = 0;

	*ret_assumed = said == 0;
	if (said)
		return said;
	for (size_t i = 0; i < w->n_tolerable; i++) {
		unsigned f = 2 * depth(w->m, w->tolerable[i].class) + (w->tolerable[i].own ? 1 : 0);

		if (f > most && w->tolerable[i].class != WARD_NONE &&
			ward_model_is(w->m, node, w->tolerable[i].class)) {
			most = f;
			best = w->tolerable[i].mtpd;
		}
	}
	return best;
}
