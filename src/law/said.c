/* What people said of an incident: the last word on each thing. */
#include "law/priv.h"

static const char *const say_name[] = {
#define X(NAME, name) name,
	WARD_LAW_SAY_LIST(X)
#undef X
};

void ward_law_case_init(struct ward_law_case *c, const struct ward_mem *mem)
{
	*c = (struct ward_law_case){.mem = mem};
}

static void drop(const struct ward_law_case *c, struct ward_law_said *said)
{
	ward_mem_free(c->mem, said->value, said->value_len);
	said->value = NULL;
	said->value_len = 0;
}

void ward_law_case_fini(struct ward_law_case *c)
{
	for (size_t i = 0; i < c->n; i++)
		drop(c, &c->said[i]);
	ward_mem_free(c->mem, c->said, c->cap * sizeof(*c->said));
	*c = (struct ward_law_case){.mem = c->mem};
}

const struct ward_law_said *ward_law_said(
	const struct ward_law_case *c, enum ward_law_say say, size_t of)
{
	for (size_t i = 0; c && i < c->n; i++)
		if (c->said[i].say == say && c->said[i].of == of)
			return &c->said[i];
	return NULL;
}

/* Takes the place of what was said of it before. */
static enum ward_err put(struct ward_law_case *c, const struct ward_law_said *said)
{
	char *own = NULL;
	size_t i = 0;

	while (i < c->n && (c->said[i].say != said->say || c->said[i].of != said->of))
		i++;
	enum ward_err err = i < c->n ? WARD_OK
				     : ward_mem_more(c->mem, &c->said, c->n, &c->cap,
					       sizeof(*c->said), WARD_LAW_WORDS);

	if (err)
		return err;
	if (said->value_len) {
		own = ward_mem_alloc(c->mem, said->value_len);
		if (!own)
			return WARD_ERR_NOMEM;
		memcpy(own, said->value, said->value_len);
	}
	unsigned times = i < c->n ? c->said[i].times : 0;
	ward_ns was = i < c->n ? c->said[i].time : WARD_NS_NEVER;

	if (i < c->n)
		drop(c, &c->said[i]);
	c->n += i == c->n;
	c->said[i] = *said;
	c->said[i].value = own; /* as long as what it was copied from */
	if (!said->times) {     /* else it was said to another case, which counted */
		c->said[i].times = times + 1;
		c->said[i].was = was;
	}
	return WARD_OK;
}

/* ---- one word ---- */

static const char *word_of_fact(
	const struct ward_law *l, const struct ward_conf *args, struct law_word *ret)
{
	struct ward_str is = ward_conf_word(args, "is");

	ret->of = ward_law_fact_of(l, ward_conf_word(args, "of"));
	if (ret->of == SIZE_MAX)
		return WARD_TEXT("no rule of the law asks that; see 'ward law DIR'");
	ret->is = ward_str_eqz(is, "yes")       ? WARD_LAW_YES
		  : ward_str_eqz(is, "no")      ? WARD_LAW_NO
		  : ward_str_eqz(is, "unknown") ? WARD_LAW_UNKNOWN
						: WARD_LAW_LIKELY;
	return ret->is == WARD_LAW_LIKELY ? WARD_TEXT("whether it is so: write yes, no or unknown")
					  : NULL;
}

static const char *word_of_rule(
	const struct ward_law *l, const struct ward_conf *args, struct law_word *ret)
{
	ret->of = ward_law_rule_of(l, ward_conf_word(args, "of"));
	if (ret->of == SIZE_MAX)
		return WARD_TEXT("no rule of the law has that name; see 'ward law DIR'");
	ret->is = ward_str_eqz(ward_conf_word(args, "is"), "no") ? WARD_LAW_NO : WARD_LAW_YES;
	return NULL;
}

static const char *word_of_field(
	const struct ward_law *l, const struct ward_conf *args, struct law_word *ret)
{
	ret->of = ward_law_field_of(l, ward_conf_word(args, "of"));
	if (ret->of == SIZE_MAX)
		return WARD_TEXT("no form of the law has that field; see 'ward law DIR'");
	ret->is = ward_str_eqz(ward_conf_word(args, "is"), "no") ? WARD_LAW_NO : WARD_LAW_YES;
	return NULL;
}

/* What was sent, if it was a draft: all of it, or nothing of it. */
static const char *word_of_draft(
	const struct ward_law *l, const struct ward_conf *args, struct law_word *ret)
{
	ret->form = ward_conf_word(args, "form");
	ret->draft = ward_conf_word(args, "draft");
	ret->lang = ward_conf_word(args, "lang");
	ret->kept = ward_conf_get(args, "kept");
	if (!ret->form.len && !ret->draft.len && !ret->kept)
		return NULL;
	size_t of = ward_law_form_of(l, ret->form);

	if (of == SIZE_MAX || l->form[of].inside)
		return WARD_TEXT("no form of the law has that name; see 'ward law DIR'");
	bool hex = ret->draft.len == 64;

	for (size_t i = 0; i < ret->draft.len && hex; i++)
		hex = strchr("0123456789abcdef", ret->draft.p[i]) != NULL && ret->draft.p[i];
	return hex ? NULL : WARD_TEXT("which draft: write the 64 digits that stand on it");
}

const char *law_word(const struct ward_law *l, const struct ward_conf *args, struct law_word *ret)
{
	struct ward_str say = ward_conf_word(args, "say"), time = ward_conf_word(args, "time");
	unsigned k = 0;

	while (k < WARD_LAW_SAY_N && !ward_str_eqz(say, say_name[k]))
		k++;
	*ret = (struct law_word){.say = (enum ward_law_say)k,
		.is = WARD_LAW_YES,
		.time = WARD_NS_NEVER,
		.number = ward_conf_word(args, "number")};
	if (k == WARD_LAW_SAY_N)
		return WARD_TEXT("what is said: write aware, fact, sent, tried, waived or field");
	if (time.len && ward_time_parse(time, &ret->time) != WARD_OK)
		return WARD_TEXT("since when: write a time as 2026-03-12T03:41:00Z");
	if (k == WARD_LAW_SAY_AWARE)
		return NULL;
	if (k == WARD_LAW_SAY_FACT)
		return word_of_fact(l, args, ret);
	if (k == WARD_LAW_SAY_FIELD)
		return word_of_field(l, args, ret);
	const char *why = k == WARD_LAW_SAY_SENT ? word_of_draft(l, args, ret) : NULL;

	return why ? why : word_of_rule(l, args, ret);
}

const char *ward_law_wrong(const struct ward_decision *d, const struct ward_law *l, ward_ns now,
	const struct ward_limits *lim, struct ward_arena *a)
{
	const struct ward_conf *args = NULL;
	struct law_word word;
	struct ward_diag diag;
	const char *why;

	if (d->kind != WARD_DECISION_LAW)
		return NULL;
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err =
		ward_conf_json(a, lim, WARD_STR("args"), 1, ward_str_bytes(d->args), &diag, &args);

	ward_diag_fini(&diag);
	if (err)
		return WARD_TEXT("its args can't be read");
	why = law_word(l, args, &word);
	if (why)
		return why;
	if (word.time != WARD_NS_NEVER && word.time > now)
		return WARD_TEXT("that is in the future: say it when it is so");
	if (!ward_str_trim(d->text).len)
		return word.say == WARD_LAW_SAY_AWARE
			       ? WARD_TEXT("say what makes it certain, in a text")
		       : word.say == WARD_LAW_SAY_TRIED
			       ? WARD_TEXT("say by which way it was tried, and what failed")
		       : word.say == WARD_LAW_SAY_FIELD
			       ? WARD_TEXT("say what is to stand in it, in a text")
			       : WARD_TEXT("say why, in a text");
	return NULL;
}

/* ---- the fold ---- */

static void keep(char *to, size_t size, struct ward_str s)
{
	size_t n = s.len < size ? s.len : size - 1;

	while (n < s.len && n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--; /* no half of a letter */
	if (n)
		memcpy(to, s.p, n);
	to[n] = '\0';
}

enum ward_err ward_law_take(
	struct ward_law_case *c, const struct ward_law *l, const struct ward_conf *row)
{
	struct ward_law_said said = {.at = 0};
	struct law_word w;

	if (law_word(l, ward_conf_get(row, "args"), &w) ||
		ward_time_parse(ward_conf_word(row, "time"), &said.at) != WARD_OK)
		return WARD_ERR_STATE;
	said.say = w.say;
	said.of = w.of;
	said.is = w.is;
	said.time = w.time == WARD_NS_NEVER ? said.at : w.time;
	keep(said.person, sizeof(said.person), ward_conf_word(row, "person"));
	keep(said.role, sizeof(said.role), ward_conf_word(row, "role"));
	keep(said.number, sizeof(said.number), w.number);
	keep(said.why, sizeof(said.why), ward_conf_word(row, "text"));
	keep(said.form, sizeof(said.form), w.form);
	keep(said.draft, sizeof(said.draft), w.draft);
	keep(said.lang, sizeof(said.lang), w.lang);
	struct ward_wr kept = ward_wr_grow(c->mem, WARD_DECISION_ARGS);

	if (w.say == WARD_LAW_SAY_FIELD)
		ward_wr_str(&kept, ward_str_trim(ward_conf_word(row, "text")));
	for (const struct ward_conf *x = w.kept ? w.kept->child : NULL; x; x = x->next) {
		ward_wr_str(&kept, x->kind == WARD_CONF_SCALAR ? x->text : WARD_STR(""));
		ward_wr_ch(&kept, '\n');
	}
	enum ward_err err = ward_wr_bad(&kept) ? WARD_ERR_NOMEM : WARD_OK;

	said.value = (char *)kept.p;
	said.value_len = kept.len;
	if (!err)
		err = put(c, &said);
	ward_wr_fini(&kept);
	return err;
}

enum ward_err ward_law_join(struct ward_law_case *c, const struct ward_law_case *part)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < part->n && !err; i++) {
		const struct ward_law_said *its = &part->said[i];
		const struct ward_law_said *own = ward_law_said(c, its->say, its->of);

		if (!own || (its->say == WARD_LAW_SAY_AWARE && its->time < own->time))
			err = put(c, its);
	}
	return err;
}
