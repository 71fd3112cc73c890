#include "comply/identifiers.h"

#include "comply/identifier_command.h"
#include "comply/identifier_fhir.h"
#include "comply/identifier_field.h"
#include "comply/identifier_object.h"
#include "comply/identifier_own.h"
#include "comply/identifier_path.h"
#include "comply/identifier_shape.h"
#include "comply/identity.h"

#define K(name) WARD_IDENTIFIER_##name

const char *ward_identifier_name(enum ward_identifier k)
{
	static const char *const names[] = {
#define X(NAME, name) [WARD_IDENTIFIER_##NAME] = (name),
		WARD_IDENTIFIER_LIST(X)
#undef X
	};

	return names[k];
}

static bool is_one_of(struct ward_str word, const char *const *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (word.len && (word.p[0] | 32) == (all[i][0] | 32) &&
			ward_str_ieq(word, ward_str_z(all[i])))
			return true;
	return false;
}

/* Words between a label and what it is of: "numero di telefono è", "nom du patient". */
static bool fills(struct ward_str word)
{
	static const char *const of_length[] = {"", "a d e n s ",
		"al as de di du id il is le no nr of on op ra ° è ",
		"del der est het ipp nom num ssa the van was ", "code naam name nome ", "della ",
		"nummer number numero ", "patient numéro ", "paziente patiënt ", "", "identifier "};

	if (!word.len || word.len >= WARD_ARRAY_LEN(of_length) ||
		(word.len == 1 && ward_shape_upper(word.p[0]))) /* of a name: D'Angelo */
		return false;
	for (const char *p = of_length[word.len]; *p; p += word.len + 1)
		if ((*p | 32) == (word.p[0] | 32) &&
			ward_str_ieq(word, (struct ward_str){p, word.len}))
			return true;
	return false;
}

/* i <= s.len. */
static struct ward_str word_at(struct ward_str s, size_t i)
{
	const char *from = s.p + i, *end = from + (s.len - i < 64 ? s.len - i : 64), *p = from;

	while (p < end && ward_shape_word(*p))
		p++;
	return (struct ward_str){from, (size_t)(p - from)};
}

/* ---- what follows a label ---- */
struct follow {
	struct ward_str text; /* from where it may begin */
	size_t off;
	bool sign, quoted;
};

/* "user=n.rossi": a letter before a point, and letters at once behind it. */
static bool is_initial(struct ward_str s, size_t i, struct ward_str word)
{
	return word.len == 1 && i + 2 < s.len && s.p[i + 1] == '.' && ward_shape_letter(s.p[i + 2]);
}

/* Over signs, blanks and words that fill, at most 48 bytes. */
static struct follow follow(struct ward_str s, size_t i)
{
	struct follow f = {.sign = false};
	size_t end = i + 48, words = 0;

	while (i < s.len && i < end) {
		char c = s.p[i];
		struct ward_str w;

		if (c == '\\' && i + 1 < s.len && s.p[i + 1] == '"') {
			i++; /* JSON in a text of JSON */
		} else if (strchr(":=\"[>#(", c) && c) {
			/* "user= host=": nobody */
			if (c == '=' && i && s.p[i - 1] != ' ' && i + 1 < s.len &&
				s.p[i + 1] == ' ')
				break;
			f.sign = true;
			f.quoted = c == '"' || c == '[';
			i++;
		} else if (c && strchr(" \t'.-*/", c)) {
			if (f.sign && c == '-' && i + 1 < s.len && s.p[i + 1] == ' ')
				break; /* "-" for nobody */
			i++;
		} else if (words < 3 && (w = word_at(s, i)).len && fills(w) && !f.quoted &&
			   !(f.sign && (ward_shape_upper(c) || is_initial(s, i, w)))) {
			i += w.len;
			words++;
		} else {
			break;
		}
	}
	f.text = ward_str_sub(s, i, s.len);
	f.off = i;
	return f;
}

/* What may be a name in capitals and is none. */
static bool no_name(struct ward_str s)
{
	static const char *const all[] = {"Monitor", "Monitoring", "Data", "Registry", "Record",
		"Portal", "Care", "ID", "Name", "System", "Service", "Unknown", "None", "NULL",
		"True", "False", "Not", "No", "The", "Root", "Study", "Admin", "Server", "Web",
		"Transport", "Administration", "Safety", "Call", "Code", "Type", "Status"};

	return is_one_of(word_at(s, 0), all, WARD_ARRAY_LEN(all));
}

static size_t name_after(const struct follow *f, enum ward_label_sure sure)
{
	size_t words, len = ward_shape_name(f->text, &words);

	if (no_name(f->text))
		return 0;
	if (len &&
		(words >= 2 || (f->sign && sure != WARD_LABEL_THING) || sure == WARD_LABEL_TITLE))
		return len;
	if (!f->sign || sure == WARD_LABEL_CAPITAL || sure == WARD_LABEL_THING)
		return 0;
	/* in small letters behind a sign: one word, or what stands in quotes */
	for (len = 0; len < f->text.len && len < 48; len++) {
		char c = f->text.p[len];

		if (!ward_shape_letter(c) && !(f->quoted && len && (c == ' ' || c == '\'')))
			break;
	}
	return len > 1 && len < 48 && !(len < f->text.len && ward_shape_word(f->text.p[len])) ? len
											      : 0;
}

/* One word; or a whole name in quotes: user="Mario Rossi". */
static size_t account_after(const struct follow *f)
{
	size_t i = 0;

	while (i < f->text.len && i < 64 &&
		(ward_shape_word(f->text.p[i]) || (f->text.p[i] && strchr(".-\\$@", f->text.p[i]))))
		i++;
	while (i && !ward_shape_word(f->text.p[i - 1]) && f->text.p[i - 1] != '$')
		i--;
	if (f->quoted && i && i < f->text.len && f->text.p[i] == ' ') {
		size_t len = name_after(f, WARD_LABEL_SIGN);

		if (len > i &&
			(len == f->text.len || f->text.p[len] == '"' || f->text.p[len] == ']'))
			return len;
	}
	return i < 64 ? i : 0;
}

/* The number of an account of a person, as Unix gives them: from 1000 on, and none of those that
 * systems and services have (login.defs(5), systemd's UIDS-GIDS). In the text of a log also a name.
 */
static size_t numbered_after(const struct follow *f)
{
	size_t len = account_after(f), i = 0;
	uint64_t n;

	if (ward_identity_well_known(ward_str_sub(f->text, 0, len)))
		return 0;
	while (i < len && ward_shape_digit(f->text.p[i]))
		i++;
	if (i < len) /* names: not where a field of that name is another thing's id */
		return f->off && len <= 32 && ward_shape_letter(f->text.p[0]) ? len : 0;
	return ward_str_u64(ward_str_sub(f->text, 0, len), &n) && n >= 1000 &&
			       (n < 61184 || n > 65535) && n < UINT32_MAX
		       ? len
		       : 0;
}

/* Up to where quotes, brackets or a line end; 0 when that is far. */
static size_t quoted_after(const struct follow *f)
{
	size_t i = 0;

	while (i < f->text.len && i < 96 && f->text.p[i] && !strchr("\"]|\r\n\t<>{}", f->text.p[i]))
		i++;
	return i < 96 ? i : 0;
}

/* Could a number with a shape of its own begin here? Told by few bytes, since nearly nowhere one
 * does; whether it is one says its shape. */
static bool may_be_strict(struct ward_str s)
{
	size_t n = 0;

	if (s.len < 10)
		return false;
	if (ward_shape_letter(s.p[0])) /* IBAN; codice fiscale */
		return (ward_shape_digit(s.p[2]) && ward_shape_digit(s.p[3])) ||
		       (ward_shape_letter(s.p[5]) && ward_shape_digit(s.p[6]));
	if (s.p[0] == '+' || s.p[0] == '0') /* telephone */
		return ward_shape_digit(s.p[1]);
	if (s.p[0] > '8' || s.p[0] == '5' || s.p[0] == '6') /* a NIR begins with none of them */
		return false;
	/* fifteen digits, one of which may be a letter, and what groups them */
	for (size_t i = 0; i < s.len && n < 15; i++) {
		if (ward_shape_digit(s.p[i]) || (s.p[i] | 32) == 'a' || (s.p[i] | 32) == 'b')
			n++;
		else if (s.p[i] != ' ' && s.p[i] != '.')
			return false;
	}
	return n == 15;
}

static size_t strict(struct ward_str s, enum ward_identifier *kind)
{
	static const struct {
		enum ward_identifier kind;
		size_t (*shape)(struct ward_str s);
	} all[] = {{K(IBAN), ward_shape_iban}, {K(FISCAL), ward_shape_fiscal},
		{K(NIR), ward_shape_nir}, {K(PHONE), ward_shape_phone}};

	if (!may_be_strict(s))
		return 0;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		size_t len = all[i].shape(s);

		if (len) {
			*kind = all[i].kind;
			return len;
		}
	}
	return 0;
}

static size_t patient_after(
	const struct follow *f, enum ward_label_sure sure, enum ward_identifier *kind)
{
	size_t len = strict(f->text, kind);

	if (len)
		return len;
	*kind = K(PATIENT);
	len = ward_shape_number(f->text, f->sign ? 3 : 4);
	if (len)
		return len;
	*kind = K(PERSON);
	return name_after(f, sure);
}

static size_t number_after(const struct follow *f, enum ward_identifier *kind)
{
	enum ward_identifier checked;
	size_t len = strict(f->text, &checked);

	if (len && checked != K(PHONE))
		*kind = checked;
	else if (*kind == K(BSN) && (len = ward_shape_bsn(f->text)))
		return len;
	else /* mistyped ones are somebody's, too */
		len = ward_shape_number(f->text, *kind == K(BADGE) ? (f->sign ? 3 : 4) : 8);
	return len;
}

/* How many bytes behind the label name somebody; f may move on to where they begin. */
static size_t value_after(const struct ward_label *l, struct follow *f, enum ward_identifier *kind)
{
	*kind = l->kind;
	if (l->sure != WARD_LABEL_ALWAYS && l->sure != WARD_LABEL_TITLE && !f->sign)
		return 0;
	switch (l->kind) {
	case K(BIRTH):
		return ward_shape_date(f->text);
	case K(PHONE):
		return ward_shape_phone_loose(f->text);
	case K(PATIENT):
		return patient_after(f, l->sure, kind);
	case K(ACCOUNT):
		return l->sure == WARD_LABEL_NUMBERED ? numbered_after(f) : account_after(f);
	case K(ADDRESS):
		return quoted_after(f);
	case K(NIR):
	case K(FISCAL):
	case K(BSN):
	case K(BADGE):
	case K(IBAN):
		return number_after(f, kind);
	case K(PERSON):
	case K(MAIL):
	case WARD_IDENTIFIER_N:
		break;
	}
	return name_after(f, l->sure);
}

/* ---- the walk ---- */
void ward_identifier_walk_init(
	struct ward_identifier_walk *w, const struct ward_identifiers *set, struct ward_str text)
{
	memset(w, 0, sizeof(*w));
	w->text = text;
	w->set = set && set->n ? set : NULL;
	if (text.len && !memchr(text.p, '@', text.len))
		w->no_mail = text.len;
	if (text.len > 20 && memchr(text.p, '{', text.len)) {
		struct ward_str type = ward_identifier_fhir_type(text);

		w->fhir = type.len > 0;
		w->fhir_person = ward_identifier_fhir_person(type);
	}
	w->fhir_xml = ward_identifier_is_fhir_xml(text);
}

/* Of a resource that is somebody: a number, no word. */
static const struct ward_label somebodys_id = {"id", K(PATIENT), WARD_LABEL_CAPITAL};

void ward_identifier_walk_named(struct ward_identifier_walk *w, struct ward_str field)
{
	struct ward_label l;

	w->named = ward_identifier_field(field, w->fhir, &l);
	if (w->fhir_person && ward_str_eqz(field, "id")) {
		w->named = true;
		l = somebodys_id;
	}
	if (w->named) {
		w->kind = (uint8_t)l.kind;
		w->sure = (uint8_t)l.sure;
	}
}

static size_t mail_at(
	struct ward_identifier_walk *w, struct ward_str rest, enum ward_identifier *kind)
{
	size_t i = 0, len = ward_shape_mail(rest);

	*kind = len ? K(MAIL) : K(ACCOUNT);
	len = len ? len : ward_shape_login(rest);

	while (!len && i < rest.len && i < 96 &&
		(ward_shape_word(rest.p[i]) || (rest.p[i] && strchr(".%+-", rest.p[i]))))
		i++;
	w->no_mail = len ? 0 : w->at + i;
	return len;
}

/* Could anything stand here that is found by its shape? Told by few bytes. */
static bool may_stand(const struct ward_identifier_walk *w, struct ward_str word)
{
	struct ward_str rest = {w->text.p + w->at, w->text.len - w->at};

	return w->set || w->at >= w->no_mail || may_be_strict(rest) ||
	       (word.len < rest.len && rest.p[word.len] == '^');
}

static bool standing(
	struct ward_identifier_walk *w, struct ward_str word, struct ward_identifier_span *ret)
{
	struct ward_str rest = {w->text.p + w->at, w->text.len - w->at};
	size_t words, len = w->set ? ward_identifier_own(w->set, rest, &ret->kind) : 0;

	if (!len && w->at >= w->no_mail)
		len = mail_at(w, rest, &ret->kind);
	if (!len)
		len = strict(rest, &ret->kind);
	/* a name as DICOM writes it; in HL7, what else has parts is told apart by its field */
	if (!len && !(w->hl7 && w->field) && word.len > 1 && word.len < rest.len &&
		rest.p[word.len] == '^' && (len = ward_shape_name(rest, &words))) {
		ret->kind = K(PERSON);
		len = words >= 2 && word.len + 1 < len ? len : 0;
	}
	ret->off = w->at;
	ret->len = len;
	w->at += len;
	return len > 0;
}

static void remember(struct ward_identifier_walk *w, struct ward_str word)
{
	w->before[w->n_before++ % WARD_ARRAY_LEN(w->before)] = word;
}

/* The word before this one that says something, of the last three. */
static struct ward_str word_before(const struct ward_identifier_walk *w)
{
	const size_t n = WARD_ARRAY_LEN(w->before);
	size_t i = 1;

	while (i < 3 && fills(w->before[(w->n_before - i) % n]))
		i++;
	return w->before[(w->n_before - i) % n];
}

/* "for user rossi", "invalid user rossi": an account without a sign before it. */
static bool somebody_did(struct ward_str before)
{
	static const char *const all[] = {"for", "by", "invalid", "per", "pour", "voor", "door",
		"par", "dall", "utilisateur", "illegal", "unknown"};

	return is_one_of(before, all, WARD_ARRAY_LEN(all));
}

/* "Dr van der Berg": the small words belong to it. */
static void with_particles(struct ward_str s, size_t from, struct ward_identifier_span *span)
{
	static const char *const all[] = {
		"van", "der", "den", "de", "la", "le", "du", "di", "del", "della"};

	for (;;) {
		size_t i = span->off;

		if (i < from + 3 || s.p[i - 1] != ' ')
			return;
		for (i--; i > from && ward_shape_letter(s.p[i - 1]); i--)
			;
		if (!is_one_of(ward_str_sub(s, i, span->off - 1 - i), all, WARD_ARRAY_LEN(all)))
			return;
		span->len += span->off - i;
		span->off = i;
	}
}

/* Where the number of an account may stand: `uid=`, and a member of JSON whose value is a number.
 */
static bool numbered_stands(struct ward_str s, size_t end)
{
	if (end < s.len && s.p[end] == '=')
		return true;
	size_t i = end + (end + 1 < s.len && s.p[end] == '\\');

	if (i >= s.len || s.p[i] != '"')
		return false;
	for (i++; i < s.len && i < end + 8 && strchr(": \"\\", s.p[i]) && s.p[i]; i++)
		;
	return i < s.len && ward_shape_digit(s.p[i]);
}

/* "pam_unix(login:session)": a service and what of it is asked, in brackets (pam(3)). */
static bool is_pam(struct ward_str s, size_t at, struct ward_str what)
{
	static const char *const all[] = {
		"auth", "account", "session", "password", "setcred", "chauthtok"};

	return at && s.p[at - 1] == '(' && is_one_of(what, all, WARD_ARRAY_LEN(all));
}

static bool labelled(struct ward_identifier_walk *w, const struct ward_label *l,
	struct ward_str word, struct ward_identifier_span *ret)
{
	struct ward_str before = l->kind == K(ACCOUNT) ? word_before(w) : WARD_STR("");
	size_t end = w->at + word.len;
	struct follow f;

	if ((l->sure == WARD_LABEL_FHIR && !w->fhir) ||
		(l->sure == WARD_LABEL_NUMBERED && !numbered_stands(w->text, end)) ||
		ward_str_ieq(ward_str_sub(before, 0, 6), WARD_STR("domain")))
		return false;
	f = follow(w->text, end);
	if (l->kind == K(ACCOUNT) && !f.sign && somebody_did(before))
		f.sign = true;
	/* where it stands by itself it is found by itself */
	if (l->kind != K(BIRTH) && ward_shape_mail(ward_str_sub(f.text, 0, 200)))
		return false;
	ret->len = value_after(l, &f, &ret->kind);
	ret->off = f.off;
	if (!ret->len || is_pam(w->text, w->at, ward_str_sub(f.text, 0, ret->len)))
		return false;
	if (ret->kind == K(PERSON))
		with_particles(w->text, end, ret);
	w->at = ret->off + ret->len;
	return true;
}

/* Over bytes that begin and end nothing, as they stand between words. */
static size_t behind_nothing(struct ward_str s, size_t i)
{
	while (i < s.len &&
		(s.p[i] == ' ' || s.p[i] == '.' || s.p[i] == ':' || s.p[i] == '=' || s.p[i] == '"'))
		i++;
	return i;
}

/* What stands between words. The walk goes on by a byte, or to behind what was found. */
static bool sign_next(struct ward_identifier_walk *w, struct ward_identifier_span *ret)
{
	struct ward_str s = w->text;
	char c = s.p[w->at];

	if (c == '(' && ward_identifier_dicom(w, ret))
		return true;
	if (c == '+' && standing(w, WARD_STR(""), ret))
		return true;
	if (c == '<' && w->fhir_xml)
		return ward_identifier_fhir(w, ret);
	w->at++;
	if (c == '{' || c == '}')
		ward_identifier_brace(w, c);
	if (c == '|' && w->field) {
		w->field++;
		return ward_identifier_hl7_field(w, ret);
	}
	if (c == '\r' || c == '\n')
		w->field = 0;
	else if (c == '\\' || c == '#')
		w->at += ward_identifier_hl7_break(ward_str_sub(s, w->at - 1, 8));
	return false;
}

bool ward_identifier_next(struct ward_identifier_walk *w, struct ward_identifier_span *ret)
{
	struct ward_str s = w->text;

	if (w->named) {
		const struct ward_label l = {
			"", (enum ward_identifier)w->kind, (enum ward_label_sure)w->sure};
		struct follow f = {s, 0, true, true};

		ret->off = 0;
		ret->len = ward_shape_mail(s) ? 0 : value_after(&l, &f, &ret->kind);
		w->at = ret->len;
		w->named = false;
		if (ret->len)
			return true;
	}
	for (;;) {
		w->at = behind_nothing(s, w->at);
		if (w->at == s.len)
			return false;
		const struct ward_str word = word_at(s, w->at);
		const struct ward_label *l;

		if (!word.len) {
			if (sign_next(w, ret))
				return true;
			continue;
		}
		size_t next = w->at + word.len;

		if (next < s.len && s.p[next] == '|' && ward_identifier_is_segment(word) &&
			(!w->at || s.p[w->at - 1] != '|')) {
			ward_identifier_segment(w, word, ward_str_sub(s, next + 1, 8));
			w->at = next + 1;
			if (ward_identifier_hl7_field(w, ret))
				return true;
			continue;
		}
		if (may_stand(w, word) && standing(w, word, ret))
			return true;
		if (next < s.len && (s.p[next] == '/' || s.p[next] == '\\') &&
			ward_identifier_path(s, w->at, word.len, w->is_uri, ret)) {
			w->at = ret->off + ret->len;
			return true;
		}
		if (word.len < 5 && (word.p[0] | 32) == 'n' &&
			ward_identifier_command(s, w->at, word.len, ret)) {
			w->at = ret->off + ret->len;
			return true;
		}
		struct ward_label of;

		if (w->n_open && !w->fhir &&
			ward_identifier_member(ward_identifier_object(w), word, &of) &&
			labelled(w, &of, word, ret))
			return true;
		l = ward_label_may_be(word) ? ward_label_find(word) : NULL;
		if (w->fhir_person && w->n_open == 1 && ward_str_eqz(word, "id"))
			l = &somebodys_id;
		if (l && ward_identifier_object_follows(s, next))
			w->opens = l;
		else if (l && labelled(w, l, word, ret))
			return true;
		if (!l && word.len > 6 && memchr(word.p, '_', word.len) &&
			ward_identifier_compound(word, &of) && labelled(w, &of, word, ret))
			return true;
		remember(w, word);
		w->at = next;
	}
}
