/* What machines tell each other on the networks that Ward hears, where the hospital's model says
 * that one needs the other: the supervisor and what it controls, analysers and who carries their
 * results, devices that make images and the archive, workstations and what names and files they
 * need. Who asks and who is asked are of one network, as every conversation of a scenario. */
#include "exercise/life_priv.h"

enum { HOSTS_MAX = 64 /* of a kind on a network */ };

/* Who, by classes: of it, or a computer that hosts something of it, itself or by a platform. */
struct who {
	const char *class[6];
	bool hosts;
};

/* What is said, how often a day for each who asks, at most and in all; first: of two ways that the
 * model may say it, only the first that there is. */
static const struct usual {
	const char *what;
	struct who asks, asked;
	ward_life_talk_fn say;
	double each, most;
	bool by_hour, controls; /* controls: who asks must control who is asked */
} usual[] = {
	{"poll", {{"device.building.supervisor"}, false},
		{{"device.building.ahu", "device.building.chiller", "device.building.pump",
			 "device.building.controller"},
			false},
		ward_life_poll, 5760, 5760, false, true},
	{"poll", {{"device.computer.workstation"}, false},
		{{"device.building.ahu", "device.building.chiller", "device.building.controller"},
			false},
		ward_life_poll, 1440, 1440, false, false},
	{"result", {{"device.medical.analyser", "device.medical.bloodgas"}, false},
		{{"software.integration"}, true}, ward_life_result, 30, 600, true, false},
	{"result", {{"device.medical.analyser", "device.medical.bloodgas"}, false},
		{{"software.lis"}, true}, ward_life_result, 30, 600, true, false},
	{"order", {{"software.ehr"}, true}, {{"software.lis", "software.ris"}, true},
		ward_life_order, 200, 400, true, false},
	{"echo",
		{{"device.medical.ct", "device.medical.mri", "device.medical.xray",
			 "device.medical.angiography", "device.medical.ultrasound"},
			false},
		{{"software.pacs"}, true}, ward_life_echo, 4, 60, true, false},
	{"echo", {{"device.computer.workstation"}, false}, {{"software.pacs"}, true},
		ward_life_echo, 1, 60, true, false},
	{"image",
		{{"device.medical.ct", "device.medical.mri", "device.medical.xray",
			 "device.medical.angiography", "device.medical.ultrasound"},
			false},
		{{"software.pacs"}, true}, ward_life_image, 30, 200, true, false},
	{"image", {{"device.computer.workstation"}, false}, {{"software.pacs"}, true},
		ward_life_image, 2, 200, true, false},
	{"name", {{"device.computer.workstation"}, false}, {{"software.dns"}, true}, ward_life_name,
		20, 1200, true, false},
	{"file", {{"device.computer.workstation"}, false}, {{"data"}, true}, ward_life_file, 4, 300,
		true, false},
	{"mail", {{"device.computer.workstation"}, false}, {{"software.mail"}, true},
		ward_life_mail, 8, 600, true, false},
};

struct hosts {
	uint32_t at[HOSTS_MAX];
	size_t n;
};

static bool is_of(const struct ward_life *l, uint32_t node, const struct who *who)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(who->class) && who->class[i]; i++)
		if (ward_life_is(l, node, ward_life_class(l, who->class[i])))
			return true;
	return false;
}

/* Is it a computer that hosts something of it, or a platform that does? */
static bool hosts_of(const struct ward_life *l, uint32_t node, const struct who *who)
{
	size_t n, m;
	const struct ward_rel *r = ward_model_out(l->m, node, &n);

	if (!ward_life_is(l, node, ward_life_class(l, "device.computer")))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (r[i].type != WARD_REL_HOSTS)
			continue;
		if (is_of(l, r[i].node, who))
			return true;
		const struct ward_rel *of = ward_model_out(l->m, r[i].node, &m);

		for (size_t k = 0; k < m; k++)
			if (of[k].type == WARD_REL_HOSTS && is_of(l, of[k].node, who))
				return true;
	}
	return false;
}

static struct hosts find(const struct ward_life *l, uint32_t network, const struct who *who)
{
	struct hosts h = {.n = 0};

	for (uint32_t i = 0; i < ward_model_n(l->m) && h.n < HOSTS_MAX; i++) {
		const struct ward_node *n = ward_model_node(l->m, i);

		if (n->kind == WARD_NODE_ASSET && n->network == network && !l->apart[i] &&
			(who->hosts ? hosts_of(l, i, who) : is_of(l, i, who)) &&
			ward_life_ip(l->m, i) && ward_model_key(l->m, i, WARD_KEY_MAC).len)
			h.at[h.n++] = i;
	}
	return h;
}

static bool controls(const struct ward_life *l, uint32_t from, uint32_t to)
{
	size_t n;
	const struct ward_rel *r = ward_model_out(l->m, from, &n);

	for (size_t i = 0; i < n; i++)
		if (r[i].type == WARD_REL_CONTROLS && r[i].node == to)
			return true;
	return false;
}

struct pairs {
	const struct usual *usual;
	struct hosts asks, asked;
	uint64_t n;
};

static void talk(struct ward_life *l, ward_ns at, void *ctx)
{
	enum { TRIES = 8 };
	struct pairs *p = ctx;

	for (int i = 0; i < TRIES; i++) {
		uint32_t from = p->asks.at[ward_life_one_of(l, p->asks.n)];
		uint32_t to = p->asked.at[ward_life_one_of(l, p->asked.n)];

		if (from == to || (p->usual->controls && !controls(l, from, to)))
			continue;
		if (ward_life_room(l, 1))
			p->usual->say(l, &(struct ward_life_talk){ward_model_node(l->m, from)->id,
						 ward_model_node(l->m, to)->id, ++p->n, at,
						 ward_life_ip(l->m, to)});
		return;
	}
}

/* False: the model says of nobody there that they would. */
static bool happens(struct ward_life *l, uint32_t network, const struct usual *u)
{
	struct pairs p = {u, find(l, network, &u->asks), find(l, network, &u->asked), 0};
	double a_day = u->each * (double)p.asks.n;

	if (!p.asks.n || !p.asked.n)
		return false;
	ward_life_pace(l, (struct ward_life_pace){a_day < u->most ? a_day : u->most, u->by_hour},
		talk, &p);
	return true;
}

static void on_network(struct ward_life *l, uint32_t network)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(usual) && !l->err; i++) {
		const struct usual *u = &usual[i];

		if (happens(l, network, u))
			while (i + 1 < WARD_ARRAY_LEN(usual) &&
				strcmp(usual[i + 1].what, u->what) == 0)
				i++; /* it was said in the first way */
	}
}

void ward_life_wires(struct ward_life *l)
{
	size_t n;
	const struct ward_source *s = ward_model_sources(l->m, &n);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < s[i].n_watches && !l->err; k++)
			if (ward_str_eqz(s[i].kind, "net") && !s[i].stopped &&
				ward_str_starts(s[i].where, WARD_STR("iface:")) &&
				ward_model_node(l->m, s[i].watches[k])->kind == WARD_NODE_NETWORK)
				on_network(l, s[i].watches[k]);
}
