/* The parts of the live hospital that people and their programs reach: the desk, who signs in, the
 * console, and what is laid out to be fetched. */
#ifndef WARD_RUN_LIVE_PEOPLE_H
#define WARD_RUN_LIVE_PEOPLE_H

#include "run/live_priv.h"

/* Reads who may decide. CONFIG: the file has problems. Before a namespace of its own. */
WARD_MUST_CHECK enum ward_err live_find_people(struct live *l);
/* What the desk needs: its socket, whom it knows, its link with the journal. */
WARD_MUST_CHECK enum ward_err live_set_desk(struct live *l);
/* What a sensor needs to know the hospital's own numbers (identifiers.yml). CONFIG: it has
 * findings, the first of which is l->why. */
WARD_MUST_CHECK enum ward_err live_set_identifiers(struct live *l, size_t number);
/* What pseudonym needs: whom the hospital lists, its link with desk. CONFIG: badges.csv has
 * problems. */
WARD_MUST_CHECK enum ward_err live_set_pseudonym(struct live *l);
/* Reads where the hospital's own directory of people is. CONFIG: the file has problems. Behind
 * live_find_people. */
WARD_MUST_CHECK enum ward_err live_find_directory(struct live *l);
/* Is it asked in this run? Not while a scenario is played. */
bool live_has_directory(const struct live *l);
struct ward_profiles;
/* Which rights each profile gives; what is wrong with them is said with its place. Free either way.
 */
WARD_MUST_CHECK enum ward_err live_load_rights(struct live *l, struct ward_profiles *ret);
/* What `login` is told of it, among the people. */
void live_put_directory(
	struct ward_wr *w, const struct live *l, const struct ward_profiles *rights);
/* What its process needs, and the roster for `login`. */
WARD_MUST_CHECK enum ward_err live_set_directory(struct live *l);
/* What config needs: the directory, its folder, who checks, its links. In front of what is linked
 * with it. */
WARD_MUST_CHECK enum ward_err live_set_config(struct live *l);
/* Does what it asked for since: rules are read anew, or all ends, to begin anew. */
void live_look_config(struct live *l);
/* What login needs: whom it knows, its socket, its links with journal and desk. */
WARD_MUST_CHECK enum ward_err live_set_login(struct live *l);
/* Says the code of the first one who signs in, once login has made one. */
void live_say_first(struct live *l);
/* Reads who may fetch what is laid out. CONFIG: the file has problems. */
WARD_MUST_CHECK enum ward_err live_find_readers(struct live *l);
/* Does any of them read in this run? Of a played scenario only those of exercises do. */
bool live_offers(const struct live *l);
/* Its listener, its link, and where it finds what it reads. */
WARD_MUST_CHECK enum ward_err live_set_offer(struct live *l);
/* Opens where the console is served; before a network namespace of its own, so that browsers reach
 * it. CONFIG: console.yml has problems; IO, DENIED: it can't be where it was asked for. */
WARD_MUST_CHECK enum ward_err live_open_console(struct live *l);
/* What its process needs; the address to open, or why there is none. */
WARD_MUST_CHECK enum ward_err live_set_api(struct live *l);
void live_say_console(const struct live *l, struct ward_wr *w);
/* On standard output, once all is up: what it hears, what not and why, and where to go on. */
void live_say_start(const struct live *l);
void live_close_console(struct live *l);

#endif
