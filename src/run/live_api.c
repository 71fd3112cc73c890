/* The console: where it is served, by which names and certificate, and what its process needs. */
#include "run/live_people.h"

#include "run/authority.h"
#include "run/listen.h"
#include "run/machines.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <limits.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, RANDOM_BYTES = 24, PRINT_BYTES = 32 };

#define USUAL "127.0.0.1:8443"

/* ---- names ---- */

static void add_name(struct live_console *c, const char *name)
{
	for (size_t i = 0; i < c->n_host; i++)
		if (ward_str_ieq(ward_str_z(c->host[i]), ward_str_z(name)))
			return;
	if (c->n_host < LIVE_CONSOLE_HOSTS && ward_authority_name(ward_str_z(name)))
		(void)snprintf(c->host[c->n_host++], sizeof(c->host[0]), "%s", name);
}

static bool text_of(const struct sockaddr *a, char ret[INET6_ADDRSTRLEN])
{
	const void *bytes =
		a->sa_family == AF_INET
			? (const void *)&((const struct sockaddr_in *)(const void *)a)->sin_addr
			: (const void *)&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr;

	return (a->sa_family == AF_INET || a->sa_family == AF_INET6) &&
	       inet_ntop(a->sa_family, bytes, ret, INET6_ADDRSTRLEN);
}

/* Every address of the machine, where it listens at all of them. */
static void add_addresses(struct live_console *c)
{
	struct ifaddrs *all, *a;
	char text[INET6_ADDRSTRLEN];

	if (getifaddrs(&all) != 0)
		return;
	for (a = all; a; a = a->ifa_next)
		if (a->ifa_addr && text_of(a->ifa_addr, text) &&
			strncmp(text, "fe80:", 5) != 0) /* needs a zone that no name has */
			add_name(c, text);
	freeifaddrs(all);
}

/* The names that are sure to be ours, and the address to open. */
static enum ward_err name_it(struct live *l)
{
	struct live_console *c = &l->console;
	struct sockaddr_storage at = {0};
	socklen_t len = sizeof(at);
	char own[WARD_AUTHORITY_NAME_MAX + 1] = "", text[INET6_ADDRSTRLEN] = "";

	if (getsockname(c->listener, (struct sockaddr *)(void *)&at, &len) != 0 ||
		!text_of((struct sockaddr *)(void *)&at, text))
		return live_because(l, WARD_ERR_IO, "the console's socket");
	unsigned port =
		ntohs(at.ss_family == AF_INET
				? ((const struct sockaddr_in *)(const void *)&at)->sin_port
				: ((const struct sockaddr_in6 *)(const void *)&at)->sin6_port);
	bool any = strcmp(text, "0.0.0.0") == 0 || strcmp(text, "::") == 0;
	bool local = strncmp(text, "127.", 4) == 0 || strcmp(text, "::1") == 0;

	for (size_t i = 0; i < c->conf.n_name; i++) {
		char name[WARD_AUTHORITY_NAME_MAX + 1];

		(void)snprintf(name, sizeof(name), "%.*s", WARD_STR_ARG(c->conf.name[i]));
		add_name(c, name);
	}
	add_name(c, "localhost");
	add_name(c, "127.0.0.1");
	add_name(c, "::1");
	if (gethostname(own, sizeof(own) - 1) == 0)
		add_name(c, own);
	if (any)
		add_addresses(c);
	else
		add_name(c, text);
	(void)snprintf(c->url, sizeof(c->url),
		strchr(text, ':') && !local && !any ? "https://[%s]:%u/" : "https://%s:%u/",
		c->conf.n_name  ? c->host[0]
		: local         ? "localhost"
		: any && own[0] ? own
				: text,
		port);
	return WARD_OK;
}

/* ---- before a network namespace of its own ---- */

/* Its process reads them; what is wrong with them is said before it starts. */
static enum ward_err try_machines(struct live *l, struct ward_diag *diag)
{
	const struct ward_machines_in in = {l->m, l->o->lim, ward_mem_heap(), diag};
	struct ward_machines m;
	enum ward_err err = ward_machines_load(&in, l->o->dir, &m);

	ward_machines_free(&m);
	return err;
}

static enum ward_err load_conf(struct live *l)
{
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	const struct ward_console_in in = {l->o->dir, l->o->lim, ward_mem_heap(), &diag};
	enum ward_err err = ward_console_load(&in, &l->console.conf);

	if (!err)
		err = try_machines(l, &diag);
	ward_diag_sort(&diag);
	if (err == WARD_ERR_CONFIG && diag.n)
		(void)snprintf(l->why, WARD_LIVE_WHY, "%.*s:%u: %.*s; %.*s",
			WARD_STR_ARG(diag.item[0].file), diag.item[0].line,
			WARD_STR_ARG(diag.item[0].what), WARD_STR_ARG(diag.item[0].mend));
	else if (err)
		err = live_because(l, err, WARD_CONSOLE_FILE);
	ward_diag_fini(&diag);
	return err;
}

/* That of the life before this one, which ended to begin anew. */
static int held(void)
{
	const char *text = getenv(WARD_LIVE_HELD);
	uint64_t fd = 0;
	int is = 0;
	socklen_t len = sizeof(is);

	if (!text || !ward_str_u64(ward_str_z(text), &fd) || fd <= STDERR_FILENO || fd > INT_MAX)
		return -1;
	(void)unsetenv(WARD_LIVE_HELD);
	if (getsockopt((int)fd, SOL_SOCKET, SO_ACCEPTCONN, &is, &len) != 0 || !is ||
		fcntl((int)fd, F_SETFD, FD_CLOEXEC) != 0)
		return -1;
	return (int)fd;
}

/* Nobody can connect to what nobody accepts any more, but wait. */
static enum ward_err keep_it(struct live *l)
{
	l->console.held = fcntl(l->console.listener, F_DUPFD_CLOEXEC, 0);
	return l->console.held < 0 ? live_because(l, WARD_ERR_IO, "the console's socket")
				   : name_it(l);
}

enum ward_err live_open_console(struct live *l)
{
	struct live_console *c = &l->console;
	const char *asked = l->o->console;
	char why[WARD_LISTEN_WHY];

	if (asked && strcmp(asked, "off") == 0)
		return WARD_OK;
	enum ward_err err = load_conf(l);

	if (err)
		return err;
	struct ward_str at = asked               ? ward_str_z(asked)
			     : c->conf.where.len ? c->conf.where
						 : WARD_STR(USUAL);

	c->listener = held();
	if (c->listener < 0)
		err = ward_listen(at, true, why, &c->listener);
	if (!err)
		return keep_it(l);
	c->listener = -1;
	if (asked || c->conf.where.len) {
		(void)snprintf(l->why, WARD_LIVE_WHY,
			"the console: %s; end what listens there, or give `--console ADDRESS:PORT` "
			"(`--console off`: none)",
			why);
		return err;
	}
	/* where nobody asked for it, it is no reason to watch nothing */
	(void)snprintf(c->why_not, sizeof(c->why_not), "%s", why);
	WARD_LOG(l->o->log, WARN, "supervisor.console", WARD_KV_Z("why", why));
	return WARD_OK;
}

/* ---- what its process needs ---- */

/* The token by which a collector of metrics asks: made once. */
static enum ward_err tell_token(struct live *l, size_t number, const char *folder)
{
	char path[PATH_BYTES + 32], text[2 * RANDOM_BYTES + 2];
	uint8_t bytes[RANDOM_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text) - 1);

	(void)snprintf(path, sizeof(path), "%s/metrics.token", folder);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0 && errno != EEXIST)
		return live_because(l, WARD_ERR_IO, path);
	if (fd >= 0) {
		randombytes_buf(bytes, sizeof(bytes));
		ward_wr_hex(&w, ward_slice_of(bytes, sizeof(bytes)));
		ward_wr_ch(&w, '\n');
		bool ok = write(fd, w.p, w.len) == (ssize_t)w.len && fsync(fd) == 0;

		ward_wipe(text, sizeof(text));
		ward_wipe(bytes, sizeof(bytes));
		if (close(fd) != 0 || !ok)
			return live_because(l, WARD_ERR_IO, path);
	}
	return live_tell(l, number, "metrics_token", ward_str_z(path));
}

static enum ward_err ready(struct live *l, const char *folder)
{
	struct live_console *c = &l->console;
	struct ward_str name[LIVE_CONSOLE_HOSTS] = {WARD_STR("localhost")};
	bool made = false, own = c->conf.certificate.len > 0;

	for (size_t i = 0; !own && i < c->n_host; i++)
		name[i] = ward_str_z(c->host[i]);
	const struct ward_authority_in in = {.folder = folder,
		.hospital = ward_model_hospital(l->m)->name,
		.name = name,
		.n_name = own ? 1 : c->n_host,
		.now = ward_clock_now(l->o->clock)};
	enum ward_err err = ward_authority_ready(&in, &made, l->why);

	if (!err && made)
		WARD_LOG(l->o->log, INFO, "supervisor.authority", WARD_KV_Z("made", folder));
	return err;
}

static enum ward_err certify(struct live *l, size_t number, const char *folder)
{
	char path[PATH_BYTES + 32];
	enum ward_err err = ready(l, folder);

	(void)snprintf(path, sizeof(path), "%s/" WARD_AUTHORITY_SERVER, folder);
	if (!err)
		err = live_tell(l, number, "certificate", ward_str_z(path));
	if (!err)
		err = live_tell(l, number, "key", ward_str_z(path));
	(void)snprintf(path, sizeof(path), "%s/" WARD_AUTHORITY_CA, folder);
	return err ? err : live_tell(l, number, "ca", ward_str_z(path));
}

/* Sensors elsewhere that have no token: `login` takes them in by a code, with the authority's key,
 * and `api` asks for their certificates. */
static enum ward_err vouch(struct live *l, size_t number, const char *folder)
{
	char certificate[PATH_BYTES + 32];
	uint8_t print[PRINT_BYTES];
	char text[2 * PRINT_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	enum ward_err err = WARD_OK;
	size_t n, n_sensor = 0;
	const struct ward_source *s = ward_model_sources(l->m, &n);
	int fd;

	for (size_t i = 0; !err && i < n; i++) {
		if (!ward_str_eqz(s[i].kind, "sensor") || s[i].password_file.len)
			continue;
		err = live_tell(l, l->number[P_LOGIN], "sensor", s[i].id);
		n_sensor++;
	}
	if (err || !n_sensor)
		return err;
	(void)snprintf(certificate, sizeof(certificate), "%s/" WARD_AUTHORITY_SERVER, folder);
	if (l->console.conf.certificate.len) {
		err = ready(l, folder); /* else it was by then */
		if (!err)
			err = live_path_of(l, l->console.conf.certificate, certificate);
	}
	if (!err && ward_authority_print(certificate, print) != WARD_OK)
		err = live_because(l, WARD_ERR_CONFIG, certificate);
	if (err)
		return err;
	ward_wr_hex(&w, ward_slice_of(print, sizeof(print)));
	err = live_tell(l, l->number[P_LOGIN], "server_print", ward_wr_text(&w));
	if (!err)
		err = live_tell(l, number, "sensors", WARD_STR("yes"));
	if (!err && ward_authority_hand(folder, &fd) != WARD_OK)
		err = live_because(l, WARD_ERR_IO, folder);
	else if (!err &&
		 (err = ward_supervisor_hand(l->s, l->number[P_LOGIN], "authority", fd)) != WARD_OK)
		(void)close(fd);
	return err;
}

/* The console's pages: those that were named, else those beside the content. */
static enum ward_err tell_pages(struct live *l, size_t number)
{
	static const char *const beside[] = {"/../console", "/../console/dist"};
	char dir[PATH_BYTES], probe[PATH_BYTES + 32];

	if (l->o->console_dir) {
		(void)snprintf(probe, sizeof(probe), "%.4000s/index.html", l->o->console_dir);
		if (access(probe, R_OK) != 0)
			return live_because(l, WARD_ERR_IO, probe);
		return live_tell(l, number, "console", ward_str_z(l->o->console_dir));
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(beside); i++) {
		(void)snprintf(dir, sizeof(dir), "%.4000s%s", l->o->content, beside[i]);
		(void)snprintf(probe, sizeof(probe), "%s/assets", dir); /* what was built has it */
		if (access(probe, R_OK) == 0)
			return live_tell(l, number, "console", ward_str_z(dir));
	}
	return WARD_OK;
}

static enum ward_err hand_over(struct live *l, size_t number)
{
	int fd = l->console.listener;
	enum ward_err err = ward_supervisor_hand(l->s, number, "listener", fd);

	l->console.listener = err ? fd : -1; /* the supervisor has it */
	if (!err)
		err = live_hand_care(l, number);
	if (!err)
		err = ward_supervisor_link(l->s, number, l->number[P_STORE]);
	if (!err && l->used[P_INGEST])
		err = ward_supervisor_link(l->s, number, l->number[P_INGEST]);
	if (!err)
		err = ward_supervisor_link(l->s, number, l->number[P_LOGIN]);
	if (!err && l->used[P_CONFIG])
		err = ward_supervisor_link(l->s, number, l->number[P_CONFIG]);
	if (!err)
		err = ward_supervisor_link(l->s, number, l->number[P_RECKON]);
	return err ? err : ward_supervisor_link(l->s, number, l->number[P_RECALL]);
}

/* What reads the journal for it: the hospital, and the journal's folder. */
static enum ward_err set_recall(struct live *l)
{
	size_t number = l->number[P_RECALL];
	char path[PATH_BYTES];
	int n = snprintf(path, sizeof(path), "%s/journal", l->o->state);

	if (n < 0 || n >= PATH_BYTES)
		return live_because(l, WARD_ERR_LIMIT, l->o->state);
	enum ward_err err = live_tell(l, number, "journal", ward_str_z(path));

	if (!err)
		err = live_tell(l, number, "hospital", ward_str_z(l->o->dir));
	return err ? err : live_tell(l, number, "content", ward_str_z(l->o->content));
}

/* What computes for it: the hospital, and its links. */
static enum ward_err set_reckon(struct live *l)
{
	size_t number = l->number[P_RECKON];
	enum ward_err err = ward_supervisor_link(l->s, number, l->number[P_STORE]);

	if (!err)
		err = live_tell(l, number, "hospital", ward_str_z(l->o->dir));
	return err ? err : live_tell(l, number, "content", ward_str_z(l->o->content));
}

enum ward_err live_set_api(struct live *l)
{
	size_t number = l->number[P_API];
	struct live_console *c = &l->console;
	char folder[PATH_BYTES];

	if (!l->used[P_API])
		return WARD_OK;
	int n = snprintf(folder, sizeof(folder), "%s/api", l->o->state);

	if (n < 0 || n >= PATH_BYTES)
		return live_because(l, WARD_ERR_LIMIT, l->o->state);
	if ((mkdir(folder, 0700) != 0 && errno != EEXIST) || !live_own_folder(folder, 0))
		return live_because(l, WARD_ERR_IO, folder);
	enum ward_err err = hand_over(l, number);

	if (!err)
		err = set_reckon(l);
	if (!err)
		err = set_recall(l);
	if (!err)
		err = live_tell(l, number, "hospital", ward_str_z(l->o->dir));
	if (!err)
		err = live_tell(l, number, "content", ward_str_z(l->o->content));
	if (!err && l->o->scenario)
		err = live_tell(l, number, "exercise", WARD_STR("yes"));
	if (!err && live_is_told(l))
		err = live_tell(l, number, "tells", WARD_STR("yes"));
	if (!err && live_acts(l))
		err = live_tell(l, number, "acts", WARD_STR("yes"));
	if (!err && live_acts(l))
		err = live_hand_abilities(l, number);
	for (size_t i = 0; !err && i < c->n_host; i++)
		err = live_tell(l, number, "host", ward_str_z(c->host[i]));
	if (!err)
		err = tell_token(l, number, folder);
	if (!err)
		err = tell_pages(l, number);
	if (!err && !c->conf.certificate.len)
		err = certify(l, number, folder);
	if (!err)
		err = live_tell_file(l, number, "certificate", c->conf.certificate);
	if (!err)
		err = live_tell_file(l, number, "key", c->conf.key);
	return err ? err : vouch(l, number, folder);
}

void live_say_console(const struct live *l, struct ward_wr *w)
{
	const struct live_console *c = &l->console;

	if (c->url[0])
		WARD_SAY(w, l->o->lang, WARD_TEXT("Console: {address}"),
			{"address", ward_str_z(c->url)});
	else if (c->why_not[0])
		WARD_SAY(w, l->o->lang,
			WARD_TEXT("No console: {reason}; give --console ADDRESS:PORT"),
			{"reason", ward_str_z(c->why_not)});
	else
		return;
	ward_wr_ch(w, '\n');
}

void live_close_console(struct live *l)
{
	if (l->console.listener >= 0)
		(void)close(l->console.listener);
	ward_console_free(&l->console.conf);
}
