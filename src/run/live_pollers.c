/* The processes that ask controllers: one for each source, so that a controller which is slow,
 * broken or made to attack ends or delays no other's. */
#include "run/live_priv.h"

#include "base/fd.h"
#include "exercise/device.h"
#include "model/point/point.h"
#include "run/listen.h"
#include "sense/building/poll_plan.h"
#include "sense/building/poll_source.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TEXT_MAX = 1 << 24 };

static enum ward_err set_bacnet(struct live *l, const struct live_poller *p);
static enum ward_err set_modbus(struct live *l, const struct live_poller *p);
static enum ward_err set_snmp(struct live *l, const struct live_poller *p);
static enum ward_err set_traps(struct live *l, const struct live_poller *p);

/* What a source's way to its controllers asks for. */
struct speech {
	const char *way, *program;
	enum ward_err (*set)(struct live *l, const struct live_poller *p);
};

static const struct speech speeches[] = {
	{"bacnet:", "bacnet", set_bacnet},
	{"modbus:", "modbus", set_modbus},
	{"snmp:", "snmp", set_snmp},
	{"snmp-trap:", "snmp", set_traps},
};

static const struct speech *speaks(const struct ward_source *s)
{
	struct ward_str rest;
	size_t i = 0;

	while (i + 1 < WARD_ARRAY_LEN(speeches) && !live_starts(s, speeches[i].way, &rest))
		i++;
	return &speeches[i]; /* live_reader_of knows no other */
}

static enum ward_err add_poller(struct live *l, const struct ward_source *s)
{
	struct live_poller *p = &l->poller[l->n_poller];
	uid_t uid = LIVE_UID_POLLERS + (uid_t)l->n_poller;
	enum ward_err err;

	if (l->n_poller == WARD_POLLERS_MAX) {
		(void)snprintf(l->why, WARD_LIVE_WHY,
			"%.*s:%u: more than %d sources of controllers; give some to a Ward of "
			"their "
			"own",
			WARD_STR_ARG(s->file), s->line, (int)WARD_POLLERS_MAX);
		return WARD_ERR_CONFIG;
	}
	p->source = s;
	ward_process_numbered(p->name, "poll", l->n_poller++);
	err = ward_supervisor_add(l->s, p->name, l->n_uid > uid ? uid : 0, false, &p->number);
	if (!err) /* which has the name of what it speaks */
		err = ward_supervisor_program(l->s, p->number, speaks(s)->program);
	if (!err)
		err = live_set_limits(l, p->number);
	return err ? err : live_link_sensor(l, p->number);
}

enum ward_err live_add_pollers(struct live *l)
{
	size_t n;
	const struct ward_source *s = ward_model_sources(l->m, &n);
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < n; i++)
		if (live_reader_of(&s[i]) == P_POLL && !live_unplayed(l, &s[i]))
			err = add_poller(l, &s[i]);
	return err;
}

/* Points that can't be asked for are an error now, not in the log of a process that won't live. */
static enum ward_err check_point(
	struct live *l, const struct ward_source *s, const struct ward_bms_point *p)
{
	const char *why;

	if (ward_poll_address_fits(s->kind, p->address, &why))
		return WARD_OK;
	(void)snprintf(l->why, WARD_LIVE_WHY, "%s/" WARD_POINT_FILE ":%u: '%.*s': %s", l->o->dir,
		p->line, WARD_STR_ARG(p->address), why);
	return WARD_ERR_CONFIG;
}

enum ward_err live_hand_text(
	struct live *l, size_t number, const char *key, const struct ward_wr *w)
{
	int fd = memfd_create(key, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	enum ward_err err;

	/* each life of the process reads it: none may change it for the next */
	if (fd < 0 || ward_wr_bad(w) || !ward_fd_write(fd, ward_wr_slice(w)) ||
		fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) !=
			0)
		err = live_because(l, WARD_ERR_IO, key);
	else
		err = ward_supervisor_hand(l->s, number, key, fd);
	if (err && fd >= 0)
		(void)close(fd);
	return err;
}

/* What the source is asked for, as a file in memory. */
static enum ward_err hand_plan(
	struct live *l, const struct live_poller *poller, const struct ward_points *points)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), TEXT_MAX);
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < ward_points_n(points); i++) {
		const struct ward_bms_point *p = ward_points_at(points, i);
		struct ward_poll_point line = {p->id, p->unit, p->address, p->scale, p->offset};

		if (!ward_str_eq(p->source, poller->source->id))
			continue;
		err = check_point(l, poller->source, p);
		if (!err)
			ward_poll_plan_write(&line, &w);
	}
	if (!err)
		err = live_hand_text(l, poller->number, "plan", &w);
	ward_wr_fini(&w);
	return err;
}

static enum ward_err set(
	struct live *l, const struct live_poller *p, const char *key, struct ward_str value)
{
	char text[512];
	int n = snprintf(text, sizeof(text), "%.*s", WARD_STR_ARG(value));

	if (n < 0 || (size_t)n >= sizeof(text))
		return live_because(l, WARD_ERR_LIMIT, key);
	return ward_supervisor_set(l->s, p->number, key, text);
}

/* The socket that the process has, and whom it may ask through it. */
static enum ward_err set_bacnet(struct live *l, const struct live_poller *p)
{
	const struct ward_source *s = p->source;
	const char *why;
	struct ward_str at;
	int fd, yes = 1;
	enum ward_err err;

	(void)live_starts(s, "bacnet:", &at);
	err = ward_listen(at, false, l->why, &fd);
	if (err)
		return err;
	(void)setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &yes, sizeof(yes)); /* or none is sent */
	err = ward_supervisor_hand(l->s, p->number, "bacnet", fd);
	if (err)
		(void)close(fd);
	for (size_t i = 0; !err && i < s->n_controllers; i++) {
		if (!ward_poll_controller_fits(s->controllers[i], &why)) {
			(void)snprintf(l->why, WARD_LIVE_WHY,
				"'%.*s' is no controller's address: %s",
				WARD_STR_ARG(s->controllers[i]), why);
			return WARD_ERR_CONFIG;
		}
		err = set(l, p, "controller", s->controllers[i]);
	}
	if (!err && s->cov)
		err = set(l, p, "cov", WARD_STR("yes"));
	return err || !s->acknowledge ? err : set(l, p, "acknowledge", WARD_STR("yes"));
}

static enum ward_err set_modbus(struct live *l, const struct live_poller *p)
{
	struct ward_str at;

	(void)live_starts(p->source, "modbus:", &at);
	return set(l, p, "at", at);
}

/* The secret is read by the process from its file: no argument has it. */
static enum ward_err set_secret(struct live *l, const struct live_poller *p)
{
	struct ward_str file = p->source->password_file;
	bool whole = file.len && file.p[0] == '/';
	char path[400];
	int n = snprintf(path, sizeof(path), "%s%s%.*s", whole ? "" : l->o->dir, whole ? "" : "/",
		WARD_STR_ARG(file));

	if (n < 0 || (size_t)n >= sizeof(path))
		return live_because(l, WARD_ERR_LIMIT, "password_file");
	return set(l, p, "password_file", ward_str_z(path));
}

/* How messages are protected, of an agent that is asked as of those that send traps. */
static enum ward_err set_protection(struct live *l, const struct live_poller *p)
{
	const struct ward_source *s = p->source;

	if (l->o->played) /* of an agent that is played there is no secret */
		return set(l, p, "community", WARD_STR(WARD_DEVICE_COMMUNITY));
	enum ward_err err = set_secret(l, p);

	if (!err && s->user.len)
		err = set(l, p, "user", s->user);
	return err || !s->security.len ? err : set(l, p, "security", s->security);
}

static enum ward_err set_snmp(struct live *l, const struct live_poller *p)
{
	struct ward_str at;

	(void)live_starts(p->source, "snmp:", &at);
	enum ward_err err = set(l, p, "at", at);

	return err ? err : set_protection(l, p);
}

/* The addresses of what the source watches: whose traps are read before others'. */
static enum ward_err hand_agents(struct live *l, const struct live_poller *p)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), TEXT_MAX);
	enum ward_err err;

	for (size_t i = 0; i < p->source->n_watches; i++) {
		struct ward_str ip = ward_model_key(l->m, p->source->watches[i], WARD_KEY_IP);

		ward_wr_bytes(&w, ip.p, ip.len);
	}
	err = live_hand_text(l, p->number, "agents", &w);
	ward_wr_fini(&w);
	return err;
}

static enum ward_err set_traps(struct live *l, const struct live_poller *p)
{
	struct ward_str at;
	int fd;

	(void)live_starts(p->source, "snmp-trap:", &at);
	enum ward_err err = ward_listen(at, false, l->why, &fd);

	if (err)
		return err;
	err = ward_supervisor_hand(l->s, p->number, "traps", fd);
	if (err) {
		(void)close(fd);
		return err;
	}
	err = hand_agents(l, p);
	return err ? err : set_protection(l, p);
}

static enum ward_err set_poller(
	struct live *l, const struct live_poller *p, const struct ward_points *points)
{
	const struct ward_source *s = p->source;
	char every[24], why[WARD_LIVE_WHY];
	enum ward_err err = set(l, p, "source", s->id);

	(void)snprintf(every, sizeof(every), "%lld", (long long)s->every);
	if (!err)
		err = set(l, p, "every", ward_str_z(every));
	if (!err)
		err = hand_plan(l, p, points);
	if (err)
		return err;
	err = speaks(s)->set(l, p);
	if (err) {
		(void)snprintf(why, sizeof(why), "%s", l->why[0] ? l->why : "cannot be opened");
		(void)snprintf(l->why, WARD_LIVE_WHY, "%.*s:%u: source '%.*s': %.*s",
			WARD_STR_ARG(s->file), s->line, WARD_STR_ARG(s->id), WARD_LIVE_WHY / 2,
			why);
	}
	return err;
}

enum ward_err live_points(struct live *l, struct ward_points **ret)
{
	struct ward_diag diag;
	enum ward_err err;

	ward_diag_init(&diag, ward_mem_heap());
	const struct ward_point_in in = {l->m, l->o->lim, ward_mem_heap(), &diag};

	err = ward_points_load(&in, l->o->dir, l->o->content, ret);
	if (err)
		(void)snprintf(l->why, WARD_LIVE_WHY,
			"%s/" WARD_POINT_FILE " has problems; `ward check %s` lists them",
			l->o->dir, l->o->dir);
	ward_diag_fini(&diag);
	return err;
}

enum ward_err live_set_pollers(struct live *l)
{
	struct ward_points *points = NULL;
	enum ward_err err;

	if (!l->n_poller)
		return WARD_OK;
	err = live_points(l, &points);
	for (size_t i = 0; !err && i < l->n_poller; i++)
		err = set_poller(l, &l->poller[i], points);
	ward_points_free(points);
	return err;
}
