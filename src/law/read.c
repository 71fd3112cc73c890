/* Rules out of files that people write: docs/law.md. */
#include "law/priv.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

enum { FILES = 5, PATH_BYTES = 4096, DEPTH = 3 };

static const char *const seen_name[] = {
#define X(NAME, name) name,
	WARD_LAW_SEEN_LIST(X)
#undef X
};

void law_bad(const struct law_reader *x, const struct ward_conf *at, const char *what,
	struct ward_str name, const char *mend)
{
	ward_conf_bad(at, what, name, mend, x->diag);
}

size_t ward_law_fact_of(const struct ward_law *l, struct ward_str id)
{
	for (size_t i = 0; i < l->n_fact; i++)
		if (ward_str_eq(l->fact[i].id, id))
			return i;
	return SIZE_MAX;
}

size_t ward_law_rule_of(const struct ward_law *l, struct ward_str id)
{
	for (size_t i = 0; i < l->n_rule; i++)
		if (ward_str_eq(l->rule[i].id, id))
			return i;
	return SIZE_MAX;
}

bool law_id(const struct law_reader *x, const struct ward_conf *c, struct ward_str *ret)
{
	if (!ward_conf_str(c, "id", true, x->diag, ret))
		return false;
	bool ok = ret->len && ret->len <= WARD_LAW_NAME;

	for (size_t i = 0; i < ret->len && ok; i++)
		ok = (ret->p[i] >= 'a' && ret->p[i] <= 'z') ||
		     (ret->p[i] >= 'A' && ret->p[i] <= 'Z') ||
		     (ret->p[i] >= '0' && ret->p[i] <= '9') || ret->p[i] == '-';
	if (!ok)
		law_bad(x, c, WARD_TEXT("not usable as an id: '{name}'"), *ret,
			WARD_TEXT("write at most 32 letters, digits and hyphens"));
	return ok;
}

size_t law_list(const struct law_reader *x, const struct ward_conf *c, const char *key, size_t max,
	const struct ward_conf **ret)
{
	const struct ward_conf *list = ward_conf_get(c, key);
	size_t n = 0;

	if (!list)
		return 0;
	const struct ward_conf *one = list->kind == WARD_CONF_SEQ ? list->child : list;

	for (; one; one = list->kind == WARD_CONF_SEQ ? one->next : NULL) {
		if (one->kind != WARD_CONF_SCALAR || !one->text.len) {
			law_bad(x, one, WARD_TEXT("no text in '{name}'"), ward_str_z(key),
				WARD_TEXT("write a list of texts: [a, b]"));
			return 0;
		}
		if (n == max) {
			law_bad(x, one, WARD_TEXT("too many in '{name}'"), ward_str_z(key),
				WARD_TEXT("leave some out"));
			return 0;
		}
		ret[n++] = one;
	}
	return n;
}

static size_t read_facts_of(const struct law_reader *x, const struct ward_conf *c, const char *key,
	uint8_t ret[WARD_LAW_LIST])
{
	const struct ward_conf *list[WARD_LAW_LIST];
	size_t n = law_list(x, c, key, WARD_LAW_LIST, list), of;

	for (size_t i = 0; i < n; i++) {
		of = ward_law_fact_of(x->law, list[i]->text);
		if (of == SIZE_MAX) {
			law_bad(x, list[i], WARD_TEXT("no fact '{name}'"), list[i]->text,
				WARD_TEXT("write the id of one that stands before it, or add it to "
					  "facts"));
			return 0;
		}
		ret[i] = (uint8_t)of;
	}
	return n;
}

static enum ward_law_mark read_mark(const struct law_reader *x, const struct ward_conf *c)
{
	struct ward_str s = ward_conf_word(c, "mark");
	unsigned k = 0;

	while (k <= WARD_LAW_UNCONFIRMED &&
		!ward_str_eqz(s, ward_law_mark_name((enum ward_law_mark)k)))
		k++;
	if (k > WARD_LAW_UNCONFIRMED)
		law_bad(x, c, WARD_TEXT("how well the text is known: '{name}'"), s,
			WARD_TEXT("write `mark:` confirmed, secondary or unconfirmed"));
	return (enum ward_law_mark)k;
}

/* `measure: minutes`, `measure: field persons`; `at_least: 60`: from there on it is so. */
static void read_measure(
	const struct law_reader *x, const struct ward_conf *c, struct ward_law_fact *f)
{
	struct ward_str of = ward_conf_word(c, "measure"), word = ward_str_cut(&of, ' ');
	struct ward_str least = ward_conf_word(c, "at_least");
	unsigned k = 0;

	if (!word.len)
		return;
	while (k < WARD_LAW_MEASURE_N &&
		!ward_str_eqz(word, ward_law_measure_name((enum ward_law_measure)k)))
		k++;
	f->measure = (enum ward_law_measure)k;
	f->field = ward_str_trim(of);
	if (k == WARD_LAW_MEASURE_N || (k == WARD_LAW_MEASURE_FIELD) != (f->field.len > 0))
		law_bad(x, c, WARD_TEXT("not measured: '{name}'"), ward_conf_word(c, "measure"),
			WARD_TEXT("write services, minutes, similar, or `field FIELD`"));
	if (least.len && (!ward_str_u64(least, &f->at_least) || !f->at_least))
		law_bad(x, c, WARD_TEXT("no threshold: '{name}'"), least,
			WARD_TEXT("write a whole number from 1 on"));
}

/* A part of facts that stand in earlier files. Such a part has none itself, so no fact is made of
 * itself. */
static void read_into(
	const struct law_reader *x, const struct ward_conf *c, const struct ward_law_fact *f)
{
	uint8_t of[WARD_LAW_LIST];
	size_t n = read_facts_of(x, c, "into", of);

	if (n && f->n_any)
		law_bad(x, c, WARD_TEXT("both `into:` and `any:` of '{name}'"), f->id,
			WARD_TEXT("write one of them"));
	for (size_t i = 0; i < n && !f->n_any; i++) {
		struct ward_law_fact *whole = &x->law->fact[of[i]];

		if (whole == &x->law->fact[x->law->n_fact - 1] || whole->n_any == WARD_LAW_LIST)
			law_bad(x, c, WARD_TEXT("no part can be made of '{name}'"), f->id,
				WARD_TEXT("name another fact; it has at most 16 parts"));
		else
			whole->any[whole->n_any++] = (uint8_t)(x->law->n_fact - 1);
	}
}

static void read_fact(const struct law_reader *x, const struct ward_conf *c)
{
	static const char *const known[] = {"id", "ask", "any", "into", "record", "measure",
		"at_least", "law", "mark", "judge", NULL};
	struct ward_law *l = x->law;
	struct ward_law_fact f = {
		.seen = WARD_LAW_SEEN_N, .measure = WARD_LAW_MEASURE_N, .mark = -1};
	struct ward_str seen = ward_conf_word(c, "record");
	unsigned k = 0;

	ward_conf_only(c, known, x->diag);
	if (!law_id(x, c, &f.id) || !ward_conf_str(c, "ask", true, x->diag, &f.ask))
		return;
	if (ward_law_fact_of(l, f.id) != SIZE_MAX) {
		law_bad(x, c, WARD_TEXT("a second fact '{name}'"), f.id,
			WARD_TEXT("give it another id"));
		return;
	}
	while (k < WARD_LAW_SEEN_N && !ward_str_eqz(seen, seen_name[k]))
		k++;
	if (seen.len && k == WARD_LAW_SEEN_N)
		law_bad(x, c, WARD_TEXT("the record does not tell '{name}'"), seen,
			WARD_TEXT("write care, data, access or device"));
	f.seen = (enum ward_law_seen)k;
	f.n_any = read_facts_of(x, c, "any", f.any);
	f.depth = 1;
	for (size_t i = 0; i < f.n_any; i++)
		if (l->fact[f.any[i]].depth >= f.depth)
			f.depth = l->fact[f.any[i]].depth + 1;
	if (f.depth > DEPTH)
		law_bad(x, c, WARD_TEXT("too many facts within facts in '{name}'"), f.id,
			WARD_TEXT("name the parts of its parts themselves"));
	f.law = ward_conf_word(c, "law");
	if (ward_conf_get(c, "mark"))
		f.mark = (int)read_mark(x, c);
	(void)ward_conf_bool(c, "judge", false, x->diag, &f.judge);
	read_measure(x, c, &f);
	if (l->n_fact == WARD_LAW_FACTS) {
		law_bad(x, c, WARD_TEXT("no room for the fact '{name}'"), f.id,
			WARD_TEXT("there may be 64 of them"));
		return;
	}
	l->fact[l->n_fact++] = f;
	read_into(x, c, &f);
}

/* The hospital's own thresholds, over those of the rules. */
static void read_thresholds(const struct law_reader *x)
{
	const struct ward_conf *map = ward_conf_get(x->file, "thresholds");

	for (const struct ward_conf *c = map ? map->child : NULL; c; c = c->next) {
		size_t of = ward_law_fact_of(x->law, c->key);
		uint64_t n = 0;

		if (of == SIZE_MAX || x->law->fact[of].measure == WARD_LAW_MEASURE_N)
			law_bad(x, c, WARD_TEXT("nothing is measured for '{name}'"), c->key,
				WARD_TEXT("write the id of a fact that has `measure:`; 'ward law "
					  "DIR' names "
					  "them"));
		else if (c->kind != WARD_CONF_SCALAR || !ward_str_u64(c->text, &n) || !n)
			law_bad(x, c, WARD_TEXT("no threshold: '{name}'"), c->text,
				WARD_TEXT("write a whole number from 1 on"));
		else
			x->law->fact[of].at_least = n;
	}
}

/* ---- rules ---- */

static bool read_day(
	const struct law_reader *x, const struct ward_conf *c, const char *key, ward_ns *ret)
{
	struct ward_str s = ward_conf_word(c, key);

	if (!s.len || ward_time_parse(s, ret) == WARD_OK)
		return s.len;
	char text[24];

	(void)snprintf(text, sizeof(text), "%.*sT00:00:00Z", WARD_STR_ARG(ward_str_sub(s, 0, 10)));
	if (s.len == 10 && ward_time_parse(ward_str_z(text), ret) == WARD_OK)
		return true;
	law_bad(x, c, WARD_TEXT("no day: '{name}'"), s, WARD_TEXT("write it as 2024-10-18"));
	return false;
}

/* "aware", "event", "detected", "sent ID", "fact ID" */
static void read_from(
	const struct law_reader *x, const struct ward_conf *c, struct ward_law_rule *u)
{
	static const char *const plain[] = {"event", "detected", "aware"};
	struct ward_str of = ward_conf_word(c, "clock"), word = ward_str_cut(&of, ' ');
	size_t k = 0, at = SIZE_MAX;

	while (k < WARD_ARRAY_LEN(plain) && !ward_str_eqz(word, plain[k]))
		k++;
	u->from = (enum ward_law_from)k;
	if (k < WARD_ARRAY_LEN(plain) && !of.len)
		return;
	if (ward_str_eqz(word, "sent")) {
		u->from = WARD_LAW_FROM_SENT;
		at = ward_law_rule_of(x->law, ward_str_trim(of));
	} else if (ward_str_eqz(word, "fact")) {
		u->from = WARD_LAW_FROM_FACT;
		at = ward_law_fact_of(x->law, ward_str_trim(of));
	}
	u->from_of = (uint8_t)at;
	if (at == SIZE_MAX)
		law_bad(x, c, WARD_TEXT("no begin of a clock: '{name}'"),
			ward_conf_word(c, "clock"),
			WARD_TEXT("write aware, event, detected, `sent RULE` or `fact FACT` of one "
				  "that "
				  "stands before it"));
}

/* `phase: nis2 warning`: a step of a series of reports; `of: request`: it is about no incident. */
static void read_phase(
	const struct law_reader *x, const struct ward_conf *c, struct ward_law_rule *u)
{
	static const char *const step[] = {
		"warning", "notification", "intermediate", "progress", "final"};
	static const char *const about[] = {"incident", "request", "longer request"};
	struct ward_str phase = ward_conf_word(c, "phase"), of = ward_conf_word(c, "of");
	size_t k = 0, a = 0;

	u->series = ward_str_cut(&phase, ' ');
	u->phase = ward_str_trim(phase);
	while (k < WARD_ARRAY_LEN(step) && !ward_str_eqz(u->phase, step[k]))
		k++;
	if (u->series.len && k == WARD_ARRAY_LEN(step))
		law_bad(x, c, WARD_TEXT("no step of reports: '{name}'"), u->phase,
			WARD_TEXT("write `phase: SERIES STEP` with warning, notification, "
				  "intermediate, "
				  "progress or final"));
	while (of.len && a < WARD_ARRAY_LEN(about) && !ward_str_eqz(of, about[a]))
		a++;
	u->about = (enum ward_law_about)a;
	if (a == WARD_ARRAY_LEN(about))
		law_bad(x, c, WARD_TEXT("a rule about nothing that is known: '{name}'"), of,
			WARD_TEXT("write `of: request`, `of: longer request`, or leave it out"));
}

static bool is_for(const struct law_reader *x, const struct ward_conf *c)
{
	const struct ward_conf *role[WARD_LAW_ROLES];
	size_t n = law_list(x, c, "role", WARD_LAW_ROLES, role);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < x->law->n_role; k++)
			if (ward_str_eq(role[i]->text, x->law->role[k]))
				return true;
	return n == 0;
}

/* The receiver's name in this country, if one is given, else the text itself. */
static struct ward_str receiver(const struct ward_conf *const *file, size_t n, struct ward_str to)
{
	for (size_t i = n; i-- > 0;) {
		const struct ward_conf *map = ward_conf_get(file[i], "receivers");

		for (const struct ward_conf *x = map ? map->child : NULL; x; x = x->next)
			if (ward_str_eq(x->key, to) && x->kind == WARD_CONF_SCALAR)
				return x->text;
	}
	return to;
}

/* Rules end where one begins that stands in their place. */
static void take_out(const struct law_reader *x, const struct ward_conf *c, ward_ns from)
{
	const struct ward_conf *list[WARD_LAW_LIST];
	size_t n = law_list(x, c, "replaces", WARD_LAW_LIST, list), of;

	for (size_t i = 0; i < n; i++) {
		of = ward_law_rule_of(x->law, list[i]->text);
		if (of == SIZE_MAX)
			law_bad(x, list[i], WARD_TEXT("no rule '{name}'"), list[i]->text,
				WARD_TEXT("write the id of one of an earlier file"));
		else if (x->law->rule[of].until > from)
			x->law->rule[of].until = from;
	}
}

static void read_rule(const struct law_reader *x, const struct ward_conf *c)
{
	static const char *const known[] = {"id", "law", "name", "to", "from", "until", "when",
		"unless", "clock", "every", "due", "working", "mark", "needs", "role", "replaces",
		"phase", "of", NULL};
	struct ward_law *l = x->law;
	struct ward_law_rule u = {
		.jurisdiction = x->jurisdiction, .in_force = INT64_MIN, .until = WARD_NS_NEVER};
	const struct ward_conf *need[WARD_LAW_LIST];
	struct ward_str due = ward_conf_word(c, "due");
	bool working = false;

	ward_conf_only(c, known, x->diag);
	if (!law_id(x, c, &u.id) || !ward_conf_str(c, "law", true, x->diag, &u.law) ||
		!ward_conf_str(c, "name", true, x->diag, &u.name) ||
		!ward_conf_str(c, "to", true, x->diag, &u.to))
		return;
	if (ward_law_rule_of(l, u.id) != SIZE_MAX) {
		law_bad(x, c, WARD_TEXT("a second rule '{name}'"), u.id,
			WARD_TEXT("give it another id"));
		return;
	}
	if (!is_for(x, c))
		return;
	(void)read_day(x, c, "from", &u.in_force);
	(void)read_day(x, c, "until", &u.until);
	(void)ward_conf_bool(c, "working", false, x->diag, &working);
	(void)ward_conf_bool(c, "every", false, x->diag, &u.every);
	if (due.len && ward_term_parse(due, working, &u.due) != WARD_OK)
		law_bad(x, c, WARD_TEXT("no length of time: '{name}'"), due,
			WARD_TEXT("write PT72H, P10D, P6W or P1M; working days are days"));
	read_from(x, c, &u);
	u.mark = read_mark(x, c);
	read_phase(x, c, &u);
	u.n_when = read_facts_of(x, c, "when", u.when);
	u.n_unless = read_facts_of(x, c, "unless", u.unless);
	if (!u.n_when && u.about == WARD_LAW_OF_INCIDENT)
		law_bad(x, c, WARD_TEXT("nothing that brings about '{name}'"), u.id,
			WARD_TEXT("add `when:` with facts"));
	u.n_need = law_list(x, c, "needs", WARD_LAW_LIST, need);
	for (size_t i = 0; i < u.n_need; i++)
		u.need[i] = need[i]->text;
	take_out(x, c, u.in_force);
	if (l->n_rule == WARD_LAW_RULES)
		law_bad(x, c, WARD_TEXT("no room for the rule '{name}'"), u.id,
			WARD_TEXT("there may be 96 of them"));
	else
		l->rule[l->n_rule++] = u;
}

/* ---- files ---- */

static void each(const struct law_reader *x, const char *key,
	void (*read)(const struct law_reader *, const struct ward_conf *))
{
	const struct ward_conf *list = ward_conf_get(x->file, key);

	if (list && list->kind != WARD_CONF_SEQ) {
		law_bad(x, list, WARD_TEXT("no list: '{name}'"), ward_str_z(key),
			WARD_TEXT("write each of them behind a `- `"));
		return;
	}
	for (const struct ward_conf *c = list ? list->child : NULL; c; c = c->next)
		if (c->kind == WARD_CONF_MAP)
			read(x, c);
		else
			law_bad(x, c, WARD_TEXT("no map in '{name}'"), ward_str_z(key),
				WARD_TEXT("write `- id: ID` and what it has"));
}

static void read_roles(const struct law_reader *x)
{
	const struct ward_conf *list[WARD_LAW_ROLES];
	size_t n = law_list(x, x->file, "roles", WARD_LAW_ROLES, list);

	for (size_t i = 0; i < n; i++)
		x->law->role[i] = list[i]->text;
	x->law->n_role = n ? n : x->law->n_role;
}

/* Who is reminded of a clock: who answers for it, a deputy, management. */
static void read_remind(const struct law_reader *x)
{
	const struct ward_conf *list[WARD_LAW_REMIND];
	size_t n = law_list(x, x->file, "remind", WARD_LAW_REMIND, list);

	for (size_t i = 0; i < n; i++)
		x->law->remind[i] = list[i]->text;
	x->law->n_remind = n ? n : x->law->n_remind;
}

/* Rules of earlier files whose text is known, and not whether it is the law of the country: of
 * those that are for this hospital. */
static void read_unconfirmed(const struct law_reader *x)
{
	const struct ward_conf *list[WARD_LAW_LIST];
	size_t n = law_list(x, x->file, "unconfirmed", WARD_LAW_LIST, list), of;

	for (size_t i = 0; i < n; i++) {
		of = ward_law_rule_of(x->law, list[i]->text);
		if (of != SIZE_MAX)
			x->law->rule[of].mark = WARD_LAW_UNCONFIRMED;
	}
}

static void read_holidays(const struct law_reader *x)
{
	const struct ward_conf *list[WARD_HOLIDAYS];
	size_t n = law_list(x, x->file, "holidays", WARD_HOLIDAYS, list);

	for (size_t i = 0; i < n; i++)
		if (x->law->n_holiday == WARD_HOLIDAYS ||
			ward_holiday_parse(list[i]->text, &x->law->holiday[x->law->n_holiday++]) !=
				WARD_OK) {
			law_bad(x, list[i], WARD_TEXT("no holiday: '{name}'"), list[i]->text,
				WARD_TEXT("write 12-25 or easter+39, at most 32 of them"));
			return;
		}
}

/* Fields stand in files that are read later. */
static void check_measures(struct law_reader *x)
{
	for (size_t i = 0; i < x->law->n_fact; i++) {
		const struct ward_law_fact *f = &x->law->fact[i];

		if (f->measure == WARD_LAW_MEASURE_FIELD && x->file &&
			ward_law_field_of(x->law, f->field) == SIZE_MAX)
			law_bad(x, x->file, WARD_TEXT("no field '{name}'"), f->field,
				WARD_TEXT("a fact measures it: add it to `fields:`"));
	}
}

enum ward_err ward_law_read(const struct ward_law_file *file, size_t n, struct ward_arena *a,
	const struct ward_limits *lim, struct ward_diag *diag, struct ward_law *ret)
{
	static const char *const known[] = {"jurisdiction", "roles", "holidays", "receivers",
		"facts", "rules", "hospital", "fields", "forms", "remind", "thresholds",
		"unconfirmed", NULL};
	const struct ward_conf *doc[FILES];
	struct law_reader x = {.law = ret, .diag = diag};
	size_t before = diag->n_error;

	WARD_ASSERT(n <= FILES);
	*ret = (struct ward_law){
		.role = {WARD_STR("controller"), WARD_STR("essential")}, .n_role = 2};
	for (size_t i = 0; i < n; i++) {
		enum ward_err err =
			ward_conf_yaml(a, lim, file[i].name, file[i].bytes, diag, &doc[i]);

		if (err)
			return err;
		doc[i] = doc[i]->child;
	}
	for (size_t i = 0; i < n; i++) { /* the last to say them: the hospital */
		x.file = doc[i];
		read_roles(&x);
		read_remind(&x);
	}
	for (size_t i = 0; i < n; i++) {
		x.file = doc[i];
		if (!doc[i] || doc[i]->kind == WARD_CONF_NULL)
			continue;
		ward_conf_only(doc[i], known, diag);
		x.jurisdiction = ward_conf_word(doc[i], "jurisdiction");
		read_holidays(&x);
		read_unconfirmed(&x);
		each(&x, "facts", read_fact);
		each(&x, "rules", read_rule);
		each(&x, "fields", law_read_field);
		each(&x, "forms", law_read_form);
		law_read_own(&x);
		read_thresholds(&x);
	}
	check_measures(&x);
	for (size_t i = 0; i < ret->n_rule; i++)
		ret->rule[i].to = receiver(doc, n, ret->rule[i].to);
	return diag->n_error > before ? WARD_ERR_CONFIG : WARD_OK;
}

/* A file is added; one that need not be there is left out if it is not. */
static enum ward_err add(struct ward_arena *a, const struct ward_limits *lim,
	struct ward_diag *diag, const char *path, bool required, struct ward_law_file *ret,
	size_t *n)
{
	if (!required && access(path, F_OK) != 0 && errno == ENOENT)
		return WARD_OK;
	enum ward_err err = ward_conf_read(a, lim, path, diag, &ret[*n].bytes);

	ret[*n].name = ward_str_z(path); /* findings and trees copy it */
	*n += !err;
	return err;
}

/* One fact, one place: whom the record of processing names as officer stands in forms, too, where
 * law.yml says nobody. What of that record is wrong is told where it is judged (processing). */
static enum ward_err read_officer(const char *hospital, struct ward_arena *a,
	const struct ward_limits *lim, struct ward_law *ret)
{
	char path[PATH_BYTES];
	struct ward_slice text;
	const struct ward_conf *doc = NULL;
	struct ward_diag diag;
	enum ward_err err;

	if (ward_law_own(ret, WARD_STR("officer")).len || ret->n_own == WARD_LAW_OWN)
		return WARD_OK;
	if ((size_t)snprintf(path, sizeof(path), "%s/processing.yml", hospital) >= sizeof(path))
		return WARD_ERR_LIMIT;
	if (access(path, F_OK) != 0)
		return WARD_OK;
	ward_diag_init(&diag, ward_mem_heap());
	err = ward_conf_read(a, lim, path, &diag, &text);
	if (!err)
		err = ward_conf_yaml(a, lim, ward_str_z("processing.yml"), text, &diag, &doc);
	ward_diag_fini(&diag);
	if (err)
		return err == WARD_ERR_NOMEM ? err : WARD_OK;
	struct ward_str officer = ward_conf_word(doc->child, "officer");

	if (officer.len)
		ret->own[ret->n_own++] = (struct ward_law_own){WARD_STR("officer"), officer};
	return WARD_OK;
}

/* Rules, then forms, of the Union, then of the country; then the hospital's own. */
enum ward_err ward_law_load(const char *content, const char *hospital, struct ward_str country,
	struct ward_arena *a, const struct ward_limits *lim, struct ward_diag *diag,
	struct ward_law *ret)
{
	char path[FILES][PATH_BYTES], of[4] = "eu";
	struct ward_law_file file[FILES];
	enum ward_err err = WARD_OK;
	size_t n = 0, n_path = 0;
	bool national = country.len == 2 && country.p[0] >= 'A' && country.p[0] <= 'Z' &&
			country.p[1] >= 'A' && country.p[1] <= 'Z';

	for (int i = 0; i <= (int)national; i++) {
		if (i) {
			of[0] = (char)(country.p[0] | 0x20);
			of[1] = (char)(country.p[1] | 0x20);
		}
		for (int forms = 0; forms < 2; forms++)
			if ((size_t)snprintf(path[n_path++], PATH_BYTES, "%s/%s%s.yml", content,
				    forms ? "forms/" : "", of) >= PATH_BYTES)
				return WARD_ERR_LIMIT;
	}
	if ((size_t)snprintf(path[n_path++], PATH_BYTES, "%s/law.yml", hospital) >= PATH_BYTES)
		return WARD_ERR_LIMIT;
	for (size_t i = 0; i < n_path && !err; i++)
		err = add(a, lim, diag, path[i], i == 0, file, &n);
	if (!err)
		err = ward_law_read(file, n, a, lim, diag, ret);
	if (err && err != WARD_ERR_CONFIG)
		return err;
	enum ward_err officer = read_officer(hospital, a, lim, ret);

	return officer ? officer : err;
}
