#include "sense/log/winxml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct lab {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_arena arena;
	char out[2048];
	size_t off;
	const char *what;
};

static struct lab *begin(void)
{
	struct lab *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	ward_limits_default(&l->lim);
	ward_arena_init(&l->arena, ward_mem_heap(), 1 << 20);
	assert_int_equal(ward_names_init(&l->names, ward_mem_heap(), &l->lim), WARD_OK);
	return l;
}

static void end(struct lab *l)
{
	ward_names_fini(&l->names);
	ward_arena_fini(&l->arena);
	free(l);
}

static void put(struct ward_wr *w, const struct ward_value *v)
{
	if (v->kind == WARD_VALUE_INT)
		ward_wr_i64(w, v->i);
	else if (v->kind == WARD_VALUE_STR)
		ward_wr_str(w, v->s);
	for (size_t i = 0; v->kind == WARD_VALUE_LIST && i < v->n; i++) {
		ward_wr_ch(w, i ? ',' : '[');
		put(w, &v->item[i]);
	}
}

/* "name=value;…" in an exact copy, so that reading beyond it shows. */
static enum ward_err read_xml(struct lab *l, const char *text, size_t len)
{
	struct ward_wr w = ward_wr_fixed(l->out, sizeof(l->out) - 1);
	char *copy = malloc(len ? len : 1);
	struct ward_event e;

	assert_non_null(copy);
	memcpy(copy, text, len);
	ward_arena_reset(&l->arena);
	ward_event_init(&e, &l->arena);
	enum ward_err err =
		ward_winxml_read((struct ward_str){copy, len}, &l->names, &e, &l->off, &l->what);

	for (size_t i = 0; !err && i < e.n_field; i++) {
		ward_wr_str(&w, ward_name_text(&l->names, e.field[i].name));
		ward_wr_ch(&w, '=');
		put(&w, &e.field[i].v);
		ward_wr_ch(&w, ';');
	}
	l->out[w.len] = 0;
	free(copy);
	return err;
}

static const struct {
	const char *in, *want;
} good[] = {
	{"<Event><System><EventID>7</EventID></System></Event>", "Event.System.EventID=7;"},
	{"<Event xmlns='u'><System><Provider Name=\"P\" Guid='{1}'/><EventID "
	 "Qualifiers='3'>7</EventID>"
	 "<Computer>a.b</Computer><Security/></System></Event>",
		"Event.System.Provider.#attributes.Name=P;Event.System.Provider.#attributes.Guid={"
		"1};"
		"Event.System.EventID.#attributes.Qualifiers=3;Event.System.EventID=7;"
		"Event.System.Computer=a.b;"},
	{"<Event><EventData><Data Name='A'>7</Data><Data Name='B'></Data><Data "
	 "Name='C'/></EventData>"
	 "</Event>",
		"Event.EventData.A=7;Event.EventData.B=;Event.EventData.C=;"},
	{"<Event><EventData><Data>x</Data><Data>y</Data></EventData></Event>",
		"Event.EventData.Data=[x,y;"},
	{"<e:Event><e:UserData><L><U>u</U></L></e:UserData></e:Event>", "Event.UserData.L.U=u;"},
	{" <Event>\n <!-- <x> -->\n <A>\n  1\n </A>\n</Event>\n", "Event.A=\n  1\n ;"},
	{"<Event><A>&lt;&gt;&amp;&quot;&apos;&#65;&#x20AC;&#xe4;&#x1F600;</A></Event>",
		"Event.A=<>&\"'A\xe2\x82\xac\xc3\xa4\xf0\x9f\x98\x80;"},
	{"<Event><EventData><Data Name='a&amp;b'>x</Data></EventData></Event>",
		"Event.EventData.a&b=x;"},
	{"<Event><RenderingInfo "
	 "Culture='x'><Message>m</Message><Level>i</Level></RenderingInfo></Event>",
		"message=m;"},
	{"<Event/>", ""},
};

static void reads(void **state)
{
	struct lab *l = begin();

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(good); i++) {
		assert_int_equal(read_xml(l, good[i].in, strlen(good[i].in)), WARD_OK);
		assert_string_equal(l->out, good[i].want);
	}
	end(l);
}

static const struct {
	const char *in, *what;
	size_t off;
} wrong[] = {
	{"<Event><A>1</B></Event>", "an end tag of another element", 14},
	{"<Event></Event></Event>", "more than one element", 15},
	{"<Event></Event>x", "more than one element", 15},
	{"x<Event></Event>", "more than one element", 0},
	{"</Event>", "an end tag of another element", 7},
	{"<Event><A", "the text ends in an attribute", 0},
	{"<Event><A b></A></Event>", "an attribute without a value", 11},
	{"<Event><A b=1></A></Event>", "an attribute's value without quotes", 12},
	{"<Event><A b='1></A></Event>", "the text ends in an attribute", 27},
	{"<Event><A>&nbsp;</A></Event>", "a reference that is none of XML's own", 20},
	{"<Event><A>&#0;</A></Event>", "a reference that is none of XML's own", 18},
	{"<Event><A>&#xd800;</A></Event>", "a reference that is none of XML's own", 22},
	{"<Event><A>&#x110000;</A></Event>", "a reference that is none of XML's own", 24},
	{"<Event><![CDATA[x]]></Event>", "a '<' that begins no tag", 8},
	{"<!DOCTYPE x><Event></Event>", "a '<' that begins no tag", 1},
	{"<Event><!-- ", "the text ends in a comment", 7},
	{"<Event>", "the text ends in an element", 7},
	{"", "more than one element", 0},
};

static void refuses(void **state)
{
	struct lab *l = begin();

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(wrong); i++) {
		assert_int_equal(read_xml(l, wrong[i].in, strlen(wrong[i].in)), WARD_ERR_MALFORMED);
		if (wrong[i].off) {
			assert_string_equal(l->what, wrong[i].what);
			assert_int_equal(l->off, wrong[i].off);
		}
	}
	end(l);
}

/* No prefix of an event is one. */
static void prefixes(void **state)
{
	struct lab *l = begin();
	const char *text = good[1].in;

	(void)state;
	for (size_t len = 0; len < strlen(text); len++)
		assert_int_equal(read_xml(l, text, len), WARD_ERR_MALFORMED);
	end(l);
}

static void bounds(void **state)
{
	struct lab *l = begin();
	char text[8192];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	(void)state;
	for (int i = 0; i < 17; i++)
		ward_wr_z(&w, "<a>");
	assert_int_equal(read_xml(l, text, w.len), WARD_ERR_LIMIT);
	assert_string_equal(l->what, "elements too deep or names too long");
	w.len = 0;
	ward_wr_z(&w, "<Event><Data Name='");
	for (int i = 0; i < 1100; i++)
		ward_wr_ch(&w, 'n');
	ward_wr_z(&w, "'>x</Data></Event>");
	assert_int_equal(read_xml(l, text, w.len), WARD_ERR_LIMIT);
	w.len = 0;
	ward_wr_z(&w, "<Event>");
	for (int i = 0; i < 1025; i++)
		ward_wr_z(&w, "<a>1</a>");
	assert_true(ward_wr_bad(&w) || w.len > 8000);
	end(l);
}

static void looks(void **state)
{
	static const struct {
		const char *in;
		bool is;
	} seen[] = {{" <Event a='1'></Event> ", true}, {"<Event></Event>", true},
		{"<Events></Event>", false}, {"<Event>", false}, {"</Event>", false}, {"", false},
		{"<Event", false}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(seen); i++)
		assert_int_equal(ward_winxml_is(ward_str_z(seen[i].in)), seen[i].is);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(refuses),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(bounds),
		cmocka_unit_test(looks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
