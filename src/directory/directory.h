/* The hospital's own directory of people: HOSPITAL/directory.yml (docs/directory.md), checked.
 *
 * It says where an identity provider (OpenID Connect) or a directory server (LDAPS) is, which name
 * there is whom of people.yml, and what its groups give. A group only narrows what people.yml
 * gives: who takes over the directory gets no right that the hospital did not write down.
 * Read by `ward check`, by the supervisor, and by the process that speaks with the directory, which
 * knows no model. Faces what whoever may write there has written. */
#ifndef WARD_DIRECTORY_DIRECTORY_H
#define WARD_DIRECTORY_DIRECTORY_H

#include "desk/people.h"

#define WARD_DIRECTORY_FILE "directory.yml"

enum {
	WARD_DIRECTORY_TEXT = 512, /* bytes of a text, at most */
	WARD_DIRECTORY_HOST = 255,
	WARD_DIRECTORY_GROUPS = 64,
	WARD_DIRECTORY_SCOPES = 12,
	WARD_DIRECTORY_NAMES = WARD_PEOPLE_MAX,
	WARD_DIRECTORY_BREAKERS = 32,
};
/* Where people come back to, behind the console's address. */
#define WARD_DIRECTORY_CALLBACK "api/v1/session/oidc/callback"

enum ward_directory_kind { WARD_DIRECTORY_NONE, WARD_DIRECTORY_OIDC, WARD_DIRECTORY_LDAPS };

/* "https://HOST:PORT/PATH"; the port is 443 when none is said. Borrows the text. */
struct ward_directory_url {
	struct ward_str host; /* of IPv6 without brackets */
	uint16_t port;
	struct ward_str path; /* "/…", with its query; "/" when there is none */
};
/* False: it is none, names a user, or holds what no URL may. */
bool ward_directory_url(struct ward_str s, struct ward_directory_url *ret);

struct ward_directory_group {
	struct ward_str name;     /* as the directory writes it */
	struct ward_person gives; /* roles, places, profiles; all else is empty */
	uint32_t line;
};

/* Texts live as long as it. */
struct ward_directory {
	struct ward_arena arena;
	enum ward_directory_kind kind; /* NONE: the hospital has no such file */
	struct ward_str name;          /* for people: "Sign in with NAME" */
	struct ward_str certificate; /* PEM file of whom to trust; empty: who this machine trusts */
	struct ward_str secret_file; /* of the client, or of the account that searches */
	struct ward_str person;      /* claim or attribute that says who it is */
	struct ward_str groups_from; /* claim or attribute with the groups */
	ward_ns unconfirmed;         /* a session whose person can't be asked about again */
	/* OpenID Connect */
	struct ward_str issuer;
	struct ward_directory_url at; /* of the issuer, or of the directory server */
	struct ward_str client, address;
	struct ward_str scope[WARD_DIRECTORY_SCOPES];
	size_t n_scope;
	/* LDAPS */
	struct ward_str bind, base;

	struct ward_directory_group *group; /* n_group */
	size_t n_group;
	struct ward_directory_name {
		struct ward_str name, person;
	} * alias; /* n_alias */
	size_t n_alias;
	struct ward_str breaker[WARD_DIRECTORY_BREAKERS]; /* ids of people.yml */
	size_t n_breaker;
};

struct ward_directory_in {
	const struct ward_model *m;       /* NULL: roles and places are not looked at */
	const struct ward_people *people; /* NULL: persons are not looked at */
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	struct ward_diag *diag;
};

/* Reads the text of a file. CONFIG: with findings. NOMEM. Free either way. */
WARD_MUST_CHECK enum ward_err ward_directory_read(const struct ward_directory_in *in,
	struct ward_str file, struct ward_slice text, struct ward_directory *ret);
/* The same of the hospital's folder; without the file kind is NONE. A secret's file must be its
 * owner's alone; that it is not here is a warning. IO, LIMIT as well. */
WARD_MUST_CHECK enum ward_err ward_directory_load(
	const struct ward_directory_in *in, const char *dir, struct ward_directory *ret);
void ward_directory_free(struct ward_directory *d);

#endif
