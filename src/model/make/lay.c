/* Templates laid out with answers. A line may begin with `=name EXPR` (a number by that name),
 * `!slot on key` (that fact was answered, if slot was), `?slot ` (only where it is above 0) and
 * `*slot ` (as often as it says, $i counts from 1); `$name` and `$(EXPR)` are laid in; `$[Text
 * {name}]` is said in the language of who answers. */
#include "model/make/start_int.h"

#include "words/words.h"

enum { LOCALS = 16, WORDS = 4, FILE_MAX = 16 << 20, TIMES_MAX = 100000 };

struct local {
	struct ward_str name;
	int64_t value;
};

struct lay {
	struct ward_start *s;
	struct ward_lang *lang;
	struct ward_diag *diag;
	const struct start_template *t;
	struct ward_wr *w;
	struct local local[LOCALS];
	size_t n_local;
	enum ward_err err;
};

/* Past the bound of a file, or without memory, nothing more is laid. */
static bool going(struct lay *l)
{
	if (!l->err && ward_wr_bad(l->w))
		l->err = WARD_ERR_LIMIT;
	return !l->err;
}

static void bad(struct lay *l, const char *what, struct ward_str word)
{
	if (!l->err)
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, l->t->file, l->t->line,
			WARD_TEXT("%s '%.*s' in the template's text\ncorrect it: docs/model.md "
				  "says what there is"),
			what, WARD_STR_ARG(word));
	l->err = WARD_ERR_CONFIG;
}

static void set(struct lay *l, struct ward_str name, int64_t value)
{
	for (size_t i = 0; i < l->n_local; i++)
		if (ward_str_eq(l->local[i].name, name)) {
			l->local[i].value = value;
			return;
		}
	if (l->n_local == LOCALS)
		bad(l, WARD_TEXT("one name too many,"), name);
	else
		l->local[l->n_local++] = (struct local){name, value};
}

static int64_t value(struct lay *l, struct ward_str word)
{
	size_t q = start_find(l->s, word);
	uint64_t n;

	for (size_t i = 0; i < l->n_local; i++)
		if (ward_str_eq(l->local[i].name, word))
			return l->local[i].value;
	if (q < l->s->n)
		return l->s->question[q].number;
	if (ward_str_u64(word, &n) && n <= INT32_MAX)
		return (int64_t)n;
	bad(l, WARD_TEXT("nothing has the name"), word);
	return 0;
}

static size_t words_of(struct ward_str s, struct ward_str word[WORDS])
{
	size_t n = 0;

	while (s.p && n < WORDS) {
		struct ward_str w = ward_str_trim(ward_str_cut(&s, ' '));

		if (w.len)
			word[n++] = w;
	}
	return n;
}

/* A number of those of the README: a name, or `op a b`. */
static int64_t number(struct lay *l, struct ward_str expr)
{
	struct ward_str word[WORDS];
	size_t n = words_of(expr, word);

	if (n == 1)
		return value(l, word[0]);
	if (n != 3) {
		bad(l, WARD_TEXT("no number"), expr);
		return 0;
	}
	int64_t a = value(l, word[1]), b = value(l, word[2]);

	if (ward_str_eqz(word[0], "times"))
		return a * b <= TIMES_MAX ? a * b : TIMES_MAX;
	if (ward_str_eqz(word[0], "part"))
		return a * b > 100 ? (a * b + 99) / 100 : 1;
	if (ward_str_eqz(word[0], "less"))
		return a < b;
	if (ward_str_eqz(word[0], "at") && b)
		return a % b + 1;
	if (ward_str_eqz(word[0], "group") && b)
		return (a - 1) / b + 1;
	if (ward_str_eqz(word[0], "within") && b)
		return (a - 1) % b + 1;
	bad(l, WARD_TEXT("no number"), expr);
	return 0;
}

static bool name_char(char c)
{
	return (c >= 'a' && c <= 'z') || c == '_';
}

/* How long the name is that begins at `from`. */
static size_t name_len(struct ward_str s, size_t from)
{
	size_t n = 0;

	while (from + n < s.len && name_char(s.p[from + n]))
		n++;
	return n;
}

/* "ward-$k-1, ward-$k-2" */
static void put_list(struct lay *l, struct ward_str n, struct ward_str prefix)
{
	int64_t count = value(l, n);

	for (int64_t i = 1; i <= count && i <= TIMES_MAX && going(l); i++) {
		ward_wr_z(l->w, i > 1 ? ", " : "");
		for (size_t at = 0; at < prefix.len;) {
			size_t len = prefix.p[at] == '$' ? name_len(prefix, at + 1) : 0;

			if (len)
				ward_wr_i64(l->w, value(l, ward_str_sub(prefix, at + 1, len)));
			else
				ward_wr_ch(l->w, prefix.p[at]);
			at += 1 + len;
		}
		ward_wr_i64(l->w, i);
	}
}

static void put_expr(struct lay *l, struct ward_str expr)
{
	struct ward_str word[WORDS];
	size_t q = start_find(l->s, expr);

	if (words_of(expr, word) == 3 && ward_str_eqz(word[0], "list"))
		put_list(l, word[1], word[2]);
	else if (q < l->s->n && l->s->question[q].kind == WARD_START_TEXT)
		ward_wr_str(l->w, l->s->question[q].text);
	else
		ward_wr_i64(l->w, number(l, expr));
}

/* Quotes and lines would end the value of the file that it stands in. */
static void put_said(struct lay *l, struct ward_str text)
{
	struct ward_str rest = ward_lang_text(l->lang, text), literal, slot;

	while (ward_words_next(&rest, &literal, &slot)) {
		for (size_t i = 0; i < literal.len; i++)
			if ((unsigned char)literal.p[i] < ' ' || literal.p[i] == '"' ||
				literal.p[i] == '\\')
				bad(l, WARD_TEXT("a quote or line"), text);
		ward_wr_str(l->w, literal);
		if (slot.len)
			ward_wr_i64(l->w, value(l, slot));
	}
}

static size_t until(struct ward_str line, size_t from, char end)
{
	while (from < line.len && line.p[from] != end)
		from++;
	return from;
}

/* What stands before the next slot, and the slot; a list's prefix may hold slots of one word. */
static void put_line(struct lay *l, struct ward_str line)
{
	for (size_t i = 0; i < line.len && !l->err;) {
		size_t from = i + 1, to = from;

		if (line.p[i] != '$') {
			ward_wr_ch(l->w, line.p[i++]);
			continue;
		}
		if (from < line.len && line.p[from] == '[') {
			to = until(line, ++from, ']');
			put_said(l, ward_str_sub(line, from, to - from));
			i = to + 1;
			continue;
		}
		if (from < line.len && line.p[from] == '(') {
			to = until(line, ++from, ')');
			i = to + 1;
		} else {
			to += name_len(line, from);
			i = to;
		}
		put_expr(l, ward_str_sub(line, from, to - from));
	}
	ward_wr_ch(l->w, '\n');
}

/* The first word after the mark; *rest is what follows its blank. */
static struct ward_str marked(struct ward_str *line)
{
	struct ward_str rest = ward_str_sub(*line, 1, line->len - 1);
	struct ward_str word = ward_str_cut(&rest, ' ');

	*line = rest.p ? rest : (struct ward_str){"", 0};
	return word;
}

static void put_known(struct lay *l, struct ward_str slot, struct ward_str rest)
{
	struct ward_start *s = l->s;
	struct ward_str word[WORDS];
	size_t q = start_find(s, slot);

	if (q == s->n || words_of(rest, word) != 2) {
		bad(l, WARD_TEXT("no fact"), slot);
		return;
	}
	if (!s->question[q].answered)
		return;
	l->err = ward_mem_more(
		s->mem, &s->known, s->n_known, &s->cap_known, sizeof(*s->known), 1024);
	if (!l->err)
		s->known[s->n_known++] = (struct start_known){word[0], word[1]};
}

static void lay_line(struct lay *l, struct ward_str line)
{
	int64_t times = 1;

	if (line.len && line.p[0] == '=') {
		struct ward_str name = marked(&line);

		set(l, name, number(l, line));
		return;
	}
	if (line.len && line.p[0] == '!') {
		struct ward_str slot = marked(&line);

		put_known(l, slot, line);
		return;
	}
	while (line.len && line.p[0] == '?')
		if (value(l, marked(&line)) <= 0)
			return;
	if (line.len && line.p[0] == '*')
		times = number(l, marked(&line));
	for (int64_t i = 1; i <= times && i <= TIMES_MAX && going(l); i++) {
		set(l, WARD_STR("i"), i);
		put_line(l, line);
	}
}

static void lay_text(struct lay *l)
{
	for (struct ward_str rest = l->t->text; rest.p && rest.len && !l->err;)
		lay_line(l, ward_str_cut(&rest, '\n'));
}

/* Each file into its place among those that are there. */
static enum ward_err put_file(struct ward_make_files *f, struct ward_str name, struct ward_wr text)
{
	size_t at = f->n;

	if (f->n == WARD_MAKE_FILES_MAX) {
		ward_wr_fini(&text);
		return WARD_ERR_LIMIT;
	}
	while (at && ward_str_cmp(name, f->file[at - 1].name) < 0) {
		f->file[at] = f->file[at - 1];
		at--;
	}
	f->file[at].name = name;
	f->file[at].text = text;
	f->n++;
	return ward_wr_bad(&f->file[at].text) ? WARD_ERR_NOMEM : WARD_OK;
}

static enum ward_err lay(struct lay l, size_t t, int64_t *place, struct ward_make_files *f)
{
	struct ward_start *s = l.s;
	struct ward_wr w = ward_wr_grow(s->mem, FILE_MAX);

	l.t = &s->template[t];
	l.w = &w;
	const struct start_template *of = &s->template[t];
	int64_t times = of->times.len ? value(&l, of->times) : 1;
	char *name = ward_arena_alloc(&s->arena, of->name.len + 5);

	if (!name || (of->when.len && value(&l, of->when) <= 0))
		times = 0;
	for (int64_t k = 1; k <= times && k <= TIMES_MAX && going(&l); k++) {
		l.n_local = 0;
		ward_wr_z(&w, k > 1 ? "---\n" : ""); /* a list once per document */
		set(&l, WARD_STR("k"), k);
		set(&l, WARD_STR("place"), (*place)++);
		lay_text(&l);
	}
	if (!name)
		l.err = WARD_ERR_NOMEM;
	if (l.err || !w.len) {
		ward_wr_fini(&w);
		return l.err;
	}
	memcpy(name, of->name.p, of->name.len);
	memcpy(name + of->name.len, ".yml", 5);
	return put_file(f, ward_str_z(name), w);
}

enum ward_err ward_start_make(struct ward_start *s, struct ward_lang *lang, struct ward_diag *diag,
	struct ward_make_files *ret)
{
	enum ward_err err = WARD_OK;
	int64_t place = 0;

	*ret = (struct ward_make_files){.mem = s->mem};
	s->n_known = 0;
	for (size_t t = 0; t < s->n_template && !err; t++)
		err = lay((struct lay){.s = s, .lang = lang, .diag = diag}, t, &place, ret);
	if (err)
		ward_make_files_fini(ret);
	return err;
}

/* The template whose file says it: "template:icu". */
static struct ward_str stem(struct ward_str file)
{
	size_t at = file.len;

	while (at && file.p[at - 1] != '/')
		at--;
	file = ward_str_sub(file, at, file.len - at);
	return ward_str_ends(file, WARD_STR(".yml")) ? ward_str_sub(file, 0, file.len - 4) : file;
}

enum ward_err ward_start_facts(const struct ward_start *s, const struct ward_model *m,
	ward_ns as_of, const char *without, struct ward_make_files *files)
{
	struct ward_wr w = ward_wr_grow(s->mem, FILE_MAX);

	ward_wr_z(&w, "on,key,as_of,by,assumed\n");
	for (uint32_t i = 0; i < ward_model_n(m); i++) {
		const struct ward_node *n = ward_model_node(m, i);

		if (ward_str_eqz(n->file, without))
			continue;
		ward_wr_printf(&w, "%.*s,,", WARD_STR_ARG(n->id));
		ward_time_write(&w, as_of);
		ward_wr_printf(&w, ",template:%.*s,true\n", WARD_STR_ARG(stem(n->file)));
	}
	for (size_t i = 0; i < s->n_known; i++) {
		if (ward_model_find(m, s->known[i].on) == WARD_NONE)
			continue;
		ward_wr_printf(&w, "%.*s,%.*s,", WARD_STR_ARG(s->known[i].on),
			WARD_STR_ARG(s->known[i].key));
		ward_time_write(&w, as_of);
		ward_wr_z(&w, ",answers,false\n");
	}
	return put_file(files, WARD_STR("facts.csv"), w);
}
