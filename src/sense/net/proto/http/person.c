#include "sense/net/proto/http/person.h"

enum { WORD_MAX = 48, ORTHANC_BYTES = 44 };

/* A word as it is compared: letters and digits alone, small ones, percent-encoding undone. */
struct word {
	char text[WORD_MAX];
	size_t n;
};

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The character at i, which moves on behind it. */
static char next(struct ward_str s, size_t *i)
{
	char c = s.p[(*i)++];

	if (c != '%' || s.len - *i < 2 || hex_digit(s.p[*i]) < 0 || hex_digit(s.p[*i + 1]) < 0)
		return c;
	c = (char)(hex_digit(s.p[*i]) << 4 | hex_digit(s.p[*i + 1]));
	*i += 2;
	return c;
}

static struct word word_of(struct ward_str s)
{
	struct word w = {.n = 0};

	for (size_t i = 0; i < s.len && w.n < WORD_MAX;) {
		char c = next(s, &i);

		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			w.text[w.n++] = c;
	}
	return w;
}

static bool is_any(const struct word *w, const char *const *words, size_t n)
{
	struct ward_str s = {w->text, w->n};

	for (size_t i = 0; i < n; i++)
		if (ward_str_eqz(s, words[i]))
			return true;
	return false;
}

static bool holds(const struct word *w, const char *part)
{
	return ward_str_find((struct ward_str){w->text, w->n}, ward_str_z(part)) != SIZE_MAX;
}

/* PatientID, patient_name, pazienteId, filter[patient] */
static bool is_patient(const struct word *w)
{
	return holds(w, "patient") || holds(w, "pazient");
}

/* The number of a DICOM attribute of the patient (group 0010), or the accession number's. */
static bool is_patient_tag(const struct word *w)
{
	struct ward_str s = {w->text, w->n};

	return w->n == 8 && (ward_str_starts(s, WARD_STR("0010")) || ward_str_eqz(s, "00080050"));
}

static bool is_personal(const struct word *w)
{
	static const char *const words[] = {"name", "fullname", "lastname", "firstname", "surname",
		"maidenname", "family", "familyname", "given", "givenname", "birthdate", "birthday",
		"dateofbirth", "dob", "mrn", "pid", "patid", "patname", "patnr", "patno", "ssn",
		"nhsnumber", "studyuid", "studyinstanceuid", "seriesuid", "seriesinstanceuid",
		"objectuid", "sopinstanceuid", "accession", "accessionnumber", "accessionno",
		/* it */ "nome", "cognome", "nominativo", "cf", "codicefiscale", "codfisc",
		"datanascita", "datadinascita", "nosologico",
		/* fr */ "nom", "prenom", "nomnaissance", "nomusage", "datenaissance", "ddn", "ipp",
		"ins", "nir", "nss", "iep",
		/* de */ "nachname", "vorname", "familienname", "geburtsname", "geburtsdatum",
		"gebdat", "fallnummer", "fallnr", "kvnr",
		/* nl */ "achternaam", "voornaam", "naam", "geboortedatum", "bsn"};

	return is_any(w, words, WARD_ARRAY_LEN(words)) || is_patient(w) || is_patient_tag(w);
}

/* What follows it in a path is somebody. "patient.php" is one, too. */
static bool leads_to_somebody(struct ward_str segment)
{
	static const char *const words[] = {"patid", "patnr", "patno", "mrn", "ipp", "bsn",
		"person", "persons", "people", "persona", "persone", "assistito", "assistiti",
		"personne", "personnes", "persoon", "personen"};
	struct word w = word_of(ward_str_cut(&segment, '.'));

	return is_any(&w, words, WARD_ARRAY_LEN(words)) || is_patient(&w);
}

/* Five groups of eight hexadecimal digits: SHA-1 of the ids that DICOM has for it. */
static bool is_orthanc(struct ward_str s)
{
	for (size_t i = 0; i < s.len && s.len == ORTHANC_BYTES; i++)
		if (i % 9 == 8 ? s.p[i] != '-' : hex_digit(s.p[i]) < 0)
			return false;
	return s.len == ORTHANC_BYTES;
}

static bool begins_with(struct ward_str s, size_t i, const char *lower)
{
	for (; *lower; lower++) {
		char c = 0;

		if (i < s.len)
			c = next(s, &i);
		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		if (c != *lower)
			return false;
	}
	return true;
}

/* No name, number or date has these, in either case, encoded or not: what does is told, since it
 * may be an attack. What persons type (brackets, an apostrophe) is none. */
static bool is_attack(struct ward_str value)
{
	static const char *const odd[] = {
		"${", "$(", "{{", "<", "../", "..\\", "union select", "union+select", "union/*"};

	for (size_t i = 0; i < value.len; i++)
		for (size_t k = 0; k < WARD_ARRAY_LEN(odd); k++)
			if (begins_with(value, i, odd[k]))
				return true;
	return false;
}

struct place {
	bool query;    /* behind the question mark */
	bool somebody; /* what comes next is one */
	bool page;     /* the path is about patients: its id is one's */
};

static bool is_hidden_pair(const struct place *at, struct ward_str name)
{
	static const char *const ids[] = {"id", "nr", "no", "key", "code", "q", "query", "search"};
	struct word w = word_of(name);

	return is_personal(&w) || (at->page && at->query && is_any(&w, ids, WARD_ARRAY_LEN(ids)));
}

/* A segment of the path, a parameter of it, or one of the query. */
static void put_part(struct place *at, struct ward_str part, struct ward_wr *w)
{
	struct ward_str value = part, name = ward_str_cut(&value, '=');

	if (value.p) {
		if (value.len && is_hidden_pair(at, name) && !is_attack(value)) {
			ward_wr_str(w, name);
			part = WARD_STR("={}");
		}
	} else if (!at->query && part.len) {
		bool hidden = (at->somebody || is_orthanc(part)) && !is_attack(part);

		at->somebody = leads_to_somebody(part);
		at->page |= at->somebody;
		if (hidden)
			part = WARD_STR("{id}");
	}
	ward_wr_str(w, part);
}

void ward_http_person_hide(struct ward_str target, struct ward_wr *w)
{
	struct place at = {0};
	size_t begin = 0;

	for (size_t i = 0; i <= target.len; i++) {
		char c = i < target.len ? target.p[i] : 0;
		bool ends = i == target.len || c == '&' || c == ';' || c == '#' ||
			    (!at.query && (c == '/' || c == '?'));

		if (!ends)
			continue;
		put_part(&at, ward_str_sub(target, begin, i - begin), w);
		if (i < target.len)
			ward_wr_ch(w, c);
		at.query |= c == '?';
		begin = i + 1;
	}
}
