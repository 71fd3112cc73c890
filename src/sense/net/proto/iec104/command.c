/* The elements of commands: 101 clauses 7.2.6.15 to 7.2.6.30. */
#include "sense/net/proto/iec104/iec104.h"

enum { SELECT = 0x80 };

static struct ward_iec104_optional some(int64_t v)
{
	return (struct ward_iec104_optional){true, v};
}

/* State in the low bits, then the qualifier, then select or execute. */
static void state(struct ward_iec104 *m, uint8_t v, uint8_t mask, const char *const names[4])
{
	m->command = names[v & mask];
	m->qualifier = some(v >> 2 & 31);
	m->select = some(v >= SELECT);
}

static void set_point(struct ward_iec104 *m, uint8_t qualifier)
{
	m->qualifier = some(qualifier & 0x7f);
	m->select = some(qualifier >= SELECT);
}

static void switching(struct ward_iec104 *m, struct ward_rd *r)
{
	static const char *const single[4] = {"off", "on", NULL, NULL};
	static const char *const two[4] = {"not_permitted", "off", "on", "not_permitted"};
	static const char *const step[4] = {"not_permitted", "lower", "higher", "not_permitted"};
	uint8_t v = ward_rd_u8(r);

	if (m->type == 45 || m->type == 58)
		state(m, v, 1, single);
	else
		state(m, v, 3, m->type == 46 || m->type == 59 ? two : step);
}

static void set_real(struct ward_iec104 *m, struct ward_rd *r)
{
	uint32_t bits = ward_rd_le32(r);
	float f;

	memcpy(&f, &bits, sizeof(f));
	m->is_real = true;
	m->value = some(0);
	m->real = (double)f;
	set_point(m, ward_rd_u8(r));
}

/* Of interrogations and resets the qualifier says all. */
static void qualified(struct ward_iec104 *m, uint8_t v)
{
	static const char *const resets[] = {NULL, "general_reset", "reset_event_buffer"};
	static const char *const freezes[4] = {"read", "freeze", "freeze_reset", "reset"};
	static const char *const causes[] = {"power_on", "manual_reset", "remote_reset"};

	m->qualifier = some(v);
	if (m->type == 100)
		m->command = v == 20 ? "station_interrogation" : "group_interrogation";
	else if (m->type == 101)
		m->command = freezes[v >> 6];
	else if (m->type == 105)
		m->command = v < WARD_ARRAY_LEN(resets) ? resets[v] : NULL;
	else if (m->type == 70)
		m->command = (v & 0x7f) < WARD_ARRAY_LEN(causes) ? causes[v & 0x7f] : NULL;
}

void ward_iec104_command(struct ward_iec104 *m, struct ward_rd element)
{
	struct ward_rd *r = &element;

	switch (m->type) {
	case 45:
	case 46:
	case 47:
	case 58:
	case 59:
	case 60:
		switching(m, r);
		break;
	case 48:
	case 49:
	case 61:
	case 62:
		m->value = some((int16_t)ward_rd_le16(r));
		set_point(m, ward_rd_u8(r));
		break;
	case 50:
	case 63:
		set_real(m, r);
		break;
	case 51:
	case 64:
		m->value = some(ward_rd_le32(r));
		break;
	case 70:
	case 100:
	case 101:
	case 105:
	case 113:
		qualified(m, ward_rd_u8(r));
		break;
	case 103:
		m->time = ward_rd_bytes(r, 7);
		break;
	default:
		break;
	}
}
