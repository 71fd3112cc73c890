/* For tests of the actions for an incident: a small hospital, its actions, and the answer. */
#ifndef TEST_ACTIONS_PLAY_H
#define TEST_ACTIONS_PLAY_H

#include "../recover/house.h"
#include "actions/actions.h"

#include <stdlib.h>

enum { HOUR = 60 };

struct play {
	struct house h;
	struct ward_action_set *set;
	struct ward_actions_world w;
	struct ward_actions_ask ask;
	struct ward_actions p;
};

static inline void play_open(struct play *x, const char *more, const char *actions)
{
	struct ward_content_text t = {WARD_STR("a.yml"), ward_str_bytes(ward_str_z(actions))};

	house_open(&x->h, more);
	x->h.works->clinical[0] = WARD_STR("engineer"); /* the only one who answers for patients */
	x->h.works->n_clinical = 1;
	struct lab *l = &x->h.lab;

	if (ward_actions_parse(&t, l->m, x->h.works, &l->lim, ward_mem_heap(), &l->d, &x->set) !=
		WARD_OK)
		fail_msg("%.*s", WARD_STR_ARG(l->d.item[0].what));
	x->w = (struct ward_actions_world){l->m, x->h.rules, x->h.works, x->set, x->h.e};
	x->ask = (struct ward_actions_ask){
		.seed = x->h.seed, .horizon = HOUR * MIN, .budget = UINT64_MAX};
	x->p = (struct ward_actions){0};
}

static inline void play_find(struct play *x)
{
	x->ask.n_seed = x->h.ask.n_seed;
	assert_int_equal(ward_actions_find(&x->w, &x->ask, ward_mem_heap(), &x->p), WARD_OK);
}

static inline void play_close(struct play *x)
{
	ward_actions_fini(&x->p);
	ward_actions_free(x->set);
	house_close(&x->h);
}

static inline const struct ward_actions_item *play_item(const struct play *x, const char *id)
{
	for (size_t i = 0; i < x->p.n_item; i++)
		if (ward_str_eqz(x->set->action[x->p.item[i].action].id, id))
			return &x->p.item[i];
	fail_msg("no action %s", id);
	abort(); /* for the compiler: it has failed */
}

/* Of two devices in a row, and a service of each. */
#define CHAIN                                                                                   \
	"assets:\n"                                                                             \
	"  - {id: aa, name: A, class: device, room: hall}\n"                                    \
	"  - {id: bb, name: B, class: device, room: hall}\n"                                    \
	"relations: [{from: aa, relation: powers, to: bb}, {from: aa, relation: supplies, to: " \
	"bb}]\n"                                                                                \
	"services:\n"                                                                           \
	"  - {id: care, name: Care, class: service.care, rooms: [hall], weight: 2,\n"           \
	"     requires: [{of: [bb]}]}\n"                                                        \
	"  - {id: side, name: Side, class: service.care, rooms: [hall], weight: 1,\n"           \
	"     requires: [{of: [aa], buffer: 30min}]}\n"

#endif
