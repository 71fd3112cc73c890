/* What a name and a media type say, held against what the content is. */
#include "sense/file/exam.h"

enum { BLANKS = 8 };

/* Signs that turn the direction of writing, or hide in it (Unicode UAX 9: LRE RLE PDF LRO RLO, LRI
 * RLI FSI PDI; not the marks LRM and RLM, which texts in Arabic or Hebrew need). */
static bool turns(struct ward_str name)
{
	for (size_t i = 0; i + 2 < name.len; i++) {
		const uint8_t *p = (const uint8_t *)name.p + i;

		if (p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0xaa && p[2] <= 0xae)
			return true;
		if (p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9)
			return true;
	}
	return false;
}

static bool is_padded(struct ward_str name)
{
	size_t run = 0;

	for (size_t i = 0; i < name.len; i++) {
		run = name.p[i] == ' ' || name.p[i] == '\t' ? run + 1 : 0;
		if (run >= BLANKS)
			return true;
	}
	return false;
}

static struct ward_str base_of(struct ward_str name)
{
	size_t at = name.len;

	while (at && name.p[at - 1] != '/' && name.p[at - 1] != '\\')
		at--;
	return ward_str_sub(name, at, SIZE_MAX);
}

/* "report.pdf.exe" of a thing that runs. */
static bool doubled(struct ward_str name, enum ward_kind k)
{
	char buf[WARD_ENDING_BYTES];
	struct ward_str last = ward_kind_ending(name, buf);
	enum ward_kind by = ward_kind_by_ending(last);

	if (!last.len || !ward_kind_runs(k) || by == WARD_KIND_N || !ward_kind_runs(by))
		return false;
	struct ward_str before = ward_str_trim(ward_str_sub(name, 0, name.len - last.len - 1));

	last = ward_kind_ending(before, buf);
	by = ward_kind_by_ending(last);
	/* names of hosts end in .ai, too, and scripts are named after hosts */
	return by != WARD_KIND_N && !ward_str_eqz(last, "ai") &&
	       (ward_kind_sort(by) == WARD_SORT_DOCUMENT || ward_kind_sort(by) == WARD_SORT_IMAGE ||
		       ward_kind_sort(by) == WARD_SORT_MEDICAL || ward_str_eqz(last, "txt") ||
		       ward_str_eqz(last, "csv"));
}

/* Kinds that go by each other's names without anybody meaning harm. */
static bool is_near(enum ward_kind is, enum ward_kind said)
{
	enum ward_sort a = ward_kind_sort(is), b = ward_kind_sort(said);
	bool text_is = a == WARD_SORT_TEXT || a == WARD_SORT_SCRIPT || is == WARD_KIND_HL7,
	     text_said = b == WARD_SORT_TEXT || b == WARD_SORT_SCRIPT || said == WARD_KIND_HL7 ||
			 said == WARD_KIND_MAIL || said == WARD_KIND_POSTSCRIPT;

	/* What has no signature may be what it is said to be, or not: nothing follows. */
	if (is == WARD_KIND_DATA || is == WARD_KIND_EMPTY || said == WARD_KIND_DATA)
		return true;
	if (text_is && text_said)
		return true;
	if (a == WARD_SORT_ARCHIVE && b == WARD_SORT_ARCHIVE)
		return true;
	if ((is == WARD_KIND_ZIP || is == WARD_KIND_JAR) && b == WARD_SORT_DOCUMENT)
		return true;
	return a == WARD_SORT_IMAGE && b == WARD_SORT_IMAGE;
}

static void look_ending(struct ward_exam *x, const struct ward_piece *p, struct ward_str name)
{
	char buf[WARD_ENDING_BYTES];
	struct ward_str ending = ward_kind_ending(name, buf);
	enum ward_kind said = ward_kind_by_ending(ending);

	if (said == WARD_KIND_N || ward_kind_has_ending(p->kind, ending))
		return;
	if (ward_kind_runs(p->kind) && !ward_kind_runs(said) && said != WARD_KIND_TEXT &&
		said != WARD_KIND_XML && ward_kind_sort(said) != WARD_SORT_ARCHIVE &&
		said != WARD_KIND_OLE && said != WARD_KIND_SQLITE)
		ward_exam_say(x, p, WARD_SUSPECT_NAME_PROGRAM, ending,
			ward_str_z(ward_kind_text(p->kind)));
	else if (!is_near(p->kind, said))
		ward_exam_say(
			x, p, WARD_SUSPECT_NAME_KIND, ending, ward_str_z(ward_kind_text(p->kind)));
}

void ward_look_name(struct ward_exam *x, const struct ward_piece *p)
{
	struct ward_str name = base_of(p->name);
	enum ward_kind said = ward_kind_by_type(p->type);

	if (turns(name))
		ward_exam_say0(x, p, WARD_SUSPECT_NAME_TURNS);
	if (is_padded(name) && ward_kind_runs(p->kind))
		ward_exam_say0(x, p, WARD_SUSPECT_NAME_PADDED);
	if (doubled(name, p->kind))
		ward_exam_say(x, p, WARD_SUSPECT_NAME_DOUBLE, name, WARD_STR(""));
	look_ending(x, p, name);
	if (said != WARD_KIND_N && !ward_kind_has_type(p->kind, p->type) && !is_near(p->kind, said))
		ward_exam_say(
			x, p, WARD_SUSPECT_TYPE_KIND, p->type, ward_str_z(ward_kind_text(p->kind)));
}
