/* Whom Ward tells outside of itself: HOSPITAL/recipients.yml (docs/webhooks.md, docs/ways.md),
 * checked.
 *
 * Read by `ward check`, by the supervisor, and by the process `respond`. Faces what whoever may
 * write there has written. */
#ifndef WARD_RESPOND_RECIPIENTS_H
#define WARD_RESPOND_RECIPIENTS_H

#include "conf/conf.h"
#include "model/model.h"
#include "respond/ways.h"

#define WARD_RECIPIENTS_FILE "recipients.yml"

enum {
	WARD_RECIPIENTS_MAX = 32,
	WARD_RECIPIENT_ID = 32,     /* bytes, at most */
	WARD_RECIPIENT_TEXT = 1024, /* of a name or an address */
	WARD_RECIPIENT_PLACES = 256,
	WARD_RECIPIENT_ABOUT = 64, /* threats, and services, of one */
	WARD_RECIPIENT_ROLES = 16,
	WARD_RECIPIENT_PLAYBOOKS = 256, /* that one may be told of */
};

/* What kind of incident: bits of a mask. */
enum { WARD_KIND_CYBER = 1, WARD_KIND_PHYSICAL = 2, WARD_KIND_HYBRID = 4, WARD_KINDS = 7 };
/* 0: it is none. */
static inline unsigned ward_kind_parse(struct ward_str s)
{
	return ward_str_eqz(s, "cyber")      ? WARD_KIND_CYBER
	       : ward_str_eqz(s, "physical") ? WARD_KIND_PHYSICAL
	       : ward_str_eqz(s, "hybrid")   ? WARD_KIND_HYBRID
					     : 0;
}

/* Texts live as long as the list. */
struct ward_recipient {
	struct ward_str id, name; /* for people; the id when none was given */
	enum ward_channel channel;
	struct ward_str url; /* where the way begins: of a webhook all of it */
	struct ward_str detail[WARD_DETAIL_N];
	struct ward_str secret_file; /* its first line signs, or is the password; may be empty */
	struct ward_str certificate; /* PEM file of whom to trust; empty: what this machine does */
	struct ward_str language;    /* "it"; empty: the hospital's first */
	unsigned level;              /* the lowest that it is told of, 0 informational to 4 */
	unsigned kinds;              /* of these kinds only */
	uint32_t *place;             /* nodes: only of incidents there; none: of all */
	size_t n_place;
	/* codes: only of incidents that hold one; ids: only when one may be hit; none: of all */
	const struct ward_str *threat, *service;
	size_t n_threat, n_service;
	struct ward_str share, tlp; /* recipient and marking of content/sharing.yml; may be empty */
	bool bookmarks; /* it is a video management system: told of cameras that looked */
	bool heads;     /* it is a witness: gets signed heads of the ledger */
	bool exercise;  /* of played scenarios, and of nothing else */
	/* it is asked to acknowledge within this (0: not); else those in `then` are told */
	ward_ns acknowledge;
	struct ward_str then[WARD_RECIPIENTS_MAX];
	size_t n_then;
	bool untaken;      /* that somebody takes it is no reason to tell it anything */
	uint32_t after;    /* bit i: it follows recipient i, and is told of nothing else */
	uint32_t test;     /* weekly: minutes since Monday 00:00, and 1; 0: none */
	ward_ns heartbeat; /* a sign of life each so long; 0: none */
	ward_ns every, at_most_each;         /* of availability and heads: how often it is sent */
	bool bounded;                        /* one of the bounds above was given */
	uint32_t role[WARD_RECIPIENT_ROLES]; /* nodes: it is told of what is asked of these */
	size_t n_role;
	struct ward_str person; /* of oncall.csv: told while on call; empty: always */
	uint32_t line;
};

struct ward_recipients {
	struct ward_arena arena;
	struct ward_recipient r[WARD_RECIPIENTS_MAX];
	size_t n;
};

struct ward_recipients_in {
	const struct ward_model *m;
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	struct ward_diag *diag;
	const char *content; /* directory; of ward_recipients_load */
};

/* Reads the text of a file. CONFIG: with findings; *ret then holds those that are right. NOMEM.
 * Free either way. */
WARD_MUST_CHECK enum ward_err ward_recipients_read(const struct ward_recipients_in *in,
	struct ward_str file, struct ward_slice text, struct ward_recipients *ret);
/* The same of the hospital directory; without the file there are none. What may be shared with whom
 * is as content/sharing.yml says. The files of secrets and
 * certificates must be there, those of secrets be their owner's alone. IO as well. */
WARD_MUST_CHECK enum ward_err ward_recipients_load(
	const struct ward_recipients_in *in, const char *dir, struct ward_recipients *ret);
void ward_recipients_free(struct ward_recipients *r);

#endif
