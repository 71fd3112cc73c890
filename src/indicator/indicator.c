#include "indicator/indicator.h"

#include "conf/conf.h"

enum { TREE_BYTES = 1 << 28, EVENTS_DEEP = 3 };

struct reading {
	struct ward_diag *diag;
	struct ward_wr *w;
	struct ward_str file;
	size_t n_other; /* that can't be looked for */
	uint32_t other_line;
};

bool ward_indicator_is_document(struct ward_slice text)
{
	struct ward_str s = ward_str_trim(ward_slice_text(text));

	return s.len && (s.p[0] == '{' || s.p[0] == '[');
}

static struct ward_str text_of(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	return v && v->kind == WARD_CONF_SCALAR ? v->text : (struct ward_str){NULL, 0};
}

static bool is(const struct ward_conf *c, const char *key, const char *value)
{
	return ward_str_eqz(text_of(c, key), value);
}

static const struct ward_conf *list(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	return v && v->kind == WARD_CONF_SEQ ? v->child : NULL;
}

static void other(struct reading *r, uint32_t line)
{
	if (!r->n_other++)
		r->other_line = line;
}

/* One line. A value with what would end it there can't be looked for: a part of it is another. */
static void put(struct reading *r, struct ward_str value, struct ward_str what, uint32_t line)
{
	size_t n = 0;

	value = ward_str_trim(value);
	while (n < value.len && (unsigned char)value.p[n] > ' ' && value.p[n] != ',')
		n++;
	if (!n || n < value.len || value.p[0] == '#') {
		other(r, line);
		return;
	}
	ward_wr_str(r->w, value);
	ward_wr_ch(r->w, '\t');
	for (size_t i = 0; i < what.len; i++)
		ward_wr_ch(r->w, (unsigned char)what.p[i] < ' ' ? ' ' : what.p[i]);
	ward_wr_ch(r->w, '\n');
}

/* MISP: which half of a value with '|' counts; NONE: it can't be looked for. */
enum half { HALF_NONE, HALF_ALL, HALF_FIRST, HALF_SECOND, HALF_BOTH };
static const struct {
	const char *type;
	enum half half;
} misp_types[] = {
	{"ip-src", HALF_ALL},
	{"ip-dst", HALF_ALL},
	{"ip-src|port", HALF_FIRST},
	{"ip-dst|port", HALF_FIRST},
	{"domain", HALF_ALL},
	{"hostname", HALF_ALL},
	{"hostname|port", HALF_FIRST},
	{"domain|ip", HALF_BOTH},
	{"url", HALF_ALL},
	{"mac-address", HALF_ALL},
	{"md5", HALF_ALL},
	{"sha1", HALF_ALL},
	{"sha256", HALF_ALL},
	{"sha384", HALF_ALL},
	{"sha512", HALF_ALL},
	{"filename|md5", HALF_SECOND},
	{"filename|sha1", HALF_SECOND},
	{"filename|sha256", HALF_SECOND},
	{"filename|sha384", HALF_SECOND},
	{"filename|sha512", HALF_SECOND},
};

static void misp_attribute(struct reading *r, const struct ward_conf *a, struct ward_str info)
{
	struct ward_str type = text_of(a, "type"), comment = text_of(a, "comment"),
			rest = text_of(a, "value"), first;
	enum half half = HALF_NONE;

	if (!is(a, "to_ids", "true") || is(a, "deleted", "true"))
		return; /* not meant to be looked for */
	for (size_t i = 0; i < WARD_ARRAY_LEN(misp_types); i++)
		if (ward_str_eqz(type, misp_types[i].type))
			half = misp_types[i].half;
	if (!comment.len)
		comment = info;
	if (half == HALF_NONE) {
		other(r, a->line);
		return;
	}
	if (half == HALF_ALL) {
		put(r, rest, comment, a->line);
		return;
	}
	first = ward_str_cut(&rest, '|');
	if (half != HALF_SECOND)
		put(r, first, comment, a->line);
	if (half != HALF_FIRST)
		put(r, rest, comment, a->line);
}

/* What the core format asks of an event and its JSON schema does not. */
static void misp_event(struct reading *r, const struct ward_conf *e)
{
	static const char *const must[] = {"info", "date", "threat_level_id", "analysis"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(must); i++)
		if (!text_of(e, must[i]).len)
			ward_diag_addf(r->diag, WARD_DIAG_ERROR, r->file, e->line,
				WARD_TEXT("a MISP event without '%s'\nexport it again: the core "
					  "format asks "
					  "for it"),
				must[i]);
	for (const struct ward_conf *a = list(e, "Attribute"); a; a = a->next)
		misp_attribute(r, a, text_of(e, "info"));
	for (const struct ward_conf *o = list(e, "Object"); o; o = o->next)
		for (const struct ward_conf *a = list(o, "Attribute"); a; a = a->next)
			misp_attribute(r, a, text_of(e, "info"));
}

/* An event alone, within "Event", and lists of these, also within "response". */
static bool misp(struct reading *r, const struct ward_conf *c, unsigned deep)
{
	const struct ward_conf *in = ward_conf_get(c, "Event");
	const struct ward_conf *all = c->kind == WARD_CONF_SEQ ? c->child : list(c, "response");
	bool any = false;

	if (in && in->kind == WARD_CONF_MAP) {
		misp_event(r, in);
		return true;
	}
	if (c->kind == WARD_CONF_MAP && ward_conf_get(c, "threat_level_id")) {
		misp_event(r, c);
		return true;
	}
	for (; all && deep < EVENTS_DEEP; all = all->next)
		any |= misp(r, all, deep + 1);
	return any;
}

/* STIX patterns (9): the next token, cut off *rest: a text in quotes (with its first quote), a
 * path, a bracket or an operator. Empty at the end. */
static struct ward_str token(struct ward_str *rest)
{
	struct ward_str s = ward_str_trim(*rest);
	size_t n = 0;

	if (s.len && s.p[0] == '\'') {
		for (n = 1; n < s.len && s.p[n] != '\''; n++)
			n += s.p[n] == '\\' && n + 1 < s.len;
		n += n < s.len;
	} else if (s.len && strchr("[](),=!<>", s.p[0])) {
		n = s.len > 1 && s.p[1] == '=' && strchr("!<>", s.p[0]) ? 2 : 1;
	} else {
		bool quoted = false; /* file:hashes.'SHA-256' */

		while (n < s.len && (quoted || !strchr("[](),=!<> \t\r\n", s.p[n]) || !s.p[n])) {
			quoted ^= s.p[n] == '\'';
			n++;
		}
	}
	*rest = ward_str_sub(s, n, SIZE_MAX);
	return ward_str_sub(s, 0, n);
}

static bool searchable(struct ward_str path)
{
	static const char *const known[] = {"ipv4-addr:value", "ipv6-addr:value",
		"domain-name:value", "url:value", "mac-addr:value", "network-traffic:src_ref.value",
		"network-traffic:dst_ref.value"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++)
		if (ward_str_eqz(path, known[i]))
			return true;
	return ward_str_starts(path, WARD_STR("file:hashes."));
}

static void stix_value(
	struct reading *r, struct ward_str path, struct ward_str s, const struct ward_conf *o)
{
	struct ward_str name = text_of(o, "name");

	if (!name.len)
		name = text_of(o, "id");
	if (s.len < 2 || s.p[0] != '\'' || !searchable(path))
		other(r, o->line);
	else
		put(r, ward_str_sub(s, 1, s.len - 2), name, o->line);
}

/* PATH = 'value', and PATH IN ('a', 'b'); what is denied or compared otherwise is passed over. */
static void stix_pattern(struct reading *r, const struct ward_conf *o)
{
	struct ward_str rest = text_of(o, "pattern"), before[2] = {{NULL, 0}, {NULL, 0}};
	size_t n = 0;

	for (struct ward_str t = token(&rest); t.len; t = token(&rest)) {
		bool negated = ward_str_eqz(before[0], "NOT");

		if (ward_str_eqz(t, "=") && !negated) {
			stix_value(r, before[1], token(&rest), o);
			n++;
		} else if (ward_str_eqz(t, "IN") && !negated) {
			for (t = token(&rest); t.len && !ward_str_eqz(t, ")"); t = token(&rest))
				if (t.p[0] == '\'')
					stix_value(r, before[1], t, o);
			n++;
		}
		/* "PATH NOT = …": the path is before the NOT */
		before[0] = t;
		if (!ward_str_eqz(t, "NOT"))
			before[1] = t;
	}
	if (!n)
		other(r, o->line);
}

static bool stix(struct reading *r, const struct ward_conf *c)
{
	if (!is(c, "type", "bundle"))
		return false;
	for (const struct ward_conf *o = list(c, "objects"); o; o = o->next) {
		struct ward_str kind = text_of(o, "pattern_type");

		if (!is(o, "type", "indicator") || is(o, "revoked", "true"))
			continue;
		if (kind.len && !ward_str_eqz(kind, "stix"))
			other(r, o->line);
		else
			stix_pattern(r, o);
	}
	return true;
}

enum ward_err ward_indicator_lines(struct ward_str file, struct ward_slice text,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_wr *w)
{
	struct reading r = {.diag = diag, .w = w, .file = file};
	const struct ward_conf *top;
	struct ward_arena arena;
	size_t n_error = diag->n_error;

	ward_arena_init(&arena, mem, TREE_BYTES);
	enum ward_err err = ward_conf_json(&arena, lim, file, 1, text, diag, &top);

	if (!err && !stix(&r, top) && !misp(&r, top, 0))
		ward_diag_addf(diag, WARD_DIAG_ERROR, file, 1,
			WARD_TEXT("neither a MISP event nor a STIX bundle\ngive one of these, or a "
				  "list with "
				  "an indicator a line"));
	if (!err && r.n_other)
		ward_diag_addf(diag, WARD_DIAG_WARNING, file, r.other_line,
			WARD_TEXT(
				"%zu indicators can't be looked for, the first here\nsearched are "
				"addresses, names and hashes that are equal"),
			r.n_other);
	ward_arena_fini(&arena);
	if (!err && diag->n_error > n_error)
		err = WARD_ERR_CONFIG;
	return err ? err : ward_wr_bad(w) ? WARD_ERR_NOMEM : WARD_OK;
}
