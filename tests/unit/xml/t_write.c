#include "xml/doc.h"
#include "xml/write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct ward_str written(struct ward_wr *w, struct ward_str text)
{
	struct ward_xml x = ward_xml_on(w);

	ward_xml_begin(&x, "p:all");
	ward_xml_attr_z(&x, "xmlns:p", "urn:example");
	ward_xml_elem_u64(&x, "p:n", UINT64_MAX);
	ward_xml_begin(&x, "p:one");
	ward_xml_attr(&x, "a", text);
	ward_xml_text(&x, text);
	ward_xml_end(&x);
	ward_xml_elem_z(&x, "p:none", "");
	ward_xml_end(&x);
	assert_false(ward_wr_bad(w));
	return ward_wr_text(w);
}

static void form(void **state)
{
	(void)state;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 4096);
	struct ward_str out = written(&w, WARD_STR("a\"b"));

	assert_true(ward_str_eq(out, WARD_STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
					      "<p:all xmlns:p=\"urn:example\">\n"
					      "  <p:n>18446744073709551615</p:n>\n"
					      "  <p:one a=\"a&quot;b\">a\"b</p:one>\n"
					      "  <p:none></p:none>\n"
					      "</p:all>\n")));
	ward_wr_fini(&w);
}

/* Whatever the text holds, a reader finds it as it was, but for what XML has no character for. */
static void any_text(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
	} c[] = {
		{"a & b < c > \"d\" 'e' ]]>", "a & b < c > \"d\" 'e' ]]>"},
		{"x\r\ny\tz", "x\r\ny\tz"},
		{"Andr\xC3\xA9 \xF0\x9F\x9A\x91", "Andr\xC3\xA9 \xF0\x9F\x9A\x91"},
		{"a\x01z", "a\xEF\xBF\xBDz"},
		{"a\xFFz", "a\xEF\xBF\xBDz"},
		{"a\xC3", "a\xEF\xBF\xBD"},
		{"a\xEF\xBF\xBFz", "a\xEF\xBF\xBD\x7A"},
	};

	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 4096);
		struct ward_str text = written(&w, ward_str_z(c[i].in));
		struct ward_arena arena;
		struct ward_xmldoc x = {.mem = ward_mem_heap(), .arena = &arena};

		ward_arena_init(&arena, ward_mem_heap(), 1 << 16);
		assert_int_equal(ward_xmldoc_read(&x, ward_slice_of(text.p, text.len)), WARD_OK);
		uint32_t one = ward_xmldoc_child(&x, 0, "one");

		assert_true(ward_str_eqz(ward_xmldoc_text(&x, one, NULL), c[i].out));
		assert_true(ward_str_eqz(ward_xmldoc_attr(&x, one, "a"), c[i].out));
		assert_true(ward_str_eq(
			ward_xmldoc_text(&x, 0, "n"), WARD_STR("18446744073709551615")));
		ward_xmldoc_fini(&x);
		ward_arena_fini(&arena);
		ward_wr_fini(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(form),
		cmocka_unit_test(any_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
