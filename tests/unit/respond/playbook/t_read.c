#include "lab.h"

#include <dirent.h>

/* The same values in the same order. */
static bool same(const struct ward_conf *a, const struct ward_conf *b)
{
	const struct ward_conf *in[2][65] = {{a}, {b}};
	size_t depth = 1;

	a = a->child;
	b = b->child;
	while (depth) {
		if (!a || !b) {
			if (a || b)
				return false;
			depth--;
			a = in[0][depth]->next;
			b = in[1][depth]->next;
			if (!depth)
				break;
			continue;
		}
		if (a->kind != b->kind || a->quoted != b->quoted || !ward_str_eq(a->key, b->key) ||
			!ward_str_eq(a->text, b->text))
			return false;
		if (a->kind == WARD_CONF_MAP || a->kind == WARD_CONF_SEQ) {
			in[0][depth] = a;
			in[1][depth++] = b;
			a = a->child;
			b = b->child;
			continue;
		}
		a = a->next;
		b = b->next;
	}
	return true;
}

static void written_back(const struct ward_playbook *p)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);
	struct ward_playbook *again = NULL;
	struct pb_lab l;

	pb_init(&l);
	ward_playbook_write(p, &w);
	assert_false(ward_wr_bad(&w));
	assert_int_equal(ward_playbook_read(ward_wr_slice(&w), WARD_STR("again"), &l.lim,
				 ward_mem_heap(), &l.d, &again),
		WARD_OK);
	assert_true(same(p->tree, again->tree));
	assert_int_equal(p->n_step, again->n_step);
	ward_playbook_free(again);
	ward_wr_fini(&w);
	pb_fini(&l);
}

static void all_kinds(void **state)
{
	(void)state;
	struct pb_lab l;

	pb_load(&l);
	const struct ward_playbook *p = l.item[0];

	assert_int_equal(l.d.n_error + l.d.n_warning, 1); /* the nested one has no exception */
	assert_int_equal(p->n_step, 19);
	assert_int_equal(p->step[p->start].kind, WARD_PLAYBOOK_START);
	assert_int_equal(
		p->exception, ward_playbook_find_step(p, ward_str_z(PB_ID("action", "90"))));
	const struct ward_playbook_step *s =
		&p->step[ward_playbook_find_step(p, ward_str_z(PB_ID("action", "06")))];

	assert_int_equal(s->delay_ms, 60000);
	assert_true(ward_str_eqz(s->command[1].text, "Wait."));
	assert_true(ward_str_eqz(p->party[s->agent].role, "engineer"));
	s = &p->step[ward_playbook_find_step(p, ward_str_z(PB_ID("action", "07")))];
	assert_true(ward_str_eqz(s->confirm, "engineer"));
	written_back(p);
	pb_fini(&l);
}

struct official {
	const char *path;
	bool valid; /* by the schema of CACAO's committee */
};

/* $WARD_SHARED_DATA/standards/cacao: those that the schema refuses are refused, the others come
 * back as they were. */
static void official(void **state)
{
	(void)state;
	static const struct official file[] = {
		{"examples-oasis/basic-example-1.json", true},
		{"examples-oasis/locky-bart-mbc-examples.json", true},
		{"examples-oasis/spec-3.1-example.json", true},
		{"examples-oasis/identity-object.json", false}, /* a STIX identity */
		{"examples-soarca/http-playbook.json", true},
		{"examples-soarca/it-playbook.json", true},
		{"examples-soarca/manual-playbook.json", true},
		{"examples-soarca/openc2-playbook.json", true},
		{"examples-soarca/powershell-playbook.json", true},
		{"examples-soarca/ssh-playbook.json", true},
		{"examples-soarca/fin-playbook.json", false}, /* an agent without a UUID */
		{"ext-layout/examples/playbook--aa1898b6-5251-49b4-aeb7-fd5e912583ff.json",
			false}, /* actions without commands */
	};
	const char *data = getenv("WARD_SHARED_DATA");
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/standards/cacao", data ? data : "");
	DIR *there = opendir(path);

	if (!there) {
		print_message("skipped: no official examples in $WARD_SHARED_DATA\n");
		skip();
		return;
	}
	assert_int_equal(closedir(there), 0);
	for (size_t i = 0; i < WARD_ARRAY_LEN(file); i++) {
		struct ward_playbook *p = NULL;
		struct pb_lab l;

		pb_init(&l);
		(void)snprintf(path, sizeof(path), "%s/standards/cacao/%s", data, file[i].path);
		enum ward_err err = ward_playbook_file(path, &l.lim, ward_mem_heap(), &l.d, &p);

		if (err != (file[i].valid ? WARD_OK : WARD_ERR_CONFIG))
			fail_msg("%s: %s", path, ward_err_name(err));
		assert_int_equal(l.d.n_error == 0, file[i].valid);
		if (p)
			written_back(p);
		ward_playbook_free(p);
		pb_fini(&l);
	}
}

/* What is wrong is said with its place, and what is not refused is kept. */
static void mistakes(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to, *says;
	} c[] = {
		{"\"cacao-2.0\"", "\"cacao-1.1\"", "/spec_version: not CACAO 2.0: 'cacao-1.1'"},
		{"\"type\": \"playbook\"", "\"type\": \"report\"",
			"/type: not a playbook: 'report'"},
		{"\"name\": \"Try\", ", "", "/name: it is missing"},
		{"\"name\": \"Try\"", "\"name\": 5", "/name: not as CACAO has it '5'"},
		{"2026-01-01T00:00:00.000Z", "yesterday", "/created: not as CACAO has it"},
		{"\"type\": \"start\",", "\"type\": \"begin\",", ": no type of step 'begin'"},
		{"\"" PB_ID("end", "04") "\": {\"type\": \"end\"}",
			"\"" PB_ID("end", "04") "\": {\"type\": \"action\"}",
			": the key is not its type, two dashes and a UUID 'action'"},
		{"\"timeout\": 600000,", "\"timeout\": -1,", "/timeout: not as CACAO has it '-1'"},
		{"\"__place__\": {", "\"place\": {",
			"/playbook_variables/place: no name of a variable"},
		{"\"value\": \"7\"", "\"value\": \"seven\"",
			": not of the variable's type 'seven'"},
		{"\"command\": \"POST /__place__:value\"",
			"\"command\": \"POST /\", \"content_b64\": \"a*==\"",
			"/content_b64: no base64"},
		{"V2FpdC4=", "V2FpdC4", "/command_b64: no base64 of a UTF-8 text"},
		{"\"commands\": [{\"type\": \"manual\", \"command\": \"Look at "
		 "__place__:value.\"}]",
			"\"commands\": []", "/commands: it is empty"},
		{"\"on_success\": \"",
			"\"on_completion\": \"" PB_ID("end", "12") "\", \"on_success\": \"",
			"beside on_success or on_failure"},
		{"\"__fire__\": {", "\"__fire__\": {\"tpye\": \"x\", ", "no key 'tpye'"},
	};

	for (size_t i = 0; i < WARD_ARRAY_LEN(c); i++) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
		struct pb_lab l;

		pb_init(&l);
		char *text = pb_with(c[i].from, c[i].to);

		enum ward_err err = pb_read(&l, text);

		ward_diag_write_text(&l.d, &w);
		ward_wr_u8(&w, 0);
		if (!strstr((const char *)w.p, c[i].says))
			fail_msg("'%s' is not in:\n%s", c[i].says, (const char *)w.p);
		assert_true(strncmp((const char *)w.p, "p.json:", 7) == 0);
		assert_int_equal(err, l.d.n_error ? WARD_ERR_CONFIG : WARD_OK);
		ward_wr_fini(&w);
		free(text);
		pb_fini(&l);
	}
}

static void memory(void **state)
{
	(void)state;
	enum ward_err err = WARD_ERR_NOMEM;

	for (uint64_t n = 1; err == WARD_ERR_NOMEM; n++) {
		struct ward_mem_failing f;
		struct ward_playbook *p = NULL;
		struct pb_lab l;

		pb_init(&l);
		ward_mem_failing_init(&f, n);
		err = ward_playbook_read(ward_str_bytes(ward_str_z(pb_text)), WARD_STR("p"), &l.lim,
			&f.mem, &l.d, &p);
		assert_true((err == WARD_OK) == (p != NULL));
		ward_playbook_free(p);
		pb_fini(&l);
	}
	assert_int_equal(err, WARD_OK);
}

static void nothing(void *ctx, const struct ward_playbook_line *l)
{
	(void)ctx;
	(void)l;
}

/* Check and sheet need memory, too: without it they say so, and later it is as if nothing was. */
static void memory_later(void **state)
{
	(void)state;
	const struct ward_playbook_world world = {0};
	const struct ward_playbook_sheet sheet = {.line = nothing};
	struct ward_mem_failing f;
	struct ward_playbook *p = NULL;
	enum ward_err checked = WARD_ERR_NOMEM, told = WARD_ERR_NOMEM;
	struct pb_lab l;

	pb_init(&l);
	ward_mem_failing_init(&f, 0);
	assert_int_equal(ward_playbook_read(ward_str_bytes(ward_str_z(pb_text)), WARD_STR("p"),
				 &l.lim, &f.mem, &l.d, &p),
		WARD_OK);
	for (uint64_t n = 1; checked == WARD_ERR_NOMEM; n++) {
		f.fail_at = f.n_call + n;
		checked = ward_playbook_check(p, &world, &l.d);
	}
	assert_int_equal(checked, WARD_OK);
	for (uint64_t n = 1; told == WARD_ERR_NOMEM; n++) {
		f.fail_at = f.n_call + n;
		told = ward_playbook_tell(p, &sheet);
	}
	assert_int_equal(told, WARD_OK);
	f.fail_at = 0;
	ward_playbook_free(p);
	pb_fini(&l);
}

static void texts(void **state)
{
	(void)state;
	struct ward_str rest = WARD_STR("Go to __a_b__:value, __c__ or ____:value."), before, name;

	assert_true(ward_playbook_next(&rest, &before, &name));
	assert_true(ward_str_eqz(before, "Go to ") && ward_str_eqz(name, "__a_b__"));
	assert_true(ward_playbook_next(&rest, &before, &name));
	assert_true(ward_str_eqz(before, ", __c__ or ____:value.") && !name.len);
	assert_false(ward_playbook_next(&rest, &before, &name));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(all_kinds), cmocka_unit_test(official),
		cmocka_unit_test(mistakes), cmocka_unit_test(memory),
		cmocka_unit_test(memory_later), cmocka_unit_test(texts)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
