#include "run/filter.h"

#include "base/fd.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

struct ward_sandbox_filter {
	size_t n;
	struct sock_filter op[BPF_MAXINSNS];
};

static bool is_self(const struct sock_filter *op)
{
	return op->code == (BPF_JMP | BPF_JEQ | BPF_K) && op->k == WARD_FILTER_SELF;
}

/* libseccomp gives it by a descriptor alone. */
static bool export_to(scmp_filter_ctx from, struct ward_sandbox_filter *f)
{
	int fd = memfd_create("filter", MFD_CLOEXEC);
	bool ok = fd >= 0 && seccomp_export_bpf(from, fd) == 0;
	ssize_t n = ok ? pread(fd, f->op, sizeof(f->op), 0) : -1;

	if (fd >= 0)
		(void)close(fd);
	f->n = n > 0 ? (size_t)n / sizeof(f->op[0]) : 0;
	return f->n > 0;
}

enum ward_err ward_filter_compile(void *from, struct ward_sandbox_filter **ret)
{
	struct ward_sandbox_filter *f = calloc(1, sizeof(*f));
	size_t selves = 0;

	if (!f)
		return WARD_ERR_NOMEM;
	bool ok = export_to(from, f);

	for (size_t i = 0; i < f->n; i++)
		selves += is_self(&f->op[i]);
	if (ok && selves) {
		*ret = f;
		return WARD_OK;
	}
	free(f);
	errno = ok ? EINVAL : errno;
	return WARD_ERR_SANDBOX;
}

void ward_sandbox_filter_free(struct ward_sandbox_filter *f)
{
	free(f);
}

bool ward_filter_enter(struct ward_sandbox_filter *f)
{
	const struct sock_fprog program = {.len = (unsigned short)f->n, .filter = f->op};

	for (size_t i = 0; i < f->n; i++)
		if (is_self(&f->op[i]))
			f->op[i].k = (uint32_t)getpid();
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}
