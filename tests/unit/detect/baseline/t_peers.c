/* Keys of a kind: hand-worked sums, and who speaks for whom. */
#include "lab.h"

#include "detect/baseline/priv.h"

static struct bl_lab l;

static const char by_field[] =
	"baselines:\n"
	"  - id: d\n"
	"    title: Devices\n"
	"    class: t\n"
	"    key: who\n"
	"    peers: kind\n"
	"    min_events: 10\n"
	"    learn:\n"
	"      - {id: to, kind: set, of: to, level: medium, says: talks to}\n"
	"      - {id: rate, kind: rate, factor: 2, floor: 5, says: talks}\n";

static const char by_home[] =
	"baselines:\n"
	"  - id: p\n"
	"    title: Badges\n"
	"    class: t\n"
	"    key: who\n"
	"    persons: true\n"
	"    new: true\n"
	"    home: ward\n"
	"    min_events: 10\n"
	"    learn:\n"
	"      - {id: to, kind: set, of: to, level: medium, says: is used at}\n"
	"      - {id: ward, kind: set, of: ward, level: informational, says: is used in}\n";

static void event(int who, const char *kind, int to, double hour)
{
	char json[200];

	(void)snprintf(json, sizeof(json),
		"{\"who\":\"w%d\",\"kind\":\"%s\",\"ward\":\"%s\",\"to\":\"t%d\"}", who, kind, kind,
		to);
	bl_class(&l, "t", hour, json);
}

/* n members that each use doors 1 to 3, every hour of 20 days. */
static void settle(int n, const char *kind, int first)
{
	for (int hour = 0; hour < 480; hour++)
		for (int i = 0; i < n; i++)
			event(first + i, kind, 1 + (hour + i) % 3, hour + i / 100.0);
}

static struct ward_bl_key *key_of(const char *who)
{
	return ward_bl_key_find(l.b, ward_bl_key_id(&l.ps->p[0], ward_str_z(who)));
}

static void t_sums(void **state)
{
	(void)state;
	bl_open_with(&l, WARD_BL_LEARN, by_field, &(struct ward_bl_config){.mode = WARD_BL_LEARN});
	for (int i = 0; i < 3; i++)
		event(i, "pump", 1, i);
	event(0, "pump", 2, 3);
	event(7, "scanner", 1, 4);
	struct ward_bl_key *k = key_of("w0");

	assert_int_equal(ward_bl_peers(k), 2);
	assert_int_equal(ward_bl_peers_have(l.b, k, 0, S("t1")), 3);
	assert_int_equal(ward_bl_peers_have(l.b, k, 0, S("t2")), 1);
	assert_int_equal(k->group->dim[0].total, 4);
	assert_int_equal(k->group->dim[0].single, 1);
	/* It is of another kind now: all of it goes with it. */
	event(0, "scanner", 2, 5);
	assert_int_equal(ward_bl_peers_have(l.b, key_of("w1"), 0, S("t1")), 2);
	assert_int_equal(ward_bl_peers_have(l.b, key_of("w1"), 0, S("t2")), 0);
	assert_int_equal(ward_bl_peers_have(l.b, k, 0, S("t1")), 2);
	assert_int_equal(key_of("w7")->group->n_key, 2);
	/* Forgotten keys take theirs away; the group of nobody is gone. */
	assert_int_equal(ward_baseline_forget(l.b, S("d"), S("w7")), 1);
	assert_int_equal(ward_bl_peers_have(l.b, k, 0, S("t1")), 1);
	assert_int_equal(ward_baseline_forget(l.b, S("d"), S("w0")), 1);
	assert_int_equal(l.b->groups.n, 1);
	assert_int_equal(ward_baseline_forget(l.b, S("d"), S("")), 2);
	assert_int_equal(l.b->groups.n, 0);
	assert_int_equal(l.b->shared.n, 0);
	assert_int_equal(l.b->bytes, 0);
	bl_close(&l);
}

/* What others of its kind do is told as information, what none does as it is. */
static void t_context(void **state)
{
	(void)state;
	bl_open_with(&l, WARD_BL_LIVE, by_field, &(struct ward_bl_config){.mode = WARD_BL_LIVE});
	settle(8, "pump", 0);
	settle(3, "scanner", 20);
	for (int i = 1; i < 5; i++)
		for (int hour = 0; hour < 24 * 20; hour++)
			event(i, "pump", 9, 480 + hour); /* becomes usual: seen on enough days */
	l.n_said = 0;
	event(0, "pump", 9, 961);
	event(0, "pump", 66, 961.1);
	event(20, "scanner", 66, 961.2);
	assert_non_null(
		strstr(bl_told(&l, "d/to", "w0 talks to t9"), "4 of the 7 like it (pump) have"));
	assert_non_null(strstr(
		bl_told(&l, "d/to", "w0 talks to t66"), "none of the 7 like it (pump) have"));
	assert_null(strstr(bl_told(&l, "d/to", "w20 talks to t66"), "like it"));
	assert_int_equal(l.n_said, 3);
	assert_int_equal(l.said[0].level, WARD_LEVEL_INFORMATIONAL);
	assert_int_equal(l.said[1].level, WARD_LEVEL_MEDIUM);
	bl_close(&l);
}

/* A key that is new is judged by those like it, and not at all when they are too few. */
static void t_new(void **state)
{
	(void)state;
	for (int n = 4; n <= 8; n += 4) {
		bl_open_with(
			&l, WARD_BL_LIVE, by_field, &(struct ward_bl_config){.mode = WARD_BL_LIVE});
		settle(n, "pump", 0);
		l.n_said = 0;
		event(50, "pump", 1, 480.5);
		event(50, "pump", 77, 481);
		event(50, "pump", 77, 482);
		for (int i = 0; i < 30; i++)
			event(50, "pump", 1, 483 + i / 100.0);
		const char *to = bl_told(&l, "d/to", "t77"), *rate = bl_told(&l, "d/rate", "");

		if (n < 5) {
			assert_int_equal(l.n_said, 0);
		} else {
			assert_string_equal(to, "w50 talks to t77: new itself (known for 30 "
						"minutes); none of the 8 "
						"like it (pump) have");
			/* Each of them talks once an hour: the bucket's edge is 1.023. */
			assert_non_null(
				strstr(rate, "6 within the hour; of the 8 like it (pump) one "
					     "busy hour in 200 has more than 1"));
			assert_int_equal(l.n_said, 2);
		}
		bl_close(&l);
	}
}

/* Persons: nothing without an agreement; groups of fewer than five give no figures. */
static void t_persons(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);
	struct ward_bl_config c = {.mode = WARD_BL_LIVE};

	(void)state;
	bl_open_with(&l, WARD_BL_LIVE, by_home, &c);
	settle(3, "surgery", 0);
	assert_int_equal(ward_baseline_stats(l.b).n_withheld, 3 * 480);
	assert_int_equal(ward_baseline_stats(l.b).n_event, 0);
	assert_int_equal(l.b->n_key, 0);
	bl_close(&l);

	c.persons = true;
	bl_open_with(&l, WARD_BL_LIVE, by_home, &c);
	settle(3, "surgery", 0);
	settle(7, "dialysis", 20);
	assert_memory_equal(key_of("w1")->group->text, "surgery", 7);
	l.n_said = 0;
	event(1, "surgery", 66, 481);
	event(21, "dialysis", 66, 481);
	assert_non_null(strstr(bl_told(&l, "p/to", "w1 is used at t66"),
		"; those like it (surgery) are fewer than five: no figures"));
	assert_non_null(strstr(bl_told(&l, "p/to", "w21 is used at t66"),
		"none of the 6 like it (dialysis) have"));
	/* The agreement ends: what was learned of persons is not taken in again. */
	(void)bl_saved(&l, &w);
	assert_true(ward_str_find(ward_wr_text(&w), S("dialysis")) != SIZE_MAX);
	l.cfg.persons = false;
	bl_mode(&l, WARD_BL_LIVE);
	assert_int_equal(ward_baseline_load(l.b, ward_wr_slice(&w), NULL), WARD_OK);
	assert_int_equal(l.b->n_key, 0);
	assert_true(ward_baseline_stats(l.b).n_off > 10);
	assert_int_equal(ward_baseline_stats(l.b).n_dropped, 0);
	/* Nor is it written; and a line of a profile that learned nothing is no loss. */
	assert_true(ward_str_find(bl_saved(&l, &w), S("baseline.profile")) == SIZE_MAX);
	bl_close(&l);
	bl_open_with(&l, WARD_BL_LIVE, by_home, &c);
	(void)bl_saved(&l, &w);
	assert_true(ward_str_find(ward_wr_text(&w), S("baseline.profile")) != SIZE_MAX);
	l.cfg.persons = false;
	bl_mode(&l, WARD_BL_LIVE);
	assert_int_equal(ward_baseline_load(l.b, ward_wr_slice(&w), NULL), WARD_OK);
	assert_int_equal(ward_baseline_stats(l.b).n_off, 0);
	assert_int_equal(ward_baseline_stats(l.b).n_dropped, 0);
	bl_close(&l);

	/* A newcomer among fewer than five. */
	bl_open_with(&l, WARD_BL_LIVE, by_home, &c);
	settle(3, "surgery", 0);
	event(9, "surgery", 1, 481);
	assert_string_equal(bl_told(&l, "p/new", "w9"), "w9 is new in \"Badges\": never seen in 20 "
							"days, the others are fewer than five: no "
							"figures");
	bl_close(&l);
	ward_wr_fini(&w);
}

/* Groups and their sums come back with the text. */
static void t_saved(void **state)
{
	struct ward_wr one = ward_wr_grow(ward_mem_heap(), 1 << 24),
		       two = ward_wr_grow(ward_mem_heap(), 1 << 24);

	(void)state;
	bl_open_with(&l, WARD_BL_LIVE, by_field, &(struct ward_bl_config){.mode = WARD_BL_LIVE});
	settle(6, "pump", 0);
	(void)bl_saved(&l, &one);
	uint64_t have = ward_bl_peers_have(l.b, key_of("w0"), 0, S("t2"));
	int64_t most = ward_bl_peers_most(l.b, key_of("w0"), 1);
	size_t bytes = l.b->bytes;

	bl_mode(&l, WARD_BL_LIVE);
	assert_int_equal(ward_baseline_load(l.b, ward_wr_slice(&one), NULL), WARD_OK);
	(void)bl_saved(&l, &two);
	assert_true(ward_str_eq(ward_wr_text(&one), ward_wr_text(&two)));
	assert_int_equal(ward_bl_peers_have(l.b, key_of("w0"), 0, S("t2")), have);
	assert_int_equal(have, 6);
	/* Of the time of an event: the last one of this state. */
	l.b->time = bl_monday + (ward_ns)480 * 3600 * WARD_NS_PER_S;
	assert_int_equal(ward_bl_peers_most(l.b, key_of("w0"), 1), most);
	assert_int_equal(most, 2 * 1023);
	assert_true(bytes > 0 && l.b->bytes <= bytes);
	bl_close(&l);
	ward_wr_fini(&one);
	ward_wr_fini(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(t_sums), T(t_context), T(t_new), T(t_persons), T(t_saved)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
