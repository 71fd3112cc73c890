#include "update/update.h"

#include <stdarg.h>
#include <stdlib.h>

enum { FORM = 1, PARTS = 4, DIGITS = 6 };

enum ward_err ward_update_bad(const struct ward_update_in *in, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	ward_diag_addv(in->diag, WARD_DIAG_ERROR, in->name, 0, fmt, ap);
	va_end(ap);
	return WARD_ERR_CONFIG;
}

bool ward_update_version_ok(struct ward_str s)
{
	size_t n = 0;

	if (s.len >= WARD_UPDATE_VERSION || !s.len)
		return false;
	while (s.p) {
		struct ward_str part = ward_str_cut(&s, '.');
		uint64_t v;

		if (part.len > DIGITS || !ward_str_u64(part, &v) || ++n > PARTS ||
			(part.len > 1 && part.p[0] == '0'))
			return false;
	}
	return true;
}

int ward_update_version_cmp(struct ward_str a, struct ward_str b)
{
	while (a.p || b.p) {
		uint64_t x = 0, y = 0;

		if (a.p)
			(void)ward_str_u64(ward_str_cut(&a, '.'), &x);
		if (b.p)
			(void)ward_str_u64(ward_str_cut(&b, '.'), &y);
		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

void ward_update_write(const struct ward_update *u, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_put_u64(&j, "ward_bundle", FORM);
	ward_json_put_str(&j, "version", u->version);
	ward_json_put_str(&j, "ward", u->ward);
	ward_json_key(&j, "follows");
	ward_json_arr(&j);
	for (size_t i = 0; i < u->n_follows; i++)
		ward_json_str(&j, u->follows[i]);
	ward_json_arr_end(&j);
	ward_json_key(&j, "members");
	ward_json_arr(&j);
	for (size_t i = 0; i < u->n_member; i++) {
		const struct ward_update_member *m = &u->member[i];
		char hex[64];
		struct ward_wr h = ward_wr_fixed(hex, sizeof(hex));

		ward_wr_hex(&h, ward_slice_of(m->sha256, sizeof(m->sha256)));
		ward_json_obj(&j);
		ward_json_put_str(&j, "path", m->path);
		ward_json_put_z(&j, "kind", ward_update_kind_name(m->kind));
		ward_json_put_u64(&j, "size", m->size);
		ward_json_put_str(&j, "sha256", ward_wr_text(&h));
		ward_json_obj_end(&j);
	}
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}

/* A version under key. */
static enum ward_err version(
	const struct ward_update_in *in, struct ward_str text, struct ward_str *ret)
{
	if (!ward_update_version_ok(text))
		return ward_update_bad(in,
			WARD_TEXT("'%.*s' is no version\n"
				  "write one to four numbers with points between, as in 2026.48.1"),
			WARD_STR_ARG(text));
	*ret = ward_arena_str(in->arena, text);
	return ret->p ? WARD_OK : WARD_ERR_NOMEM;
}

static enum ward_err follows(
	const struct ward_update_in *in, const struct ward_conf *c, struct ward_update *u)
{
	enum ward_err err = WARD_OK;
	size_t n = c ? c->n_child : 0;

	if (!c || c->kind != WARD_CONF_SEQ || n > WARD_UPDATE_FOLLOWS)
		return ward_update_bad(in,
			WARD_TEXT("'follows' must be a list of at most %s versions\n%s"), "64",
			WARD_TEXT("make the bundle with `ward bundle make`"));
	u->follows = ward_arena_array(in->arena, n ? n : 1, sizeof(*u->follows));
	if (!u->follows)
		return WARD_ERR_NOMEM;
	for (c = c->child; !err && c; c = c->next)
		err = version(in, c->kind == WARD_CONF_SCALAR ? c->text : WARD_STR(""),
			&u->follows[u->n_follows++]);
	return err;
}

static enum ward_err member(const struct ward_update_in *in, const struct ward_conf *c,
	const struct ward_update_member *before, struct ward_update_member *ret)
{
	static const char *const known[] = {"path", "kind", "size", "sha256", NULL};
	struct ward_str path = ward_conf_word(c, "path");
	enum ward_update_kind kind = ward_update_kind_of(path);
	size_t n_error = in->diag->n_error;
	int64_t size = 0;

	ward_conf_only(c, known, in->diag);
	if (!ward_tar_path_ok(path) || kind == WARD_UPDATE_KIND_N)
		return ward_update_bad(in,
			WARD_TEXT("'%.*s' is no path of a member\nit begins with content/, "
				  "packages/, "
				  "vulnerabilities/, sbom/, vex/ or documents/, and stays beneath "
				  "it"),
			WARD_STR_ARG(path));
	if (before && ward_str_cmp(before->path, path) >= 0)
		return ward_update_bad(in,
			WARD_TEXT("'%.*s' is there twice, or not in its place\n%s"),
			WARD_STR_ARG(path), WARD_TEXT("make the bundle with `ward bundle make`"));
	(void)ward_conf_i64(c, "size", true, in->diag, 0, INT64_C(1) << 40, &size);
	if (!ward_str_eqz(ward_conf_word(c, "kind"), ward_update_kind_name(kind)) ||
		!ward_str_unhex(ward_conf_word(c, "sha256"), ret->sha256, sizeof(ret->sha256)))
		return ward_update_bad(in,
			WARD_TEXT("'%.*s' has another kind than its folder, or no SHA-256\n%s"),
			WARD_STR_ARG(path), WARD_TEXT("make the bundle with `ward bundle make`"));
	ret->kind = kind;
	ret->size = (uint64_t)size;
	ret->path = ward_arena_str(in->arena, path);
	if (in->diag->n_error > n_error)
		return WARD_ERR_CONFIG;
	return ret->path.p ? WARD_OK : WARD_ERR_NOMEM;
}

static enum ward_err members(
	const struct ward_update_in *in, const struct ward_conf *c, struct ward_update *u)
{
	enum ward_err err = WARD_OK;

	if (!c || c->kind != WARD_CONF_SEQ || !c->n_child || c->n_child > WARD_UPDATE_MEMBERS)
		return ward_update_bad(in,
			WARD_TEXT("'members' must be a list of 1 to %s files\n%s"), "20000",
			WARD_TEXT("make the bundle with `ward bundle make`"));
	u->member = ward_arena_array(in->arena, c->n_child, sizeof(*u->member));
	if (!u->member)
		return WARD_ERR_NOMEM;
	for (c = c->child; !err && c; c = c->next) {
		err = member(in, c, u->n_member ? &u->member[u->n_member - 1] : NULL,
			&u->member[u->n_member]);
		u->n_member += !err;
	}
	return err;
}

enum ward_err ward_update_parse(
	const struct ward_update_in *in, struct ward_slice text, struct ward_update *ret)
{
	static const char *const known[] = {
		"ward_bundle", "version", "ward", "follows", "members", NULL};
	const struct ward_conf *c = NULL;
	struct ward_update u = {.n_member = 0};
	int64_t form = 0;
	enum ward_err err = ward_conf_json(
		in->arena, in->lim, WARD_STR(WARD_UPDATE_MANIFEST), 1, text, in->diag, &c);

	if (err)
		return err;
	(void)ward_conf_i64(c, "ward_bundle", true, in->diag, 1, INT32_MAX, &form);
	if (form != FORM)
		return ward_update_bad(
			in, WARD_TEXT("the bundle has a form that this Ward can't read\n"
				      "install the newer package of Ward first, by hand"));
	ward_conf_only(c, known, in->diag);
	err = version(in, ward_conf_word(c, "version"), &u.version);
	if (!err)
		err = version(in, ward_conf_word(c, "ward"), &u.ward);
	if (!err)
		err = follows(in, ward_conf_get(c, "follows"), &u);
	if (!err)
		err = members(in, ward_conf_get(c, "members"), &u);
	if (!err && in->diag->n_error)
		err = WARD_ERR_CONFIG;
	if (!err)
		*ret = u;
	return err;
}

static int by_path(const void *key, const void *of)
{
	return ward_str_cmp(
		*(const struct ward_str *)key, ((const struct ward_update_member *)of)->path);
}

const struct ward_update_member *ward_update_find(const struct ward_update *u, struct ward_str path)
{
	return u->n_member ? bsearch(&path, u->member, u->n_member, sizeof(*u->member), by_path)
			   : NULL;
}

enum ward_err ward_update_may_follow(const struct ward_update_in *in, const struct ward_update *u,
	const struct ward_update_runs *runs)
{
	struct ward_str least = runs->highest.len ? runs->highest : runs->version;
	bool named = u->n_follows == 0;

	if (runs->allowed.len && ward_str_eq(runs->allowed, u->version))
		return WARD_OK;
	if (runs->ward.len && ward_update_version_cmp(u->ward, runs->ward) < 0)
		return ward_update_bad(in,
			WARD_TEXT("it is for Ward %.*s, and the newer %.*s runs\n"
				  "get the bundle for this one; if it must be this, say --allow "
				  "%.*s"),
			WARD_STR_ARG(u->ward), WARD_STR_ARG(runs->ward), WARD_STR_ARG(u->version));
	if (runs->version.len && ward_update_version_cmp(u->version, runs->version) == 0)
		return WARD_OK;
	if (least.len && ward_update_version_cmp(u->version, least) < 0)
		return ward_update_bad(in,
			WARD_TEXT("it is %.*s, older than %.*s, which runs, ran or is unpacked\n"
				  "whoever hands you an old bundle may want its gaps back; if it "
				  "must be this, say --allow %.*s"),
			WARD_STR_ARG(u->version), WARD_STR_ARG(least), WARD_STR_ARG(u->version));
	if (!runs->version.len)
		return WARD_OK;
	for (size_t i = 0; i < u->n_follows && !named; i++)
		named = ward_update_version_cmp(u->follows[i], runs->version) == 0;
	return named ? WARD_OK
		     : ward_update_bad(in,
			       WARD_TEXT("it may not follow %.*s, which runs\ntake first one "
					 "that its "
					 "list of versions names; if it must be this, say "
					 "--allow %.*s"),
			       WARD_STR_ARG(runs->version), WARD_STR_ARG(u->version));
}
