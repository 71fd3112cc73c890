/* A small house and its incident, for the tests of recovery. */
#ifndef WARD_TESTS_RECOVER_HOUSE_H
#define WARD_TESTS_RECOVER_HOUSE_H

#include "../model/lab.h"
#include "recover/recover.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define MIN ((ward_ns)60 * WARD_NS_PER_S)

/* Times are minutes from 0. A thing whose supplier is down is down at once, and back with it. */
static const char house_rules[] =
	"rules:\n"
	"  - {id: power, when: {threat: outage, class: device}, relation: powers,\n"
	"     to: {class: device}, gives: outage, mode: supply, buffer: ups, likelihood: 1, why: "
	"w}\n"
	"  - {id: dark, when: {threat: power.loss, class: device}, relation: self, gives: outage,\n"
	"     likelihood: 1, why: w}\n"
	"  - {id: sign, when: {threat: outage, class: device.ahu}, relation: powers,\n"
	"     to: {class: device.reader}, gives: bms.discovery, mode: supply, likelihood: 1,\n"
	"     why: w}\n"
	"  - {id: net, when: {threat: outage, class: network}, relation: connects,\n"
	"     to: {class: device}, gives: outage, mode: supply, likelihood: 1, why: w}\n"
	"  - {id: stop, when: {threat: bms.command, class: device}, relation: self, gives: "
	"outage,\n"
	"     likelihood: 1, why: w}\n"
	"  - {id: spread, when: {threat: bms.command, class: device}, relation: supplies,\n"
	"     to: {class: device}, gives: bms.command, likelihood: [0.2, 0.9], why: w,\n"
	"     delay: {earliest: 1min, expected: 10min}}\n"
	"  - {id: burn, when: {threat: fire.fire, class: room, except: room.outside},\n"
	"     relation: contains, to: {class: device}, gives: outage, destroys: true,\n"
	"     likelihood: 1, why: w}\n"
	"  - {id: smoulder, when: {threat: fire.fire, class: room.outside}, relation: contains,\n"
	"     to: {class: device}, gives: outage, destroys: true, likelihood: 1, why: w,\n"
	"     delay: {earliest: 1min, expected: 5min}}\n"
	"  - {id: shut, when: {threat: fire.fire, class: room}, relation: leads_to,\n"
	"     to: {class: door}, gives: fire.cut-off, likelihood: 1, why: w}\n"
	"  - {id: behind, when: {threat: fire.cut-off, class: door}, relation: leads_to,\n"
	"     to: {class: room}, gives: fire.cut-off, mode: supply, likelihood: 1, why: w}\n"
	"  - {id: nobody, when: {threat: fire.cut-off, class: room}, relation: hosts,\n"
	"     to: {class: service}, gives: outage, mode: supply, likelihood: 1, why: w}\n";
static const char house_works[] =
	"teams: [{id: it, name: IT, number: 1}, {id: plant, name: Plant, number: 1}]\n"
	"works:\n"
	"  - {id: any, text: Repair, lasts: 1h, team: plant}\n"
	"  - {id: begin, start: true, text: Start, lasts: 30min, team: plant}\n"
	"  - {id: clean, threats: [bms.*], text: Clean, lasts: 20min, verify: 10min, team: it}\n"
	"returns:\n"
	"  - {id: again, threats: [outage], lasts: 0s}\n"
	"  - {id: light, threats: [power.loss], lasts: 0s, lacks: powers}\n"
	"  - {id: way, threats: [fire.cut-off], lasts: 0s}\n"
	"clinical: [nobody, chief, head]\n";

struct house {
	struct lab lab;
	struct ward_rules *rules;
	struct ward_works *works;
	struct ward_engine *e;
	struct ward_recover_world w;
	struct ward_seed_threat seed[16];
	struct ward_recover_fact fact[16];
	struct ward_recover_ask ask;
	struct ward_recover p;
};

static inline void house_open(struct house *h, const char *more)
{
	struct ward_propagation_text r = {
		WARD_STR("r.yml"), ward_str_bytes(ward_str_z(house_rules))};
	struct ward_content_text t = {WARD_STR("w.yml"), ward_str_bytes(ward_str_z(house_works))};
	const struct ward_mem *mem = ward_mem_heap();

	*h = (struct house){0};
	struct lab *l = &h->lab;

	if (lab_load(l, mem, NULL, "more.yml", more) != WARD_OK)
		fail_msg("%.*s", WARD_STR_ARG(l->d.item[0].what));
	assert_int_equal(ward_rules_parse(&r, l->m, &l->lim, mem, &l->d, &h->rules), WARD_OK);
	assert_int_equal(ward_works_parse(&t, 1, l->m, &l->lim, mem, &l->d, &h->works), WARD_OK);
	assert_int_equal(ward_engine_new(l->m, h->rules, &l->lim, mem, &h->e), WARD_OK);
	h->w = (struct ward_recover_world){l->m, h->rules, h->works, h->e};
	h->ask = (struct ward_recover_ask){
		.seed = h->seed, .fact = h->fact, .stopped = WARD_NS_NEVER, .likely_micro = 500000};
}

static inline void house_strike(struct house *h, const char *id, const char *threat)
{
	h->seed[h->ask.n_seed++] = (struct ward_seed_threat){lab_node(&h->lab, id),
		ward_threats_find(ward_model_threats(h->lab.m), ward_str_z(threat)), 0, 1000000,
		1000000};
}

static inline void house_plan(struct house *h)
{
	assert_int_equal(ward_recover_find(&h->w, &h->ask, ward_mem_heap(), &h->p), WARD_OK);
}

/* The places of what must be there, or SIZE_MAX. */
static inline size_t house_find_job(const struct house *h, const char *id)
{
	for (size_t j = 0; j < h->p.n_job; j++)
		if (h->p.job[j].node == lab_node(&h->lab, id))
			return j;
	return SIZE_MAX;
}

static inline size_t house_find_service(const struct house *h, const char *id)
{
	for (size_t i = 0; i < h->p.n_service; i++)
		if (h->p.service[i].node == lab_node(&h->lab, id))
			return i;
	return SIZE_MAX;
}

static inline const struct ward_recover_job *house_job(const struct house *h, const char *id)
{
	size_t j = house_find_job(h, id);

	WARD_ASSERT(j != SIZE_MAX);
	return &h->p.job[j];
}

static inline const struct ward_recover_service *house_service(
	const struct house *h, const char *id)
{
	size_t i = house_find_service(h, id);

	WARD_ASSERT(i != SIZE_MAX);
	return &h->p.service[i];
}

static inline void house_close(struct house *h)
{
	ward_recover_fini(&h->p);
	ward_engine_free(h->e);
	ward_works_free(h->works);
	ward_rules_free(h->rules);
	lab_free(&h->lab);
}

#endif
