#include "comply/identifier_fhir.h"
#include "comply/identifier_object.h"
#include "comply/identity.h"
#include "comply/pseudonym.h"

#include <stdlib.h>

enum {
	MANY_MAX = 64,
	SMALLEST = 100,          /* number that is somebody's: of a badge, where a label says so */
	LONG_LEAST = 1000000000, /* of those that are found by their shape */
};

/* The identities of one event, without domain and '$', with what stands for them: as many as the
 * event has values. Sorted before they are looked for, since an outsider chooses how many. */
struct identity {
	struct ward_str who, token;
};

struct known {
	struct identity *item; /* in the event's arena */
	size_t n, cap;
	uint64_t first; /* bits of what they begin with: most parts are told apart by that */
	/* Those of several words, "Doe, Jane": compared where a part begins, so they are few. With
	 * more of them a text that might quote one is hidden whole. */
	struct identity *many;
	size_t n_many;
};

static bool separates(char c)
{
	/* NUL, tab, and of \ / blank " ' = : ; , ( ) [ ] < > @ each */
	static const uint64_t set[4] = {0x7c00938500000201, 0x38000001, 0, 0};
	uint8_t u = (uint8_t)c;

	return set[u >> 6] >> (u & 63) & 1;
}

static int identity_cmp(const void *va, const void *vb)
{
	const struct ward_str a = ((const struct identity *)va)->who,
			      b = ((const struct identity *)vb)->who;
	size_t n = a.len < b.len ? a.len : b.len;

	for (size_t i = 0; i < n; i++)
		if (ward_identity_lower(a.p[i]) != ward_identity_lower(b.p[i]))
			return ward_identity_lower(a.p[i]) < ward_identity_lower(b.p[i]) ? -1 : 1;
	return (a.len > b.len) - (a.len < b.len);
}

/* s.len > 0 */
static uint64_t first_bit(struct ward_str s)
{
	return UINT64_C(1) << (ward_identity_lower(s.p[0]) & 63);
}

static bool remember(
	struct known *k, struct ward_arena *a, struct ward_str who, struct ward_str token)
{
	if (k->n == k->cap) {
		size_t cap = k->cap ? k->cap * 2 : 8;
		struct identity *item = ward_arena_array(a, cap, sizeof(*item));

		if (!item)
			return false;
		if (k->n)
			memcpy(item, k->item, k->n * sizeof(*item));
		k->item = item;
		k->cap = cap;
	}
	k->item[k->n++] = (struct identity){who, token};
	k->first |= first_bit(who);
	return true;
}

static struct ward_str bare(struct ward_str who)
{
	size_t slash = ward_identity_last(who, '\\'), at = ward_identity_last(who, '@');

	if (slash != SIZE_MAX)
		return ward_str_sub(who, slash + 1, who.len);
	return at != SIZE_MAX && at > 0 ? ward_str_sub(who, 0, at) : who;
}

/* A name of several words has to be found as a whole, too. */
static bool remember_many(
	struct known *k, struct ward_arena *a, struct ward_str who, struct ward_str token)
{
	bool many = false;

	for (size_t i = 0; i < who.len; i++) /* domains are told apart by the bare name */
		many |= separates(who.p[i]) && who.p[i] != '\\' && who.p[i] != '@';
	if (!many || who.len < 3)
		return true;
	if (!k->many)
		k->many = ward_arena_array(a, MANY_MAX, sizeof(*k->many));
	if (!k->many)
		return false;
	if (k->n_many < MANY_MAX)
		k->many[k->n_many] = (struct identity){who, token};
	k->n_many++;
	return true;
}

/* The identity of several words that stands at i, and not within a longer word. */
static const struct identity *many_at(const struct known *k, struct ward_str s, size_t i)
{
	for (size_t j = 0; j < k->n_many; j++) {
		const struct identity *m = &k->many[j];
		size_t end = i + m->who.len;

		if (end <= s.len && (end == s.len || separates(s.p[end])) &&
			ward_str_ieq(ward_str_sub(s, i, m->who.len), m->who))
			return m;
	}
	return NULL;
}

static bool hide(struct ward_value *v, struct ward_arena *a, ward_token_fn token, void *ctx,
	struct known *known)
{
	struct ward_str who = v->s, out;

	if (v->kind == WARD_VALUE_INT) { /* a badge number that was written as a number */
		uint8_t buf[24];
		struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

		ward_wr_i64(&w, v->i);
		who = ward_arena_str(a, ward_wr_text(&w));
		if (!who.p)
			return false;
	} else if (v->kind != WARD_VALUE_STR && v->kind != WARD_VALUE_NUM) {
		return true; /* null and true name nobody */
	}
	out = token(ctx, a, who);
	if (!out.p)
		return false;
	*v = ward_value_str(out);
	if (!remember_many(known, a, who, out))
		return false;
	who = bare(who);
	return who.len <= 1 || ward_identity_well_known(who) || remember(known, a, who, bare(out));
}

/* What stands for the part, which separators end; empty: it is nobody's. */
static struct ward_str token_of(const struct known *known, struct ward_str part)
{
	const struct identity key = {.who = part};
	const struct identity *k =
		part.len && (known->first & first_bit(part))
			? bsearch(&key, known->item, known->n, sizeof(key), identity_cmp)
			: NULL;

	return k ? k->token : WARD_STR("");
}

static bool replace_parts(struct ward_value *v, struct ward_arena *a, const struct known *known)
{
	struct ward_wr w = ward_wr_grow(a->mem, (size_t)16 << 20);
	struct ward_str s = v->s, out;
	size_t done = 0;

	if (known->n_many > MANY_MAX) {
		*v = ward_value_str(WARD_STR("(hidden)"));
		return true;
	}
	for (size_t i = 0; i < s.len;) {
		const struct identity *many = many_at(known, s, i);
		size_t n = many ? many->who.len : 0;

		while (!many && i + n < s.len && !separates(s.p[i + n]))
			n++;
		struct ward_str token =
			many ? many->token : token_of(known, (struct ward_str){s.p + i, n});

		if (token.len) {
			ward_wr_str(&w, (struct ward_str){s.p + done, i - done});
			ward_wr_str(&w, token);
			done = i + n;
		}
		i += many ? n : n + 1; /* over what separates */
	}
	if (!done)
		return true;
	ward_wr_str(&w, ward_str_sub(s, done, s.len));
	out = ward_wr_bad(&w) ? WARD_STR("") : ward_arena_str(a, ward_wr_text(&w));
	bool ok = !ward_wr_bad(&w) && out.p;

	if (ok)
		v->s = out;
	ward_wr_fini(&w);
	return ok;
}

/* One pass over an event: what it does to a value of the field. The first one replaces what is of
 * a person as a whole, and elsewhere what is found; the second what equals one of the former. */
struct pass {
	enum { WHOLE, FOUND, PARTS } what;
	struct ward_pseudonym_way *way;
	struct known *known;
	uint32_t name;
	bool fhir, fhir_person; /* the event is a resource of FHIR, of a person */
};

static void walk_begin(
	struct ward_identifier_walk *walk, const struct pass *p, struct ward_str text)
{
	ward_identifier_walk_init(walk, p->way->own, text);
	walk->is_uri = p->name == WARD_FIELD_URI;
	if (!p->way->names || p->name < WARD_FIELD_N)
		return;
	walk->fhir |= p->fhir;
	walk->fhir_person |= p->fhir_person;
	ward_identifier_walk_named(walk, ward_name_text(p->way->names, p->name));
}

/* What names somebody by itself, or by what stands before it. */
static bool replace_found(struct ward_value *v, struct ward_arena *a, const struct pass *p)
{
	struct ward_pseudonym_way *way = p->way;
	struct ward_wr w = ward_wr_grow(a->mem, (size_t)16 << 20);
	struct ward_identifier_walk walk;
	struct ward_identifier_span at;
	struct ward_str s = v->s, out = s;
	size_t done = 0;
	bool ok = true;

	walk_begin(&walk, p, s);
	while (ok && ward_identifier_next(&walk, &at)) {
		ward_wr_str(&w, ward_str_sub(s, done, at.off - done));
		done = at.off + at.len;
		way->found[at.kind]++;
		if (at.kind == WARD_IDENTIFIER_BIRTH || at.kind == WARD_IDENTIFIER_ADDRESS) {
			ward_wr_ch(&w, '(');
			ward_wr_z(&w, ward_identifier_name(at.kind));
			ward_wr_ch(&w, ')');
			continue;
		}
		struct ward_str t = way->token(way->ctx, a, ward_str_sub(s, at.off, at.len));

		ok = t.p != NULL;
		ward_wr_str(&w, t);
	}
	if (done && ok) {
		ward_wr_str(&w, ward_str_sub(s, done, s.len));
		out = ward_arena_str(a, ward_wr_text(&w));
	}
	ok = ok && !ward_wr_bad(&w) && (out.p || !s.len);
	if (ok)
		v->s = out;
	ward_wr_fini(&w);
	return ok;
}

/* A number as JSON has it, {"patient_id": 4711}, in a field that the catalogue does not have: a
 * text when it is somebody's. Small ones are nobody's; one with a point has to be said to be. */
static bool replace_number(struct ward_value *v, struct ward_arena *a, const struct pass *p)
{
	bool whole = v->kind == WARD_VALUE_INT;
	struct ward_label says;
	uint8_t buf[24];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	if (p->name < WARD_FIELD_N || (whole && v->i < SMALLEST))
		return true;
	if (!(whole && (p->way->own || v->i >= LONG_LEAST)) && !p->fhir_person &&
		!(p->way->names && ward_identifier_field(
					   ward_name_text(p->way->names, p->name), p->fhir, &says)))
		return true;
	if (whole)
		ward_wr_i64(&w, v->i);
	const struct ward_str was = whole ? ward_wr_text(&w) : v->s;
	struct ward_value text = ward_value_str(was);

	if (!replace_found(&text, a, p))
		return false;
	if (text.s.p != was.p)
		*v = text;
	return true;
}

static bool one_value(struct ward_value *v, struct ward_arena *a, const struct pass *p)
{
	if (p->what == WHOLE)
		return hide(v, a, p->way->token, p->way->ctx, p->known);
	if (p->what == FOUND && (v->kind == WARD_VALUE_INT || v->kind == WARD_VALUE_NUM))
		return replace_number(v, a, p);
	if (v->kind != WARD_VALUE_STR)
		return true;
	return p->what == FOUND ? replace_found(v, a, p) : replace_parts(v, a, p->known);
}

static bool each_value(struct ward_event *e, struct ward_value *v, const struct pass *p)
{
	struct ward_value *item;

	if (v->kind != WARD_VALUE_LIST)
		return one_value(v, e->arena, p);
	item = ward_arena_array(e->arena, v->n, sizeof(*item));
	if (!item)
		return false;
	for (uint32_t i = 0; i < v->n; i++) { /* items are scalars: one level */
		item[i] = v->item[i];
		if (!one_value(&item[i], e->arena, p))
			return false;
	}
	v->item = item;
	return true;
}

static bool each_field(struct ward_event *e, struct pass p, bool first)
{
	for (size_t i = 0; i < e->n_field; i++) {
		enum ward_identity is = WARD_IDENTITY_MAYBE;

		p.name = e->field[i].name;
		if (p.name < WARD_FIELD_N)
			is = ward_field_info((enum ward_field_id)p.name)->identity;
		else if (!first) /* the parts of it say nothing */
			continue;
		if (is == WARD_IDENTITY_NONE || (!first && is != WARD_IDENTITY_MAYBE))
			continue;
		p.what = !first ? PARTS : is == WARD_IDENTITY_PERSON ? WHOLE : FOUND;
		if (!each_value(e, &e->field[i].v, &p))
			return false;
	}
	return true;
}

/* Is the event a resource of FHIR that was posted, and of a person? */
static void look_for_type(const struct ward_event *e, struct pass *p)
{
	const struct ward_str type = WARD_STR("resourceType");

	for (size_t i = 0; p->way->names && i < e->n_field && !p->fhir; i++) {
		if (e->field[i].name < WARD_FIELD_N)
			continue;
		struct ward_str name = ward_name_text(p->way->names, e->field[i].name);

		if (!ward_str_ends(name, type))
			continue;
		p->fhir = true;
		p->fhir_person = name.len == type.len && e->field[i].v.kind == WARD_VALUE_STR &&
				 ward_identifier_fhir_person(e->field[i].v.s);
	}
}

enum ward_err ward_pseudonym_event(struct ward_event *e, struct ward_pseudonym_way *way)
{
	struct known known;
	struct pass p = {.way = way, .known = &known};

	memset(&known, 0, sizeof(known));
	look_for_type(e, &p);
	if (!each_field(e, p, true))
		return WARD_ERR_NOMEM;
	if (known.n)
		qsort(known.item, known.n, sizeof(*known.item), identity_cmp);
	if ((known.n || known.n_many) && !each_field(e, p, false))
		return WARD_ERR_NOMEM;
	return WARD_OK;
}
