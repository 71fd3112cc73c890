/* Private to this room: one load of a scenario. Findings are added and loading goes on; only lack
 * of memory stops it. */
#ifndef WARD_EXERCISE_LOAD_H
#define WARD_EXERCISE_LOAD_H

#include "conf/conf.h"
#include "exercise/scenario.h"

struct ward_scenario_load {
	struct ward_scenario *s;
	const struct ward_scenario_in *in;
	size_t cap_host;
	enum ward_err err; /* NOMEM; nothing more is done then */
};

/* A finding at the place of c: "what\nmend". */
#define WARD_SCENARIO_BAD(l, c, ...) \
	ward_diag_addf((l)->in->diag, WARD_DIAG_ERROR, (c)->file, (c)->line, __VA_ARGS__)

/* n zeroed items in the scenario; NULL and l->err when there is no room. */
void *ward_scenario_array(struct ward_scenario_load *l, size_t n, size_t size);
/* The list under key, or NULL: absent, empty, or no list (a finding). */
const struct ward_conf *ward_scenario_list(
	struct ward_scenario_load *l, const struct ward_conf *c, const char *key);
/* A text of 1 to max bytes of printable ASCII without those in `not`; false with a finding when it
 * is not, or is missing. */
bool ward_scenario_word(struct ward_scenario_load *l, const struct ward_conf *c, const char *key,
	size_t max, const char * not, struct ward_str *ret);

/* The source of a step, of this kind; a finding when it is none. */
void ward_scenario_source(struct ward_scenario_load *l, const struct ward_conf *c, const char *kind,
	struct ward_step *step);
/* The map under key as the step's pairs; those named in `taken` are written by the player. */
void ward_scenario_pairs(struct ward_scenario_load *l, const struct ward_conf *c, const char *key,
	const char *const *taken, struct ward_step *step);

/* Adds the actors, which are hosts that the hospital does not know. */
void ward_scenario_actors(struct ward_scenario_load *l, const struct ward_conf *doc);
/* The host that is named under key: an actor, or an asset with address, added at its first use.
 * False with a finding when it cannot send. */
bool ward_scenario_host(
	struct ward_scenario_load *l, const struct ward_conf *c, const char *key, uint32_t *ret);
/* The host of an asset node, added at its first use. False, without a finding, when it has no
 * network, IPv4 address or hardware address. */
bool ward_scenario_asset(struct ward_scenario_load *l, uint32_t node, uint32_t *ret);
/* "10.40.0.25" */
bool ward_scenario_ip(struct ward_str s, uint8_t ret[4]);

/* What cameras show. */
void ward_scenario_read_footage(struct ward_scenario_load *l, const struct ward_conf *doc);
/* Controllers that answer. */
void ward_scenario_read_controllers(struct ward_scenario_load *l, const struct ward_conf *doc);
/* What stands at addresses of the hospital; once the controllers are read. */
void ward_scenario_check_captures(struct ward_scenario_load *l);
void ward_scenario_read_stage(struct ward_scenario_load *l, const struct ward_conf *doc);
void ward_scenario_expect(struct ward_scenario_load *l, const struct ward_conf *c);
/* `expect` of an inject by which a story without an incident becomes one; once that of the story is
 * read. *ret stays as it is where that is wrong. */
void ward_scenario_expect_brought(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_expect **ret);
/* The truth of a step, if it has one. */
void ward_scenario_truth(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step);
void ward_scenario_steps(struct ward_scenario_load *l, const struct ward_conf *doc);
/* A step that is brought in (exercise/lead.h); before: the one before it there, or NULL. */
void ward_scenario_brought(struct ward_scenario_load *l, const struct ward_conf *c,
	const struct ward_step *before, struct ward_step *step);
/* How many of those there are at most; injects and branches, once the story's steps are read. */
size_t ward_scenario_lead_steps(const struct ward_conf *doc);
void ward_scenario_read_lead(struct ward_scenario_load *l, const struct ward_conf *doc);
/* The act of a step; c is the map under its name. */
void ward_scenario_arp(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step);
void ward_scenario_bacnet(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step);
void ward_scenario_espa(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step);
void ward_scenario_trap(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step);
/* Both ends of a conversation. */
void ward_scenario_ends(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step);
void ward_scenario_smb(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step);
void ward_scenario_sip(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step);
/* What a controller measures from then on. */
void ward_scenario_set(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step);
/* Once all is read: would controllers take what steps write to them? */
void ward_scenario_check_writes(struct ward_scenario_load *l);
/* A number under key, of which a point could have the value. */
bool ward_scenario_number(
	struct ward_scenario_load *l, const struct ward_conf *c, const char *key, double *ret);
void ward_scenario_log(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step);
void ward_scenario_tcp(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step);
void ward_scenario_tool(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step);
void ward_scenario_udp(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step);

#endif
