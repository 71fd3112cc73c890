/* What is done with each kind. */
#include "sense/file/exam.h"

static const struct row {
	ward_look_fn *look;
	const struct ward_opener *opener;
} rows[WARD_KIND_N] = {
	[WARD_KIND_ZIP] = {NULL, &ward_open_archive},
	[WARD_KIND_JAR] = {NULL, &ward_open_archive},
	[WARD_KIND_OOXML] = {NULL, &ward_open_archive},
	[WARD_KIND_ODF] = {NULL, &ward_open_archive},
	[WARD_KIND_EPUB] = {NULL, &ward_open_archive},
	[WARD_KIND_SEVENZIP] = {NULL, &ward_open_archive},
	[WARD_KIND_RAR] = {NULL, &ward_open_archive},
	[WARD_KIND_CAB] = {NULL, &ward_open_archive},
	[WARD_KIND_TAR] = {NULL, &ward_open_archive},
	[WARD_KIND_CPIO] = {NULL, &ward_open_archive},
	[WARD_KIND_AR] = {NULL, &ward_open_archive},
	[WARD_KIND_ISO] = {NULL, &ward_open_disk},
	[WARD_KIND_UDF] = {NULL, &ward_open_disk},
	[WARD_KIND_XAR] = {NULL, &ward_open_archive},
	[WARD_KIND_LHA] = {NULL, &ward_open_archive},
	[WARD_KIND_PACKED] = {NULL, &ward_open_archive},
	[WARD_KIND_DICOM] = {ward_look_dicom, &ward_open_dicom},
	[WARD_KIND_HL7] = {NULL, &ward_open_hl7},
	[WARD_KIND_TNEF] = {NULL, &ward_open_tnef},
	[WARD_KIND_MAIL] = {NULL, &ward_open_mail},
	[WARD_KIND_OLE] = {NULL, &ward_open_ole},
	[WARD_KIND_PDF] = {ward_look_pdf, &ward_open_pdf},
	[WARD_KIND_PDF_OBJECTS] = {ward_look_pdf, NULL},
	[WARD_KIND_RTF] = {ward_look_rtf, &ward_open_rtf},
	[WARD_KIND_PE] = {ward_look_pe, NULL},
	[WARD_KIND_ELF] = {ward_look_elf, NULL},
	[WARD_KIND_MACHO] = {ward_look_macho, &ward_open_macho},
	[WARD_KIND_LNK] = {ward_look_lnk, NULL},
	[WARD_KIND_VBA] = {ward_look_vba, &ward_open_encoded},
	[WARD_KIND_SHELL] = {ward_look_script, &ward_open_encoded},
	[WARD_KIND_PYTHON] = {ward_look_script, &ward_open_encoded},
	[WARD_KIND_SCRIPT] = {ward_look_script, &ward_open_encoded},
	[WARD_KIND_JAVASCRIPT] = {ward_look_script, &ward_open_encoded},
	[WARD_KIND_VBSCRIPT] = {ward_look_script, &ward_open_encoded},
	[WARD_KIND_POWERSHELL] = {ward_look_script, &ward_open_encoded},
	[WARD_KIND_BATCH] = {ward_look_script, &ward_open_encoded},
	[WARD_KIND_HTA] = {ward_look_script, &ward_open_encoded},
	[WARD_KIND_HTML] = {ward_look_html, &ward_open_encoded},
	[WARD_KIND_XML] = {ward_look_xml, NULL},
	[WARD_KIND_JPEG] = {NULL, &ward_open_image},
	[WARD_KIND_PNG] = {NULL, &ward_open_image},
	[WARD_KIND_GIF] = {NULL, &ward_open_image},
};

ward_look_fn *ward_exam_look_of(enum ward_kind k)
{
	return rows[k].look;
}

const struct ward_opener *ward_exam_opener_of(enum ward_kind k)
{
	return rows[k].opener;
}
