/* The process of one switch that is asked by SNMP (version 3, authPriv): it finds the port that
 * `act` names, sets what it is told, and reads before and after, so that it says what became of it
 * from what the switch has, whatever the switch says. Its UDP socket is made, and the switch's name
 * looked up, before the cage; connected, so that others are not heard. net-snmp waits for each
 * answer, at most two seconds.
 *
 * Settings: url ("HOST:PORT"), user, security, secret_file (its first line: AUTHENTICATION TAB
 * PRIVACY, or one pass phrase for both), uplinks (ports, with tabs between). */
#include "respond/recipients.h"
#include "run/dial.h"
#include "run/postbox.h"
#include "run/proc/snmpset.h"

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
	LOOKS_MAX = 4,
	ARENA_BYTES = 4 << 20,
};
/* A switch that answers slowly is given up on; `act` waits longer. */
static const ward_ns patience = 40 * WARD_NS_PER_S;
/* Somebody waits for where a thing hangs. */
static const ward_ns seek_patience = 7 * WARD_NS_PER_S;

static const struct ward_snmp_oid if_admin_status = {{1, 3, 6, 1, 2, 1, 2, 2, 1, 7}, 10};
static const struct ward_snmp_oid pvid = {{1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 5, 1, 1}, 13};

/* ---- the port ---- */

/* By none of its names may it be an uplink. */
static bool is_spared(struct setter *s, uint32_t index)
{
	bool uplink;

	if (!setter_uplink(s, index, &uplink))
		return true;
	if (uplink)
		setter_say(
			s, WARD_SENT_REFUSED, "the switch says that this port is one of `uplinks`");
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
		if (!setter_find(s, &setter_if_name) || !setter_find(s, &setter_if_descr))
			return false;
		if (s->n_found != 1) {
			setter_say(s, WARD_SENT_REFUSED,
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
	if (!setter_find(s, &setter_base_port))
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
		if (setter_among(s->mac[i], s->ask.mac[0], s->ask.n_mac))
			return false;
	setter_say(s, WARD_SENT_REFUSED, "another device is behind this port, and not this one");
	return true;
}

/* The switch may know better than the file what is behind the port. */
static bool is_crowded(struct setter *s, uint32_t base)
{
	if (!setter_behind(s, base))
		return true;
	if (s->n_mac > WARD_PORT_DEVICES)
		setter_say(s, WARD_SENT_REFUSED, "more than four devices are behind this port");
	return s->n_mac > WARD_PORT_DEVICES || is_other(s);
}

/* Of a port that was looked for: the thing is there still, nothing else than was approved, and no
 * neighbour that passes things on. False: it was said why not. */
static bool is_as_approved(struct setter *s, uint32_t if_index, uint32_t base)
{
	bool here = false, neighbour = false;

	if (base && !setter_where(s))
		return false;
	for (size_t i = 0; base && i < s->n_at; i++)
		here = here || s->at[i] == base;
	if (!here) {
		setter_say(s, WARD_SENT_REFUSED,
			"it is not behind this port any more: propose it again");
		return false;
	}
	if (is_crowded(s, base))
		return false;
	for (size_t i = 0; i < s->n_mac; i++)
		if (!setter_among(s->mac[i], s->ask.behind[0], s->ask.n_behind)) {
			setter_say(s, WARD_SENT_REFUSED,
				"a device is behind this port that was not there when it was "
				"approved: propose it again");
			return false;
		}
	if (!setter_neighbour(s, if_index, &neighbour))
		return false;
	if (neighbour)
		setter_say(s, WARD_SENT_REFUSED,
			"a neighbour behind this port passes things on (LLDP)");
	return !neighbour;
}

/* What is read and set. */
struct object {
	const struct ward_snmp_oid *column;
	uint32_t index; /* its row */
	uint32_t if_index, base;
};

/* False: it was said why not. */
static bool find_object(struct setter *s, struct object *ret)
{
	bool by_bridge = s->ask.to.what == WARD_PORT_PVID;

	if (!find_port(s, &ret->if_index) || !find_base(s, ret->if_index, &ret->base))
		return false;
	if (by_bridge && !ret->base) {
		setter_say(s, WARD_SENT_REFUSED, "it has no VLAN for this port (BRIDGE-MIB)");
		return false;
	}
	ret->column = by_bridge ? &pvid : &if_admin_status;
	ret->index = by_bridge ? ret->base : ret->if_index;
	return s->ask.undo || s->ask.n_behind || !ret->base || !is_crowded(s, ret->base);
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
	enum ward_snmp_end e = setter_read(s, column, index, &v, &why);

	if (!setter_heard(s, e, why))
		return true;
	if (v.reason || v.value.kind != WARD_VALUE_INT) {
		(void)snprintf(text, sizeof(text), "it has no %s of this port", object_name(s));
		setter_say(s, WARD_SENT_REFUSED, text);
	} else if (v.value.i == s->ask.to.value) {
		setter_say(s, WARD_SENT_DELIVERED, "it was so before");
	} else if (v.value.i != s->ask.from.value) {
		(void)snprintf(text, sizeof(text),
			"somebody else has set it: %s is %lld, neither %u nor %u", object_name(s),
			(long long)v.value.i, (unsigned)s->ask.from.value,
			(unsigned)s->ask.to.value);
		setter_say(s, WARD_SENT_REFUSED, text);
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

	for (int i = 0; i < LOOKS_MAX && setter_mono(s) < s->until; i++) {
		if (i)
			(void)poll(NULL, 0, AGAIN_MS);
		known = setter_read(s, column, index, &v, &unread) == WARD_SNMP_DONE && !v.reason &&
			v.value.kind == WARD_VALUE_INT;
		if (known && v.value.i == s->ask.to.value) {
			setter_say(s, WARD_SENT_DELIVERED, "");
			return;
		}
		if (set == WARD_SNMP_REFUSED)
			break;
	}
	if (known && set == WARD_SNMP_REFUSED && v.value.i == s->ask.from.value) {
		(void)snprintf(text, sizeof(text), "it would not: %s", why ? why : "an error");
		setter_say(s, WARD_SENT_REFUSED, text);
		return;
	}
	if (known)
		(void)snprintf(text, sizeof(text), "%u was set, and %s is %lld",
			(unsigned)s->ask.to.value, object_name(s), (long long)v.value.i);
	setter_say(s, WARD_SENT_FAILED, known ? text : "it was set, and can't be read");
}

static void set(struct setter *s)
{
	struct object of;

	/* what was shut by an attempt before knows nothing of who is behind it */
	if (!find_object(s, &of) || is_settled(s, of.column, of.index))
		return;
	if (!s->ask.undo && s->ask.n_behind && !is_as_approved(s, of.if_index, of.base))
		return;
	struct ward_snmp_oid oid = *of.column;
	const char *why = NULL;

	oid.id[oid.n++] = of.index;
	enum ward_snmp_end set = ward_snmp_set(s->snmp, &oid,
		s->ask.to.what == WARD_PORT_STATUS ? WARD_SNMP_INTEGER : WARD_SNMP_UNSIGNED,
		s->ask.to.value, &why);

	judge(s, of.column, of.index, set, why);
}

static void do_it(struct setter *s, struct ward_str body)
{
	enum ward_err err;

	s->seeks = ward_port_seeks(body);
	s->until = setter_mono(s) + (s->seeks ? seek_patience : patience);
	s->late = false;
	ward_arena_reset(&s->arena);
	err = s->seeks ? ward_port_sought(&s->arena, &s->lim, body, &s->ask)
		       : ward_port_asked(&s->arena, &s->lim, body, &s->ask);
	if (err == WARD_ERR_NOMEM)
		ward_process_die(&s->p, "out of memory", err);
	if (err)
		setter_say(s, WARD_SENT_REFUSED, "the request sets nothing of a port");
	else if (s->seeks)
		setter_seek(s);
	else
		set(s);
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
