/* The form of CACAO's objects, as its schema has it: which keys, of which kind, which of them must
 * be there. Inside this room. */
#ifndef WARD_RESPOND_PLAYBOOK_FORM_H
#define WARD_RESPOND_PLAYBOOK_FORM_H

#include "respond/playbook/playbook.h"

/* Where in the file: for findings, as a JSON pointer. */
struct ward_playbook_at {
	struct ward_diag *diag;
	struct ward_str file;
	char pointer[256];
};

/* Adds a finding at the value: "POINTER/KEY: WHAT", and its mend. key may be NULL. */
void ward_playbook_say(const struct ward_playbook_at *at, enum ward_diag_level level,
	const struct ward_conf *c, const char *key, const char *what, struct ward_str quoted,
	const char *mend);

enum ward_playbook_form {
	WARD_PLAYBOOK_FORM_PLAYBOOK,
	WARD_PLAYBOOK_FORM_STEP, /* + enum ward_playbook_kind */
	WARD_PLAYBOOK_FORM_COMMAND = WARD_PLAYBOOK_FORM_STEP + WARD_PLAYBOOK_KIND_N, /* + act */
	WARD_PLAYBOOK_FORM_VAR = WARD_PLAYBOOK_FORM_COMMAND + WARD_PLAYBOOK_OTHER + 1,
	WARD_PLAYBOOK_FORM_PARTY,
	WARD_PLAYBOOK_FORM_MARKING,
	WARD_PLAYBOOK_FORM_EXTENSION,
	WARD_PLAYBOOK_FORM_N,
};
/* Holds an object against its form: what is missing or of the wrong kind is an error, a key that
 * CACAO does not have a warning. False when there was an error. */
bool ward_playbook_form(
	const struct ward_playbook_at *at, const struct ward_conf *c, enum ward_playbook_form form);

/* "type--UUID". */
bool ward_playbook_is_id(struct ward_str s);
/* "__name__". */
bool ward_playbook_is_var(struct ward_str s);

#endif
