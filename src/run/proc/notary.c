/* The notary: the only one that has the key which signs the ledger. It is told leaves, which say
 * nothing of what they are of, grows the tree itself, and signs it; what it signs becomes a row.
 *
 * What it saves (FOLDER/notary: key, tree, what it said last) is durable before a head leaves it.
 * So a store that was put back to an older state does not go unnoticed, and no two heads of one
 * size differ. `FOLDER/rotate.json`, put there by `ward audit rotate`, asks for a new key. */
#include "base/fd.h"
#include "base/formats.h"
#include "comply/code.h"
#include "comply/notary.h"
#include "run/process.h"
#include "run/rows.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, TURN_MS = 1000 };

static const ward_ns ask_again = 300 * WARD_NS_PER_MS, at_the_end = WARD_NS_PER_S;

struct server {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_notary n;
	struct ward_ask store;
	const char *dir;
	ward_ns signed_at; /* monotonic; of this life */
	bool has_signed;
	bool to_tell; /* the store may not have n.last */
};

static void path_of(struct server *s, const char *name, char ret[PATH_BYTES])
{
	if ((size_t)snprintf(ret, PATH_BYTES, "%s/%s", s->dir, name) >= PATH_BYTES)
		ward_process_die(&s->p, "the folder's name is too long", WARD_ERR_CONFIG);
}

/* Under its name there is the whole file or the one before, whenever we are ended. */
static void save(struct server *s)
{
	uint8_t buf[WARD_NOTARY_SAVED_MAX];
	char path[PATH_BYTES], temporary[PATH_BYTES];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	int folder = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	path_of(s, "notary", path);
	path_of(s, "notary.new", temporary);
	ward_notary_save(&s->n, ward_form_in(WARD_FORM_NOTARY, ward_process_formats(&s->p)), &w);
	WARD_ASSERT(!ward_wr_bad(&w));
	(void)unlink(temporary); /* of a life that ended here */
	int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool ok = folder >= 0 && fd >= 0 && ward_fd_write(fd, ward_wr_slice(&w)) &&
		  fsync(fd) == 0 && rename(temporary, path) == 0 && fsync(folder) == 0;

	ward_wipe(buf, sizeof(buf));
	if (!ok)
		ward_process_die(&s->p, "cannot keep what was signed", WARD_ERR_IO);
	(void)close(fd);
	(void)close(folder);
}

static void seed(struct server *s, uint8_t ret[WARD_NOTARY_SEED])
{
	if (getrandom(ret, WARD_NOTARY_SEED, 0) != WARD_NOTARY_SEED)
		ward_process_die(&s->p, "no randomness for a key", WARD_ERR_IO);
}

static void begin(struct server *s)
{
	uint8_t buf[WARD_NOTARY_SAVED_MAX], fresh[WARD_NOTARY_SEED];
	char path[PATH_BYTES];
	ssize_t n = -1;

	path_of(s, "notary", path);
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT) {
		seed(s, fresh);
		ward_notary_new(fresh, &s->n);
		ward_wipe(fresh, sizeof(fresh));
		save(s);
		return;
	}
	if (fd >= 0)
		n = read(fd, buf, sizeof(buf));
	if (n < 0)
		ward_process_die(&s->p, "cannot read the key", WARD_ERR_IO);
	enum ward_err err = ward_notary_load(ward_slice_of(buf, (size_t)n), &s->n);

	if (err == WARD_ERR_VERSION) {
		WARD_LOG(&s->p.log, ERROR, "notary.newer", WARD_KV_Z("file", "notary/notary"),
			WARD_KV_Z("mend", "a newer Ward wrote it: install that one again "
					  "(docs/formats.md)"));
		ward_process_die(&s->p, "what was signed", err);
	}
	if (err) {
		WARD_LOG(&s->p.log, ERROR, "notary.corrupt", WARD_KV_Z("file", "notary/notary"),
			WARD_KV_Z("mend", "restore the last backup, or move the file away: a new "
					  "key is made, and `ward audit verify` says so"));
		ward_process_die(&s->p, "what was signed", WARD_ERR_CORRUPT);
	}
	ward_wipe(buf, sizeof(buf));
	(void)close(fd);
	s->to_tell = s->n.has_last;
}

/* What it said last, as a row. False: the store does not answer just now. */
static bool tell(struct server *s)
{
	uint8_t json[WARD_HEAD_JSON_MAX], body[WARD_HEAD_JSON_MAX + 128];
	struct ward_wr j = ward_wr_fixed(json, sizeof(json));
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	enum ward_err verdict;
	struct ward_msg m;

	if (!s->to_tell)
		return true;
	ward_head_write(&j, &s->n.last);
	ward_commit_put(&w,
		&(struct ward_commit){
			.flags = WARD_COMMIT_FIRST | WARD_COMMIT_LAST, .transaction = 1, .n = 1});
	ward_commit_put_row(&w, &(struct ward_store_row){.kind = WARD_ROW_HEAD,
					.id = ward_head_id(&s->n.last),
					.time = s->n.last.tree.time,
					.json = ward_wr_text(&j)});
	WARD_ASSERT(!ward_wr_bad(&j) && !ward_wr_bad(&w));
	enum ward_err err =
		ward_ask(&s->store, WARD_MSG_COMMIT, ward_wr_slice(&w), WARD_MSG_COMMITTED, &m);

	if (err == WARD_ERR_AGAIN)
		return false;
	if (!err)
		err = ward_committed_get(&m.body, &verdict);
	if (err || verdict)
		ward_process_die(&s->p, "the store takes no head", err ? err : verdict);
	s->to_tell = false;
	return true;
}

static enum ward_notary_leaf leaf_of(enum ward_row_kind kind)
{
	return kind == WARD_ROW_HEAD       ? WARD_NOTARY_OWN
	       : kind == WARD_ROW_DELIVERY ? WARD_NOTARY_SENT
	       : kind == WARD_ROW_DECISION ? WARD_NOTARY_DECISION
					   : WARD_NOTARY_ANY;
}

/* The store has not what it had: it is said, signed, and not hidden by going on. */
static void broken(struct server *s, const struct ward_leaf_list *l)
{
	WARD_LOG(&s->p.log, ERROR, "notary.broken", WARD_KV_U("signed", s->n.ledger.n),
		WARD_KV_U("found", l->n_ledger),
		WARD_KV_Z("mend", "the database was put back to an older state or changed: ask "
				  "who did it, and `ward audit verify`"));
	ward_count_name(&s->p.counters, "notary.broken", 1);
	ward_notary_break(&s->n, l->n_ledger, &l->root, ward_clock_now(s->p.clock));
	save(s);
	s->to_tell = true;
}

/* Takes in what leaves there are by now. False: not all of them. */
static bool fetch(struct server *s)
{
	struct ward_leaf_list l;

	do {
		uint8_t body[12];
		struct ward_wr w = ward_wr_fixed(body, sizeof(body));
		const struct ward_rows_query q = {s->n.ledger.n, WARD_ROWS_MAX};
		struct ward_msg m;

		ward_rows_query_put(&w, &q);
		enum ward_err err = ward_ask(
			&s->store, WARD_MSG_LEAVES, ward_wr_slice(&w), WARD_MSG_LEAF_LIST, &m);

		if (err == WARD_ERR_AGAIN)
			return false;
		if (!err)
			err = ward_leaf_list_get(&m.body, &q, &l);
		if (err)
			ward_process_die(&s->p, "no answer from store", err);
		for (size_t i = 0; i < l.n; i++) {
			struct ward_leaf_item item;

			ward_leaf_item_get(&m.body, &item);
			ward_notary_tell(&s->n, leaf_of(item.kind), &item.commitment);
		}
		if (!ward_notary_agrees(&s->n, l.n_ledger, &l.root)) {
			broken(s, &l);
			return false;
		}
		if (l.n == 0 && s->n.ledger.n < l.n_ledger)
			ward_process_die(&s->p, "no leaves from store", WARD_ERR_MALFORMED);
	} while (s->n.ledger.n < l.n_ledger && !ward_process_stopping());
	return true;
}

/* Somebody with the right to write in our folder asks for a new key. */
static void look_for_rotation(struct server *s)
{
	uint8_t fresh[WARD_NOTARY_SEED];
	char path[PATH_BYTES];

	path_of(s, "rotate.json", path);
	if (s->to_tell || access(path, F_OK) != 0)
		return;
	seed(s, fresh);
	ward_notary_rotate(&s->n, fresh, ward_clock_now(s->p.clock));
	ward_wipe(fresh, sizeof(fresh));
	save(s);
	s->to_tell = true;
	(void)unlink(path);
	WARD_LOG(&s->p.log, INFO, "notary.rotated", WARD_KV_U("leaves", s->n.ledger.n));
}

/* Where the log goes, a witness has it. */
static void show_code(struct server *s)
{
	char text[WARD_CODE_TEXT] = "-";
	struct ward_code c;

	if (ward_code_of(&s->n.last.tree, &c) == WARD_OK)
		ward_code_text(&c, text);
	WARD_LOG(&s->p.log, INFO, "notary.signed", WARD_KV_U("rows", s->n.last.tree.n),
		WARD_KV_Z("code", text));
}

static void turn(struct server *s, bool last)
{
	const ward_ns every =
		(ward_ns)ward_limit(&s->lim, WARD_LIMIT_LEDGER_HEAD_S) * WARD_NS_PER_S;
	ward_ns mono = ward_clock_mono(s->p.clock);
	ward_ns since = s->has_signed && !last ? mono - s->signed_at : WARD_NS_NEVER;

	if (!tell(s) || !fetch(s))
		return;
	look_for_rotation(s);
	if (s->to_tell || !ward_notary_due(&s->n, since, every))
		return;
	ward_notary_sign(&s->n, ward_clock_now(s->p.clock));
	save(s);
	s->signed_at = mono;
	s->has_signed = s->to_tell = true;
	ward_count_name(&s->p.counters, "notary.signed", 1);
	show_code(s);
	(void)tell(s);
}

int main(int argc, char **argv)
{
	static struct server s;

	ward_process_begin(&s.p, "notary", argc, argv);
	s.dir = ward_process_setting(&s.p, "dir");
	if (!s.dir)
		ward_process_die(&s.p, "dir", WARD_ERR_CONFIG);
	ward_process_limits(&s.p, &s.lim);
	s.store = (struct ward_ask){.fd = ward_process_need_fd(&s.p, "store"),
		.next_id = ward_process_ids(),
		.again = ask_again,
		.give_up = at_the_end,
		.clock = s.p.clock};
	(void)umask(077);
	ward_process_cage(&s.p, WARD_CAGE_FILES, s.dir);
	begin(&s);
	while (!ward_process_stopping()) {
		turn(&s, false);
		ward_process_count(&s.p);
		(void)poll(NULL, 0, TURN_MS);
	}
	turn(&s, true); /* what the last seconds brought is signed too, if the store is still there
			 */
	ward_wipe(&s.n, sizeof(s.n));
	return ward_process_end(&s.p);
}
