#include "model/threat.h"

#include "model/lone.h"
#include "model/word.h"

/* Of a threat (lone.h). */
struct lone {
	struct ward_str *beside; /* codes */
	size_t n_beside;
	struct ward_str step;
};

struct ward_threats {
	const struct ward_mem *mem;
	struct ward_arena arena;
	struct ward_intern codes; /* id of the table == index of the threat */
	struct ward_threat *threat;
	struct lone *lone; /* of each threat */
	size_t n, cap, cap_lone;
	struct ward_intern techniques;
	uint32_t *by_technique; /* the first threat of each */
	size_t cap_technique;
};

struct load {
	struct ward_threats *t;
	struct ward_arena arena;
	struct ward_diag *diag;
	const struct ward_limits *lim;
	struct ward_str file;
	enum ward_err err;
};

static const char *const need_name[WARD_NEED_N] = {
	[WARD_NEED_AVAILABILITY] = "availability",
	[WARD_NEED_INTEGRITY] = "integrity",
	[WARD_NEED_CONFIDENTIALITY] = "confidentiality",
	[WARD_NEED_TRACEABILITY] = "traceability",
	[WARD_NEED_SAFETY] = "safety",
};

static const char *const domain_name[] = {
	[WARD_DOMAIN_CYBER] = "cyber",
	[WARD_DOMAIN_PHYSICAL] = "physical",
	[WARD_DOMAIN_BOTH] = "both",
};

const char *ward_need_name(enum ward_need n)
{
	WARD_ASSERT((unsigned)n < WARD_NEED_N);
	return need_name[n];
}

const char *ward_domain_name(enum ward_domain d)
{
	WARD_ASSERT((unsigned)d < WARD_ARRAY_LEN(domain_name));
	return domain_name[d];
}

static bool one_of(const struct ward_conf *c, const char *key, const char *const *name, size_t n,
	struct ward_diag *d, unsigned *ret)
{
	struct ward_str s;

	if (!ward_conf_str(c, key, true, d, &s))
		return false;
	for (unsigned i = 0; i < n; i++) {
		if (!ward_str_eqz(s, name[i]))
			continue;
		*ret = i;
		return true;
	}
	char list[128];
	struct ward_wr w = ward_wr_fixed(list, sizeof(list));

	for (size_t i = 0; i < n; i++)
		ward_wr_printf(&w, "%s%s", i ? ", " : "", name[i]);
	ward_diag_addf(d, WARD_DIAG_ERROR, c->file, c->line,
		WARD_TEXT("'%s' has the bad value '%.*s'\nwrite one of: %.*s"), key,
		WARD_STR_ARG(s), WARD_STR_ARG(ward_wr_text(&w)));
	return false;
}

/* T and four digits; a sub-technique adds a dot and three. */
static bool is_technique(struct ward_str s)
{
	if (s.len != 5 && s.len != 9)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (i == 0 ? c != 'T' : i == 5 ? c != '.' : c < '0' || c > '9')
			return false;
	}
	return true;
}

static void technique_add(struct load *l, struct ward_str s, uint32_t threat)
{
	struct ward_threats *t = l->t;
	size_t n = t->techniques.n;
	uint32_t id;

	if ((l->err = ward_mem_more(t->mem, &t->by_technique, n, &t->cap_technique,
		     sizeof(*t->by_technique), t->techniques.max)) ||
		(l->err = ward_intern_put(&t->techniques, s, &id)))
		return;
	if (id == n)
		t->by_technique[id] = threat;
}

static void attack(struct load *l, const struct ward_conf *c, struct ward_threat *t, uint32_t at)
{
	struct ward_words w;
	enum ward_err err = ward_words(c, "attack", &l->arena, l->diag, &w);

	if (err) {
		l->err = err == WARD_ERR_NOMEM ? err : WARD_OK; /* the other was reported */
		return;
	}
	t->attack = ward_arena_array(&l->t->arena, w.n, sizeof(*t->attack));
	if (!t->attack) {
		l->err = WARD_ERR_NOMEM;
		return;
	}
	for (size_t i = 0; i < w.n && !l->err; i++) {
		if (!is_technique(w.at[i].s)) {
			ward_diag_addf(l->diag, WARD_DIAG_ERROR, c->file, w.at[i].line,
				WARD_TEXT("'%.*s' is no ATT&CK technique\nwrite it as T0855 or "
					  "T1059.001"),
				WARD_STR_ARG(w.at[i].s));
			continue;
		}
		struct ward_str *copy = &t->attack[t->n_attack++];

		*copy = ward_arena_str(&l->t->arena, w.at[i].s);
		if (!copy->p)
			l->err = WARD_ERR_NOMEM;
		else
			technique_add(l, *copy, at);
	}
}

/* Whether there are such classes is asked where the ontology is known. */
static void classes(struct load *l, const struct ward_conf *c, struct ward_threat *t)
{
	struct ward_words w;
	enum ward_err err = ward_words(c, "on", &l->arena, l->diag, &w);

	if (err) {
		l->err = err == WARD_ERR_NOMEM ? err : WARD_OK; /* the other was reported */
		return;
	}
	t->on = ward_arena_array(&l->t->arena, w.n, sizeof(*t->on));
	if (!t->on)
		l->err = WARD_ERR_NOMEM;
	for (size_t i = 0; i < w.n && !l->err; i++) {
		t->on[t->n_on] = ward_arena_str(&l->t->arena, w.at[i].s);
		if (!t->on[t->n_on++].p)
			l->err = WARD_ERR_NOMEM;
	}
}

static void beside(struct load *l, const struct ward_conf *c, struct lone *t)
{
	struct ward_words w;
	enum ward_err err = ward_words(c, "beside", &l->arena, l->diag, &w);

	if (err) {
		l->err = err == WARD_ERR_NOMEM ? err : WARD_OK; /* the other was reported */
		return;
	}
	t->beside = ward_arena_array(&l->t->arena, w.n, sizeof(*t->beside));
	if (!t->beside)
		l->err = WARD_ERR_NOMEM;
	for (size_t i = 0; i < w.n && !l->err; i++) {
		t->beside[t->n_beside] = ward_arena_str(&l->t->arena, w.at[i].s);
		if (!t->beside[t->n_beside++].p)
			l->err = WARD_ERR_NOMEM;
	}
}

/* A threat may name one that stands further down, so this is asked when all are read. */
static void beside_known(struct load *l)
{
	for (size_t i = 0; i < l->t->n; i++) {
		const struct lone *t = &l->t->lone[i];

		for (size_t k = 0; k < t->n_beside; k++)
			if (ward_intern_find(&l->t->codes, t->beside[k]) == WARD_NONE)
				ward_diag_addf(l->diag, WARD_DIAG_ERROR, l->file,
					l->t->threat[i].line,
					WARD_TEXT(
						"'beside' names '%.*s', which is no threat\nwrite "
						"codes of this file"),
					WARD_STR_ARG(t->beside[k]));
	}
}

static void texts(
	struct load *l, const struct ward_conf *c, struct ward_threat *t, struct lone *lone)
{
	static const char *const known[] = {"role", "text", "alone", NULL};
	const struct ward_conf *step = ward_conf_get(c, "first_step");
	struct ward_str *field[] = {&t->name, &t->idmef, &t->step_role, &t->step_text, &lone->step};
	static const char *const key[] = {"name", "idmef", "role", "text", "alone"};

	if (!step)
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, c->file, c->line,
			WARD_TEXT("'first_step' is missing\nadd `first_step: {role: …, text: …}`"));
	else if (!ward_word_keys(step, known, l->diag))
		step = NULL;
	for (size_t i = 0; i < WARD_ARRAY_LEN(field); i++) {
		const struct ward_conf *from = i < 2 ? c : step;
		struct ward_str s = {"", 0};

		if (from)
			(void)ward_conf_str(from, key[i], i < 4, l->diag, &s);
		*field[i] = ward_arena_str(&l->t->arena, s);
		if (!field[i]->p)
			l->err = WARD_ERR_NOMEM;
	}
}

static void threat_add(struct load *l, const struct ward_conf *c)
{
	static const char *const known[] = {"code", "name", "act", "domain", "need", "on", "attack",
		"beside", "idmef", "first_step", NULL};
	struct ward_threats *t = l->t;
	unsigned domain = 0, need = 0;
	struct ward_str code;
	uint32_t i;

	if (!ward_word_keys(c, known, l->diag) || !ward_word_id(c, "code", l->diag, &code))
		return;
	if (ward_intern_find(&t->codes, code) != WARD_NONE) {
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, c->file, c->line,
			WARD_TEXT("the threat '%.*s' is there twice\nremove one of the two"),
			WARD_STR_ARG(code));
		return;
	}
	if ((l->err = ward_mem_more(t->mem, &t->threat, t->n, &t->cap, sizeof(*t->threat),
		     ward_limit(l->lim, WARD_LIMIT_MODEL_THREATS))) ||
		(l->err = ward_mem_more(t->mem, &t->lone, t->n, &t->cap_lone, sizeof(*t->lone),
			 ward_limit(l->lim, WARD_LIMIT_MODEL_THREATS))) ||
		(l->err = ward_intern_put(&t->codes, code, &i)))
		return;
	struct lone *lone = &t->lone[t->n];
	struct ward_threat *threat = &t->threat[t->n++];

	*lone = (struct lone){.n_beside = 0};
	*threat = (struct ward_threat){.code = ward_intern_at(&t->codes, i), .line = c->line};
	if (one_of(c, "domain", domain_name, WARD_ARRAY_LEN(domain_name), l->diag, &domain))
		threat->domain = (enum ward_domain)domain;
	if (one_of(c, "need", need_name, WARD_NEED_N, l->diag, &need))
		threat->need = (enum ward_need)need;
	(void)ward_conf_bool(c, "act", false, l->diag, &threat->act);
	texts(l, c, threat, lone);
	if (!l->err)
		attack(l, c, threat, i);
	if (!l->err)
		classes(l, c, threat);
	if (!l->err)
		beside(l, c, lone);
}

static void threats(struct load *l, const struct ward_conf *docs)
{
	static const char *const known[] = {"threats", NULL};
	const struct ward_conf *top = docs->child;
	const struct ward_conf *list = ward_conf_get(top, "threats");

	ward_word_keys(top, known, l->diag);
	if (!list || list->kind != WARD_CONF_SEQ || docs->n_child != 1) {
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, l->file, top ? top->line : 0,
			WARD_TEXT("there is no list of threats\nwrite one document `threats:` with "
				  "a list"));
		return;
	}
	for (const struct ward_conf *c = list->child; c && !l->err; c = c->next)
		threat_add(l, c);
	if (!l->err)
		beside_known(l);
}

enum ward_err ward_threats_parse(struct ward_str file, struct ward_slice text,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_threats **ret)
{
	struct ward_threats *t = ward_mem_alloc(mem, sizeof(*t));
	struct load l = {.t = t, .diag = diag, .lim = lim, .file = file};
	size_t n_error = diag->n_error, max = ward_limit(lim, WARD_LIMIT_MODEL_BYTES);
	const struct ward_conf *docs;

	if (!t)
		return WARD_ERR_NOMEM;
	t->mem = mem;
	ward_arena_init(&t->arena, mem, max);
	ward_arena_init(&l.arena, mem, max);
	ward_intern_init(&t->codes, mem, ward_limit(lim, WARD_LIMIT_MODEL_THREATS), max);
	ward_intern_init(&t->techniques, mem, 16 * ward_limit(lim, WARD_LIMIT_MODEL_THREATS), max);
	l.err = ward_conf_yaml(&l.arena, lim, file, text, diag, &docs);
	if (!l.err)
		threats(&l, docs);
	if (l.err == WARD_ERR_LIMIT) {
		ward_diag_addf(diag, WARD_DIAG_ERROR, file, 0,
			WARD_TEXT("more threats than the limit model.threats allows\nraise the "
				  "limit"));
		l.err = WARD_ERR_CONFIG;
	}
	if (!l.err && diag->n_error > n_error)
		l.err = WARD_ERR_CONFIG;
	ward_arena_fini(&l.arena);
	if (l.err)
		ward_threats_free(t);
	else
		*ret = t;
	return l.err;
}

enum ward_err ward_threats_load(const char *path, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_threats **ret)
{
	struct ward_arena a;
	struct ward_slice text;

	ward_arena_init(&a, mem, ward_limit(lim, WARD_LIMIT_MODEL_BYTES));
	enum ward_err err = ward_conf_read(&a, lim, path, diag, &text);

	if (!err)
		err = ward_threats_parse(ward_str_z(path), text, lim, mem, diag, ret);
	ward_arena_fini(&a);
	return err == WARD_ERR_NOT_FOUND ? WARD_ERR_IO : err;
}

void ward_threats_free(struct ward_threats *t)
{
	if (!t)
		return;
	ward_mem_free(t->mem, t->threat, t->cap * sizeof(*t->threat));
	ward_mem_free(t->mem, t->lone, t->cap_lone * sizeof(*t->lone));
	ward_mem_free(t->mem, t->by_technique, t->cap_technique * sizeof(*t->by_technique));
	ward_intern_fini(&t->codes);
	ward_intern_fini(&t->techniques);
	ward_arena_fini(&t->arena);
	ward_mem_free(t->mem, t, sizeof(*t));
}

uint32_t ward_threats_n(const struct ward_threats *t)
{
	return (uint32_t)t->n;
}

const struct ward_threat *ward_threats_at(const struct ward_threats *t, uint32_t i)
{
	WARD_ASSERT(i < t->n);
	return &t->threat[i];
}

uint32_t ward_threats_find(const struct ward_threats *t, struct ward_str code)
{
	return ward_intern_find(&t->codes, code);
}

uint32_t ward_threats_by_attack(const struct ward_threats *t, struct ward_str technique)
{
	uint32_t id = ward_intern_find(&t->techniques, technique);

	if (id == WARD_NONE)
		id = ward_intern_find(&t->techniques, ward_str_cut(&technique, '.'));
	return id == WARD_NONE ? WARD_NONE : t->by_technique[id];
}

bool ward_threat_is_beside(const struct ward_threats *t, uint32_t threat, struct ward_str code)
{
	WARD_ASSERT(threat < t->n);
	const struct lone *lone = &t->lone[threat];

	for (size_t i = 0; i < lone->n_beside; i++)
		if (ward_str_eq(lone->beside[i], code))
			return true;
	return false;
}

struct ward_str ward_threat_step_alone(const struct ward_threats *t, uint32_t threat)
{
	WARD_ASSERT(threat < t->n);
	return t->lone[threat].step;
}
