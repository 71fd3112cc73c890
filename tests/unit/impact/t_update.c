/* What an update leaves is what a propagation from the beginning gives, byte for byte: thousands of
 * random changes on random hospitals, and on the pilot's. */
#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NODES = 14, ARCS = 34, TEXT = 32768, HOSPITALS = 60, STEPS = 150, FACTS_MAX = 64 };

static uint64_t rng;

static uint32_t draw(uint32_t n)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return (uint32_t)(rng % n);
}

struct text {
	char p[TEXT];
	int n;
};

static void WARD_PRINTF(2, 3) put(struct text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int more = vsnprintf(t->p + t->n, (size_t)(TEXT - t->n), fmt, ap);

	va_end(ap);
	assert_true(more >= 0 && more < TEXT - t->n);
	t->n += more;
}

/* Nodes that spread, hold each other up (loops: also in a circle) and are guarded and buffered;
 * many likelihoods, delays and protections are equal or 1 or 0, so that ties abound. */
static void hospital_open(struct lab *l, bool loops)
{
	static const char *const likely[] = {"1", "1", "0.5", "[0.3, 0.9]", "0.999999"};
	static const char *const delays[] = {"0s", "0s", "1min", "2min"};
	static struct text h, r;

	h.n = r.n = 0;
	put(&h, "assets:\n");
	for (int i = 0; i < NODES; i++)
		put(&h, "  - {id: n%c, name: N, class: device.n.%c}\n", 'a' + i, 'a' + i);
	put(&h, "protections:\n");
	for (int i = 0; i < NODES; i += 3)
		put(&h, "  - {id: p%c, on: n%c, against: malware.*, degree: %s}\n", 'a' + i,
			'a' + i, draw(3) ? "0.4" : "1");
	put(&h, "buffers:\n");
	for (int i = 0; i < NODES; i += 2)
		put(&h, "  - {on: n%c, kind: ups, lasts: %umin}\n", 'a' + i, 1 + draw(3));
	put(&h, "relations:\n");
	for (int i = 0; i < ARCS; i++) {
		static const char *const rels[] = {"powers", "supplies", "supplies", "controls"};
		uint32_t rel = i % 3 ? draw(4) : 0, a = draw(NODES), b = draw(NODES);

		if (a == b)
			continue;
		if (rel == 0 && !loops && a > b) {
			uint32_t swap = a;

			a = b;
			b = swap;
		}
		put(&h, "  - {from: n%c, relation: %s, to: n%c}\n", 'a' + (int)a, rels[rel],
			'a' + (int)b);
	}
	put(&r, "rules:\n");
	for (int i = 0; i < NODES; i++)
		put(&r,
			"  - {id: g%c, when: {threat: outage}, relation: powers, to: {class: "
			"device.n.%c}, gives: outage, mode: supply, keep: %u, why: w, buffer: ups, "
			"likelihood: %s, delay: {earliest: 0s, expected: %s}}\n",
			'a' + i, 'a' + i, 1 + draw(2), likely[draw(5)], delays[draw(4)]);
	static const char *const spread[] = {"supplies", "controls", "supplies", "self"};

	for (int i = 0; i < 8; i++)
		put(&r,
			"  - {id: s%d, when: {threat: malware.%s, class: device.n}, relation: %s, "
			"gives: %s, why: w, likelihood: %s, delay: {earliest: 0s, expected: %s}}\n",
			i, i % 2 ? "virus" : "worm", spread[i % 4],
			i % 4 == 3 ? "outage" : (draw(2) ? "malware.worm" : "malware.virus"),
			likely[draw(5)], delays[draw(4)]);
	lab_open(l, h.p, r.p);
}

/* What is said of a hospital so far, and two engines that hear it in two ways. */
struct talk {
	const struct ward_model *m;
	const struct ward_rules *r;
	struct ward_engine *by_step, *at_once;
	struct ward_seed_threat seed[FACTS_MAX];
	size_t n_seed;
	struct ward_change fact[FACTS_MAX];
	size_t n_fact;
	const char *const *threats;
	uint32_t n_threat;
};

static uint32_t some_threat(const struct talk *t)
{
	const char *code = t->threats[draw(t->n_threat)];

	return ward_threats_find(ward_model_threats(t->m), ward_str_z(code));
}

static struct ward_change some_change(const struct talk *t)
{
	struct ward_change c = {.kind = draw(3) ? draw(WARD_CHANGE_N) : WARD_CHANGE_THREAT,
		.asset = draw(ward_model_n(t->m)),
		.threat = some_threat(t),
		.at = draw(3) * LAB_MIN,
		.lo_micro = draw(3) ? 500000 : draw(1000001)};
	size_t n;
	const struct ward_rel *rel = ward_model_out(t->m, c.asset, &n);

	c.hi_micro = draw(2) ? 1000000 : c.lo_micro;
	c.buffer = WARD_STR("ups");
	if (c.kind == WARD_CHANGE_PROTECTED && draw(3) == 0)
		c.lo_micro = draw(2) * 1000000;
	if (n) {
		const struct ward_rel *some = &rel[draw((uint32_t)n)];

		c.other = some->node;
		c.rel = some->type;
	}
	if (c.kind == WARD_CHANGE_CUT && !n)
		c.kind = WARD_CHANGE_ISOLATED;
	(void)ward_model_buffers(t->m, c.asset, &n);
	if (c.kind == WARD_CHANGE_BUFFER && !n)
		c.kind = WARD_CHANGE_FAILED_OVER;
	return c;
}

static void remember_seed(struct talk *t, const struct ward_change *c)
{
	size_t i = 0;

	while (i < t->n_seed && (t->seed[i].asset != c->asset || t->seed[i].threat != c->threat))
		i++;
	if (c->undo) {
		if (i < t->n_seed)
			t->seed[i] = t->seed[--t->n_seed];
		return;
	}
	t->seed[i] =
		(struct ward_seed_threat){c->asset, c->threat, c->at, c->lo_micro, c->hi_micro};
	t->n_seed += i == t->n_seed;
}

static void remember(struct talk *t, const struct ward_change *c)
{
	size_t i = 0;

	if (c->kind == WARD_CHANGE_THREAT) {
		remember_seed(t, c);
		return;
	}
	while (i < t->n_fact &&
		(t->fact[i].kind != c->kind || t->fact[i].asset != c->asset ||
			(c->kind == WARD_CHANGE_PROTECTED && t->fact[i].threat != c->threat) ||
			(c->kind == WARD_CHANGE_CUT &&
				(t->fact[i].other != c->other || t->fact[i].rel != c->rel))))
		i++;
	if (c->undo) {
		if (i < t->n_fact)
			t->fact[i] = t->fact[--t->n_fact];
		return;
	}
	t->fact[i] = *c;
	t->n_fact += i == t->n_fact;
}

/* Something new, or something said before that is no more. */
static struct ward_change next_change(struct talk *t)
{
	struct ward_change c = some_change(t);

	if (t->n_fact && (draw(3) == 0 || t->n_fact > FACTS_MAX - 8)) {
		c = t->fact[draw((uint32_t)t->n_fact)];
		c.undo = true;
	} else if (t->n_seed && (draw(4) == 0 || t->n_seed > FACTS_MAX - 8)) {
		const struct ward_seed_threat *s = &t->seed[draw((uint32_t)t->n_seed)];

		c = (struct ward_change){.kind = WARD_CHANGE_THREAT,
			.undo = draw(2),
			.asset = s->asset,
			.threat = s->threat,
			.at = draw(3) * LAB_MIN,
			.lo_micro = draw(1000001),
			.hi_micro = 1000000};
	}
	remember(t, &c);
	return c;
}

static char *json(const struct talk *t, const struct ward_impacts *all)
{
	struct lab l = {.all = *all};

	/* lab_json needs the model and the rules only. */
	l.m = (struct ward_model *)(uintptr_t)t->m;
	l.r = (struct ward_rules *)(uintptr_t)t->r;
	return lab_json(&l);
}

static void briefs_agree(const struct talk *t, const struct ward_impacts *all)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct ward_impact *it = &all->item[i];
		struct ward_brief b;

		if (!ward_engine_brief(t->by_step, it->asset, it->threat, &b))
			continue; /* a seed that leads nowhere */
		assert_int_equal(b.lo_micro, it->lo_micro);
		assert_int_equal(b.earliest, it->earliest);
		assert_int_equal(b.expected, it->expected);
	}
}

/* What is narrowed is of now, whichever way it came about. */
static void narrowed_agree(
	const struct talk *t, const struct ward_impacts *a, const struct ward_impacts *b)
{
	struct ward_narrow how = {.nodes = draw(2) ? 1 << 10 : 0, .worlds = 64, .seed = 3};
	uint32_t i = a->n ? draw((uint32_t)a->n) : 0;

	if (!a->n)
		return;
	assert_int_equal(ward_engine_narrow(t->by_step, &how, &i, 1), WARD_OK);
	assert_int_equal(ward_engine_narrow(t->at_once, &how, &i, 1), WARD_OK);
	assert_int_equal(a->item[i].by, b->item[i].by);
	assert_int_equal(a->item[i].lo_micro, b->item[i].lo_micro);
	assert_int_equal(a->item[i].hi_micro, b->item[i].hi_micro);
}

static void step(struct talk *t)
{
	struct ward_change c[3];
	struct ward_impacts a, b;
	size_t n = 1 + draw(3);

	for (size_t i = 0; i < n; i++)
		c[i] = next_change(t);
	assert_int_equal(ward_engine_update(t->by_step, c, n), WARD_OK);
	assert_int_equal(
		ward_engine_what_if(t->at_once, t->seed, t->n_seed, t->fact, t->n_fact, &b),
		WARD_OK);
	briefs_agree(t, &b);
	if (draw(3))
		return; /* several updates between two looks */
	assert_int_equal(ward_engine_result(t->by_step, &a), WARD_OK);

	char *ja = json(t, &a), *jb = json(t, &b);

	assert_string_equal(ja, jb);
	free(ja);
	free(jb);
	narrowed_agree(t, &a, &b);
}

static void talk_about(struct talk *t, const struct ward_limits *lim, size_t steps)
{
	struct ward_impacts all;

	assert_int_equal(ward_engine_new(t->m, t->r, lim, ward_mem_heap(), &t->by_step), WARD_OK);
	assert_int_equal(ward_engine_new(t->m, t->r, lim, ward_mem_heap(), &t->at_once), WARD_OK);
	assert_int_equal(
		ward_engine_run(t->by_step, WARD_IMPACT_FULL, t->seed, t->n_seed, &all), WARD_OK);
	for (size_t i = 0; i < steps; i++)
		step(t);
	ward_engine_free(t->by_step);
	ward_engine_free(t->at_once);
}

static void random_hospitals(bool loops, uint64_t seed)
{
	static const char *const threats[] = {"outage", "malware.worm", "malware.virus", "fire"};

	rng = seed;
	for (int i = 0; i < HOSPITALS; i++) {
		struct lab l;

		hospital_open(&l, loops);
		struct talk t = {.m = l.m, .r = l.r, .threats = threats, .n_threat = 4};

		talk_about(&t, &l.lim, STEPS);
		lab_close(&l);
	}
}

static void updates_equal_runs_without_loops(void **state)
{
	(void)state;
	random_hospitals(false, 20261126);
}

static void updates_equal_runs_with_supply_loops(void **state)
{
	(void)state;
	random_hospitals(true, 787003);
}

static void updates_equal_runs_on_the_pilot(void **state)
{
	static const char *const threats[] = {"outage", "malware.ransomware", "bms.command",
		"power.loss", "access.intrusion", "creds.theft", "fire.fire"};
	const char *root = getenv("WARD_SOURCE_ROOT");
	char dir[512], content[512], rules[512];
	struct talk t = {.threats = threats, .n_threat = WARD_ARRAY_LEN(threats)};
	struct ward_model *m = NULL;
	struct ward_rules *r = NULL;
	struct ward_limits lim;
	struct ward_diag diag;

	(void)state;
	assert_non_null(root);
	(void)snprintf(dir, sizeof(dir), "%s/pilots/turin", root);
	(void)snprintf(content, sizeof(content), "%s/content", root);
	(void)snprintf(rules, sizeof(rules), "%s/content/propagation", root);
	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	assert_int_equal(ward_model_load(dir, content, &lim, ward_mem_heap(), &diag, &m), WARD_OK);
	assert_int_equal(ward_rules_load(rules, m, &lim, ward_mem_heap(), &diag, &r), WARD_OK);
	t.m = m;
	t.r = r;
	rng = 4242;
	talk_about(&t, &lim, 300);
	ward_rules_free(r);
	ward_model_free(m);
	ward_diag_fini(&diag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(updates_equal_runs_without_loops),
		cmocka_unit_test(updates_equal_runs_with_supply_loops),
		cmocka_unit_test(updates_equal_runs_on_the_pilot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
