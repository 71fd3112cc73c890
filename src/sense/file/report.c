#include "sense/file/report.h"

#include "base/rd.h"

enum {
	RECORD_PART = 'P',
	RECORD_REASON = 'R',
	RECORD_CLAM = 'C',
	RECORD_CODED = 'D',
	RECORD_TRAIT = 'F',
	RECORD_END = 'E'
};

static const char *const verdicts[] = {
#define X(IDENT, name) name,
	WARD_INSPECTED_LIST(X)
#undef X
};

static void put_text(struct ward_wr *w, struct ward_str s)
{
	ward_wr_lv(w, ward_str_bytes(ward_str_sub(s, 0, WARD_INSPECT_TEXT)));
}

void ward_report_put_part(struct ward_wr *w, const struct ward_inspect_part *p)
{
	ward_wr_u8(w, RECORD_PART);
	ward_wr_be32(w, p->parent);
	ward_wr_u8(w, (uint8_t)p->kind);
	ward_wr_u8(w, (uint8_t)(p->allowed | p->beside << 1));
	ward_wr_be64(w, p->size);
	ward_wr_bytes(w, p->sha256, sizeof(p->sha256));
	put_text(w, p->name);
	put_text(w, p->type);
}

void ward_report_put_reason(struct ward_wr *w, const struct ward_inspect_reason *r)
{
	ward_wr_u8(w, RECORD_REASON);
	ward_wr_be32(w, r->part);
	ward_wr_u8(w, (uint8_t)r->what);
	ward_wr_u8(w, (uint8_t)(r->weight < WARD_INSPECT_WEIGHT ? r->weight : WARD_INSPECT_WEIGHT));
	put_text(w, r->a);
	put_text(w, r->b);
}

void ward_report_put_clam(struct ward_wr *w, enum ward_clam c)
{
	ward_wr_u8(w, RECORD_CLAM);
	ward_wr_u8(w, (uint8_t)c);
}

void ward_report_put_trait(struct ward_wr *w, const struct ward_inspect_trait *f)
{
	ward_wr_u8(w, RECORD_TRAIT);
	ward_wr_be32(w, f->part);
	ward_wr_u8(w, (uint8_t)f->what);
	put_text(w, f->text);
}

void ward_report_put_coded(struct ward_wr *w, uint64_t bytes)
{
	ward_wr_u8(w, RECORD_CODED);
	ward_wr_be64(w, bytes);
}

void ward_report_put_end(struct ward_wr *w)
{
	ward_wr_u8(w, RECORD_END);
}

void ward_report_init(struct ward_inspect_report *r, struct ward_arena *arena)
{
	*r = (struct ward_inspect_report){.arena = arena, .mem = ward_mem_heap()};
}

void ward_report_fini(struct ward_inspect_report *r)
{
	ward_mem_free(r->mem, r->part, r->cap_part * sizeof(*r->part));
	ward_mem_free(r->mem, r->reason, r->cap_reason * sizeof(*r->reason));
	ward_mem_free(r->mem, r->trait, r->cap_trait * sizeof(*r->trait));
	ward_report_init(r, r->arena);
}

/* The text as UTF-8, each byte that is none as U+FFFD. A name of a file may be any bytes. */
static struct ward_str text(struct ward_arena *a, struct ward_slice s)
{
	char buf[WARD_INSPECT_TEXT * 3];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	for (size_t i = 0; i < s.len;) {
		size_t n = ward_utf8_len(s.p + i, s.len - i);

		if (n)
			ward_wr_bytes(&w, s.p + i, n);
		else
			ward_wr_z(&w, "\xef\xbf\xbd");
		i += n ? n : 1;
	}
	return ward_arena_str(a, ward_wr_text(&w));
}

static enum ward_err add_part(struct ward_inspect_report *r, const struct ward_limits *lim,
	const struct ward_inspect_part *p)
{
	enum ward_err err;

	if (r->n_part ? p->parent >= r->n_part : p->parent != 0)
		return WARD_ERR_MALFORMED;
	if (!p->name.p || !p->type.p)
		return WARD_ERR_NOMEM;
	err = ward_mem_more(r->mem, &r->part, r->n_part, &r->cap_part, sizeof(*r->part),
		ward_limit(lim, WARD_LIMIT_FILE_PARTS));
	if (err)
		return err;
	r->part[r->n_part] = *p;
	if (r->n_part) {
		r->part[r->n_part].depth = r->part[p->parent].depth + 1;
		r->part[r->n_part].allowed |= !p->beside && r->part[p->parent].allowed;
	}
	r->n_part++;
	return WARD_OK;
}

static enum ward_err add_reason(struct ward_inspect_report *r, const struct ward_inspect_reason *s)
{
	enum ward_err err;

	if (!s->a.p || !s->b.p)
		return WARD_ERR_NOMEM;
	err = ward_mem_more(r->mem, &r->reason, r->n_reason, &r->cap_reason, sizeof(*r->reason),
		WARD_INSPECT_REASONS);
	if (!err)
		r->reason[r->n_reason++] = *s;
	return err;
}

static enum ward_err read_part(
	struct ward_inspect_report *r, const struct ward_limits *lim, struct ward_rd *rd)
{
	struct ward_inspect_part p = {.parent = ward_rd_be32(rd)};
	uint8_t kind = ward_rd_u8(rd), how = ward_rd_u8(rd);
	struct ward_slice hash, name, type;

	p.size = ward_rd_be64(rd);
	hash = ward_rd_bytes(rd, WARD_INSPECT_HASH);
	name = ward_rd_lv(rd, WARD_INSPECT_TEXT);
	type = ward_rd_lv(rd, WARD_INSPECT_TEXT);
	if (ward_rd_bad(rd))
		return WARD_ERR_MORE;
	if (kind >= WARD_KIND_N || how > 3)
		return WARD_ERR_MALFORMED;
	p.kind = (enum ward_kind)kind;
	p.allowed = how & 1;
	p.beside = how & 2;
	memcpy(p.sha256, hash.p, hash.len);
	p.name = text(r->arena, name);
	p.type = text(r->arena, type);
	return add_part(r, lim, &p);
}

static enum ward_err read_reason(struct ward_inspect_report *r, struct ward_rd *rd)
{
	struct ward_inspect_reason s = {.part = ward_rd_be32(rd)};
	uint8_t what = ward_rd_u8(rd);
	struct ward_slice a, b;

	s.weight = ward_rd_u8(rd);
	a = ward_rd_lv(rd, WARD_INSPECT_TEXT);
	b = ward_rd_lv(rd, WARD_INSPECT_TEXT);
	if (ward_rd_bad(rd))
		return WARD_ERR_MORE;
	if (what >= WARD_SUSPECT_N || s.part >= r->n_part || s.weight > WARD_INSPECT_WEIGHT)
		return WARD_ERR_MALFORMED;
	s.what = (enum ward_suspect)what;
	s.a = text(r->arena, a);
	s.b = text(r->arena, b);
	return add_reason(r, &s);
}

static enum ward_err read_clam(struct ward_inspect_report *r, struct ward_rd *rd)
{
	uint8_t c = ward_rd_u8(rd);

	if (ward_rd_bad(rd))
		return WARD_ERR_MORE;
	if (c >= WARD_CLAM_N)
		return WARD_ERR_MALFORMED;
	r->clam = (enum ward_clam)c;
	return WARD_OK;
}

static enum ward_err read_trait(struct ward_inspect_report *r, struct ward_rd *rd)
{
	struct ward_inspect_trait f = {.part = ward_rd_be32(rd)};
	uint8_t what = ward_rd_u8(rd);
	struct ward_slice said = ward_rd_lv(rd, WARD_INSPECT_TEXT);

	if (ward_rd_bad(rd))
		return WARD_ERR_MORE;
	if (what >= WARD_TRAIT_N || f.part >= r->n_part ||
		(r->n_trait && f.part < r->trait[r->n_trait - 1].part))
		return WARD_ERR_MALFORMED;
	f.what = (enum ward_trait)what;
	f.text = text(r->arena, said);
	if (!f.text.p)
		return WARD_ERR_NOMEM;
	enum ward_err err = ward_mem_more(r->mem, &r->trait, r->n_trait, &r->cap_trait,
		sizeof(*r->trait), WARD_INSPECT_TRAITS);

	if (!err)
		r->trait[r->n_trait++] = f;
	return err;
}

static enum ward_err read_coded(struct ward_inspect_report *r, struct ward_rd *rd)
{
	uint64_t bytes = ward_rd_be64(rd);

	if (ward_rd_bad(rd))
		return WARD_ERR_MORE;
	r->coded = bytes;
	return WARD_OK;
}

static enum ward_err read_record(
	struct ward_inspect_report *r, const struct ward_limits *lim, struct ward_rd *rd)
{
	if (r->whole) /* nothing follows the end */
		return WARD_ERR_MALFORMED;
	switch (ward_rd_u8(rd)) {
	case RECORD_PART:
		return read_part(r, lim, rd);
	case RECORD_REASON:
		return read_reason(r, rd);
	case RECORD_CLAM:
		return read_clam(r, rd);
	case RECORD_CODED:
		return read_coded(r, rd);
	case RECORD_TRAIT:
		return read_trait(r, rd);
	case RECORD_END:
		r->whole = true;
		return WARD_OK;
	default:
		return WARD_ERR_MALFORMED;
	}
}

enum ward_err ward_report_read(struct ward_inspect_report *r, const struct ward_limits *lim,
	struct ward_slice bytes, size_t *ret_used)
{
	/* The longest record: 1 + 4 + 2 + 8 + 32 and two texts with their lengths. */
	enum { RECORD_MAX = 64 + 2 * (WARD_INSPECT_TEXT + 2) };
	struct ward_rd rd = ward_rd_slice(bytes);
	enum ward_err err = WARD_OK;

	*ret_used = 0;
	while (!err && ward_rd_left(&rd)) {
		err = read_record(r, lim, &rd);
		if (!err)
			*ret_used = rd.off;
	}
	if (err == WARD_ERR_MORE)
		return bytes.len - *ret_used < RECORD_MAX ? WARD_OK : WARD_ERR_MALFORMED;
	return err;
}

enum ward_err ward_report_root(struct ward_inspect_report *r, const struct ward_limits *lim,
	struct ward_str name, uint64_t size)
{
	const struct ward_inspect_part p = {.kind = WARD_KIND_DATA,
		.size = size,
		.name = text(r->arena, ward_str_bytes(ward_str_sub(name, 0, WARD_INSPECT_TEXT))),
		.type = WARD_STR("")};

	return r->n_part ? WARD_OK : add_part(r, lim, &p);
}

enum ward_err ward_report_add(
	struct ward_inspect_report *r, enum ward_suspect what, struct ward_str a)
{
	struct ward_inspect_reason s = {
		.what = what, .a = ward_arena_str(r->arena, a), .b = WARD_STR("")};

	if (!r->n_part)
		return WARD_ERR_STATE;
	if (r->n_reason == WARD_INSPECT_REASONS)
		r->n_reason--; /* what the keeper says stands */
	return add_reason(r, &s);
}

static bool same(const struct ward_inspect_reason *x, const struct ward_inspect_reason *y)
{
	return x->what == y->what && (x->what != WARD_SUSPECT_RULE || ward_str_eq(x->a, y->a));
}

/* Each product calls it so, among other words. */
static bool names_test(struct ward_str name)
{
	const struct ward_str test = WARD_STR("eicar");

	for (size_t i = 0; i + test.len <= name.len; i++)
		if (ward_str_ieq(ward_str_sub(name, i, test.len), test))
			return true;
	return false;
}

/* What the test file of antivirus programs weighs in it. An antivirus names what it finds first, so
 * its word counts only where nothing lies beside the test that it could have found next. */
static unsigned test_weight(const struct ward_inspect_report *r)
{
	unsigned by_rule = 0, by_antivirus = 0;
	uint32_t depth = 0;

	for (size_t i = 0; i < r->n_reason; i++) {
		const struct ward_inspect_reason *s = &r->reason[i];

		if (s->what == WARD_SUSPECT_RULE && ward_str_eqz(s->a, "eicar")) {
			by_rule += s->weight;
			if (r->part[s->part].depth > depth)
				depth = r->part[s->part].depth;
		} else if (s->what == WARD_SUSPECT_ANTIVIRUS && names_test(s->a)) {
			by_antivirus += s->weight;
		}
	}
	return by_rule && r->n_part == depth + 1 ? by_rule + by_antivirus : by_rule;
}

void ward_report_judge(struct ward_inspect_report *r, const struct ward_inspect_weights *w)
{
	unsigned sum = 0;

	for (size_t i = 0; i < r->n_reason; i++) {
		struct ward_inspect_reason *s = &r->reason[i];
		bool before = r->part[s->part].allowed;

		for (size_t k = 0; k < i && !before; k++)
			before = same(&r->reason[k], s) && !r->part[r->reason[k].part].allowed;
		if (before)
			s->weight = 0;
		else if (s->what != WARD_SUSPECT_RULE)
			s->weight = w->of[s->what];
		sum += s->weight;
	}
	r->score = sum;
	r->verdict = WARD_INSPECTED_CLEAN;
	for (int v = WARD_INSPECTED_NOTICE; v < WARD_INSPECTED_N; v++)
		if (sum >= w->from[v])
			r->verdict = (enum ward_inspected)v;
	unsigned test = test_weight(r);

	r->test = test && sum - test < w->from[WARD_INSPECTED_SUSPICIOUS];
}

const struct ward_inspect_part *ward_report_came(const struct ward_inspect_report *r)
{
	return &r->part[r->coded && r->n_part > 1 && r->part[1].beside];
}

const char *ward_inspected_name(enum ward_inspected v)
{
	return verdicts[v];
}

static const struct {
	const char *name;
	bool many;
} traits[] = {
#define X(IDENT, name, many) {name, many},
	WARD_TRAIT_LIST(X)
#undef X
};

const char *ward_trait_name(enum ward_trait t)
{
	return traits[t].name;
}

bool ward_trait_many(enum ward_trait t)
{
	return traits[t].many;
}

const char *ward_clam_name(enum ward_clam c)
{
	static const char *const name[] = {"not-asked", "clean", "found", "failed"};

	return name[c];
}
