/* Six weeks of badges and logins in the pilot hospital, from a seed, with the profiles that Ward
 * comes with: four are learned, in the last two there are deviations at known places. Each must be
 * told, and how much else is told on the clean part is printed and bounded. */
#include "lab.h"

#include "model/model.h"

enum {
	DAYS = 42,
	LEARNED = 28,
	HOSPITALS = 2,
	STAFF = 120,
	DOORS_MAX = 64,
	OWN_MAX = 6,
	OTHERS_SHARE = 300, /* thousandths: told without being planted, for each badge in a month */
};

enum shift { DAY, ROTATING, NIGHT };

static struct bl_lab l;
static struct ward_model *m;
static uint64_t dice;
static uint64_t n_judged;

struct door {
	struct ward_str id, zone;
};
static struct door door[DOORS_MAX];
static size_t n_door;

struct staff {
	enum shift shift;
	size_t own[OWN_MAX], n_own; /* doors, the home's first */
	double last;                /* of its last event, in hours */
};
static struct staff staff[STAFF + 1];

static uint32_t below(uint32_t n)
{
	/* xorshift64* (Vigna 2014) */
	dice ^= dice >> 12;
	dice ^= dice << 25;
	dice ^= dice >> 27;
	return (uint32_t)((dice * 2685821657736338717u) >> 33) % n;
}

struct made {
	double at;
	const char *class;
	char json[300];
};
static struct made made[8192];
static size_t n_made;

WARD_PRINTF(3, 4)
static void make(double at, const char *class, const char *fmt, ...)
{
	va_list args;

	assert_true(n_made < WARD_ARRAY_LEN(made));
	made[n_made].at = at;
	made[n_made].class = class;
	va_start(args, fmt);
	(void)vsnprintf(made[n_made].json, sizeof(made[n_made].json), fmt, args);
	va_end(args);
	n_made++;
}

static int by_time(const void *a, const void *b)
{
	double x = ((const struct made *)a)->at, y = ((const struct made *)b)->at;

	return x < y ? -1 : x > y;
}

static void badge(double at, size_t who, size_t which, const char *class)
{
	make(at, class, "{\"ward.actor\":\"p-%zu\",\"ward.door\":\"%.*s\",\"ward.zone\":\"%.*s\"}",
		who, WARD_STR_ARG(door[which].id), WARD_STR_ARG(door[which].zone));
}

static void login(double at, size_t who, const char *host)
{
	make(at, "host.login",
		"{\"ward.actor\":\"u-%zu\",\"host\":\"%s\",\"service\":\"ssh\",\"login.outcome\":"
		"\"ok\"}",
		who, host);
}

/* ---- the house and its staff ---- */

static void find_doors(void)
{
	n_door = 0;
	for (uint32_t i = 0; i < ward_model_n(m) && n_door < DOORS_MAX; i++) {
		const struct ward_node *n = ward_model_node(m, i);

		if (n->kind != WARD_NODE_DOOR || n->zone == WARD_NONE ||
			!ward_model_key(m, i, WARD_KEY_DOOR).len)
			continue;
		door[n_door++] = (struct door){n->id, ward_model_node(m, n->zone)->id};
	}
	assert_true(n_door > 30);
}

static size_t door_of(const char *id)
{
	size_t i = 0;

	while (i < n_door && !ward_str_eqz(door[i].id, id))
		i++;
	assert_true(i < n_door);
	return i;
}

/* Most doors of a member of staff are in one zone, as are those of who works there. */
static void hire(void)
{
	for (size_t i = 0; i < STAFF; i++) {
		struct staff *s = &staff[i];
		size_t home = (i / 15 * 5) % n_door;

		*s = (struct staff){.shift = i % 15 < 8 ? DAY : i % 15 < 13 ? ROTATING : NIGHT};
		for (size_t k = 0; k < n_door && s->n_own < OWN_MAX; k++) {
			size_t at = (home + k) % n_door;

			if (ward_str_eq(door[at].zone, door[home].zone))
				s->own[s->n_own++] = at;
		}
		if (s->n_own < OWN_MAX)
			s->own[s->n_own++] = (home + 1 + i % 3) % n_door;
	}
}

static bool works(const struct staff *s, int hour)
{
	int day = hour / 24 % 7, h = hour % 24;
	int week = hour / 168;

	switch (s->shift) {
	case DAY:
		return day < 5 && h >= 7 && h < 16;
	case NIGHT:
		return day != 2 && (h >= 21 || h < 6);
	case ROTATING:
	default:
		return day < 6 && h / 8 == (week + (int)(s - staff)) % 3;
	}
}

static void work(size_t who, int hour)
{
	struct staff *s = &staff[who];
	double at = hour + below(1200) / 3600.0;

	for (uint32_t n = 1 + below(3); n; n--) {
		size_t which = s->own[below(4) ? below(2) % s->n_own : below((uint32_t)s->n_own)];

		/* At an easy pace: nobody runs. */
		at = at < s->last + 0.03 ? s->last + 0.03 : at;
		badge(at, who, which, below(200) ? "door.granted" : "door.denied");
		s->last = at;
		at += 0.03 + below(900) / 3600.0;
	}
	if (who % 4 == 0 && !below(3)) {
		char host[16];

		(void)snprintf(host, sizeof(host), "ws-%zu", who / 8 + below(2));
		login(hour + 0.5, who, host);
	}
}

/* ---- what is planted ---- */

static const struct {
	int day, hour;
	const char *rule, *part;
} odd[] = {
	{29, 10, "badges/door", "none of the"},
	{34, 3, "badges/week", "Sun 03"},
	{31, 11, "badges/walk", "at a run the way takes"},
	{32, 9, "badges/rate", "within the hour"},
	{33, 14, "door-refusals/rate", "within the hour"},
	{30, 9, "account-hosts/host", "ws-vault"},
	{40, 12, "badges/door", "p-120 is used at door-c0-pharmacy-1"},
	{36, 10, "doors/rate", "within the hour"},
};

static void inject(size_t i, double at)
{
	size_t pharmacy = door_of("door-c0-pharmacy-1"), plant = door_of("door-au-plant");

	switch (i) {
	case 0:
		badge(at, 1, pharmacy, "door.denied");
		break;
	case 1:
		badge(at, 2, staff[2].own[0], "door.granted");
		break;
	case 2:
		badge(at, 1, staff[1].own[0], "door.granted");
		badge(at + 2 / 3600.0, 1, pharmacy, "door.granted");
		break;
	case 3:
		for (int k = 0; k < 150; k++)
			badge(at + k * 20 / 3600.0, 5, staff[5].own[0], "door.granted");
		break;
	case 4:
		for (size_t k = 0; k < 20; k++)
			badge(at + (double)k * 90 / 3600, 20 + k, staff[17].own[0], "door.denied");
		break;
	case 5:
		login(at, 8, "ws-vault");
		break;
	case 6:
		badge(at, STAFF, pharmacy, "door.granted");
		break;
	default:
		for (size_t k = 0; k < 100; k++)
			make(at + (double)k * 30 / 3600, "door.granted", "{\"ward.door\":\"%.*s\"}",
				WARD_STR_ARG(door[plant].id));
		break;
	}
}

static void play(void)
{
	for (int hour = 0; hour < DAYS * 24; hour++) {
		n_made = 0;
		for (size_t i = 0; i < STAFF; i++)
			if (works(&staff[i], hour))
				work(i, hour);
		/* Somebody new begins after the others were learned. */
		if (hour >= (LEARNED + 5) * 24 && works(&staff[STAFF], hour))
			work(STAFF, hour);
		for (size_t i = 0; i < WARD_ARRAY_LEN(odd); i++)
			if (odd[i].day == hour / 24 && odd[i].hour == hour % 24)
				inject(i, hour + 0.9);
		qsort(made, n_made, sizeof(made[0]), by_time);
		for (size_t i = 0; i < n_made; i++)
			bl_class(&l, made[i].class, made[i].at, made[i].json);
		n_judged += hour >= LEARNED * 24 ? n_made : 0;
	}
	bl_flush(&l);
}

static bool is_planted(const struct bl_said *s, bool *found)
{
	double hour = (double)(s->time - bl_monday) / 3600e9;

	for (size_t i = 0; i < WARD_ARRAY_LEN(odd); i++)
		if (strcmp(s->rule, odd[i].rule) == 0 && strstr(s->title, odd[i].part) &&
			hour >= odd[i].day * 24 + odd[i].hour &&
			hour < odd[i].day * 24 + odd[i].hour + 2) {
			found[i] = true;
			return true;
		}
	/* What is planted is odd in more than one way. */
	for (size_t i = 0; i < WARD_ARRAY_LEN(odd); i++)
		if (hour >= odd[i].day * 24 + odd[i].hour + 0.9 &&
			hour < odd[i].day * 24 + odd[i].hour + 2)
			return true;
	return false;
}

/* How many were told that were not planted. */
static size_t one_hospital(uint64_t seed, const char *profiles)
{
	bool found[WARD_ARRAY_LEN(odd)] = {false};
	size_t others = 0;

	dice = seed;
	n_judged = 0;
	hire();
	staff[STAFF] = staff[0];
	bl_open_with(&l, WARD_BL_LIVE, bl_profiles,
		&(struct ward_bl_config){.mode = WARD_BL_LIVE, .model = m, .persons = true});
	ward_baseline_free(l.b);
	ward_bl_profiles_free(l.ps);
	l.b = NULL;
	assert_int_equal(ward_bl_profiles_load(
				 profiles, ward_model_threats(m), &l.names, &l.lim, &l.diag, &l.ps),
		WARD_OK);
	bl_mode(&l, WARD_BL_LIVE);
	play();
	for (size_t i = 0; i < l.n_said; i++) {
		assert_true(l.said[i].level <= WARD_LEVEL_MEDIUM);
		if (is_planted(&l.said[i], found))
			continue;
		others++;
		print_message("not planted: %s: %s\n", l.said[i].rule, l.said[i].title);
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(odd); i++)
		if (!found[i])
			fail_msg("missed: %s %s", odd[i].rule, odd[i].part);
	print_message("%llu events of %d badges judged in %d days: %zu told, %zu of them not "
		      "planted\n",
		(unsigned long long)n_judged, STAFF, DAYS - LEARNED, l.n_said, others);
	bl_close(&l);
	return others;
}

static void t_found(void **state)
{
	const char *root = getenv("WARD_SOURCE_ROOT");
	struct ward_limits lim;
	struct ward_diag diag;
	size_t others = 0;
	char dir[512], content[512], profiles[512];

	(void)state;
	assert_non_null(root);
	(void)snprintf(dir, sizeof(dir), "%s/pilots/turin", root);
	(void)snprintf(content, sizeof(content), "%s/content", root);
	(void)snprintf(profiles, sizeof(profiles), "%s/content/baselines", root);
	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	assert_int_equal(ward_model_load(dir, content, &lim, ward_mem_heap(), &diag, &m), WARD_OK);
	find_doors();
	for (uint64_t i = 1; i <= HOSPITALS; i++)
		others += one_hospital(88172645463325252u * (2 * i + 1), profiles);
	/* For each badge in thirty days, thousandths. */
	size_t rate = others * 1000 * 30 / (STAFF * HOSPITALS * (DAYS - LEARNED));

	print_message("not planted: 0.%03zu for each badge in a month\n", rate);
	assert_true(rate <= OTHERS_SHARE);
	ward_model_free(m);
	ward_diag_fini(&diag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(t_found)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
