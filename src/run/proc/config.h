/* Private to the process `config`: what its files share. */
#ifndef WARD_RUN_PROC_CONFIG_H
#define WARD_RUN_PROC_CONFIG_H

#include "base/diag.h"
#include "desk/event.h"
#include "revision/revision.h"
#include "run/checker.h"
#include "run/configure.h"
#include "run/wire.h"
#include "words/words.h"

enum {
	CONFIG_PROPOSALS = 8,
	CONFIG_ARENA = 96 << 20,
	CONFIG_ID = WARD_ID_TEXT,
	CONFIG_TRIALS = 128, /* of all people, the last ones */
	CONFIG_LANGS = 16
};

struct config_proposal {
	bool used;
	char id[CONFIG_ID], why[WARD_CONFIGURE_WHY + 1];
	ward_ns made;
	uint64_t base;
	size_t n_error;
	bool rules_only; /* what it changes the rules' reload takes in */
	bool appoints;   /* it changes who may what, or whom Ward reaches */
	struct ward_revision_tree tree;
	struct ward_arena arena; /* of the tree */
};

struct config {
	struct ward_process p;
	struct ward_limits lim;
	const char *hospital, *folder, *content, *speed;
	char stage[4096];
	struct ward_lang *lang[CONFIG_LANGS]; /* all that have words but English */
	size_t n_lang;
	struct ward_revision *r;
	int api, desk, checker, trier, supervisor;
	struct ward_ask journal;
	struct ward_names names;
	struct ward_batch batch;
	struct ward_arena scratch; /* of one question */
	struct config_proposal proposal[CONFIG_PROPOSALS];
	/* the question that comes, and the answer that is taken */
	struct ward_wr question, answer;
	uint32_t question_id, answer_id;
	/* what was decided last: asked again, it is the same */
	struct ward_id decided;
	bool has_decided;
	struct ward_wr said;
	struct { /* of a camera, one at a time: whose answer `desk` waits for */
		bool on;
		struct ward_id of;
		uint32_t asked; /* the message that asked last */
		ward_ns until;  /* monotonic */
		struct ward_wr out;
	} trial;
	struct config_tried {
		char person[WARD_DECISION_SUBJECT + 1];
		ward_ns at;     /* monotonic; 0: none */
	} tried[CONFIG_TRIALS]; /* a ring */
	size_t n_tried;
	uint64_t recorded;        /* the last version that is on the ledger */
	ward_ns record_at;        /* monotonic: when it is looked at again */
	uint64_t decided_version; /* what was taken last in this life, and in which role */
	char decided_role[WARD_DECISION_SUBJECT + 1];
	uint64_t begun;  /* the version that Ward began with; 0: not known */
	ward_ns proven;  /* monotonic: from then on it was run with for a while; 0: that is noted */
	ward_ns anew_at; /* monotonic; 0: nothing begins anew */
	enum ward_anew anew;
	bool ends; /* nothing more is taken: all begins anew */
	uint8_t buf[WARD_MSG_MAX], out[WARD_MSG_BODY_MAX];
};

/* ---- config_answer.c ---- */
/* Answers into k->answer. */
void config_answer(struct config *k, const struct ward_configure_ask *a);
/* How two trees differ, as the member "files" of j. False: memory. */
bool config_put_diff(struct config *k, struct ward_json *j, const struct ward_revision_tree *from,
	const struct ward_revision_tree *to);

/* ---- config_propose.c ---- */
/* Makes one, checked; *ret_why (of the process) when it is none. */
WARD_MUST_CHECK enum ward_err config_propose(struct config *k, const struct ward_configure_ask *a,
	struct ward_wr *json, const char **ret_why);
/* One file of it as it becomes; its tree has room for WARD_CONFIGURE_FILES more. */
WARD_MUST_CHECK enum ward_err config_change(struct config *k, struct config_proposal *p,
	const struct ward_configure_file *f, const char **why);
/* Do they differ in rules and filters alone? These are read anew without an end of all. */
bool config_of_rules(struct config *k, const struct ward_revision_tree *from,
	const struct ward_revision_tree *to);
struct config_proposal *config_proposal(struct config *k, struct ward_str id);
void config_drop(struct config_proposal *p);

/* ---- config_check.c ---- */
/* What `ward check` says of the proposal, in the language of who asks: the members "errors" and
 * "warnings", of which each is marked that it says of the base, too (what `base` has). */
WARD_MUST_CHECK enum ward_err config_check(struct config *k, struct config_proposal *p,
	const struct ward_revision_tree *base, struct ward_str lang, struct ward_json *j,
	const char **ret_why);
/* Words of that language; NULL: English, also where there are none. */
struct ward_lang *config_lang(struct config *k, struct ward_str code);

/* ---- config_layout.c ---- */
/* What is asked of a house; the files that answers give: nothing is kept. */
WARD_MUST_CHECK enum ward_err config_questions(struct config *k, const struct ward_configure_ask *a,
	struct ward_json *j, const char **ret_why);
WARD_MUST_CHECK enum ward_err config_layout(struct config *k, const struct ward_configure_ask *a,
	struct ward_json *j, const char **ret_why);

/* Whoever proposes may see a text that a version holds, and what Ward brings along. A finding in
 * any other file could say what stands there, and a proposal can name each: a secret, the machine's
 * passwords. */
bool config_may_be_seen(
	struct config *k, const struct ward_revision_tree *of, struct ward_str file);
/* Without where the folder lies: people know the names in it. Lives in the scratch. */
struct ward_str config_plain(struct config *k, const char *folder, struct ward_str s);

/* As the version p->base has it, with room for changes. */
WARD_MUST_CHECK enum ward_err config_base(
	struct config *k, struct config_proposal *p, const char **why);

/* ---- config_processing.c ---- */
/* As config_decide, of what has data of persons. */
bool config_processing(struct config *k, const struct ward_decision *d);

/* ---- config_scope.c ---- */
/* What the version has of people that the one before had not, "source cam, role guard"; and of what
 * the impact assessment rests on, what is other, "entry cameras, agreement staff". Else nothing is
 * written: what cannot be read of either. */
WARD_MUST_CHECK enum ward_err config_scope(
	struct config *k, uint64_t number, struct ward_wr *ret_wider, struct ward_wr *ret_moved);

/* ---- config_import.c ---- */
/* What another product's file makes of it, and the member "import", which says so item by item.
 * MALFORMED: the importers refuse it; *why has where and the mend. LIMIT, IO, NOMEM. */
WARD_MUST_CHECK enum ward_err config_import(struct config *k, struct config_proposal *p,
	const struct ward_configure_ask *a, struct ward_json *j, const char **why);

/* ---- config_try.c ---- */
/* TRY, TRY_ANY. */
bool config_tries(enum ward_decision_kind k);
/* Whether a camera gives a picture at the address of the decision's text, once the trial is on
 * record. True: it is begun, or goes on, and answered later, to the message that asked last; else
 * k->said says why not. */
bool config_try(struct config *k, const struct ward_decision *d, uint32_t asked);
/* What is known of it by now. */
void config_hear_trial(struct config *k);
/* ---- config.c ---- */
/* With what k->said has. */
void config_answer_desk(struct config *k, uint32_t id);

/* ---- config_take.c ---- */
/* Answers into k->said. */
void config_say(struct config *k, enum ward_err err, const char *why, struct ward_str json);
/* Answers into k->said; is the answer for good, also when it is asked again? */
bool config_decide(struct config *k, const struct ward_decision *d);
/* Makes the tree of it the directory, as decided, and says so. */
WARD_MUST_CHECK enum ward_err config_take_tree(struct config *k, struct config_proposal *p,
	const struct ward_decision *d, struct ward_str reason, const char **why);
void config_finished(struct config *k);
/* Notes what was changed by hand. */
WARD_MUST_CHECK enum ward_err config_note(struct config *k, uint64_t *ret);

/* ---- config_record.c ---- */
/* What is not on the ledger yet goes there. */
void config_record(struct config *k);
void config_record_open(struct config *k); /* in a new life */
void config_record_due(struct config *k);  /* at times: also what commands took meanwhile */
/* A trial, before it is made. LIMIT, and why the journal does not take it. */
WARD_MUST_CHECK enum ward_err config_record_trial(struct config *k, const struct ward_decision *d);

#endif
