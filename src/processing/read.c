/* The register, and what is demanded of it, out of files that people write: docs/processing.md. */
#include "processing/read.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

enum { CONTENT_FILES = 3, PATH_BYTES = 4096, MOST_DAYS = 36500 };

bool proc_has(const struct ward_proc_list *l, struct ward_str s)
{
	for (size_t i = 0; i < l->n; i++)
		if (ward_str_eq(l->at[i], s))
			return true;
	return false;
}

static const struct ward_proc_entry *ready_by(const struct ward_processing *p, struct ward_str s,
	const struct ward_proc_list *(*of)(const struct ward_proc_entry *))
{
	for (size_t i = 0; i < p->n_ready; i++)
		if (proc_has(of(&p->ready[i]), s))
			return &p->ready[i];
	return NULL;
}

static const struct ward_proc_list *kinds_of(const struct ward_proc_entry *e)
{
	return &e->kinds;
}

static const struct ward_proc_list *analytics_of(const struct ward_proc_entry *e)
{
	return &e->analytics;
}

const struct ward_proc_entry *proc_ready_of_kind(
	const struct ward_processing *p, struct ward_str kind)
{
	return ready_by(p, kind, kinds_of);
}

const struct ward_proc_entry *proc_ready_of_analytic(
	const struct ward_processing *p, struct ward_str analytic)
{
	return ready_by(p, analytic, analytics_of);
}

const struct ward_proc_entry *proc_ready(const struct ward_processing *p, struct ward_str id)
{
	for (size_t i = 0; i < p->n_ready; i++)
		if (ward_str_eq(p->ready[i].id, id))
			return &p->ready[i];
	return NULL;
}

static const struct ward_proc_entry *entry_of(
	const struct ward_proc_entry *e, size_t n, struct ward_str id)
{
	for (size_t i = 0; i < n; i++)
		if (ward_str_eq(e[i].id, id))
			return &e[i];
	return NULL;
}

/* ---- values ---- */

bool proc_read_id(const struct proc_reader *x, const struct ward_conf *c, struct ward_str *ret)
{
	if (!ward_conf_str(c, "id", true, x->diag, ret))
		return false;
	bool ok = ret->len && ret->len <= WARD_PROC_ID;

	for (size_t i = 0; i < ret->len && ok; i++)
		ok = (ret->p[i] >= 'a' && ret->p[i] <= 'z') ||
		     (ret->p[i] >= 'A' && ret->p[i] <= 'Z') ||
		     (ret->p[i] >= '0' && ret->p[i] <= '9') || ret->p[i] == '-' || ret->p[i] == '.';
	if (!ok)
		proc_bad(x, c, WARD_TEXT("not usable as an id: '{name}'"), *ret,
			WARD_TEXT("write at most 64 letters, digits, hyphens and points"));
	return ok;
}

void proc_read_list(const struct proc_reader *x, const struct ward_conf *c, const char *key,
	struct ward_proc_list *ret)
{
	const struct ward_conf *list = ward_conf_get(c, key);

	if (!list)
		return;
	const struct ward_conf *one = list->kind == WARD_CONF_SEQ ? list->child : list;

	for (; one; one = list->kind == WARD_CONF_SEQ ? one->next : NULL) {
		if (one->kind != WARD_CONF_SCALAR || !one->text.len) {
			proc_bad(x, one, WARD_TEXT("no text in '{name}'"), ward_str_z(key),
				WARD_TEXT("write a list of texts: [a, b]"));
			return;
		}
		if (ret->n == WARD_PROC_LIST) {
			proc_bad(x, one, WARD_TEXT("too many in '{name}'"), ward_str_z(key),
				WARD_TEXT("make a second entry for the others"));
			return;
		}
		ret->at[ret->n++] = one->text;
	}
}

ward_ns proc_read_day(
	const struct proc_reader *x, const struct ward_conf *c, const char *key, bool required)
{
	struct ward_str s = ward_conf_word(c, key);
	char text[24];
	ward_ns t = WARD_NS_NEVER;

	(void)snprintf(text, sizeof(text), "%.*sT00:00:00Z", WARD_STR_ARG(ward_str_sub(s, 0, 10)));
	if ((s.len || required) &&
		(s.len != 10 || ward_time_parse(ward_str_z(text), &t) != WARD_OK)) {
		t = WARD_NS_NEVER;
		proc_bad(x, c, WARD_TEXT("no day: '{name}'"), s,
			WARD_TEXT("write it as 2026-03-02"));
	}
	return t;
}

ward_ns proc_behind(ward_ns day)
{
	ward_ns end;

	return day == WARD_NS_NEVER || !ward_add(day, PROC_DAY, &end) ? WARD_NS_NEVER : end;
}

ward_ns proc_read_span(const struct proc_reader *x, const struct ward_conf *c, const char *key)
{
	ward_ns t = 0;

	if (ward_conf_duration(c, key, false, x->diag, &t) &&
		(t <= 0 || t > MOST_DAYS * PROC_DAY)) {
		proc_bad(x, c, WARD_TEXT("no length of time in '{name}'"), ward_str_z(key),
			WARD_TEXT("write it as 72h or 30d"));
		t = 0;
	}
	return t;
}

/* "A6-1-e", "A9-2-b": what the vocabulary calls a letter of GDPR 6(1) or 9(2). */
static void check_basis(
	const struct proc_reader *x, const struct ward_conf *c, const struct ward_proc_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct ward_str s = l->at[i];
		bool six = ward_str_starts(s, WARD_STR("A6-1-")) && s.len == 6 && s.p[5] >= 'a' &&
			   s.p[5] <= 'f',
		     nine = ward_str_starts(s, WARD_STR("A9-2-")) && s.len == 6 && s.p[5] >= 'a' &&
			    s.p[5] <= 'j';

		if (!six && !nine)
			proc_bad(x, c, WARD_TEXT("no legal basis: '{name}'"), s,
				WARD_TEXT("write A6-1-a to A6-1-f (GDPR 6(1)), and of special "
					  "categories A9-2-a to A9-2-j (9(2)) beside"));
	}
}

/* ---- entries ---- */

static void read_about(
	const struct proc_reader *x, const struct ward_conf *c, struct ward_proc_entry *e)
{
	proc_read_list(x, c, "sources", &e->sources);
	proc_read_list(x, c, "analytics", &e->analytics);
	proc_read_list(x, c, "rules", &e->rules);
	proc_read_list(x, c, "recipients", &e->to);
	proc_read_list(x, c, "roles", &e->roles);
	for (size_t i = 0; i < e->analytics.n; i++) {
		unsigned k = 0;

		while (k < WARD_ANALYTIC_N && !ward_str_eqz(e->analytics.at[i],
						      ward_analytic_name((enum ward_analytic)k)))
			k++;
		if (k == WARD_ANALYTIC_N)
			proc_bad(x, c, WARD_TEXT("no analytic '{name}'"), e->analytics.at[i],
				WARD_TEXT("write baselines.persons or clips"));
	}
}

/* Kinds of rows that may go; not what proves the ledger, nor that something was deleted. */
static void check_rows(
	const struct proc_reader *x, const struct ward_conf *c, struct ward_proc_entry *e)
{
	static const char *const kind[] = {"detection", "incident", "impact", "clip", "delivery",
		"run", "action", "decision", "permit", "account"};

	proc_read_list(x, c, "rows", &e->rows);
	for (size_t i = 0; i < e->rows.n; i++) {
		size_t k = 0;

		while (k < WARD_ARRAY_LEN(kind) && !ward_str_eqz(e->rows.at[i], kind[k]))
			k++;
		if (k == WARD_ARRAY_LEN(kind))
			proc_bad(x, c, WARD_TEXT("no kind of rows"), e->rows.at[i],
				WARD_TEXT("write detection, incident, impact, clip, delivery, run, "
					  "action, decision, permit or account"));
	}
	if (e->rows.n && !e->retention)
		proc_bad(x, c, WARD_TEXT("no retention of the rows of"), e->id,
			WARD_TEXT("write how long: retention: 1826d"));
}

static void read_entry(const struct proc_reader *x, const struct ward_conf *c)
{
	static const char *const known[] = {"id", "like", "kinds", "watches", "purpose", "basis",
		"data", "people", "told", "transfers", "measures", "assessment", "permit", "reason",
		"agreement", "retention", "sources", "analytics", "rules", "recipients", "roles",
		"rows", "processors", NULL};
	struct ward_processing *p = x->p;
	struct ward_proc_entry e = {.file = c->file, .line = c->line};

	ward_conf_only(c, known, x->diag);
	if (!proc_read_id(x, c, &e.id))
		return;
	e.like = ward_conf_word(c, "like");
	e.purpose = ward_conf_word(c, "purpose");
	e.assessment = ward_conf_word(c, "assessment");
	e.permit = ward_conf_word(c, "permit");
	e.reason = ward_conf_word(c, "reason");
	e.agreement = ward_conf_word(c, "agreement");
	e.retention = proc_read_span(x, c, "retention");
	proc_read_list(x, c, "basis", &e.basis);
	check_basis(x, c, &e.basis);
	proc_read_list(x, c, "data", &e.data);
	proc_read_list(x, c, "people", &e.people);
	proc_read_list(x, c, "told", &e.recipients);
	proc_read_list(x, c, "transfers", &e.transfers);
	proc_read_list(x, c, "measures", &e.measures);
	proc_read_list(x, c, "processors", &e.processors);
	proc_read_list(x, c, "kinds", &e.kinds);
	proc_read_list(x, c, "watches", &e.watches);
	read_about(x, c, &e);
	check_rows(x, c, &e);
	if (e.like.len && !proc_ready(p, e.like))
		proc_bad(x, c, WARD_TEXT("no ready-made entry '{name}'"), e.like,
			WARD_TEXT("`ward processing --ready` lists them; or write purpose, basis, "
				  "data and people yourself"));
	if (entry_of(x->content ? p->ready : p->entry, x->content ? p->n_ready : p->n_entry, e.id))
		proc_bad(x, c, WARD_TEXT("a second entry '{name}'"), e.id,
			WARD_TEXT("give it another id"));
	else if (x->content ? p->n_ready == WARD_PROC_READY : p->n_entry == WARD_PROC_ENTRIES)
		proc_bad(x, c, WARD_TEXT("no room for the entry '{name}'"), e.id,
			WARD_TEXT("put several things into one entry"));
	else if (x->content)
		p->ready[p->n_ready++] = e;
	else
		p->entry[p->n_entry++] = e;
}

/* ---- demands ---- */

static uint32_t read_needs(const struct proc_reader *x, const struct ward_conf *c)
{
	struct ward_proc_list l = {.n = 0};
	uint32_t bits = 0;

	proc_read_list(x, c, "needs", &l);
	for (size_t i = 0; i < l.n; i++) {
		unsigned k = 0;

		while (k < WARD_PROC_NEED_N &&
			!ward_str_eqz(l.at[i], ward_proc_need_name((enum ward_proc_need)k)))
			k++;
		if (k == WARD_PROC_NEED_N)
			proc_bad(x, c, WARD_TEXT("nothing that an entry has: '{name}'"), l.at[i],
				WARD_TEXT("write entry, purpose, basis, data, people, retention, "
					  "agreement, assessment, reason, permit, ground or "
					  "contract"));
		else
			bits |= 1u << k;
	}
	return bits;
}

static bool read_mark(
	const struct proc_reader *x, const struct ward_conf *c, enum ward_proc_mark *ret)
{
	struct ward_str mark = ward_conf_word(c, "mark");
	unsigned k = 0;

	while (k <= WARD_PROC_UNCONFIRMED &&
		!ward_str_eqz(mark, ward_proc_mark_name((enum ward_proc_mark)k)))
		k++;
	if (k > WARD_PROC_UNCONFIRMED) {
		proc_bad(x, c, WARD_TEXT("how well the text is known: '{name}'"), mark,
			WARD_TEXT("write `mark:` confirmed, secondary or unconfirmed"));
		return false;
	}
	*ret = (enum ward_proc_mark)k;
	return true;
}

static void read_force(
	const struct proc_reader *x, const struct ward_conf *c, struct ward_proc_demand *d)
{
	d->from = ward_conf_get(c, "from") ? proc_read_day(x, c, "from", true) : INT64_MIN;
	d->until = proc_behind(proc_read_day(x, c, "until", false));
}

/* None at all is a word, too. */
static void read_grace(const struct proc_reader *x, const struct ward_conf *c)
{
	static const char *const known[] = {"lasts", "law", "from", "until", "mark", NULL};
	struct ward_processing *p = x->p;
	struct ward_proc_demand g = {.jurisdiction = x->jurisdiction};

	ward_conf_only(c, known, x->diag);
	if (!ward_conf_duration(c, "lasts", true, x->diag, &g.most) ||
		!ward_conf_str(c, "law", true, x->diag, &g.law) || !read_mark(x, c, &g.mark))
		return;
	read_force(x, c, &g);
	if (g.most < 0 || g.most > MOST_DAYS * PROC_DAY)
		proc_bad(x, c, WARD_TEXT("no length of time in '{name}'"), WARD_STR("lasts"),
			WARD_TEXT("write it as 72h or 30d"));
	else if (p->n_grace == WARD_PROC_GRACES)
		proc_bad(x, c, WARD_TEXT("no room for the grace of '{name}'"), g.law,
			WARD_TEXT("there may be 8 of them"));
	else
		p->grace[p->n_grace++] = g;
}

static void read_demand(const struct proc_reader *x, const struct ward_conf *c)
{
	static const char *const known[] = {
		"id", "law", "of", "needs", "most", "least", "rows", "from", "until", "mark", NULL};
	struct ward_processing *p = x->p;
	struct ward_proc_demand d = {.jurisdiction = x->jurisdiction};

	ward_conf_only(c, known, x->diag);
	if (!proc_read_id(x, c, &d.id) || !ward_conf_str(c, "law", true, x->diag, &d.law))
		return;
	proc_read_list(x, c, "of", &d.of);
	for (size_t i = 0; i < d.of.n; i++)
		if (!proc_ready(p, d.of.at[i]))
			proc_bad(x, c, WARD_TEXT("no ready-made entry '{name}'"), d.of.at[i],
				WARD_TEXT("write one of entries.yml"));
	d.needs = read_needs(x, c);
	d.most = proc_read_span(x, c, "most");
	d.least = proc_read_span(x, c, "least");
	proc_read_list(x, c, "rows", &d.rows);
	read_force(x, c, &d);
	if (!read_mark(x, c, &d.mark))
		return;
	if (!d.needs && !d.most && !d.least)
		proc_bad(x, c, WARD_TEXT("it demands nothing: '{name}'"), d.id,
			WARD_TEXT("write `needs:`, `most:` or `least:`"));
	else if (p->n_demand == WARD_PROC_DEMANDS)
		proc_bad(x, c, WARD_TEXT("no room for the demand '{name}'"), d.id,
			WARD_TEXT("there may be 64 of them"));
	else
		p->demand[p->n_demand++] = d;
}

/* ---- what was decided ---- */

static void apply(struct ward_processing *p, const struct ward_proc_said *s)
{
	for (size_t i = 0; s->say == WARD_PROC_RENEW && i < p->n_agreement; i++)
		if (ward_str_eq(p->agreement[i].id, s->of) && s->until > p->agreement[i].until) {
			p->agreement[i].until = s->until;
			p->agreement[i].renewed = s->ref;
		}
	if (p->n_said == WARD_PROC_SAID) { /* the oldest is forgotten; the file has it */
		memmove(&p->said[0], &p->said[1], (WARD_PROC_SAID - 1) * sizeof(p->said[0]));
		p->n_said--;
	}
	p->said[p->n_said++] = *s;
}

static bool day_of(struct ward_str s, ward_ns *ret)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%.*sT00:00:00Z", WARD_STR_ARG(ward_str_sub(s, 0, 10)));
	return s.len == 10 && ward_time_parse(ward_str_z(text), ret) == WARD_OK;
}

bool proc_day_end(struct ward_str s, ward_ns *ret)
{
	if (!day_of(s, ret))
		return false;
	*ret = proc_behind(*ret);
	return true;
}

static enum ward_err read_said(const struct proc_reader *x, const struct ward_processing_in *in,
	const struct ward_processing_file *f)
{
	static const char *const column[] = {
		"at", "say", "of", "until", "ref", "person", "role", "why"};
	size_t at[WARD_ARRAY_LEN(column)];
	struct ward_csv t;
	enum ward_err err = ward_conf_csv(in->arena, in->lim, f->name, f->bytes, x->diag, &t);

	if (err)
		return err;
	for (size_t k = 0; k < WARD_ARRAY_LEN(column); k++) {
		at[k] = ward_csv_column(&t, column[k]);
		if (at[k] == SIZE_MAX) {
			ward_diag_addf(x->diag, WARD_DIAG_ERROR, f->name, 1,
				WARD_TEXT("no column '%s'\nWard writes this file: go back to an "
					  "earlier version by `ward config back`"),
				column[k]);
			return WARD_ERR_CONFIG;
		}
	}
	for (size_t i = 0; i < t.n_row; i++) {
		struct ward_str *c = t.row[i].cell;
		struct ward_proc_said s = {.say = ward_proc_say_parse(c[at[1]]),
			.of = c[at[2]],
			.until = WARD_NS_NEVER,
			.ref = c[at[4]],
			.person = c[at[5]],
			.role = c[at[6]],
			.why = c[at[7]]};
		bool ok = ward_time_parse(c[at[0]], &s.at) == WARD_OK && s.say != WARD_PROC_SAY_N &&
			  s.of.len && (!c[at[3]].len || proc_day_end(c[at[3]], &s.until));

		if (ok)
			apply(x->p, &s);
		else
			ward_diag_addf(x->diag, WARD_DIAG_ERROR, f->name, t.row[i].line,
				WARD_TEXT("a decision that can't be read\nWard writes this file: "
					  "go back to an earlier version by `ward config back`"));
	}
	return WARD_OK;
}

/* ---- files ---- */

static void each(const struct proc_reader *x, const char *key,
	void (*read)(const struct proc_reader *, const struct ward_conf *))
{
	const struct ward_conf *list = ward_conf_get(x->file, key);

	if (list && list->kind != WARD_CONF_SEQ) {
		proc_bad(x, list, WARD_TEXT("no list: '{name}'"), ward_str_z(key),
			WARD_TEXT("write each of them behind a `- `"));
		return;
	}
	for (const struct ward_conf *c = list ? list->child : NULL; c; c = c->next)
		if (c->kind == WARD_CONF_MAP)
			read(x, c);
		else
			proc_bad(x, c, WARD_TEXT("no map in '{name}'"), ward_str_z(key),
				WARD_TEXT("write `- id: ID` and what it has"));
}

static enum ward_err read_yaml(struct proc_reader *x, const struct ward_processing_in *in,
	const struct ward_processing_file *f)
{
	static const char *const of_content[] = {
		"jurisdiction", "entries", "demands", "grace", "special", "area", NULL};
	static const char *const of_hospital[] = {
		"controller", "contact", "officer", "agreements", "processors", "entries", NULL};
	const struct ward_conf *doc;
	enum ward_err err = ward_conf_yaml(in->arena, in->lim, f->name, f->bytes, x->diag, &doc);

	if (err)
		return err;
	x->file = doc->child;
	if (!x->file || x->file->kind == WARD_CONF_NULL)
		return WARD_OK;
	ward_conf_only(x->file, x->content ? of_content : of_hospital, x->diag);
	x->jurisdiction = ward_conf_word(x->file, "jurisdiction");
	if (!x->content) {
		x->p->written = true;
		x->p->controller = ward_conf_word(x->file, "controller");
		x->p->contact = ward_conf_word(x->file, "contact");
		x->p->officer = ward_conf_word(x->file, "officer");
	}
	each(x, "agreements", proc_read_agreement);
	each(x, "processors", proc_read_processor);
	each(x, "entries", read_entry);
	each(x, "demands", read_demand);
	each(x, "grace", read_grace);
	if (x->content) {
		proc_read_list(x, x->file, "special", &x->p->special);
		proc_read_list(x, x->file, "area", &x->p->area);
	}
	return WARD_OK;
}

enum ward_err ward_processing_read(const struct ward_processing_in *in,
	const struct ward_processing_file *content, size_t n_content,
	const struct ward_processing_file *own, const struct ward_processing_file *said,
	struct ward_processing *ret)
{
	size_t before = in->diag->n_error;
	enum ward_err err = WARD_OK, worst = WARD_OK, memory = WARD_OK;
	struct proc_reader x = {
		.p = ret, .diag = in->diag, .arena = in->arena, .err = &memory, .content = true};

	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < n_content && !err; i++)
		err = read_yaml(&x, in, &content[i]);
	x.content = false;
	if (!err && own->name.len)
		worst = read_yaml(&x, in, own); /* what the content demands counts without it */
	if (!err && said->name.len && worst != WARD_ERR_NOMEM)
		worst = read_said(&x, in, said) ? WARD_ERR_CONFIG : worst;
	err = memory ? memory : err ? err : worst;
	return err ? err : in->diag->n_error > before ? WARD_ERR_CONFIG : WARD_OK;
}

/* A file that need not be there is left out if it is not. */
static enum ward_err add(const struct ward_processing_in *in, const char *path, bool required,
	struct ward_processing_file *ret)
{
	if (!required && access(path, F_OK) != 0 && errno == ENOENT)
		return WARD_OK;
	enum ward_err err = ward_conf_read(in->arena, in->lim, path, in->diag, &ret->bytes);

	ret->name = err ? WARD_STR("") : ward_arena_str(in->arena, ward_str_z(path));
	return err ? err : ret->name.p ? WARD_OK : WARD_ERR_NOMEM;
}

enum ward_err ward_processing_load(const struct ward_processing_in *in, struct ward_processing *ret)
{
	struct ward_str country = ward_model_hospital(in->m)->country;
	struct ward_processing_file content[CONTENT_FILES] = {{WARD_STR(""), {NULL, 0}}},
				    own = {WARD_STR(""), {NULL, 0}}, said = own;
	char path[PATH_BYTES];
	size_t n = 2;

	memset(ret, 0, sizeof(*ret));
	(void)snprintf(path, sizeof(path), "%.4000s/processing/entries.yml", in->content);
	enum ward_err err = add(in, path, true, &content[0]);

	(void)snprintf(path, sizeof(path), "%.4000s/processing/eu.yml", in->content);
	if (!err)
		err = add(in, path, true, &content[1]);
	if (country.len == 2 && country.p[0] >= 'A' && country.p[0] <= 'Z' && country.p[1] >= 'A' &&
		country.p[1] <= 'Z') {
		(void)snprintf(path, sizeof(path), "%.4000s/processing/%c%c.yml", in->content,
			country.p[0] | 0x20, country.p[1] | 0x20);
		err = err ? err : add(in, path, false, &content[2]);
		n += content[2].name.len > 0;
	}
	(void)snprintf(path, sizeof(path), "%.4000s/" WARD_PROCESSING_FILE, in->hospital);
	if (!err)
		err = add(in, path, false, &own);
	(void)snprintf(path, sizeof(path), "%.4000s/" WARD_PROCESSING_SAID, in->hospital);
	if (!err)
		err = add(in, path, false, &said);
	return err ? err : ward_processing_read(in, content, n, &own, &said, ret);
}
