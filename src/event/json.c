#include "event/json.h"

#include "event/json_parse.h"

static const char *const member_name[M_N] = {
	"kind", "id", "time", "seen", "source", "class", "fields"};

enum { M_NEEDED = 1u << M_KIND | 1u << M_TIME | 1u << M_SOURCE | 1u << M_CLASS };

static bool reject(struct ward_json_parse *p, enum ward_json_reject why, size_t off)
{
	p->r->reject = why;
	p->r->reject_off = off;
	return false;
}

static bool bad_char(struct ward_json_parse *p)
{
	return reject(p, p->off < p->text.len ? WARD_JSON_CHAR : WARD_JSON_END, p->off);
}

/* The next character that is no blank; 0 at the end (and for NUL, which fits nowhere). */
static char next(struct ward_json_parse *p)
{
	if (p->off < p->text.len && (unsigned char)p->text.p[p->off] > ' ')
		return p->text.p[p->off];
	p->off = ward_json_lex_blank(p->text, p->off);
	return p->off < p->text.len ? p->text.p[p->off] : '\0';
}

static void remember(struct ward_json_reader *r, struct ward_str s, uint32_t id)
{
	struct ward_json_hint *h = ward_json_hint_of(r, s);

	if (s.len > sizeof(h->text))
		return;
	h->name = id + 1;
	h->len = (uint8_t)s.len;
	if (s.len)
		memcpy(h->text, s.p, s.len);
}

uint32_t ward_json_known(struct ward_json_reader *r, struct ward_str s)
{
	const struct ward_json_hint *h = ward_json_hint_of(r, s);

	if (ward_json_hint_fits(h, s))
		return h->name - 1;
	uint32_t id = ward_intern_find(&r->names->t, s);

	if (id != WARD_NONE)
		remember(r, s, id);
	return id;
}

/* A name's id, new or old. WARD_NONE when the name was refused. */
static uint32_t name_of(struct ward_json_reader *r, struct ward_str s)
{
	uint32_t id = ward_json_known(r, s);

	if (id != WARD_NONE)
		return id;
	id = ward_name(r->names, s);
	if (id == WARD_FIELD_WARD_OVERFLOW)
		return WARD_NONE;
	remember(r, s, id);
	return id;
}

static struct ward_json_mark *mark_of(struct ward_json_parse *p, uint32_t id)
{
	struct ward_json_reader *r = p->r;

	if (id < r->n_mark)
		return &r->mark[id];
	size_t n = r->n_mark ? r->n_mark : 256;

	while (n <= id)
		n *= 2; /* id < names->t.n, far below SIZE_MAX / 24 */
	struct ward_json_mark *mark =
		ward_mem_resize(r->mem, r->mark, r->n_mark * sizeof(*mark), n * sizeof(*mark));

	if (!mark) {
		(void)reject(p, WARD_JSON_NOMEM, p->off);
		return NULL;
	}
	memset(mark + r->n_mark, 0, (n - r->n_mark) * sizeof(*mark));
	r->mark = mark;
	r->n_mark = n;
	return &mark[id];
}

static bool scratch(struct ward_json_parse *p, enum ward_err err, enum ward_json_reject full)
{
	if (err == WARD_OK)
		return true;
	return reject(p, err == WARD_ERR_LIMIT ? full : WARD_JSON_NOMEM, p->off);
}

static bool lenient(const struct ward_json_parse *p)
{
	return p->r->lenient && !p->r->own;
}

/* What the names of the fields are no longer follows from the way of the keys. */
static void odd(struct ward_json_parse *p, unsigned what)
{
	p->r->odd |= what;
	p->flat = false;
}

/* No room for the value: without it the event says less, and says so. */
static bool left_out(struct ward_json_parse *p, enum ward_err err, enum ward_json_reject full)
{
	if (err != WARD_ERR_LIMIT || !lenient(p))
		return scratch(p, err, full);
	odd(p, WARD_JSON_ODD_CUT);
	p->n_over++;
	return true;
}

/* A field with this value; m->set stays old where there is no room for it. */
static bool new_field(struct ward_json_parse *p, struct ward_json_mark *m, struct ward_value v)
{
	struct ward_json_reader *r = p->r;
	enum ward_err err = ward_mem_more(
		r->mem, &r->field, r->n_field, &r->cap_field, sizeof(*r->field), r->max_fields);

	if (err)
		return left_out(p, err, WARD_JSON_FIELDS);
	m->set = r->serial;
	m->field = (uint32_t)r->n_field++;
	r->field[m->field] = (struct ward_field){p->name, v};
	return true;
}

/* Gives the current name a value, or one more value where an array is open. */
static bool put(struct ward_json_parse *p, struct ward_value v, bool only_list)
{
	struct ward_json_reader *r = p->r;
	bool many = p->top->many;

	if (p->top->over || p->name == WARD_NONE) {
		p->n_over++;
		return true;
	}
	struct ward_json_mark *m = mark_of(p, p->name);

	if (!m)
		return false;
	const struct ward_value none = {.kind = WARD_VALUE_LIST};

	if (m->set <= p->first) {
		if (!new_field(p, m, many ? none : v))
			return false;
		if (m->set <= p->first) /* it was left out */
			return true;
	} else if (!many || r->field[m->field].v.kind != WARD_VALUE_LIST) {
		if (!lenient(p))
			return reject(p, WARD_JSON_DUPLICATE, p->off);
		odd(p, WARD_JSON_ODD_DUPLICATE);
		r->field[m->field].v = many ? none : v;
	}
	if (!many || only_list)
		return true;
	enum ward_err err = ward_mem_more(
		r->mem, &r->item, r->n_item, &r->cap_item, sizeof(*r->item), r->max_items);

	if (err)
		return left_out(p, err, WARD_JSON_ITEMS);
	r->item[r->n_item++] = (struct ward_json_item){m->field, v};
	r->field[m->field].v.n++;
	return true;
}

static bool envelope_value(struct ward_json_parse *p, struct ward_str s, size_t at)
{
	struct ward_event *e = &p->e;
	bool good = true;

	switch (p->member) {
	case M_KIND:
		good = ward_str_eqz(s, "event");
		break;
	case M_ID:
		good = ward_id_parse(s, &e->id);
		break;
	case M_TIME:
		good = ward_time_parse(s, &e->time) == WARD_OK;
		break;
	case M_SEEN:
		good = ward_time_parse(s, &e->seen) == WARD_OK;
		break;
	case M_SOURCE:
		e->source = ward_name(p->r->names, s);
		break;
	case M_CLASS:
		e->class = ward_name(p->r->names, s);
		break;
	case M_FIELDS:
	case M_N:
		good = false;
		break;
	}
	return good || reject(p, WARD_JSON_ENVELOPE, at);
}

static bool push(struct ward_json_parse *p, bool array)
{
	struct ward_json_frame *parent = p->top, *f;

	if (p->depth >= p->r->max_depth)
		return reject(p, WARD_JSON_DEPTH, p->off);
	p->off++;
	f = p->top = &p->r->frame[p->depth++];
	*f = (struct ward_json_frame){.array = array, .empty = true};
	if (!array) {
		/* Wrapped serials would look old: forget all marks instead. */
		WARD_ASSERT(p->r->serial < UINT32_MAX);
		f->serial = ++p->r->serial;
	}
	if (!parent || parent->envelope) {
		f->root = true;
		return true;
	}
	p->flat &= array;
	f->many = parent->many || array;
	f->over = parent->over || p->name == WARD_NONE;
	f->name = p->name;
	if (f->over)
		return true;
	struct ward_str path = ward_name_text(p->r->names, p->name);

	WARD_ASSERT(path.len < p->r->cap_path);
	memcpy(p->r->path, path.p, path.len);
	f->path_len = (uint16_t)path.len;
	return true;
}

/* Whether an object or array may stand where the envelope's value is due. */
static bool open(struct ward_json_parse *p, bool array)
{
	if (p->top && p->top->envelope && (array || p->member != M_FIELDS))
		return reject(p, WARD_JSON_ENVELOPE, p->off);
	return push(p, array);
}

/* The string whose quote is at p->off, byte by byte. */
static bool careful(struct ward_json_parse *p, struct ward_str *ret)
{
	enum ward_json_reject why = ward_json_lex_string(
		p->text, &p->off, p->arena, ret, lenient(p) ? &p->halves : NULL);

	return why == WARD_JSON_NONE || reject(p, why, p->off);
}

/* The same by way of the quotes. All before p->off was valid, so that the next two of them are this
 * string's; what is hard or unfinished is read byte by byte, which also says what is wrong with it.
 * raw (may be NULL): set where escapes were left in. */
static bool string(struct ward_json_parse *p, struct ward_str *ret, bool *raw)
{
	const struct ward_quotes *q = &p->r->quotes;
	size_t from = p->off + 1, to = q->at[p->quote + 1];

	WARD_ASSERT(q->at[p->quote] == p->off);
	p->quote += 2;
	if (to >= p->text.len || ward_quotes_any(q->hard, from, to))
		return careful(p, ret);
	*ret = (struct ward_str){p->text.p + from, to - from};
	if (ward_quotes_any(q->odd, from, to)) {
		if (raw)
			*raw = true;
		else
			*ret = ward_raw_text(p->arena, *ret);
	}
	p->off = to + 1;
	return ret->p || reject(p, WARD_JSON_NOMEM, p->off);
}

static bool literal(struct ward_json_parse *p, struct ward_str word, struct ward_value v)
{
	struct ward_str at = ward_str_sub(p->text, p->off, word.len);

	if (!ward_str_eq(at, word)) {
		if (at.len < word.len && ward_str_starts(word, at))
			return reject(p, WARD_JSON_END, p->text.len);
		return reject(p, WARD_JSON_LITERAL, p->off);
	}
	p->off += word.len;
	return put(p, v, false);
}

static bool number(struct ward_json_parse *p)
{
	struct ward_value v;
	struct ward_str rest = ward_str_sub(p->text, p->off, p->text.len - p->off);
	size_t len = ward_json_lex_number(rest, &v);

	if (!len)
		return reject(p, WARD_JSON_NUMBER, p->off);
	p->off += len;
	return put(p, v, false);
}

static bool value(struct ward_json_parse *p)
{
	const struct ward_str t = WARD_STR("true"), f = WARD_STR("false"), n = WARD_STR("null");
	char c = next(p);
	size_t at = p->off;
	struct ward_str s;

	if (c == '"') {
		bool raw = false;

		if (!string(p, &s, p->r->lazy && !p->r->own ? &raw : NULL))
			return false;
		if (p->top->envelope)
			return envelope_value(p, s, at);
		struct ward_value v = ward_value_str(s);

		v.kind = raw ? WARD_VALUE_RAW : WARD_VALUE_STR;
		return put(p, v, false);
	}
	if (c == '{' || c == '[')
		return open(p, c == '[');
	if (p->top->envelope && p->off < p->text.len)
		return reject(p, WARD_JSON_ENVELOPE, at);
	if (c == '-' || (c >= '0' && c <= '9'))
		return number(p);
	if (c == 't')
		return literal(p, t, ward_value_bool(true));
	if (c == 'f')
		return literal(p, f, ward_value_bool(false));
	if (c == 'n')
		return literal(p, n, (struct ward_value){.kind = WARD_VALUE_NULL});
	return bad_char(p);
}

static bool envelope_key(struct ward_json_parse *p, struct ward_str key, size_t at)
{
	for (unsigned m = 0; m < M_N; m++) {
		if (!ward_str_eqz(key, member_name[m]))
			continue;
		if (p->members & 1u << m)
			return reject(p, WARD_JSON_DUPLICATE, at);
		p->members |= 1u << m;
		p->member = (enum ward_json_member)m;
		return true;
	}
	return reject(p, WARD_JSON_ENVELOPE, at);
}

static bool field_key(struct ward_json_parse *p, struct ward_str key, size_t at)
{
	struct ward_json_reader *r = p->r;
	struct ward_json_frame *f = p->top;
	struct ward_str full = key;

	if (!p->marked)
		ward_json_mark_all(p);
	if (f->over)
		return true;
	if (!f->root) {
		if (key.len > r->names->name_bytes_max) {
			r->names->n_overflow++;
			p->name = WARD_NONE;
			return true;
		}
		r->path[f->path_len] = '.';
		if (key.len)
			memcpy(r->path + f->path_len + 1, key.p, key.len);
		full = (struct ward_str){(const char *)r->path, f->path_len + 1 + key.len};
	}
	p->name = name_of(r, full);
	if (p->name == WARD_NONE)
		return true;
	struct ward_json_mark *m = mark_of(p, p->name);

	if (!m)
		return false;
	if (m->key == f->serial) {
		if (!lenient(p))
			return reject(p, WARD_JSON_DUPLICATE, at);
		odd(p, WARD_JSON_ODD_DUPLICATE);
	}
	m->key = f->serial;
	return true;
}

static bool key(struct ward_json_parse *p)
{
	struct ward_str s;
	size_t at;

	if (next(p) != '"')
		return bad_char(p);
	at = p->off;
	if (!string(p, &s, NULL))
		return false;
	if (next(p) != ':')
		return bad_char(p);
	p->off++;
	return p->top->envelope ? envelope_key(p, s, at) : field_key(p, s, at);
}

/* Closes the innermost object or array and restores what its parent needs. */
static bool pop(struct ward_json_parse *p)
{
	struct ward_json_frame *f = p->top;

	p->off++;
	if (f->array && f->empty) {
		p->name = f->name;
		if (!put(p, (struct ward_value){.kind = WARD_VALUE_NULL}, true))
			return false;
	}
	p->depth--;
	p->top = p->depth ? &p->r->frame[p->depth - 1] : NULL;
	return true;
}

/* One member, element or end of the innermost container. */
static bool step(struct ward_json_parse *p)
{
	struct ward_json_frame *f = p->top;
	char c = next(p);

	if (c == (f->array ? ']' : '}'))
		return pop(p);
	if (!f->empty) {
		if (c != ',')
			return bad_char(p);
		p->off++;
	}
	f->empty = false;
	if (f->array) {
		p->name = f->name;
		return value(p);
	}
	if (f->root && !f->envelope && next(p) == '"' && ward_json_quick(p))
		return true;
	return key(p) && value(p);
}

/* A name that came twice may have been a list, then none, then one again. */
static void count_items(struct ward_json_reader *r)
{
	for (size_t i = 0; i < r->n_field; i++)
		if (r->field[i].v.kind == WARD_VALUE_LIST)
			r->field[i].v.n = 0;
	for (size_t i = 0; i < r->n_item; i++)
		if (r->field[r->item[i].field].v.kind == WARD_VALUE_LIST)
			r->field[r->item[i].field].v.n++;
}

/* List values were collected in order of arrival: deal them out to their fields. */
static bool lists(struct ward_json_parse *p)
{
	struct ward_json_reader *r = p->r;
	struct ward_value *item = ward_arena_array(p->arena, r->n_item, sizeof(*item));

	if (!item)
		return reject(p, WARD_JSON_NOMEM, p->off);
	if (r->odd & WARD_JSON_ODD_DUPLICATE)
		count_items(r);
	for (size_t i = 0; i < r->n_field; i++) {
		struct ward_value *v = &r->field[i].v;

		if (v->kind != WARD_VALUE_LIST)
			continue;
		v->item = item;
		item += v->n;
		v->n = 0;
	}
	for (size_t i = 0; i < r->n_item; i++) {
		struct ward_value *v = &r->field[r->item[i].field].v;

		if (v->kind != WARD_VALUE_LIST)
			continue;
		/* The items are this event's own, written once here. */
		((struct ward_value *)(uintptr_t)v->item)[v->n++] = r->item[i].v;
	}
	return true;
}

/* Room for what a flow and enrichment add, so that they do not have to move the fields. */
enum { FIELD_SLACK = 48 };

static bool finish(struct ward_json_parse *p)
{
	struct ward_json_reader *r = p->r;
	struct ward_event *e = &p->e;

	p->off = ward_json_lex_blank(p->text, p->off);
	if (p->off < p->text.len)
		return reject(p, WARD_JSON_TRAILING, p->off);
	if (r->own && (p->members & M_NEEDED) != M_NEEDED)
		return reject(p, WARD_JSON_ENVELOPE, p->off);
	if (r->own && !(p->members & 1u << M_SEEN))
		e->seen = e->time;
	if (r->n_item && !lists(p))
		return false;
	e->cap_field = r->n_field + FIELD_SLACK;
	/* Far below SIZE_MAX / 40 of them; what is behind n_field is written before it is read. */
	e->field = ward_arena_raw(p->arena, e->cap_field * sizeof(*e->field));
	if (!e->field)
		return reject(p, WARD_JSON_NOMEM, p->off);
	if (r->n_field)
		memcpy(e->field, r->field, r->n_field * sizeof(*e->field));
	e->n_field = r->n_field;
	r->odd |= p->halves ? WARD_JSON_ODD_SURROGATE : 0;
	e->json = p->text;
	e->json_ascii = r->quotes.ascii;
	r->raw = r->lazy && !r->own && !r->quotes.none_odd;
	if (p->flat && p->step < WARD_JSON_BEGIN)
		r->order = (uint64_t)r->n_forgotten << 32 | p->step;
	if (p->n_over && ward_event_set(e, WARD_FIELD_WARD_OVERFLOW,
				 ward_value_int((int64_t)p->n_over)) != WARD_OK)
		return reject(p, WARD_JSON_NOMEM, p->off);
	return true;
}

/* {"kind":"event" with any blanks: one of Ward's own lines. p->off is on the '{'. */
static bool is_own(struct ward_str s, size_t off)
{
	const struct ward_str part[] = {WARD_STR("\"kind\""), WARD_STR(":"), WARD_STR("\"event\"")};

	off++;
	for (size_t i = 0; i < WARD_ARRAY_LEN(part); i++) {
		off = ward_json_lex_blank(s, off);
		if (!ward_str_eq(ward_str_sub(s, off, part[i].len), part[i]))
			return false;
		off += part[i].len;
	}
	return true;
}

static bool run(struct ward_json_parse *p)
{
	struct ward_json_reader *r = p->r;

	if (p->text.len > r->max_bytes)
		return reject(p, WARD_JSON_SIZE, r->max_bytes);
	if (next(p) != '{') {
		if (p->off >= p->text.len)
			return bad_char(p);
		return reject(p, WARD_JSON_SHAPE, p->off);
	}
	if (!r->borrow) {
		/* One copy of the text serves every string in it. */
		p->text = ward_arena_str(p->arena, p->text);
		if (!p->text.p)
			return reject(p, WARD_JSON_NOMEM, p->off);
	}
	if (!ward_json_quotes(r, p->text))
		return reject(p, WARD_JSON_NOMEM, p->off);
	r->own = !r->foreign && is_own(p->text, p->off);
	if (!push(p, false))
		return false;
	p->top->envelope = r->own;
	while (p->depth)
		if (!step(p))
			return false;
	return finish(p);
}

static enum ward_err error_of(enum ward_json_reject r)
{
	static const enum ward_err err[WARD_JSON_REJECT_N] = {
		[WARD_JSON_SIZE] = WARD_ERR_LIMIT,
		[WARD_JSON_END] = WARD_ERR_MORE,
		[WARD_JSON_UTF8] = WARD_ERR_UTF8,
		[WARD_JSON_DUPLICATE] = WARD_ERR_DUPLICATE,
		[WARD_JSON_DEPTH] = WARD_ERR_LIMIT,
		[WARD_JSON_FIELDS] = WARD_ERR_LIMIT,
		[WARD_JSON_ITEMS] = WARD_ERR_LIMIT,
		[WARD_JSON_SHAPE] = WARD_ERR_FOREIGN,
		[WARD_JSON_NOMEM] = WARD_ERR_NOMEM,
	};

	return err[r] == WARD_OK ? WARD_ERR_MALFORMED : err[r];
}

enum ward_err ward_json_read_event(struct ward_json_reader *r, struct ward_str text,
	struct ward_arena *arena, struct ward_event *ret)
{
	struct ward_json_parse p;

	/* A text has fewer objects than bytes. */
	if (r->serial > UINT32_MAX - 1 - (uint32_t)(r->max_bytes + 1)) {
		if (r->n_mark)
			memset(r->mark, 0, r->n_mark * sizeof(*r->mark));
		r->serial = 0;
	}
	p.r = r;
	p.arena = arena;
	p.text = text;
	p.off = 0;
	p.quote = 0;
	p.first = r->serial;
	p.depth = 0;
	p.top = NULL;
	p.name = 0;
	p.step = WARD_JSON_BEGIN;
	p.flat = true;
	p.marked = false;
	p.n_over = p.halves = 0;
	p.members = 0;
	p.member = M_N;
	ward_event_init(&p.e, arena);
	r->n_field = r->n_item = 0;
	r->own = r->raw = false;
	r->odd = 0;
	r->order = 0;
	r->reject = WARD_JSON_NONE;
	r->reject_off = 0;
	if (!run(&p))
		return error_of(r->reject);
	*ret = p.e;
	return WARD_OK;
}
