/* EDXL Distribution Element 1.0 (OASIS Standard, May 2006): what stands around what is told. */
#include "exchange/format.h"

enum { TEXT_BYTES = 128 };

void ward_exchange_de_begin(struct ward_xml *xml, const struct ward_exchange_envelope *e)
{
	char text[TEXT_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_xml_begin(xml, "EDXLDistribution");
	ward_xml_attr_z(xml, "xmlns", "urn:oasis:names:tc:emergency:EDXL:DE:1.0");
	ward_wr_z(&w, "urn:uuid:");
	ward_id_write(&w, e->id);
	ward_xml_elem(xml, "distributionID", ward_wr_text(&w));
	ward_xml_elem(xml, "senderID", e->sender);
	ward_wr_reset(&w);
	ward_exchange_time(e->sent, &w);
	ward_xml_elem(xml, "dateTimeSent", ward_wr_text(&w));
	ward_xml_elem_z(xml, "distributionStatus", e->status);
	ward_xml_elem_z(xml, "distributionType", e->type);
	ward_xml_elem(xml, "combinedConfidentiality", ward_tlp_text(e->tlp));
	ward_xml_elem(xml, "language", e->language);
}

void ward_exchange_de_to(struct ward_xml *xml, const struct ward_exchange_envelope *e)
{
	if (e->recipient.len) {
		ward_xml_begin(xml, "explicitAddress");
		ward_xml_elem_z(xml, "explicitAddressScheme", "ward:recipient");
		ward_xml_elem(xml, "explicitAddressValue", e->recipient);
		ward_xml_end(xml);
	}
	ward_xml_begin(xml, "targetArea");
	ward_xml_elem(xml, "country", e->country);
	ward_xml_end(xml);
}

void ward_exchange_de_content(struct ward_xml *xml, const char *what, struct ward_str incident)
{
	ward_xml_begin(xml, "contentObject");
	ward_xml_elem_z(xml, "contentDescription", what);
	if (incident.len)
		ward_xml_elem(xml, "incidentID", incident);
	ward_xml_begin(xml, "xmlContent");
	ward_xml_begin(xml, "embeddedXMLContent");
}

void ward_exchange_de_content_end(struct ward_xml *xml)
{
	for (unsigned k = 0; k < 3; k++)
		ward_xml_end(xml);
}
