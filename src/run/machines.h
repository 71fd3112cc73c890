/* Programs that ask the API without a person: HOSPITAL/machines.yml (docs/machines.md), checked.
 *
 * A machine is known by its certificate: TLS proves that it has the key, and the file says by the
 * certificate's fingerprint which one it is and what it may see. It decides nothing; it may hand in
 * files to be looked at, where that is said. Read by `ward
 * check`, by the supervisor, and by `api`. Faces what whoever may write there has written. */
#ifndef WARD_RUN_MACHINES_H
#define WARD_RUN_MACHINES_H

#include "desk/people.h"
#include "desk/rights.h"

#define WARD_MACHINES_FILE "machines.yml"
/* Before the id, where it is on record. */
#define WARD_MACHINE_PREFIX "machine:"

enum { WARD_MACHINES_MAX = 64, WARD_MACHINE_PRINT = 32 };

/* Texts live as long as the list. */
struct ward_machine {
	struct ward_str id, name;
	uint8_t print[WARD_MACHINE_PRINT];         /* SHA-256 of the certificate (DER) */
	uint64_t rights;                           /* WARD_RIGHT_BIT */
	struct ward_str place[WARD_PERSON_PLACES]; /* ids of nodes; none: everywhere */
	size_t n_place;
	uint32_t line;
};
struct ward_machines {
	struct ward_arena arena;
	struct ward_machine *m; /* n, in the order of the file */
	size_t n;
};

struct ward_machines_in {
	const struct ward_model *m; /* NULL: places are not looked at */
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	struct ward_diag *diag;
};

/* The rights that a machine can have: those of seeing, but no evidence and no records of who did
 * what, counters, `report`, which to it is handing in files, and what a region is given
 * (docs/region.md). */
uint64_t ward_machine_rights(void);
/* CONFIG: with findings. NOMEM. Free either way. */
WARD_MUST_CHECK enum ward_err ward_machines_read(const struct ward_machines_in *in,
	struct ward_str file, struct ward_slice text, struct ward_machines *ret);
/* The same of the hospital's folder; without the file there are none. IO, LIMIT as well. */
WARD_MUST_CHECK enum ward_err ward_machines_load(
	const struct ward_machines_in *in, const char *dir, struct ward_machines *ret);
void ward_machines_free(struct ward_machines *m);
/* NULL: none has that certificate. */
const struct ward_machine *ward_machine_of(
	const struct ward_machines *m, const uint8_t print[WARD_MACHINE_PRINT]);

#endif
