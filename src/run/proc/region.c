/* The process of one hospital of a region: asks its Ward what it gives (docs/region.md), checks the
 * answer, and keeps the last good one as a file of its folder, which `ward region` reads.
 *
 * It may speak with that host and no other, and write into that folder and no other. A file is
 * whole, or as it was before; what a hospital says that can't be read replaces nothing. */
#include "base/fd.h"
#include "region/ask.h"
#include "region/site.h"
#include "run/proc/client.h"
#include "sense/cap/url.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, ARENA_BYTES = 256 << 20 };

struct asker {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_cap_url url;
	const char *dir, *site;
	struct ward_region_ask *ask;
	struct client *client;
	struct ward_wr last, kept; /* the last good answer; its file */
	char why[256];
};

/* Durable under its name, or not there at all. */
static void keep(struct asker *x)
{
	char fresh[PATH_BYTES], path[PATH_BYTES];
	int n = snprintf(path, sizeof(path), "%s/%s.json", x->dir, x->site);
	int k = snprintf(fresh, sizeof(fresh), "%s/%s.new", x->dir, x->site);

	ward_wr_reset(&x->kept);
	ward_site_keep(&x->kept, ward_clock_now(x->p.clock), ward_wr_slice(&x->last));
	if (n < 0 || n >= PATH_BYTES || k < 0 || k >= PATH_BYTES || ward_wr_bad(&x->kept))
		ward_process_die(&x->p, "no room for what it said", WARD_ERR_LIMIT);
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool ok = fd >= 0 && ward_fd_write(fd, ward_wr_slice(&x->kept)) && fsync(fd) == 0;

	if (fd >= 0)
		(void)close(fd);
	if (!ok || rename(fresh, path) != 0)
		ward_process_die(&x->p, "cannot write what it said", WARD_ERR_IO);
}

/* Is it what a hospital can say? */
static enum ward_err check(struct asker *x, struct ward_slice body)
{
	struct ward_arena a;
	struct ward_diag d;
	struct ward_site s;

	ward_arena_init(&a, ward_mem_heap(), ARENA_BYTES);
	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err = ward_site_read(body, WARD_STR("answer"), &x->lim, &a, &d, &s);

	(void)snprintf(x->why, sizeof(x->why), "%.*s",
		WARD_STR_ARG(d.n ? d.item[0].what : WARD_STR("its answer is none")));
	ward_site_fini(&s);
	ward_diag_fini(&d);
	ward_arena_fini(&a);
	return err;
}

static enum ward_err got(void *ctx, struct ward_slice body, bool again, const char **why)
{
	struct asker *x = ctx;
	enum ward_err err = again ? WARD_OK : check(x, body);

	*why = x->why;
	if (err)
		return err;
	if (!again) {
		ward_wr_reset(&x->last);
		ward_wr_bytes(&x->last, body.p, body.len);
	}
	if (ward_wr_bad(&x->last))
		return WARD_ERR_NOMEM;
	keep(x);
	WARD_LOG(&x->p.log, INFO, "region.heard", WARD_KV_Z("site", x->site),
		WARD_KV_U("bytes", body.len));
	return WARD_OK;
}

static void silent(void *ctx, const char *reason, ward_ns length)
{
	struct asker *x = ctx;

	if (reason)
		WARD_LOG(&x->p.log, ERROR, "region.silent", WARD_KV_Z("site", x->site),
			WARD_KV_Z("reason", reason), WARD_KV_I("for_ms", length / WARD_NS_PER_MS));
	else
		WARD_LOG(&x->p.log, INFO, "region.back", WARD_KV_Z("site", x->site),
			WARD_KV_I("after_ms", length / WARD_NS_PER_MS));
}

static void settle(struct asker *x)
{
	const char *url = ward_process_setting(&x->p, "url"),
		   *every = ward_process_setting(&x->p, "every"), *why = "url";
	int64_t ns = 0;

	x->dir = ward_process_setting(&x->p, "dir");
	x->site = ward_process_setting(&x->p, "site");
	if (!url || ward_cap_url_read(ward_str_z(url), &x->url, &why) != WARD_OK)
		ward_process_die(&x->p, why, WARD_ERR_CONFIG);
	if (!x->dir || !x->site || !every || !ward_str_i64(ward_str_z(every), &ns) ||
		ns < WARD_NS_PER_S)
		ward_process_die(&x->p, "dir, site, every", WARD_ERR_CONFIG);
	x->last = ward_wr_grow(ward_mem_heap(), WARD_SITE_BYTES);
	x->kept = ward_wr_grow(ward_mem_heap(), WARD_SITE_KEPT);
	const struct ward_region_ask_opts o = {.mem = ward_mem_heap(),
		.counters = &x->p.counters,
		.host = ward_str_z(x->url.host),
		.port = x->url.port,
		.every = ns,
		.random = ward_seed_random(),
		.got = got,
		.ctx = x};

	if (ward_region_ask_new(&o, &x->ask) != WARD_OK)
		ward_process_die(&x->p, "out of memory", WARD_ERR_NOMEM);
	x->client = client_new(&(struct client_opts){.p = &x->p,
		.poll = ward_region_ask_poll(x->ask),
		.host = x->url.host,
		.port = x->url.port,
		.every = ns,
		.lost = "region.lost",
		.silent = silent,
		.ctx = x});
}

int main(int argc, char **argv)
{
	struct asker *x = calloc(1, sizeof(*x));

	if (!x)
		return WARD_PROCESS_DIED;
	ward_process_begin(&x->p, "region", argc, argv);
	ward_process_limits(&x->p, &x->lim);
	(void)umask(077);
	settle(x);
	ward_process_cage(&x->p, WARD_CAGE_FILES, x->dir);
	while (!ward_process_stopping()) {
		client_turn(x->client);
		ward_process_count(&x->p);
	}
	client_free(x->client);
	ward_region_ask_free(x->ask);
	ward_wr_fini(&x->last);
	ward_wr_fini(&x->kept);
	return ward_process_end(&x->p);
}
