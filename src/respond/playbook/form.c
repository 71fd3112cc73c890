#include "respond/playbook/form.h"

#include <stdio.h>

enum want {
	TEXT,
	ID,
	TIME,
	BOOL,
	WHOLE,  /* a whole number, not negative */
	DEGREE, /* 0 to 100 */
	TEXTS,
	IDS,
	OBJECTS,
	OBJECT,
	VALUE, /* of a variable: text or null */
	ANY,
};

struct field {
	const char *key;
	enum want want;
	bool required;
};

enum { FIELDS_MAX = 40 };

#define STEP                                                                                   \
	{"type", TEXT, true}, {"name", TEXT, false}, {"description", TEXT, false},             \
		{"external_references", OBJECTS, false}, {"delay", WHOLE, false},              \
		{"timeout", WHOLE, false}, {"step_variables", OBJECT, false},                  \
		{"owner", ID, false}, {"on_completion", ID, false}, {"on_success", ID, false}, \
		{"on_failure", ID, false},                                                     \
	{                                                                                      \
		"step_extensions", OBJECT, false                                               \
	}
#define COMMAND                                                                             \
	{"type", TEXT, true}, {"version", TEXT, false}, {"playbook_activity", TEXT, false}, \
		{"external_references", OBJECTS, false},                                    \
	{                                                                                   \
		"description", TEXT, false                                                  \
	}
#define ARGS                             \
	{"in_args", TEXTS, false},       \
	{                                \
		"out_args", TEXTS, false \
	}
#define AT_STEP(kind) [WARD_PLAYBOOK_FORM_STEP + WARD_PLAYBOOK_##kind]
#define AT_COMMAND(act) [WARD_PLAYBOOK_FORM_COMMAND + WARD_PLAYBOOK_##act]

/* CACAO Security Playbooks 2.0, sections 3 to 10, and the schemas of its committee. */
static const struct field fields[WARD_PLAYBOOK_FORM_N][FIELDS_MAX] = {
	[WARD_PLAYBOOK_FORM_PLAYBOOK] = {{"type", TEXT, true}, {"spec_version", TEXT, true},
		{"id", ID, true}, {"name", TEXT, true}, {"description", TEXT, false},
		{"playbook_types", TEXTS, false}, {"playbook_activities", TEXTS, false},
		{"playbook_processing_summary", OBJECT, false}, {"created_by", ID, true},
		{"created", TIME, true}, {"modified", TIME, true}, {"revoked", BOOL, false},
		{"valid_from", TIME, false}, {"valid_until", TIME, false},
		{"derived_from", IDS, false}, {"related_to", IDS, false},
		{"priority", DEGREE, false}, {"severity", DEGREE, false}, {"impact", DEGREE, false},
		{"industry_sectors", TEXTS, false}, {"labels", TEXTS, false},
		{"external_references", OBJECTS, false}, {"markings", IDS, false},
		{"playbook_variables", OBJECT, false}, {"workflow_start", ID, true},
		{"workflow_exception", ID, false}, {"workflow", OBJECT, true},
		{"playbook_extensions", OBJECT, false},
		{"authentication_info_definitions", OBJECT, false},
		{"agent_definitions", OBJECT, false}, {"target_definitions", OBJECT, false},
		{"extension_definitions", OBJECT, false},
		{"data_marking_definitions", OBJECT, false}, {"signatures", OBJECTS, false}},
	AT_STEP(START) = {STEP},
	AT_STEP(END) = {STEP},
	AT_STEP(ACTION) = {STEP, ARGS, {"commands", OBJECTS, true}, {"agent", ID, true},
		{"targets", IDS, false}},
	AT_STEP(NESTED) = {STEP, ARGS, {"playbook_id", ID, true},
		{"playbook_version", TIME, false}},
	AT_STEP(PARALLEL) = {STEP, {"next_steps", IDS, true}},
	AT_STEP(IF) = {STEP, {"condition", TEXT, true}, {"on_true", ID, true},
		{"on_false", ID, false}},
	AT_STEP(WHILE) = {STEP, {"condition", TEXT, true}, {"on_true", ID, true}},
	AT_STEP(SWITCH) = {STEP, {"switch", TEXT, true}, {"cases", OBJECT, true}},
	AT_COMMAND(MANUAL) = {COMMAND, {"command", TEXT, false}, {"command_b64", TEXT, false}},
	AT_COMMAND(HTTP) = {COMMAND, {"command", TEXT, true}, {"headers", OBJECT, false},
		{"content", TEXT, false}, {"content_b64", TEXT, false}},
	AT_COMMAND(BASH) = {COMMAND, {"command", TEXT, false}, {"command_b64", TEXT, false}},
	AT_COMMAND(OPENC2) = {COMMAND, {"command", TEXT, true}, {"headers", OBJECT, false},
		{"content_b64", TEXT, true}},
	AT_COMMAND(OTHER) = {{"type", TEXT, true}},
	[WARD_PLAYBOOK_FORM_VAR] = {{"type", TEXT, true}, {"description", TEXT, false},
		{"value", VALUE, false}, {"constant", BOOL, false}, {"external", BOOL, false}},
	[WARD_PLAYBOOK_FORM_PARTY] = {{"type", TEXT, true}, {"name", TEXT, true},
		{"description", TEXT, false}, {"agent_target_extensions", OBJECT, false}},
	[WARD_PLAYBOOK_FORM_MARKING] = {{"type", TEXT, true}, {"id", ID, true},
		{"created_by", ID, true}, {"created", TIME, true}},
	[WARD_PLAYBOOK_FORM_EXTENSION] = {{"type", TEXT, true}, {"name", TEXT, true},
		{"description", TEXT, false}, {"created_by", ID, true}, {"schema", TEXT, true},
		{"version", TEXT, true}, {"external_references", OBJECTS, false}},
};

/* Objects that have more keys than are looked at here. */
static bool is_open(enum ward_playbook_form f)
{
	return f == WARD_PLAYBOOK_FORM_PARTY || f == WARD_PLAYBOOK_FORM_MARKING ||
	       f == WARD_PLAYBOOK_FORM_COMMAND + WARD_PLAYBOOK_OTHER;
}

void ward_playbook_say(const struct ward_playbook_at *at, enum ward_diag_level level,
	const struct ward_conf *c, const char *key, const char *what, struct ward_str quoted,
	const char *mend)
{
	struct ward_str q = ward_str_sub(quoted, 0, 120);
	char where[sizeof(at->pointer) + 64];

	(void)snprintf(where, sizeof(where), "%s%s%s", at->pointer[0] || key ? at->pointer : "/",
		key ? "/" : "", key ? key : "");
	if (q.len)
		ward_diag_addf(at->diag, level, at->file, c ? c->line : 0,
			WARD_TEXT("%s: %s '%.*s'\n%s"), where, what, WARD_STR_ARG(q), mend);
	else
		ward_diag_addf(at->diag, level, at->file, c ? c->line : 0, WARD_TEXT("%s: %s\n%s"),
			where, what, mend);
}

static bool hex(struct ward_str s, size_t from, size_t n)
{
	for (size_t i = from; i < from + n; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
			return false;
	}
	return true;
}

/* Section 10.10: a type, two dashes, a UUID of RFC 9562 of version 1 to 5. */
bool ward_playbook_is_id(struct ward_str s)
{
	if (s.len < 3 + 2 + 36)
		return false;
	struct ward_str type = ward_str_sub(s, 0, s.len - 38);
	struct ward_str u = ward_str_sub(s, s.len - 36, 36);

	for (size_t i = 0; i < type.len; i++) {
		char c = type.p[i];
		bool letter = c >= 'a' && c <= 'z', more = (c >= '0' && c <= '9') || c == '-';

		if (!letter && (i == 0 || !more || (c == '-' && i + 1 == type.len)))
			return false;
	}
	return s.p[type.len] == '-' && s.p[type.len + 1] == '-' && hex(u, 0, 8) && u.p[8] == '-' &&
	       hex(u, 9, 4) && u.p[13] == '-' && u.p[14] >= '1' && u.p[14] <= '5' &&
	       hex(u, 15, 3) && u.p[18] == '-' && strchr("89abAB", u.p[19]) && hex(u, 20, 3) &&
	       u.p[23] == '-' && hex(u, 24, 12);
}

bool ward_playbook_is_var(struct ward_str s)
{
	if (s.len < 5 || s.len > 204 || !ward_str_starts(s, WARD_STR("__")) ||
		!ward_str_ends(s, WARD_STR("__")))
		return false;
	for (size_t i = 2; i + 2 < s.len; i++) {
		char c = s.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';

		if (!letter && (i == 2 || !((c >= '0' && c <= '9') || c == '-')))
			return false;
	}
	return true;
}

static bool is_text(const struct ward_conf *c)
{
	return c->kind == WARD_CONF_SCALAR && c->quoted;
}

static bool is_id(const struct ward_conf *c)
{
	return is_text(c) && ward_playbook_is_id(c->text);
}

static bool all(const struct ward_conf *c, bool (*good)(const struct ward_conf *))
{
	if (c->kind != WARD_CONF_SEQ)
		return false;
	for (const struct ward_conf *x = c->child; x; x = x->next)
		if (!good(x))
			return false;
	return true;
}

static bool is_object(const struct ward_conf *c)
{
	return c->kind == WARD_CONF_MAP;
}

static bool is_whole(const struct ward_conf *c, int64_t max)
{
	int64_t n;

	return c->kind == WARD_CONF_SCALAR && !c->quoted && ward_str_i64(c->text, &n) && n >= 0 &&
	       n <= max;
}

static bool is_time(const struct ward_conf *c)
{
	ward_ns t;

	if (!is_text(c) || !ward_str_ends(c->text, WARD_STR("Z")))
		return false;
	enum ward_err err = ward_time_parse(c->text, &t);

	return !err || err == WARD_ERR_LIMIT; /* years that ward_ns does not hold are times, too */
}

static const char *const wanted[] = {
	[TEXT] = WARD_TEXT("write a text in quotes"),
	[ID] = WARD_TEXT("write type--UUID"),
	[TIME] = WARD_TEXT("write a time in UTC, as 2026-01-31T08:00:00.000Z"),
	[BOOL] = WARD_TEXT("write true or false"),
	[WHOLE] = WARD_TEXT("write a whole number of milliseconds, 0 or more and at most 31 days"),
	[DEGREE] = WARD_TEXT("write a whole number from 0 to 100"),
	[TEXTS] = WARD_TEXT("write a list of texts"),
	[IDS] = WARD_TEXT("write a list of type--UUID"),
	[OBJECTS] = WARD_TEXT("write a list of objects"),
	[OBJECT] = WARD_TEXT("write an object"),
	[VALUE] = WARD_TEXT("write a text in quotes, or null"),
	[ANY] = "",
};

static bool is(const struct ward_conf *c, enum want want)
{
	switch (want) {
	case TEXT:
		return is_text(c);
	case ID:
		return is_id(c);
	case TIME:
		return is_time(c);
	case BOOL:
		return c->kind == WARD_CONF_SCALAR && !c->quoted &&
		       (ward_str_eqz(c->text, "true") || ward_str_eqz(c->text, "false"));
	case WHOLE:
		return is_whole(c, (int64_t)31 * 24 * 3600 * 1000);
	case DEGREE:
		return is_whole(c, 100);
	case TEXTS:
		return all(c, is_text);
	case IDS:
		return all(c, is_id);
	case OBJECTS:
		return all(c, is_object);
	case OBJECT:
		return is_object(c);
	case VALUE:
		return c->kind == WARD_CONF_NULL || is_text(c);
	case ANY:
		return true;
	}
	return false;
}

bool ward_playbook_form(
	const struct ward_playbook_at *at, const struct ward_conf *c, enum ward_playbook_form form)
{
	const struct field *f = fields[form];
	bool good = true;

	if (c->kind != WARD_CONF_MAP) {
		ward_playbook_say(at, WARD_DIAG_ERROR, c, NULL, WARD_TEXT("no object"),
			WARD_STR(""), WARD_TEXT("write an object: { … }"));
		return false;
	}
	for (const struct ward_conf *x = c->child; x; x = x->next) {
		size_t i = 0;

		while (i < FIELDS_MAX && f[i].key && !ward_str_eqz(x->key, f[i].key))
			i++;
		if (i < FIELDS_MAX && f[i].key && !is(x, f[i].want)) {
			ward_playbook_say(at, WARD_DIAG_ERROR, x, f[i].key,
				WARD_TEXT("not as CACAO has it"), x->text, wanted[f[i].want]);
			good = false;
		} else if ((i == FIELDS_MAX || !f[i].key) && !is_open(form)) {
			ward_playbook_say(at, WARD_DIAG_WARNING, x, NULL,
				WARD_TEXT("CACAO 2.0 has no key"), x->key,
				WARD_TEXT(
					"correct its name; it is kept, and nothing is done by it"));
		}
	}
	for (size_t i = 0; i < FIELDS_MAX && f[i].key; i++)
		if (f[i].required && !ward_conf_get(c, f[i].key)) {
			ward_playbook_say(at, WARD_DIAG_ERROR, c, f[i].key,
				WARD_TEXT("it is missing"), WARD_STR(""), wanted[f[i].want]);
			good = false;
		}
	return good;
}
