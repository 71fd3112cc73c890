#include "comply/identifiers.h"

#include "comply/identifier_label.h"
#include "comply/identifier_own.h"
#include "comply/identifier_path.h"
#include "comply/identifier_shape.h"

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

/* Over signs, blanks and words that fill, at most 48 bytes. */
static struct follow follow(struct ward_str s, size_t i)
{
	struct follow f = {.sign = false};
	size_t end = i + 48, words = 0;

	while (i < s.len && i < end) {
		char c = s.p[i];
		struct ward_str w;

		if (strchr(":=\"[>#(", c) && c) {
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
			   !(f.sign && ward_shape_upper(c))) {
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

static size_t account_after(const struct follow *f)
{
	size_t i = 0;

	while (i < f->text.len && i < 64 &&
		(ward_shape_word(f->text.p[i]) || (f->text.p[i] && strchr(".-\\$@", f->text.p[i]))))
		i++;
	while (i && !ward_shape_word(f->text.p[i - 1]) && f->text.p[i - 1] != '$')
		i--;
	return i < 64 ? i : 0;
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
		return account_after(f);
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

/* ---- HL7 v2 ---- */
#define F(n) (UINT64_C(1) << (n))

/* Which fields of a segment name somebody (HL7 2.9, chapters 3, 4, 6 and 10). */
static const struct segment {
	char id[4];
	uint64_t person, birth, phone, number, address;
} segments[] = {
	{"PID", F(5) | F(6) | F(9), F(7), F(13) | F(14) | F(40),
		F(2) | F(3) | F(4) | F(18) | F(19) | F(20) | F(21), F(11) | F(23)},
	{"NK1", F(2) | F(30), F(16), F(5) | F(6) | F(31), F(12) | F(33) | F(37), F(4) | F(32)},
	{"PV1", F(7) | F(8) | F(9) | F(17) | F(52), 0, 0, F(5) | F(19) | F(50), 0},
	{"MRG", F(7), 0, 0, F(1) | F(2) | F(3) | F(4) | F(5) | F(6), 0},
	{"GT1", F(3) | F(4), F(8), F(6) | F(7), F(2) | F(12), F(5)},
	{"IN1", F(16), F(18), 0, F(36) | F(49), F(19)},
	{"ORC", F(10) | F(11) | F(12) | F(19), 0, F(14) | F(23), 0, F(24)},
	{"OBR", F(10) | F(16) | F(28) | F(32) | F(33) | F(34) | F(35), 0, F(17), 0, 0},
	{"OBX", F(16) | F(25), 0, 0, 0, 0},
	{"AIP", F(3), 0, 0, 0, 0},
	{"EVN", F(5), 0, 0, 0, 0},
	{"TXA", F(5) | F(9) | F(10) | F(11) | F(22), 0, 0, 0, 0},
};

static void enter_segment(struct ward_identifier_walk *w, struct ward_str id, struct ward_str rest)
{
	size_t n = 0;

	if (ward_str_eqz(id, "MSH"))
		w->hl7 = true;
	while (n < rest.len && n < 5 && ward_shape_digit(rest.p[n]))
		n++;
	/* "PID|PPID|…" heads a table of processes */
	if (ward_str_eqz(id, "PID") && n < rest.len && rest.p[n] == '|')
		w->hl7 = true;
	w->person = w->birth = w->phone = w->number = w->address = 0;
	w->field = id.p[0] == 'Z' ? 0 : 1; /* of the site's own: what they hold is not known */
	for (size_t i = 0; w->hl7 && i < WARD_ARRAY_LEN(segments); i++)
		if (ward_str_eqz(id, segments[i].id)) {
			w->person = segments[i].person;
			w->birth = segments[i].birth;
			w->phone = segments[i].phone;
			w->number = segments[i].number;
			w->address = segments[i].address;
		}
}

static bool is_segment(struct ward_str word)
{
	return word.len == 3 && ward_shape_upper(word.p[0]) &&
	       (ward_shape_upper(word.p[1]) || ward_shape_digit(word.p[1])) &&
	       (ward_shape_upper(word.p[2]) || ward_shape_digit(word.p[2]));
}

/* Where the field that begins at i ends. */
static size_t field_end(struct ward_str s, size_t i)
{
	size_t from = i;

	for (; i < s.len && s.p[i] != '|' && s.p[i] != '\r' && s.p[i] != '\n'; i++) {
		if (s.p[i] == '\\' && i + 1 < s.len && (s.p[i + 1] == 'r' || s.p[i + 1] == 'n'))
			break; /* as loggers write the end of a segment */
		if (s.p[i] == '#' && ward_str_starts(ward_str_sub(s, i, 4), WARD_STR("#015")))
			break;
		if (i > from && s.p[i - 1] == ' ' && i + 3 < s.len && s.p[i + 3] == '|' &&
			is_segment(ward_str_sub(s, i, 3)))
			break;
	}
	return i;
}

/* The walk stands behind a '|': a field that names somebody is given whole. */
static bool field_next(struct ward_identifier_walk *w, struct ward_identifier_span *ret)
{
	uint64_t bit = w->field < 64 ? F(w->field) : 0;
	uint64_t any = w->person | w->birth | w->phone | w->number | w->address;
	size_t end;

	if (!(any & bit))
		return false;
	end = field_end(w->text, w->at);
	ret->off = w->at;
	ret->len = end - w->at;
	ret->kind = w->person & bit   ? K(PERSON)
		    : w->birth & bit  ? K(BIRTH)
		    : w->phone & bit  ? K(PHONE)
		    : w->number & bit ? K(PATIENT)
				      : K(ADDRESS);
	w->at = end;
	while (ret->len && w->text.p[ret->off + ret->len - 1] == ' ')
		ret->len--;
	return ret->len > 0 && !(ret->len == 2 && w->text.p[ret->off] == '"');
}

/* ---- DICOM ---- */
static bool hex4(struct ward_str s, size_t i, uint32_t *v)
{
	for (size_t k = 0; k < 4; k++) {
		char c = i + k < s.len ? s.p[i + k] : ' ';
		const char *digit = strchr("0123456789abcdef", c >= 'A' && c <= 'F' ? c + 32 : c);

		if (!c || !digit)
			return false;
		*v = *v << 4 | (uint32_t)(digit - "0123456789abcdef");
	}
	return true;
}

/* "(0010,0010) PN [ROSSI^MARIO]", as tools print it. The walk stands at '('. */
static bool tag_next(struct ward_identifier_walk *w, struct ward_identifier_span *ret)
{
	static const struct {
		uint32_t tag; /* DICOM PS3.6, and PS3.15 table E.1-1 */
		enum ward_identifier kind;
	} tags[] = {{0x00080050, K(PATIENT)}, {0x00080090, K(PERSON)}, {0x00081048, K(PERSON)},
		{0x00081050, K(PERSON)}, {0x00081060, K(PERSON)}, {0x00081070, K(PERSON)},
		{0x00100010, K(PERSON)}, {0x00100020, K(PATIENT)}, {0x00100030, K(BIRTH)},
		{0x00101000, K(PATIENT)}, {0x00101001, K(PERSON)}, {0x00101005, K(PERSON)},
		{0x00101040, K(ADDRESS)}, {0x00101060, K(PERSON)}, {0x00102154, K(PHONE)},
		{0x00102297, K(PERSON)}, {0x00321032, K(PERSON)}, {0x00380010, K(PATIENT)},
		{0x00400006, K(PERSON)}, {0x0040a123, K(PERSON)}};
	struct ward_str s = w->text;
	uint32_t tag = 0;
	size_t i = w->at + 1, n = 0;

	if (!hex4(s, i, &tag) || i + 4 >= s.len || s.p[i + 4] != ',' || !hex4(s, i + 5, &tag) ||
		i + 9 >= s.len || s.p[i + 9] != ')')
		return false;
	for (size_t k = 0; k < WARD_ARRAY_LEN(tags); k++) {
		if (tags[k].tag != tag)
			continue;
		for (i += 10; n < 8 && i < s.len && s.p[i] == ' '; n++)
			i++;
		/* the value representation, two capitals, where it is told */
		if (i + 2 < s.len && ward_shape_upper(s.p[i]) && ward_shape_upper(s.p[i + 1]) &&
			!ward_shape_word(s.p[i + 2]) && s.p[i + 2] != '^')
			i += 2;
		while (i < s.len && s.p[i] && strchr(" :=[\"'", s.p[i]))
			i++;
		*ret = (struct ward_identifier_span){i, 0, tags[k].kind};
		while (i < s.len && s.p[i] && !strchr("]\"#\r\n\t(;", s.p[i]))
			i++;
		w->at = i;
		while (i > ret->off && s.p[i - 1] == ' ')
			i--;
		ret->len = i - ret->off;
		return ret->len > 0;
	}
	return false;
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
	w->fhir = text.len > 20 && memchr(text.p, '{', text.len) &&
		  ward_str_find(text, WARD_STR("\"resourceType\"")) != SIZE_MAX;
}

void ward_identifier_walk_named(struct ward_identifier_walk *w, struct ward_str field)
{
	const struct ward_label *l;

	for (size_t i = field.len; i > 0; i--)
		if (field.p[i - 1] == '.' || field.p[i - 1] == '[') {
			field = ward_str_sub(field, i, field.len);
			break;
		}
	l = ward_label_find(field);
	/* "name" and "card" are names of things, too */
	if (l && (l->sure == WARD_LABEL_ALWAYS || l->kind == K(ACCOUNT)))
		w->label = l;
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

static bool labelled(struct ward_identifier_walk *w, const struct ward_label *l,
	struct ward_str word, struct ward_identifier_span *ret)
{
	struct ward_str before = l->kind == K(ACCOUNT) ? word_before(w) : WARD_STR("");
	struct follow f;

	if ((l->sure == WARD_LABEL_FHIR && !w->fhir) ||
		ward_str_ieq(ward_str_sub(before, 0, 6), WARD_STR("domain")))
		return false;
	f = follow(w->text, w->at + word.len);
	if (l->kind == K(ACCOUNT) && !f.sign && somebody_did(before))
		f.sign = true;
	/* where it stands by itself it is found by itself */
	if (l->kind != K(BIRTH) && ward_shape_mail(ward_str_sub(f.text, 0, 200)))
		return false;
	ret->len = value_after(l, &f, &ret->kind);
	ret->off = f.off;
	if (!ret->len)
		return false;
	if (ret->kind == K(PERSON))
		with_particles(w->text, w->at + word.len, ret);
	w->at = ret->off + ret->len;
	return true;
}

/* Bytes after the first of a segment's end as loggers write it, where another segment follows:
 * "\\r", "#015". */
static size_t written_break(struct ward_str s)
{
	size_t n = ward_str_starts(s, WARD_STR("#015"))                              ? 4
		   : s.len > 5 && s.p[0] == '\\' && (s.p[1] == 'r' || s.p[1] == 'n') ? 2
										     : 0;

	return n && n + 3 < s.len && s.p[n + 3] == '|' && is_segment(ward_str_sub(s, n, 3)) ? n - 1
											    : 0;
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

	if (c == '(' && tag_next(w, ret))
		return true;
	if (c == '+' && standing(w, WARD_STR(""), ret))
		return true;
	w->at++;
	if (c == '|' && w->field) {
		w->field++;
		return field_next(w, ret);
	}
	if (c == '\r' || c == '\n')
		w->field = 0;
	else if (c == '\\' || c == '#')
		w->at += written_break(ward_str_sub(s, w->at - 1, 8));
	return false;
}

bool ward_identifier_next(struct ward_identifier_walk *w, struct ward_identifier_span *ret)
{
	struct ward_str s = w->text;

	if (w->label) {
		struct follow f = {s, 0, true, true};

		ret->off = 0;
		ret->len = ward_shape_mail(s) ? 0 : value_after(w->label, &f, &ret->kind);
		w->at = ret->len;
		w->label = NULL;
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

		if (next < s.len && s.p[next] == '|' && is_segment(word) &&
			(!w->at || s.p[w->at - 1] != '|')) {
			enter_segment(w, word, ward_str_sub(s, next + 1, 8));
			w->at = next + 1;
			if (field_next(w, ret))
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
		l = ward_label_may_be(word) ? ward_label_find(word) : NULL;
		if (l && labelled(w, l, word, ret))
			return true;
		remember(w, word);
		w->at = next;
	}
}
