/* An SNMP agent of version 2c (RFC 3416): GetRequest, GetNextRequest and GetBulkRequest of what it
 * has, as whole numbers; whoever wants to set something is told that it may not. */
#include "exercise/ber.h"
#include "exercise/device_priv.h"

#include <math.h>

enum { BINDINGS_MAX = 64, BINDINGS_BYTES = 1200, NOT_WRITABLE = 17, REPEAT_MAX = 64 };

static int compare(const struct ward_snmp_oid *a, const struct ward_snmp_oid *b)
{
	for (size_t i = 0; i < a->n && i < b->n; i++)
		if (a->id[i] != b->id[i])
			return a->id[i] < b->id[i] ? -1 : 1;
	return a->n < b->n ? -1 : a->n > b->n;
}

/* The one of that name, or the first behind it; NULL: there is none. */
static const struct ward_device_value *find(
	const struct ward_device *d, const struct ward_snmp_oid *oid, bool next)
{
	const struct ward_device_value *best = NULL;

	for (size_t i = 0; i < d->n; i++) {
		const struct ward_device_value *v = &d->value[i];
		int order = compare(&v->at.oid, oid);

		if (next ? order > 0 && (!best || compare(&v->at.oid, &best->at.oid) < 0)
			 : order == 0)
			best = v;
	}
	return best;
}

static int64_t number(const struct ward_device_value *v, ward_ns time)
{
	return (int64_t)fmin(fmax(round(ward_device_gives(v, time)), INT32_MIN), INT32_MAX);
}

bool ward_device_object(
	struct ward_device *d, ward_ns time, const struct ward_snmp_oid *oid, int64_t *ret)
{
	const struct ward_device_value *v = find(d, oid, false);

	ward_device_live(d, time);
	if (v)
		*ret = number(v, time);
	return v != NULL;
}

/* One name with its value, or with that there is none; then the name goes to the next one. */
static bool bind(const struct ward_device *d, ward_ns time, bool next, struct ward_snmp_oid *oid,
	struct ward_wr *w)
{
	const struct ward_device_value *v = find(d, oid, next);
	uint8_t buf[5 * WARD_SNMP_IDS + 32];
	struct ward_wr one = ward_wr_fixed(buf, sizeof(buf));

	if (v)
		*oid = v->at.oid;
	ward_ber_put_oid(&one, oid);
	if (v)
		ward_ber_put_int(&one, WARD_BER_INTEGER, number(v, time));
	else
		ward_ber_put(&one, next ? WARD_BER_END_OF_VIEW : WARD_BER_NO_INSTANCE,
			ward_slice_of("", 0));
	if (w->len + one.len + 4 > BINDINGS_BYTES)
		return false;
	ward_ber_put(w, WARD_BER_SEQUENCE, ward_wr_slice(&one));
	return true;
}

/* 4.2.3: those behind the first `alone` again and again, as far as there is room. */
static void bulk(const struct ward_device *d, ward_ns time, const struct ward_ber_message *m,
	struct ward_snmp_oid *oid, size_t n, struct ward_wr *w)
{
	size_t alone = m->status < 0 ? 0 : m->status > (int64_t)n ? n : (size_t)m->status;
	int64_t times = m->index < 0 ? 0 : m->index > REPEAT_MAX ? REPEAT_MAX : m->index;
	bool fits = true;

	for (size_t i = 0; i < alone && fits; i++)
		fits = bind(d, time, true, &oid[i], w);
	for (int64_t k = 0; k < times && fits; k++)
		for (size_t i = alone; i < n && fits; i++)
			fits = bind(d, time, true, &oid[i], w);
}

static size_t read_names(struct ward_slice bindings, struct ward_snmp_oid oid[BINDINGS_MAX])
{
	struct ward_rd r = ward_rd_slice(bindings);
	size_t n = 0;

	while (ward_rd_left(&r) && n < BINDINGS_MAX) {
		uint8_t tag;
		struct ward_rd one = ward_ber_get(&r, &tag);

		if (ward_rd_bad(&r) || tag != WARD_BER_SEQUENCE ||
			!ward_ber_get_oid(&one, &oid[n++]))
			return 0;
	}
	return ward_rd_left(&r) ? 0 : n;
}

bool ward_device_agent(
	struct ward_device *d, ward_ns time, struct ward_slice datagram, struct ward_wr *out)
{
	struct ward_snmp_oid oid[BINDINGS_MAX];
	uint8_t buf[BINDINGS_BYTES];
	struct ward_wr bindings = ward_wr_fixed(buf, sizeof(buf));
	struct ward_ber_message m;

	if (!ward_ber_get_message(datagram, &m) ||
		!ward_str_eqz(m.community, WARD_DEVICE_COMMUNITY))
		return false;
	struct ward_ber_message answer = {
		m.community, WARD_BER_RESPONSE, m.request, 0, 0, m.bindings};
	size_t n = read_names(m.bindings, oid);
	bool fits = true;

	if (!n)
		return false;
	ward_device_live(d, time);
	if (m.pdu == WARD_BER_GET || m.pdu == WARD_BER_GET_NEXT) {
		for (size_t i = 0; i < n && fits; i++)
			fits = bind(d, time, m.pdu == WARD_BER_GET_NEXT, &oid[i], &bindings);
		if (!fits) { /* 4.2.1 */
			ward_wr_reset(&bindings);
			answer.status = 1;
		}
		answer.bindings = ward_wr_slice(&bindings);
	} else if (m.pdu == WARD_BER_GET_BULK) {
		bulk(d, time, &m, oid, n, &bindings);
		answer.bindings = ward_wr_slice(&bindings);
	} else if (m.pdu == WARD_BER_SET) {
		answer.status = NOT_WRITABLE;
		answer.index = 1;
	} else {
		return false;
	}
	ward_ber_put_message(out, &answer);
	return !ward_wr_bad(out);
}
