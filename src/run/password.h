/* Passwords: which are refused, and their hashes (argon2id, by libsodium).
 *
 * What is common is content (passwords.txt). Single-threaded; a hash takes about a tenth of a
 * second and 64 MiB, which is why `login` makes one at a time. */
#ifndef WARD_RUN_PASSWORD_H
#define WARD_RUN_PASSWORD_H

#include "run/accounts.h"

#define WARD_PASSWORDS_FILE "passwords.txt"

/* Why it is refused: a sentence (WARD_TEXT) that lives forever; NULL: it is taken. common: the text
 * of the list, a word a line; '#' begins a comment. Whoever it is for is no word of it, either. */
const char *ward_password_refused(struct ward_str common, struct ward_str password,
	struct ward_str person, struct ward_str name);

/* How much work a hash is. */
struct ward_password_cost {
	unsigned long long ops;
	size_t bytes;
};
/* What people who sign in can wait for. */
struct ward_password_cost ward_password_usual(void);
/* The least: for tests. */
struct ward_password_cost ward_password_least(void);
/* NOMEM. */
WARD_MUST_CHECK enum ward_err ward_password_hash(
	struct ward_str password, struct ward_password_cost cost, char ret[WARD_ACCOUNT_PASSWORD]);
bool ward_password_is(const char hash[WARD_ACCOUNT_PASSWORD], struct ward_str password);

#endif
