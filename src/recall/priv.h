/* Inside recall: what the kinds of questions share. */
#ifndef WARD_RECALL_PRIV_H
#define WARD_RECALL_PRIV_H

#include "enrich/enrich.h"
#include "recall/recall.h"
#include "search/search.h"

enum {
	RECALL_BYTES = 16 << 20, /* of one answer, as it is gathered */
	RECALL_TEXT = 1024,      /* bytes of a value */
	RECALL_FULL = WARD_RECKON_ANSWER - 4096,
	RECALL_TERMS = 64,
};

struct recall_pass {
	struct ward_recall_opts o;
	struct ward_names names;
	struct ward_enrich enrich;
	struct ward_arena arena; /* of the answer */
	const struct ward_recall_ask *ask;
	struct ward_json j;
	struct ward_wr one;          /* an entry, as it is made */
	size_t n;                    /* entries given */
	uint64_t cut;                /* for which there was no room */
	uint64_t term[RECALL_TERMS]; /* one of which a segment must have; none: any segment */
	size_t n_term;
	bool nothing; /* there is nothing to look for */
	void *state;  /* of the kind, in the arena */
};

struct recall_kind {
	bool newest_first;
	enum ward_err (*begin)(struct recall_pass *p);
	enum ward_err (*event)(struct recall_pass *p, struct ward_event *e, bool *ret_enough);
	enum ward_err (*end)(struct recall_pass *p);
};
extern const struct recall_kind recall_events, recall_flows, recall_boxes, recall_files;

/* Members; an empty text is null. */
void recall_text(struct ward_json *j, const char *key, struct ward_str s);
void recall_time(struct ward_json *j, const char *key, ward_ns t);
void recall_u64(struct ward_json *j, const char *key, uint64_t v);
/* {"id","name","where"} of the model's node of that id; null: it has none. */
void recall_node(struct recall_pass *p, struct ward_json *j, const char *key, struct ward_str id);
void recall_add(struct recall_pass *p);

#endif
