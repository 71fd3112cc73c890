/* DICOM messages made by hand for the tests of this room. */
#ifndef WARD_TESTS_SENSE_NET_DICOM_MAKE_H
#define WARD_TESTS_SENSE_NET_DICOM_MAKE_H

#include "bytes.h"

#include "base/wr.h"
#include "sense/net/proto/dicom/dicom.h"

#define VERIFICATION "1.2.840.10008.1.1"
#define STUDY_FIND "1.2.840.10008.5.1.4.1.2.2.1"
#define CT "1.2.840.10008.5.1.4.1.1.2"
#define IMPLICIT "1.2.840.10008.1.2"
#define EXPLICIT "1.2.840.10008.1.2.1"
#define INSTANCE "1.2.3.4.5.6.7"

enum { COMMAND = 1, LAST = 2, NO_DATASET = 0x0101, ROOM = 16384 };

/* Bytes of one direction, built step by step. */
struct made {
	uint8_t buf[ROOM];
	struct ward_wr w;
};

static inline struct ward_wr *make(struct made *m)
{
	m->w = ward_wr_fixed(m->buf, sizeof(m->buf));
	return &m->w;
}

static inline struct ward_slice bytes_of(const struct made *m)
{
	assert_false(ward_wr_bad(&m->w));
	return ward_wr_slice(&m->w);
}

static inline void put_item(struct ward_wr *w, uint8_t type, struct ward_slice body)
{
	ward_wr_u8(w, type);
	ward_wr_u8(w, 0);
	ward_wr_be16(w, (uint16_t)body.len);
	ward_wr_bytes(w, body.p, body.len);
}

static inline void put_item_z(struct ward_wr *w, uint8_t type, const char *text)
{
	put_item(w, type, ward_slice_of(text, strlen(text)));
}

static inline void put_pdu(struct ward_wr *w, uint8_t type, struct ward_slice body)
{
	ward_wr_u8(w, type);
	ward_wr_u8(w, 0);
	ward_wr_be32(w, (uint32_t)body.len);
	ward_wr_bytes(w, body.p, body.len);
}

static inline void put_title(struct ward_wr *w, const char *title)
{
	for (size_t i = 0; i < WARD_DICOM_AE; i++)
		ward_wr_u8(w, (uint8_t)(i < strlen(title) ? title[i] : ' '));
}

static inline void put_context(
	struct ward_wr *w, uint8_t type, uint8_t id, const char *abstract, const char *transfer)
{
	struct made m;
	struct ward_wr *c = make(&m);

	ward_wr_u8(c, id);
	ward_wr_be16(c, 0);
	ward_wr_u8(c, 0);
	if (abstract)
		put_item_z(c, 0x30, abstract);
	put_item_z(c, 0x40, transfer);
	put_item(w, type, bytes_of(&m));
}

static inline void put_user(struct ward_wr *w, uint32_t max_length)
{
	struct made m;
	struct ward_wr *u = make(&m);

	ward_wr_be32(u, 0x51000004);
	ward_wr_be32(u, max_length);
	put_item_z(u, 0x52, "1.2.276.0.7230010.3.0.3.6.7");
	ward_wr_be32(u, 0x53000004);
	ward_wr_be32(u, 0x00010001);
	put_item_z(u, 0x54, "roles");
	put_item_z(u, 0x55, "SOME_VERSION");
	put_item_z(u, 0x58, "\x02\x01gregory:secret");
	put_item(w, 0x50, bytes_of(&m));
}

struct asked {
	const char *called, *calling;
	uint16_t version;
	uint8_t id; /* of the first context */
	const char *uid;
};

static const struct asked usual = {"PACS", "CT1", 1, 1, VERIFICATION};

static inline void put_associate(struct ward_wr *w, bool accept, const struct asked *a)
{
	struct made m;
	struct ward_wr *b = make(&m);
	uint8_t type = accept ? 0x21 : 0x20;

	ward_wr_be16(b, a->version);
	ward_wr_be16(b, 0);
	put_title(b, a->called);
	put_title(b, a->calling);
	for (size_t i = 0; i < 4; i++)
		ward_wr_be64(b, 0);
	put_item_z(b, 0x10, "1.2.840.10008.3.1.1.1");
	put_context(b, type, a->id, accept ? NULL : a->uid, IMPLICIT);
	put_context(b, type, 3, accept ? NULL : STUDY_FIND, EXPLICIT);
	put_context(b, type, 5, accept ? NULL : CT, EXPLICIT);
	put_user(b, 16384);
	put_pdu(w, accept ? 2 : 1, bytes_of(&m));
}

static inline void put_pdv(struct ward_wr *w, uint8_t id, uint8_t control, struct ward_slice frag)
{
	struct made m;
	struct ward_wr *b = make(&m);

	ward_wr_be32(b, (uint32_t)frag.len + 2);
	ward_wr_u8(b, id);
	ward_wr_u8(b, control);
	ward_wr_bytes(b, frag.p, frag.len);
	put_pdu(w, 4, bytes_of(&m));
}

static inline void put_element(struct ward_wr *w, uint16_t element, const char *text)
{
	ward_wr_le16(w, 0);
	ward_wr_le16(w, element);
	ward_wr_le32(w, (uint32_t)strlen(text));
	ward_wr_z(w, text);
}

static inline void put_u16(struct ward_wr *w, uint16_t element, uint16_t v)
{
	ward_wr_le16(w, 0);
	ward_wr_le16(w, element);
	ward_wr_le32(w, 2);
	ward_wr_le16(w, v);
}

struct message {
	uint16_t field, id, status; /* status of an answer */
	bool dataset;
	const char *uid, *instance, *destination;
	int completed;
};

static inline void put_set(struct ward_wr *w, const struct message *m)
{
	if (m->uid)
		put_element(w, 0x0002, m->uid);
	put_u16(w, 0x0100, m->field);
	put_u16(w, m->field & 0x8000 || m->field == 0x0fff ? 0x0120 : 0x0110, m->id);
	if (m->destination)
		put_element(w, 0x0600, m->destination);
	put_u16(w, 0x0800, m->dataset ? 1 : NO_DATASET);
	if (m->field & 0x8000)
		put_u16(w, 0x0900, m->status);
	if (m->instance)
		put_element(w, 0x1000, m->instance);
	if (m->completed)
		put_u16(w, 0x1021, (uint16_t)m->completed);
}

static inline void put_message(struct ward_wr *w, uint8_t context, const struct message *m)
{
	struct made set;

	put_set(make(&set), m);
	put_pdv(w, context, COMMAND | LAST, bytes_of(&set));
}

#endif
