#include "cli/commands.h"

static void row_text(struct ward_wr *w, unsigned i)
{
	const struct ward_limit_info *l = ward_limit_info((enum ward_limit)i);

	ward_wr_printf(w, "%-20s %14llu %-10s %s\n", l->name, (unsigned long long)l->def, l->unit,
		l->what);
}

static void row_markdown(struct ward_wr *w, unsigned i)
{
	const struct ward_limit_info *l = ward_limit_info((enum ward_limit)i);

	ward_wr_printf(w, "| `%s` | %llu | %llu | %llu | %s | %s |\n", l->name,
		(unsigned long long)l->def, (unsigned long long)l->min, (unsigned long long)l->max,
		l->unit, l->what);
}

static void row_json(struct ward_wr *w, unsigned i)
{
	const struct ward_limit_info *l = ward_limit_info((enum ward_limit)i);
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "limit");
	ward_json_key(&j, "name");
	ward_json_z(&j, l->name);
	ward_json_key(&j, "default");
	ward_json_u64(&j, l->def);
	ward_json_key(&j, "min");
	ward_json_u64(&j, l->min);
	ward_json_key(&j, "max");
	ward_json_u64(&j, l->max);
	ward_json_key(&j, "unit");
	ward_json_z(&j, l->unit);
	ward_json_key(&j, "what");
	ward_json_z(&j, l->what);
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	static const struct ward_cli_table limits = {
		"# Limits\n\nPrinted by `ward limits --markdown`. A hospital changes one in its "
		"`limits.yml`.\n\n| limit | default | least | most | unit | what it bounds |\n"
		"|---|---|---|---|---|---|\n",
		WARD_LIMIT_N, row_text, row_json, row_markdown};

	return ward_cli_list(cmd, argc, argv, &limits);
}

const struct ward_cmd ward_cmd_limits = {
	.name = "limits",
	.summary = "every limit, its default and what it bounds",
	.help = "usage: ward limits [--json | --markdown]\n\n"
		"Every table, queue, line and depth in Ward has a limit; this lists them all.\n"
		"--markdown prints docs/limits.md.\n",
	.run = run,
};
