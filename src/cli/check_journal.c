#include "cli/check_journal.h"

#include "quorum/sound.h"
#include "quorum/where.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

enum { MAJORITY_OF = 3 /* least machines of which one may be gone */ };

struct at {
	struct ward_diag *d;
	const struct ward_hospital *h;
	const char *dir;
};

/* "what\nmend" */
static void say(const struct at *a, enum ward_diag_level level, const char *text)
{
	struct ward_str mend = ward_str_z(text), what = ward_str_cut(&mend, '\n');
	const struct ward_diag_item like = {.level = level,
		.file = a->h->journal_file,
		.line = a->h->journal_line,
		.what = what,
		.mend = mend};

	ward_diag_say(a->d, &like);
}

static bool is_there(const struct at *a, struct ward_str file)
{
	char path[PATH_MAX];
	bool whole = file.len && file.p[0] == '/';
	int n = snprintf(path, sizeof(path), "%s%s%.*s", whole ? "" : a->dir, whole ? "" : "/",
		WARD_STR_ARG(file));

	return n > 0 && n < (int)sizeof(path) && access(path, R_OK) == 0;
}

static void check_files(const struct at *a, bool local)
{
	const struct ward_hospital *h = a->h;

	if (!local && !h->journal_trust.len)
		say(a, WARD_DIAG_ERROR,
			WARD_TEXT(
				"'journal' is over a network, and nothing says whose servers these "
				"are\nname the file of their authority's certificate (PEM) as "
				"'journal_trust'"));
	if (h->journal_trust.len && !is_there(a, h->journal_trust))
		say(a, WARD_DIAG_ERROR,
			WARD_TEXT(
				"the file of 'journal_trust' can't be read\nput the certificate of "
				"the servers' authority there (PEM)"));
	if (h->journal_password_file.len && !is_there(a, h->journal_password_file))
		say(a, WARD_DIAG_ERROR,
			WARD_TEXT("the file of 'journal_password_file' can't be read\nwrite the "
				  "password into its first line, for root alone (mode 0600)"));
}

enum ward_err ward_cli_check_journal(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	const struct ward_hospital *h = *m ? ward_model_hospital(*m) : NULL;
	const struct at a = {d, h, hospital};
	struct ward_quorum_where w;
	const char *why;

	(void)content;
	(void)lim;
	if (!h || !h->journal.len)
		return WARD_OK;
	if (ward_quorum_where_read(h->journal, &w, &why) != WARD_OK) {
		say(&a, WARD_DIAG_ERROR, why);
		return WARD_ERR_CONFIG;
	}
	if (w.n_host < MAJORITY_OF)
		say(&a, WARD_DIAG_WARNING,
			WARD_TEXT(
				"'journal' names fewer than three machines: when one is gone, the "
				"rest is no majority and acknowledges nothing\nadd a third one"));
	check_files(&a, w.local);
	return WARD_OK;
}
