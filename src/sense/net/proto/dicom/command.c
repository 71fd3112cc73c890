/* Command sets and query identifiers: PS3.7 6.3 and annex E, PS3.5 7.1. */
#include "sense/net/proto/dicom/dicom.h"

#include "sense/net/proto/dicom/names.h"

enum {
	NO_DATASET = 0x0101, /* (0000,0800), PS3.7 E.1 */
	RESPONSE = 0x8000,
	FIELD_CANCEL = 0x0fff,
};

#define UNDEFINED_LENGTH UINT32_C(0xffffffff)

static void fault(struct ward_dicom_fault *f, enum ward_dicom_reason reason, size_t off)
{
	if (f->reason == WARD_DICOM_REASON_N)
		*f = (struct ward_dicom_fault){reason, off};
}

/* The 16-bit elements of a command set. */
static int32_t *number_of(struct ward_dicom_command *c, uint16_t element)
{
	switch (element) {
	case 0x0100:
		return &c->field;
	case 0x0110: /* message id */
	case 0x0120: /* message id being responded to */
		return &c->id;
	case 0x0700:
		return &c->priority;
	case 0x0900:
		return &c->status;
	case 0x1002:
		return &c->event_type;
	case 0x1008:
		return &c->action_type;
	case 0x1020:
		return &c->remaining;
	case 0x1021:
		return &c->completed;
	case 0x1022:
		return &c->failed;
	case 0x1023:
		return &c->warning;
	default:
		return NULL;
	}
}

/* Its text elements. */
static struct ward_slice *text_of(struct ward_dicom_command *c, uint16_t element)
{
	switch (element) {
	case 0x0002: /* affected */
	case 0x0003: /* requested */
		return &c->sop_class;
	case 0x1000:
	case 0x1001:
		return &c->sop_instance;
	case 0x0600:
		return &c->move_destination;
	case 0x1030:
		return &c->move_originator;
	default:
		return NULL;
	}
}

struct state {
	int32_t dataset;
	bool answers; /* has (0000,0120) */
};

static bool read_element(struct ward_rd *r, struct ward_dicom_command *c, struct state *s)
{
	size_t off = r->off;
	uint16_t group = ward_rd_le16(r), element = ward_rd_le16(r);
	uint32_t len = ward_rd_le32(r);
	struct ward_rd body = ward_rd_sub(r, len);

	if (ward_rd_bad(r) || group != 0) {
		fault(&c->fault, WARD_DICOM_COMMAND_ELEMENT, off);
		return false;
	}
	int32_t *number = element == 0x0800 ? &s->dataset : number_of(c, element);
	struct ward_slice *text = text_of(c, element);

	if (number) {
		uint16_t v = ward_rd_le16(&body);

		if (ward_rd_bad(&body)) {
			fault(&c->fault, WARD_DICOM_COMMAND_ELEMENT, off);
			return false;
		}
		*number = v;
		s->answers |= element == 0x0120;
	} else if (text) {
		*text = ward_dicom_unpad(ward_rd_rest(&body));
	}
	return true;
}

bool ward_dicom_command(struct ward_slice set, struct ward_dicom_command *c)
{
	struct ward_rd r = ward_rd_slice(set);
	struct state s = {.dataset = -1};

	*c = (struct ward_dicom_command){.field = -1,
		.id = -1,
		.status = -1,
		.priority = -1,
		.remaining = -1,
		.completed = -1,
		.failed = -1,
		.warning = -1,
		.event_type = -1,
		.action_type = -1,
		.fault.reason = WARD_DICOM_REASON_N};
	while (ward_rd_left(&r))
		if (!read_element(&r, c, &s))
			return false;
	c->has_dataset = s.dataset != NO_DATASET;
	if (c->field < 0 || c->id < 0 || s.dataset < 0 ||
		(c->field & RESPONSE && (c->status < 0 || !s.answers))) {
		fault(&c->fault, WARD_DICOM_COMMAND_INCOMPLETE, set.len);
		return false;
	}
	if (!ward_dicom_command_name((uint16_t)(c->field & ~RESPONSE)) ||
		c->field == (FIELD_CANCEL | RESPONSE)) {
		fault(&c->fault, WARD_DICOM_COMMAND_FIELD, 0);
		return false;
	}
	return true;
}

enum ward_dicom_encoding ward_dicom_encoding(struct ward_slice transfer_syntax)
{
	static const struct {
		const char *name;
		enum ward_dicom_encoding e;
	} odd[] = {
		{"1.2.840.10008.1.2", WARD_DICOM_IMPLICIT_LE},
		{"1.2.840.10008.1.2.2", WARD_DICOM_EXPLICIT_BE},
		{"1.2.840.10008.1.2.1.99", WARD_DICOM_UNKNOWN},
		{"1.2.840.10008.1.2.4.95", WARD_DICOM_UNKNOWN},
	};

	for (size_t i = 0; i < WARD_ARRAY_LEN(odd); i++)
		if (ward_str_eqz(ward_slice_text(transfer_syntax), odd[i].name))
			return odd[i].e;
	/* PS3.5 annex A: all the others, and private ones as a rule. */
	return WARD_DICOM_EXPLICIT_LE;
}

static uint16_t u16(struct ward_rd *r, bool big)
{
	return big ? ward_rd_be16(r) : ward_rd_le16(r);
}

static uint32_t u32(struct ward_rd *r, bool big)
{
	return big ? ward_rd_be32(r) : ward_rd_le32(r);
}

/* PS3.5 7.1.2: these have two reserved bytes and a 32-bit length. */
static bool is_long(const uint8_t vr[2])
{
	static const char names[][3] = {
		"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(names); i++)
		if (memcmp(vr, names[i], 2) == 0)
			return true;
	return false;
}

static uint32_t read_length(struct ward_rd *r, enum ward_dicom_encoding e)
{
	bool big = e == WARD_DICOM_EXPLICIT_BE;

	if (e == WARD_DICOM_IMPLICIT_LE)
		return ward_rd_le32(r);
	const uint8_t *vr = ward_rd_take(r, 2);

	if (!vr || !is_long(vr))
		return u16(r, big);
	ward_rd_skip(r, 2);
	return u32(r, big);
}

/* Passes over a sequence of undefined length: to its delimiter (FFFE,E0DD), counting how deep it
 * goes. Items and sequences inside end by delimiters or by length. */
static bool skip_sequence(struct ward_rd *r, enum ward_dicom_encoding e)
{
	bool big = e == WARD_DICOM_EXPLICIT_BE;
	size_t open = 1;

	while (open) {
		uint16_t group = u16(r, big), element = u16(r, big);
		uint32_t len;

		if (group == 0xfffe) {
			len = u32(r, big);
			if (element == 0xe0dd || element == 0xe00d) {
				open--;
				continue;
			}
		} else {
			len = read_length(r, e);
		}
		if (ward_rd_bad(r))
			return false;
		if (len == UNDEFINED_LENGTH)
			open++; /* at most one per eight bytes */
		else
			ward_rd_skip(r, len);
	}
	return !ward_rd_bad(r);
}

static void keep(struct ward_dicom_keys *k, uint32_t tag, bool has_value)
{
	k->n_seen++;
	if (k->n < WARD_DICOM_KEYS)
		k->key[k->n++] = (struct ward_dicom_key){tag, has_value};
}

/* A front that is cut just ends; a whole data set must end with an element. */
static void stop(struct ward_dicom_keys *k, bool whole, size_t off)
{
	if (whole)
		fault(&k->fault, WARD_DICOM_IDENTIFIER_ELEMENT, off);
}

void ward_dicom_keys(
	struct ward_slice front, bool whole, enum ward_dicom_encoding e, struct ward_dicom_keys *k)
{
	struct ward_rd r = ward_rd_slice(front);
	bool big = e == WARD_DICOM_EXPLICIT_BE;
	uint32_t last = 0;

	*k = (struct ward_dicom_keys){.fault.reason = WARD_DICOM_REASON_N};
	if (e == WARD_DICOM_UNKNOWN)
		return;
	while (ward_rd_left(&r)) {
		size_t off = r.off;
		uint32_t group = u16(&r, big), tag = group << 16 | u16(&r, big);
		uint32_t len = read_length(&r, e);

		if (ward_rd_bad(&r)) {
			stop(k, whole, off);
			return;
		}
		if (tag <= last && off) { /* PS3.5 7.1: in order */
			fault(&k->fault, WARD_DICOM_IDENTIFIER_ELEMENT, off);
			return;
		}
		last = tag;
		keep(k, tag, len != 0);
		if (len == UNDEFINED_LENGTH) {
			if (!skip_sequence(&r, e))
				stop(k, whole, off);
			continue;
		}
		struct ward_slice v = ward_rd_bytes(&r, len);

		if (ward_rd_bad(&r))
			stop(k, whole, off);
		else if (tag == UINT32_C(0x00080052))
			k->level = ward_dicom_unpad(v);
	}
}
