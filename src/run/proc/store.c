/* The store's process: the only one that has the database. It takes transactions of the brain and
 * hands rows to the teller. What each of them may ask stands in run/keeper.c. */
#include "run/door.h"
#include "run/erasing.h"
#include "run/keeper.h"
#include "run/memory.h"
#include "run/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	ROUND_MAX = 64,
	SLEEP_MS = 1000,
	TIDY_MS = 20,
	PATH_BYTES_MAX = 4096,
	POLLED = WARD_KEEPER_PEERS + 2
};

/* A guest that asks nothing for so long gives way to the next. */
static const ward_ns guest_idle = 5 * WARD_NS_PER_S;

struct server {
	struct ward_process p;
	struct ward_store *store;
	struct ward_keeper keeper;
	struct ward_erasing erasing;
	int fd[WARD_KEEPER_PEERS];
	int door, guest; /* WARD_FD_NONE: there is none */
	uid_t owner;     /* who may come in, beside root */
	ward_ns heard;   /* of the guest, monotonic */
	const char *dir;
	char copy_path[PATH_BYTES_MAX];
	uint64_t n_commit, copied; /* commits and checkpoint that the copy of the memory is of */
	uint8_t buf[WARD_MSG_MAX];
	uint8_t piece[WARD_STORE_PIECE_MAX];
};

static void on_fault(void *ctx, const struct ward_store_fault *f)
{
	struct server *s = ctx;

	ward_count_name(&s->p.counters, "store.fault", 1);
	WARD_LOG(&s->p.log, ERROR, "store.fault", WARD_KV_Z("what", f->what),
		WARD_KV_U("row", f->row));
}

/* An older database is kept and upgraded before anybody gets anything: who reads the log sees it go
 * on. */
static void on_upgrade(void *ctx, const struct ward_store_upgrade *u)
{
	static const char *const event[] = {[WARD_STORE_UPGRADE_BEGINS] = "store.upgrade_begins",
		[WARD_STORE_UPGRADE_NO_ROOM] = "store.upgrade_no_room",
		[WARD_STORE_UPGRADE_KEPT] = "store.upgrade_kept",
		[WARD_STORE_UPGRADE_DONE] = "store.upgraded"};
	struct server *s = ctx;
	const bool bad = u->stage == WARD_STORE_UPGRADE_NO_ROOM;
	const struct ward_kv kv[] = {WARD_KV_U("from", u->from), WARD_KV_U("to", u->to),
		WARD_KV_U("needs_bytes", u->needs), WARD_KV_U("free_bytes", u->has),
		WARD_KV_Z("kept", u->kept)};

	ward_log_put(&s->p.log, bad ? WARD_LOG_ERROR : WARD_LOG_INFO, event[u->stage], kv,
		u->kept ? WARD_ARRAY_LEN(kv) : WARD_ARRAY_LEN(kv) - 1);
}

/* Nobody knows what the database holds in memory: the next life reads the file. */
WARD_NORETURN static void die(struct server *s, const char *why, enum ward_err err)
{
	if (err == WARD_ERR_CORRUPT)
		WARD_LOG(&s->p.log, ERROR, "store.corrupt", WARD_KV_Z("file", "ward.db"),
			WARD_KV_Z("mend", "stop Ward, keep the folder, restore the last copy"));
	if (err == WARD_ERR_VERSION)
		WARD_LOG(&s->p.log, ERROR, "store.newer", WARD_KV_Z("file", "ward.db"),
			WARD_KV_Z("mend", "install the newer Ward again, or stop it and 'ward "
					  "store back'"));
	if (err == WARD_ERR_FULL)
		WARD_LOG(&s->p.log, ERROR, "store.full", WARD_KV_Z("file", "ward.db"),
			WARD_KV_Z("mend", "make room on the disk of the state folder: it goes on "
					  "by itself"));
	ward_process_die(&s->p, why, err);
}

static void send_answer(struct server *s, size_t peer, const struct ward_answer *a)
{
	if (a->type == WARD_MSG_NONE)
		return;
	/* a full queue: the peer asks again, and nothing is done twice */
	if (ward_msg_send(s->fd[peer], a->type, a->id, a->body))
		ward_count_name(&s->p.counters, "store.unanswered", 1);
}

static void refuse(struct server *s, size_t peer, enum ward_msg_type t, enum ward_err why)
{
	ward_count_name(&s->p.counters, "store.refused", 1);
	WARD_LOG(&s->p.log, WARN, "store.refused",
		WARD_KV_Z("peer", ward_keeper_peer((enum ward_keeper_peer)peer)),
		WARD_KV_Z("message", ward_msg_name(t)), WARD_KV_E(why));
}

static void drain(struct server *s, size_t peer)
{
	for (size_t i = 0; i < ROUND_MAX; i++) {
		struct ward_msg m;
		struct ward_answer a;
		enum ward_err err = ward_msg_recv(s->fd[peer], s->buf, &m);

		if (err == WARD_ERR_AGAIN)
			return;
		if (err == WARD_ERR_CLOSED)
			ward_process_die(&s->p, "the supervisor closed a link", err);
		if (err) {
			refuse(s, peer, WARD_MSG_NONE, err);
			continue;
		}
		err = ward_keeper_message(&s->keeper, (enum ward_keeper_peer)peer, &m, &a);
		if (err)
			die(s, "the database failed", err);
		if (a.refused)
			refuse(s, peer, m.type, a.refused);
		if (a.ended) {
			ward_count_name(&s->p.counters, "store.transaction_ended", 1);
			WARD_LOG(&s->p.log, WARN, "store.transaction_ended",
				WARD_KV_Z("waited", ward_keeper_peer((enum ward_keeper_peer)peer)));
		}
		send_answer(s, peer, &a);
	}
}

static void let_go(struct server *s)
{
	ward_keeper_guest_left(&s->keeper);
	(void)close(s->guest);
	s->guest = WARD_FD_NONE;
}

static void welcome(struct server *s)
{
	enum ward_err err = ward_door_accept(s->door, s->owner, &s->guest);

	if (err == WARD_ERR_AGAIN)
		return;
	if (err) {
		refuse(s, WARD_KEEPER_GUEST, WARD_MSG_NONE, err);
		return;
	}
	s->heard = ward_clock_mono(s->p.clock);
}

/* One request of a guest; whoever does not take its answer is let go. */
static void serve(struct server *s)
{
	struct ward_msg m;
	struct ward_answer a;
	enum ward_err err = ward_msg_recv(s->guest, s->buf, &m);

	if (err == WARD_ERR_AGAIN)
		return;
	if (err && err != WARD_ERR_CLOSED)
		refuse(s, WARD_KEEPER_GUEST, WARD_MSG_NONE, err);
	if (!err) {
		err = ward_keeper_message(&s->keeper, WARD_KEEPER_GUEST, &m, &a);
		if (err)
			die(s, "the database failed", err);
		err = a.refused;
		if (err)
			refuse(s, WARD_KEEPER_GUEST, m.type, err);
		else if (a.type != WARD_MSG_NONE)
			err = ward_msg_send(s->guest, a.type, a.id, a.body);
	}
	s->heard = ward_clock_mono(s->p.clock);
	if (err)
		let_go(s);
}

/* The copy that a guest waits for. */
static void go_on(struct server *s)
{
	struct ward_answer a;

	ward_keeper_copy(&s->keeper, &a);
	s->heard = ward_clock_mono(s->p.clock);
	if (a.type == WARD_MSG_NONE)
		return;
	WARD_LOG(&s->p.log, INFO, "store.copied", WARD_KV_U("rows", ward_store_last(s->store)));
	if (ward_msg_send(s->guest, a.type, a.id, a.body))
		let_go(s);
}

static void attend(struct server *s, const struct pollfd p[2])
{
	if (s->guest == WARD_FD_NONE) {
		if (p[0].fd != WARD_FD_NONE && p[0].revents)
			welcome(s);
		return;
	}
	if (p[1].revents)
		serve(s);
	else if (s->keeper.copy)
		go_on(s);
	else if (ward_clock_mono(s->p.clock) - s->heard > guest_idle)
		let_go(s);
}

/* Files that are another's, as what a command of root's left, are opened by nobody here. */
static void name_denied(struct server *s, const char *dir)
{
	static const char *const name[] = {"ward.db", "ward.db-wal", "ward.db-shm"};
	char path[PATH_BYTES_MAX];

	for (size_t i = 0; i < WARD_ARRAY_LEN(name); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, name[i]);
		int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);

		if (fd >= 0)
			(void)close(fd);
		else if (errno == EACCES || errno == EPERM)
			WARD_LOG(&s->p.log, ERROR, "store.denied", WARD_KV_Z("file", name[i]),
				WARD_KV_Z("mend", "give the file to the owner of its folder "
						  "(chown), then start Ward again"));
	}
}

static void open_store(struct server *s)
{
	const char *dir = ward_process_setting(&s->p, "dir");
	char path[PATH_BYTES_MAX];
	struct ward_limits lim;
	struct ward_store_options o = {.path = path,
		.clock = s->p.clock,
		.mem = ward_mem_heap(),
		.fault = on_fault,
		.fault_ctx = s,
		.keeping = true,
		.upgrade = on_upgrade,
		.formats = ward_process_formats(&s->p)};
	enum ward_err err;

	if (!dir || (size_t)snprintf(path, sizeof(path), "%s/ward.db", dir) >= sizeof(path))
		ward_process_die(&s->p, "dir", WARD_ERR_CONFIG);
	(void)umask(077);
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		ward_process_die(&s->p, "cannot make the store's folder", WARD_ERR_IO);
	ward_process_cage(&s->p, WARD_CAGE_FILES | WARD_CAGE_LISTEN, dir);
	err = ward_store_open(&o, &s->store);
	if (err == WARD_ERR_IO)
		name_denied(s, dir);
	if (err)
		die(s, "cannot open the database", err);
	s->dir = dir;
	ward_keeper_init(&s->keeper, s->store, s->p.clock);
	ward_process_limits(&s->p, &lim);
	ward_erasing_init(
		&s->erasing, s->store, s->p.clock, ward_limit(&lim, WARD_LIMIT_STORE_LOG_DAYS));
	s->erasing.dir = dir;
	const char *said;

	for (size_t i = 0; (said = ward_process_nth(&s->p, "keep", i)); i++) {
		err = ward_erasing_add(&s->erasing, ward_str_z(said));
		if (err)
			ward_process_die(&s->p, said, err);
	}
	s->erasing.log = &s->p.log;
	s->erasing.counters = &s->p.counters;
	(void)snprintf(s->copy_path, sizeof(s->copy_path), "%s/" WARD_DOOR_COPY, dir);
	s->keeper.copy_path = s->copy_path;
	(void)unlink(s->copy_path); /* what a former life left */
	WARD_LOG(&s->p.log, INFO, "store.open", WARD_KV_U("rows", ward_store_last(s->store)),
		WARD_KV_U("position", ward_store_position(s->store)));
}

static void open_links(struct server *s)
{
	for (size_t i = 0; i < WARD_KEEPER_PEERS; i++) {
		const char *name = ward_keeper_peer((enum ward_keeper_peer)i);

		s->fd[i] = ward_process_fd(&s->p, name);
		if (s->fd[i] != WARD_FD_NONE && fcntl(s->fd[i], F_SETFL, O_NONBLOCK) != 0)
			ward_process_die(&s->p, name, WARD_ERR_IO);
	}
	s->keeper.held = s->fd[WARD_KEEPER_QUORUM] != WARD_FD_NONE;
	const char *owner = ward_process_setting(&s->p, "owner");
	uint64_t uid = 0;

	s->door = ward_process_fd(&s->p, "door");
	s->guest = WARD_FD_NONE;
	if (owner && (!ward_str_u64(ward_str_z(owner), &uid) || uid > UINT32_MAX))
		ward_process_die(&s->p, "owner", WARD_ERR_CONFIG);
	s->owner = (uid_t)uid;
}

/* A copy that fails costs those who look at it, nobody else. */
static void copy_memory(struct server *s)
{
	struct ward_store_stats st;
	enum ward_err err;

	ward_store_stats(s->store, &st);
	if (s->n_commit == st.n_commit && s->copied)
		return;
	s->n_commit = st.n_commit;
	err = ward_memory_copy(s->store, s->dir, s->piece, &s->copied);
	if (err == WARD_ERR_IO || err == WARD_ERR_NOT_FOUND)
		ward_count_name(&s->p.counters, "store.not_copied", 1);
	else if (err)
		die(s, "the database failed", err);
}

static int sleep_ms(struct server *s)
{
	return ward_keeper_sleep_ms(&s->keeper, ward_store_untidy(s->store) ? TIDY_MS : SLEEP_MS);
}

/* Nobody asked for a while: what is only put in order is done now, so that no commit waits for it.
 */
static void tidy(struct server *s)
{
	enum ward_err err = ward_store_untidy(s->store) ? ward_store_tidy(s->store) : WARD_OK;

	if (err && err != WARD_ERR_STATE) /* a transaction of several messages */
		die(s, "the database failed", err);
}

static void run(struct server *s)
{
	while (!ward_process_stopping()) {
		struct pollfd p[POLLED];
		struct ward_answer a;
		enum ward_err err;

		for (size_t i = 0; i < WARD_KEEPER_PEERS; i++)
			p[i] = (struct pollfd){.fd = s->fd[i], .events = POLLIN};
		/* one guest at a time: the others wait before the door */
		p[WARD_KEEPER_PEERS] = (struct pollfd){
			.fd = s->guest == WARD_FD_NONE ? s->door : WARD_FD_NONE, .events = POLLIN};
		p[WARD_KEEPER_PEERS + 1] = (struct pollfd){.fd = s->guest, .events = POLLIN};
		int n = poll(p, POLLED, sleep_ms(s));

		if (n < 0 && errno != EINTR)
			ward_process_die(&s->p, "poll", WARD_ERR_IO);
		if (n == 0)
			tidy(s);
		for (size_t i = 0; i < WARD_KEEPER_PEERS; i++)
			if (p[i].fd != WARD_FD_NONE && p[i].revents)
				drain(s, i);
		attend(s, &p[WARD_KEEPER_PEERS]);
		for (size_t i = 0; i < WARD_KEEPER_PEERS; i++) {
			err = ward_keeper_due(&s->keeper, (enum ward_keeper_peer)i, &a);
			if (err)
				die(s, "the database failed", err);
			send_answer(s, i, &a);
		}
		copy_memory(s);
		err = ward_erasing_turn(&s->erasing);
		if (err)
			die(s, "the database failed", err);
		ward_process_count(&s->p);
	}
}

int main(int argc, char **argv)
{
	struct server *s = calloc(1, sizeof(*s));
	int status;

	if (!s)
		return WARD_PROCESS_DIED;
	ward_process_begin(&s->p, "store", argc, argv);
	open_store(s);
	open_links(s);
	run(s);
	ward_keeper_guest_left(&s->keeper);
	ward_erasing_fini(&s->erasing);
	ward_store_close(s->store);
	status = ward_process_end(&s->p);
	free(s);
	return status;
}
