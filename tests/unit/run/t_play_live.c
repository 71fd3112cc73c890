/* The real process play in its cage, on the pilot hospital and beside a real store, with this test
 * in the place of desk: what a trainer asks is done once, however often it is handed on and
 * whenever play is killed, a log that ended in half a line is read for ever, and what people
 * decided is seen however closely steps follow each other. */
#include "desk/decision.h"
#include "live.h"
#include "run/board.h"
#include "run/play_clock.h"
#include "run/rows.h"
#include "run/stage_gone.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

enum { PATIENCE_MS = 60000, TEXT = 512, LOG = 1 << 16 };

static const char scenario[] =
	"id: led\n"
	"title: Hours apart\n"
	"story: Nothing is sent.\n"
	"hospital: turin\n"
	"synthetic: true\n"
	"start: 2026-03-12T03:10:00+01:00\n"
	"stage:\n"
	"  - {host: ahu-05, serves: broker}\n"
	"expect: {incidents: 0}\n"
	"steps:\n"
	"  - {at: 1h, id: one, truth: {by: [mqtt], signs: [{threat: outage, on: oxygen, within: "
	"10s}]}}\n"
	"  - {at: 2h, real: 3h, id: two, truth: {does: [{on: ahu-05, what: stops}]}}\n"
	"  - {at: 3h, real: 4h, id: three, truth: {}}\n";

/* Steps that follow each other too closely for a look at anything else. */
static const char close_by[] = "id: led\n"
			       "title: Moments apart\n"
			       "story: Nothing is sent.\n"
			       "hospital: turin\n"
			       "synthetic: true\n"
			       "start: 2026-03-12T03:10:00+01:00\n"
			       "expect: {incidents: 0}\n"
			       "steps:\n"
			       "  - {at: 100ms, id: one, truth: {}}\n"
			       "  - {at: 300ms, id: two, truth: {}}\n"
			       "  - {at: 500ms, id: three, truth: {}}\n"
			       "  - {at: 600ms, id: four, note: Off, truth: {does: [{on: "
			       "ahu-05, what: stops}]}}\n"
			       "branches:\n"
			       "  - id: seen\n"
			       "    note: Somebody has it\n"
			       "    when: {acknowledged: auditor, before: four}\n"
			       "    without: [four]\n";

struct house {
	char folder[64], hospital[TEXT], content[TEXT], scenario[TEXT], begin[TEXT], dir[TEXT];
	int store[2], desk[2], respond[2], brain[2], log, position, clock, board, gone;
	struct live_process p_store, p_play;
};

static uint8_t buf[WARD_MSG_MAX], body[WARD_MSG_BODY_MAX];

static void put_scenario(struct house *h, const char *text)
{
	char path[TEXT];

	(void)snprintf(path, sizeof(path), "%s/led", h->folder);
	assert_int_equal(mkdir(path, 0700), 0);
	(void)snprintf(path, sizeof(path), "%s/led/scenario.yml", h->folder);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	(void)snprintf(path, sizeof(path), "%s/store", h->folder);
	assert_int_equal(mkdir(path, 0700), 0);
}

static void open_files(struct house *h)
{
	char path[TEXT];

	(void)snprintf(path, sizeof(path), "%s/log", h->folder);
	h->log = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	h->position = memfd_create("position", MFD_CLOEXEC);
	h->clock = memfd_create("clock", MFD_CLOEXEC);
	h->board = memfd_create("board", MFD_CLOEXEC);
	h->gone = memfd_create("gone", MFD_CLOEXEC);
	assert_true(
		h->log >= 0 && h->position >= 0 && h->clock >= 0 && h->board >= 0 && h->gone >= 0);
	assert_true(ward_play_clock_set(h->clock, 0, 0, -1, true));
	live_pair(h->store);
	live_pair(h->desk);
	live_pair(h->respond);
	live_pair(h->brain);
}

/* All but the play, which begins now. */
static struct house *build(const char *text)
{
	struct house *h = calloc(1, sizeof(*h));
	const char *root = getenv("WARD_SOURCE_ROOT");

	assert_true(h && root);
	live_folder(h->folder, sizeof(h->folder));
	put_scenario(h, text);
	open_files(h);
	(void)snprintf(h->hospital, sizeof(h->hospital), "hospital=%s/pilots/turin", root);
	(void)snprintf(h->content, sizeof(h->content), "content=%s/content", root);
	(void)snprintf(h->scenario, sizeof(h->scenario), "scenario=%s/led", h->folder);
	(void)snprintf(h->dir, sizeof(h->dir), "dir=%s/store", h->folder);
	(void)snprintf(h->begin, sizeof(h->begin), "begin=%lld",
		(long long)ward_clock_mono(ward_clock_system()));
	h->p_store = (struct live_process){.name = "store",
		.arg = {h->dir},
		.fd = {{"play", h->store[0]}, {"respond", h->respond[0]}, {"brain", h->brain[0]}}};
	h->p_play = (struct live_process){.name = "play",
		.arg = {h->hospital, h->content, h->scenario, h->begin, "lead=yes"},
		.fd = {{"store", h->store[1]}, {"desk", h->desk[0]}, {"log", h->log},
			{"position", h->position}, {"clock", h->clock}, {"board", h->board},
			{"gone", h->gone}}};
	live_start(&h->p_store);
	return h;
}

static int setup(void **state)
{
	struct house *h = build(scenario);

	live_start(&h->p_play);
	*state = h;
	return 0;
}

/* Many roles do many things in the room. */
static int setup_does(void **state)
{
	struct house *h = build(scenario);

	for (size_t i = 5; i < LIVE_ARGS - 1; i++)
		h->p_play.arg[i] = "does=r:security-guard:1000000000:word";
	live_start(&h->p_play);
	*state = h;
	return 0;
}

/* It waits for a trainer at each step, and one is behind a branch. */
static int setup_led(void **state)
{
	struct house *h = build(close_by);

	live_start(&h->p_play);
	*state = h;
	return 0;
}

/* It is led, and does not wait for a trainer; nor did it begin. */
static int setup_close(void **state)
{
	struct house *h = build(close_by);

	h->p_play.arg[4] = NULL;
	ward_ns now = ward_clock_mono(ward_clock_system());

	assert_true(ward_play_clock_set(h->clock, now, now, 0, false));
	*state = h;
	return 0;
}

static int teardown(void **state)
{
	struct house *h = *state;

	if (h->p_play.pid)
		(void)live_end(&h->p_play, SIGTERM);
	(void)live_end(&h->p_store, SIGTERM);
	for (int i = 0; i < 2; i++) {
		close(h->store[i]);
		close(h->desk[i]);
		close(h->respond[i]);
		close(h->brain[i]);
	}
	close(h->log);
	close(h->position);
	close(h->clock);
	close(h->board);
	close(h->gone);
	live_remove(h->folder);
	free(h);
	return 0;
}

static void hand_on(struct house *h, uint32_t n, const struct ward_decision *d)
{
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	ward_decision_put(&w, d);
	assert_int_equal(ward_msg_send(h->desk[1], WARD_MSG_DECIDE, n, ward_wr_slice(&w)), WARD_OK);
}

/* Hands on what a trainer asks; the same n is the same. */
static void say(struct house *h, uint32_t n, const char *what)
{
	hand_on(h, n,
		&(struct ward_decision){.kind = WARD_DECISION_LEAD,
			.id = {{(uint8_t)n}},
			.person = WARD_STR("t-villa"),
			.role = WARD_STR("auditor"),
			.subject = ward_str_z(what),
			.text = WARD_STR("why")});
}

/* The same of a player, who has what the trainer told by decision `told`. */
static void seen(struct house *h, uint32_t n, uint32_t told, const char *person)
{
	char id[WARD_ID_TEXT];

	ward_id_text((struct ward_id){{(uint8_t)told}}, id);
	hand_on(h, n,
		&(struct ward_decision){.kind = WARD_DECISION_SEEN,
			.id = {{(uint8_t)n}},
			.person = ward_str_z(person),
			.role = WARD_STR("security-guard"),
			.subject = ward_str_z(id)});
}

static struct ward_str answer; /* the last one, while nothing else is received */

/* What is answered, which has to be to that. */
static enum ward_err hear(struct house *h, uint32_t n)
{
	struct pollfd p = {.fd = h->desk[1], .events = POLLIN};
	struct ward_decided said;
	struct ward_msg m;

	for (int waited = 0; poll(&p, 1, 100) != 1; waited += 100) {
		if (h->p_play.pid) /* what it showed last stays */
			live_check(&h->p_play);
		if (waited > PATIENCE_MS)
			fail_msg("no answer");
	}
	assert_int_equal(ward_msg_recv(h->desk[1], buf, &m), WARD_OK);
	assert_int_equal(m.id, n);
	assert_int_equal(ward_decided_get(&m.body, &said), WARD_OK);
	assert_true(said.err ? said.why.len : said.json.len);
	answer = said.json;
	return said.err;
}

static enum ward_err ask(struct house *h, uint32_t n, const char *what)
{
	say(h, n, what);
	return hear(h, n);
}

static void killed(struct house *h)
{
	assert_true(WIFSIGNALED(live_end(&h->p_play, SIGKILL)));
}

static struct ward_str log_of(const struct house *h)
{
	static char text[LOG];
	ssize_t n = pread(h->log, text, sizeof(text), 0);

	assert_true(n >= 0 && n < LOG);
	return (struct ward_str){text, (size_t)n};
}

/* How many entries the log has of it. */
static size_t n_of(const struct house *h, const char *what)
{
	struct ward_str rest = log_of(h);
	char member[TEXT];
	size_t n = 0, at;

	(void)snprintf(member, sizeof(member), "\"what\":\"%s\"", what);
	while ((at = ward_str_find(rest, ward_str_z(member))) != SIZE_MAX) {
		rest = ward_str_sub(rest, at + 1, rest.len - at - 1);
		n++;
	}
	return n;
}

static void test_handed_on_again(void **state)
{
	struct house *h = *state;

	/* another trainer's was between: desk did not hear the answer in time */
	say(h, 1, "next");
	say(h, 2, "note");
	say(h, 1, "next");
	assert_int_equal(hear(h, 1), WARD_OK);
	assert_int_equal(hear(h, 2), WARD_OK);
	assert_int_equal(hear(h, 1), WARD_OK);
	assert_int_equal(n_of(h, "next"), 1);
	assert_int_equal(n_of(h, "step"), 1);
	assert_int_equal(n_of(h, "note"), 1);
	/* what was refused is not done later, when it could be */
	say(h, 3, "pause");
	say(h, 4, "resume");
	say(h, 3, "pause");
	assert_int_equal(hear(h, 3), WARD_ERR_STATE);
	assert_int_equal(hear(h, 4), WARD_OK);
	assert_int_equal(hear(h, 3), WARD_ERR_STATE);
	assert_int_equal(n_of(h, "pause"), 1); /* with which it began */
	/* whoever asks anew is heard */
	assert_int_equal(ask(h, 5, "pause"), WARD_OK);
	assert_int_equal(ask(h, 6, "next"), WARD_OK);
	assert_int_equal(n_of(h, "step"), 2);
}

/* A player learns nothing of the play by it, and what they said outlives the process. */
static void test_seen(void **state)
{
	struct house *h = *state;

	assert_int_equal(ask(h, 1, "say"), WARD_OK);
	assert_true(answer.len > 2);
	seen(h, 2, 1, "g-a");
	assert_int_equal(hear(h, 2), WARD_OK);
	assert_true(ward_str_eqz(answer, "{}"));
	killed(h);
	live_start(&h->p_play);
	seen(h, 2, 1, "g-a");
	assert_int_equal(hear(h, 2), WARD_OK);
	assert_true(ward_str_eqz(answer, "{}"));
	seen(h, 3, 1, "g-a");
	assert_int_equal(hear(h, 3), WARD_ERR_STATE);
	seen(h, 4, 7, "g-b");
	assert_int_equal(hear(h, 4), WARD_ERR_NOT_FOUND);
	assert_int_equal(n_of(h, "seen"), 1);
	/* leading is no player's: what they call it changes nothing */
	hand_on(h, 5,
		&(struct ward_decision){.kind = WARD_DECISION_SEEN,
			.id = {{5}},
			.person = WARD_STR("g-b"),
			.role = WARD_STR("security-guard"),
			.subject = WARD_STR("end")});
	assert_int_equal(hear(h, 5), WARD_ERR_MALFORMED);
	assert_int_equal(n_of(h, "end"), 0);
}

/* Waits until the trainer's page has it. */
static void shown(struct house *h, const char *what)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_BOARD_BYTES);
	struct ward_id last = {{0}};
	bool is = false;

	for (int waited = 0; !is; waited += 50) {
		ward_wr_reset(&w);
		is = ward_board_read(h->board, &last, &w) == WARD_OK &&
		     ward_str_find(ward_wr_text(&w), ward_str_z(what)) != SIZE_MAX;
		if (h->p_play.pid) /* what it showed last stays */
			live_check(&h->p_play);
		if (waited > PATIENCE_MS)
			fail_msg("it does not show %s", what);
		(void)poll(NULL, 0, is ? 0 : 50);
	}
	ward_wr_fini(&w);
}

/* By the clock of the story, not of the play: the unit is stopped three hours in, and an hour later
 * the theatres are lost since most of that hour. */
static void test_truth(void **state)
{
	struct house *h = *state;

	shown(h, "\"truth\":{\"story_ms\":0,\"things_n\":0,\"things\":[],\"services\":[]}");
	assert_int_equal(ask(h, 1, "next"), WARD_OK);
	shown(h, "\"truth\":{\"story_ms\":3600000,\"things_n\":0");
	assert_int_equal(ask(h, 2, "next"), WARD_OK);
	shown(h, "\"id\":\"ahu-05\",\"name\":\"Air-handling unit 05 (theatres 1 to 4)\",\"is\":"
		 "\"stopped\"");
	shown(h, "\"since_ms\":null,\"falls_ms\":");
	assert_int_equal(ask(h, 3, "next"), WARD_OK);
	shown(h, "\"store\":\"warmth\"");
	shown(h, "\"id\":\"theatres\"");
	shown(h, ",\"falls_ms\":null,\"back_ms\":null}]}");
	killed(h);
	live_start(&h->p_play); /* what was done outlives the process */
	shown(h, "\"is\":\"stopped\"");
}

static void test_killed_before_its_answer(void **state)
{
	struct house *h = *state;

	assert_int_equal(ask(h, 1, "next"), WARD_OK);
	killed(h);
	live_start(&h->p_play);
	assert_int_equal(ask(h, 1, "next"), WARD_OK);
	assert_int_equal(n_of(h, "next"), 1);
	assert_int_equal(n_of(h, "step"), 1);
	/* killed once more before it came to the step */
	killed(h);
	size_t at = ward_str_find(log_of(h), WARD_STR("\"what\":\"step\""));

	while (log_of(h).p[at - 1] != '\n')
		at--;
	assert_int_equal(ftruncate(h->log, (off_t)at), 0);
	live_start(&h->p_play);
	assert_int_equal(ask(h, 1, "next"), WARD_OK);
	assert_int_equal(n_of(h, "next"), 1);
	assert_int_equal(n_of(h, "step"), 1);
	assert_int_equal(ask(h, 2, "next"), WARD_OK);
	assert_int_equal(n_of(h, "step"), 2);
}

static void test_half_a_line(void **state)
{
	static const char half[] = "{\"time\":\"2026-03-12T02:10:00Z\",\"played_ms\":-1,\"wh";
	struct house *h = *state;

	for (uint32_t life = 1; life < 4; life++) {
		assert_int_equal(ask(h, life, "note"), WARD_OK);
		assert_int_equal(n_of(h, "note"), life);
		killed(h);
		if (life == 1)
			assert_int_equal(write(h->log, half, sizeof(half) - 1), sizeof(half) - 1);
		live_start(&h->p_play);
	}
	assert_int_equal(ask(h, 4, "note"), WARD_OK);
	assert_int_equal(n_of(h, "begin"), 1);
	assert_int_equal(ward_str_find(log_of(h), WARD_STR("\"wh{")), SIZE_MAX);
	assert_int_equal(ward_str_find(log_of(h), WARD_STR("\"wh\n")), SIZE_MAX);
}

static void keep(int link, struct ward_store_row row)
{
	struct pollfd p = {.fd = link, .events = POLLIN};
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	enum ward_err verdict = WARD_ERR_IO;
	struct ward_msg m;

	ward_commit_put(
		&w, &(struct ward_commit){.flags = WARD_COMMIT_FIRST | WARD_COMMIT_LAST, .n = 1});
	ward_commit_put_row(&w, &row);
	assert_int_equal(ward_msg_send(link, WARD_MSG_COMMIT, 1, ward_wr_slice(&w)), WARD_OK);
	assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
	assert_int_equal(ward_msg_recv(link, buf, &m), WARD_OK);
	assert_int_equal(ward_committed_get(&m.body, &verdict), WARD_OK);
	assert_int_equal(verdict, WARD_OK);
}

/* The role's word on a message, kept as the process that tells people does. */
/* At a time by which the play has begun, however slow the machine is. */
static void acknowledge(struct house *h)
{
	keep(h->respond[1],
		(struct ward_store_row){.kind = WARD_ROW_DELIVERY,
			.id = {{7}},
			.revision = 2,
			.time = ward_clock_now(ward_clock_system()) + 100 * WARD_NS_PER_S,
			.json = WARD_STR("{\"kind\":\"acknowledgement\",\"role\":\"auditor\","
					 "\"recipient\":\"nobody\"}")});
}

/* What is expected of a step stands beside it, and after how long it was told. */
static void test_sign(void **state)
{
	static const char sign[] =
		"{\"kind\":\"detection\",\"id\":\"00000000-0000-8000-8000-0000000000d1\","
		"\"revision\":1,\"rule\":{\"id\":\"00000000-0000-8000-8000-0000000000d2\","
		"\"title\":\"Sign\",\"level\":\"high\"},\"threat\":\"outage\",\"asset\":"
		"\"oxygen\",\"first\":\"%s\",\"last\":\"%s\",\"evidence\":[]}";
	struct house *h = *state;
	ward_ns told = ward_clock_now(ward_clock_system()) + 1000 * WARD_NS_PER_S;
	char at[40] = "", text[1024];
	struct ward_wr w = ward_wr_fixed(at, sizeof(at) - 1);

	ward_time_write(&w, told);
	(void)snprintf(text, sizeof(text), sign, at, at);
	shown(h, "\"visible\":true,\"within_ms\":10000,\"after_ms\":null}]");
	assert_int_equal(ask(h, 1, "resume"), WARD_OK); /* the time of a pause counts nowhere */
	assert_int_equal(ask(h, 2, "next"), WARD_OK);
	keep(h->brain[1], (struct ward_store_row){.kind = WARD_ROW_DETECTION,
				  .id = {{9}},
				  .revision = 1,
				  .time = told,
				  .json = ward_str_z(text)});
	shown(h, "\"visible\":true,\"within_ms\":10000,\"after_ms\":9");
}

/* A server that ended on the stage is told to who leads, once. */
static void test_gone(void **state)
{
	struct house *h = *state;

	assert_true(ward_stage_gone_add(h->gone, 7)); /* none of the scenario's */
	assert_true(ward_stage_gone_add(h->gone, 0));
	shown(h, "\"what\":\"gone\",\"of\":\"ahu-05\",\"text\":\"broker\"");
	assert_int_equal(n_of(h, "gone"), 1);
	killed(h);
	live_start(&h->p_play);
	assert_int_equal(ask(h, 1, "note"), WARD_OK);
	assert_int_equal(ask(h, 2, "next"), WARD_OK);
	assert_int_equal(n_of(h, "step"), 1);
	assert_int_equal(n_of(h, "gone"), 1);
}

/* However much a policy does in the room, the play begins. */
static void test_does(void **state)
{
	struct house *h = *state;

	assert_int_equal(ask(h, 1, "note"), WARD_OK);
	assert_int_equal(n_of(h, "note"), 1);
}

static void until_end(struct house *h)
{
	for (int waited = 0; n_of(h, "end") == 0; waited += 50) {
		if (waited > PATIENCE_MS)
			fail_msg("it does not end");
		(void)poll(NULL, 0, 50);
	}
	int status = live_end(&h->p_play, SIGTERM);

	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void test_seen_before_a_branch(void **state)
{
	struct house *h = *state;

	acknowledge(h);
	live_start(&h->p_play);
	until_end(h);
	assert_int_equal(n_of(h, "decide"), 1);
	assert_int_not_equal(ward_str_find(log_of(h), WARD_STR("\"taken\":true")), SIZE_MAX);
	assert_int_equal(n_of(h, "step"), 3);
	/* what it prevented, and what that would have cost of a day by the physics */
	shown(h, "\"played_ms\":0,\"decisions\":[{\"branch\":\"seen\"");
	shown(h, "\"prevented\":[{\"step\":4,\"story_ms\":600,\"note\":\"Off\"}]");
	shown(h, "{\"service\":\"theatres\"");
}

/* The step that a trainer asks for is a branch, just when the store does not answer. */
static void test_next_waits_for_the_record(void **state)
{
	struct house *h = *state;

	for (uint32_t n = 1; n <= 3; n++)
		assert_int_equal(ask(h, n, "next"), WARD_OK);
	assert_int_equal(n_of(h, "step"), 3);
	assert_int_equal(kill(h->p_play.pid, SIGSTOP), 0); /* it sees nothing meanwhile */
	acknowledge(h);
	assert_int_equal(kill(h->p_store.pid, SIGSTOP), 0);
	say(h, 4, "next");
	assert_int_equal(kill(h->p_play.pid, SIGCONT), 0);
	(void)poll(NULL, 0, 1000);
	size_t early = n_of(h, "branch");

	assert_int_equal(kill(h->p_store.pid, SIGCONT), 0);
	assert_int_equal(early, 0);
	assert_int_equal(hear(h, 4), WARD_OK);
	assert_int_equal(n_of(h, "branch"), 1);
	assert_int_not_equal(ward_str_find(log_of(h), WARD_STR("\"taken\":true")), SIZE_MAX);
}

/* Though all is overdue, a trainer who asks to wait is heard before anything is played. */
static void test_heard_when_late(void **state)
{
	struct house *h = *state;

	(void)snprintf(h->begin, sizeof(h->begin), "begin=%lld",
		(long long)(ward_clock_mono(ward_clock_system()) - 5 * WARD_NS_PER_S));
	say(h, 1, "pause");
	live_start(&h->p_play);
	assert_int_equal(hear(h, 1), WARD_OK);
	assert_int_equal(n_of(h, "step"), 0);
	assert_int_equal(ask(h, 2, "resume"), WARD_OK);
	until_end(h);
	assert_int_equal(n_of(h, "step"), 4);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
#define C(f) cmocka_unit_test_setup_teardown(f, setup_close, teardown)
	const struct CMUnitTest all[] = {T(test_handed_on_again), T(test_seen), T(test_truth),
		T(test_sign), T(test_gone), T(test_killed_before_its_answer), T(test_half_a_line),
		C(test_seen_before_a_branch), C(test_heard_when_late),
		cmocka_unit_test_setup_teardown(test_does, setup_does, teardown),
		cmocka_unit_test_setup_teardown(
			test_next_waits_for_the_record, setup_led, teardown)};

	return cmocka_run_group_tests(all, NULL, NULL);
}
