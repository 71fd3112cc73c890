/* PDF's objects by their number, and what the dictionary before a stream says of it. */
#include "sense/file/pdf.h"

#include <stdlib.h>

enum {
	REFER_COST = 64,
	PARMS_BYTES = 4096,
	REFERS_DEEP = 4,
	NUMBER_MOST = 1 << 30,
	NAMED_MOST = 32,
	DICT_MOST = 1 << 20,
	DICT_NEAR = 16384,
	DICT_SPENT = 2048
};

void ward_pdf_objects_fini(struct ward_pdf_objects *o)
{
	free(o->object);
	*o = (struct ward_pdf_objects){.file = o->file};
}

bool ward_pdf_may_read(struct ward_pdf_objects *o, uint64_t n)
{
	o->spent |= n > o->work;
	o->work -= n < o->work ? n : o->work;
	return !o->spent;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == 0;
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

void ward_pdf_object_at(struct ward_slice s, size_t at, struct ward_pdf_object *ret)
{
	size_t i = at >= 3 ? at - 3 : 0;
	uint32_t v[2] = {0, 0};

	for (size_t n = 2; n-- > 0;) {
		uint32_t unit = 1;

		while (i && is_blank(s.p[i - 1]))
			i--;
		for (; i && is_digit(s.p[i - 1]); i--) {
			v[n] += unit * (uint32_t)(s.p[i - 1] - '0');
			unit *= 10;
		}
	}
	*ret = (struct ward_pdf_object){v[0], v[1], at};
}

static int compare(const void *a, const void *b)
{
	const struct ward_pdf_object *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	if (x->generation != y->generation)
		return x->generation < y->generation ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* Without memory there are fewer. */
static void read_objects(struct ward_pdf_objects *o)
{
	struct ward_slice s = o->file;

	o->read = true;
	for (size_t at = ward_exam_next(s, 0, "obj", 3); at != SIZE_MAX;
		at = ward_exam_next(s, at + 3, "obj", 3)) {
		if (!at || !(is_blank(s.p[at - 1]) || is_digit(s.p[at - 1])))
			continue;
		if (o->n == o->cap) {
			size_t cap = o->cap ? o->cap * 2 : 256;
			void *to = realloc(o->object, cap * sizeof(*o->object));

			if (!to)
				break;
			o->object = to;
			o->cap = cap;
		}
		ward_pdf_object_at(s, at + 3, &o->object[o->n++]);
	}
	if (o->n)
		qsort(o->object, o->n, sizeof(*o->object), compare);
}

/* A whole number; what is none is 0. */
static uint32_t number(struct ward_slice s)
{
	uint32_t v = 0;

	for (size_t i = 0; i < s.len && is_digit(s.p[i]) && v < NUMBER_MOST / 10; i++)
		v = v * 10 + (uint32_t)(s.p[i] - '0');
	return v;
}

static size_t find(struct ward_pdf_objects *o, uint32_t n, uint32_t generation, size_t i)
{
	const struct ward_pdf_object last = {n, generation, SIZE_MAX};
	size_t low = 0, high;

	if (!o->read)
		read_objects(o);
	high = o->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(&o->object[middle], &last) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low <= i)
		return SIZE_MAX;
	const struct ward_pdf_object *found = &o->object[low - 1 - i];

	return found->number == n && found->generation == generation ? found->at : SIZE_MAX;
}

bool ward_pdf_refers(
	struct ward_pdf_objects *o, struct ward_slice s, size_t *off, size_t i, size_t *ret)
{
	struct ward_slice n, generation, r;
	size_t at = *off;

	if (ward_pdf_next(s, &at, &n) != WARD_PDF_WORD || !is_digit(*n.p) ||
		ward_pdf_next(s, &at, &generation) != WARD_PDF_WORD || !is_digit(*generation.p) ||
		ward_pdf_next(s, &at, &r) != WARD_PDF_WORD || r.len != 1 || *r.p != 'R')
		return false;
	*off = at;
	*ret = find(o, number(n), number(generation), i);
	return true;
}

struct cursor {
	struct ward_slice s;
	size_t off;
};

/* The next word there; what it costs to read it is reckoned. Once that is spent, only what stands
 * in a dictionary itself is read. */
static enum ward_pdf_what next(struct ward_pdf_objects *o, struct cursor *c, struct ward_slice *ret)
{
	size_t before = c->off;
	enum ward_pdf_what what =
		o->spent && c->s.p == o->file.p ? WARD_PDF_END : ward_pdf_next(c->s, &c->off, ret);

	(void)ward_pdf_may_read(o, c->off - before);
	return what;
}

/* Where the value that stands at c is read: there, or in the object that it refers to, then c is
 * behind the reference. */
static struct cursor *follow(struct ward_pdf_objects *o, struct cursor *c, struct cursor *other)
{
	size_t at, before = c->off;
	bool refers = ward_pdf_refers(o, c->s, &c->off, 0, &at);

	if (!ward_pdf_may_read(o, c->off - before + REFER_COST) || !refers)
		return c;
	*other = (struct cursor){o->file, at};
	for (unsigned i = 0; i < REFERS_DEEP && other->off < o->file.len; i++) {
		size_t off = other->off;

		if (!ward_pdf_refers(o, o->file, &off, 0, &at))
			break;
		other->off = at;
	}
	return other;
}

/* False: there is no room. */
static bool add_filter(struct ward_slice name, struct ward_pdf_reading *ret)
{
	if (ret->n == WARD_PDF_FILTERS)
		return false;
	struct ward_pdf_filter *f = &ret->filter[ret->n++];

	(void)ward_pdf_name(name, f->name, sizeof(f->name));
	return true;
}

/* A name, or an array of names. False: more than there is room for. */
static bool read_filters(struct ward_pdf_objects *o, struct cursor c, struct ward_pdf_reading *ret)
{
	struct cursor other, *v = follow(o, &c, &other);
	struct ward_slice word;
	enum ward_pdf_what what = next(o, v, &word);

	if (what == WARD_PDF_NAME)
		return add_filter(word, ret);
	if (what != WARD_PDF_WORD || *word.p != '[')
		return true;
	for (;;) {
		struct cursor within, *item = follow(o, v, &within);

		if (next(o, item, &word) != WARD_PDF_NAME)
			return true;
		if (!add_filter(word, ret))
			return false;
	}
}

/* The names and numbers behind "<<". */
static void read_parms(struct ward_pdf_objects *o, struct cursor *c, struct ward_pdf_filter *f)
{
	struct ward_slice word;
	enum ward_pdf_what what;
	size_t end = c->off + PARMS_BYTES, depth = 1;
	char key[24];

	while (depth && c->off < end && (what = next(o, c, &word)) != WARD_PDF_END) {
		depth += what == WARD_PDF_OPEN;
		depth -= what == WARD_PDF_CLOSE;
		if (what != WARD_PDF_NAME || depth != 1)
			continue;
		(void)ward_pdf_name(word, key, sizeof(key));
		const struct {
			const char *key;
			uint32_t *to;
		} numbers[] = {{"Predictor", &f->predictor}, {"Columns", &f->columns},
			{"Colors", &f->colors}, {"BitsPerComponent", &f->bits}};

		for (size_t i = 0; i < WARD_ARRAY_LEN(numbers); i++) {
			if (strcmp(key, numbers[i].key) != 0)
				continue;
			struct cursor other, *v = follow(o, c, &other);

			if (next(o, v, &word) == WARD_PDF_WORD)
				*numbers[i].to = number(word);
		}
		if (strcmp(key, "EarlyChange") != 0)
			continue;
		struct cursor other, *v = follow(o, c, &other);

		f->late = next(o, v, &word) == WARD_PDF_WORD && *word.p == '0';
	}
}

/* A dictionary, or an array of them and of "null", one for each filter. */
static void read_all_parms(
	struct ward_pdf_objects *o, struct cursor c, struct ward_pdf_filter of[WARD_PDF_FILTERS])
{
	struct cursor other, *v = follow(o, &c, &other);
	struct ward_slice word;
	enum ward_pdf_what what = next(o, v, &word);

	if (what == WARD_PDF_OPEN)
		read_parms(o, v, &of[0]);
	if (what != WARD_PDF_WORD || *word.p != '[')
		return;
	for (size_t i = 0; i < WARD_PDF_FILTERS; i++) {
		struct cursor within, *item = follow(o, v, &within);

		what = next(o, item, &word);
		if (what == WARD_PDF_OPEN)
			read_parms(o, item, &of[i]);
		else if (what != WARD_PDF_WORD || *word.p == ']')
			return;
	}
}

/* Where the values are that a dictionary has; SIZE_MAX: it has none. */
struct values {
	size_t filter, parms, length;
};

static bool is_filter(const char *name)
{
	return strcmp(name, "Filter") == 0 || strcmp(name, "F") == 0;
}

static bool is_parms(const char *name)
{
	return strcmp(name, "DecodeParms") == 0 || strcmp(name, "DP") == 0;
}

/* As a reader takes it (7.3.7): keys and values in turn, what lies in values left out, the last of
 * each key. The short names are those of images in a page's contents: they count without the
 * others. */
static struct values read_own(struct ward_slice d)
{
	struct values own = {SIZE_MAX, SIZE_MAX, SIZE_MAX}, brief = own;
	size_t off = 0, depth = 0;
	bool value = false;
	struct ward_slice word;
	enum ward_pdf_what what;
	char key[16];

	while ((what = ward_pdf_next(d, &off, &word)) != WARD_PDF_END) {
		bool opens = what == WARD_PDF_OPEN || (what == WARD_PDF_WORD && *word.p == '['),
		     closes = what == WARD_PDF_CLOSE || (what == WARD_PDF_WORD && *word.p == ']');

		depth += opens && depth < SIZE_MAX;
		depth -= closes && depth;
		if (depth != 1 || what != WARD_PDF_NAME || value) {
			value &= depth > 1;
			continue;
		}
		(void)ward_pdf_name(word, key, sizeof(key));
		value = true;
		if (is_filter(key))
			*(key[1] ? &own.filter : &brief.filter) = off;
		if (is_parms(key))
			*(key[2] ? &own.parms : &brief.parms) = off;
		if (strcmp(key, "Length") == 0)
			own.length = off;
	}
	own.filter = own.filter == SIZE_MAX ? brief.filter : own.filter;
	own.parms = own.parms == SIZE_MAX ? brief.parms : own.parms;
	return own;
}

static bool same(const struct ward_pdf_reading *a, const struct ward_pdf_reading *b)
{
	for (size_t i = 0; i < a->n && a->n == b->n; i++) {
		const struct ward_pdf_filter *f = &a->filter[i], *g = &b->filter[i];

		if (strcmp(f->name, g->name) != 0 || f->predictor != g->predictor ||
			f->columns != g->columns || f->colors != g->colors || f->bits != g->bits ||
			f->late != g->late)
			return false;
	}
	return a->n == b->n;
}

/* Filters that are named at `at` (SIZE_MAX: none), with these parameters. What turns out to name
 * none is no other reading. */
static void add_reading(struct ward_pdf_objects *o, struct cursor at,
	const struct ward_pdf_filter parms[WARD_PDF_FILTERS], struct ward_pdf_stream *ret)
{
	struct ward_pdf_reading r = {.n = 0};

	if (at.off != SIZE_MAX)
		ret->more |= !read_filters(o, at, &r);
	if (at.off != SIZE_MAX && ret->n && !r.n)
		return;
	for (size_t i = 0; i < r.n; i++) {
		struct ward_pdf_filter f = parms[i];

		memcpy(f.name, r.filter[i].name, sizeof(f.name));
		r.filter[i] = f;
	}
	for (size_t i = 0; i < ret->n; i++)
		if (same(&ret->reading[i], &r))
			return;
	ret->more |= ret->n == WARD_PDF_READINGS;
	if (ret->n < WARD_PDF_READINGS)
		ret->reading[ret->n++] = r;
}

/* Names are looked for wherever they stand, so that no text or comment that is opened and not
 * closed hides them. */
static void read_named(struct ward_pdf_objects *o, struct ward_slice d, struct ward_pdf_stream *ret)
{
	struct ward_pdf_filter parms[WARD_PDF_FILTERS] = {{.name = ""}};
	size_t filter[NAMED_MOST], n = 0, n_parms = 0;
	char name[32];

	for (size_t i = 0; i < d.len; i++) {
		if (d.p[i] != '/')
			continue;
		i += ward_pdf_name(ward_slice_of(d.p + i + 1, d.len - i - 1), name, sizeof(name));
		ret->objects |= strcmp(name, "ObjStm") == 0;
		ret->embedded |= strcmp(name, "EmbeddedFile") == 0;
		ret->more |= is_filter(name) && n == NAMED_MOST;
		ret->more |= is_parms(name) && n_parms == NAMED_MOST;
		if (is_filter(name) && n < NAMED_MOST)
			filter[n++] = i + 1;
		if (is_parms(name) && n_parms++ < NAMED_MOST)
			read_all_parms(o, (struct cursor){d, i + 1}, parms);
	}
	for (size_t i = 0; i < n; i++)
		add_reading(o, (struct cursor){d, filter[i]}, parms, ret);
	if (ret->n > 1)
		add_reading(o, (struct cursor){d, SIZE_MAX}, parms, ret);
}

/* As a reader takes it, which begins where d does. */
static void read_as(struct ward_pdf_objects *o, struct ward_slice d, struct ward_pdf_stream *ret)
{
	struct ward_pdf_filter parms[WARD_PDF_FILTERS] = {{.name = ""}};
	struct values own = read_own(d);
	struct ward_slice word;

	if (own.parms != SIZE_MAX)
		read_all_parms(o, (struct cursor){d, own.parms}, parms);
	add_reading(o, (struct cursor){d, own.filter}, parms, ret);
	if (own.length == SIZE_MAX || ret->length)
		return;
	struct cursor c = {d, own.length}, other, *v = follow(o, &c, &other);

	if (next(o, v, &word) == WARD_PDF_WORD)
		ret->length = number(word);
}

void ward_pdf_read_stream(struct ward_pdf_objects *o, const struct ward_pdf_dictionary *d,
	struct ward_pdf_stream *ret)
{
	*ret = (struct ward_pdf_stream){.n = 0};
	(void)ward_pdf_may_read(o, d->far.len);
	read_as(o, d->far, ret);
	if (d->near.p != d->far.p)
		read_as(o, d->near, ret);
	read_named(o, d->far, ret);
}

/* Does "obj" stand there, behind a number or a blank? */
static bool begins_object(struct ward_slice s, size_t at)
{
	return at && at + 3 <= s.len && memcmp(s.p + at, "obj", 3) == 0 &&
	       (is_blank(s.p[at - 1]) || is_digit(s.p[at - 1]));
}

/* The line before `at` has a comment, as far as can be told from there. */
static bool in_comment(struct ward_slice s, size_t at)
{
	while (at && s.p[at - 1] != '\n' && s.p[at - 1] != '\r' && s.p[at - 1] != '%')
		at--;
	return at && s.p[at - 1] == '%';
}

/* Is what lies from off on one dictionary, up to the end of s? *plain: without a bracket that
 * closes a text from before. */
static bool is_dictionary(struct ward_pdf_objects *o, struct ward_slice s, size_t off, bool *plain)
{
	struct cursor c = {s, off};
	struct ward_slice word;
	enum ward_pdf_what what;
	size_t depth = 0;

	*plain = true;
	do {
		what = next(o, &c, &word);
		if (what == WARD_PDF_END || (!depth && what != WARD_PDF_OPEN))
			return false;
		depth += what == WARD_PDF_OPEN;
		depth -= what == WARD_PDF_CLOSE;
		*plain &= what != WARD_PDF_WORD || *word.p != ')';
	} while (depth);
	return next(o, &c, &word) == WARD_PDF_END;
}

static bool behind_dictionary(struct ward_slice s)
{
	while (s.len && is_blank(s.p[s.len - 1]))
		s.len--;
	return s.len >= 2 && memcmp(s.p + s.len - 2, ">>", 2) == 0;
}

void ward_pdf_dictionary_before(
	struct ward_pdf_objects *o, size_t stream, struct ward_pdf_dictionary *ret)
{
	struct ward_slice s = {o->file.p, stream};
	size_t most = o->spent ? DICT_SPENT : DICT_MOST, least = stream > most ? stream - most : 0,
	       at = stream, near = stream > DICT_NEAR ? stream - DICT_NEAR : 0, far = SIZE_MAX;
	bool plain = false, any = false;

	while (at > least && !plain && !(o->spent && any)) {
		at--;
		if (!begins_object(s, at))
			continue;
		near = any ? near : at;
		any = true;
		if (is_dictionary(o, s, at + 3, &plain))
			far = at;
		else
			plain = false;
		plain = plain && !in_comment(s, at);
	}
	(void)ward_pdf_may_read(o, stream - at);
	near = any ? near : near > least ? near : least;
	ret->cut = far == SIZE_MAX && least && !o->spent && behind_dictionary(s);
	far = far < near ? far : near;
	ret->far = ward_slice_of(s.p + far, stream - far);
	ret->near = ward_slice_of(s.p + near, stream - near);
}
