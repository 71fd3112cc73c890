#include "sense/building/snmp.h"

#include "sense/building/snmp_priv.h"

#include <net-snmp/library/snmpUDPDomain.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <syslog.h>

enum { PHRASE_MIN = 8, MESSAGE_MAX = 1472, HEX_BYTES = WARD_SNMP_TEXT / 2 - 1 };

struct ward_snmp {
	int fd;
	netsnmp_session session; /* as it is opened each time */
	void *open;              /* NULL: not now */
};

static const char *const security_name[WARD_SNMP_SECURITY_N] = {
#define X(IDENT, name) name,
	WARD_SNMP_SECURITY_LIST(X)
#undef X
};

enum ward_snmp_security ward_snmp_security_find(struct ward_str name)
{
	size_t i = 0;

	while (i < WARD_SNMP_SECURITY_N && !ward_str_eqz(name, security_name[i]))
		i++;
	return (enum ward_snmp_security)i;
}

static int transport_recv(netsnmp_transport *t, void *buf, int size, void **opaque, int *len)
{
	*opaque = NULL;
	*len = 0;
	return (int)recv(t->sock, buf, (size_t)size, MSG_DONTWAIT);
}

static int transport_send(netsnmp_transport *t, const void *buf, int size, void **opaque, int *len)
{
	(void)opaque;
	(void)len;
	return (int)send(t->sock, buf, (size_t)size, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* The socket is ours, and stays open. */
static int transport_close(netsnmp_transport *t)
{
	t->sock = -1;
	return 0;
}

static netsnmp_transport *transport_new(int fd)
{
	netsnmp_transport *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->domain = netsnmpUDPDomain;
	t->domain_length = (int)netsnmpUDPDomain_len;
	t->sock = fd;
	t->msgMaxSize = MESSAGE_MAX;
	t->f_recv = transport_recv;
	t->f_send = transport_send;
	t->f_close = transport_close;
	return t;
}

void snmp_prepare(void)
{
	static bool done;
	static const int off[] = {NETSNMP_DS_LIB_DONT_READ_CONFIGS,
		NETSNMP_DS_LIB_DONT_PERSIST_STATE, NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD,
		NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE, NETSNMP_DS_LIB_DISABLE_CONFIG_LOAD};

	if (done)
		return;
	done = true;
	for (size_t i = 0; i < WARD_ARRAY_LEN(off); i++)
		(void)netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, off[i], 1);
	/* without one it speaks to standard error, whatever it is told */
	(void)netsnmp_register_loghandler(NETSNMP_LOGHANDLER_NONE, LOG_DEBUG);
	/* where nothing can be made: it would make a folder for certificates that nobody has */
	set_persistent_directory("/dev/null/ward");
	(void)setenv("MIBS", "", 1);
	(void)setenv("MIBDIRS", "", 1);
	init_snmp("ward");
}

static bool make_key(const netsnmp_session *s, const char *phrase, u_char *key, size_t *len)
{
	size_t n = strlen(phrase);

	*len = USM_AUTH_KU_LEN;
	return n >= PHRASE_MIN && generate_Ku(s->securityAuthProto, (u_int)s->securityAuthProtoLen,
					  (const u_char *)phrase, n, key, len) == SNMPERR_SUCCESS;
}

/* RFC 3414: keys of the user, made of two pass phrases. */
bool snmp_protect(netsnmp_session *s, const struct ward_snmp_opts *o)
{
	static oid sha[] = {1, 3, 6, 1, 6, 3, 10, 1, 1, 3},
		   sha256[] = {1, 3, 6, 1, 6, 3, 10, 1, 1, 5},
		   aes[] = {1, 3, 6, 1, 6, 3, 10, 1, 2, 4};
	bool is256 = o->security == WARD_SNMP_SHA256_AES;

	s->version = SNMP_VERSION_3;
	s->securityModel = USM_SEC_MODEL_NUMBER;
	s->securityLevel = SNMP_SEC_LEVEL_AUTHPRIV;
	s->securityName = strdup(o->user);
	s->securityNameLen = strlen(o->user);
	s->securityAuthProto = snmp_duplicate_objid(is256 ? sha256 : sha, OID_LENGTH(sha));
	s->securityAuthProtoLen = OID_LENGTH(sha);
	s->securityPrivProto = snmp_duplicate_objid(aes, OID_LENGTH(aes));
	s->securityPrivProtoLen = OID_LENGTH(aes);
	return s->securityName && s->securityAuthProto && s->securityPrivProto &&
	       make_key(s, o->secret, s->securityAuthKey, &s->securityAuthKeyLen) &&
	       make_key(s, o->privacy, s->securityPrivKey, &s->securityPrivKeyLen);
}

void snmp_unprotect(netsnmp_session *s)
{
	free(s->securityName);
	free(s->securityAuthProto);
	free(s->securityPrivProto);
	ward_wipe(s, sizeof(*s));
}

enum ward_err ward_snmp_new(const struct ward_snmp_opts *o, struct ward_snmp **ret)
{
	struct ward_snmp *s = calloc(1, sizeof(*s));
	bool good = true;

	if (!s)
		return WARD_ERR_NOMEM;
	snmp_prepare();
	s->fd = o->fd;
	snmp_sess_init(&s->session);
	s->session.timeout = (long)o->timeout_ms * 1000;
	s->session.retries = 0; /* when to ask again is our own affair */
	if (o->security == WARD_SNMP_V2C) {
		s->session.version = SNMP_VERSION_2c;
		s->session.community = (u_char *)strdup(o->secret);
		s->session.community_len = strlen(o->secret);
		good = s->session.community != NULL;
	} else {
		good = snmp_protect(&s->session, o);
	}
	if (!good) {
		ward_snmp_free(s);
		return WARD_ERR_CONFIG;
	}
	*ret = s;
	return WARD_OK;
}

static void close_session(struct ward_snmp *s)
{
	if (s->open)
		(void)snmp_sess_close(s->open);
	s->open = NULL;
}

void ward_snmp_free(struct ward_snmp *s)
{
	if (!s)
		return;
	close_session(s);
	if (s->session.community)
		ward_wipe(s->session.community, s->session.community_len);
	free(s->session.community);
	snmp_unprotect(&s->session);
	ward_wipe(s, sizeof(*s));
	free(s);
}

/* Of version 3 this asks who the agent is and what time it has (RFC 3414 4). */
static bool open_session(struct ward_snmp *s)
{
	netsnmp_transport *t;

	if (s->open)
		return true;
	t = transport_new(s->fd);
	if (t)
		s->open =
			snmp_sess_add(&s->session, t, NULL, NULL); /* takes t, also when it fails */
	return s->open != NULL;
}

static struct ward_value text_of(struct ward_snmp_value *v, const u_char *p, size_t len)
{
	struct ward_wr w = ward_wr_fixed(v->text, sizeof(v->text));
	struct ward_slice s = ward_slice_of(p, len);
	bool plain = ward_utf8_valid(s, NULL);

	for (size_t i = 0; plain && i < len; i++)
		plain = p[i] >= 0x20 && p[i] != 0x7f;
	if (plain && len <= WARD_SNMP_TEXT) {
		ward_wr_bytes(&w, p, len);
	} else { /* a text is not cut within a letter, bytes are */
		s.len = len < HEX_BYTES ? len : HEX_BYTES;
		v->cut = len > HEX_BYTES;
		ward_wr_z(&w, "0x");
		ward_wr_hex(&w, s);
	}
	return ward_value_str(ward_wr_text(&w));
}

static struct ward_value number_of(struct ward_snmp_value *v, double d)
{
	int64_t whole;
	struct ward_value n = {.kind = WARD_VALUE_NULL};
	int len = snprintf(v->text, sizeof(v->text), "%.9g", d);

	n.s = (struct ward_str){v->text, (size_t)len};
	n.kind = ward_number_kind(n.s, &whole);
	if (n.kind == WARD_VALUE_INT)
		n.i = whole;
	return n;
}

struct ward_str snmp_oid_text(char *text, size_t cap, const oid *id, size_t n, bool *ret_cut)
{
	struct ward_wr w = ward_wr_fixed(text, cap);
	size_t i = 0;

	/* a number has ten digits and a point */
	for (; i < n && w.len + 12 < cap; i++) {
		if (i)
			ward_wr_ch(&w, '.');
		ward_wr_u64(&w, id[i]);
	}
	*ret_cut |= i < n;
	return ward_wr_text(&w);
}

/* Floats as net-snmp's Opaque has them. */
void snmp_take(const netsnmp_variable_list *var, struct ward_snmp_value *v)
{
	uint64_t c64;

	v->reason = NULL;
	v->cut = false;
	switch (var->type) {
	case ASN_INTEGER:
		v->value = ward_value_int(*var->val.integer);
		return;
	case ASN_COUNTER:
	case ASN_GAUGE:
	case ASN_TIMETICKS:
	case ASN_UINTEGER:
		v->value = ward_value_int((int64_t)(*var->val.integer & 0xffffffff));
		return;
	case ASN_COUNTER64:
		c64 = (uint64_t)var->val.counter64->high << 32 |
		      (var->val.counter64->low & 0xffffffff);
		v->value = ward_value_int((int64_t)(c64 & INT64_MAX));
		return;
	case ASN_OPAQUE_FLOAT:
		v->value = number_of(v, (double)*var->val.floatVal);
		break; /* which may be none */
	case ASN_OPAQUE_DOUBLE:
		v->value = number_of(v, *var->val.doubleVal);
		break;
	case ASN_OCTET_STR:
	case ASN_IPADDRESS:
		v->value = text_of(v, var->val.string, var->val_len);
		return;
	case ASN_OBJECT_ID:
		v->value = ward_value_str(snmp_oid_text(v->text, sizeof(v->text), var->val.objid,
			var->val_len / sizeof(oid), &v->cut));
		return;
	case SNMP_NOSUCHOBJECT:
		v->reason = "no-such-object";
		return;
	case SNMP_NOSUCHINSTANCE:
		v->reason = "no-such-instance";
		return;
	default:
		v->reason = "another-type";
		return;
	}
	if (v->value.kind == WARD_VALUE_NULL)
		v->reason = "not-a-number";
}

static bool is_oid(const netsnmp_variable_list *var, const struct ward_snmp_oid *what)
{
	for (size_t k = 0; k < what->n && k < var->name_length; k++)
		if (var->name[k] != what->id[k])
			return false;
	return var->name_length == what->n;
}

/* Each object of the answer is that of the question, in its order (RFC 3416 4.2.1). */
static enum ward_snmp_end take_all(const netsnmp_variable_list *var,
	const struct ward_snmp_oid *const *what, size_t n, struct ward_snmp_value *ret)
{
	for (size_t i = 0; i < n; i++, var = var->next_variable) {
		if (!var || !is_oid(var, what[i]))
			return WARD_SNMP_WRONG;
		snmp_take(var, &ret[i]);
	}
	return WARD_SNMP_DONE;
}

/* RFC 3416 4.2.3: what comes behind the first one, in the order of the table. What the answer
 * passes over is not there. */
static enum ward_snmp_end take_table(const netsnmp_variable_list *var,
	const struct ward_snmp_oid *const *what, size_t n, struct ward_snmp_value *ret)
{
	const netsnmp_variable_list *before = NULL;
	size_t i = 0;

	for (; var && i < n; before = var, var = var->next_variable) {
		oid name[WARD_SNMP_IDS];

		if (var->type == SNMP_ENDOFMIBVIEW)
			break;
		if (before && snmp_oid_compare(before->name, before->name_length, var->name,
				      var->name_length) >= 0)
			return WARD_SNMP_WRONG;
		for (; i < n; i++) {
			for (size_t k = 0; k < what[i]->n; k++)
				name[k] = what[i]->id[k];
			int way = snmp_oid_compare(var->name, var->name_length, name, what[i]->n);

			if (way < 0)
				break;
			ret[i].reason = "no-such-instance";
			if (way == 0)
				snmp_take(var, &ret[i]);
		}
	}
	for (; var && i < n; i++) /* the end of all that it has */
		ret[i].reason = "no-such-instance";
	return i < n ? WARD_SNMP_SPARSE : WARD_SNMP_DONE;
}

static enum ward_snmp_end take_status(const netsnmp_pdu *pdu, const char **ret_why)
{
	if (pdu->command != SNMP_MSG_RESPONSE) {
		*ret_why = "report";
		return WARD_SNMP_REFUSED;
	}
	if (pdu->errstat == SNMP_ERR_TOOBIG)
		return WARD_SNMP_TOO_BIG;
	if (pdu->errstat == SNMP_ERR_NOERROR)
		return WARD_SNMP_DONE;
	*ret_why = pdu->errstat == SNMP_ERR_AUTHORIZATIONERROR ? "authorization-error"
		   : pdu->errstat == SNMP_ERR_NOACCESS         ? "no-access"
							       : "general-error";
	return WARD_SNMP_REFUSED;
}

/* The two kinds of request that are made here. */
static netsnmp_pdu *request(const struct ward_snmp_oid *const *what, size_t n, bool bulk)
{
	netsnmp_pdu *pdu = snmp_pdu_create(bulk ? SNMP_MSG_GETBULK : SNMP_MSG_GET);

	if (pdu && bulk) {
		pdu->non_repeaters = 0;
		pdu->max_repetitions = (long)n;
	}
	for (size_t i = 0; pdu && i < (bulk ? 1 : n); i++) {
		oid name[WARD_SNMP_IDS];
		size_t len = what[i]->n;

		for (size_t k = 0; k < len; k++)
			name[k] = what[i]->id[k];
		if (bulk && name[len - 1]-- == 0) /* what is just before the first one */
			len--;
		(void)snmp_add_null_var(pdu, name, len);
	}
	return pdu;
}

/* Reports of RFC 3414 3.2, which nothing proves: they end a question, and nothing else. */
static const char *report_of(struct ward_snmp *s)
{
	int err = 0;

	snmp_sess_error(s->open, NULL, &err, NULL);
	return err == SNMPERR_UNKNOWN_USER_NAME        ? "it does not know this user"
	       : err == SNMPERR_AUTHENTICATION_FAILURE ? "it does not take the pass phrase"
	       : err == SNMPERR_UNSUPPORTED_SEC_LEVEL  ? "it does not encrypt for this user"
						       : NULL;
}

enum ward_snmp_end snmp_ask(
	struct ward_snmp *s, netsnmp_pdu *pdu, netsnmp_pdu **ret, const char **ret_why)
{
	enum ward_snmp_end e = WARD_SNMP_MISSED;

	*ret = NULL;
	if (!pdu || !open_session(s)) {
		if (pdu)
			snmp_free_pdu(pdu);
		return WARD_SNMP_MISSED;
	}
	int status = snmp_sess_synch_response(s->open, pdu, ret); /* takes pdu */

	if (status == STAT_SUCCESS && *ret)
		e = take_status(*ret, ret_why);
	else if (status == STAT_ERROR && report_of(s))
		*ret_why = report_of(s);
	if (e == WARD_SNMP_MISSED)
		close_session(s); /* the agent may have begun anew: it is asked who it is again */
	return e;
}

enum ward_snmp_end ward_snmp_read(void *ctx, const struct ward_snmp_oid *const *what, size_t n,
	bool bulk, struct ward_snmp_value *ret, const char **ret_why)
{
	netsnmp_pdu *answer;

	WARD_ASSERT(n && n <= WARD_SNMP_GROUP);
	enum ward_snmp_end e = snmp_ask(ctx, request(what, n, bulk), &answer, ret_why);

	if (e == WARD_SNMP_DONE)
		e = bulk ? take_table(answer->variables, what, n, ret)
			 : take_all(answer->variables, what, n, ret);
	if (answer)
		snmp_free_pdu(answer);
	return e;
}
