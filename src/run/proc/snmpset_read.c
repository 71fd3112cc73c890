/* How the process `snmpset` reads a switch: an object, a column, what is behind a port. */
#include "run/postbox.h"
#include "run/proc/snmpset.h"

#include <stdio.h>

enum { TRIES_MAX = 2 }; /* of a question */

const struct ward_snmp_oid setter_if_descr = {{1, 3, 6, 1, 2, 1, 2, 2, 1, 2}, 10};
const struct ward_snmp_oid setter_if_name = {{1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1}, 11};
const struct ward_snmp_oid setter_base_port = {{1, 3, 6, 1, 2, 1, 17, 1, 4, 1, 2}, 11};
const struct ward_snmp_oid setter_fdb = {{1, 3, 6, 1, 2, 1, 17, 4, 3, 1, 2}, 11};
const struct ward_snmp_oid setter_fdb_status = {{1, 3, 6, 1, 2, 1, 17, 4, 3, 1, 3}, 11};
const struct ward_snmp_oid setter_vlan_fdb = {{1, 3, 6, 1, 2, 1, 17, 7, 1, 2, 2, 1, 2}, 13};
const struct ward_snmp_oid setter_vlan_fdb_status = {{1, 3, 6, 1, 2, 1, 17, 7, 1, 2, 2, 1, 3}, 13};

ward_ns setter_mono(const struct setter *s)
{
	return ward_clock_mono(s->p.clock);
}

void setter_say(struct setter *s, enum ward_sent what, const char *why)
{
	struct ward_outcome o = {.what = what};

	(void)snprintf(o.why, sizeof(o.why), "%s", why);
	ward_count_name(
		&s->p.counters, what == WARD_SENT_DELIVERED ? "send.delivered" : "send.failed", 1);
	(void)ward_postbox_say(&s->p, s->link, s->id, &o);
}

bool setter_heard(struct setter *s, enum ward_snmp_end e, const char *why)
{
	char text[WARD_WEBHOOK_WHY];

	if (e == WARD_SNMP_DONE && !s->late)
		return true;
	/* what can't be asked where something hangs may have it: that is no "not here" */
	enum ward_sent unread = s->seeks ? WARD_SENT_FAILED : WARD_SENT_REFUSED;

	if (e == WARD_SNMP_MISSED && why)
		setter_say(s, unread, why);
	else if (e == WARD_SNMP_DONE || e == WARD_SNMP_MISSED)
		setter_say(s, WARD_SENT_FAILED, "it gave no answer in time, and nothing was set");
	else {
		(void)snprintf(text, sizeof(text), "it can't be read: %s",
			e == WARD_SNMP_REFUSED && why ? why : "its answer is of something else");
		setter_say(s, unread, text);
	}
	return false;
}

/* Again while nobody answers. */
static bool again(const struct setter *s, enum ward_snmp_end e, const char *why, unsigned tries)
{
	return e == WARD_SNMP_MISSED && !why && tries < TRIES_MAX && setter_mono(s) < s->until;
}

enum ward_snmp_end setter_read_row(struct setter *s, const struct ward_snmp_oid *column,
	const struct setter_row *row, struct ward_snmp_value *ret, const char **ret_why)
{
	struct ward_snmp_oid oid = *column;
	const struct ward_snmp_oid *what = &oid;
	enum ward_snmp_end e;
	unsigned tries = 0;

	for (size_t i = 0; i < row->n; i++)
		oid.id[oid.n++] = row->index[i];
	do {
		*ret_why = NULL;
		*ret = (struct ward_snmp_value){.reason = "no-answer"};
		e = ward_snmp_read(s->snmp, &what, 1, false, ret, ret_why);
	} while (again(s, e, *ret_why, ++tries));
	return e;
}

enum ward_snmp_end setter_read(struct setter *s, const struct ward_snmp_oid *column, uint32_t index,
	struct ward_snmp_value *ret, const char **ret_why)
{
	const struct setter_row row = {.index = {index}, .n = 1};

	return setter_read_row(s, column, &row, ret, ret_why);
}

static bool on_row(void *ctx, const uint32_t *index, size_t n, const struct ward_snmp_value *v)
{
	struct setter *s = ctx;
	bool it = s->name.len ? v->value.kind == WARD_VALUE_STR && !v->cut &&
					ward_str_eq(v->value.s, s->name)
			      : v->value.kind == WARD_VALUE_INT && v->value.i == s->number;

	s->late = setter_mono(s) >= s->until;
	if (v->reason || !it || n != 1 || (s->n_found && s->found == *index))
		return !s->late;
	s->found = *index;
	s->n_found++;
	return !s->late;
}

/* An address at the port, which may be there in several VLANs. */
static bool on_mac(void *ctx, const uint32_t *index, size_t n, const struct ward_snmp_value *v)
{
	struct setter *s = ctx;

	s->late = setter_mono(s) >= s->until;
	if (v->reason || v->value.kind != WARD_VALUE_INT || v->value.i != s->number ||
		n < SETTER_MAC)
		return !s->late;
	for (size_t i = 0; i < s->n_mac; i++)
		if (memcmp(s->mac[i], index + n - SETTER_MAC, sizeof(s->mac[i])) == 0)
			return !s->late;
	WARD_ASSERT(s->n_mac <= WARD_PORT_DEVICES); /* a walk ends with one too many */
	memcpy(s->mac[s->n_mac++], index + n - SETTER_MAC, sizeof(s->mac[0]));
	return !s->late && s->n_mac <= WARD_PORT_DEVICES;
}

bool setter_walk(struct setter *s, const struct ward_snmp_oid *column, setter_each_fn *row)
{
	const struct ward_snmp_walk w = {.column = *column, .row = row, .ctx = s};
	enum ward_snmp_end e;
	const char *why;
	unsigned tries = 0;

	do {
		why = NULL;
		e = ward_snmp_walk(s->snmp, &w, &why);
	} while (again(s, e, why, ++tries));
	return setter_heard(s, e, why);
}

bool setter_find(struct setter *s, const struct ward_snmp_oid *column)
{
	return setter_walk(s, column, on_row);
}

bool setter_uplink(struct setter *s, uint32_t index, bool *ret)
{
	const struct ward_snmp_oid *const column[] = {&setter_if_name, &setter_if_descr};
	char text[32];

	(void)snprintf(text, sizeof(text), "ifIndex %u", (unsigned)index);
	*ret = ward_port_uplink(s->uplinks, ward_str_z(text));
	for (size_t i = 0; i < WARD_ARRAY_LEN(column) && s->uplinks.len; i++) {
		struct ward_snmp_value v;
		const char *why;
		enum ward_snmp_end e = setter_read(s, column[i], index, &v, &why);

		if (!setter_heard(s, e, why))
			return false;
		*ret = *ret || (!v.reason && v.value.kind == WARD_VALUE_STR &&
				       ward_port_uplink(s->uplinks, v.value.s));
	}
	return true;
}

bool setter_among(const uint32_t mac[SETTER_MAC], const uint8_t *of, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool same = true;

		for (size_t b = 0; b < SETTER_MAC; b++)
			same = same && mac[b] == of[i * SETTER_MAC + b];
		if (same)
			return true;
	}
	return false;
}

bool setter_behind(struct setter *s, uint32_t base)
{
	s->n_mac = 0;
	s->number = base;
	return setter_walk(s, &setter_fdb, on_mac) &&
	       (s->n_mac > WARD_PORT_DEVICES || setter_walk(s, &setter_vlan_fdb, on_mac));
}
