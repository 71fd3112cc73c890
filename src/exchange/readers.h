/* Who may fetch what Ward lays out: HOSPITAL/readers.yml (docs/exchange.md), checked.
 *
 * Read by `ward check`, by the supervisor, and by the process `offer`. Faces what whoever may write
 * there has written. */
#ifndef WARD_EXCHANGE_READERS_H
#define WARD_EXCHANGE_READERS_H

#include "conf/conf.h"

#define WARD_READERS_FILE "readers.yml"

enum {
	WARD_READERS_MAX = 8,
	WARD_READER_ID = 32,
	WARD_READER_TEXT = 1024,
	WARD_READER_SECRET_MIN = 16,
	WARD_READER_SECRET_MAX = 512,
};

struct ward_offer_reader {
	struct ward_str id, name;
	struct ward_str
		secret_file; /* its first line; empty: anybody may read, what is TLP:CLEAR */
	struct ward_str to, tlp, purpose; /* whom content/sharing.yml has it for; may be empty */
	bool exercise;                    /* of played scenarios, and of nothing else */
	uint32_t line;
};

/* Texts live as long as the list. */
struct ward_readers {
	struct ward_arena arena;
	struct ward_str where;                     /* "https:ADDRESS:PORT" */
	struct ward_str certificate, key, clients; /* files; empty: none */
	struct ward_str signer; /* PEM file by which alerts are signed; empty: they are not */
	struct ward_str sender; /* of alerts: "ward@hospital.example"; empty: not said */
	struct ward_offer_reader r[WARD_READERS_MAX];
	size_t n;
};

struct ward_readers_in {
	const char *dir, *content;
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	struct ward_diag *diag;
};

/* Of the hospital directory; without the file there are none. Files that it names must be there,
 * those of secrets be their owner's alone. CONFIG: with findings. NOMEM, IO. Free either way. */
WARD_MUST_CHECK enum ward_err ward_readers_load(
	const struct ward_readers_in *in, struct ward_readers *ret);
void ward_readers_free(struct ward_readers *r);

#endif
