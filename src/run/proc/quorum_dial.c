#include "run/proc/quorum_dial.h"

#include <fcntl.h>
#include <netdb.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { TRUST_MAX = 1 << 20 };

/* No names are looked up in the cage. A host without an address is left out of this life. */
static void look_up(struct quorum_dial *d, struct ward_process *p)
{
	const struct addrinfo hint = {.ai_socktype = SOCK_STREAM};
	size_t n = 0;

	for (size_t i = 0; i < d->where.n_host; i++) {
		struct addrinfo *found = NULL;
		char host[256];

		(void)snprintf(host, sizeof(host), "%.*s", WARD_STR_ARG(d->where.host[i]));
		if (getaddrinfo(host, NULL, &hint, &found) != 0 ||
			getnameinfo(found->ai_addr, found->ai_addrlen, d->address[n],
				sizeof(d->address[n]), NULL, 0, NI_NUMERICHOST) != 0)
			WARD_LOG(&p->log, WARN, "quorum.unknown_host", WARD_KV_Z("host", host));
		else
			d->where.host[n++] = d->where.host[i];
		if (found)
			freeaddrinfo(found);
	}
	d->where.n_host = n;
	if (!n)
		ward_process_die(p, "no host of 'journal' has an address", WARD_ERR_NOT_FOUND);
}

/* libpq reads it from a path at each connection: a copy in memory, that the cage can't be led away
 * from. */
static void keep_trust(struct quorum_dial *d, struct ward_process *p)
{
	static uint8_t bytes[TRUST_MAX];
	const char *path = ward_process_setting(p, "trust");
	int from = path ? open(path, O_RDONLY | O_CLOEXEC) : -1, to;
	ssize_t n = from < 0 ? -1 : read(from, bytes, sizeof(bytes));

	if (!path)
		return;
	to = memfd_create("trust", MFD_CLOEXEC);
	if (n <= 0 || n == (ssize_t)sizeof(bytes) || to < 0 || write(to, bytes, (size_t)n) != n)
		ward_process_die(p, path, WARD_ERR_IO);
	(void)close(from);
	(void)snprintf(d->trust, sizeof(d->trust), "/proc/self/fd/%d", to);
}

void quorum_dial_open(
	struct quorum_dial *d, struct ward_process *p, ward_ns deadline, struct ward_quorum **ret)
{
	const char *said = ward_process_setting(p, "where"), *why = "where";

	/* libpq takes what it is not told from there, also from a home folder */
	if (clearenv() != 0 || setenv("HOME", "/nonexistent", 1) != 0)
		ward_process_die(p, "the environment", WARD_ERR_NOMEM);
	if (!said || ward_quorum_where_read(ward_str_z(said), &d->where, &why) != WARD_OK)
		ward_process_die(p, why, WARD_ERR_CONFIG);
	ward_process_secret(p, "password_file", d->password, sizeof(d->password));
	keep_trust(d, p);
	look_up(d, p);
	if (OPENSSL_init_ssl(OPENSSL_INIT_LOAD_CONFIG, NULL) != 1)
		ward_process_die(p, "its libraries", WARD_ERR_IO);
	const struct ward_quorum_options o = {.where = &d->where,
		.address = d->address,
		.password = d->password[0] ? d->password : NULL,
		.trust = d->trust[0] ? d->trust : NULL,
		.deadline = deadline,
		.clock = p->clock,
		.mem = ward_mem_heap()};

	if (ward_quorum_open(&o, ret) != WARD_OK)
		ward_process_die(p, "out of memory", WARD_ERR_NOMEM);
	p->port = d->where.port;
}
