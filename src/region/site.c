#include "region/site.h"

#include "story/record.h"

enum { TREE_BYTES = 256 << 20 };

struct reading {
	struct ward_str file;
	struct ward_arena *a;
	struct ward_diag *diag;
	enum ward_err err;
};

/* The first thing that is wrong counts: nothing that follows can be trusted either. */
static void bad(struct reading *r, const char *what)
{
	if (r->err)
		return;
	ward_diag_addf(r->diag, WARD_DIAG_ERROR, r->file, 0,
		WARD_TEXT("the answer of a hospital has no good '%s'\nask who runs Ward there; it "
			  "may be of another version"),
		what);
	r->err = WARD_ERR_CONFIG;
}

static struct ward_str keep(struct reading *r, struct ward_str s)
{
	struct ward_str is = s.len ? ward_arena_str(r->a, s) : WARD_STR("");

	if (!is.p)
		r->err = WARD_ERR_NOMEM;
	return is.p ? is : WARD_STR("");
}

/* One line, at most max bytes; may be empty, or (not required) not there. */
static struct ward_str text(
	struct reading *r, const struct ward_conf *c, const char *key, size_t max, bool required)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	if (!v && !required)
		return WARD_STR("");
	if (!v || v->kind != WARD_CONF_SCALAR || !v->quoted || v->text.len > max ||
		!ward_conf_is_line(v->text)) {
		bad(r, key);
		return WARD_STR("");
	}
	return keep(r, v->text);
}

static bool is_code(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
			    (c && strchr("-_.:", c))))
			return false;
	}
	return s.len <= WARD_SITE_ID;
}

static struct ward_str code(
	struct reading *r, const struct ward_conf *c, const char *key, bool required)
{
	struct ward_str s = text(r, c, key, WARD_SITE_ID, true);

	if (!is_code(s) || (required && !s.len))
		bad(r, key);
	return s;
}

/* null, where that may be, is NEVER. */
static ward_ns time_of(struct reading *r, const struct ward_conf *c, const char *key, bool required)
{
	const struct ward_conf *v = ward_conf_get(c, key);
	ward_ns t = WARD_NS_NEVER;

	if (v && v->kind == WARD_CONF_NULL && !required)
		return t;
	if (!v || v->kind != WARD_CONF_SCALAR || !v->quoted || ward_time_parse(v->text, &t))
		bad(r, key);
	return t;
}

static uint64_t count(struct reading *r, const struct ward_conf *c, const char *key)
{
	const struct ward_conf *v = ward_conf_get(c, key);
	uint64_t n = 0;

	if (!v || v->kind != WARD_CONF_SCALAR || v->quoted || !ward_str_u64(v->text, &n))
		bad(r, key);
	return n;
}

static unsigned level(struct reading *r, const struct ward_conf *c)
{
	struct ward_str s = ward_conf_word(c, "level");
	unsigned i = 0;

	while (i < WARD_RECORD_LEVELS && !ward_str_eqz(s, ward_record_level_name(i)))
		i++;
	if (i < WARD_RECORD_LEVELS)
		return i;
	bad(r, "level");
	return 0;
}

/* The first of a list of at most max; NULL: it is empty, not there, or none. */
static const struct ward_conf *list(
	struct reading *r, const struct ward_conf *c, const char *key, size_t max, size_t *ret_n)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	*ret_n = 0;
	if (!v || v->kind != WARD_CONF_SEQ || v->n_child > max) {
		bad(r, key);
		return NULL;
	}
	*ret_n = v->n_child;
	return v->child;
}

static size_t codes(struct reading *r, const struct ward_conf *c, const char *key,
	struct ward_str *ret, size_t max)
{
	size_t n, i = 0;

	for (const struct ward_conf *v = list(r, c, key, max, &n); v && !r->err; v = v->next) {
		if (v->kind != WARD_CONF_SCALAR || !v->quoted || !v->text.len || !is_code(v->text))
			bad(r, key);
		else
			ret[i++] = keep(r, v->text);
	}
	return i;
}

static void read_sign(struct reading *r, const struct ward_conf *c, struct ward_site_sign *s)
{
	s->rule = code(r, c, "rule", true);
	s->threat = code(r, c, "threat", false);
	s->level = level(r, c);
	s->last = time_of(r, c, "last", true);
	s->count = count(r, c, "count");
	s->n_from = codes(r, c, "from", s->from, WARD_SITE_FROM);
}

static void read_incident(
	struct reading *r, const struct ward_conf *c, struct ward_site_incident *in)
{
	size_t n;

	if (!ward_id_parse(ward_conf_word(c, "id"), &in->id))
		bad(r, "id");
	in->level = level(r, c);
	in->state = code(r, c, "state", true);
	in->domain = code(r, c, "domain", false);
	in->first = time_of(r, c, "first", false);
	in->last = time_of(r, c, "last", false);
	in->name = text(r, c, "name", WARD_SITE_TEXT, false);
	in->n_service = codes(r, c, "services", in->service, WARD_SITE_SERVICES);
	for (const struct ward_conf *v = list(r, c, "signs", WARD_SITE_SIGNS, &n); v && !r->err;
		v = v->next)
		read_sign(r, v, &in->sign[in->n_sign++]);
}

static void read_impact(struct reading *r, const struct ward_conf *c, struct ward_site_impact *m)
{
	static const char *const word[] = {"unlikely", "open", "possible", "likely", "certain"};
	size_t i = 0;

	m->service = code(r, c, "service", true);
	m->name = text(r, c, "name", WARD_SITE_TEXT, false);
	m->likely = code(r, c, "likely", true);
	m->earliest = time_of(r, c, "earliest", false);
	m->expected = time_of(r, c, "expected", false);
	while (i < WARD_ARRAY_LEN(word) && !ward_str_eqz(m->likely, word[i]))
		i++;
	if (i == WARD_ARRAY_LEN(word))
		bad(r, "likely");
}

static void read_gives(struct reading *r, const struct ward_conf *c, struct ward_site *s)
{
	static const char *const word[] = {"availability", "incidents", "impacts", "names"};
	size_t n;

	for (const struct ward_conf *v = list(r, c, "gives", 64, &n); v; v = v->next)
		for (size_t i = 0; i < WARD_ARRAY_LEN(word); i++)
			if (ward_str_eqz(v->text, word[i]))
				s->gives |= 1u << i;
}

/* What somebody agreed to give, and no more: a list that is not agreed is not looked at. */
static void read_lists(struct reading *r, const struct ward_conf *c, struct ward_site *s)
{
	const struct ward_conf *v;
	size_t n;

	if (s->gives & WARD_SITE_GIVES_INCIDENTS) {
		v = list(r, c, "incidents", WARD_SITE_INCIDENTS, &n);
		s->incident = ward_arena_array(r->a, n, sizeof(*s->incident));
		if (!s->incident)
			r->err = WARD_ERR_NOMEM;
		for (; v && !r->err; v = v->next)
			read_incident(r, v, &s->incident[s->n_incident++]);
		s->n_open = count(r, c, "incidents_open");
	}
	if (!(s->gives & WARD_SITE_GIVES_IMPACTS) || r->err)
		return;
	v = list(r, c, "impacts", WARD_SITE_IMPACTS, &n);
	s->impact = ward_arena_array(r->a, n, sizeof(*s->impact));
	if (!s->impact)
		r->err = WARD_ERR_NOMEM;
	for (; v && !r->err; v = v->next)
		read_impact(r, v, &s->impact[s->n_impact++]);
}

static void read_site(struct reading *r, const struct ward_conf *c, struct ward_site *s)
{
	const struct ward_conf *document = ward_conf_get(c, "document");

	if (!ward_str_eqz(ward_conf_word(c, "kind"), "ward.site/1"))
		bad(r, "kind");
	s->hospital = code(r, c, "hospital", true);
	s->name = text(r, c, "name", WARD_SITE_TEXT, true);
	s->at = time_of(r, c, "at", true);
	if (!ward_str_eqz(ward_conf_word(c, "exercise"), "true") &&
		!ward_str_eqz(ward_conf_word(c, "exercise"), "false"))
		bad(r, "exercise");
	s->exercise = ward_str_eqz(ward_conf_word(c, "exercise"), "true");
	read_gives(r, c, s);
	if (!document || document->kind != WARD_CONF_SCALAR || !document->quoted)
		bad(r, "document");
	if (r->err)
		return;
	/* its texts are borrowed of the document */
	struct ward_str xml = keep(r, document->text);

	if (!r->err)
		r->err = ward_have_read(ward_str_bytes(xml), r->file, r->a, r->diag, &s->have);
	if (!r->err)
		read_lists(r, c, s);
}

static enum ward_err read_all(struct reading *r, struct ward_slice bytes,
	const struct ward_limits *lim, ward_ns *ret_heard, struct ward_site *ret)
{
	const struct ward_conf *c = NULL;
	struct ward_arena tree;

	*ret = (struct ward_site){.at = 0};
	ward_arena_init(&tree, r->a->mem, TREE_BYTES);
	if (bytes.len > (ret_heard ? WARD_SITE_KEPT : WARD_SITE_BYTES))
		bad(r, "length");
	if (!r->err)
		r->err = ward_conf_json(&tree, lim, r->file, 1, bytes, r->diag, &c);
	if (!r->err && ret_heard) {
		*ret_heard = time_of(r, c, "heard", true);
		c = ward_conf_get(c, "site");
	}
	if (!r->err)
		read_site(r, c, ret);
	ward_arena_fini(&tree);
	return r->err;
}

enum ward_err ward_site_read(struct ward_slice bytes, struct ward_str file,
	const struct ward_limits *lim, struct ward_arena *a, struct ward_diag *diag,
	struct ward_site *ret)
{
	struct reading r = {.file = file, .a = a, .diag = diag};

	return read_all(&r, bytes, lim, NULL, ret);
}

enum ward_err ward_site_read_kept(struct ward_slice bytes, struct ward_str file,
	const struct ward_limits *lim, struct ward_arena *a, struct ward_diag *diag,
	ward_ns *ret_heard, struct ward_site *ret)
{
	struct reading r = {.file = file, .a = a, .diag = diag};

	return read_all(&r, bytes, lim, ret_heard, ret);
}

void ward_site_keep(struct ward_wr *w, ward_ns heard, struct ward_slice answer)
{
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_put_time(&j, "heard", heard);
	ward_json_key(&j, "site");
	ward_json_raw(&j, ward_slice_text(answer));
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}

void ward_site_fini(struct ward_site *s)
{
	if (s->have.doc.mem)
		ward_have_fini(&s->have);
	*s = (struct ward_site){.at = 0};
}
