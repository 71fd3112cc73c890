/* Neighbours' announcements as events: one when it is new or says something else, then one each
 * hour that it is repeated. */
#include "sense/net/proto/lldp/lldp.h"

#include "sense/net/emit.h"
#include "sense/net/text.h"

enum { TOLD_MAX = 4096, TEXT_MAX = 255, NAMES_MAX = 16 };
#define TELL_AGAIN (3600 * WARD_NS_PER_S)

/* Classes and fields: X(IDENT, "name") */
#define NAME_LIST(X)                             \
	X(CLASS_LLDP, "net.lldp")                \
	X(CLASS_CDP, "net.cdp")                  \
	X(CHASSIS, "lldp.chassis_id")            \
	X(CHASSIS_KIND, "lldp.chassis_kind")     \
	X(PORT, "lldp.port_id")                  \
	X(PORT_KIND, "lldp.port_kind")           \
	X(TTL, "lldp.ttl_s")                     \
	X(PORT_DESC, "lldp.port_desc")           \
	X(SYS_NAME, "lldp.sys_name")             \
	X(SYS_DESC, "lldp.sys_desc")             \
	X(CAPABILITIES, "lldp.capabilities")     \
	X(ENABLED, "lldp.enabled")               \
	X(ADDRESS, "lldp.management_address")    \
	X(PORT_VLAN, "lldp.vlan")                \
	X(VLAN_NAME, "lldp.vlan_name")           \
	X(MAX_FRAME, "lldp.max_frame_bytes")     \
	X(POWER, "lldp.power_mw")                \
	X(MED_CLASS, "lldp.med.class")           \
	X(HARDWARE, "lldp.med.hardware")         \
	X(FIRMWARE, "lldp.med.firmware")         \
	X(SOFTWARE, "lldp.med.software")         \
	X(SERIAL, "lldp.med.serial")             \
	X(MANUFACTURER, "lldp.med.manufacturer") \
	X(MODEL, "lldp.med.model")               \
	X(ASSET, "lldp.med.asset")               \
	X(ELIN, "lldp.med.elin")                 \
	X(CIVIC, "lldp.med.civic")               \
	X(VOICE_VLAN, "lldp.med.voice_vlan")     \
	X(CDP_DEVICE, "cdp.device_id")           \
	X(CDP_PORT, "cdp.port_id")               \
	X(CDP_TTL, "cdp.ttl_s")                  \
	X(CDP_PLATFORM, "cdp.platform")          \
	X(CDP_SOFTWARE, "cdp.software")          \
	X(CDP_ADDRESS, "cdp.address")            \
	X(CDP_CAPABILITIES, "cdp.capabilities")  \
	X(CDP_VLAN, "cdp.vlan")                  \
	X(CDP_VOICE_VLAN, "cdp.voice_vlan")      \
	X(CDP_DUPLEX, "cdp.full_duplex")         \
	X(CDP_POWER, "cdp.power_mw")             \
	X(CDP_VTP_DOMAIN, "cdp.vtp_domain")      \
	X(CDP_SYS_NAME, "cdp.sys_name")          \
	X(CDP_LOCATION, "cdp.location")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
		NAME_N,
};

static const char *const names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
};

/* What was said, by whom. */
struct key {
	uint64_t hash; /* of the payload */
	uint8_t mac[6];
	uint16_t vlan;
	uint8_t kind, zero[7];
};
_Static_assert(sizeof(struct key) == 24, "compared as bytes");

struct ward_neighbors {
	struct ward_lru told; /* struct key → ward_ns, when */
	struct ward_seed seed;
	uint32_t name[NAME_N];
};

enum ward_err ward_neighbors_init(struct ward_net *n)
{
	struct ward_neighbors *s = ward_mem_alloc(n->mem, sizeof(*s));

	if (!s)
		return WARD_ERR_NOMEM;
	n->neighbors = s;
	s->seed = ward_seed_random();
	for (size_t i = 0; i < NAME_N; i++)
		s->name[i] = ward_name(n->names, ward_str_z(names[i]));
	return ward_lru_init(&s->told, n->mem, sizeof(struct key), sizeof(ward_ns), TOLD_MAX);
}

void ward_neighbors_fini(struct ward_net *n)
{
	if (!n->neighbors)
		return;
	ward_lru_fini(&n->neighbors->told);
	ward_mem_free(n->mem, n->neighbors, sizeof(*n->neighbors));
}

static void put_text(struct ward_net *n, enum name field, struct ward_slice s)
{
	char text[TEXT_MAX * 4];
	uint8_t one[TEXT_MAX]; /* on one line */
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	/* some count the NUL of a C string, or fill up with blanks */
	while (s.len && (s.p[s.len - 1] == 0 || s.p[s.len - 1] == ' '))
		s.len--;
	s.len = s.len < TEXT_MAX ? s.len : TEXT_MAX;
	memcpy(one, s.len ? s.p : (const uint8_t *)"", s.len);
	for (size_t i = 0; i < s.len; i++)
		if (one[i] == '\r' || one[i] == '\n')
			one[i] = ' ';
	ward_net_text(&w, ward_slice_of(one, s.len), "");
	if (w.len)
		ward_emit_str(n, n->neighbors->name[field], ward_wr_text(&w));
}

static void put_optional(struct ward_net *n, enum name field, const struct ward_lldp_optional *o)
{
	if (o->is)
		ward_emit_int(n, n->neighbors->name[field], o->v);
}

static void put_id(struct ward_net *n, enum name field, const struct ward_lldp_id *id, bool of_port)
{
	char text[TEXT_MAX * 2 + 1];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	const char *kind = ward_lldp_id_kind(id, of_port);

	ward_lldp_id_text(&w, id, of_port);
	ward_emit_str(n, n->neighbors->name[field], ward_wr_text(&w));
	if (kind)
		ward_emit_z(
			n, n->neighbors->name[of_port ? NAME_PORT_KIND : NAME_CHASSIS_KIND], kind);
}

/* The names of the bits that are set. */
static void put_bits(struct ward_net *n, enum name field, const struct ward_lldp_optional *o,
	const char *const *name, size_t n_name)
{
	struct ward_value *item = o->is && o->v ? ward_emit_items(n, NAMES_MAX) : NULL;
	uint32_t k = 0;

	for (size_t i = 0; item && i < n_name; i++)
		if (o->v >> i & 1)
			item[k++] = ward_value_str(ward_str_z(name[i]));
	if (item)
		ward_emit_list(n, n->neighbors->name[field], item, k);
}

static void put_addresses(struct ward_net *n, enum name field,
	const struct ward_lldp_address *address, size_t n_address)
{
	struct ward_value *item = n_address ? ward_emit_items(n, n_address) : NULL;

	for (size_t i = 0; item && i < n_address; i++) {
		char text[WARD_IP_TEXT];
		uint8_t ip[16] = {0};

		memcpy(ip, address[i].bytes.p, address[i].bytes.len);
		size_t len = ward_ip_text(ip, address[i].version, text);

		item[i] = ward_value_str(ward_arena_str(&n->arena, (struct ward_str){text, len}));
		if (!item[i].s.p)
			return;
	}
	if (item)
		ward_emit_list(n, n->neighbors->name[field], item, (uint32_t)n_address);
}

/* RFC 4776 3.4. Who lives there (23) is a person and not told. */
static const char *civic_name(uint8_t type)
{
	static const char *const name[] = {[1] = "state",
		[2] = "county",
		[3] = "city",
		[4] = "district",
		[5] = "block",
		[6] = "street",
		[19] = "number",
		[20] = "number_suffix",
		[21] = "landmark",
		[22] = "location",
		[24] = "postal_code",
		[25] = "building",
		[26] = "unit",
		[27] = "floor",
		[28] = "room",
		[29] = "place",
		[33] = "seat"};

	return type < WARD_ARRAY_LEN(name) ? name[type] : NULL;
}

static void put_civic(struct ward_net *n, const struct ward_lldp *l)
{
	struct ward_value *item = l->med.n_civic ? ward_emit_items(n, l->med.n_civic) : NULL;
	uint32_t k = 0;

	for (size_t i = 0; item && i < l->med.n_civic; i++) {
		const struct ward_lldp_civic *c = &l->med.civic[i];
		char text[TEXT_MAX * 4 + 32];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		if (!civic_name(c->type))
			continue;
		ward_wr_z(&w, civic_name(c->type));
		ward_wr_ch(&w, '=');
		ward_net_text(&w, c->text, "");
		item[k] = ward_value_str(ward_arena_str(&n->arena, ward_wr_text(&w)));
		if (!item[k++].s.p)
			return;
	}
	if (item)
		ward_emit_list(n, n->neighbors->name[NAME_CIVIC], item, k);
}

static void put_vlan_names(struct ward_net *n, const struct ward_lldp *l)
{
	struct ward_value *item = l->n_vlan_name ? ward_emit_items(n, l->n_vlan_name) : NULL;

	for (size_t i = 0; item && i < l->n_vlan_name; i++) {
		char text[TEXT_MAX * 4];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		ward_net_text(&w, l->vlan_name[i], "");
		item[i] = ward_value_str(ward_arena_str(&n->arena, ward_wr_text(&w)));
		if (!item[i].s.p)
			return;
	}
	if (item)
		ward_emit_list(
			n, n->neighbors->name[NAME_VLAN_NAME], item, (uint32_t)l->n_vlan_name);
}

static void put_med(struct ward_net *n, const struct ward_lldp *l)
{
	static const char *const class[] = {
		NULL, "endpoint_1", "endpoint_2", "endpoint_3", "network"};

	if (l->med.class.is && l->med.class.v > 0 &&
		l->med.class.v < (int64_t)WARD_ARRAY_LEN(class))
		ward_emit_z(n, n->neighbors->name[NAME_MED_CLASS], class[l->med.class.v]);
	put_text(n, NAME_HARDWARE, l->med.hardware);
	put_text(n, NAME_FIRMWARE, l->med.firmware);
	put_text(n, NAME_SOFTWARE, l->med.software);
	put_text(n, NAME_SERIAL, l->med.serial);
	put_text(n, NAME_MANUFACTURER, l->med.manufacturer);
	put_text(n, NAME_MODEL, l->med.model);
	put_text(n, NAME_ASSET, l->med.asset);
	put_text(n, NAME_ELIN, l->med.elin);
	put_civic(n, l);
	put_optional(n, NAME_VOICE_VLAN, &l->med.voice_vlan);
}

static void put_lldp(struct ward_net *n, const struct ward_lldp *l)
{
	static const char *const bit[] = {"other", "repeater", "bridge", "wlan_access_point",
		"router", "telephone", "docsis", "station", "c_vlan", "s_vlan", "two_port_relay"};

	put_id(n, NAME_CHASSIS, &l->chassis, false);
	put_id(n, NAME_PORT, &l->port, true);
	ward_emit_int(n, n->neighbors->name[NAME_TTL], l->ttl);
	put_text(n, NAME_PORT_DESC, l->port_desc);
	put_text(n, NAME_SYS_NAME, l->sys_name);
	put_text(n, NAME_SYS_DESC, l->sys_desc);
	put_bits(n, NAME_CAPABILITIES, &l->capabilities, bit, WARD_ARRAY_LEN(bit));
	put_bits(n, NAME_ENABLED, &l->enabled, bit, WARD_ARRAY_LEN(bit));
	put_addresses(n, NAME_ADDRESS, l->address, l->n_address);
	put_optional(n, NAME_PORT_VLAN, &l->vlan);
	put_vlan_names(n, l);
	put_optional(n, NAME_MAX_FRAME, &l->max_frame);
	put_optional(n, NAME_POWER, &l->power_mw);
	put_med(n, l);
}

static void put_cdp(struct ward_net *n, const struct ward_cdp *c)
{
	static const char *const bit[] = {"router", "transparent_bridge", "source_route_bridge",
		"switch", "host", "igmp", "repeater", "phone", "remotely_managed", "camera",
		"two_port_relay"};

	put_text(n, NAME_CDP_DEVICE, c->device);
	put_text(n, NAME_CDP_PORT, c->port);
	ward_emit_int(n, n->neighbors->name[NAME_CDP_TTL], c->ttl);
	put_text(n, NAME_CDP_PLATFORM, c->platform);
	put_text(n, NAME_CDP_SOFTWARE, c->software);
	put_addresses(n, NAME_CDP_ADDRESS, c->address, c->n_address);
	put_bits(n, NAME_CDP_CAPABILITIES, &c->capabilities, bit, WARD_ARRAY_LEN(bit));
	put_optional(n, NAME_CDP_VLAN, &c->native_vlan);
	put_optional(n, NAME_CDP_VOICE_VLAN, &c->voice_vlan);
	if (c->full_duplex.is)
		ward_emit_bool(n, n->neighbors->name[NAME_CDP_DUPLEX], c->full_duplex.v != 0);
	put_optional(n, NAME_CDP_POWER, &c->power_mw);
	put_text(n, NAME_CDP_VTP_DOMAIN, c->vtp_domain);
	put_text(n, NAME_CDP_SYS_NAME, c->sys_name);
	put_text(n, NAME_CDP_LOCATION, c->location);
}

/* Is it time to tell it? */
static bool is_news(struct ward_net *n, const struct ward_packet *p)
{
	struct ward_neighbors *s = n->neighbors;
	struct key key = {.hash = ward_siphash(s->seed, p->neighbor.bytes.p, p->neighbor.bytes.len),
		.vlan = p->vlan,
		.kind = (uint8_t)p->neighbor.kind};

	memcpy(key.mac, p->src_mac, sizeof(key.mac));
	ward_ns *told = ward_lru_find(&s->told, &key);

	if (told) {
		ward_lru_touch(&s->told, told, 0);
		if (n->now - *told < TELL_AGAIN) {
			n->count[WARD_NET_NEIGHBOR_REPEAT]++;
			return false;
		}
	} else {
		if (ward_lru_full(&s->told)) {
			ward_lru_del(&s->told, ward_lru_oldest(&s->told, 0));
			n->count[WARD_NET_NEIGHBOR_EVICTED]++;
		}
		told = ward_lru_add(&s->told, &key, 0);
	}
	*told = n->now;
	return true;
}

/* What a cut frame has lost is no fault of its sender. */
static void refuse(
	struct ward_net *n, const struct ward_packet *p, enum ward_lldp_outcome outcome, size_t off)
{
	static const enum ward_net_counter reason[][2] = {
		[WARD_LLDP_TLV] = {WARD_NET_LLDP_TLV, WARD_NET_CDP_TLV},
		[WARD_LLDP_MANDATORY] = {WARD_NET_LLDP_MANDATORY, WARD_NET_CDP_MANDATORY},
		[WARD_LLDP_VALUE] = {WARD_NET_LLDP_VALUE, WARD_NET_CDP_VALUE},
		[WARD_LLDP_HEADER] = {WARD_NET_CDP_HEADER, WARD_NET_CDP_HEADER},
	};
	bool cdp = p->neighbor.kind == WARD_NEIGHBOR_CDP;

	if (p->neighbor.snapped) {
		n->count[WARD_NET_SNAPPED]++;
		return;
	}
	n->count[reason[outcome][cdp]]++;
	ward_malformed_see(n, p, cdp ? "cdp" : "lldp",
		ward_net_counter_info(reason[outcome][cdp])->name, off + p->neighbor.off);
}

static void see_lldp(struct ward_net *n, const struct ward_packet *p)
{
	struct ward_lldp l;
	enum ward_lldp_outcome outcome = ward_lldp_parse(p->neighbor.bytes, &l);

	if (outcome != WARD_LLDP_OK) {
		refuse(n, p, outcome, l.off);
		return;
	}
	if (!is_news(n, p) || !ward_emit_begin(n, n->neighbors->name[NAME_CLASS_LLDP]))
		return;
	ward_emit_packet(n, p);
	put_lldp(n, &l);
	ward_emit_end(n);
}

static void see_cdp(struct ward_net *n, const struct ward_packet *p)
{
	struct ward_cdp c;
	enum ward_lldp_outcome outcome = ward_cdp_parse(p->neighbor.bytes, &c);

	if (outcome != WARD_LLDP_OK) {
		refuse(n, p, outcome, c.off);
		return;
	}
	n->count[WARD_NET_CDP_CHECKSUM] += !c.checksum_good && !p->neighbor.snapped;
	if (!is_news(n, p) || !ward_emit_begin(n, n->neighbors->name[NAME_CLASS_CDP]))
		return;
	ward_emit_packet(n, p);
	put_cdp(n, &c);
	ward_emit_end(n);
}

void ward_neighbors_see(struct ward_net *n, const struct ward_packet *p)
{
	if (p->neighbor.kind == WARD_NEIGHBOR_NONE)
		return;
	n->count[WARD_NET_NEIGHBORS]++;
	if (p->neighbor.kind == WARD_NEIGHBOR_LLDP)
		see_lldp(n, p);
	else
		see_cdp(n, p);
}
