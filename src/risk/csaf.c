/* CSAF 2.0 (OASIS, 18 November 2022), the profiles security advisory and VEX; what is read: the
 * product tree, and of each vulnerability status, scores and remediations. Unknown members are left
 * out, as the standard says. */
#include "risk/advice.h"

#include <stdlib.h>

enum {
	DEPTH = 40,           /* of branches; the standard's own schema allows 30 */
	GROUP_WORK = 4000000, /* products named by groups of remediations, in one document */
};

/* What the vulnerability at hand says of one product beside its status. */
struct told {
	uint32_t stamp; /* of the vulnerability */
	int64_t cvss_micro;
	char vector;
	enum ward_remedy remedy;
	struct ward_str fix, url;
};

struct reader {
	struct ward_advices *a;
	struct ward_str file;
	struct ward_diag *diag;
	struct ward_intern ids; /* product ids of this document */
	uint32_t *product;      /* by number in ids: in advices */
	size_t cap_product;
	struct told *told; /* by number in ids */
	uint32_t stamp;
	size_t group_work;
	const struct ward_conf *groups;
	struct ward_str source;
	ward_ns as_of;
	enum ward_err err;
};

static void bad(struct reader *r, const struct ward_conf *c, const char *what, struct ward_str name,
	const char *mend)
{
	ward_diag_say(r->diag,
		&(struct ward_diag_item){.level = WARD_DIAG_ERROR,
			.file = r->file,
			.line = c->line,
			.what = ward_str_z(what),
			.mend = ward_str_z(mend),
			.slot = &(struct ward_diag_slot){"name", ward_str_sub(name, 0, 80)},
			.n_slot = 1});
}

static const struct ward_conf *list_of(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *t = ward_conf_get(c, key);

	return t && t->kind == WARD_CONF_SEQ ? t->child : NULL;
}

/* A full_product_name: its id, and how it may be known. */
static void product(struct reader *r, const struct ward_conf *c, struct ward_product p)
{
	struct ward_str id = ward_conf_word(c, "product_id");
	const struct ward_conf *help = ward_conf_get(c, "product_identification_helper");
	uint32_t at, number;
	size_t before = r->ids.n;

	if (!id.len) {
		bad(r, c, WARD_TEXT("a product without '{name}'"), WARD_STR("product_id"),
			WARD_TEXT("every product of a CSAF document has one"));
		return;
	}
	p.label = ward_conf_word(c, "name");
	p.cpe = ward_conf_word(help, "cpe");
	p.purl = ward_conf_word(help, "purl");
	r->err = ward_intern_put(&r->ids, id, &number);
	if (!r->err && r->ids.n == before) {
		bad(r, c, WARD_TEXT("a second product with the id '{name}'"), id,
			WARD_TEXT("product ids are unique"));
		return;
	}
	if (!r->err)
		r->err = ward_advices_product(r->a, &p, &at);
	if (!r->err)
		r->err = ward_mem_more(r->a->mem, &r->product, before, &r->cap_product,
			sizeof(*r->product), WARD_ADVICE_PRODUCTS);
	if (!r->err)
		r->product[before] = at;
}

static void branch(struct ward_product *p, const struct ward_conf *c)
{
	static const struct {
		const char *category;
		size_t off;
	} cell[] = {{"vendor", offsetof(struct ward_product, vendor)},
		{"product_name", offsetof(struct ward_product, name)},
		{"product_version", offsetof(struct ward_product, range)},
		{"product_version_range", offsetof(struct ward_product, range)}};
	struct ward_str category = ward_conf_word(c, "category"), name = ward_conf_word(c, "name");

	for (size_t i = 0; i < WARD_ARRAY_LEN(cell); i++)
		if (ward_str_eqz(category, cell[i].category))
			memcpy((char *)p + cell[i].off, &name, sizeof(name));
}

/* Branches within branches, with a stack. */
static void branches(struct reader *r, const struct ward_conf *tree)
{
	struct {
		const struct ward_conf *next;
		struct ward_product p;
	} stack[DEPTH];
	size_t n = 1;

	stack[0].next = list_of(tree, "branches");
	stack[0].p = (struct ward_product){0};
	while (n && !r->err) {
		const struct ward_conf *c = stack[n - 1].next;
		struct ward_product p = stack[n - 1].p;

		if (!c) {
			n--;
			continue;
		}
		stack[n - 1].next = c->next;
		branch(&p, c);
		if (ward_conf_get(c, "product"))
			product(r, ward_conf_get(c, "product"), p);
		if (!list_of(c, "branches"))
			continue;
		if (n == DEPTH) {
			bad(r, c, WARD_TEXT("branches too deep at '{name}'"),
				ward_conf_word(c, "name"),
				WARD_TEXT("a CSAF document has at most 30"));
			return;
		}
		stack[n].next = list_of(c, "branches");
		stack[n++].p = p;
	}
}

/* The product of that id, or WARD_NONE with a finding. */
static uint32_t known(struct reader *r, const struct ward_conf *c, struct ward_str id)
{
	uint32_t number = ward_intern_find(&r->ids, id);

	if (number != WARD_NONE)
		return r->product[number];
	bad(r, c, WARD_TEXT("no product of this document has the id '{name}'"), id,
		WARD_TEXT("ask who made the document"));
	return WARD_NONE;
}

/* "A as a component of B": whoever has B may have A. */
static void relationship(struct reader *r, const struct ward_conf *c)
{
	uint32_t part = known(r, c, ward_conf_word(c, "product_reference"));
	uint32_t whole = known(r, c, ward_conf_word(c, "relates_to_product_reference"));

	if (part == WARD_NONE || whole == WARD_NONE)
		return;
	struct ward_product p = r->a->product[whole];

	p.part = r->a->product[part].label.len ? r->a->product[part].label : WARD_STR("?");
	if (ward_conf_get(c, "full_product_name"))
		product(r, ward_conf_get(c, "full_product_name"), p);
}

static void product_tree(struct reader *r, const struct ward_conf *tree)
{
	branches(r, tree);
	for (const struct ward_conf *c = list_of(tree, "full_product_names"); c && !r->err;
		c = c->next)
		product(r, c, (struct ward_product){.name = ward_conf_word(c, "name")});
	for (const struct ward_conf *c = list_of(tree, "relationships"); c && !r->err; c = c->next)
		relationship(r, c);
	r->groups = list_of(tree, "product_groups");
}

static enum ward_remedy remedy_of(struct ward_str category)
{
	static const struct {
		const char *category;
		enum ward_remedy remedy;
	} known_category[] = {{"vendor_fix", WARD_REMEDY_FIX},
		{"mitigation", WARD_REMEDY_WORKAROUND}, {"workaround", WARD_REMEDY_WORKAROUND},
		{"no_fix_planned", WARD_REMEDY_NO_FIX}, {"none_available", WARD_REMEDY_NO_FIX}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(known_category); i++)
		if (ward_str_eqz(category, known_category[i].category))
			return known_category[i].remedy;
	return WARD_REMEDY_NONE;
}

/* What is told of a product of this document; NULL of another. */
static struct told *told_of(struct reader *r, struct ward_str id)
{
	uint32_t number = ward_intern_find(&r->ids, id);

	if (number == WARD_NONE)
		return NULL;
	struct told *t = &r->told[number];

	if (t->stamp != r->stamp)
		*t = (struct told){.stamp = r->stamp, .cvss_micro = -1};
	return t;
}

static void give_remedy(struct told *t, const struct told *x)
{
	if (!t || x->remedy <= t->remedy)
		return;
	t->remedy = x->remedy;
	t->fix = x->fix;
	t->url = x->url;
}

/* False past the bound, with a finding. */
static bool work(struct reader *r, const struct ward_conf *c)
{
	if (r->group_work++ < GROUP_WORK)
		return true;
	bad(r, c, WARD_TEXT("too many products by '{name}'"), WARD_STR("group_ids"),
		WARD_TEXT("give fewer groups, or smaller ones: docs/device-risk.md"));
	r->err = WARD_ERR_LIMIT;
	return false;
}

static void remedy_groups(struct reader *r, const struct ward_conf *c, const struct told *x)
{
	for (const struct ward_conf *g = list_of(c, "group_ids"); g; g = g->next)
		for (const struct ward_conf *k = r->groups; k && work(r, g); k = k->next) {
			if (!ward_str_eq(ward_conf_word(k, "group_id"), g->text))
				continue;
			for (const struct ward_conf *p = list_of(k, "product_ids"); p && work(r, g);
				p = p->next)
				give_remedy(told_of(r, p->text), x);
			if (r->err)
				return;
		}
}

static void remedies(struct reader *r, const struct ward_conf *v)
{
	for (const struct ward_conf *c = list_of(v, "remediations"); c && !r->err; c = c->next) {
		struct told x = {.remedy = remedy_of(ward_conf_word(c, "category")),
			.fix = ward_conf_word(c, "details"),
			.url = ward_conf_word(c, "url")};

		if (x.remedy == WARD_REMEDY_NONE)
			continue;
		for (const struct ward_conf *p = list_of(c, "product_ids"); p; p = p->next)
			give_remedy(told_of(r, p->text), &x);
		remedy_groups(r, c, &x);
	}
}

static void scores(struct reader *r, const struct ward_conf *v)
{
	static const char *const version[] = {"cvss_v2", "cvss_v3"}; /* the later one counts */

	for (const struct ward_conf *c = list_of(v, "scores"); c; c = c->next) {
		int64_t micro = -1;
		char vector = 0;

		for (size_t i = 0; i < WARD_ARRAY_LEN(version); i++) {
			const struct ward_conf *s = ward_conf_get(c, version[i]);
			const struct ward_conf *base = s ? ward_conf_get(s, "baseScore") : NULL;
			char own = s ? ward_cvss_vector(ward_conf_word(s, "vectorString")) : 0;

			if (base && !ward_cvss_parse(base->text, &micro))
				bad(r, base, WARD_TEXT("no CVSS score: '{name}'"), base->text,
					WARD_TEXT("a base score is a number from 0 to 10"));
			vector = own ? own : vector;
		}
		for (const struct ward_conf *p = list_of(c, "products"); p; p = p->next) {
			struct told *t = told_of(r, p->text);

			if (t && micro >= 0)
				t->cvss_micro = micro;
			if (t && vector)
				t->vector = vector;
		}
	}
}

static void status(struct reader *r, const struct ward_conf *list, struct ward_advice x)
{
	for (const struct ward_conf *c = list->kind == WARD_CONF_SEQ ? list->child : NULL;
		c && !r->err; c = c->next) {
		struct ward_advice own = x;

		own.product = known(r, c, c->text);
		own.line = c->line;
		const struct told *t = told_of(r, c->text);

		if (own.product == WARD_NONE || !t)
			continue;
		own.cvss_micro = t->cvss_micro;
		own.vector = t->vector;
		own.remedy = t->remedy;
		own.fix = t->fix;
		own.url = t->url;
		r->err = ward_advices_add(r->a, &own);
	}
}

static struct ward_str name_of(const struct ward_conf *v)
{
	struct ward_str cve = ward_conf_word(v, "cve");
	const struct ward_conf *ids = list_of(v, "ids");

	if (!cve.len && ids)
		cve = ward_conf_word(ids, "text");
	return cve.len ? cve : ward_conf_word(v, "title");
}

static void vulnerability(struct reader *r, const struct ward_conf *v)
{
	static const struct {
		const char *key;
		enum ward_advice_status status;
	} kind[] = {{"known_affected", WARD_ADVICE_AFFECTED},
		{"first_affected", WARD_ADVICE_AFFECTED}, {"last_affected", WARD_ADVICE_AFFECTED},
		{"under_investigation", WARD_ADVICE_INVESTIGATED}, {"fixed", WARD_ADVICE_FIXED},
		{"first_fixed", WARD_ADVICE_FIXED}, {"recommended", WARD_ADVICE_FIXED},
		{"known_not_affected", WARD_ADVICE_NOT_AFFECTED}};
	struct ward_str name = name_of(v);
	const struct ward_conf *all = ward_conf_get(v, "product_status");
	struct ward_advice x = {
		.cvss_micro = -1, .source = r->source, .file = r->file, .as_of = r->as_of};

	if (!name.len) {
		bad(r, v, WARD_TEXT("a vulnerability without '{name}'"), WARD_STR("cve"),
			WARD_TEXT("it has a cve, an entry in ids, or a title"));
		return;
	}
	r->stamp++;
	scores(r, v);
	remedies(r, v);
	if (!r->err)
		r->err = ward_advices_cve(r->a, name, &x.cve);
	for (size_t i = 0; all && i < WARD_ARRAY_LEN(kind) && !r->err; i++) {
		const struct ward_conf *list = ward_conf_get(all, kind[i].key);

		x.status = kind[i].status;
		if (list)
			status(r, list, x);
	}
}

static bool begin(struct reader *r, const struct ward_conf *doc)
{
	const struct ward_conf *d = ward_conf_get(doc, "document");
	const struct ward_conf *tracking = ward_conf_get(d, "tracking");
	struct ward_str version = ward_conf_word(d, "csaf_version");

	if (!ward_str_eqz(version, "2.0")) {
		bad(r, d ? d : doc, WARD_TEXT("no CSAF 2.0 document: csaf_version is '{name}'"),
			version,
			WARD_TEXT("give a CSAF 2.0 document, or a CSV with the column cve"));
		return false;
	}
	r->source = ward_conf_word(tracking, "id");
	if (!r->source.len)
		r->source = r->file;
	if (ward_time_parse(ward_conf_word(tracking, "current_release_date"), &r->as_of) != WARD_OK)
		r->as_of = INT64_MIN;
	return true;
}

enum ward_err ward_advices_csaf(struct ward_advices *a, struct ward_str file,
	const struct ward_conf *doc, struct ward_diag *diag)
{
	struct reader r = {.a = a, .file = file, .diag = diag};
	size_t n_told = 0;

	ward_intern_init(&r.ids, a->mem, WARD_ADVICE_PRODUCTS, 1 << 26);
	if (begin(&r, doc)) {
		const struct ward_conf *tree = ward_conf_get(doc, "product_tree");

		if (tree)
			product_tree(&r, tree);
		r.told = ward_mem_alloc(a->mem, r.ids.n * sizeof(*r.told));
		if (r.ids.n && !r.told && !r.err)
			r.err = WARD_ERR_NOMEM;
		if (r.told)
			memset(r.told, 0, r.ids.n * sizeof(*r.told));
		n_told = r.ids.n;
		for (const struct ward_conf *v = list_of(doc, "vulnerabilities"); v && !r.err;
			v = v->next)
			vulnerability(&r, v);
	}
	ward_mem_free(a->mem, r.told, n_told * sizeof(*r.told));
	ward_mem_free(a->mem, r.product, r.cap_product * sizeof(*r.product));
	ward_intern_fini(&r.ids);
	return r.err;
}
