/* The content as it is shipped: what every threat does on things of every class that can have it is
 * said, by a rule or as an end; and no rule puts a threat on what cannot have it. */
#include "impact/known.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PATH_BYTES = 4096 };

static struct world {
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_model *m;
	struct ward_rules *r;
} w;

static int open_world(void **state)
{
	const char *root = getenv("WARD_SOURCE_ROOT");
	char hospital[PATH_BYTES], content[PATH_BYTES], rules[PATH_BYTES];

	(void)state;
	assert_non_null(root);
	(void)snprintf(hospital, sizeof(hospital), "%s/pilots/turin", root);
	(void)snprintf(content, sizeof(content), "%s/content", root);
	(void)snprintf(rules, sizeof(rules), "%s/content/propagation", root);
	ward_limits_default(&w.lim);
	ward_diag_init(&w.diag, ward_mem_heap());
	assert_int_equal(ward_model_load(hospital, content, &w.lim, ward_mem_heap(), &w.diag, &w.m),
		WARD_OK);
	assert_int_equal(
		ward_rules_load(rules, w.m, &w.lim, ward_mem_heap(), &w.diag, &w.r), WARD_OK);
	return 0;
}

static int close_world(void **state)
{
	(void)state;
	ward_rules_free(w.r);
	ward_model_free(w.m);
	ward_diag_fini(&w.diag);
	return 0;
}

static const char *class_id(uint32_t c)
{
	return ward_ontology_class(ward_model_ontology(w.m), c)->id.p;
}

static const char *code(uint32_t t)
{
	return ward_threats_at(ward_model_threats(w.m), t)->code.p;
}

static uint32_t asset(const char *id)
{
	uint32_t i = ward_model_find(w.m, ward_str_z(id));

	assert_int_not_equal(i, WARD_NONE);
	return i;
}

static uint32_t threat(const char *id)
{
	uint32_t t = ward_threats_find(ward_model_threats(w.m), ward_str_z(id));

	assert_int_not_equal(t, WARD_NONE);
	return t;
}

static void every_class_and_threat_is_covered(void **state)
{
	size_t n_open = 0, n_pair = 0;

	(void)state;
	for (uint32_t c = 0; c < ward_ontology_n(ward_model_ontology(w.m)); c++)
		for (uint32_t t = 0; t < ward_threats_n(ward_model_threats(w.m)); t++) {
			if (!ward_threat_fits(w.m, t, c))
				continue;
			n_pair++;
			if (ward_rules_cover(w.r, w.m, c, t))
				continue;
			n_open++;
			print_error("%s on %s: no rule and no end\n", code(t), class_id(c));
		}
	assert_true(n_pair > 1000);
	assert_int_equal(n_open, 0);
}

static void every_threat_says_where_it_can_be(void **state)
{
	(void)state;
	for (uint32_t t = 0; t < ward_threats_n(ward_model_threats(w.m)); t++)
		if (!ward_threats_at(ward_model_threats(w.m), t)->n_on)
			fail_msg("%s is on anything", code(t));
}

/* Of a rule without `to`, only what its targets may be by the ontology is known: those are left. */
static void rules_give_what_their_targets_can_have(void **state)
{
	size_t n_bad = 0;

	(void)state;
	for (uint32_t i = 0; i < ward_rules_n(w.r); i++) {
		struct ward_rule_view v = ward_rules_view(w.r, i);
		const bool *of = v.rel == WARD_REL_N ? v.from : v.to;

		for (uint32_t c = 0; of && c < ward_ontology_n(ward_model_ontology(w.m)); c++) {
			if (!of[c] || ward_threat_fits(w.m, v.gives, c))
				continue;
			n_bad++;
			print_error("rule %s gives %s to %s\n", ward_rules_id(w.r, i).p,
				code(v.gives), class_id(c));
		}
	}
	assert_int_equal(n_bad, 0);
}

static void seeds_know_where_they_lead(void **state)
{
	struct ward_known k =
		ward_rules_known(w.r, w.m, asset("ventilator-01"), threat("malware.ransomware"));

	(void)state;
	assert_int_equal(k.leads, WARD_LEADS_ON);
	assert_true(k.fits);
	k = ward_rules_known(w.r, w.m, asset("intensive-care"), threat("malware.ransomware"));
	assert_int_equal(k.leads, WARD_LEADS_UNKNOWN);
	assert_false(k.fits);
	assert_false(k.covered);
	/* a rule would take it on, but the office hosts nobody */
	k = ward_rules_known(w.r, w.m, asset("c3-office-3"), threat("gas.loss"));
	assert_int_equal(k.leads, WARD_LEADS_NOWHERE);
	assert_true(k.why.len > 0);
}

/* The services that one threat on one thing takes down, likelier than that, at least and at most:
 * the engine's bounds. */
static void takes_down_by(const char *on, const char *by, const char *const *service,
	int64_t lo_micro, int64_t hi_micro)
{
	struct ward_engine *e;
	struct ward_impacts all;
	struct ward_seed_threat seed = {asset(on), threat(by), 0, 1000000, 1000000};
	uint32_t outage = threat("outage");

	assert_int_equal(ward_engine_new(w.m, w.r, &w.lim, ward_mem_heap(), &e), WARD_OK);
	assert_int_equal(ward_engine_run(e, WARD_IMPACT_FULL, &seed, 1, &all), WARD_OK);
	for (; *service; service++) {
		bool found = false;

		for (size_t i = 0; i < all.n; i++)
			found |= all.item[i].asset == asset(*service) &&
				 all.item[i].threat == outage && all.item[i].hi_micro >= hi_micro &&
				 all.item[i].lo_micro >= lo_micro;
		if (!found)
			fail_msg("%s on %s leaves %s alone", by, on, *service);
	}
	ward_engine_free(e);
}

static void takes_down(const char *on, const char *by, const char *const *service, int64_t hi_micro)
{
	takes_down_by(on, by, service, 0, hi_micro);
}

/* Whoever names the rooms that a ward needs is not spared the fire in one: all are moved. */
static void fire_empties_care(void **state)
{
	static const char *const icu[] = {"intensive-care", NULL};
	static const char *const theatres[] = {"theatres", NULL};

	(void)state;
	takes_down_by("a2-icu-3", "fire.fire", icu, 800000, 900000);
	takes_down_by("a2-icu-3", "fire.smoke", icu, 400000, 900000);
	takes_down_by("a2-icu-3", "env.gas-leak", icu, 400000, 900000);
	takes_down_by("a1-theatre-2", "fire.fire", theatres, 800000, 900000);
}

static const struct ward_impact *outage_of(const struct ward_impacts *all, const char *id);

/* Who works behind a corridor that burns alone is gone at the alarm, before the smoke comes; a
 * service with another room elsewhere is not, nor one whose corridor is another. */
static void fire_cuts_off(void **state)
{
	const ward_ns minute = 60 * WARD_NS_PER_S;
	const struct ward_seed_threat seed = {
		asset("au-corridor-public"), threat("fire.fire"), 0, 1000000, 1000000};
	struct ward_seed_threat staff = seed;
	struct ward_engine *e;
	struct ward_impacts all;

	(void)state;
	staff.asset = asset("au-corridor-staff");
	assert_int_equal(ward_engine_new(w.m, w.r, &w.lim, ward_mem_heap(), &e), WARD_OK);
	assert_int_equal(ward_engine_run(e, WARD_IMPACT_STANDS, &seed, 1, &all), WARD_OK);
	const struct ward_impact *it = outage_of(&all, "sterilisation");

	assert_non_null(it);
	assert_int_equal(it->earliest, 0);
	assert_int_equal(it->expected, minute);
	assert_true(it->lo_micro > 400000);
	it = outage_of(&all, "kitchen");
	assert_true(!it || it->expected > minute);
	assert_int_equal(ward_engine_run(e, WARD_IMPACT_STANDS, &staff, 1, &all), WARD_OK);
	it = outage_of(&all, "it");
	assert_true(!it || it->expected > minute);
	ward_engine_free(e);
}

/* What was told to hit nothing, and does. */
static void what_harms_care_is_seen_to(void **state)
{
	static const char *const icu[] = {"intensive-care", NULL};
	static const char *const gas[] = {"intensive-care", "emergency", "theatres", NULL};
	static const char *const cardiology[] = {"cardiology", NULL};
	static const char *const lab[] = {"laboratory", NULL};
	static const char *const imaging[] = {"imaging", NULL};

	(void)state;
	takes_down("a2-icu-3", "fire.fire", icu, 800000);
	takes_down("ventilator-01", "fire.fire", icu, 400000);
	takes_down("a2-corridor-icu", "fire.smoke", icu, 300000);
	takes_down("cu-gas", "fire.fire", gas, 400000);
	takes_down("oxygen", "gas.low", gas, 100000);
	takes_down("net-medical", "malware.ransomware", icu, 20000);
	takes_down("net-medical", "malware.virus", icu, 10000);
	takes_down("au-server", "sabotage.damage", lab, 100000);
	takes_down("gateway-1", "outage", cardiology, 500000);
	takes_down("ws-a0-imaging-control", "malware.ransomware", imaging, 500000);
}

static const struct ward_impact *outage_of(const struct ward_impacts *all, const char *id)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->item[i].asset == asset(id) && all->item[i].threat == threat("outage"))
			return &all->item[i];
	return NULL;
}

/* A UPS that runs on its battery lasts as long as the hospital says of it, not the usual time. */
static void battery_lasts_as_stated(void **state)
{
	const struct ward_seed_threat seed = {
		asset("ups-it-1"), threat("power.on-battery"), 0, 1000000, 1000000};
	const ward_ns lasts = 20 * 60 * WARD_NS_PER_S; /* buffers.csv */
	struct ward_engine *e;
	struct ward_impacts all;

	(void)state;
	assert_int_equal(ward_engine_new(w.m, w.r, &w.lim, ward_mem_heap(), &e), WARD_OK);
	assert_int_equal(ward_engine_run(e, WARD_IMPACT_STANDS, &seed, 1, &all), WARD_OK);
	const struct ward_impact *it = outage_of(&all, "ups-it-1");

	assert_non_null(it);
	assert_int_equal(it->earliest, lasts);
	assert_int_equal(it->expected, lasts);
	assert_int_equal(it->hi_micro, 500000);
	ward_engine_free(e);
}

/* The grid is lost: the generators hold for the 48 hours of their fuel, and then the emergency
 * switchgear falls. With a day of fuel left it is a day; while one transformer has electricity
 * nothing burns fuel. */
static void generators_run_dry(void **state)
{
	const ward_ns hour = 3600 * WARD_NS_PER_S;
	struct ward_seed_threat seed = {asset("grid"), threat("outage"), 0, 1000000, 1000000};
	struct ward_change fuel[2] = {{.kind = WARD_CHANGE_BUFFER, .threat = WARD_NONE},
		{.kind = WARD_CHANGE_BUFFER, .threat = WARD_NONE}};
	struct ward_engine *e;
	struct ward_impacts all;

	(void)state;
	assert_int_equal(ward_engine_new(w.m, w.r, &w.lim, ward_mem_heap(), &e), WARD_OK);
	assert_int_equal(ward_engine_run(e, WARD_IMPACT_FULL, &seed, 1, &all), WARD_OK);
	const struct ward_impact *it = outage_of(&all, "generator-1");

	assert_non_null(it);
	assert_int_equal(it->earliest / hour, 48);
	it = outage_of(&all, "switchgear-emergency");
	assert_non_null(it);
	assert_int_equal(it->earliest / hour, 48);
	assert_true(it->lo_micro > 0);
	for (unsigned i = 0; i < 2; i++) {
		fuel[i].asset = asset(i ? "generator-2" : "generator-1");
		fuel[i].buffer = WARD_STR("fuel");
		fuel[i].at = 24 * hour;
	}
	assert_int_equal(ward_engine_what_if(e, &seed, 1, fuel, 2, &all), WARD_OK);
	it = outage_of(&all, "switchgear-emergency");
	assert_non_null(it);
	assert_int_equal(it->earliest / hour, 24);
	seed.asset = asset("transformer-1");
	assert_int_equal(ward_engine_run(e, WARD_IMPACT_FULL, &seed, 1, &all), WARD_OK);
	assert_null(outage_of(&all, "generator-1"));
	ward_engine_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_class_and_threat_is_covered),
		cmocka_unit_test(every_threat_says_where_it_can_be),
		cmocka_unit_test(rules_give_what_their_targets_can_have),
		cmocka_unit_test(seeds_know_where_they_lead),
		cmocka_unit_test(fire_empties_care),
		cmocka_unit_test(fire_cuts_off),
		cmocka_unit_test(what_harms_care_is_seen_to),
		cmocka_unit_test(battery_lasts_as_stated),
		cmocka_unit_test(generators_run_dry),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
