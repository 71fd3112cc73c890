/* The room `api` with the pilot of Turin and the rows of an attack on it, for its tests. */
#ifndef WARD_TESTS_API_ROOM_H
#define WARD_TESTS_API_ROOM_H

#include "past.h"

#include "api/api.h"
#include "desk/profiles.h"
#include "respond/playbook/folder.h"
#include "respond/playbook/never.h"
#include "reckon/reckon.h"
#include "run/cell.h"
#include "run/zones.h"

enum { ROOM_LANGS = 3 };

/* Rows are of this second, a millisecond each. */
#define ROOM_BEGIN (1773281400 * WARD_NS_PER_S)
#define ROOM_REQUEST "20000000-0000-8000-8000-00000000000a"
#define ROOM_INCIDENT "ea854bd8-c17d-88c3-bf1e-e2ac1ec510f4" /* of the attack on cooling */
#define ROOM_RULE "fd949a25-1aad-48bc-b4bf-539360d5562a"     /* one that heard the attack */
#define ROOM_MESSAGE "77777777-7777-8777-8777-777777777777"
#define ROOM_ACTION "aaaaaaaa-aaaa-8aaa-8aaa-aaaaaaaaaaaa"
#define ROOM_RUN "66666666-6666-8666-8666-666666666666"

struct room {
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_arena arena;
	struct ward_counters counters;
	struct ward_model *m;
	struct ward_lang *lang[ROOM_LANGS];
	struct ward_sharing sharing;
	struct ward_profiles profiles;
	struct ward_plans *plans;
	struct ward_api_ability ability;
	uint32_t role, on[3];
	struct ward_api_camera camera; /* the one that Turin has */
	struct ward_watchposts posts;
	struct ward_playbook_never *never;
	struct ward_playbook_list list;
	struct ward_playbooks playbooks;
	struct ward_cell cell;
	struct ward_slice rows, openapi;
	struct ward_api *api;
	struct ward_reckon *reckon; /* once something is to be computed */
	struct past *past;          /* once something of the journal is asked for */
	uint64_t row;
	ward_ns now;
	struct ward_wr w; /* the last answer */
	struct ward_api_answer answer;
};

/* rows: a file of `ward replay --json`; NULL: none. */
void room_begin(struct room *r, const char *rows);
void room_end(struct room *r);
/* One more row, of the kind that it says. */
void room_add(struct room *r, const char *json);
enum ward_err room_take(struct room *r, struct ward_str json);
/* What others than the brain keep of that incident. */
void room_add_others(struct room *r);
/* What the crisis cell decided about it. */
void room_add_crisis(struct room *r);
/* Who has every right says now why they read what was recorded of that incident. */
void room_add_look(struct room *r);
/* "GET", "/api/v1/now?x=y", "it"; gives the status. */
unsigned room_ask(struct room *r, const struct ward_api_who *who, const char *method,
	const char *target, const char *lang);
/* A target that an endpoint's path stands for, and that there is. */
void room_target(const char *path, char *ret, size_t size);
/* The last answer as a tree; it must be JSON. */
const struct ward_conf *room_json(struct room *r);

/* An incident "Thing n", without signs. */
/* A request of a person: ROOM_REQUEST. */
void room_add_request(struct room *r);
void room_add_incident(struct room *r, unsigned n, const char *level, const char *state);

/* ---- answers, read ---- */

static inline struct ward_str word(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	return v && v->kind == WARD_CONF_SCALAR ? v->text : WARD_STR("");
}

#define EQ(s, z) assert_true(ward_str_eqz((s), (z)))

static inline const struct ward_conf *child(const struct ward_conf *c, const char *key, size_t i)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	for (v = v ? v->child : NULL; v && i; i--)
		v = v->next;
	return v;
}

static inline size_t length(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	return v ? v->n_child : 0;
}

static inline bool says(const struct room *r, const char *z)
{
	return ward_str_find(ward_wr_text(&r->w), ward_str_z(z)) != SIZE_MAX;
}

static inline uint64_t number(const struct ward_conf *c, const char *key)
{
	uint64_t v = UINT64_MAX;

	(void)ward_str_u64(word(c, key), &v);
	return v;
}

static inline bool holds(const struct ward_conf *c, const char *key, const char *z)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	for (v = v ? v->child : NULL; v; v = v->next)
		if (ward_str_eqz(v->text, z))
			return true;
	return false;
}

extern const struct ward_api_who room_all; /* every right, everywhere */

#endif
