/* What a DICOM file has in front of its data set, made of what the association said. */
#include "sense/net/proto/dicom/dicom.h"

enum { PREAMBLE = 128, GROUP = 2, VERSION = 1 };

static void begin_element(struct ward_wr *w, uint16_t element, const char *vr)
{
	ward_wr_le16(w, GROUP);
	ward_wr_le16(w, element);
	ward_wr_z(w, vr);
}

/* PS3.5 6.2 and 9.4: of even length, a UID by a zero byte, text by a blank. */
static void put_text(
	struct ward_wr *w, uint16_t element, const char *vr, struct ward_str text, char pad)
{
	size_t odd = text.len % 2;

	begin_element(w, element, vr);
	ward_wr_le16(w, (uint16_t)(text.len + odd));
	ward_wr_str(w, text);
	if (odd)
		ward_wr_ch(w, pad);
}

static void put_elements(struct ward_wr *w, struct ward_str sop_class, struct ward_str sop_instance,
	struct ward_str transfer)
{
	begin_element(w, 0x0001, "OB");
	ward_wr_le16(w, 0);
	ward_wr_le32(w, 2);
	ward_wr_le16(w, VERSION << 8); /* 00 01 */
	put_text(w, 0x0002, "UI", sop_class, 0);
	put_text(w, 0x0003, "UI", sop_instance, 0);
	put_text(w, 0x0010, "UI", transfer, 0);
	/* PS3.5 B.2: of a UUID. Who wrote the file is Ward, and not who sent the object. */
	put_text(w, 0x0012, "UI", WARD_STR("2.25.132976964233822410068357953244391154285"), 0);
	put_text(w, 0x0013, "SH", WARD_STR("WARD_CARVED"), ' ');
}

bool ward_dicom_head(struct ward_str sop_class, struct ward_str sop_instance,
	struct ward_str transfer, struct ward_wr *w)
{
	uint8_t bytes[WARD_DICOM_HEAD];
	struct ward_wr elements = ward_wr_fixed(bytes, sizeof(bytes));

	if (!sop_class.len || !sop_instance.len || !transfer.len)
		return false;
	put_elements(&elements, sop_class, sop_instance, transfer);
	ward_wr_bytes(w, (const uint8_t[PREAMBLE]){0}, PREAMBLE);
	ward_wr_z(w, "DICM");
	begin_element(w, 0x0000, "UL");
	ward_wr_le16(w, 4);
	ward_wr_le32(w, (uint32_t)elements.len);
	ward_wr_str(w, ward_wr_text(&elements));
	return !ward_wr_bad(w) && !ward_wr_bad(&elements);
}
