/* The real processes store, act and a system's hand in their cages, on the pilot hospital, with
 * this test in the place of desk, playbook and the system itself (an HTTP sink): nothing is done
 * but by a person's own code, whoever says what on its link; and what becomes of it when act or the
 * hand is killed. */
#include "live.h"
#include "respond/act/totp.h"
#include "run/process.h"
#include "run/rows.h"
#include "desk/decision.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE_MS = 20000, TEXT = 512, OTHERS = 5, KINDS = 3 };

/* Whoever else writes into the store, and a sensor, who has no link to act. */
static const char *const other[OTHERS] = {"brain", "respond", "clips", "tell", "playbook"};

static const uint8_t secret[WARD_TOTP_SECRET] = "12345678901234567890"; /* as anna.totp says */

struct house {
	char folder[64], hospital[TEXT], content[TEXT], dir[TEXT], url[TEXT], key[TEXT];
	int store[2], desk[2], playbook[2], hand[2], sensor[2], other[OTHERS][2], sink, people,
		said;
	struct live_process p_store, p_act, p_hand;
	uint32_t n;
	char shown[65], action[WARD_ID_TEXT];
	uint64_t last_step;
};

static uint8_t buf[WARD_MSG_MAX], body[WARD_MSG_BODY_MAX];

static void put_file(const struct house *h, const char *name, const char *text)
{
	char path[2 * TEXT];

	(void)snprintf(path, sizeof(path), "%s/%s", h->folder, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

static void copy_tree(const char *from, const char *to)
{
	pid_t child = fork();
	int status = 1;

	if (child == 0) {
		(void)execlp("cp", "cp", "-r", from, to, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void make_hospital(struct house *h, unsigned port)
{
	const char *root = getenv("WARD_SOURCE_ROOT");
	char text[4 * TEXT], to[2 * TEXT];

	assert_non_null(root);
	(void)snprintf(text, sizeof(text), "%s/pilots/turin", root);
	(void)snprintf(to, sizeof(to), "%s/h", h->folder);
	copy_tree(text, to);
	(void)snprintf(to, sizeof(to), "%s/store", h->folder);
	assert_int_equal(mkdir(to, 0700), 0);
	(void)snprintf(text, sizeof(text),
		"actuators:\n"
		"  - id: sw\n    webhook: http://127.0.0.1:%u/act\n    secret_file: sw.secret\n"
		"    can:\n"
		"      - {id: port, does: isolate, on: ws-a0-office-1, roles: it-on-call,\n"
		"         repeat: same-key, lasts: 30min}\n"
		"      - {id: once, does: isolate, on: ws-a0-office-1, cuts: ws-a0-triage,\n"
		"         roles: it-on-call, repeat: never, lasts: 30min}\n",
		port);
	put_file(h, "h/actuators.yml", text);
	put_file(h, "h/sw.secret", "a-secret-of-some-length\n");
	put_file(h, "h/anna.totp", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n");
	(void)snprintf(text, sizeof(text), "http://127.0.0.1:%u/act\n", port);
	put_file(h, "url", text);
	(void)snprintf(h->hospital, sizeof(h->hospital), "hospital=%s/h", h->folder);
	(void)snprintf(h->content, sizeof(h->content), "content=%s/content", root);
	(void)snprintf(h->dir, sizeof(h->dir), "dir=%s/store", h->folder);
	(void)snprintf(h->url, sizeof(h->url), "url=%s/url", h->folder);
	(void)snprintf(h->key, sizeof(h->key), "secret_file=%s/h/sw.secret", h->folder);
}

/* Their logs go to a file. */
static void start_heard(struct house *h)
{
	char path[TEXT];
	int own = dup(STDERR_FILENO);

	(void)snprintf(path, sizeof(path), "%s/said", h->folder);
	h->said = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	assert_true(own >= 0 && h->said >= 0);
	assert_true(dup2(h->said, STDERR_FILENO) >= 0);
	live_start(&h->p_store);
	live_start(&h->p_act);
	assert_true(dup2(own, STDERR_FILENO) >= 0);
	close(own);
}

static int setup(void **state)
{
	struct house *h = calloc(1, sizeof(*h));
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(at);

	assert_non_null(h);
	h->sink = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(h->sink, (const void *)&at, sizeof(at)), 0);
	assert_int_equal(listen(h->sink, 8), 0);
	assert_int_equal(getsockname(h->sink, (void *)&at, &len), 0);
	live_folder(h->folder, sizeof(h->folder));
	make_hospital(h, ntohs(at.sin_port));
	char people[TEXT];

	put_file(h, "people", "anna it-on-call anna.totp\n");
	(void)snprintf(people, sizeof(people), "%s/people", h->folder);
	h->people = open(people, O_RDONLY | O_CLOEXEC);
	assert_true(h->people >= 0);
	live_pair(h->store);
	live_pair(h->desk);
	live_pair(h->playbook);
	live_pair(h->hand);
	live_pair(h->sensor);
	for (size_t i = 0; i < OTHERS; i++)
		live_pair(h->other[i]);
	h->p_store = (struct live_process){
		.name = "store", .arg = {h->dir}, .fd = {{"act", h->store[0]}}};
	h->p_act = (struct live_process){.name = "act",
		.arg = {h->hospital, h->content},
		.fd = {{"store", h->store[1]}, {"desk", h->desk[0]}, {"playbook", h->playbook[0]},
			{"hand-1", h->hand[0]}, {"people", h->people}, {"net", h->sensor[0]}}};
	h->p_hand = (struct live_process){
		.name = "send", .arg = {h->url, h->key}, .fd = {{"act", h->hand[1]}}};
	for (size_t i = 0; i < OTHERS; i++) {
		h->p_store.fd[1 + i].name = other[i];
		h->p_store.fd[1 + i].fd = h->other[i][0];
	}
	start_heard(h);
	live_start(&h->p_hand);
	*state = h;
	return 0;
}

static int teardown(void **state)
{
	struct house *h = *state;

	struct live_process *all[] = {&h->p_act, &h->p_hand, &h->p_store};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		if (all[i]->pid)
			(void)live_end(all[i], SIGTERM);
	for (int i = 0; i < 2; i++) {
		close(h->store[i]);
		close(h->desk[i]);
		close(h->playbook[i]);
		close(h->hand[i]);
		close(h->sensor[i]);
		for (size_t k = 0; k < OTHERS; k++)
			close(h->other[k][i]);
	}
	close(h->said);
	close(h->sink);
	close(h->people);
	live_remove(h->folder);
	free(h);
	return 0;
}

/* ---- on the links ---- */

static struct ward_decided ask(
	struct house *h, int fd, enum ward_msg_type type, struct ward_decision d)
{
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_decided said = {.err = WARD_OK};
	struct pollfd p = {.fd = fd, .events = POLLIN};
	struct ward_msg m = {.type = WARD_MSG_NONE};

	h->n++;
	d.id.b[0] = (uint8_t)h->n;
	d.id.b[1] = (uint8_t)(h->n >> 8);
	ward_decision_put(&w, &d);
	assert_int_equal(ward_msg_send(fd, type, h->n, ward_wr_slice(&w)), WARD_OK);
	while (m.id != h->n || m.type == WARD_MSG_NONE) {
		if (poll(&p, 1, PATIENCE_MS) != 1)
			fail_msg("no answer");
		assert_int_equal(ward_msg_recv(fd, buf, &m), WARD_OK);
	}
	assert_int_equal(ward_decided_get(&m.body, &said), WARD_OK);
	return said;
}

static void cut(struct ward_str json, const char *key, char *ret, size_t n)
{
	size_t at = ward_str_find(json, ward_str_z(key));

	assert_int_not_equal(at, SIZE_MAX);
	(void)snprintf(ret, n, "%.*s", (int)n - 1, json.p + at + strlen(key));
}

static void propose(struct house *h, const char *args)
{
	struct ward_decided said = ask(h, h->playbook[1], WARD_MSG_PROPOSE,
		(struct ward_decision){.kind = WARD_DECISION_PROPOSE,
			.person = WARD_STR("playbook"),
			.role = WARD_STR("playbook"),
			.subject = WARD_STR("ws-a0-office-1"),
			.args = ward_str_z(args)});

	if (said.err)
		fail_msg("%.*s", WARD_STR_ARG(said.why));
	cut(said.json, "\"shown\":\"", h->shown, sizeof(h->shown));
	cut(said.json, "\"id\":\"", h->action, sizeof(h->action));
}

static enum ward_err decide(struct house *h, enum ward_decision_kind kind, const char *code)
{
	char args[128];

	(void)snprintf(args, sizeof(args), "{\"shown\":\"%s\"}", h->shown);
	return ask(h, h->desk[1], WARD_MSG_DECIDE,
		(struct ward_decision){.kind = kind,
			.person = WARD_STR("anna"),
			.role = WARD_STR("it-on-call"),
			.subject = ward_str_z(h->action),
			.args = ward_str_z(args),
			.proof = ward_str_z(code)})
		.err;
}

/* With a code that was not taken yet: of this step, or of the one behind it. */
static void approve(struct house *h)
{
	uint64_t step = (uint64_t)time(NULL) / 30;
	char code[8];
	uint32_t n;

	step = step > h->last_step ? step : h->last_step + 1;
	h->last_step = step;
	assert_int_equal(ward_totp(ward_slice_of(secret, sizeof(secret)), step, &n), WARD_OK);
	(void)snprintf(code, sizeof(code), "%06u", (unsigned)(n % 1000000));
	assert_int_equal(decide(h, WARD_DECISION_APPROVE, code), WARD_OK);
}

/* ---- the system ---- */

/* The next request, whole; the connection. */
static int request(const struct house *h, char *ret, size_t cap)
{
	struct pollfd p = {.fd = h->sink, .events = POLLIN};
	size_t n = 0;

	if (poll(&p, 1, PATIENCE_MS) != 1)
		fail_msg("the system is not asked");
	int fd = accept4(h->sink, NULL, NULL, SOCK_CLOEXEC);

	assert_true(fd >= 0);
	do {
		ssize_t got = recv(fd, ret + n, cap - 1 - n, 0);

		assert_true(got > 0);
		n += (size_t)got;
		ret[n] = 0;
	} while (!strstr(ret, "\r\n\r\n{") || ret[n - 1] != '}');
	return fd;
}

static bool is_asked(const struct house *h, int ms)
{
	struct pollfd p = {.fd = h->sink, .events = POLLIN};

	return poll(&p, 1, ms) == 1;
}

static void take(int fd)
{
	static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

	assert_int_equal(send(fd, ok, sizeof(ok) - 1, MSG_NOSIGNAL), sizeof(ok) - 1);
	close(fd);
}

/* Decided again until it is as expected: what came before is on its way. */
static void wait_for(struct house *h, enum ward_decision_kind kind)
{
	for (int i = 0; decide(h, kind, "") != WARD_OK; i++) {
		assert_true(i < 600);
		usleep(100000);
	}
}

/* ---- what must hold ---- */

/* Every kind of message with `of`, with half of it and with nothing of sense, and what is no
 * message. */
static void say_all(int fd, struct ward_slice of)
{
	static const uint8_t junk[64] = {0xff, 1, 2, 3};
	const struct ward_slice all[KINDS] = {
		of, ward_slice_of(junk, sizeof(junk)), ward_slice_of(of.p, of.len / 2)};

	for (int t = 1; t < WARD_MSG_N; t++)
		for (size_t i = 0; i < KINDS; i++)
			assert_int_equal(ward_msg_send(fd, (enum ward_msg_type)t, 1u << 30, all[i]),
				WARD_OK);
	(void)send(fd, junk, sizeof(junk), 0);
}

static struct ward_slice approval(const struct house *h)
{
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	ward_decision_put(&w, &(struct ward_decision){.kind = WARD_DECISION_APPROVE,
				      .person = WARD_STR("anna"),
				      .role = WARD_STR("it-on-call"),
				      .subject = ward_str_z(h->action),
				      .proof = WARD_STR("000000")});
	return ward_wr_slice(&w);
}

/* A row that says that the action was approved, of that kind. */
static struct ward_slice forged(const struct house *h, enum ward_row_kind kind, uint32_t revision)
{
	static const char json[] = "{\"kind\":\"action\",\"event\":\"approve\",\"state\":\"ready\","
				   "\"person\":\"anna\",\"role\":\"it-on-call\"}";
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_store_row row = {.kind = kind,
		.revision = revision,
		.time = (ward_ns)time(NULL) * WARD_NS_PER_S,
		.json = {json, sizeof(json) - 1}};

	assert_true(ward_id_parse(ward_str_z(h->action), &row.id));
	ward_commit_put(
		&w, &(struct ward_commit){.flags = WARD_COMMIT_FIRST | WARD_COMMIT_LAST, .n = 1});
	ward_commit_put_row(&w, &row);
	return ward_wr_slice(&w);
}

/* Whoever writes into the store writes that it was approved. */
static void forge(struct house *h)
{
	for (size_t i = 0; i < OTHERS; i++) {
		for (int k = WARD_ROW_DETECTION; k <= WARD_ROW_KIND_LAST; k++)
			assert_int_equal(ward_msg_send(h->other[i][1], WARD_MSG_COMMIT, (uint32_t)k,
						 forged(h, (enum ward_row_kind)k, 9)),
				WARD_OK);
		say_all(h->other[i][1], forged(h, WARD_ROW_ACTION, 9));
	}
}

/* The last number that a process counted under that name; 0: none. */
static unsigned long counted(const struct house *h, const char *name)
{
	static char text[1 << 20];
	ssize_t n = pread(h->said, text, sizeof(text) - 1, 0);
	unsigned long last = 0;
	size_t len = strlen(name);

	assert_true(n >= 0 && (size_t)n < sizeof(text) - 1);
	text[n] = 0;
	for (const char *at = strstr(text, name); at; at = strstr(at + len, name))
		last = strtoul(at + len + strcspn(at + len, "0123456789"), NULL, 10);
	return last;
}

/* `playbook` may propose, and nothing else. */
static void playbook_decides(struct house *h)
{
	for (int k = WARD_DECISION_APPROVE; k <= WARD_DECISION_NO_PATIENT; k++)
		assert_int_equal(ask(h, h->playbook[1], WARD_MSG_PROPOSE,
					 (struct ward_decision){.kind = (enum ward_decision_kind)k,
						 .person = WARD_STR("anna"),
						 .role = WARD_STR("it-on-call"),
						 .subject = ward_str_z(h->action)})
					 .err,
			WARD_ERR_DENIED);
}

/* Whoever has taken over playbook, desk, the hand, a sensor, or whoever writes into the store says
 * all that there is to say. */
static void t_hostile(void **state)
{
	struct house *h = *state;
	char text[8192];

	propose(h, "{\"ability\":\"sw/port\"}");
	playbook_decides(h);
	forge(h);
	say_all(h->sensor[1], approval(h));
	say_all(h->playbook[1], approval(h));
	say_all(h->hand[1], approval(h));
	say_all(h->desk[1], approval(h));
	playbook_decides(h); /* what was said before has been heard by then */
	assert_int_not_equal(decide(h, WARD_DECISION_APPROVE, ""), WARD_OK);
	assert_false(is_asked(h, 500));
	live_check(&h->p_store);
	live_check(&h->p_act);
	approve(h); /* and a person's own code is taken all the same */
	int fd = request(h, text, sizeof(text));

	assert_non_null(strstr(text, "\"does\":\"isolate\""));
	assert_non_null(strstr(text, "X-Ward-Signature: sha256="));
	take(fd);
	(void)live_end(&h->p_act, SIGTERM);
	(void)live_end(&h->p_store, SIGTERM);
	/* all but a whole message of the kind that each link takes, which was answered */
	const unsigned long each = KINDS * (WARD_MSG_N - 1) + 1;

	assert_int_equal(counted(h, "act.refused"), 2 * (each - 1));
	/* but those which say that the hand began anew */
	assert_int_equal(counted(h, "act.bad_answer"), each - KINDS);
	assert_int_equal(
		counted(h, "act.unreadable"), 1); /* brain's own, an incident that is none */
	/* at least what holds nothing of sense, of each */
	assert_true(counted(h, "store.refused") >= 2ul * OTHERS * (WARD_MSG_N - 1));
}

static void key_of(const char *text, char ret[64])
{
	cut(ward_str_z(text), "Idempotency-Key: \"", ret, WARD_ID_TEXT);
}

/* What may be asked for again is, by the same key, whoever is killed. */
static void t_killed_safe(void **state)
{
	struct house *h = *state;
	char text[8192], first[64], again[64];

	propose(h, "{\"ability\":\"sw/port\"}");
	approve(h);
	int fd = request(h, text, sizeof(text));

	key_of(text, first);
	(void)live_end(&h->p_hand, SIGKILL);
	close(fd);
	live_start(&h->p_hand);
	fd = request(h, text, sizeof(text));
	key_of(text, again);
	assert_string_equal(first, again);
	(void)live_end(&h->p_act, SIGKILL);
	(void)live_end(&h->p_hand, SIGKILL);
	close(fd);
	live_start(&h->p_hand);
	live_start(&h->p_act);
	fd = request(h, text, sizeof(text));
	key_of(text, again);
	assert_string_equal(first, again);
	take(fd);
}

/* What may not is in doubt, until a person has looked. */
static void t_killed_once(void **state)
{
	struct house *h = *state;
	char text[8192];

	for (int who = 0; who < 2; who++) {
		struct live_process *p = who ? &h->p_hand : &h->p_act;

		propose(h, "{\"ability\":\"sw/once\"}");
		approve(h);
		int fd = request(h, text, sizeof(text));

		assert_int_equal(decide(h, WARD_DECISION_REFUSE, ""), WARD_ERR_STATE);
		(void)live_end(p, SIGKILL);
		live_start(p);
		wait_for(h, WARD_DECISION_REFUSE);
		close(fd);
		assert_false(is_asked(h, 500));
	}
}

/* Of an exercise's policy act hears by its supervisor alone, and it does not even begin with one
 * where nothing is played, nor without the time of a play. */
static void t_policy_alone(void **state)
{
	struct house *h = *state;
	int clock = memfd_create("clock", MFD_CLOEXEC);
	static const struct {
		const char *more;
		bool timed;
	} all[] = {{NULL, true}, {"exercise=yes", false}};

	assert_true(clock >= 0);
	(void)live_end(&h->p_act, SIGTERM);
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		struct live_process with = h->p_act;

		with.arg[2] = "policy=it-on-call:0:-";
		with.arg[3] = "begin=1";
		with.arg[4] = all[i].more;
		if (all[i].timed) {
			with.fd[6].name = "clock";
			with.fd[6].fd = clock;
		}
		live_start(&with);
		int status = live_end(&with, 0);

		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == WARD_PROCESS_DIED);
	}
	close(clock);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(t_hostile), T(t_killed_safe), T(t_killed_once), T(t_policy_alone)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
