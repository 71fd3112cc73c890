#include "exchange/readers.h"

#include "conf/id.h"
#include "exchange/share.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARENA_BYTES = 1 << 20, PATH_BYTES = 4096 };

struct reading {
	const struct ward_readers_in *in;
	struct ward_readers *to;
	struct ward_sharing *sharing;
	enum ward_err err;
};

#define say(r, at, ...) \
	ward_diag_addf((r)->in->diag, WARD_DIAG_ERROR, (at)->file, (at)->line, __VA_ARGS__)

static struct ward_str text(
	struct reading *r, const struct ward_conf *c, const char *key, bool required)
{
	struct ward_str s;
	enum ward_err err =
		ward_conf_line(c, key, required, WARD_READER_TEXT, &r->to->arena, r->in->diag, &s);

	r->err = err ? err : r->err;
	return s;
}

static bool path_of(const struct reading *r, struct ward_str file, char path[PATH_BYTES])
{
	bool whole = file.len && file.p[0] == '/';
	int n = snprintf(path, PATH_BYTES, "%s%s%.*s", whole ? "" : r->in->dir, whole ? "" : "/",
		WARD_STR_ARG(file));

	return n > 0 && n < PATH_BYTES;
}

static void check_file(
	struct reading *r, const struct ward_conf *c, const char *key, struct ward_str file)
{
	char path[PATH_BYTES];

	if (file.len && (!path_of(r, file, path) || access(path, R_OK) != 0))
		say(r, ward_conf_get(c, key),
			WARD_TEXT("'%s': the file can't be read\nname a PEM file of the directory"),
			key);
}

/* Whoever reads the secret can read what is laid out for its owner. */
static void check_secret(
	struct reading *r, const struct ward_conf *c, const struct ward_offer_reader *p)
{
	const char *make = WARD_TEXT("make it: (umask 077; openssl rand -hex 32 >FILE)");
	const struct ward_conf *at = ward_conf_get(c, "secret_file");
	char path[PATH_BYTES];
	struct stat st;

	if (!path_of(r, p->secret_file, path) || stat(path, &st) != 0)
		say(r, at, WARD_TEXT("the secret's file can't be read\n%s"), make);
	else if (!S_ISREG(st.st_mode) || st.st_size < WARD_READER_SECRET_MIN)
		say(r, at, WARD_TEXT("the secret is shorter than 16 characters\n%s"), make);
	else if (st.st_mode & (S_IRWXG | S_IRWXO))
		say(r, at,
			WARD_TEXT(
				"others may read the secret: they could read what is laid out for "
				"'%.*s'\nchmod 600 the file, and replace the secret if others are "
				"on the "
				"machine"),
			WARD_STR_ARG(p->id));
}

/* Whether the table knows whom it goes to, so marked; and who needs no secret. */
static void check_share(
	struct reading *r, const struct ward_conf *c, const struct ward_offer_reader *p)
{
	struct ward_exchange none = {.n_incident = 0};
	const struct ward_share_ask ask = {p->to, p->tlp, p->purpose};
	struct ward_shared did = {.mem = r->in->mem};
	struct ward_diag diag;

	ward_diag_init(&diag, r->in->mem);
	enum ward_err err = ward_share(r->sharing, &ask, &none, r->in->mem, &diag, &did);

	for (size_t i = 0; i < diag.n; i++)
		ward_diag_say(r->in->diag, &(struct ward_diag_item){.level = WARD_DIAG_ERROR,
						   .file = c->file,
						   .line = c->line,
						   .what = diag.item[i].what_form,
						   .mend = diag.item[i].mend_form,
						   .slot = diag.item[i].slot,
						   .n_slot = diag.item[i].n_slot});
	if (err == WARD_ERR_NOMEM)
		r->err = err;
	if (!err && !p->secret_file.len && none.tlp != WARD_TLP_CLEAR)
		say(r, c,
			WARD_TEXT("reader '%.*s' has no secret, and what it reads is not for "
				  "everybody\nadd "
				  "`secret_file: secrets/%.*s.key`, or `tlp: clear` with `for: "
				  "public`"),
			WARD_STR_ARG(p->id), WARD_STR_ARG(p->id));
	ward_shared_fini(&did);
	ward_diag_fini(&diag);
}

static void read_one(struct reading *r, const struct ward_conf *c)
{
	static const char *const keys[] = {
		"id", "name", "secret_file", "for", "tlp", "purpose", "exercise", NULL};
	struct ward_offer_reader p = {.line = c->line};

	if (c->kind != WARD_CONF_MAP) {
		say(r, c, WARD_TEXT("this is no reader\nwrite `- id: …` with its keys below"));
		return;
	}
	ward_conf_only(c, keys, r->in->diag);
	p.id = text(r, c, "id", true);
	if (p.id.len && !ward_conf_is_id(p.id, WARD_READER_ID))
		say(r, c,
			WARD_TEXT("'%.*s' is no id\nwrite lower-case letters, digits and '-', at "
				  "most %d"),
			WARD_STR_ARG(p.id), WARD_READER_ID);
	for (size_t i = 0; i < r->to->n; i++) {
		if (ward_str_eq(r->to->r[i].id, p.id))
			say(r, c,
				WARD_TEXT(
					"'%.*s' is there already, in line %u\ngive it another id"),
				WARD_STR_ARG(p.id), r->to->r[i].line);
	}
	p.name = text(r, c, "name", false);
	p.name = p.name.len ? p.name : p.id;
	p.secret_file = text(r, c, "secret_file", false);
	p.to = text(r, c, "for", true);
	p.tlp = text(r, c, "tlp", false);
	p.purpose = text(r, c, "purpose", false);
	(void)ward_conf_bool(c, "exercise", false, r->in->diag, &p.exercise);
	for (size_t i = 0; i < r->to->n; i++)
		if (!p.secret_file.len && !r->to->r[i].secret_file.len &&
			p.exercise == r->to->r[i].exercise)
			say(r, c,
				WARD_TEXT(
					"'%.*s' and '%.*s' both have no secret: nothing tells them "
					"apart\ngive one of them a secret_file"),
				WARD_STR_ARG(p.id), WARD_STR_ARG(r->to->r[i].id));
	if (p.secret_file.len)
		check_secret(r, c, &p);
	if (p.to.len)
		check_share(r, c, &p);
	if (r->to->n == WARD_READERS_MAX)
		say(r, c, WARD_TEXT("more than %d readers\nlet one of them hand on what it gets"),
			WARD_READERS_MAX);
	else
		r->to->r[r->to->n++] = p;
}

/* Whoever reads it can sign in the hospital's name. */
static void check_signer(struct reading *r, const struct ward_conf *c)
{
	char path[PATH_BYTES];
	struct stat st;

	if (r->to->signer.len && path_of(r, r->to->signer, path) && stat(path, &st) == 0 &&
		st.st_mode & (S_IRWXG | S_IRWXO))
		say(r, ward_conf_get(c, "signer"),
			WARD_TEXT("others may read the key that signs: they could sign in the "
				  "hospital's "
				  "name\nchmod 600 the file, and make another key if others are on "
				  "the "
				  "machine"));
}

/* CAP 1.2 3.2.1: no blanks, commas, < or &. */
static void read_sender(struct reading *r, const struct ward_conf *c)
{
	struct ward_str s = r->to->sender = text(r, c, "sender", false);
	size_t at = ward_str_find(s, WARD_STR("@"));
	bool good = at != SIZE_MAX && at && at + 1 < s.len;

	for (size_t i = 0; i < s.len; i++)
		good &= (unsigned char)s.p[i] > ' ' && !strchr(",<&", s.p[i]);
	if (s.len && !good)
		say(r, ward_conf_get(c, "sender"),
			WARD_TEXT("'%.*s' is no sender\nwrite it as ward@hospital.example"),
			WARD_STR_ARG(s));
}

/* In clear only where nobody is on the way. */
static void read_where(struct reading *r, const struct ward_conf *c)
{
	struct ward_str s = r->to->where = text(r, c, "where", true);
	bool tls = ward_str_starts(s, WARD_STR("https:"));

	if (!tls && !ward_str_starts(s, WARD_STR("http:127.0.0.1:")) &&
		!ward_str_starts(s, WARD_STR("http:[::1]:"))) {
		if (s.len)
			say(r, ward_conf_get(c, "where"),
				WARD_TEXT("'%.*s' is no place to listen at\nwrite "
					  "https:ADDRESS:PORT; http: "
					  "only with 127.0.0.1 or [::1]"),
				WARD_STR_ARG(s));
		return;
	}
	if (tls && (!r->to->certificate.len || !r->to->key.len))
		say(r, c,
			WARD_TEXT("https needs a certificate and its key\nadd `certificate:` and "
				  "`key:`"));
}

static void read_file(struct reading *r, const struct ward_conf *docs)
{
	static const char *const keys[] = {
		"where", "certificate", "key", "clients", "sender", "signer", "readers", NULL};
	const struct ward_conf *d = docs->child, *list = d ? ward_conf_get(d, "readers") : NULL;

	if (!list || list->kind != WARD_CONF_SEQ || d->next) {
		say(r, d ? d : docs,
			WARD_TEXT("the file holds no list of readers\nwrite `where:` and "
				  "`readers:`"));
		return;
	}
	ward_conf_only(d, keys, r->in->diag);
	r->to->certificate = text(r, d, "certificate", false);
	r->to->key = text(r, d, "key", false);
	r->to->clients = text(r, d, "clients", false);
	check_file(r, d, "certificate", r->to->certificate);
	check_file(r, d, "key", r->to->key);
	check_file(r, d, "clients", r->to->clients);
	r->to->signer = text(r, d, "signer", false);
	check_file(r, d, "signer", r->to->signer);
	check_signer(r, d);
	read_where(r, d);
	read_sender(r, d);
	for (const struct ward_conf *c = list->child; c && !r->err; c = c->next)
		read_one(r, c);
}

static enum ward_err read_all(struct reading *r, struct ward_arena *a, const char *path)
{
	const struct ward_readers_in *in = r->in;
	const struct ward_conf *docs;
	struct ward_slice bytes;
	enum ward_err err = ward_conf_read(a, in->lim, path, in->diag, &bytes);

	r->sharing = ward_arena_alloc(a, sizeof(*r->sharing));
	if (!err && !r->sharing)
		err = WARD_ERR_NOMEM;
	if (!err)
		err = ward_sharing_load(in->content, in->lim, a, in->diag, r->sharing);
	if (!err)
		err = ward_conf_yaml(a, in->lim, ward_str_z(path), bytes, in->diag, &docs);
	if (!err)
		read_file(r, docs);
	return err ? err : r->err;
}

enum ward_err ward_readers_load(const struct ward_readers_in *in, struct ward_readers *ret)
{
	struct reading r = {.in = in, .to = ret};
	size_t before = in->diag->n_error;
	char path[PATH_BYTES];
	struct ward_arena a;
	int n = snprintf(path, sizeof(path), "%s/" WARD_READERS_FILE, in->dir);

	*ret = (struct ward_readers){.n = 0};
	ward_arena_init(&ret->arena, in->mem, ARENA_BYTES);
	if (n < 0 || (size_t)n >= sizeof(path))
		return WARD_ERR_LIMIT;
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return WARD_OK;
	ward_arena_init(&a, in->mem, ward_limit(in->lim, WARD_LIMIT_CONF_BYTES) * 16);
	enum ward_err err = read_all(&r, &a, path);

	ward_arena_fini(&a);
	return !err && in->diag->n_error != before ? WARD_ERR_CONFIG : err;
}

void ward_readers_free(struct ward_readers *r)
{
	ward_arena_fini(&r->arena);
	r->n = 0;
}
