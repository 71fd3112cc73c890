/* From records to events. */
#include "sense/flow/priv.h"

#include <arpa/inet.h>

enum { ICMP = 1, TCP = 6, UDP = 17, ICMP6 = 58, SCTP = 132 };

/* x->event.arena is NULL when no event is being built or it did not fit. */
bool ward_tell_begin(struct ward_export *x, enum ward_export_name class)
{
	if (!x->sink || x->err != WARD_OK) {
		x->count[WARD_EXPORT_EVENTS]++;
		return false;
	}
	ward_arena_reset(&x->arena);
	ward_event_init(&x->event, &x->arena);
	x->event.class = x->name[class];
	x->event.source = x->source_name;
	return true;
}

static void put(struct ward_export *x, uint32_t name, struct ward_value v)
{
	if (x->event.arena && ward_event_set(&x->event, name, v) != WARD_OK)
		x->event.arena = NULL;
}

void ward_tell_int(struct ward_export *x, uint32_t name, uint64_t v)
{
	put(x, name, ward_value_int(v > INT64_MAX ? INT64_MAX : (int64_t)v));
}

void ward_tell_z(struct ward_export *x, uint32_t name, const char *forever)
{
	put(x, name, ward_value_str(ward_str_z(forever)));
}

static void tell_text(struct ward_export *x, uint32_t name, struct ward_str s)
{
	struct ward_str copy = ward_arena_str(&x->arena, s);

	if (!x->event.arena)
		return;
	if (copy.p)
		put(x, name, ward_value_str(copy));
	else
		x->event.arena = NULL;
}

static void tell_ip(struct ward_export *x, uint32_t name, const uint8_t ip[16], unsigned version)
{
	char text[INET6_ADDRSTRLEN];

	if (inet_ntop(version == 6 ? AF_INET6 : AF_INET, ip, text, sizeof(text)))
		tell_text(x, name, ward_str_z(text));
}

static void tell_mac(struct ward_export *x, uint32_t name, const uint8_t mac[6])
{
	static const uint8_t none[6];
	char text[18];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (memcmp(mac, none, 6) == 0)
		return;
	for (size_t i = 0; i < 6; i++) {
		if (i)
			ward_wr_ch(&w, ':');
		ward_wr_hex(&w, ward_slice_of(mac + i, 1));
	}
	tell_text(x, name, ward_wr_text(&w));
}

void ward_tell_exporter(struct ward_export *x)
{
	static const char *const format[] = {[WARD_EXPORT_IS_NETFLOW5] = "netflow5",
		[WARD_EXPORT_IS_NETFLOW9] = "netflow9",
		[WARD_EXPORT_IS_IPFIX] = "ipfix",
		[WARD_EXPORT_IS_SFLOW5] = "sflow5"};

	if (x->key.ip_version)
		tell_ip(x, x->name[WARD_EXPORT_NAME_EXPORTER], x->key.ip, x->key.ip_version);
	if (x->key.protocol)
		ward_tell_z(x, x->name[WARD_EXPORT_NAME_FORMAT], format[x->key.protocol]);
}

void ward_tell_end(struct ward_export *x, ward_ns time)
{
	if (!x->event.arena) {
		x->count[WARD_EXPORT_EVENTS_LOST]++;
		return;
	}
	x->event.time = time;
	x->event.seen = x->d->seen;
	x->event.id = ward_event_id_at(&x->origin, x->d->seq, x->index++);
	x->count[WARD_EXPORT_EVENTS]++;
	x->err = x->sink->put(x->sink->ctx, &x->event);
	x->event.arena = NULL;
}

/* The exporter's uptime when it sent this: its header says it, or when it began does. */
static bool uptime_now(
	const struct ward_export *x, const struct ward_export_record *r, uint32_t *ret_ms)
{
	ward_ns boot = ward_record_has(r, WARD_SLOT_BOOT) ? (ward_ns)r->n[WARD_SLOT_BOOT]
							  : x->domain->boot,
		up;

	*ret_ms = x->uptime_ms;
	if (x->has_uptime)
		return true;
	if (!boot || !ward_sub(x->exported, boot, &up))
		return false;
	*ret_ms = (uint32_t)(up / WARD_NS_PER_MS);
	return true;
}

/* The time of an uptime: the exporter's clock less what has gone by since. Uptimes wrap after 49
 * days: the nearest time of all that it may be is taken. */
static bool of_uptime(const struct ward_export *x, const struct ward_export_record *r,
	enum ward_export_slot up, ward_ns *ret)
{
	uint32_t now_ms;

	if (!ward_record_has(r, up) || !uptime_now(x, r, &now_ms))
		return false;
	int32_t ago_ms = (int32_t)(now_ms - (uint32_t)r->n[up]);

	return ward_sub(x->exported, ago_ms * WARD_NS_PER_MS, ret);
}

static bool time_of(const struct ward_export *x, const struct ward_export_record *r,
	enum ward_export_slot abs, enum ward_export_slot up, ward_ns *ret)
{
	if (!ward_record_has(r, abs))
		return of_uptime(x, r, up, ret);
	*ret = (ward_ns)r->n[abs];
	return true;
}

static void tell_proto(struct ward_export *x, uint8_t proto)
{
	char text[4];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (proto == TCP || proto == UDP) {
		ward_tell_z(x, WARD_FIELD_PROTO, proto == TCP ? "tcp" : "udp");
	} else if (proto == ICMP || proto == ICMP6) {
		ward_tell_z(x, WARD_FIELD_PROTO, "icmp");
	} else {
		ward_wr_u64(&w, proto);
		tell_text(x, WARD_FIELD_PROTO, ward_wr_text(&w));
	}
}

/* Type and code of ICMP are in elements of their own, or where the destination port would be. */
static void tell_ports(struct ward_export *x, const struct ward_export_record *r, uint8_t proto)
{
	bool has_type = ward_record_has(r, WARD_SLOT_ICMP_TYPE);
	uint64_t both = ward_record_has(r, WARD_SLOT_ICMP) ? r->n[WARD_SLOT_ICMP]
							   : r->n[WARD_SLOT_DST_PORT];

	if (proto == ICMP || proto == ICMP6) {
		ward_tell_int(x, x->name[WARD_EXPORT_NAME_ICMP_TYPE],
			has_type ? r->n[WARD_SLOT_ICMP_TYPE] : both >> 8 & 0xff);
		ward_tell_int(x, x->name[WARD_EXPORT_NAME_ICMP_CODE],
			has_type ? r->n[WARD_SLOT_ICMP_CODE] : both & 0xff);
		return;
	}
	if (proto != TCP && proto != UDP && proto != SCTP)
		return;
	if (ward_record_has(r, WARD_SLOT_SRC_PORT))
		ward_tell_int(x, WARD_FIELD_SRC_PORT, (uint16_t)r->n[WARD_SLOT_SRC_PORT]);
	if (ward_record_has(r, WARD_SLOT_DST_PORT))
		ward_tell_int(x, WARD_FIELD_DST_PORT, (uint16_t)r->n[WARD_SLOT_DST_PORT]);
}

static void tell_addresses(struct ward_export *x, const struct ward_export_record *r)
{
	uint8_t proto = (uint8_t)r->n[WARD_SLOT_PROTO];

	if (ward_record_has(r, WARD_SLOT_VLAN) && (r->n[WARD_SLOT_VLAN] & 0xfff))
		ward_tell_int(x, WARD_FIELD_VLAN, r->n[WARD_SLOT_VLAN] & 0xfff);
	if (r->has_mac[0])
		tell_mac(x, WARD_FIELD_SRC_MAC, r->mac[0]);
	if (r->has_mac[1])
		tell_mac(x, WARD_FIELD_DST_MAC, r->mac[1]);
	tell_ip(x, WARD_FIELD_SRC_IP, r->ip[0], r->ip_version);
	tell_ip(x, WARD_FIELD_DST_IP, r->ip[1], r->ip_version);
	tell_ports(x, r, proto);
	if (ward_record_has(r, WARD_SLOT_PROTO))
		tell_proto(x, proto);
}

/* What was sampled stands for as many times as much. */
static void tell_volume(struct ward_export *x, const struct ward_export_record *r)
{
	static const struct {
		enum ward_export_slot slot;
		uint32_t field;
	} volumes[] = {{WARD_SLOT_PACKETS, WARD_FIELD_PACKETS}, {WARD_SLOT_BYTES, WARD_FIELD_BYTES},
		{WARD_SLOT_PACKETS_BACK, WARD_FIELD_PACKETS_BACK},
		{WARD_SLOT_BYTES_BACK, WARD_FIELD_BYTES_BACK}};
	uint32_t sampling = ward_export_sampling(x->domain, r);

	for (size_t i = 0; i < WARD_ARRAY_LEN(volumes); i++) {
		uint64_t v = r->n[volumes[i].slot];

		if (!ward_record_has(r, volumes[i].slot))
			continue;
		if (sampling > 1 && !ward_mul(v, (uint64_t)sampling, &v))
			v = INT64_MAX;
		ward_tell_int(x, volumes[i].field, v);
	}
	if (sampling > 1)
		ward_tell_int(x, x->name[WARD_EXPORT_NAME_SAMPLING], sampling);
}

/* As letters in the order of the bits, so that a rule reads "S" for an unanswered SYN. */
static void tell_flags(struct ward_export *x, const struct ward_export_record *r)
{
	static const char letter[] = "FSRPAUEC";
	char text[8];
	size_t n = 0;

	if (!ward_record_has(r, WARD_SLOT_TCP_FLAGS) || r->n[WARD_SLOT_PROTO] != TCP)
		return;
	for (size_t i = 0; i < 8; i++)
		if (r->n[WARD_SLOT_TCP_FLAGS] >> i & 1)
			text[n++] = letter[i];
	tell_text(x, x->name[WARD_EXPORT_NAME_TCP_FLAGS], (struct ward_str){text, n});
}

/* Numbers of an element as words; a number without a word is left out. */
static void tell_word(struct ward_export *x, const struct ward_export_record *r,
	enum ward_export_slot s, enum ward_export_name name, const char *const word[8])
{
	if (ward_record_has(r, s) && r->n[s] < 8 && word[r->n[s]])
		ward_tell_z(x, x->name[name], word[r->n[s]]);
}

static void tell_rest(struct ward_export *x, const struct ward_export_record *r)
{
	/* flowEndReason (RFC 5102 5.11.3), flowDirection, firewallEvent */
	static const char *const end[8] = {
		[1] = "timeout", "active_timeout", "closed", "forced", "evicted"};
	static const char *const direction[8] = {"ingress", "egress"};
	static const char *const action[8] = {[1] = "allow", "allow", "deny", [5] = "allow"};

	tell_flags(x, r);
	if (ward_record_has(r, WARD_SLOT_INPUT))
		ward_tell_int(x, x->name[WARD_EXPORT_NAME_INPUT], r->n[WARD_SLOT_INPUT]);
	if (ward_record_has(r, WARD_SLOT_OUTPUT))
		ward_tell_int(x, x->name[WARD_EXPORT_NAME_OUTPUT], r->n[WARD_SLOT_OUTPUT]);
	tell_word(x, r, WARD_SLOT_DIRECTION, WARD_EXPORT_NAME_DIRECTION, direction);
	tell_word(x, r, WARD_SLOT_FIREWALL, WARD_EXPORT_NAME_ACTION, action);
	if (r->end)
		ward_tell_z(x, x->name[WARD_EXPORT_NAME_END], r->end);
	else
		tell_word(x, r, WARD_SLOT_END, WARD_EXPORT_NAME_END, end);
}

/* Padded with zeroes by some; text that is none is left out. */
static void tell_app(struct ward_export *x, const struct ward_export_record *r)
{
	struct ward_str s = ward_slice_text(r->app);

	while (s.len && s.p[s.len - 1] == 0)
		s.len--;
	if (s.len && ward_utf8_valid(ward_str_bytes(s), NULL))
		tell_text(x, x->name[WARD_EXPORT_NAME_APPLICATION], s);
}

static void tell_duration(struct ward_export *x, const struct ward_export_record *r,
	const ward_ns *first, ward_ns last)
{
	ward_ns duration;

	if (first && *first <= last && ward_sub(last, *first, &duration))
		ward_tell_int(x, WARD_FIELD_DURATION_NS, (uint64_t)duration);
	else if (first)
		x->count[WARD_EXPORT_TIME]++;
	else if (ward_record_has(r, WARD_SLOT_DURATION))
		ward_tell_int(x, WARD_FIELD_DURATION_NS,
			(uint32_t)r->n[WARD_SLOT_DURATION] * (uint64_t)WARD_NS_PER_MS);
}

static void swap_slots(
	struct ward_export_record *r, enum ward_export_slot a, enum ward_export_slot b)
{
	uint64_t n = r->n[a];
	bool has_a = ward_record_has(r, a), has_b = ward_record_has(r, b);

	r->has &= ~(UINT32_C(1) << a | UINT32_C(1) << b);
	r->has |= (uint32_t)has_b << a | (uint32_t)has_a << b;
	r->n[a] = r->n[b];
	r->n[b] = n;
}

/* The record as whoever asked would have it: source and destination change places. */
static struct ward_export_record turned(const struct ward_export_record *r)
{
	struct ward_export_record t = *r;

	memcpy(t.ip[0], r->ip[1], sizeof(t.ip[0]));
	memcpy(t.ip[1], r->ip[0], sizeof(t.ip[1]));
	memcpy(t.mac[0], r->mac[1], sizeof(t.mac[0]));
	memcpy(t.mac[1], r->mac[0], sizeof(t.mac[1]));
	t.has_mac[0] = r->has_mac[1];
	t.has_mac[1] = r->has_mac[0];
	swap_slots(&t, WARD_SLOT_SRC_PORT, WARD_SLOT_DST_PORT);
	swap_slots(&t, WARD_SLOT_BYTES, WARD_SLOT_BYTES_BACK);
	swap_slots(&t, WARD_SLOT_PACKETS, WARD_SLOT_PACKETS_BACK);
	swap_slots(&t, WARD_SLOT_INPUT, WARD_SLOT_OUTPUT);
	return t;
}

static void tell_record(struct ward_export *x, const struct ward_export_record *r)
{
	ward_ns first = 0, last = x->exported;
	bool has_last = time_of(x, r, WARD_SLOT_LAST, WARD_SLOT_LAST_UP, &last);
	bool has_first = time_of(x, r, WARD_SLOT_FIRST, WARD_SLOT_FIRST_UP, &first);

	x->count[WARD_EXPORT_RECORDS]++;
	if (!r->ip_version) {
		x->count[WARD_EXPORT_NO_ADDRESS]++;
		return;
	}
	if (!ward_tell_begin(x, WARD_EXPORT_NAME_CLASS_FLOW))
		return;
	tell_addresses(x, r);
	tell_volume(x, r);
	tell_duration(x, r, has_first && has_last ? &first : NULL, last);
	ward_tell_exporter(x);
	tell_rest(x, r);
	tell_app(x, r);
	ward_tell_end(x, last);
}

void ward_tell_flow(struct ward_export *x, const struct ward_export_record *r)
{
	/* RFC 5103 6.3: the destination is the one that asked */
	enum { REVERSE_INITIATOR = 2 };

	if (ward_record_has(r, WARD_SLOT_BIFLOW) && r->n[WARD_SLOT_BIFLOW] == REVERSE_INITIATOR) {
		struct ward_export_record t = turned(r);

		tell_record(x, &t);
	} else {
		tell_record(x, r);
	}
}

/* A clock that has moved by less is not told again, nor anything sooner than that. */
static const ward_ns skew_step = 5 * WARD_NS_PER_S, tell_every = 60 * WARD_NS_PER_S;

static bool is_far(ward_ns a, ward_ns b, ward_ns most)
{
	ward_ns d;

	return !ward_sub(a, b, &d) || d > most || d < -most;
}

void ward_tell_domain(struct ward_export *x)
{
	struct ward_domain *d = x->domain;
	bool is_new = d->told == 0;

	if (!ward_sub(x->exported, x->d->seen, &d->skew))
		d->skew = x->exported < 0 ? INT64_MIN : INT64_MAX;
	if (!is_new && !is_far(d->told, x->d->seen, tell_every))
		return;
	if (!is_new && !is_far(d->skew, d->skew_told, skew_step) && d->sampling == d->sampling_told)
		return;
	d->told = x->d->seen ? x->d->seen : 1;
	d->skew_told = d->skew;
	d->sampling_told = d->sampling;
	if (!ward_tell_begin(x, WARD_EXPORT_NAME_CLASS_EXPORTER))
		return;
	ward_tell_exporter(x);
	ward_tell_int(x, x->name[WARD_EXPORT_NAME_DOMAIN], x->key.id);
	if (x->key.protocol != WARD_EXPORT_IS_SFLOW5) /* it says no time */
		put(x, x->name[WARD_EXPORT_NAME_SKEW], ward_value_int(d->skew));
	if (d->sampling > 1)
		ward_tell_int(x, x->name[WARD_EXPORT_NAME_SAMPLING], d->sampling);
	ward_tell_end(x, x->d->seen);
}

void ward_tell_loss(struct ward_export *x, ward_ns now)
{
	struct ward_domain *d = x->domain;
	/* what their numbers count */
	bool records = x->key.protocol == WARD_EXPORT_IS_NETFLOW5 ||
		       x->key.protocol == WARD_EXPORT_IS_IPFIX;
	uint64_t lost = d->lost;

	d->lost = 0;
	d->loss_told = now;
	x->count[records ? WARD_EXPORT_LOST_RECORDS : WARD_EXPORT_LOST_DATAGRAMS] += lost;
	if (!ward_tell_begin(x, WARD_EXPORT_NAME_CLASS_LOSS))
		return;
	ward_tell_exporter(x);
	ward_tell_int(x, WARD_FIELD_LOST, lost);
	ward_tell_int(x,
		x->name[records ? WARD_EXPORT_NAME_LOSS_RECORDS : WARD_EXPORT_NAME_LOSS_DATAGRAMS],
		lost);
	ward_tell_end(x, now);
}
