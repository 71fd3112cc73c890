/* What `snmpwalk -On` prints of a switch: ".1.3.6.1.… = TYPE: value" per line.
 *
 * BRIDGE-MIB (RFC 4188) and Q-BRIDGE-MIB (RFC 4363) say behind which bridge port a hardware address
 * is, IF-MIB (RFC 2863) how that port is called, LLDP-MIB (IEEE 802.1AB) at which ports other
 * network devices are. Lines of anything else, also those cut short, are passed over. */
#include "model/inventory/place_priv.h"

enum table { FDB, VLAN_FDB, BASE_PORT, IF_NAME, SYS_NAME, LLDP_CAPABLE, TABLE_N };

static const struct {
	const char *oid;
	size_t n_index;
} tables[TABLE_N] = {
	[FDB] = {"1.3.6.1.2.1.17.4.3.1.2.", 6},          /* dot1dTpFdbPort: address */
	[VLAN_FDB] = {"1.3.6.1.2.1.17.7.1.2.2.1.2.", 7}, /* dot1qTpFdbPort: VLAN, address */
	[BASE_PORT] = {"1.3.6.1.2.1.17.1.4.1.2.", 1},    /* dot1dBasePortIfIndex: port */
	[IF_NAME] = {"1.3.6.1.2.1.31.1.1.1.1.", 1},      /* ifName: ifIndex */
	[SYS_NAME] = {"1.3.6.1.2.1.1.5.", 1},            /* sysName */
	[LLDP_CAPABLE] = {"1.0.8802.1.1.2.1.4.1.1.12.",
		3}, /* lldpRemSysCapEnabled: time, port, n */
};

enum { PORTS_MAX = 65536, INDEX_MAX = 7 };

struct walk {
	struct ward_places *p;
	struct ward_str device;
	ward_ns as_of;
	struct ward_tab if_of;   /* bridge port → ifIndex */
	struct ward_tab name_of; /* ifIndex → struct ward_str in the text */
	enum ward_err err;
};

struct line {
	enum table table;
	uint32_t index[INDEX_MAX];
	struct ward_str value;
	uint64_t number;
};

static bool parse_index(struct ward_str s, size_t n, uint32_t ret[INDEX_MAX])
{
	for (size_t i = 0; i < n; i++) {
		uint64_t v;

		if (!s.p || !ward_str_u64(ward_str_cut(&s, '.'), &v) || v > UINT32_MAX)
			return false;
		ret[i] = (uint32_t)v;
	}
	return s.p == NULL;
}

static bool parse(struct ward_str text, struct line *ret)
{
	size_t eq = ward_str_find(text, WARD_STR(" = "));
	struct ward_str oid = ward_str_trim(ward_str_sub(text, 0, eq));

	if (eq == SIZE_MAX)
		return false;
	if (ward_str_starts(oid, WARD_STR(".")))
		oid = ward_str_sub(oid, 1, oid.len);
	ret->value = ward_str_trim(ward_str_sub(text, eq + 3, text.len));
	size_t colon = ward_str_find(ret->value, WARD_STR(": "));

	if (colon != SIZE_MAX)
		ret->value = ward_str_trim(ward_str_sub(ret->value, colon + 2, ret->value.len));
	if (ret->value.len > 1 && ret->value.p[0] == '"' && ret->value.p[ret->value.len - 1] == '"')
		ret->value = ward_str_sub(ret->value, 1, ret->value.len - 2);
	if (!ward_str_u64(ret->value, &ret->number))
		ret->number = 0;
	for (enum table t = 0; t < TABLE_N; t++) {
		struct ward_str prefix = ward_str_z(tables[t].oid);

		if (!ward_str_starts(oid, prefix))
			continue;
		ret->table = t;
		return parse_index(
			ward_str_sub(oid, prefix.len, oid.len), tables[t].n_index, ret->index);
	}
	return false;
}

bool ward_places_is_walk(struct ward_str text)
{
	for (size_t i = 0; i < 8 && text.len; i++) {
		struct ward_str line = ward_str_cut(&text, '\n');

		if ((ward_str_starts(line, WARD_STR(".1.")) ||
			    ward_str_starts(line, WARD_STR("1.3.6.1."))) &&
			ward_str_find(line, WARD_STR(" = ")) != SIZE_MAX)
			return true;
	}
	return false;
}

static void put(struct walk *w, struct ward_tab *t, uint32_t key, const void *value)
{
	void *at;
	enum ward_err err = ward_tab_put(t, &key, &at, NULL);

	if (!err)
		memcpy(at, value, t->val_len);
	w->err = w->err ? w->err : err;
}

/* The name of a bridge port's interface; where the walk has none, its number. */
static enum ward_err spot_of(struct walk *w, uint32_t port, uint32_t *ret)
{
	const void *at = ward_tab_find(&w->if_of, &port);
	struct ward_str name;
	char number[24];
	uint32_t index = port;

	if (at)
		memcpy(&index, at, sizeof(index));
	at = ward_tab_find(&w->name_of, &index);
	if (at) {
		memcpy(&name, at, sizeof(name));
	} else {
		struct ward_wr text = ward_wr_fixed(number, sizeof(number));

		ward_wr_u64(&text, port);
		name = ward_wr_text(&text);
	}
	return ward_places_spot(w->p, w->device, name, ret);
}

/* First what ports are called, since a walk gives it in any order. */
static void name_line(struct walk *w, const struct line *l)
{
	uint32_t number = l->number > UINT32_MAX ? 0 : (uint32_t)l->number;

	if (l->table == SYS_NAME && l->value.len)
		w->device = l->value;
	else if (l->table == BASE_PORT)
		put(w, &w->if_of, l->index[0], &number);
	else if (l->table == IF_NAME && l->value.len)
		put(w, &w->name_of, l->index[0], &l->value);
}

/* A bit string of lldpRemSysCapEnabled, "28 00": bridge is 0x20, access point 0x10, router 0x08. An
 * access point passes on whole crowds, so nobody behind it is at the port. */
static bool passes_on(struct ward_str value)
{
	uint8_t bits = 0;

	return ward_str_unhex(ward_str_sub(value, 0, 2), &bits, 1) && (bits & 0x38);
}

static void seen_line(struct walk *w, const struct line *l)
{
	struct ward_sighting s = {.kind = WARD_SIGHT_SWITCH, .time = w->as_of};
	size_t at = l->table == VLAN_FDB;
	uint32_t spot;

	if (l->table == LLDP_CAPABLE && passes_on(l->value)) {
		w->err = spot_of(w, l->index[1], &spot);
		if (!w->err)
			w->p->spot[spot].uplink = true;
		return;
	}
	if ((l->table != FDB && l->table != VLAN_FDB) || !l->number || l->number > PORTS_MAX)
		return; /* port 0: the address was learned, but not where (RFC 4188) */
	for (size_t i = 0; i < sizeof(s.mac); i++) {
		if (l->index[at + i] > UINT8_MAX)
			return;
		s.mac[i] = (uint8_t)l->index[at + i];
	}
	w->err = spot_of(w, (uint32_t)l->number, &s.spot);
	if (!w->err)
		w->err = ward_places_saw(w->p, &s);
}

static void each(
	struct walk *w, struct ward_str text, void (*fn)(struct walk *, const struct line *))
{
	while (text.len && !w->err) {
		struct line l;

		if (parse(ward_str_cut(&text, '\n'), &l) &&
			ward_utf8_valid(ward_str_bytes(l.value), NULL))
			fn(w, &l);
	}
}

/* "walks/sw-2.txt" is of "sw-2", unless it says its name itself. */
static struct ward_str device_of(struct ward_str file)
{
	struct ward_str rest = file, base = file;

	while (rest.p)
		base = ward_str_cut(&rest, '/');
	rest = base;
	return ward_str_cut(&rest, '.');
}

enum ward_err ward_places_walk(
	struct ward_places *p, struct ward_str file, struct ward_str text, ward_ns as_of)
{
	struct walk w = {.p = p, .device = device_of(file), .as_of = as_of};

	ward_tab_init(&w.if_of, p->mem, sizeof(uint32_t), sizeof(uint32_t), PORTS_MAX);
	ward_tab_init(&w.name_of, p->mem, sizeof(uint32_t), sizeof(struct ward_str), PORTS_MAX);
	each(&w, text, name_line);
	each(&w, text, seen_line);
	ward_tab_fini(&w.if_of);
	ward_tab_fini(&w.name_of);
	return w.err;
}
