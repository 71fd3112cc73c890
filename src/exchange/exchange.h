/* What is told to others about incidents: the facts, gathered from records and the hospital, before
 * anything is left out (share.h) and written in a format (format.h).
 *
 * Takes the records of `ward replay --json` or of the store in the order in which they came; the
 * last revision of each counts. Records are not trusted; what is not known stays empty. Pure and
 * single-threaded: the same records give the same facts. Texts of records are borrowed and must
 * live as long as the facts. */
#ifndef WARD_EXCHANGE_EXCHANGE_H
#define WARD_EXCHANGE_EXCHANGE_H

#include "base/id.h"
#include "model/model.h"
#include "story/record.h"

/* Traffic Light Protocol 2.0 (FIRST, 2022), from the widest to the narrowest. */
enum ward_tlp {
	WARD_TLP_CLEAR,
	WARD_TLP_GREEN,
	WARD_TLP_AMBER,
	WARD_TLP_AMBER_STRICT,
	WARD_TLP_RED,
	WARD_TLP_N,
};
/* "clear" … "amber+strict", "red". Lives forever. */
const char *ward_tlp_name(enum ward_tlp t);
/* "TLP:CLEAR" … "TLP:AMBER+STRICT". Lives forever. */
struct ward_str ward_tlp_text(enum ward_tlp t);
/* Also "TLP:AMBER"; false when it is none. */
bool ward_tlp_parse(struct ward_str s, enum ward_tlp *ret);

enum { WARD_EXCHANGE_BEFORE = 32 }; /* earlier revisions that one message names */

/* One sign of an incident. */
struct ward_exchange_sign {
	struct ward_id id;
	unsigned level;
	ward_ns first, last;
	uint64_t count;
	struct ward_str title, rule;      /* its rule's title and id */
	const struct ward_threat *threat; /* NULL: not known */
	struct ward_str *technique; /* MITRE ATT&CK ids: "T1200"; of its rule, else of its threat */
	size_t n_technique;
	struct ward_str asset;              /* its id in the hospital directory */
	struct ward_str on, on_kind, where; /* its name, what it is, the place */
	struct ward_str address;            /* IP or hardware address that it is about */
	struct ward_str actor;              /* a pseudonym */
	/* whose works it was expected of, and until when; empty: none. Leaves in no format */
	struct ward_str works;
	ward_ns works_until;
};

/* What follows for care. */
struct ward_exchange_impact {
	struct ward_id id;
	struct ward_str asset, name, threat_name;
	const struct ward_threat *threat;
	int64_t lo_micro, hi_micro;
	ward_ns earliest, expected;
	const struct ward_record_link *link; /* the chain that leads there */
	size_t n_link;
};

/* An earlier revision that the recipient has. */
struct ward_exchange_before {
	uint32_t revision;
	ward_ns sent;
};

struct ward_exchange_incident {
	struct ward_id id;
	uint32_t revision;
	unsigned level;
	ward_ns first, last;
	/* of this revision; rises with each by a second at least, as far as records hold them */
	ward_ns sent;
	ward_ns changed; /* sent, and a second for each revision of a forecast after its first */
	ward_ns told;    /* `sent` of the revision that the recipient has; NEVER: they have none */
	uint32_t told_revision;
	const struct ward_exchange_before *before; /* told, or of a series all; the latest last */
	size_t n_before;
	enum ward_phase phase;         /* over also when another incident took it up */
	struct ward_str state, domain; /* "suspected" …; "cyber", "physical", "hybrid" */
	struct ward_headline name;     /* its texts in English */
	struct ward_str step_role, step_reach, step_text;
	const struct ward_threat **threat; /* of its signs, each once, in their order */
	size_t n_threat;
	struct ward_exchange_sign *sign; /* in the order of the record */
	size_t n_sign;
	struct ward_exchange_impact
		*impact; /* on services; those that are possible, soonest first */
	size_t n_impact;
	size_t n_further; /* more that can't be ruled out */
	bool only_some;   /* there were more signs than the record lists */
};

struct ward_exchange {
	const struct ward_model *model;
	struct ward_arena *arena;
	struct ward_exchange_incident *incident; /* by begin, then id */
	size_t n_incident;
	ward_ns at; /* as of when */
	bool exercise;
	/* what share.h sets */
	enum ward_tlp tlp;
	struct ward_str recipient, purpose; /* id; may be empty */
};

struct ward_exchange_ask {
	const struct ward_model *model;
	const struct ward_record *const *record; /* as they came */
	size_t n_record;
	ward_ns at;
	bool as_then;               /* only what was known at `at` */
	bool exercise;              /* also without it, of a synthetic hospital */
	const struct ward_id *only; /* this incident; NULL: all */
	uint32_t told;              /* the revision that the recipient has; 0: none */
	/* the recipient can have had each revision: of each incident the first and the latest ones
	 * before the last are told */
	bool series;
};
/* Fills *ret; all that it makes is in arena. NOT_FOUND: there is no incident `only`, or no record
 * of its revision `told`. NOMEM. O(records log records). */
WARD_MUST_CHECK enum ward_err ward_exchange_gather(
	const struct ward_exchange_ask *ask, struct ward_arena *arena, struct ward_exchange *ret);

/* A UUID (version 5, RFC 9562) of what these name, for standards that take no other versions. space
 * is one of ours by default (NULL). NOMEM. */
WARD_MUST_CHECK enum ward_err ward_exchange_uuid(const struct ward_id *space, struct ward_str kind,
	struct ward_str name, struct ward_id *ret);
/* The id of a thing of the hospital, and of the hospital itself (asset empty): UUIDv8. */
struct ward_id ward_exchange_asset_id(const struct ward_exchange *x, struct ward_str asset);
/* The id of the message about this revision of an incident, in this format. */
struct ward_id ward_exchange_message_id(const struct ward_exchange *x,
	const struct ward_exchange_incident *i, uint32_t revision, const char *format);

/* What a category of IDMEFv2 means elsewhere. */
struct ward_exchange_meaning {
	const char *category; /* what it begins with */
	const char *cause;    /* IDMEFv2: "Malicious" … */
	const char *cap;      /* CAP: "Security" … */
	const char *rsit;     /* Reference Security Incident Taxonomy: "intrusions=\"burglary\"" */
};
/* Of a threat; of NULL what is meant by nothing known. Lives forever. */
const struct ward_exchange_meaning *ward_exchange_meaning(const struct ward_threat *t);

#endif
