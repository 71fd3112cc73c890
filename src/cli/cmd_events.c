#include "cli/commands.h"
#include "event/classes.h"

static const char *lane(const struct ward_class_info *c)
{
	return c->weight == WARD_WEIGHT_EVIDENCE ? "evidence" : "telemetry";
}

static void row_text(struct ward_wr *w, unsigned i)
{
	const struct ward_class_info *c = ward_class_info((enum ward_class)i);

	ward_wr_printf(
		w, "%-22s %-9s %-6s %s\n", c->name, lane(c), c->device ? "device" : "-", c->what);
}

static void row_markdown(struct ward_wr *w, unsigned i)
{
	const struct ward_class_info *c = ward_class_info((enum ward_class)i);

	ward_wr_printf(
		w, "| `%s` | %s | %s | %s |\n", c->name, lane(c), c->device ? "yes" : "", c->what);
}

static void row_json(struct ward_wr *w, unsigned i)
{
	const struct ward_class_info *c = ward_class_info((enum ward_class)i);
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_put_z(&j, "kind", "class");
	ward_json_put_z(&j, "name", c->name);
	ward_json_put_z(&j, "lane", lane(c));
	ward_json_key(&j, "device");
	ward_json_bool(&j, c->device);
	ward_json_put_z(&j, "what", c->what);
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}

static const char head[] =
	"# Classes of events\n\n"
	"Printed by `ward events --markdown`. Each event that a sensor of Ward gives has a class. "
	"A name that ends in\n`.*` stands for all below it that have no row of their own.\n\n"
	"- **lane**: evidence is never left out; telemetry may be, counted, when more comes than "
	"can be kept.\n"
	"- **device**: a device in the field or a hospital's own script may give the class "
	"itself: in a syslog message with an element\n  `[ward@32473 class=\"door.forced\" …]` of "
	"structured data, posted as JSON (docs/webhooks.md), by a pattern of the\n  hospital "
	"(docs/log-patterns.md), or as a step of a scenario (docs/scenarios.md). All others only "
	"Ward gives; who claims\n  one is refused, and counted. What a field sensor sends by MQTT "
	"gets its class by its kind (docs/mqtt.md).\n\n"
	"| class | lane | device | meaning |\n|---|---|---|---|\n";

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	static const struct ward_cli_table classes = {
		head, WARD_CLASS_N, row_text, row_json, row_markdown};

	return ward_cli_list(cmd, argc, argv, &classes);
}

const struct ward_cmd ward_cmd_events = {
	.name = "events",
	.summary = "every class of events, and which of them a device may give",
	.help = "usage: ward events [--json | --markdown]\n\n"
		"Each event has a class: what sensors of Ward give, and what rules ask for. A row "
		"says\n"
		"whether it is evidence (never left out) or telemetry, and whether a device in "
		"the\n"
		"field may give it itself. --markdown prints docs/events.md.\n",
	.run = run,
};
