/* Landlock (landlock(7)): no file system but the given folders, no TCP, no signals outwards; as
 * much of it as the running kernel enforces. */
#ifndef WARD_RUN_LANDLOCK_H
#define WARD_RUN_LANDLOCK_H

#include "base/attr.h"

/* The highest ABI that the kernel has; 0 for none. */
int ward_landlock_abi(void);
/* Restricts this process and its children for good: n folders may be used, n_reading of them only
 * be read (NULL ends a list before). port: the one that TCP connections may go to, 0 for none. Sets
 * no_new_privs. False with errno. */
bool ward_landlock_enter(const char *const *folder, size_t n, const char *const *reading,
	size_t n_reading, uint16_t port, int abi);
/* The same of a program, which only reads: n files or folders may be read and run; one that is not
 * there is left out. connects: also TCP connections, to port and to name servers, or 0 for any.
 * True also where the kernel has no Landlock. False with errno. */
bool ward_landlock_program(const char *const *path, size_t n, bool connects, uint16_t port);
/* The same of a program of others: n files or folders may be read and run, the folder is its own.
 * TCP is not restricted. False with errno, also where the kernel has no Landlock. */
bool ward_landlock_folder(const char *folder, const char *const *path, size_t n);

#endif
