/* Playbooks in CACAO 2.0: read, written back without loss, and checked.
 *
 * A playbook is one JSON file. What Ward understands of it stands in struct ward_playbook; the
 * whole file, also what Ward has no use for, stays in its tree. Read-only once it is checked, freed
 * whole; all text lives as long as the playbook. Faces files that an administrator, or an attacker
 * who got that far, wrote. Pure but for ward_playbook_file. */
#ifndef WARD_RESPOND_PLAYBOOK_H
#define WARD_RESPOND_PLAYBOOK_H

#include "conf/conf.h"
#include "model/model.h"
#include "respond/playbook/cond.h"
#include "respond/playbook/never.h"

/* Ward's extension of CACAO, which says the role of an agent, the place or asset of a target, the
 * threats that a playbook answers and who confirms a step (docs/playbooks.md). */
#define WARD_PLAYBOOK_EXTENSION "extension-definition--8d6f1b0a-52c3-5d0e-9f3b-77a3c1e4b210"

enum {
	WARD_PLAYBOOK_STEPS_MAX = 512,
	WARD_PLAYBOOK_BOTH = '+', /* between two codes of threats that it answers only together */
	WARD_PLAYBOOK_TEXT_MAX = 4096, /* bytes of a value, and of a text filled with values */
};

enum ward_playbook_kind {
	WARD_PLAYBOOK_START,
	WARD_PLAYBOOK_END,
	WARD_PLAYBOOK_ACTION,
	WARD_PLAYBOOK_NESTED, /* playbook-action */
	WARD_PLAYBOOK_PARALLEL,
	WARD_PLAYBOOK_IF,
	WARD_PLAYBOOK_WHILE,
	WARD_PLAYBOOK_SWITCH,
	WARD_PLAYBOOK_KIND_N,
};
/* "start", "playbook-action" … as CACAO has it. Lives forever. */
const char *ward_playbook_kind_name(enum ward_playbook_kind k);

enum ward_playbook_act {
	WARD_PLAYBOOK_MANUAL,
	WARD_PLAYBOOK_HTTP,
	WARD_PLAYBOOK_BASH,
	WARD_PLAYBOOK_OPENC2,
	WARD_PLAYBOOK_OTHER, /* kept, never executed */
};

struct ward_playbook_var {
	struct ward_str name; /* "__place__" */
	struct ward_str type, description, value;
	bool known; /* false: no value, or null */
	bool constant, external;
	uint32_t line;
};

struct ward_playbook_command {
	enum ward_playbook_act act;
	struct ward_str type;    /* as written */
	struct ward_str text;    /* command, or command_b64 decoded; may be empty */
	struct ward_str content; /* what is sent: content, or content_b64 decoded to any bytes */
	const struct ward_conf *at;
};

/* An agent or target. */
struct ward_playbook_party {
	struct ward_str id, type, name;
	struct ward_str role;  /* id of a role of the hospital; empty: by its name only */
	struct ward_str thing; /* id of a place or asset, or "__asset__"; may be empty */
	const struct ward_conf *at;
};

struct ward_playbook_case {
	struct ward_str key; /* "default" is what no other is */
	uint32_t step;
	const struct ward_conf *at;
};

/* Steps name each other by index; WARD_NONE: not said, or no such step (the check tells them
 * apart). */
struct ward_playbook_step {
	enum ward_playbook_kind kind;
	struct ward_str id, name, description;
	uint32_t completion, success, failure; /* on_… */
	uint32_t on_true, on_false;
	struct ward_playbook_case *kase; /* switch */
	size_t n_case;
	uint32_t *branch; /* parallel */
	size_t n_branch;
	struct ward_str condition, over; /* if and while; switch: its variable */
	struct ward_playbook_cond *cond; /* NULL when it is none that Ward knows; see refused */
	const char *refused;             /* why not; lives forever */
	int64_t delay_ms, timeout_ms;    /* 0: none */
	struct ward_playbook_var *var;
	size_t n_var;
	struct ward_playbook_command *command;
	size_t n_command;
	uint32_t agent;   /* index of a party, or WARD_NONE */
	uint32_t *target; /* of parties */
	size_t n_target;
	struct ward_str *in, *out; /* names of variables */
	size_t n_in, n_out;
	struct ward_str playbook; /* id of the nested one */
	struct ward_str confirm;  /* role that must say yes before anything acts; may be empty */
	/* what it has done to its one target, by a system of actuators.yml: "isolate"; it is
	 * proposed, and people approve it with proof; empty: its commands are its own */
	struct ward_str does;
	const struct ward_conf *at;
};

struct ward_playbook {
	const struct ward_mem *mem;
	struct ward_arena arena;
	const struct ward_conf *tree;
	struct ward_str file, id, name, description, modified;
	uint8_t hash[32]; /* SHA-256 of the file: this version */
	bool revoked;
	ward_ns valid_from, valid_until; /* INT64_MIN, WARD_NS_NEVER: not said */
	struct ward_playbook_step *step;
	size_t n_step;
	uint32_t start, exception; /* steps */
	struct ward_playbook_var *var;
	size_t n_var;
	struct ward_playbook_party *party;
	size_t n_party;
	struct ward_str *threat; /* codes that it answers, what it is for first; "a+b": only both */
	size_t n_threat;
	uint64_t level; /* of the hospital's alert that it asks for, 1 to 3; 0: not said */
	/* Set by ward_playbook_check. */
	bool whole; /* no error in it by itself: one begun when it was sound can go on */
	bool sound; /* no error at all: only such a one is begun, and acts */
};

/* Reads one JSON text; `file` is what findings call it. CONFIG when there was an error (each with
 * its line and JSON pointer), NOMEM. Free with ward_playbook_free. */
WARD_MUST_CHECK enum ward_err ward_playbook_read(struct ward_slice text, struct ward_str file,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_playbook **ret);
/* The same of a file; also NOT_FOUND, IO, with a finding. */
WARD_MUST_CHECK enum ward_err ward_playbook_file(const char *path, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_playbook **ret);
void ward_playbook_free(struct ward_playbook *p);
/* The whole playbook as JSON: the same values in the same order. */
void ward_playbook_write(const struct ward_playbook *p, struct ward_wr *w);

/* O(n). WARD_NONE when there is none. */
uint32_t ward_playbook_find_step(const struct ward_playbook *p, struct ward_str id);
uint32_t ward_playbook_find_party(const struct ward_playbook *p, struct ward_str id);
/* Of a list of variables; NULL. */
struct ward_playbook_var *ward_playbook_find_var(
	struct ward_playbook_var *var, size_t n, struct ward_str name);
/* What comes when the step went well, or not; WARD_NONE: nothing is said. */
uint32_t ward_playbook_after(const struct ward_playbook_step *s, bool well);
/* "Go to __place__:value.": cuts the next part off *rest, as ward_words_next does:
 * the text before, then the name of a variable, empty when none is behind. False at the end. */
bool ward_playbook_next(struct ward_str *rest, struct ward_str *ret_text, struct ward_str *ret_var);
/* May the variable have this value, by its type? */
bool ward_playbook_fits(const struct ward_playbook_var *v, struct ward_str value);

/* Does it answer the threat of that code, alone or together with another? */
bool ward_playbook_answers(const struct ward_playbook *p, struct ward_str threat);

/* Playbooks that may name each other. */
struct ward_playbooks {
	struct ward_playbook **item; /* owned by the caller */
	size_t n;
	const struct ward_playbook_never *never; /* looked at by runs; NULL: no hospital */
};
/* NULL when there is none. Of several versions the one with that `modified`, or, where it is empty,
 * the latest. */
struct ward_playbook *ward_playbooks_find(
	const struct ward_playbooks *b, struct ward_str id, struct ward_str modified);

/* What a playbook is held against. */
struct ward_playbook_world {
	const struct ward_model *m;              /* NULL: no hospital */
	const struct ward_threats *t;            /* NULL: threats are not looked at */
	const struct ward_playbook_never *never; /* with m */
	/* May a system of the hospital be asked for that command (call.h), done to that node? It is
	 * WARD_NONE where it is known when the run is. NULL: nobody knows. */
	bool (*may)(void *ctx, struct ward_str command, uint32_t node);
	void *ctx;
	const struct ward_playbooks *others; /* NULL: none */
};
/* Everything that the schema can't say: see README.md. Findings go to diag; OK when there was no
 * error, and p->sound is set; else CONFIG. NOMEM. O(steps²). */
WARD_MUST_CHECK enum ward_err ward_playbook_check(
	struct ward_playbook *p, const struct ward_playbook_world *world, struct ward_diag *diag);

#endif
