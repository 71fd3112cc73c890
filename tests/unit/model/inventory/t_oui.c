#include "inv_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static const char list[] =
	"Registry,Assignment,Organization Name,Organization Address\n"
	"MA-L,001122,\"Maker, Inc\",\"A street\n"
	"of two lines\"\n"
	"MA-M,0011223,Half,Street\r\n"
	"MA-S,001122334,Small,Street\n"
	"MA-L,00112,Short,Street\nMA-L,00112Z,Wrong,Street\nMA-L,334455,,Street\nMA-L,\n";

static bool is(const struct ward_oui *o, uint64_t mac, const char *want)
{
	uint8_t b[6];

	for (size_t i = 0; i < sizeof(b); i++)
		b[i] = (uint8_t)(mac >> (40 - 8 * i));
	return ward_str_eqz(ward_oui_vendor(o, b), want);
}

static void test_blocks(void **state)
{
	struct ward_oui *o = NULL;

	(void)state;
	assert_int_equal(ward_oui_new(ward_mem_heap(), &o), WARD_OK);
	assert_int_equal(ward_oui_parse(o, ward_str_z(list)), WARD_OK);
	assert_true(is(o, 0x001122ffffff, "Maker, Inc"));
	assert_true(is(o, 0x0011223fffff, "Half"));
	assert_true(is(o, 0x001122334fff, "Small"));
	assert_true(is(o, 0x001122335fff, "Half"));
	assert_true(is(o, 0x334455000000, ""));
	ward_oui_free(o);
	ward_oui_free(NULL);
	assert_int_equal(ward_oui_load("/nowhere", ward_mem_heap(), &o), WARD_ERR_NOT_FOUND);
}

/* A block whose holder is not named is not its neighbours', nor that of the one around it. */
static void test_nobody(void **state)
{
	struct ward_oui *o = NULL;

	(void)state;
	assert_int_equal(ward_oui_new(ward_mem_heap(), &o), WARD_OK);
	assert_int_equal(
		ward_oui_parse(o, WARD_STR("MA-L,0050C2,IEEE Registration Authority,Street\n"
					   "IAB,0050C2793,Enertex,Street\n"
					   "IAB,0050C2794,Private,\n"
					   "MA-L,001122,Maker,Street\n"
					   "MA-S,001122334,private,\n"
					   "MA-L,334455,PRIVATECH Inc.,Street\n")),
		WARD_OK);
	assert_true(is(o, 0x0050c2793e03, "Enertex"));
	assert_true(is(o, 0x0050c2794e03, ""));
	assert_true(is(o, 0x0050c2795e03, ""));
	assert_true(is(o, 0x001122334000, ""));
	assert_true(is(o, 0x001122335000, "Maker"));
	assert_true(is(o, 0x334455000000, "PRIVATECH Inc."));
	ward_oui_free(o);
}

/* All lists of a directory; only the first must be there. */
static void test_lists(void **state)
{
	static const char *const file[] = {"oui.csv", "iab.csv"};
	static const char *const text[] = {"MA-L,0050C2,IEEE Registration Authority,Street\n",
		"IAB,0050C2793,Enertex,Street\n"};
	char dir[] = "/tmp/ward-oui-XXXXXX", path[64];
	struct ward_oui *o = NULL;

	(void)state;
	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < WARD_ARRAY_LEN(file); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, file[i]);
		FILE *f = fopen(path, "w");

		assert_non_null(f);
		assert_true(fputs(text[i], f) >= 0);
		assert_int_equal(fclose(f), 0);
	}
	assert_int_equal(ward_oui_load(dir, ward_mem_heap(), &o), WARD_OK);
	assert_true(is(o, 0x0050c2793e03, "Enertex"));
	assert_true(is(o, 0x0050c2700001, ""));
	ward_oui_free(o);
	for (size_t i = 0; i < WARD_ARRAY_LEN(file); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, file[i]);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(rmdir(dir), 0);
}

static void test_bits(void **state)
{
	const uint8_t group[6] = {0x01}, local[6] = {0x02}, real[6] = {0x00, 0x11};

	(void)state;
	assert_true(ward_mac_is_group(group) && !ward_mac_is_group(local));
	assert_true(ward_mac_is_local(local) && !ward_mac_is_local(real));
}

/* The maker of the card is a hint; a made-up address has none. */
static void test_claim(void **state)
{
	struct ward_oui *o = NULL;
	struct inv_lab l;

	(void)state;
	assert_int_equal(ward_oui_new(ward_mem_heap(), &o), WARD_OK);
	assert_int_equal(ward_oui_parse(o, WARD_STR("x,001122,Maker\nx,021122,Nobody\n")), WARD_OK);
	assert_true(inv_lab_open(&l, NULL));
	inv_lab_event(&l, "net.x.ahu", 1, "\"src_mac\":\"00:11:22:00:00:01\"");
	inv_lab_event(&l, "net.x.ahu", 1, "\"src_mac\":\"02:11:22:00:00:01\"");
	assert_int_equal(ward_inventory_view(l.inv, o, NULL, &l.arena, &l.c, &l.n), WARD_OK);
	assert_int_equal(l.n, 2);
	assert_true(ward_str_eqz(ward_candidate_best(&l.c[0], WARD_ATTR_VENDOR)->value, "Maker"));
	assert_true(l.c[1].random_mac && !ward_candidate_best(&l.c[1], WARD_ATTR_VENDOR));
	inv_lab_close(&l);
	ward_oui_free(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_bits),
		cmocka_unit_test(test_claim),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
