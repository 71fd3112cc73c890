#include "paths/facts.h"

#include "conf/conf.h"
#include "model/near.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BYTES_MAX = 1 << 30, NEAR_BUDGET = 1000000, MILLION = 1000000 };

/* What is known of one CVE that some asset has. */
struct cve {
	int64_t epss_micro; /* -1: not in the list */
	bool kev, ransom;
};

struct load {
	struct ward_facts *f;
	const struct ward_model *m;
	const struct ward_limits *lim;
	struct ward_diag *diag;
	struct ward_arena scratch;
	struct ward_intern names;
	struct cve *cve; /* by number in names */
	size_t near_budget;
};

const char *ward_facts_name(enum ward_facts_file f)
{
	static const char *const name[] = {
		"vulnerabilities.csv", "kev.csv", "epss.csv", "policy.csv"};

	return f < WARD_FACTS_N ? name[f] : "";
}

static void bad(struct load *l, const struct ward_csv *t, uint32_t line, const char *what,
	struct ward_str name, const char *mend)
{
	ward_diag_addf(l->diag, WARD_DIAG_ERROR, t->file, line, WARD_TEXT("%s '%.*s'\n%s"), what,
		WARD_STR_ARG(name), mend);
}

static size_t column(struct load *l, const struct ward_csv *t, const char *name)
{
	size_t c = ward_csv_column(t, name);

	if (c == SIZE_MAX)
		bad(l, t, 1, WARD_TEXT("no column"), ward_str_z(name),
			WARD_TEXT("name the columns in the first line"));
	return c;
}

static uint32_t node(struct load *l, const struct ward_csv *t, uint32_t line, struct ward_str id)
{
	uint32_t i = ward_model_find(l->m, id);

	if (i == WARD_NONE)
		i = ward_model_by_host(l->m, id);
	if (i != WARD_NONE)
		return i;
	struct ward_near near = ward_near_start(id, &l->near_budget);

	for (uint32_t k = 0; k < ward_model_n(l->m); k++)
		ward_near_offer(&near, ward_model_node(l->m, k)->id);
	if (near.best.len)
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, t->file, line,
			WARD_TEXT("no '%.*s' in the hospital\ndid you mean '%.*s'?"),
			WARD_STR_ARG(id), WARD_STR_ARG(near.best));
	else
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, t->file, line,
			WARD_TEXT("no '%.*s' in the hospital\nwrite an id or a host name"),
			WARD_STR_ARG(id));
	return WARD_NONE;
}

/* "CVE-", a year, "-", at least four digits. */
static bool is_cve(struct ward_str s)
{
	uint64_t v;

	return s.len >= 13 && s.len <= 24 && ward_str_starts(s, WARD_STR("CVE-")) &&
	       s.p[8] == '-' && ward_str_u64(ward_str_sub(s, 4, 4), &v) &&
	       ward_str_u64(ward_str_sub(s, 9, s.len), &v);
}

static enum ward_err add_vuln(struct load *l, uint32_t asset, struct ward_str cve)
{
	struct ward_facts *f = l->f;
	uint32_t id;
	enum ward_err err = ward_mem_more(
		f->mem, &f->vuln, f->n_vuln, &f->cap_vuln, sizeof(*f->vuln), WARD_FACTS_ROWS);

	if (!err)
		err = ward_intern_put(&l->names, cve, &id);
	if (!err) {
		struct ward_str own = ward_arena_str(&f->arena, cve);

		f->vuln[f->n_vuln++] = (struct ward_vuln){.asset = asset, .cve = own};
		err = own.p ? WARD_OK : WARD_ERR_NOMEM;
	}
	return err;
}

static enum ward_err read_vulns(struct load *l, const struct ward_csv *t)
{
	size_t asset = column(l, t, "asset"), cve = column(l, t, "cve");
	enum ward_err err = WARD_OK;

	if (asset == SIZE_MAX || cve == SIZE_MAX)
		return WARD_OK;
	for (size_t i = 0; i < t->n_row && !err; i++) {
		const struct ward_csv_row *row = &t->row[i];
		uint32_t n = node(l, t, row->line, row->cell[asset]);

		if (!is_cve(row->cell[cve]))
			bad(l, t, row->line, WARD_TEXT("no CVE number:"), row->cell[cve],
				WARD_TEXT("write it like CVE-2024-12345"));
		else if (n != WARD_NONE)
			err = add_vuln(l, n, row->cell[cve]);
	}
	if (!err) {
		l->cve = ward_arena_array(&l->scratch, l->names.n, sizeof(*l->cve));
		err = l->cve ? WARD_OK : WARD_ERR_NOMEM;
	}
	for (size_t i = 0; i < l->names.n && !err; i++)
		l->cve[i].epss_micro = -1;
	return err;
}

static enum ward_err read_kev(struct load *l, const struct ward_csv *t)
{
	size_t id = column(l, t, "cveID"),
	       ransom = ward_csv_column(t, "knownRansomwareCampaignUse");

	for (size_t i = 0; i < t->n_row && id != SIZE_MAX && l->cve; i++) {
		uint32_t c = ward_intern_find(&l->names, t->row[i].cell[id]);

		if (c == WARD_NONE)
			continue;
		l->cve[c].kev = true;
		l->cve[c].ransom =
			ransom != SIZE_MAX && ward_str_eqz(t->row[i].cell[ransom], "Known");
	}
	return WARD_OK;
}

static enum ward_err read_epss(struct load *l, const struct ward_csv *t)
{
	size_t id = column(l, t, "cve"), epss = column(l, t, "epss");

	if (id == SIZE_MAX || epss == SIZE_MAX)
		return WARD_OK;
	for (size_t i = 0; i < t->n_row; i++) {
		/* FIRST gives up to nine places; beyond millionths is beyond what it knows. */
		struct ward_str text = ward_str_sub(t->row[i].cell[epss], 0, 8);
		int64_t v;

		if (!ward_degree_parse(text, &v)) {
			bad(l, t, t->row[i].line, WARD_TEXT("no likelihood:"), t->row[i].cell[epss],
				WARD_TEXT("EPSS gives a decimal from 0 to 1"));
			continue;
		}
		uint32_t c = l->cve ? ward_intern_find(&l->names, t->row[i].cell[id]) : WARD_NONE;

		if (c != WARD_NONE)
			l->cve[c].epss_micro = v;
	}
	return WARD_OK;
}

static enum ward_err add_reach(
	struct ward_facts *f, uint32_t from, uint32_t to, struct ward_str service)
{
	enum ward_err err = ward_mem_more(
		f->mem, &f->reach, f->n_reach, &f->cap_reach, sizeof(*f->reach), WARD_FACTS_ROWS);

	if (!err)
		f->reach[f->n_reach++] = (struct ward_reach){from, to, service};
	return err;
}

/* A thing by its id, or all networks by "*". */
static enum ward_err spread(struct load *l, uint32_t from, uint32_t to, struct ward_str service)
{
	uint32_t n = ward_model_n(l->m);
	enum ward_err err = WARD_OK;

	for (uint32_t a = from == n ? 0 : from; a < (from == n ? n : from + 1) && !err; a++) {
		if (from == n && ward_model_node(l->m, a)->kind != WARD_NODE_NETWORK)
			continue;
		for (uint32_t b = to == n ? 0 : to; b < (to == n ? n : to + 1) && !err; b++)
			if (a != b &&
				(to != n || ward_model_node(l->m, b)->kind == WARD_NODE_NETWORK))
				err = add_reach(l->f, a, b, service);
	}
	return err;
}

static uint32_t end(struct load *l, const struct ward_csv *t, uint32_t line, struct ward_str id)
{
	return ward_str_eqz(id, "*") ? ward_model_n(l->m) : node(l, t, line, id);
}

/* Only what is allowed is kept: what no row allows is denied. A row that denies takes nothing back
 * and says so, since firewalls differ in which rule wins. */
static enum ward_err read_policy(struct load *l, const struct ward_csv *t)
{
	size_t from = column(l, t, "from"), to = column(l, t, "to");
	size_t service = column(l, t, "service"), allow = column(l, t, "allow");
	enum ward_err err = WARD_OK;

	l->f->policy = true;
	if (from == SIZE_MAX || to == SIZE_MAX || service == SIZE_MAX || allow == SIZE_MAX)
		return WARD_OK;
	for (size_t i = 0; i < t->n_row && !err; i++) {
		const struct ward_csv_row *row = &t->row[i];
		uint32_t a = end(l, t, row->line, row->cell[from]);
		uint32_t b = end(l, t, row->line, row->cell[to]);

		if (!ward_str_eqz(row->cell[allow], "yes") && !ward_str_eqz(row->cell[allow], "no"))
			bad(l, t, row->line, WARD_TEXT("neither yes nor no under allow:"),
				row->cell[allow], WARD_TEXT("write yes or no"));
		else if (a != WARD_NONE && b != WARD_NONE && ward_str_eqz(row->cell[allow], "yes"))
			err = spread(l, a, b, ward_arena_str(&l->f->arena, row->cell[service]));
	}
	if (err == WARD_ERR_LIMIT) {
		bad(l, t, 0, WARD_TEXT("too many ways let through by"), t->file,
			WARD_TEXT("name fewer by '*'"));
		err = WARD_OK;
	}
	return err;
}

static enum ward_err no_policy(struct load *l)
{
	uint32_t n = ward_model_n(l->m);

	return spread(l, n, n, WARD_STR("*"));
}

static int vuln_cmp(const void *va, const void *vb)
{
	const struct ward_vuln *a = va, *b = vb;

	return a->asset != b->asset ? (a->asset < b->asset ? -1 : 1) : ward_str_cmp(a->cve, b->cve);
}

static int reach_cmp(const void *va, const void *vb)
{
	const struct ward_reach *a = va, *b = vb;

	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	return a->from != b->from ? (a->from < b->from ? -1 : 1)
				  : ward_str_cmp(a->service, b->service);
}

/* Within a year, if within a month e: 1 - (1 - e)^12. */
static int64_t year(int64_t month_micro)
{
	int64_t spared = MILLION;

	for (unsigned i = 0; i < 12; i++)
		spared = spared * (MILLION - month_micro) / MILLION;
	return MILLION - spared;
}

static void rate(const struct load *l, struct ward_vuln *v)
{
	const struct cve *c = &l->cve[ward_intern_find(&l->names, v->cve)];
	int64_t lo = 20000, hi = 200000;

	v->kev = c->kev;
	v->epss = c->epss_micro >= 0;
	if (v->epss) {
		lo = c->epss_micro;
		hi = year(c->epss_micro);
	}
	if (v->kev) {
		int64_t least = c->ransom ? 700000 : 600000;

		lo = lo > least ? lo : least;
		hi = hi > 950000 ? hi : 950000;
	}
	v->lo_micro = lo;
	v->hi_micro = hi;
}

static void sort_reach(struct ward_facts *f)
{
	size_t n = 0;

	if (f->n_reach)
		qsort(f->reach, f->n_reach, sizeof(*f->reach), reach_cmp);
	for (size_t i = 0; i < f->n_reach; i++)
		if (!n || reach_cmp(&f->reach[n - 1], &f->reach[i]))
			f->reach[n++] = f->reach[i];
	f->n_reach = n;
}

static void sort(struct load *l)
{
	struct ward_facts *f = l->f;
	size_t n = 0;

	if (f->n_vuln)
		qsort(f->vuln, f->n_vuln, sizeof(*f->vuln), vuln_cmp);
	for (size_t i = 0; i < f->n_vuln; i++)
		if (!n || vuln_cmp(&f->vuln[n - 1], &f->vuln[i])) {
			rate(l, &f->vuln[i]);
			f->vuln[n++] = f->vuln[i];
		}
	f->n_vuln = n;
	sort_reach(f);
}

static enum ward_err read_all(struct load *l, const struct ward_slice file[WARD_FACTS_N],
	const struct ward_str path[WARD_FACTS_N])
{
	static enum ward_err (*const read[])(struct load *, const struct ward_csv *) = {
		read_vulns, read_kev, read_epss, read_policy};
	enum ward_err err = WARD_OK;
	size_t before = l->diag->n_error;

	for (unsigned i = 0; i < WARD_FACTS_N && !err; i++) {
		struct ward_csv t;

		if (!file[i].p)
			continue;
		err = ward_conf_csv(&l->scratch, l->lim, path[i], file[i], l->diag, &t);
		if (!err)
			err = read[i](l, &t);
		if (err == WARD_ERR_CONFIG) /* said; the next file may have findings, too */
			err = WARD_OK;
	}
	if (!err && l->diag->n_error > before)
		return WARD_ERR_CONFIG;
	if (!err && !l->f->policy)
		err = no_policy(l);
	if (!err)
		sort(l);
	return err;
}

enum ward_err ward_facts_read(const struct ward_slice file[WARD_FACTS_N],
	const struct ward_str path[WARD_FACTS_N], const struct ward_model *m,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_facts *ret)
{
	struct load l = {.f = ret, .m = m, .lim = lim, .diag = diag, .near_budget = NEAR_BUDGET};

	*ret = (struct ward_facts){.mem = mem};
	ward_arena_init(&ret->arena, mem, BYTES_MAX);
	ward_arena_init(&l.scratch, mem, BYTES_MAX);
	ward_intern_init(&l.names, mem, WARD_FACTS_ROWS, BYTES_MAX);
	enum ward_err err = read_all(&l, file, path);

	ward_intern_fini(&l.names);
	ward_arena_fini(&l.scratch);
	return err;
}

enum ward_err ward_facts_load(const char *dir, const char *const given[WARD_FACTS_N],
	const struct ward_model *m, const struct ward_limits *lim, const struct ward_mem *mem,
	struct ward_diag *diag, struct ward_facts *ret)
{
	struct ward_slice file[WARD_FACTS_N] = {0};
	struct ward_str path[WARD_FACTS_N] = {0};
	struct ward_arena text;
	enum ward_err err = WARD_OK;

	*ret = (struct ward_facts){0};
	ward_arena_init(&text, mem, BYTES_MAX);
	for (unsigned f = 0; f < WARD_FACTS_N && !err; f++) {
		char own[4096];
		int n = snprintf(
			own, sizeof(own), "%s/%s", dir, ward_facts_name((enum ward_facts_file)f));
		const char *name = given[f] ? given[f] : own;

		if (!given[f] && (n < 0 || (size_t)n >= sizeof(own) || access(own, F_OK) != 0))
			continue;
		path[f] = ward_arena_str(&text, ward_str_z(name));
		err = path[f].p ? ward_conf_read(&text, lim, name, diag, &file[f]) : WARD_ERR_NOMEM;
		if (err && err != WARD_ERR_NOMEM)
			err = WARD_ERR_CONFIG; /* it was said why */
		else if (!file[f].p)
			file[f] = ward_slice_of("", 0);
	}
	if (!err)
		err = ward_facts_read(file, path, m, lim, mem, diag, ret);
	ward_arena_fini(&text);
	return err;
}

enum ward_err ward_facts_reach(
	struct ward_facts *f, uint32_t from, uint32_t to, struct ward_str service)
{
	enum ward_err err = add_reach(f, from, to, service);

	if (!err)
		sort_reach(f);
	return err;
}

void ward_facts_fini(struct ward_facts *f)
{
	if (!f->mem)
		return;
	ward_mem_free(f->mem, f->vuln, f->cap_vuln * sizeof(*f->vuln));
	ward_mem_free(f->mem, f->reach, f->cap_reach * sizeof(*f->reach));
	ward_arena_fini(&f->arena);
	*f = (struct ward_facts){0};
}

const struct ward_vuln *ward_facts_vulns(const struct ward_facts *f, uint32_t asset, size_t *ret_n)
{
	size_t lo = 0, hi = f->n_vuln, n = 0;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (f->vuln[mid].asset < asset)
			lo = mid + 1;
		else
			hi = mid;
	}
	while (lo + n < f->n_vuln && f->vuln[lo + n].asset == asset)
		n++;
	*ret_n = n;
	return n ? f->vuln + lo : NULL;
}

const struct ward_reach *ward_facts_reaching(const struct ward_facts *f, uint32_t to, size_t *ret_n)
{
	size_t lo = 0, hi = f->n_reach, n = 0;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (f->reach[mid].to < to)
			lo = mid + 1;
		else
			hi = mid;
	}
	while (lo + n < f->n_reach && f->reach[lo + n].to == to)
		n++;
	*ret_n = n;
	return n ? f->reach + lo : NULL;
}
