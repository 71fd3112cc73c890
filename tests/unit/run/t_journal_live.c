/* The journal's real process in its cage, and what each peer may not: every denial of its table.
 * What is refused is answered or dropped, told in its log, and nothing of it is recorded. */
#include "live.h"

#include "journal/journal.h"
#include "run/process.h"
#include "run/wire.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { NET, BRAIN, SUPERVISOR, LOG, PEERS };

static const char *const peer_name[PEERS] = {"net", "brain", "supervisor", "log"};

struct lab {
	char folder[64], dir[96];
	struct live_process journal;
	int ours[PEERS], theirs[PEERS];
	struct ward_ask ask[PEERS];
	struct ward_batch batch;
};

static struct lab lab;

static int start(void **state)
{
	struct lab *l = &lab;

	live_folder(l->folder, sizeof(l->folder));
	(void)snprintf(l->dir, sizeof(l->dir), "dir=%.60s/journal", l->folder);
	l->journal = (struct live_process){.name = "journal", .arg = {l->dir}};
	for (size_t i = 0; i < PEERS; i++) {
		int pair[2];

		live_pair(pair);
		l->ours[i] = pair[0];
		l->theirs[i] = pair[1];
		l->journal.fd[i].name = peer_name[i];
		l->journal.fd[i].fd = pair[1];
		l->ask[i].fd = pair[0];
		l->ask[i].next_id = 7;
		l->ask[i].again = l->ask[i].give_up = 500 * WARD_NS_PER_MS;
		l->ask[i].clock = ward_clock_system();
	}
	live_start(&l->journal);
	*state = l;
	return 0;
}

static int stop(void **state)
{
	struct lab *l = *state;

	(void)live_end(&l->journal, SIGTERM);
	for (size_t i = 0; i < PEERS; i++) {
		(void)close(l->ours[i]);
		(void)close(l->theirs[i]);
	}
	live_remove(l->folder);
	return 0;
}

static struct ward_slice text(const char *s)
{
	return ward_str_bytes(ward_str_z(s));
}

/* Asks until the process is up and answers; the verdict of its APPENDED. */
static enum ward_err append(struct lab *l, size_t peer, enum ward_lane lane, const char *data)
{
	struct ward_msg m;
	enum ward_err err = WARD_ERR_AGAIN;

	ward_batch_begin(&l->batch);
	assert_true(ward_batch_add(&l->batch, lane, WARD_RECORD_EVENT, text(data)));
	for (int i = 0; err == WARD_ERR_AGAIN && i < 120; i++)
		err = ward_ask(&l->ask[peer], WARD_MSG_APPEND, ward_batch_body(&l->batch),
			WARD_MSG_APPENDED, &m);
	assert_int_equal(err, WARD_OK);
	err = (enum ward_err)ward_rd_u8(&m.body);
	(void)ward_rd_be64(&m.body);
	assert_false(ward_rd_bad(&m.body));
	return err;
}

/* Sends something that gets no answer; a good append behind it shows that it was dealt with. */
static void ignored(struct lab *l, size_t peer, enum ward_msg_type t, struct ward_slice body)
{
	struct ward_msg m;

	assert_int_equal(ward_ask(&l->ask[peer], t, body, WARD_MSG_APPENDED, &m), WARD_ERR_AGAIN);
	live_check(&l->journal);
}

/* Every record that is there, as "lane:data " in order. */
static void recorded(struct lab *l, char *buf, size_t cap)
{
	uint8_t body[12];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_msg m;
	size_t len = 0;

	ward_wr_be64(&w, 1);
	ward_wr_be32(&w, 1000);
	buf[0] = 0;
	enum ward_err err = WARD_ERR_AGAIN;

	for (int i = 0; err == WARD_ERR_AGAIN && i < 120; i++) /* it may just be starting */
		err = ward_ask(
			&l->ask[BRAIN], WARD_MSG_READ, ward_wr_slice(&w), WARD_MSG_RECORDS, &m);
	assert_int_equal(err, WARD_OK);
	while (ward_rd_left(&m.body)) {
		struct ward_record r;

		assert_int_equal(ward_wire_get_record(&m.body, &r), WARD_OK);
		if (r.type == WARD_RECORD_EVENT) /* ticks come when they like */
			len += (size_t)snprintf(buf + len, cap - len, "%u:%u:%.*s ", r.source,
				(unsigned)r.lane, WARD_STR_ARG(ward_slice_text(r.data)));
		assert_true(len < cap);
	}
}

static void t_lanes(void **state)
{
	struct lab *l = *state;
	static const struct {
		size_t peer;
		enum ward_lane lane;
		enum ward_err want;
	} row[] = {
		{NET, WARD_LANE_EVIDENCE, WARD_OK},
		{NET, WARD_LANE_TELEMETRY, WARD_OK},
		{NET, WARD_LANE_DERIVED, WARD_ERR_DENIED},
		{NET, WARD_LANE_CONTROL, WARD_ERR_DENIED},
		{LOG, WARD_LANE_CONTROL, WARD_ERR_DENIED},
		{BRAIN, WARD_LANE_CONTROL, WARD_OK},
		{BRAIN, WARD_LANE_EVIDENCE, WARD_ERR_DENIED},
		{BRAIN, WARD_LANE_TELEMETRY, WARD_ERR_DENIED},
		{BRAIN, WARD_LANE_DERIVED, WARD_ERR_DENIED},
		{SUPERVISOR, WARD_LANE_CONTROL, WARD_OK},
		{SUPERVISOR, WARD_LANE_EVIDENCE, WARD_ERR_DENIED},
	};
	char all[512];

	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		char data[16];

		(void)snprintf(data, sizeof(data), "%zu", i);
		assert_int_equal(append(l, row[i].peer, row[i].lane, data), row[i].want);
	}
	recorded(l, all, sizeof(all));
	/* source numbers are those of the process table, whoever says what */
	assert_string_equal(all, "2:0:0 2:2:1 5:3:5 1:3:9 ");
}

static void t_messages(void **state)
{
	struct lab *l = *state;
	uint8_t body[12] = {0};
	struct ward_slice read = {body, sizeof(body)}, ack = {body, 8};
	char all[512];

	assert_int_equal(append(l, NET, WARD_LANE_EVIDENCE, "before"), WARD_OK);
	for (int t = 1; t < WARD_MSG_N; t++) {
		if (t == WARD_MSG_APPEND)
			continue;
		ignored(l, NET, (enum ward_msg_type)t, read); /* a sensor may only append */
	}
	ignored(l, SUPERVISOR, WARD_MSG_READ, read);
	ignored(l, SUPERVISOR, WARD_MSG_ACK, ack);
	ignored(l, BRAIN, WARD_MSG_COMMIT, read);
	recorded(l, all, sizeof(all));
	assert_string_equal(all, "2:0:before ");
}

static void t_malformed(void **state)
{
	struct lab *l = *state;
	static const uint8_t garbage[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	struct ward_slice whole;
	char all[512];

	assert_int_equal(append(l, NET, WARD_LANE_EVIDENCE, "before"), WARD_OK);
	whole = ward_batch_body(&l->batch);
	for (size_t n = 0; n < whole.len; n++) { /* every beginning of a good batch */
		struct ward_msg m;

		assert_int_equal(ward_ask(&l->ask[NET], WARD_MSG_APPEND,
					 (struct ward_slice){whole.p, n}, WARD_MSG_APPENDED, &m),
			WARD_OK);
		assert_int_equal(ward_rd_u8(&m.body), WARD_ERR_MALFORMED);
	}
	/* datagrams that are no messages */
	assert_int_equal(write(l->ours[NET], garbage, sizeof(garbage)), sizeof(garbage));
	assert_int_equal(write(l->ours[NET], garbage, 1), 1);
	ignored(l, BRAIN, WARD_MSG_READ, (struct ward_slice){garbage, 3});
	assert_int_equal(append(l, NET, WARD_LANE_EVIDENCE, "after"), WARD_OK);
	recorded(l, all, sizeof(all));
	assert_string_equal(all, "2:0:before 2:0:after ");
}

/* Where a reader is, as the folder says while no process has it. */
static enum ward_err look(struct lab *l, const char *reader, uint64_t *ret)
{
	struct ward_journal_options o;
	struct ward_limits lim;
	struct ward_io_dir dir;
	struct ward_journal *j;

	ward_limits_default(&lim);
	ward_journal_options_default(&o, &lim);
	o.read_only = true;
	assert_int_equal(ward_io_dir_open(&dir, l->dir + strlen("dir="), false, false), WARD_OK);
	assert_int_equal(
		ward_journal_open(&o, &dir.io, ward_clock_system(), ward_mem_heap(), &j), WARD_OK);
	enum ward_err err = ward_journal_position(j, ward_str_z(reader), ret);

	ward_journal_close(j);
	ward_io_dir_close(&dir);
	return err;
}

/* A position beyond what is committed, or one that goes back, is not taken. */
static void t_ack(void **state)
{
	struct lab *l = *state;
	static const uint64_t said[] = {1, 99, 0};

	assert_int_equal(append(l, NET, WARD_LANE_EVIDENCE, "one"), WARD_OK);
	for (size_t i = 0; i < WARD_ARRAY_LEN(said); i++) {
		uint8_t body[8];
		struct ward_wr w = ward_wr_fixed(body, sizeof(body));

		ward_wr_be64(&w, said[i]);
		ignored(l, BRAIN, WARD_MSG_ACK, ward_wr_slice(&w));
	}
	assert_int_equal(append(l, NET, WARD_LANE_EVIDENCE, "two"), WARD_OK);
	(void)live_end(&l->journal, SIGKILL);

	uint64_t position;

	assert_int_equal(look(l, "brain", &position), WARD_OK);
	assert_int_equal(position, 1);
	live_start(&l->journal);
}

/* Asks until the process is up: all counts that is before number 1000. */
static void held(struct ward_ask *quorum)
{
	uint8_t body[8];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	enum ward_err err = WARD_ERR_AGAIN;
	struct ward_msg m;

	ward_wr_be64(&w, 1000);
	for (int i = 0; err == WARD_ERR_AGAIN && i < 120; i++)
		err = ward_ask(quorum, WARD_MSG_HOLD, ward_wr_slice(&w), WARD_MSG_HELD, &m);
	assert_int_equal(err, WARD_OK);
}

/* The database besides: a reader as long as it is in the installation. Taken out, it holds nothing
 * back for ever. */
static void t_quorum_taken_out(void **state)
{
	struct lab *l = *state;
	struct ward_ask quorum = l->ask[NET];
	uint8_t body[8];
	struct ward_wr ack = ward_wr_fixed(body, sizeof(body));
	uint64_t position;
	int pair[2];

	assert_int_equal(append(l, NET, WARD_LANE_EVIDENCE, "alone"), WARD_OK);
	(void)live_end(&l->journal, SIGKILL);
	live_pair(pair);
	quorum.fd = pair[0];
	l->journal.fd[PEERS].name = "quorum";
	l->journal.fd[PEERS].fd = pair[1];
	live_start(&l->journal);
	ward_wr_be64(&ack, 1);
	assert_int_equal(ward_msg_send(pair[0], WARD_MSG_ACK, 0, ward_wr_slice(&ack)), WARD_OK);
	held(&quorum); /* so the ACK before it was heard */
	(void)live_end(&l->journal, SIGKILL);
	live_start(&l->journal); /* the same installation: it stays */
	held(&quorum);
	(void)live_end(&l->journal, SIGKILL);
	assert_int_equal(look(l, "quorum", &position), WARD_OK);
	assert_int_equal(position, 1);

	l->journal.fd[PEERS].name = NULL;
	live_start(&l->journal);
	assert_int_equal(append(l, NET, WARD_LANE_EVIDENCE, "alone again"), WARD_OK);
	(void)live_end(&l->journal, SIGKILL);
	assert_int_equal(look(l, "quorum", &position), WARD_ERR_NOT_FOUND);
	(void)close(pair[0]);
	(void)close(pair[1]);
	live_start(&l->journal);
}

static void send_many(struct lab *l, size_t peer, size_t n, const char *data)
{
	ward_batch_begin(&l->batch);
	assert_true(ward_batch_add(&l->batch, peer == NET ? WARD_LANE_EVIDENCE : WARD_LANE_CONTROL,
		WARD_RECORD_EVENT, text(data)));
	for (uint32_t i = 0; i < n; i++) {
		enum ward_err err = WARD_ERR_AGAIN;

		for (int k = 0; err == WARD_ERR_AGAIN && k < 2000; k++) {
			err = ward_msg_send(l->ours[peer], WARD_MSG_APPEND, 1000 + i,
				ward_batch_body(&l->batch));
			if (err == WARD_ERR_AGAIN)
				(void)usleep(5000);
		}
		assert_int_equal(err, WARD_OK);
	}
}

static size_t count(const char *all, const char *one)
{
	size_t n = 0;

	while ((all = strstr(all, one))) {
		n++;
		all++;
	}
	return n;
}

/* While no database takes records nothing is answered: what people decide is on this disk, and
 * read, all of it; sensors wait, whose memory is their own. */
static void t_decided_meanwhile(void **state)
{
	enum { MANY = 100, BOUND = 64 };
	static char all[8192];
	struct lab *l = *state;
	int pair[2];

	(void)live_end(&l->journal, SIGKILL);
	live_pair(pair);
	l->journal.fd[PEERS].name = "quorum";
	l->journal.fd[PEERS].fd = pair[1];
	live_start(&l->journal);
	send_many(l, NET, BOUND + 1, "seen");
	send_many(l, SUPERVISOR, MANY, "decided");
	for (int i = 0; i < 1000 && count(all, "decided") < MANY; i++) {
		recorded(l, all, sizeof(all));
		if (count(all, "decided") < MANY)
			(void)usleep(10000);
	}
	assert_int_equal(count(all, "decided"), MANY);
	assert_true(count(all, "seen") <= BOUND);
	l->journal.fd[PEERS].name = NULL;
	(void)close(pair[0]);
	(void)close(pair[1]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(t_lanes), TEST(t_messages), TEST(t_malformed),
		TEST(t_ack), TEST(t_quorum_taken_out), TEST(t_decided_meanwhile)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
