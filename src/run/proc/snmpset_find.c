/* Where a device hangs, by the switch's own tables, so that people are shown the port before they
 * approve that it is cut off. Told is a port of its own alone: none that `uplinks` names, behind
 * which a neighbour passes things on, as it says by LLDP, or which more devices have than a port is
 * touched for. */
#include "run/proc/snmpset.h"

#include <stdio.h>

/* LLDP-MIB (IEEE 802.1AB): what local ports are called, and what their neighbours do. */
static const struct ward_snmp_oid lldp_port = {{1, 0, 8802, 1, 1, 2, 1, 3, 7, 1, 3}, 11};
static const struct ward_snmp_oid lldp_port_text = {{1, 0, 8802, 1, 1, 2, 1, 3, 7, 1, 4}, 11};
static const struct ward_snmp_oid lldp_chassis = {{1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, 5}, 11};
static const struct ward_snmp_oid lldp_enabled = {{1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, 12}, 11};
/* LldpSystemCapabilitiesMap, of which the first bit is the highest: other, repeater, bridge,
 * access point, router, telephone, cable modem, station only. */
/* dot1dTpFdbStatus, dot1qTpFdbStatus */
enum { LEARNED = 3 };
enum { PASSES_ON = 0x80 | 0x40 | 0x20 | 0x10 | 0x08 };

/* A row of a forwarding table, of an address that is looked for. */
static bool on_address(void *ctx, const uint32_t *index, size_t n, const struct ward_snmp_value *v)
{
	struct setter *s = ctx;
	bool wanted = false;

	s->late = setter_mono(s) >= s->until;
	if (s->late || v->reason || v->value.kind != WARD_VALUE_INT || v->value.i <= 0 ||
		v->value.i > UINT16_MAX || n < SETTER_MAC || n > 1 + SETTER_MAC)
		return !s->late;
	s->any = true;
	for (size_t k = 0; k < s->ask.n_mac && !wanted; k++) {
		wanted = true;
		for (size_t b = 0; b < SETTER_MAC; b++)
			wanted = wanted && index[n - SETTER_MAC + b] == s->ask.mac[k][b];
	}
	if (!wanted)
		return true;
	if (s->n_row == WARD_ARRAY_LEN(s->row)) {
		s->n_row++; /* more than are looked at */
		return false;
	}
	struct setter_row *row = &s->row[s->n_row++];

	*row = (struct setter_row){.n = n, .port = (uint32_t)v->value.i};
	memcpy(row->index, index, n * sizeof(*index));
	return true;
}

/* Of those rows the ports of which the bridge learned itself, and has not forgotten. False: it was
 * said. */
static bool keep_learned(struct setter *s, const struct ward_snmp_oid *status)
{
	for (size_t i = 0; i < s->n_row; i++) {
		struct ward_snmp_value v;
		const char *why;
		enum ward_snmp_end e = setter_read_row(s, status, &s->row[i], &v, &why);
		bool is_new = true;

		if (!setter_heard(s, e, why))
			return false;
		for (size_t k = 0; k < s->n_at; k++)
			is_new = is_new && s->at[k] != s->row[i].port;
		if (is_new && !v.reason && v.value.kind == WARD_VALUE_INT && v.value.i == LEARNED &&
			s->n_at < WARD_ARRAY_LEN(s->at))
			s->at[s->n_at++] = s->row[i].port;
	}
	return true;
}

bool setter_where(struct setter *s)
{
	const struct ward_snmp_oid *const table[][2] = {
		{&setter_fdb, &setter_fdb_status}, {&setter_vlan_fdb, &setter_vlan_fdb_status}};

	s->n_at = 0;
	s->any = false;
	for (size_t i = 0; i < WARD_ARRAY_LEN(table); i++) {
		s->n_row = 0;
		if (!setter_walk(s, table[i][0], on_address))
			return false;
		if (s->n_row > WARD_ARRAY_LEN(s->row)) {
			setter_say(s, WARD_SENT_FAILED, "it is in too many rows of its table");
			return false;
		}
		if (!keep_learned(s, table[i][1]))
			return false;
	}
	if (!s->any) /* of all that is plugged in it knows nothing, or may not tell */
		setter_say(s, WARD_SENT_FAILED, "its forwarding table is empty, or not to be read");
	return s->any;
}

/* Bytes that are no text come in hex. Of what does nothing, or says nothing, it is not known. */
static bool may_pass_on(const struct ward_snmp_value *v)
{
	struct ward_str bits = v->value.s;
	uint8_t first = 0;

	if (v->reason || v->value.kind != WARD_VALUE_STR || !bits.len)
		return true;
	if (bits.len <= 2)
		first = (uint8_t)bits.p[0];
	else if (!ward_str_starts(bits, WARD_STR("0x")) ||
		 !ward_str_unhex(ward_str_sub(bits, 2, 2), &first, 1))
		return true;
	return !first || (first & PASSES_ON);
}

/* A neighbour: its index is a time, the local port, and a number. */
static bool is_there(const struct setter *s, const uint32_t *index, size_t n)
{
	return n == 3 && (!s->neighbour || index[1] == s->neighbour);
}

static bool on_chassis(void *ctx, const uint32_t *index, size_t n, const struct ward_snmp_value *v)
{
	struct setter *s = ctx;

	(void)v;
	s->late = setter_mono(s) >= s->until;
	s->n_there += is_there(s, index, n);
	return !s->late;
}

static bool on_enabled(void *ctx, const uint32_t *index, size_t n, const struct ward_snmp_value *v)
{
	struct setter *s = ctx;

	s->late = setter_mono(s) >= s->until;
	if (is_there(s, index, n) && may_pass_on(v))
		s->passed_on = true;
	else
		s->n_alone += is_there(s, index, n);
	return !s->late;
}

/* The number that LLDP has for the port by that name, as its id or its description; 0: it has none,
 * or several. False: it was said. */
static bool find_local(
	struct setter *s, const struct ward_snmp_oid *column, uint32_t if_index, uint32_t *ret)
{
	static const struct ward_snmp_oid *const local[] = {&lldp_port, &lldp_port_text};
	struct ward_snmp_value v;
	char name[256];
	const char *why;
	enum ward_snmp_end e = setter_read(s, column, if_index, &v, &why);

	*ret = 0;
	if (!setter_heard(s, e, why))
		return false;
	if (v.reason || v.value.kind != WARD_VALUE_STR || v.cut || !v.value.s.len)
		return true;
	(void)snprintf(name, sizeof(name), "%.*s", WARD_STR_ARG(v.value.s));
	s->n_found = 0;
	s->name = ward_str_z(name);
	for (size_t i = 0; i < WARD_ARRAY_LEN(local); i++)
		if (!setter_find(s, local[i]))
			return false;
	*ret = s->n_found == 1 ? s->found : 0;
	return true;
}

bool setter_neighbour(struct setter *s, uint32_t if_index, bool *ret)
{
	/* ports have numbers of their own in LLDP: of one that it does not name, any may be it */
	if (!find_local(s, &setter_if_name, if_index, &s->neighbour) ||
		(!s->neighbour && !find_local(s, &setter_if_descr, if_index, &s->neighbour)))
		return false;
	s->passed_on = false;
	s->n_there = s->n_alone = 0;
	if (!setter_walk(s, &lldp_chassis, on_chassis) ||
		!setter_walk(s, &lldp_enabled, on_enabled))
		return false;
	/* one that does not say what it does may do anything */
	*ret = s->passed_on || s->n_there > s->n_alone;
	return true;
}

/* As `ports` would name it: its name if it has one that leads back to it, else its number. Into
 * ret, of WARD_PORT_NAME + 1 bytes. False: it was said. */
static bool find_name(struct setter *s, uint32_t if_index, char *ret)
{
	struct ward_snmp_value v;
	struct ward_port_name name;
	const char *why;
	enum ward_snmp_end e = setter_read(s, &setter_if_name, if_index, &v, &why);

	if (!setter_heard(s, e, why))
		return false;
	(void)snprintf(ret, WARD_PORT_NAME + 1, "ifIndex %u", (unsigned)if_index);
	if (v.reason || v.value.kind != WARD_VALUE_STR || v.cut ||
		!ward_port_name(v.value.s, &name) || !name.name.len)
		return true;
	s->n_found = 0;
	s->name = v.value.s;
	if (!setter_find(s, &setter_if_name) || !setter_find(s, &setter_if_descr))
		return false;
	if (s->n_found == 1 && s->found == if_index)
		(void)snprintf(ret, WARD_PORT_NAME + 1, "%.*s", WARD_STR_ARG(name.name));
	return true;
}

/* What is known of a port at which it was seen. */
struct place {
	char name[WARD_PORT_NAME + 1];
	const char *not_own; /* why it is none of its own; NULL: it is */
};

/* False: it was said. */
static bool look_at(struct setter *s, uint32_t base, struct place *ret)
{
	struct ward_snmp_value v;
	const char *why;
	bool uplink, neighbour;
	enum ward_snmp_end e = setter_read(s, &setter_base_port, base, &v, &why);

	*ret = (struct place){.not_own = "a port without an interface"};
	if (!setter_heard(s, e, why))
		return false;
	if (v.reason || v.value.kind != WARD_VALUE_INT || v.value.i <= 0 || v.value.i > INT32_MAX)
		return true;
	uint32_t if_index = (uint32_t)v.value.i;

	if (!find_name(s, if_index, ret->name) || !setter_uplink(s, if_index, &uplink) ||
		!setter_neighbour(s, if_index, &neighbour) || !setter_behind(s, base))
		return false;
	ret->not_own = uplink      ? "one of `uplinks`"
		       : neighbour ? "behind which a neighbour passes things on (LLDP)"
		       : s->n_mac > WARD_PORT_DEVICES ? "behind which are more than four devices"
						      : NULL;
	return true;
}

static void say_seen(struct setter *s, const struct place *p)
{
	struct ward_port_seen seen = {.port = ward_str_z(p->name)};
	char text[WARD_WEBHOOK_WHY];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	for (; seen.n_mac < s->n_mac && seen.n_mac < WARD_PORT_DEVICES; seen.n_mac++)
		for (size_t b = 0; b < SETTER_MAC; b++)
			seen.mac[seen.n_mac][b] = (uint8_t)s->mac[seen.n_mac][b];
	ward_port_seen_put(&w, &seen);
	ward_wr_ch(&w, '\0');
	WARD_ASSERT(!ward_wr_bad(&w));
	setter_say(s, WARD_SENT_DELIVERED, text);
}

void setter_seek(struct setter *s)
{
	struct place own = {.not_own = ""}, p;
	char text[WARD_WEBHOOK_WHY] = "it is not seen";
	uint32_t at = 0;
	size_t n = 0;

	if (!setter_where(s))
		return;
	for (size_t i = 0; i < s->n_at; i++) {
		if (!look_at(s, s->at[i], &p))
			return;
		if (p.not_own) {
			(void)snprintf(text, sizeof(text), "it is at %s, %s", p.name, p.not_own);
			continue;
		}
		own = p;
		at = s->at[i];
		n++;
	}
	if (!n)
		setter_say(s, WARD_SENT_REFUSED, text);
	else if (n > 1)
		setter_say(s, WARD_SENT_DELIVERED, ""); /* at more than one */
	else if (setter_behind(s, at))
		say_seen(s, &own);
}
