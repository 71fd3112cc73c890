/* The association PDUs, PS3.8 9.3.2 to 9.3.4. */
#include "sense/net/proto/dicom/dicom.h"

enum {
	FIXED = 74, /* header, version, two AE titles, 34 reserved bytes */
	ITEM_APPLICATION = 0x10,
	ITEM_CONTEXT_RQ = 0x20,
	ITEM_CONTEXT_AC = 0x21,
	ITEM_ABSTRACT = 0x30,
	ITEM_TRANSFER = 0x40,
	ITEM_USER = 0x50,
	USER_MAX_LENGTH = 0x51,
	USER_IMPLEMENTATION = 0x52,
	USER_ASYNC = 0x53,
	USER_ROLE = 0x54,
	USER_IMPLEMENTATION_VERSION = 0x55,
	USER_EXTENDED = 0x56,
	USER_COMMON_EXTENDED = 0x57,
	USER_IDENTITY_RQ = 0x58,
	USER_IDENTITY_AC = 0x59,
};

static void fault(struct ward_dicom_associate *a, enum ward_dicom_reason reason, size_t off)
{
	if (a->fault.reason == WARD_DICOM_REASON_N)
		a->fault = (struct ward_dicom_fault){reason, off};
}

struct ward_slice ward_dicom_unpad(struct ward_slice s)
{
	while (s.len && (s.p[s.len - 1] == ' ' || s.p[s.len - 1] == 0))
		s.len--;
	while (s.len && s.p[0] == ' ') {
		s.p++;
		s.len--;
	}
	return s;
}

/* PS3.5 6.2: G0 characters without the backslash. */
static bool is_ae(struct ward_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7e || s.p[i] == '\\')
			return false;
	return s.len > 0;
}

bool ward_dicom_is_uid(struct ward_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] != '.' && (s.p[i] < '0' || s.p[i] > '9'))
			return false;
	return s.len > 0 && s.len <= WARD_DICOM_UID;
}

/* One item or sub-item: type, reserved byte, 16-bit length, content. */
struct item {
	uint8_t type;
	size_t off; /* of its content in the PDU */
	struct ward_rd body;
};

static bool next_item(struct ward_rd *r, size_t base, struct item *ret)
{
	ret->type = ward_rd_u8(r);
	ward_rd_skip(r, 1);
	uint16_t len = ward_rd_be16(r);

	ret->off = base + r->off;
	ret->body = ward_rd_sub(r, len);
	return !ward_rd_bad(r);
}

static struct ward_slice take_uid(struct ward_dicom_associate *a, struct item *it)
{
	struct ward_slice s = ward_dicom_unpad(ward_rd_rest(&it->body));

	if (!ward_dicom_is_uid(s)) {
		fault(a, WARD_DICOM_ASSOCIATE_UID, it->off);
		return (struct ward_slice){NULL, 0};
	}
	return s;
}

static bool fail_item(struct ward_dicom_associate *a, size_t off)
{
	fault(a, WARD_DICOM_ASSOCIATE_ITEM, off);
	return false;
}

static bool known_id(const struct ward_dicom_associate *a, uint8_t id)
{
	for (size_t i = 0; i < a->n_context; i++)
		if (a->context[i].id == id)
			return true;
	return false;
}

/* 9.3.2.2 and 9.3.3.2. */
static bool read_context(struct ward_dicom_associate *a, struct item *it)
{
	struct ward_dicom_context c = {.id = ward_rd_u8(&it->body)};

	ward_rd_skip(&it->body, 1);
	c.result = ward_rd_u8(&it->body);
	ward_rd_skip(&it->body, 1);
	if (ward_rd_bad(&it->body))
		return fail_item(a, it->off);
	if (c.id % 2 == 0 || known_id(a, c.id))
		fault(a, WARD_DICOM_ASSOCIATE_CONTEXT_ID, it->off);
	while (ward_rd_left(&it->body)) {
		size_t begin = it->body.off;
		struct item sub;

		if (!next_item(&it->body, it->off, &sub))
			return fail_item(a, it->off + begin);
		if (sub.type == ITEM_ABSTRACT) {
			c.abstract = take_uid(a, &sub);
		} else if (sub.type == ITEM_TRANSFER && !c.transfer.p) {
			/* The rest of the item, so that all of them can be met in it. */
			c.transfer = ward_slice_of(it->body.p + begin, it->body.len - begin);
		}
	}
	a->n_context_seen++;
	if (a->n_context < WARD_DICOM_CONTEXTS)
		a->context[a->n_context++] = c;
	return true;
}

bool ward_dicom_transfer_next(struct ward_slice *items, struct ward_slice *ret)
{
	struct ward_rd r = ward_rd_slice(*items);
	struct item it;

	while (ward_rd_left(&r) && next_item(&r, 0, &it)) {
		struct ward_slice uid = ward_dicom_unpad(ward_rd_rest(&it.body));

		if (it.type != ITEM_TRANSFER || !ward_dicom_is_uid(uid))
			continue;
		*items = ward_rd_rest(&r);
		*ret = uid;
		return true;
	}
	return false;
}

/* PS3.8 annex D.1 and PS3.7 annex D.3.3. */
static void read_user_item(struct ward_dicom_associate *a, struct item *it)
{
	switch (it->type) {
	case USER_MAX_LENGTH:
		a->max_length = ward_rd_be32(&it->body);
		a->has_max_length = !ward_rd_bad(&it->body);
		break;
	case USER_IMPLEMENTATION:
		a->implementation = take_uid(a, it);
		break;
	case USER_ASYNC:
		a->invoked = ward_rd_be16(&it->body);
		a->performed = ward_rd_be16(&it->body);
		a->has_async = !ward_rd_bad(&it->body);
		break;
	case USER_ROLE:
		a->n_role++;
		return;
	case USER_IMPLEMENTATION_VERSION:
		a->implementation_version = ward_dicom_unpad(ward_rd_rest(&it->body));
		break;
	case USER_EXTENDED:
	case USER_COMMON_EXTENDED:
		a->n_extended++;
		return;
	case USER_IDENTITY_RQ:
		a->identity = ward_rd_u8(&it->body);
		break;
	case USER_IDENTITY_AC:
		a->identity_answered = true;
		return;
	default: /* 9.3.1: items that are not known are passed over */
		return;
	}
	if (ward_rd_bad(&it->body))
		fault(a, WARD_DICOM_ASSOCIATE_ITEM, it->off);
}

static bool read_user(struct ward_dicom_associate *a, struct item *it)
{
	while (ward_rd_left(&it->body)) {
		size_t begin = it->body.off;
		struct item sub;

		if (!next_item(&it->body, it->off, &sub))
			return fail_item(a, it->off + begin);
		read_user_item(a, &sub);
	}
	return true;
}

static bool read_item(struct ward_dicom_associate *a, struct item *it)
{
	switch (it->type) {
	case ITEM_APPLICATION:
		a->application = take_uid(a, it);
		return true;
	case ITEM_CONTEXT_RQ:
	case ITEM_CONTEXT_AC:
		return read_context(a, it);
	case ITEM_USER:
		return read_user(a, it);
	default:
		return true;
	}
}

bool ward_dicom_associate(struct ward_slice pdu, struct ward_dicom_associate *a)
{
	struct ward_rd r = ward_rd_slice(pdu);

	memset(a, 0, sizeof(*a));
	a->fault.reason = WARD_DICOM_REASON_N;
	a->accept = ward_rd_u8(&r) == WARD_DICOM_ASSOCIATE_AC;
	ward_rd_skip(&r, WARD_DICOM_PDU_HEADER - 1);
	a->version = ward_rd_be16(&r);
	ward_rd_skip(&r, 2);
	struct ward_slice called = ward_rd_bytes(&r, WARD_DICOM_AE);
	struct ward_slice calling = ward_rd_bytes(&r, WARD_DICOM_AE);

	ward_rd_skip(&r, 32);
	if (ward_rd_bad(&r))
		return fail_item(a, r.off);
	_Static_assert(FIXED == WARD_DICOM_PDU_HEADER + 4 + 2 * WARD_DICOM_AE + 32, "PS3.8 9.3.2");
	a->called = ward_dicom_unpad(called);
	a->calling = ward_dicom_unpad(calling);
	if (!(a->version & 1))
		fault(a, WARD_DICOM_ASSOCIATE_VERSION, WARD_DICOM_PDU_HEADER);
	/* An AC's titles are reserved (9.3.3): not tested. */
	if (!a->accept && (!is_ae(a->called) || !is_ae(a->calling)))
		fault(a, WARD_DICOM_ASSOCIATE_AE_TITLE, WARD_DICOM_PDU_HEADER + 4);
	while (ward_rd_left(&r)) {
		size_t begin = r.off;
		struct item it;

		if (!next_item(&r, 0, &it))
			return fail_item(a, begin);
		if (!read_item(a, &it))
			return false;
	}
	return true;
}

/* Each part as soon as it is there. */
static enum ward_probe probe_associate(struct ward_slice pdu)
{
	struct ward_rd r = ward_rd_slice(pdu);

	ward_rd_skip(&r, 2);
	uint32_t len = ward_rd_be32(&r);

	if ((pdu.len > 2 && pdu.p[2]) ||
		(!ward_rd_bad(&r) &&
			(len < FIXED - WARD_DICOM_PDU_HEADER || len > WARD_DICOM_ASSOCIATE_MAX)))
		return WARD_PROBE_NO;
	uint16_t version = ward_rd_be16(&r), reserved = ward_rd_be16(&r);

	if (!ward_rd_bad(&r) && (!(version & 1) || reserved))
		return WARD_PROBE_NO;
	for (unsigned i = 0; i < 2; i++) {
		struct ward_slice title = ward_rd_bytes(&r, WARD_DICOM_AE);

		if (ward_rd_bad(&r))
			return WARD_PROBE_MORE;
		if (!is_ae(ward_dicom_unpad(title)))
			return WARD_PROBE_NO;
	}
	return WARD_PROBE_YES;
}

/* A command set begins with its group length, (0000,0000) UL 4 (PS3.7 6.3.1). */
static enum ward_probe probe_data(struct ward_rd *r, uint32_t len)
{
	bool has_len = !ward_rd_bad(r);
	uint32_t pdv = ward_rd_be32(r);
	bool has_pdv = !ward_rd_bad(r);
	uint8_t id = ward_rd_u8(r), control = ward_rd_u8(r);
	uint32_t tag = ward_rd_be32(r), tag_len = ward_rd_le32(r), group_len = ward_rd_le32(r);

	if (has_len && (len < 18 || (has_pdv && (pdv < 14 || pdv > len - 4))))
		return WARD_PROBE_NO;
	if (ward_rd_bad(r))
		return WARD_PROBE_MORE;
	return ward_probe_of(id % 2 == 1 && (control == 1 || control == 3) && tag == 0 &&
			     tag_len == 4 && group_len < 65536);
}

/* An A-ASSOCIATE-RJ: ten bytes with hardly anything in them (9.3.4). */
static enum ward_probe probe_rejection(struct ward_slice pdu)
{
	static const uint8_t front[] = {WARD_DICOM_ASSOCIATE_RJ, 0, 0, 0, 0, 4, 0};

	if (memcmp(pdu.p, front, pdu.len < sizeof(front) ? pdu.len : sizeof(front)) != 0)
		return WARD_PROBE_NO;
	if (pdu.len < WARD_DICOM_PDU_HEADER + 4)
		return WARD_PROBE_MORE;
	return pdu.p[7] >= 1 && pdu.p[7] <= 2 && pdu.p[8] >= 1 && pdu.p[8] <= 3 ? WARD_PROBE_ON_PORT
										: WARD_PROBE_NO;
}

enum ward_probe ward_dicom_probe(struct ward_slice payload)
{
	struct ward_rd r = ward_rd_slice(payload);
	uint8_t type = ward_rd_u8(&r), reserved = ward_rd_u8(&r);
	uint32_t len = ward_rd_be32(&r);

	if (payload.len > 1 && reserved != 0)
		return WARD_PROBE_NO;
	switch (type) {
	case WARD_DICOM_ASSOCIATE_RQ:
	case WARD_DICOM_ASSOCIATE_AC:
		return probe_associate(payload);
	case WARD_DICOM_ASSOCIATE_RJ:
		return probe_rejection(payload);
	case WARD_DICOM_DATA:
		return probe_data(&r, len);
	default: /* four bytes with hardly anything in them: too little to be sure */
		return WARD_PROBE_NO;
	}
}
