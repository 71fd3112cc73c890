/* Steps that a real tool does from a host's address, and what stands at other addresses for it. */
#include "exercise/load.h"

static const ward_ns usual = 30 * WARD_NS_PER_S;

/* One of a list of words. */
static bool read_word(struct ward_scenario_load *l, const struct ward_conf *c, struct ward_str *ret)
{
	if (c->kind == WARD_CONF_SCALAR && c->text.len && c->text.len <= WARD_TOOL_ARG_MAX &&
		!memchr(c->text.p, 0, c->text.len)) {
		*ret = c->text;
		return true;
	}
	WARD_SCENARIO_BAD(l, c,
		WARD_TEXT("this is no word of a command\nwrite a text of 1 to %d bytes"),
		WARD_TOOL_ARG_MAX);
	return false;
}

static void read_with(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	const struct ward_conf *list = ward_scenario_list(l, c, "with");

	if (!list)
		return;
	if (list->n_child > WARD_TOOL_ARGS) {
		WARD_SCENARIO_BAD(l, list,
			WARD_TEXT("a tool is told %zu words; %d are allowed\nmake it two steps"),
			list->n_child, WARD_TOOL_ARGS);
		return;
	}
	step->tool.with = ward_scenario_array(l, list->n_child, sizeof(*step->tool.with));
	for (const struct ward_conf *v = list->child; v && step->tool.with; v = v->next)
		step->tool.n_with += read_word(l, v, &step->tool.with[step->tool.n_with]);
}

/* The name of a file in the scenario's folder stage/. */
static void read_capture(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	enum { NAME_LEN = 100 };
	struct ward_str *name = &step->tool.capture;

	if (!ward_scenario_word(l, c, "capture", NAME_LEN, "/", name))
		return;
	if (name->p[0] == '.' || name->len < 6 ||
		!ward_str_eqz(ward_str_sub(*name, name->len - 5, 5), ".pcap"))
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "capture"),
			WARD_TEXT("'%.*s' is no name of a capture\nwrite a file of the scenario's "
				  "stage/, such as scan.pcap"),
			WARD_STR_ARG(*name));
}

void ward_scenario_tool(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	static const char *const known[] = {"from", "run", "with", "within", "capture", NULL};
	struct ward_str name;

	ward_conf_only(c, known, l->in->diag);
	(void)ward_scenario_host(l, c, "from", &step->from);
	step->tool.within = usual;
	(void)ward_conf_duration(c, "within", false, l->in->diag, &step->tool.within);
	if (step->tool.within <= 0 || step->tool.within > WARD_TOOL_LAST)
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "within"),
			WARD_TEXT("'within' is not above 0 and at most 10min\nwrite how long the "
				  "tool may take"));
	read_with(l, c, step);
	read_capture(l, c, step);
	if (!ward_conf_str(c, "run", true, l->in->diag, &name))
		return;
	step->tool.run = ward_tool_find(name);
	if (step->tool.run)
		return;
	char all[512];
	struct ward_wr w = ward_wr_fixed(all, sizeof(all));

	ward_tool_names(&w);
	WARD_SCENARIO_BAD(l, ward_conf_get(c, "run"),
		WARD_TEXT("there is no tool '%.*s'\nwrite one of %.*s"), WARD_STR_ARG(name),
		(int)w.len, all);
}

/* Of two steps with one file, the play would keep what it heard last for both. */
void ward_scenario_check_captures(struct ward_scenario_load *l)
{
	const struct ward_step *step = l->s->step;

	for (size_t i = 0; i < l->s->lead.n_step; i++) {
		size_t k = 0;

		if (step[i].act != WARD_ACT_TOOL || !step[i].tool.capture.len)
			continue;
		while (k < i && (step[k].act != WARD_ACT_TOOL ||
					!ward_str_eq(step[k].tool.capture, step[i].tool.capture)))
			k++;
		if (k < i)
			ward_diag_addf(l->in->diag, WARD_DIAG_ERROR, l->s->file, step[i].line,
				WARD_TEXT(
					"the capture '%.*s' is that of line %u already\ngive each "
					"step a file of its own"),
				WARD_STR_ARG(step[i].tool.capture), (unsigned)step[k].line);
	}
}

/* The addresses that it gives out, from the first to the last. */
static void read_leases(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_stand *stand)
{
	struct ward_str first, last;
	uint8_t ip[2][4];

	if (!ward_conf_str(c, "leases", false, l->in->diag, &stand->leases) || !stand->leases.len)
		return;
	if (!stand->serves || !stand->serves->leases)
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "leases"),
			WARD_TEXT("this server gives out no addresses\nleave `leases` out"));
	last = stand->leases;
	first = ward_str_cut(&last, ',');
	if (!ward_scenario_ip(first, ip[0]) || !ward_scenario_ip(last, ip[1]))
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "leases"),
			WARD_TEXT("'leases' are no two addresses: '%.*s'\nwrite the first and the "
				  "last, such as \"10.20.9.10,10.20.9.60\""),
			WARD_STR_ARG(stand->leases));
}

static void read_serves(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_stand *stand)
{
	struct ward_str name;

	if (!ward_conf_str(c, "serves", true, l->in->diag, &name))
		return;
	stand->serves = ward_peer_find(name);
	read_leases(l, c, stand);
	if (stand->serves)
		return;
	char all[256];
	struct ward_wr w = ward_wr_fixed(all, sizeof(all));

	ward_peer_names(&w);
	WARD_SCENARIO_BAD(l, ward_conf_get(c, "serves"),
		WARD_TEXT("there is no server '%.*s'\nwrite one of %.*s"), WARD_STR_ARG(name),
		(int)w.len, all);
}

/* The played controller that answers at this address. */
static void read_controller(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_stand *stand)
{
	struct ward_str at;

	if (!ward_conf_str(c, "controller", true, l->in->diag, &at))
		return;
	for (size_t i = 0; i < l->s->n_controller && !stand->controller; i++)
		if (ward_str_eq(l->s->controller[i].at, at))
			stand->controller = &l->s->controller[i];
	if (!stand->controller)
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "controller"),
			WARD_TEXT("no controller of the scenario stands at '%.*s'\nwrite the `at` "
				  "of one of its `controllers`"),
			WARD_STR_ARG(at));
}

static void read_stand(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_stand *stand)
{
	static const char *const known[] = {"host", "serves", "leases", "controller", NULL};

	ward_conf_only(c, known, l->in->diag);
	(void)ward_scenario_host(l, c, "host", &stand->host);
	if (ward_conf_get(c, "serves") && ward_conf_get(c, "controller"))
		WARD_SCENARIO_BAD(l, c,
			WARD_TEXT("a host `serves`, or is a `controller`\nwrite one of the two"));
	else if (ward_conf_get(c, "serves"))
		read_serves(l, c, stand);
	else if (ward_conf_get(c, "controller"))
		read_controller(l, c, stand);
}

void ward_scenario_read_stage(struct ward_scenario_load *l, const struct ward_conf *doc)
{
	const struct ward_conf *list = ward_scenario_list(l, doc, "stage");
	struct ward_scenario *s = l->s;

	if (list && list->n_child > WARD_STANDS_MAX) {
		WARD_SCENARIO_BAD(l, list,
			WARD_TEXT("%zu hosts stand there; %d are allowed\nleave out those that the "
				  "story does not need"),
			list->n_child, WARD_STANDS_MAX);
		return;
	}
	s->stand = ward_scenario_array(l, list ? list->n_child : 0, sizeof(*s->stand));
	for (const struct ward_conf *c = list ? list->child : NULL; c && s->stand && !l->err;
		c = c->next) {
		s->stand[s->n_stand] = (struct ward_stand){.host = WARD_NONE, .line = c->line};
		if (c->kind == WARD_CONF_MAP)
			read_stand(l, c, &s->stand[s->n_stand++]);
		else
			WARD_SCENARIO_BAD(l, c,
				WARD_TEXT("what stands there is a map\nwrite `{host: …, serves: "
					  "…}`"));
	}
}
