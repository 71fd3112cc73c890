/* Expressions: the number of one whose children are known. Of a distribution its mean. */
#include "logic/mef/model.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum { NUMBER = 64 };

/* The whole text as a decimal number. */
static bool number(struct ward_str s, double *ret)
{
	char text[NUMBER], *end;

	s = ward_str_trim(s);
	if (!s.len || s.len >= sizeof(text) || !s.p[0] || !strchr("+-.0123456789", s.p[0]))
		return false;
	memcpy(text, s.p, s.len);
	text[s.len] = 0;
	*ret = strtod(text, &end);
	return *end == 0 && isfinite(*ret);
}

static double fold(enum kind k, const double *v, size_t n)
{
	double r = v[0];

	for (size_t i = 1; i < n; i++)
		switch ((unsigned)k) {
		case ELEM_SUB:
			r -= v[i];
			break;
		case ELEM_MUL:
			r *= v[i];
			break;
		case ELEM_DIV:
			r /= v[i];
			break;
		case ELEM_MIN:
			r = fmin(r, v[i]);
			break;
		case ELEM_MAX:
			r = fmax(r, v[i]);
			break;
		default: /* ADD, MEAN */
			r += v[i];
			break;
		}
	return k == ELEM_MEAN ? r / (double)n : r;
}

/* Failure on demand g, rates of failure l and of repair m, time t. MEF 2.0d, 4.3. */
static double glm(double g, double l, double m, double t)
{
	double r = l + m;

	return r > 0 ? l / r - (l / r - g) * exp(-r * t) : g;
}

static double of(enum kind k, const double *v, size_t n)
{
	switch ((unsigned)k) {
	case ELEM_EXPONENTIAL:
		return -expm1(-v[0] * v[1]);
	case ELEM_GLM:
		return glm(v[0], v[1], v[2], v[3]);
	case ELEM_WEIBULL: /* scale, shape, when it begins, time */
		return v[3] > v[2] ? -expm1(-pow((v[3] - v[2]) / v[0], v[1])) : 0;
	case ELEM_NEG:
		return -v[0];
	case ELEM_POW:
		return pow(v[0], v[1]);
	case ELEM_EXP:
		return exp(v[0]);
	case ELEM_LOG:
		return log(v[0]);
	case ELEM_LOG10:
		return log10(v[0]);
	case ELEM_SQRT:
		return sqrt(v[0]);
	case ELEM_UNIFORM:
		return (v[0] + v[1]) / 2;
	case ELEM_NORMAL:
	case ELEM_LOGNORMAL: /* mean, error factor, level */
		return v[0];
	case ELEM_GAMMA: /* shape, scale */
		return v[0] * v[1];
	case ELEM_BETA:
		return v[0] / (v[0] + v[1]);
	default:
		return fold(k, v, n);
	}
}

static void literal(struct model *m, uint32_t e)
{
	struct ward_str value = xml_attr(&m->xml.elem[e], "value");

	if (!number(value, &m->mean[e].v))
		model_bad(m, e, WARD_TEXT("'%.*s' is no number\nwrite one, as value=\"1e-3\""),
			WARD_STR_ARG(value));
}

void model_evaluate(struct model *m, uint32_t e)
{
	struct mean *me = &m->mean[e];
	double v[NUMBER] = {0};
	size_t n = 0;

	switch ((unsigned)me->kind) {
	case ELEM_FLOAT:
	case ELEM_INT:
		literal(m, e);
		return;
	case ELEM_MISSION_TIME:
		me->v = m->mission_h;
		return;
	case ELEM_PARAMETER:
		me->v = me->target == WARD_NONE ? 0 : m->mean[me->target].v;
		return;
	default:
		break;
	}
	for (uint32_t c = m->xml.elem[e].child; c != WARD_NONE; c = m->xml.elem[c].next) {
		if (m->mean[c].skip)
			continue;
		if (n == NUMBER) {
			model_bad(m, e, WARD_TEXT("an expression of more than %d parts\nnest it"),
				NUMBER);
			return;
		}
		v[n++] = m->mean[c].v;
	}
	me->v = of(me->kind, v, n);
	if (!isfinite(me->v)) {
		model_bad(m, e, "<%s> has no finite value here\nsee what its parts are",
			kind_info(me->kind)->name);
		me->v = 0;
	}
}
