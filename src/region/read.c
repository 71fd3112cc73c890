#include "conf/dir.h"
#include "conf/id.h"
#include "region/region.h"
#include "words/words.h"

#include <stdio.h>

enum { ARENA_BYTES = 4 << 20 };

struct reader {
	const struct ward_region_in *in;
	struct ward_region *to;
	enum ward_err err;
};

#define say(r, at, ...) \
	ward_diag_addf((r)->in->diag, WARD_DIAG_ERROR, (at)->file, (at)->line, __VA_ARGS__)

static struct ward_str text(
	struct reader *r, const struct ward_conf *c, const char *key, bool required)
{
	struct ward_str s;
	enum ward_err err =
		ward_conf_line(c, key, required, WARD_REGION_NAME, &r->to->arena, r->in->diag, &s);

	r->err = err ? err : r->err;
	return s;
}

static void check_id(struct reader *r, const struct ward_conf *c, struct ward_str id)
{
	if (id.len && !ward_conf_is_id(id, WARD_REGION_ID))
		say(r, c,
			WARD_TEXT("'%.*s' is no id\nwrite lower-case letters, digits and '-', at "
				  "most %d"),
			WARD_STR_ARG(id), WARD_REGION_ID);
}

/* A file beside the region's, by its whole path. */
static struct ward_str file(
	struct reader *r, const struct ward_conf *c, const char *key, bool required)
{
	struct ward_str s = text(r, c, key, required);
	char path[WARD_REGION_PATH];
	int n;

	if (!s.len || s.p[0] == '/')
		return s;
	n = snprintf(path, sizeof(path), "%s/%.*s", r->in->dir, WARD_STR_ARG(s));
	if (n < 0 || (size_t)n >= sizeof(path)) {
		say(r, ward_conf_get(c, key),
			WARD_TEXT("'%s' is too long\nwrite at most %zu bytes"), key,
			(size_t)WARD_REGION_PATH - 1);
		return WARD_STR("");
	}
	s = ward_arena_str(&r->to->arena, ward_str_z(path));
	r->err = s.p ? r->err : WARD_ERR_NOMEM;
	return s;
}

/* "https://HOST[:PORT]": a machine shows its certificate to no other. */
static bool is_address(struct ward_str s)
{
	const struct ward_str scheme = WARD_STR("https://");

	if (!ward_str_starts(s, scheme) || s.len == scheme.len)
		return false;
	for (size_t i = scheme.len; i < s.len; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || strchr("/?#@\\\"", s.p[i]))
			return false;
	return true;
}

static ward_ns span(struct reader *r, const struct ward_conf *c, const char *key, ward_ns usual)
{
	ward_ns t = usual;

	if (ward_conf_duration(c, key, false, r->in->diag, &t) &&
		(t < 10 * WARD_NS_PER_S || t > 24 * 3600 * WARD_NS_PER_S))
		say(r, ward_conf_get(c, key), WARD_TEXT("'%s' is out of range\nwrite 10s to 24h"),
			key);
	return t;
}

static void read_site(struct reader *r, const struct ward_conf *c)
{
	static const char *const keys[] = {
		"id", "name", "at", "trust", "certificate", "notices", "language", NULL};
	struct ward_region_site s = {.line = c->line};

	if (c->kind != WARD_CONF_MAP) {
		say(r, c, WARD_TEXT("this is no hospital\nwrite `- id: …` with its keys below"));
		return;
	}
	if (r->to->n_site == WARD_REGION_SITES) {
		say(r, c, WARD_TEXT("more than %d hospitals\nmake two regions of them"),
			WARD_REGION_SITES);
		return;
	}
	ward_conf_only(c, keys, r->in->diag);
	s.id = text(r, c, "id", true);
	check_id(r, c, s.id);
	for (size_t i = 0; i < r->to->n_site; i++)
		if (s.id.len && ward_str_eq(r->to->site[i].id, s.id))
			say(r, c,
				WARD_TEXT(
					"'%.*s' is there already, in line %u\ngive it another id"),
				WARD_STR_ARG(s.id), r->to->site[i].line);
	s.name = text(r, c, "name", false);
	s.name = s.name.len ? s.name : s.id;
	s.at = text(r, c, "at", true);
	if (s.at.len && !is_address(s.at))
		say(r, ward_conf_get(c, "at"),
			WARD_TEXT("'%.*s' is no address of a Ward\nwrite https://HOST or "
				  "https://HOST:PORT, without a path"),
			WARD_STR_ARG(s.at));
	s.trust = file(r, c, "trust", false);
	s.certificate = file(r, c, "certificate", true);
	s.notices = file(r, c, "notices", false);
	s.language = text(r, c, "language", false);
	if (s.language.len && !ward_lang_is_code(s.language))
		say(r, ward_conf_get(c, "language"),
			WARD_TEXT("'%.*s' is no language\nwrite its code, as `it`"),
			WARD_STR_ARG(s.language));
	r->to->site[r->to->n_site++] = s;
}

static void read_file(struct reader *r, const struct ward_conf *docs)
{
	static const char *const keys[] = {"region", "name", "every", "stale", "sites", NULL};
	const struct ward_conf *d = docs->child, *list = ward_conf_get(d, "sites");

	if (!d || d->kind != WARD_CONF_MAP || d->next || !list || list->kind != WARD_CONF_SEQ ||
		!list->child) {
		say(r, d ? d : docs,
			WARD_TEXT("the file is no region\nwrite `region:` and `sites:`, and below "
				  "it `- id: …`"));
		return;
	}
	ward_conf_only(d, keys, r->in->diag);
	r->to->id = text(r, d, "region", true);
	check_id(r, d, r->to->id);
	r->to->name = text(r, d, "name", false);
	r->to->name = r->to->name.len ? r->to->name : r->to->id;
	r->to->every = span(r, d, "every", 60 * WARD_NS_PER_S);
	r->to->stale = span(r, d, "stale", 15 * 60 * WARD_NS_PER_S);
	if (r->to->stale < 2 * r->to->every)
		say(r, ward_conf_get(d, "stale") ? ward_conf_get(d, "stale") : d,
			WARD_TEXT(
				"a word is old before the next one is asked for\nwrite `stale` at "
				"least twice as long as `every`"));
	for (const struct ward_conf *c = list->child; c && !r->err; c = c->next)
		read_site(r, c);
}

enum ward_err ward_region_read(const struct ward_region_in *in, struct ward_str path,
	struct ward_slice bytes, struct ward_region *ret)
{
	struct reader r = {.in = in, .to = ret};
	size_t before = in->diag->n_error;
	const struct ward_conf *docs;
	struct ward_arena a;

	*ret = (struct ward_region){.n_site = 0};
	ward_arena_init(&ret->arena, in->mem, ARENA_BYTES);
	ret->site = ward_arena_array(&ret->arena, WARD_REGION_SITES, sizeof(*ret->site));
	if (!ret->site)
		return WARD_ERR_NOMEM;
	ward_arena_init(&a, in->mem, ward_limit(in->lim, WARD_LIMIT_CONF_BYTES) * 16);
	enum ward_err err = ward_conf_yaml(&a, in->lim, path, bytes, in->diag, &docs);

	if (!err) {
		read_file(&r, docs);
		err = r.err;
	}
	ward_arena_fini(&a);
	return !err && in->diag->n_error != before ? WARD_ERR_CONFIG : err;
}

enum ward_err ward_region_load(const struct ward_region_in *in, struct ward_region *ret)
{
	struct ward_conf_beside f;
	struct ward_arena a;

	*ret = (struct ward_region){.n_site = 0};
	ward_arena_init(&a, in->mem, ward_limit(in->lim, WARD_LIMIT_CONF_BYTES) * 2);
	enum ward_err err = ward_conf_beside(&a, in->lim, in->dir, WARD_REGION_FILE, in->diag, &f);

	if (!err)
		err = f.path.len ? ward_region_read(in, f.path, f.bytes, ret) : WARD_ERR_NOT_FOUND;
	ward_arena_fini(&a);
	return err;
}

void ward_region_free(struct ward_region *r)
{
	if (r->arena.mem)
		ward_arena_fini(&r->arena);
	*r = (struct ward_region){.n_site = 0};
}
