/* Norms: read, judged by what is on record, told. */
#include "fix.h"

static struct ward_proof_tell told(struct ward_lang *lang)
{
	return (struct ward_proof_tell){.proof = fix.p,
		.facts = &fix.f,
		.norms = &fix.norms,
		.model = fix.m,
		.lang = lang,
		.at = at("2026-11-28T12:00:00Z"),
		.month = ward_month_of(at("2026-11-28T12:00:00Z"))};
}

static const struct ward_norm_control *control(const char *norm, const char *id)
{
	const struct ward_norm *n = ward_norm_of(&fix.norms, ward_str_z(norm));

	assert_non_null(n);
	for (size_t i = 0; i < n->n_control; i++)
		if (ward_str_eqz(n->control[i].id, id))
			return &n->control[i];
	fail_msg("%s has no %s", norm, id);
	return NULL;
}

/* All ten letters; of Annex A each of its 93 controls, once, also by those that follow it. */
static void test_content(void **state)
{
	static const struct {
		const char *norm;
		size_t n;
	} all[] = {{"nis2", 10}, {"cer", 3}, {"iso27001", 93}, {"iso27799", 93}, {"nen7510", 93},
		{"iec62443", 51}, {"iso22301", 26}};

	(void)state;
	assert_int_equal(fix.norms.n, WARD_ARRAY_LEN(all));
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		const struct ward_norm *n = ward_norm_of(&fix.norms, ward_str_z(all[i].norm));

		assert_non_null(n);
		if (n->n_control != all[i].n)
			fail_msg("%s: %d", all[i].norm, (int)n->n_control);
	}
	assert_true(ward_norm_has(&fix.norms, WARD_STR("nis2/g")));
	assert_true(ward_norm_has(&fix.norms, WARD_STR("iso27001/A.8.34")));
	assert_false(ward_norm_has(&fix.norms, WARD_STR("nis2/k")));
	assert_false(ward_norm_has(&fix.norms, WARD_STR("nis2")));
	assert_false(ward_norm_has(&fix.norms, WARD_STR("dora/a")));
	assert_false(ward_norm_has(&fix.norms, WARD_STR("")));
}

static void vouch(const char *time, const char *on, const char *text)
{
	char json[512];

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"decision\",\"what\":\"vouch\",\"subject\":\"%s\",\"person\":\"e-"
		"romano\",\"role\":\"data-protection-officer\",\"text\":\"%s\",\"taken\":true}",
		on, text);
	row(time, json);
}

static enum ward_norm_state state_of(const char *norm, const char *id)
{
	const struct ward_norm *n = ward_norm_of(&fix.norms, ward_str_z(norm));
	const struct ward_norm_control *c = control(norm, id);

	gather("2026-11-28T12:00:00Z");
	return ward_norm_state(c, &fix.f, ward_norm_added(fix.p, n, c));
}

static void test_state(void **state)
{
	(void)state;
	assert_int_equal(state_of("iso27001", "A.8.34"), WARD_NORM_NOT);
	assert_int_equal(state_of("nis2", "g"), WARD_NORM_NONE);
	vouch("2026-11-01T08:00:00Z", "nis2/g", "40 people were trained in October");
	assert_int_equal(state_of("nis2", "g"), WARD_NORM_PARTLY); /* staff reported nothing */
	row("2026-11-02T08:00:00Z", "{\"kind\":\"decision\",\"what\":\"report\",\"taken\":true}");
	assert_int_equal(state_of("nis2", "g"), WARD_NORM_PARTLY); /* no training, no exercise */
	row("2026-11-02T09:00:00Z", "{\"kind\":\"decision\",\"what\":\"drill\",\"subject\":"
				    "\"training\",\"taken\":true}");
	row("2026-11-02T09:00:00Z",
		"{\"kind\":\"decision\",\"what\":\"drill\",\"subject\":\"party\",\"taken\":true}");
	row("2026-11-02T09:00:00Z", "{\"kind\":\"decision\",\"what\":\"drill\",\"subject\":"
				    "\"exercise\",\"taken\":false}");
	assert_int_equal(state_of("nis2", "g"), WARD_NORM_PARTLY);
	row("2026-11-02T10:00:00Z", "{\"kind\":\"decision\",\"what\":\"drill\",\"subject\":"
				    "\"exercise\",\"taken\":true}");
	assert_int_equal(state_of("nis2", "g"), WARD_NORM_COVERED);
	assert_int_equal(state_of("iso27001", "A.6.8"), WARD_NORM_COVERED);
	assert_int_equal(state_of("nis2", "a"), WARD_NORM_PARTLY);
	vouch("2026-11-03T08:00:00Z", "nis2/g", "50 people were trained");
	assert_int_equal(state_of("nis2", "g"), WARD_NORM_COVERED);
	const struct ward_proof_added *added = ward_proof_added(fix.p, WARD_STR("nis2/g"));

	assert_true(ward_str_eqz(added->text, "50 people were trained")); /* the last word */
	assert_int_equal(added->at, at("2026-11-03T08:00:00Z"));
	assert_null(ward_proof_added(fix.p, WARD_STR("nis2/a")));
}

static bool says(struct ward_str text, const char *what)
{
	return ward_str_find(text, ward_str_z(what)) != SIZE_MAX;
}

static void test_told(void **state)
{
	struct ward_doc d;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 4 << 20);
	struct ward_proof_tell t = told(NULL);

	(void)state;
	vouch("2026-11-03T08:00:00Z", "nis2/g", "50 people | were *trained*");
	gather("2026-11-28T12:00:00Z");
	ward_doc_init(&d, WARD_STR("en"));
	ward_evidence_tell(&t, &d);
	assert_int_equal(d.err, WARD_OK);
	ward_doc_markdown(&d, &w);
	struct ward_str text = ward_wr_text(&w);

	assert_true(says(text, "(b) how incidents are handled"));
	assert_true(says(text, "Nothing on record: incidents that began"));
	assert_true(says(text, "Added by data-protection-officer, 3\u00a0November 2026") ||
		    says(text, "Added by Data protection officer, 3\u00a0November 2026"));
	assert_true(says(text, "50 people \\| were \\*trained\\*")); /* no markup of theirs */
	assert_true(says(text, "Not shown by Ward: A\\.5\\.1, A\\.5\\.3"));
	assert_false(says(text, "e-romano")); /* by role */
	ward_doc_fini(&d);
	ward_wr_reset(&w);
	struct ward_json j = ward_json_on(&w);

	t.only = ward_norm_of(&fix.norms, WARD_STR("nis2"));
	ward_json_obj(&j);
	ward_evidence_json(&t, &j);
	ward_json_obj_end(&j);
	text = ward_wr_text(&w);
	assert_true(says(text, "\"schema\":\"ward.evidence/1\""));
	assert_true(says(text, "\"id\":\"g\",\"title\":\"what staff know and are trained in\""));
	assert_false(says(text, "e-romano"));
	assert_false(says(text, "A.8.34"));
	ward_wr_fini(&w);
}

static void test_bad(void **state)
{
	static const struct {
		const char *text, *finding;
	} all[] = {{"norm: x\nname: n\nmark: sure\n", "no mark"},
		{"name: n\nmark: confirmed\n", "norm"},
		{"norm: nis2\nname: n\nmark: confirmed\n", "not usable as a norm's id"},
		{"norm: 'a b'\nname: n\nmark: confirmed\n", "not usable as a norm's id"},
		{"norm: x\nname: n\nmark: confirmed\nlike: none\n", "no norm before it"},
		{"norm: x\nname: n\nmark: confirmed\nweather: 1\n", "weather"},
		{"norm: x\nname: n\nmark: confirmed\ncontrols: [{id: a, title: t, shows: "
		 "[weather]}]\n",
			"Ward has no number called"},
		{"norm: x\nname: n\nmark: confirmed\ncontrols: [{id: a, title: t, shows: signs}]\n",
			"no list under"},
		{"norm: x\nname: n\nmark: confirmed\ncontrols: [{id: a, title: t}, {id: a, title: "
		 "t}]\n",
			"not usable as a control's id"},
		{"norm: x\nname: n\nmark: confirmed\ncontrols: [{id: a/b, title: t}]\n",
			"not usable as a control's id"},
		{"norm: x\nname: n\nmark: confirmed\nnot: [a, a]\n",
			"not usable as a control's id"},
		{"norm: x\nname: n\nmark: confirmed\ndetail: true\ncontrols: [{id: a, title: t}]\n",
			"nothing is said of"},
		{"norm: [\n", ""}};
	static struct ward_norms n;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		struct ward_diag d;
		bool found = false;

		n = fix.norms;
		ward_diag_init(&d, ward_mem_heap());
		assert_int_equal(
			ward_norm_read(WARD_STR("x.yml"), ward_str_bytes(ward_str_z(all[i].text)),
				&fix.a, &fix.lim, &d, &n),
			WARD_ERR_CONFIG);
		for (size_t k = 0; k < d.n; k++)
			found |= says(d.item[k].what, all[i].finding);
		if (!found)
			fail_msg("%s: not found: %s", all[i].text, all[i].finding);
		ward_diag_fini(&d);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, fresh, done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_content), T(test_state), T(test_told), T(test_bad)};

	return cmocka_run_group_tests(tests, begin, end);
}
