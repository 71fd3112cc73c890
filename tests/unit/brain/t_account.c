/* Sign-ins and searches become rows, of persons alone, and judge nothing. */
#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

static const char event[] =
	"{\"kind\":\"event\",\"id\":\"00000000-0000-8000-8000-00000000000%d\","
	"\"time\":\"2026-03-19T08:00:00Z\",\"source\":\"login\",\"class\":\"ward.account\","
	"\"fields\":{\"account.what\":\"%s\",\"account.from\":\"private\"%s}}";

static void feed(struct lab *l, struct ward_brain *b, int n, const char *what, const char *more)
{
	char text[512];

	(void)snprintf(text, sizeof(text), event, n, what, more);
	struct record rec = lab_line(l, text);

	lab_feed(l, b, &rec);
}

static void accounts_are_told(void **state)
{
	struct lab *l = lab_new();
	struct rows r;

	(void)state;
	rows_init(&r);
	struct ward_brain *b = lab_brain(l, &r);

	feed(l, b, 1, "signed-in", ",\"account.person\":\"anna\"");
	feed(l, b, 2, "failed", ""); /* of nobody that is known: the journal has it */
	feed(l, b, 3, "searched", ",\"account.person\":\"anna\",\"account.on\":\"detections: q\"");
	feed(l, b, 3, "searched", ",\"account.person\":\"anna\",\"account.on\":\"detections: q\"");
	assert_int_equal(ward_brain_tick(b, WARD_NS_NEVER), WARD_OK);
	assert_int_equal(r.n, 2);
	for (size_t i = 0; i < r.n; i++)
		assert_int_equal(r.row[i].kind, WARD_OUTPUT_ACCOUNT);
	assert_true(ward_str_eqz(r.row[1].json,
		"{\"kind\":\"account\",\"id\":\"00000000-0000-8000-8000-000000000003\","
		"\"revision\":1,\"time\":\"2026-03-19T08:00:00Z\",\"what\":\"searched\","
		"\"person\":\"anna\",\"by\":\"\",\"from\":\"private\",\"on\":\"detections: q\"}"));
	ward_brain_free(b);
	rows_fini(&r);
	lab_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(accounts_are_told)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
