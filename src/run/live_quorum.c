/* The database that has the journal's records besides this machine. */
#include "run/live_standby.h"

#include "run/live_state.h"
#include "run/supervise.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

bool live_has_quorum(const struct live *l)
{
	return ward_model_hospital(l->m)->journal.len && !l->o->scenario;
}

/* What the process shows of itself: for people, by the supervisor. */
static enum ward_err set_board(struct live *l)
{
	int fd = memfd_create("board-quorum", MFD_CLOEXEC);

	if (fd < 0)
		return live_because(l, WARD_ERR_IO, "a board");
	l->board_fd[LIVE_BOARD_QUORUM] = l->elsewhere.board = fd;
	return live_hand_board(l, l->number[P_QUORUM], "board", fd);
}

enum ward_err live_set_quorum(struct live *l)
{
	const struct ward_hospital *h = ward_model_hospital(l->m);
	size_t number = l->number[P_QUORUM];
	enum ward_err err;

	if (h->journal.len && l->o->scenario)
		WARD_LOG(l->o->log, WARN, "supervisor.journal",
			WARD_KV_Z("why", "a played hospital is in a network of its own, where the "
					 "database can't be reached: its journal is here alone"));
	if (!l->used[P_QUORUM])
		return WARD_OK;
	if (getenv(WARD_LIVE_STANDBY)) {
		(void)snprintf(l->why, WARD_LIVE_WHY,
			"%.*s:%u: the journal is on a database and followed by another machine, "
			"and only one of the two can say what is acknowledged; leave 'journal' "
			"out, "
			"or run without 'ward standby'",
			WARD_STR_ARG(h->journal_file), h->journal_line);
		return WARD_ERR_CONFIG;
	}
	err = set_board(l);
	if (!err)
		err = live_tell(l, number, "where", h->journal);
	if (!err)
		err = live_tell_file(l, number, "password_file", h->journal_password_file);
	if (!err)
		err = live_tell_file(l, number, "trust", h->journal_trust);
	if (!err)
		err = ward_supervisor_link(l->s, number, l->number[P_STORE]);
	return err ? err : ward_supervisor_link(l->s, number, l->number[P_JOURNAL]);
}
