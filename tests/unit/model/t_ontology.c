/* Which relations may join what, and what must hold of things: the ontology's own words. */
#include "lab.h"

#include "conf/conf.h"
#include "model/looks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define CLASSES                                                                                  \
	"classes:\n  - {id: site, name: S}\n  - {id: building, name: B}\n  - {id: floor, name: " \
	"F}\n"                                                                                   \
	"  - {id: zone, name: Z}\n  - {id: role, name: R}\n  - {id: room, name: R}\n"            \
	"  - {id: room.theatre, name: T}\n  - {id: room.theatre.hybrid, name: T}\n"              \
	"  - {id: room.outside, name: O}\n  - {id: room.entrance, name: E}\n"                    \
	"  - {id: door, name: D}\n  - {id: door.fire, name: D}\n  - {id: network, name: N}\n"    \
	"  - {id: network.bms, name: N}\n  - {id: device, name: D}\n"                            \
	"  - {id: device.ahu, name: A}\n  - {id: device.reader, name: R}\n"                      \
	"  - {id: software, name: S}\n  - {id: data, name: D}\n  - {id: supply, name: S}\n"      \
	"  - {id: service, name: S}\n  - {id: service.care, name: C}\n"
#define AXIOM(rest) "  - {id: x, level: note, " rest ", says: \"say {id}\", mend: \"do {id} so\"}\n"

struct row {
	const char *text; /* after the classes */
	const char *what, *mend;
	uint32_t line; /* in the ontology, which begins with 23 lines of classes; 0: in base.yml */
	size_t n;
};

static const struct row rows[] = {
	/* what is not understood */
	{"relation: []\n", "'relation' means nothing", "'relations'", 24, 1},
	{"relations: x\n", "must be a list", "leave it out", 24, 1},
	{"relations:\n  - {relation: power, from: device, to: room}\n", "no relation 'power'",
		"'powers'", 25, 1},
	{"relations:\n  - {relation: powers, from: devise, to: room}\n", "'devise' is not among",
		"'device'", 25, 1},
	{"relations:\n  - {relation: powers, from: device}\n", "'to' is missing", "add", 25, 1},
	{"relations:\n  - {relation: powers, from: device, to: []}\n", "'to' is empty", "at least",
		25, 1},
	{"axioms:\n" AXIOM("every: device"), "has one of", "every: [class]", 25, 1},
	{"axioms:\n" AXIOM("every: device, in: cools, out: cools"), "has one of", "key: beds", 25,
		1},
	{"axioms:\n" AXIOM("out: cools"), "'every' is missing", "add", 25, 1},
	{"axioms:\n" AXIOM("only: service, key: bed"), "'bed'", "beds, staff", 25, 1},
	{"axioms:\n  - {id: x, level: bad, every: device, in: cools, says: s, mend: m}\n", "'bad'",
		"error, warning", 25, 1},
	{"axioms:\n  - {id: x, level: note, every: device, in: cools, mend: m}\n", "'says' is",
		"add", 25, 1},
	{"axioms:\n" AXIOM("every: device, in: contains") AXIOM("every: device, in: contains"),
		"there twice", "remove", 26, 1},
	/* what does not hold: of two air handlers and a reader, nothing powers them */
	{"axioms:\n" AXIOM("every: device, in: powers"), "say ahu-1", "do ahu-1 so", 0, 3},
	{"axioms:\n" AXIOM("every: device, but: device.ahu, in: powers"), "say reader-1", "", 0, 1},
	{"axioms:\n" AXIOM("every: device, in: contains, from: room"), NULL, NULL, 0, 0},
	{"axioms:\n" AXIOM("every: device.reader, in: contains, from: floor"), "say reader-1", "",
		0, 1},
	{"axioms:\n" AXIOM("every: device.ahu, out: cools, to: room.theatre"), NULL, NULL, 0, 0},
	{"axioms:\n" AXIOM("every: device.ahu, joined: connects, with: network"), NULL, NULL, 0, 0},
	{"axioms:\n" AXIOM("every: device.ahu, out: connects"), "say ahu-1", "", 0, 2},
	{"axioms:\n" AXIOM("every: device.ahu, buffer: feul"), "'feul'", "ups, fuel", 25, 1},
	{"axioms:\n" AXIOM("every: device.reader, buffer: fuel"), "say reader-1", "do reader-1 so",
		0, 1},
	{"axioms:\n" AXIOM("only: service.care, key: beds"), NULL, NULL, 0, 0},
	{"axioms:\n" AXIOM("only: room, key: beds"), "say surgery", "", 0, 1},
	/* a relation that is not allowed any more: four lines of the base say one */
	{"relations:\n  - {relation: cools, from: room, to: room}\n  - {relation: hosts, from: "
	 "room, "
	 "to: service}\n",
		"no 'cools' from 'ahu-1'", "", 0, 4},
};

static bool contains(struct ward_str s, const char *part)
{
	return ward_str_find(s, ward_str_z(part)) != SIZE_MAX;
}

static void each_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		const struct row *r = &rows[i];
		char text[4096];
		struct lab l;
		bool found = !r->what;

		assert_true(
			snprintf(text, sizeof(text), "%s%s", CLASSES, r->text) < (int)sizeof(text));
		ward_limits_default(&l.lim);
		ward_diag_init(&l.d, ward_mem_heap());
		l.m = NULL;
		(void)lab_load_content(&l, text, NULL);
		for (size_t k = 0; k < l.d.n; k++)
			found = found || (contains(l.d.item[k].what, r->what) &&
						 contains(l.d.item[k].mend, r->mend) &&
						 (!r->line || l.d.item[k].line == r->line));
		if (!found || l.d.n != r->n) {
			for (size_t k = 0; k < l.d.n; k++)
				print_error("%u %.*s\n", l.d.item[k].line,
					WARD_STR_ARG(l.d.item[k].what));
			fail_msg("row %zu: %zu findings, not %zu", i, l.d.n, r->n);
		}
		lab_free(&l);
	}
}

/* What is built in and what content/ontology.yml says are the same, for all pairs of classes. */
static void built_in_is_as_in_the_file(void **state)
{
	struct ward_ontology *o[2] = {NULL, NULL};
	const char *root = getenv("WARD_SOURCE_ROOT");
	struct ward_arena a;
	struct ward_slice bytes;
	struct ward_limits lim;
	struct ward_diag d;
	char path[512];
	size_t n_allowed = 0, n_axiom;

	(void)state;
	if (!root)
		skip();
	(void)snprintf(path, sizeof(path), "%s/content/ontology.yml", root);
	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	ward_arena_init(&a, ward_mem_heap(), 1 << 24);
	assert_int_equal(ward_conf_read(&a, &lim, path, &d, &bytes), WARD_OK);
	struct ward_str all = {(const char *)bytes.p, bytes.len};
	size_t at = ward_str_find(all, WARD_STR("\nrelations:"));

	assert_true(at != SIZE_MAX);
	assert_int_equal(
		ward_ontology_parse(ward_str_z(path), bytes, &lim, ward_mem_heap(), &d, &o[0]),
		WARD_OK);
	assert_int_equal(ward_ontology_parse(ward_str_z(path), ward_slice_of(bytes.p, at + 1), &lim,
				 ward_mem_heap(), &d, &o[1]),
		WARD_OK);
	for (unsigned rel = 0; rel < WARD_REL_N; rel++)
		for (uint32_t x = 0; x < ward_ontology_n(o[0]); x++)
			for (uint32_t y = 0; y < ward_ontology_n(o[0]); y++) {
				bool may = ward_ontology_allows(o[0], rel, x, y);

				assert_int_equal(may, ward_ontology_allows(o[1], rel, x, y));
				n_allowed += may;
			}
	assert_true(n_allowed > 10000);
	(void)ward_ontology_axioms_of(o[1], &n_axiom);
	assert_int_equal(n_axiom, 3);
	(void)ward_ontology_axioms_of(o[0], &n_axiom);
	assert_true(n_axiom > 20);
	ward_ontology_free(o[0]);
	ward_ontology_free(o[1]);
	ward_arena_fini(&a);
	ward_diag_fini(&d);
}

/* Each room class of the content says whether patients lie, are treated or undress there: a new one
 * has to be put here. */
static void t_patient_rooms(void **state)
{
	static const char *const yes[] = {"room.theatre", "room.theatre.hybrid", "room.induction",
		"room.recovery", "room.icu", "room.icu.neonatal", "room.ward",
		"room.ward.isolation", "room.treatment", "room.imaging", "room.emergency",
		"room.emergency.resuscitation", "room.dialysis", "room.delivery", "room.endoscopy",
		"room.changing", "room.sanitary"};
	static const char *const no[] = {"room.imaging.control", "room.lab", "room.bloodbank",
		"room.pharmacy", "room.pharmacy.cytotoxic", "room.sterilisation", "room.kitchen",
		"room.laundry", "room.morgue", "room.control", "room.switchboard", "room.technical",
		"room.technical.electrical", "room.technical.server", "room.technical.network",
		"room.technical.plantroom", "room.technical.gas", "room.corridor", "room.stairs",
		"room.lift-lobby", "room.entrance", "room.waiting", "room.office", "room.meeting",
		"room.store", "room.helipad", "room.outside"};
	const char *root = getenv("WARD_SOURCE_ROOT");
	char path[4096], row[1024], id[64];
	size_t n = 0, k;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/content/ontology.yml", root ? root : ".");
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	while (fgets(row, sizeof(row), f)) {
		if (sscanf(row, " - {id: %63[a-z.-]", id) != 1 || strncmp(id, "room.", 5) != 0)
			continue;
		bool is = ward_model_is_patient_class(ward_str_z(id));

		for (k = 0; k < WARD_ARRAY_LEN(yes) && strcmp(yes[k], id) != 0;)
			k++;
		bool in_yes = k < WARD_ARRAY_LEN(yes);

		for (k = 0; k < WARD_ARRAY_LEN(no) && strcmp(no[k], id) != 0;)
			k++;
		if (in_yes != is || in_yes == (k < WARD_ARRAY_LEN(no)))
			fail_msg("%s: do patients lie, undress or get treated there?", id);
		n++;
	}
	(void)fclose(f);
	assert_int_equal(n, WARD_ARRAY_LEN(yes) + WARD_ARRAY_LEN(no));
	assert_false(ward_model_is_patient_class(WARD_STR("room")));
	assert_false(ward_model_is_patient_class(WARD_STR("room.wardrobe")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_patient_rooms),
		cmocka_unit_test(each_row),
		cmocka_unit_test(built_in_is_as_in_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
