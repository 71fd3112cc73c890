/* A model while it is read: elements with what they mean. Internal. */
#ifndef WARD_LOGIC_MEF_MODEL_H
#define WARD_LOGIC_MEF_MODEL_H

#include "logic/mef/mef.h"
#include "logic/mef/xml.h"

/* What an element is for. */
enum sort {
	SORT_CONTAINER, /* holds definitions */
	SORT_DEFINE,
	SORT_FORMULA, /* has operands */
	SORT_REFER,   /* to an event or a gate */
	SORT_EXPR,    /* has a number */
	SORT_CCF,     /* parts of a common cause group */
	SORT_SKIP,    /* words for people */
	SORT_FOREIGN, /* means something that is not read here */
};

/* X(IDENT, "xml-name", sort, least children, most; 0: no bound) */
#define ELEM_LIST(X)                                            \
	X(OPSA_MEF, "opsa-mef", CONTAINER, 0, 0)                \
	X(FAULT_TREE, "define-fault-tree", CONTAINER, 0, 0)     \
	X(COMPONENT, "define-component", CONTAINER, 0, 0)       \
	X(MODEL_DATA, "model-data", CONTAINER, 0, 0)            \
	X(DEF_GATE, "define-gate", DEFINE, 1, 1)                \
	X(DEF_BASIC, "define-basic-event", DEFINE, 0, 1)        \
	X(DEF_HOUSE, "define-house-event", DEFINE, 0, 1)        \
	X(DEF_PARAMETER, "define-parameter", DEFINE, 1, 1)      \
	X(DEF_CCF, "define-CCF-group", DEFINE, 3, 0)            \
	X(AND, "and", FORMULA, 1, 0)                            \
	X(OR, "or", FORMULA, 1, 0)                              \
	X(ATLEAST, "atleast", FORMULA, 1, 0)                    \
	X(CARDINALITY, "cardinality", FORMULA, 1, 0)            \
	X(NOT, "not", FORMULA, 1, 1)                            \
	X(NAND, "nand", FORMULA, 1, 0)                          \
	X(NOR, "nor", FORMULA, 1, 0)                            \
	X(XOR, "xor", FORMULA, 2, 2)                            \
	X(IFF, "iff", FORMULA, 2, 2)                            \
	X(IMPLY, "imply", FORMULA, 2, 2)                        \
	X(CONSTANT, "constant", FORMULA, 0, 0)                  \
	X(EVENT, "event", REFER, 0, 0)                          \
	X(GATE, "gate", REFER, 0, 0)                            \
	X(BASIC, "basic-event", REFER, 0, 0)                    \
	X(HOUSE, "house-event", REFER, 0, 0)                    \
	X(PARAMETER, "parameter", EXPR, 0, 0)                   \
	X(FLOAT, "float", EXPR, 0, 0)                           \
	X(INT, "int", EXPR, 0, 0)                               \
	X(MISSION_TIME, "system-mission-time", EXPR, 0, 0)      \
	X(EXPONENTIAL, "exponential", EXPR, 2, 2)               \
	X(GLM, "GLM", EXPR, 4, 4)                               \
	X(WEIBULL, "Weibull", EXPR, 4, 4)                       \
	X(NEG, "neg", EXPR, 1, 1)                               \
	X(ADD, "add", EXPR, 2, 0)                               \
	X(SUB, "sub", EXPR, 2, 0)                               \
	X(MUL, "mul", EXPR, 2, 0)                               \
	X(DIV, "div", EXPR, 2, 0)                               \
	X(POW, "pow", EXPR, 2, 2)                               \
	X(MIN, "min", EXPR, 1, 0)                               \
	X(MAX, "max", EXPR, 1, 0)                               \
	X(MEAN, "mean", EXPR, 1, 0)                             \
	X(EXP, "exp", EXPR, 1, 1)                               \
	X(LOG, "log", EXPR, 1, 1)                               \
	X(LOG10, "log10", EXPR, 1, 1)                           \
	X(SQRT, "sqrt", EXPR, 1, 1)                             \
	X(UNIFORM, "uniform-deviate", EXPR, 2, 2)               \
	X(NORMAL, "normal-deviate", EXPR, 2, 2)                 \
	X(LOGNORMAL, "lognormal-deviate", EXPR, 3, 3)           \
	X(GAMMA, "gamma-deviate", EXPR, 2, 2)                   \
	X(BETA, "beta-deviate", EXPR, 2, 2)                     \
	X(MEMBERS, "members", CCF, 2, WARD_CCF_MEMBERS_MAX)     \
	X(DISTRIBUTION, "distribution", CCF, 1, 1)              \
	X(FACTORS, "factors", CCF, 1, WARD_CCF_MEMBERS_MAX)     \
	X(FACTOR, "factor", CCF, 1, 1)                          \
	X(LABEL, "label", SKIP, 0, 0)                           \
	X(ATTRIBUTES, "attributes", SKIP, 0, 0)                 \
	X(EVENT_TREE, "define-event-tree", FOREIGN, 0, 0)       \
	X(INITIATING, "define-initiating-event", FOREIGN, 0, 0) \
	X(SEQUENCE, "define-sequence", FOREIGN, 0, 0)           \
	X(SUBSTITUTION, "define-substitution", FOREIGN, 0, 0)   \
	X(ALIGNMENT, "define-alignment", FOREIGN, 0, 0)

enum kind {
#define X(IDENT, name, sort, least, most) ELEM_##IDENT,
	ELEM_LIST(X)
#undef X
		ELEM_N,
};
struct kind_info {
	const char *name;
	enum sort sort;
	size_t least, most;
};
const struct kind_info *kind_info(enum kind k);

struct mean {
	enum kind kind;
	uint32_t target; /* what it refers to: an element; of a group's member the group */
	uint32_t gate;   /* in the tree, once made */
	double v;        /* of an expression, once known */
	bool used, open, done, member, skip;
};

struct model {
	struct xml xml;
	struct mean *mean; /* [xml.n] */
	const struct ward_mef_text *text;
	struct ward_diag *diag;
	const struct ward_mem *mem;
	double mission_h;
	struct ward_mef *to;
	struct ward_intern key; /* names with their paths */
	uint32_t *def;          /* [key.n] the element */
	size_t cap_def;
	uint32_t *walk; /* elements whose parts are being made */
	size_t n_walk, cap_walk;
	uint32_t *arg; /* operands of the one at hand */
	size_t n_arg, cap_arg;
	double *num; /* the same of expressions */
	size_t n_num, cap_num;
};

/* A finding at that element; "what\nmend". */
void model_bad(struct model *m, uint32_t e, const char *fmt, ...) WARD_PRINTF(3, 4);
static inline struct ward_str model_name(const struct model *m, uint32_t e)
{
	return xml_attr(&m->xml.elem[e], "name");
}

/* names.c: what each name stands for. Findings go to diag; LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err model_define(struct model *m);
WARD_MUST_CHECK enum ward_err model_refer(struct model *m);
/* The name of a definition as it is shown: with its path where it is private. */
WARD_MUST_CHECK enum ward_err model_shown(struct model *m, uint32_t e, struct ward_str *ret);

/* expr.c: the number of an expression whose children are known. */
void model_evaluate(struct model *m, uint32_t e);
/* formula.c: makes gates and events; what they are made of is there. */
WARD_MUST_CHECK enum ward_err model_make(struct model *m, uint32_t e);

#endif
