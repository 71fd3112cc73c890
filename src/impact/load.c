#include "impact/rules.h"
#include "impact/sets.h"

#include "base/id.h"
#include "conf/conf.h"
#include "model/near.h"
#include "words/words.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	RULES_BYTES_MAX = 256 * 1024 * 1024,
	KEEP_MAX = 1000,
	PATH_BYTES = 4096,
	NEAR_BUDGET = 1000000,
};

/* What one load carries from function to function. */
struct load {
	struct ward_rules *r;
	const struct ward_limits *lim;
	const struct ward_model *m;
	const struct ward_ontology *o;
	const struct ward_threats *t;
	struct ward_diag *diag;
	struct ward_arena scratch; /* the parsed files */
	size_t near_budget;        /* comparisons for "did you mean" */
	bool nomem;
};

static void bad(struct load *l, const struct ward_conf *at, const char *what, struct ward_str name,
	const char *mend)
{
	ward_conf_bad(at, what, name, mend, l->diag);
}

static struct ward_sets sets_of(struct load *l)
{
	return (struct ward_sets){l->o, l->t, l->diag, &l->r->arena, &l->near_budget, &l->nomem};
}

static bool read_gives(struct load *l, const struct ward_conf *c, struct ward_rule *rule)
{
	struct ward_sets sets = sets_of(l);
	struct ward_str code;

	if (!ward_conf_str(c, "gives", true, l->diag, &code))
		return false;
	rule->gives = ward_threats_find(l->t, code);
	if (rule->gives == WARD_NONE)
		ward_sets_threat_unknown(&sets, ward_conf_get(c, "gives"), code);
	return rule->gives != WARD_NONE;
}

static bool read_when(struct load *l, const struct ward_conf *c, struct ward_rule *rule)
{
	static const char *const known[] = {"threat", "class", "except", NULL};
	const struct ward_conf *when = ward_conf_get(c, "when");
	struct ward_sets sets = sets_of(l);

	if (!when || when->kind != WARD_CONF_MAP) {
		bad(l, when ? when : c, WARD_TEXT("rule without '{name}'"), WARD_STR("when"),
			WARD_TEXT("write when: {threat: CODE, class: CLASS}"));
		return false;
	}
	ward_conf_only(when, known, l->diag);
	bool ok = ward_sets_threats(&sets, when, &rule->when, &rule->n_when);

	return ward_sets_classes(&sets, when, &rule->from) && ok;
}

static bool read_relation(struct load *l, const struct ward_conf *c, struct ward_rule *rule)
{
	struct ward_str rel, dir = WARD_STR("out");

	if (!ward_conf_str(c, "relation", true, l->diag, &rel))
		return false;
	rule->rel = ward_str_eqz(rel, "self") ? WARD_REL_N : ward_rel_parse(rel);
	if (rule->rel == WARD_REL_N && !ward_str_eqz(rel, "self")) {
		struct ward_near near = ward_near_start(rel, &l->near_budget);

		ward_near_offer(&near, WARD_STR("self"));
		for (unsigned i = 0; i < WARD_REL_N; i++)
			ward_near_offer(&near, ward_str_z(ward_rel_name((enum ward_rel_type)i)));
		ward_near_unknown(&near, ward_conf_get(c, "relation"), "relation", l->diag);
		return false;
	}
	(void)ward_conf_str(c, "direction", false, l->diag, &dir);
	rule->in = ward_str_eqz(dir, "in");
	if (!rule->in && !ward_str_eqz(dir, "out")) {
		bad(l, ward_conf_get(c, "direction"), WARD_TEXT("unknown direction '{name}'"), dir,
			WARD_TEXT("use out (from the source to the target) or in"));
		return false;
	}
	return true;
}

static bool read_to(struct load *l, const struct ward_conf *c, struct ward_rule *rule)
{
	static const char *const known[] = {"class", "except", NULL};
	const struct ward_conf *to = ward_conf_get(c, "to");
	struct ward_sets sets = sets_of(l);

	if (!to)
		return true;
	if (to->kind != WARD_CONF_MAP) {
		bad(l, to, WARD_TEXT("not a map: '{name}'"), WARD_STR("to"),
			WARD_TEXT("write to: {class: CLASS}"));
		return false;
	}
	ward_conf_only(to, known, l->diag);
	return ward_sets_classes(&sets, to, &rule->to);
}

/* What somebody does comes of itself only where it goes on as what it is: encrypting, false data.
 */
static bool takes_an_act(const struct load *l, const struct ward_rule *rule)
{
	for (size_t i = 0; i < rule->n_when; i++)
		if (rule->when[i] == rule->gives)
			return false;
	return rule->gives != WARD_NONE && ward_threats_at(l->t, rule->gives)->act;
}

static bool read_mode(struct load *l, const struct ward_conf *c, struct ward_rule *rule)
{
	static const char *const kinds[] = {"ups", "fuel", "tank", "thermal", "paper"};
	struct ward_str mode = WARD_STR("spread"), buffer = WARD_STR("");
	int64_t keep = 1;
	bool known = false;

	(void)ward_conf_str(c, "mode", false, l->diag, &mode);
	rule->supply = ward_str_eqz(mode, "supply");
	if (!rule->supply && !ward_str_eqz(mode, "spread")) {
		bad(l, ward_conf_get(c, "mode"), WARD_TEXT("unknown mode '{name}'"), mode,
			WARD_TEXT("use spread or supply"));
		return false;
	}
	(void)ward_conf_i64(c, "keep", false, l->diag, 1, KEEP_MAX, &keep);
	rule->keep = (uint32_t)keep;
	(void)ward_conf_bool(c, "only_buffered", false, l->diag, &rule->only_buffered);
	(void)ward_conf_bool(c, "buffer_instead", false, l->diag, &rule->buffer_instead);
	if (!ward_conf_bool(c, "act", false, l->diag, &rule->act))
		rule->act = takes_an_act(l, rule);
	(void)ward_conf_bool(c, "unless_required", false, l->diag, &rule->unless_required);
	(void)ward_conf_bool(c, "common", false, l->diag, &rule->common);
	(void)ward_conf_bool(c, "destroys", false, l->diag, &rule->destroys);
	if (!ward_conf_str(c, "buffer", false, l->diag, &buffer))
		return true;
	for (size_t i = 0; i < WARD_ARRAY_LEN(kinds); i++)
		known = known || ward_str_eqz(buffer, kinds[i]);
	if (!known) {
		bad(l, ward_conf_get(c, "buffer"), WARD_TEXT("unknown kind of buffer '{name}'"),
			buffer, WARD_TEXT("use ups, fuel, tank, thermal or paper"));
		return false;
	}
	rule->buffer = ward_arena_str(&l->r->arena, buffer);
	l->nomem = l->nomem || !rule->buffer.p;
	return true;
}

/* [low, high], or one number for both. */
static bool read_likelihood(struct load *l, const struct ward_conf *c, struct ward_rule *rule)
{
	const struct ward_conf *p = ward_conf_get(c, "likelihood");
	bool ok = false;

	if (p && p->kind == WARD_CONF_SCALAR) {
		ok = ward_degree_parse(p->text, &rule->lo);
		rule->hi = rule->lo;
	} else if (p && p->kind == WARD_CONF_SEQ && p->n_child == 2) {
		const struct ward_conf *a = p->child, *b = a->next;

		ok = a->kind == WARD_CONF_SCALAR && b->kind == WARD_CONF_SCALAR &&
		     ward_degree_parse(a->text, &rule->lo) &&
		     ward_degree_parse(b->text, &rule->hi) && rule->lo <= rule->hi;
	}
	if (!ok)
		bad(l, p ? p : c, WARD_TEXT("not an interval of likelihood in rule '{name}'"),
			rule->id,
			WARD_TEXT("write likelihood: [LOWEST, HIGHEST] with decimals from 0 to 1"));
	return ok;
}

static bool read_delay(struct load *l, const struct ward_conf *c, struct ward_rule *rule)
{
	static const char *const known[] = {"earliest", "expected", NULL};
	const struct ward_conf *delay = ward_conf_get(c, "delay");
	size_t before = l->diag->n_error;

	if (!delay)
		return true;
	if (delay->kind != WARD_CONF_MAP) {
		bad(l, delay, WARD_TEXT("not a map: '{name}'"), WARD_STR("delay"),
			WARD_TEXT("write delay: {earliest: 5min, expected: 15min}"));
		return false;
	}
	ward_conf_only(delay, known, l->diag);
	(void)ward_conf_duration(delay, "earliest", false, l->diag, &rule->earliest);
	if (!ward_conf_duration(delay, "expected", false, l->diag, &rule->expected))
		rule->expected = rule->earliest;
	if (rule->earliest < 0 || rule->earliest > rule->expected) {
		bad(l, delay,
			WARD_TEXT("the earliest delay is after the expected one in rule '{name}'"),
			rule->id, WARD_TEXT("give earliest <= expected"));
		return false;
	}
	return l->diag->n_error == before;
}

static bool spreads_to_others(
	struct load *l, const struct ward_conf *c, const struct ward_rule *rule)
{
	static const char *const only[] = {"common", "destroys", "unless_required"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(only); i++) {
		const struct ward_conf *at = ward_conf_get(c, only[i]);

		if (!at || (rule->rel != WARD_REL_N && !rule->supply))
			continue;
		bad(l, at,
			WARD_TEXT("common, destroys and unless_required are for rules that spread "
				  "to others: '{name}'"),
			rule->id, WARD_TEXT("remove it, or name a relation and no mode supply"));
		return false;
	}
	return true;
}

static bool sensible(struct load *l, const struct ward_conf *c, const struct ward_rule *rule)
{
	bool self = rule->rel == WARD_REL_N, same = false;

	if (self && (rule->supply || ward_conf_get(c, "to") || ward_conf_get(c, "direction"))) {
		bad(l, c,
			WARD_TEXT("rule with relation self takes no mode supply, to or direction: "
				  "'{name}'"),
			rule->id, WARD_TEXT("remove them, or name a relation"));
		return false;
	}
	if (ward_conf_get(c, "keep") && !rule->supply) {
		bad(l, ward_conf_get(c, "keep"),
			WARD_TEXT("keep has no meaning in a rule that spreads: '{name}'"), rule->id,
			WARD_TEXT("remove it, or use mode: supply"));
		return false;
	}
	if (rule->only_buffered && (rule->supply || !rule->buffer.len)) {
		bad(l, ward_conf_get(c, "only_buffered"),
			WARD_TEXT("only_buffered is for rules that spread and name a buffer: "
				  "'{name}'"),
			rule->id, WARD_TEXT("remove it, or give buffer: KIND and no mode supply"));
		return false;
	}
	if (rule->buffer_instead && !rule->buffer.len) {
		bad(l, ward_conf_get(c, "buffer_instead"),
			WARD_TEXT("buffer_instead is for rules that name a buffer: '{name}'"),
			rule->id, WARD_TEXT("remove it, or give buffer: KIND"));
		return false;
	}
	for (size_t i = 0; i < rule->n_when; i++)
		same = same || rule->when[i] == rule->gives;
	if (self && same) {
		bad(l, c, WARD_TEXT("rule gives the threat that it needs: '{name}'"), rule->id,
			WARD_TEXT("give another threat, or name a relation"));
		return false;
	}
	if (ward_str_eqz(rule->id, "requires")) {
		bad(l, c, WARD_TEXT("the id is taken by the built-in rule: '{name}'"), rule->id,
			WARD_TEXT("use another id"));
		return false;
	}
	return true;
}

static bool text_copy(struct load *l, struct ward_rule *rule)
{
	rule->id = ward_arena_str(&l->r->arena, rule->id);
	rule->why = ward_arena_str(&l->r->arena, rule->why);
	rule->file = ward_arena_str(&l->r->arena, rule->file);
	if (!rule->id.p || !rule->why.p || !rule->file.p)
		l->nomem = true;
	return !l->nomem;
}

static void read_rule(struct load *l, const struct ward_conf *c)
{
	static const char *const known[] = {"id", "when", "relation", "direction", "to", "gives",
		"mode", "keep", "buffer", "only_buffered", "buffer_instead", "act", "common",
		"destroys", "unless_required", "likelihood", "delay", "why", NULL};
	struct ward_rule rule = {.file = c->file, .line = c->line};
	size_t before = l->diag->n_error;

	if (c->kind != WARD_CONF_MAP) {
		bad(l, c, WARD_TEXT("not a rule: '{name}'"), c->text,
			WARD_TEXT("each entry of rules is a map with an id"));
		return;
	}
	ward_conf_only(c, known, l->diag);
	bool ok = ward_conf_str(c, "id", true, l->diag, &rule.id);

	ok = ward_conf_str(c, "why", true, l->diag, &rule.why) && ok;
	ok = read_when(l, c, &rule) && ok;
	ok = read_relation(l, c, &rule) && ok;
	ok = read_to(l, c, &rule) && ok;
	ok = read_gives(l, c, &rule) && ok;
	ok = read_mode(l, c, &rule) && ok;
	ok = read_likelihood(l, c, &rule) && ok;
	ok = read_delay(l, c, &rule) && ok;
	if (!ok || l->diag->n_error != before || !sensible(l, c, &rule) ||
		!spreads_to_others(l, c, &rule) || !text_copy(l, &rule))
		return;
	enum ward_err err = ward_mem_more(l->r->mem, &l->r->rule, l->r->n, &l->r->cap, sizeof(rule),
		ward_limit(l->lim, WARD_LIMIT_IMPACT_RULES));

	if (err == WARD_ERR_LIMIT)
		bad(l, c, WARD_TEXT("more rules than impact.rules allows at '{name}'"), rule.id,
			WARD_TEXT("raise the limit"));
	else if (err)
		l->nomem = true;
	else
		l->r->rule[l->r->n++] = rule;
}

static void read_end(struct load *l, const struct ward_conf *c)
{
	static const char *const known[] = {"threat", "class", "except", "why", NULL};
	struct ward_sets sets = sets_of(l);
	struct ward_rule_end end = {.of = NULL};

	if (c->kind != WARD_CONF_MAP) {
		bad(l, c, WARD_TEXT("not an end: '{name}'"), c->text,
			WARD_TEXT("write {threat: CODE, class: CLASS, why: REASON}"));
		return;
	}
	ward_conf_only(c, known, l->diag);
	bool ok = ward_sets_threats(&sets, c, &end.threat, &end.n_threat);

	ok = ward_sets_classes(&sets, c, &end.of) && ok;
	if (!ward_conf_str(c, "why", true, l->diag, &end.why) || !ok)
		return;
	end.why = ward_arena_str(&l->r->arena, end.why);
	enum ward_err err = ward_mem_more(l->r->mem, &l->r->end, l->r->n_end, &l->r->cap_end,
		sizeof(end), ward_limit(l->lim, WARD_LIMIT_IMPACT_RULES));

	if (err == WARD_ERR_LIMIT)
		bad(l, c, WARD_TEXT("more ends than impact.rules allows, as '{name}'"), end.why,
			WARD_TEXT("raise the limit"));
	else if (err || !end.why.p)
		l->nomem = true;
	else
		l->r->end[l->r->n_end++] = end;
}

static void read_ends(struct load *l, const struct ward_conf *ends)
{
	if (ends->kind != WARD_CONF_SEQ) {
		bad(l, ends, WARD_TEXT("not a list: '{name}'"), WARD_STR("ends"),
			WARD_TEXT("write a list of {threat: CODE, class: CLASS, why: REASON}"));
		return;
	}
	for (const struct ward_conf *c = ends->child; c && !l->nomem; c = c->next)
		read_end(l, c);
}

static void read_doc(struct load *l, const struct ward_conf *doc)
{
	static const char *const known[] = {"rules", "ends", NULL};
	const struct ward_conf *rules = ward_conf_get(doc, "rules");
	const struct ward_conf *ends = ward_conf_get(doc, "ends");

	if (doc->kind == WARD_CONF_NULL)
		return;
	if (doc->kind == WARD_CONF_MAP)
		ward_conf_only(doc, known, l->diag);
	if (ends)
		read_ends(l, ends);
	if (ends && !rules)
		return;
	if (!rules || rules->kind != WARD_CONF_SEQ) {
		bad(l, doc, WARD_TEXT("no list '{name}'"), WARD_STR("rules"),
			WARD_TEXT("begin the file with rules: and a list"));
		return;
	}
	for (const struct ward_conf *c = rules->child; c && !l->nomem; c = c->next)
		read_rule(l, c);
}

/* The hash runs over names and contents in order: h = SHA-256(h, SHA-256(name), SHA-256(text)). */
static void hash_more(struct load *l, struct ward_str name, struct ward_slice text)
{
	uint8_t all[96];

	memcpy(all, l->r->hash, 32);
	ward_sha256(ward_str_bytes(name), all + 32);
	ward_sha256(text, all + 64);
	ward_sha256(ward_slice_of(all, sizeof(all)), l->r->hash);
}

static void read_text(
	struct load *l, struct ward_str name, struct ward_str file, struct ward_slice text)
{
	const struct ward_conf *docs = NULL;

	hash_more(l, name, text);
	enum ward_err err = ward_conf_yaml(&l->scratch, l->lim, file, text, l->diag, &docs);

	l->nomem = l->nomem || err == WARD_ERR_NOMEM;
	/* Any other failure has added its finding. */
	for (const struct ward_conf *d = err ? NULL : docs->child; d && !l->nomem; d = d->next)
		read_doc(l, d);
}

static void read_file(struct load *l, const char *dir, struct ward_str name)
{
	char path[PATH_BYTES];
	int n = snprintf(path, sizeof(path), "%s/%.*s", dir, WARD_STR_ARG(name));
	struct ward_slice text;

	if (n < 0 || (size_t)n >= sizeof(path)) {
		ward_diag_add(l->diag, WARD_DIAG_ERROR, name, 0, WARD_STR("the path is too long"),
			WARD_STR("move the content directory up"));
		return;
	}
	enum ward_err err = ward_conf_read(&l->scratch, l->lim, path, l->diag, &text);

	if (!err)
		read_text(l, name, ward_str_z(path), text);
	l->nomem = l->nomem || err == WARD_ERR_NOMEM;
	ward_arena_reset(&l->scratch);
}

static int str_cmp(const void *a, const void *b)
{
	return ward_str_cmp(*(const struct ward_str *)a, *(const struct ward_str *)b);
}

static enum ward_err list_dir(
	struct load *l, const char *dir, struct ward_str **ret, size_t *ret_n, size_t *ret_cap)
{
	DIR *d = opendir(dir);
	enum ward_err err = WARD_OK;

	if (!d) {
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, ward_str_z(dir), 0,
			WARD_TEXT("the directory of propagation rules can't be read: %s\ngive a "
				  "content "
				  "directory that has propagation/"),
			strerror(errno));
		return WARD_OK;
	}
	for (struct dirent *e; !err && (e = readdir(d));) {
		struct ward_str name = ward_str_z(e->d_name);

		if (!ward_str_ends(name, WARD_STR(".yml")) || ward_str_starts(name, WARD_STR(".")))
			continue;
		name = ward_arena_str(&l->r->arena, name);
		err = name.p ? ward_mem_more(l->r->mem, ret, *ret_n, ret_cap, sizeof(**ret),
				       ward_limit(l->lim, WARD_LIMIT_IMPACT_RULES))
			     : WARD_ERR_NOMEM;
		if (!err)
			(*ret)[(*ret_n)++] = name;
	}
	closedir(d);
	if (*ret_n)
		qsort(*ret, *ret_n, sizeof(**ret), str_cmp);
	return err;
}

static enum ward_err read_dir(struct load *l, const char *dir)
{
	struct ward_str *name = NULL;
	size_t n = 0, cap = 0;
	enum ward_err err = list_dir(l, dir, &name, &n, &cap);

	for (size_t i = 0; !err && i < n && !l->nomem; i++)
		read_file(l, dir, name[i]);
	ward_mem_free(l->r->mem, name, cap * sizeof(*name));
	return l->nomem ? WARD_ERR_NOMEM : err;
}

static int rule_cmp(const void *va, const void *vb)
{
	const struct ward_rule *a = va, *b = vb;
	int c = ward_str_cmp(a->id, b->id);

	if (!c)
		c = ward_str_cmp(a->file, b->file);
	return c ? c : (a->line > b->line) - (a->line < b->line);
}

static void sort_rules(struct load *l)
{
	struct ward_rules *r = l->r;

	if (r->n)
		qsort(r->rule, r->n, sizeof(*r->rule), rule_cmp);
	for (size_t i = 1; i < r->n; i++) {
		const struct ward_rule *a = &r->rule[i - 1], *b = &r->rule[i];

		if (ward_str_eq(a->id, b->id))
			ward_diag_addf(l->diag, WARD_DIAG_ERROR, b->file, b->line,
				WARD_TEXT("the rule id '%.*s' is taken by %.*s:%u\nuse another id"),
				WARD_STR_ARG(b->id), WARD_STR_ARG(a->file), a->line);
	}
}

/* The rule for what services require; it reads "outage gives outage, over requires". */
static enum ward_err add_builtin(struct load *l)
{
	struct ward_rules *r = l->r;
	enum ward_err err =
		ward_mem_more(r->mem, &r->rule, r->n, &r->cap, sizeof(*r->rule), r->n + 1);

	if (err)
		return err;
	r->outage = ward_threats_find(l->t, WARD_STR("outage"));
	if (r->outage == WARD_NONE && ward_model_n_group(l->m))
		ward_diag_add(l->diag, WARD_DIAG_ERROR, WARD_STR("threats.yml"), 0,
			WARD_STR("no threat 'outage': the loss of what services require can't be "
				 "followed"),
			WARD_STR("add a threat with the code outage and the need availability"));
	r->rule[r->n++] = (struct ward_rule){.id = WARD_STR("requires"),
		.why = ward_str_z(WARD_TEXT("too few are left of what the service requires")),
		.rel = WARD_REL_REQUIRES,
		.in = true,
		.supply = true,
		.keep = 1,
		.gives = r->outage,
		.lo = 1000000,
		.hi = 1000000};
	return WARD_OK;
}

/* All files were read; before: errors found earlier. */
static enum ward_err finish(struct load *l, size_t before)
{
	sort_rules(l);
	enum ward_err err = add_builtin(l);

	if (err)
		return err;
	return l->diag->n_error > before ? WARD_ERR_CONFIG
					 : ward_rules_index(l->r, l->o, ward_threats_n(l->t));
}

static enum ward_err load_dir(struct load *l, const char *dir)
{
	size_t before = l->diag->n_error;
	enum ward_err err = read_dir(l, dir);

	return err ? err : finish(l, before);
}

static enum ward_err load_text(struct load *l, const struct ward_propagation_text *text)
{
	size_t before = l->diag->n_error;

	read_text(l, text->file, text->file, text->bytes);
	return l->nomem ? WARD_ERR_NOMEM : finish(l, before);
}

static enum ward_err begin(struct load *l, const struct ward_mem *mem)
{
	l->r = ward_mem_alloc(mem, sizeof(*l->r));
	if (!l->r)
		return WARD_ERR_NOMEM;
	l->r->mem = mem;
	l->o = ward_model_ontology(l->m);
	l->t = ward_model_threats(l->m);
	l->near_budget = NEAR_BUDGET;
	ward_arena_init(&l->r->arena, mem, RULES_BYTES_MAX);
	ward_arena_init(&l->scratch, mem, RULES_BYTES_MAX);
	return WARD_OK;
}

/* Gives the rules, or frees them when err. */
static enum ward_err give(struct load *l, enum ward_err err, struct ward_rules **ret)
{
	ward_arena_fini(&l->scratch);
	if (err)
		ward_rules_free(l->r);
	else
		*ret = l->r;
	return err;
}

enum ward_err ward_rules_load(const char *dir, const struct ward_model *m,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_rules **ret)
{
	struct load l = {.lim = lim, .m = m, .diag = diag};
	enum ward_err err = begin(&l, mem);

	return err ? err : give(&l, load_dir(&l, dir), ret);
}

enum ward_err ward_rules_parse(const struct ward_propagation_text *text, const struct ward_model *m,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_rules **ret)
{
	struct load l = {.lim = lim, .m = m, .diag = diag};
	enum ward_err err = begin(&l, mem);

	return err ? err : give(&l, load_text(&l, text), ret);
}
