/* Plans worked out by hand: the order by care and by what services bear, what waits for what,
 * loops without a live source, clean before connected, buffers that outlast the work, facts that
 * change a plan. */
#include "house.h"

#include <stdio.h>

/* a feeds b; care needs b, and two of three of c, d, e; ward needs f. */
static const char basic[] =
	"assets:\n"
	"  - {id: aa, name: A, class: device, room: hall, recovery: 30min}\n"
	"  - {id: bb, name: B, class: device, room: hall}\n"
	"  - {id: cc, name: C, class: device, room: hall, recovery: 10min}\n"
	"  - {id: dd, name: D, class: device, room: hall, recovery: 20min}\n"
	"  - {id: ee, name: E, class: device, room: hall, recovery: 40min}\n"
	"  - {id: ff, name: F, class: device, room: hall, recovery: 50min}\n"
	"relations: [{from: aa, relation: powers, to: bb}]\n"
	"services:\n"
	"  - {id: care, name: Care, class: service.care, rooms: [hall], weight: 2, mtpd: 1h,\n"
	"     requires: [{name: b, of: [bb]}, {name: cde, need: 2, of: [cc, dd, ee]}]}\n"
	"  - {id: ward, name: Ward, class: service.care, rooms: [hall], weight: 1, mtpd: 3h,\n"
	"     requires: [{of: [ff], buffer: 5min}]}\n";

static void order_by_care(void **state)
{
	struct house h;

	(void)state;
	house_open(&h, basic);
	for (const char *id = "acdef"; *id; id++)
		house_strike(&h, (const char[]){*id, *id, 0}, "outage");
	house_plan(&h);
	assert_int_equal(h.p.n_job, 5);
	/* One team: two of three need c and d only, e brings nothing back and comes last. a, c and
	 * d take an hour, f 50 min; a care unit pair a minute for an hour is more than one. */
	assert_int_equal(house_service(&h, "care")->back, 60 * MIN);
	assert_int_equal(house_service(&h, "care")->down, 0);
	assert_int_equal(house_service(&h, "ward")->back, 110 * MIN);
	assert_int_equal(house_service(&h, "ward")->down, 5 * MIN);
	assert_int_equal(house_job(&h, "ee")->end, 150 * MIN);
	assert_int_equal(house_job(&h, "ee")->n_gives + house_job(&h, "ee")->helps, 0);
	assert_true(house_find_job(&h, "bb") == SIZE_MAX); /* it comes back with its feed */
	assert_true(h.p.exact);
	assert_int_equal(h.p.plan.broken, 0);
	assert_int_equal(h.p.plan.lost, 165 * MIN);
	assert_int_equal(h.p.plan.care_micro, (120 + 105) * 1000000);
	/* First failed, first repaired (all at once: by id): a c d e f. */
	assert_int_equal(h.p.naive.lost, (60 + 145) * MIN);
	assert_int_equal(house_job(&h, "ff")->n_gives, 1);
	assert_true(house_job(&h, "aa")->stated);
	house_close(&h);
}

/* A week's weight does not outweigh a limit that is about to break. */
static void order_by_what_is_borne(void **state)
{
	struct house h;

	(void)state;
	house_open(&h, "assets:\n"
		       "  - {id: aa, name: A, class: device, room: hall, recovery: 30min}\n"
		       "  - {id: bb, name: B, class: device, room: hall, recovery: 30min}\n"
		       "services:\n"
		       "  - {id: heavy, name: H, class: service.care, rooms: [hall], weight: 3, "
		       "mtpd: 5h,\n"
		       "     requires: [{of: [aa]}]}\n"
		       "  - {id: light, name: L, class: service.care, rooms: [hall], weight: 2, "
		       "mtpd: 30min,\n"
		       "     requires: [{of: [bb]}]}\n");
	house_strike(&h, "aa", "outage");
	house_strike(&h, "bb", "outage");
	house_plan(&h);
	assert_int_equal(house_service(&h, "light")->back, 30 * MIN);
	assert_int_equal(h.p.plan.broken, 0);
	assert_int_equal(h.p.naive.broken, 1);
	ward_recover_fini(&h.p);
	h.ask.teams[1] = 2; /* two teams: both at once */
	house_plan(&h);
	assert_int_equal(house_service(&h, "heavy")->back, 30 * MIN);
	assert_int_equal(house_job(&h, "aa")->number + house_job(&h, "bb")->number, 1);
	assert_int_equal(h.p.bound_micro, h.p.plan.score_micro);
	house_close(&h);
}

/* The heavier service counts until 00:20 only: whoever comes first, it has lost its 40 by then, so
 * the other is brought back first. What is beyond its limit counts by the hour, too. */
static void order_by_the_hour(void **state)
{
	static const char *const hours[] = {
		"", ", hours: [{from: \"00:00\", to: \"00:20\", weight: 1}], otherwise: 0"};
	struct house h;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		char text[1024];

		snprintf(text, sizeof(text),
			"assets:\n"
			"  - {id: aa, name: A, class: device, room: hall, recovery: 30min}\n"
			"  - {id: bb, name: B, class: device, room: hall, recovery: 30min}\n"
			"services:\n"
			"  - {id: heavy, name: H, class: service.care, rooms: [hall], weight: 2, "
			"mtpd: 10min,\n"
			"     requires: [{of: [aa]}]%s}\n"
			"  - {id: light, name: L, class: service.care, rooms: [hall], weight: 1, "
			"mtpd: 5h,\n"
			"     requires: [{of: [bb]}]}\n",
			hours[i]);
		house_open(&h, text);
		house_strike(&h, "aa", "outage");
		house_strike(&h, "bb", "outage");
		house_plan(&h);
		assert_int_equal(house_service(&h, "heavy")->back, (i ? 60 : 30) * MIN);
		assert_int_equal(h.p.plan.care_micro, (i ? 40 + 30 : 60 + 60) * 1000000);
		/* nine times again: 10 to 20 past, or 10 to 30 */
		assert_int_equal(
			h.p.plan.score_micro - h.p.plan.care_micro, 9 * (i ? 20 : 40) * 1000000);
		assert_int_equal(h.p.bound_micro <= h.p.plan.score_micro, 1);
		assert_int_equal(h.p.plan.lost, 90 * MIN);
		house_close(&h);
	}
}

/* Nobody works on b before its feed a is back. */
static void waits_for_supply(void **state)
{
	struct house h;

	(void)state;
	house_open(&h, basic);
	house_strike(&h, "bb", "bms.command");
	house_strike(&h, "aa", "outage");
	house_plan(&h);
	assert_int_equal(house_job(&h, "aa")->begin, 0);
	assert_int_equal(house_job(&h, "bb")->begin, 30 * MIN);
	assert_int_equal(house_job(&h, "bb")->worked, 50 * MIN);
	assert_int_equal(house_job(&h, "bb")->end, 60 * MIN);
	assert_int_equal(house_job(&h, "bb")->waits, house_job(&h, "aa") - h.p.job);
	assert_int_equal(house_service(&h, "care")->back, 60 * MIN);
	house_close(&h);
}

/* x and y feed each other. Where one of them also has g, g is enough; where not, nothing but a hand
 * brings them back. */
static void loops(void **state)
{
	static const char live[] =
		"assets:\n"
		"  - {id: g, name: G, class: device, room: hall, recovery: 15min}\n"
		"  - {id: x, name: X, class: device, room: hall}\n"
		"  - {id: y, name: Y, class: device, room: hall}\n"
		"relations: [{from: g, relation: powers, to: x}, {from: y, relation: powers, to: "
		"x},\n"
		"  {from: x, relation: powers, to: y}]\n"
		"services: [{id: care, name: C, class: service.care, rooms: [hall], weight: 1,\n"
		"  requires: [{of: [y]}]}]\n";
	struct house h;

	(void)state;
	house_open(&h, live);
	house_strike(&h, "g", "outage");
	house_plan(&h);
	assert_int_equal(h.p.n_job, 1);
	assert_int_equal(house_service(&h, "care")->back, 15 * MIN);
	house_close(&h);

	/* x is struck, y hangs on x alone, x on y alone: x is begun without. */
	house_open(&h,
		"assets:\n"
		"  - {id: x, name: X, class: device, room: hall, recovery: 15min}\n"
		"  - {id: y, name: Y, class: device, room: hall}\n"
		"relations: [{from: y, relation: powers, to: x}, {from: x, relation: powers, to: "
		"y}]\n"
		"services: [{id: care, name: C, class: service.care, rooms: [hall], weight: 1,\n"
		"  requires: [{of: [y]}]}]\n");
	house_strike(&h, "x", "outage");
	house_plan(&h);
	assert_int_equal(h.p.n_job, 1);
	assert_true(house_job(&h, "x")->by_hand);
	assert_int_equal(house_service(&h, "care")->back, 15 * MIN);
	house_close(&h);
}

/* Behind the corridor that burns nothing happened: it is back with the corridor, and nobody works
 * on it, nor on doors. The corridor waits neither for its own doors nor, as it has another one, for
 * the room whose fire shuts the second; in the order of failing it would be the later one. */
static void behind_a_fire(void **state)
{
	struct house h;

	(void)state;
	house_open(&h, "rooms:\n"
		       "  - {id: attic, name: A, class: room, floor: f, zone: z-in}\n"
		       "  - {id: corridor, name: C, class: room, floor: f, zone: z-in}\n"
		       "  - {id: back, name: B, class: room, floor: f, zone: z-in}\n"
		       "doors:\n"
		       "  - {id: d0, name: D0, class: door, from: hall, to: attic}\n"
		       "  - {id: d1, name: D1, class: door, from: corridor, to: back}\n"
		       "  - {id: d2, name: D2, class: door, from: corridor, to: attic}\n"
		       "services: [{id: care, name: C, class: service.care, rooms: [back], "
		       "requires: [{of: [ahu-1]}], "
		       "weight: 1}]\n");
	house_strike(&h, "attic", "fire.fire");
	house_strike(&h, "corridor", "fire.fire");
	h.seed[1].since = MIN;
	house_plan(&h);
	assert_int_equal(h.p.n_job, 2);
	assert_int_equal(house_job(&h, "corridor")->begin, MIN);
	assert_int_equal(house_job(&h, "corridor")->end, 61 * MIN);
	assert_false(house_job(&h, "corridor")->by_hand);
	assert_int_equal(house_job(&h, "attic")->end, 121 * MIN);
	assert_int_equal(house_service(&h, "care")->down, MIN);
	assert_int_equal(house_service(&h, "care")->back, 61 * MIN);
	assert_int_equal(house_job(&h, "attic")->first, 60 * MIN);
	assert_int_equal(house_job(&h, "corridor")->first, 120 * MIN);
	assert_int_equal(h.p.naive.lost - h.p.plan.lost, 59 * MIN);
	house_close(&h);
}

/* What the fire destroyed is not back with its room, but repaired from then on; what it fed comes
 * back with it. */
static void destroyed(void **state)
{
	struct house h;

	(void)state;
	house_open(&h, "rooms: [{id: attic, name: A, class: room, floor: f, zone: z-in}]\n"
		       "doors: [{id: d0, name: D0, class: door, from: hall, to: attic}]\n"
		       "assets:\n"
		       "  - {id: aa, name: A, class: device, room: attic, recovery: 30min}\n"
		       "  - {id: bb, name: B, class: device, room: hall}\n"
		       "relations: [{from: aa, relation: powers, to: bb}]\n"
		       "services: [{id: care, name: C, class: service.care, rooms: [hall], "
		       "requires: [{of: [bb]}], weight: 1}]\n");
	house_strike(&h, "attic", "fire.fire");
	house_plan(&h);
	assert_int_equal(h.p.n_job, 2);
	assert_int_equal(house_job(&h, "attic")->end, 60 * MIN);
	assert_int_equal(house_job(&h, "aa")->begin, 60 * MIN);
	assert_int_equal(house_job(&h, "aa")->waits, house_job(&h, "attic") - h.p.job);
	assert_int_equal(house_service(&h, "care")->down, 0);
	assert_int_equal(house_service(&h, "care")->back, 90 * MIN);
	house_close(&h);
}

/* A board that is dark when all that feeds it is down has no fault: it is back with the first of
 * these. While one feeds it, or still did when it was seen, or hangs on it, it has one. */
static void seen_and_no_fault(void **state)
{
	static const char *const fed[] = {"{from: mains, relation: powers, to: board}, {from: gen, "
					  "relation: powers, to: board}",
		"{from: mains, relation: powers, to: board}, {from: bb, relation: powers, to: "
		"board}",
		"{from: mains, relation: powers, to: gen}, {from: gen, relation: powers, to: "
		"board}",
		"{from: mains, relation: powers, to: gen}"};
	struct house h;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(fed); i++) {
		char text[2048];

		snprintf(text, sizeof(text),
			"assets:\n"
			"  - {id: mains, name: M, class: device, room: hall, recovery: 2h}\n"
			"  - {id: gen, name: G, class: device, room: hall, recovery: 30min}\n"
			"  - {id: board, name: D, class: device, room: hall, recovery: 3h}\n"
			"  - {id: bb, name: B, class: device, room: hall}\n"
			"relations: [%s, {from: board, relation: powers, to: bb}]\n"
			"buffers: [{on: gen, kind: ups, lasts: 40min}]\n"
			"services: [{id: care, name: C, class: service.care, rooms: [hall], "
			"requires: [{of: [bb]}], weight: 1}]\n",
			fed[i]);
		house_open(&h, text);
		house_strike(&h, "mains", "outage");
		if (!i)
			house_strike(&h, "gen", "outage");
		house_strike(&h, "board", "power.loss");
		h.ask.teams[1] = 2;
		house_plan(&h);
		assert_int_equal(house_find_job(&h, "board") == SIZE_MAX, i == 0);
		assert_int_equal(house_service(&h, "care")->down, 0);
		if (!i)
			assert_int_equal(house_service(&h, "care")->back, 30 * MIN);
		else
			assert_true(house_service(&h, "care")->back >= 180 * MIN);
		house_close(&h);
	}
}

/* What feeds it one way is gone, and that is told of it; it is fed another way, so who works on it
 * waits for neither. */
static void works_while_fed(void **state)
{
	struct house h;

	(void)state;
	house_open(&h, "assets:\n"
		       "  - {id: unit, name: U, class: device.ahu, room: hall}\n"
		       "  - {id: gen, name: G, class: device, room: hall}\n"
		       "  - {id: board, name: D, class: device.reader, room: hall}\n"
		       "relations: [{from: unit, relation: powers, to: board}, "
		       "{from: gen, relation: powers, to: board}]\n"
		       "services: [{id: care, name: C, class: service.care, rooms: [hall], "
		       "requires: [{of: [board]}], weight: 1}]\n");
	house_strike(&h, "unit", "outage");
	house_strike(&h, "board", "bms.command");
	house_plan(&h);
	assert_int_equal(house_job(&h, "board")->begin, 0);
	assert_int_equal(house_job(&h, "unit")->end, 60 * MIN);
	assert_int_equal(house_service(&h, "care")->back, 30 * MIN);
	house_close(&h);
}

/* A fire that is put out before it reached anything destroys nothing; a minute later it does. */
static void put_out_in_time(void **state)
{
	static const ward_ns stopped[] = {4 * MIN, 6 * MIN};
	struct house h;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(stopped); i++) {
		house_open(&h,
			"rooms: [{id: cellar, name: C, class: room.outside, floor: f, zone: "
			"z-in}]\n"
			"doors: [{id: d0, name: D0, class: door, from: hall, to: cellar}]\n"
			"assets:\n"
			"  - {id: aa, name: A, class: device, room: cellar, recovery: 30min}\n"
			"  - {id: bb, name: B, class: device, room: hall}\n"
			"relations: [{from: aa, relation: powers, to: bb}]\n"
			"services: [{id: care, name: C, class: service.care, rooms: [hall], "
			"requires: [{of: [bb]}], weight: 1}]\n");
		house_strike(&h, "cellar", "fire.fire");
		h.ask.stopped = stopped[i];
		house_plan(&h);
		assert_int_equal(h.p.n_job, i ? 2 : 1);
		assert_int_equal(h.p.n_spared, i ? 0 : 1);
		assert_int_equal(h.p.n_service, i ? 1 : 0);
		house_close(&h);
	}
}

/* What may spread is found clean before anything that depends on it is back, and the plan says who
 * is still not clean then. */
static void clean_before_connected(void **state)
{
	struct house h;

	(void)state;
	house_open(&h, "assets:\n"
		       "  - {id: p, name: P, class: device, room: hall, network: n-bms}\n"
		       "  - {id: q, name: Q, class: device, room: hall, network: n-bms}\n"
		       "  - {id: r, name: R, class: device, room: hall}\n"
		       "relations: [{from: p, relation: supplies, to: r}]\n"
		       "services:\n"
		       "  - {id: pc, name: P, class: service.care, rooms: [hall], weight: 2, "
		       "requires: [{of: "
		       "[p]}]}\n"
		       "  - {id: qc, name: Q, class: service.care, rooms: [hall], weight: 1, "
		       "requires: [{of: "
		       "[q]}]}\n");
	house_strike(&h, "p", "bms.command");
	house_strike(&h, "q", "bms.command");
	house_plan(&h);
	assert_int_equal(h.p.n_job, 3); /* r too: it is likelier than not, 10 min later */
	assert_int_equal(house_job(&h, "r")->struck, 10 * MIN);
	assert_int_equal(house_job(&h, "p")->worked, 20 * MIN);
	assert_int_equal(house_job(&h, "p")->end, 30 * MIN);
	assert_int_equal(house_service(&h, "pc")->back, 30 * MIN); /* not at 20 */
	assert_int_equal(house_job(&h, "p")->n_off, 2);            /* q: network, r: relation */
	assert_int_equal(house_job(&h, "q")->n_off, 0);            /* r is none of its neighbours */
	for (size_t j = 0; j < h.p.n_job; j++)
		for (uint32_t k = 0; k < h.p.job[j].n_off; k++) {
			uint32_t off = h.p.off[h.p.job[j].off + k];

			for (size_t i = 0; i < h.p.n_job; i++)
				if (h.p.job[i].node == off)
					assert_true(h.p.job[i].end > h.p.job[j].end);
		}
	ward_recover_fini(&h.p);
	h.ask.stopped = 5 * MIN; /* contained before it reaches r */
	house_plan(&h);
	assert_int_equal(h.p.n_job, 2);
	assert_int_equal(h.p.n_spared, 1);
	ward_recover_fini(&h.p);
	h.ask.stopped = WARD_NS_NEVER;
	h.ask.likely_micro = 600000; /* r has 20 to 90 % */
	house_plan(&h);
	assert_int_equal(h.p.n_job, 2);
	assert_int_equal(h.p.n_unlikely, 1);
	house_close(&h);
}

/* A battery that lasts longer than the repair: care never falls. One that does not: it does. */
static void buffers(void **state)
{
	struct house h;

	(void)state;
	house_open(&h,
		"assets:\n"
		"  - {id: aa, name: A, class: device, room: hall, recovery: 30min}\n"
		"  - {id: bb, name: B, class: device, room: hall}\n"
		"relations: [{from: aa, relation: powers, to: bb}]\n"
		"buffers: [{on: bb, kind: ups, lasts: 40min}]\n"
		"services: [{id: care, name: C, class: service.care, rooms: [hall], weight: 1,\n"
		"  requires: [{of: [bb]}]}]\n");
	house_strike(&h, "aa", "outage");
	house_plan(&h);
	assert_int_equal(house_service(&h, "care")->down, house_service(&h, "care")->back);
	assert_int_equal(h.p.plan.lost, 0);
	ward_recover_fini(&h.p);
	h.fact[h.ask.n_fact++] =
		(struct ward_recover_fact){.node = lab_node(&h.lab, "aa"), .late = 15 * MIN};
	house_plan(&h);
	assert_int_equal(house_job(&h, "aa")->late, 15 * MIN);
	assert_int_equal(house_service(&h, "care")->down, 40 * MIN);
	assert_int_equal(house_service(&h, "care")->back, 45 * MIN);
	house_close(&h);
}

/* The plan is made again as things turn out. */
static void made_again(void **state)
{
	struct ward_change repaired = {.kind = WARD_CHANGE_REPAIRED};
	struct house h;

	(void)state;
	house_open(&h, basic);
	for (const char *id = "acdef"; *id; id++)
		house_strike(&h, (const char[]){*id, *id, 0}, "outage");
	h.fact[0] = (struct ward_recover_fact){.node = lab_node(&h.lab, "aa"), .done = true};
	h.fact[1] = (struct ward_recover_fact){.node = lab_node(&h.lab, "dd"), .late = 60 * MIN};
	h.ask.n_fact = 2;
	h.ask.now = 30 * MIN;
	house_plan(&h);
	assert_true(house_job(&h, "aa")->done);
	/* d has become slower than e: c and e bring care back. */
	assert_int_equal(house_service(&h, "care")->back, 80 * MIN);
	assert_true(house_job(&h, "dd")->begin >= 80 * MIN);
	for (size_t j = 0; j < h.p.n_job; j++)
		assert_true(h.p.job[j].begin >= 30 * MIN);
	ward_recover_fini(&h.p);
	repaired.asset = lab_node(&h.lab, "ff");
	h.ask.change = &repaired;
	h.ask.n_change = 1;
	house_plan(&h);
	assert_true(house_find_job(&h, "ff") == SIZE_MAX);
	assert_true(house_find_service(&h, "ward") == SIZE_MAX);
	house_close(&h);
}

/* p carries care, q nothing: nobody takes p off by a plan alone. */
static const char off[] =
	"assets:\n"
	"  - {id: p, name: Pp, class: device, room: hall}\n"
	"  - {id: q, name: Qq, class: device, room: hall}\n"
	"services:\n"
	"  - {id: pc, name: P, class: service.care, rooms: [hall], weight: 2, requires: [{of: "
	"[p]}]%s}\n%s";

static void off_only_with_a_word(void **state)
{
	static const struct {
		const char *own, *roles, *word, *text;
	} row[] = {
		{"", "", NULL, "no clinical role that can agree: Pp\n"},
		{"", "roles: [{id: head, name: Head}, {id: other, name: Other}]\n", "head",
			"only with the word of Head, as care or medical devices may go with them: "
			"Pp\n"},
		{", role: head", "roles: [{id: chief, name: Chief}, {id: head, name: Head}]\n",
			"head", "only with the word of Head"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
		char live[1024];
		struct house h;

		snprintf(live, sizeof(live), off, row[i].own, row[i].roles);
		house_open(&h, live);
		house_strike(&h, "p", "bms.command");
		house_strike(&h, "q", "bms.command");
		house_plan(&h);
		assert_true(house_job(&h, "p")->isolate && house_job(&h, "q")->isolate);

		assert_false(house_job(&h, "q")->clinical);
		ward_recover_fini(&h.p);
		h.ask.n_seed = 0;
		house_strike(&h, "p", "bms.command");
		h.seed[0].lo_micro = 600000;
		house_strike(&h, "q", "bms.command");
		house_plan(&h);
		assert_true(house_job(&h, "p")->clinical);
		assert_int_equal(house_job(&h, "p")->word,
			row[i].word ? lab_node(&h.lab, row[i].word) : WARD_NONE);
		ward_recover_write_text(&h.p, &h.w, &h.ask, NULL, &w);
		assert_true(ward_str_find(ward_wr_text(&w), ward_str_z(row[i].text)) != SIZE_MAX);
		assert_true(ward_str_find(ward_wr_text(&w), WARD_STR("until found clean: Qq\n")) !=
			    SIZE_MAX);
		ward_wr_fini(&w);
		house_close(&h);
	}
}

/* Either of two can be spared, not both. */
static void off_not_both(void **state)
{
	struct house h;

	(void)state;
	house_open(&h, "assets:\n"
		       "  - {id: p, name: P, class: device, room: hall}\n"
		       "  - {id: q, name: Q, class: device, room: hall}\n"
		       "services:\n"
		       "  - {id: pc, name: P, class: service.care, rooms: [hall], weight: 2,\n"
		       "     requires: [{need: 1, of: [p, q]}]}\n");
	house_strike(&h, "p", "bms.discovery");
	house_strike(&h, "q", "bms.discovery");
	house_plan(&h);
	assert_int_equal(house_job(&h, "p")->clinical + house_job(&h, "q")->clinical, 1);
	house_close(&h);
}

/* What is less likely than asked is named, and no order is praised; nor is a fact of nothing. */
static void less_likely(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct house h;

	(void)state;
	house_open(&h, "assets:\n"
		       "  - {id: p, name: P, class: device, room: hall}\n"
		       "  - {id: r, name: Rr, class: device, room: hall}\n"
		       "relations: [{from: p, relation: supplies, to: r}]\n"
		       "services:\n"
		       "  - {id: rc, name: Rc, class: service.care, rooms: [hall], weight: 2, "
		       "requires: [{of: [r]}]}\n");
	house_strike(&h, "p", "bms.command");
	h.fact[0] = (struct ward_recover_fact){.node = lab_node(&h.lab, "r"), .done = true};
	h.ask.n_fact = 1;
	h.ask.likely_micro = 600000; /* r: 0.2 to 0.9 */
	house_plan(&h);
	assert_int_equal(h.p.n_service, 0);
	assert_int_equal(h.p.n_risk, 1);
	assert_int_equal(h.p.risk[0].node, lab_node(&h.lab, "rc"));
	assert_int_equal(h.p.risk[0].expected, 10 * MIN);
	ward_recover_write_text(&h.p, &h.w, &h.ask, NULL, &w);
	struct ward_str text = ward_wr_text(&w);

	assert_true(
		ward_str_find(text, WARD_STR("less likely than 60 %: Rc (20–90 %)\n")) != SIZE_MAX);
	assert_true(ward_str_find(text, WARD_STR("No order of these")) == SIZE_MAX);
	assert_true(ward_str_find(text, WARD_STR("0 service minutes")) == SIZE_MAX);
	assert_true(ward_str_find(text, WARD_STR("Rr is not among the works\n")) != SIZE_MAX);
	ward_wr_reset(&w);
	ward_recover_write_json(&h.p, &h.w, &h.ask, NULL, &w);
	text = ward_wr_text(&w);
	assert_true(ward_str_find(text, WARD_STR("\"likelihood_lo\":0.2,")) != SIZE_MAX);
	assert_true(ward_str_find(text, WARD_STR("\"not_among_works\":[\"r\"]")) != SIZE_MAX);
	ward_recover_fini(&h.p);
	h.ask.likely_micro = 500000;
	house_plan(&h);
	assert_int_equal(h.p.n_risk, 0);
	assert_int_equal(h.p.n_service, 1);
	ward_wr_reset(&w);
	ward_recover_write_text(&h.p, &h.w, &h.ask, NULL, &w);
	text = ward_wr_text(&w);
	assert_true(ward_str_find(text, WARD_STR("No order of these")) != SIZE_MAX);
	assert_true(ward_str_find(text, WARD_STR("not among")) == SIZE_MAX);
	ward_wr_fini(&w);
	house_close(&h);
}

static void clock_of_another_year(void **state)
{
	char text[64];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	(void)state;
	ward_recover_write_clock(&w, (ward_ns)366 * 24 * 60 * MIN, 0);
	assert_true(ward_str_eq(ward_wr_text(&w), WARD_STR("1971-01-02 00:00")));
}

static void written(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct house h;

	(void)state;
	house_open(&h, basic);
	house_strike(&h, "bb", "bms.command");
	house_strike(&h, "aa", "outage");
	house_plan(&h);
	ward_recover_write_text(&h.p, &h.w, &h.ask, NULL, &w);
	struct ward_str text = ward_wr_text(&w);

	assert_true(ward_str_find(text, WARD_STR("00:00–00:30    A: outage")) != SIZE_MAX);
	assert_true(
		ward_str_find(text, WARD_STR("cannot begin before this is back: A")) != SIZE_MAX);
	assert_true(ward_str_find(text, WARD_STR("as long as it can be: kept")) != SIZE_MAX);
	ward_wr_reset(&w);
	ward_recover_write_json(&h.p, &h.w, &h.ask, NULL, &w);
	text = ward_wr_text(&w);
	assert_true(ward_str_find(text, WARD_STR("\"asset\":\"bb\"")) != SIZE_MAX);
	assert_true(ward_str_find(text, WARD_STR("\"waits_for\":\"aa\"")) != SIZE_MAX);
	ward_wr_fini(&w);
	house_close(&h);
}

/* The order of files and lines changes no byte. */
static void any_order(void **state)
{
	static const char *const part[] = {
		"assets:\n  - {id: aa, name: A, class: device, room: hall, recovery: 30min}\n",
		"assets:\n  - {id: bb, name: B, class: device, room: hall}\n",
		"assets:\n  - {id: cc, name: C, class: device, room: hall, recovery: 30min}\n",
		"services:\n  - {id: care, name: C, class: service.care, rooms: [hall], weight: 2, "
		"requires: [{need: 1, of: [bb, cc]}]}\n",
		"services:\n  - {id: ward, name: W, class: service.care, rooms: [hall], weight: 2, "
		"requires: [{of: [cc]}, {of: [aa]}]}\n",
		"relations: [{from: aa, relation: powers, to: bb}]\n"};
	struct ward_wr w[2];

	(void)state;
	for (unsigned k = 0; k < 2; k++) {
		char text[2048] = "";
		struct house h;

		for (size_t i = 0; i < WARD_ARRAY_LEN(part); i++) {
			size_t at = strlen(text);

			snprintf(text + at, sizeof(text) - at, "---\n%s",
				part[k ? WARD_ARRAY_LEN(part) - 1 - i : i]);
		}
		house_open(&h, text);
		house_strike(&h, k ? "aa" : "cc", "outage");
		house_strike(&h, k ? "cc" : "aa", "outage");
		house_plan(&h);
		w[k] = ward_wr_grow(ward_mem_heap(), 1 << 20);
		ward_recover_write_json(&h.p, &h.w, &h.ask, NULL, &w[k]);
		ward_recover_write_text(&h.p, &h.w, &h.ask, NULL, &w[k]);
		house_close(&h);
	}
	assert_true(ward_str_eq(ward_wr_text(&w[0]), ward_wr_text(&w[1])));
	ward_wr_fini(&w[0]);
	ward_wr_fini(&w[1]);
}

static void no_memory(void **state)
{
	struct house h;

	(void)state;
	house_open(&h, basic);
	for (const char *id = "acf"; *id; id++)
		house_strike(&h, (const char[]){*id, *id, 0}, "outage");
	for (uint64_t n = 1;; n++) {
		struct ward_mem_failing f;

		ward_mem_failing_init(&f, n);
		enum ward_err err = ward_recover_find(&h.w, &h.ask, &f.mem, &h.p);

		ward_recover_fini(&h.p);
		if (!err)
			break;
		assert_int_equal(err, WARD_ERR_NOMEM);
		assert_true(n < 10000);
	}
	house_close(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(order_by_care),
		cmocka_unit_test(order_by_what_is_borne), cmocka_unit_test(order_by_the_hour),
		cmocka_unit_test(waits_for_supply), cmocka_unit_test(loops),
		cmocka_unit_test(behind_a_fire), cmocka_unit_test(destroyed),
		cmocka_unit_test(put_out_in_time), cmocka_unit_test(seen_and_no_fault),
		cmocka_unit_test(works_while_fed), cmocka_unit_test(clean_before_connected),
		cmocka_unit_test(buffers), cmocka_unit_test(made_again),
		cmocka_unit_test(off_only_with_a_word), cmocka_unit_test(off_not_both),
		cmocka_unit_test(less_likely), cmocka_unit_test(clock_of_another_year),
		cmocka_unit_test(written), cmocka_unit_test(any_order),
		cmocka_unit_test(no_memory)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
