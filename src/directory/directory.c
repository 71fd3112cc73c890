#include "directory/directory.h"

#include "conf/dir.h"
#include "conf/id.h"
#include "desk/rights.h"

#include <stdio.h>
#include <sys/stat.h>

enum { ARENA_BYTES = 8 << 20, PATH_BYTES = 4096, LDAPS_PORT = 636, HTTPS_PORT = 443 };

static const ward_ns usual_unconfirmed = 5 * 60 * WARD_NS_PER_S,
		     most_unconfirmed = 12 * 3600 * WARD_NS_PER_S;

struct reader {
	const struct ward_directory_in *in;
	struct ward_directory *to;
	enum ward_err err;
};

#define say(r, at, ...) \
	ward_diag_addf((r)->in->diag, WARD_DIAG_ERROR, (at)->file, (at)->line, __VA_ARGS__)

/* ---- addresses ---- */

static bool is_host(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
			    c == '-' || c == '.' || c == ':'))
			return false;
	}
	return s.len > 0 && s.len <= WARD_DIRECTORY_HOST;
}

/* "HOST", "HOST:PORT", "[V6]:PORT". */
static bool read_authority(struct ward_str s, uint16_t usual, struct ward_directory_url *ret)
{
	struct ward_str port = {0};
	uint64_t n = usual;
	size_t end;

	if (s.len && s.p[0] == '[') {
		end = ward_str_find(s, WARD_STR("]"));
		if (end == SIZE_MAX)
			return false;
		ret->host = ward_str_sub(s, 1, end - 1);
		port = ward_str_sub(s, end + 1, s.len);
	} else {
		end = ward_str_find(s, WARD_STR(":"));
		ret->host = ward_str_sub(s, 0, end);
		port = end == SIZE_MAX ? port : ward_str_sub(s, end, s.len);
		if (ward_str_find(ret->host, WARD_STR(":")) != SIZE_MAX)
			return false;
	}
	if (port.len && (port.p[0] != ':' || !ward_str_u64(ward_str_sub(port, 1, port.len), &n)))
		return false;
	ret->port = (uint16_t)n;
	return is_host(ret->host) && n > 0 && n <= UINT16_MAX;
}

bool ward_directory_url(struct ward_str s, struct ward_directory_url *ret)
{
	struct ward_directory_url u = {.path = WARD_STR("/")};
	struct ward_str rest = s;

	if (!ward_str_starts(s, WARD_STR("https://")) || s.len > WARD_DIRECTORY_TEXT)
		return false;
	for (size_t i = 0; i < s.len; i++) /* RFC 3986 2: nothing else may stand as it is */
		if (s.p[i] <= ' ' || s.p[i] > '~' || strchr("\"<>\\^`{|}#", s.p[i]))
			return false;
	rest = ward_str_sub(s, 8, s.len);
	size_t slash = ward_str_find(rest, WARD_STR("/"));

	if (slash != SIZE_MAX)
		u.path = ward_str_sub(rest, slash, rest.len);
	if (!read_authority(ward_str_sub(rest, 0, slash), HTTPS_PORT, &u))
		return false;
	*ret = u;
	return true;
}

/* ---- texts ---- */

static struct ward_str text(
	struct reader *r, const struct ward_conf *c, const char *key, bool required)
{
	struct ward_str s;
	enum ward_err err = ward_conf_line(
		c, key, required, WARD_DIRECTORY_TEXT, &r->to->arena, r->in->diag, &s);

	r->err = err ? err : r->err;
	return s;
}

static struct ward_str keep(struct reader *r, struct ward_str s)
{
	struct ward_str copy = ward_arena_str(&r->to->arena, s);

	if (s.len && !copy.p)
		r->err = WARD_ERR_NOMEM;
	return copy;
}

/* Calls take for each word of a list, or for the one word. */
static void each(struct reader *r, const struct ward_conf *c, const char *key,
	void (*take)(struct reader *r, void *of, const struct ward_conf *word), void *of)
{
	const struct ward_conf *list = ward_conf_get(c, key);

	if (!list)
		return;
	for (const struct ward_conf *w = list->kind == WARD_CONF_SEQ ? list->child : list; w;
		w = list->kind == WARD_CONF_SEQ ? w->next : NULL) {
		if (w->kind == WARD_CONF_SCALAR && w->text.len &&
			w->text.len <= WARD_DIRECTORY_TEXT)
			take(r, of, w);
		else
			say(r, w,
				WARD_TEXT("'%s' holds something that is no word\nwrite %s: [one, "
					  "another]"),
				key, key);
	}
}

/* ---- groups ---- */

static void take_role(struct reader *r, void *of, const struct ward_conf *w)
{
	struct ward_person *p = of;
	uint32_t node = r->in->m ? ward_model_find(r->in->m, w->text) : WARD_NONE;

	if (!r->in->m)
		return;
	if (node == WARD_NONE || ward_model_node(r->in->m, node)->kind != WARD_NODE_ROLE)
		say(r, w,
			WARD_TEXT("'%.*s' is no role of the hospital\nwrite the id of one of "
				  "`roles:`"),
			WARD_STR_ARG(w->text));
	else if (p->n_role == WARD_PERSON_ROLES)
		say(r, w, WARD_TEXT("more than %d roles\nlet another group have some of them"),
			WARD_PERSON_ROLES);
	else
		p->role[p->n_role++] = node;
}

static void take_place(struct reader *r, void *of, const struct ward_conf *w)
{
	struct ward_person *p = of;
	uint32_t node = r->in->m ? ward_model_find(r->in->m, w->text) : WARD_NONE;

	if (!r->in->m)
		return;
	if (node == WARD_NONE || ward_model_node(r->in->m, node)->kind > WARD_NODE_NETWORK)
		say(r, w,
			WARD_TEXT("'%.*s' is no place of the hospital\nwrite the id of a site, "
				  "building, "
				  "floor, zone, room, door or network"),
			WARD_STR_ARG(w->text));
	else if (p->n_place == WARD_PERSON_PLACES)
		say(r, w, WARD_TEXT("more than %d places\nname the buildings that they are in"),
			WARD_PERSON_PLACES);
	else
		p->place[p->n_place++] = node;
}

static void take_profile(struct reader *r, void *of, const struct ward_conf *w)
{
	struct ward_person *p = of;
	enum ward_profile k = ward_profile_parse(w->text);

	if (k == WARD_PROFILE_N)
		say(r, w,
			WARD_TEXT("'%.*s' is no profile of the console\nwrite one of those in "
				  "docs/sign-in.md"),
			WARD_STR_ARG(w->text));
	else
		p->profiles |= WARD_PROFILE_BIT(k);
}

/* An empty list would bound nothing. */
static void named(struct reader *r, const struct ward_conf *c, const char *key)
{
	const struct ward_conf *list = ward_conf_get(c, key);

	if (list && list->kind == WARD_CONF_SEQ && !list->child)
		say(r, list,
			WARD_TEXT("'%s' is empty, and would count as if it were not there\ntake it "
				  "out, or "
				  "name one"),
			key);
}

static void read_group(struct reader *r, const struct ward_conf *c)
{
	static const char *const keys[] = {"group", "roles", "places", "console", NULL};
	struct ward_directory_group g = {.line = c->line};

	if (c->kind != WARD_CONF_MAP) {
		say(r, c, WARD_TEXT("this is no group\nwrite `- {group: NAME, roles: [ROLE]}`"));
		return;
	}
	if (r->to->n_group == WARD_DIRECTORY_GROUPS) {
		say(r, c,
			WARD_TEXT(
				"more than %d groups\nlist those that say who may do what in Ward"),
			WARD_DIRECTORY_GROUPS);
		return;
	}
	ward_conf_only(c, keys, r->in->diag);
	g.name = text(r, c, "group", true);
	g.gives.place = ward_arena_array(&r->to->arena, WARD_PERSON_PLACES, sizeof(uint32_t));
	if (!g.gives.place) {
		r->err = WARD_ERR_NOMEM;
		return;
	}
	for (size_t i = 0; i < r->to->n_group; i++)
		if (g.name.len && ward_str_ieq(r->to->group[i].name, g.name))
			say(r, c,
				WARD_TEXT("'%.*s' is there already, in line %u\nput both into one "
					  "line"),
				WARD_STR_ARG(g.name), r->to->group[i].line);
	each(r, c, "roles", take_role, &g.gives);
	named(r, c, "places");
	each(r, c, "places", take_place, &g.gives);
	named(r, c, "console");
	each(r, c, "console", take_profile, &g.gives);
	if (!ward_conf_get(c, "roles"))
		say(r, c,
			WARD_TEXT("the group gives no role\nadd `roles: [ROLE]`, of the hospital's "
				  "`roles:`"));
	r->to->group[r->to->n_group++] = g;
}

/* ---- persons ---- */

static bool is_person(const struct reader *r, struct ward_str id)
{
	if (!r->in->people)
		return true;
	for (size_t i = 0; i < r->in->people->n; i++)
		if (ward_str_eq(r->in->people->p[i].id, id))
			return true;
	return false;
}

static void check_person(struct reader *r, const struct ward_conf *at, struct ward_str id)
{
	if (id.len && !is_person(r, id))
		say(r, at,
			WARD_TEXT("people.yml has nobody with the id '%.*s'\nwrite the id of a "
				  "person"),
			WARD_STR_ARG(id));
}

static void read_alias(struct reader *r, const struct ward_conf *c)
{
	static const char *const keys[] = {"name", "person", NULL};
	struct ward_directory_name *n = &r->to->alias[r->to->n_alias];

	if (c->kind != WARD_CONF_MAP) {
		say(r, c, WARD_TEXT("this names nobody\nwrite `- {name: NAME, person: ID}`"));
		return;
	}
	if (r->to->n_alias == WARD_DIRECTORY_NAMES) {
		say(r, c, WARD_TEXT("more than %d names\nleave out who has the same id in both"),
			WARD_DIRECTORY_NAMES);
		return;
	}
	ward_conf_only(c, keys, r->in->diag);
	n->name = text(r, c, "name", true);
	n->person = text(r, c, "person", true);
	check_person(r, c, n->person);
	for (size_t i = 0; i < r->to->n_alias; i++)
		if (n->name.len && ward_str_ieq(r->to->alias[i].name, n->name))
			say(r, c, WARD_TEXT("'%.*s' is there already\none name is one person"),
				WARD_STR_ARG(n->name));
	r->to->n_alias++;
}

static void take_breaker(struct reader *r, void *of, const struct ward_conf *w)
{
	(void)of;
	if (r->to->n_breaker == WARD_DIRECTORY_BREAKERS) {
		say(r, w,
			WARD_TEXT("more than %d people\nthey are for when all else fails: name a "
				  "few"),
			WARD_DIRECTORY_BREAKERS);
		return;
	}
	check_person(r, w, w->text);
	r->to->breaker[r->to->n_breaker++] = keep(r, w->text);
}

static void take_scope(struct reader *r, void *of, const struct ward_conf *w)
{
	(void)of;
	for (size_t i = 0; i < w->text.len; i++) /* RFC 6749 3.3 */
		if (w->text.p[i] <= ' ' || w->text.p[i] > '~' || strchr("\"\\", w->text.p[i])) {
			say(r, w,
				WARD_TEXT("this is no scope\nwrite one of the provider's, as "
					  "`profile`"));
			return;
		}
	if (r->to->n_scope == WARD_DIRECTORY_SCOPES)
		say(r, w, WARD_TEXT("more than %d scopes\nleave out what is not needed"),
			WARD_DIRECTORY_SCOPES);
	else
		r->to->scope[r->to->n_scope++] = keep(r, w->text);
}

static void list(struct reader *r, const struct ward_conf *d, const char *key,
	void (*one)(struct reader *r, const struct ward_conf *c))
{
	const struct ward_conf *c = ward_conf_get(d, key);

	if (c && c->kind != WARD_CONF_SEQ) {
		say(r, c, WARD_TEXT("`%s` is no list\nbegin each line of it with '- '"), key);
		return;
	}
	for (const struct ward_conf *e = c ? c->child : NULL; e && !r->err; e = e->next)
		one(r, e);
}

/* ---- the file ---- */

static void read_oidc(struct reader *r, const struct ward_conf *d)
{
	struct ward_directory *to = r->to;
	struct ward_directory_url u;

	to->issuer = text(r, d, "issuer", true);
	to->client = text(r, d, "client", true);
	to->address = text(r, d, "address", true);
	if (to->issuer.len && (!ward_directory_url(to->issuer, &to->at) ||
				      ward_str_find(to->issuer, WARD_STR("?")) != SIZE_MAX))
		say(r, ward_conf_get(d, "issuer"),
			WARD_TEXT("this is no issuer\nwrite it as the provider's discovery "
				  "document has it: "
				  "https://HOST/PATH"));
	if (to->address.len &&
		(!ward_directory_url(to->address, &u) || !ward_str_eqz(u.path, "/") ||
			!ward_str_ends(to->address, WARD_STR("/"))))
		say(r, ward_conf_get(d, "address"),
			WARD_TEXT("this is no address of the console\nwrite https://NAME:PORT/, as "
				  "people "
				  "type it"));
	each(r, d, "scopes", take_scope, NULL);
	if (!to->n_scope) {
		to->scope[to->n_scope++] = WARD_STR("openid");
		to->scope[to->n_scope++] = WARD_STR("profile");
		to->scope[to->n_scope++] = WARD_STR("email");
	}
	bool openid = false;

	for (size_t i = 0; i < to->n_scope; i++)
		openid = openid || ward_str_eqz(to->scope[i], "openid");
	if (!openid)
		say(r, ward_conf_get(d, "scopes"),
			WARD_TEXT("without `openid` the provider says nothing of who it is\nadd "
				  "openid"));
	to->person = to->person.len ? to->person : WARD_STR("preferred_username");
	to->groups_from = to->groups_from.len ? to->groups_from : WARD_STR("groups");
}

static bool is_attribute(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++) { /* RFC 4512 1.4 */
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
			    c == '-' || c == '.'))
			return false;
	}
	return s.len > 0;
}

static void read_ldaps(struct reader *r, const struct ward_conf *d)
{
	struct ward_directory *to = r->to;
	struct ward_str where = text(r, d, "where", true);

	to->bind = text(r, d, "bind", true);
	to->base = text(r, d, "base", true);
	to->at.path = WARD_STR("/");
	if (where.len && !read_authority(where, LDAPS_PORT, &to->at))
		say(r, ward_conf_get(d, "where"),
			WARD_TEXT("this is no directory server\nwrite HOST or HOST:PORT; without a "
				  "port it "
				  "is "
				  "636"));
	if (!to->secret_file.len)
		say(r, d,
			WARD_TEXT("`secret_file` is missing\nname the file with the password of "
				  "the account "
				  "that searches"));
	to->person = to->person.len ? to->person : WARD_STR("uid");
	to->groups_from = to->groups_from.len ? to->groups_from : WARD_STR("memberOf");
	if (!is_attribute(to->person) || !is_attribute(to->groups_from))
		say(r, d,
			WARD_TEXT("`person` or `groups_from` is no attribute\nwrite its name, as "
				  "sAMAccountName"));
}

static void read_common(struct reader *r, const struct ward_conf *d)
{
	struct ward_directory *to = r->to;

	to->name = text(r, d, "name", true);
	to->certificate = text(r, d, "certificate", false);
	to->secret_file = text(r, d, "secret_file", false);
	to->person = text(r, d, "person", false);
	to->groups_from = text(r, d, "groups_from", false);
	to->unconfirmed = usual_unconfirmed;
	(void)ward_conf_duration(d, "unconfirmed", false, r->in->diag, &to->unconfirmed);
	if (to->unconfirmed < 60 * WARD_NS_PER_S || to->unconfirmed > most_unconfirmed)
		say(r, ward_conf_get(d, "unconfirmed"),
			WARD_TEXT("`unconfirmed` is out of range\nwrite 1min to 12h"));
	list(r, d, "groups", read_group);
	list(r, d, "people", read_alias);
	each(r, d, "break_glass", take_breaker, NULL);
}

static void read_file(struct reader *r, const struct ward_conf *docs)
{
	static const char *const oidc[] = {"kind", "name", "certificate", "secret_file", "person",
		"groups_from", "unconfirmed", "groups", "people", "break_glass", "issuer", "client",
		"address", "scopes", NULL};
	static const char *const ldaps[] = {"kind", "name", "certificate", "secret_file", "person",
		"groups_from", "unconfirmed", "groups", "people", "break_glass", "where", "bind",
		"base", NULL};
	const struct ward_conf *d = docs->child;

	if (!d || d->kind != WARD_CONF_MAP || d->next) {
		say(r, d ? d : docs,
			WARD_TEXT("the file is no map\nwrite `kind: oidc` or `kind: ldaps`"));
		return;
	}
	struct ward_str kind = text(r, d, "kind", true);

	r->to->group =
		ward_arena_array(&r->to->arena, WARD_DIRECTORY_GROUPS, sizeof(*r->to->group));
	r->to->alias =
		ward_arena_array(&r->to->arena, WARD_DIRECTORY_NAMES + 1, sizeof(*r->to->alias));
	if (!r->to->group || !r->to->alias) {
		r->err = WARD_ERR_NOMEM;
		return;
	}
	if (ward_str_eqz(kind, "oidc"))
		r->to->kind = WARD_DIRECTORY_OIDC;
	else if (ward_str_eqz(kind, "ldaps"))
		r->to->kind = WARD_DIRECTORY_LDAPS;
	else if (kind.len)
		say(r, ward_conf_get(d, "kind"),
			WARD_TEXT("'%.*s' is no kind of directory\nwrite oidc or ldaps"),
			WARD_STR_ARG(kind));
	if (!r->to->kind)
		return;
	ward_conf_only(d, r->to->kind == WARD_DIRECTORY_OIDC ? oidc : ldaps, r->in->diag);
	read_common(r, d);
	(r->to->kind == WARD_DIRECTORY_OIDC ? read_oidc : read_ldaps)(r, d);
}

static void begin(const struct ward_directory_in *in, struct ward_directory *ret)
{
	*ret = (struct ward_directory){.kind = WARD_DIRECTORY_NONE};
	ward_arena_init(&ret->arena, in->mem, ARENA_BYTES);
}

enum ward_err ward_directory_read(const struct ward_directory_in *in, struct ward_str file,
	struct ward_slice bytes, struct ward_directory *ret)
{
	struct reader r = {.in = in, .to = ret};
	size_t before = in->diag->n_error;
	const struct ward_conf *docs;
	struct ward_arena a;

	begin(in, ret);
	ward_arena_init(&a, in->mem, ward_limit(in->lim, WARD_LIMIT_CONF_BYTES) * 16);
	enum ward_err err = ward_conf_yaml(&a, in->lim, file, bytes, in->diag, &docs);

	if (!err) {
		read_file(&r, docs);
		err = r.err;
	}
	ward_arena_fini(&a);
	return !err && in->diag->n_error != before ? WARD_ERR_CONFIG : err;
}

/* A file of the directory that is named: may others read what is secret? */
static void check_file(const struct ward_directory_in *in, const char *dir, struct ward_str of,
	struct ward_str file, bool secret)
{
	char path[PATH_BYTES];
	struct stat st;
	bool whole = file.len && file.p[0] == '/';
	int n = snprintf(path, sizeof(path), "%s%s%.*s", whole ? "" : dir, whole ? "" : "/",
		WARD_STR_ARG(file));

	if (!file.len)
		return;
	if (n < 0 || n >= PATH_BYTES || stat(path, &st) != 0)
		ward_diag_addf(in->diag, WARD_DIAG_WARNING, of, 1,
			WARD_TEXT("'%.*s' is not here\nput it there before Ward starts"),
			WARD_STR_ARG(file));
	else if (secret && st.st_mode & (S_IRWXG | S_IRWXO))
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, of, 1,
			WARD_TEXT("others may read '%.*s'\nchmod 600 the file, and have another "
				  "secret made "
				  "if others are on the machine"),
			WARD_STR_ARG(file));
}

enum ward_err ward_directory_load(
	const struct ward_directory_in *in, const char *dir, struct ward_directory *ret)
{
	size_t before = in->diag->n_error;
	struct ward_conf_beside f;
	struct ward_arena a;

	begin(in, ret);
	ward_arena_init(&a, in->mem, ward_limit(in->lim, WARD_LIMIT_CONF_BYTES) * 2);
	enum ward_err err = ward_conf_beside(&a, in->lim, dir, WARD_DIRECTORY_FILE, in->diag, &f);

	if (!err && f.path.len) {
		ward_directory_free(ret);
		err = ward_directory_read(in, f.path, f.bytes, ret);
	}
	if (!err || err == WARD_ERR_CONFIG) {
		check_file(in, dir, f.path, ret->secret_file, true);
		check_file(in, dir, f.path, ret->certificate, false);
	}
	if (!err && ret->kind && !ret->n_breaker)
		ward_diag_addf(in->diag, WARD_DIAG_WARNING, f.path, 1,
			WARD_TEXT(
				"while the directory is out of reach nobody new gets in: it names "
				"no 'break_glass'\nname one or two people who have a password of "
				"Ward (docs/directory.md)"));
	ward_arena_fini(&a);
	return !err && in->diag->n_error != before ? WARD_ERR_CONFIG : err;
}

void ward_directory_free(struct ward_directory *d)
{
	ward_arena_fini(&d->arena);
	d->n_group = d->n_alias = d->n_breaker = 0;
}
