/* Who is told whom a pseudonym stands for, by the real process of the desk in its cage, with this
 * test as `login`, as the journal, the store and `pseudonym`: that two have to ask, that one alone
 * is told only of an incident that is open and high by the store's rows and of who stands in it,
 * whatever `api` thinks; who reviews that, and what becomes of it when nobody does. */
#include "live.h"
#include "run/desk_client.h"
#include "run/local.h"
#include "run/rows.h"
#include "run/wire.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE_MS = 60000 };

#define HIGH "00000001-0000-8000-8000-000000000000"
#define LOW "00000002-0000-8000-8000-000000000000"
#define TOKEN "p-abcdefghijklmnop"
#define NAMED "{\"token\":\"" TOKEN "\"}"
#define SIGN                                                                                      \
	"{\"detection\":\"00000009-0000-8000-8000-000000000000\",\"title\":\"Door forced\","      \
	"\"level\":\"high\",\"time\":\"2026-03-12T02:00:00Z\",\"last\":\"2026-03-12T02:00:00Z\"," \
	"\"count\":1,\"on\":\"Door\",\"on_kind\":\"door\",\"subject\":\"door-1\",\"where\":\"\"," \
	"\"actor\":\"" TOKEN                                                                      \
	"\",\"joined_by\":\"first\",\"with\":\"\",\"with_time\":\"\",\"hops\":0}"
#define LATE "00000003-0000-8000-8000-000000000000"
#define ALONE "{\"token\":\"" TOKEN "\",\"emergency\":\"yes\"}"

struct house {
	char folder[64];
	int journal[2], login[2], pseudonym[2], store[2], listener, people;
	struct live_process desk;
	uint64_t row, decision; /* the last ones of the store */
	uint32_t asked;
};

static uint8_t buf[WARD_MSG_MAX];
static const char people[] = "person - anna reveal,review.reveal,see.incidents director\n"
			     "person - bo reveal,review.reveal,see.incidents guard\nnode r-1\n";

static struct ward_msg next(int fd, enum ward_msg_type t)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	struct ward_msg m;

	if (poll(&p, 1, PATIENCE_MS) != 1)
		fail_msg("nothing comes");
	assert_int_equal(ward_msg_recv(fd, buf, &m), WARD_OK);
	assert_int_equal(m.type, t);
	return m;
}

/* The store's answer to what was decided: a row, which is its last, or none. */
static void decisions(struct house *h, const char *id, const char *json)
{
	static uint8_t list[WARD_MSG_BODY_MAX];
	struct ward_msg m = next(h->store[1], WARD_MSG_ROWS);
	struct ward_store_row row = {.kind = WARD_ROW_DECISION, .revision = 1};
	struct ward_row_list l;

	h->decision += id != NULL;
	row.row = h->decision;
	row.json = ward_str_z(json);
	ward_row_list_begin(&l, list, h->decision);
	if (id) {
		assert_true(ward_id_parse(ward_str_z(id), &row.id));
		assert_int_equal(
			ward_time_parse(WARD_STR("2026-03-06T12:00:00Z"), &row.time), WARD_OK);
		assert_true(ward_row_list_add(&l, &row));
	}
	assert_int_equal(
		ward_msg_send(h->store[1], WARD_MSG_ROW_LIST, m.id, ward_row_list_body(&l)),
		WARD_OK);
}

/* One more row of a store that has more of them than anybody waits for. */
static void one_of_many(struct house *h)
{
	static uint8_t list[WARD_MSG_BODY_MAX];
	struct ward_msg m = next(h->store[1], WARD_MSG_ROWS);
	struct ward_store_row row = {
		.kind = WARD_ROW_DETECTION, .revision = 1, .row = ++h->decision};
	struct ward_row_list l;

	row.json = WARD_STR("{}");
	ward_row_list_begin(&l, list, UINT32_MAX);
	assert_true(ward_row_list_add(&l, &row));
	assert_int_equal(
		ward_msg_send(h->store[1], WARD_MSG_ROW_LIST, m.id, ward_row_list_body(&l)),
		WARD_OK);
}

static void start_desk(struct house *h)
{
	*h = (struct house){.people = memfd_create("people", MFD_CLOEXEC)};
	live_folder(h->folder, sizeof(h->folder));
	live_pair(h->journal);
	live_pair(h->login);
	live_pair(h->pseudonym);
	live_pair(h->store);
	assert_int_equal(write(h->people, people, sizeof(people) - 1), (ssize_t)sizeof(people) - 1);
	assert_int_equal(
		ward_local_listen(h->folder, WARD_DESK_SOCKET, WARD_LOCAL_GROUP, &h->listener),
		WARD_OK);
	h->desk = (struct live_process){.name = "desk",
		.fd = {{"journal", h->journal[0]}, {"login", h->login[0]},
			{"pseudonym", h->pseudonym[0]}, {"store", h->store[0]},
			{"listener", h->listener}, {"people", h->people}}};
	live_start(&h->desk);
}

static void begin_with(struct house *h, const char *id, const char *json)
{
	start_desk(h);
	decisions(h, id, json); /* it looks at once whether a review is late */
}

static void begin(struct house *h)
{
	begin_with(h, NULL, "");
}

static void end(struct house *h)
{
	live_check(&h->desk);
	assert_int_equal(live_end(&h->desk, SIGTERM), 0);
	for (int i = 0; i < 2; i++) {
		close(h->journal[i]);
		close(h->login[i]);
		close(h->pseudonym[i]);
		close(h->store[i]);
	}
	close(h->listener);
	close(h->people);
	live_remove(h->folder);
}

static void asks(struct house *h, const char *who, enum ward_decision_kind k, const char *subject,
	const char *args)
{
	static uint8_t body[WARD_MSG_BODY_MAX];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	const struct ward_decision d = {.kind = k,
		.id = ward_id_v7(ward_clock_system()),
		.at = ward_clock_now(ward_clock_system()),
		.person = ward_str_z(who),
		.role = WARD_STR(WARD_DESK_WHOEVER),
		.subject = ward_str_z(subject),
		.text = WARD_STR("to call them"),
		.args = ward_str_z(args)};

	ward_decision_put(&w, &d);
	assert_int_equal(ward_msg_send(h->login[1], WARD_MSG_DECIDE, ++h->asked, ward_wr_slice(&w)),
		WARD_OK);
}

/* The store's answer to the next question: rows of incidents behind what was read. */
static void store_says_of(
	struct house *h, const char *id, const char *level, const char *state, const char *member)
{
	static uint8_t list[WARD_MSG_BODY_MAX];
	struct ward_msg m = next(h->store[1], WARD_MSG_INCIDENTS);
	struct ward_store_row row = {.kind = WARD_ROW_INCIDENT, .revision = 1};
	struct ward_rows_query q;
	struct ward_row_list l;
	char json[2048];

	assert_int_equal(ward_rows_query_get(&m.body, &q), WARD_OK);
	assert_int_equal(q.after, h->row);
	int n = !id ? 0
		    : snprintf(json, sizeof(json),
			      "{\"kind\":\"incident\",\"id\":\"%s\",\"revision\":1,\"state\":\"%"
			      "s\","
			      "\"domain\":\"physical\",\"level\":\"%s\","
			      "\"first\":\"2026-03-12T02:00:00Z\",\"last\":\"2026-03-12T02:00:"
			      "00Z\","
			      "\"members\":[%s],\"members_total\":%d,"
			      "\"headline\":{\"threat\":\"Net\",\"on\":\"Switch\"},"
			      "\"supersedes\":[]}",
			      id, state, level, member, member[0] != '\0');

	row.row = h->row += id != NULL;
	row.json = (struct ward_str){json, (size_t)n};
	if (id)
		assert_true(ward_id_parse(ward_str_z(id), &row.id));
	ward_row_list_begin(&l, list, h->row);
	if (id)
		assert_true(ward_row_list_add(&l, &row));
	assert_int_equal(
		ward_msg_send(h->store[1], WARD_MSG_ROW_LIST, m.id, ward_row_list_body(&l)),
		WARD_OK);
	if (id)
		store_says_of(h, NULL, "", "", ""); /* and no more */
}

static void store_says(struct house *h, const char *id, const char *level, const char *state)
{
	store_says_of(h, id, level, state, SIGN);
}

static void is_recorded(struct house *h)
{
	uint8_t body[9];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_msg m = next(h->journal[1], WARD_MSG_APPEND);

	ward_wr_u8(&w, WARD_OK);
	ward_wr_be64(&w, 1);
	assert_int_equal(
		ward_msg_send(h->journal[1], WARD_MSG_APPENDED, m.id, ward_wr_slice(&w)), WARD_OK);
}

static void pseudonym_says(struct house *h, const char *who)
{
	uint8_t body[64];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_msg m = next(h->pseudonym[1], WARD_MSG_REVEAL);

	assert_int_equal(ward_rd_u8(&m.body), 1);
	assert_true(ward_str_eqz(ward_slice_text(ward_rd_lv(&m.body, 64)), TOKEN));
	ward_wr_u8(&w, who != NULL);
	ward_wr_u8(&w, 0);
	ward_wr_u8(&w, 0);
	ward_wr_lv(&w, ward_str_bytes(ward_str_z(who ? who : "")));
	assert_int_equal(ward_msg_send(h->pseudonym[1], WARD_MSG_REVEALED, m.id, ward_wr_slice(&w)),
		WARD_OK);
}

static void answers(struct house *h, enum ward_err err, const char *words)
{
	struct ward_msg m = next(h->login[1], WARD_MSG_DECIDED);
	struct ward_decided d;

	assert_int_equal(m.id, h->asked);
	assert_int_equal(ward_decided_get(&m.body, &d), WARD_OK);
	if (d.err != err || (ward_str_find(d.why, ward_str_z(words)) == SIZE_MAX &&
				    ward_str_find(d.json, ward_str_z(words)) == SIZE_MAX))
		fail_msg("%s '%.*s' %.*s and not %s '%s'", ward_err_name(d.err),
			WARD_STR_ARG(d.why), WARD_STR_ARG(d.json), ward_err_name(err), words);
}

static void one_alone_is_told_in_an_emergency(void **state)
{
	struct house h;

	(void)state;
	begin(&h);
	asks(&h, "anna", WARD_DECISION_REVEAL, LOW, ALONE);
	store_says(&h, LOW, "low", "confirmed");
	answers(&h, WARD_ERR_STATE, "open incident that is high or critical");
	asks(&h, "anna", WARD_DECISION_REVEAL, HIGH, ALONE);
	store_says(
		&h, NULL, "", ""); /* it knows of none such: whoever asks may say what it likes */
	answers(&h, WARD_ERR_STATE, "open incident that is high or critical");
	asks(&h, "anna", WARD_DECISION_REVEAL, HIGH, ALONE);
	store_says(&h, HIGH, "critical", "suspected");
	is_recorded(&h);
	pseudonym_says(&h, "Marco Gallo");
	answers(&h, WARD_OK, "Marco Gallo");
	asks(&h, "anna", WARD_DECISION_REVEAL, HIGH, ALONE);
	store_says(&h, HIGH, "critical", "closed");
	answers(&h, WARD_ERR_STATE, "open incident that is high or critical");
	end(&h);
}

static void else_two_have_to_ask(void **state)
{
	struct house h;

	(void)state;
	begin(&h);
	asks(&h, "anna", WARD_DECISION_REVEAL, LOW, NAMED);
	is_recorded(&h);
	answers(&h, WARD_OK, "\"waits\":true");
	asks(&h, "anna", WARD_DECISION_REVEAL, LOW, NAMED); /* one person is not two */
	is_recorded(&h);
	answers(&h, WARD_OK, "\"waits\":true");
	asks(&h, "bo", WARD_DECISION_REVEAL, HIGH, NAMED); /* nor is another incident the same */
	is_recorded(&h);
	answers(&h, WARD_OK, "\"waits\":true");
	asks(&h, "bo", WARD_DECISION_REVEAL, LOW, NAMED);
	is_recorded(&h);
	pseudonym_says(&h, NULL);
	answers(&h, WARD_OK, "nobody whom the hospital lists");
	asks(&h, "bo", WARD_DECISION_REVEAL, LOW, "{\"token\":\"nobody\"}");
	answers(&h, WARD_ERR_MALFORMED, "the whole pseudonym");
	end(&h);
}

#define TOLD                                                                                 \
	"{\"kind\":\"decision\",\"id\":\"" LATE "\",\"what\":\"reveal\",\"subject\":\"" HIGH \
	"\",\"person\":\"anna\",\"taken\":true,\"args\":{\"token\":\"" TOKEN                 \
	"\",\"emergency\":\"yes\"}}"

static void only_who_stands_in_it_is_told_to_one(void **state)
{
	struct house h;

	(void)state;
	begin(&h);
	asks(&h, "anna", WARD_DECISION_REVEAL, HIGH,
		"{\"token\":\"p-aaaaaaaaaaaaaaaa\",\"emergency\":\"yes\"}");
	store_says(&h, HIGH, "critical", "suspected");
	answers(&h, WARD_ERR_STATE, "who stands in the signs");
	asks(&h, "anna", WARD_DECISION_REVEAL, HIGH, ALONE);
	store_says_of(&h, HIGH, "high", "suspected", "");
	answers(&h, WARD_ERR_STATE, "who stands in the signs");
	asks(&h, "anna", WARD_DECISION_REVEAL, HIGH, ALONE);
	store_says_of(&h, HIGH, "high", "suspected", "no json"); /* of it nothing is known now */
	answers(&h, WARD_ERR_STATE, "open incident that is high or critical");
	end(&h);
}

static void who_was_told_does_not_review_it(void **state)
{
	struct house h;

	(void)state;
	begin(&h);
	asks(&h, "bo", WARD_DECISION_REVEAL_REVIEW, HIGH, "{\"right\":\"yes\"}");
	decisions(&h, NULL, "");
	answers(&h, WARD_ERR_NOT_FOUND, "nobody was told");
	asks(&h, "anna", WARD_DECISION_REVEAL_REVIEW, HIGH,
		"{\"of\":\"" LATE "\",\"right\":\"yes\"}");
	decisions(&h, LATE, TOLD);
	answers(&h, WARD_ERR_DENIED, "somebody else has to");
	asks(&h, "anna", WARD_DECISION_REVEAL_REVIEW, HIGH, "{\"right\":\"yes\"}");
	decisions(&h, NULL, "");
	answers(&h, WARD_ERR_DENIED, "somebody else has to");
	asks(&h, "bo", WARD_DECISION_REVEAL_REVIEW, HIGH,
		"{\"of\":\"" LATE "\",\"right\":\"yes\"}");
	decisions(&h, NULL, "");
	is_recorded(&h);
	answers(&h, WARD_OK, "recorded");
	end(&h);
}

/* Rows, until something comes there. */
static void rows_until(struct house *h, int fd)
{
	struct pollfd p[2] = {{.fd = fd, .events = POLLIN}, {.fd = h->store[1], .events = POLLIN}};

	do {
		assert_true(poll(p, 2, PATIENCE_MS) > 0);
		if (p[1].revents)
			one_of_many(h);
	} while (!p[0].revents);
}

/* Whom a directory signs in, and people.yml does not have, is nobody here, whatever their groups:
 * rights are those of people.yml, which groups narrow and never give (run/signing_groups.c). */
static void who_is_in_a_directory_alone_decides_nothing(void **state)
{
	struct house h;

	(void)state;
	begin(&h);
	asks(&h, "guest", WARD_DECISION_REVEAL, HIGH, NAMED);
	answers(&h, WARD_ERR_DENIED, "people.yml has nobody of that id");
	asks(&h, "anna", WARD_DECISION_ROTATE_KEYS, "pseudonyms", "");
	answers(&h, WARD_ERR_DENIED, "your profile does not let you decide that");
	end(&h);
}

/* A store of years is read in steps: who decides meanwhile is heard, and not told what is not known
 * yet. */
static void a_long_past_is_read_in_steps(void **state)
{
	struct house h;

	(void)state;
	start_desk(&h);
	asks(&h, "bo", WARD_DECISION_REVEAL_REVIEW, HIGH, "{\"right\":\"yes\"}");
	rows_until(&h, h.login[1]);
	answers(&h, WARD_ERR_AGAIN, "try again");
	asks(&h, "anna", WARD_DECISION_REVEAL, LOW, NAMED);
	rows_until(&h, h.journal[1]);
	is_recorded(&h);
	rows_until(&h, h.login[1]);
	answers(&h, WARD_OK, "\"waits\":true");
	decisions(&h, NULL, ""); /* at last it has read all */
	end(&h);
}

static void what_nobody_reviewed_is_told(void **state)
{
	struct house h;

	(void)state;
	begin_with(&h, LATE, TOLD);
	struct ward_msg m = next(h.journal[1], WARD_MSG_APPEND);
	const struct ward_str body = {(const char *)m.body.p + m.body.off, ward_rd_left(&m.body)};

	assert_true(ward_str_find(body, WARD_STR("ward.review")) != SIZE_MAX);
	assert_true(ward_str_find(body, WARD_STR("overdue")) != SIZE_MAX);
	assert_true(ward_str_find(body, WARD_STR(LATE)) != SIZE_MAX);
	end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(one_alone_is_told_in_an_emergency),
		cmocka_unit_test(else_two_have_to_ask),
		cmocka_unit_test(only_who_stands_in_it_is_told_to_one),
		cmocka_unit_test(who_was_told_does_not_review_it),
		cmocka_unit_test(who_is_in_a_directory_alone_decides_nothing),
		cmocka_unit_test(a_long_past_is_read_in_steps),
		cmocka_unit_test(what_nobody_reviewed_is_told)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
