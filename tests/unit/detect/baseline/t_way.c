/* From place to place faster than anybody: by the doors of a house, and over the earth. */
#include "lab.h"

#include "detect/baseline/priv.h"

#include "../../model/walk_lab.h"

static struct bl_lab l;
static struct ward_model *m;
static struct ward_diag diag;

static const char profiles[] =
	"baselines:\n"
	"  - id: b\n"
	"    title: Badges\n"
	"    class: t.door\n"
	"    key: who\n"
	"    min_events: 5\n"
	"    period: 1d\n"
	"    learn:\n"
	"      - {id: walk, kind: walk, of: 'ward.door|ward.room', level: medium, says: is read "
	"at}\n"
	"  - id: a\n"
	"    title: Accounts\n"
	"    class: t.login\n"
	"    key: who\n"
	"    min_events: 5\n"
	"    period: 1d\n"
	"    learn:\n"
	"      - {id: travel, kind: travel, of: ward.origin, slack: 10min, says: logs in from}\n";

static void begin(enum ward_bl_mode mode)
{
	struct ward_bl_config c = {.mode = mode};

	ward_diag_init(&diag, ward_mem_heap());
	assert_int_equal(walk_lab_with("none.txt", "", ward_mem_heap(), &diag, &m), WARD_OK);
	c.model = m;
	bl_open_with(&l, mode, profiles, &c);
}

static void end(void)
{
	bl_close(&l);
	ward_model_free(m);
	ward_diag_fini(&diag);
}

static void read_at(const char *who, const char *door, double seconds)
{
	char json[200];

	(void)snprintf(json, sizeof(json), "{\"who\":\"%s\",\"ward.door\":\"%s\"}", who, door);
	bl_class(&l, "t.door", seconds / 3600, json);
}

static void login(const char *who, const char *origin, double hours)
{
	char json[200];

	(void)snprintf(json, sizeof(json), "{\"who\":\"%s\",\"ward.origin\":\"%s\"}", who, origin);
	bl_class(&l, "t.login", hours, json);
}

static const double day = 86400;

static void settle(const char *who)
{
	for (int i = 0; i < 20; i++)
		read_at(who, i % 2 ? "d-store" : "d-lab", i * day / 10);
}

/* The way takes 12.5 s (t_walk), 15 s are allowed for: told when it is done in minus 2.5 s, that is
 * never; the 23.5 s through the tunnel are told below 8.5 s. */
static void t_walk(void **state)
{
	(void)state;
	begin(WARD_BL_LIVE);
	settle("w");
	read_at("w", "d-store", 2 * day);
	read_at("w", "d-lab", 2 * day + 1);
	read_at("w", "d-store", 2 * day + 1000);
	read_at("w", "d-far", 2 * day + 1009);
	bl_flush(&l);
	assert_int_equal(l.n_said, 0);
	read_at("w", "d-store", 2 * day + 2000);
	read_at("w", "d-far", 2 * day + 2008);
	bl_flush(&l);
	assert_string_equal(bl_told(&l, "b/walk", ""), "w is read at d-store then d-far: 8 seconds "
						       "apart; at a run the way takes 23 seconds "
						       "(2 rooms between)");
	assert_int_equal(l.said[0].level, WARD_LEVEL_MEDIUM);
	/* No way there, or no such place: nothing is said. */
	read_at("w", "elsewhere", 2 * day + 3000);
	read_at("w", "d-store", 2 * day + 3001);
	read_at("w", "d-exit", 2 * day + 4000);
	read_at("w", "d-far", 2 * day + 4000.5);
	bl_flush(&l);
	assert_int_equal(l.n_said, 1);
	end();
}

/* A card that several use is at two places at once while it is learned: no news later. */
static void t_shared(void **state)
{
	(void)state;
	for (int n = 1; n <= 3; n += 2) {
		begin(WARD_BL_LIVE);
		for (int i = 0; i < 20; i++) {
			read_at("w", "d-store", i * day / 10);
			if (i < n)
				read_at("w", "d-far", i * day / 10 + 2);
		}
		read_at("w", "d-store", 3 * day);
		read_at("w", "d-far", 3 * day + 2);
		bl_flush(&l);
		assert_int_equal(ward_baseline_stats(l.b).n_shared, n == 3);
		/* The pair was seen while it was learned: that is usual, too. */
		assert_int_equal(l.n_said, 0);
		read_at("w", "d-lab5", 3 * day + 4);
		bl_flush(&l);
		assert_int_equal(ward_baseline_stats(l.b).n_shared, n == 3 ? 2 : 0);
		assert_int_equal(l.n_said, n == 1);
		end();
	}
}

static void t_travel(void **state)
{
	(void)state;
	begin(WARD_BL_LIVE);
	for (int i = 0; i < 20; i++)
		login("u", "turin", i * 2.4);
	/* 12,308 km at 900 km/h: 13.7 hours; ten minutes are allowed for. */
	login("u", "sydney", 48 + 13.7);
	login("u", "turin", 48 + 2 * 13.7);
	login("u", "marseille", 48 + 2 * 13.7 + 0.2); /* 18 minutes in 12 */
	login("u", "vpn", 100);                       /* nobody knows where that is */
	login("u", "sydney", 100.1);
	bl_flush(&l);
	assert_int_equal(l.n_said, 0);
	login("u", "marseille", 112);
	login("u", "turin", 112.2);
	login("u", "marseille", 112.4);
	bl_flush(&l);
	assert_string_equal(bl_told(&l, "a/travel", "sydney then marseille"),
		"u logs in from sydney then marseille: 12 hours apart; 12361 km, at 900 km/h 14 "
		"hours");
	assert_int_equal(l.n_said, 1);
	end();
}

/* A clock that is not trusted proves nothing; where it stood comes back with the text. */
static void t_kept(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	begin(WARD_BL_LIVE);
	settle("w");
	read_at("w", "d-store", 3 * day);
	bl_class(&l, "t.door", (3 * day + 2) / 3600,
		"{\"who\":\"w\",\"ward.door\":\"d-far\",\"ward.time_untrusted\":true}");
	bl_flush(&l);
	assert_int_equal(l.n_said, 0);
	(void)bl_saved(&l, &w);
	bl_mode(&l, WARD_BL_LIVE);
	assert_int_equal(ward_baseline_load(l.b, ward_wr_slice(&w), NULL), WARD_OK);
	read_at("w", "d-far", 3 * day + 3);
	bl_flush(&l);
	assert_int_equal(l.n_said, 1);
	ward_wr_fini(&w);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(t_walk), T(t_shared), T(t_travel), T(t_kept)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
