/* What two machines say: BACnet (ASHRAE 135), HL7 version 2 by MLLP, DICOM (PS3.7, PS3.8), DNS (RFC
 * 1035), SMB and SMTP (RFC 5321), as the acts of scenario.yml. No patient is in it: what looks like
 * one is "ZZ" and a number. */
#include "exercise/life_priv.h"

enum { MLLP = 2575, DICOM = 104, DNS = 53, SMTP = 25, PDU_MAX = 1024, UID_MAX = 64 };

/* "tcp: {from: A, to: B, port: N, say: [" */
static struct ward_wr *begin(
	struct ward_life *l, const struct ward_life_talk *t, const char *act, unsigned port)
{
	struct ward_wr *w = ward_life_begin(l, t->at);

	ward_wr_printf(w, "%s: {from: ", act);
	ward_life_quote(w, t->from);
	ward_wr_z(w, ", to: ");
	ward_life_quote(w, t->to);
	ward_wr_printf(w, ", port: %u, say: [", port);
	return w;
}

static void end(struct ward_life *l)
{
	ward_wr_z(&l->text, "]}");
	ward_life_end(l);
}

static void say_bytes(struct ward_wr *w, bool server, const struct ward_wr *bytes)
{
	ward_wr_printf(w, "%s{%s_hex: \"", server ? ", " : "", server ? "server" : "client");
	ward_wr_hex(w, ward_wr_slice(bytes));
	ward_wr_z(w, "\"}");
	w->bad |= ward_wr_bad(bytes);
}

void ward_life_poll(struct ward_life *l, const struct ward_life_talk *t)
{
	struct ward_wr *w = ward_life_begin(l, t->at);

	ward_wr_z(w, "bacnet: {from: ");
	ward_life_quote(w, t->from);
	ward_wr_z(w, ", to: ");
	ward_life_quote(w, t->to);
	ward_wr_printf(w,
		", service: read-property, object: \"analog-input:1\", property: present-value, "
		"reply: {real: %.1f}}",
		19.5 + (double)ward_life_one_of(l, 5) / 10);
	ward_life_end(l);
}

/* ---- HL7 ---- */

/* The time as such messages write it, as the sender's clock shows it. */
static void put_time(const struct ward_life *l, ward_ns at, char ret[24])
{
	const struct ward_scenario *story = l->in->story;
	struct ward_wr w = ward_wr_fixed(ret, 24);
	int year, month, day;
	int64_t s;

	ward_time_split(story->start + story->utc_offset + at, &year, &month, &day, &s);
	ward_wr_printf(&w, "%04d%02d%02d%02d%02d%02d", year, month, day, (int)(s / 3600),
		(int)(s / 60 % 60), (int)(s % 60));
	ward_wr_u8(&w, 0);
}

/* A message of that event with its segments, and its acknowledgement. */
static void say_hl7(struct ward_life *l, const struct ward_life_talk *t, const char *message,
	const char *code, const char *segments)
{
	struct ward_wr *w = begin(l, t, "tcp", MLLP);
	unsigned long long n = (unsigned long long)t->number;
	char time[24];

	put_time(l, t->at, time);
	ward_wr_printf(w,
		"{client: \"\\x0bMSH|^~\\\\&|LIFE|LAB|KOPPEL|LAB|%s||%s^%s|L-%llu|P|2.5.1\\r", time,
		message, code, n);
	ward_wr_printf(w, "PID|1||ZZ-%04llu||Test^Life\\r%s\\x1c\\r\"}, ", n % 10000, segments);
	ward_wr_printf(w,
		"{server: "
		"\"\\x0bMSH|^~\\\\&|KOPPEL|LAB|LIFE|LAB|%s||ACK^%s|A-%llu|P|2.5.1\\rMSA|AA|"
		"L-%llu\\r\\x1c\\r\"}",
		time, code, n, n);
	end(l);
}

void ward_life_result(struct ward_life *l, const struct ward_life_talk *t)
{
	char text[192];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	/* LOINC 2823-3, potassium, within its limits */
	ward_wr_printf(&w,
		"OBR|1|||2823-3^Potassium^LN\\rOBX|1|NM|2823-3^Potassium^LN||4.%u|mmol/"
		"L|3.5-5.0|N|||"
		"F\\r",
		(unsigned)ward_life_one_of(l, 9));
	ward_wr_u8(&w, 0);
	say_hl7(l, t, "ORU", "R01", text);
}

void ward_life_order(struct ward_life *l, const struct ward_life_talk *t)
{
	say_hl7(l, t, "ORM", "O01",
		"ORC|NW|O-1|||||^^^^^R\\rOBR|1|O-1||24323-8^Metabolic panel^LN\\r");
}

/* ---- DICOM ---- */

#define VERIFICATION "1.2.840.10008.1.1"
#define CAPTURE "1.2.840.10008.5.1.4.1.1.7" /* secondary capture */
#define IMPLICIT "1.2.840.10008.1.2"        /* implicit VR, little endian */

enum { REQUEST = 1, ACCEPT, DATA = 4, RELEASE, RELEASED };

/* PS3.8 9.3.1: type and length before a body. */
static void put_pdu(struct ward_wr *w, uint8_t type, const struct ward_wr *body)
{
	ward_wr_u8(w, type);
	ward_wr_u8(w, 0);
	ward_wr_be32(w, (uint32_t)body->len);
	ward_wr_bytes(w, body->p, body->len);
	w->bad |= ward_wr_bad(body);
}

static void put_item(struct ward_wr *w, uint8_t type, struct ward_str s)
{
	ward_wr_u8(w, type);
	ward_wr_u8(w, 0);
	ward_wr_be16(w, (uint16_t)s.len);
	ward_wr_str(w, s);
}

/* PS3.8 9.3.2, 9.3.3: one presentation context, asked for or accepted. */
static void put_associate(struct ward_wr *w, bool accept, struct ward_str class)
{
	uint8_t b[PDU_MAX], c[PDU_MAX];
	struct ward_wr body = ward_wr_fixed(b, sizeof(b)), item = ward_wr_fixed(c, sizeof(c));

	ward_wr_be32(&body, 1u << 16); /* protocol version 1 */
	ward_wr_z(&body, "ARCHIVE         MODALITY        ");
	for (int i = 0; i < 32; i++)
		ward_wr_u8(&body, 0);
	put_item(&body, 0x10, WARD_STR("1.2.840.10008.3.1.1.1"));
	ward_wr_be32(&item, 1u << 24); /* context 1; accepted */
	if (!accept)
		put_item(&item, 0x30, class);
	put_item(&item, 0x40, WARD_STR(IMPLICIT));
	put_item(&body, accept ? 0x21 : 0x20, ward_wr_text(&item));
	ward_wr_reset(&item);
	ward_wr_be32(&item, 0x51000004); /* what it takes at most */
	ward_wr_be32(&item, 16384);
	put_item(&item, 0x52, WARD_STR("1.2.826.0.1.3680043.8.498.1"));
	put_item(&body, 0x50, ward_wr_text(&item));
	body.bad |= ward_wr_bad(&item);
	put_pdu(w, accept ? ACCEPT : REQUEST, &body);
}

/* An element in implicit VR, padded to an even length (PS3.5 7.1). */
static void put_element(struct ward_wr *w, uint32_t tag, struct ward_slice v, char pad)
{
	ward_wr_le16(w, (uint16_t)(tag >> 16));
	ward_wr_le16(w, (uint16_t)tag);
	ward_wr_le32(w, (uint32_t)(v.len + v.len % 2));
	ward_wr_bytes(w, v.p, v.len);
	if (v.len % 2)
		ward_wr_ch(w, pad);
}

static void put_text(struct ward_wr *w, uint32_t tag, struct ward_str s)
{
	put_element(w, tag, ward_str_bytes(s), tag >> 16 == 0x10 ? ' ' : 0);
}

static void put_number(struct ward_wr *w, uint32_t tag, uint16_t v)
{
	const uint8_t b[2] = {(uint8_t)v, (uint8_t)(v >> 8)};

	put_element(w, tag, ward_slice_of(b, sizeof(b)), 0);
}

/* PS3.8 9.3.5: one fragment, the last of its command or data set, on context 1. */
static void put_data(struct ward_wr *w, bool command, const struct ward_wr *set)
{
	uint8_t b[PDU_MAX];
	struct ward_wr body = ward_wr_fixed(b, sizeof(b));

	ward_wr_be32(&body, (uint32_t)set->len + 2);
	ward_wr_u8(&body, 1);
	ward_wr_u8(&body, command ? 3 : 2);
	ward_wr_bytes(&body, set->p, set->len);
	body.bad |= ward_wr_bad(set);
	put_pdu(w, DATA, &body);
}

enum { ECHO_RQ = 0x0030, STORE_RQ = 0x0001, RSP = 0x8000, NO_DATA = 0x0101 };

/* PS3.7 9.3.1, 9.3.5: a command set, behind its length. */
static void put_command(
	struct ward_wr *w, uint16_t command, struct ward_str class, struct ward_str instance)
{
	bool asks = !(command & RSP);
	uint8_t b[PDU_MAX], c[PDU_MAX];
	struct ward_wr rest = ward_wr_fixed(b, sizeof(b)), set = ward_wr_fixed(c, sizeof(c));

	put_text(&rest, 0x0002, class);
	put_number(&rest, 0x0100, command);
	put_number(&rest, asks ? 0x0110 : 0x0120, 1);
	if (command == STORE_RQ)
		put_number(&rest, 0x0700, 0);
	put_number(&rest, 0x0800, command == STORE_RQ ? 0 : NO_DATA);
	if (!asks)
		put_number(&rest, 0x0900, 0);
	if (instance.len)
		put_text(&rest, 0x1000, instance);
	ward_wr_le32(&set, 0); /* (0000,0000), of four bytes */
	ward_wr_le32(&set, 4);
	ward_wr_le32(&set, (uint32_t)rest.len);
	ward_wr_bytes(&set, rest.p, rest.len);
	set.bad |= ward_wr_bad(&rest);
	put_data(w, true, &set);
}

static void put_image(struct ward_wr *w, struct ward_str instance)
{
	static const uint8_t pixels[] = {1, 2, 3, 4};
	uint8_t b[PDU_MAX];
	struct ward_wr set = ward_wr_fixed(b, sizeof(b));

	put_text(&set, 0x00080016, WARD_STR(CAPTURE));
	put_text(&set, 0x00080018, instance);
	put_text(&set, 0x00080060, WARD_STR("OT"));
	put_text(&set, 0x00100020, WARD_STR("ZZ-0001"));
	put_number(&set, 0x00280002, 1);
	put_number(&set, 0x00280010, 2);
	put_number(&set, 0x00280011, 2);
	put_number(&set, 0x00280100, 8);
	put_element(&set, 0x7fe00010, ward_slice_of(pixels, sizeof(pixels)), 0);
	put_data(w, false, &set);
}

/* An association, in which one thing is asked and answered. */
static void say_dicom(struct ward_life *l, const struct ward_life_talk *t, uint16_t command,
	struct ward_str class, struct ward_str instance)
{
	struct ward_wr *w = begin(l, t, "tcp", DICOM);
	uint8_t a[2 * PDU_MAX], b[PDU_MAX], none[4] = {0};
	struct ward_wr ask = ward_wr_fixed(a, sizeof(a)), answer = ward_wr_fixed(b, sizeof(b));
	struct ward_wr zero = ward_wr_fixed(none, sizeof(none));

	put_associate(&ask, false, class);
	put_associate(&answer, true, class);
	say_bytes(w, false, &ask);
	say_bytes(w, true, &answer);
	ward_wr_z(w, ", ");
	ward_wr_reset(&ask);
	ward_wr_reset(&answer);
	put_command(&ask, command, class, instance);
	if (command == STORE_RQ)
		put_image(&ask, instance);
	put_command(&answer, command | RSP, class, instance);
	say_bytes(w, false, &ask);
	say_bytes(w, true, &answer);
	ward_wr_z(w, ", ");
	ward_wr_reset(&ask);
	ward_wr_reset(&answer);
	ward_wr_be32(&zero, 0);
	put_pdu(&ask, RELEASE, &zero);
	put_pdu(&answer, RELEASED, &zero);
	say_bytes(w, false, &ask);
	say_bytes(w, true, &answer);
	end(l);
}

void ward_life_echo(struct ward_life *l, const struct ward_life_talk *t)
{
	say_dicom(l, t, ECHO_RQ, WARD_STR(VERIFICATION), (struct ward_str){NULL, 0});
}

void ward_life_image(struct ward_life *l, const struct ward_life_talk *t)
{
	char uid[UID_MAX];
	struct ward_wr w = ward_wr_fixed(uid, sizeof(uid));

	ward_wr_printf(&w, "1.2.826.0.1.3680043.8.498.7.%llu", (unsigned long long)t->number);
	say_dicom(l, t, STORE_RQ, WARD_STR(CAPTURE), ward_wr_text(&w));
}

/* ---- names, files and mail ---- */

void ward_life_name(struct ward_life *l, const struct ward_life_talk *t)
{
	static const char *const names[] = {"ehr", "mail", "portal", "print", "time", "files"};
	const char *name = names[ward_life_one_of(l, WARD_ARRAY_LEN(names))];
	struct ward_wr *w = begin(l, t, "udp", DNS);
	uint8_t a[128], b[128];
	struct ward_wr ask = ward_wr_fixed(a, sizeof(a)), answer = ward_wr_fixed(b, sizeof(b));

	for (int i = 0; i < 2; i++) { /* RFC 1035 4.1: an address is asked for, and told */
		struct ward_wr *m = i ? &answer : &ask;

		ward_wr_be16(m, (uint16_t)t->number);
		ward_wr_be16(m, i ? 0x8580 : 0x0100);
		ward_wr_be16(m, 1);
		ward_wr_be16(m, (uint16_t)i);
		ward_wr_be32(m, 0);
		ward_wr_u8(m, (uint8_t)strlen(name));
		ward_wr_z(m, name);
		ward_wr_ch(m, 4);
		ward_wr_z(m, "ward");
		ward_wr_ch(m, 7);
		ward_wr_z(m, "example");
		ward_wr_u8(m, 0);
		ward_wr_be32(m, 1u << 16 | 1); /* A, IN */
	}
	ward_wr_be16(&answer, 0xc00c); /* the name that was asked */
	ward_wr_be32(&answer, 1u << 16 | 1);
	ward_wr_be32(&answer, 3600);
	ward_wr_be16(&answer, 4);
	ward_wr_bytes(&answer, t->ip, 4);
	say_bytes(w, false, &ask);
	say_bytes(w, true, &answer);
	end(l);
}

void ward_life_file(struct ward_life *l, const struct ward_life_talk *t)
{
	struct ward_wr *w = ward_life_begin(l, t->at);

	ward_wr_z(w, "smb: {from: ");
	ward_life_quote(w, t->from);
	ward_wr_z(w, ", to: ");
	ward_life_quote(w, t->to);
	ward_wr_printf(w, ", share: care, folder: letters, open: %u}",
		1 + (unsigned)ward_life_one_of(l, 3));
	ward_life_end(l);
}

/* A letter from one house address to another, taken by the server. */
void ward_life_mail(struct ward_life *l, const struct ward_life_talk *t)
{
	static const char *const about[] = {
		"Rota", "Bed meeting", "Lift works", "Menu", "Training"};
	unsigned long long n = (unsigned long long)t->number;
	struct ward_wr *w = begin(l, t, "tcp", SMTP);

	ward_wr_z(w, "{server: \"220 mail.ward.example ESMTP\\r\\n\"}, {client: \"EHLO "
		     "desk.ward.example\\r\\n\"}, {server: \"250-mail.ward.example\\r\\n250 "
		     "SIZE 20971520\\r\\n\"}, ");
	ward_wr_printf(w,
		"{client: \"MAIL FROM:<desk-%llu@ward.example>\\r\\n\"}, {server: \"250 2.1.0 "
		"Ok\\r\\n\"}, {client: \"RCPT TO:<ward-%llu@ward.example>\\r\\n\"}, {server: "
		"\"250 2.1.5 Ok\\r\\n\"}, ",
		n % 97, n % 31);
	ward_wr_printf(w,
		"{client: \"DATA\\r\\n\"}, {server: \"354 End data with "
		"<CR><LF>.<CR><LF>\\r\\n\"}, "
		"{client: \"Subject: %s\\r\\n\\r\\nPlease see the board.\\r\\n.\\r\\n\"}, {server: "
		"\"250 2.0.0 Ok: queued as L%llu\\r\\n\"}, {client: \"QUIT\\r\\n\"}, {server: "
		"\"221 2.0.0 "
		"Bye\\r\\n\"}",
		about[ward_life_one_of(l, WARD_ARRAY_LEN(about))], n);
	end(l);
}
