/* The real process of accounts in its cage, with this test in the place of api, desk and journal,
 * and as root at the machine's socket: signed in and still so after a kill, decisions with the
 * session's person, what is on record and when, and a flood of passwords that holds up nobody. */
#include "desk/decision.h"
#include "event/event.h"
#include "live.h"
#include "run/local.h"
#include "run/login_client.h"
#include "run/signers.h"
#include "run/wire.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define GOOD "correct horse battery staple"

enum { PATIENCE_MS = 60000, TOLD = 64 };

struct house {
	char folder[64], content[4096], dir[128], owner[32];
	int api[2], desk[2], journal[2], listener, people, first;
	struct live_process login;
	bool journal_is_full;
	char told[TOLD][128]; /* "what person by from" of what is on record */
	size_t n_told;
};

static uint8_t buf[WARD_MSG_MAX];

static void begin(struct house *h)
{
	static char content[4200], dir[200], owner[64];
	uint8_t text[4096];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_session s = {.person = WARD_STR("anna"),
		.name = WARD_STR("Anna Bianchi"),
		.role = {WARD_STR("director")},
		.n_role = 1,
		.rights = WARD_RIGHTS_ALL};

	*h = (struct house){.people = memfd_create("people", MFD_CLOEXEC),
		.first = memfd_create("first", MFD_CLOEXEC)};
	ward_signers_put_person(&w, &s);
	s = (struct ward_session){.person = WARD_STR("bo"),
		.name = WARD_STR("Bo"),
		.role = {WARD_STR("guard")},
		.n_role = 1,
		.place = {WARD_STR("ward-b"), WARD_STR("ward-c")},
		.n_place = 2,
		.rights =
			WARD_RIGHT_BIT(WARD_RIGHT_REPORT) | WARD_RIGHT_BIT(WARD_RIGHT_ACKNOWLEDGE)};
	ward_signers_put_person(&w, &s);
	assert_int_equal(write(h->people, w.p, w.len), w.len);
	live_folder(h->folder, sizeof(h->folder));
	(void)snprintf(dir, sizeof(dir), "dir=%s/login", h->folder);
	(void)snprintf(content, sizeof(content), "content=%s/content", getenv("WARD_SOURCE_ROOT"));
	(void)snprintf(owner, sizeof(owner), "owner=%u", (unsigned)geteuid());
	assert_int_equal(mkdir(dir + 4, 0700), 0);
	live_pair(h->api);
	live_pair(h->desk);
	live_pair(h->journal);
	assert_int_equal(
		ward_local_listen(h->folder, WARD_LOGIN_SOCKET, WARD_LOCAL_OWNER, &h->listener),
		WARD_OK);
	h->login = (struct live_process){.name = "login",
		.arg = {dir, content, owner, "cheap=yes"},
		.fd = {{"api", h->api[0]}, {"desk", h->desk[0]}, {"journal", h->journal[0]},
			{"listener", h->listener}, {"people", h->people}, {"first", h->first}}};
	live_start(&h->login);
}

static void end(struct house *h)
{
	live_check(&h->login);
	assert_int_equal(live_end(&h->login, SIGTERM), 0);
	for (int i = 0; i < 2; i++) {
		close(h->api[i]);
		close(h->desk[i]);
		close(h->journal[i]);
	}
	close(h->listener);
	close(h->people);
	close(h->first);
	live_remove(h->folder);
}

/* What an APPEND puts on record. */
static void read_told(struct house *h, struct ward_msg *m)
{
	static const char *const field[] = {
		"account.what", "account.person", "account.by", "account.from"};
	static struct ward_record rec[WARD_WIRE_BATCH_MAX];
	struct ward_limits lim;
	struct ward_names names;
	struct ward_arena a;
	size_t n;

	ward_limits_default(&lim);
	ward_arena_init(&a, ward_mem_heap(), 1 << 20);
	assert_int_equal(ward_names_init(&names, ward_mem_heap(), &lim), WARD_OK);
	assert_int_equal(
		ward_wire_append(&m->body, 1u << WARD_LANE_CONTROL, 1001, rec, &n), WARD_OK);
	for (size_t i = 0; i < n; i++) {
		struct ward_event e;
		struct ward_wr w = ward_wr_fixed(h->told[h->n_told], sizeof(h->told[0]) - 1);

		assert_true(h->n_told < TOLD);
		assert_int_equal(ward_event_decode(rec[i].data, &names, &a, &lim, &e), WARD_OK);
		assert_true(ward_str_eqz(ward_name_text(&names, e.class), "ward.account"));
		for (size_t k = 0; k < WARD_ARRAY_LEN(field); k++) {
			struct ward_str s =
				ward_event_str(&e, ward_name(&names, ward_str_z(field[k])));

			ward_wr_str(&w, s.len ? s : WARD_STR("-"));
			ward_wr_ch(&w, ' ');
		}
		h->told[h->n_told++][w.len] = 0;
	}
	ward_names_fini(&names);
	ward_arena_fini(&a);
}

/* As the journal does: takes all that is to be recorded, or says that it is full. */
static void keep_record(struct house *h)
{
	struct ward_msg m;
	uint8_t body[9];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	assert_int_equal(ward_msg_recv(h->journal[1], buf, &m), WARD_OK);
	assert_int_equal(m.type, WARD_MSG_APPEND);
	ward_wr_u8(&w, h->journal_is_full ? WARD_ERR_FULL : WARD_OK);
	ward_wr_be64(&w, 1);
	if (!h->journal_is_full)
		read_told(h, &m);
	assert_int_equal(
		ward_msg_send(h->journal[1], WARD_MSG_APPENDED, m.id, ward_wr_slice(&w)), WARD_OK);
}

/* The next message for fd, while the journal does its work. */
static struct ward_msg next(struct house *h, int fd, enum ward_msg_type t)
{
	struct ward_msg m;

	for (;;) {
		struct pollfd p[] = {{fd, POLLIN, 0}, {h->journal[1], POLLIN, 0}};

		if (poll(p, 2, PATIENCE_MS) < 1)
			fail_msg("nothing comes");
		if (p[1].revents)
			keep_record(h);
		else if (p[0].revents)
			break;
	}
	assert_int_equal(ward_msg_recv(fd, buf, &m), WARD_OK);
	assert_int_equal(m.type, t);
	return m;
}

static void send_sign(struct house *h, uint32_t id, struct ward_sign s)
{
	uint8_t body[4096];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	if (!s.from[15])
		memcpy(s.from, (const uint8_t[16]){[10] = 0xff, 0xff, 10, 0, 0, 7}, 16);
	ward_sign_put(&w, &s);
	assert_int_equal(ward_msg_send(h->api[1], WARD_MSG_SIGN, id, ward_wr_slice(&w)), WARD_OK);
}

static struct ward_signed sign(struct house *h, struct ward_sign s)
{
	static uint32_t id = 100;
	struct ward_signed ret;

	struct ward_msg m;

	send_sign(h, ++id, s);
	do /* others are for requests of a former life */
		m = next(h, h->api[1], WARD_MSG_SIGNED);
	while (m.id != id);
	assert_int_equal(ward_signed_get(&m.body, &ret), WARD_OK);
	return ret;
}

static struct ward_sign password(const char *person, const char *text)
{
	return (struct ward_sign){.what = WARD_SIGN_PASSWORD,
		.person = ward_str_z(person),
		.password = ward_str_z(text)};
}

static struct ward_sign check(const uint8_t token[WARD_SIGN_TOKEN])
{
	struct ward_sign s = {.what = WARD_SIGN_CHECK};

	memcpy(s.token, token, sizeof(s.token));
	return s;
}

/* The code that the supervisor would say; waits for it. */
static void first_code(struct house *h, char ret[16])
{
	char text[128];
	ssize_t n;

	for (int i = 0; (n = pread(h->first, text, sizeof(text) - 1, 0)) <= 0; i++) {
		struct pollfd p = {h->journal[1], POLLIN, 0};

		assert_true(i < 600);
		if (poll(&p, 1, 100) == 1)
			keep_record(h);
	}
	struct ward_str rest = {text, (size_t)n};

	struct ward_str name = ward_str_cut(&rest, '\n'), code = ward_str_cut(&rest, '\n');

	assert_true(ward_str_eqz(name, "Anna Bianchi"));
	(void)snprintf(ret, 16, "%.*s", WARD_STR_ARG(code));
}

static void enrol_first(struct house *h, uint8_t token[WARD_SIGN_TOKEN])
{
	char code[16];

	first_code(h, code);
	struct ward_signed ret = sign(h, (struct ward_sign){.what = WARD_SIGN_CODE,
						 .code = ward_str_z(code),
						 .password = WARD_STR(GOOD)});

	assert_int_equal(ret.err, WARD_OK);
	memcpy(token, ret.token, WARD_SIGN_TOKEN);
}

/* By a code that the first one makes. */
static void enrol_second(
	struct house *h, const uint8_t first[WARD_SIGN_TOKEN], uint8_t token[WARD_SIGN_TOKEN])
{
	struct ward_sign s = {.what = WARD_SIGN_ISSUE, .person = WARD_STR("bo")};
	char code[16];

	memcpy(s.token, first, WARD_SIGN_TOKEN);
	struct ward_signed ret = sign(h, s);

	assert_int_equal(ret.err, WARD_OK);
	(void)snprintf(code, sizeof(code), "%.8s",
		ret.json.p + ward_str_find(ret.json, WARD_STR("\"code\":\"")) + 8);
	ret = sign(h, (struct ward_sign){.what = WARD_SIGN_CODE,
			      .code = ward_str_z(code),
			      .password = WARD_STR(GOOD)});
	assert_int_equal(ret.err, WARD_OK);
	memcpy(token, ret.token, WARD_SIGN_TOKEN);
}

/* Signed in, killed at any time, and signed in; nothing that was answered is forgotten. */
static void who_is_signed_in_stays_so(void **state)
{
	uint8_t token[WARD_SIGN_TOKEN];
	struct house h;

	(void)state;
	begin(&h);
	enrol_first(&h, token);
	for (unsigned i = 0; i < 12; i++) {
		assert_int_equal(sign(&h, check(token)).err, WARD_OK);
		send_sign(&h, 1, password("anna", GOOD));
		/* in the middle of it: before it was read, while it is put on record, written … */
		if (i % 3 == 1) {
			struct pollfd p = {h.journal[1], POLLIN, 0};

			assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
		} else if (i % 3 == 2) {
			struct pollfd p = {h.journal[1], POLLIN, 0};

			assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
			keep_record(&h);
			(void)usleep(i * 200);
		}
		assert_int_equal(live_end(&h.login, SIGKILL), SIGKILL);
		live_start(&h.login);
	}
	struct ward_signed ret = sign(&h, check(token));

	assert_int_equal(ret.err, WARD_OK);
	assert_true(ward_str_eqz(ret.session.person, "anna"));
	assert_int_equal(sign(&h, password("anna", GOOD)).err, WARD_OK);
	end(&h);
}

/* Every kind of message with each of `all`, with half of it, and what is no message. */
static void say_all(struct house *h, const struct ward_slice *all, size_t n)
{
	static const uint8_t junk[64] = {0xff, 1, 2, 3};

	for (int t = 1; t < WARD_MSG_N; t++)
		for (size_t i = 0; i < n; i++) {
			const struct ward_slice half = ward_slice_of(all[i].p, all[i].len / 2);

			if (t == WARD_MSG_SIGN) /* which asks, and is answered: the other tests */
				continue;
			assert_int_equal(
				ward_msg_send(h->api[1], (enum ward_msg_type)t, 1u << 30, all[i]),
				WARD_OK);
			assert_int_equal(
				ward_msg_send(h->api[1], (enum ward_msg_type)t, 1u << 30, half),
				WARD_OK);
		}
	(void)send(h->api[1], junk, sizeof(junk), 0);
}

/* Whoever has taken over `api` says all that there is to say, while somebody is signed in whose
 * session he does not know: of his approvals none reaches the desk. */
static void a_hostile_api_decides_nothing(void **state)
{
	const struct ward_decision d = {.kind = WARD_DECISION_APPROVE,
		.id = ward_id_v7(ward_clock_system()),
		.at = ward_clock_now(ward_clock_system()),
		.person = WARD_STR("anna"),
		.role = WARD_STR("director"),
		.subject = WARD_STR("909c0000-0000-8000-8000-000000000000"),
		.proof = WARD_STR("123456")};
	static const uint8_t junk[64] = {0xff, 1, 2, 3};
	uint8_t token[WARD_SIGN_TOKEN], guess[WARD_SIGN_TOKEN] = {0}, plain[1024], by[3][1024];
	struct ward_wr w = ward_wr_fixed(plain, sizeof(plain));
	struct ward_slice all[5];
	struct ward_decided back;
	size_t n_refused = 0;
	struct ward_msg m;
	struct pollfd p;
	struct house h;

	(void)state;
	begin(&h);
	enrol_first(&h, token);
	ward_decision_put(&w, &d); /* as `desk` takes it from `login` */
	all[0] = ward_wr_slice(&w);
	all[1] = ward_slice_of(junk, sizeof(junk));
	for (size_t i = 0; i < WARD_ARRAY_LEN(by);
		i++) { /* with no token, a wrong one, almost it */
		memset(guess, i == 1 ? 0xa5 : 0, sizeof(guess));
		if (i == 2) {
			memcpy(guess, token, sizeof(guess));
			guess[WARD_SIGN_TOKEN - 1] ^= 1;
		}
		w = ward_wr_fixed(by[i], sizeof(by[i]));
		ward_sign_decide_put(&w, guess, &d);
		all[2 + i] = ward_wr_slice(&w);
	}
	say_all(&h, all, WARD_ARRAY_LEN(all));
	send_sign(&h, 7, check(token)); /* all before was heard when this is answered */
	do {
		p = (struct pollfd){h.api[1], POLLIN, 0};
		assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
		assert_int_equal(ward_msg_recv(h.api[1], buf, &m), WARD_OK);
		if (m.type != WARD_MSG_DECIDED)
			continue;
		assert_int_equal(ward_decided_get(&m.body, &back), WARD_OK);
		assert_int_not_equal(back.err, WARD_OK);
		n_refused++;
	} while (m.type != WARD_MSG_SIGNED);
	assert_true(n_refused >= 3);
	p = (struct pollfd){h.desk[1], POLLIN, 0};
	assert_int_equal(poll(&p, 1, 0), 0);
	end(&h);
}

static void decisions_have_the_sessions_person(void **state)
{
	const struct ward_decided yes = {.why = WARD_STR("recorded"), .json = WARD_STR("{}")};
	struct ward_decision d = {.kind = WARD_DECISION_REPORT,
		.id = ward_id_v7(ward_clock_system()),
		.at = ward_clock_now(ward_clock_system()),
		.subject = WARD_STR("r-1"),
		.proof = WARD_STR("123456")};
	uint8_t token[WARD_SIGN_TOKEN], none[WARD_SIGN_TOKEN] = {0}, body[1024], said[64];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body)), y = ward_wr_fixed(said, sizeof(said));
	struct ward_decision got;
	struct ward_decided back;
	struct house h;

	(void)state;
	begin(&h);
	enrol_first(&h, token);
	ward_sign_decide_put(&w, none, &d);
	assert_int_equal(ward_msg_send(h.api[1], WARD_MSG_DECIDE, 5, ward_wr_slice(&w)), WARD_OK);
	struct ward_msg m = next(&h, h.api[1], WARD_MSG_DECIDED);

	assert_int_equal(ward_decided_get(&m.body, &back), WARD_OK);
	assert_int_equal(back.err, WARD_ERR_CLOSED);
	ward_wr_reset(&w);
	d.places = WARD_STR("ward-a"); /* by api, which knows nobody's */
	ward_sign_decide_put(&w, token, &d);
	assert_int_equal(ward_msg_send(h.api[1], WARD_MSG_DECIDE, 6, ward_wr_slice(&w)), WARD_OK);
	m = next(&h, h.desk[1], WARD_MSG_DECIDE);
	assert_int_equal(ward_decision_get(&m.body, &got), WARD_OK);
	assert_true(ward_str_eqz(got.person, "anna") && ward_str_eqz(got.proof, "123456"));
	assert_true(ward_id_eq(got.id, d.id) && !got.places.len);
	uint32_t asked = m.id;
	struct pollfd p = {h.desk[1], POLLIN, 0};

	/* asked again, it is the same */
	assert_int_equal(ward_msg_send(h.api[1], WARD_MSG_DECIDE, 6, ward_wr_slice(&w)), WARD_OK);
	assert_int_equal(sign(&h, check(token)).err, WARD_OK);
	assert_int_equal(poll(&p, 1, 0), 0);
	ward_decided_put(&y, &yes);
	assert_int_equal(
		ward_msg_send(h.desk[1], WARD_MSG_DECIDED, asked, ward_wr_slice(&y)), WARD_OK);
	m = next(&h, h.api[1], WARD_MSG_DECIDED);
	assert_int_equal(m.id, 6);
	assert_int_equal(ward_decided_get(&m.body, &back), WARD_OK);
	assert_true(!back.err && ward_str_eqz(back.json, "{}"));
	/* api names nobody: a decision with a person is no message */
	d.person = d.role = WARD_STR("anna");
	ward_wr_reset(&w);
	ward_wr_bytes(&w, token, sizeof(token));
	ward_decision_put(&w, &d);
	assert_int_equal(ward_msg_send(h.api[1], WARD_MSG_DECIDE, 7, ward_wr_slice(&w)), WARD_OK);
	m = next(&h, h.api[1], WARD_MSG_DECIDED);
	assert_int_equal(ward_decided_get(&m.body, &back), WARD_OK);
	assert_int_equal(back.err, WARD_ERR_MALFORMED);
	assert_int_equal(sign(&h, password("anna\n", GOOD)).err, WARD_ERR_MALFORMED);
	assert_int_equal(sign(&h, check(token)).err, WARD_OK);
	assert_int_equal(poll(&p, 1, 0), 0);
	end(&h);
}

static enum ward_err decides(
	struct house *h, uint32_t id, const uint8_t token[WARD_SIGN_TOKEN], bool is_refused)
{
	struct ward_decision d = {.kind = WARD_DECISION_REPORT,
		.id = ward_id_v7(ward_clock_system()),
		.at = ward_clock_now(ward_clock_system()),
		.subject = WARD_STR("r-1")};
	uint8_t body[1024];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_decided back;

	ward_sign_decide_put(&w, token, &d);
	assert_int_equal(ward_msg_send(h->api[1], WARD_MSG_DECIDE, id, ward_wr_slice(&w)), WARD_OK);
	if (!is_refused) {
		(void)next(h, h->desk[1], WARD_MSG_DECIDE);
		return WARD_OK;
	}
	struct ward_msg m = next(h, h->api[1], WARD_MSG_DECIDED);

	assert_int_equal(ward_decided_get(&m.body, &back), WARD_OK);
	return back.err;
}

/* Whoever decides what nobody answers keeps nobody else from deciding. */
static void one_persons_decisions(void **state)
{
	uint8_t anna[WARD_SIGN_TOKEN];
	uint8_t bo[WARD_SIGN_TOKEN];
	struct house h;

	(void)state;
	begin(&h);
	enrol_first(&h, anna);
	enrol_second(&h, anna, bo);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(decides(&h, 20 + i, anna, false), WARD_OK);
	assert_int_equal(decides(&h, 24, anna, true), WARD_ERR_AGAIN);
	assert_int_equal(decides(&h, 25, bo, false), WARD_OK);
	end(&h);
}

/* Whoever has taken over `api` while somebody of two wards is signed in says other places, more of
 * them, or none: who acts hears those of the session, in each kind that such a person may decide.
 */
static void api_moves_nobody(void **state)
{
	static const char *const places[] = {"ward-a", "ward-a ward-b ward-c", "", "site"};
	static const enum ward_decision_kind kind[] = {
		WARD_DECISION_ACKNOWLEDGE, WARD_DECISION_ON_MY_WAY};
	uint8_t anna[WARD_SIGN_TOKEN], bo[WARD_SIGN_TOKEN], body[1024];
	struct ward_decision got;
	struct house h;

	(void)state;
	begin(&h);
	enrol_first(&h, anna);
	enrol_second(&h, anna, bo);
	for (size_t i = 0; i < WARD_ARRAY_LEN(places); i++) {
		struct ward_wr w = ward_wr_fixed(body, sizeof(body));
		const struct ward_decision d = {.kind = kind[i % WARD_ARRAY_LEN(kind)],
			.id = ward_id_v7(ward_clock_system()),
			.at = ward_clock_now(ward_clock_system()),
			.role = WARD_STR("guard"),
			.subject = WARD_STR("909c0000-0000-8000-8000-000000000000"),
			.places = ward_str_z(places[i])};

		ward_sign_decide_put(&w, bo, &d);
		assert_int_equal(ward_msg_send(h.api[1], WARD_MSG_DECIDE, 30 + (uint32_t)i,
					 ward_wr_slice(&w)),
			WARD_OK);
		struct ward_msg m = next(&h, h.desk[1], WARD_MSG_DECIDE);

		assert_int_equal(ward_decision_get(&m.body, &got), WARD_OK);
		assert_true(ward_str_eqz(got.person, "bo"));
		assert_true(ward_str_eqz(got.places, "ward-b ward-c"));
	}
	end(&h);
}

/* What happened is on record before it is answered; a full journal keeps nobody out. */
static void it_is_on_record(void **state)
{
	static const char *const due[] = {"code-made anna machine machine ", "made anna - private ",
		"signed-in anna - private ", "failed - - private ", "failed anna - private ",
		"code-made bo anna private "};
	uint8_t token[WARD_SIGN_TOKEN];
	struct house h;

	(void)state;
	begin(&h);
	enrol_first(&h, token);
	assert_int_equal(sign(&h, password("<script>", "x")).err, WARD_ERR_DENIED);
	assert_int_equal(sign(&h, password("anna", "x")).err, WARD_ERR_DENIED);
	struct ward_sign s = check(token);

	s.what = WARD_SIGN_ISSUE;
	s.person = WARD_STR("bo");
	assert_int_equal(sign(&h, s).err, WARD_OK);
	assert_int_equal(h.n_told, WARD_ARRAY_LEN(due));
	for (size_t i = 0; i < h.n_told; i++)
		assert_string_equal(h.told[i], due[i]);
	h.journal_is_full = true;
	assert_int_equal(sign(&h, password("anna", GOOD)).err, WARD_OK);
	assert_int_equal(h.n_told, WARD_ARRAY_LEN(due));
	end(&h);
}

/* From many addresses at once: who is signed in is answered between two passwords, nobody without
 * an answer, and no more wait than there is room for. */
static void a_flood_holds_up_nobody(void **state)
{
	uint8_t token[WARD_SIGN_TOKEN];
	unsigned n = 0, busy = 0;
	bool checked = false;
	struct house h;

	(void)state;
	begin(&h);
	enrol_first(&h, token);
	for (uint32_t i = 0; i < 100; i++) {
		struct ward_sign s = password(i % 2 ? "anna" : "nobody", "wrong wrong wrong");

		s.from[0] = (uint8_t)(i % 5);
		s.from[15] = 1;
		send_sign(&h, 1000 + i, s);
	}
	send_sign(&h, 1, check(token));
	while (n < 100 || !checked) {
		struct ward_msg m = next(&h, h.api[1], WARD_MSG_SIGNED);
		struct ward_signed ret;

		assert_int_equal(ward_signed_get(&m.body, &ret), WARD_OK);
		if (m.id == 1) {
			assert_int_equal(ret.err, WARD_OK);
			checked = true;
			continue;
		}
		assert_true(ret.err == WARD_ERR_DENIED || (ret.err == WARD_ERR_AGAIN && ret.wait));
		busy += ret.err == WARD_ERR_AGAIN;
		n++;
	}
	assert_true(busy >= 100 - 5 * 5); /* five free ones each */
	assert_int_equal(sign(&h, password("anna", GOOD)).err, WARD_OK);
	end(&h);
}

/* Root at the machine's socket needs no account; what is no request ends its connection only. */
static void at_the_machine(void **state)
{
	const struct ward_sign all[] = {{.what = WARD_SIGN_PEOPLE},
		{.what = WARD_SIGN_ISSUE, .person = WARD_STR("bo")},
		{.what = WARD_SIGN_DISABLE, .person = WARD_STR("bo")},
		{.what = WARD_SIGN_ENABLE, .person = WARD_STR("bo")},
		{.what = WARD_SIGN_PASSWORD,
			.person = WARD_STR("anna"),
			.password = WARD_STR("x")}};
	uint8_t body[1024];
	char code[16];
	int fd, wrong;
	struct house h;

	(void)state;
	begin(&h);
	first_code(&h, code);
	assert_int_equal(ward_local_connect(h.folder, WARD_LOGIN_SOCKET, &wrong), WARD_OK);
	assert_int_equal(
		ward_msg_send(wrong, WARD_MSG_SIGN, 1, ward_str_bytes(WARD_STR("x"))), WARD_OK);
	assert_int_equal(ward_local_connect(h.folder, WARD_LOGIN_SOCKET, &fd), WARD_OK);
	for (uint32_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		struct ward_wr w = ward_wr_fixed(body, sizeof(body));
		struct ward_signed ret;

		ward_sign_put(&w, &all[i]);
		assert_int_equal(ward_msg_send(fd, WARD_MSG_SIGN, i, ward_wr_slice(&w)), WARD_OK);
		struct ward_msg m = next(&h, fd, WARD_MSG_SIGNED);

		assert_int_equal(ward_signed_get(&m.body, &ret), WARD_OK);
		assert_int_equal(ret.err, i == 4 ? WARD_ERR_DENIED : WARD_OK);
	}
	assert_string_equal(h.told[h.n_told - 1], "enabled bo machine machine ");
	close(fd);
	close(wrong);
	end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(who_is_signed_in_stays_so),
		cmocka_unit_test(a_hostile_api_decides_nothing),
		cmocka_unit_test(decisions_have_the_sessions_person),
		cmocka_unit_test(api_moves_nobody), cmocka_unit_test(one_persons_decisions),
		cmocka_unit_test(it_is_on_record), cmocka_unit_test(a_flood_holds_up_nobody),
		cmocka_unit_test(at_the_machine)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
