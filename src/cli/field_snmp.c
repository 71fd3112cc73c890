/* Asks an SNMP agent from the command line. */
#include "cli/field_poll.h"

#include "base/hash.h"
#include "cli/connect.h"
#include "sense/building/snmp.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

enum { SECRET_MAX = 512, TIMEOUT_MS = 3000 };

static struct ward_poll_now now_of(void *ctx)
{
	(void)ctx;
	return field_poll_now();
}

/* A file, since arguments can be seen by every user of the machine. */
static bool read_secret(const char *path, char secret[SECRET_MAX])
{
	FILE *f = fopen(path, "re");
	bool ok = f && fgets(secret, SECRET_MAX, f) != NULL;

	secret[ok ? strcspn(secret, "\r\n") : 0] = 0;
	return f && fclose(f) == 0 && ok;
}

static int set_up(const struct field_poll *f, int fd, struct ward_snmp **ret)
{
	char secret[SECRET_MAX] = "public";
	struct ward_snmp_opts o = {.fd = fd, .user = f->user, .secret = secret};

	o.security = ward_snmp_security_find(ward_str_z(f->security ? f->security : "v2c"));
	o.timeout_ms = TIMEOUT_MS;
	if (o.security == WARD_SNMP_SECURITY_N)
		return ward_cli_usage(f->cmd, "--security is v2c, sha-aes or sha256-aes");
	if (o.security != WARD_SNMP_V2C && (!f->user || !f->password_file))
		return ward_cli_usage(
			f->cmd, "--security %s needs --user and --password-file", f->security);
	if (f->password_file && !read_secret(f->password_file, secret))
		return ward_cli_fail(f->cmd, "cannot read '%s'", f->password_file);
	char *tab = strchr(secret, '\t');

	o.privacy = tab ? tab + 1 : secret;
	if (tab)
		*tab = 0;
	enum ward_err err = ward_snmp_new(&o, ret);

	ward_wipe(secret, sizeof(secret));
	if (err == WARD_ERR_CONFIG)
		return ward_cli_fail(f->cmd, "a pass phrase has at least 8 bytes (RFC 3414)");
	return err ? ward_cli_fail(f->cmd, "%s", ward_err_text(err)) : WARD_EXIT_DONE;
}

static enum ward_err ask(struct field_poll *f, struct ward_snmp_client *c)
{
	enum ward_err err = WARD_OK;

	while (!err && field_poll_goes_on(f)) {
		int wait = field_poll_wait(f, ward_snmp_client_due(c));

		if (wait && poll(NULL, 0, wait) < 0 && errno != EINTR)
			return WARD_ERR_IO;
		err = ward_snmp_client_tick(c);
	}
	return err;
}

static int run(struct field_poll *f, struct ward_snmp *s)
{
	struct ward_snmp_client *c;
	const char *why = NULL;
	size_t at = 0;
	struct ward_snmp_client_opts o = {.mem = ward_mem_heap(),
		.lim = &f->lim,
		.names = &f->names,
		.counters = &f->counters,
		.sink = {field_poll_put, f},
		.source = WARD_STR("snmp"),
		.plan = &f->plan,
		.every = (ward_ns)f->every_s * WARD_NS_PER_S,
		.seed = ward_seed_random().k0,
		.epoch = (uint64_t)ward_clock_now(ward_clock_system()),
		.read = ward_snmp_read,
		.now = now_of,
		.ctx = s};
	enum ward_err err = ward_snmp_client_new(&o, &c, &at, &why);

	if (err == WARD_ERR_CONFIG) {
		int rc = field_poll_bad_point(f, at, why);

		(void)field_poll_end(f, WARD_OK, NULL);
		return rc;
	}
	if (err)
		return field_poll_end(f, err, "begin");
	err = ask(f, c);
	ward_snmp_client_free(c);
	return field_poll_end(f, err, "ask the agent");
}

int ward_cli_field_snmp(const struct ward_cmd *cmd, int argc, char **argv)
{
	static struct field_poll f;
	struct ward_snmp *s = NULL;
	int fd = -1, rc = field_poll_begin(&f, cmd, argc, argv);

	if (rc != WARD_EXIT_DONE)
		return rc;
	if (f.n_target != 1 || !f.plan.n)
		return ward_cli_usage(
			cmd, "snmp asks one HOST:PORT for points (--point, or --hospital)");
	enum ward_err err = ward_cli_connect_udp(ward_str_z(f.target[0]), &fd);

	if (err)
		return field_poll_end(&f, err, "find the agent");
	rc = set_up(&f, fd, &s);
	if (rc == WARD_EXIT_DONE)
		rc = run(&f, s);
	ward_snmp_free(s);
	(void)close(fd);
	return rc;
}
