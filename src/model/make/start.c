#include "model/make/start_int.h"

#include "model/near.h"
#include "model/word.h"
#include "words/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum {
	QUESTIONS_MAX = 64,
	TEXT_MAX = 200,
	PATH_MAX_BYTES = 4096,
	START_ID_MAX = 32,
};

static struct ward_str keep(struct ward_start *s, struct ward_str text, enum ward_err *err)
{
	struct ward_str copy = ward_arena_str(&s->arena, text);

	if (!copy.p) {
		*err = WARD_ERR_NOMEM;
		return (struct ward_str){"", 0};
	}
	return copy;
}

/* Lines and quotes would be more than a text in the file that it is laid into. */
static bool is_text(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == '"' || s.p[i] == '\\' ||
			s.p[i] == 0x7f)
			return false;
	return s.len > 0 && s.len <= TEXT_MAX;
}

/* The codes of ISO 3166-1 alpha-2. */
static bool is_country(struct ward_str s)
{
	static const char code[] =
		"AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI "
		"BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN "
		"CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK "
		"FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM "
		"HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN "
		"KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK "
		"ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP "
		"NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW "
		"SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF "
		"TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI "
		"VN VU WF WS YE YT ZA ZM ZW ";

	for (size_t i = 0; s.len == 2 && i + 2 < sizeof(code); i += 3)
		if (memcmp(code + i, s.p, 2) == 0)
			return true;
	return false;
}

static bool is_there(const char *dir, struct ward_str name)
{
	char path[512];
	struct stat st;
	int n = snprintf(path, sizeof(path), "%s/%.*s", dir, WARD_STR_ARG(name));

	return n > 0 && (size_t)n < sizeof(path) && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* A zone of the system's files; where it has not all of them, what looks like one. */
static bool is_timezone(struct ward_str s)
{
	const char *dir = getenv("TZDIR");

	if (ward_str_eqz(s, "UTC"))
		return true;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
			(!c || !strchr("/_-+", c)))
			return false;
	}
	if (s.len < 3 || s.p[0] == '/' || s.p[s.len - 1] == '/' ||
		ward_str_find(s, WARD_STR("/")) == SIZE_MAX)
		return false;
	dir = dir && *dir ? dir : "/usr/share/zoneinfo";
	return is_there(dir, s) || !is_there(dir, WARD_STR("zone.tab"));
}

/* Of those that Ward speaks. */
static bool is_language(struct ward_str s)
{
	return ward_str_eqz(s, "en") || ward_str_eqz(s, "fr") || ward_str_eqz(s, "it") ||
	       ward_str_eqz(s, "nl");
}

/* As people.yml has it; everywhere else it is an id, too. */
static bool is_short(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == '.' || s.p[i] == '_')
			return false;
	return s.len <= START_ID_MAX && ward_word_is_id(s);
}

static bool has_form(enum ward_start_form form, struct ward_str s)
{
	switch (form) {
	case WARD_START_COUNTRY:
		return is_country(s);
	case WARD_START_TIMEZONE:
		return is_timezone(s);
	case WARD_START_LANGUAGE:
		return is_language(s);
	case WARD_START_ID:
		return is_short(s);
	case WARD_START_ANY:
		break;
	}
	return true;
}

/* As they are asked, and as whoever answers in another language says it. */
static const char *const yes[] = {"yes", "true", "oui", "sì", "si", "ja"};
static const char *const no[] = {"no", "false", "non", "nee"};

static bool one_of(struct ward_str text, const char *const *word, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ward_str_ieq(text, ward_str_z(word[i])))
			return true;
	return false;
}

static bool understand(const struct ward_start_question *q, struct ward_str text, int64_t *ret)
{
	uint64_t n = 0;

	switch (q->kind) {
	case WARD_START_NUMBER:
		*ret = ward_str_u64(text, &n) && n <= INT32_MAX ? (int64_t)n : -1;
		return *ret >= q->min && *ret <= q->max;
	case WARD_START_YES:
		*ret = one_of(text, yes, WARD_ARRAY_LEN(yes));
		return *ret || one_of(text, no, WARD_ARRAY_LEN(no));
	case WARD_START_TEXT:
		*ret = 1;
		return is_text(text) && has_form(q->form, text);
	case WARD_START_KINDS:
		break;
	}
	return false;
}

size_t ward_start_n(const struct ward_start *s)
{
	return s->n;
}

const struct ward_start_question *ward_start_question(const struct ward_start *s, size_t i)
{
	WARD_ASSERT(i < s->n);
	return &s->question[i];
}

bool ward_start_answer(struct ward_start *s, size_t i, struct ward_str text)
{
	enum ward_err err = WARD_OK;
	int64_t number;

	WARD_ASSERT(i < s->n);
	if (!understand(&s->question[i], text, &number))
		return false;
	struct ward_str copy = keep(s, text, &err);

	if (err)
		return false;
	s->question[i].text = copy;
	s->question[i].number = number;
	s->question[i].answered = true;
	return true;
}

void ward_start_wants(
	const struct ward_start *s, size_t i, struct ward_lang *lang, struct ward_wr *w)
{
	static const char *const form[] = {WARD_TEXT("a text without quotes, 1 to 200 bytes"),
		WARD_TEXT("a country of ISO 3166, as IT"),
		WARD_TEXT("a zone of the IANA database, as Europe/Rome"),
		WARD_TEXT("en, fr, it or nl"),
		WARD_TEXT("small letters, digits and '-', at most 32")};
	const struct ward_start_question *q = ward_start_question(s, i);
	char text[2][24];
	struct ward_wr min = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr max = ward_wr_fixed(text[1], sizeof(text[1]));

	ward_wr_i64(&min, q->min);
	ward_wr_i64(&max, q->max);
	if (q->kind == WARD_START_NUMBER)
		WARD_SAY(w, lang, WARD_TEXT("{min} to {max}"), {"min", ward_wr_text(&min)},
			{"max", ward_wr_text(&max)});
	else
		ward_say(w, lang,
			q->kind == WARD_START_YES ? WARD_TEXT("yes or no") : form[q->form]);
}

static void question(
	struct ward_start *s, const struct ward_conf *c, struct ward_diag *d, enum ward_err *err)
{
	static const char *const known[] = {"id", "ask", "kind", "min", "max", "usual", NULL};
	static const struct {
		const char *word;
		enum ward_start_kind kind;
		enum ward_start_form form;
	} kind[] = {{"number", WARD_START_NUMBER, WARD_START_ANY},
		{"text", WARD_START_TEXT, WARD_START_ANY}, {"yes", WARD_START_YES, WARD_START_ANY},
		{"country", WARD_START_TEXT, WARD_START_COUNTRY},
		{"timezone", WARD_START_TEXT, WARD_START_TIMEZONE},
		{"language", WARD_START_TEXT, WARD_START_LANGUAGE},
		{"id", WARD_START_TEXT, WARD_START_ID}};
	struct ward_start_question q = {.max = 1000, .kind = WARD_START_KINDS};
	struct ward_str word = {"", 0};

	if (!ward_word_keys(c, known, d) || !ward_word_id(c, "id", d, &q.id) ||
		!ward_conf_str(c, "ask", true, d, &q.ask) ||
		!ward_conf_str(c, "kind", true, d, &word) ||
		!ward_conf_str(c, "usual", true, d, &q.text))
		return;
	for (size_t i = 0; i < WARD_ARRAY_LEN(kind); i++)
		if (ward_str_eqz(word, kind[i].word)) {
			q.kind = kind[i].kind;
			q.form = kind[i].form;
		}
	(void)ward_conf_i64(c, "min", false, d, 0, INT32_MAX, &q.min);
	(void)ward_conf_i64(c, "max", false, d, 0, INT32_MAX, &q.max);
	if (q.kind == WARD_START_KINDS || !understand(&q, q.text, &q.number)) {
		ward_diag_addf(d, WARD_DIAG_ERROR, c->file, c->line,
			WARD_TEXT("the question '%.*s' is no number, text, yes, country, timezone, "
				  "language or id, or its `usual` is no answer to it\ncorrect "
				  "`kind`, `min`, `max` or `usual`"),
			WARD_STR_ARG(q.id));
		return;
	}
	if (s->n == QUESTIONS_MAX || start_find(s, q.id) < s->n) {
		ward_diag_addf(d, WARD_DIAG_ERROR, c->file, c->line,
			WARD_TEXT("the question '%.*s' is there twice, or one of more than "
				  "%d\nremove it"),
			WARD_STR_ARG(q.id), QUESTIONS_MAX);
		return;
	}
	q.id = keep(s, q.id, err);
	q.ask = keep(s, q.ask, err);
	q.text = keep(s, q.text, err);
	s->question[s->n++] = q;
}

size_t start_find(const struct ward_start *s, struct ward_str id)
{
	size_t i = 0;

	while (i < s->n && !ward_str_eq(s->question[i].id, id))
		i++;
	return i;
}

/* One file of the folder as a tree. */
static enum ward_err tree(struct ward_start *s, const struct ward_start_source *from,
	struct ward_str name, struct ward_diag *d, const struct ward_conf **ret)
{
	struct ward_str path = name;
	struct ward_slice text;
	enum ward_err err = from->get(from->ctx, name, &path, &text);

	if (!err)
		err = ward_conf_yaml(&s->arena, s->lim, path, text, d, ret);
	if (err || (*ret)->child)
		return err;
	ward_diag_addf(d, WARD_DIAG_ERROR, path, 0,
		WARD_TEXT("the file is empty\nwrite it as docs/model.md says, or take it from "
			  "Ward's own"));
	return WARD_ERR_CONFIG;
}

static enum ward_err template(struct ward_start *s, const struct ward_start_source *from,
	struct ward_str name, struct ward_diag *d) {
	static const char *const known[] = {"when", "times", "text", NULL};
	struct start_template t = {.name = name, .when = {"", 0}, .times = {"", 0}};
	char file[WARD_WORD_ID_MAX + 5];
	const struct ward_conf * docs;
	enum ward_err err = WARD_OK;

	(void)snprintf(file, sizeof(file), "%.*s.yml", WARD_STR_ARG(name));
	struct ward_str kept = keep(s, ward_str_z(file), &err);

	if (!err) err = tree(s, from, kept, d, &docs);
	if (err) return err;
	const struct ward_conf *c = docs->child;

	if (!ward_word_keys(c, known, d) ||
		!ward_conf_str(c, "text", true, d, &t.text)) return WARD_OK;
	(void)ward_conf_str(c, "when", false, d, &t.when);
	(void)ward_conf_str(c, "times", false, d, &t.times);
	t.file = c->file;
	t.line = c->line;
	s->template[s->n_template++] = t;
	return WARD_OK;
}

static enum ward_err templates(struct ward_start *s, const struct ward_start_source *from,
	const struct ward_conf *top, struct ward_diag *d)
{
	struct ward_words names;
	enum ward_err err = ward_words(top, "templates", &s->arena, d, &names);

	if (err)
		return err;
	for (size_t i = 0; i < names.n && !err; i++) {
		bool twice = false;

		for (size_t k = 0; k < i; k++)
			twice = twice || ward_str_eq(names.at[i].s, names.at[k].s);
		if (i < START_TEMPLATES_MAX && !twice && ward_word_is_id(names.at[i].s)) {
			err = template(s, from, names.at[i].s, d);
			continue;
		}
		ward_diag_addf(d, WARD_DIAG_ERROR, top->file, names.at[i].line,
			WARD_TEXT("the template '%.*s' is no id, there twice, or one of more than "
				  "%d\nremove it"),
			WARD_STR_ARG(names.at[i].s), START_TEMPLATES_MAX);
		err = WARD_ERR_CONFIG;
	}
	return err;
}

static enum ward_err read_all(
	struct ward_start *s, const struct ward_start_source *from, struct ward_diag *d)
{
	static const char *const known[] = {"questions", "templates", NULL};
	const struct ward_conf *docs;
	enum ward_err err = tree(s, from, WARD_STR("questions.yml"), d, &docs);

	if (err)
		return err;
	const struct ward_conf *list = ward_conf_get(docs->child, "questions");

	if (!ward_word_keys(docs->child, known, d))
		return WARD_ERR_CONFIG;
	s->question = ward_arena_array(&s->arena, QUESTIONS_MAX, sizeof(*s->question));
	if (!s->question)
		return WARD_ERR_NOMEM;
	for (const struct ward_conf *c = list ? list->child : NULL; c && !err; c = c->next)
		question(s, c, d, &err);
	return err ? err : templates(s, from, docs->child, d);
}

enum ward_err ward_start_parse(const struct ward_start_source *from, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_start **ret)
{
	struct ward_start *s = ward_mem_alloc(mem, sizeof(*s));
	size_t n_error = diag->n_error;

	if (!s)
		return WARD_ERR_NOMEM;
	s->mem = mem;
	s->lim = lim;
	ward_arena_init(&s->arena, mem, ward_limit(lim, WARD_LIMIT_MODEL_BYTES));
	enum ward_err err = read_all(s, from, diag);

	if (!err && diag->n_error > n_error)
		err = WARD_ERR_CONFIG;
	if (err == WARD_ERR_NOT_FOUND)
		err = WARD_ERR_IO;
	if (err)
		ward_start_free(s);
	else
		*ret = s;
	return err;
}

struct folder {
	const char *set;
	const struct ward_limits *lim;
	struct ward_diag *diag;
	struct ward_arena arena;
};

static enum ward_err from_folder(
	void *ctx, struct ward_str name, struct ward_str *ret_path, struct ward_slice *ret_text)
{
	struct folder *f = ctx;
	char path[PATH_MAX_BYTES];
	int n = snprintf(path, sizeof(path), "%s/%.*s", f->set, WARD_STR_ARG(name));

	if (n < 0 || (size_t)n >= sizeof(path))
		return WARD_ERR_LIMIT;
	*ret_path = ward_arena_str(&f->arena, ward_str_z(path));
	return ret_path->p ? ward_conf_read(&f->arena, f->lim, path, f->diag, ret_text)
			   : WARD_ERR_NOMEM;
}

enum ward_err ward_start_load(const char *set, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_start **ret)
{
	struct folder f = {set, lim, diag, {0}};
	const struct ward_start_source from = {from_folder, &f};

	/* The trees copy what they keep, the path too. */
	ward_arena_init(&f.arena, mem, ward_limit(lim, WARD_LIMIT_MODEL_BYTES));
	enum ward_err err = ward_start_parse(&from, lim, mem, diag, ret);

	ward_arena_fini(&f.arena);
	return err;
}

void ward_start_free(struct ward_start *s)
{
	if (!s)
		return;
	ward_arena_fini(&s->arena);
	ward_mem_free(s->mem, s->known, s->cap_known * sizeof(*s->known));
	ward_mem_free(s->mem, s, sizeof(*s));
}

static void one_answer(struct ward_start *s, const struct ward_conf *c, struct ward_diag *d)
{
	size_t i = start_find(s, c->key), budget = 4096;

	if (i == s->n) {
		struct ward_near near = ward_near_start(c->key, &budget);

		for (size_t k = 0; k < s->n; k++)
			ward_near_offer(&near, s->question[k].id);
		if (near.best.len)
			ward_diag_addf(d, WARD_DIAG_ERROR, c->file, c->line,
				WARD_TEXT("nothing is asked by the name '%.*s'\nwrite '%.*s' if "
					  "that was meant"),
				WARD_STR_ARG(c->key), WARD_STR_ARG(near.best));
		else
			ward_diag_addf(d, WARD_DIAG_ERROR, c->file, c->line,
				WARD_TEXT("nothing is asked by the name '%.*s'\nsee `ward model "
					  "new --questions`"),
				WARD_STR_ARG(c->key));
		return;
	}
	if (c->kind == WARD_CONF_SCALAR && ward_start_answer(s, i, c->text))
		return;
	char text[96];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_start_wants(s, i, NULL, &w);
	ward_diag_addf(d, WARD_DIAG_ERROR, c->file, c->line,
		WARD_TEXT("'%.*s' is no answer to '%.*s'\nwrite %.*s, or leave it out"),
		WARD_STR_ARG(c->kind == WARD_CONF_SCALAR ? c->text : WARD_STR("a list or map")),
		WARD_STR_ARG(c->key), WARD_STR_ARG(ward_wr_text(&w)));
}

enum ward_err ward_start_answers(
	struct ward_start *s, struct ward_str file, struct ward_slice text, struct ward_diag *diag)
{
	const struct ward_conf *docs;
	size_t n_error = diag->n_error;
	enum ward_err err = ward_conf_yaml(&s->arena, s->lim, file, text, diag, &docs);

	if (err)
		return err;
	const struct ward_conf *top = docs->child;

	if (top && top->kind != WARD_CONF_MAP)
		ward_diag_addf(diag, WARD_DIAG_ERROR, file, top->line,
			WARD_TEXT("answers are a map\nwrite `icu_beds: 12`, one a line"));
	else
		for (const struct ward_conf *c = top ? top->child : NULL; c; c = c->next)
			one_answer(s, c, diag);
	return diag->n_error > n_error ? WARD_ERR_CONFIG : WARD_OK;
}
