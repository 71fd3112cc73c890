/* What may not leave is emptied, and remembered. */
#include "exchange/share.h"

#include "story/address.h"

#include <stdlib.h>

enum { LEFT_OUT_MAX = 1 << 20 };

struct out {
	const struct ward_sharing *s;
	struct ward_exchange *x;
	struct ward_shared did;
	uint32_t to; /* index of the recipient */
	enum ward_err err;
};

static bool leaves(const struct out *o, enum ward_share_field f)
{
	return o->did.why[f] == WARD_SHARE_LEAVES;
}

static void left_out(
	struct out *o, enum ward_share_field f, struct ward_str value, struct ward_str of)
{
	if (!value.len || o->err)
		return;
	o->err = ward_mem_more(o->did.mem, (void *)&o->did.left_out, o->did.n_left_out, &o->did.cap,
		sizeof(*o->did.left_out), LEFT_OUT_MAX);
	if (!o->err)
		o->did.left_out[o->did.n_left_out++] = (struct ward_share_left_out){f, value, of};
}

static void keep(struct out *o, enum ward_share_field f, struct ward_str *value, struct ward_str of)
{
	if (leaves(o, f))
		return;
	left_out(o, f, *value, of);
	*value = (struct ward_str){NULL, 0};
}

static bool is_one_of(char c, const char *set)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c && strchr(set, c));
}

/* "p-oofz436jjcfuee6a", wherever it begins: its bytes, or 0. */
static size_t token_at(struct ward_str s, size_t i)
{
	enum { TOKEN = 16 };
	size_t n = 2;

	if (s.p[i] != 'p' || i + n + TOKEN > s.len || s.p[i + 1] != '-' ||
		(i && is_one_of(s.p[i - 1], "")))
		return 0;
	while (n < 2 + TOKEN && ((s.p[i + n] >= 'a' && s.p[i + n] <= 'z') ||
					(s.p[i + n] >= '2' && s.p[i + n] <= '7')))
		n++;
	return n == 2 + TOKEN ? n : 0;
}

/* An address of mail, which mostly has a person's name: the bytes of the word that has one, or 0.
 * Asked where a word begins. */
static size_t mail_at(struct ward_str s, size_t i)
{
	size_t n = 0, at = 0;

	for (; i + n < s.len && is_one_of(s.p[i + n], ".:-_@$\\%+"); n++)
		if (s.p[i + n] == '@' && !at)
			at = n;
	while (n && strchr(".:-", s.p[i + n - 1]))
		n--;
	return at && at + 1 < n ? n : 0;
}

/* Takes addresses and persons out of a text that leaves. mail: how a role is reached may be one. */
static void scrub_but(struct out *o, struct ward_str *text, struct ward_str of, bool mail)
{
	static const char instead[] = "[\u2026]";
	struct ward_wr w = ward_wr_grow(o->did.mem, 1 << 24);
	size_t from = 0, n;

	for (size_t i = 0; i < text->len; i += n) {
		bool word = i == from || !is_one_of(text->p[i - 1], ".:-_@$\\%+");
		size_t person = !mail && word ? mail_at(*text, i) : 0;

		if (!person)
			person = token_at(*text, i);
		n = person || leaves(o, WARD_SHARE_ADDRESS) ? person
							    : ward_address_at(*text, from, i);
		if (n) {
			left_out(o, person ? WARD_SHARE_PERSON : WARD_SHARE_ADDRESS,
				ward_str_sub(*text, i, n), of);
			ward_wr_z(&w, instead);
			from = i + n;
		} else {
			ward_wr_ch(&w, text->p[i]);
			n = 1;
		}
	}
	if (from) {
		struct ward_str clean = ward_arena_str(o->x->arena, ward_wr_text(&w));

		if (ward_wr_bad(&w) || !clean.p)
			o->err = WARD_ERR_NOMEM;
		*text = clean.p ? clean : WARD_STR("");
	}
	ward_wr_fini(&w);
}

static void scrub(struct out *o, struct ward_str *text, struct ward_str of)
{
	scrub_but(o, text, of, false);
}

static bool is_place(struct ward_str kind)
{
	for (enum ward_node_kind k = WARD_NODE_SITE; k <= WARD_NODE_DOOR; k++)
		if (ward_str_eqz(kind, ward_node_kind_name(k)))
			return true;
	return false;
}

static void sign(struct out *o, struct ward_exchange_sign *s)
{
	struct ward_str of = s->title;
	bool place = is_place(s->on_kind);

	keep(o, place ? WARD_SHARE_PLACE : WARD_SHARE_ASSET, &s->on, of);
	keep(o, place ? WARD_SHARE_PLACE : WARD_SHARE_ASSET, &s->asset, of);
	keep(o, WARD_SHARE_PLACE, &s->where, of);
	keep(o, WARD_SHARE_ADDRESS, &s->address, of);
	keep(o, WARD_SHARE_PERSON, &s->actor, of);
	keep(o, WARD_SHARE_TECHNIQUE, &s->rule, of);
	for (size_t i = 0; i < s->n_technique; i++)
		keep(o, WARD_SHARE_TECHNIQUE, &s->technique[i], of);
	if (!leaves(o, WARD_SHARE_TECHNIQUE))
		s->n_technique = 0;
	struct ward_str *const text[] = {&s->title, &s->on, &s->where, &s->asset, &s->rule};

	for (size_t i = 0; i < WARD_ARRAY_LEN(text); i++)
		scrub(o, text[i], of);
}

static void impact(struct out *o, struct ward_exchange_impact *i)
{
	struct ward_record_link *link = ward_arena_array(o->x->arena, i->n_link, sizeof(*link));

	if (!link) {
		o->err = WARD_ERR_NOMEM;
		return;
	}
	for (size_t k = 0; k < i->n_link; k++) {
		link[k] = i->link[k];
		keep(o, WARD_SHARE_CHAIN, &link[k].name, i->name);
		scrub(o, &link[k].name, i->name);
	}
	i->link = link;
	if (!leaves(o, WARD_SHARE_CHAIN))
		i->n_link = 0;
	scrub(o, &i->name, i->name);
	scrub(o, &i->threat_name, i->name);
	scrub(o, &i->asset, i->name);
}

static void incident(struct out *o, struct ward_exchange_incident *i)
{
	struct ward_str of = i->name.what;

	/* What the headline is on is a thing of the hospital; of which kind is not said. */
	struct ward_str *const on[] = {&i->name.on, &i->name.effect_on};

	for (size_t k = 0; k < WARD_ARRAY_LEN(on); k++) {
		if (!leaves(o, WARD_SHARE_PLACE))
			keep(o, WARD_SHARE_PLACE, on[k], of);
		keep(o, WARD_SHARE_ASSET, on[k], of);
	}
	keep(o, WARD_SHARE_STEP, &i->step_text, of);
	keep(o, WARD_SHARE_CONTACT, &i->step_role, of);
	keep(o, WARD_SHARE_CONTACT, &i->step_reach, of);
	struct ward_str *const text[] = {&i->name.what, &i->name.on, &i->name.effect,
		&i->name.effect_on, &i->step_text, &i->step_role, &i->state, &i->domain};

	for (size_t k = 0; k < WARD_ARRAY_LEN(text); k++)
		scrub(o, text[k], of);
	scrub_but(o, &i->step_reach, of, true);
	for (size_t k = 0; k < i->n_sign; k++) {
		sign(o, &i->sign[k]);
		keep(o, WARD_SHARE_SIGN, &i->sign[k].title, of);
	}
	for (size_t k = 0; k < i->n_impact; k++) {
		impact(o, &i->impact[k]);
		keep(o, WARD_SHARE_IMPACT, &i->impact[k].name, of);
	}
	if (!leaves(o, WARD_SHARE_SIGN))
		i->n_sign = 0;
	if (!leaves(o, WARD_SHARE_IMPACT)) {
		i->n_impact = 0;
		i->n_further = 0;
	}
}

static enum ward_err choose(struct out *o, const struct ward_share_ask *ask, struct ward_diag *diag)
{
	const struct ward_sharing *s = o->s;
	uint32_t k = 0;

	while (ask->recipient.len && k < s->n_recipient &&
		!ward_str_eq(s->recipient[k].id, ask->recipient))
		k++;
	if (k == s->n_recipient) {
		ward_diag_addf(diag, WARD_DIAG_ERROR, WARD_STR(""), 0,
			WARD_TEXT("no recipient '%.*s'\nname one of the recipients in sharing.yml, "
				  "such as "
				  "%.*s"),
			WARD_STR_ARG(ask->recipient), WARD_STR_ARG(s->recipient[0].id));
		return WARD_ERR_CONFIG;
	}
	o->to = k;
	o->did.to = &s->recipient[k];
	o->x->recipient = s->recipient[k].id;
	o->x->purpose = ask->purpose;
	o->x->tlp = s->recipient[k].tlp;
	if (ask->tlp.len && !ward_tlp_parse(ask->tlp, &o->x->tlp)) {
		ward_diag_addf(diag, WARD_DIAG_ERROR, WARD_STR(""), 0,
			WARD_TEXT("no marking '%.*s'\nwrite clear, green, amber, amber+strict or "
				  "red"),
			WARD_STR_ARG(ask->tlp));
		return WARD_ERR_CONFIG;
	}
	if (o->x->tlp > s->recipient[k].narrowest) {
		ward_diag_addf(diag, WARD_DIAG_ERROR, WARD_STR(""), 0,
			WARD_TEXT("%.*s cannot go to '%.*s'\nmark it %.*s or wider, or choose "
				  "another "
				  "recipient"),
			WARD_STR_ARG(ward_tlp_text(o->x->tlp)), WARD_STR_ARG(s->recipient[k].id),
			WARD_STR_ARG(ward_tlp_text(s->recipient[k].narrowest)));
		return WARD_ERR_CONFIG;
	}
	return WARD_OK;
}

static enum ward_share_why why(const struct out *o, size_t f)
{
	bool purpose = o->did.by_purpose[f] && o->x->purpose.len;

	if (o->s->field[f].never)
		return WARD_SHARE_NEVER;
	if (!(o->s->field[f].to >> o->to & 1) && !purpose)
		return WARD_SHARE_NOT_FOR;
	return o->x->tlp < o->s->field[f].widest && !purpose ? WARD_SHARE_TOO_WIDE
							     : WARD_SHARE_LEAVES;
}

enum ward_err ward_share(const struct ward_sharing *s, const struct ward_share_ask *ask,
	struct ward_exchange *x, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_shared *ret)
{
	struct out o = {.s = s, .x = x, .did = {.mem = mem}};

	o.err = choose(&o, ask, diag);
	for (size_t f = 0; !o.err && f < WARD_SHARE_N; f++) {
		o.did.by_purpose[f] =
			o.x->tlp != WARD_TLP_CLEAR && s->field[f].by_purpose >> o.to & 1;
		o.did.why[f] = why(&o, f);
	}
	for (size_t i = 0; !o.err && i < x->n_incident; i++)
		incident(&o, &x->incident[i]);
	if (o.err)
		ward_shared_fini(&o.did);
	else
		*ret = o.did;
	return o.err;
}

void ward_shared_fini(struct ward_shared *s)
{
	ward_mem_free(s->mem, s->left_out, s->cap * sizeof(*s->left_out));
	*s = (struct ward_shared){.mem = s->mem};
}

static const char *const field_says[WARD_SHARE_N] = {
	[WARD_SHARE_SIGN] = WARD_TEXT("each sign, with its time"),
	[WARD_SHARE_PLACE] = WARD_TEXT("buildings, rooms and doors"),
	[WARD_SHARE_ASSET] = WARD_TEXT("names of devices and systems"),
	[WARD_SHARE_ADDRESS] = WARD_TEXT("IP and hardware addresses"),
	[WARD_SHARE_PERSON] = WARD_TEXT("persons, also as pseudonyms"),
	[WARD_SHARE_TECHNIQUE] = WARD_TEXT("rules and attack techniques"),
	[WARD_SHARE_IMPACT] = WARD_TEXT("care services that are hit"),
	[WARD_SHARE_CHAIN] = WARD_TEXT("how it gets from thing to thing"),
	[WARD_SHARE_STEP] = WARD_TEXT("first steps"),
	[WARD_SHARE_CONTACT] = WARD_TEXT("roles and how to reach them"),
};

static void say_why(const struct ward_sharing *s, const struct ward_shared *did, size_t f,
	const struct ward_exchange *x, struct ward_lang *lang, struct ward_wr *w)
{
	struct ward_str widest = ward_tlp_text(s->field[f].widest);

	if (did->why[f] == WARD_SHARE_NEVER)
		ward_say(w, lang, WARD_TEXT("never leaves the house"));
	else if (did->why[f] == WARD_SHARE_NOT_FOR)
		WARD_SAY(w, lang, WARD_TEXT("not for {recipient}"), {"recipient", did->to->id});
	else
		WARD_SAY(w, lang, WARD_TEXT("{marking} reaches further than {widest}"),
			{"marking", ward_tlp_text(x->tlp)}, {"widest", widest});
	if (did->by_purpose[f]) {
		ward_say(w, lang, WARD_TEXT("; "));
		ward_say(w, lang, WARD_TEXT("a purpose (--purpose) lets it out"));
	}
}

static int by_value(const void *a, const void *b)
{
	const struct ward_share_left_out *l = a, *r = b;

	if (l->field != r->field)
		return l->field < r->field ? -1 : 1;
	return ward_str_cmp(l->value, r->value);
}

static void say_values(const struct ward_shared *did, size_t f, struct ward_wr *w)
{
	struct ward_str before = {NULL, 0};

	for (size_t i = 0; i < did->n_left_out; i++) {
		struct ward_str v = did->left_out[i].value;

		if (did->left_out[i].field != f || (before.p && ward_str_eq(v, before)))
			continue;
		ward_wr_z(w, "      ");
		for (size_t k = 0; k < v.len; k++) /* a terminal is never told to do anything */
			ward_wr_ch(w, (unsigned char)v.p[k] < ' ' || v.p[k] == 0x7f ? '?' : v.p[k]);
		ward_wr_ch(w, '\n');
		before = v;
	}
}

void ward_shared_write(const struct ward_sharing *s, const struct ward_shared *did,
	const struct ward_exchange *x, struct ward_lang *lang, struct ward_wr *w)
{
	if (did->n_left_out)
		qsort(did->left_out, did->n_left_out, sizeof(*did->left_out), by_value);
	WARD_SAY(w, lang, WARD_TEXT("To {recipient}, marked {marking}"),
		{"recipient", ward_lang_text(lang, did->to->name)},
		{"marking", ward_tlp_text(x->tlp)});
	if (x->exercise) {
		ward_wr_z(w, ", ");
		ward_say(w, lang, WARD_TEXT("as an exercise"));
	}
	ward_wr_ch(w, '\n');
	for (unsigned pass = 0; pass < 2; pass++) {
		ward_wr_z(w, "  ");
		ward_say(w, lang, pass ? WARD_TEXT("is left out:") : WARD_TEXT("leaves:"));
		ward_wr_ch(w, '\n');
		for (size_t f = 0; f < WARD_SHARE_N; f++) {
			if ((did->why[f] != WARD_SHARE_LEAVES) != pass)
				continue;
			ward_wr_z(w, "    ");
			ward_say(w, lang, field_says[f]);
			if (pass) {
				ward_wr_z(w, ": ");
				say_why(s, did, f, x, lang, w);
			}
			ward_wr_ch(w, '\n');
			if (pass)
				say_values(did, f, w);
		}
	}
}
