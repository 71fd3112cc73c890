#include "sense/building/snmp_trap.h"

#include "event/classes.h"
#include "sense/building/snmp_priv.h"

#include <stdlib.h>
#include <sys/select.h>

enum { MESSAGE_MAX = 65536, OID_TEXT = 16 * WARD_SNMP_IDS };

struct ward_snmp_traps {
	struct ward_poll_tell tell;
	uint32_t trap_oid, oid, value;
	char *community;
	void *session;
	struct ward_slice datagram; /* that is being read */
	bool taken;                 /* net-snmp made a message of it */
	struct ward_str ip;
	ward_ns wall;
	enum ward_err err;
	struct ward_poll_refused wrong, stranger;
	struct ward_snmp_value got[WARD_SNMP_TRAP_OBJECTS];
	char text[WARD_SNMP_TRAP_OBJECTS][OID_TEXT];
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

/* There is nobody to whom anything is said. */
static int staged_send(netsnmp_transport *t, const void *buf, int size, void **opaque, int *len)
{
	(void)t;
	(void)buf;
	(void)opaque;
	(void)len;
	return size;
}

/* `data` is not the transport's to free. */
static int staged_close(netsnmp_transport *t)
{
	t->data = NULL;
	return 0;
}

/* RFC 3584 3.1: of version 1 the identifier is made of enterprise and numbers. */
static struct ward_str trap_of(const netsnmp_pdu *pdu, char text[OID_TEXT])
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
		return snmp_oid_text(text, OID_TEXT, id, n);
	}
	for (const netsnmp_variable_list *v = pdu->variables; v; v = v->next_variable)
		if (v->type == ASN_OBJECT_ID && v->name_length == OID_LENGTH(trap_oid) &&
			memcmp(v->name, trap_oid, sizeof(trap_oid)) == 0)
			return snmp_oid_text(
				text, OID_TEXT, v->val.objid, v->val_len / sizeof(oid));
	return (struct ward_str){NULL, 0};
}

static enum ward_err tell(struct ward_snmp_traps *t, const netsnmp_pdu *pdu)
{
	struct ward_poll_device who = {.ip = t->ip};
	struct ward_value oids[WARD_SNMP_TRAP_OBJECTS], values[WARD_SNMP_TRAP_OBJECTS];
	char text[OID_TEXT];
	struct ward_str trap = trap_of(pdu, text);
	struct ward_event e;
	uint32_t n = 0;
	enum ward_err err = ward_poll_tell_begin(
		&t->tell, ward_class_info(WARD_CLASS_FIELD_ALARM)->name, &who, t->wall, &e);

	for (const netsnmp_variable_list *v = pdu->variables; v && n < WARD_SNMP_TRAP_OBJECTS;
		v = v->next_variable) {
		snmp_take(v, &t->got[n]);
		oids[n] = ward_value_str(
			snmp_oid_text(t->text[n], OID_TEXT, v->name, v->name_length));
		values[n] = t->got[n].reason ? ward_value_str(ward_str_z(t->got[n].reason))
					     : t->got[n].value;
		n++;
	}
	if (!err && trap.len)
		err = ward_event_set(&e, t->trap_oid, ward_value_str(trap));
	if (!err && n)
		err = ward_event_set(&e, t->oid,
			(struct ward_value){.kind = WARD_VALUE_LIST, .n = n, .item = oids});
	if (!err && n)
		err = ward_event_set(&e, t->value,
			(struct ward_value){.kind = WARD_VALUE_LIST, .n = n, .item = values});
	ward_count_name(t->tell.counters, "snmp.traps", 1);
	return err ? err : ward_poll_tell_put(&t->tell, &e);
}

static int on_message(int op, netsnmp_session *session, int id, netsnmp_pdu *pdu, void *magic)
{
	struct ward_snmp_traps *t = magic;
	size_t len = strlen(t->community);

	(void)session;
	(void)id;
	if (op != NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE || !pdu)
		return 1;
	bool trap = pdu->command == SNMP_MSG_TRAP || pdu->command == SNMP_MSG_TRAP2 ||
		    pdu->command == SNMP_MSG_INFORM;

	if (!trap)
		return 1;
	t->taken = true;
	if (pdu->community_len != len || memcmp(pdu->community, t->community, len) != 0)
		t->err = ward_poll_tell_refused(&t->tell, &(struct ward_poll_device){.ip = t->ip},
			"snmp.reject.community", &t->stranger, t->wall);
	else
		t->err = tell(t, pdu);
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
	t->community = strdup(o->community);
	if (!t->community || !open_session(t)) {
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
	free(t->community);
	ward_poll_tell_fini(&t->tell);
	free(t);
}

enum ward_err ward_snmp_traps_hear(
	struct ward_snmp_traps *t, struct ward_str ip, struct ward_slice bytes, ward_ns wall)
{
	fd_set ready;

	FD_ZERO(&ready);
	FD_SET(0, &ready);
	t->datagram = bytes;
	t->ip = ip;
	t->wall = wall;
	t->taken = false;
	t->err = WARD_OK;
	if (bytes.len)
		(void)snmp_sess_read(t->session, &ready); /* calls on_message */
	if (t->err || t->taken)
		return t->err;
	return ward_poll_tell_refused(&t->tell, &(struct ward_poll_device){.ip = ip},
		"snmp.reject.malformed", &t->wrong, wall);
}
