/* Documents for those of whom something is read, and what they ask by law, as rows say it.
 * argv[1]: the rows of `ward replay --json` of Turin's cooling. */
#include "room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define API "/api/v1/"
#define REQUEST "20000000-0000-8000-8000-000000000001"

static struct room room;

static const struct ward_conf *ask(const char *target)
{
	assert_int_equal(room_ask(&room, &room_all, "GET", target, "it"), 200);
	const struct ward_conf *c = room_json(&room);

	WARD_ASSERT(c);
	return c;
}

static enum ward_err may(enum ward_decision_kind kind, const char *subject, const char *args,
	const char *text, const char **ret_why)
{
	static char why[512];
	struct ward_wr w = ward_wr_fixed(why, sizeof(why) - 1);
	const struct ward_decision d = {.kind = kind,
		.subject = ward_str_z(subject),
		.args = ward_str_z(args),
		.text = ward_str_z(text)};
	enum ward_err err = ward_api_person_check(room.api, &room_all, &d, &w);

	why[w.len] = '\0';
	*ret_why = why;
	return err;
}

static void shows_documents(void **state)
{
	const struct ward_conf *c = ask(API "notices"), *d = ward_conf_get(c, "documents");
	size_t n = 0;

	(void)state;
	for (const struct ward_conf *x = d ? d->child : NULL; x; x = x->next)
		n++;
	assert_int_equal(
		n, 6); /* assessment, text, register, view of the works council, two signs */
	c = ask(API "notices/sign-camera-au-corridor-staff");
	assert_true(ward_str_eqz(word(c, "title"), "Area videosorvegliata"));
	c = ask(API "ethics/video.tamper.black");
	assert_true(ward_str_eqz(word(c, "kind"), "ethics"));
	assert_int_equal(room_ask(&room, &room_all, "GET", API "notices/ethics-fall", "it"), 404);
	assert_int_equal(room_ask(&room, &room_all, "GET", API "notices/sign-b4", "it"), 404);
	assert_int_equal(room_ask(&room, &room_all, "GET", API "ethics/mood", "it"), 404);
}

static void row(const char *id, const char *what, const char *who, const char *args)
{
	char json[1024];

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"decision\",\"id\":\"%s\",\"revision\":1,\"time\":\"2026-03-12T03:00:"
		"00Z"
		"\",\"what\":\"%s\",\"subject\":\"%s\",\"person\":\"%s\",\"role\":\"data-"
		"protection-"
		"officer\",\"text\":\"as asked\",\"args\":%s,\"taken\":true}",
		id, what, strcmp(what, "person-request") == 0 ? "requests" : REQUEST, who, args);
	room_add(&room, json);
}

/* From its coming in until it is answered; who took it in agrees to nothing. */
static void keeps_requests(void **state)
{
	const struct ward_conf *c;
	const char *why;

	(void)state;
	assert_int_equal(
		may(WARD_DECISION_PERSON_REQUEST, "requests",
			"{\"right\":\"access\",\"ref\":\"A-1\",\"received\":\"2026-03-11\"}", "",
			&why),
		WARD_ERR_CONFIG);
	assert_non_null(strstr(why, "say how it was checked"));
	row(REQUEST, "person-request", "m.rossi",
		"{\"right\":\"access\",\"ref\":\"A-1\",\"received\":\"2026-03-11\",\"identity\":"
		"\"passport\"}");
	assert_int_equal(may(WARD_DECISION_PERSON_ANSWER, REQUEST, "{\"say\":\"agree\"}", "", &why),
		WARD_ERR_CONFIG);
	assert_non_null(strstr(why, "somebody else"));
	c = ward_conf_get(ask(API "persons"), "requests")->child;
	assert_true(ward_str_eqz(word(c, "state"), "new"));
	assert_true(ward_str_eqz(word(c, "mine"), "true"));
	assert_true(ward_str_eqz(word(c, "due"), "2026-04-11T00:00:00Z"));
	c = ward_conf_get(ask(API "persons/" REQUEST "/letter"), "blocks");
	assert_true(c && ward_str_find(c->child->next->child->next->child->text,
				 WARD_STR("11\u00a0aprile 2026")) != SIZE_MAX); /* it has come */
	assert_int_equal(room_ask(&room, &room_all, "GET", API "persons/17/letter", "it"), 404);
	row("20000000-0000-8000-8000-000000000002", "person-answer", "l.bianchi",
		"{\"say\":\"agree\"}");
	row("20000000-0000-8000-8000-000000000003", "person-done", "m.rossi",
		"{\"say\":\"packed\",\"digest\":\"abc\"}");
	assert_int_equal(
		may(WARD_DECISION_PERSON_ANSWER, REQUEST, "{\"say\":\"answer\"}", "", &why),
		WARD_OK);
	c = ward_conf_get(ask(API "persons"), "requests")->child;
	assert_true(ward_str_eqz(word(c, "state"), "ready"));
}

/* The assessment is open until somebody says what risk is left, of just this state. */
static void assesses(void **state)
{
	const struct ward_conf *c = ask(API "notices/dpia");
	char args[256];
	const char *why;

	(void)state;
	assert_true(ward_str_eqz(word(c, "open"), "true"));
	(void)snprintf(
		args, sizeof(args), "{\"digest\":\"%.*s\"}", WARD_STR_ARG(word(c, "digest")));
	assert_int_equal(may(WARD_DECISION_ASSESS, "dpia", args, "", &why), WARD_ERR_CONFIG);
	assert_int_equal(may(WARD_DECISION_ASSESS, "dpia", args, "low", &why), WARD_OK);
	args[12] = args[12] == '0' ? '1' : '0'; /* read before something moved */
	assert_int_equal(may(WARD_DECISION_ASSESS, "dpia", args, "low", &why), WARD_ERR_STATE);
	assert_non_null(strstr(why, "read the assessment again"));
	(void)snprintf(
		args, sizeof(args), "{\"digest\":\"%.*s\"}", WARD_STR_ARG(word(c, "digest")));
	row("20000000-0000-8000-8000-000000000004", "assess", "m.rossi", args);
	assert_true(ward_str_eqz(word(ask(API "notices/dpia"), "open"), "false"));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(shows_documents),
		cmocka_unit_test(keeps_requests), cmocka_unit_test(assesses)};

	if (argc != 2)
		return 2;
	room_begin(&room, argv[1]);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	room_end(&room);
	return failed;
}
