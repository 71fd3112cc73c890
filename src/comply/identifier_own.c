/* The hospital's own numbers: what they look like, out of its directory, and where one stands. */
#include "comply/identifier_own.h"

#include "base/diag.h"
#include "comply/identifier_shape.h"
#include "conf/dir.h"

#include <stdio.h>

enum { EXAMPLE = 64 };

static const char *const check_name[WARD_IDENTIFIER_CHECKS] = {"", "luhn", "mod11", "mod97"};

/* The digits of the text, left to right; 0: none or too many. */
static size_t digits(struct ward_str s, unsigned *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len && n < WARD_IDENTIFIER_PATTERN; i++)
		if (ward_shape_digit(s.p[i]))
			ret[n++] = (unsigned)(s.p[i] - '0');
	return n;
}

static bool luhn(const unsigned *d, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++) { /* ISO/IEC 7812-1 annex B, from the right */
		unsigned v = d[n - 1 - i] * (i % 2 ? 2 : 1);

		sum += v > 9 ? v - 9 : v;
	}
	return sum % 10 == 0;
}

/* Weights 1, 2, 3 … from the right: a multiple of eleven. */
static bool mod11(const unsigned *d, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += d[n - 1 - i] * (unsigned)(i + 1);
	return sum % 11 == 0;
}

/* The last two digits are 97 less the rest of the others by 97. */
static bool mod97(const unsigned *d, size_t n)
{
	unsigned rest = 0;

	for (size_t i = 0; i + 2 < n; i++)
		rest = (rest * 10 + d[i]) % 97;
	return n > 2 && d[n - 2] * 10 + d[n - 1] == 97 - rest;
}

static bool checks(enum ward_identifier_check c, struct ward_str s)
{
	unsigned d[WARD_IDENTIFIER_PATTERN];
	size_t n = digits(s, d);

	switch (c) {
	case WARD_IDENTIFIER_LUHN:
		return n > 1 && luhn(d, n);
	case WARD_IDENTIFIER_MOD11:
		return n > 1 && mod11(d, n);
	case WARD_IDENTIFIER_MOD97:
		return mod97(d, n);
	case WARD_IDENTIFIER_UNCHECKED:
	case WARD_IDENTIFIER_CHECKS:
		break;
	}
	return true;
}

static bool same(char pattern, char c)
{
	return pattern == '#'   ? ward_shape_digit(c)
	       : pattern == '@' ? ward_shape_letter(c)
				: pattern == c;
}

size_t ward_identifier_own(
	const struct ward_identifiers *set, struct ward_str s, enum ward_identifier *kind)
{
	for (size_t i = 0; i < set->n; i++) {
		const char *p = set->pattern[i].shape;
		size_t n = 0;

		while (n < s.len && p[n] && same(p[n], s.p[n]))
			n++;
		if (p[n] || (n < s.len && ward_shape_word(s.p[n])) ||
			!checks(set->pattern[i].check, (struct ward_str){s.p, n}))
			continue;
		*kind = set->pattern[i].kind;
		return n;
	}
	return 0;
}

/* ---- what they are ---- */

/* NULL: it is one. */
static const char *wrong(struct ward_str shape)
{
	size_t n = 0;

	for (size_t i = 0; i < shape.len; i++) {
		n += shape.p[i] == '#' || shape.p[i] == '@';
		if ((uint8_t)shape.p[i] < ' ' || strchr(",=:", shape.p[i]))
			return WARD_TEXT("a pattern has no comma, colon or equals sign");
	}
	if (!shape.len || shape.p[shape.len - 1] == ' ' ||
		(shape.p[0] != '#' && shape.p[0] != '@' && !ward_shape_word(shape.p[0])))
		return WARD_TEXT("a pattern begins with a letter or digit, # for any digit or @ "
				 "for any letter, and ends with no blank");
	if (shape.len > WARD_IDENTIFIER_PATTERN)
		return WARD_TEXT("a pattern is at most 32 characters long");
	return n < 4 ? WARD_TEXT("a pattern needs four places or more that are # or @: else it "
				 "would hide what names nobody")
		     : NULL;
}

static enum ward_identifier kind_of(struct ward_str s)
{
	enum ward_identifier k = 0;

	while (k < WARD_IDENTIFIER_N && !ward_str_eqz(s, ward_identifier_name(k)))
		k++;
	return k;
}

static enum ward_identifier_check check_of(struct ward_str s)
{
	enum ward_identifier_check c = 0;

	while (c < WARD_IDENTIFIER_CHECKS && !ward_str_eqz(s, check_name[c]))
		c++;
	return c;
}

static bool add(struct ward_identifiers *s, struct ward_str shape, enum ward_identifier kind,
	enum ward_identifier_check check)
{
	if (s->n == WARD_IDENTIFIER_PATTERNS || kind == WARD_IDENTIFIER_N ||
		check == WARD_IDENTIFIER_CHECKS || wrong(shape))
		return false;
	memcpy(s->pattern[s->n].shape, shape.p, shape.len);
	s->pattern[s->n].shape[shape.len] = '\0';
	s->pattern[s->n].check = check;
	s->pattern[s->n++].kind = kind;
	return true;
}

bool ward_identifiers_read(
	struct ward_identifiers *s, struct ward_str text, struct ward_str *ret_bad)
{
	while (text.p && text.len) {
		struct ward_str item = ward_str_trim(ward_str_cut(&text, ',')), rest = item;
		struct ward_str kind = ward_str_trim(ward_str_cut(&rest, '=')),
				shape = ward_str_trim(ward_str_cut(&rest, ':'));

		if (item.len && !add(s, shape, kind_of(kind), check_of(ward_str_trim(rest)))) {
			*ret_bad = item;
			return false;
		}
	}
	return true;
}

void ward_identifiers_write(const struct ward_identifiers *s, struct ward_wr *w)
{
	for (size_t i = 0; i < s->n; i++) {
		ward_wr_z(w, i ? "," : "");
		ward_wr_z(w, ward_identifier_name(s->pattern[i].kind));
		ward_wr_ch(w, '=');
		ward_wr_z(w, s->pattern[i].shape);
		ward_wr_z(w, s->pattern[i].check ? ":" : "");
		ward_wr_z(w, check_name[s->pattern[i].check]);
	}
}

/* ---- identifiers.yml ---- */
struct in {
	struct ward_diag *diag;
	struct ward_str file;
	struct ward_identifiers *set;
};

static void say(const struct in *x, uint32_t line, const char *what, const char *mend)
{
	ward_diag_say(x->diag, &(struct ward_diag_item){.level = WARD_DIAG_ERROR,
				       .file = x->file,
				       .line = line,
				       .what = ward_str_z(what),
				       .mend = ward_str_z(mend)});
}

/* Do the examples agree? They are tried on this pattern alone. */
static void examples(const struct in *x, const struct ward_conf *c, const char *key, bool fits,
	const struct ward_identifiers *one)
{
	const struct ward_conf *list = ward_conf_get(c, key);
	enum ward_identifier kind;

	if (!list || list->kind != WARD_CONF_SEQ || !list->child) {
		say(x, list ? list->line : c->line,
			fits ? WARD_TEXT("a pattern needs a list 'match' of examples that it finds")
			     : WARD_TEXT("a pattern needs a list 'no_match' of examples that it "
					 "leaves alone"),
			WARD_TEXT("write made-up numbers, never those of somebody"));
		return;
	}
	for (const struct ward_conf *e = list->child; e; e = e->next) {
		bool found = e->kind == WARD_CONF_SCALAR &&
			     ward_identifier_own(one, e->text, &kind) == e->text.len && e->text.len;

		if (found != fits)
			say(x, e->line,
				fits ? WARD_TEXT("the pattern does not find this example")
				     : WARD_TEXT("the pattern finds this example, which it has to "
						 "leave alone"),
				WARD_TEXT("# stands for a digit, @ for a letter, all else for "
					  "itself; mend the pattern, its check, or the example"));
	}
}

static void read_one(const struct in *x, const struct ward_conf *c)
{
	static const char *const known[] = {
		"name", "kind", "pattern", "digits", "check", "match", "no_match", NULL};
	struct ward_identifiers one = {.n = 0};
	struct ward_str name = {NULL, 0}, kind = {NULL, 0}, shape = {NULL, 0}, check = {NULL, 0};
	char sharps[WARD_IDENTIFIER_PATTERN];
	int64_t n = 0;
	const char *why;

	ward_conf_only(c, known, x->diag);
	if (!ward_conf_str(c, "name", true, x->diag, &name) ||
		!ward_conf_str(c, "kind", true, x->diag, &kind))
		return;
	(void)ward_conf_str(c, "check", false, x->diag, &check);
	(void)ward_conf_str(c, "pattern", false, x->diag, &shape);
	if (ward_conf_i64(c, "digits", false, x->diag, 4, WARD_IDENTIFIER_PATTERN, &n) &&
		!shape.len) {
		memset(sharps, '#', sizeof(sharps));
		shape = (struct ward_str){sharps, (size_t)n};
	} else if (n || !shape.len) {
		say(x, c->line, WARD_TEXT("a pattern is written as 'pattern' or as 'digits'"),
			WARD_TEXT("write a pattern such as T########, or how many digits it has"));
		return;
	}
	if (kind_of(kind) == WARD_IDENTIFIER_N) {
		say(x, c->line, WARD_TEXT("there is no such kind of identifier"),
			WARD_TEXT("write patient, badge, account, name, phone, mail, or address"));
	} else if (check_of(check) == WARD_IDENTIFIER_CHECKS) {
		say(x, c->line, WARD_TEXT("there is no such check of digits"),
			WARD_TEXT("write luhn, mod11 or mod97, or leave it out"));
	} else if ((why = wrong(shape)) != NULL) {
		say(x, c->line, why, WARD_TEXT("write it as T########, for instance"));
	} else if (!add(x->set, shape, kind_of(kind), check_of(check))) {
		say(x, c->line, WARD_TEXT("there are more than 16 patterns"),
			WARD_TEXT("join some, or leave some out"));
	} else {
		(void)add(&one, shape, kind_of(kind), check_of(check));
		examples(x, c, "match", true, &one);
		examples(x, c, "no_match", false, &one);
	}
}

enum ward_err ward_identifiers_file(const struct ward_identifiers_in *in, struct ward_str file,
	struct ward_slice bytes, struct ward_identifiers *ret)
{
	static const char *const known[] = {"identifiers", "purposes", NULL};
	const struct in x = {in->diag, file, ret};
	size_t before = in->diag->n_error;
	const struct ward_conf *c = NULL, *list;
	enum ward_err err = ward_conf_yaml(in->arena, in->lim, file, bytes, in->diag, &c);

	*ret = (struct ward_identifiers){.n = 0};
	if (err || !c || !c->child)
		return err;
	c = c->child; /* one document */
	ward_conf_only(c, known, in->diag);
	list = ward_conf_get(c, "identifiers");
	if ((!list && !ward_conf_get(c, "purposes")) || (list && list->kind != WARD_CONF_SEQ))
		say(&x, c->line, WARD_TEXT("the file has no list 'identifiers'"),
			WARD_TEXT("begin with the key identifiers, and beneath it an item for each "
				  "pattern"));
	for (const struct ward_conf *e = list && list->kind == WARD_CONF_SEQ ? list->child : NULL;
		e; e = e->next)
		read_one(&x, e);
	return in->diag->n_error > before ? WARD_ERR_CONFIG : WARD_OK;
}

enum ward_err ward_identifiers_load(
	const struct ward_identifiers_in *in, const char *dir, struct ward_identifiers *ret)
{
	struct ward_conf_beside f;
	enum ward_err err =
		ward_conf_beside(in->arena, in->lim, dir, WARD_IDENTIFIERS_FILE, in->diag, &f);

	*ret = (struct ward_identifiers){.n = 0};
	if (err)
		return err == WARD_ERR_LIMIT ? WARD_ERR_CONFIG : err;
	return f.path.len ? ward_identifiers_file(in, f.path, f.bytes, ret) : WARD_OK;
}
