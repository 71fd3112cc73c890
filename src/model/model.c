#include "model/keys.h"
#include "model/model_int.h"

static const char *const root_name[WARD_ROOT_N] = {
	[WARD_ROOT_SITE] = "site",
	[WARD_ROOT_BUILDING] = "building",
	[WARD_ROOT_FLOOR] = "floor",
	[WARD_ROOT_ZONE] = "zone",
	[WARD_ROOT_ROOM] = "room",
	[WARD_ROOT_DOOR] = "door",
	[WARD_ROOT_NETWORK] = "network",
	[WARD_ROOT_ROLE] = "role",
	[WARD_ROOT_SERVICE] = "service",
	[WARD_ROOT_DEVICE] = "device",
	[WARD_ROOT_SOFTWARE] = "software",
	[WARD_ROOT_DATA] = "data",
	[WARD_ROOT_SUPPLY] = "supply",
};

const char *ward_root_name(enum ward_root r)
{
	WARD_ASSERT((unsigned)r < WARD_ROOT_N);
	return root_name[r];
}

void ward_model_free(struct ward_model *m)
{
	if (!m)
		return;
	ward_mem_free(m->mem, m->node, m->cap * sizeof(*m->node));
	ward_mem_free(m->mem, m->source, m->cap_source * sizeof(*m->source));
	ward_mem_free(m->mem, m->origin, m->cap_origin * sizeof(*m->origin));
	for (size_t i = 0; i < WARD_KEY_N; i++) {
		ward_mem_free(m->mem, m->key_node[i], m->cap_key[i] * sizeof(*m->key_node[i]));
		ward_intern_fini(&m->key[i]);
	}
	ward_intern_fini(&m->ids);
	ward_intern_fini(&m->source_ids);
	ward_intern_fini(&m->origin_ids);
	ward_tab_fini(&m->networks.tab);
	ward_tab_fini(&m->places.tab);
	ward_ontology_free(m->ontology);
	ward_threats_free(m->threats);
	ward_arena_fini(&m->arena);
	ward_mem_free(m->mem, m, sizeof(*m));
}

void ward_model_freep(struct ward_model **m)
{
	ward_model_free(*m);
	*m = NULL;
}

void ward_model_hash(const struct ward_model *m, uint8_t ret[32])
{
	memcpy(ret, m->hash, sizeof(m->hash));
}

const struct ward_hospital *ward_model_hospital(const struct ward_model *m)
{
	return &m->hospital;
}

const struct ward_ontology *ward_model_ontology(const struct ward_model *m)
{
	return m->ontology;
}

const struct ward_threats *ward_model_threats(const struct ward_model *m)
{
	return m->threats;
}

uint32_t ward_model_n(const struct ward_model *m)
{
	return (uint32_t)m->n;
}

const struct ward_node *ward_model_node(const struct ward_model *m, uint32_t i)
{
	WARD_ASSERT(i < m->n + m->n_part);
	return &m->node[i];
}

uint32_t ward_model_find(const struct ward_model *m, struct ward_str id)
{
	return ward_intern_find(&m->ids, id);
}

bool ward_key_canonical(
	enum ward_key_kind kind, struct ward_str key, uint8_t buf[256], struct ward_str *ret)
{
	struct ward_addr ip;

	*ret = key;
	switch (kind) {
	case WARD_KEY_IP:
		if (!ward_addr_parse(key, &ip))
			return false;
		memcpy(buf, ip.b, sizeof(ip.b));
		*ret = (struct ward_str){(char *)buf, sizeof(ip.b)};
		return true;
	case WARD_KEY_MAC:
		*ret = (struct ward_str){(char *)buf, 6};
		return ward_addr_mac(key, buf);
	case WARD_KEY_HOST:
		if (key.len == 0 || key.len > 255)
			return false;
		for (size_t i = 0; i < key.len; i++)
			buf[i] = (uint8_t)(key.p[i] >= 'A' && key.p[i] <= 'Z' ? key.p[i] + 32
									      : key.p[i]);
		*ret = (struct ward_str){(char *)buf, key.len};
		return true;
	case WARD_KEY_READER:
	case WARD_KEY_DOOR:
	case WARD_KEY_CAMERA:
	case WARD_KEY_SENSOR:
	case WARD_KEY_BACNET:
	case WARD_KEY_SERIAL:
	case WARD_KEY_POINT:
	case WARD_KEY_IFACE:
		return key.len > 0 && key.len <= 255;
	case WARD_KEY_N:
		break;
	}
	return false;
}

uint32_t ward_model_by_key(const struct ward_model *m, enum ward_key_kind kind, struct ward_str key)
{
	uint8_t buf[256];
	struct ward_str canonical;

	WARD_ASSERT((unsigned)kind < WARD_KEY_N);
	if (!ward_key_canonical(kind, key, buf, &canonical))
		return WARD_NONE;
	uint32_t id = ward_intern_find(&m->key[kind], canonical);

	return id == WARD_NONE ? WARD_NONE : m->key_node[kind][id];
}

uint32_t ward_model_by_host(const struct ward_model *m, struct ward_str name)
{
	uint32_t node = ward_model_by_key(m, WARD_KEY_HOST, name);

	if (node == WARD_NONE)
		node = ward_model_by_key(m, WARD_KEY_IP, name);
	if (node == WARD_NONE && memchr(name.p ? name.p : "", '.', name.len))
		node = ward_model_by_key(m, WARD_KEY_HOST, ward_str_cut(&name, '.'));
	return node;
}

struct ward_str ward_model_key(const struct ward_model *m, uint32_t i, enum ward_key_kind kind)
{
	WARD_ASSERT((unsigned)kind < WARD_KEY_N);
	for (uint32_t k = 0; k < m->key[kind].n; k++)
		if (m->key_node[kind][k] == i)
			return ward_intern_at(&m->key[kind], k);
	return (struct ward_str){"", 0};
}

struct ward_str ward_model_key_at(
	const struct ward_model *m, enum ward_key_kind kind, uint32_t k, uint32_t *ret_node)
{
	WARD_ASSERT((unsigned)kind < WARD_KEY_N);
	if (k >= m->key[kind].n)
		return (struct ward_str){"", 0};
	*ret_node = m->key_node[kind][k];
	return ward_intern_at(&m->key[kind], k);
}

/* Longest first; at most one probe per prefix length in use. *ret_len is of 128. */
static uint32_t prefix_of(
	const struct ward_prefixes *p, const struct ward_addr *ip, unsigned *ret_len)
{
	for (unsigned len = 129; len-- > 0;) {
		if (!(p->lengths[len / 64] >> (len % 64) & 1))
			continue;
		struct ward_addr cut = ward_addr_cut(ip, (uint8_t)len);
		struct ward_prefix key = {.len = (uint8_t)len};

		memcpy(key.b, cut.b, sizeof(key.b));
		const uint32_t *at = ward_tab_find(&p->tab, &key);

		if (at) {
			*ret_len = len;
			return *at;
		}
	}
	return WARD_NONE;
}

uint32_t ward_model_network_of(const struct ward_model *m, struct ward_str text)
{
	struct ward_addr ip;
	unsigned len;

	return ward_addr_parse(text, &ip) ? prefix_of(&m->networks, &ip, &len) : WARD_NONE;
}

const struct ward_origin *ward_model_origin_of(const struct ward_model *m, struct ward_str text)
{
	struct ward_addr ip;
	unsigned len;
	uint32_t i = ward_addr_parse(text, &ip) ? prefix_of(&m->places, &ip, &len) : WARD_NONE;

	return i == WARD_NONE ? NULL : &m->origin[i];
}

const struct ward_origin *ward_model_origin_at(const struct ward_model *m, size_t i)
{
	return i < m->origin_ids.n ? &m->origin[i] : NULL;
}

const struct ward_origin *ward_model_origin(const struct ward_model *m, struct ward_str id)
{
	uint32_t i = ward_intern_find(&m->origin_ids, id);

	return i == WARD_NONE ? NULL : &m->origin[i];
}

bool ward_model_is_group_address(const struct ward_model *m, struct ward_str text)
{
	struct ward_addr ip;
	unsigned len = 0;

	if (!ward_addr_parse(text, &ip))
		return false;
	if (!ward_addr_is_v4(&ip)) {
		static const uint8_t zero[15];

		/* RFC 4291 2.5.2, 2.5.3, 2.7: ::, ::1, ff00::/8 */
		if (ip.b[0] == 0xff || (memcmp(ip.b, zero, sizeof(zero)) == 0 && ip.b[15] <= 1))
			return true;
		if ((ip.b[0] & 0xfe) != 0xfc)
			return false; /* else it may stand in an address plan: event/plan.h */
	}
	uint32_t v4 = (uint32_t)ip.b[12] << 24 | (uint32_t)ip.b[13] << 16 |
		      (uint32_t)ip.b[14] << 8 | ip.b[15];

	/* RFC 6890: 0/8, 127/8; RFC 5771: 224/4; all beyond is reserved or broadcast. */
	if (ward_addr_is_v4(&ip) && (v4 >> 24 == 0 || v4 >> 24 == 127 || v4 >> 28 >= 14))
		return true;
	/* RFC 3021: prefixes of 31 and 32 bits have neither; nor has IPv6, but a plan's networks.
	 */
	if (prefix_of(&m->networks, &ip, &len) == WARD_NONE || len < 96 || len > 126 ||
		(len == 96 && !ward_addr_is_v4(&ip)))
		return false;
	uint32_t host = (uint32_t)(0xffffffffULL >> (len - 96));

	return (v4 & host) == 0 || (v4 & host) == host;
}

bool ward_model_is_link_local(struct ward_str text)
{
	struct ward_addr ip;

	if (!ward_addr_parse(text, &ip))
		return false;
	if (ward_addr_is_v4(&ip))
		return ip.b[12] == 169 && ip.b[13] == 254;  /* RFC 3927 */
	return ip.b[0] == 0xfe && (ip.b[1] & 0xc0) == 0x80; /* RFC 4291 2.5.6 */
}

/* Containment has no cycles: loading broke them. */
uint32_t ward_model_up(const struct ward_model *m, uint32_t i, enum ward_node_kind kind)
{
	while (i != WARD_NONE && ward_model_node(m, i)->kind != kind)
		i = m->node[i].parent;
	return i;
}

bool ward_model_is(const struct ward_model *m, uint32_t i, uint32_t class)
{
	return ward_ontology_is(m->ontology, ward_model_node(m, i)->class, class);
}

const struct ward_rel *ward_model_out(const struct ward_model *m, uint32_t i, size_t *ret_n)
{
	WARD_ASSERT(i < m->n + m->n_part);
	*ret_n = i < m->n ? m->out.off[i + 1] - m->out.off[i] : 0;
	return i < m->n ? m->out.at + m->out.off[i] : NULL;
}

const struct ward_rel *ward_model_in(const struct ward_model *m, uint32_t i, size_t *ret_n)
{
	WARD_ASSERT(i < m->n + m->n_part);
	*ret_n = i < m->n ? m->in.off[i + 1] - m->in.off[i] : 0;
	return i < m->n ? m->in.at + m->in.off[i] : NULL;
}

const struct ward_group *ward_model_group(const struct ward_model *m, uint32_t g)
{
	WARD_ASSERT(g < m->n_group);
	return &m->group[g];
}

uint32_t ward_model_n_group(const struct ward_model *m)
{
	return m->n_group;
}

const struct ward_group *ward_model_groups(const struct ward_model *m, uint32_t i, size_t *ret_n)
{
	WARD_ASSERT(i < m->n + m->n_part);
	*ret_n = m->group_off[i + 1] - m->group_off[i];
	return *ret_n ? m->group + m->group_off[i] : NULL;
}

uint32_t ward_model_n_part(const struct ward_model *m)
{
	return m->n_part;
}

uint32_t ward_model_whole(const struct ward_model *m, uint32_t i)
{
	while (i >= m->n)
		i = ward_model_node(m, i)->parent;
	return i;
}

const struct ward_protection *ward_model_protections(
	const struct ward_model *m, uint32_t i, size_t *ret_n)
{
	WARD_ASSERT(i < m->n + m->n_part);
	*ret_n = i < m->n ? m->protection_off[i + 1] - m->protection_off[i] : 0;
	return i < m->n ? m->protection + m->protection_off[i] : NULL;
}

const struct ward_buffer *ward_model_buffers(const struct ward_model *m, uint32_t i, size_t *ret_n)
{
	WARD_ASSERT(i < m->n + m->n_part);
	*ret_n = i < m->n ? m->buffer_off[i + 1] - m->buffer_off[i] : 0;
	return i < m->n ? m->buffer + m->buffer_off[i] : NULL;
}

const struct ward_source *ward_model_sources(const struct ward_model *m, size_t *ret_n)
{
	*ret_n = m->source_ids.n;
	return m->source;
}

const struct ward_source *ward_model_source(const struct ward_model *m, struct ward_str id)
{
	uint32_t i = ward_intern_find(&m->source_ids, id);

	return i == WARD_NONE ? NULL : &m->source[i];
}

void ward_model_stop(struct ward_model *m, struct ward_str what)
{
	uint32_t i = ward_intern_find(&m->source_ids, what);

	if (i != WARD_NONE)
		m->source[i].stopped = true;
	else if (ward_str_eqz(what, "clips"))
		m->hospital.clips_key = WARD_STR("");
	else if (ward_str_eqz(what, "baselines.persons"))
		m->hospital.staff_agreement = WARD_STR("");
}
