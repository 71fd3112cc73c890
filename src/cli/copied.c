#include "cli/copied.h"

#include "run/door.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_copy(struct ward_cli_copied *m)
{
	char path[PATH_MAX + 32];

	(void)snprintf(path, sizeof(path), "%s/store/" WARD_DOOR_COPY, m->state);
	m->store = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	return m->store < 0 ? ward_cli_fail(m->cmd, "cannot read '%s': %s", path, strerror(errno))
			    : WARD_EXIT_DONE;
}

/* Ward runs: only its store may open the database, and copies it. */
static int ask_store(struct ward_cli_copied *m)
{
	struct ward_backed_up b;
	int fd, rc;
	enum ward_err err = ward_door_connect(m->state, &fd);

	if (err)
		return err == WARD_ERR_NOT_FOUND
			       ? ward_cli_fail(m->cmd,
					 "'%s': Ward begins or ends just then: try again", m->state)
			       : ward_cli_fail(m->cmd,
					 "cannot ask the store of '%s': %s; be root, or the user "
					 "of 'ward run'",
					 m->state, ward_err_text(err));
	err = ward_door_backup(fd, &b);
	if (!err)
		err = b.verdict;
	rc = err ? ward_cli_fail(
			   m->cmd, "the store cannot copy its database: %s", ward_err_text(err))
		 : open_copy(m);
	(void)close(fd); /* the file is ours as long as it is open */
	m->head.rows = b.rows;
	m->head.root = b.root;
	m->head.position = b.position;
	return rc;
}

static enum ward_err copy_store(struct ward_cli_copied *m, const char *path, const char *to)
{
	const struct ward_store_options o = {.path = path,
		.clock = ward_clock_system(),
		.mem = ward_mem_heap(),
		.reading = true};
	struct ward_store_copy *c = NULL;
	struct ward_store *s = NULL;
	struct ward_tree_head head;
	enum ward_err err = ward_store_open(&o, &s);

	if (!err)
		err = ward_store_copy_begin(s, to, &c);
	while (!err && (err = ward_store_copy_step(c, 4096)) == WARD_ERR_AGAIN)
		err = WARD_OK;
	ward_store_copy_end(c);
	if (!err) {
		ward_store_head(s, &head);
		m->head.rows = head.n;
		m->head.root = head.root;
		m->head.position = ward_store_position(s);
	}
	ward_store_close(s);
	return err;
}

/* Ward is stopped, and stays so: we have its lock. */
static int read_store(struct ward_cli_copied *m)
{
	char path[PATH_MAX + 32], to[PATH_MAX + 32];
	enum ward_err err;
	int rc;

	(void)snprintf(path, sizeof(path), "%s/store/ward.db", m->state);
	(void)snprintf(to, sizeof(to), "%s/store/" WARD_DOOR_COPY, m->state);
	(void)unlink(to);
	err = copy_store(m, path, to);
	rc = !err ? open_copy(m)
	     : err == WARD_ERR_VERSION
		     ? ward_cli_fail(m->cmd,
			       "'%s' is of another version of Ward: back it up with that one", path)
		     : ward_cli_fail(m->cmd, "cannot copy '%s': %s", path, ward_err_text(err));
	(void)unlink(to);
	return rc;
}

int ward_cli_copied_lock(struct ward_cli_copied *m, bool *ret)
{
	char path[PATH_MAX + 16];

	(void)snprintf(path, sizeof(path), "%s/lock", m->state);
	m->lock = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (m->lock < 0 && errno == ENOENT)
		return ward_cli_fail(m->cmd,
			"nothing is kept in '%s': --state names the folder of 'ward run'",
			m->state);
	if (m->lock < 0)
		return ward_cli_fail(m->cmd,
			"cannot use '%s': %s; be root, or the user of 'ward run'", m->state,
			strerror(errno));
	*ret = !m->runs && flock(m->lock, LOCK_EX | LOCK_NB) == 0;
	return WARD_EXIT_DONE;
}

int ward_cli_copied_open(struct ward_cli_copied *m)
{
	bool stopped = false;
	int rc = ward_cli_copied_lock(m, &stopped);

	if (rc)
		return rc;
	rc = stopped ? read_store(m) : ask_store(m);
	ward_cli_copied_unlock(m);
	return rc;
}

void ward_cli_copied_unlock(struct ward_cli_copied *m)
{
	(void)flock(m->lock, LOCK_UN);
}

void ward_cli_copied_close(struct ward_cli_copied *m)
{
	if (m->store >= 0)
		(void)close(m->store);
	if (m->lock >= 0)
		(void)close(m->lock);
	m->store = m->lock = -1;
}
