/* What sensors say when all is as it should be, and people who sign in to computers. */
#include "exercise/life_priv.h"

enum { SAYS_A_DAY = 288, LOGINS_A_DAY = 12, FIRST_PORT = 50000, PORTS = 10000, USERS = 60 };

/* What a class of sensors says of an ordinary day (docs/mqtt.md); unit NULL: no value. */
static const struct usual {
	const char *class, *kind, *unit;
	double mean, spread;
} usual[] = {
	{"device.building.sensor.temperature", "temperature", "Cel", 20.5, 0.4},
	{"device.building.sensor.humidity", "humidity", "%", 45, 3},
	{"device.building.sensor.water", "flood", NULL, 0, 0},
	{"device.building.sensor.power", "power", NULL, 0, 0},
	{"device.building.gas-alarm", "gas", NULL, 0, 0},
	{"device.building.fire-panel", "fire", NULL, 0, 0},
	{"device.building.fire-detector", "fire", NULL, 0, 0},
	{"device.building.lift", "lift", NULL, 0, 0},
};

struct sensor {
	const struct ward_source *source;
	const struct usual *usual;
	struct ward_str key;
};

static void say(struct ward_life *l, ward_ns at, void *ctx)
{
	const struct sensor *s = ctx;
	double about = ward_life_dice(l) + ward_life_dice(l) - 1;

	if (!ward_life_room(l, 1))
		return;
	struct ward_wr *w = ward_life_begin(l, at);

	ward_wr_z(w, "mqtt: {source: ");
	ward_life_quote(w, s->source->id);
	ward_wr_printf(w, ", kind: %s, sensor: ", s->usual->kind);
	ward_life_quote(w, s->key);
	ward_wr_z(w, ", payload: {state: normal, heartbeat_s: 86400");
	if (s->usual->unit)
		ward_wr_printf(w, ", value: %.1f, unit: \"%s\"",
			s->usual->mean + s->usual->spread * about, s->usual->unit);
	ward_wr_z(w, "}}");
	ward_life_end(l);
}

/* Is it of the story, where it stands or by what it looks at? */
static bool is_apart(const struct ward_life *l, uint32_t node)
{
	size_t n;
	const struct ward_rel *r = ward_model_out(l->m, node, &n);
	uint32_t room = ward_model_up(l->m, node, WARD_NODE_ROOM);

	if (l->apart[node] || (room != WARD_NONE && l->apart[room]))
		return true;
	for (size_t i = 0; i < n; i++)
		if (r[i].type == WARD_REL_MONITORS && l->apart[r[i].node])
			return true;
	return false;
}

static const struct usual *usual_of(const struct ward_life *l, uint32_t node)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(usual); i++)
		if (ward_life_is(l, node, ward_life_class(l, usual[i].class)))
			return &usual[i];
	return NULL;
}

void ward_life_sensors(struct ward_life *l)
{
	size_t n;
	const struct ward_source *s = ward_model_sources(l->m, &n);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < s[i].n_watches && !l->err; k++) {
			uint32_t node = s[i].watches[k];
			struct sensor is = {&s[i], usual_of(l, node),
				ward_model_key(l->m, node, WARD_KEY_SENSOR)};

			if (ward_str_eqz(s[i].kind, "mqtt") && !s[i].stopped && is.usual &&
				ward_life_plain(is.key) && !is_apart(l, node))
				ward_life_pace(
					l, (struct ward_life_pace){SAYS_A_DAY, false}, say, &is);
		}
}

struct computers {
	const struct ward_source *source;
	uint32_t *at;
	size_t n;
	bool mistyped;       /* somebody did */
	const uint8_t *peer; /* IPv4: the machine from which they do */
};

static void login(struct ward_life *l, struct computers *x, ward_ns at, const char *how)
{
	uint32_t node = x->at[0];
	struct ward_wr *w = ward_life_begin(l, at);

	ward_wr_z(w, "log: {source: ");
	ward_life_quote(w, x->source->id);
	ward_wr_z(w, ", host: ");
	ward_life_quote(w, ward_model_key(l->m, node, WARD_KEY_HOST));
	ward_wr_printf(w, ", app: sshd, text: \"%s\"}", how);
	ward_life_end(l);
}

/* One who signs in; the first mistypes the password, and of others one in ten. */
static void sign_in(struct ward_life *l, ward_ns at, void *ctx)
{
	struct computers *x = ctx;
	size_t k = ward_life_one_of(l, x->n);
	uint32_t node = x->at[k];
	unsigned user = (unsigned)ward_life_one_of(l, USERS);
	unsigned port = FIRST_PORT + (unsigned)ward_life_one_of(l, PORTS);
	bool wrong = ward_life_one_of(l, 10) == 0 || !x->mistyped;
	char text[128];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (!ward_life_room(l, 1 + wrong))
		return;
	x->at[k] = x->at[0]; /* it is the first: by which it is said */
	x->at[0] = node;
	for (int good = !wrong; good < 2; good++) {
		ward_wr_reset(&w);
		ward_wr_printf(&w, "%s password for user%u from %u.%u.%u.%u port %u ssh2",
			good ? "Accepted" : "Failed", user, x->peer[0], x->peer[1], x->peer[2],
			x->peer[3], port);
		ward_wr_u8(&w, 0);
		login(l, x, at + (good ? 9 : 0) * WARD_NS_PER_S, text);
	}
	x->mistyped |= wrong;
}

/* The address of a workstation from which people sign in to others; NULL. */
static const uint8_t *find_peer(const struct ward_life *l)
{
	const uint32_t workstation = ward_life_class(l, "device.computer.workstation");
	const uint8_t *ip = NULL;

	for (uint32_t i = 0; i < ward_model_n(l->m) && !ip; i++)
		if (!l->apart[i] && ward_life_is(l, i, workstation))
			ip = ward_life_ip(l->m, i);
	return ip;
}

void ward_life_logins(struct ward_life *l)
{
	const uint8_t *peer = find_peer(l);
	const uint32_t computer = ward_life_class(l, "device.computer");
	size_t n;
	const struct ward_source *s = ward_model_sources(l->m, &n);

	for (size_t i = 0; i < n && peer && !l->err; i++) {
		struct computers x = {
			.source = &s[i], .at = ward_life_nodes(l, s[i].n_watches), .peer = peer};
		bool listens = ward_str_starts(s[i].where, WARD_STR("udp:")) ||
			       ward_str_starts(s[i].where, WARD_STR("tcp:"));

		if (!x.at || !listens || s[i].stopped || !ward_str_eqz(s[i].kind, "syslog"))
			continue;
		for (size_t k = 0; k < s[i].n_watches; k++) {
			uint32_t node = s[i].watches[k];

			if (ward_life_is(l, node, computer) && !l->apart[node] &&
				ward_life_plain(ward_model_key(l->m, node, WARD_KEY_HOST)))
				x.at[x.n++] = node;
		}
		if (x.n)
			ward_life_pace(l,
				(struct ward_life_pace){(double)(LOGINS_A_DAY * x.n), true},
				sign_in, &x);
	}
}
