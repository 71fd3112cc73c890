/* `ward quorum fetch`: after Ward's machine was lost another one goes on with the log. */
#include "cli/commands.h"
#include "cli/quorum.h"

#include "backup/place.h"
#include "run/fetched.h"
#include "run/live_uids.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SAID = PATH_MAX + 1024 };

static int not_made(const struct ward_cmd *cmd, const struct ward_place *p, enum ward_err err)
{
	if (err == WARD_ERR_DENIED && errno == EEXIST)
		return ward_cli_fail(cmd,
			"%s: left by one that was ended: remove it. Nothing was made", p->aside);
	if (err == WARD_ERR_DENIED)
		return ward_cli_fail(cmd,
			"%s: it is there already, and not empty; move it away first, or give "
			"another --state. Nothing was made",
			p->target);
	return ward_cli_fail(cmd, "%s: %s. Nothing was made", p->target,
		errno ? strerror(errno) : ward_err_text(err));
}

/* Why there is nothing to go on with. */
static int refused(const struct ward_cmd *cmd, const struct ward_cli_quorum *q)
{
	struct ward_str err = ward_cli_quorum_word(q->said, "error"),
			why = ward_cli_quorum_word(q->said, "why"),
			host = ward_cli_quorum_word(q->said, "host");
	bool input = ward_str_eqz(err, ward_err_name(WARD_ERR_MALFORMED)) ||
		     ward_str_eqz(err, ward_err_name(WARD_ERR_CORRUPT));
	const char *mend = "see `ward quorum status`";

	if (input && q->store)
		mend = "let whoever keeps the servers look at that row; or go on with the journal "
		       "alone: --without-rows";
	else if (input)
		mend = "let whoever keeps the servers look at that row; what is lost of it can't "
		       "be "
		       "made up here";
	else if (ward_str_eqz(err, ward_err_name(WARD_ERR_STATE)))
		mend = "end that one, and fetch again; where its machine is lost, and the server "
		       "has not noticed yet, say --lost";
	else if (ward_str_eqz(err, ward_err_name(WARD_ERR_NOT_FOUND)))
		mend = "start `ward run`: it begins with an empty one";
	else if (ward_str_eqz(err, ward_err_name(WARD_ERR_FULL)))
		mend = "make room on this disk";
	if (ward_cli_quorum_number(q->said, "in_doubt"))
		(void)ward_cli_fail(cmd,
			"%.*s: %.*s; whether the log is this machine's now nobody knows: fetch "
			"again. Nothing was made here",
			WARD_STR_ARG(host), WARD_STR_ARG(why));
	else
		(void)ward_cli_fail(cmd,
			"%.*s: %.*s; %s. Nothing was made, and the log is whose it was",
			WARD_STR_ARG(host), WARD_STR_ARG(why), mend);
	return input ? WARD_EXIT_INPUT : WARD_EXIT_RUN;
}

/* What it concluded so long before its last record the lost machine had the time to tell. */
static const ward_ns telling = 15 * WARD_NS_PER_S;

/* What is to be said of the journal once all is in its place. */
static void describe(const struct ward_cli_quorum *q, char ret[SAID])
{
	const struct ward_conf *c = q->said;

	(void)snprintf(ret, SAID,
		"%s: the journal of %.*s, from %.*s\nrecords %llu, from %llu to %llu; numbers "
		"that were let go %llu\nepoch %llu: whoever wrote to this log before can do so "
		"no more\n",
		q->state, WARD_STR_ARG(ward_model_hospital(q->m)->id),
		WARD_STR_ARG(ward_cli_quorum_word(c, "host")),
		(unsigned long long)ward_cli_quorum_number(c, "records"),
		(unsigned long long)ward_cli_quorum_number(c, "first"),
		(unsigned long long)ward_cli_quorum_number(c, "last"),
		(unsigned long long)ward_cli_quorum_number(c, "gone"),
		(unsigned long long)ward_cli_quorum_number(c, "epoch"));
}

static int tell(const char *said, uint64_t rows, uint64_t position)
{
	(void)printf("%s", said);
	if (rows)
		(void)printf("rows %llu, with their ledger, as of record %llu\n",
			(unsigned long long)rows, (unsigned long long)position);
	else
		(void)printf("rows none: what was concluded is concluded anew from the journal\n");
	return fflush(stdout) == 0 ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

/* A folder of a process beneath the new one, which it works in. */
static int ask_into(
	struct ward_cli_quorum *q, const struct ward_place *p, const char *name, uid_t uid)
{
	char folder[PATH_MAX + 16];

	uid = geteuid() == 0 ? uid : 0;
	(void)snprintf(folder, sizeof(folder), "%s/%s", p->aside, name);
	if (mkdir(folder, 0700) != 0 || (uid && chown(folder, uid, uid) != 0))
		return ward_cli_fail(q->cmd, "%s: %s. Nothing was made", folder, strerror(errno));
	return ward_cli_quorum_ask(q, folder, uid);
}

static bool says(const struct ward_cli_quorum *q, enum ward_err err)
{
	return ward_str_eqz(ward_cli_quorum_word(q->said, "error"), ward_err_name(err));
}

/* The store's rows, where there are any: with these come who was told what, and what was done.
 * *ret: how many, 0 where there are none. */
static int fetch_rows(struct ward_cli_quorum *q, const struct ward_place *p, uint64_t *ret,
	uint64_t *ret_position)
{
	q->store = true;
	int rc = ask_into(q, p, "store", LIVE_UID_STORE);
	bool none = !rc && says(q, WARD_ERR_NOT_FOUND);

	if (none && unlinkat(p->fd, "store", AT_REMOVEDIR) != 0)
		rc = ward_cli_fail(
			q->cmd, "%s/store: %s. Nothing was made", p->aside, strerror(errno));
	if (!rc && !none && ward_cli_quorum_word(q->said, "error").len)
		rc = refused(q->cmd, q);
	if (rc)
		return rc;
	q->rows_epoch = ward_cli_quorum_number(q->said, "epoch");
	*ret = ward_cli_quorum_number(q->said, "rows");
	*ret_position = ward_cli_quorum_number(q->said, "position");
	return WARD_EXIT_DONE;
}

/* The last of all: with it the log is ours. */
static int fetch_journal(struct ward_cli_quorum *q, const struct ward_place *p)
{
	q->store = false;
	int rc = ask_into(q, p, "journal", LIVE_UID_JOURNAL);

	if (!rc && ward_cli_quorum_word(q->said, "error").len)
		rc = refused(q->cmd, q);
	return rc;
}

static int fetch(struct ward_cli_quorum *q, struct ward_place *p)
{
	uint64_t rows = 0, position = 0;
	enum ward_err err = WARD_OK;
	char said[SAID];
	int rc = WARD_EXIT_DONE;

	/* the folder above is to be passed by who works in it */
	if (fchmod(p->fd, 0711) != 0)
		return ward_cli_fail(q->cmd, "%s: %s. Nothing was made", p->aside, strerror(errno));
	if (!q->without_rows) {
		rc = fetch_rows(q, p, &rows, &position);
		q->lost = true; /* the Ward that may be connected was ourselves */
	}
	if (!rc)
		rc = fetch_journal(q, p);
	if (rc)
		return rc;
	ward_ns last = (ward_ns)ward_cli_quorum_number(q->said, "last_time");

	describe(q, said);
	if (!rows) /* the rows say better what was told to whom */
		err = ward_fetched_write(p->fd, last > telling ? last - telling : 1);
	if (!err)
		err = ward_place_sync(p);
	if (!err)
		err = ward_place_done(p, 0711);
	if (err)
		return ward_cli_fail(q->cmd,
			"%s: %s. The log is this machine's now, but nothing was made here: mend "
			"that, and fetch again",
			q->state, errno ? strerror(errno) : ward_err_text(err));
	return tell(said, rows, position);
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_cli_quorum q;
	struct ward_place p = {.fd = -1};
	int rc = ward_cli_quorum_begin(cmd, argc, argv, false, &q);

	if (!rc) {
		errno = 0;
		enum ward_err err = ward_place_make(&p, q.state);

		rc = err ? not_made(cmd, &p, err) : fetch(&q, &p);
		ward_place_undo(&p);
	}
	ward_cli_quorum_end(&q);
	return rc;
}

const struct ward_cmd ward_cmd_quorum_fetch = {
	.name = "quorum fetch",
	.summary = "go on, on this machine, with the journal that is on a database",
	.help = "usage: ward quorum fetch [--lost] [--without-rows] [--state DIR] HOSPITAL\n\n"
		"When the machine that ran Ward is lost: makes the journal of a new, empty state\n"
		"folder from the log that `journal` of HOSPITAL/hospital.yml names, so that\n"
		"`ward run` here goes on with it. All records come with their numbers and times;\n"
		"each row is checked, and what was written is read back. Only then the log is "
		"told\n"
		"that this machine has it: from then on the lost one, should it wake up, can "
		"write\n"
		"to it no more, and says so. If anything is not as it must be, nothing is made, "
		"and\n"
		"the log is whose it was.\n\n"
		"  --state DIR  where `ward run` shall find it (default: as `ward run`); it must "
		"be\n"
		"               empty or not there\n"
		"  --lost       although a Ward is connected with the log: its machine is lost, or "
		"is\n"
		"               to be no more\n"
		"  --without-rows  go on with the journal alone, where the store's rows are "
		"damaged:\n"
		"               all is concluded anew, and on the database they are set aside\n\n"
		"The rows of the store come, too (what was concluded, decided, told and done, "
		"with\n"
		"their ledger), each held against it; what the journal has beyond them `ward run`\n"
		"concludes anew. Accounts, keys and clips are in neither:\n"
		"docs/beyond-one-machine.md, \"A lost machine\".\n\n"
		"Exit: 0 done, 1 the database has rows that are no records, 2 wrong usage, 3 "
		"could\n"
		"not.\n",
	.run = run,
};
