#include "cli/replayed.h"

#include "cli/rerun.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORDS = WARD_CLI_RERUN_FILES + 10 };

struct words {
	const char *v[WORDS];
	size_t n;
	char path[WARD_CLI_RERUN_FILES][PATH_MAX];
};

static void add(struct words *w, const char *word)
{
	WARD_ASSERT(w->n + 1 < WORDS);
	w->v[w->n++] = word;
}

/* The recording's files, behind the options. */
static int add_files(struct words *w, const struct ward_cli_replayed *x)
{
	const struct ward_scenario *s = x->is;

	if (!s->n_recording || s->n_recording > WARD_CLI_RERUN_FILES)
		return ward_cli_fail(x->cmd,
			"a play is not possible here: %s. Nor is there a recording to replay: "
			"'%s/scenario.yml' names %s in `recording:`",
			x->why, x->scenario, s->n_recording ? "too many files" : "no file");
	for (size_t i = 0; i < s->n_recording; i++) {
		int n = snprintf(w->path[i], PATH_MAX, "%s/recording/%.*s", x->scenario,
			WARD_STR_ARG(s->recording[i]));

		if (n < 0 || n >= PATH_MAX)
			return ward_cli_fail(x->cmd, "'%s': the name is too long", x->scenario);
		if (access(w->path[i], R_OK) != 0)
			return ward_cli_fail(x->cmd,
				"a play is not possible here: %s. Nor is there a recording to "
				"replay: '%s': %s; make it by `ward exercise record %s "
				"%s/recording`",
				x->why, w->path[i], strerror(errno), x->scenario, x->scenario);
		add(w, w->path[i]);
	}
	return WARD_EXIT_DONE;
}

int ward_cli_replayed(const struct ward_cli_replayed *x)
{
	struct words *w = calloc(1, sizeof(*w));
	int rc;

	if (!w)
		return ward_cli_fail(x->cmd, "out of memory");
	add(w, "ward");
	add(w, "replay");
	if (x->json)
		add(w, "--json");
	if (x->lang) {
		add(w, "--lang");
		add(w, x->lang);
	}
	add(w, "--content");
	add(w, x->content);
	add(w, x->dir);
	rc = add_files(w, x);
	if (!rc) {
		fprintf(stderr,
			"ward %s: a play is not possible here: %s.\nThe scenario's recording is "
			"replayed instead: Ward tells what it would have seen, but nobody is told, "
			"nothing is kept, and there is no console.%s%s%s\n",
			x->cmd->name, x->why,
			*x->without ? " Without a play these say nothing: " : "", x->without,
			*x->without ? "." : "");
		(void)fflush(NULL);
		(void)execv(x->ward, (char *const *)(uintptr_t)w->v);
		rc = ward_cli_fail(x->cmd, "cannot start '%s': %s", x->ward, strerror(errno));
	}
	free(w);
	return rc;
}
