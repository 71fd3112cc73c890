#include "sense/file/kind.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test(name)

static enum ward_kind of(const char *bytes, size_t len, const char *name)
{
	return ward_kind_of(ward_slice_of(bytes, len), ward_str_z(name));
}
#define OF(lit, name) of((lit), sizeof(lit) - 1, (name))

static void signatures(void **state)
{
	static uint8_t dicom[132];

	(void)state;
	assert_int_equal(OF("\x7f"
			    "ELF\2\1\1",
				 "x"),
		WARD_KIND_ELF);
	assert_int_equal(OF("%PDF-1.4\n", "x"), WARD_KIND_PDF);
	assert_int_equal(OF("junk\n%PDF-1.4\n", "x"), WARD_KIND_PDF); /* where readers take it */
	assert_int_equal(OF("PK\3\4 something", "x"), WARD_KIND_ZIP);
	assert_int_equal(OF("PK\3\4 [Content_Types].xml", "x"), WARD_KIND_OOXML);
	assert_int_equal(OF("PK\3\4 META-INF/MANIFEST.MF", "x"), WARD_KIND_JAR);
	assert_int_equal(OF("\xca\xfe\xba\xbe\0\0\0\x34", "x"), WARD_KIND_CLASS);
	assert_int_equal(OF("\xca\xfe\xba\xbe\0\0\0\2", "x"), WARD_KIND_MACHO);
	memcpy(dicom + 128, "DICM", 4);
	assert_int_equal(ward_kind_signed(ward_slice_of(dicom, sizeof(dicom))), WARD_KIND_DICOM);
	memcpy(dicom, "MZ", 2); /* whatever its preamble says */
	assert_int_equal(ward_kind_signed(ward_slice_of(dicom, sizeof(dicom))), WARD_KIND_DICOM);
	assert_int_equal(ward_kind_signed(ward_slice_of(dicom, 131)), WARD_KIND_DATA);
	assert_int_equal(OF("", "x"), WARD_KIND_EMPTY);
}

static void texts(void **state)
{
	(void)state;
	assert_int_equal(OF("#!/usr/bin/python3\n", "x"), WARD_KIND_PYTHON);
	assert_int_equal(OF("#!/bin/sh\n", "x.txt"), WARD_KIND_SHELL);
	assert_int_equal(OF("MSH|^~\\&|A\r", "x"), WARD_KIND_HL7);
	assert_int_equal(OF("From: a\nSubject: b\nDate: c\n\nd", "x"), WARD_KIND_MAIL);
	assert_int_equal(OF("From: a letter of words\n\nwithout a head", "x"), WARD_KIND_TEXT);
	assert_int_equal(OF("<html><body>", "x"), WARD_KIND_HTML);
	assert_int_equal(OF("<html><body>", "x.hta"), WARD_KIND_HTA); /* who opens it runs it */
	assert_int_equal(OF("var a = 1;", "x.js"), WARD_KIND_JAVASCRIPT);
	assert_int_equal(OF("var a = 1;", "x"), WARD_KIND_TEXT);
	assert_int_equal(OF("a\0b", "x.js"), WARD_KIND_DATA);
}

static void names_and_types(void **state)
{
	char buf[WARD_ENDING_BYTES];

	(void)state;
	assert_true(ward_str_eqz(ward_kind_ending(WARD_STR("a/b.TAR.Gz"), buf), "gz"));
	assert_int_equal(ward_kind_ending(WARD_STR("a.b/c"), buf).len, 0);
	assert_int_equal(ward_kind_ending(WARD_STR(".profile"), buf).len, 0);
	assert_int_equal(ward_kind_ending(WARD_STR("a.averyverylongone"), buf).len, 0);
	assert_int_equal(ward_kind_ending(WARD_STR(""), buf).len, 0);
	assert_int_equal(ward_kind_by_ending(WARD_STR("dcm")), WARD_KIND_DICOM);
	assert_int_equal(ward_kind_by_ending(WARD_STR("nonsense")), WARD_KIND_N);
	assert_true(ward_kind_has_ending(WARD_KIND_RTF, WARD_STR("doc")));
	assert_int_equal(ward_kind_by_type(WARD_STR("Image/PNG; q=1")), WARD_KIND_PNG);
	assert_true(ward_kind_has_type(WARD_KIND_OOXML,
		WARD_STR("application/"
			 "vnd.openxmlformats-officedocument.wordprocessingml.document")));
	assert_int_equal(ward_kind_by_type(WARD_STR("")), WARD_KIND_N);
}

/* Every kind has a name of its own and a text. */
static void table(void **state)
{
	(void)state;
	for (int i = 0; i < WARD_KIND_N; i++) {
		assert_true(strlen(ward_kind_text((enum ward_kind)i)) > 0);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(ward_kind_name((enum ward_kind)i),
				ward_kind_name((enum ward_kind)k));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(signatures), T(texts), T(names_and_types), T(table)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
