/* Who has an account, and who is signed in, as `login` keeps it: one file of JSON lines in its
 * folder, replaced whole (written beside, synced, renamed), so that a process which is killed
 * leaves what was or what is.
 *
 *   {"account":"g-ferrero","password":"$argon2id$…","secret":"BASE32","step":58000000,
 *    "disabled":true,"code":"HEX","code_until":"2026-11-28T07:00:00Z","from":["HEX"]}
 *   {"session":"HEX","person":"g-ferrero","made":"…","used":"…","second_factor":true,
 *    "must_set_password":true}
 * Who signs in at the hospital's directory also has in the first "directory":"KEY",
 * "directory_groups":"A\nB","directory_good":"…", and in the second "directory":true.
 *
 * Of passwords, codes and tokens there are hashes only. A line that is wrong says nothing, and is
 * told: the file is then kept aside before another takes its place. Single-threaded. */
#ifndef WARD_RUN_ACCOUNTS_H
#define WARD_RUN_ACCOUNTS_H

#include "base/clock.h"
#include "base/limit.h"
#include "desk/people.h"
#include "run/sign.h"

enum {
	WARD_ACCOUNT_PASSWORD = 128, /* bytes of a hash, with the NUL */
	WARD_ACCOUNT_SECRET = 20,
	WARD_ACCOUNT_FROM = 4, /* addresses that are known of a person */
	WARD_SESSIONS_MAX = 2048,
	WARD_SESSIONS_OF_ONE = 16,
	WARD_ACCOUNTS_BYTES = 8 << 20,
	WARD_ACCOUNT_KEY = 255,     /* bytes, at most */
	WARD_ACCOUNT_GROUPS = 2047, /* the same, of all names together */
};
#define WARD_ACCOUNTS_FILE "accounts.jsonl"
#define WARD_ACCOUNTS_ASIDE "accounts.damaged"

struct ward_account {
	char person[WARD_PERSON_ID + 1];
	char password[WARD_ACCOUNT_PASSWORD]; /* argon2id as libsodium writes it; empty: none */
	bool has_second, has_begun;
	uint8_t second[WARD_ACCOUNT_SECRET]; /* of the authenticator */
	uint8_t begun[WARD_ACCOUNT_SECRET];  /* one that is not confirmed; in memory only */
	uint64_t step;                       /* of the last code of it that was taken */
	bool disabled;
	ward_ns code_until; /* 0: there is no one-time code */
	uint8_t code[WARD_SIGN_TOKEN];
	size_t n_from;
	uint8_t from[WARD_ACCOUNT_FROM][WARD_SIGN_FROM]; /* the latest first */
	/* of the hospital's directory */
	char key[WARD_ACCOUNT_KEY + 1];       /* by which it is asked of them; empty: never was */
	char groups[WARD_ACCOUNT_GROUPS + 1]; /* names, with line feeds between them */
	ward_ns good;                         /* wall clock: when it last said they are somebody */
	ward_ns asked;                        /* monotonic: when it was asked; in memory only */
};

struct ward_signed_in {
	uint8_t hash[WARD_SIGN_TOKEN]; /* of the token */
	char person[WARD_PERSON_ID + 1];
	ward_ns made, used;
	bool second, must_set_password;
	bool directory; /* what the directory says of the person counts for it */
};

struct ward_accounts {
	const struct ward_mem *mem;
	struct ward_account *a; /* WARD_PEOPLE_MAX, n in use, in order of making */
	size_t n;
	struct ward_signed_in *s; /* WARD_SESSIONS_MAX, n_s in use, in no order */
	size_t n_s;
};

/* NOMEM. Borrows mem. */
WARD_MUST_CHECK enum ward_err ward_accounts_init(
	struct ward_accounts *t, const struct ward_mem *mem);
/* Wipes and frees. */
void ward_accounts_fini(struct ward_accounts *t);

/* NULL: there is none. */
struct ward_account *ward_account_find(const struct ward_accounts *t, struct ward_str person);
/* A new one when there is none. NULL: there are too many. */
struct ward_account *ward_account_need(struct ward_accounts *t, struct ward_str person);
/* Ends a session. */
void ward_signed_in_drop(struct ward_accounts *t, struct ward_signed_in *s);

void ward_accounts_write(const struct ward_accounts *t, struct ward_wr *w);
/* Into an empty table. *ret_bad: how many lines are wrong, and said nothing; *ret_line: the first
 * of them, from 1. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_accounts_read(struct ward_accounts *t, struct ward_slice text,
	const struct ward_limits *lim, size_t *ret_bad, size_t *ret_line);

/* The file of the folder. IO: nothing changed on the disk that counts; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_accounts_save(const struct ward_accounts *t, const char *dir);
/* Into an empty table; without the file it stays so. A file with wrong lines is kept aside as
 * WARD_ACCOUNTS_ASIDE, once what is right of it is saved. IO, LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_accounts_load(struct ward_accounts *t, const char *dir,
	const struct ward_limits *lim, size_t *ret_bad, size_t *ret_line);

#endif
