#include "cli/quorum.h"

#include "cli/args.h"
#include "cli/speak.h"
#include "cli/standby.h"
#include "cli/stored.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SAID_MAX = 1 << 17, ARENA = 1 << 20 };

static int parse(int argc, char **argv, bool status, struct ward_cli_quorum *q)
{
	const struct ward_cli_opt of_status[] = {{"--state", &q->state_option, NULL},
		{"--lang", &q->lang_option, NULL}, {"--json", NULL, &q->json}};
	const struct ward_cli_opt of_fetch[] = {{"--state", &q->state_option, NULL},
		{"--lost", NULL, &q->lost}, {"--without-rows", NULL, &q->without_rows}};
	const struct ward_cli_args args = {status ? of_status : of_fetch,
		status ? WARD_ARRAY_LEN(of_status) : WARD_ARRAY_LEN(of_fetch), &q->dir, NULL, NULL,
		NULL};
	int rc = ward_cli_args(q->cmd, argc, argv, &args);

	return rc || q->dir ? rc : ward_cli_usage(q->cmd, "which hospital directory?");
}

int ward_cli_quorum_begin(
	const struct ward_cmd *cmd, int argc, char **argv, bool status, struct ward_cli_quorum *q)
{
	int rc;

	*q = (struct ward_cli_quorum){.cmd = cmd, .text = ward_wr_grow(ward_mem_heap(), SAID_MAX)};
	ward_limits_default(&q->lim);
	ward_arena_init(&q->arena, ward_mem_heap(), ARENA);
	ward_diag_init(&q->diag, ward_mem_heap());
	rc = parse(argc, argv, status, q);
	if (!rc)
		rc = ward_cli_speak(cmd, q->dir, q->lang_option, &q->lim, &q->m, &q->lang);
	if (rc)
		return rc;
	const struct ward_hospital *h = ward_model_hospital(q->m);

	if (!h->journal.len)
		return ward_cli_fail(cmd,
			"%s/hospital.yml has no 'journal': its journal is on no database "
			"(docs/beyond-one-machine.md)",
			q->dir);
	return ward_cli_state(cmd, q->state_option, h->id, q->state);
}

void ward_cli_quorum_end(struct ward_cli_quorum *q)
{
	ward_diag_fini(&q->diag);
	ward_arena_fini(&q->arena);
	ward_wr_fini(&q->text);
	ward_lang_free(q->lang);
	ward_model_free(q->m);
}

/* ---- the program ---- */

static void set_text(struct ward_cli_standby_child *c, const char *key, struct ward_str s)
{
	char text[WARD_CLI_STANDBY_TEXT];
	int n = snprintf(text, sizeof(text), "%.*s", WARD_STR_ARG(s));

	c->too_long = c->too_long || n < 0 || n >= (int)sizeof(text);
	if (s.len)
		ward_cli_standby_set(c, key, text);
}

/* A file that is named in the hospital's directory. */
static void set_file(const struct ward_cli_quorum *q, struct ward_cli_standby_child *c,
	const char *key, struct ward_str s)
{
	char path[PATH_MAX];
	bool whole = s.len && s.p[0] == '/';
	int n = snprintf(path, sizeof(path), "%s%s%.*s", whole ? "" : q->dir, whole ? "" : "/",
		WARD_STR_ARG(s));

	c->too_long = c->too_long || n < 0 || n >= (int)sizeof(path);
	if (s.len)
		ward_cli_standby_set(c, key, path);
}

static void set_limits(const struct ward_cli_quorum *q, struct ward_cli_standby_child *c)
{
	struct ward_limits usual;
	char text[96];

	ward_limits_default(&usual);
	for (size_t i = 0; i < WARD_LIMIT_N; i++) {
		if (q->lim.v[i] == usual.v[i])
			continue;
		(void)snprintf(text, sizeof(text), "%s:%llu",
			ward_limit_info((enum ward_limit)i)->name, (unsigned long long)q->lim.v[i]);
		ward_cli_standby_set(c, "limit", text);
	}
}

static void tell(const struct ward_cli_quorum *q, const char *folder, uid_t uid, int out,
	struct ward_cli_standby_child *c)
{
	const struct ward_hospital *h = ward_model_hospital(q->m);
	char node[64] = "-";

	(void)gethostname(node, sizeof(node) - 1);
	ward_cli_standby_number(c, "supervisor", (uint64_t)getpid());
	if (uid)
		ward_cli_standby_number(c, "uid", uid);
	set_text(c, "where", h->journal);
	set_file(q, c, "password_file", h->journal_password_file);
	set_file(q, c, "trust", h->journal_trust);
	set_limits(q, c);
	ward_cli_standby_set(c, "node", node);
	ward_cli_standby_set(c, "dir", folder);
	ward_cli_standby_set(c, "lost", q->lost ? "yes" : NULL);
	ward_cli_standby_set(c, "store", q->store ? "yes" : NULL);
	if (q->rows_epoch)
		ward_cli_standby_number(c, "rows_epoch", q->rows_epoch);
	ward_cli_standby_set(c, "without_rows", q->without_rows ? "yes" : NULL);
	ward_cli_standby_hand(c, "out", out);
}

static int hear(struct ward_cli_quorum *q, int from, pid_t pid)
{
	uint8_t buf[4096];
	ssize_t n;
	int status = 0;

	while ((n = read(from, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			ward_wr_bytes(&q->text, buf, (size_t)n);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || ward_wr_bad(&q->text))
		return ward_cli_fail(q->cmd,
			"the program that speaks with the database ended; what "
			"it said is above");
	if (ward_conf_json(&q->arena, &q->lim, WARD_STR("fetch"), 1, ward_wr_slice(&q->text),
		    &q->diag, &q->said) != WARD_OK ||
		!q->said)
		return ward_cli_fail(q->cmd, "what the program said can't be read: is it of "
					     "another version?");
	return WARD_EXIT_DONE;
}

int ward_cli_quorum_ask(struct ward_cli_quorum *q, const char *folder, uid_t uid)
{
	struct ward_cli_standby_child *c = calloc(1, sizeof(*c));
	int end[2], rc = c ? ward_cli_libexec(q->cmd, "fetch", c->path)
			   : ward_cli_fail(q->cmd, "out of memory");
	pid_t pid = 0;

	if (!rc && pipe2(end, O_CLOEXEC) != 0)
		rc = ward_cli_fail(q->cmd, "%s", strerror(errno));
	if (rc) {
		free(c);
		return rc;
	}
	ward_wr_reset(&q->text);
	tell(q, folder, uid, end[1], c);
	rc = ward_cli_standby_start(q->cmd, c, &pid);
	(void)close(end[1]);
	if (!rc)
		rc = hear(q, end[0], pid);
	(void)close(end[0]);
	free(c);
	return rc;
}

uint64_t ward_cli_quorum_number(const struct ward_conf *c, const char *key)
{
	uint64_t v = 0;

	return ward_str_u64(ward_conf_word(c, key), &v) ? v : 0;
}

struct ward_str ward_cli_quorum_word(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *x = ward_conf_get(c, key);

	return x && x->kind == WARD_CONF_SCALAR ? x->text : WARD_STR("");
}
