/* What is done with personal data here, why, by which right and for how long: the hospital's record
 * of processing (GDPR article 30), what the Union and the hospital's country demand of it, and what
 * therefore does not run.
 *
 * (ready-made entries and demands of content/processing, the hospital's processing.yml, what people
 * decided of it, the model, now) → for each source with personal data and each analytic whether it
 * runs, and if not, what is missing. An aid to those who answer for it, and no legal advice: what
 * no text of the law was read for is marked so. Faces files of administrators, and the hospital's
 * own list of decisions. Pure but for reading files. Single-threaded. docs/processing.md */
#ifndef WARD_PROCESSING_PROCESSING_H
#define WARD_PROCESSING_PROCESSING_H

#include "conf/conf.h"
#include "model/model.h"
#include "processing/party.h"
#include "words/words.h"

#define WARD_PROCESSING_FILE "processing.yml"
#define WARD_PROCESSING_SAID "processing-decisions.csv"
enum {
	WARD_PROC_ENTRIES = 96,
	WARD_PROC_READY = 24,
	WARD_PROC_DEMANDS = 64,
	WARD_PROC_GRACES = 8,
	WARD_PROC_SAID = 512, /* decisions that are read; the last ones count */
	WARD_PROC_ID = 64,    /* bytes */
	WARD_PROC_GAPS = 8,   /* of one thing */
	WARD_PROC_SOON_DAYS = 60,
};

/* X(NAME, "name"): computed of persons; off until an entry names it, and nothing lacks. */
#define WARD_ANALYTIC_LIST(X)           \
	X(PERSONS, "baselines.persons") \
	X(CLIPS, "clips")

enum ward_analytic {
#define X(NAME, name) WARD_ANALYTIC_##NAME,
	WARD_ANALYTIC_LIST(X)
#undef X
		WARD_ANALYTIC_N,
};
/* "baselines.persons"; what it is, in English. Live forever. */
const char *ward_analytic_name(enum ward_analytic a);
const char *ward_analytic_says(enum ward_analytic a);
/* X(NAME, "name"): what may be demanded. */
#define WARD_PROC_NEED_LIST(X)      \
	X(ENTRY, "entry")           \
	X(PURPOSE, "purpose")       \
	X(BASIS, "basis")           \
	X(DATA, "data")             \
	X(PEOPLE, "people")         \
	X(RETENTION, "retention")   \
	X(AGREEMENT, "agreement")   \
	X(ASSESSMENT, "assessment") \
	X(REASON, "reason")         \
	X(PERMIT, "permit")         \
	X(GROUND, "ground")         \
	X(CONTRACT, "contract")

enum ward_proc_need {
#define X(NAME, name) WARD_PROC_NEED_##NAME,
	WARD_PROC_NEED_LIST(X)
#undef X
		WARD_PROC_NEED_N,
};
const char *ward_proc_need_name(enum ward_proc_need n);
const char *ward_proc_need_says(enum ward_proc_need n);

/* How well the text of a law is known. */
enum ward_proc_mark { WARD_PROC_CONFIRMED, WARD_PROC_SECONDARY, WARD_PROC_UNCONFIRMED };
const char *ward_proc_mark_name(enum ward_proc_mark m);

/* A ready-made one of the content (`kinds`), or one of the hospital's (`sources` …). */
struct ward_proc_entry {
	struct ward_str id, like, purpose, assessment, permit, reason, agreement;
	struct ward_proc_list basis, data, people, recipients, transfers, measures;
	struct ward_proc_list kinds, watches; /* ready-made: kinds of sources; classes of assets
						 which they watch */
	struct ward_proc_list sources, analytics, rules, to, roles; /* what it is about */
	struct ward_proc_list processors; /* ids: who does some of it on the hospital's behalf */
	struct ward_proc_list rows;       /* kinds of the ledger's rows, kept for `retention` */
	ward_ns retention;                /* 0: that of its sources */
	struct ward_str file;
	uint32_t line;
};

/* One demand; a longest time (most > 0) with what it needs; a shortest one (processing/duty.h). */
struct ward_proc_demand {
	struct ward_str id, law, jurisdiction;
	struct ward_proc_list of;   /* ids of ready-made entries; none: all */
	uint32_t needs;             /* 1 << enum ward_proc_need */
	ward_ns most, least;        /* 0: no time */
	struct ward_proc_list rows; /* of `least` */
	ward_ns from, until;        /* in force */
	enum ward_proc_mark mark;
};

/* What somebody decided of a source, an analytic or an agreement. */
enum ward_proc_say { WARD_PROC_STOP, WARD_PROC_RESUME, WARD_PROC_RENEW, WARD_PROC_SAY_N };
const char *ward_proc_say_name(enum ward_proc_say s);
/* SAY_N: none of that name. */
enum ward_proc_say ward_proc_say_parse(struct ward_str s);
struct ward_proc_said {
	enum ward_proc_say say;
	ward_ns at, until; /* until: of RENEW */
	struct ward_str of, person, role, ref, why;
};

struct ward_processing {
	struct ward_str controller, contact, officer; /* GDPR 30(1)(a) */
	struct ward_proc_entry ready[WARD_PROC_READY], entry[WARD_PROC_ENTRIES];
	struct ward_proc_agreement agreement[WARD_PROC_AGREEMENTS];
	struct ward_proc_processor processor[WARD_PROC_PROCESSORS];
	struct ward_proc_demand demand[WARD_PROC_DEMANDS];
	struct ward_proc_said said[WARD_PROC_SAID];
	/* `most`: so long an agreement lets things begin that ended while it is in force */
	struct ward_proc_demand grace[WARD_PROC_GRACES];
	struct ward_proc_list special; /* data of special categories (GDPR 9(1)) */
	struct ward_proc_list area;    /* countries of the European Economic Area (GDPR 44) */
	size_t n_ready, n_entry, n_agreement, n_processor, n_demand, n_said, n_grace;
	bool written; /* the hospital has a processing.yml */
};

struct ward_processing_in {
	const char *content, *hospital; /* folders */
	const struct ward_model *m;
	const struct ward_limits *lim;
	struct ward_arena *arena; /* everything lives in it */
	struct ward_diag *diag;
	ward_ns now;
};
/* Reads all files of it; the hospital's may be absent. CONFIG: findings were added, and what is
 * right of it counts; NOMEM, IO, LIMIT. `ret` is large: not for a stack. */
WARD_MUST_CHECK enum ward_err ward_processing_load(
	const struct ward_processing_in *in, struct ward_processing *ret);
/* The same of texts: ready-made entries and demands, the hospital's file, its decisions. Of an
 * empty name there is none. */
struct ward_processing_file {
	struct ward_str name;
	struct ward_slice bytes;
};
WARD_MUST_CHECK enum ward_err ward_processing_read(const struct ward_processing_in *in,
	const struct ward_processing_file *content, size_t n_content,
	const struct ward_processing_file *own, const struct ward_processing_file *said,
	struct ward_processing *ret);

/* ---- what runs ---- */

enum ward_proc_state {
	WARD_PROC_RUNS,
	WARD_PROC_ENDING,   /* runs; its agreement ends within WARD_PROC_SOON_DAYS */
	WARD_PROC_ENDED,    /* runs; its agreement ended, and the days of grace pass */
	WARD_PROC_LACKS,    /* does not run: something that is demanded is missing */
	WARD_PROC_TOO_LONG, /* does not run: kept longer than the law lets */
	WARD_PROC_EXPIRED,  /* does not run: its agreement ended, and so did the days of grace */
	WARD_PROC_STOPPED,  /* does not run: somebody decided so */
	WARD_PROC_STATE_N,
};
const char *ward_proc_state_name(enum ward_proc_state s);
bool ward_proc_runs(enum ward_proc_state s);

struct ward_proc_gap {
	const struct ward_proc_demand *by;
	enum ward_proc_need need;
	struct ward_str of; /* CONTRACT: the processor's id */
};

struct ward_proc_verdict {
	struct ward_str id, name;
	const struct ward_source *source; /* NULL: an analytic */
	enum ward_analytic analytic;
	/* NULL: none: the hospital's; the ready-made one of its kind; the one that its entry names;
	 * without an entry, the hospital's of that kind */
	const struct ward_proc_entry *entry, *ready, *like, *meant;
	const struct ward_proc_agreement *agreement; /* NULL: none, or none is named */
	const struct ward_proc_agreement *ended; /* ENDING, ENDED, EXPIRED: which, or a contract */
	const struct ward_proc_said *said;       /* STOPPED */
	const struct ward_proc_demand *most;     /* TOO_LONG */
	ward_ns kept;                            /* how long */
	enum ward_proc_state state;
	struct ward_proc_gap gap[WARD_PROC_GAPS];
	size_t n_gap;
};

/* Of each source with personal data, and of each analytic that the hospital wants. At most n; how
 * many there are. What it points to lives as long as `p` and `m`. */
size_t ward_processing_judge(const struct ward_processing *p, const struct ward_model *m,
	ward_ns now, struct ward_proc_verdict *ret, size_t n);
/* Of an entry about neither a source nor an analytic, but recipients, rules, roles or rows: as of a
 * thing that runs, with what it lacks. False: it is another, or about nothing. */
bool ward_processing_judge_entry(const struct ward_processing *p, const struct ward_proc_entry *e,
	ward_ns now, struct ward_proc_verdict *ret);
/* Has it personal data? What needs no entry: fire, gas, power, temperature. */
bool ward_processing_personal(const struct ward_source *s);
/* Why it does not run, or what is coming, as a sentence in the language (NULL: English). */
void ward_processing_say(
	struct ward_wr *w, struct ward_lang *lang, const struct ward_proc_verdict *v);
/* What is missing: "a contract in force with the processor lab". */
void ward_processing_say_gap(
	struct ward_wr *w, struct ward_lang *lang, const struct ward_proc_gap *g);
/* What somebody can do about it; nothing where all is well. */
void ward_processing_mend(
	struct ward_wr *w, struct ward_lang *lang, const struct ward_proc_verdict *v);
/* A field of an entry, else of its ready-made one, else what the source itself says. */
struct ward_str ward_proc_purpose(const struct ward_proc_verdict *v);
const struct ward_proc_list *ward_proc_basis(const struct ward_proc_verdict *v);
const struct ward_proc_list *ward_proc_data(const struct ward_proc_verdict *v);
const struct ward_proc_list *ward_proc_people(const struct ward_proc_verdict *v);
const struct ward_proc_list *ward_proc_measures(const struct ward_proc_verdict *v);

/* Findings: what does not run and why (an error where it may never run so), agreements that end,
 * entries about what there is none of, what of the register is not filled. */
void ward_processing_check(const struct ward_processing *p, const struct ward_processing_in *in);

/* ---- decisions ---- */

/* What is wrong with one (say: stop, resume, renew; renew: `until`, `ref`); NULL: nothing. The
 * sentence lives forever. */
const char *ward_processing_wrong(const struct ward_processing *p, const struct ward_model *m,
	const struct ward_proc_said *s);
/* `say`, `until` and `ref` of a decision's args; NULL: they are what they have to be. */
const char *ward_processing_args(const struct ward_conf *args, struct ward_proc_said *s);
const char *ward_processing_say_what(void);
/* The line of it in the hospital's list, with the head where the list is empty. */
void ward_processing_put_said(
	struct ward_wr *w, struct ward_str before, const struct ward_proc_said *s);

/* ---- for people and other systems ---- */

struct ward_processing_view {
	const struct ward_processing *p;
	const struct ward_model *m;
	struct ward_lang *lang; /* NULL: English */
	ward_ns now;
	const struct ward_proc_verdict *v;
	size_t n;
	bool missing; /* only what lacks something */
};
void ward_processing_write_table(const struct ward_processing_view *x, struct ward_wr *w);
/* What is never done, whatever a register says, in English; NULL behind the last. Lives forever. */
const char *ward_processing_never(size_t i);
/* JSON-LD in the terms of the W3C's Data Privacy Vocabulary. */
void ward_processing_write_dpv(const struct ward_processing_view *x, struct ward_wr *w);

#endif
