/* What could happen, computed when somebody asks: attack paths and measures, what is left with
 * measures taken or with things failing, how complete the directory is, how much risk devices are,
 * what is usual of one, what a rule says and whether its tests hold.
 *
 * (hospital, question) → JSON. Reads files once, when it is made; then pure, without a clock, so
 * that the same question always has the same answer. Effort is bounded by the rooms that compute.
 * The question is outside bytes. Single-threaded. */
#ifndef WARD_RECKON_RECKON_H
#define WARD_RECKON_RECKON_H

#include "reckon/ask.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/limit.h"
#include "base/mem.h"
#include "words/words.h"

struct ward_reckon;

struct ward_model;
struct ward_reckon_opts {
	const char *dir, *content; /* the hospital's directory, and the content */
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	struct ward_lang *const *lang; /* besides English */
	size_t n_lang;
	struct ward_lang *const *rule_lang; /* what Ward's rules say, besides English */
	size_t n_rule_lang;
	struct ward_diag *diag;
	/* Marks in the model what of the hospital does not run; NULL: all does. */
	void (*stop)(void *ctx, struct ward_model *m);
	void *stop_ctx;
};

/* Borrows lim, mem and the languages. CONFIG with findings, IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_reckon_new(
	const struct ward_reckon_opts *o, struct ward_reckon **ret);
void ward_reckon_free(struct ward_reckon *r);
/* What the brain's memory holds. */
struct ward_reckon_memory {
	ward_ns at;                  /* until when it was seen */
	struct ward_slice inventory; /* as ward_inventory_save wrote it; empty: nothing was seen */
	struct ward_slice learned;   /* as ward_baseline_save wrote it; empty: nothing is learned */
};
/* It takes the place of what was there. MALFORMED, VERSION, NOMEM: nothing is. */
WARD_MUST_CHECK enum ward_err ward_reckon_remember(
	struct ward_reckon *r, const struct ward_reckon_memory *is);
/* Computes what lists are asked for by, which takes long, so that the first who asks need not wait:
 * to be called while nobody asks. True: it was not computed before. */
bool ward_reckon_ready(struct ward_reckon *r);
/* The answer lives until the next. */
struct ward_reckoned ward_reckon_answer(struct ward_reckon *r, const struct ward_reckon_ask *ask);

#endif
