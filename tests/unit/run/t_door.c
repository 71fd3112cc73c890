/* The store's door: who may come in, and that whoever does reads all rows. A child is the store. */
#include "../store/lab.h"
#include "run/door.h"
#include "run/keeper.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROWS = 2500, WAIT_MS = 20000 }; /* more than one answer holds */

/* Answers one guest until it goes. */
static void be_store(struct lab *l, int door)
{
	static struct ward_keeper k;
	static uint8_t buf[WARD_MSG_MAX];
	struct pollfd p = {.fd = door, .events = POLLIN};
	int guest = -1;

	lab_open(l);
	ward_keeper_init(&k, l->s, &l->clock.clock);
	if (poll(&p, 1, WAIT_MS) != 1 || ward_door_accept(door, geteuid(), &guest) != WARD_OK)
		_exit(1);
	for (;;) {
		struct ward_msg m;
		struct ward_answer a;

		p.fd = guest;
		if (poll(&p, 1, WAIT_MS) != 1)
			_exit(2);
		enum ward_err err = ward_msg_recv(guest, buf, &m);

		if (err == WARD_ERR_CLOSED)
			_exit(0);
		if (err || ward_keeper_message(&k, WARD_KEEPER_GUEST, &m, &a) || a.refused ||
			ward_msg_send(guest, a.type, a.id, a.body))
			_exit(3);
	}
}

struct got {
	uint64_t n, last;
	bool odd;
};

static void on_row(void *ctx, const struct ward_store_row *row)
{
	struct got *g = ctx;

	g->odd |= row->row != g->last + 1 || !row->json.len;
	g->last = row->row;
	g->n++;
}

static bool on_leaf(void *ctx, const struct ward_store_leaf *l)
{
	struct got *g = ctx;

	g->odd |= l->row.row != g->last + 1 || !l->row.json.len != !l->salt.len;
	g->last = l->row.row;
	g->n++;
	return true;
}

static bool one_leaf(void *ctx, const struct ward_store_leaf *l)
{
	(void)ctx, (void)l;
	return false;
}

static bool on_gone(void *ctx, uint64_t number)
{
	struct got *g = ctx;

	g->odd |= number % 3 != 1 || number <= g->last;
	g->last = number;
	g->n++;
	return true;
}

static bool goes(void *ctx, const struct ward_store_row *row)
{
	(void)ctx;
	return row->row % 3 == 1; /* detections */
}

/* What an increment of a backup asks for. */
static void leaves(int fd, const struct ward_tree_head *head)
{
	struct got g = {.last = 100}, erased = {0};
	struct ward_backed_up is = {.rows = 0};

	assert_int_equal(ward_door_leaves(fd, 100, on_leaf, &g, &is), WARD_OK);
	assert_true(g.n == ROWS - 100 && !g.odd && is.rows == ROWS && is.position == 1);
	assert_true(ward_hash_eq(&is.root, &head->root));
	assert_int_equal(ward_door_leaves(fd, ROWS, on_leaf, &g, &is), WARD_OK);
	assert_int_equal(g.n, ROWS - 100);
	assert_int_equal(ward_door_leaves(fd, ROWS + 1, on_leaf, &g, &is), WARD_ERR_STATE);
	assert_int_equal(ward_door_leaves(fd, 0, one_leaf, NULL, &is), WARD_ERR_LIMIT);
	assert_int_equal(ward_door_gone(fd, ROWS, on_gone, &erased), WARD_OK);
	assert_true(erased.n > 300 && !erased.odd);
}

static void all_rows(void **state)
{
	struct lab *l = *state;
	struct got g = {0};
	struct ward_store_erasure e = {.kind = WARD_ROW_DETECTION, .before = INT64_MAX, .fn = goes};
	struct ward_tree_head head;
	int door, fd, status;

	lab_open(l);
	lab_fill(l, 0, ROWS, 1);
	ward_store_head(l->s, &head);
	lab_close(l);
	assert_int_equal(ward_door_connect(l->dir, &fd), WARD_ERR_NOT_FOUND);
	assert_int_equal(ward_door_listen(l->dir, &door), WARD_OK);
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid)
		be_store(l, door);
	assert_int_equal(ward_door_connect(l->dir, &fd), WARD_OK);
	assert_int_equal(ward_door_rows(fd, on_row, &g), WARD_OK);
	(void)close(fd);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(g.n, ROWS);
	assert_false(g.odd);
	lab_open(l);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(ward_store_erase(l->s, &e), WARD_OK);
	lab_close(l);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		be_store(l, door);
	assert_int_equal(ward_door_connect(l->dir, &fd), WARD_OK);
	leaves(fd, &head);
	(void)close(fd);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	(void)close(door);
	/* a socket that nobody listens at is as none */
	assert_int_equal(ward_door_connect(l->dir, &fd), WARD_ERR_NOT_FOUND);
	assert_int_equal(ward_door_listen(l->dir, &door), WARD_OK); /* and is replaced */
	(void)close(door);
}

/* Were the socket's file open to all, others would still be turned away. */
static void others_are_turned_away(void **state)
{
	struct lab *l = *state;
	char path[128];
	struct stat st;
	int door, guest = -1, status;

	assert_int_equal(ward_door_listen(l->dir, &door), WARD_OK);
	assert_int_equal(ward_door_accept(door, geteuid(), &guest), WARD_ERR_AGAIN);
	(void)snprintf(path, sizeof(path), "%s/door", l->dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700); /* its owner's alone */
	if (geteuid() == 0) {
		assert_int_equal(chmod(l->dir, 0755), 0);
		assert_int_equal(chmod(path, 0777), 0);
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (!pid) {
			int fd;

			if (setgid(60000) != 0 || setuid(60000) != 0)
				_exit(1);
			_exit(ward_door_connect(l->dir, &fd) == WARD_OK ? 0 : 2);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
		assert_int_equal(ward_door_accept(door, 1234, &guest), WARD_ERR_DENIED);
		assert_int_equal(guest, -1);
	}
	(void)close(door);
	assert_int_equal(unlink(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_rows, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(others_are_turned_away, lab_setup, lab_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
