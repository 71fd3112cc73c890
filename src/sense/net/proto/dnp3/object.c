/* The objects of IEEE 1815 annex A that are worth an event, and the sizes of all. */
#include "sense/net/proto/dnp3/dnp3.h"

struct sizes {
	uint8_t group;
	uint16_t bits[9]; /* by variation, from 1 */
};

/* Annex A; a variation that is not there has no data. */
static const struct sizes sizes[] = {
	{1, {1, 8}},
	{2, {8, 56, 24}},
	{3, {2, 8}},
	{4, {8, 56, 24}},
	{10, {1, 8}},
	{11, {8, 56}},
	{12, {88, 88, 1}},
	{13, {8, 56}},
	{20, {40, 24, 40, 24, 32, 16, 32, 16}},
	{22, {40, 24, 40, 24, 88, 72, 88, 72}},
	{23, {40, 24, 40, 24, 88, 72, 88, 72}},
	{30, {40, 24, 32, 16, 40, 72}},
	{31, {40, 24, 88, 72, 32, 16, 40, 72}},
	{32, {40, 24, 88, 72, 40, 72, 88, 120}},
	{33, {40, 24, 88, 72, 40, 72, 88, 120}},
	{34, {16, 32, 32}},
	{40, {40, 24, 40, 72}},
	{41, {40, 24, 40, 72}},
	{42, {40, 24, 88, 72, 40, 72, 88, 120}},
	{43, {40, 24, 88, 72, 40, 72, 88, 120}},
	{50, {48, 80, 48, 88}},
	{51, {48, 48}},
	{52, {16, 16}},
	{60, {0}},
	{80, {1}},
	{101, {16, 32, 64}},
	{102, {8}},
};

size_t ward_dnp3_bits(uint8_t group, uint8_t variation)
{
	/* Frozen counters have more variations than the others: A.13. */
	static const uint8_t frozen[] = {40, 24, 40, 24, 88, 72, 88, 72, 32, 16, 32, 16};

	if (group == 0)
		return WARD_DNP3_VARIES;
	if (group == 21)
		return variation && variation <= sizeof(frozen) ? frozen[variation - 1] : SIZE_MAX;
	if (group >= 110 && group <= 113) /* octet strings: the variation is the length */
		return (size_t)variation * 8;
	for (size_t i = 0; i < WARD_ARRAY_LEN(sizes); i++)
		if (sizes[i].group == group)
			return variation && variation <= WARD_ARRAY_LEN(sizes[i].bits)
				       ? sizes[i].bits[variation - 1]
				       : 0;
	return SIZE_MAX;
}

static struct ward_dnp3_optional some(int64_t v)
{
	return (struct ward_dnp3_optional){true, v};
}

static void bad(struct ward_dnp3 *m)
{
	m->reason = WARD_DNP3_OBJECT_BODY;
}

static uint64_t le48(struct ward_rd *r)
{
	uint64_t low = ward_rd_le32(r);

	return (uint64_t)ward_rd_le16(r) << 32 | low;
}

static double real(uint64_t bits, bool is_double)
{
	uint32_t low = (uint32_t)bits;
	double d;
	float f;

	memcpy(&d, &bits, sizeof(d));
	memcpy(&f, &low, sizeof(f));
	return is_double ? d : (double)f;
}

/* A.9 (relay), A.20 (analog). */
static void control(struct ward_dnp3 *m, const struct ward_dnp3_object *o,
	struct ward_dnp3_optional index, struct ward_rd *r)
{
	struct ward_dnp3_control c = {.index = index, .is_relay = o->group == 12};

	if (c.is_relay) {
		c.code = ward_rd_u8(r);
		c.count = ward_rd_u8(r);
		c.on_ms = ward_rd_le32(r);
		c.off_ms = ward_rd_le32(r);
	} else if (o->variation == 1) {
		c.integer = (int32_t)ward_rd_le32(r);
	} else if (o->variation == 2) {
		c.integer = (int16_t)ward_rd_le16(r);
	} else {
		c.is_real = true;
		c.real = o->variation == 3 ? real(ward_rd_le32(r), false)
					   : real(ward_rd_le64(r), true);
	}
	c.status = ward_rd_u8(r) & 0x7f;
	m->refused |= c.status != 0;
	m->n_control_seen++;
	if (m->n_control < WARD_DNP3_CONTROLS)
		m->control[m->n_control++] = c;
}

/* The bytes that an offset and a length in an object speak of; off counts from the object's begin.
 */
static struct ward_slice string_at(const struct ward_rd *r, size_t off, size_t len)
{
	struct ward_rd whole = ward_rd_from(r->p, r->len);

	ward_rd_skip(&whole, off);
	return ward_rd_bytes(&whole, len);
}

/* A.27, by variation. */
static void file(struct ward_dnp3 *m, uint8_t variation, struct ward_rd *r)
{
	uint16_t off, len;

	switch (variation) {
	case 2: /* authentication: user, password, key */
		off = ward_rd_le16(r);
		len = ward_rd_le16(r);
		ward_rd_skip(r, 8);
		m->user = string_at(r, off, len);
		m->has_login = true;
		break;
	case 3: /* command */
		off = ward_rd_le16(r);
		len = ward_rd_le16(r);
		ward_rd_skip(r, 12);
		m->file_size = some(ward_rd_le32(r));
		m->file_mode = some(ward_rd_le16(r));
		ward_rd_skip(r, 4);
		m->file_name = string_at(r, off, len);
		break;
	case 4: /* command status */
		m->file_handle = some(ward_rd_le32(r));
		m->file_size = some(ward_rd_le32(r));
		ward_rd_skip(r, 4);
		m->file_status = some(ward_rd_u8(r));
		break;
	case 5: /* transport */
	case 6: /* transport status */
		m->file_handle = some(ward_rd_le32(r));
		m->file_block = some(ward_rd_le32(r) & 0x7fffffff);
		if (variation == 6)
			m->file_status = some(ward_rd_u8(r));
		break;
	case 7: /* descriptor */
		off = ward_rd_le16(r);
		len = ward_rd_le16(r);
		ward_rd_skip(r, 2);
		m->file_size = some(ward_rd_le32(r));
		ward_rd_skip(r, 10);
		m->file_name = string_at(r, off, len);
		break;
	case 8: /* specification */
		m->file_name = ward_rd_rest(r);
		break;
	default:
		break;
	}
}

/* A.1: type 1 is visible text. */
static void attribute(struct ward_dnp3 *m, uint8_t variation, struct ward_rd *r)
{
	uint8_t type = ward_rd_u8(r), len = ward_rd_u8(r);
	struct ward_slice s = ward_rd_bytes(r, len);

	if (type == 1 && !ward_rd_bad(r) && variation >= WARD_DNP3_ATTRIBUTE &&
		variation - WARD_DNP3_ATTRIBUTE < WARD_DNP3_ATTRIBUTES)
		m->attribute[variation - WARD_DNP3_ATTRIBUTE] = s;
}

void ward_dnp3_point(struct ward_dnp3 *m, const struct ward_dnp3_object *o,
	struct ward_dnp3_optional index, struct ward_rd data)
{
	switch (o->group) {
	case 0:
		attribute(m, o->variation, &data);
		break;
	case 12:
		if (o->variation == 1)
			control(m, o, index, &data);
		break;
	case 41:
		if (o->variation >= 1 && o->variation <= 4)
			control(m, o, index, &data);
		break;
	case 50:
	case 51:
		m->time = some((int64_t)le48(&data));
		break;
	case 52: /* coarse: seconds */
		m->delay_ms = some(ward_rd_le16(&data) * (o->variation == 1 ? 1000 : 1));
		break;
	case 70:
		file(m, o->variation, &data);
		break;
	case 90:
		m->application = ward_rd_rest(&data);
		break;
	case 120: /* A.45: challenge and reply have the user after the sequence number */
		if (o->variation == 1 || o->variation == 2) {
			ward_rd_skip(&data, 4);
			m->auth_user = some(ward_rd_le16(&data));
		}
		break;
	default:
		break;
	}
	if (ward_rd_bad(&data))
		bad(m);
}
