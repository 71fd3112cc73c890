/* The process of one source of indicators: fetches them by TAXII 2.1 from one address, and keeps
 * those of each collection as a file of its folder, which `ward search --indicators` reads.
 *
 * It may speak with that host and no other, and write into that folder and no other. A file is
 * whole, or as it was before. */
#include "base/fd.h"
#include "exchange/taxii_client.h"
#include "run/proc/client.h"
#include "sense/cap/url.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRET_MAX = 1024, PATH_BYTES = 4096 };

struct fetcher {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_cap_url url;
	char secret[SECRET_MAX];
	const char *dir;
	struct ward_taxii_client *taxii;
	struct client *client;
};

/* Durable under its name, or not there at all. */
static enum ward_err got(void *ctx, struct ward_str id, struct ward_str bundle)
{
	struct fetcher *f = ctx;
	char fresh[PATH_BYTES], path[PATH_BYTES];
	int n = snprintf(path, sizeof(path), "%s/%.*s.json", f->dir, WARD_STR_ARG(id));
	int k = snprintf(fresh, sizeof(fresh), "%s/%.*s.new", f->dir, WARD_STR_ARG(id));

	if (n < 0 || n >= PATH_BYTES || k < 0 || k >= PATH_BYTES)
		return WARD_ERR_LIMIT;
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool ok = fd >= 0 && ward_fd_write(fd, ward_str_bytes(bundle)) && fsync(fd) == 0;

	if (fd >= 0)
		(void)close(fd);
	if (!ok || rename(fresh, path) != 0)
		ward_process_die(&f->p, "cannot write what was got", WARD_ERR_IO);
	WARD_LOG(&f->p.log, INFO, "taxii.got", WARD_KV_S("collection", id),
		WARD_KV_U("bytes", bundle.len));
	return WARD_OK;
}

static void silent(void *ctx, const char *reason, ward_ns length)
{
	struct fetcher *f = ctx;

	if (reason)
		WARD_LOG(&f->p.log, ERROR, "taxii.silent", WARD_KV_Z("reason", reason),
			WARD_KV_I("for_ms", length / WARD_NS_PER_MS));
	else
		WARD_LOG(&f->p.log, INFO, "taxii.back",
			WARD_KV_I("after_ms", length / WARD_NS_PER_MS));
}

static void settle(struct fetcher *f)
{
	const char *user = ward_process_setting(&f->p, "user"),
		   *every = ward_process_setting(&f->p, "every"), *why = "url";
	char url[PATH_BYTES];
	int64_t ns = 0;

	ward_process_secret(&f->p, "url", url, sizeof(url));
	ward_process_secret(&f->p, "secret_file", f->secret, sizeof(f->secret));
	f->dir = ward_process_setting(&f->p, "dir");
	if (ward_cap_url_read(ward_str_z(url), &f->url, &why) != WARD_OK)
		ward_process_die(&f->p, why, WARD_ERR_CONFIG);
	if (!f->dir || !every || !ward_str_i64(ward_str_z(every), &ns) || ns < WARD_NS_PER_S)
		ward_process_die(&f->p, "dir, every", WARD_ERR_CONFIG);
	const struct ward_taxii_client_opts o = {.mem = ward_mem_heap(),
		.lim = &f->lim,
		.counters = &f->p.counters,
		.host = ward_str_z(f->url.host),
		.port = f->url.port,
		.path = ward_str_z(f->url.path),
		.user = ward_str_z(user ? user : ""),
		.secret = ward_str_z(f->secret),
		.every = ns,
		.random = ward_seed_random(),
		.got = got,
		.ctx = f};
	enum ward_err err = ward_taxii_client_new(&o, &f->taxii);

	if (err)
		ward_process_die(
			&f->p, "its collection's id, its user or its secret can't be used", err);
	f->client = client_new(&(struct client_opts){.p = &f->p,
		.poll = ward_taxii_client_poll(f->taxii),
		.host = f->url.host,
		.port = f->url.port,
		.every = ns,
		.lost = "taxii.lost",
		.secret = f->secret,
		.len_secret = sizeof(f->secret),
		.silent = silent,
		.ctx = f});
}

int main(int argc, char **argv)
{
	struct fetcher *f = calloc(1, sizeof(*f));

	if (!f)
		return WARD_PROCESS_DIED;
	ward_process_begin(&f->p, "taxii", argc, argv);
	ward_process_limits(&f->p, &f->lim);
	(void)umask(077);
	settle(f);
	ward_process_cage(&f->p, WARD_CAGE_FILES, f->dir);
	while (!ward_process_stopping()) {
		client_turn(f->client);
		ward_process_count(&f->p);
	}
	client_free(f->client);
	ward_taxii_client_free(f->taxii);
	ward_wipe(f->secret, sizeof(f->secret));
	return ward_process_end(&f->p);
}
