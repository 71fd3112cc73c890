#include "respond/ticket_system.h"

#include <stdio.h>
#include <unistd.h>

enum { ARENA_BYTES = 1 << 20, TITLE_LEAST = 20, TITLE_MOST = 1024, TITLE_USUAL = 160 };

static const char *const name[WARD_TICKET_N] = {
#define X(NAME, key, must, slots) key,
	WARD_TICKET_LIST(X)
#undef X
};
static const bool must[WARD_TICKET_N] = {
#define X(NAME, key, is, slots) is,
	WARD_TICKET_LIST(X)
#undef X
};
static const unsigned slots[WARD_TICKET_N] = {
#define X(NAME, key, is, may) may,
	WARD_TICKET_LIST(X)
#undef X
};
static const unsigned who = 1u << WARD_SLOT_USER | 1u << WARD_SLOT_SECRET | 1u << WARD_SLOT_LOGIN;

const char *ward_ticket_name(enum ward_ticket_do d)
{
	WARD_ASSERT((unsigned)d < WARD_TICKET_N);
	return name[d];
}

struct reader {
	const struct ward_ticket_in *in;
	struct ward_ticket_system *to;
	const struct ward_conf *top;
	enum ward_err err;
};

#define say(r, at, ...) \
	ward_diag_addf((r)->in->diag, WARD_DIAG_ERROR, (at)->file, (at)->line, __VA_ARGS__)

static struct ward_str keep(struct reader *r, struct ward_str s)
{
	struct ward_str copy = ward_arena_str(&r->to->arena, s);

	if (!copy.p)
		r->err = WARD_ERR_NOMEM;
	return copy.p ? copy : WARD_STR("");
}

static struct ward_str text(
	struct reader *r, const struct ward_conf *c, const char *key, bool required)
{
	struct ward_str s = {NULL, 0};

	return ward_conf_str(c, key, required, r->in->diag, &s) ? keep(r, s) : WARD_STR("");
}

/* RFC 6901, 3. */
static struct ward_str pointer(
	struct reader *r, const struct ward_conf *c, const char *key, bool required)
{
	struct ward_str s = text(r, c, key, required);
	bool good = !s.len || s.p[0] == '/';

	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == '~' && (i + 1 == s.len || (s.p[i + 1] != '0' && s.p[i + 1] != '1')))
			good = false;
	if (!good)
		say(r, ward_conf_get(c, key),
			WARD_TEXT("'%s' is no JSON pointer\nwrite where the answer holds it, such "
				  "as /result/0/number"),
			key);
	return s;
}

static void read_headers(
	struct reader *r, const struct ward_conf *c, struct ward_str to[WARD_TEMPLATE_HEADERS])
{
	const struct ward_conf *list = ward_conf_get(c, "headers");
	size_t n = 0;

	if (!list)
		return;
	if (list->kind != WARD_CONF_SEQ || list->n_child > WARD_TEMPLATE_HEADERS) {
		say(r, list,
			WARD_TEXT("'headers' is no list of at most %d\nwrite headers: [\"NAME: "
				  "VALUE\"]"),
			WARD_TEMPLATE_HEADERS);
		return;
	}
	for (size_t i = 0; i < WARD_TEMPLATE_HEADERS; i++)
		to[i] = WARD_STR("");
	for (const struct ward_conf *h = list->child; h; h = h->next) {
		if (h->kind == WARD_CONF_SCALAR && h->text.len)
			to[n++] = keep(r, h->text);
		else
			say(r, h,
				WARD_TEXT("a header is no text\nwrite it in quotes: \"NAME: "
					  "VALUE\""));
	}
}

static bool holds(const struct ward_ticket_request *q, enum ward_slot slot)
{
	struct ward_str unknown;
	unsigned in =
		ward_template_slots(q->path, &unknown) | ward_template_slots(q->t.body, &unknown);

	for (size_t i = 0; i < WARD_TEMPLATE_HEADERS; i++)
		in |= ward_template_slots(q->t.header[i], &unknown);
	return in >> slot & 1;
}

/* Without these it would make a second ticket, or change another one. */
static void check_held(struct reader *r, const struct ward_conf *c, enum ward_ticket_do d,
	const struct ward_ticket_request *q)
{
	if ((d == WARD_TICKET_FIND || d == WARD_TICKET_CREATE) && !holds(q, WARD_SLOT_INCIDENT))
		say(r, c,
			WARD_TEXT("'%s' does not hold {incident}: a ticket would not be found "
				  "again\nput it into the field by which `find` asks for it"),
			name[d]);
	if ((d == WARD_TICKET_UPDATE || d == WARD_TICKET_REOPEN || d == WARD_TICKET_CLOSE) &&
		!holds(q, WARD_SLOT_TICKET))
		say(r, c,
			WARD_TEXT("'%s' does not say which ticket\nput {ticket} into its path or "
				  "body"),
			name[d]);
}

static void read_request(struct reader *r, enum ward_ticket_do d)
{
	static const char *const keys[] = {"method", "path", "headers", "body", "answer", NULL},
				 *const login[] = {"method", "path", "headers", "body", "session",
					 NULL},
				 *const find[] = {"method", "path", "headers", "body", "id",
					 "state", "number", NULL};
	const struct ward_conf *c = ward_conf_get(r->top, name[d]);
	struct ward_ticket_request *q = &r->to->request[d];
	bool session = ward_conf_get(r->top, "login") && d != WARD_TICKET_LOGIN;
	struct ward_template_slot slot;

	if (!c || c->kind != WARD_CONF_MAP) {
		if (c || must[d])
			say(r, c ? c : r->top,
				WARD_TEXT("there is no request '%s'\nadd it, with `method`, `path` "
					  "and `body`"),
				name[d]);
		return;
	}
	ward_conf_only(c,
		d == WARD_TICKET_LOGIN  ? login
		: d == WARD_TICKET_FIND ? find
					: keys,
		r->in->diag);
	q->t.method = text(r, c, "method", true);
	q->path = text(r, c, "path", true);
	q->t.body = text(r, c, "body", false);
	q->t.type = WARD_STR("application/json");
	q->t.keep = true;
	q->answer = pointer(r, c, "answer", false);
	read_headers(r, r->top, q->t.header);
	read_headers(r, c, q->t.header);
	if (!q->path.len || !q->t.method.len)
		return;
	for (size_t i = 0; i < q->path.len; i++)
		if (q->path.p[0] != '/' || q->path.p[i] <= ' ' || q->path.p[i] > '~' ||
			q->path.p[i] == '#' || q->path.len > WARD_WEBURL_PATH / 2) {
			say(r, ward_conf_get(c, "path"),
				WARD_TEXT("'path' is none\nbegin it with '/', percent-encode "
					  "blanks and quotes, and write at most %d characters"),
				WARD_WEBURL_PATH / 2);
			return;
		}
	const char *why = ward_template_wrong_of(
		&q->t, q->path, slots[d] | who | (session ? 1u << WARD_SLOT_SESSION : 0), &slot);

	struct ward_str mend = ward_str_z(why ? why : ""), what = ward_str_cut(&mend, '\n');

	if (why && slot.is[0])
		say(r, c, WARD_TEXT("'%s': %s %s\nwrite %s"), name[d], slot.is, why, slot.may);
	else if (why)
		say(r, c, WARD_TEXT("'%s': %.*s\n%.*s"), name[d], WARD_STR_ARG(what),
			WARD_STR_ARG(mend));
	check_held(r, c, d, q);
}

static void read_closed(struct reader *r)
{
	const struct ward_conf *c = ward_conf_get(r->top, "closed");

	if (!c || c->kind != WARD_CONF_SEQ || !c->n_child || c->n_child > WARD_TICKET_CLOSED) {
		say(r, c ? c : r->top,
			WARD_TEXT("nothing says which states mean closed\nadd `closed: [\"6\", "
				  "\"7\"]`, as the system writes them in its answers"));
		return;
	}
	for (const struct ward_conf *s = c->child; s; s = s->next)
		if (s->kind == WARD_CONF_SCALAR && s->text.len)
			r->to->closed[r->to->n_closed++] = keep(r, s->text);
		else
			say(r, s, WARD_TEXT("a state is no word\nwrite it in quotes"));
}

static void read_priority(struct reader *r)
{
	static const char *const level[] = {
		"informational", "low", "medium", "high", "critical", NULL};
	const struct ward_conf *c = ward_conf_get(r->top, "priority");
	bool asked = false;

	for (size_t i = 0; i < WARD_TICKET_N; i++)
		asked = asked || holds(&r->to->request[i], WARD_SLOT_PRIORITY);
	if (c && c->kind == WARD_CONF_MAP) {
		ward_conf_only(c, level, r->in->diag);
		for (size_t i = 0; i < WARD_TICKET_LEVELS; i++)
			r->to->priority[i] = text(r, c, level[i], true);
	} else if (c || asked) {
		say(r, c ? c : r->top,
			WARD_TEXT(
				"nothing says what {priority} is\nadd `priority: {critical: \"1\", "
				"high: \"2\", medium: \"3\", low: \"3\", informational: \"3\"}`"));
	}
}

static void read_title(struct reader *r)
{
	int64_t n = TITLE_USUAL;

	(void)ward_conf_i64(r->top, "title", false, r->in->diag, TITLE_LEAST, TITLE_MOST, &n);
	r->to->title = (uint64_t)n;
}

static void read_all(struct reader *r, const struct ward_conf *docs)
{
	static const char *const keys[] = {"name", "title", "html", "priority", "headers", "closed",
#define X(NAME, key, is, may) key,
		WARD_TICKET_LIST(X)
#undef X
			NULL};
	const struct ward_conf *c = docs->child;

	r->top = c;
	if (!c || docs->n_child != 1 || c->kind != WARD_CONF_MAP) {
		say(r, c ? c : docs,
			WARD_TEXT(
				"this is no ticket system\nwrite one, with `find:`, `create:` …"));
		return;
	}
	ward_conf_only(c, keys, r->in->diag);
	(void)text(r, c, "name", false);
	read_title(r);
	(void)ward_conf_bool(c, "html", false, r->in->diag, &r->to->html);
	for (size_t i = 0; i < WARD_TICKET_N; i++)
		read_request(r, (enum ward_ticket_do)i);
	const struct ward_conf *login = ward_conf_get(c, "login"), *find = ward_conf_get(c, "find");

	if (login)
		r->to->session = pointer(r, login, "session", true);
	if (find) {
		r->to->id = pointer(r, find, "id", true);
		r->to->state = pointer(r, find, "state", true);
		r->to->number = pointer(r, find, "number", false);
	}
	if (!ward_ticket_system_asks(r->to, WARD_SLOT_SECRET) &&
		!ward_ticket_system_asks(r->to, WARD_SLOT_LOGIN))
		say(r, c,
			WARD_TEXT("nothing holds the secret\nadd `headers: [\"Authorization: Basic "
				  "{login}\"]`, or {secret} where the system wants it"));
	read_closed(r);
	read_priority(r);
}

enum ward_err ward_ticket_system_read(const struct ward_ticket_in *in, struct ward_str file,
	struct ward_slice bytes, struct ward_ticket_system *ret)
{
	struct reader r = {.in = in, .to = ret};
	size_t before = in->diag->n_error;
	const struct ward_conf *docs;
	struct ward_arena tree;

	memset(ret, 0, sizeof(*ret));
	ward_arena_init(&ret->arena, in->mem, ARENA_BYTES);
	ward_arena_init(&tree, in->mem, ward_limit(in->lim, WARD_LIMIT_CONF_BYTES) * 8);
	enum ward_err err = ward_conf_yaml(&tree, in->lim, file, bytes, in->diag, &docs);

	if (!err)
		read_all(&r, docs);
	ward_arena_fini(&tree);
	if (err || r.err)
		return err ? err : r.err;
	return in->diag->n_error == before ? WARD_OK : WARD_ERR_CONFIG;
}

bool ward_ticket_is_system(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
			    s.p[i] == '-' || s.p[i] == '_'))
			return false;
	return s.len && s.len <= WARD_TICKET_NAME;
}

bool ward_ticket_is_number(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
			    (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-' || s.p[i] == '_' ||
			    s.p[i] == '#'))
			return false;
	return s.len && s.len <= WARD_TICKET_NUMBER;
}

bool ward_ticket_system_path(
	const char *dir, const char *content, struct ward_str system, char ret[WARD_TICKET_PATH])
{
	const char *const root[] = {dir, content};

	for (size_t i = 0; ward_ticket_is_system(system) && i < WARD_ARRAY_LEN(root); i++) {
		int n = snprintf(ret, WARD_TICKET_PATH, "%s/tickets/%.*s.yml", root[i],
			WARD_STR_ARG(system));

		if (n > 0 && n < WARD_TICKET_PATH && access(ret, F_OK) == 0)
			return true;
	}
	return false;
}

enum ward_err ward_ticket_system_load(const struct ward_ticket_in *in, const char *dir,
	const char *content, struct ward_str system, struct ward_ticket_system *ret)
{
	char path[WARD_TICKET_PATH];
	struct ward_arena bytes;
	struct ward_slice all;

	memset(ret, 0, sizeof(*ret));
	if (!ward_ticket_system_path(dir, content, system, path))
		return WARD_ERR_NOT_FOUND;
	ward_arena_init(
		&bytes, in->mem, ward_limit(in->lim, WARD_LIMIT_CONF_BYTES) + WARD_TICKET_PATH);
	enum ward_err err = ward_conf_read(&bytes, in->lim, path, in->diag, &all);

	if (!err)
		err = ward_ticket_system_read(in, ward_str_z(path), all, ret);
	ward_arena_fini(&bytes);
	return err == WARD_ERR_NOT_FOUND ? WARD_ERR_IO : err;
}

void ward_ticket_system_free(struct ward_ticket_system *s)
{
	if (s->arena.mem)
		ward_arena_fini(&s->arena);
}

bool ward_ticket_system_asks(const struct ward_ticket_system *s, enum ward_slot slot)
{
	for (size_t i = 0; i < WARD_TICKET_N; i++)
		if (holds(&s->request[i], slot))
			return true;
	return false;
}
