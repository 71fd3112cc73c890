/* Which modifiers there are, and which may follow which. */
#include "detect/value.h"

#include <stdio.h>

static const struct word {
	const char *name;
	enum ward_mod mod;
} words[] = {
	{"windash", WARD_MOD_WINDASH},
	{"expand", WARD_MOD_EXPAND},
	{"wide", WARD_MOD_WIDE},
	{"utf16le", WARD_MOD_WIDE},
	{"utf16", WARD_MOD_UTF16},
	{"utf16be", WARD_MOD_UTF16BE},
	{"base64", WARD_MOD_BASE64},
	{"base64offset", WARD_MOD_BASE64OFFSET},
	{"contains", WARD_MOD_CONTAINS},
	{"startswith", WARD_MOD_STARTS},
	{"endswith", WARD_MOD_ENDS},
	{"re", WARD_MOD_RE},
	{"cidr", WARD_MOD_CIDR},
	{"exists", WARD_MOD_EXISTS},
	{"fieldref", WARD_MOD_FIELDREF},
	{"lt", WARD_MOD_LT},
	{"lte", WARD_MOD_LTE},
	{"gt", WARD_MOD_GT},
	{"gte", WARD_MOD_GTE},
	{"minute", WARD_MOD_MINUTE},
	{"hour", WARD_MOD_HOUR},
	{"day", WARD_MOD_DAY},
	{"week", WARD_MOD_WEEK},
	{"month", WARD_MOD_MONTH},
	{"year", WARD_MOD_YEAR},
	{"i", WARD_MOD_RE_I},
	{"m", WARD_MOD_RE_M},
	{"s", WARD_MOD_RE_S},
	{"cased", WARD_MOD_CASED},
	{"all", WARD_MOD_ALL},
	{"neq", WARD_MOD_NEQ},
};

#define BIT WARD_MOD_BIT
#define ALL_BUT(bits) ((BIT(WARD_MOD_N) - 1) & ~(unsigned)(bits))
enum {
	LINKS = BIT(WARD_MOD_ALL) | BIT(WARD_MOD_NEQ),
	RE_FLAGS = BIT(WARD_MOD_RE_I) | BIT(WARD_MOD_RE_M) | BIT(WARD_MOD_RE_S),
};

/* May this modifier follow these? `all` and `neq` are about the list and stand anywhere. */
static const struct row {
	unsigned mods;   /* these */
	unsigned before; /* may follow these only */
	unsigned need;   /* and need one of these before them; 0: none */
	const char *mend;
} rows[] = {
	{BIT(WARD_MOD_WINDASH) | BIT(WARD_MOD_EXPAND),
		BIT(WARD_MOD_WINDASH) | BIT(WARD_MOD_EXPAND) | WARD_MOD_WRAPS |
			BIT(WARD_MOD_CASED) | LINKS,
		0,
		WARD_TEXT(
			"it changes text: write it before what makes something else of the value")},
	{BIT(WARD_MOD_WIDE) | BIT(WARD_MOD_UTF16) | BIT(WARD_MOD_UTF16BE),
		WARD_MOD_STEPS | WARD_MOD_WRAPS | BIT(WARD_MOD_CASED) | LINKS, 0,
		WARD_TEXT(
			"it encodes text: write it before what makes something else of the value")},
	{BIT(WARD_MOD_BASE64) | BIT(WARD_MOD_BASE64OFFSET),
		WARD_MOD_STEPS | BIT(WARD_MOD_CASED) | LINKS, 0,
		WARD_TEXT("wildcards can't be encoded: write contains, startswith, endswith behind "
			  "it")},
	{WARD_MOD_WRAPS,
		WARD_MOD_STEPS | BIT(WARD_MOD_RE) | RE_FLAGS | BIT(WARD_MOD_FIELDREF) |
			BIT(WARD_MOD_CASED) | LINKS,
		0, WARD_TEXT("one of contains, startswith, endswith is enough, for text only")},
	{BIT(WARD_MOD_RE), LINKS, 0, WARD_TEXT("re takes the value as it is: write it first")},
	{RE_FLAGS, BIT(WARD_MOD_RE) | RE_FLAGS | WARD_MOD_WRAPS | LINKS, BIT(WARD_MOD_RE),
		WARD_TEXT("i, m and s are for regular expressions: write them behind re")},
	{BIT(WARD_MOD_CIDR), BIT(WARD_MOD_EXPAND) | LINKS, 0,
		WARD_TEXT("cidr takes a network: use it alone, or behind expand")},
	{BIT(WARD_MOD_EXISTS), 0, 0, WARD_TEXT("exists takes true or false: use it alone")},
	{BIT(WARD_MOD_FIELDREF), LINKS | BIT(WARD_MOD_CASED), 0,
		WARD_TEXT("fieldref takes a field's name: write it first")},
	{WARD_MOD_COMPARES, WARD_MOD_TIMES, 0,
		WARD_TEXT(
			"one comparison with a number is enough; before it only a part of a time")},
	{WARD_MOD_TIMES, BIT(WARD_MOD_NEQ), 0, WARD_TEXT("one part of a time: write it first")},
	{BIT(WARD_MOD_CASED), WARD_MOD_STEPS | WARD_MOD_WRAPS | BIT(WARD_MOD_FIELDREF) | LINKS, 0,
		WARD_TEXT("cased is for text: remove it (re compares exactly without it)")},
	{BIT(WARD_MOD_ALL), ALL_BUT(BIT(WARD_MOD_EXISTS) | WARD_MOD_COMPARES | WARD_MOD_TIMES), 0,
		WARD_TEXT("all is for lists of text: remove it")},
	{BIT(WARD_MOD_NEQ), ALL_BUT(BIT(WARD_MOD_EXISTS) | WARD_MOD_COMPARES), 0,
		WARD_TEXT("write the opposite: exists: false, or lt for gte")},
};

static const struct row *row_of(enum ward_mod m)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++)
		if (rows[i].mods & BIT(m))
			return &rows[i];
	WARD_ASSERT(false);
}

static const char *name_of(enum ward_mod m)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(words); i++)
		if (words[i].mod == m)
			return words[i].name;
	return "";
}

/* The first of those that stand before it and may not. */
static const char *offender(unsigned bits)
{
	unsigned m = 0;

	while (!(bits >> m & 1))
		m++;
	return name_of((enum ward_mod)m);
}

static bool add(struct ward_mods *m, struct ward_str word, struct ward_mod_error *e)
{
	const struct word *w = NULL;

	e->word = ward_str_sub(word, 0, 100);
	for (size_t i = 0; i < WARD_ARRAY_LEN(words) && !w; i++)
		if (ward_str_eqz(word, words[i].name))
			w = &words[i];
	if (!w) {
		e->reason = WARD_TEXT("unknown modifier");
		e->kind = WARD_MOD_UNKNOWN;
		e->mend = WARD_TEXT("correct its name");
		return false;
	}
	const struct row *r = row_of(w->mod);
	unsigned bad = m->set & ~r->before;

	e->reason = WARD_TEXT("modifiers that exclude each other");
	e->mend = r->mend;
	if (m->set & BIT(w->mod)) {
		e->kind = WARD_MOD_TWICE;
		e->mend = WARD_TEXT("remove one");
		return false;
	}
	if (bad || (r->need && !(m->set & r->need))) {
		e->kind = bad ? WARD_MOD_BEHIND : WARD_MOD_ALONE;
		e->behind = bad ? offender(bad) : "";
		return false;
	}
	m->set |= BIT(w->mod);
	if (BIT(w->mod) & WARD_MOD_STEPS)
		m->step[m->n_step++] = w->mod;
	return true;
}

bool ward_mods_parse(struct ward_str rest, struct ward_mods *ret, struct ward_mod_error *ret_error)
{
	struct ward_mods m = {.n_step = 0};

	_Static_assert(WARD_ARRAY_LEN(m.step) >= WARD_MOD_BASE64OFFSET + 1, "each step once");
	while (rest.p)
		if (!add(&m, ward_str_cut(&rest, '|'), ret_error))
			return false;
	*ret = m;
	return true;
}
