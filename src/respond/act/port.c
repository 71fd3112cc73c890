#include "respond/act/port.h"

#include "conf/conf.h"

bool ward_port_security(struct ward_str s)
{
	static const char *const name[] = {
#define X(NAME, text) text,
		WARD_PORT_SECURITY_LIST(X)
#undef X
	};

	for (size_t i = 0; i < WARD_ARRAY_LEN(name); i++)
		if (ward_str_eqz(s, name[i]))
			return true;
	return false;
}

/* "12", of digits alone and without a zero before them. */
static bool number(struct ward_str s, uint64_t max, uint32_t *ret)
{
	uint64_t n;

	if (!s.len || s.p[0] < '1' || s.p[0] > '9' || !ward_str_u64(s, &n) || n > max)
		return false;
	*ret = (uint32_t)n;
	return true;
}

bool ward_port_state(struct ward_str s, struct ward_port_state *ret)
{
	struct ward_str value = s, name = ward_str_cut(&value, ' ');
	uint32_t vlan;

	if (ward_str_eqz(s, "shutdown"))
		*ret = (struct ward_port_state){WARD_PORT_STATUS, WARD_PORT_DOWN};
	else if (ward_str_eqz(s, "up"))
		*ret = (struct ward_port_state){WARD_PORT_STATUS, WARD_PORT_UP};
	else if (ward_str_eqz(name, "vlan") && number(value, WARD_PORT_VLAN_MAX, &vlan))
		*ret = (struct ward_port_state){WARD_PORT_PVID, vlan};
	else
		return false;
	return true;
}

bool ward_port_name(struct ward_str s, struct ward_port_name *ret)
{
	struct ward_str value = s, name = ward_str_cut(&value, ' ');
	struct ward_port_name n = {.name = s};

	if (!s.len || s.len > WARD_PORT_NAME || s.p[0] == ' ' || s.p[s.len - 1] == ' ')
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	if (ward_str_eqz(name, "ifIndex")) {
		n.name = WARD_STR("");
		if (!number(value, INT32_MAX, &n.index)) /* InterfaceIndex, RFC 2863 */
			return false;
	}
	*ret = n;
	return true;
}

bool ward_port_uplink(struct ward_str uplinks, struct ward_str port)
{
	while (uplinks.len)
		if (ward_str_eq(ward_str_cut(&uplinks, '\t'), port))
			return true;
	return false;
}

/* "00:1b:21:0a:0b:0c" */
static bool read_mac(struct ward_str s, uint8_t ret[6])
{
	bool good = s.len == 17;

	for (size_t i = 0; good && i < 6; i++)
		good = ward_str_unhex(ward_str_sub(s, 3 * i, 2), &ret[i], 1) &&
		       (i == 5 || s.p[3 * i + 2] == ':');
	return good;
}

static bool read_macs(const struct ward_conf *list, struct ward_port_ask *a)
{
	a->n_mac = 0;
	for (const struct ward_conf *v = list ? list->child : NULL; v; v = v->next)
		if (a->n_mac == WARD_PORT_MACS || v->kind != WARD_CONF_SCALAR ||
			!read_mac(v->text, a->mac[a->n_mac++]))
			return false;
	return true;
}

/* "MAC MAC" */
static bool read_behind(struct ward_str s, struct ward_port_ask *a)
{
	for (a->n_behind = 0; s.len; a->n_behind++)
		if (a->n_behind == WARD_PORT_DEVICES ||
			!read_mac(ward_str_cut(&s, ' '), a->behind[a->n_behind]))
			return false;
	return true;
}

bool ward_port_seeks(struct ward_str body)
{
	return ward_str_starts(body, WARD_STR("{\"kind\":\"find-port\","));
}

/* NOMEM, MALFORMED. The tree borrows what is in the arena. */
static enum ward_err read_body(struct ward_arena *arena, const struct ward_limits *lim,
	struct ward_str body, const struct ward_conf **ret)
{
	struct ward_str copy = ward_arena_str(arena, body);
	struct ward_diag diag;

	if (!copy.p)
		return WARD_ERR_NOMEM;
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_conf_json(
		arena, lim, WARD_STR("request"), 1, ward_str_bytes(copy), &diag, ret);

	ward_diag_fini(&diag);
	return !err || err == WARD_ERR_NOMEM ? err : WARD_ERR_MALFORMED;
}

enum ward_err ward_port_sought(struct ward_arena *arena, const struct ward_limits *lim,
	struct ward_str body, struct ward_port_ask *ret)
{
	const struct ward_conf *c = NULL;
	struct ward_port_ask a = {.n_mac = 0};
	enum ward_err err = read_body(arena, lim, body, &c);

	if (!err && (!read_macs(ward_conf_get(c, "macs"), &a) || !a.n_mac))
		err = WARD_ERR_MALFORMED;
	if (!err)
		*ret = a;
	return err;
}

void ward_port_mac(struct ward_wr *w, const uint8_t mac[6])
{
	for (size_t i = 0; i < 6; i++)
		ward_wr_printf(w, "%s%02x", i ? ":" : "", (unsigned)mac[i]);
}

void ward_port_seen_put(struct ward_wr *w, const struct ward_port_seen *seen)
{
	ward_wr_printf(w, "%zu ", seen->n_mac);
	for (size_t i = 0; i < seen->n_mac; i++) {
		ward_port_mac(w, seen->mac[i]);
		ward_wr_ch(w, ' ');
	}
	ward_wr_str(w, seen->port);
}

bool ward_port_seen_get(struct ward_str s, struct ward_port_seen *ret)
{
	struct ward_port_seen seen = {.n_mac = 0};
	struct ward_port_name unused;
	struct ward_str count = ward_str_cut(&s, ' ');
	uint64_t n;

	if (!ward_str_u64(count, &n) || n > WARD_PORT_DEVICES)
		return false;
	for (; seen.n_mac < n; seen.n_mac++)
		if (!read_mac(ward_str_cut(&s, ' '), seen.mac[seen.n_mac]))
			return false;
	seen.port = s;
	if (!ward_port_name(s, &unused))
		return false;
	*ret = seen;
	return true;
}

enum ward_err ward_port_asked(struct ward_arena *arena, const struct ward_limits *lim,
	struct ward_str body, struct ward_port_ask *ret)
{
	const struct ward_conf *c = NULL;
	struct ward_port_ask a;
	enum ward_err err = read_body(arena, lim, body, &c);

	if (err)
		return err;
	if (!ward_port_name(ward_conf_word(c, "port"), &a.port) ||
		!ward_port_state(ward_conf_word(c, "run"), &a.to) ||
		!ward_port_state(ward_conf_word(c, "from"), &a.from) || a.to.what != a.from.what ||
		a.to.value == a.from.value || !read_macs(ward_conf_get(c, "macs"), &a) ||
		!read_behind(ward_conf_word(c, "behind"), &a))
		return WARD_ERR_MALFORMED;
	a.undo = ward_str_eqz(ward_conf_word(c, "undo"), "true");
	*ret = a;
	return WARD_OK;
}

bool ward_port_phrases(
	struct ward_str line, struct ward_str *ret_auth, struct ward_str *ret_privacy)
{
	struct ward_str privacy = line, auth = ward_str_cut(&privacy, '\t');
	bool one = auth.len == line.len;

	*ret_auth = auth;
	*ret_privacy = one ? auth : privacy;
	return ret_auth->len >= WARD_PORT_PHRASE_MIN && ret_privacy->len >= WARD_PORT_PHRASE_MIN;
}
