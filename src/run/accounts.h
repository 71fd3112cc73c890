/* Who has an account, and who is signed in, as `login` keeps it: one file of JSON lines in its
 * folder, replaced whole (written beside, synced, renamed), so that a process which is killed
 * leaves what was or what is.
 *
 *   {"account":"g-ferrero","password":"$argon2id$…","pin":"$argon2id$…","secret":"BASE32",
 *    "step":58000000,"disabled":true,"code":"HEX","code_until":"2026-11-28T07:00:00Z",
 *    "from":["HEX"],"keys":[{"id":"BASE64URL","key":"…","count":7,"name":"…","made":"…"}]}
 *   {"device":"0123abcd","name":"Gate","place":"bld-a","limit":"duty","made":"…","link":"HEX",
 *    "link_until":"…","key":"HEX","used":"…",
 *    "present":[{"person":"g-ferrero","since":"…","wrong":1,"second_factor":true}]}
 *   {"session":"HEX","person":"g-ferrero","device":"0123abcd","made":"…","used":"…",
 *    "proved":"…","proved_twice":"…","second_factor":true,"must_set_password":true}
 *   {"sensor":"annex","print":"HEX","made":"…","until":"…","next":"HEX","next_until":"…"}
 * Who signs in at the hospital's directory also has in the first "directory":"KEY",
 * "directory_groups":"A\nB","directory_good":"…", and in the last "directory":true.
 *
 * Of passwords, PINs, codes, links, keys and tokens there are hashes only. The session of a wall
 * screen is of no person: theirs is "@" and the device's id. A line that is wrong says nothing, and
 * is told: the file is then kept aside before another takes its place. Single-threaded. */
#ifndef WARD_RUN_ACCOUNTS_H
#define WARD_RUN_ACCOUNTS_H

#include "base/clock.h"
#include "base/limit.h"
#include "desk/people.h"
#include "run/sign.h"
#include "run/webauthn.h"
#include "ship/code.h"

enum {
	WARD_ACCOUNT_PASSWORD = 128, /* bytes of a hash, with the NUL */
	WARD_ACCOUNT_SECRET = 20,
	WARD_ACCOUNT_KEYS = 4,
	WARD_ACCOUNT_FROM = 4, /* addresses that are known of a person */
	WARD_DEVICES_MAX = 256,
	WARD_DEVICE_ID = 8,      /* letters, of a hexadecimal number */
	WARD_DEVICE_NAME = 128,  /* bytes, at most */
	WARD_DEVICE_PEOPLE = 24, /* who may come back at a post at once */
	WARD_SESSIONS_MAX = 2048,
	WARD_SESSIONS_OF_ONE = 16,
	WARD_ACCOUNTS_BYTES = 8 << 20,
	WARD_ACCOUNT_KEY = 255,     /* bytes, at most */
	WARD_ACCOUNT_GROUPS = 2047, /* the same, of all names together */
};
#define WARD_ACCOUNTS_FILE "accounts.jsonl"
#define WARD_ACCOUNTS_ASIDE "accounts.damaged"

/* A security key. */
struct ward_account_key {
	struct ward_webauthn_key is;
	char name[WARD_DEVICE_NAME + 1];
	ward_ns made;
};

struct ward_account {
	char person[WARD_PERSON_ID + 1];
	char password[WARD_ACCOUNT_PASSWORD]; /* argon2id as libsodium writes it; empty: none */
	char pin[WARD_ACCOUNT_PASSWORD];      /* the same; empty: none */
	bool has_second, has_begun;
	uint8_t second[WARD_ACCOUNT_SECRET]; /* of the authenticator */
	uint8_t begun[WARD_ACCOUNT_SECRET];  /* one that is not confirmed; in memory only */
	size_t n_key;
	struct ward_account_key key[WARD_ACCOUNT_KEYS];
	uint8_t challenge[WARD_WEBAUTHN_CHALLENGE]; /* for a key; in memory only */
	ward_ns challenge_until;                    /* 0: none was given, or it was answered */
	uint64_t step;                              /* of the last code of it that was taken */
	bool disabled;
	ward_ns code_until; /* 0: there is no one-time code */
	uint8_t code[WARD_SIGN_TOKEN];
	size_t n_from;
	uint8_t from[WARD_ACCOUNT_FROM][WARD_SIGN_FROM]; /* the latest first */
	/* of the hospital's directory */
	char directory[WARD_ACCOUNT_KEY + 1]; /* by which it is asked of them; empty: never was */
	char groups[WARD_ACCOUNT_GROUPS + 1]; /* names, with line feeds between them */
	ward_ns good;                         /* wall clock: when it last said they are somebody */
	ward_ns asked;                        /* monotonic: when it was asked; in memory only */
};

/* What somebody who is there may do at most. X(NAME, "name") */
#define WARD_DEVICE_LIMIT_LIST(X)                                                              \
	X(ALL, "all")   /* a shared post: what the person may */                               \
	X(DUTY, "duty") /* the same, without accounts, evidence, the audit and the counters */ \
	X(LOOK, "look") /* a wall screen: nobody is there, it is looked at */
enum ward_device_limit {
#define X(NAME, name) WARD_DEVICE_LIMIT_##NAME,
	WARD_DEVICE_LIMIT_LIST(X)
#undef X
		WARD_DEVICE_LIMIT_N,
};

/* A shared post, or a wall screen. */
struct ward_device {
	char id[WARD_DEVICE_ID + 1], name[WARD_DEVICE_NAME + 1];
	char place[WARD_DECISION_SUBJECT + 1]; /* a node; empty: the whole hospital */
	enum ward_device_limit limit;
	ward_ns made, used;
	ward_ns link_until;            /* 0: the link was used */
	uint8_t link[WARD_SIGN_TOKEN]; /* hashes: of the link that binds a browser, */
	uint8_t key[WARD_SIGN_TOKEN];  /* and of what that browser keeps */
	bool bound;
	struct ward_present { /* signed in there fully, and may come back by their PIN */
		char person[WARD_PERSON_ID + 1];
		ward_ns since;
		unsigned wrong; /* PINs in a row */
		bool second;
	} present[WARD_DEVICE_PEOPLE];
	size_t n_present;
};

/* A sensor elsewhere, known by its certificate; or one for which a code waits. */
struct ward_sensor {
	char id[WARD_SENSOR_ID + 1];
	ward_ns made, until; /* 0: it has no certificate yet, and is in no file */
	uint8_t print[WARD_SIGN_TOKEN];
	ward_ns next_until; /* 0: there is none; else of one that it was given and has not shown */
	uint8_t next[WARD_SIGN_TOKEN];
	/* in memory only: */
	ward_ns seen, code_until; /* 0: not yet; none */
	uint8_t code[WARD_SHIP_CODE_SECRET];
};

struct ward_signed_in {
	uint8_t hash[WARD_SIGN_TOKEN]; /* of the token */
	char person[WARD_PERSON_ID + 1];
	char device[WARD_DEVICE_ID + 1]; /* empty: none of ours */
	ward_ns made, used;
	/* The person showed that it is them; by a second factor; 0: not since. */
	ward_ns proved, proved_twice;
	bool second, must_set_password;
	bool directory; /* what the directory says of the person counts for it */
};

struct ward_accounts {
	const struct ward_mem *mem;
	struct ward_account *a; /* WARD_PEOPLE_MAX, n in use, in order of making */
	size_t n;
	struct ward_signed_in *s; /* WARD_SESSIONS_MAX, n_s in use, in no order */
	size_t n_s;
	struct ward_device *d; /* WARD_DEVICES_MAX, n_d in use, in order of making */
	size_t n_d;
	struct ward_sensor x[WARD_SENSORS_MAX]; /* n_x in use, in order of making */
	size_t n_x;
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
/* NULL: there is none. */
struct ward_device *ward_device_find(const struct ward_accounts *t, struct ward_str id);
/* NULL: there is none. */
struct ward_sensor *ward_sensor_find(struct ward_accounts *t, struct ward_str id);
/* A new one when there is none. NULL: there are too many, or it is no id. */
struct ward_sensor *ward_sensor_need(struct ward_accounts *t, struct ward_str id);
void ward_sensor_drop(struct ward_accounts *t, struct ward_sensor *x);
/* Without its sessions, which are the caller's to end. */
void ward_device_drop(struct ward_accounts *t, struct ward_device *d);
/* "duty". Lives forever. */
const char *ward_device_limit_name(enum ward_device_limit l);
/* WARD_DEVICE_LIMIT_N: there is none of this name. */
enum ward_device_limit ward_device_limit_parse(struct ward_str s);
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
