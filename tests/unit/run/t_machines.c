/* machines.yml: what is taken, and what is refused with its line and the mend. */
#include "run/machines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define PRINT "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define COLONS                                                                                    \
	"01:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:" \
	"DD:EE:FF"
#define ONE "machines:\n  - id: siem\n    certificate: " PRINT "\n"

struct desk {
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_machines is;
};

static enum ward_err read_text(struct desk *k, const char *text)
{
	const struct ward_machines_in in = {NULL, &k->lim, ward_mem_heap(), &k->diag};

	ward_limits_default(&k->lim);
	ward_diag_init(&k->diag, ward_mem_heap());
	return ward_machines_read(
		&in, WARD_STR("machines.yml"), ward_str_bytes(ward_str_z(text)), &k->is);
}

static void end(struct desk *k)
{
	ward_machines_free(&k->is);
	ward_diag_fini(&k->diag);
}

static void taken(void **state)
{
	static const uint8_t first[WARD_MACHINE_PRINT] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66,
		0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0x00, 0x11, 0x22, 0x33, 0x44,
		0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
	uint8_t print[WARD_MACHINE_PRINT];
	struct desk k;

	(void)state;
	assert_int_equal(read_text(&k, ONE "    rights: [see.incidents, metrics]\n"
					   "    places: [bld-a, bld-b]\n"
					   "  - id: own\n    name: A dashboard\n"
					   "    certificate: \"" COLONS "\"\n"
					   "    rights: see.care\n"),
		WARD_OK);
	assert_int_equal(k.is.n, 2);
	assert_ptr_equal(ward_machine_of(&k.is, first), &k.is.m[0]);
	assert_true(ward_str_eqz(k.is.m[0].name, "siem"));
	assert_int_equal(k.is.m[0].rights,
		WARD_RIGHT_BIT(WARD_RIGHT_SEE_INCIDENTS) | WARD_RIGHT_BIT(WARD_RIGHT_METRICS));
	assert_int_equal(k.is.m[0].n_place, 2);
	memcpy(print, first, sizeof(print));
	print[0] = 1;
	assert_ptr_equal(ward_machine_of(&k.is, print), &k.is.m[1]);
	assert_true(ward_str_eqz(k.is.m[1].name, "A dashboard"));
	assert_int_equal(k.is.m[1].n_place, 0);
	print[31] ^= 1;
	assert_null(ward_machine_of(&k.is, print));
	end(&k);
	assert_int_equal(read_text(&k, ONE "    rights: [report]\n"), WARD_OK);
	assert_int_equal(k.is.m[0].rights, WARD_RIGHT_BIT(WARD_RIGHT_REPORT));
	end(&k);
	assert_int_equal(read_text(&k, "machines: []\n"), WARD_OK);
	assert_int_equal(k.is.n, 0);
	end(&k);
}

static void refused(void **state)
{
	static const struct {
		const char *text;
		unsigned line, n;
	} all[] = {{"- id: x\n", 1, 1}, {"machines: x\n", 1, 1}, {"machines:\n  - x\n", 2, 1},
		{ONE, 2, 1}, /* no right */
		{ONE "    rights: [see.evidence]\n", 4, 1}, {ONE "    rights: [see.audit]\n", 4, 1},
		{ONE "    rights: [decide.incident]\n", 4, 1},
		{ONE "    rights: [administer]\n", 4, 1}, {ONE "    rights: [nothing]\n", 4, 1},
		{ONE "    rights: [[metrics]]\n", 4, 1},
		/* places that are none must not mean everywhere */
		{ONE "    rights: [metrics]\n    places: []\n", 5, 1},
		{ONE "    rights: [metrics]\n    places:\n", 5, 1}, {ONE "    rights: []\n", 4, 1},
		{ONE "    rights: [metrics]\n    role: x\n", 5, 1},
		{"machines:\n  - id: siem\n    rights: [metrics]\n", 2, 1},
		{"machines:\n  - id: Siem!\n    certificate: " PRINT "\n    rights: [metrics]\n", 2,
			1},
		{"machines:\n  - id: siem\n    certificate: 0011\n    rights: [metrics]\n", 3, 1},
		{"machines:\n  - id: siem\n    certificate: " PRINT "00\n    rights: [metrics]\n",
			3, 1},
		{"machines:\n  - id: siem\n    certificate: 0:" PRINT "\n    rights: [metrics]\n",
			3, 1},
		/* two that are wrong are not said to be the same */
		{"machines:\n  - id: a\n    certificate: x\n    rights: [metrics]\n"
		 "  - id: b\n    certificate: y\n    rights: [metrics]\n",
			3, 2},
		{ONE "    rights: [metrics]\n  - id: other\n    certificate: " PRINT
		     "\n    rights: [metrics]\n",
			5, 1},
		{ONE "    rights: [metrics]\n  - id: siem\n    certificate: \"" COLONS
		     "\"\n    rights: [metrics]\n",
			5, 1}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		struct desk k;

		print_message("%s", all[i].text);
		assert_int_equal(read_text(&k, all[i].text), WARD_ERR_CONFIG);
		assert_int_equal(k.diag.n_error, all[i].n);
		assert_int_equal(k.diag.item[0].line, all[i].line);
		end(&k);
	}
}

static void too_many(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct desk k;

	(void)state;
	ward_wr_z(&w, "machines:\n");
	for (unsigned i = 0; i <= WARD_MACHINES_MAX; i++)
		ward_wr_printf(
			&w, "  - {id: m%u, certificate: \"%064x\", rights: [metrics]}\n", i, i + 1);
	ward_wr_ch(&w, 0);
	assert_int_equal(read_text(&k, ward_wr_text(&w).p), WARD_ERR_CONFIG);
	assert_int_equal(k.is.n, WARD_MACHINES_MAX);
	end(&k);
	ward_wr_fini(&w);
}

/* Without the file there are none. */
static void no_file(void **state)
{
	struct desk k;
	const struct ward_machines_in in = {NULL, &k.lim, ward_mem_heap(), &k.diag};

	(void)state;
	ward_limits_default(&k.lim);
	ward_diag_init(&k.diag, ward_mem_heap());
	assert_int_equal(ward_machines_load(&in, "/nowhere", &k.is), WARD_OK);
	assert_int_equal(k.is.n, 0);
	end(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(taken), cmocka_unit_test(refused),
		cmocka_unit_test(too_many), cmocka_unit_test(no_file)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
