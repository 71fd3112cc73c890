#include "model/inventory/rules.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { RULES_BYTES_MAX = 64 << 20, RULES_MAX = 8192, FILES_MAX = 512, PATH_LEN = 4096 };

static const struct {
	const char *name;
	bool several;
} attrs[WARD_ATTR_N] = {
#define X(NAME, name, several) [WARD_ATTR_##NAME] = {name, several},
	WARD_ATTR_LIST(X)
#undef X
};

const char *ward_attr_name(enum ward_attr a)
{
	WARD_ASSERT((unsigned)a < WARD_ATTR_N);
	return attrs[a].name;
}

enum ward_attr ward_attr_parse(struct ward_str s)
{
	unsigned a = 0;

	while (a < WARD_ATTR_N && !ward_str_eqz(s, attrs[a].name))
		a++;
	return (enum ward_attr)a;
}

bool ward_attr_several(enum ward_attr a)
{
	WARD_ASSERT((unsigned)a < WARD_ATTR_N);
	return attrs[a].several;
}

static const char *const top_keys[] = {"tables", "rules", "placement", "mobile", "note", NULL};
static const char *const rule_keys[] = {
	"id", "class", "when", "unless", "of", "claims", "tie", "why", "note", NULL};
static const char *const tie_keys[] = {"mac", "ip", "proof", NULL};
static const char *const kind_keys[] = {"kind", "confidence", "half_life", NULL};

struct load {
	struct ward_inv_rules *r;
	struct ward_diag *d;
};

static void bad(const struct load *l, const struct ward_conf *c, const char *what)
{
	ward_diag_addf(l->d, WARD_DIAG_ERROR, c->file, c->line, "%s", what);
}

static uint32_t field_id(const struct load *l, struct ward_str name)
{
	return ward_name(l->r->names, name);
}

static const struct ward_conf *find_table(const struct ward_inv_rules *r, struct ward_str name)
{
	for (size_t i = 0; i < r->n_table; i++)
		if (ward_str_eq(r->table[i].name, name))
			return r->table[i].map;
	return NULL;
}

/* The texts of a scalar or of a list of scalars. */
static enum ward_err texts(
	struct load *l, const struct ward_conf *c, struct ward_str **ret, size_t *ret_n)
{
	const struct ward_conf *v = c->kind == WARD_CONF_SEQ ? c->child : c;
	size_t n = c->kind == WARD_CONF_SEQ ? c->n_child : 1;

	*ret = ward_arena_array(&l->r->arena, n, sizeof(**ret));
	if (!*ret)
		return WARD_ERR_NOMEM;
	for (*ret_n = 0; *ret_n < n; v = v->next) {
		if (v->kind != WARD_CONF_SCALAR)
			bad(l, v, WARD_TEXT("this must be text\nwrite a value, '*' for any"));
		(*ret)[(*ret_n)++] = v->text;
	}
	return WARD_OK;
}

/* What stands between "${" and "}": a number (a wildcard of the conditions) or a field, and perhaps
 * "|TABLE". */
static bool one_part(
	struct load *l, const struct ward_conf *c, struct ward_str s, struct ward_inv_part *ret)
{
	struct ward_str rest = s, name = ward_str_cut(&rest, '|');
	uint64_t number;

	if (ward_str_u64(name, &number)) {
		ret->kind = WARD_INV_WILDCARD;
		ret->field = (uint32_t)(number - 1);
		if (number < 1 || number > WARD_INV_WILD)
			bad(l, c, WARD_TEXT("there is no such wildcard\nuse ${1} to ${4}"));
	} else {
		ret->kind = WARD_INV_FIELD;
		ret->field = field_id(l, name);
	}
	if (rest.p && !(ret->table = find_table(l->r, rest)))
		bad(l, c, WARD_TEXT("no such table\ndefine it before its use, under 'tables'"));
	return name.len > 0;
}

static enum ward_err template(
	struct load *l, const struct ward_conf *c, struct ward_inv_template *ret) {
	struct ward_str s = c->text; size_t max = 1;

	for (size_t i = 0; i < s.len; i++) max += 2 * (size_t)(s.p[i] == '$');
	ret->part = ward_arena_array(&l->r->arena, max, sizeof(*ret->part));
	if (!ret->part) return WARD_ERR_NOMEM;
	while (s.len){size_t at = ward_str_find(s, WARD_STR("${"));
		struct ward_inv_part *p = &ret->part[ret->n_part++];

		if (at){p->text = ward_str_sub(s, 0, at); s = ward_str_sub(s, p->text.len, s.len);
			continue;}
size_t end = ward_str_find(s, WARD_STR("}"));

if (end == SIZE_MAX || !one_part(l, c, ward_str_sub(s, 2, end - 2), p)) {
	bad(l, c, WARD_TEXT("a '${' without a name or a '}'\nwrite ${field}"));
	return WARD_OK;
}
s = ward_str_sub(s, end + 1, s.len);
}
return WARD_OK;
}

static enum ward_err says(struct load *l, const struct ward_conf *c, struct ward_inv_says *ret)
{
	int64_t confidence = 0;
	enum ward_err err = WARD_OK;

	ret->attr = WARD_ATTR_N;
	if (ward_conf_i64(c, "confidence", true, l->d, 1, 100, &confidence))
		ret->confidence = (uint8_t)confidence;
	for (const struct ward_conf *v = c->child; v && !err; v = v->next) {
		enum ward_attr a = ward_attr_parse(v->key);

		if (ward_str_eqz(v->key, "confidence"))
			continue;
		if (v->kind != WARD_CONF_SCALAR || !v->text.len) {
			bad(l, v, WARD_TEXT("this must be text\nwrite a value or ${field}"));
		} else if (ward_str_eqz(v->key, "version")) {
			err = template(l, v, &ret->version);
		} else if (a == WARD_ATTR_N || ret->attr != WARD_ATTR_N) {
			bad(l, v,
				WARD_TEXT("a claim is of one attribute\nuse one of class, role, "
					  "vendor, model, serial, firmware, software (with "
					  "version), os, name"));
		} else {
			ret->attr = a;
			err = template(l, v, &ret->value);
		}
		if (a == WARD_ATTR_CLASS && !ward_str_starts(v->text, WARD_STR("${")) &&
			ward_ontology_find(l->r->classes, v->text) == WARD_NONE)
			bad(l, v, WARD_TEXT("no such class\ntake one of ontology.yml"));
	}
	if (!err && ret->attr == WARD_ATTR_N)
		bad(l, c, WARD_TEXT("this claim says nothing\nadd class, vendor, model …"));
	if (ret->version.n_part && ret->attr != WARD_ATTR_SOFTWARE)
		bad(l, c, WARD_TEXT("only software has a version here\nwrite it into the value"));
	return err;
}

static void tie(struct load *l, const struct ward_conf *c, struct ward_inv_rule *ret)
{
	struct ward_str mac = {NULL, 0}, ip = {NULL, 0}, proof = {NULL, 0};

	ward_conf_only(c, tie_keys, l->d);
	(void)ward_conf_str(c, "mac", true, l->d, &mac);
	(void)ward_conf_str(c, "ip", true, l->d, &ip);
	if (ward_conf_str(c, "proof", true, l->d, &proof) && !ward_str_eqz(proof, "link") &&
		!ward_str_eqz(proof, "lease"))
		bad(l, c,
			WARD_TEXT("no such proof\nwrite link (they answer for it) or lease (they "
				  "were given it)"));
	ret->tie = true;
	ret->tie_mac = field_id(l, mac);
	ret->tie_ip = field_id(l, ip);
	ret->proof = ward_str_eqz(proof, "link") ? WARD_PROOF_LINK : WARD_PROOF_LEASE;
}

static enum ward_err conditions(
	struct load *l, const struct ward_conf *c, struct ward_inv_cond **ret, size_t *ret_n)
{
	enum ward_err err = WARD_OK;

	*ret = ward_arena_array(&l->r->arena, c->n_child, sizeof(**ret));
	if (!*ret)
		return WARD_ERR_NOMEM;
	for (const struct ward_conf *v = c->child; v && !err; v = v->next) {
		struct ward_inv_cond *w = &(*ret)[(*ret_n)++];

		w->field = field_id(l, v->key);
		err = texts(l, v, &w->glob, &w->n_glob);
	}
	return err;
}

static enum ward_err claims(struct load *l, const struct ward_conf *c, struct ward_inv_rule *ret)
{
	enum ward_err err = WARD_OK;

	ret->says = ward_arena_array(&l->r->arena, c->n_child, sizeof(*ret->says));
	if (!ret->says)
		return WARD_ERR_NOMEM;
	for (const struct ward_conf *v = c->child; v && !err; v = v->next)
		err = says(l, v, &ret->says[ret->n_says++]);
	return err;
}

static enum ward_err one_rule(struct load *l, const struct ward_conf *c)
{
	const struct ward_conf *class = ward_conf_get(c, "class"), *when = ward_conf_get(c, "when"),
			       *unless = ward_conf_get(c, "unless"),
			       *list = ward_conf_get(c, "claims"), *ties = ward_conf_get(c, "tie");
	struct ward_inv_rule r = {.of = WARD_INV_SOURCE};
	struct ward_str of = WARD_STR("source");
	enum ward_err err = WARD_OK;

	ward_conf_only(c, rule_keys, l->d);
	(void)ward_conf_str(c, "id", true, l->d, &r.id);
	(void)ward_conf_str(c, "why", false, l->d, &r.why);
	(void)ward_conf_str(c, "of", false, l->d, &of);
	if (r.id.len && ward_inv_rules_find(l->r, r.id) != WARD_NONE)
		bad(l, c, WARD_TEXT("this id is there already\ngive each rule its own"));
	if (!class || (!list && !ties))
		bad(l, c,
			WARD_TEXT(
				"a rule needs 'class' and 'claims' or 'tie'\nadd what is missing"));
	if (ward_str_eqz(of, "destination"))
		r.of = WARD_INV_DESTINATION;
	else if (!ward_str_eqz(of, "source"))
		r.of = WARD_INV_BY_FIELD;
	r.of_field = field_id(l, of);
	if (class)
		err = texts(l, class, &r.class, &r.n_class);
	if (!err && when)
		err = conditions(l, when, &r.cond, &r.n_cond);
	if (!err && unless)
		err = conditions(l, unless, &r.unless, &r.n_unless);
	if (!err && list)
		err = claims(l, list, &r);
	if (ties)
		tie(l, ties, &r);
	if (!err)
		err = ward_mem_more(l->r->mem, &l->r->rule, l->r->n_rule, &l->r->cap_rule,
			sizeof(r), RULES_MAX);
	if (!err)
		l->r->rule[l->r->n_rule++] = r;
	return err;
}

static enum ward_err one_table(struct load *l, const struct ward_conf *c)
{
	struct ward_inv_table t = {c->key, c};

	if (c->kind != WARD_CONF_MAP)
		bad(l, c, WARD_TEXT("a table must be a map\nwrite {value: meaning}"));
	if (find_table(l->r, c->key))
		bad(l, c, WARD_TEXT("this table is there already\ngive each its own name"));
	enum ward_err err = ward_mem_more(
		l->r->mem, &l->r->table, l->r->n_table, &l->r->cap_table, sizeof(t), RULES_MAX);

	if (!err)
		l->r->table[l->r->n_table++] = t;
	return err;
}

static enum ward_err one_kind(struct load *l, const struct ward_conf *c)
{
	struct ward_inv_kind k = {.half_life = WARD_NS_PER_S};
	int64_t confidence = 0;

	ward_conf_only(c, kind_keys, l->d);
	(void)ward_conf_str(c, "kind", true, l->d, &k.name);
	if (ward_conf_i64(c, "confidence", true, l->d, 1, 100, &confidence))
		k.confidence = (uint8_t)confidence;
	if (ward_conf_duration(c, "half_life", true, l->d, &k.half_life) &&
		k.half_life < WARD_NS_PER_S)
		bad(l, c, WARD_TEXT("too short a half life\nat least 1s"));
	enum ward_err err = ward_mem_more(
		l->r->mem, &l->r->kind, l->r->n_kind, &l->r->cap_kind, sizeof(k), RULES_MAX);

	if (!err)
		l->r->kind[l->r->n_kind++] = k;
	return err;
}

static enum ward_err one_mobile(struct load *l, const struct ward_conf *c)
{
	uint32_t class = ward_ontology_find(l->r->classes, c->text);

	if (class == WARD_NONE) {
		bad(l, c, WARD_TEXT("no such class\ntake one of ontology.yml"));
		return WARD_OK;
	}
	enum ward_err err = ward_mem_more(l->r->mem, &l->r->mobile, l->r->n_mobile,
		&l->r->cap_mobile, sizeof(class), RULES_MAX);

	if (!err)
		l->r->mobile[l->r->n_mobile++] = class;
	return err;
}

/* Each part of a document is a list or map whose members have one reader. */
static const struct section {
	const char *key;
	enum ward_conf_kind kind, member; /* NULL: any */
	enum ward_err (*read)(struct load *l, const struct ward_conf *c);
} sections[] = {
	{"tables", WARD_CONF_MAP, WARD_CONF_NULL, one_table},
	{"rules", WARD_CONF_SEQ, WARD_CONF_MAP, one_rule},
	{"placement", WARD_CONF_SEQ, WARD_CONF_MAP, one_kind},
	{"mobile", WARD_CONF_SEQ, WARD_CONF_SCALAR, one_mobile},
};

static enum ward_err one_section(
	struct load *l, const struct ward_conf *doc, const struct section *s)
{
	const struct ward_conf *c = ward_conf_get(doc, s->key);
	enum ward_err err = WARD_OK;

	if (c && c->kind != s->kind) {
		bad(l, c, WARD_TEXT("this has another shape\nsee docs/content.md"));
		return WARD_OK;
	}
	for (const struct ward_conf *v = c ? c->child : NULL; v && !err; v = v->next) {
		if (s->member == WARD_CONF_NULL || s->member == v->kind)
			err = s->read(l, v);
		else
			bad(l, v, WARD_TEXT("this has another shape\nsee docs/content.md"));
	}
	return err;
}

enum ward_err ward_inv_rules_parse(struct ward_str file, struct ward_slice text,
	struct ward_inv_rules *rules, struct ward_diag *diag)
{
	struct load l = {rules, diag};
	const struct ward_conf *docs;
	size_t before = diag->n_error;
	enum ward_err err = ward_conf_yaml(&rules->arena, rules->lim, file, text, diag, &docs);

	if (err)
		return err;
	for (const struct ward_conf *doc = docs->child; doc && !err; doc = doc->next) {
		ward_conf_only(doc, top_keys, diag);
		for (size_t i = 0; i < WARD_ARRAY_LEN(sections) && !err; i++)
			err = one_section(&l, doc, &sections[i]);
	}
	if (err == WARD_ERR_LIMIT)
		ward_diag_addf(diag, WARD_DIAG_ERROR, file, 0,
			WARD_TEXT("too many rules for the inventory\nat most %d"), RULES_MAX);
	return err ? err : diag->n_error > before ? WARD_ERR_CONFIG : WARD_OK;
}

enum ward_err ward_inv_rules_new(const struct ward_ontology *classes, struct ward_names *names,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_inv_rules **ret)
{
	struct ward_inv_rules *r = ward_mem_alloc(mem, sizeof(*r));

	if (!r)
		return WARD_ERR_NOMEM;
	r->mem = mem;
	r->names = names;
	r->classes = classes;
	r->lim = lim;
	ward_arena_init(&r->arena, mem, RULES_BYTES_MAX);
	*ret = r;
	return WARD_OK;
}

void ward_inv_rules_free(struct ward_inv_rules *r)
{
	if (!r)
		return;
	ward_mem_free(r->mem, r->rule, r->cap_rule * sizeof(*r->rule));
	ward_mem_free(r->mem, r->table, r->cap_table * sizeof(*r->table));
	ward_mem_free(r->mem, r->kind, r->cap_kind * sizeof(*r->kind));
	ward_mem_free(r->mem, r->mobile, r->cap_mobile * sizeof(*r->mobile));
	ward_arena_fini(&r->arena);
	ward_mem_free(r->mem, r, sizeof(*r));
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of dir that end in ".yml", sorted. */
static enum ward_err list_dir(
	struct ward_inv_rules *r, const char *dir, const char **ret, size_t *ret_n)
{
	DIR *h = opendir(dir);
	enum ward_err err = WARD_OK;

	if (!h)
		return WARD_ERR_IO;
	for (struct dirent *e = readdir(h); e && !err; e = readdir(h)) {
		struct ward_str name = ward_str_z(e->d_name);

		if (e->d_name[0] == '.' || !ward_str_ends(name, WARD_STR(".yml")))
			continue;
		name = ward_arena_str(&r->arena, name);
		err = *ret_n == FILES_MAX ? WARD_ERR_LIMIT : name.p ? WARD_OK : WARD_ERR_NOMEM;
		if (!err)
			ret[(*ret_n)++] = name.p;
	}
	(void)closedir(h);
	qsort(ret, *ret_n, sizeof(*ret), by_bytes);
	return err;
}

static enum ward_err read_dir(struct ward_inv_rules *r, const char *dir, struct ward_diag *diag)
{
	const char *name[FILES_MAX];
	size_t n = 0;
	bool wrong = false;
	enum ward_err err = list_dir(r, dir, name, &n);

	for (size_t i = 0; i < n && !err; i++) {
		char path[PATH_LEN];
		struct ward_slice text;

		(void)snprintf(path, sizeof(path), "%s/%s", dir, name[i]);
		err = ward_conf_read(&r->arena, r->lim, path, diag, &text);
		if (!err)
			err = ward_inv_rules_parse(ward_str_z(path), text, r, diag);
		wrong |= err == WARD_ERR_CONFIG;
		if (err == WARD_ERR_CONFIG)
			err = WARD_OK; /* the other files' findings as well */
	}
	return err ? err : wrong ? WARD_ERR_CONFIG : WARD_OK;
}

enum ward_err ward_inv_rules_load(const char *dir, const struct ward_ontology *classes,
	struct ward_names *names, const struct ward_limits *lim, struct ward_diag *diag,
	struct ward_inv_rules **ret)
{
	struct ward_inv_rules *r = NULL;
	enum ward_err err = ward_inv_rules_new(classes, names, lim, ward_mem_heap(), &r);

	if (!err)
		err = read_dir(r, dir, diag);
	if (err)
		ward_inv_rules_free(r);
	else
		*ret = r;
	return err;
}

uint32_t ward_inv_rules_find(const struct ward_inv_rules *r, struct ward_str id)
{
	for (size_t i = 0; i < r->n_rule; i++)
		if (ward_str_eq(r->rule[i].id, id))
			return (uint32_t)i;
	return WARD_NONE;
}

const struct ward_inv_kind *ward_inv_kind(const struct ward_inv_rules *r, const char *name)
{
	for (size_t i = 0; i < r->n_kind; i++)
		if (ward_str_eqz(r->kind[i].name, name))
			return &r->kind[i];
	return NULL;
}

bool ward_inv_mobile(const struct ward_inv_rules *r, uint32_t class)
{
	for (size_t i = 0; class != WARD_NONE && i < r->n_mobile; i++)
		if (ward_ontology_is(r->classes, class, r->mobile[i]))
			return true;
	return false;
}
