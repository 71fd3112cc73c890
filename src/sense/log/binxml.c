#include "sense/log/binxml.h"

#include "base/wr.h"
#include "sense/charset.h"
#include "sense/log/field.h"

/* [MS-EVEN6] 2.2.12: the token in the low bits, "more follow" in HAS_MORE. */
enum {
	TOK_EOF = 0x00,
	TOK_OPEN_START = 0x01,
	TOK_CLOSE_START = 0x02,
	TOK_CLOSE_EMPTY = 0x03,
	TOK_END = 0x04,
	TOK_VALUE = 0x05,
	TOK_ATTRIBUTE = 0x06,
	TOK_CDATA = 0x07,
	TOK_CHAR_REF = 0x08,
	TOK_ENTITY_REF = 0x09,
	TOK_PI_TARGET = 0x0a,
	TOK_PI_DATA = 0x0b,
	TOK_TEMPLATE = 0x0c,
	TOK_NORMAL = 0x0d,   /* a value of the template's instance */
	TOK_OPTIONAL = 0x0e, /* the same; without a value there is nothing */
	TOK_FRAGMENT = 0x0f,
	HAS_MORE = 0x40,
	T_STRING = 0x01,
	T_BINXML = 0x21,
};

enum {
	ELEMENTS_MAX = 32,
	FRAGMENTS_MAX = 8, /* a template in a value of a template … */
	VALUES_MAX = 1024,
	PATH_MAX_BYTES = 1024,
	NAME_UNITS_MAX = 128,
	WORK_MAX = 1 << 18, /* bytes looked at for one record: four times its chunk */
	DEFINITION_HEADER = 24,
};

/* Where the bytes of a template instance's value stand. */
struct place {
	size_t off, len;
	uint8_t type;
};

/* Tokens to be read: of the record, of a template, or of a value that is binary XML itself. */
struct fragment {
	struct ward_rd r; /* over the chunk to the fragment's end, so that off is the chunk's */
	const struct place *value; /* n_value: what its substitutions stand for */
	size_t n_value;
	bool dependency; /* its elements carry a dependency id: those of templates do */
};

struct element {
	size_t path_len; /* of the path that ends with it */
	size_t parent_len;
	bool named;      /* its name is that of its attribute Name */
	bool attributes; /* some were fields */
	bool children;
	struct ward_value v; /* what it holds so far */
	bool has_v;
};

struct reader {
	struct ward_slice chunk;
	struct ward_names *names;
	struct ward_event *e;
	struct fragment fragment[FRAGMENTS_MAX];
	size_t n_fragment;
	struct element element[ELEMENTS_MAX];
	size_t n_element;
	bool open;                 /* inside the start tag of the last element */
	struct ward_str attribute; /* the one whose value is being read; empty: none */
	struct ward_value attribute_v;
	bool has_attribute_v;
	char path[PATH_MAX_BYTES];
	size_t path_len;
	size_t work;
	enum ward_binxml_fault fault;
};

static const struct {
	const char *counter, *text;
} faults[] = {
#define X(NAME, counter, what) {counter, what},
	WARD_BINXML_LIST(X)
#undef X
};

const char *ward_binxml_counter(enum ward_binxml_fault fault)
{
	return faults[fault].counter;
}

const char *ward_binxml_text(enum ward_binxml_fault fault)
{
	return faults[fault].text;
}

static enum ward_err bad(struct reader *x, enum ward_binxml_fault fault)
{
	x->fault = fault;
	return WARD_ERR_MALFORMED;
}

static bool spend(struct reader *x, size_t n)
{
	x->work += n;
	return x->work <= WORK_MAX;
}

static struct fragment *top(struct reader *x)
{
	return &x->fragment[x->n_fragment - 1];
}

/* A cursor over the chunk from off on. */
static struct ward_rd from(const struct reader *x, size_t off)
{
	struct ward_rd r = ward_rd_slice(x->chunk);

	ward_rd_skip(&r, off);
	return r;
}

/* n UTF-16 units as text in the arena. */
static enum ward_err units(struct reader *x, struct ward_rd *r, size_t n, struct ward_str *ret)
{
	struct ward_rd sub = ward_rd_sub(r, 2 * n);
	struct ward_value v;
	enum ward_err err;

	if (ward_rd_bad(&sub))
		return bad(x, WARD_BINXML_END);
	if (!spend(x, 2 * n))
		return bad(x, WARD_BINXML_WORK);
	err = ward_binxml_value(T_STRING, &sub, x->e->arena, &v);
	if (!err)
		*ret = v.s;
	return err == WARD_ERR_MALFORMED ? bad(x, WARD_BINXML_END) : err;
}

/* A name by its place, which may be right here ([MS-EVEN6] 2.2.12 has it always here). */
static enum ward_err name_at(struct reader *x, struct ward_rd *r, struct ward_str *ret)
{
	uint32_t off = ward_rd_le32(r);
	bool here = off == r->off;
	struct ward_rd far = from(x, off), *at = here ? r : &far;
	size_t n;
	enum ward_err err;

	if (ward_rd_bad(r))
		return bad(x, WARD_BINXML_END);
	ward_rd_skip(at, 6); /* the next name of the same hash, and the hash */
	n = ward_rd_le16(at);
	if (n > NAME_UNITS_MAX)
		return bad(x, WARD_BINXML_FIELDS);
	err = units(x, at, n, ret);
	if (!err && here)
		ward_rd_skip(at, 2); /* its NUL */
	return err;
}

static bool extend(struct reader *x, char sep, struct ward_str s)
{
	if (s.len + 1 > PATH_MAX_BYTES - x->path_len)
		return false;
	if (sep && x->path_len)
		x->path[x->path_len++] = sep;
	memcpy(x->path + x->path_len, s.p, s.len);
	x->path_len += s.len;
	return true;
}

/* A field with the path as it stands and something behind it. */
static enum ward_err put(
	struct reader *x, const char *infix, struct ward_str last, struct ward_value v)
{
	size_t len = x->path_len;
	enum ward_err err = WARD_ERR_LIMIT;

	if (extend(x, 0, ward_str_z(infix)) && extend(x, 0, last)) {
		uint32_t name = ward_name(x->names, (struct ward_str){x->path, x->path_len});

		err = ward_log_add(x->e, name, v);
	}
	x->path_len = len;
	return err == WARD_ERR_LIMIT ? bad(x, WARD_BINXML_FIELDS) : err;
}

static enum ward_err end_attribute(struct reader *x)
{
	struct element *el = &x->element[x->n_element - 1];
	struct ward_str name = x->attribute;
	struct ward_str tag = {x->path + el->parent_len, el->path_len - el->parent_len};
	struct ward_value v = x->attribute_v;

	x->attribute = (struct ward_str){"", 0};
	/* Name spaces say nothing of what happened; what has no value is not there. */
	if (!name.len || !x->has_attribute_v || ward_str_eqz(name, "xmlns"))
		return WARD_OK;
	if (ward_str_eqz(name, "Name") && v.kind == WARD_VALUE_STR && v.s.len &&
		ward_str_eqz(tag, ".Data")) {
		x->path_len = el->parent_len;
		if (!extend(x, '.', v.s))
			return bad(x, WARD_BINXML_FIELDS);
		el->path_len = x->path_len;
		el->named = true;
		return WARD_OK;
	}
	el->attributes = true;
	return put(x, ".#attributes.", name, v);
}

static enum ward_err open_element(struct reader *x, struct ward_rd *r, bool more)
{
	struct ward_str name;
	enum ward_err err;

	if (x->open)
		return bad(x, WARD_BINXML_TOKEN);
	if (x->n_element == ELEMENTS_MAX)
		return bad(x, WARD_BINXML_DEPTH);
	if (top(x)->dependency)
		ward_rd_skip(r, 2);
	ward_rd_skip(r, 4); /* its length */
	err = name_at(x, r, &name);
	if (err)
		return err;
	if (more)
		ward_rd_skip(r, 4); /* the length of its attributes */
	if (x->n_element)
		x->element[x->n_element - 1].children = true;
	struct element *el = &x->element[x->n_element++];

	*el = (struct element){.parent_len = x->path_len};
	if (!extend(x, '.', name))
		return bad(x, WARD_BINXML_FIELDS);
	el->path_len = x->path_len;
	x->open = true;
	return WARD_OK;
}

static enum ward_err end_element(struct reader *x)
{
	struct element *el = &x->element[x->n_element - 1];
	enum ward_err err = WARD_OK;

	if (el->has_v || (!el->children && !el->attributes))
		err = put(x, el->attributes ? ".#text" : "", (struct ward_str){"", 0},
			el->has_v ? el->v : (struct ward_value){.kind = WARD_VALUE_NULL});
	x->path_len = el->parent_len;
	x->n_element--;
	return err;
}

static struct ward_str as_text(const struct ward_value *v, uint8_t *buf, size_t cap)
{
	struct ward_wr w = ward_wr_fixed(buf, cap);

	if (v->kind == WARD_VALUE_STR || v->kind == WARD_VALUE_NUM)
		return v->s;
	if (v->kind == WARD_VALUE_INT)
		ward_wr_i64(&w, v->i);
	else if (v->kind == WARD_VALUE_BOOL)
		ward_wr_z(&w, v->b ? "true" : "false");
	return ward_wr_text(&w);
}

/* One more piece of what an element or attribute holds: alone it keeps its kind, else all is text.
 */
static enum ward_err content(struct reader *x, struct ward_value v)
{
	bool attribute = x->attribute.len > 0;
	struct ward_value *to = &x->attribute_v;
	bool *has = &x->has_attribute_v;
	uint8_t a[32], b[32];

	if (!attribute && (x->open || !x->n_element))
		return bad(x, WARD_BINXML_TOKEN);
	if (!attribute) {
		to = &x->element[x->n_element - 1].v;
		has = &x->element[x->n_element - 1].has_v;
	}
	if (v.kind == WARD_VALUE_NULL)
		return WARD_OK;
	if (!*has || v.kind == WARD_VALUE_LIST || to->kind == WARD_VALUE_LIST) {
		*to = v;
		*has = true;
		return WARD_OK;
	}
	struct ward_str s = as_text(to, a, sizeof(a)), t = as_text(&v, b, sizeof(b));
	char *p = ward_arena_alloc(x->e->arena, s.len + t.len + 1);

	if (!spend(x, s.len + t.len))
		return bad(x, WARD_BINXML_WORK);
	if (!p)
		return WARD_ERR_NOMEM;
	memcpy(p, s.p, s.len);
	memcpy(p + s.len, t.p, t.len);
	*to = ward_value_str((struct ward_str){p, s.len + t.len});
	return WARD_OK;
}

static enum ward_err push(struct reader *x, struct fragment f)
{
	if (x->n_fragment == FRAGMENTS_MAX)
		return bad(x, WARD_BINXML_DEPTH);
	if (ward_rd_bad(&f.r))
		return bad(x, WARD_BINXML_END);
	x->fragment[x->n_fragment++] = f;
	return WARD_OK;
}

/* The cursor of a fragment from off to off + len of the chunk. */
static struct ward_rd stretch(const struct reader *x, size_t off, size_t len)
{
	struct ward_rd r = from(x, off);

	if (ward_rd_bad(&r) || len > ward_rd_left(&r))
		r.bad = true;
	else
		r.len = off + len;
	return r;
}

/* What stands in the place of a substitution; binary XML is read next. */
static enum ward_err substitute(struct reader *x, struct ward_rd *r)
{
	struct fragment *f = top(x);
	size_t i = ward_rd_le16(r);
	struct place p;
	struct ward_value v;
	enum ward_err err;

	ward_rd_skip(r, 1); /* the type that the template expects: the value's own one counts */
	if (ward_rd_bad(r) || i >= f->n_value)
		return bad(x, WARD_BINXML_END);
	p = f->value[i];
	struct ward_rd bytes = stretch(x, p.off, p.len);

	if (p.type == T_BINXML)
		return p.len ? push(x, (struct fragment){.r = bytes}) : WARD_OK;
	if (!spend(x, p.len))
		return bad(x, WARD_BINXML_WORK);
	err = ward_binxml_value(p.type, &bytes, x->e->arena, &v);
	if (err)
		return err == WARD_ERR_MALFORMED ? bad(x, WARD_BINXML_END) : err;
	return content(x, v);
}

/* [MS-EVEN6] 2.2.16: the definition, here or elsewhere in the chunk, and the values of this
 * instance. */
static enum ward_err template(struct reader *x, struct ward_rd *r) {
	uint32_t def, n, size; struct place * value; size_t off;

	ward_rd_skip(r, 5); /* a reserved byte and the template's id */
	def = ward_rd_le32(r); struct ward_rd d = from(x, def);

	ward_rd_skip(&d, 20); /* the next definition and the GUID */
	size = ward_rd_le32(&d);
	if (def == r->off){ward_rd_skip(r, DEFINITION_HEADER); ward_rd_skip(r, size);}
n = ward_rd_le32(r);
if (ward_rd_bad(r) || ward_rd_bad(&d) || n > VALUES_MAX || n > ward_rd_left(r) / 4)
	return bad(x, WARD_BINXML_END);
if (!spend(x, n * sizeof(*value)))
	return bad(x, WARD_BINXML_WORK);
value = ward_arena_array(x->e->arena, n, sizeof(*value));
if (!value)
	return WARD_ERR_NOMEM;
for (uint32_t i = 0; i < n; i++) {
	value[i].len = ward_rd_le16(r);
	value[i].type = ward_rd_u8(r);
	ward_rd_skip(r, 1);
}
for (uint32_t i = 0; i < n; i++) {
	off = r->off;
	ward_rd_skip(r, value[i].len);
	value[i].off = off;
}
if (ward_rd_bad(r))
	return bad(x, WARD_BINXML_END);
return push(x, (struct fragment){.r = stretch(x, (size_t)def + DEFINITION_HEADER, size),
		       .value = value,
		       .n_value = n,
		       .dependency = true});
}

static enum ward_err text_value(struct reader *x, struct ward_rd *r, bool typed)
{
	uint8_t type = typed ? ward_rd_u8(r) : T_STRING;
	struct ward_str s;
	enum ward_err err;

	if (type != T_STRING)
		return bad(x, WARD_BINXML_TOKEN);
	err = units(x, r, ward_rd_le16(r), &s);
	return err ? err : content(x, ward_value_str(s));
}

static enum ward_err character(struct reader *x, uint32_t c)
{
	uint8_t *p = ward_arena_alloc(x->e->arena, 4);
	struct ward_wr w = ward_wr_fixed(p, p ? 4 : 0);

	if (!p)
		return WARD_ERR_NOMEM;
	ward_utf8_put(&w, c);
	return content(x, ward_value_str(ward_wr_text(&w)));
}

/* XML 1.0 4.6: the five that need no declaration. */
static enum ward_err entity(struct reader *x, struct ward_rd *r)
{
	static const struct {
		const char *name;
		char c;
	} known[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
	struct ward_str name;
	enum ward_err err = name_at(x, r, &name);

	for (size_t i = 0; !err && i < WARD_ARRAY_LEN(known); i++)
		if (ward_str_eqz(name, known[i].name))
			return character(x, (uint8_t)known[i].c);
	return err ? err : bad(x, WARD_BINXML_TOKEN);
}

static enum ward_err attribute(struct reader *x, struct ward_rd *r)
{
	enum ward_err err;

	if (!x->open)
		return bad(x, WARD_BINXML_TOKEN);
	err = end_attribute(x);
	if (err)
		return err;
	x->has_attribute_v = false;
	return name_at(x, r, &x->attribute);
}

/* The end of a start tag, or of a whole element. */
static enum ward_err close_tag(struct reader *x, uint8_t token)
{
	enum ward_err err = WARD_OK;

	if (!x->n_element || x->open != (token != TOK_END))
		return bad(x, WARD_BINXML_TOKEN);
	if (x->open)
		err = end_attribute(x);
	x->open = false;
	return err || token == TOK_CLOSE_START ? err : end_element(x);
}

static enum ward_err step(struct reader *x, struct ward_rd *r)
{
	uint8_t byte = ward_rd_u8(r), token = (uint8_t)(byte & ~HAS_MORE);
	struct ward_str ignored;

	switch (token) {
	case TOK_EOF:
		x->n_fragment--;
		return WARD_OK;
	case TOK_OPEN_START:
		return open_element(x, r, byte & HAS_MORE);
	case TOK_CLOSE_START:
	case TOK_CLOSE_EMPTY:
	case TOK_END:
		return close_tag(x, token);
	case TOK_VALUE:
	case TOK_CDATA:
		return text_value(x, r, token == TOK_VALUE);
	case TOK_ATTRIBUTE:
		return attribute(x, r);
	case TOK_CHAR_REF:
		return character(x, ward_rd_le16(r));
	case TOK_ENTITY_REF:
		return entity(x, r);
	case TOK_PI_TARGET:
		return name_at(x, r, &ignored);
	case TOK_PI_DATA:
		return units(x, r, ward_rd_le16(r), &ignored);
	case TOK_TEMPLATE:
		return template(x, r);
	case TOK_NORMAL:
	case TOK_OPTIONAL:
		return substitute(x, r);
	case TOK_FRAGMENT:
		ward_rd_skip(r, 3); /* version and flags */
		return WARD_OK;
	default:
		return bad(x, WARD_BINXML_TOKEN);
	}
}

enum ward_err ward_binxml_fields(struct ward_slice chunk, size_t off, size_t len,
	struct ward_names *names, struct ward_event *e, enum ward_binxml_fault *ret_fault,
	size_t *ret_at)
{
	struct reader x = {.chunk = chunk, .names = names, .e = e, .attribute = {"", 0}};
	enum ward_err err =
		push(&x, (struct fragment){.r = stretch(&x, off, len), .dependency = true});
	size_t at = off;

	while (!err && x.n_fragment) {
		struct ward_rd *r = &top(&x)->r;

		at = r->off;
		if (!ward_rd_left(r)) {
			x.n_fragment--;
			continue;
		}
		if (!spend(&x, 1)) {
			err = bad(&x, WARD_BINXML_WORK);
			break;
		}
		err = step(&x, r);
		if (!err && ward_rd_bad(r))
			err = bad(&x, WARD_BINXML_END);
	}
	if (!err && x.n_element)
		err = bad(&x, WARD_BINXML_END);
	*ret_fault = x.fault;
	*ret_at = at;
	return err;
}
