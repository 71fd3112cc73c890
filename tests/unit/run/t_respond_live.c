/* The process that decides who is told, in its cage, killed at message after message; the test is
 * its store, its recipients and the desk. In the end each message was queued once and told the same
 * however often, and who takes the incident stands on record once. */
#include "live.h"

#include "desk/decision.h"
#include "run/letter.h"
#include "run/process.h"
#include "run/rows.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { WAIT_MS = 30000, ROWS_KEPT = 64, TOLD_KEPT = 32, GUARD = 0, OFFICER = 1, SENDS = 2 };

struct lab {
	struct live_process respond;
	int store, desk, send[SENDS]; /* our ends */
	int theirs[2 + SENDS], listeners;
	int care; /* what people entered of availability; 0: nobody is told */
	char folder[64], dir[96], content[4200], directory[4200];
	struct row {
		struct ward_store_row r;
		char *json;
	} row[ROWS_KEPT];
	size_t n_row;
	bool waits; /* a ROWS that waits for rows */
	uint32_t wait_id;
	ward_ns wait_until;
	struct ward_rows_query q;
	struct told { /* each message, once */
		size_t to, times;
		struct ward_id id;
		char *body;
	} told[TOLD_KEPT];
	size_t n_told;
	bool deciding, decided;
	const char *places;            /* of who decides */
	enum ward_err answer;          /* that is to come */
	bool rings, withdrawn;         /* the officer's telephone does, until it is told to stop */
	bool answers;                  /* the officer acknowledges by the channel itself */
	uint64_t first_after;          /* the first rows that a life asked for are after this;
					  what a former one asked may come before it */
	uint64_t n_message, kill_each; /* it is killed when it said so many; 0: never */
	size_t n_killed;
	uint8_t buf[WARD_MSG_MAX], out[WARD_MSG_BODY_MAX];
};

static void start(struct lab *l)
{
	l->first_after = UINT64_MAX;
	l->respond = (struct live_process){.name = "respond",
		.arg = {l->dir, l->content, "hospital=turin", l->directory},
		.fd = {{"store", l->theirs[0]}, {"desk", l->theirs[1]}, {"send-1", l->theirs[2]},
			{"send-2", l->theirs[3]}, {"listeners", l->listeners},
			{l->care ? "care" : NULL, l->care}}};
	live_start(&l->respond);
}

static void begin_with(struct lab *l, uint64_t kill_each, const char *listeners)
{
	int *const ours[] = {&l->store, &l->desk, &l->send[0], &l->send[1]};

	memset(l, 0, sizeof(*l));
	l->kill_each = kill_each;
	live_folder(l->folder, sizeof(l->folder));
	(void)snprintf(l->dir, sizeof(l->dir), "dir=%s", l->folder);
	(void)snprintf(
		l->content, sizeof(l->content), "content=%s/content", getenv("WARD_SOURCE_ROOT"));
	(void)snprintf(l->directory, sizeof(l->directory), "directory=%s/pilots/turin",
		getenv("WARD_SOURCE_ROOT"));
	for (size_t i = 0; i < WARD_ARRAY_LEN(ours); i++) {
		int pair[2];

		live_pair(pair);
		*ours[i] = pair[0];
		l->theirs[i] = pair[1];
	}
	l->listeners = memfd_create("listeners", MFD_CLOEXEC);
	l->care = strstr(listeners, " have ") ? memfd_create("care", MFD_CLOEXEC) : 0;
	assert_int_equal(
		write(l->listeners, listeners, strlen(listeners)), (ssize_t)strlen(listeners));
	start(l);
}

static void begin(struct lab *l, uint64_t kill_each)
{
	/* asked to acknowledge within 0.1 s; the second follows the first */
	begin_with(l, kill_each,
		"listener guard 2 7 1 0 , en\nlistener officer 2 7 1 0 , en\n"
		"ladder 0 100000000 0 0 0\nladder 1 3600000000000 1 0 0\n"
		/* what can't be used of these keeps no alarm back */
		"agreement never a staff\nagreement 1\ncalled guard\nplaybook x\npost y\n");
}

static void end(struct lab *l)
{
	int status = live_end(&l->respond, SIGTERM);

	/* one that has just begun does not heed it yet */
	assert_true(status == 0 || (l->n_killed && status == SIGTERM));
	(void)close(l->store);
	(void)close(l->desk);
	for (size_t i = 0; i < WARD_ARRAY_LEN(l->theirs); i++)
		(void)close(l->theirs[i]);
	for (size_t i = 0; i < SENDS; i++)
		(void)close(l->send[i]);
	(void)close(l->listeners);
	for (size_t i = 0; i < l->n_row; i++)
		free(l->row[i].json);
	for (size_t i = 0; i < l->n_told; i++)
		free(l->told[i].body);
	live_remove(l->folder);
}

static char *copy(struct ward_str s)
{
	char *p = malloc(s.len + 1);

	assert_non_null(p);
	memcpy(p, s.p, s.len);
	p[s.len] = 0;
	return p;
}

/* ---- the store ---- */

static void give_rows(struct lab *l)
{
	struct ward_row_list list;

	if (!l->waits ||
		(l->q.after >= l->n_row && ward_clock_mono(ward_clock_system()) < l->wait_until))
		return;
	ward_row_list_begin(&list, l->out, l->n_row);
	for (size_t i = l->q.after;
		i < l->n_row && i < l->q.after + l->q.n && ward_row_list_add(&list, &l->row[i].r);
		i++)
		;
	l->waits = false;
	assert_int_equal(
		ward_msg_send(l->store, WARD_MSG_ROW_LIST, l->wait_id, ward_row_list_body(&list)),
		WARD_OK);
}

static void add_row(struct lab *l, const struct ward_store_row *r)
{
	struct row *to = &l->row[l->n_row];

	for (size_t i = 0; i < l->n_row; i++) /* known */
		if (l->row[i].r.kind == r->kind && l->row[i].r.revision == r->revision &&
			ward_id_eq(l->row[i].r.id, r->id))
			return;
	assert_true(l->n_row < ROWS_KEPT);
	*to = (struct row){*r, copy(r->json)};
	to->r.row = ++l->n_row;
	to->r.json.p = to->json;
}

static void on_commit(struct lab *l, struct ward_msg *m)
{
	uint8_t body[8];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_commit c;
	struct ward_commit_item item;

	assert_int_equal(ward_commit_get(&m->body, &c), WARD_OK);
	assert_int_equal(ward_commit_get_item(&m->body, &item), WARD_OK);
	assert_true(item.is_row && item.row.kind == WARD_ROW_DELIVERY);
	add_row(l, &item.row);
	ward_committed_put(&w, WARD_OK);
	assert_int_equal(
		ward_msg_send(l->store, WARD_MSG_COMMITTED, m->id, ward_wr_slice(&w)), WARD_OK);
}

/* ---- the recipients ---- */

static void on_letter(struct lab *l, size_t k, struct ward_msg *m)
{
	const struct ward_outcome delivered = {
		.what = k == OFFICER && l->answers ? WARD_SENT_ACKNOWLEDGED : WARD_SENT_DELIVERED};
	uint8_t body[256];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_letter letter;
	struct told *t = l->told;

	assert_int_equal(ward_letter_get(&m->body, &letter), WARD_OK);
	while (t < l->told + l->n_told && !ward_id_eq(t->id, letter.id))
		t++;
	if (t == l->told + l->n_told) {
		assert_true(l->n_told++ < TOLD_KEPT);
		*t = (struct told){k, 0, letter.id, copy(letter.body)};
	}
	t->times++;
	assert_int_equal(t->to, k);
	assert_true(ward_str_eqz(letter.body, t->body)); /* byte for byte */
	if (k == OFFICER && l->rings && !l->withdrawn)
		return;
	ward_outcome_put(&w, letter.id, &delivered);
	assert_int_equal(ward_msg_send(l->send[k], WARD_MSG_SENT, 0, ward_wr_slice(&w)), WARD_OK);
}

/* It rings at the officer's, and stops. */
static void on_withdraw(struct lab *l, struct ward_msg *m)
{
	const struct ward_outcome o = {.what = WARD_SENT_FAILED, .why = "somebody takes it"};
	uint8_t body[256];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_slice id = ward_rd_bytes(&m->body, sizeof(struct ward_id));
	const struct told *t = &l->told[1]; /* after the guard's */

	assert_true(id.len == sizeof(t->id.b) && memcmp(id.p, t->id.b, id.len) == 0);
	assert_true(l->rings && !l->withdrawn && t->to == OFFICER);
	l->withdrawn = true;
	ward_outcome_put(&w, t->id, &o);
	assert_int_equal(
		ward_msg_send(l->send[OFFICER], WARD_MSG_SENT, 0, ward_wr_slice(&w)), WARD_OK);
}

/* ---- everybody ---- */

static void on_message(struct lab *l, int fd, struct ward_msg *m)
{
	struct ward_decided d;

	if (fd == l->store && m->type == WARD_MSG_COMMIT) {
		on_commit(l, m);
	} else if (fd == l->store) {
		assert_int_equal(m->type, WARD_MSG_ROWS);
		assert_int_equal(ward_rows_query_get(&m->body, &l->q), WARD_OK);
		if (l->q.n > 1 && l->q.after < l->first_after) /* one alone: is it this store? */
			l->first_after = l->q.after;
		l->waits = true;
		l->wait_id = m->id;
		l->wait_until =
			ward_clock_mono(ward_clock_system()) + WARD_ROWS_WAIT_MS * WARD_NS_PER_MS;
	} else if (fd == l->desk) {
		assert_int_equal(m->type, WARD_MSG_DECIDED);
		assert_int_equal(ward_decided_get(&m->body, &d), WARD_OK);
		assert_int_equal(d.err, l->answer);
		l->decided = true;
	} else if (m->type == WARD_MSG_WITHDRAW && fd == l->send[OFFICER]) {
		on_withdraw(l, m);
	} else {
		assert_int_equal(m->type, WARD_MSG_SEND);
		on_letter(l, fd == l->send[OFFICER] ? OFFICER : GUARD, m);
	}
}

/* Also again, by the same id, as desk does to whoever died over it. */
static void decide(struct lab *l)
{
	uint8_t body[512];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	l->deciding = true;
	ward_decision_put(&w, &(struct ward_decision){.kind = WARD_DECISION_ON_MY_WAY,
				      .id = {{7}},
				      .at = ward_clock_now(ward_clock_system()),
				      .person = WARD_STR("p-17"),
				      .role = WARD_STR("security-officer"),
				      .subject = WARD_STR("00000001-0000-8000-8000-000000000000"),
				      .text = WARD_STR(""),
				      .args = WARD_STR(""),
				      .proof = WARD_STR(""),
				      .places = ward_str_z(l->places ? l->places : "")});
	assert_int_equal(ward_msg_send(l->desk, WARD_MSG_DECIDE, 5, ward_wr_slice(&w)), WARD_OK);
}

/* Killed before or after the message was dealt with, in turn. */
static void take(struct lab *l, int fd)
{
	struct ward_msg m;
	bool rows;

	assert_int_equal(ward_msg_recv(fd, l->buf, &m), WARD_OK);
	rows = m.type == WARD_MSG_ROWS;
	l->n_message += !rows;
	bool kills = l->kill_each && !rows && l->n_message % l->kill_each == 0;

	if (kills && l->n_killed % 2) {
		(void)live_end(&l->respond, SIGKILL);
		on_message(l, fd, &m);
		start(l);
	} else {
		on_message(l, fd, &m);
		if (kills)
			(void)live_end(&l->respond, SIGKILL);
		if (kills)
			start(l);
	}
	l->n_killed += kills;
	if (kills && l->deciding && !l->decided)
		decide(l);
}

/* Until it is so, or for a while. */
static void turn(struct lab *l, bool (*is_so)(const struct lab *l))
{
	for (int ms = 0; !is_so(l); ms += 20) {
		struct pollfd p[] = {{l->store, POLLIN, 0}, {l->desk, POLLIN, 0},
			{l->send[GUARD], POLLIN, 0}, {l->send[OFFICER], POLLIN, 0}};

		for (size_t i = 0; ms > WAIT_MS && i < l->n_row; i++)
			(void)fprintf(stderr, "%s\n", l->row[i].json);
		if (ms > WAIT_MS)
			fail_msg("nothing came of it");
		live_check(&l->respond);
		give_rows(l);
		(void)poll(p, WARD_ARRAY_LEN(p), 20);
		for (size_t i = 0; i < WARD_ARRAY_LEN(p); i++)
			if (p[i].revents & POLLIN)
				take(l, p[i].fd);
	}
}

/* Where it is: in a room of the lines below. */
static const char *at_room = "";

static void give_incident(struct lab *l, uint32_t revision, const char *state)
{
	struct ward_wr time = ward_wr_grow(ward_mem_heap(), 64);
	char json[1024];

	ward_time_write(&time, ward_clock_now(ward_clock_system()));
	int n = snprintf(json, sizeof(json),
		"{\"kind\":\"incident\",\"id\":\"00000001-0000-8000-8000-000000000000\","
		"\"revision\":%u,\"state\":\"%s\",\"domain\":\"physical\",\"level\":\"high\","
		"\"first\":\"%.*s\",\"last\":\"%.*s\",\"headline\":{\"threat\":\"t\",\"on\":\"R\"},"
		"\"members\":[]%s}",
		revision, state, WARD_STR_ARG(ward_wr_text(&time)),
		WARD_STR_ARG(ward_wr_text(&time)), at_room);

	ward_wr_fini(&time);
	add_row(l, &(struct ward_store_row){.kind = WARD_ROW_INCIDENT,
			   .id = {{0, 0, 0, 1}},
			   .revision = revision,
			   .json = {json, (size_t)n}});
}

static size_t rows_with(const struct lab *l, const char *what)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_row; i++)
		n += strstr(l->row[i].json, what) != NULL;
	return n;
}

static bool is_told(const struct lab *l)
{
	return rows_with(l, "\"state\":\"sent\"") == 1;
}

static bool is_escalated(const struct lab *l)
{
	return rows_with(l, "\"state\":\"sent\"") == 2;
}

static bool is_withdrawn(const struct lab *l)
{
	return l->decided && rows_with(l, "\"state\":\"sent\"") == 4;
}

static bool has_decided(const struct lab *l)
{
	return l->decided;
}

static bool is_called_off(const struct lab *l)
{
	return rows_with(l, "\"state\":\"sent\"") == 3;
}

static bool is_over(const struct lab *l)
{
	return rows_with(l, "\"state\":\"sent\"") == 6;
}

static void night(struct lab *l)
{
	give_incident(l, 1, "suspected");
	turn(l, is_escalated);
	decide(l);
	turn(l, is_withdrawn);
	give_incident(l, 2, "dismissed");
	turn(l, is_over);
}

static void check(struct lab *l)
{
	static const char *const change[] = {
		"opened", "escalated", "withdrawn", "withdrawn", "dismissed", "dismissed"};
	size_t n[2] = {0};

	assert_int_equal(l->n_told, WARD_ARRAY_LEN(change));
	assert_int_equal(rows_with(l, "\"state\":\"queued\""), 6);
	assert_int_equal(rows_with(l, "\"kind\":\"acknowledgement\",\"state\":\"on_my_way\""), 1);
	assert_int_equal(rows_with(l, "p-17"), 0);
	for (size_t i = 0; i < l->n_told; i++) {
		char want[64];

		(void)snprintf(want, sizeof(want), "\"change\":\"%s\"", change[i]);
		if (!strstr(l->told[i].body, want))
			fail_msg("message %zu is not %s: %s", i, change[i], l->told[i].body);
		n[l->told[i].to]++;
	}
	assert_int_equal(n[GUARD], 3);
	assert_int_equal(n[OFFICER], 3);
}

static void test_night(void **state)
{
	static struct lab l;

	(void)state;
	begin(&l, 0);
	night(&l);
	for (size_t i = 0; i < l.n_told; i++)
		assert_int_equal(l.told[i].times, 1);
	check(&l);
	end(&l);
}

/* At every message that it sends, then at every third. */
static void test_killed(void **state)
{
	static struct lab l;

	(void)state;
	static const uint64_t every[] = {1, 3};

	for (size_t i = 0; i < WARD_ARRAY_LEN(every); i++) {
		uint64_t each = every[i];

		begin(&l, each);
		night(&l);
		check(&l);
		assert_true(l.n_killed >= 18 / each); /* six messages: queued, told, sent */
		end(&l);
	}
}

static bool is_ringing(const struct lab *l)
{
	return l->n_told == 2;
}

static bool is_superseded(const struct lab *l)
{
	return rows_with(l, "\"state\":\"superseded\"") == 1;
}

/* It rings at one while another takes it: that is told to who sends at once, and nobody is called
 * again; of who heard nothing, nothing is taken back. */
static void test_withdrawn(void **state)
{
	static struct lab l;

	(void)state;
	begin(&l, 0);
	l.rings = true;
	give_incident(&l, 1, "suspected");
	turn(&l, is_ringing);
	decide(&l);
	turn(&l, is_superseded);
	assert_true(l.withdrawn);
	/* no attempt that failed: whoever is told next is not made to wait */
	assert_int_equal(rows_with(&l, "\"state\":\"failed\""), 0);
	assert_int_equal(l.n_told, 3);
	assert_int_equal(l.told[2].to, GUARD);
	assert_non_null(strstr(l.told[2].body, "\"change\":\"withdrawn\""));
	end(&l);
}

/* Whoever is bound to places takes what is there, whatever else there is, and whoever is bound to
 * them: by a post, a group, or people.yml. Any place of the hospital counts. */
static void test_places(void **state)
{
	static const struct {
		const char *places;
		enum ward_err err;
	} of[] = {{"floor-7", WARD_ERR_NOT_FOUND}, {"no-such-place", WARD_ERR_NOT_FOUND},
		{"room-1", WARD_ERR_NOT_FOUND}, {"floor-7 floor-0", WARD_OK}};
	static struct lab l;
	char lines[16384];
	struct ward_wr w = ward_wr_fixed(lines, sizeof(lines) - 1);

	(void)state;
	ward_wr_z(&w, "listener guard 2 7 1 0 , en\nlistener officer 2 7 1 0 , en\n"
		      "ladder 0 3600000000000 0 0 0\nladder 1 3600000000000 1 0 0\n");
	for (int i = 0; i < 100; i++) /* more than a mask has bits */
		ward_wr_printf(&w, "node 0 0 floor-%d\n", i);
	for (int i = 0; i < 100; i++)
		ward_wr_printf(&w, "node 0 0 room-%d\n", i);
	for (int i = 0; i < 100; i++)
		ward_wr_printf(
			&w, "within %d %d\nwithin %d %d %d\n", i, i, 100 + i, 100 + i, i % 10);
	lines[w.len] = 0;
	begin_with(&l, 0, lines);
	at_room = ",\"threats\":[{\"asset\":\"room-90\",\"threat\":\"T1\"}]";
	give_incident(&l, 1, "suspected");
	at_room = "";
	turn(&l, is_told);
	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++) {
		l.places = of[i].places;
		l.answer = of[i].err;
		l.decided = false;
		decide(&l);
		turn(&l, has_decided);
		assert_int_equal(
			rows_with(&l, "\"kind\":\"acknowledgement\""), of[i].err == WARD_OK);
	}
	end(&l);
}

/* Ended and begun again, it goes on from what it saved; from all rows, when that is not as it was,
 * or of another store, or of other recipients. */
static void test_saved(void **state)
{
	static struct lab l;

	(void)state;
	for (int changed = 0; changed < 3; changed++) {
		char path[128];

		begin(&l, 0);
		(void)snprintf(path, sizeof(path), "%s/memory", l.folder);
		give_incident(&l, 1, "suspected");
		turn(&l, is_escalated);
		assert_int_equal(live_end(&l.respond, SIGTERM), 0);
		int fd = open(path, O_RDWR);

		assert_true(fd >= 0);
		if (changed == 1)
			assert_int_equal(pwrite(fd, "\xff\xff", 2, 200), 2);
		(void)close(fd);
		if (changed == 2)
			assert_int_equal(pwrite(l.listeners, "listener gourd", 14, 0), 14);
		start(&l);
		decide(&l);
		if (changed == 2) { /* the guard is none any more: nobody withdraws his call */
			turn(&l, has_decided);
		} else {
			turn(&l, is_withdrawn);
			give_incident(&l, 2, "dismissed");
			turn(&l, is_over);
			check(&l);
		}
		/* it may have been ended before it read its last row */
		assert_true(changed ? l.first_after == 0 : l.first_after >= 3);
		end(&l);
	}
}

/* By a channel that people answer by: what they are told of next is that nobody else need go. */
static void test_answered(void **state)
{
	static struct lab l;

	(void)state;
	begin(&l, 0);
	l.answers = true;
	give_incident(&l, 1, "suspected");
	turn(&l, is_escalated);
	turn(&l, is_called_off);
	assert_non_null(strstr(l.told[2].body, "\"change\":\"withdrawn\""));
	assert_int_equal(l.told[2].to, GUARD);
	assert_int_equal(rows_with(&l, "\"role\":\"\",\"recipient\":\"officer\""), 1);
	end(&l);
}

static bool is_first_sent(const struct lab *l)
{
	return rows_with(l, "\"state\":\"sent\"") == 1;
}

static bool is_sent(const struct lab *l)
{
	return rows_with(l, "\"state\":\"sent\"") == 2;
}

static bool is_sent_again(const struct lab *l)
{
	return rows_with(l, "\"state\":\"sent\"") == 3;
}

/* A standard's messages and availability, which are made of rows themselves: from its memory it
 * knows which message the recipient has, and tells nothing again. Of availability nobody is told
 * before it knows what was entered. */
static void test_standards(void **state)
{
	static const char entries[] =
		"where,state,made,until,by\n"
		"theatres,closed,2026-01-01T00:00:00Z,2026-01-02T00:00:00Z,b\n";
	static struct lab l;
	struct ward_id id;
	struct ward_idgen g;

	(void)state;
	begin_with(&l, 0,
		"listener guard 0 7 1 0 , en\nlistener officer 0 7 1 0 , en\n"
		"sends 0 0 0 cap ward@turin.example\n"
		"sends 1 900000000000 300000000000 have ward@turin.example\n");
	give_incident(&l, 1, "suspected");
	turn(&l, is_first_sent);
	assert_int_equal(l.told[0].to, GUARD);
	ward_idgen_init(&g, "ward entries handed");
	ward_idgen_bytes(&g, (const uint8_t *)entries, strlen(entries));
	id = ward_idgen_final(&g);
	assert_int_equal(pwrite(l.care, entries, strlen(entries), 16), (ssize_t)strlen(entries));
	assert_int_equal(pwrite(l.care, id.b, 16, 0), 16);
	turn(&l, is_sent);
	assert_int_equal(l.told[1].to, OFFICER);
	assert_non_null(strstr(l.told[1].body, "<HospitalStatus "));
	assert_int_equal(live_end(&l.respond, SIGTERM), 0);
	start(&l);
	give_incident(&l, 2, "dismissed");
	turn(&l, is_sent_again);
	assert_non_null(strstr(l.told[2].body, "<msgType>Cancel</msgType>"));
	assert_non_null(strstr(l.told[2].body, "<references>"));
	assert_true(l.first_after >= 3);
	assert_int_equal(l.n_told, 3);
	(void)close(l.care);
	end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_night),
		cmocka_unit_test(test_killed), cmocka_unit_test(test_saved),
		cmocka_unit_test(test_answered), cmocka_unit_test(test_withdrawn),
		cmocka_unit_test(test_places), cmocka_unit_test(test_standards)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
