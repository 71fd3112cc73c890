#include "../store/lab.h"
#include "live.h"

#include "run/committer.h"
#include "run/keeper.h"

#include <sys/wait.h>
#include <unistd.h>

/* What the other side says to the requests that come, in turn. */
struct script {
	struct {
		enum ward_msg_type type;
		struct ward_slice body;
	} say[8];
	size_t n;
};

struct peer {
	int fd; /* our end */
	pid_t pid;
};

/* In a child: answers by the script, then goes away. */
static void act(int fd, const struct script *s)
{
	static uint8_t buf[WARD_MSG_MAX];
	struct ward_msg m;

	for (size_t i = 0; i < s->n; i++)
		if (ward_msg_recv(fd, buf, &m) != WARD_OK ||
			ward_msg_send(fd, s->say[i].type, m.id, s->say[i].body) != WARD_OK)
			_exit(1);
	_exit(0);
}

/* In a child: a real store, without its process. */
static void keep(int fd, struct lab *l)
{
	static uint8_t buf[WARD_MSG_MAX];
	static struct ward_keeper k;
	struct ward_answer a;
	struct ward_msg m;

	if (lab_try_open(l, ward_mem_heap()) != WARD_OK)
		_exit(1);
	ward_keeper_init(&k, l->s, &l->clock.clock);
	while (ward_msg_recv(fd, buf, &m) == WARD_OK) {
		enum ward_keeper_peer p = m.type == WARD_MSG_ROWS || m.type == WARD_MSG_INCIDENTS
						  ? WARD_KEEPER_TELL
						  : WARD_KEEPER_BRAIN;

		if (ward_keeper_message(&k, p, &m, &a) != WARD_OK || a.refused ||
			a.type == WARD_MSG_NONE ||
			ward_msg_send(fd, a.type, a.id, a.body) != WARD_OK)
			_exit(2);
	}
	ward_store_close(l->s);
	_exit(0);
}

static struct peer begin(const struct script *s, struct lab *l)
{
	struct peer p;
	int pair[2];

	live_pair(pair);
	p.pid = fork();
	assert_true(p.pid >= 0);
	if (p.pid == 0) {
		close(pair[0]);
		if (s)
			act(pair[1], s);
		keep(pair[1], l);
	}
	close(pair[1]);
	p.fd = pair[0];
	return p;
}

static void end(struct peer *p)
{
	int status = 0;

	close(p->fd);
	assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
	assert_int_equal(status, 0);
}

static struct ward_committer *committer(int fd, const struct ward_mem *mem)
{
	static struct ward_limits limits;
	struct ward_committer *c;

	ward_limits_default(&limits);
	assert_int_equal(ward_limits_set(&limits, WARD_STR("store.commit"), 1 << 20), WARD_OK);
	assert_int_equal(ward_limits_set(&limits, WARD_STR("store.checkpoint"), 1 << 20), WARD_OK);
	assert_int_equal(ward_committer_new(fd, ward_clock_system(), mem, &limits, &c), WARD_OK);
	return c;
}

static struct ward_store_row row(uint32_t i, size_t len)
{
	static char json[WARD_ROW_JSON_MAX + 1];

	memset(json, 'a' + (int)(i % 26), sizeof(json));
	return (struct ward_store_row){
		.kind = WARD_ROW_DETECTION, .revision = i, .time = (ward_ns)i, .json = {json, len}};
}

static void test_rows_that_are_refused(void **state)
{
	struct ward_committer *c = committer(-1, ward_mem_heap());
	struct ward_store_row r = row(0, WARD_ROW_JSON_MAX + 1);

	(void)state;
	assert_int_equal(ward_committer_row(c, &r), WARD_ERR_LIMIT);
	r.json.len = 0;
	assert_int_equal(ward_committer_row(c, &r), WARD_ERR_MALFORMED);
	r.json = WARD_STR("\xff");
	assert_int_equal(ward_committer_row(c, &r), WARD_ERR_MALFORMED);
	r.json = WARD_STR("{}");
	r.kind = 0;
	assert_int_equal(ward_committer_row(c, &r), WARD_ERR_MALFORMED);
	r.kind = 4;
	assert_int_equal(ward_committer_row(c, &r), WARD_ERR_MALFORMED);
	assert_int_equal(ward_committer_waiting(c), 0);
	for (uint32_t i = 0; i < 6; i++) {
		r = row(i, WARD_ROW_JSON_MAX);
		assert_int_equal(ward_committer_row(c, &r), WARD_OK);
	}
	size_t before = ward_committer_waiting(c);

	assert_int_equal(ward_committer_row(c, &r), WARD_ERR_FULL);
	assert_int_equal(ward_committer_waiting(c), before);
	assert_int_equal(
		ward_committer_checkpoint(c, 0, ward_slice_of("x", 1)), WARD_ERR_MALFORMED);
	assert_int_equal(
		ward_committer_checkpoint(c, UINT64_MAX, ward_slice_of("x", 1)), WARD_ERR_LIMIT);
	assert_int_equal(
		ward_committer_checkpoint(c, 1, ward_slice_of("x", (1 << 20) + 1)), WARD_ERR_LIMIT);
	ward_committer_free(c);
	ward_committer_free(NULL);
}

static void test_out_of_memory(void **state)
{
	struct ward_mem_failing f;
	struct ward_committer *c = NULL;
	struct ward_limits limits;
	struct ward_store_row r;
	uint32_t n_refused = 0, i = 0;

	(void)state;
	ward_limits_default(&limits);
	ward_mem_failing_init(&f, 1);
	assert_int_equal(
		ward_committer_new(-1, ward_clock_system(), &f.mem, &limits, &c), WARD_ERR_NOMEM);
	for (uint64_t at = 2; at < 12; at++) {
		ward_mem_failing_init(&f, at);
		c = committer(-1, &f.mem);
		for (i = 0; i < 500; i++) {
			size_t before = ward_committer_waiting(c);
			enum ward_err err;

			r = row(i, 1900);
			err = ward_committer_row(c, &r);
			if (!err)
				continue;
			assert_int_equal(err, WARD_ERR_NOMEM);
			assert_int_equal(ward_committer_waiting(c), before);
			f.fail_at = 0; /* there is some again: it goes on as if nothing had been */
			assert_int_equal(ward_committer_row(c, &r), WARD_OK);
			n_refused++;
		}
		ward_committer_free(c);
	}
	assert_true(n_refused >= 8);
}

struct reader {
	uint64_t n;
	uint32_t revision[4096];
};

static void on_row(void *ctx, const struct ward_store_row *got)
{
	struct reader *r = ctx;
	struct ward_store_row want = row(got->revision, got->json.len);

	assert_true(r->n < 4096);
	assert_int_equal(got->row, r->n + 1);
	assert_true(ward_str_eq(got->json, want.json));
	r->revision[r->n++] = got->revision;
}

static void ask_init(struct ward_ask *a, int fd)
{
	*a = (struct ward_ask){.fd = fd, .next_id = 5, .again = WARD_NS_PER_S};
	a->clock = ward_clock_system();
}

/* Against a real store: transactions of many parts, by bytes and by rows, and both resumes. */
static void test_whole_way(void **state)
{
	static struct ward_ask a;
	static struct reader r;
	static uint8_t memory[400000];
	struct lab l;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	uint64_t position, seq, last = 0;
	uint32_t n = 0;

	(void)state;
	memset(memory, 7, sizeof(memory));
	lab_init(&l);
	struct peer p = begin(NULL, &l);
	struct ward_committer *c = committer(p.fd, ward_mem_heap());

	assert_int_equal(ward_committer_resume(c, &position, &seq, &w), WARD_OK);
	assert_int_equal(position, 0);
	assert_int_equal(seq, 0);
	assert_int_equal(w.len, 0);
	for (unsigned round = 0; round < 4; round++) {
		static const struct {
			uint32_t n;
			size_t len;
		} t[4] = {{0, 0}, {2500, 2}, {500, 2000}, {3, WARD_ROW_JSON_MAX}};

		for (uint32_t i = 0; i < t[round].n; i++) {
			struct ward_store_row one = row(n++, t[round].len);

			assert_int_equal(ward_committer_row(c, &one), WARD_OK);
		}
		size_t len = round == 0 ? 0 : round == 1 ? WARD_PIECE_MAX : sizeof(memory);

		if (round != 3)
			assert_int_equal(ward_committer_checkpoint(
						 c, 10 + round, ward_slice_of(memory, len)),
				WARD_OK);
		assert_int_equal(ward_committer_commit(c, 20 + round), WARD_OK);
		assert_int_equal(ward_committer_waiting(c), 0);
		w.len = 0;
		assert_int_equal(ward_committer_resume(c, &position, &seq, &w), WARD_OK);
		assert_int_equal(position, 20 + round);
		assert_int_equal(seq, round == 3 ? 12 : 10 + round);
		assert_int_equal(w.len, len);
		if (len)
			assert_memory_equal(w.p, memory, len);
	}
	ask_init(&a, p.fd);
	while (r.n < n)
		assert_int_equal(ward_rows_fetch(&a, &(struct ward_rows_query){r.n, 1000}, on_row,
					 &r, &last),
			WARD_OK);
	assert_int_equal(last, n);
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(r.revision[i], i);
	ward_committer_free(c);
	end(&p);
	lab_open(&l);
	assert_int_equal(ward_store_last(l.s), n);
	assert_int_equal(ward_store_verify(l.s), WARD_OK);
	lab_fini(&l);
	ward_wr_fini(&w);
}

static void on_incident(void *ctx, const struct ward_store_row *got)
{
	uint64_t *n = ctx;

	assert_int_equal(got->kind, WARD_ROW_INCIDENT);
	assert_int_equal(got->revision, 1);
	++*n;
}

static void test_incidents(void **state)
{
	static struct ward_ask a;
	struct lab l;
	uint64_t n = 0, last = 0;

	(void)state;
	lab_init(&l);
	lab_open(&l);
	assert_int_equal(ward_store_begin(l.s), WARD_OK);
	for (uint32_t i = 0; i < 3000; i++) { /* 1500 incidents with two revisions: two pages */
		struct ward_store_row one = row(i / 1500, 3);

		one.kind = WARD_ROW_INCIDENT;
		one.id.b[0] = (uint8_t)(i % 1500 % 256);
		one.id.b[1] = (uint8_t)(i % 1500 / 256);
		assert_int_equal(ward_store_put(l.s, &one), WARD_OK);
	}
	assert_int_equal(ward_store_commit(l.s, 1), WARD_OK);
	lab_close(&l);
	struct peer p = begin(NULL, &l);

	ask_init(&a, p.fd);
	assert_int_equal(ward_incidents_fetch(&a, on_incident, &n, &last), WARD_OK);
	assert_int_equal(n, 1500);
	assert_int_equal(last, 3000);
	end(&p);
	lab_fini(&l);
}

static void say(struct script *s, enum ward_msg_type t, struct ward_slice b)
{
	s->say[s->n].type = t;
	s->say[s->n++].body = b;
}

/* Commits two parts to whoever answers by the script. */
static enum ward_err commit_to(const struct script *s)
{
	struct peer p = begin(s, NULL);
	struct ward_committer *c = committer(p.fd, ward_mem_heap());
	enum ward_err err;
	size_t before;

	for (uint32_t i = 0; i < 2; i++) {
		struct ward_store_row one = row(i, 100000);

		assert_int_equal(ward_committer_row(c, &one), WARD_OK);
	}
	before = ward_committer_waiting(c);
	err = ward_committer_commit(c, 1);
	assert_int_equal(ward_committer_waiting(c), err ? before : 0);
	ward_committer_free(c);
	end(&p);
	return err;
}

static void test_stores_that_lie(void **state)
{
	static const uint8_t ok[] = {WARD_OK}, over[] = {WARD_ERR_STATE}, no[] = {WARD_ERR_LIMIT};
	static const uint8_t bad[] = {200}, more[] = {0, 0};
	static const struct {
		struct {
			const uint8_t *p;
			size_t len;
			enum ward_msg_type type;
		} say[5];
		enum ward_err want;
	} t[] = {
		{{{ok, 1, 0}, {ok, 1, 0}}, WARD_OK},
		/* a new life in the middle, twice: from the first part on */
		{{{ok, 1, 0}, {over, 1, 0}, {over, 1, 0}, {ok, 1, 0}, {ok, 1, 0}}, WARD_OK},
		{{{no, 1, 0}}, WARD_ERR_LIMIT},
		{{{ok, 1, 0}, {no, 1, 0}}, WARD_ERR_LIMIT},
		{{{bad, 1, 0}}, WARD_ERR_MALFORMED},
		{{{more, 2, 0}}, WARD_ERR_MALFORMED},
		{{{ok, 1, WARD_MSG_RESUMED}}, WARD_ERR_MALFORMED},
		{{{ok, 1, 0}}, WARD_ERR_CLOSED},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(t); i++) {
		struct script s = {.n = 0};

		for (size_t k = 0; k < 5 && t[i].say[k].p; k++)
			say(&s, t[i].say[k].type ? t[i].say[k].type : WARD_MSG_COMMITTED,
				ward_slice_of(t[i].say[k].p, t[i].say[k].len));
		assert_int_equal(commit_to(&s), t[i].want);
	}
}

static enum ward_err resume_from(const struct script *s, size_t room)
{
	struct peer p = begin(s, NULL);
	struct ward_committer *c = committer(p.fd, ward_mem_heap());
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), room);
	uint64_t position = 77, seq = 77;
	enum ward_err err = ward_committer_resume(c, &position, &seq, &w);

	if (err) {
		assert_int_equal(position, 77);
		assert_int_equal(seq, 77);
	}
	ward_wr_fini(&w);
	ward_committer_free(c);
	end(&p);
	return err;
}

static void test_resumes_that_lie(void **state)
{
	static const struct {
		const char *what;
		struct {
			uint64_t seq, size, off;
			const char *bytes;
		} say[2];
		size_t n, room;
		enum ward_err want;
	} t[] = {
		{"good", {{1, 4, 0, "abcd"}}, 1, 100, WARD_OK},
		{"good, in two", {{1, 4, 0, "abc"}, {1, 4, 3, "d"}}, 2, 100, WARD_OK},
		{"another offset", {{1, 4, 1, "bcd"}}, 1, 100, WARD_ERR_MALFORMED},
		{"the same again", {{1, 4, 0, "abc"}, {1, 4, 0, "d"}}, 2, 100, WARD_ERR_MALFORMED},
		{"another one", {{1, 4, 0, "abc"}, {2, 4, 3, "d"}}, 2, 100, WARD_ERR_MALFORMED},
		{"another size", {{1, 4, 0, "abc"}, {1, 5, 3, "d"}}, 2, 100, WARD_ERR_MALFORMED},
		{"other bytes", {{1, 4, 0, "abcx"}}, 1, 100, WARD_ERR_CORRUPT},
		{"too large", {{1, 1 << 21, 0, "abcd"}}, 1, 100, WARD_ERR_LIMIT},
		{"no room", {{1, 4, 0, "abcd"}}, 1, 3, WARD_ERR_NOMEM},
		{"nothing", {{1, 4, 0, ""}}, 1, 100, WARD_ERR_MALFORMED},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(t); i++) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1000);
		size_t from[2];
		struct script s = {.n = 0};

		for (size_t k = 0; k < t[i].n; k++) {
			struct ward_resumed d = {.position = 1};

			d.piece.of.seq = t[i].say[k].seq;
			d.piece.of.size = t[i].say[k].size;
			ward_sha256(ward_slice_of("abcd", 4), d.piece.of.sha256);
			d.piece.off = t[i].say[k].off;
			d.piece.bytes = ward_str_bytes(ward_str_z(t[i].say[k].bytes));
			from[k] = w.len;
			ward_resumed_put(&w, &d);
			say(&s, WARD_MSG_RESUMED, ward_slice_of(NULL, w.len - from[k]));
		}
		for (size_t k = 0; k < s.n; k++)
			s.say[k].body.p = w.p + from[k];
		if (resume_from(&s, t[i].room) != t[i].want)
			fail_msg("%s", t[i].what);
		ward_wr_fini(&w);
	}
}

static void never(void *ctx, const struct ward_store_row *got)
{
	(void)ctx;
	(void)got;
	fail_msg("a row of a list that is not good");
}

static void test_lists_that_lie(void **state)
{
	static struct ward_ask a;
	static uint8_t buf[WARD_MSG_BODY_MAX];
	struct ward_row_list l;
	struct script s = {.n = 0};
	uint64_t last = 7;

	(void)state;
	ward_row_list_begin(&l, buf, 5);
	for (uint64_t i = 1; i < 3; i++) { /* the second is beyond the last */
		struct ward_store_row one = row(0, 5);

		one.row = i * 4;
		assert_true(ward_row_list_add(&l, &one));
	}
	struct ward_slice list = ward_row_list_body(&l);

	say(&s, WARD_MSG_ROW_LIST, list);
	say(&s, WARD_MSG_ROW_LIST, list);
	struct peer p = begin(&s, NULL);

	ask_init(&a, p.fd);
	assert_int_equal(ward_rows_fetch(&a, &(struct ward_rows_query){0, 9}, never, NULL, &last),
		WARD_ERR_MALFORMED);
	assert_int_equal(ward_incidents_fetch(&a, never, NULL, &last), WARD_ERR_MALFORMED);
	assert_int_equal(ward_incidents_fetch(&a, never, NULL, &last), WARD_ERR_CLOSED);
	end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_that_are_refused),
		cmocka_unit_test(test_out_of_memory),
		cmocka_unit_test(test_whole_way),
		cmocka_unit_test(test_incidents),
		cmocka_unit_test(test_stores_that_lie),
		cmocka_unit_test(test_resumes_that_lie),
		cmocka_unit_test(test_lists_that_lie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
