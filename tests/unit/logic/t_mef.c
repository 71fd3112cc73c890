/* Files in the Open-PSA format: names and their scopes, expressions, and what is wrong with each
 * wrong file, with its line. */
#include "logic/mef/mef.h"
#include "logic/analyse.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define IN(body) "<opsa-mef><define-fault-tree name='t'>" body "</define-fault-tree></opsa-mef>"
#define E(name, p) "<define-basic-event name='" name "'><float value='" p "'/></define-basic-event>"

static struct ward_diag diag;

static enum ward_err read_text(const char *text, struct ward_mef **ret)
{
	struct ward_mef_text t = {WARD_STR("f.xml"), ward_slice_of(text, text ? strlen(text) : 0)};

	ward_diag_fini(&diag);
	ward_diag_init(&diag, ward_mem_heap());
	*ret = NULL;
	return ward_mef_read(&t, 1, 100, ward_mem_heap(), &diag, ret);
}

/* P of the only top. */
static double top_of(const char *text)
{
	struct ward_mef *m;
	struct ward_analysis *a = NULL;
	double p = -1;
	enum ward_err err = read_text(text, &m);

	if (err) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

		ward_diag_write_text(&diag, &w);
		print_message("%.*s", WARD_STR_ARG(ward_wr_text(&w)));
		ward_wr_fini(&w);
	}
	assert_int_equal(err, WARD_OK);
	for (size_t i = 0; i < m->n_gate; i++) {
		if (m->gate[i].used)
			continue;
		assert_null(a);
		assert_int_equal(
			ward_analysis_new(&m->tree, m->gate[i].gate, 1 << 12, &a), WARD_OK);
		assert_int_equal(ward_analysis_probability(a, NULL, &p), WARD_OK);
	}
	ward_analysis_free(a);
	ward_mef_free(m);
	return p;
}

static void near(double got, double want)
{
	if (!(fabs(got - want) <= 1e-12))
		fail_msg("%.17g, expected %.17g", got, want);
}

static double of_expression(const char *expr)
{
	char text[1024];

	snprintf(text, sizeof(text),
		IN("<define-gate name='g'><basic-event name='e'/></define-gate>"
		   "<define-basic-event name='e'>%s</define-basic-event>"),
		expr);
	return top_of(text);
}

static void expressions(void **state)
{
	(void)state;
	near(of_expression("<float value='1e-2'/>"), .01);
	near(of_expression("<int value='1'/>"), 1);
	near(of_expression("<exponential><float value='1e-3'/><system-mission-time/>"
			   "</exponential>"),
		1 - exp(-.1));
	near(of_expression("<GLM><float value='.1'/><float value='.02'/><float value='.03'/>"
			   "<system-mission-time/></GLM>"),
		.4 - .3 * exp(-5));
	near(of_expression("<Weibull><float value='200'/><float value='2'/><float value='0'/>"
			   "<system-mission-time/></Weibull>"),
		1 - exp(-.25));
	near(of_expression("<normal-deviate><float value='.2'/><float value='9'/>"
			   "</normal-deviate>"),
		.2);
	near(of_expression("<uniform-deviate><float value='.1'/><float value='.5'/>"
			   "</uniform-deviate>"),
		.3);
	near(of_expression("<gamma-deviate><float value='2'/><float value='.1'/></gamma-deviate>"),
		.2);
	near(of_expression("<beta-deviate><float value='1'/><float value='3'/></beta-deviate>"),
		.25);
	near(of_expression("<sub><mul><float value='.5'/><float value='.5'/></mul>"
			   "<div><float value='1'/><float value='8'/></div></sub>"),
		.125);
	near(of_expression("<max><neg><float value='3'/></neg><min><float value='.7'/>"
			   "<float value='.8'/></min></max>"),
		.7);
	near(of_expression("<mean><float value='.1'/><float value='.2'/></mean>"), .15);
	near(of_expression("<exp><log><float value='.3'/></log></exp>"), .3);
	near(of_expression("<pow><float value='.5'/><float value='3'/></pow>"), .125);
	near(of_expression("<sqrt><float value='.25'/></sqrt>"), .5);
	near(of_expression("<log10><float value='10'/></log10>"), 1);
	near(of_expression("<add><float value='.1'/><float value='.2'/></add>"), .1 + .2);
}

static void names_have_scopes(void **state)
{
	(void)state;
	/* Within the component its own e and g are meant; without, those of the tree. */
	near(top_of(IN("<define-gate name='top'><and><gate name='c.g'/><basic-event name='e'/>"
		       "</and></define-gate>" E(
			       "e", ".5") "<define-component name='c' role='private'>"
					  "<define-gate name='g'><or><basic-event name='e'/>"
					  "<not><event name='h'/></not></or></define-gate>" E("e",
						  ".1") "<define-house-event name='h'><constant "
							"value='true'/></define-house-event>"
							"</define-component>")),
		.05);
	/* Text for people, a formula within a formula, a public name of another container. */
	near(top_of("<opsa-mef><label>a &amp; b</label><define-fault-tree name='t'>"
		    "<define-gate name='top'><label>x</label><attributes><attribute name='k' "
		    "value='v'/></attributes><or><and><event name='a'/><event name='b'/></and>"
		    "<constant value='false'/></or></define-gate></define-fault-tree>"
		    "<model-data>" E("a", ".5") E("b", ".5") "</model-data></opsa-mef>"),
		.25);
	/* A parameter of a parameter; a house event of which nothing is said. */
	near(top_of(IN("<define-gate name='g'><or><basic-event name='e'/><house-event name='h'/>"
		       "</or></define-gate><define-house-event name='h'/>"
		       "<define-basic-event name='e'><parameter name='p'/></define-basic-event>"
		       "<define-parameter name='p'><parameter name='q'/></define-parameter>"
		       "<define-parameter name='q'><float value='.3'/></define-parameter>")),
		.3);
}

static void common_cause_group(void **state)
{
	(void)state;
	near(top_of("<opsa-mef><define-fault-tree name='t'><define-gate name='g'><and>"
		    "<event name='a'/><event name='b'/></and></define-gate></define-fault-tree>"
		    "<define-CCF-group name='c' model='beta-factor'><members>"
		    "<basic-event name='a'/><basic-event name='b'/></members><distribution>"
		    "<float value='.1'/></distribution><factor level='2'><float value='.2'/>"
		    "</factor></define-CCF-group></opsa-mef>"),
		.02 + .98 * .08 * .08);
}

/* The first finding has this line and these words, and says what to do. */
static void refused(const char *text, uint32_t line, const char *words)
{
	struct ward_mef *m;

	assert_int_equal(read_text(text, &m), WARD_ERR_CONFIG);
	assert_null(m);
	assert_true(diag.n_error > 0);
	ward_diag_sort(&diag);
	if (ward_str_find(diag.item[0].what, ward_str_z(words)) == SIZE_MAX ||
		diag.item[0].line != line || !diag.item[0].mend.len)
		fail_msg("line %u: %.*s; expected line %u: %s", diag.item[0].line,
			WARD_STR_ARG(diag.item[0].what), line, words);
}

#define GATE(formula) IN("\n<define-gate name='g'>\n" formula "</define-gate>" E("e", ".5"))

static void wrong_files_say_where(void **state)
{
	static char deep[8192];

	(void)state;
	refused("", 1, "well-formed");
	refused("<opsa-mef>", 1, "well-formed");
	refused("<opsa-mef>\n</x>", 2, "well-formed");
	refused("<x/>", 1, "begins with <x>");
	refused("<!DOCTYPE x [<!ENTITY a 'b'>]>\n<opsa-mef/>", 1, "document type");
	refused("<!DOCTYPE x SYSTEM 'file:///etc/passwd'><opsa-mef/>", 1, "document type");
	refused("<opsa-mef>&a;</opsa-mef>", 1, "well-formed");
	refused("<opsa-mef>\xff</opsa-mef>", 1, "UTF-8");
	refused(GATE("<zap/>"), 3, "<zap> is not known");
	refused(GATE("<event name='x'/>"), 3, "no event or gate 'x'");
	refused(GATE("<gate name='e'/>"), 3, "'e' is no gate");
	refused(GATE("<gate name='g'/>"), 2, "made of itself: 'g'");
	refused(GATE("<not><gate name='h'/></not>\n"
		     "</define-gate><define-gate name='h'><gate name='g'/>"),
		2, "'g' → 'h'");
	refused(GATE("<xor><event name='e'/></xor>"), 3, "<xor> has 1 parts and needs 2");
	refused(GATE("<not><event name='e'/><event name='e'/></not>"), 3, "may have 1");
	refused(GATE(""), 2, "<define-gate> has 0 parts");
	refused(GATE("<and/>"), 3, "<and> has 0 parts");
	refused(GATE("<atleast min='3'><event name='e'/></atleast>"), 3, "min=\"3\"");
	refused(GATE("<atleast><event name='e'/></atleast>"), 3, "min=\"\"");
	refused(GATE("<cardinality min='1' max='0'><event name='e'/></cardinality>"), 3,
		"max is below min");
	refused(GATE("<constant value='maybe'/>"), 3, "neither true nor false");
	refused(GATE("<float value='1'/>"), 3, "may not stand in <define-gate>");
	refused(GATE("<and><float value='1'/></and>"), 3, "may not stand in <and>");
	refused(IN("\n<define-house-event/>"), 2, "needs a name");
	refused(IN(E("e", ".1") "\n" E("e", ".2")), 2, "second time; the first time at f.xml:1");
	refused(IN("\n" E("e", "1.5")), 2, "1.5 is no probability");
	refused(IN("\n" E("e", "nan")), 2, "no number");
	refused(IN("\n" E("e", "")), 2, "no number");
	refused(IN("<define-basic-event name='e'>\n<div><float value='1'/><float value='0'/></div>"
		   "</define-basic-event>"),
		2, "no finite value");
	refused(IN("\n<define-parameter name='p'><parameter name='p'/></define-parameter>"), 2,
		"made of itself");
	refused("<opsa-mef>\n<define-event-tree name='x'/></opsa-mef>", 2, "is not read");
	refused("<opsa-mef>\n<define-CCF-group name='c' model='x'><members><event name='a'/>"
		"<event name='b'/></members><distribution><float value='1'/></distribution>"
		"<factors><factor><float value='1'/></factor></factors></define-CCF-group>"
		"</opsa-mef>",
		2, "no model of common causes");
	refused("<opsa-mef>\n<define-CCF-group name='c' model='MGL'><members><event name='a'/>"
		"<event name='b'/><event name='d'/></members><distribution><float value='1'/>"
		"</distribution><factors><factor><float value='1'/></factor></factors>"
		"</define-CCF-group></opsa-mef>",
		2, "1 factors where 3 members need 2");
	for (int i = 0; i < 70; i++)
		memcpy(deep + i * 5, "<not>", 6);
	refused(deep, 1, "64 deep");
}

/* Every file that ends too soon is refused, and nothing breaks when memory runs out. */
static void cut_short_or_without_memory(void **state)
{
	static const char text[] = GATE("<and><event name='e'/><gate name='h'/></and></define-gate>"
					"<define-gate name='h'><constant value='true'/>");
	struct ward_mef *m;

	(void)state;
	for (size_t n = 0; n + 1 < sizeof(text); n++) {
		char *part = strndup(text, n);

		assert_int_equal(read_text(part, &m), WARD_ERR_CONFIG);
		free(part);
	}
	for (uint64_t n = 1;; n++) {
		struct ward_mem_failing f;
		struct ward_mef_text t = {WARD_STR("f.xml"), ward_slice_of(text, sizeof(text) - 1)};

		ward_mem_failing_init(&f, n);
		ward_diag_fini(&diag);
		ward_diag_init(&diag, ward_mem_heap());
		enum ward_err err = ward_mef_read(&t, 1, 1, &f.mem, &diag, &m);

		if (!err) {
			ward_mef_free(m);
			break;
		}
		assert_int_equal(err, WARD_ERR_NOMEM);
	}
	ward_diag_fini(&diag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expressions),
		cmocka_unit_test(names_have_scopes),
		cmocka_unit_test(common_cause_group),
		cmocka_unit_test(wrong_files_say_where),
		cmocka_unit_test(cut_short_or_without_memory),
	};

	ward_diag_init(&diag, ward_mem_heap());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
