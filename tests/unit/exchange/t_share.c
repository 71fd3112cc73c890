/* What may not leave does not, in any format, whatever the recipient and the marking. */
#include "told.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef enum ward_err (*writer)(
	const struct ward_exchange *x, const struct ward_exchange_how *how, struct ward_wr *w);
static const writer writers[] = {ward_exchange_cap, ward_exchange_de, ward_exchange_idmef,
	ward_exchange_misp, ward_exchange_stix, ward_exchange_ocsf, ward_exchange_ecs,
	ward_exchange_cef, ward_exchange_syslog};

static bool has(const struct ward_wr *w, const char *needle)
{
	return ward_str_find(ward_wr_text(w), ward_str_z(needle)) != SIZE_MAX;
}

static enum ward_err share(struct told *t, const char *to, const char *tlp, const char *purpose,
	struct ward_shared *did)
{
	const struct ward_share_ask ask = {ward_str_z(to), ward_str_z(tlp), ward_str_z(purpose)};

	*did = (struct ward_shared){.mem = ward_mem_heap()};
	assert_int_equal(told_gather(t), WARD_OK);
	return ward_share(&t->sharing, &ask, &t->x, ward_mem_heap(), &t->lab.d, did);
}

/* Every recipient, every marking, every format. */
static void nothing_slips(void **state)
{
	struct told t;
	size_t n = 0;

	(void)state;
	told_begin(&t);
	told_table(&t);
	for (size_t r = 0; r < t.sharing.n_recipient; r++) {
		for (size_t m = 0; m <= t.sharing.recipient[r].narrowest; m++) {
			struct ward_shared did;
			struct ward_exchange_how how = {WARD_STR("ward@h.example"), {NULL}, 1};
			char to[64];

			(void)snprintf(
				to, sizeof(to), "%.*s", WARD_STR_ARG(t.sharing.recipient[r].id));
			assert_int_equal(share(&t, to, ward_tlp_name((enum ward_tlp)m), NULL, &did),
				WARD_OK);
			for (size_t f = 0; f < WARD_ARRAY_LEN(writers); f++) {
				struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

				assert_int_equal(writers[f](&t.x, &how, &w), WARD_OK);
				assert_false(has(&w, "p-aaaaaaaaaaaaaaaa"));
				assert_false(has(&w, "p-bbbbbbbbbbbbbbbb"));
				if (m < WARD_TLP_AMBER) {
					assert_false(has(&w, "10.1.0.99"));
					assert_false(has(&w, "02:77:19:c3:5a:0e"));
					assert_false(has(&w, "call 12"));
				}
				assert_true(has(&w, "EXERCISE"));
				ward_wr_fini(&w);
				n++;
			}
			ward_shared_fini(&did);
		}
	}
	assert_true(n > 100);
	told_end(&t);
}

/* To the public only the summary goes. */
static void public_summary(void **state)
{
	struct told t;
	struct ward_shared did;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	told_begin(&t);
	told_table(&t);
	assert_int_equal(share(&t, "public", NULL, NULL, &did), WARD_OK);
	assert_int_equal(t.x.tlp, WARD_TLP_CLEAR);
	assert_int_equal(t.x.incident[0].n_sign, 0);
	assert_int_equal(t.x.incident[0].n_impact, 0);
	assert_int_equal(t.x.incident[0].name.on.len, 0);
	ward_shared_write(&t.sharing, &did, &t.x, NULL, &w);
	assert_true(has(&w, "To the public, marked TLP:CLEAR, as an exercise\n"));
	assert_true(has(&w, "persons, also as pseudonyms: never leaves the house\n"
			    "      p-aaaaaaaaaaaaaaaa\n      p-bbbbbbbbbbbbbbbb\n"));
	assert_true(has(&w, "each sign, with its time: not for public\n"));
	assert_true(has(&w, "IP and hardware addresses: not for public\n"
			    "      02:77:19:c3:5a:0e\n      10.1.0.99\n"));
	ward_shared_fini(&did);
	ward_wr_fini(&w);
	told_end(&t);
}

static void purpose(void **state)
{
	struct told t;
	struct ward_shared did;

	(void)state;
	told_begin(&t);
	told_table(&t);
	assert_int_equal(share(&t, "community", "green", NULL, &did), WARD_OK);
	assert_int_equal(did.why[WARD_SHARE_ADDRESS], WARD_SHARE_NOT_FOR);
	ward_shared_fini(&did);
	assert_int_equal(share(&t, "csirt", "green", NULL, &did), WARD_OK);
	assert_int_equal(did.why[WARD_SHARE_ADDRESS], WARD_SHARE_TOO_WIDE);
	assert_true(ward_str_find(t.x.incident[0].sign[0].title, WARD_STR("[\u2026]")) != SIZE_MAX);
	ward_shared_fini(&did);
	assert_int_equal(share(&t, "csirt", "green", "to block it", &did), WARD_OK);
	assert_int_equal(did.why[WARD_SHARE_ADDRESS], WARD_SHARE_LEAVES);
	assert_int_equal(did.why[WARD_SHARE_PERSON], WARD_SHARE_NEVER);
	assert_true(ward_str_eqz(t.x.incident[0].sign[1].address, "02:77:19:c3:5a:0e"));
	ward_shared_fini(&did);
	/* nor does it open anything for whom the table doesn't name, or for all the world */
	assert_int_equal(share(&t, "public", NULL, "to inform", &did), WARD_OK);
	assert_int_equal(did.why[WARD_SHARE_ADDRESS], WARD_SHARE_NOT_FOR);
	assert_int_equal(did.why[WARD_SHARE_PLACE], WARD_SHARE_NOT_FOR);
	ward_shared_fini(&did);
	assert_int_equal(share(&t, "csirt", "clear", "to inform", &did), WARD_OK);
	assert_int_equal(did.why[WARD_SHARE_ADDRESS], WARD_SHARE_TOO_WIDE);
	ward_shared_fini(&did);
	told_end(&t);
}

static void refused(void **state)
{
	struct told t;
	struct ward_shared did;

	(void)state;
	told_begin(&t);
	told_table(&t);
	assert_int_equal(share(&t, "nobody", NULL, NULL, &did), WARD_ERR_CONFIG);
	assert_int_equal(share(&t, "csirt", "pink", NULL, &did), WARD_ERR_CONFIG);
	assert_int_equal(share(&t, "public", "red", NULL, &did), WARD_ERR_CONFIG);
	told_end(&t);
}

/* What looks like an address, and what does not. */
static void found_in_text(void **state)
{
	static const struct {
		const char *text, *left;
	} row[] = {
		{"scan from 10.1.0.99.", "scan from [\u2026]."},
		{"at 03:15:10 by 10.1.0.99:445", "at 03:15:10 by [\u2026]"},
		{"fe80::1%eth0 and 2001:db8::5", "[\u2026] and [\u2026]"},
		{"00-1B-63-84-45-E6, 001b.6384.45e6", "[\u2026], [\u2026]"},
		{"\\\\10.20.30.40\\c$ from:10.20.30.41", "\\\\[\u2026]\\c$ from:[\u2026]"},
		{"10.20.30.42-10.20.30.50 host_10.20.30.43", "[\u2026]-[\u2026] host_[\u2026]"},
		{"10.20.30.44%eth0:fe80::2 x027719c35a0e", "[\u2026]:[\u2026] x[\u2026]"},
		{"7953e306-3386-88aa-beeb-707e64cdcb84", "7953e306-3386-88aa-beeb-707e64cdcb84"},
		{"CORP\\p-bbbbbbbbbbbbbbbb logged in", "CORP\\[\u2026] logged in"},
		{"mail to anna@example.org", "mail to [\u2026]"},
		{"firmware 2.4.1, room 1.2, p-value, CT-1",
			"firmware 2.4.1, room 1.2, p-value, CT-1"},
		{"::", "::"},
		{"", ""},
	};

	(void)state;
	for (size_t k = 0; k < WARD_ARRAY_LEN(row); k++) {
		struct told t;
		struct ward_shared did = {.mem = ward_mem_heap()};
		const struct ward_share_ask ask = {
			WARD_STR("csirt"), WARD_STR("green"), WARD_STR("")};

		told_begin(&t);
		told_table(&t);
		assert_int_equal(told_gather(&t), WARD_OK);
		t.x.incident[0].sign[0].title = ward_str_z(row[k].text);
		assert_int_equal(
			ward_share(&t.sharing, &ask, &t.x, ward_mem_heap(), &t.lab.d, &did),
			WARD_OK);
		if (!ward_str_eqz(t.x.incident[0].sign[0].title, row[k].left))
			fail_msg("%s: %.*s", row[k].text,
				WARD_STR_ARG(t.x.incident[0].sign[0].title));
		ward_shared_fini(&did);
		told_end(&t);
	}
}

static bool holds(struct ward_str text, const char *part)
{
	return ward_str_find(text, ward_str_z(part)) != SIZE_MAX;
}

/* Whatever stands around an address or a person, it doesn't leave. */
static void nothing_hides_it(void **state)
{
	static const char *const secret[] = {"10.20.30.40", "02:77:19:c3:5a:0e",
		"02-77-19-c3-5a-0e", "0277.19c3.5a0e", "027719c35a0e", "fe80::1:2",
		"::ffff:10.9.8.7", "2001:db8:1:2:3:4:5:6", "p-bbbbbbbbbbbbbbbb"};
	static const char around[] = ":-_\\%/= ([.";
	const struct ward_share_ask ask = {WARD_STR("csirt"), WARD_STR("green"), WARD_STR("")};
	struct told t;
	unsigned seed = 1;

	(void)state;
	told_begin(&t);
	told_table(&t);
	assert_int_equal(told_gather(&t), WARD_OK);
	for (unsigned k = 0; k < 4000; k++) {
		struct ward_shared did = {.mem = ward_mem_heap()};
		const char *what = secret[k % WARD_ARRAY_LEN(secret)];
		char text[128] = "host", *at = text + 4;

		for (unsigned side = 0; side < 2; side++) {
			for (unsigned n = (k >> side & 3) + !side; n; n--) {
				seed = seed * 1103515245 + 12345;
				*at++ = around[(seed >> 16) % (sizeof(around) - 1)];
			}
			if (!side) /* between the two */
				at = (char *)memcpy(at, what, strlen(what)) + strlen(what);
		}
		*at = '\0';
		t.x.incident[0].sign[0].title = ward_str_z(text);
		assert_int_equal(
			ward_share(&t.sharing, &ask, &t.x, ward_mem_heap(), &t.lab.d, &did),
			WARD_OK);
		if (holds(t.x.incident[0].sign[0].title, what))
			fail_msg("%s", text);
		ward_shared_fini(&did);
	}
	told_end(&t);
}

static void tables(void **state)
{
	static const char good[] = "recipients: [{id: own, name: Own, tlp: amber}]\nfields:\n"
				   "  - {field: sign, widest: green, to: [own]}\n"
				   "  - {field: place, widest: green, to: [own]}\n"
				   "  - {field: asset, widest: green, to: [own]}\n"
				   "  - {field: address, widest: green, to: [own]}\n"
				   "  - {field: person, widest: clear, to: [own]}\n"
				   "  - {field: technique, widest: green, to: [own]}\n"
				   "  - {field: impact, widest: green, to: [own]}\n"
				   "  - {field: chain, widest: green, to: [own]}\n"
				   "  - {field: step, widest: green, to: [own]}\n";
	static const char *const last[] = {
		"  - {field: contact, never: true}\n", /* good */
		"",
		"  - {field: contact, widest: green, to: [her]}\n",
		"  - {field: contact, widest: pink, to: [own]}\n",
		"  - {field: contact, never: true, to: [own]}\n",
		"  - {field: contact, widest: green}\n",
		"  - {field: sign, never: true}\n",
		"  - {field: contact, widest: green, to: [own], by_purpose: true}\n",
		"  - {field: shoe, never: true}\n",
		"  - {field: contact, never: true, why: x}\n",
	};

	(void)state;
	for (size_t k = 0; k < WARD_ARRAY_LEN(last); k++) {
		struct ward_sharing s;
		struct ward_arena a;
		struct ward_diag d;
		struct ward_limits lim;
		char text[2048];
		int n = snprintf(text, sizeof(text), "%s%s", good, last[k]);

		ward_limits_default(&lim);
		ward_diag_init(&d, ward_mem_heap());
		ward_arena_init(&a, ward_mem_heap(), 1 << 20);
		enum ward_err err = ward_sharing_parse(
			WARD_STR("s.yml"), ward_slice_of(text, (size_t)n), &lim, &a, &d, &s);

		assert_int_equal(err, k ? WARD_ERR_CONFIG : WARD_OK);
		if (!k) /* no table lets persons out */
			assert_true(s.field[WARD_SHARE_PERSON].never);
		for (size_t i = 0; i < d.n; i++)
			assert_true(d.item[i].line > 0 && d.item[i].mend.len > 0);
		ward_arena_fini(&a);
		ward_diag_fini(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_slips),
		cmocka_unit_test(public_summary),
		cmocka_unit_test(purpose),
		cmocka_unit_test(refused),
		cmocka_unit_test(found_in_text),
		cmocka_unit_test(nothing_hides_it),
		cmocka_unit_test(tables),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
