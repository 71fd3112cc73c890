#include "desk/event.h"

#include "event/classes.h"

#include <stdio.h>

enum field { F_KIND, F_PERSON, F_ROLE, F_SUBJECT, F_TEXT, F_REPORT, F_ARGS, F_PLACES, F_N };

static const char *const field[F_N] = {"decision.kind", "decision.person", "decision.role",
	"decision.subject", "decision.text", "report.kind", "decision.args", "decision.places"};

static const char *const report[WARD_REPORT_N] = {
#define X(NAME, name, what) name,
	WARD_REPORT_LIST(X)
#undef X
};

const char *ward_report_name(enum ward_report_kind k)
{
	return (unsigned)k < WARD_REPORT_N ? report[k] : "none";
}

enum ward_report_kind ward_report_parse(struct ward_str s)
{
	unsigned k = 0;

	while (k < WARD_REPORT_N && !ward_str_eqz(s, report[k]))
		k++;
	return (enum ward_report_kind)k;
}

static enum ward_class class_of(enum ward_decision_kind k)
{
	return k == WARD_DECISION_REPORT      ? WARD_CLASS_REPORT_OBSERVATION
	       : k == WARD_DECISION_PANIC     ? WARD_CLASS_REPORT_PANIC
	       : k == WARD_DECISION_ALL_CLEAR ? WARD_CLASS_REPORT_ALL_CLEAR
					      : WARD_CLASS_WARD_DECISION;
}

static enum ward_err put(
	struct ward_event *e, struct ward_names *names, enum field f, struct ward_str s)
{
	return s.len ? ward_event_set(e, ward_name(names, ward_str_z(field[f])), ward_value_str(s))
		     : WARD_OK;
}

enum ward_err ward_decision_to_event(const struct ward_decision *d, enum ward_report_kind report_of,
	struct ward_names *names, struct ward_event *e)
{
	struct ward_str text[F_N] = {
		ward_str_z(ward_decision_name(d->kind)), d->person, d->role, d->subject, d->text};
	enum ward_err err = WARD_OK;

	if (d->kind == WARD_DECISION_REPORT)
		text[F_REPORT] = ward_str_z(ward_report_name(report_of));
	else
		text[F_ARGS] = d->args;
	text[F_PLACES] = d->places;
	e->class = ward_name(names, ward_str_z(ward_class_info(class_of(d->kind))->name));
	e->id = d->id;
	e->time = d->at;
	for (unsigned f = 0; !err && f < F_N; f++)
		err = put(e, names, (enum field)f, text[f]);
	return err;
}

enum ward_err ward_photo_to_event(
	const struct ward_report_photo *p, struct ward_names *names, struct ward_event *e)
{
	const struct {
		const char *field;
		struct ward_str text;
	} row[] = {{"decision.person", p->person}, {"decision.subject", p->subject},
		{"report.photo", p->photo}, {"report.no_photo", p->why}};
	char report_id[WARD_ID_TEXT];
	enum ward_err err;
	struct ward_idgen g;

	ward_idgen_init(&g, "ward photo of report");
	ward_idgen_id(&g, p->report);
	ward_id_text(p->report, report_id);
	e->class = ward_name(names, ward_str_z(ward_class_info(WARD_CLASS_WARD_PHOTO)->name));
	e->id = ward_idgen_final(&g);
	e->time = p->at;
	struct ward_str of = ward_arena_str(e->arena, ward_str_z(report_id));

	if (!of.p)
		return WARD_ERR_NOMEM;
	err = ward_event_set(e, ward_name(names, WARD_STR("report.of")), ward_value_str(of));
	for (size_t i = 0; !err && i < WARD_ARRAY_LEN(row); i++)
		if (row[i].text.len)
			err = ward_event_set(e, ward_name(names, ward_str_z(row[i].field)),
				ward_value_str(row[i].text));
	return err;
}

bool ward_decision_is_class(struct ward_str name)
{
	return ward_str_eqz(name, "ward.decision") || ward_str_starts(name, WARD_STR("report."));
}

static struct ward_str get(const struct ward_event *e, struct ward_names *names, enum field f)
{
	return ward_event_str(e, ward_name(names, ward_str_z(field[f])));
}

/* What becomes an event: all for the brain, and what `config` did. */
static bool is_recorded(enum ward_decision_kind k)
{
	return ward_decision_to(k) == WARD_DECISION_BRAIN ||
	       ward_decision_to(k) == WARD_DECISION_CONFIG;
}

/* Of a report: which kind, as who decides said it. False: there is no memory. */
static bool report_args(const struct ward_event *e, struct ward_names *names, struct ward_str *ret)
{
	enum ward_report_kind k = ward_report_parse(get(e, names, F_REPORT));
	char text[64];
	int n = snprintf(text, sizeof(text), "{\"report\":\"%s\"}", ward_report_name(k));

	if (k == WARD_REPORT_N)
		return true;
	*ret = ward_arena_str(e->arena, (struct ward_str){text, (size_t)n});
	return ret->p;
}

enum ward_err ward_review_to_event(
	const struct ward_review_late *l, struct ward_names *names, struct ward_event *e)
{
	char of[WARD_ID_TEXT], incident[WARD_ID_TEXT];
	struct ward_idgen g;
	enum ward_err err = WARD_OK;

	ward_idgen_init(&g, "ward review late");
	ward_idgen_id(&g, l->of);
	ward_id_text(l->of, of);
	ward_id_text(l->incident, incident);
	const struct {
		const char *field;
		struct ward_str text;
	} row[] = {{"review.state", WARD_STR("overdue")}, {"review.of", ward_str_z(of)},
		{"review.incident", ward_str_z(incident)}, {"review.person", l->person}};

	e->class = ward_name(names, ward_str_z(ward_class_info(WARD_CLASS_WARD_REVIEW)->name));
	e->id = ward_idgen_final(&g);
	e->time = l->at;
	for (size_t i = 0; !err && i < WARD_ARRAY_LEN(row); i++) {
		struct ward_str s = ward_arena_str(e->arena, row[i].text);

		err = s.p ? ward_event_set(e, ward_name(names, ward_str_z(row[i].field)),
				    ward_value_str(s))
			  : WARD_ERR_NOMEM;
	}
	return err;
}

enum ward_err ward_decision_of_event(
	const struct ward_event *e, struct ward_names *names, struct ward_decision *ret)
{
	struct ward_decision d = {.id = e->id, .at = e->time};
	struct ward_str class = ward_name_text(names, e->class);

	if (!ward_decision_is_class(class))
		return WARD_ERR_FOREIGN;
	d.kind = ward_decision_parse(get(e, names, F_KIND));
	d.person = get(e, names, F_PERSON);
	d.role = get(e, names, F_ROLE);
	d.subject = get(e, names, F_SUBJECT);
	d.text = get(e, names, F_TEXT);
	d.args = get(e, names, F_ARGS);
	d.places = get(e, names, F_PLACES);
	if (d.kind == WARD_DECISION_REPORT && !report_args(e, names, &d.args))
		return WARD_ERR_NOMEM;
	if (d.kind == WARD_DECISION_N || !is_recorded(d.kind) ||
		!ward_str_eqz(class, ward_class_info(class_of(d.kind))->name) || !d.person.len ||
		!d.role.len || !d.subject.len)
		return WARD_ERR_MALFORMED;
	*ret = d;
	return WARD_OK;
}
