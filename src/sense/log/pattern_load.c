/* Patterns as people write them: docs/log-patterns.md. */
#include "event/classes.h"
#include "sense/log/pattern_part.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const source_keys[] = {"name", "note", "app", "class", "fields", "also", "time",
	"values", "set", "cases", "patterns", NULL};
static const char *const pattern_keys[] = {"id", "note", "line", "json", "starts", "class", "set",
	"cases", "columns", "separator", "tests", NULL};
static const char *const case_keys[] = {"when", "class", "set", NULL};

struct load {
	struct ward_log_patterns *p;
	struct ward_diag *diag;
	struct ward_log_source *source;
	const struct ward_conf *doc;
	enum ward_err err; /* NOMEM or LIMIT: stop */
};

static void finding(struct load *l, const struct ward_conf *c, const char *what, const char *mend)
{
	ward_diag_addf(l->diag, WARD_DIAG_ERROR, c->file, c->line, "%s\n%s", what, mend);
}

static void *array(struct load *l, size_t n, size_t size)
{
	void *p = ward_arena_array(&l->p->arena, n, size);

	if (!p)
		l->err = WARD_ERR_NOMEM;
	return p;
}

static struct ward_str keep(struct load *l, struct ward_str s)
{
	struct ward_str copy = ward_arena_str(&l->p->arena, s);

	if (!copy.p)
		l->err = WARD_ERR_NOMEM;
	return copy;
}

struct ward_value ward_log_conf_value(const struct ward_conf *c)
{
	int64_t i;

	if (c->kind == WARD_CONF_NULL)
		return (struct ward_value){.kind = WARD_VALUE_NULL};
	if (!c->quoted && (ward_str_eqz(c->text, "true") || ward_str_eqz(c->text, "false")))
		return ward_value_bool(c->text.p[0] == 't');
	if (!c->quoted && ward_number_kind(c->text, &i) == WARD_VALUE_INT)
		return ward_value_int(i);
	return ward_value_str(c->text);
}

/* A text or a list of them. */
static struct ward_str *texts(struct load *l, const struct ward_conf *c, size_t *ret_n)
{
	const struct ward_conf *first = c && c->kind == WARD_CONF_SEQ ? c->child : c;
	size_t n = !c ? 0 : c->kind == WARD_CONF_SEQ ? c->n_child : 1;
	struct ward_str *s = array(l, n, sizeof(*s));

	*ret_n = 0;
	for (const struct ward_conf *k = first; s && k && *ret_n < n; k = k->next) {
		if (k->kind == WARD_CONF_SCALAR && k->text.len)
			s[(*ret_n)++] = k->text;
		else
			finding(l, k, WARD_TEXT("this must be a text"),
				WARD_TEXT("write it as 'text'"));
	}
	return s;
}

/* What a log may say: what devices may say themselves, and what stands in logs only. Nobody who can
 * send a line may make an observation of Ward's own sensors. */
static uint32_t read_class(struct load *l, const struct ward_conf *map)
{
	static const char *const own[] = {"log.", "host."};
	struct ward_str s = {NULL, 0};

	if (!ward_conf_str(map, "class", false, l->diag, &s))
		return WARD_NONE;
	enum ward_class c = ward_class_find(s);
	bool good =
		c != WARD_CLASS_N && (ward_class_info(c)->device || c == WARD_CLASS_NET_FIREWALL);

	for (size_t i = 0; i < WARD_ARRAY_LEN(own); i++)
		good |= ward_str_starts(s, ward_str_z(own[i]));
	if (good)
		return ward_name(l->p->names, s);
	finding(l, ward_conf_get(map, "class"), WARD_TEXT("no pattern may give this class"),
		WARD_TEXT("use log.*, host.*, net.firewall or one that devices may give "
			  "(docs/events.md)"));
	return WARD_NONE;
}

static void read_set(
	struct load *l, const struct ward_conf *c, struct ward_log_set **ret, size_t *ret_n)
{
	*ret_n = 0;
	if (!c)
		return;
	if (c->kind != WARD_CONF_MAP) {
		finding(l, c, WARD_TEXT("'set' must be a map"), WARD_TEXT("write {field: value}"));
		return;
	}
	struct ward_log_set *set = array(l, c->n_child, sizeof(*set));

	for (const struct ward_conf *k = c->child; set && k; k = k->next) {
		uint32_t field = ward_log_field_read(l->p, k, k->key, l->diag);

		if (k->kind == WARD_CONF_SEQ || k->kind == WARD_CONF_MAP)
			finding(l, k, WARD_TEXT("a field is set to one value"),
				WARD_TEXT("write {field: value}"));
		else if (field != WARD_NONE)
			set[(*ret_n)++] = (struct ward_log_set){field, ward_log_conf_value(k)};
	}
	*ret = set;
}

static void read_when(struct load *l, const struct ward_conf *c, struct ward_log_case *ret)
{
	ret->when = array(l, c->n_child, sizeof(*ret->when));
	for (const struct ward_conf *k = c->child; ret->when && k; k = k->next) {
		struct ward_log_when *w = &ret->when[ret->n_when];

		w->field = ward_log_field_read(l->p, k, k->key, l->diag);
		w->value = texts(l, k, &w->n_value);
		for (size_t i = 0; i < w->n_value; i++)
			w->any |= ward_str_eqz(w->value[i], "*");
		ret->n_when += w->field != WARD_NONE;
	}
}

/* The pattern's cases come before the source's. */
static void read_cases(struct load *l, const struct ward_conf *mine, const struct ward_conf *common,
	struct ward_log_pattern *pat)
{
	const struct ward_conf *list[] = {mine, common};
	size_t n = (mine ? mine->n_child : 0) + (common ? common->n_child : 0);

	pat->cases = array(l, n, sizeof(*pat->cases));
	for (size_t i = 0; pat->cases && i < WARD_ARRAY_LEN(list); i++)
		for (const struct ward_conf *k = list[i] ? list[i]->child : NULL; k; k = k->next) {
			struct ward_log_case *c = &pat->cases[pat->n_case];
			const struct ward_conf *when = ward_conf_get(k, "when");

			if (k->kind != WARD_CONF_MAP || !when || when->kind != WARD_CONF_MAP) {
				finding(l, k, WARD_TEXT("a case needs 'when', a map"),
					WARD_TEXT("write {when: {field: value}, class: …, set: "
						  "{…}}"));
				continue;
			}
			if (i == 0 || list[0] != list[1])
				ward_conf_only(k, case_keys, l->diag);
			read_when(l, when, c);
			c->class = read_class(l, k);
			read_set(l, ward_conf_get(k, "set"), &c->set, &c->n_set);
			pat->n_case++;
		}
}

/* The pattern's values win over the source's: they are set first. */
static void read_sets(struct load *l, const struct ward_conf *c, struct ward_log_pattern *pat)
{
	struct ward_log_set *mine = NULL, *common = NULL, *all;
	size_t n_mine, n_common;

	read_set(l, ward_conf_get(c, "set"), &mine, &n_mine);
	read_set(l, ward_conf_get(l->doc, "set"), &common, &n_common);
	all = array(l, n_mine + n_common, sizeof(*all));
	if (!all)
		return;
	if (n_mine)
		memcpy(all, mine, n_mine * sizeof(*all));
	if (n_common)
		memcpy(all + n_mine, common, n_common * sizeof(*all));
	pat->set = all;
	pat->n_set = n_mine + n_common;
}

static void read_columns(struct load *l, const struct ward_conf *c, struct ward_log_pattern *pat)
{
	const struct ward_conf *list = ward_conf_get(c, "columns");
	struct ward_str separator = WARD_STR(",");

	(void)ward_conf_str(c, "separator", false, l->diag, &separator);
	pat->separator = separator.len == 1 ? separator.p[0] : ',';
	if (separator.len != 1)
		finding(l, c, WARD_TEXT("'separator' must be one character"),
			WARD_TEXT("write \"\\t\" for a tab"));
	if (!list)
		return;
	pat->column = array(l, list->n_child, sizeof(*pat->column));
	for (const struct ward_conf *k = list->child; pat->column && k; k = k->next) {
		struct ward_log_target *to = &pat->column[pat->n_column++];

		*to = (struct ward_log_target){.field = WARD_NONE, .host = WARD_NONE};
		if (k->kind == WARD_CONF_SCALAR && !ward_str_eqz(k->text, "-"))
			(void)ward_log_target_read(l->p, k, k->text, l->diag, to);
	}
}

static void read_members(struct load *l, const struct ward_conf *c, struct ward_log_pattern *pat)
{
	size_t n;
	struct ward_str *s = texts(l, c, &n);

	pat->member = array(l, n, sizeof(*pat->member));
	for (size_t i = 0; pat->member && i < n; i++)
		pat->member[pat->n_member++] = ward_name(l->p->names, s[i]);
	if (!l->err && n)
		l->err = ward_log_json_add(l->p, pat);
}

static void full(struct load *l, const struct ward_conf *c)
{
	if (l->err == WARD_ERR_LIMIT)
		finding(l, c, WARD_TEXT("too many patterns"),
			WARD_TEXT("raise log.patterns in limits.yml"));
	if (l->err != WARD_ERR_FULL)
		return;
	finding(l, c,
		WARD_TEXT("more than 64 shapes begin with a value, for one program or for any"),
		WARD_TEXT("begin the line with a literal, or say in 'app' whose lines these are"));
	l->err = WARD_OK;
}

static void read_lines(struct load *l, const struct ward_conf *c, struct ward_log_pattern *pat)
{
	const struct ward_conf *k = c->kind == WARD_CONF_SEQ ? c->child : c;

	for (; k && !l->err; k = c->kind == WARD_CONF_SEQ ? k->next : NULL) {
		struct ward_log_shape s;

		if (k->kind != WARD_CONF_SCALAR || !k->text.len) {
			finding(l, k, WARD_TEXT("a line must be a text"),
				WARD_TEXT("write it as 'Failed for {user:word}'"));
			continue;
		}
		if (!ward_log_shape_read(l->p, k, l->diag, &s))
			continue;
		s.pattern = pat;
		l->err = ward_log_dispatch_add(l->p, &s);
		full(l, k);
	}
}

static struct ward_str full_name(struct load *l, struct ward_str id)
{
	uint8_t buf[160];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_str(&w, ward_str_sub(l->source->name, 0, 64));
	ward_wr_ch(&w, '.');
	ward_wr_str(&w, ward_str_sub(id, 0, 64));
	return keep(l, ward_wr_text(&w));
}

static void read_pattern(struct load *l, const struct ward_conf *c)
{
	const struct ward_conf *line = ward_conf_get(c, "line"), *json = ward_conf_get(c, "json"),
			       *tests = ward_conf_get(c, "tests");
	struct ward_log_pattern *pat = array(l, 1, sizeof(*pat));
	struct ward_str id = {NULL, 0};
	size_t before = l->diag->n_error;

	if (!pat)
		return;
	ward_conf_only(c, pattern_keys, l->diag);
	if (!ward_conf_str(c, "id", true, l->diag, &id) || !line == !json) {
		finding(l, c, WARD_TEXT("a pattern needs 'id' and either 'line' or 'json'"),
			WARD_TEXT("add them"));
		return;
	}
	*pat = (struct ward_log_pattern){.source = l->source,
		.name = full_name(l, id),
		.file = l->source->file,
		.line = c->line};
	(void)ward_conf_str(c, "starts", false, l->diag, &pat->starts);
	pat->class = read_class(l, c);
	if (pat->class == WARD_NONE)
		pat->class = read_class(l, l->doc);
	if (pat->class == WARD_NONE && l->diag->n_error == before)
		finding(l, c, WARD_TEXT("no class for what this pattern recognises"),
			WARD_TEXT("add `class: log.…`"));
	read_sets(l, c, pat);
	read_cases(l, ward_conf_get(c, "cases"), ward_conf_get(l->doc, "cases"), pat);
	read_columns(l, c, pat);
	if (l->err || l->diag->n_error != before)
		return;
	if (line)
		read_lines(l, line, pat);
	else
		read_members(l, json, pat);
	l->p->n_pattern++;
	if (l->err || l->diag->n_error != before)
		return;
	if (!tests || tests->kind != WARD_CONF_SEQ) {
		finding(l, c, WARD_TEXT("a pattern without tests"),
			WARD_TEXT("add `tests:`, lines with their fields"));
		return;
	}
	pat->tests = tests;
	pat->next_tested = l->p->tested;
	l->p->tested = pat;
}

/* Pairs and members by their names. "-": left out of the record. */
static void read_fields(struct load *l)
{
	const struct ward_conf *c = ward_conf_get(l->doc, "fields");
	struct ward_log_source *s = l->source;
	size_t n = c ? c->n_child : 0;

	s->target = array(l, n, sizeof(*s->target));
	s->target_name = array(l, n, sizeof(*s->target_name));
	for (const struct ward_conf *k = c ? c->child : NULL; k && !l->err; k = k->next) {
		struct ward_log_target to = {
			.field = WARD_NONE, .host = WARD_NONE, .type = WARD_LOG_TYPE_TEXT};
		uint32_t id;

		if (k->kind != WARD_CONF_SCALAR ||
			(!ward_str_eqz(k->text, "-") &&
				!ward_log_target_read(l->p, k, k->text, l->diag, &to)))
			continue;
		l->err = ward_intern_put(&s->key, k->key, &id);
		if (l->err)
			break;
		s->target[id] = to; /* keys are distinct: id < n */
		unsigned hint = ward_log_key_hint(k->key);

		s->hint[hint / 64] |= (uint64_t)1 << hint % 64;
		s->target_name[id] = ward_name(l->p->names, k->key);
		s->n_target = s->key.n;
	}
}

static void read_also(struct load *l)
{
	const struct ward_conf *c = ward_conf_get(l->doc, "also");
	struct ward_log_source *s = l->source;

	if (c && c->kind != WARD_CONF_MAP)
		finding(l, c, WARD_TEXT("'also' must be a map"),
			WARD_TEXT("write {field: other field}"));
	s->also = array(l, c ? c->n_child : 0, sizeof(*s->also));
	for (const struct ward_conf *k = c ? c->child : NULL; k && s->also; k = k->next) {
		struct ward_log_also *a = &s->also[s->n_also];

		a->from = ward_log_field_read(l->p, k, k->key, l->diag);
		if (k->kind == WARD_CONF_SCALAR && a->from != WARD_NONE &&
			ward_log_target_read(l->p, k, k->text, l->diag, &a->to))
			s->n_also++;
	}
}

static void read_time(struct load *l)
{
	const struct ward_conf *c = ward_conf_get(l->doc, "time");
	struct ward_log_source *s = l->source;
	size_t n;
	struct ward_str *name = texts(l, c, &n);

	s->time = array(l, n, sizeof(*s->time));
	for (size_t i = 0; s->time && i < n; i++) {
		s->time[s->n_time] = ward_log_field_read(l->p, c, name[i], l->diag);
		s->n_time += s->time[s->n_time] != WARD_NONE;
	}
}

/* "4..6" */
static bool read_range(struct ward_str s, struct ward_log_word *ret)
{
	size_t at = ward_str_find(s, WARD_STR(".."));

	return at != SIZE_MAX && ward_str_i64(ward_str_sub(s, 0, at), &ret->low) &&
	       ward_str_i64(ward_str_sub(s, at + 2, s.len), &ret->high);
}

static void read_values(struct load *l)
{
	const struct ward_conf *c = ward_conf_get(l->doc, "values");
	struct ward_log_source *s = l->source;

	s->values = array(l, c ? c->n_child : 0, sizeof(*s->values));
	for (const struct ward_conf *k = c ? c->child : NULL; k && s->values; k = k->next) {
		struct ward_log_values *m = &s->values[s->n_values];

		m->field = ward_log_field_read(l->p, k, k->key, l->diag);
		m->word = array(l, k->n_child, sizeof(*m->word));
		if (!m->word || k->kind != WARD_CONF_MAP) {
			finding(l, k, WARD_TEXT("the values of a field must be a map"),
				WARD_TEXT("write {theirs: ours}"));
			continue;
		}
		for (const struct ward_conf *v = k->child; v; v = v->next) {
			struct ward_log_word *w = &m->word[m->n++];

			w->from = v->key;
			w->to = ward_log_conf_value(v);
			w->range = read_range(v->key, w);
		}
		s->n_values += m->field != WARD_NONE;
	}
}

static void read_apps(struct load *l)
{
	struct ward_log_source *s = l->source;
	struct ward_str *app = texts(l, ward_conf_get(l->doc, "app"), &s->n_app);

	for (size_t i = 0; i < s->n_app && !l->err; i++) {
		char *low = array(l, app[i].len, 1);

		for (size_t k = 0; low && k < app[i].len; k++) {
			char ch = app[i].p[k];

			low[k] = ch >= 'A' && ch <= 'Z' ? (char)(ch - 'A' + 'a') : ch;
		}
		app[i].p = low;
	}
	s->app = app;
}

static void read_source(struct load *l, const struct ward_conf *doc)
{
	const struct ward_conf *list = ward_conf_get(doc, "patterns");
	struct ward_log_patterns *p = l->p;
	struct ward_log_source *s = array(l, 1, sizeof(*s));

	if (!s)
		return;
	ward_conf_only(doc, source_keys, l->diag);
	if (!ward_conf_str(doc, "name", true, l->diag, &s->name))
		return;
	if (!list || list->kind != WARD_CONF_SEQ) {
		finding(l, doc, WARD_TEXT("a source needs 'patterns', a list of maps"),
			WARD_TEXT("add it"));
		return;
	}
	s->file = doc->file;
	l->err = ward_mem_more(p->mem, &p->source, p->n_source, &p->cap_source,
		sizeof(struct ward_log_source *), 65536);
	if (l->err)
		return;
	ward_intern_init(&s->key, p->mem, 4096, (size_t)1 << 20);
	p->source[p->n_source++] = s;
	l->source = s;
	l->doc = doc;
	read_apps(l);
	read_fields(l);
	read_also(l);
	read_time(l);
	read_values(l);
	for (const struct ward_conf *c = list->child; c && !l->err; c = c->next)
		read_pattern(l, c);
}

static enum ward_err parse(struct ward_log_patterns *p, struct ward_str file,
	struct ward_slice text, struct ward_diag *diag)
{
	struct load l = {.p = p, .diag = diag};
	const struct ward_conf *docs = NULL;

	/* The tree keeps views of the text. */
	text = ward_arena_bytes(&p->arena, text);
	if (!text.p)
		return WARD_ERR_NOMEM;
	l.err = ward_conf_yaml(&p->arena, p->lim, file, text, diag, &docs);
	for (const struct ward_conf *d = l.err ? NULL : docs->child; d && !l.err; d = d->next)
		read_source(&l, d);
	return l.err;
}

enum ward_err ward_log_patterns_parse(struct ward_log_patterns *p, struct ward_str file,
	struct ward_slice text, struct ward_diag *diag)
{
	size_t before = diag->n_error;

	p->layer++;
	enum ward_err err = parse(p, file, text, diag);

	if (!err)
		err = ward_log_tests_run(p, diag);
	return err ? err : diag->n_error > before ? WARD_ERR_CONFIG : WARD_OK;
}

static int only_patterns(const struct dirent *e)
{
	return e->d_name[0] != '.' && ward_str_ends(ward_str_z(e->d_name), WARD_STR(".yml"));
}

enum ward_err ward_log_patterns_load(
	struct ward_log_patterns *p, const char *dir, struct ward_diag *diag)
{
	struct dirent **entry = NULL;
	size_t before = diag->n_error;
	int n = scandir(dir, &entry, only_patterns, alphasort);
	enum ward_err err = WARD_OK;

	if (n < 0)
		return errno == ENOENT   ? WARD_ERR_NOT_FOUND
		       : errno == ENOMEM ? WARD_ERR_NOMEM
					 : WARD_ERR_IO;
	p->layer++;
	for (int i = 0; i < n; i++) {
		char path[4096];
		int len = snprintf(path, sizeof(path), "%s/%s", dir, entry[i]->d_name);
		struct ward_slice text;

		free(entry[i]);
		if (err && err != WARD_ERR_CONFIG)
			continue;
		if (len < 0 || (size_t)len >= sizeof(path)) {
			err = WARD_ERR_LIMIT;
			continue;
		}
		err = ward_conf_read(&p->arena, p->lim, path, diag, &text);
		if (!err)
			err = parse(p, ward_str_z(path), text, diag);
	}
	free(entry);
	if (err && err != WARD_ERR_CONFIG)
		return err;
	err = ward_log_tests_run(p, diag);
	if (err)
		return err;
	return diag->n_error > before ? WARD_ERR_CONFIG : WARD_OK;
}
