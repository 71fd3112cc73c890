/* Whom `login` knows: the people of people.yml with what they may, and where things of the hospital
 * are. The supervisor writes it into a file in memory, since `login` reads no hospital.
 *
 * `p` session (run/sign.h) for each person; `n` lv id, lv parent, lv zone, lv network for each
 * node, in any order (an empty id: there is none); `s` lv id, lv room for each room of each service
 * (an empty one: it has none). Where the hospital has a directory: `d` u8 kind,
 * lv name, be64 unconfirmed; `g` session for each of its groups, whose person is the group's name;
 * `a` lv name, lv id for each name that somebody has there; `b` lv id of each who signs in here at
 * any time. Single-threaded. */
#ifndef WARD_RUN_SIGNERS_H
#define WARD_RUN_SIGNERS_H

#include "directory/directory.h"
#include "run/sign.h"

struct ward_signers_name {
	struct ward_str name, person;
};

struct ward_signers {
	struct ward_session *p; /* n; expires and flags are of no meaning */
	size_t n;
	struct ward_intern id; /* of nodes; they borrow nothing of the text */
	struct signer_node {
		uint32_t parent, zone, network; /* in `id`; WARD_NONE */
	} * node;                               /* by place in `id` */
	size_t cap;
	struct ward_intern service; /* ids */
	struct signer_host {
		uint32_t service, room; /* in `service`; in `id`, or WARD_NONE */
	} * host;
	size_t n_host, cap_host;
	enum ward_directory_kind directory; /* NONE: there is none, and nothing of what follows */
	struct ward_str directory_name;
	ward_ns unconfirmed;
	struct ward_session *group; /* n_group */
	size_t n_group;
	struct ward_signers_name *name; /* n_name */
	size_t n_name;
	struct ward_str breaker[WARD_DIRECTORY_BREAKERS];
	size_t n_breaker;
};

void ward_signers_put_person(struct ward_wr *w, const struct ward_session *p);
struct ward_signers_node {
	struct ward_str id, parent, zone, network;
};
void ward_signers_put_node(struct ward_wr *w, const struct ward_signers_node *n);
void ward_signers_put_host(struct ward_wr *w, struct ward_str service, struct ward_str room);
void ward_signers_put_directory(struct ward_wr *w, const struct ward_directory *d);
void ward_signers_put_group(struct ward_wr *w, const struct ward_session *g);
void ward_signers_put_name(struct ward_wr *w, struct ward_str name, struct ward_str person);

/* Persons borrow the text. MALFORMED, LIMIT, NOMEM; free either way. */
WARD_MUST_CHECK enum ward_err ward_signers_read(struct ward_signers *s, struct ward_slice text);
void ward_signers_free(struct ward_signers *s);

/* NULL: nobody has that id. */
const struct ward_session *ward_signers_find(const struct ward_signers *s, struct ward_str person);
/* The first who may administer; NULL: nobody may. */
const struct ward_session *ward_signers_first(const struct ward_signers *s);
/* Whom that name of the directory is: by `people` of directory.yml, else by their id or mail, in
 * any case of letters. NULL: nobody of people.yml. */
const struct ward_session *ward_signers_named(const struct ward_signers *s, struct ward_str name);
/* Signs in here whatever the directory says. */
bool ward_signers_breaks(const struct ward_signers *s, struct ward_str person);
/* May the person decide about that: a place, a thing, or a service that one of their rooms hosts?
 * True also of what is none of these, and of whoever has no places. */
bool ward_signers_within(
	const struct ward_signers *s, const struct ward_session *p, struct ward_str subject);

#endif
