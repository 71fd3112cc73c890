/* OpenC2 Language Specification 1.0 (3.3.1 Command, 3.3.2.2 Status Code); Specification for
 * Transfer of OpenC2 Messages via HTTPS 1.1. */
#include "respond/act/call.h"

#include "conf/conf.h"

#include <stdio.h>

enum { ARENA_BYTES = 4 << 20, HEADER_MAX = 200 };

static const char *const methods[] = {"POST", "PUT", "PATCH", "DELETE", "GET"};

bool ward_call_line(struct ward_str text, struct ward_call_line *ret)
{
	struct ward_str rest = ward_str_trim(text), method = ward_str_cut(&rest, ' ');
	struct ward_str to = ward_str_trim(rest), last;
	size_t i = 0, at;

	last = to;
	to = ward_str_cut(&last, ' ');
	last = ward_str_trim(last);
	while (i < WARD_ARRAY_LEN(methods) && !ward_str_eqz(method, methods[i]))
		i++;
	if (i == WARD_ARRAY_LEN(methods) || !to.len ||
		(last.len && (!ward_str_starts(last, WARD_STR("HTTP")) ||
				     ward_str_find(last, WARD_STR(" ")) != SIZE_MAX)))
		return false;
	*ret = (struct ward_call_line){.method = method, .origin = {"", 0}, .path = to};
	at = ward_str_find(to, WARD_STR("://"));
	if (at != SIZE_MAX && at < ward_str_find(to, WARD_STR("/"))) {
		size_t path = ward_str_find(ward_str_sub(to, at + 3, SIZE_MAX), WARD_STR("/"));

		path = path == SIZE_MAX ? to.len : path + at + 3;
		ret->origin = ward_str_sub(to, 0, path);
		ret->path = ward_str_sub(to, path, SIZE_MAX);
	}
	if (ret->path.len && ret->path.p[0] == '/')
		ret->path = ward_str_sub(ret->path, 1, SIZE_MAX);
	return true;
}

/* NULL: it is no JSON, or there is no memory. The tree borrows text. */
static const struct ward_conf *parse(
	struct ward_arena *arena, const struct ward_limits *lim, struct ward_str text)
{
	const struct ward_conf *c = NULL;
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err =
		ward_conf_json(arena, lim, WARD_STR("content"), 1, ward_str_bytes(text), &diag, &c);

	ward_diag_fini(&diag);
	return err ? NULL : c;
}

static const struct ward_conf *member(const struct ward_conf *c, const char *a, const char *b)
{
	return ward_conf_get(ward_conf_get(c, a), b);
}

/* A command by itself, or in a message. */
static const char *openc2_wrong(const struct ward_conf *c)
{
	const struct ward_conf *in = ward_conf_get(member(c, "body", "openc2"), "request");
	const struct ward_conf *of = in ? in : c, *target = ward_conf_get(of, "target");
	struct ward_str wants = ward_conf_word(ward_conf_get(of, "args"), "response_requested");

	if (!ward_conf_word(of, "action").len || !target || target->kind != WARD_CONF_MAP ||
		target->n_child != 1)
		return WARD_TEXT("'content' is no command of OpenC2\nwrite {\"action\": …, "
				 "\"target\": {TYPE: …}}, with one target");
	if (wants.len && !ward_str_eqz(wants, "complete"))
		return WARD_TEXT("by its `response_requested` it would not say what became of "
				 "it\nwrite complete, or leave it out");
	return NULL;
}

/* A value may hold '/' and '.': none of them may lead elsewhere, or end the line. */
static bool path_is_plain(struct ward_str path)
{
	struct ward_str rest = ward_str_sub(path, 0, ward_str_find(path, WARD_STR("?"))), part;

	for (bool more = path.len > 0; more;) {
		size_t slash = ward_str_find(rest, WARD_STR("/"));

		more = slash != SIZE_MAX;
		part = more ? ward_str_sub(rest, 0, slash) : rest;
		rest = more ? ward_str_sub(rest, slash + 1, SIZE_MAX) : rest;
		part = ward_str_sub(part, 0, ward_str_find(part, WARD_STR(";")));
		if ((!part.len && more) || ward_str_eqz(part, ".") || ward_str_eqz(part, ".."))
			return false;
	}
	for (size_t i = 0; i < path.len; i++)
		if (path.p[i] <= ' ' || path.p[i] > '~' || strchr("#%\\", path.p[i]))
			return false;
	return true;
}

const char *ward_call_wrong(struct ward_str line, struct ward_str content, bool openc2,
	const struct ward_limits *lim, const struct ward_mem *mem)
{
	struct ward_call_line l;
	struct ward_arena arena;
	const char *why = NULL;

	if (!ward_call_line(line, &l) || l.origin.len)
		return WARD_TEXT(
			"it is no call\nwrite METHOD /PATH, with POST, PUT, PATCH, DELETE or GET");
	if (!path_is_plain(l.path))
		return WARD_TEXT("its path may lead elsewhere\nwrite it without #, \\, //, percent "
				 "signs, . and .. as parts");
	if (openc2 && !ward_str_eqz(l.method, "POST"))
		return WARD_TEXT("OpenC2 is asked for by POST\nwrite POST /PATH");
	if (ward_str_eqz(l.method, "GET") && content.len)
		return WARD_TEXT("GET has no content\ntake it away, or write POST");
	if (!content.len && !openc2)
		return NULL;
	ward_arena_init(&arena, mem, ARENA_BYTES);
	const struct ward_conf *c = parse(&arena, lim, content);

	if (!c || (c->kind != WARD_CONF_MAP && c->kind != WARD_CONF_SEQ))
		why = WARD_TEXT(
			"its content is no JSON\nwrite one object, as one line of text in quotes");
	else if (openc2)
		why = openc2_wrong(c);
	ward_arena_fini(&arena);
	return why;
}

const char *ward_call_header_wrong(struct ward_str h)
{
	static const char *const own[] = {"host", "connection", "content-length", "content-type",
		"transfer-encoding", "idempotency-key", "x-request-id"};
	struct ward_str value = h, name = ward_str_cut(&value, ':');

	if (!name.len || name.len == h.len ||
		ward_str_find(value, WARD_STR("{secret}")) == SIZE_MAX)
		return WARD_TEXT(
			"no field that shows the secret\nwrite NAME: VALUE, with {secret} in it");
	if (h.len > HEADER_MAX)
		return WARD_TEXT("longer than 200 bytes\nshorten it");
	for (size_t i = 0; i < h.len; i++)
		if (h.p[i] < ' ' || h.p[i] > '~' || (i < name.len && h.p[i] == ' '))
			return WARD_TEXT("no field of a request\nwrite NAME: VALUE in ASCII");
	for (size_t i = 0; i < WARD_ARRAY_LEN(own); i++)
		if (ward_str_ieq(name, ward_str_z(own[i])))
			return WARD_TEXT("Ward writes that field itself\ntake another one");
	return NULL;
}

enum ward_err ward_call_read(struct ward_arena *arena, const struct ward_limits *lim,
	struct ward_str body, struct ward_call *ret)
{
	struct ward_str copy = ward_arena_str(arena, body); /* trees borrow their text */
	const struct ward_conf *c = copy.p ? parse(arena, lim, copy) : NULL;

	if (!copy.p)
		return WARD_ERR_NOMEM;
	if (!c || !ward_call_line(ward_conf_word(c, "run"), &ret->line) || ret->line.origin.len)
		return WARD_ERR_MALFORMED;
	ret->content = ward_conf_word(c, "content");
	ret->type = ward_conf_word(c, "type");
	ret->header = ward_conf_word(c, "header");
	ret->openc2 = ward_str_eqz(ret->type, WARD_CALL_OPENC2);
	return (ret->openc2 || ward_str_eqz(ret->type, WARD_CALL_JSON)) &&
			       path_is_plain(ret->line.path) && !ward_call_header_wrong(ret->header)
		       ? WARD_OK
		       : WARD_ERR_MALFORMED;
}

static void put_header(struct ward_str h, struct ward_str secret, struct ward_wr *w)
{
	const struct ward_str slot = WARD_STR("{secret}");

	for (size_t at; (at = ward_str_find(h, slot)) != SIZE_MAX;) {
		ward_wr_str(w, ward_str_sub(h, 0, at));
		ward_wr_str(w, secret);
		h = ward_str_sub(h, at + slot.len, SIZE_MAX);
	}
	ward_wr_str(w, h);
	ward_wr_z(w, "\r\n");
}

void ward_call_write(const struct ward_call *c, const struct ward_weburl *url, struct ward_id id,
	struct ward_str secret, struct ward_wr *w)
{
	char text[WARD_ID_TEXT];

	ward_id_text(id, text);
	ward_wr_printf(w, "%.*s /%.*s HTTP/1.1\r\nHost: ", WARD_STR_ARG(c->line.method),
		WARD_STR_ARG(c->line.path));
	ward_weburl_authority(url, w);
	ward_wr_printf(w,
		"\r\nUser-Agent: Ward\r\nConnection: close\r\nAccept: %.*s\r\n"
		"Idempotency-Key: \"%s\"\r\n",
		WARD_STR_ARG(c->type), text);
	if (c->openc2)
		ward_wr_printf(w, "X-Request-ID: %s\r\n", text);
	put_header(c->header, secret, w);
	if (c->content.len)
		ward_wr_printf(w, "Content-Type: %.*s\r\n", WARD_STR_ARG(c->type));
	if (!ward_str_eqz(c->line.method, "GET"))
		ward_wr_printf(w, "Content-Length: %zu\r\n", c->content.len);
	ward_wr_z(w, "\r\n");
	ward_wr_str(w, c->content);
}

static void say(struct ward_outcome *o, enum ward_sent what, const char *of, struct ward_str text)
{
	o->what = what;
	(void)snprintf(o->why, sizeof(o->why), "%s%s%.*s", of, text.len ? ": " : "",
		(int)(text.len < 80 ? text.len : 80), text.len ? text.p : "");
	for (char *p = o->why; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
}

void ward_call_judge(const struct ward_limits *lim, const struct ward_mem *mem,
	struct ward_slice answer, struct ward_outcome *o)
{
	struct ward_arena arena;
	uint64_t status = 0;
	char of[64];

	ward_arena_init(&arena, mem, ARENA_BYTES);
	const struct ward_conf *c = parse(&arena, lim, ward_slice_text(answer));
	const struct ward_conf *in = ward_conf_get(member(c, "body", "openc2"), "response");
	const struct ward_conf *r = in ? in : c;

	if (!ward_str_u64(ward_conf_word(r, "status"), &status) || status < 100 || status > 599)
		status = 0;
	(void)snprintf(of, sizeof(of), "OpenC2 status %u", (unsigned)status);
	if (!status)
		say(o, WARD_SENT_FAILED, "its answer holds no status of OpenC2", WARD_STR(""));
	else if (status < 200) /* it took it, and has not done it yet */
		say(o, WARD_SENT_FAILED, of, ward_conf_word(r, "status_text"));
	else if (status < 300)
		o->what = WARD_SENT_DELIVERED;
	else if (status >= 500 && status != 501) /* 501: it will never do that */
		say(o, WARD_SENT_FAILED, of, ward_conf_word(r, "status_text"));
	else
		say(o, WARD_SENT_REFUSED, of, ward_conf_word(r, "status_text"));
	ward_arena_fini(&arena);
}
