#include "sense/file/verdict.h"

#include "base/wr.h"

#include <stdio.h>

/* What the event is made with; the first error stays. */
struct put {
	const struct ward_file_verdict *v;
	struct ward_event *e;
	enum ward_err err;
};

void ward_file_verdict_init(struct ward_file_verdict *v, struct ward_names *names)
{
	static const char *const field[] = {
#define X(IDENT, name) name,
		WARD_FILE_VERDICT_FIELD_LIST(X)
#undef X
	};

	for (int i = 0; i < WARD_INSPECTED_N; i++) {
		char name[32];
		int n = snprintf(
			name, sizeof(name), "file.%s", ward_inspected_name((enum ward_inspected)i));

		v->class[i] = ward_name(names, (struct ward_str){name, (size_t)n});
	}
	v->unlooked = ward_name(names, WARD_STR("file.unlooked"));
	for (int i = 0; i < WARD_FILE_VERDICT_FIELD_N; i++)
		v->field[i] = ward_name(names, ward_str_z(field[i]));
}

static void set(struct put *p, enum ward_file_verdict_field f, struct ward_value v)
{
	if (!p->err)
		p->err = ward_event_set(p->e, p->v->field[f], v);
}

static void set_text(struct put *p, enum ward_file_verdict_field f, struct ward_str s)
{
	struct ward_str copy = ward_arena_str(p->e->arena, s);

	if (!copy.p)
		p->err = WARD_ERR_NOMEM;
	else
		set(p, f, ward_value_str(copy));
}

static void set_hash(struct put *p, enum ward_file_verdict_field f, const uint8_t *hash)
{
	char text[2 * WARD_INSPECT_HASH];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_hex(&w, ward_slice_of(hash, WARD_INSPECT_HASH));
	set_text(p, f, ward_wr_text(&w));
}

/* Names that are told, heaviest first. */
struct list {
	struct ward_str name[WARD_FILE_VERDICT_NAMES];
	unsigned weight[WARD_FILE_VERDICT_NAMES];
	size_t n;
};

static void add(struct list *l, struct ward_str name, unsigned weight)
{
	size_t at = l->n;

	for (size_t i = 0; i < l->n; i++)
		if (ward_str_eq(l->name[i], name))
			return;
	while (at && l->weight[at - 1] < weight)
		at--;
	if (at == WARD_FILE_VERDICT_NAMES)
		return;
	if (l->n < WARD_FILE_VERDICT_NAMES)
		l->n++;
	for (size_t i = l->n - 1; i > at; i--) {
		l->name[i] = l->name[i - 1];
		l->weight[i] = l->weight[i - 1];
	}
	l->name[at] = name;
	l->weight[at] = weight;
}

static void set_list(struct put *p, enum ward_file_verdict_field f, const struct list *l)
{
	struct ward_value *item = ward_arena_array(p->e->arena, l->n, sizeof(*item));

	if (!l->n)
		return;
	for (size_t i = 0; item && i < l->n; i++) {
		struct ward_str copy = ward_arena_str(p->e->arena, l->name[i]);

		item[i] = ward_value_str(copy);
		if (!copy.p)
			item = NULL;
	}
	if (!item)
		p->err = WARD_ERR_NOMEM;
	else
		set(p, f,
			(struct ward_value){
				.kind = WARD_VALUE_LIST, .n = (uint32_t)l->n, .item = item});
}

static void set_reasons(struct put *p, const struct ward_inspect_report *r)
{
	struct list reasons = {.n = 0}, rules = {.n = 0};

	for (size_t i = 0; i < r->n_reason; i++) {
		const struct ward_inspect_reason *s = &r->reason[i];

		add(&reasons, ward_str_z(ward_suspect_name(s->what)), s->weight);
		if (s->what == WARD_SUSPECT_RULE)
			add(&rules, s->a, s->weight);
		if (s->what == WARD_SUSPECT_ANTIVIRUS)
			set_text(p, WARD_FILE_VERDICT_ANTIVIRUS, s->a);
	}
	set_list(p, WARD_FILE_VERDICT_REASONS, &reasons);
	set_list(p, WARD_FILE_VERDICT_RULES, &rules);
}

/* What the heaviest reason is about, when it is not the file itself: its hash is what to look for
 * elsewhere. The innermost of those that have it: what lies around it has its bytes, too. */
static void set_part(struct put *p, const struct ward_inspect_report *r)
{
	const struct ward_inspect_reason *worst = NULL;

	for (size_t i = 0; i < r->n_reason; i++)
		if (r->reason[i].weight && (!worst || r->reason[i].weight > worst->weight))
			worst = &r->reason[i];
	if (!worst)
		return;
	const struct ward_inspect_part *part = &r->part[worst->part];

	for (const struct ward_inspect_reason *s = worst; s < r->reason + r->n_reason; s++)
		if (s->what == worst->what && ward_str_eq(s->a, worst->a) &&
			r->part[s->part].depth > part->depth)
			part = &r->part[s->part];
	if (part == &r->part[0])
		return;

	set_text(p, WARD_FILE_VERDICT_PART_KIND, ward_str_z(ward_kind_name(part->kind)));
	set_hash(p, WARD_FILE_VERDICT_PART_SHA256, part->sha256);
	set(p, WARD_FILE_VERDICT_PART_DEPTH, ward_value_int(part->depth));
}

/* What the sensor made of its content is not what was looked at: no coding was taken off. */
static void drop_decoded(const struct ward_file_verdict *v, struct ward_event *e)
{
	size_t n = 0;

	for (size_t i = 0; i < e->n_field; i++)
		if (e->field[i].name != v->field[WARD_FILE_VERDICT_DECODED] &&
			e->field[i].name != v->field[WARD_FILE_VERDICT_ENCODED])
			e->field[n++] = e->field[i];
	e->n_field = n;
}

enum ward_err ward_file_verdict_put(const struct ward_file_verdict *v,
	const struct ward_inspect_report *r, struct ward_event *e)
{
	struct put p = {.v = v, .e = e};

	if (!r->n_part)
		return WARD_ERR_STATE;
	e->class = v->class[r->verdict];
	set(&p, WARD_FILE_VERDICT_VERDICT,
		ward_value_str(ward_str_z(ward_inspected_name(r->verdict))));
	set(&p, WARD_FILE_VERDICT_SCORE, ward_value_int(r->score));
	set(&p, WARD_FILE_VERDICT_KIND,
		ward_value_str(ward_str_z(ward_kind_name(r->part[0].kind))));
	/* a cell that was killed at once said no hash: what the sensor made of it stays */
	if (r->whole)
		set_hash(&p, WARD_FILE_VERDICT_SHA256, r->part[0].sha256);
	if (!p.err)
		p.err = ward_event_set(
			e, WARD_FIELD_FILE_BYTES, ward_value_int((int64_t)r->part[0].size));
	if (!r->coded)
		drop_decoded(v, e);
	else {
		set(&p, WARD_FILE_VERDICT_DECODED, ward_value_bool(true));
		set(&p, WARD_FILE_VERDICT_ENCODED, ward_value_int((int64_t)r->coded));
	}
	set(&p, WARD_FILE_VERDICT_PARTS, ward_value_int((int64_t)r->n_part));
	set_reasons(&p, r);
	set_part(&p, r);
	if (r->test)
		set(&p, WARD_FILE_VERDICT_TEST, ward_value_bool(true));
	return p.err;
}

enum ward_err ward_file_verdict_put_unlooked(
	const struct ward_file_verdict *v, const char *why, struct ward_event *e)
{
	e->class = v->unlooked;
	return ward_event_set(e, WARD_FIELD_REASON, ward_value_str(ward_str_z(why)));
}
