/* What processes show of themselves, for `api`: a board of the brain (who is heard, and how far it
 * is), of the journal (how much it keeps), and of the supervisor (who runs, how full the disk is).
 */
#include "run/live_state.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum ward_err live_hand_board(struct live *l, size_t number, const char *name, int board)
{
	int fd = fcntl(board, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return live_because(l, WARD_ERR_IO, "a board");
	enum ward_err err = ward_supervisor_hand(l->s, number, name, fd);

	if (err)
		(void)close(fd);
	return err;
}

/* What is held: written by the journal, read by who erases clips, and by who tells when it ends. */
static enum ward_err share_holds(struct live *l)
{
	static const enum live_process reads[] = {P_CLIPS, P_RESPOND};
	int fd = l->used[P_CLIPS] || l->used[P_RESPOND] ? memfd_create("holds", MFD_CLOEXEC) : -1;

	if (fd < 0)
		return l->used[P_CLIPS] || l->used[P_RESPOND]
			       ? live_because(l, WARD_ERR_IO, "a board")
			       : WARD_OK;
	enum ward_err err = live_hand_board(l, l->number[P_JOURNAL], "holds", fd);

	for (size_t i = 0; i < WARD_ARRAY_LEN(reads) && !err; i++)
		if (l->used[reads[i]])
			err = live_hand_board(l, l->number[reads[i]], "holds", fd);
	(void)close(fd);
	return err;
}

enum ward_err live_set_boards(struct live *l)
{
	static const struct {
		const char *name, *own; /* for who reads and who writes it */
		enum live_process writes;
	} board[LIVE_BOARDS] = {[LIVE_BOARD_BRAIN] = {"board-brain", "board", P_BRAIN},
		[LIVE_BOARD_RULES] = {"board-rules", "rules", P_BRAIN},
		[LIVE_BOARD_JOURNAL] = {"board-journal", "board", P_JOURNAL},
		[LIVE_BOARD_SUPERVISOR] = {"board-supervisor", NULL, P_N},
		[LIVE_BOARD_PLAY] = {"board-play", "board", P_PLAY}};
	enum ward_err err = share_holds(l);

	ward_board_init(&l->board, -1);
	if (err || !l->used[P_API])
		return err;
	for (size_t i = 0; !err && i < LIVE_BOARDS; i++) {
		if (!board[i].name || (i == LIVE_BOARD_PLAY && !l->used[P_PLAY]))
			continue;
		l->board_fd[i] = memfd_create(board[i].name, MFD_CLOEXEC);
		if (l->board_fd[i] < 0)
			return live_because(l, WARD_ERR_IO, "a board");
		err = live_hand_board(l, l->number[P_API], board[i].name, l->board_fd[i]);
		if (!err && board[i].writes != P_N)
			err = live_hand_board(
				l, l->number[board[i].writes], board[i].own, l->board_fd[i]);
	}
	l->board.fd = l->board_fd[LIVE_BOARD_SUPERVISOR];
	return err;
}

void live_close_boards(struct live *l)
{
	for (size_t i = 0; i < LIVE_BOARDS; i++)
		if (l->board_fd[i] >= 0)
			(void)close(l->board_fd[i]);
	ward_board_fini(&l->board);
}

static void put_processes(const struct live *l, struct ward_json *j, ward_ns now)
{
	ward_ns mono = ward_clock_mono(l->o->clock);
	struct ward_process_state p;

	ward_json_key(j, "processes");
	ward_json_arr(j);
	for (size_t i = 0; ward_supervisor_at(l->s, i, &p); i++) {
		ward_json_obj(j);
		ward_json_put_str(j, "name", ward_str_z(p.name));
		ward_json_put_u64(j, "runs", p.runs);
		ward_json_put_u64(j, "done", p.done);
		ward_json_put_u64(j, "restarts", p.n_restart);
		ward_board_ns(j, "since", p.since ? now - (mono - p.since) : WARD_NS_NEVER);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void put_disk(const struct live *l, struct ward_json *j)
{
	struct statvfs disk;
	struct stat store;
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/store/ward.db", l->o->state);

	if (statvfs(l->o->state, &disk) == 0) {
		ward_json_put_u64(j, "disk_free", (uint64_t)disk.f_bavail * disk.f_frsize);
		ward_json_put_u64(j, "disk", (uint64_t)disk.f_blocks * disk.f_frsize);
	}
	if (n > 0 && (size_t)n < sizeof(path) && stat(path, &store) == 0)
		ward_json_put_u64(j, "store", (uint64_t)store.st_size);
}

void live_tell_state(struct live *l)
{
	ward_ns now = ward_clock_now(l->o->clock);
	struct ward_json *j = ward_board_begin(&l->board, now);

	if (!j)
		return;
	put_disk(l, j);
	put_processes(l, j, now);
	live_put_wires(l, j);
	ward_beside_show(&l->beside, j);
	ward_elsewhere_show(&l->elsewhere, j);
	(void)ward_board_end(&l->board);
}
