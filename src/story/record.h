/* Output records of the brain, read back from their JSON text.
 *
 * The text is not trusted. A record is read whole and checked before anything follows from it; all
 * that it points to lives in the arena that it was read into. Single-threaded. */
#ifndef WARD_STORY_RECORD_H
#define WARD_STORY_RECORD_H

#include "event/json.h"
#include "story/headline.h"

enum { WARD_RECORD_REASON = 1 + WARD_WORDS_SLOTS_MAX };

enum ward_record_kind {
	WARD_RECORD_OTHER, /* a kind that tells no story: nothing else is set */
	WARD_RECORD_DETECTION,
	WARD_RECORD_INCIDENT,
	WARD_RECORD_IMPACT,
	WARD_RECORD_CLIP,     /* one was made, or could not be */
	WARD_RECORD_DELIVERY, /* what became of a message to a recipient */
	WARD_RECORD_CENSUS,   /* how many came and went at `asset`, until `last` */
	WARD_RECORD_ENTRY,    /* somebody entered what a ward or site can do (a decision) */
};

/* Where an incident stands, by its state alone: what is recovered or closed is over. One that
 * another has taken up is over, too, which that one's record says. */
enum ward_phase { WARD_PHASE_OPEN, WARD_PHASE_OVER, WARD_PHASE_DISMISSED };
enum ward_phase ward_record_phase(struct ward_str state);

enum { WARD_RECORD_LEVELS = 5 }; /* informational 0 … critical 4, as in Sigma */
/* Their names; above the highest it is the highest. */
const char *ward_record_level_name(unsigned level);

/* What a works permit says of a sign. */
struct ward_record_permit {
	struct ward_str id;           /* empty: no permit has to do with it */
	struct ward_str who, because; /* because: why it does not cover the sign */
	ward_ns until;
	bool expected;
};

/* A sign, as an incident knows it. */
struct ward_record_member {
	struct ward_id detection;
	unsigned level;
	ward_ns time, last;                        /* begin of the first time, end of the last */
	uint64_t count;                            /* how often; at least 1 */
	struct ward_str title, on, on_kind, where; /* on_kind: "room", "door", "asset" … */
	struct ward_str thing, subject, actor;     /* what `on` is made of; a pseudonym */
	struct ward_str joined_by, with;           /* "first", "asset", "actor", "place", "cause" */
	ward_ns with_time;                         /* of `with`; WARD_NS_NEVER: not said */
	int64_t hops;
	struct ward_record_permit permit;
};

/* The first critical sign of a threat, and its first step. */
struct ward_record_critical {
	struct ward_str threat,
		domain; /* code of content/threats.yml; "cyber", "physical", "both" */
	struct ward_str title, on, where;
	struct ward_str role, reach, text;
};

struct ward_record_link {
	struct ward_str name, threat, group; /* group: what of a service has too few left */
};

struct ward_record {
	enum ward_record_kind kind;
	struct ward_id id;
	uint32_t revision;
	bool withdrawn; /* of an impact nothing below is set but its incident */
	bool note;      /* a detection of a rule at stage notice: to be told, of no incident */
	/* detection, incident */
	unsigned level;
	ward_ns first, last;
	struct ward_str title, on;            /* detection; so is permit */
	struct ward_str because;              /* what made its rule match, on a line */
	uint64_t because_more;                /* fields that there was no room for */
	struct ward_str rule, subject, actor; /* its id; an address or an id; a pseudonym */
	struct ward_str place;                /* id of where it is; may be empty */
	struct ward_id *evidence;             /* events that made it, as many as are written */
	size_t n_evidence;
	struct ward_str *tag; /* of its rule: "attack.t1200" */
	size_t n_tag;
	/* because as its name and its slots, when it is a sentence (words/reason.h). */
	struct ward_str reason[WARD_RECORD_REASON];
	size_t n_reason;
	struct ward_record_permit permit;
	/* incident */
	struct ward_headline name;
	struct ward_str decided; /* what people wrote of it when they decided last */
	struct ward_str state, domain, step_role, step_reach, step_text, step_on;
	struct ward_record_member *member;
	size_t n_member;
	bool only_some; /* of many members not all are listed */
	struct ward_id *superseded;
	size_t n_superseded;
	struct ward_str *on_asset;  /* ids of what its threats are on */
	struct ward_str *on_threat; /* … and their codes */
	size_t n_on_asset;
	struct ward_record_critical *critical; /* none where they are of one threat */
	size_t n_critical;
	/* delivery: state and why as well */
	struct ward_str recipient;
	/* impact */
	struct ward_id incident;
	struct ward_str asset, asset_name, threat, threat_name; /* of a detection, too, if known */
	bool service;
	bool further; /* only if whoever did this goes on */
	bool unknown; /* it was seen, and nobody has said what it leads to */
	int64_t lo_micro, hi_micro, priority_micro;
	ward_ns earliest, expected;
	ward_ns by_chain; /* when by the chain: later where another way is sooner, as expected says
			   */
	/* which the threat takes: "availability", "safety" … */
	struct ward_str need;
	struct ward_record_link *link; /* the chain, from what was observed */
	size_t n_link;
	/* census: of `asset`, between first and last */
	uint64_t came, went;
	/* entry: of `asset`, made at `first`, `why` as they wrote it; no revision */
	struct ward_str by;
	struct ward_record_arg {
		struct ward_str name, value;
	} * arg;
	size_t n_arg;
	/* clip: of incident, first to last; no revision */
	struct ward_str camera, why; /* why there is none, or it was not delivered; may be empty */
};

struct ward_record_reader;

/* Borrows mem, copies lim. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_record_reader_new(
	const struct ward_mem *mem, const struct ward_limits *lim, struct ward_record_reader **ret);
void ward_record_reader_free(struct ward_record_reader *r);

/* Reads one record. Errors are those of ward_json_read_event, and MALFORMED for a record that
 * lacks what its kind must have, or says it in another type; *ret is then garbage. O(text). */
WARD_MUST_CHECK enum ward_err ward_record_read(struct ward_record_reader *r, struct ward_str json,
	struct ward_arena *arena, struct ward_record *ret);

#endif
