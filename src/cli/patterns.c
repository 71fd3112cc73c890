#include "cli/patterns.h"

#include "cli/lang.h"

#include <limits.h>

int ward_cli_patterns(const struct ward_cmd *cmd, const char *content, const char *hospital,
	struct ward_names *names, const struct ward_limits *lim, struct ward_log_patterns **ret)
{
	const char *const root[] = {content, hospital};
	enum ward_err err = ward_log_patterns_new(names, lim, ward_mem_heap(), ret);
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	for (size_t i = 0; i < WARD_ARRAY_LEN(root) && !err; i++) {
		char dir[PATH_MAX];
		int n = root[i] ? snprintf(dir, sizeof(dir), "%s/log-patterns", root[i]) : 0;

		if (n < 0 || (size_t)n >= sizeof(dir))
			err = WARD_ERR_LIMIT;
		else if (root[i])
			err = ward_log_patterns_load(*ret, dir, &diag);
		if (err == WARD_ERR_NOT_FOUND || err == WARD_ERR_CONFIG)
			err = WARD_OK;
	}
	ward_cli_findings_in(
		cmd, &diag, NULL, &(struct ward_cli_lang){NULL, content, WARD_STR("")});
	ward_diag_fini(&diag);
	return err ? ward_cli_fail(cmd, "the log patterns can't be read: %s", ward_err_text(err))
		   : WARD_EXIT_DONE;
}
