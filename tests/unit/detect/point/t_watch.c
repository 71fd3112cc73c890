/* What each detector says of values, and what it does not. Times are in seconds. */
#include "watch_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

static void said(const struct plant *p, size_t n, const char *first)
{
	if (p->n_said != n || (n && !strstr(p->said[0].line, first))) {
		for (size_t i = 0; i < p->n_said; i++)
			print_message("%s\n", p->said[i].line);
		fail_msg("%zu said, not %zu with '%s' first", p->n_said, n, first);
	}
}

static struct plant *theatre(void)
{
	return plant_new("id,asset,name,kind,unit,low,high,margin,confirm,source,address\n"
			 "t-1,or-1,Theatre temperature,theatre,Cel,18,24,0.5,5min,src-door,"
			 "temperature/s-1\n",
		"points:\n  - {kind: theatre, class: env.temperature}\n");
}

static void range(void **state)
{
	struct plant *p = theatre();

	(void)state;
	plant_value(p, 0, "t-1", "21.5");
	plant_value(p, 60, "t-1", "27"); /* not for long */
	plant_value(p, 120, "t-1", "23");
	plant_value(p, 180, "t-1", "26");
	plant_value(p, 300, "t-1", "41.25");
	plant_tick(p, 489);
	said(p, 0, "");
	plant_tick(p, 490);
	said(p, 1,
		"env.temperature t-1 high 41.25: Theatre temperature is 41.25 °C, 17.25 °C above "
		"what is normal, at most 24 °C; since 1970-01-01T00:03:00Z");
	assert_int_equal(p->said[0].time, 480 * WARD_NS_PER_S);
	plant_value(p, 500, "t-1", "23.8"); /* within, but for less than the margin */
	plant_value(p, 900, "t-1", "23.4");
	plant_value(p, 1000, "t-1", "24.2");
	plant_value(p, 1100, "t-1", "23.4");
	plant_tick(p, 1409);
	said(p, 1, "");
	plant_tick(p, 1410);
	assert_int_equal(plant_says(p, "env.temperature t-1 normal 23.4: Theatre temperature is as "
				       "expected again: 23.4 °C; since 1970-01-01T00:03:00Z"),
		1);
	plant_value(p, 2000, "t-1", "17.99");
	plant_tick(p, 2310);
	assert_int_equal(plant_says(p, "env.temperature t-1 low 17.99"), 1);
	said(p, 3, "high");
	plant_free(p);
}

/* A sensor that says so itself is not said again; it is known by its topic. */
static void told_itself(void **state)
{
	struct plant *p = theatre();

	(void)state;
	plant_event(
		p, 1, 0, "env.temperature", "sensor=s-1", "point=temperature", "value=21", NULL);
	plant_event(p, 2, 60000, "env.temperature", "sensor=s-1", "point=temperature", "value=27",
		"state=high", NULL);
	plant_tick(p, 1000);
	said(p, 0, "");
	plant_event(
		p, 3, 1000000, "field.point", "sensor=s-1", "point=temperature", "value=21", NULL);
	plant_tick(p, 2000);
	said(p, 0, "");
	plant_event(
		p, 4, 2000000, "field.point", "sensor=s-1", "point=temperature", "value=26", NULL);
	plant_event(
		p, 5, 2000001, "field.point", "sensor=s-2", "point=temperature", "value=21", NULL);
	plant_tick(p, 3000);
	said(p, 1, "high 26");
	plant_free(p);
	/* What it said at a limit of its own it goes on saying; */
	p = theatre();
	plant_event(p, 1, 0, "env.temperature", "point=t-1", "value=23.9", "state=high", NULL);
	plant_event(p, 2, 60000, "field.point", "point=t-1", "value=60", "state=high", NULL);
	plant_tick(p, 1000);
	said(p, 0, "");
	plant_free(p);
	/* only by its own class, and only until it says something else. */
	p = theatre();
	plant_event(p, 2, 60000, "field.point", "point=t-1", "value=60", "state=high", NULL);
	plant_tick(p, 1000);
	said(p, 1, "high 60");
	plant_event(p, 3, 1000000, "field.point", "point=t-1", "value=21", NULL);
	plant_event(p, 4, 2000000, "env.temperature", "point=t-1", "value=60", "state=high", NULL);
	plant_tick(p, 3000);
	said(p, 2, "");
	plant_event(
		p, 5, 3000000, "env.temperature", "point=t-1", "value=60", "state=normal", NULL);
	plant_tick(p, 3100);
	said(p, 3, "");
	plant_free(p);
}

/* What is no number, of no point, of bad quality or late. */
static void unread(void **state)
{
	struct plant *p = theatre();

	(void)state;
	plant_event(p, 1, 0, "field.point", "point=t-1", "value=warm", NULL);
	plant_event(p, 2, 0, "field.point", "point=t-1", NULL);
	plant_event(p, 3, 0, "field.point", "point=t-1", "value=1e300", NULL);
	plant_event(p, 4, 0, "field.point", "point=t-1", "value=99", "quality=bad", NULL);
	plant_event(p, 5, 0, "field.point", "point=t-9", "value=99", NULL);
	plant_event(p, 6, 0, "net.flow", "point=t-1", "value=99", NULL);
	assert_int_equal(ward_watch_stats(p->watch).n_unread, 4);
	assert_int_equal(ward_watch_stats(p->watch).n_taken, 1); /* the bad one: a loss */
	plant_value(p, 1000, "t-1", "21");
	plant_tick(p, 1020);
	plant_value(p, 1000, "t-1", "99");
	plant_value(p, 990, "t-1", "99");
	assert_int_equal(ward_watch_stats(p->watch).n_late, 2);
	plant_tick(p, 9999);
	said(p, 0, "");
	plant_free(p);
}

/* A sensor whose clock is behind by more than `hold` is judged; one whose clock stands still is
 * told. */
static void behind(void **state)
{
	struct plant *p = theatre();

	(void)state;
	for (int64_t s = 0; s < 1200; s += 10) {
		plant_tick(p, s);
		plant_value(p, s - 45, "t-1", s > 300 ? "60" : "21");
	}
	said(p, 1, "env.temperature t-1 high 60");
	assert_in_range(p->said[0].time / WARD_NS_PER_S, 600, 620);
	assert_int_equal(ward_watch_stats(p->watch).n_late, 0);
	for (int64_t s = 1200; s < 1400; s += 10) {
		plant_tick(p, s);
		plant_value(p, 1150, "t-1", "21");
	}
	said(p, 2, "high 60");
	assert_int_equal(plant_says(p, "point.unread t-1 on 21: Theatre temperature can't be "
				       "judged: the times of its values do not go on; since "),
		1);
	plant_value(p, 1400, "t-1", "60");
	plant_tick(p, 1420);
	assert_int_equal(plant_says(p, "point.unread t-1 normal 60"), 1);
	plant_free(p);
}

/* What is set by hand is judged, and told; what is in another unit is told, and not judged. */
static void forced(void **state)
{
	struct plant *p = theatre();

	(void)state;
	plant_value(p, 0, "t-1", "21");
	for (unsigned i = 1; i < 12; i++)
		plant_event(p, 900 + i, 60000 * i, "field.point", "point=t-1", "value=30",
			"quality=uncertain", i & 1 ? "reason=overridden" : "reason=out-of-service",
			NULL);
	plant_tick(p, 700);
	said(p, 2,
		"point.forced t-1 on 30: Theatre temperature is 30 °C, and does not follow what is "
		"measured: it is set by hand or out of service; since 1970-01-01T00:01:00Z");
	assert_int_equal(plant_says(p, "env.temperature t-1 high 30"), 1);
	plant_event(p, 950, 720000, "field.point", "point=t-1", "value=21", "quality=good", NULL);
	plant_event(p, 951, 780000, "field.point", "point=t-1", "value=70", "unit=[degF]", NULL);
	plant_event(p, 952, 781000, "field.point", "point=t-1", "value=70", "unit=[degF]", NULL);
	plant_event(p, 953, 790000, "field.point", "point=t-1", "value=21", "unit=Cel", NULL);
	plant_tick(p, 3000);
	assert_int_equal(plant_says(p, "point.forced t-1 normal 21"), 1);
	assert_int_equal(plant_says(p, "its values come in [degF], and °C is expected"), 1);
	assert_int_equal(plant_says(p, "point.unread t-1 normal 21"), 1);
	assert_int_equal(plant_says(p, " 70"), 0);
	plant_free(p);
}

/* One value beyond the limit, and then values that are just within it, are nothing. */
static void blip(void **state)
{
	struct plant *p = theatre();

	(void)state;
	for (int64_t s = 0; s < 3600; s += 60)
		plant_value(p, s, "t-1", s == 600 ? "24.1" : "23.9");
	plant_tick(p, 4000);
	said(p, 0, "");
	plant_free(p);
}

/* A bad reading, and a controller that does not answer, are no values. */
static void gone(void **state)
{
	struct plant *p = theatre();

	(void)state;
	plant_event(p, 1, 0, "field.point", "point=t-1", "value=30", "src_ip=10.1.0.9", NULL);
	plant_event(p, 2, 60000, "field.point", "point=t-1", "quality=bad", NULL);
	plant_tick(p, 1000);
	said(p, 0, "");
	plant_event(p, 3, 1000000, "field.point", "point=t-1", "value=30", "src_ip=10.1.0.9", NULL);
	plant_event(p, 4, 1060000, "field.offline", "src_ip=10.1.0.9", NULL);
	plant_tick(p, 2000);
	said(p, 0, "");
	plant_event(p, 5, 2000000, "field.point", "point=t-1", "value=30", "src_ip=10.1.0.9", NULL);
	plant_event(p, 6, 2060000, "field.offline", "src_ip=10.1.0.8", NULL);
	plant_tick(p, 3000);
	said(p, 1, "high 30");
	plant_free(p);
}

/* The end of a recording is no time that went by. */
static void ends(void **state)
{
	struct plant *p = theatre();

	(void)state;
	plant_value(p, 0, "t-1", "27");
	plant_value(p, 299, "t-1", "27");
	plant_end(p);
	said(p, 0, "");
	plant_value(p, 300, "t-1", "27");
	plant_value(p, 301, "t-1", "27");
	plant_end(p);
	said(p, 1, "high 27");
	plant_free(p);
}

static void silent(void **state)
{
	struct plant *p = theatre();

	(void)state;
	plant_value(p, 0, "t-1", "27");
	plant_event(p, 100, 60000, "field.silent", "sensor=s-1", "point=temperature", NULL);
	plant_tick(p, 1000);
	said(p, 0, "");
	plant_free(p);
}

static void rate(void **state)
{
	struct plant *p = plant_new("id,asset,rate\nt-1,or-1,4/10min\n", "");

	(void)state;
	for (int i = 0; i < 20; i++) { /* 3.5 in ten minutes */
		char v[16];

		(void)snprintf(v, sizeof(v), "%.2f", 20 + i * 0.35);
		plant_value(p, i * 60, "t-1", v);
	}
	plant_value(p, 1260, "t-1", "31");
	plant_value(p, 1320, "t-1", "31");
	plant_tick(p, 1400);
	said(p, 1, "point.rate t-1 on 31: t-1 changed by ");
	assert_int_equal(plant_says(p, "within 10 min and is 31; at most 4 is normal"), 1);
	plant_value(p, 1920, "t-1", "31");
	plant_value(p, 2520, "t-1", "31");
	plant_tick(p, 2600);
	assert_int_equal(plant_says(p, "point.rate t-1 normal 31"), 1);
	plant_free(p);
}

static void stuck(void **state)
{
	struct plant *p = plant_new(
		"id,asset,unit,stuck,noise\nt-1,or-1,Cel,2h,0.1\nt-2,or-1,Cel,2h,0.1\n", "");

	(void)state;
	for (int i = 0; i <= 20; i++) {
		plant_value(p, i * 600, "t-1", i % 2 ? "20.0" : "20.05");
		plant_value(p, i * 600, "t-2", i % 2 ? "20.0" : "20.2");
	}
	plant_tick(p, 13000);
	said(p, 1,
		"point.stuck t-1 on 20.05: t-1 stands at 20.05 °C for 2 h, and moves by more than "
		"0.1 °C when all is well; since 1970-01-01T00:00:00Z");
	plant_value(p, 13100, "t-1", "20.5");
	plant_tick(p, 13200);
	assert_int_equal(plant_says(p, "point.stuck t-1 normal 20.5"), 1);
	/* Nothing is known of a time without values. */
	plant_value(p, 13200, "t-1", "20.5");
	plant_value(p, 13200 + 7200, "t-1", "20.5");
	plant_tick(p, 30000);
	said(p, 2, "");
	plant_free(p);
}

static void drift(void **state)
{
	struct plant *p = plant_new("id,asset,unit,drift,mean\nt-1,or-1,Cel,1/24h,20\n"
				    "t-2,or-1,Cel,1/24h,\n",
		"");
	const int64_t hour = 3600;

	(void)state;
	for (int64_t i = 0; i < 24 * 7; i++) {
		plant_value(p, i * hour, "t-1", i % 2 ? "20.4" : "19.6");
		plant_value(p, i * hour, "t-2", i % 2 ? "30.4" : "29.6");
	}
	said(p, 0, "");
	for (int64_t i = 24 * 7; i < 24 * 7 + 30; i++) {
		plant_value(p, i * hour, "t-1", i % 2 ? "21.4" : "20.6");
		plant_value(p, i * hour, "t-2", i % 2 ? "29.4" : "28.6");
	}
	plant_tick(p, 300 * hour);
	assert_int_equal(plant_says(p, "point.drift t-1 high"), 1);
	assert_int_equal(plant_says(p, "point.drift t-2 low"), 1);
	assert_int_equal(plant_says(p, "t-1 has drifted away: it is "), 1);
	assert_int_equal(plant_says(p, "°C above its usual 20 °C"), 1);
	assert_int_equal(plant_says(p, "°C below its usual 3"), 1);
	/* A mean that is off by just that is told after about that time. */
	for (size_t i = 0; i < p->n_said; i++)
		assert_in_range(p->said[i].time / WARD_NS_PER_S, (24 * 7 + 22) * hour,
			(24 * 7 + 26) * hour);
	plant_free(p);
}

static void peer(void **state)
{
	struct plant *p = plant_new("id,asset,name,peer,tolerance,confirm\n"
				    "t-1,or-1,Supply,t-2,1.5,5min\nt-2,or-1,Wall,,,\n",
		"");

	(void)state;
	plant_value(p, 0, "t-1", "21");
	plant_value(p, 1, "t-2", "22.4");
	plant_value(p, 60, "t-2", "23"); /* judged at the other's value, too */
	plant_tick(p, 400);
	said(p, 1,
		"point.peer t-1 on 21: Supply shows 21, but Wall shows 23: 2 apart, at most 1.5 "
		"is normal; since 1970-01-01T00:01:00Z");
	plant_value(p, 400, "t-2", "22.4"); /* not by a fifth */
	plant_tick(p, 1000);
	said(p, 1, "");
	plant_value(p, 1000, "t-2", "22");
	plant_tick(p, 1400);
	said(p, 2, "");
	/* With what was hours ago nothing is compared. */
	plant_value(p, 20000, "t-2", "99");
	plant_tick(p, 30000);
	said(p, 2, "");
	plant_free(p);
}

static void relation(void **state)
{
	struct plant *p = plant_new("id,asset,name,unit,relation\n"
				    "flow,ahu-1,Flow,m3/h,if pump > 0 then >= 2 within 5min\n"
				    "pump,ahu-1,Pump,,\n",
		"");

	(void)state;
	plant_value(p, 0, "flow", "0");
	plant_value(p, 0, "pump", "0");
	plant_value(p, 60, "pump", "1");
	plant_value(p, 120, "flow", "3"); /* it starts */
	plant_value(p, 600, "flow", "0.5");
	plant_tick(p, 1000);
	said(p, 1,
		"point.relation flow on 0.5: Flow is 0.5 m3/h while Pump is 1; >= 2 m3/h is "
		"expected "
		"then; since 1970-01-01T00:10:00Z");
	plant_value(p, 1000, "pump", "0");
	plant_tick(p, 2000);
	said(p, 2, "");
	/* Who tells only changes stands by what was said. */
	plant_value(p, 3000, "pump", "1");
	plant_value(p, 3100, "flow", "3");
	plant_value(p, 90000, "flow", "0");
	plant_tick(p, 91000);
	said(p, 3, "");
	plant_free(p);
}

static void unexplained(void **state)
{
	struct plant *p = plant_new(
		"id,asset,name,unit,actor,noise\nsp,ahu-1,Setpoint,Cel,10min,0.1\n",
		"commands: [net.bacnet.write_property, net.iec104.c_se_*]\nsessions: [ssh]\n"
		"points: []\n");

	(void)state;
	plant_value(p, 0, "sp", "21");
	plant_value(p, 60, "sp", "21.05");
	plant_event(p, 900, 100000, "net.bacnet.write_property", "ward.peer_asset=ahu-1", NULL);
	plant_value(p, 120, "sp", "18");
	plant_event(p, 901, 1000000, "host.login", "ward.asset=bms-1", "login.outcome=ok", NULL);
	plant_value(p, 1300, "sp", "19"); /* within ten minutes */
	plant_tick(p, 1400);
	said(p, 0, "");
	plant_event(
		p, 902, 2000000, "host.login", "ward.asset=bms-1", "login.outcome=failed", NULL);
	plant_event(p, 903, 2000000, "net.modbus.write_register", "ward.peer_asset=ahu-2", NULL);
	plant_value(p, 2050, "sp", "19");
	plant_value(p, 2060, "sp", "30");
	plant_value(p, 2120, "sp", "31"); /* told once */
	plant_tick(p, 2200);
	/* A program that logs in at all times explains nothing, nor does what is no command. */
	plant_event(p, 910, 4990000, "host.login", "ward.asset=bms-1", "login.outcome=ok",
		"service=smb", NULL);
	plant_event(p, 911, 4991000, "host.login", "ward.asset=bms-1", "login.outcome=ok",
		"LogonType=3", NULL);
	plant_event(p, 912, 4992000, "net.smb.write", "ward.peer_asset=ahu-1", NULL);
	plant_value(p, 5000, "sp", "40");
	plant_event(p, 913, 5010000, "net.iec104.c_se_nc_1", "ward.peer_asset=ahu-1", NULL);
	plant_value(p, 6000, "sp", "31");
	plant_tick(p, 6100);
	assert_int_equal(plant_says(p, "Setpoint went from 31 °C to 40 °C"), 1);
	/* What was set while nobody looked. */
	plant_event(p, 904, 9000000, "field.silent", "point=sp", NULL);
	plant_value(p, 9100, "sp", "12");
	plant_tick(p, 9200);
	assert_int_equal(plant_says(p, "Setpoint went from 31 °C to 12 °C"), 1);
	said(p, 3,
		"point.unexplained sp  30: Setpoint went from 19 °C to 30 °C, and nobody was seen "
		"to "
		"change it; at 1970-01-01T00:34:20Z");
	plant_free(p);
}

/* In whatever order and however often values come within `hold`, the same is said. */
static void order(void **state)
{
	struct plant *whole = NULL;
	uint64_t seed = 1;

	(void)state;
	for (unsigned run = 0; run < 40; run++) {
		struct plant *p =
			plant_new("id,asset,low,high,confirm,rate,peer,tolerance,relation\n"
				  "a,or-1,0,80,2s,60/4s,b,70,\nb,or-1,5,95,3s,,,,if a > 70 then > "
				  "10 within 4s\n",
				"hold: 10s\npoints: []\n");
		uint64_t value = 7;

		for (unsigned block = 0; block < 40; block++) {
			unsigned at[8];
			char text[8][24];

			for (unsigned i = 0; i < 8; i++) {
				value = value * 6364136223846793005u + 1442695040888963407u;
				at[i] = i;
				(void)snprintf(text[i], sizeof(text[i]), "value=%u.%u",
					(unsigned)(value >> 40) % 100, i);
			}
			for (unsigned i = 7; run && i > 0; i--) {
				seed = seed * 6364136223846793005u + 1442695040888963407u;
				unsigned k = (unsigned)(seed >> 33) % (i + 1), swap = at[i];

				at[i] = at[k];
				at[k] = swap;
			}
			for (unsigned i = 0; i < 8; i++)
				for (unsigned twice = 0; twice < 1 + (run & 1); twice++)
					plant_event(p, block * 8 + at[i],
						(int64_t)(block * 8 + at[i]) * 1000, "field.point",
						at[i] & 1 ? "point=b" : "point=a", text[at[i]],
						NULL);
		}
		plant_tick(p, 1000);
		if (!whole) {
			whole = p;
			assert_true(p->n_said > 10);
			continue;
		}
		assert_int_equal(ward_watch_stats(p->watch).n_late, 0);
		assert_int_equal(p->n_said, whole->n_said);
		for (size_t i = 0; i < p->n_said; i++) {
			assert_string_equal(p->said[i].line, whole->said[i].line);
			assert_true(ward_id_eq(p->said[i].id, whole->said[i].id));
		}
		plant_free(p);
	}
	plant_free(whole);
}

/* A flood of values from the future fills its share of the room for those that wait, and no more:
 * another point is heard. */
static void flood(void **state)
{
	struct plant *p = plant_new("id,asset,high,confirm\na,or-1,80,60s\nb,or-1,80,60s\n", "");

	(void)state;
	p->lab.lim.v[WARD_LIMIT_POINT_HELD] = 64;
	for (int64_t s = 0; s < 300; s++) {
		plant_tick(p, s);
		for (unsigned i = 0; i < 40; i++) {
			struct ward_event e;

			ward_arena_reset(&p->arena);
			ward_event_init(&e, &p->arena);
			e.class = ward_name(&p->names, WARD_STR("field.point"));
			e.id = ward_event_id(WARD_STR("f"), 0, (uint64_t)s * 40 + i, 0);
			assert_int_equal(
				ward_event_set(&e, WARD_FIELD_POINT, ward_value_str(WARD_STR("a"))),
				WARD_OK);
			assert_int_equal(
				ward_event_set(&e, WARD_FIELD_VALUE, ward_value_int(1)), WARD_OK);
			assert_int_equal(ward_watch_event(p->watch, &e, (s + 55) * WARD_NS_PER_S,
						 s * WARD_NS_PER_S, NULL, NULL),
				WARD_OK);
		}
		plant_value(p, s, "b", s < 100 ? "21" : "99");
	}
	assert_true(ward_watch_stats(p->watch).n_flooded > 1000);
	assert_int_equal(ward_watch_stats(p->watch).n_late, 0);
	said(p, 1, "point.range b high 99");
	assert_in_range(p->said[0].time / WARD_NS_PER_S, 160, 161);
	plant_free(p);
}

/* More points than there is room for: values are taken sooner, and none is lost. */
static void crowded(void **state)
{
	static const char row[] = "id,asset,high,confirm\na,or-1,80,60s\nb,or-1,80,60s\n"
				  "c,or-1,80,60s\nd,or-1,80,60s\n";
	struct plant *p = plant_new(row, "");

	(void)state;
	p->lab.lim.v[WARD_LIMIT_POINT_HELD] = 16;
	for (int64_t s = 0; s < 300; s++)
		for (unsigned i = 0; i < 4; i++)
			plant_value(p, s, &"a\0b\0c\0d"[2 * i], s < 100 ? "21" : "99");
	assert_int_equal(ward_watch_stats(p->watch).n_late, 0);
	assert_int_equal(plant_says(p, "point.range"), 4);
	plant_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(range), cmocka_unit_test(told_itself),
		cmocka_unit_test(unread), cmocka_unit_test(ends), cmocka_unit_test(silent),
		cmocka_unit_test(rate), cmocka_unit_test(stuck), cmocka_unit_test(drift),
		cmocka_unit_test(peer), cmocka_unit_test(relation), cmocka_unit_test(unexplained),
		cmocka_unit_test(order), cmocka_unit_test(flood), cmocka_unit_test(behind),
		cmocka_unit_test(forced), cmocka_unit_test(blip), cmocka_unit_test(gone),
		cmocka_unit_test(crowded)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
