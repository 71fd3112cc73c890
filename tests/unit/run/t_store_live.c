/* The store's real process in its cage, killed again and again while the brain's side commits to
 * it: in the end each row must be there once, in order, with the right position, and the ledger
 * must hold. */
#include "live.h"

#include "run/committer.h"
#include "run/process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { KILLS = 40, CHILD_FD = 10, JSON_MAX = 1 << 17 };

/* Between the test and its small supervisor. */
struct shared {
	_Atomic uint32_t n_commit; /* returned to the brain's side */
	_Atomic uint32_t n_killed;
	_Atomic bool stop;
};

struct lab {
	char dir[64], log[80], path[80];
	struct shared *shared;
	int brain, tell; /* our ends */
	pid_t supervisor;
	struct ward_limits limits;
	char json[JSON_MAX];
};

static void sleep_us(long us)
{
	struct timespec t = {us / 1000000, us % 1000000 * 1000};

	(void)nanosleep(&t, NULL);
}

static uint64_t draw(uint64_t *seed) /* splitmix64 */
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* In a child of the small supervisor: becomes the store. */
static void exec_store(const struct lab *l, const int fd[2], pid_t parent)
{
	char program[4096], supervisor[32], dir[80];
	int log = open(l->log, O_WRONLY | O_CREAT | O_APPEND, 0600);

	(void)snprintf(program, sizeof(program), "%s/store", getenv("WARD_LIBEXEC"));
	(void)snprintf(supervisor, sizeof(supervisor), "supervisor=%ld", (long)parent);
	(void)snprintf(dir, sizeof(dir), "dir=%s/store", l->dir);
	/* the leak checker is a process of its own, which the cage does not let start */
	if (log < 0 || dup2(log, STDERR_FILENO) < 0 || dup2(fd[0], CHILD_FD) < 0 ||
		dup2(fd[1], CHILD_FD + 1) < 0 ||
		setenv("ASAN_OPTIONS", "detect_leaks=0:abort_on_error=1", 1) != 0)
		_exit(71);
	(void)execl(program, "store", supervisor, dir, "fd.brain=10", "fd.tell=11", (char *)NULL);
	_exit(71);
}

static pid_t start_store(const struct lab *l, const int fd[2])
{
	pid_t me = getpid(), pid = fork();

	if (pid == 0)
		exec_store(l, fd, me);
	return pid;
}

/* The small supervisor finds something wrong: the test, which may wait for ever, ends too. */
static void give_up(const char *why, int status)
{
	(void)fprintf(stderr, "%s, status %d\n", why, status);
	(void)kill(getppid(), SIGABRT);
	_exit(1);
}

/* Lines with this event that the store's lives wrote. */
static size_t logged(const struct lab *l, const char *event)
{
	FILE *f = fopen(l->log, "r");
	char line[4096], want[64];
	size_t n = 0;

	if (!f)
		return 0; /* nobody has begun it yet */
	(void)snprintf(want, sizeof(want), "\"event\":\"%s\"", event);
	while (fgets(line, sizeof(line), f))
		n += strstr(line, want) != NULL;
	(void)fclose(f);
	return n;
}

/* Starts the store, kills it at some moment, starts it again …; then lets it live until told. */
static void supervise(const struct lab *l, const int fd[2], unsigned kills)
{
	uint64_t seed = 20260101;
	int status;

	for (unsigned i = 0; i < kills && !l->shared->stop; i++) {
		uint32_t before = l->shared->n_commit;
		size_t opened = logged(l, "store.open");
		pid_t pid = start_store(l, fd);

		/* every fourth is killed early, perhaps in its recovery; the others at work: an
		 * answer alone may be one of the life before */
		while (i % 4 != 3 && !l->shared->stop &&
			(l->shared->n_commit == before || logged(l, "store.open") == opened)) {
			if (waitpid(pid, &status, WNOHANG) == pid)
				give_up("the store ended by itself", status);
			sleep_us(200);
		}
		sleep_us((long)(draw(&seed) % 6000));
		(void)kill(pid, SIGKILL);
		if (waitpid(pid, &status, 0) != pid || !WIFSIGNALED(status))
			give_up("the store ended by itself", status);
		l->shared->n_killed++;
	}
	pid_t pid = start_store(l, fd);

	while (!l->shared->stop) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			give_up("the store ended by itself", status);
		sleep_us(1000);
	}
	(void)kill(pid, SIGTERM);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		_exit(2);
	_exit(0);
}

static void start(struct lab *l, unsigned kills)
{
	int brain[2], tell[2];

	live_folder(l->dir, sizeof(l->dir));
	(void)snprintf(l->log, sizeof(l->log), "%s/log", l->dir);
	(void)snprintf(l->path, sizeof(l->path), "%s/store/ward.db", l->dir);
	ward_limits_default(&l->limits);
	l->shared = mmap(NULL, sizeof(*l->shared), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(l->shared != MAP_FAILED);
	live_pair(brain);
	live_pair(tell);
	l->supervisor = fork();
	assert_true(l->supervisor >= 0);
	if (l->supervisor == 0)
		supervise(l, (int[]){brain[1], tell[1]}, kills);
	l->brain = brain[0];
	l->tell = tell[0];
	close(brain[1]);
	close(tell[1]);
}

static void stop(struct lab *l)
{
	int status = 0;

	l->shared->stop = true;
	assert_int_equal(waitpid(l->supervisor, &status, 0), l->supervisor);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void clean(struct lab *l)
{
	close(l->brain);
	close(l->tell);
	live_remove(l->dir);
	(void)munmap(l->shared, sizeof(*l->shared));
}

/* Row i, from its number alone; one in 16 is large, so that transactions have several parts. */
static struct ward_store_row row_of(struct lab *l, uint64_t i)
{
	struct ward_store_row r = {.kind = (enum ward_row_kind)(i % 3 + 1),
		.revision = (uint32_t)(i / 30),
		.time = (ward_ns)i};
	size_t len = i % 16 == 0 ? JSON_MAX - 8 : 40 + i % 100;
	int n = snprintf(l->json, sizeof(l->json), "%llu ", (unsigned long long)i);

	memset(l->json + n, 'a' + (int)(i % 26), len - (size_t)n);
	r.id.b[0] = (uint8_t)(i % 30);
	r.json = (struct ward_str){l->json, len};
	return r;
}

static size_t checkpoint_of(uint8_t *p, uint64_t seq)
{
	size_t len = seq % 5 == 0 ? 400000 : 1000;

	for (size_t i = 0; i < len; i++)
		p[i] = (uint8_t)(seq + i * 31 % 255);
	return len;
}

static void check_resume(struct lab *l, struct ward_committer *c, uint64_t position, uint64_t seq)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	uint8_t *want = malloc(400000);
	uint64_t got_position = 99, got_seq = 99;

	(void)l;
	assert_non_null(want);
	assert_int_equal(ward_committer_resume(c, &got_position, &got_seq, &w), WARD_OK);
	assert_int_equal(got_position, position);
	assert_int_equal(got_seq, seq);
	assert_int_equal(w.len, seq ? checkpoint_of(want, seq) : 0);
	if (seq)
		assert_memory_equal(w.p, want, w.len);
	ward_wr_fini(&w);
	free(want);
}

static struct ward_committer *committer(struct lab *l)
{
	struct ward_committer *c;

	assert_int_equal(
		ward_committer_new(l->brain, ward_clock_system(), ward_mem_heap(), &l->limits, &c),
		WARD_OK);
	return c;
}

struct reader {
	struct lab *l;
	uint64_t n;
};

static void on_row(void *ctx, const struct ward_store_row *row)
{
	struct reader *r = ctx;
	struct ward_store_row want = row_of(r->l, r->n);

	assert_int_equal(row->row, ++r->n);
	assert_int_equal(row->kind, want.kind);
	assert_true(ward_id_eq(row->id, want.id));
	assert_int_equal(row->revision, want.revision);
	assert_true(ward_str_eq(row->json, want.json));
}

static void fetch(struct ward_ask *a, struct reader *r, uint64_t want_last)
{
	const struct ward_rows_query q = {r->n, 100};
	uint64_t last = 0;

	assert_int_equal(ward_rows_fetch(a, &q, on_row, r, &last), WARD_OK);
	assert_int_equal(last, want_last);
}

static bool on_stored_row(void *ctx, const struct ward_store_row *row)
{
	on_row(ctx, row);
	return true;
}

static void ask_init(const struct lab *l, struct ward_ask *a)
{
	a->fd = l->tell;
	a->next_id = ward_process_ids();
	a->again = 300 * WARD_NS_PER_MS;
	a->give_up = 0;
	a->clock = ward_clock_system();
}

/* The brain: commits in transactions of any size, at times with a checkpoint, and at times dies
 * itself: then it goes on from its checkpoint and gives again what followed. Returns the rows. */
static uint64_t think(struct lab *l, uint64_t *ret_seq)
{
	uint8_t *memory = malloc(400000);
	struct ward_committer *c = committer(l);
	uint64_t seed = 7, at = 0, done = 0, seq = 0;

	assert_non_null(memory);
	for (unsigned round = 1; l->shared->n_killed < KILLS || round < 60; round++) {
		for (uint64_t n = draw(&seed) % 25; n > 0; n--) {
			struct ward_store_row r = row_of(l, at++);

			assert_int_equal(ward_committer_row(c, &r), WARD_OK);
		}
		if (round % 9 == 0) { /* dies with rows in hand */
			ward_committer_free(c);
			c = committer(l);
			check_resume(l, c, done, seq);
			at = seq;
			continue;
		}
		bool keeps = round % 4 == 0 && at > 0;

		if (keeps)
			assert_int_equal(ward_committer_checkpoint(c, at,
						 ward_slice_of(memory, checkpoint_of(memory, at))),
				WARD_OK);
		assert_int_equal(ward_committer_commit(c, at), WARD_OK);
		assert_int_equal(ward_committer_waiting(c), 0);
		seq = keeps ? at : seq;
		done = at > done ? at : done;
		l->shared->n_commit++;
	}
	check_resume(l, c, done, seq);
	ward_committer_free(c);
	free(memory);
	*ret_seq = seq;
	return done;
}

static void test_killed_at_any_moment(void **state)
{
	struct lab *l = calloc(1, sizeof(*l));
	struct ward_ask *a = calloc(1, sizeof(*a));
	struct reader r = {.l = l};
	struct ward_store *s;
	uint64_t n, seq;

	(void)state;
	assert_true(l && a);
	start(l, KILLS);
	n = think(l, &seq);
	assert_true(l->shared->n_killed == KILLS);
	assert_true(n > 100);
	/* the teller reads them all */
	ask_init(l, a);
	while (r.n < n)
		fetch(a, &r, n);
	fetch(a, &r, n); /* and then none, without waiting for ever */
	assert_int_equal(r.n, n);
	stop(l);

	struct ward_store_options o = {
		.path = l->path, .clock = ward_clock_system(), .mem = ward_mem_heap()};
	struct ward_store_checkpoint c;

	assert_int_equal(ward_store_open(&o, &s), WARD_OK);
	assert_int_equal(ward_store_last(s), n);
	assert_int_equal(ward_store_position(s), n);
	assert_int_equal(ward_store_checkpoint(s, &c), WARD_OK);
	assert_int_equal(c.seq, seq);
	r.n = 0;
	assert_int_equal(ward_store_rows(s, 0, SIZE_MAX, on_stored_row, &r), WARD_OK);
	assert_int_equal(r.n, n);
	assert_int_equal(ward_store_verify(s), WARD_OK);
	ward_store_close(s);
	assert_int_equal(logged(l, "store.fault"), 0);
	assert_int_equal(logged(l, "store.refused"), 0);
	assert_int_equal(logged(l, "process.died"), 0);
	assert_int_equal(logged(l, "process.sandbox"), 0);
	assert_true(logged(l, "store.open") >= KILLS / 4 * 3 + 1);
	clean(l);
	free(a);
	free(l);
}

/* Starts the store once, without anybody who would start it again. */
static pid_t start_once(struct lab *l, int ret_theirs[2])
{
	int brain[2], tell[2];

	live_folder(l->dir, sizeof(l->dir));
	(void)snprintf(l->log, sizeof(l->log), "%s/log", l->dir);
	(void)snprintf(l->path, sizeof(l->path), "%s/store/ward.db", l->dir);
	live_pair(brain);
	live_pair(tell);
	l->brain = brain[0];
	l->tell = tell[0];
	ret_theirs[0] = brain[1];
	ret_theirs[1] = tell[1];
	return start_store(l, ret_theirs);
}

static int end_once(struct lab *l, pid_t pid, const int theirs[2])
{
	int status = 0;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(theirs[0]);
	close(theirs[1]);
	close(l->brain);
	close(l->tell);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* What a peer may not send is refused and logged; the others are served all the same. */
static void test_refused(void **state)
{
	struct lab *l = calloc(1, sizeof(*l));
	struct ward_ask *a = calloc(1, sizeof(*a));
	struct reader r = {.l = l};
	int theirs[2];
	uint8_t body[64];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	(void)state;
	assert_true(l && a);
	pid_t pid = start_once(l, theirs);

	ward_commit_put(&w, &(struct ward_commit){
				    .flags = WARD_COMMIT_FIRST | WARD_COMMIT_LAST, .position = 7});
	assert_int_equal(ward_msg_send(l->tell, WARD_MSG_COMMIT, 1, ward_wr_slice(&w)), WARD_OK);
	assert_int_equal(send(l->tell, "no message", 10, MSG_NOSIGNAL), 10);
	assert_int_equal(ward_msg_send(l->brain, WARD_MSG_ROWS, 1, ward_wr_slice(&w)), WARD_OK);
	ask_init(l, a);
	fetch(a, &r, 0); /* the only answer on this link */
	ward_limits_default(&l->limits);
	struct ward_committer *c = committer(l);

	check_resume(l, c, 0, 0); /* position 7 was not the teller's to say */
	ward_committer_free(c);
	(void)kill(pid, SIGTERM);
	assert_int_equal(end_once(l, pid, theirs), WARD_PROCESS_DONE);
	assert_int_equal(logged(l, "store.refused"), 3);
	live_remove(l->dir);
	free(a);
	free(l);
}

/* A damaged database ends the process with a line that a person can act on. */
static void test_damaged(void **state)
{
	struct lab *l = calloc(1, sizeof(*l));
	struct ward_committer *c;
	int theirs[2];
	uint8_t bad[4096];

	(void)state;
	assert_non_null(l);
	ward_limits_default(&l->limits);
	pid_t pid = start_once(l, theirs);
	struct ward_store_row one = row_of(l, 1);

	c = committer(l);
	assert_int_equal(ward_committer_row(c, &one), WARD_OK);
	assert_int_equal(ward_committer_commit(c, 1), WARD_OK);
	ward_committer_free(c);
	(void)kill(pid, SIGTERM);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	int fd = open(l->path, O_RDWR | O_CLOEXEC);

	assert_true(fd >= 0);
	memset(bad, 0xa5, sizeof(bad));
	for (off_t at = 4096, end = lseek(fd, 0, SEEK_END); at < end; at += 4096)
		assert_int_equal(pwrite(fd, bad, sizeof(bad), at), sizeof(bad));
	close(fd);
	pid = start_store(l, theirs);
	assert_int_equal(end_once(l, pid, theirs), WARD_PROCESS_DIED);
	assert_int_equal(logged(l, "store.corrupt"), 1);
	assert_int_equal(logged(l, "process.died"), 1);
	live_remove(l->dir);
	free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_killed_at_any_moment),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
