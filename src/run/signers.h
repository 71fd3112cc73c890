/* Whom `login` knows: the people of people.yml with what they may, and where things of the hospital
 * are. The supervisor writes it into a file in memory, since `login` reads no hospital.
 *
 * `p` session (run/sign.h) for each person; `n` lv id, lv parent, lv zone, lv network for each
 * node, in any order (an empty id: there is none). Single-threaded. */
#ifndef WARD_RUN_SIGNERS_H
#define WARD_RUN_SIGNERS_H

#include "run/sign.h"

struct ward_signers {
	struct ward_session *p; /* n; expires and flags are of no meaning */
	size_t n;
	struct ward_intern id; /* of nodes; they borrow nothing of the text */
	struct signer_node {
		uint32_t parent, zone, network; /* in `id`; WARD_NONE */
	} * node;                               /* by place in `id` */
	size_t cap;
};

void ward_signers_put_person(struct ward_wr *w, const struct ward_session *p);
struct ward_signers_node {
	struct ward_str id, parent, zone, network;
};
void ward_signers_put_node(struct ward_wr *w, const struct ward_signers_node *n);

/* Persons borrow the text. MALFORMED, LIMIT, NOMEM; free either way. */
WARD_MUST_CHECK enum ward_err ward_signers_read(struct ward_signers *s, struct ward_slice text);
void ward_signers_free(struct ward_signers *s);

/* NULL: nobody has that id. */
const struct ward_session *ward_signers_find(const struct ward_signers *s, struct ward_str person);
/* The first who may administer; NULL: nobody may. */
const struct ward_session *ward_signers_first(const struct ward_signers *s);
/* May the person decide about that? True also of what is no place or thing of the hospital, and of
 * whoever has no places. */
bool ward_signers_within(
	const struct ward_signers *s, const struct ward_session *p, struct ward_str subject);

#endif
