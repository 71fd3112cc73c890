#include "respond/act/actuators.h"

#include "conf/dir.h"
#include "respond/act/call.h"
#include "respond/act/port.h"
#include "respond/act/radius.h"
#include "respond/act/reader.h"
#include "respond/recipients.h"
#include "respond/webhook.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARENA_BYTES = 4 << 20, PATH_BYTES = 4096, SSH_PORT = 22 };

static const char *const does_name[WARD_DOES_N] = {
#define X(NAME, name, what) name,
	WARD_DOES_LIST(X)
#undef X
};

const char *ward_does_name(enum ward_does d)
{
	WARD_ASSERT((unsigned)d < WARD_DOES_N);
	return does_name[d];
}

static const struct {
	const char *name, *program;
} way_of[WARD_ACT_WAY_N] = {
#define X(NAME, name, program) {name, program},
	WARD_ACT_WAY_LIST(X)
#undef X
};

const char *ward_act_way_program(enum ward_act_way w)
{
	WARD_ASSERT((unsigned)w < WARD_ACT_WAY_N);
	return way_of[w].program;
}

const char *ward_actuator_type(enum ward_act_way w)
{
	return w == WARD_ACT_WAY_OPENC2 ? WARD_CALL_OPENC2
	       : w == WARD_ACT_WAY_HTTP ? WARD_CALL_JSON
					: NULL;
}

struct ward_str reader_text(struct reader *r, const char *key, bool required)
{
	struct ward_str s;
	enum ward_err err = ward_conf_line(
		r->c, key, required, WARD_ACTUATOR_TEXT, &r->to->arena, r->in->diag, &s);

	r->err = err ? err : r->err;
	return s;
}

struct ward_str reader_id(struct reader *r)
{
	struct ward_str s = reader_text(r, "id", true);
	bool good = s.len && s.len <= WARD_ACTUATOR_ID;

	for (size_t i = 0; i < s.len && good; i++)
		good = (s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
		       (i && s.p[i] == '-');
	if (s.len && !good)
		reader_say(r, r->c,
			WARD_TEXT("'%.*s' is no id\nwrite lower-case letters, digits and '-', at "
				  "most %d"),
			WARD_STR_ARG(s), WARD_ACTUATOR_ID);
	return s;
}

void reader_port(struct reader *r, const struct ward_conf *v, struct ward_str *ret)
{
	struct ward_str s = v->kind == WARD_CONF_SCALAR ? v->text : WARD_STR("");
	struct ward_port_name name;

	if (!ward_port_name(s, &name))
		reader_say(r, v,
			WARD_TEXT("'%.*s' is no port\nwrite its ifName, as in Gi1/0/7, of at most "
				  "%d letters, or `ifIndex N`"),
			WARD_STR_ARG(s), WARD_PORT_NAME);
	*ret = ward_arena_str(&r->to->arena, ward_str_sub(s, 0, WARD_PORT_NAME));
	if (!ret->p)
		r->err = WARD_ERR_NOMEM;
}

/* ---- the systems ---- */

static void read_webhook(struct reader *r, struct ward_actuator *a)
{
	struct ward_weburl url;
	const char *why;

	if (a->where.len && ward_weburl_read(a->where, &url, &why) != WARD_OK)
		reader_say(r, ward_conf_get(r->c, "webhook"),
			WARD_TEXT("this is no address of a system: %s\nwrite "
				  "https://HOST[:PORT]/PATH"),
			why);
	a->certificate = reader_text(r, "certificate", false);
}

/* HOST[:PORT] becomes HOST:PORT. */
static void read_host(struct reader *r, struct ward_actuator *a, const char *key, unsigned port)
{
	char whole[WARD_ACTUATOR_TEXT + 16];
	struct ward_weburl url;
	const char *why;
	int n = snprintf(whole, sizeof(whole), "https://%.*s", WARD_STR_ARG(a->where));

	if (!a->where.len)
		return;
	if (n < 0 || (size_t)n >= sizeof(whole) || memchr(a->where.p, '/', a->where.len) ||
		ward_weburl_read(ward_str_z(whole), &url, &why) != WARD_OK) {
		reader_say(r, ward_conf_get(r->c, key),
			WARD_TEXT("'%.*s' is no host\nwrite HOST or HOST:PORT, an IPv6 address in "
				  "brackets"),
			WARD_STR_ARG(a->where));
		return;
	}
	bool v6 = strchr(url.host, ':') != NULL,
	     given = a->where.p[a->where.len - 1] != ']' && memchr(a->where.p, ':', a->where.len);

	n = snprintf(whole, sizeof(whole), "%s%s%s:%u", v6 ? "[" : "", url.host, v6 ? "]" : "",
		given ? url.port : port);
	a->where = ward_arena_str(&r->to->arena, ward_str_z(whole));
	if (!a->where.p)
		r->err = WARD_ERR_NOMEM;
}

static void read_ssh(struct reader *r, struct ward_actuator *a)
{
	read_host(r, a, "ssh", SSH_PORT);
	a->user = reader_text(r, "user", true);
	a->host_key = reader_text(r, "host_key", true);
}

static void read_radius(struct reader *r, struct ward_actuator *a)
{
	read_host(r, a, "radius", WARD_RADIUS_PORT);
	a->nas = reader_text(r, "nas", false);
	if (a->nas.len > WARD_RADIUS_NAS)
		reader_say(r, ward_conf_get(r->c, "nas"),
			WARD_TEXT("'nas' is too long\nwrite at most %d bytes"), WARD_RADIUS_NAS);
}

/* Who forgot them would find out with half a building. */
static void read_uplinks(struct reader *r, struct ward_actuator *a)
{
	char buf[WARD_ACTUATOR_TEXT];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	const struct ward_conf *v = ward_conf_get(r->c, "uplinks");

	if (!v || v->kind != WARD_CONF_SEQ) {
		reader_say(r, v ? v : r->c,
			WARD_TEXT("which of its ports lead to other switches is not said\nadd "
				  "`uplinks: [PORT, …]`, or `uplinks: []` if none does"));
		return;
	}
	for (const struct ward_conf *p = v->child; p; p = p->next) {
		struct ward_str port;

		reader_port(r, p, &port);
		ward_wr_z(&w, p == v->child ? "" : "\t");
		ward_wr_str(&w, port);
	}
	if (ward_wr_bad(&w))
		reader_say(r, v, WARD_TEXT("'uplinks' is too long\nwrite at most %d bytes"),
			WARD_ACTUATOR_TEXT);
	a->uplinks =
		ward_arena_str(&r->to->arena, ward_wr_bad(&w) ? WARD_STR("") : ward_wr_text(&w));
	if (!a->uplinks.p)
		r->err = WARD_ERR_NOMEM;
}

static void read_snmp(struct reader *r, struct ward_actuator *a)
{
	const struct ward_conf *v = ward_conf_get(r->c, "security");

	read_host(r, a, "snmp", WARD_PORT_SNMP);
	a->user = reader_text(r, "user", true);
	a->security = reader_text(r, "security", true);
	if (ward_str_eqz(a->security, "v2c") || ward_str_eqz(a->security, "v1"))
		reader_say(r, v,
			WARD_TEXT(
				"its community can be read by all on the way, and who has it shuts "
				"ports\nwrite sha256-aes or sha-aes, with a user of version 3"));
	else if (a->security.len && !ward_port_security(a->security))
		reader_say(r, v,
			WARD_TEXT(
				"'security' has the bad value '%.*s'\nwrite sha256-aes or sha-aes"),
			WARD_STR_ARG(a->security));
	read_uplinks(r, a);
}

static void read_called(struct reader *r, struct ward_actuator *a)
{
	struct ward_weburl url;
	const char *why;
	enum ward_err err = ward_weburl_read(a->where, &url, &why);

	if (a->where.len && (err || !ward_str_eqz(ward_str_z(url.path), "/")))
		reader_say(r, ward_conf_get(r->c, way_of[a->way].name),
			WARD_TEXT("this is no address of a system: %s\nwrite https://HOST[:PORT]; "
				  "paths stand in `run`"),
			err ? why : WARD_TEXT("it has a path"));
	a->certificate = reader_text(r, "certificate", false);
	a->header = reader_text(r, "header", false);
	why = a->header.len ? ward_call_header_wrong(a->header) : NULL;
	if (why)
		reader_say(r, ward_conf_get(r->c, "header"), "%s", why);
	else if (!a->header.len)
		a->header = WARD_STR(WARD_CALL_HEADER);
}

/* Which of the keys that say where it is; the first when there is none. */
static enum ward_act_way way_in(struct reader *r)
{
	enum ward_act_way way = WARD_ACT_WAY_N;

	for (unsigned i = 0; i < WARD_ACT_WAY_N; i++) {
		const struct ward_conf *v = ward_conf_get(r->c, way_of[i].name);

		if (v && way != WARD_ACT_WAY_N)
			reader_say(r, v, WARD_TEXT("'%s' and '%s' at once\nmake them two systems"),
				way_of[way].name, way_of[i].name);
		else if (v)
			way = (enum ward_act_way)i;
	}
	return way == WARD_ACT_WAY_N ? WARD_ACT_WAY_WEBHOOK : way;
}

static void read_played(struct reader *r, struct ward_actuator *a)
{
	(void)r;
	a->exercise = true;
}

static void read_way(struct reader *r, struct ward_actuator *a)
{
	static const char *const keys[WARD_ACT_WAY_N][10] = {
		[WARD_ACT_WAY_WEBHOOK] = {"id", "name", "webhook", "secret_file", "certificate",
			"exercise", "can", NULL},
		[WARD_ACT_WAY_SSH] = {"id", "name", "ssh", "user", "host_key", "secret_file",
			"exercise", "can", NULL},
		[WARD_ACT_WAY_RADIUS] = {"id", "name", "radius", "nas", "secret_file", "exercise",
			"can", NULL},
		[WARD_ACT_WAY_SNMP] = {"id", "name", "snmp", "user", "security", "uplinks",
			"secret_file", "exercise", "can", NULL},
		[WARD_ACT_WAY_HTTP] = {"id", "name", "http-api", "header", "secret_file",
			"certificate", "exercise", "can", NULL},
		[WARD_ACT_WAY_OPENC2] = {"id", "name", "openc2-http", "header", "secret_file",
			"certificate", "exercise", "can", NULL},
		[WARD_ACT_WAY_PLAYED] = {"id", "name", "played", "can", NULL},
	};

	static void (*const reads[WARD_ACT_WAY_N])(struct reader *, struct ward_actuator *) = {
		[WARD_ACT_WAY_WEBHOOK] = read_webhook,
		[WARD_ACT_WAY_SSH] = read_ssh,
		[WARD_ACT_WAY_RADIUS] = read_radius,
		[WARD_ACT_WAY_SNMP] = read_snmp,
		[WARD_ACT_WAY_HTTP] = read_called,
		[WARD_ACT_WAY_OPENC2] = read_called,
		[WARD_ACT_WAY_PLAYED] = read_played,
	};

	a->way = way_in(r);
	ward_conf_only(r->c, keys[a->way], r->in->diag);
	a->where = reader_text(r, way_of[a->way].name, true);
	if (a->way != WARD_ACT_WAY_PLAYED)
		a->secret_file = reader_text(r, "secret_file", true);
	reads[a->way](r, a);
}

static void read_can(struct reader *r, size_t actuator)
{
	const struct ward_conf *whole = r->c, *can = ward_conf_get(whole, "can");

	if (!can || can->kind != WARD_CONF_SEQ || !can->child)
		reader_say(r, whole,
			WARD_TEXT("the system can do nothing\nadd `can:` with a list of what it "
				  "does"));
	for (const struct ward_conf *c = can && can->kind == WARD_CONF_SEQ ? can->child : NULL;
		c && !r->err; c = c->next) {
		r->c = c;
		if (c->kind == WARD_CONF_MAP)
			reader_ability(r, actuator);
		else
			reader_say(r, c,
				WARD_TEXT("this is nothing that is done\nwrite `- id: …` with its "
					  "keys"));
	}
	r->c = whole;
}

static void read_one(struct reader *r, const struct ward_conf *c)
{
	struct ward_actuator a = {.line = c->line};

	r->c = c;
	if (c->kind != WARD_CONF_MAP) {
		reader_say(
			r, c, WARD_TEXT("this is no system\nwrite `- id: …` with its keys below"));
		return;
	}
	if (r->to->n == WARD_ACTUATORS_MAX) {
		reader_say(r, c,
			WARD_TEXT("more than %d systems\nlet one of them hand on what it is asked"),
			WARD_ACTUATORS_MAX);
		return;
	}
	a.id = reader_id(r);
	for (size_t i = 0; i < r->to->n; i++)
		if (ward_str_eq(r->to->a[i].id, a.id))
			reader_say(r, c,
				WARD_TEXT(
					"'%.*s' is there already, in line %u\ngive it another id"),
				WARD_STR_ARG(a.id), r->to->a[i].line);
	a.name = reader_text(r, "name", false);
	a.name = a.name.len ? a.name : a.id;
	read_way(r, &a);
	if (a.way != WARD_ACT_WAY_PLAYED)
		(void)ward_conf_bool(c, "exercise", false, r->in->diag, &a.exercise);
	r->to->a[r->to->n] = a;
	read_can(r, r->to->n++);
}

static void read_all(struct reader *r, const struct ward_conf *docs)
{
	static const char *const keys[] = {"actuators", NULL};

	for (const struct ward_conf *d = docs->child; d; d = d->next) {
		const struct ward_conf *list = ward_conf_get(d, "actuators");

		if (!list || list->kind != WARD_CONF_SEQ) {
			reader_say(r, d,
				WARD_TEXT("the file holds no list of systems\nbegin with "
					  "`actuators:`"));
			continue;
		}
		ward_conf_only(d, keys, r->in->diag);
		for (const struct ward_conf *c = list->child; c && !r->err; c = c->next)
			read_one(r, c);
	}
}

enum ward_err ward_actuators_read(const struct ward_actuators_in *in, struct ward_str file,
	struct ward_slice bytes, struct ward_actuators *ret)
{
	struct reader r = {.in = in, .to = ret};
	size_t before = in->diag->n_error;
	const struct ward_conf *docs;
	struct ward_arena tree;

	*ret = (struct ward_actuators){.n = 0};
	ward_arena_init(&ret->arena, in->mem, ARENA_BYTES);
	ret->ability = ward_arena_array(&ret->arena, WARD_ABILITIES_MAX, sizeof(*ret->ability));
	if (!ret->ability)
		return WARD_ERR_NOMEM;
	ward_arena_init(&tree, in->mem, ward_limit(in->lim, WARD_LIMIT_CONF_BYTES) * 8);
	enum ward_err err = ward_conf_yaml(&tree, in->lim, file, bytes, in->diag, &docs);

	if (!err)
		read_all(&r, docs);
	ward_arena_fini(&tree);
	if (err || r.err)
		return err ? err : r.err;
	return in->diag->n_error == before ? WARD_OK : WARD_ERR_CONFIG;
}

/* By its whole path, or in the directory. False: it has no room. */
static bool path_of(const char *dir, struct ward_str name, char path[PATH_BYTES])
{
	bool whole = name.len && name.p[0] == '/';
	int n = snprintf(path, PATH_BYTES, "%s%s%.*s", whole ? "" : dir, whole ? "" : "/",
		WARD_STR_ARG(name));

	return n > 0 && n < PATH_BYTES;
}

/* Without the server's own key anybody on the way could answer in its place. */
static void check_host_key(const struct ward_actuators_in *in, const char *dir,
	struct ward_str file, const struct ward_actuator *a)
{
	char path[PATH_BYTES];

	if (a->host_key.len && (!path_of(dir, a->host_key, path) || access(path, R_OK) != 0))
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, file, a->line,
			WARD_TEXT("system '%.*s': the file of `host_key` can't be read\nmake it "
				  "from the server's /etc/ssh/ssh_host_ed25519_key.pub"),
			WARD_STR_ARG(a->id));
}

/* Two pass phrases, of which neither may be too short (RFC 3414 11.2). */
static bool has_phrases(const char *path)
{
	char text[WARD_SECRET_MAX];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text)) : -1;
	struct ward_str rest = {text, n > 0 ? (size_t)n : 0}, auth, privacy;
	bool good = ward_port_phrases(ward_str_cut(&rest, '\n'), &auth, &privacy);

	if (fd >= 0)
		(void)close(fd);
	ward_wipe(text, sizeof(text));
	return n > 0 && good;
}

/* Of a system's secret. */
static void say_secret(const struct ward_actuators_in *in, struct ward_str file,
	const struct ward_actuator *a, const char *what, const char *mend)
{
	ward_diag_say(in->diag, &(struct ward_diag_item){.level = WARD_DIAG_ERROR,
					.file = file,
					.line = a->line,
					.what = ward_str_z(what),
					.mend = ward_str_z(mend),
					.slot = &(struct ward_diag_slot){"system", a->id},
					.n_slot = 1});
}

/* Whoever reads the secret can act in Ward's name. */
static void check_files(const struct ward_actuators_in *in, const char *dir, struct ward_str file,
	const struct ward_actuator *a)
{
	const char *make = WARD_TEXT("make it: (umask 077; openssl rand -hex 32 >FILE)");
	char path[PATH_BYTES];
	struct stat st;

	if (a->way == WARD_ACT_WAY_PLAYED)
		return;
	if (!path_of(dir, a->secret_file, path) || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		say_secret(in, file, a,
			WARD_TEXT("system '{system}': the secret's file can't be read"), make);
	else if (st.st_size < WARD_SECRET_MIN)
		say_secret(in, file, a,
			WARD_TEXT("system '{system}': the secret is shorter than 16 characters"),
			make);
	else if (st.st_mode & (S_IRWXG | S_IRWXO))
		say_secret(in, file, a,
			WARD_TEXT("system '{system}': others may read the secret: they could act "
				  "in Ward's name"),
			WARD_TEXT("chmod 600 the file, and replace the secret if others are on the "
				  "machine"));
	else if (a->way == WARD_ACT_WAY_SNMP && !has_phrases(path))
		say_secret(in, file, a,
			WARD_TEXT("system '{system}': a pass phrase is shorter than 8 characters"),
			WARD_TEXT("write AUTHENTICATION, a tab, PRIVACY, or one for both, as the "
				  "first line of its secret_file"));
	if (a->certificate.len && (!path_of(dir, a->certificate, path) || access(path, R_OK) != 0))
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, file, a->line,
			WARD_TEXT("system '%.*s': the certificate's file can't be read\nname a PEM "
				  "file of the directory"),
			WARD_STR_ARG(a->id));
}

enum ward_err ward_actuators_load(
	const struct ward_actuators_in *in, const char *dir, struct ward_actuators *ret)
{
	struct ward_conf_beside f;
	struct ward_arena bytes;
	size_t before = in->diag->n_error;

	*ret = (struct ward_actuators){.n = 0};
	ward_arena_init(&ret->arena, in->mem, ARENA_BYTES);
	ward_arena_init(&bytes, in->mem, ward_limit(in->lim, WARD_LIMIT_CONF_BYTES) + PATH_BYTES);
	enum ward_err err =
		ward_conf_beside(&bytes, in->lim, dir, WARD_ACTUATORS_FILE, in->diag, &f);

	if (!err && f.path.len) {
		ward_actuators_free(ret);
		err = ward_actuators_read(in, f.path, f.bytes, ret);
	}
	for (size_t i = 0; !err && i < ret->n; i++) {
		check_files(in, dir, f.path, &ret->a[i]);
		check_host_key(in, dir, f.path, &ret->a[i]);
	}
	ward_arena_fini(&bytes);
	return err ? err : in->diag->n_error == before ? WARD_OK : WARD_ERR_CONFIG;
}

void ward_actuators_free(struct ward_actuators *t)
{
	ward_arena_fini(&t->arena);
	t->n = t->n_ability = 0;
}

/* ---- looking up ---- */

size_t ward_ability_find(const struct ward_actuators *t, struct ward_str name)
{
	struct ward_str id = name, actuator = ward_str_cut(&id, '/');

	for (size_t i = 0; i < t->n_ability; i++)
		if (ward_str_eq(t->ability[i].id, id) &&
			ward_str_eq(t->a[t->ability[i].actuator].id, actuator))
			return i;
	return SIZE_MAX;
}

bool ward_ability_acts_on(const struct ward_ability *a, uint32_t node)
{
	for (size_t i = 0; i < a->n_on; i++)
		if (a->on[i] == node)
			return true;
	return false;
}

size_t ward_ability_narrowest(
	const struct ward_actuators *t, enum ward_does does, uint32_t node, bool exercise)
{
	size_t best = SIZE_MAX;

	for (size_t i = 0; i < t->n_ability; i++)
		if (t->ability[i].does == does && !t->ability[i].hosts &&
			t->a[t->ability[i].actuator].exercise == exercise &&
			ward_ability_acts_on(&t->ability[i], node) &&
			(best == SIZE_MAX || t->ability[i].n_cuts < t->ability[best].n_cuts))
			best = i;
	return best;
}
