/* The process of one switch that is asked by SNMP (version 3, authPriv): it finds the port that
 * `act` names, sets what it is told, and reads before and after, so that it says what became of it
 * from what the switch has, whatever the switch says. Its UDP socket is made, and the switch's name
 * looked up, before the cage; connected, so that others are not heard. net-snmp waits for each
 * answer, at most two seconds.
 *
 * Settings: url ("HOST:PORT"), user, security, secret_file (its first line: AUTHENTICATION TAB
 * PRIVACY, or one pass phrase for both), uplinks (ports, with tabs between). */
#include "respond/act/port.h"
#include "respond/recipients.h"
#include "run/dial.h"
#include "run/postbox.h"
#include "sense/building/snmp_set.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	POLL_MS = 200,
	TIMEOUT_MS = 2000,
	AGAIN_MS = 250, /* some switches show what was set a little later */
	TRIES_MAX = 2,  /* of a question; what is set is set once, and then looked at */
	LOOKS_MAX = 4,
	ARENA_BYTES = 4 << 20,
};
/* A switch that answers slowly is given up on; `act` waits longer. */
static const ward_ns patience = 40 * WARD_NS_PER_S;

/* Columns: IF-MIB (RFC 2863). */
static const struct ward_snmp_oid if_descr = {{1, 3, 6, 1, 2, 1, 2, 2, 1, 2}, 10};
static const struct ward_snmp_oid if_admin_status = {{1, 3, 6, 1, 2, 1, 2, 2, 1, 7}, 10};
static const struct ward_snmp_oid if_name = {{1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1}, 11};
/* BRIDGE-MIB (RFC 4188): the interface of a port; the port at which a hardware address is. */
static const struct ward_snmp_oid base_port = {{1, 3, 6, 1, 2, 1, 17, 1, 4, 1, 2}, 11};
static const struct ward_snmp_oid fdb = {{1, 3, 6, 1, 2, 1, 17, 4, 3, 1, 2}, 11};
/* Q-BRIDGE-MIB (RFC 4363): the same address for each VLAN. */
static const struct ward_snmp_oid vlan_fdb = {{1, 3, 6, 1, 2, 1, 17, 7, 1, 2, 2, 1, 2}, 13};
static const struct ward_snmp_oid pvid = {{1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 5, 1, 1}, 13};

enum { MAC = 6 };

struct setter {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_arena arena;
	struct ward_snmp *snmp;
	struct ward_str uplinks;
	int link, sock;
	/* what is asked */
	struct ward_id id;
	struct ward_port_ask ask;
	ward_ns until;
	/* what is looked for in a column, and where it was found */
	struct ward_str name;
	int64_t number;
	uint32_t found;
	unsigned n_found;
	uint32_t mac[WARD_PORT_DEVICES + 1][MAC]; /* that are behind the port */
	size_t n_mac;
	bool late;
	uint8_t buf[WARD_MSG_MAX];
};

static ward_ns mono(const struct setter *s)
{
	return ward_clock_mono(s->p.clock);
}

static void say(struct setter *s, enum ward_sent what, const char *why)
{
	struct ward_outcome o = {.what = what};

	(void)snprintf(o.why, sizeof(o.why), "%s", why);
	ward_count_name(
		&s->p.counters, what == WARD_SENT_DELIVERED ? "send.delivered" : "send.failed", 1);
	(void)ward_postbox_say(&s->p, s->link, s->id, &o);
}

/* ---- reading ---- */

/* What a question that was not answered says of the request; nothing was set yet. False: say it. */
static bool heard(struct setter *s, enum ward_snmp_end e, const char *why)
{
	char text[WARD_WEBHOOK_WHY];

	if (e == WARD_SNMP_DONE && !s->late)
		return true;
	if (e == WARD_SNMP_MISSED && why)
		say(s, WARD_SENT_REFUSED, why);
	else if (e == WARD_SNMP_DONE || e == WARD_SNMP_MISSED)
		say(s, WARD_SENT_FAILED, "it gave no answer in time, and nothing was set");
	else {
		(void)snprintf(text, sizeof(text), "it can't be read: %s",
			e == WARD_SNMP_REFUSED && why ? why : "its answer is of something else");
		say(s, WARD_SENT_REFUSED, text);
	}
	return false;
}

/* Again while nobody answers. */
static bool again(const struct setter *s, enum ward_snmp_end e, const char *why, unsigned tries)
{
	return e == WARD_SNMP_MISSED && !why && tries < TRIES_MAX && mono(s) < s->until;
}

static enum ward_snmp_end read_one(struct setter *s, const struct ward_snmp_oid *column,
	uint32_t index, struct ward_snmp_value *ret, const char **ret_why)
{
	struct ward_snmp_oid oid = *column;
	const struct ward_snmp_oid *what = &oid;
	enum ward_snmp_end e;
	unsigned tries = 0;

	oid.id[oid.n++] = index;
	do {
		*ret_why = NULL;
		*ret = (struct ward_snmp_value){.reason = "no-answer"};
		e = ward_snmp_read(s->snmp, &what, 1, false, ret, ret_why);
	} while (again(s, e, *ret_why, ++tries));
	return e;
}

static bool on_row(void *ctx, const uint32_t *index, size_t n, const struct ward_snmp_value *v)
{
	struct setter *s = ctx;
	bool it = s->name.len ? v->value.kind == WARD_VALUE_STR && !v->cut &&
					ward_str_eq(v->value.s, s->name)
			      : v->value.kind == WARD_VALUE_INT && v->value.i == s->number;

	s->late = mono(s) >= s->until;
	if (v->reason || !it || n != 1 || (s->n_found && s->found == *index))
		return !s->late;
	s->found = *index;
	s->n_found++;
	return !s->late;
}

/* An address at the port, which may be there in several VLANs. */
static bool on_mac(void *ctx, const uint32_t *index, size_t n, const struct ward_snmp_value *v)
{
	struct setter *s = ctx;

	s->late = mono(s) >= s->until;
	if (v->reason || v->value.kind != WARD_VALUE_INT || v->value.i != s->number || n < MAC)
		return !s->late;
	for (size_t i = 0; i < s->n_mac; i++)
		if (memcmp(s->mac[i], index + n - MAC, sizeof(s->mac[i])) == 0)
			return !s->late;
	WARD_ASSERT(s->n_mac <= WARD_PORT_DEVICES); /* a walk ends with one too many */
	memcpy(s->mac[s->n_mac++], index + n - MAC, sizeof(s->mac[0]));
	return !s->late && s->n_mac <= WARD_PORT_DEVICES;
}

/* To the end, or as far as `row` wants. False: it was said why not. */
static bool walk(struct setter *s, const struct ward_snmp_oid *column,
	bool (*row)(void *, const uint32_t *, size_t, const struct ward_snmp_value *))
{
	const struct ward_snmp_walk w = {.column = *column, .row = row, .ctx = s};
	enum ward_snmp_end e;
	const char *why;
	unsigned tries = 0;

	do {
		why = NULL;
		e = ward_snmp_walk(s->snmp, &w, &why);
	} while (again(s, e, why, ++tries));
	return heard(s, e, why);
}

/* Whose value in the column is the name, or, if that is empty, the number. */
static bool find_in(struct setter *s, const struct ward_snmp_oid *column)
{
	return walk(s, column, on_row);
}

/* ---- the port ---- */

/* By none of its names may it be an uplink. */
static bool is_spared(struct setter *s, uint32_t index)
{
	const struct ward_snmp_oid *const column[] = {&if_name, &if_descr};
	char text[32];
	bool uplink;

	(void)snprintf(text, sizeof(text), "ifIndex %u", (unsigned)index);
	uplink = ward_port_uplink(s->uplinks, ward_str_z(text));
	for (size_t i = 0; i < WARD_ARRAY_LEN(column) && s->uplinks.len; i++) {
		struct ward_snmp_value v;
		const char *why;
		enum ward_snmp_end e = read_one(s, column[i], index, &v, &why);

		if (!heard(s, e, why))
			return true;
		uplink = uplink || (!v.reason && v.value.kind == WARD_VALUE_STR &&
					   ward_port_uplink(s->uplinks, v.value.s));
	}
	if (uplink)
		say(s, WARD_SENT_REFUSED, "the switch says that this port is one of `uplinks`");
	return uplink;
}

/* Its ifIndex. False: it was said why not. */
static bool find_port(struct setter *s, uint32_t *ret)
{
	const struct ward_port_name *port = &s->ask.port;

	s->n_found = 0;
	s->name = port->name;
	*ret = port->index;
	if (port->name.len) {
		if (!find_in(s, &if_name) || !find_in(s, &if_descr))
			return false;
		if (s->n_found != 1) {
			say(s, WARD_SENT_REFUSED,
				s->n_found ? "more than one of its ports is called so"
					   : "none of its ports is called so");
			return false;
		}
		*ret = s->found;
	}
	return !is_spared(s, *ret);
}

/* Its number as the bridge has it; *ret is 0 where it has none. False: it was said why not. */
static bool find_base(struct setter *s, uint32_t if_index, uint32_t *ret)
{
	s->n_found = 0;
	s->name = WARD_STR("");
	s->number = if_index;
	if (!find_in(s, &base_port))
		return false;
	*ret = s->n_found == 1 ? s->found : 0;
	return true;
}

/* Others are behind the port, and not the thing: it was moved, or something else plugged in. One
 * that is silent is not seen. */
static bool is_other(struct setter *s)
{
	if (!s->n_mac || !s->ask.n_mac)
		return false;
	for (size_t i = 0; i < s->n_mac; i++)
		for (size_t k = 0; k < s->ask.n_mac; k++) {
			bool same = true;

			for (size_t b = 0; b < MAC; b++)
				same = same && s->mac[i][b] == s->ask.mac[k][b];
			if (same)
				return false;
		}
	say(s, WARD_SENT_REFUSED, "another device is behind this port, and not this one");
	return true;
}

/* The switch may know better than the file what is behind the port. */
static bool is_crowded(struct setter *s, uint32_t base)
{
	s->n_mac = 0;
	s->number = base;
	if (!walk(s, &fdb, on_mac))
		return true;
	if (s->n_mac <= WARD_PORT_DEVICES && !walk(s, &vlan_fdb, on_mac))
		return true;
	if (s->n_mac > WARD_PORT_DEVICES)
		say(s, WARD_SENT_REFUSED, "more than four devices are behind this port");
	return s->n_mac > WARD_PORT_DEVICES || is_other(s);
}

/* What is read and set: *ret is its column, *ret_index its row. False: it was said why not. */
static bool find_object(struct setter *s, const struct ward_snmp_oid **ret, uint32_t *ret_index)
{
	bool by_bridge = s->ask.to.what == WARD_PORT_PVID;
	uint32_t base;

	if (!find_port(s, ret_index) || !find_base(s, *ret_index, &base))
		return false;
	if (by_bridge && !base) {
		say(s, WARD_SENT_REFUSED, "it has no VLAN for this port (BRIDGE-MIB)");
		return false;
	}
	*ret = by_bridge ? &pvid : &if_admin_status;
	*ret_index = by_bridge ? base : *ret_index;
	return s->ask.undo || !base || !is_crowded(s, base);
}

/* ---- asking ---- */

static const char *object_name(const struct setter *s)
{
	return s->ask.to.what == WARD_PORT_STATUS ? "ifAdminStatus" : "dot1qPvid";
}

/* It is so already, or may not be set: then that was said. */
static bool is_settled(struct setter *s, const struct ward_snmp_oid *column, uint32_t index)
{
	struct ward_snmp_value v;
	char text[WARD_WEBHOOK_WHY];
	const char *why;
	enum ward_snmp_end e = read_one(s, column, index, &v, &why);

	if (!heard(s, e, why))
		return true;
	if (v.reason || v.value.kind != WARD_VALUE_INT) {
		(void)snprintf(text, sizeof(text), "it has no %s of this port", object_name(s));
		say(s, WARD_SENT_REFUSED, text);
	} else if (v.value.i == s->ask.to.value) {
		say(s, WARD_SENT_DELIVERED, "it was so before");
	} else if (v.value.i != s->ask.from.value) {
		(void)snprintf(text, sizeof(text),
			"somebody else has set it: %s is %lld, neither %u nor %u", object_name(s),
			(long long)v.value.i, (unsigned)s->ask.from.value,
			(unsigned)s->ask.to.value);
		say(s, WARD_SENT_REFUSED, text);
	} else
		return false;
	return true;
}

/* What it has counts; what it answered says why. */
static void judge(struct setter *s, const struct ward_snmp_oid *column, uint32_t index,
	enum ward_snmp_end set, const char *why)
{
	char text[WARD_WEBHOOK_WHY];
	struct ward_snmp_value v;
	const char *unread;
	bool known = false;

	for (int i = 0; i < LOOKS_MAX && mono(s) < s->until; i++) {
		if (i)
			(void)poll(NULL, 0, AGAIN_MS);
		known = read_one(s, column, index, &v, &unread) == WARD_SNMP_DONE && !v.reason &&
			v.value.kind == WARD_VALUE_INT;
		if (known && v.value.i == s->ask.to.value) {
			say(s, WARD_SENT_DELIVERED, "");
			return;
		}
		if (set == WARD_SNMP_REFUSED)
			break;
	}
	if (known && set == WARD_SNMP_REFUSED && v.value.i == s->ask.from.value) {
		(void)snprintf(text, sizeof(text), "it would not: %s", why ? why : "an error");
		say(s, WARD_SENT_REFUSED, text);
		return;
	}
	if (known)
		(void)snprintf(text, sizeof(text), "%u was set, and %s is %lld",
			(unsigned)s->ask.to.value, object_name(s), (long long)v.value.i);
	say(s, WARD_SENT_FAILED, known ? text : "it was set, and can't be read");
}

static void do_it(struct setter *s, struct ward_str body)
{
	const struct ward_snmp_oid *column;
	uint32_t index;

	s->until = mono(s) + patience;
	s->late = false;
	ward_arena_reset(&s->arena);
	enum ward_err err = ward_port_asked(&s->arena, &s->lim, body, &s->ask);

	if (err == WARD_ERR_NOMEM)
		ward_process_die(&s->p, "out of memory", err);
	if (err) {
		say(s, WARD_SENT_REFUSED, "the request sets nothing of a port");
		return;
	}
	if (!find_object(s, &column, &index) || is_settled(s, column, index))
		return;
	struct ward_snmp_oid oid = *column;
	const char *why = NULL;

	oid.id[oid.n++] = index;
	enum ward_snmp_end set = ward_snmp_set(s->snmp, &oid,
		s->ask.to.what == WARD_PORT_STATUS ? WARD_SNMP_INTEGER : WARD_SNMP_UNSIGNED,
		s->ask.to.value, &why);

	judge(s, column, index, set, why);
}

static void take(struct setter *s)
{
	struct ward_letter l;

	if (!ward_postbox_take(&s->p, s->link, s->buf, &l))
		return;
	s->id = l.id;
	do_it(s, l.body);
}

/* ---- settings ---- */

static int connect_to(struct setter *s, const struct ward_dial *to)
{
	struct addrinfo hints = {.ai_socktype = SOCK_DGRAM}, *found;
	char port[8];
	int fd = -1;

	(void)snprintf(port, sizeof(port), "%u", (unsigned)to->port);
	if (getaddrinfo(to->host, port, &hints, &found) != 0)
		ward_process_die(&s->p, "the switch's name is not found", WARD_ERR_NOT_FOUND);
	for (const struct addrinfo *at = found; at && fd < 0; at = at->ai_next) {
		fd = socket(at->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		if (fd >= 0 && connect(fd, at->ai_addr, at->ai_addrlen) != 0) {
			(void)close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(found);
	if (fd < 0)
		ward_process_die(&s->p, "a socket to the switch", WARD_ERR_IO);
	return fd;
}

static void set_up_snmp(struct setter *s, const char *user, const char *security)
{
	char line[WARD_SECRET_MAX], phrase[2][WARD_SECRET_MAX];
	struct ward_str auth, privacy;
	struct ward_snmp_opts o = {.fd = s->sock,
		.user = user,
		.security = ward_snmp_security_find(ward_str_z(security)),
		.secret = phrase[0],
		.privacy = phrase[1],
		.timeout_ms = TIMEOUT_MS};

	ward_process_secret(&s->p, "secret_file", line, sizeof(line));
	if (!ward_port_phrases(ward_str_z(line), &auth, &privacy))
		ward_process_die(
			&s->p, "a pass phrase is shorter than 8 characters", WARD_ERR_CONFIG);
	(void)snprintf(phrase[0], sizeof(phrase[0]), "%.*s", WARD_STR_ARG(auth));
	(void)snprintf(phrase[1], sizeof(phrase[1]), "%.*s", WARD_STR_ARG(privacy));
	enum ward_err err = ward_snmp_new(&o, &s->snmp);

	ward_wipe(line, sizeof(line));
	ward_wipe(phrase, sizeof(phrase));
	if (err)
		ward_process_die(&s->p, "security", err);
}

static void prepare(struct setter *s)
{
	const char *user = ward_process_setting(&s->p, "user"),
		   *security = ward_process_setting(&s->p, "security"),
		   *uplinks = ward_process_setting(&s->p, "uplinks");
	char at[WARD_RECIPIENT_TEXT + 1];
	struct ward_dial to;

	ward_process_secret(&s->p, "url", at, sizeof(at));
	if (!ward_dial_parse(ward_str_z(at), &to))
		ward_process_die(&s->p, "its address", WARD_ERR_CONFIG);
	if (!user || !security || !ward_port_security(ward_str_z(security)))
		ward_process_die(&s->p, "user, or security", WARD_ERR_CONFIG);
	s->uplinks = ward_str_z(uplinks ? uplinks : "");
	s->sock = connect_to(s, &to);
	set_up_snmp(s, user, security);
	s->link = ward_process_need_fd(&s->p, "act");
	if (fcntl(s->link, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&s->p, "its link", WARD_ERR_IO);
}

int main(int argc, char **argv)
{
	struct setter *s = calloc(1, sizeof(*s));

	if (!s)
		return WARD_PROCESS_DIED;
	ward_process_begin(&s->p, "snmpset", argc, argv);
	ward_process_limits(&s->p, &s->lim);
	ward_arena_init(&s->arena, ward_mem_heap(), ARENA_BYTES);
	prepare(s);
	ward_process_cage(&s->p, WARD_CAGE_SELECT, NULL);
	ward_postbox_begun(&s->p, s->link);
	while (!ward_process_stopping()) {
		struct pollfd p = {s->link, POLLIN, 0};

		take(s);
		ward_process_count(&s->p);
		if (poll(&p, 1, POLL_MS) < 0 && errno != EINTR)
			ward_process_die(&s->p, "poll", WARD_ERR_IO);
	}
	ward_snmp_free(s->snmp);
	(void)close(s->sock);
	ward_arena_fini(&s->arena);
	int status = ward_process_end(&s->p);

	free(s);
	return status;
}
