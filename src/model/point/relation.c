/* Numbers, and what one point has to do with another. */
#include "model/point/priv.h"

#include <math.h>
#include <stdlib.h>

#include "event/event.h"

static const ward_ns fresh_least = 3600 * WARD_NS_PER_S;

enum { NUMBER_BYTES_MAX = 40 };

static const char *const op_name[] = {
	[WARD_POINT_LT] = "<",
	[WARD_POINT_LE] = "<=",
	[WARD_POINT_GT] = ">",
	[WARD_POINT_GE] = ">=",
	[WARD_POINT_EQ] = "=",
};

const char *ward_point_op_name(enum ward_point_op op)
{
	WARD_ASSERT((unsigned)op < WARD_ARRAY_LEN(op_name));
	return op_name[op];
}

bool ward_point_holds(enum ward_point_op op, double value, double than)
{
	switch (op) {
	case WARD_POINT_LT:
		return value < than;
	case WARD_POINT_LE:
		return value <= than;
	case WARD_POINT_GT:
		return value > than;
	case WARD_POINT_GE:
		return value >= than;
	case WARD_POINT_EQ:
	default:
		return value >= than && value <= than;
	}
}

bool ward_point_number(struct ward_str s, double *ret)
{
	char text[NUMBER_BYTES_MAX + 1];
	int64_t whole;

	if (!s.len || s.len > NUMBER_BYTES_MAX || ward_number_kind(s, &whole) == WARD_VALUE_NULL)
		return false;
	memcpy(text, s.p, s.len);
	text[s.len] = '\0';
	double v = strtod(text, NULL);

	if (!isfinite(v) || fabs(v) > WARD_POINT_VALUE_MAX)
		return false;
	*ret = v;
	return true;
}

static bool word(struct ward_str *rest, struct ward_str *ret)
{
	do {
		if (!rest->p)
			return false;
		*ret = ward_str_cut(rest, ' ');
	} while (!ret->len);
	return true;
}

static bool read_word(struct ward_str *rest, const char *want)
{
	struct ward_str w;

	return word(rest, &w) && ward_str_eqz(w, want);
}

static bool read_than(struct ward_str *rest, enum ward_point_op *op, double *than)
{
	struct ward_str w;
	unsigned i = 0;

	if (!word(rest, &w))
		return false;
	while (i < WARD_ARRAY_LEN(op_name) && !ward_str_eqz(w, op_name[i]))
		i++;
	if (i == WARD_ARRAY_LEN(op_name) || !word(rest, &w))
		return false;
	*op = (enum ward_point_op)i;
	return ward_point_number(w, than);
}

/* if POINT OP NUMBER then OP NUMBER within TIME */
static bool clause(struct ward_str s, struct ward_point_relation *r, struct ward_str *ret_name)
{
	struct ward_str w;

	return read_word(&s, "if") && word(&s, ret_name) &&
	       read_than(&s, &r->when_op, &r->when_than) && read_word(&s, "then") &&
	       read_than(&s, &r->op, &r->than) && read_word(&s, "within") && word(&s, &w) &&
	       ward_duration_parse(w, &r->within) == WARD_OK && r->within > 0 &&
	       r->within <= 30 * 24 * 3600 * WARD_NS_PER_S && !word(&s, &w);
}

enum ward_err ward_point_relations(
	const struct ward_point_row *r, struct ward_bms_point *p, struct ward_str **ret_names)
{
	struct ward_str rest = r->cell[WARD_POINT_COL_RELATION];
	struct ward_point_relation *x;

	*ret_names =
		ward_arena_array(&r->into->arena, WARD_POINT_RELATIONS_MAX, sizeof(**ret_names));
	x = ward_arena_array(&r->into->arena, WARD_POINT_RELATIONS_MAX, sizeof(*x));
	if (!*ret_names || !x)
		return WARD_ERR_NOMEM;
	p->relation = x;
	while (rest.len) {
		struct ward_str s = ward_str_trim(ward_str_cut(&rest, ';'));

		if (!s.len)
			continue;
		if (p->n_relation == WARD_POINT_RELATIONS_MAX) {
			WARD_POINT_BAD(r,
				WARD_TEXT("more than %d relations\nkeep those that matter"),
				WARD_POINT_RELATIONS_MAX);
			return WARD_OK;
		}
		if (!clause(s, &x[p->n_relation], &(*ret_names)[p->n_relation])) {
			WARD_POINT_BAD(r,
				WARD_TEXT("the relation '%.*s' is not understood\nwrite it as: if "
					  "pump-1 > 0 "
					  "then >= 2 within 5min"),
				WARD_STR_ARG(s));
			continue;
		}
		x[p->n_relation].when = (uint32_t)p->n_relation;
		p->n_relation++;
	}
	return WARD_OK;
}

/* ---- how old a value may be beside another ---- */

ward_ns ward_point_fresh(const struct ward_bms_point *p)
{
	return p->confirm > fresh_least / 2 ? p->confirm * 2 : fresh_least;
}

static void check_every(const struct ward_point_row *r, const struct ward_bms_point *p,
	ward_ns longest, const char *what)
{
	const struct ward_source *s = p->source.len ? ward_model_source(r->in->m, p->source) : NULL;

	if (!s || !ward_point_is_polled(s->kind) || s->every <= longest)
		return;
	ward_diag_addf(r->in->diag, WARD_DIAG_WARNING, r->file, r->line,
		WARD_TEXT("'%s' needs values of '%.*s' that are no older than %lld s, and source "
			  "'%.*s' is "
			  "read every %lld s: most of the time it can't be judged\nread the source "
			  "more "
			  "often "
			  "(`every`), or allow more time (`%s`)"),
		what, WARD_STR_ARG(p->id), (long long)(longest / WARD_NS_PER_S),
		WARD_STR_ARG(s->id), (long long)(s->every / WARD_NS_PER_S),
		what[0] == 'p' ? "confirm" : "within");
}

void ward_point_check_fresh(const struct ward_point_row *r, const struct ward_bms_point *p,
	const struct ward_bms_point *other, ward_ns longest, const char *what)
{
	if (!r->in->m)
		return;
	check_every(r, p, longest, what);
	if (!ward_str_eq(p->source, other->source))
		check_every(r, other, longest, what);
}
