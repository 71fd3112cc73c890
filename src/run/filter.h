/* A list of system calls as the kernel takes it (seccomp's BPF), made once and entered by many
 * processes. What differs between them is the id of the process, which may end itself by abort():
 * it is written in where the list was made with WARD_FILTER_SELF. */
#ifndef WARD_RUN_FILTER_H
#define WARD_RUN_FILTER_H

#include "run/sandbox.h"

enum { WARD_FILTER_SELF = 0x5afe5e1f }; /* above all ids that Linux gives (4194304) */

/* `from` is libseccomp's scmp_filter_ctx. SANDBOX: errno is set; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_filter_compile(void *from, struct ward_sandbox_filter **ret);
/* By this process, for good; no_new_privs is set. The list is then this process's own: forks enter
 * it before their parent does. False: errno is set. */
WARD_MUST_CHECK bool ward_filter_enter(struct ward_sandbox_filter *f);

#endif
