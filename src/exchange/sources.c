#include "exchange/sources.h"

#include "conf/id.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARENA_BYTES = 1 << 20, PATH_BYTES = 4096 };

static const ward_ns every_default = 3600 * WARD_NS_PER_S, every_least = 60 * WARD_NS_PER_S,
		     every_most = 7 * 24 * 3600 * WARD_NS_PER_S;

struct reading {
	const char *dir;
	struct ward_diag *diag;
	struct ward_indicator_sources *to;
	enum ward_err err;
};

#define say(r, at, ...) \
	ward_diag_addf((r)->diag, WARD_DIAG_ERROR, (at)->file, (at)->line, __VA_ARGS__)

static struct ward_str text(
	struct reading *r, const struct ward_conf *c, const char *key, bool required)
{
	struct ward_str s;
	enum ward_err err =
		ward_conf_line(c, key, required, WARD_INDICATOR_TEXT, &r->to->arena, r->diag, &s);

	r->err = err ? err : r->err;
	return s;
}

static void check_where(struct reading *r, const struct ward_conf *c, struct ward_str where)
{
	struct ward_str rest = ward_str_sub(where, strlen("https://"), SIZE_MAX);
	bool good = ward_str_starts(where, WARD_STR("https://")) && rest.len && rest.p[0] != '/' &&
		    ward_str_find(rest, WARD_STR("@")) == SIZE_MAX;

	for (size_t i = 0; i < rest.len; i++)
		good &= rest.p[i] > ' ' && rest.p[i] <= '~' && !strchr("\"\\", rest.p[i]);
	if (!good)
		say(r, ward_conf_get(c, "where"),
			WARD_TEXT("this is no address of a TAXII server: https, no user in it, no "
				  "blanks\nwrite https://HOST[:PORT]/PATH, its API root or one "
				  "collection"));
}

/* Whoever reads the secret can read there in the hospital's name. */
static void check_file(struct reading *r, const struct ward_conf *c, const char *key,
	struct ward_str file, bool secret)
{
	bool whole = file.len && file.p[0] == '/';
	char path[PATH_BYTES];
	struct stat st;
	int n = snprintf(path, sizeof(path), "%s%s%.*s", whole ? "" : r->dir, whole ? "" : "/",
		WARD_STR_ARG(file));

	if (!file.len)
		return;
	if (n < 0 || (size_t)n >= sizeof(path) || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		say(r, ward_conf_get(c, key),
			WARD_TEXT("'%s': the file can't be read\nname a file of the "
				  "directory"),
			key);
	else if (secret && st.st_mode & (S_IRWXG | S_IRWXO))
		say(r, ward_conf_get(c, key),
			WARD_TEXT("others may read the secret\nchmod 600 the file, and ask for "
				  "another "
				  "secret if others are on the machine"));
}

static void read_every(
	struct reading *r, const struct ward_conf *c, struct ward_indicator_source *s)
{
	struct ward_str t = text(r, c, "every", false);

	s->every = every_default;
	if (t.len && (ward_duration_parse(t, &s->every) != WARD_OK || s->every < every_least ||
			     s->every > every_most))
		say(r, ward_conf_get(c, "every"),
			WARD_TEXT("'%.*s' is no length of time from 1min to 7d\nwrite every: 1h"),
			WARD_STR_ARG(t));
}

static void read_one(struct reading *r, const struct ward_conf *c)
{
	static const char *const keys[] = {
		"id", "where", "user", "secret_file", "certificate", "every", NULL};
	struct ward_indicator_source s = {.line = c->line};

	if (c->kind != WARD_CONF_MAP) {
		say(r, c,
			WARD_TEXT("this is no source of indicators\nwrite `- id: …` with its keys "
				  "below"));
		return;
	}
	ward_conf_only(c, keys, r->diag);
	s.id = text(r, c, "id", true);
	if (s.id.len && !ward_conf_is_id(s.id, WARD_INDICATOR_ID))
		say(r, c,
			WARD_TEXT("'%.*s' is no id\nwrite lower-case letters, digits and '-', at "
				  "most %d"),
			WARD_STR_ARG(s.id), WARD_INDICATOR_ID);
	for (size_t i = 0; i < r->to->n; i++)
		if (ward_str_eq(r->to->s[i].id, s.id))
			say(r, c,
				WARD_TEXT(
					"'%.*s' is there already, in line %u\ngive it another id"),
				WARD_STR_ARG(s.id), r->to->s[i].line);
	s.where = text(r, c, "where", true);
	if (s.where.len)
		check_where(r, c, s.where);
	s.user = text(r, c, "user", false);
	s.secret_file = text(r, c, "secret_file", s.user.len > 0);
	s.certificate = text(r, c, "certificate", false);
	check_file(r, c, "secret_file", s.secret_file, true);
	check_file(r, c, "certificate", s.certificate, false);
	read_every(r, c, &s);
	if (r->to->n == WARD_INDICATOR_SOURCES)
		say(r, c,
			WARD_TEXT("more than %d sources of indicators\nlet one of them gather the "
				  "others'"),
			WARD_INDICATOR_SOURCES);
	else
		r->to->s[r->to->n++] = s;
}

static void read_file(struct reading *r, const struct ward_conf *docs)
{
	static const char *const keys[] = {"indicators", NULL};
	const struct ward_conf *d = docs->child, *list = d ? ward_conf_get(d, "indicators") : NULL;

	if (!list || list->kind != WARD_CONF_SEQ || d->next) {
		say(r, d ? d : docs,
			WARD_TEXT("the file holds no list of sources of indicators\nbegin with "
				  "`indicators:`"));
		return;
	}
	ward_conf_only(d, keys, r->diag);
	for (const struct ward_conf *c = list->child; c && !r->err; c = c->next)
		read_one(r, c);
}

enum ward_err ward_indicator_sources_load(const char *dir, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_indicator_sources *ret)
{
	struct reading r = {.dir = dir, .diag = diag, .to = ret};
	size_t before = diag->n_error;
	const struct ward_conf *docs;
	char path[PATH_BYTES];
	struct ward_arena a;
	int n = snprintf(path, sizeof(path), "%s/" WARD_INDICATORS_FILE, dir);

	*ret = (struct ward_indicator_sources){.n = 0};
	ward_arena_init(&ret->arena, mem, ARENA_BYTES);
	if (n < 0 || (size_t)n >= sizeof(path))
		return WARD_ERR_LIMIT;
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return WARD_OK;
	ward_arena_init(&a, mem, ward_limit(lim, WARD_LIMIT_CONF_BYTES) * 8);
	enum ward_err err = ward_conf_yaml_file(&a, lim, path, diag, &docs);

	if (!err)
		read_file(&r, docs);
	ward_arena_fini(&a);
	err = err ? err : r.err;
	return !err && diag->n_error != before ? WARD_ERR_CONFIG : err;
}

void ward_indicator_sources_free(struct ward_indicator_sources *s)
{
	ward_arena_fini(&s->arena);
	s->n = 0;
}
