/* `ward region`: what a region's hospitals said last, together. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/region.h"

#include <sys/stat.h>
#include <unistd.h>

enum { OUT_BYTES = 64 << 20 };

/* Where root runs it, as the state's owner. */
static int cage(const struct ward_cli_region *x)
{
	struct stat st = {.st_uid = 0};
	bool root = geteuid() == 0 && stat(x->state, &st) == 0;

	return ward_cli_region_cage(x, root ? st.st_uid : 0, root ? st.st_gid : 0);
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	static struct ward_cli_region x;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_BYTES);
	bool json = false;
	const struct ward_cli_opt opt[] = {{"--state", &x.state, NULL},
		{"--content", &x.content, NULL}, {"--lang", &x.option, NULL},
		{"--json", NULL, &json}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), &x.dir, NULL, NULL, NULL};

	x = (struct ward_cli_region){.cmd = cmd};
	int code = ward_cli_args(cmd, argc, argv, &args);

	if (!code)
		code = ward_cli_region_load(&x);
	if (!code)
		code = cage(&x);
	if (!code)
		code = ward_cli_region_look(&x);
	if (!code) {
		const struct ward_region_names names = ward_cli_region_names(&x);

		if (json)
			ward_region_write_json(&x.view, &w);
		else
			ward_region_write_text(
				&x.view, &names, x.lang, ward_cli_colour(stdout), &w);
		code = ward_cli_put(&w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
	}
	ward_cli_region_free(&x);
	ward_wr_fini(&w);
	return code;
}

const struct ward_cmd ward_cmd_region = {
	.name = "region",
	.summary = "a region's hospitals: who has beds, who is hit, whose word is old",
	.help = "usage: ward region DIR [--state DIR] [--json] [--lang CODE] [--content DIR]\n\n"
		"DIR holds region.yml, the hospitals of the region (docs/region.md). Shows what\n"
		"each of them said last to `ward region take`: how old that is, state, ambulances\n"
		"and free beds (EDXL-HAVE 1.0), open incidents by level and the care that they "
		"can\n"
		"take, as far as the hospital gives it; and what was seen at several within an "
		"hour.\n\n"
		"  --state DIR    where `ward region take` keeps it (default: "
		"/var/lib/ward-region)\n"
		"  --json         a line for each hospital, and for each attack at several\n"
		"  --lang CODE    language (default: $WARD_LANG, else English)\n"
		"  --content DIR  names of threats and services\n\n"
		"Exit: 0 done, 1 region.yml has problems, 2 usage, 3 could not run.\n",
	.run = run,
};
