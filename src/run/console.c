#include "run/console.h"

#include "conf/dir.h"
#include "run/authority.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARENA_BYTES = 1 << 18, PATH_BYTES = 4096 };

struct reading {
	const struct ward_console_in *in;
	struct ward_console *to;
	enum ward_err err;
};

#define say(r, at, ...) \
	ward_diag_addf((r)->in->diag, WARD_DIAG_ERROR, (at)->file, (at)->line, __VA_ARGS__)

static struct ward_str text(struct reading *r, const struct ward_conf *c, const char *key)
{
	struct ward_str s;
	enum ward_err err =
		ward_conf_line(c, key, false, WARD_CONSOLE_TEXT, &r->to->arena, r->in->diag, &s);

	r->err = err ? err : r->err;
	return s;
}

static void check_file(struct reading *r, const struct ward_conf *c, const char *key,
	struct ward_str file, bool secret)
{
	char path[PATH_BYTES];
	struct stat st;
	bool whole = file.len && file.p[0] == '/';
	int n = snprintf(path, sizeof(path), "%s%s%.*s", whole ? "" : r->in->dir, whole ? "" : "/",
		WARD_STR_ARG(file));

	if (!file.len)
		return;
	if (n < 0 || n >= PATH_BYTES || stat(path, &st) != 0 || access(path, R_OK) != 0)
		say(r, ward_conf_get(c, key),
			WARD_TEXT("'%s': the file can't be read\nname a PEM file of the directory"),
			key);
	else if (secret && st.st_mode & (S_IRWXG | S_IRWXO))
		say(r, ward_conf_get(c, key),
			WARD_TEXT(
				"others may read the key: they could pass for the console\nchmod "
				"600 the file, and make another key if others are on the machine"));
}

static void read_names(struct reading *r, const struct ward_conf *list)
{
	if (list && list->kind != WARD_CONF_SEQ) {
		say(r, list, WARD_TEXT("`names` is no list\nwrite names: [ward.hospital.example]"));
		return;
	}
	for (const struct ward_conf *c = list ? list->child : NULL; c; c = c->next) {
		if (c->kind != WARD_CONF_SCALAR || !ward_authority_name(c->text)) {
			say(r, c,
				WARD_TEXT("this is no host's name and no address\nwrite it as "
					  "ward.hospital.example, or 10.0.0.5"));
			continue;
		}
		if (r->to->n_name == WARD_CONSOLE_NAMES) {
			say(r, c, WARD_TEXT("more than %d names\nleave out those that nobody uses"),
				WARD_CONSOLE_NAMES);
			return;
		}
		struct ward_str name = ward_arena_str(&r->to->arena, c->text);

		r->err = name.p ? r->err : WARD_ERR_NOMEM;
		r->to->name[r->to->n_name++] = name;
	}
}

static void read_file(struct reading *r, const struct ward_conf *docs)
{
	static const char *const keys[] = {"where", "names", "certificate", "key", "inspect", NULL};
	const struct ward_conf *d = docs->child;
	struct ward_console *to = r->to;

	if (!d || d->kind != WARD_CONF_MAP || d->next) {
		say(r, d ? d : docs, WARD_TEXT("the file is no map\nwrite `where: ADDRESS:PORT`"));
		return;
	}
	ward_conf_only(d, keys, r->in->diag);
	to->where = text(r, d, "where");
	to->certificate = text(r, d, "certificate");
	to->key = text(r, d, "key");
	(void)ward_conf_bool(d, "inspect", false, r->in->diag, &to->inspect);
	check_file(r, d, "certificate", to->certificate, false);
	check_file(r, d, "key", to->key, true);
	if (!to->certificate.len != !to->key.len)
		say(r, d,
			WARD_TEXT("a certificate and its key belong together\nadd the other, or "
				  "leave both out: Ward makes its own"));
	read_names(r, ward_conf_get(d, "names"));
}

enum ward_err ward_console_read(const struct ward_console_in *in, struct ward_str name,
	struct ward_slice bytes, struct ward_console *ret)
{
	struct reading r = {.in = in, .to = ret};
	size_t before = in->diag->n_error;
	const struct ward_conf *docs;
	struct ward_arena a;

	*ret = (struct ward_console){.n_name = 0};
	ward_arena_init(&ret->arena, in->mem, ARENA_BYTES);
	ward_arena_init(&a, in->mem, ward_limit(in->lim, WARD_LIMIT_CONF_BYTES) * 16);
	enum ward_err err = ward_conf_yaml(&a, in->lim, name, bytes, in->diag, &docs);

	if (!err) {
		read_file(&r, docs);
		err = r.err;
	}
	ward_arena_fini(&a);
	return !err && in->diag->n_error != before ? WARD_ERR_CONFIG : err;
}

enum ward_err ward_console_load(const struct ward_console_in *in, struct ward_console *ret)
{
	struct ward_conf_beside f;
	struct ward_arena a;

	*ret = (struct ward_console){.n_name = 0};
	ward_arena_init(&ret->arena, in->mem, ARENA_BYTES);
	ward_arena_init(&a, in->mem, ward_limit(in->lim, WARD_LIMIT_CONF_BYTES) * 16);
	enum ward_err err = ward_conf_beside(&a, in->lim, in->dir, WARD_CONSOLE_FILE, in->diag, &f);

	if (!err && f.path.len)
		err = ward_console_read(in, f.path, f.bytes, ret);
	ward_arena_fini(&a);
	return err;
}

void ward_console_free(struct ward_console *c)
{
	ward_arena_fini(&c->arena);
	c->n_name = 0;
}
