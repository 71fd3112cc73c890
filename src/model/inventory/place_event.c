/* Where things are, out of what the sensors hear: a network management that reads switches by SNMP
 * shows which hardware address is behind which port, and devices announce their room by LLDP-MED.
 *
 * A switch's tables come in many answers in any order, so they are kept as they are heard and put
 * together by ward_places_settle. */
#include "model/inventory/place_priv.h"

enum { AGENTS_MAX = 1024, HEARD_MAX = 1 << 20, ROWS_MAX = 65536, PASSES_ON = 0x38 };

/* Columns of a switch's tables: X(IDENT, "key field", "value field") */
#define COLUMN_LIST(X)                                             \
	X(PORT_IF, "snmp.bridge_port", "snmp.bridge_if")           \
	X(IF_NAME, "snmp.if_name_index", "snmp.if_name")           \
	X(LOCAL_ID, "snmp.lldp_local_port", "snmp.lldp_local_id")  \
	X(FDB, "snmp.fdb_port", "snmp.fdb_mac")                    \
	X(VLAN_FDB, "snmp.fdb_vlan_port", "snmp.fdb_vlan_mac")     \
	X(NEIGHBOR, "snmp.lldp_chassis_port", "snmp.lldp_chassis") \
	X(ENABLED, "snmp.lldp_enabled_port", "snmp.lldp_enabled")

enum column {
#define X(IDENT, key, value) COLUMN_##IDENT,
	COLUMN_LIST(X)
#undef X
		COLUMN_N,
};

static const char *const columns[COLUMN_N][2] = {
#define X(IDENT, key, value) {key, value},
	COLUMN_LIST(X)
#undef X
};

/* A switch, by the address that answers. */
struct agent {
	struct ward_str ip, name;
	struct ward_tab if_of;    /* bridge port → ifIndex */
	struct ward_tab name_of;  /* ifIndex → struct ward_str */
	struct ward_tab local_of; /* LLDP's local port → struct ward_str */
};

/* Somebody behind a port whose name may come later. */
struct heard {
	uint32_t agent, port;
	bool local;  /* the port's number is LLDP's own */
	bool uplink; /* a network device is there: mac says nothing */
	uint8_t mac[6];
	ward_ns time;
};

struct ward_places_heard {
	uint32_t sys_name, class_lldp, class_response, civic, med_class;
	uint32_t column[COLUMN_N][2];
	struct agent *agent;
	size_t n_agent, cap_agent;
	struct heard *heard;
	size_t n_heard, cap_heard;
};

enum ward_err ward_places_heard_new(struct ward_places *p)
{
	struct ward_names *names = p->rules->names;
	struct ward_places_heard *h = ward_mem_alloc(p->mem, sizeof(*h));

	if (!h)
		return WARD_ERR_NOMEM;
	p->heard = h;
	h->class_lldp = ward_name(names, WARD_STR("net.lldp"));
	h->class_response = ward_name(names, WARD_STR("net.snmp.response"));
	h->sys_name = ward_name(names, WARD_STR("snmp.sys_name"));
	h->civic = ward_name(names, WARD_STR("lldp.med.civic"));
	h->med_class = ward_name(names, WARD_STR("lldp.med.class"));
	for (size_t i = 0; i < COLUMN_N; i++)
		for (size_t k = 0; k < 2; k++)
			h->column[i][k] = ward_name(names, ward_str_z(columns[i][k]));
	return WARD_OK;
}

void ward_places_heard_free(struct ward_places *p)
{
	struct ward_places_heard *h = p->heard;

	for (size_t i = 0; h && i < h->n_agent; i++) {
		ward_tab_fini(&h->agent[i].if_of);
		ward_tab_fini(&h->agent[i].name_of);
		ward_tab_fini(&h->agent[i].local_of);
	}
	if (!h)
		return;
	ward_mem_free(p->mem, h->agent, h->cap_agent * sizeof(*h->agent));
	ward_mem_free(p->mem, h->heard, h->cap_heard * sizeof(*h->heard));
	ward_mem_free(p->mem, h, sizeof(*h));
}

static enum ward_err agent_of(struct ward_places *p, struct ward_str ip, uint32_t *ret)
{
	struct ward_places_heard *h = p->heard;

	for (*ret = 0; *ret < h->n_agent; ++*ret)
		if (ward_str_eq(h->agent[*ret].ip, ip))
			return WARD_OK;
	enum ward_err err = ward_mem_more(
		p->mem, &h->agent, h->n_agent, &h->cap_agent, sizeof(*h->agent), AGENTS_MAX);
	struct agent a = {.ip = ward_arena_str(&p->arena, ip)};

	if (err || !a.ip.p)
		return err ? err : WARD_ERR_NOMEM;
	ward_tab_init(&a.if_of, p->mem, sizeof(uint32_t), sizeof(uint32_t), ROWS_MAX);
	ward_tab_init(&a.name_of, p->mem, sizeof(uint32_t), sizeof(struct ward_str), ROWS_MAX);
	ward_tab_init(&a.local_of, p->mem, sizeof(uint32_t), sizeof(struct ward_str), ROWS_MAX);
	h->agent[h->n_agent++] = a;
	return WARD_OK;
}

/* The i-th of a list; a list of one is a scalar. */
static const struct ward_value *item(const struct ward_value *v, size_t i)
{
	if (!v || v->kind != WARD_VALUE_LIST)
		return i == 0 ? v : NULL;
	return i < v->n ? &v->item[i] : NULL;
}

static bool number(const struct ward_value *v, uint32_t *ret)
{
	if (!v || v->kind != WARD_VALUE_INT || v->i < 0 || v->i > UINT32_MAX)
		return false;
	*ret = (uint32_t)v->i;
	return true;
}

static enum ward_err put(struct ward_tab *t, uint32_t key, const void *value)
{
	void *at;
	enum ward_err err = ward_tab_put(t, &key, &at, NULL);

	if (!err)
		memcpy(at, value, t->val_len);
	return err;
}

/* Port names are what administrators wrote: kept once per port. */
static enum ward_err put_name(
	struct ward_places *p, struct ward_tab *t, uint32_t key, const struct ward_value *v)
{
	const void *old = ward_tab_find(t, &key);
	struct ward_str s;

	if (v->kind != WARD_VALUE_STR || !v->s.len)
		return WARD_OK;
	if (old) {
		memcpy(&s, old, sizeof(s));
		if (ward_str_eq(s, v->s))
			return WARD_OK;
	}
	s = ward_arena_str(&p->arena, v->s);
	return s.p ? put(t, key, &s) : WARD_ERR_NOMEM;
}

static enum ward_err hear(struct ward_places *p, const struct heard *what)
{
	struct ward_places_heard *h = p->heard;
	enum ward_err err = ward_mem_more(
		p->mem, &h->heard, h->n_heard, &h->cap_heard, sizeof(*h->heard), HEARD_MAX);

	if (!err)
		h->heard[h->n_heard++] = *what;
	/* who would fill it up is not heard any more */
	return err == WARD_ERR_LIMIT ? WARD_OK : err;
}

/* Bits of lldpRemSysCapEnabled as hexadecimal; see place_walk.c. */
static bool passes_on(const struct ward_value *v)
{
	uint8_t bits = 0;

	return v->kind == WARD_VALUE_STR && ward_str_unhex(ward_str_sub(v->s, 0, 2), &bits, 1) &&
	       (bits & PASSES_ON);
}

static enum ward_err take_row(
	struct ward_places *p, enum column c, struct heard *row, const struct ward_value *value)
{
	struct agent *a = &p->heard->agent[row->agent];
	uint32_t index;

	switch (c) {
	case COLUMN_PORT_IF:
		return number(value, &index) ? put(&a->if_of, row->port, &index) : WARD_OK;
	case COLUMN_IF_NAME:
		return put_name(p, &a->name_of, row->port, value);
	case COLUMN_LOCAL_ID:
		return put_name(p, &a->local_of, row->port, value);
	case COLUMN_ENABLED:
		row->local = row->uplink = true;
		return passes_on(value) ? hear(p, row) : WARD_OK;
	case COLUMN_FDB:
	case COLUMN_VLAN_FDB:
	case COLUMN_NEIGHBOR:
	case COLUMN_N:
	default:
		row->local = c == COLUMN_NEIGHBOR;
		/* port 0: learned, but not where (RFC 4188) */
		if (!row->port || value->kind != WARD_VALUE_STR ||
			!ward_addr_mac(value->s, row->mac))
			return WARD_OK;
		return hear(p, row);
	}
}

static enum ward_err take_column(
	struct ward_places *p, const struct ward_event *e, uint32_t agent, enum column c)
{
	const struct ward_value *key = ward_event_get(e, p->heard->column[c][0]),
				*value = ward_event_get(e, p->heard->column[c][1]);
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err; i++) {
		const struct ward_value *k = item(key, i), *v = item(value, i);
		struct heard row = {.agent = agent, .time = e->time};

		if (!k || !v)
			break;
		if (number(k, &row.port))
			err = take_row(p, c, &row, v);
	}
	return err;
}

/* An answer is told from the agent. */
static enum ward_err take_answer(struct ward_places *p, const struct ward_event *e)
{
	struct ward_str ip = ward_event_str(e, WARD_FIELD_DST_IP),
			name = ward_event_str(e, p->heard->sys_name);
	uint32_t agent;
	bool any = name.len;

	for (size_t i = 0; i < COLUMN_N; i++)
		any |= ward_event_get(e, p->heard->column[i][1]) != NULL;
	if (!any || !ip.len)
		return WARD_OK;
	enum ward_err err = agent_of(p, ip, &agent);

	if (err)
		return err == WARD_ERR_LIMIT ? WARD_OK : err;
	struct agent *a = &p->heard->agent[agent];

	if (name.len && !ward_str_eq(a->name, name)) {
		a->name = ward_arena_str(&p->arena, name);
		err = a->name.p ? WARD_OK : WARD_ERR_NOMEM;
	}
	for (enum column c = 0; c < COLUMN_N && !err; c++)
		err = take_column(p, e, agent, c);
	return err;
}

/* LLDP-MED's civic location says room=…; only of endpoints, since a switch tells its neighbour
 * where the neighbour is. */
static enum ward_err take_announced(struct ward_places *p, const struct ward_event *e)
{
	const struct ward_value *civic = ward_event_get(e, p->heard->civic);
	struct ward_sighting s = {.kind = WARD_SIGHT_ANNOUNCED, .time = e->time};
	enum ward_err err = WARD_OK;

	if (!ward_str_starts(ward_event_str(e, p->heard->med_class), WARD_STR("endpoint")))
		return WARD_OK;
	for (size_t i = 0; item(civic, i) && !err; i++) {
		struct ward_str text = item(civic, i)->kind == WARD_VALUE_STR
					       ? item(civic, i)->s
					       : (struct ward_str){NULL, 0};
		struct ward_str key = ward_str_cut(&text, '=');
		uint32_t node = p->model && text.len ? ward_model_find(p->model, text) : WARD_NONE;

		if (!ward_str_eqz(key, "room") || !text.len)
			continue;
		if (p->model && (node == WARD_NONE ||
					ward_model_node(p->model, node)->kind != WARD_NODE_ROOM))
			continue;
		err = ward_places_spot(p, WARD_STR("LLDP-MED"), text, &s.spot);
		if (err)
			return err;
		p->spot[s.spot].room = ward_arena_str(&p->arena, text);
		if (!p->spot[s.spot].room.p)
			return WARD_ERR_NOMEM;
		if (ward_addr_mac(ward_event_str(e, WARD_FIELD_SRC_MAC), s.mac))
			err = ward_places_saw(p, &s);
	}
	return err;
}

enum ward_err ward_places_event(struct ward_places *p, const struct ward_event *e)
{
	if (e->class == p->heard->class_response)
		return take_answer(p, e);
	if (e->class == p->heard->class_lldp)
		return take_announced(p, e);
	return WARD_OK;
}

/* The port as people call it, else its number. */
static struct ward_str port_name(const struct agent *a, const struct heard *w, char buf[24])
{
	struct ward_wr text = ward_wr_fixed(buf, 24);
	uint32_t index = w->port;
	struct ward_str s;
	const void *at = w->local ? ward_tab_find(&a->local_of, &index) : NULL;

	if (!at) {
		const void *mapped = w->local ? NULL : ward_tab_find(&a->if_of, &index);

		if (mapped)
			memcpy(&index, mapped, sizeof(index));
		at = ward_tab_find(&a->name_of, &index);
	}
	if (at) {
		memcpy(&s, at, sizeof(s));
		return s;
	}
	ward_wr_u64(&text, w->port);
	return ward_wr_text(&text);
}

static bool has_spot(const struct ward_places *p, struct ward_str device, struct ward_str port)
{
	char buf[512];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_str(&w, device);
	ward_wr_ch(&w, ' ');
	ward_wr_str(&w, port);
	return !ward_wr_bad(&w) && ward_intern_find(&p->names, ward_wr_text(&w)) != WARD_NONE;
}

/* The switch as the patch list calls it: its own name, the directory's id for its address, or the
 * address; the first that the list has, else the first that there is. */
static struct ward_str device_name(
	const struct ward_places *p, const struct agent *a, struct ward_str port)
{
	uint32_t node = p->model ? ward_model_by_key(p->model, WARD_KEY_IP, a->ip) : WARD_NONE;
	struct ward_str id = {"", 0};

	if (node != WARD_NONE)
		id = ward_model_node(p->model, node)->id;
	if (a->name.len && has_spot(p, a->name, port))
		return a->name;
	if (id.len && has_spot(p, id, port))
		return id;
	if (has_spot(p, a->ip, port))
		return a->ip;
	return a->name.len ? a->name : id.len ? id : a->ip;
}

enum ward_err ward_places_settle(struct ward_places *p)
{
	struct ward_places_heard *h = p->heard;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < h->n_heard && !err; i++) {
		const struct heard *w = &h->heard[i];
		const struct agent *a = &h->agent[w->agent];
		struct ward_sighting s = {.kind = WARD_SIGHT_SWITCH, .time = w->time};
		char buf[24];
		struct ward_str port = port_name(a, w, buf);

		err = ward_places_spot(p, device_name(p, a, port), port, &s.spot);
		if (!err && w->uplink) {
			p->spot[s.spot].uplink = true;
		} else if (!err) {
			memcpy(s.mac, w->mac, sizeof(s.mac));
			err = ward_places_saw(p, &s);
		}
	}
	h->n_heard = 0;
	ward_places_sort(p);
	return err == WARD_ERR_LIMIT ? WARD_OK : err;
}
