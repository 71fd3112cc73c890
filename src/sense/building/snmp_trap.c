#include "sense/building/snmp_trap.h"

#include "base/hash.h"
#include "event/classes.h"
#include "sense/building/snmp_priv.h"

#include <stdlib.h>
#include <sys/select.h>

enum { MESSAGE_MAX = 65536, ANSWER_MAX = 4096, OID_TEXT = 12 * (MAX_OID_LEN + 4), INFORMS = 256 };

#define ENGINE_NAME "ward" /* of our own engine: one in a process */

static const ward_ns again_within = 300 * WARD_NS_PER_S;

struct ward_snmp_traps {
	struct ward_poll_tell tell;
	uint32_t trap_oid, oid, value, truncated;
	char *community; /* NULL: of version 3 only */
	struct snmp_users users;
	void *session;
	struct ward_slice datagram; /* that is being read */
	bool taken;                 /* net-snmp made a notification of it */
	bool good;                  /* that is authentic */
	uint8_t answer[ANSWER_MAX];
	size_t n_answer;
	struct {
		uint64_t key;
		ward_ns at;
	} inform[INFORMS]; /* told lately */
	size_t n_inform;
	struct ward_str ip;
	ward_ns wall;
	enum ward_err err;
	struct ward_poll_refused wrong, stranger, user, level, time;
	/* Of the message in hand. */
	struct ward_snmp_value got[WARD_SNMP_TRAP_OBJECTS];
	uint32_t n_got;
	bool cut; /* it says more than is told */
	char trap[OID_TEXT], text[WARD_SNMP_TRAP_OBJECTS][OID_TEXT];
};

static int staged_recv(netsnmp_transport *t, void *buf, int size, void **opaque, int *len)
{
	struct ward_snmp_traps *s = t->data;
	size_t n = s->datagram.len < (size_t)size ? s->datagram.len : (size_t)size;

	*opaque = NULL;
	*len = 0;
	if (n)
		memcpy(buf, s->datagram.p, n);
	return (int)n;
}

/* The first one is kept until it may leave; what is too long for it is as good as lost. */
static int staged_send(netsnmp_transport *t, const void *buf, int size, void **opaque, int *len)
{
	struct ward_snmp_traps *s = t->data;

	(void)opaque;
	(void)len;
	if (!s->n_answer && size > 0 && size <= ANSWER_MAX) {
		memcpy(s->answer, buf, (size_t)size);
		s->n_answer = (size_t)size;
	}
	return size;
}

/* `data` is not the transport's to free. */
static int staged_close(netsnmp_transport *t)
{
	t->data = NULL;
	return 0;
}

/* RFC 3584 3.1: of version 1 the identifier is made of enterprise and numbers. */
static struct ward_str trap_of(struct ward_snmp_traps *t, const netsnmp_pdu *pdu)
{
	static const oid trap_oid[] = {1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};
	static const oid generic[] = {1, 3, 6, 1, 6, 3, 1, 1, 5};
	oid id[MAX_OID_LEN + 2];
	size_t n = 0;

	if (pdu->command == SNMP_MSG_TRAP) {
		bool specific = pdu->trap_type == SNMP_TRAP_ENTERPRISESPECIFIC;
		const oid *head = specific ? pdu->enterprise : generic;
		size_t len = specific ? pdu->enterprise_length : OID_LENGTH(generic);

		for (; head && n < len && n < MAX_OID_LEN; n++)
			id[n] = head[n];
		if (specific)
			id[n++] = 0;
		id[n++] = (oid)(specific ? pdu->specific_type : pdu->trap_type + 1);
		return snmp_oid_text(t->trap, OID_TEXT, id, n, &t->cut);
	}
	for (const netsnmp_variable_list *v = pdu->variables; v; v = v->next_variable)
		if (v->type == ASN_OBJECT_ID && v->name_length == OID_LENGTH(trap_oid) &&
			memcmp(v->name, trap_oid, sizeof(trap_oid)) == 0)
			return snmp_oid_text(
				t->trap, OID_TEXT, v->val.objid, v->val_len / sizeof(oid), &t->cut);
	return (struct ward_str){NULL, 0};
}

/* What it says, as far as there is room for it. */
static void read_objects(struct ward_snmp_traps *t, const netsnmp_pdu *pdu,
	struct ward_value oids[WARD_SNMP_TRAP_OBJECTS])
{
	const netsnmp_variable_list *v = pdu->variables;

	t->cut = false;
	for (t->n_got = 0; v && t->n_got < WARD_SNMP_TRAP_OBJECTS; v = v->next_variable) {
		struct ward_snmp_value *got = &t->got[t->n_got];

		snmp_take(v, got);
		t->cut |= got->cut;
		oids[t->n_got] = ward_value_str(snmp_oid_text(
			t->text[t->n_got], OID_TEXT, v->name, v->name_length, &t->cut));
		t->n_got++;
	}
	t->cut |= v != NULL;
}

static enum ward_err tell(struct ward_snmp_traps *t, const netsnmp_pdu *pdu,
	const struct ward_value oids[WARD_SNMP_TRAP_OBJECTS])
{
	struct ward_poll_device who = {.ip = t->ip};
	struct ward_value values[WARD_SNMP_TRAP_OBJECTS];
	struct ward_str trap = trap_of(t, pdu);
	struct ward_event e;
	uint32_t n = t->n_got;
	enum ward_err err = ward_poll_tell_begin(
		&t->tell, ward_class_info(WARD_CLASS_FIELD_ALARM)->name, &who, t->wall, &e);

	for (uint32_t i = 0; i < n; i++)
		values[i] = t->got[i].reason ? ward_value_str(ward_str_z(t->got[i].reason))
					     : t->got[i].value;
	if (!err && trap.len)
		err = ward_event_set(&e, t->trap_oid, ward_value_str(trap));
	if (!err && n)
		err = ward_event_set(&e, t->oid,
			(struct ward_value){.kind = WARD_VALUE_LIST, .n = n, .item = oids});
	if (!err && n)
		err = ward_event_set(&e, t->value,
			(struct ward_value){.kind = WARD_VALUE_LIST, .n = n, .item = values});
	if (!err && t->cut)
		err = ward_event_set(&e, t->truncated, ward_value_bool(true));
	if (t->cut)
		ward_count_name(t->tell.counters, "snmp.truncated", 1);
	ward_count_name(t->tell.counters, "snmp.traps", 1);
	return err ? err : ward_poll_tell_put(&t->tell, &e);
}

static enum ward_err refuse(
	struct ward_snmp_traps *t, const char *reason, struct ward_poll_refused *r)
{
	return ward_poll_tell_refused(
		&t->tell, &(struct ward_poll_device){.ip = t->ip}, reason, r, t->wall);
}

static uint64_t mix(uint64_t key, uint64_t what, const void *p, size_t len)
{
	return ward_siphash((struct ward_seed){key, what}, len ? p : "", len);
}

/* Who says what under which number: numbers begin anew with each life of a sender, or are always
 * the same. */
static uint64_t key_of(const struct ward_snmp_traps *t, const netsnmp_pdu *pdu)
{
	uint64_t key = mix((uint64_t)pdu->reqid, (uint64_t)pdu->version, t->ip.p, t->ip.len);

	key = mix(key, 0, pdu->contextEngineID, pdu->contextEngineIDLen);
	key = mix(key, 0, pdu->contextName, pdu->contextNameLen);
	for (const netsnmp_variable_list *v = pdu->variables; v; v = v->next_variable) {
		key = mix(key, v->type, v->name, v->name_length * sizeof(oid));
		key = mix(key, 0, v->val.string, v->val_len);
	}
	return key;
}

/* True: it was told before, and comes again since its answer was lost. */
static bool came_before(struct ward_snmp_traps *t, const netsnmp_pdu *pdu)
{
	uint64_t key = key_of(t, pdu);

	for (size_t i = 0; i < INFORMS && i < t->n_inform; i++)
		if (t->inform[i].key == key && t->wall >= t->inform[i].at &&
			t->wall - t->inform[i].at < again_within)
			return true;
	t->inform[t->n_inform % INFORMS].key = key;
	t->inform[t->n_inform++ % INFORMS].at = t->wall;
	return false;
}

/* RFC 3416 4.2.7: what it said, with no error. */
static void answer(struct ward_snmp_traps *t, netsnmp_pdu *pdu)
{
	netsnmp_pdu *reply = snmp_clone_pdu(pdu);

	if (!reply)
		return;
	reply->command = SNMP_MSG_RESPONSE;
	reply->errstat = reply->errindex = 0;
	if (!snmp_sess_send(t->session, reply))
		snmp_free_pdu(reply);
}

static enum ward_err take(struct ward_snmp_traps *t, netsnmp_pdu *pdu)
{
	struct ward_value oids[WARD_SNMP_TRAP_OBJECTS];
	size_t len = t->community ? strlen(t->community) : 0;
	enum ward_err err = WARD_OK;

	if (pdu->version == SNMP_VERSION_3 ? pdu->securityLevel != SNMP_SEC_LEVEL_AUTHPRIV
					   : !t->community)
		return refuse(t, "snmp.reject.security", &t->level);
	if (pdu->version != SNMP_VERSION_3 &&
		(pdu->community_len != len || memcmp(pdu->community, t->community, len) != 0))
		return refuse(t, "snmp.reject.community", &t->stranger);
	t->good = true;
	read_objects(t, pdu, oids);
	if (pdu->command != SNMP_MSG_INFORM)
		return tell(t, pdu, oids);
	if (came_before(t, pdu))
		ward_count_name(t->tell.counters, "snmp.informs_again", 1);
	else
		err = tell(t, pdu, oids);
	/* an answer says that all of it is recorded */
	if (!err && !t->cut)
		answer(t, pdu);
	return err;
}

static int on_message(int op, netsnmp_session *session, int id, netsnmp_pdu *pdu, void *magic)
{
	struct ward_snmp_traps *t = magic;

	(void)session;
	(void)id;
	if (op != NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE || !pdu)
		return 1;
	t->taken = pdu->command == SNMP_MSG_TRAP || pdu->command == SNMP_MSG_TRAP2 ||
		   pdu->command == SNMP_MSG_INFORM;
	if (t->taken)
		t->err = take(t, pdu);
	return 1;
}

static bool open_session(struct ward_snmp_traps *t)
{
	netsnmp_session session;
	netsnmp_transport *tr = calloc(1, sizeof(*tr));

	if (!tr)
		return false;
	tr->sock = 0; /* a number that select's set has room for; nothing is done with it */
	tr->data = t;
	tr->msgMaxSize = MESSAGE_MAX;
	tr->f_recv = staged_recv;
	tr->f_send = staged_send;
	tr->f_close = staged_close;
	snmp_sess_init(&session);
	session.version = SNMP_DEFAULT_VERSION;
	session.callback = on_message;
	session.callback_magic = t;
	/* of traps the sender is authoritative, of Informs we are (RFC 3412 7.1.9) */
	session.isAuthoritative = SNMP_SESS_UNKNOWNAUTH;
	t->session = snmp_sess_add(&session, tr, NULL, NULL);
	return t->session != NULL;
}

enum ward_err ward_snmp_traps_new(
	const struct ward_snmp_traps_opts *o, struct ward_snmp_traps **ret)
{
	struct ward_snmp_traps *t = calloc(1, sizeof(*t));

	if (!t)
		return WARD_ERR_NOMEM;
	snmp_prepare();
	ward_poll_tell_init(&t->tell, o->mem, o->names, o->counters, o->source, o->epoch);
	t->tell.sink = o->sink;
	t->trap_oid = ward_name(o->names, WARD_STR("snmp.trap_oid"));
	t->oid = ward_name(o->names, WARD_STR("snmp.oid"));
	t->value = ward_name(o->names, WARD_STR("snmp.value"));
	t->truncated = ward_name(o->names, WARD_STR("snmp.truncated"));
	bool v3 = o->as->security != WARD_SNMP_V2C;

	t->community = v3 ? NULL : strdup(o->as->secret);
	if (!snmp_users_init(&t->users, o->as, ENGINE_NAME, o->wall)) {
		ward_snmp_traps_free(t);
		return WARD_ERR_CONFIG;
	}
	if ((!v3 && !t->community) || !open_session(t)) {
		ward_snmp_traps_free(t);
		return WARD_ERR_NOMEM;
	}
	*ret = t;
	return WARD_OK;
}

void ward_snmp_traps_free(struct ward_snmp_traps *t)
{
	if (!t)
		return;
	if (t->session)
		(void)snmp_sess_close(t->session);
	snmp_users_fini(&t->users);
	if (t->community)
		ward_wipe(t->community, strlen(t->community));
	free(t->community);
	ward_poll_tell_fini(&t->tell);
	free(t);
}

struct ward_slice ward_snmp_traps_answer(const struct ward_snmp_traps *t)
{
	return ward_slice_of(t->answer, t->n_answer);
}

/* Why net-snmp made no notification of what is one of version 3, by what it counted meanwhile. */
static enum ward_err unread(struct ward_snmp_traps *t, u_int n_late)
{
	bool late = snmp_get_statistic(STAT_USMSTATSNOTINTIMEWINDOWS) != n_late;

	/* whoever sends an Inform asks first who we are, and which time we have */
	if (snmp_users_own(&t->users) && t->n_answer && (late || !t->users.in_hand.len)) {
		ward_count_name(t->tell.counters, "snmp.probes", 1);
		return WARD_OK;
	}
	return late ? refuse(t, "snmp.reject.time", &t->time)
		    : refuse(t, "snmp.reject.user", &t->user);
}

enum ward_err ward_snmp_traps_hear(struct ward_snmp_traps *t, struct ward_str ip,
	struct ward_slice bytes, ward_ns wall, bool *ret_good)
{
	u_int n_late = snmp_get_statistic(STAT_USMSTATSNOTINTIMEWINDOWS);
	bool v3 = snmp_users_expect(&t->users, bytes);
	fd_set ready;

	FD_ZERO(&ready);
	FD_SET(0, &ready);
	t->datagram = bytes;
	t->ip = ip;
	t->wall = wall;
	t->taken = t->good = false;
	t->n_answer = 0;
	t->err = WARD_OK;
	if (bytes.len)
		(void)snmp_sess_read(t->session, &ready); /* calls on_message */
	if (v3)
		snmp_users_settle(&t->users, t->good, wall);
	*ret_good = t->good;
	if (t->err || t->taken)
		return t->err;
	return v3 ? unread(t, n_late) : refuse(t, "snmp.reject.malformed", &t->wrong);
}

enum ward_err ward_snmp_traps_refuse(struct ward_snmp_traps *t, struct ward_str ip,
	const char *reason, struct ward_poll_refused *r, ward_ns wall)
{
	return ward_poll_tell_refused(
		&t->tell, &(struct ward_poll_device){.ip = ip}, reason, r, wall);
}
