/* Every text that Ward shows has a translation in each language of content/words, and no
 * translation is of a text that is gone. Shown are: what the code marks with WARD_TEXT (also
 * formats of findings), the names and first steps of threats, what axioms say and mend, the
 * questions of `model new`, the reasons of propagation rules, attack steps and measures, playbooks,
 * classes of the ontology, the titles of detection rules, and what YARA rules say. (t_marked.c:
 * what has to have that mark has it.) */
#include "conf/conf.h"
#include "respond/playbook/sheet.h"
#include "story/text.h"
#include "words/words.h"

#include "sources.h"
#include "typography.h"

#define T(name) cmocka_unit_test(name)

enum { TEXTS_MAX = 1 << 15, TEXT_BYTES_MAX = 1 << 22 };

static const char *const codes[] = {"fr", "it", "nl"};

/* nftw has no context. */
static struct world {
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_arena arena;
	struct ward_intern shown; /* English texts */
	size_t n_code;
} w;

static void show(struct ward_str text)
{
	uint32_t unused;

	assert_int_equal(ward_intern_put(&w.shown, text, &unused), WARD_OK);
}

static struct ward_slice read_file(const char *path)
{
	return sources_read(&w.arena, &w.lim, path);
}

static const struct ward_conf *read_yaml(const char *path)
{
	const struct ward_conf *c;

	assert_int_equal(ward_conf_yaml_file(&w.arena, &w.lim, path, &w.diag, &c), WARD_OK);
	return c;
}

static struct ward_str text_of(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	return v ? v->text : WARD_STR("");
}

/* The escape at p[0] == '\\'; gives how many bytes it takes. Of \u only what takes two bytes of
 * UTF-8, which is all that the code has. */
static size_t escape(const char *p, char **to)
{
	if (p[1] != 'u') {
		*(*to)++ = p[1] == 'n' ? '\n' : p[1];
		return 2;
	}
	char digits[5] = {p[2], p[3], p[4], p[5], 0};
	unsigned long c = strtoul(digits, NULL, 16);

	assert_true(c >= 0x80 && c < 0x800);
	*(*to)++ = (char)(0xc0 | c >> 6);
	*(*to)++ = (char)(0x80 | (c & 0x3f));
	return 6;
}

/* A text with slots of one half of a format, as base/diag.c makes it: "no '%s'" is "no '{a}'". */
static void show_half(struct ward_str half, char slot)
{
	char text[WARD_WORDS_BYTES_MAX + 8];
	struct ward_wr to = ward_wr_fixed(text, sizeof(text));

	for (size_t i = 0; i < half.len; i++) {
		if (half.p[i] != '%') {
			ward_wr_ch(&to, half.p[i]);
			continue;
		}
		i++;
		if (half.p[i] == '%') {
			ward_wr_ch(&to, '%');
			continue;
		}
		ward_wr_printf(&to, "{%c}", slot++);
		while (strchr(".*zl", half.p[i]))
			i++;
		assert_non_null(strchr("sdug", half.p[i]));
	}
	assert_false(ward_wr_bad(&to));
	if (to.len > 3) /* a slot alone is a text of the code, handed on */
		show(ward_wr_text(&to));
}

/* What is wrong, and its mend, of a finding: a format with an end of line between them. */
static void show_finding(struct ward_str format)
{
	struct ward_str what = ward_str_cut(&format, '\n');

	show_half(what, 'a');
	show_half(format, 'm');
}

/* The literals between the parentheses, as the compiler joins them. */
static void show_mark(const char *path, const char *p)
{
	char text[WARD_WORDS_BYTES_MAX + 8], *to = text;

	while (*p != ')') {
		if (*p == ' ' || *p == '\t' || *p == '\n') {
			p++;
			continue;
		}
		if (*p++ != '"')
			fail_msg("%s: WARD_TEXT holds more than literals: %.40s", path, p - 1);
		while (*p != '"') {
			assert_true(to < text + WARD_WORDS_BYTES_MAX);
			if (*p == '\\')
				p += escape(p, &to);
			else
				*to++ = *p++;
		}
		p++;
	}
	struct ward_str all = {text, (size_t)(to - text)};

	if (memchr(text, '\n', all.len))
		show_finding(all);
	else
		show(all);
	w.n_code++;
}

static int source(const char *path, const struct stat *st, int type, struct FTW *at)
{
	static const char mark[] = "WARD_TEXT(";

	(void)st;
	(void)at;
	if (type != FTW_F || !ward_str_ends(ward_str_z(path), WARD_STR(".c")))
		return 0;
	const char *p = ward_arena_str(&w.arena, ward_slice_text(read_file(path))).p;

	assert_non_null(p);
	while ((p = strstr(p, mark)) != NULL) {
		p += sizeof(mark) - 1;
		show_mark(path, p);
	}
	return 0;
}

static bool is_rule_file(const char *path, int type)
{
	struct ward_str s = ward_str_z(path);

	return type == FTW_F && ward_str_ends(s, WARD_STR(".yml")) &&
	       !ward_str_ends(s, WARD_STR(".test.yml"));
}

static int rule(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	if (!is_rule_file(path, type))
		return 0;
	for (const struct ward_conf *d = read_yaml(path)->child; d; d = d->next)
		if (ward_conf_get(d, "title"))
			show(text_of(d, "title"));
	return 0;
}

static int reason(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	if (!is_rule_file(path, type))
		return 0;
	static const char *const lists[] = {"rules", "ends"};
	const struct ward_conf *doc = read_yaml(path)->child;

	assert_true(ward_conf_get(doc, lists[0]) || ward_conf_get(doc, lists[1]));
	for (size_t i = 0; i < WARD_ARRAY_LEN(lists); i++) {
		const struct ward_conf *list = ward_conf_get(doc, lists[i]);

		for (const struct ward_conf *r = list ? list->child : NULL; r; r = r->next)
			show(text_of(r, "why"));
	}
	return 0;
}

/* What an attacker does, and what helps against it. */
static int attack(const char *path, const struct stat *st, int type, struct FTW *at)
{
	static const char *const lists[] = {"steps", "measures"};

	(void)st;
	(void)at;
	if (!is_rule_file(path, type))
		return 0;
	const struct ward_conf *doc = read_yaml(path)->child;

	for (size_t i = 0; i < WARD_ARRAY_LEN(lists); i++) {
		const struct ward_conf *list = ward_conf_get(doc, lists[i]);

		assert_non_null(list);
		for (const struct ward_conf *x = list->child; x; x = x->next)
			show(text_of(x, "text"));
	}
	return 0;
}

/* What can be done at once. */
static int action(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	if (!is_rule_file(path, type))
		return 0;
	const struct ward_conf *list = ward_conf_get(read_yaml(path)->child, "actions");

	assert_non_null(list);
	for (const struct ward_conf *x = list->child; x; x = x->next)
		show(text_of(x, "text"));
	return 0;
}

/* What is done to bring things back, by whom. */
static int recovery(const char *path, const struct stat *st, int type, struct FTW *at)
{
	static const char *const lists[] = {"teams", "works"};

	(void)st;
	(void)at;
	if (!is_rule_file(path, type))
		return 0;
	const struct ward_conf *doc = read_yaml(path)->child;

	for (size_t i = 0; i < WARD_ARRAY_LEN(lists); i++) {
		const struct ward_conf *list = ward_conf_get(doc, lists[i]);

		assert_non_null(list);
		for (const struct ward_conf *x = list->child; x; x = x->next)
			show(text_of(x, i ? "text" : "name"));
	}
	return 0;
}

/* What the record shows of norms: their names, titles, what people add. */
static int norm(const char *path, const struct stat *st, int type, struct FTW *at)
{
	const struct ward_conf *doc, *list;

	(void)st;
	(void)at;
	if (!is_rule_file(path, type))
		return 0;
	doc = read_yaml(path)->child;
	show(text_of(doc, "name"));
	list = ward_conf_get(doc, "controls");
	for (const struct ward_conf *x = list ? list->child : NULL; x; x = x->next) {
		const struct ward_conf *adds = ward_conf_get(x, "adds");

		show(text_of(x, "title"));
		for (const struct ward_conf *a = adds ? adds->child : NULL; a; a = a->next)
			show(a->text);
	}
	return 0;
}

/* Whom the law wants told of what. */
static int law(const char *path, const struct stat *st, int type, struct FTW *at)
{
	const struct ward_conf *doc, *list;

	(void)st;
	(void)at;
	if (!is_rule_file(path, type))
		return 0;
	doc = read_yaml(path)->child;
	list = ward_conf_get(doc, "receivers");
	for (const struct ward_conf *x = list ? list->child : NULL; x; x = x->next)
		show(x->text);
	list = ward_conf_get(doc, "facts");
	for (const struct ward_conf *x = list ? list->child : NULL; x; x = x->next) {
		show(text_of(x, "ask"));
		if (ward_str_starts(text_of(x, "law"), WARD_STR("the "))) /* else a citation */
			show(text_of(x, "law"));
	}
	list = ward_conf_get(doc, "fields");
	for (const struct ward_conf *x = list ? list->child : NULL; x; x = x->next) {
		show(text_of(x, "ask"));
		if (ward_conf_word(x, "letter").len)
			show(ward_conf_word(x, "letter"));
	}
	list = ward_conf_get(doc, "forms");
	for (const struct ward_conf *x = list ? list->child : NULL; x; x = x->next) {
		show(text_of(x, "name"));
		if (ward_conf_word(x, "letter").len)
			show(ward_conf_word(x, "letter"));
		if (ward_conf_word(x, "before").len)
			show(ward_conf_word(x, "before"));
	}
	list = ward_conf_get(doc, "rules");
	for (const struct ward_conf *x = list ? list->child : NULL; x; x = x->next) {
		const struct ward_conf *needs = ward_conf_get(x, "needs");

		show(text_of(x, "name"));
		if (ward_str_find(text_of(x, "to"), WARD_STR(" ")) != SIZE_MAX)
			show(text_of(x, "to")); /* else a name, or that of a receiver */
		for (const struct ward_conf *n = needs ? needs->child : NULL; n; n = n->next)
			show(n->text);
	}
	return 0;
}

/* What analytics can't do, and what signs say. */
static int notice(const char *path, const struct stat *st, int type, struct FTW *at)
{
	static const char *const one[] = {"name", "does", "wrong", "line"};
	const struct ward_conf *doc, *list;

	(void)st;
	(void)at;
	if (!is_rule_file(path, type))
		return 0;
	doc = read_yaml(path)->child;
	list = ward_conf_get(doc, "notes");
	list = list ? list : ward_conf_get(doc, "signs");
	assert_non_null(list);
	for (const struct ward_conf *x = list->child; x; x = x->next) {
		const struct ward_conf *cannot = ward_conf_get(x, "cannot"),
				       *measured = ward_conf_get(x, "measured");

		for (size_t i = 0; i < WARD_ARRAY_LEN(one); i++)
			if (text_of(x, one[i]).len)
				show(text_of(x, one[i]));
		for (const struct ward_conf *c = cannot ? cannot->child : NULL; c; c = c->next)
			show(c->text);
		for (const struct ward_conf *c = measured ? measured->child : NULL; c; c = c->next)
			show(text_of(c, "what"));
		if (ward_str_eqz(text_of(x, "country"), "EU")) /* else a name */
			show(text_of(x, "authority"));
	}
	return 0;
}

/* Purposes and measures of ready-made entries of the register. */
static void purposes(void)
{
	char path[SOURCES_PATH];
	const struct ward_conf *list = ward_conf_get(
		read_yaml(sources_path(path, "content/processing/entries.yml"))->child, "entries");

	assert_non_null(list);
	for (const struct ward_conf *e = list->child; e; e = e->next) {
		const struct ward_conf *m = ward_conf_get(e, "measures");

		show(text_of(e, "purpose"));
		for (const struct ward_conf *x = m ? m->child : NULL; x; x = x->next)
			show(x->text);
	}
}

static void show_word(void *ctx, struct ward_str english)
{
	(void)ctx;
	show(english);
}

static int playbook(const char *path, const struct stat *st, int type, struct FTW *at)
{
	struct ward_playbook *p;

	(void)st;
	(void)at;
	if (type != FTW_F || !ward_str_ends(ward_str_z(path), WARD_STR(".json")))
		return 0;
	assert_int_equal(ward_playbook_file(path, &w.lim, ward_mem_heap(), &w.diag, &p), WARD_OK);
	ward_playbook_words(p, show_word, NULL);
	ward_playbook_free(p);
	return 0;
}

/* What a set of templates asks. */
static void asked(const char *file)
{
	char path[SOURCES_PATH];
	const struct ward_conf *list =
		ward_conf_get(read_yaml(sources_path(path, file))->child, "questions");

	assert_non_null(list);
	for (const struct ward_conf *q = list->child; q; q = q->next)
		show(text_of(q, "ask"));
}

/* What templates of a first directory say: $[Text]. */
static int template(const char *path, const struct stat *st, int type, struct FTW *at)
{
	struct ward_str rest = {"", 0};

	(void)st, (void)at;
	if (type == FTW_F)
		rest = ward_slice_text(read_file(path));
	for (size_t off; (off = ward_str_find(rest, WARD_STR("$["))) != SIZE_MAX;) {
		rest = ward_str_sub(rest, off + 2, rest.len);
		show(ward_str_cut(&rest, ']'));
	}
	return 0;
}

/* What YARA rules of ours say: says = "…". */
static int yara(const char *path, const struct stat *st, int type, struct FTW *at)
{
	static const char mark[] = "says = \"";
	struct ward_str rest = {"", 0};

	(void)st, (void)at;
	if (type == FTW_F && ward_str_ends(ward_str_z(path), WARD_STR(".yar")))
		rest = ward_slice_text(read_file(path));
	for (size_t off; (off = ward_str_find(rest, ward_str_z(mark))) != SIZE_MAX;) {
		rest = ward_str_sub(rest, off + sizeof(mark) - 1, rest.len);
		show(ward_str_cut(&rest, '"'));
	}
	return 0;
}

static int gather(void **state)
{
	const struct ward_conf *list;
	char path[SOURCES_PATH];

	(void)state;
	ward_limits_default(&w.lim);
	ward_diag_init(&w.diag, ward_mem_heap());
	ward_arena_init(&w.arena, ward_mem_heap(), 1 << 30);
	ward_intern_init(&w.shown, ward_mem_heap(), TEXTS_MAX, TEXT_BYTES_MAX);
	sources_walk("src", source);
	list = ward_conf_get(
		read_yaml(sources_path(path, "content/threats.yml"))->child, "threats");
	assert_non_null(list);
	for (const struct ward_conf *t = list->child; t; t = t->next) {
		show(text_of(t, "name"));
		show(text_of(ward_conf_get(t, "first_step"), "text"));
		if (ward_conf_get(ward_conf_get(t, "first_step"), "alone"))
			show(text_of(ward_conf_get(t, "first_step"), "alone"));
	}
	list = ward_conf_get(
		read_yaml(sources_path(path, "content/sharing.yml"))->child, "recipients");
	for (const struct ward_conf *c = list->child; c; c = c->next)
		show(text_of(c, "name"));
	list = ward_conf_get(
		read_yaml(sources_path(path, "content/ontology.yml"))->child, "classes");
	assert_non_null(list);
	for (const struct ward_conf *c = list->child; c; c = c->next)
		show(text_of(c, "name"));
	list = ward_conf_get(
		read_yaml(sources_path(path, "content/ontology.yml"))->child, "axioms");
	assert_non_null(list);
	for (const struct ward_conf *a = list->child; a; a = a->next) {
		show(text_of(a, "says"));
		show(text_of(a, "mend"));
	}
	asked("content/templates/questions.yml");
	asked("content/templates/first/questions.yml");
	sources_walk("content/templates", template);
	sources_walk("content/propagation", reason);
	sources_walk("content/attack", attack);
	sources_walk("content/recovery", recovery);
	sources_walk("content/actions", action);
	sources_walk("content/law", law);
	sources_walk("content/ethics", notice);
	sources_walk("content/signs", notice);
	purposes();
	sources_walk("content/evidence", norm);
	sources_walk("content/playbooks", playbook);
	sources_walk("content/rules", rule);
	sources_walk("content/inspect/rules", yara);
	return 0;
}

static int forget(void **state)
{
	(void)state;
	ward_intern_fini(&w.shown);
	ward_arena_fini(&w.arena);
	ward_diag_fini(&w.diag);
	return 0;
}

static struct ward_lang *language(const char *code)
{
	struct ward_lang *l = NULL;
	char path[SOURCES_PATH];

	assert_int_equal(ward_lang_load(sources_path(path, "content/words"), ward_str_z(code),
				 &w.lim, ward_mem_heap(), &w.diag, &l),
		WARD_OK);
	return l;
}

/* Are the variables of a playbook's text in its translation, in any order? */
static bool keeps_variables(struct ward_str english, struct ward_str said)
{
	struct ward_str rest = english, before, name;
	size_t n = 0, n_said = 0;

	while (ward_playbook_next(&rest, &before, &name)) {
		n += name.len > 0;
		if (name.len && ward_str_find(said, name) == SIZE_MAX)
			return false;
	}
	while (ward_playbook_next(&said, &before, &name))
		n_said += name.len > 0;
	return n == n_said;
}

static void test_complete(void **state)
{
	size_t n_bad = 0;

	(void)state;
	assert_true(w.n_code > 100 && w.shown.n > 600); /* the walks found what they look for */
	for (size_t i = 0; i < WARD_ARRAY_LEN(codes); i++) {
		struct ward_lang *l = language(codes[i]);

		for (uint32_t k = 0; k < w.shown.n; k++) {
			struct ward_str english = ward_intern_at(&w.shown, k);
			uint64_t before = ward_lang_missing(l);

			struct ward_str said = ward_lang_text(l, english);
			bool lacks = ward_lang_missing(l) != before;

			if (!lacks && keeps_variables(english, said))
				continue;
			print_error("content/words/%s.yml %s: %.*s\n", codes[i],
				lacks ? "lacks" : "has other variables in", WARD_STR_ARG(english));
			n_bad++;
		}
		ward_lang_free(l);
	}
	assert_int_equal(n_bad, 0);
}

static void test_not_stale(void **state)
{
	size_t n_bad = 0;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(codes); i++) {
		struct ward_lang *l = language(codes[i]);
		struct ward_str english;

		for (size_t k = 0; ward_lang_at(l, k, &english); k++) {
			if (ward_intern_find(&w.shown, english) != WARD_NONE)
				continue;
			print_error("content/words/%s.yml translates what nobody says: %.*s\n",
				codes[i], WARD_STR_ARG(english));
			n_bad++;
		}
		ward_lang_free(l);
	}
	assert_int_equal(n_bad, 0);
}

static void test_typography(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(codes); i++) {
		struct ward_lang *l = language(codes[i]);
		struct ward_str english;

		for (size_t k = 0; ward_lang_at(l, k, &english); k++) {
			char *z = strndup(english.p, english.len);

			assert_non_null(z);
			check_type(codes[i], ward_lang_text(l, english));
			check_type(codes[i], ward_lang_text_n(l, 1, z, z));
			free(z);
		}
		ward_lang_free(l);
	}
}

/* The words of the story's second column leave a blank before the third. */
static void test_columns(void **state)
{
	static const char *const words[] = {
		"info", "low", "medium", "HIGH", "CRITICAL", "works", "note"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(codes); i++) {
		struct ward_lang *l = language(codes[i]);

		for (size_t k = 0; k < WARD_ARRAY_LEN(words); k++) {
			size_t n = ward_text_columns(ward_lang_text(l, ward_str_z(words[k])));

			assert_true(n > 0 && n <= 8);
		}
		assert_int_equal(ward_lang_missing(l), 0);
		ward_lang_free(l);
	}
	assert_int_equal(ward_text_columns(WARD_STR("ÉLEVÉ\u202f:")), 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_complete), T(test_not_stale), T(test_typography), T(test_columns)};

	return cmocka_run_group_tests(tests, gather, forget);
}
