/* Application fragments (IEEE 1815 clause 4): header, object headers, and the way over the objects.
 */
#include "sense/net/proto/dnp3/dnp3.h"

enum { PREFIX_SIZE = 4, RANGE_ALL = 6, RANGE_FREE = 11 };

static bool fail(struct ward_dnp3 *m, enum ward_dnp3_reason reason, size_t off)
{
	if (m->reason == WARD_DNP3_REASON_N) {
		m->reason = reason;
		m->off = off;
	}
	return false;
}

static uint32_t le(struct ward_rd *r, size_t bytes)
{
	uint32_t v = 0;

	for (size_t i = 0; i < bytes; i++)
		v |= (uint32_t)ward_rd_u8(r) << (8 * i);
	return v;
}

/* 4.2.2.7.3: bytes of a prefix, or 0. */
static size_t prefix_bytes(uint8_t qualifier)
{
	static const uint8_t bytes[8] = {0, 1, 2, 4, 1, 2, 4, 0};

	return bytes[qualifier >> 4 & 7];
}

/* Does a message with this function have the objects themselves, not their headers alone? */
static bool carries(const struct ward_dnp3 *m, uint8_t group)
{
	switch (m->function) {
	case WARD_DNP3_F_READ:
	case WARD_DNP3_F_ENABLE_UNSOLICITED:
	case WARD_DNP3_F_DISABLE_UNSOLICITED:
	case WARD_DNP3_F_ASSIGN_CLASS:
	case WARD_DNP3_F_INITIALIZE_DATA:
		return false;
	case WARD_DNP3_F_FREEZE:
	case WARD_DNP3_F_FREEZE_NR:
	case WARD_DNP3_F_FREEZE_CLEAR:
	case WARD_DNP3_F_FREEZE_CLEAR_NR:
	case WARD_DNP3_F_FREEZE_AT_TIME:
	case WARD_DNP3_F_FREEZE_AT_TIME_NR:
		return group == 50;
	default:
		return true;
	}
}

/* The range field; *ret_n is how many objects there are. */
static bool read_range(
	struct ward_dnp3 *m, struct ward_rd *r, struct ward_dnp3_object *o, uint64_t *ret_n)
{
	uint8_t range = o->qualifier & 15, prefix = o->qualifier >> 4;
	size_t at = r->off;

	*ret_n = 0;
	if (prefix > 6 || range > RANGE_FREE || range == 10)
		return fail(m, WARD_DNP3_OBJECT_QUALIFIER, at - 1);
	if (range == RANGE_ALL)
		return true;
	if (range < RANGE_ALL) {
		size_t bytes = (size_t)1 << range % 3;
		uint32_t start = le(r, bytes), stop = le(r, bytes);

		if (ward_rd_bad(r))
			return fail(m, WARD_DNP3_OBJECT_SHORT, at);
		if (stop < start)
			return fail(m, WARD_DNP3_OBJECT_RANGE, at);
		o->start = (struct ward_dnp3_optional){true, start};
		o->stop = (struct ward_dnp3_optional){true, stop};
		*ret_n = (uint64_t)stop - start + 1;
		return true;
	}
	uint32_t count = le(r, range == RANGE_FREE ? 1 : (size_t)1 << (range - 7));

	if (ward_rd_bad(r))
		return fail(m, WARD_DNP3_OBJECT_SHORT, at);
	o->count = (struct ward_dnp3_optional){true, count};
	*ret_n = count;
	return true;
}

/* Bytes of one object whose size is its own matter: device attributes begin with type and length.
 */
static size_t own_size(const struct ward_rd *r)
{
	struct ward_rd at = *r;

	ward_rd_skip(&at, 1);
	return 2 + (size_t)ward_rd_u8(&at);
}

/* Objects with whole bytes, each with its prefix. Every turn takes a byte, or there is nothing. */
static bool read_points(
	struct ward_dnp3 *m, struct ward_rd *r, const struct ward_dnp3_object *o, uint64_t n)
{
	size_t prefix = prefix_bytes(o->qualifier), bits = ward_dnp3_bits(o->group, o->variation);
	bool sized = o->qualifier >> 4 >= PREFIX_SIZE;

	for (uint64_t i = 0; i < n; i++) {
		struct ward_dnp3_optional index = {.is = false};
		size_t at = r->off;
		uint32_t v = le(r, prefix);
		size_t size = sized ? v : bits == WARD_DNP3_VARIES ? own_size(r) : bits / 8;

		if (prefix && !sized)
			index = (struct ward_dnp3_optional){true, v};
		else if (o->start.is)
			index = (struct ward_dnp3_optional){true, o->start.v + (int64_t)i};
		struct ward_rd data = ward_rd_sub(r, size);

		if (ward_rd_bad(r))
			return fail(m, WARD_DNP3_OBJECT_SHORT, at);
		ward_dnp3_point(m, o, index, data);
		if (m->reason != WARD_DNP3_REASON_N) {
			m->off = at;
			return false;
		}
		if (r->off == at)
			break;
	}
	return true;
}

static bool read_data(
	struct ward_dnp3 *m, struct ward_rd *r, const struct ward_dnp3_object *o, uint64_t n)
{
	size_t prefix = prefix_bytes(o->qualifier), bits = ward_dnp3_bits(o->group, o->variation);
	bool sized = o->qualifier >> 4 >= PREFIX_SIZE;

	/* A size comes with the object itself, also when a file is read. */
	if (!sized && !carries(m, o->group)) {
		if (prefix && n > ward_rd_left(r) / prefix)
			return fail(m, WARD_DNP3_OBJECT_SHORT, r->off);
		ward_rd_skip(r, prefix ? prefix * (size_t)n : 0);
		return true;
	}
	if (sized)
		return read_points(m, r, o, n);
	if (bits == SIZE_MAX) { /* no way over it */
		m->n_unparsed += ward_rd_left(r);
		ward_rd_skip(r, ward_rd_left(r));
		return true;
	}
	if (bits != WARD_DNP3_VARIES && bits % 8 && !prefix) { /* packed */
		uint64_t bytes = (n * bits + 7) / 8;

		if (bytes > ward_rd_left(r))
			return fail(m, WARD_DNP3_OBJECT_SHORT, r->off);
		ward_rd_skip(r, (size_t)bytes);
		return true;
	}
	return read_points(m, r, o, n);
}

static bool read_objects(struct ward_dnp3 *m, struct ward_rd *r)
{
	while (ward_rd_left(r)) {
		size_t at = r->off;
		struct ward_dnp3_object o = {.group = ward_rd_u8(r), .variation = 0};
		uint64_t n;

		o.variation = ward_rd_u8(r);
		o.qualifier = ward_rd_u8(r);
		if (ward_rd_bad(r))
			return fail(m, WARD_DNP3_OBJECT_SHORT, at);
		if (!read_range(m, r, &o, &n))
			return false;
		m->n_object_seen++;
		if (m->n_object < WARD_DNP3_OBJECTS)
			m->object[m->n_object++] = o;
		if (!read_data(m, r, &o, n))
			return false;
	}
	return true;
}

bool ward_dnp3_parse(struct ward_slice fragment, struct ward_dnp3 *m)
{
	struct ward_rd r = ward_rd_slice(fragment);

	memset(m, 0, sizeof(*m));
	m->reason = WARD_DNP3_REASON_N;
	uint8_t control = ward_rd_u8(&r);

	m->function = ward_rd_u8(&r);
	if (ward_rd_bad(&r))
		return fail(m, WARD_DNP3_APP_SHORT, fragment.len);
	if (!ward_dnp3_function_name(m->function))
		return fail(m, WARD_DNP3_APP_FUNCTION, 1);
	m->first = control & 0x80;
	m->final = control & 0x40;
	m->confirm = control & 0x20;
	m->unsolicited = control & 0x10;
	m->sequence = control & 15;
	m->is_response = m->function >= WARD_DNP3_F_RESPONSE;
	if (m->is_response) {
		m->iin[0] = ward_rd_u8(&r);
		m->iin[1] = ward_rd_u8(&r);
		if (ward_rd_bad(&r))
			return fail(m, WARD_DNP3_APP_SHORT, fragment.len);
	}
	return read_objects(m, &r);
}
