/* Inside reckon. */
#ifndef WARD_RECKON_PRIV_H
#define WARD_RECKON_PRIV_H

#include "reckon/reckon.h"

#include "detect/baseline/baseline.h"
#include "evacuate/facts.h"
#include "model/inventory/inventory.h"
#include "paths/paths.h"
#include "reckon/back.h"
#include "risk/risk.h"
#include "score/score.h"

struct ward_reckon {
	struct ward_reckon_opts o;
	struct ward_model *m, *trial; /* trial: what `score` tries answers on */
	struct ward_rules *rules, *trial_rules;
	struct ward_engine *e, *trial_e;
	struct ward_attack *attack;
	struct ward_facts facts;
	struct ward_evac *evac; /* NULL: the hospital does not say how it is left */
	struct ward_escape escape;
	struct ward_advices advices;
	struct ward_abouts abouts;
	struct ward_names names;
	struct ward_inv_rules *inv_rules;
	struct ward_inventory *inv;
	struct ward_oui *oui;              /* NULL: makers' numbers are not known here */
	ward_ns seen_at;                   /* INT64_MIN: nothing was seen */
	struct ward_bl_profiles *profiles; /* NULL: the hospital wants nothing learned */
	struct ward_baseline *normal;      /* NULL: nothing was learned yet */
	struct ward_risks risks;           /* of all devices, once somebody asked */
	bool risks_known;
	struct ward_works *works;   /* NULL: what is done to bring things back can't be read */
	struct reckon_rules *known; /* NULL: detection rules can't be loaded */
	struct ward_arena view;     /* of what was seen, for one answer */
	struct ward_arena files;
	struct ward_wr trial_file, out;
	char why[512];
};

/* One question and what is written. */
struct reckon_job {
	struct ward_reckon *r;
	const struct ward_reckon_ask *ask;
	struct ward_lang *lang, *rule_lang;
	struct ward_json j;
};

/* err, with why it is: for people, with the mend, in the language of who asks. An English text
 * (WARD_TEXT) whose slot {id}, if it has one, is `id`. */
enum ward_err reckon_no(
	struct reckon_job *job, enum ward_err err, const char *english, struct ward_str id);
/* The next of a list "a,b"; false: there is none. */
bool reckon_next(struct ward_str *list, struct ward_str *ret);

/* paths.c */
WARD_MUST_CHECK enum ward_err reckon_paths(struct reckon_job *job);
/* what_if.c */
WARD_MUST_CHECK enum ward_err reckon_what_if(struct reckon_job *job);
/* known.c */
WARD_MUST_CHECK enum ward_err reckon_score(struct reckon_job *job);
WARD_MUST_CHECK enum ward_err reckon_risk(struct reckon_job *job);
/* hosts.c */
WARD_MUST_CHECK enum ward_err reckon_load_hosts(struct ward_reckon *r);
void reckon_free_hosts(struct ward_reckon *r);
WARD_MUST_CHECK enum ward_err reckon_hosts(struct reckon_job *job);
WARD_MUST_CHECK enum ward_err reckon_host(struct reckon_job *job);

/* normal.c */
WARD_MUST_CHECK enum ward_err reckon_load_normal(struct ward_reckon *r);
WARD_MUST_CHECK enum ward_err reckon_remember_normal(
	struct ward_reckon *r, struct ward_slice bytes);
void reckon_free_normal(struct ward_reckon *r);
WARD_MUST_CHECK enum ward_err reckon_normal(struct reckon_job *job);
/* risks.c */
WARD_MUST_CHECK enum ward_err reckon_risks(struct reckon_job *job);
/* rules.c */
WARD_MUST_CHECK enum ward_err reckon_load_rules(struct ward_reckon *r);
void reckon_free_rules(struct ward_reckon *r);
WARD_MUST_CHECK enum ward_err reckon_rule(struct reckon_job *job);
WARD_MUST_CHECK enum ward_err reckon_rules(struct reckon_job *job);

/* What the paths of the question's service are, with these measures taken. */
WARD_MUST_CHECK enum ward_err reckon_find_paths(
	struct reckon_job *job, const struct ward_paths_given *given, size_t n);

#endif
