#include "cli/commands.h"
#include "cli/made.h"

#include <string.h>

enum { ASSETS = 500 };

struct options {
	const char *dir;
	struct ward_make_ask ask;
};

static int option(
	const struct ward_cmd *cmd, const char *name, const char *value, struct options *o)
{
	uint64_t n = 0;

	if (!value)
		return ward_cli_usage(cmd, "%s needs a value", name);
	if (strcmp(name, "--shape") == 0) {
		for (unsigned s = 0; s < WARD_MAKE_SHAPES; s++)
			if (strcmp(value, ward_make_shape_name((enum ward_make_shape)s)) == 0) {
				o->ask.shape = (enum ward_make_shape)s;
				return WARD_EXIT_DONE;
			}
		return ward_cli_usage(cmd, "--shape %s: pavilions, dense or dispersed", value);
	}
	if (!ward_str_u64(ward_str_z(value), &n))
		return ward_cli_usage(cmd, "%s %s: give a whole number", name, value);
	if (strcmp(name, "--seed") == 0) {
		o->ask.seed = n;
		return WARD_EXIT_DONE;
	}
	if (n < WARD_MAKE_ASSETS_MIN || n > WARD_MAKE_ASSETS_MAX)
		return ward_cli_usage(cmd, "--assets %s: %d to %d", value, WARD_MAKE_ASSETS_MIN,
			WARD_MAKE_ASSETS_MAX);
	o->ask.n_asset = (size_t)n;
	return WARD_EXIT_DONE;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct options o = {.ask = {ASSETS, 1, WARD_MAKE_PAVILIONS}};
	struct ward_make_files made;
	int code = WARD_EXIT_DONE;

	for (int i = 1; i < argc && !code; i++) {
		if (strcmp(argv[i], "--assets") == 0 || strcmp(argv[i], "--seed") == 0 ||
			strcmp(argv[i], "--shape") == 0) {
			code = option(cmd, argv[i], i + 1 < argc ? argv[i + 1] : NULL, &o);
			i++;
		} else if (argv[i][0] == '-') {
			code = ward_cli_usage(cmd, "'%s' is not an option", argv[i]);
		} else if (o.dir) {
			code = ward_cli_usage(cmd, "a second directory '%s'", argv[i]);
		} else {
			o.dir = argv[i];
		}
	}
	if (!code && !o.dir)
		code = ward_cli_usage(cmd, "which directory shall it be?");
	if (code)
		return code;
	enum ward_err err = ward_make_hospital(&o.ask, ward_mem_heap(), &made);

	if (err)
		return ward_cli_fail(cmd, "%s", ward_err_text(err));
	code = ward_cli_made(cmd, o.dir, &made);
	if (!code)
		fprintf(stderr, "wrote %s: %zu assets, %s, seed %llu\n", o.dir, o.ask.n_asset,
			ward_make_shape_name(o.ask.shape), (unsigned long long)o.ask.seed);
	ward_make_files_fini(&made);
	return code;
}

const struct ward_cmd ward_cmd_model_generate = {
	.name = "model generate",
	.summary = "a hospital that does not exist, of any size, to try things on",
	.help = "usage: ward model generate DIR [--assets N] [--seed N] [--shape SHAPE]\n\n"
		"Writes a hospital directory of N assets, as dense in rooms, doors, relations, "
		"services\n"
		"and protections as the pilot: the same for the same numbers (docs/model.md). DIR "
		"must\n"
		"not be there, or be empty.\n\n"
		"  --assets N     250 to 1000000 (500); a million takes 300 MB\n"
		"  --seed N       another hospital of that size (1)\n"
		"  --shape SHAPE  pavilions (else): a building per 250 assets, plants for all, "
		"networks\n"
		"                 for two; dense: one building, floors and rooms joined, one set "
		"of\n"
		"                 networks; dispersed: small buildings around a yard, networks "
		"and\n"
		"                 plants of their own\n\n"
		"Exit: 0 done, 2 wrong usage, 3 could not write.\n",
	.run = run,
};
